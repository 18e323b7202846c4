/* job_traits.h - what most jobs never say: how they behave beside what they ask for. */
#ifndef CORE_JOB_TRAITS_H
#define CORE_JOB_TRAITS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/packing/gpupack.h"

typedef enum JobKind {
    KIND_BATCH = 0,
    KIND_SERVICE = 1, /* runs until the end of the run, or for its duration if it has one */
    KIND_NOTEBOOK = 2 /* holds its GPUs for its duration, used or not */
} JobKind;

typedef enum TopologyLevel {
    TOPOLOGY_NONE = 0,
    TOPOLOGY_NUMA = 1,
    TOPOLOGY_NODE = 2,
    TOPOLOGY_RACK = 3,
    TOPOLOGY_ZONE = 4
} TopologyLevel;

/* How busy a job keeps its GPUs, from at_ms of its own running time on. */
typedef struct UsageStep {
    int64_t at_ms;
    int32_t ppm;
} UsageStep;

typedef enum CheckpointRule {
    CHECKPOINT_DEFAULT = 0, /* as models.checkpoint says */
    CHECKPOINT_NONE,
    CHECKPOINT_FIXED,
    CHECKPOINT_YOUNG,
    CHECKPOINT_DALY
} CheckpointRule;

/* How a job saves its state. */
typedef struct CheckpointOptions {
    int32_t rule;     /* CheckpointRule */
    int64_t every_ms; /* of its own progress; CHECKPOINT_FIXED */
    int64_t cost_ms;  /* blocked while one is written */
    int64_t flush_ms; /* after that, until it can be gone back to */
    int64_t size_mib; /* of one task's part; above 0 it is written to the task's storage, with what
                       * bandwidth it gets there, instead of cost_ms (flushes: with async) */
    bool async;       /* cost_ms blocks, then size_mib is written beside the progress */
    bool on_stop;     /* one is written in the grace period, if that is long enough */
    int64_t mttf_ms;  /* estimated, of one node; CHECKPOINT_YOUNG and _DALY; 0: the model's */
} CheckpointOptions;

/* Speed of a job on a GPU model, relative to its duration as given. */
typedef struct ModelSpeed {
    int32_t model; /* as in Cluster.model_name */
    int32_t ppm;
} ModelSpeed;

/* Requests that come to a service. */
typedef struct DemandStep {
    int64_t at_ms;       /* of the scenario's clock, or of the day where the curve repeats */
    int64_t milli_per_s; /* requests per second, x 1000 */
} DemandStep;

typedef struct ServiceDemand {
    int32_t step_count;
    const DemandStep *steps; /* [step_count] ascending, the first at 0 */
    int64_t period_ms;       /* 0: the curve does not repeat */
    int64_t work_us;         /* mean time of one request on an idle replica at full speed */
    int32_t slots;           /* requests that a replica works on together at no loss; 1: PS */
    bool drives_usage;       /* its replicas are as busy as the demand makes them */
} ServiceDemand;

/* What most jobs never say, shared by the rows that say the same. */
typedef struct JobTraits {
    int32_t kind;             /* JobKind */
    int32_t min_tasks;        /* 0: all of task_count */
    int32_t max_tasks;        /* 0: task_count; more are placed when nothing else waits */
    int32_t sync;             /* 1: progress needs all its tasks; 0: not; -1: if it is a gang */
    int32_t preemptible;      /* 1, 0; -1: as the policy says */
    int32_t required_level;   /* TopologyLevel that all tasks must share */
    int32_t preferred_level;  /* ... should share */
    int32_t utilisation_ppm;  /* how busy it keeps its GPUs; GP_PPM: always */
    int32_t over_use_ppm;     /* what it uses beyond what it asks for: of showback alone */
    int32_t usage_count;      /* 0: utilisation_ppm all the time */
    const UsageStep *usage;   /* [usage_count] ascending, the first at 0 */
    int64_t grace_ms;         /* it holds its GPUs so long after it was told to stop */
    int64_t startup_ms;       /* from a task's placement until it can work */
    int64_t restart_ms;       /* the same after an eviction; -1: as startup_ms */
    int64_t preempt_delay_ms; /* after submission and after being evicted it evicts nobody */
    int64_t need[GP_AXES]; /* what one task needs at full speed; 0: it does not stream that lane */
    const char *need_source; /* whose figures these are; NULL: the job's own words */
    CheckpointOptions checkpoint;
    const ServiceDemand *service; /* of KIND_SERVICE; NULL: no demand is given */
    int32_t speed_count;          /* relative speeds by GPU model, beside the type's own */
    const ModelSpeed *speeds;     /* [speed_count] */
    int64_t deadline_ms;          /* after submission; 0: none */
    int32_t restart_scale;        /* start-up after an eviction grows by so many ppm a task */
    int32_t retries;              /* failures that it survives; -1: as the policy says */
} JobTraits;

extern const JobTraits JOB_TRAITS_DEFAULT;

bool checkpoint_options_alike(const CheckpointOptions *a, const CheckpointOptions *b);

/* Do they say the same? Steps and speeds are compared one by one; equal traits have equal hashes.
 */
bool job_traits_alike(const JobTraits *a, const JobTraits *b);
uint64_t job_traits_hash(const JobTraits *traits);

#endif
