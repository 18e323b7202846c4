/* gpu_packing.c - shared devices first, then untouched devices of nodes in use, then new nodes.
 *
 * Source: the FGD study's GpuPacking (Weng et al., USENIX ATC 2023), integer arithmetic as
 * published. A CPU-only task scores 0 everywhere.
 */
#include "core/packing/internal.h"
#include "core/packing/terms/terms.h"

/* Marks the devices that a task would take, least free first; returns how many of them are
 * untouched. */
static int32_t take_fullest(const GpView *view, uint32_t *taken)
{
    *taken = gp_tightest_devices(view);
    int32_t opened = 0;
    for (uint32_t rest = *taken; rest != 0; rest &= rest - 1) {
        opened += gp_device_open_milli(view, __builtin_ctz(rest)) == GP_DEVICE_MILLI;
    }
    return opened;
}

static int64_t gpu_packing_points(const GpView *view)
{
    int32_t untouched = 0;
    for (int32_t device = 0; device < view->device_count; device++) {
        untouched += gp_device_open_milli(view, device) == GP_DEVICE_MILLI;
    }
    if (untouched == view->device_count) {
        return 33 - untouched > untouched ? 33 - untouched : untouched;
    }
    uint32_t taken;
    int32_t opened = take_fullest(view, &taken);
    if (opened > 0) {
        return 50 - opened > 33 ? 50 - opened : 33;
    }
    int64_t left = 0;
    for (int32_t device = 0; device < view->device_count; device++) {
        if ((taken >> device & 1u) != 0) {
            left += (int64_t)view->device_free_milli[device] * 100 / GP_DEVICE_MILLI;
        }
    }
    return 100 - left / 10 > 50 ? 100 - left / 10 : 50;
}

static int64_t gpu_packing_score(const GpView *view)
{
    return view->shape->device_count == 0 ? 0 : gpu_packing_points(view) * GP_SCORE_ONE;
}

const GpTerm gp_term_gpu_packing = {
    .size = sizeof(GpTerm),
    .name = "gpu-packing",
    .summary = "shared devices first, then devices of nodes in use, then untouched nodes",
    .source = "Weng et al., USENIX ATC 2023 (GpuPacking)",
    .score = gpu_packing_score,
};
