/* wait_log.h - why jobs waited, from when to when, and when each could first have started.
 *
 * Reasons change for all jobs of a class at once, so they are written down by class, and by job
 * only what is the job's own: when it waited, ran, was suspended or delayed. The cost of an instant
 * is that of the classes that wait.
 */
#ifndef SIM_EXPERIMENT_WAIT_LOG_H
#define SIM_EXPERIMENT_WAIT_LOG_H

#include "core/fact.h"
#include "sim/experiment/idle_claims.h"
#include "sim/experiment/result.h"

/* What the jobs of a class that wait have waited for of late. */
typedef struct ClassWait {
    bool is_open;
    Why why;
    int64_t since_ms;
    int32_t excluded[GP_DIMENSION_COUNT]; /* nodes that one dimension alone excluded then */
    int64_t free_milli;                   /* in sum on nodes that it may use, then */
    JobId unfit;                          /* first of its jobs that have not fitted yet; -1: none */
} ClassWait;

typedef struct WaitLog {
    IdleClaims *claims;
    Arena *arena; /* of the columns */
    IntervalColumns *columns;
    AttemptColumns *attempts;
    bool out_of_memory;
    ClassWait *classes; /* [class] */
    int32_t open_count;
    ClassId *open;              /* [open_count] */
    Why *job_why;               /* [job] why it last waited */
    int64_t *job_first_fit_ms;  /* [job] TIME_NEVER: it never did */
    JobId *job_next_unfit;      /* [job] */
    int64_t *job_since_ms;      /* [job] when its present state began */
    uint8_t *job_was_suspended; /* [job] */
    int64_t last_submit_ms;
    int32_t last_cause; /* StopCause of the last eviction */
    /* what the last look saw: the same again needs no look */
    uint64_t seen_changes;
    uint32_t seen_pass;
    int32_t seen_waiting, seen_next_job;
} WaitLog;

/* Rows beyond INTERVALS_MAX are counted, not kept. False if memory ran out. */
bool wait_log_init(WaitLog *log, Arena *run_arena, Arena *result_arena, const World *world,
                   IdleClaims *claims);

/* Must come after the observer of the books. */
Observer wait_log_observer(WaitLog *log);

/* Why the job does not run, or last did not: of a job that is over, too. */
Why wait_log_why(const WaitLog *log, const World *world, JobId job);

#endif
