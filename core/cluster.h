/* cluster.h - the nodes and what they are made of: constant for a run. */
#ifndef CORE_CLUSTER_H
#define CORE_CLUSTER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/packing/gpupack.h"

/* Names beside the kernel's node type; same index. */
typedef struct NodeTypeInfo {
    const char *name;
    const char *model;                    /* GPU model, NULL for a node without GPUs */
    int64_t price_micro_usd_per_gpu_hour; /* as bought, at the start of the run; 0: none given */
    int32_t purchase;                     /* Purchase of core/cost.h */
    int32_t node_count;
    bool card_uncapped;        /* shares of a card are not enforced: co-tenants slow each other */
    int32_t card_overhead_ppm; /* lost to sharing where they are not */
    int32_t pool;             /* storage pool that its nodes use; -1: their own storage_bandwidth */
    int64_t rack_uplink_mb_s; /* Mb/s that a rack of such nodes has to the others; 0: unlimited */
    int32_t speed_ppm;        /* relative to what durations are given for; 0: GP_PPM */
} NodeTypeInfo;

/* Storage that many nodes share. */
typedef struct StoragePool {
    const char *name;
    int64_t bandwidth_mb_s; /* reads and streams */
    int64_t write_mb_s;     /* checkpoints; 0: they share bandwidth_mb_s */
} StoragePool;

typedef struct Cluster {
    int32_t type_count;
    GpNodeType *types;       /* [type] */
    NodeTypeInfo *type_info; /* [type] */
    int32_t node_count;
    int32_t *node_type;     /* [node] */
    const char **node_name; /* [node] */
    int32_t *node_rack;     /* [node] dense ids over the cluster */
    int32_t *node_zone;     /* [node] */
    int32_t rack_count, zone_count;
    int32_t group_count;   /* node groups: equal type, labels, taints, zone; GpNodeType.group */
    int32_t *device_begin; /* [node + 1] */
    int32_t model_count;
    const char *model_name[GP_MODELS_MAX]; /* those of the nodes first; requests may add others */
    int64_t gpu_milli;                     /* capacity */
    int32_t pool_count;
    StoragePool *pools; /* [pool] */
} Cluster;

/* May a request that names these models (0: any) use nodes of this type? */
static inline bool node_type_allowed(const GpNodeType *type, uint64_t model_set)
{
    return model_set == 0 || (type->model >= 0 && (model_set >> type->model & 1) != 0);
}

/* May the shape use nodes of this type, by model and by group? */
static inline bool node_type_takes(const GpNodeType *type, const GpShape *shape)
{
    return gp_type_allowed(type, shape) != 0;
}

/* Milli-GPU that one task of the shape takes: what it asks; for a MIG instance what the cards that
 * it may use charge for it, the dearest where they differ. */
int64_t cluster_task_milli(const Cluster *cluster, const GpShape *shape);

/* The id of a model, added if new; -1 if the table is full or memory ran out. */
int32_t cluster_model(Cluster *cluster, Arena *arena, const char *name, int name_length);

/* Fills device_begin, node counts and gpu_milli from node_type and types, and racks and zones where
 * they are not given. False if memory ran out. */
int cluster_finish(Cluster *cluster, Arena *arena);

/* Node by name, or -1. */
int32_t cluster_node(const Cluster *cluster, const char *name);

#endif
