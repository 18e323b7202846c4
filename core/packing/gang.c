/* gang.c - all tasks of a gang, or none. */
#include "core/packing/internal.h"

static void touch(GpIndex *index, int32_t node)
{
    if (index != NULL) {
        gp_index_touch(index, node);
    }
}

GpStatus gp_place_gang(GpFleet *fleet, const GpPolicy *policy, const GpConstants *constants,
                       GpIndex *index, int32_t shape_id, const GpShape *shape, int32_t task_count,
                       const GpDraw *draws, GpPlacement *placements)
{
    GpStatus status = task_count < 1 ? GP_BAD_ARGUMENT : GP_OK;
    int32_t placed = 0;
    while (status == GP_OK && placed < task_count) {
        const GpDraw *draw = draws == NULL ? NULL : &draws[placed];
        GpPlacement *placement = &placements[placed];
        placement->size = (uint32_t)sizeof(GpPlacement);
        status = index != NULL ? gp_index_pick(index, shape_id, draw, placement)
                               : gp_scan_pick(fleet, policy, constants, shape, draw, placement);
        if (status == GP_OK) {
            gp_place(fleet, shape, placement);
            touch(index, placement->node);
            placed++;
        }
    }
    if (status != GP_OK) {
        while (placed > 0) {
            placed--;
            gp_release(fleet, shape, &placements[placed]);
            touch(index, placements[placed].node);
        }
    }
    return status;
}
