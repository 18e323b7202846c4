/* remedy.c - what is noticed and when; the policy is asked, its action carried out; what follows
 * when a fault is over. */
#include "sim/engine/remedy.h"

#include "sim/engine/apply.h"
#include "sim/engine/faults.h"
#include "sim/engine/life.h"
#include "sim/engine/remedy_state.h"
#include "sim/engine/repair.h"

#define BURST_MS INT64_C(180000) /* faults of a node within it count once (NVSentinel: 3 min) */

/* ---- memory ---- */

static bool memory_new(Remedy *remedy, Arena *arena, const World *world)
{
    size_t nodes = (size_t)world->fleet.node_count;
    size_t types = (size_t)world->fleet.type_count;
    size_t zones = (size_t)world->scenario->cluster.zone_count;
    size_t devices = (size_t)world->fleet.device_begin[nodes];
    size_t jobs = (size_t)world->jobs->job_count;
    remedy->plans = ARENA_ARRAY(arena, SlotPlan, world->health.slot_count);
    remedy->nodes = ARENA_ARRAY(arena, NodeCare, nodes);
    remedy->log = ARENA_ARRAY(arena, LoggedFault, nodes * REMEDY_BAN_FAULTS_MAX);
    remedy->device_claims = ARENA_ARRAY(arena, uint16_t, devices);
    remedy->device_stands = ARENA_ARRAY(arena, uint8_t, devices);
    remedy->zones = ARENA_ARRAY(arena, ZoneCare, zones);
    remedy->cordoned_ms = ARENA_ARRAY(arena, int64_t, nodes);
    remedy->type_serving = ARENA_ARRAY(arena, int32_t, types);
    remedy->type_target = ARENA_ARRAY(arena, int32_t, types);
    remedy->lost_jobs = ARENA_ARRAY(arena, JobId, jobs);
    remedy->job_lost = ARENA_ARRAY(arena, int32_t, jobs);
    remedy->list = ARENA_ARRAY(arena, int32_t, nodes);
    return !arena->failed;
}

bool remedy_init(Engine *engine, Arena *arena)
{
    const World *world = engine->world;
    Remedy *remedy = ARENA_NEW(arena, Remedy);
    engine->remedy = remedy;
    if (remedy == NULL || !memory_new(remedy, arena, world)) {
        return false;
    }
    for (int32_t node = 0; node < world->fleet.node_count; node++) {
        ZoneCare *zone = &remedy->zones[world->scenario->cluster.node_zone[node]];
        remedy->zone_count += zone->nodes == 0;
        zone->nodes++;
        zone->every_ms = remedy_options(engine)->evict_every_ms;
        remedy->nodes[node].counted_ms = -1;
        remedy->nodes[node].cordoned_ms = -1;
        for (int i = 0; i < REMEDY_BAN_FAULTS_MAX; i++) {
            remedy->log[(size_t)node * REMEDY_BAN_FAULTS_MAX + (size_t)i].at_ms = -1;
        }
    }
    spares_hold(engine);
    return true;
}

/* ---- faults and nodes ---- */

NodeRange slot_nodes(const World *world, int32_t slot)
{
    const Fault *fault = &world->health.slots[slot].fault;
    const FaultKind *kind = slot_kind(world, slot);
    int32_t end = world->fleet.node_count;
    switch ((FaultScope)kind->scope) {
    case SCOPE_DEVICE:
    case SCOPE_NODE:
        return (NodeRange){fault->target, fault->target + 1};
    case SCOPE_NEIGHBOURS:
        return (NodeRange){fault->target, end - fault->target < kind->domain_nodes
                                              ? end
                                              : fault->target + kind->domain_nodes};
    case SCOPE_RACK:
    case SCOPE_ZONE:
        return (NodeRange){0, end};
    case SCOPE_JOB:
    case SCOPE_POOL:
        break;
    }
    return (NodeRange){0, 0};
}

uint32_t slot_devices(const World *world, int32_t slot, int32_t node)
{
    uint32_t devices = world->health.slots[slot].fault.devices;
    int32_t count = world->fleet.device_begin[node + 1] - world->fleet.device_begin[node];
    uint32_t all = count >= 32 ? UINT32_MAX : (1u << count) - 1;
    return devices != 0 ? devices & all : all;
}

int32_t node_next_slot(const World *world, int32_t node, int32_t slot)
{
    const Health *health = &world->health;
    bool own = slot < 0 || slot_at_node(world, slot);
    int32_t next = slot < 0 ? health->node_slot[node] : health->slots[slot].next;
    if (own && next < 0) {
        next = health->domain_slot[0];
        own = false;
    }
    while (!own && next >= 0 && !fault_touches(world, &health->slots[next].fault, node)) {
        next = health->slots[next].next;
    }
    return next;
}

/* ---- noticing ---- */

/* Is there a signal that this remedy reads? */
static bool has_signal(const FaultKind *kind, int32_t signals)
{
    if (kind->operator_ || kind->effect == EFFECT_JOB_DIES) {
        return kind->class_of == FAULT_CLASS_CONTAINED && signals >= SIGNALS_GPU;
    }
    switch ((FaultClass)kind->class_of) {
    case FAULT_CLASS_LANE:
        return signals >= SIGNALS_ALL;
    case FAULT_CLASS_OTHER:
        return signals >= (kind->effect == EFFECT_GPU_OUT || kind->effect == EFFECT_DEVICE_SLOW
                               ? SIGNALS_GPU
                               : SIGNALS_ALL);
    case FAULT_CLASS_APPLICATION:
    case FAULT_CLASS_CONTAINED:
    case FAULT_CLASS_UNCONTAINED:
    case FAULT_CLASS_NVLINK:
    case FAULT_CLASS_BUS:
    case FAULT_CLASS_DRIVER:
    case FAULT_CLASS_SLOW:
    case FAULT_CLASS_COUNT:
        break;
    }
    return signals >= SIGNALS_GPU;
}

static bool known_silent(const Engine *engine, int32_t slot)
{
    const World *world = engine->world;
    NodeRange range = slot_nodes(world, slot);
    for (int32_t node = range.first; node < range.end; node++) {
        if (engine->remedy->nodes[node].silent > 0 &&
            fault_touches(world, &world->health.slots[slot].fault, node)) {
            return true;
        }
    }
    return false;
}

/* From the fault's beginning until its signal is read; TIME_NEVER: it is not. */
static int64_t signal_after_ms(const Engine *engine, int32_t slot)
{
    const FaultKind *kind = slot_kind(engine->world, slot);
    const RemedyOptions *options = remedy_options(engine);
    bool reads = engine->world->scenario->policy.remedy->reads_nodes;
    if (kind->planned) {
        return 0;
    }
    if (!has_signal(kind, options->signals) || (slot_is_out(engine->world, slot) && !reads)) {
        return TIME_NEVER;
    }
    return kind->detect_ms > options->detect_ms ? kind->detect_ms : options->detect_ms;
}

/* The same until its nodes are known to be silent. */
static int64_t silence_after_ms(const Engine *engine, int32_t slot)
{
    if (!slot_is_out(engine->world, slot)) {
        return TIME_NEVER;
    }
    return known_silent(engine, slot) ? 0 : remedy_options(engine)->silent_ms;
}

static void notice_set(Engine *engine, int32_t slot, int64_t after_ms)
{
    World *world = engine->world;
    int64_t since_ms = world->health.slots[slot].since_ms;
    if (after_ms < TIME_NEVER - since_ms) {
        event_queue_set(&world->events, EVENT_NOTICE, slot, since_ms + after_ms);
    }
}

void remedy_fault_began(Engine *engine, int32_t slot)
{
    int64_t signal_ms = signal_after_ms(engine, slot);
    int64_t silence_ms = silence_after_ms(engine, slot);
    SlotPlan *plan = &engine->remedy->plans[slot]; /* what was announced is closed already */
    *plan = (SlotPlan){.cordon = plan->cordon, .silent_only = silence_ms < signal_ms};
    notice_set(engine, slot, silence_ms < signal_ms ? silence_ms : signal_ms);
}

/* Faults of hardware that took something out are remembered, those of one burst once: a disk that
 * is throttled now and then makes no lemon. */
static void fault_log(Engine *engine, int32_t slot, int32_t node)
{
    NodeCare *care = &engine->remedy->nodes[node];
    const FaultKind *kind = slot_kind(engine->world, slot);
    int64_t now_ms = engine->world->now_ms;
    engine->world->health.node_faults[node]++;
    bool only_slows = kind->effect == EFFECT_DERATED || kind->effect == EFFECT_DEVICE_SLOW;
    if (kind->class_of == FAULT_CLASS_APPLICATION || kind->planned || only_slows ||
        (care->counted_ms >= 0 && now_ms - care->counted_ms < BURST_MS)) {
        return;
    }
    care->counted_ms = now_ms;
    engine->remedy->log[(size_t)node * REMEDY_BAN_FAULTS_MAX + care->log_next] =
        (LoggedFault){.at_ms = now_ms, .class_of = kind->class_of};
    care->log_next = (uint8_t)((care->log_next + 1) % REMEDY_BAN_FAULTS_MAX);
}

/* Those remembered of a node within the window; class_of < 0: of all classes. */
static int32_t faults_logged(const Engine *engine, int32_t node, int32_t class_of)
{
    int64_t window_ms = remedy_options(engine)->ban_window_ms;
    int32_t count = 0;
    for (int i = 0; i < REMEDY_BAN_FAULTS_MAX; i++) {
        const LoggedFault *logged =
            &engine->remedy->log[(size_t)node * REMEDY_BAN_FAULTS_MAX + (size_t)i];
        count += logged->at_ms >= 0 && engine->world->now_ms - logged->at_ms <= window_ms &&
                 (class_of < 0 || logged->class_of == class_of);
    }
    return count;
}

static void notice_fact(Engine *engine, int32_t slot)
{
    const Fault *fault = &engine->world->health.slots[slot].fault;
    bool here = slot_at_node(engine->world, slot);
    fact_emit(engine, &(Fact){.kind = FACT_FAULT_NOTICED,
                              .job = -1,
                              .task = slot,
                              .node = here ? fault->target : -1,
                              .devices = here ? fault->devices : (uint32_t)fault->target,
                              .value = fault->kind});
}

void remedy_notice(Engine *engine, int32_t slot)
{
    World *world = engine->world;
    ActiveFault *active = &world->health.slots[slot];
    SlotPlan *plan = &engine->remedy->plans[slot];
    if (active->active && active->noticed && plan->silent_only) {
        plan->silent_only = 0;
        remedy_ask(engine, slot, NOTICE_FAULT);
    }
    if (!active->active || active->noticed) {
        return;
    }
    active->noticed = 1;
    active->noticed_ms = world->now_ms;
    event_queue_cancel(&world->events, EVENT_NOTICE, slot);
    if (plan->silent_only) {
        notice_set(engine, slot, signal_after_ms(engine, slot));
    }
    notice_fact(engine, slot);
    fault_stage(engine, slot,
                slot_kind(world, slot)->cure == CURE_TIME ? STAGE_RECORDED : STAGE_DIAGNOSIS);
    NodeRange range = slot_nodes(world, slot);
    for (int32_t node = range.first; node < range.end; node++) {
        if (fault_touches(world, &active->fault, node)) {
            fault_log(engine, slot, node);
            if (slot_is_out(world, slot)) {
                plan->silent = 1;
                node_silent(engine, node, 1);
            }
        }
    }
    remedy_ask(engine, slot, NOTICE_FAULT);
}

/* ---- acting ---- */

/* The first node of a domain stands for all. */
static int32_t slot_first_node(const World *world, int32_t slot)
{
    NodeRange range = slot_nodes(world, slot);
    for (int32_t node = range.first; node < range.end; node++) {
        if (fault_touches(world, &world->health.slots[slot].fault, node)) {
            return node;
        }
    }
    return -1;
}

static RemedyAction policy_asked(Engine *engine, int32_t slot, NoticeKind kind)
{
    const World *world = engine->world;
    int32_t node = slot_first_node(world, slot);
    const FaultKind *fault = slot_kind(world, slot);
    Notice notice = {
        .kind = (int32_t)kind,
        .slot = slot,
        .node = node,
        .devices = world->health.slots[slot].fault.devices,
        .fault = fault,
        .silent_only = engine->remedy->plans[slot].silent_only != 0,
        .score_ppm = node >= 0 ? node_score(engine, node) : GP_PPM,
        .node_faults = node >= 0 ? faults_logged(engine, node, -1) : 0,
        .same_class = node >= 0 ? faults_logged(engine, node, fault->class_of) : 0,
        .timers = engine->remedy->plans[slot].failed_cures,
    };
    return world->scenario->policy.remedy->react(world, &notice);
}

/* Is it closed already, or was it lately? Then another cordon of it is no further node. */
static bool cordon_counts(const Engine *engine, int32_t slot, int32_t node)
{
    const World *world = engine->world;
    const NodeCare *care = &engine->remedy->nodes[node];
    bool lately = care->cordoned_ms >= 0 &&
                  care->cordoned_ms + remedy_options(engine)->breaker_window_ms > world->now_ms;
    return !lately && care->claims == 0 &&
           fault_touches(world, &world->health.slots[slot].fault, node);
}

/* Is the breaker open: has its share of the fleet been cordoned lately? Else what is cordoned now
 * is counted. */
static bool breaker_trips(Engine *engine, int32_t slot)
{
    World *world = engine->world;
    Remedy *remedy = engine->remedy;
    const RemedyOptions *options = remedy_options(engine);
    NodeRange range = slot_nodes(world, slot);
    int32_t nodes = world->fleet.node_count;
    if (options->breaker_ppm == 0) {
        return false;
    }
    while (remedy->cordoned_count > 0 &&
           remedy->cordoned_ms[remedy->cordoned_first] + options->breaker_window_ms <=
               world->now_ms) {
        remedy->cordoned_first = (remedy->cordoned_first + 1) % nodes;
        remedy->cordoned_count--;
    }
    bool trips = remedy->cordoned_count > 0 &&
                 (int64_t)remedy->cordoned_count * GP_PPM >= (int64_t)nodes * options->breaker_ppm;
    for (int32_t node = range.first; node < range.end; node++) {
        if (!cordon_counts(engine, slot, node)) {
            continue;
        }
        if (trips) {
            event_queue_set(&world->events, EVENT_FAULT_TIMER, slot,
                            remedy->cordoned_ms[remedy->cordoned_first] +
                                options->breaker_window_ms);
            return true;
        }
        if (remedy->cordoned_count < nodes) {
            remedy->nodes[node].cordoned_ms = world->now_ms;
            remedy->cordoned_ms[(remedy->cordoned_first + remedy->cordoned_count++) % nodes] =
                world->now_ms;
        }
    }
    return false;
}

static void node_ban(Engine *engine, int32_t node)
{
    NodeCare *care = &engine->remedy->nodes[node];
    if (!care->banned) {
        care->banned = 1;
        service_leave(engine, node);
        node_show(engine, node);
    }
}

/* Does somebody still work on what he should leave? */
static bool somebody_stays(const Engine *engine, int32_t slot, int32_t node)
{
    const World *world = engine->world;
    bool all = engine->remedy->plans[slot].action.evict == WHOM_NODE;
    uint32_t devices = slot_devices(world, slot, node);
    for (TaskId task = world->node_first[node]; task >= 0; task = world->task_next[task]) {
        if ((all || (world->task_devices[task] & devices) != 0) &&
            world->task_state[task] != TASK_STOPPING) {
            return true;
        }
    }
    return false;
}

static void action_nodes(Engine *engine, int32_t slot)
{
    World *world = engine->world;
    const SlotPlan *plan = &engine->remedy->plans[slot];
    NodeRange range = slot_nodes(world, slot);
    bool stays = false;
    for (int32_t node = range.first; node < range.end; node++) {
        if (fault_touches(world, &world->health.slots[slot].fault, node)) {
            node_derate(engine, node);
            if (plan->action.ban) {
                node_ban(engine, node);
            }
            node_evict(engine, slot, node);
            stays = stays || somebody_stays(engine, slot, node);
        }
    }
    if (plan->action.after_ms > 0 && stays) {
        event_queue_set(&world->events, EVENT_FAULT_TIMER, slot,
                        world->now_ms + plan->action.after_ms);
    }
}

void remedy_ask(Engine *engine, int32_t slot, NoticeKind kind)
{
    SlotPlan *plan = &engine->remedy->plans[slot];
    RemedyAction action = policy_asked(engine, slot, kind);
    bool cordons = action.cordon != WHOM_NOBODY && plan->cordon == WHOM_NOBODY;
    plan->postponed = cordons && !action.limited && breaker_trips(engine, slot);
    if (plan->postponed) {
        return;
    }
    plan->action = action;
    plan->acted = 1;
    plan->derated = action.derate;
    claims_take(engine, slot, (ActionWhom)action.cordon);
    action_nodes(engine, slot);
    cure_check(engine, slot);
}

static void node_taken(Engine *engine, int32_t slot, const RemedyAction *action)
{
    SlotPlan *plan = &engine->remedy->plans[slot];
    plan->action = *action;
    plan->acted = 1;
    claims_take(engine, slot, WHOM_NODE);
    node_evict(engine, slot, engine->world->health.slots[slot].fault.target);
}

void remedy_announced(Engine *engine, int32_t slot)
{
    const FaultKind *kind = slot_kind(engine->world, slot);
    RemedyAction leave = {.cordon = WHOM_NODE,
                          .evict = WHOM_NODE,
                          .when = kind->away ? WHEN_NOW : WHEN_ENDED,
                          .grace_ms = kind->notice_ms,
                          .deadline_ms = kind->notice_ms};
    engine->remedy->plans[slot] = (SlotPlan){0};
    node_taken(engine, slot, &leave);
}

void remedy_node_away(Engine *engine, int32_t slot)
{
    static const RemedyAction GONE = {
        .cordon = WHOM_NODE, .evict = WHOM_NODE, .deadline_ms = TIME_NEVER};
    World *world = engine->world;
    ActiveFault *active = &world->health.slots[slot];
    SlotPlan *plan = &engine->remedy->plans[slot];
    *plan = (SlotPlan){.cordon = plan->cordon, .away = 1};
    active->noticed = 1;
    active->noticed_ms = world->now_ms;
    notice_fact(engine, slot);
    engine->remedy->nodes[active->fault.target].away++;
    node_taken(engine, slot, &GONE);
    node_show(engine, active->fault.target);
}

void remedy_timer(Engine *engine, int32_t slot)
{
    SlotPlan *plan = &engine->remedy->plans[slot];
    if (!engine->world->health.slots[slot].active) {
        return;
    }
    if (plan->curing == CURE_STAGES) {
        repair_begin(engine, slot);
    } else if (plan->curing != CURE_TIME) {
        cure_over(engine, slot);
    } else {
        remedy_ask(engine, slot, plan->postponed ? NOTICE_FAULT : NOTICE_TIMER);
    }
}

void remedy_node_left(Engine *engine, int32_t node)
{
    const World *world = engine->world;
    if (remedy_options(engine)->counts_capacity) {
        node_stand_ins(engine, node);
    }
    for (int32_t slot = node_next_slot(world, node, -1); slot >= 0;
         slot = node_next_slot(world, node, slot)) {
        cure_check(engine, slot);
    }
}

/* ---- over ---- */

/* Other faults keep the node out: that is known now, so it does not come back in between. */
static void others_notice(Engine *engine, int32_t node)
{
    const World *world = engine->world;
    for (int32_t slot = node_next_slot(world, node, -1); slot >= 0;
         slot = node_next_slot(world, node, slot)) {
        if (slot_is_out(world, slot)) {
            remedy_notice(engine, slot);
        }
    }
}

/* Dead tasks of what works again go on in their places, or are found dead and leave. */
static void dead_settle(Engine *engine, int32_t node)
{
    const World *world = engine->world;
    const NodeCare *care = &engine->remedy->nodes[node];
    if (!node_works(&world->health, node)) {
        return;
    }
    if (remedy_options(engine)->restarts_in_place && !care->given_up && !care->banned) {
        tasks_revive(engine, node);
        return;
    }
    losses_begin(engine);
    TaskId task = world->node_first[node];
    while (task >= 0) {
        bool leaves = task_is_left_dead(world, task);
        if (leaves) {
            task_stop(engine, task, STOP_NODE_FAILED, EVICT_REQUEUE);
            lost_add(engine, world->jobs->task_job[task]);
        }
        task = leaves ? world->node_first[node] : world->task_next[task];
    }
    losses_settle(engine);
}

static void node_over(Engine *engine, int32_t slot, int32_t node)
{
    const FaultKind *kind = slot_kind(engine->world, slot);
    NodeCare *care = &engine->remedy->nodes[node];
    if (engine->remedy->plans[slot].away) {
        care->away--;
        engine->remedy->plans[slot].away = 0;
    }
    if (engine->remedy->plans[slot].silent) {
        if (!node_works(&engine->world->health, node)) {
            others_notice(engine, node);
        }
        node_silent(engine, node, -1);
        if (remedy_options(engine)->stays_down && kind->cure == CURE_TIME && !kind->planned) {
            care->given_up = 1;
            service_leave(engine, node);
        } else if (kind->cure != CURE_TIME) { /* by whoever mended it */
            care->given_up = 0;
        }
    }
}

void remedy_over(Engine *engine, int32_t slot)
{
    World *world = engine->world;
    SlotPlan *plan = &engine->remedy->plans[slot];
    const Fault *fault = &world->health.slots[slot].fault;
    NodeRange range = slot_nodes(world, slot);
    event_queue_cancel(&world->events, EVENT_NOTICE, slot);
    event_queue_cancel(&world->events, EVENT_FAULT_TIMER, slot);
    cure_stop(engine, slot);
    plan->acted = 0;
    plan->derated = 0;
    for (int32_t node = range.first; node < range.end; node++) {
        if (fault_touches(world, fault, node)) {
            node_over(engine, slot, node);
        }
    }
    claims_drop(engine, slot);
    for (int32_t node = range.first; node < range.end; node++) {
        if (fault_touches(world, fault, node)) {
            node_derate(engine, node);
            dead_settle(engine, node);
            drain_schedule(engine, node);
        }
    }
}
