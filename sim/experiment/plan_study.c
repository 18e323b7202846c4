/* plan_study.c - the search over real fleets, and the order in which the rest is looked at. */
#include "sim/experiment/plan_study.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define AROUND_MOST 5

const char *const PLAN_TURN_NAMES[] = {"demand", "price", "failures", "needs"};

/* ---- runs ---- */

static Status study_jobs_run(void *self, PlannerJob *jobs, int32_t count)
{
    PlanStudy *study = self;
    PlanRun *runs = malloc(((size_t)count + 1) * sizeof *runs);
    if (runs == NULL) {
        return diagnostics_no_memory(study->evaluator->diagnostics);
    }
    for (int32_t i = 0; i < count; i++) {
        runs[i] =
            (PlanRun){.key = {.demand_ppm = study->demand_ppm, .replication = jobs[i].replication},
                      .value = jobs[i].value};
        plan_counts(study->evaluator->plan, &study->problem, jobs[i].fleet, runs[i].key.count);
    }
    Status status = plan_evaluate(study->evaluator, runs, count);
    free(runs);
    return status;
}

Status plan_study_runs(PlanStudy *study, const PlanKey *key, int32_t from, int32_t runs,
                       double *values)
{
    PlanRun *wanted = malloc(((size_t)runs + 1) * sizeof *wanted);
    if (wanted == NULL) {
        return diagnostics_no_memory(study->evaluator->diagnostics);
    }
    for (int32_t i = 0; i < runs; i++) {
        wanted[i] =
            (PlanRun){.key = *key, .value = &values[(int64_t)i * study->problem.value_count]};
        wanted[i].key.replication = from + i;
    }
    Status status = plan_evaluate(study->evaluator, wanted, runs);
    free(wanted);
    return status;
}

static bool run_meets(const PlannerProblem *problem, const double *value)
{
    bool met = true;
    for (int32_t t = 0; t < problem->target_count; t++) {
        met = met && planner_meets(&problem->targets[t], value[1 + t]);
    }
    return met;
}

/* Means over runs, and whether they are enough. */
static void fleet_sum_up(const PlanStudy *study, const double *values, int32_t runs,
                         PlanFleet *fleet)
{
    const PlannerProblem *problem = &study->problem;
    int32_t met = 0;
    for (int32_t which = 0; which < problem->value_count; which++) {
        double sum = 0.0;
        for (int32_t i = 0; i < runs; i++) {
            sum += values[(int64_t)i * problem->value_count + which];
        }
        fleet->mean[which] = sum / runs;
    }
    for (int32_t i = 0; i < runs; i++) {
        met += run_meets(problem, &values[(int64_t)i * problem->value_count]);
    }
    fleet->runs = runs;
    fleet->miss = -(double)INFINITY;
    for (int32_t t = 0; t < problem->target_count; t++) {
        double miss = planner_miss(&problem->targets[t], fleet->mean[1 + t]);
        bool implied = study->evaluator->bounds[t].text == NULL && miss <= 0.0;
        if (miss > fleet->miss &&
            !implied) { /* what nobody asked for binds only where it is missed */
            fleet->miss = miss;
            fleet->binds = t;
        }
    }
    fleet->meets = problem->confidence > 0.0 ? met >= problem->confidence * runs - 1e-9
                                             : run_meets(problem, fleet->mean);
}

Status plan_study_fleet(PlanStudy *study, const PlanKey *key, PlanFleet *fleet)
{
    int32_t runs = study->problem.replications;
    double *values = malloc((size_t)runs * (size_t)study->problem.value_count * sizeof *values);
    if (values == NULL) {
        return diagnostics_no_memory(study->evaluator->diagnostics);
    }
    Status status = plan_study_runs(study, key, 0, runs, values);
    *fleet = (PlanFleet){0};
    memcpy(fleet->count, key->count, sizeof fleet->count);
    if (status == STATUS_OK) {
        fleet_sum_up(study, values, runs, fleet);
    }
    free(values);
    return status;
}

void plan_fleet_from(const PlanStudy *study, const FleetRecord *record, PlanFleet *fleet)
{
    *fleet = (PlanFleet){0};
    plan_counts(study->evaluator->plan, &study->problem, record->fleet, fleet->count);
    fleet_sum_up(study, record->value, record->runs, fleet);
    bool full = record->runs == study->problem.replications;
    fleet->meets = full && record->state == FLEET_PASSES;
    fleet->discarded = !full;
    fleet->dearer = !full && record->state == FLEET_DEARER;
}

int64_t plan_study_fleet_at(const PlanStudy *study, const int64_t *count)
{
    int32_t at[PLAN_LINES_MAX];
    for (int32_t i = 0; i < study->problem.line_count; i++) {
        const PlanLine *line = &study->evaluator->plan->lines[i];
        at[i] = (int32_t)((count[i] - line->least) / line->lot);
    }
    return planner_fleet_at(&study->problem, at);
}

/* ---- the problem ---- */

/* A bound on what is paid in all is known to be missed before anything runs. */
static double within_budget(const PlanEvaluator *evaluator, double floor)
{
    for (int32_t t = 0; t < evaluator->target_count; t++) {
        const PlannerTarget *target = &evaluator->targets[t];
        if (evaluator->bounds[t].metric == evaluator->values[PLAN_VALUE_COST] && target->at_most &&
            !planner_meets(target, floor)) {
            return (double)INFINITY;
        }
    }
    return floor;
}

static Status problem_fill(PlanStudy *study)
{
    const PlanEvaluator *evaluator = study->evaluator;
    const FleetPlan *plan = evaluator->plan;
    PlannerProblem *problem = &study->problem;
    *problem = (PlannerProblem){.line_count = plan->line_count,
                                .target_count = evaluator->target_count,
                                .targets = evaluator->targets,
                                .value_count = evaluator->value_count,
                                .replications = plan->replications,
                                .confidence = (double)plan->confidence_ppm / GP_PPM,
                                .self = study,
                                .run = study_jobs_run};
    for (int32_t i = 0; i < plan->line_count; i++) {
        problem->steps[i] = (int32_t)plan_line_steps(&plan->lines[i]);
        problem->physical[i] = plan->lines[i].kind == PLAN_NODES;
    }
    int64_t count = planner_fleet_count(problem);
    double *floor = ARENA_ARRAY(study->arena, double, count);
    if (floor == NULL) {
        return diagnostics_no_memory(evaluator->diagnostics);
    }
    for (int64_t fleet = 0; fleet < count; fleet++) {
        int64_t counts[PLAN_LINES_MAX];
        plan_counts(plan, problem, fleet, counts);
        floor[fleet] = within_budget(evaluator, plan_floor(evaluator, counts));
    }
    problem->floor = floor;
    return STATUS_OK;
}

/* ---- the whole ---- */

static Status search_run(PlanStudy *study)
{
    PlannerOptions options = PLANNER_OPTIONS_DEFAULT;
    options.seed = study->evaluator->set->variants[0].seed;
    if (!planner_init(&study->planner, &study->problem, &options, study->arena)) {
        return diagnostics_no_memory(study->evaluator->diagnostics);
    }
    int64_t largest = study->planner.fleet_count - 1;
    Status status = planner_complete(&study->planner, &largest, 1);
    if (status == STATUS_OK) {
        status = planner_search(&study->planner);
    }
    return study->planner.no_memory ? diagnostics_no_memory(study->evaluator->diagnostics) : status;
}

static Status oddities_take(PlanStudy *study)
{
    const Planner *planner = &study->planner;
    PlanResult *result = study->result;
    int32_t kept = planner->violation_count < PLANNER_VIOLATIONS_MAX ? planner->violation_count
                                                                     : PLANNER_VIOLATIONS_MAX;
    result->violation_count = planner->violation_count;
    result->oddities = ARENA_ARRAY(study->arena, PlanOddity, kept);
    if (result->oddities == NULL) {
        return diagnostics_no_memory(study->evaluator->diagnostics);
    }
    for (int32_t i = 0; i < kept; i++) {
        PlanOddity *oddity = &result->oddities[result->oddity_count++];
        oddity->target = planner->violations[i].target;
        plan_counts(result->plan, &study->problem, planner->violations[i].passes, oddity->passes);
        plan_counts(result->plan, &study->problem, planner->violations[i].fails, oddity->fails);
    }
    return STATUS_OK;
}

static void result_begin(const PlanEvaluator *evaluator, PlanResult *result)
{
    const Scenario *scenario = &evaluator->set->variants[0];
    *result = (PlanResult){
        .set = evaluator->set,
        .plan = evaluator->plan,
        .target_count = evaluator->target_count,
        .bounds = evaluator->bounds,
        .targets = evaluator->targets,
        .value_count = evaluator->value_count,
        .values = evaluator->values,
        .value_wait = plan_value_wait(evaluator),
        .value_share = plan_value_share(evaluator),
        .hours = (double)(scenario->horizon_ms - scenario->warmup_ms) / 3600000.0,
    };
}

/* The winner; where there is none, the fleet that came nearest, in full. */
static Status winner_take(PlanStudy *study)
{
    Planner *planner = &study->planner;
    PlanResult *result = study->result;
    result->found = planner->winner >= 0;
    result->grid = planner->fleet_count;
    result->probes = planner->probes;
    const FleetRecord *record =
        result->found ? planner_record(planner, planner->winner) : planner_nearest(planner);
    int64_t fleet = record->fleet;
    Status status = planner_complete(planner, &fleet, 1);
    if (status == STATUS_OK) {
        plan_fleet_from(study, planner_record(planner, fleet), &result->winner);
    }
    return status;
}

/* What is looked at around the winner may find a better one: a fleet that was given up too soon. */
static Status around_run(PlanStudy *study)
{
    Status status = STATUS_OK;
    for (int again = 0; status == STATUS_OK && again < AROUND_MOST; again++) {
        int64_t winner = study->planner.winner;
        status = winner_take(study);
        if (status == STATUS_OK && study->result->found) {
            status = plan_less_find(study);
        }
        if (status == STATUS_OK && study->result->found) {
            status = plan_ties_find(study);
        }
        if (status == STATUS_OK) {
            status = plan_frontier_find(study);
        }
        if (study->planner.winner == winner) {
            break;
        }
    }
    return status;
}

static Status rest_run(PlanStudy *study)
{
    Status status = around_run(study);
    if (status == STATUS_OK && study->result->found) {
        status = plan_confirm_run(study);
    }
    if (status == STATUS_OK && study->result->found) {
        status = plan_sensitivity_run(study);
    }
    if (status == STATUS_OK && study->result->found) {
        status = plan_growth_run(study);
    }
    return status;
}

Status plan_study(PlanEvaluator *evaluator, Arena *arena, PlanResult *result)
{
    PlanStudy study = {.evaluator = evaluator, .arena = arena, .result = result};
    result_begin(evaluator, result);
    Status status =
        evaluator->priced
            ? problem_fill(&study)
            : diagnostics_error(evaluator->diagnostics, evaluator->plan->place, "plan",
                                "for example: cluster.types.h100x8.price: {on_demand: 3 USD/gpu-h}",
                                "nothing has a price, so no fleet is the cheapest");
    if (status == STATUS_OK) {
        status = search_run(&study);
    }
    if (status == STATUS_OK) {
        result->search_runs = study.planner.runs;
        status = rest_run(&study);
    }
    if (status == STATUS_OK) {
        status = oddities_take(&study);
    }
    result->all_runs = evaluator->cache.count;
    if (study.planner.no_memory) {
        return diagnostics_no_memory(evaluator->diagnostics);
    }
    if (status != STATUS_OK) {
        return status;
    }
    bool open = result->found && result->confirm.runs > 0 && !result->confirm.confirmed;
    return !result->found ? STATUS_UNEXPECTED : open ? STATUS_INCONCLUSIVE : STATUS_OK;
}
