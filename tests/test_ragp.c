/* test_ragp.c - the RAGP family: one node by hand, then what must hold on any node. */
#include <math.h>

#include "core/packing/internal.h"
#include "core/packing/ragp.h"
#include "core/packing/score.h"
#include "core/rng.h"
#include "tests/hand_fleet.h"
#include "tests/hand_view.h"
#include "tests/suite.h"

const char *const SUITE = "ragp";

#define ABOUT(value, expected) CU_ASSERT_DOUBLE_EQUAL(value, expected, 1e-9)
#define POINTS(score) ((double)(score) / (double)GP_SCORE_ONE)
#define SCORED(score, expected)                                                                    \
    CU_ASSERT_DOUBLE_EQUAL(POINTS(score), expected, 2.0 / (double)GP_SCORE_ONE)

/* 4 GPUs and 8 cores, of which 2 GPUs and 6 cores are free; the task asks 1 GPU and 2 cores. Only
 * these two lanes have weight, 1/2 each. So x = (1/2, 3/4), y = (1/4, 1/4), z = (1/4, 1/2). */
static void two_lanes(HandNode *node, const char *term)
{
    hand_node(node, 4, 0, 8000, 0);
    hand_use_device(node, 0, 1000, 0, 1);
    hand_use_device(node, 1, 1000, 0, 1);
    node->free[GP_AXIS_CPU] = 6000;
    hand_task(node, 1, 1000, 0, 2000, 0);
    node->constants.mix[GP_AXIS_GPU] = 0.25;
    node->constants.mix[GP_AXIS_CPU] = 0.125;
    gp_term_options_init(&node->options, gp_term_find(term));
    for (int axis = 0; axis < GP_AXES; axis++) {
        node->options.axis_weight[axis] = axis == GP_AXIS_GPU || axis == GP_AXIS_CPU ? 3.0 : 0.0;
    }
}

/* Two classes: 60 % want 1 GPU and 2 cores, 40 % want 2 GPUs and 1 core. */
static void two_classes(HandNode *node, GpTypical *typical)
{
    memset(typical, 0, 2 * sizeof *typical);
    typical[0].size = sizeof *typical;
    typical[1].size = sizeof *typical;
    typical[0].shape = hand_shape(1, 1000, 0, GP_MIG_PROFILE_NONE, 2000, 0);
    typical[0].weight = 0.6;
    typical[1].shape = hand_shape(2, 1000, 0, GP_MIG_PROFILE_NONE, 1000, 0);
    typical[1].weight = 0.4;
    node->constants.typical = typical;
    node->constants.typical_count = 2;
}

/* A = (1/2 * 1/8 + 1/2 * 3/16) / sqrt(1/2 (1/4 + 9/16) * 1/2 (1/16 + 1/16)) = 5/32 / sqrt(13/32 *
 * 1/16). T = 1 - (1/2 * 1/4 + 1/2 * 1/2) = 5/8. */
static void test_alignment_and_tightness(void)
{
    HandNode node;
    GpRagpLanes lanes;
    two_lanes(&node, "ragp");
    gp_ragp_lanes(&node.view, &lanes);
    double alignment = 0.15625 / sqrt(0.40625 * 0.0625);
    ABOUT(gp_ragp_alignment(&lanes), alignment);
    ABOUT(gp_ragp_tightness(&lanes), 0.625);
    two_lanes(&node, "ragp-alignment");
    SCORED(hand_score_as_set(&node, "ragp-alignment"), alignment);
    SCORED(hand_score_as_set(&node, "ragp-tightness"), 0.625);
}

/* Mean demand (1/4, 1/8). Before: t = min(2, 6) = 2, stranded 1/2 (3/4 - 2/8) = 1/4. After: t =
 * min(1, 4) = 1, stranded 1/2 (1/2 - 1/8) = 3/16. So G = -1/16: the task used leftovers. */
static void test_stranded(void)
{
    HandNode node;
    GpRagpLanes lanes;
    two_lanes(&node, "ragp-stranded");
    gp_ragp_lanes(&node.view, &lanes);
    ABOUT(gp_ragp_typical_jobs(&lanes, lanes.x, node.constants.mix), 2.0);
    ABOUT(gp_ragp_stranded(&lanes, lanes.x, node.constants.mix), 0.25);
    ABOUT(gp_ragp_stranded(&lanes, lanes.z, node.constants.mix), 0.1875);
    SCORED(hand_score_as_set(&node, "ragp-stranded"), 0.0625);
}

/* Before, both classes fit: F = 0. After, one GPU is left and the 40 % class does not fit: F = 0.4
 * * 1/4 = 0.1. */
static void test_class_fragmentation(void)
{
    HandNode node;
    GpTypical typical[2];
    two_lanes(&node, "ragp-class-fragmentation");
    SCORED(hand_score_as_set(&node, "ragp-class-fragmentation"),
           0.0); /* no classes: nothing to say */
    two_classes(&node, typical);
    ABOUT(gp_ragp_class_fragmentation(&node.view), 0.0);
    ABOUT(gp_ragp_class_growth(&node.view, 0.0), 0.1);
    SCORED(hand_score_as_set(&node, "ragp-class-fragmentation"), -0.1);
}

/* Only GPU classes count, and only the first 32 of them. Method: 40 classes of weight 1/40 that
 * never fit (9 GPUs), a CPU-only class before them: F = 32/40 * 1/2. */
static void test_class_fragmentation_of_many(void)
{
    HandNode node;
    GpTypical typical[41];
    memset(typical, 0, sizeof typical);
    two_lanes(&node, "ragp");
    typical[0].size = sizeof typical[0];
    typical[0].shape = hand_shape(0, 0, 0, GP_MIG_PROFILE_NONE, 1000, 0);
    typical[0].weight = 1.0;
    for (int i = 1; i <= 40; i++) {
        typical[i].shape = hand_shape(9, 1000, 0, GP_MIG_PROFILE_NONE, 0, 0);
        typical[i].weight = 0.025;
    }
    node.constants.typical = typical;
    node.constants.typical_count = 41;
    ABOUT(gp_ragp_class_fragmentation(&node.view), 0.4);
}

/* CPU at half health, GPU healthy: E = 1/2 * 1/2. */
static void test_health(void)
{
    HandNode node;
    two_lanes(&node, "ragp-health");
    SCORED(hand_score_as_set(&node, "ragp-health"), 0.0);
    node.view.health_ppm = node.health_ppm;
    SCORED(hand_score_as_set(&node, "ragp-health"), 0.0);
    node.health_ppm[GP_AXIS_CPU] = GP_PPM / 2;
    SCORED(hand_score_as_set(&node, "ragp-health"), -0.25);
}

/* All parts with the default coefficients: 0.25 A + 1 * 0.625 + 1 * 0.0625 - 1 * 0.1 - 0.05 * 0.25.
 */
static void test_sum_of_parts(void)
{
    HandNode node;
    GpTypical typical[2];
    two_lanes(&node, "ragp");
    two_classes(&node, typical);
    node.view.health_ppm = node.health_ppm;
    node.health_ppm[GP_AXIS_CPU] = GP_PPM / 2;
    double alignment = 0.15625 / sqrt(0.40625 * 0.0625);
    SCORED(hand_score_as_set(&node, "ragp"), 0.25 * alignment + 0.625 + 0.0625 - 0.1 - 0.0125);
}

/* The MIG part: a 1g on an empty card grows F by 5 of at most 22, with u = 0.1. All else is
 * switched off. */
static void test_mig_part(void)
{
    HandNode node;
    hand_node(&node, 1, 0, 0, 0);
    node.shape.mig_profile = GP_MIG_PROFILE_1G;
    hand_task(&node, 1, 0, 0, 0, 0);
    gp_term_options_init(&node.options, gp_term_find("ragp"));
    for (int i = 0; i < GP_COEFFICIENTS; i++) {
        node.options.coefficient[i] = i == GP_RAGP_MIG ? 0.1 : 0.0;
    }
    SCORED(hand_score_as_set(&node, "ragp"), -0.1 * 5.0 / 22.0);
    node.type.mig_geometry = GP_MIG_GEOMETRY_NONE;
    SCORED(hand_score_as_set(&node, "ragp"), 0.0);
}

/* Crumbs are not whole GPUs: three GPUs half free and one whole are 1/4 to a task that wants whole
 * ones and 5/8 to one that shares. */
static void test_whole_devices_are_not_crumbs(void)
{
    HandNode node;
    GpRagpLanes lanes;
    hand_node(&node, 4, 0, 8000, 0);
    for (int device = 0; device < 3; device++) {
        hand_use_device(&node, device, 500, 0, 1);
    }
    gp_term_options_init(&node.options, gp_term_find("ragp"));
    hand_task(&node, 1, 1000, 0, 1000, 0);
    gp_ragp_lanes(&node.view, &lanes);
    ABOUT(lanes.x[GP_AXIS_GPU], 0.25);
    hand_task(&node, 1, 500, 0, 1000, 0);
    gp_ragp_lanes(&node.view, &lanes);
    ABOUT(lanes.x[GP_AXIS_GPU], 0.625);
}

/* A sharing task takes the tightest device: weights 0.39 for milli, 0.19 for memory. Free after a
 * task of 200 milli and 4 GiB of 16: device 0 (700, 6 GiB) 0.39 * 0.5 + 0.19 * 0.125; device 1
 * (500, 8 GiB) 0.39 * 0.3 + 0.19 * 0.25 is the least; device 2 (300, 3 GiB) has too little memory.
 */
static void test_devices(void)
{
    HandNode node;
    hand_node(&node, 3, 16384, 8000, 0);
    hand_task(&node, 1, 200, 4096, 1000, 0);
    hand_use_device(&node, 0, 300, 10240, 1);
    hand_use_device(&node, 1, 500, 8192, 1);
    hand_use_device(&node, 2, 700, 13312, 1);
    gp_term_options_init(&node.options, gp_term_find("ragp"));
    CU_ASSERT_EQUAL(gp_ragp_devices(&node.view), 2);
    hand_task(&node, 2, 200, 2048, 1000,
              0); /* two devices: now device 2 fits and is the tightest */
    CU_ASSERT_EQUAL(gp_ragp_devices(&node.view), 6);
    hand_task(&node, 1, 1000, 0, 1000, 0); /* whole devices are the policy's business */
    CU_ASSERT_EQUAL(gp_ragp_devices(&node.view), 0);
}

/* Nothing asked: A = 0, T as the node stands. Nothing free: A = 0, T = 1. Asked more than the scale
 * (y > 1): never feasible, but harmless. All weights 0: nothing counts. A weight that is not a
 * number: its lane does not count. */
static void test_edges(void)
{
    HandNode node;
    GpRagpLanes lanes;
    two_lanes(&node, "ragp");
    hand_task(&node, 0, 0, 0, 0, 0);
    gp_ragp_lanes(&node.view, &lanes);
    ABOUT(gp_ragp_alignment(&lanes), 0.0);
    ABOUT(gp_ragp_tightness(&lanes), 1.0 - 0.5 * 0.5 - 0.5 * 0.75);
    node.free[GP_AXIS_GPU] = 0;
    node.free[GP_AXIS_CPU] = -3000;
    hand_task(&node, 0, 0, 0, 2000, 0);
    gp_ragp_lanes(&node.view, &lanes);
    ABOUT(gp_ragp_alignment(&lanes), 0.0);
    ABOUT(gp_ragp_tightness(&lanes), 1.0);
    ABOUT(gp_ragp_stranded_growth(&lanes, node.constants.mix), 0.0);
    two_lanes(&node, "ragp");
    hand_task(&node, 1, 1000, 0, 80000, 0);
    gp_ragp_lanes(&node.view, &lanes);
    CU_ASSERT(lanes.y[GP_AXIS_CPU] > 1.0 && lanes.z[GP_AXIS_CPU] == 0.0);
    CU_ASSERT(gp_ragp_alignment(&lanes) >= 0.0 && gp_ragp_alignment(&lanes) <= 1.0);
    for (int axis = 0; axis < GP_AXES; axis++) {
        node.options.axis_weight[axis] = 0.0;
    }
    gp_ragp_lanes(&node.view, &lanes);
    ABOUT(gp_ragp_alignment(&lanes), 0.0);
    ABOUT(gp_ragp_stranded(&lanes, lanes.x, node.constants.mix), 0.0);
    two_lanes(&node, "ragp");
    node.options.axis_weight[GP_AXIS_GPU] = (double)NAN;
    gp_ragp_lanes(&node.view, &lanes);
    CU_ASSERT_EQUAL(lanes.weight[GP_AXIS_GPU], 0.0);
    ABOUT(lanes.weight[GP_AXIS_CPU], 1.0);
}

/* A lane that the node has not got, one that the policy does not see, and one whose scale is 0
 * leave all other weights to sum to 1, so a node without GPUs does not look full. */
static void test_absent_lanes(void)
{
    HandNode node;
    GpRagpLanes lanes;
    hand_node(&node, 0, 0, 8000, 16384);
    node.constants.scale[GP_AXIS_GPU] = 8000;
    hand_task(&node, 0, 0, 0, 0, 0);
    gp_term_options_init(&node.options, gp_term_find("ragp"));
    gp_ragp_lanes(&node.view, &lanes);
    ABOUT(lanes.weight[GP_AXIS_CPU] + lanes.weight[GP_AXIS_MEMORY], 1.0);
    ABOUT(gp_ragp_tightness(&lanes), 0.0);
    node.view.sees = GP_SEES_ALL & ~(1u << GP_AXIS_MEMORY);
    gp_ragp_lanes(&node.view, &lanes);
    ABOUT(lanes.weight[GP_AXIS_CPU], 1.0);
    node.view.sees = GP_SEES_ALL;
    node.constants.scale[GP_AXIS_CPU] = 0;
    gp_ragp_lanes(&node.view, &lanes);
    ABOUT(lanes.weight[GP_AXIS_MEMORY], 1.0);
}

/* A task without GPUs must not take the last cores beside free GPUs. Method: 4 cores on a node with
 * 2 free GPUs and 4 free cores, or on a node without GPUs and 8 free cores; lanes and classes as
 * above. Stranded leftovers alone (-1/8) do not outweigh the tighter fit; with class fragmentation
 * (-1/2) the node without GPUs wins. */
static void test_cores_beside_free_gpus(void)
{
    HandNode gpu;
    HandNode plain;
    GpTypical typical[2];
    two_lanes(&gpu, "ragp");
    two_classes(&gpu, typical);
    gpu.free[GP_AXIS_CPU] = 4000;
    hand_task(&gpu, 0, 0, 0, 4000, 0);
    SCORED(hand_score_as_set(&gpu, "ragp"), 0.25 * sqrt(0.5) + 0.75 - 0.125 - 0.5);
    hand_node(&plain, 0, 0, 8000, 0);
    hand_task(&plain, 0, 0, 0, 4000, 0);
    plain.constants = gpu.constants;
    plain.options = gpu.options;
    plain.view.constants = &plain.constants;
    SCORED(hand_score_as_set(&plain, "ragp"), 0.25 + 0.5);
}

/* ---- properties
 * --------------------------------------------------------------------------------------------- */

#define ROUNDS 2000

typedef struct Numbers {
    uint32_t n;
} Numbers;

static int32_t below(Numbers *numbers, int32_t count)
{
    DrawAddress address = {.seed = 7, .purpose = PURPOSE_TEST};
    return (int32_t)(rng_u64(address, numbers->n++) % (uint64_t)count);
}

/* A node with random use of every lane and device, and a task that it holds: all seven lanes. */
static void random_node(HandNode *node, Numbers *numbers)
{
    int32_t devices = below(numbers, HAND_DEVICES + 1);
    hand_node(node, devices, 16384, 64000, 262144);
    for (int axis = GP_AXIS_STORAGE_BANDWIDTH; axis <= GP_AXIS_NETWORK; axis++) {
        node->type.capacity[axis] = 10000;
        node->constants.scale[axis] = 12000;
    }
    for (int axis = GP_AXIS_CPU; axis < GP_AXIS_COUNT; axis++) {
        node->free[axis] = below(numbers, (int32_t)node->type.capacity[axis] + 1);
    }
    for (int device = 0; device < devices; device++) {
        hand_use_device(node, device, below(numbers, 1001), below(numbers, 16385), 1);
    }
    for (int axis = 0; axis < GP_AXES; axis++) {
        node->constants.mix[axis] = 0.001 + below(numbers, 500) / 1000.0;
    }
    node->shape.request[GP_AXIS_STORAGE_BANDWIDTH] =
        below(numbers, (int32_t)node->free[GP_AXIS_STORAGE_BANDWIDTH] + 1);
    int32_t wanted = devices > 0 ? below(numbers, 2) : 0;
    hand_task(node, wanted, wanted * (1 + below(numbers, 1000)), 0,
              below(numbers, (int32_t)node->free[GP_AXIS_CPU] + 1),
              below(numbers, (int32_t)node->free[GP_AXIS_MEMORY] + 1));
    gp_term_options_init(&node->options, gp_term_find("ragp"));
}

/* On any node: A and T within 0..1, leftovers never below 0, and a task never makes room for more
 * typical tasks. */
static void test_bounds_and_monotony(void)
{
    Numbers numbers = {0};
    int bad = 0;
    for (int round = 0; round < ROUNDS; round++) {
        HandNode node;
        GpRagpLanes lanes;
        random_node(&node, &numbers);
        gp_ragp_lanes(&node.view, &lanes);
        const double *mix = node.constants.mix;
        double alignment = gp_ragp_alignment(&lanes);
        double tightness = gp_ragp_tightness(&lanes);
        bad += !(alignment >= 0.0 && alignment <= 1.0);
        bad += !(tightness >= -1e-12 && tightness <= 1.0 + 1e-12);
        bad += !(gp_ragp_stranded(&lanes, lanes.x, mix) >= 0.0);
        bad += !(gp_ragp_stranded(&lanes, lanes.z, mix) >= 0.0);
        bad +=
            gp_ragp_typical_jobs(&lanes, lanes.z, mix) > gp_ragp_typical_jobs(&lanes, lanes.x, mix);
    }
    CU_ASSERT_EQUAL(bad, 0);
}

/* Class fragmentation counts devices once for all classes; that must be the kernel's own answer to
 * "does it fit?". Method: one class of weight 1 on nodes with broken, split, sliced and unseen
 * devices; F is 0 exactly where it fits. */
static void test_classes_fit_as_tasks_do(void)
{
    Numbers numbers = {300000};
    int fitting = 0;
    int bad = 0;
    for (int round = 0; round < ROUNDS; round++) {
        HandNode node;
        GpTypical typical;
        memset(&typical, 0, sizeof typical);
        typical.size = sizeof typical;
        random_node(&node, &numbers);
        node.type.device_split = below(&numbers, 3);
        node.view.sees = below(&numbers, 4) == 0 ? (uint32_t)below(&numbers, 128) : GP_SEES_ALL;
        for (int device = 0; device < node.view.device_count; device++) {
            int kind = below(&numbers, 5);
            node.device_health[device] = kind != 0;
            node.device_mig[device] = kind == 1 ? 0x40 : 0;
            if (kind == 2) {
                node.device_free_milli[device] = 1000;
                node.device_tasks[device] = 0;
            }
        }
        node.free[GP_AXIS_GPU] = 1000;
        node.constants.scale[GP_AXIS_GPU] = 1000;
        int32_t whole = below(&numbers, 2);
        typical.shape = hand_shape(1 + below(&numbers, 2), whole ? 1000 : 1 + below(&numbers, 999),
                                   below(&numbers, 4) == 0 ? below(&numbers, 16384) : 0,
                                   GP_MIG_PROFILE_NONE, below(&numbers, 40000), 1000);
        typical.shape.model_set = (uint64_t)below(&numbers, 3);
        typical.weight = 1.0;
        node.constants.typical = &typical;
        node.constants.typical_count = 1;
        int fits = gp_view_fits(&node.view, &typical.shape, node.view.sees);
        fitting += fits;
        bad += gp_ragp_class_fragmentation(&node.view) != (fits ? 0.0 : 1.0);
    }
    CU_ASSERT_EQUAL(bad, 0);
    CU_ASSERT(fitting > ROUNDS / 20 &&
              fitting < ROUNDS - ROUNDS / 20); /* both answers were asked for */
}

/* The unit of a lane means nothing: all amounts of a lane and its scale times 1000 give the same
 * score to the bit. */
static void test_units_do_not_matter(void)
{
    Numbers numbers = {500000};
    int bad = 0;
    for (int round = 0; round < ROUNDS; round++) {
        HandNode node;
        random_node(&node, &numbers);
        int64_t before = hand_score(&node, "ragp");
        int axis = GP_AXIS_CPU + below(&numbers, GP_AXIS_COUNT - GP_AXIS_CPU);
        node.type.capacity[axis] *= 1000;
        node.free[axis] *= 1000;
        node.shape.request[axis] *= 1000;
        node.constants.scale[axis] *= 1000;
        bad += hand_score(&node, "ragp") != before;
    }
    CU_ASSERT_EQUAL(bad, 0);
}

/* Where nodes stand in the fleet means nothing: mirrored fleets give mirrored answers, ties by rank
 * included. */
static void test_order_does_not_matter(void)
{
    Numbers numbers = {900000};
    GpPolicy policy;
    gp_policy_init(&policy);
    CU_ASSERT_EQUAL_FATAL(gp_policy_add(&policy, gp_term_find("ragp"), 1, NULL), GP_OK);
    for (int round = 0; round < 50; round++) {
        HandFleet left;
        HandFleet right;
        CU_ASSERT_EQUAL_FATAL(hand_fleet(&left, HAND_NODES, 2, 0, 8000, 32768), GP_OK);
        CU_ASSERT_EQUAL_FATAL(hand_fleet(&right, HAND_NODES, 2, 0, 8000, 32768), GP_OK);
        for (int32_t node = 0; node < HAND_NODES; node++) {
            right.node_rank[node] = HAND_NODES - 1 - node;
        }
        for (int task = 0; task < 6; task++) {
            GpShape shape = hand_shape(1, 250 * (1 + below(&numbers, 4)), 0, GP_MIG_PROFILE_NONE,
                                       500 * below(&numbers, 5), 4096 * below(&numbers, 3));
            GpPlacement on_left;
            GpPlacement on_right;
            int32_t node = hand_place(&left, &policy, &shape, &on_left);
            int32_t mirror = hand_place(&right, &policy, &shape, &on_right);
            CU_ASSERT_EQUAL(mirror, node < 0 ? -1 : HAND_NODES - 1 - node);
        }
    }
}

/* Placing and taking away leaves every column, and so every score, as it was. */
static void test_place_and_release(void)
{
    HandFleet hand;
    HandFleet before;
    GpPolicy policy;
    GpPlacement placement;
    gp_policy_init(&policy);
    CU_ASSERT_EQUAL_FATAL(gp_policy_add(&policy, gp_term_find("ragp"), 1, NULL), GP_OK);
    CU_ASSERT_EQUAL_FATAL(hand_fleet(&hand, 2, 4, 16384, 8000, 32768), GP_OK);
    GpShape shape = hand_shape(1, 300, 2048, GP_MIG_PROFILE_NONE, 1500, 1000);
    int64_t score = gp_score(&hand.fleet, &policy, &hand.constants, 0, &shape);
    memcpy(&before, &hand, sizeof before);
    CU_ASSERT_EQUAL_FATAL(hand_place(&hand, &policy, &shape, &placement), 0);
    CU_ASSERT(gp_score(&hand.fleet, &policy, &hand.constants, 0, &shape) != score);
    gp_release(&hand.fleet, &shape, &placement);
    CU_ASSERT_EQUAL(memcmp(&hand, &before, sizeof before), 0);
    CU_ASSERT_EQUAL(gp_score(&hand.fleet, &policy, &hand.constants, 0, &shape), score);
}

const TestCase CASES[] = {
    {"alignment and tightness", test_alignment_and_tightness},
    {"stranded leftovers", test_stranded},
    {"class fragmentation", test_class_fragmentation},
    {"class fragmentation of many", test_class_fragmentation_of_many},
    {"health", test_health},
    {"sum of parts", test_sum_of_parts},
    {"MIG part", test_mig_part},
    {"whole devices are not crumbs", test_whole_devices_are_not_crumbs},
    {"devices", test_devices},
    {"edges", test_edges},
    {"absent lanes", test_absent_lanes},
    {"cores beside free GPUs", test_cores_beside_free_gpus},
    {"bounds and monotony", test_bounds_and_monotony},
    {"classes fit as tasks do", test_classes_fit_as_tasks_do},
    {"units do not matter", test_units_do_not_matter},
    {"order does not matter", test_order_does_not_matter},
    {"place and release", test_place_and_release},
    {NULL, NULL},
};
