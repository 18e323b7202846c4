/* planner.c - which fleets are worth a run: the search over the grid of counts. */
#include "sim/experiment/planner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/rng.h"

/* ---- the grid ---- */

int64_t planner_fleet_count(const PlannerProblem *problem)
{
    int64_t count = 1;
    for (int32_t line = 0; line < problem->line_count; line++) {
        count *= problem->steps[line];
    }
    return count;
}

void planner_coordinates(const PlannerProblem *problem, int64_t fleet, int32_t at[PLAN_LINES_MAX])
{
    for (int32_t line = problem->line_count - 1; line >= 0; line--) {
        at[line] = (int32_t)(fleet % problem->steps[line]);
        fleet /= problem->steps[line];
    }
}

int64_t planner_fleet_at(const PlannerProblem *problem, const int32_t *at)
{
    int64_t fleet = 0;
    for (int32_t line = 0; line < problem->line_count; line++) {
        fleet = fleet * problem->steps[line] + at[line];
    }
    return fleet;
}

/* Has `small` at most as much of everything that runs as `large`? */
static bool is_within(const PlannerProblem *problem, const int32_t *small, const int32_t *large)
{
    for (int32_t line = 0; line < problem->line_count; line++) {
        if (problem->physical[line] && small[line] > large[line]) {
            return false;
        }
    }
    return true;
}

/* ---- beginning ---- */

static int floor_compare(const void *a, const void *b, void *floors)
{
    const double *floor = floors;
    int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;
    if (floor[one] != floor[other]) {
        return floor[one] < floor[other] ? -1 : 1;
    }
    return one < other ? -1 : one > other;
}

bool planner_init(Planner *planner, const PlannerProblem *problem, const PlannerOptions *options,
                  Arena *arena)
{
    int64_t count = planner_fleet_count(problem);
    *planner = (Planner){.problem = problem,
                         .options = *options,
                         .arena = arena,
                         .fleet_count = count,
                         .winner = -1,
                         .best = (double)INFINITY};
    planner->state = ARENA_ARRAY(arena, uint8_t, count);
    planner->record_of = ARENA_ARRAY(arena, int32_t, count);
    planner->witness = ARENA_ARRAY(arena, int32_t, count);
    planner->by_floor = ARENA_ARRAY(arena, int64_t, count);
    planner->unknown = ARENA_ARRAY(arena, int32_t, count);
    planner->above = ARENA_ARRAY(arena, int32_t, count);
    if (arena->failed) {
        return false;
    }
    int64_t stride = 1;
    for (int32_t line = problem->line_count - 1; line >= 0; line--) {
        planner->stride[line] = stride;
        stride *= problem->steps[line];
    }
    for (int64_t fleet = 0; fleet < count; fleet++) {
        planner->record_of[fleet] = -1;
        planner->witness[fleet] = -1;
        planner->by_floor[fleet] = fleet;
    }
    double *floors = ARENA_ARRAY(arena, double, count);
    if (floors == NULL) {
        return false;
    }
    memcpy(floors, problem->floor, (size_t)count * sizeof *floors);
    qsort_r(planner->by_floor, (size_t)count, sizeof *planner->by_floor, floor_compare, floors);
    return true;
}

const FleetRecord *planner_record(const Planner *planner, int64_t fleet)
{
    int32_t record = planner->record_of[fleet];
    return record >= 0 ? &planner->records[record] : NULL;
}

const FleetRecord *planner_nearest(const Planner *planner)
{
    const FleetRecord *best = NULL;
    for (int32_t i = 0; i < planner->record_count; i++) {
        const FleetRecord *one = &planner->records[i];
        if (best == NULL || one->miss < best->miss ||
            (one->miss == best->miss && one->mean[0] < best->mean[0])) {
            best = one;
        }
    }
    return best;
}

void planner_presume(Planner *planner, bool (*fails)(void *self, int64_t fleet), void *self)
{
    for (int64_t fleet = 0; fleet < planner->fleet_count; fleet++) {
        if (planner->state[fleet] == FLEET_UNKNOWN && fails(self, fleet)) {
            planner->state[fleet] = FLEET_PRESUMED;
        }
    }
}

/* ---- what a run teaches ---- */

#define PRICED_LEAST 6
#define SURPLUS_PART 0.9

double planner_floor(const Planner *planner, int64_t fleet)
{
    double floor = planner->problem->floor[fleet];
    bool known = planner->priced >= PRICED_LEAST && planner->surplus > 0.0 && floor > 0.0;
    return known ? floor * (1.0 + SURPLUS_PART * planner->surplus) : floor;
}

static void surplus_learn(Planner *planner, const FleetRecord *record)
{
    double floor = planner->problem->floor[record->fleet];
    if (floor > 0.0 && isfinite(floor) && isfinite(record->mean[0])) {
        double surplus = record->mean[0] / floor - 1.0;
        planner->surplus =
            planner->priced == 0 || surplus < planner->surplus ? surplus : planner->surplus;
        planner->priced++;
    }
}

static bool is_open(const Planner *planner, int64_t fleet)
{
    double floor = planner_floor(planner, fleet);
    return planner->state[fleet] == FLEET_UNKNOWN && floor < planner->best && isfinite(floor);
}

/* The targets that a failed fleet misses say something of others. */
static void presume_from(Planner *planner, int32_t index)
{
    const PlannerProblem *problem = planner->problem;
    const FleetRecord *record = &planner->records[index];
    bool helps = false, hurts = false;
    for (int32_t t = 0; t < problem->target_count; t++) {
        bool missed = !planner_meets(&problem->targets[t], record->mean[1 + t]);
        helps = helps || (missed && problem->targets[t].trend == TREND_MORE_HELPS);
        hurts = hurts || (missed && problem->targets[t].trend == TREND_MORE_HURTS);
    }
    int32_t at[PLAN_LINES_MAX], other[PLAN_LINES_MAX];
    planner_coordinates(problem, record->fleet, at);
    for (int64_t fleet = 0; (helps || hurts) && fleet < planner->fleet_count; fleet++) {
        if (planner->state[fleet] != FLEET_UNKNOWN) {
            continue;
        }
        planner_coordinates(problem, fleet, other);
        if ((helps && is_within(problem, other, at)) || (hurts && is_within(problem, at, other))) {
            planner->state[fleet] = FLEET_PRESUMED;
            planner->witness[fleet] = index;
        }
    }
}

static void violation_note(Planner *planner, const FleetRecord *passes, const FleetRecord *fails)
{
    const PlannerProblem *problem = planner->problem;
    int32_t small[PLAN_LINES_MAX], large[PLAN_LINES_MAX];
    planner_coordinates(problem, passes->fleet, small);
    planner_coordinates(problem, fails->fleet, large);
    for (int32_t t = 0; t < problem->target_count; t++) {
        PlannerTrend trend = problem->targets[t].trend;
        bool missed = !planner_meets(&problem->targets[t], fails->mean[1 + t]);
        bool against = (trend == TREND_MORE_HELPS && is_within(problem, small, large)) ||
                       (trend == TREND_MORE_HURTS && is_within(problem, large, small));
        if (missed && against) {
            if (planner->violation_count < PLANNER_VIOLATIONS_MAX) {
                planner->violations[planner->violation_count] =
                    (PlannerViolation){passes->fleet, fails->fleet, t};
            }
            planner->violation_count++;
            return;
        }
    }
}

/* Fleets that have just been decided: states, the winner so far, presumptions, contradictions. */
static void learn(Planner *planner, const int64_t *fleets, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        int32_t index = planner->record_of[fleets[i]];
        const FleetRecord *record = &planner->records[index];
        planner->state[fleets[i]] = (uint8_t)record->state;
        surplus_learn(planner, record);
        for (int32_t k = 0; k < planner->record_count; k++) {
            const FleetRecord *other = &planner->records[k];
            bool older = k < index; /* each pair once */
            if (older && record->state == FLEET_PASSES && other->state == FLEET_FAILS) {
                violation_note(planner, record, other);
            } else if (older && record->state == FLEET_FAILS && other->state == FLEET_PASSES) {
                violation_note(planner, other, record);
            }
        }
        if (record->state == FLEET_FAILS) {
            presume_from(planner, index);
        } else if (record->state != FLEET_PASSES) {
            continue;
        } else if (record->mean[0] < planner->best ||
                   (record->mean[0] == planner->best && record->fleet < planner->winner)) {
            planner->best = record->mean[0];
            planner->winner = record->fleet;
        }
    }
}

/* ---- which fleet next ---- */

/* Sums over all cells with at most (upwards: at least) as much of everything that runs. */
static void sums_fill(const Planner *planner, const uint8_t *left_out, bool upwards, int32_t *sum)
{
    const PlannerProblem *problem = planner->problem;
    for (int64_t fleet = 0; fleet < planner->fleet_count; fleet++) {
        sum[fleet] = is_open(planner, fleet) && left_out[fleet] == 0;
    }
    for (int32_t line = 0; line < problem->line_count; line++) {
        int64_t stride = planner->stride[line];
        int32_t steps = problem->steps[line];
        for (int64_t i = 0; i < planner->fleet_count; i++) {
            int64_t fleet = upwards ? planner->fleet_count - 1 - i : i;
            int32_t at = (int32_t)(fleet / stride % steps);
            bool first = upwards ? at == steps - 1 : at == 0;
            if (!first) {
                sum[fleet] += sum[upwards ? fleet + stride : fleet - stride];
            }
        }
        /* What only costs does not tell fleets apart: all of the column have its whole sum. */
        for (int64_t i = 0; !problem->physical[line] && i < planner->fleet_count; i++) {
            int64_t fleet = upwards ? i : planner->fleet_count - 1 - i;
            int32_t at = (int32_t)(fleet / stride % steps);
            bool last = upwards ? at == 0 : at == steps - 1;
            if (!last) {
                sum[fleet] = sum[upwards ? fleet - stride : fleet + stride];
            }
        }
    }
}

static bool some_trend(const PlannerProblem *problem, PlannerTrend trend)
{
    bool found = false;
    for (int32_t t = 0; t < problem->target_count; t++) {
        found = found || problem->targets[t].trend == trend;
    }
    return found;
}

/* The open fleet that leaves the fewest fleets open, whatever comes out: those that cost as much or
 * more go if it passes, those that have less (more) of everything if it fails. -1: none is open. */
static int64_t pick(const Planner *planner, const uint8_t *left_out)
{
    const PlannerProblem *problem = planner->problem;
    bool helps = some_trend(problem, TREND_MORE_HELPS);
    bool hurts = some_trend(problem, TREND_MORE_HURTS);
    if (helps) {
        sums_fill(planner, left_out, false, planner->unknown);
    }
    if (hurts) {
        sums_fill(planner, left_out, true, planner->above);
    }
    int64_t best = -1;
    int64_t best_gain = -1;
    int64_t dearer = 0;
    for (int64_t i = planner->fleet_count - 1; i >= 0; i--) {
        int64_t fleet = planner->by_floor[i];
        if (!is_open(planner, fleet) || left_out[fleet] != 0) {
            continue;
        }
        dearer++;
        int64_t gain = dearer;
        if (helps && planner->unknown[fleet] < gain) {
            gain = planner->unknown[fleet];
        }
        if (hurts && planner->above[fleet] < gain) {
            gain = planner->above[fleet];
        }
        if (!helps && !hurts) {
            gain = dearer; /* nothing is known of failures: the cheapest first */
        }
        if (gain > best_gain || (gain == best_gain && !helps && !hurts)) {
            best_gain = gain;
            best = fleet;
        }
    }
    return best;
}

/* Up to `width` fleets that do not speak of the same ones. */
static int32_t round_pick(const Planner *planner, uint8_t *left_out, int64_t *fleets)
{
    const PlannerProblem *problem = planner->problem;
    int32_t at[PLAN_LINES_MAX], other[PLAN_LINES_MAX];
    int32_t count = 0;
    memset(left_out, 0, (size_t)planner->fleet_count);
    while (count < planner->options.width) {
        int64_t fleet = pick(planner, left_out);
        if (fleet < 0) {
            break;
        }
        fleets[count++] = fleet;
        planner_coordinates(problem, fleet, at);
        for (int64_t i = 0; i < planner->fleet_count; i++) {
            planner_coordinates(problem, i, other);
            if (is_within(problem, other, at) || is_within(problem, at, other)) {
                left_out[i] = 1;
            }
        }
    }
    return count;
}

#define WIDTH_MOST 64

static Status round_run(Planner *planner, const int64_t *fleets, int32_t count, bool probe)
{
    Status status = planner_decide(planner, fleets, count, probe);
    if (status == STATUS_OK) {
        learn(planner, fleets, count);
    }
    return status;
}

Status planner_try(Planner *planner, const int64_t *fleets, int32_t count)
{
    return round_run(planner, fleets, count, false);
}

Status planner_complete(Planner *planner, const int64_t *fleets, int32_t count)
{
    Status status = planner_finish(planner, fleets, count);
    for (int32_t i = 0; status == STATUS_OK && i < count; i++) {
        if (planner->state[fleets[i]] != planner_record(planner, fleets[i])->state) {
            learn(planner, &fleets[i], 1);
        }
    }
    return status;
}

static Status open_fleets_run(Planner *planner, uint8_t *scratch)
{
    int64_t fleets[WIDTH_MOST];
    for (;;) {
        int32_t count = round_pick(planner, scratch, fleets);
        if (count == 0) {
            return STATUS_OK;
        }
        Status status = round_run(planner, fleets, count, false);
        if (status != STATUS_OK) {
            return status;
        }
    }
}

/* ---- probes ---- */

static bool is_probed(const Planner *planner, int64_t fleet)
{
    double floor = planner_floor(planner, fleet);
    return planner->state[fleet] == FLEET_PRESUMED && isfinite(floor) && floor < planner->best;
}

/* How far a fleet that was not run may be from its targets: the misses of those that were, by the
 * square of their distance in steps. */
static double miss_expected(const Planner *planner, int64_t fleet)
{
    const PlannerProblem *problem = planner->problem;
    int32_t at[PLAN_LINES_MAX], other[PLAN_LINES_MAX];
    double sum = 0.0, weights = 0.0;
    planner_coordinates(problem, fleet, at);
    for (int32_t i = 0; i < planner->record_count; i++) {
        const FleetRecord *record = &planner->records[i];
        planner_coordinates(problem, record->fleet, other);
        double square = 0.0;
        for (int32_t line = 0; line < problem->line_count; line++) {
            double far = problem->physical[line] ? at[line] - other[line] : 0.0;
            square += far * far;
        }
        double weight = 1.0 / ((square + 0.01) * (square + 0.01));
        double miss = record->miss > 1.0 ? 1.0 : record->miss < -1.0 ? -1.0 : record->miss;
        sum += weight * miss;
        weights += weight;
    }
    return weights > 0.0 ? sum / weights : 0.0;
}

/* The presumed failures below the best cost that come nearest to their targets. */
static int32_t probes_near(const Planner *planner, int32_t wanted, int64_t *fleets)
{
    double miss[WIDTH_MOST];
    int32_t count = 0;
    for (int64_t fleet = 0; fleet < planner->fleet_count; fleet++) {
        if (!is_probed(planner, fleet)) {
            continue;
        }
        double expected = miss_expected(planner, fleet);
        int32_t place = count;
        while (place > 0 && expected < miss[place - 1]) {
            place--;
        }
        if (place >= wanted) {
            continue;
        }
        count = count < wanted ? count + 1 : count;
        for (int32_t i = count - 1; i > place; i--) {
            miss[i] = miss[i - 1];
            fleets[i] = fleets[i - 1];
        }
        miss[place] = expected;
        fleets[place] = fleet;
    }
    return count;
}

/* Any of them. */
static int32_t probes_random(const Planner *planner, int32_t round, int32_t wanted, int64_t *fleets)
{
    int64_t there = 0;
    for (int64_t fleet = 0; fleet < planner->fleet_count; fleet++) {
        there += is_probed(planner, fleet);
    }
    int32_t count = 0;
    for (int32_t i = 0; i < wanted && there > 0; i++) {
        DrawAddress address = {planner->options.seed, 0, PURPOSE_PLAN_PROBE, (uint32_t)round};
        int64_t rank = (int64_t)(rng_u64(address, (uint32_t)i) % (uint64_t)there);
        int64_t fleet = 0;
        for (int64_t seen = -1; fleet < planner->fleet_count; fleet++) {
            seen += is_probed(planner, fleet);
            if (seen == rank) {
                break;
            }
        }
        bool known = false;
        for (int32_t k = 0; k < count; k++) {
            known = known || fleets[k] == fleet;
        }
        if (!known) {
            fleets[count++] = fleet;
        }
    }
    return count;
}

/* Presumptions are put to the test. Where one falls, as many probes again go to what is near. */
static Status probes_run(Planner *planner)
{
    int64_t grid = planner->fleet_count;
    int32_t near = planner->options.probes;
    int32_t random = planner->options.random;
    near = near >= 0 ? near : (int32_t)(24 + grid / 28 > 512 ? 512 : 24 + grid / 28);
    random = random >= 0 ? random : (int32_t)(4 + grid / 200 > 32 ? 32 : 4 + grid / 200);
    int64_t fleets[WIDTH_MOST];
    int32_t width = planner->options.width;
    int32_t round = 0;
    while (near > 0 || random > 0) {
        bool any = near <= 0;
        int32_t left = any ? random : near;
        int32_t wanted = left < width ? left : width;
        int32_t count = any ? probes_random(planner, round++, wanted, fleets)
                            : probes_near(planner, wanted, fleets);
        if (count == 0) {
            return STATUS_OK;
        }
        double best = planner->best;
        Status status = round_run(planner, fleets, count, true);
        if (status != STATUS_OK) {
            return status;
        }
        planner->probes += count;
        near -= any ? 0 : count;
        random -= any ? wanted : 0;
        if (planner->best < best) {
            near += 2 * width;
        }
    }
    return STATUS_OK;
}

Status planner_search(Planner *planner)
{
    if (planner->options.width < 1 || planner->options.width > WIDTH_MOST) {
        planner->options.width = planner->options.width < 1 ? 1 : WIDTH_MOST;
    }
    uint8_t *scratch = ARENA_ARRAY(planner->arena, uint8_t, planner->fleet_count);
    if (scratch == NULL) {
        planner->no_memory = true;
        return STATUS_FAILED;
    }
    Status status = open_fleets_run(planner, scratch);
    return status == STATUS_OK ? probes_run(planner) : status;
}
