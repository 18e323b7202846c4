/* fault_fit_gaps.c - times between the faults of one node: exponential or Weibull, and whether a
 * node's faults come by chance. */
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_sort.h>

#include "traces/fault_fit.h"

#define SHAPE_LEAST 0.05
#define SHAPE_MOST 20.0
#define GOLDEN 0.6180339887498949
#define SEARCH_STEPS 80

typedef struct Gap {
    double ms;
    bool cut_off; /* by the log's end */
} Gap;

typedef struct GapList {
    Gap *gaps; /* [count] */
    size_t count;
    double ended; /* not cut off */
    double sum_ms, longest_ms;
    double log_sum; /* of those that ended */
} GapList;

/* ---- faults by node -------------------------------------------------------------------------- */

typedef struct NodeFaults {
    int32_t *begin;    /* [node + 1] */
    int64_t *start_ms; /* ascending in each node */
} NodeFaults;

static bool faults_by_node(const FaultLog *log, NodeFaults *faults)
{
    faults->begin = calloc((size_t)log->node_count + 2, sizeof *faults->begin);
    faults->start_ms = malloc(((size_t)log->count + 1) * sizeof *faults->start_ms);
    if (faults->begin == NULL || faults->start_ms == NULL) {
        return false;
    }
    int32_t *at = faults->begin + 1; /* becomes `begin` as it fills */
    for (int32_t i = 0; i < log->count; i++) {
        if (log->rows[i].node + 1 < log->node_count) {
            at[log->rows[i].node + 1]++;
        }
    }
    for (int32_t node = 1; node < log->node_count; node++) {
        at[node] += at[node - 1];
    }
    for (int32_t i = 0; i < log->count; i++) {
        faults->start_ms[at[log->rows[i].node]++] = log->rows[i].start_ms;
    }
    return true;
}

/* ---- exponential against Weibull, cut-off gaps included -------------------------------------- */

static void gap_add(GapList *list, double ms, bool cut_off)
{
    ms = fmax(ms, FAULT_GAP_LEAST_MS);
    list->gaps[list->count++] = (Gap){ms, cut_off};
    list->sum_ms += ms;
    list->longest_ms = fmax(list->longest_ms, ms);
    list->ended += cut_off ? 0.0 : 1.0;
    list->log_sum += cut_off ? 0.0 : log(ms);
}

/* Gaps of nodes that never failed are cut off at once, each as long as the log. */
static bool gaps_take(const FaultLog *log, int64_t nodes, const NodeFaults *faults, GapList *list)
{
    size_t most = (size_t)log->count + (size_t)nodes + 1;
    *list = (GapList){.gaps = malloc(most * sizeof *list->gaps)};
    if (list->gaps == NULL) {
        return false;
    }
    for (int32_t node = 0; node < log->node_count; node++) {
        int64_t before_ms = 0;
        for (int32_t i = faults->begin[node]; i < faults->begin[node + 1]; i++) {
            gap_add(list, (double)(faults->start_ms[i] - before_ms), false);
            before_ms = faults->start_ms[i];
        }
        gap_add(list, (double)(log->window_ms - before_ms), true);
    }
    for (int64_t node = log->node_count; node < nodes; node++) {
        gap_add(list, (double)log->window_ms, true);
    }
    return true;
}

/* Log likelihood of a Weibull of shape k, its scale maximised out: scale^k = sum x^k / ended, over
 * all gaps, cut off or not (Johnson, Kotz and Balakrishnan, chapter 21). */
static double weibull_likelihood(const GapList *list, double k)
{
    double sum = 0.0;
    for (size_t i = 0; i < list->count; i++) {
        sum += pow(list->gaps[i].ms / list->longest_ms, k);
    }
    double log_scale_k = log(sum / list->ended) + k * log(list->longest_ms);
    return list->ended * (log(k) - log_scale_k - 1.0) + (k - 1.0) * list->log_sum;
}

/* Golden section on the logarithm of the shape: the likelihood has one peak. */
static double weibull_shape(const GapList *list)
{
    double low = log(SHAPE_LEAST);
    double high = log(SHAPE_MOST);
    for (int i = 0; i < SEARCH_STEPS; i++) {
        double a = high - GOLDEN * (high - low);
        double b = low + GOLDEN * (high - low);
        if (weibull_likelihood(list, exp(a)) < weibull_likelihood(list, exp(b))) {
            low = a;
        } else {
            high = b;
        }
    }
    return exp(0.5 * (low + high));
}

static void families_compare(const GapList *list, NodeGapFit *fit)
{
    fit->gaps = (int64_t)list->ended;
    fit->cut_off = (int64_t)list->count - fit->gaps;
    fit->mean_ms = list->sum_ms / list->ended;
    fit->exponential_aic = 2.0 - 2.0 * weibull_likelihood(list, 1.0);
    fit->shape = weibull_shape(list);
    fit->weibull_aic = 4.0 - 2.0 * weibull_likelihood(list, fit->shape);
    double step = 0.01 * fit->shape; /* the error from the curvature at the peak */
    double peak = weibull_likelihood(list, fit->shape);
    double curve = weibull_likelihood(list, fit->shape + step) - 2.0 * peak +
                   weibull_likelihood(list, fit->shape - step);
    fit->shape_error = curve < 0.0 ? sqrt(-step * step / curve) : 0.0;
}

/* ---- by chance, whatever the node's rate ----------------------------------------------------- */

static int32_t faults_until(const FaultLog *log, int64_t at_ms)
{
    int32_t low = 0;
    int32_t high = log->count;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (log->rows[middle].start_ms <= at_ms) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Where in the log, 0 to 1, by the calendar or by how many of the fleet's faults have begun. */
static double place_of(const FaultLog *log, int64_t at_ms, bool by_fleet)
{
    return by_fleet ? ((double)faults_until(log, at_ms) - 0.5) / log->count
                    : (double)at_ms / (double)log->window_ms;
}

/* n faults left over a rest r of the log: P(the next is not before x) = (1 - x / r)^n. */
static double chance_of(double gap, double rest, int32_t left)
{
    double share = rest > 0.0 ? fmin(fmax(gap / rest, 0.0), 1.0) : 1.0;
    return 1.0 - pow(1.0 - share, left);
}

static void chance_test(const FaultLog *log, const NodeFaults *faults, bool by_fleet,
                        double *chance, double *ks, double *mean)
{
    size_t count = 0;
    double sum = 0.0;
    for (int32_t node = 0; node < log->node_count; node++) {
        double before = 0.0;
        int32_t end = faults->begin[node + 1];
        for (int32_t i = faults->begin[node]; i < end; i++) {
            double at = place_of(log, faults->start_ms[i], by_fleet);
            if (i > faults->begin[node]) { /* the first one says nothing of what follows a fault */
                chance[count] = chance_of(at - before, 1.0 - before, end - i);
                sum += chance[count++];
            }
            before = at;
        }
    }
    gsl_sort(chance, 1, count);
    *mean = count > 0 ? sum / (double)count : 0.5;
    *ks = 0.0;
    for (size_t i = 0; i < count; i++) {
        *ks = fmax(*ks, fabs(chance[i] - (double)i / (double)count));
        *ks = fmax(*ks, fabs((double)(i + 1) / (double)count - chance[i]));
    }
}

static bool chances_test(const FaultLog *log, const NodeFaults *faults, NodeGapFit *fit)
{
    double *chance = malloc(((size_t)log->count + 1) * sizeof *chance);
    if (chance == NULL) {
        return false;
    }
    for (int32_t node = 0; node < log->node_count; node++) {
        int32_t own = faults->begin[node + 1] - faults->begin[node];
        fit->tested += own > 1 ? own - 1 : 0;
    }
    chance_test(log, faults, false, chance, &fit->calendar_ks, &fit->calendar_mean);
    chance_test(log, faults, true, chance, &fit->fleet_ks, &fit->fleet_mean);
    fit->ks_limit = fit->tested > 0 ? 1.358 / sqrt((double)fit->tested) : 1.0;
    free(chance);
    return true;
}

bool fault_fit_gaps(const FaultLog *log, int64_t nodes, NodeGapFit *fit)
{
    NodeFaults faults = {NULL, NULL};
    GapList list = {.gaps = NULL};
    *fit = (NodeGapFit){0};
    bool enough = faults_by_node(log, &faults) && gaps_take(log, nodes, &faults, &list);
    if (enough) {
        families_compare(&list, fit);
        enough = chances_test(log, &faults, fit);
    }
    free(list.gaps);
    free(faults.begin);
    free(faults.start_ms);
    return enough;
}
