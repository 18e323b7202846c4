/* holds.c - nominees' requests on the columns of their nodes, for as long as a place is sought. */
#include "sim/engine/holds.h"

/* Tasks whose places are not known are counted on the victims' nodes in turn. */
void holds_add(Engine *engine, const Nominee *nominee)
{
    const World *world = engine->world;
    int32_t tasks =
        nominee->place_count > 0 ? nominee->place_count : world_together(world, nominee->job);
    for (int32_t i = 0; i < engine->hold_count; i++) {
        if (engine->holds[i].job == nominee->job) {
            return;
        }
    }
    for (int32_t i = 0; nominee->node_count > 0 && i < tasks; i++) {
        engine->holds[engine->hold_count++] =
            (Hold){.node = nominee->nodes[i % nominee->node_count], .job = nominee->job};
    }
}

void holds_end(Engine *engine)
{
    if (engine->hold_count > 0) { /* what failed beside them may fit without */
        engine->world->room_count++;
    }
    engine->hold_count = 0;
}

static void node_touch(World *world, int32_t node)
{
    if (world->index != NULL) {
        gp_index_touch(world->index, node);
    }
}

static void node_close(World *world, Hold *hold)
{
    hold->closed = world->fleet.node_present[hold->node] != 0; /* once, of many on the node */
    if (hold->closed) {
        world->fleet.node_present[hold->node] = 0;
        node_touch(world, hold->node);
    }
}

static void node_open(World *world, Hold *hold)
{
    if (hold->closed) {
        world->fleet.node_present[hold->node] = 1;
        node_touch(world, hold->node);
        hold->closed = false;
    }
}

static bool wants_parts(const GpShape *shape)
{
    return shape->device_count > 0 &&
           (shape->device_milli < GP_DEVICE_MILLI || shape->mig_profile != GP_MIG_PROFILE_NONE);
}

/* As many of the devices that it asks for as are idle: the others are the victims' still. */
static GpPlacement idle_devices(const GpFleet *fleet, int32_t node, const GpShape *shape)
{
    GpPlacement placement = {.size = sizeof(GpPlacement), .node = node, .mig_start = -1};
    int32_t missing = shape->device_count;
    int32_t begin = fleet->device_begin[node];
    for (int32_t device = begin; device < fleet->device_begin[node + 1] && missing > 0; device++) {
        if (fleet->device_health[device] != 0 && fleet->device_tasks[device] == 0 &&
            fleet->device_mig[device] == 0) {
            placement.device_mask |= UINT32_C(1) << (device - begin);
            missing--;
        }
    }
    return placement;
}

void holds_take(Engine *engine)
{
    World *world = engine->world;
    for (int32_t i = 0; i < engine->hold_count; i++) {
        Hold *hold = &engine->holds[i];
        const GpShape *shape = job_request(world->jobs, hold->job);
        if (wants_parts(shape)) {
            node_close(world, hold);
        } else {
            hold->placement = idle_devices(&world->fleet, hold->node, shape);
            gp_place(&world->fleet, shape, &hold->placement);
            node_touch(world, hold->node);
        }
    }
}

void holds_give(Engine *engine)
{
    World *world = engine->world;
    for (int32_t i = engine->hold_count - 1; i >= 0; i--) {
        Hold *hold = &engine->holds[i];
        const GpShape *shape = job_request(world->jobs, hold->job);
        if (wants_parts(shape)) {
            node_open(world, hold);
        } else {
            gp_release(&world->fleet, shape, &hold->placement);
            node_touch(world, hold->node);
        }
    }
}

void holds_close(Engine *engine)
{
    for (int32_t i = 0; i < engine->hold_count; i++) {
        node_close(engine->world, &engine->holds[i]);
    }
}

void holds_open(Engine *engine)
{
    for (int32_t i = 0; i < engine->hold_count; i++) {
        node_open(engine->world, &engine->holds[i]);
    }
}
