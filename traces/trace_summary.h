/* trace_summary.h - what a list of logged jobs looks like: sizes, run times, waits, arrivals.
 *
 * For reports; nothing here steers a run.
 */
#ifndef TRACES_TRACE_SUMMARY_H
#define TRACES_TRACE_SUMMARY_H

#include "core/diagnostic.h"
#include "traces/trace.h"

/* Of seconds; linear between order statistics (GSL's, type 7 of Hyndman and Fan). */
enum { TRACE_QUANTILES = 9 };
extern const double TRACE_QUANTILE_AT[TRACE_QUANTILES]; /* 0 .. 1: minimum, median ..., maximum */

typedef struct TraceDistribution {
    int64_t count; /* 0: the rest means nothing */
    double mean;
    double quantile[TRACE_QUANTILES];
} TraceDistribution;

/* Jobs by all their GPUs: none, part of one, 1, 2, 3-4, 5-8, ..., more than 512. */
enum { TRACE_SIZE_CLASSES = 13 };
extern const char *const TRACE_SIZE_NAMES[TRACE_SIZE_CLASSES];

typedef struct TraceSummary {
    TraceDistribution run_s;  /* of jobs that end */
    TraceDistribution wait_s; /* recorded start - submission; of jobs not carried over */
    int64_t size_jobs[TRACE_SIZE_CLASSES];
    double size_gpu_hours[TRACE_SIZE_CLASSES];
    int64_t ends[3]; /* JobEnd, without those still running */
    int64_t still_running;
    int64_t queues, users; /* names */
    int64_t hour[24];      /* submissions by hour of the log's local day; with a calendar only */
    int64_t weekday[7];    /* from Monday */
} TraceSummary;

/* Looks at all rows. STATUS_FAILED if memory ran out (recorded). */
Status trace_summarise(const RequestList *requests, const TraceStats *stats, int64_t timezone_ms,
                       Diagnostics *diagnostics, TraceSummary *summary);

#endif
