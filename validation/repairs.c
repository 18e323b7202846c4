/* repairs.c - repairs, and jobs that fail by themselves, that have closed forms, through the
 * engine: prints rows for the validation table.
 *
 * N nodes fail independently after exponential times and wait for one of k technicians: the machine
 * repairman's queue M/M/k//N. With as many technicians as it takes a node is up for MTTF / (MTTF +
 * MTTR) of the time, whatever the distribution of the repair; with shifts a repair waits for the
 * next one. A job that begins anew after each of its own failures takes (e^(w / m) - 1) m for work
 * w at MTTF m. Each row is a tab-separated line: quantity, kind, source, expected, measured,
 * tolerance.
 */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

#include "models/failure_draft.h"
#include "sim/engine/engine.h"
#include "sim/experiment/faults_open.h"
#include "sim/policies/registry.h"

#define HOUR_MS 3600000.0
#define WEEK_H 168.0
#define REPLICATIONS 30
#define RUNS_CONFIDENCE 0.999

/* A fleet and those who repair it. */
typedef struct Shop {
    int32_t nodes;
    int32_t technicians; /* 0: as many as it takes */
    double mttf_h;
    Distribution hands_on; /* ms */
    bool weekdays;         /* 08:00 to 16:00, Monday to Friday; else round the clock */
    double weeks;          /* that are measured, behind a tenth of them */
} Shop;

/* What one run tells. */
typedef struct Outcome {
    int64_t from_ms;   /* measured since */
    int64_t *began_ms; /* [slot] */
    double waits_ms;
    int64_t repairs;
    double down_ms;
    double node_ms;
} Outcome;

static void die(const char *what)
{
    fprintf(stderr, "repairs: %s\n", what);
    exit(EXIT_FAILURE);
}

/* ---- closed forms ---- */

/* M/M/k//N: mean wait and availability, with times in the unit of mttf and mttr. Source: Kleinrock,
 * Queueing Systems 1 (1975), 3.8 and 3.9: p(n + 1) / p(n) = (N - n) / min(n + 1, k) x mttr / mttf.
 */
static double repairman(int32_t k, int32_t nodes, double mttf, double mttr, double *availability)
{
    double weight = 1.0;
    double sum = 0.0;
    double waiting = 0.0;
    double up = 0.0;
    for (int32_t n = 0; n <= nodes; n++) {
        sum += weight;
        waiting += n > k ? (n - k) * weight : 0.0;
        up += (nodes - n) * weight;
        weight *= (double)(nodes - n) / (n + 1 < k ? n + 1 : k) * mttr / mttf;
    }
    *availability = up / sum / nodes;
    return waiting / (up / mttf); /* Little: failures come at rate up / mttf */
}

/* ---- one run ---- */

static const FailureModel *model_of(const Shop *shop, RepairStages *stages, Arena *arena)
{
    FailureDraft draft = failure_draft(arena);
    FaultKind kind = fault_kind("broken", EFFECT_NODE_OUT, SCOPE_NODE);
    kind.cure = CURE_STAGES;
    kind.detect_ms = 0;
    *stages = (RepairStages){.hands_on = &shop->hands_on, .technician = true};
    FaultRow row = {
        .drawn = true,
        .gap = {.family = FAMILY_EXPONENTIAL, .scale = shop->mttf_h * HOUR_MS},
        .stages = stages,
    };
    return failure_draft_kind(&draft, &kind, &row) < 0 ? NULL : failure_draft_finish(&draft);
}

/* Nodes of one GPU, first come first served, the baseline remedy. */
static void scenario_make(Scenario *scenario, int32_t nodes, const FailureModel *model,
                          Arena *arena)
{
    Cluster *cluster = &scenario->cluster;
    *scenario = (Scenario){
        .name = "repairs", .seed = 20261121, .horizon_ms = TIME_NEVER, .failures = model};
    cluster->type_count = 1;
    cluster->node_count = nodes;
    cluster->types = ARENA_NEW(arena, GpNodeType);
    cluster->type_info = ARENA_NEW(arena, NodeTypeInfo);
    cluster->node_type = ARENA_ARRAY(arena, int32_t, nodes);
    cluster->node_name = ARENA_ARRAY(arena, const char *, nodes);
    if (arena->failed || model == NULL) {
        die("out of memory");
    }
    cluster->types[0] = (GpNodeType){
        .size = sizeof(GpNodeType), .device_count = 1, .capacity = {[GP_AXIS_GPU] = 1000}};
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

static void shop_open(Scenario *scenario, const Shop *shop, RepairStages *stages, Arena *arena)
{
    scenario_make(scenario, shop->nodes, model_of(shop, stages, arena), arena);
    RemedyOptions *options = &scenario->policy.remedy_options;
    scenario->horizon_ms = (int64_t)(1.1 * shop->weeks * WEEK_H * HOUR_MS);
    options->technicians = shop->technicians;
    if (shop->weekdays) {
        options->shift_begin_ms = (int64_t)(8 * HOUR_MS);
        options->shift_length_ms = (int64_t)(8 * HOUR_MS);
        options->shift_days = 0x1f;
    }
}

/* From the failure, which is seen at once, to the technician's first touch. */
static void fact_count(void *self, const World *world, const Fact *fact)
{
    Outcome *outcome = self;
    (void)world;
    if (fact->kind == FACT_FAULT_BEGAN) {
        outcome->began_ms[fact->task] = fact->time_ms;
    } else if (fact->kind == FACT_FAULT_STAGE && fact->value == STAGE_REPAIR &&
               outcome->began_ms[fact->task] >= outcome->from_ms) {
        outcome->waits_ms += (double)(fact->time_ms - outcome->began_ms[fact->task]);
        outcome->repairs++;
    }
}

static void interval_add(void *self, const World *world, int64_t from_ms, int64_t to_ms)
{
    Outcome *outcome = self;
    double span_ms = (double)(to_ms - (from_ms > outcome->from_ms ? from_ms : outcome->from_ms));
    if (span_ms <= 0.0) {
        return;
    }
    int32_t out = 0;
    for (int32_t node = 0; node < world->fleet.node_count; node++) {
        out += world->health.node_out[node] > 0;
    }
    outcome->down_ms += out * span_ms;
    outcome->node_ms += world->fleet.node_count * span_ms;
}

static int32_t *ranks_new(int32_t nodes, Arena *arena)
{
    int32_t *rank = ARENA_ARRAY(arena, int32_t, nodes);
    for (int32_t node = 0; rank != NULL && node < nodes; node++) {
        rank[node] = node;
    }
    return rank;
}

static Outcome run(const Shop *shop, uint32_t replication)
{
    Arena arena;
    Scenario scenario;
    RepairStages stages;
    JobTable jobs;
    Engine engine;
    RequestList none = {0};
    WorldOptions options = {.replication = replication, .scan_only = true};
    arena_init(&arena);
    shop_open(&scenario, shop, &stages, &arena);
    int32_t *rank = ranks_new(shop->nodes, &arena);
    if (!job_table_build(&jobs, &arena, &none, (TenantNames){0}, rank, 0, 0) ||
        !faults_open(&arena, &scenario, &jobs, &options)) {
        die("out of memory");
    }
    Outcome outcome = {.from_ms = (int64_t)(0.1 * shop->weeks * WEEK_H * HOUR_MS),
                       .began_ms = ARENA_ARRAY(&arena, int64_t, options.fault_slots)};
    World *world = world_new(&arena, &scenario, &jobs, rank, &options);
    Observer observer = {.self = &outcome, .fact = fact_count, .interval = interval_add};
    if (world == NULL || outcome.began_ms == NULL ||
        !engine_init(&engine, &arena, world, &observer, 1)) {
        die("out of memory");
    }
    engine_run(&engine);
    outcome.began_ms = NULL;
    arena_free(&arena);
    return outcome;
}

/* ---- jobs that fail by themselves ---- */

#define JOBS 100

/* Gangs of one-GPU tasks, each with nodes of its own. */
typedef struct Batch {
    int32_t tasks;
    double work_h;
    double mttf_h; /* on the job's work clock */
    bool per_gpu;  /* ... of each of its GPUs */
} Batch;

static const FailureModel *job_model(const Batch *batch, Arena *arena)
{
    FailureDraft draft = failure_draft(arena);
    FaultKind kind = fault_kind("bug", EFFECT_JOB_DIES, SCOPE_JOB);
    FaultRow row = {.drawn = true,
                    .gap = {.family = FAMILY_EXPONENTIAL, .scale = batch->mttf_h * HOUR_MS},
                    .per_gpu_hour = batch->per_gpu ? 1.0 / batch->mttf_h : 0.0};
    return failure_draft_kind(&draft, &kind, &row) < 0 ? NULL : failure_draft_finish(&draft);
}

static void jobs_make(JobTable *jobs, const Batch *batch, Arena *arena)
{
    int32_t order[JOBS];
    RequestList list = {.rows = ARENA_ARRAY(arena, Request, JOBS), .count = JOBS};
    for (int32_t i = 0; list.rows != NULL && i < JOBS; i++) {
        list.rows[i] = (Request){.gpu_count = 1,
                                 .gpu_milli = 1000,
                                 .model_text = "",
                                 .count = 1,
                                 .duration_ms = (int64_t)(batch->work_h * HOUR_MS),
                                 .task_count = batch->tasks,
                                 .gang = GANG_ALL};
        order[i] = i;
    }
    if (list.rows == NULL ||
        !job_table_build(jobs, arena, &list, (TenantNames){0}, order, JOBS, 0)) {
        die("out of memory");
    }
}

/* Mean time to the end, h. */
static double batch_run(const Batch *batch, uint32_t replication)
{
    Arena arena;
    Scenario scenario;
    JobTable jobs;
    Engine engine;
    WorldOptions options = {.replication = replication, .scan_only = true};
    arena_init(&arena);
    scenario_make(&scenario, JOBS * batch->tasks, job_model(batch, &arena), &arena);
    jobs_make(&jobs, batch, &arena);
    int32_t *rank = ranks_new(JOBS * batch->tasks, &arena);
    if (rank == NULL || !faults_open(&arena, &scenario, &jobs, &options)) {
        die("out of memory");
    }
    World *world = world_new(&arena, &scenario, &jobs, rank, &options);
    if (world == NULL || !engine_init(&engine, &arena, world, NULL, 0)) {
        die("out of memory");
    }
    engine_run(&engine);
    double sum_ms = 0.0;
    for (JobId job = 0; job < JOBS; job++) {
        sum_ms += (double)world->job_end_ms[job];
    }
    arena_free(&arena);
    return sum_ms / JOBS / HOUR_MS;
}

/* ---- rows ---- */

typedef struct Means {
    double wait_h, wait_half_h;
    double up_percent, up_half;
} Means;

/* Mean and half-width of the t interval. */
static double interval_of(const double *values, double *half)
{
    double sum = 0.0;
    double squares = 0.0;
    for (int i = 0; i < REPLICATIONS; i++) {
        sum += values[i];
    }
    double mean = sum / REPLICATIONS;
    for (int i = 0; i < REPLICATIONS; i++) {
        squares += (values[i] - mean) * (values[i] - mean);
    }
    *half = gsl_cdf_tdist_Pinv(0.5 + RUNS_CONFIDENCE / 2.0, REPLICATIONS - 1) *
            sqrt(squares / (REPLICATIONS - 1) / REPLICATIONS);
    return mean;
}

static Means measure(const Shop *shop)
{
    double waits[REPLICATIONS];
    double ups[REPLICATIONS];
    Means means;
#pragma omp parallel for schedule(dynamic)
    for (int i = 0; i < REPLICATIONS; i++) {
        Outcome outcome = run(shop, (uint32_t)i);
        waits[i] = outcome.waits_ms / (double)outcome.repairs / HOUR_MS;
        ups[i] = 100.0 * (1.0 - outcome.down_ms / outcome.node_ms);
    }
    means.wait_h = interval_of(waits, &means.wait_half_h);
    means.up_percent = interval_of(ups, &means.up_half);
    return means;
}

static void print_row(const char *what, const char *kind, const char *source, double expected,
                      double measured, double tolerance)
{
    printf("%s; tolerance: half a 99.9 %% interval over %d runs\t%s\t%s\t%.6g\t%.6g\t%.6g\n", what,
           REPLICATIONS, kind, source, expected, measured, tolerance);
}

static void repairman_rows(int32_t technicians, int32_t nodes, double mttf_h, double mttr_h)
{
    char what[120];
    /* so that each run sees some ten thousand repairs */
    double weeks = 10000.0 * mttf_h / nodes / WEEK_H;
    Shop shop = {.nodes = nodes,
                 .technicians = technicians,
                 .mttf_h = mttf_h,
                 .hands_on = {.family = FAMILY_EXPONENTIAL, .scale = mttr_h * HOUR_MS},
                 .weeks = weeks};
    double availability;
    double wait_h = repairman(technicians, nodes, mttf_h, mttr_h, &availability);
    Means means = measure(&shop);
    snprintf(what, sizeof what, "M/M/%d//%d: mean wait for a technician [h]", (int)technicians,
             (int)nodes);
    print_row(what, "closed form", "machine repairman (Kleinrock 1975, 3.8)", wait_h, means.wait_h,
              means.wait_half_h);
    snprintf(what, sizeof what, "M/M/%d//%d: availability [%%]", (int)technicians, (int)nodes);
    print_row(what, "closed form", "machine repairman (Kleinrock 1975, 3.8)", 100.0 * availability,
              means.up_percent, means.up_half);
}

static void availability_row(const char *name, Distribution hands_on, double mttr_h)
{
    char what[120];
    Shop shop = {.nodes = 100, .mttf_h = 1000.0, .hands_on = hands_on, .weeks = 500.0};
    Means means = measure(&shop);
    snprintf(what, sizeof what, "Availability, %s repairs of 50 h, MTTF 1000 h [%%]", name);
    print_row(what, "closed form", "MTTF / (MTTF + MTTR)",
              100.0 * shop.mttf_h / (shop.mttf_h + mttr_h), means.up_percent, means.up_half);
}

/* An attempt comes through with probability e^(-w / m); all of them together take (e^(w / m) - 1) m
 * on the mean. A gang of n GPUs that fail each by themselves has an n-th of their MTTF. */
static void batch_row(const Batch *batch)
{
    char what[120];
    double means[REPLICATIONS];
    double half;
    double mttf_h = batch->per_gpu ? batch->mttf_h / batch->tasks : batch->mttf_h;
#pragma omp parallel for schedule(dynamic)
    for (int i = 0; i < REPLICATIONS; i++) {
        means[i] = batch_run(batch, (uint32_t)i);
    }
    double mean_h = interval_of(means, &half);
    snprintf(what, sizeof what, "%d GPUs, %g h of work, MTTF of %s %g h: mean time to the end [h]",
             (int)batch->tasks, batch->work_h, batch->per_gpu ? "a GPU" : "the job", batch->mttf_h);
    print_row(what, "closed form", "(e^(w / m) - 1) m",
              (exp(batch->work_h / mttf_h) - 1.0) * mttf_h, mean_h, half);
}

/* Failures come at any time of the week: a gap of g hours between shifts is met with probability
 * g / 168 and lasts g / 2 more. Four nights of 16 h and a weekend of 64 h: (4 x 16^2 + 64^2) / 336.
 */
static void shift_row(void)
{
    Distribution hands_on = {.family = FAMILY_CONSTANT, .scale = HOUR_MS};
    Shop shop = {
        .nodes = 100, .mttf_h = 1000.0, .hands_on = hands_on, .weekdays = true, .weeks = 500.0};
    Means means = measure(&shop);
    print_row("Mean wait for a shift, 08:00 to 16:00 on weekdays [h]", "closed form",
              "(4 x 16 x 16 + 64 x 64) / (2 x 168)", (4.0 * 16.0 * 16.0 + 64.0 * 64.0) / 336.0,
              means.wait_h, means.wait_half_h);
}

int main(void)
{
    repairman_rows(1, 5, 40.0, 4.0);
    repairman_rows(1, 20, 100.0, 4.0);
    repairman_rows(2, 20, 100.0, 8.0);
    repairman_rows(5, 100, 200.0, 8.0);
    repairman_rows(20, 1000, 250.0, 4.0);
    availability_row("exponential",
                     (Distribution){.family = FAMILY_EXPONENTIAL, .scale = 50 * HOUR_MS}, 50.0);
    availability_row("constant", (Distribution){.family = FAMILY_CONSTANT, .scale = 50 * HOUR_MS},
                     50.0);
    double sigma = 1.0;
    availability_row("lognormal",
                     (Distribution){.family = FAMILY_LOGNORMAL,
                                    .scale = 50 * HOUR_MS * exp(-sigma * sigma / 2.0),
                                    .shape = sigma},
                     50.0);
    shift_row();
    batch_row(&(Batch){1, 4.0, 4.0, false});
    batch_row(&(Batch){8, 4.0, 4.0, false});
    batch_row(&(Batch){8, 4.0, 20.0, true});
    return EXIT_SUCCESS;
}
