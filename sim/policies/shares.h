/* shares.h - how much of what it is due a queue or job has: the fractions that orders, admits and
 * evicts compare. Pure functions of the World.
 *
 * Shares look at GPUs, CPU and host memory, as far as the policy sees them and the fleet has them.
 */
#ifndef SIM_POLICIES_SHARES_H
#define SIM_POLICIES_SHARES_H

#include "core/world.h"
#include "sim/policies/ratio.h"

/* `times` x `lanes` more (negative: less) than the columns say; lanes NULL: none. */
typedef struct LaneChange {
    const int64_t *lanes;
    int64_t times;
} LaneChange;

#define NO_CHANGE ((LaneChange){NULL, 0})

/* Does the policy compute shares? Only then does world->share say anything. */
static inline bool shares_computed(const World *world)
{
    const SharePolicy *share = world->scenario->policy.share;
    return share != NULL && share->compute != NULL;
}

bool share_counts(const World *world, int lane);

/* Capacity of the fleet. */
int64_t share_fleet(const World *world, int lane);

/* What the queue has placed, with the change. */
int64_t share_placed(const World *world, QueueId queue, int lane, LaneChange change);

/* Dominant share of the queue: the largest over lanes of placed / fleet. */
Ratio share_dominant(const World *world, QueueId queue, LaneChange change);

/* ... of one job: what its tasks hold. */
Ratio share_job_dominant(const World *world, JobId job, LaneChange change);

/* Volcano's share of a queue: the largest over lanes of placed / deserved; a lane in which nothing
 * is deserved counts 1 if something is placed. */
Ratio share_load(const World *world, QueueId queue, LaneChange change);

/* Is the queue at or above what it deserves, in some lane that is asked for? (Volcano: overused) */
bool share_reached(const World *world, QueueId queue, const int64_t *asked);

/* Is it above in some lane? (KAI: over its fair share) */
bool share_exceeded(const World *world, QueueId queue, LaneChange change);

/* KAI: what a queue can have at most without being out of order: the larger of its quota and its
 * fair share, at most its limit; QUEUE_UNLIMITED for one without a quota and a limit. */
int64_t kai_allocatable(const World *world, QueueId queue, int lane);

/* KAI's dominant share: the largest over lanes of placed / allocatable (of the fleet if unlimited).
 * Where nothing is allocatable: 1000 x the amount placed, in whole GPUs, milli-cores or MiB. */
Ratio kai_dominant(const World *world, QueueId queue, LaneChange change);

/* Does the queue hold, with the change, something of a lane of which nothing is allocatable? */
bool kai_zero_share(const World *world, QueueId queue, LaneChange change);

/* Is it, with the change, within its own quota in every lane? (no quota: yes) */
bool kai_within_quota(const World *world, QueueId queue, LaneChange change);

/* Lanes of the tasks of the job that must be placed together now. */
void share_next_lanes(const World *world, JobId job, int64_t lanes[GP_AXES]);

#endif
