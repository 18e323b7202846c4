/* fit_profile.h - the week and the days of a log, and a clock that runs by them. For
 * fit_arrivals.c. */
#ifndef TRACES_FIT_PROFILE_H
#define TRACES_FIT_PROFILE_H

#include "traces/fit.h"

/* Time at the pace of arrivals: hours of mean pace. */
typedef struct FitClock {
    int64_t offset_ms;                /* of time 0 into the week */
    int64_t days;                     /* from the beginning of the week of time 0 */
    double before[HOURS_OF_WEEK + 1]; /* hours of mean pace from Monday 00:00, on average days */
    double *day_start;                /* [days + 1] clock at the beginning of each day */
    double *factor;                   /* [days] how busy it was */
    int64_t *count;                   /* [days] jobs */
} FitClock;

double fit_clock_hours(const FitClock *clock, int64_t at_ms);
void fit_clock_free(FitClock *clock);

/* Factors by hour and day of the week, as far as the log is long enough. */
void fit_profile(const FitJobs *log, const FitOptions *options, ArrivalFit *fit);

/* How much days differ beyond what bursts and gaps explain; the clock with each day's factor.
 * False if memory ran out. */
bool fit_days(const FitJobs *log, const FitOptions *options, ArrivalFit *fit, FitClock *clock);

#endif
