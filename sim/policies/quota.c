/* quota.c - room in quotas, cohorts and limits. */
#include "sim/policies/quota.h"

#include <stddef.h>

/* One lane of one account: the quotas over all flavors (FLAVOR_ALL), or those of one flavor. */
typedef struct QuotaLine {
    const Books *books;
    int32_t flavor;
    int lane;
    const BookChange *change; /* NULL: none */
} QuotaLine;

/* What a queue and those below it own together, and hold of that. */
typedef struct Pool {
    int64_t quota, used;
} Pool;

Books books_of(const World *world)
{
    return (Books){.queues = world->queues,
                   .queue_count = world->queue_count,
                   .flavor_count = world->flavor_count,
                   .pools = world->queue_pools,
                   .used = world->queue_used};
}

static size_t book_row(const Books *books, QueueId queue, int32_t flavor)
{
    int32_t column = flavor == FLAVOR_ALL ? 0 : flavor;
    return ((size_t)queue * (size_t)books->flavor_count + (size_t)column) * GP_AXES;
}

void books_change(int64_t *used, const Books *books, const BookChange *change)
{
    for (QueueId queue = change->queue; queue >= 0; queue = books->queues[queue].parent) {
        int64_t *row = used + book_row(books, queue, change->flavor);
        for (int lane = 0; lane < GP_AXES; lane++) {
            row[lane] += change->times * change->lanes[lane];
        }
    }
}

QueueId queue_ancestor(const Queue *queues, QueueId queue, int32_t depth)
{
    while (queues[queue].depth > depth) {
        queue = queues[queue].parent;
    }
    return queue;
}

/* ---- one account ---- */

static int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t max64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t gcd64(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static const QueuePool *pool_of(const QuotaLine *account, QueueId queue)
{
    const Books *books = account->books;
    return &books->pools[queue_pool_row(books->flavor_count, queue, account->flavor) +
                         (size_t)account->lane];
}

/* Is the queue the one that changes, or above it? */
static bool changes(const QuotaLine *account, QueueId queue)
{
    const BookChange *change = account->change;
    if (change == NULL || (account->flavor != FLAVOR_ALL && account->flavor != change->flavor)) {
        return false;
    }
    const Queue *queues = account->books->queues;
    return queue_ancestor(queues, change->queue, queues[queue].depth) == queue;
}

/* What the queue and those below it hold. */
static int64_t queue_used(const QuotaLine *account, QueueId queue)
{
    const Books *books = account->books;
    int64_t used = 0;
    if (account->flavor == FLAVOR_ALL) {
        for (int32_t flavor = 0; flavor < books->flavor_count; flavor++) {
            used += books->used[book_row(books, queue, flavor) + (size_t)account->lane];
        }
    } else {
        used = books->used[book_row(books, queue, account->flavor) + (size_t)account->lane];
    }
    if (changes(account, queue)) {
        used += account->change->times * account->change->lanes[account->lane];
    }
    return used;
}

/* What counts of it in the queue's pool. Jobs belong to leaves. */
static int64_t pool_used(const QuotaLine *account, QueueId queue)
{
    const Queue *queues = account->books->queues;
    uint8_t counts = pool_of(account, queue)->counts;
    if (counts != POOL_PARTS) {
        return counts == POOL_ALL ? queue_used(account, queue) : 0;
    }
    int64_t used = 0;
    for (QueueId child = queues[queue].first_child; child >= 0;
         child = queues[child].next_sibling) {
        used += max64(0, pool_used(account, child) - pool_of(account, child)->home);
    }
    return used;
}

static int64_t account_room(const QuotaLine *account, QueueId queue)
{
    const QueuePool *pool = pool_of(account, queue);
    int64_t used = pool_used(account, queue);
    QueueId parent = account->books->queues[queue].parent;
    if (parent < 0) {
        return pool->quota - used;
    }
    int64_t lent = account_room(account, parent);
    if (pool->borrow != QUEUE_UNLIMITED) {
        int64_t most = pool->quota - pool->home - max64(0, used - pool->home) + pool->borrow;
        lent = min64(lent, most);
    }
    return max64(0, pool->home - used) + lent;
}

static int64_t account_potential(const QuotaLine *account, QueueId queue)
{
    const QueuePool *pool = pool_of(account, queue);
    QueueId parent = account->books->queues[queue].parent;
    if (parent < 0) {
        return pool->quota;
    }
    int64_t most = pool->home + account_potential(account, parent);
    return pool->borrow != QUEUE_UNLIMITED ? min64(most, pool->quota + pool->borrow) : most;
}

/* ---- both accounts of a flavor ---- */

typedef int64_t (*AccountQuestion)(const QuotaLine *account, QueueId queue);

/* The smaller answer of the account over all flavors and of the flavor's own. */
static int64_t ask_both(AccountQuestion question, const Books *books, QueueId queue, int32_t flavor,
                        int lane)
{
    int64_t least = QUEUE_UNLIMITED;
    const int32_t flavors[2] = {FLAVOR_ALL, flavor};
    for (int i = 0; i < (flavor == FLAVOR_ALL ? 1 : 2); i++) {
        QuotaLine account = {books, flavors[i], lane, NULL};
        if (pool_of(&account, queue)->named) {
            least = min64(least, question(&account, queue));
        }
    }
    return least;
}

static int64_t account_own(const QuotaLine *account, QueueId queue)
{
    return pool_of(account, queue)->quota - pool_used(account, queue);
}

/* Only where the queue itself names a quota: its own, without what is lent to it. */
static int64_t account_strict(const QuotaLine *account, QueueId queue)
{
    if (!pool_of(account, queue)->own) {
        return QUEUE_UNLIMITED;
    }
    const QueueQuota *row = queue_quota(&account->books->queues[queue], account->flavor);
    return row->nominal[account->lane] - queue_used(account, queue);
}

int64_t quota_nominal(const Books *books, QueueId queue, int32_t flavor, int lane)
{
    QuotaLine account = {books, flavor, lane, NULL};
    if (!pool_of(&account, queue)->own) {
        account.flavor = FLAVOR_ALL;
    }
    return queue_quota(&books->queues[queue], account.flavor)->nominal[lane];
}

int64_t quota_owned(const Books *books, QueueId queue, int lane)
{
    int64_t owned = 0;
    bool counts = false;
    for (int32_t flavor = FLAVOR_ALL; flavor < books->flavor_count; flavor++) {
        QuotaLine account = {books, flavor, lane, NULL};
        const QueuePool *pool = pool_of(&account, queue);
        counts = counts || pool->named || pool->quota > 0;
        owned += pool->quota;
    }
    return counts ? owned : QUEUE_UNLIMITED;
}

int64_t quota_room_own(const Books *books, QueueId queue, int32_t flavor, int lane)
{
    return ask_both(account_own, books, queue, flavor, lane);
}

int64_t quota_room_cohort(const Books *books, QueueId queue, int32_t flavor, int lane)
{
    return ask_both(account_room, books, queue, flavor, lane);
}

int64_t quota_potential(const Books *books, QueueId queue, int32_t flavor, int lane)
{
    return ask_both(account_potential, books, queue, flavor, lane);
}

int64_t quota_room_limit(const Books *books, QueueId queue, int lane)
{
    int64_t room = QUEUE_UNLIMITED;
    for (; queue >= 0; queue = books->queues[queue].parent) {
        int64_t limit = books->queues[queue].limit[lane];
        if (limit != QUEUE_UNLIMITED) {
            QuotaLine account = {books, FLAVOR_ALL, lane, NULL};
            room = min64(room, limit - queue_used(&account, queue));
        }
    }
    return room;
}

bool quota_fits_own(const Books *books, QueueId queue, int32_t flavor, const int64_t *lanes)
{
    for (int lane = 0; lane < GP_AXES; lane++) {
        if (lanes[lane] > 0 && lanes[lane] > quota_room_own(books, queue, flavor, lane)) {
            return false;
        }
    }
    return true;
}

bool quota_fits_cohort(const Books *books, QueueId queue, int32_t flavor, const int64_t *lanes)
{
    for (int lane = 0; lane < GP_AXES; lane++) {
        if (lanes[lane] > 0 && lanes[lane] > quota_room_cohort(books, queue, flavor, lane)) {
            return false;
        }
    }
    return true;
}

bool quota_fits_limit(const Books *books, QueueId queue, const int64_t *lanes)
{
    for (int lane = 0; lane < GP_AXES; lane++) {
        if (lanes[lane] > 0 && lanes[lane] > quota_room_limit(books, queue, lane)) {
            return false;
        }
    }
    return true;
}

bool quota_fits_strictly(const Books *books, QueueId queue, int32_t flavor, const int64_t *lanes)
{
    for (; queue >= 0; queue = books->queues[queue].parent) {
        for (int lane = 0; lane < GP_AXES; lane++) {
            if (lanes[lane] > 0 &&
                lanes[lane] > ask_both(account_strict, books, queue, flavor, lane)) {
                return false;
            }
        }
    }
    return true;
}

/* ---- borrowing and shares ---- */

/* Held above the queue's own quota in one account. */
static int64_t account_borrowed(const QuotaLine *account, QueueId queue)
{
    if (pool_of(account, queue)->counts == POOL_NOTHING) {
        return 0;
    }
    return max64(0, pool_used(account, queue) - pool_of(account, queue)->quota);
}

bool quota_borrows(const Books *books, QueueId queue, const BookChange *change)
{
    if (books->queues[queue].parent < 0) {
        return false;
    }
    for (int lane = 0; lane < GP_AXES; lane++) {
        if (change != NULL && change->lanes[lane] == 0) {
            continue;
        }
        for (int32_t flavor = FLAVOR_ALL; flavor < books->flavor_count; flavor++) {
            bool asked = change == NULL || flavor == FLAVOR_ALL || flavor == change->flavor;
            QuotaLine account = {books, flavor, lane, change};
            if (asked && account_borrowed(&account, queue) > 0) {
                return true;
            }
        }
    }
    return false;
}

/* Borrowed and lendable of one lane, over all accounts. */
static Ratio lane_share(const Books *books, QueueId queue, int lane, const BookChange *change)
{
    Ratio ratio = {0, 0};
    for (int32_t flavor = FLAVOR_ALL; flavor < books->flavor_count; flavor++) {
        QuotaLine account = {books, flavor, lane, change};
        ratio.part += account_borrowed(&account, queue);
    }
    for (int32_t flavor = FLAVOR_ALL; ratio.part > 0 && flavor < books->flavor_count; flavor++) {
        QuotaLine account = {books, flavor, lane, change}; /* most lanes are not borrowed at all */
        ratio.whole += account_potential(&account, books->queues[queue].parent);
    }
    return ratio;
}

Ratio quota_cohort_share(const Books *books, QueueId queue, const BookChange *change)
{
    Ratio share = {0, 1};
    bool borrows = false;
    if (books->queues[queue].parent < 0) {
        return share;
    }
    for (int lane = 0; lane < GP_AXIS_COUNT; lane++) {
        Ratio ratio = lane_share(books, queue, lane, change);
        borrows = borrows || ratio.part > 0;
        if (ratio.whole > 0) {
            share = ratio_larger(share, ratio);
        }
    }
    int64_t weight_ppm = books->queues[queue].weight_ppm;
    if (weight_ppm == 0) { /* infinite, and among such the larger ratio is the larger share */
        return (Ratio){borrows ? 1 + ratio_scaled(share, INT64_C(1000000000000)) : 0, 0};
    }
    int64_t common = gcd64(GP_PPM, weight_ppm); /* whole weights keep the numbers small */
    return (Ratio){share.part * (GP_PPM / common), share.whole * (weight_ppm / common)};
}
