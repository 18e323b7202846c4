/* test_quota.c - divisions and cohorts on random rows and trees, against plain oracles: water
 * filling in floating point, and Kueue's definitions followed word by word without any table. */
#include <math.h>

#include "sim/policies/fill.h"
#include "sim/policies/quota.h"
#include "tests/suite.h"

const char *const SUITE = "quota";

static uint64_t luck = 0x9e3779b97f4a7c15u;

/* 0..below-1, by xorshift: the same numbers in every run. */
static int64_t draw(int64_t below)
{
    luck ^= luck << 13;
    luck ^= luck >> 7;
    luck ^= luck << 17;
    return (int64_t)(luck % (uint64_t)below);
}

/* ---- divisions ---- */

#define ROWS_MAX 12

/* What weighted filling tends to: each gets min(most, level x weight), and all is given if all is
 * wanted. */
static void water_fill(const ShareRow *rows, int32_t count, double amount, double *share)
{
    bool full[ROWS_MAX] = {false};
    for (bool changes = true; changes;) {
        double left = amount;
        double weights = 0;
        changes = false;
        for (int32_t i = 0; i < count; i++) {
            left -= full[i] ? share[i] : 0;
            weights += full[i] ? 0 : (double)rows[i].weight;
        }
        for (int32_t i = 0; i < count; i++) {
            double most = (double)(rows[i].request < rows[i].cap ? rows[i].request : rows[i].cap);
            if (!full[i]) {
                share[i] = weights > 0 ? left * (double)rows[i].weight / weights : 0;
                if (share[i] >= most) {
                    share[i] = most;
                    full[i] = changes = true;
                }
            }
        }
    }
}

static int32_t rows_draw(ShareRow *rows)
{
    int32_t count = 1 + (int32_t)draw(ROWS_MAX);
    for (int32_t i = 0; i < count; i++) {
        rows[i] = (ShareRow){.priority = (int32_t)draw(3),
                             .weight = draw(5) * GP_PPM + draw(GP_PPM),
                             .request = draw(3) == 0 ? 0 : draw(20000),
                             .cap = draw(3) == 0 ? draw(9000) : QUEUE_UNLIMITED};
    }
    return count;
}

/* Goal: proportion is weighted water filling, to within a unit, and gives away all that is wanted.
 * Method: 20,000 drawn sets of rows without guarantees. */
static void proportion_is_water_filling(void)
{
    int wrong = 0;
    for (int trial = 0; trial < 20000; trial++) {
        ShareRow rows[ROWS_MAX];
        double expected[ROWS_MAX] = {0};
        int32_t count = rows_draw(rows);
        int64_t amount = 1 + draw(30000);
        int64_t given = 0;
        int64_t wanted = 0;
        fill_proportion(rows, count, amount);
        water_fill(rows, count, (double)amount, expected);
        for (int32_t i = 0; i < count; i++) {
            int64_t most = rows[i].request < rows[i].cap ? rows[i].request : rows[i].cap;
            wrong += fabs((double)rows[i].share - expected[i]) > 1.001 || rows[i].share > most;
            given += rows[i].share;
            wanted += rows[i].weight > 0 ? most : 0;
        }
        wrong += given != (wanted < amount ? wanted : amount);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

/* Goal: guarantees are kept, and the rest never exceeds what there is. Method: drawn guarantees
 * that fit the amount together. */
static void guarantees_are_kept(void)
{
    int wrong = 0;
    for (int trial = 0; trial < 20000; trial++) {
        ShareRow rows[ROWS_MAX];
        int32_t count = rows_draw(rows);
        int64_t amount = 1 + draw(30000);
        int64_t left = amount;
        int64_t given = 0;
        int64_t owned = 0;
        for (int32_t i = 0; i < count; i++) {
            rows[i].owned = draw(2) * draw(left / 2 + 1);
            left -= rows[i].owned;
            owned += rows[i].owned;
        }
        fill_proportion(rows, count, amount);
        for (int32_t i = 0; i < count; i++) {
            wrong += rows[i].share < rows[i].owned;
            given += rows[i].share;
        }
        wrong += given > amount + owned;
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

/* Goal: KAI's rules hold for any rows. Method: drawn quotas that fit. Everybody has min(quota,
 * request, limit) at least, and at most one unit above min(request, limit); nothing is left while
 * somebody wants more; beside its quota a lower priority gets only the odd units, fewer than there
 * are queues, while a higher one wants a whole unit. */
static void kai_keeps_its_rules(void)
{
    int wrong = 0;
    for (int trial = 0; trial < 20000; trial++) {
        ShareRow rows[ROWS_MAX];
        int32_t count = rows_draw(rows);
        int64_t amount = 1000 * (1 + draw(30));
        int64_t left = amount;
        for (int32_t i = 0; i < count; i++) {
            rows[i].owned = 1000 * draw(left / 2000 + 1);
            rows[i].weight += 1;
            left -= rows[i].owned;
        }
        fill_kai(rows, count, &(KaiFill){.amount = amount, .unit = 1000});
        int64_t given = 0;
        int64_t hungry = 0;
        for (int32_t i = 0; i < count; i++) {
            int64_t most = rows[i].request < rows[i].cap ? rows[i].request : rows[i].cap;
            int64_t least = most < rows[i].owned ? most : rows[i].owned;
            wrong += rows[i].share < least || rows[i].share >= most + 1000;
            hungry += most > rows[i].share;
            given += rows[i].share;
            for (int32_t k = 0; k < count; k++) {
                int64_t more = rows[k].request < rows[k].cap ? rows[k].request : rows[k].cap;
                wrong += rows[k].priority > rows[i].priority && more >= rows[k].share + 1000 &&
                         rows[i].share >= least + 1000 * (int64_t)count;
            }
        }
        wrong += given > amount || (hungry > 0 && given < amount);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

/* ---- cohorts ---- */

#define QUEUES 9

typedef struct Forest {
    Queue queues[QUEUES];
    QueuePool pools[QUEUES * 2 * GP_AXES];
    int64_t used[QUEUES * GP_AXES];
    Books books;
} Forest;

/* Trees of up to nine queues; parents have lower numbers. GPU quotas, some with limits on borrowing
 * and lending; leaves hold drawn amounts. */
static void forest_draw(Forest *forest)
{
    for (QueueId queue = 0; queue < QUEUES; queue++) {
        Queue *row = &forest->queues[queue];
        *row = queue_default("q");
        row->parent = queue == 0 ? -1 : (QueueId)draw(queue + 1) - 1;
        if (draw(4) > 0) {
            row->quota.nominal[GP_AXIS_GPU] = draw(9);
            row->quota.borrow[GP_AXIS_GPU] = draw(2) ? QUEUE_UNLIMITED : draw(4);
            row->quota.lend[GP_AXIS_GPU] = draw(2) ? QUEUE_UNLIMITED : draw(4);
        }
        row->weight_ppm = (1 + draw(3)) * GP_PPM;
    }
    queues_link(forest->queues, QUEUES);
    queues_pool(forest->queues, QUEUES, 1, forest->pools);
    for (int32_t i = 0; i < QUEUES * GP_AXES; i++) {
        forest->used[i] = 0;
    }
    forest->books = (Books){forest->queues, QUEUES, 1, forest->pools, forest->used};
    for (QueueId queue = 0; queue < QUEUES; queue++) {
        int64_t lanes[GP_AXES] = {[GP_AXIS_GPU] = draw(12)};
        if (forest->queues[queue].child_count == 0) {
            books_change(forest->used, &forest->books, &(BookChange){queue, 0, lanes, 1});
        }
    }
}

/* Is a quota named here or above? */
static bool named(const Forest *forest, QueueId queue)
{
    for (; queue >= 0; queue = forest->queues[queue].parent) {
        if (forest->queues[queue].quota.nominal[GP_AXIS_GPU] != QUEUE_UNLIMITED) {
            return true;
        }
    }
    return false;
}

static int64_t subtree_quota(const Forest *forest, QueueId queue);

/* What a lending limit keeps at home (Kueue: local quota). */
static int64_t local_quota(const Forest *forest, QueueId queue)
{
    int64_t lend = forest->queues[queue].quota.lend[GP_AXIS_GPU];
    int64_t kept = lend == QUEUE_UNLIMITED ? 0 : subtree_quota(forest, queue) - lend;
    return kept > 0 ? kept : 0;
}

static int64_t subtree_quota(const Forest *forest, QueueId queue)
{
    int64_t nominal = forest->queues[queue].quota.nominal[GP_AXIS_GPU];
    int64_t quota = nominal == QUEUE_UNLIMITED ? 0 : nominal;
    for (QueueId child = 0; child < QUEUES; child++) {
        if (forest->queues[child].parent == queue) {
            quota += subtree_quota(forest, child) - local_quota(forest, child);
        }
    }
    return quota;
}

static int64_t usage_of(const Forest *forest, QueueId queue)
{
    if (forest->queues[queue].child_count == 0) {
        return named(forest, queue) ? forest->used[queue * GP_AXES + GP_AXIS_GPU] : 0;
    }
    int64_t usage = 0;
    for (QueueId child = 0; child < QUEUES; child++) {
        if (forest->queues[child].parent == queue) {
            int64_t above = usage_of(forest, child) - local_quota(forest, child);
            usage += above > 0 ? above : 0;
        }
    }
    return usage;
}

static int64_t available(const Forest *forest, QueueId queue)
{
    const Queue *row = &forest->queues[queue];
    int64_t quota = subtree_quota(forest, queue);
    int64_t usage = usage_of(forest, queue);
    int64_t local = local_quota(forest, queue);
    if (row->parent < 0) {
        return quota - usage;
    }
    int64_t from_parent = available(forest, row->parent);
    if (row->quota.borrow[GP_AXIS_GPU] != QUEUE_UNLIMITED) {
        int64_t in_parent = usage > local ? usage - local : 0;
        int64_t most = quota - local - in_parent + row->quota.borrow[GP_AXIS_GPU];
        from_parent = most < from_parent ? most : from_parent;
    }
    return (local > usage ? local - usage : 0) + from_parent;
}

static int64_t potential(const Forest *forest, QueueId queue)
{
    const Queue *row = &forest->queues[queue];
    if (row->parent < 0) {
        return subtree_quota(forest, queue);
    }
    int64_t most = local_quota(forest, queue) + potential(forest, row->parent);
    int64_t limit = row->quota.borrow[GP_AXIS_GPU];
    if (limit != QUEUE_UNLIMITED && subtree_quota(forest, queue) + limit < most) {
        most = subtree_quota(forest, queue) + limit;
    }
    return most;
}

/* Goal: rooms, what could be had, and shares are Kueue's. Method: 3,000 drawn forests; each queue's
 * room against the definitions (subtree quota, local quota, usage that passes the local quota). A
 * change is as good as writing it down. */
static void cohorts_follow_their_definitions(void)
{
    int wrong = 0;
    for (int trial = 0; trial < 3000; trial++) {
        Forest forest;
        forest_draw(&forest);
        const Books *books = &forest.books;
        for (QueueId queue = 0; queue < QUEUES; queue++) {
            int64_t room = quota_room_cohort(books, queue, 0, GP_AXIS_GPU);
            int64_t most = quota_potential(books, queue, 0, GP_AXIS_GPU);
            int64_t over = usage_of(&forest, queue) - subtree_quota(&forest, queue);
            QueueId parent = forest.queues[queue].parent;
            wrong += room != (named(&forest, queue) ? available(&forest, queue) : QUEUE_UNLIMITED);
            wrong += most != (named(&forest, queue) ? potential(&forest, queue) : QUEUE_UNLIMITED);
            wrong += quota_borrows(books, queue, NULL) != (parent >= 0 && over > 0);
            if (parent >= 0 && over > 0 && potential(&forest, parent) > 0) {
                Ratio share = quota_cohort_share(books, queue, NULL);
                Ratio expected = {over * GP_PPM,
                                  potential(&forest, parent) * forest.queues[queue].weight_ppm};
                wrong += ratio_compare(share, expected) != 0;
            }
        }
        QueueId leaf = QUEUES - 1; /* the last has nobody below */
        int64_t lanes[GP_AXES] = {[GP_AXIS_GPU] = 1 + draw(5)};
        BookChange change = {leaf, 0, lanes, draw(2) ? 1 : -1};
        QueueId above = queue_ancestor(forest.queues, leaf, (int32_t)draw(3));
        Ratio told = quota_cohort_share(books, above, &change);
        bool borrows = quota_borrows(books, above, &change);
        books_change(forest.used, books, &change);
        wrong += ratio_compare(told, quota_cohort_share(books, above, NULL)) != 0;
        wrong += borrows != quota_borrows(books, above, NULL);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

const TestCase CASES[] = {
    {"proportion is water filling", proportion_is_water_filling},
    {"guarantees are kept", guarantees_are_kept},
    {"kai keeps its rules", kai_keeps_its_rules},
    {"cohorts follow their definitions", cohorts_follow_their_definitions},
    {NULL, NULL},
};
