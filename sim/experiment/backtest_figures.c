/* backtest_figures.c - errors, correlations and skills of waits and of series. */
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/experiment/backtest.h"

const char *const BACKTEST_SIZE_NAMES[BACKTEST_SIZES] = {"no GPU",   "< 1 GPU", "1 GPU",
                                                         "2-7 GPUs", "8 GPUs",  "> 8 GPUs"};

BacktestSize backtest_size(int64_t gpu_milli)
{
    if (gpu_milli == 0) {
        return BACKTEST_SIZE_NONE;
    }
    if (gpu_milli <= 1000) {
        return gpu_milli < 1000 ? BACKTEST_SIZE_SHARE : BACKTEST_SIZE_ONE;
    }
    if (gpu_milli <= 8000) {
        return gpu_milli < 8000 ? BACKTEST_SIZE_FEW : BACKTEST_SIZE_EIGHT;
    }
    return BACKTEST_SIZE_MORE;
}

/* Without an error of the naive predictor there is nothing to beat. */
static double skill_of(double error, double naive_error)
{
    return naive_error > 0.0 ? 1.0 - error / naive_error : (double)NAN;
}

/* `sorted` is room for count values. */
static WaitFigures figures_of(const double *wait_s, int32_t count, double *sorted)
{
    size_t n = (size_t)count;
    memcpy(sorted, wait_s, n * sizeof *sorted);
    gsl_sort(sorted, 1, n);
    return (WaitFigures){
        .median = gsl_stats_quantile_from_sorted_data(sorted, 1, n, 0.5),
        .p90 = gsl_stats_quantile_from_sorted_data(sorted, 1, n, 0.9),
        .mean = gsl_stats_mean(sorted, 1, n),
    };
}

static bool varies(const double *values, int32_t count)
{
    for (int32_t i = 1; i < count; i++) {
        if (values[i] < values[0] || values[i] > values[0]) {
            return true;
        }
    }
    return false;
}

bool backtest_waits(const double *recorded_s, const double *simulated_s, int32_t count,
                    BacktestWaits *row)
{
    const double none = (double)NAN;
    const WaitFigures unknown = {none, none, none};
    row->jobs = count;
    row->recorded = row->simulated = unknown;
    row->median_error = row->mean_error = row->naive_error = none;
    row->correlation = row->skill = none;
    if (count == 0) {
        return true;
    }
    size_t n = (size_t)count;
    double *work = malloc(2 * n * sizeof *work);
    if (work == NULL) {
        return false;
    }
    row->recorded = figures_of(recorded_s, count, work);
    row->simulated = figures_of(simulated_s, count, work);
    if (varies(recorded_s, count) && varies(simulated_s, count)) {
        row->correlation = gsl_stats_spearman(recorded_s, 1, simulated_s, 1, n, work);
    }
    for (size_t i = 0; i < n; i++) {
        work[n + i] = fabs(simulated_s[i] - recorded_s[i]);
    }
    WaitFigures error = figures_of(work + n, count, work);
    row->median_error = error.median;
    row->mean_error = error.mean;
    row->naive_error = row->recorded.mean;
    row->skill = skill_of(row->mean_error, row->naive_error);
    free(work);
    return true;
}

static double error_of(const double *a, const double *b, int32_t count)
{
    double sum = 0.0;
    for (int32_t i = 0; i < count; i++) {
        sum += fabs(a[i] - b[i]);
    }
    return sum / count;
}

static double correlation_of(const double *a, const double *b, int32_t count)
{
    return varies(a, count) && varies(b, count) ? gsl_stats_correlation(a, 1, b, 1, (size_t)count)
                                                : (double)NAN;
}

void backtest_series(const double *recorded, const double *simulated, const double *naive,
                     int32_t count, BacktestSeries *series)
{
    const double none = (double)NAN;
    *series = (BacktestSeries){0, none, none, none, none, none, none, none, none};
    if (count == 0) {
        return;
    }
    double error = error_of(simulated, recorded, count);
    double naive_error = error_of(naive, recorded, count);
    *series = (BacktestSeries){
        .steps = count,
        .recorded = gsl_stats_mean(recorded, 1, (size_t)count),
        .simulated = gsl_stats_mean(simulated, 1, (size_t)count),
        .naive = gsl_stats_mean(naive, 1, (size_t)count),
        .error = error,
        .naive_error = naive_error,
        .correlation = correlation_of(recorded, simulated, count),
        .naive_correlation = correlation_of(recorded, naive, count),
        .skill = skill_of(error, naive_error),
    };
}
