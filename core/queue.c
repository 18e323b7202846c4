/* queue.c - queues by default and by name. */
#include "core/queue.h"

#include <string.h>

static void amounts_set(int64_t amounts[GP_AXES], int64_t value)
{
    for (int axis = 0; axis < GP_AXES; axis++) {
        amounts[axis] = value;
    }
}

Queue queue_default(const char *name)
{
    Queue queue = {.name = name,
                   .parent = -1,
                   .weight_ppm = GP_PPM,
                   .reclaim = RECLAIM_POLICY,
                   .preempt = PREEMPT_POLICY,
                   .strict = -1};
    amounts_set(queue.quota.nominal, QUEUE_UNLIMITED);
    amounts_set(queue.quota.borrow, QUEUE_UNLIMITED);
    amounts_set(queue.quota.lend, QUEUE_UNLIMITED);
    amounts_set(queue.limit, QUEUE_UNLIMITED);
    return queue;
}

QueueId queue_find(const QueueTree *tree, const char *name)
{
    for (QueueId queue = 0; queue < tree->count; queue++) {
        if (strcmp(tree->queues[queue].name, name) == 0) {
            return queue;
        }
    }
    return -1;
}
