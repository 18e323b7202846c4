/* mig_fragmentation.c - the node where a MIG instance blocks least: minus the smallest growth of F
 * over cards and starts.
 *
 * Source: after Zambianco, Fasol, Doriguzzi-Corin, arXiv 2511.18906. F is gp_mig_fragmentation.
 * Shapes that are no MIG instance score 0 everywhere. The start itself is chosen by the policy's
 * MIG rule; its default is this measure.
 */
#include "core/packing/mig_choice.h"
#include "core/packing/terms/terms.h"

static int64_t mig_fragmentation_score(const GpView *view)
{
    if (view->shape->mig_profile == GP_MIG_PROFILE_NONE) {
        return 0;
    }
    GpMigChoice choice;
    gp_mig_choose(view, GP_MIG_MEASURE_FRAGMENTATION, &choice);
    return -choice.cost * GP_SCORE_ONE;
}

const GpTerm gp_term_mig_fragmentation = {
    .size = sizeof(GpTerm),
    .name = "mig-fragmentation",
    .summary = "node where a MIG instance adds least fragmentation",
    .source = "after Zambianco et al., arXiv 2511.18906",
    .score = mig_fragmentation_score,
};
