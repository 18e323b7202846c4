/* hand_fleet.h - a few equal nodes in plain arrays, for micro-scenarios of placement. */
#ifndef TESTS_HAND_FLEET_H
#define TESTS_HAND_FLEET_H

#include <string.h>

#include "core/packing/gpupack.h"

#define HAND_NODES 4
#define HAND_NODE_DEVICES 8

typedef struct HandFleet {
    GpFleet fleet;
    GpNodeType type;
    GpConstants constants;
    int32_t node_type[HAND_NODES];
    int32_t node_rank[HAND_NODES];
    int32_t device_begin[HAND_NODES + 1];
    uint8_t present[HAND_NODES];
    int64_t free[HAND_NODES][GP_AXES];
    int32_t milli[HAND_NODES * HAND_NODE_DEVICES];
    int32_t mib[HAND_NODES * HAND_NODE_DEVICES];
    uint16_t tasks[HAND_NODES * HAND_NODE_DEVICES];
    uint8_t health[HAND_NODES * HAND_NODE_DEVICES];
    uint8_t mig[HAND_NODES * HAND_NODE_DEVICES];
} HandFleet;

/* Empty nodes with MIG cards of eight slices, HAMi's split count, and lanes of CPU and host memory.
 */
static inline GpStatus hand_fleet(HandFleet *hand, int32_t nodes, int32_t devices,
                                  int32_t device_mib, int64_t cpu_milli, int64_t memory_mib)
{
    memset(hand, 0, sizeof *hand);
    hand->type.size = sizeof hand->type;
    hand->type.device_count = devices;
    hand->type.device_memory_mib = device_mib;
    hand->type.device_split = 10;
    hand->type.mig_geometry = GP_MIG_GEOMETRY_SEVEN;
    hand->type.capacity[GP_AXIS_GPU] = (int64_t)devices * GP_DEVICE_MILLI;
    hand->type.capacity[GP_AXIS_GPU_MEMORY] = (int64_t)devices * device_mib;
    hand->type.capacity[GP_AXIS_CPU] = cpu_milli;
    hand->type.capacity[GP_AXIS_MEMORY] = memory_mib;
    for (int32_t node = 0; node <= nodes; node++) {
        hand->device_begin[node] = node * devices;
    }
    for (int32_t node = 0; node < nodes; node++) {
        hand->node_rank[node] = node;
    }
    hand->fleet.size = sizeof hand->fleet;
    hand->fleet.node_count = nodes;
    hand->fleet.type_count = 1;
    hand->fleet.types = &hand->type;
    hand->fleet.node_type = hand->node_type;
    hand->fleet.node_rank = hand->node_rank;
    hand->fleet.device_begin = hand->device_begin;
    hand->fleet.node_present = hand->present;
    hand->fleet.node_free = hand->free;
    hand->fleet.device_free_milli = hand->milli;
    hand->fleet.device_free_mib = hand->mib;
    hand->fleet.device_tasks = hand->tasks;
    hand->fleet.device_health = hand->health;
    hand->fleet.device_mig = hand->mig;
    gp_constants_init(&hand->constants);
    GpStatus status = gp_fleet_reset(&hand->fleet);
    return status == GP_OK ? gp_constants_finish(&hand->constants, &hand->fleet) : status;
}

/* One task of a shape goes where the policy says. Returns its node, or -1. */
static inline int32_t hand_place(HandFleet *hand, const GpPolicy *policy, const GpShape *shape,
                                 GpPlacement *placement)
{
    GpDraw draw = {0, 0};
    placement->size = sizeof *placement;
    GpStatus status = gp_scan_pick(&hand->fleet, policy, &hand->constants, shape, &draw, placement);
    if (status != GP_OK) {
        return -1;
    }
    gp_place(&hand->fleet, shape, placement);
    return placement->node;
}

/* A finished shape. */
static inline GpShape hand_shape(int32_t devices, int32_t milli, int32_t device_mib,
                                 int32_t profile, int64_t cpu_milli, int64_t memory_mib)
{
    GpShape shape;
    memset(&shape, 0, sizeof shape);
    shape.size = sizeof shape;
    shape.kind = -1;
    shape.device_count = devices;
    shape.device_milli = milli;
    shape.device_memory_mib = device_mib;
    shape.mig_profile = profile;
    shape.request[GP_AXIS_CPU] = cpu_milli;
    shape.request[GP_AXIS_MEMORY] = memory_mib;
    gp_shape_finish(&shape);
    return shape;
}

#endif
