/* plan_turns.c - demand, prices, failures and needs turned up and down around the winner. */
#include <math.h>
#include <string.h>

#include "sim/experiment/plan_study.h"

static PlanKey turned_key(PlanTurn turn, int64_t ppm, const int64_t *count)
{
    PlanKey key = {.demand_ppm = turn == TURN_DEMAND ? ppm : 0,
                   .failures_ppm = turn == TURN_FAILURES ? ppm : 0,
                   .needs_ppm = turn == TURN_NEEDS ? ppm : 0};
    memcpy(key.count, count, sizeof key.count);
    return key;
}

/* The fleet with so many steps of one line. */
static Status step_try(PlanStudy *study, const PlanEnd *end, PlanTurn turn, int32_t line,
                       int64_t step, PlanFleet *fleet)
{
    const PlanLine *of = &study->evaluator->plan->lines[line];
    int64_t count[PLAN_LINES_MAX];
    memcpy(count, end->winner.count, sizeof count);
    count[line] = of->least + step * of->lot;
    PlanKey key = turned_key(turn, end->ppm, count);
    return plan_study_fleet(study, &key, fleet);
}

/* Are the targets met that more nodes hurt, such as a utilisation? */
static bool not_too_large(const PlanStudy *study, const PlanFleet *fleet)
{
    bool met = true;
    for (int32_t t = 0; t < study->problem.target_count; t++) {
        const PlannerTarget *target = &study->problem.targets[t];
        met =
            met && (target->trend != TREND_MORE_HURTS || planner_meets(target, fleet->mean[1 + t]));
    }
    return met;
}

/* The most steps of this line that are not too many, by bisection; -1: there are none. */
static Status line_most(PlanStudy *study, const PlanEnd *end, PlanTurn turn, int32_t line,
                        int64_t *most, PlanFleet *fleet)
{
    int64_t too_many = plan_line_steps(&study->evaluator->plan->lines[line]);
    int64_t middle = too_many - 1;
    *most = -1;
    while (too_many - *most > 1) {
        PlanFleet tried;
        Status status = step_try(study, end, turn, line, middle, &tried);
        if (status != STATUS_OK) {
            return status;
        }
        if (not_too_large(study, &tried)) {
            *most = middle;
            *fleet = tried;
        } else {
            too_many = middle;
        }
        middle = *most + (too_many - *most) / 2;
    }
    return STATUS_OK;
}

/* The fewest steps of this line that are enough, the others as they are: by bisection, since more
 * nodes mostly help. *then changes if that is cheaper than what is there. */
static Status line_bisect(PlanStudy *study, PlanTurn turn, int32_t line, PlanEnd *end)
{
    const PlanLine *of = &study->evaluator->plan->lines[line];
    int64_t at = (end->winner.count[line] - of->least) / of->lot;
    int64_t high = at;
    int64_t low = -1; /* too few */
    PlanFleet best = end->winner, tried;
    if (!best.meets) {
        Status status = line_most(study, end, turn, line, &high, &best);
        if (status != STATUS_OK || high < 0 || !best.meets) {
            return status;
        }
        low = high > at ? at : -1;
    }
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        Status status = step_try(study, end, turn, line, middle, &tried);
        if (status != STATUS_OK) {
            return status;
        }
        if (tried.meets) {
            high = middle;
            best = tried;
        } else {
            low = middle;
        }
    }
    if (!end->found || best.mean[0] < end->then.mean[0]) {
        end->then = best;
        end->found = true;
    }
    return STATUS_OK;
}

static Status end_run(PlanStudy *study, PlanTurn turn, int64_t ppm, PlanEnd *end)
{
    *end = (PlanEnd){.ppm = ppm};
    PlanKey key = turned_key(turn, ppm, study->result->winner.count);
    Status status = plan_study_fleet(study, &key, &end->winner);
    for (int32_t i = 0; status == STATUS_OK && i < study->problem.line_count; i++) {
        if (study->problem.physical[i]) {
            status = line_bisect(study, turn, i, end);
        }
    }
    return status;
}

/* Prices change what fleets cost and nothing that they do. */
static void end_price(PlanStudy *study, int32_t line, int64_t ppm, PlanEnd *end)
{
    const PlanEvaluator *evaluator = study->evaluator;
    double factor = (double)ppm / GP_PPM;
    *end = (PlanEnd){.ppm = ppm, .winner = study->result->winner};
    end->winner.mean[0] += plan_price_change(evaluator, end->winner.count, line, factor);
    end->then = end->winner;
    end->found = true;
    for (int32_t i = 0; i < study->planner.record_count; i++) {
        const FleetRecord *record = &study->planner.records[i];
        if (record->state != FLEET_PASSES) {
            continue;
        }
        PlanFleet fleet;
        plan_fleet_from(study, record, &fleet);
        fleet.mean[0] += plan_price_change(evaluator, fleet.count, line, factor);
        if (fleet.mean[0] < end->then.mean[0]) {
            end->then = fleet;
        }
    }
}

static Status turn_run(PlanStudy *study, PlanTurn turn, int64_t ppm)
{
    PlanResult *result = study->result;
    Status status = STATUS_OK;
    if (ppm == 0) {
        return STATUS_OK;
    }
    if (turn != TURN_PRICE) {
        PlanSensitivity *row = &result->sensitivity[result->sensitivity_count];
        *row = (PlanSensitivity){.turn = turn, .line = -1};
        status = end_run(study, turn, GP_PPM - ppm, &row->end[0]);
        if (status == STATUS_OK) {
            status = end_run(study, turn, GP_PPM + ppm, &row->end[1]);
        }
        result->sensitivity_count += status == STATUS_OK;
        return status;
    }
    for (int32_t line = 0; line < study->problem.line_count; line++) {
        PlanSensitivity *row = &result->sensitivity[result->sensitivity_count++];
        *row = (PlanSensitivity){.turn = turn, .line = line};
        end_price(study, line, GP_PPM - ppm, &row->end[0]);
        end_price(study, line, GP_PPM + ppm, &row->end[1]);
    }
    return STATUS_OK;
}

Status plan_sensitivity_run(PlanStudy *study)
{
    const FleetPlan *plan = study->evaluator->plan;
    const Scenario *scenario = &study->evaluator->set->variants[0];
    int32_t most = 3 + plan->line_count;
    study->result->sensitivity = ARENA_ARRAY(study->arena, PlanSensitivity, most);
    if (study->result->sensitivity == NULL) {
        return diagnostics_no_memory(study->evaluator->diagnostics);
    }
    Status status = turn_run(study, TURN_DEMAND, plan->demand_ppm);
    if (status == STATUS_OK) {
        status = turn_run(study, TURN_PRICE, plan->price_ppm);
    }
    if (status == STATUS_OK && scenario->failures != NULL) {
        status = turn_run(study, TURN_FAILURES, plan->failures_ppm);
    }
    if (status == STATUS_OK && scenario->models.need_count > 0) {
        status = turn_run(study, TURN_NEEDS, plan->needs_ppm);
    }
    return status;
}
