/* order_priority.c - highest priority first, then first come.
 *
 * What most schedulers do before they look at shares. The price: low priorities may wait for ever.
 */
#include "core/world.h"
#include "sim/policies/policies.h"

static OrderKey priority_key(const World *world, JobId job)
{
    int64_t age_ms = world->scenario->policy.order_options.age_from == AGE_FROM_QUEUED
                         ? world->job_queued_ms[job]
                         : world->jobs->job_submit_ms[job];
    return (OrderKey){-(int64_t)world->jobs->job_priority[job], age_ms};
}

const OrderPolicy order_priority = {
    .name = "priority",
    .summary = "highest priority first, then first come",
    .key = priority_key,
};
