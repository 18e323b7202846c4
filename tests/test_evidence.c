/* test_evidence.c - paired differences, margins, their power: against tables, formulas and luck. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

#include "core/rng.h"
#include "sim/experiment/evidence.h"
#include "sim/experiment/noncentral_t.h"
#include "tests/suite.h"

const char *const SUITE = "evidence";

#define PAIRS_MAX 64
static const double ZERO[PAIRS_MAX];

static PairedEvidence against_zero(const double *values, int32_t count, bool drawn)
{
    double scratch[2 * PAIRS_MAX + EVIDENCE_RESAMPLES];
    return paired_evidence(values, ZERO, count, 0.95, drawn, scratch);
}

/* Goal: interval and p value are Student's. Method: the sleep of ten patients under two drugs, of
 * Student's own paper (Biometrika 6, 1908); R's example of t.test prints t = -4.0621, df = 9,
 * p = 0.002833, interval 0.7001142 to 2.4598858, mean 1.58. */
static void sleep_of_ten(void)
{
    const double one[] = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
    const double two[] = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
    double scratch[20 + EVIDENCE_RESAMPLES];
    PairedEvidence found = paired_evidence(two, one, 10, 0.95, true, scratch);
    CU_ASSERT_EQUAL(found.count, 10);
    CU_ASSERT_DOUBLE_EQUAL(found.mean, 1.58, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(found.mean / (found.sd / sqrt(10.0)), 4.0621, 5e-5);
    CU_ASSERT_DOUBLE_EQUAL(found.t_low, 0.7001142, 5e-8);
    CU_ASSERT_DOUBLE_EQUAL(found.t_high, 2.4598858, 5e-8);
    CU_ASSERT_DOUBLE_EQUAL(found.p_value, 0.002833, 5e-7);
    CU_ASSERT_FALSE(found.deterministic);
    CU_ASSERT_EQUAL(found.settle_count, 0);
}

/* Goal: how many replications would settle the sign. Method: differences -1, -2, -3 have mean -2
 * and deviation 1; t(0.975; 2) / sqrt(3) = 4.302653 / 1.732051 = 2.484 is above 2, and
 * t(0.975; 3) / 2 = 3.182446 / 2 = 1.591 is below. P(|T| > 3.464102) with 2 degrees of freedom is
 * 1 - t / sqrt(2 + t^2) = 1 - sqrt(12 / 14) = 0.074180. */
static void open_question(void)
{
    const double values[] = {-1, -2, -3};
    PairedEvidence found = against_zero(values, 3, true);
    CU_ASSERT_DOUBLE_EQUAL(found.t_low, -2 - 2.484138, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(found.p_value, 0.0741799, 1e-7);
    CU_ASSERT_EQUAL(found.settle_count, 4);
    /* mean 0.1, deviation 1: 1.96^2 x 100 = 384.1, and a few more as t is above 1.96:
     * t(0.975; 386) = 1.966141, x 10 = 19.66141 < sqrt(387) = 19.67232; sqrt(386) = 19.64688 */
    const double small[] = {-0.9, 0.1, 1.1};
    CU_ASSERT_EQUAL(against_zero(small, 3, true).settle_count, 387);
    const double even[] = {-1, 1};
    CU_ASSERT_EQUAL(against_zero(even, 2, true).settle_count, -1);
    const double hopeless[] = {-1, 1.000001};
    CU_ASSERT_EQUAL(against_zero(hopeless, 2, true).settle_count, -1);
}

/* Goal: what has no interval says so. */
static void exact_and_unknown(void)
{
    const double same[] = {0.1, 0.1, 0.1};
    PairedEvidence found = against_zero(same, 3, true);
    CU_ASSERT_TRUE(found.deterministic);
    CU_ASSERT_TRUE(found.mean == 0.1 && found.t_low == 0.1 && found.boot_high == 0.1);
    CU_ASSERT_TRUE(isnan(found.p_value) && found.settle_count == 0);
    found = against_zero(same, 1, true); /* one draw is no more certain for being alone */
    CU_ASSERT_TRUE(!found.deterministic && found.mean == 0.1 && isnan(found.t_low));
    CU_ASSERT_EQUAL(found.settle_count, -1);
    CU_ASSERT_TRUE(against_zero(same, 1, false).deterministic);
    const double applies[] = {5, NAN, 7};
    const double zero[] = {0, NAN, 0};
    double scratch[6 + EVIDENCE_RESAMPLES];
    CU_ASSERT_EQUAL(paired_evidence(applies, zero, 3, 0.95, true, scratch).count, 2);
    CU_ASSERT_EQUAL(paired_evidence(applies, ZERO, 3, 0.95, true, scratch).count, 0);
    const double beyond[] = {5, INFINITY, 7};
    found = against_zero(beyond, 3, true);
    CU_ASSERT_TRUE(found.count == 0 && isnan(found.mean));
    CU_ASSERT_EQUAL(against_zero(same, 0, true).count, 0);
}

/* Goal: rounding is no difference, neither as a mean nor as a deviation. Method: 0.1 + 0.2 is not
 * 0.3; and 1e6 + 0.1 k less 1e6 is not 0.1 k. */
static void rounding_is_nothing(void)
{
    CU_ASSERT_TRUE(evidence_difference(0.1 + 0.2, 0.3) == 0.0);
    CU_ASSERT_TRUE(evidence_difference(1.0 + 1e-10, 1.0) > 0.0);
    CU_ASSERT_TRUE(isinf(evidence_difference(INFINITY, INFINITY)));
    CU_ASSERT_TRUE(isnan(evidence_difference((double)NAN, 1.0)));
    double a[8];
    double b[8];
    double scratch[16 + EVIDENCE_RESAMPLES];
    for (int i = 0; i < 8; i++) {
        b[i] = 1e6 + 1.7 * i;
        a[i] = b[i] + 0.1;
    }
    PairedEvidence found = paired_evidence(a, b, 8, 0.95, true, scratch);
    CU_ASSERT_TRUE(found.deterministic);
    CU_ASSERT_DOUBLE_EQUAL(found.mean, 0.1, 1e-9);
}

/* Goal: the bootstrap is one. Method: of five zeros and five ones the mean of a resample is
 * Binomial(10, 1/2) / 10; P(<= 1) = 11 / 1024 = 0.011, P(<= 2) = 56 / 1024 = 0.055, so the 2.5 %
 * point is 0.2 and the 97.5 % point 0.8. What is added to all values moves both bounds. */
static void bootstrap_of_coins(void)
{
    const double coins[] = {0, 1, 0, 1, 0, 1, 0, 1, 0, 1};
    double moved[10];
    for (int i = 0; i < 10; i++) {
        moved[i] = coins[i] + 7;
    }
    PairedEvidence found = against_zero(coins, 10, true);
    CU_ASSERT_DOUBLE_EQUAL(found.boot_low, 0.2, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(found.boot_high, 0.8, 1e-12);
    PairedEvidence higher = against_zero(moved, 10, true);
    CU_ASSERT_DOUBLE_EQUAL(higher.boot_low, 7.2, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(higher.boot_high, 7.8, 1e-12);
}

/* Goal: sides of their own luck. Method: the two drugs of the sleep above as if they were two
 * groups: R's t.test(extra ~ group, data = sleep) prints t = -1.8608, df = 17.776, p = 0.07939,
 * interval -3.3654832 to 0.2054832. */
static void welch(void)
{
    const double one[] = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
    const double two[] = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
    PairedEvidence found = welch_evidence(one, 10, two, 10, 0.95, true);
    CU_ASSERT_DOUBLE_EQUAL(found.t_low, -3.3654832, 5e-8);
    CU_ASSERT_DOUBLE_EQUAL(found.t_high, 0.2054832, 5e-8);
    CU_ASSERT_DOUBLE_EQUAL(found.p_value, 0.07939, 5e-6);
    CU_ASSERT_EQUAL(found.settle_count, -1);
    found = welch_evidence(ZERO, 3, ZERO, 5, 0.95, true);
    CU_ASSERT_TRUE(found.deterministic && found.mean == 0 && found.count == 3);
    found = welch_evidence(one, 10, two, 1, 0.95, true);
    CU_ASSERT_TRUE(!found.deterministic && isnan(found.t_low) && found.count == 1);
    CU_ASSERT_EQUAL(welch_evidence(one, 10, two, 0, 0.95, true).count, 0);
}

/* ---- luck ---- */

#define EXPERIMENTS 2000

static double normal(uint32_t experiment, int32_t draw)
{
    DrawAddress address = {.seed = 5, .replication = experiment, .purpose = PURPOSE_TEST};
    uint64_t bits = rng_u64(address, (uint32_t)draw) >> 11;
    return gsl_cdf_ugaussian_Pinv(((double)bits + 0.5) / 9007199254740992.0);
}

static double share_error(double share)
{
    return sqrt(share * (1 - share) / EXPERIMENTS);
}

/* Goal: a 95 % interval holds the truth in 95 % of experiments; of the bootstrap, as often as its
 * theory says. Method: 2,000 experiments of 10 normal differences. The percentile bootstrap has
 * about 1.96 x sqrt(9 / 10) = 1.859 standard errors each way, and P(|T| < 1.859) with 9 degrees of
 * freedom is 0.904 (Efron and Tibshirani, An Introduction to the Bootstrap, 12: too narrow for
 * small samples, which is why t judges). */
static void coverage(void)
{
    int32_t t_holds = 0;
    int32_t boot_holds = 0;
    for (uint32_t e = 0; e < EXPERIMENTS; e++) {
        double values[10];
        for (int32_t i = 0; i < 10; i++) {
            values[i] = 3 + 2 * normal(e, i);
        }
        PairedEvidence found = against_zero(values, 10, true);
        t_holds += found.t_low <= 3 && 3 <= found.t_high;
        boot_holds += found.boot_low <= 3 && 3 <= found.boot_high;
    }
    double t_share = (double)t_holds / EXPERIMENTS;
    double boot_share = (double)boot_holds / EXPERIMENTS;
    CU_ASSERT_DOUBLE_EQUAL(t_share, 0.95, 3 * share_error(0.95));
    CU_ASSERT_DOUBLE_EQUAL(boot_share, 0.904, 3 * share_error(0.904));
}

/* How often n differences with that mean and deviation 1 get each verdict. */
static void verdicts(int32_t count, double mean, double margin, double share[3])
{
    int32_t met[3] = {0, 0, 0};
    for (uint32_t e = 0; e < EXPERIMENTS; e++) {
        double values[PAIRS_MAX];
        for (int32_t i = 0; i < count; i++) {
            values[i] = mean + normal(e, i);
        }
        met[non_inferiority(values, count, margin, 0.05).verdict]++;
    }
    for (int i = 0; i < 3; i++) {
        share[i] = (double)met[i] / EXPERIMENTS;
    }
}

/* Goal: the errors are what is said. Method: 20 differences, margin 0.7 deviations: worse by
 * exactly the margin passes in 5 % and fails in 5 %; no difference passes, and twice the margin is
 * caught, as often as the power says; within 3 binomial errors. */
static void errors_are_as_said(void)
{
    double share[3];
    verdicts(20, 0.7, 0.7, share);
    CU_ASSERT_DOUBLE_EQUAL(share[EVIDENCE_PASS], 0.05, 3 * share_error(0.05));
    CU_ASSERT_DOUBLE_EQUAL(share[EVIDENCE_FAIL], 0.05, 3 * share_error(0.05));
    double power = non_inferiority_power(20, 0, 1, 0.7, 0.05);
    verdicts(20, 0, 0.7, share);
    CU_ASSERT_DOUBLE_EQUAL(share[EVIDENCE_PASS], power, 3 * share_error(power));
    verdicts(20, 1.4, 0.7, share);
    CU_ASSERT_DOUBLE_EQUAL(share[EVIDENCE_FAIL], power, 3 * share_error(power));
}

/* ---- margins ---- */

/* Goal: three verdicts, and how many would settle. Method: 1, 2, 3: mean 2, deviation 1;
 * t(0.95; 2) = 2.919986, / sqrt(3) = 1.685855: bounds 0.314145 and 3.685855. Margin 3 is open:
 * t(0.95; 3) / 2 = 2.353363 / 2 = 1.18 is above 3 - 2, t(0.95; 4) / sqrt(5) = 2.131847 / 2.236068 =
 * 0.953 below: 5. With 2 degrees of freedom P(T < -sqrt(3)) = (1 - sqrt(3 / 5)) / 2 = 0.112702. */
static void margins(void)
{
    const double worse[] = {1, NAN, 2, 3};
    NonInferiority found = non_inferiority(worse, 4, 3, 0.05);
    CU_ASSERT_EQUAL(found.verdict, EVIDENCE_OPEN);
    CU_ASSERT_EQUAL(found.count, 3);
    CU_ASSERT_DOUBLE_EQUAL(found.low, 0.314145, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(found.high, 3.685855, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(found.p_pass, 0.112702, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(found.p_worse, 0.0370900, 1e-6);
    CU_ASSERT_EQUAL(found.settle_count, 5);
    found = non_inferiority(worse, 4, 3.7, 0.05);
    CU_ASSERT_TRUE(found.verdict == EVIDENCE_PASS && found.settle_count == 0);
    CU_ASSERT_TRUE(found.p_pass < 0.05);
    found = non_inferiority(worse, 4, 0.3, 0.05);
    CU_ASSERT_TRUE(found.verdict == EVIDENCE_FAIL && found.settle_count == 0);
    CU_ASSERT_EQUAL(non_inferiority(worse, 4, 2, 0.05).settle_count, -1);
}

/* Goal: identical policies pass, whatever the margin; an exact difference is compared as it is. */
static void margins_exact(void)
{
    NonInferiority found = non_inferiority(ZERO, 5, 0, 0.05);
    CU_ASSERT_TRUE(found.verdict == EVIDENCE_PASS && found.deterministic && isnan(found.p_pass));
    const double worse[] = {0.3, 0.3};
    CU_ASSERT_EQUAL(non_inferiority(worse, 2, 0.3, 0.05).verdict, EVIDENCE_PASS);
    CU_ASSERT_EQUAL(non_inferiority(worse, 2, 0.29, 0.05).verdict, EVIDENCE_FAIL);
    CU_ASSERT_EQUAL(non_inferiority(worse, 1, 0.29, 0.05).verdict, EVIDENCE_FAIL);
    const double beyond[] = {0, INFINITY};
    found = non_inferiority(beyond, 2, 1, 0.05);
    CU_ASSERT_TRUE(found.verdict == EVIDENCE_OPEN && found.count == 0 && found.settle_count == -1);
    const double none[] = {NAN};
    CU_ASSERT_EQUAL(non_inferiority(none, 1, 1, 0.05).verdict, EVIDENCE_OPEN);
}

/* ---- power ---- */

/* P(T > t) by its definition: the mean of Phi(shift - t s) over s = sqrt(chi-square / freedom),
 * whose density is 2 freedom s f(freedom s^2); Simpson's rule, 40,000 steps. */
static double by_definition(double t, double freedom, double shift)
{
    const int steps = 40000;
    double high = 1 + 12 / sqrt(2 * freedom);
    double low = fmax(0, 1 - 12 / sqrt(2 * freedom));
    double h = (high - low) / steps;
    double sum = 0;
    for (int i = 0; i <= steps; i++) {
        double s = low + h * i;
        double log_density = s > 0 ? log(2) + freedom / 2 * log(freedom / 2) - lgamma(freedom / 2) +
                                         (freedom - 1) * log(s) - freedom * s * s / 2
                                   : -INFINITY;
        double density = s > 0 ? exp(log_density) : freedom > 1 ? 0 : 2 / sqrt(2 * M_PI);
        double weight = i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2;
        sum += weight * density * gsl_cdf_ugaussian_P(shift - t * s);
    }
    return sum * h / 3;
}

/* Goal: the noncentral t distribution. Method: R's example power.t.test(n = 20, delta = 1) prints
 * 0.8689528: 38 degrees of freedom, shift sqrt(10). G*Power 3 (Faul et al., Behavior Research
 * Methods 39, 2007), its paired example: dz 0.421637, n 50, two-sided 5 %: critical t 2.009575,
 * shift 2.981424, power 0.832114. P(T > 0) = Phi(shift). And the definition, by numerical
 * integration. */
static void noncentral_t(void)
{
    CU_ASSERT_DOUBLE_EQUAL(noncentral_t_above(gsl_cdf_tdist_Pinv(0.975, 38), 38, sqrt(10)),
                           0.8689528, 5e-8);
    CU_ASSERT_DOUBLE_EQUAL(noncentral_t_above(2.009575, 49, 2.981424), 0.832114, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(noncentral_t_above(0, 7, 1.5), gsl_cdf_ugaussian_P(1.5), 1e-14);
    CU_ASSERT_DOUBLE_EQUAL(noncentral_t_above(1.3, 7, 0), gsl_cdf_tdist_Q(1.3, 7), 1e-14);
    static const double FREEDOM[] = {1, 2, 5, 29, 399}, T[] = {-3, -0.4, 0.7, 1.7, 6.3},
                        SHIFT[] = {-8, -2, -0.1, 0.5, 2.5, 6, 30, 60};
    for (size_t f = 0; f < sizeof FREEDOM / sizeof *FREEDOM; f++) {
        for (size_t t = 0; t < sizeof T / sizeof *T; t++) {
            for (size_t s = 0; s < sizeof SHIFT / sizeof *SHIFT; s++) {
                double found = noncentral_t_above(T[t], FREEDOM[f], SHIFT[s]);
                CU_ASSERT_DOUBLE_EQUAL(found, by_definition(T[t], FREEDOM[f], SHIFT[s]), 1e-8);
            }
        }
    }
    CU_ASSERT_DOUBLE_EQUAL(noncentral_t_above(1.7, 29, 1e9), 1, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(noncentral_t_above(1.7, 29, -1e9), 0, 1e-12);
}

/* Goal: power of a margin. Method: at the margin it is alpha; the example of G*Power once more, as
 * a one-sided test at 2.5 %; nothing varies: certain. */
static void power_of_margins(void)
{
    CU_ASSERT_DOUBLE_EQUAL(non_inferiority_power(30, 2, 3, 2, 0.05), 0.05, 1e-10);
    CU_ASSERT_DOUBLE_EQUAL(non_inferiority_power(50, 0, 1, 0.421637, 0.025), 0.832114, 1e-6);
    CU_ASSERT_EQUAL(non_inferiority_power(5, 1, 0, 1, 0.05), 1);
    CU_ASSERT_EQUAL(non_inferiority_power(5, 1.1, 0, 1, 0.05), 0);
    CU_ASSERT_EQUAL(non_inferiority_power(1, 0, 1, 100, 0.05), 0);
}

/* Goal: Holm's adjusted p values. Method: 0.01, 0.04, 0.03, 0.005: in order 4 x 0.005 = 0.02,
 * 3 x 0.01 = 0.03, 2 x 0.03 = 0.06, 1 x 0.04, raised to 0.06. */
static void holm(void)
{
    double p[] = {0.01, NAN, 0.04, 0.03, 0.005};
    holm_adjust(p, 5);
    CU_ASSERT_DOUBLE_EQUAL(p[0], 0.03, 1e-15);
    CU_ASSERT_TRUE(isnan(p[1]));
    CU_ASSERT_DOUBLE_EQUAL(p[2], 0.06, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(p[3], 0.06, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(p[4], 0.02, 1e-15);
    double high[] = {0.9, 0.8, 0.0, 1.0};
    holm_adjust(high, 4);
    CU_ASSERT_TRUE(high[0] == 1 && high[1] == 1 && high[2] == 0 && high[3] == 1);
    holm_adjust(NULL, 0);
}

const TestCase CASES[] = {
    {"sleep of ten", sleep_of_ten},
    {"open question", open_question},
    {"exact and unknown", exact_and_unknown},
    {"rounding is nothing", rounding_is_nothing},
    {"bootstrap of coins", bootstrap_of_coins},
    {"welch", welch},
    {"coverage", coverage},
    {"errors are as said", errors_are_as_said},
    {"margins", margins},
    {"margins, exact", margins_exact},
    {"noncentral t", noncentral_t},
    {"power of margins", power_of_margins},
    {"holm", holm},
    {NULL, NULL},
};
