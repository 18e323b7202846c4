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
    JOB_REJECTED    /* larger than the fleet, or dropped */
} JobState;

typedef enum JobReason { REASON_NONE = 0, REASON_TOO_LARGE, REASON_FRAGMENTED, REASON_SHORT, REASON_BLOCKED } JobReason;

struct World {
    const Scenario *scenario;
    const JobTable *jobs;
    uint32_t replication;

    /* written by the clock */
    int64_t now_ms;
    EventQueue events;

    /* written by arrivals */
    JobId next_job;
    int64_t arrived_milli;       /* GPU demand submitted so far, placed or not */

    /* written by placement and release */
    GpFleet fleet;
    GpIndex *index;
    int32_t *task_node;          /* [task] -1: not placed */
    uint32_t *task_devices;      /* [task] */
    int8_t *task_mig_start;      /* [task] */
    int64_t used_milli;          /* GPU in use, cluster */
    int64_t *type_used_milli;    /* [type] */
    int64_t *type_tenant_used_milli; /* [type * tenant_count + tenant] */
    uint64_t change_count;       /* placements and releases so far: a memo's version */

    /* written by job life */
    uint8_t *job_state;          /* [job] JobState */
    uint8_t *job_reason;         /* [job] JobReason: why it is, or last was, not running */
    int8_t *job_dimension;       /* [job] GpDimension or BlockReason that goes with the reason */
    int64_t *job_start_ms;       /* [job] TIME_NEVER: not started */
    int64_t *job_end_ms;         /* [job] TIME_NEVER: not ended */

    /* written by the queue */
    JobId *queue;                /* [queue_count] waiting jobs in order */
    int32_t queue_count;

    /* memo, written by passes: a shape that fitted nowhere at this version fits nowhere still */
    uint64_t *shape_failed_at;   /* [shape] change_count + 1 of the last failure; 0: none */
};

/* Allocates all that a run can need: the loop allocates nothing. NULL if memory ran out. */
World *world_new(Arena *arena, const Scenario *scenario, const JobTable *jobs, const int32_t *node_rank,
                 uint32_t replication, bool use_index);

#endif
