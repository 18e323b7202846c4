/* node_state.c - the truth first, then what is done with the node. */
#include "sim/experiment/node_state.h"

#include "core/ledger.h"

const char *node_state_name(int state)
{
    static const char *const NAMES[NODE_STATE_COUNT] = {"up",    "down",   "cordoned", "draining",
                                                        "spare", "banned", "degraded", "absent"};
    return state >= 0 && state < NODE_STATE_COUNT ? NAMES[state] : "";
}

const char *down_stage_name(int stage)
{
    return account_sub_name(ACCOUNT_DOWN, stage);
}

static NodeStanding standing_of_slot(const World *world, NodeState state, int32_t slot, bool out)
{
    const ActiveFault *active = &world->health.slots[slot >= 0 ? slot : 0];
    return slot < 0 ? (NodeStanding){.state = (uint8_t)state, .kind = -1}
                    : (NodeStanding){.state = (uint8_t)state,
                                     .stage = (uint8_t)(out ? 1 + active->stage : 0),
                                     .kind = active->fault.kind};
}

/* The first active fault of a node that is up that takes something from it; -1: none. */
static int32_t first_fault(const World *world, int32_t node, bool *out)
{
    const Health *health = &world->health;
    int32_t lists[] = {health->node_slot[node], health->domain_slot[0]};
    for (int i = 0; i < 2; i++) {
        for (int32_t slot = lists[i]; slot >= 0; slot = health->slots[slot].next) {
            const Fault *fault = &health->slots[slot].fault;
            int effect = health->kinds[fault->kind].effect;
            if (effect != EFFECT_JOB_DIES && fault_touches(world, fault, node)) {
                *out = effect == EFFECT_GPU_OUT;
                return slot;
            }
        }
    }
    return -1;
}

static NodeStanding standing_up(const World *world, int32_t node)
{
    bool out = false;
    int32_t slot = first_fault(world, node, &out);
    return slot >= 0 ? standing_of_slot(world, NODE_STATE_DEGRADED, slot, out)
                     : (NodeStanding){.state = NODE_STATE_UP, .kind = -1};
}

NodeStanding node_standing(const World *world, int32_t node)
{
    const Health *health = &world->health;
    bool present = world->fleet.node_present[node] != 0;
    if (!health->any) {
        return (NodeStanding){.state = present ? NODE_STATE_UP : NODE_STATE_ABSENT, .kind = -1};
    }
    if (health->node_mode[node] == NODE_AWAY) {
        return standing_of_slot(world, NODE_STATE_ABSENT, health_cause(world, node, -1), false);
    }
    if (health->node_out[node] > 0) {
        return standing_of_slot(world, NODE_STATE_DOWN, health_cause(world, node, -1), true);
    }
    bool out = false;
    int32_t slot = first_fault(world, node, &out);
    bool busy = world->node_first[node] >= 0;
    switch ((NodeMode)health->node_mode[node]) {
    case NODE_DOWN:
        return standing_of_slot(world, NODE_STATE_DOWN, slot, out);
    case NODE_SPARE:
        return standing_of_slot(world, NODE_STATE_SPARE, slot, out);
    case NODE_BANNED:
        return standing_of_slot(world, NODE_STATE_BANNED, slot, out);
    case NODE_CORDONED:
        return standing_of_slot(world, busy ? NODE_STATE_DRAINING : NODE_STATE_CORDONED, slot, out);
    case NODE_AWAY:
    case NODE_IN_SERVICE:
        break;
    }
    return present ? standing_up(world, node)
                   : (NodeStanding){.state = NODE_STATE_ABSENT, .kind = -1};
}
