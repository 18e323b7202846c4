/* bench_engine.c - a million jobs through the engine, books kept: nanoseconds per job, memory.
 *
 * Jobs of 1, 2, 4 and 8 GPUs arrive as a Poisson process at a load of 0.8 and run for a lognormal
 * time (median 20 min, sigma 1.5) on nodes of 8 GPUs. Everything between reading the log and
 * writing results is measured here; whole runs are measured by tests/bench.sh.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "core/rng.h"
#include "models/typical.h"
#include "sim/experiment/run_one.h"
#include "sim/policies/registry.h"

static void die(const char *what)
{
    fprintf(stderr, "bench_engine: %s\n", what);
    exit(EXIT_FAILURE);
}

static double uniform(uint32_t purpose_entity, uint64_t n)
{
    DrawAddress address = {.seed = 1, .purpose = PURPOSE_TEST, .entity = purpose_entity};
    return ((double)(rng_u64(address, n) >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(uint64_t n) /* Box and Muller */
{
    return sqrt(-2.0 * log(uniform(2, n))) * cos(6.283185307179586 * uniform(3, n));
}

static void cluster_make(Scenario *scenario, Arena *arena, int32_t nodes)
{
    Cluster *cluster = &scenario->cluster;
    cluster->type_count = 1;
    cluster->types = ARENA_ARRAY(arena, GpNodeType, 1);
    cluster->type_info = ARENA_ARRAY(arena, NodeTypeInfo, 1);
    cluster->node_count = nodes;
    cluster->node_type = ARENA_ARRAY(arena, int32_t, nodes);
    cluster->node_name = ARENA_ARRAY(arena, const char *, nodes);
    if (arena->failed || cluster_model(cluster, arena, "H100", 4) != 0) {
        die("out of memory");
    }
    cluster->types[0] = (GpNodeType){
        .size = sizeof(GpNodeType),
        .device_count = 8,
        .capacity = {[GP_AXIS_GPU] = 8000, [GP_AXIS_CPU] = 96000, [GP_AXIS_MEMORY] = 1 << 20}};
    cluster->type_info[0].name = "h100x8";
    for (int32_t node = 0; node < nodes; node++) {
        cluster->node_name[node] = "n";
    }
    if (!cluster_finish(cluster, arena)) {
        die("out of memory");
    }
}

/* Mean duration of the lognormal: median x exp(sigma^2 / 2). Mean size 1 x 0.7 + 2 x 0.1 + 4 x 0.1
 * + 8 x 0.1 = 2.1 GPUs. */
static void jobs_make(Scenario *scenario, Arena *arena, int32_t jobs, int32_t gpus, double load)
{
    WorkloadSource *source = ARENA_NEW(arena, WorkloadSource);
    Request *rows = ARENA_ARRAY(arena, Request, jobs);
    if (arena->failed) {
        die("out of memory");
    }
    double mean_s = 1200.0 * exp(1.5 * 1.5 / 2.0);
    double rate = load * gpus / (2.1 * mean_s);
    double now_s = 0.0;
    for (int32_t i = 0; i < jobs; i++) {
        double size = uniform(1, (uint64_t)i);
        now_s -= log(uniform(0, (uint64_t)i)) / rate;
        rows[i] = (Request){.gpu_count = size < 0.7   ? 1
                                         : size < 0.8 ? 2
                                         : size < 0.9 ? 4
                                                      : 8,
                            .gpu_milli = 1000,
                            .cpu_milli = 4000,
                            .memory_mib = 32768,
                            .model_text = "",
                            .count = 1,
                            .submit_ms = (int64_t)(now_s * 1e3),
                            .duration_ms = (int64_t)(1.2e6 * exp(1.5 * normal((uint64_t)i))) + 1,
                            .task_count = 1};
    }
    *source = (WorkloadSource){.kind = SOURCE_JOBS, .requests = {rows, jobs}};
    scenario->source_count = 1;
    scenario->sources = source;
}

static void policy_make(Scenario *scenario, const char *scan, const char *pack)
{
    PolicySet *policy = &scenario->policy;
    policy->order = order_policy("fifo");
    policy->admit = admit_policy("none");
    policy->scan = scan_policy(scan);
    policy->evict = evict_policy("none");
    policy->pack_name = pack;
    policy->evict_options.preemptible_below = INT64_MAX;
    if (!pack_policy_fill(pack_policy(pack), &policy->pack)) {
        die("unknown pack");
    }
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void measure(int32_t gpus, int32_t jobs, double load, const char *scan, const char *pack,
                    double aim_s)
{
    Arena arena;
    Diagnostics diagnostics;
    ReplicationResult result = {0};
    Scenario scenario = {.name = "bench",
                         .variant = "baseline",
                         .seed = 1,
                         .replications = 1,
                         .horizon_ms = TIME_NEVER};
    arena_init(&arena);
    diagnostics_init(&diagnostics);
    cluster_make(&scenario, &arena, gpus / 8);
    jobs_make(&scenario, &arena, jobs, gpus, load);
    policy_make(&scenario, scan, pack);
    gp_constants_init(&scenario.constants);
    if (!typical_tasks(&scenario.sources[0].requests, 1, &scenario.cluster, &arena,
                       &scenario.constants)) {
        die("out of memory");
    }
    double begin = seconds();
    RunOptions options = {0};
    if (run_one(&scenario, &options, &arena, &diagnostics, &result) != STATUS_OK) {
        die("the run failed");
    }
    double took = seconds() - begin;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf(
        "engine_%s_%s_%d_gpus_load_%.1f,%.3f,s,%g,,%d jobs; ns per job %.0f; peak so far %ld MiB\n",
        scan, pack, (int)gpus, load, took, aim_s, (int)jobs, took / jobs * 1e9,
        usage.ru_maxrss / 1024);
    fflush(stdout);
    diagnostics_free(&diagnostics);
    arena_free(&arena);
}

int main(int argc, char **argv)
{
    int32_t jobs = argc > 1 ? atoi(argv[1]) : 1000000;
    if (argc > 2) {
        measure(10000, jobs, 0.8, "strict", "best-fit", 1.0);
        return EXIT_SUCCESS;
    }
    measure(10000, jobs, 0.8, "strict", "best-fit", 1.0);
    measure(100000, jobs, 0.8, "strict", "best-fit", 1.5);
    measure(10000, jobs, 1.0, "skip", "best-fit", 0);
    return EXIT_SUCCESS;
}
