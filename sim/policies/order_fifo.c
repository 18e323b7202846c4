/* order_fifo.c - first come, first served.
 *
 * Needs nothing but the hour of submission. The price: one large job in front can keep the fleet
 * waiting, unless the scan slot lets others past.
 */
#include "sim/policies/orders.h"
#include "sim/policies/policies.h"

static OrderKey fifo_key(const World *world, JobId job)
{
    return (OrderKey){order_age_ms(world, job), 0};
}

const OrderPolicy order_fifo = {
    .name = "fifo",
    .summary = "first come, first served",
    .key = fifo_key,
};
