/* line_reader.c - a window over a stream that always holds a whole line. */
#include "traces/line_reader.h"

#include <stdlib.h>
#include <string.h>

#include "traces/utf8.h"

static LineRead window_fill(LineReader *reader)
{
    size_t kept = reader->end - reader->begin;
    memmove(reader->window, reader->window + reader->begin, kept);
    reader->begin = 0;
    reader->end = kept;
    size_t got = 0;
    StreamRead read = stream_read(reader->stream, reader->window + kept, LINE_READ_BYTES, &got);
    reader->end += got;
    return read == STREAM_READ ? LINE_READ : read == STREAM_END ? LINE_NONE : LINE_FAILED;
}

LineRead line_next(LineReader *reader, char **line, size_t *length)
{
    size_t searched = 0;
    for (;;) {
        char *begin = reader->window + reader->begin;
        size_t have = reader->end - reader->begin;
        char *end = memchr(begin + searched, '\n', have - searched);
        if (end != NULL) {
            have = (size_t)(end - begin);
        } else if (have <= LINE_BYTES_MAX) {
            LineRead filled = window_fill(reader);
            searched = have;
            if (filled == LINE_READ) {
                continue;
            }
            if (filled == LINE_FAILED || have == 0) {
                return filled;
            }
            begin = reader->window;
            reader->last_line_cut = true;
        }
        reader->line_number++;
        if (have > LINE_BYTES_MAX || reader->line_number > LINES_MAX) {
            Place place = {.file = reader->path, .line = reader->line_number, .column = 1};
            diagnostics_error(reader->diagnostics, place, "csv", "is this the right file?",
                              have > LINE_BYTES_MAX ? "the line is longer than %zu bytes"
                                                    : "the file has more than %zu lines",
                              have > LINE_BYTES_MAX ? LINE_BYTES_MAX : (size_t)LINES_MAX);
            return LINE_FAILED;
        }
        reader->begin += have + (end != NULL);
        /* Room for the two ends: the window is larger than any line, and a cut line is the window's
         * last. */
        if (have > 0 && begin[have - 1] == '\r') {
            have--;
        }
        *line = begin;
        *length = have;
        return LINE_READ;
    }
}

bool line_is_blank(const char *line, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (line[i] != ' ' && line[i] != '\t') {
            return false;
        }
    }
    return true;
}

bool line_is_text(const LineReader *reader, const char *line, size_t length)
{
    int characters = 0;
    size_t good = utf8_text_length(line, length, &characters);
    if (good == length) {
        return true;
    }
    Place place = {
        .file = reader->path, .line = reader->line_number, .column = characters + 1, .length = 1};
    unsigned byte = (unsigned char)line[good];
    if (byte < 0x80) {
        diagnostics_error(reader->diagnostics, place, "csv",
                          "the file may be damaged; write it out again as text",
                          "found the control byte 0x%02x; expected text", byte);
    } else {
        diagnostics_error(reader->diagnostics, place, "encoding", "save the file as UTF-8",
                          "found the byte 0x%02x, which is not UTF-8 here", byte);
    }
    return false;
}

/* Formats that people hand over by mistake are recognised by their first bytes. False: recorded. */
static bool start_is_text(LineReader *reader, const char *expected)
{
    const unsigned char *start = (const unsigned char *)reader->window;
    size_t length = reader->end;
    const char *what = NULL;
    const char *help = NULL;
    if (length >= 2 && start[0] == 0x1f && start[1] == 0x8b) {
        what = "packed twice (gzip)";
        help = "unpack it once: gzip -d FILE";
    } else if (length >= 4 && memcmp(start, "\x28\xb5\x2f\xfd", 4) == 0) {
        what = "packed twice (zstd)";
        help = "unpack it once: zstd -d FILE";
    } else if (length >= 2 &&
               ((start[0] == 0xff && start[1] == 0xfe) || (start[0] == 0xfe && start[1] == 0xff))) {
        what = "a UTF-16 text";
        help = "save the file as UTF-8";
    } else if (length >= 4 && memcmp(start, "PK\003\004", 4) == 0) {
        what = "a zip archive or a spreadsheet";
        help = "unpack it, or export it as CSV";
    } else if (length >= 6 && memcmp(start,
                                     "\xfd"
                                     "7zXZ",
                                     6) == 0) {
        what = "an xz file";
        help = "unpack it first: xz -d FILE; gzip and zstd are read as they are";
    } else if (length >= 4 && memcmp(start, "BZh", 3) == 0 && start[3] >= '1' && start[3] <= '9') {
        what = "a bzip2 file";
        help = "unpack it first: bzip2 -d FILE; gzip and zstd are read as they are";
    }
    if (what != NULL) {
        diagnostics_error(reader->diagnostics, (Place){.file = reader->path}, "csv", help,
                          "this is %s; expected %s in UTF-8", what, expected);
        return false;
    }
    if (length >= 3 && memcmp(start, "\xef\xbb\xbf", 3) == 0) {
        reader->begin = 3;
    }
    return true;
}

LineReader *line_reader_open(const char *path, const char *expected, Diagnostics *diagnostics)
{
    Stream *stream = stream_open(path, diagnostics);
    if (stream == NULL) {
        return NULL;
    }
    LineReader *reader = malloc(sizeof *reader);
    if (reader == NULL) {
        stream_close(stream);
        diagnostics_no_memory(diagnostics);
        return NULL;
    }
    reader->path = path;
    reader->diagnostics = diagnostics;
    reader->stream = stream;
    reader->line_number = 0;
    reader->last_line_cut = false;
    reader->begin = 0;
    reader->end = 0;
    while (reader->end < 8) { /* a stream may come in small pieces */
        LineRead filled = window_fill(reader);
        if (filled == LINE_FAILED) {
            line_reader_close(reader);
            return NULL;
        }
        if (filled == LINE_NONE) {
            break;
        }
    }
    if (!start_is_text(reader, expected)) {
        line_reader_close(reader);
        return NULL;
    }
    return reader;
}

void line_reader_close(LineReader *reader)
{
    if (reader != NULL) {
        stream_close(reader->stream);
        free(reader);
    }
}
