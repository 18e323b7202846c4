/* order_priority.c - highest priority first, then first come.
 *
 * What most schedulers do before they look at shares. The price: low priorities may wait for ever.
 */
#include "core/world.h"
#include "sim/policies/policies.h"

static int64_t priority_key(const World *world, JobId job)
{
    return -(int64_t)world->jobs->job_priority[job];
}

const OrderPolicy order_priority = {
    .name = "priority",
    .summary = "highest priority first, then first come",
    .key = priority_key,
};
