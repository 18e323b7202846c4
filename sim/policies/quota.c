/* quota.c - room in quotas, cohorts and limits. */
#include "sim/policies/quota.h"

#include <stddef.h>

/* One lane of one account: the quotas over all flavors (FLAVOR_ALL), or those of one flavor. */
typedef struct Account {
    const Books *books;
    int32_t flavor;
    int lane;
    const BookChange *change; /* NULL: none */
} Account;

/* What a queue and those below it own together, and hold of that. */
typedef struct Pool {
    int64_t quota, used;
} Pool;

Books books_of(const World *world)
{
    return (Books){.queues = world->queues,
                   .queue_count = world->queue_count,
                   .flavor_count = world->flavor_count,
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

static const QueueQuota *quota_row(const Account *account, QueueId queue)
{
    const Queue *row = &account->books->queues[queue];
    if (account->flavor == FLAVOR_ALL) {
        return &row->quota;
    }
    for (int32_t i = 0; i < row->flavor_count; i++) {
        if (row->flavor[i] == account->flavor) {
            return &row->flavor_quota[i];
        }
    }
    return NULL;
}

static bool queue_names(const Account *account, QueueId queue)
{
    const QueueQuota *row = quota_row(account, queue);
    return row != NULL && row->nominal[account->lane] != QUEUE_UNLIMITED;
}

static bool named_above(const Account *account, QueueId queue)
{
    QueueId above = account->books->queues[queue].parent;
    while (above >= 0 && !queue_names(account, above)) {
        above = account->books->queues[above].parent;
    }
    return above >= 0;
}

/* What the queue holds, as the columns say; the change counts at its own queue alone. */
static int64_t queue_used(const Account *account, QueueId queue)
{
    const Books *books = account->books;
    const BookChange *change = account->change;
    int64_t used = 0;
    if (account->flavor == FLAVOR_ALL) {
        for (int32_t flavor = 0; flavor < books->flavor_count; flavor++) {
            used += books->used[book_row(books, queue, flavor) + (size_t)account->lane];
        }
    } else {
        used = books->used[book_row(books, queue, account->flavor) + (size_t)account->lane];
    }
    if (change != NULL && change->queue == queue &&
        (account->flavor == FLAVOR_ALL || account->flavor == change->flavor)) {
        used += change->times * change->lanes[account->lane];
    }
    return used;
}

/* Of a queue's pool, what its lending limit keeps at home. */
static int64_t kept_home(const Account *account, QueueId queue, int64_t quota)
{
    const QueueQuota *row = quota_row(account, queue);
    if (row == NULL || row->lend[account->lane] == QUEUE_UNLIMITED) {
        return 0;
    }
    return max64(0, quota - row->lend[account->lane]);
}

/* named: some queue above names a quota for the lane. Jobs belong to leaves. */
static Pool pool_of(const Account *account, QueueId queue, bool named)
{
    const Queue *queues = account->books->queues;
    bool own = queue_names(account, queue);
    Pool pool = {own ? quota_row(account, queue)->nominal[account->lane] : 0, 0};
    if (queues[queue].child_count == 0) {
        pool.used = own || named ? queue_used(account, queue) : 0;
        return pool;
    }
    for (QueueId child = queues[queue].first_child; child >= 0;
         child = queues[child].next_sibling) {
        Pool below = pool_of(account, child, own || named);
        int64_t home = kept_home(account, child, below.quota);
        pool.quota += below.quota - home;
        pool.used += max64(0, below.used - home);
    }
    return pool;
}

static int64_t account_room(const Account *account, QueueId queue)
{
    Pool pool = pool_of(account, queue, named_above(account, queue));
    QueueId parent = account->books->queues[queue].parent;
    if (parent < 0) {
        return pool.quota - pool.used;
    }
    int64_t home = kept_home(account, queue, pool.quota);
    int64_t lent = account_room(account, parent);
    const QueueQuota *row = quota_row(account, queue);
    if (row != NULL && row->borrow[account->lane] != QUEUE_UNLIMITED) {
        int64_t most = pool.quota - home - max64(0, pool.used - home) + row->borrow[account->lane];
        lent = min64(lent, most);
    }
    return max64(0, home - pool.used) + lent;
}

static int64_t account_potential(const Account *account, QueueId queue)
{
    Pool pool = pool_of(account, queue, named_above(account, queue));
    QueueId parent = account->books->queues[queue].parent;
    if (parent < 0) {
        return pool.quota;
    }
    int64_t most = kept_home(account, queue, pool.quota) + account_potential(account, parent);
    const QueueQuota *row = quota_row(account, queue);
    if (row != NULL && row->borrow[account->lane] != QUEUE_UNLIMITED) {
        most = min64(most, pool.quota + row->borrow[account->lane]);
    }
    return most;
}

static bool account_counts(const Account *account, QueueId queue)
{
    return queue_names(account, queue) || named_above(account, queue);
}

/* ---- both accounts of a flavor ---- */

typedef int64_t (*AccountQuestion)(const Account *account, QueueId queue);

/* The smaller answer of the account over all flavors and of the flavor's own. */
static int64_t ask_both(AccountQuestion question, const Books *books, QueueId queue, int32_t flavor,
                        int lane)
{
    int64_t least = QUEUE_UNLIMITED;
    const int32_t flavors[2] = {FLAVOR_ALL, flavor};
    for (int i = 0; i < (flavor == FLAVOR_ALL ? 1 : 2); i++) {
        Account account = {books, flavors[i], lane, NULL};
        if (account_counts(&account, queue)) {
            least = min64(least, question(&account, queue));
        }
    }
    return least;
}

static int64_t account_own(const Account *account, QueueId queue)
{
    Pool pool = pool_of(account, queue, named_above(account, queue));
    return pool.quota - pool.used;
}

/* Only where the queue itself names a quota. */
static int64_t account_strict(const Account *account, QueueId queue)
{
    if (!queue_names(account, queue)) {
        return QUEUE_UNLIMITED;
    }
    return quota_row(account, queue)->nominal[account->lane] - queue_used(account, queue);
}

int64_t quota_nominal(const Books *books, QueueId queue, int32_t flavor, int lane)
{
    Account account = {books, flavor, lane, NULL};
    if (!queue_names(&account, queue)) {
        account.flavor = FLAVOR_ALL;
    }
    return quota_row(&account, queue)->nominal[lane];
}

int64_t quota_owned(const Books *books, QueueId queue, int lane)
{
    int64_t owned = 0;
    bool counts = false;
    for (int32_t flavor = FLAVOR_ALL; flavor < books->flavor_count; flavor++) {
        Account account = {books, flavor, lane, NULL};
        if (account_counts(&account, queue) || books->queues[queue].child_count > 0) {
            int64_t quota = pool_of(&account, queue, named_above(&account, queue)).quota;
            counts = counts || account_counts(&account, queue) || quota > 0;
            owned += quota;
        }
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
            Account account = {books, FLAVOR_ALL, lane, NULL};
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
static int64_t account_borrowed(const Account *account, QueueId queue)
{
    Pool pool = pool_of(account, queue, named_above(account, queue));
    return max64(0, pool.used - pool.quota);
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
            Account account = {books, flavor, lane, change};
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
        Account account = {books, flavor, lane, change};
        ratio.part += account_borrowed(&account, queue);
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
