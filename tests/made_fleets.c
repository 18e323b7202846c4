/* made_fleets.c - the fleets, the search that looks at all of them, and the comparison. */
#include "tests/made_fleets.h"

#include <math.h>
#include <stdlib.h>

#include "core/rng.h"

const char *const MADE_NAMES[MADE_KIND_COUNT] = {"two types by 40 nodes", "three types by 7",
                                                 "two targets that pull apart, 13 x 13",
                                                 "two types by 12 and a commitment in 5 steps"};

typedef struct Made {
    MadeKind kind;
    uint64_t seed;
    PlannerProblem problem;
    double capacity[PLAN_LINES_MAX], price[PLAN_LINES_MAX];
    double load, slope;                /* the wait is 1 where capacity is `load`, and falls by e in
                                        * `slope` */
    double common[MADE_REPLICATIONS];  /* of the logarithm, for all fleets */
    double weather[MADE_REPLICATIONS]; /* likewise, of use and of what is paid beyond the floor */
    double own;                        /* deviation of each fleet's own luck */
    double ripple;                     /* of a fleet's mean, whatever the replication */
    double comb;    /* fleets whose second line is not a multiple of 4 wait so much longer */
    double surplus; /* paid beyond the floor, as a share of it */
    int64_t runs;
} Made;

static double uniform(uint64_t seed, uint32_t what, uint32_t n)
{
    DrawAddress address = {seed, 0, PURPOSE_TEST, what};
    return ((double)(rng_u64(address, n) >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(uint64_t seed, uint32_t what, uint32_t n)
{
    return sqrt(-2.0 * log(uniform(seed, what, 2 * n))) *
           cos(6.283185307179586 * uniform(seed, what, 2 * n + 1));
}

static double between(uint64_t seed, uint32_t n, double low, double high)
{
    return low + (high - low) * uniform(seed, 9, n);
}

/* ---- a fleet ---- */

static double made_capacity(const Made *made, const int32_t *at)
{
    double capacity = 0.0;
    for (int32_t line = 0; line < made->problem.line_count; line++) {
        capacity += made->problem.physical[line] ? made->capacity[line] * at[line] : 0.0;
    }
    return capacity;
}

/* A promise covers three nodes of the first line a step, at two thirds of their price. */
static double made_floor(const Made *made, int64_t fleet)
{
    int32_t at[PLAN_LINES_MAX];
    double cost = 0.0;
    planner_coordinates(&made->problem, fleet, at);
    for (int32_t line = 0; line < made->problem.line_count; line++) {
        cost += made->problem.physical[line] ? made->price[line] * at[line] : 0.0;
    }
    if (made->kind == MADE_PROMISES) {
        double covered = fmin(at[0], 3.0 * at[2]) * made->price[0];
        cost += 2.0 * at[2] * made->price[0] - covered;
    }
    return cost;
}

static void made_run(const Made *made, int64_t fleet, int32_t replication, double *value)
{
    int32_t at[PLAN_LINES_MAX];
    planner_coordinates(&made->problem, fleet, at);
    double capacity = made_capacity(made, at);
    int64_t runs = fleet; /* fleets that differ in what they cost alone run alike */
    if (made->kind == MADE_PROMISES) {
        runs = (int64_t)at[0] * 64 + at[1];
    }
    double wait = (made->load - capacity) / made->slope + made->common[replication];
    wait += made->own * normal(made->seed, 2, (uint32_t)(runs * 64 + replication));
    wait += made->ripple > 0.0 ? made->ripple * normal(made->seed, 3, (uint32_t)runs) : 0.0;
    wait += at[1] % 4 != 0 ? made->comb : 0.0;
    value[0] =
        made_floor(made, fleet) * (1.0 + made->surplus * (1.0 + 0.2 * made->weather[replication]));
    value[1] = exp(wait);
    if (made->problem.target_count > 1) {
        double use = capacity > 0.0 ? made->load / capacity : 2.0;
        value[2] = use * exp(0.05 * made->weather[replication]);
    }
}

static Status run_jobs(void *self, PlannerJob *jobs, int32_t count)
{
    Made *made = self;
    for (int32_t i = 0; i < count; i++) {
        made_run(made, jobs[i].fleet, jobs[i].replication, jobs[i].value);
    }
    made->runs += count;
    return STATUS_OK;
}

/* ---- a case ---- */

static const PlannerTarget TARGETS[] = {
    {.at_most = true, .bound = 1.0, .trend = TREND_MORE_HELPS},
    {.at_most = false, .bound = 0.95, .trend = TREND_MORE_HURTS}};

/* A third are monotone but for luck, a third have fleets that are worse than smaller ones at
 * random, a third in a pattern. */
static void made_random(MadeKind kind, uint64_t seed, Made *made)
{
    static const int32_t LINES[MADE_KIND_COUNT] = {2, 3, 2, 3};
    static const int32_t STEPS[MADE_KIND_COUNT] = {41, 8, 13, 13};
    *made = (Made){.kind = kind, .seed = seed};
    made->problem = (PlannerProblem){.line_count = LINES[kind],
                                     .target_count = kind == MADE_BAND ? 2 : 1,
                                     .targets = TARGETS,
                                     .value_count = kind == MADE_BAND ? 3 : 2,
                                     .replications = MADE_REPLICATIONS,
                                     .self = made,
                                     .run = run_jobs};
    double largest = 0.0;
    for (int32_t line = 0; line < LINES[kind]; line++) {
        bool promise = kind == MADE_PROMISES && line == 2;
        made->problem.steps[line] = promise ? 5 : STEPS[kind];
        made->problem.physical[line] = !promise;
        made->capacity[line] = between(seed, (uint32_t)line, 0.5, 1.5);
        made->price[line] = made->capacity[line] * between(seed, 10 + (uint32_t)line, 0.7, 1.4);
        largest += promise ? 0.0 : made->capacity[line] * (STEPS[kind] - 1);
    }
    made->load = largest * between(seed, 20, 0.15, 0.85);
    made->slope = largest * between(seed, 21, 0.02, 0.12);
    double common = between(seed, 22, 0.1, 0.6);
    for (uint32_t r = 0; r < MADE_REPLICATIONS; r++) {
        made->common[r] = common * normal(seed, 1, r);
        made->weather[r] = normal(seed, 4, r);
    }
    made->own = between(seed, 23, 0.02, 0.15);
    made->ripple = seed % 3 == 1 ? between(seed, 24, 0.02, 0.15) : 0.0;
    made->comb = seed % 3 == 2 ? between(seed, 25, 0.05, 0.3) : 0.0;
    made->surplus = kind == MADE_PROMISES ? between(seed, 26, 0.02, 0.15) : 0.0;
}

/* ---- both ways ---- */

/* The sample optimum, by looking at every fleet. -1: none. */
static int64_t exhaustive(const Made *made, double *best)
{
    const PlannerProblem *problem = &made->problem;
    int64_t winner = -1;
    for (int64_t fleet = 0; fleet < planner_fleet_count(problem); fleet++) {
        double sum[PLANNER_VALUES_MAX] = {0}, value[PLANNER_VALUES_MAX];
        for (int32_t r = 0; r < problem->replications; r++) {
            made_run(made, fleet, r, value);
            for (int32_t i = 0; i < problem->value_count; i++) {
                sum[i] += value[i];
            }
        }
        bool met = true;
        for (int32_t t = 0; t < problem->target_count; t++) {
            met = met && planner_meets(&problem->targets[t], sum[1 + t] / problem->replications);
        }
        double cost = sum[0] / problem->replications;
        if (met && (winner < 0 || cost < *best)) {
            winner = fleet;
            *best = cost;
        }
    }
    return winner;
}

static void score_take(const Made *made, const Planner *planner, MadeScore *score)
{
    double best = 0.0;
    int64_t wanted = exhaustive(made, &best);
    bool found = planner->winner >= 0;
    score->cases++;
    score->wrong += (wanted >= 0) != found;
    score->none += wanted < 0 && !found;
    if (wanted >= 0 && found) {
        double ratio = planner->best / best;
        score->found += ratio <= 1.0 + 1e-9;
        score->dearest = ratio > score->dearest ? ratio : score->dearest;
    } else {
        score->found += wanted < 0 && !found;
    }
    double all = (double)planner->fleet_count * made->problem.replications;
    double share = (double)planner->runs / all;
    score->share_sum += share;
    score->share_most = share > score->share_most ? share : score->share_most;
    score->violations += planner->violation_count;
}

bool made_compare(MadeKind kind, uint64_t seed, MadeScore *score)
{
    Made made;
    made_random(kind, seed, &made);
    int64_t count = planner_fleet_count(&made.problem);
    double *floor = malloc((size_t)count * sizeof *floor);
    if (floor == NULL) {
        return false;
    }
    for (int64_t fleet = 0; fleet < count; fleet++) {
        floor[fleet] = made_floor(&made, fleet);
    }
    made.problem.floor = floor;
    Arena arena;
    Planner planner;
    PlannerOptions options = PLANNER_OPTIONS_DEFAULT;
    arena_init(&arena);
    bool done = planner_init(&planner, &made.problem, &options, &arena) &&
                planner_search(&planner) == STATUS_OK && planner.runs == made.runs;
    if (done) {
        score_take(&made, &planner, score);
    }
    arena_free(&arena);
    free(floor);
    return done;
}
