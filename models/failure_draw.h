/* failure_draw.h - what is drawn about faults, each by its own address. */
#ifndef MODELS_FAILURE_DRAW_H
#define MODELS_FAILURE_DRAW_H

#include "models/failure.h"

/* Who draws. */
typedef struct FaultLuck {
    uint64_t seed;
    uint32_t replication;
} FaultLuck;

/* From fault n - 1 of a target to fault n, ms, at least 1; n = 0: from any moment to the first one.
 * frailty > 0 divides it. TIME_NEVER: longer than any run. */
int64_t fault_gap_ms(FaultLuck luck, const Distribution *gap, int32_t kind, int32_t target,
                     uint32_t n, double frailty);

/* How much more often than the mean node it fails. Nodes that are frail in one component are so in
 * all of them. */
double node_frailty(FaultLuck luck, const FaultRow *row, int32_t node);

/* How long fault n of a target lasts. */
int64_t fault_out_ms(FaultLuck luck, const Distribution *out, int32_t kind, int32_t target,
                     uint32_t n);

/* Stages of the repair of a fault of that target. What was written down has a luck of its own. */
RepairTimes fault_repair_times(FaultLuck luck, const RepairStages *stages, const Fault *fault,
                               int32_t target, uint32_t attempt);

/* Work until an attempt of a job fails by this kind. */
int64_t job_gap_ms(FaultLuck luck, const FaultRow *row, int32_t kind, int32_t job, uint32_t attempt,
                   int64_t gpu_milli);

/* The time from any moment to the next fault of a renewal process that has run for ever: its
 * density is (1 - F(x)) / mean. Drawn as a uniform part of a gap that is chosen in proportion to
 * its length. Source: Cox, Renewal Theory (1962), 5.2 and 5.4. */
double distribution_draw_residual(const Distribution *d, gsl_rng *rng);

#endif
