/* nodes_series.c - nodes with a job over time, as monitoring wrote them down. */
#include "traces/nodes_series.h"

#include <stdlib.h>
#include <string.h>

#include "traces/clock.h"
#include "traces/csv_table.h"
#include "traces/trace_reader.h"

enum { SERIES_TIME, SERIES_ACTIVE, SERIES_COLUMNS };

static const CsvColumn columns[SERIES_COLUMNS] = {
    [SERIES_TIME] = {"time", false},
    [SERIES_ACTIVE] = {"active", false},
};

typedef struct SeriesReader {
    int64_t timezone_ms;
    int64_t *time_ms;
    int32_t *active;
    int32_t count, capacity;
    bool has_calendar;
} SeriesReader;

/* False: a mistake, recorded. */
static bool time_take(SeriesReader *reader, const CsvRow *row, int64_t *time_ms)
{
    bool date = clock_read(row->cells[SERIES_TIME].text, reader->timezone_ms, time_ms);
    if (reader->count == 0) {
        reader->has_calendar = date;
    }
    if (date != reader->has_calendar) {
        return csv_refuse(row, SERIES_TIME, "csv",
                          reader->has_calendar ? "expected a date, as in the first row"
                                               : "expected seconds, as in the first row");
    }
    if (!date && !csv_seconds(row, SERIES_TIME, TRACE_TIME_MS_MAX, time_ms)) {
        return false;
    }
    if (reader->count > 0 && *time_ms < reader->time_ms[reader->count - 1]) {
        return csv_refuse(row, SERIES_TIME, "csv", "expected rows in order of time");
    }
    return true;
}

static bool room_make(SeriesReader *reader)
{
    if (reader->count < reader->capacity) {
        return true;
    }
    int32_t capacity = 2 * reader->capacity + 1024;
    int64_t *time_ms = realloc(reader->time_ms, (size_t)capacity * sizeof *time_ms);
    if (time_ms == NULL) {
        return false;
    }
    reader->time_ms = time_ms;
    int32_t *active = realloc(reader->active, (size_t)capacity * sizeof *active);
    if (active == NULL) {
        return false;
    }
    reader->active = active;
    reader->capacity = capacity;
    return true;
}

static bool series_row(void *self, const CsvRow *row)
{
    SeriesReader *reader = self;
    int64_t time_ms = 0, active = 0;
    bool good = time_take(reader, row, &time_ms);
    good = csv_integer(row, SERIES_ACTIVE, 0, INT32_MAX, &active) && good;
    if (!good) {
        return true;
    }
    if (!room_make(reader)) {
        return false;
    }
    reader->time_ms[reader->count] = time_ms;
    reader->active[reader->count++] = (int32_t)active;
    return true;
}

static bool series_fill(const SeriesReader *reader, Arena *arena, NodesSeries *series)
{
    *series = (NodesSeries){
        .count = reader->count,
        .time_ms = ARENA_ARRAY(arena, int64_t, reader->count),
        .active = ARENA_ARRAY(arena, int32_t, reader->count),
        .has_calendar = reader->has_calendar,
    };
    if (series->time_ms == NULL || series->active == NULL) {
        return false;
    }
    memcpy(series->time_ms, reader->time_ms, (size_t)reader->count * sizeof(int64_t));
    memcpy(series->active, reader->active, (size_t)reader->count * sizeof(int32_t));
    return true;
}

Status nodes_series_read(const char *path, int64_t timezone_ms, Arena *arena,
                         Diagnostics *diagnostics, NodesSeries *series)
{
    SeriesReader reader = {.timezone_ms = timezone_ms};
    CsvHandler handler = {
        .columns = columns, .column_count = SERIES_COLUMNS, .row = series_row, .self = &reader};
    Status status = csv_read(path, &handler, diagnostics);
    if (status == STATUS_OK && !series_fill(&reader, arena, series)) {
        status = diagnostics_no_memory(diagnostics);
    }
    free(reader.time_ms);
    free(reader.active);
    return status;
}
