/* statistics.h - means over replications, their deviation and their t intervals. */
#ifndef SIM_EXPERIMENT_STATISTICS_H
#define SIM_EXPERIMENT_STATISTICS_H

#include "sim/experiment/result.h"

/* Over the values that apply (NANs are left out; none left: all NAN). One INFINITY (a wait beyond
 * the end of the run) makes the mean INFINITY, without deviation and interval. Else the interval is Student's t,
 * 95 %, two-sided; one value, or equal ones: sd 0, and the interval is the mean. `values` is packed
 * on the way. */
MetricSummary statistics_summary(double *values, int32_t count);

/* Summaries of all metrics and the mean and deviation of the curves, over the variant's
 * replications. False if memory ran out. */
bool statistics_of_variant(VariantResult *variant, Arena *arena);

#endif
