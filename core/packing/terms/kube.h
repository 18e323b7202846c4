/* kube.h - what the resource scores of the Kubernetes scheduler have in common.
 *
 * Integer arithmetic, whole weights (a fraction is cut off), CPU and memory with weight 1 by
 * default. As there, a resource that the node lacks is skipped, and so is an extended one (all but
 * CPU and memory) that the pod does not ask for. Allocatable is capacity after health: an unhealthy
 * device leaves it.
 */
#ifndef GPUPACK_KUBE_H
#define GPUPACK_KUBE_H

#include "core/packing/score.h"

#define KUBE_SCORE_MAX 100
#define KUBE_WEIGHT_MAX 1000000
#define KUBE_DEFAULT_CPU_MILLI 100  /* counted for a pod that states no CPU */
#define KUBE_DEFAULT_MEMORY_MIB 200 /* counted for a pod that states no memory */

typedef struct KubeLane {
    int64_t allocatable;
    int64_t without; /* requested by what runs */
    int64_t with;    /* and the pod */
    int64_t weight;
} KubeLane;

static inline int64_t kube_weight(const GpView *view, int axis)
{
    double weight = view->options->axis_weight[axis];
    if (!(weight >= 1.0)) {
        return 0;
    }
    return weight > KUBE_WEIGHT_MAX ? KUBE_WEIGHT_MAX : (int64_t)weight;
}

/* Fills the lane; 0 if this score skips it. */
static inline int kube_lane(const GpView *view, int axis, KubeLane *lane)
{
    int64_t request = gp_request(view, axis);
    int extended = axis != GP_AXIS_CPU && axis != GP_AXIS_MEMORY;
    lane->weight = kube_weight(view, axis);
    if (lane->weight == 0 || !gp_lane_counts(view, axis) || (extended && request == 0)) {
        return 0;
    }
    lane->allocatable = gp_capacity(view, axis);
    lane->without = lane->allocatable - gp_free(view, axis);
    lane->with = lane->without + request;
    return 1;
}

/* The same, with the amounts that these scores assume for a pod that states none. */
static inline int kube_lane_assumed(const GpView *view, int axis, KubeLane *lane)
{
    if (!kube_lane(view, axis, lane)) {
        return 0;
    }
    if (gp_request(view, axis) == 0) {
        lane->with += axis == GP_AXIS_CPU ? KUBE_DEFAULT_CPU_MILLI : KUBE_DEFAULT_MEMORY_MIB;
    }
    return 1;
}

static inline void kube_defaults(GpTermOptions *options)
{
    for (int axis = 0; axis < GP_AXES; axis++) {
        options->axis_weight[axis] = axis == GP_AXIS_CPU || axis == GP_AXIS_MEMORY ? 1.0 : 0.0;
    }
}

#endif
