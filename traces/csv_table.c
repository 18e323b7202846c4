/* csv_table.c - streams a CSV file through libcsv and keeps track of lines, columns and cells. */
#include "traces/csv_table.h"

#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/line_reader.h"
#include "traces/utf8.h"

#define LIST_BYTES 400 /* of a list of names inside a message */

/* One file being read. About 0.4 MB, of which an ordinary file touches a tenth. */
typedef struct CsvFile {
    const CsvHandler *handler;
    Diagnostics *diagnostics;
    LineReader *lines;
    struct csv_parser parser;

    int row_count;
    int header_count; /* cells of the header; 0: not read yet */
    bool out_of_memory;
    bool row_done; /* libcsv ended the row */

    CsvRow row;
    int parsed_count; /* cells of the line at hand */
    size_t text_used;
    int16_t slot_of_cell[CSV_COLUMNS_MAX]; /* [cell of the line] wanted column, -1: ignored */
    CsvCell cells[CSV_COLUMNS_MAX];        /* [wanted column] */
    const char *names[CSV_COLUMNS_MAX];    /* [wanted column] */
    char *header_text;                     /* the header's cells, kept while rows are read */

    char text[LINE_BYTES_MAX + 2]; /* unquoted cells of one line, each ended by a NUL */
} CsvFile;

static Place file_place(const CsvFile *file)
{
    return (Place){.file = file->lines->path};
}

/* ---- one line through libcsv ----------------------------------------------------------------- */

/* Where the next cell of the line goes; -1: nobody wants it. */
static int slot_next(CsvFile *file, int *cell)
{
    *cell = file->parsed_count++;
    if (*cell >= CSV_COLUMNS_MAX) {
        return -1;
    }
    return file->header_count == 0      ? *cell
           : *cell < file->header_count ? file->slot_of_cell[*cell]
                                        : -1;
}

static void on_cell(void *bytes, size_t length, void *vfile)
{
    CsvFile *file = vfile;
    int cell = 0;
    int slot = slot_next(file, &cell);
    if (slot < 0) {
        return;
    }
    char *copy = file->text + file->text_used;
    memcpy(copy, bytes, length);
    copy[length] = '\0';
    file->text_used += length + 1;
    file->cells[slot] = (CsvCell){.text = copy, .length = length, .position = cell};
}

static void on_row(int terminator, void *vfile)
{
    (void)terminator;
    ((CsvFile *)vfile)->row_done = true;
}

static void parser_reset(CsvFile *file)
{
    csv_fini(&file->parser, NULL, NULL, NULL);
}

static bool is_blank(char letter)
{
    return letter == ' ' || letter == '\t';
}

/* A line without quotes needs no parser: cells end at delimiters, blanks around them do not count.
 * docs/decisions/libcsv.md has the figures. */
static void line_split(CsvFile *file, const char *line, size_t length)
{
    const char delimiter = file->row.delimiter;
    char *text = file->text;
    memcpy(text, line, length);
    text[length] = delimiter;
    char *end = text - 1;
    for (char *last = text + length; end < last;) {
        char *begin = end + 1;
        end = begin;
        while (*end != delimiter) {
            end++;
        }
        int cell = 0;
        int slot = slot_next(file, &cell);
        if (slot < 0) {
            continue;
        }
        char *behind = end;
        while (begin < behind && is_blank(*begin)) {
            begin++;
        }
        while (begin < behind && is_blank(behind[-1])) {
            behind--;
        }
        *behind = '\0';
        file->cells[slot] =
            (CsvCell){.text = begin, .length = (size_t)(behind - begin), .position = cell};
    }
    file->text_used = length + 1;
}

/* The line's cells into file->cells. False: not usable (recorded). */
static bool line_parse(CsvFile *file, char *line, size_t length)
{
    file->parsed_count = 0;
    file->text_used = 0;
    file->row_done = false;
    if (file->row.delimiter != ',' || memchr(line, '"', length) == NULL) {
        line_split(file, line, length);
        return true;
    }
    line[length] = '\n';
    size_t parsed = csv_parse(&file->parser, line, length + 1, on_cell, on_row, file);
    line[length] = '\0';
    if (parsed == length + 1 && file->row_done) {
        return true;
    }
    int error = parsed == length + 1 ? CSV_SUCCESS : csv_error(&file->parser);
    parser_reset(file);
    if (error == CSV_ENOMEM || error == CSV_ETOOBIG) {
        file->out_of_memory = true;
        return false;
    }
    Place place = file->row.line;
    if (error == CSV_SUCCESS) { /* the parser still waits for a closing quote */
        csv_cell_find(line, file->row.delimiter, file->parsed_count, &place.column, &place.length);
        diagnostics_error(file->diagnostics, place, "csv",
                          "close it, or write a quote inside as two quotes",
                          "a quoted cell does not end on its line");
    } else {
        int characters = 0;
        utf8_text_length(line, parsed, &characters);
        place.column = characters + 1;
        diagnostics_error(file->diagnostics, place, "csv",
                          "quote the whole cell, with a quote inside as two quotes",
                          "found a quote inside a cell, or text behind a closing quote");
    }
    return false;
}

/* ---- header ---------------------------------------------------------------------------------- */

static void list_append(char list[LIST_BYTES], const char *name)
{
    size_t used = strlen(list);
    char shown[CSV_SHOWN_BYTES];
    snprintf(list + used, LIST_BYTES - used, "%s%s", used > 0 ? ", " : "", csv_shown(name, shown));
}

/* Which cell of the header has this name; -1: none. */
static int header_find(CsvFile *file, const char *name)
{
    int found = -1;
    for (int cell = 0; cell < file->parsed_count; cell++) {
        if (strcmp(file->cells[cell].text, name) != 0) {
            continue;
        }
        if (found < 0) {
            found = cell;
            continue;
        }
        Place place = csv_place(&file->row, cell);
        diagnostics_error(file->diagnostics, place, "csv", "rename or remove one of them",
                          "the header names column '%s' twice", name);
    }
    return found;
}

static void header_missing(CsvFile *file, const char *missing)
{
    char present[LIST_BYTES] = "";
    for (int cell = 0; cell < file->parsed_count; cell++) {
        list_append(present, file->cells[cell].text);
    }
    char help[LIST_BYTES + 32];
    snprintf(help, sizeof help, "the header has: %s", present);
    diagnostics_error(file->diagnostics, file->row.line, "csv", help, "missing in the header: %s",
                      missing);
}

/* Maps the file's cells to the wanted columns. */
static bool header_match(CsvFile *file)
{
    const CsvHandler *handler = file->handler;
    char missing[LIST_BYTES] = "";
    int errors_before = file->diagnostics->error_count;
    memset(file->slot_of_cell, 0xff, sizeof file->slot_of_cell);
    for (int column = 0; column < handler->column_count; column++) {
        const CsvColumn *wanted = &handler->columns[column];
        int cell = header_find(file, wanted->name);
        if (cell >= 0) {
            file->slot_of_cell[cell] = (int16_t)column;
        } else if (!wanted->optional) {
            list_append(missing, wanted->name);
        }
        file->names[column] = wanted->name;
    }
    if (missing[0] != '\0') {
        header_missing(file, missing);
    }
    return file->diagnostics->error_count == errors_before;
}

/* Takes all columns under the names that the file gives them. */
static bool header_take_all(CsvFile *file)
{
    file->header_text = malloc(file->text_used + 1);
    if (file->header_text == NULL) {
        file->out_of_memory = true;
        return false;
    }
    memcpy(file->header_text, file->text, file->text_used);
    for (int cell = 0; cell < file->parsed_count; cell++) {
        file->slot_of_cell[cell] = (int16_t)cell;
        file->names[cell] = file->header_text + (file->cells[cell].text - file->text);
    }
    return true;
}

static bool header_read(CsvFile *file)
{
    if (file->parsed_count > CSV_COLUMNS_MAX) {
        diagnostics_error(file->diagnostics, file->row.line, "csv", NULL,
                          "the header has %d columns; expected at most %d", file->parsed_count,
                          CSV_COLUMNS_MAX);
        return false;
    }
    file->row.cell_count = file->parsed_count;
    bool all = file->handler->columns == NULL;
    if (!(all ? header_take_all(file) : header_match(file))) {
        return false;
    }
    file->header_count = file->parsed_count;
    if (file->handler->header != NULL && !file->handler->header(file->handler->self, &file->row)) {
        file->out_of_memory = true;
        return false;
    }
    file->row.cell_count = all ? file->header_count : file->handler->column_count;
    /* Optional columns that are missing stay without a text; the others are set by every row. */
    memset(file->cells, 0, (size_t)file->row.cell_count * sizeof(CsvCell));
    return true;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void row_wrong_count(CsvFile *file, bool last_line)
{
    bool cut = last_line && file->parsed_count < file->header_count;
    diagnostics_error(file->diagnostics, file->row.line, "csv",
                      cut ? "the file seems to be cut off here; get it again" : NULL,
                      "the line has %d cells; expected %d, as in the header", file->parsed_count,
                      file->header_count);
}

/* False ends the reading. */
static bool line_take(CsvFile *file, char *line, size_t length)
{
    if (line_is_blank(line, length)) {
        return true;
    }
    file->row_count +=
        file->header_count > 0; /* good or bad: there is something below the header */
    if (!line_is_text(file->lines, line, length)) {
        return file->header_count > 0; /* without a header no row can be judged */
    }
    line[length] = '\0';
    file->row.line = (Place){
        .file = file->lines->path, .line = file->lines->line_number, .column = 1, .source = line};
    if (!line_parse(file, line, length)) {
        return !file->out_of_memory && file->header_count > 0;
    }
    if (file->header_count == 0) {
        return header_read(file);
    }
    if (file->parsed_count != file->header_count) {
        row_wrong_count(file, file->lines->last_line_cut);
        return true;
    }
    if (!file->handler->row(file->handler->self, &file->row)) {
        file->out_of_memory = true;
        return false;
    }
    return true;
}

static void file_read(CsvFile *file)
{
    char *line = NULL;
    size_t length = 0;
    LineRead got = line_next(file->lines, &line, &length);
    while (got == LINE_READ) {
        if (!line_take(file, line, length)) {
            return;
        }
        got = line_next(file->lines, &line, &length);
    }
    if (got == LINE_FAILED || file->row_count > 0) {
        return;
    }
    diagnostics_error(file->diagnostics, file_place(file), "csv", NULL,
                      file->header_count > 0
                          ? "there is a header but no row; expected at least one"
                          : "the file is empty; expected a header line and rows");
}

Status csv_read(const char *path, const CsvHandler *handler, Diagnostics *diagnostics)
{
    int errors_before = diagnostics->error_count;
    LineReader *lines = line_reader_open(path, "a CSV file", diagnostics);
    if (lines == NULL) {
        return diagnostics_status(diagnostics);
    }
    CsvFile *file = malloc(sizeof *file);
    if (file == NULL) {
        line_reader_close(lines);
        return diagnostics_no_memory(diagnostics);
    }
    memset(file, 0, offsetof(CsvFile, slot_of_cell));
    file->handler = handler;
    file->diagnostics = diagnostics;
    file->lines = lines;
    file->header_text = NULL;
    file->row = (CsvRow){.cells = file->cells,
                         .names = file->names,
                         .delimiter = handler->delimiter != 0 ? handler->delimiter : ',',
                         .diagnostics = diagnostics};
    csv_init(&file->parser, CSV_STRICT | CSV_APPEND_NULL);
    file_read(file);
    if (file->out_of_memory) {
        diagnostics_no_memory(diagnostics);
    }
    csv_free(&file->parser);
    free(file->header_text);
    line_reader_close(lines);
    free(file);
    if (diagnostics->out_of_memory) {
        return STATUS_FAILED;
    }
    return diagnostics->error_count > errors_before ? STATUS_BAD_INPUT : STATUS_OK;
}
