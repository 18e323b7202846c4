/* fit_bursts.h - jobs that come together. For fit_arrivals.c. */
#ifndef TRACES_FIT_BURSTS_H
#define TRACES_FIT_BURSTS_H

#include "traces/fit.h"

/* Jobs so close belong together, if short gaps tell themselves apart from long ones: where both are
 * as likely. 0: they do not. */
double fit_burst_threshold(const double *gap, size_t count, double mean);

/* Marks the jobs that come within fit->burst_threshold_ms of the one before: chains. The burst
 * figures of `fit` are those of chains, arrivals that joined one by chance included. False if
 * memory ran out. */
bool fit_bursts_measure(FitJobs *log, ArrivalFit *fit);

#endif
