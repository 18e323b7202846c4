/* test_fault_fit.c - fits of fault logs against what the logs were drawn from. */
#include "tests/suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_randist.h>

#include "models/gsl_philox.h"
#include "traces/fault_fit.h"

#define DAY_MS INT64_C(86400000)
#define NODES 3000
#define DAYS 300
#define ROWS_MAX 40000

/* A log in memory: nodes of a gamma frailty, gaps of a Weibull, one component. */
typedef struct Drawn {
    Arena arena;
    Diagnostics diagnostics;
    FaultLog log;
    FaultFit fit;
    FaultLogComponent component;
} Drawn;

static int row_compare(const void *a, const void *b)
{
    const FaultLogRow *first = a;
    const FaultLogRow *second = b;
    return (first->start_ms > second->start_ms) - (first->start_ms < second->start_ms);
}

static void rows_draw(Drawn *drawn, double frailty_cv, double shape, double mean_days)
{
    PhiloxState state;
    gsl_rng rng = gsl_philox_at(&state, (DrawAddress){.seed = 7, .purpose = PURPOSE_TEST});
    double scale = mean_days * (double)DAY_MS / tgamma(1.0 + 1.0 / shape);
    for (int32_t node = 0; node < NODES; node++) {
        double k = frailty_cv > 0.0 ? 1.0 / (frailty_cv * frailty_cv) : 0.0;
        double frailty = frailty_cv > 0.0 ? gsl_ran_gamma(&rng, k, 1.0 / k) : 1.0;
        double at = gsl_ran_weibull(&rng, scale, shape) / frailty;
        while (at < (double)drawn->log.window_ms && drawn->log.count < ROWS_MAX) {
            int64_t start_ms = (int64_t)at;
            drawn->log.rows[drawn->log.count++] =
                (FaultLogRow){.start_ms = start_ms, .end_ms = start_ms, .node = node};
            at += gsl_ran_weibull(&rng, scale, shape) / frailty;
        }
    }
    qsort(drawn->log.rows, (size_t)drawn->log.count, sizeof(FaultLogRow), row_compare);
}

static void drawn_open(Drawn *drawn, double frailty_cv, double shape, double mean_days)
{
    *drawn = (Drawn){.component = {.name = "x", .base = "x", .effect = FAULT_LOG_DOWN}};
    arena_init(&drawn->arena);
    diagnostics_init(&drawn->diagnostics);
    drawn->log.rows = ARENA_ARRAY(&drawn->arena, FaultLogRow, ROWS_MAX);
    drawn->log.node_name = ARENA_ARRAY(&drawn->arena, const char *, NODES);
    drawn->log.node_count = NODES;
    drawn->log.component_count = 1;
    drawn->log.components = &drawn->component;
    drawn->log.window_ms = DAYS * DAY_MS;
    rows_draw(drawn, frailty_cv, shape, mean_days);
    CU_ASSERT_TRUE_FATAL(drawn->log.count < ROWS_MAX);
    drawn->component.count = drawn->log.count;
    FaultFitOptions options = {.nodes = NODES, .gpus_per_node = 8};
    CU_ASSERT_EQUAL_FATAL(
        fault_fit(&drawn->log, &options, &drawn->arena, &drawn->diagnostics, &drawn->fit),
        STATUS_OK);
}

static void drawn_close(Drawn *drawn)
{
    diagnostics_free(&drawn->diagnostics);
    arena_free(&drawn->arena);
}

/* Goal: nodes that are alike and fail by chance are told to be so. Method: exponential gaps of 100
 * days; the fit within three standard errors of what was drawn. */
static void alike_and_by_chance(void)
{
    Drawn drawn;
    drawn_open(&drawn, 0.0, 1.0, 100.0);
    const FaultFit *fit = &drawn.fit;
    double n = (double)fit->stats.all.faults;
    CU_ASSERT_DOUBLE_EQUAL(fit->components[0].mtbf_ms / (double)DAY_MS, 100.0, 300.0 / sqrt(n));
    CU_ASSERT_EQUAL(fit->frailty.cv, 0.0);
    CU_ASSERT_DOUBLE_EQUAL(fit->gaps.shape, 1.0, 3.0 * fit->gaps.shape_error);
    CU_ASSERT_TRUE(fit->gaps.calendar_ks <= 1.63 / 1.358 * fit->gaps.ks_limit); /* 1 % */
    CU_ASSERT_TRUE(fit->gaps.fleet_ks <= 1.63 / 1.358 * fit->gaps.ks_limit);
    CU_ASSERT_DOUBLE_EQUAL(fit->gaps.calendar_mean, 0.5,
                           3.0 / sqrt(12.0 * (double)fit->gaps.tested));
    CU_ASSERT_TRUE(fit->month_p > 0.01);
    drawn_close(&drawn);
}

/* Goal: unlike nodes are no bursts. Method: a gamma frailty of cv 0.8; the cv comes back within
 * three standard errors; as if nodes were alike the gaps look like a Weibull of shape below 1,
 * while the test given each node's count finds nothing. */
static void unlike_nodes(void)
{
    Drawn drawn;
    drawn_open(&drawn, 0.8, 1.0, 100.0);
    const FaultFit *fit = &drawn.fit;
    CU_ASSERT_DOUBLE_EQUAL(fit->frailty.cv, 0.8, 3.0 * fit->frailty.cv_error);
    CU_ASSERT_TRUE(fit->frailty.cv_error > 0.0 && fit->frailty.cv_error < 0.05);
    CU_ASSERT_TRUE(fit->gaps.shape < 1.0 - 3.0 * fit->gaps.shape_error);
    CU_ASSERT_TRUE(fit->gaps.weibull_aic < fit->gaps.exponential_aic);
    CU_ASSERT_TRUE(fit->gaps.calendar_ks <= 1.63 / 1.358 * fit->gaps.ks_limit);
    drawn_close(&drawn);
}

/* Goal: bursts of like nodes are found, shape and all. Method: Weibull gaps of shape 0.6, the first
 * one from time 0, as the fit takes it. */
static void bursts_of_like_nodes(void)
{
    Drawn drawn;
    drawn_open(&drawn, 0.0, 0.6, 100.0);
    const FaultFit *fit = &drawn.fit;
    CU_ASSERT_DOUBLE_EQUAL(fit->gaps.shape, 0.6, 3.0 * fit->gaps.shape_error);
    CU_ASSERT_TRUE(fit->gaps.weibull_aic < fit->gaps.exponential_aic);
    CU_ASSERT_TRUE(fit->gaps.calendar_ks > 3.0 * fit->gaps.ks_limit);
    CU_ASSERT_TRUE(fit->gaps.calendar_mean < 0.45);
    drawn_close(&drawn);
}

/* Goal: a table of repair times has the sample's mean. Method: a hundred lognormal times of sigma
 * 2, whose mean the ten largest carry. */
static void tables_keep_the_mean(void)
{
    PhiloxState state;
    gsl_rng rng = gsl_philox_at(&state, (DrawAddress){.seed = 8, .purpose = PURPOSE_TEST});
    Arena arena;
    arena_init(&arena);
    for (int round = 0; round < 20; round++) {
        double repair_ms[100];
        double sum = 0.0;
        for (int i = 0; i < 100; i++) {
            repair_ms[i] = ceil(gsl_ran_lognormal(&rng, log(7.2e7), 2.0));
            sum += repair_ms[i];
        }
        ComponentFit fit = {.name = "x"};
        CU_ASSERT_TRUE_FATAL(fault_fit_repairs(repair_ms, 100, &arena, &fit));
        CU_ASSERT_EQUAL(fit.out.family, FAMILY_EMPIRICAL);
        CU_ASSERT_PTR_NULL(distribution_mistake(&fit.out));
        CU_ASSERT_DOUBLE_EQUAL(distribution_moment(&fit.out, 1) / (sum / 100.0), 1.0, 1e-6);
        CU_ASSERT_TRUE(fit.ks < 0.08);
        CU_ASSERT_TRUE(fit.out.point_count <= FAULT_FIT_POINTS_MAX);
    }
    arena_free(&arena);
}

/* Goal: odd samples of repairs make sound distributions. Method: one value; equal values; two. */
static void few_repairs(void)
{
    Arena arena;
    arena_init(&arena);
    for (size_t count = 0; count <= 3; count++) {
        double repair_ms[3] = {5000.0, 5000.0, 1.0};
        ComponentFit fit = {.name = "x"};
        CU_ASSERT_TRUE_FATAL(fault_fit_repairs(repair_ms, count, &arena, &fit));
        if (count > 0) {
            CU_ASSERT_PTR_NULL(distribution_mistake(&fit.out));
            CU_ASSERT_EQUAL(fit.out.family, count < 3 ? FAMILY_CONSTANT : FAMILY_EMPIRICAL);
        }
    }
    arena_free(&arena);
}

/* Goal: rates are of time in service, of what the component is of, and rare components share a
 * row. Method: 10 nodes watched for 100 days, of which one is down for 100 days: 900 in service.
 * 30 faults of 2 GPUs each: one GPU of 8 fails every 900 x 8 / 60 = 120 days; 6 + 5 rare ones of
 * nodes (one the long one): 900 / 11. */
static void rates_are_of_time_in_service(void)
{
    Arena arena;
    Diagnostics diagnostics;
    FaultLogComponent components[] = {
        {.name = "hbm", .base = "hbm", .effect = FAULT_LOG_DOWN, .of_devices = true, .count = 30},
        {.name = "fan", .base = "fan", .effect = FAULT_LOG_DOWN, .count = 6},
        {.name = "psu", .base = "psu", .effect = FAULT_LOG_DOWN, .count = 5},
    };
    FaultLogRow rows[41];
    const char *names[10] = {NULL};
    for (int32_t i = 0; i < 41; i++) {
        rows[i] = (FaultLogRow){.start_ms = i * DAY_MS, .end_ms = i * DAY_MS, .node = i % 10};
        rows[i].component = i < 30 ? 0 : i < 36 ? 1 : 2;
        rows[i].devices = i < 30 ? 5 : 0;
    }
    rows[0] = (FaultLogRow){.end_ms = 100 * DAY_MS, .component = 2};
    rows[40] = rows[1];
    rows[40].start_ms = rows[40].end_ms = 40 * DAY_MS;
    FaultLog log = {.count = 41,
                    .rows = rows,
                    .node_count = 10,
                    .node_name = names,
                    .component_count = 3,
                    .components = components,
                    .window_ms = 100 * DAY_MS};
    FaultFitOptions options = {.nodes = 10, .gpus_per_node = 8};
    FaultFit fit;
    arena_init(&arena);
    diagnostics_init(&diagnostics);
    CU_ASSERT_EQUAL_FATAL(fault_fit(&log, &options, &arena, &diagnostics, &fit), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(fit.component_count, 2);
    CU_ASSERT_STRING_EQUAL(fit.components[0].name, "hbm");
    CU_ASSERT_EQUAL(fit.components[0].faults, 60);
    CU_ASSERT_DOUBLE_EQUAL(fit.components[0].mtbf_ms / (double)DAY_MS, 120.0, 1e-9);
    CU_ASSERT_STRING_EQUAL(fit.components[1].name, "other");
    CU_ASSERT_EQUAL(fit.components[1].members, 2);
    CU_ASSERT_DOUBLE_EQUAL(fit.components[1].mtbf_ms / (double)DAY_MS, 900.0 / 11.0, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(fit.components[1].mean_ms, 100.0 * (double)DAY_MS / 11.0, 1e-3 * DAY_MS);
    log.count = FAULT_FIT_LEAST - 1;
    CU_ASSERT_EQUAL(fault_fit(&log, &options, &arena, &diagnostics, &fit), STATUS_BAD_INPUT);
    diagnostics_free(&diagnostics);
    arena_free(&arena);
}

const char *const SUITE = "faultfit";
const TestCase CASES[] = {
    {"alike and by chance", alike_and_by_chance},
    {"unlike nodes", unlike_nodes},
    {"bursts of like nodes", bursts_of_like_nodes},
    {"tables keep the mean", tables_keep_the_mean},
    {"few repairs", few_repairs},
    {"rates are of time in service", rates_are_of_time_in_service},
    {NULL, NULL},
};
