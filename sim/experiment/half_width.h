/* half_width.h - how many replications are enough: until the mean is known well enough, for
 * estimates only.
 *
 * Whoever looks after each batch, and stops when the interval is narrow, gets intervals that hold
 * less often than they say, a little; whoever stops so and then tests, tests with errors of an
 * unknown size. So no gate and no expectation is judged by such runs. Rule: Law, Simulation
 * Modeling and Analysis, 5th edition, 9.4.1 (relative precision).
 */
#ifndef SIM_EXPERIMENT_HALF_WIDTH_H
#define SIM_EXPERIMENT_HALF_WIDTH_H

#include "sim/experiment/result.h"

#define HALF_WIDTH_BATCH 10 /* replications between two looks, the first included */

/* The first `count` replications of every variant have run. Are the 95 % half-widths of the metric,
 * relative to the mean, all at most target_ppm? stop->worst becomes the largest (0: exact; NAN: the
 * metric does not apply to some variant, INFINITY: it has no interval, or a mean of 0). A variant
 * with no more replications of its own is not asked. scratch: [count]. */
bool half_width_reached(const ExperimentResult *result, int32_t count, HalfWidthStop *stop,
                        double *scratch);

#endif
