/* drain.c - who has to leave a node, and when: at once, at a checkpoint, at a deadline; nodes that
 * fell silent one after the other in their zones, with a brake.
 *
 * Source of the rate and the brake: node life-cycle controller of Kubernetes (docs/remedies.md).
 */
#include "sim/engine/life.h"
#include "sim/engine/progress.h"
#include "sim/engine/remedy_state.h"

/* ---- tasks ---- */

/* Is a place for one such task free? Where it looked last is not where the scheduler looked. */
static bool has_room(Engine *engine, TaskId task)
{
    World *world = engine->world;
    int32_t cursor = world->candidate_cursor;
    GpDraw draw = {0};
    GpPlacement place = {.size = sizeof(GpPlacement)};
    bool fits = world_pick(world, job_shape(world->jobs, world->jobs->task_job[task]), &draw,
                           &place) == GP_OK;
    world->candidate_cursor = cursor;
    return fits;
}

static bool is_meant(const Engine *engine, int32_t slot, int32_t node, TaskId task)
{
    const World *world = engine->world;
    const RemedyAction *action = &engine->remedy->plans[slot].action;
    uint32_t devices = slot_devices(world, slot, node);
    return action->evict == WHOM_NODE || (world->task_devices[task] & devices) != 0;
}

static bool is_alive(const World *world, TaskId task)
{
    return world->task_state[task] == TASK_RUNNING || world->task_state[task] == TASK_HELD;
}

/* Of a node whose lanes are derated those leave who suffer: what feeds nobody costs nobody. */
static bool leaves_alive(Engine *engine, int32_t slot, int32_t node, TaskId task, bool due)
{
    const World *world = engine->world;
    const RemedyAction *action = &engine->remedy->plans[slot].action;
    const Fault *fault = &world->health.slots[slot].fault;
    bool lane = world->health.kinds[fault->kind].effect == EFFECT_DERATED;
    bool suffers = !lane || world->task_rate_ppm == NULL ||
                   world->task_rate_ppm[task] < remedy_options(engine)->score_min_ppm;
    return is_alive(world, task) && suffers && is_meant(engine, slot, node, task) &&
           (due || !action->needs_room || has_room(engine, task));
}

static void task_leaves(Engine *engine, TaskId task, StopCause cause, int64_t grace_ms)
{
    engine->grace_most_ms = grace_ms;
    task_stop(engine, task, cause, EVICT_REQUEUE);
    engine->grace_most_ms = TIME_NEVER;
    lost_add(engine, engine->world->jobs->task_job[task]);
}

/* Those who are suspended where nothing works have no place to go back to. */
static void suspended_give_up(Engine *engine, int32_t node)
{
    const World *world = engine->world;
    uint32_t out = 0;
    for (int32_t device = world->fleet.device_begin[node];
         device < world->fleet.device_begin[node + 1]; device++) {
        out |= world->health.device_out[device] > 0
                   ? 1u << (uint32_t)(device - world->fleet.device_begin[node])
                   : 0;
    }
    if (!node_works(&world->health, node)) {
        suspended_leave(engine, node, 0);
    } else if (out != 0) {
        suspended_leave(engine, node, out);
    }
}

/* Who is dead has nothing to wait for. The list is begun anew after each that left it. */
static void dead_leave(Engine *engine, int32_t slot, int32_t node)
{
    const World *world = engine->world;
    TaskId task = world->node_first[node];
    while (task >= 0) {
        bool leaves = world->task_state[task] == TASK_DEAD &&
                      (slot < 0 || is_meant(engine, slot, node, task));
        if (leaves) {
            task_leaves(engine, task, STOP_NODE_FAILED, 0);
        }
        task = leaves ? world->node_first[node] : world->task_next[task];
    }
    suspended_give_up(engine, node);
}

static void alive_leave(Engine *engine, int32_t slot, int32_t node, bool due)
{
    const World *world = engine->world;
    const RemedyAction *action = &engine->remedy->plans[slot].action;
    TaskId task = world->node_first[node];
    while (task >= 0) {
        bool leaves = leaves_alive(engine, slot, node, task, due);
        if (leaves) {
            task_leaves(engine, task, STOP_DRAINED, due ? 0 : action->grace_ms);
        }
        task = leaves ? world->node_first[node] : world->task_next[task];
    }
}

/* Who saves nothing has nothing to wait for. */
static void checkpoints_await(Engine *engine, int32_t slot, int32_t node)
{
    const World *world = engine->world;
    const RemedyAction *action = &engine->remedy->plans[slot].action;
    TaskId task = world->node_first[node];
    while (task >= 0) {
        bool leaves = is_alive(world, task) && is_meant(engine, slot, node, task) &&
                      !progress_watch_checkpoint(engine, job_unit(world->jobs, task)) &&
                      leaves_alive(engine, slot, node, task, false);
        if (leaves) {
            task_leaves(engine, task, STOP_DRAINED, action->grace_ms);
        }
        task = leaves ? world->node_first[node] : world->task_next[task];
    }
}

static int64_t deadline_of(const Engine *engine, int32_t slot)
{
    const SlotPlan *plan = &engine->remedy->plans[slot];
    int64_t since_ms = engine->world->health.slots[slot].since_ms;
    int64_t after_ms = plan->action.deadline_ms;
    return !plan->acted || plan->action.evict == WHOM_NOBODY || after_ms >= TIME_NEVER - since_ms
               ? TIME_NEVER
               : since_ms + after_ms;
}

static void slot_evict(Engine *engine, int32_t slot, int32_t node)
{
    const RemedyAction *action = &engine->remedy->plans[slot].action;
    bool due = deadline_of(engine, slot) <= engine->world->now_ms;
    losses_begin(engine);
    dead_leave(engine, slot, node);
    if (due || action->when == WHEN_NOW) {
        alive_leave(engine, slot, node, due);
    } else if (action->when == WHEN_CHECKPOINT) {
        checkpoints_await(engine, slot, node);
    }
    losses_settle(engine);
}

void node_evict(Engine *engine, int32_t slot, int32_t node)
{
    const RemedyAction *action = &engine->remedy->plans[slot].action;
    NodeCare *care = &engine->remedy->nodes[node];
    if (action->evict == WHOM_NOBODY) {
        return;
    }
    if (!action->limited) {
        slot_evict(engine, slot, node);
    } else if (care->turn == TURN_NONE && care->silent > 0) {
        care->turn = TURN_WAITS;
        engine->remedy->zones[engine->world->scenario->cluster.node_zone[node]].waiting++;
    }
    drain_schedule(engine, node);
}

void remedy_checkpointed(Engine *engine, TaskId unit)
{
    const World *world = engine->world;
    const JobTable *jobs = world->jobs;
    JobId job = jobs->task_job[unit];
    TaskId end = job_class(jobs, job)->sync ? jobs->job_first_task[job + 1] : unit + 1;
    losses_begin(engine);
    for (TaskId task = unit; task < end; task++) {
        int32_t node = is_alive(world, task) ? world->task_node[task] : -1;
        int32_t slot = node >= 0 ? node_next_slot(world, node, -1) : -1;
        for (; slot >= 0 && is_alive(world, task); slot = node_next_slot(world, node, slot)) {
            const SlotPlan *plan = &engine->remedy->plans[slot];
            if (plan->acted && plan->action.evict != WHOM_NOBODY &&
                plan->action.when == WHEN_CHECKPOINT &&
                leaves_alive(engine, slot, node, task, false)) {
                task_leaves(engine, task, STOP_DRAINED, plan->action.grace_ms);
            }
        }
    }
    losses_settle(engine);
}

/* ---- zones ---- */

static ZoneCare *zone_of(const Engine *engine, int32_t node)
{
    return &engine->remedy->zones[engine->world->scenario->cluster.node_zone[node]];
}

static bool none_is_ready(const Engine *engine)
{
    return remedy_options(engine)->brake_ppm > 0 &&
           engine->remedy->silent_zones == engine->remedy->zone_count;
}

/* Time between two evictions of a zone; -1: there are none. A zone all of which is down evicts as
 * usual, as long as another works. */
static int64_t zone_every_ms(const Engine *engine, const ZoneCare *zone)
{
    const RemedyOptions *options = remedy_options(engine);
    if (none_is_ready(engine)) {
        return -1;
    }
    if (options->brake_ppm > 0 && zone->silent < zone->nodes &&
        zone->silent >= options->brake_nodes_min &&
        (int64_t)zone->silent * GP_PPM >= (int64_t)zone->nodes * options->brake_ppm) {
        return zone->nodes <= options->small_zone ? -1 : options->evict_every_slow_ms;
    }
    return options->evict_every_ms;
}

/* Who waits in a zone whose rate is another one now. Where nobody's turn had come yet the next one
 * is a whole interval away, as when Kubernetes swaps its limiter. */
static void rates_change(Engine *engine)
{
    const World *world = engine->world;
    const Remedy *remedy = engine->remedy;
    bool waits = false;
    for (int32_t at = 0; at < world->scenario->cluster.zone_count; at++) {
        ZoneCare *zone = &engine->remedy->zones[at];
        int64_t every_ms = zone_every_ms(engine, zone);
        bool saturated = zone->every_ms < 0 || world->now_ms < zone->next_ms;
        if (every_ms != zone->every_ms) {
            zone->next_ms = saturated && every_ms >= 0 ? world->now_ms + every_ms : zone->next_ms;
            zone->every_ms = every_ms;
            waits = waits || zone->waiting > 0;
        }
    }
    for (int32_t node = 0; waits && node < world->fleet.node_count; node++) {
        if (remedy->nodes[node].turn == TURN_WAITS) {
            drain_schedule(engine, node);
        }
    }
}

/* No node is ready any more: taints are taken back, and given anew when one is. */
static void turns_take_back(Engine *engine)
{
    const World *world = engine->world;
    for (int32_t node = 0; node < world->fleet.node_count; node++) {
        NodeCare *care = &engine->remedy->nodes[node];
        if (care->turn == TURN_TOLERATED) {
            care->turn = TURN_WAITS;
            zone_of(engine, node)->waiting++;
            drain_schedule(engine, node);
        }
    }
}

void node_silent(Engine *engine, int32_t node, int32_t by)
{
    Remedy *remedy = engine->remedy;
    bool none_was = none_is_ready(engine);
    NodeCare *care = &remedy->nodes[node];
    ZoneCare *zone = zone_of(engine, node);
    bool was = care->silent > 0;
    care->silent += by;
    if (was == (care->silent > 0)) {
        return;
    }
    remedy->silent_zones -= zone->silent == zone->nodes;
    zone->silent += was ? -1 : 1;
    remedy->silent_zones += zone->silent == zone->nodes;
    if (was) {
        zone->waiting -= care->turn == TURN_WAITS;
        care->turn = TURN_NONE;
    } else {
        care->silent_ms = engine->world->now_ms;
    }
    rates_change(engine);
    if (!none_was && none_is_ready(engine)) {
        turns_take_back(engine);
    }
}

/* Who has waited longest in the zone, of equals the first. */
static int32_t zone_first(const Engine *engine, int32_t node)
{
    const Remedy *remedy = engine->remedy;
    const ZoneCare *zone = zone_of(engine, node);
    int32_t first = node;
    for (int32_t other = 0; zone->waiting > 1 && other < engine->world->fleet.node_count; other++) {
        const NodeCare *care = &remedy->nodes[other];
        if (care->turn == TURN_WAITS && zone_of(engine, other) == zone &&
            (care->silent_ms < remedy->nodes[first].silent_ms ||
             (care->silent_ms == remedy->nodes[first].silent_ms && other < first))) {
            first = other;
        }
    }
    return first;
}

static void turn_take(Engine *engine, int32_t node)
{
    ZoneCare *zone = zone_of(engine, node);
    int64_t now_ms = engine->world->now_ms;
    int64_t every_ms = zone->every_ms;
    if (every_ms < 0 || now_ms < zone->next_ms) {
        return;
    }
    int32_t first = zone_first(engine, node);
    NodeCare *care = &engine->remedy->nodes[first];
    care->turn = TURN_TOLERATED;
    care->evict_ms = now_ms + remedy_options(engine)->tolerate_ms;
    zone->waiting--;
    zone->next_ms = now_ms + every_ms;
    drain_schedule(engine, first);
}

/* Its toleration is over. */
static void turn_end(Engine *engine, int32_t node)
{
    engine->remedy->nodes[node].turn = TURN_OVER;
    losses_begin(engine);
    dead_leave(engine, -1, node);
    losses_settle(engine);
}

/* ---- the node's agenda ---- */

void drain_schedule(Engine *engine, int32_t node)
{
    World *world = engine->world;
    const NodeCare *care = &engine->remedy->nodes[node];
    const ZoneCare *zone = zone_of(engine, node);
    int64_t at_ms = TIME_NEVER;
    if (care->turn == TURN_WAITS && zone->every_ms >= 0) {
        at_ms = zone->next_ms;
    } else if (care->turn == TURN_TOLERATED) {
        at_ms = care->evict_ms;
    }
    at_ms = at_ms < world->now_ms ? world->now_ms : at_ms;
    for (int32_t slot = node_next_slot(world, node, -1); slot >= 0;
         slot = node_next_slot(world, node, slot)) {
        int64_t due_ms = deadline_of(engine, slot);
        at_ms = due_ms > world->now_ms && due_ms < at_ms ? due_ms : at_ms;
    }
    if (at_ms == TIME_NEVER) {
        event_queue_cancel(&world->events, EVENT_DRAIN, node);
    } else {
        event_queue_set(&world->events, EVENT_DRAIN, node, at_ms);
    }
}

void remedy_drain(Engine *engine, int32_t node)
{
    const World *world = engine->world;
    const NodeCare *care = &engine->remedy->nodes[node];
    if (care->turn == TURN_WAITS) {
        turn_take(engine, node);
    }
    if (care->turn == TURN_TOLERATED && care->evict_ms <= world->now_ms) {
        turn_end(engine, node);
    }
    for (int32_t slot = node_next_slot(world, node, -1); slot >= 0;
         slot = node_next_slot(world, node, slot)) {
        if (deadline_of(engine, slot) <= world->now_ms) {
            slot_evict(engine, slot, node);
        }
    }
    drain_schedule(engine, node);
}
