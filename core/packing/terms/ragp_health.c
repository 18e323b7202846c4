/* ragp_health.c - part E of the RAGP family: minus the weighted share of capacity that the node has
 * lost.
 *
 * Ours. 0 on a healthy node; ranks only, the lost capacity itself is already gone from the free
 * lanes.
 */
#include "core/packing/ragp.h"
#include "core/packing/score.h"
#include "core/packing/terms/terms.h"

static int64_t ragp_health_score(const GpView *view)
{
    return gp_score_points(-gp_ragp_health(view));
}

const GpTerm gp_term_ragp_health = {
    .size = sizeof(GpTerm),
    .name = "ragp-health",
    .summary = "part E of ragp: healthiest node first",
    .source = "ours",
    .score = ragp_health_score,
    .defaults = gp_ragp_axis_defaults,
};
