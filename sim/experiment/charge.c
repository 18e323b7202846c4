/* charge.c - shares of devices in lists by arrival; a list is charged anew when it changes. */
#include "sim/experiment/charge.h"

static const GpShape *task_shape(const World *world, TaskId task)
{
    return job_request(world->jobs, world->jobs->task_job[task]);
}

/* A slice by milli-GPU: it shares its devices with others. */
static bool is_slice(const GpShape *shape)
{
    return shape->device_count > 0 && shape->device_milli < GP_DEVICE_MILLI &&
           shape->mig_profile == GP_MIG_PROFILE_NONE;
}

static bool slices_state_memory(const World *world)
{
    const ShapeTable *shapes = &world->jobs->shapes;
    for (ShapeId shape = 0; shape < shapes->count; shape++) {
        if (is_slice(&shapes->shapes[shape]) && shapes->shapes[shape].device_memory_mib > 0) {
            return true;
        }
    }
    return false;
}

static bool shares_init(ChargeMeter *meter, Arena *arena, const World *world)
{
    const Cluster *cluster = &world->scenario->cluster;
    int32_t tasks = world->jobs->task_count;
    int32_t devices = cluster->device_begin[cluster->node_count];
    meter->task_first_share = ARENA_ARRAY(arena, int64_t, tasks);
    meter->device_shares = ARENA_ARRAY(arena, int64_t, devices);
    if (meter->task_first_share == NULL || meter->device_shares == NULL) {
        return false;
    }
    int64_t count = 0;
    for (TaskId task = 0; task < tasks; task++) {
        const GpShape *shape = task_shape(world, task);
        meter->task_first_share[task] = count;
        count += is_slice(shape) ? shape->device_count : 0;
    }
    for (int32_t device = 0; device < devices; device++) {
        meter->device_shares[device] = -1;
    }
    meter->shares = ARENA_ARRAY(arena, DeviceShare, count);
    return meter->shares != NULL;
}

bool charge_init(ChargeMeter *meter, Arena *arena, const World *world)
{
    int32_t types = world->scenario->cluster.type_count;
    int32_t tasks = world->jobs->task_count;
    *meter = (ChargeMeter){
        .type_milli = ARENA_ARRAY(arena, int64_t, types),
        .type_used_milli = ARENA_ARRAY(arena, int64_t, types),
        .task_milli = ARENA_ARRAY(arena, int32_t, tasks),
        .task_since_ms = ARENA_ARRAY(arena, int64_t, tasks),
        .task_charged = ARENA_ARRAY(arena, int64_t, tasks),
    };
    if (meter->type_milli == NULL || meter->type_used_milli == NULL || meter->task_milli == NULL ||
        meter->task_since_ms == NULL || meter->task_charged == NULL) {
        return false;
    }
    if (world->health.any) {
        meter->device_milli =
            ARENA_ARRAY(arena, int32_t, world->fleet.device_begin[world->fleet.node_count]);
        if (meter->device_milli == NULL) {
            return false;
        }
    }
    return !slices_state_memory(world) || shares_init(meter, arena, world);
}

int64_t charge_open(const ChargeMeter *meter, TaskId task, int64_t now_ms)
{
    return meter->task_charged[task] +
           meter->task_milli[task] * (now_ms - meter->task_since_ms[task]);
}

int64_t charge_take(ChargeMeter *meter, TaskId task, int64_t now_ms)
{
    int64_t taken = charge_open(meter, task, now_ms);
    meter->task_charged[task] = 0;
    meter->task_since_ms[task] = now_ms;
    return taken;
}

static void task_charge(ChargeMeter *meter, TaskId task, int32_t type, int32_t more_milli,
                        int64_t now_ms)
{
    meter->task_charged[task] = charge_open(meter, task, now_ms);
    meter->task_since_ms[task] = now_ms;
    meter->task_milli[task] += more_milli;
    meter->type_milli[type] += more_milli;
}

static void device_add(ChargeMeter *meter, int32_t device, int32_t more_milli)
{
    if (meter->device_milli != NULL) {
        meter->device_milli[device] += more_milli;
    }
}

/* The same more on each device of the fact. */
static void devices_add(ChargeMeter *meter, const World *world, const Fact *fact,
                        int32_t more_milli)
{
    int32_t count = __builtin_popcount(fact->devices);
    for (uint32_t rest = fact->devices; meter->device_milli != NULL && rest != 0;
         rest &= rest - 1) {
        int32_t device = world->fleet.device_begin[fact->node] + __builtin_ctz(rest);
        meter->device_milli[device] += more_milli / count;
    }
}

/* ---- shares ---- */

static int32_t want_milli(const GpNodeType *type, const GpShape *shape)
{
    int64_t memory = type->device_memory_mib;
    if (shape->device_memory_mib <= 0 || memory <= 0) {
        return shape->device_milli;
    }
    int64_t milli = ((int64_t)shape->device_memory_mib * GP_DEVICE_MILLI + memory - 1) / memory;
    milli = milli > GP_DEVICE_MILLI ? GP_DEVICE_MILLI : milli;
    return milli > shape->device_milli ? (int32_t)milli : shape->device_milli;
}

static void device_charge(ChargeMeter *meter, int32_t device, int32_t type, int64_t now_ms)
{
    int32_t room_milli = GP_DEVICE_MILLI;
    for (int64_t at = meter->device_shares[device]; at >= 0; at = meter->shares[at].next) {
        room_milli -= meter->shares[at].own_milli;
    }
    for (int64_t at = meter->device_shares[device]; at >= 0; at = meter->shares[at].next) {
        DeviceShare *share = &meter->shares[at];
        int32_t extra_milli = share->want_milli - share->own_milli;
        extra_milli = extra_milli > room_milli ? room_milli : extra_milli;
        extra_milli = extra_milli > 0 ? extra_milli : 0;
        room_milli -= extra_milli;
        int32_t change_milli = share->own_milli + extra_milli - share->charged_milli;
        if (change_milli != 0) {
            share->charged_milli += change_milli;
            task_charge(meter, share->task, type, change_milli, now_ms);
            device_add(meter, device, change_milli);
        }
    }
}

static void share_add(ChargeMeter *meter, int32_t device, int64_t share)
{
    int64_t *end = &meter->device_shares[device];
    while (*end >= 0) {
        end = &meter->shares[*end].next;
    }
    *end = share;
    meter->shares[share].next = -1;
}

static void share_remove(ChargeMeter *meter, int32_t device, TaskId task)
{
    int64_t *at = &meter->device_shares[device];
    while (*at >= 0 && meter->shares[*at].task != task) {
        at = &meter->shares[*at].next;
    }
    if (*at >= 0) {
        device_add(meter, device, -meter->shares[*at].charged_milli);
        *at = meter->shares[*at].next;
    }
}

/* ---- facts ---- */

static bool is_shared(const ChargeMeter *meter, const World *world, const Fact *fact)
{
    return meter->shares != NULL && is_slice(task_shape(world, fact->task));
}

void charge_begins(ChargeMeter *meter, const World *world, const Fact *fact)
{
    int32_t type = world->fleet.node_type[fact->node];
    int64_t taken_milli = world->type_used_milli[type] - meter->type_used_milli[type];
    meter->type_used_milli[type] += taken_milli;
    meter->task_since_ms[fact->task] = fact->time_ms;
    task_charge(meter, fact->task, type, (int32_t)taken_milli, fact->time_ms);
    devices_add(meter, world, fact, (int32_t)taken_milli);
    if (!is_shared(meter, world, fact)) {
        return;
    }
    const GpShape *shape = task_shape(world, fact->task);
    int32_t want = want_milli(&world->fleet.types[type], shape);
    int64_t share = meter->task_first_share[fact->task];
    for (int32_t bit = 0; bit < GP_DEVICES_MAX; bit++) {
        if ((fact->devices >> bit & 1) != 0) {
            int32_t device = world->fleet.device_begin[fact->node] + bit;
            meter->shares[share] = (DeviceShare){.task = fact->task,
                                                 .own_milli = shape->device_milli,
                                                 .want_milli = want,
                                                 .charged_milli = shape->device_milli};
            share_add(meter, device, share++);
            device_charge(meter, device, type, fact->time_ms);
        }
    }
}

void charge_ends(ChargeMeter *meter, const World *world, const Fact *fact)
{
    int32_t type = world->fleet.node_type[fact->node];
    meter->type_used_milli[type] = world->type_used_milli[type];
    int32_t milli = meter->task_milli[fact->task];
    task_charge(meter, fact->task, type, -milli, fact->time_ms);
    if (!is_shared(meter, world, fact)) {
        devices_add(meter, world, fact, -milli);
        return;
    }
    for (int32_t bit = 0; bit < GP_DEVICES_MAX; bit++) {
        if ((fact->devices >> bit & 1) != 0) {
            int32_t device = world->fleet.device_begin[fact->node] + bit;
            share_remove(meter, device, fact->task);
            device_charge(meter, device, type, fact->time_ms);
        }
    }
}
