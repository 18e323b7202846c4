/* run_one.c - draws a replication, lets the engine run with its observers, and takes down what they
 * saw. */
#include "sim/experiment/run_one.h"

#include <math.h>

#include "core/world.h"
#include "sim/engine/engine.h"
#include "sim/experiment/job_log.h"
#include "sim/experiment/ledger_observer.h"
#include "sim/experiment/load_curve.h"
#include "sim/experiment/series.h"
#include "sim/experiment/too_large.h"
#include "sim/experiment/wait_quantiles.h"
#include "traces/draw.h"

/* What lives as long as the run does. */
typedef struct Run {
    Arena arena;
    JobTable jobs;
    World *world;
    Engine engine;
    FactHash hash;
    LoadMeter *load;
    Observer observers[OBSERVERS_MAX];
    int32_t observer_count;
} Run;

static Status run_open(Run *run, const Scenario *scenario, const RunOptions *options,
                       Diagnostics *diagnostics)
{
    *run = (Run){.hash = {NULL}};
    arena_init(&run->arena);
    int32_t *rank = NULL;
    Status status =
        workload_draw(scenario, options->replication, &run->arena, diagnostics, &run->jobs);
    if (status == STATUS_OK) {
        status = node_ranks(scenario, options->replication, &run->arena, diagnostics, &rank);
    }
    if (status != STATUS_OK) {
        return status;
    }
    WorldOptions world_options = {.replication = options->replication,
                                  .scan_only = options->scan_only,
                                  .judges_drops = options->keep_jobs};
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
    fact_hash_finish(&run->hash); /* frees it where a failure came first */
    arena_free(&run->arena);
}

/* ---- metrics ---- */

static double group_hours(const Ledger *ledger, int32_t type, LedgerGroup group)
{
    Int128 sum = 0;
    for (int account = 0; account < ACCOUNT_COUNT; account++) {
        if (account_group((Account)account) == group) {
            sum += ledger_sum(ledger, type, -2, (Account)account, -1);
        }
    }
    return ledger_gpu_hours(sum);
}

static double share(double part, double whole)
{
    return whole > 0.0 ? part / whole : (double)NAN;
}

static bool any_price(const Cluster *cluster)
{
    for (int32_t type = 0; type < cluster->type_count; type++) {
        if (cluster->type_info[type].price_micro_usd_per_gpu_hour != 0) {
            return true;
        }
    }
    return false;
}

static void metrics_of_books(const World *world, const Ledger *ledger, double *metric)
{
    const Cluster *cluster = &world->scenario->cluster;
    Int128 capacity = 0;
    double total_usd = 0.0;
    double productive_usd = 0.0;
    double idle_usd = 0.0;
    double held_usd = 0.0;
    for (int32_t type = 0; type < ledger->type_count; type++) {
        double price = (double)cluster->type_info[type].price_micro_usd_per_gpu_hour / 1e6;
        capacity += ledger->capacity[type];
        total_usd += price * ledger_gpu_hours(ledger->capacity[type]);
        productive_usd +=
            price * ledger_gpu_hours(ledger_sum(ledger, type, -2, ACCOUNT_PRODUCTIVE, -1));
        idle_usd += price * group_hours(ledger, type, GROUP_IDLE);
        held_usd +=
            price * ledger_gpu_hours(ledger_sum(ledger, type, -2, ACCOUNT_HELD_IDLE, -1));
    }
    double hours = ledger_gpu_hours(capacity);
    double productive = ledger_gpu_hours(ledger_sum(ledger, -1, -2, ACCOUNT_PRODUCTIVE, -1));
    double allocated = group_hours(ledger, -1, GROUP_ALLOCATED);
    metric[METRIC_capacity_gpu_hours] = hours;
    metric[METRIC_productive_gpu_hours] = productive;
    metric[METRIC_productive_share] = share(productive, hours);
    metric[METRIC_allocated_share] = share(allocated, hours);
    metric[METRIC_scheduling_goodput] = share(allocated, hours);
    metric[METRIC_runtime_goodput] = share(productive, allocated);
    metric[METRIC_fragmented_gpu_hours] =
        ledger_gpu_hours(ledger_sum(ledger, -1, -2, ACCOUNT_FRAGMENTED, -1));
    if (any_price(cluster)) {
        metric[METRIC_total_usd] = total_usd;
        metric[METRIC_unproductive_usd] = total_usd - productive_usd;
        metric[METRIC_idle_usd] = idle_usd;
        metric[METRIC_workload_idle_usd] = held_usd;
        metric[METRIC_usd_per_productive_gpu_hour] = share(total_usd, productive);
    }
}

/* A run of no length counts as one millisecond. */
static double slowdown(int64_t turnaround_ms, int64_t run_ms)
{
    return (double)turnaround_ms / (double)(run_ms > 1 ? run_ms : 1);
}

/* Times are kept exact and divided at the end; a slowdown is a ratio already. */
typedef struct JobSums {
    int64_t count[JOB_REJECTED + 1];
    int64_t last_end_ms;
    double wait_ms, turnaround_ms, slowdown;
    Wait *waits; /* of every job that could start, or still can */
    int32_t wait_count, started;
} JobSums;

static void job_add(JobSums *sums, const World *world, JobId job)
{
    int64_t submit_ms = world->jobs->job_submit_ms[job];
    int64_t start_ms = world->job_start_ms[job];
    int64_t end_ms = world->job_end_ms[job];
    JobState state = (JobState)world->job_state[job];
    sums->count[state]++;
    if (start_ms != TIME_NEVER) {
        sums->started++;
        sums->wait_ms += (double)(start_ms - submit_ms);
        sums->waits[sums->wait_count++] = (Wait){start_ms - submit_ms, true};
    } else if (state == JOB_PENDING) {
        sums->waits[sums->wait_count++] = (Wait){world->now_ms - submit_ms, false};
    }
    if (state == JOB_COMPLETED) {
        sums->turnaround_ms += (double)(end_ms - submit_ms);
        sums->slowdown += slowdown(end_ms - submit_ms, end_ms - start_ms);
        sums->last_end_ms = end_ms > sums->last_end_ms ? end_ms : sums->last_end_ms;
    }
}

/* False if memory ran out. */
static bool metrics_of_jobs(const World *world, Arena *scratch, double *metric)
{
    const JobTable *jobs = world->jobs;
    JobSums sums = {.waits = ARENA_ARRAY(scratch, Wait, jobs->job_count)};
    if (sums.waits == NULL) {
        return false;
    }
    for (JobId job = 0; job < jobs->job_count; job++) {
        job_add(&sums, world, job);
    }
    waits_sort(sums.waits, sums.wait_count);
    const int64_t *count = sums.count;
    double completed = (double)count[JOB_COMPLETED];
    bool all_done = count[JOB_RUNNING] + count[JOB_PENDING] + count[JOB_FUTURE] == 0;
    metric[METRIC_jobs_submitted] = (double)(jobs->job_count - count[JOB_FUTURE]);
    metric[METRIC_jobs_completed] = completed;
    metric[METRIC_jobs_running] = (double)count[JOB_RUNNING];
    metric[METRIC_jobs_rejected] = (double)count[JOB_REJECTED];
    metric[METRIC_jobs_unstarted] = (double)count[JOB_PENDING];
    metric[METRIC_jobs_failed] = 0.0;
    metric[METRIC_jobs_cancelled] = 0.0;
    metric[METRIC_wait_mean_s] = share(sums.wait_ms / 1e3, (double)sums.started);
    metric[METRIC_wait_p50_s] = wait_quantile_ms(sums.waits, sums.wait_count, 500000) / 1e3;
    metric[METRIC_wait_p95_s] = wait_quantile_ms(sums.waits, sums.wait_count, 950000) / 1e3;
    metric[METRIC_wait_p99_s] = wait_quantile_ms(sums.waits, sums.wait_count, 990000) / 1e3;
    metric[METRIC_jct_mean_s] = share(sums.turnaround_ms / 1e3, completed);
    metric[METRIC_slowdown_mean] = share(sums.slowdown, completed);
    metric[METRIC_makespan_s] =
        (double)(all_done && completed > 0 ? sums.last_end_ms : world->now_ms) / 1e3;
    return true;
}

#define FULL_LOAD_PCT 100

static void metrics_of_curve(const World *world, const LoadMeter *load, const LoadCurve *curve,
                             double *metric)
{
    metric[METRIC_fragmentation_ratio] = load_meter_ratio_mean(load);
    metric[METRIC_allocation_at_end] =
        share((double)world->used_milli, (double)world->scenario->cluster.gpu_milli);
    if (curve->count <= FULL_LOAD_PCT) {
        return; /* full load was never reached */
    }
    metric[METRIC_allocation_at_full_load] = curve->alloc_pct[FULL_LOAD_PCT] / 100.0;
    metric[METRIC_idle_gpus_at_full_load] = curve->idle_gpus[FULL_LOAD_PCT];
    metric[METRIC_fragmentation_ratio_at_full_load] = curve->frag_ratio_pct[FULL_LOAD_PCT] / 100.0;
    if (any_price(&world->scenario->cluster)) {
        metric[METRIC_idle_usd_per_year_at_full_load] =
            curve->idle_usd_per_hour[FULL_LOAD_PCT] * 8760.0;
    }
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

static Status run_collect(Run *run, const LedgerMeter *books, const RunOptions *options,
                          Arena *arena, Diagnostics *diagnostics, ReplicationResult *result)
{
    result->fact_hash = fact_hash_finish(&run->hash);
    if (!load_meter_curve(run->load, arena, &result->curve)) {
        return diagnostics_no_memory(diagnostics);
    }
    for (int metric = 0; metric < METRIC_COUNT; metric++) {
        result->metric[metric] = (double)NAN;
    }
    metrics_of_books(run->world, &result->ledger, result->metric);
    if (!metrics_of_jobs(run->world, &run->arena, result->metric)) {
        return diagnostics_no_memory(diagnostics);
    }
    metrics_of_curve(run->world, run->load, &result->curve, result->metric);
    result->tenant_name = tenant_names(run->world->jobs, arena);
    if (result->tenant_name == NULL) {
        return diagnostics_no_memory(diagnostics);
    }
    if (options->keep_jobs) {
        result->jobs = job_log(run->world, &books->charge, arena);
        if (result->jobs == NULL) {
            return diagnostics_no_memory(diagnostics);
        }
    }
    return STATUS_OK;
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
    LedgerMeter books;
    if (!ledger_meter_init(&books, &result->ledger, arena, &run->arena, run->world)) {
        return diagnostics_no_memory(diagnostics);
    }
    run->observers[run->observer_count++] = ledger_meter_observer(&books);
    SeriesMeter series;
    if (options->keep_series) {
        if (!series_meter_init(&series, arena, run->world, &run->load->fragmentation)) {
            return diagnostics_no_memory(diagnostics);
        }
        run->observers[run->observer_count++] = series_meter_observer(&series);
        result->series = series.columns;
    }
    status = run_go(run, diagnostics);
    return status == STATUS_OK ? run_collect(run, &books, options, arena, diagnostics, result)
                               : status;
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
