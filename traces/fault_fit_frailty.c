/* fault_fit_frailty.c - how unlike nodes are: a negative binomial of the faults that each had.
 *
 * Nodes of rate m f, f gamma with mean 1 and coefficient of variation c, have n faults with
 * probability G(n + k) / (G(k) n!) (k / (k + m))^k (m / (k + m))^n, k = 1 / c^2 (Johnson, Kemp and
 * Kotz, Univariate Discrete Distributions, chapter 5). The mean is the sample's; k is searched.
 */
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_sf_gamma.h>

#include "traces/fault_fit.h"

#define CV_LEAST 0.01
#define CV_MOST 5.0
#define GOLDEN 0.6180339887498949
#define SEARCH_STEPS 80
#define SIGNIFICANT 2.71 /* 5 % of half a chi-square with one degree: the cv cannot be negative */

typedef struct Counts {
    int64_t *nodes; /* [most + 1] with so many faults */
    int32_t most;
    int64_t all;
    double mean;
} Counts;

static bool counts_take(const FaultLog *log, int64_t nodes, Counts *counts)
{
    int32_t *faults = calloc((size_t)log->node_count + 1, sizeof *faults);
    counts->nodes = NULL;
    if (faults == NULL) {
        return false;
    }
    counts->most = 0;
    for (int32_t i = 0; i < log->count; i++) {
        int32_t own = ++faults[log->rows[i].node];
        counts->most = own > counts->most ? own : counts->most;
    }
    counts->nodes = calloc((size_t)counts->most + 1, sizeof *counts->nodes);
    for (int32_t node = 0; counts->nodes != NULL && node < log->node_count; node++) {
        counts->nodes[faults[node]]++;
    }
    if (counts->nodes != NULL) {
        counts->nodes[0] += nodes - log->node_count;
    }
    counts->all = nodes;
    counts->mean = (double)log->count / (double)nodes;
    free(faults);
    return counts->nodes != NULL;
}

/* Without the n!, which all share. cv 0: Poisson. */
static double likelihood(const Counts *counts, double cv)
{
    double m = counts->mean;
    double k = cv > 0.0 ? 1.0 / (cv * cv) : 0.0;
    double sum = 0.0;
    for (int32_t n = 0; n <= counts->most; n++) {
        double one = cv > 0.0 ? gsl_sf_lngamma(n + k) - gsl_sf_lngamma(k) - k * log1p(m / k) +
                                    n * log(m / (k + m))
                              : n * log(m) - m;
        sum += (double)counts->nodes[n] * one;
    }
    return sum;
}

static double cv_search(const Counts *counts)
{
    double low = log(CV_LEAST);
    double high = log(CV_MOST);
    for (int i = 0; i < SEARCH_STEPS; i++) {
        double a = high - GOLDEN * (high - low);
        double b = low + GOLDEN * (high - low);
        if (likelihood(counts, exp(a)) < likelihood(counts, exp(b))) {
            low = a;
        } else {
            high = b;
        }
    }
    return exp(0.5 * (low + high));
}

bool fault_fit_frailty(const FaultLog *log, int64_t nodes, FrailtyFit *fit)
{
    Counts counts;
    *fit = (FrailtyFit){0};
    if (!counts_take(log, nodes, &counts)) {
        return false;
    }
    fit->mean = counts.mean;
    for (int32_t n = 0; n <= counts.most && counts.all > 1; n++) {
        fit->variance += (double)counts.nodes[n] * (n - counts.mean) * (n - counts.mean) /
                         (double)(counts.all - 1);
    }
    double cv = cv_search(&counts);
    double peak = likelihood(&counts, cv);
    fit->ratio = 2.0 * (peak - likelihood(&counts, 0.0));
    if (fit->ratio > SIGNIFICANT) {
        double step = 0.01 * cv;
        double curve = likelihood(&counts, cv + step) - 2.0 * peak + likelihood(&counts, cv - step);
        fit->cv = cv;
        fit->cv_error = curve < 0.0 ? sqrt(-step * step / curve) : 0.0;
    }
    free(counts.nodes);
    return true;
}
