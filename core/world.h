/* world.h - everything that changes during a run. Only the engine writes it.
 *
 * Columns are grouped by what writes them.
 */
#ifndef CORE_WORLD_H
#define CORE_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/event_queue.h"
#include "core/job.h"
#include "core/packing/gpupack.h"
#include "core/scenario.h"
#include "core/verdict.h"

typedef enum JobState {
    JOB_FUTURE = 0, /* not submitted yet */
    JOB_PENDING,
    JOB_RUNNING,
    JOB_COMPLETED,
    JOB_REJECTED /* larger than the fleet, or dropped */
} JobState;

typedef enum TaskState { TASK_WAITING = 0, TASK_RUNNING, TASK_ENDED, TASK_DROPPED } TaskState;

typedef enum JobReason {
    REASON_NONE = 0,
    REASON_TOO_LARGE,
    REASON_FRAGMENTED,
    REASON_SHORT,
    REASON_BLOCKED
} JobReason;

struct World {
    const Scenario *scenario;
    const JobTable *jobs;
    uint32_t replication;

    /* written by the clock */
    int64_t now_ms;
    EventQueue events;

    /* written by arrivals */
    JobId next_job;
    int64_t arrived_milli; /* GPU demand submitted so far, placed or not */

    /* written by placement and release */
    GpFleet fleet;
    GpIndex *index;
    int32_t *task_node;              /* [task] -1: not placed */
    uint32_t *task_devices;          /* [task] */
    int8_t *task_mig_start;          /* [task] */
    uint8_t *task_state;             /* [task] TaskState */
    int64_t used_milli;              /* GPU in use, cluster */
    int64_t *type_used_milli;        /* [type] */
    int64_t *type_tenant_used_milli; /* [type * tenant_count + tenant] */
    uint64_t change_count;           /* placements and releases so far: a memo's version */
    uint64_t release_count;          /* while it stands still, what did not fit still does not */

    /* written by job life */
    uint8_t *job_state;    /* [job] JobState */
    int32_t *job_placed;   /* [job] its first tasks have been placed, so many */
    int32_t *job_open;     /* [job] tasks that have neither ended nor been dropped */
    uint8_t *job_reason;   /* [job] JobReason: why it is, or last was, not running */
    int8_t *job_dimension; /* [job] GpDimension or BlockReason that goes with the reason */
    int64_t *job_start_ms; /* [job] TIME_NEVER: not started */
    int64_t *job_end_ms;   /* [job] TIME_NEVER: not ended */

    /* written by the queue, in the order policy's order */
    JobId *queue; /* [queue_count] waiting jobs in order */
    int32_t queue_count;

    /* memos of single tasks, written by passes; 0: never */
    uint64_t *shape_failed_at; /* [shape] release_count + 1 when it last fitted nowhere */
    uint64_t *shape_judged_at; /* [shape] change_count + 1 when it was last judged */
    Verdict *shape_verdict;    /* [shape] that judgement */
    GpPlacement *placements;   /* [largest_gang] what a pass is about to decide */

    /* constant: set when the world is made */
    int8_t *job_too_large; /* [job] GpDimension in which it exceeds the empty fleet, or -1 */
    int32_t largest_gang;  /* tasks */
    bool judges_drops;     /* write the reason of each dropped job; costs a look at every node */
};

typedef struct WorldOptions {
    uint32_t replication;
    bool scan_only; /* no index: every pick scans, as the oracle does */
    bool judges_drops;
} WorldOptions;

/* Allocates all that a run can need: the loop allocates nothing. NULL if memory ran out. */
World *world_new(Arena *arena, const Scenario *scenario, const JobTable *jobs,
                 const int32_t *node_rank, const WorldOptions *options);

/* The waiting or dropped shape's verdict against what is free now, remembered until something
 * changes. */
Verdict world_verdict(World *world, ShapeId shape, int32_t task_count);

/* Where the policy would put one task of the shape now. Changes nothing but the index's caches. */
GpStatus world_pick(World *world, ShapeId shape, const GpDraw *draw, GpPlacement *placement);

static inline int32_t job_task_count(const JobTable *jobs, JobId job)
{
    return jobs->job_first_task[job + 1] - jobs->job_first_task[job];
}

/* Tasks that must find places together: all of a gang, else one. A verdict is about so many. */
static inline int32_t job_together(const JobTable *jobs, JobId job)
{
    return jobs->job_gang[job] == GANG_ALL ? job_task_count(jobs, job) : 1;
}

#endif
