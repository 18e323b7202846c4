/* multifactor.h - Slurm's priority as a sum of weighted factors, exactly. */
#ifndef SIM_POLICIES_MULTIFACTOR_H
#define SIM_POLICIES_MULTIFACTOR_H

#include "core/world.h"

/* weight (in thousandths of a point) x part / whole; the fraction counts at most 1, and 0 where
 * whole is 0. */
typedef struct Factor {
    int64_t weight, part, whole;
} Factor;

#define FACTORS_MAX 4
#define FACTOR_WHOLE_MAX INT32_MAX

/* The sum in whole points, rounded down once. count <= FACTORS_MAX, each whole <=
 * FACTOR_WHOLE_MAX. */
int64_t factors_points(const Factor *factors, int count);

/* The job's priority now, under the scenario's weights. */
int64_t multifactor_points(const World *world, JobId job);

#endif
