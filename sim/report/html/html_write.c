/* html_write.c - markup with everything from outside escaped, and tables out of grids. */
#include "sim/report/html/html_write.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/text_buffer.h"

void html_put(Html *html, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(html->stream, format, arguments);
    va_end(arguments);
}

/* ---- text -------------------------------------------------------------------------------------
 */

/* Bytes of the character that begins here; 0: it is no UTF-8. *code is set otherwise. */
static int utf8_read(const unsigned char *at, uint32_t *code)
{
    static const uint32_t LEAST[] = {0, 0, 0x80, 0x800, 0x10000};
    int size = at[0] < 0x80             ? 1
               : (at[0] & 0xE0) == 0xC0 ? 2
               : (at[0] & 0xF0) == 0xE0 ? 3
               : (at[0] & 0xF8) == 0xF0 ? 4
                                        : 0;
    *code = size == 1 ? at[0] : size > 0 ? at[0] & (0x7Fu >> size) : 0;
    for (int i = 1; i < size; i++) {
        if ((at[i] & 0xC0) != 0x80) {
            return 0;
        }
        *code = *code << 6 | (at[i] & 0x3F);
    }
    bool wrong = size > 1 &&
                 (*code < LEAST[size] || *code > 0x10FFFF || (*code >= 0xD800 && *code <= 0xDFFF));
    return wrong ? 0 : size;
}

static void utf8_write(uint32_t code, FILE *stream)
{
    fputc((int)(0xE0 | code >> 12), stream); /* of three bytes, as all that are written here */
    fputc((int)(0x80 | (code >> 6 & 0x3F)), stream);
    fputc((int)(0x80 | (code & 0x3F)), stream);
}

#define REPLACEMENT 0xFFFD
#define CONTROL_PICTURES 0x2400
#define DELETE_PICTURE 0x2421

void html_escape(const char *text, FILE *stream)
{
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0';) {
        uint32_t code;
        int size = utf8_read(at, &code);
        const char *entity = code == '&'    ? "&amp;"
                             : code == '<'  ? "&lt;"
                             : code == '>'  ? "&gt;"
                             : code == '"'  ? "&quot;"
                             : code == '\'' ? "&#39;"
                                            : NULL;
        if (size == 0 || (code >= 0x80 && code < 0xA0) || (code & 0xFFFE) == 0xFFFE) {
            utf8_write(REPLACEMENT, stream);
        } else if (entity != NULL) {
            fputs(entity, stream);
        } else if (code < 0x20 && code != '\n' && code != '\t') {
            utf8_write(CONTROL_PICTURES + code, stream);
        } else if (code == 0x7F) {
            utf8_write(DELETE_PICTURE, stream);
        } else {
            fwrite(at, 1, (size_t)size, stream);
        }
        at += size > 0 ? size : 1;
    }
}

void html_text(Html *html, const char *text)
{
    html_escape(text, html->stream);
}

void html_name(Html *html, const char *name)
{
    html_put(html, "<bdi>");
    html_text(html, name);
    html_put(html, "</bdi>");
}

/* ---- data -------------------------------------------------------------------------------------
 */

static int json_escaped(const char *bytes, size_t size, void *data)
{
    FILE *stream = data;
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == '<' || bytes[i] == '>' || bytes[i] == '&') {
            fprintf(stream, "\\u%04x", (unsigned)bytes[i]); /* they occur within strings only */
        } else {
            fputc(bytes[i], stream);
        }
    }
    return 0;
}

#define JSON_DIGITS 15

void html_json(Html *html, const json_t *value)
{
    size_t flags = JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(JSON_DIGITS);
    html->failed |= json_dump_callback(value, json_escaped, html->stream, flags) != 0;
}

void html_base64(Html *html, const char *bytes, size_t size)
{
    static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *at = (const unsigned char *)bytes;
    for (size_t i = 0; i < size; i += 3) {
        uint32_t group = (uint32_t)at[i] << 16 | (uint32_t)(i + 1 < size ? at[i + 1] : 0) << 8 |
                         (uint32_t)(i + 2 < size ? at[i + 2] : 0);
        fputc(DIGITS[group >> 18], html->stream);
        fputc(DIGITS[group >> 12 & 63], html->stream);
        fputc(i + 1 < size ? DIGITS[group >> 6 & 63] : '=', html->stream);
        fputc(i + 2 < size ? DIGITS[group & 63] : '=', html->stream);
    }
}

void html_download(Html *html, const char *name, const char *bytes, size_t size)
{
    html_put(html, "<a class=\"download\" download=\"%s.csv\" href=\"data:text/csv;base64,", name);
    html_base64(html, bytes, size);
    html_put(html, "\">CSV<span class=\"sr\"> of %s</span></a>\n", name);
}

/* ---- tables -----------------------------------------------------------------------------------
 */

static const char *cell_at(const Grid *grid, int row, int column)
{
    const char *cell = grid->cell[row * grid->column_count + column];
    return cell != NULL ? cell : "";
}

/* Numbers without the commas that people read. */
static void csv_cell(const char *cell, bool is_number, FILE *stream)
{
    bool plain = is_number && isdigit((unsigned char)cell[cell[0] == '-']) != 0;
    if (!plain) {
        csv_field(cell, stream);
        return;
    }
    for (; *cell != '\0'; cell++) {
        if (*cell != ',') {
            fputc(*cell, stream);
        }
    }
}

static void grid_download(Html *html, const Grid *grid, const char *file)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL) {
        html->failed = true;
        return;
    }
    for (int row = 0; row < grid->row_count; row++) {
        for (int column = 0; column < grid->column_count; column++) {
            fputs(column > 0 ? "," : "", stream);
            csv_cell(cell_at(grid, row, column), row > 0 && !grid->left[column], stream);
        }
        fputc('\n', stream);
    }
    if (fclose(stream) == 0 && text != NULL) {
        html_download(html, file, text, size);
    } else {
        html->failed = true;
    }
    free(text);
}

static void row_put(Html *html, const Grid *grid, int row)
{
    html_put(html, "<tr>");
    for (int column = 0; column < grid->column_count; column++) {
        const char *text = cell_at(grid, row, column);
        bool head = (row == 0 || column == 0) && text[0] != '\0';
        const char *tag = head ? "th" : "td";
        const char *scope = !head ? "" : row == 0 ? " scope=\"col\"" : " scope=\"row\"";
        html_put(html, "<%s%s%s>", tag, scope, grid->left[column] ? "" : " class=\"n\"");
        html_text(html, text);
        html_put(html, "</%s>", tag);
    }
    html_put(html, "</tr>\n");
}

void html_table(Html *html, const Grid *grid, const char *caption, const char *file)
{
    int rows = grid->row_count > HTML_ROWS_MAX + 1 ? HTML_ROWS_MAX + 1 : grid->row_count;
    html_put(html, "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"");
    html_text(html, caption);
    html_put(html, "\"><table><caption>");
    html_text(html, caption);
    html_put(html, "</caption>\n<thead>");
    row_put(html, grid, 0);
    html_put(html, "</thead><tbody>\n");
    for (int row = 1; row < rows; row++) {
        row_put(html, grid, row);
    }
    html_put(html, "</tbody></table></div>\n<p class=\"below\">");
    if (rows < grid->row_count) {
        html_put(html, "The first %d of %d rows; the CSV has all. ", rows - 1, grid->row_count - 1);
    }
    if (file != NULL) {
        grid_download(html, grid, file);
    }
    html_put(html, "</p>\n");
}

void html_table_folded(Html *html, const Grid *grid, const char *caption, const char *file)
{
    html_put(html, "<details class=\"data\"><summary>Table: ");
    html_text(html, caption);
    html_put(html, "</summary>\n");
    html_table(html, grid, caption, file);
    html_put(html, "</details>\n");
}

/* ---- sections ---------------------------------------------------------------------------------
 */

void html_section_begin(Html *html, const char *id, const char *title)
{
    html_put(html, "<section id=\"%s\" aria-labelledby=\"%s-h\">\n<h2 id=\"%s-h\">", id, id, id);
    html_text(html, title);
    html_put(html, "</h2>\n");
}

void html_section_end(Html *html)
{
    html_put(html, "</section>\n");
}
