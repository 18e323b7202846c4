/* plan_evaluate.h - fleets are simulated, and what they cost at least is known before. */
#ifndef SIM_EXPERIMENT_PLAN_EVALUATE_H
#define SIM_EXPERIMENT_PLAN_EVALUATE_H

#include "core/diagnostic.h"
#include "sim/experiment/plan_cache.h"
#include "sim/experiment/planner.h"
#include "sim/experiment/result.h"

#define PLAN_TARGETS_MAX (PLANNER_VALUES_MAX - 4)

/* One target with its meaning. */
typedef struct PlanBound {
    MetricId metric;
    const char *op;   /* "<=", "<", ">=", ">" */
    const char *text; /* as written; NULL: implied */
} PlanBound;

/* What a fleet costs without its energy and people: sums of lines. All in USD over the time that
 * counts (the horizon, less the warm-up). */
typedef struct PlanPrices {
    double fixed;                   /* nodes that are not planned, overheads */
    double each[PLAN_LINES_MAX];    /* of one node, or of one GPU of a commitment */
    double covered[PLAN_LINES_MAX]; /* of `each`, what commitments may cover: nodes on demand */
    double fixed_covered;
    double fixed_promised;         /* commitments that are not planned: what they cost */
    double fixed_relief;           /* ... and what they take off at most */
    double fixed_money;            /* of it, by commitments of money: whatever prices are */
    double relief[PLAN_LINES_MAX]; /* of a commitment: what one GPU of it takes off at most */
    double price[PLAN_LINES_MAX];  /* of one, energy aside, as long as it is there on average */
    int64_t nodes;                 /* that are not planned */
} PlanPrices;

/* One run that is wanted. */
typedef struct PlanRun {
    PlanKey key;
    double *value; /* [value_count] */
} PlanRun;

typedef struct PlanEvaluator {
    const ScenarioSet *set;
    const FleetPlan *plan;
    Arena *arena;
    Diagnostics *diagnostics;
    int32_t threads; /* 0: as many as OpenMP gives */
    bool progress;   /* on stderr */
    int32_t target_count;
    PlanBound *bounds;      /* [target_count] */
    PlannerTarget *targets; /* [target_count] */
    int32_t value_count;
    MetricId values[PLANNER_VALUES_MAX]; /* objective, targets, wait_p95_s, productive_share */
    bool priced; /* false: nothing costs anything */
    PlanPrices prices;
    PlanCache cache;
    int64_t simulated;             /* runs that were not in the cache */
    void (*save)(void *save_self); /* now and then, between runs; NULL: nobody wants to */
    void *save_self;
    double last_save_s;
} PlanEvaluator;

#define PLAN_VALUE_COST 0
static inline int32_t plan_value_wait(const PlanEvaluator *evaluator)
{
    return 1 + evaluator->target_count;
}
static inline int32_t plan_value_share(const PlanEvaluator *evaluator)
{
    return 2 + evaluator->target_count;
}

/* Reads the targets and prices the lines. STATUS_BAD_INPUT with all mistakes: no plan, no lines, no
 * targets, a target that is no bound on a metric, no horizon. */
Status plan_evaluator_init(PlanEvaluator *evaluator, const ScenarioSet *set, Arena *arena,
                           Diagnostics *diagnostics);
void plan_evaluator_free(PlanEvaluator *evaluator);

/* The mistakes of `targets:` alone, for `gpuplan check`. */
Status plan_targets_check(const ScenarioSet *set, Arena *arena, Diagnostics *diagnostics);

/* The counts of a fleet of the grid. */
void plan_counts(const FleetPlan *plan, const PlannerProblem *problem, int64_t fleet,
                 int64_t count[PLAN_LINES_MAX]);

/* Fills evaluator->prices from the largest fleet (plan_prices.c). */
void plan_prices_fill(PlanEvaluator *evaluator, const Scenario *largest);

/* At least so much does it cost. INFINITY: no node at all. */
double plan_floor(const PlanEvaluator *evaluator, const int64_t *count);

/* Prices of one line turned: what a fleet then costs more, from what it costs now. */
double plan_price_change(const PlanEvaluator *evaluator, const int64_t *count, int32_t line,
                         double factor);

/* Runs them all in parallel. STATUS_INTERRUPTED after SIGINT: what is complete is in the cache. */
Status plan_evaluate(PlanEvaluator *evaluator, PlanRun *runs, int32_t count);

/* What is written next must not stand behind a line that is written over. */
void plan_progress_end(const PlanEvaluator *evaluator);

#endif
