/* ragp_stranded.c - part G of the RAGP family: minus the growth of leftovers that no typical task
 * could use.
 *
 * Ours. t = how many tasks of the mean demand (GpConstants.mix) still fit; what lies above t times
 * that demand is stranded.
 */
#include "core/packing/ragp.h"
#include "core/packing/score.h"
#include "core/packing/terms/terms.h"

static int64_t ragp_stranded_score(const GpView *view)
{
    GpRagpLanes lanes;
    gp_ragp_lanes(view, &lanes);
    return gp_score_points(-gp_ragp_stranded_growth(&lanes, view->constants->mix));
}

const GpTerm gp_term_ragp_stranded = {
    .size = sizeof(GpTerm),
    .name = "ragp-stranded",
    .summary = "part G of ragp: least growth of leftovers that no typical task can use",
    .source = "ours",
    .score = ragp_stranded_score,
    .defaults = gp_ragp_axis_defaults,
};
