/* admit_kai.c - KAI Scheduler: limits hold for all; jobs that cannot be preempted stay in quota.
 *
 * No queue, nor one above it, passes its limit. A job that cannot be preempted starts only if what
 * such jobs hold stays within the quota of the queue and of each above it
 * (nonpreemptible_in_quota). Others may go over quota until they are reclaimed. Source: KAI
 * Scheduler, capacity policy (docs/shares.md).
 */
#include "sim/policies/flavors.h"
#include "sim/policies/policies.h"
#include "sim/policies/quota.h"

static bool fixed_in_quota(const World *world, JobId job, const int64_t *lanes)
{
    if (world->queue_fixed == NULL || world_preemptible(world, job)) {
        return true;
    }
    for (QueueId queue = job_tenant(world->jobs, job); queue >= 0;
         queue = world->queues[queue].parent) {
        const int64_t *fixed = &world->queue_fixed[(size_t)queue * GP_AXES];
        const int64_t *quota = world->queues[queue].quota.nominal;
        for (int lane = 0; lane < GP_AXES; lane++) {
            if (lanes[lane] > 0 && quota[lane] != QUEUE_UNLIMITED &&
                fixed[lane] + lanes[lane] > quota[lane]) {
                return false;
            }
        }
    }
    return true;
}

static Admission kai_admits(const World *world, JobId job, int32_t task_count)
{
    int32_t flavors[FLAVORS_MAX];
    int64_t lanes[GP_AXES];
    const Books books = books_of(world);
    flavors_of(world, job, flavors);
    tasks_lanes(world, job, task_count, lanes);
    bool admitted = quota_fits_limit(&books, job_tenant(world->jobs, job), lanes) &&
                    fixed_in_quota(world, job, lanes);
    return (Admission){admitted ? BLOCK_NONE : BLOCK_QUOTA, flavors[0], false};
}

const AdmitPolicy admit_kai = {
    .name = "kai",
    .summary = "KAI: limits; jobs that cannot be preempted stay within quota",
    .admits = kai_admits,
    .counts_fixed = true,
};
