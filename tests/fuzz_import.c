/* fuzz_import.c - any bytes as Kueue's objects, as slurm.conf, as a table of QOS: they become
 * queues that a run could use, or every mistake has been named.
 *
 * The first byte chooses the format. Whatever is accepted has queues whose ways up end; whatever is
 * refused has an error to show.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "models/gsl_errors.h"
#include "sim/scenario/load.h"
#include "tests/queue_promises.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char FLEET[] =
    "gpuplan: 1\n"
    "cluster:\n"
    "  types:\n"
    "    h: {gpus: {count: 8, model: H100}, cpu: 176, memory: 2Ti}\n"
    "    a: {gpus: {count: 4, model: A100}, cpu: 96, memory: 1Ti}\n"
    "  nodes:\n"
    "    - {name: h, type: h, count: 2, labels: {gpu.example.com/model: H100}}\n"
    "    - {name: a, type: a, count: 2, labels: {gpu.example.com/model: A100}}\n"
    "workload: [{jobs: [{id: A, duration: 4s, gpus: 2}]}]\n";

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    gsl_errors_return();
    return 0;
}

static void require(int holds, const char *promise)
{
    if (!holds) {
        fprintf(stderr, "fuzz_import: broken promise: %s\n", promise);
        abort();
    }
}

static int file_of(const void *data, size_t size)
{
    int file = memfd_create("import", 0);
    require(file >= 0 && write(file, data, size) == (ssize_t)size, "memory for a file");
    return file;
}

static void import_try(const char *format, int file, int other)
{
    char text[sizeof FLEET + 200];
    char second[64] = "";
    if (other >= 0) {
        snprintf(second, sizeof second, ", qos: /proc/self/fd/%d", other);
    }
    snprintf(text, sizeof text, "%spolicy: {import: {%s: /proc/self/fd/%d%s}}\n", FLEET, format,
             file, second);
    Arena arena;
    Diagnostics diagnostics;
    ScenarioSet set;
    LoadOptions options = {.inputs = true};
    arena_init(&arena);
    diagnostics_init(&diagnostics);
    Status status =
        scenario_load_text("fuzz.yaml", text, strlen(text), &options, &arena, &diagnostics, &set);
    if (status == STATUS_OK) {
        const PolicyImport *import = set.variants[0].policy.import;
        require(import != NULL && import->queues > 0, "something was imported");
        const char *broken = queue_promise_broken(&set.variants[0].queues);
        require(broken == NULL, broken);
        for (int32_t i = 0; i < import->note_count; i++) {
            require(import->notes[i].text[0] != '\0', "a note says something");
        }
    } else {
        require(diagnostics.error_count > 0 || diagnostics.out_of_memory, "a refusal has a reason");
    }
    diagnostics_free(&diagnostics);
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char CONF[] = "PartitionName=batch Nodes=ALL QOS=batch\n";
    if (size == 0 || size > 20000) {
        return 0;
    }
    int file = file_of(data + 1, size - 1);
    if (data[0] == 'q') {
        int conf = file_of(CONF, sizeof CONF - 1);
        import_try("slurm", conf, file);
        close(conf);
    } else {
        import_try(data[0] == 's' ? "slurm" : "kueue", file, -1);
    }
    close(file);
    return 0;
}
