/* evict_common.h - what evict policies ask about askers, queues and those who may have to give way.
 */
#ifndef SIM_POLICIES_EVICT_COMMON_H
#define SIM_POLICIES_EVICT_COMMON_H

#include "core/policy.h"
#include "core/trial.h"

/* May the job evict anybody yet, or does its delay last? Then plan->wake_ms says until when. */
bool asker_may_evict(const World *world, const EvictAsk *ask, EvictPlan *plan);

/* What decides between jobs: the priority of the job, or of its queue where that is the rule. */
int64_t victim_rank(const World *world, JobId job);

/* What the queue says, else the policy's option, else `usual`. */
int32_t queue_reclaim_rule(const World *world, QueueId queue, int32_t usual);
int32_t queue_preempt_rule(const World *world, QueueId queue, int32_t usual);

/* ---- what queues hold and are due ---- */

int64_t queue_holds(const World *world, QueueId queue, int lane);

/* By the share policy; its quota where there is none; QUEUE_UNLIMITED: all. */
int64_t queue_due(const World *world, QueueId queue, int lane);

/* The queue below the lowest common ancestor of `queue` and `other`, on the side of `queue`. */
QueueId queue_side(const World *world, QueueId queue, QueueId other);

/* Does the queue give way before the other: above what it is due, lower priority, larger share of
 * what it is due, higher number. */
bool queue_yields_before(const World *world, QueueId a, QueueId b);

/* ---- who may be a victim ---- */

/* Tasks that hold devices and have not been told to stop. */
int32_t job_staying(const World *world, JobId job);

/* Tasks that may go one by one, the job living on; 0 for a gang that has not more than its minimum.
 * Tasks that stop already count as gone. */
int32_t job_spare_tasks(const World *world, JobId job);

/* Does the scheduler treat the job as a gang at all? */
bool job_is_gang(const World *world, JobId job);

/* May every task of the job that holds devices be told to stop? */
bool job_evictable(const World *world, JobId job, int64_t *wake_ms);

/* Is the job above its minimum: elastic jobs lose what is above first. */
bool job_above_minimum(const World *world, JobId job);

/* The reverse of the order in which jobs are served: lowest priority, above its minimum, newest,
 * highest number. */
bool job_yields_before(const World *world, int32_t a, int32_t b);

/* ---- places ---- */

/* Nodes that a flavor leaves a job; 0: all that its request allows. flavor -1: none in particular.
 */
uint64_t flavor_groups(const World *world, int32_t flavor);

/* Takes a place for one more task of the job where the pack policy puts it, on nodes of `groups`
 * only (0: any). GP_OK, GP_NO_FIT, or GP_TOO_SMALL if the trial's log is full. */
GpStatus job_seat(Trial *trial, JobId job, uint64_t groups, GpPlacement *place);

#endif
