/* cure.c - resets and reboots, once nothing runs there any more; what does not help is followed by
 * something stronger, at last by a repair (repair.c). */
#include "sim/engine/faults.h"
#include "sim/engine/remedy_state.h"

/* Do processes run on these devices? Dead tasks hold them and do nothing. */
static bool is_quiet(const World *world, int32_t node, uint32_t devices, bool all)
{
    for (TaskId task = world->node_first[node]; task >= 0; task = world->task_next[task]) {
        if (world->task_state[task] != TASK_DEAD &&
            (all || (world->task_devices[task] & devices) != 0)) {
            return false;
        }
    }
    return true;
}

/* A reset needs its devices alone, all else the node as far as it was closed. Nothing begins on a
 * node that reboots. */
static bool all_quiet(const Engine *engine, int32_t slot, FaultCure cure)
{
    const World *world = engine->world;
    const Fault *fault = &world->health.slots[slot].fault;
    NodeRange range = slot_nodes(world, slot);
    bool all = cure == CURE_REBOOT || slot_is_out(world, slot) ||
               (cure == CURE_STAGES && engine->remedy->plans[slot].cordon == WHOM_NODE);
    for (int32_t node = range.first; node < range.end; node++) {
        if (!fault_touches(world, fault, node)) {
            continue;
        }
        if (engine->remedy->nodes[node].curing > 0 ||
            !is_quiet(world, node, slot_devices(world, slot, node), all)) {
            return false;
        }
    }
    return true;
}

/* A reboot takes the nodes out of service while it lasts, known to be so. */
static void reboot_show(Engine *engine, int32_t slot, int32_t by)
{
    const World *world = engine->world;
    NodeRange range = slot_nodes(world, slot);
    for (int32_t node = range.first; node < range.end; node++) {
        if (fault_touches(world, &world->health.slots[slot].fault, node)) {
            engine->remedy->nodes[node].curing += by;
            node_show(engine, node);
        }
    }
}

/* What nobody can repair in stages is helped by a reboot, if by anything. */
static FaultCure cure_for(const World *world, int32_t slot, const RemedyAction *action)
{
    FaultCure needed = (FaultCure)slot_kind(world, slot)->cure;
    FaultCure cure = (FaultCure)action->cure;
    return cure == CURE_STAGES && needed != CURE_STAGES ? CURE_REBOOT : cure;
}

void cure_check(Engine *engine, int32_t slot)
{
    World *world = engine->world;
    SlotPlan *plan = &engine->remedy->plans[slot];
    ActiveFault *active = &world->health.slots[slot];
    const RemedyOptions *options = remedy_options(engine);
    FaultCure cure = cure_for(world, slot, &plan->action);
    if (!active->active || !plan->acted || plan->curing != CURE_TIME || cure == CURE_TIME ||
        slot_kind(world, slot)->cure == CURE_TIME || !all_quiet(engine, slot, cure)) {
        return;
    }
    if (active->stage == STAGE_UNDETECTED) {
        fault_stage(engine, slot, STAGE_DIAGNOSIS);
    }
    active->attempt = (uint8_t)(cure + 1);
    plan->curing = (uint8_t)cure;
    if (cure == CURE_REBOOT) {
        reboot_show(engine, slot, 1);
    }
    int64_t takes_ms = cure == CURE_RESET    ? options->reset_ms
                       : cure == CURE_REBOOT ? options->reboot_ms
                                             : 0; /* its stages begin in this instant */
    event_queue_set(&world->events, EVENT_FAULT_TIMER, slot, world->now_ms + takes_ms);
}

void cure_stop(Engine *engine, int32_t slot)
{
    SlotPlan *plan = &engine->remedy->plans[slot];
    if (plan->curing == CURE_REBOOT) {
        reboot_show(engine, slot, -1);
    }
    plan->curing = CURE_TIME;
}

/* A reboot mends all that a reboot can, and that was there when it began. */
static void others_mend(Engine *engine, int32_t node, int64_t began_ms)
{
    const World *world = engine->world;
    int32_t slot = world->health.node_slot[node];
    while (slot >= 0) {
        const ActiveFault *active = &world->health.slots[slot];
        int32_t next = active->next;
        uint8_t needed = slot_kind(world, slot)->cure;
        if ((needed == CURE_RESET || needed == CURE_REBOOT) && active->since_ms <= began_ms) {
            fault_over(engine, slot);
        }
        slot = next;
    }
}

void cure_over(Engine *engine, int32_t slot)
{
    World *world = engine->world;
    FaultCure cure = (FaultCure)engine->remedy->plans[slot].curing;
    bool here = slot_at_node(world, slot);
    int32_t node = world->health.slots[slot].fault.target;
    int64_t began_ms = world->now_ms - remedy_options(engine)->reboot_ms;
    bool helps = cure >= (FaultCure)slot_kind(world, slot)->cure;
    cure_stop(engine, slot);
    if (cure == CURE_REBOOT && here) {
        others_mend(engine, node, began_ms);
    }
    if (helps) {
        fault_over(engine, slot);
    } else {
        engine->remedy->plans[slot].failed_cures++;
        remedy_ask(engine, slot, NOTICE_TIMER);
    }
    if (cure == CURE_REBOOT && here) { /* what came meanwhile has its turn now */
        remedy_node_left(engine, node);
    }
}
