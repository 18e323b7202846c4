/* statistics.c - GSL does the arithmetic. */
#include "sim/experiment/statistics.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stddef.h>

#include "sim/experiment/load_curve.h"

static MetricSummary summary_of(const double *values, int32_t count)
{
    if (count == 0) {
        return (MetricSummary){(double)NAN, (double)NAN, (double)NAN, (double)NAN, 0};
    }
    double mean = gsl_stats_mean(values, 1, (size_t)count);
    double sd = count > 1 ? gsl_stats_sd(values, 1, (size_t)count) : 0.0;
    double half = 0.0;
    if (sd > 0.0) {
        half = gsl_cdf_tdist_Pinv(0.975, (double)(count - 1)) * sd / sqrt((double)count);
    }
    return (MetricSummary){mean, sd, mean - half, mean + half, count};
}

MetricSummary statistics_summary(double *values, int32_t count)
{
    int32_t kept = 0;
    bool beyond = false;
    for (int32_t i = 0; i < count; i++) {
        if (!isnan(values[i])) {
            beyond = beyond || isinf(values[i]);
            values[kept++] = values[i];
        }
    }
    if (beyond) { /* to leave those out would flatter the mean */
        return (MetricSummary){(double)INFINITY, (double)NAN, (double)NAN, (double)NAN, kept};
    }
    return summary_of(values, kept);
}

/* ---- a variant ---- */

static const size_t CURVE_COLUMNS[] = {
    offsetof(LoadCurve, alloc_pct),         offsetof(LoadCurve, frag_amount_pct),
    offsetof(LoadCurve, frag_ratio_pct),    offsetof(LoadCurve, idle_gpus),
    offsetof(LoadCurve, idle_usd_per_hour),
};

static double *curve_column(const LoadCurve *curve, size_t offset)
{
    return *(double *const *)((const char *)curve + offset);
}

static void curve_row(VariantResult *variant, int32_t row, double *values)
{
    for (int32_t rep = 0; rep < variant->replication_count; rep++) {
        const LoadCurve *curve = &variant->replications[rep].curve;
        variant->mean_curve.passes[row] += row < curve->count ? curve->passes[row] : 0;
    }
    variant->sd_curve.passes[row] = variant->mean_curve.passes[row];
    for (size_t column = 0; column < sizeof CURVE_COLUMNS / sizeof CURVE_COLUMNS[0]; column++) {
        int32_t count = 0;
        for (int32_t rep = 0; rep < variant->replication_count; rep++) {
            const LoadCurve *curve = &variant->replications[rep].curve;
            if (row < curve->count) {
                values[count++] = curve_column(curve, CURVE_COLUMNS[column])[row];
            }
        }
        MetricSummary summary = statistics_summary(values, count);
        curve_column(&variant->mean_curve, CURVE_COLUMNS[column])[row] = summary.mean;
        curve_column(&variant->sd_curve, CURVE_COLUMNS[column])[row] = summary.sd;
    }
}

bool statistics_of_variant(VariantResult *variant, Arena *arena)
{
    int32_t rows = 0;
    for (int32_t rep = 0; rep < variant->replication_count; rep++) {
        int32_t count = variant->replications[rep].curve.count;
        rows = count > rows ? count : rows;
    }
    double *values = ARENA_ARRAY(arena, double, variant->replication_count);
    if (values == NULL || !load_curve_new(&variant->mean_curve, arena, rows) ||
        !load_curve_new(&variant->sd_curve, arena, rows)) {
        return false;
    }
    for (int metric = 0; metric < METRIC_COUNT; metric++) {
        for (int32_t rep = 0; rep < variant->replication_count; rep++) {
            values[rep] = variant->replications[rep].metric[metric];
        }
        variant->metric[metric] = statistics_summary(values, variant->replication_count);
    }
    for (int32_t row = 0; row < rows; row++) {
        curve_row(variant, row, values);
    }
    return true;
}
