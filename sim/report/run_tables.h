/* run_tables.h - jobs, intervals and books of one variant's first replication, out of a result
 * file, checked: what is here can be used as an index, added and subtracted.
 */
#ifndef SIM_REPORT_RUN_TABLES_H
#define SIM_REPORT_RUN_TABLES_H

#include <stdbool.h>
#include <stdint.h>

#include "core/diagnostic.h"
#include "core/packing/gpupack.h"

typedef struct JobRows {
    int64_t count;
    char **job, **queue, **nodes, **devices, **reason; /* devices may be NULL */
    char **user;                                       /* may be NULL */
    int64_t *submit_ms, *start_ms, *end_ms, *gpu_milli, *first_fit_ms;
    int32_t *state, *attempts, *priority, *job_class; /* priority may be NULL */
    int32_t *tasks;                                   /* may be NULL */
    double *productive_gpu_s, *lost_gpu_s;
} JobRows;

typedef struct IntervalRows {
    int64_t count;
    int64_t left_out;
    int32_t *job, *job_class, *state, *reason, *detail;
    int64_t *from_ms, *to_ms, *free_milli; /* free_milli may be NULL */
    int32_t *excluded[GP_DIMENSION_COUNT];
} IntervalRows;

typedef struct AttemptRows {
    int64_t count; /* 0 where the table is not there */
    int32_t *job;
    int64_t *from_ms, *to_ms;
    char **nodes, **devices;
} AttemptRows;

/* What faults did to jobs. */
typedef struct HitRows {
    int64_t count; /* 0 where the table is not there */
    int32_t *job;
    int64_t *at_ms;
    char **component, **node;
    double *lost_gpu_s, *hung_gpu_s;
} HitRows;

typedef struct LedgerHours {
    int64_t count;
    char **account, **sub_account;
    double *gpu_hours;
} LedgerHours;

typedef struct RunTables {
    JobRows jobs;
    IntervalRows intervals;
    AttemptRows attempts;
    HitRows hits;
    LedgerHours ledger;
} RunTables;

/* STATUS_BAD_INPUT with a diagnostic if the file is damaged or has no such tables; free it in any
 * case. */
Status run_tables_read(RunTables *tables, const char *path, const char *variant,
                       Diagnostics *diagnostics);

/* The table of jobs alone. False in *there: there is none, which is no mistake; it was not kept. */
Status run_tables_read_jobs(RunTables *tables, const char *path, const char *variant, bool *there,
                            Diagnostics *diagnostics);
void run_tables_free(RunTables *tables);

#endif
