/* stream.c - zlib and libzstd behind one function. */
#include "traces/stream.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>
#include <zstd.h>

#define PACKED_BYTES ((size_t)128 << 10)
#define ZSTD_WINDOW_LOG_MAX 27 /* 128 MiB: what zstd makes without being asked for more */

typedef enum Packing { PACKING_NONE, PACKING_GZIP, PACKING_ZSTD } Packing;

struct Stream {
    const char *path;
    Diagnostics *diagnostics;
    FILE *file;
    Packing packing;
    bool file_ended;
    bool failed; /* said once */
    bool inside; /* a packed part has begun and not ended */
    z_stream gzip;
    bool gzip_ready;
    ZSTD_DStream *zstd;
    uint64_t consumed; /* packed bytes behind us */
    size_t begin, end; /* of what is left in packed */
    unsigned char packed[PACKED_BYTES];
};

static const char *const PACKING_NAMES[] = {NULL, "gzip", "zstd"};

const char *stream_packing(const Stream *stream)
{
    return PACKING_NAMES[stream->packing];
}

static StreamRead fail(Stream *stream, const char *code, const char *help, const char *what)
{
    if (!stream->failed) {
        diagnostics_error(stream->diagnostics, (Place){.file = stream->path}, code, help,
                          "%s at byte %llu of the file", what,
                          (unsigned long long)stream->consumed);
    }
    stream->failed = true;
    return STREAM_FAILED;
}

static StreamRead damaged(Stream *stream, const char *detail)
{
    char what[160];
    snprintf(what, sizeof what, "the %s data are damaged (%s)", stream_packing(stream), detail);
    return fail(stream, "packing", "get or pack the file again", what);
}

static StreamRead no_memory(Stream *stream)
{
    diagnostics_no_memory(stream->diagnostics);
    stream->failed = true;
    return STREAM_FAILED;
}

/* More packed bytes, unless some are left. False: a failing disk, recorded. */
static bool packed_fill(Stream *stream)
{
    if (stream->begin < stream->end || stream->file_ended) {
        return true;
    }
    stream->begin = 0;
    stream->end = fread(stream->packed, 1, PACKED_BYTES, stream->file);
    stream->file_ended = stream->end == 0;
    if (stream->end == 0 && ferror(stream->file)) {
        char what[160];
        snprintf(what, sizeof what, "cannot read (%s)", strerror(errno));
        fail(stream, "io", NULL, what);
        return false;
    }
    return true;
}

static void packed_advance(Stream *stream, size_t bytes)
{
    stream->begin += bytes;
    stream->consumed += bytes;
}

/* ---- gzip ------------------------------------------------------------------------------------ */

/* Between two parts: another one, padding with zeros (tapes), or the end. */
static StreamRead gzip_next_part(Stream *stream, bool *another)
{
    *another = false;
    for (;;) {
        if (!packed_fill(stream)) {
            return STREAM_FAILED;
        }
        if (stream->begin == stream->end) {
            return STREAM_READ;
        }
        if (stream->packed[stream->begin] != 0) {
            break;
        }
        packed_advance(stream, 1);
    }
    if (stream->packed[stream->begin] != 0x1f) {
        return damaged(stream, "something else follows");
    }
    if (inflateReset(&stream->gzip) != Z_OK) {
        return damaged(stream, "cannot begin anew");
    }
    *another = true;
    return STREAM_READ;
}

static StreamRead gzip_read(Stream *stream, char *bytes, size_t size, size_t *got)
{
    z_stream *gzip = &stream->gzip;
    gzip->next_out = (unsigned char *)bytes;
    gzip->avail_out = (unsigned)size;
    while (gzip->avail_out == size) {
        if (!packed_fill(stream)) {
            return STREAM_FAILED;
        }
        if (stream->begin == stream->end) {
            return stream->inside ? damaged(stream, "the file is cut off") : STREAM_END;
        }
        if (!stream->inside) {
            bool another = false;
            StreamRead found = gzip_next_part(stream, &another);
            if (found != STREAM_READ || !another) {
                return found == STREAM_READ ? STREAM_END : found;
            }
            stream->inside = true;
        }
        gzip->next_in = stream->packed + stream->begin;
        gzip->avail_in = (unsigned)(stream->end - stream->begin);
        int result = inflate(gzip, Z_NO_FLUSH);
        packed_advance(stream, stream->end - stream->begin - gzip->avail_in);
        if (result == Z_MEM_ERROR) {
            return no_memory(stream);
        }
        if (result == Z_STREAM_END) {
            stream->inside = false;
        } else if (result != Z_OK && result != Z_BUF_ERROR) {
            return damaged(stream, gzip->msg != NULL ? gzip->msg : "not what was packed");
        }
    }
    *got = size - gzip->avail_out;
    return STREAM_READ;
}

/* ---- zstd ------------------------------------------------------------------------------------ */

static StreamRead zstd_read(Stream *stream, char *bytes, size_t size, size_t *got)
{
    ZSTD_outBuffer out = {.dst = bytes, .size = size};
    while (out.pos == 0) {
        if (!packed_fill(stream)) {
            return STREAM_FAILED;
        }
        ZSTD_inBuffer in = {.src = stream->packed + stream->begin,
                            .size = stream->end - stream->begin};
        if (in.size == 0 && !stream->inside) {
            return STREAM_END;
        }
        size_t result = ZSTD_decompressStream(stream->zstd, &out, &in);
        packed_advance(stream, in.pos);
        if (ZSTD_isError(result)) {
            const char *name = ZSTD_getErrorName(result);
            return strstr(name, "llocation") != NULL ? no_memory(stream) : damaged(stream, name);
        }
        stream->inside = result != 0;
        if (stream->file_ended && stream->inside && out.pos == 0) {
            return damaged(stream, "the file is cut off");
        }
    }
    *got = out.pos;
    return STREAM_READ;
}

/* ---- plain ----------------------------------------------------------------------------------- */

static StreamRead plain_read(Stream *stream, char *bytes, size_t size, size_t *got)
{
    if (!packed_fill(stream)) {
        return STREAM_FAILED;
    }
    size_t have = stream->end - stream->begin;
    *got = have < size ? have : size;
    memcpy(bytes, stream->packed + stream->begin, *got);
    packed_advance(stream, *got);
    return *got > 0 ? STREAM_READ : STREAM_END;
}

StreamRead stream_read(Stream *stream, char *bytes, size_t size, size_t *got)
{
    *got = 0;
    if (stream->failed) {
        return STREAM_FAILED;
    }
    switch (stream->packing) {
    case PACKING_GZIP:
        return gzip_read(stream, bytes, size, got);
    case PACKING_ZSTD:
        return zstd_read(stream, bytes, size, got);
    case PACKING_NONE:
    default:
        return plain_read(stream, bytes, size, got);
    }
}

/* ---- opening --------------------------------------------------------------------------------- */

static FILE *file_open(const char *path, Diagnostics *diagnostics)
{
    Place place = {.file = path};
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        if (errno == ENOMEM) {
            diagnostics_no_memory(diagnostics);
        } else {
            diagnostics_error(diagnostics, place, "io", NULL, "cannot open: %s", strerror(errno));
        }
        return NULL;
    }
    struct stat status;
    if (fstat(fileno(file), &status) == 0 && S_ISDIR(status.st_mode)) {
        diagnostics_error(diagnostics, place, "io", "name a file inside it",
                          "this is a directory; expected a file");
        fclose(file);
        return NULL;
    }
    setvbuf(file, NULL, _IONBF, 0); /* `packed` is the buffer */
    return file;
}

/* zstd frames begin with one magic number, frames to be skipped with one of sixteen (RFC 8878). */
static Packing packing_of(const unsigned char *start, size_t length)
{
    if (length >= 2 && start[0] == 0x1f && start[1] == 0x8b) {
        return PACKING_GZIP;
    }
    bool frame = length >= 4 && memcmp(start, "\x28\xb5\x2f\xfd", 4) == 0;
    bool skipped =
        length >= 4 && (start[0] & 0xf0) == 0x50 && memcmp(start + 1, "\x2a\x4d\x18", 3) == 0;
    return frame || skipped ? PACKING_ZSTD : PACKING_NONE;
}

static bool packing_begin(Stream *stream)
{
    stream->packing = packing_of(stream->packed, stream->end);
    if (stream->packing == PACKING_GZIP) {
        /* 15 + 16: the largest window, and a gzip header rather than zlib's. */
        stream->gzip_ready = inflateInit2(&stream->gzip, 15 + 16) == Z_OK;
        stream->inside = true;
        return stream->gzip_ready;
    }
    if (stream->packing == PACKING_ZSTD) {
        stream->zstd = ZSTD_createDStream();
        return stream->zstd != NULL && !ZSTD_isError(ZSTD_DCtx_setParameter(
                                           stream->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG_MAX));
    }
    return true;
}

Stream *stream_open(const char *path, Diagnostics *diagnostics)
{
    FILE *file = file_open(path, diagnostics);
    if (file == NULL) {
        return NULL;
    }
    Stream *stream = malloc(sizeof *stream);
    if (stream == NULL) {
        fclose(file);
        diagnostics_no_memory(diagnostics);
        return NULL;
    }
    memset(stream, 0, offsetof(Stream, packed));
    stream->path = path;
    stream->diagnostics = diagnostics;
    stream->file = file;
    if (!packed_fill(stream)) {
        stream_close(stream);
        return NULL;
    }
    if (!packing_begin(stream)) {
        diagnostics_no_memory(diagnostics);
        stream_close(stream);
        return NULL;
    }
    return stream;
}

void stream_close(Stream *stream)
{
    if (stream == NULL) {
        return;
    }
    if (stream->gzip_ready) {
        inflateEnd(&stream->gzip);
    }
    ZSTD_freeDStream(stream->zstd);
    fclose(stream->file);
    free(stream);
}
