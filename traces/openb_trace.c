/* openb_trace.c - a pod list of Alibaba's 2023 GPU cluster trace with its times.
 *
 * A pod is created, scheduled (or never) and deleted; its run time is deletion - scheduling. The
 * phase is the last one seen before deletion, so Running does not mean unfinished: only pods that
 * were deleted in the log's last second were cut off by its end.
 */
#include <string.h>

#include "traces/csv_table.h"
#include "traces/request_reader.h"
#include "traces/trace_reader.h"

enum {
    POD_NAME,
    POD_CPU,
    POD_MEMORY,
    POD_GPUS,
    POD_MILLI,
    POD_SPEC,
    POD_PHASE,
    POD_CREATED,
    POD_DELETED,
    POD_SCHEDULED,
    POD_COLUMNS
};

static const CsvColumn columns[POD_COLUMNS] = {
    [POD_NAME] = {"name", false},
    [POD_CPU] = {"cpu_milli", false},
    [POD_MEMORY] = {"memory_mib", false},
    [POD_GPUS] = {"num_gpu", false},
    [POD_MILLI] = {"gpu_milli", false},
    [POD_SPEC] = {"gpu_spec", true},
    [POD_PHASE] = {"pod_phase", true},
    [POD_CREATED] = {"creation_time", false},
    [POD_DELETED] = {"deletion_time", false},
    [POD_SCHEDULED] = {"scheduled_time", false},
};

static const RequestColumns request_columns = {
    .cpu_milli = POD_CPU,
    .memory_mib = POD_MEMORY,
    .num_gpu = POD_GPUS,
    .gpu_milli = POD_MILLI,
    .gpu_spec = POD_SPEC,
};

typedef struct PodReader {
    TraceReader *trace;
    RequestReader requests;
} PodReader;

/* Of a pod that was scheduled. */
static bool pod_keep(PodReader *reader, const CsvRow *cells, TraceRow row, const Request *size)
{
    const CsvCell *name = &cells->cells[POD_NAME];
    const char *phase = cells->cells[POD_PHASE].text;
    row.end = phase != NULL && strcmp(phase, "Failed") == 0 ? JOB_END_FAILED : JOB_END_COMPLETED;
    row.name = trace_name(reader->trace, name->text, name->length);
    return row.name != NULL && trace_job(reader->trace, row, size);
}

static bool pod_row(void *self, const CsvRow *cells)
{
    PodReader *reader = self;
    TraceReader *trace = reader->trace;
    int64_t created_s = 0;
    int64_t deleted_s = 0;
    int64_t scheduled_s = 0;
    const int64_t high = TRACE_TIME_MS_MAX / 1000;
    bool pending = cells->cells[POD_SCHEDULED].length == 0;
    Request *size = NULL;
    trace->stats->rows_read++;
    bool usable = csv_integer(cells, POD_CREATED, 0, high, &created_s);
    usable &= csv_integer(cells, POD_DELETED, 0, high, &deleted_s);
    usable &= pending || csv_integer(cells, POD_SCHEDULED, 0, high, &scheduled_s);
    if (cells->cells[POD_NAME].length == 0) {
        usable = csv_refuse(cells, POD_NAME, "csv", "expected a name");
    }
    if (!request_reader_row(&reader->requests, cells, &request_columns, usable, &size)) {
        return false;
    }
    if (size == NULL) {
        return true;
    }
    reader->requests.count = 0; /* its memory serves the next row */
    if (pending) {
        trace_saw(trace, deleted_s * 1000);
        trace_count(trace, TRACE_NEVER_SCHEDULED, cells->line.line);
        return true;
    }
    TraceRow row = {.submit_ms = created_s * 1000,
                    .start_ms = scheduled_s * 1000,
                    .duration_ms = (deleted_s - scheduled_s) * 1000,
                    .line = cells->line.line};
    return pod_keep(reader, cells, row, size);
}

/* Known only when all rows are. */
static void pods_censor(TraceReader *trace)
{
    for (int32_t i = 0; i < trace->count; i++) {
        TraceRow *row = &trace->rows[i];
        int64_t begin_ms = row->start_ms != TRACE_UNKNOWN ? row->start_ms : row->submit_ms;
        if (begin_ms + row->duration_ms == trace->log_end_ms) {
            row->censored = 1;
            trace_count(trace, TRACE_CENSORED, row->line);
        }
    }
}

static Status pods_read(TraceReader *trace)
{
    PodReader reader = {.trace = trace};
    request_reader_init(&reader.requests, trace->arena, trace->diagnostics, trace->cluster);
    trace->ids_unique = true;
    CsvHandler handler = {
        .columns = columns, .column_count = POD_COLUMNS, .row = pod_row, .self = &reader};
    Status status = csv_read(trace->options->path, &handler, trace->diagnostics);
    if (status == STATUS_OK) {
        pods_censor(trace);
        request_reader_warn(&reader.requests);
    }
    request_reader_free(&reader.requests);
    return status;
}

const TraceFormat trace_openb = {
    .name = "openb",
    .summary = "pod list of Alibaba's 2023 GPU cluster trace, with its times or without",
    .read = pods_read,
};
