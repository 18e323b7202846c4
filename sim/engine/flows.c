/* flows.c - sums of what is asked of each resource, and who streams through it. */
#include "sim/engine/flows.h"

#include "core/pace.h"
#include "sim/engine/engine.h"

#define FREE INT64_MAX

const int flow_axis[FLOW_LANES] = {GP_AXIS_CPU, GP_AXIS_STORAGE_BANDWIDTH, GP_AXIS_IO_CPU,
                                   GP_AXIS_NETWORK};
static const int DIMENSION_OF[FLOW_LANES] = {GP_DIMENSION_CPU, GP_DIMENSION_STORAGE_BANDWIDTH,
                                             GP_DIMENSION_IO_CPU, GP_DIMENSION_NETWORK};

static bool traits_stream(const JobTraits *traits)
{
    bool streams = false;
    for (int lane = 0; lane < FLOW_LANES; lane++) {
        streams = streams || traits->need[flow_axis[lane]] > 0;
    }
    return streams;
}

bool flows_wanted(const World *world)
{
    bool streams = false;
    for (ClassId id = 0; id < world->jobs->class_count; id++) {
        streams = streams || traits_stream(world->jobs->classes[id].traits);
    }
    return streams && (world->scenario->relax & RELAX_IO) == 0;
}

/* ---- capacities ---- */

static int64_t left_of(int64_t nominal, int32_t ppm)
{
    return ppm == GP_PPM ? nominal : nominal / GP_PPM * ppm + nominal % GP_PPM * ppm / GP_PPM;
}

static const NodeTypeInfo *node_info(const World *world, int32_t node)
{
    return &world->scenario->cluster.type_info[world->fleet.node_type[node]];
}

/* A lane that the type does not declare is not modelled. */
static int64_t lane_capacity(const World *world, int32_t node, int lane)
{
    const GpNodeType *type = &world->scenario->cluster.types[world->fleet.node_type[node]];
    int64_t nominal = type->capacity[flow_axis[lane]];
    if (nominal <= 0) {
        return FREE;
    }
    return left_of(nominal,
                   world->health.any ? world->health.lane_ppm[node][flow_axis[lane]] : GP_PPM);
}

static int64_t pool_capacity(const World *world, int32_t pool)
{
    int64_t nominal = world->scenario->cluster.pools[pool].bandwidth_mb_s;
    return left_of(nominal, world->health.any ? world->health.pool_ppm[pool] : GP_PPM);
}

/* What faults of the whole rack leave of its uplink, in the order of their slots. */
static int32_t uplink_ppm(const World *world, int32_t rack)
{
    const Health *health = &world->health;
    int32_t ppm = GP_PPM;
    if (!health->any) {
        return ppm;
    }
    for (int32_t slot = health->domain_slot[0]; slot >= 0; slot = health->slots[slot].next) {
        const Fault *fault = &health->slots[slot].fault;
        const FaultKind *kind = &health->kinds[fault->kind];
        if (kind->scope == SCOPE_RACK && fault->target == rack && kind->effect == EFFECT_DERATED) {
            ppm = pace_times(ppm, kind->keep_ppm[GP_AXIS_NETWORK]);
        }
    }
    return ppm;
}

/* ---- memory ---- */

static bool any_uplink(const Cluster *cluster)
{
    bool any = false;
    for (int32_t type = 0; type < cluster->type_count; type++) {
        any = any || cluster->type_info[type].rack_uplink_mb_s > 0;
    }
    return any;
}

static void columns_fill(Flows *flows, const World *world)
{
    const Cluster *cluster = &world->scenario->cluster;
    for (int32_t node = 0; node < cluster->node_count; node++) {
        for (int lane = 0; lane < FLOW_LANES; lane++) {
            flows->capacity[node * FLOW_LANES + lane] = lane_capacity(world, node, lane);
        }
    }
    for (int32_t pool = 0; pool < cluster->pool_count; pool++) {
        flows->capacity[flows->pool_first + pool] = pool_capacity(world, pool);
        flows->pool_task[pool] = -1;
    }
    for (int32_t at = flows->rack_first; at < flows->resource_count; at++) {
        flows->uplink[at - flows->rack_first] = 0;
        flows->capacity[at] = FREE;
        flows->rack_task[at - flows->rack_first] = -1;
    }
    for (int32_t node = 0; flows->rack_count > 0 && node < cluster->node_count; node++) {
        int64_t *uplink = &flows->uplink[cluster->node_rack[node]];
        int64_t mine = node_info(world, node)->rack_uplink_mb_s;
        *uplink = mine > *uplink ? mine : *uplink;
        flows->capacity[flows->rack_first + cluster->node_rack[node]] =
            *uplink > 0 ? *uplink : FREE;
    }
    for (int32_t at = 0; at < flows->resource_count; at++) {
        flows->resource_at[at] = -1;
    }
    for (TaskId task = 0; task < world->jobs->task_count; task++) {
        flows->flow_at[task] = -1;
        flows->path_ppm[task] = GP_PPM;
        flows->path_limit[task] = LIMIT_NONE;
        if (flows->rack_count > 0) {
            flows->task_rack[task] = -1;
        }
    }
}

static void lists_new(Flows *flows, Arena *arena, const Cluster *cluster, int32_t tasks)
{
    flows->pool_task = ARENA_ARRAY(arena, TaskId, cluster->pool_count);
    flows->rack_task = ARENA_ARRAY(arena, TaskId, flows->rack_count);
    flows->uplink = ARENA_ARRAY(arena, int64_t, flows->rack_count);
    if (cluster->pool_count > 0) {
        flows->pool_next = ARENA_ARRAY(arena, TaskId, tasks);
        flows->pool_prev = ARENA_ARRAY(arena, TaskId, tasks);
    }
    if (flows->rack_count > 0) {
        flows->rack_next = ARENA_ARRAY(arena, TaskId, tasks);
        flows->rack_prev = ARENA_ARRAY(arena, TaskId, tasks);
        flows->task_rack = ARENA_ARRAY(arena, int32_t, tasks);
    }
}

Flows *flows_new(Arena *arena, const World *world, int32_t tasks_max)
{
    const Cluster *cluster = &world->scenario->cluster;
    int32_t tasks = world->jobs->task_count;
    Flows *flows = ARENA_NEW(arena, Flows);
    if (flows == NULL) {
        return NULL;
    }
    flows->rack_count = any_uplink(cluster) ? cluster->rack_count : 0;
    flows->pool_first = cluster->node_count * FLOW_LANES;
    flows->rack_first = flows->pool_first + cluster->pool_count;
    flows->resource_count = flows->rack_first + flows->rack_count;
    flows->capacity = ARENA_ARRAY(arena, int64_t, flows->resource_count);
    flows->asked = ARENA_ARRAY(arena, int64_t, flows->resource_count);
    flows->joined = ARENA_ARRAY(arena, uint8_t, tasks);
    flows->path_ppm = ARENA_ARRAY(arena, int32_t, tasks);
    flows->path_limit = ARENA_ARRAY(arena, int8_t, tasks);
    lists_new(flows, arena, cluster, tasks);
    flows->unit_marked = ARENA_ARRAY(arena, uint8_t, tasks);
    flows->changed_units = ARENA_ARRAY(arena, TaskId, tasks);
    flows->marked = ARENA_ARRAY(arena, uint8_t, flows->resource_count);
    flows->changed = ARENA_ARRAY(arena, int32_t, flows->resource_count);
    flows->parts = ARENA_ARRAY(arena, int32_t, flows->resource_count);
    flows->resource_at = ARENA_ARRAY(arena, int32_t, flows->resource_count);
    flows->flow_at = ARENA_ARRAY(arena, int32_t, tasks);
    flows->flow_unit = ARENA_ARRAY(arena, TaskId, tasks_max);
    flows->flow_members = ARENA_ARRAY(arena, int32_t, tasks_max);
    flows->last_use = ARENA_ARRAY(arena, int32_t, flows->resource_count);
    size_t uses = (size_t)tasks_max * FLOW_DRAWS_MAX;
    flows->uses = ARENA_ARRAY(arena, FlowUse, uses);
    flows->share = (Contention){.flows = ARENA_ARRAY(arena, Flow, tasks_max),
                                .resources = ARENA_ARRAY(arena, Resource, flows->resource_count),
                                .uses = flows->uses,
                                .order = ARENA_ARRAY(arena, int32_t, uses)};
    if (arena->failed) {
        return NULL;
    }
    columns_fill(flows, world);
    return flows;
}

/* ---- what a task draws on ---- */

static int32_t pool_of(const World *world, TaskId task)
{
    int32_t pool = node_info(world, world->task_node[task])->pool;
    return flow_traits(world, task)->need[GP_AXIS_STORAGE_BANDWIDTH] > 0 && pool >= 0 &&
                   pool < world->scenario->cluster.pool_count
               ? pool
               : -1;
}

int32_t flow_draws(const Flows *flows, const World *world, TaskId task,
                   FlowDraw draws[FLOW_DRAWS_MAX])
{
    const int64_t *need = flow_traits(world, task)->need;
    int32_t first = world->task_node[task] * FLOW_LANES;
    int32_t count = 0;
    for (int lane = 0; lane < FLOW_LANES; lane++) {
        int64_t lane_need = need[flow_axis[lane]];
        if (lane_need > 0) {
            draws[count++] = (FlowDraw){first + lane, DIMENSION_OF[lane], lane_need};
        }
        if (lane == FLOW_STORAGE && pool_of(world, task) >= 0) {
            draws[count++] =
                (FlowDraw){flows->pool_first + pool_of(world, task), DIMENSION_OF[lane], lane_need};
        }
        if (lane == FLOW_NETWORK && flows->rack_count > 0 && flows->task_rack[task] >= 0) {
            draws[count++] = (FlowDraw){flows->rack_first + flows->task_rack[task],
                                        DIMENSION_OF[lane], lane_need};
        }
    }
    return count;
}

/* ---- sums ---- */

static void resource_mark(Flows *flows, int32_t resource)
{
    if (!flows->marked[resource]) {
        flows->marked[resource] = 1;
        flows->changed[flows->changed_count++] = resource;
    }
}

static void asked_add(Flows *flows, int32_t resource, int64_t amount)
{
    bool was_short = flow_is_short(flows, resource);
    flows->asked[resource] += amount;
    if (was_short || flow_is_short(flows, resource)) {
        resource_mark(flows, resource);
    }
}

/* What the task would draw if nothing but its model held it back. */
static int64_t at_most(const World *world, TaskId task, int64_t need)
{
    int32_t type = world->fleet.node_type[world->task_node[task]];
    int32_t ppm = pace_relative_ppm(&world->scenario->cluster, flow_traits(world, task), type);
    return ppm == GP_PPM ? need : (need * ppm + GP_PPM - 1) / GP_PPM;
}

static void capacity_set(Flows *flows, int32_t resource, int64_t capacity)
{
    bool was_short = flow_is_short(flows, resource);
    if (flows->capacity[resource] == capacity) {
        return;
    }
    flows->capacity[resource] = capacity;
    if (was_short || flow_is_short(flows, resource)) {
        resource_mark(flows, resource);
    }
}

void flows_node_changed(Engine *engine, int32_t node)
{
    const World *world = engine->world;
    Flows *flows = engine->flows;
    for (int lane = 0; lane < FLOW_LANES; lane++) {
        capacity_set(flows, node * FLOW_LANES + lane, lane_capacity(world, node, lane));
    }
    if (flows->rack_count > 0) {
        int32_t rack = world->scenario->cluster.node_rack[node];
        if (flows->uplink[rack] > 0) {
            capacity_set(flows, flows->rack_first + rack,
                         left_of(flows->uplink[rack], uplink_ppm(world, rack)));
        }
    }
}

void flows_pool_changed(Engine *engine, int32_t pool)
{
    capacity_set(engine->flows, engine->flows->pool_first + pool,
                 pool_capacity(engine->world, pool));
}

/* ---- who streams ---- */

static void list_add(TaskId *first, TaskId *next, TaskId *prev, TaskId task)
{
    next[task] = *first;
    prev[task] = -1;
    if (*first >= 0) {
        prev[*first] = task;
    }
    *first = task;
}

static void list_remove(TaskId *first, TaskId *next, TaskId *prev, TaskId task)
{
    if (prev[task] >= 0) {
        next[prev[task]] = next[task];
    } else {
        *first = next[task];
    }
    if (next[task] >= 0) {
        prev[next[task]] = prev[task];
    }
}

void flows_unit_changed(Engine *engine, TaskId unit)
{
    Flows *flows = engine->flows;
    if (!flows->unit_marked[unit]) {
        flows->unit_marked[unit] = 1;
        flows->changed_units[flows->changed_unit_count++] = unit;
    }
}

/* The task's network traffic goes through its rack's uplink (rack >= 0), or does not (-1). */
static void uplink_set(Engine *engine, TaskId task, int32_t rack)
{
    Flows *flows = engine->flows;
    int32_t before = flows->task_rack[task];
    int64_t amount =
        at_most(engine->world, task, flow_traits(engine->world, task)->need[GP_AXIS_NETWORK]);
    if (before == rack) {
        return;
    }
    if (before >= 0) {
        asked_add(flows, flows->rack_first + before, -amount);
        list_remove(&flows->rack_task[before], flows->rack_next, flows->rack_prev, task);
    }
    if (rack >= 0) {
        asked_add(flows, flows->rack_first + rack, amount);
        list_add(&flows->rack_task[rack], flows->rack_next, flows->rack_prev, task);
    }
    flows->task_rack[task] = rack;
}

static void draws_count(Engine *engine, TaskId task, int sign)
{
    FlowDraw draws[FLOW_DRAWS_MAX];
    int32_t count = flow_draws(engine->flows, engine->world, task, draws);
    for (int32_t at = 0; at < count; at++) {
        asked_add(engine->flows, draws[at].resource,
                  sign * at_most(engine->world, task, draws[at].need));
    }
}

void flows_join(Engine *engine, TaskId task)
{
    const World *world = engine->world;
    Flows *flows = engine->flows;
    if (flows->joined[task] || !traits_stream(flow_traits(world, task))) {
        return;
    }
    int32_t pool = pool_of(world, task);
    flows->joined[task] = 1;
    flows->path_ppm[task] = GP_PPM;
    flows->path_limit[task] = LIMIT_NONE;
    draws_count(engine, task, 1);
    if (pool >= 0) {
        list_add(&flows->pool_task[pool], flows->pool_next, flows->pool_prev, task);
    }
    flows_unit_changed(engine, job_unit(world->jobs, task));
}

void flows_leave(Engine *engine, TaskId task)
{
    const World *world = engine->world;
    Flows *flows = engine->flows;
    if (!flows->joined[task]) {
        return;
    }
    int32_t pool = pool_of(world, task);
    if (flows->rack_count > 0) {
        uplink_set(engine, task, -1);
    }
    draws_count(engine, task, -1);
    flows->joined[task] = 0;
    if (pool >= 0) {
        list_remove(&flows->pool_task[pool], flows->pool_next, flows->pool_prev, task);
    }
    flows_unit_changed(engine, job_unit(world->jobs, task));
}

/* ---- units ---- */

/* A gang within one rack talks within it. */
static bool crosses_racks(const Flows *flows, const World *world, TaskId unit)
{
    const int32_t *node_rack = world->scenario->cluster.node_rack;
    int32_t members = 0;
    int32_t rack = -1;
    for (TaskId task = unit; task < flow_unit_end(world, unit); task++) {
        if (flows->joined[task]) {
            if (members > 0 && node_rack[world->task_node[task]] != rack) {
                return true;
            }
            rack = node_rack[world->task_node[task]];
            members++;
        }
    }
    return members == 1;
}

static void unit_uplinks(Engine *engine, TaskId unit)
{
    const World *world = engine->world;
    Flows *flows = engine->flows;
    if (flows->rack_count == 0 || flow_traits(world, unit)->need[GP_AXIS_NETWORK] == 0) {
        return;
    }
    bool crosses = crosses_racks(flows, world, unit);
    for (TaskId task = unit; task < flow_unit_end(world, unit); task++) {
        if (flows->joined[task]) {
            int32_t rack = world->scenario->cluster.node_rack[world->task_node[task]];
            uplink_set(engine, task, crosses && flows->uplink[rack] > 0 ? rack : -1);
        }
    }
}

/* Marks what the unit draws on and is short. */
static void unit_mark(Engine *engine, TaskId unit)
{
    const World *world = engine->world;
    Flows *flows = engine->flows;
    FlowDraw draws[FLOW_DRAWS_MAX];
    for (TaskId task = unit; task < flow_unit_end(world, unit); task++) {
        int32_t count = flows->joined[task] ? flow_draws(flows, world, task, draws) : 0;
        for (int32_t at = 0; at < count; at++) {
            if (flow_is_short(flows, draws[at].resource)) {
                resource_mark(flows, draws[at].resource);
            }
        }
    }
}

/* A member's path held it up when it was worked out last: what it left may have been all that did,
 * an uplink that the gang no longer needs. */
static bool unit_was_held(const Engine *engine, TaskId unit)
{
    const Flows *flows = engine->flows;
    bool held = false;
    for (TaskId task = unit; task < flow_unit_end(engine->world, unit); task++) {
        held = held || (flows->joined[task] && flows->path_limit[task] != LIMIT_NONE);
    }
    return held;
}

void flows_settle(Engine *engine)
{
    Flows *flows = engine->flows;
    int32_t held = 0;
    for (int32_t at = 0; at < flows->changed_unit_count; at++) {
        TaskId unit = flows->changed_units[at];
        flows->unit_marked[unit] = 0;
        unit_uplinks(engine, unit);
        unit_mark(engine, unit);
        if (unit_was_held(engine, unit)) {
            flows->changed_units[held++] = unit;
        }
    }
    flows->changed_unit_count = 0;
    if (flows->changed_count > 0 || held > 0) {
        flows_share_out(engine, held);
    }
}
