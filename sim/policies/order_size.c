/* order_size.c - by the GPUs of the whole job: the smallest first, or the largest first; then first
 * come.
 *
 * Smallest first fills gaps and lets large jobs starve; largest first does the opposite.
 */
#include "sim/policies/orders.h"
#include "sim/policies/policies.h"

static int64_t job_milli(const World *world, JobId job)
{
    int64_t task = cluster_task_milli(&world->scenario->cluster, job_request(world->jobs, job));
    return task * job_class(world->jobs, job)->task_count;
}

static OrderKey smallest_key(const World *world, JobId job)
{
    return (OrderKey){job_milli(world, job), order_age_ms(world, job)};
}

static OrderKey largest_key(const World *world, JobId job)
{
    return (OrderKey){-job_milli(world, job), order_age_ms(world, job)};
}

const OrderPolicy order_smallest = {
    .name = "smallest",
    .summary = "fewest GPUs first, then first come",
    .key = smallest_key,
};

const OrderPolicy order_largest = {
    .name = "largest",
    .summary = "most GPUs first, then first come",
    .key = largest_key,
};
