/* least_allocated.c - the emptiest node first: the default of the Kubernetes scheduler.
 *
 * Source: kube-scheduler NodeResourcesFit, LeastAllocated: weighted mean of (A - q) * 100 / A in
 * integers, q including the pod. A pod that states no CPU or memory counts 100 milli-core or 200
 * MiB here; running ones count what they asked.
 */
#include "core/packing/terms/kube.h"
#include "core/packing/terms/terms.h"

static int64_t least_allocated_score(const GpView *view)
{
    int64_t sum = 0;
    int64_t weights = 0;
    for (int axis = 0; axis < GP_AXIS_COUNT; axis++) {
        KubeLane lane;
        if (kube_lane_assumed(view, axis, &lane)) {
            int64_t left = lane.allocatable - lane.with;
            sum += lane.weight * (left < 0 ? 0 : left * KUBE_SCORE_MAX / lane.allocatable);
            weights += lane.weight;
        }
    }
    return weights == 0 ? 0 : sum / weights * GP_SCORE_ONE;
}

const GpTerm gp_term_least_allocated = {
    .size = sizeof(GpTerm),
    .name = "least-allocated",
    .summary = "emptiest node by CPU and memory, as Kubernetes does by default",
    .source = "kube-scheduler NodeResourcesFit, LeastAllocated",
    .score = least_allocated_score,
    .defaults = kube_defaults,
};
