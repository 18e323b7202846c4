/* spares.c - nodes held back from the start: one goes into service when another leaves it, and who
 * comes back when all places are taken is a spare from then on. */
#include "sim/engine/remedy_state.h"

static int32_t share_of(int32_t nodes, int32_t ppm)
{
    return (int32_t)((int64_t)nodes * ppm / GP_PPM);
}

/* The last ones of the fleet, or of each type. */
void spares_hold(Engine *engine)
{
    const World *world = engine->world;
    Remedy *remedy = engine->remedy;
    const RemedyOptions *options = remedy_options(engine);
    int32_t left = options->spares;
    for (int32_t node = 0; node < world->fleet.node_count; node++) {
        remedy->type_serving[world->fleet.node_type[node]]++;
    }
    for (int32_t type = 0; type < world->fleet.type_count; type++) {
        int32_t nodes = remedy->type_serving[type];
        remedy->type_target[type] = nodes - share_of(nodes, options->spares_ppm);
    }
    for (int32_t node = world->fleet.node_count - 1; node >= 0; node--) {
        int32_t type = world->fleet.node_type[node];
        NodeCare *care = &remedy->nodes[node];
        bool counted = left > 0;
        care->serves = !counted && remedy->type_serving[type] <= remedy->type_target[type];
        if (!care->serves) {
            left -= counted;
            remedy->type_target[type] -= counted;
            remedy->type_serving[type]--;
            care->reserve = RESERVE_HELD;
            node_show(engine, node);
        }
    }
}

/* The first spare of the type that nothing is known against. */
static int32_t spare_find(const Engine *engine, int32_t type)
{
    const World *world = engine->world;
    for (int32_t node = 0; world->health.spare_count > 0 && node < world->fleet.node_count;
         node++) {
        if (world->fleet.node_type[node] == type && world->health.node_mode[node] == NODE_SPARE &&
            engine->remedy->nodes[node].reserve == RESERVE_HELD) {
            return node;
        }
    }
    return -1;
}

void service_leave(Engine *engine, int32_t node)
{
    World *world = engine->world;
    Remedy *remedy = engine->remedy;
    int32_t type = world->fleet.node_type[node];
    NodeCare *care = &remedy->nodes[node];
    if (!care->serves) {
        return;
    }
    care->serves = 0;
    remedy->type_serving[type]--;
    if (care->reserve == RESERVE_STARTING) {
        care->reserve = RESERVE_HELD;
        event_queue_cancel(&world->events, EVENT_SPARE, node);
    }
    node_show(engine, node);
    int32_t spare =
        remedy->type_serving[type] < remedy->type_target[type] ? spare_find(engine, type) : -1;
    if (spare >= 0) {
        remedy->nodes[spare].reserve = RESERVE_STARTING;
        remedy->nodes[spare].serves = 1;
        remedy->type_serving[type]++;
        event_queue_set(&world->events, EVENT_SPARE, spare,
                        world->now_ms + remedy_options(engine)->spare_start_ms);
    }
}

void service_return(Engine *engine, int32_t node)
{
    Remedy *remedy = engine->remedy;
    int32_t type = engine->world->fleet.node_type[node];
    NodeCare *care = &remedy->nodes[node];
    if (care->banned || care->given_up || care->claims > 0 || care->serves) {
        return;
    }
    bool wanted = remedy->type_serving[type] < remedy->type_target[type];
    care->reserve = wanted ? RESERVE_NONE : RESERVE_HELD;
    care->serves = wanted;
    remedy->type_serving[type] += wanted;
}

void remedy_spare(Engine *engine, int32_t node)
{
    NodeCare *care = &engine->remedy->nodes[node];
    if (care->reserve == RESERVE_STARTING) {
        care->reserve = RESERVE_NONE;
        node_show(engine, node);
    }
}
