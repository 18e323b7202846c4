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
    int32_t opened = 0;
    *taken = 0;
    for (int32_t wanted = view->shape->device_count; wanted > 0; wanted--) {
        int32_t best = -1;
        for (int32_t device = 0; device < view->device_count; device++) {
            if ((*taken >> device & 1u) == 0 &&
                gp_device_has_room(view, device, view->shape, view->sees) &&
                (best < 0 || view->device_free_milli[device] < view->device_free_milli[best])) {
                best = device;
            }
        }
        if (best < 0) {
            break;
        }
        *taken |= 1u << best;
        opened += view->device_free_milli[best] == GP_DEVICE_MILLI;
    }
    return opened;
}

static int64_t gpu_packing_points(const GpView *view)
{
    int32_t untouched = 0;
    for (int32_t device = 0; device < view->device_count; device++) {
        untouched += view->device_free_milli[device] == GP_DEVICE_MILLI;
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
