/* experiment.h - variants x replications on all cores; the results do not depend on how many there
 * are. */
#ifndef SIM_EXPERIMENT_EXPERIMENT_H
#define SIM_EXPERIMENT_EXPERIMENT_H

#include "core/diagnostic.h"
#include "sim/experiment/interrupts.h"
#include "sim/experiment/result.h"

typedef struct ExperimentOptions {
    int32_t threads;    /* 0: as many as OpenMP gives */
    bool keep_all_jobs; /* tables of jobs, waits and passes of every replication; else of the first
                         */
    bool no_tables;     /* not even of the first */
    bool uses_up;  /* the set is in the same arena and is not run again: its rows may be freed */
    bool audit;    /* work everything out anew after every pass: slow */
    bool progress; /* on stderr */
    const ExpectList *expects; /* whose values the runs take down; NULL: none */
    HalfWidthStop until; /* .asked: replications of the set are a cap, and are run in batches until
                          * .target_ppm is reached */
} ExperimentOptions;

/* Runs all of the set. STATUS_OK; STATUS_PARTIAL if some replications failed (diagnostics say why);
 * STATUS_INTERRUPTED after a signal (interrupts.h), even in the last one: those under way are
 * finished, the others left out. Results then hold what is complete: after a signal the
 * replications that all variants have. Other statuses, out of memory among them: there are
 * no results. */
Status experiment_run(const ScenarioSet *set, const ExperimentOptions *options, Arena *arena,
                      Diagnostics *diagnostics, ExperimentResult *result);

#endif
