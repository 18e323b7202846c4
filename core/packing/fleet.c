/* fleet.c - the columns: checked, emptied, taken from and given back to. */
#include "core/packing/internal.h"

int gp_abi_version(void)
{
    return GP_ABI_VERSION;
}

GpStatus gp_shape_finish(GpShape *shape)
{
    int32_t count = shape->device_count;
    int is_mig = shape->mig_profile != GP_MIG_PROFILE_NONE;
    if (shape->size < sizeof(GpShape) || count < 0 || count > GP_DEVICES_MAX ||
        shape->device_memory_mib < 0 || shape->mig_profile < 0 ||
        shape->mig_profile >= GP_MIG_PROFILE_COUNT || (is_mig && count != 1) || shape->numa < 0 ||
        shape->numa > 1) {
        return GP_BAD_ARGUMENT;
    }
    for (int axis = GP_AXIS_CPU; axis < GP_AXIS_COUNT; axis++) {
        if (shape->request[axis] < 0) {
            return GP_BAD_ARGUMENT;
        }
    }
    if (is_mig) {
        shape->device_milli = gp_mig_width(GP_MIG_GEOMETRY_SEVEN, shape->mig_profile) *
                              gp_mig_slice_milli(GP_MIG_GEOMETRY_SEVEN);
    }
    if (count == 0) {
        shape->device_milli = 0;
        shape->device_memory_mib = 0;
        shape->model_set = 0;
        shape->numa = 0;
    } else if (shape->device_milli < (shape->device_memory_mib > 0 ? 0 : 1) ||
               shape->device_milli > GP_DEVICE_MILLI) {
        return GP_BAD_ARGUMENT;
    }
    shape->request[GP_AXIS_GPU] = (int64_t)count * shape->device_milli;
    shape->request[GP_AXIS_GPU_MEMORY] = (int64_t)count * shape->device_memory_mib;
    shape->request[GP_AXIS_COUNT] = 0;
    return GP_OK;
}

static int type_is_sound(const GpNodeType *type)
{
    int sound = type->size >= sizeof(GpNodeType) && type->device_count >= 0 &&
                type->device_count <= GP_DEVICES_MAX && type->model < GP_MODELS_MAX &&
                type->device_memory_mib >= 0 && type->device_split >= 0 &&
                type->mig_geometry >= GP_MIG_GEOMETRY_NONE &&
                type->mig_geometry <= GP_MIG_GEOMETRY_FOUR && type->group >= 0 &&
                type->group < GP_GROUPS_MAX && type->numa_count >= 0 &&
                type->numa_count <= GP_DEVICES_MAX;
    for (int axis = 0; axis < GP_AXES; axis++) {
        sound = sound && type->capacity[axis] >= 0;
    }
    return sound && type->capacity[GP_AXIS_GPU] == (int64_t)type->device_count * GP_DEVICE_MILLI;
}

static int columns_are_there(const GpFleet *fleet)
{
    if (fleet->types == NULL || fleet->node_type == NULL || fleet->node_rank == NULL ||
        fleet->device_begin == NULL || fleet->node_present == NULL || fleet->node_free == NULL ||
        (fleet->kind_count > 0 && fleet->node_kind_tasks == NULL)) {
        return 0;
    }
    return fleet->device_begin[fleet->node_count] == 0 ||
           (fleet->device_free_milli != NULL && fleet->device_free_mib != NULL &&
            fleet->device_tasks != NULL && fleet->device_health != NULL &&
            fleet->device_mig != NULL);
}

GpStatus gp_fleet_check(const GpFleet *fleet, uint8_t *scratch)
{
    if (fleet->size < sizeof(GpFleet) || fleet->node_count < 1 ||
        fleet->node_count > GP_NODES_MAX || fleet->type_count < 1 || fleet->kind_count < 0 ||
        scratch == NULL || !columns_are_there(fleet) || fleet->device_begin[0] != 0) {
        return GP_BAD_ARGUMENT;
    }
    for (int32_t type = 0; type < fleet->type_count; type++) {
        if (!type_is_sound(gp_type_at(fleet, type))) {
            return GP_BAD_ARGUMENT;
        }
    }
    for (int32_t node = 0; node < fleet->node_count; node++) {
        scratch[node] = 0;
    }
    for (int32_t node = 0; node < fleet->node_count; node++) {
        int32_t rank = fleet->node_rank[node];
        int32_t type = fleet->node_type[node];
        if (rank < 0 || rank >= fleet->node_count || scratch[rank] != 0 || type < 0 ||
            type >= fleet->type_count ||
            gp_device_count(fleet, node) != gp_node_type(fleet, node)->device_count) {
            return GP_BAD_ARGUMENT;
        }
        scratch[rank] = 1;
    }
    return GP_OK;
}

GpStatus gp_fleet_reset(GpFleet *fleet)
{
    if (fleet->size < sizeof(GpFleet) || fleet->node_count < 1 || fleet->type_count < 1) {
        return GP_BAD_ARGUMENT;
    }
    for (int32_t node = 0; node < fleet->node_count; node++) {
        const GpNodeType *type = gp_node_type(fleet, node);
        fleet->node_present[node] = 1;
        for (int axis = 0; axis < GP_AXES; axis++) {
            fleet->node_free[node][axis] = type->capacity[axis];
            if (fleet->node_health_ppm != NULL) {
                fleet->node_health_ppm[node][axis] = GP_PPM;
            }
        }
        for (int32_t kind = 0; kind < fleet->kind_count; kind++) {
            fleet->node_kind_tasks[(size_t)node * (size_t)fleet->kind_count + (size_t)kind] = 0;
        }
        for (int32_t device = fleet->device_begin[node]; device < fleet->device_begin[node + 1];
             device++) {
            fleet->device_free_milli[device] = GP_DEVICE_MILLI;
            fleet->device_free_mib[device] = type->device_memory_mib;
            fleet->device_tasks[device] = 0;
            fleet->device_health[device] = 1;
            fleet->device_mig[device] = 0;
        }
    }
    return GP_OK;
}

int32_t gp_device_charge_milli(const GpNodeType *type, const GpShape *shape)
{
    if (shape->mig_profile == GP_MIG_PROFILE_NONE) {
        return shape->device_milli;
    }
    return gp_mig_width(type->mig_geometry, shape->mig_profile) *
           gp_mig_slice_milli(type->mig_geometry);
}

/* sign -1 takes, +1 gives back. One function for both, so that they cannot disagree. */
static void node_apply(GpFleet *fleet, const GpShape *shape, const GpPlacement *placement, int sign)
{
    int32_t node = placement->node;
    const GpNodeType *type = gp_node_type(fleet, node);
    int64_t *free = fleet->node_free[node];
    for (int axis = GP_AXIS_CPU; axis < GP_AXIS_COUNT; axis++) {
        free[axis] += sign * shape->request[axis];
    }
    if (shape->device_count == 0) {
        return;
    }
    int32_t milli = gp_device_charge_milli(type, shape);
    uint8_t slices = 0;
    if (placement->mig_start >= 0) {
        int width = gp_mig_width(type->mig_geometry, shape->mig_profile);
        slices = (uint8_t)(((1u << width) - 1u) << placement->mig_start);
    }
    for (uint32_t rest = placement->device_mask; rest != 0; rest &= rest - 1) {
        int32_t device = fleet->device_begin[node] + __builtin_ctz(rest);
        fleet->device_free_milli[device] += sign * milli;
        fleet->device_free_mib[device] += sign * shape->device_memory_mib;
        fleet->device_tasks[device] = (uint16_t)(fleet->device_tasks[device] - sign);
        fleet->device_mig[device] ^= slices;
        if (fleet->device_health[device] !=
            0) { /* a device that is out counts for nothing in the sums */
            free[GP_AXIS_GPU] += sign * milli;
            free[GP_AXIS_GPU_MEMORY] += sign * (int64_t)shape->device_memory_mib;
        }
    }
    if (shape->kind >= 0 && shape->kind < fleet->kind_count) {
        uint16_t *tasks =
            &fleet->node_kind_tasks[(size_t)node * (size_t)fleet->kind_count + (size_t)shape->kind];
        *tasks = (uint16_t)(*tasks - sign);
    }
}

void gp_place(GpFleet *fleet, const GpShape *shape, const GpPlacement *placement)
{
    node_apply(fleet, shape, placement, -1);
}

void gp_release(GpFleet *fleet, const GpShape *shape, const GpPlacement *placement)
{
    node_apply(fleet, shape, placement, +1);
}
