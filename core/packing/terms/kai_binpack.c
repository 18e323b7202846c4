/* kai_binpack.c - KAI's default node placement: 9 points for the least idle candidate, 0 for the
 * most idle.
 *
 * Source: KAI Scheduler, nodeplacement plugin, binpack: 9 * (1 - (idle - min) / (max - min)) over
 * the nodes that hold the task, 9 if all are equal. Idle is milli-GPU, crumbs of shared cards
 * included, or milli-core for a task without GPUs. KAI adds larger terms for shared cards, topology
 * and affinity: a policy lists those beside this one.
 */
#include "core/packing/terms/kai.h"
#include "core/packing/terms/terms.h"

#define KAI_PLACEMENT_MAX 9.0

/* The raw score only orders nodes: the less idle, the higher. */
static int64_t kai_binpack_score(const GpView *view)
{
    int axis = kai_axis(view);
    return gp_lane_counts(view, axis) ? -gp_free(view, axis) : 0;
}

static int64_t kai_binpack_finish(int64_t raw, int64_t lowest, int64_t highest,
                                  const GpTermOptions *options)
{
    (void)options;
    if (highest == lowest) {
        return gp_score_points(KAI_PLACEMENT_MAX);
    }
    double above_min = (double)(highest - raw); /* idle - min, as raw is -idle */
    double range = (double)(highest - lowest);
    return gp_score_points(KAI_PLACEMENT_MAX * (1.0 - above_min / range));
}

const GpTerm gp_term_kai_binpack = {
    .size = sizeof(GpTerm),
    .name = "kai-binpack",
    .summary = "least idle GPUs among the nodes that hold the task, 0..9",
    .source = "KAI Scheduler, nodeplacement plugin, binpack",
    .score = kai_binpack_score,
    .finish = kai_binpack_finish,
};
