/* pace.h - how fast work advances where models and gangs differ: relative speeds, noisy steps.
 *
 * A job's duration is at relative speed 1. On a model of relative speed s it advances s at most,
 * and that is productive time all the same; a synchronous gang goes at its slowest member, and, as
 * its steps are noisy, at the slowest of the step (docs/contention.md).
 */
#ifndef CORE_PACE_H
#define CORE_PACE_H

#include "core/scenario.h"

/* Highest relative speed, of type and job together. */
#define PACE_MAX_PPM 100000000

/* The same where the type or the job says a speed of its own. */
int32_t pace_told_ppm(const Cluster *cluster, const JobTraits *traits, int32_t type);

/* Speed of such jobs on nodes of the type, relative to their duration as given, in ppm. */
static inline int32_t pace_relative_ppm(const Cluster *cluster, const JobTraits *traits,
                                        int32_t type)
{
    int32_t type_ppm = cluster->type_info[type].speed_ppm;
    return traits->speed_count == 0 && (type_ppm == 0 || type_ppm == GP_PPM)
               ? GP_PPM
               : pace_told_ppm(cluster, traits, type);
}

/* What noisy steps leave of the pace of a synchronous gang of so many running members, in ppm. */
int32_t pace_noise_ppm(const RunModels *models, int32_t members);

static inline int32_t pace_times(int32_t ppm, int32_t by_ppm)
{
    return by_ppm == GP_PPM ? ppm : (int32_t)((int64_t)ppm * by_ppm / GP_PPM);
}

/* Does some type or some job's traits say a relative speed other than 1? */
bool pace_type_differs(const Cluster *cluster);
bool pace_traits_differ(const JobTraits *traits);

#endif
