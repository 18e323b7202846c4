/* failure.h - when what fails: rows of components, and the faults that they offer.
 *
 * Each (component, target) has a renewal process of its own on the calendar, drawn by address
 * (seed, replication, component, target, n), so that policies meet the same offered faults; what
 * was written down (injections, fault logs) is merged with it in order of time. Exponential gaps
 * make a Poisson process; Weibull gaps of shape below 1 come in bursts. Processes are stationary:
 * time 0 is any moment of their lives, so the stated mean holds over any horizon. Sources of
 * presets: docs/failures.md.
 */
#ifndef MODELS_FAILURE_H
#define MODELS_FAILURE_H

#include "core/arena.h"
#include "core/cluster.h"
#include "core/fault.h"
#include "core/job.h"
#include "models/distribution.h"

/* Stages of a repair, each a time in ms; NULL: none. */
typedef struct RepairStages {
    const Distribution *diagnosis;
    const Distribution *part; /* waiting for one, where it is needed */
    const Distribution *hands_on;
    const Distribution *burn_in;
    double part_probability;
    double no_fault_found; /* of a repair that changes nothing: the fault is back at once */
    bool technician;       /* hands on waits for one, and takes one's time */
} RepairStages;

/* How often, and for how long: beside each FaultKind. */
typedef struct FaultRow {
    int32_t first_node, node_count; /* SCOPE_NODE: of these nodes only; node_count 0: of all */
    Distribution gap;  /* from one to the next of one target, ms, for a target of frailty 1 */
    bool drawn;        /* false: only injections and logs have it */
    double frailty_cv; /* of a gamma with mean 1 over nodes; 0: all are alike */
    /* So many nodes fail so much more often than the others; over all nodes the mean stays what the
     * gap says. Share 0: none. */
    double lemon_share, lemon_factor;
    const Distribution *out;    /* CURE_TIME: ms; NULL: for good */
    const RepairStages *stages; /* CURE_STAGES */
    double per_gpu_hour; /* SCOPE_JOB: rate on the work clock, of each GPU; 0: gap is the job's */
    int32_t gpus_most;   /* ... of which so many count at most; 0: all */
} FaultRow;

/* A job's own process that fails after so much of its own work, written down. */
typedef struct JobFault {
    const char *job;  /* its id */
    int32_t kind;     /* of SCOPE_JOB */
    int32_t attempts; /* so many attempts fail; 0: all */
    int64_t after_ms; /* work at full speed, from the start of each attempt */
} JobFault;

/* Everything that fails in a run: constant. */
typedef struct FailureModel {
    const char *preset; /* NULL: none was named */
    const char *source;
    int32_t kind_count;
    FaultKind *kinds; /* [kind] */
    FaultRow *rows;   /* [kind] */
    int32_t recorded_count;
    Fault
        *recorded; /* [recorded_count] ascending by time; slot and number: see fault_source_take */
    int32_t job_fault_count;
    JobFault *job_faults; /* [job_fault_count] */
} FailureModel;

typedef struct FaultSource FaultSource;

/* Allocates all it will need; there are faults for ever. NULL if memory ran out. */
FaultSource *fault_source_new(Arena *arena, const FailureModel *model, const Cluster *cluster,
                              uint64_t seed, uint32_t replication);

/* Tells it which jobs there are: names of job faults become numbers. Without it nobody's own
 * process fails as written down. False if memory ran out. */
bool fault_source_jobs(FaultSource *source, Arena *arena, const JobTable *jobs);

/* Slots of all targets: so many faults can be active at the same time. Those of components come
 * first, component by component and target by target, then one for each recorded fault. */
int32_t fault_source_slots(const FaultSource *source);

/* When the next fault is offered; TIME_NEVER: none will be. */
int64_t fault_source_next_ms(const FaultSource *source);

/* Takes it, its out_ms drawn where time cures it. */
Fault fault_source_take(FaultSource *source);

/* Times of a staged repair, drawn by the fault's own address. 0: that stage does not occur. */
typedef struct RepairTimes {
    int64_t diagnosis_ms, part_ms, hands_on_ms, burn_in_ms;
    bool technician;
    bool no_fault_found;
} RepairTimes;
RepairTimes repair_times(const FaultSource *source, const Fault *fault, uint32_t attempt);

/* Below these bits of an attempt is how many came before it, above them which task of the job. */
#define JOB_ATTEMPT_BITS 12

/* Work (ms at full speed) until the job's own fault, counted from the start of this attempt (0: the
 * first); the kind that it will be. gpu_milli: all that the job holds. TIME_NEVER: none, *kind
 * stays as it is. */
int64_t job_fault_work_ms(const FaultSource *source, int32_t job, uint32_t attempt,
                          int64_t gpu_milli, int32_t *kind);

#endif
