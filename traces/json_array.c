/* json_array.c - finds where each object ends by its braces and leaves the rest to jansson. */
#include "traces/json_array.h"

#include <stdlib.h>
#include <string.h>

#include "traces/stream.h"

#define READ_BYTES ((size_t)64 << 10)
#define SHOWN_BYTES 200 /* of what jansson says */

typedef struct ArrayReader {
    const char *path;
    Diagnostics *diagnostics;
    Stream *stream;
    int line;
    size_t begin, end;
    bool failed;  /* recorded */
    char *object; /* [used] the element at hand */
    size_t used, capacity;
    char window[READ_BYTES];
} ArrayReader;

static Place place_at(const ArrayReader *reader, int line, int column)
{
    return (Place){.file = reader->path, .line = line, .column = column};
}

static bool fail(ArrayReader *reader, const char *help, const char *what)
{
    diagnostics_error(reader->diagnostics, place_at(reader, reader->line, 0), "json", help, "%s",
                      what);
    reader->failed = true;
    return false;
}

/* The next byte, -1 at the end or after a failure. */
static int byte_next(ArrayReader *reader)
{
    if (reader->begin == reader->end) {
        size_t got = 0;
        reader->begin = 0;
        reader->end = 0;
        StreamRead read = stream_read(reader->stream, reader->window, READ_BYTES, &got);
        if (read != STREAM_READ) {
            reader->failed |= read == STREAM_FAILED;
            return -1;
        }
        reader->end = got;
    }
    char byte = reader->window[reader->begin++];
    reader->line += byte == '\n';
    return (unsigned char)byte;
}

/* The next byte that is no blank. */
static int token_next(ArrayReader *reader)
{
    int byte;
    do {
        byte = byte_next(reader);
    } while (byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n');
    return byte;
}

/* False if memory ran out or the object is too large (recorded). */
static bool object_append(ArrayReader *reader, char byte)
{
    if (reader->used == reader->capacity) {
        if (reader->capacity >= JSON_OBJECT_BYTES_MAX) {
            return fail(reader, "is this the right file?", "an object of more than 16 MiB");
        }
        size_t capacity = reader->capacity == 0 ? 4096 : reader->capacity * 2;
        char *object = realloc(reader->object, capacity);
        if (object == NULL) {
            diagnostics_no_memory(reader->diagnostics);
            reader->failed = true;
            return false;
        }
        reader->object = object;
        reader->capacity = capacity;
    }
    reader->object[reader->used++] = byte;
    return true;
}

/* Everything from the brace that was just read to the one that closes it. */
static bool object_collect(ArrayReader *reader)
{
    int depth = 1;
    bool text = false;
    bool escaped = false;
    reader->used = 0;
    if (!object_append(reader, '{')) {
        return false;
    }
    while (depth > 0) {
        int byte = byte_next(reader);
        if (byte < 0) {
            return reader->failed
                       ? false
                       : fail(reader, "get the file again", "the file is cut off inside an object");
        }
        if (!object_append(reader, (char)byte)) {
            return false;
        }
        if (escaped) {
            escaped = false;
        } else if (text) {
            escaped = byte == '\\';
            text = byte != '"';
        } else {
            text = byte == '"';
            depth += byte == '{';
            depth -= byte == '}';
        }
    }
    return true;
}

/* Parses what was collected and hands it over. A mistake in it is recorded, and reading goes on. */
static bool object_take(ArrayReader *reader, int line, JsonElement *element, void *self)
{
    json_error_t error;
    json_t *object = json_loadb(reader->object, reader->used, JSON_REJECT_DUPLICATES, &error);
    if (object == NULL) {
        if (json_error_code(&error) == json_error_out_of_memory) {
            diagnostics_no_memory(reader->diagnostics);
            return false;
        }
        char shown[SHOWN_BYTES];
        snprintf(shown, sizeof shown, "%s", error.text);
        diagnostics_error(
            reader->diagnostics,
            place_at(reader, line + error.line - 1, error.line == 1 ? 0 : error.column), "json",
            NULL, "%s", shown);
        return true;
    }
    bool good = element(self, object, line);
    json_decref(object);
    if (!good) {
        diagnostics_no_memory(reader->diagnostics);
    }
    return good;
}

static void array_read(ArrayReader *reader, JsonElement *element, void *self)
{
    if (token_next(reader) != '[') {
        if (!reader->failed) {
            fail(reader, "such a log is one array of objects",
                 "expected a JSON array of objects");
        }
        return;
    }
    int token = token_next(reader);
    for (int count = 0; token == '{'; count++) {
        int line = reader->line;
        if (count == JSON_OBJECTS_MAX) {
            fail(reader, NULL, "more than 16777216 objects");
            return;
        }
        if (!object_collect(reader) || !object_take(reader, line, element, self)) {
            return;
        }
        token = token_next(reader);
        if (token == ',') {
            token = token_next(reader);
            if (token != '{' && !reader->failed) {
                fail(reader, NULL, "expected another object behind the comma");
                return;
            }
        } else if (token == '{') {
            fail(reader, NULL, "expected a comma between objects");
            return;
        }
    }
    if (reader->failed) {
        return;
    }
    if (token < 0) {
        fail(reader, "get the file again", "the file is cut off: the array does not end");
    } else if (token != ']') {
        fail(reader, NULL, "expected an array of objects and nothing else in it");
    } else if (token_next(reader) >= 0) {
        fail(reader, NULL, "something follows the array");
    }
}

Status json_array_read(const char *path, JsonElement *element, void *self, Diagnostics *diagnostics)
{
    int errors_before = diagnostics->error_count;
    Stream *stream = stream_open(path, diagnostics);
    if (stream == NULL) {
        return diagnostics_status(diagnostics);
    }
    ArrayReader *reader = malloc(sizeof *reader);
    if (reader == NULL) {
        stream_close(stream);
        return diagnostics_no_memory(diagnostics);
    }
    memset(reader, 0, offsetof(ArrayReader, window));
    reader->path = path;
    reader->diagnostics = diagnostics;
    reader->stream = stream;
    reader->line = 1;
    array_read(reader, element, self);
    free(reader->object);
    free(reader);
    stream_close(stream);
    if (diagnostics->out_of_memory) {
        return STATUS_FAILED;
    }
    return diagnostics->error_count > errors_before ? STATUS_BAD_INPUT : STATUS_OK;
}
