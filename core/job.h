/* job.h - requests as a source lists them, and the jobs of one run that are made from them.
 *
 * A job owns a range of equal tasks; the placed thing is a task. A job is born from a shape (a
 * distinct request), numbered once when the jobs are made: verdicts, scores and memos are per
 * shape.
 */
#ifndef CORE_JOB_H
#define CORE_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/job_traits.h"
#include "core/packing/gpupack.h"

typedef int32_t JobId;
typedef int32_t TaskId;
typedef int32_t ShapeId;

#define TIME_NEVER INT64_MAX

typedef enum Gang {
    GANG_NONE = 0, /* tasks are placed one by one */
    GANG_ALL = 1,  /* all tasks are placed together */
    GANG_MIN = 2   /* the first min_tasks together, the others as they find places */
} Gang;

/* How a job ends that comes to its own end: a fact of the workload. Limits are the engine's. */
typedef enum JobEnd {
    JOB_END_COMPLETED = 0,
    JOB_END_CANCELLED = 1,
    JOB_END_FAILED = 2,
    JOB_END_TIMEOUT = 3 /* stopped at its time limit; never in a source */
} JobEnd;

/* One row of a source: a pod of a log, a class with its count, a job written by hand. Per task. A
 * log has millions, so it is packed; core/alike.c compares all but name, user and times. */
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
    uint64_t group_set;     /* node groups that will do (labels, taints, flavors); 0: any */
    const char *model_text; /* the set as written; "" for any (a key of the FGD study's groups) */
    int64_t count;          /* how often a class occurs; 1 for a pod or a job */
    int64_t submit_ms;      /* when it may be scheduled: eligible, where a log tells them apart */
    int64_t duration_ms;    /* of work at full speed; TIME_NEVER: stays */
    int64_t time_limit_ms;  /* stopped after running so long; 0: no limit */
    int64_t estimate_ms;    /* run time that the user stated, apart from the limit; 0: none */
    int64_t recorded_start_ms; /* as logged, on submit_ms's clock; where has_start is set */
    int32_t task_count;
    int32_t priority;
    uint8_t gang; /* Gang */
    uint8_t end;  /* JobEnd */
    uint8_t has_start;
    uint8_t carried;  /* it was running when the log was cut: placed before all others */
    uint8_t censored; /* it was still running when the log ended: duration_ms is a lower bound */
    /* Its queue has nodes of its own: group_set is among those; what the request alone could use is
     * asked_group_set (0: any). */
    uint8_t dedicated;
    /* Memory of each device is asked for, and nothing is said of its cores: all of them, or no
     * limit under a scheduler that takes memory alone (PlaceOptions.memory_alone). */
    uint8_t cores_unsaid;
    const char *queue; /* NULL: the default */
    const char *user;
    const JobTraits *traits; /* NULL: JOB_TRAITS_DEFAULT */
    uint64_t asked_group_set;
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

typedef int32_t ClassId;

/* Jobs that differ only in name, user and times. What rules say of one job of a class at an instant
 * they say of all. */
typedef struct JobClass {
    ShapeId shape;
    int32_t tenant;     /* queue: index of tenant_name */
    int32_t task_count; /* nominal */
    int32_t min_tasks;  /* placed together before anything runs; 1 without a gang */
    int32_t max_tasks;  /* task slots that each job owns */
    int32_t priority;
    uint8_t gang;             /* Gang */
    uint8_t sync;             /* progress needs all of its tasks (min_tasks of an elastic job) */
    const JobTraits *traits;  /* never NULL */
    uint8_t dedicated;        /* as of its requests */
    uint64_t asked_group_set; /* likewise */
} JobClass;

/* The jobs of one run in order of submission: columns, constant. */
typedef struct JobTable {
    int32_t job_count;
    int32_t task_count;
    ShapeTable shapes;
    int32_t class_count;
    JobClass *classes;              /* [class] */
    const char **job_name;          /* [job]; NULL entries are named by their index */
    ClassId *job_class;             /* [job] */
    int64_t *job_submit_ms;         /* [job] ascending */
    int64_t *job_duration_ms;       /* [job] TIME_NEVER: stays */
    int64_t *job_limit_ms;          /* [job] 0: no limit */
    int64_t *job_estimate_ms;       /* [job] 0: none stated */
    TaskId *job_first_task;         /* [job + 1] */
    int32_t *job_priority;          /* [job] */
    uint8_t *job_end;               /* [job] JobEnd */
    uint8_t *job_carried;           /* [job] */
    const char **job_user;          /* [job]; NULL entries: nobody is named */
    int64_t *job_recorded_start_ms; /* [job] TIME_NEVER: unknown; NULL: of all jobs */
    JobId *task_job;                /* [task] */
    int32_t tenant_count;
    const char **tenant_name; /* [tenant] queue names; the declared queues first, in their order */
    bool any_limit, any_startup, any_usage, any_elastic; /* what the engine must watch */
    bool any_repeats;      /* some service's demand goes up and down for ever */
    uint8_t *job_censored; /* [job] it ran when its log ended: job_duration_ms is a lower bound */
} JobTable;

static inline const JobClass *job_class(const JobTable *jobs, JobId job)
{
    return &jobs->classes[jobs->job_class[job]];
}

static inline ShapeId job_shape(const JobTable *jobs, JobId job)
{
    return job_class(jobs, job)->shape;
}

static inline const GpShape *job_request(const JobTable *jobs, JobId job)
{
    return &jobs->shapes.shapes[job_shape(jobs, job)];
}

static inline int32_t job_tenant(const JobTable *jobs, JobId job)
{
    return job_class(jobs, job)->tenant;
}

/* The kernel's shape of a request, without its kind. */
GpStatus request_shape(const Request *request, GpShape *shape);

/* Names that become the first tenants, whether jobs use them or not. */
typedef struct TenantNames {
    const char *const *names; /* [count]; NULL: "default" alone */
    int32_t count;
} TenantNames;

/* A source's rows become jobs: `order[i]` is the row of the i-th job. Times come from the rows, or,
 * where `interval_ms` > 0, job i is submitted at i x interval_ms. Rows without a queue belong to
 * "default". Returns 0 if memory ran out. */
int job_table_build(JobTable *jobs, Arena *arena, const RequestList *requests, TenantNames tenants,
                    const int32_t *order, int32_t job_count, int64_t interval_ms);

/* The same with a time for each job of `order`, in any order of time; jobs of one time keep the
 * list's order. submit_ms NULL: the rows' own times. */
int job_table_build_timed(JobTable *jobs, Arena *arena, const RequestList *requests,
                          TenantNames tenants, const int32_t *order, const int64_t *submit_ms,
                          int32_t job_count);

#endif
