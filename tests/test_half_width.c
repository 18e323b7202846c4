/* test_half_width.c - when an interval is narrow enough, by hand. */
#include <math.h>

#include "sim/experiment/half_width.h"
#include "tests/suite.h"

const char *const SUITE = "half_width";

typedef struct Two {
    ReplicationResult a[4], b[4];
    VariantResult variants[2];
    ExperimentResult result;
} Two;

/* Two variants with these values of wait_mean_s. */
static void two_open(Two *two, const double a[4], const double b[4], int32_t b_count)
{
    *two = (Two){.variants = {{.replication_count = 4}, {.replication_count = b_count}}};
    two->variants[0].replications = two->a;
    two->variants[1].replications = two->b;
    two->result = (ExperimentResult){.variant_count = 2, .variants = two->variants};
    for (int i = 0; i < 4; i++) {
        two->a[i].metric[METRIC_wait_mean_s] = a[i];
        two->b[i].metric[METRIC_wait_mean_s] = b[i];
    }
}

static bool reached(const Two *two, int64_t target_ppm, double *worst)
{
    double scratch[4];
    HalfWidthStop stop = {.metric = METRIC_wait_mean_s, .target_ppm = target_ppm};
    bool found = half_width_reached(&two->result, 4, &stop, scratch);
    *worst = stop.worst;
    return found;
}

/* Goal: the widest variant decides. Method: 9 11 9 11: mean 10, sd sqrt(4 / 3) = 1.1547, t(0.975,
 * 3) = 3.18245 (tables), half-width 3.18245 x 1.1547 / 2 = 1.83739: 18.3739 % of the mean. The same
 * about 20: half of that. */
static void widest_decides(void)
{
    Two two;
    double worst;
    two_open(&two, (double[]){19, 21, 19, 21}, (double[]){9, 11, 9, 11}, 4);
    CU_ASSERT_TRUE(reached(&two, 183740, &worst));
    CU_ASSERT_DOUBLE_EQUAL(worst, 0.183739, 1e-6);
    CU_ASSERT_FALSE(reached(&two, 183738, &worst));
}

/* Goal: equal values are exact; a negative mean has a width all the same; a mean of 0 has none. */
static void exact_negative_and_zero(void)
{
    Two two;
    double worst;
    two_open(&two, (double[]){5, 5, 5, 5}, (double[]){0, 0, 0, 0}, 4);
    CU_ASSERT_TRUE(reached(&two, 1, &worst));
    CU_ASSERT_DOUBLE_EQUAL(worst, 0.0, 0.0);
    two_open(&two, (double[]){5, 5, 5, 5}, (double[]){-9, -11, -9, -11}, 4);
    CU_ASSERT_TRUE(reached(&two, 190000, &worst));
    CU_ASSERT_DOUBLE_EQUAL(worst, 0.183739, 1e-6);
    two_open(&two, (double[]){5, 5, 5, 5}, (double[]){-1, 1, -1, 1}, 4);
    CU_ASSERT_FALSE(reached(&two, 1000000, &worst));
    CU_ASSERT_TRUE(isinf(worst));
}

/* Goal: a wait without end is never narrow; a metric that does not apply is told apart; a variant
 * that has no replication left does not keep the others running. */
static void what_has_no_width(void)
{
    Two two;
    double worst;
    two_open(&two, (double[]){5, 5, 5, 5}, (double[]){1, (double)INFINITY, 1, 1}, 4);
    CU_ASSERT_FALSE(reached(&two, 1000000, &worst));
    CU_ASSERT_TRUE(isinf(worst));
    two_open(&two, (double[]){5, 5, 5, 5}, (double[]){NAN, NAN, NAN, NAN}, 4);
    CU_ASSERT_FALSE(reached(&two, 1000000, &worst));
    CU_ASSERT_TRUE(isnan(worst));
    two_open(&two, (double[]){5, 5, 5, 5}, (double[]){9, 11, 9, 11}, 2);
    CU_ASSERT_TRUE(reached(&two, 1, &worst));
}

const TestCase CASES[] = {
    {"widest decides", widest_decides},
    {"exact, negative and zero", exact_negative_and_zero},
    {"what has no width", what_has_no_width},
    {NULL, NULL},
};
