/* small_scenario.h - a scenario in plain arrays, for tests that need a whole run and no file. */
#ifndef TESTS_SMALL_SCENARIO_H
#define TESTS_SMALL_SCENARIO_H

#include <string.h>

#include "core/arena.h"
#include "core/scenario.h"
#include "sim/policies/registry.h"
#include "tests/suite.h"

#define SMALL_NODES_MAX 16
#define SMALL_ROWS_MAX 16

typedef struct SmallScenario {
    Arena arena;
    Scenario scenario;
    GpNodeType types[2];
    NodeTypeInfo info[2];
    int32_t node_type[SMALL_NODES_MAX];
    const char *node_name[SMALL_NODES_MAX];
    Request rows[SMALL_ROWS_MAX];
    WorkloadSource source;
} SmallScenario;

/* `nodes` nodes called n0, n1 ... with `gpus` GPUs at 2 USD an hour and 64 cores; jobs come from
 * small->rows. */
static inline void small_open(SmallScenario *small, int32_t nodes, int32_t gpus, const char *scan,
                              const char *pack)
{
    static const char *const NAMES[SMALL_NODES_MAX] = {"n0",  "n1",  "n2",  "n3", "n4",  "n5",
                                                       "n6",  "n7",  "n8",  "n9", "n10", "n11",
                                                       "n12", "n13", "n14", "n15"};
    memset(small, 0, sizeof *small);
    arena_init(&small->arena);
    Cluster *cluster = &small->scenario.cluster;
    small->types[0] = (GpNodeType){
        .size = sizeof(GpNodeType),
        .device_count = gpus,
        .capacity = {
            [GP_AXIS_GPU] = gpus * 1000, [GP_AXIS_CPU] = 64000, [GP_AXIS_MEMORY] = 1 << 20}};
    small->info[0] =
        (NodeTypeInfo){.name = "small", .model = "A", .price_micro_usd_per_gpu_hour = 2000000};
    cluster->type_count = 1;
    cluster->types = small->types;
    cluster->type_info = small->info;
    cluster->node_count = nodes;
    cluster->node_type = small->node_type;
    cluster->node_name = small->node_name;
    for (int32_t node = 0; node < nodes; node++) {
        small->node_name[node] = NAMES[node];
    }
    CU_ASSERT_TRUE_FATAL(cluster_finish(cluster, &small->arena));
    Scenario *scenario = &small->scenario;
    scenario->name = "small";
    scenario->variant = "baseline";
    scenario->horizon_ms = TIME_NEVER;
    scenario->replications = 1;
    scenario->seed = 1;
    scenario->source_count = 1;
    scenario->sources = &small->source;
    scenario->policy.order = order_policy("fifo");
    scenario->policy.admit = admit_policy("none");
    scenario->policy.scan = scan_policy(scan);
    scenario->policy.evict = evict_policy("none");
    scenario->policy.pack_name = pack;
    CU_ASSERT_TRUE_FATAL(pack_policy_fill(pack_policy(pack), &scenario->policy.pack));
    gp_constants_init(&scenario->constants);
    small->source = (WorkloadSource){.kind = SOURCE_JOBS, .requests = {.rows = small->rows}};
}

static inline void small_close(SmallScenario *small)
{
    arena_free(&small->arena);
}

/* Adds a job of `tasks` tasks with whole GPUs; duration_s < 0: it stays. */
static inline Request *small_job(SmallScenario *small, const char *name, int64_t submit_s,
                                 int64_t duration_s, int32_t tasks, int32_t gpus)
{
    Request *row = &small->rows[small->source.requests.count++];
    *row = (Request){.name = name,
                     .gpu_count = gpus,
                     .gpu_milli = gpus > 0 ? 1000 : 0,
                     .model_text = "",
                     .count = 1,
                     .submit_ms = submit_s * 1000,
                     .duration_ms = duration_s < 0 ? TIME_NEVER : duration_s * 1000,
                     .task_count = tasks,
                     .gang = GANG_ALL};
    return row;
}

#endif
