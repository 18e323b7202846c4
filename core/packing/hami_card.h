/* hami_card.h - HAMi's card score, and what it shares with HAMi's node score. */
#ifndef GPUPACK_HAMI_CARD_H
#define GPUPACK_HAMI_CARD_H

#include "core/packing/gpupack.h"

#define GP_HAMI_WEIGHT 10.0f
#define GP_HAMI_SLOTS_DEFAULT 10 /* deviceSplitCount */

static inline int64_t gp_hami_slots(const GpNodeType *type)
{
    return type->device_split > 0 ? type->device_split : GP_HAMI_SLOTS_DEFAULT;
}

static inline int gp_hami_sees_memory(const GpView *view)
{
    return view->type->device_memory_mib > 0 && (view->sees >> GP_AXIS_GPU_MEMORY & 1u) != 0;
}

/* 10 * ((tasks + 1) / slots + cores in use with the task / cores + memory in use with the task /
 * memory) of one card of the viewed node, in GP_SCORE_ONE-ths. Binpack takes the highest, spread
 * the lowest. Source: HAMi scheduler, GPU policy, with its default weights. HAMi's cores are per
 * cent of a card, device_milli / 10; the ratio is the same. A task that states no memory counts
 * none (HAMi charges it the whole card). */
int64_t gp_hami_card_score(const GpView *view, int32_t device);

#endif
