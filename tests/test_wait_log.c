/* test_wait_log.c - why jobs waited, from when to when, and when each could first have started. */
#include <string.h>

#include "core/world.h"
#include "sim/experiment/run_one.h"
#include "tests/small_scenario.h"

const char *const SUITE = "wait_log";

static ReplicationResult run(SmallScenario *small)
{
    Diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    ReplicationResult result;
    RunOptions options = {.keep_jobs = true};
    CU_ASSERT_EQUAL_FATAL(run_one(&small->scenario, &options, &small->arena, &diagnostics, &result),
                          STATUS_OK);
    diagnostics_free(&diagnostics);
    return result;
}

typedef struct Expected {
    int32_t job; /* -1: of the class of class_of */
    int32_t class_of;
    int64_t from_s, to_s;
    IntervalState state;
    JobReason reason;
    int detail; /* 1 + dimension or rule; of a run: cause */
    int32_t excluded_gpu;
} Expected;

/* Is there exactly one such row? */
static void check_row(const ReplicationResult *result, const Expected *expected)
{
    const IntervalColumns *rows = result->intervals;
    int found = 0;
    for (int32_t i = 0; i < rows->count; i++) {
        found += rows->job[i] == expected->job &&
                 rows->job_class[i] == result->jobs->job_class[expected->class_of] &&
                 rows->from_ms[i] == expected->from_s * 1000 &&
                 rows->to_ms[i] == expected->to_s * 1000 && rows->state[i] == expected->state &&
                 rows->reason[i] == expected->reason && rows->detail[i] == expected->detail &&
                 rows->excluded[GP_DIMENSION_GPU][i] == expected->excluded_gpu;
    }
    CU_ASSERT_EQUAL(found, 1);
}

/* 4 GPUs, nobody passes the head. A 2 GPUs 0..100 s; B wants 4 from 1 s on; C and D 2 each from 2
 * and 3 s on; E 4 from 120 s on. B runs 100..150, C and D 150..160, E 160..170. */
static void story(SmallScenario *small)
{
    small_open(small, 1, 4, "strict", "first-fit");
    small_job(small, "A", 0, 100, 1, 2);
    small_job(small, "B", 1, 50, 1, 4);
    small_job(small, "C", 2, 10, 1, 2);
    small_job(small, "D", 3, 10, 1, 2);
    small_job(small, "E", 120, 10, 1, 4);
}

/* Goal: rows of classes say what held their jobs up, rows of jobs how long they waited. Method: B
 * lacks GPUs; C and D would fit beside A until B takes all, then they lack GPUs. A is of the class
 * of C and D, and never waits. */
static void reasons(void)
{
    SmallScenario small;
    story(&small);
    ReplicationResult result = run(&small);
    enum { A, B, C, D, E };
    const Expected EXPECTED[] = {
        {-1, B, 1, 100, INTERVAL_WAITING, REASON_SHORT, 1 + GP_DIMENSION_GPU, 1},
        {-1, C, 2, 100, INTERVAL_WAITING, REASON_BLOCKED, 1 + BLOCK_HEAD_OF_LINE, 0},
        {-1, C, 100, 150, INTERVAL_WAITING, REASON_SHORT, 1 + GP_DIMENSION_GPU, 1},
        {-1, E, 120, 160, INTERVAL_WAITING, REASON_SHORT, 1 + GP_DIMENSION_GPU, 1},
        {B, B, 1, 100, INTERVAL_WAITING, REASON_SHORT, 1 + GP_DIMENSION_GPU, 0},
        {C, C, 2, 150, INTERVAL_WAITING, REASON_SHORT, 1 + GP_DIMENSION_GPU, 0},
        {D, D, 3, 150, INTERVAL_WAITING, REASON_SHORT, 1 + GP_DIMENSION_GPU, 0},
        {E, E, 120, 160, INTERVAL_WAITING, REASON_SHORT, 1 + GP_DIMENSION_GPU, 0},
    };
    CU_ASSERT_PTR_NOT_NULL_FATAL(result.intervals);
    CU_ASSERT_EQUAL(result.intervals->count, 8);
    for (size_t i = 0; i < sizeof EXPECTED / sizeof EXPECTED[0]; i++) {
        check_row(&result, &EXPECTED[i]);
    }
    CU_ASSERT_STRING_EQUAL(result.jobs->reason[A], "");
    CU_ASSERT_STRING_EQUAL(result.jobs->reason[C], "short.gpu");
    small_close(&small);
}

/* Goal: when each could first have started had it been alone. Method: A at once; B when A ends; C
 * and D as they come, the rule is all that holds them up; E at 150 s, when B ends, though C and D
 * take the GPUs in that very instant. */
static void first_fits(void)
{
    SmallScenario small;
    story(&small);
    ReplicationResult result = run(&small);
    static const int64_t EXPECTED_S[] = {0, 100, 2, 3, 150};
    static const int64_t STARTS_S[] = {0, 100, 150, 150, 160};
    for (int job = 0; job < 5; job++) {
        CU_ASSERT_EQUAL(result.jobs->first_fit_ms[job], EXPECTED_S[job] * 1000);
        CU_ASSERT_EQUAL(result.jobs->start_ms[job], STARTS_S[job] * 1000);
    }
    small_close(&small);
}

/* Goal: of jobs that come in one instant each is alone. Method: two jobs of 4 GPUs at 0 s; a third
 * of 8 never fits and is rejected. The second starts at 10 s and could have at 0 s. */
static void one_instant(void)
{
    SmallScenario small;
    small_open(&small, 1, 4, "skip", "first-fit");
    small_job(&small, "a", 0, 10, 1, 4);
    small_job(&small, "b", 0, 10, 1, 4);
    small_job(&small, "c", 0, 10, 1, 8);
    ReplicationResult result = run(&small);
    CU_ASSERT_EQUAL(result.jobs->start_ms[1], 10000);
    CU_ASSERT_EQUAL(result.jobs->first_fit_ms[1], 0);
    CU_ASSERT_EQUAL(result.jobs->first_fit_ms[2], TIME_NEVER);
    CU_ASSERT_STRING_EQUAL(result.jobs->reason[2], "too_large.gpu");
    small_close(&small);
}

/* Goal: what still waits in the end has its rows, too. Method: the story until 130 s. */
static void cut_by_the_horizon(void)
{
    SmallScenario small;
    story(&small);
    small.scenario.horizon_ms = 130000;
    ReplicationResult result = run(&small);
    check_row(&result,
              &(Expected){2, 2, 2, 130, INTERVAL_WAITING, REASON_SHORT, 1 + GP_DIMENSION_GPU, 0});
    check_row(&result, &(Expected){-1, 4, 120, 130, INTERVAL_WAITING, REASON_SHORT,
                                   1 + GP_DIMENSION_GPU, 1});
    CU_ASSERT_STRING_EQUAL(result.jobs->reason[2], "short.gpu");
    CU_ASSERT_EQUAL(result.jobs->first_fit_ms[4], TIME_NEVER);
    small_close(&small);
}

const TestCase CASES[] = {
    {"reasons of classes, waits of jobs", reasons},
    {"first fits, each job alone", first_fits},
    {"jobs of one instant", one_instant},
    {"cut by the horizon", cut_by_the_horizon},
    {NULL, NULL},
};
