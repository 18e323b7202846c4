/* progress.c - units of work: when they advance, how fast, and when they will be done. */
#include "sim/engine/progress.h"

#include "models/failure.h"
#include "models/service.h"
#include "sim/engine/apply.h"
#include "sim/engine/faults.h"
#include "sim/engine/flows.h"
#include "sim/engine/life.h"
#include "sim/engine/saves.h"
#include "sim/engine/speed.h"

static bool is_sync(const World *world, JobId job)
{
    return job_class(world->jobs, job)->sync;
}

/* Members that a synchronous job needs to advance. */
static int32_t members_needed(const World *world, JobId job)
{
    const JobClass *class_of = job_class(world->jobs, job);
    int32_t least = class_of->traits->min_tasks;
    return least > 0 && least < class_of->task_count ? least : class_of->task_count;
}

/* ---- units ---- */

/* Work from the start of the attempt until the unit's own fault, at least 1 ms, and which that is.
 * Tasks that work on their own have luck of their own: the upper bits say which task it is. */
static int64_t unit_fault_ms(const World *world, JobId job, TaskId unit, int32_t *kind)
{
    int32_t tasks = is_sync(world, job) ? job_class(world->jobs, job)->task_count : 1;
    uint32_t place = (uint32_t)(unit - world->jobs->job_first_task[job]);
    uint32_t attempt = place << JOB_ATTEMPT_BITS ^ (uint32_t)(world->unit_deaths[unit] - 1);
    int64_t milli = tasks * world_task_milli(world, job);
    int64_t work_ms = job_fault_work_ms(world->faults, job, attempt, milli, kind);
    return work_ms > 0 ? work_ms : 1;
}

bool progress_died(const World *world, TaskId unit, int32_t *kind)
{
    JobId job = world->jobs->task_job[unit];
    int64_t duration_ms = world->jobs->job_duration_ms[job];
    if (world->unit_death == NULL ||
        (duration_ms != TIME_NEVER && world->unit_death[unit] >= duration_ms * GP_PPM)) {
        return false;
    }
    unit_fault_ms(world, job, unit, kind);
    return true;
}

static int64_t ceil_div(int64_t a, int64_t b)
{
    return a / b + (a % b != 0);
}

/* Work after which its own process dies, counted from the first work of all; drawn anew for each
 * attempt, as soon as the attempt advances. INT64_MAX: it does not. */
static int64_t unit_death(World *world, JobId job, TaskId unit)
{
    int32_t kind = -1;
    if (world->unit_death == NULL) {
        return INT64_MAX;
    }
    if (world->unit_death[unit] == 0) {
        world->unit_deaths[unit]++;
        int64_t work_ms = unit_fault_ms(world, job, unit, &kind);
        bool never = work_ms >= (INT64_MAX - world->unit_done[unit]) / GP_PPM;
        world->unit_death[unit] = never ? INT64_MAX : world->unit_done[unit] + work_ms * GP_PPM;
    }
    return world->unit_death[unit];
}

/* Work at which something happens to the unit: it is done, or dies before that. INT64_MAX: never.
 */
static int64_t unit_milestone(World *world, JobId job, TaskId unit)
{
    int64_t duration_ms = world->jobs->job_duration_ms[job];
    int64_t end = duration_ms == TIME_NEVER ? INT64_MAX : duration_ms * GP_PPM;
    int64_t death = world->unit_rate_ppm[unit] > 0 ? unit_death(world, job, unit) : INT64_MAX;
    return death < end ? death : end;
}

static void end_schedule(Engine *engine, JobId job, TaskId unit)
{
    World *world = engine->world;
    int64_t milestone = unit_milestone(world, job, unit);
    if (milestone == INT64_MAX && world->unit_death == NULL) {
        return;
    }
    if (world->unit_rate_ppm[unit] == 0 || milestone == INT64_MAX) {
        event_queue_cancel(&world->events, EVENT_TASK_END, unit);
        return;
    }
    const JobCheckpoint *saves = world_checkpoint(world, job);
    if (saves != NULL) {
        int64_t end_ms = saves_when(world, saves, unit, milestone);
        if (end_ms == TIME_NEVER) {
            event_queue_cancel(&world->events, EVENT_TASK_END, unit);
        } else {
            event_queue_set(&world->events, EVENT_TASK_END, unit, end_ms);
        }
        return;
    }
    int64_t left = milestone - world->unit_done[unit];
    int64_t wait_ms = 0;
    if (left > 0) { /* full speed is the usual one: by a constant it needs no division */
        int32_t rate_ppm = world->unit_rate_ppm[unit];
        wait_ms = rate_ppm == GP_PPM ? ceil_div(left, GP_PPM) : ceil_div(left, rate_ppm);
    }
    event_queue_set(&world->events, EVENT_TASK_END, unit, world->now_ms + wait_ms);
}

/* The demand that a service's replicas are as busy as; NULL: they are as busy as they say. */
static const ServiceDemand *demand_of(const World *world, JobId job)
{
    const ServiceDemand *demand = job_class(world->jobs, job)->traits->service;
    return demand != NULL && demand->drives_usage ? demand : NULL;
}

/* Brings the unit up to now, and goes on at the rate. */
static void unit_speed(Engine *engine, JobId job, TaskId unit, int32_t rate_ppm)
{
    World *world = engine->world;
    int32_t was_ppm = world->unit_rate_ppm[unit];
    const JobCheckpoint *saves = world_checkpoint(world, job);
    bool counts = world->jobs->job_duration_ms[job] != TIME_NEVER || world->unit_death != NULL;
    if (saves != NULL) {
        saves_advance(world, saves, unit);
    } else if (was_ppm > 0 && counts) {
        world->unit_done[unit] += was_ppm * (world->now_ms - world->unit_since_ms[unit]);
    }
    world->unit_since_ms[unit] = world->now_ms;
    if (rate_ppm == was_ppm) {
        return; /* its end stays where it is */
    }
    world->unit_rate_ppm[unit] = rate_ppm;
    end_schedule(engine, job, unit);
    if (saves != NULL) {
        saves_schedule(engine, saves, unit);
    }
    if (demand_of(world, job) !=
        NULL) { /* the others get more or less to do, later in this instant */
        event_queue_set(&world->events, EVENT_TASK_USAGE, world->jobs->job_first_task[job],
                        world->now_ms);
    }
    if (was_ppm > 0 && rate_ppm > 0 && is_sync(world, job)) {
        job_fact(engine, FACT_JOB_RATE, job, rate_ppm);
    }
}

void progress_reschedule(Engine *engine, TaskId unit)
{
    end_schedule(engine, engine->world->jobs->task_job[unit], unit);
}

/* Does the unit work, be it at speed 0? */
static bool unit_runs(const Engine *engine, JobId job, TaskId unit)
{
    const World *world = engine->world;
    if (world->unit_rate_ppm[unit] > 0 || world->task_rate_ppm == NULL || engine->halted == job) {
        return world->unit_rate_ppm[unit] > 0;
    }
    TaskId end = is_sync(world, job) ? world->jobs->job_first_task[job + 1] : unit + 1;
    for (TaskId task = unit; task < end; task++) {
        if (world->task_state[task] == TASK_RUNNING) {
            return true;
        }
    }
    return false;
}

void progress_pace(Engine *engine, TaskId unit)
{
    JobId job = engine->world->jobs->task_job[unit];
    if (unit_runs(engine, job, unit)) {
        unit_speed(engine, job, unit, speed_of_unit(engine, job, unit));
    }
}

/* ---- usage over time ---- */

/* The utilisation at this point of the task's own time, and when it changes next. */
static void usage_step(Engine *engine, JobId job, TaskId task, bool schedules)
{
    World *world = engine->world;
    const JobTraits *traits = job_class(world->jobs, job)->traits;
    if (world->task_usage_ppm == NULL || demand_of(world, job) != NULL) {
        return;
    }
    int32_t usage_ppm = traits->utilisation_ppm;
    int64_t since_ms = world->task_start_ms[task];
    int64_t next_ms = TIME_NEVER;
    for (int32_t i = 0; i < traits->usage_count; i++) {
        if (since_ms + traits->usage[i].at_ms <= world->now_ms) {
            usage_ppm = traits->usage[i].ppm;
        } else {
            next_ms = since_ms + traits->usage[i].at_ms;
            break;
        }
    }
    if (schedules && next_ms != TIME_NEVER) {
        event_queue_set(&world->events, EVENT_TASK_USAGE, task, next_ms);
    }
    if (world->task_usage_ppm[task] != usage_ppm) {
        world->task_usage_ppm[task] = usage_ppm;
        task_fact(engine, FACT_TASK_USAGE, task, usage_ppm);
    }
}

/* A change by less than a thousandth is not worth a fact for each of thousands of replicas. */
static bool usage_moves(int32_t from_ppm, int32_t to_ppm)
{
    int64_t change_ppm = from_ppm < to_ppm ? to_ppm - from_ppm : from_ppm - to_ppm;
    return change_ppm > 0 && change_ppm * 1000 >= to_ppm;
}

/* All replicas of a service are equally busy. What shares a card with one feels what it uses from
 * the next change on that card: else the two could chase each other for ever. */
static void service_usage(Engine *engine, JobId job, const ServiceDemand *demand)
{
    World *world = engine->world;
    TaskId first = world->jobs->job_first_task[job];
    TaskId end = world->jobs->job_first_task[job + 1];
    int64_t next_ms;
    ServiceState state = {.demand_milli_per_s = service_demand_at(demand, world->now_ms, &next_ms)};
    for (TaskId task = first; task < end; task++) {
        bool works = world->task_state[task] == TASK_RUNNING;
        state.replicas += works;
        state.speed_ppm += works ? world->unit_rate_ppm[task] : 0;
    }
    int32_t busy_ppm = service_busy_ppm(demand, &state);
    for (TaskId task = first; task < end; task++) {
        if (world->task_state[task] == TASK_RUNNING &&
            usage_moves(world->task_usage_ppm[task], busy_ppm)) {
            world->task_usage_ppm[task] = busy_ppm;
            task_fact(engine, FACT_TASK_USAGE, task, busy_ppm);
        }
    }
    if (state.replicas > 0 && next_ms != TIME_NEVER) {
        event_queue_set(&world->events, EVENT_TASK_USAGE, first, next_ms);
    }
}

void progress_usage(Engine *engine, TaskId task)
{
    World *world = engine->world;
    JobId job = world->jobs->task_job[task];
    const ServiceDemand *demand = demand_of(world, job);
    if (demand != NULL) {
        service_usage(engine, job, demand);
        return;
    }
    if (!task_state_holds(world->task_state[task])) {
        return;
    }
    usage_step(engine, job, task, true);
    progress_company(engine, world->task_node[task], world->task_devices[task]);
}

/* ---- starting and pausing ---- */

static void task_run(Engine *engine, TaskId task)
{
    World *world = engine->world;
    world->task_state[task] = TASK_RUNNING;
    speed_begins(engine, task);
    usage_step(engine, world->jobs->task_job[task], task, true);
    task_fact(engine, FACT_TASK_STARTED, task, 0);
    progress_company(engine, world->task_node[task], world->task_devices[task]);
}

static bool is_ready(const Engine *engine, TaskId task)
{
    const World *world = engine->world;
    Event event;
    return world->task_state[task] == TASK_HELD && !readers_has(&engine->writers, task) &&
           !(world->jobs->any_startup &&
             event_queue_find(&world->events, EVENT_TASK_READY, task, &event));
}

/* A synchronous job has gained a member that is ready. */
static void members_check(Engine *engine, JobId job, TaskId joined)
{
    World *world = engine->world;
    TaskId unit = world->jobs->job_first_task[job];
    if (world->job_ready[job] < members_needed(world, job)) {
        return;
    }
    if (engine->halted == job) {
        engine->halted = -1;
    }
    if (unit_runs(engine, job, unit)) { /* it runs already: an elastic job grows */
        task_run(engine, joined);
    } else {
        for (TaskId task = unit; task < world->jobs->job_first_task[job + 1]; task++) {
            if (is_ready(engine, task)) {
                task_run(engine, task);
            }
        }
    }
    unit_speed(engine, job, unit, speed_of_unit(engine, job, unit));
}

void progress_ready(Engine *engine, TaskId task)
{
    World *world = engine->world;
    JobId job = world->jobs->task_job[task];
    world->job_ready[job]++;
    if (is_sync(world, job)) {
        members_check(engine, job, task);
        return;
    }
    task_run(engine, task);
    unit_speed(engine, job, task, speed_of_unit(engine, job, task));
}

void progress_started_up(Engine *engine, TaskId task)
{
    if (!saves_restore(engine, task)) {
        task_fact(engine, FACT_TASK_READY, task, 0);
        progress_ready(engine, task);
    }
}

static void task_starts_up(Engine *engine, TaskId task, bool again)
{
    World *world = engine->world;
    if (task_placed_in_vain(engine, task)) {
        return;
    }
    int64_t startup_ms = world_startup_ms(world, world->jobs->task_job[task], again);
    if (startup_ms > 0) {
        event_queue_set(&world->events, EVENT_TASK_READY, task, world->now_ms + startup_ms);
    } else if (!saves_restore(engine, task)) {
        progress_ready(engine, task);
    }
}

void progress_placed(Engine *engine, TaskId task)
{
    const World *world = engine->world;
    task_starts_up(engine, task, world->job_attempts[world->jobs->task_job[task]] > 1);
}

void progress_revived(Engine *engine, TaskId task)
{
    task_starts_up(engine, task, true);
}

static void members_pause(Engine *engine, JobId job, TaskId leaver)
{
    World *world = engine->world;
    for (TaskId task = world->jobs->job_first_task[job];
         task < world->jobs->job_first_task[job + 1]; task++) {
        if (task != leaver && world->task_state[task] == TASK_RUNNING) {
            speed_ends(engine, task);
            world->task_state[task] = TASK_HELD;
            task_fact(engine, FACT_TASK_PAUSED, task, 0);
        }
    }
    /* Only now: members that share a card must not find each other faster, and go on. */
    for (TaskId task = world->jobs->job_first_task[job];
         task < world->jobs->job_first_task[job + 1]; task++) {
        if (task != leaver && world->task_state[task] == TASK_HELD) {
            progress_company(engine, world->task_node[task], world->task_devices[task]);
        }
    }
}

void progress_halt(Engine *engine, JobId job)
{
    if (is_sync(engine->world, job)) {
        engine->halted = job;
        unit_speed(engine, job, engine->world->jobs->job_first_task[job], 0);
    }
}

void progress_leaves(Engine *engine, TaskId task)
{
    World *world = engine->world;
    JobId job = world->jobs->task_job[task];
    TaskId unit = job_unit(world->jobs, task);
    bool was_running = world->task_state[task] == TASK_RUNNING;
    if (was_running || is_ready(engine, task)) {
        world->job_ready[job]--;
    } else if (world->jobs->any_startup) {
        event_queue_cancel(&world->events, EVENT_TASK_READY, task);
        readers_stop(&engine->writers, world, task);
    }
    if (world->jobs->any_usage) {
        event_queue_cancel(&world->events, EVENT_TASK_USAGE, task);
    }
    if (was_running) {
        speed_ends(engine, task);
    }
    if (!is_sync(world, job)) {
        unit_speed(engine, job, unit, 0);
    } else if (was_running && unit_runs(engine, job, unit)) {
        bool goes_on = world->job_ready[job] >= members_needed(world, job);
        world->task_state[task] = TASK_HELD; /* no longer one of those that advance */
        unit_speed(engine, job, unit, goes_on ? speed_of_unit(engine, job, unit) : 0);
        if (!goes_on) {
            members_pause(engine, job, task);
        }
    }
}

void progress_dies(Engine *engine, TaskId task, int32_t cause)
{
    World *world = engine->world;
    JobId job = world->jobs->task_job[task];
    TaskId unit = job_unit(world->jobs, task);
    bool was_alive = saves_at_stake(world, job, unit);
    progress_leaves(engine, task);
    bool goes_on = is_sync(world, job) && unit_runs(engine, job, unit);
    if (was_alive && !goes_on) {
        progress_lost(engine, job, unit, cause);
    }
}

void progress_node_changed(Engine *engine, int32_t node)
{
    speed_devices(engine, node, UINT32_MAX);
    writers_node_changed(&engine->writers, engine->world, node);
    if (engine->flows != NULL) {
        flows_node_changed(engine, node);
    }
}

void progress_pool_changed(Engine *engine, int32_t pool)
{
    writers_pool_changed(&engine->writers, engine->world, pool);
    if (engine->flows != NULL) {
        flows_pool_changed(engine, pool);
    }
}

void progress_company(Engine *engine, int32_t node, uint32_t devices)
{
    speed_devices(engine, node, devices);
}

void progress_lost(Engine *engine, JobId job, TaskId unit, int32_t cause)
{
    World *world = engine->world;
    bool saves = world_checkpoint(world, job) != NULL;
    if (!saves) {
        world->unit_done[unit] = 0;
    }
    if (world->unit_death != NULL) { /* the next attempt has its own */
        world->unit_death[unit] = 0;
    }
    if (is_sync(world, job)) {
        job_fact(engine, FACT_JOB_LOST, job, cause);
    } else if (saves) {
        task_fact(engine, FACT_TASK_LOST, unit, cause);
    }
    if (saves) { /* the facts still show what is lost */
        saves_roll_back(engine, unit);
    }
}
