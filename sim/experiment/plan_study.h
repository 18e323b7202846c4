/* plan_study.h - the cheapest fleet, and what a buyer wants to know about it. */
#ifndef SIM_EXPERIMENT_PLAN_STUDY_H
#define SIM_EXPERIMENT_PLAN_STUDY_H

#include "sim/experiment/plan_evaluate.h"

/* One fleet and what its replications said. */
typedef struct PlanFleet {
    int64_t count[PLAN_LINES_MAX];
    int32_t runs;
    double mean[PLANNER_VALUES_MAX]; /* as PlanEvaluator.values */
    bool meets;                      /* all targets, over all replications of the search */
    bool discarded;                  /* it ran no further: it was clear that it does not, */
    bool dearer;                     /* or that it costs more, and nobody knows whether it does */
    int32_t binds;                   /* the target that it misses by most, or meets by least */
    double miss;                     /* ... as a share of its bound; negative: room left */
} PlanFleet;

/* One lot less of one line. */
typedef struct PlanLess {
    int32_t line;
    bool possible; /* false: there is no less */
    PlanFleet fleet;
} PlanLess;

/* The winner on replications that the search did not see. */
typedef struct PlanConfirm {
    int32_t runs;
    int32_t met;        /* replications that meet all targets */
    double probability; /* met / runs */
    double low, high;   /* Clopper-Pearson, 95 % */
    bool confirmed;
    MetricSummary value[PLANNER_VALUES_MAX];
} PlanConfirm;

typedef enum PlanTurn { TURN_DEMAND, TURN_PRICE, TURN_FAILURES, TURN_NEEDS } PlanTurn;
extern const char *const PLAN_TURN_NAMES[];

/* The winner with one thing turned down, or up. */
typedef struct PlanEnd {
    int64_t ppm; /* of what is written */
    PlanFleet winner;
    bool found; /* a fleet that is enough then, by the change of one line alone; of prices:
                 * the cheapest of the fleets that are known to be enough */
    PlanFleet then;
} PlanEnd;

typedef struct PlanSensitivity {
    PlanTurn turn;
    int32_t line;   /* TURN_PRICE: whose price; else -1 */
    PlanEnd end[2]; /* low, high */
} PlanSensitivity;

/* What to order so that it is there when the month begins. */
typedef struct PlanOrder {
    int32_t line;
    int64_t change;   /* nodes or GPUs; negative: given back */
    double order_day; /* of the plan; negative: before it begins */
} PlanOrder;

typedef struct PlanMonth {
    int32_t month; /* 0: now */
    int64_t demand_ppm;
    bool found;
    PlanFleet fleet;
    double usd_per_month;
    int32_t order_count;
    PlanOrder orders[PLAN_LINES_MAX];
} PlanMonth;

/* A violation of monotonicity, as counts. */
typedef struct PlanOddity {
    int64_t passes[PLAN_LINES_MAX], fails[PLAN_LINES_MAX];
    int32_t target;
} PlanOddity;

typedef struct PlanResult {
    const ScenarioSet *set;
    const FleetPlan *plan;
    int32_t target_count;
    const PlanBound *bounds;
    const PlannerTarget *targets;
    int32_t value_count;
    const MetricId *values;
    int32_t value_wait, value_share;
    double hours; /* that count: the horizon less the warm-up */
    bool found;
    PlanFleet winner; /* found; else the fleet that came nearest */
    int32_t less_count;
    PlanLess *less; /* [less_count] */
    int32_t tie_count;
    PlanFleet *ties;
    PlanConfirm confirm; /* runs 0: nobody asked */
    int32_t fleet_count;
    PlanFleet *fleets; /* all that ran, cheapest first */
    int32_t frontier_count;
    int32_t *frontier; /* rows of fleets: none other is cheaper and waits less */
    int32_t sensitivity_count;
    PlanSensitivity *sensitivity;
    int32_t month_count;
    PlanMonth *months;
    int64_t grid;        /* fleets to choose from */
    int64_t search_runs; /* simulations of the search, those of a resumed one included */
    int64_t all_runs;    /* of everything */
    int32_t probes;
    int32_t violation_count; /* found; those kept: */
    int32_t oddity_count;
    PlanOddity *oddities;
} PlanResult;

typedef struct PlanStudy {
    PlanEvaluator *evaluator;
    Arena *arena;
    PlannerProblem problem;
    Planner planner;
    PlanResult *result;
    int64_t demand_ppm; /* of the runs that the planner asks for; 0: as written */
} PlanStudy;

/* Everything. STATUS_UNEXPECTED: no fleet meets the targets (result->winner is the nearest);
 * STATUS_INCONCLUSIVE: the winner did not meet them on fresh replications; STATUS_INTERRUPTED:
 * what ran is in the evaluator's cache, result is not to be used. */
Status plan_study(PlanEvaluator *evaluator, Arena *arena, PlanResult *result);

/* ---- between its files ---- */

int64_t plan_study_fleet_at(const PlanStudy *study, const int64_t *count);
void plan_fleet_from(const PlanStudy *study, const FleetRecord *record, PlanFleet *fleet);

/* Replications [from, from + runs) of one fleet, with things turned as in `key`; values:
 * [runs * value_count]. */
Status plan_study_runs(PlanStudy *study, const PlanKey *key, int32_t from, int32_t runs,
                       double *values);

/* The same of the search's replications, summed up. */
Status plan_study_fleet(PlanStudy *study, const PlanKey *key, PlanFleet *fleet);

Status plan_less_find(PlanStudy *study); /* plan_around.c */
Status plan_ties_find(PlanStudy *study);
Status plan_frontier_find(PlanStudy *study);
Status plan_confirm_run(PlanStudy *study);
Status plan_sensitivity_run(PlanStudy *study); /* plan_turns.c */
Status plan_growth_run(PlanStudy *study);      /* plan_growth.c */

#endif
