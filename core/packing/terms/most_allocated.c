/* most_allocated.c - the fullest node first.
 *
 * Source: kube-scheduler NodeResourcesFit, MostAllocated: weighted mean of min(q, A) * 100 / A in
 * integers, q including the pod. A pod that states no CPU or memory counts 100 milli-core or 200
 * MiB here; running ones count what they asked.
 */
#include "core/packing/terms/kube.h"
#include "core/packing/terms/terms.h"

static int64_t most_allocated_score(const GpView *view)
{
    int64_t sum = 0;
    int64_t weights = 0;
    for (int axis = 0; axis < GP_AXIS_COUNT; axis++) {
        KubeLane lane;
        if (kube_lane_assumed(view, axis, &lane)) {
            int64_t used = lane.with > lane.allocatable ? lane.allocatable : lane.with;
            sum += lane.weight * (used * KUBE_SCORE_MAX / lane.allocatable);
            weights += lane.weight;
        }
    }
    return weights == 0 ? 0 : sum / weights * GP_SCORE_ONE;
}

const GpTerm gp_term_most_allocated = {
    .size = sizeof(GpTerm),
    .name = "most-allocated",
    .summary = "fullest node by CPU and memory, as Kubernetes packs when told to",
    .source = "kube-scheduler NodeResourcesFit, MostAllocated",
    .score = most_allocated_score,
    .defaults = kube_defaults,
};
