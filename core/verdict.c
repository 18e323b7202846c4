/* verdict.c - one judgement of a waiting shape: it fits, it is fragmented, or something is short.
 */
#include "core/verdict.h"

#include <assert.h>
#include <stdbool.h>

#include "core/cluster.h"

static const char *const DIMENSION_NAMES[GP_DIMENSION_COUNT] = {
    [GP_DIMENSION_GPU] = "gpu",
    [GP_DIMENSION_MIG] = "mig",
    [GP_DIMENSION_GPU_MEMORY] = "gpu_memory",
    [GP_DIMENSION_CPU] = "cpu",
    [GP_DIMENSION_MEMORY] = "memory",
    [GP_DIMENSION_STORAGE_BANDWIDTH] = "storage_bandwidth",
    [GP_DIMENSION_IO_CPU] = "io_cpu",
    [GP_DIMENSION_NETWORK] = "network",
    [GP_DIMENSION_GPU_MODEL] = "gpu_model",
    [GP_DIMENSION_TOPOLOGY] = "topology",
};

static const GpDimension AXIS_DIMENSION[GP_AXIS_COUNT] = {
    [GP_AXIS_GPU] = GP_DIMENSION_GPU,
    [GP_AXIS_GPU_MEMORY] = GP_DIMENSION_GPU_MEMORY,
    [GP_AXIS_CPU] = GP_DIMENSION_CPU,
    [GP_AXIS_MEMORY] = GP_DIMENSION_MEMORY,
    [GP_AXIS_STORAGE_BANDWIDTH] = GP_DIMENSION_STORAGE_BANDWIDTH,
    [GP_AXIS_IO_CPU] = GP_DIMENSION_IO_CPU,
    [GP_AXIS_NETWORK] = GP_DIMENSION_NETWORK,
};

const char *dimension_name(GpDimension dimension)
{
    return dimension >= 0 && dimension < GP_DIMENSION_COUNT ? DIMENSION_NAMES[dimension] : "none";
}

/* ---- sums ---- */

static bool model_allowed(const GpNodeType *type, const GpShape *shape)
{
    return shape->device_count == 0 || node_type_allowed(type, shape->model_set);
}

/* Free milli-GPU in the measure of the shape's request: MIG requests count eighths of a card, and
 * the slices of a four-slice card are quarters. */
static int64_t gpu_free_milli(const GpNodeType *type, const GpShape *shape, int64_t free_milli)
{
    int slice_milli = gp_mig_slice_milli(type->mig_geometry);
    if (free_milli <= 0 || shape->mig_profile == GP_MIG_PROFILE_NONE || slice_milli == 0) {
        return free_milli > 0 ? free_milli : 0;
    }
    return free_milli * gp_mig_slice_milli(GP_MIG_GEOMETRY_SEVEN) / slice_milli;
}

typedef struct FreeSums {
    int64_t allowed[GP_AXES]; /* over present nodes whose model the shape takes */
    int64_t gpu_any_milli;    /* over all present nodes */
} FreeSums;

static void free_sums(const GpFleet *fleet, const GpShape *shape, FreeSums *sums)
{
    *sums = (FreeSums){{0}, 0};
    for (int32_t node = 0; node < fleet->node_count; node++) {
        if (fleet->node_present[node] == 0) {
            continue;
        }
        const GpNodeType *type = &fleet->types[fleet->node_type[node]];
        const int64_t *free = fleet->node_free[node];
        int64_t gpu_milli = gpu_free_milli(type, shape, free[GP_AXIS_GPU]);
        sums->gpu_any_milli += gpu_milli;
        if (!model_allowed(type, shape)) {
            continue;
        }
        sums->allowed[GP_AXIS_GPU] += gpu_milli;
        for (int axis = GP_AXIS_GPU + 1; axis < GP_AXIS_COUNT; axis++) {
            /* What one node owes (over-committed after derating) is not owed by the others. */
            sums->allowed[axis] += free[axis] > 0 ? free[axis] : 0;
        }
    }
}

/* The first dimension, in order, of which less is free in sum than the tasks need. MIG is geometry,
 * no sum. */
static GpDimension first_short(const GpFleet *fleet, const GpShape *shape, int32_t task_count)
{
    FreeSums sums;
    free_sums(fleet, shape, &sums);
    for (int axis = 0; axis < GP_AXIS_COUNT; axis++) {
        int64_t request = shape->request[axis];
        /* request x task_count > free, without the product's overflow */
        if (request <= 0 || sums.allowed[axis] / request >= task_count) {
            continue;
        }
        if (axis == GP_AXIS_GPU && sums.gpu_any_milli / request >= task_count) {
            return GP_DIMENSION_GPU_MODEL;
        }
        return AXIS_DIMENSION[axis];
    }
    return GP_DIMENSION_NONE;
}

/* ---- how many tasks of a gang each node holds ---- */

/* Tasks that a node could hold if each dimension were the only limit. */
typedef struct NodeRoom {
    int64_t tasks[GP_DIMENSION_COUNT];
    int64_t all; /* what it holds under all of them */
} NodeRoom;

#define ROOM_UNLIMITED ((int64_t)1 << 40) /* more than any gang, and sums of it do not overflow */

/* Most tasks that each take one unit on `per_task` distinct devices, where device d offers
 * units[d]: the largest t with sum of min(units[d], t) >= per_task x t. */
static int64_t spread_tasks(const int64_t *units, int32_t device_count, int32_t per_task)
{
    int64_t total = 0;
    for (int32_t d = 0; d < device_count; d++) {
        total += units[d];
    }
    int64_t low = 0;
    int64_t high = total / per_task;
    while (low < high) {
        int64_t t = low + (high - low + 1) / 2;
        int64_t usable = 0;
        for (int32_t d = 0; d < device_count; d++) {
            usable += units[d] < t ? units[d] : t;
        }
        if (usable / per_task >= t) {
            low = t;
        } else {
            high = t - 1;
        }
    }
    return low;
}

/* MIG instances of the profile that still fit on a device, taken greedily from the lowest start. */
static int64_t mig_room(int geometry, int profile, uint8_t occupied)
{
    int64_t count = 0;
    int width = gp_mig_width(geometry, profile);
    for (;;) {
        uint32_t starts = gp_mig_free_starts(geometry, profile, occupied);
        if (width <= 0 || starts == 0) {
            return count;
        }
        int start = 0;
        while ((starts >> start & 1) == 0) {
            start++;
        }
        occupied = (uint8_t)(occupied | ((1u << width) - 1) << start);
        count++;
    }
}

/* Per device of the node: tasks that its free milli, its free memory, both together, or its MIG
 * slices allow. */
typedef struct DeviceUnits {
    int64_t milli[GP_DEVICES_MAX];
    int64_t memory[GP_DEVICES_MAX];
    int64_t mig[GP_DEVICES_MAX];
    int64_t all[GP_DEVICES_MAX];
} DeviceUnits;

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t room_for(int64_t free, int64_t request)
{
    return request <= 0 ? ROOM_UNLIMITED : free <= 0 ? 0 : free / request;
}

static void device_units(const GpFleet *fleet, const GpNodeType *type, int32_t device,
                         const GpShape *shape, DeviceUnits *units, int32_t at)
{
    bool healthy = fleet->device_health[device] != 0;
    bool cut = fleet->device_mig[device] != 0;
    int64_t by_milli = ROOM_UNLIMITED;
    int64_t by_mig = ROOM_UNLIMITED;
    if (shape->mig_profile != GP_MIG_PROFILE_NONE) {
        bool shared =
            !cut && fleet->device_tasks[device] > 0; /* slices and ordinary tasks do not mix */
        by_mig = shared
                     ? 0
                     : mig_room(type->mig_geometry, shape->mig_profile, fleet->device_mig[device]);
    } else if (cut) {
        by_milli = 0;
    } else if (shape->device_milli == GP_DEVICE_MILLI) {
        by_milli = fleet->device_free_milli[device] == GP_DEVICE_MILLI;
    } else {
        by_milli = room_for(fleet->device_free_milli[device], shape->device_milli);
        if (type->device_split > 0) {
            int64_t places = type->device_split - (int64_t)fleet->device_tasks[device];
            by_milli = smaller(by_milli, places > 0 ? places : 0);
        }
    }
    int64_t by_memory = room_for(fleet->device_free_mib[device], shape->device_memory_mib);
    units->milli[at] = healthy ? by_milli : 0;
    units->mig[at] = healthy ? by_mig : 0;
    units->memory[at] = healthy ? by_memory : 0;
    units->all[at] = healthy ? smaller(by_milli, smaller(by_mig, by_memory)) : 0;
}

static void node_device_room(const GpFleet *fleet, int32_t node, const GpShape *shape,
                             NodeRoom *room)
{
    const GpNodeType *type = &fleet->types[fleet->node_type[node]];
    DeviceUnits units;
    int32_t begin = fleet->device_begin[node];
    int32_t count = fleet->device_begin[node + 1] - begin;
    for (int32_t d = 0; d < count; d++) {
        device_units(fleet, type, begin + d, shape, &units, d);
    }
    room->tasks[GP_DIMENSION_GPU] = spread_tasks(units.milli, count, shape->device_count);
    if (shape->mig_profile != GP_MIG_PROFILE_NONE) {
        room->tasks[GP_DIMENSION_MIG] = spread_tasks(units.mig, count, shape->device_count);
    }
    if (shape->device_memory_mib > 0) {
        room->tasks[GP_DIMENSION_GPU_MEMORY] =
            spread_tasks(units.memory, count, shape->device_count);
    }
    room->all = spread_tasks(units.all, count, shape->device_count);
    /* Compute and memory left on different devices: as in the kernel, memory is what the others
     * lack. */
    if (room->all <
        smaller(room->tasks[GP_DIMENSION_GPU],
                smaller(room->tasks[GP_DIMENSION_MIG], room->tasks[GP_DIMENSION_GPU_MEMORY]))) {
        room->tasks[GP_DIMENSION_GPU_MEMORY] = room->all;
    }
}

static void node_room(const GpFleet *fleet, int32_t node, const GpShape *shape, NodeRoom *room)
{
    room->all = ROOM_UNLIMITED;
    for (int d = 0; d < GP_DIMENSION_COUNT; d++) {
        room->tasks[d] = ROOM_UNLIMITED;
    }
    if (shape->device_count > 0) {
        node_device_room(fleet, node, shape, room);
    }
    for (int axis = GP_AXIS_CPU; axis < GP_AXIS_COUNT; axis++) {
        room->tasks[AXIS_DIMENSION[axis]] =
            room_for(fleet->node_free[node][axis], shape->request[axis]);
    }
    if (!model_allowed(&fleet->types[fleet->node_type[node]], shape)) {
        room->tasks[GP_DIMENSION_GPU_MODEL] = 0;
    }
    if (fleet->node_present[node] == 0) {
        room->tasks[GP_DIMENSION_TOPOLOGY] = 0;
    }
    for (int d = 0; d < GP_DIMENSION_COUNT; d++) {
        room->all = smaller(room->all, room->tasks[d]);
    }
}

/* The binding dimension of the task that finds no place once every node holds as many as it can:
 * the one that alone stops most nodes; if none alone stops any, the one that stops most; ties in
 * order. */
static GpDimension gang_binding(const GpFleet *fleet, const GpShape *shape)
{
    int32_t alone[GP_DIMENSION_COUNT] = {0};
    int32_t stopping[GP_DIMENSION_COUNT] = {0};
    int32_t most_alone = 0;
    for (int32_t node = 0; node < fleet->node_count; node++) {
        NodeRoom room;
        node_room(fleet, node, shape, &room);
        int stops = 0;
        int last = 0;
        for (int d = 0; d < GP_DIMENSION_COUNT; d++) {
            if (room.tasks[d] == room.all && room.all < ROOM_UNLIMITED) {
                stopping[d]++;
                stops++;
                last = d;
            }
        }
        if (stops == 1) {
            alone[last]++;
            most_alone = alone[last] > most_alone ? alone[last] : most_alone;
        }
    }
    const int32_t *deciding = most_alone > 0 ? alone : stopping;
    int binding = GP_DIMENSION_GPU;
    for (int d = 1; d < GP_DIMENSION_COUNT; d++) {
        if (deciding[d] > deciding[binding]) {
            binding = d;
        }
    }
    return (GpDimension)binding;
}

/* ---- the judgement ---- */

Verdict verdict_judge(const GpFleet *fleet, const GpShape *shape, int32_t task_count, int fits)
{
    assert(task_count >= 1);
    if (fits) {
        return (Verdict){VERDICT_FITS, GP_DIMENSION_NONE};
    }
    GpDimension lacking = first_short(fleet, shape, task_count);
    if (lacking != GP_DIMENSION_NONE) {
        return (Verdict){VERDICT_SHORT, lacking};
    }
    GpVerdict why = {.size = sizeof why};
    gp_explain(fleet, shape, GP_SEES_ALL, &why);
    GpDimension binding = (GpDimension)why.binding;
    return (Verdict){VERDICT_FRAGMENTED,
                     binding != GP_DIMENSION_NONE ? binding : gang_binding(fleet, shape)};
}

int64_t verdict_room(const GpFleet *fleet, const GpShape *shape, int32_t limit)
{
    int64_t held = 0;
    for (int32_t node = 0; node < fleet->node_count && held < limit; node++) {
        if (limit == 1) {
            held += gp_fits(fleet, node, shape, GP_SEES_ALL) ? 1 : 0;
            continue;
        }
        NodeRoom room;
        node_room(fleet, node, shape, &room);
        held += smaller(room.all, limit);
    }
    return smaller(held, limit);
}

GpDimension verdict_too_large(const GpFleet *empty_fleet, const GpShape *shape, int32_t task_count)
{
    bool fits = verdict_room(empty_fleet, shape, task_count) >= task_count;
    return verdict_judge(empty_fleet, shape, task_count, fits).dimension;
}
