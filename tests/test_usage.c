/* test_usage.c - usage that fades, fair trees and windows, against figures worked out by hand. */
#include "core/usage.h"

#include <stdlib.h>

#include "tests/suite.h"

const char *const SUITE = "usage";

static int64_t distance(uint64_t a, uint64_t b)
{
    return (int64_t)(a > b ? a - b : b - a);
}

/* Goal: the decay factor is right to 2^-40. Method: floor(2^62 x 0.5^x) computed with sixty
 * decimal digits for x = 1/2, 300 s / 7 d, 1/3, 5/2, and exactly for whole numbers. */
static void decay_is_exact(void)
{
    uint64_t roots[HALF_POWER_BITS];
    half_roots(roots);
    CU_ASSERT_EQUAL(half_power(roots, 0, 7), (uint64_t)1 << 62);
    CU_ASSERT_EQUAL(half_power(roots, 7, 7), (uint64_t)1 << 61);
    CU_ASSERT_EQUAL(half_power(roots, 21, 7), (uint64_t)1 << 59);
    CU_ASSERT_EQUAL(half_power(roots, 700, 7), 0);
    CU_ASSERT(distance(half_power(roots, 1, 2), UINT64_C(3260954456333195553)) <= 1);
    CU_ASSERT(distance(half_power(roots, 300000, 604800000), UINT64_C(4610100687229029374)) <
              (1 << 22));
    CU_ASSERT(distance(half_power(roots, 1, 3), UINT64_C(3660297618499336453)) < (1 << 22));
    CU_ASSERT(distance(half_power(roots, 5, 2), UINT64_C(815238614083298888)) < (1 << 22));
}

/* ---- fair trees ---- */

static FairNode queue_node(int32_t parent, int64_t shares)
{
    return (FairNode){.parent = parent, .shares = shares};
}

static FairNode user_node(int32_t parent, int64_t usage)
{
    return (FairNode){.parent = parent, .is_user = true, .shares = 1, .usage = usage};
}

static int32_t tree_rank(FairNode *nodes, int32_t count)
{
    int32_t scratch[16];
    fair_tree_link(nodes, count);
    return fair_tree_rank(nodes, count, scratch);
}

/* Goal: users are ranked depth first, highest level factor first. Method: A has 2 shares and usage
 * 60, B 1 share and 40: LF (2/3)/0.6 = 1.11 against (1/3)/0.4 = 0.83, so all of A go before all of
 * B. In A: a1 used 60, a2 nothing (infinite): a2, a1. In B: b1 10 of 40 (LF 0.5/0.25 = 2), b2 30
 * (0.5/0.75): b1, b2. */
static void users_are_ranked_depth_first(void)
{
    FairNode nodes[] = {queue_node(-1, 2), queue_node(-1, 1), user_node(0, 60),
                        user_node(0, 0),   user_node(1, 10),  user_node(1, 30)};
    CU_ASSERT_EQUAL(tree_rank(nodes, 6), 4);
    CU_ASSERT_EQUAL(nodes[3].rank, 4);
    CU_ASSERT_EQUAL(nodes[2].rank, 3);
    CU_ASSERT_EQUAL(nodes[4].rank, 2);
    CU_ASSERT_EQUAL(nodes[5].rank, 1);
    CU_ASSERT_EQUAL(nodes[0].usage, 60);
    CU_ASSERT_EQUAL(nodes[1].usage, 40);
}

/* Goal: ties share a rank. Method: nobody used anything: all are best. Two queues alike (10 of 20
 * each): their users are ranked together: a2 (nothing) 4; b1 and b2 (half of B's each: LF 1) both
 * 3; a1 (all of A's: LF 0.5) 1. A user beside a queue of the same factor: the best in the queue
 * ties with the user. */
static void ties_share_a_rank(void)
{
    FairNode fresh[] = {queue_node(-1, 5), queue_node(-1, 1), user_node(0, 0), user_node(0, 0),
                        user_node(1, 0)};
    CU_ASSERT_EQUAL(tree_rank(fresh, 5), 3);
    CU_ASSERT_EQUAL(fresh[2].rank, 3);
    CU_ASSERT_EQUAL(fresh[3].rank, 3);
    CU_ASSERT_EQUAL(fresh[4].rank, 3);
    FairNode alike[] = {queue_node(-1, 1), queue_node(-1, 1), user_node(0, 10),
                        user_node(0, 0),   user_node(1, 5),   user_node(1, 5)};
    tree_rank(alike, 6);
    CU_ASSERT_EQUAL(alike[3].rank, 4);
    CU_ASSERT_EQUAL(alike[4].rank, 3);
    CU_ASSERT_EQUAL(alike[5].rank, 3);
    CU_ASSERT_EQUAL(alike[2].rank, 1);
    FairNode beside[] = {queue_node(-1, 1), queue_node(0, 1), user_node(0, 10), user_node(1, 10),
                         user_node(1, 0)};
    tree_rank(beside, 5);
    CU_ASSERT_EQUAL(beside[2].rank, 3);
    CU_ASSERT_EQUAL(beside[4].rank, 3);
    CU_ASSERT_EQUAL(beside[3].rank, 1);
}

/* Goal: no shares means last, however little was used. Method: a queue without shares and usage
 * beside one with both. */
static void no_shares_are_last(void)
{
    FairNode nodes[] = {queue_node(-1, 0), queue_node(-1, 1), user_node(0, 0), user_node(1, 9)};
    tree_rank(nodes, 4);
    CU_ASSERT_EQUAL(nodes[3].rank, 2);
    CU_ASSERT_EQUAL(nodes[2].rank, 1);
}

/* Goal: a thousand users are ranked as a plain count of better ones would. Method: one queue, usage
 * drawn by a fixed rule, many equal; rank = 1000 - users with less usage. */
static void many_users_are_sorted(void)
{
    enum { USERS = 1000 };
    FairNode *nodes = calloc(USERS + 1, sizeof(*nodes));
    int32_t *scratch = calloc(USERS + 1, sizeof(*scratch));
    CU_ASSERT_FATAL(nodes != NULL && scratch != NULL);
    nodes[0] = queue_node(-1, 1);
    for (int32_t i = 1; i <= USERS; i++) {
        nodes[i] = user_node(0, (i * 7919) % 313);
    }
    fair_tree_link(nodes, USERS + 1);
    CU_ASSERT_EQUAL(fair_tree_rank(nodes, USERS + 1, scratch), USERS);
    for (int32_t i = 1; i <= USERS; i++) {
        int32_t better = 0;
        for (int32_t k = 1; k <= USERS; k++) {
            better += nodes[k].usage < nodes[i].usage;
        }
        CU_ASSERT_EQUAL(nodes[i].rank, USERS - better);
    }
    free(nodes);
    free(scratch);
}

/* ---- counting ---- */

typedef struct Bench {
    Arena arena;
    Queue queues[3];
    JobClass classes[2];
    ClassId job_class[4];
    const char *job_user[4];
    JobTable jobs;
    Usage usage;
} Bench;

/* Queues "x" and "y" below "all" (2); jobs 0 and 1 of ann in x, 2 of bob in x, 3 of ann in y. */
static void bench_open(Bench *bench, UsageOptions options)
{
    *bench = (Bench){.queues = {queue_default("x"), queue_default("y"), queue_default("all")},
                     .classes = {{.tenant = 0}, {.tenant = 1}},
                     .job_class = {0, 0, 0, 1},
                     .job_user = {"ann", "ann", "bob", "ann"}};
    arena_init(&bench->arena);
    bench->queues[0].parent = bench->queues[1].parent = 2;
    queues_link(bench->queues, 3);
    bench->jobs = (JobTable){.job_count = 4,
                             .class_count = 2,
                             .classes = bench->classes,
                             .job_class = bench->job_class,
                             .job_user = bench->job_user};
    CU_ASSERT_FATAL(
        usage_init(&bench->usage, &bench->arena, &bench->jobs, bench->queues, 3, &options));
}

/* Goal: a user is one in each queue, and fading does not depend on when it is looked at. Method:
 * ann holds one GPU in x for one half-life T = 7 d: T x (1 - 1/2) / ln 2 = 436,270,980,364.8
 * milli-GPU ms. Another half-life later half of that is left. A second bench looks every 5 min. */
static void usage_fades(void)
{
    const int64_t half_life_ms = 604800000;
    Bench once, often;
    UsageOptions options = {.half_life_ms = half_life_ms, .fleet_milli = 4000};
    bench_open(&once, options);
    bench_open(&often, options);
    CU_ASSERT_EQUAL(once.usage.user_count, 3);
    CU_ASSERT_EQUAL(once.usage.job_user[0], once.usage.job_user[1]);
    CU_ASSERT_NOT_EQUAL(once.usage.job_user[0], once.usage.job_user[3]);
    usage_hold(&once.usage, 0, 0, 1000);
    usage_hold(&often.usage, 0, 0, 1000);
    for (int64_t now_ms = 300000; now_ms <= half_life_ms; now_ms += 300000) {
        usage_update(&often.usage, now_ms);
    }
    usage_hold(&once.usage, 0, half_life_ms, -1000);
    usage_update(&once.usage, half_life_ms);
    const FairNode *ann = &once.usage.nodes[3 + once.usage.job_user[0]];
    CU_ASSERT(llabs(ann->usage - INT64_C(436270980365)) <= 2);
    CU_ASSERT(llabs(often.usage.nodes[3 + often.usage.job_user[0]].usage - ann->usage) <= 4096);
    CU_ASSERT_EQUAL(once.usage.nodes[2].usage, ann->usage);
    usage_update(&once.usage, 2 * half_life_ms);
    CU_ASSERT(llabs(ann->usage - INT64_C(436270980365) / 2) <= 2);
    /* ann has used x's time: bob is better there, and y is better than x */
    CU_ASSERT_EQUAL(usage_rank(&once.usage, 3), 3);
    CU_ASSERT_EQUAL(usage_rank(&once.usage, 2), 2);
    CU_ASSERT_EQUAL(usage_rank(&once.usage, 0), 1);
    arena_free(&once.arena);
    arena_free(&often.arena);
}

/* Goal: without a half-life nothing fades. Method: 1 GPU for 10 s, then 3 for 5 s: 25,000,000. */
static void usage_without_half_life_adds_up(void)
{
    Bench bench;
    bench_open(&bench, (UsageOptions){.fleet_milli = 4000});
    usage_hold(&bench.usage, 0, 0, 1000);
    usage_hold(&bench.usage, 1, 10000, 2000);
    usage_update(&bench.usage, 15000);
    CU_ASSERT_EQUAL(bench.usage.nodes[3].usage, 25000000);
    arena_free(&bench.arena);
}

/* Goal: the window counts what was used of what there was. Method: 96 s of one-second buckets, 4
 * GPUs. x holds 2 GPUs for 10 of the first 20 s: 1/4; the queue above the same. At 101 s the first
 * six buckets are forgotten: 4 s of use are left, 8 GPU-s of 4 x 95. At 500 s nothing is left. */
static void the_window_slides(void)
{
    Bench bench;
    bench_open(&bench, (UsageOptions){.window_ms = 96000, .fleet_milli = 4000});
    usage_hold(&bench.usage, 0, 0, 2000);
    usage_hold(&bench.usage, 0, 10000, -2000);
    usage_update(&bench.usage, 20000);
    CU_ASSERT_EQUAL(bench.usage.queue_share[0], USAGE_SHARE_ONE / 4);
    CU_ASSERT_EQUAL(bench.usage.queue_share[2], USAGE_SHARE_ONE / 4);
    CU_ASSERT_EQUAL(bench.usage.queue_share[1], 0);
    usage_update(&bench.usage, 101000); /* open: bucket 101; oldest kept: 6 */
    CU_ASSERT_EQUAL(bench.usage.queue_share[0], USAGE_SHARE_ONE * 8 / (4 * 95));
    usage_update(&bench.usage, 500000);
    CU_ASSERT_EQUAL(bench.usage.queue_share[0], 0);
    arena_free(&bench.arena);
}

/* Goal: with a half-life the older half of a window counts less. Method: half-life one bucket; x
 * had the whole fleet in the bucket before the last: weights 1/4 and 1/2, so (1/4) / (3/4) = 1/3.
 */
static void the_window_fades(void)
{
    Bench bench;
    bench_open(&bench, (UsageOptions){
                           .window_ms = 96000, .window_half_life_ms = 1000, .fleet_milli = 4000});
    usage_hold(&bench.usage, 0, 0, 4000);
    usage_hold(&bench.usage, 0, 1000, -4000);
    usage_update(&bench.usage, 2000);
    CU_ASSERT(llabs(bench.usage.queue_share[0] - USAGE_SHARE_ONE / 3) <= 1);
    arena_free(&bench.arena);
}

const TestCase CASES[] = {
    {"decay is exact", decay_is_exact},
    {"users are ranked depth first", users_are_ranked_depth_first},
    {"ties share a rank", ties_share_a_rank},
    {"no shares are last", no_shares_are_last},
    {"many users are sorted", many_users_are_sorted},
    {"usage fades", usage_fades},
    {"usage without half-life adds up", usage_without_half_life_adds_up},
    {"the window slides", the_window_slides},
    {"the window fades", the_window_fades},
    {NULL, NULL},
};
