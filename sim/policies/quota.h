/* quota.h - what the rules leave a queue: room in its own quota, in its cohort's, under its limits,
 * and how its share compares. Pure functions of the queues and of what they hold.
 *
 * What queues hold is handed over as Books, so that a policy can ask "what if these victims were
 * gone" with a column of its own.
 *
 * `flavor` is the kind of nodes that a job would use; a quota over all flavors counts besides. A
 * lane counts only where the queue, or a queue above it, names a quota for it; a queue without one
 * below a queue that has one owns nothing and borrows all it gets.
 * Source of borrowing and lending: Kueue, hierarchical cohorts (docs/shares.md).
 */
#ifndef SIM_POLICIES_QUOTA_H
#define SIM_POLICIES_QUOTA_H

#include "core/queue_pool.h"
#include "core/world.h"
#include "sim/policies/ratio.h"

/* Who holds what. `used` may point to a policy's own copy of the World's column. */
typedef struct Books {
    const Queue *queues; /* [queue_count], linked by queues_link */
    int32_t queue_count;
    int32_t flavor_count;
    const QueuePool *pools; /* queues_pool */
    const int64_t *used;    /* [(queue * flavor_count + flavor) * GP_AXES + lane] */
} Books;

Books books_of(const World *world);

/* `times` x `lanes` more (negative: less) in a queue. */
typedef struct BookChange {
    QueueId queue;
    int32_t flavor; /* FLAVOR_ALL counts as the first */
    const int64_t *lanes;
    int64_t times;
} BookChange;

/* Writes a change to a copy of the column: to the queue and to all above it. */
void books_change(int64_t *used, const Books *books, const BookChange *change);

/* The queue's own quota of the flavor if it lists flavors, else over all; QUEUE_UNLIMITED: none. */
int64_t quota_nominal(const Books *books, QueueId queue, int32_t flavor, int lane);

/* All that the queue owns over flavors, with what is below it; QUEUE_UNLIMITED: it names no quota.
 */
int64_t quota_owned(const Books *books, QueueId queue, int lane);

/* Room in the queue's own quota, as if it could not borrow; QUEUE_UNLIMITED where it has none;
 * negative where it borrows. */
int64_t quota_room_own(const Books *books, QueueId queue, int32_t flavor, int lane);

/* Room with what the cohorts above lend; may be negative. */
int64_t quota_room_cohort(const Books *books, QueueId queue, int32_t flavor, int lane);

/* Room under the limits of the queue and of all above it. */
int64_t quota_room_limit(const Books *books, QueueId queue, int lane);

/* The most that the queue could hold if nobody held anything (of a cohort: what it can lend). */
int64_t quota_potential(const Books *books, QueueId queue, int32_t flavor, int lane);

/* Do `lanes` more fit ... in every lane that they ask for? */
bool quota_fits_own(const Books *books, QueueId queue, int32_t flavor, const int64_t *lanes);
bool quota_fits_cohort(const Books *books, QueueId queue, int32_t flavor, const int64_t *lanes);
bool quota_fits_limit(const Books *books, QueueId queue, const int64_t *lanes);
/* ... in the quota of the queue and in each quota above, nobody borrowing. */
bool quota_fits_strictly(const Books *books, QueueId queue, int32_t flavor, const int64_t *lanes);

/* Would the queue or cohort, after the change to itself or to a queue below, hold more than its own
 * quota in some lane that the change asks for? change NULL: does it now, in any? Always false
 * without a parent. */
bool quota_borrows(const Books *books, QueueId queue, const BookChange *change);

/* Kueue's share / 1000 of a queue or cohort: the largest over lanes of (held above its quota,
 * summed over flavors) / (what its parent can lend), divided by its weight; 0 where it borrows
 * nothing or has no parent; infinite where it borrows with weight 0. change NULL: as it is. */
Ratio quota_cohort_share(const Books *books, QueueId queue, const BookChange *change);

/* The ancestor at that depth; the queue itself if it is not deeper. */
QueueId queue_ancestor(const Queue *queues, QueueId queue, int32_t depth);

#endif
