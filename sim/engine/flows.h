/* flows.h - who streams through what: node lanes, storage pools and rack uplinks, and the shares
 * that tasks get of them.
 *
 * Running tasks draw need x the pace of their unit. A resource that could serve everybody at full
 * pace costs a sum; only those that could not are shared out (models/contention.h), together with
 * the units that meet there and the other short resources of these. That is done once an instant,
 * before the clock moves. The rules: docs/contention.md.
 */
#ifndef SIM_ENGINE_FLOWS_H
#define SIM_ENGINE_FLOWS_H

#include "core/arena.h"
#include "core/world.h"
#include "models/contention.h"

typedef struct Engine Engine;

/* Nodes have a resource for each lane of the data path, in the order of GpDimension. */
enum { FLOW_CPU, FLOW_STORAGE, FLOW_IO_CPU, FLOW_NETWORK, FLOW_LANES };

/* Resources of one task at most: its node's lanes, a pool, an uplink. */
#define FLOW_DRAWS_MAX (FLOW_LANES + 2)

typedef struct Flows {
    int32_t resource_count; /* node x FLOW_LANES + lane, then pools, then racks */
    int32_t pool_first, rack_first;
    int32_t rack_count; /* 0: no uplink is modelled */
    int64_t *uplink;    /* [rack] nominal, Mb/s; 0: unlimited */
    int64_t *capacity;  /* [resource] now; INT64_MAX: nobody is held back by it */
    int64_t *asked;     /* [resource] what would be drawn if all went at full pace */
    uint8_t *joined;    /* [task] it runs and streams */
    int32_t *path_ppm;  /* [task] what the data path allows, at most GP_PPM */
    int8_t *path_limit; /* [task] GpDimension of it */
    TaskId *pool_task, *pool_next, *pool_prev; /* [pool], [task], [task] who streams from a pool */
    TaskId *rack_task, *rack_next, *rack_prev; /* [rack], [task], [task] who uses an uplink */
    int32_t *task_rack;                        /* [task] whose uplink it uses; -1 */
    /* what has changed in this instant */
    uint8_t *unit_marked;  /* [task] */
    TaskId *changed_units; /* [changed_unit_count] */
    int32_t changed_unit_count;
    uint8_t *marked;  /* [resource] */
    int32_t *changed; /* [changed_count] resources */
    int32_t changed_count;
    /* memory of one sharing out */
    int32_t *parts; /* [part_count] resources that hang together */
    int32_t part_count;
    int32_t *resource_at;  /* [resource] its place in `share`; -1 */
    int32_t *flow_at;      /* [task] the unit's place there; -1 */
    int32_t *flow_members; /* [flow] that run */
    TaskId *flow_unit;     /* [flow] */
    int32_t *last_use;     /* [share resource] of the flow that is being written down */
    FlowUse *uses;         /* share.uses */
    Contention share;
} Flows;

/* NULL if memory ran out. Only where flows_wanted. tasks_max: that run at the same time. */
Flows *flows_new(Arena *arena, const World *world, int32_t tasks_max);

/* Does some job of this run stream? */
bool flows_wanted(const World *world);

/* The task runs from now on, or does no longer. */
void flows_join(Engine *engine, TaskId task);
void flows_leave(Engine *engine, TaskId task);

/* The unit's pace from other causes has changed. */
void flows_unit_changed(Engine *engine, TaskId unit);

/* What is left of the node's lanes and of its rack's uplink, or of a pool, has changed. */
void flows_node_changed(Engine *engine, int32_t node);
void flows_pool_changed(Engine *engine, int32_t pool);

/* Is there something to share out anew? */
static inline bool flows_pending(const Flows *flows)
{
    return flows != NULL && (flows->changed_count > 0 || flows->changed_unit_count > 0);
}

/* Shares out what has changed: paths of tasks, and the pace of their units. */
void flows_settle(Engine *engine);

/* What a running task draws on. Returns how many of `draws` are filled; by dimension. */
typedef struct FlowDraw {
    int32_t resource;
    int32_t dimension; /* GpDimension */
    int64_t need;      /* at full pace */
} FlowDraw;
int32_t flow_draws(const Flows *flows, const World *world, TaskId task,
                   FlowDraw draws[FLOW_DRAWS_MAX]);

/* ---- between flows.c and flows_share.c ---- */

extern const int flow_axis[FLOW_LANES]; /* GpAxis of each lane */

/* held: of the first so many changed_units the paths are worked out in any case. */
void flows_share_out(Engine *engine, int32_t held);

static inline const JobTraits *flow_traits(const World *world, TaskId task)
{
    return job_class(world->jobs, world->jobs->task_job[task])->traits;
}

/* Could it not serve everybody at full pace? */
static inline bool flow_is_short(const Flows *flows, int32_t resource)
{
    return flows->asked[resource] > flows->capacity[resource];
}

/* Behind the unit's last task. */
static inline TaskId flow_unit_end(const World *world, TaskId unit)
{
    JobId job = world->jobs->task_job[unit];
    return job_class(world->jobs, job)->sync ? world->jobs->job_first_task[job + 1] : unit + 1;
}

#endif
