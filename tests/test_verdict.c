/* test_verdict.c - why a waiting shape does not run: fits, fragmented or short, and in which
 * dimension. */
#include <string.h>

#include "core/verdict.h"
#include "tests/suite.h"

const char *const SUITE = "verdict";

#define NODES_MAX 4
#define DEVICES 8

/* A fleet in plain arrays: each node has 8 devices of 1000 milli and 80 GiB, 64 cores, 512 GiB. */
typedef struct Small {
    GpFleet fleet;
    GpNodeType types[2];
    int32_t node_type[NODES_MAX];
    int32_t node_rank[NODES_MAX];
    int32_t device_begin[NODES_MAX + 1];
    uint8_t present[NODES_MAX];
    int64_t free[NODES_MAX][GP_AXES];
    int32_t milli[NODES_MAX * DEVICES];
    int32_t mib[NODES_MAX * DEVICES];
    uint16_t tasks[NODES_MAX * DEVICES];
    uint8_t health[NODES_MAX * DEVICES];
    uint8_t mig[NODES_MAX * DEVICES];
} Small;

static void small_init(Small *small, int32_t node_count)
{
    memset(small, 0, sizeof *small);
    for (int type = 0; type < 2; type++) {
        small->types[type] = (GpNodeType){.size = sizeof(GpNodeType),
                                          .device_count = DEVICES,
                                          .model = type,
                                          .device_memory_mib = 81920,
                                          .mig_geometry = GP_MIG_GEOMETRY_SEVEN,
                                          .capacity = {[GP_AXIS_GPU] = 8000,
                                                       [GP_AXIS_GPU_MEMORY] = 8 * 81920,
                                                       [GP_AXIS_CPU] = 64000,
                                                       [GP_AXIS_MEMORY] = 524288}};
    }
    for (int32_t node = 0; node <= node_count; node++) {
        small->device_begin[node] = node * DEVICES;
        if (node < node_count) {
            small->node_rank[node] = node;
        }
    }
    small->fleet = (GpFleet){.size = sizeof(GpFleet),
                             .node_count = node_count,
                             .type_count = 2,
                             .types = small->types,
                             .node_type = small->node_type,
                             .node_rank = small->node_rank,
                             .device_begin = small->device_begin,
                             .node_present = small->present,
                             .node_free = small->free,
                             .device_free_milli = small->milli,
                             .device_free_mib = small->mib,
                             .device_tasks = small->tasks,
                             .device_health = small->health,
                             .device_mig = small->mig};
    CU_ASSERT_EQUAL_FATAL(gp_fleet_reset(&small->fleet), GP_OK);
}

static GpShape shape_of(int32_t devices, int32_t milli, int64_t cpu_milli, int64_t memory_mib)
{
    GpShape shape = {.size = sizeof(GpShape),
                     .kind = -1,
                     .device_count = devices,
                     .device_milli = milli,
                     .request = {[GP_AXIS_CPU] = cpu_milli, [GP_AXIS_MEMORY] = memory_mib}};
    CU_ASSERT_EQUAL_FATAL(gp_shape_finish(&shape), GP_OK);
    return shape;
}

/* Takes the first `devices` devices of a node, and cores. */
static void occupy(Small *small, int32_t node, int32_t devices, int64_t cpu_milli)
{
    GpShape shape = shape_of(devices, devices > 0 ? 1000 : 0, cpu_milli, 0);
    GpPlacement placement = {.size = sizeof placement,
                             .node = node,
                             .device_mask = (1u << devices) - 1,
                             .mig_start = -1};
    gp_place(&small->fleet, &shape, &placement);
}

static void check(const Small *small, const GpShape *shape, int32_t tasks, VerdictKind kind,
                  GpDimension dimension)
{
    Verdict verdict = verdict_judge(&small->fleet, shape, tasks, 0);
    CU_ASSERT_EQUAL(verdict.kind, kind);
    CU_ASSERT_EQUAL(verdict.dimension, dimension);
}

/* Goal: the ledger's worked example gets the verdicts that it states. Method: two nodes of 8 with 4
 * free each. */
static void worked_example(void)
{
    Small small;
    small_init(&small, 2);
    occupy(&small, 0, 4, 0);
    occupy(&small, 1, 4, 0);
    GpShape a = shape_of(8, 1000, 0, 0);
    GpShape b = shape_of(2, 1000, 0, 0);
    GpShape c = shape_of(16, 1000, 0, 0);
    check(&small, &a, 1, VERDICT_FRAGMENTED, GP_DIMENSION_GPU);
    check(&small, &c, 1, VERDICT_SHORT, GP_DIMENSION_GPU);
    Verdict fits = verdict_judge(&small.fleet, &b, 1, 1);
    CU_ASSERT_EQUAL(fits.kind, VERDICT_FITS);
    CU_ASSERT_EQUAL(fits.dimension, GP_DIMENSION_NONE);
    CU_ASSERT_STRING_EQUAL(dimension_name(fits.dimension), "none");
    CU_ASSERT_STRING_EQUAL(dimension_name(GP_DIMENSION_IO_CPU), "io_cpu");
}

/* Goal: of several short dimensions the first in order is named. Method: 2 nodes = 128 cores, 1
 * TiB; ask for more of both, and of memory alone. */
static void first_short_in_order(void)
{
    Small small;
    small_init(&small, 2);
    GpShape both = shape_of(1, 1000, 200000, 2000000);
    GpShape memory = shape_of(1, 1000, 1000, 2000000);
    check(&small, &both, 1, VERDICT_SHORT, GP_DIMENSION_CPU);
    check(&small, &memory, 1, VERDICT_SHORT, GP_DIMENSION_MEMORY);
    small.fleet.node_present[0] = small.fleet.node_present[1] = 0;
    check(&small, &both, 1, VERDICT_SHORT, GP_DIMENSION_GPU);
}

/* Goal: free GPUs of a wrong model make short.gpu_model, too few of any model make short.gpu.
 * Method: node 0 of model 0 is full, node 1 of model 1 is free; the shape takes model 0 only. */
static void wrong_model(void)
{
    Small small;
    small_init(&small, 2);
    small.node_type[1] = 1;
    CU_ASSERT_EQUAL_FATAL(gp_fleet_reset(&small.fleet), GP_OK);
    occupy(&small, 0, 8, 0);
    GpShape shape = shape_of(4, 1000, 0, 0);
    shape.model_set = 1;
    check(&small, &shape, 1, VERDICT_SHORT, GP_DIMENSION_GPU_MODEL);
    occupy(&small, 1, 5, 0);
    check(&small, &shape, 1, VERDICT_SHORT, GP_DIMENSION_GPU);
}

/* Goal: what is free on nodes of a wrong group makes short.topology, too little of any group the
 * dimension itself; where model and group together keep it off, the model is named, first in order.
 * Method: node 0 of group 0 is taken, node 1 of group 1 is free; the shapes take group 0 only. */
static void wrong_group(void)
{
    Small small;
    small_init(&small, 2);
    small.node_type[1] = 1;
    small.types[1].model = 0;
    small.types[1].group = 1;
    CU_ASSERT_EQUAL_FATAL(gp_fleet_reset(&small.fleet), GP_OK);
    occupy(&small, 0, 8, 63000);
    GpShape gpus = shape_of(4, 1000, 0, 0);
    GpShape cores = shape_of(0, 0, 4000, 0);
    gpus.group_set = cores.group_set = 1;
    check(&small, &gpus, 1, VERDICT_SHORT, GP_DIMENSION_TOPOLOGY);
    check(&small, &cores, 1, VERDICT_SHORT, GP_DIMENSION_TOPOLOGY);
    gpus.model_set = 1;
    small.types[1].model = 1;
    check(&small, &gpus, 1, VERDICT_SHORT, GP_DIMENSION_GPU_MODEL);
    occupy(&small, 1, 5, 62000);
    check(&small, &gpus, 1, VERDICT_SHORT, GP_DIMENSION_GPU);
    check(&small, &cores, 1, VERDICT_SHORT, GP_DIMENSION_CPU);
    CU_ASSERT_EQUAL_FATAL(gp_fleet_reset(&small.fleet), GP_OK);
    gpus.group_set = 4; /* a group without nodes */
    gpus.model_set = 0;
    CU_ASSERT_EQUAL(verdict_too_large(&small.fleet, &gpus, 1), GP_DIMENSION_TOPOLOGY);
}

/* Goal: what only the NUMA parts keep off is fragmented by topology. Method: a node of 8 in 2
 * parts. 5 of one part never fit. With 3 left in each part 3 pairs fit on any devices, 2 in one
 * part each. */
static void numa_parts(void)
{
    Small small;
    small_init(&small, 1);
    small.types[0].numa_count = 2;
    GpShape five = shape_of(5, 1000, 0, 0);
    GpShape pair = shape_of(2, 1000, 0, 0);
    five.numa = 1;
    CU_ASSERT_EQUAL(verdict_too_large(&small.fleet, &five, 1), GP_DIMENSION_TOPOLOGY);
    check(&small, &five, 1, VERDICT_FRAGMENTED, GP_DIMENSION_TOPOLOGY);
    GpPlacement ends = {.size = sizeof ends, .device_mask = 0x81, .mig_start = -1};
    gp_place(&small.fleet, &pair, &ends);
    CU_ASSERT_EQUAL(verdict_room(&small.fleet, &pair, 9), 3);
    pair.numa = 1;
    CU_ASSERT_EQUAL(verdict_room(&small.fleet, &pair, 9), 2);
    check(&small, &pair, 3, VERDICT_FRAGMENTED, GP_DIMENSION_TOPOLOGY);
}

/* Goal: the binding dimension of a fragmented shape is the one that alone excludes most nodes.
 * Method: nodes 0 and 1 have GPUs but no cores, node 2 has cores but no GPUs: cpu alone excludes
 * two, gpu alone one. */
static void fragmented_by_cpu(void)
{
    Small small;
    small_init(&small, 3);
    occupy(&small, 0, 0, 63000);
    occupy(&small, 1, 0, 63000);
    occupy(&small, 2, 8, 0);
    GpShape shape = shape_of(1, 1000, 4000, 0);
    check(&small, &shape, 1, VERDICT_FRAGMENTED, GP_DIMENSION_CPU);
}

/* Goal: a gang whose tasks fit one by one but not together names what stops the last one. Method:
 * two nodes with 8 free GPUs; node 0 has 4 cores, node 1 has 64. Tasks of 1 GPU and 4 cores: node 0
 * holds 1 (cpu), node 1 holds 8 (gpu; cores for 16). 9 in all. A gang of 10 needs 10 GPUs (16 free)
 * and 40 cores (68 free): fragmented. Each of cpu and gpu alone stops one node; the tie goes to
 * gpu. A third node with 4 cores makes it cpu. */
static void gang_fits_in_part(void)
{
    Small small;
    small_init(&small, 2);
    occupy(&small, 0, 0, 60000);
    GpShape shape = shape_of(1, 1000, 4000, 0);
    check(&small, &shape, 10, VERDICT_FRAGMENTED, GP_DIMENSION_GPU);
    check(&small, &shape, 17, VERDICT_SHORT, GP_DIMENSION_GPU);
    small_init(&small, 3);
    occupy(&small, 0, 0, 60000);
    occupy(&small, 2, 0, 60000);
    check(&small, &shape, 11, VERDICT_FRAGMENTED, GP_DIMENSION_CPU);
}

/* Goal: what the empty fleet could never hold is found, task counts included. Method: two empty
 * nodes of 8: 16 tasks of one device fit, 17 do not; 32 half devices fit; 9 devices on one node
 * never; 3 tasks of 5 devices never (one a node), though 15 devices exist. */
static void too_large(void)
{
    Small small;
    small_init(&small, 2);
    GpShape one = shape_of(1, 1000, 1000, 0);
    GpShape half = shape_of(1, 500, 1000, 0);
    GpShape nine = shape_of(9, 1000, 0, 0);
    GpShape five = shape_of(5, 1000, 0, 0);
    CU_ASSERT_EQUAL(verdict_too_large(&small.fleet, &one, 16), GP_DIMENSION_NONE);
    CU_ASSERT_EQUAL(verdict_too_large(&small.fleet, &one, 17), GP_DIMENSION_GPU);
    CU_ASSERT_EQUAL(verdict_too_large(&small.fleet, &half, 32), GP_DIMENSION_NONE);
    CU_ASSERT_EQUAL(verdict_too_large(&small.fleet, &half, 33), GP_DIMENSION_GPU);
    CU_ASSERT_EQUAL(verdict_too_large(&small.fleet, &nine, 1), GP_DIMENSION_GPU);
    CU_ASSERT_EQUAL(verdict_too_large(&small.fleet, &five, 2), GP_DIMENSION_NONE);
    CU_ASSERT_EQUAL(verdict_too_large(&small.fleet, &five, 3), GP_DIMENSION_GPU);
    GpShape other = shape_of(1, 1000, 0, 0);
    other.model_set = 2; /* the fleet is all model 0 */
    CU_ASSERT_EQUAL(verdict_too_large(&small.fleet, &other, 1), GP_DIMENSION_GPU_MODEL);
}

/* Goal: tasks that share several devices are counted on distinct devices. Method: one node, tasks
 * of 2 x 600 milli: one task a device pair, so 4 tasks; and 2 x 400 milli: two layers of 4 pairs,
 * so 8. */
static void shared_devices_are_distinct(void)
{
    Small small;
    small_init(&small, 1);
    GpShape six = shape_of(2, 600, 0, 0);
    GpShape four = shape_of(2, 400, 0, 0);
    CU_ASSERT_EQUAL(verdict_too_large(&small.fleet, &six, 4), GP_DIMENSION_NONE);
    CU_ASSERT_EQUAL(verdict_too_large(&small.fleet, &six, 5), GP_DIMENSION_GPU);
    CU_ASSERT_EQUAL(verdict_too_large(&small.fleet, &four, 8), GP_DIMENSION_NONE);
    CU_ASSERT_EQUAL(verdict_too_large(&small.fleet, &four, 9), GP_DIMENSION_GPU);
}

/* Goal: a MIG instance is weighed by what its card charges. Method: A30 cards (four slices, 250
 * milli each), all whole taken but one on node 0, which holds a 2g; a 4g needs a whole card, 500
 * are free: short. With such a card on node 1 too 1000 are free in sum, and neither card holds it.
 */
static void four_slice_cards(void)
{
    Small small;
    small_init(&small, 2);
    small.types[0].mig_geometry = GP_MIG_GEOMETRY_FOUR;
    GpShape half = {.size = sizeof(GpShape), .device_count = 1, .mig_profile = GP_MIG_PROFILE_2G};
    GpShape full = {.size = sizeof(GpShape), .device_count = 1, .mig_profile = GP_MIG_PROFILE_4G};
    CU_ASSERT_EQUAL_FATAL(gp_shape_finish(&half), GP_OK);
    CU_ASSERT_EQUAL_FATAL(gp_shape_finish(&full), GP_OK);
    GpPlacement last = {.size = sizeof last, .node = 0, .device_mask = 1u << 7, .mig_start = 0};
    occupy(&small, 0, 7, 0);
    gp_place(&small.fleet, &half, &last);
    occupy(&small, 1, 8, 0);
    CU_ASSERT_EQUAL(small.fleet.node_free[0][GP_AXIS_GPU], 500);
    check(&small, &full, 1, VERDICT_SHORT, GP_DIMENSION_GPU);
    check(&small, &half, 2, VERDICT_SHORT, GP_DIMENSION_GPU);
    small_init(&small, 2);
    small.types[0].mig_geometry = GP_MIG_GEOMETRY_FOUR;
    for (last.node = 0; last.node < 2; last.node++) {
        occupy(&small, last.node, 7, 0);
        gp_place(&small.fleet, &half, &last);
    }
    check(&small, &full, 1, VERDICT_FRAGMENTED, GP_DIMENSION_MIG);
}

const TestCase CASES[] = {
    {"the ledger's worked example", worked_example},
    {"the first short dimension in order", first_short_in_order},
    {"wrong model against too few of any", wrong_model},
    {"wrong group", wrong_group},
    {"NUMA parts", numa_parts},
    {"fragmented: what alone excludes most nodes", fragmented_by_cpu},
    {"a gang that fits only in part", gang_fits_in_part},
    {"larger than the empty fleet", too_large},
    {"shares of distinct devices", shared_devices_are_distinct},
    {"four-slice cards", four_slice_cards},
    {NULL, NULL},
};
