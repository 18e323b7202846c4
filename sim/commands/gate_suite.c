/* gate_suite.c - a scenario, a folder of them or a list of them becomes paths. */
#include "sim/commands/gate_suite.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/text.h"

#define LIST_LINE_MAX 4096

static bool is_scenario(const char *name)
{
    return text_ends_with(name, ".yaml") || text_ends_with(name, ".yml") || strcmp(name, "-") == 0;
}

static bool is_folder(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static const char *path_join(const char *folder, size_t length, const char *name, Arena *arena)
{
    char *path = arena_alloc(arena, length + strlen(name) + 2, 1);
    if (path != NULL) {
        memcpy(path, folder, length);
        bool slash = length > 0 && folder[length - 1] != '/';
        snprintf(path + length, strlen(name) + 2, "%s%s", slash ? "/" : "", name);
    }
    return path;
}

static Status path_add(GateSuite *suite, const char *path, const char *operand,
                       Diagnostics *diagnostics)
{
    if (path == NULL) {
        return diagnostics_no_memory(diagnostics);
    }
    if (suite->count == SUITE_SCENARIOS_MAX) {
        return diagnostics_error(diagnostics, (Place){.file = operand}, "limit", NULL,
                                 "more than %d scenarios in a suite", SUITE_SCENARIOS_MAX);
    }
    suite->path[suite->count++] = path;
    return STATUS_OK;
}

/* ---- a folder ---- */

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static Status folder_read(GateSuite *suite, const char *folder, DIR *stream, Arena *arena,
                          Diagnostics *diagnostics)
{
    Status status = STATUS_OK;
    for (const struct dirent *entry; status == STATUS_OK && (entry = readdir(stream)) != NULL;) {
        if (entry->d_name[0] == '.' || !is_scenario(entry->d_name)) {
            continue;
        }
        const char *path = path_join(folder, strlen(folder), entry->d_name, arena);
        if (path == NULL || !is_folder(path)) {
            status = path_add(suite, path, folder, diagnostics);
        }
    }
    return status;
}

static Status folder_add(GateSuite *suite, const char *folder, Arena *arena,
                         Diagnostics *diagnostics)
{
    DIR *stream = opendir(folder);
    if (stream == NULL) {
        diagnostics_error(diagnostics, (Place){.file = folder}, "io", NULL, "cannot read: %s",
                          strerror(errno));
        return STATUS_FAILED;
    }
    int32_t before = suite->count;
    Status status = folder_read(suite, folder, stream, arena, diagnostics);
    closedir(stream);
    if (status == STATUS_OK && suite->count == before) {
        return diagnostics_error(diagnostics, (Place){.file = folder}, "suite",
                                 "name a folder with scenarios, or the scenarios themselves",
                                 "no file *.yaml in this folder");
    }
    qsort(suite->path + before, (size_t)(suite->count - before), sizeof *suite->path, by_name);
    return status;
}

/* ---- a list ---- */

static Status line_add(GateSuite *suite, char *line, int number, const char *list, Arena *arena,
                       Diagnostics *diagnostics)
{
    char *end = line + strcspn(line, "#\r\n");
    while (end > line && (end[-1] == ' ' || end[-1] == '\t')) {
        end--;
    }
    *end = '\0';
    char *name = line + strspn(line, " \t");
    if (name[0] == '\0') {
        return STATUS_OK;
    }
    Place place = {.file = list, .line = number};
    if (!is_scenario(name)) {
        return diagnostics_error(diagnostics, place, "suite",
                                 "a list names scenario files (*.yaml), a line each",
                                 "`%.100s` is no scenario file", name);
    }
    const char *slash = strrchr(list, '/');
    size_t length = slash == NULL || name[0] == '/' ? 0 : (size_t)(slash - list);
    return path_add(suite, path_join(list, length, name, arena), list, diagnostics);
}

static Status list_add(GateSuite *suite, const char *list, Arena *arena, Diagnostics *diagnostics)
{
    FILE *stream = fopen(list, "r");
    if (stream == NULL) {
        diagnostics_error(diagnostics, (Place){.file = list}, "io",
                          "name a scenario (*.yaml), a folder of them, or a list of them",
                          "cannot read: %s", strerror(errno));
        return STATUS_FAILED;
    }
    char line[LIST_LINE_MAX];
    Status worst = STATUS_OK;
    int32_t before = suite->count;
    for (int number = 1; fgets(line, sizeof line, stream) != NULL; number++) {
        Status status = line_add(suite, line, number, list, arena, diagnostics);
        worst = status != STATUS_OK ? status : worst;
    }
    fclose(stream);
    if (worst == STATUS_OK && suite->count == before) {
        return diagnostics_error(diagnostics, (Place){.file = list}, "suite",
                                 "a list names scenario files (*.yaml), a line each",
                                 "no scenario in this list");
    }
    return worst;
}

/* ---- the whole ---- */

Status gate_suite_add(GateSuite *suite, const char *operand, Arena *arena, Diagnostics *diagnostics)
{
    if (is_folder(operand)) {
        return folder_add(suite, operand, arena, diagnostics);
    }
    return is_scenario(operand) ? path_add(suite, operand, operand, diagnostics)
                                : list_add(suite, operand, arena, diagnostics);
}

const char *gate_suite_other(const char *path, const char *scenario, Arena *arena)
{
    if (!is_folder(path)) {
        return path;
    }
    const char *slash = strrchr(scenario, '/');
    return path_join(path, strlen(path), slash == NULL ? scenario : slash + 1, arena);
}
