/* ragp_devices.c - the parts of RAGP that look at devices: class fragmentation, MIG, and the choice
 * of a device. */
#include "core/packing/internal.h"
#include "core/packing/mig_choice.h"
#include "core/packing/ragp.h"
#include "core/packing/score.h"

/* A node as it would be with the task on it. */
typedef struct Aftermath {
    GpView view;
    int64_t free[GP_AXES];
    int32_t free_milli[GP_DEVICES_MAX];
    int32_t free_mib[GP_DEVICES_MAX];
    uint16_t tasks[GP_DEVICES_MAX];
    uint8_t mig[GP_DEVICES_MAX];
} Aftermath;

typedef struct Taken {
    uint32_t devices;
    uint8_t slices; /* MIG slices of that device */
} Taken;

static void devices_taken(const GpView *view, Taken *taken)
{
    const GpShape *shape = view->shape;
    taken->devices = 0;
    taken->slices = 0;
    if (shape->device_count == 0) {
        return;
    }
    if (shape->mig_profile != GP_MIG_PROFILE_NONE) {
        GpMigChoice choice;
        gp_mig_choose(view, GP_MIG_MEASURE_FRAGMENTATION, &choice);
        if (choice.device >= 0) {
            uint32_t width = (uint32_t)gp_mig_width(view->type->mig_geometry, shape->mig_profile);
            taken->devices = 1u << choice.device;
            taken->slices = (uint8_t)(((1u << width) - 1u) << choice.start);
        }
    } else if (shape->device_milli == GP_DEVICE_MILLI) {
        taken->devices = gp_whole_devices(view, shape->device_count);
    } else {
        taken->devices = gp_ragp_devices(view);
    }
}

static void aftermath_fill(const GpView *view, Aftermath *after)
{
    const GpShape *shape = view->shape;
    Taken taken;
    devices_taken(view, &taken);
    int32_t milli = gp_device_charge_milli(view->type, shape);
    for (int axis = 0; axis < GP_AXES; axis++) {
        after->free[axis] = view->free[axis] - gp_request(view, axis);
    }
    for (int32_t device = 0; device < view->device_count; device++) {
        int32_t on = (int32_t)(taken.devices >> device & 1u);
        after->free_milli[device] = view->device_free_milli[device] - on * milli;
        after->free_mib[device] = view->device_free_mib[device] - on * shape->device_memory_mib;
        after->tasks[device] = (uint16_t)(view->device_tasks[device] + on);
        after->mig[device] = (uint8_t)(view->device_mig[device] | (on != 0 ? taken.slices : 0));
    }
    after->view.type = view->type;
    after->view.free = after->free;
    after->view.health_ppm = view->health_ppm;
    after->view.device_free_milli = after->free_milli;
    after->view.device_free_mib = after->free_mib;
    after->view.device_tasks = after->tasks;
    after->view.device_health = view->device_health;
    after->view.device_mig = after->mig;
    after->view.kind_tasks = view->kind_tasks;
    after->view.device_count = view->device_count;
    after->view.kind_count = view->kind_count;
    after->view.sees = view->sees;
    after->view.shape = NULL;
    after->view.constants = view->constants;
    after->view.options = view->options;
    after->view.node_value = 0.0;
}

/* The least that a device can be asked for: has it room for anything at all? */
static const GpShape CRUMB = {.size = sizeof(GpShape), .device_count = 1, .device_milli = 1};

/* What the devices of a node have for tasks that are no MIG instance, looked up once for all
 * classes. */
typedef struct DeviceRoom {
    int32_t milli[GP_DEVICES_MAX]; /* 0: takes nothing */
    int32_t whole;                 /* completely free devices */
} DeviceRoom;

static void device_room_fill(const GpView *view, DeviceRoom *room)
{
    room->whole = 0;
    for (int32_t device = 0; device < view->device_count; device++) {
        int has_room = gp_device_has_room(view, device, &CRUMB, view->sees);
        room->milli[device] = has_room ? gp_device_open_milli(view, device) : 0;
        room->whole += room->milli[device] >= GP_DEVICE_MILLI;
    }
}

/* The answer of gp_view_fits, without walking the devices where a count will do. */
static int class_fits(const GpView *view, const DeviceRoom *room, const GpShape *shape)
{
    if (shape->mig_profile != GP_MIG_PROFILE_NONE || shape->device_memory_mib > 0 ||
        shape->model_set != 0 || shape->group_set != 0 || shape->numa != 0) {
        return gp_view_fits(view, shape, view->sees);
    }
    for (int axis = GP_AXIS_CPU; axis < GP_AXIS_COUNT; axis++) {
        if (gp_lane_is_short(view->free, shape, axis, view->sees)) {
            return 0;
        }
    }
    if (shape->device_milli == GP_DEVICE_MILLI) {
        return room->whole >= shape->device_count;
    }
    int32_t enough = 0;
    for (int32_t device = 0; device < view->device_count; device++) {
        enough += room->milli[device] >= shape->device_milli;
    }
    return enough >= shape->device_count;
}

double gp_ragp_class_fragmentation(const GpView *view)
{
    const GpConstants *constants = view->constants;
    if (view->free[GP_AXIS_GPU] <= 0 || constants->scale[GP_AXIS_GPU] <= 0) {
        return 0.0;
    }
    DeviceRoom room;
    device_room_fill(view, &room);
    double missed = 0.0; /* share of the workload that the node cannot hold */
    int32_t classes = 0;
    for (int32_t i = 0; i < constants->typical_count && classes < GP_RAGP_CLASSES_MAX; i++) {
        const GpTypical *typical = gp_typical_at(constants, i);
        if (typical->shape.device_count > 0) {
            classes++;
            if (!class_fits(view, &room, &typical->shape)) {
                missed += typical->weight;
            }
        }
    }
    return missed * ((double)view->free[GP_AXIS_GPU] / (double)constants->scale[GP_AXIS_GPU]);
}

double gp_ragp_class_growth(const GpView *view, double before)
{
    if (view->constants->typical_count == 0) {
        return 0.0;
    }
    Aftermath after;
    aftermath_fill(view, &after);
    return gp_ragp_class_fragmentation(&after.view) - before;
}

double gp_ragp_mig_growth(const GpView *view)
{
    int largest = gp_mig_fragmentation_max(view->type->mig_geometry);
    if (view->shape->mig_profile == GP_MIG_PROFILE_NONE || largest == 0) {
        return 0.0;
    }
    GpMigChoice choice;
    gp_mig_choose(view, GP_MIG_MEASURE_FRAGMENTATION, &choice);
    return (double)choice.cost / (double)largest;
}

/* Free shares of one device and the task's demand on it, on the two lanes that devices have. */
static void device_lanes(const GpView *view, int32_t device, GpRagpLanes *lanes)
{
    const GpShape *shape = view->shape;
    for (int axis = 0; axis < GP_AXES; axis++) {
        lanes->weight[axis] = 0.0;
        lanes->x[axis] = 0.0;
        lanes->y[axis] = 0.0;
        lanes->z[axis] = 0.0;
    }
    lanes->weight[GP_AXIS_GPU] = view->options->axis_weight[GP_AXIS_GPU];
    lanes->x[GP_AXIS_GPU] = (double)view->device_free_milli[device] / (double)GP_DEVICE_MILLI;
    lanes->y[GP_AXIS_GPU] = (double)shape->device_milli / (double)GP_DEVICE_MILLI;
    if (view->type->device_memory_mib > 0 && (view->sees >> GP_AXIS_GPU_MEMORY & 1u) != 0) {
        double total = (double)view->type->device_memory_mib;
        lanes->weight[GP_AXIS_GPU_MEMORY] = view->options->axis_weight[GP_AXIS_GPU_MEMORY];
        lanes->x[GP_AXIS_GPU_MEMORY] = (double)view->device_free_mib[device] / total;
        lanes->y[GP_AXIS_GPU_MEMORY] = (double)shape->device_memory_mib / total;
    }
    for (int axis = 0; axis < GP_AXES; axis++) {
        lanes->z[axis] = lanes->x[axis] - lanes->y[axis];
    }
}

static int32_t best_device(const GpView *view, uint32_t open)
{
    int32_t best = -1;
    int64_t best_tightness = 0;
    int64_t best_alignment = 0;
    for (; open != 0; open &= open - 1) {
        int32_t device = __builtin_ctz(open);
        GpRagpLanes lanes;
        device_lanes(view, device, &lanes);
        int64_t tightness = gp_score_points(gp_ragp_tightness(&lanes));
        int64_t alignment = gp_score_points(gp_ragp_alignment(&lanes));
        if (best < 0 || tightness > best_tightness ||
            (tightness == best_tightness && alignment > best_alignment)) {
            best = device;
            best_tightness = tightness;
            best_alignment = alignment;
        }
    }
    return best;
}

uint32_t gp_ragp_devices(const GpView *view)
{
    const GpShape *shape = view->shape;
    if (shape->mig_profile != GP_MIG_PROFILE_NONE || shape->device_milli == GP_DEVICE_MILLI) {
        return 0;
    }
    uint32_t open = gp_open_devices(view, shape, view->sees);
    uint32_t taken = 0;
    for (int32_t wanted = shape->device_count; wanted > 0; wanted--) {
        int32_t device = best_device(view, open & ~taken);
        if (device < 0) {
            return 0;
        }
        taken |= 1u << device;
    }
    return taken;
}
