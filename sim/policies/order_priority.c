/* order_priority.c - highest priority first, then first come.
 *
 * What most schedulers do before they look at shares; the default Kubernetes scheduler does only
 * this. The price: low priorities may wait for ever.
 */
#include "sim/policies/orders.h"
#include "sim/policies/policies.h"

static OrderKey priority_key(const World *world, JobId job)
{
    return (OrderKey){-(int64_t)world->jobs->job_priority[job], order_age_ms(world, job)};
}

const OrderPolicy order_priority = {
    .name = "priority",
    .summary = "highest priority first, then first come",
    .key = priority_key,
};
