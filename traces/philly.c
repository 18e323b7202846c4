/* philly.c - the reduced table of Microsoft's Philly jobs of 2017: one line a job. */
#include "traces/clock.h"
#include "traces/csv_table.h"
#include "traces/trace_reader.h"

enum { PHILLY_TIME, PHILLY_DURATION, PHILLY_GPUS, PHILLY_CLUSTER, PHILLY_COLUMNS };

static const CsvColumn columns[PHILLY_COLUMNS] = {
    [PHILLY_TIME] = {"timestamp", false},
    [PHILLY_DURATION] = {"duration", false},
    [PHILLY_GPUS] = {"num_gpus", false},
    [PHILLY_CLUSTER] = {"cluster", false},
};

/* Rows have no id: twins are found by all that they say. */
typedef struct PhillyReader {
    TraceReader *trace;
    Intern rows;
} PhillyReader;

typedef struct TwinQuery {
    const TraceReader *trace;
    const TraceRow *row;
    int64_t gpus;
} TwinQuery;

static int64_t gpus_of(const Request *size)
{
    return (int64_t)size->gpu_count * size->task_count;
}

static bool row_is_twin(const void *context, int32_t id)
{
    const TwinQuery *query = context;
    const TraceRow *known = &query->trace->rows[id];
    const TraceRow *row = query->row;
    return known->submit_ms == row->submit_ms && known->duration_ms == row->duration_ms &&
           known->queue == row->queue && gpus_of(&query->trace->sizes[known->size]) == query->gpus;
}

/* A kept twin is counted; any other row is remembered, to be the `next` one kept. */
static bool twin_note(PhillyReader *reader, const TraceRow *row, int64_t gpus)
{
    uint64_t hash = intern_mix(3, (uint64_t)row->submit_ms);
    hash = intern_mix(hash, (uint64_t)row->duration_ms);
    hash = intern_mix(hash, (uint64_t)gpus);
    TwinQuery query = {reader->trace, row, gpus};
    if (intern_find(&reader->rows, hash, row_is_twin, &query) >= 0) {
        trace_count(reader->trace, TRACE_DUPLICATE, row->line);
        return true;
    }
    return gpus == 0 || intern_add(&reader->rows, hash, reader->trace->count);
}

static bool philly_row(void *self, const CsvRow *cells)
{
    PhillyReader *reader = self;
    TraceReader *trace = reader->trace;
    TraceRow row = {.start_ms = TRACE_UNKNOWN, .line = cells->line.line};
    int64_t gpus = 0;
    bool good = true;
    trace->stats->rows_read++;
    if (!clock_read(cells->cells[PHILLY_TIME].text, trace->options->timezone_ms, &row.submit_ms)) {
        good =
            csv_refuse(cells, PHILLY_TIME, "csv", "expected a time, such as 2017-10-09 08:00:00");
    }
    good &= csv_seconds(cells, PHILLY_DURATION, TRACE_TIME_MS_MAX, &row.duration_ms);
    good &= csv_integer(cells, PHILLY_GPUS, 0, TRACE_GPUS_MAX, &gpus);
    if (!good) {
        return true;
    }
    const CsvCell *cluster = &cells->cells[PHILLY_CLUSTER];
    if (cluster->length > 0) {
        row.queue = trace_text(trace, cluster->text, cluster->length);
        if (row.queue == NULL) {
            return false;
        }
    }
    Request size = {0};
    trace_split_gpus(trace, gpus, row.line, &size);
    return twin_note(reader, &row, gpus) && trace_job(trace, row, &size);
}

static Status philly_read(TraceReader *trace)
{
    PhillyReader reader = {.trace = trace};
    intern_init(&reader.rows);
    trace->has_calendar = true;
    CsvHandler handler = {
        .columns = columns, .column_count = PHILLY_COLUMNS, .row = philly_row, .self = &reader};
    Status status = csv_read(trace->options->path, &handler, trace->diagnostics);
    intern_free(&reader.rows);
    return status;
}

const TraceFormat trace_philly = {
    .name = "philly",
    .summary = "Microsoft Philly 2017, reduced: timestamp, duration, num_gpus, cluster",
    .read = philly_read,
};
