/* native.c - reads our own job log: the job keys of a scenario as columns.
 *
 * One row of NATIVE_CELLS says how a column is read; a plain whole number, which nearly every cell
 * is, is read without looking at units.
 */
#include "traces/native.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mig_name.h"
#include "core/units.h"
#include "traces/clock.h"
#include "traces/csv_table.h"
#include "traces/readers.h"
#include "traces/request_reader.h"
#include "traces/trace_reader.h"

#define PRIORITY_MAX INT64_C(1000000000)
#define BANDWIDTH_MAX INT64_C(1000000000)
#define DEVICE_MEMORY_MIB_MAX (INT64_C(1) << 24)
#define TIME_MAX (INT64_C(1) << 53) /* of calendar times, whatever the zone */

const char *const NATIVE_GANGS[] = {"none", "all", "min", NULL};
const char *const NATIVE_KINDS[] = {"batch", "service", "notebook", NULL};
const char *const NATIVE_ENDS[] = {"completed", "cancelled", "failed", "running", NULL};
static const char *const BOOLS[] = {"false", "true", NULL};

typedef enum CellKind { CELL_TEXT, CELL_AMOUNT, CELL_TIME, CELL_WORD } CellKind;

typedef struct NativeCell {
    CellKind kind;
    Unit unit;                /* CELL_AMOUNT */
    const char *suffix;       /* what a plain number stands for */
    int64_t scale;            /* a plain whole number in the base unit */
    int64_t low, high;        /* CELL_AMOUNT */
    int64_t empty;            /* the value of an empty cell or a column that is not there */
    const char *const *words; /* CELL_WORD */
    const char *expected;     /* a sentence's end */
} NativeCell;

#define DURATION(empty_value)                                                                      \
    {                                                                                              \
        .kind = CELL_AMOUNT, .unit = UNIT_DURATION_MS, .suffix = "s", .scale = 1000, .low = 0,     \
        .high = TRACE_TIME_MS_MAX, .empty = (empty_value),                                         \
        .expected = "expected seconds or a duration with its unit, such as 90, 90.5 or 1h30m"      \
    }
#define COUNT(low_value, high_value, empty_value)                                                  \
    {                                                                                              \
        .kind = CELL_AMOUNT, .unit = UNIT_NONE, .suffix = "", .scale = 1, .low = (low_value),      \
        .high = (high_value), .empty = (empty_value), .expected = "expected a whole number"        \
    }
#define AMOUNT(of_unit, plain_suffix, plain_scale, high_value, expects)                            \
    {                                                                                              \
        .kind = CELL_AMOUNT, .unit = (of_unit), .suffix = (plain_suffix), .scale = (plain_scale),  \
        .low = 0, .high = (high_value), .expected = (expects)                                      \
    }
#define WORD(list, empty_value, expects)                                                           \
    {                                                                                              \
        .kind = CELL_WORD, .words = (list), .empty = (empty_value), .expected = (expects)          \
    }

static const char CORES[] = "expected cores, such as 8, 0.5 or 500m";
static const char MEBIBYTES[] = "expected MiB or bytes with their unit, such as 65536 or 64Gi";

static const NativeCell NATIVE_CELLS[NATIVE_COLUMNS] = {
    [NATIVE_ID] = {.kind = CELL_TEXT},
    [NATIVE_SUBMIT] = {.kind = CELL_TIME},
    [NATIVE_DURATION] = DURATION(TRACE_UNKNOWN),
    [NATIVE_TASKS] = COUNT(1, TRACE_TASKS_MAX, 0),
    [NATIVE_GANG] = WORD(NATIVE_GANGS, GANG_NONE, "expected none, all or min"),
    [NATIVE_GPUS] = COUNT(0, TRACE_GPUS_MAX, TRACE_UNKNOWN),
    [NATIVE_GPU_MILLI] = COUNT(1, GP_DEVICE_MILLI, TRACE_UNKNOWN),
    [NATIVE_GPU_MEMORY] = AMOUNT(UNIT_MEMORY_MIB, "Mi", 1, DEVICE_MEMORY_MIB_MAX, MEBIBYTES),
    [NATIVE_GPU_CORES] = {.kind = CELL_AMOUNT,
                          .unit = UNIT_RATIO_PPM,
                          .suffix = "",
                          .scale = GP_PPM,
                          .low = 0,
                          .high = GP_PPM,
                          .empty = TRACE_UNKNOWN,
                          .expected = "expected a share of a GPU, such as 50% or 0.5"},
    [NATIVE_MIG] = {.kind = CELL_TEXT},
    [NATIVE_CPU] = AMOUNT(UNIT_CPU_MILLI, "", 1000, CELL_CPU_MILLI_MAX, CORES),
    [NATIVE_MEMORY] = AMOUNT(UNIT_MEMORY_MIB, "Mi", 1, CELL_MEMORY_MIB_MAX, MEBIBYTES),
    [NATIVE_STORAGE_BANDWIDTH] = AMOUNT(UNIT_BYTES_MB_S, "MB/s", 1, BANDWIDTH_MAX,
                                        "expected MB/s or bytes a second, such as 500 or 2GB/s"),
    [NATIVE_IO_CPU] = AMOUNT(UNIT_CPU_MILLI, "", 1000, CELL_CPU_MILLI_MAX, CORES),
    [NATIVE_NETWORK] = AMOUNT(UNIT_BITS_MB_S, "Mb/s", 1, BANDWIDTH_MAX,
                              "expected Mb/s or bits a second, such as 50000 or 50Gb/s"),
    [NATIVE_GPU_MODEL] = {.kind = CELL_TEXT},
    [NATIVE_QUEUE] = {.kind = CELL_TEXT},
    [NATIVE_USER] = {.kind = CELL_TEXT},
    [NATIVE_PRIORITY] = COUNT(-PRIORITY_MAX, PRIORITY_MAX, 0),
    [NATIVE_PREEMPTIBLE] = WORD(BOOLS, -1, "expected true or false"),
    [NATIVE_TIME_LIMIT] = DURATION(0),
    [NATIVE_ESTIMATE] = DURATION(0),
    [NATIVE_KIND] = WORD(NATIVE_KINDS, KIND_BATCH, "expected batch, service or notebook"),
    [NATIVE_END] =
        WORD(NATIVE_ENDS, JOB_END_COMPLETED, "expected completed, failed, cancelled or running"),
    [NATIVE_START] = {.kind = CELL_TIME, .empty = TRACE_UNKNOWN},
    [NATIVE_CARRIED] = WORD(BOOLS, 0, "expected true or false"),
    [NATIVE_MIN_TASKS] = COUNT(1, TRACE_TASKS_MAX, 0),
    [NATIVE_MAX_TASKS] = COUNT(1, TRACE_TASKS_MAX, 0),
    [NATIVE_SYNC] = WORD(BOOLS, -1, "expected true or false"),
};

const char *const NATIVE_NAMES[NATIVE_COLUMNS] = {
    [NATIVE_ID] = "id",
    [NATIVE_SUBMIT] = "submit",
    [NATIVE_DURATION] = "duration",
    [NATIVE_TASKS] = "tasks",
    [NATIVE_GANG] = "gang",
    [NATIVE_GPUS] = "gpus",
    [NATIVE_GPU_MILLI] = "gpu_milli",
    [NATIVE_GPU_MEMORY] = "gpu_memory",
    [NATIVE_GPU_CORES] = "gpu_cores",
    [NATIVE_MIG] = "mig",
    [NATIVE_CPU] = "cpu",
    [NATIVE_MEMORY] = "memory",
    [NATIVE_STORAGE_BANDWIDTH] = "storage_bandwidth",
    [NATIVE_IO_CPU] = "io_cpu",
    [NATIVE_NETWORK] = "network",
    [NATIVE_GPU_MODEL] = "gpu_model",
    [NATIVE_QUEUE] = "queue",
    [NATIVE_USER] = "user",
    [NATIVE_PRIORITY] = "priority",
    [NATIVE_PREEMPTIBLE] = "preemptible",
    [NATIVE_TIME_LIMIT] = "time_limit",
    [NATIVE_ESTIMATE] = "estimate",
    [NATIVE_KIND] = "kind",
    [NATIVE_END] = "end",
    [NATIVE_START] = "start",
    [NATIVE_CARRIED] = "carried",
    [NATIVE_MIN_TASKS] = "min_tasks",
    [NATIVE_MAX_TASKS] = "max_tasks",
    [NATIVE_SYNC] = "sync",
};

typedef struct NativeReader {
    TraceReader *trace;
    RequestReader models; /* for gpu_model */
    bool clock_known;     /* a time was read: the others must be of its kind */
    int present_count;    /* 0: no row yet */
    int present[NATIVE_COLUMNS];
    int64_t empty[NATIVE_COLUMNS];
    Intern traits_table;
    const JobTraits **traits; /* [traits_count] in the arena */
    int32_t traits_count, traits_capacity;
} NativeReader;

/* ---- cells ----------------------------------------------------------------------------------- */

/* Whole numbers without a sign, of at most 15 digits; false: it is something else. */
static bool plain_read(const CsvCell *cell, int64_t *value)
{
    if (cell->length == 0 || cell->length > 15) {
        return false;
    }
    int64_t sum = 0;
    for (size_t i = 0; i < cell->length; i++) {
        unsigned digit = (unsigned)(unsigned char)cell->text[i] - '0';
        if (digit > 9) {
            return false;
        }
        sum = sum * 10 + digit;
    }
    *value = sum;
    return true;
}

static bool amount_of_text(const NativeCell *how, const CsvCell *cell, int64_t *value)
{
    char text[64];
    const char *quantity = cell->text;
    bool decimal = strspn(cell->text, "0123456789.") == cell->length;
    if (decimal && cell->length < sizeof text - 8) {
        snprintf(text, sizeof text, "%s%s", cell->text, how->suffix);
        quantity = text;
    }
    /* Requests round up; parts of a millisecond are left out. */
    Rounding rounding = how->unit == UNIT_DURATION_MS ? ROUND_DOWN : ROUND_UP;
    return quantity_parse(quantity, how->unit, rounding, value) == NULL;
}

static bool amount_read(const CsvRow *row, int column, int64_t *value)
{
    const NativeCell *how = &NATIVE_CELLS[column];
    const CsvCell *cell = &row->cells[column];
    int64_t amount = 0;
    if (plain_read(cell, &amount)) {
        if (__builtin_mul_overflow(amount, how->scale, &amount)) {
            amount = INT64_MAX;
        }
    } else if (column == NATIVE_DURATION && strcmp(cell->text, "never") == 0) {
        *value = TIME_NEVER;
        return true;
    } else if (!amount_of_text(how, cell, &amount)) {
        return csv_refuse(row, column, "unit", how->expected);
    }
    if (amount >= how->low && amount <= how->high) {
        *value = amount;
        return true;
    }
    char low[40];
    char high[40];
    char expected[120];
    snprintf(expected, sizeof expected, "expected %s to %s",
             quantity_print(how->low, how->unit, low, sizeof low),
             quantity_print(how->high, how->unit, high, sizeof high));
    return csv_refuse(row, column, "range", expected);
}

static bool word_read(const CsvRow *row, int column, int64_t *value)
{
    const char *const *words = NATIVE_CELLS[column].words;
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(row->cells[column].text, words[i]) == 0) {
            *value = i;
            return true;
        }
    }
    return csv_refuse(row, column, "csv", NATIVE_CELLS[column].expected);
}

/* Seconds from the start of the run, or a date: one of them in the whole file. */
static bool time_read(NativeReader *reader, const CsvRow *row, int column, int64_t *value)
{
    const CsvCell *cell = &row->cells[column];
    TraceReader *trace = reader->trace;
    int64_t ms = 0;
    bool calendar = false;
    if (plain_read(cell, &ms)) {
        ms = ms > TRACE_TIME_MS_MAX / 1000 ? INT64_MAX : ms * 1000;
    } else if (cell->length > 4 && cell->text[4] == '-' &&
               clock_read(cell->text, trace->options->timezone_ms, &ms)) {
        calendar = true;
    } else if (!amount_of_text(&NATIVE_CELLS[NATIVE_DURATION], cell, &ms) || ms < 0) {
        return csv_refuse(row, column, "csv",
                          "expected seconds, such as 90, or a time, such as 2026-03-01 08:00:00");
    }
    if (!calendar && ms > TRACE_TIME_MS_MAX) {
        return csv_refuse(row, column, "range", "expected at most a hundred years");
    }
    if (!reader->clock_known) {
        reader->clock_known = true;
        trace->has_calendar = calendar;
    } else if (trace->has_calendar != calendar) {
        return csv_refuse(row, column, "csv",
                          trace->has_calendar ? "expected a date, as in the first row"
                                              : "expected seconds, as in the first row");
    }
    *value = ms;
    return true;
}

static bool cell_read(NativeReader *reader, const CsvRow *row, int column, int64_t *value)
{
    switch (NATIVE_CELLS[column].kind) {
    case CELL_AMOUNT:
        return amount_read(row, column, value);
    case CELL_WORD:
        return word_read(row, column, value);
    case CELL_TIME:
        return time_read(reader, row, column, value);
    case CELL_TEXT:
    default:
        return true;
    }
}

/* ---- what cells mean together ---------------------------------------------------------------- */

typedef struct TraitsQuery {
    const JobTraits *const *known;
    const JobTraits *wanted;
} TraitsQuery;

static bool traits_are_wanted(const void *context, int32_t id)
{
    const TraitsQuery *query = context;
    const JobTraits *known = query->known[id];
    const JobTraits *wanted = query->wanted;
    return known->kind == wanted->kind && known->min_tasks == wanted->min_tasks &&
           known->max_tasks == wanted->max_tasks && known->sync == wanted->sync &&
           known->preemptible == wanted->preemptible;
}

/* NULL where all is as by default, else the one copy. False if memory ran out. */
static bool traits_find(NativeReader *reader, const int64_t *value, const JobTraits **found)
{
    *found = NULL;
    if (value[NATIVE_KIND] == KIND_BATCH && value[NATIVE_PREEMPTIBLE] < 0 &&
        value[NATIVE_SYNC] < 0 && value[NATIVE_MIN_TASKS] == 0 && value[NATIVE_MAX_TASKS] == 0) {
        return true;
    }
    JobTraits wanted = JOB_TRAITS_DEFAULT;
    wanted.kind = (int32_t)value[NATIVE_KIND];
    wanted.preemptible = (int32_t)value[NATIVE_PREEMPTIBLE];
    wanted.sync = (int32_t)value[NATIVE_SYNC];
    wanted.min_tasks = (int32_t)value[NATIVE_MIN_TASKS];
    wanted.max_tasks = (int32_t)value[NATIVE_MAX_TASKS];
    uint64_t hash = intern_mix(4, (uint64_t)wanted.kind << 32 | (uint32_t)wanted.preemptible);
    hash = intern_mix(hash, (uint64_t)wanted.min_tasks << 32 | (uint32_t)wanted.max_tasks);
    hash = intern_mix(hash, (uint32_t)wanted.sync);
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

/* Finds which columns the file has, so that rows look at no others. */
static void columns_find(NativeReader *reader, const CsvRow *row)
{
    for (int column = 0; column < NATIVE_COLUMNS; column++) {
        reader->empty[column] = NATIVE_CELLS[column].empty;
        if (row->cells[column].text != NULL && NATIVE_CELLS[column].kind != CELL_TEXT) {
            reader->present[reader->present_count++] = column;
        }
    }
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
    memcpy(value, reader->empty, sizeof value);
    bool good = true;
    for (int i = 0; i < reader->present_count; i++) {
        int column = reader->present[i];
        if (row->cells[column].length > 0) {
            good &= cell_read(reader, row, column, &value[column]);
        } else if (column == NATIVE_SUBMIT || column == NATIVE_DURATION) {
            good = csv_refuse(row, column, "csv", "expected a time");
        }
    }
    if (!good) {
        return true;
    }
    Request size = {0};
    if (!size_fill(reader, row, value, &size, &good)) {
        return false;
    }
    GpShape shape;
    bool same = trace_size_is_last(trace, &size);
    if (good && !same && request_shape(&size, &shape) != GP_OK) {
        good = csv_refuse(row, NATIVE_GPUS, "range", "with the other cells it is no request");
    }
    if (!good) {
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
    return shared_text(trace, &row->cells[NATIVE_QUEUE], &job.queue) &&
           shared_text(trace, &row->cells[NATIVE_USER], &job.user) && trace_job(trace, job, &size);
}

static Status native_read(TraceReader *trace)
{
    NativeReader reader = {.trace = trace};
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
