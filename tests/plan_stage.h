/* plan_stage.h - clusters of two kinds of node and lists of jobs under one scan policy, for the
 * tests of plans. */
#ifndef TESTS_PLAN_STAGE_H
#define TESTS_PLAN_STAGE_H

#include <string.h>

#include "core/plan_parts.h"
#include "core/rng.h"
#include "sim/engine/engine.h"
#include "sim/policies/registry.h"
#include "tests/suite.h"

#define NODES_MAX 160
#define JOBS_MAX 400
#define NODES_DRAWN 4
#define JOBS_DRAWN 24
#define QUEUES_DRAWN 3

/* A cluster of two kinds of node and a list of jobs, under one scan policy. */
typedef struct Stage {
    Arena arena;
    Scenario scenario;
    GpNodeType types[NODES_MAX];
    NodeTypeInfo info[NODES_MAX];
    int32_t node_type[NODES_MAX];
    const char *node_name[NODES_MAX];
    int32_t rank[NODES_MAX];
    Request rows[JOBS_MAX];
    int32_t job_count;
    JobTable jobs;
    World *world;
    Engine engine;
    Observer watcher;
    int32_t watchers;
    int64_t promise_ms[JOBS_MAX]; /* the earliest start that the first in line was promised */
    int32_t checked;
} Stage;

static inline void stage_open(Stage *stage, int32_t nodes, const int32_t *gpus, int64_t cpu_milli)
{
    memset(stage, 0, sizeof(*stage));
    arena_init(&stage->arena);
    Cluster *cluster = &stage->scenario.cluster;
    cluster->type_count = nodes;
    cluster->types = stage->types;
    cluster->type_info = stage->info;
    cluster->node_count = nodes;
    cluster->node_type = stage->node_type;
    cluster->node_name = stage->node_name;
    for (int32_t node = 0; node < nodes; node++) {
        stage->types[node] = (GpNodeType){.size = sizeof(GpNodeType),
                                          .device_count = gpus[node],
                                          .device_memory_mib = 80000,
                                          .capacity = {[GP_AXIS_GPU] = gpus[node] * 1000,
                                                       [GP_AXIS_GPU_MEMORY] = gpus[node] * 80000,
                                                       [GP_AXIS_CPU] = cpu_milli}};
        stage->node_type[node] = node;
        stage->node_name[node] = "n";
        stage->rank[node] = node;
    }
    CU_ASSERT_TRUE_FATAL(cluster_finish(cluster, &stage->arena));
    PolicySet *policy = &stage->scenario.policy;
    stage->scenario.horizon_ms = TIME_NEVER;
    policy->order = order_policy("fifo");
    policy->admit = admit_policy("none");
    policy->evict = evict_policy("none");
    policy->estimates = ESTIMATE_EXACT;
    CU_ASSERT_TRUE_FATAL(pack_policy_fill(pack_policy("first-fit"), &policy->pack));
    gp_constants_init(&stage->scenario.constants);
}

static inline Request *stage_job(Stage *stage, int64_t submit_ms, int64_t run_ms, int32_t tasks,
                                 int32_t gpus)
{
    Request *row = &stage->rows[stage->job_count++];
    *row = (Request){.gpu_count = gpus,
                     .gpu_milli = gpus > 0 ? 1000 : 0,
                     .model_text = "",
                     .count = 1,
                     .submit_ms = submit_ms,
                     .duration_ms = run_ms,
                     .task_count = tasks,
                     .gang = GANG_ALL};
    return row;
}

static inline void stage_run(Stage *stage, const char *scan)
{
    int32_t order[JOBS_MAX];
    for (int32_t i = 0; i < JOBS_MAX; i++) {
        order[i] = i;
    }
    stage->scenario.policy.scan = scan_policy(scan);
    CU_ASSERT_PTR_NOT_NULL_FATAL(stage->scenario.policy.scan);
    RequestList list = {.rows = stage->rows, .count = stage->job_count};
    CU_ASSERT_TRUE_FATAL(job_table_build(&stage->jobs, &stage->arena, &list, (TenantNames){0},
                                         order, stage->job_count, 0));
    WorldOptions options = {0};
    stage->world = world_new(&stage->arena, &stage->scenario, &stage->jobs, stage->rank, &options);
    CU_ASSERT_PTR_NOT_NULL_FATAL(stage->world);
    CU_ASSERT_TRUE_FATAL(
        engine_init(&stage->engine, &stage->arena, stage->world, &stage->watcher, stage->watchers));
    engine_run(&stage->engine);
}

static inline void stage_close(Stage *stage)
{
    arena_free(&stage->arena);
}

static inline void starts_expect(const Stage *stage, const int64_t *start_s)
{
    for (JobId job = 0; job < stage->job_count; job++) {
        CU_ASSERT_EQUAL(stage->world->job_start_ms[job], start_s[job] * 1000);
    }
}

static inline int32_t draw(uint32_t seed, uint32_t *n, int32_t below)
{
    DrawAddress address = {.seed = seed, .purpose = PURPOSE_TEST};
    return (int32_t)(rng_u64(address, (*n)++) % (uint64_t)below);
}

#endif
