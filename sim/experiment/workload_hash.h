/* workload_hash.h - did two runs meet the same jobs? */
#ifndef SIM_EXPERIMENT_WORKLOAD_HASH_H
#define SIM_EXPERIMENT_WORKLOAD_HASH_H

#include <stdint.h>

#include "core/job.h"

/* Of when jobs come and how long they work, in order. What they ask for is not in it: whole GPUs
 * and fractions of them may be two ways to serve the same jobs. */
uint64_t workload_hash(const JobTable *jobs);

#endif
