/* trial.c - an undo log over the fleet's columns. */
#include "core/trial.h"

bool trial_init(Trial *trial, Arena *arena, World *world, int32_t capacity)
{
    trial->world = world;
    trial->count = 0;
    trial->capacity = capacity;
    trial->quiet = false;
    trial->steps = ARENA_ARRAY(arena, TrialStep, capacity);
    return trial->steps != NULL;
}

/* What a task's queues and its job are counted to hold. With the last task that holds devices goes
 * the quota of those that wait for a place. */
static void sums_change(World *world, TaskId task, int32_t sign)
{
    JobId job = world->jobs->task_job[task];
    int32_t flavor = world->job_flavor[job] >= 0 ? world->job_flavor[job] : 0;
    bool is_last = world->job_holding[job] == (sign < 0 ? 1 : 0);
    int32_t waiting_quota = world->job_quota[job] + (sign < 0 ? sign : 0);
    int64_t quota_tasks = sign * (1 + (is_last ? waiting_quota : 0));
    int64_t lanes[GP_AXES];
    world_task_lanes(world, job, lanes);
    for (QueueId queue = job_tenant(world->jobs, job); queue >= 0;
         queue = world->queues[queue].parent) {
        size_t row = (size_t)queue * (size_t)world->flavor_count + (size_t)flavor;
        for (int axis = 0; axis < GP_AXES; axis++) {
            world->queue_used[row * GP_AXES + (size_t)axis] += quota_tasks * lanes[axis];
            world->queue_allocated[(size_t)queue * GP_AXES + (size_t)axis] += sign * lanes[axis];
        }
    }
    world->job_quota[job] += sign;
    world->job_holding[job] += sign;
    world->task_state[task] ^= TASK_LIFTED;
}

static void step_apply(Trial *trial, const TrialStep *step, bool release)
{
    World *world = trial->world;
    const GpShape *request = &world->jobs->shapes.shapes[step->shape];
    if (release) {
        gp_release(&world->fleet, request, &step->placement);
    } else {
        gp_place(&world->fleet, request, &step->placement);
    }
    if (world->index != NULL && !trial->quiet) {
        gp_index_touch(world->index, step->placement.node);
    }
    if (step->task >= 0) {
        sums_change(world, step->task, release ? -1 : 1);
    }
}

static GpStatus step_add(Trial *trial, TrialStep step)
{
    if (trial->count == trial->capacity) {
        return GP_TOO_SMALL;
    }
    trial->steps[trial->count++] = step;
    step_apply(trial, &step, step.released);
    return GP_OK;
}

static GpStatus place_add(Trial *trial, ShapeId shape, const GpPlacement *placement, bool release)
{
    return step_add(
        trial,
        (TrialStep){.shape = shape, .task = -1, .released = release, .placement = *placement});
}

GpStatus trial_place(Trial *trial, ShapeId shape, const GpDraw *draw, GpPlacement *placement)
{
    GpStatus status = world_pick(trial->world, shape, draw, placement);
    return status == GP_OK ? place_add(trial, shape, placement, false) : status;
}

GpStatus trial_take(Trial *trial, ShapeId shape, const GpPlacement *placement)
{
    const World *world = trial->world;
    return gp_holds(&world->fleet, &world->jobs->shapes.shapes[shape], placement,
                    world->scenario->policy.pack.sees)
               ? place_add(trial, shape, placement, false)
               : GP_NO_FIT;
}

GpStatus trial_release(Trial *trial, ShapeId shape, const GpPlacement *placement)
{
    return place_add(trial, shape, placement, true);
}

static TrialStep task_step(const World *world, TaskId task, bool release)
{
    return (TrialStep){.shape = job_shape(world->jobs, world->jobs->task_job[task]),
                       .task = task,
                       .released = release,
                       .placement = world_placement(world, task)};
}

GpStatus trial_release_task(Trial *trial, TaskId task)
{
    return step_add(trial, task_step(trial->world, task, true));
}

GpStatus trial_restore_task(Trial *trial, TaskId task)
{
    const World *world = trial->world;
    TrialStep step = task_step(world, task, false);
    bool closed = world->fleet.node_present[step.placement.node] == 0; /* to newcomers, not to it */
    return closed || gp_holds(&world->fleet, &world->jobs->shapes.shapes[step.shape],
                              &step.placement, world->scenario->policy.pack.sees)
               ? step_add(trial, step)
               : GP_NO_FIT;
}

void trial_rollback(Trial *trial)
{
    trial_rollback_to(trial, 0);
}

void trial_rollback_to(Trial *trial, int32_t count)
{
    while (trial->count > count) {
        const TrialStep *step = &trial->steps[--trial->count];
        step_apply(trial, step, !step->released);
    }
}
