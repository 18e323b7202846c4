/* paired.h - how far is a variant from the baseline, replication by replication under the same
 * seeds? */
#ifndef SIM_REPORT_PAIRED_H
#define SIM_REPORT_PAIRED_H

#include "sim/experiment/result.h"

/* The factor of a two-sided 95 % Student interval with so many degrees of freedom (>= 1). */
double student_975(int degrees);

/* Mean, deviation and 95 % interval of (variant - baseline) over the replications that both have;
 * count 0: none. With one pair the interval is NAN: one difference says nothing about its spread.
 */
MetricSummary paired_difference(const VariantResult *variant, const VariantResult *baseline,
                                MetricId metric);

#endif
