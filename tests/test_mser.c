/* test_mser.c - MSER-5 on series whose beginnings are known, and the series of a run. */
#include <math.h>

#include "sim/experiment/mser.h"
#include "sim/experiment/run_one.h"
#include "tests/small_scenario.h"

const char *const SUITE = "mser";

#define STEPS_MAX 2000

/* Each value five times: its batch mean is itself. */
static Mser of_batches(const double *batches, int32_t count)
{
    double values[STEPS_MAX];
    for (int32_t i = 0; i < count * MSER_BATCH; i++) {
        values[i] = batches[i / MSER_BATCH];
    }
    return mser5(values, count * MSER_BATCH);
}

/* Goal: the cut by hand. Method: batch means 10 4 1 2 1 2 1 2 1 2 1 2. Squared distances of what
 * remains over its number squared: cut 1: eleven values, 90 / 11 = 8.18 / 121 = 0.0676; cut 2: ten
 * values, 2.5 / 100 = 0.025; cut 3: nine, 20 / 9 / 81 = 0.0274; cut 4: 2 / 64 = 0.0313; from there
 * on it grows. */
static void cut_by_hand(void)
{
    static const double BATCHES[] = {10, 4, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2};
    Mser found = of_batches(BATCHES, 12);
    CU_ASSERT_EQUAL(found.batches, 12);
    CU_ASSERT_EQUAL(found.cut, 2);
    CU_ASSERT_FALSE(found.rejected);
}

/* Goal: a known beginning is found where it ends. Method: 100 batches; 20 of 0, then 9 and 11 in
 * turn. Cutting one of the 80 less adds (10 - 0)^2 x 80 / 81 to 80, one more takes about 1 of 80
 * away and a whole value of the 80: the least is at 20. And the other way round, from above. */
static void step_is_found(void)
{
    double batches[100];
    for (int side = 0; side < 2; side++) {
        for (int i = 0; i < 100; i++) {
            batches[i] = i < 20 ? 20.0 * side : 9.0 + 2.0 * (i % 2);
        }
        Mser found = of_batches(batches, 100);
        CU_ASSERT_EQUAL(found.cut, 20);
        CU_ASSERT_FALSE(found.rejected);
    }
}

/* Goal: what is steady is left alone; what never settles is refused. Method: equal values have the
 * error 0 at every cut: the first is taken. A line through n values has squared distances n (n^2 -
 * 1) / 12, over n^2 that is (n^2 - 1) / (12 n), which grows with n: the shortest tail, five
 * batches, wins, in the second half. */
static void steady_and_never_steady(void)
{
    double batches[40];
    for (int i = 0; i < 40; i++) {
        batches[i] = 7.0;
    }
    Mser found = of_batches(batches, 40);
    CU_ASSERT_EQUAL(found.cut, 0);
    CU_ASSERT_FALSE(found.rejected);
    for (int i = 0; i < 40; i++) {
        batches[i] = i;
    }
    found = of_batches(batches, 40);
    CU_ASSERT_EQUAL(found.cut, 35);
    CU_ASSERT_TRUE(found.rejected);
}

/* Goal: half is still allowed, one more is not; nine batches say nothing. Method: k batches of 0
 * and then 40 - k of 9 and 11 in turn. */
static void second_half(void)
{
    double batches[40];
    for (int begin = 20; begin <= 22; begin += 2) {
        for (int i = 0; i < 40; i++) {
            batches[i] = i < begin ? 0.0 : 9.0 + 2.0 * (i % 2);
        }
        Mser found = of_batches(batches, 40);
        CU_ASSERT_EQUAL(found.cut, begin);
        CU_ASSERT_EQUAL(found.rejected, begin > 20);
    }
    CU_ASSERT_EQUAL(of_batches(batches, 9).batches, 9);
    CU_ASSERT_FALSE(of_batches(batches, 9).rejected);
}

/* Goal: batches are of five, and what is left of the last one is not looked at. Method: 52 values
 * of which the first five are 10 0 10 0 5, mean 5 as all others, and the last two are wild. */
static void batches_of_five(void)
{
    double values[52];
    for (int i = 0; i < 52; i++) {
        values[i] = i < 50 ? 5.0 : 1e6;
    }
    values[0] = values[2] = 10.0;
    values[1] = values[3] = 0.0;
    Mser found = mser5(values, 52);
    CU_ASSERT_EQUAL(found.batches, 10);
    CU_ASSERT_EQUAL(found.cut, 0);
}

/* Goal: the series of a run by hand, and advice from two replications. Method: 4 GPUs, horizon 100
 * s, so steps of 1 s. One GPU is taken at 0 s and a second at 10.5 s: 1 in steps 0..9, 1.5 in step
 * 10, 2 after. In batches: 1, 1, 1.9, 2 ... The least error is after the third: 0. */
static void series_of_a_run(void)
{
    SmallScenario small;
    small_open(&small, 1, 4, "skip", "first-fit");
    small_job(&small, "a", 0, -1, 1, 1);
    small_job(&small, "b", 0, -1, 1, 1)->submit_ms = 10500;
    small.scenario.horizon_ms = 100000;
    Diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    ReplicationResult results[2];
    RunOptions options = {0};
    for (int r = 0; r < 2; r++) {
        CU_ASSERT_EQUAL_FATAL(
            run_one(&small.scenario, &options, &small.arena, &diagnostics, &results[r]), STATUS_OK);
    }
    const AllocationSeries *series = &results[0].allocation;
    CU_ASSERT_EQUAL_FATAL(series->count, 100);
    CU_ASSERT_EQUAL(series->step_ms, 1000);
    CU_ASSERT_DOUBLE_EQUAL(series->gpus[9], 1.0, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(series->gpus[10], 1.5, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(series->gpus[99], 2.0, 1e-12);
    VariantResult variant = {.replication_count = 2, .replications = results};
    CU_ASSERT_TRUE(mser_of_variant(&variant, &small.arena));
    CU_ASSERT_TRUE(variant.mser.known);
    CU_ASSERT_EQUAL(variant.mser.batches, 20);
    CU_ASSERT_EQUAL(variant.mser.step_ms, 5000);
    CU_ASSERT_EQUAL(variant.mser.warmup_ms, 15000);
    /* a replication whose steps are twice as long, and which is shorter by a fifth */
    double coarse[40];
    for (int i = 0; i < 40; i++) {
        coarse[i] = i < 5 ? 1.0 : 2.0;
    }
    results[1].allocation = (AllocationSeries){.count = 40, .step_ms = 2000, .gpus = coarse};
    CU_ASSERT_TRUE(mser_of_variant(&variant, &small.arena));
    CU_ASSERT_EQUAL(variant.mser.batches, 8);
    CU_ASSERT_FALSE(variant.mser.known);
    diagnostics_free(&diagnostics);
    small_close(&small);
}

/* Goal: where the end is not known the steps double, and stay the series of the same run. Method:
 * one GPU for 1000 s of a run to its end: steps of 1 s double twice, at 480 s and 960 s: of 4 s,
 * 250 of them. A second GPU from 250 s to 750 s: 1, 2 and 1 again, 1.5 in the steps 62 and 187 that
 * it cuts in half. */
static void steps_double(void)
{
    SmallScenario small;
    small_open(&small, 1, 4, "skip", "first-fit");
    small_job(&small, "a", 0, 1000, 1, 1);
    small_job(&small, "b", 250, 500, 1, 1);
    Diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    ReplicationResult result;
    RunOptions options = {0};
    CU_ASSERT_EQUAL_FATAL(run_one(&small.scenario, &options, &small.arena, &diagnostics, &result),
                          STATUS_OK);
    const AllocationSeries *series = &result.allocation;
    CU_ASSERT_EQUAL(series->step_ms, 4000);
    CU_ASSERT_EQUAL_FATAL(series->count, 250);
    for (int32_t step = 0; step < 250; step++) {
        double expected = step == 62 || step == 187 ? 1.5 : step > 62 && step < 187 ? 2.0 : 1.0;
        CU_ASSERT_DOUBLE_EQUAL(series->gpus[step], expected, 1e-12);
    }
    diagnostics_free(&diagnostics);
    small_close(&small);
}

const TestCase CASES[] = {
    {"cut by hand", cut_by_hand},
    {"step is found", step_is_found},
    {"steady and never steady", steady_and_never_steady},
    {"second half", second_half},
    {"batches of five", batches_of_five},
    {"series of a run", series_of_a_run},
    {"steps double", steps_double},
    {NULL, NULL},
};
