/* line_reader.h - a text file line by line, with numbers: packed or not, LF or CRLF. For the
 * readers of traces/.
 */
#ifndef TRACES_LINE_READER_H
#define TRACES_LINE_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/diagnostic.h"
#include "traces/stream.h"

#define LINE_BYTES_MAX ((size_t)256 << 10)
#define LINES_MAX (1 << 24) /* so that sums of bounded cells stay within 64 bits */
#define LINE_READ_BYTES ((size_t)64 << 10)

typedef struct LineReader {
    const char *path;
    Diagnostics *diagnostics;
    Stream *stream;
    int line_number;
    bool last_line_cut; /* the last line has no line end */
    size_t begin, end;
    char window[LINE_BYTES_MAX + LINE_READ_BYTES + 2]; /* +2: a line end and a NUL */
} LineReader;

/* `expected`: "a CSV file". What people hand over by mistake (a spreadsheet, UTF-16) is refused; a
 * byte order mark is skipped. NULL: recorded. */
LineReader *line_reader_open(const char *path, const char *expected, Diagnostics *diagnostics);
void line_reader_close(LineReader *reader); /* NULL is fine */

typedef enum LineRead { LINE_READ, LINE_NONE, LINE_FAILED } LineRead;

/* The next line without its end; line[length] and line[length + 1] may be written. Valid until the
 * next call. */
LineRead line_next(LineReader *reader, char **line, size_t *length);

bool line_is_blank(const char *line, size_t length);

/* Is it text: UTF-8 without control characters? False: recorded. */
bool line_is_text(const LineReader *reader, const char *line, size_t length);

#endif
