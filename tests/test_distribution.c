/* test_distribution.c - families of durations and gaps against their closed forms. */
#include "tests/suite.h"

#include <math.h>
#include <stdlib.h>

#include "models/distribution.h"
#include "models/gsl_philox.h"

#define SAMPLES 100000

static const QuantilePoint POINTS[] = {{0.0, 1.0}, {0.5, M_E}, {1.0, M_E *M_E *M_E}};

static const Distribution FAMILIES[] = {
    {.family = FAMILY_EXPONENTIAL, .scale = 3600.0},
    {.family = FAMILY_EXPONENTIAL, .scale = 3600.0, .most = 3600.0},
    {.family = FAMILY_LOGNORMAL, .scale = 60.0, .shape = 1.0},
    {.family = FAMILY_LOGNORMAL, .scale = 60.0, .shape = 2.0, .most = 1000.0},
    {.family = FAMILY_WEIBULL, .scale = 100.0, .shape = 0.7},
    {.family = FAMILY_WEIBULL, .scale = 100.0, .shape = 0.5, .most = 300.0},
    {.family = FAMILY_GAMMA, .scale = 50.0, .shape = 0.4},
    {.family = FAMILY_GAMMA, .scale = 50.0, .shape = 3.0, .most = 150.0},
    {.family = FAMILY_PARETO, .scale = 10.0, .shape = 3.0},
    {.family = FAMILY_PARETO, .scale = 10.0, .shape = 0.8, .most = 10000.0},
    {.family = FAMILY_HYPEREXPONENTIAL, .scale = 100.0, .shape = 2.0},
    {.family = FAMILY_HYPEREXPONENTIAL, .scale = 100.0, .shape = 3.0, .most = 500.0},
    {.family = FAMILY_EMPIRICAL, .point_count = 3, .points = POINTS},
    {.family = FAMILY_EMPIRICAL, .point_count = 3, .points = POINTS, .most = 10.0},
};
#define FAMILY_CASES (int)(sizeof FAMILIES / sizeof FAMILIES[0])

#define NEAR(value, expected) CU_ASSERT_DOUBLE_EQUAL(value, expected, 1e-9 * fabs(expected))

/* Goal: the moments that loads and theory are computed from. Method: values worked out by hand from
 * textbook formulas. */
static void test_moments(void)
{
    Distribution d = {.family = FAMILY_CONSTANT, .scale = 7.0};
    NEAR(distribution_moment(&d, 1), 7.0);
    NEAR(distribution_moment(&d, 2), 49.0);
    d = (Distribution){.family = FAMILY_EXPONENTIAL, .scale = 2.0};
    NEAR(distribution_moment(&d, 2), 8.0); /* 2 mean^2 */
    d.most = 2.0;                          /* cut at the mean: (1 - 2/e) / (1 - 1/e) of it */
    NEAR(distribution_moment(&d, 1), 2.0 * (1.0 - 2.0 / M_E) / (1.0 - 1.0 / M_E));
    d = (Distribution){.family = FAMILY_LOGNORMAL, .scale = 1.0, .shape = 1.5};
    NEAR(distribution_moment(&d, 1), 3.080216848918031); /* exp(1.125) */
    NEAR(distribution_moment(&d, 2), 90.01713130052181); /* exp(4.5) */
    d = (Distribution){.family = FAMILY_WEIBULL, .scale = 1.0, .shape = 0.5};
    NEAR(distribution_moment(&d, 1), 2.0);  /* 2! */
    NEAR(distribution_moment(&d, 2), 24.0); /* 4! */
    d = (Distribution){.family = FAMILY_GAMMA, .scale = 2.0, .shape = 3.0};
    NEAR(distribution_moment(&d, 1), 6.0);
    NEAR(distribution_moment(&d, 2), 48.0); /* k (k + 1) scale^2 */
    d = (Distribution){.family = FAMILY_PARETO, .scale = 1.0, .shape = 2.0, .most = 10.0};
    NEAR(distribution_moment(&d, 1), 1.8 / 0.99);          /* 2 (1 - 1/10) / (1 - 1/100) */
    NEAR(distribution_moment(&d, 2), 2.0 * M_LN10 / 0.99); /* r = alpha: a logarithm */
    d = (Distribution){.family = FAMILY_HYPEREXPONENTIAL, .scale = 3.0, .shape = 2.0};
    NEAR(distribution_moment(&d, 1), 3.0);
    NEAR(distribution_moment(&d, 2), 45.0); /* mean^2 (1 + cv^2) */
    d = (Distribution){.family = FAMILY_EMPIRICAL, .point_count = 3, .points = POINTS};
    NEAR(distribution_moment(&d, 1), 0.5 * (M_E - 1.0) + 0.25 * (M_E * M_E * M_E - M_E));
}

static void test_infinite(void)
{
    Distribution d = {.family = FAMILY_PARETO, .scale = 1.0, .shape = 1.0};
    CU_ASSERT(isinf(distribution_moment(&d, 1)));
    CU_ASSERT_PTR_NOT_NULL(distribution_mistake(&d));
    d.shape = 1.5;
    NEAR(distribution_moment(&d, 1), 3.0); /* alpha / (alpha - 1) */
    CU_ASSERT(isinf(distribution_moment(&d, 2)));
    CU_ASSERT_PTR_NULL(distribution_mistake(&d));
}

/* Goal: quantile and distribution function undo each other, cut or not. */
static void test_inverse(void)
{
    for (int i = 0; i < FAMILY_CASES; i++) {
        const Distribution *d = &FAMILIES[i];
        CU_ASSERT_PTR_NULL(distribution_mistake(d));
        double before = 0.0;
        for (double p = 0.001; p < 1.0; p += 0.037) {
            double value = distribution_quantile(d, p);
            CU_ASSERT_DOUBLE_EQUAL(distribution_cdf(d, value), p, 1e-8);
            CU_ASSERT(value > before && (d->most == 0.0 || value <= d->most));
            before = value;
        }
    }
    Distribution constant = {.family = FAMILY_CONSTANT, .scale = 5.0};
    CU_ASSERT_EQUAL(distribution_quantile(&constant, 0.3), 5.0);
    CU_ASSERT_EQUAL(distribution_cdf(&constant, 4.999), 0.0);
    CU_ASSERT_EQUAL(distribution_cdf(&constant, 5.0), 1.0);
}

static int compare(const void *va, const void *vb)
{
    double a = *(const double *)va;
    double b = *(const double *)vb;
    return a < b ? -1 : a > b;
}

/* Goal: what is drawn follows the distribution. Method: 100,000 draws at addresses of their own;
 * the Kolmogorov-Smirnov distance stays below its 99.9 % point 1.949 / sqrt(n), the mean within
 * 4.5 standard errors of the closed form (families with a finite variance). */
static void test_draws(void)
{
    static double value[SAMPLES];
    for (int i = 0; i < FAMILY_CASES; i++) {
        const Distribution *d = &FAMILIES[i];
        double sum = 0.0;
        for (int n = 0; n < SAMPLES; n++) {
            PhiloxState state;
            gsl_rng rng = gsl_philox_at(&state, (DrawAddress){.seed = 7,
                                                              .replication = (uint32_t)i,
                                                              .purpose = PURPOSE_TEST,
                                                              .entity = (uint32_t)n});
            value[n] = distribution_draw(d, &rng);
            sum += value[n];
        }
        qsort(value, SAMPLES, sizeof value[0], compare);
        double distance = 0.0;
        for (int n = 0; n < SAMPLES; n++) {
            double p = distribution_cdf(d, value[n]);
            distance = fmax(distance, fmax(p - (double)n / SAMPLES, (n + 1.0) / SAMPLES - p));
        }
        CU_ASSERT(distance < 1.949 / sqrt(SAMPLES));
        double mean = distribution_moment(d, 1);
        double variance = distribution_moment(d, 2) - mean * mean;
        CU_ASSERT(fabs(sum / SAMPLES - mean) < 4.5 * sqrt(variance / SAMPLES));
    }
}

/* Goal: gaps of mean 1 with the wanted coefficient of variation. Method: the moments of what comes
 * back. */
static void test_unit_mean(void)
{
    static const Family RENEWAL[] = {FAMILY_LOGNORMAL, FAMILY_WEIBULL, FAMILY_GAMMA,
                                     FAMILY_HYPEREXPONENTIAL};
    static const double CV[] = {0.3, 1.0, 2.5, 8.0};
    for (int i = 0; i < 4; i++) {
        for (int k = 0; k < 4; k++) {
            Distribution d;
            bool possible = !(RENEWAL[i] == FAMILY_HYPEREXPONENTIAL && CV[k] < 1.0);
            CU_ASSERT_EQUAL(distribution_unit_mean(RENEWAL[i], CV[k], &d), possible);
            if (possible) {
                CU_ASSERT_DOUBLE_EQUAL(distribution_moment(&d, 1), 1.0, 1e-9);
                double expected = 1.0 + CV[k] * CV[k];
                CU_ASSERT_DOUBLE_EQUAL(distribution_moment(&d, 2), expected, 1e-7 * expected);
            }
        }
    }
    Distribution d;
    CU_ASSERT(distribution_unit_mean(FAMILY_GAMMA, 0.0, &d) && d.family == FAMILY_CONSTANT);
    CU_ASSERT_FALSE(distribution_unit_mean(FAMILY_EXPONENTIAL, 2.0, &d));
    CU_ASSERT_FALSE(distribution_unit_mean(FAMILY_GAMMA, 0.01, &d));
    CU_ASSERT_FALSE(distribution_unit_mean(FAMILY_GAMMA, -1.0, &d));
    CU_ASSERT_FALSE(distribution_unit_mean(FAMILY_GAMMA, NAN, &d));
}

static void test_mistakes(void)
{
    static const QuantilePoint LATE[] = {{0.1, 1.0}, {1.0, 2.0}};
    static const QuantilePoint FALLING[] = {{0.0, 3.0}, {1.0, 2.0}};
    static const QuantilePoint ZERO[] = {{0.0, 0.0}, {1.0, 2.0}};
    static const QuantilePoint TWICE[] = {{0.0, 1.0}, {0.0, 2.0}, {1.0, 3.0}};
    const Distribution wrong[] = {
        {.family = FAMILY_CONSTANT, .scale = 0.0},
        {.family = FAMILY_EXPONENTIAL, .scale = -1.0},
        {.family = FAMILY_EXPONENTIAL, .scale = NAN},
        {.family = FAMILY_EXPONENTIAL, .scale = INFINITY},
        {.family = FAMILY_LOGNORMAL, .scale = 1.0, .shape = -1.5},
        {.family = FAMILY_LOGNORMAL, .scale = 1.0, .shape = 30.0},
        {.family = FAMILY_WEIBULL, .scale = 1.0, .shape = 0.0},
        {.family = FAMILY_WEIBULL, .scale = 1.0, .shape = 1e-3}, /* mean beyond any double */
        {.family = FAMILY_PARETO, .scale = 1.0, .shape = 0.9},
        {.family = FAMILY_PARETO, .scale = 10.0, .shape = 2.0, .most = 5.0},
        {.family = FAMILY_LOGNORMAL, .scale = 100.0, .shape = 1.0, .most = 5.0},
        {.family = FAMILY_HYPEREXPONENTIAL, .scale = 1.0, .shape = 0.5},
        {.family = FAMILY_CONSTANT, .scale = 5.0, .most = 1.0},
        {.family = FAMILY_EXPONENTIAL, .scale = 5.0, .most = -1.0},
        {.family = FAMILY_EMPIRICAL},
        {.family = FAMILY_EMPIRICAL, .points = LATE, .point_count = 2},
        {.family = FAMILY_EMPIRICAL, .points = FALLING, .point_count = 2},
        {.family = FAMILY_EMPIRICAL, .points = ZERO, .point_count = 2},
        {.family = FAMILY_EMPIRICAL, .points = TWICE, .point_count = 3},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        CU_ASSERT_PTR_NOT_NULL(distribution_mistake(&wrong[i]));
    }
}

const char *const SUITE = "distributions";
const TestCase CASES[] = {
    {"moments", test_moments},
    {"infinite moments", test_infinite},
    {"quantile and cdf", test_inverse},
    {"draws", test_draws},
    {"mean 1", test_unit_mean},
    {"mistakes", test_mistakes},
    {NULL, NULL},
};
