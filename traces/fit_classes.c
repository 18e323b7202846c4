/* fit_classes.c - durations and ends by size class: families, quantiles, tails. */
#include <math.h>
#include <stdlib.h>

#include "traces/fit.h"

#define TAIL_SHARE 20 /* the largest 1 / 20 */
#define TAIL_LEAST 50

const Family FIT_FAMILIES[FIT_CANDIDATES] = {FAMILY_EXPONENTIAL, FAMILY_LOGNORMAL, FAMILY_WEIBULL,
                                             FAMILY_GAMMA, FAMILY_PARETO};

/* Where the empirical table looks. Long jobs are few and hold most of the GPU time, so the tail is
 * seen closer. */
static const double GRID[] = {0.0,   0.01, 0.02,   0.05,  0.1,    0.15,  0.2,    0.25, 0.3,
                              0.35,  0.4,  0.45,   0.5,   0.55,   0.6,   0.65,   0.7,  0.75,
                              0.8,   0.85, 0.9,    0.92,  0.94,   0.95,  0.96,   0.97, 0.98,
                              0.985, 0.99, 0.9925, 0.995, 0.9975, 0.999, 0.9995, 1.0};
#define GRID_POINTS (int32_t)(sizeof GRID / sizeof GRID[0])

static int compare(const void *va, const void *vb)
{
    double a = *(const double *)va;
    double b = *(const double *)vb;
    return a < b ? -1 : a > b;
}

/* ---- which sizes belong together ------------------------------------------------------------- */

static int32_t class_of(const TraceFit *fit, int32_t gpu_milli)
{
    int32_t i = fit->class_count - 1;
    while (i > 0 && fit->classes[i].gpu_milli_from > gpu_milli) {
        i--;
    }
    return i;
}

/* Sizes ascending; a class ends as soon as it has enough jobs, and what is left over at the end
 * joins the last. */
static void classes_cut(const FitJobs *log, const SyntheticSpec *spec, TraceFit *fit)
{
    int64_t enough = FIT_CLASS_LEAST;
    int64_t count = 0;
    int32_t from = spec->sizes[0].gpu_milli_total;
    for (int32_t i = 0; i < spec->size_count; i++) {
        int64_t of_size = 0;
        for (int32_t k = 0; k < log->count; k++) {
            of_size += log->jobs[k].gpu_milli == spec->sizes[i].gpu_milli_total;
        }
        count += of_size;
        bool last = i == spec->size_count - 1;
        if ((count >= enough || (last && fit->class_count == 0)) &&
            fit->class_count < FIT_CLASSES_MAX) {
            fit->classes[fit->class_count++] = (ClassFit){.gpu_milli_from = from, .best = -1};
            count = 0;
            from = last ? from : spec->sizes[i + 1].gpu_milli_total;
        }
    }
    fit->classes[0].gpu_milli_from = spec->sizes[0].gpu_milli_total;
}

/* ---- one class ------------------------------------------------------------------------------- */

/* Between two sorted values linearly, as gsl_stats_quantile_from_sorted_data does. */
static double sorted_quantile(const double *value, size_t count, double p)
{
    double at = p * (double)(count - 1);
    size_t low = (size_t)at;
    double part = at - (double)low;
    return low + 1 < count ? value[low] + part * (value[low + 1] - value[low]) : value[low];
}

/* So that tables read well: to the second from a minute on. */
static double rounding_ms(double value_ms)
{
    return value_ms >= 60000.0 ? 1000.0 : 1.0;
}

static bool quantiles_take(const double *sorted, size_t count, Arena *arena, Distribution *table)
{
    QuantilePoint *points = ARENA_ARRAY(arena, QuantilePoint, GRID_POINTS);
    if (points == NULL) {
        return false;
    }
    *table = (Distribution){.family = FAMILY_EMPIRICAL, .points = points};
    for (int32_t i = 0; i < GRID_POINTS; i++) {
        double p = GRID[i];
        bool end = p == 0.0 || p == 1.0;
        bool seen = p * (double)count >= 3.0 && (1.0 - p) * (double)count >= 3.0;
        if (end || seen) { /* a quantile needs a few values on either side */
            double unit = end ? 1.0 : rounding_ms(sorted_quantile(sorted, count, p));
            points[table->point_count++] =
                (QuantilePoint){p, unit * floor(sorted_quantile(sorted, count, p) / unit + 0.5)};
        }
    }
    return true;
}

static void families_fit(const double *sorted, size_t count, ClassFit *fit)
{
    for (int32_t i = 0; i < FIT_CANDIDATES; i++) {
        fit->fitted[i] = family_fit(FIT_FAMILIES[i], sorted, count, &fit->family[i]);
        if (!fit->fitted[i]) {
            continue;
        }
        if (fit->best < 0 || fit->family[i].aic < fit->family[fit->best].aic) {
            fit->best = i;
        }
    }
    for (int32_t i = 0; i < FIT_CANDIDATES; i++) { /* nothing longer than the log has seen */
        fit->family[i].distribution.most = fit->fitted[i] ? fit->largest_ms : 0.0;
    }
}

static void class_choose(FitDurations wanted, ClassFit *fit)
{
    bool near = false;
    if (fit->best >= 0) {
        const FamilyFit *best = &fit->family[fit->best];
        double mean = distribution_moment(&best->distribution, 1);
        near = best->ks <= FIT_NEAR_KS && fabs(mean / fit->mean_ms - 1.0) <= FIT_NEAR_MEAN;
    }
    bool family = fit->best >= 0 &&
                  (wanted == FIT_DURATIONS_FAMILY || (wanted == FIT_DURATIONS_AUTO && near));
    fit->chosen = family ? &fit->family[fit->best].distribution : &fit->quantiles;
    fit->chosen_ks = family ? fit->family[fit->best].ks : fit->quantiles_ks;
}

static bool class_fit(const double *sorted, size_t count, const FitOptions *options, Arena *arena,
                      ClassFit *fit)
{
    double sum = 0.0;
    for (size_t i = 0; i < count; i++) {
        sum += sorted[i];
    }
    fit->count = (int64_t)count;
    fit->mean_ms = sum / (double)count;
    fit->median_ms = sorted_quantile(sorted, count, 0.5);
    fit->largest_ms = sorted[count - 1];
    if (!quantiles_take(sorted, count, arena, &fit->quantiles)) {
        return false;
    }
    if (sorted[0] == sorted[count - 1]) {
        fit->quantiles = (Distribution){.family = FAMILY_CONSTANT, .scale = sorted[0]};
    }
    fit->quantiles_ks = distance_ks(&fit->quantiles, sorted, count);
    families_fit(sorted, count, fit);
    size_t tail = count / TAIL_SHARE;
    fit->tail_count = tail >= TAIL_LEAST ? (int64_t)tail : 0;
    fit->tail = tail_exponent(sorted, count, (size_t)fit->tail_count);
    class_choose(options->durations, fit);
    return true;
}

/* ---- all ------------------------------------------------------------------------------------- */

bool fit_classes(const FitJobs *log, const FitOptions *options, Arena *arena, TraceFit *fit)
{
    classes_cut(log, fit->spec, fit);
    double *duration = malloc(((size_t)log->count + 1) * sizeof *duration);
    bool enough = duration != NULL;
    for (int32_t i = 0; enough && i < fit->class_count; i++) {
        int64_t ends[3] = {0};
        size_t count = 0;
        for (int32_t k = 0; k < log->count; k++) {
            const FitJob *job = &log->jobs[k];
            if (class_of(fit, job->gpu_milli) == i) {
                duration[count++] = (double)job->duration_ms;
                ends[job->end]++;
            }
        }
        qsort(duration, count, sizeof *duration, compare);
        enough = class_fit(duration, count, options, arena, &fit->classes[i]);
        fit_shares(ends, 3, fit->classes[i].end_ppm);
    }
    for (int32_t i = 0; enough && i < fit->spec->size_count; i++) {
        SizeSpec *size = &fit->spec->sizes[i];
        const ClassFit *of = &fit->classes[class_of(fit, size->gpu_milli_total)];
        size->duration = *of->chosen;
        for (int end = 0; end < 3; end++) {
            size->end_ppm[end] = of->end_ppm[end];
        }
    }
    free(duration);
    return enough;
}
