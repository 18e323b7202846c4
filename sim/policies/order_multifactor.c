/* order_multifactor.c - Slurm's multifactor priority.
 *
 * A higher queue priority (a partition's tier) first; then the highest sum of weighted factors:
 * age, fair share by the fair tree, size, queue priority. All weights are 0 by default: then first
 * come, first served. Source: Slurm's multifactor plugin (docs/shares.md). Site factor,
 * association, QOS and TRES factors and nice are left out.
 */
#include "sim/policies/multifactor.h"
#include "sim/policies/policies.h"

static OrderKey multifactor_key(const World *world, JobId job)
{
    int64_t tier = world->queues[job_tenant(world->jobs, job)].priority;
    return (OrderKey){-tier, -multifactor_points(world, job)};
}

const OrderPolicy order_multifactor = {
    .name = "multifactor",
    .summary = "Slurm: queue priority, then weighted age, fair share, size and queue",
    .key = multifactor_key,
    .drifts = true,
    .points = multifactor_points,
};
