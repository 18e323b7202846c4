/* trace_finish.c - all rows are read: cut at `from` and `to`, unique ids, order, requests. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/csv_table.h"
#include "traces/trace_reader.h"

static Place file_place(const TraceReader *reader)
{
    return (Place){.file = reader->options->path};
}

/* ---- clocks ---------------------------------------------------------------------------------- */

/* First and last moment of the cut and the run's zero, on the log's clock; TRACE_UNKNOWN: none. */
typedef struct Cut {
    int64_t from_ms, to_ms, origin_ms;
} Cut;

static int64_t first_submit(const TraceReader *reader)
{
    int64_t first = TIME_NEVER;
    for (int32_t i = 0; i < reader->count; i++) {
        first = reader->rows[i].submit_ms < first ? reader->rows[i].submit_ms : first;
    }
    return first;
}

static bool moment_on_log(const TraceReader *reader, TraceMoment moment, const char *option,
                          int64_t first, int64_t *log_ms)
{
    *log_ms = TRACE_UNKNOWN;
    if (moment.kind == TRACE_MOMENT_OFFSET) {
        *log_ms = moment.ms + (reader->has_calendar ? first : 0);
    } else if (moment.kind == TRACE_MOMENT_CALENDAR) {
        if (!reader->has_calendar) {
            diagnostics_error(reader->diagnostics, file_place(reader), "conflict",
                              "give the time since the log's zero, such as 30d",
                              "`%s` is a date, but the log has no dates", option);
            return false;
        }
        *log_ms = moment.ms;
    }
    return true;
}

static bool cut_find(const TraceReader *reader, Cut *cut)
{
    const TraceOptions *options = reader->options;
    int64_t first = first_submit(reader);
    if (!moment_on_log(reader, options->from, "from", first, &cut->from_ms) ||
        !moment_on_log(reader, options->to, "to", first, &cut->to_ms) ||
        !moment_on_log(reader, options->origin, "origin", first, &cut->origin_ms)) {
        return false;
    }
    if (cut->from_ms != TRACE_UNKNOWN && cut->to_ms != TRACE_UNKNOWN &&
        cut->to_ms <= cut->from_ms) {
        diagnostics_error(reader->diagnostics, file_place(reader), "range", NULL,
                          "`to` does not lie behind `from`");
        return false;
    }
    if (cut->origin_ms == TRACE_UNKNOWN) {
        bool at_zero = reader->zero_is_origin && !reader->has_calendar;
        cut->origin_ms = cut->from_ms != TRACE_UNKNOWN ? cut->from_ms : at_zero ? 0 : first;
    }
    return true;
}

/* ---- cut ------------------------------------------------------------------------------------- */

/* The rest of a limit or estimate; one that was overrun already is none. */
static int64_t rest_of(int64_t limit_ms, int64_t gone_ms)
{
    return limit_ms > gone_ms ? limit_ms - gone_ms : 0;
}

/* A row that was submitted before the cut. False: it is dropped. */
static bool row_carry(TraceReader *reader, TraceRow *row, int64_t from_ms)
{
    int64_t begin_ms = row->start_ms != TRACE_UNKNOWN ? row->start_ms : row->submit_ms;
    row->submit_ms = from_ms;
    if (begin_ms >= from_ms) {
        trace_count(reader, TRACE_WAITING_AT_CUT, row->line);
        return true;
    }
    int64_t gone_ms = from_ms - begin_ms;
    if (row->duration_ms != TIME_NEVER) {
        if (row->duration_ms <= gone_ms) {
            trace_count(reader, TRACE_BEFORE_FROM, row->line);
            return false;
        }
        row->duration_ms -= gone_ms;
    }
    row->start_ms = from_ms;
    row->limit_ms = rest_of(row->limit_ms, gone_ms);
    row->estimate_ms = rest_of(row->estimate_ms, gone_ms);
    row->carried = 1;
    trace_count(reader, TRACE_CARRIED, row->line);
    return true;
}

static void rows_cut(TraceReader *reader, const Cut *cut)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < reader->count; i++) {
        TraceRow row = reader->rows[i];
        if (row.duration_ms == TRACE_UNKNOWN) {
            int64_t begin_ms = row.start_ms != TRACE_UNKNOWN ? row.start_ms : row.submit_ms;
            row.duration_ms = reader->log_end_ms > begin_ms ? reader->log_end_ms - begin_ms : 0;
        }
        if (trace_row_too_long(&row)) {
            trace_count(reader, TRACE_TOO_LONG, row.line);
            continue;
        }
        if (cut->to_ms != TRACE_UNKNOWN && row.submit_ms >= cut->to_ms) {
            trace_count(reader, TRACE_AFTER_TO, row.line);
            continue;
        }
        if (cut->from_ms != TRACE_UNKNOWN && row.submit_ms < cut->from_ms &&
            !row_carry(reader, &row, cut->from_ms)) {
            continue;
        }
        reader->rows[kept++] = row;
    }
    reader->count = kept;
}

/* ---- ids ------------------------------------------------------------------------------------- */

typedef struct IdQuery {
    const TraceRow *rows;
    const char *wanted;
} IdQuery;

static bool id_is_wanted(const void *context, int32_t row)
{
    const IdQuery *query = context;
    return strcmp(query->rows[row].name, query->wanted) == 0;
}

/* The row's id is that of an earlier row. False if memory ran out. */
static bool id_again(TraceReader *reader, TraceRow *row, const TraceRow *earlier)
{
    char shown[CSV_SHOWN_BYTES];
    if (reader->ids_unique) {
        Place place = {.file = reader->options->path, .line = row->line};
        diagnostics_error(reader->diagnostics, place, "duplicate", "remove one of the two lines",
                          "id '%s' is there already, in line %d", csv_shown(row->name, shown),
                          (int)earlier->line);
        return true;
    }
    trace_count(reader, TRACE_ID_AGAIN, row->line);
    size_t size = strlen(row->name) + 16;
    char *renamed = arena_alloc(reader->arena, size, 1);
    if (renamed == NULL) {
        return false;
    }
    snprintf(renamed, size, "%s#%d", row->name, (int)row->line);
    row->name = renamed;
    return true;
}

static bool ids_check(TraceReader *reader)
{
    if (reader->names_ascend) {
        return true;
    }
    Intern known;
    intern_init(&known);
    bool good = true;
    for (int32_t i = 0; good && i < reader->count; i++) {
        TraceRow *row = &reader->rows[i];
        if (row->name == NULL) {
            continue;
        }
        IdQuery query = {reader->rows, row->name};
        uint64_t hash = intern_text(0, row->name, strlen(row->name));
        int32_t earlier = intern_find(&known, hash, id_is_wanted, &query);
        good = earlier >= 0 ? id_again(reader, row, &reader->rows[earlier])
                            : intern_add(&known, hash, i);
    }
    intern_free(&known);
    return good;
}

/* ---- order ----------------------------------------------------------------------------------- */

static int row_compare(const void *left, const void *right)
{
    const TraceRow *a = left;
    const TraceRow *b = right;
    if (a->submit_ms != b->submit_ms) {
        return a->submit_ms < b->submit_ms ? -1 : 1;
    }
    int by_id = trace_id_compare(a->name, b->name);
    return by_id != 0 ? by_id : (a->number > b->number) - (a->number < b->number);
}

static void rows_sort(TraceReader *reader)
{
    for (int32_t i = 1; i < reader->count; i++) {
        if (row_compare(&reader->rows[i - 1], &reader->rows[i]) > 0) {
            qsort(reader->rows, (size_t)reader->count, sizeof(TraceRow), row_compare);
            return;
        }
    }
}

/* ---- requests -------------------------------------------------------------------------------- */

static void request_make(const TraceReader *reader, const TraceRow *row, int64_t origin_ms,
                         Request *request)
{
    *request = reader->sizes[row->size];
    request->name = row->name;
    request->queue = row->queue;
    request->user = row->user;
    request->count = 1;
    request->submit_ms = row->submit_ms - origin_ms;
    request->duration_ms = row->duration_ms;
    request->time_limit_ms = row->limit_ms;
    request->estimate_ms = row->estimate_ms;
    request->priority = row->priority;
    request->end = row->end;
    request->censored = row->censored;
    request->carried = row->carried;
    request->has_start = row->start_ms != TRACE_UNKNOWN;
    request->recorded_start_ms = request->has_start ? row->start_ms - origin_ms : 0;
    if (request->model_text == NULL) {
        request->model_text = "";
    }
}

static void stats_add(TraceStats *stats, const Request *request)
{
    int64_t begin_ms = request->has_start ? request->recorded_start_ms : request->submit_ms;
    double milli = (double)request->gpu_count * request->gpu_milli * request->task_count;
    bool lasts = request->duration_ms != TIME_NEVER;
    int64_t end_ms = lasts ? begin_ms + request->duration_ms : begin_ms;
    if (stats->rows_kept++ == 0 || request->submit_ms < stats->first_submit_ms) {
        stats->first_submit_ms = request->submit_ms;
    }
    stats->last_submit_ms =
        request->submit_ms > stats->last_submit_ms ? request->submit_ms : stats->last_submit_ms;
    stats->last_end_ms = end_ms > stats->last_end_ms ? end_ms : stats->last_end_ms;
    stats->rows_without_gpus += request->gpu_count == 0;
    stats->gpu_hours_kept += lasts ? milli * (double)request->duration_ms : 0.0;
    stats->recorded_starts += request->has_start && !request->carried;
}

#define MILLI_GPU_MS_PER_HOUR 3.6e9

static void stats_finish(TraceReader *reader)
{
    TraceStats *stats = reader->stats;
    stats->gpu_hours_read = reader->gpu_ms_read / MILLI_GPU_MS_PER_HOUR;
    stats->gpu_hours_kept /= MILLI_GPU_MS_PER_HOUR;
    stats->has_calendar = reader->has_calendar;
    stats->reason_count = 0;
    for (int i = 0; i < TRACE_REASON_COUNT; i++) {
        if (reader->reasons[i].count > 0) {
            stats->reasons[stats->reason_count++] = reader->reasons[i];
        }
    }
}

static Status none_left(const TraceReader *reader)
{
    const TraceReason *most = NULL;
    for (int i = 0; i < TRACE_REASON_COUNT; i++) {
        const TraceReason *reason = &reader->reasons[i];
        if (reason->dropped && reason->count > 0 && (most == NULL || reason->count > most->count)) {
            most = reason;
        }
    }
    char help[160];
    snprintf(help, sizeof help, "most often: %s (%lld)", most != NULL ? most->text : "",
             (long long)(most != NULL ? most->count : 0));
    return diagnostics_error(reader->diagnostics, file_place(reader), "empty",
                             most != NULL ? help : NULL, "no job is left of %lld row%s",
                             (long long)reader->stats->rows_read,
                             reader->stats->rows_read == 1 ? "" : "s");
}

static Status requests_make(TraceReader *reader, const Cut *cut, RequestList *requests)
{
    int64_t first = first_submit(reader);
    if (first < cut->origin_ms) {
        return diagnostics_error(reader->diagnostics, file_place(reader), "range",
                                 "give an earlier `origin`, or `from`",
                                 "jobs are submitted before `origin`");
    }
    requests->rows = ARENA_ARRAY(reader->arena, Request, reader->count);
    if (requests->rows == NULL) {
        return diagnostics_no_memory(reader->diagnostics);
    }
    requests->count = reader->count;
    reader->stats->origin_unix_ms = cut->origin_ms;
    for (int32_t i = 0; i < reader->count; i++) {
        request_make(reader, &reader->rows[i], cut->origin_ms, &requests->rows[i]);
        stats_add(reader->stats, &requests->rows[i]);
    }
    return STATUS_OK;
}

Status trace_reader_finish(TraceReader *reader, RequestList *requests)
{
    Cut cut = {0};
    int errors_before = reader->diagnostics->error_count;
    if (reader->count > 0 && !cut_find(reader, &cut)) {
        return STATUS_BAD_INPUT;
    }
    if (reader->count > 0) {
        rows_cut(reader, &cut);
    }
    if (!ids_check(reader)) {
        return diagnostics_no_memory(reader->diagnostics);
    }
    Status status = STATUS_OK;
    if (reader->count == 0) {
        status = none_left(reader);
    } else if (reader->diagnostics->error_count == errors_before) {
        rows_sort(reader);
        status = requests_make(reader, &cut, requests);
    }
    stats_finish(reader);
    return status != STATUS_OK                                ? status
           : reader->diagnostics->error_count > errors_before ? STATUS_BAD_INPUT
                                                              : STATUS_OK;
}
