/* synthetic.h - jobs made by a generator: what it is told, and one replication drawn from it.
 *
 * Model, formulas and what they leave out: docs/synthetic.md. Every draw is addressed by (seed,
 * replication, purpose, source, job), so two policies, and two variants that change something else,
 * meet the same jobs. All that comes out is integers.
 *
 * `workload: - synthetic:` in a scenario, with units:
 *
 *     arrivals:
 *       process: poisson | regular | renewal            poisson
 *       rate: 40/h                                      jobs a s, m, h, d or w (in bursts or not)
 *       load: 90%                                       instead: GPU time asked for, of the fleet's
 *       gaps: gamma | weibull | lognormal | hyperexponential     renewal only
 *       cv: 2.5                                         renewal only: sd / mean of the gaps
 *       hour_of_day: [24 factors]                       all equal; only their ratios count
 *       day_of_week: [7 factors, Monday first]          all equal
 *       day_cv: 0.5                                     some days are busier: cv of their factor
 *       burst: {probability: 20%, size: 5, spacing: 2s, alike: 90%, same_duration: 80%}
 *           of such arrivals each brings `size` jobs in all, `spacing` apart (both on average);
 *           alike: so many of them take over queue, user and GPUs of the first; same_duration:
 *           the correlation of their durations with the first one's (0: none)
 *     count: 10000                                      jobs; absent: until the horizon
 *     gpus: {1: 70%, 8: 0.3}                            shares by GPUs of a job; 0.5: half a GPU
 *     cpu_per_gpu: 4                                    cores
 *     memory_per_gpu: 32Gi
 *     duration: 1h                                      always the same, or:
 *     duration: {distribution: lognormal, median: 1h, sigma: 1.5, max: 30d}
 *               exponential: mean; lognormal: median or mean, sigma; weibull, gamma: scale or mean,
 *               shape; pareto: min, shape; hyperexponential: mean, cv; constant: value;
 *               empirical: quantiles: [[0, 10s], [0.5, 20m], [1, 3d]]
 *     duration_by_gpus: {1: {...}, 8: {...}}            instead: for jobs of so many GPUs and more
 *     end: {completed: 60%, cancelled: 9%, failed: 31%}       all completed
 *     end_by_gpus: {1: {...}, 8: {...}}                 instead
 *     queues: {vision: 50%, speech: 50%}                all in the default queue
 *     users: {count: 20, zipf: 1.1}                     of each queue; absent: nobody is named
 *     time_limit: {factor: 3, sigma: 0.5, usual: [1h, 4h, 12h, 1d, 3d, 7d]}       absent: none
 *     kind, priority, preemptible                       as a job written by hand has them
 */
#ifndef TRACES_SYNTHETIC_H
#define TRACES_SYNTHETIC_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/diagnostic.h"
#include "core/job.h"
#include "models/distribution.h"

#define HOURS_OF_WEEK 168
#define SYNTHETIC_RATE_MAX INT64_C(604800000000000) /* 1000/s in UNIT_RATE */
#define SYNTHETIC_BURST_MAX 100000.0                /* mean jobs of a burst */

typedef enum ArrivalProcess {
    ARRIVAL_POISSON, /* with profiles: a nonhomogeneous Poisson process */
    ARRIVAL_REGULAR, /* the first at once, then one gap each */
    ARRIVAL_RENEWAL  /* gaps of their own distribution */
} ArrivalProcess;

/* Jobs that come with an arrival. */
typedef struct BurstSpec {
    int32_t probability_ppm; /* of an arrival to bring others */
    double size;             /* mean jobs of such an arrival, itself included; 2 or more */
    int64_t spacing_ms;      /* mean time between them */
    int32_t alike_ppm;       /* of the others: take over queue, user and GPUs of the first */
    int32_t correlation_ppm; /* of the logarithm-like score of their durations with the first's */
} BurstSpec;

typedef struct ArrivalSpec {
    ArrivalProcess process;
    Distribution gap; /* ARRIVAL_RENEWAL: of mean 1 */
    int64_t rate;     /* jobs in 10^6 weeks, those of bursts included (UNIT_RATE) */
    int64_t load_ppm; /* where rate is 0: GPU time asked for, of the fleet's */
    int32_t hour_weight[HOURS_OF_WEEK]; /* from Monday 00:00; sum > 0, only ratios count */
    int64_t week_offset_ms;             /* where in the week time 0 lies */
    double day_cv; /* of a factor of mean 1 that multiplies the rate of each day; 0: none */
    BurstSpec burst;
} ArrivalSpec;

/* Jobs of one size. */
typedef struct SizeSpec {
    int32_t share_ppm;
    int32_t gpu_milli_total; /* of the job: 500 is half a GPU, 8000 eight */
    int32_t task_count;      /* equal tasks, the fewest that fit a node; more than one: a gang */
    int32_t gpu_count;       /* devices of a task */
    int32_t gpu_milli;       /* of each device */
    Distribution duration;   /* ms */
    int32_t end_ppm[3];      /* [JobEnd] completed, cancelled, failed */
} SizeSpec;

typedef struct QueueShare {
    int32_t share_ppm;
    const char *name;
    const char **users; /* [SyntheticSpec.user_count] */
    uint64_t group_set; /* node groups that its jobs may use; 0: any */
    uint8_t dedicated;        /* as in Request */
    uint64_t asked_group_set; /* likewise */
} QueueShare;

typedef struct LimitSpec {
    int64_t factor_ppm; /* of the duration; 0: jobs have no limit */
    double sigma;       /* of the factor's logarithm */
    int32_t usual_count;
    const int64_t *usual_ms; /* [usual_count] ascending: limits are the next of these */
} LimitSpec;

typedef struct SyntheticSpec {
    ArrivalSpec arrivals;
    int32_t count; /* jobs; 0: until the horizon */
    int32_t size_count;
    SizeSpec *sizes; /* [size_count] gpu_milli_total ascending; shares sum to GP_PPM */
    int32_t queue_count;
    QueueShare *queues; /* [queue_count]; shares sum to GP_PPM */
    int32_t user_count; /* of each queue; 0: nobody is named */
    double user_zipf;   /* user k (from 1) submits in proportion to k^-zipf */
    LimitSpec limit;
    int64_t cpu_milli_per_gpu;
    int64_t memory_mib_per_gpu;
    int32_t priority;
    const JobTraits *traits; /* NULL: defaults */
} SyntheticSpec;

/* One size, 1 GPU, exponential durations of an hour, 1 job an hour, the default queue. The caller
 * changes what it wants. NULL if memory ran out. */
SyntheticSpec *synthetic_new(Arena *arena, int32_t size_count, int32_t queue_count);

/* task_count, gpu_count and gpu_milli from gpu_milli_total and the largest node's GPUs (0: unknown;
 * jobs up to 8 are one task). The fewest equal tasks that fit a node. */
void size_split(SizeSpec *size, int32_t node_gpus);

/* Names spec->user_count users of a queue: "vision-1", "vision-2" ... False if memory ran out. */
bool synthetic_users(const SyntheticSpec *spec, QueueShare *queue, Arena *arena);

/* Mean GPU time of a job in GPU-ms. */
double synthetic_work_gpu_ms(const SyntheticSpec *spec);

/* The rate in UNIT_RATE that offers this load to a fleet of so many milli-GPU: load x GPUs / mean
 * GPU time of a job. 0 if that is out of bounds (1 in 10^6 weeks to SYNTHETIC_RATE_MAX). */
int64_t synthetic_rate_for_load(const SyntheticSpec *spec, int64_t load_ppm,
                                int64_t fleet_gpu_milli);

/* A job of that size as a row, without times, queue and end. */
void size_request(const SyntheticSpec *spec, const SizeSpec *size, Request *row);

/* Where the draws of one source come from. */
typedef struct SyntheticDraw {
    uint64_t seed;
    uint32_t replication;
    uint32_t source;         /* index in the workload, so that two generators differ */
    int64_t horizon_ms;      /* TIME_NEVER: none; jobs are submitted before it */
    int64_t fleet_gpu_milli; /* for a load */
} SyntheticDraw;

/* Draws the jobs: rows ascending in time, in memory from malloc for the caller to free (strings
 * belong to the spec). Mistakes: neither count nor horizon, a load that no rate reaches, more than
 * JOBS_MAX jobs. */
Status synthetic_draw(const SyntheticSpec *spec, const SyntheticDraw *draw,
                      Diagnostics *diagnostics, RequestList *jobs);

/* One row for each size, counted by its share: what the typical task and the check for jobs larger
 * than the fleet look at. Duration and time are not filled in. False if memory ran out. */
bool synthetic_requests(const SyntheticSpec *spec, Arena *arena, RequestList *requests);

#endif
