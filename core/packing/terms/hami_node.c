/* hami_node.c - HAMi's node score, from the state before the task.
 *
 * Source: HAMi scheduler, node policy: 10 * (tasks / slots + cores in use / cores + memory in use /
 * memory), summed over the node's cards. Variant 0 binpack (highest wins, HAMi's default), variant
 * 1 spread (lowest wins). HAMi computes in single precision, and so do we, so that its ties are
 * ours. Its cores are per cent of a card, ours milli-GPU / 10; the ratio is the same. Cards without
 * a limit of tasks have HAMi's default, 10 slots. Where no card memory is stated the memory part is
 * left out. CPU, host memory and the other lanes play no part, as there.
 */
#include "core/packing/hami_card.h"
#include "core/packing/score.h"
#include "core/packing/terms/terms.h"

static int64_t hami_node_score(const GpView *view)
{
    int64_t tasks = 0;
    int64_t milli = 0;
    int64_t mib = 0;
    for (int32_t device = 0; device < view->device_count; device++) {
        tasks += view->device_tasks[device];
        milli += GP_DEVICE_MILLI - view->device_free_milli[device];
        mib += view->type->device_memory_mib - view->device_free_mib[device];
    }
    if (view->device_count == 0) {
        return 0;
    }
    int64_t cards = view->device_count;
    float score = (float)tasks / (float)(cards * gp_hami_slots(view->type));
    score = score + (float)milli / (float)(cards * GP_DEVICE_MILLI);
    if (gp_hami_sees_memory(view)) {
        score = score + (float)mib / (float)(cards * view->type->device_memory_mib);
    }
    score = GP_HAMI_WEIGHT * score;
    return gp_score_points(view->options->variant == 0 ? (double)score : -(double)score);
}

const GpTerm gp_term_hami_node = {
    .size = sizeof(GpTerm),
    .name = "hami-node",
    .summary = "node whose cards are fullest (variant 1: emptiest) by tasks, cores and memory",
    .source = "HAMi scheduler, node policy",
    .score = hami_node_score,
    .variants = 2,
};
