/* order_volcano.c - Volcano's default order functions.
 *
 * Queues: higher priority, then the lower placed / deserved. Jobs in a queue: higher priority,
 * gangs that are not yet ready before ready ones, the lower dominant share, then first come.
 * Source: Volcano, plugins priority, gang, drf and proportion or capacity (docs/shares.md).
 */
#include "sim/policies/orders.h"
#include "sim/policies/policies.h"
#include "sim/policies/shares.h"

#define SHARE_SCALE INT64_C(1000000000000)

static OrderKey volcano_key(const World *world, JobId job)
{
    int64_t priority = world->jobs->job_priority[job];
    Ratio share = share_job_dominant(world, job, NO_CHANGE);
    return (OrderKey){-2 * priority + order_has_minimum(world, job),
                      ratio_scaled(share, SHARE_SCALE)};
}

static void volcano_queue_key(const World *world, QueueId queue, JobId head,
                              int64_t key[QUEUE_KEY_PARTS])
{
    (void)head;
    key[0] = -(int64_t)world->queues[queue].priority;
    if (shares_computed(world)) {
        key[1] = ratio_scaled(share_load(world, queue, NO_CHANGE), SHARE_SCALE);
    }
}

const OrderPolicy order_volcano = {
    .name = "volcano",
    .summary =
        "Volcano: queue priority, placed / deserved; priority, unready gangs, dominant share",
    .key = volcano_key,
    .queue_key = volcano_queue_key,
    .by_turns = true,
};
