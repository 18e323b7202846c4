/* distribution.c - families of positive amounts on GSL: one switch a question, cuts around them. */
#include "models/distribution.h"

#include <float.h>
#include <math.h>
#include <stddef.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_gamma.h>

#define CUT_SHARE_LEAST 0.01 /* of the draws must lie below the cut, else redrawing takes long */
#define REDRAWS_MAX 100000   /* (1 - CUT_SHARE_LEAST)^this is 0 in a double */
#define CV_LEAST 0.05
#define CV_MOST 20.0

const char *family_name(Family family)
{
    static const char *const NAMES[FAMILY_COUNT] = {
        [FAMILY_CONSTANT] = "constant",   [FAMILY_EXPONENTIAL] = "exponential",
        [FAMILY_LOGNORMAL] = "lognormal", [FAMILY_WEIBULL] = "weibull",
        [FAMILY_GAMMA] = "gamma",         [FAMILY_PARETO] = "pareto",
        [FAMILY_EMPIRICAL] = "empirical", [FAMILY_HYPEREXPONENTIAL] = "hyperexponential",
    };
    return NAMES[family];
}

/* ---- hyperexponential with balanced means ---------------------------------------------------- */

/* With probability p exponential of rate 2p, else of rate 2(1 - p), both for mean 1. */
static double hyper_p(double cv)
{
    double c2 = cv * cv;
    return 0.5 * (1.0 + sqrt((c2 - 1.0) / (c2 + 1.0)));
}

static double hyper_upper(const Distribution *d, double value)
{
    double p = hyper_p(d->shape);
    double x = value / d->scale;
    return p * exp(-2.0 * p * x) + (1.0 - p) * exp(-2.0 * (1.0 - p) * x);
}

/* E[X^order; X <= most]. */
static double hyper_partial(const Distribution *d, int order, double most)
{
    double sum = 0.0;
    double p = hyper_p(d->shape);
    for (int branch = 0; branch < 2; branch++) {
        double weight = branch == 0 ? p : 1.0 - p;
        double mean = d->scale / (2.0 * weight);
        if (weight > 0.0) { /* cv so large that the other branch never comes */
            double below = isinf(most) ? 1.0 : gsl_cdf_gamma_P(most, order + 1.0, mean);
            sum += weight * pow(mean, order) * (order == 2 ? 2.0 : 1.0) * below;
        }
    }
    return sum;
}

/* ---- points ---------------------------------------------------------------------------------- */

static double points_quantile(const Distribution *d, double p)
{
    int32_t i = 1;
    while (i < d->point_count - 1 && d->points[i].p < p) {
        i++;
    }
    const QuantilePoint *low = &d->points[i - 1];
    const QuantilePoint *high = &d->points[i];
    double part = (p - low->p) / (high->p - low->p);
    return low->value * pow(high->value / low->value, GSL_MIN(GSL_MAX(part, 0.0), 1.0));
}

static double points_cdf(const Distribution *d, double value)
{
    if (value < d->points[0].value) {
        return 0.0;
    }
    for (int32_t i = 1; i < d->point_count; i++) {
        const QuantilePoint *low = &d->points[i - 1];
        const QuantilePoint *high = &d->points[i];
        if (value < high->value) {
            return low->p +
                   (high->p - low->p) * log(value / low->value) / log(high->value / low->value);
        }
    }
    return 1.0;
}

/* E[X^order; X <= most]: in each piece X = low (high / low)^t with t uniform, whose integral is
 * (high^r - low^r) / (r ln(high / low)). */
static double points_partial(const Distribution *d, int order, double most)
{
    double sum = 0.0;
    for (int32_t i = 1; i < d->point_count; i++) {
        double low = d->points[i - 1].value;
        double high = d->points[i].value;
        double share = d->points[i].p - d->points[i - 1].p;
        if (low > most) {
            break;
        }
        double end = GSL_MIN(high, most);
        double steep = log(high / low);
        sum += steep < 1e-9 ? share * pow(low, order)
                            : share * (pow(end, order) - pow(low, order)) / (order * steep);
    }
    return sum;
}

/* ---- without the cut ------------------------------------------------------------------------- */

static double whole_cdf(const Distribution *d, double value)
{
    if (value < 0.0) {
        return 0.0;
    }
    switch (d->family) {
    case FAMILY_CONSTANT:
        return value >= d->scale ? 1.0 : 0.0;
    case FAMILY_EXPONENTIAL:
        return gsl_cdf_exponential_P(value, d->scale);
    case FAMILY_LOGNORMAL:
        return value > 0.0 ? gsl_cdf_lognormal_P(value, log(d->scale), d->shape) : 0.0;
    case FAMILY_WEIBULL:
        return gsl_cdf_weibull_P(value, d->scale, d->shape);
    case FAMILY_GAMMA:
        return gsl_cdf_gamma_P(value, d->shape, d->scale);
    case FAMILY_PARETO:
        return value > d->scale ? gsl_cdf_pareto_P(value, d->shape, d->scale) : 0.0;
    case FAMILY_HYPEREXPONENTIAL:
        return 1.0 - hyper_upper(d, value);
    case FAMILY_EMPIRICAL:
    case FAMILY_COUNT:
    default:
        return points_cdf(d, value);
    }
}

/* Bisection on the logarithm: no inverse in closed form. */
static double hyper_quantile(const Distribution *d, double p)
{
    double low = log(d->scale) - 60.0;
    double high = log(d->scale) + 60.0;
    for (int i = 0; i < 100; i++) {
        double middle = 0.5 * (low + high);
        *(1.0 - hyper_upper(d, exp(middle)) < p ? &low : &high) = middle;
    }
    return p > 0.0 ? exp(high) : 0.0;
}

static double whole_quantile(const Distribution *d, double p)
{
    switch (d->family) {
    case FAMILY_CONSTANT:
        return d->scale;
    case FAMILY_EXPONENTIAL:
        return gsl_cdf_exponential_Pinv(p, d->scale);
    case FAMILY_LOGNORMAL:
        return gsl_cdf_lognormal_Pinv(p, log(d->scale), d->shape);
    case FAMILY_WEIBULL:
        return gsl_cdf_weibull_Pinv(p, d->scale, d->shape);
    case FAMILY_GAMMA:
        return gsl_cdf_gamma_Pinv(p, d->shape, d->scale);
    case FAMILY_PARETO:
        return gsl_cdf_pareto_Pinv(p, d->shape, d->scale);
    case FAMILY_HYPEREXPONENTIAL:
        return hyper_quantile(d, p);
    case FAMILY_EMPIRICAL:
    case FAMILY_COUNT:
    default:
        return points_quantile(d, p);
    }
}

/* E[X^r; X <= most] of the Pareto: alpha least^alpha times the integral of x^(r - alpha - 1). */
static double pareto_partial(const Distribution *d, double r, double most)
{
    double least = d->scale;
    double alpha = d->shape;
    if (isinf(most)) {
        return alpha > r ? alpha * pow(least, r) / (alpha - r) : INFINITY;
    }
    if (fabs(r - alpha) < 1e-12) {
        return alpha * pow(least, alpha) * log(most / least);
    }
    return alpha * pow(least, r) * (pow(most / least, r - alpha) - 1.0) / (r - alpha);
}

/* E[X^order; X <= most]; most may be infinite. */
static double whole_partial(const Distribution *d, int order, double most)
{
    double r = order;
    switch (d->family) {
    case FAMILY_CONSTANT:
        return most >= d->scale ? pow(d->scale, r) : 0.0;
    case FAMILY_EXPONENTIAL:
        return pow(d->scale, r) * (order == 2 ? 2.0 : 1.0) *
               (isinf(most) ? 1.0 : gsl_cdf_gamma_P(most, r + 1.0, d->scale));
    case FAMILY_LOGNORMAL:
        return pow(d->scale, r) * exp(0.5 * r * r * d->shape * d->shape) *
               (isinf(most) ? 1.0
                            : gsl_cdf_ugaussian_P(log(most / d->scale) / d->shape - r * d->shape));
    case FAMILY_WEIBULL:
        return pow(d->scale, r) * exp(gsl_sf_lngamma(1.0 + r / d->shape)) *
               (isinf(most)
                    ? 1.0
                    : gsl_cdf_gamma_P(pow(most / d->scale, d->shape), 1.0 + r / d->shape, 1.0));
    case FAMILY_GAMMA:
        return pow(d->scale, r) * (order == 2 ? d->shape * (d->shape + 1.0) : d->shape) *
               (isinf(most) ? 1.0 : gsl_cdf_gamma_P(most, d->shape + r, d->scale));
    case FAMILY_PARETO:
        return pareto_partial(d, r, most);
    case FAMILY_HYPEREXPONENTIAL:
        return hyper_partial(d, order, most);
    case FAMILY_EMPIRICAL:
    case FAMILY_COUNT:
    default:
        return points_partial(d, order, most);
    }
}

/* ---- with the cut ---------------------------------------------------------------------------- */

static double share_below_cut(const Distribution *d)
{
    return d->most > 0.0 ? whole_cdf(d, d->most) : 1.0;
}

double distribution_cdf(const Distribution *d, double value)
{
    if (d->most > 0.0 && value >= d->most) {
        return 1.0;
    }
    return whole_cdf(d, value) / share_below_cut(d);
}

double distribution_quantile(const Distribution *d, double p)
{
    double value = whole_quantile(d, p * share_below_cut(d));
    return d->most > 0.0 && value > d->most ? d->most : value;
}

double distribution_moment(const Distribution *d, int order)
{
    return whole_partial(d, order, d->most > 0.0 ? d->most : INFINITY) / share_below_cut(d);
}

static double draw_whole(const Distribution *d, gsl_rng *rng)
{
    switch (d->family) {
    case FAMILY_EXPONENTIAL:
        return gsl_ran_exponential(rng, d->scale);
    case FAMILY_LOGNORMAL:
        return d->scale * exp(gsl_ran_gaussian(rng, d->shape));
    case FAMILY_WEIBULL:
        return gsl_ran_weibull(rng, d->scale, d->shape);
    case FAMILY_GAMMA:
        return gsl_ran_gamma(rng, d->shape, d->scale);
    default: { /* hyperexponential */
        double p = hyper_p(d->shape);
        double weight = gsl_rng_uniform(rng) < p ? p : 1.0 - p;
        return gsl_ran_exponential(rng, d->scale / (2.0 * weight));
    }
    }
}

double distribution_draw(const Distribution *d, gsl_rng *rng)
{
    if (d->family == FAMILY_CONSTANT) {
        return d->scale;
    }
    if (d->family == FAMILY_PARETO || d->family == FAMILY_EMPIRICAL) {
        return distribution_quantile(d, gsl_rng_uniform(rng));
    }
    double value = draw_whole(d, rng);
    for (int i = 0; d->most > 0.0 && value > d->most && i < REDRAWS_MAX; i++) {
        value = draw_whole(d, rng);
    }
    return d->most > 0.0 && value > d->most ? d->most : value;
}

/* ---- checks ---------------------------------------------------------------------------------- */

static bool is_positive(double number)
{
    return isfinite(number) && number > 0.0;
}

static const char *points_mistake(const Distribution *d)
{
    if (d->point_count < 2) {
        return "expected at least two quantiles, the first at 0 and the last at 1";
    }
    if (d->points[0].p != 0.0 || d->points[d->point_count - 1].p != 1.0) {
        return "expected the first quantile at 0 (the least value) and the last at 1 (the largest)";
    }
    for (int32_t i = 0; i < d->point_count; i++) {
        if (!is_positive(d->points[i].value)) {
            return "expected quantiles above 0";
        }
        if (i > 0 && !(d->points[i].p > d->points[i - 1].p &&
                       d->points[i].value >= d->points[i - 1].value)) {
            return "expected quantiles in ascending order";
        }
    }
    return NULL;
}

static const char *parameters_mistake(const Distribution *d)
{
    bool has_shape = d->family != FAMILY_CONSTANT && d->family != FAMILY_EXPONENTIAL;
    if (!is_positive(d->scale)) {
        return "expected a scale (mean, median, min or value) above 0";
    }
    if (has_shape && !is_positive(d->shape)) {
        return "expected a shape (sigma, shape or cv) above 0";
    }
    if (d->family == FAMILY_LOGNORMAL && d->shape > 20.0) {
        return "expected a sigma of at most 20";
    }
    if (d->family == FAMILY_HYPEREXPONENTIAL && !(d->shape >= 1.0 && d->shape <= 1000.0)) {
        return "a hyperexponential distribution has a cv of 1 to 1000";
    }
    return NULL;
}

const char *distribution_mistake(const Distribution *d)
{
    const char *wrong = d->family == FAMILY_EMPIRICAL ? points_mistake(d) : parameters_mistake(d);
    if (wrong != NULL) {
        return wrong;
    }
    if (!isfinite(d->most) || d->most < 0.0) {
        return "expected a max above 0";
    }
    if (d->most > 0.0 && !(share_below_cut(d) >= CUT_SHARE_LEAST)) {
        return "the max cuts off more than 99 % of the distribution";
    }
    double mean = distribution_moment(d, 1);
    return isfinite(mean) && mean > 0.0 ? NULL
                                        : "it has no finite mean: give it a max, or another shape";
}

/* ---- mean 1 ---------------------------------------------------------------------------------- */

/* cv^2 of a Weibull is Gamma(1 + 2/k) / Gamma(1 + 1/k)^2 - 1, falling in k. */
static double weibull_shape_of_cv(double cv)
{
    double low = log(0.05);
    double high = log(50.0);
    for (int i = 0; i < 100; i++) {
        double middle = 0.5 * (low + high);
        double k = exp(middle);
        double c2 = exp(gsl_sf_lngamma(1.0 + 2.0 / k) - 2.0 * gsl_sf_lngamma(1.0 + 1.0 / k)) - 1.0;
        *(c2 > cv * cv ? &low : &high) = middle;
    }
    return exp(0.5 * (low + high));
}

bool distribution_unit_mean(Family family, double cv, Distribution *d)
{
    *d = (Distribution){.family = family, .scale = 1.0};
    if (cv == 0.0) {
        d->family = FAMILY_CONSTANT;
        return true;
    }
    if (!(cv >= CV_LEAST && cv <= CV_MOST)) {
        return false;
    }
    switch (family) {
    case FAMILY_EXPONENTIAL:
        return cv == 1.0;
    case FAMILY_LOGNORMAL: /* cv^2 = exp(sigma^2) - 1; mean = median exp(sigma^2 / 2) */
        d->shape = sqrt(log1p(cv * cv));
        d->scale = exp(-0.5 * d->shape * d->shape);
        return true;
    case FAMILY_WEIBULL:
        d->shape = weibull_shape_of_cv(cv);
        d->scale = exp(-gsl_sf_lngamma(1.0 + 1.0 / d->shape));
        return true;
    case FAMILY_GAMMA: /* cv^2 = 1 / shape */
        d->shape = 1.0 / (cv * cv);
        d->scale = cv * cv;
        return true;
    case FAMILY_HYPEREXPONENTIAL:
        d->shape = cv;
        return cv >= 1.0;
    default:
        return false;
    }
}
