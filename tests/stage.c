/* stage.c - small worlds for tests. */
#include "tests/stage.h"

#include <CUnit/CUnit.h>
#include <string.h>

#include "models/checkpoint.h"
#include "models/failure_draft.h"
#include "sim/experiment/faults_open.h"
#include "sim/policies/registry.h"

static void fact_keep(void *self, const World *world, const Fact *fact)
{
    Stage *stage = self;
    (void)world;
    if (stage->fact_count < STAGE_FACTS_MAX) {
        stage->facts[stage->fact_count++] = *fact;
    }
}

/* `nodes` nodes of `gpus` GPUs and 64 cores. */
void stage_open(Stage *stage, int32_t nodes, int32_t gpus, const char *scan)
{
    memset(stage, 0, sizeof(*stage));
    arena_init(&stage->arena);
    Cluster *cluster = &stage->scenario.cluster;
    stage->types[0] = (GpNodeType){
        .size = sizeof(GpNodeType),
        .device_count = gpus,
        .capacity = {
            [GP_AXIS_GPU] = gpus * 1000, [GP_AXIS_CPU] = 64000, [GP_AXIS_MEMORY] = 1 << 20}};
    cluster->type_count = 1;
    cluster->types = stage->types;
    cluster->type_info = stage->info;
    cluster->node_count = nodes;
    cluster->node_type = stage->node_type;
    cluster->node_name = stage->node_name;
    for (int32_t node = 0; node < nodes; node++) {
        stage->node_name[node] = "n";
        stage->rank[node] = node;
    }
    CU_ASSERT_TRUE_FATAL(cluster_finish(cluster, &stage->arena));
    stage->scenario.horizon_ms = TIME_NEVER;
    stage->scenario.policy.order = order_policy("fifo");
    stage->scenario.policy.admit = admit_policy("none");
    stage->scenario.policy.scan = scan_policy(scan);
    stage->scenario.policy.evict = evict_policy("none");
    stage->scenario.policy.remedy = remedy_policy("none");
    stage->scenario.policy.evict_options.preemptible_below = INT64_MAX;
    CU_ASSERT_TRUE_FATAL(pack_policy_fill(pack_policy("first-fit"), &stage->scenario.policy.pack));
    gp_constants_init(&stage->scenario.constants);
}

Request stage_job(int64_t submit_s, int64_t duration_s, int32_t tasks, int32_t gpus)
{
    return (Request){.gpu_count = gpus,
                     .gpu_milli = gpus > 0 ? 1000 : 0,
                     .model_text = "",
                     .count = 1,
                     .submit_ms = submit_s * 1000,
                     .duration_ms = duration_s * 1000,
                     .task_count = tasks,
                     .gang = GANG_ALL};
}

void stage_run(Stage *stage, int32_t job_count)
{
    int32_t order[STAGE_JOBS_MAX];
    for (int32_t i = 0; i < job_count; i++) {
        order[i] = i;
    }
    RequestList list = {.rows = stage->rows, .count = job_count};
    TenantNames tenants = {stage->scenario.queues.names, stage->scenario.queues.count};
    CU_ASSERT_TRUE_FATAL(
        job_table_build(&stage->jobs, &stage->arena, &list, tenants, order, job_count, 0));
    WorldOptions options = {.judges_waits = !stage->forgets_reasons};
    CU_ASSERT_TRUE_FATAL(faults_open(&stage->arena, &stage->scenario, &stage->jobs, &options));
    options.checkpoints = checkpoint_of_classes(&stage->arena, &stage->scenario, &stage->jobs);
    stage->world = world_new(&stage->arena, &stage->scenario, &stage->jobs, stage->rank, &options);
    CU_ASSERT_PTR_NOT_NULL_FATAL(stage->world);
    Observer observer = {.self = stage, .fact = fact_keep};
    CU_ASSERT_TRUE_FATAL(engine_init(&stage->engine, &stage->arena, stage->world, &observer, 1));
    engine_run(&stage->engine);
}

void stage_close(Stage *stage)
{
    arena_free(&stage->arena);
}

int64_t stage_start_s(const Stage *stage, JobId id)
{
    int64_t start_ms = stage->world->job_start_ms[id];
    return start_ms == TIME_NEVER ? -1 : start_ms / 1000;
}

int64_t stage_end_s(const Stage *stage, JobId id)
{
    int64_t end_ms = stage->world->job_end_ms[id];
    return end_ms == TIME_NEVER ? -1 : end_ms / 1000;
}

int64_t stage_fact_s(const Stage *stage, FactKind kind, JobId id, int n)
{
    for (int i = 0; i < stage->fact_count; i++) {
        const Fact *fact = &stage->facts[i];
        if (fact->kind == (int32_t)kind && fact->job == id && n-- == 0) {
            return fact->time_ms / 1000;
        }
    }
    return -1;
}

int stage_facts(const Stage *stage, FactKind kind, JobId id)
{
    int count = 0;
    while (stage_fact_s(stage, kind, id, count) >= 0) {
        count++;
    }
    return count;
}
