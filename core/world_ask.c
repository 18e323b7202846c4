/* world_ask.c - what may be asked of a World. */
#include "core/world.h"

#include <string.h>

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
    const PolicySet *policy = &world->scenario->policy;
    const GpShape *request = &world->jobs->shapes.shapes[shape];
    int32_t candidates = policy->place.candidates;
    placement->size = sizeof(GpPlacement);
    if (candidates < 0) {
        candidates = gp_kube_candidates(world->fleet.node_count);
    }
    bool cuts = candidates > 0 && candidates < world->fleet.node_count;
    if (world->index != NULL) {
        return cuts ? gp_index_pick_from(world->index, shape, draw, candidates,
                                         &world->candidate_cursor, placement)
                    : gp_index_pick(world->index, shape, draw, placement);
    }
    return cuts ? gp_pick_from(&world->fleet, &policy->pack, &world->scenario->constants, request,
                               draw, candidates, &world->candidate_cursor, placement)
                : gp_scan_pick(&world->fleet, &policy->pack, &world->scenario->constants, request,
                               draw, placement);
}

Why world_why(const World *world, JobId job)
{
    static const Why NOT_LOOKED_AT = {REASON_BLOCKED, BLOCK_NOT_YET_RUN};
    static const Why BEHIND = {REASON_BLOCKED, BLOCK_HEAD_OF_LINE};
    uint32_t pass = world->pass;
    ClassId id = world->jobs->job_class[job];
    if (!waiting_has(&world->waiting, job) || world->job_why_pass[job] == pass) {
        return world->job_why[job]; /* what was last said of it alone */
    }
    if (pass == 0 || world->job_queued_ms[job] > world->pass_ms) {
        return NOT_LOOKED_AT;
    }
    if (world->class_why_pass[id] == pass) {
        return world->class_why[id];
    }
    if (world->stopped_pass == pass ||
        world->queue_closed_pass[job_tenant(world->jobs, job)] == pass) {
        return BEHIND;
    }
    return NOT_LOOKED_AT;
}

void world_task_lanes(const World *world, JobId job, int64_t lanes[GP_AXES])
{
    memcpy(lanes, world->shape_lanes[job_shape(world->jobs, job)], sizeof(int64_t[GP_AXES]));
}

GpPlacement world_placement(const World *world, TaskId task)
{
    return (GpPlacement){.size = sizeof(GpPlacement),
                         .node = world->task_node[task],
                         .device_mask = world->task_devices[task],
                         .mig_start = world->task_mig_start[task]};
}

bool world_preemptible(const World *world, JobId job)
{
    int32_t said = job_class(world->jobs, job)->traits->preemptible;
    return said >= 0 ? said != 0
                     : world->jobs->job_priority[job] <
                           world->scenario->policy.evict_options.preemptible_below;
}

bool world_evictable(const World *world, TaskId task, int64_t *wake_ms)
{
    JobId job = world->jobs->task_job[task];
    uint8_t state = world->task_state[task];
    bool seems_alive = state == TASK_RUNNING || state == TASK_HELD || state == TASK_DEAD;
    if (!seems_alive || world->task_start_ms[task] == world->now_ms ||
        !world_preemptible(world, job)) {
        return false;
    }
    int64_t protected_ms = world->queues[job_tenant(world->jobs, job)].min_run_ms;
    int64_t until_ms = world->task_start_ms[task] + protected_ms;
    if (protected_ms > 0 && until_ms > world->now_ms) {
        *wake_ms = until_ms < *wake_ms ? until_ms : *wake_ms;
        return false;
    }
    return true;
}

int64_t world_served_milli_ms(const World *world, JobId job)
{
    int64_t milli = world_task_milli(world, job);
    int64_t served = world->job_served[job];
    for (TaskId task = world->jobs->job_first_task[job];
         world->job_holding[job] > 0 && task < world->jobs->job_first_task[job + 1]; task++) {
        if (task_state_holds(world->task_state[task])) {
            served += milli * (world->now_ms - world->task_start_ms[task]);
        }
    }
    return served;
}

static int64_t times_ppm(int64_t duration_ms, int64_t factor_ppm)
{
    int64_t whole;
    if (__builtin_mul_overflow(duration_ms / GP_PPM, factor_ppm, &whole)) {
        return TIME_NEVER - 1;
    }
    return whole + duration_ms % GP_PPM * factor_ppm / GP_PPM;
}

/* What the scheduler believes that the job runs: docs/estimates.md. */
int64_t world_belief_anew_ms(const World *world, JobId job)
{
    const JobTable *jobs = world->jobs;
    const PolicySet *policy = &world->scenario->policy;
    int64_t exact_ms = jobs->job_duration_ms[job];
    int64_t queue_ms = world->queues[job_tenant(jobs, job)].default_limit_ms;
    if (policy->estimates == ESTIMATE_EXACT) {
        return exact_ms;
    }
    if (jobs->job_estimate_ms[job] > 0) {
        return jobs->job_estimate_ms[job];
    }
    if (policy->estimates == ESTIMATE_LIMIT) {
        if (jobs->job_limit_ms[job] > 0 || queue_ms > 0) {
            return jobs->job_limit_ms[job] > 0 ? jobs->job_limit_ms[job] : queue_ms;
        }
    }
    bool factored = policy->estimate_factor_ppm > 0 && exact_ms != TIME_NEVER;
    return factored ? times_ppm(exact_ms, policy->estimate_factor_ppm) : exact_ms;
}

int64_t world_belief_ms(const World *world, JobId job)
{
    return world->job_belief_ms != NULL ? world->job_belief_ms[job]
                                        : world_belief_anew_ms(world, job);
}

int64_t world_planned_end_ms(const World *world, TaskId task)
{
    JobId job = world->jobs->task_job[task];
    const JobClass *class_of = job_class(world->jobs, job);
    int64_t belief = world_belief_ms(world, job);
    int64_t from_ms = class_of->sync ? world->job_attempt_ms[job] : world->task_start_ms[task];
    Event event;
    if (world->task_state[task] == TASK_STOPPING &&
        event_queue_find(&world->events, EVENT_TASK_STOPPED, task, &event)) {
        return event.time_ms;
    }
    if (belief == TIME_NEVER || belief > TIME_NEVER - 1 - from_ms - class_of->traits->startup_ms) {
        return TIME_NEVER;
    }
    return from_ms + class_of->traits->startup_ms + belief;
}

int32_t world_together(const World *world, JobId job)
{
    const JobClass *class_of = job_class(world->jobs, job);
    bool knows_gangs = world->scenario->policy.place.gangs == GANGS_TOGETHER;
    return knows_gangs && world->job_holding[job] == 0 &&
                   world->job_open[job] == class_of->task_count
               ? class_of->min_tasks
               : 1;
}
