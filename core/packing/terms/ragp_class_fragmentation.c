/* ragp_class_fragmentation.c - part F of the RAGP family: minus the growth of idle GPU that typical
 * GPU classes cannot use.
 *
 * Ours, after FGD (Weng et al., USENIX ATC 2023), with every lane and at most GP_RAGP_CLASSES_MAX
 * classes.
 */
#include "core/packing/ragp.h"
#include "core/packing/score.h"
#include "core/packing/terms/terms.h"

static int64_t ragp_class_fragmentation_score(const GpView *view)
{
    return gp_score_points(-gp_ragp_class_growth(view, view->node_value));
}

const GpTerm gp_term_ragp_class_fragmentation = {
    .size = sizeof(GpTerm),
    .name = "ragp-class-fragmentation",
    .summary =
        "part F of ragp: least growth of idle GPU that typical classes cannot use, over all lanes",
    .source = "ours, after Weng et al., USENIX ATC 2023",
    .score = ragp_class_fragmentation_score,
    .devices = gp_ragp_devices,
    .node_value = gp_ragp_class_fragmentation,
    .defaults = gp_ragp_axis_defaults,
};
