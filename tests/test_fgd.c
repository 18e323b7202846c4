/* test_fgd.c - the FGD study's scores and fragmentation on single nodes, against published values.
 *
 * The expected numbers are those of docs/fragmentation.md ("Values to test against"): computed by
 * an independent program that reproduces the published curves. The typical tasks come from the
 * class table of the demo.
 */
#include <math.h>
#include <string.h>

#include "core/arena.h"
#include "models/typical.h"
#include "tests/hand_fleet.h"
#include "tests/suite.h"
#include "traces/readers.h"

const char *const SUITE = "fgd";

#define DEVICES 8
#define KINDS 3 /* shared, one whole device, two whole devices */

typedef struct Bench {
    Arena arena;
    Diagnostics diagnostics;
    Cluster cluster;
    RequestList classes;
    GpConstants constants;
    GpNodeType type;
    GpFleet fleet;
    int32_t node_type, rank, begin[2];
    uint8_t present;
    int64_t free[1][GP_AXES];
    uint16_t kinds[KINDS];
    int32_t milli[DEVICES], mib[DEVICES];
    uint16_t tasks[DEVICES];
    uint8_t health[DEVICES], mig[DEVICES];
} Bench;

typedef struct Node {
    const char *model;
    int64_t cpu_milli;
    int32_t device_count;
    int32_t milli[DEVICES];
    uint16_t kinds[KINDS];
    double fragmentation;
} Node;

static const Node NODES[] = {
    {"G2", 96000, 8, {1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000}, {0}, 1087.8187},
    {"G2", 40000, 8, {0, 190, 530, 1000, 1000, 0, 1000, 350}, {2, 1, 0}, 1355.0386},
    {"T4", 104000, 2, {1000, 1000}, {0}, 271.9547},
    {"T4", 90000, 2, {190, 1000}, {2, 0, 0}, 324.6562},
    {"P100", 16000, 2, {1000, 1000}, {0}, 359.2583},
    {"P100", 4000, 2, {1000, 180}, {0}, 895.2047},
};

typedef struct Pod {
    int64_t cpu_milli;
    int32_t device_count, device_milli, kind;
} Pod;

/* A 3152 cpu 1x810; B 11300 1x1000; E 3152 1x1000; G 4000 1x320; H 12500 CPU only; K 8000 2x1000.
 */
static const Pod PODS[] = {{3152, 1, 810, 0}, {11300, 1, 1000, 1}, {3152, 1, 1000, 1},
                           {4000, 1, 320, 0}, {12500, 0, 0, -1},   {8000, 2, 1000, 2}};

#define NO -1 /* does not fit */

typedef struct Expected {
    int dot_product, gpu_clustering, gpu_packing, best_fit, fgd,
        device; /* device: NO if not chosen */
} Expected;

static const Expected EXPECTED[6][6] = {
    {{94, 25, 25, 18, 48, 0},
     {90, 25, 25, 23, 53, NO},
     {92, 25, 25, 19, 53, NO},
     {96, 25, 25, 16, 40, 0},
     {96, 0, 0, 17, 50, NO},
     {85, 25, 25, 28, 56, NO}},
    {{97, 62, 49, 65, 48, 3},
     {95, 62, 49, 69, 53, NO},
     {96, 62, 49, 66, 53, NO},
     {98, 62, 97, 62, 57, 7},
     {98, 0, 0, 63, 50, NO},
     {92, 12, 48, 74, 56, NO}},
    {{97, 43, 31, 53, 48, 0},
     {94, 43, 31, 57, 53, NO},
     {97, 43, 31, 54, 53, NO},
     {98, 43, 31, 50, 40, 0},
     {96, 0, 0, 51, 50, NO},
     {94, 43, 31, 62, 56, NO}},
    {{98, 96, 49, 63, 48, 1},
     {95, 21, 49, 68, 53, NO},
     {98, 21, 49, 64, 53, NO},
     {98, 96, 49, 60, 40, 1},
     {96, 0, 0, 62, 50, NO},
     {NO, NO, NO, NO, NO, NO}},
    {{98, 43, 31, 87, 48, 0},
     {97, 43, 31, 91, 41, NO},
     {98, 43, 31, 88, 53, NO},
     {99, 43, 31, 84, 40, 0},
     {99, 0, 0, 86, 22, NO},
     {96, 43, 31, 96, 58, NO}},
    {{99, 46, 49, 97, 62, 0},
     {NO, NO, NO, NO, NO, NO},
     {99, 46, 49, 98, 67, NO},
     {99, 46, 49, 94, 50, 0},
     {NO, NO, NO, NO, NO, NO},
     {NO, NO, NO, NO, NO, NO}},
};

static void bench_open(Bench *bench)
{
    memset(bench, 0, sizeof(*bench));
    arena_init(&bench->arena);
    diagnostics_init(&bench->diagnostics);
    bench->type.size = sizeof(GpNodeType);
    bench->cluster.types = &bench->type;
    bench->cluster.type_count = 1;
    CU_ASSERT_EQUAL_FATAL(classes_read("scenarios/openb-2023-classes.csv", &bench->arena,
                                       &bench->diagnostics, &bench->cluster, &bench->classes),
                          STATUS_OK);
    CU_ASSERT_TRUE_FATAL(
        typical_tasks(&bench->classes, 1, &bench->cluster, &bench->arena, &bench->constants));
    bench->fleet = (GpFleet){.size = sizeof(GpFleet),
                             .node_count = 1,
                             .type_count = 1,
                             .kind_count = KINDS,
                             .types = &bench->type,
                             .node_type = &bench->node_type,
                             .node_rank = &bench->rank,
                             .device_begin = bench->begin,
                             .node_present = &bench->present,
                             .node_free = bench->free,
                             .node_kind_tasks = bench->kinds,
                             .device_free_milli = bench->milli,
                             .device_free_mib = bench->mib,
                             .device_tasks = bench->tasks,
                             .device_health = bench->health,
                             .device_mig = bench->mig};
}

static void bench_close(Bench *bench)
{
    diagnostics_free(&bench->diagnostics);
    arena_free(&bench->arena);
}

static void node_set(Bench *bench, const Node *node)
{
    bench->type.device_count = node->device_count;
    bench->type.model =
        cluster_model(&bench->cluster, &bench->arena, node->model, (int)strlen(node->model));
    bench->type.capacity[GP_AXIS_GPU] = node->device_count * 1000;
    bench->type.capacity[GP_AXIS_CPU] = node->cpu_milli;
    bench->begin[1] = node->device_count;
    CU_ASSERT_EQUAL_FATAL(gp_fleet_reset(&bench->fleet), GP_OK);
    bench->free[0][GP_AXIS_GPU] = 0;
    for (int32_t device = 0; device < node->device_count; device++) {
        bench->milli[device] = node->milli[device];
        bench->free[0][GP_AXIS_GPU] += node->milli[device];
    }
    memcpy(bench->kinds, node->kinds, sizeof(bench->kinds));
}

static int points(const Bench *bench, const char *name, const GpShape *shape)
{
    GpPolicy policy;
    gp_policy_init(&policy);
    CU_ASSERT_EQUAL_FATAL(gp_policy_add(&policy, gp_term_find(name), 1, NULL), GP_OK);
    int64_t score = gp_score(&bench->fleet, &policy, &bench->constants, 0, shape);
    return score == GP_INFEASIBLE ? NO : (int)(score / GP_SCORE_ONE);
}

static int fgd_device(const Bench *bench, const GpShape *shape)
{
    GpPolicy policy;
    GpPlacement placement = {.size = sizeof(GpPlacement)};
    gp_policy_init(&policy);
    gp_policy_add(&policy, gp_term_find("fgd"), 1, NULL);
    policy.device_rule = GP_DEVICE_TERM;
    CU_ASSERT_EQUAL_FATAL(
        gp_choose_devices(&bench->fleet, &policy, &bench->constants, 0, shape, 0, &placement),
        GP_OK);
    return __builtin_ctz(placement.device_mask);
}

static void pod_check(const Bench *bench, const Pod *pod, const Expected *expected)
{
    GpShape shape = {.size = sizeof(GpShape),
                     .kind = pod->kind,
                     .device_count = pod->device_count,
                     .device_milli = pod->device_milli,
                     .request = {[GP_AXIS_CPU] = pod->cpu_milli}};
    CU_ASSERT_EQUAL_FATAL(gp_shape_finish(&shape), GP_OK);
    CU_ASSERT_EQUAL(points(bench, "dot-product", &shape), expected->dot_product);
    CU_ASSERT_EQUAL(points(bench, "gpu-clustering", &shape), expected->gpu_clustering);
    CU_ASSERT_EQUAL(points(bench, "gpu-packing", &shape), expected->gpu_packing);
    CU_ASSERT_EQUAL(points(bench, "best-fit", &shape), expected->best_fit);
    CU_ASSERT_EQUAL(points(bench, "fgd", &shape), expected->fgd);
    if (expected->device != NO) {
        CU_ASSERT_EQUAL(fgd_device(bench, &shape), expected->device);
    }
}

/* Goal: the five deterministic scores and FGD's device are the published ones. Method: six nodes by
 * six pods. */
static void scores_are_the_published_ones(void)
{
    Bench bench;
    bench_open(&bench);
    for (int n = 0; n < 6; n++) {
        node_set(&bench, &NODES[n]);
        for (int p = 0; p < 6; p++) {
            pod_check(&bench, &PODS[p], &EXPECTED[n][p]);
        }
    }
    bench_close(&bench);
}

/* Goal: F of a node. Method: the same six nodes, to the four decimals given. */
static void fragmentation_is_the_published_one(void)
{
    Bench bench;
    bench_open(&bench);
    for (int n = 0; n < 6; n++) {
        node_set(&bench, &NODES[n]);
        double found = gp_node_value(&bench.fleet, gp_term_find("fgd"), &bench.constants, 0);
        CU_ASSERT_DOUBLE_EQUAL(found, NODES[n].fragmentation, 0.00005001);
    }
    bench_close(&bench);
}

/* The score as the source writes it, with libm. */
static int sigmoid_points(double drop_milli)
{
    return (int)(100.0 / (1.0 + exp(-drop_milli / 1000.0)));
}

/* Goal: the kernel's table stands for the sigmoid at every step. Method: one typical task makes F
 * of a one-device node the idle GPU times a weight of ours, so any drop can be made; the drops
 * stand a little above and below each step, found by bisection with libm. */
static void the_step_table_is_the_sigmoid(void)
{
    Bench bench;
    memset(&bench, 0, sizeof(bench));
    bench_open(&bench);
    Node node = {"G2", 1000, 1, {1000}, {0}, 0.0};
    node_set(&bench, &node);
    GpTypical typical = {
        .size = sizeof(GpTypical), .shape = {.size = sizeof(GpShape), .kind = -1}, .weight = 1.0};
    int32_t thresholds[1];
    GpShape shape = {.size = sizeof(GpShape), .kind = -1, .device_count = 1, .device_milli = 1000};
    CU_ASSERT_EQUAL_FATAL(gp_shape_finish(&typical.shape), GP_OK);
    CU_ASSERT_EQUAL_FATAL(gp_shape_finish(&shape), GP_OK);
    bench.constants.typical = &typical;
    bench.constants.typical_count = 1;
    bench.constants.thresholds = thresholds;
    CU_ASSERT_EQUAL_FATAL(gp_constants_finish(&bench.constants, &bench.fleet), GP_OK);
    for (int step = 1; step <= 99; step++) {
        double low = -60000.0;
        double high = 60000.0;
        for (int i = 0; i < 200; i++) {
            double middle = low + (high - low) / 2.0;
            if (sigmoid_points(middle) >= step) {
                high = middle;
            } else {
                low = middle;
            }
        }
        /* A CPU-only typical task makes all idle GPU a fragment: taking the device drops F by 1000
         * x weight. */
        typical.weight = (high + 1e-6) / 1000.0;
        CU_ASSERT_EQUAL(points(&bench, "fgd", &shape), step);
        typical.weight = (high - 1e-6) / 1000.0;
        CU_ASSERT_EQUAL(points(&bench, "fgd", &shape), step - 1);
    }
    typical.weight = 0.0; /* no change at all */
    CU_ASSERT_EQUAL(points(&bench, "fgd", &shape), 50);
    bench_close(&bench);
}

/* Goal: the score is that of the devices which the policy then takes, also for a task that shares
 * several. Method: one node with 1000, 1000, 500 and 500 free; the typical task wants a whole
 * device, so the two halves are fragments, F = 1000. A task of two halves on devices 2 and 3 brings
 * F to 0: trunc(100 / (1 + exp(-1))) = 73. (On devices 0 and 1 no whole device were left: F =
 * 2000, 26.) */
static void shares_of_several_devices_score_where_they_go(void)
{
    HandFleet hand;
    CU_ASSERT_EQUAL_FATAL(hand_fleet(&hand, 1, 4, 0, 8000, 0), GP_OK);
    int32_t thresholds[1];
    GpTypical typical = {.size = sizeof(GpTypical), .shape = hand_shape(1, 1000, 0, 0, 0, 0), .weight = 1.0};
    hand.constants.typical = &typical;
    hand.constants.thresholds = thresholds;
    hand.constants.typical_count = 1;
    CU_ASSERT_EQUAL_FATAL(gp_constants_finish(&hand.constants, &hand.fleet), GP_OK);
    GpShape halves = hand_shape(2, 500, 0, 0, 0, 0);
    GpPlacement placement = {.size = sizeof placement, .device_mask = 12, .mig_start = -1};
    gp_place(&hand.fleet, &halves, &placement);
    GpPolicy policy;
    gp_policy_init(&policy);
    policy.device_rule = GP_DEVICE_TERM;
    CU_ASSERT_EQUAL_FATAL(gp_policy_add(&policy, gp_term_find("fgd"), 1, NULL), GP_OK);
    CU_ASSERT_EQUAL(gp_score(&hand.fleet, &policy, &hand.constants, 0, &halves), 73 * GP_SCORE_ONE);
    CU_ASSERT_EQUAL(hand_place(&hand, &policy, &halves, &placement), 0);
    CU_ASSERT_EQUAL(placement.device_mask, 12);
}

const TestCase CASES[] = {
    {"scores are the published ones", scores_are_the_published_ones},
    {"fragmentation is the published one", fragmentation_is_the_published_one},
    {"the step table is the sigmoid", the_step_table_is_the_sigmoid},
    {"shares of several devices score where they go",
     shares_of_several_devices_score_where_they_go},
    {NULL, NULL},
};
