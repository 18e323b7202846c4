/* pace.c - relative speeds of node types and jobs, and what noisy steps cost a gang. */
#include "core/pace.h"

static int32_t type_ppm(const NodeTypeInfo *info)
{
    return info->speed_ppm > 0 ? info->speed_ppm : GP_PPM;
}

int32_t pace_told_ppm(const Cluster *cluster, const JobTraits *traits, int32_t type)
{
    int64_t ppm = type_ppm(&cluster->type_info[type]);
    for (int32_t i = 0; i < traits->speed_count; i++) {
        if (traits->speeds[i].model == cluster->types[type].model) {
            ppm = ppm * traits->speeds[i].ppm / GP_PPM;
        }
    }
    return ppm < 1 ? 1 : ppm < PACE_MAX_PPM ? (int32_t)ppm : PACE_MAX_PPM;
}

int32_t pace_noise_ppm(const RunModels *models, int32_t members)
{
    const int32_t *slow_ppm = models->step_noise_ppm;
    if (slow_ppm == NULL || members <= 1) {
        return GP_PPM;
    }
    int k = 31 - __builtin_clz((unsigned)members);
    int64_t above = members - (INT64_C(1) << k);
    int64_t slow = slow_ppm[k];
    if (above > 0) {
        slow += (slow_ppm[k + 1] - slow) * above >> k;
    }
    return (int32_t)((int64_t)GP_PPM * GP_PPM / (GP_PPM + slow));
}

bool pace_type_differs(const Cluster *cluster)
{
    for (int32_t type = 0; type < cluster->type_count; type++) {
        if (type_ppm(&cluster->type_info[type]) != GP_PPM) {
            return true;
        }
    }
    return false;
}

bool pace_traits_differ(const JobTraits *traits)
{
    for (int32_t i = 0; i < traits->speed_count; i++) {
        if (traits->speeds[i].ppm != GP_PPM) {
            return true;
        }
    }
    return false;
}
