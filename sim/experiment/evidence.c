/* evidence.c - means of differences, and how sure they are. */
#include "sim/experiment/evidence.h"

#include <float.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stddef.h>

#include "core/rng.h"
#include "sim/experiment/noncentral_t.h"

#define BOOTSTRAP_SEED 20261121u
#define ROUNDING                                                                                   \
    1e-11 /* of the larger side: a million sums of doubles in another order, and 15 digits */

/* ---- differences ---- */

double evidence_difference(double candidate, double baseline)
{
    if (isinf(candidate) || isinf(baseline)) {
        return INFINITY;
    }
    double difference = candidate - baseline;
    double open = ROUNDING * fmax(fabs(candidate), fabs(baseline));
    return fabs(difference) <= open ? 0.0 : difference;
}

/* The deviation; 0 where it is nothing but rounding of values as large as `largest`. */
static double deviation(const double *values, int32_t count, double largest)
{
    double sd = count > 1 ? gsl_stats_sd(values, 1, (size_t)count) : 0.0;
    return sd <= ROUNDING * largest ? 0.0 : sd;
}

/* Packs the differences of the pairs that apply; *largest: of what was subtracted. -1: nothing can
 * be said. */
static int32_t differences_take(const double *candidate, const double *baseline, int32_t count,
                                double *differences, double *largest)
{
    int32_t pairs = 0;
    *largest = 0.0;
    for (int32_t i = 0; i < count; i++) {
        if (isnan(candidate[i]) && isnan(baseline[i])) {
            continue;
        }
        if (!isfinite(candidate[i]) || !isfinite(baseline[i])) {
            return -1; /* without this pair the difference would be of the easy ones */
        }
        differences[pairs++] = evidence_difference(candidate[i], baseline[i]);
        *largest = fmax(*largest, fmax(fabs(candidate[i]), fabs(baseline[i])));
    }
    return pairs;
}

/* ---- moments ---- */

typedef struct Moments {
    int32_t count;
    double mean, sd;
} Moments;

/* Mean and deviation of those that apply, in one pass (Welford), as nothing may be packed here.
 * False: one is infinite. */
static bool moments_of(const double *values, int32_t count, Moments *found)
{
    double squares = 0.0;
    double largest = 0.0;
    *found = (Moments){0, 0.0, 0.0};
    for (int32_t i = 0; i < count; i++) {
        if (isnan(values[i])) {
            continue;
        }
        if (isinf(values[i])) {
            return false;
        }
        found->count++;
        double step = values[i] - found->mean;
        found->mean += step / (double)found->count;
        squares += step * (values[i] - found->mean);
        largest = fmax(largest, fabs(values[i]));
    }
    double sd = found->count > 1 ? sqrt(squares / (double)(found->count - 1)) : 0.0;
    found->sd = sd <= ROUNDING * largest ? 0.0 : sd;
    return true;
}

/* ---- how many would do ---- */

static double half_width(double quantile_at, double sd, int32_t count)
{
    return gsl_cdf_tdist_Pinv(quantile_at, (double)(count - 1)) * sd / sqrt((double)count);
}

/* The smallest count whose half width is below the gap; half widths fall with the count. */
static int32_t count_that_settles(double quantile_at, double sd, double gap)
{
    int32_t open = 1;
    int32_t settled = 2;
    while (half_width(quantile_at, sd, settled) >= gap) {
        open = settled;
        settled *= 2;
        if (settled > EVIDENCE_SETTLE_MAX) {
            return -1;
        }
    }
    while (settled - open > 1) {
        int32_t middle = open + (settled - open) / 2;
        if (half_width(quantile_at, sd, middle) >= gap) {
            open = middle;
        } else {
            settled = middle;
        }
    }
    return settled;
}

/* ---- paired differences ---- */

/* Which pairs resample b takes comes from its number alone: the same for every metric, whoever
 * computes it. */
static double resample_mean(const double *differences, int32_t count, uint32_t resample)
{
    DrawAddress address = {
        .seed = BOOTSTRAP_SEED, .replication = resample, .purpose = PURPOSE_BOOTSTRAP};
    uint32_t word[4];
    double sum = 0.0;
    for (int32_t i = 0; i < count; i++) {
        if (i % 4 == 0) {
            rng_block(address, (uint32_t)(i / 4), word);
        }
        sum += differences[(uint64_t)word[i % 4] * (uint64_t)count >> 32];
    }
    return sum / (double)count;
}

static void bootstrap(PairedEvidence *evidence, const double *differences, double confidence,
                      double *means)
{
    for (int32_t b = 0; b < EVIDENCE_RESAMPLES; b++) {
        means[b] = resample_mean(differences, evidence->count, (uint32_t)b);
    }
    gsl_sort(means, 1, EVIDENCE_RESAMPLES);
    double tail = (1.0 - confidence) / 2.0;
    evidence->boot_low = gsl_stats_quantile_from_sorted_data(means, 1, EVIDENCE_RESAMPLES, tail);
    evidence->boot_high =
        gsl_stats_quantile_from_sorted_data(means, 1, EVIDENCE_RESAMPLES, 1.0 - tail);
}

static const PairedEvidence NOTHING = {.mean = (double)NAN,
                                       .sd = (double)NAN,
                                       .t_low = (double)NAN,
                                       .t_high = (double)NAN,
                                       .boot_low = (double)NAN,
                                       .boot_high = (double)NAN,
                                       .p_value = (double)NAN,
                                       .settle_count = -1};

PairedEvidence paired_evidence(const double *candidate, const double *baseline, int32_t count,
                               double confidence, bool drawn, double *scratch)
{
    double largest;
    PairedEvidence evidence = NOTHING;
    int32_t pairs = differences_take(candidate, baseline, count, scratch, &largest);
    if (pairs <= 0) {
        return evidence;
    }
    evidence.count = pairs;
    evidence.mean = gsl_stats_mean(scratch, 1, (size_t)pairs);
    if (drawn && pairs == 1) {
        return evidence;
    }
    evidence.sd = deviation(scratch, pairs, largest);
    if (!(evidence.sd > 0)) {
        evidence.deterministic = true;
        evidence.t_low = evidence.t_high = evidence.mean;
        evidence.boot_low = evidence.boot_high = evidence.mean;
        evidence.settle_count = 0;
        return evidence;
    }
    double quantile_at = 1.0 - (1.0 - confidence) / 2.0;
    double half = half_width(quantile_at, evidence.sd, pairs);
    double gap = fabs(evidence.mean);
    evidence.t_low = evidence.mean - half;
    evidence.t_high = evidence.mean + half;
    evidence.p_value =
        2.0 * gsl_cdf_tdist_Q(gap * sqrt((double)pairs) / evidence.sd, (double)(pairs - 1));
    evidence.settle_count = half < gap ? 0 : count_that_settles(quantile_at, evidence.sd, gap);
    bootstrap(&evidence, scratch, confidence, scratch + count);
    return evidence;
}

/* ---- two sides of their own luck ---- */

/* Welch, Biometrika 34 (1947), 28-35: degrees of freedom after Satterthwaite. */
PairedEvidence welch_evidence(const double *candidate, int32_t candidate_count,
                              const double *baseline, int32_t baseline_count, double confidence,
                              bool drawn)
{
    Moments one, other;
    PairedEvidence evidence = NOTHING;
    if (!moments_of(candidate, candidate_count, &one) ||
        !moments_of(baseline, baseline_count, &other) || one.count == 0 || other.count == 0) {
        return evidence;
    }
    evidence.count = one.count < other.count ? one.count : other.count;
    evidence.mean = evidence_difference(one.mean, other.mean);
    if (drawn && evidence.count == 1) {
        return evidence;
    }
    double a = one.sd * one.sd / (double)one.count;
    double b = other.sd * other.sd / (double)other.count;
    evidence.sd = sqrt(one.sd * one.sd + other.sd * other.sd);
    evidence.t_low = evidence.t_high = evidence.mean;
    if (!(evidence.sd > 0)) {
        evidence.deterministic = true;
        evidence.boot_low = evidence.boot_high = evidence.mean;
        evidence.settle_count = 0;
        return evidence;
    }
    double freedom = (a + b) * (a + b) /
                     ((one.count > 1 ? a * a / (double)(one.count - 1) : 0.0) +
                      (other.count > 1 ? b * b / (double)(other.count - 1) : 0.0));
    double error = sqrt(a + b);
    double half = gsl_cdf_tdist_Pinv(1.0 - (1.0 - confidence) / 2.0, freedom) * error;
    evidence.t_low -= half;
    evidence.t_high += half;
    evidence.p_value = 2.0 * gsl_cdf_tdist_Q(fabs(evidence.mean) / error, freedom);
    evidence.settle_count = half < fabs(evidence.mean) ? 0 : -1;
    return evidence;
}

/* ---- not worse by more than a margin ---- */

NonInferiority non_inferiority(const double *worse, int32_t count, double margin, double alpha)
{
    static const NonInferiority OPEN = {.verdict = EVIDENCE_OPEN,
                                        .mean = (double)NAN,
                                        .sd = (double)NAN,
                                        .low = (double)NAN,
                                        .high = (double)NAN,
                                        .p_pass = (double)NAN,
                                        .p_worse = (double)NAN,
                                        .settle_count = -1};
    NonInferiority found = OPEN;
    Moments moments;
    if (!moments_of(worse, count, &moments) || moments.count == 0) {
        return OPEN;
    }
    found.count = moments.count;
    found.mean = moments.mean;
    found.sd = moments.sd;
    found.settle_count = 0;
    if (!(found.sd > 0)) {
        found.deterministic = true;
        found.low = found.high = found.mean;
        found.verdict = found.mean <= margin ? EVIDENCE_PASS : EVIDENCE_FAIL;
        return found;
    }
    double freedom = (double)(found.count - 1);
    double error = found.sd / sqrt((double)found.count);
    double half = half_width(1.0 - alpha, found.sd, found.count);
    found.low = found.mean - half;
    found.high = found.mean + half;
    found.p_pass = gsl_cdf_tdist_P((found.mean - margin) / error, freedom);
    found.p_worse = gsl_cdf_tdist_Q(found.mean / error, freedom);
    if (found.high <= margin) {
        found.verdict = EVIDENCE_PASS;
    } else if (found.low > margin) {
        found.verdict = EVIDENCE_FAIL;
    } else {
        found.settle_count = count_that_settles(1.0 - alpha, found.sd, fabs(margin - found.mean));
    }
    return found;
}

double non_inferiority_power(int32_t count, double mean, double sd, double margin, double alpha)
{
    if (!(sd > 0)) {
        return mean <= margin ? 1.0 : 0.0;
    }
    if (count < 2) {
        return 0.0; /* one value has no bound */
    }
    double freedom = (double)(count - 1);
    double shift = (margin - mean) * sqrt((double)count) / sd;
    return noncentral_t_above(gsl_cdf_tdist_Pinv(1.0 - alpha, freedom), freedom, shift);
}

/* ---- several metrics ---- */

/* The smallest p value that is not yet adjusted; adjusted ones are kept below zero on the way. */
static int32_t smallest_left(const double *p_values, int32_t count)
{
    int32_t smallest = -1;
    for (int32_t i = 0; i < count; i++) {
        if (p_values[i] >= 0 && (smallest < 0 || p_values[i] < p_values[smallest])) {
            smallest = i;
        }
    }
    return smallest;
}

void holm_adjust(double *p_values, int32_t count)
{
    int32_t left = 0;
    for (int32_t i = 0; i < count; i++) {
        left += p_values[i] >= 0;
    }
    double highest = 0.0;
    for (; left > 0; left--) {
        int32_t at = smallest_left(p_values, count);
        highest = fmin(1.0, fmax(highest, (double)left * p_values[at]));
        p_values[at] = -1.0 - highest;
    }
    for (int32_t i = 0; i < count; i++) {
        p_values[i] = p_values[i] < 0 ? -1.0 - p_values[i] : p_values[i];
    }
}
