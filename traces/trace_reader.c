/* trace_reader.c - judges jobs one by one and keeps them small. */
#include "traces/trace_reader.h"

#include <stdlib.h>
#include <string.h>

#define NAME_BLOCK_BYTES ((size_t)64 << 10)
#define CLOCK_SET_BACK_MS INT64_C(3600000) /* what summer time is */
#define CLOCK_SET_BACK_BEFORE_MS INT64_C(14400000)
#define DAY_MS INT64_C(86400000)
#define THURSDAY 4 /* 1970-01-01, from Sunday */

static const TraceReason REASONS[TRACE_REASON_COUNT] = {
    [TRACE_NO_RESOURCES] = {.text = "asks for nothing", .dropped = true},
    [TRACE_NO_SIZE] = {.text = "no size", .dropped = true},
    [TRACE_NO_DURATION] = {.text = "no run time", .dropped = true},
    [TRACE_NEVER_RAN] = {.text = "never ran", .dropped = true},
    [TRACE_NEVER_SCHEDULED] = {.text = "never scheduled", .dropped = true},
    [TRACE_PENDING] = {.text = "still waiting when the log ended", .dropped = true},
    [TRACE_END_BEFORE_START] = {.text = "end before start", .dropped = true},
    [TRACE_ARRAY_REMAINDER] = {.text = "array remainder", .dropped = true},
    [TRACE_STEP] = {.text = "step of a job", .dropped = true},
    [TRACE_REVOKED] = {.text = "run by another cluster", .dropped = true},
    [TRACE_EXPORTED_TWICE] = {.text = "exported twice", .dropped = true},
    [TRACE_REQUEUED] = {.text = "requeue of an earlier row", .dropped = true},
    [TRACE_BURST] = {.text = "burst of a job that has a summary line", .dropped = true},
    [TRACE_TOO_LARGE] = {.text = "larger than can be counted", .dropped = true},
    [TRACE_TOO_LONG] = {.text = "waits or runs for more than a hundred years", .dropped = true},
    [TRACE_BEFORE_FROM] = {.text = "ended before `from`", .dropped = true},
    [TRACE_AFTER_TO] = {.text = "submitted at `to` or after", .dropped = true},
    [TRACE_NO_GPUS] = {.text = "zero GPUs"},
    [TRACE_ZERO_DURATION] = {.text = "zero duration"},
    [TRACE_START_BEFORE_SUBMIT] = {.text = "start before submission: start left out"},
    [TRACE_CENSORED] = {.text = "still running when the log ended: run time is a lower bound"},
    [TRACE_DUPLICATE] = {.text = "exact duplicate of an earlier row"},
    [TRACE_ID_AGAIN] = {.text = "id used before: renamed ID#LINE"},
    [TRACE_CLOCK_BACK] = {.text = "clocks were set back: an hour added"},
    [TRACE_SIZE_DIFFERS] = {.text = "allocated and requested size differ: allocated taken"},
    [TRACE_DURATION_DIFFERS] = {.text = "stated run time is not end - start: end - start taken"},
    [TRACE_SPLIT] = {.text = "larger than a node: a gang of equal tasks"},
    [TRACE_DEPENDS] = {.text = "waited for another job: not modelled"},
    [TRACE_HET_COMPONENT] = {.text = "part of a heterogeneous job: a job of its own"},
    [TRACE_TIMED_OUT] = {.text = "stopped at its time limit: run time is a lower bound"},
    [TRACE_MACHINE_FAULT] = {.text = "ended by a fault of the machine: counts as failed"},
    [TRACE_PREEMPTED] = {.text = "preempted and not resumed: counts as cancelled"},
    [TRACE_STATE_UNKNOWN] = {.text = "unknown state: counts as completed"},
    [TRACE_ATTEMPT_LOST] = {.text = "an attempt without both its times: attempt left out"},
    [TRACE_SEVERAL_ATTEMPTS] = {.text =
                                    "several attempts: first start, the last attempt's run time"},
    [TRACE_ELIGIBLE_BEFORE_SUBMIT] = {.text = "eligible before submission: submission taken"},
    [TRACE_SHARDS] = {.text = "shards of a GPU: not read"},
    [TRACE_MIG_AS_GPU] = {.text = "a MIG slice counts as a GPU"},
    [TRACE_CARRIED] = {.text = "running at `from`: carried over with the rest of its run time"},
    [TRACE_WAITING_AT_CUT] = {.text = "waiting at `from`: submitted there"},
};

void trace_reader_init(TraceReader *reader, const TraceOptions *options, Arena *arena,
                       Diagnostics *diagnostics, Cluster *cluster, TraceStats *stats)
{
    *reader = (TraceReader){.options = options,
                            .arena = arena,
                            .diagnostics = diagnostics,
                            .cluster = cluster,
                            .stats = stats,
                            .node_gpus = options->gpus_per_node,
                            .log_end_ms = TRACE_UNKNOWN,
                            .names_ascend = true};
    memcpy(reader->reasons, REASONS, sizeof REASONS);
    intern_init(&reader->text_table);
    intern_init(&reader->size_table);
    int32_t largest = 0;
    for (int32_t type = 0; type < cluster->type_count; type++) {
        const GpNodeType *node = &cluster->types[type];
        largest = node->device_count > largest ? node->device_count : largest;
        reader->node_cpu_milli = node->capacity[GP_AXIS_CPU] > reader->node_cpu_milli
                                     ? node->capacity[GP_AXIS_CPU]
                                     : reader->node_cpu_milli;
    }
    if (reader->node_gpus == 0) {
        reader->node_gpus = largest > 0 ? largest : TRACE_GPUS_PER_NODE_FALLBACK;
    }
    stats->gpus_per_node = reader->node_gpus;
}

void trace_reader_free(TraceReader *reader)
{
    intern_free(&reader->text_table);
    intern_free(&reader->size_table);
    free(reader->rows);
    free(reader->texts);
    free(reader->sizes);
}

void trace_count(TraceReader *reader, TraceReasonId reason, int line)
{
    if (reader->reasons[reason].count++ == 0) {
        reader->reasons[reason].first_line = line;
    }
}

void trace_saw(TraceReader *reader, int64_t time_ms)
{
    if (time_ms > reader->log_end_ms) {
        reader->log_end_ms = time_ms;
    }
}

static bool clocks_may_change(int64_t local_ms)
{
    int64_t day = local_ms / DAY_MS;
    return local_ms >= 0 && (day + THURSDAY) % 7 == 0 &&
           local_ms % DAY_MS < CLOCK_SET_BACK_BEFORE_MS;
}

int64_t trace_clock_back(TraceReader *reader, int64_t before_ms, int64_t after_ms, int line)
{
    int64_t zone_ms = reader->options->timezone_ms;
    if (after_ms >= before_ms || before_ms - after_ms > CLOCK_SET_BACK_MS ||
        !clocks_may_change(before_ms + zone_ms) || !clocks_may_change(after_ms + zone_ms)) {
        return after_ms;
    }
    trace_count(reader, TRACE_CLOCK_BACK, line);
    return after_ms + CLOCK_SET_BACK_MS;
}

int trace_id_compare(const char *a, const char *b)
{
    if (a == NULL || b == NULL) {
        return (a != NULL) - (b != NULL);
    }
    size_t length_a = strlen(a);
    size_t length_b = strlen(b);
    if (length_a != length_b) {
        return length_a < length_b ? -1 : 1;
    }
    return memcmp(a, b, length_a);
}

void *trace_grown(void *elements, int32_t count, int32_t *capacity, size_t size)
{
    if (count < *capacity) {
        return elements;
    }
    int32_t wanted = *capacity == 0 ? 64 : *capacity * 2;
    void *larger = realloc(elements, (size_t)wanted * size);
    if (larger != NULL) {
        *capacity = wanted;
    }
    return larger;
}

/* ---- texts ----------------------------------------------------------------------------------- */

typedef struct TextQuery {
    const char *const *texts;
    const char *wanted;
    size_t length;
} TextQuery;

static bool text_is_wanted(const void *context, int32_t id)
{
    const TextQuery *query = context;
    const char *known = query->texts[id];
    return strncmp(known, query->wanted, query->length) == 0 && known[query->length] == '\0';
}

const char *trace_text(TraceReader *reader, const char *text, size_t length)
{
    TextQuery query = {reader->texts, text, length};
    uint64_t hash = intern_text(0, text, length);
    int32_t known = intern_find(&reader->text_table, hash, text_is_wanted, &query);
    if (known >= 0) {
        return reader->texts[known];
    }
    const char **texts =
        trace_grown(reader->texts, reader->text_count, &reader->text_capacity, sizeof *texts);
    if (texts == NULL) {
        return NULL;
    }
    reader->texts = texts;
    const char *copy = arena_strndup(reader->arena, text, length);
    if (copy == NULL || !intern_add(&reader->text_table, hash, reader->text_count)) {
        return NULL;
    }
    reader->texts[reader->text_count++] = copy;
    return copy;
}

const char *trace_name(TraceReader *reader, const char *text, size_t length)
{
    if (length + 1 > NAME_BLOCK_BYTES / 16) {
        return arena_strndup(reader->arena, text, length);
    }
    if (length + 1 > reader->name_room) {
        reader->name_bytes = arena_alloc(reader->arena, NAME_BLOCK_BYTES, 1);
        if (reader->name_bytes == NULL) {
            return NULL;
        }
        reader->name_room = NAME_BLOCK_BYTES;
    }
    char *copy = reader->name_bytes;
    memcpy(copy, text, length);
    copy[length] = '\0';
    reader->name_bytes += length + 1;
    reader->name_room -= length + 1;
    return copy;
}

/* ---- sizes ----------------------------------------------------------------------------------- */

void trace_split_gpus(TraceReader *reader, int64_t gpus, int line, Request *size)
{
    size->task_count = 1;
    size->gpu_count = (int32_t)gpus;
    size->gpu_milli = gpus > 0 ? GP_DEVICE_MILLI : 0;
    size->gang = GANG_NONE;
    if (gpus <= reader->node_gpus) {
        return;
    }
    int32_t part = reader->node_gpus;
    while (gpus % part != 0) {
        part--;
    }
    size->gpu_count = part;
    size->task_count = (int32_t)(gpus / part);
    size->gang = GANG_ALL;
    trace_count(reader, TRACE_SPLIT, line);
}

static bool size_alike(const Request *a, const Request *b)
{
    bool lanes = a->cpu_milli == b->cpu_milli && a->memory_mib == b->memory_mib &&
                 a->storage_bandwidth_mb_s == b->storage_bandwidth_mb_s &&
                 a->io_cpu_milli == b->io_cpu_milli && a->network_mb_s == b->network_mb_s;
    bool gpus = a->gpu_count == b->gpu_count && a->gpu_milli == b->gpu_milli &&
                a->gpu_memory_mib == b->gpu_memory_mib && a->mig_profile == b->mig_profile &&
                a->cores_unsaid == b->cores_unsaid;
    return lanes && gpus && a->model_set == b->model_set && a->model_text == b->model_text &&
           a->task_count == b->task_count && a->gang == b->gang && a->traits == b->traits;
}

static uint64_t size_hash(const Request *size)
{
    uint64_t hash = intern_mix(2, (uint64_t)size->cpu_milli);
    hash = intern_mix(hash, (uint64_t)size->memory_mib);
    hash = intern_mix(hash, (uint64_t)size->storage_bandwidth_mb_s);
    hash = intern_mix(hash, (uint64_t)size->io_cpu_milli);
    hash = intern_mix(hash, (uint64_t)size->network_mb_s);
    hash = intern_mix(hash, (uint64_t)size->gpu_count << 32 | (uint32_t)size->gpu_milli);
    hash = intern_mix(hash, (uint64_t)size->gpu_memory_mib << 32 | (uint32_t)size->mig_profile);
    hash = intern_mix(hash, size->model_set);
    hash = intern_mix(hash, (uint64_t)size->task_count << 32 | (uint32_t)size->gang);
    return intern_mix(hash, (uint64_t)(uintptr_t)size->traits + size->cores_unsaid);
}

typedef struct SizeQuery {
    const Request *sizes;
    const Request *wanted;
} SizeQuery;

static bool size_is_wanted(const void *context, int32_t id)
{
    const SizeQuery *query = context;
    return size_alike(&query->sizes[id], query->wanted);
}

static bool wants_nothing(const Request *size)
{
    return size->gpu_count == 0 && size->cpu_milli == 0 && size->memory_mib == 0 &&
           size->storage_bandwidth_mb_s == 0 && size->io_cpu_milli == 0 && size->network_mb_s == 0;
}

static int32_t size_add(TraceReader *reader, const Request *size, uint64_t hash)
{
    GpShape shape;
    if (wants_nothing(size)) {
        return TRACE_SIZE_NONE;
    }
    if (request_shape(size, &shape) != GP_OK) {
        return TRACE_SIZE_BAD;
    }
    Request *sizes =
        trace_grown(reader->sizes, reader->size_count, &reader->size_capacity, sizeof *sizes);
    if (sizes == NULL) {
        return TRACE_SIZE_NO_MEMORY;
    }
    reader->sizes = sizes;
    if (!intern_add(&reader->size_table, hash, reader->size_count)) {
        return TRACE_SIZE_NO_MEMORY;
    }
    reader->sizes[reader->size_count] = *size;
    return reader->size_count++;
}

int32_t trace_size(TraceReader *reader, const Request *size)
{
    if (reader->size_count > 0 && size_alike(&reader->sizes[reader->last_size], size)) {
        return reader->last_size;
    }
    SizeQuery query = {reader->sizes, size};
    uint64_t hash = size_hash(size);
    int32_t known = intern_find(&reader->size_table, hash, size_is_wanted, &query);
    if (known < 0) {
        known = size_add(reader, size, hash);
    }
    reader->last_size = known >= 0 ? known : reader->last_size;
    return known;
}

/* ---- jobs ------------------------------------------------------------------------------------ */

static void notes(TraceReader *reader, TraceRow *row, const Request *size)
{
    if (size->gpu_count == 0) {
        trace_count(reader, TRACE_NO_GPUS, row->line);
    }
    if (row->duration_ms == 0) {
        trace_count(reader, TRACE_ZERO_DURATION, row->line);
    }
    if (row->start_ms != TRACE_UNKNOWN && row->start_ms < row->submit_ms) {
        trace_count(reader, TRACE_START_BEFORE_SUBMIT, row->line);
        row->start_ms = TRACE_UNKNOWN;
    }
    if (row->censored) {
        trace_count(reader, TRACE_CENSORED, row->line);
    }
}

void trace_lost(TraceReader *reader, const Request *size, int64_t duration_ms)
{
    reader->gpu_ms_read +=
        (double)size->gpu_count * size->gpu_milli * size->task_count * (double)duration_ms;
}

/* What is said of all rows, kept or not. */
static void row_saw(TraceReader *reader, const TraceRow *row, const Request *size)
{
    int64_t begin = row->start_ms != TRACE_UNKNOWN ? row->start_ms : row->submit_ms;
    bool lasts = row->duration_ms >= 0 && row->duration_ms != TIME_NEVER;
    trace_saw(reader, lasts ? begin + row->duration_ms : begin);
    if (lasts) {
        trace_lost(reader, size, row->duration_ms);
    }
}

static bool row_keep(TraceReader *reader, TraceRow *row, const Request *size)
{
    if (row->duration_ms < 0 && row->duration_ms != TRACE_UNKNOWN) {
        trace_count(reader, TRACE_END_BEFORE_START, row->line);
        return true;
    }
    if (trace_row_too_long(row)) {
        trace_count(reader, TRACE_TOO_LONG, row->line);
        return true;
    }
    notes(reader, row, size);
    TraceRow *rows = trace_grown(reader->rows, reader->count, &reader->capacity, sizeof *rows);
    if (rows == NULL) {
        return false;
    }
    reader->rows = rows;
    if (row->name != NULL) {
        reader->names_ascend &= trace_id_compare(reader->last_name, row->name) < 0;
        reader->last_name = row->name;
    }
    row->number = reader->count;
    reader->rows[reader->count++] = *row;
    return true;
}

bool trace_job(TraceReader *reader, TraceRow row, const Request *size)
{
    row_saw(reader, &row, size);
    row.size = trace_size(reader, size);
    if (row.size >= 0) {
        return row_keep(reader, &row, size);
    }
    if (row.size != TRACE_SIZE_NO_MEMORY) {
        trace_count(reader, row.size == TRACE_SIZE_NONE ? TRACE_NO_RESOURCES : TRACE_TOO_LARGE,
                    row.line);
    }
    return row.size != TRACE_SIZE_NO_MEMORY;
}

bool trace_job_sized(TraceReader *reader, TraceRow row)
{
    const Request *size = &reader->sizes[row.size];
    row_saw(reader, &row, size);
    return row_keep(reader, &row, size);
}
