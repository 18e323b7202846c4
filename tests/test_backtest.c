/* test_backtest.c - errors, correlations, skills and means over steps, worked out by hand. */
#include <math.h>

#include "sim/experiment/backtest.h"
#include "sim/experiment/time_bins.h"
#include "tests/suite.h"

const char *const SUITE = "backtest";

/* Goal: sizes at their borders. Method: the classes' definition. */
static void test_sizes(void)
{
    static const struct {
        int64_t milli;
        BacktestSize size;
    } ROWS[] = {{0, BACKTEST_SIZE_NONE},   {1, BACKTEST_SIZE_SHARE},    {999, BACKTEST_SIZE_SHARE},
                {1000, BACKTEST_SIZE_ONE}, {1001, BACKTEST_SIZE_FEW},   {2000, BACKTEST_SIZE_FEW},
                {7999, BACKTEST_SIZE_FEW}, {8000, BACKTEST_SIZE_EIGHT}, {8001, BACKTEST_SIZE_MORE}};
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        CU_ASSERT_EQUAL(backtest_size(ROWS[i].milli), ROWS[i].size);
    }
}

/* Goal: the figures of waits. Method: recorded 0 10 20 30, simulated 10 0 40 20. Means 15 and 17.5;
 * 90 % at 2.7 between the order statistics: 20 + 0.7 x 10 and 20 + 0.7 x 20. Errors 10 10 20 10:
 * mean 12.5, median 10. Ranks 1 2 3 4 and 2 1 4 3: Spearman 1 - 6 x 4 / (4 x 15) = 0.6. */
static void test_waits(void)
{
    const double recorded[] = {0, 10, 20, 30}, simulated[] = {10, 0, 40, 20};
    BacktestWaits row = {.name = "all"};
    CU_ASSERT_TRUE(backtest_waits(recorded, simulated, 4, &row));
    CU_ASSERT_EQUAL(row.jobs, 4);
    CU_ASSERT_DOUBLE_EQUAL(row.recorded.median, 15, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(row.recorded.p90, 27, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(row.recorded.mean, 15, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(row.simulated.median, 15, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(row.simulated.p90, 34, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(row.simulated.mean, 17.5, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(row.median_error, 10, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(row.mean_error, 12.5, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(row.naive_error, 15, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(row.correlation, 0.6, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(row.skill, 1 - 12.5 / 15, 1e-12);
}

/* Goal: what cannot be known is not a number. Method: no jobs; nothing waited; one side constant.
 */
static void test_waits_unknown(void)
{
    const double zero[] = {0, 0}, some[] = {0, 4};
    BacktestWaits row = {.name = "all"};
    CU_ASSERT_TRUE(backtest_waits(zero, some, 0, &row));
    CU_ASSERT_EQUAL(row.jobs, 0);
    CU_ASSERT_TRUE(isnan(row.recorded.mean) && isnan(row.skill) && isnan(row.correlation));
    CU_ASSERT_TRUE(backtest_waits(zero, some, 2, &row));
    CU_ASSERT_DOUBLE_EQUAL(row.mean_error, 2, 1e-12);
    CU_ASSERT_TRUE(isnan(row.skill) && isnan(row.correlation));
    CU_ASSERT_TRUE(backtest_waits(some, zero, 2, &row)); /* the naive predictor itself: skill 0 */
    CU_ASSERT_DOUBLE_EQUAL(row.skill, 0, 1e-12);
    CU_ASSERT_TRUE(isnan(row.correlation));
}

/* Goal: a series against a better and a worse one. Method: recorded 1 2 3, simulated 2 3 4 (error
 * 1, correlation 1), naive 3 2 1 (error 4/3, correlation -1): skill 1 - 3/4. */
static void test_series(void)
{
    const double recorded[] = {1, 2, 3}, simulated[] = {2, 3, 4}, naive[] = {3, 2, 1};
    BacktestSeries series;
    backtest_series(recorded, simulated, naive, 3, &series);
    CU_ASSERT_EQUAL(series.steps, 3);
    CU_ASSERT_DOUBLE_EQUAL(series.recorded, 2, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(series.simulated, 3, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(series.error, 1, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(series.naive_error, 4.0 / 3, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(series.correlation, 1, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(series.naive_correlation, -1, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(series.skill, 0.25, 1e-12);
    backtest_series(recorded, simulated, naive, 0, &series);
    CU_ASSERT_EQUAL(series.steps, 0);
    CU_ASSERT_TRUE(isnan(series.skill));
}

/* Goal: means over steps, wherever spans begin and end. Method: random spans, added up millisecond
 * by millisecond; steps of 7 ms in windows of 1 to 40 ms. */
static void test_bins(void)
{
    uint32_t state = 12345;
    for (int64_t end = 1; end <= 40; end++) {
        Arena arena;
        TimeBins bins;
        int64_t amount_at[40] = {0};
        double mean[6];
        arena_init(&arena);
        CU_ASSERT_EQUAL(time_bins_needed(7, end), (end + 6) / 7);
        CU_ASSERT_TRUE_FATAL(time_bins_init(&bins, &arena, 7, end));
        for (int i = 0; i < 30; i++) {
            state = state * 1664525u + 1013904223u;
            int64_t from = (int64_t)(state >> 8) % 50 - 5, length = (int64_t)(state >> 20) % 50;
            int64_t amount = (int64_t)(state >> 28) - 4;
            time_bins_add(&bins, from, from + length, amount);
            for (int64_t t = 0; t < end; t++) {
                amount_at[t] += t >= from && t < from + length ? amount : 0;
            }
        }
        time_bins_add(&bins, 3, INT64_MAX, 2); /* for ever */
        time_bins_means(&bins, mean);
        for (int32_t step = 0; step < bins.count; step++) {
            int64_t sum = 0, count = 0;
            for (int64_t t = 7 * step; t < 7 * (step + 1) && t < end; t++) {
                sum += amount_at[t] + (t >= 3 ? 2 : 0);
                count++;
            }
            CU_ASSERT_DOUBLE_EQUAL(mean[step], (double)sum / (double)count, 1e-9);
        }
        arena_free(&arena);
    }
}

const TestCase CASES[] = {
    {"size classes", test_sizes},
    {"waits", test_waits},
    {"waits that say nothing", test_waits_unknown},
    {"series", test_series},
    {"means over steps", test_bins},
    {NULL, NULL},
};
