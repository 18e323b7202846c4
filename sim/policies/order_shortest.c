/* order_shortest.c - the shortest believed run time first, then first come.
 *
 * The least mean wait of all orders, if the beliefs are true (`estimates:` says what is believed).
 * The price: long jobs are overtaken for ever under overload.
 */
#include "sim/policies/orders.h"
#include "sim/policies/policies.h"

static OrderKey shortest_key(const World *world, JobId job)
{
    return (OrderKey){world_belief_ms(world, job), order_age_ms(world, job)};
}

const OrderPolicy order_shortest = {
    .name = "shortest",
    .summary = "shortest believed run time first, then first come",
    .key = shortest_key,
};
