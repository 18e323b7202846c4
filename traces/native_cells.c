/* native_cells.c - one row a column of our own job log: how its cells are read.
 *
 * Plain numbers, which nearly all cells are, are read without looking at units.
 */
#include <stdio.h>
#include <string.h>

#include "traces/clock.h"
#include "traces/native.h"
#include "traces/readers.h"
#include "traces/trace_reader.h"

#define PRIORITY_MAX INT64_C(1000000000)
#define BANDWIDTH_MAX INT64_C(1000000000)
#define DEVICE_MEMORY_MIB_MAX (INT64_C(1) << 24)
#define TIME_MAX (INT64_C(1) << 53) /* of calendar times, whatever the zone */

const char *const NATIVE_GANGS[] = {"none", "all", "min", NULL};
const char *const NATIVE_KINDS[] = {"batch", "service", "notebook", NULL};
const char *const NATIVE_ENDS[] = {"completed", "cancelled", "failed", "running", NULL};
static const char *const BOOLS[] = {"false", "true", NULL};

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
#define NEED(of_unit, plain_suffix, plain_scale, high_value, expects)                              \
    {                                                                                              \
        .kind = CELL_AMOUNT, .unit = (of_unit), .suffix = (plain_suffix), .scale = (plain_scale),  \
        .low = 0, .high = (high_value), .empty = TRACE_UNKNOWN, .expected = (expects)              \
    }
#define WORD(list, empty_value, expects)                                                           \
    {                                                                                              \
        .kind = CELL_WORD, .words = (list), .empty = (empty_value), .expected = (expects)          \
    }

static const char CORES[] = "expected cores, such as 8, 0.5 or 500m";
static const char MEBIBYTES[] = "expected MiB or bytes with their unit, such as 65536 or 64Gi";

const NativeCell NATIVE_CELLS[NATIVE_COLUMNS] = {
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
    [NATIVE_CHECKPOINT_EVERY] = DURATION(0),
    [NATIVE_CHECKPOINT_COST] = DURATION(0),
    [NATIVE_NEED_STORAGE_BANDWIDTH] = NEED(UNIT_BYTES_MB_S, "MB/s", 1, BANDWIDTH_MAX,
                                           "expected MB/s or bytes a second, such as 500 or 2GB/s"),
    [NATIVE_NEED_IO_CPU] = NEED(UNIT_CPU_MILLI, "", 1000, CELL_CPU_MILLI_MAX, CORES),
    [NATIVE_NEED_NETWORK] = NEED(UNIT_BITS_MB_S, "Mb/s", 1, BANDWIDTH_MAX,
                                 "expected Mb/s or bits a second, such as 50000 or 50Gb/s"),
    [NATIVE_NEED_CPU] = NEED(UNIT_CPU_MILLI, "", 1000, CELL_CPU_MILLI_MAX, CORES),
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
    [NATIVE_CHECKPOINT_EVERY] = "checkpoint_every",
    [NATIVE_CHECKPOINT_COST] = "checkpoint_cost",
    [NATIVE_NEED_STORAGE_BANDWIDTH] = "need_storage_bandwidth",
    [NATIVE_NEED_IO_CPU] = "need_io_cpu",
    [NATIVE_NEED_NETWORK] = "need_network",
    [NATIVE_NEED_CPU] = "need_cpu",
};

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

/* Requests round up; parts of a millisecond are left out. */
static Rounding rounding_of(const NativeCell *how)
{
    return how->unit == UNIT_DURATION_MS ? ROUND_DOWN : ROUND_UP;
}

/* Digits, a point, digits: at most twelve in all, so that no product is too large. False: it is
 * something else. */
static bool decimal_read(const NativeCell *how, const CsvCell *cell, int64_t *value)
{
    int64_t sum = 0, parts = 0; /* parts: 10 to the digits behind the point, 0 before it */
    size_t length = cell->length;
    const char *text = cell->text;
    if (length < 3 || length > 13 || how->scale == 1 || (text[0] == '0' && text[1] != '.') ||
        text[0] == '.' || text[length - 1] == '.') {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        unsigned digit = (unsigned)(unsigned char)text[i] - '0';
        if (digit <= 9) {
            sum = sum * 10 + digit;
            parts *= 10;
        } else if (text[i] == '.' && parts == 0) {
            parts = 1;
        } else {
            return false;
        }
    }
    if (parts == 0) {
        return false;
    }
    *value = sum * how->scale / parts;
    *value += rounding_of(how) == ROUND_UP && sum * how->scale % parts != 0;
    return true;
}

static bool amount_of_text(const NativeCell *how, const CsvCell *cell, int64_t *value)
{
    if (decimal_read(how, cell, value)) {
        return true;
    }
    char text[64];
    const char *quantity = cell->text;
    bool decimal = strspn(cell->text, "0123456789.") == cell->length;
    if (decimal && cell->length < sizeof text - 8) {
        snprintf(text, sizeof text, "%s%s", cell->text, how->suffix);
        quantity = text;
    }
    return quantity_parse(quantity, how->unit, rounding_of(how), value) == NULL;
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
static bool time_read(NativeClock *clock, const CsvRow *row, int column, int64_t *value)
{
    const CsvCell *cell = &row->cells[column];
    int64_t ms = 0;
    bool calendar = false;
    if (plain_read(cell, &ms)) {
        ms = ms > TRACE_TIME_MS_MAX / 1000 ? INT64_MAX : ms * 1000;
    } else if (cell->length > 4 && cell->text[4] == '-' &&
               clock_read(cell->text, clock->timezone_ms, &ms)) {
        calendar = true;
    } else if (!amount_of_text(&NATIVE_CELLS[NATIVE_DURATION], cell, &ms) || ms < 0) {
        return csv_refuse(row, column, "csv",
                          "expected seconds, such as 90, or a time, such as 2026-03-01 08:00:00");
    }
    if (!calendar && ms > TRACE_TIME_MS_MAX) {
        return csv_refuse(row, column, "range", "expected at most a hundred years");
    }
    if (!clock->known) {
        clock->known = true;
        clock->has_calendar = calendar;
    } else if (clock->has_calendar != calendar) {
        return csv_refuse(row, column, "csv",
                          clock->has_calendar ? "expected a date, as in the first row"
                                              : "expected seconds, as in the first row");
    }
    *value = ms;
    return true;
}

bool native_cell_read(NativeClock *clock, const CsvRow *row, int column, int64_t *value)
{
    switch (NATIVE_CELLS[column].kind) {
    case CELL_AMOUNT:
        return amount_read(row, column, value);
    case CELL_WORD:
        return word_read(row, column, value);
    case CELL_TIME:
        return time_read(clock, row, column, value);
    case CELL_TEXT:
    default:
        return true;
    }
}
