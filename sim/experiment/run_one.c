/* run_one.c - draws a replication, lets the engine run with its observers, and takes down what they
 * saw. */
#include "sim/experiment/run_one.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/world.h"
#include "models/checkpoint.h"
#include "sim/engine/engine.h"
#include "sim/experiment/expect_seen.h"
#include "sim/experiment/faults_open.h"
#include "sim/experiment/audit.h"
#include "sim/experiment/cost_audit.h"
#include "sim/experiment/cost_book.h"
#include "sim/experiment/cost_meter.h"
#include "sim/experiment/cost_metrics.h"
#include "sim/experiment/fault_log.h"
#include "sim/experiment/job_log.h"
#include "sim/experiment/job_sizes.h"
#include "sim/experiment/ledger_observer.h"
#include "sim/experiment/load_curve.h"
#include "sim/experiment/mser.h"
#include "sim/experiment/run_metrics.h"
#include "sim/experiment/series.h"
#include "sim/experiment/too_large.h"
#include "sim/experiment/workload_hash.h"
#include "traces/draw.h"

/* What lives as long as the run does. */
typedef struct Run {
    Arena arena;
    JobTable jobs;
    World *world;
    Engine engine;
    FactHash hash;
    LoadMeter *load;
    LedgerMeter books;
    CostMeter costs;
    LifeLog life;
    StrandedMeter stranded;
    SeriesMeter series;
    AllocationMeter allocation;
    ServiceMeter services;
    UsageMeter usage;
    WaitLog waits;
    FaultLog faults;
    SeenMeter seen;
    Audit audit;
    Observer observers[OBSERVERS_MAX];
    int32_t observer_count;
} Run;

static Status run_open(Run *run, const Scenario *scenario, const RunOptions *options,
                       Diagnostics *diagnostics)
{
    *run = (Run){.hash = {NULL}};
    arena_init(&run->arena);
    int32_t *rank = NULL;
    uint32_t ties = drawn_replication(scenario, VARY_TIES, options->replication);
    Status status =
        workload_draw(scenario, options->replication, &run->arena, diagnostics, &run->jobs);
    if (options->drawn != NULL) {
        options->drawn(options->drawn_self);
    }
    if (status == STATUS_OK) {
        status = node_ranks(scenario, ties, &run->arena, diagnostics, &rank);
    }
    if (status != STATUS_OK) {
        return status;
    }
    WorldOptions world_options = {.replication = options->replication,
                                  .scan_only = options->scan_only};
    if (!faults_open(&run->arena, scenario, &run->jobs, &world_options)) {
        return diagnostics_no_memory(diagnostics);
    }
    world_options.checkpoints = checkpoint_of_classes(&run->arena, scenario, &run->jobs);
    run->world = world_new(&run->arena, scenario, &run->jobs, rank, &world_options);
    if (run->world == NULL || !fact_hash_init(&run->hash)) {
        return diagnostics_no_memory(diagnostics);
    }
    run->load = load_meter_new(&run->arena, run->world);
    if (run->load == NULL) {
        return diagnostics_no_memory(diagnostics);
    }
    run->observers[run->observer_count++] = fact_hash_observer(&run->hash);
    run->observers[run->observer_count++] = load_meter_observer(run->load);
    return STATUS_OK;
}

static Status run_go(Run *run, Diagnostics *diagnostics)
{
    if (!engine_init(&run->engine, &run->arena, run->world, run->observers, run->observer_count)) {
        return diagnostics_no_memory(diagnostics);
    }
    engine_run(&run->engine);
    return STATUS_OK;
}

static void run_close(Run *run)
{
    life_log_free(&run->life);
    fact_hash_finish(&run->hash); /* frees it where a failure came first */
    arena_free(&run->arena);
}

/* ---- the two ways to run ---- */

/* The result outlives the job table. NULL if memory ran out. */
static const char **tenant_names(const JobTable *jobs, Arena *arena)
{
    const char **names = ARENA_ARRAY(arena, const char *, jobs->tenant_count);
    for (int32_t tenant = 0; names != NULL && tenant < jobs->tenant_count; tenant++) {
        names[tenant] = arena_strdup(arena, jobs->tenant_name[tenant]);
    }
    return arena->failed ? NULL : names;
}

static bool over_time_collect(Run *run, Arena *arena, ReplicationResult *result)
{
    if (run->books.over.rise != NULL && run->world->now_ms > 0 &&
        run->world->scenario->cluster.gpu_milli > 0) {
        double gpus = (double)run->world->scenario->cluster.gpu_milli / GP_DEVICE_MILLI;
        result->over_time = over_time_columns(&run->books.over, &run->books.idle_over, arena,
                                              run->world->now_ms, gpus);
        return result->over_time != NULL;
    }
    return true;
}

/* A bill from books that do not add up would be worse than none. */
static void costs_audit(const ReplicationResult *result)
{
    const char *wrong = cost_sums_wrong(result->cost_sums, &result->ledger);
    wrong = wrong != NULL ? wrong : cost_book_wrong(result->costs);
    if (wrong != NULL) {
        fprintf(stderr, "gpuplan: internal error: costs: %s; please report this scenario\n", wrong);
        abort();
    }
}

/* The tenants have their names. */
static bool costs_collect(Run *run, const RunOptions *options, Arena *arena,
                          ReplicationResult *result)
{
    if (run->costs.model == NULL) {
        return true;
    }
    result->cost_sums = cost_meter_finish(&run->costs, run->world);
    if (result->cost_sums == NULL) {
        return false;
    }
    const CostSums *sums = result->cost_sums;
    result->cost_sums->tenant_name = result->tenant_name;
    cost_metrics(sums, result->metric);
    result->costs = cost_book_of(&sums, 1, arena);
    if (result->costs != NULL && options->audit) {
        costs_audit(result);
    }
    return result->costs != NULL;
}

static Status run_collect(Run *run, const RunOptions *options, Arena *arena,
                          Diagnostics *diagnostics, ReplicationResult *result)
{
    result->fact_hash = fact_hash_finish(&run->hash);
    result->workload_hash = workload_hash(run->world->jobs);
    RunMeters meters = {run->load, &run->books, &run->life, &run->stranded, &run->services};
    if (run->life.out_of_memory || run->waits.out_of_memory || run->faults.out_of_memory ||
        run->series.out_of_memory || !load_meter_curve(run->load, arena, &result->curve) ||
        !run_metrics(run->world, &meters, &run->arena, result)) {
        return diagnostics_no_memory(diagnostics);
    }
    result->tenant_name = tenant_names(run->world->jobs, arena);
    if (result->tenant_name == NULL || !costs_collect(run, options, arena, result) ||
        !service_meter_rows(&run->services, run->world, arena, result) ||
        !over_time_collect(run, arena, result) ||
        !job_sizes(run->world, &run->books.tasks, arena, result) ||
        !allocation_series(&run->allocation, arena, &result->allocation) ||
        !blame_rows(&run->books.blame, run->world, arena, result)) {
        return diagnostics_no_memory(diagnostics);
    }
    if (options->keep_jobs) {
        result->jobs = job_log(run->world, &run->books.tasks, &run->waits, arena);
        if (result->jobs == NULL) {
            return diagnostics_no_memory(diagnostics);
        }
    }
    return arena->failed ? diagnostics_no_memory(diagnostics) : STATUS_OK;
}

static void observer_add(Run *run, Observer observer)
{
    run->observers[run->observer_count++] = observer;
}

/* What showback needs beside the ledger. */
static bool usage_add(Run *run, Arena *arena, ReplicationResult *result)
{
    const CostModel *costs = run->world->scenario->costs;
    if (costs == NULL) {
        return true;
    }
    if (!usage_meter_init(&run->usage, &run->arena, arena, run->world)) {
        return false;
    }
    result->memo = run->usage.memo;
    observer_add(run, usage_meter_observer(&run->usage));
    bool quotas_hold = (run->world->scenario->relax & RELAX_QUOTA) == 0;
    return !costs->showback.quota_owner_pays || !quotas_hold ||
           quota_idle_init(&run->books.quota, &run->arena, arena, run->world, result->memo);
}

static bool expects_any(const RunOptions *options)
{
    return options->expects != NULL && options->expects->count > 0;
}

/* Tables of jobs, waits and faults, and what was over time. */
static bool tables_add(Run *run, const RunOptions *options, Arena *arena, ReplicationResult *result)
{
    if (options->keep_jobs || (expects_any(options) && expect_asks_reasons(options->expects))) {
        if (!wait_log_init(&run->waits, &run->arena, arena, run->world, &run->books.claims)) {
            return false;
        }
        observer_add(run, wait_log_observer(&run->waits));
        result->intervals = options->keep_jobs ? run->waits.columns : NULL;
        result->attempts = options->keep_jobs ? run->waits.attempts : NULL;
    }
    if (options->keep_jobs && run->world->health.any) {
        if (!fault_log_init(&run->faults, &run->arena, arena, run->world)) {
            return false;
        }
        observer_add(run, fault_log_observer(&run->faults));
        result->faults = run->faults.faults;
        result->states = run->faults.states;
    }
    if (options->keep_jobs) {
        if (!blame_keep_hits(&run->books.blame, &run->arena, arena, run->world)) {
            return false;
        }
        result->hits = run->books.blame.hits;
        int64_t horizon_ms = run->world->scenario->horizon_ms;
        if (!over_time_init(&run->books.over, &run->arena, horizon_ms, OVER_SERIES_COUNT) ||
            !over_time_init(&run->books.idle_over, &run->arena, horizon_ms, IDLE_SERIES_COUNT) ||
            !task_books_over_time(&run->books.tasks, &run->arena, run->world, &run->books.over)) {
            return false;
        }
    }
    if (options->keep_series) {
        if (!series_meter_init(&run->series, arena, run->world, &run->load->fragmentation)) {
            return false;
        }
        observer_add(run, series_meter_observer(&run->series));
        result->series = run->series.columns;
    }
    return true;
}

/* Those that a whole result needs. False if memory ran out. */
static bool observers_add(Run *run, const RunOptions *options, Arena *arena,
                          ReplicationResult *result)
{
    bool expects = expects_any(options);
    if (!ledger_meter_init(&run->books, &result->ledger, arena, &run->arena, run->world,
                           options->keep_jobs || expects) ||
        !life_log_init(&run->life, &run->arena, run->world, expects) ||
        !stranded_init(&run->stranded, &run->arena, run->world, &run->books.judge) ||
        !service_meter_init(&run->services, &run->arena, run->world) ||
        !usage_add(run, arena, result) ||
        !allocation_init(&run->allocation, &run->arena, run->world)) {
        return false;
    }
    observer_add(run, allocation_observer(&run->allocation));
    run->books.checks_always = run->books.checks_always || options->audit;
    if (!cost_meter_init(&run->costs, &run->arena, arena, run->world, &run->books,
                         options->keep_periods)) {
        return false;
    }
    observer_add(run, ledger_meter_observer(&run->books));
    if (cost_meter_watches(&run->costs)) {
        observer_add(run, cost_meter_observer(&run->costs));
    }
    observer_add(run, life_log_observer(&run->life));
    if (options->audit) {
        if (!audit_init(&run->audit, &run->arena, run->world)) {
            return false;
        }
        observer_add(run, audit_observer(&run->audit));
    }
    observer_add(run, stranded_observer(&run->stranded));
    if (run->services.count > 0) {
        observer_add(run, service_meter_observer(&run->services));
    }
    if (!tables_add(run, options, arena, result)) {
        return false;
    }
    if (expects) {
        if (!seen_meter_init(&run->seen, &run->arena, arena, run->world, options->expects,
                             options->variant, &run->books, &run->life, &run->waits,
                             &run->services)) {
            return false;
        }
        observer_add(run, seen_meter_observer(&run->seen));
        result->seen = run->seen.seen;
    }
    return true;
}

static Status run_full(Run *run, const Scenario *scenario, const RunOptions *options, Arena *arena,
                       Diagnostics *diagnostics, ReplicationResult *result)
{
    Status status = run_open(run, scenario, options, diagnostics);
    if (status == STATUS_OK && options->replication == 0) {
        status = too_large_warn(run->world, diagnostics);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (!observers_add(run, options, arena, result)) {
        return diagnostics_no_memory(diagnostics);
    }
    status = run_go(run, diagnostics);
    if (status == STATUS_OK && run->world->stuck) {
        status = stuck_warn(run->world, diagnostics);
    }
    if (status == STATUS_OK && run->world->now_ms < scenario->warmup_ms) {
        status = warmup_warn(run->world, diagnostics);
    }
    return status == STATUS_OK ? run_collect(run, options, arena, diagnostics, result) : status;
}

Status run_one(const Scenario *scenario, const RunOptions *options, Arena *arena,
               Diagnostics *diagnostics, ReplicationResult *result)
{
    Run run;
    *result = (ReplicationResult){.replication = options->replication};
    result->status = run_full(&run, scenario, options, arena, diagnostics, result);
    run_close(&run);
    return result->status;
}

Status run_light(const Scenario *scenario, const RunOptions *options, Arena *arena,
                 Diagnostics *diagnostics, LoadCurve *curve, uint64_t *fact_hash)
{
    Run run;
    Status status = run_open(&run, scenario, options, diagnostics);
    if (status == STATUS_OK) {
        status = run_go(&run, diagnostics);
    }
    if (status == STATUS_OK) {
        *fact_hash = fact_hash_finish(&run.hash);
        if (!load_meter_curve(run.load, arena, curve)) {
            status = diagnostics_no_memory(diagnostics);
        }
    }
    run_close(&run);
    return status;
}
