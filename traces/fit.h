/* fit.h - what a job log is like, as figures that the synthetic generator can be told.
 *
 * Arrivals: rate, profile by hour and day, bursts, spread of the gaps. Jobs: sizes, durations by
 * size, ends, queues, users. With each figure how far it is off. What no figure here can say
 * (trends, load that drifts over weeks, queues of different habits) shows in the comparison with a
 * drawn sample. Method and sources: docs/synthetic.md.
 */
#ifndef TRACES_FIT_H
#define TRACES_FIT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/arena.h"
#include "core/diagnostic.h"
#include "core/job.h"
#include "models/distribution_fit.h"
#include "traces/synthetic.h"

#define FIT_CANDIDATES 5     /* exponential, lognormal, weibull, gamma, pareto */
#define FIT_GAP_CANDIDATES 4 /* without pareto */
#define FIT_CLASSES_MAX 8    /* size classes with durations and ends of their own */
#define FIT_CLASS_LEAST 100  /* jobs of one */
#define FIT_SIZES_MAX 40     /* distinct sizes; rarer ones join their neighbour */
#define FIT_QUEUES_MAX 200
#define FIT_WINDOWS 4 /* 1 min, 10 min, 1 h, 1 d */

extern const Family FIT_FAMILIES[FIT_CANDIDATES];
extern const int64_t FIT_WINDOW_MS[FIT_WINDOWS];

typedef enum FitDurations {
    FIT_DURATIONS_AUTO = 0, /* the best family where it is near, else the quantiles */
    FIT_DURATIONS_FAMILY,   /* the family with the lowest AIC, however far */
    FIT_DURATIONS_QUANTILES /* the empirical table */
} FitDurations;

/* A family is near enough if both hold. */
#define FIT_NEAR_KS 0.02
#define FIT_NEAR_MEAN 0.05

typedef struct FitOptions {
    int64_t week_offset_ms; /* where in the week time 0 of the log lies */
    bool has_calendar;      /* hours and days mean something */
    FitDurations durations;
    uint64_t seed; /* of the sample that is compared */
} FitOptions;

/* Durations and ends of the jobs of gpu_milli_from and more, up to the next class. */
typedef struct ClassFit {
    int32_t gpu_milli_from;
    int64_t count;
    double mean_ms, median_ms, largest_ms;
    bool fitted[FIT_CANDIDATES];
    FamilyFit family[FIT_CANDIDATES]; /* as FIT_FAMILIES */
    int32_t best;                     /* of family, by AIC; -1: none (all equal) */
    Distribution quantiles;
    double quantiles_ks;
    double tail; /* Hill's exponent of the largest 5 %; 0: too few */
    int64_t tail_count;
    const Distribution *chosen;
    double chosen_ks;
    int32_t end_ppm[3];
} ClassFit;

typedef struct GapFit {
    bool fitted[FIT_GAP_CANDIDATES];
    FamilyFit family[FIT_GAP_CANDIDATES];
    int32_t best;     /* -1: none */
    double cv;        /* of the gaps between arrivals on the operational clock, as they are */
    double family_cv; /* as the best family has it, which a few huge gaps do not move: drawn with */
    int64_t count;
} GapFit;

/* Over whole days: jobs counted against jobs expected. */
typedef struct DaySums {
    double off_square, expected, expected_square;
} DaySums;

typedef struct ArrivalFit {
    int64_t last_ms; /* the first job is at 0 */
    double per_hour;
    double hour_factor[24];   /* mean 1 */
    double day_factor[7];     /* Monday first; mean 1 */
    bool has_hours, has_days; /* the log is long enough for them */
    double day_cv;            /* of days beyond what bursts and gaps explain; 0: none */
    DaySums days;
    double gap_cv;      /* of all gaps, as they are */
    double equal_share; /* of gaps of 0 */
    bool has_bursts;
    double burst_threshold_ms; /* jobs so close belong together */
    double burst_probability, burst_size, burst_spacing_ms, burst_alike, burst_correlation;
    GapFit gaps; /* between arrivals, bursts taken as one */
} ArrivalFit;

/* The same figures of the log and of a sample drawn from the fit. */
typedef struct FitLikeness {
    int64_t jobs[2];
    double dispersion[2][FIT_WINDOWS]; /* variance / mean of counts; 0: too few windows */
    double gap_cv[2];
    double gap_ks;
    double duration_ks;
    double gpu_hours[2];
    double spearman[2]; /* of GPUs and duration */
} FitLikeness;

typedef struct TraceFit {
    int64_t rows, without_gpus, without_end, jobs; /* rows = the three others */
    int32_t merged_sizes;                          /* distinct sizes that joined another */
    int64_t small_queues; /* jobs of queues beyond FIT_QUEUES_MAX, in the last one */
    ArrivalFit arrivals;  /* as the log shows them */
    ArrivalFit told;      /* burst figures, day_cv and gaps.family_cv as the generator is told */
    int32_t class_count;
    ClassFit classes[FIT_CLASSES_MAX];
    int32_t distinct_users;
    FitLikeness likeness;
    SyntheticSpec *spec;
} TraceFit;

/* Fits. `log` ascending in time, as trace_read gives it. Mistakes: no job with GPUs and an end;
 * all submitted at one instant. */
Status trace_fit(const RequestList *log, const FitOptions *options, Arena *arena,
                 Diagnostics *diagnostics, TraceFit *fit);

/* Writes the generator as a file that a scenario extends, with comments. `log` names the log.
 * False: writing failed (errno). */
bool fit_yaml_write(const TraceFit *fit, const char *log, FILE *file);

/* ---- the parts, for fit.c ---- */

/* One job of the log as the fit sees it. */
typedef struct FitJob {
    int64_t submit_ms;
    int64_t duration_ms;
    int32_t gpu_milli;
    int32_t queue; /* index, by falling count */
    int32_t user;  /* index in the log; -1: none */
    uint8_t end;
    bool follows; /* came with the arrival before it */
} FitJob;

typedef struct FitJobs {
    FitJob *jobs; /* [count] ascending in time */
    int32_t count;
} FitJobs;

/* The part's answer is false if memory ran out. */
bool fit_arrivals(FitJobs *log, const FitOptions *options, ArrivalFit *fit);
bool fit_classes(const FitJobs *log, const FitOptions *options, Arena *arena, TraceFit *fit);
/* The same figures again for jobs that were drawn: `fit` brings the log's profile and threshold;
 * only one family of gaps is fitted. */
bool fit_arrivals_measure(FitJobs *log, const FitOptions *options, int32_t only, ArrivalFit *fit);
/* Counts of days with e expected have variance phi e + c^2 e^2, phi from bursts and gaps: c by
 * moments; 0: too little to tell. */
double fit_day_cv(const DaySums *days, const ArrivalFit *told);
/* fit->spec->arrivals and fit->told, from fit->arrivals and the rest of fit->spec. */
bool fit_refine(const FitOptions *options, TraceFit *fit, Diagnostics *diagnostics);
bool fit_compare(const FitJobs *log, const FitOptions *options, TraceFit *fit,
                 Diagnostics *diagnostics);

/* Spearman's rank correlation; 0 where all are equal. */
bool fit_spearman(const double *a, const double *b, size_t count, double *rho);

/* Shares that sum to GP_PPM exactly: counts rounded by largest remainder. */
void fit_shares(const int64_t *counts, int32_t count, int32_t *ppm);

#endif
