/* demand.h - more or fewer arrivals than a workload says, for growth and sensitivity.
 *
 * A generator's rate is multiplied; lists that are spaced evenly come closer together, up to a
 * larger load. Of a list with times of its own each job is left out, kept or repeated by an
 * addressed draw, so that a larger demand holds all jobs of a smaller one; a repeated job comes
 * within the hour that follows.
 */
#ifndef TRACES_DEMAND_H
#define TRACES_DEMAND_H

#include "core/scenario.h"
#include "traces/synthetic.h"

#define DEMAND_REPEAT_MS INT64_C(3600000) /* a repeated job comes so much later at most */

/* Does this source say something else than it lists? */
static inline bool demand_differs(const WorkloadSource *source)
{
    return source->demand_ppm != 0 && source->demand_ppm != GP_PPM;
}

/* The generator with its rate, and its count if it has one, multiplied. */
void demand_of_generator(const WorkloadSource *source, int64_t fleet_gpu_milli,
                         SyntheticSpec *spec);

/* A list without times: its interval and its load. */
void demand_of_order(WorkloadSource *source);

/* Where the draws of one source come from. */
typedef struct DemandDraw {
    uint64_t seed;
    uint32_t replication;
    uint32_t source; /* its index in the workload */
} DemandDraw;

/* A list with times gets other rows, from malloc; `owned`: so were those before, and are freed.
 * False if memory ran out, or if there would be more than JOBS_MAX rows; the list is then empty. */
bool demand_of_jobs(DemandDraw draw, int64_t demand_ppm, bool owned, RequestList *list);

#endif
