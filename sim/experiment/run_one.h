/* run_one.h - one replication of one variant: draw, simulate, collect. */
#ifndef SIM_EXPERIMENT_RUN_ONE_H
#define SIM_EXPERIMENT_RUN_ONE_H

#include "core/diagnostic.h"
#include "sim/experiment/result.h"

typedef struct RunOptions {
    uint32_t replication;
    bool keep_jobs; /* also asks why each dropped job was dropped */
    bool keep_series;
    bool keep_periods; /* charge periods are told apart: every replication of a variant or none */
    bool audit;        /* everything is worked out anew after every pass: see audit.h */
    bool scan_only;    /* no index: the oracle's way */
    const ExpectList *expects; /* whose values are taken down; NULL: none */
    int32_t variant;           /* as expectations count them */
    void (*drawn)(void *self); /* called as soon as the run has its jobs; NULL: nobody waits */
    void *drawn_self;
} RunOptions;

/* Everything that a result holds, in arena memory. The status is also in result->status.
 * Thread-safe as long as arena and diagnostics are the thread's own. */
Status run_one(const Scenario *scenario, const RunOptions *options, Arena *arena,
               Diagnostics *diagnostics, ReplicationResult *result);

/* Only the load curve and the fact hash: what a study of placement needs, without books. */
Status run_light(const Scenario *scenario, const RunOptions *options, Arena *arena,
                 Diagnostics *diagnostics, LoadCurve *curve, uint64_t *fact_hash);

#endif
