/* test_statistics.c - means, deviations and t intervals over replications. */
#include <math.h>
#include <string.h>

#include "sim/experiment/statistics.h"
#include "sim/experiment/wait_quantiles.h"
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
    double beyond[] = {1.0, INFINITY, NAN}; /* one wait that never ended: no mean is long enough */
    summary = statistics_summary(beyond, 3);
    CU_ASSERT(summary.count == 2 && isinf(summary.mean) && isnan(summary.sd));
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

/* Goal: quantiles of waits are Kaplan-Meier's. Method: the leukaemia remissions of Freireich et al.
 * (Blood 1963), the method's textbook case (Collett, Modelling Survival Data; R's MASS::gehan): 21
 * under 6-MP, in weeks: 6 6 6 7 10 13 16 22 23 ended; 6 9 10 11 17 19 20 25 32 32 34 35 still ran.
 * Published: the median is 23 weeks, S(6) = 0.857, S(7) = 0.807, and S ends at 0.448. */
static void waits_by_kaplan_meier(void)
{
    static const int64_t ENDED[] = {23, 22, 16, 13, 10, 7, 6, 6, 6};
    static const int64_t RAN_ON[] = {6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35};
    Wait waits[21];
    int32_t count = 0;
    for (size_t i = 0; i < sizeof RAN_ON / sizeof RAN_ON[0]; i++) {
        waits[count++] = (Wait){RAN_ON[i], false};
    }
    for (size_t i = 0; i < sizeof ENDED / sizeof ENDED[0]; i++) {
        waits[count++] = (Wait){ENDED[i], true};
    }
    CU_ASSERT_EQUAL_FATAL(count, 21);
    waits_sort(waits, count);
    CU_ASSERT_EQUAL(wait_quantile_ms(waits, count, 500000), 23.0);
    CU_ASSERT_EQUAL(wait_quantile_ms(waits, count, 142000), 6.0); /* 1 - 0.857 = 0.143 */
    CU_ASSERT_EQUAL(wait_quantile_ms(waits, count, 144000), 7.0);
    CU_ASSERT_EQUAL(wait_quantile_ms(waits, count, 192000), 7.0); /* 1 - 0.807 = 0.193 */
    CU_ASSERT_EQUAL(wait_quantile_ms(waits, count, 194000), 10.0);
    CU_ASSERT_EQUAL(wait_quantile_ms(waits, count, 551000), 23.0); /* 1 - 0.448 = 0.552 */
    CU_ASSERT(isinf(wait_quantile_ms(waits, count, 553000)));
    CU_ASSERT(isnan(wait_quantile_ms(waits, 0, 500000)));
}

/* Goal: with nobody censored they are plain order statistics. Method: 20 waits 1..20: half have
 * started within 10, 95 % within 19, 99 % only within 20. */
static void waits_without_censoring(void)
{
    Wait waits[20];
    for (int32_t i = 0; i < 20; i++) {
        waits[i] = (Wait){20 - i, true};
    }
    waits_sort(waits, 20);
    CU_ASSERT_EQUAL(wait_quantile_ms(waits, 20, 500000), 10.0);
    CU_ASSERT_EQUAL(wait_quantile_ms(waits, 20, 950000), 19.0);
    CU_ASSERT_EQUAL(wait_quantile_ms(waits, 20, 990000), 20.0);
}

const TestCase CASES[] = {
    {"the interval is Student's t", interval_is_students},
    {"equal values, one value, none", edges},
    {"curves of different length", curves},
    {"quantiles of waits are Kaplan-Meier's", waits_by_kaplan_meier},
    {"quantiles of waits that all ended", waits_without_censoring},
    {NULL, NULL},
};
