/* typical.h - the typical tasks of a workload: the popular requests and their shares.
 *
 * Source: Weng et al., USENIX ATC 2023 (fragmentation as expected by a randomly drawn task).
 * Requests, CPU-only ones included, are grouped by (cpu, gpu milli, gpu count, model text), memory
 * left out; groups are taken by descending count (ties: cpu, milli, count, text, all descending)
 * until 95 % of the requests are covered.
 */
#ifndef MODELS_TYPICAL_H
#define MODELS_TYPICAL_H

#include "core/arena.h"
#include "core/cluster.h"
#include "core/job.h"

/* Fills constants->typical (and its memory) from the lists, pooled, and finishes the constants for
 * this cluster. A row counts as often as its count and its tasks say. What the key leaves out
 * (memory, and the other lanes) a typical task has from the commonest request of its group; FGD
 * reads none of it. The mean demand that RAGP needs is over all requests, typical or not, and
 * includes every lane. Returns 0 if memory ran out. */
int typical_tasks(const RequestList *lists, int32_t list_count, const Cluster *cluster,
                  Arena *arena, GpConstants *constants);

#endif
