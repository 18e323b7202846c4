/* philly_json.c - cluster_job_log of the Philly traces: one JSON array of jobs with their attempts.
 *
 * A job's GPUs are those of its first attempt; its run time is that of its last one, since earlier
 * ones failed and began anew. Attempts without both times are logging errors, except the last one
 * without an end: that job was running when the log was taken.
 */
#include <stdlib.h>
#include <string.h>

#include "traces/clock.h"
#include "traces/json_array.h"
#include "traces/trace_reader.h"
#include "traces/utf8.h"

/* A job that was running when the log was taken: how long, is known when the log's end is. */
typedef struct Running {
    int32_t row;
    int64_t start_ms; /* of its last attempt */
} Running;

typedef struct JobReader {
    TraceReader *trace;
    int line; /* of the job at hand */
    bool good;
    Running *running; /* [running_count] */
    int32_t running_count, running_capacity;
} JobReader;

static void refuse(JobReader *reader, const char *key, const char *expected)
{
    Place place = {.file = reader->trace->options->path, .line = reader->line};
    diagnostics_error(reader->trace->diagnostics, place, "json", NULL, "%s: %s", key, expected);
    reader->good = false;
}

/* The text of a key; NULL where it is missing or null; anything else is a mistake. */
static const char *text_of(JobReader *reader, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (value == NULL || json_is_null(value)) {
        return NULL;
    }
    if (!json_is_string(value)) {
        refuse(reader, key, "expected a text");
        return NULL;
    }
    const char *text = json_string_value(value);
    size_t length = json_string_length(value);
    int characters = 0;
    if (utf8_text_length(text, length, &characters) != length) {
        refuse(reader, key, "expected a text without control characters");
        return NULL;
    }
    return text;
}

/* A time; null, an empty text and `None` stand for one that is not there. */
static int64_t time_of(JobReader *reader, const json_t *object, const char *key)
{
    const char *text = text_of(reader, object, key);
    int64_t ms = TRACE_UNKNOWN;
    if (text == NULL || text[0] == '\0' || strcmp(text, "None") == 0) {
        return TRACE_UNKNOWN;
    }
    if (!clock_read(text, reader->trace->options->timezone_ms, &ms)) {
        refuse(reader, key, "expected a time such as 2017-10-11 08:02:10");
        return TRACE_UNKNOWN;
    }
    return ms;
}

static int64_t gpus_of(JobReader *reader, const json_t *attempt)
{
    const json_t *detail = json_object_get(attempt, "detail");
    int64_t gpus = 0;
    for (size_t i = 0; i < json_array_size(detail); i++) {
        const json_t *list = json_object_get(json_array_get(detail, i), "gpus");
        if (!json_is_array(list)) {
            refuse(reader, "detail", "expected {ip, gpus: [gpu0, ...]}");
            return 0;
        }
        gpus += (int64_t)json_array_size(list);
    }
    return gpus;
}

/* ---- attempts -------------------------------------------------------------------------------- */

typedef struct Attempts {
    int64_t first_start_ms;
    int64_t start_ms, end_ms; /* of the last one; end TRACE_UNKNOWN: still running */
    int64_t earlier_ms;       /* run time of the others */
    int count;                /* usable ones */
} Attempts;

static void attempts_read(JobReader *reader, const json_t *list, int64_t submit_ms,
                          Attempts *attempts)
{
    TraceReader *trace = reader->trace;
    size_t count = json_array_size(list);
    *attempts = (Attempts){.first_start_ms = TRACE_UNKNOWN};
    int64_t before_ms = submit_ms;
    for (size_t i = 0; i < count && reader->good; i++) {
        const json_t *attempt = json_array_get(list, i);
        int64_t start_ms = time_of(reader, attempt, "start_time");
        int64_t end_ms = time_of(reader, attempt, "end_time");
        bool running = i + 1 == count && end_ms == TRACE_UNKNOWN;
        if (start_ms == TRACE_UNKNOWN || (end_ms == TRACE_UNKNOWN && !running)) {
            trace_count(trace, TRACE_ATTEMPT_LOST, reader->line);
            continue;
        }
        start_ms = trace_clock_back(trace, before_ms, start_ms, reader->line);
        if (!running) {
            end_ms = trace_clock_back(trace, start_ms, end_ms, reader->line);
            before_ms = end_ms;
        }
        if (attempts->count++ == 0) {
            attempts->first_start_ms = start_ms;
        } else if (attempts->end_ms > attempts->start_ms) {
            attempts->earlier_ms += attempts->end_ms - attempts->start_ms;
        }
        attempts->start_ms = start_ms;
        attempts->end_ms = end_ms;
        trace_saw(trace, start_ms);
        trace_saw(trace, end_ms);
    }
}

/* ---- jobs ------------------------------------------------------------------------------------ */

static JobEnd end_of(JobReader *reader, const char *status)
{
    if (status == NULL || strcmp(status, "Pass") == 0) {
        return JOB_END_COMPLETED;
    }
    if (strcmp(status, "Killed") == 0) {
        return JOB_END_CANCELLED;
    }
    if (strcmp(status, "Failed") != 0) {
        trace_count(reader->trace, TRACE_STATE_UNKNOWN, reader->line);
        return JOB_END_COMPLETED;
    }
    return JOB_END_FAILED;
}

static bool running_add(JobReader *reader, Running running)
{
    Running *all =
        trace_grown(reader->running, reader->running_count, &reader->running_capacity, sizeof *all);
    if (all == NULL) {
        return false;
    }
    reader->running = all;
    reader->running[reader->running_count++] = running;
    return true;
}

static void running_end(const JobReader *reader)
{
    for (int32_t i = 0; i < reader->running_count; i++) {
        const Running *running = &reader->running[i];
        reader->trace->rows[running->row].duration_ms =
            reader->trace->log_end_ms - running->start_ms;
    }
}

static bool job_keep(JobReader *reader, const json_t *object, TraceRow row, int64_t gpus,
                     const Attempts *attempts)
{
    TraceReader *trace = reader->trace;
    const char *id = text_of(reader, object, "jobid");
    const char *queue = text_of(reader, object, "vc");
    const char *user = text_of(reader, object, "user");
    const char *status = text_of(reader, object, "status");
    if (!reader->good) {
        return true;
    }
    row.end = (uint8_t)end_of(reader, status);
    row.start_ms = attempts->first_start_ms;
    row.censored = attempts->end_ms == TRACE_UNKNOWN;
    row.duration_ms = row.censored ? TRACE_UNKNOWN : attempts->end_ms - attempts->start_ms;
    if (attempts->count > 1) {
        trace_count(trace, TRACE_SEVERAL_ATTEMPTS, row.line);
    }
    row.name = id != NULL ? trace_name(trace, id, strlen(id)) : NULL;
    row.queue = queue != NULL ? trace_text(trace, queue, strlen(queue)) : NULL;
    row.user = user != NULL ? trace_text(trace, user, strlen(user)) : NULL;
    if ((id != NULL && row.name == NULL) || (queue != NULL && row.queue == NULL) ||
        (user != NULL && row.user == NULL)) {
        return false;
    }
    Request size = {0};
    trace_split_gpus(trace, gpus, row.line, &size);
    trace_lost(trace, &size, attempts->earlier_ms);
    int32_t before = trace->count;
    if (!trace_job(trace, row, &size)) {
        return false;
    }
    return !row.censored || trace->count == before ||
           running_add(reader, (Running){before, attempts->start_ms});
}

static bool job_take(void *self, const json_t *object, int line)
{
    JobReader *reader = self;
    TraceReader *trace = reader->trace;
    reader->line = line;
    reader->good = true;
    trace->stats->rows_read++;
    TraceRow row = {.line = line, .submit_ms = time_of(reader, object, "submitted_time")};
    const json_t *list = json_object_get(object, "attempts");
    if (!json_is_array(list)) {
        refuse(reader, "attempts", "expected an array");
    }
    if (reader->good && row.submit_ms == TRACE_UNKNOWN) {
        refuse(reader, "submitted_time", "expected the time of submission");
    }
    if (!reader->good) {
        return true;
    }
    trace_saw(trace, row.submit_ms);
    Attempts attempts;
    attempts_read(reader, list, row.submit_ms, &attempts);
    int64_t gpus = gpus_of(reader, json_array_get(list, 0));
    if (!reader->good) {
        return true;
    }
    if (attempts.count == 0) {
        trace_count(trace, TRACE_NEVER_RAN, line);
        return true;
    }
    if (gpus > TRACE_GPUS_MAX) {
        trace_count(trace, TRACE_TOO_LARGE, line);
        return true;
    }
    return job_keep(reader, object, row, gpus, &attempts);
}

static Status philly_json_read(TraceReader *trace)
{
    JobReader reader = {.trace = trace};
    trace->has_calendar = true;
    Status status = json_array_read(trace->options->path, job_take, &reader, trace->diagnostics);
    running_end(&reader);
    free(reader.running);
    return status;
}

const TraceFormat trace_philly_json = {
    .name = "philly-json",
    .summary = "Microsoft Philly 2017, cluster_job_log: a JSON array of jobs with attempts",
    .read = philly_json_read,
};
