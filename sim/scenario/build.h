/* build.h - from what was written (spec.h) to the constant records of core/scenario.h.
 *
 * Each function reports every mistake that it finds and returns false if there was one, or if
 * memory ran out.
 */
#ifndef SIM_SCENARIO_BUILD_H
#define SIM_SCENARIO_BUILD_H

#include "core/scenario.h"
#include "models/distribution.h"
#include "sim/scenario/spec.h"

/* What a builder answers when memory ran out. */
static inline bool no_memory(Loader *loader)
{
    diagnostics_no_memory(loader->diagnostics);
    return false;
}

/* ---- groups of nodes (build_groups.c) ---- */

#define NODE_GROUPS_MAX (GP_GROUPS_MAX - 1)
/* The group_set of a request that no node may hold: no node is in this group. */
#define GROUP_NOWHERE (UINT64_C(1) << (GP_GROUPS_MAX - 1))
#define FLAVOR_DEFAULT "default" /* of nodes that name none */
#define QUEUE_DEFAULT "default"  /* of jobs that name none */

/* Nodes that requests can tell apart by labels, taints or flavor: a bit each in a group_set. */
typedef struct NodeGroups {
    int32_t count;
    const NodesSpec *like[NODE_GROUPS_MAX]; /* [count] some entry of cluster.nodes in it */
} NodeGroups;

/* The group of an entry's nodes, added if new; -1 after a mistake: there are too many. */
int32_t groups_find(Loader *loader, NodeGroups *groups, const NodesSpec *nodes);

/* One group, without labels: of a node list from a file. */
void groups_none(NodeGroups *groups);

/* The groups that have all these labels. False: some label is on no node, which is reported. */
bool groups_selected(Loader *loader, const NodeGroups *groups, const SpecPairs *labels,
                     uint64_t *selected);
uint64_t groups_flavored(const NodeGroups *groups, const char *flavor);

/* The group_set of a request: selected groups whose taints it tolerates, or, in a queue with
 * dedicated nodes (not 0), those of them. 0: any; GROUP_NOWHERE: none. */
uint64_t groups_usable(const NodeGroups *groups, uint64_t selected, const SpecTexts *tolerations,
                       uint64_t dedicated);

/* ---- parts ---- */

bool build_cluster(Loader *loader, const ClusterSpec *spec, Cluster *cluster, NodeGroups *groups);

/* After a mistake names and parents are there all the same, so that jobs can be checked against
 * them. groups NULL: the nodes are mistaken, what is said about them is not checked. */
bool build_queues(Loader *loader, const SpecObjects *list, const NodeGroups *groups,
                  QueueTree *tree);

/* The queue of that name for jobs (`who`, for messages): a leaf, declared where queues are. Without
 * `queues:` any name will do. *queue is 0 where there is no such queue. */
bool build_queue_name(Loader *loader, const SpecText *name, const QueueTree *tree, const char *who,
                      QueueId *queue);

/* Fills sources and constants; models that only requests name are added to the cluster. Without a
 * sound cluster (groups NULL) or queues (queues_known false) only what does not need them is
 * checked, and the answer is false. */
bool build_workload(Loader *loader, const ScenarioSpec *spec, const NodeGroups *groups,
                    bool queues_known, Scenario *scenario);

/* A log with its times becomes the jobs of `source`. Its first moment is scenario->start_unix_ms,
 * which it sets if it has dates and nobody gave one. */
bool build_trace(Loader *loader, const LogSpec *spec, Scenario *scenario, WorkloadSource *source);

/* Are the log's times replayed, or does only its list count? */
bool log_has_times(const LogSpec *spec);

/* Is every key of a log about what is done with it, and with its format? */
bool log_keys_belong(Loader *loader, const LogSpec *spec);

/* What jobs refer to. */
typedef struct JobsAround {
    const Cluster *cluster;
    int32_t known_models; /* models [0, known_models) are those that node types have; negative: the
                             types are not known, models are not checked */
    const NodeGroups *groups; /* NULL: not known */
    const QueueTree *queues;  /* NULL: not known */
} JobsAround;

/* One list of jobs written by hand. */
bool build_jobs(Loader *loader, const SpecObjects *jobs, const JobsAround *around,
                RequestList *requests);

/* What a job says beyond its shape and times; jobs that say the same share one. NULL after a
 * mistake, or if memory ran out; JOB_TRAITS_DEFAULT where it says nothing. */
typedef struct TraitsTable TraitsTable;
TraitsTable *traits_table_new(Loader *loader, int32_t job_count);
void traits_table_close(TraitsTable *table); /* traits stay */
const JobTraits *build_traits(Loader *loader, const JobSpec *spec, const JobsAround *around,
                              TraitsTable *table);

/* What a job needs of the data path, and its speeds by model, into traits (build_needs.c). */
void build_need(const JobSpec *spec, JobTraits *traits);
/* Is there something to share out, on some node type or between racks? */
bool build_lane_declared(const Cluster *cluster, GpAxis lane);
/* Of lanes that no node type has. */
void build_need_warn(Loader *loader, const NeedSpec *spec, const Cluster *cluster);
void build_need_lanes(const NeedSpec *spec, JobTraits *traits);
bool build_speeds(Loader *loader, const SpecPairs *pairs, const Cluster *cluster,
                  int32_t known_models, JobTraits *traits);

/* How jobs save their state (build_checkpoint.c). */
bool build_checkpoint_model(Loader *loader, const CheckpointModelSpec *spec, RunModels *models);
bool build_checkpoint(Loader *loader, const JobSpec *spec, const Cluster *cluster,
                      JobTraits *traits);

/* models.needs and models.step_noise (build_models.c). */
bool build_run_models(Loader *loader, const ModelsSpec *spec, bool cluster_known,
                      Scenario *scenario);

/* What a service serves, into traits (build_service.c). */
bool build_service(Loader *loader, const JobSpec *spec, JobTraits *traits);

/* Options that a rule does not read would be ignored: they are refused. */
bool build_options_belong(Loader *loader, const Node *node, const KeyObject *object,
                          const char *rule);

/* A generator; its rate is known if the cluster is. */
bool build_synthetic(Loader *loader, const GeneratorSpec *spec, const JobsAround *around,
                     const Scenario *scenario, WorkloadSource *source);

/* Durations; distribution->scale is 0 after a mistake. */
bool build_distribution(Loader *loader, const DurationSpec *spec, Distribution *distribution);

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

/* What fails; needs a sound cluster. jobs_known: the workload is sound too. */
bool build_failures(Loader *loader, const ScenarioSpec *spec, bool jobs_known, Scenario *scenario);

/* What everything costs, and the price of each node type as it is bought; needs a sound cluster,
 * and the start of the run. scenario->costs stays NULL where nothing has a price, power or cost. */
bool build_costs(Loader *loader, const ScenarioSpec *spec, Scenario *scenario);

/* What a series is of. An amount that is written is one of `unit`, times `scale`; a number of a
 * file is in millionths of the unit's first suffix, times `scale` / `micro_divisor`. */
typedef struct SeriesUnit {
    const char *key; /* for messages */
    Unit unit;
    int64_t most; /* that can be written */
    int64_t scale, micro_divisor;
} SeriesUnit;

/* An absent series is empty. start_unix_ms 0: the run has no calendar (build_series.c). */
bool build_series(Loader *loader, const SeriesSpec *spec, const SeriesUnit *unit,
                  int64_t start_unix_ms, StepSeries *series);

/* costs.commitments, into costs (build_commitments.c). */
bool build_commitments(Loader *loader, const SpecObjects *list, const Cluster *cluster,
                       CostModel *costs);

/* Policy, run models and failures of a scenario that has its cluster, queues and workload as far as
 * they are sound (`built`: all of them). */
bool build_rest(Loader *loader, const ScenarioSpec *spec, bool policy_sound, bool cluster_good,
                bool built, Scenario *scenario);

/* `plan:` and `targets:` (build_plan.c). *plan is NULL if there are none. */
struct FleetPlan;
bool build_plan(Loader *loader, const ScenarioSpec *spec, const struct FleetPlan **plan);

/* Fills `asked`; needs everything else. */
void build_asked(Scenario *scenario);

/* Recorded orders and ranks must have a column for the seed of each replication. */
bool build_seed_columns(Loader *loader, const SpecText *path, const Scenario *scenario,
                        const RecordedColumns *columns);
bool build_order_columns(Loader *loader, const ScenarioSpec *spec, const Scenario *scenario);

#endif
