/* planner.h - the cheapest fleet that meets the targets, from as few simulations as will do.
 *
 * A fleet is a count for each line, so fleets are the cells of a grid. They are compared by sample
 * means over the same replications for all (common random numbers). What saves simulations:
 *   - cost is nearly known before: a fleet whose floor is not below the best cost found needs none.
 *     What fleets cost beyond their floors (energy, say) is learnt: nine tenths of the least
 *     surplus that was seen are added to all floors;
 *   - more nodes mostly help (or hurt) a target: a fleet that fails says so of all smaller (larger)
 *     ones. That is a heuristic, so fleets that are presumed to fail are probed: those that come
 *     nearest, and some at random. What contradicts it is kept as a violation, and looked around;
 *   - after a few replications most fleets are decided: the mean over all of them is predicted from
 *     the first few, alone and by differences from a fleet that ran them all, and the smaller of
 *     the two intervals counts (Student's t for a finite population of replications).
 * Nothing here knows what a fleet is: runs come from a function, so tests bring their own. Rules
 * and measurements: docs/plan.md.
 */
#ifndef SIM_EXPERIMENT_PLANNER_H
#define SIM_EXPERIMENT_PLANNER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/fleet_plan.h"
#include "core/status.h"

/* What more nodes do for a target. */
typedef enum PlannerTrend { TREND_UNKNOWN, TREND_MORE_HELPS, TREND_MORE_HURTS } PlannerTrend;

typedef struct PlannerTarget {
    bool at_most; /* else at least */
    bool strict;  /* the bound itself does not meet it */
    double bound;
    PlannerTrend trend;
} PlannerTarget;

#define PLANNER_VALUES_MAX 64

/* One run that is wanted: its values go to value[0 .. value_count - 1]. */
typedef struct PlannerJob {
    int64_t fleet;
    int32_t replication;
    double *value;
} PlannerJob;

typedef struct PlannerProblem {
    int32_t line_count;
    int32_t steps[PLAN_LINES_MAX]; /* [line] how many counts; at least 1 */
    bool physical[PLAN_LINES_MAX]; /* [line] changes what runs; else only what it costs */
    int32_t target_count;
    const PlannerTarget *targets;
    int32_t value_count;  /* of a run: cost, the targets' metrics, what else is kept */
    int32_t replications; /* of a fleet */
    double confidence;    /* share of replications that must meet all targets; 0: their mean must */
    const double *floor;  /* [fleet] it costs no less; INFINITY: there is no such fleet */
    void *self;
    /* Runs them all, in any order. STATUS_OK, or the search ends with what it says. */
    Status (*run)(void *self, PlannerJob *jobs, int32_t count);
} PlannerProblem;

typedef struct PlannerOptions {
    int32_t width;  /* fleets looked at together; part of the result, so not the thread count */
    int32_t first;  /* replications before the first look; 0: a fifth, at least 3 */
    double risk;    /* that one look at one target errs */
    int32_t probes; /* of presumed failures that come near; -1: by the size of the grid */
    int32_t random; /* probes anywhere among them; -1: likewise */
    uint64_t seed;  /* of those */
} PlannerOptions;
#define PLANNER_OPTIONS_DEFAULT                                                                    \
    (PlannerOptions)                                                                               \
    {                                                                                              \
        .width = 4, .risk = 1e-3, .probes = -1, .random = -1, .seed = 1                            \
    }

typedef enum FleetState {
    FLEET_UNKNOWN,
    FLEET_PRESUMED, /* to fail */
    FLEET_FAILS,    /* was run, all replications or as many as it took to see it */
    FLEET_PASSES,   /* was run in full */
    FLEET_DEARER    /* was run until it was clear that it costs more than another that passes */
} FleetState;

/* What is known of a fleet that was run. */
typedef struct FleetRecord {
    int64_t fleet;
    int32_t runs;                    /* replications 0 .. runs - 1 */
    double *value;                   /* [replications * value_count] */
    double mean[PLANNER_VALUES_MAX]; /* over `runs` */
    double miss;   /* of the worst target, as a share of its bound; negative: room left */
    int32_t binds; /* that target */
    FleetState state;
    bool probe; /* run to check what was presumed */
} FleetRecord;

/* A fleet that meets the targets although one that has more (less) of everything does not. */
typedef struct PlannerViolation {
    int64_t passes, fails;
    int32_t target; /* that the other fails */
} PlannerViolation;
#define PLANNER_VIOLATIONS_MAX 32

typedef struct Planner {
    const PlannerProblem *problem;
    PlannerOptions options;
    Arena *arena;
    int64_t fleet_count;
    int64_t stride[PLAN_LINES_MAX];
    uint8_t *state;     /* [fleet] FleetState */
    int32_t *record_of; /* [fleet] -1: was not run */
    int32_t *witness;   /* [fleet] record that makes it presumed; -1 */
    int64_t *by_floor;  /* [fleet] ascending */
    int32_t *unknown;   /* [fleet] scratch: counts over the grid */
    int32_t *above;     /* [fleet] likewise */
    int32_t record_count, record_capacity;
    FleetRecord *records;
    int64_t winner;          /* -1: none yet */
    double surplus;          /* least (cost - floor) / floor seen */
    int32_t priced;          /* fleets that it was seen of */
    double best;             /* what it costs; INFINITY: none */
    int64_t runs;            /* simulations */
    int32_t probes;          /* fleets run although they were presumed to fail */
    int32_t violation_count; /* may be more than are kept */
    PlannerViolation violations[PLANNER_VIOLATIONS_MAX];
    bool no_memory;
} Planner;

int64_t planner_fleet_count(const PlannerProblem *problem);
void planner_coordinates(const PlannerProblem *problem, int64_t fleet,
                         int32_t at[PLAN_LINES_MAX]); /* [line] its step */
int64_t planner_fleet_at(const PlannerProblem *problem, const int32_t *at);

/* False if memory ran out. The problem must outlive it. */
bool planner_init(Planner *planner, const PlannerProblem *problem, const PlannerOptions *options,
                  Arena *arena);

/* Finds the winner, if there is one. What `run` answered; STATUS_FAILED if memory ran out. */
Status planner_search(Planner *planner);

/* Marks fleets as presumed to fail before the search: those that `fails` is true of. */
void planner_presume(Planner *planner, bool (*fails)(void *self, int64_t fleet), void *self);

/* Runs these fleets as the search would, and learns from them. At most 64. */
Status planner_try(Planner *planner, const int64_t *fleets, int32_t count);

/* All replications of these fleets, whatever comes out; what is there is not run again. Where one
 * turns out to be cheaper than the winner, the winner changes. */
Status planner_complete(Planner *planner, const int64_t *fleets, int32_t count);

/* NULL: was not run. */
const FleetRecord *planner_record(const Planner *planner, int64_t fleet);

/* Of the fleets that were run, that which misses its targets by least; NULL: nothing was run. */
const FleetRecord *planner_nearest(const Planner *planner);

/* Does this value meet the target? NAN meets nothing. */
bool planner_meets(const PlannerTarget *target, double value);

/* How far a value is beyond the bound, as a share of the bound (of 1, where that is 0); negative:
 * room left. INFINITY for NAN. */
double planner_miss(const PlannerTarget *target, double value);

/* ---- between its files ---- */

/* What it costs at least, as far as is known now. */
double planner_floor(const Planner *planner, int64_t fleet);

/* planner_runs.c: brings these fleets forward until each is decided or has run in full. */
Status planner_decide(Planner *planner, const int64_t *fleets, int32_t count, bool probe);

/* planner_runs.c: all replications of these. */
Status planner_finish(Planner *planner, const int64_t *fleets, int32_t count);

#endif
