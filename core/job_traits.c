/* job_traits.c - one comparison of all fields. */
#include "core/job_traits.h"

#include <string.h>

#include "core/intern.h"

const JobTraits JOB_TRAITS_DEFAULT = {
    .sync = -1, .preemptible = -1, .utilisation_ppm = GP_PPM, .restart_ms = -1, .retries = -1};

static bool usage_alike(const JobTraits *a, const JobTraits *b)
{
    bool alike = a->utilisation_ppm == b->utilisation_ppm && a->usage_count == b->usage_count &&
                 a->over_use_ppm == b->over_use_ppm;
    for (int32_t i = 0; alike && a->usage != b->usage && i < a->usage_count; i++) {
        alike = a->usage[i].at_ms == b->usage[i].at_ms && a->usage[i].ppm == b->usage[i].ppm;
    }
    return alike;
}

bool checkpoint_options_alike(const CheckpointOptions *a, const CheckpointOptions *b)
{
    return a->rule == b->rule && a->every_ms == b->every_ms && a->cost_ms == b->cost_ms &&
           a->flush_ms == b->flush_ms && a->size_mib == b->size_mib && a->async == b->async &&
           a->on_stop == b->on_stop && a->mttf_ms == b->mttf_ms;
}

static bool services_alike(const ServiceDemand *a, const ServiceDemand *b)
{
    if (a == b || a == NULL || b == NULL) {
        return a == b;
    }
    bool alike = a->step_count == b->step_count && a->period_ms == b->period_ms &&
                 a->work_us == b->work_us && a->slots == b->slots &&
                 a->drives_usage == b->drives_usage;
    for (int32_t i = 0; alike && a->steps != b->steps && i < a->step_count; i++) {
        alike = a->steps[i].at_ms == b->steps[i].at_ms &&
                a->steps[i].milli_per_s == b->steps[i].milli_per_s;
    }
    return alike;
}

static bool speeds_alike(const JobTraits *a, const JobTraits *b)
{
    bool alike = a->speed_count == b->speed_count;
    for (int32_t i = 0; alike && a->speeds != b->speeds && i < a->speed_count; i++) {
        alike = a->speeds[i].model == b->speeds[i].model && a->speeds[i].ppm == b->speeds[i].ppm;
    }
    return alike;
}

/* What it needs of the data path, and how fast it is where. */
static bool paces_alike(const JobTraits *a, const JobTraits *b)
{
    return memcmp(a->need, b->need, sizeof a->need) == 0 && a->need_source == b->need_source &&
           speeds_alike(a, b) && usage_alike(a, b) && services_alike(a->service, b->service);
}

static bool stops_alike(const JobTraits *a, const JobTraits *b)
{
    return a->preemptible == b->preemptible && a->preempt_delay_ms == b->preempt_delay_ms &&
           a->grace_ms == b->grace_ms && a->startup_ms == b->startup_ms &&
           a->restart_ms == b->restart_ms && a->restart_scale == b->restart_scale &&
           a->retries == b->retries && a->deadline_ms == b->deadline_ms &&
           checkpoint_options_alike(&a->checkpoint, &b->checkpoint);
}

bool job_traits_alike(const JobTraits *a, const JobTraits *b)
{
    return a == b ||
           (a->kind == b->kind && a->min_tasks == b->min_tasks && a->max_tasks == b->max_tasks &&
            a->sync == b->sync && a->required_level == b->required_level &&
            a->preferred_level == b->preferred_level && stops_alike(a, b) && paces_alike(a, b));
}

uint64_t job_traits_hash(const JobTraits *traits)
{
    uint64_t hash = intern_mix(1, (uint64_t)traits->kind);
    hash = intern_mix(hash, (uint64_t)traits->min_tasks << 32 | (uint32_t)traits->max_tasks);
    hash = intern_mix(hash, (uint64_t)(traits->required_level * 8 + traits->preferred_level));
    hash = intern_mix(hash, (uint64_t)traits->utilisation_ppm + (uint64_t)traits->over_use_ppm +
                                (uint64_t)traits->usage_count);
    hash = intern_mix(hash, (uint64_t)traits->need[GP_AXIS_STORAGE_BANDWIDTH]);
    hash = intern_mix(hash, (uint64_t)traits->grace_ms << 32 ^ (uint64_t)traits->startup_ms);
    hash = intern_mix(hash, (uint64_t)traits->checkpoint.every_ms);
    hash = intern_mix(hash, (uint64_t)(traits->checkpoint.cost_ms + traits->checkpoint.size_mib));
    hash = intern_mix(hash, (uint64_t)traits->retries);
    hash = intern_mix(hash, (uint64_t)traits->deadline_ms);
    return intern_mix(hash, (uint64_t)traits->preempt_delay_ms);
}
