/* time_bins.h - an amount over time as means over steps of equal length: a series to compare. */
#ifndef SIM_EXPERIMENT_TIME_BINS_H
#define SIM_EXPERIMENT_TIME_BINS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"

#define TIME_BINS_MAX 16777216 /* steps of a series */

typedef struct TimeBins {
    int64_t step_ms, end_ms; /* the window is 0..end_ms; the last step may be shorter */
    int32_t count;
    int64_t *part; /* [count] amount x ms of spans that cover a part of the step */
    int64_t *rise; /* [count + 1] change of the amount that covers whole steps, at their begin */
} TimeBins;

/* Steps that the window has; more than TIME_BINS_MAX: do not ask for them. */
int64_t time_bins_needed(int64_t step_ms, int64_t end_ms);

/* All zero. False if memory ran out. end_ms > 0. */
bool time_bins_init(TimeBins *bins, Arena *arena, int64_t step_ms, int64_t end_ms);

/* `amount` more from from_ms to to_ms; what lies outside of the window is passed over. */
void time_bins_add(TimeBins *bins, int64_t from_ms, int64_t to_ms, int64_t amount);

/* mean[count] over each step. */
void time_bins_means(const TimeBins *bins, double *mean);

#endif
