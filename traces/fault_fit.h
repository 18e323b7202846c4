/* fault_fit.h - what a fault log is like, as figures that `models.failures` can be told.
 *
 * How often: the rate of each component over the time that nodes were in service. How unlike nodes
 * are: a gamma frailty, fitted to how many faults each node had (a negative binomial). Whether gaps
 * between a node's faults are exponential: fits of both families and a test that no frailty
 * disturbs. How long: quantiles, or a family where one is near. What no such model says, drift and
 * bursts, is measured and told. Method: docs/fault-logs.md.
 */
#ifndef TRACES_FAULT_FIT_H
#define TRACES_FAULT_FIT_H

#include "models/distribution_fit.h"
#include "traces/fault_stats.h"

#define FAULT_FIT_OWN_LEAST 20   /* faults of a component with a row of its own */
#define FAULT_FIT_LEAST 10       /* faults of a log that is fitted at all */
#define FAULT_GAP_LEAST_MS 60000 /* shorter gaps count as this long */
#define FAULT_FIT_POINTS_MAX 32  /* of a table of quantiles */

typedef struct FaultFitOptions {
    int64_t nodes;         /* that were watched; 0: those that appear */
    int32_t gpus_per_node; /* for rates of single GPUs */
} FaultFitOptions;

/* One row of `models.failures.components`. */
typedef struct ComponentFit {
    const char *name;
    FaultLogComponent like; /* effect; of the first where several are taken together */
    int32_t members;        /* components of the log in it */
    int64_t faults;
    bool by_operator;
    double mtbf_ms; /* of one node or GPU, in service */
    int64_t repaired;
    double mean_ms, median_ms; /* of repairs */
    double ks;                 /* distance of `out` to the log, before it was stretched */
    double stretched;          /* so much, to the mean of the log */
    Distribution out;          /* family and scale 0: nobody repaired any */
    bool fitted[2];            /* lognormal, weibull */
    FamilyFit family[2];
} ComponentFit;

/* Times between faults of one node, the last one of each cut off by the log's end. */
typedef struct NodeGapFit {
    int64_t gaps, cut_off;
    double mean_ms;            /* exponential, by maximum likelihood */
    double shape, shape_error; /* Weibull */
    double exponential_aic, weibull_aic;
    /* Given how many faults a node had, a Poisson process has them anywhere: each gap has a known
     * distribution, whatever the node's rate (docs/fault-logs.md). */
    int64_t tested;
    double calendar_ks, calendar_mean; /* against uniform; mean 0.5, below: sooner than chance */
    double fleet_ks, fleet_mean;       /* the same, time counted by the fleet's faults */
    double ks_limit;                   /* at 5 % */
} NodeGapFit;

typedef struct FrailtyFit {
    double mean, variance; /* of faults a node */
    double cv, cv_error;   /* of the gamma, by maximum likelihood; 0: none */
    double ratio;          /* 2 x log likelihood against none (Poisson) */
} FrailtyFit;

typedef struct FaultFit {
    FaultStats stats;
    double in_service_ms; /* of all nodes */
    int32_t component_count;
    ComponentFit *components; /* [component_count] */
    NodeGapFit gaps;
    FrailtyFit frailty;
    double month_dispersion; /* variance / mean of faults in 30 days; Poisson: 1 */
    double month_p;          /* of as much or more if the rate never changed */
    double together_share;   /* of faults that begin at the instant of one of another node */
} FaultFit;

/* Fits. Mistakes: fewer than FAULT_FIT_LEAST faults, all at one instant. */
Status fault_fit(const FaultLog *log, const FaultFitOptions *options, Arena *arena,
                 Diagnostics *diagnostics, FaultFit *fit);

/* Writes `models.failures` for a scenario, with comments; `name` names the log. False: writing
 * failed (errno). */
bool fault_fit_write(const FaultFit *fit, const char *name, FILE *file);

/* ---- the parts, for fault_fit.c; false if memory ran out ---- */

bool fault_fit_repairs(double *repair_ms, size_t count, Arena *arena, ComponentFit *fit);
bool fault_fit_gaps(const FaultLog *log, int64_t nodes, NodeGapFit *fit);
bool fault_fit_frailty(const FaultLog *log, int64_t nodes, FrailtyFit *fit);

#endif
