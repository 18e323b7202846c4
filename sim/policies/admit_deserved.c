/* admit_deserved.c - Volcano: who has what it deserves starts nothing more, and who may be created
 * at all.
 *
 * deserved: with share: proportion a queue at or above what it deserves is skipped, and so is one
 * below such a queue; with share: capacity it may go on. Nobody passes its limit, nor takes what is
 * guaranteed to others.
 *
 * enqueue: the same behind a gate. A job waits outside, without pods, until its minimum fits
 * fleet x overcommit - placed - enqueued (overcommit), and until its queue's minima stay within
 * what the queue may hold (queue_gate). A job that passed holds its quota while it waits for
 * places. Source: Volcano, actions enqueue and allocate, plugins overcommit, proportion, capacity
 * (docs/shares.md).
 */
#include "sim/policies/division.h"
#include "sim/policies/flavors.h"
#include "sim/policies/policies.h"
#include "sim/policies/shares.h"

static int64_t table_of(const int64_t *rows, QueueId queue, int lane)
{
    return rows[(size_t)queue * GP_AXES + (size_t)lane];
}

/* What the queue's siblings and it share: the fleet. */
static int64_t capability(const World *world, QueueId queue, int lane)
{
    return capability_of(world, queue, lane, share_fleet(world, lane));
}

static bool capability_holds(const World *world, QueueId queue, const int64_t *rows,
                             const int64_t *lanes)
{
    for (; queue >= 0; queue = world->queues[queue].parent) {
        for (int lane = 0; lane < GP_AXES; lane++) {
            if (lanes[lane] > 0 && share_counts(world, lane) &&
                table_of(rows, queue, lane) + lanes[lane] > capability(world, queue, lane)) {
                return false;
            }
        }
    }
    return true;
}

static bool queue_open(const World *world, QueueId queue, const int64_t *lanes)
{
    bool open = true;
    bool caps = shares_computed(world) && world->scenario->policy.share->caps;
    for (; caps && queue >= 0; queue = world->queues[queue].parent) {
        open = open && !share_reached(world, queue, lanes);
    }
    return open;
}

static int32_t first_flavor(const World *world, JobId job)
{
    int32_t flavors[FLAVORS_MAX];
    flavors_of(world, job, flavors);
    return world->job_quota[job] > 0 ? world->job_flavor[job] : flavors[0];
}

static Admission deserved_admits(const World *world, JobId job, int32_t task_count)
{
    int64_t lanes[GP_AXES];
    QueueId queue = job_tenant(world->jobs, job);
    tasks_lanes(world, job, task_count, lanes);
    bool admitted =
        queue_open(world, queue, lanes) && capability_holds(world, queue, world->queue_allocated, lanes);
    return (Admission){admitted ? BLOCK_NONE : BLOCK_QUOTA, first_flavor(world, job), false};
}

/* ---- the gate ---- */

static int64_t over_roots(const World *world, const int64_t *rows, int lane)
{
    int64_t sum = 0;
    for (QueueId queue = 0; queue < world->queue_count; queue++) {
        sum += world->queues[queue].parent < 0 ? table_of(rows, queue, lane) : 0;
    }
    return sum;
}

static bool overcommit_holds(const World *world, const int64_t *lanes)
{
    int64_t overcommit_ppm = world->scenario->policy.admit_options.overcommit_ppm;
    bool holds = true;
    for (int lane = 0; overcommit_ppm > 0 && lane < GP_AXES; lane++) {
        if (lanes[lane] > 0 && share_counts(world, lane)) {
            int64_t most = (int64_t)((__int128)share_fleet(world, lane) * overcommit_ppm / GP_PPM);
            int64_t taken = over_roots(world, world->queue_allocated, lane) +
                            over_roots(world, world->queue_missing, lane);
            holds = holds && lanes[lane] <= most - taken;
        }
    }
    return holds;
}

static Admission enqueue_admits(const World *world, JobId job, int32_t task_count)
{
    int64_t lanes[GP_AXES];
    if (world->job_quota[job] > 0) { /* it is in, and wants more than it came with */
        return deserved_admits(world, job, task_count);
    }
    QueueId queue = job_tenant(world->jobs, job);
    tasks_lanes(world, job, job_class(world->jobs, job)->min_tasks, lanes);
    bool admitted = overcommit_holds(world, lanes) &&
                    (!world->scenario->policy.admit_options.queue_gate ||
                     capability_holds(world, queue, world->queue_minimum, lanes));
    return (Admission){admitted ? BLOCK_NONE : BLOCK_QUOTA, first_flavor(world, job), false};
}

const AdmitPolicy admit_deserved = {
    .name = "deserved",
    .summary = "Volcano: a queue with what it deserves is skipped; limits and guarantees hold",
    .admits = deserved_admits,
};

const AdmitPolicy admit_enqueue = {
    .name = "enqueue",
    .summary = "Volcano: as deserved, behind a gate on minima (overcommit, queue_limit)",
    .admits = enqueue_admits,
    .stages = true,
    .starts = deserved_admits,
    .gates = true,
};
