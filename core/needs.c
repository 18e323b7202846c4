/* needs.c - class profiles of what the data path must deliver. */
#include "core/needs.h"

#include <string.h>

static bool any(const int64_t need[GP_AXES])
{
    bool any = false;
    for (int axis = 0; axis < GP_AXES; axis++) {
        any = any || need[axis] > 0;
    }
    return any;
}

static bool matches(const NeedProfile *profile, const JobTable *jobs, const JobClass *class_of)
{
    const GpShape *shape = &jobs->shapes.shapes[class_of->shape];
    int64_t gpus = (int64_t)class_of->task_count * shape->device_count;
    return gpus >= profile->gpus_least && gpus <= profile->gpus_most &&
           (profile->queue == NULL ||
            strcmp(profile->queue, jobs->tenant_name[class_of->tenant]) == 0) &&
           (profile->kind < 0 || profile->kind == class_of->traits->kind);
}

static const NeedProfile *profile_of(const RunModels *models, const JobTable *jobs,
                                     const JobClass *class_of)
{
    for (int32_t i = 0; i < models->need_count; i++) {
        if (matches(&models->needs[i], jobs, class_of)) {
            return &models->needs[i];
        }
    }
    return NULL;
}

bool needs_assume(const RunModels *models, Arena *arena, JobTable *jobs)
{
    for (ClassId id = 0; models->need_count > 0 && id < jobs->class_count; id++) {
        JobClass *class_of = &jobs->classes[id];
        const NeedProfile *profile = profile_of(models, jobs, class_of);
        bool needs = profile != NULL && any(profile->need) && !any(class_of->traits->need);
        bool speeds =
            profile != NULL && profile->speed_count > 0 && class_of->traits->speed_count == 0;
        if (!needs && !speeds) {
            continue;
        }
        JobTraits *traits = ARENA_NEW(arena, JobTraits);
        if (traits == NULL) {
            return false;
        }
        *traits = *class_of->traits;
        traits->need_source = profile->source;
        if (speeds) {
            traits->speed_count = profile->speed_count;
            traits->speeds = profile->speeds;
        }
        int64_t times = profile->per_gpu ? jobs->shapes.shapes[class_of->shape].device_count : 1;
        for (int axis = 0; needs && axis < GP_AXES; axis++) {
            traits->need[axis] = profile->need[axis] * times;
        }
        class_of->traits = traits;
    }
    return true;
}
