/* classes.c - a table of request classes with their counts. */
#include "traces/csv_table.h"
#include "traces/readers.h"
#include "traces/request_reader.h"

enum { CLASS_CPU, CLASS_MEMORY, CLASS_GPUS, CLASS_MILLI, CLASS_SPEC, CLASS_COUNT, CLASS_COLUMNS };

static const CsvColumn columns[CLASS_COLUMNS] = {
    [CLASS_CPU] = {"cpu_milli", false}, [CLASS_MEMORY] = {"memory_mib", false},
    [CLASS_GPUS] = {"num_gpu", false},  [CLASS_MILLI] = {"gpu_milli", false},
    [CLASS_SPEC] = {"gpu_spec", true},  [CLASS_COUNT] = {"count", false},
};

static const RequestColumns request_columns = {
    .cpu_milli = CLASS_CPU,
    .memory_mib = CLASS_MEMORY,
    .num_gpu = CLASS_GPUS,
    .gpu_milli = CLASS_MILLI,
    .gpu_spec = CLASS_SPEC,
};

static bool class_row(void *self, const CsvRow *row)
{
    int64_t count = 0;
    bool usable = csv_integer(row, CLASS_COUNT, 1, CELL_CLASS_COUNT_MAX, &count);
    Request *request = NULL;
    if (!request_reader_row(self, row, &request_columns, usable, &request)) {
        return false;
    }
    if (request != NULL) {
        request->count = count;
    }
    return true;
}

Status classes_read(const char *path, Arena *arena, Diagnostics *diagnostics, Cluster *cluster,
                    RequestList *requests)
{
    RequestReader reader;
    request_reader_init(&reader, arena, diagnostics, cluster);
    CsvHandler handler = {
        .columns = columns, .column_count = CLASS_COLUMNS, .row = class_row, .self = &reader};
    Status status = csv_read(path, &handler, diagnostics);
    if (status == STATUS_OK && !request_reader_finish(&reader, requests)) {
        status = diagnostics_no_memory(diagnostics);
    }
    request_reader_free(&reader);
    return status;
}
