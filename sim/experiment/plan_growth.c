/* plan_growth.c - month by month: the cheapest fleet for a demand that grows, and when to order it.
 *
 * Owned nodes and commitments stay once they are there; nodes that are rented may go. Each month is
 * a search of its own over the same grid and the same replications, and begins with what the month
 * before has shown: a fleet that was too small stays too small.
 */
#include <math.h>
#include <string.h>

#include "sim/experiment/plan_study.h"
#include "sim/scenario/spec.h"

#define HOURS_PER_MONTH 730.0
#define DAYS_PER_MONTH (HOURS_PER_MONTH / 24.0)
#define DAY_MS 86400000.0

static bool line_stays(const PlanStudy *study, int32_t line)
{
    const PlanLine *of = &study->evaluator->plan->lines[line];
    const NodesSpec *entries = study->evaluator->set->spec->cluster.nodes.items;
    if (of->kind == PLAN_COMMITMENT) {
        return true;
    }
    const char *purchase = entries[of->entry].purchase.value;
    return purchase != NULL && strcmp(purchase, PURCHASE_NAMES[PURCHASE_OWNED]) == 0;
}

/* Fleets that would give back what stays are none. */
static double *floors_from(const PlanStudy *study, const int64_t *least)
{
    int64_t count = planner_fleet_count(&study->problem);
    double *floor = ARENA_ARRAY(study->arena, double, count);
    for (int64_t fleet = 0; floor != NULL && fleet < count; fleet++) {
        int64_t counts[PLAN_LINES_MAX];
        plan_counts(study->evaluator->plan, &study->problem, fleet, counts);
        floor[fleet] = study->problem.floor[fleet];
        for (int32_t i = 0; i < study->problem.line_count; i++) {
            if (line_stays(study, i) && counts[i] < least[i]) {
                floor[fleet] = (double)INFINITY;
            }
        }
    }
    return floor;
}

/* Was it too small for less demand already? */
static bool failed_before(void *self, int64_t fleet)
{
    const Planner *before = self;
    if (before->state[fleet] != FLEET_FAILS) {
        return before->state[fleet] == FLEET_PRESUMED;
    }
    return true;
}

static bool all_targets_helped(const PlannerProblem *problem)
{
    bool helped = true;
    for (int32_t t = 0; t < problem->target_count; t++) {
        helped = helped && problem->targets[t].trend == TREND_MORE_HELPS;
    }
    return helped;
}

static void orders_fill(const PlanStudy *study, const PlanMonth *before, PlanMonth *month)
{
    for (int32_t i = 0; i < study->problem.line_count; i++) {
        int64_t change = month->fleet.count[i] - (before != NULL ? before->fleet.count[i] : 0);
        if (before == NULL) {
            change -= study->evaluator->plan->lines[i].least; /* what is there already */
        }
        if (change == 0) {
            continue;
        }
        double lead = change > 0 ? (double)study->evaluator->plan->lines[i].lead_ms / DAY_MS : 0.0;
        month->orders[month->order_count++] =
            (PlanOrder){i, change, month->month * DAYS_PER_MONTH - lead};
    }
}

static void month_close(const PlanStudy *study, const PlanMonth *before, PlanMonth *month)
{
    month->usd_per_month = month->fleet.mean[0] / study->result->hours * HOURS_PER_MONTH;
    if (month->found) {
        orders_fill(study, before, month);
    }
}

/* One month's search; `at` is left with its planner. */
static Status month_search(PlanStudy *at, const PlanMonth *before, const Planner *known,
                           PlanMonth *month)
{
    PlannerOptions options = PLANNER_OPTIONS_DEFAULT;
    options.seed = at->evaluator->set->variants[0].seed;
    options.probes = 8;
    options.random = 2;
    at->demand_ppm = month->demand_ppm;
    double *floor = floors_from(at, before->fleet.count);
    if (floor == NULL) {
        return diagnostics_no_memory(at->evaluator->diagnostics);
    }
    at->problem.floor = floor;
    if (!planner_init(&at->planner, &at->problem, &options, at->arena)) {
        return diagnostics_no_memory(at->evaluator->diagnostics);
    }
    if (all_targets_helped(&at->problem)) {
        Planner copy = *known;
        planner_presume(&at->planner, failed_before, &copy);
    }
    int64_t last = plan_study_fleet_at(at, before->fleet.count);
    Status status = planner_try(&at->planner, &last, 1);
    if (status == STATUS_OK) {
        status = planner_search(&at->planner);
    }
    if (at->planner.no_memory) {
        return diagnostics_no_memory(at->evaluator->diagnostics);
    }
    if (status != STATUS_OK) {
        return status;
    }
    month->found = at->planner.winner >= 0;
    const FleetRecord *record = month->found ? planner_record(&at->planner, at->planner.winner)
                                             : planner_nearest(&at->planner);
    plan_fleet_from(at, record, &month->fleet);
    return STATUS_OK;
}

Status plan_growth_run(PlanStudy *study)
{
    const FleetPlan *plan = study->evaluator->plan;
    PlanResult *result = study->result;
    if (plan->months == 0) {
        return STATUS_OK;
    }
    result->months = ARENA_ARRAY(study->arena, PlanMonth, plan->months + 1);
    if (result->months == NULL) {
        return diagnostics_no_memory(study->evaluator->diagnostics);
    }
    result->months[0] = (PlanMonth){.demand_ppm = GP_PPM, .found = true, .fleet = result->winner};
    month_close(study, NULL, &result->months[0]);
    result->month_count = 1;
    PlanStudy at = *study;
    at.problem.self = &at;
    Planner known = study->planner;
    int64_t demand_ppm = GP_PPM;
    for (int32_t m = 1; m <= plan->months; m++) {
        PlanMonth *month = &result->months[m];
        const PlanMonth *before = &result->months[m - 1];
        demand_ppm = demand_ppm * (GP_PPM + plan->growth_ppm) / GP_PPM;
        *month = (PlanMonth){.month = m, .demand_ppm = demand_ppm};
        at.problem.floor = study->problem.floor;
        Status status = month_search(&at, before, &known, month);
        if (status != STATUS_OK) {
            return status;
        }
        month_close(study, before, month);
        result->month_count = m + 1;
        known = at.planner;
        if (!month->found) {
            break; /* what no fleet can do this month none can next month */
        }
    }
    return STATUS_OK;
}
