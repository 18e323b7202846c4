/* l2_norm.c - smallest weighted distance between what is free and what is asked: -sum of w_i (r_i -
 * d_i)^2.
 *
 * Source: Panigrahy, Talwar, Uyeda, Wieder, "Heuristics for vector bin packing", 2011: norm-based
 * greedy. Amounts are shares of the node's capacity. The paper derives w from the remaining items;
 * here the user sets it (default 1).
 */
#include "core/packing/score.h"
#include "core/packing/terms/terms.h"

static int64_t l2_norm_score(const GpView *view)
{
    double sum = 0.0;
    for (int axis = 0; axis < GP_AXIS_COUNT; axis++) {
        if (gp_lane_counts(view, axis)) {
            double capacity = (double)gp_capacity(view, axis);
            double gap =
                (double)gp_free(view, axis) / capacity - (double)gp_request(view, axis) / capacity;
            sum += view->options->axis_weight[axis] * gap * gap;
        }
    }
    return gp_score_points(-sum);
}

const GpTerm gp_term_l2_norm = {
    .size = sizeof(GpTerm),
    .name = "l2-norm",
    .summary = "smallest distance between free capacity and demand",
    .source = "Panigrahy et al., 2011: norm-based greedy, L2",
    .score = l2_norm_score,
};
