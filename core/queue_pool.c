/* queue_pool.c - pools from the leaves up. */
#include "core/queue_pool.h"

/* One lane of one account. */
typedef struct PoolLane {
    const Queue *queues;
    QueuePool *pools;
    int32_t flavor_count;
    int32_t flavor;
    int lane;
} PoolLane;

const QueueQuota *queue_quota(const Queue *queue, int32_t flavor)
{
    if (flavor == FLAVOR_ALL) {
        return &queue->quota;
    }
    for (int32_t i = 0; i < queue->flavor_count; i++) {
        if (queue->flavor[i] == flavor) {
            return &queue->flavor_quota[i];
        }
    }
    return NULL;
}

static uint8_t count_both(uint8_t counts, const QueuePool *child, bool first)
{
    uint8_t of_child = child->counts == POOL_ALL && child->home > 0 ? POOL_PARTS : child->counts;
    if (first) {
        return of_child;
    }
    return counts == of_child ? counts : POOL_PARTS;
}

/* named: a queue above names a quota. */
static const QueuePool *pool_fill(const PoolLane *lane, QueueId queue, bool named)
{
    const QueueQuota *row = queue_quota(&lane->queues[queue], lane->flavor);
    QueuePool *pool =
        &lane->pools[queue_pool_row(lane->flavor_count, queue, lane->flavor) + (size_t)lane->lane];
    bool own = row != NULL && row->nominal[lane->lane] != QUEUE_UNLIMITED;
    *pool = (QueuePool){.quota = own ? row->nominal[lane->lane] : 0,
                        .borrow = row != NULL ? row->borrow[lane->lane] : QUEUE_UNLIMITED,
                        .own = own,
                        .named = own || named,
                        .counts = own || named ? POOL_ALL : POOL_NOTHING};
    for (QueueId child = lane->queues[queue].first_child; child >= 0;
         child = lane->queues[child].next_sibling) {
        const QueuePool *below = pool_fill(lane, child, pool->named);
        pool->quota += below->quota - below->home;
        pool->counts = count_both(pool->counts, below, child == lane->queues[queue].first_child);
    }
    if (row != NULL && row->lend[lane->lane] != QUEUE_UNLIMITED &&
        pool->quota > row->lend[lane->lane]) {
        pool->home = pool->quota - row->lend[lane->lane];
    }
    return pool;
}

void queues_pool(const Queue *queues, int32_t count, int32_t flavor_count, QueuePool *pools)
{
    for (QueueId root = 0; root < count; root++) {
        for (int32_t flavor = FLAVOR_ALL; queues[root].parent < 0 && flavor < flavor_count;
             flavor++) {
            for (int lane = 0; lane < GP_AXES; lane++) {
                pool_fill(&(PoolLane){queues, pools, flavor_count, flavor, lane}, root, false);
            }
        }
    }
}
