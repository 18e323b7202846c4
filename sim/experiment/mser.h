/* mser.h - how long a run takes to forget its empty beginning: MSER-5, as advice.
 *
 * Of all cuts the one is chosen after which the mean of what remains is known best: the one with
 * the smallest squared standard error. Observations are batch means of five, and a cut in the
 * second half says that the run is too short to tell. Source: White, Simulation 69 (1997), 323-334,
 * and White, Cobb and Spratt, Winter Simulation Conference 2000, 755-760.
 */
#ifndef SIM_EXPERIMENT_MSER_H
#define SIM_EXPERIMENT_MSER_H

#include "core/fact.h"
#include "core/world.h"
#include "sim/experiment/over_time.h"

#define MSER_BATCH 5
#define MSER_BATCHES_MIN 10 /* with fewer there is no advice */

typedef struct Mser {
    int32_t batches; /* whole ones; below MSER_BATCHES_MIN nothing else is known */
    int32_t cut;     /* of these, how many to leave out */
    bool rejected;   /* the cut is in the second half */
} Mser;

/* Observations at equal steps; what is left of the last batch is not looked at. */
Mser mser5(const double *values, int32_t count);

/* ---- of a run ---- */

/* GPUs in use, over the whole run, in steps that double in length where they do not suffice. It is
 * asked at every event, so it divides nothing. */
typedef struct AllocationMeter {
    int64_t step_ms;
    int64_t step_end_ms; /* of the one that is being filled */
    double sum;          /* of that one, milli-GPU x ms */
    int32_t count;       /* whole ones */
    double *sums;        /* [OVER_STEPS_MAX] */
} AllocationMeter;

/* False if memory ran out. */
bool allocation_init(AllocationMeter *meter, Arena *arena, const World *world);
Observer allocation_observer(AllocationMeter *meter);

/* Means over whole steps, in arena memory. False if memory ran out. */
bool allocation_series(const AllocationMeter *meter, Arena *arena, AllocationSeries *series);

/* Fills variant->mser: over the mean of its replications, as long as the shortest of them. False if
 * memory ran out. */
bool mser_of_variant(VariantResult *variant, Arena *arena);

#endif
