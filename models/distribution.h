/* distribution.h - positive random amounts: drawn, summed up, inverted, each by its closed form.
 *
 * A family has a scale in the caller's unit (durations: ms) and a shape without one; both are
 * explained beside the names below. `most` > 0 cuts the family off: what is drawn is conditioned on
 * being at most that, and every function below speaks of the distribution so cut. Formulas:
 * Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 1 (1994), in GSL's
 * parametrisation; hyperexponential with balanced means: Whitt, Approximating a Point Process by a
 * Renewal Process I (Operations Research 30, 1982).
 */
#ifndef MODELS_DISTRIBUTION_H
#define MODELS_DISTRIBUTION_H

#include <stdbool.h>
#include <stdint.h>

#include <gsl/gsl_rng.h>

typedef enum Family {
    FAMILY_CONSTANT = 0,     /* scale: the value */
    FAMILY_EXPONENTIAL,      /* scale: mean */
    FAMILY_LOGNORMAL,        /* scale: median; shape: sigma, standard deviation of the logarithm */
    FAMILY_WEIBULL,          /* scale; shape: k */
    FAMILY_GAMMA,            /* scale; shape: k, so the mean is k x scale */
    FAMILY_PARETO,           /* scale: the least value; shape: alpha, the tail's exponent */
    FAMILY_HYPEREXPONENTIAL, /* scale: mean; shape: coefficient of variation, at least 1 */
    FAMILY_EMPIRICAL,        /* points; between them the logarithm is linear */
    FAMILY_COUNT
} Family;

typedef struct QuantilePoint {
    double p;
    double value;
} QuantilePoint;

typedef struct Distribution {
    Family family;
    double scale;
    double shape;
    double most; /* 0: not cut off */
    int32_t point_count;
    const QuantilePoint
        *points; /* [point_count] p ascending from 0 to 1, value not descending, > 0 */
} Distribution;

/* "lognormal"; the name in scenarios. */
const char *family_name(Family family);

/* NULL, or a static sentence that says what is wrong: a parameter that is not above 0 or not
 * finite, points out of order, a cut that leaves less than 1 % of the draws. */
const char *distribution_mistake(const Distribution *d);

/* One value from the generator. Families that are cut off are drawn again until they fit. */
double distribution_draw(const Distribution *d, gsl_rng *rng);

/* P(X <= value). */
double distribution_cdf(const Distribution *d, double value);

/* The value that a share p in [0, 1) stays below. */
double distribution_quantile(const Distribution *d, double p);

/* E[X^order], order 1 or 2; infinite for a Pareto that has none. */
double distribution_moment(const Distribution *d, int order);

/* The family with mean 1 and this coefficient of variation (standard deviation / mean): gaps of a
 * renewal process. Constant for cv 0. False where the family has no such member: hyperexponential
 * below 1, exponential other than 1, a cv that is out of reach (0.05 to 20). */
bool distribution_unit_mean(Family family, double cv, Distribution *d);

#endif
