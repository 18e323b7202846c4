/* native.h - the columns of our own job log; docs/trace-format.md is what users read. */
#ifndef TRACES_NATIVE_H
#define TRACES_NATIVE_H

#include <stdio.h>

#include "core/cluster.h"
#include "core/job.h"

enum {
    NATIVE_ID,
    NATIVE_SUBMIT,
    NATIVE_DURATION,
    NATIVE_TASKS,
    NATIVE_GANG,
    NATIVE_GPUS,
    NATIVE_GPU_MILLI,
    NATIVE_GPU_MEMORY,
    NATIVE_GPU_CORES,
    NATIVE_MIG,
    NATIVE_CPU,
    NATIVE_MEMORY,
    NATIVE_STORAGE_BANDWIDTH,
    NATIVE_IO_CPU,
    NATIVE_NETWORK,
    NATIVE_GPU_MODEL,
    NATIVE_QUEUE,
    NATIVE_USER,
    NATIVE_PRIORITY,
    NATIVE_PREEMPTIBLE,
    NATIVE_TIME_LIMIT,
    NATIVE_ESTIMATE,
    NATIVE_KIND,
    NATIVE_END,
    NATIVE_START,
    NATIVE_CARRIED,
    NATIVE_MIN_TASKS,
    NATIVE_MAX_TASKS,
    NATIVE_SYNC,
    NATIVE_COLUMNS
};

extern const char *const NATIVE_NAMES[NATIVE_COLUMNS];

/* Words of the columns gang, kind and end, by Gang, JobKind and JobEnd; each list ends with NULL.
 */
extern const char *const NATIVE_GANGS[];
extern const char *const NATIVE_KINDS[];
extern const char *const NATIVE_ENDS[];
#define NATIVE_END_RUNNING 3 /* of NATIVE_ENDS: a job that was running when the log ended */

/* Writes a list as a native CSV: the columns that any row needs, times in seconds. MIG profiles
 * have no name without their cards and must not occur. False: writing failed (errno). */
bool native_write(const RequestList *requests, FILE *file);

#endif
