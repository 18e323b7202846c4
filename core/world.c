/* world.c - a run's changing state, allocated once. */
#include "core/world.h"

static bool fleet_new(World *world, Arena *arena, const int32_t *node_rank)
{
    const Cluster *cluster = &world->scenario->cluster;
    GpFleet *fleet = &world->fleet;
    int32_t nodes = cluster->node_count;
    int32_t devices = cluster->device_begin[nodes];
    fleet->size = sizeof(GpFleet);
    fleet->node_count = nodes;
    fleet->type_count = cluster->type_count;
    fleet->kind_count = world->jobs->shapes.kind_count;
    fleet->types = cluster->types;
    fleet->node_type = cluster->node_type;
    fleet->node_rank = node_rank;
    fleet->device_begin = cluster->device_begin;
    fleet->node_present = ARENA_ARRAY(arena, uint8_t, nodes);
    fleet->node_free = arena_alloc(arena, (size_t)nodes, sizeof(int64_t[GP_AXES]));
    fleet->node_kind_tasks =
        ARENA_ARRAY(arena, uint16_t, (size_t)nodes * (size_t)fleet->kind_count);
    fleet->device_free_milli = ARENA_ARRAY(arena, int32_t, devices);
    fleet->device_free_mib = ARENA_ARRAY(arena, int32_t, devices);
    fleet->device_tasks = ARENA_ARRAY(arena, uint16_t, devices);
    fleet->device_health = ARENA_ARRAY(arena, uint8_t, devices);
    fleet->device_mig = ARENA_ARRAY(arena, uint8_t, devices);
    return !arena->failed && gp_fleet_reset(fleet) == GP_OK;
}

static bool index_new(World *world, Arena *arena)
{
    const GpPolicy *pack = &world->scenario->policy.pack;
    const ShapeTable *shapes = &world->jobs->shapes;
    size_t bytes = gp_index_bytes(pack, world->fleet.node_count, shapes->count);
    /* At least ARENA_ALIGN_LARGE bytes, so that the memory is aligned as the index wants it. */
    void *memory = arena_alloc(arena, bytes < ARENA_ALIGN_LARGE ? ARENA_ALIGN_LARGE : bytes, 1);
    return memory != NULL &&
           gp_index_init(&world->index, memory, bytes, &world->fleet, pack,
                         &world->scenario->constants, shapes->shapes, shapes->count) == GP_OK;
}

static int32_t largest_gang(const JobTable *jobs)
{
    int32_t largest = 1;
    for (JobId job = 0; job < jobs->job_count; job++) {
        int32_t tasks = job_together(jobs, job);
        largest = tasks > largest ? tasks : largest;
    }
    return largest;
}

static bool columns_new(World *world, Arena *arena)
{
    const JobTable *jobs = world->jobs;
    const Cluster *cluster = &world->scenario->cluster;
    int32_t gang = largest_gang(jobs);
    world->largest_gang = gang;
    world->task_node = ARENA_ARRAY(arena, int32_t, jobs->task_count);
    world->task_devices = ARENA_ARRAY(arena, uint32_t, jobs->task_count);
    world->task_mig_start = ARENA_ARRAY(arena, int8_t, jobs->task_count);
    world->task_state = ARENA_ARRAY(arena, uint8_t, jobs->task_count);
    world->job_placed = ARENA_ARRAY(arena, int32_t, jobs->job_count);
    world->job_open = ARENA_ARRAY(arena, int32_t, jobs->job_count);
    world->type_used_milli = ARENA_ARRAY(arena, int64_t, cluster->type_count);
    world->type_tenant_used_milli =
        ARENA_ARRAY(arena, int64_t, (size_t)cluster->type_count * (size_t)jobs->tenant_count);
    world->job_state = ARENA_ARRAY(arena, uint8_t, jobs->job_count);
    world->job_reason = ARENA_ARRAY(arena, uint8_t, jobs->job_count);
    world->job_dimension = ARENA_ARRAY(arena, int8_t, jobs->job_count);
    world->job_start_ms = ARENA_ARRAY(arena, int64_t, jobs->job_count);
    world->job_end_ms = ARENA_ARRAY(arena, int64_t, jobs->job_count);
    world->queue = ARENA_ARRAY(arena, JobId, jobs->job_count);
    world->shape_failed_at = ARENA_ARRAY(arena, uint64_t, jobs->shapes.count);
    world->shape_judged_at = ARENA_ARRAY(arena, uint64_t, jobs->shapes.count);
    world->shape_verdict = ARENA_ARRAY(arena, Verdict, jobs->shapes.count);
    world->job_too_large = ARENA_ARRAY(arena, int8_t, jobs->job_count);
    world->placements = ARENA_ARRAY(arena, GpPlacement, gang);
    return !arena->failed;
}

static bool events_new(World *world, Arena *arena)
{
    const JobTable *jobs = world->jobs;
    int32_t entities[EVENT_KIND_COUNT] = {[EVENT_JOB_ARRIVAL] = 1, [EVENT_HORIZON] = 1};
    for (JobId job = 0; job < jobs->job_count; job++) {
        if (jobs->job_duration_ms[job] != TIME_NEVER) {
            entities[EVENT_TASK_END] = jobs->task_count;
            break;
        }
    }
    return event_queue_init(&world->events, arena, entities);
}

/* The fleet is still empty: what does not fit now never will. Jobs of one shape mostly have as many
 * tasks each, so the last judgement of a shape is kept: shape_judged_at holds its task count here.
 */
static void too_large_find(World *world)
{
    const JobTable *jobs = world->jobs;
    for (JobId job = 0; job < jobs->job_count; job++) {
        ShapeId shape = job_shape(jobs, job);
        int32_t tasks = job_together(jobs, job);
        Verdict *judged = &world->shape_verdict[shape];
        if (world->shape_judged_at[shape] != (uint64_t)tasks) {
            judged->dimension =
                verdict_too_large(&world->fleet, &jobs->shapes.shapes[shape], tasks);
            world->shape_judged_at[shape] = (uint64_t)tasks;
        }
        world->job_too_large[job] = (int8_t)judged->dimension;
    }
    for (ShapeId shape = 0; shape < jobs->shapes.count; shape++) {
        world->shape_judged_at[shape] = 0;
    }
}

static void columns_reset(World *world)
{
    const JobTable *jobs = world->jobs;
    for (TaskId task = 0; task < jobs->task_count; task++) {
        world->task_node[task] = -1;
    }
    for (JobId job = 0; job < jobs->job_count; job++) {
        world->job_open[job] = job_task_count(jobs, job);
        world->job_start_ms[job] = TIME_NEVER;
        world->job_end_ms[job] = TIME_NEVER;
    }
    too_large_find(world);
}

World *world_new(Arena *arena, const Scenario *scenario, const JobTable *jobs,
                 const int32_t *node_rank, const WorldOptions *options)
{
    World *world = ARENA_NEW(arena, World);
    if (world == NULL) {
        return NULL;
    }
    world->scenario = scenario;
    world->jobs = jobs;
    world->replication = options->replication;
    world->judges_drops = options->judges_drops;
    if (!fleet_new(world, arena, node_rank) || !columns_new(world, arena) ||
        !events_new(world, arena) || (!options->scan_only && !index_new(world, arena))) {
        return NULL;
    }
    columns_reset(world);
    return world;
}

Verdict world_verdict(World *world, ShapeId shape, int32_t task_count)
{
    const GpShape *request = &world->jobs->shapes.shapes[shape];
    if (task_count != 1) { /* a gang's verdict depends on its size: no memo */
        return verdict_judge(&world->fleet, request, task_count, 0);
    }
    if (world->shape_judged_at[shape] != world->change_count + 1) {
        world->shape_verdict[shape] = verdict_judge(&world->fleet, request, 1, 0);
        world->shape_judged_at[shape] = world->change_count + 1;
    }
    return world->shape_verdict[shape];
}

GpStatus world_pick(World *world, ShapeId shape, const GpDraw *draw, GpPlacement *placement)
{
    placement->size = sizeof(GpPlacement);
    if (world->index != NULL) {
        return gp_index_pick(world->index, shape, draw, placement);
    }
    return gp_scan_pick(&world->fleet, &world->scenario->policy.pack, &world->scenario->constants,
                        &world->jobs->shapes.shapes[shape], draw, placement);
}
