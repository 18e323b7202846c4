/* build.h - from what was written (spec.h) to the constant records of core/scenario.h.
 *
 * Each function reports every mistake that it finds and returns false if there was one, or if
 * memory ran out.
 */
#ifndef SIM_SCENARIO_BUILD_H
#define SIM_SCENARIO_BUILD_H

#include "core/scenario.h"
#include "sim/scenario/spec.h"

/* What a builder answers when memory ran out. */
static inline bool no_memory(Loader *loader)
{
    diagnostics_no_memory(loader->diagnostics);
    return false;
}

bool build_cluster(Loader *loader, const ClusterSpec *spec, Cluster *cluster);

/* Fills sources and constants; models that only requests name are added to the cluster. Without a
 * sound cluster (cluster_known false) only what does not need one is checked, and the answer is
 * false. */
bool build_workload(Loader *loader, const ScenarioSpec *spec, bool cluster_known,
                    Scenario *scenario);

/* One list of jobs written by hand. known_models: models [0, known_models) are those that node
 * types have; negative: the types are not known, models are not checked. */
bool build_jobs(Loader *loader, const SpecObjects *jobs, const Cluster *cluster,
                int32_t known_models, RequestList *requests);

/* A name that tables can show and people can type: not empty, no control characters. */
bool build_name(Loader *loader, const SpecText *name);

/* Does every job have an id of its own? */
bool build_ids(Loader *loader, const JobSpec *jobs, int32_t count);

/* The MIG profile that a text names on these cards, GP_MIG_PROFILE_NONE after a mistake. models: 0
 * for any. */
int32_t build_mig_profile(Loader *loader, const SpecText *text, const Cluster *cluster,
                          uint64_t models);
int32_t mig_geometry(const char *model); /* GpMigGeometry */

/* Needs a sound spec of the policy, and the cluster if there are recorded ranks. */
bool build_policy(Loader *loader, const PolicySpec *spec, Scenario *scenario);

/* Recorded orders and ranks must have a column for the seed of each replication. */
bool build_seed_columns(Loader *loader, const SpecText *path, const Scenario *scenario,
                        const RecordedColumns *columns);
bool build_order_columns(Loader *loader, const ScenarioSpec *spec, const Scenario *scenario);

#endif
