/* fgd_study.c - the published FGD experiments, run through the engine and the kernel as any
 * scenario is.
 *
 * Reads a workload of the study's family (node list, pod list, recorded arrival orders and node
 * ranks), fills the cluster under each policy and seed, and writes the curves that the study
 * published. Nothing of the simulation is done here: this file reads, calls and prints. Rules:
 * docs/fragmentation.md.
 */
#include <inttypes.h>
#include <malloc.h>
#include <omp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/typical.h"
#include "sim/engine/engine.h"
#include "sim/experiment/load_curve.h"
#include "sim/experiment/too_large.h"
#include "sim/policies/registry.h"
#include "sim/report/atomic_file.h"
#include "sim/report/report.h"
#include "traces/draw.h"
#include "traces/readers.h"
#include "validation/fgd_study_args.h"

#define PCT_LAST 130     /* the published tables end at 130 % arrived, */
#define LOAD_PPM 1300000 /* and so does the demand */
#define INTERVAL_MS 1

typedef struct Study {
    Arena arena;
    Arena loading; /* what only the drawing of jobs needs: given back before the first run */
    Diagnostics diagnostics;
    StudyArguments arguments;
    Scenario base;
    RecordedColumns arrivals, ranks;
    JobTable *jobs; /* [seed] */
    int32_t **rank; /* [seed] */
} Study;

typedef struct Run {
    Status status;
    uint64_t hash;
    double alloc[PCT_LAST + 1], amount[PCT_LAST + 1], ratio[PCT_LAST + 1];
} Run;

/* ---- loading ---- */

/* Only the columns of the seeds asked for are kept. */
static Status recorded_read(Study *study, const char *path, RecordedWish wish,
                            RecordedColumns *columns, const RecordedColumns **given)
{
    if (path == NULL) {
        return STATUS_OK;
    }
    const char **wanted = ARENA_ARRAY(&study->loading, const char *, study->arguments.seed_count);
    for (int i = 0; wanted != NULL && i < study->arguments.seed_count; i++) {
        char name[32];
        snprintf(name, sizeof(name), "seed%" PRIu64, study->arguments.seeds[i]);
        wanted[i] = arena_strdup(&study->loading, name);
    }
    if (study->loading.failed) {
        return diagnostics_no_memory(&study->diagnostics);
    }
    wish.wanted = wanted;
    wish.wanted_count = study->arguments.seed_count;
    *given = columns;
    return recorded_columns_read(path, &study->loading, &study->diagnostics, &wish, columns);
}

static Status inputs_read(Study *study)
{
    Scenario *base = &study->base;
    Arena *arena = &study->arena;
    WorkloadSource *source = ARENA_NEW(&study->loading, WorkloadSource);
    if (source == NULL) {
        return diagnostics_no_memory(&study->diagnostics);
    }
    base->sources = source;
    base->source_count = 1;
    base->horizon_ms = TIME_NEVER;
    base->replications = 1;
    source->kind = SOURCE_LOG_ORDER;
    source->load_ppm = LOAD_PPM;
    source->interval_ms = INTERVAL_MS;
    Status status =
        openb_nodes_read(study->arguments.nodes, arena, &study->diagnostics, &base->cluster);
    if (status == STATUS_OK) {
        status = openb_pods_read(study->arguments.pods, &study->loading, &study->diagnostics,
                                 &base->cluster, &source->requests);
    }
    if (status != STATUS_OK) {
        return status;
    }
    for (int32_t row = 0; row < source->requests.count; row++) {
        source->requests.rows[row].name = NULL; /* the curves name no job */
    }
    base->policy.ties = study->arguments.ranks == NULL ? TIES_RANDOM : TIES_RECORDED;
    status = recorded_read(study, study->arguments.arrivals,
                           (RecordedWish){.limit = source->requests.count}, &study->arrivals,
                           &source->order);
    Status ranks =
        recorded_read(study, study->arguments.ranks,
                      (RecordedWish){.limit = base->cluster.node_count, .is_permutation = true},
                      &study->ranks, &base->policy.ranks);
    if (status != STATUS_OK || ranks != STATUS_OK) {
        return status != STATUS_OK ? status : ranks;
    }
    return typical_tasks(&source->requests, 1, &base->cluster, arena, &base->constants)
               ? STATUS_OK
               : diagnostics_no_memory(&study->diagnostics);
}

/* One seed's jobs and ranks serve every policy: the same luck for all. */
static Status seeds_draw(Study *study)
{
    int seeds = study->arguments.seed_count;
    study->jobs = ARENA_ARRAY(&study->arena, JobTable, seeds);
    study->rank = ARENA_ARRAY(&study->arena, int32_t *, seeds);
    if (study->arena.failed) {
        return diagnostics_no_memory(&study->diagnostics);
    }
    Status status = STATUS_OK;
    for (int i = 0; i < seeds && status == STATUS_OK; i++) {
        Scenario scenario = study->base;
        scenario.seed = study->arguments.seeds[i];
        status = workload_draw(&scenario, 0, &study->arena, &study->diagnostics, &study->jobs[i]);
        if (status == STATUS_OK) {
            status = node_ranks(&scenario, 0, &study->arena, &study->diagnostics, &study->rank[i]);
        }
    }
    return status;
}

/* The pods, their names and the recorded columns have become jobs and ranks. */
static Status loading_free(Study *study)
{
    Cluster *cluster = &study->base.cluster;
    for (int32_t model = 0; model < cluster->model_count; model++) {
        cluster->model_name[model] = arena_strdup(&study->arena, cluster->model_name[model]);
    }
    study->base.source_count = 0;
    study->base.sources = NULL;
    study->base.policy.ranks = NULL;
    arena_free(&study->loading);
#ifdef __GLIBC__
    malloc_trim(0); /* and to the system: the runs need other sizes */
#endif
    return study->arena.failed ? diagnostics_no_memory(&study->diagnostics) : STATUS_OK;
}

/* ---- running ---- */

static int draw_count(const Study *study, int policy)
{
    const GpPolicy *pack = &study->arguments.policy[policy];
    bool random = pack->pick == GP_PICK_RANDOM || pack->device_rule == GP_DEVICE_RANDOM;
    return random ? study->arguments.draws : 1;
}

/* A small cluster's demand may end short of 130 %: nothing changes after the last arrival. */
static void curve_add(Run *run, const LoadCurve *curve)
{
    for (int x = 0; x <= PCT_LAST && curve->count > 0; x++) {
        int at = x < curve->count ? x : curve->count - 1;
        run->alloc[x] += curve->alloc_pct[at];
        run->amount[x] += curve->frag_amount_pct[at];
        run->ratio[x] += curve->frag_ratio_pct[at];
    }
}

/* Runs the world to its end and adds its curve to the run's sums. */
static Status world_run(World *world, Arena *arena, Run *run)
{
    LoadMeter *meter = load_meter_new(arena, world);
    FactHash hash;
    if (meter == NULL || !fact_hash_init(&hash)) {
        return STATUS_FAILED;
    }
    Observer observers[] = {fact_hash_observer(&hash), load_meter_observer(meter)};
    Engine engine;
    LoadCurve curve;
    Status status = STATUS_FAILED;
    if (engine_init(&engine, arena, world, observers, 2)) {
        engine_run(&engine);
        if (load_meter_curve(meter, arena, &curve)) {
            curve_add(run, &curve);
            status = STATUS_OK;
        }
    }
    run->hash = fact_hash_finish(&hash);
    return status;
}

static Status draw_run(Study *study, int policy, int seed, int draw, Run *run)
{
    Arena arena;
    arena_init(&arena);
    Scenario scenario = study->base;
    scenario.seed = study->arguments.seeds[seed];
    scenario.policy.order = order_policy("fifo");
    scenario.policy.admit = admit_policy("none");
    scenario.policy.scan = scan_policy("drop");
    scenario.policy.evict = evict_policy("none");
    scenario.policy.pack = study->arguments.policy[policy];
    WorldOptions options = {.replication = (uint32_t)draw, .scan_only = study->arguments.scan};
    World *world = world_new(&arena, &scenario, &study->jobs[seed], study->rank[seed], &options);
    Status status = world == NULL ? STATUS_FAILED : STATUS_OK;
    if (status == STATUS_OK && policy == 0 && seed == 0 &&
        draw == 0) { /* so only one thread does */
        status = too_large_warn(world, &study->diagnostics);
    }
    status = status == STATUS_OK ? world_run(world, &arena, run) : status;
    arena_free(&arena);
    return status;
}

static Status all_run(Study *study, Run *runs)
{
    int seeds = study->arguments.seed_count;
    int run_count = study->arguments.policy_count * seeds;
    if (study->arguments.threads > 0) {
        omp_set_num_threads(study->arguments.threads);
    }
#pragma omp parallel for schedule(dynamic)
    for (int at = 0; at < run_count; at++) {
        int draws = draw_count(study, at / seeds);
        Run *run = &runs[at];
        for (int draw = 0; draw < draws && run->status == STATUS_OK; draw++) {
            run->status = draw_run(study, at / seeds, at % seeds, draw, run);
        }
        for (int x = 0; x <= PCT_LAST; x++) {
            run->alloc[x] /= draws;
            run->amount[x] /= draws;
            run->ratio[x] /= draws;
        }
    }
    for (int at = 0; at < run_count; at++) {
        if (runs[at].status != STATUS_OK) {
            fputs("fgd-study: out of memory\n", stderr);
            return runs[at].status;
        }
    }
    return STATUS_OK;
}

/* ---- writing ---- */

static void curves_print(const Study *study, const Run *runs, FILE *stream)
{
    const StudyArguments *arguments = &study->arguments;
    fputs("workload,policy,seed,arrived_pct,alloc_pct,frag_amount_pct,frag_ratio_pct\n", stream);
    for (int at = 0; at < arguments->policy_count * arguments->seed_count; at++) {
        const Run *run = &runs[at];
        const char *policy = arguments->policy_name[at / arguments->seed_count];
        uint64_t seed = arguments->seeds[at % arguments->seed_count];
        for (int x = 0; x <= PCT_LAST; x++) {
            fprintf(stream, "%s,%s,%" PRIu64 ",%d,%.4f,%.4f,%.4f\n", arguments->workload, policy,
                    seed, x, run->alloc[x], run->amount[x], run->ratio[x]);
        }
        if (arguments->hashes) {
            fprintf(stderr, "%s %s %" PRIu64 " %016" PRIx64 "\n", arguments->workload, policy, seed,
                    run->hash);
        }
    }
}

static Status curves_write(Study *study, const Run *runs)
{
    const char *out = study->arguments.out;
    AtomicFile file;
    Status status = atomic_file_open(&file, out == NULL ? "-" : out, &study->diagnostics);
    if (status != STATUS_OK) {
        return status;
    }
    curves_print(study, runs, file.stream);
    return atomic_file_commit(&file, &study->diagnostics);
}

static Status study_run(Study *study)
{
    const char *out = study->arguments.out;
    Status status = out == NULL || strcmp(out, "-") == 0
                        ? STATUS_OK
                        : result_target_check(out, &study->diagnostics);
    if (status == STATUS_OK) {
        status = inputs_read(study);
    }
    if (status == STATUS_OK) {
        status = seeds_draw(study);
    }
    if (status == STATUS_OK) {
        status = loading_free(study);
    }
    if (status != STATUS_OK) {
        return status;
    }
    Run *runs = ARENA_ARRAY(&study->arena, Run,
                            study->arguments.policy_count * study->arguments.seed_count);
    status = runs == NULL ? diagnostics_no_memory(&study->diagnostics) : all_run(study, runs);
    return status == STATUS_OK ? curves_write(study, runs) : status;
}

int main(int argc, char **argv)
{
    static Study study;
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 32 << 10); /* fixed: what loading frees goes back to the system */
#endif
    signal(SIGXFSZ, SIG_IGN); /* a file-size limit is then an error like a full disk, not the end */
    arena_init(&study.arena);
    arena_init(&study.loading);
    diagnostics_init(&study.diagnostics);
    bool help = false;
    Status status = study_arguments_read(argc, argv, &study.arguments, &help);
    if (status == STATUS_OK && !help) {
        status = study_run(&study);
        diagnostics_print(&study.diagnostics, stderr, false);
    }
    diagnostics_free(&study.diagnostics);
    arena_free(&study.loading);
    arena_free(&study.arena);
    return (int)status;
}
