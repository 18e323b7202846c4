/* test_planner.c - does the search find what an exhaustive search finds, for a tenth of its runs?
 * Fleets: made_fleets.h; real ones: test_plan_study.c. */
#include <math.h>
#include <stdio.h>

#include "tests/made_fleets.h"
#include "tests/suite.h"

#define CASES_EACH 200

static MadeScore score_of(MadeKind kind, uint64_t first)
{
    MadeScore score = {.dearest = 1.0};
    for (uint64_t seed = first; seed < first + CASES_EACH; seed++) {
        CU_ASSERT_TRUE_FATAL(made_compare(kind, seed, &score));
    }
    printf("\n    %s: optimum in %d of %d, at worst %.2f %% dearer, runs %.1f %% (at most %.1f %%) "
           "of exhaustive, %d violations",
           MADE_NAMES[kind], (int)score.found, (int)score.cases, 100.0 * (score.dearest - 1.0),
           100.0 * score.share_sum / score.cases, 100.0 * score.share_most, (int)score.violations);
    return score;
}

/* Goal: in 98 % of 200 cases the sample optimum, never more than 2 % dearer. */
static void expect_good(const MadeScore *score)
{
    CU_ASSERT(score->found >= CASES_EACH * 98 / 100);
    CU_ASSERT(score->dearest <= 1.02);
    CU_ASSERT_EQUAL(score->wrong, 0);
}

/* Goal: for at most a tenth of the runs of an exhaustive search, too. */
static void test_two_types(void)
{
    MadeScore score = score_of(MADE_TWO_TYPES, 1);
    expect_good(&score);
    CU_ASSERT(score.share_most <= 0.10);
    CU_ASSERT(score.violations > 0); /* or nothing was put to the test */
}

static void test_three_types(void)
{
    MadeScore score = score_of(MADE_THREE_TYPES, 1001);
    expect_good(&score);
}

static void test_band(void)
{
    MadeScore score = score_of(MADE_BAND, 2001);
    expect_good(&score);
    CU_ASSERT(score.none > 0 && score.none < CASES_EACH / 2);
}

static void test_promises(void)
{
    MadeScore score = score_of(MADE_PROMISES, 3001);
    expect_good(&score);
}

/* ---- by hand ---- */

typedef struct Table {
    const double *wait; /* [5] of fleets with 0 .. 4 nodes, in every replication */
    int runs;
} Table;

static Status table_run(void *self, PlannerJob *jobs, int32_t count)
{
    Table *table = self;
    table->runs += count;
    for (int32_t i = 0; i < count; i++) {
        jobs[i].value[0] = 10.0 * (double)jobs[i].fleet;
        jobs[i].value[1] = table->wait[jobs[i].fleet];
    }
    return STATUS_OK;
}

static Status stopped_run(void *self, PlannerJob *jobs, int32_t count)
{
    return table_run(self, jobs, count) == STATUS_OK ? STATUS_INTERRUPTED : STATUS_FAILED;
}

typedef struct Hand {
    Arena arena;
    Table table;
    PlannerTarget target;
    PlannerProblem problem;
    Planner planner;
    Status status;
} Hand;

static const double FLOORS[5] = {0, 10, 20, 30, 40};

static void hand_search(Hand *hand, const double *wait, double confidence)
{
    *hand = (Hand){.table = {.wait = wait},
                   .target = {.at_most = true, .bound = 9, .trend = TREND_MORE_HELPS}};
    hand->problem = (PlannerProblem){.line_count = 1,
                                     .steps = {5},
                                     .physical = {true},
                                     .target_count = 1,
                                     .targets = &hand->target,
                                     .value_count = 2,
                                     .replications = 4,
                                     .confidence = confidence,
                                     .floor = FLOORS,
                                     .self = &hand->table,
                                     .run = table_run};
    PlannerOptions options = PLANNER_OPTIONS_DEFAULT;
    arena_init(&hand->arena);
    CU_ASSERT_TRUE_FATAL(planner_init(&hand->planner, &hand->problem, &options, &hand->arena));
    hand->status = planner_search(&hand->planner);
}

/* Goal: the cheapest of five; none where none is enough, and then the nearest; a value that does
 * not apply, or lies beyond the end of the run, is never enough. */
static void test_by_hand(void)
{
    static const double FALLING[] = {100, 50, 9, 8, 1}, SLOW[] = {100, 50, 40, 30, 20},
                        NEVER[] = {(double)NAN, (double)INFINITY, 10, 9.5, 7},
                        ODD[] = {100, 5, 20, 8, 1};
    Hand hand;
    hand_search(&hand, FALLING, 0.0);
    CU_ASSERT_EQUAL(hand.status, STATUS_OK);
    CU_ASSERT_EQUAL(hand.planner.winner, 2);
    CU_ASSERT_EQUAL(hand.planner.runs, hand.table.runs);
    arena_free(&hand.arena);
    hand_search(&hand, SLOW, 0.0);
    CU_ASSERT_EQUAL(hand.planner.winner, -1);
    CU_ASSERT_EQUAL(planner_nearest(&hand.planner)->fleet, 4);
    arena_free(&hand.arena);
    hand_search(&hand, NEVER, 0.0);
    CU_ASSERT_EQUAL(hand.planner.winner, 4);
    arena_free(&hand.arena);
    hand_search(&hand, FALLING, 0.75);
    CU_ASSERT_EQUAL(hand.planner.winner, 2);
    arena_free(&hand.arena);
    hand_search(&hand, ODD, 0.0); /* 1 node does better than 2: probes see it, and say so */
    CU_ASSERT_EQUAL(hand.planner.winner, 1);
    CU_ASSERT(hand.planner.violation_count > 0);
    CU_ASSERT_EQUAL(hand.planner.violations[0].passes, 1);
    CU_ASSERT_EQUAL(hand.planner.violations[0].fails, 2);
    arena_free(&hand.arena);
}

/* Goal: a run that is stopped stops the search. */
static void test_stopped(void)
{
    static const double FALLING[] = {100, 50, 9, 8, 1};
    Hand hand;
    hand_search(&hand, FALLING, 0.0);
    hand.problem.run = stopped_run;
    PlannerOptions options = PLANNER_OPTIONS_DEFAULT;
    CU_ASSERT_TRUE_FATAL(planner_init(&hand.planner, &hand.problem, &options, &hand.arena));
    CU_ASSERT_EQUAL(planner_search(&hand.planner), STATUS_INTERRUPTED);
    arena_free(&hand.arena);
}

const char *const SUITE = "planner";
const TestCase CASES[] = {
    {"two types by 40 nodes", test_two_types},
    {"three types", test_three_types},
    {"targets that pull apart", test_band},
    {"a line that only costs", test_promises},
    {"by hand", test_by_hand},
    {"stopped", test_stopped},
    {NULL, NULL},
};
