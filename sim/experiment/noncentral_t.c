/* noncentral_t.c - a Poisson mixture of beta distributions, summed outward from its largest term.
 *
 * For t >= 0, with x = t^2 / (t^2 + freedom) and l = shift^2 / 2:
 *   P(T <= t) = Phi(-shift) + sum over j >= 0 of [p_j I_x(j + 1/2, freedom / 2)
 *                                                + q_j I_x(j + 1, freedom / 2)] / 2
 *   p_j = exp(-l) l^j / j!,  q_j = shift / sqrt(2) exp(-l) l^j / Gamma(j + 3/2)
 * The weights are taken as logarithms, so that a large shift does not underflow.
 */
#include "sim/experiment/noncentral_t.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#define SHIFT_MAX 1000.0
#define TERM_NOTHING 1e-16

typedef struct Mixture {
    double x, half_freedom, shift, log_l, l;
} Mixture;

/* Both parts of term j; *weight: what it could be at most. */
static double mixture_term(const Mixture *mixture, double j, double *weight)
{
    double power = j > 0 ? j * mixture->log_l : 0.0;
    double p = exp(power - mixture->l - lgamma(j + 1.0));
    double q = mixture->shift * M_SQRT1_2 * exp(power - mixture->l - lgamma(j + 1.5));
    *weight = p + fabs(q);
    return (p * gsl_cdf_beta_P(mixture->x, j + 0.5, mixture->half_freedom) +
            q * gsl_cdf_beta_P(mixture->x, j + 1.0, mixture->half_freedom)) /
           2.0;
}

/* P(T <= t) for t >= 0. */
static double below_positive(double t, double freedom, double shift)
{
    Mixture mixture = {.x = t * t / (t * t + freedom),
                       .half_freedom = freedom / 2.0,
                       .shift = shift,
                       .l = shift * shift / 2.0};
    double sum = gsl_cdf_ugaussian_P(-shift);
    double weight = 1.0;
    if (!(mixture.l > 0)) {
        return sum + mixture_term(&mixture, 0.0, &weight);
    }
    mixture.log_l = log(mixture.l);
    double middle = floor(mixture.l);
    for (double j = middle; weight > TERM_NOTHING; j++) {
        sum += mixture_term(&mixture, j, &weight);
    }
    weight = 1.0;
    for (double j = middle - 1; j >= 0 && weight > TERM_NOTHING; j--) {
        sum += mixture_term(&mixture, j, &weight);
    }
    return fmin(fmax(sum, 0.0), 1.0);
}

double noncentral_t_above(double t, double freedom, double shift)
{
    shift = fmin(fmax(shift, -SHIFT_MAX), SHIFT_MAX);
    return t >= 0 ? 1.0 - below_positive(t, freedom, shift) : below_positive(-t, freedom, -shift);
}
