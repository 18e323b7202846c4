/* stranded.c - nodes are looked at when they changed; what waits only where it is no typical task.
 */
#include "sim/experiment/stranded.h"

#include <stdlib.h>

static bool shapes_alike(const GpShape *a, const GpShape *b)
{
    bool alike = a->device_count == b->device_count && a->device_milli == b->device_milli &&
                 a->device_memory_mib == b->device_memory_mib && a->mig_profile == b->mig_profile &&
                 a->model_set == b->model_set && a->group_set == b->group_set && a->numa == b->numa;
    for (int axis = 0; alike && axis < GP_AXES; axis++) {
        alike = a->request[axis] == b->request[axis];
    }
    return alike;
}

/* Who wants least fits most often, so the search for one that fits is short. */
static int smaller_first(const void *va, const void *vb)
{
    const GpShape *a = va;
    const GpShape *b = vb;
    for (int axis = 0; axis < GP_AXES; axis++) {
        if (a->request[axis] != b->request[axis]) {
            return a->request[axis] < b->request[axis] ? -1 : 1;
        }
    }
    return 0;
}

static bool is_typical(const StrandedMeter *meter, const GpShape *shape)
{
    for (int32_t i = 0; i < meter->typical_count; i++) {
        if (shapes_alike(&meter->typical[i], shape)) {
            return true;
        }
    }
    return false;
}

static void typical_add(StrandedMeter *meter, const GpShape *shape)
{
    if (shape->device_count > 0) {
        meter->typical[meter->typical_count++] = *shape;
    }
}

static void shapes_sort(StrandedMeter *meter, const World *world)
{
    const GpConstants *constants = &world->scenario->constants;
    const JobTable *jobs = world->jobs;
    for (int32_t i = 0; i < constants->typical_count; i++) {
        typical_add(meter, &constants->typical[i].shape);
    }
    for (ShapeId shape = 0; constants->typical_count == 0 && shape < jobs->shapes.count; shape++) {
        typical_add(meter, &jobs->shapes.shapes[shape]);
    }
    qsort(meter->typical, (size_t)meter->typical_count, sizeof(GpShape), smaller_first);
    for (ClassId id = 0; id < jobs->class_count; id++) {
        const GpShape *shape = &jobs->shapes.shapes[jobs->classes[id].shape];
        meter->is_rare[id] = shape->device_count > 0 && !is_typical(meter, shape);
    }
}

static void node_touch(StrandedMeter *meter, int32_t node)
{
    if (!meter->is_touched[node]) {
        meter->is_touched[node] = 1;
        meter->touched[meter->touched_count++] = node;
    }
}

bool stranded_init(StrandedMeter *meter, Arena *arena, const World *world, Judge *judge)
{
    int32_t nodes = world->fleet.node_count;
    int32_t typical = world->scenario->constants.typical_count;
    int32_t shapes = world->jobs->shapes.count;
    *meter = (StrandedMeter){
        .judge = judge,
        .typical = ARENA_ARRAY(arena, GpShape, typical > shapes ? typical : shapes),
        .is_rare = ARENA_ARRAY(arena, uint8_t, world->jobs->class_count),
        .fitting = ARENA_ARRAY(arena, ClassId, world->jobs->class_count),
        .node = ARENA_ARRAY(arena, int32_t, nodes),
        .place = ARENA_ARRAY(arena, int32_t, nodes),
        .free_milli = ARENA_ARRAY(arena, int64_t, nodes),
        .touched = ARENA_ARRAY(arena, int32_t, nodes),
        .is_touched = ARENA_ARRAY(arena, uint8_t, nodes),
    };
    if (arena->failed) {
        return false;
    }
    shapes_sort(meter, world);
    for (int32_t node = 0; node < nodes; node++) {
        meter->place[node] = -1;
        node_touch(meter, node);
    }
    return true;
}

/* ---- nodes ---- */

static bool holds_typical(const StrandedMeter *meter, const World *world, int32_t node)
{
    for (int32_t i = 0; i < meter->typical_count; i++) {
        if (gp_fits(&world->fleet, node, &meter->typical[i], GP_SEES_ALL)) {
            return true;
        }
    }
    return false;
}

static void node_remove(StrandedMeter *meter, int32_t node)
{
    int32_t place = meter->place[node];
    if (place >= 0) {
        int32_t last = meter->node[--meter->count];
        meter->node[place] = last;
        meter->place[last] = place;
        meter->place[node] = -1;
        meter->sum_milli -= meter->free_milli[node];
    }
}

static void node_look(StrandedMeter *meter, const World *world, int32_t node)
{
    int64_t free_milli = world->fleet.node_free[node][GP_AXIS_GPU];
    node_remove(meter, node);
    if (free_milli > 0 && world->fleet.node_present[node] != 0 &&
        !holds_typical(meter, world, node)) {
        meter->place[node] = meter->count;
        meter->node[meter->count++] = node;
        meter->free_milli[node] = free_milli;
        meter->sum_milli += free_milli;
    }
}

/* ---- what waits ---- */

/* Rare classes that wait and fit on some node. */
static int32_t fitting_find(StrandedMeter *meter, const World *world)
{
    const Waiting *waiting = &world->waiting;
    int32_t count = 0;
    for (int32_t line = 0; line < waiting->line_count; line++) {
        for (int32_t i = 0; i < waiting->line_classes[line]; i++) {
            ClassId id = waiting->heap[waiting->line_begin[line] + i];
            ShapeId shape = world->jobs->classes[id].shape;
            if (meter->is_rare[id] && judge_excluded(meter->judge, shape)->none > 0) {
                meter->fitting[count++] = id;
            }
        }
    }
    return count;
}

static bool any_fits(StrandedMeter *meter, const World *world, int32_t count, int32_t node)
{
    for (int32_t i = 0; i < count; i++) {
        if (judge_node_fits(meter->judge, world->jobs->classes[meter->fitting[i]].shape, node)) {
            return true;
        }
    }
    return false;
}

/* Less what would hold a task of some rare class that waits. */
static int64_t stranded_milli(StrandedMeter *meter, const World *world)
{
    int32_t fitting = world->waiting.count > 0 ? fitting_find(meter, world) : 0;
    int64_t milli = meter->sum_milli;
    for (int32_t i = 0; i < meter->count && fitting > 0; i++) {
        if (any_fits(meter, world, fitting, meter->node[i])) {
            milli -= meter->free_milli[meter->node[i]];
        }
    }
    return milli;
}

/* ---- observer ---- */

static void stranded_fact(void *self, const World *world, const Fact *fact)
{
    (void)world;
    node_touch(self, fact->node);
}

static void stranded_interval(void *self, const World *world, int64_t from_ms, int64_t to_ms)
{
    StrandedMeter *meter = self;
    for (int32_t i = 0; i < meter->touched_count; i++) {
        node_look(meter, world, meter->touched[i]);
        meter->is_touched[meter->touched[i]] = 0;
    }
    meter->touched_count = 0;
    from_ms = after_warmup(world->scenario, from_ms);
    if (meter->count > 0 && from_ms < to_ms) {
        meter->stranded_milli_ms += (Int128)stranded_milli(meter, world) * (to_ms - from_ms);
    }
}

Observer stranded_observer(StrandedMeter *meter)
{
    return (Observer){.self = meter,
                      .fact = stranded_fact,
                      .interval = stranded_interval,
                      .hears = FACTS_OF_PLACES};
}

double stranded_gpu_hours(const StrandedMeter *meter)
{
    return ledger_gpu_hours(meter->stranded_milli_ms * GP_PPM);
}
