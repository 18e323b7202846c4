/* test_shares.c - who is due what: divisions, quotas and cohorts on plain rows, then in whole runs.
 * Numbers are worked out by hand, or are those of the systems' micro-scenarios (VOL, KAI, KUE). */
#include <string.h>

#include "sim/policies/fill.h"
#include "sim/policies/quota.h"
#include "sim/policies/registry.h"
#include "sim/policies/shares.h"
#include "tests/play.h"
#include "tests/suite.h"

const char *const SUITE = "shares";

/* ---- ratios ---- */

/* Goal: fractions are compared exactly, infinity last. Method: 1/3 against 333333333/1000000000 and
 * 2/6; weight-0 borrowers by their parts. */
static void ratios_are_exact(void)
{
    CU_ASSERT(ratio_compare((Ratio){1, 3}, (Ratio){333333333, 1000000000}) > 0);
    CU_ASSERT_EQUAL(ratio_compare((Ratio){1, 3}, (Ratio){2, 6}), 0);
    CU_ASSERT(ratio_compare((Ratio){1, 0}, (Ratio){INT64_MAX, 1}) > 0);
    CU_ASSERT(ratio_compare((Ratio){2, 0}, (Ratio){1, 0}) > 0);
    CU_ASSERT_EQUAL(ratio_compare((Ratio){0, 0}, (Ratio){0, 5}), 0);
    CU_ASSERT(ratio_compare((Ratio){0, 0}, (Ratio){1, 5}) < 0);
    CU_ASSERT_EQUAL(ratio_scaled((Ratio){2, 3}, 1000), 666);
    CU_ASSERT_EQUAL(ratio_scaled((Ratio){1, 0}, 1000), INT64_MAX);
    CU_ASSERT_EQUAL(ratio_scaled((Ratio){0, 0}, 1000), 0);
}

/* ---- divisions ---- */

static ShareRow row(int64_t weight, int64_t request)
{
    return (ShareRow){.weight = weight * GP_PPM, .request = request * 1000, .cap = QUEUE_UNLIMITED};
}

/* Goal: VOL-2. Method: 12 GPUs; weight/request 1/2, 1/10, 2/10: 2, 3.333, 6.667. The unit that
 * rounding leaves goes to the larger fraction, .667, wherever it stands. */
static void proportion_fills_by_weight(void)
{
    ShareRow rows[] = {row(1, 2), row(1, 10), row(2, 10)};
    fill_proportion(rows, 3, 12000);
    CU_ASSERT_EQUAL(rows[0].share, 2000);
    CU_ASSERT_EQUAL(rows[1].share, 3333);
    CU_ASSERT_EQUAL(rows[2].share, 6667);
    ShareRow idle[] = {row(1, 0), row(1, 10), row(1, 10)}; /* who asks nothing leaves no trace */
    fill_proportion(idle, 3, 8000);
    CU_ASSERT_EQUAL(idle[0].share, 0);
    CU_ASSERT_EQUAL(idle[1].share, 4000);
    CU_ASSERT_EQUAL(idle[2].share, 4000);
    ShareRow turned[] = {row(2, 10), row(1, 10), row(1, 2)};
    fill_proportion(turned, 3, 12000);
    CU_ASSERT_EQUAL(turned[0].share, 6667);
    CU_ASSERT_EQUAL(turned[1].share, 3333);
    CU_ASSERT_EQUAL(turned[2].share, 2000);
}

/* Goal: caps bind, guarantees lift, nobody gets more than there is. Method: 12 GPUs among four
 * equal queues that ask 10: Q1 capped at 1, Q2 guaranteed 5. Round 1: 3 each; Q1 1, Q2 raised to 5:
 * 12 - (1 + 5 + 3 + 3) = 0 left. Weights 2, 1, 1, the first capped at 2, the last guaranteed 4, and
 * a queue that asks nothing, which weighs nothing: 2, 3, 4, then half of 3 each. Asking in sum less
 * than there is: everybody gets what he asks; weight 0: nothing. */
static void proportion_caps_and_guarantees(void)
{
    ShareRow rows[] = {row(1, 10), row(1, 10), row(1, 10), row(1, 10)};
    rows[0].cap = 1000;
    rows[1].owned = 5000;
    fill_proportion(rows, 4, 12000);
    CU_ASSERT_EQUAL(rows[0].share, 1000);
    CU_ASSERT_EQUAL(rows[1].share, 5000);
    CU_ASSERT_EQUAL(rows[2].share, 3000);
    CU_ASSERT_EQUAL(rows[3].share, 3000);
    ShareRow beside[] = {row(1, 0), row(2, 10), row(1, 10), row(1, 10)};
    beside[1].cap = 2000;
    beside[3].owned = 4000;
    fill_proportion(beside, 4, 12000);
    CU_ASSERT_EQUAL(beside[0].share, 0);
    CU_ASSERT_EQUAL(beside[1].share, 2000);
    CU_ASSERT_EQUAL(beside[2].share, 4500);
    CU_ASSERT_EQUAL(beside[3].share, 5500);
    ShareRow modest[] = {row(1, 2), row(9, 1), row(0, 4)};
    fill_proportion(modest, 3, 12000);
    CU_ASSERT_EQUAL(modest[0].share, 2000);
    CU_ASSERT_EQUAL(modest[1].share, 1000);
    CU_ASSERT_EQUAL(modest[2].share, 0);
}

static ShareRow kai_row(int64_t quota, int32_t priority, int64_t weight, int64_t request)
{
    ShareRow result = row(weight, request);
    result.owned = quota == -1 ? QUEUE_UNLIMITED : quota * 1000;
    result.priority = priority;
    return result;
}

static void kai_fill(ShareRow *rows, int32_t count, int64_t gpus, int64_t usage_ppm)
{
    fill_kai(rows, count, &(KaiFill){.amount = gpus * 1000, .unit = 1000, .usage_ppm = usage_ppm});
}

/* Goal: KAI-1, KAI-2. Method: 10 GPUs, quota/priority/weight 3/2/2, 2/2/1, 2/1/100, all ask 10: 3
 * are left after quotas and go by weight 2:1 inside priority 2: 5, 3, 2. 4 GPUs, three equal queues
 * without quota: one each, the odd one to the oldest: 2, 1, 1. */
static void kai_divides_as_published(void)
{
    ShareRow one[] = {kai_row(3, 2, 2, 10), kai_row(2, 2, 1, 10), kai_row(2, 1, 100, 10)};
    kai_fill(one, 3, 10, 0);
    CU_ASSERT_EQUAL(one[0].share, 5000);
    CU_ASSERT_EQUAL(one[1].share, 3000);
    CU_ASSERT_EQUAL(one[2].share, 2000);
    ShareRow two[] = {kai_row(0, 1, 1, 10), kai_row(0, 1, 1, 10), kai_row(0, 1, 1, 10)};
    kai_fill(two, 3, 4, 0);
    CU_ASSERT_EQUAL(two[0].share, 2000);
    CU_ASSERT_EQUAL(two[1].share, 1000);
    CU_ASSERT_EQUAL(two[2].share, 1000);
}

/* Goal: the rest of the rules. Method: 5 GPUs, two queues of priority 2 and one of 1, no
 * quotas: 2.5 each is rounded to 2, and the odd one goes to the lower priority before any rounding
 * is settled: 2, 2, 1. A limit caps a request: 4 GPUs, limit 1, the other gets 3. Quota -1 is all
 * that is there. A whole request below its part is given though it is no whole GPU, and its rest
 * goes round again: 4 GPUs, one asks 0.5, two ask 4. Parts of 1.33: 0.5, 1, 1; of the 1.5 left
 * parts of 0.75, rounded to none; then 1 to the first of equal fractions and 0.5 to the next. */
static void kai_rounds_limits_and_priorities(void)
{
    ShareRow odd[] = {kai_row(0, 2, 1, 10), kai_row(0, 2, 1, 10), kai_row(0, 1, 1, 10)};
    kai_fill(odd, 3, 5, 0);
    CU_ASSERT_EQUAL(odd[0].share, 2000);
    CU_ASSERT_EQUAL(odd[1].share, 2000);
    CU_ASSERT_EQUAL(odd[2].share, 1000);
    ShareRow limited[] = {kai_row(0, 0, 1, 10), kai_row(0, 0, 1, 10)};
    limited[0].cap = 1000;
    kai_fill(limited, 2, 4, 0);
    CU_ASSERT_EQUAL(limited[0].share, 1000);
    CU_ASSERT_EQUAL(limited[1].share, 3000);
    ShareRow unlimited[] = {kai_row(-1, 0, 1, 3), kai_row(0, 0, 1, 10)};
    kai_fill(unlimited, 2, 4, 0);
    CU_ASSERT_EQUAL(unlimited[0].share, 3000);
    CU_ASSERT_EQUAL(unlimited[1].share, 1000);
    ShareRow half[] = {kai_row(0, 0, 1, 0), kai_row(0, 0, 1, 4), kai_row(0, 0, 1, 4)};
    half[0].request = 500;
    kai_fill(half, 3, 4, 0);
    CU_ASSERT_EQUAL(half[0].share, 500);
    CU_ASSERT_EQUAL(half[1].share, 2000);
    CU_ASSERT_EQUAL(half[2].share, 1500);
}

/* Goal: past usage lowers a weight: w' = max(0, w + k (w - u)). Method: two equal queues (w = 1/2),
 * k = 1, usage 3/4 and 1/4 of the fleet: w' = 1/4 and 3/4, so of 8 GPUs 2 and 6. With usage 1 and
 * 0: 0 and 1, all to the second. */
static void kai_remembers_usage(void)
{
    ShareRow rows[] = {kai_row(0, 0, 1, 8), kai_row(0, 0, 1, 8)};
    rows[0].usage = USAGE_SHARE_ONE * 3 / 4;
    rows[1].usage = USAGE_SHARE_ONE / 4;
    kai_fill(rows, 2, 8, GP_PPM);
    CU_ASSERT_EQUAL(rows[0].share, 2000);
    CU_ASSERT_EQUAL(rows[1].share, 6000);
    ShareRow harsh[] = {kai_row(0, 0, 1, 8), kai_row(0, 0, 1, 8)};
    harsh[0].usage = USAGE_SHARE_ONE;
    kai_fill(harsh, 2, 8, GP_PPM);
    CU_ASSERT_EQUAL(harsh[0].share, 0);
    CU_ASSERT_EQUAL(harsh[1].share, 8000);
}

/* ---- quotas and cohorts ---- */

typedef struct Tree {
    Queue queues[6];
    int64_t used[6 * FLAVORS_MAX * GP_AXES];
    QueuePool pools[6 * (FLAVORS_MAX + 1) * GP_AXES];
    Books books;
} Tree;

static void tree_open(Tree *tree, int32_t count, int32_t flavors)
{
    memset(tree, 0, sizeof(*tree));
    for (int32_t queue = 0; queue < count; queue++) {
        tree->queues[queue] = queue_default("q");
    }
    tree->books = (Books){tree->queues, count, flavors, tree->pools, tree->used};
}

/* The books, with what was written to the queues since. */
static const Books *books(Tree *tree)
{
    queues_pool(tree->queues, tree->books.queue_count, tree->books.flavor_count, tree->pools);
    return &tree->books;
}

static void nominal_set(Tree *tree, QueueId queue, int64_t gpus)
{
    tree->queues[queue].quota.nominal[GP_AXIS_GPU] = GPU(gpus);
}

static void hold(Tree *tree, QueueId queue, int32_t flavor, int64_t gpus)
{
    int64_t lanes[GP_AXES] = {[GP_AXIS_GPU] = GPU(gpus)};
    books_change(tree->used, books(tree), &(BookChange){queue, flavor, lanes, 1});
}

/* Two queues (0, 1) of quota 4 in a cohort (2). */
static void pair_open(Tree *tree)
{
    tree_open(tree, 3, 1);
    tree->queues[0].parent = tree->queues[1].parent = 2;
    queues_link(tree->queues, 3);
    nominal_set(tree, 0, 4);
    nominal_set(tree, 1, 4);
}

/* Goal: KUE-2. Method: quota 4 and 4 in a cohort: 8 are there for the first; with a borrowing limit
 * of 1, or the other's lending limit of 1, five. Once the other holds 3: 5 are left (8 - 3); with
 * the lending limit 1 it uses first the 3 that it keeps at home: 5. */
static void cohorts_lend_and_borrow(void)
{
    Tree tree;
    pair_open(&tree);
    CU_ASSERT_EQUAL(quota_room_cohort(books(&tree), 0, 0, GP_AXIS_GPU), GPU(8));
    CU_ASSERT_EQUAL(quota_room_own(books(&tree), 0, 0, GP_AXIS_GPU), GPU(4));
    CU_ASSERT_EQUAL(quota_room_cohort(books(&tree), 0, 0, GP_AXIS_CPU), QUEUE_UNLIMITED);
    tree.queues[0].quota.borrow[GP_AXIS_GPU] = GPU(1);
    CU_ASSERT_EQUAL(quota_room_cohort(books(&tree), 0, 0, GP_AXIS_GPU), GPU(5));
    CU_ASSERT_EQUAL(quota_potential(books(&tree), 0, 0, GP_AXIS_GPU), GPU(5));
    tree.queues[0].quota.borrow[GP_AXIS_GPU] = QUEUE_UNLIMITED;
    hold(&tree, 1, 0, 3);
    CU_ASSERT_EQUAL(quota_room_cohort(books(&tree), 0, 0, GP_AXIS_GPU), GPU(5));
    tree.queues[1].quota.lend[GP_AXIS_GPU] = GPU(1);
    CU_ASSERT_EQUAL(quota_room_cohort(books(&tree), 0, 0, GP_AXIS_GPU), GPU(5));
    CU_ASSERT_EQUAL(quota_room_cohort(books(&tree), 1, 0, GP_AXIS_GPU), GPU(5));
    hold(&tree, 0, 0, 5);
    CU_ASSERT_EQUAL(quota_room_cohort(books(&tree), 0, 0, GP_AXIS_GPU), 0);
    CU_ASSERT_EQUAL(quota_room_cohort(books(&tree), 1, 0, GP_AXIS_GPU), 0);
    CU_ASSERT_EQUAL(quota_room_own(books(&tree), 0, 0, GP_AXIS_GPU), -GPU(1));
    CU_ASSERT(quota_borrows(books(&tree), 0, NULL));
    CU_ASSERT_FALSE(quota_borrows(books(&tree), 1, NULL));
}

/* Goal: cohorts of cohorts. Method: x, y (2 each) in c (own 1, lends at most 2), z (4) in d with c.
 * c owns 5, keeps 3 at home. z sees 4 + 2; x sees 5 + z's 4. When x holds 4, c has used its 3 at
 * home and 1 more: z sees 6 - 1 = 5, y 5 - 4 + 4 = 5. */
static void cohorts_nest(void)
{
    Tree tree;
    enum { X, Y, C, Z, D };
    tree_open(&tree, 5, 1);
    tree.queues[X].parent = tree.queues[Y].parent = C;
    tree.queues[C].parent = tree.queues[Z].parent = D;
    queues_link(tree.queues, 5);
    nominal_set(&tree, X, 2);
    nominal_set(&tree, Y, 2);
    nominal_set(&tree, C, 1);
    nominal_set(&tree, Z, 4);
    tree.queues[C].quota.lend[GP_AXIS_GPU] = GPU(2);
    CU_ASSERT_EQUAL(quota_owned(books(&tree), C, GP_AXIS_GPU), GPU(5));
    CU_ASSERT_EQUAL(quota_room_cohort(books(&tree), Z, 0, GP_AXIS_GPU), GPU(6));
    CU_ASSERT_EQUAL(quota_room_cohort(books(&tree), X, 0, GP_AXIS_GPU), GPU(9));
    hold(&tree, X, 0, 4);
    CU_ASSERT_EQUAL(quota_room_cohort(books(&tree), Z, 0, GP_AXIS_GPU), GPU(5));
    CU_ASSERT_EQUAL(quota_room_cohort(books(&tree), Y, 0, GP_AXIS_GPU), GPU(5));
    CU_ASSERT(quota_borrows(books(&tree), X, NULL));
    CU_ASSERT_FALSE(quota_borrows(books(&tree), C, NULL));
}

/* Goal: what is not named is not limited, and what only the cohort names is borrowed. Method: a
 * cohort of 8 with two queues without a quota: each owns 0 and sees what the other leaves. Beside a
 * queue of quota 4 in a cohort without one, a queue without a quota is free. */
static void unnamed_quotas(void)
{
    Tree tree;
    tree_open(&tree, 3, 1);
    tree.queues[0].parent = tree.queues[1].parent = 2;
    queues_link(tree.queues, 3);
    nominal_set(&tree, 2, 8);
    hold(&tree, 1, 0, 3);
    CU_ASSERT_EQUAL(quota_room_cohort(books(&tree), 0, 0, GP_AXIS_GPU), GPU(5));
    CU_ASSERT_EQUAL(quota_room_own(books(&tree), 0, 0, GP_AXIS_GPU), 0);
    tree.queues[2].quota.nominal[GP_AXIS_GPU] = QUEUE_UNLIMITED;
    nominal_set(&tree, 0, 4);
    CU_ASSERT_EQUAL(quota_room_cohort(books(&tree), 1, 0, GP_AXIS_GPU), QUEUE_UNLIMITED);
    CU_ASSERT_EQUAL(quota_room_cohort(books(&tree), 0, 0, GP_AXIS_GPU), GPU(4));
}

/* Goal: limits hold in the whole line above. Method: limit 3 above, 2 held beside: 1 left; strict
 * quotas of both levels too. */
static void limits_and_strict_quotas(void)
{
    Tree tree;
    pair_open(&tree);
    hold(&tree, 1, 0, 2);
    tree.queues[2].limit[GP_AXIS_GPU] = GPU(3);
    CU_ASSERT_EQUAL(quota_room_limit(books(&tree), 0, GP_AXIS_GPU), GPU(1));
    tree.queues[2].limit[GP_AXIS_GPU] = QUEUE_UNLIMITED;
    int64_t four[GP_AXES] = {[GP_AXIS_GPU] = GPU(4)};
    int64_t five[GP_AXES] = {[GP_AXIS_GPU] = GPU(5)};
    CU_ASSERT(quota_fits_strictly(books(&tree), 0, 0, four));
    CU_ASSERT_FALSE(quota_fits_strictly(books(&tree), 0, 0, five));
    CU_ASSERT(quota_fits_cohort(books(&tree), 0, 0, five));
    nominal_set(&tree, 2, 5);
    CU_ASSERT_FALSE(quota_fits_strictly(books(&tree), 0, 0, four));
}

/* Goal: the shares of KUE-4, unrounded. Method: three queues of 4 in a cohort, 12 lendable. a with
 * 12 holds 8 above its own: 8/12; with 6: 2/12 (167); b with 8: 4/12 (333); b with 4: 0. Weight 1/2
 * doubles, weight 0 is infinite. A change below counts. */
static void cohort_shares(void)
{
    Tree tree;
    tree_open(&tree, 4, 1);
    for (QueueId queue = 0; queue < 3; queue++) {
        tree.queues[queue].parent = 3;
        nominal_set(&tree, queue, 4);
    }
    queues_link(tree.queues, 4);
    hold(&tree, 0, 0, 12);
    CU_ASSERT_EQUAL(ratio_compare(quota_cohort_share(books(&tree), 0, NULL), (Ratio){8, 12}), 0);
    int64_t two[GP_AXES] = {[GP_AXIS_GPU] = GPU(2)};
    BookChange gone = {0, 0, two, -3};
    Ratio left = quota_cohort_share(books(&tree), 0, &gone);
    CU_ASSERT_EQUAL(ratio_compare(left, (Ratio){2, 12}), 0);
    BookChange come = {1, 0, two, 4};
    CU_ASSERT_EQUAL(ratio_compare(quota_cohort_share(books(&tree), 1, &come), (Ratio){4, 12}), 0);
    CU_ASSERT_EQUAL(quota_cohort_share(books(&tree), 1, NULL).part, 0);
    CU_ASSERT_EQUAL(quota_cohort_share(books(&tree), 3, NULL).part, 0); /* no parent */
    tree.queues[0].weight_ppm = GP_PPM / 2;
    CU_ASSERT_EQUAL(ratio_compare(quota_cohort_share(books(&tree), 0, NULL), (Ratio){16, 12}), 0);
    tree.queues[0].weight_ppm = 0;
    CU_ASSERT_EQUAL(quota_cohort_share(books(&tree), 0, NULL).whole, 0);
    CU_ASSERT(quota_cohort_share(books(&tree), 0, NULL).part > 0);
    tree.queues[1].weight_ppm = 0;
    CU_ASSERT_EQUAL(ratio_scaled(quota_cohort_share(books(&tree), 1, NULL), 1000), 0);
}

/* Goal: flavors have quotas of their own, and a share sums over them. Method: queue a with spot 2
 * and on-demand 4 beside b with spot 2: a sees 4 spot, 4 on-demand. Holding 3 spot it borrows 1; of
 * 8 lendable in all: 1/8. */
static void flavors_have_their_own_quotas(void)
{
    Tree tree;
    enum { SPOT, DEMAND };
    tree_open(&tree, 3, 2);
    tree.queues[0].parent = tree.queues[1].parent = 2;
    queues_link(tree.queues, 3);
    QueueQuota none = tree.queues[0].quota;
    for (QueueId queue = 0; queue < 2; queue++) {
        tree.queues[queue].flavor_count = queue == 0 ? 2 : 1;
        for (int32_t i = 0; i < 2; i++) {
            tree.queues[queue].flavor[i] = i;
            tree.queues[queue].flavor_quota[i] = none;
            tree.queues[queue].flavor_quota[i].nominal[GP_AXIS_GPU] = i == SPOT ? GPU(2) : GPU(4);
        }
    }
    CU_ASSERT_EQUAL(quota_nominal(books(&tree), 0, DEMAND, GP_AXIS_GPU), GPU(4));
    CU_ASSERT_EQUAL(quota_room_cohort(books(&tree), 0, SPOT, GP_AXIS_GPU), GPU(4));
    CU_ASSERT_EQUAL(quota_room_cohort(books(&tree), 0, DEMAND, GP_AXIS_GPU), GPU(4));
    hold(&tree, 0, SPOT, 3);
    CU_ASSERT_EQUAL(quota_room_cohort(books(&tree), 0, SPOT, GP_AXIS_GPU), GPU(1));
    CU_ASSERT_EQUAL(quota_room_cohort(books(&tree), 1, SPOT, GP_AXIS_GPU), GPU(1));
    CU_ASSERT_EQUAL(ratio_compare(quota_cohort_share(books(&tree), 0, NULL), (Ratio){1, 8}), 0);
    tree.queues[0].quota.nominal[GP_AXIS_GPU] = GPU(4); /* over both: 1 more */
    CU_ASSERT_EQUAL(quota_room_own(books(&tree), 0, DEMAND, GP_AXIS_GPU), GPU(1));
}

/* ---- shares of a run ---- */

/* Goal: VOL-2 in a run, and what a queue deserves keeps it back. Method: 12 GPUs on one node;
 * weights 1, 1, 2; each asks 2, 10, 10 one-GPU jobs of 100 s, all at 0; order volcano, admit
 * deserved. A queue starts jobs as long as it is below what it deserves: a 2, b 4 (3 < 3.333), c 6
 * of its 6.667 until the node is full. At the horizon nothing has ended. */
static void proportion_in_a_run(void)
{
    Play play;
    play_open(&play, 12, 3);
    play_policy(&play, NULL, "proportion", NULL);
    play.queues[3].weight_ppm = 2 * GP_PPM;
    play.stage.scenario.policy.order = order_policy("volcano");
    play.stage.scenario.policy.admit = admit_policy("deserved");
    play.stage.scenario.horizon_ms = 50000;
    int32_t count = 0;
    for (int i = 0; i < 22; i++) {
        play.stage.rows[count++] = play_job(0, 100, 1, i < 2 ? "a" : i < 12 ? "b" : "c");
    }
    play_run(&play, count);
    CU_ASSERT_EQUAL(play_deserved(&play, 1), 2000);
    CU_ASSERT_EQUAL(play_deserved(&play, 2), 3333);
    CU_ASSERT_EQUAL(play_deserved(&play, 3), 6667);
    CU_ASSERT_EQUAL(play_deserved(&play, 0), 0);
    CU_ASSERT_EQUAL(play_placed(&play, 1), 2000);
    CU_ASSERT_EQUAL(play_placed(&play, 2) + play_placed(&play, 3), 10000);
    CU_ASSERT(play_placed(&play, 2) <= 4000);
    play_close(&play);
}

/* Goal: a tree is divided level by level. Method: 12 GPUs; "a" (weight 2) with "c" and "d" below
 * it, "b" (weight 1); all leaves ask 12. a 8, b 4; c and d 4 each. */
static void shares_follow_the_tree(void)
{
    Play play;
    play_open(&play, 12, 4);
    play_policy(&play, NULL, "proportion", NULL);
    play.queues[1].weight_ppm = 2 * GP_PPM;
    play.queues[3].parent = play.queues[4].parent = 1;
    play.stage.scenario.horizon_ms = 1000;
    play.stage.rows[0] = play_job(0, 100, 12, "b");
    play.stage.rows[1] = play_job(0, 100, 12, "c");
    play.stage.rows[2] = play_job(0, 100, 12, "d");
    play_run(&play, 3);
    CU_ASSERT_EQUAL(play_deserved(&play, 1), 8000);
    CU_ASSERT_EQUAL(play_deserved(&play, 2), 4000);
    CU_ASSERT_EQUAL(play_deserved(&play, 3), 4000);
    CU_ASSERT_EQUAL(play_deserved(&play, 4), 4000);
    play_close(&play);
}

/* Goal: capacity says what is written down, within limit and guarantees, and lets a queue go on.
 * Method: 8 GPUs; quota a 4, b 4 with guarantee 6: a can have 2 at most, b deserves 6. a alone
 * wants 8: it runs 2, since 6 are never lent. Without the guarantee it runs all 8. */
static void capacity_is_written_down(void)
{
    for (int guaranteed = 0; guaranteed < 2; guaranteed++) {
        Play play;
        play_open(&play, 8, 2);
        play_policy(&play, NULL, "capacity", NULL);
        play_quota(&play, 1, 4);
        play_quota(&play, 2, 4);
        play.queues[2].guarantee[GP_AXIS_GPU] = guaranteed ? GPU(6) : 0;
        play.stage.scenario.policy.admit = admit_policy("deserved");
        play.stage.scenario.horizon_ms = 1000;
        for (int i = 0; i < 9; i++) {
            play.stage.rows[i] = play_job(0, 100, 1, "a");
        }
        play_run(&play, 9);
        CU_ASSERT_EQUAL(play_deserved(&play, 1), guaranteed ? 2000 : 4000);
        CU_ASSERT_EQUAL(play_deserved(&play, 2), guaranteed ? 6000 : 4000);
        CU_ASSERT_EQUAL(play_placed(&play, 1), guaranteed ? 2000 : 8000);
        CU_ASSERT_EQUAL(play.stage.world->share.share_ppm[1], 0); /* when it was last computed */
        play_close(&play);
    }
}

/* Goal: the fractions that orders compare. Method: 8 GPUs and 64 cores; a runs two tasks of 1 GPU
 * and 24 cores: dominant share 48/64. KAI's dominant share is placed / the larger of quota and fair
 * share: quota 1 GPU, fair share 2 (all it asks), no quota of CPU: 2/2. */
static void dominant_shares(void)
{
    Play play;
    play_open(&play, 8, 1);
    play_policy(&play, NULL, "kai", NULL);
    play_quota(&play, 1, 1);
    play.stage.scenario.horizon_ms = 1000;
    play.stage.rows[0] = play_job(0, 100, 2, "a");
    play.stage.rows[0].cpu_milli = 24000;
    play_run(&play, 1);
    const World *world = play.stage.world;
    CU_ASSERT_EQUAL(ratio_compare(share_dominant(world, 1, NO_CHANGE), (Ratio){48, 64}), 0);
    CU_ASSERT_EQUAL(ratio_compare(share_job_dominant(world, 0, NO_CHANGE), (Ratio){3, 4}), 0);
    CU_ASSERT_EQUAL(play_deserved(&play, 1), 2000);
    CU_ASSERT_EQUAL(kai_allocatable(world, 1, GP_AXIS_GPU), 2000);
    CU_ASSERT_EQUAL(ratio_compare(kai_dominant(world, 1, NO_CHANGE), (Ratio){1, 1}), 0);
    CU_ASSERT_FALSE(kai_within_quota(world, 1, NO_CHANGE));
    CU_ASSERT_FALSE(share_exceeded(world, 1, NO_CHANGE));
    int64_t one[GP_AXES] = {[GP_AXIS_GPU] = GPU(1)};
    CU_ASSERT(share_exceeded(world, 1, (LaneChange){one, 1}));
    CU_ASSERT(kai_within_quota(world, 1, (LaneChange){one, -1}));
    CU_ASSERT_FALSE(kai_zero_share(world, 1, NO_CHANGE));
    CU_ASSERT(kai_zero_share(world, 0, (LaneChange){one, 1}) == false); /* no quota: unlimited */
    play_close(&play);
}

/* Goal: KAI's shares remember usage in a run. Method: 8 GPUs, k = 1, window 1000 s. a holds all
 * from 0 to 500; eight jobs of a and eight of b come at 100. At 500 a has had the whole fleet (u =
 * 1), b nothing: w' = max(0, 1/2 - 1/2) = 0 for a and 1 for b, so b gets all 8. Without memory they
 * share 4 and 4. */
static void kai_remembers_in_a_run(void)
{
    for (int remembers = 0; remembers < 2; remembers++) {
        Play play;
        play_open(&play, 8, 2);
        play_policy(&play, "kai", "kai", "kai");
        play_quota(&play, 1, 0);
        play_quota(&play, 2, 0);
        PolicySet *policy = &play.stage.scenario.policy;
        policy->share_options.usage_weight_ppm = remembers * GP_PPM;
        policy->share_options.window_ms = 1000000;
        policy->order_options.recompute_ms = 100000;
        play.stage.scenario.horizon_ms = 550000;
        play.stage.rows[0] = play_job(0, 500, 8, "a");
        for (int i = 0; i < 16; i++) {
            play.stage.rows[1 + i] = play_job(100, 500, 1, i < 8 ? "a" : "b");
        }
        play_run(&play, 17);
        CU_ASSERT_EQUAL(play_deserved(&play, 1), remembers ? 0 : GPU(4));
        CU_ASSERT_EQUAL(play_deserved(&play, 2), remembers ? GPU(8) : GPU(4));
        CU_ASSERT_EQUAL(play_placed(&play, 1), remembers ? 0 : GPU(4));
        CU_ASSERT_EQUAL(play_placed(&play, 2), remembers ? GPU(8) : GPU(4));
        play_close(&play);
    }
}

const TestCase CASES[] = {
    {"ratios are exact", ratios_are_exact},
    {"proportion fills by weight", proportion_fills_by_weight},
    {"proportion: caps and guarantees", proportion_caps_and_guarantees},
    {"kai divides as published", kai_divides_as_published},
    {"kai: rounds, limits, priorities", kai_rounds_limits_and_priorities},
    {"kai remembers usage", kai_remembers_usage},
    {"cohorts lend and borrow", cohorts_lend_and_borrow},
    {"cohorts nest", cohorts_nest},
    {"unnamed quotas", unnamed_quotas},
    {"limits and strict quotas", limits_and_strict_quotas},
    {"cohort shares", cohort_shares},
    {"flavors have their own quotas", flavors_have_their_own_quotas},
    {"proportion in a run", proportion_in_a_run},
    {"shares follow the tree", shares_follow_the_tree},
    {"capacity is written down", capacity_is_written_down},
    {"dominant shares", dominant_shares},
    {"kai remembers in a run", kai_remembers_in_a_run},
    {NULL, NULL},
};
