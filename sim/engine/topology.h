/* topology.h - places for the tasks of one job inside racks, zones or single nodes. */
#ifndef SIM_ENGINE_TOPOLOGY_H
#define SIM_ENGINE_TOPOLOGY_H

#include "sim/engine/engine.h"

/* Does where the tasks are relative to each other matter, to the job and to this scheduler? */
bool topology_rules(const World *world, JobId job, int32_t count);

/* Places for `count` tasks as the scheduler's topology rule chooses them, or false. groups: nodes
 * that a flavor leaves, 0: all. The columns are left as they were. */
bool topology_places(Engine *engine, JobId job, int32_t count, uint64_t groups,
                     GpPlacement *placements);

/* Memory for topology_places. False if memory ran out. */
bool topology_init(Engine *engine, Arena *arena);

#endif
