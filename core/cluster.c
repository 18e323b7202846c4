/* cluster.c - what a cluster's columns say about each other. */
#include "core/cluster.h"

#include <string.h>

int32_t cluster_model(Cluster *cluster, Arena *arena, const char *name, int name_length)
{
    size_t length = (size_t)name_length;
    for (int32_t model = 0; model < cluster->model_count; model++) {
        const char *known = cluster->model_name[model];
        if (strncmp(known, name, length) == 0 && known[length] == '\0') {
            return model;
        }
    }
    if (cluster->model_count == GP_MODELS_MAX) {
        return -1;
    }
    const char *copy = arena_strndup(arena, name, length);
    if (copy == NULL) {
        return -1;
    }
    cluster->model_name[cluster->model_count] = copy;
    return cluster->model_count++;
}

int64_t cluster_task_milli(const Cluster *cluster, const GpShape *shape)
{
    if (shape->mig_profile == GP_MIG_PROFILE_NONE) {
        return shape->request[GP_AXIS_GPU];
    }
    int64_t dearest_milli = 0;
    for (int32_t type = 0; type < cluster->type_count; type++) {
        int geometry = cluster->types[type].mig_geometry;
        int64_t milli =
            (int64_t)gp_mig_width(geometry, shape->mig_profile) * gp_mig_slice_milli(geometry);
        if (node_type_takes(&cluster->types[type], shape) && milli > dearest_milli) {
            dearest_milli = milli;
        }
    }
    return dearest_milli > 0 ? dearest_milli : shape->request[GP_AXIS_GPU];
}

int cluster_finish(Cluster *cluster, Arena *arena)
{
    cluster->device_begin = ARENA_ARRAY(arena, int32_t, (size_t)cluster->node_count + 1);
    if (cluster->device_begin == NULL) {
        return 0;
    }
    for (int32_t type = 0; type < cluster->type_count; type++) {
        cluster->type_info[type].node_count = 0;
    }
    if (cluster->node_rack == NULL) { /* nothing is said: one rack in one zone, one group */
        cluster->node_rack = ARENA_ARRAY(arena, int32_t, cluster->node_count);
        cluster->node_zone = ARENA_ARRAY(arena, int32_t, cluster->node_count);
        cluster->rack_count = cluster->zone_count = cluster->group_count = 1;
        if (cluster->node_rack == NULL || cluster->node_zone == NULL) {
            return 0;
        }
    }
    cluster->gpu_milli = 0;
    int32_t device = 0;
    for (int32_t node = 0; node < cluster->node_count; node++) {
        int32_t type = cluster->node_type[node];
        cluster->device_begin[node] = device;
        device += cluster->types[type].device_count;
        cluster->gpu_milli += cluster->types[type].capacity[GP_AXIS_GPU];
        cluster->type_info[type].node_count++;
    }
    cluster->device_begin[cluster->node_count] = device;
    return 1;
}

int32_t cluster_node(const Cluster *cluster, const char *name)
{
    for (int32_t node = 0; node < cluster->node_count; node++) {
        if (strcmp(cluster->node_name[node], name) == 0) {
            return node;
        }
    }
    return -1;
}
