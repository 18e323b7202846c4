/* planner_runs.c - what a fleet's replications say, and when enough of them are known. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/experiment/planner.h"

#define MISS_MOST 100.0

bool planner_meets(const PlannerTarget *target, double value)
{
    if (isnan(value)) {
        return false;
    }
    double slack = 1e-9 * fabs(target->bound);
    if (target->strict) {
        return target->at_most ? value < target->bound : value > target->bound;
    }
    return target->at_most ? value <= target->bound + slack : value >= target->bound - slack;
}

double planner_miss(const PlannerTarget *target, double value)
{
    if (isnan(value)) {
        return (double)INFINITY;
    }
    double scale = target->bound != 0.0 ? fabs(target->bound) : 1.0;
    double miss = (target->at_most ? value - target->bound : target->bound - value) / scale;
    return miss;
}

/* ---- records ---- */

static FleetRecord *record_get(Planner *planner, int64_t fleet)
{
    if (planner->record_of[fleet] >= 0) {
        return &planner->records[planner->record_of[fleet]];
    }
    if (planner->record_count == planner->record_capacity) {
        int32_t capacity = planner->record_capacity < 64 ? 64 : 2 * planner->record_capacity;
        FleetRecord *records = ARENA_ARRAY(planner->arena, FleetRecord, capacity);
        if (records == NULL) {
            return NULL;
        }
        if (planner->record_count > 0) {
            memcpy(records, planner->records, (size_t)planner->record_count * sizeof *records);
        }
        planner->records = records;
        planner->record_capacity = capacity;
    }
    const PlannerProblem *problem = planner->problem;
    double *value =
        ARENA_ARRAY(planner->arena, double, (int64_t)problem->replications * problem->value_count);
    if (value == NULL) {
        return NULL;
    }
    FleetRecord *record = &planner->records[planner->record_count];
    *record = (FleetRecord){.fleet = fleet, .value = value, .state = FLEET_UNKNOWN};
    planner->record_of[fleet] = planner->record_count++;
    return record;
}

static double value_at(const PlannerProblem *problem, const FleetRecord *record,
                       int32_t replication, int32_t which)
{
    return record->value[(int64_t)replication * problem->value_count + which];
}

/* Means, and the target that is missed by most. */
static void record_sum_up(const PlannerProblem *problem, FleetRecord *record)
{
    for (int32_t which = 0; which < problem->value_count; which++) {
        double sum = 0.0;
        for (int32_t i = 0; i < record->runs; i++) {
            sum += value_at(problem, record, i, which);
        }
        record->mean[which] = sum / record->runs;
    }
    record->miss = -MISS_MOST;
    record->binds = 0;
    for (int32_t t = 0; t < problem->target_count; t++) {
        double miss = planner_miss(&problem->targets[t], record->mean[1 + t]);
        miss = miss > MISS_MOST ? MISS_MOST : miss;
        if (miss > record->miss) {
            record->miss = miss;
            record->binds = t;
        }
    }
}

/* ---- looks ---- */

typedef struct Spread {
    double mean, half; /* of the mean over all replications, as predicted */
} Spread;

/* From the first `count` of them, minus those of `other` where it is given. */
static Spread predict(const PlannerProblem *problem, const FleetRecord *record,
                      const FleetRecord *other, int32_t which, double risk)
{
    int32_t count = record->runs;
    int32_t all = problem->replications;
    double sum = 0.0;
    for (int32_t i = 0; i < count; i++) {
        double base = other != NULL ? value_at(problem, other, i, which) : 0.0;
        sum += value_at(problem, record, i, which) - base;
    }
    double mean = sum / count;
    double squares = 0.0;
    for (int32_t i = 0; i < count; i++) {
        double base = other != NULL ? value_at(problem, other, i, which) : 0.0;
        double part = value_at(problem, record, i, which) - base - mean;
        squares += part * part;
    }
    Spread spread = {mean + (other != NULL ? other->mean[which] : 0.0), 0.0};
    if (count < all) {
        double deviation = sqrt(squares / (count - 1));
        double left = (double)(all - count) / ((double)count * all);
        spread.half = gsl_cdf_tdist_Qinv(risk, count - 1) * deviation * sqrt(left);
    }
    return spread;
}

/* A fleet near by that ran in full; NULL: none. */
static const FleetRecord *reference_of(const Planner *planner, const FleetRecord *record)
{
    const PlannerProblem *problem = planner->problem;
    const FleetRecord *best = NULL;
    int32_t at[PLAN_LINES_MAX], other[PLAN_LINES_MAX];
    double least = 0.0;
    planner_coordinates(problem, record->fleet, at);
    for (int32_t i = 0; i < planner->record_count; i++) {
        const FleetRecord *one = &planner->records[i];
        if (one == record || one->runs < problem->replications) {
            continue;
        }
        planner_coordinates(problem, one->fleet, other);
        double far = 0.0;
        for (int32_t line = 0; line < problem->line_count; line++) {
            far += (double)abs(at[line] - other[line]) / problem->steps[line];
        }
        if (best == NULL || far < least) {
            best = one;
            least = far;
        }
    }
    return best;
}

/* Is it as good as sure that the mean over all replications misses this target? */
static bool target_is_lost(const Planner *planner, const FleetRecord *record,
                           const FleetRecord *reference, int32_t t)
{
    const PlannerProblem *problem = planner->problem;
    const PlannerTarget *target = &problem->targets[t];
    double mean = record->mean[1 + t];
    if (planner_meets(target, mean)) {
        return false;
    }
    if (isnan(mean) || isinf(mean)) {
        return true; /* whatever the others are */
    }
    if (record->runs < 2) {
        return record->runs == problem->replications;
    }
    double risk = planner->options.risk / 2.0;
    Spread spread = predict(problem, record, NULL, 1 + t, risk);
    if (reference != NULL && isfinite(reference->mean[1 + t])) {
        Spread paired = predict(problem, record, reference, 1 + t, risk);
        spread = isfinite(paired.half) && paired.half < spread.half ? paired : spread;
    }
    double best = target->at_most ? spread.mean - spread.half : spread.mean + spread.half;
    return !planner_meets(target, best);
}

static bool meets_all(const PlannerProblem *problem, const double *value)
{
    bool met = true;
    for (int32_t t = 0; t < problem->target_count; t++) {
        met = met && planner_meets(&problem->targets[t], value[1 + t]);
    }
    return met;
}

/* Replications that may miss a target. */
static int32_t misses_allowed(const PlannerProblem *problem)
{
    double needed = ceil(problem->confidence * problem->replications - 1e-9);
    return problem->replications - (int32_t)needed;
}

/* Is it as good as sure that it costs more than the best? */
static bool costs_more(const Planner *planner, const FleetRecord *record)
{
    if (record->runs < 2 || !isfinite(planner->best) || !isfinite(record->mean[0])) {
        return false;
    }
    Spread cost = predict(planner->problem, record, NULL, 0, planner->options.risk);
    return cost.mean - cost.half > planner->best;
}

static FleetState look(const Planner *planner, const FleetRecord *record)
{
    const PlannerProblem *problem = planner->problem;
    bool full = record->runs == problem->replications;
    if (problem->confidence > 0.0) {
        int32_t missed = 0;
        for (int32_t i = 0; i < record->runs; i++) {
            missed += !meets_all(problem, &record->value[(int64_t)i * problem->value_count]);
        }
        return missed > misses_allowed(problem) ? FLEET_FAILS : full ? FLEET_PASSES : FLEET_UNKNOWN;
    }
    if (full) {
        return meets_all(problem, record->mean) ? FLEET_PASSES : FLEET_FAILS;
    }
    if (costs_more(planner, record)) {
        return FLEET_DEARER;
    }
    const FleetRecord *reference = reference_of(planner, record);
    for (int32_t t = 0; t < problem->target_count; t++) {
        if (target_is_lost(planner, record, reference, t)) {
            return FLEET_FAILS;
        }
    }
    return FLEET_UNKNOWN;
}

/* ---- runs ---- */

/* Brings each of these records to `goal` replications. */
static Status records_run(Planner *planner, FleetRecord **records, int32_t count, int32_t goal)
{
    const PlannerProblem *problem = planner->problem;
    int64_t wanted = 0;
    for (int32_t i = 0; i < count; i++) {
        wanted += goal > records[i]->runs ? goal - records[i]->runs : 0;
    }
    if (wanted == 0) {
        return STATUS_OK;
    }
    PlannerJob *jobs = wanted < INT32_MAX ? malloc((size_t)wanted * sizeof *jobs) : NULL;
    if (jobs == NULL) {
        planner->no_memory = true;
        return STATUS_FAILED;
    }
    int32_t used = 0;
    for (int32_t i = 0; i < count; i++) {
        for (int32_t r = records[i]->runs; r < goal; r++) {
            jobs[used++] = (PlannerJob){records[i]->fleet, r,
                                        &records[i]->value[(int64_t)r * problem->value_count]};
        }
    }
    Status status = problem->run(problem->self, jobs, used);
    free(jobs);
    for (int32_t i = 0; status == STATUS_OK && i < count; i++) {
        records[i]->runs = goal > records[i]->runs ? goal : records[i]->runs;
        record_sum_up(problem, records[i]);
    }
    planner->runs += status == STATUS_OK ? used : 0;
    return status;
}

static int32_t first_look(const Planner *planner)
{
    int32_t all = planner->problem->replications;
    int32_t first = planner->options.first > 0 ? planner->options.first : (all + 4) / 5;
    first = first < 3 ? 3 : first;
    return first < all ? first : all;
}

/* The records of these fleets; false if memory ran out. */
static bool records_get(Planner *planner, const int64_t *fleets, int32_t count, bool probe,
                        FleetRecord **records)
{
    for (int32_t i = 0; i < count; i++) { /* all are there before pointers to them are kept */
        if (record_get(planner, fleets[i]) == NULL) {
            planner->no_memory = true;
            return false;
        }
    }
    for (int32_t i = 0; i < count; i++) {
        records[i] = record_get(planner, fleets[i]);
        records[i]->probe = records[i]->probe || (probe && records[i]->runs == 0);
    }
    return true;
}

Status planner_decide(Planner *planner, const int64_t *fleets, int32_t count, bool probe)
{
    FleetRecord **open = ARENA_ARRAY(planner->arena, FleetRecord *, count);
    if (open == NULL || !records_get(planner, fleets, count, probe, open)) {
        planner->no_memory = true;
        return STATUS_FAILED;
    }
    Status status = STATUS_OK;
    int32_t goal = first_look(planner);
    int32_t left = count;
    while (status == STATUS_OK && left > 0) {
        status = records_run(planner, open, left, goal);
        int32_t kept = 0;
        for (int32_t i = 0; status == STATUS_OK && i < left; i++) {
            open[i]->state = look(planner, open[i]);
            if (open[i]->state == FLEET_UNKNOWN) {
                open[kept++] = open[i];
            }
        }
        left = status == STATUS_OK ? kept : left;
        goal =
            2 * goal < planner->problem->replications ? 2 * goal : planner->problem->replications;
    }
    return status;
}

Status planner_finish(Planner *planner, const int64_t *fleets, int32_t count)
{
    FleetRecord **records = ARENA_ARRAY(planner->arena, FleetRecord *, count);
    if (records == NULL || !records_get(planner, fleets, count, false, records)) {
        planner->no_memory = true;
        return STATUS_FAILED;
    }
    Status status = records_run(planner, records, count, planner->problem->replications);
    for (int32_t i = 0; status == STATUS_OK && i < count; i++) {
        records[i]->state = look(planner, records[i]);
    }
    return status;
}
