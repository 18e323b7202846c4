/* ragp_tightness.c - part T of the RAGP family: how full the node is once the task is on it, 0..1.
 *
 * Weighted best fit over all lanes; ours. Carries most of what the family gains.
 */
#include "core/packing/ragp.h"
#include "core/packing/score.h"
#include "core/packing/terms/terms.h"

static int64_t ragp_tightness_score(const GpView *view)
{
    GpRagpLanes lanes;
    gp_ragp_lanes(view, &lanes);
    return gp_score_points(gp_ragp_tightness(&lanes));
}

const GpTerm gp_term_ragp_tightness = {
    .size = sizeof(GpTerm),
    .name = "ragp-tightness",
    .summary = "part T of ragp: best fit over all lanes",
    .source = "ours",
    .score = ragp_tightness_score,
    .defaults = gp_ragp_axis_defaults,
};
