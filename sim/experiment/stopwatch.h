/* stopwatch.h - how long something has taken, for progress and for turns; no result depends on it.
 */
#ifndef SIM_EXPERIMENT_STOPWATCH_H
#define SIM_EXPERIMENT_STOPWATCH_H

#include <time.h>

static inline double clock_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

#endif
