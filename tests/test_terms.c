/* test_terms.c - each packing term against a calculation by hand from its source's formula.
 *
 * Scores are in GP_SCORE_ONE-ths, rounded down; ABOUT allows for the last bits of sums of rounded
 * doubles.
 */
#include <float.h>
#include <math.h>

#include "core/packing/hami_card.h"
#include "core/packing/score.h"
#include "tests/hand_view.h"
#include "tests/suite.h"

const char *const SUITE = "terms";

#define ABOUT(score, points)                                                                       \
    CU_ASSERT_DOUBLE_EQUAL((double)(score) / (double)GP_SCORE_ONE, points,                         \
                           4.0 / (double)GP_SCORE_ONE)
#define EXACTLY(score, points) CU_ASSERT_EQUAL(score, (int64_t)(points)*GP_SCORE_ONE)

/* Codes are stored by callers: the order of names may only grow. */
static void test_codes_are_pinned(void)
{
    static const char *const names[] = {"first-fit",
                                        "best-fit",
                                        "dot-product",
                                        "gpu-packing",
                                        "gpu-clustering",
                                        "fgd",
                                        "tetris",
                                        "l2-norm",
                                        "cosine",
                                        "least-allocated",
                                        "most-allocated",
                                        "requested-to-capacity-ratio",
                                        "balanced-allocation",
                                        "volcano-binpack",
                                        "hami-node",
                                        "kai-binpack",
                                        "kai-spread",
                                        "mig-fragmentation",
                                        "mig-capability",
                                        "ragp",
                                        "ragp-alignment",
                                        "ragp-tightness",
                                        "ragp-stranded",
                                        "ragp-class-fragmentation",
                                        "ragp-health",
                                        "kai-shared-card",
                                        "kai-cpu-node"};
    int32_t count = (int32_t)(sizeof names / sizeof names[0]);
    CU_ASSERT_FATAL(gp_term_count() >= count);
    for (int32_t code = 0; code < count; code++) {
        CU_ASSERT_STRING_EQUAL(gp_term_at(code)->name, names[code]);
    }
    CU_ASSERT_PTR_NULL(gp_term_at(-1));
    CU_ASSERT_PTR_NULL(gp_term_at(gp_term_count()));
}

/* Goal: whoever lists terms finds each once, with something to say. Method: every code, every pair.
 */
static void test_every_term_is_complete(void)
{
    for (int32_t code = 0; code < gp_term_count(); code++) {
        const GpTerm *term = gp_term_at(code);
        CU_ASSERT_PTR_NOT_NULL_FATAL(term);
        CU_ASSERT_PTR_NOT_NULL(term->score);
        CU_ASSERT(term->summary != NULL && term->summary[0] != '\0');
        CU_ASSERT(term->source != NULL && term->source[0] != '\0');
        CU_ASSERT(strspn(term->name, "abcdefghijklmnopqrstuvwxyz0123456789-") ==
                  strlen(term->name));
        CU_ASSERT_PTR_EQUAL(gp_term_find(term->name),
                            term); /* also: no earlier term has this name */
    }
    CU_ASSERT_PTR_NULL(gp_term_find("best"));
    CU_ASSERT_PTR_NULL(gp_term_find("best-fits"));
    CU_ASSERT_PTR_NULL(gp_term_find(""));
    CU_ASSERT_PTR_NULL(gp_term_find(NULL));
}

/* Points become integers by rounding down, never overflow, and not-a-number is never preferred. */
static void test_points(void)
{
    CU_ASSERT_EQUAL(gp_score_points(1.0), GP_SCORE_ONE);
    CU_ASSERT_EQUAL(gp_score_points(0.75 / (double)GP_SCORE_ONE), 0);
    CU_ASSERT_EQUAL(gp_score_points(-0.75 / (double)GP_SCORE_ONE), -1);
    CU_ASSERT_EQUAL(gp_score_points(-2.0), -2 * GP_SCORE_ONE);
    CU_ASSERT_EQUAL(gp_score_points(DBL_MAX), 32768 * GP_SCORE_ONE);
    CU_ASSERT_EQUAL(gp_score_points((double)NAN), -32768 * GP_SCORE_ONE);
    CU_ASSERT_EQUAL(gp_score_points(-DBL_MAX), -32768 * GP_SCORE_ONE);
}

/* 4 GPUs with half of them free, 8 cores with half free, 16 GiB with half free; the task asks a
 * quarter of each. */
static void half_full(HandNode *node)
{
    hand_node(node, 4, 0, 8000, 16384);
    hand_use_device(node, 0, 1000, 0, 1);
    hand_use_device(node, 1, 1000, 0, 1);
    node->free[GP_AXIS_CPU] = 4000;
    node->free[GP_AXIS_MEMORY] = 8192;
    hand_task(node, 1, 1000, 0, 2000, 4096);
}

/* first-fit says nothing, whatever the node. */
static void test_first_fit(void)
{
    HandNode node;
    half_full(&node);
    CU_ASSERT_EQUAL(hand_score(&node, "first-fit"), 0);
}

/* tetris: 3 x (1/4 * 1/2) = 0.375. A lane the node lacks, one the policy does not see, and an
 * over-committed one add nothing: without CPU seen 0.25; memory over-committed as well 0.125. */
static void test_tetris(void)
{
    HandNode node;
    half_full(&node);
    ABOUT(hand_score(&node, "tetris"), 0.375);
    node.view.sees = GP_SEES_ALL & ~(1u << GP_AXIS_CPU);
    ABOUT(hand_score(&node, "tetris"), 0.25);
    node.free[GP_AXIS_MEMORY] = -500;
    ABOUT(hand_score(&node, "tetris"), 0.125);
    half_full(&node);
    node.shape.request[GP_AXIS_STORAGE_BANDWIDTH] =
        100; /* not seen by the filter either: the node has none */
    ABOUT(hand_score(&node, "tetris"), 0.375);
}

/* tetris with weights 2, 1, 1 on GPU, CPU, memory: (2 + 1 + 1) x 1/8 = 0.5. */
static void test_tetris_weights(void)
{
    HandNode node;
    half_full(&node);
    gp_term_options_init(&node.options, gp_term_find("tetris"));
    node.options.axis_weight[GP_AXIS_GPU] = 2.0;
    ABOUT(hand_score_as_set(&node, "tetris"), 0.5);
}

/* l2-norm: -3 x (1/2 - 1/4)^2 = -0.1875. */
static void test_l2_norm(void)
{
    HandNode node;
    half_full(&node);
    ABOUT(hand_score(&node, "l2-norm"), -0.1875);
    hand_task(&node, 2, 1000, 0, 4000, 8192); /* takes exactly what is free */
    CU_ASSERT_EQUAL(hand_score(&node, "l2-norm"), 0);
}

/* cosine: same direction 1; demand (1/4, 0) against residual (0.3, 0.4) of a 3-4-5 triangle 0.6;
 * none free or none asked 0. */
static void test_cosine(void)
{
    HandNode node;
    half_full(&node);
    ABOUT(hand_score(&node, "cosine"), 1.0);
    hand_node(&node, 4, 0, 10000, 0);
    hand_task(&node, 1, 1000, 0, 0, 0);
    node.free[GP_AXIS_GPU] = 1200;
    node.free[GP_AXIS_CPU] = 4000;
    ABOUT(hand_score(&node, "cosine"), 0.6);
    node.free[GP_AXIS_GPU] = 0;
    node.free[GP_AXIS_CPU] = -1;
    CU_ASSERT_EQUAL(hand_score(&node, "cosine"), 0);
    half_full(&node);
    hand_task(&node, 0, 0, 0, 0, 0);
    CU_ASSERT_EQUAL(hand_score(&node, "cosine"), 0);
}

/* 4 GPUs, 8 cores, 32 GiB; the task asks 1 GPU, 2 cores, 8 GiB. With one such task running already:
 * LeastAllocated (4/8, 16/32 GiB left) 50, empty 75; MostAllocated 50, empty 25. */
static void kube_node(HandNode *node, int running)
{
    hand_node(node, 4, 0, 8000, 32768);
    node->free[GP_AXIS_CPU] -= (int64_t)running * 2000;
    node->free[GP_AXIS_MEMORY] -= (int64_t)running * 8192;
    for (int device = 0; device < running; device++) {
        hand_use_device(node, device, 1000, 0, 1);
    }
    hand_task(node, 1, 1000, 0, 2000, 8192);
}

static void test_least_and_most_allocated(void)
{
    HandNode node;
    kube_node(&node, 1);
    EXACTLY(hand_score(&node, "least-allocated"), 50);
    EXACTLY(hand_score(&node, "most-allocated"), 50);
    kube_node(&node, 0);
    EXACTLY(hand_score(&node, "least-allocated"), 75);
    EXACTLY(hand_score(&node, "most-allocated"), 25);
    node.free[GP_AXIS_CPU] = -1;                       /* over-committed: CPU gives 0 and 100 */
    EXACTLY(hand_score(&node, "least-allocated"), 37); /* (0 + 75) / 2 */
    EXACTLY(hand_score(&node, "most-allocated"), 62);  /* (100 + 25) / 2 */
}

/* A pod that states nothing counts 100 milli-core and 200 MiB: 7900 of 8000 is 98, 32568 of 32768
 * is 99, mean 98; in use 1 and 0, mean 0. */
static void test_allocated_without_requests(void)
{
    HandNode node;
    kube_node(&node, 0);
    hand_task(&node, 1, 1000, 0, 0, 0);
    EXACTLY(hand_score(&node, "least-allocated"), 98);
    EXACTLY(hand_score(&node, "most-allocated"), 0);
}

/* GPUs count when named. Weights CPU 1, memory 1, GPU 2, node of one running task: LeastAllocated
 * over 2 of 4 GPUs left is 50 as well; with only the GPU named and two running, 1 of 4 left is 25.
 * A task without GPUs skips the lane. */
static void test_allocated_with_gpus_named(void)
{
    HandNode node;
    kube_node(&node, 1);
    gp_term_options_init(&node.options, gp_term_find("least-allocated"));
    node.options.axis_weight[GP_AXIS_GPU] = 2.9; /* cut off to 2 */
    EXACTLY(hand_score_as_set(&node, "least-allocated"), 50);
    kube_node(&node, 2);
    gp_term_options_init(&node.options, gp_term_find("least-allocated"));
    node.options.axis_weight[GP_AXIS_CPU] = 0.0;
    node.options.axis_weight[GP_AXIS_MEMORY] = 0.0;
    node.options.axis_weight[GP_AXIS_GPU] = 1.0;
    EXACTLY(hand_score_as_set(&node, "least-allocated"), 25);
    EXACTLY(hand_score_as_set(&node, "most-allocated"), 75);
    hand_task(&node, 0, 0, 0, 1000, 1024);
    EXACTLY(hand_score_as_set(&node, "least-allocated"), 0);
}

/* Health shrinks what can be allocated: 8 cores at half health are 4, of which the task takes 2:
 * 50; memory 75. */
static void test_allocated_after_health(void)
{
    HandNode node;
    kube_node(&node, 0);
    node.health_ppm[GP_AXIS_CPU] = GP_PPM / 2;
    node.free[GP_AXIS_CPU] = 4000;
    node.view.health_ppm = node.health_ppm;
    EXACTLY(hand_score(&node, "least-allocated"), 62); /* (50 + 75) / 2 */
}

/* RequestedToCapacityRatio. Default curve: CPU 4/8 is 50, memory 16/32 is 50: 50. With 20 GiB in
 * memory use instead: (50 + 62) / 2 = 56. Curve (0,10) (50,4) (100,0): u = 25 gives 100 - 60 *
 * 25/50 = 70, u = 75 gives 40 - 40 * 25/50 = 20, u = 100 gives 0 and is left out of the mean. */
static void test_requested_to_capacity_ratio(void)
{
    HandNode node;
    kube_node(&node, 1);
    EXACTLY(hand_score(&node, "requested-to-capacity-ratio"), 50);
    node.free[GP_AXIS_MEMORY] = 32768 - 12288; /* with the task 20 of 32 GiB: 62 */
    EXACTLY(hand_score(&node, "requested-to-capacity-ratio"), 56);

    static const int32_t utilisation[] = {0, 50, 100};
    static const int32_t score[] = {10, 4, 0};
    kube_node(&node, 0);
    gp_term_options_init(&node.options, gp_term_find("requested-to-capacity-ratio"));
    node.options.curve_count = 3;
    for (int i = 0; i < 3; i++) {
        node.options.curve_utilisation[i] = utilisation[i];
        node.options.curve_score[i] = score[i];
    }
    EXACTLY(hand_score_as_set(&node, "requested-to-capacity-ratio"), 70);
    node.free[GP_AXIS_CPU] = 4000; /* with the task 6 of 8 cores */
    EXACTLY(hand_score_as_set(&node, "requested-to-capacity-ratio"), 45); /* (20 + 70) / 2 */
    node.free[GP_AXIS_CPU] = 2000;
    EXACTLY(hand_score_as_set(&node, "requested-to-capacity-ratio"), 70);
}

/* The mean is rounded to the nearest: CPU 50 and memory 25 by the default curve is 37.5, so 38. */
static void test_ratio_rounds(void)
{
    HandNode node;
    kube_node(&node, 1);
    node.free[GP_AXIS_MEMORY] = 32768;
    EXACTLY(hand_score(&node, "requested-to-capacity-ratio"), 38);
}

/* A curve whose points lie in one place must not divide by nothing. */
static void test_ratio_of_odd_curves(void)
{
    HandNode node;
    kube_node(&node, 1); /* u = 50 */
    gp_term_options_init(&node.options, gp_term_find("requested-to-capacity-ratio"));
    node.options.curve_count = 0;
    EXACTLY(hand_score_as_set(&node, "requested-to-capacity-ratio"), 0);
    node.options.curve_count = 2;
    node.options.curve_utilisation[0] = 40;
    node.options.curve_utilisation[1] = 40;
    node.options.curve_score[1] = 7;
    EXACTLY(hand_score_as_set(&node, "requested-to-capacity-ratio"), 70);
    node.options.curve_count = 1;
    node.options.curve_utilisation[0] = 90;
    node.options.curve_score[0] = 3;
    EXACTLY(hand_score_as_set(&node, "requested-to-capacity-ratio"), 30);
}

/* BalancedAllocation up to 1.35: shares 4/8 and 16/32 are even, 100; 4/8 and 8/32: 1 - 0.25/2 =
 * 0.875, 87; three lanes 3/4, 4/8, 8/32: mean 1/2, deviation sqrt((1/16 + 0 + 1/16)/3) =
 * 0.204124, 79. */
static void test_balanced_allocation(void)
{
    HandNode node;
    kube_node(&node, 1);
    EXACTLY(hand_score(&node, "balanced-allocation"), 100);
    node.free[GP_AXIS_MEMORY] = 32768;
    EXACTLY(hand_score(&node, "balanced-allocation"), 87);
    kube_node(&node, 2);
    node.free[GP_AXIS_CPU] = 6000;
    node.free[GP_AXIS_MEMORY] = 32768;
    gp_term_options_init(&node.options, gp_term_find("balanced-allocation"));
    node.options.axis_weight[GP_AXIS_GPU] = 1.0;
    EXACTLY(hand_score_as_set(&node, "balanced-allocation"), 79);
    hand_task(&node, 0, 0, 0, 0, 0); /* best effort: not scored */
    EXACTLY(hand_score_as_set(&node, "balanced-allocation"), 0);
}

/* From 1.36: nothing changes, 75. CPU 2/8 and no memory before is 87, 2/8 and 8/32 after is 100:
 * 50 + (50 + 100 - 87) / 2 = 81. */
static void test_balanced_allocation_improvement(void)
{
    HandNode node;
    kube_node(&node, 1);
    gp_term_options_init(&node.options, gp_term_find("balanced-allocation"));
    node.options.variant = 1;
    EXACTLY(hand_score_as_set(&node, "balanced-allocation"), 75);
    kube_node(&node, 0);
    gp_term_options_init(&node.options, gp_term_find("balanced-allocation"));
    node.options.variant = 1;
    node.free[GP_AXIS_CPU] = 6000;
    hand_task(&node, 0, 0, 0, 0, 8192);
    EXACTLY(hand_score_as_set(&node, "balanced-allocation"), 81);
}

/* Volcano: 8 GPUs, 64 cores; 2 GPUs and 4 cores asked, weights CPU 1, GPU 10. With 4 GPUs and 16
 * cores in use (6/8 * 10 + 20/64) / 11 * 100 = 71.0227; empty (2/8 * 10 + 4/64) / 11 * 100
 * = 23.2955. */
static void test_volcano_binpack(void)
{
    HandNode node;
    hand_node(&node, 8, 0, 64000, 262144);
    hand_task(&node, 2, 1000, 0, 4000, 0);
    gp_term_options_init(&node.options, gp_term_find("volcano-binpack"));
    node.options.axis_weight[GP_AXIS_GPU] = 10.0;
    ABOUT(hand_score_as_set(&node, "volcano-binpack"), 256.25 / 11.0);
    node.free[GP_AXIS_GPU] = 4000;
    node.free[GP_AXIS_CPU] = 48000;
    ABOUT(hand_score_as_set(&node, "volcano-binpack"), 781.25 / 11.0);
    ABOUT(hand_score(&node, "volcano-binpack"), 31.25); /* GPU not named: 20/64 */
    node.free[GP_AXIS_CPU] = 2000;                      /* would overflow: 0 */
    CU_ASSERT_EQUAL(hand_score(&node, "volcano-binpack"), 0);
    hand_task(&node, 0, 0, 0, 0, 0);
    CU_ASSERT_EQUAL(hand_score(&node, "volcano-binpack"), 0);
}

/* HAMi: two cards of 16 GiB, 10 slots; one task of 25 % cores and 4 GiB runs on the first. Node
 * score 10 * (1/20 + 25/200 + 4/32) = 3, empty 0. A second such task: used card 10 * (2/10 + 50/100
 * + 8/16) = 12, empty card 10 * (1/10 + 25/100 + 4/16) = 6. */
static void test_hami(void)
{
    HandNode node;
    hand_node(&node, 2, 16384, 8000, 32768);
    node.type.device_split = 10;
    hand_task(&node, 1, 250, 4096, 2000, 8192);
    CU_ASSERT_EQUAL(hand_score(&node, "hami-node"), 0);
    hand_use_device(&node, 0, 250, 4096, 1);
    ABOUT(hand_score(&node, "hami-node"), 3.0);
    node.options.variant = 1;
    ABOUT(hand_score_as_set(&node, "hami-node"), -3.0);
    ABOUT(gp_hami_card_score(&node.view, 0), 12.0);
    ABOUT(gp_hami_card_score(&node.view, 1), 6.0);
    node.type.device_split = 0; /* no limit stated: HAMi's default of 10 */
    ABOUT(hand_score(&node, "hami-node"), 3.0);
    node.type.device_split = 5;
    ABOUT(gp_hami_card_score(&node.view, 1), 7.0); /* 1/5 in place of 1/10 */
}

/* Without card memory the other two parts remain: 10 * (1/20 + 25/200) = 1.75; a node without cards
 * scores 0. */
static void test_hami_without_memory(void)
{
    HandNode node;
    hand_node(&node, 2, 0, 8000, 32768);
    hand_task(&node, 1, 250, 0, 2000, 8192);
    hand_use_device(&node, 0, 250, 0, 1);
    ABOUT(hand_score(&node, "hami-node"), 1.75);
    ABOUT(gp_hami_card_score(&node.view, 1), 3.5); /* 10 * (1/10 + 25/100) */
    hand_node(&node, 0, 0, 8000, 32768);
    hand_task(&node, 0, 0, 0, 2000, 8192);
    CU_ASSERT_EQUAL(hand_score(&node, "hami-node"), 0);
}

static int64_t kai_raw(int64_t idle_milli)
{
    HandNode node;
    hand_node(&node, 4, 0, 8000, 0);
    node.free[GP_AXIS_GPU] = idle_milli;
    hand_task(&node, 1, 1000, 0, 0, 0);
    return hand_score(&node, "kai-binpack");
}

/* KAI: nodes with 1, 3 and 4 idle GPUs score 9 * (1 - (idle - 1) / 3) = 9, 3, 0; all equal 9. */
static void test_kai_binpack(void)
{
    const GpTerm *term = gp_term_find("kai-binpack");
    int64_t low = kai_raw(4000);
    int64_t high = kai_raw(1000);
    CU_ASSERT(low < high);
    EXACTLY(term->finish(kai_raw(1000), low, high, NULL), 9);
    ABOUT(term->finish(kai_raw(3000), low, high, NULL), 3.0);
    EXACTLY(term->finish(kai_raw(4000), low, high, NULL), 0);
    EXACTLY(term->finish(high, high, high, NULL), 9);
}

/* KAI spread: 3 of 4 GPUs idle 0.75; a task without GPUs looks at cores: 2 of 8, 0.25. */
static void test_kai_spread(void)
{
    HandNode node;
    hand_node(&node, 4, 0, 8000, 0);
    hand_use_device(&node, 0, 1000, 0, 1);
    node.free[GP_AXIS_CPU] = 2000;
    hand_task(&node, 1, 1000, 0, 0, 0);
    ABOUT(hand_score(&node, "kai-spread"), 0.75);
    hand_task(&node, 0, 0, 0, 1000, 0);
    ABOUT(hand_score(&node, "kai-spread"), 0.25);
    CU_ASSERT_EQUAL(hand_score(&node, "kai-binpack"), -2000);
}

/* KAI: 10,000 points for a share beside others that fits; 10 for a task without GPUs on a node
 * without. Method: card 0 has 600 milli and 8 of 16 GiB left, card 1 is held whole, card 2 idle. */
static void test_kai_larger_terms(void)
{
    HandNode node;
    hand_node(&node, 3, 16384, 8000, 0);
    hand_use_device(&node, 0, 400, 8192, 1);
    hand_use_device(&node, 1, 1000, 0, 1);
    hand_task(&node, 1, 500, 4096, 0, 0);
    EXACTLY(hand_score(&node, "kai-shared-card"), 10000);
    hand_task(&node, 1, 0, 4096, 0, 0); /* card memory alone is a share too */
    EXACTLY(hand_score(&node, "kai-shared-card"), 10000);
    hand_task(&node, 1, 700, 4096, 0, 0);
    EXACTLY(hand_score(&node, "kai-shared-card"), 0);
    hand_task(&node, 1, 500, 9000, 0, 0);
    EXACTLY(hand_score(&node, "kai-shared-card"), 0);
    hand_task(&node, 1, 1000, 0, 0, 0);
    EXACTLY(hand_score(&node, "kai-shared-card"), 0);
    hand_task(&node, 0, 0, 0, 1000, 0);
    EXACTLY(hand_score(&node, "kai-shared-card"), 0);
    EXACTLY(hand_score(&node, "kai-cpu-node"), 0);
    hand_node(&node, 0, 0, 8000, 0);
    hand_task(&node, 0, 0, 0, 1000, 0);
    EXACTLY(hand_score(&node, "kai-cpu-node"), 10);
}

/* On a four-slice card a 1g instance is a quarter of it, whatever the shape's own lane says (125
 * milli): tetris on the GPU lane alone, 1/4 * 1. */
static void test_mig_request_of_four_slices(void)
{
    HandNode node;
    hand_node(&node, 1, 0, 0, 0);
    node.type.mig_geometry = GP_MIG_GEOMETRY_FOUR;
    node.shape.mig_profile = GP_MIG_PROFILE_1G;
    hand_task(&node, 1, 0, 0, 0, 0);
    ABOUT(hand_score(&node, "tetris"), 0.25);
}

/* Goal: no term divides by nothing or shifts out of range on degenerate nodes. Method: every term
 * on a node without anything, on one where all is over-committed, and blind to every lane;
 * sanitizers listen. */
static void test_degenerate_nodes(void)
{
    for (int32_t code = 0; code < gp_term_count(); code++) {
        const char *name = gp_term_at(code)->name;
        HandNode node;
        hand_node(&node, 0, 0, 0, 0);
        int64_t nothing = hand_score(&node, name);
        CU_ASSERT(nothing > GP_INFEASIBLE);
        half_full(&node);
        for (int axis = 0; axis < GP_AXIS_COUNT; axis++) {
            node.free[axis] = -1000000;
        }
        CU_ASSERT(hand_score(&node, name) > GP_INFEASIBLE);
        half_full(&node);
        node.view.sees = 0;
        CU_ASSERT(hand_score(&node, name) > GP_INFEASIBLE);
        half_full(&node);
        hand_task(&node, 0, 0, 0, 0, 0);
        CU_ASSERT(hand_score(&node, name) > GP_INFEASIBLE);
    }
}

/* Goal: what cannot be meant is refused when the policy is made, not scored. Method: one wrong
 * option at a time. */
static void test_options_are_checked(void)
{
    const GpTerm *term = gp_term_find("requested-to-capacity-ratio");
    GpPolicy policy;
    GpTermOptions options;
    gp_policy_init(&policy);
    for (int wrong = 0; wrong < 10; wrong++) {
        gp_term_options_init(&options, term);
        options.variant = wrong == 0 ? 1 : wrong == 1 ? -1 : 0;
        options.axis_weight[GP_AXIS_CPU] = wrong == 2 ? (double)NAN : wrong == 3 ? -1.0 : 1.0;
        options.coefficient[7] = wrong == 4 ? (double)INFINITY : 0.0;
        options.curve_count = wrong == 5 ? GP_CURVE_POINTS_MAX + 1 : wrong == 6 ? -1 : 2;
        options.curve_utilisation[1] = wrong == 7 ? 0 : wrong == 8 ? 101 : 100;
        options.curve_score[1] = wrong == 9 ? 11 : 10;
        CU_ASSERT_EQUAL(gp_policy_add(&policy, term, 1, &options), GP_BAD_ARGUMENT);
    }
    CU_ASSERT_EQUAL(policy.term_count, 0);
    gp_term_options_init(&options, gp_term_find("hami-node"));
    options.variant = 1;
    CU_ASSERT_EQUAL(gp_policy_add(&policy, gp_term_find("hami-node"), 1, &options), GP_OK);
    for (int32_t code = 0; code < gp_term_count(); code++) { /* every term's defaults are sound */
        gp_policy_init(&policy);
        gp_term_options_init(&options, gp_term_at(code));
        CU_ASSERT_EQUAL(gp_policy_add(&policy, gp_term_at(code), 1, &options), GP_OK);
    }
}

/* Goal: no node is so large that a weighted sum of scores overflows. Method: 10^15 milli-cores free
 * and asked: best-fit's 50 * 10^15 / 128000 points below 100 (and dot-product's square of that) are
 * far outside the bounds, so both are held at the lowest score. */
static void test_large_nodes_are_bounded(void)
{
    static const char *const names[] = {"best-fit", "dot-product"};
    HandNode node;
    hand_node(&node, 1, 0, INT64_C(1000000000000000), 0);
    for (int i = 0; i < 2; i++) {
        node.shape.request[GP_AXIS_CPU] = i == 0 ? 0 : INT64_C(1000000000000000);
        EXACTLY(gp_term_find(names[i])->score(&node.view), -GP_POINTS_MAX);
    }
}

const TestCase CASES[] = {
    {"codes are pinned", test_codes_are_pinned},
    {"every term is complete", test_every_term_is_complete},
    {"points", test_points},
    {"options are checked", test_options_are_checked},
    {"first-fit", test_first_fit},
    {"tetris", test_tetris},
    {"tetris with weights", test_tetris_weights},
    {"l2-norm", test_l2_norm},
    {"cosine", test_cosine},
    {"least- and most-allocated", test_least_and_most_allocated},
    {"allocated without requests", test_allocated_without_requests},
    {"allocated with GPUs named", test_allocated_with_gpus_named},
    {"allocated after health", test_allocated_after_health},
    {"requested-to-capacity-ratio", test_requested_to_capacity_ratio},
    {"the ratio rounds", test_ratio_rounds},
    {"odd curves", test_ratio_of_odd_curves},
    {"balanced-allocation", test_balanced_allocation},
    {"balanced-allocation 1.36", test_balanced_allocation_improvement},
    {"volcano-binpack", test_volcano_binpack},
    {"HAMi node and card", test_hami},
    {"HAMi without card memory", test_hami_without_memory},
    {"kai-binpack", test_kai_binpack},
    {"kai-spread", test_kai_spread},
    {"KAI's larger terms", test_kai_larger_terms},
    {"MIG on four slices", test_mig_request_of_four_slices},
    {"degenerate nodes", test_degenerate_nodes},
    {"large nodes are bounded", test_large_nodes_are_bounded},
    {NULL, NULL},
};
