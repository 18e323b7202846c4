/* grid.c - aligned columns of UTF-8 text, Markdown tables, CSV fields. */
#include "sim/report/grid.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define COLUMN_GAP 2
#define BOLD "\033[1m"
#define PLAIN "\033[0m"

bool grid_init(Grid *grid, int column_count, int row_count)
{
    *grid = (Grid){.column_count = column_count, .row_count = row_count};
    grid->left[0] = true;
    grid->cell = calloc((size_t)column_count * (size_t)row_count, sizeof *grid->cell);
    return grid->cell != NULL;
}

void grid_free(Grid *grid)
{
    for (int i = 0; grid->cell != NULL && i < grid->column_count * grid->row_count; i++) {
        free(grid->cell[i]);
    }
    free(grid->cell);
    *grid = (Grid){0};
}

bool grid_set(Grid *grid, int row, int column, const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    bool ok = vasprintf(&text, format, args) >= 0;
    va_end(args);
    if (ok) {
        free(grid->cell[row * grid->column_count + column]);
        grid->cell[row * grid->column_count + column] = text;
    }
    return ok;
}

static const char *cell_text(const Grid *grid, int row, int column)
{
    const char *text = grid->cell[row * grid->column_count + column];
    return text != NULL ? text : "";
}

/* The next code point; a byte that is no UTF-8 counts as one character. */
static const char *code_point_next(const char *text, uint32_t *code)
{
    const unsigned char *byte = (const unsigned char *)text;
    int more = byte[0] >= 0xF0 ? 3 : byte[0] >= 0xE0 ? 2 : byte[0] >= 0xC0 ? 1 : 0;
    uint32_t value = more > 0 ? byte[0] & (0x3Fu >> more) : byte[0];
    for (int i = 1; i <= more; i++) {
        if ((byte[i] & 0xC0) != 0x80) {
            *code = byte[0];
            return text + 1;
        }
        value = value << 6 | (byte[i] & 0x3F);
    }
    *code = value;
    return text + 1 + more;
}

/* Ranges from Unicode's EastAsianWidth and combining blocks; coarse, which is enough for names. */
static int code_point_width(uint32_t code)
{
    if ((code >= 0x300 && code <= 0x36F) || (code >= 0x200B && code <= 0x200F) ||
        (code >= 0xFE00 && code <= 0xFE0F)) {
        return 0;
    }
    bool wide = (code >= 0x1100 && code <= 0x115F) || (code >= 0x2E80 && code <= 0xA4CF) ||
                (code >= 0xAC00 && code <= 0xD7A3) || (code >= 0xF900 && code <= 0xFAFF) ||
                (code >= 0xFE30 && code <= 0xFE6F) || (code >= 0xFF00 && code <= 0xFF60) ||
                (code >= 0x1F300 && code <= 0x1FAFF) || (code >= 0x20000 && code <= 0x3FFFD);
    return wide ? 2 : 1;
}

int text_width(const char *text)
{
    int width = 0;
    while (*text != '\0') {
        uint32_t code = 0;
        text = code_point_next(text, &code);
        width += code_point_width(code);
    }
    return width;
}

static int column_width(const Grid *grid, int column)
{
    int width = 0;
    for (int row = 0; row < grid->row_count; row++) {
        int cell = text_width(cell_text(grid, row, column));
        width = cell > width ? cell : width;
    }
    return width;
}

/* Names come from a scenario: control characters must not reach a terminal. */
static void put_printable(const char *text, FILE *stream)
{
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        fputc(byte < 0x20 || byte == 0x7F ? '?' : byte, stream);
    }
}

void grid_print_text(const Grid *grid, bool colour, FILE *stream)
{
    int width[GRID_COLUMNS_MAX];
    for (int column = 0; column < grid->column_count; column++) {
        width[column] = column_width(grid, column);
    }
    for (int row = 0; row < grid->row_count; row++) {
        fputs(colour && row == 0 ? BOLD : "", stream);
        for (int column = 0; column < grid->column_count; column++) {
            const char *text = cell_text(grid, row, column);
            int pad = width[column] - text_width(text);
            bool last = column + 1 == grid->column_count;
            fprintf(stream, "%*s", (column > 0 ? COLUMN_GAP : 0) + (grid->left[column] ? 0 : pad),
                    "");
            put_printable(text, stream);
            fprintf(stream, "%*s", grid->left[column] && !last ? pad : 0, "");
        }
        fprintf(stream, "%s\n", colour && row == 0 ? PLAIN : "");
    }
}

void markdown_text(const char *text, FILE *stream)
{
    for (; *text != '\0'; text++) {
        if (strchr("\\|`*_<>[]", *text) != NULL) {
            fputc('\\', stream);
        }
        fputc((unsigned char)*text < 0x20 ? ' ' : *text, stream);
    }
}

void grid_print_markdown(const Grid *grid, FILE *stream)
{
    for (int row = 0; row < grid->row_count; row++) {
        for (int column = 0; column < grid->column_count; column++) {
            fputs(column == 0 ? "| " : " ", stream);
            markdown_text(cell_text(grid, row, column), stream);
            fputs(" |", stream);
        }
        fputc('\n', stream);
        for (int column = 0; row == 0 && column < grid->column_count; column++) {
            fprintf(stream, "%s%s", column == 0 ? "|" : "",
                    grid->left[column] ? " --- |" : " ---: |");
        }
        fputs(row == 0 ? "\n" : "", stream);
    }
}

char *number_text(double value, int decimals, char buffer[NUMBER_TEXT_MAX])
{
    char plain[NUMBER_TEXT_MAX];
    if (!(fabs(value) < 1e20)) {
        snprintf(buffer, NUMBER_TEXT_MAX, isnan(value) ? "-" : "%g", value);
        return buffer;
    }
    snprintf(plain, sizeof plain, "%.*f", decimals, fabs(value));
    int whole = (int)strcspn(plain, ".");
    int at = 0;
    if (value < 0 && strspn(plain, "0.") != strlen(plain)) { /* no "-0" */
        buffer[at++] = '-';
    }
    for (int i = 0; plain[i] != '\0'; i++) {
        if (i > 0 && i < whole && (whole - i) % 3 == 0) {
            buffer[at++] = ',';
        }
        buffer[at++] = plain[i];
    }
    buffer[at] = '\0';
    return buffer;
}

void csv_field(const char *text, FILE *stream)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        fputs(text, stream);
        return;
    }
    fputc('"', stream);
    for (; *text != '\0'; text++) {
        fputs(*text == '"' ? "\"\"" : (char[]){*text, '\0'}, stream);
    }
    fputc('"', stream);
}
