/* test_fit.c - fitting finds what was put in: families, arrivals, sizes, queues; and says when it
 * cannot. */
#include "tests/suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/distribution_fit.h"
#include "models/gsl_philox.h"
#include "sim/scenario/load.h"
#include "traces/fit.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)
#define PER_HOUR INT64_C(168000000)

static int compare(const void *va, const void *vb)
{
    double a = *(const double *)va;
    double b = *(const double *)vb;
    return a < b ? -1 : a > b;
}

/* ---- families -------------------------------------------------------------------------------- */

/* Endurance of 23 ball bearings in millions of revolutions: Lieblein and Zelen, J. Research NBS 57
 * (1956), the example of many textbooks. */
static const double BEARINGS[] = {17.88, 28.92, 33.00,  41.52,  42.12,  45.60,  48.40, 51.84,
                                  51.96, 54.12, 55.56,  67.80,  68.64,  68.64,  68.88, 84.12,
                                  93.12, 98.64, 105.12, 105.84, 127.92, 128.04, 173.40};

/* Goal: maximum likelihood as others have it. Method: Weibull 2.10 and 81.9 (Lawless, Statistical
 * Models and Methods for Lifetime Data, section 5), lognormal mu 4.15 and sigma 0.522, gamma shape
 * 4.02: their published digits. */
static void test_published(void)
{
    FamilyFit fit;
    CU_ASSERT_FATAL(family_fit(FAMILY_WEIBULL, BEARINGS, 23, &fit));
    CU_ASSERT_DOUBLE_EQUAL(fit.distribution.shape, 2.10, 0.006);
    CU_ASSERT_DOUBLE_EQUAL(fit.distribution.scale, 81.9, 0.06);
    CU_ASSERT_FATAL(family_fit(FAMILY_LOGNORMAL, BEARINGS, 23, &fit));
    CU_ASSERT_DOUBLE_EQUAL(log(fit.distribution.scale), 4.15, 0.006);
    CU_ASSERT_DOUBLE_EQUAL(fit.distribution.shape, 0.522, 0.0015);
    CU_ASSERT_FATAL(family_fit(FAMILY_GAMMA, BEARINGS, 23, &fit));
    CU_ASSERT_DOUBLE_EQUAL(fit.distribution.shape, 4.02, 0.015);
    double mean = fit.distribution.shape * fit.distribution.scale;
    CU_ASSERT_DOUBLE_EQUAL(mean, 72.22, 0.01); /* the sample's: a property of the estimator */
}

/* Goal: parameters come back, and the right family wins. Method: 5,000 draws of each; within 4
 * standard errors as the fit states them; lowest AIC. */
static void test_recovery(void)
{
    static const Distribution TRUE_ONES[] = {
        {.family = FAMILY_EXPONENTIAL, .scale = 3.0e6},
        {.family = FAMILY_LOGNORMAL, .scale = 6.0e5, .shape = 1.7},
        {.family = FAMILY_WEIBULL, .scale = 2.0e6, .shape = 0.6},
        {.family = FAMILY_GAMMA, .scale = 4.0e6, .shape = 0.4},
        {.family = FAMILY_PARETO, .scale = 6.0e4, .shape = 1.2, .most = 8.64e7},
    };
    static double value[5000];
    for (int i = 0; i < FIT_CANDIDATES; i++) {
        PhiloxState state;
        gsl_rng rng = gsl_philox_at(
            &state, (DrawAddress){.seed = 11, .purpose = PURPOSE_TEST, .entity = (uint32_t)i});
        for (int n = 0; n < 5000; n++) {
            value[n] = distribution_draw(&TRUE_ONES[i], &rng);
        }
        qsort(value, 5000, sizeof value[0], compare);
        FamilyFit fits[FIT_CANDIDATES];
        for (int k = 0; k < FIT_CANDIDATES; k++) {
            if (!family_fit(FIT_FAMILIES[k], value, 5000, &fits[k])) {
                fits[k].aic = INFINITY;
            }
            CU_ASSERT(k == i || fits[k].aic > fits[i].aic - 4.0 || k < i);
        }
        const FamilyFit *fit = &fits[i];
        for (int k = 0; k < FIT_CANDIDATES; k++) { /* exponential is a Weibull and a gamma, too */
            CU_ASSERT(fits[k].aic > fit->aic - 4.0);
        }
        CU_ASSERT(fabs(fit->distribution.scale - TRUE_ONES[i].scale) <=
                  4.0 * fit->scale_error + 1e-3 * TRUE_ONES[i].scale);
        CU_ASSERT(fabs(fit->distribution.shape - TRUE_ONES[i].shape) <= 4.0 * fit->shape_error);
        CU_ASSERT(fit->ks < 1.949 / sqrt(5000.0));
        CU_ASSERT(fit->ad < 6.0); /* its 99.9 % point for a known distribution */
    }
}

/* Goal: distances. Method: by hand. Uniform on [0, 1] as an empirical table would divide by 0, so
 * exponentials: F(ln 2) = 0.5. One value there: KS 0.5, A^2 = -1 - 2 ln 0.5. Two values ln(4/3) and
 * ln 4: F = 0.25, 0.75, KS 0.25. */
static void test_distances(void)
{
    Distribution d = {.family = FAMILY_EXPONENTIAL, .scale = 1.0};
    double one[] = {M_LN2};
    double two[] = {log(4.0 / 3.0), log(4.0)};
    CU_ASSERT_DOUBLE_EQUAL(distance_ks(&d, one, 1), 0.5, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(distance_ad(&d, one, 1), -1.0 - 2.0 * log(0.5), 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(distance_ks(&d, two, 2), 0.25, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(distance_ad(&d, two, 2),
                           -2.0 - 0.5 * (2.0 * log(0.25) + 6.0 * log(0.75)), 1e-12);
    double a[] = {1, 2, 3, 4};
    double b[] = {3, 4, 5, 6};
    CU_ASSERT_DOUBLE_EQUAL(distance_ks_samples(a, 4, b, 4), 0.5, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(distance_ks_samples(a, 4, a, 4), 0.0, 1e-12);
    Distribution constant = {.family = FAMILY_CONSTANT, .scale = 3.0};
    double same[] = {3, 3, 3};
    CU_ASSERT_DOUBLE_EQUAL(distance_ks(&constant, same, 3), 0.0, 1e-12);
    double tail[] = {1, 1, M_E, M_E * M_E}; /* 2 / (1 + 2) */
    CU_ASSERT_DOUBLE_EQUAL(tail_exponent(tail, 4, 2), 2.0 / 3.0, 1e-12);
    CU_ASSERT_EQUAL(tail_exponent(tail, 4, 4), 0.0);
    FamilyFit fit;
    CU_ASSERT_FALSE(family_fit(FAMILY_LOGNORMAL, same, 3, &fit));
    CU_ASSERT_FALSE(family_fit(FAMILY_LOGNORMAL, same, 0, &fit));
}

/* Goal: shares are exact. Method: thirds: 333,334 + 333,333 + 333,333; nothing at all. */
static void test_shares(void)
{
    int32_t ppm[3];
    fit_shares((int64_t[]){5, 5, 5}, 3, ppm);
    CU_ASSERT(ppm[0] == 333334 && ppm[1] == 333333 && ppm[2] == 333333);
    fit_shares((int64_t[]){1, 0, 6}, 3, ppm); /* 142,857.14 and 857,142.86 */
    CU_ASSERT(ppm[0] == 142857 && ppm[1] == 0 && ppm[2] == 857143);
    fit_shares((int64_t[]){0, 0, 0}, 3, ppm);
    CU_ASSERT_EQUAL(ppm[0] + ppm[1] + ppm[2], GP_PPM);
}

/* ---- whole logs ------------------------------------------------------------------------------ */

typedef struct Log {
    Arena arena;
    Diagnostics diagnostics;
    SyntheticSpec *spec;
    RequestList rows;
    FitOptions options;
    TraceFit fit;
    Status status;
} Log;

static SyntheticSpec *log_open(Log *log, int32_t sizes, int32_t queues)
{
    *log = (Log){.options = {.has_calendar = true, .seed = 5}};
    arena_init(&log->arena);
    diagnostics_init(&log->diagnostics);
    log->spec = synthetic_new(&log->arena, sizes, queues);
    CU_ASSERT_PTR_NOT_NULL_FATAL(log->spec);
    return log->spec;
}

static const TraceFit *log_fit(Log *log)
{
    SyntheticDraw draw = {.seed = 42, .horizon_ms = TIME_NEVER};
    CU_ASSERT_EQUAL_FATAL(synthetic_draw(log->spec, &draw, &log->diagnostics, &log->rows),
                          STATUS_OK);
    log->status = trace_fit(&log->rows, &log->options, &log->arena, &log->diagnostics, &log->fit);
    CU_ASSERT_EQUAL_FATAL(log->status, STATUS_OK);
    return &log->fit;
}

static void log_close(Log *log)
{
    free(log->rows.rows);
    arena_free(&log->arena);
    diagnostics_free(&log->diagnostics);
}

/* Goal: a plain M/G/1 stream is seen as what it is. Method: Poisson, 30/h, lognormal: no bursts, no
 * busy days, gaps exponential, rate within 4 / sqrt(n), factors of hours and days near 1 (a factor
 * of n/24 jobs has a standard error of sqrt(24/n) = 3.5 %), the family and its parameters. */
static void test_plain(void)
{
    Log log;
    SyntheticSpec *spec = log_open(&log, 1, 0);
    spec->count = 20000;
    spec->arrivals.rate = 30 * PER_HOUR;
    spec->sizes[0].duration =
        (Distribution){.family = FAMILY_LOGNORMAL, .scale = 6.0e5, .shape = 1.2};
    const TraceFit *fit = log_fit(&log);
    CU_ASSERT_EQUAL(fit->jobs, 20000);
    CU_ASSERT(fabs(fit->arrivals.per_hour / 30.0 - 1.0) < 4.0 / sqrt(20000.0));
    CU_ASSERT_FALSE(fit->arrivals.has_bursts);
    CU_ASSERT_EQUAL(fit->arrivals.day_cv, 0.0);
    CU_ASSERT_EQUAL(fit->spec->arrivals.process, ARRIVAL_POISSON);
    CU_ASSERT(fabs(fit->arrivals.gaps.cv - 1.0) < 0.04);
    CU_ASSERT(fit->arrivals.has_hours && fit->arrivals.has_days);
    for (int hour = 0; hour < 24; hour++) {
        CU_ASSERT(fabs(fit->arrivals.hour_factor[hour] - 1.0) < 4.0 * 0.035);
    }
    CU_ASSERT_EQUAL_FATAL(fit->class_count, 1);
    const ClassFit *only = &fit->classes[0];
    CU_ASSERT_EQUAL_FATAL(only->best, 1); /* lognormal */
    const FamilyFit *best = &only->family[1];
    CU_ASSERT(fabs(best->distribution.scale - 6.0e5) < 4.0 * best->scale_error);
    CU_ASSERT(fabs(best->distribution.shape - 1.2) < 4.0 * best->shape_error);
    CU_ASSERT_PTR_EQUAL(only->chosen, &best->distribution);
    CU_ASSERT(fit->likeness.gap_ks < 0.02 && fit->likeness.duration_ks < 0.02);
    for (int i = 0; i < FIT_WINDOWS; i++) { /* as any Poisson process: 1 */
        CU_ASSERT(fabs(fit->likeness.dispersion[0][i] - 1.0) < 0.6);
    }
    log_close(&log);
}

/* Everything at once: hours, days of the week, busy days, bursts, sizes, ends, queues, users. */
static void rich_spec(SyntheticSpec *spec, Arena *arena)
{
    spec->count = 30000;
    spec->arrivals.rate = 40 * PER_HOUR;
    for (int cell = 0; cell < HOURS_OF_WEEK; cell++) {
        spec->arrivals.hour_weight[cell] =
            (cell % 24 >= 8 && cell % 24 < 20 ? 3 : 1) * (cell / 24 < 5 ? 2 : 1);
    }
    spec->arrivals.day_cv = 0.5;
    spec->arrivals.burst = (BurstSpec){.probability_ppm = 300000,
                                       .size = 6.0,
                                       .spacing_ms = 3000,
                                       .alike_ppm = 900000,
                                       .correlation_ppm = 700000};
    spec->sizes[0].share_ppm = 700000;
    spec->sizes[1].share_ppm = 300000;
    spec->sizes[1].gpu_milli_total = 8000;
    size_split(&spec->sizes[1], 8);
    spec->sizes[1].duration =
        (Distribution){.family = FAMILY_WEIBULL, .scale = 2.0e7, .shape = 0.7};
    memcpy(spec->sizes[1].end_ppm, (int32_t[]){500000, 200000, 300000}, sizeof(int32_t[3]));
    spec->queues[0] = (QueueShare){.share_ppm = 600000, .name = "big"};
    spec->queues[1] = (QueueShare){.share_ppm = 400000, .name = "small one"};
    spec->user_count = 10;
    spec->user_zipf = 1.2;
    CU_ASSERT_FATAL(synthetic_users(spec, &spec->queues[0], arena));
    CU_ASSERT_FATAL(synthetic_users(spec, &spec->queues[1], arena));
}

/* Of `fit`, what rich_spec put in. 30,000 jobs are 12,000 arrivals over 31 days, so days and what
 * hangs on them are known to some 15 %. */
static void rich_check(const TraceFit *fit)
{
    const ArrivalFit *arrivals = &fit->arrivals;
    CU_ASSERT(arrivals->hour_factor[12] / arrivals->hour_factor[2] > 2.5 &&
              arrivals->hour_factor[12] / arrivals->hour_factor[2] < 3.6);
    double weekday = 0.0;
    for (int day = 0; day < 5; day++) {
        weekday += arrivals->day_factor[day] / 5.0;
    }
    double weekend = (arrivals->day_factor[5] + arrivals->day_factor[6]) / 2.0;
    CU_ASSERT(weekday / weekend > 1.2 &&
              weekday / weekend < 3.3); /* 2, with 9 busy or quiet days */
    CU_ASSERT_DOUBLE_EQUAL(fit->told.day_cv, 0.5, 0.15);
    CU_ASSERT_TRUE(arrivals->has_bursts);
    CU_ASSERT_DOUBLE_EQUAL(fit->told.burst_probability, 0.3, 0.04);
    CU_ASSERT_DOUBLE_EQUAL(fit->told.burst_size, 6.0, 0.4);
    CU_ASSERT_DOUBLE_EQUAL(fit->told.burst_spacing_ms, 3000.0, 300.0);
    CU_ASSERT_DOUBLE_EQUAL(fit->told.burst_alike, 0.9, 0.05);
    CU_ASSERT_DOUBLE_EQUAL(fit->told.burst_correlation, 0.7, 0.06);
    CU_ASSERT_DOUBLE_EQUAL(fit->told.gaps.family_cv, 1.0, 0.12);
    CU_ASSERT_EQUAL_FATAL(fit->spec->size_count, 2);
    CU_ASSERT(abs(fit->spec->sizes[1].share_ppm - 300000) < 15000);
    CU_ASSERT_EQUAL_FATAL(fit->class_count, 2);
    CU_ASSERT_EQUAL(fit->classes[1].gpu_milli_from, 8000);
    CU_ASSERT(abs(fit->classes[1].end_ppm[JOB_END_FAILED] - 300000) < 15000);
    CU_ASSERT_EQUAL(fit->classes[0].end_ppm[JOB_END_COMPLETED], GP_PPM);
    CU_ASSERT_EQUAL(fit->classes[0].best >= 0, true);
    CU_ASSERT_DOUBLE_EQUAL(fit->classes[0].mean_ms / 3.6e6, 1.0, 0.06); /* exponential, 1 h */
    CU_ASSERT_DOUBLE_EQUAL(distribution_moment(fit->classes[1].chosen, 1) / fit->classes[1].mean_ms,
                           1.0, 0.05);
    CU_ASSERT_EQUAL_FATAL(fit->spec->queue_count, 2);
    CU_ASSERT_STRING_EQUAL(fit->spec->queues[0].name, "big");
    CU_ASSERT(abs(fit->spec->queues[0].share_ppm - 600000) < 15000);
    CU_ASSERT_EQUAL(fit->spec->user_count, 10);
    CU_ASSERT_DOUBLE_EQUAL(fit->spec->user_zipf, 1.2, 0.05);
    CU_ASSERT(fit->likeness.spearman[0] > 0.2);
}

static void test_rich(void)
{
    Log log;
    SyntheticSpec *spec = log_open(&log, 2, 2);
    rich_spec(spec, &log.arena);
    log.options.week_offset_ms = 0;
    rich_check(log_fit(&log));
    log_close(&log);
}

/* Goal: fit(draw(fit)) is the fit. Method: what the first fit found is drawn and fitted again. */
static void test_round_trip(void)
{
    Log log;
    SyntheticSpec *spec = log_open(&log, 2, 2);
    rich_spec(spec, &log.arena);
    TraceFit first = *log_fit(&log);
    free(log.rows.rows);
    log.spec = first.spec;
    const TraceFit *second = log_fit(&log);
    CU_ASSERT_EQUAL(second->jobs, first.jobs);
    CU_ASSERT_DOUBLE_EQUAL(second->told.burst_size, first.told.burst_size, 0.4);
    CU_ASSERT_DOUBLE_EQUAL(second->told.burst_probability, first.told.burst_probability, 0.03);
    CU_ASSERT_DOUBLE_EQUAL(second->told.burst_correlation, first.told.burst_correlation, 0.06);
    CU_ASSERT_DOUBLE_EQUAL(second->told.day_cv, first.told.day_cv, 0.2);
    CU_ASSERT(abs(second->spec->sizes[1].share_ppm - first.spec->sizes[1].share_ppm) < 15000);
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_DOUBLE_EQUAL(second->classes[i].mean_ms / first.classes[i].mean_ms, 1.0, 0.08);
    }
    CU_ASSERT(second->likeness.duration_ks < 0.03);
    log_close(&log);
}

/* Goal: what is written is what was fitted. Method: the YAML is loaded as a scenario with a cluster
 * in front; its generator has the fit's numbers to the digits written. */
static void test_yaml(void)
{
    Log log;
    SyntheticSpec *spec = log_open(&log, 2, 2);
    rich_spec(spec, &log.arena);
    const TraceFit *fit = log_fit(&log);
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs("cluster: {types: {h: {gpus: {count: 8}}}, nodes: [{name: a, type: h, count: 2}]}\n",
          file);
    CU_ASSERT_TRUE(fit_yaml_write(fit, "a test", file));
    fclose(file);
    ScenarioSet set;
    LoadOptions options = {0};
    Status status =
        scenario_load_text("fit.yaml", text, size, &options, &log.arena, &log.diagnostics, &set);
    diagnostics_print(&log.diagnostics, stderr, false);
    CU_ASSERT_EQUAL_FATAL(status, STATUS_OK);
    const SyntheticSpec *read = set.variants[0].sources[0].synthetic;
    const SyntheticSpec *made = fit->spec;
    CU_ASSERT_EQUAL(read->arrivals.rate, made->arrivals.rate);
    CU_ASSERT_EQUAL(read->arrivals.process, made->arrivals.process);
    CU_ASSERT_EQUAL(read->count, made->count);
    CU_ASSERT_EQUAL(read->arrivals.burst.alike_ppm, made->arrivals.burst.alike_ppm);
    CU_ASSERT_EQUAL(read->arrivals.burst.spacing_ms, made->arrivals.burst.spacing_ms);
    CU_ASSERT_DOUBLE_EQUAL(read->arrivals.day_cv, made->arrivals.day_cv, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(read->arrivals.hour_weight[60], made->arrivals.hour_weight[60], 4000.0);
    CU_ASSERT_EQUAL_FATAL(read->size_count, 2);
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL(read->sizes[i].share_ppm, made->sizes[i].share_ppm);
        CU_ASSERT_EQUAL(memcmp(read->sizes[i].end_ppm, made->sizes[i].end_ppm, 12), 0);
        CU_ASSERT_EQUAL(read->sizes[i].duration.family, made->sizes[i].duration.family);
        CU_ASSERT_DOUBLE_EQUAL(distribution_moment(&read->sizes[i].duration, 1) /
                                   distribution_moment(&made->sizes[i].duration, 1),
                               1.0, 1e-5);
        CU_ASSERT_STRING_EQUAL(read->queues[i].name, made->queues[i].name);
    }
    CU_ASSERT_EQUAL(read->user_count, made->user_count);
    free(text);
    log_close(&log);
}

/* ---- what cannot be fitted ------------------------------------------------------------------- */

static Request job_at(int64_t submit_ms, int64_t duration_ms)
{
    return (Request){.gpu_count = 1,
                     .gpu_milli = 1000,
                     .task_count = 1,
                     .count = 1,
                     .model_text = "",
                     .submit_ms = submit_ms,
                     .duration_ms = duration_ms};
}

static Status status_of(Log *log, Request *rows, int32_t count)
{
    RequestList list = {rows, count};
    log->status = trace_fit(&list, &log->options, &log->arena, &log->diagnostics, &log->fit);
    return log->status;
}

/* Goal: poor logs. Method: none, one, several at one instant: refused. Two jobs alike: constant.
 * Jobs without GPUs, without an end, carried over, cut off: counted and left out. */
static void test_poor_logs(void)
{
    Log log;
    log_open(&log, 1, 0);
    Request rows[] = {job_at(0, 5000),          job_at(0, 5000),
                      job_at(HOUR_MS, 5000),    job_at(HOUR_MS, TIME_NEVER),
                      job_at(HOUR_MS, 5000),    job_at(HOUR_MS, 5000),
                      job_at(2 * HOUR_MS, 5000)};
    rows[4].gpu_count = rows[4].gpu_milli = 0;
    rows[5].carried = 1;
    rows[6].censored = 1;
    CU_ASSERT_EQUAL(status_of(&log, rows, 0), STATUS_BAD_INPUT);
    CU_ASSERT_EQUAL(status_of(&log, rows, 1), STATUS_BAD_INPUT);
    CU_ASSERT_EQUAL(status_of(&log, rows, 2), STATUS_BAD_INPUT);
    CU_ASSERT_EQUAL(log.diagnostics.error_count, 3);
    diagnostics_free(&log.diagnostics);
    diagnostics_init(&log.diagnostics);
    CU_ASSERT_EQUAL_FATAL(status_of(&log, rows, 7), STATUS_OK);
    CU_ASSERT(log.fit.rows == 7 && log.fit.jobs == 3);
    CU_ASSERT(log.fit.without_gpus == 1 && log.fit.without_end == 3);
    CU_ASSERT_EQUAL(log.fit.classes[0].chosen->family, FAMILY_CONSTANT);
    CU_ASSERT_EQUAL(log.fit.classes[0].chosen->scale, 5000.0);
    CU_ASSERT_FALSE(log.fit.arrivals.has_hours || log.fit.arrivals.has_bursts);
    log_close(&log);
}

/* Goal: more sizes than a generator takes. Method: 60 shares of a GPU and 70 queues' worth of
 * names: 40 sizes stay, shares are whole, every job has one. */
static void test_many_sizes(void)
{
    static Request rows[6000];
    Log log;
    log_open(&log, 1, 0);
    for (int i = 0; i < 6000; i++) {
        rows[i] = job_at(i * 60000, 60000 + i % 977 * 1000);
        rows[i].gpu_milli = 10 + i % 60 * 10;
    }
    CU_ASSERT_EQUAL_FATAL(status_of(&log, rows, 6000), STATUS_OK);
    CU_ASSERT(log.fit.spec->size_count == FIT_SIZES_MAX && log.fit.merged_sizes == 20);
    int64_t sum = 0;
    for (int32_t i = 0; i < log.fit.spec->size_count; i++) {
        sum += log.fit.spec->sizes[i].share_ppm;
    }
    CU_ASSERT_EQUAL(sum, GP_PPM);
    int64_t jobs = 0;
    for (int32_t i = 0; i < log.fit.class_count; i++) {
        jobs += log.fit.classes[i].count;
    }
    CU_ASSERT_EQUAL(jobs, 6000);
    CU_ASSERT(log.fit.class_count <= FIT_CLASSES_MAX);
    log_close(&log);
}

const char *const SUITE = "fitting";
const TestCase CASES[] = {
    {"published estimates", test_published},
    {"recovery", test_recovery},
    {"distances", test_distances},
    {"shares", test_shares},
    {"a plain stream", test_plain},
    {"everything at once", test_rich},
    {"round trip", test_round_trip},
    {"yaml", test_yaml},
    {"poor logs", test_poor_logs},
    {"many sizes", test_many_sizes},
    {NULL, NULL},
};
