/* queue_pool.h - what queues own together, lane by lane: worked out once, since quotas are
 * constant.
 *
 * A quota is kept in accounts: one over all flavors, and one for each flavor. In each account and
 * lane a queue's pool is its own quota and what the queues below it lend (docs/shares.md).
 */
#ifndef CORE_QUEUE_POOL_H
#define CORE_QUEUE_POOL_H

#include "core/queue.h"

#define FLAVOR_ALL (-1) /* the account over all flavors */

/* How much of what is held below counts in a queue's pool. */
typedef enum PoolCount {
    POOL_NOTHING, /* nobody here or below has a quota that counts */
    POOL_ALL,     /* everything */
    POOL_PARTS    /* some keep a part at home, or do not count: child by child */
} PoolCount;

typedef struct QueuePool {
    int64_t quota;  /* own, and lent from below */
    int64_t home;   /* of it, what the queue's lending limit keeps from its parent */
    int64_t borrow; /* most from its parent; QUEUE_UNLIMITED: what there is */
    bool own;       /* the queue itself names a quota */
    bool named;     /* it does, or a queue above */
    uint8_t counts; /* PoolCount */
} QueuePool;

/* The quota row of an account; NULL if the queue has none. */
const QueueQuota *queue_quota(const Queue *queue, int32_t flavor);

static inline size_t queue_pool_row(int32_t flavor_count, QueueId queue, int32_t flavor)
{
    return ((size_t)queue * (size_t)(flavor_count + 1) + (size_t)(flavor + 1)) * GP_AXES;
}

/* pools: [queue_pool_row(flavor_count, count, FLAVOR_ALL)], each row by lane. The queues are
 * linked. */
void queues_pool(const Queue *queues, int32_t count, int32_t flavor_count, QueuePool *pools);

#endif
