/* bench_trace.c - nanoseconds per row of our own job log: plain, gzip, zstd, quoted.
 *
 * A million rows of id, submit, duration, gpus as a linear congruence gives them, in memory. A figure
 * is the least of several readings, in CPU time. The aim for the plain file is a quarter of a second.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "traces/trace.h"

#define ROWS 1000000
#define READINGS 5
#define TEXT_BYTES ((size_t)64 << 20)
#define PATH_BYTES 64

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void require(int holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "bench_trace: %s\n", what);
        exit(EXIT_FAILURE);
    }
}

/* The file's text; its length. */
static size_t text_make(char *text, int quoted)
{
    static const int GPUS[] = {1, 1, 1, 1, 2, 4, 8, 16};
    const char *format = quoted ? "\"%d\",%u,%u,%d\n" : "%d,%u,%u,%d\n";
    size_t length = (size_t)sprintf(text, "id,submit,duration,gpus\n");
    unsigned state = 1;
    unsigned submit = 0;
    for (int row = 0; row < ROWS; row++) {
        state = state * 1664525u + 1013904223u;
        submit += state >> 30;
        length += (size_t)sprintf(text + length, format, row, submit, 1 + (state >> 8) % 100000,
                                  GPUS[(state >> 25) % 8]);
    }
    return length;
}

static size_t gzip_make(const char *text, size_t length, char *packed, size_t room)
{
    z_stream packer = {0};
    require(deflateInit2(&packer, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK, "zlib");
    packer.next_in = (unsigned char *)text;
    packer.avail_in = (unsigned)length;
    packer.next_out = (unsigned char *)packed;
    packer.avail_out = (unsigned)room;
    require(deflate(&packer, Z_FINISH) == Z_STREAM_END, "zlib");
    deflateEnd(&packer);
    return room - packer.avail_out;
}

static size_t zstd_make(const char *text, size_t length, char *packed, size_t room)
{
    size_t size = ZSTD_compress(packed, room, text, length, 3);
    require(!ZSTD_isError(size), "zstd");
    return size;
}

/* Reads a file with these bytes; the least time of several readings, in s. */
static double reading_time(const char *bytes, size_t size)
{
    char path[PATH_BYTES];
    int file = memfd_create("bench", 0);
    require(file >= 0, "no file in memory");
    for (size_t done = 0; done < size;) {
        ssize_t wrote = write(file, bytes + done, size - done);
        require(wrote > 0, "cannot write to memory");
        done += (size_t)wrote;
    }
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    double least = 1e9;
    for (int i = 0; i < READINGS; i++) {
        Arena arena;
        Diagnostics diagnostics;
        Cluster cluster = {0};
        RequestList requests;
        TraceOptions options;
        arena_init(&arena);
        diagnostics_init(&diagnostics);
        trace_options_init(&options);
        options.path = path;
        double begin = cpu_seconds();
        require(trace_read(&options, &arena, &diagnostics, &cluster, &requests, NULL) == STATUS_OK,
                "a sound file is not read");
        double took = cpu_seconds() - begin;
        require(requests.count == ROWS, "rows are missing");
        least = took < least ? took : least;
        arena_free(&arena);
        diagnostics_free(&diagnostics);
    }
    close(file);
    return least;
}

static void row_print(const char *name, const char *bytes, size_t size, const char *aim,
                      const char *note)
{
    printf("trace_read_%s,%.1f,ns/row,%s,,%s\n", name, reading_time(bytes, size) * 1e9 / ROWS, aim,
           note);
}

int main(void)
{
    char *text = malloc(TEXT_BYTES);
    char *packed = malloc(TEXT_BYTES);
    require(text != NULL && packed != NULL, "out of memory");
    printf("name,value,unit,baseline,ratio,note\n");
    size_t length = text_make(text, 0);
    row_print("plain", text, length, "250", "a million rows of our own CSV; baseline: the aim");
    size_t size = gzip_make(text, length, packed, TEXT_BYTES);
    row_print("gzip", packed, size, "", "the same, packed");
    size = zstd_make(text, length, packed, TEXT_BYTES);
    row_print("zstd", packed, size, "", "the same, packed");
    length = text_make(text, 1);
    row_print("quoted", text, length, "", "the same with quotes, through libcsv");
    free(text);
    free(packed);
    return EXIT_SUCCESS;
}
