/* test_judge.c - verdicts that are kept current node by node are those of a look at every node. */
#include <string.h>

#include "core/judge.h"
#include "tests/suite.h"

const char *const SUITE = "judge";

#define NODES 12
#define DEVICES 8
#define SHAPES 10
#define STEPS 4000

/* Nodes of two types and groups (one with NUMA halves, one whose cards can be cut), in 4 racks. */
typedef struct Stage {
    Arena arena;
    GpFleet fleet;
    GpNodeType types[2];
    int32_t node_type[NODES];
    int32_t node_rank[NODES];
    int32_t node_rack[NODES];
    int32_t device_begin[NODES + 1];
    uint8_t present[NODES];
    int64_t free[NODES][GP_AXES];
    int32_t milli[NODES * DEVICES];
    int32_t mib[NODES * DEVICES];
    uint16_t tasks[NODES * DEVICES];
    uint8_t health[NODES * DEVICES];
    uint8_t mig[NODES * DEVICES];
    GpShape shapes[SHAPES];
    JobClass class_of_gangs;
    JobTable jobs;
    Cluster cluster;
    Judge judge;
} Stage;

static void shapes_fill(Stage *stage)
{
    static const GpShape SHAPE_ROWS[SHAPES] = {
        {.device_count = 1, .device_milli = 1000},
        {.device_count = 2, .device_milli = 1000, .numa = 1},
        {.device_count = 8, .device_milli = 1000},
        {.device_count = 1, .device_milli = 300, .device_memory_mib = 20000},
        {.device_count = 2, .device_milli = 500},
        {.device_count = 4, .device_milli = 1000, .model_set = 1},
        {.device_count = 1, .device_milli = 1000, .group_set = 2},
        {.device_count = 1, .mig_profile = GP_MIG_PROFILE_2G},
        {.device_count = 0, .request = {[GP_AXIS_CPU] = 9000}},
        {.device_count = 1, .device_milli = 1000, .request = {[GP_AXIS_CPU] = 20000}},
    };
    for (int i = 0; i < SHAPES; i++) {
        stage->shapes[i] = SHAPE_ROWS[i];
        stage->shapes[i].size = sizeof(GpShape);
        stage->shapes[i].kind = -1;
        stage->shapes[i].request[GP_AXIS_MEMORY] = 1000;
        CU_ASSERT_EQUAL_FATAL(gp_shape_finish(&stage->shapes[i]), GP_OK);
    }
}

static void stage_open(Stage *stage)
{
    memset(stage, 0, sizeof *stage);
    arena_init(&stage->arena);
    for (int type = 0; type < 2; type++) {
        stage->types[type] =
            (GpNodeType){.size = sizeof(GpNodeType),
                         .device_count = DEVICES,
                         .model = type,
                         .group = type,
                         .numa_count = type == 0 ? 2 : 0,
                         .device_memory_mib = 40960,
                         .mig_geometry = type == 1 ? GP_MIG_GEOMETRY_SEVEN : GP_MIG_GEOMETRY_NONE,
                         .capacity = {[GP_AXIS_GPU] = DEVICES * 1000,
                                      [GP_AXIS_GPU_MEMORY] = DEVICES * 40960,
                                      [GP_AXIS_CPU] = 64000,
                                      [GP_AXIS_MEMORY] = 524288}};
    }
    for (int32_t node = 0; node < NODES; node++) {
        stage->node_type[node] = node % 3 == 0;
        stage->node_rank[node] = node;
        stage->node_rack[node] = node / 3;
        stage->device_begin[node + 1] = (node + 1) * DEVICES;
    }
    stage->fleet = (GpFleet){.size = sizeof(GpFleet),
                             .node_count = NODES,
                             .type_count = 2,
                             .types = stage->types,
                             .node_type = stage->node_type,
                             .node_rank = stage->node_rank,
                             .device_begin = stage->device_begin,
                             .node_present = stage->present,
                             .node_free = stage->free,
                             .device_free_milli = stage->milli,
                             .device_free_mib = stage->mib,
                             .device_tasks = stage->tasks,
                             .device_health = stage->health,
                             .device_mig = stage->mig};
    CU_ASSERT_EQUAL_FATAL(gp_fleet_reset(&stage->fleet), GP_OK);
    shapes_fill(stage);
    stage->class_of_gangs = (JobClass){.min_tasks = 6};
    stage->jobs = (JobTable){.class_count = 1,
                             .classes = &stage->class_of_gangs,
                             .shapes = {.shapes = stage->shapes, .count = SHAPES}};
    stage->cluster = (Cluster){
        .node_count = NODES, .node_rack = stage->node_rack, .rack_count = 4, .zone_count = 1};
    CU_ASSERT_TRUE_FATAL(
        judge_init(&stage->judge, &stage->arena, &stage->fleet, &stage->cluster, &stage->jobs));
}

static uint32_t next_word(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* ---- the walk ---- */

typedef struct Held {
    int shape;
    GpPlacement placement;
} Held;

static void check_all(Stage *stage, uint32_t *state)
{
    for (int i = 0; i < SHAPES; i++) {
        if (next_word(state) % 3 == 0) {
            continue; /* so that shapes fall behind by different numbers of changes */
        }
        int32_t tasks = 1 + (int32_t)(next_word(state) % 6);
        bool fits = verdict_room(&stage->fleet, &stage->shapes[i], tasks) >= tasks;
        Verdict wanted = verdict_judge(&stage->fleet, &stage->shapes[i], tasks, fits);
        Verdict found = judge_verdict(&stage->judge, i, tasks, TOPOLOGY_NONE);
        CU_ASSERT_EQUAL_FATAL(found.kind, wanted.kind);
        CU_ASSERT_EQUAL_FATAL(found.dimension, wanted.dimension);
        GpVerdict why = {.size = sizeof why};
        gp_explain(&stage->fleet, &stage->shapes[i], GP_SEES_ALL, &why);
        const NodeCount *excluded = judge_excluded(&stage->judge, i);
        CU_ASSERT_EQUAL(excluded->none, why.feasible);
        CU_ASSERT_EQUAL(memcmp(excluded->alone, why.alone, sizeof why.alone), 0);
        CU_ASSERT_EQUAL(memcmp(excluded->any, why.failing, sizeof why.failing), 0);
    }
}

/* Places and releases at random: the fleet fills up, empties, and fills again. */
static void walk(Stage *stage, uint32_t seed)
{
    static Held held[NODES * DEVICES * 8];
    int count = 0;
    uint32_t state = seed;
    GpPolicy policy;
    gp_policy_init(&policy);
    GpConstants constants;
    gp_constants_init(&constants);
    for (int step = 0; step < STEPS; step++) {
        uint32_t more = step / 500 % 2 == 0 ? 7 : 3; /* of ten */
        int shape = (int)(next_word(&state) % SHAPES);
        GpPlacement placement = {.size = sizeof placement};
        if (next_word(&state) % 10 < more) {
            if (count < NODES * DEVICES * 8 &&
                gp_scan_pick(&stage->fleet, &policy, &constants, &stage->shapes[shape], NULL,
                             &placement) == GP_OK) {
                gp_place(&stage->fleet, &stage->shapes[shape], &placement);
                judge_touch(&stage->judge, placement.node);
                held[count++] = (Held){shape, placement};
            }
        } else if (count > 0) {
            int at = (int)(next_word(&state) % (uint32_t)count);
            gp_release(&stage->fleet, &stage->shapes[held[at].shape], &held[at].placement);
            judge_touch(&stage->judge, held[at].placement.node);
            held[at] = held[--count];
        }
        if (next_word(&state) % 4 == 0) {
            check_all(stage, &state);
        }
    }
}

/* Goal: same verdicts and counts as the oracle, whatever changed since the last question. Method: a
 * random walk over whole cards, shares, MIG slices, CPU tasks, models, groups and NUMA halves, each
 * shape asked for 1 to 6 tasks at random intervals. */
static void as_the_oracle(void)
{
    Stage stage;
    stage_open(&stage);
    walk(&stage, 1);
    arena_free(&stage.arena);
}

/* Goal: shapes that share a row get their own answers. Method: the same walk with 3 rows. */
static void shared_rows(void)
{
    Stage stage;
    stage_open(&stage);
    stage.judge.row_count = 3;
    walk(&stage, 2);
    arena_free(&stage.arena);
}

/* Goal: a gang that must share a rack is judged by racks. Method: racks of three nodes of 8 GPUs,
 * 24 a rack, 96 in all; of 4 tasks with 8 GPUs each only 3 fit a rack, of 3 all do; once two nodes
 * of each rack hold one task each, no rack holds 3 any more, though 4 nodes are free in all. */
static void one_rack(void)
{
    Stage stage;
    stage_open(&stage);
    Verdict four = judge_verdict(&stage.judge, 2, 4, TOPOLOGY_RACK);
    CU_ASSERT_EQUAL(four.kind, VERDICT_FRAGMENTED);
    CU_ASSERT_EQUAL(four.dimension, GP_DIMENSION_TOPOLOGY);
    CU_ASSERT_EQUAL(judge_verdict(&stage.judge, 2, 4, TOPOLOGY_NONE).kind, VERDICT_FITS);
    CU_ASSERT_EQUAL(judge_verdict(&stage.judge, 2, 3, TOPOLOGY_RACK).kind, VERDICT_FITS);
    CU_ASSERT_EQUAL(judge_verdict(&stage.judge, 2, 2, TOPOLOGY_NODE).kind, VERDICT_FRAGMENTED);
    CU_ASSERT_EQUAL(judge_verdict(&stage.judge, 0, 6, TOPOLOGY_NODE).kind, VERDICT_FITS);
    for (int32_t node = 0; node < NODES; node++) {
        if (node % 3 != 1) {
            GpPlacement placement = {
                .size = sizeof placement, .node = node, .device_mask = 1, .mig_start = -1};
            gp_place(&stage.fleet, &stage.shapes[0], &placement);
            judge_touch(&stage.judge, node);
        }
    }
    CU_ASSERT_EQUAL(judge_verdict(&stage.judge, 2, 3, TOPOLOGY_RACK).dimension,
                    GP_DIMENSION_TOPOLOGY);
    CU_ASSERT_EQUAL(judge_verdict(&stage.judge, 2, 4, TOPOLOGY_NONE).kind, VERDICT_FITS);
    CU_ASSERT_EQUAL(judge_verdict(&stage.judge, 2, 1, TOPOLOGY_RACK).kind, VERDICT_FITS);
    CU_ASSERT(judge_node_fits(&stage.judge, 2, 1));
    CU_ASSERT(!judge_node_fits(&stage.judge, 2, 0));
    arena_free(&stage.arena);
}

const TestCase CASES[] = {
    {"random walk: as the oracle", as_the_oracle},
    {"shapes that share rows", shared_rows},
    {"a gang that must share a rack", one_rack},
    {NULL, NULL},
};
