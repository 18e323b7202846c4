/* life.c - submission, queueing, ends, stops, suspensions. */
#include "sim/engine/life.h"

#include "sim/engine/apply.h"
#include "sim/engine/faults.h"
#include "sim/engine/pass.h"
#include "sim/engine/progress.h"
#include "sim/engine/remedy.h"
#include "sim/engine/retry.h"
#include "sim/engine/saves.h"

/* ---- waiting ---- */

static void queue_jobs_add(World *world, JobId job, int32_t count)
{
    for (QueueId queue = job_tenant(world->jobs, job); queue >= 0;
         queue = world->queues[queue].parent) {
        world->queue_jobs[queue] += count;
    }
}

void job_enqueue(Engine *engine, JobId job)
{
    World *world = engine->world;
    const PolicySet *policy = &world->scenario->policy;
    int32_t placed = job_class(world->jobs, job)->task_count - world->job_waiting[job];
    int32_t round = policy->place.gangs == GANGS_TASK_BY_TASK ? placed : 0;
    waiting_insert(&world->waiting, job, policy->order->key(world, job), round);
    queue_jobs_add(world, job, 1);
}

void job_dequeue(Engine *engine, JobId job)
{
    waiting_remove(&engine->world->waiting, job);
    queue_jobs_add(engine->world, job, -1);
}

void job_eligible(Engine *engine, JobId job)
{
    World *world = engine->world;
    job_fact(engine, FACT_JOB_ELIGIBLE, job, 0);
    if (world->job_holding[job] == 0 || !failed_for_good(world, job)) {
        retries_due(world, job);
    }
    if (world->job_holding[job] > 0 && world->job_state[job] != JOB_SUSPENDED) {
        remedy_member_again(engine, job);
    }
    if (world->job_state[job] != JOB_SUSPENDED && world->job_waiting[job] > 0 &&
        !waiting_has(&world->waiting, job)) {
        job_enqueue(engine, job);
    }
}

/* It will not come back. */
static void job_gone(World *world, JobId job)
{
    world->ending_left -= world->jobs->job_duration_ms[job] != TIME_NEVER;
}

/* ---- arrivals ---- */

void job_submit(Engine *engine)
{
    World *world = engine->world;
    const JobTable *jobs = world->jobs;
    JobId job = world->next_job++;
    int dimension = world->class_too_large[jobs->job_class[job]];
    int32_t tasks = job_class(jobs, job)->task_count;
    world->arrived_milli += tasks * world_task_milli(world, job);
    world->job_queued_ms[job] = world->now_ms;
    job_fact(engine, FACT_JOB_SUBMITTED, job, 0);
    if (dimension != GP_DIMENSION_NONE) {
        world->job_state[job] = JOB_REJECTED;
        job_gone(world, job);
        world->job_why[job] = (Why){REASON_TOO_LARGE, (int8_t)dimension};
        job_fact(engine, FACT_JOB_REJECTED, job, dimension);
    } else {
        world->job_state[job] = JOB_PENDING;
        world->job_waiting[job] = tasks;
        demand_add(world, job, tasks);
        job_enqueue(engine, job);
        if (jobs->job_carried[job]) {
            carried_place(engine, job);
        }
    }
    if (world->next_job < jobs->job_count) {
        event_queue_set(&world->events, EVENT_JOB_ARRIVAL, 0, jobs->job_submit_ms[world->next_job]);
    }
}

/* ---- starts ---- */

void limit_schedule(Engine *engine, JobId job)
{
    World *world = engine->world;
    int64_t limit_ms = world->jobs->job_limit_ms[job];
    int64_t every_ms = world->scenario->policy.limit_check_ms;
    if (limit_ms <= 0) {
        return;
    }
    int64_t at_ms = world->job_attempt_ms[job] + limit_ms;
    at_ms = at_ms > world->now_ms ? at_ms : world->now_ms; /* it ran out while it was suspended */
    if (every_ms > 0) { /* the scheduler looks only so often */
        at_ms = (at_ms + every_ms - 1) / every_ms * every_ms;
    }
    event_queue_set(&world->events, EVENT_JOB_LIMIT, job, at_ms);
}

/* The plan counts the ends of synchronous tasks from the start of them all. */
static void job_retimed(const Engine *engine, JobId job)
{
    const World *world = engine->world;
    for (TaskId task = world->jobs->job_first_task[job];
         engine->plan != NULL && task < world->jobs->job_first_task[job + 1]; task++) {
        if (task_state_holds(world->task_state[task])) {
            plan_task_retimed(engine->plan, world, task);
        }
    }
}

void job_start_check(Engine *engine, JobId job)
{
    World *world = engine->world;
    const JobClass *class_of = job_class(world->jobs, job);
    int32_t least = class_of->traits->min_tasks;
    int32_t needed = !class_of->sync                             ? 1
                     : least > 0 && least < class_of->task_count ? least
                                                                 : class_of->task_count;
    if (world->job_state[job] != JOB_PENDING || world->job_holding[job] < needed) {
        return;
    }
    world->job_state[job] = JOB_RUNNING;
    world->job_attempts[job]++;
    world->job_attempt_ms[job] = world->now_ms;
    if (world->job_start_ms[job] == TIME_NEVER) {
        world->job_start_ms[job] = world->now_ms;
    }
    limit_schedule(engine, job);
    job_retimed(engine, job);
    job_fact(engine, FACT_JOB_STARTED, job, world->job_attempts[job]);
}

/* ---- ends ---- */

static void job_finish(Engine *engine, JobId job, JobEnd end)
{
    static const JobState STATES[] = {[JOB_END_COMPLETED] = JOB_COMPLETED,
                                      [JOB_END_CANCELLED] = JOB_CANCELLED,
                                      [JOB_END_FAILED] = JOB_FAILED,
                                      [JOB_END_TIMEOUT] = JOB_TIMEOUT};
    World *world = engine->world;
    if (waiting_has(&world->waiting, job)) {
        job_dequeue(engine, job);
    }
    if (world->jobs->job_limit_ms[job] > 0) {
        event_queue_cancel(&world->events, EVENT_JOB_LIMIT, job);
    }
    if (event_queue_knows(&world->events, EVENT_JOB_ELIGIBLE)) { /* its next try */
        event_queue_cancel(&world->events, EVENT_JOB_ELIGIBLE, job);
    }
    quota_hold(world, job, -world->job_quota[job]);
    world->job_state[job] = (uint8_t)STATES[end];
    world->job_end_ms[job] = world->now_ms;
    job_gone(world, job);
    job_fact(engine, FACT_JOB_ENDED, job, end);
}

/* `count` tasks are done with. The last one ends a job that has run. */
static void tasks_close(Engine *engine, JobId job, int32_t count, JobEnd end)
{
    World *world = engine->world;
    world->job_open[job] -= count;
    demand_add(world, job, -count);
    if (world->job_open[job] == 0 && world->job_state[job] != JOB_REJECTED) {
        job_finish(engine, job, end);
    }
}

/* Tasks that wait, or stop, when the job is over have nothing more to do. */
static int32_t tasks_give_up(Engine *engine, JobId job)
{
    World *world = engine->world;
    int32_t count = 0;
    retries_due(world, job);
    for (TaskId task = world->jobs->job_first_task[job];
         world->job_waiting[job] > 0 && task < world->jobs->job_first_task[job + 1]; task++) {
        if (world->task_state[task] == TASK_WAITING) {
            world->task_state[task] = TASK_DROPPED;
            world->job_waiting[job]--;
            count++;
        }
    }
    return count;
}

static void task_finish(Engine *engine, TaskId task)
{
    World *world = engine->world;
    if (world->task_state[task] == TASK_STOPPING || process_hangs(world, task)) {
        event_queue_cancel(&world->events, EVENT_TASK_STOPPED, task);
    } else {
        progress_leaves(engine, task);
    }
    place_give(engine, task);
    world->task_state[task] = TASK_ENDED;
    task_fact(engine, FACT_TASK_ENDED, task, world->task_mig_start[task]);
    progress_company(engine, world->task_node[task], world->task_devices[task]);
}

static void job_requeue(Engine *engine, JobId job, int64_t backoff_ms);

/* The last task that held something has ended while others of its gang, stopped before, still have
 * to run: they waited for it to be gone. */
static void rest_requeue(Engine *engine, JobId job)
{
    const World *world = engine->world;
    if (world->job_holding[job] > 0 || waiting_has(&world->waiting, job)) {
        return;
    }
    if (world->job_waiting[job] > 0) {
        job_requeue(engine, job, 0);
    } else if (world->job_open[job] > 0 && failed_for_good(world, job)) {
        job_fails(engine, job); /* who is left has failed, and is not replaced */
    }
}

void unit_end(Engine *engine, TaskId unit)
{
    World *world = engine->world;
    const JobTable *jobs = world->jobs;
    JobId job = jobs->task_job[unit];
    JobEnd end = (JobEnd)jobs->job_end[job];
    int32_t kind;
    if (progress_died(world, unit, &kind)) {
        task_fails(engine, unit_member(world, unit), kind);
        return;
    }
    if (!job_class(jobs, job)->sync) {
        task_finish(engine, unit);
        tasks_close(engine, job, 1, end);
        rest_requeue(engine, job);
        return;
    }
    int32_t count = tasks_give_up(engine, job);
    progress_halt(engine, job);
    for (TaskId task = unit; task < jobs->job_first_task[job + 1]; task++) {
        if (task_state_holds(world->task_state[task])) {
            task_finish(engine, task);
            count++;
        }
    }
    tasks_close(engine, job, count, end);
}

/* A job none of whose tasks found a place is rejected; of one that runs, the rest is given up. */
void tasks_drop(Engine *engine, JobId job)
{
    World *world = engine->world;
    int32_t count = tasks_give_up(engine, job);
    int32_t kept = job_class(world->jobs, job)->task_count - count;
    if (kept == 0) {
        world->job_state[job] = JOB_REJECTED;
        job_gone(world, job);
    }
    job_dequeue(engine, job);
    job_fact(engine, FACT_JOB_DROPPED, job, kept);
    tasks_close(engine, job, count, (JobEnd)world->jobs->job_end[job]);
}

/* ---- stops ---- */

static bool is_extra(const World *world, JobId job, TaskId task)
{
    return task - world->jobs->job_first_task[job] >= job_class(world->jobs, job)->task_count;
}

/* Nothing of the job holds devices any more: it waits from its beginning, from backoff_ms on. */
static void job_requeue(Engine *engine, JobId job, int64_t backoff_ms)
{
    World *world = engine->world;
    int64_t delay_ms = world->scenario->policy.requeue_delay_ms;
    delay_ms = backoff_ms > delay_ms ? backoff_ms : delay_ms;
    world->job_state[job] = JOB_PENDING;
    if (world->job_admitted_ms != NULL) {
        world->job_admitted_ms[job] = TIME_NEVER;
    }
    quota_hold(world, job, -world->job_quota[job]);
    if (world->jobs->job_limit_ms[job] > 0) {
        event_queue_cancel(&world->events, EVENT_JOB_LIMIT, job);
    }
    job_fact(engine, FACT_JOB_REQUEUED, job, world->job_attempts[job]);
    if (waiting_has(&world->waiting, job)) {
        job_dequeue(engine, job); /* its place in the order is another one now */
    }
    if (delay_ms > 0) {
        world->job_why[job] = (Why){REASON_BLOCKED, BLOCK_WINDOW};
        event_queue_set(&world->events, EVENT_JOB_ELIGIBLE, job,
                        world->job_queued_ms[job] + delay_ms > world->now_ms
                            ? world->job_queued_ms[job] + delay_ms
                            : world->now_ms);
    } else {
        job_enqueue(engine, job);
    }
}

/* The task waits again, after backoff_ms if it has failed. */
static void task_requeue(Engine *engine, JobId job, TaskId task, int64_t backoff_ms)
{
    World *world = engine->world;
    const JobClass *class_of = job_class(world->jobs, job);
    bool together =
        world->scenario->policy.place.gangs == GANGS_TOGETHER && class_of->gang != GANG_NONE;
    if (is_extra(world, job, task)) {
        world->task_state[task] = TASK_SPARE;
        tasks_close(engine, job, 1, (JobEnd)world->jobs->job_end[job]);
    } else {
        task_waits(world, task, backoff_ms);
    }
    if (world->job_holding[job] == 0) {
        backoff_ms = retries_join(world, job, backoff_ms);
    }
    if (world->job_waiting[job] == 0) {
        return;
    }
    if (world->job_holding[job] == 0) {
        job_requeue(engine, job, backoff_ms);
    } else if (!waiting_has(&world->waiting, job) &&
               (!together || world->job_ready[job] >= class_of->min_tasks)) {
        job_enqueue(engine, job);
    }
}

int64_t suspension_rank(const World *world, JobId job)
{
    const EvictPolicy *evict = world->scenario->policy.evict;
    return evict->rank != NULL ? evict->rank(world, job) : 0;
}

static void suspended_add(World *world, JobId job)
{
    int64_t rank = suspension_rank(world, job);
    int32_t at = world->suspended_count++;
    while (at > 0 && suspension_rank(world, world->suspended[at - 1]) < rank) {
        world->suspended[at] = world->suspended[at - 1];
        at--;
    }
    world->suspended[at] = job;
}

static void job_suspend_check(Engine *engine, JobId job)
{
    World *world = engine->world;
    if (world->job_holding[job] > 0) {
        return;
    }
    if (waiting_has(&world->waiting, job)) { /* its other tasks have no turn until it goes on */
        job_dequeue(engine, job);
    }
    world->job_state[job] = JOB_SUSPENDED;
    world->job_why[job] = (Why){REASON_BLOCKED, BLOCK_QUOTA};
    suspended_add(world, job);
    if (world->jobs->job_limit_ms[job] > 0) {
        event_queue_cancel(&world->events, EVENT_JOB_LIMIT, job);
    }
}

void task_stopped(Engine *engine, TaskId task)
{
    World *world = engine->world;
    JobId job = world->jobs->task_job[task];
    int32_t cause = world->task_stop[task] & 15;
    EvictMode mode = (EvictMode)(world->task_stop[task] >> 4);
    if (event_queue_knows(&world->events, EVENT_TASK_STOPPED)) { /* of a process that hung */
        event_queue_cancel(&world->events, EVENT_TASK_STOPPED, task);
    }
    bool one_too_many = mode == EVICT_REQUEUE && eviction_fails_job(engine, job, (StopCause)cause);
    place_give(engine, task);
    world->task_state[task] = mode == EVICT_SUSPEND ? TASK_SUSPENDED : TASK_ENDED;
    task_fact(engine, mode == EVICT_SUSPEND ? FACT_TASK_SUSPENDED : FACT_TASK_EVICTED, task, cause);
    progress_company(engine, world->task_node[task], world->task_devices[task]);
    if (mode == EVICT_SUSPEND) {
        job_suspend_check(engine, job);
    } else if (mode == EVICT_REQUEUE && !one_too_many) {
        task_requeue(engine, job, task, retry_delay_ms(world, job, (StopCause)cause));
        if (cause == STOP_NODE_FAILED || cause == STOP_DRAINED) {
            remedy_member_lost(engine, job);
        }
    } else {
        int32_t count = 1 + tasks_give_up(engine, job);
        tasks_close(engine, job, count,
                    cause == STOP_LIMIT                    ? JOB_END_TIMEOUT
                    : cause == STOP_FAILED || one_too_many ? JOB_END_FAILED
                                                           : JOB_END_CANCELLED);
        if (one_too_many && world->job_open[job] > 0) {
            job_fails(engine, job);
        }
    }
}

/* Does the job lose its work when this task stops? Members above an elastic job's minimum take
 * nothing with them. */
static bool stop_loses(const World *world, JobId job)
{
    const JobClass *class_of = job_class(world->jobs, job);
    int32_t least =
        class_of->traits->min_tasks > 0 ? class_of->traits->min_tasks : class_of->task_count;
    return world->job_ready[job] < least;
}

static int64_t grace_of(const Engine *engine, const JobClass *class_of)
{
    int64_t own_ms = class_of->traits->grace_ms;
    return own_ms < engine->grace_most_ms ? own_ms : engine->grace_most_ms;
}

void task_stop(Engine *engine, TaskId task, StopCause cause, EvictMode mode)
{
    World *world = engine->world;
    JobId job = world->jobs->task_job[task];
    const JobClass *class_of = job_class(world->jobs, job);
    TaskId unit = job_unit(world->jobs, task);
    if (world->task_state[task] == TASK_DEAD) { /* it has lost its work and needs no grace */
        world->task_stop[task] = (uint8_t)((uint32_t)cause | (uint32_t)mode << 4);
        world->job_queued_ms[job] = world->now_ms;
        task_stopped(engine, task);
        return;
    }
    int64_t grace_ms = grace_of(engine, class_of);
    bool was_unit_alive = saves_at_stake(world, job, unit);
    world->task_stop[task] = (uint8_t)((uint32_t)cause | (uint32_t)mode << 4);
    world->job_queued_ms[job] = world->now_ms;
    progress_leaves(engine, task);
    if (mode != EVICT_SUSPEND && (!class_of->sync || stop_loses(world, job)) && was_unit_alive) {
        if (saves_on_stop(world, job, cause, grace_ms)) {
            saves_keep(engine, unit);
        } else {
            progress_lost(engine, job, unit, cause);
        }
    }
    if (mode != EVICT_SUSPEND && grace_ms > 0) {
        world->task_state[task] = TASK_STOPPING;
        event_queue_set(&world->events, EVENT_TASK_STOPPED, task, world->now_ms + grace_ms);
        if (engine->plan != NULL) {
            plan_task_retimed(engine->plan, world, task);
        }
        task_fact(engine, FACT_TASK_STOPPING, task, cause);
        progress_company(engine, world->task_node[task], world->task_devices[task]);
    } else {
        task_stopped(engine, task);
    }
}

void job_stop(Engine *engine, JobId job, StopCause cause, JobEnd end)
{
    World *world = engine->world;
    int32_t dropped = tasks_give_up(engine, job);
    progress_halt(engine, job);
    if (dropped > 0) {
        tasks_close(engine, job, dropped, end);
    }
    for (TaskId task = world->jobs->job_first_task[job];
         task < world->jobs->job_first_task[job + 1]; task++) {
        uint8_t state = world->task_state[task];
        if (state == TASK_RUNNING || state == TASK_HELD || state == TASK_DEAD) {
            task_stop(engine, task, cause, EVICT_CANCEL);
        }
    }
}

void job_limit(Engine *engine, JobId job)
{
    job_stop(engine, job, STOP_LIMIT, JOB_END_TIMEOUT);
}

/* ---- suspended jobs ---- */

/* Could every task of the job take its old place again, all together? */
static bool places_free(Engine *engine, JobId job)
{
    const World *world = engine->world;
    bool free = true;
    for (TaskId task = world->jobs->job_first_task[job];
         free && task < world->jobs->job_first_task[job + 1]; task++) {
        if (world->task_state[task] == TASK_SUSPENDED) {
            GpPlacement placement = world_placement(world, task);
            free = trial_take(&engine->trial, job_shape(world->jobs, job), &placement) == GP_OK;
        }
    }
    trial_rollback(&engine->trial);
    return free;
}

bool suspended_resume(Engine *engine, int64_t rank)
{
    World *world = engine->world;
    int32_t kept = 0;
    int32_t count = world->suspended_count;
    for (int32_t i = 0; i < count; i++) {
        JobId job = world->suspended[i];
        if (suspension_rank(world, job) >= rank && places_free(engine, job)) {
            decision_apply(engine, &(Decision){.kind = DECISION_RESUME, .job = job});
        } else {
            world->suspended[kept++] = job;
        }
    }
    world->suspended_count = kept;
    return kept < count;
}

static bool suspended_at(const World *world, TaskId task, int32_t node, uint32_t devices)
{
    return world->task_state[task] == TASK_SUSPENDED && world->task_node[task] == node &&
           (devices == 0 || (world->task_devices[task] & devices) != 0);
}

static bool job_suspended_at(const World *world, JobId job, int32_t node, uint32_t devices)
{
    bool at = false;
    for (TaskId task = world->jobs->job_first_task[job];
         !at && task < world->jobs->job_first_task[job + 1]; task++) {
        at = suspended_at(world, task, node, devices);
    }
    return at;
}

void suspended_die(Engine *engine, int32_t node, uint32_t devices)
{
    const World *world = engine->world;
    const JobTable *jobs = world->jobs;
    for (int32_t i = 0; i < world->suspended_count; i++) {
        JobId job = world->suspended[i];
        for (TaskId task = jobs->job_first_task[job]; task < jobs->job_first_task[job + 1];
             task++) {
            TaskId unit = job_unit(jobs, task);
            if (suspended_at(world, task, node, devices) && saves_at_stake(world, job, unit)) {
                progress_lost(engine, job, unit, STOP_NODE_FAILED);
                if (!job_class(jobs, job)->sync && world_checkpoint(world, job) == NULL) {
                    task_fact(engine, FACT_TASK_LOST, task, STOP_NODE_FAILED);
                }
            }
        }
    }
}

static void suspended_requeue(Engine *engine, JobId job)
{
    World *world = engine->world;
    int32_t extra = 0;
    world->job_queued_ms[job] = world->now_ms;
    for (TaskId task = world->jobs->job_first_task[job];
         task < world->jobs->job_first_task[job + 1]; task++) {
        if (world->task_state[task] != TASK_SUSPENDED) {
            continue;
        }
        if (is_extra(world, job, task)) {
            world->task_state[task] = TASK_SPARE;
            extra++;
        } else {
            task_waits(world, task, 0);
        }
    }
    tasks_close(engine, job, extra, (JobEnd)world->jobs->job_end[job]);
    job_requeue(engine, job, 0);
}

void suspended_leave(Engine *engine, int32_t node, uint32_t devices)
{
    World *world = engine->world;
    int32_t kept = 0;
    int32_t count = world->suspended_count;
    for (int32_t i = 0; i < count; i++) {
        JobId job = world->suspended[i];
        if (!job_suspended_at(world, job, node, devices)) {
            world->suspended[kept++] = job;
            continue;
        }
        suspended_requeue(engine, job);
    }
    world->suspended_count = kept;
}
