/* backtest.h - what a log recorded against what the simulation of its cluster makes of it.
 *
 * Both are held against the naive predictor "everything starts at once". A skill is
 * 1 - mean absolute error of the simulation / mean absolute error of the naive predictor (Murphy,
 * Monthly Weather Review 1988, with absolute errors): 1 is right everywhere, 0 no better than
 * naive, below 0 worse. What each figure means: docs/backtest.md.
 */
#ifndef SIM_EXPERIMENT_BACKTEST_H
#define SIM_EXPERIMENT_BACKTEST_H

#include "core/diagnostic.h"
#include "core/scenario.h"
#include "traces/nodes_series.h"

/* Jobs by all their GPUs. */
typedef enum BacktestSize {
    BACKTEST_SIZE_NONE,
    BACKTEST_SIZE_SHARE, /* less than one */
    BACKTEST_SIZE_ONE,
    BACKTEST_SIZE_FEW, /* above 1, below 8 */
    BACKTEST_SIZE_EIGHT,
    BACKTEST_SIZE_MORE,
    BACKTEST_SIZES
} BacktestSize;
extern const char *const BACKTEST_SIZE_NAMES[BACKTEST_SIZES];

/* Seconds. Quantiles are linear between order statistics (type 7 of Hyndman and Fan). */
typedef struct WaitFigures {
    double median, p90, mean;
} WaitFigures;

/* Figures that do not exist (no jobs, nothing varies, nothing waited) are NAN. */
typedef struct BacktestWaits {
    const char *name; /* a queue, a size class, "all" */
    int32_t jobs;
    int32_t unstarted; /* never started in the simulation: their wait is what they waited until its
                          end */
    WaitFigures recorded, simulated;
    double median_error, mean_error; /* absolute, s */
    double naive_error;              /* mean absolute error of "no wait" */
    double correlation;              /* Spearman's */
    double skill;
} BacktestWaits;

/* Means over steps of time. */
typedef struct BacktestSeries {
    int32_t steps;                         /* that were compared */
    double recorded, simulated, naive;     /* means */
    double error, naive_error;             /* mean absolute */
    double correlation, naive_correlation; /* Pearson's, over the steps */
    double skill;
} BacktestSeries;

typedef struct Backtest {
    int32_t jobs;     /* of the log, as read */
    int32_t compared; /* whose waits are compared */
    int32_t carried;  /* left out: they ran when the log was cut */
    int32_t censored; /* left out: they ran when the log ended */
    int32_t no_start; /* left out: no start is recorded */
    int32_t rejected; /* left out: larger than the simulated fleet, or dropped by its policy */
    int64_t step_ms, end_ms;
    double gpus; /* of the cluster */
    BacktestWaits all;
    int32_t queue_count;
    BacktestWaits *queues; /* [queue_count] with jobs, most first */
    BacktestWaits sizes[BACKTEST_SIZES];
    BacktestSeries allocation; /* GPUs; of jobs with a recorded start */
    BacktestSeries nodes;      /* with a job; steps 0: no series was given */
} Backtest;

typedef struct BacktestOptions {
    int64_t step_ms;
    const NodesSeries *nodes; /* recorded; NULL: none */
} BacktestOptions;

/* Runs replication 0 of a scenario whose only workload is a log. Names and rows live in the arena.
 */
Status backtest_run(const Scenario *scenario, const BacktestOptions *options, Arena *arena,
                    Diagnostics *diagnostics, Backtest *backtest);

/* ---- the statistics alone (backtest_figures.c) ---- */

BacktestSize backtest_size(int64_t gpu_milli);

/* Fills everything but the name and `unstarted`. False if memory ran out. */
bool backtest_waits(const double *recorded_s, const double *simulated_s, int32_t count,
                    BacktestWaits *row);

void backtest_series(const double *recorded, const double *simulated, const double *naive,
                     int32_t count, BacktestSeries *series);

#endif
