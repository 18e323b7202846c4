/* build_cluster.c - node types and nodes as written, or a node list, become the cluster's columns.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/cost.h"
#include "core/intern.h"
#include "sim/scenario/build_places.h"
#include "sim/scenario/resolve.h"
#include "traces/readers.h"

/* ---- storage ---- */

static int32_t pool_find(const Cluster *cluster, const char *name)
{
    for (int32_t pool = 0; pool < cluster->pool_count; pool++) {
        if (strcmp(cluster->pools[pool].name, name) == 0) {
            return pool;
        }
    }
    return -1;
}

static bool build_pools(Loader *loader, const ClusterSpec *spec, Cluster *cluster)
{
    const StorageSpec *rows = spec->storage.items;
    bool good = !spec->storage.mistaken;
    cluster->pools = ARENA_ARRAY(loader->arena, StoragePool, spec->storage.count);
    if (cluster->pools == NULL) {
        return no_memory(loader);
    }
    for (int32_t i = 0; i < spec->storage.count; i++) {
        if (rows[i].name.value == NULL || !build_name(loader, &rows[i].name)) {
            good = false;
            continue;
        }
        if (pool_find(cluster, rows[i].name.value) >= 0) {
            REPORT(loader, rows[i].name.node, "duplicate", "give one of them another name",
                   "storage `%s` is declared twice", rows[i].name.value);
            good = false;
        }
        cluster->pools[cluster->pool_count++] =
            (StoragePool){.name = rows[i].name.value,
                          .bandwidth_mb_s = rows[i].bandwidth_mb_s.value,
                          .write_mb_s = rows[i].write_mb_s.value};
    }
    return good;
}

/* The pool of a type's nodes. Where nothing is said of a node itself, it can take the whole pool.
 */
static bool build_type_storage(Loader *loader, const TypeSpec *spec, const Cluster *cluster,
                               GpNodeType *type, NodeTypeInfo *info)
{
    info->pool = -1;
    if (spec->storage.value == NULL) {
        return true;
    }
    info->pool = pool_find(cluster, spec->storage.value);
    if (info->pool < 0) {
        REPORT(loader, spec->storage.node, "name", "declare it under cluster.storage",
               "no storage `%s`", spec->storage.value);
        return false;
    }
    if (spec->storage_bandwidth_mb_s.node == NULL) {
        type->capacity[GP_AXIS_STORAGE_BANDWIDTH] = cluster->pools[info->pool].bandwidth_mb_s;
    }
    return true;
}

/* ---- types ---- */

/* How tasks get along on one device. */
static bool build_sharing(Loader *loader, const TypeGpusSpec *spec, NodeTypeInfo *info)
{
    info->card_uncapped =
        spec->sharing.value != NULL && strcmp(spec->sharing.value, "time-sliced") == 0;
    info->card_overhead_ppm = (int32_t)spec->sharing_overhead_ppm.value;
    if (spec->sharing_overhead_ppm.node != NULL && !info->card_uncapped) {
        REPORT_KEY(loader, spec->sharing_overhead_ppm.node, "conflict", "add sharing: time-sliced",
                   "`sharing_overhead` has no effect where shares are capped");
        return false;
    }
    return true;
}

static bool build_numa(Loader *loader, const TypeSpec *spec, GpNodeType *type)
{
    type->numa_count = (int32_t)spec->numa.value;
    if (spec->numa.node != NULL && type->device_count % type->numa_count != 0) {
        REPORT(loader, spec->numa.node, "conflict", "each part has as many GPUs as the others",
               "%d GPUs cannot be in %d equal parts", (int)type->device_count,
               (int)type->numa_count);
        return false;
    }
    return true;
}

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

static bool build_type(Loader *loader, const TypeSpec *spec, Cluster *cluster, int32_t id)
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
    bool good = build_gpus(loader, &spec->gpus, cluster, type, info);
    good = build_sharing(loader, &spec->gpus, info) && good;
    good = build_type_storage(loader, spec, cluster, type, info) && good;
    info->rack_uplink_mb_s = spec->rack_uplink_mb_s.value;
    info->speed_ppm = (int32_t)spec->speed_ppm.value;
    return (spec->node->kind != NODE_MAP || build_numa(loader, spec, type)) && good;
}

static bool build_types(Loader *loader, const ClusterSpec *spec, Cluster *cluster)
{
    /* Each entry of nodes may need a kernel type of its own: see type_in_group. */
    int64_t most = (int64_t)spec->types.count + spec->nodes.count;
    cluster->types = ARENA_ARRAY(loader->arena, GpNodeType, most);
    cluster->type_info = ARENA_ARRAY(loader->arena, NodeTypeInfo, most);
    if (cluster->types == NULL || cluster->type_info == NULL) {
        return no_memory(loader);
    }
    cluster->type_count = spec->types.count;
    const TypeSpec *types = spec->types.items;
    bool good = build_pools(loader, spec, cluster);
    for (int32_t i = 0; i < spec->types.count; i++) {
        good = build_type(loader, &types[i], cluster, i) && good;
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

/* What building nodes needs besides the cluster. */
typedef struct NodesBuild {
    const ClusterSpec *spec;
    Cluster *cluster;
    NodeGroups *groups;
    Places places;
    Intern known;        /* node names */
    int32_t *type_base;  /* [type] the declared type that it is */
    uint8_t *type_taken; /* [type] its group is settled */
} NodesBuild;

static Purchase purchase_of(const NodesSpec *entry)
{
    for (int32_t i = 0; entry->purchase.value != NULL && i < PURCHASE_COUNT; i++) {
        if (strcmp(entry->purchase.value, PURCHASE_NAMES[i]) == 0) {
            return (Purchase)i;
        }
    }
    return PURCHASE_ON_DEMAND;
}

/* The kernel's type for nodes of a declared type in a group that are bought in one way: the
 * declared one for the first such nodes, then copies under the same name. */
static int32_t type_in_group(NodesBuild *build, int32_t base, int32_t group, Purchase purchase)
{
    Cluster *cluster = build->cluster;
    for (int32_t type = 0; type < cluster->type_count; type++) {
        if (build->type_base[type] != base) {
            continue;
        }
        if (!build->type_taken[type]) {
            build->type_taken[type] = 1;
            cluster->types[type].group = group;
            cluster->type_info[type].purchase = (int32_t)purchase;
        }
        if (cluster->types[type].group == group &&
            cluster->type_info[type].purchase == (int32_t)purchase) {
            return type;
        }
    }
    int32_t added = cluster->type_count++;
    cluster->types[added] = cluster->types[base];
    cluster->types[added].group = group;
    cluster->type_info[added] = cluster->type_info[base];
    cluster->type_info[added].purchase = (int32_t)purchase;
    build->type_base[added] = base;
    build->type_taken[added] = 1;
    return added;
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

static bool nodes_alloc(Loader *loader, NodesBuild *build, int64_t total)
{
    Arena *arena = loader->arena;
    Cluster *cluster = build->cluster;
    int64_t types = (int64_t)build->spec->types.count + build->spec->nodes.count;
    cluster->node_type = ARENA_ARRAY(arena, int32_t, total);
    cluster->node_name = ARENA_ARRAY(arena, const char *, total);
    cluster->node_rack = ARENA_ARRAY(arena, int32_t, total);
    cluster->node_zone = ARENA_ARRAY(arena, int32_t, total);
    build->type_base = ARENA_ARRAY(arena, int32_t, types);
    build->type_taken = ARENA_ARRAY(arena, uint8_t, types);
    if (arena->failed || !places_init(&build->places, arena, build->spec->nodes.count)) {
        return no_memory(loader);
    }
    for (int32_t type = 0; type < cluster->type_count; type++) {
        build->type_base[type] = type;
    }
    return true;
}

/* The nodes of one entry: their type, names, group, rack and zone. */
static bool entry_add(Loader *loader, NodesBuild *build, const NodesSpec *entry)
{
    if (entry->name.value == NULL || entry->type.value == NULL) {
        return false; /* reported when it was bound */
    }
    int32_t base = type_find(loader, build->spec, &entry->type);
    int32_t group = groups_find(loader, build->groups, entry);
    if (!build_name(loader, &entry->name) || base < 0 || group < 0) {
        return false;
    }
    int32_t begin = build->cluster->node_count;
    int32_t type = type_in_group(build, base, group, purchase_of(entry));
    return nodes_add(loader, entry, type, &build->known, build->cluster) &&
           places_fill(loader, &build->places, entry, begin, build->cluster);
}

static bool build_nodes(Loader *loader, const ClusterSpec *spec, Cluster *cluster,
                        NodeGroups *groups)
{
    int64_t total = 0;
    if (!nodes_count(loader, spec, &total)) {
        return false;
    }
    NodesBuild build = {.spec = spec, .cluster = cluster, .groups = groups};
    intern_init(&build.known);
    bool good = nodes_alloc(loader, &build, total);
    const NodesSpec *entries = spec->nodes.items;
    bool built = good;
    for (int32_t i = 0; built && i < spec->nodes.count; i++) {
        good = entry_add(loader, &build, &entries[i]) && good;
    }
    cluster->group_count = groups->count;
    places_free(&build.places);
    intern_free(&build.known);
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
    return true;
}

bool build_cluster(Loader *loader, const ClusterSpec *spec, Cluster *cluster, NodeGroups *groups)
{
    if (spec->node == NULL) {
        return false; /* reported when it was bound */
    }
    bool good = spec->file.node != NULL ? build_from_file(loader, spec, cluster)
                                        : build_types(loader, spec, cluster);
    if (spec->file.node == NULL) {
        good = build_nodes(loader, spec, cluster, groups) && good;
    } else {
        groups_none(groups);
    }
    if (good && !cluster_finish(cluster, loader->arena)) {
        return no_memory(loader);
    }
    return good;
}
