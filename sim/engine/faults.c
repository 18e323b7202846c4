/* faults.c - offered faults begin and end; what they take from nodes, devices, lanes and pools. */
#include "sim/engine/faults.h"

#include "models/failure.h"
#include "sim/engine/apply.h"
#include "sim/engine/life.h"
#include "sim/engine/progress.h"
#include "sim/engine/saves.h"
#include "sim/engine/remedy.h"
#include "sim/engine/retry.h"

/* ---- where ---- */

static const FaultKind *kind_of(const World *world, const Fault *fault)
{
    return &world->health.kinds[fault->kind];
}

static bool at_node(const FaultKind *kind)
{
    return kind->scope == SCOPE_DEVICE || kind->scope == SCOPE_NODE;
}

static uint32_t node_devices(const World *world, int32_t node)
{
    int32_t count = world->fleet.device_begin[node + 1] - world->fleet.device_begin[node];
    return count >= 32 ? UINT32_MAX : (1u << count) - 1;
}

static uint32_t touched_devices(const World *world, const Fault *fault, int32_t node)
{
    uint32_t all = node_devices(world, node);
    return fault->devices != 0 ? fault->devices & all : all;
}

static void fault_fact(Engine *engine, FactKind fact, const Fault *fault, int32_t value)
{
    bool here = at_node(kind_of(engine->world, fault));
    fact_emit(engine, &(Fact){.kind = (int32_t)fact,
                              .job = -1,
                              .task = fact == FACT_FAULT_OFFERED ? -1 : fault->slot,
                              .node = here ? fault->target : -1,
                              .devices = here ? fault->devices : (uint32_t)fault->target,
                              .value = value});
}

/* ---- lists of what is active, ascending by slot: derating is recomputed in this order ---- */

static int32_t *list_of(Health *health, const Fault *fault)
{
    return at_node(&health->kinds[fault->kind]) ? &health->node_slot[fault->target]
                                                : &health->domain_slot[0];
}

static void list_add(Health *health, int32_t slot)
{
    int32_t *first = list_of(health, &health->slots[slot].fault);
    int32_t after = -1;
    for (int32_t at = *first; at >= 0 && at < slot; at = health->slots[at].next) {
        after = at;
    }
    int32_t next = after >= 0 ? health->slots[after].next : *first;
    health->slots[slot].prev = after;
    health->slots[slot].next = next;
    if (after >= 0) {
        health->slots[after].next = slot;
    } else {
        *first = slot;
    }
    if (next >= 0) {
        health->slots[next].prev = slot;
    }
}

static void list_remove(Health *health, int32_t slot)
{
    int32_t next = health->slots[slot].next;
    int32_t prev = health->slots[slot].prev;
    if (prev >= 0) {
        health->slots[prev].next = next;
    } else {
        *list_of(health, &health->slots[slot].fault) = next;
    }
    if (next >= 0) {
        health->slots[next].prev = prev;
    }
}

/* ---- what is left of lanes, devices and pools ---- */

static int32_t times(int32_t ppm, int32_t by_ppm)
{
    return (int32_t)((int64_t)ppm * by_ppm / GP_PPM);
}

static void derate(World *world, int32_t node, const Fault *fault)
{
    Health *health = &world->health;
    const FaultKind *kind = kind_of(world, fault);
    if (!fault_touches(world, fault, node)) {
        return;
    }
    for (int axis = 0; kind->effect == EFFECT_DERATED && axis < GP_AXES; axis++) {
        health->lane_ppm[node][axis] = times(health->lane_ppm[node][axis], kind->keep_ppm[axis]);
    }
    if (kind->effect == EFFECT_DEVICE_SLOW) {
        for (uint32_t rest = touched_devices(world, fault, node); rest != 0; rest &= rest - 1) {
            int32_t device = world->fleet.device_begin[node] + __builtin_ctz(rest);
            health->device_speed_ppm[device] =
                times(health->device_speed_ppm[device], kind->speed_ppm);
        }
    }
}

/* From the nominal values and the active causes in the order of their slots, those of domains last.
 */
static void node_recompute(Engine *engine, int32_t node)
{
    World *world = engine->world;
    Health *health = &world->health;
    for (int axis = 0; axis < GP_AXES; axis++) {
        health->lane_ppm[node][axis] = GP_PPM;
    }
    for (int32_t device = world->fleet.device_begin[node];
         device < world->fleet.device_begin[node + 1]; device++) {
        health->device_speed_ppm[device] = GP_PPM;
    }
    for (int32_t slot = health->node_slot[node]; slot >= 0; slot = health->slots[slot].next) {
        derate(world, node, &health->slots[slot].fault);
    }
    for (int32_t slot = health->domain_slot[0]; slot >= 0; slot = health->slots[slot].next) {
        derate(world, node, &health->slots[slot].fault);
    }
    fact_emit(engine, &(Fact){.kind = FACT_NODE_STATE,
                              .job = -1,
                              .task = -1,
                              .node = node,
                              .value = health->node_mode[node]});
    progress_node_changed(engine, node);
}

static void pool_recompute(Engine *engine, int32_t pool)
{
    Health *health = &engine->world->health;
    health->pool_ppm[pool] = GP_PPM;
    for (int32_t slot = health->domain_slot[0]; slot >= 0; slot = health->slots[slot].next) {
        const Fault *fault = &health->slots[slot].fault;
        const FaultKind *kind = &health->kinds[fault->kind];
        if (kind->scope == SCOPE_POOL && fault->target == pool) {
            health->pool_ppm[pool] =
                times(health->pool_ppm[pool], kind->keep_ppm[GP_AXIS_STORAGE_BANDWIDTH]);
        }
    }
    fact_emit(engine, &(Fact){.kind = FACT_POOL_STATE,
                              .job = -1,
                              .task = -1,
                              .node = pool,
                              .value = health->pool_ppm[pool]});
    progress_pool_changed(engine, pool);
}

/* ---- tasks ---- */

static void task_dies(Engine *engine, TaskId task, int32_t kind)
{
    World *world = engine->world;
    uint8_t state = world->task_state[task];
    if (state == TASK_STOPPING) { /* nothing is left to wait for */
        JobId job = world->jobs->task_job[task];
        TaskId unit = job_unit(world->jobs, task);
        if (saves_stop_fails(world, unit)) {
            progress_lost(engine, job, unit, STOP_NODE_FAILED);
        }
        event_queue_cancel(&world->events, EVENT_TASK_STOPPED, task);
        task_stopped(engine, task);
    } else if (state == TASK_RUNNING || state == TASK_HELD) {
        progress_dies(engine, task, STOP_NODE_FAILED);
        world->task_state[task] = TASK_DEAD;
        task_fact(engine, FACT_TASK_DIED, task, kind);
        progress_company(engine, world->task_node[task], world->task_devices[task]);
    }
}

/* The tasks of a node that hold one of these devices; all of them, those without devices too. */
static void tasks_die(Engine *engine, int32_t node, uint32_t devices, bool all, int32_t kind)
{
    World *world = engine->world;
    TaskId task = world->node_first[node];
    while (task >= 0) {
        TaskId next = world->task_next[task];
        if (all || (world->task_devices[task] & devices) != 0) {
            task_dies(engine, task, kind);
        }
        task = next;
    }
}

/* A task of the node on one of these devices whose process lives; -1: there is none. One that was
 * placed in this instant is a replacement of one that has just died there, and lives. */
static TaskId task_alive(const World *world, int32_t node, uint32_t devices, TaskId after)
{
    TaskId task = after < 0 ? world->node_first[node] : world->task_next[after];
    while (task >= 0 &&
           ((world->task_devices[task] & devices) == 0 ||
            world->task_start_ms[task] == world->now_ms ||
            (world->task_state[task] != TASK_RUNNING && world->task_state[task] != TASK_HELD))) {
        task = world->task_next[task];
    }
    return task;
}

/* A job takes its other tasks along, so the list is begun anew after each that left it. */
static void jobs_die(Engine *engine, const Fault *fault)
{
    const World *world = engine->world;
    uint32_t devices = touched_devices(world, fault, fault->target);
    TaskId task = task_alive(world, fault->target, devices, -1);
    while (task >= 0) {
        task_fails(engine, task, fault->kind);
        bool hangs = task_state_holds(world->task_state[task]);
        task = task_alive(world, fault->target, devices, hangs ? task : -1);
    }
}

bool task_placed_in_vain(Engine *engine, TaskId task)
{
    World *world = engine->world;
    const Health *health = &world->health;
    int32_t node = world->task_node[task];
    int32_t device = -1;
    if (!health->any) {
        return false;
    }
    for (uint32_t rest = world->task_devices[task]; rest != 0; rest &= rest - 1) {
        int32_t at = __builtin_ctz(rest);
        device = health->device_out[world->fleet.device_begin[node] + at] > 0 ? at : device;
    }
    if (node_works(health, node) && device < 0) {
        return false;
    }
    int32_t cause = health_cause(world, node, device);
    world->task_state[task] = TASK_DEAD;
    task_fact(engine, FACT_TASK_DIED, task, cause >= 0 ? health->slots[cause].fault.kind : 0);
    return true;
}

bool task_is_left_dead(const World *world, TaskId task)
{
    bool device_out = false;
    int32_t node = world->task_node[task];
    for (uint32_t rest = world->task_devices[task]; rest != 0; rest &= rest - 1) {
        int32_t device = world->fleet.device_begin[node] + __builtin_ctz(rest);
        device_out = device_out || world->health.device_out[device] > 0;
    }
    return world->task_state[task] == TASK_DEAD && !device_out && !process_hangs(world, task);
}

void tasks_revive(Engine *engine, int32_t node)
{
    World *world = engine->world;
    for (TaskId task = world->node_first[node]; task >= 0; task = world->task_next[task]) {
        if (task_is_left_dead(world, task)) {
            world->task_state[task] = TASK_HELD;
            task_fact(engine, FACT_TASK_REVIVED, task, 0);
            progress_revived(engine, task);
        }
    }
}

/* ---- begin and end ---- */

static void node_out_count(Engine *engine, int32_t node, int32_t kind, int sign)
{
    uint16_t *out = &engine->world->health.node_out[node];
    *out = (uint16_t)(*out + sign);
    if (sign > 0 && *out == 1) {
        tasks_die(engine, node, 0, true, kind);
        suspended_die(engine, node, 0);
    }
}

static void devices_count(Engine *engine, const Fault *fault, int sign)
{
    World *world = engine->world;
    uint32_t devices = touched_devices(world, fault, fault->target);
    for (uint32_t rest = devices; rest != 0; rest &= rest - 1) {
        int32_t device = world->fleet.device_begin[fault->target] + __builtin_ctz(rest);
        uint16_t *out = &world->health.device_out[device];
        *out = (uint16_t)(*out + sign);
    }
    if (sign > 0) {
        tasks_die(engine, fault->target, devices, false, fault->kind);
        suspended_die(engine, fault->target, devices);
    }
}

/* Applies the fault's effect to the truth (sign 1), or takes it back (-1). */
static void effect_apply(Engine *engine, const Fault *fault, int sign)
{
    World *world = engine->world;
    const FaultKind *kind = kind_of(world, fault);
    int32_t first = at_node(kind) ? fault->target : 0;
    int32_t last = at_node(kind) ? fault->target : world->fleet.node_count - 1;
    switch ((FaultEffect)kind->effect) {
    case EFFECT_JOB_DIES:
        if (sign > 0 && at_node(kind)) {
            jobs_die(engine, fault);
        }
        return;
    case EFFECT_GPU_OUT:
        devices_count(engine, fault, sign);
        break;
    case EFFECT_NODE_OUT:
    case EFFECT_DOMAIN_OUT:
        for (int32_t node = first; node <= last; node++) {
            if (fault_touches(world, fault, node)) {
                node_out_count(engine, node, fault->kind, sign);
            }
        }
        break;
    case EFFECT_DERATED:
    case EFFECT_DEVICE_SLOW:
    case EFFECT_COUNT:
        break;
    }
    if (kind->scope == SCOPE_POOL) {
        pool_recompute(engine, fault->target);
        return;
    }
    for (int32_t node = first; node <= last; node++) {
        if (fault_touches(world, fault, node)) {
            node_recompute(engine, node);
        }
    }
}

static bool is_masked(const World *world, const Fault *fault)
{
    const Health *health = &world->health;
    if (health->slots[fault->slot].active) {
        return true;
    }
    return !fault->recorded && at_node(kind_of(world, fault)) && !node_works(health, fault->target);
}

static void fault_takes_effect(Engine *engine, int32_t slot)
{
    World *world = engine->world;
    const Fault *fault = &world->health.slots[slot].fault;
    const FaultKind *kind = kind_of(world, fault);
    effect_apply(engine, fault, 1);
    if (kind->cure == CURE_TIME && fault->out_ms < TIME_NEVER - world->now_ms) {
        event_queue_set(&world->events, EVENT_FAULT_END, slot, world->now_ms + fault->out_ms);
    }
    if (kind->away) {
        remedy_node_away(engine, slot);
    } else {
        remedy_fault_began(engine, slot);
    }
}

/* `fact` says how: it has begun, or returned. */
static void fault_begins(Engine *engine, const Fault *fault, FactKind fact)
{
    World *world = engine->world;
    Health *health = &world->health;
    const FaultKind *kind = kind_of(world, fault);
    ActiveFault *active = &health->slots[fault->slot];
    *active = (ActiveFault){.fault = *fault,
                            .active = 1,
                            .stage = kind->cure == CURE_TIME ? STAGE_RECORDED : STAGE_UNDETECTED,
                            .next = -1,
                            .prev = -1,
                            .since_ms = world->now_ms,
                            .noticed_ms = TIME_NEVER};
    list_add(health, fault->slot);
    fault_fact(engine, fact, fault, fault->kind);
    if (kind->notice_ms > 0) {
        active->announced = 1;
        event_queue_set(&world->events, EVENT_FAULT_END, fault->slot,
                        world->now_ms + kind->notice_ms);
        remedy_announced(engine, fault->slot);
        return;
    }
    fault_takes_effect(engine, fault->slot);
}

void fault_time(Engine *engine, int32_t slot)
{
    ActiveFault *active = &engine->world->health.slots[slot];
    if (active->announced) {
        active->announced = 0;
        fault_takes_effect(engine, slot);
    } else {
        fault_over(engine, slot);
    }
}

void fault_over(Engine *engine, int32_t slot)
{
    World *world = engine->world;
    ActiveFault *active = &world->health.slots[slot];
    if (!active->active) {
        return;
    }
    event_queue_cancel(&world->events, EVENT_FAULT_END, slot);
    event_queue_cancel(&world->events, EVENT_REPAIR, slot);
    active->active = 0;
    list_remove(&world->health, slot);
    fault_fact(engine, FACT_FAULT_OVER, &active->fault, active->fault.kind);
    if (!active->announced) {
        effect_apply(engine, &active->fault, -1);
    }
    remedy_over(engine, slot);
}

void fault_returns(Engine *engine, int32_t slot)
{
    ActiveFault *active = &engine->world->health.slots[slot];
    Fault fault = active->fault;
    int32_t repairs = active->repairs + 1;
    fault_over(engine, slot);
    fault_begins(engine, &fault, FACT_FAULT_RETURNED);
    active->repairs = repairs;
}

void fault_stage(Engine *engine, int32_t slot, DownStage stage)
{
    ActiveFault *active = &engine->world->health.slots[slot];
    active->stage = (uint8_t)stage;
    fault_fact(engine, FACT_FAULT_STAGE, &active->fault, (int32_t)stage);
}

static void next_schedule(Engine *engine)
{
    World *world = engine->world;
    int64_t at_ms = world->faults != NULL ? fault_source_next_ms(world->faults) : TIME_NEVER;
    if (at_ms != TIME_NEVER) {
        event_queue_set(&world->events, EVENT_FAULT, 0, at_ms);
    }
}

void faults_begin(Engine *engine)
{
    next_schedule(engine);
}

void fault_offered(Engine *engine)
{
    World *world = engine->world;
    Fault fault = fault_source_take(world->faults);
    bool counts = !kind_of(world, &fault)->calendar;
    world->health.offered += counts;
    fault_fact(engine, FACT_FAULT_OFFERED, &fault, fault.kind);
    if (is_masked(world, &fault)) {
        world->health.masked += counts;
    } else {
        world->health.began += counts;
        fault_begins(engine, &fault, FACT_FAULT_BEGAN);
    }
    next_schedule(engine);
}
