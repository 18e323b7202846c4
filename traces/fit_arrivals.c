/* fit_arrivals.c - when jobs come: bursts, and the gaps that remain; the week is in fit_profile.c.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "traces/fit_bursts.h"
#include "traces/fit_profile.h"

#define HALF_TICK_HOURS (0.0005 / 3600.0)

/* ---- gaps ------------------------------------------------------------------------------------ */

static int compare(const void *va, const void *vb)
{
    double a = *(const double *)va;
    double b = *(const double *)vb;
    return a < b ? -1 : a > b;
}

static double spread(const double *value, size_t count)
{
    double sum = 0.0;
    double squares = 0.0;
    for (size_t i = 0; i < count; i++) {
        sum += value[i];
    }
    double mean = sum / (double)count;
    for (size_t i = 0; i < count; i++) {
        squares += (value[i] - mean) * (value[i] - mean);
    }
    return mean > 0.0 ? sqrt(squares / (double)count) / mean : 0.0;
}

/* Gaps between arrivals on the operational clock, scaled to mean 1. Arrivals of one instant are a
 * tick of the log apart: half of it. Where there are bursts, an arrival within the threshold of the
 * job before it is not seen as one; so a gap is counted from the moment when the next one would be,
 * which for a Poisson process changes nothing. */
static size_t gaps_take(const FitJobs *log, const FitClock *clock, const ArrivalFit *fit,
                        double *gap)
{
    int64_t blind_ms = fit->has_bursts ? (int64_t)fit->burst_threshold_ms : 0;
    size_t count = 0;
    double sum = 0.0;
    for (int32_t i = 1; i < log->count; i++) {
        if (log->jobs[i].follows) {
            continue;
        }
        double seen = fit_clock_hours(clock, log->jobs[i - 1].submit_ms + blind_ms);
        double now = fit_clock_hours(clock, log->jobs[i].submit_ms);
        gap[count] = fmax(now - seen, HALF_TICK_HOURS);
        sum += gap[count++];
    }
    for (size_t i = 0; i < count; i++) {
        gap[i] *= (double)count / sum;
    }
    return count;
}

/* only: the family that is asked for, -1 for the best of all. */
static void gaps_fit(double *gap, size_t count, int32_t only, GapFit *fit)
{
    fit->best = -1;
    fit->count = (int64_t)count;
    fit->cv = count > 0 ? spread(gap, count) : 0.0;
    qsort(gap, count, sizeof *gap, compare);
    fit->family_cv = 1.0;
    for (int i = 0; i < FIT_GAP_CANDIDATES; i++) {
        fit->fitted[i] =
            (only < 0 || only == i) && family_fit(FIT_FAMILIES[i], gap, count, &fit->family[i]);
        if (fit->fitted[i] && (fit->best < 0 || fit->family[i].aic < fit->family[fit->best].aic)) {
            fit->best = i;
        }
    }
    if (fit->best >= 0) {
        const Distribution *best = &fit->family[fit->best].distribution;
        double mean = distribution_moment(best, 1);
        fit->family_cv = sqrt(distribution_moment(best, 2) / (mean * mean) - 1.0);
    }
}

/* ---- all ------------------------------------------------------------------------------------- */

static void gaps_describe(const FitJobs *log, double *gap, ArrivalFit *fit)
{
    size_t count = (size_t)log->count - 1;
    int64_t zeros = 0;
    for (size_t i = 0; i < count; i++) {
        gap[i] = (double)(log->jobs[i + 1].submit_ms - log->jobs[i].submit_ms);
        zeros += gap[i] == 0.0;
    }
    fit->gap_cv = spread(gap, count);
    fit->equal_share = (double)zeros / (double)count;
}

/* Two rounds, since the spread of gaps and of days explain each other: days once with gaps taken
 * for a Poisson process, and again with the spread that the gaps then show. */
static bool gaps_and_days_fit(const FitJobs *log, const FitOptions *options, int32_t only,
                              double *gap, ArrivalFit *fit)
{
    fit->gaps.family_cv = 1.0;
    for (int round = 0; round < 2; round++) {
        FitClock clock;
        if (!fit_days(log, options, fit, &clock)) {
            return false;
        }
        gaps_fit(gap, gaps_take(log, &clock, fit, gap), only, &fit->gaps);
        fit_clock_free(&clock);
    }
    return true;
}

bool fit_arrivals_measure(FitJobs *log, const FitOptions *options, int32_t only, ArrivalFit *fit)
{
    fit->last_ms = log->jobs[log->count - 1].submit_ms;
    fit->per_hour = (double)(log->count - 1) * 3600000.0 / (double)fit->last_ms;
    double *gap = malloc((size_t)log->count * sizeof *gap);
    bool enough = gap != NULL;
    fit->has_bursts = false;
    if (enough && fit->burst_threshold_ms > 0.0) {
        enough = fit_bursts_measure(log, fit);
    }
    enough = enough && gaps_and_days_fit(log, options, only, gap, fit);
    free(gap);
    return enough;
}

bool fit_arrivals(FitJobs *log, const FitOptions *options, ArrivalFit *fit)
{
    *fit = (ArrivalFit){.last_ms = log->jobs[log->count - 1].submit_ms};
    double *gap = malloc((size_t)log->count * sizeof *gap);
    if (gap == NULL) {
        return false;
    }
    size_t count = (size_t)log->count - 1;
    gaps_describe(log, gap, fit);
    fit_profile(log, options, fit);
    fit->burst_threshold_ms = fit_burst_threshold(gap, count, (double)fit->last_ms / (double)count);
    free(gap);
    return fit_arrivals_measure(log, options, -1, fit);
}
