/* ragp_alignment.c - part A of the RAGP family: the weighted cosine of demand and residual, 0..1.
 *
 * The paper's public part; its weights and scale are ours. Blind to size: combine it with a
 * tightness term.
 */
#include "core/packing/ragp.h"
#include "core/packing/score.h"
#include "core/packing/terms/terms.h"

static int64_t ragp_alignment_score(const GpView *view)
{
    GpRagpLanes lanes;
    gp_ragp_lanes(view, &lanes);
    return gp_score_points(gp_ragp_alignment(&lanes));
}

const GpTerm gp_term_ragp_alignment = {
    .size = sizeof(GpTerm),
    .name = "ragp-alignment",
    .summary = "part A of ragp: cosine of demand and free capacity (blind to size)",
    .source = "Kaarat, Batthula, Segall, IISEC 2026 (cosine); weights and scale are ours",
    .score = ragp_alignment_score,
    .defaults = gp_ragp_axis_defaults,
};
