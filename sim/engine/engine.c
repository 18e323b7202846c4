/* engine.c - the clock: the events of one instant in their order, then passes until nothing
 * changes. */
#include "sim/engine/engine.h"

#include "sim/engine/apply.h"
#include "sim/engine/faults.h"
#include "sim/engine/flows.h"
#include "sim/engine/holds.h"
#include "sim/engine/life.h"
#include "sim/engine/pass.h"
#include "sim/engine/progress.h"
#include "sim/engine/remedy.h"
#include "sim/engine/repair.h"
#include "sim/engine/saves.h"
#include "sim/engine/retry.h"
#include "sim/engine/speed.h"

#define STUCK_AFTER_MS INT64_C(315576000000) /* ten years */

/* ---- memory ---- */

static bool scan_plans(const World *world)
{
    ScanBehind behind = world->scenario->policy.scan->behind;
    return behind == SCAN_HEAD_RESERVES || behind == SCAN_EVERYBODY_RESERVES;
}

/* Does a blocked job stop everybody behind it, whatever its queue? */
static bool only_head_matters(const World *world)
{
    const PolicySet *policy = &world->scenario->policy;
    bool only = policy->scan->behind == SCAN_BEHIND_WAITS && !policy->scan_options.per_queue &&
                policy->order->queue_key == NULL;
    for (QueueId queue = 0; queue < world->queue_count; queue++) {
        only = only && world->queues[queue].strict < 0;
    }
    return only;
}

/* A lane in which each shape of a kind asks for something, and how little at least. */
static int64_t least_asked(const ShapeTable *shapes, bool of_gpu, int lane)
{
    int64_t least = INT64_MAX;
    for (ShapeId id = 0; id < shapes->count; id++) {
        const GpShape *shape = &shapes->shapes[id];
        if ((shape->device_count > 0) == of_gpu) {
            least = shape->request[lane] < least ? shape->request[lane] : least;
        }
    }
    return least;
}

/* More tasks than this cannot hold devices at the same time: by GPUs, and by cores for those that
 * ask for none, or all tasks. */
static int32_t holding_max(const World *world)
{
    const Cluster *cluster = &world->scenario->cluster;
    const int lanes[2] = {GP_AXIS_CPU, GP_AXIS_GPU};
    int64_t most = 0;
    for (int of_gpu = 0; of_gpu < 2; of_gpu++) {
        int64_t least = least_asked(&world->jobs->shapes, of_gpu != 0, lanes[of_gpu]);
        bool seen = (world->scenario->policy.pack.sees >> lanes[of_gpu] & 1) != 0;
        if (least <= 0 || !seen) {
            return world->jobs->task_count;
        }
        for (int32_t type = 0; type < cluster->type_count; type++) {
            int64_t node_most = cluster->types[type].capacity[lanes[of_gpu]] / least;
            most += cluster->type_info[type].node_count *
                    (node_most < world->jobs->task_count ? node_most : world->jobs->task_count);
        }
    }
    return most < world->jobs->task_count ? (int32_t)most : world->jobs->task_count;
}

static bool evict_init(Engine *engine, Arena *arena)
{
    const World *world = engine->world;
    int32_t tasks = holding_max(world);
    if (world->scenario->policy.evict->propose == NULL) {
        return true;
    }
    engine->evict = (EvictPlan){
        .victims = ARENA_ARRAY(arena, TaskId, tasks),
        .moved = ARENA_ARRAY(arena, TaskId, tasks),
        .move_to = ARENA_ARRAY(arena, GpPlacement, tasks),
        .places = ARENA_ARRAY(arena, GpPlacement, world->largest_gang),
        .capacity = tasks,
        .jobs = ARENA_ARRAY(arena, JobId, tasks),
        .nodes = ARENA_ARRAY(arena, int32_t, world->fleet.node_count),
        .queues =
            ARENA_ARRAY(arena, int32_t, (size_t)EVICT_QUEUE_ROWS * (size_t)world->queue_count),
    };
    engine->holds = ARENA_ARRAY(arena, Hold, (size_t)world->largest_gang * (size_t)NOMINEES_MAX);
    return !arena->failed;
}

static bool passes_init(Engine *engine, Arena *arena)
{
    World *world = engine->world;
    const PolicySet *policy = &world->scenario->policy;
    engine->walk_heap = ARENA_ARRAY(arena, JobId, world->jobs->class_count + 1);
    engine->walks = ARENA_ARRAY(arena, WaitingWalk, world->queue_count);
    engine->queue_memo = ARENA_ARRAY(arena, QueueMemo, world->queue_count);
    engine->batch = ARENA_ARRAY(arena, TaskId, world->largest_gang);
    if (policy->order->drifts) {
        engine->rekeyed = ARENA_ARRAY(arena, JobId, world->jobs->job_count);
    }
    if (scan_plans(world)) {
        engine->plan = plan_new(arena, world);
        if (engine->plan == NULL ||
            (policy->scan->behind == SCAN_HEAD_RESERVES &&
             !waiting_keep_runs(&world->waiting, arena, world->jobs->job_count,
                                world->job_belief_ms))) {
            return false;
        }
    }
    engine->only_head = only_head_matters(world);
    /* Whoever gives way may be put back, and the asker may have to look elsewhere for it. */
    int32_t steps =
        policy->evict->propose != NULL ? 2 * holding_max(world) + 4 * world->largest_gang : 0;
    return !arena->failed && evict_init(engine, arena) &&
           topology_init(&engine->topology, arena, world) &&
           writers_init(&engine->writers, arena, world) &&
           trial_init(&engine->trial, arena, world, steps + world->largest_gang);
}

_Static_assert(OBSERVERS_MAX <= 16, "hearers are bits of 16");

static void observer_take(Engine *engine, int32_t at, const Observer *observer)
{
    uint64_t hears = observer->hears != 0 ? observer->hears : ~UINT64_C(0);
    engine->observers[at] = *observer;
    for (int kind = 0; kind < FACT_KINDS_MAX && observer->fact != NULL; kind++) {
        engine->hearers[kind] |= (uint16_t)((hears >> kind & 1) << at);
    }
}

bool engine_init(Engine *engine, Arena *arena, World *world, const Observer *observers,
                 int32_t observer_count)
{
    *engine = (Engine){.world = world,
                       .observer_count = observer_count,
                       .halted = -1,
                       .grace_most_ms = TIME_NEVER};
    for (int32_t i = 0; i < observer_count; i++) {
        observer_take(engine, i, &observers[i]);
    }
    if (world->jobs->job_count > 0) {
        event_queue_set(&world->events, EVENT_JOB_ARRIVAL, 0, world->jobs->job_submit_ms[0]);
    }
    if (world->scenario->horizon_ms != TIME_NEVER) {
        event_queue_set(&world->events, EVENT_HORIZON, 0, world->scenario->horizon_ms);
    }
    if (!passes_init(engine, arena) || !repair_init(engine, arena) ||
        !speed_init(engine, arena, holding_max(world))) {
        return false;
    }
    if (!world->health.any) {
        return true;
    }
    if (world->faults != NULL) {
        faults_begin(engine);
    }
    return remedy_init(engine, arena);
}

/* ---- the clock ---- */

static void clock_advance(Engine *engine, int64_t to_ms)
{
    World *world = engine->world;
    if (to_ms == world->now_ms) {
        return;
    }
    for (int32_t i = 0; i < engine->observer_count; i++) {
        const Observer *observer = &engine->observers[i];
        if (observer->interval != NULL) {
            observer->interval(observer->self, world, world->now_ms, to_ms);
        }
    }
    world->now_ms = to_ms;
}

/* What an instant calls for besides its events. */
typedef struct Instant {
    bool tick;
    bool plan_tick;
    bool over;
} Instant;

/* Does what a policy says change with time alone? */
static bool policy_drifts(const World *world)
{
    return world->scenario->policy.order->drifts || world->usage != NULL;
}

static void past_recompute(Engine *engine)
{
    World *world = engine->world;
    if (world->usage != NULL) {
        usage_update(world->usage, world->now_ms);
    }
    if (world->scenario->policy.order->drifts) {
        keys_recompute(engine);
    }
}

static void event_apply(Engine *engine, const Event *event, Instant *instant)
{
    switch ((EventKind)event->kind) {
    case EVENT_TASK_END:
        unit_end(engine, event->entity);
        break;
    case EVENT_TASK_STOPPED:
        if (engine->world->task_state[event->entity] == TASK_DEAD) {
            hang_seen(engine, event->entity);
        } else {
            task_stopped(engine, event->entity);
        }
        break;
    case EVENT_JOB_LIMIT:
        job_limit(engine, event->entity);
        break;
    case EVENT_TASK_READY:
        progress_started_up(engine, event->entity);
        break;
    case EVENT_TASK_USAGE:
        progress_usage(engine, event->entity);
        break;
    case EVENT_CHECKPOINT:
        saves_event(engine, event->entity);
        break;
    case EVENT_FAULT_END:
        fault_time(engine, event->entity);
        break;
    case EVENT_REPAIR:
        repair_stage(engine, event->entity);
        break;
    case EVENT_FAULT:
        fault_offered(engine);
        break;
    case EVENT_NOTICE:
        remedy_notice(engine, event->entity);
        break;
    case EVENT_FAULT_TIMER:
        remedy_timer(engine, event->entity);
        break;
    case EVENT_DRAIN:
        remedy_drain(engine, event->entity);
        break;
    case EVENT_GANG:
        remedy_gang_stale(engine, event->entity);
        break;
    case EVENT_SPARE:
        remedy_spare(engine, event->entity);
        break;
    case EVENT_JOB_ELIGIBLE:
        job_eligible(engine, event->entity);
        break;
    case EVENT_JOB_ARRIVAL:
        job_submit(engine);
        break;
    case EVENT_RECOMPUTE:
        past_recompute(engine);
        break;
    case EVENT_TICK:
        instant->tick = true;
        break;
    case EVENT_PLAN_TICK:
        instant->plan_tick = true;
        break;
    case EVENT_WAKE: /* the pass that follows is all that was asked for */
        break;
    case EVENT_HORIZON:
    case EVENT_KIND_COUNT:
        instant->over = true;
        break;
    }
}

static Instant instant_apply(Engine *engine)
{
    World *world = engine->world;
    Instant instant = {0};
    Event event;
    while (!instant.over && event_queue_pop_due(&world->events, world->now_ms, &event)) {
        world->event_count++;
        event_apply(engine, &event, &instant);
    }
    return instant;
}

/* ---- passes ---- */

static int64_t next_multiple(int64_t time_ms, int64_t every_ms)
{
    return (time_ms + every_ms - 1) / every_ms * every_ms;
}

static void passes_run(Engine *engine, PassKind kind)
{
    while (policy_pass(engine, kind)) {
    }
}

/* When to look again although nothing may happen until then. */
static void wakes_set(Engine *engine, bool planned)
{
    World *world = engine->world;
    const PolicySet *policy = &world->scenario->policy;
    Event set;
    if (engine->wake_ms != TIME_NEVER) {
        int64_t at_ms = policy->cycle_ms > 0 ? next_multiple(engine->wake_ms, policy->cycle_ms)
                                             : engine->wake_ms;
        event_queue_set(&world->events, EVENT_WAKE, 0, at_ms);
    }
    if (world->waiting.count == 0) {
        return;
    }
    int64_t every_ms = policy->scan_options.every_ms;
    if (engine->plan != NULL && every_ms > 0 &&
        !event_queue_find(&world->events, EVENT_PLAN_TICK, 0, &set)) {
        int64_t at_ms = planned ? plan_next_start_ms(engine->plan) : world->now_ms;
        if (at_ms != TIME_NEVER) {
            at_ms = at_ms > world->now_ms || !planned ? at_ms : world->now_ms + 1;
            event_queue_set(&world->events, EVENT_PLAN_TICK, 0, next_multiple(at_ms, every_ms));
        }
    }
    if (policy_drifts(world) && policy->order_options.recompute_ms > 0 &&
        world->events.count > 0 && /* else nothing would ever end this */
        !event_queue_find(&world->events, EVENT_RECOMPUTE, 0, &set)) {
        event_queue_set(&world->events, EVENT_RECOMPUTE, 0,
                        next_multiple(world->now_ms + 1, policy->order_options.recompute_ms));
    }
}

/* A periodic scheduler looks at its next tick; one that plans now and then looks quickly at once.
 */
static void instant_schedule(Engine *engine, const Instant *instant)
{
    World *world = engine->world;
    const PolicySet *policy = &world->scenario->policy;
    if (policy->cycle_ms > 0 && !instant->tick && !instant->plan_tick) {
        if (world->waiting.count > 0 || world->suspended_count > 0) {
            event_queue_set(&world->events, EVENT_TICK, 0,
                            next_multiple(world->now_ms, policy->cycle_ms));
        }
        return;
    }
    bool plans_rarely = engine->plan != NULL && policy->scan_options.every_ms > 0;
    engine->wake_ms = TIME_NEVER;
    passes_run(engine, plans_rarely ? PASS_QUICK : PASS_FULL);
    if (plans_rarely && instant->plan_tick) {
        passes_run(engine, PASS_PLAN);
    }
    wakes_set(engine, instant->plan_tick);
}

static bool anything_advances(const World *world)
{
    for (int32_t i = 0; i < world->running_count; i++) {
        JobId job = world->running[i];
        for (TaskId task = world->jobs->job_first_task[job];
             task < world->jobs->job_first_task[job + 1]; task++) {
            if (world->unit_rate_ppm[task] > 0) {
                return true;
            }
        }
    }
    return false;
}

/* Long after the last job came, nothing runs and nothing starts: nobody will mend what is broken.
 */
static bool nothing_moves(World *world)
{
    if (world->next_job < world->jobs->job_count ||
        world->now_ms - world->moved_ms < STUCK_AFTER_MS) {
        return false;
    }
    if (anything_advances(world)) {
        world->moved_ms = world->now_ms;
        return false;
    }
    world->stuck = true;
    return true;
}

/* Things go on breaking, or requests coming, for ever: a run that ends with its workload ends here.
 */
static bool all_done(World *world)
{
    return (world->health.any || world->jobs->any_repeats) &&
           world->scenario->horizon_ms == TIME_NEVER &&
           (world->ending_left == 0 || nothing_moves(world));
}

/* What is shared is shared out anew before the clock moves; that may bring events nearer. */
static bool next_event(Engine *engine, Event *next)
{
    const World *world = engine->world;
    bool more = event_queue_peek(&world->events, next);
    if (flows_pending(engine->flows) && (!more || next->time_ms > world->now_ms)) {
        flows_settle(engine);
        more = event_queue_peek(&world->events, next);
    }
    return more;
}

void engine_run(Engine *engine)
{
    World *world = engine->world;
    Event next;
    while (next_event(engine, &next)) {
        clock_advance(engine, next.time_ms);
        Instant instant = instant_apply(engine);
        if (instant.over) {
            break;
        }
        instant_schedule(engine, &instant);
        if (all_done(world)) {
            break;
        }
    }
    repair_finish(engine);
    fact_emit(engine, &(Fact){.kind = FACT_RUN_ENDED, .job = -1, .task = -1, .node = -1});
}
