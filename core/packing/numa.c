/* numa.c - devices that sit at one NUMA part of their node. */
#include "core/packing/internal.h"

int32_t gp_numa_parts(int32_t device_count, int32_t numa_count)
{
    int32_t parts = numa_count < device_count ? numa_count : device_count;
    return parts < 1 ? 1 : parts;
}

uint32_t gp_numa_part(int32_t device_count, int32_t parts, int32_t part)
{
    int32_t each = device_count / parts;
    int32_t begin = part * each;
    int32_t end = part == parts - 1 ? device_count : begin + each;
    return (uint32_t)((((uint64_t)1 << end) - 1) & ~(((uint64_t)1 << begin) - 1));
}

int gp_numa_is_one_part(int32_t device_count, int32_t numa_count, uint32_t devices)
{
    int32_t parts = gp_numa_parts(device_count, numa_count);
    for (int32_t part = 0; part < parts; part++) {
        if ((devices & ~gp_numa_part(device_count, parts, part)) == 0) {
            return 1;
        }
    }
    return 0;
}

/* Among the parts that hold the shape the one with fewest open devices, so that whole parts stay
 * free; then the lowest. */
static uint32_t tightest_part(const GpView *view, int32_t wanted, uint32_t open)
{
    int32_t parts = gp_numa_parts(view->device_count, view->type->numa_count);
    uint32_t best = 0;
    int32_t best_count = GP_DEVICES_MAX + 1;
    for (int32_t part = 0; part < parts; part++) {
        uint32_t here = open & gp_numa_part(view->device_count, parts, part);
        int32_t count = gp_bits_set(here);
        if (count >= wanted && count < best_count) {
            best = here;
            best_count = count;
        }
    }
    return best;
}

uint32_t gp_open_devices(const GpView *view, const GpShape *shape, uint32_t sees)
{
    uint32_t open = 0;
    for (int32_t device = 0; device < view->device_count; device++) {
        if (gp_device_has_room(view, device, shape, sees)) {
            open |= 1u << device;
        }
    }
    /* A share of one device is in one part anyway, and the policy's device rule chooses it. */
    int spans = shape->device_count > 1 || shape->device_milli == GP_DEVICE_MILLI;
    return shape->numa != 0 && spans ? tightest_part(view, shape->device_count, open) : open;
}
