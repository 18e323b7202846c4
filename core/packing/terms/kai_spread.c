/* kai_spread.c - KAI's spreading node placement: the idle share of the node.
 *
 * Source: KAI Scheduler, nodeplacement plugin, spread: idle / all, of GPUs, or of CPU for a task
 * without GPUs.
 */
#include "core/packing/terms/kai.h"
#include "core/packing/terms/terms.h"

static int64_t kai_spread_score(const GpView *view)
{
    int axis = kai_axis(view);
    if (!gp_lane_counts(view, axis)) {
        return 0;
    }
    return gp_score_points((double)gp_free(view, axis) / (double)gp_capacity(view, axis));
}

const GpTerm gp_term_kai_spread = {
    .size = sizeof(GpTerm),
    .name = "kai-spread",
    .summary = "largest idle share of the node's GPUs",
    .source = "KAI Scheduler, nodeplacement plugin, spread",
    .score = kai_spread_score,
};
