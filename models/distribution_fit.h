/* distribution_fit.h - families fitted to a sample by maximum likelihood, and how far they are off.
 *
 * Samples are sorted ascending and above 0. Fits ignore cuts (`most`), except that the Pareto
 * family is fitted as cut off at the largest value.
 */
#ifndef MODELS_DISTRIBUTION_FIT_H
#define MODELS_DISTRIBUTION_FIT_H

#include <stddef.h>

#include "models/distribution.h"

typedef struct FamilyFit {
    Distribution distribution;
    double scale_error, shape_error; /* asymptotic standard errors; 0: none (the least value) */
    double log_likelihood;
    double aic; /* 2 x parameters - 2 x log likelihood: the lower, the better (Akaike 1974) */
    double ks;  /* Kolmogorov-Smirnov distance */
    double ad;  /* Anderson-Darling's A^2 */
} FamilyFit;

/* Exponential, lognormal, Weibull, gamma or Pareto. False if the sample has fewer than two distinct
 * values, or the likelihood has no peak. Estimators: closed forms where there are any; for
 * the shapes of Weibull, gamma and cut-off Pareto (Aban, Meerschaert and Panorska, JASA 101, 2006)
 * Brent's minimiser on the profile likelihood. */
bool family_fit(Family family, const double *sorted, size_t count, FamilyFit *fit);

/* The largest distance between a sample's distribution function and a distribution's. Above
 * 1.358 / sqrt(count) a test at 5 % rejects (parameters not estimated from the same sample). */
double distance_ks(const Distribution *distribution, const double *sorted, size_t count);

/* The same between two samples. */
double distance_ks_samples(const double *a, size_t a_count, const double *b, size_t b_count);

/* A^2 = -n - sum (2i - 1) (ln F(x_i) + ln(1 - F(x_(n+1-i)))) / n: weighs the tails. */
double distance_ad(const Distribution *distribution, const double *sorted, size_t count);

/* Hill's estimate of the exponent of a Pareto tail from the largest `tail` values; 0 if they are
 * equal. Standard error: estimate / sqrt(tail). */
double tail_exponent(const double *sorted, size_t count, size_t tail);

#endif
