/* csv_cells.c - where a cell stands, what number it holds, how it is shown in a message. */
#include "traces/csv_table.h"

#include <stdio.h>
#include <string.h>

const char *csv_shown(const char *text, char buffer[CSV_SHOWN_BYTES])
{
    size_t length = strlen(text);
    if (length < CSV_SHOWN_BYTES) {
        memcpy(buffer, text, length + 1);
        return buffer;
    }
    size_t cut = CSV_SHOWN_BYTES - sizeof "...";
    while (cut > 0 && ((unsigned char)text[cut] & 0xc0) == 0x80) {
        cut--; /* not inside a character */
    }
    memcpy(buffer, text, cut);
    memcpy(buffer + cut, "...", sizeof "...");
    return buffer;
}

/* ---- places ---------------------------------------------------------------------------------- */

void csv_cell_find(const char *line, char delimiter, int position, int *column, int *length)
{
    bool quoted = false;
    int cell = 0;
    *column = 1;
    *length = 0;
    for (const char *at = line; *at != '\0' && *at != '\n'; at++) {
        bool starts_character = ((unsigned char)*at & 0xc0) != 0x80;
        if (*at == '"' && delimiter == ',') {
            quoted = !quoted;
        }
        if (*at == delimiter && !quoted) {
            if (cell == position) {
                return;
            }
            cell++;
            *column += *length + 1;
            *length = 0;
        } else {
            *length += starts_character;
        }
    }
}

Place csv_place(const CsvRow *row, int column)
{
    Place place = row->line;
    csv_cell_find(place.source, row->delimiter, row->cells[column].position, &place.column,
                  &place.length);
    return place;
}

/* ---- cells ----------------------------------------------------------------------------------- */

typedef enum NumberFault { NUMBER_OK, NUMBER_NOT_WHOLE, NUMBER_RANGE } NumberFault;

static NumberFault number_read(const CsvCell *cell, int64_t low, int64_t high, int64_t *value)
{
    bool negative = cell->text[0] == '-';
    const char *at = cell->text + negative;
    if (*at == '\0') {
        return NUMBER_NOT_WHOLE;
    }
    int64_t sum = 0;
    bool too_large = false;
    for (; *at != '\0'; at++) {
        if (*at < '0' || *at > '9') {
            return NUMBER_NOT_WHOLE;
        }
        too_large |= __builtin_mul_overflow(sum, 10, &sum);
        too_large |= __builtin_add_overflow(sum, *at - '0', &sum);
    }
    if (too_large) {
        return NUMBER_RANGE;
    }
    sum = negative ? -sum : sum;
    if (sum < low || sum > high) {
        return NUMBER_RANGE;
    }
    *value = sum;
    return NUMBER_OK;
}

bool csv_integer(const CsvRow *row, int column, int64_t low, int64_t high, int64_t *value)
{
    const CsvCell *cell = &row->cells[column];
    NumberFault fault = number_read(cell, low, high, value);
    if (fault == NUMBER_OK) {
        return true;
    }
    char expected[96];
    snprintf(expected, sizeof expected, "expected a whole number, %lld to %lld", (long long)low,
             (long long)high);
    return csv_refuse(row, column, fault == NUMBER_RANGE ? "range" : "csv", expected);
}

bool csv_seconds(const CsvRow *row, int column, int64_t high_ms, int64_t *ms)
{
    const char *at = row->cells[column].text;
    int64_t sum = 0;
    int digits = 0;
    for (; *at >= '0' && *at <= '9' && digits < 15; at++, digits++) {
        sum = sum * 10 + (*at - '0');
    }
    sum *= 1000;
    bool good = digits > 0;
    if (good && *at == '.') {
        int scale = 100;
        for (at++; *at >= '0' && *at <= '9'; at++, scale /= 10) {
            sum += (int64_t)(*at - '0') * scale;
        }
    }
    if (!good || *at != '\0') {
        return csv_refuse(row, column, "csv", "expected seconds, such as 90 or 90.5");
    }
    if (sum > high_ms) {
        char expected[64];
        snprintf(expected, sizeof expected, "expected at most %lld seconds",
                 (long long)(high_ms / 1000));
        return csv_refuse(row, column, "range", expected);
    }
    *ms = sum;
    return true;
}

bool csv_refuse(const CsvRow *row, int column, const char *code, const char *expected)
{
    const CsvCell *cell = &row->cells[column];
    char found[CSV_SHOWN_BYTES + 4] = "empty";
    char shown[CSV_SHOWN_BYTES];
    if (cell->length > 0) {
        snprintf(found, sizeof found, "'%s'", csv_shown(cell->text, shown));
    }
    diagnostics_error(row->diagnostics, csv_place(row, column), code, NULL, "%s is %s; %s",
                      row->names[column], found, expected);
    return false;
}
