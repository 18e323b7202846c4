/* job.h - requests as a source lists them, and the jobs of one run that are made from them.
 *
 * A job owns a range of equal tasks; the placed thing is a task. A job is born from a shape (a
 * distinct request), numbered once when the jobs are made: verdicts, scores and memos are per
 * shape.
 */
#ifndef CORE_JOB_H
#define CORE_JOB_H

#include <stdint.h>

#include "core/arena.h"
#include "core/packing/gpupack.h"

typedef int32_t JobId;
typedef int32_t TaskId;
typedef int32_t ShapeId;

#define TIME_NEVER INT64_MAX

typedef enum Gang { GANG_NONE = 0, GANG_ALL = 1 } Gang;

/* One row of a source: a pod of a log, a class with its count, a job written by hand. Per task. */
typedef struct Request {
    const char *name; /* NULL: named by its index */
    int64_t cpu_milli;
    int64_t memory_mib;
    int64_t storage_bandwidth_mb_s;
    int64_t io_cpu_milli;
    int64_t network_mb_s;
    int32_t gpu_count;      /* devices of one task */
    int32_t gpu_milli;      /* of each device */
    int32_t gpu_memory_mib; /* of each device */
    int32_t mig_profile;    /* GpMigProfile */
    uint64_t model_set;     /* 0: any */
    const char *model_text; /* the set as written; "" for any (a key of the FGD study's groups) */
    int64_t count;          /* how often a class occurs; 1 for a pod or a job */
    int64_t submit_ms;
    int64_t duration_ms; /* TIME_NEVER: stays */
    int32_t task_count;
    int32_t gang; /* Gang */
    int32_t priority;
    const char *queue; /* NULL: the default */
    const char *user;
} Request;

typedef struct RequestList {
    Request *rows;
    int32_t count;
} RequestList;

/* The distinct requests of a run. */
typedef struct ShapeTable {
    GpShape *shapes; /* [count] */
    int32_t count;
    int32_t kind_count; /* distinct (shared | k whole devices): kinds of GpShape */
} ShapeTable;

/* The jobs of one run in order of submission: columns, constant. */
typedef struct JobTable {
    int32_t job_count;
    int32_t task_count;
    ShapeTable shapes;
    const char **job_name;    /* [job]; NULL entries are named by their index */
    ShapeId *job_shape;       /* [job] */
    int64_t *job_submit_ms;   /* [job] ascending */
    int64_t *job_duration_ms; /* [job] TIME_NEVER: stays */
    TaskId *job_first_task;   /* [job + 1] */
    uint8_t *job_gang;        /* [job] Gang */
    int32_t *job_priority;    /* [job] */
    int32_t *job_tenant;      /* [job] index of tenant_name */
    const char **job_user;    /* [job]; NULL entries: nobody is named */
    JobId *task_job;          /* [task] */
    int32_t tenant_count;
    const char **tenant_name; /* [tenant] queue names; [0] is "default" */
} JobTable;

/* The kernel's shape of a request, without its kind. */
GpStatus request_shape(const Request *request, GpShape *shape);

/* A source's rows become jobs: `order[i]` is the row of the i-th job. Times come from the rows, or,
 * where `interval_ms` > 0, job i is submitted at i x interval_ms. Returns 0 if memory ran out. */
int job_table_build(JobTable *jobs, Arena *arena, const RequestList *requests, const int32_t *order,
                    int32_t job_count, int64_t interval_ms);

/* The same with a time for each job of `order`, in any order of time; jobs of one time keep the
 * list's order. submit_ms NULL: the rows' own times. */
int job_table_build_timed(JobTable *jobs, Arena *arena, const RequestList *requests,
                          const int32_t *order, const int64_t *submit_ms, int32_t job_count);

#endif
