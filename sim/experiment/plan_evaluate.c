/* plan_evaluate.c - targets get their meaning, fleets are built once and run on all cores. */
#include "sim/experiment/plan_evaluate.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/experiment/drawn.h"
#include "sim/experiment/expect.h"
#include "sim/experiment/interrupts.h"
#include "sim/experiment/run_one.h"
#include "sim/experiment/stopwatch.h"
#include "sim/scenario/fleet.h"

#define SAVE_EVERY_S 10.0

/* ---- metrics ---- */

/* What more nodes do for a metric: nothing that a formula says, but what queues do. */
static const MetricId FALL_WITH_NODES[] = {METRIC_wait_mean_s,
                                           METRIC_wait_p50_s,
                                           METRIC_wait_p95_s,
                                           METRIC_wait_p99_s,
                                           METRIC_slowdown_mean,
                                           METRIC_jct_mean_s,
                                           METRIC_makespan_s,
                                           METRIC_jobs_unstarted,
                                           METRIC_jobs_rejected,
                                           METRIC_jobs_running,
                                           METRIC_deadlines_missed,
                                           METRIC_jobs_timeout,
                                           METRIC_preemptions,
                                           METRIC_service_latency_mean_ms,
                                           METRIC_service_latency_ratio,
                                           METRIC_service_latency_ratio_p95,
                                           METRIC_service_overload_share,
                                           METRIC_service_unserved_share,
                                           METRIC_fragmented_gpu_hours,
                                           METRIC_productive_share,
                                           METRIC_allocated_share,
                                           METRIC_scheduling_goodput,
                                           METRIC_busy_share_low,
                                           METRIC_busy_share_high};
static const MetricId RISE_WITH_NODES[] = {METRIC_jobs_completed,
                                           METRIC_productive_gpu_hours,
                                           METRIC_productive_compute,
                                           METRIC_capacity_gpu_hours,
                                           METRIC_idle_usd,
                                           METRIC_total_usd,
                                           METRIC_cost_usd,
                                           METRIC_unproductive_usd,
                                           METRIC_usd_per_productive_gpu_hour,
                                           METRIC_energy_kwh,
                                           METRIC_carbon_kg,
                                           METRIC_stranded_gpu_hours,
                                           METRIC_ettr_with_queue,
                                           METRIC_staff_usd,
                                           METRIC_technician_hours,
                                           METRIC_energy_usd,
                                           METRIC_usd_per_completed_job,
                                           METRIC_owned_usd_per_delivered_gpu_hour};

static bool is_listed(MetricId metric, const MetricId *list, size_t count)
{
    bool found = false;
    for (size_t i = 0; i < count; i++) {
        found = found || list[i] == metric;
    }
    return found;
}
#define LISTED(metric, list) is_listed((metric), (list), sizeof(list) / sizeof((list)[0]))

static PlannerTrend trend_of(const FleetPlan *plan, MetricId metric, bool at_most)
{
    bool money = strstr(METRICS[metric].unit, "USD") != NULL;
    for (int32_t i = 0; money && i < plan->line_count; i++) {
        if (plan->lines[i].kind == PLAN_COMMITMENT) {
            return TREND_UNKNOWN; /* fleets that run alike do not cost alike */
        }
    }
    bool falls = LISTED(metric, FALL_WITH_NODES);
    bool rises = LISTED(metric, RISE_WITH_NODES);
    if (!falls && !rises) {
        return TREND_UNKNOWN;
    }
    return falls == at_most ? TREND_MORE_HELPS : TREND_MORE_HURTS;
}

/* ---- targets ---- */

static const char *op_name(ExpectOp op)
{
    return op == EXPECT_LE ? "<=" : op == EXPECT_LT ? "<" : op == EXPECT_GE ? ">=" : ">";
}

static bool target_sound(const Expectation *item, Diagnostics *diagnostics)
{
    bool bound = item->op == EXPECT_LE || item->op == EXPECT_LT || item->op == EXPECT_GE ||
                 item->op == EXPECT_GT;
    if (item->subject == EXPECT_METRIC && item->variant < 0 && bound && item->tolerance == 0.0) {
        return true;
    }
    diagnostics_error(diagnostics, item->line->place, "targets",
                      "for example: wait_p95_s: \"<= 900\"; `gpuplan list metrics` names them",
                      "`%s` is no bound on a metric", item->line->text);
    return false;
}

/* Targets are read as `expect:` lines are. */
static Status targets_parse(const ScenarioSet *set, Arena *arena, Diagnostics *diagnostics,
                            ExpectList *list)
{
    const FleetPlan *plan = set->plan;
    ScenarioSet lines = *set;
    lines.expect_count = plan->target_count;
    lines.expects = ARENA_ARRAY(arena, ExpectLine, plan->target_count);
    if (lines.expects == NULL) {
        return diagnostics_no_memory(diagnostics);
    }
    for (int32_t i = 0; i < plan->target_count; i++) {
        lines.expects[i] = (ExpectLine){plan->targets[i].text, plan->targets[i].place};
    }
    Status status = expect_parse(&lines, arena, diagnostics, list);
    bool good = status == STATUS_OK;
    for (int32_t i = 0; status == STATUS_OK && i < list->count; i++) {
        good = target_sound(&list->items[i], diagnostics) && good;
    }
    return good ? STATUS_OK : diagnostics_status(diagnostics);
}

Status plan_targets_check(const ScenarioSet *set, Arena *arena, Diagnostics *diagnostics)
{
    ExpectList list;
    return set->plan == NULL || set->plan->target_count == 0
               ? STATUS_OK
               : targets_parse(set, arena, diagnostics, &list);
}

static void target_add(PlanEvaluator *evaluator, MetricId metric, const char *op, const char *text,
                       double bound)
{
    bool at_most = op[0] == '<';
    evaluator->bounds[evaluator->target_count] = (PlanBound){metric, op, text};
    evaluator->targets[evaluator->target_count++] =
        (PlannerTarget){at_most, op[1] == '\0', bound, trend_of(evaluator->plan, metric, at_most)};
}

static Status targets_fill(PlanEvaluator *evaluator)
{
    ExpectList list;
    Status status = targets_parse(evaluator->set, evaluator->arena, evaluator->diagnostics, &list);
    if (status != STATUS_OK) {
        return status;
    }
    evaluator->bounds = ARENA_ARRAY(evaluator->arena, PlanBound, list.count + 1);
    evaluator->targets = ARENA_ARRAY(evaluator->arena, PlannerTarget, list.count + 1);
    if (evaluator->bounds == NULL || evaluator->targets == NULL) {
        return diagnostics_no_memory(evaluator->diagnostics);
    }
    bool rejections = false;
    for (int32_t i = 0; i < list.count; i++) {
        const Expectation *item = &list.items[i];
        target_add(evaluator, item->metric, op_name(item->op), item->line->text, item->value);
        rejections = rejections || item->metric == METRIC_jobs_rejected;
    }
    bool drops = strcmp(evaluator->set->variants[0].policy.scan->name, "drop") == 0;
    if (!rejections && !drops) { /* more than the largest fleet: rejections_take */
        target_add(evaluator, METRIC_jobs_rejected, "<=", NULL, 0.0);
    }
    return STATUS_OK;
}

/* ---- opening ---- */

static Status refuse(const PlanEvaluator *evaluator, Place place, const char *help,
                     const char *what)
{
    return diagnostics_error(evaluator->diagnostics, place, "plan", help, "%s", what);
}

static Status plan_check(const PlanEvaluator *evaluator)
{
    const FleetPlan *plan = evaluator->plan;
    Place nowhere = {0};
    if (plan == NULL || plan->line_count == 0) {
        return refuse(evaluator, plan == NULL ? nowhere : plan->place,
                      "for example: plan: {nodes: {a: {min: 0, max: 40}}}",
                      "the scenario does not say which fleets may be bought (`plan.nodes`)");
    }
    if (plan->target_count == 0) {
        return refuse(evaluator, plan->place, "for example: targets: {wait_p95_s: \"<= 900\"}",
                      "without `targets` every fleet is enough, and the cheapest is the smallest");
    }
    if (plan->target_count > PLAN_TARGETS_MAX) {
        return refuse(evaluator, plan->place, NULL, "the plan has more than 60 targets");
    }
    if (evaluator->set->variants[0].horizon_ms == TIME_NEVER) {
        return refuse(evaluator, plan->place, "add `horizon: 30d`",
                      "fleets are compared over the same time: the plan needs a `horizon`");
    }
    return STATUS_OK;
}

static void values_fill(PlanEvaluator *evaluator)
{
    int32_t count = 0;
    evaluator->values[count++] = METRIC_cost_usd;
    for (int32_t i = 0; i < evaluator->target_count; i++) {
        evaluator->values[count++] = evaluator->bounds[i].metric;
    }
    evaluator->values[count++] = METRIC_wait_p95_s;
    evaluator->values[count++] = METRIC_productive_share;
    evaluator->value_count = count;
}

static void largest_counts(const FleetPlan *plan, int64_t count[PLAN_LINES_MAX])
{
    for (int32_t i = 0; i < PLAN_LINES_MAX; i++) {
        const PlanLine *line = &plan->lines[i];
        count[i] = i < plan->line_count ? line->least + (plan_line_steps(line) - 1) * line->lot : 0;
    }
}

/* The largest fleet must be one: prices are read off it. */
static Status prices_read(PlanEvaluator *evaluator)
{
    int64_t count[PLAN_LINES_MAX];
    largest_counts(evaluator->plan, count);
    Scenario *largest = ARENA_NEW(evaluator->arena, Scenario);
    if (largest == NULL) {
        return diagnostics_no_memory(evaluator->diagnostics);
    }
    FleetChange change = {.count = count};
    Status status =
        fleet_build(evaluator->set, &change, evaluator->arena, evaluator->diagnostics, largest);
    if (status == STATUS_OK) {
        evaluator->priced = largest->costs != NULL;
        plan_prices_fill(evaluator, largest);
    }
    return status;
}

/* Where nothing is drawn one replication tells all, and fresh ones would confirm nothing. More
 * demand, failures or needs may draw something: then only the fresh ones are left out. */
static Status exact_settle(PlanEvaluator *evaluator)
{
    const FleetPlan *from = evaluator->plan;
    if (scenario_drawn(&evaluator->set->variants[0]) != 0) {
        return STATUS_OK;
    }
    FleetPlan *plan = ARENA_ARRAY(evaluator->arena, FleetPlan, 1);
    if (plan == NULL) {
        return diagnostics_no_memory(evaluator->diagnostics);
    }
    bool turned =
        from->months > 0 || from->demand_ppm > 0 || from->failures_ppm > 0 || from->needs_ppm > 0;
    *plan = *from;
    plan->exact = true;
    plan->confirm = 0;
    plan->replications = turned ? from->replications : 1;
    evaluator->plan = plan;
    return STATUS_OK;
}

Status plan_evaluator_init(PlanEvaluator *evaluator, const ScenarioSet *set, Arena *arena,
                           Diagnostics *diagnostics)
{
    *evaluator =
        (PlanEvaluator){.set = set, .plan = set->plan, .arena = arena, .diagnostics = diagnostics};
    Status status = plan_check(evaluator);
    if (status == STATUS_OK) {
        status = exact_settle(evaluator);
    }
    if (status == STATUS_OK) {
        status = targets_fill(evaluator);
    }
    if (status == STATUS_OK) {
        values_fill(evaluator);
        plan_cache_init(&evaluator->cache, evaluator->value_count);
        status = prices_read(evaluator);
    }
    return status;
}

void plan_evaluator_free(PlanEvaluator *evaluator)
{
    plan_cache_free(&evaluator->cache);
}

void plan_counts(const FleetPlan *plan, const PlannerProblem *problem, int64_t fleet,
                 int64_t count[PLAN_LINES_MAX])
{
    int32_t at[PLAN_LINES_MAX];
    planner_coordinates(problem, fleet, at);
    for (int32_t i = 0; i < PLAN_LINES_MAX; i++) {
        bool is_line = i < plan->line_count;
        count[i] = is_line ? plan->lines[i].least + at[i] * plan->lines[i].lot : 0;
    }
}

/* ---- runs ---- */

/* A fleet while its runs go on. */
typedef struct Built {
    PlanKey key; /* replication 0 */
    Arena arena;
    Diagnostics diagnostics;
    Scenario scenario;
    Status status;
} Built;

typedef struct Slot {
    int32_t run;
    int32_t built;
    Status status;
    Diagnostics diagnostics;
} Slot;

static void built_make(const PlanEvaluator *evaluator, Built *built)
{
    FleetChange change = {built->key.count, built->key.demand_ppm, built->key.failures_ppm,
                          built->key.needs_ppm};
    built->status =
        fleet_build(evaluator->set, &change, &built->arena, &built->diagnostics, &built->scenario);
}

static void slot_run(const PlanEvaluator *evaluator, const Built *built, PlanRun *run, Slot *slot)
{
    if (interrupts_wanted()) {
        slot->status = STATUS_INTERRUPTED;
        return;
    }
    if (built->status != STATUS_OK) { /* counts that do not go with the rest: it meets nothing */
        slot->status = built->status == STATUS_BAD_INPUT ? STATUS_OK : built->status;
        for (int32_t i = 0; i < evaluator->value_count; i++) {
            run->value[i] = (double)NAN;
        }
        return;
    }
    Arena arena;
    arena_init(&arena);
    ReplicationResult *result = ARENA_NEW(&arena, ReplicationResult);
    RunOptions options = {.replication = (uint32_t)run->key.replication};
    slot->status = result == NULL
                       ? diagnostics_no_memory(&slot->diagnostics)
                       : run_one(&built->scenario, &options, &arena, &slot->diagnostics, result);
    for (int32_t i = 0; slot->status == STATUS_OK && i < evaluator->value_count; i++) {
        run->value[i] = result->metric[evaluator->values[i]];
    }
    arena_free(&arena);
}

/* What is not known yet, and the fleets that it takes. */
typedef struct Batch {
    Built *built;
    int32_t built_count;
    Slot *slots;
    int32_t slot_count;
} Batch;

static bool same_fleet(const PlanKey *a, const PlanKey *b)
{
    PlanKey one = *a, other = *b;
    one.replication = other.replication = 0;
    return memcmp(&one, &other, sizeof one) == 0;
}

static bool batch_open(const PlanEvaluator *evaluator, Arena *arena, PlanRun *runs, int32_t count,
                       Batch *batch)
{
    *batch = (Batch){.built = ARENA_ARRAY(arena, Built, count),
                     .slots = ARENA_ARRAY(arena, Slot, count)};
    if (batch->built == NULL || batch->slots == NULL) {
        return false;
    }
    for (int32_t i = 0; i < count; i++) {
        const double *known = plan_cache_find(&evaluator->cache, &runs[i].key);
        if (known != NULL) {
            memcpy(runs[i].value, known, (size_t)evaluator->value_count * sizeof *known);
            continue;
        }
        int32_t last = batch->built_count - 1; /* runs of a fleet stand together */
        if (last < 0 || !same_fleet(&batch->built[last].key, &runs[i].key)) {
            last = batch->built_count++;
            batch->built[last] = (Built){.key = runs[i].key};
            arena_init(&batch->built[last].arena);
            diagnostics_init(&batch->built[last].diagnostics);
        }
        Slot *slot = &batch->slots[batch->slot_count++];
        *slot = (Slot){.run = i, .built = last, .status = STATUS_INTERRUPTED};
        diagnostics_init(&slot->diagnostics);
    }
    return true;
}

static void batch_run(const PlanEvaluator *evaluator, PlanRun *runs, Batch *batch)
{
    int threads = evaluator->threads > 0 ? evaluator->threads : omp_get_max_threads();
    if (threads == 1) { /* no team: libgomp ends a program without memory */
        for (int32_t i = 0; i < batch->built_count; i++) {
            built_make(evaluator, &batch->built[i]);
        }
        for (int32_t i = 0; i < batch->slot_count; i++) {
            Slot *slot = &batch->slots[i];
            slot_run(evaluator, &batch->built[slot->built], &runs[slot->run], slot);
        }
        return;
    }
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (int32_t i = 0; i < batch->built_count; i++) {
        built_make(evaluator, &batch->built[i]);
    }
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (int32_t i = 0; i < batch->slot_count; i++) {
        Slot *slot = &batch->slots[i];
        slot_run(evaluator, &batch->built[slot->built], &runs[slot->run], slot);
    }
}

/* An error of a run becomes one of the whole; what fleets warn of was said of the baseline. */
static Status batch_close(PlanEvaluator *evaluator, const PlanRun *runs, Batch *batch)
{
    Status worst = STATUS_OK;
    for (int32_t i = 0; i < batch->slot_count; i++) {
        Slot *slot = &batch->slots[i];
        const PlanRun *run = &runs[slot->run];
        if (slot->status == STATUS_OK &&
            !plan_cache_add(&evaluator->cache, &run->key, run->value)) {
            slot->status = diagnostics_no_memory(evaluator->diagnostics);
        }
        evaluator->simulated += slot->status == STATUS_OK;
        bool first = worst == STATUS_OK || worst == STATUS_INTERRUPTED;
        if (slot->status != STATUS_OK && first) {
            worst = slot->status;
            diagnostics_take(evaluator->diagnostics, &slot->diagnostics, false);
            if (batch->built[slot->built].status != STATUS_BAD_INPUT) {
                diagnostics_take(evaluator->diagnostics, &batch->built[slot->built].diagnostics,
                                 false);
            }
        }
        diagnostics_free(&slot->diagnostics);
    }
    for (int32_t i = 0; i < batch->built_count; i++) {
        diagnostics_free(&batch->built[i].diagnostics);
        arena_free(&batch->built[i].arena);
    }
    return worst;
}

static void progress_show(const PlanEvaluator *evaluator)
{
    if (evaluator->progress && isatty(STDERR_FILENO) == 1) {
        fprintf(stderr, "\r%lld runs", (long long)evaluator->simulated);
        fflush(stderr);
    }
}

void plan_progress_end(const PlanEvaluator *evaluator)
{
    if (evaluator->progress && evaluator->simulated > 0 && isatty(STDERR_FILENO) == 1) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
}

static Status runs_evaluate(PlanEvaluator *evaluator, PlanRun *runs, int32_t count)
{
    Arena arena;
    Batch batch;
    arena_init(&arena);
    if (!batch_open(evaluator, &arena, runs, count, &batch)) {
        arena_free(&arena);
        return diagnostics_no_memory(evaluator->diagnostics);
    }
    batch_run(evaluator, runs, &batch);
    Status status = batch_close(evaluator, runs, &batch);
    arena_free(&arena);
    progress_show(evaluator);
    bool due = clock_s() - evaluator->last_save_s >= SAVE_EVERY_S;
    if (evaluator->save != NULL && due && status == STATUS_OK) {
        evaluator->save(evaluator->save_self);
        evaluator->last_save_s = clock_s();
    }
    return status == STATUS_OK && interrupts_wanted() ? STATUS_INTERRUPTED : status;
}

/* ---- rejections that are nobody's to plan for ---- */

static int32_t implied_value(const PlanEvaluator *evaluator)
{
    for (int32_t t = 0; t < evaluator->target_count; t++) {
        if (evaluator->bounds[t].text == NULL) {
            return 1 + t;
        }
    }
    return -1;
}

/* The run of the largest fleet with the same luck and the same demand: it is wanted once. */
static int32_t largest_run(const PlanEvaluator *evaluator, const PlanKey *key, PlanRun *wanted,
                           int32_t *count, double *values)
{
    PlanKey of = *key;
    largest_counts(evaluator->plan, of.count);
    for (int32_t i = 0; i < *count; i++) {
        if (memcmp(&wanted[i].key, &of, sizeof of) == 0) {
            return i;
        }
    }
    wanted[*count] = (PlanRun){of, &values[(int64_t)*count * evaluator->value_count]};
    return (*count)++;
}

/* Jobs that even the largest fleet has no room for are nobody's to plan for: what counts of a run
 * is how many more it rejects than the largest fleet does. Most runs reject none. */
static Status rejections_take(PlanEvaluator *evaluator, PlanRun *runs, int32_t count)
{
    int32_t at = implied_value(evaluator);
    Arena arena;
    arena_init(&arena);
    PlanRun *wanted = ARENA_ARRAY(&arena, PlanRun, count);
    int32_t *of = ARENA_ARRAY(&arena, int32_t, count);
    double *values = ARENA_ARRAY(&arena, double, (int64_t)count * evaluator->value_count);
    int32_t largest = 0;
    Status status = wanted == NULL || of == NULL || values == NULL
                        ? diagnostics_no_memory(evaluator->diagnostics)
                        : STATUS_OK;
    for (int32_t i = 0; status == STATUS_OK && at >= 0 && i < count; i++) {
        bool some = runs[i].value[at] > 0.0;
        of[i] = some ? largest_run(evaluator, &runs[i].key, wanted, &largest, values) : -1;
    }
    if (status == STATUS_OK && largest > 0) {
        status = runs_evaluate(evaluator, wanted, largest);
    }
    for (int32_t i = 0; status == STATUS_OK && largest > 0 && i < count; i++) {
        if (of[i] >= 0) {
            double more = runs[i].value[at] - wanted[of[i]].value[at];
            runs[i].value[at] = more > 0.0 ? more : 0.0;
        }
    }
    arena_free(&arena);
    return status;
}

Status plan_evaluate(PlanEvaluator *evaluator, PlanRun *runs, int32_t count)
{
    Status status = runs_evaluate(evaluator, runs, count);
    return status == STATUS_OK ? rejections_take(evaluator, runs, count) : status;
}
