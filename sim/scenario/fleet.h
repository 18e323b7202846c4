/* fleet.h - the scenario of another fleet: what `gpuplan plan` compares.
 *
 * A fleet is the baseline with other counts in the lines of `plan:`. The workload is read once and
 * shared by all fleets: a `load:` stays a share of the fleet as written, since demand does not grow
 * because somebody buys nodes.
 */
#ifndef SIM_SCENARIO_FLEET_H
#define SIM_SCENARIO_FLEET_H

#include "core/fleet_plan.h"
#include "sim/scenario/load.h"

typedef struct FleetChange {
    const int64_t *count; /* [plan->line_count]; NULL: as written */
    int64_t demand_ppm;   /* arrivals, of what is written; 0: all of it */
    int64_t failures_ppm; /* how often things fail; 0: as written */
    int64_t needs_ppm;    /* of the data path, in models.needs; 0: as written */
} FleetChange;

/* Builds one fleet in arena memory; `set` must outlive it. Thread-safe as long as arena and
 * diagnostics are the thread's own. STATUS_BAD_INPUT where the counts do not go with the rest: a
 * fault is injected on a node that the fleet does not have, there are no nodes at all. */
Status fleet_build(const ScenarioSet *set, const FleetChange *change, Arena *arena,
                   Diagnostics *diagnostics, Scenario *fleet);

#endif
