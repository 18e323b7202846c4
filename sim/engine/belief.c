/* belief.c - what the scheduler is told: nodes and devices that are closed, lanes that are derated,
 * devices that stand in for others. Truth is elsewhere (faults.c). */
#include "sim/engine/apply.h"
#include "sim/engine/remedy_state.h"

/* ---- nodes ---- */

static NodeMode mode_of(const NodeCare *care)
{
    if (care->away > 0) {
        return NODE_AWAY;
    }
    if (care->banned) {
        return NODE_BANNED;
    }
    if (care->silent > 0 || care->curing > 0 || care->given_up) {
        return NODE_DOWN;
    }
    if (care->claims > 0) {
        return NODE_CORDONED;
    }
    return care->reserve != RESERVE_NONE ? NODE_SPARE : NODE_IN_SERVICE;
}

static void node_changed(Engine *engine, int32_t node, bool gains)
{
    World *world = engine->world;
    world->change_count++;
    world->room_count += gains;
    if (world->index != NULL) {
        gp_index_touch(world->index, node);
    }
    if (engine->plan != NULL) {
        plan_node_changed(engine->plan, world, node);
    }
}

static void node_fact(Engine *engine, int32_t node)
{
    fact_emit(engine, &(Fact){.kind = FACT_NODE_STATE,
                              .job = -1,
                              .task = -1,
                              .node = node,
                              .value = engine->world->health.node_mode[node]});
}

/* Whoever was to have the node when its victims are gone looks for another. */
static void nominees_forget(World *world, int32_t node)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < world->nominee_count; i++) {
        Nominee nominee = world->nominees[i];
        bool names_it = false;
        for (int32_t k = 0; k < nominee.node_count; k++) {
            names_it = names_it || nominee.nodes[k] == node;
        }
        if (!names_it) {
            Nominee spare = world->nominees[kept];
            world->nominees[kept++] = nominee;
            world->nominees[i] = spare; /* rows keep their memory */
        }
    }
    world->nominee_count = kept;
}

/* What is known to be dead, is held back or is not there is nobody's share. Nodes that drain still
 * are. */
static bool is_shared_out(NodeMode mode)
{
    return mode != NODE_DOWN && mode != NODE_SPARE && mode != NODE_AWAY;
}

static void capacity_change(World *world, int32_t node, int sign)
{
    const int64_t *capacity = world->fleet.types[world->fleet.node_type[node]].capacity;
    for (int axis = 0; axis < GP_AXES; axis++) {
        world->capacity[axis] += sign * capacity[axis];
    }
    world->demand_count++;
}

void node_show(Engine *engine, int32_t node)
{
    World *world = engine->world;
    Health *health = &world->health;
    NodeMode was = (NodeMode)health->node_mode[node];
    NodeMode mode = mode_of(&engine->remedy->nodes[node]);
    if (mode == was) {
        return;
    }
    health->spare_count += (mode == NODE_SPARE) - (was == NODE_SPARE);
    health->node_mode[node] = (uint8_t)mode;
    if (is_shared_out(mode) != is_shared_out(was)) {
        capacity_change(world, node, is_shared_out(mode) ? 1 : -1);
    }
    bool open = mode == NODE_IN_SERVICE;
    if (open || was == NODE_IN_SERVICE) {
        world->fleet.node_present[node] = open;
        if (!open) {
            nominees_forget(world, node);
        }
        node_changed(engine, node, open);
    }
    node_fact(engine, node);
}

/* ---- devices ---- */

/* A device that is out counts for nothing in the sums of its node. */
static void device_show(Engine *engine, int32_t node, int32_t device)
{
    World *world = engine->world;
    const Remedy *remedy = engine->remedy;
    bool open = remedy->device_claims[device] == 0 && !remedy->device_stands[device];
    int sign = open ? 1 : -1;
    if (open == (world->fleet.device_health[device] != 0)) {
        return;
    }
    world->fleet.device_health[device] = open;
    world->health.device_closed[device] = !open;
    world->fleet.node_free[node][GP_AXIS_GPU] += sign * world->fleet.device_free_milli[device];
    world->fleet.node_free[node][GP_AXIS_GPU_MEMORY] +=
        sign * (int64_t)world->fleet.device_free_mib[device];
    node_changed(engine, node, open);
    node_fact(engine, node);
}

void node_stand_ins(Engine *engine, int32_t node)
{
    const World *world = engine->world;
    const GpFleet *fleet = &world->fleet;
    Remedy *remedy = engine->remedy;
    int32_t hidden = 0;
    for (int32_t device = fleet->device_begin[node]; device < fleet->device_begin[node + 1];
         device++) {
        hidden += remedy->device_claims[device] > 0 && fleet->device_tasks[device] > 0;
    }
    for (int32_t device = fleet->device_begin[node + 1] - 1; device >= fleet->device_begin[node];
         device--) {
        bool idle = remedy->device_claims[device] == 0 && fleet->device_tasks[device] == 0;
        bool stands = idle && hidden > 0;
        hidden -= stands;
        if (remedy->device_stands[device] != stands) {
            remedy->device_stands[device] = stands;
            device_show(engine, node, device);
        }
    }
}

static void devices_claim(Engine *engine, int32_t node, uint32_t devices, int sign)
{
    Remedy *remedy = engine->remedy;
    for (uint32_t rest = devices; rest != 0; rest &= rest - 1) {
        int32_t device = engine->world->fleet.device_begin[node] + __builtin_ctz(rest);
        remedy->device_claims[device] = (uint16_t)(remedy->device_claims[device] + sign);
        device_show(engine, node, device);
    }
    if (remedy_options(engine)->counts_capacity) {
        node_stand_ins(engine, node);
    }
}

/* ---- claims ---- */

static void claims_change(Engine *engine, int32_t slot, int sign)
{
    const World *world = engine->world;
    Remedy *remedy = engine->remedy;
    NodeRange range = slot_nodes(world, slot);
    ActionWhom whom = (ActionWhom)remedy->plans[slot].cordon;
    for (int32_t node = range.first; node < range.end; node++) {
        if (!fault_touches(world, &world->health.slots[slot].fault, node)) {
            continue;
        }
        if (whom == WHOM_DEVICES) {
            devices_claim(engine, node, slot_devices(world, slot, node), sign);
        } else if (whom == WHOM_NODE) {
            NodeCare *care = &remedy->nodes[node];
            care->claims += sign;
            if (sign > 0 && care->claims == 1) {
                service_leave(engine, node);
            } else if (care->claims == 0) {
                service_return(engine, node);
            }
            node_show(engine, node);
        }
    }
}

void claims_take(Engine *engine, int32_t slot, ActionWhom whom)
{
    SlotPlan *plan = &engine->remedy->plans[slot];
    if (plan->cordon == whom) {
        return;
    }
    uint8_t was = plan->cordon;
    plan->cordon = (uint8_t)whom; /* the new ones first, so that nothing opens in between */
    claims_change(engine, slot, 1);
    plan->cordon = was;
    claims_change(engine, slot, -1);
    plan->cordon = (uint8_t)whom;
}

void claims_drop(Engine *engine, int32_t slot)
{
    claims_take(engine, slot, WHOM_NOBODY);
}

/* ---- lanes ---- */

/* Lanes that belong to devices are told of device by device. */
static bool lane_derates(int axis)
{
    return axis != GP_AXIS_GPU && axis != GP_AXIS_GPU_MEMORY && axis < GP_AXIS_COUNT;
}

static int64_t lane_lost(int64_t nominal, int32_t ppm)
{
    return nominal - nominal / GP_PPM * ppm - nominal % GP_PPM * ppm / GP_PPM;
}

void node_derate(Engine *engine, int32_t node)
{
    World *world = engine->world;
    Health *health = &world->health;
    const Remedy *remedy = engine->remedy;
    int32_t known[GP_AXES];
    bool changed = false;
    bool gains = false;
    if (health->known_ppm == NULL) {
        return;
    }
    for (int axis = 0; axis < GP_AXES; axis++) {
        known[axis] = GP_PPM;
    }
    for (int32_t slot = node_next_slot(world, node, -1); slot >= 0;
         slot = node_next_slot(world, node, slot)) {
        for (int axis = 0; remedy->plans[slot].derated && axis < GP_AXES; axis++) {
            known[axis] =
                (int32_t)((int64_t)known[axis] * slot_kind(world, slot)->keep_ppm[axis] / GP_PPM);
        }
    }
    for (int axis = 0; axis < GP_AXES; axis++) {
        int32_t was = health->known_ppm[node][axis];
        int64_t nominal = world->fleet.types[world->fleet.node_type[node]].capacity[axis];
        if (lane_derates(axis) && known[axis] != was) {
            world->fleet.node_free[node][axis] +=
                lane_lost(nominal, was) - lane_lost(nominal, known[axis]);
            gains = gains || known[axis] > was;
            changed = true;
            health->known_ppm[node][axis] = known[axis];
        }
    }
    if (changed) {
        node_changed(engine, node, gains);
        node_fact(engine, node);
    }
}

/* ---- score ---- */

int32_t node_score(const Engine *engine, int32_t node)
{
    const World *world = engine->world;
    const Health *health = &world->health;
    bool all = remedy_options(engine)->signals == SIGNALS_ALL;
    int32_t lanes[GP_AXES];
    int32_t speeds[GP_DEVICES_MAX];
    int32_t score = GP_PPM;
    for (int axis = 0; axis < GP_AXES; axis++) {
        lanes[axis] = GP_PPM;
    }
    for (int device = 0; device < GP_DEVICES_MAX; device++) {
        speeds[device] = GP_PPM;
    }
    for (int32_t slot = node_next_slot(world, node, -1); slot >= 0;
         slot = node_next_slot(world, node, slot)) {
        const FaultKind *kind = slot_kind(world, slot);
        if (!health->slots[slot].noticed) {
            continue;
        }
        if (slot_is_out(world, slot) || kind->effect == EFFECT_GPU_OUT) {
            return 0;
        }
        for (int axis = 0; all && kind->effect == EFFECT_DERATED && axis < GP_AXES; axis++) {
            lanes[axis] = (int32_t)((int64_t)lanes[axis] * kind->keep_ppm[axis] / GP_PPM);
            score = lanes[axis] < score ? lanes[axis] : score;
        }
        uint32_t slow = kind->effect == EFFECT_DEVICE_SLOW ? slot_devices(world, slot, node) : 0;
        for (; slow != 0; slow &= slow - 1) {
            int32_t *speed = &speeds[__builtin_ctz(slow)];
            *speed = (int32_t)((int64_t)*speed * kind->speed_ppm / GP_PPM);
            score = *speed < score ? *speed : score;
        }
    }
    return score;
}
