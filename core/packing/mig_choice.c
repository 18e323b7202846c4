/* mig_choice.c - the card and start that cost a MIG instance's node least. */
#include "core/packing/internal.h"
#include "core/packing/mig_choice.h"

static int32_t start_cost(int geometry, GpMigMeasure measure, uint8_t before, uint8_t after)
{
    if (measure == GP_MIG_MEASURE_CAPABILITY) {
        return gp_mig_capability(geometry, before) - gp_mig_capability(geometry, after);
    }
    return gp_mig_fragmentation(geometry, after) - gp_mig_fragmentation(geometry, before);
}

static void device_try(const GpView *view, int32_t device, GpMigMeasure measure,
                       GpMigChoice *choice)
{
    int geometry = view->type->mig_geometry;
    int profile = view->shape->mig_profile;
    uint8_t occupied = view->device_mig[device];
    uint32_t starts = gp_mig_free_starts(geometry, profile, occupied);
    uint32_t block = (1u << gp_mig_width(geometry, profile)) - 1u;
    for (int32_t start = 7; start >= 0; start--) {
        if ((starts >> start & 1u) == 0) {
            continue;
        }
        int32_t cost =
            start_cost(geometry, measure, occupied, (uint8_t)(occupied | (block << start)));
        int fuller = choice->device >= 0 && device != choice->device &&
                     view->device_free_milli[device] < view->device_free_milli[choice->device];
        if (choice->device < 0 || cost < choice->cost || (cost == choice->cost && fuller)) {
            choice->device = device;
            choice->start = start;
            choice->cost = cost;
        }
    }
}

void gp_mig_choose(const GpView *view, GpMigMeasure measure, GpMigChoice *choice)
{
    choice->device = -1;
    choice->start = -1;
    choice->cost = 0;
    for (int32_t device = 0; device < view->device_count; device++) {
        if (gp_device_has_room(view, device, view->shape, view->sees)) {
            device_try(view, device, measure, choice);
        }
    }
}
