/* test_pace.c - relative speeds, noisy steps, assumed needs. */
#include "tests/suite.h"

#include <math.h>
#include <string.h>

#include "core/needs.h"
#include "core/pace.h"
#include "models/step_noise.h"

/* Goal: the expected largest of n normal deviates. Method: Harter 1961, table 1 (n = 2, 4, 8, 16),
 * at a coefficient of variation of 100 %; and for all sizes the integral of 1 - F^n over x > 0 less
 * that of F^n over x < 0 in steps of 0.0005. */
static void test_largest(void)
{
    static const int32_t PUBLISHED[] = {0, 56419, 102938, 142360, 176599};
    int32_t slow_ppm[STEP_NOISE_SIZES];
    step_noise_table(GP_PPM, slow_ppm);
    for (int k = 0; k < 5; k++) {
        CU_ASSERT_TRUE(slow_ppm[k] / 10 >= PUBLISHED[k] - 1 &&
                       slow_ppm[k] / 10 <= PUBLISHED[k] + 1);
    }
    for (int k = 0; k < STEP_NOISE_SIZES; k++) {
        double members = ldexp(1, k);
        double sum = 0;
        for (double x = 0.00025; x < 12; x += 0.0005) {
            double above = 0.5 * erfc(x / sqrt(2));
            sum -= expm1(members * log1p(-above)); /* 1 - F(x)^n */
            sum -= exp(members * log(above));      /* F(-x)^n */
        }
        CU_ASSERT_TRUE(fabs(sum * 0.0005 - slow_ppm[k] / 1e6) < 2e-6);
    }
}

/* Goal: gangs between two sizes, in proportion. Method: slowdowns of 0, 10 %, 30 % for 1, 2 and 4:
 * 3 members wait 20 %, so their pace is 1 / 1.2. */
static void test_noise(void)
{
    int32_t slow_ppm[STEP_NOISE_SIZES] = {0, 100000, 300000};
    RunModels models = {0};
    CU_ASSERT_EQUAL(pace_noise_ppm(&models, 8), GP_PPM);
    models.step_noise_ppm = slow_ppm;
    CU_ASSERT_EQUAL(pace_noise_ppm(&models, 0), GP_PPM);
    CU_ASSERT_EQUAL(pace_noise_ppm(&models, 1), GP_PPM);
    CU_ASSERT_EQUAL(pace_noise_ppm(&models, 2), 909090);
    CU_ASSERT_EQUAL(pace_noise_ppm(&models, 3), 833333);
    CU_ASSERT_EQUAL(pace_noise_ppm(&models, 4), 769230);
}

/* Goal: type's and job's speeds multiply; other models do not count. Method: a type of model 1 at
 * 50 %, a job with 80 % there and 10 % on model 0: 40 %. */
static void test_relative(void)
{
    GpNodeType types[2] = {{.model = 0}, {.model = 1}};
    NodeTypeInfo info[2] = {{.speed_ppm = 0}, {.speed_ppm = 500000}};
    Cluster cluster = {.type_count = 2, .types = types, .type_info = info};
    ModelSpeed speeds[2] = {{0, 100000}, {1, 800000}};
    JobTraits traits = {.speed_count = 2, .speeds = speeds};
    CU_ASSERT_EQUAL(pace_relative_ppm(&cluster, &traits, 1), 400000);
    CU_ASSERT_EQUAL(pace_relative_ppm(&cluster, &traits, 0), 100000);
    traits.speed_count = 0;
    CU_ASSERT_EQUAL(pace_relative_ppm(&cluster, &traits, 0), GP_PPM);
    CU_ASSERT_TRUE(pace_type_differs(&cluster));
    CU_ASSERT_FALSE(pace_traits_differ(&traits));
}

/* Goal: the first profile that matches gives its need; own words stay. Method: classes of 8 GPUs
 * (a task of 8), 2 GPUs, and one with a need of its own; a profile for 8 and more, by GPU. */
static void test_profiles(void)
{
    Arena arena;
    arena_init(&arena);
    GpShape shapes[2] = {{.device_count = 8}, {.device_count = 2}};
    JobTraits own = JOB_TRAITS_DEFAULT;
    own.need[GP_AXIS_NETWORK] = 7;
    JobClass classes[3] = {{.shape = 0, .task_count = 1, .traits = &JOB_TRAITS_DEFAULT},
                           {.shape = 1, .task_count = 1, .traits = &JOB_TRAITS_DEFAULT},
                           {.shape = 0, .task_count = 1, .traits = &own}};
    const char *tenants[1] = {"default"};
    JobTable jobs = {.shapes = {.shapes = shapes, .count = 2},
                     .class_count = 3,
                     .classes = classes,
                     .tenant_count = 1,
                     .tenant_name = tenants};
    NeedProfile profile = {.name = "large",
                           .source = "made up",
                           .gpus_least = 8,
                           .gpus_most = INT64_MAX,
                           .kind = -1,
                           .per_gpu = true};
    profile.need[GP_AXIS_STORAGE_BANDWIDTH] = 100;
    RunModels models = {.need_count = 1, .needs = &profile};
    CU_ASSERT_TRUE_FATAL(needs_assume(&models, &arena, &jobs));
    CU_ASSERT_EQUAL(classes[0].traits->need[GP_AXIS_STORAGE_BANDWIDTH], 800);
    CU_ASSERT_STRING_EQUAL(classes[0].traits->need_source, "made up");
    CU_ASSERT_PTR_EQUAL(classes[1].traits, &JOB_TRAITS_DEFAULT);
    CU_ASSERT_PTR_EQUAL(classes[2].traits, &own);
    profile.queue = "other";
    classes[0].traits = &JOB_TRAITS_DEFAULT;
    CU_ASSERT_TRUE(needs_assume(&models, &arena, &jobs));
    CU_ASSERT_PTR_EQUAL(classes[0].traits, &JOB_TRAITS_DEFAULT);
    arena_free(&arena);
}

const char *const SUITE = "pace";
const TestCase CASES[] = {{"expected largest of n", test_largest},
                          {"noise of gangs", test_noise},
                          {"relative speeds", test_relative},
                          {"assumed needs", test_profiles},
                          {0}};
