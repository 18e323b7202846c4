/* csv_table.h - a CSV file as rows of named cells, every mistake with its place. For the readers of
 * traces/.
 *
 * Comma-separated, one header line, UTF-8 (a byte order mark is skipped), LF or CRLF, cells quoted
 * or not. Blank lines are skipped; a quoted cell must end on its line. The file may be packed; it
 * is streamed line by line through libcsv.
 */
#ifndef TRACES_CSV_TABLE_H
#define TRACES_CSV_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/diagnostic.h"

#define CSV_COLUMNS_MAX 4096

typedef struct CsvColumn {
    const char *name;
    bool optional;
} CsvColumn;

/* Valid during the callback only. `text` ends with a NUL; NULL where an optional column is missing.
 */
typedef struct CsvCell {
    const char *text;
    size_t length;
    int position; /* cell of the line, from 0 */
} CsvCell;

typedef struct CsvRow {
    const CsvCell *cells; /* [as many as wanted columns] */
    int cell_count;
    const char *const *names; /* [cell_count] */
    Place line;               /* the whole line; column 1 */
    char delimiter;
    Diagnostics *diagnostics;
} CsvRow;

/* What a reader wants. Callbacks return false only if memory ran out, which ends the reading;
 * mistakes they record themselves. */
typedef struct CsvHandler {
    const CsvColumn *columns; /* NULL: all columns of the file in its order */
    int column_count;
    char delimiter; /* 0: a comma, and cells may be quoted; with another one nothing is a quote */
    bool (*header)(void *self, const CsvRow *row); /* optional: the header's cells */
    bool (*row)(void *self, const CsvRow *row);
    void *self;
} CsvHandler;

/* Reads all of the file. STATUS_OK only if nothing at all was wrong and there was a row. */
Status csv_read(const char *path, const CsvHandler *handler, Diagnostics *diagnostics);

/* The place of a cell, for a mistake in it. */
Place csv_place(const CsvRow *row, int column);

/* Column and length, in characters, of the cell at that position of a raw line. */
void csv_cell_find(const char *line, char delimiter, int position, int *column, int *length);

/* A whole number in low..high; false (and recorded) otherwise. */
bool csv_integer(const CsvRow *row, int column, int64_t low, int64_t high, int64_t *value);

/* Seconds with or without a fraction, 0..high_ms, as ms (digits behind the third are left out);
 * false (and recorded) otherwise. */
bool csv_seconds(const CsvRow *row, int column, int64_t high_ms, int64_t *ms);

/* A cell that is not what was expected: always false. `expected` is a sentence's end: "expected a
 * date". */
bool csv_refuse(const CsvRow *row, int column, const char *code, const char *expected);

/* A text for messages: cut to a length that fits a line. `buffer` holds CSV_SHOWN_BYTES. */
#define CSV_SHOWN_BYTES 48
const char *csv_shown(const char *text, char buffer[CSV_SHOWN_BYTES]);

#endif
