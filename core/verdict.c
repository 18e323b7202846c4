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

/* What is free in sum over the present nodes that the shape may use, and what would be if it took
 * any GPU model, or nodes of any group, or both. */
typedef struct FreeSums {
    int64_t allowed[GP_AXES];
    int64_t any_group[GP_AXES];
    int64_t gpu_any_model_milli;
    int64_t gpu_any_milli;
} FreeSums;

/* What one node owes (over-committed after derating) is not owed by the others. */
static void sums_add(int64_t *sums, const int64_t *free, int64_t gpu_milli)
{
    sums[GP_AXIS_GPU] += gpu_milli;
    for (int axis = GP_AXIS_GPU + 1; axis < GP_AXIS_COUNT; axis++) {
        sums[axis] += free[axis] > 0 ? free[axis] : 0;
    }
}

static void free_sums(const GpFleet *fleet, const GpShape *shape, FreeSums *sums)
{
    *sums = (FreeSums){{0}, {0}, 0, 0};
    GpShape any_model = *shape;
    GpShape any_group = *shape;
    any_model.model_set = 0;
    any_group.group_set = 0;
    for (int32_t node = 0; node < fleet->node_count; node++) {
        if (fleet->node_present[node] == 0) {
            continue;
        }
        const GpNodeType *type = &fleet->types[fleet->node_type[node]];
        const int64_t *free = fleet->node_free[node];
        int64_t gpu_milli = gpu_free_milli(type, shape, free[GP_AXIS_GPU]);
        sums->gpu_any_milli += gpu_milli;
        if (node_type_takes(type, &any_model)) {
            sums->gpu_any_model_milli += gpu_milli;
        }
        if (node_type_takes(type, &any_group)) {
            sums_add(sums->any_group, free, gpu_milli);
        }
        if (node_type_takes(type, shape)) {
            sums_add(sums->allowed, free, gpu_milli);
        }
    }
}

/* Do the tasks need more than that? Without the overflow of request x task_count. */
static bool is_short(int64_t free, int64_t request, int32_t task_count)
{
    return request > 0 && free / request < task_count;
}

/* The first dimension, in order, of which less is free in sum than the tasks need. MIG is geometry,
 * no sum. Enough of it on nodes that the shape may not use: their model or their group is what is
 * short. */
static GpDimension first_short(const GpFleet *fleet, const GpShape *shape, int32_t task_count)
{
    FreeSums sums;
    free_sums(fleet, shape, &sums);
    for (int axis = 0; axis < GP_AXIS_COUNT; axis++) {
        int64_t request = shape->request[axis];
        if (!is_short(sums.allowed[axis], request, task_count)) {
            continue;
        }
        if (axis == GP_AXIS_GPU && !is_short(sums.gpu_any_model_milli, request, task_count)) {
            return GP_DIMENSION_GPU_MODEL;
        }
        if (!is_short(sums.any_group[axis], request, task_count)) {
            return GP_DIMENSION_TOPOLOGY;
        }
        if (axis == GP_AXIS_GPU && !is_short(sums.gpu_any_milli, request, task_count)) {
            return GP_DIMENSION_GPU_MODEL; /* model and group together; the first in order */
        }
        return AXIS_DIMENSION[axis];
    }
    return GP_DIMENSION_NONE;
}

/* ---- gangs ---- */

/* The binding dimension of the task that finds no place once every node holds as many as it can:
 * the one that alone stops most nodes; if none alone stops any, the one that stops most; ties in
 * order. */
static GpDimension gang_binding(const GpFleet *fleet, const GpShape *shape)
{
    int32_t alone[GP_DIMENSION_COUNT] = {0};
    int32_t stopping[GP_DIMENSION_COUNT] = {0};
    int32_t most_alone = 0;
    for (int32_t node = 0; node < fleet->node_count; node++) {
        GpRoom room = {.size = sizeof room};
        gp_room_of(fleet, node, shape, GP_SEES_ALL, &room);
        int stops = 0;
        int last = 0;
        for (int d = 0; d < GP_DIMENSION_COUNT; d++) {
            if (room.tasks[d] == room.all && room.all < GP_ROOM_UNLIMITED) {
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
        held += gp_room(fleet, node, shape, GP_SEES_ALL, limit);
    }
    return held < limit ? held : limit;
}

GpDimension verdict_too_large(const GpFleet *empty_fleet, const GpShape *shape, int32_t task_count)
{
    bool fits = verdict_room(empty_fleet, shape, task_count) >= task_count;
    return verdict_judge(empty_fleet, shape, task_count, fits).dimension;
}
