/* room.c - how many tasks of a shape one node holds, and which dimension is the limit. */
#include "core/packing/internal.h"

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t room_for(int64_t free, int64_t request)
{
    return request <= 0 ? GP_ROOM_UNLIMITED : free <= 0 ? 0 : free / request;
}

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
    while (low < high && per_task > 1) {
        int64_t t = low + (high - low + 1) / 2;
        int64_t usable = 0;
        for (int32_t d = 0; d < device_count; d++) {
            usable += smaller(units[d], t);
        }
        if (usable / per_task >= t) {
            low = t;
        } else {
            high = t - 1;
        }
    }
    return high;
}

/* The same where no task may take devices of two NUMA parts. */
static int64_t spread_tasks_numa(const int64_t *units, const GpView *view, int32_t per_task)
{
    int32_t parts = gp_numa_parts(view->device_count, view->type->numa_count);
    int64_t tasks = 0;
    for (int32_t part = 0; part < parts; part++) {
        uint32_t mask = gp_numa_part(view->device_count, parts, part);
        if (mask != 0) {
            tasks += spread_tasks(units + __builtin_ctz(mask), gp_bits_set(mask), per_task);
        }
    }
    return tasks;
}

/* MIG instances of the profile that still fit on a device, taken greedily from the lowest start. */
static int64_t mig_room(int geometry, int profile, uint8_t occupied)
{
    uint32_t block = (1u << gp_mig_width(geometry, profile)) - 1u;
    int64_t count = 0;
    uint32_t starts = gp_mig_free_starts(geometry, profile, occupied);
    while (starts != 0) {
        occupied = (uint8_t)(occupied | block << __builtin_ctz(starts));
        starts = gp_mig_free_starts(geometry, profile, occupied);
        count++;
    }
    return count;
}

/* Tasks that a device's compute holds. */
static int64_t milli_room(const GpView *view, int32_t device, const GpShape *shape)
{
    int32_t open = gp_device_open_milli(view, device);
    int32_t tasks = view->device_tasks[device];
    int32_t split = view->type->device_split;
    if (view->device_mig[device] != 0 || open <= 0) {
        return 0;
    }
    int64_t places = split == 0 ? GP_ROOM_UNLIMITED : tasks < split ? split - tasks : 0;
    return smaller(places, room_for(open, shape->device_milli));
}

/* Per device of the node: tasks that its compute, its memory, its MIG slices, or all of these
 * allow. */
typedef struct DeviceUnits {
    int64_t milli[GP_DEVICES_MAX];
    int64_t memory[GP_DEVICES_MAX];
    int64_t mig[GP_DEVICES_MAX];
    int64_t all[GP_DEVICES_MAX];
} DeviceUnits;

static void device_units(const GpView *view, int32_t device, const GpShape *shape, uint32_t sees,
                         DeviceUnits *units)
{
    int is_healthy = view->device_health[device] != 0;
    int sees_memory = (sees >> GP_AXIS_GPU_MEMORY & 1u) != 0;
    int64_t milli = GP_ROOM_UNLIMITED;
    int64_t mig = GP_ROOM_UNLIMITED;
    if (shape->mig_profile != GP_MIG_PROFILE_NONE) {
        /* slices and ordinary tasks do not mix */
        int is_shared = view->device_mig[device] == 0 && view->device_tasks[device] > 0;
        mig = is_shared ? 0
                        : mig_room(view->type->mig_geometry, shape->mig_profile,
                                   view->device_mig[device]);
    } else {
        milli = milli_room(view, device, shape);
    }
    int64_t memory =
        room_for(view->device_free_mib[device], sees_memory ? shape->device_memory_mib : 0);
    units->milli[device] = is_healthy ? milli : 0;
    units->mig[device] = is_healthy ? mig : 0;
    units->memory[device] = is_healthy ? memory : 0;
    units->all[device] = is_healthy ? smaller(milli, smaller(mig, memory)) : 0;
}

static void devices_room(const GpView *view, const GpShape *shape, uint32_t sees, GpRoom *room)
{
    int32_t per_task = shape->device_count;
    DeviceUnits units;
    for (int32_t device = 0; device < view->device_count; device++) {
        device_units(view, device, shape, sees, &units);
    }
    int64_t *tasks = room->tasks;
    tasks[GP_DIMENSION_GPU] = spread_tasks(units.milli, view->device_count, per_task);
    if (shape->mig_profile != GP_MIG_PROFILE_NONE) {
        tasks[GP_DIMENSION_MIG] = spread_tasks(units.mig, view->device_count, per_task);
    }
    if (shape->device_memory_mib > 0) {
        tasks[GP_DIMENSION_GPU_MEMORY] = spread_tasks(units.memory, view->device_count, per_task);
    }
    int64_t all = spread_tasks(units.all, view->device_count, per_task);
    /* Compute and memory left on different devices: as where the shape is fitted, memory is what
     * the others lack. */
    if (all < smaller(tasks[GP_DIMENSION_GPU],
                      smaller(tasks[GP_DIMENSION_MIG], tasks[GP_DIMENSION_GPU_MEMORY]))) {
        tasks[GP_DIMENSION_GPU_MEMORY] = all;
    }
    if (shape->numa != 0) {
        int64_t of_parts = spread_tasks_numa(units.all, view, per_task);
        if (of_parts < all) {
            tasks[GP_DIMENSION_TOPOLOGY] = of_parts;
        }
    }
}

void gp_room_of(const GpFleet *fleet, int32_t node, const GpShape *shape, uint32_t sees,
                GpRoom *room)
{
    GpView view;
    gp_view_node(&view, fleet, node);
    for (int dimension = 0; dimension < GP_DIMENSION_COUNT; dimension++) {
        room->tasks[dimension] = GP_ROOM_UNLIMITED;
    }
    if (shape->device_count > 0) {
        devices_room(&view, shape, sees, room);
    }
    for (int axis = GP_AXIS_CPU; axis < GP_AXIS_COUNT; axis++) {
        if ((sees >> axis & 1u) != 0) {
            room->tasks[gp_dimension_of_axis(axis)] =
                room_for(view.free[axis], shape->request[axis]);
        }
    }
    if (!gp_model_allowed(view.type, shape)) {
        room->tasks[GP_DIMENSION_GPU_MODEL] = 0;
    }
    if (fleet->node_present[node] == 0 || !gp_group_allowed(view.type, shape)) {
        room->tasks[GP_DIMENSION_TOPOLOGY] = 0;
    }
    room->all = GP_ROOM_UNLIMITED;
    for (int dimension = 0; dimension < GP_DIMENSION_COUNT; dimension++) {
        room->all = smaller(room->all, room->tasks[dimension]);
    }
}

int32_t gp_room(const GpFleet *fleet, int32_t node, const GpShape *shape, uint32_t sees,
                int32_t limit)
{
    if (limit <= 1 || !gp_fits(fleet, node, shape, sees)) {
        return limit == 1 ? gp_fits(fleet, node, shape, sees) : 0;
    }
    GpRoom room;
    gp_room_of(fleet, node, shape, sees, &room);
    return (int32_t)smaller(room.all, limit);
}
