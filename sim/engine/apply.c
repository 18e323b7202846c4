/* apply.c - events and decisions change the World here, and nowhere else. */
#include "sim/engine/apply.h"

#include <string.h>

void fact_emit(Engine *engine, Fact fact)
{
    fact.time_ms = engine->world->now_ms;
    for (int32_t i = 0; i < engine->observer_count; i++) {
        const Observer *observer = &engine->observers[i];
        if (observer->fact != NULL) {
            observer->fact(observer->self, engine->world, &fact);
        }
    }
}

static void job_fact(Engine *engine, FactKind kind, JobId job, int32_t value)
{
    fact_emit(engine, (Fact){.kind = kind, .job = job, .task = -1, .node = -1, .value = value});
}

static void task_fact(Engine *engine, FactKind kind, JobId job, TaskId task,
                      const GpPlacement *placement)
{
    fact_emit(engine, (Fact){.kind = kind,
                             .job = job,
                             .task = task,
                             .node = placement->node,
                             .devices = placement->device_mask,
                             .value = placement->mig_start});
}

void job_reason_set(Engine *engine, JobId job, JobReason reason, int dimension)
{
    engine->world->job_reason[job] = (uint8_t)reason;
    engine->world->job_dimension[job] = (int8_t)dimension;
}

/* ---- arrivals ---- */

/* Keeps the queue in the order policy's order. Most orders append: the search starts at the end. */
static void queue_insert(World *world, JobId job)
{
    const OrderPolicy *order = world->scenario->policy.order;
    int64_t key = order->key(world, job);
    int32_t at = world->queue_count;
    while (at > 0 && order->key(world, world->queue[at - 1]) > key) {
        at--;
    }
    memmove(&world->queue[at + 1], &world->queue[at],
            (size_t)(world->queue_count - at) * sizeof(JobId));
    world->queue[at] = job;
    world->queue_count++;
}

void job_submit(Engine *engine)
{
    World *world = engine->world;
    const JobTable *jobs = world->jobs;
    JobId job = world->next_job++;
    const GpShape *shape = &jobs->shapes.shapes[job_shape(jobs, job)];
    int dimension = world->job_too_large[job];
    world->arrived_milli +=
        job_task_count(jobs, job) * cluster_task_milli(&world->scenario->cluster, shape);
    job_fact(engine, FACT_JOB_SUBMITTED, job, 0);
    if (dimension != GP_DIMENSION_NONE) {
        world->job_state[job] = JOB_REJECTED;
        job_reason_set(engine, job, REASON_TOO_LARGE, dimension);
        job_fact(engine, FACT_JOB_REJECTED, job, dimension);
    } else {
        world->job_state[job] = JOB_PENDING;
        queue_insert(world, job);
    }
    if (world->next_job < jobs->job_count) {
        event_queue_set(&world->events, EVENT_JOB_ARRIVAL, 0, jobs->job_submit_ms[world->next_job]);
    }
}

/* ---- placing and ending ---- */

/* Takes or gives back one task's place. What it moves of the node's GPU is read off the column,
 * since what a MIG instance is charged depends on the card. */
static void placement_apply(World *world, JobId job, const GpPlacement *placement, bool release)
{
    const GpShape *shape = &world->jobs->shapes.shapes[job_shape(world->jobs, job)];
    const int64_t *gpu_free = &world->fleet.node_free[placement->node][GP_AXIS_GPU];
    int64_t taken_milli = *gpu_free;
    if (release) {
        gp_release(&world->fleet, shape, placement);
        world->release_count++;
    } else {
        gp_place(&world->fleet, shape, placement);
    }
    taken_milli -= *gpu_free;
    if (world->index != NULL) {
        gp_index_touch(world->index, placement->node);
    }
    int32_t type = world->fleet.node_type[placement->node];
    int32_t tenant = job_tenant(world->jobs, job);
    world->used_milli += taken_milli;
    world->type_used_milli[type] += taken_milli;
    world->type_tenant_used_milli[type * world->jobs->tenant_count + tenant] += taken_milli;
    world->change_count++;
}

/* The first task to find a place starts the job. */
static void job_start(Engine *engine, JobId job)
{
    World *world = engine->world;
    if (world->job_state[job] == JOB_RUNNING) {
        return;
    }
    world->job_state[job] = JOB_RUNNING;
    world->job_start_ms[job] = world->now_ms;
    job_fact(engine, FACT_JOB_STARTED, job, 0);
}

static void task_place(Engine *engine, JobId job, TaskId task, const GpPlacement *placement)
{
    World *world = engine->world;
    int64_t duration_ms = world->jobs->job_duration_ms[job];
    placement_apply(world, job, placement, false);
    world->task_node[task] = placement->node;
    world->task_devices[task] = placement->device_mask;
    world->task_mig_start[task] = (int8_t)placement->mig_start;
    world->task_state[task] = TASK_RUNNING;
    if (duration_ms != TIME_NEVER) {
        event_queue_set(&world->events, EVENT_TASK_END, task, world->now_ms + duration_ms);
    }
    task_fact(engine, FACT_TASK_PLACED, job, task, placement);
}

/* The last task to end, or to be dropped, ends a job that has run. */
static void tasks_close(Engine *engine, JobId job, int32_t count)
{
    World *world = engine->world;
    world->job_open[job] -= count;
    if (world->job_open[job] == 0 && world->job_state[job] == JOB_RUNNING) {
        world->job_state[job] = JOB_COMPLETED;
        world->job_end_ms[job] = world->now_ms;
        job_fact(engine, FACT_JOB_ENDED, job, 0);
    }
}

void task_end(Engine *engine, TaskId task)
{
    World *world = engine->world;
    JobId job = world->jobs->task_job[task];
    GpPlacement placement = {.size = sizeof(GpPlacement),
                             .node = world->task_node[task],
                             .device_mask = world->task_devices[task],
                             .mig_start = world->task_mig_start[task]};
    placement_apply(world, job, &placement, true);
    world->task_state[task] = TASK_ENDED;
    task_fact(engine, FACT_TASK_ENDED, job, task, &placement);
    tasks_close(engine, job, 1);
}

static void tasks_place(Engine *engine, const Decision *decision)
{
    World *world = engine->world;
    JobId job = decision->job;
    TaskId next = world->jobs->job_first_task[job] + world->job_placed[job];
    for (int32_t i = 0; i < decision->placement_count; i++) {
        task_place(engine, job, next + i, &decision->placements[i]);
    }
    world->job_placed[job] += decision->placement_count;
    job_reason_set(engine, job, REASON_NONE, GP_DIMENSION_NONE);
    job_start(engine, job);
}

/* A job none of whose tasks found a place is rejected; of one that runs, the rest is given up. */
static void tasks_drop(Engine *engine, JobId job)
{
    World *world = engine->world;
    TaskId first = world->jobs->job_first_task[job];
    int32_t count = job_task_count(world->jobs, job);
    for (int32_t i = world->job_placed[job]; i < count; i++) {
        world->task_state[first + i] = TASK_DROPPED;
    }
    if (world->job_placed[job] == 0) {
        world->job_state[job] = JOB_REJECTED;
    }
    job_fact(engine, FACT_JOB_DROPPED, job, world->job_placed[job]);
    tasks_close(engine, job, count - world->job_placed[job]);
}

void decision_apply(Engine *engine, const Decision *decision)
{
    if (decision->kind == DECISION_PLACE) {
        tasks_place(engine, decision);
    } else {
        tasks_drop(engine, decision->job);
    }
}
