/* paired.h - how far is a variant from the baseline, replication by replication under the same
 * seeds? */
#ifndef SIM_REPORT_PAIRED_H
#define SIM_REPORT_PAIRED_H

#include "sim/experiment/result.h"

/* Mean, deviation and 95 % interval of (variant - baseline) over the replications that both have;
 * count 0: none. `drawn`: something varies between replications, so one pair has no interval (NAN).
 * scratch holds replication_count values. */
MetricSummary paired_difference(const VariantResult *variant, const VariantResult *baseline,
                                MetricId metric, bool drawn, double *scratch);

#endif
