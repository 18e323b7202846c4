/* volcano_binpack.c - the fullest node, counting only what the task asks for.
 *
 * Source: Volcano's binpack plugin: over the resources asked for, weighted mean of (used + asked) /
 * capacity, times 100; a resource that would overflow gives 0. Default weights: CPU 1, memory 1,
 * GPU only if named. The plugin's own weight is the weight of this term in the policy.
 */
#include "core/packing/score.h"
#include "core/packing/terms/terms.h"

static int64_t volcano_binpack_score(const GpView *view)
{
    double sum = 0.0;
    double weights = 0.0;
    for (int axis = 0; axis < GP_AXIS_COUNT; axis++) {
        double weight = view->options->axis_weight[axis];
        int64_t request = gp_request(view, axis);
        if (request == 0 || !(weight > 0.0) || !gp_lane_counts(view, axis)) {
            continue;
        }
        int64_t capacity = gp_capacity(view, axis);
        int64_t used = capacity - gp_free(view, axis) + request;
        if (used <= capacity) {
            sum += (double)used * weight / (double)capacity;
        }
        weights += weight;
    }
    return weights == 0.0 ? 0 : gp_score_points(sum / weights * 100.0);
}

static void volcano_binpack_defaults(GpTermOptions *options)
{
    for (int axis = 0; axis < GP_AXES; axis++) {
        options->axis_weight[axis] = axis == GP_AXIS_CPU || axis == GP_AXIS_MEMORY ? 1.0 : 0.0;
    }
}

const GpTerm gp_term_volcano_binpack = {
    .size = sizeof(GpTerm),
    .name = "volcano-binpack",
    .summary = "fullest node over the resources that the task asks for",
    .source = "Volcano, binpack plugin",
    .score = volcano_binpack_score,
    .defaults = volcano_binpack_defaults,
};
