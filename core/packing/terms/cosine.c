/* cosine.c - cosine of the angle between what is asked and what is free, in shares of the node's
 * capacity.
 *
 * Source: DP2 of the vector packing literature: sum of w_i d_i r_i, divided by both Euclidean
 * norms. The cosine knows directions, not sizes: an empty node and a nearly full one with leftovers
 * of the same shape are equal to it. Alone it spreads load: where jobs end and come again it was
 * worse than random placement in our models. Combine it with a tightness term.
 */
#include "core/packing/score.h"
#include "core/packing/terms/terms.h"

static int64_t cosine_score(const GpView *view)
{
    double dot = 0.0;
    double demand_square = 0.0;
    double residual_square = 0.0;
    for (int axis = 0; axis < GP_AXIS_COUNT; axis++) {
        if (gp_lane_counts(view, axis)) {
            double capacity = (double)gp_capacity(view, axis);
            double demand = (double)gp_request(view, axis) / capacity;
            double residual = (double)gp_free(view, axis) / capacity;
            dot += view->options->axis_weight[axis] * demand * residual;
            demand_square += demand * demand;
            residual_square += residual * residual;
        }
    }
    if (demand_square == 0.0 || residual_square == 0.0) {
        return 0;
    }
    return gp_score_points(dot / (gp_square_root(demand_square) * gp_square_root(residual_square)));
}

const GpTerm gp_term_cosine = {
    .size = sizeof(GpTerm),
    .name = "cosine",
    .summary = "smallest angle between demand and free capacity (blind to size)",
    .source = "vector packing literature: DP2",
    .score = cosine_score,
};
