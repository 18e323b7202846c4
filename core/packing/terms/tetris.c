/* tetris.c - alignment of what is asked with what is free: sum of d_i r_i, both in shares of the
 * node's capacity.
 *
 * Source: Grandl et al., "Multi-resource packing for cluster schedulers", SIGCOMM 2014. There it
 * chooses the task for a freed machine; here it chooses the machine for a task, where it behaves
 * much like worst fit. The penalty for remote input and the shortest-remaining-work part are left
 * out: they need data locality and an order of tasks.
 */
#include "core/packing/score.h"
#include "core/packing/terms/terms.h"

static int64_t tetris_score(const GpView *view)
{
    double sum = 0.0;
    for (int axis = 0; axis < GP_AXIS_COUNT; axis++) {
        if (gp_lane_counts(view, axis)) {
            double capacity = (double)gp_capacity(view, axis);
            double demand = (double)gp_request(view, axis) / capacity;
            double residual = (double)gp_free(view, axis) / capacity;
            sum += view->options->axis_weight[axis] * demand * residual;
        }
    }
    return gp_score_points(sum);
}

const GpTerm gp_term_tetris = {
    .size = sizeof(GpTerm),
    .name = "tetris",
    .summary = "largest dot product of demand and free capacity",
    .source = "Grandl et al., SIGCOMM 2014: alignment score",
    .score = tetris_score,
};
