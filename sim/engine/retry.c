/* retry.c - a job's own process fails: what ends with it, when it is tried again, when it is given
 * up.
 *
 * Kubernetes Jobs: the n-th failure is followed by 2^(n-1) back-offs, at most backoff_max_ms, and
 * more than backoff_limit failures fail the job. Source: docs/repairs.md.
 */
#include "sim/engine/retry.h"

#include "sim/engine/apply.h"
#include "sim/engine/faults.h"
#include "sim/engine/life.h"
#include "sim/engine/progress.h"
#include "sim/engine/remedy.h"
#include "sim/engine/saves.h"

static bool task_works(const World *world, TaskId task)
{
    return world->task_state[task] == TASK_RUNNING || world->task_state[task] == TASK_HELD;
}

/* A synchronous job, or a gang that is placed whole. */
static bool is_one(const World *world, JobId job)
{
    const JobClass *class_of = job_class(world->jobs, job);
    return class_of->sync ||
           (class_of->gang != GANG_NONE && world->scenario->policy.place.gangs == GANGS_TOGETHER);
}

/* Does the process take all others of its job along? Of a job that is one it does, unless the fault
 * sits on a node or device and the scheduler lets the rest of a gang wait for another member. */
static bool fails_whole(const World *world, JobId job, int32_t fault_kind)
{
    bool here = fault_kind >= 0 && (world->health.kinds[fault_kind].scope == SCOPE_DEVICE ||
                                    world->health.kinds[fault_kind].scope == SCOPE_NODE);
    return is_one(world, job) &&
           (!here || world->scenario->policy.remedy_options.gang_loss == GANG_LOSS_STOPS);
}

TaskId unit_member(const World *world, TaskId unit)
{
    JobId job = world->jobs->task_job[unit];
    TaskId end = job_class(world->jobs, job)->sync ? world->jobs->job_first_task[job + 1] : unit;
    for (TaskId task = unit; task < end; task++) {
        if (world->task_state[task] == TASK_RUNNING) {
            return task;
        }
    }
    return unit;
}

/* ---- limits and back-offs ---- */

static bool tried_enough(const World *world, JobId job)
{
    int32_t retries = job_class(world->jobs, job)->traits->retries;
    int32_t limit = retries >= 0 ? retries : world->scenario->policy.remedy_options.backoff_limit;
    return limit >= 0 && world->job_failures[job] > limit;
}

bool failed_for_good(const World *world, JobId job)
{
    return world->job_failures != NULL && is_one(world, job) &&
           world->scenario->policy.remedy_options.gang_loss == GANG_LOSS_STALE &&
           tried_enough(world, job);
}

int64_t retry_delay_ms(const World *world, JobId job, StopCause cause)
{
    const RemedyOptions *options = &world->scenario->policy.remedy_options;
    if (world->job_failures == NULL || world->job_failures[job] == 0) {
        return 0;
    }
    if (cause == STOP_FAILED && failed_for_good(world, job)) {
        return TIME_NEVER;
    }
    if (options->backoff_ms == 0 || (cause != STOP_FAILED && !options->evictions_fail)) {
        return 0;
    }
    int64_t most_ms = options->backoff_max_ms > 0 ? options->backoff_max_ms : TIME_NEVER / 4;
    int64_t delay_ms = options->backoff_ms < most_ms ? options->backoff_ms : most_ms;
    for (int32_t n = 1; n < world->job_failures[job] && delay_ms < most_ms; n++) {
        delay_ms = delay_ms < most_ms / 2 ? 2 * delay_ms : most_ms;
    }
    return delay_ms;
}

bool eviction_fails_job(Engine *engine, JobId job, StopCause cause)
{
    World *world = engine->world;
    if (!world->scenario->policy.remedy_options.evictions_fail || cause == STOP_FAILED) {
        return false;
    }
    world->job_failures[job]++;
    if (!tried_enough(world, job)) {
        job_fact(engine, FACT_JOB_RETRY, job, world->job_failures[job]);
        return false;
    }
    return true;
}

bool loss_fails_job(Engine *engine, JobId job)
{
    World *world = engine->world;
    if (!world->scenario->policy.remedy_options.losses_fail || world->job_failures == NULL) {
        return false;
    }
    world->job_failures[job]++;
    if (!tried_enough(world, job)) {
        job_fact(engine, FACT_JOB_RETRY, job, world->job_failures[job]);
        return false;
    }
    job_fails(engine, job);
    return true;
}

void task_waits(World *world, TaskId task, int64_t backoff_ms)
{
    JobId job = world->jobs->task_job[task];
    if (backoff_ms > 0) {
        world->task_state[task] = TASK_BACKOFF;
        if (backoff_ms != TIME_NEVER) {
            event_queue_set(&world->events, EVENT_JOB_ELIGIBLE, job, world->now_ms + backoff_ms);
        }
        return;
    }
    world->task_state[task] = TASK_WAITING;
    world->job_waiting[job]++;
    if (task < world->job_hint[job]) {
        world->job_hint[job] = task;
    }
}

void retries_due(World *world, JobId job)
{
    if (world->job_failures == NULL) {
        return;
    }
    for (TaskId task = world->jobs->job_first_task[job];
         task < world->jobs->job_first_task[job + 1]; task++) {
        if (world->task_state[task] == TASK_BACKOFF) {
            task_waits(world, task, 0);
        }
    }
}

int64_t retries_join(World *world, JobId job, int64_t backoff_ms)
{
    Event due;
    backoff_ms = backoff_ms == TIME_NEVER ? 0 : backoff_ms; /* the job is tried again as a whole */
    if (world->job_waiting[job] > 0 && !is_one(world, job)) {
        return 0;
    }
    if (world->job_failures != NULL && world->job_failures[job] > 0 &&
        event_queue_knows(&world->events, EVENT_JOB_ELIGIBLE) &&
        event_queue_find(&world->events, EVENT_JOB_ELIGIBLE, job, &due) &&
        due.time_ms - world->now_ms > backoff_ms) {
        backoff_ms = due.time_ms - world->now_ms;
    }
    retries_due(world, job);
    return backoff_ms;
}

/* ---- failing ---- */

/* All processes of the job are dead: they hold their devices and need no grace. */
static void processes_end(Engine *engine, JobId job)
{
    World *world = engine->world;
    bool sync = job_class(world->jobs, job)->sync;
    TaskId first = world->jobs->job_first_task[job];
    bool was_alive = saves_at_stake(world, job, first);
    progress_halt(engine, job);
    for (TaskId task = first; task < world->jobs->job_first_task[job + 1]; task++) {
        if (!task_works(world, task)) {
            continue;
        }
        if (sync) {
            progress_leaves(engine, task);
        } else {
            progress_dies(engine, task, STOP_FAILED);
        }
        world->task_state[task] = TASK_DEAD;
    }
    if (sync && was_alive) {
        progress_lost(engine, job, first, STOP_FAILED);
    }
}

void job_fails(Engine *engine, JobId job)
{
    World *world = engine->world;
    for (TaskId task = world->jobs->job_first_task[job];
         task < world->jobs->job_first_task[job + 1]; task++) {
        if (world->task_state[task] == TASK_STOPPING) { /* it was to wait again after its grace */
            world->task_stop[task] = (uint8_t)(STOP_FAILED | (uint32_t)EVICT_CANCEL << 4);
        }
    }
    job_stop(engine, job, STOP_FAILED, JOB_END_FAILED);
}

static void job_failed(Engine *engine, JobId job)
{
    World *world = engine->world;
    processes_end(engine, job);
    if (tried_enough(world, job)) {
        job_fails(engine, job);
        return;
    }
    job_fact(engine, FACT_JOB_RETRY, job, world->job_failures[job]);
    for (TaskId task = world->jobs->job_first_task[job];
         task < world->jobs->job_first_task[job + 1]; task++) {
        if (world->task_state[task] == TASK_DEAD) {
            task_stop(engine, task, STOP_FAILED, EVICT_REQUEUE);
        }
    }
}

/* The others of its job go on without it or wait for it. A stale gang that it leaves short for good
 * is for the scheduler to find. */
static void member_failed(Engine *engine, TaskId failed)
{
    World *world = engine->world;
    JobId job = world->jobs->task_job[failed];
    if (task_works(world, failed)) {
        progress_dies(engine, failed, STOP_FAILED);
        world->task_state[failed] = TASK_DEAD;
    }
    bool enough = tried_enough(world, job);
    if (enough && !(failed_for_good(world, job) && gang_needs(world, failed))) {
        job_fails(engine, job);
        return;
    }
    if (!enough) {
        job_fact(engine, FACT_JOB_RETRY, job, world->job_failures[job]);
    }
    task_stop(engine, failed, STOP_FAILED, EVICT_REQUEUE);
    if (is_one(world, job)) {
        remedy_member_failed(engine, job);
    }
}

static void process_failed(Engine *engine, TaskId failed, bool whole)
{
    World *world = engine->world;
    JobId job = world->jobs->task_job[failed];
    world->job_failures[job]++;
    if (whole) {
        job_failed(engine, job);
    } else {
        member_failed(engine, failed);
    }
}

bool process_hangs(const World *world, TaskId task)
{
    Event seen;
    return world->task_state[task] == TASK_DEAD &&
           event_queue_knows(&world->events, EVENT_TASK_STOPPED) &&
           event_queue_find(&world->events, EVENT_TASK_STOPPED, task, &seen);
}

/* Is a process that ends with this one dead already? It cannot fail once more. */
static bool unit_hangs(const World *world, TaskId task, bool whole)
{
    JobId job = world->jobs->task_job[task];
    bool found = process_hangs(world, task);
    for (TaskId other = world->jobs->job_first_task[job];
         !found && whole && other < world->jobs->job_first_task[job + 1]; other++) {
        found = process_hangs(world, other);
    }
    return found;
}

void task_fails(Engine *engine, TaskId task, int32_t fault_kind)
{
    World *world = engine->world;
    int64_t hangs_ms = fault_kind >= 0 ? world->health.kinds[fault_kind].detect_ms : 0;
    bool whole = fails_whole(world, world->jobs->task_job[task], fault_kind);
    if (unit_hangs(world, task, whole)) {
        return;
    }
    if (hangs_ms <= 0) {
        task_fact(engine, FACT_TASK_FAILED, task, fault_kind);
        process_failed(engine, task, whole);
        return;
    }
    progress_dies(engine, task, STOP_FAILED);
    world->task_state[task] = TASK_DEAD;
    world->task_stop[task] = whole; /* until it is told to stop: who ends with it */
    task_fact(engine, FACT_TASK_DIED, task, fault_kind);
    progress_company(engine, world->task_node[task], world->task_devices[task]);
    event_queue_set(&world->events, EVENT_TASK_STOPPED, task, world->now_ms + hangs_ms);
}

void hang_seen(Engine *engine, TaskId task)
{
    process_failed(engine, task, engine->world->task_stop[task] != 0);
}
