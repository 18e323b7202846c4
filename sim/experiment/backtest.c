/* backtest.c - runs a log, notes when its jobs start and what they hold, and sets that beside the
 * record. */
#include "sim/experiment/backtest.h"

#include <stdlib.h>
#include <string.h>

#include "core/world.h"
#include "models/checkpoint.h"
#include "sim/engine/engine.h"
#include "sim/experiment/faults_open.h"
#include "sim/experiment/time_bins.h"
#include "traces/draw.h"

/* What lives as long as the run does. */
typedef struct Backrun {
    Arena arena;
    JobTable jobs;
    World *world;
    Engine engine;
    int64_t end_ms;      /* of the window that is compared */
    int32_t *node_tasks; /* [node] that hold something there */
    int32_t busy_nodes;
    int64_t held_milli; /* by jobs with a recorded start */
    TimeBins held, busy;
} Backrun;

static int64_t job_gpu_milli(const JobTable *jobs, JobId job)
{
    return job_request(jobs, job)->request[GP_AXIS_GPU] * (int64_t)job_class(jobs, job)->task_count;
}

static bool is_recorded(const JobTable *jobs, JobId job)
{
    const int64_t *start_ms = jobs->job_recorded_start_ms;
    return start_ms != NULL && start_ms[job] != TIME_NEVER;
}

static int64_t after(int64_t begin_ms, int64_t duration_ms)
{
    return duration_ms == TIME_NEVER ? TIME_NEVER : begin_ms + duration_ms;
}

/* ---- the run --------------------------------------------------------------------------------- */

static void backrun_fact(void *self, const World *world, const Fact *fact)
{
    Backrun *run = self;
    bool gets = fact->kind == FACT_TASK_PLACED || fact->kind == FACT_TASK_RESUMED;
    JobId job = world->jobs->task_job[fact->task];
    if (is_recorded(world->jobs, job)) {
        int64_t milli = job_request(world->jobs, job)->request[GP_AXIS_GPU];
        run->held_milli += gets ? milli : -milli;
    }
    int32_t *tasks = &run->node_tasks[fact->node];
    if (gets) {
        run->busy_nodes += (*tasks)++ == 0;
    } else {
        run->busy_nodes -= --(*tasks) == 0;
    }
}

static void backrun_interval(void *self, const World *world, int64_t from_ms, int64_t to_ms)
{
    Backrun *run = self;
    (void)world;
    time_bins_add(&run->held, from_ms, to_ms, run->held_milli);
    time_bins_add(&run->busy, from_ms, to_ms, run->busy_nodes);
}

/* Up to the last end that the log tells, or that there is if nothing waits. */
static int64_t window_end(const JobTable *jobs)
{
    int64_t end_ms = 1;
    for (JobId job = 0; job < jobs->job_count; job++) {
        int64_t begin_ms =
            is_recorded(jobs, job) ? jobs->job_recorded_start_ms[job] : jobs->job_submit_ms[job];
        int64_t job_end_ms = after(begin_ms, jobs->job_duration_ms[job]);
        int64_t last_ms = job_end_ms == TIME_NEVER ? begin_ms + 1 : job_end_ms;
        end_ms = last_ms > end_ms ? last_ms : end_ms;
    }
    return end_ms;
}

static Status window_open(Backrun *run, int64_t step_ms, Diagnostics *diagnostics)
{
    run->end_ms = window_end(&run->jobs);
    if (time_bins_needed(step_ms, run->end_ms) > TIME_BINS_MAX) {
        return diagnostics_error(diagnostics, (Place){.file = "--step"}, "limit",
                                 "take a longer step", "the log has more than %d such steps",
                                 TIME_BINS_MAX);
    }
    bool good = time_bins_init(&run->held, &run->arena, step_ms, run->end_ms) &&
                time_bins_init(&run->busy, &run->arena, step_ms, run->end_ms);
    return good ? STATUS_OK : diagnostics_no_memory(diagnostics);
}

static Status backrun_go(Backrun *run, const Scenario *scenario, int64_t step_ms,
                         Diagnostics *diagnostics)
{
    int32_t *rank = NULL;
    Scenario replayed = *scenario;
    replayed.fixed |= VARY_WORKLOAD; /* a log that is resampled, as it is */
    Status status = workload_draw(&replayed, 0, &run->arena, diagnostics, &run->jobs);
    if (status == STATUS_OK) {
        status = node_ranks(scenario, 0, &run->arena, diagnostics, &rank);
    }
    if (status == STATUS_OK) {
        status = window_open(run, step_ms, diagnostics);
    }
    if (status != STATUS_OK) {
        return status;
    }
    WorldOptions options = {0};
    if (!faults_open(&run->arena, scenario, &run->jobs, &options)) {
        return diagnostics_no_memory(diagnostics);
    }
    options.checkpoints = checkpoint_of_classes(&run->arena, scenario, &run->jobs);
    run->world = world_new(&run->arena, scenario, &run->jobs, rank, &options);
    run->node_tasks = ARENA_ARRAY(&run->arena, int32_t, scenario->cluster.node_count);
    Observer observer = {
        .self = run, .fact = backrun_fact, .interval = backrun_interval, .hears = FACTS_OF_PLACES};
    if (run->world == NULL || run->node_tasks == NULL ||
        !engine_init(&run->engine, &run->arena, run->world, &observer, 1)) {
        return diagnostics_no_memory(diagnostics);
    }
    engine_run(&run->engine);
    backrun_interval(run, run->world, run->world->now_ms, TIME_NEVER); /* what stays, stays */
    return STATUS_OK;
}

/* ---- waits ----------------------------------------------------------------------------------- */

/* Columns of the jobs that are compared. */
typedef struct WaitColumns {
    int32_t count;
    double *recorded_s, *simulated_s;
    uint8_t *unstarted;
    uint8_t *size; /* BacktestSize */
    int32_t *tenant;
    double *picked_recorded, *picked_simulated; /* room for a part */
} WaitColumns;

static bool columns_init(WaitColumns *columns, Arena *arena, int32_t count)
{
    *columns = (WaitColumns){
        .recorded_s = ARENA_ARRAY(arena, double, count),
        .simulated_s = ARENA_ARRAY(arena, double, count),
        .unstarted = ARENA_ARRAY(arena, uint8_t, count),
        .size = ARENA_ARRAY(arena, uint8_t, count),
        .tenant = ARENA_ARRAY(arena, int32_t, count),
        .picked_recorded = ARENA_ARRAY(arena, double, count),
        .picked_simulated = ARENA_ARRAY(arena, double, count),
    };
    return !arena->failed;
}

static void job_compare(const World *world, JobId job, WaitColumns *columns)
{
    const JobTable *jobs = world->jobs;
    int32_t row = columns->count++;
    int64_t submit_ms = jobs->job_submit_ms[job];
    int64_t recorded_ms = jobs->job_recorded_start_ms[job] - submit_ms;
    bool started = world->job_start_ms[job] != TIME_NEVER;
    int64_t until_ms = started ? world->job_start_ms[job] : world->now_ms;
    columns->recorded_s[row] = recorded_ms > 0 ? (double)recorded_ms / 1e3 : 0.0;
    columns->simulated_s[row] = (double)(until_ms - submit_ms) / 1e3;
    columns->unstarted[row] = !started;
    columns->size[row] = (uint8_t)backtest_size(job_gpu_milli(jobs, job));
    columns->tenant[row] = job_tenant(jobs, job);
}

static void jobs_compare(const World *world, WaitColumns *columns, Backtest *backtest)
{
    const JobTable *jobs = world->jobs;
    for (JobId job = 0; job < jobs->job_count; job++) {
        uint8_t state = world->job_state[job];
        if (jobs->job_carried[job]) {
            backtest->carried++;
        } else if (!is_recorded(jobs, job)) {
            backtest->no_start++;
        } else if (jobs->job_censored[job]) {
            backtest->censored++;
        } else if (state == JOB_REJECTED) {
            backtest->rejected++;
        } else {
            job_compare(world, job, columns);
        }
    }
    backtest->jobs = jobs->job_count;
    backtest->compared = columns->count;
}

typedef enum PickBy { PICK_ALL, PICK_SIZE, PICK_TENANT } PickBy;

/* The row of those with that size or queue. False if memory ran out. */
static bool row_fill(const WaitColumns *columns, PickBy by, int32_t which, const char *name,
                     BacktestWaits *row)
{
    int32_t count = 0;
    *row = (BacktestWaits){.name = name};
    for (int32_t i = 0; i < columns->count; i++) {
        if ((by == PICK_SIZE && columns->size[i] != which) ||
            (by == PICK_TENANT && columns->tenant[i] != which)) {
            continue;
        }
        columns->picked_recorded[count] = columns->recorded_s[i];
        columns->picked_simulated[count++] = columns->simulated_s[i];
        row->unstarted += columns->unstarted[i];
    }
    return backtest_waits(columns->picked_recorded, columns->picked_simulated, count, row);
}

/* Most jobs first, then by name. */
static int rows_order(const void *a, const void *b)
{
    const BacktestWaits *one = a, *other = b;
    return one->jobs != other->jobs ? (one->jobs < other->jobs ? 1 : -1)
                                    : strcmp(one->name, other->name);
}

/* Jobs of each queue, so that a log of many queues is not walked once for those without any. */
static bool queues_fill(const WaitColumns *columns, const JobTable *jobs, Arena *scratch,
                        Arena *arena, Backtest *backtest)
{
    int32_t *count = ARENA_ARRAY(scratch, int32_t, jobs->tenant_count);
    backtest->queues = ARENA_ARRAY(arena, BacktestWaits, jobs->tenant_count);
    if (count == NULL || backtest->queues == NULL) {
        return false;
    }
    for (int32_t i = 0; i < columns->count; i++) {
        count[columns->tenant[i]]++;
    }
    for (int32_t tenant = 0; tenant < jobs->tenant_count; tenant++) {
        const char *name = count[tenant] > 0 ? arena_strdup(arena, jobs->tenant_name[tenant]) : "";
        BacktestWaits *row = &backtest->queues[backtest->queue_count];
        if (name == NULL ||
            (count[tenant] > 0 && !row_fill(columns, PICK_TENANT, tenant, name, row))) {
            return false;
        }
        backtest->queue_count += count[tenant] > 0;
    }
    qsort(backtest->queues, (size_t)backtest->queue_count, sizeof *backtest->queues, rows_order);
    return true;
}

static bool waits_fill(Backrun *run, Arena *arena, Backtest *backtest)
{
    WaitColumns columns;
    if (!columns_init(&columns, &run->arena, run->jobs.job_count)) {
        return false;
    }
    jobs_compare(run->world, &columns, backtest);
    bool good = row_fill(&columns, PICK_ALL, 0, "all", &backtest->all);
    for (int32_t size = 0; good && size < BACKTEST_SIZES; size++) {
        good =
            row_fill(&columns, PICK_SIZE, size, BACKTEST_SIZE_NAMES[size], &backtest->sizes[size]);
    }
    return good && queues_fill(&columns, &run->jobs, &run->arena, arena, backtest);
}

/* ---- allocation ------------------------------------------------------------------------------ */

static bool allocation_fill(Backrun *run, Backtest *backtest)
{
    const JobTable *jobs = &run->jobs;
    TimeBins recorded, naive;
    int32_t count = run->held.count;
    int32_t started = 0;
    double *mean = ARENA_ARRAY(&run->arena, double, 3 * (size_t)count);
    if (mean == NULL || !time_bins_init(&recorded, &run->arena, run->held.step_ms, run->end_ms) ||
        !time_bins_init(&naive, &run->arena, run->held.step_ms, run->end_ms)) {
        return false;
    }
    for (JobId job = 0; job < jobs->job_count; job++) {
        if (is_recorded(jobs, job) && run->world->job_state[job] != JOB_REJECTED) {
            int64_t start_ms = jobs->job_recorded_start_ms[job];
            int64_t submit_ms = jobs->job_submit_ms[job];
            int64_t duration_ms = jobs->job_duration_ms[job];
            int64_t milli = job_gpu_milli(jobs, job);
            started++;
            time_bins_add(&recorded, start_ms, after(start_ms, duration_ms), milli);
            time_bins_add(&naive, submit_ms, after(submit_ms, duration_ms), milli);
        }
    }
    const TimeBins *bins[] = {&recorded, &run->held, &naive};
    for (int i = 0; i < 3; i++) {
        time_bins_means(bins[i], mean + (size_t)i * (size_t)count);
    }
    for (size_t i = 0; i < 3 * (size_t)count; i++) {
        mean[i] /= 1e3;
    }
    backtest_series(mean, mean + count, mean + 2 * (size_t)count, started > 0 ? count : 0,
                    &backtest->allocation);
    return true;
}

/* ---- nodes with a job ------------------------------------------------------------------------ */

/* A change of the GPUs that are in use if nothing waits. */
typedef struct Change {
    int64_t time_ms, milli;
} Change;

static int change_order(const void *a, const void *b)
{
    const Change *one = a, *other = b;
    return (one->time_ms > other->time_ms) - (one->time_ms < other->time_ms);
}

/* The naive predictor's: all run at once, packed as tightly as on the largest nodes, on no more
 * nodes than there are. */
static bool naive_nodes(Backrun *run, const Cluster *cluster, TimeBins *naive)
{
    const JobTable *jobs = &run->jobs;
    Change *changes = ARENA_ARRAY(&run->arena, Change, 2 * (size_t)jobs->job_count);
    int64_t node_milli = 1000;
    size_t count = 0;
    if (changes == NULL || !time_bins_init(naive, &run->arena, run->busy.step_ms, run->end_ms)) {
        return false;
    }
    for (int32_t type = 0; type < cluster->type_count; type++) {
        int64_t milli = 1000 * (int64_t)cluster->types[type].device_count;
        node_milli = milli > node_milli ? milli : node_milli;
    }
    for (JobId job = 0; job < jobs->job_count; job++) {
        int64_t submit_ms = jobs->job_submit_ms[job];
        int64_t milli = job_gpu_milli(jobs, job);
        changes[count++] = (Change){submit_ms, milli};
        changes[count++] = (Change){after(submit_ms, jobs->job_duration_ms[job]), -milli};
    }
    qsort(changes, count, sizeof *changes, change_order);
    int64_t milli = 0;
    for (size_t i = 0; i < count; i++) {
        milli += changes[i].milli;
        int64_t nodes = (milli + node_milli - 1) / node_milli;
        nodes = nodes < cluster->node_count ? nodes : cluster->node_count;
        time_bins_add(naive, changes[i].time_ms,
                      i + 1 < count ? changes[i + 1].time_ms : TIME_NEVER, nodes);
    }
    return true;
}

/* Means of the recorded rows of each step, packed to the steps that have rows, the other two series
 * likewise. Returns how many. */
static int32_t nodes_pack(const NodesSeries *series, int64_t zero_ms, const TimeBins *bins,
                          double *recorded, int32_t *rows, double *simulated, double *naive)
{
    for (int32_t i = 0; i < series->count; i++) {
        int64_t time_ms = series->time_ms[i] - zero_ms;
        if (time_ms >= 0 && time_ms < bins->end_ms) {
            recorded[time_ms / bins->step_ms] += series->active[i];
            rows[time_ms / bins->step_ms]++;
        }
    }
    int32_t kept = 0;
    for (int32_t i = 0; i < bins->count; i++) {
        if (rows[i] > 0) {
            recorded[kept] = recorded[i] / rows[i];
            simulated[kept] = simulated[i];
            naive[kept++] = naive[i];
        }
    }
    return kept;
}

static Status nodes_fill(Backrun *run, const Scenario *scenario, const NodesSeries *series,
                         Diagnostics *diagnostics, Backtest *backtest)
{
    TimeBins naive_bins;
    size_t count = (size_t)run->busy.count;
    double *recorded = ARENA_ARRAY(&run->arena, double, count);
    double *simulated = ARENA_ARRAY(&run->arena, double, count);
    double *naive = ARENA_ARRAY(&run->arena, double, count);
    int32_t *rows = ARENA_ARRAY(&run->arena, int32_t, count);
    if (run->arena.failed || !naive_nodes(run, &scenario->cluster, &naive_bins)) {
        return diagnostics_no_memory(diagnostics);
    }
    time_bins_means(&run->busy, simulated);
    time_bins_means(&naive_bins, naive);
    int64_t zero_ms = series->has_calendar ? scenario->start_unix_ms : 0;
    int32_t kept = nodes_pack(series, zero_ms, &run->busy, recorded, rows, simulated, naive);
    if (kept == 0) {
        return diagnostics_error(diagnostics, (Place){.file = "--nodes-series"}, "range",
                                 "are both on the same clock? see --timezone",
                                 "no row of it lies between the first submission and the last end "
                                 "of the log");
    }
    backtest_series(recorded, simulated, naive, kept, &backtest->nodes);
    return STATUS_OK;
}

/* ---- all of it ------------------------------------------------------------------------------- */

Status backtest_run(const Scenario *scenario, const BacktestOptions *options, Arena *arena,
                    Diagnostics *diagnostics, Backtest *backtest)
{
    Backrun run = {.world = NULL};
    arena_init(&run.arena);
    *backtest =
        (Backtest){.step_ms = options->step_ms, .gpus = (double)scenario->cluster.gpu_milli / 1e3};
    Status status = backrun_go(&run, scenario, options->step_ms, diagnostics);
    if (status == STATUS_OK && options->nodes != NULL) {
        status = nodes_fill(&run, scenario, options->nodes, diagnostics, backtest);
    }
    backtest->end_ms = run.end_ms;
    if (status == STATUS_OK &&
        (!waits_fill(&run, arena, backtest) || !allocation_fill(&run, backtest))) {
        status = diagnostics_no_memory(diagnostics);
    }
    arena_free(&run.arena);
    return status;
}
