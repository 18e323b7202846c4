/* spec_plan.h - `plan:` as written. See spec.h. */
#ifndef SIM_SCENARIO_SPEC_PLAN_H
#define SIM_SCENARIO_SPEC_PLAN_H

#include "sim/scenario/spec_values.h"

typedef struct PlanLineSpec {
    const Node *node; /* its key is the entry's name */
    SpecNumber least, most, lot, lead_ms;
} PlanLineSpec;

typedef struct PlanSensitivitySpec {
    const Node *node;
    SpecNumber demand_ppm, price_ppm, failures_ppm, needs_ppm;
} PlanSensitivitySpec;

typedef struct PlanSpec {
    const Node *node;
    SpecObjects nodes;       /* PlanLineSpec */
    SpecObjects commitments; /* PlanLineSpec */
    SpecNumber months, growth_ppm;
    SpecNumber replications, confirm;
    SpecNumber confidence_ppm, indifference_ppm;
    PlanSensitivitySpec sensitivity;
} PlanSpec;

#endif
