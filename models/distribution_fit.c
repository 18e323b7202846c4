/* distribution_fit.c - maximum likelihood by closed forms and Brent's minimiser; distances. */
#include "models/distribution_fit.h"

#include <assert.h>
#include <math.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_min.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sf_psi.h>

#define SHAPE_LOG_LEAST (-4.6) /* 0.01 */
#define SHAPE_LOG_MOST 4.6     /* 100 */
#define GRID 46                /* steps of 0.2 */
#define STEPS_MAX 100
#define MINIMISER_BYTES 256

/* What the likelihoods need to know of a sample. */
typedef struct Sample {
    const double *value; /* [count] sorted */
    size_t count;
    double n;
    double mean;
    double log_mean; /* mean of ln x */
    double log_sd;   /* standard deviation of ln x, by n */
} Sample;

static Sample sample_of(const double *sorted, size_t count)
{
    Sample sample = {.value = sorted, .count = count, .n = (double)count};
    double sum = 0.0;
    double logs = 0.0;
    for (size_t i = 0; i < count; i++) {
        sum += sorted[i];
        logs += log(sorted[i]);
    }
    sample.mean = sum / sample.n;
    sample.log_mean = logs / sample.n;
    double squares = 0.0;
    for (size_t i = 0; i < count; i++) {
        double off = log(sorted[i]) - sample.log_mean;
        squares += off * off;
    }
    sample.log_sd = sqrt(squares / sample.n);
    return sample;
}

/* ---- profile likelihoods of a shape, the scale maximised out, per observation ---------------- */

/* Sum of (x / largest)^k: the division keeps large powers finite. */
static double power_mean(const Sample *sample, double k)
{
    double largest = sample->value[sample->count - 1];
    double sum = 0.0;
    for (size_t i = 0; i < sample->count; i++) {
        sum += pow(sample->value[i] / largest, k);
    }
    return sum / sample->n;
}

static double weibull_scale(const Sample *sample, double k)
{
    return sample->value[sample->count - 1] * pow(power_mean(sample, k), 1.0 / k);
}

static double weibull_profile(const Sample *sample, double k)
{
    double log_scale = log(weibull_scale(sample, k));
    return log(k) - k * log_scale + (k - 1.0) * sample->log_mean - 1.0;
}

static double gamma_profile(const Sample *sample, double k)
{
    return -gsl_sf_lngamma(k) - k * log(sample->mean / k) + (k - 1.0) * sample->log_mean - k;
}

static double pareto_profile(const Sample *sample, double alpha)
{
    double least = sample->value[0];
    double most = sample->value[sample->count - 1];
    return log(alpha) + alpha * log(least) - (alpha + 1.0) * sample->log_mean -
           log1p(-pow(least / most, alpha));
}

/* ---- the search ------------------------------------------------------------------------------ */

typedef struct Search {
    const Sample *sample;
    double (*profile)(const Sample *sample, double shape);
} Search;

static double search_cost(double log_shape, void *context)
{
    const Search *search = context;
    return -search->profile(search->sample, exp(log_shape));
}

/* The minimiser and its state stand on the stack, so that nothing can run out of memory. */
static bool search_refine(gsl_function *cost, double low, double middle, double high,
                          double *log_shape)
{
    _Alignas(max_align_t) char state[MINIMISER_BYTES] = {0};
    const gsl_min_fminimizer_type *brent = gsl_min_fminimizer_brent;
    gsl_min_fminimizer minimiser = {.type = brent, .state = state};
    assert(brent->size <= sizeof state);
    int status = gsl_min_fminimizer_set(&minimiser, cost, middle, low, high);
    for (int i = 0; status == GSL_SUCCESS && i < STEPS_MAX; i++) {
        status = gsl_min_fminimizer_iterate(&minimiser);
        if (minimiser.x_upper - minimiser.x_lower < 1e-9) {
            break;
        }
    }
    *log_shape = minimiser.x_minimum;
    return isfinite(*log_shape);
}

/* A grid finds the valley, Brent its floor. False: no valley within the grid. */
static bool shape_search(const Sample *sample,
                         double (*profile)(const Sample *sample, double shape), double *shape)
{
    Search search = {sample, profile};
    gsl_function cost = {search_cost, &search};
    double step = (SHAPE_LOG_MOST - SHAPE_LOG_LEAST) / GRID;
    int best = 0;
    double least = INFINITY;
    for (int i = 0; i <= GRID; i++) {
        double value = search_cost(SHAPE_LOG_LEAST + i * step, &search);
        if (value < least) {
            least = value;
            best = i;
        }
    }
    if (best == 0 || best == GRID) {
        return false;
    }
    double middle = SHAPE_LOG_LEAST + best * step;
    double log_shape = middle;
    if (!search_refine(&cost, middle - step, middle, middle + step, &log_shape)) {
        return false;
    }
    *shape = exp(log_shape);
    return true;
}

/* ---- families -------------------------------------------------------------------------------- */

static bool exponential_fit(const Sample *sample, FamilyFit *fit)
{
    fit->distribution.scale = sample->mean;
    fit->scale_error = sample->mean / sqrt(sample->n);
    fit->log_likelihood = -sample->n * (log(sample->mean) + 1.0);
    return true;
}

static bool lognormal_fit(const Sample *sample, FamilyFit *fit)
{
    double sigma = sample->log_sd;
    fit->distribution.scale = exp(sample->log_mean);
    fit->distribution.shape = sigma;
    fit->scale_error = fit->distribution.scale * sigma / sqrt(sample->n);
    fit->shape_error = sigma / sqrt(2.0 * sample->n);
    fit->log_likelihood =
        -sample->n * (sample->log_mean + log(sigma) + 0.5 * log(2.0 * M_PI) + 0.5);
    return sigma > 0.0;
}

/* Errors: sqrt(1.1087) scale / (k sqrt(n)) and sqrt(6) k / (pi sqrt(n)), from the information
 * matrix (Johnson, Kotz and Balakrishnan, chapter 21). */
static bool weibull_fit(const Sample *sample, FamilyFit *fit)
{
    double k;
    if (!shape_search(sample, weibull_profile, &k)) {
        return false;
    }
    fit->distribution.scale = weibull_scale(sample, k);
    fit->distribution.shape = k;
    fit->scale_error = sqrt(1.1087 / sample->n) * fit->distribution.scale / k;
    fit->shape_error = sqrt(6.0 / sample->n) * k / M_PI;
    fit->log_likelihood = sample->n * weibull_profile(sample, k);
    return true;
}

/* Errors: the inverse of the information matrix [[psi'(k), 1/theta], [1/theta, k/theta^2]]. */
static bool gamma_fit(const Sample *sample, FamilyFit *fit)
{
    double k;
    if (!shape_search(sample, gamma_profile, &k)) {
        return false;
    }
    double theta = sample->mean / k;
    double psi1 = gsl_sf_psi_1(k);
    fit->distribution.scale = theta;
    fit->distribution.shape = k;
    fit->shape_error = sqrt(k / (sample->n * (k * psi1 - 1.0)));
    fit->scale_error = theta * sqrt(psi1 / (sample->n * (k * psi1 - 1.0)));
    fit->log_likelihood = sample->n * gamma_profile(sample, k);
    return true;
}

static bool pareto_fit(const Sample *sample, FamilyFit *fit)
{
    double alpha;
    if (!shape_search(sample, pareto_profile, &alpha)) {
        return false;
    }
    fit->distribution.scale = sample->value[0];
    fit->distribution.most = sample->value[sample->count - 1];
    fit->distribution.shape = alpha;
    fit->shape_error = alpha / sqrt(sample->n);
    fit->log_likelihood = sample->n * pareto_profile(sample, alpha);
    return true;
}

static int parameter_count(Family family)
{
    return family == FAMILY_EXPONENTIAL ? 1 : family == FAMILY_PARETO ? 3 : 2;
}

static bool fit_by_family(const Sample *sample, FamilyFit *fit)
{
    switch (fit->distribution.family) {
    case FAMILY_EXPONENTIAL:
        return exponential_fit(sample, fit);
    case FAMILY_LOGNORMAL:
        return lognormal_fit(sample, fit);
    case FAMILY_WEIBULL:
        return weibull_fit(sample, fit);
    case FAMILY_GAMMA:
        return gamma_fit(sample, fit);
    case FAMILY_PARETO:
        return pareto_fit(sample, fit);
    default:
        return false;
    }
}

bool family_fit(Family family, const double *sorted, size_t count, FamilyFit *fit)
{
    *fit = (FamilyFit){.distribution = {.family = family}};
    if (count < 2 || sorted[0] == sorted[count - 1]) {
        return false;
    }
    Sample sample = sample_of(sorted, count);
    if (!fit_by_family(&sample, fit) || !isfinite(fit->log_likelihood)) {
        return false;
    }
    fit->aic = 2.0 * parameter_count(family) - 2.0 * fit->log_likelihood;
    fit->ks = distance_ks(&fit->distribution, sorted, count);
    fit->ad = distance_ad(&fit->distribution, sorted, count);
    return true;
}

/* ---- distances ------------------------------------------------------------------------------- */

double distance_ks(const Distribution *distribution, const double *sorted, size_t count)
{
    double distance = 0.0;
    for (size_t i = 0; i < count;) {
        size_t end = i + 1;
        while (end < count && sorted[end] == sorted[i]) {
            end++;
        }
        double p = distribution_cdf(distribution, sorted[i]);
        /* Below equal values the sample's function is still what it was before them; a constant
         * jumps there too, so its own left limit counts. */
        double before = distribution_cdf(distribution, nextafter(sorted[i], 0.0));
        distance = fmax(distance, fabs(before - (double)i / (double)count));
        distance = fmax(distance, fabs((double)end / (double)count - p));
        i = end;
    }
    return distance;
}

double distance_ks_samples(const double *a, size_t a_count, const double *b, size_t b_count)
{
    double distance = 0.0;
    size_t i = 0;
    size_t k = 0;
    while (i < a_count && k < b_count) {
        double value = a[i] < b[k] ? a[i] : b[k];
        while (i < a_count && a[i] <= value) {
            i++;
        }
        while (k < b_count && b[k] <= value) {
            k++;
        }
        distance = fmax(distance, fabs((double)i / (double)a_count - (double)k / (double)b_count));
    }
    return distance;
}

double distance_ad(const Distribution *distribution, const double *sorted, size_t count)
{
    double sum = 0.0;
    for (size_t i = 0; i < count; i++) {
        double low = distribution_cdf(distribution, sorted[i]);
        double high = distribution_cdf(distribution, sorted[count - 1 - i]);
        /* Values at an end of a cut-off distribution have no logarithm. */
        low = fmin(fmax(low, 1e-12), 1.0 - 1e-12);
        high = fmin(fmax(high, 1e-12), 1.0 - 1e-12);
        sum += (2.0 * (double)i + 1.0) * (log(low) + log1p(-high));
    }
    return -(double)count - sum / (double)count;
}

double tail_exponent(const double *sorted, size_t count, size_t tail)
{
    if (tail == 0 || tail >= count) {
        return 0.0;
    }
    double threshold = sorted[count - tail - 1];
    double sum = 0.0;
    for (size_t i = count - tail; i < count; i++) {
        sum += log(sorted[i] / threshold);
    }
    return sum > 0.0 ? (double)tail / sum : 0.0;
}
