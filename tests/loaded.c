/* loaded.c - loading from text or from files in a folder of the test's own, and asking what was
 * said. */
#include "tests/loaded.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void loaded_begin(Loaded *loaded)
{
    arena_init(&loaded->arena);
    diagnostics_init(&loaded->diagnostics);
}

void loaded_text(Loaded *loaded, const char *text)
{
    loaded_begin(loaded);
    LoadOptions options = {0};
    loaded->status = scenario_load_text("text.yaml", text, strlen(text), &options, &loaded->arena,
                                        &loaded->diagnostics, &loaded->set);
}

void loaded_with_set(Loaded *loaded, const char *text, const char *set)
{
    loaded_begin(loaded);
    LoadOptions options = {.sets = &set, .set_count = 1};
    loaded->status = scenario_load_text("text.yaml", text, strlen(text), &options, &loaded->arena,
                                        &loaded->diagnostics, &loaded->set);
}

void loaded_file(Loaded *loaded, const char *path, const char *data_dir)
{
    loaded_begin(loaded);
    LoadOptions options = {.data_dir = data_dir};
    loaded->status =
        scenario_load(path, &options, &loaded->arena, &loaded->diagnostics, &loaded->set);
}

void loaded_free(Loaded *loaded)
{
    diagnostics_free(&loaded->diagnostics);
    arena_free(&loaded->arena);
}

bool loaded_says(const Loaded *loaded, const char *code, const char *fragment)
{
    for (int i = 0; i < loaded->diagnostics.count; i++) {
        const Diagnostic *item = &loaded->diagnostics.items[i];
        if (strcmp(item->code, code) == 0 && strstr(item->message, fragment) != NULL) {
            return true;
        }
    }
    return false;
}

bool refused_for(const char *text, const char *code, const char *fragment)
{
    Loaded loaded;
    loaded_text(&loaded, text);
    bool good = loaded.status == STATUS_BAD_INPUT && loaded.diagnostics.error_count == 1 &&
                loaded_says(&loaded, code, fragment);
    if (!good) {
        printf("expected one [%s] with \"%s\", found:\n", code, fragment);
        diagnostics_print(&loaded.diagnostics, stdout, false);
    }
    loaded_free(&loaded);
    return good;
}

bool accepted(const char *text)
{
    Loaded loaded;
    loaded_text(&loaded, text);
    bool good = loaded.status == STATUS_OK;
    diagnostics_print(&loaded.diagnostics, stdout, false);
    loaded_free(&loaded);
    return good;
}

void folder_make(Folder *folder)
{
    *folder = (Folder){.path = "/tmp/gpuplan-test-XXXXXX"};
    if (mkdtemp(folder->path) == NULL) {
        perror("mkdtemp");
        abort();
    }
}

const char *folder_file(Folder *folder, const char *name, const char *text)
{
    char *path = folder->files[folder->count++];
    strcpy(path, folder->path);
    strcat(strcat(path, "/"), name);
    FILE *file = fopen(path, "w");
    if (file == NULL || fputs(text, file) == EOF || fclose(file) != 0) {
        perror(path);
        abort();
    }
    return path;
}

void folder_remove(Folder *folder)
{
    for (int i = 0; i < folder->count; i++) {
        unlink(folder->files[i]);
    }
    rmdir(folder->path);
}
