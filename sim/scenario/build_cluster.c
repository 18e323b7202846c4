/* build_cluster.c - node types and nodes as written, or a node list, become the cluster's columns.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/intern.h"
#include "sim/scenario/build.h"
#include "sim/scenario/resolve.h"
#include "traces/readers.h"

/* ---- types ---- */

static bool build_gpus(Loader *loader, const TypeGpusSpec *spec, Cluster *cluster, GpNodeType *type,
                       NodeTypeInfo *info)
{
    if (spec->node == NULL || spec->count.value == 0) {
        type->model = -1;
        return true;
    }
    type->model =
        cluster_model(cluster, loader->arena, spec->model.value, (int)strlen(spec->model.value));
    if (type->model < 0) {
        if (loader->arena->failed) {
            return no_memory(loader);
        }
        REPORT(loader, spec->node, "limit", NULL, "more than %d GPU models", GP_MODELS_MAX);
        return false;
    }
    info->model = cluster->model_name[type->model];
    type->device_count = (int32_t)spec->count.value;
    type->device_memory_mib = (int32_t)spec->memory_mib.value;
    type->device_split = (int32_t)spec->split.value;
    type->capacity[GP_AXIS_GPU] = spec->count.value * GP_DEVICE_MILLI;
    type->capacity[GP_AXIS_GPU_MEMORY] = spec->count.value * spec->memory_mib.value;
    if (spec->mig.value != 0) {
        type->mig_geometry = mig_geometry(spec->model.value);
        if (type->mig_geometry == GP_MIG_GEOMETRY_NONE) {
            REPORT(loader, spec->mig.node, "choice",
                   "known: A100, H100, H200, GH200, B200, A30, RTX PRO 6000",
                   "no MIG geometry is known for model `%s`", spec->model.value);
            return false;
        }
    }
    return true;
}

static bool build_type(Loader *loader, const TypeSpec *spec, const PriceSpec *price,
                       Cluster *cluster, int32_t id)
{
    GpNodeType *type = &cluster->types[id];
    NodeTypeInfo *info = &cluster->type_info[id];
    type->size = sizeof(*type);
    type->capacity[GP_AXIS_CPU] = spec->cpu_milli.value;
    type->capacity[GP_AXIS_MEMORY] = spec->memory_mib.value;
    type->capacity[GP_AXIS_STORAGE_BANDWIDTH] = spec->storage_bandwidth_mb_s.value;
    type->capacity[GP_AXIS_IO_CPU] = spec->io_cpu_milli.value;
    type->capacity[GP_AXIS_NETWORK] = spec->network_mb_s.value;
    info->name = spec->node->key;
    const PriceSpec *paid = spec->price.node != NULL ? &spec->price : price;
    info->price_micro_usd_per_gpu_hour = paid->on_demand.value;
    return build_gpus(loader, &spec->gpus, cluster, type, info);
}

static bool build_types(Loader *loader, const ClusterSpec *spec, Cluster *cluster)
{
    cluster->types = ARENA_ARRAY(loader->arena, GpNodeType, spec->types.count);
    cluster->type_info = ARENA_ARRAY(loader->arena, NodeTypeInfo, spec->types.count);
    if (cluster->types == NULL || cluster->type_info == NULL) {
        return no_memory(loader);
    }
    cluster->type_count = spec->types.count;
    const TypeSpec *types = spec->types.items;
    bool good = true;
    for (int32_t i = 0; i < spec->types.count; i++) {
        good = build_type(loader, &types[i], &spec->price, cluster, i) && good;
    }
    return good;
}

/* ---- nodes ---- */

static int32_t type_find(Loader *loader, const ClusterSpec *spec, const SpecText *name)
{
    const TypeSpec *types = spec->types.items;
    const char *names[MAP_KEYS_MAX];
    for (int32_t i = 0; i < spec->types.count; i++) {
        names[i] = types[i].node->key;
        if (strcmp(names[i], name->value) == 0) {
            return i;
        }
    }
    const char *nearest = nearest_name(name->value, names, spec->types.count);
    char help[160];
    snprintf(help, sizeof(help), "did you mean `%.100s`?", nearest == NULL ? "" : nearest);
    REPORT(loader, name->node, "name", nearest == NULL ? "declare it under cluster.types" : help,
           "no node type `%s`", name->value);
    return -1;
}

typedef struct NameQuery {
    const char *const *names;
    const char *wanted;
} NameQuery;

static bool name_is_wanted(const void *context, int32_t id)
{
    const NameQuery *query = context;
    return strcmp(query->names[id], query->wanted) == 0;
}

/* One node more. False after a mistake, or if memory ran out. */
static bool node_add(Loader *loader, const NodesSpec *spec, int32_t type, const char *name,
                     Intern *known, Cluster *cluster)
{
    NameQuery query = {cluster->node_name, name};
    uint64_t hash = intern_text(0, name, strlen(name));
    if (intern_find(known, hash, name_is_wanted, &query) >= 0) {
        REPORT(loader, spec->name.node, "duplicate", "give one of them another name",
               "node `%s` is declared twice", name);
        return false;
    }
    const char *copy = arena_strdup(loader->arena, name);
    int32_t node = cluster->node_count;
    if (copy == NULL || !intern_add(known, hash, node)) {
        return no_memory(loader);
    }
    cluster->node_name[node] = copy;
    cluster->node_type[node] = type;
    cluster->node_count++;
    return true;
}

static bool nodes_add(Loader *loader, const NodesSpec *spec, int32_t type, Intern *known,
                      Cluster *cluster)
{
    if (spec->count.node == NULL) {
        return node_add(loader, spec, type, spec->name.value, known, cluster);
    }
    size_t size = strlen(spec->name.value) + 16;
    char *name = arena_alloc(loader->arena, size, 1);
    if (name == NULL) {
        return no_memory(loader);
    }
    for (int64_t i = 0; i < spec->count.value; i++) {
        snprintf(name, size, "%s-%" PRId64, spec->name.value, i);
        if (!node_add(loader, spec, type, name, known, cluster)) {
            return false;
        }
    }
    return true;
}

static bool nodes_count(Loader *loader, const ClusterSpec *spec, int64_t *total)
{
    const NodesSpec *entries = spec->nodes.items;
    *total = 0;
    for (int32_t i = 0; i < spec->nodes.count; i++) {
        const Node *count = entries[i].count.node;
        if (count != NULL && entries[i].count.value == 0 &&
            (count->kind != NODE_SCALAR || strcmp(count->text, "0") != 0)) {
            return false; /* reported when it was bound */
        }
        *total += entries[i].count.node == NULL ? 1 : entries[i].count.value;
    }
    const Node *place = spec->nodes.node != NULL ? spec->nodes.node : spec->node;
    if (*total == 0 && spec->nodes.node != NULL && spec->nodes.node->kind != NODE_LIST) {
        return false; /* reported when it was bound */
    }
    if (*total == 0) {
        REPORT(loader, place, "missing", "for example: nodes: [{name: a, type: h100x8, count: 4}]",
               "the cluster has no nodes");
        return false;
    }
    if (*total > GP_NODES_MAX) {
        REPORT(loader, place, "limit", NULL, "%" PRId64 " nodes; at most %d are possible", *total,
               GP_NODES_MAX);
        return false;
    }
    return true;
}

static bool build_nodes(Loader *loader, const ClusterSpec *spec, Cluster *cluster)
{
    int64_t total = 0;
    if (!nodes_count(loader, spec, &total)) {
        return false;
    }
    cluster->node_type = ARENA_ARRAY(loader->arena, int32_t, total);
    cluster->node_name = ARENA_ARRAY(loader->arena, const char *, total);
    if (cluster->node_type == NULL || cluster->node_name == NULL) {
        return no_memory(loader);
    }
    const NodesSpec *entries = spec->nodes.items;
    Intern known;
    intern_init(&known);
    bool good = true;
    for (int32_t i = 0; i < spec->nodes.count; i++) {
        if (entries[i].name.value == NULL || entries[i].type.value == NULL) {
            good = false; /* reported when it was bound */
            continue;
        }
        int32_t type = type_find(loader, spec, &entries[i].type);
        good = build_name(loader, &entries[i].name) && type >= 0 &&
               nodes_add(loader, &entries[i], type, &known, cluster) && good;
    }
    intern_free(&known);
    return good;
}

/* ---- a node list ---- */

static bool build_from_file(Loader *loader, const ClusterSpec *spec, Cluster *cluster)
{
    if (spec->types.node != NULL || spec->nodes.node != NULL) {
        REPORT_KEY(loader, spec->types.node != NULL ? spec->types.node : spec->nodes.node,
                   "conflict", "keep the file, or types and nodes",
                   "cluster.file gives the nodes already");
        return false;
    }
    if (spec->file.path.value == NULL || spec->file.format.value == NULL) {
        return false; /* reported when it was bound */
    }
    const char *path = resolve_path(loader, &spec->file.path);
    if (path == NULL ||
        openb_nodes_read(path, loader->arena, loader->diagnostics, cluster) != STATUS_OK) {
        return false;
    }
    for (int32_t type = 0; type < cluster->type_count; type++) {
        cluster->type_info[type].price_micro_usd_per_gpu_hour = spec->price.on_demand.value;
    }
    return true;
}

bool build_cluster(Loader *loader, const ClusterSpec *spec, Cluster *cluster)
{
    if (spec->node == NULL) {
        return false; /* reported when it was bound */
    }
    bool good = spec->file.node != NULL ? build_from_file(loader, spec, cluster)
                                        : build_types(loader, spec, cluster);
    if (spec->file.node == NULL) {
        good = build_nodes(loader, spec, cluster) && good;
    }
    if (good && !cluster_finish(cluster, loader->arena)) {
        return no_memory(loader);
    }
    return good;
}
