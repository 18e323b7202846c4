/* constants.c - what terms need to know of the fleet and the workload as a whole. */
#include "core/packing/internal.h"

#define MIX_LEAST 0.001

void gp_constants_init_sized(GpConstants *constants, uint32_t size)
{
    constants->size = size;
    constants->typical_count = 0;
    constants->typical = NULL;
    constants->thresholds = NULL;
    constants->threshold_count = 0;
    constants->choosy_count = 0;
    constants->max_spec_cpu_milli = 128000; /* FGD study: largest node of the published cluster */
    constants->max_spec_gpu_milli = 8000;
    for (int axis = 0; axis < GP_AXES; axis++) {
        constants->scale[axis] = 0;
        constants->mix[axis] = MIX_LEAST;
    }
}

/* What a typical task needs free of a device's compute; one that asks for memory alone needs some.
 */
static int32_t threshold_of(const GpShape *shape)
{
    return shape->device_milli > 0 ? shape->device_milli : 1;
}

/* Inserts a device share into the ascending list of distinct thresholds. */
static void threshold_add(GpConstants *constants, int32_t milli)
{
    int32_t at = constants->threshold_count;
    while (at > 0 && constants->thresholds[at - 1] >= milli) {
        at--;
    }
    if (at < constants->threshold_count && constants->thresholds[at] == milli) {
        return;
    }
    for (int32_t i = constants->threshold_count; i > at; i--) {
        constants->thresholds[i] = constants->thresholds[i - 1];
    }
    constants->thresholds[at] = milli;
    constants->threshold_count++;
}

static int32_t threshold_slot(const GpConstants *constants, int32_t milli)
{
    int32_t slot = 0;
    while (constants->thresholds[slot] != milli) {
        slot++;
    }
    return slot;
}

/* Terms divide by the normalisers and keep a row for each distinct share of a device. */
static int constants_are_sound(const GpConstants *constants)
{
    int sound = constants->size >= sizeof(GpConstants) && constants->max_spec_cpu_milli > 0 &&
                constants->max_spec_gpu_milli > 0 && constants->typical_count >= 0 &&
                (constants->typical_count == 0 ||
                 (constants->typical != NULL && constants->thresholds != NULL));
    for (int32_t i = 0; sound && i < constants->typical_count; i++) {
        const GpShape *shape = &gp_typical_at(constants, i)->shape;
        sound = shape->device_count == 0 ||
                (shape->device_milli >= 0 && shape->device_milli <= GP_DEVICE_MILLI);
    }
    return sound;
}

GpStatus gp_constants_finish(GpConstants *constants, const GpFleet *fleet)
{
    if (!constants_are_sound(constants)) {
        return GP_BAD_ARGUMENT;
    }
    for (int axis = 0; axis < GP_AXES; axis++) {
        constants->scale[axis] = 0;
        for (int32_t i = 0; i < fleet->type_count; i++) {
            int64_t capacity = gp_type_at(fleet, i)->capacity[axis];
            if (capacity > constants->scale[axis]) {
                constants->scale[axis] = capacity;
            }
        }
    }
    constants->threshold_count = 0;
    constants->choosy_count = 0;
    for (int axis = 0; axis < GP_AXES; axis++) {
        constants->mix[axis] = 0.0;
    }
    for (int32_t i = 0; i < constants->typical_count; i++) {
        const GpShape *shape = &gp_typical_at(constants, i)->shape;
        if (shape->device_count > 0) {
            threshold_add(constants, threshold_of(shape));
        }
    }
    for (int32_t i = 0; i < constants->typical_count; i++) {
        GpTypical *typical = gp_typical_at(constants, i);
        constants->choosy_count += (typical->shape.model_set | typical->shape.group_set) != 0;
        typical->threshold_slot = typical->shape.device_count == 0
                                      ? -1
                                      : threshold_slot(constants, threshold_of(&typical->shape));
        for (int axis = 0; axis < GP_AXIS_COUNT; axis++) {
            if (constants->scale[axis] > 0) {
                constants->mix[axis] += typical->weight * (double)typical->shape.request[axis] /
                                        (double)constants->scale[axis];
            }
        }
    }
    for (int axis = 0; axis < GP_AXES; axis++) { /* no lane may divide by zero */
        constants->mix[axis] = constants->mix[axis] < MIX_LEAST ? MIX_LEAST : constants->mix[axis];
    }
    return GP_OK;
}
