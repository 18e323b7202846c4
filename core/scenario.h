/* scenario.h - the constant record of one variant: what the run is, nothing that changes. */
#ifndef CORE_SCENARIO_H
#define CORE_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>

#include "core/cluster.h"
#include "core/cost.h"
#include "core/job.h"
#include "core/policy.h"
#include "core/queue.h"
#include "core/remedy.h"

/* Columns of integers by replication: recorded orders or ranks. */
typedef struct RecordedColumns {
    int32_t column_count;
    const char **name; /* [column] header */
    int32_t *length;   /* [column] columns may differ in length */
    int32_t **value;   /* [column][row] */
} RecordedColumns;

typedef enum SourceKind {
    SOURCE_JOBS,      /* rows with their own times */
    SOURCE_CLASSES,   /* rows with counts, drawn and spaced evenly */
    SOURCE_LOG_ORDER, /* rows of a log without times: shuffled and spaced evenly */
    SOURCE_SYNTHETIC  /* drawn by a generator; `requests` hold its sizes, counted by share */
} SourceKind;

/* One entry of `workload:`. */
typedef struct WorkloadSource {
    SourceKind kind;
    RequestList requests;
    int64_t load_ppm;             /* demand offered, of capacity; 0: as listed */
    int64_t load_gpu_milli;       /* the capacity that a load is a share of; 0: the cluster's own */
    int64_t demand_ppm;           /* arrivals, of what is said; 0: all of them */
    int64_t interval_ms;          /* between arrivals of SOURCE_CLASSES and SOURCE_LOG_ORDER */
    const RecordedColumns *order; /* NULL: drawn. Column "seed<seed + replication>" */
    int64_t rows_read; /* of a log: rows that say something of a job, kept or not; 0: no log */
    const struct SyntheticSpec *synthetic; /* SOURCE_SYNTHETIC: traces/synthetic.h */
    bool resampled; /* SOURCE_JOBS of a log: replications draw its user-weeks, traces/resample.h */
} WorkloadSource;

/* What the rows of all sources ask for, and leave unsaid. */
typedef struct WorkloadAsked {
    uint32_t lanes;     /* bits (1 << GpAxis): some job asks for it */
    int64_t jobs;       /* that are listed */
    int64_t without;    /* of these, jobs of whose run time nothing is said */
    bool drawn_without; /* some of those that are drawn */
} WorkloadAsked;

typedef enum TieRule { TIES_INDEX, TIES_RANDOM, TIES_RECORDED } TieRule;

/* From when on a job is old. */
typedef enum AgeFrom {
    AGE_FROM_SUBMIT,
    AGE_FROM_QUEUED /* when it last joined the queue */
} AgeFrom;

typedef struct OrderOptions {
    int32_t age_from;     /* AgeFrom */
    int64_t recompute_ms; /* of keys that drift */
    /* multifactor: weights in thousandths of a priority point */
    int64_t age_weight, fairshare_weight, size_weight, queue_weight;
    int64_t age_max_ms;   /* when the age factor is 1 */
    int64_t half_life_ms; /* of usage; 0: usage does not fade */
} OrderOptions;

typedef struct ShareOptions {
    int64_t usage_weight_ppm; /* KAI's k: how much past usage lowers a weight; 0: not */
    int64_t window_ms;        /* of that usage */
    int64_t half_life_ms;     /* 0: none */
} ShareOptions;

typedef struct AdmitOptions {
    int64_t overcommit_ppm;       /* Volcano's gate: of the fleet; 0: no such gate */
    bool queue_gate;              /* Volcano's gate: each queue's own limit */
    bool borrow_first;            /* Kueue whenCanBorrow: Borrow (default) against TryNextFlavor */
    bool nonpreemptible_in_quota; /* KAI: jobs that cannot be preempted must stay in quota */
} AdmitOptions;

typedef struct ScanOptions {
    bool per_queue;        /* a blocked job closes its own queue only */
    int32_t depth;         /* jobs looked at in a pass; 0: all */
    int64_t every_ms;      /* the scan plans only then, and the pass between is strict; 0: always */
    int32_t plan_depth;    /* jobs tested in a planning pass; 0: all */
    int64_t window_ms;     /* how far reservations look ahead; 0: for ever */
    int64_t resolution_ms; /* planned ends are rounded up to it; 0: exact */
} ScanOptions;

typedef struct EvictOptions {
    int32_t mode;           /* EvictMode */
    int32_t within_queue;   /* PreemptWithin, where the queue does not say */
    int32_t reclaim;        /* ReclaimFrom, likewise */
    bool by_queue_priority; /* Slurm's tiers: a queue's priority decides, not the job's */
    int64_t
        borrow_priority; /* Kueue borrowWithinCohort: victims up to this priority; INT64_MIN: off */
    int32_t moves_max;   /* consolidation: jobs moved at most */
    bool consolidates;   /* before it reclaims or preempts */
    int64_t preemptible_below; /* jobs of this priority and more cannot be preempted; INT64_MAX: all
                                  can */
    bool fair;         /* Kueue: shares in the cohort decide who gives way, not priorities alone */
    bool breaks_gangs; /* Volcano without its gang plugin's word: a gang's last tasks may go too */
    bool drf;          /* Volcano: where priority finds nobody, dominant shares decide in a queue */
} EvictOptions;

typedef enum GangRule {
    GANGS_TOGETHER,    /* a gang is placed whole or not at all */
    GANGS_TASK_BY_TASK /* the scheduler knows no gangs: tasks hold what they get and wait */
} GangRule;

/* How tasks are spread over the domains of a required or preferred topology level. */
typedef enum TopologyRule {
    TOPOLOGY_IGNORED,  /* the scheduler does not know racks */
    TOPOLOGY_BEST_FIT, /* Kueue: largest domains first, the last one chosen tight */
    TOPOLOGY_TIGHTEST  /* KAI: the domain with least room that holds the whole job */
} TopologyRule;

typedef struct PlaceOptions {
    int32_t gangs;      /* GangRule */
    int32_t topology;   /* TopologyRule */
    bool mig_by_memory; /* HAMi: on cards in MIG mode a request for memory gets the smallest profile
                           that covers it */
    bool memory_alone;  /* HAMi: a request for a part of the memory that names no cores has no limit
                           of compute */
    int32_t candidates; /* 0: all nodes; else the first so many feasible from a cursor; -1: kube's
                           table */
} PlaceOptions;

typedef enum EstimateRule { ESTIMATE_LIMIT, ESTIMATE_EXACT, ESTIMATE_FACTOR } EstimateRule;

/* What of an imported configuration has no counterpart, or is only nearly so. */
typedef struct ImportNote {
    const char *text;
    int32_t line; /* of the file */
} ImportNote;

/* Configuration of a real scheduler that queues and policy were taken from. */
typedef struct PolicyImport {
    const char *kind; /* "kueue", "slurm" */
    const char *file; /* as the scenario names it */
    int32_t queues;   /* that it brought */
    int32_t note_count;
    ImportNote *notes;
} PolicyImport;

typedef struct PolicySet {
    const PolicyImport *import; /* NULL: none */
    const char *preset;
    const OrderPolicy *order;
    const SharePolicy *share;
    const AdmitPolicy *admit;
    const ScanPolicy *scan;
    const EvictPolicy *evict;
    OrderOptions order_options;
    ShareOptions share_options;
    AdmitOptions admit_options;
    ScanOptions scan_options;
    EvictOptions evict_options;
    PlaceOptions place;
    const char *pack_name; /* as the report names it */
    GpPolicy pack;
    TieRule ties;
    const RecordedColumns *ranks; /* TIES_RECORDED */
    int32_t estimates;            /* EstimateRule */
    int64_t estimate_factor_ppm; /* ESTIMATE_FACTOR; also of jobs without a limit, 0 there: exact */
    int64_t cycle_ms;            /* between two passes; 0: at every event */
    int64_t requeue_delay_ms;    /* an evicted job may not start before */
    int64_t limit_check_ms;      /* time limits are looked at so often; 0: at once */
    const RemedyPolicy *remedy;
    RemedyOptions remedy_options;
} PolicySet;

/* What jobs of a class are assumed to need at full speed, and how fast they are where: logs do not
 * say. */
typedef struct NeedProfile {
    const char *name;
    const char *source;            /* whose figures these are */
    int64_t gpus_least, gpus_most; /* devices of the whole job */
    const char *queue;             /* NULL: any */
    int32_t kind;                  /* JobKind; -1: any */
    bool per_gpu;                  /* of each device of a task, not of each task */
    int64_t need[GP_AXES];
    int32_t speed_count; /* relative speeds by GPU model */
    const ModelSpeed *speeds;
} NeedProfile;

/* Defaults of all jobs, and how noisy steps are. */
typedef struct RunModels {
    CheckpointOptions checkpoint; /* of jobs that say nothing */
    int64_t checkpoint_min_ms;    /* ... and are longer than this */
    int32_t checkpoint_min_nodes; /* ... and larger */
    /* Steps of synchronous gangs: [k] for gangs of 2^k members, how much longer the slowest of so
     * many noisy members takes than the mean one, and between these in proportion; NULL: steps are
     * even. */
    const int32_t *step_noise_ppm; /* [32] */
    const char *step_noise_source;
    int32_t need_count;
    const NeedProfile *needs; /* [need_count] the first that matches */
} RunModels;

/* What a variant lifts to see what it costs. */
typedef enum Relax {
    RELAX_NONE = 0,
    RELAX_SHAPE = 1,
    RELAX_QUOTA = 2,
    RELAX_FAILURES = 4, /* nothing fails */
    RELAX_IO = 8        /* the data path feeds everybody */
} Relax;

typedef enum VaryWhat {
    VARY_ARRIVALS = 1,
    VARY_TIES = 2,
    VARY_PLACEMENT = 4,
    VARY_FAULTS = 8,
    VARY_WORKLOAD = 16 /* logs are resampled, in blocks of a user's week */
} VaryWhat;

typedef struct Scenario {
    const char *name;
    const char *description;
    const char *variant;
    int64_t start_unix_ms; /* calendar origin; 0 if not given */
    int64_t horizon_ms;    /* TIME_NEVER: until the workload is done */
    uint64_t seed;
    int32_t replications;
    int32_t fixed; /* VaryWhat, bits: what all replications draw as replication 0 does */
    Cluster cluster;
    int32_t source_count;
    WorkloadSource *sources;
    QueueTree queues;
    PolicySet policy;
    int32_t relax;                       /* Relax, bits */
    const struct FailureModel *failures; /* models/failure.h; NULL: nothing fails */
    RunModels models;
    const CostModel *costs; /* NULL: nothing has a price */
    int64_t warmup_ms;      /* cut off at the front: metrics and ledger are of what comes after */
    WorkloadAsked asked;
    GpConstants constants; /* what the pack terms read: typical tasks of the workload, scales */
} Scenario;

/* An instant, or the end of the warm-up if that comes later: from when on a span counts. */
static inline int64_t after_warmup(const Scenario *scenario, int64_t at_ms)
{
    return at_ms > scenario->warmup_ms ? at_ms : scenario->warmup_ms;
}

/* Which replication's luck it has in that. */
static inline uint32_t drawn_replication(const Scenario *scenario, VaryWhat what,
                                         uint32_t replication)
{
    return (scenario->fixed & (int32_t)what) != 0 ? 0 : replication;
}

#endif
