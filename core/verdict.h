/* verdict.h - why a waiting shape does not run, as the ledger words it. */
#ifndef CORE_VERDICT_H
#define CORE_VERDICT_H

#include <stdint.h>

#include "core/packing/gpupack.h"

typedef enum VerdictKind {
    VERDICT_FITS,       /* taken alone it fits on free nodes now */
    VERDICT_FRAGMENTED, /* enough is free in sum, no node (or set of nodes) holds it */
    VERDICT_SHORT       /* not enough is free in sum over the nodes it may use */
} VerdictKind;

typedef struct Verdict {
    VerdictKind kind;
    GpDimension dimension; /* GP_DIMENSION_NONE for VERDICT_FITS */
} Verdict;

/* Judges `task_count` tasks of a shape (a gang; 1 for a single task) against what is free now.
 * `fits` says whether a placement was found by the caller's trial. O(nodes). */
Verdict verdict_judge(const GpFleet *fleet, const GpShape *shape, int32_t task_count, int fits);

/* How many such tasks the nodes hold now, together with each other, counted up to `limit`. Exact
 * for whole devices and for shares of one device; for MIG instances and shares of several devices
 * what a greedy filling reaches. */
int64_t verdict_room(const GpFleet *fleet, const GpShape *shape, int32_t limit);

/* Could the whole fleet, empty, hold one such task (each of the gang's in sum)? GP_DIMENSION_NONE:
 * yes; else what it is too large in. */
GpDimension verdict_too_large(const GpFleet *empty_fleet, const GpShape *shape, int32_t task_count);

/* ---- the parts of a judgement, for who keeps verdicts current node by node (core/judge.h) ---- */

/* What is free in sum over the present nodes that a shape may use, and what would be if it took any
 * GPU model, or nodes of any group, or both. GPU in half milli, so that slices of all cards are
 * whole numbers. */
typedef struct FreeSums {
    int64_t allowed[GP_AXES];
    int64_t any_group[GP_AXES];
    int64_t gpu_any_model_halves;
    int64_t gpu_any_halves;
} FreeSums;

/* Free amounts of a node; absent, or over-committed after derating: 0, since what one node owes is
 * not owed by the others. */
void node_free_positive(const GpFleet *fleet, int32_t node, int64_t free[GP_AXES]);

/* Adds what nodes of a type have free. */
void free_sums_add(FreeSums *sums, const GpNodeType *type, const GpShape *shape,
                   const int64_t free[GP_AXES]);

/* The first dimension, in order, of which less is free in sum than the tasks need;
 * GP_DIMENSION_NONE: enough is free. MIG is geometry, no sum. Enough of it on nodes that the shape
 * may not use: their model or their group is what is short. */
GpDimension free_sums_short(const FreeSums *sums, const GpShape *shape, int32_t task_count);

/* The bits (1 << GpDimension) that stop the next task on a node that holds as many as it can. */
uint32_t room_stops(const GpRoom *room);

/* Nodes by what excludes a task from them. */
typedef struct NodeCount {
    int32_t none;                      /* nothing does */
    int32_t alone[GP_DIMENSION_COUNT]; /* only this dimension does */
    int32_t any[GP_DIMENSION_COUNT];   /* this one does, perhaps among others */
} NodeCount;

/* Counts `change` nodes that these dimensions exclude. */
void node_count_add(NodeCount *count, uint32_t dimensions, int32_t change);

/* The dimension that alone excludes most nodes; if none alone excludes any, the one that excludes
 * most; ties in order. */
GpDimension node_count_binding(const NodeCount *count);

const char *dimension_name(GpDimension dimension); /* "gpu", "mig", "gpu_memory" ... */
const char *lane_name(GpAxis lane);                /* the same of its dimension */

#endif
