/* mig_capability.c - the node where a MIG instance leaves most other instances possible: minus the
 * smallest loss of CC.
 *
 * Source: configuration capability after Siavashi and Momtazpour, arXiv 2502.01909: the number of
 * (profile, start) pairs still free on a card. Shapes that are no MIG instance score 0 everywhere.
 */
#include "core/packing/mig_choice.h"
#include "core/packing/terms/terms.h"

static int64_t mig_capability_score(const GpView *view)
{
    if (view->shape->mig_profile == GP_MIG_PROFILE_NONE) {
        return 0;
    }
    GpMigChoice choice;
    gp_mig_choose(view, GP_MIG_MEASURE_CAPABILITY, &choice);
    return -choice.cost * GP_SCORE_ONE;
}

const GpTerm gp_term_mig_capability = {
    .size = sizeof(GpTerm),
    .name = "mig-capability",
    .summary = "node where a MIG instance takes fewest possible placements away",
    .source = "after Siavashi and Momtazpour, arXiv 2502.01909",
    .score = mig_capability_score,
};
