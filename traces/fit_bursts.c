/* fit_bursts.c - short gaps told apart from long ones, and what jobs of one burst have in common.
 */
#include "traces/fit_bursts.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>

#define MIXTURE_ROUNDS 500
#define FAST_SHARE_LEAST 0.05 /* bursts, if so many gaps are short ... */
#define FAST_RATIO 5.0        /* ... and shorter than the others by this */
#define GAPS_LEAST 50         /* fewer say nothing */
#define CORRELATION_MOST 0.99

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

static bool is_told_apart(const Mixture *mixture)
{
    return mixture->share >= FAST_SHARE_LEAST && mixture->share <= 1.0 - 1e-3 &&
           mixture->slow >= FAST_RATIO * mixture->fast && mixture_threshold(mixture) > 0.0;
}

/* ---- chains ---------------------------------------------------------------------------------- */

/* How often jobs far apart agree: each against the one half a log away. */
static double chance_alike(const FitJobs *log)
{
    int64_t same = 0;
    for (int32_t i = 0; i < log->count; i++) {
        const FitJob *a = &log->jobs[i];
        const FitJob *b = &log->jobs[((int64_t)i + log->count / 2) % log->count];
        same += a->queue == b->queue && a->gpu_milli == b->gpu_milli;
    }
    return (double)same / (double)log->count;
}

static void chains_mark(FitJobs *log, double threshold_ms)
{
    for (int32_t i = 0; i < log->count; i++) {
        FitJob *job = &log->jobs[i];
        job->follows = i > 0 && (double)(job->submit_ms - job[-1].submit_ms) <= threshold_ms;
    }
}

/* A job among those of its size, by duration. */
typedef struct Ranked {
    int32_t gpu_milli;
    int32_t job;
    int64_t duration_ms;
} Ranked;

static int ranked_compare(const void *va, const void *vb)
{
    const Ranked *a = va;
    const Ranked *b = vb;
    if (a->gpu_milli != b->gpu_milli) {
        return a->gpu_milli < b->gpu_milli ? -1 : 1;
    }
    if (a->duration_ms != b->duration_ms) {
        return a->duration_ms < b->duration_ms ? -1 : 1;
    }
    return a->job < b->job ? -1 : a->job > b->job;
}

/* score[job]: the standard normal quantile of its duration's mid-rank among jobs of its size. */
static bool scores_take(const FitJobs *log, double *score)
{
    Ranked *ranked = malloc((size_t)log->count * sizeof *ranked);
    if (ranked == NULL) {
        return false;
    }
    for (int32_t i = 0; i < log->count; i++) {
        ranked[i] = (Ranked){log->jobs[i].gpu_milli, i, log->jobs[i].duration_ms};
    }
    qsort(ranked, (size_t)log->count, sizeof *ranked, ranked_compare);
    for (int32_t first = 0, end; first < log->count; first = end) {
        for (end = first; end < log->count && ranked[end].gpu_milli == ranked[first].gpu_milli;) {
            end++;
        }
        for (int32_t low = first, high; low < end; low = high) {
            for (high = low; high < end && ranked[high].duration_ms == ranked[low].duration_ms;) {
                high++;
            }
            double rank = (0.5 * (low + high) - first) / (end - first);
            for (int32_t i = low; i < high; i++) {
                score[ranked[i].job] = gsl_cdf_ugaussian_Pinv(rank);
            }
        }
    }
    free(ranked);
    return true;
}

/* Scores of the first of a chain and of those alike it into first[] and other[]; how many. */
static size_t chains_count(const FitJobs *log, const double *score, double *first, double *other,
                           BurstPairs *pairs, double *spacing_ms)
{
    const FitJob *of = NULL;
    size_t alike = 0;
    double spacing = 0.0;
    for (int32_t i = 0; i < log->count; i++) {
        const FitJob *job = &log->jobs[i];
        if (!job->follows) {
            of = job;
            pairs->chains++;
            pairs->single += i + 1 == log->count || !job[1].follows;
            continue;
        }
        pairs->others++;
        spacing += (double)(job->submit_ms - job[-1].submit_ms);
        if (job->queue == of->queue && job->gpu_milli == of->gpu_milli) {
            first[alike] = score[of - log->jobs];
            other[alike++] = score[i];
        }
    }
    *spacing_ms = pairs->others > 0 ? spacing / (double)pairs->others : 0.0;
    pairs->same = pairs->others > 0 ? (double)alike / (double)pairs->others : 0.0;
    return alike;
}

static bool chains_describe(const FitJobs *log, ArrivalFit *fit, BurstPairs *pairs)
{
    double *first = malloc((size_t)log->count * sizeof *first);
    double *other = malloc((size_t)log->count * sizeof *other);
    double *score = malloc((size_t)log->count * sizeof *score);
    bool enough = first != NULL && other != NULL && score != NULL && scores_take(log, score);
    if (enough) {
        size_t alike = chains_count(log, score, first, other, pairs, &fit->burst_spacing_ms);
        double r = alike > 1 ? gsl_stats_correlation(first, 1, other, 1, alike) : 0.0;
        pairs->correlation = isfinite(r) ? r : 0.0;
        pairs->chance = chance_alike(log);
        int64_t bursts = pairs->chains - pairs->single;
        fit->burst_probability = (double)bursts / (double)pairs->chains;
        fit->burst_size = bursts > 0 ? 1.0 + (double)pairs->others / (double)bursts : 0.0;
        fit->has_bursts = bursts > 0 && fit->burst_size >= 2.0;
    }
    free(first);
    free(other);
    free(score);
    return enough;
}

bool fit_bursts_find(FitJobs *log, const double *gap, ArrivalFit *fit, BurstPairs *pairs)
{
    size_t count = (size_t)log->count - 1;
    *pairs = (BurstPairs){0};
    if (count < GAPS_LEAST) {
        return true;
    }
    Mixture mixture = mixture_fit(gap, count, (double)fit->last_ms / (double)count);
    if (!is_told_apart(&mixture)) {
        return true;
    }
    fit->burst_threshold_ms = floor(mixture_threshold(&mixture));
    chains_mark(log, fit->burst_threshold_ms);
    if (!chains_describe(log, fit, pairs)) {
        return false;
    }
    if (!fit->has_bursts) {
        chains_mark(log, -1.0);
    }
    return true;
}

/* ---- what came by chance --------------------------------------------------------------------- */

static double hours_between(const FitClock *clock, int64_t from_ms, int64_t to_ms, int64_t last_ms)
{
    return fit_clock_hours(clock, to_ms < last_ms ? to_ms : last_ms) -
           fit_clock_hours(clock, from_ms);
}

/* Share of the log, by the clock, in which an arrival would join a chain. */
static double share_covered(const FitJobs *log, const FitClock *clock, const ArrivalFit *fit)
{
    int64_t blind_ms = (int64_t)fit->burst_threshold_ms;
    double covered = 0.0;
    for (int32_t i = 0; i < log->count; i++) {
        int64_t at_ms = log->jobs[i].submit_ms;
        int64_t end_ms = at_ms + blind_ms;
        if (i + 1 < log->count && log->jobs[i + 1].submit_ms < end_ms) {
            end_ms = log->jobs[i + 1].submit_ms;
        }
        covered += hours_between(clock, at_ms, end_ms, fit->last_ms);
    }
    return covered / hours_between(clock, 0, fit->last_ms, fit->last_ms);
}

/* Mean probability that nothing arrives within the threshold of a chain's first job. */
static double chance_alone(const FitJobs *log, const FitClock *clock, const ArrivalFit *fit,
                           double per_clock_hour)
{
    int64_t blind_ms = (int64_t)fit->burst_threshold_ms;
    double alone = 0.0;
    int64_t chains = 0;
    for (int32_t i = 0; i < log->count; i++) {
        if (!log->jobs[i].follows) {
            int64_t at_ms = log->jobs[i].submit_ms;
            alone +=
                exp(-per_clock_hour * hours_between(clock, at_ms, at_ms + blind_ms, fit->last_ms));
            chains++;
        }
    }
    return alone / (double)chains;
}

/* With Poisson arrivals of which a share c of the time hides those that come, N = chains / (1 - c)
 * arrivals came. A chain of one job is an arrival that brought none, and nothing came by chance:
 * single / chains = (1 - p) x chance_alone. Jobs that are compared with the first job of another
 * arrival agree by chance, and their durations do not correlate. */
void fit_bursts_correct(const FitJobs *log, const FitClock *clock, const BurstPairs *pairs,
                        ArrivalFit *fit)
{
    double chains = (double)pairs->chains;
    double jobs = (double)log->count;
    double arrivals = fmin(chains / fmax(1.0 - share_covered(log, clock, fit), 0.05), jobs - 1.0);
    double per_hour = arrivals / hours_between(clock, 0, fit->last_ms, fit->last_ms);
    double alone = chance_alone(log, clock, fit, per_hour);
    double p = 1.0 - (double)pairs->single / chains / alone;
    fit->burst_probability = fmin(fmax(p, 0.001), 1.0);
    fit->burst_size = fmax(1.0 + (jobs - arrivals) / (arrivals * fit->burst_probability), 2.0);
    double rightly = (jobs - arrivals) * (chains / arrivals) / (double)pairs->others;
    double excess = (pairs->same - pairs->chance) / fmax(1.0 - pairs->chance, 1e-9);
    fit->burst_alike = fmin(fmax(excess / rightly, 0.0), 1.0);
    double related = pairs->same > 0.0 ? rightly * fit->burst_alike / pairs->same : 1.0;
    double r = pairs->correlation / fmin(fmax(related, 0.1), 1.0);
    fit->burst_correlation = fmin(fmax(r, 0.0), CORRELATION_MOST);
}
