/* fit.c - does a node hold a shape, and if not, on which dimensions does it fail? */
#include "core/packing/internal.h"

static int device_has_mig_room(const GpView *view, int32_t device, const GpShape *shape)
{
    /* A device is cut only when idle: slices and ordinary tasks do not share it. */
    if (view->device_tasks[device] > 0 && view->device_mig[device] == 0) {
        return 0;
    }
    return gp_mig_free_starts(view->type->mig_geometry, shape->mig_profile,
                              view->device_mig[device]) != 0;
}

static int device_has_milli(const GpView *view, int32_t device, const GpShape *shape)
{
    if (shape->device_milli == GP_DEVICE_MILLI) {
        return gp_view_is_unused(view, device);
    }
    int32_t free_milli = view->device_free_milli[device];
    if (free_milli < shape->device_milli || view->device_health[device] == 0 ||
        view->device_mig[device] != 0) {
        return 0;
    }
    int32_t tasks = view->device_tasks[device];
    int32_t split = view->type->device_split;
    if (free_milli <= 0 || tasks == 0) { /* memory alone is not given where all compute is taken */
        return free_milli > 0;
    }
    return split == 0 || tasks < split;
}

static int device_has_memory(const GpView *view, int32_t device, const GpShape *shape,
                             uint32_t sees)
{
    return (sees >> GP_AXIS_GPU_MEMORY & 1u) == 0 || shape->device_memory_mib == 0 ||
           view->device_free_mib[device] >= shape->device_memory_mib;
}

int gp_device_has_room(const GpView *view, int32_t device, const GpShape *shape, uint32_t sees)
{
    if (shape->mig_profile != GP_MIG_PROFILE_NONE) {
        return view->device_health[device] != 0 && device_has_mig_room(view, device, shape) &&
               device_has_memory(view, device, shape, sees);
    }
    return device_has_milli(view, device, shape) && device_has_memory(view, device, shape, sees);
}

int gp_type_allowed(const GpNodeType *type, const GpShape *shape)
{
    return gp_model_allowed(type, shape) && gp_group_allowed(type, shape);
}

int gp_view_admits(const GpView *view, const GpShape *shape, uint32_t sees)
{
    for (int axis = GP_AXIS_CPU; axis < GP_AXIS_COUNT; axis++) {
        if (gp_lane_is_short(view->free, shape, axis, sees)) {
            return 0;
        }
    }
    return gp_model_allowed(view->type, shape) && gp_group_allowed(view->type, shape) &&
           view->device_count >= shape->device_count;
}

int gp_view_has_devices(const GpView *view, const GpShape *shape, uint32_t sees)
{
    if (shape->device_count == 0) {
        return 1;
    }
    if (shape->numa != 0) {
        return gp_open_devices(view, shape, sees) != 0;
    }
    int counts = gp_shape_counts_unused(shape, sees);
    int32_t missing = shape->device_count;
    for (int32_t device = 0; missing > 0 && device < view->device_count; device++) {
        missing -= counts ? gp_view_is_unused(view, device)
                          : gp_device_has_room(view, device, shape, sees);
    }
    return missing == 0;
}

int gp_view_fits(const GpView *view, const GpShape *shape, uint32_t sees)
{
    return gp_view_admits(view, shape, sees) && gp_view_has_devices(view, shape, sees);
}

int gp_fits(const GpFleet *fleet, int32_t node, const GpShape *shape, uint32_t sees)
{
    if (fleet->node_present[node] == 0) {
        return 0;
    }
    GpView view;
    gp_view_node(&view, fleet, node);
    return gp_view_fits(&view, shape, sees);
}

static int start_is_free(const GpView *view, const GpShape *shape, const GpPlacement *placement)
{
    if (shape->mig_profile == GP_MIG_PROFILE_NONE) {
        return placement->mig_start == -1;
    }
    int32_t device = __builtin_ctz(placement->device_mask);
    uint32_t starts =
        gp_mig_free_starts(view->type->mig_geometry, shape->mig_profile, view->device_mig[device]);
    return placement->mig_start >= 0 && placement->mig_start < 8 &&
           (starts >> placement->mig_start & 1u) != 0;
}

int gp_holds(const GpFleet *fleet, const GpShape *shape, const GpPlacement *placement,
             uint32_t sees)
{
    uint32_t mask = placement->device_mask;
    if (placement->node < 0 || placement->node >= fleet->node_count ||
        fleet->node_present[placement->node] == 0 || gp_bits_set(mask) != shape->device_count) {
        return 0;
    }
    GpView view;
    gp_view_node(&view, fleet, placement->node);
    if (!gp_type_allowed(view.type, shape) || (uint64_t)mask >> view.device_count != 0 ||
        (shape->numa != 0 &&
         !gp_numa_is_one_part(view.device_count, view.type->numa_count, mask))) {
        return 0;
    }
    for (int axis = GP_AXIS_CPU; axis < GP_AXIS_COUNT; axis++) {
        if (gp_lane_is_short(view.free, shape, axis, sees)) {
            return 0;
        }
    }
    for (uint32_t rest = mask; rest != 0; rest &= rest - 1) {
        if (!gp_device_has_room(&view, __builtin_ctz(rest), shape, sees)) {
            return 0;
        }
    }
    return mask == 0 || start_is_free(&view, shape, placement);
}

/* Which device dimensions fail. Each is judged over the healthy devices by itself; if each alone
 * would do but no device has both, memory is what the devices with room lack. */
static uint32_t devices_failing(const GpView *view, const GpShape *shape, uint32_t sees)
{
    int is_mig = shape->mig_profile != GP_MIG_PROFILE_NONE;
    int32_t with_compute = 0;
    int32_t with_memory = 0;
    int32_t with_both = 0;
    for (int32_t device = 0; device < view->device_count; device++) {
        int healthy = view->device_health[device] != 0;
        int compute = healthy && (is_mig ? device_has_mig_room(view, device, shape)
                                         : device_has_milli(view, device, shape));
        int memory = healthy && device_has_memory(view, device, shape, sees);
        with_compute += compute;
        with_memory += memory;
        with_both += compute && memory;
    }
    uint32_t failing = 0;
    if (with_compute < shape->device_count) {
        failing |= 1u << (is_mig ? GP_DIMENSION_MIG : GP_DIMENSION_GPU);
    }
    if (with_memory < shape->device_count && view->device_count >= shape->device_count) {
        failing |= 1u << GP_DIMENSION_GPU_MEMORY;
    }
    if (failing == 0 && with_both < shape->device_count) {
        failing |= 1u << GP_DIMENSION_GPU_MEMORY;
    }
    return failing;
}

uint32_t gp_failing(const GpFleet *fleet, int32_t node, const GpShape *shape, uint32_t sees)
{
    if (fleet->node_present[node] == 0) {
        return 1u << GP_DIMENSION_TOPOLOGY;
    }
    GpView view;
    gp_view_node(&view, fleet, node);
    uint32_t failing = 0;
    for (int axis = GP_AXIS_CPU; axis < GP_AXIS_COUNT; axis++) {
        if (gp_lane_is_short(view.free, shape, axis, sees)) {
            failing |= 1u << gp_dimension_of_axis(axis);
        }
    }
    if (!gp_group_allowed(view.type, shape)) {
        failing |= 1u << GP_DIMENSION_TOPOLOGY;
    }
    if (shape->device_count > 0) {
        uint32_t devices = devices_failing(&view, shape, sees);
        if (devices == 0 && shape->numa != 0 && gp_open_devices(&view, shape, sees) == 0) {
            devices = 1u << GP_DIMENSION_TOPOLOGY; /* enough devices, of more than one part */
        }
        failing |= devices;
        if (view.type->device_count > 0 && !gp_model_allowed(view.type, shape)) {
            failing |= 1u << GP_DIMENSION_GPU_MODEL;
        }
    }
    return failing;
}
