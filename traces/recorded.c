/* recorded.c - recorded orders and ranks: columns of whole numbers, one for each seed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/csv_table.h"
#include "traces/readers.h"

typedef struct RecordedColumn {
    const char *name;
    int32_t *value; /* [count] */
    int32_t count;
    int32_t capacity;
    uint8_t *seen; /* [limit] permutations only */
    bool ended;    /* an empty cell was met */
    bool skipped;  /* nobody wants it */
} RecordedColumn;

typedef struct RecordedReader {
    Arena *arena;
    Diagnostics *diagnostics;
    const char *path;
    const RecordedWish *wish;
    RecordedColumn *columns;
    int column_count;
} RecordedReader;

static bool column_named(const RecordedReader *reader, int count, const char *name)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(reader->columns[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_wanted(const RecordedWish *wish, const char *name)
{
    for (int32_t i = 0; i < wish->wanted_count; i++) {
        if (strcmp(wish->wanted[i], name) == 0) {
            return true;
        }
    }
    return wish->wanted_count == 0;
}

static bool recorded_header(void *self, const CsvRow *row)
{
    RecordedReader *reader = self;
    reader->columns = calloc((size_t)row->cell_count, sizeof *reader->columns);
    if (reader->columns == NULL) {
        return false;
    }
    reader->column_count = row->cell_count;
    for (int i = 0; i < row->cell_count; i++) {
        const char *name = row->names[i];
        if (name[0] == '\0' || column_named(reader, i, name)) {
            char shown[CSV_SHOWN_BYTES];
            diagnostics_error(row->diagnostics, csv_place(row, i), "csv", NULL,
                              name[0] == '\0' ? "column %d has no name%s"
                                              : "column %d is named '%s' like one before it",
                              i + 1, csv_shown(name, shown));
        }
        reader->columns[i].name = arena_strdup(reader->arena, name);
        if (reader->columns[i].name == NULL) {
            return false;
        }
        reader->columns[i].skipped = !is_wanted(reader->wish, name);
        if (reader->wish->is_permutation && !reader->columns[i].skipped) {
            reader->columns[i].seen = calloc((size_t)reader->wish->limit + 1, 1);
            if (reader->columns[i].seen == NULL) {
                return false;
            }
        }
    }
    return true;
}

static bool column_append(RecordedColumn *column, int32_t value)
{
    if (column->count == column->capacity) {
        int32_t capacity = column->capacity == 0 ? 1024 : column->capacity * 2;
        int32_t *grown = realloc(column->value, (size_t)capacity * sizeof *grown);
        if (grown == NULL) {
            return false;
        }
        column->value = grown;
        column->capacity = capacity;
    }
    column->value[column->count++] = value;
    return true;
}

static bool recorded_row(void *self, const CsvRow *row)
{
    RecordedReader *reader = self;
    for (int i = 0; i < row->cell_count; i++) {
        RecordedColumn *column = &reader->columns[i];
        if (column->skipped) {
            continue;
        }
        if (row->cells[i].length == 0) {
            column->ended = true;
            continue;
        }
        if (column->ended) {
            diagnostics_error(row->diagnostics, csv_place(row, i), "csv",
                              "empty cells may only end a column",
                              "found a value in column '%s' below an empty cell", column->name);
            continue;
        }
        int64_t value = 0;
        if (!csv_integer(row, i, 0, (int64_t)reader->wish->limit - 1, &value)) {
            continue;
        }
        if (column->seen != NULL && column->seen[value]++ != 0) {
            column->seen[value] = 1;
            diagnostics_error(row->diagnostics, csv_place(row, i), "duplicate", NULL,
                              "%lld stands twice in column '%s'; expected each of 0 to %d once",
                              (long long)value, column->name, (int)reader->wish->limit - 1);
        }
        if (!column_append(column, (int32_t)value)) {
            return false;
        }
    }
    return true;
}

/* Every column that is wanted must be there. */
static Status wanted_check(const RecordedReader *reader)
{
    Status status = STATUS_OK;
    for (int32_t i = 0; i < reader->wish->wanted_count; i++) {
        if (!column_named(reader, reader->column_count, reader->wish->wanted[i])) {
            char first[CSV_SHOWN_BYTES];
            char help[CSV_SHOWN_BYTES + 40];
            snprintf(help, sizeof help, "it has %d column%s, the first is '%s'",
                     reader->column_count, reader->column_count == 1 ? "" : "s",
                     csv_shown(reader->columns[0].name, first));
            status = diagnostics_error(reader->diagnostics,
                                       (Place){.file = reader->path, .line = 1}, "missing", help,
                                       "the header has no column '%s'", reader->wish->wanted[i]);
        }
    }
    return status;
}

/* Lengths can only be judged at the end. */
static Status lengths_check(const RecordedReader *reader)
{
    Status status = STATUS_OK;
    for (int i = 0; i < reader->column_count; i++) {
        const RecordedColumn *column = &reader->columns[i];
        Place place = {.file = reader->path, .line = 1};
        if (column->skipped) {
            continue;
        }
        if (column->count == 0) {
            status = diagnostics_error(reader->diagnostics, place, "csv", NULL,
                                       "column '%s' is empty", column->name);
        } else if (reader->wish->is_permutation && column->count != reader->wish->limit) {
            status = diagnostics_error(
                reader->diagnostics, place, "csv", "is this the file for this cluster?",
                "column '%s' has %d values; expected each of 0 to %d once", column->name,
                (int)column->count, (int)reader->wish->limit - 1);
        }
    }
    return status;
}

static bool columns_fill(const RecordedReader *reader, RecordedColumns *columns)
{
    columns->column_count = reader->column_count;
    columns->name = ARENA_ARRAY(reader->arena, const char *, reader->column_count);
    columns->length = ARENA_ARRAY(reader->arena, int32_t, reader->column_count);
    columns->value = ARENA_ARRAY(reader->arena, int32_t *, reader->column_count);
    for (int i = 0; !reader->arena->failed && i < reader->column_count; i++) {
        const RecordedColumn *column = &reader->columns[i];
        columns->name[i] = column->name;
        columns->length[i] = column->count;
        columns->value[i] = ARENA_ARRAY(reader->arena, int32_t, column->count);
        if (columns->value[i] != NULL && column->count > 0) {
            memcpy(columns->value[i], column->value, (size_t)column->count * sizeof(int32_t));
        }
    }
    return !reader->arena->failed;
}

Status recorded_columns_read(const char *path, Arena *arena, Diagnostics *diagnostics,
                             const RecordedWish *wish, RecordedColumns *columns)
{
    RecordedReader reader = {
        .arena = arena, .diagnostics = diagnostics, .path = path, .wish = wish};
    CsvHandler handler = {.header = recorded_header, .row = recorded_row, .self = &reader};
    Status status = csv_read(path, &handler, diagnostics);
    if (status == STATUS_OK) {
        status = wanted_check(&reader);
    }
    if (status == STATUS_OK) {
        status = lengths_check(&reader);
    }
    if (status == STATUS_OK && !columns_fill(&reader, columns)) {
        status = diagnostics_no_memory(diagnostics);
    }
    for (int i = 0; i < reader.column_count; i++) {
        free(reader.columns[i].value);
        free(reader.columns[i].seen);
    }
    free(reader.columns);
    return status;
}
