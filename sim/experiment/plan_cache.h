/* plan_cache.h - what runs of fleets have shown, so that nobody runs them again. */
#ifndef SIM_EXPERIMENT_PLAN_CACHE_H
#define SIM_EXPERIMENT_PLAN_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/fleet_plan.h"

/* What a run is of: as in FleetChange of sim/scenario/fleet.h, 0 where nothing is turned. */
typedef struct PlanKey {
    int64_t count[PLAN_LINES_MAX]; /* 0 behind the last line */
    int64_t demand_ppm, failures_ppm, needs_ppm;
    int64_t replication;
} PlanKey;

typedef struct PlanCache {
    int32_t value_count; /* of a run */
    int32_t count, capacity;
    PlanKey *keys;  /* [count] in the order in which they came */
    double *values; /* [count * value_count] */
    int32_t *slots; /* [slot_count] open addressing: entry + 1; 0: empty */
    int32_t slot_count;
} PlanCache;

void plan_cache_init(PlanCache *cache, int32_t value_count);
void plan_cache_free(PlanCache *cache);

/* NULL: it was not run. Valid until the next one is added. */
const double *plan_cache_find(const PlanCache *cache, const PlanKey *key);

/* False if memory ran out. What is there already stays as it is. */
bool plan_cache_add(PlanCache *cache, const PlanKey *key, const double *values);

#endif
