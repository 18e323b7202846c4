/* order_kai.c - KAI Scheduler's order.
 *
 * Queues: those within their fair share; those that stay within their quota with the next job;
 * higher priority; those without any share last; lower dominant share with the next job, then
 * without; smaller fair share (of GPUs); older. Jobs in a queue: higher priority, those below their
 * minimum, older. Source: KAI Scheduler, plugins proportion, priority, elastic (docs/shares.md).
 * Needs share: kai.
 */
#include "sim/policies/orders.h"
#include "sim/policies/policies.h"
#include "sim/policies/shares.h"

#define SHARE_SCALE INT64_C(1000000000)

static OrderKey kai_key(const World *world, JobId job)
{
    int64_t priority = world->jobs->job_priority[job];
    return (OrderKey){-2 * priority + order_has_minimum(world, job), order_age_ms(world, job)};
}

static void kai_queue_key(const World *world, QueueId queue, JobId head,
                          int64_t key[QUEUE_KEY_PARTS])
{
    int64_t lanes[GP_AXES];
    share_next_lanes(world, head, lanes);
    LaneChange next = {lanes, 1};
    if (!shares_computed(world)) {
        return;
    }
    key[0] = share_exceeded(world, queue, NO_CHANGE);
    key[1] = !kai_within_quota(world, queue, next);
    key[2] = -(int64_t)world->queues[queue].priority;
    key[3] = kai_zero_share(world, queue, next);
    key[4] = ratio_scaled(kai_dominant(world, queue, next), SHARE_SCALE);
    key[5] = ratio_scaled(kai_dominant(world, queue, NO_CHANGE), SHARE_SCALE);
    key[6] = kai_allocatable(world, queue, GP_AXIS_GPU);
}

const OrderPolicy order_kai = {
    .name = "kai",
    .summary = "KAI: fair share, quota, queue priority, dominant share; job priority",
    .key = kai_key,
    .queue_key = kai_queue_key,
    .by_turns = true,
};
