/* build_failures.h - what fails, from the words of `models.failures` and `inject`. */
#ifndef SIM_SCENARIO_BUILD_FAILURES_H
#define SIM_SCENARIO_BUILD_FAILURES_H

#include "core/intern.h"
#include "models/failure_draft.h"
#include "sim/scenario/build.h"

/* What is built, and what its words refer to. */
typedef struct FailuresBuild {
    FailureDraft draft;
    int32_t component_count;  /* the draft's first kinds: those of models.failures */
    const ClusterSpec *spec;  /* entries of nodes, racks and zones by name */
    const Scenario *scenario; /* its cluster and, where they are sound, its jobs */
    bool jobs_known;
    Intern nodes; /* by name */
} FailuresBuild;

/* The node of that name, or -1. */
int32_t failures_node(const FailuresBuild *build, const char *name);

/* Keeps and speeds of a kind as written. */
void failures_keep(const KeepSpec *spec, FaultKind *kind);

/* Says of lanes that no node type has that nothing can be left of them. */
void failures_keep_warn(Loader *loader, const KeepSpec *spec, const FailuresBuild *build);

/* `models.failures`; build_components.c. */
bool build_components(Loader *loader, const FailuresSpec *spec, FailuresBuild *build);

/* `inject:`; build_inject.c. */
bool build_injections(Loader *loader, const SpecObjects *inject, FailuresBuild *build);

/* Nodes that come, go and are taken back, into a draft; build_presence.c. */
bool has_presence(const ClusterSpec *spec);
bool build_presence(Loader *loader, const ClusterSpec *spec, FailureDraft *draft);

/* A fault log of `inject:`; build_fault_log.c. */
bool build_fault_log(Loader *loader, const FaultLogSpec *spec, FailuresBuild *build);

#endif
