/* test_openb.c - the openb classes through the engine: the index places every job as the scan does.
 *
 * The demo's scenario on an eighth of its nodes, filled to 130 % as the demo is, so that most of the
 * run happens on a fleet that is full and fragmented. The fact hash covers every placement and device.
 */
#include <stdio.h>
#include <string.h>

#include "core/fact.h"
#include "sim/engine/engine.h"
#include "sim/policies/registry.h"
#include "sim/scenario/load.h"
#include "tests/suite.h"
#include "traces/draw.h"

const char *const SUITE = "openb";

typedef struct Stage {
    Arena arena;
    Diagnostics diagnostics;
    ScenarioSet set;
    JobTable jobs;
    int32_t *rank;
} Stage;

static void stage_open(Stage *stage)
{
    static const char *const sets[] = {
        "cluster.nodes.g2x8.count=69",         "cluster.nodes.t4x2.count=48",
        "cluster.nodes.p100x2-16cpu.count=13", "cluster.nodes.g3x8.count=5"};
    LoadOptions options = {.sets = sets, .set_count = 4};
    memset(stage, 0, sizeof(*stage));
    arena_init(&stage->arena);
    diagnostics_init(&stage->diagnostics);
    Status status = scenario_load("scenarios/openb-2023.yaml", &options, &stage->arena,
                                  &stage->diagnostics, &stage->set);
    diagnostics_print(&stage->diagnostics, stderr, false);
    CU_ASSERT_EQUAL_FATAL(status, STATUS_OK);
    const Scenario *scenario = &stage->set.variants[0];
    CU_ASSERT_EQUAL_FATAL(
        workload_draw(scenario, 0, &stage->arena, &stage->diagnostics, &stage->jobs), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(
        node_ranks(scenario, 0, &stage->arena, &stage->diagnostics, &stage->rank), STATUS_OK);
}

static void stage_close(Stage *stage)
{
    diagnostics_free(&stage->diagnostics);
    arena_free(&stage->arena);
}

/* The hash of all facts under a packing rule; *used_milli: GPU in use at the end. */
static uint64_t hash_under(const Stage *stage, const GpPolicy *pack, bool scan_only,
                           int64_t *used_milli)
{
    Arena arena;
    FactHash hash;
    Engine engine;
    Scenario scenario = stage->set.variants[0];
    scenario.policy.pack = *pack;
    WorldOptions options = {.scan_only = scan_only};
    arena_init(&arena);
    World *world = world_new(&arena, &scenario, &stage->jobs, stage->rank, &options);
    CU_ASSERT_PTR_NOT_NULL_FATAL(world);
    CU_ASSERT_TRUE_FATAL(fact_hash_init(&hash));
    Observer observer = fact_hash_observer(&hash);
    CU_ASSERT_TRUE_FATAL(engine_init(&engine, &arena, world, &observer, 1));
    engine_run(&engine);
    *used_milli = world->used_milli;
    arena_free(&arena);
    return fact_hash_finish(&hash);
}

/* Goal: no packing rule that a user can name separates index from scan on a real mix. Method: every
 * row of the registry, both ways, one order of arrivals; the hashes of all facts are equal. */
static void index_places_as_the_scan_does(void)
{
    Stage stage;
    stage_open(&stage);
    for (int i = 0; PACK_POLICIES[i] != NULL; i++) {
        GpPolicy pack;
        int64_t by_index;
        int64_t by_scan;
        CU_ASSERT_TRUE_FATAL(pack_policy_fill(PACK_POLICIES[i], &pack));
        uint64_t index = hash_under(&stage, &pack, false, &by_index);
        uint64_t scan = hash_under(&stage, &pack, true, &by_scan);
        if (index != scan) {
            printf("\n  %s: index and scan differ\n", PACK_POLICIES[i]->name);
        }
        CU_ASSERT_EQUAL(index, scan);
        CU_ASSERT_EQUAL(by_index, by_scan);
    }
    stage_close(&stage);
}

/* Goal: every task that was placed once is in use at the end, and the fleet is never overfilled: in
 * this study nothing ends. Method: use lies between half and all of capacity under every rule. */
static void the_fleet_is_filled_and_not_overfilled(void)
{
    Stage stage;
    stage_open(&stage);
    int64_t capacity = stage.set.variants[0].cluster.gpu_milli;
    for (int i = 0; PACK_POLICIES[i] != NULL; i++) {
        GpPolicy pack;
        int64_t used;
        CU_ASSERT_TRUE_FATAL(pack_policy_fill(PACK_POLICIES[i], &pack));
        hash_under(&stage, &pack, false, &used);
        CU_ASSERT_TRUE(used > capacity / 2);
        CU_ASSERT_TRUE(used <= capacity);
    }
    stage_close(&stage);
}

const TestCase CASES[] = {
    {"index places as the scan does", index_places_as_the_scan_does},
    {"the fleet is filled and not overfilled", the_fleet_is_filled_and_not_overfilled},
    {NULL, NULL},
};
