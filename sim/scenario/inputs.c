/* inputs.c - fingerprints of what is not under test: keys of a variant's tree, bytes of data files.
 */
#include "sim/scenario/inputs.h"

#include <errno.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/scenario/inputs_make.h"

/* The candidate, and what only names or judges a run. `variants` are hashed one by one, each with
 * its overrides applied. */
const char *const INPUTS_NOT[] = {"policy", "queues",      "gate",    "expect",
                                  "name",   "description", "extends", "targets",
                                  "plan",   "variants",    "gpuplan", NULL};

static void digest_print(struct sha256_ctx *context, char hex[SHA256_HEX])
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_digest(context, sizeof(digest), digest);
    for (size_t i = 0; i < sizeof(digest); i++) {
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    }
}

void text_sha256(const char *text, size_t size, char hex[SHA256_HEX])
{
    struct sha256_ctx context;
    sha256_init(&context);
    sha256_update(&context, size, (const uint8_t *)text);
    digest_print(&context, hex);
}

/* ---- keys ---- */

static bool is_input(const char *key)
{
    for (int i = 0; INPUTS_NOT[i] != NULL; i++) {
        if (strcmp(INPUTS_NOT[i], key) == 0) {
            return false;
        }
    }
    return true;
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const InputKey *)a)->key, ((const InputKey *)b)->key);
}

bool inputs_of_tree(Loader *loader, const Node *tree, VariantInputs *inputs)
{
    *inputs = (VariantInputs){.keys = ARENA_ARRAY(loader->arena, InputKey, tree->count)};
    for (const Node *child = tree->first; inputs->keys != NULL && child != NULL;
         child = child->next) {
        if (!is_input(child->key)) {
            continue;
        }
        const char *text = tree_print(loader, child);
        if (text == NULL) {
            return false;
        }
        InputKey *row = &inputs->keys[inputs->count++];
        row->key = child->key;
        text_sha256(text, strlen(text), row->sha256);
    }
    if (inputs->keys == NULL) {
        diagnostics_no_memory(loader->diagnostics);
        return false;
    }
    qsort(inputs->keys, (size_t)inputs->count, sizeof(InputKey), by_key);
    return true;
}

/* ---- files ---- */

static int by_name(const void *a, const void *b)
{
    int order = strcmp(((const InputFile *)a)->name, ((const InputFile *)b)->name);
    return order != 0 ? order : strcmp(((const InputFile *)a)->path, ((const InputFile *)b)->path);
}

bool inputs_of_files(Loader *loader, ScenarioInputs *inputs)
{
    int32_t count = 0;
    for (const FileUsed *file = loader->files; file != NULL; file = file->before) {
        count++;
    }
    inputs->file_count = 0;
    inputs->files = ARENA_ARRAY(loader->arena, InputFile, count);
    if (inputs->files == NULL) {
        diagnostics_no_memory(loader->diagnostics);
        return false;
    }
    for (const FileUsed *file = loader->files; file != NULL; file = file->before) {
        inputs->files[inputs->file_count++] = (InputFile){.name = file->name, .path = file->path};
    }
    qsort(inputs->files, (size_t)count, sizeof(InputFile), by_name);
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++) {
        if (kept == 0 || by_name(&inputs->files[kept - 1], &inputs->files[i]) != 0) {
            inputs->files[kept++] = inputs->files[i];
        }
    }
    inputs->file_count = kept;
    return true;
}

static Status file_hash(InputFile *file, Diagnostics *diagnostics)
{
    FILE *stream = fopen(file->path, "rb");
    struct sha256_ctx context;
    sha256_init(&context);
    char block[16384];
    size_t got = 0;
    while (stream != NULL && (got = fread(block, 1, sizeof block, stream)) > 0) {
        sha256_update(&context, got, (const uint8_t *)block);
    }
    bool bad = stream == NULL || ferror(stream) != 0;
    if (bad) {
        diagnostics_error(diagnostics, (Place){.file = file->path}, "io", NULL, "cannot read: %s",
                          strerror(errno));
    }
    if (stream != NULL) {
        fclose(stream);
    }
    digest_print(&context, file->sha256);
    return bad ? STATUS_FAILED : STATUS_OK;
}

Status input_files_hash(ScenarioInputs *inputs, Diagnostics *diagnostics)
{
    Status worst = STATUS_OK;
    for (int32_t i = 0; i < inputs->file_count; i++) {
        Status status = file_hash(&inputs->files[i], diagnostics);
        worst = status != STATUS_OK ? status : worst;
    }
    return worst;
}
