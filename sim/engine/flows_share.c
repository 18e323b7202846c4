/* flows_share.c - one sharing out: the resources that hang together, and what becomes of the units.
 */
#include "core/pace.h"
#include "sim/engine/engine.h"
#include "sim/engine/flows.h"
#include "sim/engine/progress.h"
#include "sim/engine/speed.h"

static void part_add(Flows *flows, int32_t resource)
{
    if (flows->resource_at[resource] != -1) {
        return;
    }
    flows->parts[flows->part_count++] = resource;
    flows->resource_at[resource] = -2; /* known, and not short any more */
    if (flow_is_short(flows, resource)) {
        int32_t at = flows->share.resource_count++;
        flows->resource_at[resource] = at;
        flows->last_use[at] = -1;
        flows->share.resources[at] = (Resource){.capacity = flows->capacity[resource]};
    }
}

static void use_count(Flows *flows, int32_t flow, const FlowDraw *draw)
{
    int32_t at = flows->resource_at[draw->resource];
    int32_t last = flows->last_use[at];
    if (last >= 0 && flows->uses[last].flow == flow) {
        flows->uses[last].members++;
        return;
    }
    flows->last_use[at] = flows->share.use_count;
    flows->uses[flows->share.use_count++] =
        (FlowUse){.flow = flow, .resource = at, .members = 1, .need = draw->need};
}

/* The unit takes part, and with it all short resources that it draws on. */
static void flow_add(Engine *engine, TaskId unit)
{
    const World *world = engine->world;
    Flows *flows = engine->flows;
    FlowDraw draws[FLOW_DRAWS_MAX];
    if (flows->flow_at[unit] >= 0) {
        return;
    }
    int32_t flow = flows->share.flow_count++;
    flows->flow_at[unit] = flow;
    flows->flow_unit[flow] = unit;
    flows->share.flows[flow] = (Flow){.cap_ppm = speed_unfed(engine, world->jobs->task_job[unit],
                                                             unit, &flows->flow_members[flow])};
    for (TaskId task = unit; task < flow_unit_end(world, unit); task++) {
        int32_t count = flows->joined[task] ? flow_draws(flows, world, task, draws) : 0;
        for (int32_t at = 0; at < count; at++) {
            if (flow_is_short(flows, draws[at].resource)) {
                part_add(flows, draws[at].resource);
                use_count(flows, flow, &draws[at]);
            }
        }
    }
}

/* The units that draw on the resource. */
static void part_walk(Engine *engine, int32_t resource)
{
    const World *world = engine->world;
    Flows *flows = engine->flows;
    if (resource >= flows->rack_first) {
        for (TaskId task = flows->rack_task[resource - flows->rack_first]; task >= 0;
             task = flows->rack_next[task]) {
            flow_add(engine, job_unit(world->jobs, task));
        }
    } else if (resource >= flows->pool_first) {
        for (TaskId task = flows->pool_task[resource - flows->pool_first]; task >= 0;
             task = flows->pool_next[task]) {
            flow_add(engine, job_unit(world->jobs, task));
        }
    } else {
        int axis = flow_axis[resource % FLOW_LANES];
        for (TaskId task = world->node_first[resource / FLOW_LANES]; task >= 0;
             task = world->task_next[task]) {
            if (flows->joined[task] && flow_traits(world, task)->need[axis] > 0) {
                flow_add(engine, job_unit(world->jobs, task));
            }
        }
    }
}

/* The pace that a resource allows the flow's members. One that goes slower for another reason, a
 * slower member, could have more of it than it draws. */
static int64_t path_at(Flows *flows, int32_t flow, int32_t place, int64_t need)
{
    int64_t ppm = contention_limit_ppm(flows->share.resources[place].level, need);
    if (flows->flow_members[flow] > 1 && ppm > flows->share.flows[flow].rate_ppm) {
        ppm = contention_limit_ppm(contention_level_alone(&flows->share, flow, place), need);
    }
    return ppm;
}

/* The member's path: its levels, in its own measure. */
static void path_set(Engine *engine, int32_t flow, TaskId task, int32_t noise_ppm)
{
    const World *world = engine->world;
    Flows *flows = engine->flows;
    FlowDraw draws[FLOW_DRAWS_MAX];
    int32_t type = world->fleet.node_type[world->task_node[task]];
    int64_t factor = pace_times(
        pace_relative_ppm(&world->scenario->cluster, flow_traits(world, task), type), noise_ppm);
    int64_t path_ppm = GP_PPM;
    int8_t limit = LIMIT_NONE;
    int32_t count = flow_draws(flows, world, task, draws);
    for (int32_t at = 0; at < count; at++) {
        int32_t place = flows->resource_at[draws[at].resource];
        if (place < 0) {
            continue;
        }
        int64_t ppm = path_at(flows, flow, place, draws[at].need);
        ppm = factor == GP_PPM ? ppm : ppm * GP_PPM / (factor > 0 ? factor : 1);
        if (ppm < path_ppm) {
            path_ppm = ppm;
            limit = (int8_t)draws[at].dimension;
        }
    }
    flows->path_ppm[task] = (int32_t)path_ppm;
    flows->path_limit[task] = limit;
}

static void flow_apply(Engine *engine, int32_t flow)
{
    const World *world = engine->world;
    TaskId unit = engine->flows->flow_unit[flow];
    int32_t members = engine->flows->flow_members[flow];
    JobId job = world->jobs->task_job[unit];
    bool changed = false;
    int32_t noise_ppm = job_class(world->jobs, job)->sync
                            ? pace_noise_ppm(&world->scenario->models, members)
                            : GP_PPM;
    for (TaskId task = unit; task < flow_unit_end(world, unit); task++) {
        if (engine->flows->joined[task]) {
            path_set(engine, flow, task, noise_ppm);
            changed = speed_update(engine, task) || changed;
        }
    }
    if (changed) {
        progress_pace(engine, unit);
    }
}

void flows_share_out(Engine *engine, int32_t held)
{
    Flows *flows = engine->flows;
    flows->part_count = 0;
    flows->share.flow_count = flows->share.resource_count = flows->share.use_count = 0;
    for (int32_t at = 0; at < flows->changed_count; at++) {
        part_add(flows, flows->changed[at]);
        flows->marked[flows->changed[at]] = 0;
    }
    flows->changed_count = 0;
    for (int32_t at = 0; at < held; at++) {
        flow_add(engine, flows->changed_units[at]);
    }
    for (int32_t at = 0; at < flows->part_count; at++) {
        part_walk(engine, flows->parts[at]);
    }
    contention_share(&flows->share);
    for (int32_t at = 0; at < flows->share.flow_count; at++) {
        flow_apply(engine, at);
    }
    for (int32_t at = 0; at < flows->share.flow_count; at++) {
        flows->flow_at[flows->flow_unit[at]] = -1;
    }
    for (int32_t at = 0; at < flows->part_count; at++) {
        flows->resource_at[flows->parts[at]] = -1;
    }
}
