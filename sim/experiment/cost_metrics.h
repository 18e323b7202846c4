/* cost_metrics.h - the metrics of money, energy and carbon of one run. */
#ifndef SIM_EXPERIMENT_COST_METRICS_H
#define SIM_EXPERIMENT_COST_METRICS_H

#include "sim/experiment/cost_sums.h"

/* Sets those that apply, from exact sums; the metrics of productive time and of jobs are set
 * already. */
void cost_metrics(const CostSums *sums, double *metric);

#endif
