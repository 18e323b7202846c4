/* kai_shared_card.c - 10,000 points where a card that is already shared has room for one more
 * share.
 *
 * Source: KAI Scheduler, score of GPU sharing: it stands above every term but topology, affinity
 * and a nominated node, so a share opens an idle card only where no shared one fits. A task for
 * whole GPUs, a MIG instance or a task without GPUs scores 0 everywhere.
 */
#include "core/packing/score.h"
#include "core/packing/terms/terms.h"

#define KAI_SHARED_CARD_POINTS 10000

static int64_t kai_shared_card_score(const GpView *view)
{
    const GpShape *shape = view->shape;
    if (shape->device_count == 0 || shape->device_milli == GP_DEVICE_MILLI ||
        shape->mig_profile != GP_MIG_PROFILE_NONE) {
        return 0;
    }
    for (int32_t device = 0; device < view->device_count; device++) {
        if (view->device_tasks[device] > 0 && gp_device_has_room(view, device, shape, view->sees)) {
            return KAI_SHARED_CARD_POINTS * GP_SCORE_ONE;
        }
    }
    return 0;
}

const GpTerm gp_term_kai_shared_card = {
    .size = sizeof(GpTerm),
    .name = "kai-shared-card",
    .summary = "10,000 points where an already shared card has room for the share",
    .source = "KAI Scheduler, score of GPU sharing",
    .score = kai_shared_card_score,
};
