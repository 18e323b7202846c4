/* fuzz_trace.c - any bytes as a job log: readers accept what is sound and name a mistake in
 * everything else.
 *
 * The first byte says which format: n(ative), o(penb), p(hilly), j(son of Philly), s(wf), c (SWF as
 * cores), a(cct); a capital asks for a cut in time as well. The rest is the file, packed or not.
 * What is accepted must keep the readers' promises: sorted rows on the run's clock, requests that
 * are shapes, every row read either kept or dropped for a reason, and a native CSV written from it
 * that is read again as the same rows.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "traces/native.h"
#include "traces/resample.h"
#include "traces/trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PATH_BYTES 64

static const GpNodeType NODES[] = {
    {.size = sizeof(GpNodeType),
     .device_count = 8,
     .model = 0,
     .mig_geometry = GP_MIG_GEOMETRY_SEVEN,
     .device_memory_mib = 81920,
     .capacity = {[GP_AXIS_CPU] = 64000}},
    {.size = sizeof(GpNodeType), .device_count = 2, .model = 1},
};

static void require(int holds, const char *promise)
{
    if (!holds) {
        fprintf(stderr, "fuzz_trace: broken promise: %s\n", promise);
        abort();
    }
}

static void options_of(uint8_t which, TraceOptions *options)
{
    static const char *const FORMATS[] = {
        ['n'] = "native", ['o'] = "openb", ['p'] = "philly", ['j'] = "philly-json",
        ['s'] = "swf",    ['c'] = "swf",   ['a'] = "sacct"};
    int letter = tolower(which);
    trace_options_init(options);
    if (letter < 's' + 1 && letter > 0 && FORMATS[letter] != NULL) {
        options->format = FORMATS[letter];
    }
    options->as = letter == 'c' ? TRACE_AS_CPU : TRACE_AS_GPU;
    if (isupper(which)) {
        options->from = (TraceMoment){.kind = TRACE_MOMENT_OFFSET, .ms = 4000000};
        options->to = (TraceMoment){.kind = TRACE_MOMENT_OFFSET, .ms = 9000000000};
    }
}

static void check_rows(const RequestList *requests)
{
    require(requests->count > 0, "a list has rows");
    for (int32_t i = 0; i < requests->count; i++) {
        const Request *row = &requests->rows[i];
        GpShape shape;
        require(request_shape(row, &shape) == GP_OK, "a row is a shape");
        require(row->submit_ms >= 0 && row->duration_ms >= 0, "times are not negative");
        require(i == 0 || row[-1].submit_ms <= row->submit_ms, "rows are sorted");
        require(!row->has_start || row->recorded_start_ms >= row->submit_ms,
                "no recorded wait is negative");
        require(row->task_count >= 1 && row->model_text != NULL, "a row is whole");
        require(row->end <= JOB_END_FAILED, "a row's end is a source's");
    }
}

static void check_stats(const TraceStats *stats, const RequestList *requests)
{
    int64_t dropped = 0;
    for (int i = 0; i < stats->reason_count; i++) {
        dropped += stats->reasons[i].dropped ? stats->reasons[i].count : 0;
        require(stats->reasons[i].count > 0 && stats->reasons[i].first_line > 0,
                "a reason occurred somewhere");
    }
    require(stats->rows_kept == requests->count, "rows kept are counted");
    require(stats->rows_read == stats->rows_kept + dropped, "every row is kept or dropped");
}

/* What is written from it is read again as the same jobs. */
static void check_written(const RequestList *requests, const TraceStats *stats, Arena *arena)
{
    for (int32_t i = 0; i < requests->count; i++) {
        if (requests->rows[i].mig_profile != GP_MIG_PROFILE_NONE) {
            return;
        }
    }
    FILE *file = fdopen(memfd_create("again", 0), "w+");
    require(file != NULL, "a file in memory can be made");
    require(native_write(requests, stats->has_calendar, stats->origin_unix_ms, file),
            "a list can be written");
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fileno(file));
    Diagnostics diagnostics;
    Cluster cluster = {.type_count = 2, .types = (GpNodeType *)NODES};
    TraceOptions options;
    RequestList again;
    trace_options_init(&options);
    options.path = path;
    options.gpus_per_node = GP_DEVICES_MAX; /* tasks are as they are */
    diagnostics_init(&diagnostics);
    Status status = trace_read(&options, arena, &diagnostics, &cluster, &again, NULL);
    if (status != STATUS_OK) {
        diagnostics_print(&diagnostics, stderr, false);
    }
    require(status == STATUS_OK, "what was written can be read");
    require(again.count == requests->count, "as many jobs come back");
    for (int32_t i = 0; i < again.count; i++) {
        const Request *a = &requests->rows[i];
        const Request *b = &again.rows[i];
        require(a->duration_ms == b->duration_ms && a->task_count == b->task_count &&
                    a->gpu_count == b->gpu_count && a->gpu_milli == b->gpu_milli &&
                    a->cpu_milli == b->cpu_milli && a->memory_mib == b->memory_mib,
                "a job comes back as it was");
    }
    diagnostics_free(&diagnostics);
    fclose(file);
}

/* Another log like it: in order, within the same span, and what was carried over first. */
static void check_resampled(const RequestList *requests, Arena *arena)
{
    int64_t weeks = resample_weeks(requests);
    if (weeks < 2 || weeks > RESAMPLE_WEEKS_MAX) {
        return;
    }
    Diagnostics diagnostics;
    RequestList drawn;
    diagnostics_init(&diagnostics);
    ResampleDraw draw = {.seed = 1};
    require(requests_resample(requests, draw, arena, &diagnostics, &drawn) == STATUS_OK,
            "what was read can be resampled");
    int64_t last_ms = requests->rows[requests->count - 1].submit_ms;
    for (int32_t i = 0; i < drawn.count; i++) {
        const Request *row = &drawn.rows[i];
        bool in_order = i == 0 || row->carried || drawn.rows[i - 1].carried ||
                        drawn.rows[i - 1].submit_ms <= row->submit_ms;
        require(in_order, "a resampled log is in order");
        require(row->carried || row->submit_ms <= last_ms, "and ends when the log does");
    }
    free(drawn.rows);
    diagnostics_free(&diagnostics);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    char path[PATH_BYTES];
    int file = memfd_create("fuzz", 0);
    require(file >= 0 && write(file, data + 1, size - 1) == (ssize_t)(size - 1),
            "a file in memory can be written");
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    Arena arena;
    Diagnostics diagnostics;
    GpNodeType types[2];
    memcpy(types, NODES, sizeof types);
    Cluster cluster = {
        .type_count = 2, .types = types, .model_count = 2, .model_name = {"H100", "T4"}};
    TraceOptions options;
    RequestList requests;
    TraceStats stats;
    arena_init(&arena);
    diagnostics_init(&diagnostics);
    options_of(data[0], &options);
    options.path = path;
    Status status = trace_read(&options, &arena, &diagnostics, &cluster, &requests, &stats);
    require(status != STATUS_OK || diagnostics.error_count == 0, "success has no errors");
    require(status == STATUS_OK || diagnostics.error_count > 0, "a refusal says why");
    if (status == STATUS_OK) {
        check_rows(&requests);
        check_stats(&stats, &requests);
        check_written(&requests, &stats, &arena);
        check_resampled(&requests, &arena);
    }
    require(trace_format_guess(path, &diagnostics) != NULL || diagnostics.error_count > 0,
            "a file looks like something");
    arena_free(&arena);
    diagnostics_free(&diagnostics);
    close(file);
    return 0;
}
