/* flavors.h - the flavors that a queue's jobs may try, in order. */
#ifndef SIM_POLICIES_FLAVORS_H
#define SIM_POLICIES_FLAVORS_H

#include "core/world.h"
#include "sim/policies/quota.h"

/* Fills flavors[] for the job: those that its queue lists, or the nearest queue above that lists
 * some, as far as it may use their nodes; without any list, the only flavor there is, or
 * FLAVOR_ALL. Returns how many (at least 1; one that it may not use stands in if there is no
 * other). */
int32_t flavors_of(const World *world, JobId job, int32_t flavors[FLAVORS_MAX]);

/* Lanes of so many tasks of the job. */
void tasks_lanes(const World *world, JobId job, int32_t task_count, int64_t lanes[GP_AXES]);

#endif
