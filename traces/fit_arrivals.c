/* fit_arrivals.c - when jobs come: a profile of the week, bursts, and the gaps that remain. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_math.h>

#include "traces/fit.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)
#define WEEK_MS (7 * DAY_MS)
#define HOURS_SPAN (2 * DAY_MS) /* a log shorter than this has no hours of the day */
#define DAYS_SPAN (2 * WEEK_MS) /* ... no days of the week */
#define ROUNDS 50
#define MIXTURE_ROUNDS 500
#define FAST_SHARE_LEAST 0.05 /* bursts, if so many gaps are short ... */
#define FAST_RATIO 5.0        /* ... and shorter than the others by this */
#define FACTOR_LEAST 1e-3     /* an hour without a job may still see one */

static int64_t hour_of_week(int64_t at_ms, const FitOptions *options)
{
    return (at_ms + options->week_offset_ms) % WEEK_MS / HOUR_MS;
}

/* ---- profile --------------------------------------------------------------------------------- */

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
    for (int64_t at = fit->first_ms; at < fit->last_ms;) {
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

/* Time on the clock that runs by the profile: in hours of mean pace. */
static double clock_hours(int64_t at_ms, const FitOptions *options, const ArrivalFit *fit,
                          const double before[HOURS_OF_WEEK + 1])
{
    int64_t week_ms = at_ms + options->week_offset_ms;
    int64_t cell = hour_of_week(at_ms, options);
    double pace = fit->hour_factor[cell % 24] * fit->day_factor[cell / 24];
    return (double)(week_ms / WEEK_MS) * before[HOURS_OF_WEEK] + before[cell] +
           pace * (double)(week_ms % HOUR_MS) / (double)HOUR_MS;
}

/* ---- bursts ---------------------------------------------------------------------------------- */

/* Gaps as two exponentials, short and long, by expectation and maximisation. */
typedef struct Mixture {
    double share;      /* of short gaps */
    double fast, slow; /* means */
} Mixture;

static double short_weight(const Mixture *mixture, double gap)
{
    double fast = mixture->share / mixture->fast * exp(-gap / mixture->fast);
    double slow = (1.0 - mixture->share) / mixture->slow * exp(-gap / mixture->slow);
    return fast + slow > 0.0 ? fast / (fast + slow) : 0.0;
}

static Mixture mixture_fit(const double *gap, size_t count, double mean)
{
    Mixture mixture = {.share = 0.5, .fast = mean / 20.0, .slow = mean * 2.0};
    for (int round = 0; round < MIXTURE_ROUNDS; round++) {
        double weights = 0.0;
        double fast = 0.0;
        double slow = 0.0;
        for (size_t i = 0; i < count; i++) {
            double weight = short_weight(&mixture, gap[i]);
            weights += weight;
            fast += weight * gap[i];
            slow += (1.0 - weight) * gap[i];
        }
        Mixture next = {.share = weights / (double)count,
                        .fast = fmax(fast / fmax(weights, 1e-9), 0.5),
                        .slow = fmax(slow / fmax((double)count - weights, 1e-9), 0.5)};
        bool settled = fabs(next.share - mixture.share) < 1e-7;
        mixture = next;
        if (settled) {
            break;
        }
    }
    return mixture;
}

/* The gap that is as likely short as long. */
static double mixture_threshold(const Mixture *mixture)
{
    double odds = mixture->share * mixture->slow / ((1.0 - mixture->share) * mixture->fast);
    return log(odds) / (1.0 / mixture->fast - 1.0 / mixture->slow);
}

/* What the jobs that came with others have in common with the first of their burst. */
typedef struct Likeness {
    int64_t same, others;
    double *first, *other; /* durations of alike pairs */
    size_t pairs;
} Likeness;

static double chance_alike(const FitJobs *log, int64_t same_by_chance)
{
    return (double)same_by_chance / (double)(log->count > 1 ? log->count - 1 : 1);
}

/* How often jobs far apart agree: job i against the one half a log away. */
static int64_t count_same_by_chance(const FitJobs *log)
{
    int64_t same = 0;
    for (int32_t i = 0; i < log->count - 1; i++) {
        const FitJob *a = &log->jobs[i];
        const FitJob *b = &log->jobs[((int64_t)i + log->count / 2) % log->count];
        same += a->queue == b->queue && a->gpu_milli == b->gpu_milli;
    }
    return same;
}

static void bursts_describe(FitJobs *log, ArrivalFit *fit, Likeness *likeness)
{
    int64_t arrivals = 0;
    int64_t bursts = 0;
    int64_t members = 0;
    double spacing = 0.0;
    const FitJob *first = NULL;
    for (int32_t i = 0; i < log->count; i++) {
        FitJob *job = &log->jobs[i];
        int64_t gap = i > 0 ? job->submit_ms - job[-1].submit_ms : 0;
        job->follows = i > 0 && (double)gap <= fit->burst_threshold_ms;
        if (!job->follows) {
            first = job;
            arrivals++;
            continue;
        }
        bool second = job - 1 == first;
        bursts += second;
        members += 1 + second;
        spacing += (double)gap;
        likeness->others++;
        if (job->queue == first->queue && job->gpu_milli == first->gpu_milli) {
            likeness->same++;
            likeness->first[likeness->pairs] = (double)first->duration_ms;
            likeness->other[likeness->pairs++] = (double)job->duration_ms;
        }
    }
    fit->burst_probability = (double)bursts / (double)arrivals;
    fit->burst_size = bursts > 0 ? (double)members / (double)bursts : 0.0;
    fit->burst_spacing_ms = likeness->others > 0 ? spacing / (double)likeness->others : 0.0;
}

/* Spearman's rho of two normal variables is 6 / pi asin(r / 2) (Pearson 1907). */
static bool bursts_fit(FitJobs *log, ArrivalFit *fit)
{
    Likeness likeness = {.first = malloc((size_t)log->count * sizeof(double)),
                         .other = malloc((size_t)log->count * sizeof(double))};
    bool enough = likeness.first != NULL && likeness.other != NULL;
    if (enough) {
        bursts_describe(log, fit, &likeness);
        double chance = chance_alike(log, count_same_by_chance(log));
        double same = likeness.others > 0 ? (double)likeness.same / (double)likeness.others : 0.0;
        fit->burst_alike = chance < 1.0 ? fmax((same - chance) / (1.0 - chance), 0.0) : 1.0;
        double rho = fit_spearman(likeness.first, likeness.other, likeness.pairs);
        fit->burst_correlation = fmin(fmax(2.0 * sin(M_PI * rho / 6.0), 0.0), 0.99);
        fit->has_bursts = fit->burst_probability > 0.0 && fit->burst_size >= 2.0;
    }
    free(likeness.first);
    free(likeness.other);
    return enough;
}

static bool has_bursts(const Mixture *mixture)
{
    return mixture->share >= FAST_SHARE_LEAST && mixture->share <= 1.0 - 1e-3 &&
           mixture->slow >= FAST_RATIO * mixture->fast && mixture_threshold(mixture) > 0.0;
}

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
 * tick of the log apart: half of it. */
static size_t gaps_take(const FitJobs *log, const FitOptions *options, const ArrivalFit *fit,
                        double *gap)
{
    double before[HOURS_OF_WEEK + 1] = {0.0};
    for (int cell = 0; cell < HOURS_OF_WEEK; cell++) {
        before[cell + 1] = before[cell] + fit->hour_factor[cell % 24] * fit->day_factor[cell / 24];
    }
    size_t count = 0;
    double last = 0.0;
    double sum = 0.0;
    for (int32_t i = 0; i < log->count; i++) {
        if (log->jobs[i].follows) {
            continue;
        }
        double now = clock_hours(log->jobs[i].submit_ms, options, fit, before);
        if (i > 0) {
            gap[count] = fmax(now - last, 0.5 / 3600.0 / 1000.0);
            sum += gap[count++];
        }
        last = now;
    }
    for (size_t i = 0; i < count; i++) {
        gap[i] *= (double)count / sum;
    }
    return count;
}

static void gaps_fit(double *gap, size_t count, GapFit *fit)
{
    fit->best = -1;
    fit->count = (int64_t)count;
    fit->cv = count > 0 ? spread(gap, count) : 0.0;
    qsort(gap, count, sizeof *gap, compare);
    for (int i = 0; i < FIT_GAP_CANDIDATES; i++) {
        fit->fitted[i] = family_fit(FIT_FAMILIES[i], gap, count, &fit->family[i]);
        if (fit->fitted[i] && (fit->best < 0 || fit->family[i].aic < fit->family[fit->best].aic)) {
            fit->best = i;
        }
    }
}

/* ---- all ------------------------------------------------------------------------------------- */

bool fit_arrivals(FitJobs *log, const FitOptions *options, ArrivalFit *fit)
{
    *fit = (ArrivalFit){.first_ms = log->jobs[0].submit_ms,
                        .last_ms = log->jobs[log->count - 1].submit_ms};
    double span_ms = (double)(fit->last_ms - fit->first_ms);
    size_t count = (size_t)log->count - 1;
    double *gap = malloc((count + 1) * sizeof *gap);
    if (gap == NULL) {
        return false;
    }
    int64_t zeros = 0;
    for (size_t i = 0; i < count; i++) {
        gap[i] = (double)(log->jobs[i + 1].submit_ms - log->jobs[i].submit_ms);
        zeros += gap[i] == 0.0;
    }
    fit->per_hour = (double)count / span_ms * (double)HOUR_MS;
    fit->gap_cv = spread(gap, count);
    fit->equal_share = (double)zeros / (double)count;
    fit->has_hours = options->has_calendar && fit->last_ms - fit->first_ms >= HOURS_SPAN;
    fit->has_days = options->has_calendar && fit->last_ms - fit->first_ms >= DAYS_SPAN;
    for (int i = 0; i < 24; i++) {
        fit->hour_factor[i] = fit->day_factor[i % 7] = 1.0;
    }
    Week week;
    week_fill(&week, log, options, fit);
    profile_fit(&week, fit);
    Mixture mixture = mixture_fit(gap, count, span_ms / (double)count);
    bool enough = true;
    if (has_bursts(&mixture)) {
        fit->burst_threshold_ms = mixture_threshold(&mixture);
        enough = bursts_fit(log, fit);
    }
    for (int32_t i = 0; !fit->has_bursts && i < log->count; i++) {
        log->jobs[i].follows = false;
    }
    gaps_fit(gap, gaps_take(log, options, fit, gap), &fit->gaps);
    free(gap);
    return enough;
}
