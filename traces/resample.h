/* resample.h - logs like a log: which weeks of each of its users happen when is drawn.
 *
 * A block is what one user submitted in one week of the log. For each user and each week of the run
 * one of the log's weeks is drawn, with replacement; its jobs keep their day and hour. So every job
 * occurs once in expectation, and a user's habits within a week stay. Source: resampling with user
 * modelling, Zakay and Feitelson, Concurrency and Computation 26 (2014), 2079-2105. Rules:
 * docs/replications.md.
 */
#ifndef TRACES_RESAMPLE_H
#define TRACES_RESAMPLE_H

#include "core/arena.h"
#include "core/diagnostic.h"
#include "core/job.h"

#define RESAMPLE_WEEKS_MAX 5218 /* a hundred years */

typedef struct ResampleDraw {
    uint64_t seed;
    uint32_t replication;
    uint32_t source; /* which entry of the workload */
} ResampleDraw;

/* Weeks from the first submission to the last, the last one begun; carried jobs aside. With fewer
 * than two there is nothing to draw from. */
int64_t resample_weeks(const RequestList *log);

/* `to` gets rows of its own (free them), by time. Second copies of a job are named like `id~2`, in
 * memory of the arena; jobs that ran when the log was cut stay as they are. Without STATUS_OK
 * nothing is kept. */
Status requests_resample(const RequestList *log, ResampleDraw draw, Arena *arena,
                         Diagnostics *diagnostics, RequestList *to);

#endif
