/* test_stream.c - packed files read as what was packed; damaged ones are mistakes with a place. */
#include "tests/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "traces/stream.h"

#define PACKED_MAX ((size_t)1 << 20)
#define TEXT_BYTES ((size_t)300000)

typedef struct Bytes {
    unsigned char *bytes; /* [PACKED_MAX] */
    size_t size;
} Bytes;

static Bytes bytes_new(void)
{
    Bytes made = {.bytes = malloc(PACKED_MAX)};
    CU_ASSERT_PTR_NOT_NULL_FATAL(made.bytes);
    return made;
}

/* Adds `text` as a part of its own. */
static void append_gzip(Bytes *to, const char *text, size_t length)
{
    z_stream packer = {0};
    CU_ASSERT_EQUAL_FATAL(deflateInit2(&packer, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY),
                          Z_OK);
    packer.next_in = (unsigned char *)text;
    packer.avail_in = (unsigned)length;
    packer.next_out = to->bytes + to->size;
    packer.avail_out = (unsigned)(PACKED_MAX - to->size);
    CU_ASSERT_EQUAL_FATAL(deflate(&packer, Z_FINISH), Z_STREAM_END);
    to->size = PACKED_MAX - packer.avail_out;
    deflateEnd(&packer);
}

static void append_zstd(Bytes *to, const char *text, size_t length)
{
    size_t size = ZSTD_compress(to->bytes + to->size, PACKED_MAX - to->size, text, length, 3);
    CU_ASSERT_FALSE_FATAL(ZSTD_isError(size));
    to->size += size;
}

static void append_plain(Bytes *to, const void *text, size_t length)
{
    memcpy(to->bytes + to->size, text, length);
    to->size += length;
}

/* What came out of a file with those bytes. */
typedef struct Unpacked {
    char *text; /* [TEXT_BYTES * 2] */
    size_t length;
    StreamRead last;
    char packing[8];
    char message[200];
} Unpacked;

static Unpacked unpack(const Bytes *packed, size_t piece)
{
    char path[] = "/tmp/gpuplan-stream-XXXXXX";
    int file = mkstemp(path);
    CU_ASSERT_TRUE_FATAL(file >= 0);
    CU_ASSERT_EQUAL_FATAL(write(file, packed->bytes, packed->size), (ssize_t)packed->size);
    close(file);
    Diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    Unpacked unpacked = {.text = malloc(TEXT_BYTES * 2), .last = STREAM_READ};
    CU_ASSERT_PTR_NOT_NULL_FATAL(unpacked.text);
    Stream *stream = stream_open(path, &diagnostics);
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    snprintf(unpacked.packing, sizeof unpacked.packing, "%s",
             stream_packing(stream) != NULL ? stream_packing(stream) : "plain");
    while (unpacked.last == STREAM_READ && unpacked.length + piece <= TEXT_BYTES * 2) {
        size_t got = 0;
        unpacked.last = stream_read(stream, unpacked.text + unpacked.length, piece, &got);
        CU_ASSERT_TRUE((unpacked.last == STREAM_READ) == (got > 0));
        unpacked.length += got;
    }
    CU_ASSERT_EQUAL(diagnostics.error_count, unpacked.last == STREAM_FAILED);
    if (diagnostics.count > 0) {
        snprintf(unpacked.message, sizeof unpacked.message, "%s", diagnostics.items[0].message);
    }
    stream_close(stream);
    diagnostics_free(&diagnostics);
    unlink(path);
    return unpacked;
}

static void expect_text(const Bytes *packed, const char *packing, const char *text, size_t length)
{
    const size_t pieces[] = {1, 7, 4096, 65536};
    for (int i = length > 1000 ? 2 : 0; i < 4; i++) {
        Unpacked unpacked = unpack(packed, pieces[i]);
        CU_ASSERT_EQUAL(unpacked.last, STREAM_END);
        CU_ASSERT_STRING_EQUAL(unpacked.packing, packing);
        CU_ASSERT_EQUAL_FATAL(unpacked.length, length);
        CU_ASSERT_EQUAL(memcmp(unpacked.text, text, length), 0);
        free(unpacked.text);
    }
}

static void expect_damage(const Bytes *packed, const char *message)
{
    Unpacked unpacked = unpack(packed, 4096);
    CU_ASSERT_EQUAL(unpacked.last, STREAM_FAILED);
    CU_ASSERT_PTR_NOT_NULL(strstr(unpacked.message, message));
    free(unpacked.text);
}

/* A text that does not pack into nothing: digits of a linear congruence. */
static char *long_text(void)
{
    char *text = malloc(TEXT_BYTES);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    unsigned state = 1;
    for (size_t i = 0; i < TEXT_BYTES; i++) {
        state = state * 1664525u + 1013904223u;
        text[i] = (char)('0' + (state >> 24) % 10);
    }
    return text;
}

/* Goal: the text comes out whatever it was packed with and however it is asked for. Method: a short
 * and a long text, plain, gzip and zstd, in pieces of 1 to 65536 bytes. */
static void test_whole(void)
{
    const char small[] = "id,submit,duration,gpus\na,0,1,1\n";
    char *large = long_text();
    struct {
        const char *packing;
        void (*append)(Bytes *to, const char *text, size_t length);
    } const packers[] = {{"gzip", append_gzip}, {"zstd", append_zstd}};
    for (int i = 0; i < 2; i++) {
        Bytes packed = bytes_new();
        packers[i].append(&packed, small, sizeof small - 1);
        expect_text(&packed, packers[i].packing, small, sizeof small - 1);
        packed.size = 0;
        packers[i].append(&packed, large, TEXT_BYTES);
        expect_text(&packed, packers[i].packing, large, TEXT_BYTES);
        free(packed.bytes);
    }
    Bytes plain = bytes_new();
    append_plain(&plain, small, sizeof small - 1);
    expect_text(&plain, "plain", small, sizeof small - 1);
    plain.size = 0;
    expect_text(&plain, "plain", "", 0);
    free(plain.bytes);
    free(large);
}

/* Goal: several parts are one text, as gzip and zstd themselves read them. Method: two parts with
 * an empty one between; zeros behind gzip, a frame to skip between zstd frames. */
static void test_parts(void)
{
    static const unsigned char skipped[] = {0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'a', 'b', 'c'};
    static const unsigned char zeros[600] = {0};
    Bytes gzip = bytes_new();
    append_gzip(&gzip, "one\n", 4);
    append_gzip(&gzip, "", 0);
    append_gzip(&gzip, "two\n", 4);
    append_plain(&gzip, zeros, sizeof zeros);
    expect_text(&gzip, "gzip", "one\ntwo\n", 8);
    free(gzip.bytes);
    Bytes zstd = bytes_new();
    append_plain(&zstd, skipped, sizeof skipped);
    append_zstd(&zstd, "one\n", 4);
    append_zstd(&zstd, "", 0);
    append_plain(&zstd, skipped, sizeof skipped);
    append_zstd(&zstd, "two\n", 4);
    expect_text(&zstd, "zstd", "one\ntwo\n", 8);
    free(zstd.bytes);
}

/* Goal: no cut-off file passes for a whole one. Method: two packed parts, cut at every byte but the
 * end of a part. */
static void test_cut(void)
{
    void (*const append[])(Bytes * to, const char *text, size_t length) = {append_gzip,
                                                                           append_zstd};
    const size_t recognised[] = {2, 4}; /* fewer bytes are not known to be packed */
    for (int i = 0; i < 2; i++) {
        Bytes packed = bytes_new();
        append[i](&packed, "first,part\n1,2\n", 15);
        size_t end_of_first = packed.size;
        append[i](&packed, "second,part\n3,4\n", 16);
        size_t whole = packed.size;
        for (packed.size = recognised[i]; packed.size < whole; packed.size++) {
            if (packed.size != end_of_first) {
                expect_damage(&packed, "cut off");
            }
        }
        free(packed.bytes);
    }
}

/* Goal: damage is a mistake with its place. Method: a byte of the checksum turned; something else
 * behind a part; a header of the wrong kind. */
static void test_damage(void)
{
    Bytes gzip = bytes_new();
    append_gzip(&gzip, "text", 4);
    gzip.bytes[gzip.size - 6] ^= 1; /* the checksum is followed by the length, 4 bytes each */
    expect_damage(&gzip, "the gzip data are damaged (incorrect data check)");
    gzip.bytes[gzip.size - 6] ^= 1;
    append_plain(&gzip, "tail", 4);
    expect_damage(&gzip, "the gzip data are damaged (something else follows)");
    gzip.size = 0;
    append_plain(&gzip, "\x1f\x8b\x09 what is this", 15);
    expect_damage(&gzip, "the gzip data are damaged");
    free(gzip.bytes);
    Bytes zstd = bytes_new();
    append_zstd(&zstd, "text", 4);
    append_plain(&zstd, "and a tail", 10);
    expect_damage(&zstd, "the zstd data are damaged");
    free(zstd.bytes);
}

const char *const SUITE = "stream";
const TestCase CASES[] = {
    {"whole", test_whole},
    {"parts", test_parts},
    {"cut off", test_cut},
    {"damage", test_damage},
    {NULL, NULL},
};
