/* spec_values.h - single values of a scenario as written, with their places. See spec.h. */
#ifndef SIM_SCENARIO_SPEC_VALUES_H
#define SIM_SCENARIO_SPEC_VALUES_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/scenario/tree.h"

typedef struct SpecText {
    const char *value; /* NULL: not written and no default */
    const Node *node;
} SpecText;

typedef struct SpecNumber {
    int64_t value;
    const Node *node;
} SpecNumber;

typedef struct SpecTexts {
    SpecText *items;
    int32_t count;
    const Node *node;
} SpecTexts;

typedef struct SpecPair {
    const char *name, *value;
    const Node *node;
} SpecPair;

typedef struct SpecPairs {
    SpecPair *items;
    int32_t count;
    const Node *node;
} SpecPairs;

typedef struct SpecObjects {
    void *items; /* [count] structs of the row's object; each begins with its node */
    int32_t count;
    const Node *node;
    bool mistaken; /* something inside was refused */
} SpecObjects;

typedef struct SpecRaw {
    const Node *node;
} SpecRaw;

typedef struct DurationSpec {
    const Node *node; /* its key is the least GPUs, in a map by GPUs */
    SpecText distribution;
    SpecNumber value_ms, mean_ms, median_ms, scale_ms, min_ms, max_ms;
    SpecNumber sigma_micro, shape_micro, cv_micro;
    SpecPairs quantiles;
} DurationSpec;

#endif
