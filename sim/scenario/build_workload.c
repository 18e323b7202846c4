/* build_workload.c - the entries of `workload:` become sources; the typical tasks are taken from
 * all of them. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "models/typical.h"
#include "sim/scenario/build.h"
#include "sim/scenario/resolve.h"
#include "traces/readers.h"

static bool has_column(const RecordedColumns *columns, const char *name)
{
    for (int32_t i = 0; i < columns->column_count; i++) {
        if (strcmp(columns->name[i], name) == 0) {
            return true;
        }
    }
    return false;
}

bool build_seed_columns(Loader *loader, const SpecText *path, const Scenario *scenario,
                        const RecordedColumns *columns)
{
    for (int32_t replication = 0; replication < scenario->replications; replication++) {
        char name[40];
        snprintf(name, sizeof(name), "seed%" PRIu64, scenario->seed + (uint64_t)replication);
        if (!has_column(columns, name)) {
            char help[200];
            snprintf(help, sizeof(help),
                     columns->column_count > 1
                         ? "its columns are %.60s ... %.60s; see `seed` and `replications`"
                         : "its only column is %.60s%.0s; see `seed` and `replications`",
                     columns->column_count > 0 ? columns->name[0] : "none",
                     columns->column_count > 0 ? columns->name[columns->column_count - 1] : "none");
            REPORT(loader, path->node, "missing", help,
                   "%s has no column `%s` for replication %" PRId32, path->value, name,
                   replication);
            return false;
        }
    }
    return true;
}

static bool build_order(Loader *loader, const SpecText *order, WorkloadSource *source)
{
    if (order->value == NULL) {
        return true;
    }
    const char *path = resolve_path(loader, order);
    RecordedColumns *columns = path == NULL ? NULL : ARENA_NEW(loader->arena, RecordedColumns);
    if (columns == NULL) {
        return path == NULL ? false : no_memory(loader);
    }
    source->order = columns;
    RecordedWish wish = {.limit = source->requests.count};
    return recorded_columns_read(path, loader->arena, loader->diagnostics, &wish, columns) ==
           STATUS_OK;
}

/* `load` counts GPUs: the cluster must have some, and some request must want one. */
static bool load_has_meaning(Loader *loader, const LogSpec *spec, const Cluster *cluster,
                             const RequestList *requests)
{
    if (spec->load_ppm.node == NULL) {
        return true;
    }
    bool wanted = false;
    for (int32_t i = 0; i < requests->count && !wanted; i++) {
        wanted = requests->rows[i].gpu_count > 0;
    }
    if (cluster->gpu_milli > 0 && wanted) {
        return true;
    }
    REPORT(loader, spec->load_ppm.node, "conflict",
           "remove `load`: the list is then taken as it is",
           cluster->gpu_milli > 0
               ? "`load` is a share of the cluster's GPUs, but no request of %s wants one"
               : "`load` is a share of the cluster's GPUs, but it has none (for %s)",
           spec->path.value);
    return false;
}

static bool build_log(Loader *loader, const LogSpec *spec, SourceKind kind, bool cluster_known,
                      Cluster *cluster, WorkloadSource *source)
{
    source->kind = kind;
    source->load_ppm = spec->load_ppm.value;
    source->interval_ms = spec->interval_ms.value;
    if (spec->path.value == NULL) {
        return false; /* reported when it was bound */
    }
    const char *path = resolve_path(loader, &spec->path);
    if (path == NULL || !cluster_known) {
        return false;
    }
    Status status =
        kind == SOURCE_CLASSES
            ? classes_read(path, loader->arena, loader->diagnostics, cluster, &source->requests)
            : openb_pods_read(path, loader->arena, loader->diagnostics, cluster, &source->requests);
    return status == STATUS_OK && load_has_meaning(loader, spec, cluster, &source->requests) &&
           (kind == SOURCE_CLASSES || build_order(loader, &spec->order, source));
}

/* A log's queues that `queues` lacks, where it has some: nothing limits their jobs, nobody is their
 * team. */
static void unknown_queues_warn(Loader *loader, const LogSpec *spec, const QueueTree *tree,
                                const RequestList *requests)
{
    const char *first = NULL, *last = NULL; /* rows of one queue mostly share their text */
    int32_t count = 0;
    bool unknown = false;
    for (int32_t i = 0; tree->count > 1 && i < requests->count; i++) {
        const char *name = requests->rows[i].queue;
        if (name != last) {
            last = name;
            unknown = name != NULL && queue_find(tree, name) < 0;
        }
        first = unknown && first == NULL ? name : first;
        count += unknown;
    }
    if (count > 0) {
        diagnostics_warning(loader->diagnostics, node_place(spec->path.node), "name",
                            "they have no quota, weight or team: add such queues, if only by name",
                            "%" PRId32 " of %" PRId32
                            " jobs of %s are in queues that `queues` does "
                            "not have; the first is `%s`",
                            count, requests->count, spec->path.value, first);
    }
}

/* Requests that say nothing of nodes and taints: their queue decides. */
static bool requests_place(Loader *loader, const LogSpec *spec, const JobsAround *around,
                           RequestList *requests)
{
    static const SpecTexts NOTHING = {0};
    const QueueTree *tree = around->queues;
    const char *last = NULL; /* rows of one queue mostly share their text */
    QueueId queue = 0;
    bool good = true;
    for (int32_t i = 0; i < requests->count; i++) {
        Request *row = &requests->rows[i];
        if (row->queue != last) {
            last = row->queue;
            queue = last == NULL || tree->count == 1 ? 0 : queue_find(tree, last);
            queue = queue < 0 ? 0 : queue;
        }
        const Queue *found = &tree->queues[queue];
        if (row->queue != NULL && found->child_count > 0 && queue > 0) {
            REPORT(loader, spec->path.node, "name",
                   "jobs belong to queues that have none below them",
                   "a job of %s is in the queue `%s`, which has queues below it", spec->path.value,
                   row->queue);
            good = false; /* once a queue: the same message is not kept twice */
        }
        row->group_set = groups_usable(around->groups, ~UINT64_C(0), &NOTHING, found->group_set);
        row->dedicated = found->group_set != 0;
        row->asked_group_set = groups_usable(around->groups, ~UINT64_C(0), &NOTHING, 0);
    }
    return good;
}

/* Rows that name no queue are in the log's. */
static void queue_give(const LogSpec *spec, RequestList *requests)
{
    for (int32_t i = 0; spec->queue.value != NULL && i < requests->count; i++) {
        if (requests->rows[i].queue == NULL) {
            requests->rows[i].queue = spec->queue.value;
        }
    }
}

/* Logs are read if the whole cluster is known. */
static bool build_source(Loader *loader, const SourceSpec *spec, const JobsAround *around,
                         Scenario *scenario, WorkloadSource *source)
{
    if (spec->node->kind != NODE_MAP) {
        return false; /* not a map: reported when it was bound */
    }
    int given = (spec->trace.node != NULL) + (spec->classes.node != NULL) +
                (spec->jobs.node != NULL) + (spec->synthetic.node != NULL);
    if (given == 0 && spec->node->count > 0) {
        return false; /* all that it holds was refused when it was bound */
    }
    if (given != 1) {
        REPORT(loader, spec->node, given == 0 ? "missing" : "conflict",
               "for example: - jobs: [...]",
               "an entry of `workload` holds %s; expected one of jobs, classes, trace, "
               "synthetic",
               given == 0 ? "nothing" : "several sources");
        return false;
    }
    if (spec->jobs.node != NULL) {
        source->kind = SOURCE_JOBS;
        return build_jobs(loader, &spec->jobs, around, &source->requests);
    }
    if (spec->synthetic.node != NULL) {
        return build_synthetic(loader, &spec->synthetic, around, scenario, source);
    }
    bool is_trace = spec->trace.node != NULL;
    const LogSpec *log = is_trace ? &spec->trace : &spec->classes;
    QueueId queue = 0;
    bool good = around->queues == NULL ||
                build_queue_name(loader, &log->queue, around->queues, "the log", &queue);
    bool sound = !is_trace || log_keys_belong(loader, log);
    bool readable = around->groups != NULL && sound;
    good = sound && good;
    good = (is_trace && log_has_times(log)
                ? build_trace(loader, log, readable ? scenario : NULL, source)
                : build_log(loader, log, is_trace ? SOURCE_LOG_ORDER : SOURCE_CLASSES, readable,
                            &scenario->cluster, source)) &&
           good;
    if (!good || around->queues == NULL) {
        return false;
    }
    queue_give(log, &source->requests);
    unknown_queues_warn(loader, log, around->queues, &source->requests);
    return requests_place(loader, log, around, &source->requests);
}

static bool build_constants(Loader *loader, Scenario *scenario)
{
    RequestList *lists = ARENA_ARRAY(loader->arena, RequestList, scenario->source_count);
    if (lists == NULL) {
        return no_memory(loader);
    }
    for (int32_t i = 0; i < scenario->source_count; i++) {
        lists[i] = scenario->sources[i].requests;
    }
    gp_constants_init(&scenario->constants);
    if (!typical_tasks(lists, scenario->source_count, &scenario->cluster, loader->arena,
                       &scenario->constants)) {
        return no_memory(loader);
    }
    return true;
}

/* Ids are unique over all lists, since `expect:` and --jobs-csv speak of jobs by id. */
static bool ids_across_lists(Loader *loader, const SourceSpec *sources, int32_t count)
{
    SpecObjects all = {0};
    int32_t lists = 0;
    for (int32_t i = 0; i < count; i++) {
        all.count += sources[i].jobs.count;
        lists += sources[i].jobs.node != NULL;
    }
    if (lists < 2) {
        return true;
    }
    JobSpec *jobs = ARENA_ARRAY(loader->arena, JobSpec, all.count);
    if (jobs == NULL) {
        return no_memory(loader);
    }
    int32_t used = 0;
    for (int32_t i = 0; i < count; i++) {
        if (sources[i].jobs.count > 0) {
            memcpy(jobs + used, sources[i].jobs.items,
                   (size_t)sources[i].jobs.count * sizeof(JobSpec));
            used += sources[i].jobs.count;
        }
    }
    return build_ids(loader, jobs, used);
}

bool build_workload(Loader *loader, const ScenarioSpec *spec, const NodeGroups *groups,
                    bool queues_known, Scenario *scenario)
{
    const SourceSpec *sources = spec->workload.items;
    if (spec->workload.node == NULL || spec->workload.node->kind != NODE_LIST) {
        return false; /* reported when it was bound */
    }
    if (spec->workload.count == 0) {
        REPORT(loader, spec->workload.node, "missing", "for example: workload: [{jobs: [...]}]",
               "the workload has no sources");
        return false;
    }
    scenario->source_count = spec->workload.count;
    scenario->sources = ARENA_ARRAY(loader->arena, WorkloadSource, spec->workload.count);
    if (scenario->sources == NULL) {
        return no_memory(loader);
    }
    const ClusterSpec *cluster = &spec->cluster;
    bool types_known =
        cluster->file.node == NULL && cluster->types.node != NULL && !cluster->types.mistaken;
    JobsAround around = {
        .cluster = &scenario->cluster,
        .known_models = groups != NULL || types_known ? scenario->cluster.model_count : -1,
        .groups = groups,
        .queues = queues_known ? &scenario->queues : NULL,
    };
    bool good = true;
    for (int32_t i = 0; i < spec->workload.count; i++) {
        good = build_source(loader, &sources[i], &around, scenario, &scenario->sources[i]) && good;
    }
    good = ids_across_lists(loader, sources, spec->workload.count) && good;
    return good && groups != NULL && queues_known && build_constants(loader, scenario);
}

bool build_order_columns(Loader *loader, const ScenarioSpec *spec, const Scenario *scenario)
{
    const SourceSpec *sources = spec->workload.items;
    bool good = true;
    for (int32_t i = 0; i < scenario->source_count; i++) {
        const RecordedColumns *order = scenario->sources[i].order;
        good = (order == NULL ||
                build_seed_columns(loader, &sources[i].trace.order, scenario, order)) &&
               good;
    }
    return good;
}
