/* verdict.h - why a waiting shape does not run, as the ledger words it. */
#ifndef CORE_VERDICT_H
#define CORE_VERDICT_H

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

const char *dimension_name(GpDimension dimension); /* "gpu", "mig", "gpu_memory" ... */

#endif
