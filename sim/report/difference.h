/* difference.h - the metrics of one variant less those of another, with what is sure of it. */
#ifndef SIM_REPORT_DIFFERENCE_H
#define SIM_REPORT_DIFFERENCE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/experiment/evidence.h"

/* Two rows of `variants` of summaries (docs/results.md). Paired: replication r of both met the same
 * luck. */
typedef struct VariantPair {
    const json_t *from, *to;
    bool paired;
} VariantPair;

/* Values of both sides, pair by pair; or, where they are not paired, all of each. */
typedef struct PairedValues {
    double *from, *to;
    int32_t from_count, to_count;
    double *scratch; /* for paired_evidence */
} PairedValues;

/* Room for the replications of both. False if memory ran out; free it in any case. */
bool paired_values_init(PairedValues *values, const VariantPair *pair);
void paired_values_free(PairedValues *values);

/* Takes what stands in two lists of one value a replication; NULL: zeros. */
void paired_values_take(PairedValues *values, const VariantPair *pair, const json_t *from,
                        const json_t *to);
PairedEvidence paired_values_judge(const PairedValues *values, const VariantPair *pair);

/* Does anything vary between the replications of one of the two? */
bool pair_is_drawn(const VariantPair *pair);

/* {METRIC: {"mean", "sd", ...}} of all metrics that have a difference: to - from. A new reference;
 * NULL if memory ran out. */
json_t *difference_json(const VariantPair *pair);

#endif
