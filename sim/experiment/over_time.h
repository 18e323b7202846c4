/* over_time.h - what GPUs did over time, as means over equal steps: what a device counter would
 * show beside what was produced, and what idle GPUs waited for.
 *
 * Spans are added when the books settle them. The number of steps has a bound: where the end of the
 * run is not known they double in length as time goes on. Work that is lost is taken off the time
 * in which it had been done, as long before as it took at the speed of the moment. Sums are those
 * of the books up to rounding.
 */
#ifndef SIM_EXPERIMENT_OVER_TIME_H
#define SIM_EXPERIMENT_OVER_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "sim/experiment/result.h"

#define OVER_STEPS_MAX 480
#define OVER_WIDTH_MAX                                                                             \
    (OVER_SERIES_COUNT > IDLE_SERIES_COUNT ? OVER_SERIES_COUNT : IDLE_SERIES_COUNT)

typedef struct OverTime {
    int64_t step_ms;
    int32_t width; /* series */
    double *part;  /* [OVER_STEPS_MAX][width] GPU x ms of spans that cover a part of it */
    double *rise;  /* [OVER_STEPS_MAX + 1][width] change of the GPUs that cover whole steps, at
                    * their begin; NULL: nobody asks */
} OverTime;

/* width at most OVER_WIDTH_MAX. horizon_ms TIME_NEVER: not known. False if memory ran out. */
bool over_time_init(OverTime *over, Arena *arena, int64_t horizon_ms, int32_t width);

/* gpus[width]: so many more GPUs in each series from from_ms to to_ms. */
void over_time_add(OverTime *over, int64_t from_ms, int64_t to_ms, const double *gpus);

/* The books settle so much of an account, in milli-GPU ms ppm, that a span was made of. `over` has
 * the series of OverSeries. */
void over_time_settle(OverTime *over, int64_t from_ms, int64_t to_ms, Account account,
                      Int128 amount);

/* So much that had been advanced until to_ms is lost; it was made at a rate of milli-GPU ppm. */
void over_time_lose(OverTime *over, int64_t to_ms, int64_t rate_milli_ppm, Int128 amount);

/* In per cent of the capacity, up to end_ms: `over` with the series of OverSeries, `idle` with
 * those of idle_series, as far as they hold something. NULL if memory ran out. */
OverTimeColumns *over_time_columns(OverTime *over, OverTime *idle, Arena *arena, int64_t end_ms,
                                   double capacity_gpus);

/* A length that people read easily, of which the horizon has less than OVER_STEPS_MAX; a second
 * where it is not known (TIME_NEVER). */
int64_t over_time_step_ms(int64_t horizon_ms);

/* The series of what idle GPUs are put down to. The account: blocked, fragmented, short or
 * no_demand. */
int idle_series(Account account, int sub);

#endif
