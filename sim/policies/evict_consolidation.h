/* evict_consolidation.h - room made by moving others, for policies that try that first. */
#ifndef SIM_POLICIES_EVICT_CONSOLIDATION_H
#define SIM_POLICIES_EVICT_CONSOLIDATION_H

#include "core/policy.h"
#include "core/trial.h"

/* True if the plan moves jobs so that the asker fits. The trial is left as it was. */
bool consolidate(const World *world, Trial *trial, const EvictAsk *ask, EvictPlan *plan);

#endif
