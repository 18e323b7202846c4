/* build_jobs.c - jobs written by hand become requests. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/intern.h"
#include "sim/scenario/build.h"

#define TASKS_MAX (INT64_C(1) << 30) /* of all jobs of one list */

static int32_t model_find(const Cluster *cluster, int32_t known, const char *name)
{
    int32_t model = 0;
    while (model < known && strcmp(cluster->model_name[model], name) != 0) {
        model++;
    }
    return model < known ? model : -1;
}

/* The set of a job's models, if the nodes are known. One at least must be on some node: a list that
 * names others too says what would do elsewhere. False after a mistake. */
static bool build_models(Loader *loader, const SpecTexts *names, const Cluster *cluster,
                         int32_t known, uint64_t *models)
{
    bool good = true;
    *models = 0;
    for (int32_t i = 0; i < names->count; i++) {
        int32_t model = model_find(cluster, known, names->items[i].value);
        *models |= model >= 0 ? UINT64_C(1) << model : 0;
    }
    for (int32_t i = 0; known >= 0 && *models == 0 && i < names->count; i++) {
        const char *nearest = nearest_name(names->items[i].value, cluster->model_name, known);
        char help[160];
        snprintf(help, sizeof(help), "did you mean `%.100s`?", nearest == NULL ? "" : nearest);
        REPORT(loader, names->items[i].node, "name",
               nearest == NULL ? "models come from cluster.types" : help,
               "no node has the GPU model `%s`", names->items[i].value);
        good = false;
    }
    return good;
}

/* "H100|A100"; "" for any. NULL if memory ran out. */
static const char *models_text(Loader *loader, const SpecTexts *names)
{
    size_t length = 1;
    for (int32_t i = 0; i < names->count; i++) {
        length += strlen(names->items[i].value) + 1;
    }
    char *text = arena_alloc(loader->arena, length, 1);
    if (text == NULL) {
        diagnostics_no_memory(loader->diagnostics);
        return NULL;
    }
    for (int32_t i = 0; i < names->count; i++) {
        strcat(text, i > 0 ? "|" : "");
        strcat(text, names->items[i].value);
    }
    return text;
}

/* Shares and MIG instances are of one GPU, where nothing is said. */
static bool gpu_implied(const JobSpec *spec)
{
    return spec->gpu_milli.node != NULL || spec->gpu_cores_ppm.node != NULL ||
           spec->mig.node != NULL;
}

/* A share of nothing must hold something: a card's memory. */
static bool cores_make_sense(Loader *loader, const JobSpec *spec)
{
    const Node *cores = spec->gpu_cores_ppm.node;
    if (cores == NULL || spec->gpu_cores_ppm.value > 0 || spec->gpu_memory_mib.node != NULL) {
        return true;
    }
    if (strspn(cores->text, "0.%") == strlen(cores->text)) { /* else reported when it was bound */
        REPORT(loader, cores, "missing", "add gpu_memory",
               "job `%s` takes neither cores nor memory of its GPU",
               spec->id.value == NULL ? "?" : spec->id.value);
    }
    return false;
}

/* Keys that speak about GPUs in a job that wants none: somebody forgot something. */
static bool gpu_keys_make_sense(Loader *loader, const JobSpec *spec)
{
    bool none = spec->gpus.node != NULL && strcmp(spec->gpus.node->text, "0") == 0;
    const Node *speaks = spec->gpu_milli.node != NULL        ? spec->gpu_milli.node
                         : spec->gpu_cores_ppm.node != NULL  ? spec->gpu_cores_ppm.node
                         : spec->mig.node != NULL            ? spec->mig.node
                         : spec->gpu_memory_mib.node != NULL ? spec->gpu_memory_mib.node
                                                             : spec->gpu_model.node;
    bool implied = gpu_implied(spec);
    if (speaks != NULL && (none || (spec->gpus.node == NULL && !implied))) {
        REPORT_KEY(loader, speaks, "conflict", "add gpus: 1, or remove it",
                   "`%s` in a job without GPUs", speaks->key);
        return false;
    }
    if (spec->gpu_milli.node != NULL && spec->gpu_cores_ppm.node != NULL) {
        REPORT_KEY(loader, spec->gpu_cores_ppm.node, "conflict", "keep one: 50% is 500 milli",
                   "`gpu_cores` together with `gpu_milli`");
        return false;
    }
    if (spec->mig.node == NULL) {
        return true;
    }
    const Node *other = spec->gpu_milli.node != NULL       ? spec->gpu_milli.node
                        : spec->gpu_cores_ppm.node != NULL ? spec->gpu_cores_ppm.node
                                                           : spec->gpu_memory_mib.node;
    if (other != NULL) {
        REPORT_KEY(loader, other, "conflict",
                   "remove it: the MIG profile says both share and memory",
                   "`%s` together with `mig`", other->key);
        return false;
    }
    if (spec->gpus.node != NULL && spec->gpus.value != 1) {
        REPORT(loader, spec->gpus.node, "conflict", "use more tasks for more instances",
               "a MIG job takes one instance a task, so gpus must be 1");
        return false;
    }
    return true;
}

static int32_t gang_of(const JobSpec *spec)
{
    if (spec->gang.value == NULL) {
        return spec->min_tasks.node != NULL ? GANG_MIN : GANG_NONE;
    }
    if (strcmp(spec->gang.value, "all") == 0 && spec->min_tasks.node != NULL) {
        return GANG_MIN; /* all that must start together: the minimum */
    }
    return strcmp(spec->gang.value, "all") == 0   ? GANG_ALL
           : strcmp(spec->gang.value, "min") == 0 ? GANG_MIN
                                                  : GANG_NONE;
}

static uint8_t end_of(const JobSpec *spec)
{
    return spec->end.value == NULL                     ? JOB_END_COMPLETED
           : strcmp(spec->end.value, "failed") == 0    ? JOB_END_FAILED
           : strcmp(spec->end.value, "cancelled") == 0 ? JOB_END_CANCELLED
                                                       : JOB_END_COMPLETED;
}

/* Of each device: milli-GPU, or cores in thousandths rounded up. */
static int32_t milli_of(const JobSpec *spec)
{
    return spec->gpu_cores_ppm.node != NULL ? (int32_t)((spec->gpu_cores_ppm.value + 999) / 1000)
                                            : (int32_t)spec->gpu_milli.value;
}

static void request_fill(const JobSpec *spec, Request *row)
{
    bool implied = spec->gpus.node == NULL && gpu_implied(spec);
    *row = (Request){
        .name = spec->id.value,
        .cpu_milli = spec->cpu_milli.value,
        .memory_mib = spec->memory_mib.value,
        .storage_bandwidth_mb_s = spec->storage_bandwidth_mb_s.value,
        .io_cpu_milli = spec->io_cpu_milli.value,
        .network_mb_s = spec->network_mb_s.value,
        .gpu_count = implied ? 1 : (int32_t)spec->gpus.value,
        .gpu_memory_mib = (int32_t)spec->gpu_memory_mib.value,
        .cores_unsaid = spec->gpu_memory_mib.value > 0 && spec->gpu_milli.node == NULL &&
                        spec->gpu_cores_ppm.node == NULL,
        .count = 1,
        .submit_ms = spec->submit_ms.value,
        .duration_ms = spec->duration_ms.value,
        .task_count = (int32_t)spec->tasks.value,
        .gang = gang_of(spec),
        .priority = (int32_t)spec->priority.value,
        .queue = spec->queue.value,
        .user = spec->user.value,
        .time_limit_ms = spec->time_limit_ms.value,
        .estimate_ms = spec->estimate_ms.value,
        .end = end_of(spec),
    };
    row->gpu_milli = row->gpu_count > 0 ? milli_of(spec) : 0;
}

/* How long it runs: only a service need not say. */
static bool build_duration(Loader *loader, const JobSpec *spec, Request *row)
{
    if (spec->duration_ms.node != NULL || spec->node->kind != NODE_MAP) {
        return true; /* not a map: reported when it was bound */
    }
    if (spec->kind.value != NULL && strcmp(spec->kind.value, "service") == 0) {
        row->duration_ms = TIME_NEVER;
        return true;
    }
    REPORT(loader, spec->node, "missing", "add `duration: 4s`, or `duration: never`",
           "`duration` is missing in job `%s`", spec->id.value == NULL ? "?" : spec->id.value);
    return false;
}

/* Its queue, and the nodes that it may use. */
static bool build_places(Loader *loader, const JobSpec *spec, const JobsAround *around,
                         Request *row)
{
    char who[128];
    QueueId queue = 0;
    uint64_t selected = 0;
    snprintf(who, sizeof(who), "job `%.80s`", spec->id.value == NULL ? "?" : spec->id.value);
    bool good = around->queues == NULL ||
                build_queue_name(loader, &spec->queue, around->queues, who, &queue);
    if (around->groups == NULL) {
        return good;
    }
    good = groups_selected(loader, around->groups, &spec->labels, &selected) && good;
    uint64_t dedicated = around->queues == NULL ? 0 : around->queues->queues[queue].group_set;
    row->group_set = groups_usable(around->groups, selected, &spec->tolerations, dedicated);
    row->dedicated = dedicated != 0;
    row->asked_group_set = groups_usable(around->groups, selected, &spec->tolerations, 0);
    return good;
}

static bool build_job(Loader *loader, const JobSpec *spec, const JobsAround *around,
                      TraitsTable *table, Request *row)
{
    const Cluster *cluster = around->cluster;
    int32_t known_models = around->known_models;
    request_fill(spec, row);
    bool good = gpu_keys_make_sense(loader, spec) && cores_make_sense(loader, spec);
    good = build_duration(loader, spec, row) && good;
    good = (spec->id.value == NULL || build_name(loader, &spec->id)) && good;
    good = build_places(loader, spec, around, row) && good;
    row->traits = build_traits(loader, spec, around, table);
    good = row->traits != NULL && good;
    good = build_models(loader, &spec->gpu_model, cluster, known_models, &row->model_set) && good;
    row->model_text = models_text(loader, &spec->gpu_model);
    if (good && spec->mig.value != NULL && known_models >= 0) {
        row->mig_profile = build_mig_profile(loader, &spec->mig, cluster, row->model_set);
        good = row->mig_profile != GP_MIG_PROFILE_NONE;
    }
    GpShape shape;
    if (good && row->model_text != NULL && spec->id.value != NULL &&
        request_shape(row, &shape) != GP_OK) {
        REPORT(loader, spec->node, "range", NULL,
               "job `%s` asks for amounts outside what the kernel can hold", spec->id.value);
        good = false;
    }
    return good && row->model_text != NULL;
}

typedef struct IdQuery {
    const JobSpec *jobs;
    const char *wanted;
} IdQuery;

static bool id_is_wanted(const void *context, int32_t id)
{
    const IdQuery *query = context;
    return strcmp(query->jobs[id].id.value, query->wanted) == 0;
}

bool build_name(Loader *loader, const SpecText *name)
{
    bool good = name->value[0] != '\0';
    for (const unsigned char *at = (const unsigned char *)name->value; *at != '\0'; at++) {
        good = good && *at >= 0x20 && *at != 0x7F;
    }
    if (!good) {
        REPORT(loader, name->node, "name", "tables and `expect:` speak of it by this name",
               "found `%s`; expected a name, without control characters", name->value);
    }
    return good;
}

bool build_ids(Loader *loader, const JobSpec *jobs, int32_t count)
{
    Intern known;
    intern_init(&known);
    bool good = true;
    for (int32_t i = 0; i < count; i++) {
        if (jobs[i].id.value == NULL) {
            continue; /* reported when it was bound */
        }
        IdQuery query = {jobs, jobs[i].id.value};
        uint64_t hash = intern_text(0, query.wanted, strlen(query.wanted));
        int32_t twin = intern_find(&known, hash, id_is_wanted, &query);
        if (twin >= 0) {
            REPORT(loader, jobs[i].id.node, "duplicate", "give one of them another id",
                   "job id `%s` is here again; it was first used in line %d", query.wanted,
                   (int)jobs[twin].id.node->line);
            good = false;
        } else if (!intern_add(&known, hash, i)) {
            diagnostics_no_memory(loader->diagnostics);
            good = false;
            break;
        }
    }
    intern_free(&known);
    return good;
}

bool build_jobs(Loader *loader, const SpecObjects *jobs, const JobsAround *around,
                RequestList *requests)
{
    const JobSpec *specs = jobs->items;
    requests->rows = ARENA_ARRAY(loader->arena, Request, jobs->count);
    requests->count = jobs->count;
    TraitsTable *table = traits_table_new(loader, jobs->count);
    if (requests->rows == NULL || table == NULL) {
        return no_memory(loader);
    }
    bool good = build_ids(loader, specs, jobs->count);
    int64_t tasks = 0;
    for (int32_t i = 0; i < jobs->count; i++) {
        good = build_job(loader, &specs[i], around, table, &requests->rows[i]) && good;
        int64_t most = specs[i].max_tasks.value;
        tasks += most > specs[i].tasks.value ? most : specs[i].tasks.value;
    }
    traits_table_close(table);
    if (tasks > TASKS_MAX) {
        REPORT(loader, jobs->node, "limit", NULL,
               "%" PRId64 " tasks; at most %" PRId64 " are possible", tasks, TASKS_MAX);
        return false;
    }
    return good;
}
