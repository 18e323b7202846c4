/* order_least_served.c - whoever has had the least GPU time so far goes first.
 *
 * Needs no estimate of run time, so it can be used where users guess badly. It matters only where
 * jobs come back after an eviction. The price: long jobs are overtaken for ever under overload.
 * Source: least attained service, as in Tiresias (NSDI 2019), without its discrete queues.
 */
#include "sim/policies/orders.h"
#include "sim/policies/policies.h"

static OrderKey least_served_key(const World *world, JobId job)
{
    return (OrderKey){world_served_milli_ms(world, job), order_age_ms(world, job)};
}

const OrderPolicy order_least_served = {
    .name = "least-served",
    .summary = "least GPU time received first, then first come",
    .key = least_served_key,
};
