/* run_one.c - draws a replication, lets the engine run with its observers, and takes down what they
 * saw. */
#include "sim/experiment/run_one.h"

#include "core/world.h"
#include "sim/engine/engine.h"
#include "sim/experiment/job_log.h"
#include "sim/experiment/ledger_observer.h"
#include "sim/experiment/load_curve.h"
#include "sim/experiment/run_metrics.h"
#include "sim/experiment/series.h"
#include "sim/experiment/too_large.h"
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
                                  .judges_waits = options->keep_jobs};
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

static Status run_collect(Run *run, LedgerMeter *books, const RunOptions *options, Arena *arena,
                          Diagnostics *diagnostics, ReplicationResult *result)
{
    result->fact_hash = fact_hash_finish(&run->hash);
    if (!load_meter_curve(run->load, arena, &result->curve)) {
        return diagnostics_no_memory(diagnostics);
    }
    if (!run_metrics(run->world, run->load, &run->arena, result)) {
        return diagnostics_no_memory(diagnostics);
    }
    result->tenant_name = tenant_names(run->world->jobs, arena);
    if (result->tenant_name == NULL) {
        return diagnostics_no_memory(diagnostics);
    }
    if (options->keep_jobs) {
        result->jobs = job_log(run->world, books, arena);
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
    if (!ledger_meter_init(&books, &result->ledger, arena, &run->arena, run->world,
                           options->keep_jobs)) {
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
