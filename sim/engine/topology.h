/* topology.h - places for the tasks of one job inside racks, zones or single nodes. */
#ifndef SIM_ENGINE_TOPOLOGY_H
#define SIM_ENGINE_TOPOLOGY_H

#include "core/trial.h"

/* Memory of a search; [node] each, since there are never more domains than nodes. */
typedef struct Topology {
    int32_t *node_room;    /* tasks that it holds now; 0 outside the domain that all must share */
    int32_t *domain_room;  /* the same by domain of the preferred level */
    int32_t *domain_count; /* tasks that go there */
    int32_t *part_room;    /* of the nodes of one such domain */
    int32_t *part_count;
    int32_t *nodes; /* a list */
} Topology;

/* NULL members where the scheduler knows no topology. False if memory ran out. */
bool topology_init(Topology *memory, Arena *arena, const World *world);

/* Does where the tasks are relative to each other matter, to the job and to this scheduler? */
bool topology_rules(const World *world, JobId job, int32_t count);

/* Places for `count` tasks as the scheduler's topology rule chooses them, or false. groups: nodes
 * that a flavor leaves, 0: all. The columns are left as they were. */
bool topology_places(Topology *memory, Trial *trial, JobId job, int32_t count, uint64_t groups,
                     GpPlacement *placements);

#endif
