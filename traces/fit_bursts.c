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

typedef struct Chains {
    int64_t count, single; /* chains, and those of one job */
    int64_t others;        /* jobs that are not their chain's first */
    size_t alike;          /* ... with the first's queue and GPUs */
    double spacing_ms;     /* summed over others */
    double *first, *other; /* [alike] scores of the first and of the other */
} Chains;

static void chains_count(const FitJobs *log, const double *score, Chains *chains)
{
    const FitJob *first = NULL;
    for (int32_t i = 0; i < log->count; i++) {
        const FitJob *job = &log->jobs[i];
        if (!job->follows) {
            first = job;
            chains->count++;
            chains->single += i + 1 == log->count || !job[1].follows;
            continue;
        }
        chains->others++;
        chains->spacing_ms += (double)(job->submit_ms - job[-1].submit_ms);
        if (job->queue == first->queue && job->gpu_milli == first->gpu_milli) {
            chains->first[chains->alike] = score[first - log->jobs];
            chains->other[chains->alike++] = score[i];
        }
    }
}

static void chains_tell(const FitJobs *log, const Chains *chains, ArrivalFit *fit)
{
    double others = (double)chains->others;
    double chance = chance_alike(log);
    int64_t bursts = chains->count - chains->single;
    double r = chains->alike > 1
                   ? gsl_stats_correlation(chains->first, 1, chains->other, 1, chains->alike)
                   : 0.0;
    fit->has_bursts = bursts > 0 && chains->others > bursts;
    if (!fit->has_bursts) {
        return;
    }
    fit->burst_probability = (double)bursts / (double)chains->count;
    fit->burst_size = 1.0 + others / (double)bursts;
    fit->burst_spacing_ms = chains->spacing_ms / others;
    fit->burst_alike =
        fmax(((double)chains->alike / others - chance) / fmax(1.0 - chance, 1e-9), 0.0);
    fit->burst_correlation = isfinite(r) ? fmax(r, 0.0) : 0.0;
}

bool fit_bursts_measure(FitJobs *log, ArrivalFit *fit)
{
    chains_mark(log, fit->burst_threshold_ms);
    Chains chains = {.first = malloc((size_t)log->count * sizeof(double)),
                     .other = malloc((size_t)log->count * sizeof(double))};
    double *score = malloc((size_t)log->count * sizeof *score);
    bool enough =
        chains.first != NULL && chains.other != NULL && score != NULL && scores_take(log, score);
    if (enough) {
        chains_count(log, score, &chains);
        chains_tell(log, &chains, fit);
    }
    if (!fit->has_bursts) {
        chains_mark(log, -1.0);
    }
    free(chains.first);
    free(chains.other);
    free(score);
    return enough;
}

double fit_burst_threshold(const double *gap, size_t count, double mean)
{
    if (count < GAPS_LEAST) {
        return 0.0;
    }
    Mixture mixture = mixture_fit(gap, count, mean);
    return is_told_apart(&mixture) ? floor(mixture_threshold(&mixture)) : 0.0;
}
