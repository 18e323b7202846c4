/* ragp.c - a RAGP-family score over all lanes: alignment, tightness, and what the task leaves
 * behind.
 *
 * Public in "Fitting the Void: Residual-Aware Geometric Packing for GenAI Workloads" (IISEC 2026,
 * DOI 10.1109/IISEC69317.2026.11418430) and its follow-up article: match demand and residual as
 * vectors by their cosine, and count storage bandwidth and I/O CPU among the lanes. Ours: the
 * normalisation, the weights, and every other part: tightness, stranded leftovers, class
 * fragmentation (after FGD), health and MIG. This is a kernel of that family, consistent with the
 * public description; it reproduces none of the paper's numbers, which are not public. Literal
 * cosine alone (`ragp-public`) cannot tell an empty node from a nearly full one with leftovers of
 * the same shape: where jobs end and come again it was worse than random placement in our models.
 *
 * Score = a A + b T - g G - f dF - e E - u M; coefficient[0..5] = a, b, g, f, e, u.
 */
#include "core/packing/ragp.h"
#include "core/packing/score.h"
#include "core/packing/terms/terms.h"

/* A part whose coefficient is 0 is not computed: it could only add 0. */
static int64_t ragp_score(const GpView *view)
{
    const double *coefficient = view->options->coefficient;
    GpRagpLanes lanes;
    gp_ragp_lanes(view, &lanes);
    double score = 0.0;
    if (coefficient[GP_RAGP_ALIGNMENT] != 0.0) {
        score += coefficient[GP_RAGP_ALIGNMENT] * gp_ragp_alignment(&lanes);
    }
    if (coefficient[GP_RAGP_TIGHTNESS] != 0.0) {
        score += coefficient[GP_RAGP_TIGHTNESS] * gp_ragp_tightness(&lanes);
    }
    if (coefficient[GP_RAGP_STRANDED] != 0.0) {
        score -=
            coefficient[GP_RAGP_STRANDED] * gp_ragp_stranded_growth(&lanes, view->constants->mix);
    }
    if (coefficient[GP_RAGP_CLASS_FRAGMENTATION] != 0.0) {
        score -=
            coefficient[GP_RAGP_CLASS_FRAGMENTATION] * gp_ragp_class_growth(view, view->node_value);
    }
    if (coefficient[GP_RAGP_HEALTH] != 0.0) {
        score -= coefficient[GP_RAGP_HEALTH] * gp_ragp_health(view);
    }
    if (coefficient[GP_RAGP_MIG] != 0.0) {
        score -= coefficient[GP_RAGP_MIG] * gp_ragp_mig_growth(view);
    }
    return gp_score_points(score);
}

static void ragp_defaults(GpTermOptions *options)
{
    gp_ragp_axis_defaults(options);
    options->coefficient[GP_RAGP_ALIGNMENT] = 0.25;
    options->coefficient[GP_RAGP_TIGHTNESS] = 1.0;
    options->coefficient[GP_RAGP_STRANDED] = 1.0;
    options->coefficient[GP_RAGP_CLASS_FRAGMENTATION] = 1.0;
    options->coefficient[GP_RAGP_HEALTH] = 0.05;
    options->coefficient[GP_RAGP_MIG] = 0.1;
}

const GpTerm gp_term_ragp = {
    .size = sizeof(GpTerm),
    .name = "ragp",
    .summary =
        "RAGP-family kernel: alignment, tightness, leftovers, class fragmentation, health, MIG",
    .source = "cosine and lanes: Kaarat, Batthula, Segall, IISEC 2026; the rest is ours",
    .score = ragp_score,
    .devices = gp_ragp_devices,
    .node_value = gp_ragp_class_fragmentation,
    .defaults = ragp_defaults,
};
