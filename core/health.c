/* health.c - columns of what is broken and of what is known. */
#include "core/health.h"

#include "core/world.h"

static void columns_new(Health *health, Arena *arena, const Cluster *cluster)
{
    size_t nodes = (size_t)cluster->node_count;
    size_t devices = (size_t)cluster->device_begin[cluster->node_count];
    health->slots = ARENA_ARRAY(arena, ActiveFault, health->slot_count);
    health->node_slot = ARENA_ARRAY(arena, int32_t, nodes);
    health->domain_slot = ARENA_ARRAY(arena, int32_t, 1);
    health->node_out = ARENA_ARRAY(arena, uint16_t, nodes);
    health->device_out = ARENA_ARRAY(arena, uint16_t, devices);
    health->device_speed_ppm = ARENA_ARRAY(arena, int32_t, devices);
    health->lane_ppm = arena_alloc(arena, nodes, sizeof(int32_t[GP_AXES]));
    health->pool_ppm = ARENA_ARRAY(arena, int32_t, cluster->pool_count);
    health->node_mode = ARENA_ARRAY(arena, uint8_t, nodes);
    health->device_closed = ARENA_ARRAY(arena, uint8_t, devices);
    health->node_faults = ARENA_ARRAY(arena, int32_t, nodes);
}

static void all_is_well(Health *health, const Cluster *cluster)
{
    for (int32_t node = 0; node < cluster->node_count; node++) {
        health->node_slot[node] = -1;
        for (int axis = 0; axis < GP_AXES; axis++) {
            health->lane_ppm[node][axis] = GP_PPM;
            if (health->known_ppm != NULL) {
                health->known_ppm[node][axis] = GP_PPM;
            }
        }
    }
    health->domain_slot[0] = -1;
    for (int32_t device = 0; device < cluster->device_begin[cluster->node_count]; device++) {
        health->device_speed_ppm[device] = GP_PPM;
    }
    for (int32_t pool = 0; pool < cluster->pool_count; pool++) {
        health->pool_ppm[pool] = GP_PPM;
    }
}

bool health_init(Health *health, Arena *arena, const Cluster *cluster, const FaultKind *kinds,
                 int32_t kind_count, int32_t slot_count, bool any, bool derates)
{
    *health = (Health){.kinds = kinds, .kind_count = kind_count, .slot_count = slot_count};
    if (!any) {
        return true;
    }
    health->any = true;
    columns_new(health, arena, cluster);
    if (derates) {
        health->known_ppm =
            arena_alloc(arena, (size_t)cluster->node_count, sizeof(int32_t[GP_AXES]));
    }
    if (arena->failed) {
        return false;
    }
    all_is_well(health, cluster);
    return true;
}

bool fault_touches(const World *world, const Fault *fault, int32_t node)
{
    const Cluster *cluster = &world->scenario->cluster;
    const FaultKind *kind = &world->health.kinds[fault->kind];
    switch ((FaultScope)kind->scope) {
    case SCOPE_RACK:
        return cluster->node_rack[node] == fault->target;
    case SCOPE_ZONE:
        return cluster->node_zone[node] == fault->target;
    case SCOPE_NEIGHBOURS:
        return node >= fault->target && node - fault->target < kind->domain_nodes;
    case SCOPE_DEVICE:
    case SCOPE_NODE:
        return node == fault->target;
    case SCOPE_JOB:
    case SCOPE_POOL:
        break;
    }
    return false;
}

static bool takes_out(const World *world, const ActiveFault *active, int32_t node, int32_t device)
{
    FaultEffect effect = (FaultEffect)world->health.kinds[active->fault.kind].effect;
    if (active->announced) {
        return false;
    }
    if (effect == EFFECT_NODE_OUT || effect == EFFECT_DOMAIN_OUT) {
        return fault_touches(world, &active->fault, node);
    }
    bool hit =
        active->fault.devices == 0 || (device >= 0 && (active->fault.devices >> device & 1) != 0);
    return effect == EFFECT_GPU_OUT && device >= 0 && hit;
}

int32_t health_cause(const World *world, int32_t node, int32_t device)
{
    const Health *health = &world->health;
    int32_t lists[] = {health->node_slot[node], health->domain_slot[0]};
    for (int i = 0; i < 2; i++) {
        for (int32_t slot = lists[i]; slot >= 0; slot = health->slots[slot].next) {
            if (takes_out(world, &health->slots[slot], node, device)) {
                return slot;
            }
        }
    }
    return -1;
}
