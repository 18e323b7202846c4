/* order_fifo.c - first come, first served.
 *
 * Needs nothing but the hour of submission. The price: one large job in front can keep the fleet
 * waiting, unless the scan slot lets others past.
 */
#include "core/world.h"
#include "sim/policies/policies.h"

static int64_t fifo_key(const World *world, JobId job)
{
    return world->jobs->job_submit_ms[job];
}

const OrderPolicy order_fifo = {
    .name = "fifo",
    .summary = "earliest submission first",
    .key = fifo_key,
};
