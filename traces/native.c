/* native.c - reads our own job log: the job keys of a scenario as columns. */
#include "traces/native.h"

#include <stdlib.h>
#include <string.h>

#include "core/mig_name.h"
#include "traces/csv_table.h"
#include "traces/request_reader.h"
#include "traces/trace_reader.h"

typedef struct NativeReader {
    TraceReader *trace;
    bool only_gpus;                           /* no column but gpus says anything of a size */
    int32_t size_of_gpus[GP_DEVICES_MAX + 1]; /* where only_gpus; -1: not met yet */
    RequestReader models;                     /* for gpu_model */
    NativeClock clock;
    int present_count; /* 0: no row yet */
    int present[NATIVE_COLUMNS];
    int64_t empty[NATIVE_COLUMNS];
    Intern traits_table;
    const JobTraits **traits; /* [traits_count] in the arena */
    int32_t traits_count, traits_capacity;
} NativeReader;

/* ---- what cells mean together ---------------------------------------------------------------- */

typedef struct TraitsQuery {
    const JobTraits *const *known;
    const JobTraits *wanted;
} TraitsQuery;

static bool traits_are_wanted(const void *context, int32_t id)
{
    const TraitsQuery *query = context;
    return job_traits_alike(query->known[id], query->wanted);
}

/* Lanes that a job streams through, what it asks for there, and what it needs. */
static const struct NeedColumns {
    int axis, asked, need;
} NEEDS[] = {{GP_AXIS_STORAGE_BANDWIDTH, NATIVE_STORAGE_BANDWIDTH, NATIVE_NEED_STORAGE_BANDWIDTH},
             {GP_AXIS_IO_CPU, NATIVE_IO_CPU, NATIVE_NEED_IO_CPU},
             {GP_AXIS_NETWORK, NATIVE_NETWORK, NATIVE_NEED_NETWORK},
             {GP_AXIS_CPU, -1, NATIVE_NEED_CPU}};
enum { NEED_LANES = sizeof(NEEDS) / sizeof(NEEDS[0]) };

static int64_t need_of(const int64_t *value, const struct NeedColumns *lane)
{
    int64_t asked = lane->asked >= 0 ? value[lane->asked] : 0;
    return value[lane->need] != TRACE_UNKNOWN ? value[lane->need] : asked;
}

static bool streams(const int64_t *value)
{
    bool streams = false;
    for (int lane = 0; lane < NEED_LANES; lane++) {
        streams = streams || need_of(value, &NEEDS[lane]) != 0;
    }
    return streams;
}

static void needs_fill(const int64_t *value, JobTraits *traits)
{
    for (int lane = 0; lane < NEED_LANES; lane++) {
        traits->need[NEEDS[lane].axis] = need_of(value, &NEEDS[lane]);
    }
}

int64_t native_need(const Request *row, int axis)
{
    return axis == GP_AXIS_STORAGE_BANDWIDTH ? row->storage_bandwidth_mb_s
           : axis == GP_AXIS_IO_CPU          ? row->io_cpu_milli
           : axis == GP_AXIS_NETWORK         ? row->network_mb_s
                                             : 0;
}

/* NULL where all is as by default, else the one copy. False if memory ran out. */
static bool traits_find(NativeReader *reader, const int64_t *value, const JobTraits **found)
{
    *found = NULL;
    if (value[NATIVE_KIND] == KIND_BATCH && value[NATIVE_PREEMPTIBLE] < 0 &&
        value[NATIVE_SYNC] < 0 && value[NATIVE_MIN_TASKS] == 0 && value[NATIVE_MAX_TASKS] == 0 &&
        value[NATIVE_CHECKPOINT_EVERY] == 0 && value[NATIVE_CHECKPOINT_COST] == 0 &&
        !streams(value)) {
        return true;
    }
    JobTraits wanted = JOB_TRAITS_DEFAULT;
    wanted.kind = (int32_t)value[NATIVE_KIND];
    wanted.preemptible = (int32_t)value[NATIVE_PREEMPTIBLE];
    wanted.sync = (int32_t)value[NATIVE_SYNC];
    wanted.min_tasks = (int32_t)value[NATIVE_MIN_TASKS];
    wanted.max_tasks = (int32_t)value[NATIVE_MAX_TASKS];
    wanted.checkpoint.rule =
        value[NATIVE_CHECKPOINT_EVERY] > 0 ? CHECKPOINT_FIXED : CHECKPOINT_DEFAULT;
    wanted.checkpoint.every_ms = value[NATIVE_CHECKPOINT_EVERY];
    wanted.checkpoint.cost_ms = value[NATIVE_CHECKPOINT_COST];
    needs_fill(value, &wanted);
    uint64_t hash = job_traits_hash(&wanted);
    TraitsQuery query = {reader->traits, &wanted};
    int32_t known = intern_find(&reader->traits_table, hash, traits_are_wanted, &query);
    if (known < 0) {
        const JobTraits **traits = trace_grown(reader->traits, reader->traits_count,
                                               &reader->traits_capacity, sizeof *traits);
        JobTraits *copy = ARENA_NEW(reader->trace->arena, JobTraits);
        reader->traits = traits != NULL ? traits : reader->traits;
        if (traits == NULL || copy == NULL ||
            !intern_add(&reader->traits_table, hash, reader->traits_count)) {
            return false;
        }
        *copy = wanted;
        known = reader->traits_count++;
        reader->traits[known] = copy;
    }
    *found = reader->traits[known];
    return true;
}

static bool conflict(const CsvRow *row, int column, const char *expected)
{
    return csv_refuse(row, column, "conflict", expected);
}

static bool given(const CsvRow *row, int column)
{
    return row->cells[column].length > 0;
}

/* GPUs of a task, and the share of each. False: a mistake. */
static bool gpus_fill(NativeReader *reader, const CsvRow *row, int64_t *value, Request *size)
{
    bool shares = given(row, NATIVE_GPU_MILLI) || given(row, NATIVE_GPU_CORES);
    bool mig = given(row, NATIVE_MIG);
    int64_t gpus = value[NATIVE_GPUS];
    if (gpus == TRACE_UNKNOWN) {
        gpus = shares || mig ? 1 : 0;
    }
    if (given(row, NATIVE_GPU_MILLI) && given(row, NATIVE_GPU_CORES)) {
        return conflict(row, NATIVE_GPU_CORES, "expected gpu_milli or gpu_cores, not both");
    }
    if (gpus == 0 && (shares || mig || given(row, NATIVE_GPU_MEMORY))) {
        return conflict(row, NATIVE_GPUS, "expected GPUs, as other cells speak of them");
    }
    if (mig && (shares || given(row, NATIVE_GPU_MEMORY) || gpus != 1)) {
        return conflict(row, NATIVE_MIG, "expected neither a share nor several GPUs beside it");
    }
    if (given(row, NATIVE_TASKS)) {
        if (gpus > GP_DEVICES_MAX) {
            return conflict(row, NATIVE_GPUS, "expected at most 32 GPUs a task");
        }
        size->gpu_count = (int32_t)gpus;
        size->task_count = (int32_t)value[NATIVE_TASKS];
        size->gpu_milli = gpus > 0 ? GP_DEVICE_MILLI : 0;
        size->gang = (int32_t)value[NATIVE_GANG];
    } else {
        trace_split_gpus(reader->trace, gpus, row->line.line, size);
        size->gang = given(row, NATIVE_GANG) ? (int32_t)value[NATIVE_GANG] : size->gang;
    }
    if (given(row, NATIVE_GPU_MILLI)) {
        size->gpu_milli = (int32_t)value[NATIVE_GPU_MILLI];
    } else if (given(row, NATIVE_GPU_CORES)) {
        size->gpu_milli = (int32_t)((value[NATIVE_GPU_CORES] + 999) / 1000);
    }
    size->gpu_memory_mib = (int32_t)value[NATIVE_GPU_MEMORY];
    size->cores_unsaid = size->gpu_memory_mib > 0 && !shares;
    return true;
}

static bool tasks_check(const CsvRow *row, const int64_t *value, const Request *size)
{
    int64_t least = value[NATIVE_MIN_TASKS];
    int64_t most = value[NATIVE_MAX_TASKS];
    if (least > size->task_count) {
        return csv_refuse(row, NATIVE_MIN_TASKS, "range", "expected at most as many as tasks");
    }
    if (most != 0 && most < size->task_count) {
        return csv_refuse(row, NATIVE_MAX_TASKS, "range", "expected at least as many as tasks");
    }
    if (size->gang == GANG_MIN && least == 0) {
        return conflict(row, NATIVE_GANG, "expected min_tasks beside it");
    }
    return true;
}

static bool mig_fill(NativeReader *reader, const CsvRow *row, Request *size)
{
    if (!given(row, NATIVE_MIG)) {
        return true;
    }
    size->gpu_milli = 0;
    switch (mig_name_find(row->cells[NATIVE_MIG].text, reader->trace->cluster, size->model_set,
                          &size->mig_profile)) {
    case MIG_NAME_OK:
        return true;
    case MIG_NAME_AMBIGUOUS:
        return csv_refuse(row, NATIVE_MIG, "unit",
                          "different instances on this cluster's cards: say which with gpu_model");
    case MIG_NAME_UNKNOWN:
        return csv_refuse(row, NATIVE_MIG, "unit", "no card that this job may use has it");
    case MIG_NAME_MALFORMED:
    default:
        return csv_refuse(row, NATIVE_MIG, "unit", "expected a MIG profile, such as 3g.40gb");
    }
}

/* All but times and names. *good is cleared where something is wrong (recorded). False if memory
 * ran out. */
static bool size_fill(NativeReader *reader, const CsvRow *row, int64_t *value, Request *size,
                      bool *good)
{
    size->cpu_milli = value[NATIVE_CPU];
    size->memory_mib = value[NATIVE_MEMORY];
    size->storage_bandwidth_mb_s = value[NATIVE_STORAGE_BANDWIDTH];
    size->io_cpu_milli = value[NATIVE_IO_CPU];
    size->network_mb_s = value[NATIVE_NETWORK];
    *good &= gpus_fill(reader, row, value, size) && tasks_check(row, value, size);
    if (given(row, NATIVE_GPU_MODEL) && size->gpu_count > 0) {
        GpuSpec spec = {0};
        if (!request_reader_models(&reader->models, row, NATIVE_GPU_MODEL, &spec, good)) {
            return false;
        }
        size->model_set = spec.model_set;
        size->model_text = spec.text;
    }
    if (!*good) {
        return true;
    }
    *good = mig_fill(reader, row, size);
    return traits_find(reader, value, &size->traits);
}

static bool shared_text(TraceReader *trace, const CsvCell *cell, const char **text)
{
    if (cell->length > 0) {
        *text = trace_text(trace, cell->text, cell->length);
        return *text != NULL;
    }
    return true;
}

static bool speaks_of_size(int column)
{
    switch (column) {
    case NATIVE_ID:
    case NATIVE_SUBMIT:
    case NATIVE_DURATION:
    case NATIVE_GPUS:
    case NATIVE_QUEUE:
    case NATIVE_USER:
    case NATIVE_PRIORITY:
    case NATIVE_TIME_LIMIT:
    case NATIVE_ESTIMATE:
    case NATIVE_END:
    case NATIVE_START:
    case NATIVE_CARRIED:
        return false;
    default:
        return true;
    }
}

/* Finds which columns the file has, so that rows look at no others. */
static void columns_find(NativeReader *reader, const CsvRow *row)
{
    reader->only_gpus = true;
    memset(reader->size_of_gpus, 0xff, sizeof reader->size_of_gpus);
    for (int column = 0; column < NATIVE_COLUMNS; column++) {
        reader->empty[column] = NATIVE_CELLS[column].empty;
        if (row->cells[column].text == NULL) {
            continue;
        }
        reader->only_gpus &= !speaks_of_size(column);
        if (NATIVE_CELLS[column].kind != CELL_TEXT) {
            reader->present[reader->present_count++] = column;
        }
    }
}

/* False: something is wrong (recorded). */
static bool cells_read(NativeReader *reader, const CsvRow *row, int64_t value[NATIVE_COLUMNS])
{
    bool good = true;
    memcpy(value, reader->empty, sizeof reader->empty);
    for (int i = 0; i < reader->present_count; i++) {
        int column = reader->present[i];
        if (row->cells[column].length > 0) {
            good &= native_cell_read(&reader->clock, row, column, &value[column]);
        } else if (column == NATIVE_SUBMIT || column == NATIVE_DURATION) {
            good = csv_refuse(row, column, "csv", "expected a time");
        }
    }
    return good;
}

/* Judges a job of a size that may be new. */
static bool job_of_new_size(NativeReader *reader, const CsvRow *row, int64_t *value,
                            const TraceRow *job)
{
    TraceReader *trace = reader->trace;
    Request size = {0};
    bool good = true;
    if (!size_fill(reader, row, value, &size, &good)) {
        return false;
    }
    int32_t id = good ? trace_size(trace, &size) : TRACE_SIZE_NONE;
    if (id == TRACE_SIZE_BAD) {
        good = csv_refuse(row, NATIVE_GPUS, "range", "with the other cells it is no request");
    }
    if (good && id >= 0 && reader->only_gpus && size.task_count == 1) {
        reader->size_of_gpus[size.gpu_count] = id;
    }
    return !good || trace_job(trace, *job, &size);
}

static bool native_row(void *self, const CsvRow *row)
{
    NativeReader *reader = self;
    TraceReader *trace = reader->trace;
    trace->stats->rows_read++;
    if (reader->present_count == 0) {
        columns_find(reader, row);
    }
    int64_t value[NATIVE_COLUMNS];
    if (!cells_read(reader, row, value)) {
        return true;
    }
    bool running = value[NATIVE_END] == NATIVE_END_RUNNING;
    TraceRow job = {.submit_ms = value[NATIVE_SUBMIT],
                    .start_ms = value[NATIVE_START],
                    .duration_ms = value[NATIVE_DURATION],
                    .limit_ms = value[NATIVE_TIME_LIMIT],
                    .estimate_ms = value[NATIVE_ESTIMATE],
                    .priority = (int32_t)value[NATIVE_PRIORITY],
                    .end = (uint8_t)(running ? JOB_END_COMPLETED : value[NATIVE_END]),
                    .censored = running,
                    .carried = (uint8_t)value[NATIVE_CARRIED],
                    .line = row->line.line};
    const CsvCell *id = &row->cells[NATIVE_ID];
    if (id->length > 0 && (job.name = trace_name(trace, id->text, id->length)) == NULL) {
        return false;
    }
    if (!shared_text(trace, &row->cells[NATIVE_QUEUE], &job.queue) ||
        !shared_text(trace, &row->cells[NATIVE_USER], &job.user)) {
        return false;
    }
    int64_t gpus = value[NATIVE_GPUS];
    if (reader->only_gpus && gpus >= 0 && gpus <= GP_DEVICES_MAX &&
        reader->size_of_gpus[gpus] >= 0) {
        job.size = reader->size_of_gpus[gpus];
        return trace_job_sized(trace, job);
    }
    return job_of_new_size(reader, row, value, &job);
}

static Status native_read(TraceReader *trace)
{
    NativeReader reader = {.trace = trace, .clock = {.timezone_ms = trace->options->timezone_ms}};
    CsvColumn columns[NATIVE_COLUMNS];
    for (int i = 0; i < NATIVE_COLUMNS; i++) {
        bool required = i == NATIVE_SUBMIT || i == NATIVE_DURATION || i == NATIVE_GPUS;
        columns[i] = (CsvColumn){NATIVE_NAMES[i], !required};
    }
    intern_init(&reader.traits_table);
    request_reader_init(&reader.models, trace->arena, trace->diagnostics, trace->cluster);
    trace->ids_unique = true;
    trace->zero_is_origin = true;
    CsvHandler handler = {
        .columns = columns, .column_count = NATIVE_COLUMNS, .row = native_row, .self = &reader};
    Status status = csv_read(trace->options->path, &handler, trace->diagnostics);
    trace->has_calendar = reader.clock.has_calendar;
    if (status == STATUS_OK) {
        request_reader_warn(&reader.models);
    }
    request_reader_free(&reader.models);
    intern_free(&reader.traits_table);
    free(reader.traits);
    return status;
}

const TraceFormat trace_native = {
    .name = "native",
    .summary = "our own CSV: the job keys as columns; docs/trace-format.md",
    .read = native_read,
};
