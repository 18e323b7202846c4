/* apply.c - what tasks take and give back, and all that is summed over it. */
#include "sim/engine/apply.h"

#include "sim/engine/faults.h"
#include "sim/engine/life.h"
#include "sim/engine/progress.h"
#include "sim/engine/remedy.h"

void fact_emit(Engine *engine, Fact *fact)
{
    fact->time_ms = engine->world->now_ms;
    for (uint32_t left = engine->hearers[fact->kind]; left != 0; left &= left - 1) {
        const Observer *observer = &engine->observers[__builtin_ctz(left)];
        observer->fact(observer->self, engine->world, fact);
    }
}

void job_fact(Engine *engine, FactKind kind, JobId job, int32_t value)
{
    fact_emit(engine, &(Fact){.kind = kind, .job = job, .task = -1, .node = -1, .value = value});
}

void task_fact(Engine *engine, FactKind kind, TaskId task, int32_t value)
{
    const World *world = engine->world;
    fact_emit(engine, &(Fact){.kind = kind,
                              .job = world->jobs->task_job[task],
                              .task = task,
                              .node = world->task_node[task],
                              .devices = world->task_devices[task],
                              .value = value});
}

/* ---- sums over queues ---- */

/* One task more or less is the usual case, and needs no products. */
static void lanes_add(int64_t *restrict row, const int64_t *restrict lanes, int32_t tasks)
{
    if (tasks == 1) {
        for (int axis = 0; axis < GP_AXES; axis++) {
            row[axis] += lanes[axis];
        }
    } else if (tasks == -1) {
        for (int axis = 0; axis < GP_AXES; axis++) {
            row[axis] -= lanes[axis];
        }
    } else {
        for (int axis = 0; axis < GP_AXES; axis++) {
            row[axis] += tasks * lanes[axis];
        }
    }
}

/* Adds tasks x lanes to the rows of the job's queue and of all above it. */
static void queues_add(const World *world, int64_t *rows, int32_t row_lanes, JobId job,
                       int32_t tasks)
{
    const int64_t *lanes = world->shape_lanes[job_shape(world->jobs, job)];
    for (QueueId queue = job_tenant(world->jobs, job); queue >= 0;
         queue = world->queues[queue].parent) {
        lanes_add(&rows[(size_t)queue * (size_t)row_lanes], lanes, tasks);
    }
}

/* An admitted job's minimum, and what of it is not placed: +1 counts it in, -1 out. */
static void minimum_count(World *world, JobId job, int32_t sign)
{
    if (world->queue_minimum == NULL) {
        return;
    }
    int32_t minimum = job_class(world->jobs, job)->min_tasks;
    minimum = world->job_quota[job] < minimum ? world->job_quota[job] : minimum;
    int32_t missing = minimum - world->job_holding[job];
    queues_add(world, world->queue_minimum, GP_AXES, job, sign * minimum);
    if (missing > 0) {
        queues_add(world, world->queue_missing, GP_AXES, job, sign * missing);
    }
}

static void quota_add(World *world, JobId job, int32_t tasks)
{
    int32_t flavor = world->job_flavor[job] >= 0 ? world->job_flavor[job] : 0;
    world->job_quota[job] += tasks;
    queues_add(world, &world->queue_used[(size_t)flavor * GP_AXES], world->flavor_count * GP_AXES,
               job, tasks);
}

void quota_hold(World *world, JobId job, int32_t tasks)
{
    if (tasks == 0) {
        return;
    }
    minimum_count(world, job, -1);
    quota_add(world, job, tasks);
    minimum_count(world, job, 1);
}

/* A task has got its place (+1) or given it back (-1). */
static void holding_change(World *world, JobId job, int32_t sign)
{
    int64_t milli = world_task_milli(world, job);
    minimum_count(world, job, -1);
    world->job_holding[job] += sign;
    if (sign < 0 || world->job_quota[job] < world->job_holding[job]) {
        quota_add(world, job, sign);
    }
    minimum_count(world, job, 1);
    queues_add(world, world->queue_allocated, GP_AXES, job, sign);
    if (world->queue_fixed != NULL && !world_preemptible(world, job)) {
        queues_add(world, world->queue_fixed, GP_AXES, job, sign);
    }
    if (world->usage != NULL) {
        usage_hold(world->usage, job, world->now_ms, sign * milli);
    }
}

void demand_add(World *world, JobId job, int32_t tasks)
{
    queues_add(world, world->queue_demand, GP_AXES, job, tasks);
    world->demand_count++;
}

/* ---- places ---- */

static void node_list_add(World *world, TaskId task)
{
    TaskId *first = &world->node_first[world->task_node[task]];
    world->task_prev[task] = -1;
    world->task_next[task] = *first;
    if (*first >= 0) {
        world->task_prev[*first] = task;
    }
    *first = task;
}

static void node_list_remove(World *world, TaskId task)
{
    TaskId next = world->task_next[task];
    TaskId prev = world->task_prev[task];
    if (prev >= 0) {
        world->task_next[prev] = next;
    } else {
        world->node_first[world->task_node[task]] = next;
    }
    if (next >= 0) {
        world->task_prev[next] = prev;
    }
}

static void running_add(World *world, JobId job)
{
    world->running_at[job] = world->running_count;
    world->running[world->running_count++] = job;
}

static void running_remove(World *world, JobId job)
{
    JobId last = world->running[--world->running_count];
    world->running[world->running_at[job]] = last;
    world->running_at[last] = world->running_at[job];
    world->running_at[job] = -1;
}

/* What is free of the devices; of a node's sum where none of them can be out. */
static int64_t free_milli(const World *world, const GpPlacement *placement)
{
    int64_t milli = 0;
    if (!world->health.any) {
        return world->fleet.node_free[placement->node][GP_AXIS_GPU];
    }
    for (uint32_t rest = placement->device_mask; rest != 0; rest &= rest - 1) {
        int32_t device = world->fleet.device_begin[placement->node] + __builtin_ctz(rest);
        milli += world->fleet.device_free_milli[device];
    }
    return milli;
}

/* What it moves of the node's GPU is read off the columns, since what a MIG instance is charged
 * depends on the card. */
static void columns_change(World *world, JobId job, const GpPlacement *placement, bool release)
{
    const GpShape *shape = job_request(world->jobs, job);
    int64_t taken_milli = free_milli(world, placement);
    if (release) {
        gp_release(&world->fleet, shape, placement);
        world->room_count++;
    } else {
        gp_place(&world->fleet, shape, placement);
    }
    taken_milli -= free_milli(world, placement);
    if (world->index != NULL) {
        gp_index_touch(world->index, placement->node);
    }
    int32_t type = world->fleet.node_type[placement->node];
    world->used_milli += taken_milli;
    world->type_used_milli[type] += taken_milli;
    world->change_count++;
}

void place_take(Engine *engine, TaskId task, const GpPlacement *placement)
{
    World *world = engine->world;
    JobId job = world->jobs->task_job[task];
    columns_change(world, job, placement, false);
    world->moved_ms = world->now_ms;
    world->task_node[task] = placement->node;
    world->task_devices[task] = placement->device_mask;
    world->task_mig_start[task] = (int8_t)placement->mig_start;
    world->task_start_ms[task] = world->now_ms;
    node_list_add(world, task);
    holding_change(world, job, 1);
    if (world->job_holding[job] == 1) {
        running_add(world, job);
    }
    if (engine->plan != NULL) {
        plan_task_placed(engine->plan, world, task);
    }
}

void place_give(Engine *engine, TaskId task)
{
    World *world = engine->world;
    JobId job = world->jobs->task_job[task];
    GpPlacement placement = world_placement(world, task);
    if (engine->plan != NULL) {
        plan_task_released(engine->plan, world, task);
    }
    columns_change(world, job, &placement, true);
    world->moved_ms = world->now_ms;
    node_list_remove(world, task);
    if (engine->remedy != NULL) {
        remedy_node_left(engine, placement.node);
    }
    world->job_served[job] +=
        world_task_milli(world, job) * (world->now_ms - world->task_start_ms[task]);
    holding_change(world, job, -1);
    if (world->job_holding[job] == 0) {
        running_remove(world, job);
    }
}

/* ---- decisions ---- */

/* The next task that waits; there is one. */
static TaskId task_next_waiting(World *world, JobId job)
{
    TaskId task = world->job_hint[job];
    while (world->task_state[task] != TASK_WAITING) {
        task++;
    }
    world->job_hint[job] = task + 1;
    return task;
}

static void task_begin(Engine *engine, TaskId task, const GpPlacement *placement)
{
    World *world = engine->world;
    place_take(engine, task, placement);
    world->task_state[task] = TASK_HELD;
    task_fact(engine, FACT_TASK_PLACED, task, placement->mig_start);
}

static void tasks_place(Engine *engine, const Decision *decision)
{
    World *world = engine->world;
    JobId job = decision->job;
    if (world->job_quota[job] == 0) {
        world->job_flavor[job] = (int8_t)decision->flavor;
    }
    for (int32_t i = 0; i < decision->placement_count; i++) {
        engine->batch[i] = task_next_waiting(world, job);
        task_begin(engine, engine->batch[i], &decision->placements[i]);
    }
    world->job_waiting[job] -= decision->placement_count;
    world->job_why[job] = (Why){REASON_NONE, GP_DIMENSION_NONE};
    job_start_check(engine, job);
    for (int32_t i = 0; i < decision->placement_count; i++) {
        progress_placed(engine, engine->batch[i]);
    }
}

static void job_admit(Engine *engine, const Decision *decision)
{
    World *world = engine->world;
    JobId job = decision->job;
    if (world->job_quota[job] == 0) {
        world->job_flavor[job] = (int8_t)decision->flavor;
    }
    quota_hold(world, job, world->job_open[job] - world->job_quota[job]);
    world->job_admitted_ms[job] = world->now_ms; /* only where it is a step of its own */
    world->demand_count++;
    job_fact(engine, FACT_JOB_ADMITTED, job, decision->flavor);
}

static StopCause cause_between(const World *world, JobId asker, JobId victim)
{
    return job_tenant(world->jobs, asker) == job_tenant(world->jobs, victim) ? STOP_PREEMPTED
                                                                             : STOP_RECLAIMED;
}

static bool task_runs(const World *world, TaskId task)
{
    return world->task_state[task] == TASK_RUNNING || world->task_state[task] == TASK_HELD;
}

/* Can it be told to stop? Whoever is on a node that does not answer hears nothing, and nobody knows
 * better yet; a process that is dead where the node works is simply put away. */
static bool task_hears(const World *world, TaskId task)
{
    return task_runs(world, task) || (world->task_state[task] == TASK_DEAD &&
                                      node_works(&world->health, world->task_node[task]));
}

/* Stops what is left of a gang that has lost too many members to go on. */
static void gang_stop_rest(Engine *engine, JobId job, EvictMode mode)
{
    const World *world = engine->world;
    const JobClass *class_of = job_class(world->jobs, job);
    if (class_of->gang == GANG_NONE || world->scenario->policy.place.gangs != GANGS_TOGETHER) {
        return;
    }
    TaskId first = world->jobs->job_first_task[job];
    int32_t left = 0;
    for (TaskId task = first; task < first + class_of->max_tasks; task++) {
        left += task_runs(world, task);
    }
    if (left > 0 && left < class_of->min_tasks && waiting_has(&world->waiting, job)) {
        job_dequeue(engine, job); /* no place for its other members while these are on their way */
    }
    for (TaskId task = first; left < class_of->min_tasks && task < first + class_of->max_tasks;
         task++) {
        if (task_runs(world, task)) {
            task_stop(engine, task, STOP_GANG, mode);
        }
    }
}

static void tasks_evict(Engine *engine, const Decision *decision)
{
    World *world = engine->world;
    for (int32_t i = 0; i < decision->task_count; i++) {
        TaskId task = decision->tasks[i];
        JobId job = world->jobs->task_job[task];
        if (task_hears(world, task)) {
            task_stop(engine, task, cause_between(world, decision->job, job), decision->mode);
        }
    }
    for (int32_t i = 0; i < decision->task_count; i++) {
        gang_stop_rest(engine, world->jobs->task_job[decision->tasks[i]], decision->mode);
    }
}

/* ---- those who wait for others to be gone ---- */

/* When the last of the tasks is gone that are told to stop. */
static int64_t all_gone_ms(const World *world, const TaskId *tasks, int32_t count)
{
    Event stopped;
    int64_t until_ms = world->now_ms;
    for (int32_t i = 0; i < count; i++) {
        if (world->task_state[tasks[i]] == TASK_STOPPING &&
            event_queue_find(&world->events, EVENT_TASK_STOPPED, tasks[i], &stopped) &&
            stopped.time_ms > until_ms) {
            until_ms = stopped.time_ms;
        }
    }
    return until_ms;
}

/* A row for the job without places yet; NULL: there is none left, and it waits for its turn. */
static Nominee *nominee_add(World *world, JobId job, int64_t until_ms)
{
    if (world->nominee_count == NOMINEES_MAX) {
        return NULL;
    }
    Nominee *nominee = &world->nominees[world->nominee_count++];
    nominee->job = job;
    nominee->until_ms = until_ms;
    nominee->node_count = nominee->place_count = 0;
    nominee->moves = false;
    return nominee;
}

static void nominee_place_add(Nominee *nominee, const GpPlacement *placement)
{
    nominee->places[nominee->place_count++] = *placement;
    nominee->nodes[nominee->node_count++] = placement->node;
}

static void nominate(World *world, const Decision *decision)
{
    int64_t until_ms = all_gone_ms(world, decision->tasks, decision->task_count);
    Nominee *nominee = nominee_add(world, decision->job, until_ms);
    if (nominee == NULL) {
        return;
    }
    for (int32_t i = 0; i < decision->placement_count; i++) {
        nominee_place_add(nominee, &decision->placements[i]);
    }
    for (int32_t i = 0; i < decision->task_count; i++) {
        TaskId task = decision->tasks[i];
        nominee->moves = nominee->moves || (world->task_state[task] == TASK_STOPPING &&
                                            (world->task_stop[task] & 15) == STOP_CONSOLIDATED);
        if (decision->placement_count == 0 && nominee->node_count < world->largest_gang) {
            nominee->nodes[nominee->node_count++] = world->task_node[task];
        }
    }
}

/* Has the task left and not got its new place yet? */
static bool moves_late(const World *world, TaskId task)
{
    return world->task_state[task] == TASK_STOPPING || world->task_state[task] == TASK_WAITING;
}

static bool named_before(const World *world, const Decision *decision, int32_t at)
{
    const JobId *task_job = world->jobs->task_job;
    for (int32_t i = 0; i < at; i++) {
        if (task_job[decision->tasks[i]] == task_job[decision->tasks[at]] &&
            moves_late(world, decision->tasks[i])) {
            return true;
        }
    }
    return false;
}

/* Whoever cannot move at once has a new place all the same, kept until all have left theirs. */
static void late_movers_nominate(World *world, const Decision *decision)
{
    const JobId *task_job = world->jobs->task_job;
    int64_t until_ms = all_gone_ms(world, decision->tasks, decision->task_count);
    for (int32_t i = 0; until_ms > world->now_ms && i < decision->task_count; i++) {
        JobId job = task_job[decision->tasks[i]];
        Nominee *nominee =
            moves_late(world, decision->tasks[i]) && !named_before(world, decision, i)
                ? nominee_add(world, job, until_ms)
                : NULL;
        for (int32_t k = i; nominee != NULL && k < decision->task_count; k++) {
            if (task_job[decision->tasks[k]] == job && moves_late(world, decision->tasks[k]) &&
                nominee->place_count < world->largest_gang) {
                nominee_place_add(nominee, &decision->placements[k]);
                nominee->moves = true;
            }
        }
    }
}

/* All victims stop first, then each takes its new place: they may exchange places. A task that has
 * a grace to wait for takes it afterwards. */
static void tasks_move(Engine *engine, const Decision *decision)
{
    World *world = engine->world;
    for (int32_t i = 0; i < decision->task_count; i++) {
        if (task_hears(world, decision->tasks[i])) { /* else it left with another of its gang */
            task_stop(engine, decision->tasks[i], STOP_CONSOLIDATED, EVICT_REQUEUE);
        }
    }
    for (int32_t i = 0; i < decision->task_count; i++) {
        TaskId task = decision->tasks[i];
        JobId job = world->jobs->task_job[task];
        if (world->task_state[task] != TASK_WAITING ||
            !gp_holds(&world->fleet, job_request(world->jobs, job), &decision->placements[i],
                      world->scenario->policy.pack.sees)) {
            continue;
        }
        task_begin(engine, task, &decision->placements[i]);
        world->job_waiting[job]--;
        task_fact(engine, FACT_TASK_MOVED, task, 0);
        if (world->job_waiting[job] == 0 && waiting_has(&world->waiting, job)) {
            job_dequeue(engine, job);
        }
        job_start_check(engine, job);
        progress_placed(engine, task);
    }
    late_movers_nominate(world, decision);
}

static void job_resume(Engine *engine, const Decision *decision)
{
    World *world = engine->world;
    JobId job = decision->job;
    TaskId first = world->jobs->job_first_task[job];
    bool began = world->job_attempt_ms[job] != TIME_NEVER; /* else members of it were held alone */
    if (began) {
        world->job_attempt_ms[job] += world->now_ms - world->job_queued_ms[job];
    }
    world->job_state[job] = began ? JOB_RUNNING : JOB_PENDING;
    for (TaskId task = first; task < world->jobs->job_first_task[job + 1]; task++) {
        if (world->task_state[task] == TASK_SUSPENDED) {
            GpPlacement placement = world_placement(world, task);
            place_take(engine, task, &placement);
            world->task_state[task] = TASK_HELD;
            task_fact(engine, FACT_TASK_RESUMED, task, 0);
        }
    }
    for (TaskId task = first; task < world->jobs->job_first_task[job + 1]; task++) {
        if (world->task_state[task] == TASK_HELD && task_placed_in_vain(engine, task)) {
            progress_lost(engine, job, job_unit(world->jobs, task), STOP_NODE_FAILED);
        }
    }
    for (TaskId task = first; task < world->jobs->job_first_task[job + 1]; task++) {
        if (task_runs(world, task)) { /* the first of an elastic job may have started the others */
            progress_ready(engine, task);
        }
    }
    if (began) {
        limit_schedule(engine, job);
    }
    if (world->job_waiting[job] > 0) {
        job_enqueue(engine, job);
    }
}

void decision_apply(Engine *engine, const Decision *decision)
{
    switch (decision->kind) {
    case DECISION_PLACE:
        tasks_place(engine, decision);
        break;
    case DECISION_DROP:
        tasks_drop(engine, decision->job);
        break;
    case DECISION_ADMIT:
        job_admit(engine, decision);
        break;
    case DECISION_EVICT:
        tasks_evict(engine, decision);
        break;
    case DECISION_MOVE:
        tasks_move(engine, decision);
        break;
    case DECISION_RESUME:
        job_resume(engine, decision);
        break;
    case DECISION_NOMINATE:
        nominate(engine->world, decision);
        break;
    }
}
