/* test_statistics.c - means, deviations and t intervals over replications. */
#include <math.h>
#include <string.h>

#include "sim/experiment/statistics.h"
#include "tests/suite.h"

const char *const SUITE = "statistics";

/* Goal: the 95 % interval is Student's. Method: 1, 2, 3, 4, 5: mean 3, sd sqrt(2.5), t(0.975; 4)
 * = 2.776445 from any table: half width 2.776445 x 1.581139 / 2.236068 = 1.963243. And 10 values
 * with t(0.975; 9) = 2.262157. */
static void interval_is_students(void)
{
    double five[] = {3, 1, 5, 2, 4};
    MetricSummary summary = statistics_summary(five, 5);
    CU_ASSERT_EQUAL(summary.count, 5);
    CU_ASSERT_DOUBLE_EQUAL(summary.mean, 3.0, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(summary.sd, 1.5811388300841898, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(summary.ci_low, 3.0 - 1.963243, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(summary.ci_high, 3.0 + 1.963243, 1e-6);
    double ten[10] = {0, 0, 0, 0, 0, 1, 1, 1, 1, 1}; /* sd = sqrt(2.5 / 9) = 0.527046 */
    summary = statistics_summary(ten, 10);
    CU_ASSERT_DOUBLE_EQUAL(summary.ci_high - summary.mean, 2.262157 * 0.527046 / 3.162278, 1e-6);
}

/* Goal: equal values, or one, have no interval; not a number is left out; nothing left applies to
 * nothing. */
static void edges(void)
{
    double same[] = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1};
    MetricSummary summary = statistics_summary(same, 7);
    CU_ASSERT_EQUAL(summary.sd, 0.0);
    CU_ASSERT_EQUAL(summary.ci_low, 0.1);
    CU_ASSERT_EQUAL(summary.ci_high, summary.mean);
    double one[] = {NAN, 4.0, NAN};
    summary = statistics_summary(one, 3);
    CU_ASSERT_EQUAL(summary.count, 1);
    CU_ASSERT_EQUAL(summary.mean, 4.0);
    CU_ASSERT_EQUAL(summary.sd, 0.0);
    double none[] = {NAN};
    summary = statistics_summary(none, 1);
    CU_ASSERT_EQUAL(summary.count, 0);
    CU_ASSERT(isnan(summary.mean) && isnan(summary.sd) && isnan(summary.ci_low));
}

/* Goal: curves of different length are averaged row by row over those that have the row. Method:
 * two curves, 2 and 3 rows. */
static void curves(void)
{
    Arena arena;
    arena_init(&arena);
    double a[] = {10, 20};
    double b[] = {30, 40, 50};
    int64_t passes[] = {1, 2, 3};
    ReplicationResult replications[2];
    memset(replications, 0, sizeof replications);
    replications[0].curve = (LoadCurve){2, passes, a, a, a, a, a};
    replications[1].curve = (LoadCurve){3, passes, b, b, b, b, b};
    VariantResult variant = {.name = "v", .replication_count = 2, .replications = replications};
    CU_ASSERT_FATAL(statistics_of_variant(&variant, &arena));
    CU_ASSERT_EQUAL_FATAL(variant.mean_curve.count, 3);
    CU_ASSERT_EQUAL(variant.mean_curve.alloc_pct[0], 20.0);
    CU_ASSERT_EQUAL(variant.mean_curve.idle_usd_per_hour[1], 30.0);
    CU_ASSERT_EQUAL(variant.mean_curve.frag_ratio_pct[2], 50.0);
    CU_ASSERT_DOUBLE_EQUAL(variant.sd_curve.frag_amount_pct[1], 14.142135623730951, 1e-12);
    CU_ASSERT_EQUAL(variant.sd_curve.idle_gpus[2], 0.0);
    CU_ASSERT_EQUAL(variant.mean_curve.passes[0], 2);
    CU_ASSERT_EQUAL(variant.mean_curve.passes[2], 3);
    arena_free(&arena);
}

const TestCase CASES[] = {
    {"the interval is Student's t", interval_is_students},
    {"equal values, one value, none", edges},
    {"curves of different length", curves},
    {NULL, NULL},
};
