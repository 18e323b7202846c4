/* readers.h - every reader of recorded data: one file per format, one entry each here.
 *
 * A reader streams its file, collects every mistake (up to the diagnostics' limit) with file:line:column, and
 * fills arena memory. On any error it returns a status other than STATUS_OK and its output must not be used.
 * A path that is a directory, empty, truncated, not UTF-8 or too large is a mistake like any other.
 */
#ifndef TRACES_READERS_H
#define TRACES_READERS_H

#include <stdbool.h>

#include "core/arena.h"
#include "core/cluster.h"
#include "core/diagnostic.h"
#include "core/job.h"
#include "core/scenario.h"

/* Bounds of cells: far above anything real, and such that a sum over the most lines that a file may have stays
 * within 64 bits. Devices of a node: GP_DEVICES_MAX. Milli-GPU of a device: GP_DEVICE_MILLI. */
#define CELL_CPU_MILLI_MAX INT64_C(1000000000)   /* a million cores */
#define CELL_MEMORY_MIB_MAX (INT64_C(1) << 32)   /* 4 PiB */
#define CELL_CLASS_COUNT_MAX INT64_C(1000000)    /* occurrences of one class */
#define CLUSTER_TYPES_MAX 4096                   /* distinct node shapes of one file */

/* openb node list: sn, cpu_milli, memory_mib, gpu, model (columns by header name, any order, others ignored).
 * Distinct (model, gpu, cpu, memory) become node types named like "g2-8-96000-393216". Sorted by name, byte
 * order. Duplicate names, zero nodes, negative or overflowing numbers are errors. */
Status openb_nodes_read(const char *path, Arena *arena, Diagnostics *diagnostics, Cluster *cluster);

/* openb pod list: name, cpu_milli, memory_mib, num_gpu, gpu_milli[, gpu_spec][, creation_time, ...]. Sorted by
 * name. Times are ignored: rows get submit 0 and stay. Requests that name models no node has are legal and counted
 * in one warning. */
Status openb_pods_read(const char *path, Arena *arena, Diagnostics *diagnostics, Cluster *cluster,
                       RequestList *requests);

/* Request classes: cpu_milli, memory_mib, num_gpu, gpu_milli, gpu_spec, count. */
Status classes_read(const char *path, Arena *arena, Diagnostics *diagnostics, Cluster *cluster,
                    RequestList *requests);

/* What is expected of a table of recorded columns. */
typedef struct RecordedWish {
    int32_t limit;             /* each value lies in 0..limit-1 */
    bool is_permutation;       /* each column holds every value exactly once */
    const char *const *wanted; /* [wanted_count] the columns to keep; the others are passed over unread */
    int32_t wanted_count;      /* 0: all */
} RecordedWish;

/* A table of integer columns of different lengths (recorded orders and ranks); missing cells only at a
 * column's end. A column that is not wanted keeps its name, with length 0. */
Status recorded_columns_read(const char *path, Arena *arena, Diagnostics *diagnostics,
                             const RecordedWish *wish, RecordedColumns *columns);

#endif
