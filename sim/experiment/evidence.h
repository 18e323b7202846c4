/* evidence.h - what paired replications say, and how sure that is.
 *
 * Both sides met the same arrivals and the same faults in replication r, so it is the differences
 * that are judged. Statistics are GSL's; sums go in replication order, so results do not depend on
 * the number of threads. Rules: docs/evidence.md.
 */
#ifndef SIM_EXPERIMENT_EVIDENCE_H
#define SIM_EXPERIMENT_EVIDENCE_H

#include <stdbool.h>
#include <stdint.h>

/* Of the bootstrap, which has a seed of its own. */
#define EVIDENCE_RESAMPLES 2000
/* More replications than that: as if no number would settle it. */
#define EVIDENCE_SETTLE_MAX 1048576

/* candidate - baseline; 0 where the two differ by no more than 1e-11 of the larger one, which sums
 * in another order and the 15 digits of files leave open. INFINITY if one of them is infinite, else
 * NAN if one of them is. */
double evidence_difference(double candidate, double baseline);

/* Differences d[i] = candidate - baseline. NAN in both sides of a pair: that pair does not apply.
 * An infinite value, or NAN in one side only: nothing can be said (count 0). */
typedef struct PairedEvidence {
    int32_t count;
    double mean, sd;
    double t_low, t_high;       /* Student's t, two-sided, at `confidence` */
    double boot_low, boot_high; /* percentile bootstrap over pairs */
    double p_value;             /* two-sided t test of mean 0; NAN where sd is 0 */
    bool deterministic;         /* sd = 0: the difference is exact, there is no interval */
    int32_t settle_count;       /* replications that would settle the sign at this sd and mean; 0:
                                 * settled; -1: no number would, the mean is 0, or the spread is not
                                 * known */
} PairedEvidence;

/* drawn: something varies between replications, so one pair says nothing of the spread (interval
 * NAN). scratch: [2 * count + EVIDENCE_RESAMPLES] values. */
PairedEvidence paired_evidence(const double *candidate, const double *baseline, int32_t count,
                               double confidence, bool drawn, double *scratch);

/* The same for two sides that did not meet the same luck: Welch's t, whose interval is wider; no
 * bootstrap, and no settle_count (-1). count is the smaller one. drawn: something varies on either
 * side. */
PairedEvidence welch_evidence(const double *candidate, int32_t candidate_count,
                              const double *baseline, int32_t baseline_count, double confidence,
                              bool drawn);

typedef enum EvidenceVerdict { EVIDENCE_PASS, EVIDENCE_FAIL, EVIDENCE_OPEN } EvidenceVerdict;

/* Is the mean of `worse` (made by evidence_difference; NAN: that pair does not apply; positive: the
 * candidate is worse) below the margin? Pass: the upper one-sided confidence bound at level 1 -
 * alpha is at most the margin. Fail: the lower one is above it. Else open. With sd 0 the mean
 * itself is compared with the margin; so it is with count 1, which only holds where nothing is
 * drawn. An infinite value, or none: open with count 0. */
typedef struct NonInferiority {
    EvidenceVerdict verdict;
    int32_t count;
    double mean, sd, low, high; /* one-sided bounds, each at 1 - alpha */
    double p_pass;              /* one-sided p value of "worse by the margin or more"; NAN: sd 0 */
    double p_worse;             /* ... of "not worse at all", for "some metric regressed" (Holm);
                                 * NAN: sd 0, the sign of the mean is certain */
    bool deterministic;
    int32_t settle_count; /* replications that would settle it; 0: settled; -1: none would */
} NonInferiority;
NonInferiority non_inferiority(const double *worse, int32_t count, double margin, double alpha);

/* Probability that non_inferiority passes, where differences are normal with that mean and sd:
 * noncentral t. Source: Julious, Statistics in Medicine 23 (2004), 1921-1986. */
double non_inferiority_power(int32_t count, double mean, double sd, double margin, double alpha);

/* Holm's step-down adjusted p values, in place; NANs stay. */
void holm_adjust(double *p_values, int32_t count);

#endif
