/* value_series.c - prices, tariffs and carbon intensities over time, from a CSV file. */
#include "traces/value_series.h"

#include <stdlib.h>
#include <string.h>

#include "core/units.h"
#include "traces/clock.h"
#include "traces/csv_table.h"
#include "traces/trace_reader.h"

enum { VALUE_TIME, VALUE_VALUE, VALUE_COLUMNS };

static const CsvColumn columns[VALUE_COLUMNS] = {
    [VALUE_TIME] = {"time", false},
    [VALUE_VALUE] = {"value", false},
};

typedef struct ValueReader {
    int64_t timezone_ms;
    int64_t *rows; /* [2 x capacity] time and value in turn */
    int32_t count, capacity;
    bool has_calendar, begun;
    int64_t last_ms;
} ValueReader;

#define MINUTE_LENGTH 16 /* 2026-03-02 05:00 */

/* A date; hourly tables often write no seconds. */
static bool date_read(const char *text, int64_t timezone_ms, int64_t *unix_ms)
{
    char whole[CLOCK_BYTES + 4];
    size_t length = strnlen(text, CLOCK_BYTES);
    if (length < MINUTE_LENGTH || length >= CLOCK_BYTES || text[MINUTE_LENGTH] == ':') {
        return clock_read(text, timezone_ms, unix_ms);
    }
    memcpy(whole, text, MINUTE_LENGTH);
    memcpy(whole + MINUTE_LENGTH, ":00", 3);
    memcpy(whole + MINUTE_LENGTH + 3, text + MINUTE_LENGTH, length - MINUTE_LENGTH + 1);
    return clock_read(whole, timezone_ms, unix_ms);
}

/* False: a mistake, recorded. */
static bool time_take(ValueReader *reader, const CsvRow *row, int64_t *time_ms)
{
    bool date = date_read(row->cells[VALUE_TIME].text, reader->timezone_ms, time_ms);
    if (!reader->begun) {
        reader->has_calendar = date;
    }
    if (date != reader->has_calendar) {
        return csv_refuse(row, VALUE_TIME, "csv",
                          reader->has_calendar ? "expected a date, as in the first row"
                                               : "expected seconds, as in the first row");
    }
    if (!date && !csv_seconds(row, VALUE_TIME, TRACE_TIME_MS_MAX, time_ms)) {
        return false;
    }
    if (reader->begun && *time_ms <= reader->last_ms) {
        return csv_refuse(row, VALUE_TIME, "csv", "expected a later time than in the row before");
    }
    reader->begun = true;
    reader->last_ms = *time_ms;
    return true;
}

static bool value_take(const CsvRow *row, int64_t *micro)
{
    const char *text = row->cells[VALUE_VALUE].text;
    const char *wrong = quantity_parse(text, UNIT_NUMBER_MICRO, ROUND_DOWN, micro);
    if (wrong != NULL || text[0] == '-' || *micro > VALUE_SERIES_MICRO_MAX) {
        return csv_refuse(row, VALUE_VALUE, "csv",
                          "expected a number from 0 to 1000000000, such as 0.085");
    }
    return true;
}

static bool room_make(ValueReader *reader)
{
    if (reader->count < reader->capacity) {
        return true;
    }
    int32_t capacity = 2 * reader->capacity + 1024;
    int64_t *rows = realloc(reader->rows, 2 * (size_t)capacity * sizeof *rows);
    if (rows == NULL) {
        return false;
    }
    reader->rows = rows;
    reader->capacity = capacity;
    return true;
}

static bool series_row(void *self, const CsvRow *row)
{
    ValueReader *reader = self;
    int64_t time_ms = 0;
    int64_t micro = 0;
    bool good = time_take(reader, row, &time_ms);
    good = value_take(row, &micro) && good;
    if (!good) {
        return true;
    }
    if (reader->count == VALUE_SERIES_ROWS_MAX) {
        csv_refuse(row, VALUE_TIME, "limit", "expected at most 2000000 rows");
        return true;
    }
    if (!room_make(reader)) {
        return false;
    }
    reader->rows[2 * (size_t)reader->count] = time_ms;
    reader->rows[2 * (size_t)reader->count + 1] = micro;
    reader->count++;
    return true;
}

static bool series_fill(const ValueReader *reader, Arena *arena, ValueSeries *series)
{
    *series = (ValueSeries){
        .count = reader->count,
        .time_ms = ARENA_ARRAY(arena, int64_t, reader->count),
        .micro = ARENA_ARRAY(arena, int64_t, reader->count),
        .has_calendar = reader->has_calendar,
    };
    if (series->time_ms == NULL || series->micro == NULL) {
        return false;
    }
    for (int32_t i = 0; i < reader->count; i++) {
        series->time_ms[i] = reader->rows[2 * (size_t)i];
        series->micro[i] = reader->rows[2 * (size_t)i + 1];
    }
    return true;
}

Status value_series_read(const char *path, int64_t timezone_ms, Arena *arena,
                         Diagnostics *diagnostics, ValueSeries *series)
{
    ValueReader reader = {.timezone_ms = timezone_ms};
    CsvHandler handler = {
        .columns = columns, .column_count = VALUE_COLUMNS, .row = series_row, .self = &reader};
    Status status = csv_read(path, &handler, diagnostics);
    if (status == STATUS_OK && !series_fill(&reader, arena, series)) {
        status = diagnostics_no_memory(diagnostics);
    }
    free(reader.rows);
    return status;
}
