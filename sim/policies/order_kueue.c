/* order_kueue.c - Kueue's order of heads.
 *
 * In a queue: higher priority, then creation (order.age_from: queued counts from the eviction).
 * Among the heads of queues: those that hold quota already; those that need not borrow; with fair
 * sharing (share: cohort) the lower share with the job counted, at every level of the tree; higher
 * priority; older. Source: Kueue (docs/shares.md).
 */
#include "sim/policies/admit_cohort.h"
#include "sim/policies/flavors.h"
#include "sim/policies/orders.h"
#include "sim/policies/policies.h"
#include "sim/policies/quota.h"
#include "sim/policies/shares.h"

#define SHARE_SCALE INT64_C(1000000000000)

static OrderKey kueue_key(const World *world, JobId job)
{
    return (OrderKey){-(int64_t)world->jobs->job_priority[job], order_age_ms(world, job)};
}

static void kueue_queue_key(const World *world, QueueId queue, JobId head,
                            int64_t key[QUEUE_KEY_PARTS])
{
    int64_t lanes[GP_AXES];
    int32_t tasks = world_together(world, head);
    Admission admission = cohort_admits(world, head, tasks);
    const Books books = books_of(world);
    tasks_lanes(world, head, tasks, lanes);
    const BookChange change = {job_tenant(world->jobs, head), admission.flavor, lanes, 1};
    key[0] = world->job_quota[head] == 0;
    if (shares_computed(world)) { /* fair sharing: level by level */
        key[1] = quota_borrows(&books, queue, &change);
        key[2] = ratio_scaled(quota_cohort_share(&books, queue, &change), SHARE_SCALE);
    } else {
        key[1] = admission.borrows;
    }
    key[3] = -(int64_t)world->jobs->job_priority[head];
    key[4] = order_age_ms(world, head);
    key[5] = head;
}

const OrderPolicy order_kueue = {
    .name = "kueue",
    .summary = "Kueue: heads that need not borrow, fair share, priority, age",
    .key = kueue_key,
    .queue_key = kueue_queue_key,
};
