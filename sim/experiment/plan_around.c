/* plan_around.c - around the winner: one lot less, fleets that cost as much, fresh luck, the
 * frontier of cost against wait. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/experiment/plan_study.h"
#include "sim/experiment/statistics.h"

#define CONFIDENCE 0.95
#define TIES_TRIED 8    /* fleets in the zone that the search had no reason to run */
#define FRONTIER_RUN 16 /* fleets of the frontier that are run in full */

static Status no_memory(PlanStudy *study)
{
    return diagnostics_no_memory(study->evaluator->diagnostics);
}

/* ---- one lot less ---- */

Status plan_less_find(PlanStudy *study)
{
    PlanResult *result = study->result;
    int32_t lines = study->problem.line_count;
    int64_t fleets[PLAN_LINES_MAX];
    int32_t count = 0;
    result->less_count = 0;
    result->less = ARENA_ARRAY(study->arena, PlanLess, lines);
    if (result->less == NULL) {
        return no_memory(study);
    }
    for (int32_t i = 0; i < lines; i++) {
        PlanLess *less = &result->less[result->less_count++];
        int64_t counts[PLAN_LINES_MAX];
        memcpy(counts, result->winner.count, sizeof counts);
        counts[i] -= result->plan->lines[i].lot;
        *less = (PlanLess){.line = i, .possible = counts[i] >= result->plan->lines[i].least};
        int64_t fleet = less->possible ? plan_study_fleet_at(study, counts) : -1;
        if (fleet >= 0 && isinf(study->problem.floor[fleet])) {
            less->possible = false; /* no node would be left */
        } else if (fleet >= 0) {
            fleets[count++] = fleet;
        }
    }
    Status status = planner_complete(&study->planner, fleets, count);
    count = 0;
    for (int32_t i = 0; status == STATUS_OK && i < lines; i++) {
        if (result->less[i].possible) {
            plan_fleet_from(study, planner_record(&study->planner, fleets[count++]),
                            &result->less[i].fleet);
        }
    }
    return status;
}

/* ---- ties ---- */

Status plan_ties_find(PlanStudy *study)
{
    Planner *planner = &study->planner;
    PlanResult *result = study->result;
    double zone = result->winner.mean[0] * (1.0 + (double)result->plan->indifference_ppm / GP_PPM);
    int64_t fleets[TIES_TRIED];
    int32_t count = 0;
    for (int64_t i = 0; i < planner->fleet_count && count < TIES_TRIED; i++) {
        int64_t fleet = planner->by_floor[i];
        if (planner->state[fleet] == FLEET_UNKNOWN && study->problem.floor[fleet] <= zone) {
            fleets[count++] = fleet;
        }
    }
    Status status = planner_complete(planner, fleets, count);
    if (status != STATUS_OK) {
        return status;
    }
    result->tie_count = 0;
    result->ties = ARENA_ARRAY(study->arena, PlanFleet, planner->record_count);
    if (result->ties == NULL) {
        return no_memory(study);
    }
    for (int32_t i = 0; i < planner->record_count; i++) {
        const FleetRecord *record = &planner->records[i];
        if (record->state == FLEET_PASSES && record->fleet != planner->winner &&
            record->mean[0] <= zone) {
            plan_fleet_from(study, record, &result->ties[result->tie_count++]);
        }
    }
    return STATUS_OK;
}

/* ---- fresh replications ---- */

/* Clopper and Pearson, Biometrika 26 (1934), 404-413: exact, if a little wide. */
static void share_interval(int32_t met, int32_t runs, double *low, double *high)
{
    double tail = (1.0 - CONFIDENCE) / 2.0;
    *low = met == 0 ? 0.0 : gsl_cdf_beta_Pinv(tail, met, runs - met + 1);
    *high = met == runs ? 1.0 : gsl_cdf_beta_Qinv(tail, met + 1, runs - met);
}

static void confirm_sum_up(const PlanStudy *study, const double *values, double *scratch,
                           PlanConfirm *confirm)
{
    const PlannerProblem *problem = &study->problem;
    int32_t runs = confirm->runs;
    for (int32_t i = 0; i < runs; i++) {
        bool met = true;
        for (int32_t t = 0; t < problem->target_count; t++) {
            met = met && planner_meets(&problem->targets[t],
                                       values[(int64_t)i * problem->value_count + 1 + t]);
        }
        confirm->met += met;
    }
    confirm->probability = (double)confirm->met / runs;
    share_interval(confirm->met, runs, &confirm->low, &confirm->high);
    for (int32_t which = 0; which < problem->value_count; which++) {
        for (int32_t i = 0; i < runs; i++) {
            scratch[i] = values[(int64_t)i * problem->value_count + which];
        }
        confirm->value[which] = statistics_summary(scratch, runs);
    }
    confirm->confirmed = true;
    for (int32_t t = 0; t < problem->target_count; t++) {
        confirm->confirmed =
            confirm->confirmed && planner_meets(&problem->targets[t], confirm->value[1 + t].mean);
    }
    if (problem->confidence > 0.0) {
        confirm->confirmed = confirm->met >= problem->confidence * runs - 1e-9;
    }
}

Status plan_confirm_run(PlanStudy *study)
{
    PlanResult *result = study->result;
    int32_t runs = result->plan->confirm;
    if (runs == 0) {
        return STATUS_OK;
    }
    double *values =
        ARENA_ARRAY(study->arena, double, (int64_t)runs *(study->problem.value_count + 1));
    if (values == NULL) {
        return no_memory(study);
    }
    PlanKey key = {0};
    memcpy(key.count, result->winner.count, sizeof key.count);
    Status status = plan_study_runs(study, &key, study->problem.replications, runs, values);
    if (status == STATUS_OK) {
        result->confirm.runs = runs;
        confirm_sum_up(study, values, &values[(int64_t)runs * study->problem.value_count],
                       &result->confirm);
    }
    return status;
}

/* ---- the frontier ---- */

static int cheaper(const void *a, const void *b)
{
    const PlanFleet *one = a, *other = b;
    if (one->mean[0] != other->mean[0]) {
        return one->mean[0] < other->mean[0] ? -1 : 1;
    }
    return memcmp(one->count, other->count, sizeof one->count) < 0 ? -1 : 1;
}

/* Who turns large jobs away has short waits, which are nothing to choose from. */
static bool turns_away(const PlanResult *result, const PlanFleet *fleet)
{
    for (int32_t t = 0; t < result->target_count; t++) {
        if (result->bounds[t].text == NULL &&
            !planner_meets(&result->targets[t], fleet->mean[1 + t])) {
            return true;
        }
    }
    return false;
}

/* All that ran, cheapest first, and which of them are on the frontier. */
static void fleets_collect(PlanStudy *study)
{
    const Planner *planner = &study->planner;
    PlanResult *result = study->result;
    result->fleet_count = 0;
    for (int32_t i = 0; i < planner->record_count; i++) {
        const FleetRecord *record = &planner->records[i];
        if (record->runs > 0 && isfinite(record->mean[0])) {
            plan_fleet_from(study, record, &result->fleets[result->fleet_count++]);
        }
    }
    qsort(result->fleets, (size_t)result->fleet_count, sizeof *result->fleets, cheaper);
    result->frontier_count = 0;
    double least = (double)INFINITY;
    for (int32_t i = 0; i < result->fleet_count; i++) {
        double wait = result->fleets[i].mean[result->value_wait];
        if (isfinite(wait) && wait < least && !turns_away(result, &result->fleets[i])) {
            least = wait;
            result->frontier[result->frontier_count++] = i;
        }
    }
}

Status plan_frontier_find(PlanStudy *study)
{
    PlanResult *result = study->result;
    int32_t most = study->planner.record_count;
    result->fleets = ARENA_ARRAY(study->arena, PlanFleet, most);
    result->frontier = ARENA_ARRAY(study->arena, int32_t, most);
    if (result->fleets == NULL || result->frontier == NULL) {
        return no_memory(study);
    }
    fleets_collect(study);
    int64_t fleets[FRONTIER_RUN];
    int32_t count = 0;
    for (int32_t i = result->frontier_count - 1; i >= 0 && count < FRONTIER_RUN; i--) {
        const PlanFleet *fleet = &result->fleets[result->frontier[i]];
        if (fleet->discarded) { /* means of few replications stand beside those of many */
            fleets[count++] = plan_study_fleet_at(study, fleet->count);
        }
    }
    Status status = planner_complete(&study->planner, fleets, count);
    if (status == STATUS_OK) {
        fleets_collect(study);
    }
    return status;
}
