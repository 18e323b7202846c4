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
                   .first_child = -1,
                   .next_sibling = -1,
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

void queues_link(Queue *queues, int32_t count)
{
    for (QueueId queue = 0; queue < count; queue++) {
        queues[queue].child_count = 0;
        queues[queue].first_child = -1;
    }
    QueueId first_root = -1;
    for (QueueId queue = count - 1; queue >= 0; queue--) {
        QueueId parent = queues[queue].parent;
        QueueId *first = parent >= 0 ? &queues[parent].first_child : &first_root;
        queues[queue].next_sibling = *first;
        *first = queue;
        queues[queue].depth = 0;
        if (parent >= 0) {
            queues[parent].child_count++;
        }
        for (QueueId above = parent; above >= 0; above = queues[above].parent) {
            queues[queue].depth++;
        }
    }
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
