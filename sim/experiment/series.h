/* series.h - one row of cluster state after each policy pass. */
#ifndef SIM_EXPERIMENT_SERIES_H
#define SIM_EXPERIMENT_SERIES_H

#include "core/fact.h"
#include "core/world.h"
#include "models/fragmentation.h"
#include "sim/experiment/result.h"

typedef struct SeriesMeter {
    Arena *arena; /* of the columns */
    SeriesColumns *columns;
    int32_t capacity;                        /* rows */
    bool out_of_memory;                      /* rows are missing: the run must not be reported */
    const FragmentationMeter *fragmentation; /* another observer keeps it current */
} SeriesMeter;

/* `fragmentation` must be kept by an observer that comes before this one. False if memory ran out.
 */
bool series_meter_init(SeriesMeter *meter, Arena *arena, const World *world,
                       const FragmentationMeter *fragmentation);
Observer series_meter_observer(SeriesMeter *meter);

#endif
