/* fleet_plan.h - the fleets that may be bought, and what is asked of them: constant. */
#ifndef CORE_FLEET_PLAN_H
#define CORE_FLEET_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/diagnostic.h"

#define PLAN_LINES_MAX 8
#define PLAN_FLEETS_MAX INT64_C(1000000) /* combinations of counts */

typedef enum PlanLineKind {
    PLAN_NODES,     /* an entry of cluster.nodes; counted in nodes */
    PLAN_COMMITMENT /* an entry of costs.commitments; counted in GPUs */
} PlanLineKind;

/* What can be bought more or less of: least, least + lot ... up to most. */
typedef struct PlanLine {
    const char *name;
    PlanLineKind kind;
    int64_t least, most, lot;
    int64_t lead_ms; /* from the order until it is there */
    int32_t entry;   /* which entry of cluster.nodes, or of costs.commitments, as written */
    Place place;
} PlanLine;

/* One metric's bound as written: "wait_p95_s <= 900"; sim/experiment gives it a meaning. */
typedef struct PlanTarget {
    const char *text;
    Place place;
} PlanTarget;

typedef struct FleetPlan {
    int32_t line_count;
    PlanLine *lines; /* [line_count] nodes first */
    int32_t target_count;
    PlanTarget *targets;
    int32_t months;           /* that demand grows; 0: it does not */
    int64_t growth_ppm;       /* of arrivals, a month */
    int32_t replications;     /* of the search */
    int32_t confirm;          /* fresh ones, of the winner */
    int64_t confidence_ppm;   /* share of replications that must meet all targets; 0: their mean */
    int64_t indifference_ppm; /* fleets that cost so little more are as good */
    int64_t demand_ppm, price_ppm, failures_ppm, needs_ppm; /* sensitivity, up and down; 0: not */
    bool exact; /* nothing is drawn: all replications of a fleet are the same (plan_evaluate.c) */
    Place place;
} FleetPlan;

/* How many counts a line has. */
static inline int64_t plan_line_steps(const PlanLine *line)
{
    return (line->most - line->least) / line->lot + 1;
}

#endif
