/* requested_to_capacity_ratio.c - a curve of the user's own over each resource's utilisation.
 *
 * Source: kube-scheduler NodeResourcesFit, RequestedToCapacityRatio: u = q * 100 / A (100 if q >
 * A), a piecewise linear curve with scores 0..10 scaled by 10, then the weighted mean over the
 * resources whose score is above 0, rounded. Options: curve_utilisation, curve_score; default (0,
 * 0) to (100, 10), which packs.
 */
#include "core/packing/terms/kube.h"
#include "core/packing/terms/terms.h"

#define CURVE_SCALE 10

static int64_t curve_at(const GpTermOptions *options, int64_t utilisation)
{
    int32_t count = options->curve_count;
    if (count > GP_CURVE_POINTS_MAX) {
        count = GP_CURVE_POINTS_MAX;
    }
    for (int32_t i = 0; i < count; i++) {
        int64_t right = options->curve_utilisation[i];
        int64_t high = (int64_t)options->curve_score[i] * CURVE_SCALE;
        if (utilisation > right) {
            continue;
        }
        if (i == 0) {
            return high;
        }
        int64_t left = options->curve_utilisation[i - 1];
        int64_t low = (int64_t)options->curve_score[i - 1] * CURVE_SCALE;
        return low + (high - low) * (utilisation - left) / (right - left);
    }
    return count < 1 ? 0 : (int64_t)options->curve_score[count - 1] * CURVE_SCALE;
}

static int64_t ratio_score(const GpView *view)
{
    int64_t sum = 0;
    int64_t weights = 0;
    for (int axis = 0; axis < GP_AXIS_COUNT; axis++) {
        KubeLane lane;
        if (!kube_lane_assumed(view, axis, &lane)) {
            continue;
        }
        int64_t utilisation =
            lane.with > lane.allocatable ? 100 : lane.with * 100 / lane.allocatable;
        int64_t points = curve_at(view->options, utilisation);
        if (points > 0) {
            sum += lane.weight * points;
            weights += lane.weight;
        }
    }
    return weights == 0 ? 0 : (2 * sum + weights) / (2 * weights) * GP_SCORE_ONE;
}

static void ratio_defaults(GpTermOptions *options)
{
    kube_defaults(options);
    options->curve_count = 2;
    options->curve_utilisation[0] = 0;
    options->curve_score[0] = 0;
    options->curve_utilisation[1] = 100;
    options->curve_score[1] = 10;
}

const GpTerm gp_term_requested_to_capacity_ratio = {
    .size = sizeof(GpTerm),
    .name = "requested-to-capacity-ratio",
    .summary = "a curve of your own over utilisation, as Kubernetes offers it",
    .source = "kube-scheduler NodeResourcesFit, RequestedToCapacityRatio",
    .score = ratio_score,
    .defaults = ratio_defaults,
};
