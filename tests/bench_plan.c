/* bench_plan.c - what a reservation costs: conservative backfilling on 420 nodes of 8 GPUs, 500
 * jobs.
 *
 * The engine runs until so many jobs wait. Then they are planned again and again: with nothing kept
 * from a pass before, and with all that still stands. Nanoseconds of processor time a reservation.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/rng.h"
#include "sim/engine/engine.h"
#include "sim/policies/registry.h"

#define NODES 420
#define JOBS 6000
#define PLANNED 500
#define TIMES 40

static void die(const char *what)
{
    fprintf(stderr, "bench_plan: %s\n", what);
    exit(EXIT_FAILURE);
}

static double uniform(uint32_t entity, uint32_t n)
{
    DrawAddress address = {.seed = 1, .purpose = PURPOSE_TEST, .entity = entity};
    return ((double)(rng_u64(address, n) >> 11) + 0.5) / 9007199254740992.0;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void cluster_make(Cluster *cluster, Arena *arena)
{
    GpNodeType *type = ARENA_NEW(arena, GpNodeType);
    cluster->type_count = 1;
    cluster->types = type;
    cluster->type_info = ARENA_NEW(arena, NodeTypeInfo);
    cluster->node_count = NODES;
    cluster->node_type = ARENA_ARRAY(arena, int32_t, NODES);
    cluster->node_name = ARENA_ARRAY(arena, const char *, NODES);
    if (arena->failed) {
        die("out of memory");
    }
    *type = (GpNodeType){.size = sizeof(GpNodeType),
                         .device_count = 8,
                         .capacity = {[GP_AXIS_GPU] = 8000, [GP_AXIS_CPU] = 96000}};
    for (int32_t node = 0; node < NODES; node++) {
        cluster->node_name[node] = "n";
    }
    if (!cluster_finish(cluster, arena)) {
        die("out of memory");
    }
}

/* 1 to 8 GPUs for an hour on average; one job of twenty is a gang of 2 to 5 nodes. */
static void jobs_make(Request *rows)
{
    double now_s = 0.0;
    for (uint32_t i = 0; i < JOBS; i++) {
        bool gang = uniform(0, i) < 0.05;
        now_s -= log(uniform(1, i)) * 4.0;
        rows[i] = (Request){.gpu_count = gang ? 8 : 1 + (int32_t)(8.0 * uniform(2, i)),
                            .gpu_milli = 1000,
                            .cpu_milli = 4000,
                            .model_text = "",
                            .count = 1,
                            .submit_ms = (int64_t)(now_s * 1e3),
                            .duration_ms = 1000 + (int64_t)(-log(uniform(3, i)) * 3.6e6),
                            .task_count = gang ? 2 + (int32_t)(4.0 * uniform(4, i)) : 1,
                            .gang = GANG_ALL};
    }
}

/* The first jobs that wait, in order of submission. */
static int32_t waiting_list(const World *world, JobId *list)
{
    int32_t count = 0;
    for (JobId job = 0; job < world->jobs->job_count && count < PLANNED; job++) {
        if (waiting_has(&world->waiting, job)) {
            list[count++] = job;
        }
    }
    return count;
}

static double plan_all(Plan *plan, const World *world, const JobId *list, int32_t count)
{
    double begin = seconds();
    plan_begin(plan, world);
    for (int32_t i = 0; i < count; i++) {
        plan_reserve(plan, world, list[i], world_together(world, list[i]));
    }
    return (seconds() - begin) / count;
}

int main(void)
{
    static Scenario scenario = {.horizon_ms = 20000000};
    static Request rows[JOBS];
    static int32_t order[JOBS], rank[NODES];
    static Engine engine;
    Arena arena;
    JobTable jobs;
    JobId list[PLANNED];
    arena_init(&arena);
    cluster_make(&scenario.cluster, &arena);
    jobs_make(rows);
    for (int32_t i = 0; i < JOBS; i++) {
        order[i] = i;
        rank[i % NODES] = i % NODES;
    }
    PolicySet *policy = &scenario.policy;
    policy->order = order_policy("fifo");
    policy->admit = admit_policy("none");
    policy->evict = evict_policy("none");
    policy->scan = scan_policy("conservative");
    policy->estimates = ESTIMATE_EXACT;
    policy->scan_options = (ScanOptions){.every_ms = 30000,
                                         .resolution_ms = 60000,
                                         .window_ms = 86400000,
                                         .depth = 100,
                                         .plan_depth = PLANNED};
    gp_constants_init(&scenario.constants);
    RequestList requests = {rows, JOBS};
    if (!pack_policy_fill(pack_policy("best-fit"), &policy->pack) ||
        !job_table_build(&jobs, &arena, &requests, (TenantNames){0}, order, JOBS, 0)) {
        die("out of memory");
    }
    World *world = world_new(&arena, &scenario, &jobs, rank, &(WorldOptions){0});
    if (world == NULL || !engine_init(&engine, &arena, world, NULL, 0)) {
        die("out of memory");
    }
    engine_run(&engine);
    int32_t count = waiting_list(world, list);
    double anew_s = 0.0, again_s = 0.0;
    for (int i = 0; i < TIMES; i++) {
        Plan *plan = plan_new(&arena, world);
        if (plan == NULL || count < PLANNED) {
            die("too few jobs wait, or out of memory");
        }
        anew_s += plan_all(plan, world, list, count) / TIMES;
        again_s += plan_all(plan, world, list, count) / TIMES;
    }
    printf("plan_reservation_anew,%.0f,ns,50000,,420 nodes x 8 GPUs; 500 of %d waiting jobs\n",
           anew_s * 1e9, (int)world->waiting.count);
    printf("plan_reservation_again,%.0f,ns,,,the same where the last pass's still stands\n",
           again_s * 1e9);
    arena_free(&arena);
    return EXIT_SUCCESS;
}
