/* spec_costs.h - prices, power and `costs:` as written. See spec.h. */
#ifndef SIM_SCENARIO_SPEC_COSTS_H
#define SIM_SCENARIO_SPEC_COSTS_H

#include "sim/scenario/spec_showback.h"
#include "sim/scenario/spec_values.h"

/* A value that may change as time goes: itself, a file, or steps. */
typedef struct SeriesSpec {
    const Node *node;
    SpecNumber value;
    SpecText path;
    SpecPairs steps;
    SpecNumber repeat_ms;
    SpecText timezone;
    SpecText source;
} SeriesSpec;

typedef struct OwnedSpec {
    const Node *node;
    SpecNumber capex, life_ms, residual_ppm, capital_ppm;
    SpecText amortisation;
    SpecNumber network_ppm, colocation, maintenance_ppm, licences, other_ppm;
} OwnedSpec;

typedef struct PriceSpec {
    const Node *node;
    SpecNumber on_demand, contracted; /* micro-USD a GPU-hour */
    SeriesSpec spot;
    OwnedSpec owned;
    SpecNumber per_node; /* micro-USD a node-hour */
    SpecText source;
} PriceSpec;

typedef struct GpuPowerSpec {
    const Node *node;
    SpecNumber idle_mw, held_mw, max_mw, busy_ppm;
} GpuPowerSpec;

typedef struct NodePowerSpec {
    const Node *node;
    SpecNumber idle_mw, max_mw;
    SpecText down;
} NodePowerSpec;

typedef struct OverheadSpec {
    const Node *node;
    SpecText name;
    SpecNumber cost; /* micro-USD a year */
    SpecText source;
} OverheadSpec;

typedef struct CommitmentSpec {
    const Node *node;
    SpecText name;
    SpecNumber gpus, rate;      /* of a number of GPUs */
    SpecNumber spend, discount; /* of money */
    SpecNumber term_ms, bought_ms, before_ms, upfront_ppm;
    SpecTexts types;
    SpecText source;
} CommitmentSpec;

typedef struct CostsSpec {
    const Node *node;
    SpecNumber pue_ppm;
    SeriesSpec tariff, carbon;
    SpecNumber period_ms;
    SpecNumber replacement;
    SpecObjects overheads;   /* OverheadSpec */
    SpecObjects commitments; /* CommitmentSpec */
    PayingSpec paying;
    SpecText source;
} CostsSpec;

#endif
