/* admit_cohort.h - which flavor a job would get in its cohort: for the rule itself and for the
 * order of heads. */
#ifndef SIM_POLICIES_ADMIT_COHORT_H
#define SIM_POLICIES_ADMIT_COHORT_H

#include "core/world.h"

Admission cohort_admits(const World *world, JobId job, int32_t task_count);

#endif
