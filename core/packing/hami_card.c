/* hami_card.c - HAMi's score of one card, the task included. */
#include "core/packing/hami_card.h"
#include "core/packing/score.h"

int64_t gp_hami_card_score(const GpView *view, int32_t device)
{
    const GpShape *shape = view->shape;
    int64_t tasks = view->device_tasks[device] + 1;
    int64_t milli = GP_DEVICE_MILLI - view->device_free_milli[device] + shape->device_milli;
    float score = (float)tasks / (float)gp_hami_slots(view->type); /* single precision, as there */
    score = score + (float)milli / (float)GP_DEVICE_MILLI;
    if (gp_hami_sees_memory(view)) {
        int64_t total = view->type->device_memory_mib;
        int64_t mib = total - view->device_free_mib[device] + shape->device_memory_mib;
        score = score + (float)mib / (float)total;
    }
    return gp_score_points((double)(GP_HAMI_WEIGHT * score));
}
