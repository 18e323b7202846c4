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

const char *lane_name(GpAxis lane)
{
    return lane >= 0 && lane < GP_AXIS_COUNT ? dimension_name(AXIS_DIMENSION[lane]) : "none";
}

/* ---- sums ---- */

/* Adds one part of the fleet to a sum. */
static void lanes_add(int64_t *sums, const int64_t *free, int64_t gpu_halves)
{
    sums[GP_AXIS_GPU] += gpu_halves;
    for (int axis = GP_AXIS_GPU + 1; axis < GP_AXIS_COUNT; axis++) {
        sums[axis] += free[axis];
    }
}

void free_sums_add(FreeSums *sums, const GpNodeType *type, const GpShape *shape,
                   const int64_t free[GP_AXES])
{
    bool right_model = node_type_allowed(type, shape->model_set);
    bool right_group = shape->group_set == 0 || (shape->group_set >> type->group & 1) != 0;
    /* MIG requests count eighths of a card, and the slices of a four-slice card are quarters. */
    int slice_milli = gp_mig_slice_milli(type->mig_geometry);
    bool whole = shape->mig_profile == GP_MIG_PROFILE_NONE || slice_milli == 0;
    int64_t gpu_halves = free[GP_AXIS_GPU] * (whole ? 2 : 250 / slice_milli);
    sums->gpu_any_halves += gpu_halves;
    if (right_group) {
        sums->gpu_any_model_halves += gpu_halves;
    }
    if (right_model) {
        lanes_add(sums->any_group, free, gpu_halves);
    }
    if (right_model && right_group) {
        lanes_add(sums->allowed, free, gpu_halves);
    }
}

void node_free_positive(const GpFleet *fleet, int32_t node, int64_t free[GP_AXES])
{
    for (int axis = 0; axis < GP_AXES; axis++) {
        int64_t lane = fleet->node_present[node] != 0 ? fleet->node_free[node][axis] : 0;
        free[axis] = lane > 0 ? lane : 0;
    }
}

/* Do the tasks need more than that? Without the overflow of request x task_count. */
static bool is_short(int64_t free, int64_t request, int32_t task_count)
{
    return request > 0 && free / request < task_count;
}

GpDimension free_sums_short(const FreeSums *sums, const GpShape *shape, int32_t task_count)
{
    for (int axis = 0; axis < GP_AXIS_COUNT; axis++) {
        bool is_gpu = axis == GP_AXIS_GPU;
        int64_t request = shape->request[axis] * (is_gpu ? 2 : 1);
        if (!is_short(sums->allowed[axis], request, task_count)) {
            continue;
        }
        if (is_gpu && !is_short(sums->gpu_any_model_halves, request, task_count)) {
            return GP_DIMENSION_GPU_MODEL;
        }
        if (!is_short(sums->any_group[axis], request, task_count)) {
            return GP_DIMENSION_TOPOLOGY;
        }
        if (is_gpu && !is_short(sums->gpu_any_halves, request, task_count)) {
            return GP_DIMENSION_GPU_MODEL; /* model and group together; the first in order */
        }
        return AXIS_DIMENSION[axis];
    }
    return GP_DIMENSION_NONE;
}

static GpDimension first_short(const GpFleet *fleet, const GpShape *shape, int32_t task_count)
{
    FreeSums sums = {{0}, {0}, 0, 0};
    for (int32_t node = 0; node < fleet->node_count; node++) {
        int64_t free[GP_AXES];
        node_free_positive(fleet, node, free);
        free_sums_add(&sums, &fleet->types[fleet->node_type[node]], shape, free);
    }
    return free_sums_short(&sums, shape, task_count);
}

/* ---- gangs ---- */

uint32_t room_stops(const GpRoom *room)
{
    uint32_t stops = 0;
    for (int d = 0; d < GP_DIMENSION_COUNT && room->all < GP_ROOM_UNLIMITED; d++) {
        stops |= room->tasks[d] == room->all ? 1u << d : 0;
    }
    return stops;
}

void node_count_add(NodeCount *count, uint32_t dimensions, int32_t change)
{
    if (dimensions == 0) {
        count->none += change;
        return;
    }
    bool only_one = (dimensions & (dimensions - 1)) == 0;
    for (int d = 0; d < GP_DIMENSION_COUNT; d++) {
        int32_t here = (dimensions >> d & 1u) != 0 ? change : 0;
        count->any[d] += here;
        count->alone[d] += only_one ? here : 0;
    }
}

static int most(const int32_t *count)
{
    int best = 0;
    for (int d = 1; d < GP_DIMENSION_COUNT; d++) {
        best = count[d] > count[best] ? d : best;
    }
    return best;
}

GpDimension node_count_binding(const NodeCount *count)
{
    int alone = most(count->alone);
    return (GpDimension)(count->alone[alone] > 0 ? alone : most(count->any));
}

/* Of the task that finds no place once every node holds as many as it can. */
static GpDimension gang_binding(const GpFleet *fleet, const GpShape *shape)
{
    NodeCount count = {0};
    for (int32_t node = 0; node < fleet->node_count; node++) {
        GpRoom room = {.size = sizeof room};
        gp_room_of(fleet, node, shape, GP_SEES_ALL, &room);
        node_count_add(&count, room_stops(&room), 1);
    }
    return node_count_binding(&count);
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
        held += gp_room(fleet, node, shape, GP_SEES_ALL, limit);
    }
    return held < limit ? held : limit;
}

GpDimension verdict_too_large(const GpFleet *empty_fleet, const GpShape *shape, int32_t task_count)
{
    bool fits = verdict_room(empty_fleet, shape, task_count) >= task_count;
    return verdict_judge(empty_fleet, shape, task_count, fits).dimension;
}
