/* test_load_curve.c - state against arrived demand, rounded as the published study rounds it. */
#include <math.h>

#include "core/diagnostic.h"
#include "sim/experiment/load_curve.h"
#include "sim/experiment/run_one.h"
#include "tests/small_scenario.h"

const char *const SUITE = "load_curve";

/* Goal: per cents are the nearest whole ones, halves to even. Method: of a capacity of 200: 1 is
 * 0.5 % -> 0, 3 is 1.5 % -> 2, 5 is 2.5 % -> 2, 4 is exactly 2 %; of 6,212,000: 31,060 is 0.5 % ->
 * 0 and 31,070 -> 1. */
static void halves_go_to_even(void)
{
    CU_ASSERT_EQUAL(ratio_half_even(1, 200, 100), 0);
    CU_ASSERT_EQUAL(ratio_half_even(3, 200, 100), 2);
    CU_ASSERT_EQUAL(ratio_half_even(5, 200, 100), 2);
    CU_ASSERT_EQUAL(ratio_half_even(4, 200, 100), 2);
    CU_ASSERT_EQUAL(ratio_half_even(31060, 6212000, 100), 0);
    CU_ASSERT_EQUAL(ratio_half_even(31070, 6212000, 100), 1);
    CU_ASSERT_EQUAL(ratio_half_even(INT64_C(536870912000), INT64_C(536870912000), 10000), 10000);
}

/* Goal: the published means are sums of doubles in NumPy's order. Method: 98 rows whose exact mean
 * is a tie: 49 x 30.00 and 49 x 30.01 in the order low, high, low, high ... Each of the eight
 * running sums then holds one value only: four of them 12 x 30.00, four 12 x 30.01, exactly
 * representable steps aside; two values stay over. The same is written out here without loops over
 * running sums. */
static void means_are_added_in_eight_lanes(void)
{
    uint16_t centi[98];
    for (int i = 0; i < 98; i++) {
        centi[i] = i % 2 == 0 ? 3000 : 3001;
    }
    double low = 0.0;
    double high = 0.0;
    for (int i = 0; i < 12; i++) {
        low = i == 0 ? 30.00 : low + 30.00;
        high = i == 0 ? 30.01 : high + 30.01;
    }
    double pair = low + high;
    double expected = ((pair + pair) + (pair + pair)) + 30.00 + 30.01;
    CU_ASSERT_EQUAL(mean_of_centi(centi, 98), expected / 98.0);
    CU_ASSERT_DOUBLE_EQUAL(mean_of_centi(centi, 98), 30.005, 1e-12);
    CU_ASSERT_EQUAL(mean_of_centi(centi, 3), ((30.00 + 30.01) + 30.00) / 3.0);
}

/* Goal: long bins are halved until a part has at most 128 rows, at a multiple of eight. Method: 300
 * rows: 150 -> 144 + 156, and 156 -> 72 + 84; compared with those three parts. */
static void long_bins_are_halved(void)
{
    static uint16_t centi[300];
    for (int i = 0; i < 300; i++) {
        centi[i] = (uint16_t)(9000 + i * 7 % 13);
    }
    double first = mean_of_centi(centi, 72) * 72.0; /* 144 is halved to 72 + 72 */
    double whole = mean_of_centi(centi, 300) * 300.0;
    double exact = 0.0;
    for (int i = 0; i < 300; i++) {
        exact += centi[i];
    }
    CU_ASSERT_DOUBLE_EQUAL(whole, exact / 100.0, 1e-9);
    CU_ASSERT(first > 0.0 && first < whole);
}

/* Goal: rows fall into the per cent that has arrived, placed or not; money and GPUs follow. Method:
 * 10 GPUs on one node. Jobs that stay ask for 1, 2 and 8 GPUs; the last does not fit and is
 * dropped. Arrived 10 %, 30 %, 110 %; in use 10 %, 30 %, 30 %; idle 9, 7, 7 GPUs at 2 USD. At 110 %
 * 8 GPUs are counted though they were not placed. */
static void rows_by_arrived_demand(void)
{
    SmallScenario small;
    small_open(&small, 1, 10, "drop", "first-fit");
    small_job(&small, "a", 0, -1, 1, 1);
    small_job(&small, "b", 1, -1, 1, 2);
    small_job(&small, "c", 2, -1, 1, 8);
    Diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    LoadCurve curve;
    uint64_t hash = 0;
    RunOptions options = {.replication = 0};
    CU_ASSERT_EQUAL_FATAL(
        run_light(&small.scenario, &options, &small.arena, &diagnostics, &curve, &hash), STATUS_OK);
    CU_ASSERT_EQUAL(curve.count, 111);
    CU_ASSERT_EQUAL(curve.passes[10], 1);
    CU_ASSERT_EQUAL(curve.alloc_pct[10], 10.0);
    CU_ASSERT_EQUAL(curve.idle_gpus[10], 9.0);
    CU_ASSERT_EQUAL(curve.idle_usd_per_hour[10], 18.0);
    CU_ASSERT_EQUAL(curve.alloc_pct[30], 30.0);
    CU_ASSERT_EQUAL(curve.passes[110], 1);
    CU_ASSERT_EQUAL(curve.alloc_pct[110], 30.0);
    CU_ASSERT_EQUAL(curve.idle_usd_per_hour[110], 14.0);
    CU_ASSERT_EQUAL(curve.frag_ratio_pct[110], 0.0); /* no typical task, no fragment */
    /* a per cent without rows: those around it stand in, as near as there are any */
    CU_ASSERT_EQUAL(curve.passes[11], 0);
    CU_ASSERT_EQUAL(curve.alloc_pct[11], 10.0);
    CU_ASSERT_EQUAL(curve.alloc_pct[20], 20.0);
    CU_ASSERT_EQUAL(curve.idle_gpus[20], 8.0);
    diagnostics_free(&diagnostics);
    small_close(&small);
}

/* Goal: the FGD measure against idle GPU, by hand. Method: one typical task, 1 whole GPU without
 * CPU, of weight 1, and one node with 4 GPUs. Empty: every GPU is usable, F = 0. A job takes 300
 * milli of a GPU: the 700 left on it are useless to the typical task: F = 700 of 3700 idle = 18.92
 * %; of the cluster's GPUs 17.5 %. A second takes 1 GPU: F = 700 of 2700 = 25.93 %. */
static void fragmentation_by_hand(void)
{
    SmallScenario small;
    small_open(&small, 1, 4, "drop", "first-fit");
    small_job(&small, "a", 0, -1, 1, 1)->gpu_milli = 300;
    small_job(&small, "b", 1, -1, 1, 1);
    GpTypical typical = {
        .size = sizeof(GpTypical),
        .shape = {.size = sizeof(GpShape), .kind = -1, .device_count = 1, .device_milli = 1000},
        .weight = 1.0};
    int32_t threshold = 0;
    CU_ASSERT_EQUAL_FATAL(gp_shape_finish(&typical.shape), GP_OK);
    GpConstants *constants = &small.scenario.constants;
    constants->typical_count = 1;
    constants->typical = &typical;
    constants->thresholds = &threshold;
    GpFleet fleet = {.size = sizeof fleet, .node_count = 1, .type_count = 1, .types = small.types};
    CU_ASSERT_EQUAL_FATAL(gp_constants_finish(constants, &fleet), GP_OK);
    Diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    ReplicationResult result;
    RunOptions options = {.keep_series = true};
    CU_ASSERT_EQUAL_FATAL(run_one(&small.scenario, &options, &small.arena, &diagnostics, &result),
                          STATUS_OK);
    /* arrived: 300 of 4000 = 7.5 % -> 8; 1300 of 4000 = 32.5 % -> 32 */
    CU_ASSERT_EQUAL(result.curve.count, 33);
    CU_ASSERT_DOUBLE_EQUAL(result.curve.frag_ratio_pct[8], 18.92, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(result.curve.frag_amount_pct[8], 17.5, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(result.curve.frag_ratio_pct[32], 25.93, 1e-9);
    CU_ASSERT_EQUAL(result.curve.alloc_pct[8], 7.5);
    CU_ASSERT_EQUAL_FATAL(result.series->count, 2);
    CU_ASSERT_EQUAL(result.series->fragmented_milli[0], 700.0);
    CU_ASSERT_EQUAL(result.series->idle_milli[1], 2700);
    /* the run lasts from 0 to 1 s with 18.9189... % throughout */
    CU_ASSERT_DOUBLE_EQUAL(result.metric[METRIC_fragmentation_ratio], 700.0 / 3700.0, 1e-12);
    CU_ASSERT(isnan(result.metric[METRIC_allocation_at_full_load]));
    diagnostics_free(&diagnostics);
    small_close(&small);
}

const TestCase CASES[] = {
    {"halves go to even", halves_go_to_even},
    {"means are added in eight lanes", means_are_added_in_eight_lanes},
    {"long bins are halved", long_bins_are_halved},
    {"rows by arrived demand, neighbours stand in", rows_by_arrived_demand},
    {"fragmentation by hand", fragmentation_by_hand},
    {NULL, NULL},
};
