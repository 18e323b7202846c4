/* trace_summary.c - one pass over the rows, and GSL for the quantiles. */
#include "traces/trace_summary.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <stdlib.h>
#include <string.h>

#include "core/intern.h"

#define DAY_MS INT64_C(86400000)
#define HOUR_MS INT64_C(3600000)
#define MILLI_GPU_MS_PER_HOUR 3.6e9
#define THURSDAY 3 /* 1970-01-01, from Monday */

const double TRACE_QUANTILE_AT[TRACE_QUANTILES] = {0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0};

const char *const TRACE_SIZE_NAMES[TRACE_SIZE_CLASSES] = {
    "0",     "< 1",   "1",      "2",       "3-4",     "5-8",   "9-16",
    "17-32", "33-64", "65-128", "129-256", "257-512", "> 512",
};

static int size_class(const Request *row)
{
    int64_t gpus = (int64_t)row->gpu_count * row->task_count;
    if (gpus == 0) {
        return 0;
    }
    if (gpus == 1 && (row->gpu_milli < GP_DEVICE_MILLI || row->mig_profile != 0)) {
        return 1;
    }
    int class = 2;
    for (int64_t largest = 1; largest < gpus && class < TRACE_SIZE_CLASSES - 1; largest *= 2) {
        class ++;
    }
    return class;
}

static void distribution_make(double *value, int64_t count, TraceDistribution *made)
{
    *made = (TraceDistribution){.count = count};
    if (count == 0) {
        return;
    }
    gsl_sort(value, 1, (size_t)count);
    made->mean = gsl_stats_mean(value, 1, (size_t)count);
    for (int i = 0; i < TRACE_QUANTILES; i++) {
        made->quantile[i] =
            gsl_stats_quantile_from_sorted_data(value, 1, (size_t)count, TRACE_QUANTILE_AT[i]);
    }
}

/* ---- names ----------------------------------------------------------------------------------- */

typedef struct NameCount {
    Intern table;
    const char **names; /* [count] */
    int32_t count;
} NameCount;

typedef struct NameQuery {
    const char *const *names;
    const char *wanted;
} NameQuery;

static bool name_is_wanted(const void *context, int32_t id)
{
    const NameQuery *query = context;
    const char *known = query->names[id];
    return known == query->wanted || strcmp(known, query->wanted) == 0;
}

/* False if memory ran out. */
static bool name_count(NameCount *all, const char *name)
{
    if (name == NULL) {
        return true;
    }
    NameQuery query = {all->names, name};
    uint64_t hash = intern_text(0, name, strlen(name));
    if (intern_find(&all->table, hash, name_is_wanted, &query) >= 0) {
        return true;
    }
    all->names[all->count] = name;
    return intern_add(&all->table, hash, all->count++);
}

/* ---- rows ------------------------------------------------------------------------------------ */

typedef struct Scratch {
    double *run_s;  /* [rows] */
    double *wait_s; /* [rows] */
    NameCount queues, users;
} Scratch;

static bool scratch_make(Scratch *scratch, int32_t rows)
{
    size_t count = rows > 0 ? (size_t)rows : 1;
    *scratch = (Scratch){0};
    intern_init(&scratch->queues.table);
    intern_init(&scratch->users.table);
    scratch->run_s = malloc(count * sizeof(double));
    scratch->wait_s = malloc(count * sizeof(double));
    scratch->queues.names = malloc(count * sizeof(char *));
    scratch->users.names = malloc(count * sizeof(char *));
    return scratch->run_s != NULL && scratch->wait_s != NULL && scratch->queues.names != NULL &&
           scratch->users.names != NULL;
}

static void scratch_free(Scratch *scratch)
{
    intern_free(&scratch->queues.table);
    intern_free(&scratch->users.table);
    free(scratch->run_s);
    free(scratch->wait_s);
    free(scratch->queues.names);
    free(scratch->users.names);
}

/* The floor also of what lies before 1970. */
static int64_t floor_div(int64_t value, int64_t by)
{
    return value / by - (value % by < 0);
}

static void arrival_count(TraceSummary *summary, int64_t local_ms)
{
    int64_t day = floor_div(local_ms, DAY_MS);
    int64_t weekday = (day + THURSDAY) % 7;
    summary->hour[(local_ms - day * DAY_MS) / HOUR_MS]++;
    summary->weekday[weekday < 0 ? weekday + 7 : weekday]++;
}

static void row_count(TraceSummary *summary, const Request *row)
{
    int class = size_class(row);
    summary->size_jobs[class]++;
    if (row->duration_ms != TIME_NEVER) {
        summary->size_gpu_hours[class] += (double)row->gpu_count * row->gpu_milli *
                                          row->task_count * (double)row->duration_ms /
                                          MILLI_GPU_MS_PER_HOUR;
    }
    if (row->censored) {
        summary->still_running++;
    } else if (row->end <= JOB_END_FAILED) {
        summary->ends[row->end]++;
    }
}

static bool rows_look(const RequestList *requests, const TraceStats *stats, int64_t timezone_ms,
                      Scratch *scratch, TraceSummary *summary)
{
    int64_t runs = 0;
    int64_t waits = 0;
    for (int32_t i = 0; i < requests->count; i++) {
        const Request *row = &requests->rows[i];
        row_count(summary, row);
        if (row->duration_ms != TIME_NEVER) {
            scratch->run_s[runs++] = (double)row->duration_ms / 1000.0;
        }
        if (row->has_start && !row->carried) {
            scratch->wait_s[waits++] = (double)(row->recorded_start_ms - row->submit_ms) / 1000.0;
        }
        if (stats->has_calendar && !row->carried) {
            arrival_count(summary, stats->origin_unix_ms + row->submit_ms + timezone_ms);
        }
        if (!name_count(&scratch->queues, row->queue) || !name_count(&scratch->users, row->user)) {
            return false;
        }
    }
    distribution_make(scratch->run_s, runs, &summary->run_s);
    distribution_make(scratch->wait_s, waits, &summary->wait_s);
    summary->queues = scratch->queues.count;
    summary->users = scratch->users.count;
    return true;
}

Status trace_summarise(const RequestList *requests, const TraceStats *stats, int64_t timezone_ms,
                       Diagnostics *diagnostics, TraceSummary *summary)
{
    Scratch scratch;
    *summary = (TraceSummary){0};
    bool good = scratch_make(&scratch, requests->count) &&
                rows_look(requests, stats, timezone_ms, &scratch, summary);
    scratch_free(&scratch);
    return good ? STATUS_OK : diagnostics_no_memory(diagnostics);
}
