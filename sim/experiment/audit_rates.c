/* audit_rates.c - speeds from nothing but the World: cards, company, the whole data path. */
#include "sim/experiment/audit_rates.h"

#include "core/pace.h"
#include "models/sharing.h"

/* A node's lanes, in the order of GpDimension. */
enum { LANES = 4 };
static const int AXES[LANES] = {GP_AXIS_CPU, GP_AXIS_STORAGE_BANDWIDTH, GP_AXIS_IO_CPU,
                                GP_AXIS_NETWORK};
static const int DIMENSIONS[LANES] = {GP_DIMENSION_CPU, GP_DIMENSION_STORAGE_BANDWIDTH,
                                      GP_DIMENSION_IO_CPU, GP_DIMENSION_NETWORK};
#define UNLIMITED INT64_C(1000000000000)

static const JobTraits *traits_of(const World *world, TaskId task)
{
    return job_class(world->jobs, world->jobs->task_job[task])->traits;
}

/* Who shares an uncapped card with a service feels what it uses from the next change on that card
 * (docs/services.md): what it was then cannot be told from the World. */
static bool services_linger(const World *world)
{
    bool uncapped = false;
    bool drives = false;
    for (int32_t type = 0; type < world->scenario->cluster.type_count; type++) {
        uncapped = uncapped || world->scenario->cluster.type_info[type].card_uncapped;
    }
    for (ClassId id = 0; id < world->jobs->class_count; id++) {
        const ServiceDemand *service = world->jobs->classes[id].traits->service;
        drives = drives || (service != NULL && service->drives_usage);
    }
    return uncapped && drives;
}

bool audit_rates_init(AuditRates *rates, Arena *arena, const World *world)
{
    const Cluster *cluster = &world->scenario->cluster;
    size_t tasks = (size_t)world->jobs->task_count;
    *rates = (AuditRates){0};
    rates->applies = world->task_rate_ppm != NULL && !services_linger(world);
    if (!rates->applies) {
        return true;
    }
    rates->card_ppm = ARENA_ARRAY(arena, int32_t, tasks);
    for (ClassId id = 0; (world->scenario->relax & RELAX_IO) == 0 && id < world->jobs->class_count;
         id++) {
        for (int lane = 0; lane < LANES; lane++) {
            rates->streams =
                rates->streams || world->jobs->classes[id].traits->need[AXES[lane]] > 0;
        }
    }
    if (!rates->streams) {
        return !arena->failed;
    }
    int32_t resources = cluster->node_count * LANES + cluster->pool_count + cluster->rack_count;
    size_t uses = tasks * (LANES + 2);
    rates->unit_flow = ARENA_ARRAY(arena, int32_t, tasks);
    rates->uses = ARENA_ARRAY(arena, FlowUse, uses);
    rates->asked = ARENA_ARRAY(arena, int64_t, resources);
    rates->share = (Contention){.flows = ARENA_ARRAY(arena, Flow, tasks),
                                .resources = ARENA_ARRAY(arena, Resource, resources),
                                .resource_count = resources,
                                .uses = rates->uses,
                                .order = ARENA_ARRAY(arena, int32_t, uses)};
    return !arena->failed;
}

/* ---- cards ---- */

static int32_t device_ppm(const World *world, int32_t node, int32_t at)
{
    const NodeTypeInfo *info = &world->scenario->cluster.type_info[world->fleet.node_type[node]];
    int64_t used_ppm = 0;
    int32_t tenants = 0;
    for (TaskId task = 0; info->card_uncapped && task < world->jobs->task_count; task++) {
        if (world->task_state[task] == TASK_RUNNING && world->task_node[task] == node &&
            (world->task_devices[task] >> at & 1) != 0) {
            used_ppm += world->task_usage_ppm != NULL ? world->task_usage_ppm[task]
                                                      : traits_of(world, task)->utilisation_ppm;
            tenants++;
        }
    }
    int32_t ppm =
        info->card_uncapped ? sharing_rate_ppm(used_ppm, tenants, info->card_overhead_ppm) : GP_PPM;
    return world->health.any
               ? pace_times(ppm,
                            world->health.device_speed_ppm[world->fleet.device_begin[node] + at])
               : ppm;
}

static int32_t cards_ppm(const World *world, TaskId task)
{
    int32_t lowest = GP_PPM;
    for (int32_t at = 0; at < 32; at++) {
        if ((world->task_devices[task] >> at & 1) != 0) {
            int32_t ppm = device_ppm(world, world->task_node[task], at);
            lowest = ppm < lowest ? ppm : lowest;
        }
    }
    return lowest;
}

/* ---- units ---- */

static int32_t relative_ppm(const World *world, TaskId task)
{
    return pace_relative_ppm(&world->scenario->cluster, traits_of(world, task),
                             world->fleet.node_type[world->task_node[task]]);
}

static TaskId unit_end(const World *world, TaskId unit)
{
    JobId job = world->jobs->task_job[unit];
    return job_class(world->jobs, job)->sync ? world->jobs->job_first_task[job + 1] : unit + 1;
}

static int32_t running_members(const World *world, TaskId unit)
{
    int32_t count = 0;
    for (TaskId task = unit; task < unit_end(world, unit); task++) {
        count += world->task_state[task] == TASK_RUNNING;
    }
    return count;
}

static int32_t unit_noise(const World *world, TaskId unit)
{
    JobId job = world->jobs->task_job[unit];
    return job_class(world->jobs, job)->sync
               ? pace_noise_ppm(&world->scenario->models, running_members(world, unit))
               : GP_PPM;
}

/* Of its slowest running member; speed: [task]. */
static int32_t unit_pace(const World *world, TaskId unit, const int32_t *speed)
{
    int32_t slowest = PACE_MAX_PPM;
    for (TaskId task = unit; task < unit_end(world, unit); task++) {
        if (world->task_state[task] == TASK_RUNNING) {
            int32_t ppm = pace_times(speed[task], relative_ppm(world, task));
            slowest = ppm < slowest ? ppm : slowest;
        }
    }
    return pace_times(slowest, unit_noise(world, unit));
}

/* ---- the data path ---- */

static int64_t times_ppm(int64_t amount, int32_t ppm)
{
    return amount / GP_PPM * ppm + amount % GP_PPM * ppm / GP_PPM;
}

static void resources_fill(AuditRates *rates, const World *world)
{
    const Cluster *cluster = &world->scenario->cluster;
    Resource *next = rates->share.resources;
    for (int32_t node = 0; node < cluster->node_count; node++) {
        for (int lane = 0; lane < LANES; lane++) {
            int64_t nominal = cluster->types[cluster->node_type[node]].capacity[AXES[lane]];
            int32_t ppm = world->health.any ? world->health.lane_ppm[node][AXES[lane]] : GP_PPM;
            *next++ = (Resource){.capacity = nominal > 0 ? times_ppm(nominal, ppm) : UNLIMITED};
        }
    }
    for (int32_t pool = 0; pool < cluster->pool_count; pool++) {
        int32_t ppm = world->health.any ? world->health.pool_ppm[pool] : GP_PPM;
        *next++ = (Resource){.capacity = times_ppm(cluster->pools[pool].bandwidth_mb_s, ppm)};
    }
    for (int32_t rack = 0; rack < cluster->rack_count; rack++) {
        next[rack] = (Resource){.capacity = 0};
    }
    for (int32_t node = 0; node < cluster->node_count; node++) {
        Resource *uplink = &next[cluster->node_rack[node]];
        int64_t nominal = cluster->type_info[cluster->node_type[node]].rack_uplink_mb_s;
        uplink->capacity = nominal > uplink->capacity ? nominal : uplink->capacity;
    }
    for (int32_t rack = 0; rack < cluster->rack_count; rack++) {
        next[rack].capacity = next[rack].capacity > 0 ? next[rack].capacity : UNLIMITED;
    }
    const Health *health = &world->health;
    for (int32_t slot = health->any ? health->domain_slot[0] : -1; slot >= 0;
         slot = health->slots[slot].next) {
        const Fault *fault = &health->slots[slot].fault;
        const FaultKind *kind = &health->kinds[fault->kind];
        if (kind->effect == EFFECT_DERATED && kind->scope == SCOPE_RACK &&
            next[fault->target].capacity != UNLIMITED) {
            /* several at once would be floored one by one: rare, and off by a millionth */
            next[fault->target].capacity =
                times_ppm(next[fault->target].capacity, kind->keep_ppm[GP_AXIS_NETWORK]);
        }
    }
}

static bool is_alone_or_spread(const World *world, TaskId unit)
{
    const int32_t *rack = world->scenario->cluster.node_rack;
    int32_t first = -1;
    bool spread = false;
    for (TaskId task = unit; task < unit_end(world, unit); task++) {
        if (world->task_state[task] == TASK_RUNNING) {
            int32_t mine = rack[world->task_node[task]];
            spread = spread || (first >= 0 && mine != first);
            first = mine;
        }
    }
    return spread || running_members(world, unit) == 1;
}

/* What a running task draws on: resources, dimensions and need of each. */
static int draws_of(const World *world, TaskId task, FlowUse draws[LANES + 2],
                    int dimension[LANES + 2])
{
    const Cluster *cluster = &world->scenario->cluster;
    int32_t node = world->task_node[task];
    int32_t pools = cluster->node_count * LANES;
    int32_t pool = cluster->type_info[cluster->node_type[node]].pool;
    int count = 0;
    for (int lane = 0; lane < LANES; lane++) {
        int64_t need = traits_of(world, task)->need[AXES[lane]];
        int32_t also = -1;
        if (need == 0) {
            continue;
        }
        if (AXES[lane] == GP_AXIS_STORAGE_BANDWIDTH && pool >= 0 && pool < cluster->pool_count) {
            also = pools + pool;
        } else if (AXES[lane] == GP_AXIS_NETWORK &&
                   is_alone_or_spread(world, job_unit(world->jobs, task))) {
            also = pools + cluster->pool_count + cluster->node_rack[node];
        }
        draws[count] = (FlowUse){.resource = node * LANES + lane, .members = 1, .need = need};
        dimension[count++] = DIMENSIONS[lane];
        if (also >= 0) {
            draws[count] = (FlowUse){.resource = also, .members = 1, .need = need};
            dimension[count++] = DIMENSIONS[lane];
        }
    }
    return count;
}

/* The unit's use of a resource: one for all its members there. */
static void use_add(AuditRates *rates, const FlowUse *draw, int32_t flow, int32_t first_use)
{
    for (int32_t use = first_use; use < rates->share.use_count; use++) {
        if (rates->uses[use].resource == draw->resource) {
            rates->uses[use].members++;
            return;
        }
    }
    FlowUse added = *draw;
    added.flow = flow;
    rates->uses[rates->share.use_count++] = added;
}

static void share_all(AuditRates *rates, const World *world)
{
    rates->share.flow_count = rates->share.use_count = 0;
    resources_fill(rates, world);
    for (int32_t resource = 0; resource < rates->share.resource_count; resource++) {
        rates->asked[resource] = 0;
    }
    for (TaskId unit = 0; unit < world->jobs->task_count; unit++) {
        rates->unit_flow[unit] = -1;
        if (job_unit(world->jobs, unit) != unit || running_members(world, unit) == 0) {
            continue;
        }
        int32_t flow = rates->share.flow_count++;
        int32_t first_use = rates->share.use_count;
        rates->unit_flow[unit] = flow;
        rates->share.flows[flow] = (Flow){.cap_ppm = unit_pace(world, unit, rates->card_ppm)};
        for (TaskId task = unit; task < unit_end(world, unit); task++) {
            FlowUse draws[LANES + 2];
            int dimension[LANES + 2];
            int count = world->task_state[task] == TASK_RUNNING
                            ? draws_of(world, task, draws, dimension)
                            : 0;
            for (int at = 0; at < count; at++) {
                use_add(rates, &draws[at], flow, first_use);
                rates->asked[draws[at].resource] +=
                    (draws[at].need * relative_ppm(world, task) + GP_PPM - 1) / GP_PPM;
            }
        }
    }
    contention_share(&rates->share);
}

/* The pace that a resource allows the task's unit, whatever other members do. */
static int64_t path_at(AuditRates *rates, const World *world, TaskId unit, const FlowUse *draw)
{
    int32_t flow = rates->unit_flow[unit];
    if (rates->asked[draw->resource] <= rates->share.resources[draw->resource].capacity) {
        return UNLIMITED; /* enough for all, slow members drawing what their models let them */
    }
    int64_t ppm = contention_limit_ppm(rates->share.resources[draw->resource].level, draw->need);
    if (running_members(world, unit) > 1 && ppm > rates->share.flows[flow].rate_ppm) {
        ppm = contention_limit_ppm(contention_level_alone(&rates->share, flow, draw->resource),
                                   draw->need);
    }
    return ppm;
}

/* The task's own speed and what limits it. */
static int32_t own_ppm(AuditRates *rates, const World *world, TaskId task, int *limit)
{
    FlowUse draws[LANES + 2];
    int dimension[LANES + 2];
    int64_t lowest = rates->card_ppm[task];
    *limit = lowest < GP_PPM ? LIMIT_DEVICE : LIMIT_NONE;
    int count = rates->streams ? draws_of(world, task, draws, dimension) : 0;
    int64_t factor =
        pace_times(relative_ppm(world, task), unit_noise(world, job_unit(world->jobs, task)));
    for (int at = 0; at < count; at++) {
        int64_t ppm = path_at(rates, world, job_unit(world->jobs, task), &draws[at]);
        ppm = factor == GP_PPM ? ppm : ppm * GP_PPM / (factor > 0 ? factor : 1);
        if (ppm < GP_PPM && (ppm < lowest || (ppm == lowest && *limit == LIMIT_DEVICE))) {
            lowest = ppm;
            *limit = dimension[at];
        }
    }
    return (int32_t)lowest;
}

const char *audit_rates_check(AuditRates *rates, const World *world, TaskId *which)
{
    if (!rates->applies) {
        return NULL;
    }
    for (TaskId task = 0; task < world->jobs->task_count; task++) {
        rates->card_ppm[task] =
            world->task_state[task] == TASK_RUNNING ? cards_ppm(world, task) : GP_PPM;
    }
    if (rates->streams) {
        share_all(rates, world);
    }
    for (TaskId task = 0; task < world->jobs->task_count; task++) {
        int limit;
        *which = task;
        if (world->task_state[task] != TASK_RUNNING) {
            continue;
        }
        if (own_ppm(rates, world, task, &limit) != world->task_rate_ppm[task]) {
            return "a task is not as fast as its causes let it be";
        }
        if (limit != world->task_limit[task]) {
            return "a task is held back by something else";
        }
        TaskId unit = job_unit(world->jobs, task);
        const JobClass *class_of = job_class(world->jobs, world->jobs->task_job[task]);
        int64_t pace = unit_pace(world, unit, world->task_rate_ppm);
        if (class_of->traits->kind == KIND_NOTEBOOK) { /* a session takes its time */
            pace = GP_PPM;
        }
        if (class_of->sync) { /* an elastic one advances by its members */
            int32_t least = class_of->traits->min_tasks;
            bool elastic = class_of->max_tasks > class_of->task_count ||
                           (least > 0 && least < class_of->task_count);
            pace = elastic
                       ? pace * world->job_ready[world->jobs->task_job[task]] / class_of->task_count
                       : pace;
        }
        if (pace != world->unit_rate_ppm[unit]) {
            return "a unit is not as fast as its slowest member";
        }
    }
    return NULL;
}
