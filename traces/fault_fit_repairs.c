/* fault_fit_repairs.c - how long repairs take: a table of quantiles whose mean is the log's, or a
 * family where one is near. */
#include <math.h>
#include <string.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "traces/fault_fit.h"
#include "traces/fit.h"

#define GRID_STEPS 20 /* every 5 % */
#define LARGEST 5     /* repairs that the table holds one by one: they carry the mean */

static const Family FAMILIES[2] = {FAMILY_LOGNORMAL, FAMILY_WEIBULL};

static void point_add(Distribution *table, QuantilePoint *points, double p, double value)
{
    const QuantilePoint *last = table->point_count > 0 ? &points[table->point_count - 1] : NULL;
    if (last == NULL || p > last->p + 1e-6) {
        points[table->point_count++] = (QuantilePoint){p, value};
    }
}

/* The i-th smallest of n stands at (i - 1/2) / n (Hazen), so that straight lines between them have
 * the sample's mean. */
static void table_fill(const double *sorted, size_t count, Distribution *table,
                       QuantilePoint *points)
{
    double n = (double)count;
    size_t tail = count > LARGEST ? count - LARGEST : 0;
    point_add(table, points, 0.0, sorted[0]);
    for (int step = 1; step < GRID_STEPS; step++) {
        size_t at = (size_t)(step * n / GRID_STEPS);
        if (at < tail) {
            point_add(table, points, floor(((double)at + 0.5) / n * 1e6 + 0.5) / 1e6, sorted[at]);
        }
    }
    for (size_t at = tail; at < count; at++) {
        point_add(table, points, floor(((double)at + 0.5) / n * 1e6 + 0.5) / 1e6, sorted[at]);
    }
    point_add(table, points, 1.0, sorted[count - 1]);
}

/* Between its points the table's logarithm is linear, which lies below straight lines: all of it is
 * stretched until its mean is the sample's. */
static double table_stretch(double mean, Distribution *table, QuantilePoint *points)
{
    double by = mean / distribution_moment(table, 1);
    double least = 0.0;
    for (int32_t i = 0; i < table->point_count; i++) {
        points[i].value = fmax(fmax(1.0, least), floor(points[i].value * by + 0.5));
        least = points[i].value;
    }
    return by;
}

bool fault_fit_repairs(double *repair_ms, size_t count, Arena *arena, ComponentFit *fit)
{
    if (count == 0) {
        return true;
    }
    gsl_sort(repair_ms, 1, count);
    fit->stretched = 1.0;
    fit->mean_ms = gsl_stats_mean(repair_ms, 1, count);
    fit->median_ms = gsl_stats_median_from_sorted_data(repair_ms, 1, count);
    if (repair_ms[0] == repair_ms[count - 1]) {
        fit->out = (Distribution){.family = FAMILY_CONSTANT, .scale = repair_ms[0]};
        return true;
    }
    QuantilePoint *points = ARENA_ARRAY(arena, QuantilePoint, FAULT_FIT_POINTS_MAX);
    if (points == NULL) {
        return false;
    }
    fit->out = (Distribution){.family = FAMILY_EMPIRICAL, .points = points};
    table_fill(repair_ms, count, &fit->out, points);
    fit->ks = distance_ks(&fit->out, repair_ms, count);
    fit->stretched = table_stretch(fit->mean_ms, &fit->out, points);
    for (int i = 0; i < 2; i++) {
        FamilyFit *family = &fit->family[i];
        fit->fitted[i] = family_fit(FAMILIES[i], repair_ms, count, family);
        double mean = fit->fitted[i] ? distribution_moment(&family->distribution, 1) : 0.0;
        if (fit->fitted[i] && family->ks <= FIT_NEAR_KS &&
            fabs(mean / fit->mean_ms - 1.0) <= FIT_NEAR_MEAN) {
            fit->out = family->distribution;
            fit->ks = family->ks;
            fit->stretched = 1.0;
        }
    }
    return true;
}
