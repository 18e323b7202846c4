/* moved_jobs.c - two tables of jobs, matched by name and time of submission. */
#include "sim/report/moved_jobs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/fact.h"
#include "core/text_buffer.h"
#include "core/world.h"
#include "sim/report/explain.h"
#include "sim/report/job_state.h"
#include "sim/report/json_help.h"

JobView job_view_of_result(const JobColumns *jobs, int64_t over_ms)
{
    return (JobView){.count = jobs->count,
                     .job = jobs->job,
                     .queue = jobs->queue,
                     .reason = jobs->reason,
                     .submit_ms = jobs->submit_ms,
                     .start_ms = jobs->start_ms,
                     .end_ms = jobs->end_ms,
                     .gpu_milli = jobs->gpu_milli,
                     .lost_gpu_s = jobs->lost_gpu_s,
                     .state = jobs->state,
                     .over_ms = over_ms};
}

JobView job_view_of_file(const JobRows *jobs, int64_t over_ms)
{
    return (JobView){.count = jobs->count,
                     .job = (const char *const *)jobs->job,
                     .queue = (const char *const *)jobs->queue,
                     .reason = (const char *const *)jobs->reason,
                     .submit_ms = jobs->submit_ms,
                     .start_ms = jobs->start_ms,
                     .end_ms = jobs->end_ms,
                     .gpu_milli = jobs->gpu_milli,
                     .lost_gpu_s = jobs->lost_gpu_s,
                     .state_codes = jobs->state,
                     .over_ms = over_ms};
}

/* ---- matching ---- */

typedef struct NameRow {
    const char *name;
    int64_t row;
} NameRow;

static int names_compare(const void *a, const void *b)
{
    const NameRow *one = a;
    const NameRow *other = b;
    int order = strcmp(one->name, other->name);
    return order != 0 ? order : (one->row > other->row) - (one->row < other->row);
}

static NameRow *names_sorted(const JobView *jobs)
{
    NameRow *rows = calloc((size_t)jobs->count + 1, sizeof *rows);
    for (int64_t i = 0; rows != NULL && i < jobs->count; i++) {
        rows[i] = (NameRow){jobs->job[i], i};
    }
    if (rows != NULL) {
        qsort(rows, (size_t)jobs->count, sizeof *rows, names_compare);
    }
    return rows;
}

/* ---- how far ---- */

typedef struct Moved {
    int64_t from, to; /* rows */
    double gpu_s;     /* GPUs x how much later it ended; less than 0: sooner */
} Moved;

typedef struct Search {
    const JobView *from, *to;
    int64_t from_over_ms, to_over_ms; /* for what did not happen */
    Moved most[MOVED_JOBS_MAX];
    int count;
    int64_t matched, moved, only_from, only_to;
} Search;

static int64_t run_over_ms(const JobView *jobs)
{
    if (jobs->over_ms != TIME_NEVER) {
        return jobs->over_ms;
    }
    int64_t last = 0;
    for (int64_t i = 0; i < jobs->count; i++) {
        const int64_t times[] = {jobs->submit_ms[i], jobs->start_ms[i], jobs->end_ms[i]};
        for (int t = 0; t < 3; t++) {
            last = times[t] != TIME_NEVER && times[t] > last ? times[t] : last;
        }
    }
    return last;
}

static double seconds_between(int64_t from_ms, int64_t to_ms)
{
    return ((double)to_ms - (double)from_ms) / 1000.0;
}

/* Farther first; of equals the earlier row. */
static bool is_farther(const Moved *one, const Moved *other)
{
    double a = fabs(one->gpu_s);
    double b = fabs(other->gpu_s);
    return a > b || (!(b > a) && one->from < other->from);
}

static void keep(Search *search, Moved moved)
{
    int at = search->count < MOVED_JOBS_MAX ? search->count : MOVED_JOBS_MAX - 1;
    if (search->count == MOVED_JOBS_MAX && !is_farther(&moved, &search->most[at])) {
        return;
    }
    search->count = at + 1;
    while (at > 0 && is_farther(&moved, &search->most[at - 1])) {
        search->most[at] = search->most[at - 1];
        at--;
    }
    search->most[at] = moved;
}

static double later_s(const Search *search, int64_t from_ms, int64_t to_ms)
{
    return seconds_between(from_ms == TIME_NEVER ? search->from_over_ms : from_ms,
                           to_ms == TIME_NEVER ? search->to_over_ms : to_ms);
}

static void match(Search *search, int64_t from_row, int64_t to_row)
{
    const JobView *from = search->from;
    const JobView *to = search->to;
    search->matched++;
    if (from->start_ms[from_row] == to->start_ms[to_row] &&
        from->end_ms[from_row] == to->end_ms[to_row]) {
        return;
    }
    search->moved++;
    double start_s = later_s(search, from->start_ms[from_row], to->start_ms[to_row]);
    double end_s = later_s(search, from->end_ms[from_row], to->end_ms[to_row]);
    double gpus = (double)to->gpu_milli[to_row] / 1000.0;
    double most_s = fabs(start_s) > fabs(end_s) ? start_s : end_s;
    keep(search, (Moved){from_row, to_row, gpus * most_s});
}

static void match_all(Search *search, const NameRow *from, const NameRow *to)
{
    int64_t a = 0;
    int64_t b = 0;
    while (a < search->from->count && b < search->to->count) {
        int order = strcmp(from[a].name, to[b].name);
        bool same_time =
            order == 0 && search->from->submit_ms[from[a].row] == search->to->submit_ms[to[b].row];
        if (same_time) {
            match(search, from[a++].row, to[b++].row);
        } else if (order == 0) { /* job 7 of other luck is another job */
            a++;
            b++;
            search->only_from++;
            search->only_to++;
        } else if (order < 0) {
            a++;
            search->only_from++;
        } else {
            b++;
            search->only_to++;
        }
    }
    search->only_from += search->from->count - a;
    search->only_to += search->to->count - b;
}

/* ---- as JSON ---- */

static json_t *time_json(int64_t ms)
{
    return ms == TIME_NEVER ? json_null() : json_number((double)ms / 1000.0);
}

static json_t *span_json(int64_t from_ms, int64_t to_ms)
{
    return from_ms == TIME_NEVER || to_ms == TIME_NEVER
               ? json_null()
               : json_number(seconds_between(from_ms, to_ms));
}

static json_t *state_json(const JobView *jobs, int64_t row)
{
    int length;
    const char *name =
        job_state_name(jobs->state != NULL ? jobs->state[row] : jobs->state_codes[row], &length);
    return json_stringn(name, (size_t)length);
}

static json_t *side_json(const JobView *jobs, int64_t row)
{
    json_t *side = json_object();
    bool ok = json_put(side, "state", state_json(jobs, row));
    ok = json_put(side, "start_s", time_json(jobs->start_ms[row])) && ok;
    ok = json_put(side, "end_s", time_json(jobs->end_ms[row])) && ok;
    ok = json_put(side, "wait_s", span_json(jobs->submit_ms[row], jobs->start_ms[row])) && ok;
    ok = json_put(side, "run_s", span_json(jobs->start_ms[row], jobs->end_ms[row])) && ok;
    ok = json_put(side, "lost_gpu_s", json_number(jobs->lost_gpu_s[row])) && ok;
    ok = json_put(side, "reason", explain_text(jobs->reason[row])) && ok;
    return json_checked(side, ok);
}

static json_t *moved_json(const Search *search, const Moved *moved)
{
    const JobView *to = search->to;
    json_t *row = json_object();
    bool ok = json_put(row, "job", explain_text(to->job[moved->to]));
    ok = json_put(row, "queue", explain_text(to->queue[moved->to])) && ok;
    ok = json_put(row, "gpus", json_number((double)to->gpu_milli[moved->to] / 1000.0)) && ok;
    ok = json_put(row, "later_gpu_s", json_number(moved->gpu_s)) && ok;
    ok = json_put(row, "from", side_json(search->from, moved->from)) && ok;
    ok = json_put(row, "to", side_json(to, moved->to)) && ok;
    return json_checked(row, ok);
}

json_t *moved_jobs_json(const JobView *from, const JobView *to)
{
    Search search = {
        .from = from, .to = to, .from_over_ms = run_over_ms(from), .to_over_ms = run_over_ms(to)};
    NameRow *from_names = names_sorted(from);
    NameRow *to_names = names_sorted(to);
    json_t *rows = json_array();
    bool ok = from_names != NULL && to_names != NULL && rows != NULL;
    if (ok) {
        match_all(&search, from_names, to_names);
    }
    free(from_names);
    free(to_names);
    for (int i = 0; ok && i < search.count; i++) {
        ok = json_push(rows, moved_json(&search, &search.most[i]));
    }
    json_t *all = json_object();
    ok = json_put(all, "jobs", json_integer(search.matched)) && ok;
    ok = json_put(all, "moved", json_integer(search.moved)) && ok;
    ok = json_put(all, "only_from", json_integer(search.only_from)) && ok;
    ok = json_put(all, "only_to", json_integer(search.only_to)) && ok;
    return json_put(all, "most", rows) ? json_checked(all, ok) : json_checked(all, false);
}
