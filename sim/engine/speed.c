/* speed.c - own speeds of tasks by their causes, and what a unit makes of them. */
#include "sim/engine/speed.h"

#include "core/pace.h"
#include "models/sharing.h"
#include "sim/engine/apply.h"
#include "sim/engine/flows.h"
#include "sim/engine/progress.h"

bool speed_init(Engine *engine, Arena *arena, int32_t tasks_max)
{
    const World *world = engine->world;
    int32_t tasks = world->jobs->task_count;
    if (world->task_rate_ppm == NULL) {
        return true;
    }
    engine->device_ppm = ARENA_ARRAY(arena, int32_t, tasks);
    if (flows_wanted(world)) {
        engine->flows = flows_new(arena, world, tasks_max);
        return engine->flows != NULL;
    }
    return !arena->failed;
}

static const JobTraits *traits_of(const World *world, TaskId task)
{
    return job_class(world->jobs, world->jobs->task_job[task])->traits;
}

/* ---- pace of units ---- */

/* A member's speed in the job's own measure. */
static int32_t relative(const World *world, TaskId task, int32_t own_ppm)
{
    int32_t type = world->fleet.node_type[world->task_node[task]];
    return pace_times(own_ppm,
                      pace_relative_ppm(&world->scenario->cluster, traits_of(world, task), type));
}

/* The pace of the slowest running member, with what noisy steps cost; own: [task]. */
static int32_t members_pace(const World *world, JobId job, TaskId unit, const int32_t *own,
                            int32_t *members)
{
    int32_t pace_ppm = PACE_MAX_PPM;
    int32_t count = 0;
    if (!job_class(world->jobs, job)->sync) {
        *members = 1;
        return relative(world, unit, own[unit]);
    }
    for (TaskId task = unit; task < world->jobs->job_first_task[job + 1]; task++) {
        if (world->task_state[task] == TASK_RUNNING) {
            int32_t ppm = relative(world, task, own[task]);
            pace_ppm = ppm < pace_ppm ? ppm : pace_ppm;
            count++;
        }
    }
    *members = count;
    return count == 0 ? 0 : pace_times(pace_ppm, pace_noise_ppm(&world->scenario->models, count));
}

int32_t speed_unfed(const Engine *engine, JobId job, TaskId unit, int32_t *members)
{
    return members_pace(engine->world, job, unit, engine->device_ppm, members);
}

int32_t speed_of_unit(const Engine *engine, JobId job, TaskId unit)
{
    const World *world = engine->world;
    const JobClass *class_of = job_class(world->jobs, job);
    int32_t members;
    int64_t pace_ppm = GP_PPM;
    if (world->task_rate_ppm != NULL && class_of->traits->kind != KIND_NOTEBOOK) {
        pace_ppm = members_pace(world, job, unit, world->task_rate_ppm, &members);
    }
    int32_t least = class_of->traits->min_tasks;
    bool elastic =
        class_of->max_tasks > class_of->task_count || (least > 0 && least < class_of->task_count);
    if (class_of->sync && elastic) {
        pace_ppm = pace_ppm * world->job_ready[job] / class_of->task_count;
    }
    return (int32_t)pace_ppm;
}

/* ---- own speeds ---- */

void speed_begins(Engine *engine, TaskId task)
{
    World *world = engine->world;
    if (world->task_rate_ppm == NULL) {
        return;
    }
    world->task_rate_ppm[task] = GP_PPM;
    world->task_limit[task] = LIMIT_NONE;
    engine->device_ppm[task] = GP_PPM;
    if (engine->flows != NULL) {
        flows_join(engine, task);
    }
}

void speed_ends(Engine *engine, TaskId task)
{
    if (engine->flows != NULL) {
        flows_leave(engine, task);
    }
}

bool speed_update(Engine *engine, TaskId task)
{
    World *world = engine->world;
    int32_t own_ppm = engine->device_ppm[task];
    int8_t limit = own_ppm < GP_PPM ? LIMIT_DEVICE : LIMIT_NONE;
    if (engine->flows != NULL && engine->flows->joined[task] &&
        engine->flows->path_ppm[task] < GP_PPM && engine->flows->path_ppm[task] <= own_ppm) {
        own_ppm = engine->flows->path_ppm[task];
        limit = engine->flows->path_limit[task];
    }
    if (own_ppm == world->task_rate_ppm[task] && limit == world->task_limit[task]) {
        return false;
    }
    world->task_rate_ppm[task] = own_ppm;
    world->task_limit[task] = limit;
    task_fact(engine, FACT_TASK_RATE, task, own_ppm);
    return true;
}

/* ---- cards ---- */

static int32_t usage_of(const World *world, TaskId task)
{
    return world->task_usage_ppm != NULL ? world->task_usage_ppm[task]
                                         : traits_of(world, task)->utilisation_ppm;
}

/* The speed that those who share the card leave each other. */
static int32_t company_ppm(const World *world, int32_t node, uint32_t device, int32_t overhead_ppm)
{
    int64_t utilisation_ppm = 0;
    int32_t tenants = 0;
    for (TaskId other = world->node_first[node]; other >= 0; other = world->task_next[other]) {
        if (world->task_state[other] == TASK_RUNNING &&
            (world->task_devices[other] & device) != 0) {
            utilisation_ppm += usage_of(world, other);
            tenants++;
        }
    }
    return sharing_rate_ppm(utilisation_ppm, tenants, overhead_ppm);
}

/* Of the worst of its cards. */
static int32_t cards_ppm(const World *world, TaskId task, const NodeTypeInfo *info)
{
    int32_t node = world->task_node[task];
    int32_t lowest_ppm = GP_PPM;
    for (uint32_t left = world->task_devices[task]; left != 0; left &= left - 1) {
        int32_t ppm = info->card_uncapped
                          ? company_ppm(world, node, left & -left, info->card_overhead_ppm)
                          : GP_PPM;
        if (world->health.any) {
            int32_t device = world->fleet.device_begin[node] + __builtin_ctz(left);
            ppm = pace_times(ppm, world->health.device_speed_ppm[device]);
        }
        lowest_ppm = ppm < lowest_ppm ? ppm : lowest_ppm;
    }
    return lowest_ppm;
}

void speed_devices(Engine *engine, int32_t node, uint32_t devices)
{
    World *world = engine->world;
    const NodeTypeInfo *info = &world->scenario->cluster.type_info[world->fleet.node_type[node]];
    if (world->task_rate_ppm == NULL || !(info->card_uncapped || world->health.any)) {
        return;
    }
    for (TaskId task = world->node_first[node]; task >= 0; task = world->task_next[task]) {
        if (world->task_state[task] != TASK_RUNNING || (world->task_devices[task] & devices) == 0) {
            continue;
        }
        int32_t ppm = cards_ppm(world, task, info);
        if (ppm == engine->device_ppm[task]) {
            continue;
        }
        engine->device_ppm[task] = ppm;
        if (engine->flows != NULL) {
            flows_unit_changed(engine, job_unit(world->jobs, task));
        }
        if (speed_update(engine, task)) {
            progress_pace(engine, job_unit(world->jobs, task));
        }
    }
}
