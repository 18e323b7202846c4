/* fit_profile.c - the hours of a week, and days that are busier than others. */
#include "traces/fit_profile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_math.h>

#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)
#define WEEK_MS (7 * DAY_MS)
#define HOURS_SPAN (2 * DAY_MS) /* a log shorter than this has no hours of the day */
#define DAYS_SPAN (2 * WEEK_MS) /* ... no days, of the week or busier ones */
#define ROUNDS 50
#define FACTOR_LEAST 1e-3 /* an hour without a job may still see one */
#define DAY_CV_LEAST 0.1  /* less is noise */
#define DAY_CV_MOST 20.0

static int64_t hour_of_week(int64_t at_ms, const FitOptions *options)
{
    return (at_ms + options->week_offset_ms) % WEEK_MS / HOUR_MS;
}

typedef struct Week {
    double count[HOURS_OF_WEEK];
    double hours[HOURS_OF_WEEK]; /* of the log within this hour of the week */
} Week;

static void week_fill(Week *week, const FitJobs *log, const FitOptions *options,
                      const ArrivalFit *fit)
{
    memset(week, 0, sizeof *week);
    for (int32_t i = 0; i < log->count; i++) {
        week->count[hour_of_week(log->jobs[i].submit_ms, options)]++;
    }
    for (int64_t at = 0; at < fit->last_ms;) {
        int64_t in_hour = (at + options->week_offset_ms) % HOUR_MS;
        int64_t end = GSL_MIN(at - in_hour + HOUR_MS, fit->last_ms);
        week->hours[hour_of_week(at, options)] += (double)(end - at) / (double)HOUR_MS;
        at = end;
    }
}

/* Factors of mean 1. */
static void factors_scale(double *factor, int count)
{
    double sum = 0.0;
    for (int i = 0; i < count; i++) {
        sum += factor[i];
    }
    for (int i = 0; i < count; i++) {
        factor[i] = sum > 0.0 ? fmax(factor[i] * count / sum, FACTOR_LEAST) : 1.0;
    }
}

/* Counts are Poisson with mean rate x hour x day x exposure; maximum likelihood by turns: each
 * factor is what was counted over what the others expect. */
static void profile_fit(const Week *week, ArrivalFit *fit)
{
    for (int round = 0; round < ROUNDS; round++) {
        double counted[24] = {0};
        double expected[24] = {0};
        for (int cell = 0; cell < HOURS_OF_WEEK; cell++) {
            counted[cell % 24] += week->count[cell];
            expected[cell % 24] += week->hours[cell] * fit->day_factor[cell / 24];
        }
        for (int hour = 0; fit->has_hours && hour < 24; hour++) {
            fit->hour_factor[hour] = expected[hour] > 0.0 ? counted[hour] / expected[hour] : 0.0;
        }
        factors_scale(fit->hour_factor, 24);
        double of_day[7] = {0};
        double due[7] = {0};
        for (int cell = 0; cell < HOURS_OF_WEEK; cell++) {
            of_day[cell / 24] += week->count[cell];
            due[cell / 24] += week->hours[cell] * fit->hour_factor[cell % 24];
        }
        for (int day = 0; fit->has_days && day < 7; day++) {
            fit->day_factor[day] = due[day] > 0.0 ? of_day[day] / due[day] : 0.0;
        }
        factors_scale(fit->day_factor, 7);
    }
}

void fit_profile(const FitJobs *log, const FitOptions *options, ArrivalFit *fit)
{
    fit->has_hours = options->has_calendar && fit->last_ms >= HOURS_SPAN;
    fit->has_days = options->has_calendar && fit->last_ms >= DAYS_SPAN;
    for (int i = 0; i < 24; i++) {
        fit->hour_factor[i] = fit->day_factor[i % 7] = 1.0;
    }
    Week week;
    week_fill(&week, log, options, fit);
    profile_fit(&week, fit);
}

/* ---- days ------------------------------------------------------------------------------------ */

static double day_hours(const FitClock *clock, int64_t day)
{
    return clock->before[day % 7 * 24 + 24] - clock->before[day % 7 * 24];
}

/* Hours of mean pace from the beginning of day 0, without the factors of the days. */
static double plain_hours(const FitClock *clock, int64_t week_ms, int64_t day)
{
    int64_t in_day = week_ms - day * DAY_MS;
    const double *before = &clock->before[day % 7 * 24];
    int64_t hour = in_day / HOUR_MS;
    double part = (double)(in_day % HOUR_MS) / (double)HOUR_MS;
    double next = hour < 24 ? before[hour + 1] : before[hour];
    return before[hour] - before[0] + part * (next - before[hour]);
}

double fit_clock_hours(const FitClock *clock, int64_t at_ms)
{
    int64_t week_ms = at_ms + clock->offset_ms;
    int64_t day = week_ms / DAY_MS;
    return clock->day_start[day] + clock->factor[day] * plain_hours(clock, week_ms, day);
}

void fit_clock_free(FitClock *clock)
{
    free(clock->day_start);
    free(clock->factor);
    free(clock->count);
    *clock = (FitClock){0};
}

static bool clock_init(FitClock *clock, const FitOptions *options, const ArrivalFit *fit)
{
    *clock = (FitClock){.offset_ms = options->week_offset_ms};
    clock->days = (fit->last_ms + clock->offset_ms) / DAY_MS + 1;
    clock->day_start = malloc(((size_t)clock->days + 1) * sizeof(double));
    clock->factor = malloc((size_t)clock->days * sizeof(double));
    clock->count = calloc((size_t)clock->days, sizeof(int64_t));
    for (int cell = 0; cell < HOURS_OF_WEEK; cell++) {
        clock->before[cell + 1] =
            clock->before[cell] + fit->hour_factor[cell % 24] * fit->day_factor[cell / 24];
    }
    return clock->day_start != NULL && clock->factor != NULL && clock->count != NULL;
}

/* Days that the log covers from end to end: [first, end). */
typedef struct WholeDays {
    int64_t first, end;
} WholeDays;

static WholeDays whole_days(const FitClock *clock)
{
    return (WholeDays){(clock->offset_ms + DAY_MS - 1) / DAY_MS, clock->days - 1};
}

/* Var / mean of the counts that bursts and gaps alone would show over a long time, of a compound
 * renewal process: (Var N + E[N]^2 cv^2) / E[N] with N jobs an arrival; N is 1, or 1 + a geometric
 * number of mean m, whose second moment is 2 m^2 - m. */
static double dispersion_of_gaps(const ArrivalFit *fit)
{
    double p = fit->has_bursts ? fit->burst_probability : 0.0;
    double m = fit->has_bursts ? fit->burst_size - 1.0 : 1.0;
    double mean = 1.0 + p * m;
    double second = 1.0 + 2.0 * p * m + p * (2.0 * m * m - m);
    double cv = fit->has_bursts ? 1.0 : fit->gaps.family_cv;
    return (second - mean * mean + mean * mean * cv * cv) / mean;
}

static void days_sum(const FitClock *clock, double per_hour, DaySums *sums)
{
    WholeDays days = whole_days(clock);
    *sums = (DaySums){0};
    for (int64_t day = days.first; day < days.end; day++) {
        double expected = per_hour * day_hours(clock, day);
        double off = (double)clock->count[day] - expected;
        sums->off_square += off * off;
        sums->expected += expected;
        sums->expected_square += expected * expected;
    }
}

double fit_day_cv(const DaySums *sums, const ArrivalFit *told)
{
    double over = sums->off_square - dispersion_of_gaps(told) * sums->expected;
    double c2 = sums->expected_square > 0.0 ? over / sums->expected_square : 0.0;
    return c2 >= DAY_CV_LEAST * DAY_CV_LEAST ? fmin(sqrt(c2), DAY_CV_MOST) : 0.0;
}

/* How busy each day probably was: between its own count and the mean, as far as counts can be
 * trusted (the posterior mean where counts are Poisson and factors gamma). */
static void factors_guess(FitClock *clock, double per_hour, double phi, double cv)
{
    double prior = cv > 0.0 ? 1.0 / (cv * cv) : 0.0;
    clock->day_start[0] = 0.0;
    for (int64_t day = 0; day < clock->days; day++) {
        double expected = per_hour * day_hours(clock, day) / phi;
        bool whole = day >= whole_days(clock).first && day < whole_days(clock).end;
        clock->factor[day] = cv > 0.0 && whole
                                 ? (prior + (double)clock->count[day] / phi) / (prior + expected)
                                 : 1.0;
        clock->day_start[day + 1] =
            clock->day_start[day] + clock->factor[day] * day_hours(clock, day);
    }
}

bool fit_days(const FitJobs *log, const FitOptions *options, ArrivalFit *fit, FitClock *clock)
{
    if (!clock_init(clock, options, fit)) {
        fit_clock_free(clock);
        return false;
    }
    for (int32_t i = 0; i < log->count; i++) {
        clock->count[(log->jobs[i].submit_ms + clock->offset_ms) / DAY_MS]++;
    }
    days_sum(clock, fit->per_hour, &fit->days);
    fit->day_cv = fit->last_ms >= DAYS_SPAN ? fit_day_cv(&fit->days, fit) : 0.0;
    factors_guess(clock, fit->per_hour, dispersion_of_gaps(fit), fit->day_cv);
    return true;
}
