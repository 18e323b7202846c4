/* internal.h - what the kernel's files share and strangers do not see. */
#ifndef GPUPACK_INTERNAL_H
#define GPUPACK_INTERNAL_H

#include "core/packing/gpupack.h"

static inline int32_t gp_device_count(const GpFleet *fleet, int32_t node)
{
    return fleet->device_begin[node + 1] - fleet->device_begin[node];
}

/* The structs of a caller that was compiled with a later header are longer than ours, so the
 * elements of its arrays are found by its own stride. */
static inline const GpNodeType *gp_type_at(const GpFleet *fleet, int32_t type)
{
    size_t stride = fleet->types[0].size;
    return (const GpNodeType *)((const char *)fleet->types + (size_t)type * stride);
}

static inline const GpNodeType *gp_node_type(const GpFleet *fleet, int32_t node)
{
    return gp_type_at(fleet, fleet->node_type[node]);
}

static inline const GpShape *gp_shape_at(const GpShape *shapes, int32_t shape)
{
    return (const GpShape *)((const char *)shapes + (size_t)shape * shapes[0].size);
}

static inline GpTypical *gp_typical_at(const GpConstants *constants, int32_t i)
{
    size_t stride = constants->typical[0].size;
    return (GpTypical *)((char *)constants->typical + (size_t)i * stride);
}

/* Points the view at one node; shape, options and node_value are the caller's to set. */
static inline void gp_view_node(GpView *view, const GpFleet *fleet, int32_t node)
{
    int32_t first = fleet->device_begin[node];
    view->size = (uint32_t)sizeof(GpView);
    view->type = gp_node_type(fleet, node);
    view->free = fleet->node_free[node];
    view->health_ppm = fleet->node_health_ppm == NULL ? NULL : fleet->node_health_ppm[node];
    view->device_free_milli = fleet->device_free_milli + first;
    view->device_free_mib = fleet->device_free_mib + first;
    view->device_tasks = fleet->device_tasks + first;
    view->device_health = fleet->device_health + first;
    view->device_mig = fleet->device_mig + first;
    view->kind_tasks = fleet->kind_count == 0
                           ? NULL
                           : fleet->node_kind_tasks + (size_t)node * (size_t)fleet->kind_count;
    view->device_count = fleet->device_begin[node + 1] - first;
    view->kind_count = fleet->kind_count;
}

/* Does the shape ask more of this lane than is free? Lanes that are not looked at never stop it. */
static inline int gp_lane_is_short(const int64_t *free, const GpShape *shape, int axis,
                                   uint32_t sees)
{
    return free[axis] < shape->request[axis] && shape->request[axis] > 0 &&
           (sees >> axis & 1u) != 0;
}

/* What one device gives up for the shape: milli-GPU, which for a MIG instance depend on the card.
 */
int32_t gp_device_charge_milli(const GpNodeType *type, const GpShape *shape);

/* What tasks may still take of a device's compute. One that is held for its memory alone has lost
 * none of it, yet is no whole device any more. */
static inline int32_t gp_device_open_milli(const GpView *view, int32_t device)
{
    int32_t free_milli = view->device_free_milli[device];
    return free_milli >= GP_DEVICE_MILLI && view->device_tasks[device] > 0 ? GP_DEVICE_MILLI - 1
                                                                           : free_milli;
}

static inline int32_t gp_bits_set(uint32_t mask)
{
    int32_t count = 0; /* the builtin may be a call of the compiler's library */
    for (; mask != 0; mask &= mask - 1) {
        count++;
    }
    return count;
}

/* May the shape use this node's GPU model, and this node's group? */
static inline int gp_model_allowed(const GpNodeType *type, const GpShape *shape)
{
    return shape->model_set == 0 ||
           (type->model >= 0 && (shape->model_set >> type->model & 1u) != 0);
}

static inline int gp_group_allowed(const GpNodeType *type, const GpShape *shape)
{
    return shape->group_set == 0 || (shape->group_set >> type->group & 1u) != 0;
}

/* What a node is short of when this lane is. */
static inline int gp_dimension_of_axis(int axis)
{
    /* In the same order, but MIG stands after GPU and is no lane. */
    return axis == GP_AXIS_GPU ? GP_DIMENSION_GPU : axis + 1;
}

/* ---- numa.c ---- */

/* Parts of a node: the devices in order in so many equal ones, the last takes the rest; at least
 * one, and none without a device. */
int32_t gp_numa_parts(int32_t device_count, int32_t numa_count);

/* The devices of one part, as bits. */
uint32_t gp_numa_part(int32_t device_count, int32_t parts, int32_t part);

/* Are all these devices of one part? */
int gp_numa_is_one_part(int32_t device_count, int32_t numa_count, uint32_t devices);

/* The devices that the shape may be given: those with room; for a shape that wants one NUMA part
 * those of the part that holds it with fewest of them, 0 if no part does. */
uint32_t gp_open_devices(const GpView *view, const GpShape *shape, uint32_t sees);

/* Has this device of the viewed node room for one device's part of the shape? */
int gp_device_has_room(const GpView *view, int32_t device, const GpShape *shape, uint32_t sees);

/* Does the viewed node hold the shape? Presence is the caller's question. */
int gp_view_fits(const GpView *view, const GpShape *shape, uint32_t sees);

/* Its two halves: what the node has besides devices, and which node it is; and the devices. */
int gp_view_admits(const GpView *view, const GpShape *shape, uint32_t sees);
int gp_view_has_devices(const GpView *view, const GpShape *shape, uint32_t sees);

/* Is the device (a row of the device columns) in service, and nobody's, as a shape of whole devices
 * wants it? Which are cannot be foreseen, so there is no branch in it. */
static inline int gp_device_is_unused(const GpFleet *fleet, int32_t device)
{
    return (fleet->device_free_milli[device] >= GP_DEVICE_MILLI) &
           (fleet->device_tasks[device] == 0) & (fleet->device_mig[device] == 0) &
           (fleet->device_health[device] != 0);
}

/* The same of a device of the viewed node, and all such devices as bits. */
static inline int gp_view_is_unused(const GpView *view, int32_t device)
{
    return (view->device_free_milli[device] >= GP_DEVICE_MILLI) &
           (view->device_tasks[device] == 0) & (view->device_mig[device] == 0) &
           (view->device_health[device] != 0);
}

static inline uint32_t gp_view_unused(const GpView *view)
{
    uint32_t unused = 0;
    for (int32_t device = 0; device < view->device_count; device++) {
        unused |= (uint32_t)gp_view_is_unused(view, device) << device;
    }
    return unused;
}

/* Does a node have the devices for the shape as soon as enough of them are unused? */
static inline int gp_shape_counts_unused(const GpShape *shape, uint32_t sees)
{
    return shape->device_milli == GP_DEVICE_MILLI && shape->mig_profile == GP_MIG_PROFILE_NONE &&
           shape->numa == 0 &&
           (shape->device_memory_mib == 0 || (sees >> GP_AXIS_GPU_MEMORY & 1u) == 0);
}

/* The lowest-numbered completely free devices of the viewed node, `count` of them. */
uint32_t gp_whole_devices(const GpView *view, int32_t count);

/* The devices that are left fullest by a share of each, lowest index among equals; 0: too few. */
uint32_t gp_tightest_devices(const GpView *view);

/* Devices (and MIG start) that the policy takes on the viewed node, which holds the shape. */
GpStatus gp_view_devices(GpView *view, const GpPolicy *policy, uint64_t draw,
                         GpPlacement *placement);

/* Sets what the policy and the shape say; the node is gp_view_node's to set. */
void gp_view_study(GpView *view, const GpPolicy *policy, const GpConstants *constants,
                   const GpShape *shape);

/* Each term's node value of the viewed node; 0 where a term has none. */
void gp_node_values_fill(GpView *view, const GpPolicy *policy, double *node_values);

/* Weighted sum of the terms without a second step. node_values[i] is the i-th term's node value. */
int64_t gp_view_score(GpView *view, const GpPolicy *policy, const double *node_values);

/* Which terms have a node value, and which need a second step: bit i = the policy's i-th term. */
uint32_t gp_policy_valued(const GpPolicy *policy);
uint32_t gp_policy_finished(const GpPolicy *policy);

/* The index of a draw's uniform choice among `count`: multiply-shift, bias below count / 2^64. */
static inline int64_t gp_draw_below(uint64_t draw, int64_t count)
{
    /* 64 x 32 bits in two halves: no 128-bit arithmetic in a freestanding library. count < 2^32. */
    uint64_t high = (draw >> 32) * (uint64_t)count;
    uint64_t low = ((draw & 0xffffffffu) * (uint64_t)count) >> 32;
    return (int64_t)((high + low) >> 32);
}

#endif
