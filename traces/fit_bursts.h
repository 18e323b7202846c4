/* fit_bursts.h - jobs that come together. For fit_arrivals.c. */
#ifndef TRACES_FIT_BURSTS_H
#define TRACES_FIT_BURSTS_H

#include "traces/fit_profile.h"

/* Jobs closer than the threshold stand in one chain, whatever brought them. */
typedef struct BurstPairs {
    int64_t chains, single; /* ... those of one job */
    int64_t others;         /* jobs that are not their chain's first */
    double same;            /* share of them with the first's queue and GPUs */
    double chance;          /* the same of any two jobs */
    double correlation;     /* of normal scores: durations of the first and of those alike it */
} BurstPairs;

/* Marks the jobs that follow others, if short gaps tell themselves apart from long ones; burst
 * figures as the chains show them. False if memory ran out. */
bool fit_bursts_find(FitJobs *log, const double *gap, ArrivalFit *fit, BurstPairs *pairs);

/* A chain may hold arrivals that came by chance while it lasted: their number is known from the
 * clock, and the figures are put right. */
void fit_bursts_correct(const FitJobs *log, const FitClock *clock, const BurstPairs *pairs,
                        ArrivalFit *fit);

#endif
