/* trial.c - an undo log over the fleet's columns. */
#include "core/trial.h"

bool trial_init(Trial *trial, Arena *arena, World *world, int32_t capacity)
{
    trial->world = world;
    trial->count = 0;
    trial->capacity = capacity;
    trial->steps = ARENA_ARRAY(arena, TrialStep, capacity);
    return trial->steps != NULL;
}

static void fleet_change(World *world, ShapeId shape, const GpPlacement *placement, bool release)
{
    const GpShape *request = &world->jobs->shapes.shapes[shape];
    if (release) {
        gp_release(&world->fleet, request, placement);
    } else {
        gp_place(&world->fleet, request, placement);
    }
    if (world->index != NULL) {
        gp_index_touch(world->index, placement->node);
    }
}

static GpStatus step_add(Trial *trial, ShapeId shape, const GpPlacement *placement, bool release)
{
    if (trial->count == trial->capacity) {
        return GP_TOO_SMALL;
    }
    trial->steps[trial->count++] =
        (TrialStep){.shape = shape, .released = release, .placement = *placement};
    fleet_change(trial->world, shape, placement, release);
    return GP_OK;
}

GpStatus trial_place(Trial *trial, ShapeId shape, const GpDraw *draw, GpPlacement *placement)
{
    GpStatus status = world_pick(trial->world, shape, draw, placement);
    return status == GP_OK ? step_add(trial, shape, placement, false) : status;
}

GpStatus trial_take(Trial *trial, ShapeId shape, const GpPlacement *placement)
{
    const World *world = trial->world;
    return gp_holds(&world->fleet, &world->jobs->shapes.shapes[shape], placement,
                    world->scenario->policy.pack.sees)
               ? step_add(trial, shape, placement, false)
               : GP_NO_FIT;
}

GpStatus trial_release(Trial *trial, ShapeId shape, const GpPlacement *placement)
{
    return step_add(trial, shape, placement, true);
}

GpStatus trial_release_task(Trial *trial, TaskId task)
{
    const World *world = trial->world;
    GpPlacement placement = world_placement(world, task);
    return trial_release(trial, job_shape(world->jobs, world->jobs->task_job[task]), &placement);
}

void trial_rollback(Trial *trial)
{
    trial_rollback_to(trial, 0);
}

void trial_rollback_to(Trial *trial, int32_t count)
{
    while (trial->count > count) {
        const TrialStep *step = &trial->steps[--trial->count];
        fleet_change(trial->world, step->shape, &step->placement, !step->released);
    }
}
