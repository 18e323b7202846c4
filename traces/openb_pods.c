/* openb_pods.c - a pod list of Alibaba's 2023 GPU cluster trace becomes requests. */
#include <stdlib.h>
#include <string.h>

#include "traces/csv_table.h"
#include "traces/names.h"
#include "traces/readers.h"
#include "traces/request_reader.h"

enum { POD_NAME, POD_CPU, POD_MEMORY, POD_GPUS, POD_MILLI, POD_SPEC, POD_COLUMNS };

static const CsvColumn columns[POD_COLUMNS] = {
    [POD_NAME] = {"name", false},         [POD_CPU] = {"cpu_milli", false},
    [POD_MEMORY] = {"memory_mib", false}, [POD_GPUS] = {"num_gpu", false},
    [POD_MILLI] = {"gpu_milli", false},   [POD_SPEC] = {"gpu_spec", true},
};

static const RequestColumns request_columns = {
    .cpu_milli = POD_CPU,
    .memory_mib = POD_MEMORY,
    .num_gpu = POD_GPUS,
    .gpu_milli = POD_MILLI,
    .gpu_spec = POD_SPEC,
};

typedef struct PodReader {
    RequestReader requests;
    Names names;
    bool unsorted;
} PodReader;

static bool pod_row(void *self, const CsvRow *row)
{
    PodReader *reader = self;
    NamesAdd named = names_add(&reader->names, reader->requests.arena, row, POD_NAME);
    Request *request = NULL;
    if (named == NAMES_NO_MEMORY || !request_reader_row(&reader->requests, row, &request_columns,
                                                        named == NAMES_ADDED, &request)) {
        return false;
    }
    if (request != NULL) {
        request->name = reader->names.name[reader->names.count - 1];
        reader->unsorted |=
            reader->requests.count > 1 && strcmp(request[-1].name, request->name) > 0;
    }
    return true;
}

static int pod_compare(const void *a, const void *b)
{
    return strcmp(((const Request *)a)->name, ((const Request *)b)->name);
}

Status openb_pods_read(const char *path, Arena *arena, Diagnostics *diagnostics, Cluster *cluster,
                       RequestList *requests)
{
    PodReader reader = {0};
    request_reader_init(&reader.requests, arena, diagnostics, cluster);
    names_init(&reader.names);
    CsvHandler handler = {
        .columns = columns, .column_count = POD_COLUMNS, .row = pod_row, .self = &reader};
    Status status = csv_read(path, &handler, diagnostics);
    names_free(&reader.names);
    if (status == STATUS_OK) {
        if (reader.unsorted) {
            qsort(reader.requests.rows, (size_t)reader.requests.count, sizeof(Request),
                  pod_compare);
        }
        if (!request_reader_finish(&reader.requests, requests)) {
            status = diagnostics_no_memory(diagnostics);
        }
    }
    request_reader_free(&reader.requests);
    return status;
}
