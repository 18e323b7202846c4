/* balanced_allocation.c - the node whose resources would be used most evenly.
 *
 * Source: kube-scheduler NodeResourcesBalancedAllocation. Variant 0, up to 1.35: B = (1 -
 * deviation) * 100, cut off, over the shares in use with the pod. Variant 1, from 1.36: 50 + (50 +
 * B with the pod - B without it) / 2 in integers, so 75 says that nothing changes. Pods that ask
 * for nothing that is looked at are not scored (0 everywhere). A weight only says whether a
 * resource takes part.
 */
#include "core/packing/terms/kube.h"
#include "core/packing/terms/terms.h"

/* Standard deviation of the shares; over two it is half their difference. */
static double shares_deviation(const double *shares, int count)
{
    if (count < 2) {
        return 0.0;
    }
    if (count == 2) {
        double gap = (shares[0] - shares[1]) / 2.0;
        return gap < 0.0 ? -gap : gap;
    }
    double total = 0.0;
    for (int i = 0; i < count; i++) {
        total += shares[i];
    }
    double mean = total / (double)count;
    double sum = 0.0;
    for (int i = 0; i < count; i++) {
        sum += (shares[i] - mean) * (shares[i] - mean);
    }
    return gp_square_root(sum / (double)count);
}

static double share_of(int64_t used, int64_t allocatable)
{
    double share = (double)used / (double)allocatable;
    return share > 1.0 ? 1.0 : share;
}

static int64_t balance(const double *shares, int count)
{
    return (int64_t)((1.0 - shares_deviation(shares, count)) * (double)KUBE_SCORE_MAX);
}

static int64_t balanced_allocation_score(const GpView *view)
{
    double with[GP_AXES];
    double without[GP_AXES];
    int count = 0;
    int asks = 0;
    for (int axis = 0; axis < GP_AXIS_COUNT; axis++) {
        KubeLane lane;
        asks = asks || (kube_weight(view, axis) > 0 && gp_request(view, axis) > 0);
        if (kube_lane(view, axis, &lane)) {
            with[count] = share_of(lane.with, lane.allocatable);
            without[count] = share_of(lane.without, lane.allocatable);
            count++;
        }
    }
    if (!asks) {
        return 0;
    }
    int64_t after = balance(with, count);
    if (view->options->variant == 0) {
        return after * GP_SCORE_ONE;
    }
    return (50 + (50 + after - balance(without, count)) / 2) * GP_SCORE_ONE;
}

const GpTerm gp_term_balanced_allocation = {
    .size = sizeof(GpTerm),
    .name = "balanced-allocation",
    .summary = "most even use of CPU and memory; variant 1 rewards improvement (Kubernetes 1.36)",
    .source = "kube-scheduler NodeResourcesBalancedAllocation, up to 1.35 and from 1.36",
    .score = balanced_allocation_score,
    .defaults = kube_defaults,
    .variants = 2,
};
