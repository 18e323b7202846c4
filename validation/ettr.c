/* ettr.c - training jobs with checkpoints whose effective training time has a closed form, through
 * the engine: prints rows for the validation table.
 *
 * A gang runs on n nodes, each of which fails after exponential times; a spare is at hand, so it
 * starts again at once, from its last checkpoint, after a restart, and failures in the restart
 * restart it. ETTR is its work over the wall time that it took: whole cycles of a checkpoint
 * interval and a checkpoint, so that nothing is cut off at the end. Each row is a tab-separated
 * line: quantity, kind, source, expected, measured, tolerance.
 */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

#include "models/checkpoint.h"
#include "models/failure_draft.h"
#include "sim/engine/engine.h"
#include "sim/experiment/faults_open.h"
#include "sim/policies/registry.h"

#define RUNS_CONFIDENCE 0.999
#define DAY_S 86400.0
#define RUNS_MAX 64

/* A job and what stops it, in seconds. */
typedef struct Training {
    int32_t nodes;
    double mttf; /* of the job */
    int64_t every, block, restart;
    int64_t cycles;
    int runs;
} Training;

typedef struct Estimate {
    double ettr;
    double half; /* of its 99.9 % interval */
} Estimate;

static void die(const char *what)
{
    fprintf(stderr, "ettr: %s\n", what);
    exit(EXIT_FAILURE);
}

static const FailureModel *model_of(const Training *training, Arena *arena)
{
    FailureDraft draft = failure_draft(arena);
    FaultKind kind = fault_kind("node", EFFECT_JOB_DIES, SCOPE_NODE);
    kind.detect_ms = 0;
    FaultRow row = {
        .drawn = true,
        .gap = {.family = FAMILY_EXPONENTIAL, .scale = training->mttf * training->nodes * 1000.0}};
    return failure_draft_kind(&draft, &kind, &row) < 0 ? NULL : failure_draft_finish(&draft);
}

static void scenario_make(Scenario *scenario, const Training *training, Arena *arena)
{
    Cluster *cluster = &scenario->cluster;
    *scenario = (Scenario){.name = "ettr", .seed = 20261121, .horizon_ms = TIME_NEVER};
    cluster->type_count = 1;
    cluster->node_count = training->nodes;
    cluster->types = ARENA_NEW(arena, GpNodeType);
    cluster->type_info = ARENA_NEW(arena, NodeTypeInfo);
    cluster->node_type = ARENA_ARRAY(arena, int32_t, training->nodes);
    cluster->node_name = ARENA_ARRAY(arena, const char *, training->nodes);
    scenario->failures = model_of(training, arena);
    if (arena->failed || scenario->failures == NULL) {
        die("out of memory");
    }
    cluster->types[0] = (GpNodeType){
        .size = sizeof(GpNodeType), .device_count = 8, .capacity = {[GP_AXIS_GPU] = 8000}};
    cluster->type_info[0].pool = -1;
    scenario->policy.order = order_policy("fifo");
    scenario->policy.share = share_policy("none");
    scenario->policy.admit = admit_policy("none");
    scenario->policy.scan = scan_policy("strict");
    scenario->policy.evict = evict_policy("none");
    scenario->policy.remedy = remedy_policy("none");
    scenario->policy.remedy_options = remedy_preset("none")->options;
    gp_constants_init(&scenario->constants);
    if (!cluster_finish(cluster, arena) ||
        !pack_policy_fill(pack_policy("first-fit"), &scenario->policy.pack)) {
        die("out of memory");
    }
}

static Request job_of(const Training *training, JobTraits *traits)
{
    *traits = JOB_TRAITS_DEFAULT;
    traits->restart_ms = training->restart * 1000;
    traits->retries = INT32_MAX;
    traits->checkpoint = (CheckpointOptions){.rule = CHECKPOINT_FIXED,
                                             .every_ms = training->every * 1000,
                                             .cost_ms = training->block * 1000};
    return (Request){.gpu_count = 8,
                     .gpu_milli = 1000,
                     .model_text = "",
                     .count = 1,
                     .duration_ms = training->cycles * training->every * 1000,
                     .task_count = training->nodes,
                     .gang = GANG_ALL,
                     .traits = traits};
}

/* Wall time of the job in seconds; its last checkpoint, which is not written, is added. */
static double wall_time(const Training *training, uint32_t replication)
{
    Arena arena;
    Scenario scenario;
    JobTraits traits;
    JobTable jobs;
    Engine engine;
    WorldOptions options = {.replication = replication};
    arena_init(&arena);
    scenario_make(&scenario, training, &arena);
    Request row = job_of(training, &traits);
    RequestList list = {.rows = &row, .count = 1};
    int32_t first = 0;
    int32_t *rank = ARENA_ARRAY(&arena, int32_t, training->nodes);
    for (int32_t node = 0; rank != NULL && node < training->nodes; node++) {
        rank[node] = node;
    }
    if (!job_table_build(&jobs, &arena, &list, (TenantNames){0}, &first, 1, 0) ||
        !faults_open(&arena, &scenario, &jobs, &options)) {
        die("out of memory");
    }
    options.checkpoints = checkpoint_of_classes(&arena, &scenario, &jobs);
    World *world = world_new(&arena, &scenario, &jobs, rank, &options);
    if (world == NULL || !engine_init(&engine, &arena, world, NULL, 0)) {
        die("out of memory");
    }
    engine_run(&engine);
    if (world->job_state[0] != JOB_COMPLETED) {
        die("the job did not complete");
    }
    double wall = (double)world->job_end_ms[0] / 1000.0 + (double)training->block;
    arena_free(&arena);
    return wall;
}

/* Work over mean wall time, and the half-width of that mean's t interval in the same terms. */
static Estimate estimate(const Training *training)
{
    double walls[RUNS_MAX];
    double sum = 0.0;
    double squares = 0.0;
#pragma omp parallel for schedule(dynamic)
    for (int i = 0; i < training->runs; i++) {
        walls[i] = wall_time(training, (uint32_t)i);
    }
    for (int i = 0; i < training->runs; i++) {
        sum += walls[i];
    }
    double mean = sum / training->runs;
    for (int i = 0; i < training->runs; i++) {
        squares += (walls[i] - mean) * (walls[i] - mean);
    }
    double half = gsl_cdf_tdist_Pinv(0.5 + RUNS_CONFIDENCE / 2.0, training->runs - 1) *
                  sqrt(squares / (training->runs - 1) / training->runs);
    double ettr = (double)(training->cycles * training->every) / mean;
    return (Estimate){.ettr = ettr, .half = ettr * half / mean};
}

static void print_row(const char *what, const char *source, double expected, double measured,
                      double tolerance)
{
    printf("%s\tclosed form\t%s\t%.6g\t%.6g\t%.6g\n", what, source, expected, measured, tolerance);
}

/* ---- rows ---- */

#define SOURCE_EXACT "renewal argument: docs/checkpoints.md"
#define SOURCE_FIRST "Kokolis et al., HPCA 2025, to first order"

/* So many cycles that the job fails about so often. */
static int64_t cycles_for(double mttf, int64_t every, double failures)
{
    int64_t cycles = llround(failures * mttf / (double)every);
    return cycles > 0 ? cycles : 1;
}

/* Expected failures in a restart and half an interval: where below 0.02, first order is asked too.
 */
static double order_of(const Training *training)
{
    return ((double)training->restart + (double)training->every / 2.0) / training->mttf;
}

static void grid_print(const Training *training, const char *order, const char *source,
                       double expected, const Estimate *found)
{
    char what[240];
    snprintf(what, sizeof what,
             "ETTR%s, %d nodes, mean time to failure %g h, checkpoint every %ld s; tolerance: half "
             "a 99.9 %% interval over %d runs",
             order, (int)training->nodes, training->mttf / 3600.0, (long)training->every,
             training->runs);
    print_row(what, source, expected, found->ettr, found->half);
}

static void grid_row(int32_t nodes, double mttf_h, double of_young)
{
    Training training = {
        .nodes = nodes, .mttf = mttf_h * 3600.0, .block = 60, .restart = 600, .runs = 24};
    double young = (double)checkpoint_young_ms(60000, training.mttf * 1000.0) / 1000.0;
    training.every = llround(of_young * young);
    training.cycles = cycles_for(training.mttf, training.every, 250.0);
    Estimate found = estimate(&training);
    double every = (double)training.every;
    grid_print(&training, "", SOURCE_EXACT, ettr_exact(training.mttf, every, 60.0, 600.0), &found);
    if (order_of(&training) < 0.02) {
        grid_print(&training, " to first order", SOURCE_FIRST,
                   ettr_first_order(training.mttf, every, 60.0, 600.0), &found);
    }
}

/* The optimum is flat, so the value at the interval is asked, not the interval. The same failures
 * meet all intervals. */
static void optimum_rows(double mttf_h)
{
    static const double GRID[] = {0.35, 0.5, 0.7, 0.85, 1.0, 1.2, 1.4, 2.0, 3.0};
    const double mttf = mttf_h * 3600.0;
    const double young = (double)checkpoint_young_ms(60000, mttf * 1000.0) / 1000.0;
    const double daly = (double)checkpoint_daly_ms(60000, mttf * 1000.0) / 1000.0;
    double best = 0.0;
    double at_young = 0.0;
    char what[160];
    for (size_t i = 0; i < sizeof GRID / sizeof GRID[0]; i++) {
        Training training = {.nodes = 4,
                             .mttf = mttf,
                             .every = llround(GRID[i] * young),
                             .block = 60,
                             .restart = 600,
                             .runs = 32};
        training.cycles = cycles_for(mttf, training.every, 1000.0);
        double ettr = estimate(&training).ettr;
        best = ettr > best ? ettr : best;
        at_young = GRID[i] == 1.0 ? ettr : at_young;
    }
    Training by_daly = {
        .nodes = 4, .mttf = mttf, .every = llround(daly), .block = 60, .restart = 600, .runs = 32};
    by_daly.cycles = cycles_for(mttf, by_daly.every, 1000.0);
    double at_daly = estimate(&by_daly).ettr;
    best = at_daly > best ? at_daly : best;
    snprintf(what, sizeof what,
             "ETTR at Young's interval against the best of 10, mean time to failure %g h [%%]",
             mttf_h);
    print_row(what, "Young, CACM 1974", 100.0 * best, 100.0 * at_young, 0.1);
    snprintf(what, sizeof what,
             "ETTR at Daly's interval against the best of 10, mean time to failure %g h [%%]",
             mttf_h);
    print_row(what, "Daly, FGCS 2006", 100.0 * best, 100.0 * at_daly, 0.1);
}

/* 4 failures in 1,000 node-days, 60 s a checkpoint, 600 s to restart, Young's interval. */
static void example_rows(int32_t nodes, double published, double tolerance, const char *source)
{
    char what[160];
    Training training = {.nodes = 16, .block = 60, .restart = 600, .runs = 32};
    training.mttf = 1000.0 * DAY_S / 4.0 / nodes;
    training.every = checkpoint_young_ms(60000, training.mttf * 1000.0) / 1000;
    training.cycles = cycles_for(training.mttf, training.every, 1000.0);
    Estimate found = estimate(&training);
    snprintf(
        what, sizeof what,
        "ETTR of a job on %d nodes that fail 4 times in 1,000 days each (16 simulated, as much "
        "more often)",
        (int)nodes);
    print_row(what, source, published, found.ettr, found.half + tolerance);
}

int main(void)
{
    static const int32_t NODES[] = {4, 32, 128};
    static const double MTTF_H[] = {3.0, 20.0, 200.0};
    static const double OF_YOUNG[] = {0.5, 1.0, 2.5};
    for (int i = 0; i < 27; i++) {
        grid_row(NODES[i / 9], MTTF_H[i / 3 % 3], OF_YOUNG[i % 3]);
    }
    optimum_rows(2.93);
    optimum_rows(23.44);
    /* published with four digits */
    example_rows(256, 0.9560, 0.00005, SOURCE_FIRST);
    example_rows(2048, 0.8474, 0.00005, SOURCE_EXACT);
    const double mttf = 1000.0 * DAY_S / 4.0 / 2048.0;
    print_row("First-order ETTR of the same job, where it is visibly off", SOURCE_FIRST, 0.8447,
              ettr_first_order(mttf, (double)checkpoint_young_ms(60000, mttf * 1000.0) / 1000.0,
                               60.0, 600.0),
              0.00005);
    return EXIT_SUCCESS;
}
