/* world.h - everything that changes during a run. Only the engine writes it.
 *
 * Columns are grouped by what writes them.
 */
#ifndef CORE_WORLD_H
#define CORE_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/event_queue.h"
#include "core/health.h"
#include "core/job.h"
#include "core/packing/gpupack.h"
#include "core/queue_pool.h"
#include "core/scenario.h"
#include "core/usage.h"
#include "core/verdict.h"
#include "core/waiting.h"
#include "core/work_clock.h"

typedef enum JobState {
    JOB_FUTURE = 0, /* not submitted yet */
    JOB_PENDING,    /* waits; tasks of a gang that is not complete may hold devices already */
    JOB_RUNNING,    /* has started: see job_start_ms */
    JOB_COMPLETED,  /* as the log says: completed, failed or cancelled below */
    JOB_REJECTED,   /* larger than the fleet, or dropped */
    JOB_FAILED,
    JOB_CANCELLED,
    JOB_TIMEOUT,
    JOB_SUSPENDED
} JobState;

typedef enum TaskState {
    TASK_WAITING = 0,
    TASK_RUNNING, /* makes progress */
    TASK_ENDED,
    TASK_DROPPED,
    TASK_HELD,     /* holds devices; starts up, or waits for the rest of its gang */
    TASK_STOPPING, /* holds devices in its grace */
    TASK_SUSPENDED,
    TASK_SPARE,  /* a slot above the nominal size of an elastic job, not used */
    TASK_DEAD,   /* holds devices; its process is gone and nobody has drawn a conclusion yet */
    TASK_BACKOFF /* failed; waits until it may wait again, while others of its job run or wait */
} TaskState;

/* What holds a task below full speed: a dimension of the data path, or its device. */
#define LIMIT_NONE (-1)
#define LIMIT_DEVICE GP_DIMENSION_COUNT

/* Set beside the state of a task that gave back its place in a trial (core/trial.h). */
#define TASK_LIFTED 0x80

/* Does the task hold devices? */
static inline bool task_state_holds(uint8_t state)
{
    return state == TASK_RUNNING || state == TASK_HELD || state == TASK_STOPPING ||
           state == TASK_DEAD;
}

typedef enum JobReason {
    REASON_NONE = 0,
    REASON_TOO_LARGE,
    REASON_FRAGMENTED,
    REASON_SHORT,
    REASON_BLOCKED,
    REASON_NO_ROOM /* fits nowhere: the verdict (world_verdict) says fragmented or short of what */
} JobReason;

/* Why a job does not run, with the GpDimension or BlockReason that goes with it. */
typedef struct Why {
    uint8_t reason; /* JobReason */
    int8_t detail;
} Why;

#define NOMINEES_MAX 64

/* A job whose victims are in their grace. The nodes that it will use are closed to those behind it.
 */
typedef struct Nominee {
    JobId job;
    int64_t until_ms; /* the last victim is gone then */
    int32_t node_count;
    int32_t *nodes;      /* [largest_gang] */
    GpPlacement *places; /* [largest_gang]; place_count of them, 0: wherever it fits then */
    int32_t place_count;
    bool moves; /* somebody moves so that it fits, or it moves itself: its places are kept for it */
} Nominee;

struct World {
    const Scenario *scenario;
    const JobTable *jobs;
    uint32_t replication;

    /* written by the clock */
    int64_t now_ms;
    EventQueue events;
    int64_t event_count; /* so far */
    int64_t moved_ms;    /* when a task last got or gave back a place, or was seen to advance */
    bool stuck;          /* the run was ended: things only broke, and nothing moved any more */

    /* written by arrivals */
    JobId next_job;
    int64_t arrived_milli; /* GPU demand submitted so far, placed or not */

    /* written by placement and release */
    GpFleet fleet;
    GpIndex *index;
    int32_t *task_node;            /* [task] -1: not placed; of a suspended task: where it was */
    uint32_t *task_devices;        /* [task] */
    int8_t *task_mig_start;        /* [task] */
    uint8_t *task_state;           /* [task] TaskState */
    uint8_t *task_stop;            /* [task] StopCause, and EvictMode << 4, of one that stops */
    int64_t *task_start_ms;        /* [task] when it was last placed */
    TaskId *task_next, *task_prev; /* [task] list of the tasks that hold something on a node */
    TaskId *node_first;            /* [node] its first; -1: none */
    int64_t used_milli;            /* GPU in use, cluster */
    int64_t *type_used_milli;      /* [type] */
    uint64_t change_count;         /* placements, releases, capacity changes: a memo's version */
    uint64_t room_count;           /* rises when room is gained: what did not fit may fit now */

    /* written by job life */
    uint8_t *job_state;     /* [job] JobState */
    int32_t *job_waiting;   /* [job] tasks that wait for a place */
    int32_t *job_holding;   /* [job] tasks that hold devices */
    int32_t *job_ready;     /* [job] of these, past their start-up */
    int32_t *job_open;      /* [job] nominal tasks that have neither ended nor been dropped */
    TaskId *job_hint;       /* [job] no task of the job before this one waits */
    int32_t *job_attempts;  /* [job] times it began to run */
    int64_t *job_served;    /* [job] GPU time received by tasks that gave it back, milli-GPU x ms */
    int64_t *job_queued_ms; /* [job] when it last joined the queue */
    int64_t *job_start_ms;  /* [job] first start: as many tasks as progress needs have places */
    int64_t *job_attempt_ms; /* [job] start of this attempt */
    int64_t *job_end_ms;     /* [job] TIME_NEVER: not ended */
    int64_t *job_belief_ms;  /* [job] world_belief_ms, constant; NULL: it is seldom asked */
    int32_t ending_left;     /* jobs that will end by themselves and have not, submitted or not */
    int32_t running_count;
    JobId *running;      /* [running_count] jobs some task of which holds devices */
    int32_t *running_at; /* [job] its place there; -1 */
    int32_t suspended_count;
    JobId *suspended; /* [suspended_count] by rank, then in the order of suspension */

    /* written by progress: one row a unit, at the job's first task if it is synchronous, else at
     * each task */
    int64_t *unit_done;     /* work done, ms x ppm */
    int64_t *unit_since_ms; /* up to when */
    int32_t *unit_rate_ppm; /* speed since; 0: stands still */
    int32_t *task_rate_ppm; /* [task] its own speed; NULL: no card of this run is shared uncapped */
    int32_t *task_usage_ppm; /* [task] utilisation now; NULL: no job's changes */
    int8_t *task_limit;      /* [task] GpDimension or LIMIT_DEVICE; beside task_rate_ppm */
    WorkSave *unit_save;     /* what of its work is saved; NULL: no job of this run saves any */
    uint8_t *unit_watch; /* 1: somebody waits for its next durable checkpoint; NULL: nobody can */

    /* written by failures, remedies and repairs */
    Health health;
    struct FaultSource *faults; /* what is still to come, for the engine alone; NULL: nothing */
    int32_t *job_failures;      /* [job] of its own processes so far; NULL: none can fail */
    /* one row a unit as above; NULL: nothing fails on a work clock */
    int64_t *unit_death;  /* work at which its process dies, ms x ppm; 0: not drawn yet */
    int32_t *unit_deaths; /* drawn so far */

    /* written by admission and placement: what queues hold, ancestors included */
    int32_t queue_count; /* = jobs->tenant_count and queues above */
    const Queue *queues; /* [queue] the scenario's, then those that only jobs name */
    int32_t flavor_count;
    const QueuePool *queue_pools; /* [queue_pool_row] what queues own together; constant */
    int64_t *queue_used;      /* [(queue * flavor_count + flavor) * GP_AXES + lane] by admission */
    int64_t *queue_allocated; /* [queue * GP_AXES + lane] placed */
    uint64_t demand_count;    /* changes of queue_demand and admissions so far */
    int64_t *queue_demand; /* [queue * GP_AXES + lane] of its submitted, unfinished jobs, placed or
                              not */
    int32_t *queue_jobs;   /* [queue] jobs that wait in it or below */
    int32_t *job_quota;    /* [job] tasks that hold quota */
    int8_t *job_flavor;    /* [job] whose quota; -1: none */
    int64_t *job_admitted_ms; /* [job] TIME_NEVER: not admitted; NULL: admission is no step */
    ShareTable share;         /* by the share policy; deserved NULL without one */
    int64_t *queue_minimum; /* [queue * GP_AXES + lane] minima of its admitted jobs; NULL: admission
                             * is no step */
    int64_t *queue_missing; /* the same: of these minima, what is not placed */
    int64_t *queue_fixed;   /* [queue * GP_AXES + lane] placed by jobs that cannot be preempted;
                             * NULL: nobody asks */
    Usage *usage;           /* what queues and users had lately; NULL: no policy looks at it */

    /* written by the queue */
    Waiting waiting;
    Why *job_why;           /* [job] what the last pass that looked at it alone said */
    uint32_t *job_why_pass; /* [job] which pass that was */
    Why *class_why;         /* [class] what holds for its jobs that were not looked at alone */
    uint32_t *class_why_pass;
    uint32_t *queue_closed_pass; /* [queue] pass in which its head closed it; 0: never */
    uint32_t pass;               /* passes so far */
    int64_t pass_ms;             /* when the last one began */
    uint32_t stopped_pass;       /* the pass in which a head closed all lines */
    uint64_t *class_failed_at;   /* [class] room_count + 1 when its gang last fitted nowhere */
    uint64_t *class_asked_at; /* [class] change_count + 1 when nobody gave way to its first job */
    int64_t *class_ask_ms;    /* [class] ask again then all the same */
    int32_t nominee_count;
    Nominee *nominees; /* [nominee_count] who waits for victims to be gone, first come first */

    /* memos of single tasks, written by passes; 0: never */
    uint64_t *shape_failed_at; /* [shape] room_count + 1 when it last fitted nowhere */
    uint64_t *shape_judged_at; /* [shape] change_count + 1 when it was last judged */
    Verdict *shape_verdict;    /* [shape] that judgement */
    GpPlacement *placements;   /* [largest_gang] what a pass is about to decide */
    int32_t candidate_cursor;  /* node at which the next search begins (rotating cut-off) */

    /* constant: set when the world is made */
    int64_t (*shape_lanes)[GP_AXES]; /* [shape] of one task, as queues count them */
    int8_t *class_too_large;   /* [class] GpDimension in which it exceeds the empty fleet, or -1 */
    int32_t largest_gang;      /* tasks */
    int64_t capacity[GP_AXES]; /* of the nodes not known to be down, nor held back, empty */
    const JobCheckpoint *class_checkpoint; /* [class] NULL: no job of this run saves its state */
    bool judges_waits; /* write down why each class waits; costs a look at every node */
};

typedef struct WorldOptions {
    uint32_t replication;
    bool scan_only; /* no index: every pick scans, as the oracle does */
    bool judges_waits;
    struct FaultSource *faults;   /* models/failure.h; NULL: nothing fails */
    int32_t fault_slots;          /* of that source */
    const FaultKind *fault_kinds; /* [fault_kind_count] of its model */
    int32_t fault_kind_count;
    const JobCheckpoint *checkpoints; /* [class] as models/checkpoint.h says; NULL: nobody saves */
} WorldOptions;

/* Allocates all that a run can need: the loop allocates nothing. NULL if memory ran out. */
World *world_new(Arena *arena, const Scenario *scenario, const JobTable *jobs,
                 const int32_t *node_rank, const WorldOptions *options);

/* The waiting or dropped shape's verdict against what is free now, remembered until something
 * changes. */
Verdict world_verdict(World *world, ShapeId shape, int32_t task_count);

/* Where the policy would put one task of the shape now. Changes nothing but the index's caches. */
GpStatus world_pick(World *world, ShapeId shape, const GpDraw *draw, GpPlacement *placement);

/* Why the job waits, as of the last pass: BLOCK_NOT_YET_RUN if none has looked since it came. */
Why world_why(const World *world, JobId job);

/* Milli-GPU and other lanes of one task, as queues count them. */
void world_task_lanes(const World *world, JobId job, int64_t lanes[GP_AXES]);

static inline int64_t world_task_milli(const World *world, JobId job)
{
    return world->shape_lanes[job_shape(world->jobs, job)][GP_AXIS_GPU];
}

/* Where a task is, as the kernel says it. */
GpPlacement world_placement(const World *world, TaskId task);

/* May the task be told to stop now? Not if it started in this very instant, stops already, its job
 * cannot be preempted, or its queue protects it still (min_run; *wake_ms is lowered to when that
 * ends). */
bool world_evictable(const World *world, TaskId task, int64_t *wake_ms);

/* Can the job be preempted, as it says or the policy does? */
bool world_preemptible(const World *world, JobId job);

/* GPU time that the job has received so far, in milli-GPU x ms. */
int64_t world_served_milli_ms(const World *world, JobId job);

/* The run time that the scheduler believes: see belief_ms. */
int64_t world_belief_ms(const World *world, JobId job);
/* The same, not taken from the column. */
int64_t world_belief_anew_ms(const World *world, JobId job);

/* The scheduler's belief when a task that holds devices gives them back. */
int64_t world_planned_end_ms(const World *world, TaskId task);

static inline int32_t job_task_slots(const JobTable *jobs, JobId job)
{
    return jobs->job_first_task[job + 1] - jobs->job_first_task[job];
}

/* Tasks that must find places together before the job runs: a verdict is about so many. The gang's
 * minimum as long as fewer hold devices, then one. */
int32_t world_together(const World *world, JobId job);

/* How the job saves its state; NULL: it does not. */
static inline const JobCheckpoint *world_checkpoint(const World *world, JobId job)
{
    if (world->class_checkpoint == NULL) {
        return NULL;
    }
    const JobCheckpoint *saves = &world->class_checkpoint[world->jobs->job_class[job]];
    bool any = saves->plan.every > 0 || saves->on_stop;
    return any && world->jobs->job_duration_ms[job] >= saves->min_ms ? saves : NULL;
}

/* From a task's placement until it can work; `again`: it worked before. A restart grows with the
 * number of tasks. */
static inline int64_t world_startup_ms(const World *world, JobId job, bool again)
{
    const JobClass *class_of = job_class(world->jobs, job);
    const JobTraits *traits = class_of->traits;
    if (!again) {
        return traits->startup_ms;
    }
    int64_t startup_ms = traits->restart_ms >= 0 ? traits->restart_ms : traits->startup_ms;
    int64_t scale_ppm = (int64_t)traits->restart_scale * class_of->task_count;
    return startup_ms + startup_ms / GP_PPM * scale_ppm + startup_ms % GP_PPM * scale_ppm / GP_PPM;
}

/* Where the unit's work stands, as of its last change of speed. It must be one that saves. */
static inline WorkClock world_work_clock(const World *world, TaskId unit)
{
    return (WorkClock){.done = world->unit_done[unit],
                       .since_ms = world->unit_since_ms[unit],
                       .rate_ppm = world->unit_rate_ppm[unit],
                       .save = world->unit_save[unit]};
}

/* The row of the unit columns that a task belongs to. */
static inline TaskId job_unit(const JobTable *jobs, TaskId task)
{
    JobId job = jobs->task_job[task];
    return job_class(jobs, job)->sync ? jobs->job_first_task[job] : task;
}

#endif
