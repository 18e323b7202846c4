/* result.h - what an experiment leaves behind: plain columns, read by every report. */
#ifndef SIM_EXPERIMENT_RESULT_H
#define SIM_EXPERIMENT_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ledger.h"
#include "core/scenario.h"
#include "sim/scenario/load.h"

typedef enum MetricId {
#define METRIC(id, unit, summary) METRIC_##id,
#include "sim/experiment/metrics.def"
    METRIC_COUNT
} MetricId;

typedef struct MetricInfo {
    const char *name, *unit, *summary;
} MetricInfo;
extern const MetricInfo METRICS[METRIC_COUNT];

/* Which way is better (metric_direction.def); NONE: neither. */
typedef enum MetricDirection { DIRECTION_NONE, DIRECTION_HIGHER, DIRECTION_LOWER } MetricDirection;
extern const MetricDirection METRIC_DIRECTIONS[METRIC_COUNT];

MetricId metric_find(const char *name);          /* METRIC_COUNT: there is none */
const char *metric_nearest(const char *unknown); /* a name much like it; NULL: none */

#define LOAD_PCT_MAX 400 /* highest arrived per cent with a row of its own */

/* State against arrived demand: one row per whole per cent of capacity that has arrived, placed or not. Each is
 * the mean over the policy passes of that per cent (rounding rules: docs/fragmentation.md). */
typedef struct LoadCurve {
    int32_t count;               /* rows 0..count-1 = per cent */
    int64_t *passes;             /* 0: no pass fell there; the neighbours' values stand in */
    double *alloc_pct;
    double *frag_amount_pct;     /* of the cluster's GPUs */
    double *frag_ratio_pct;      /* of idle GPU */
    double *idle_gpus;
    double *idle_usd_per_hour;
} LoadCurve;

/* Job columns as in the jobs CSV; kept for replication 0 unless all are asked for. */
typedef struct JobColumns {
    int32_t count;
    const char **job, **queue, **user, **nodes; /* nodes joined by ';' ("" if never placed) */
    int64_t *submit_ms, *start_ms, *end_ms; /* TIME_NEVER: did not happen */
    uint8_t *state;                     /* JobState of core/world.h */
    int32_t *attempts;
    int64_t *gpu_milli;                 /* whole job */
    double *productive_gpu_s, *lost_gpu_s;
    const char **reason;                /* "" or e.g. "fragmented.gpu", "short.cpu", "too_large.gpu" */
    const char **devices;               /* node/index of each device, joined by ';' ("" if never placed or none) */
    int32_t *priority;
    int32_t *job_class;                 /* jobs of one class differ in name, user and times only */
    int64_t *first_fit_ms;              /* when it could first have started had it been alone; NULL: not known */
    int32_t *tasks;                     /* that it asks for; NULL: not known */
} JobColumns;

typedef enum IntervalState {
    INTERVAL_WAITING = 0,
    INTERVAL_RUNNING = 1,
    INTERVAL_SUSPENDED = 2,
    INTERVAL_DELAYED = 3 /* evicted, and not to start before its delay is over */
} IntervalState;

/* What jobs did between their submission and their end, and why. Rows of all jobs of a class say
 * what it waited for while any of it waited; rows of a job when it waited, ran (but for the only run
 * of a job that never gave way: its start and end), was suspended or delayed. */
typedef struct IntervalColumns {
    int32_t count, capacity;
    int64_t left_out;      /* rows that were one too many */
    int32_t *job;          /* row of the table of jobs; -1: every job of the class that waits */
    int32_t *job_class;    /* as in the table of jobs */
    int64_t *from_ms, *to_ms;
    uint8_t *state;        /* IntervalState */
    uint8_t *reason;       /* JobReason of core/world.h */
    uint8_t *detail;       /* 1 + GpDimension, or 1 + BlockReason; of a run: StopCause; 0: none */
    int32_t *excluded[GP_DIMENSION_COUNT]; /* nodes that this dimension alone excluded at from_ms;
                                            * rows of classes only */
    int64_t *free_milli;   /* GPU free in sum on nodes that the class may use at from_ms; other rows: 0 */
} IntervalColumns;

/* Where jobs that ran more than once ran, one row a time. */
typedef struct AttemptColumns {
    int32_t count, capacity;
    int32_t *job;          /* row of the table of jobs */
    int64_t *from_ms, *to_ms;
    const char **nodes, **devices; /* as in the table of jobs */
} AttemptColumns;

/* One offered fault. */
typedef struct OfferedRow {
    int64_t at_ms;
    int64_t noticed_ms;   /* TIME_NEVER: not */
    int64_t over_ms;      /* TIME_NEVER: not within the run */
    int32_t node;         /* -1: of a domain or a storage pool */
    uint32_t devices;     /* of the node, 0: all; else which domain or pool */
    int32_t kind;         /* row of kind_name */
    uint8_t scope;        /* FaultScope of core/fault.h */
    uint8_t masked;       /* it did nothing: its target was out already */
} OfferedRow;

typedef struct FaultColumns {
    int32_t count, capacity;
    int64_t left_out;      /* rows that were one too many */
    OfferedRow *rows;
    const char **kind_name, **node_name;
} FaultColumns;

/* A fault stopped a unit of work (a synchronous job, or a task), or made a remedy move it. */
typedef struct HitRow {
    int64_t at_ms;
    int32_t job;           /* row of the table of jobs */
    int32_t kind;          /* row of FaultColumns.kind_name; -1: nobody knows */
    int32_t node;
    double lost_gpu_s;     /* work and grace */
    double hung_gpu_s;     /* held until the unit ran again or gave up its GPUs */
} HitRow;

typedef struct HitColumns {
    int32_t count, capacity;
    int64_t left_out;
    HitRow *rows;
} HitColumns;

/* How a node stood when it was not simply up. */
typedef struct NodeStateRow {
    int64_t from_ms, to_ms;
    int32_t node;
    int32_t kind;          /* of the fault that made it so; -1: none */
    uint8_t state;         /* NodeState of sim/experiment/node_state.h */
    uint8_t stage;         /* 1 + DownStage; 0: nothing is out */
} NodeStateRow;

typedef struct NodeStateColumns {
    int32_t count, capacity;
    int64_t left_out;
    NodeStateRow *rows;
    const char **kind_name, **node_name;
} NodeStateColumns;

/* What GPUs did, as means over steps of equal length. */
typedef enum OverSeries {
    OVER_PRODUCTIVE,
    OVER_BUSY_LOW,         /* what a device counter would show, at least */
    OVER_BUSY_HIGH,        /* ... at most */
    OVER_ALLOCATED,
    OVER_DOWN,
    OVER_DRAINED,
    OVER_SPARE,
    OVER_ABSENT,           /* not there, and not paid for */
    OVER_SERIES_COUNT
} OverSeries;

/* What idle GPUs are put down to: three accounts by sub-account, and no_demand. */
#define IDLE_SERIES_COUNT (3 * LEDGER_SUBS + 1)

typedef struct OverTimeColumns {
    int32_t count;
    int64_t step_ms;       /* the last one may be shorter */
    double *pct[OVER_SERIES_COUNT]; /* [count] of all nodes' GPUs, per cent */
    int32_t idle_count;    /* series of idle GPUs that hold something */
    const char **idle_name; /* [idle_count] "fragmented.gpu", "no_demand" ... */
    double **idle_pct;     /* [idle_count][count] of the capacity, per cent */
} OverTimeColumns;

extern const char *const OVER_SERIES_NAMES[OVER_SERIES_COUNT];

/* GPUs in use, as means over whole steps from the beginning of the run. */
typedef struct AllocationSeries {
    int32_t count;
    int64_t step_ms;
    double *gpus;          /* [count] */
} AllocationSeries;

/* What MSER-5 says of a variant; sim/experiment/mser.h. Never applied. */
typedef struct MserAdvice {
    bool known;            /* the run has batches enough */
    bool rejected;         /* the cut would be in the second half: the run is too short to tell */
    int32_t batches;
    int64_t step_ms;       /* of a batch */
    int64_t warmup_ms;     /* the cut */
} MserAdvice;

/* What faults of one name cost. */
typedef struct ComponentRow {
    const char *name, *source; /* source "": the scenario's own */
    double offered, began, interruptions;
    double lost_gpu_hours, hung_gpu_hours, out_gpu_hours;
} ComponentRow;

/* Jobs of about one size that held whole GPUs for a day or more. */
typedef struct SizeRow {
    int64_t gpus;              /* at least so many, less than twice */
    double jobs, interruptions;
    double run_hours;          /* sum over jobs, of the time that they held their GPUs */
    double productive_gpu_hours, held_gpu_hours, wall_gpu_hours; /* wall: with the time in the queue */
} SizeRow;
#define SIZE_ROWS_MAX 32

/* One row after each policy pass. */
typedef struct SeriesColumns {
    int32_t count;
    int64_t *time_ms, *arrived_milli, *used_milli, *idle_milli;
    double *fragmented_milli;           /* FGD measure, cluster */
    int32_t *jobs_waiting;
} SeriesColumns;

/* What the requests of one service met. NAN: there were none. */
typedef struct ServiceSummary {
    const char *name;
    double requests;
    double latency_mean_ms, latency_ratio; /* of requests out of overload; against an idle replica */
    double overload_share, unserved_share; /* of all requests */
} ServiceSummary;

typedef struct ExpectList ExpectList;

/* What an expectation found in one replication. */
typedef struct SeenValue {
    bool known;       /* false: text says why there is none */
    double number;    /* times in ms; INFINITY: never */
    const char *text; /* of a text; "" : none */
} SeenValue;

/* ---- money: docs/costs.md ---- */

#define PICO INT64_C(1000000000000) /* parts of a GPU-hour that are told apart */

/* What GPU time of one account cost in one charge period. Amounts of money are micro-USD. */
typedef struct CostRow {
    int32_t period;           /* row of CostBook.period_begin_ms */
    int32_t type;             /* kernel type */
    int32_t tenant;           /* row of CostBook.tenant_name; -1: nobody's */
    int32_t commitment;       /* of CostModel.commitments, that covers it; -1: none does */
    Account account;
    int64_t gpu_hours;        /* whole ones, */
    int64_t gpu_hours_pico;   /* and 1e-12 of one: 0 .. 1e12 - 1 */
    int64_t list, contracted; /* at the list price; at the negotiated one */
    int64_t billed;           /* 0 where a commitment covers it, and of owned nodes */
    int64_t effective;        /* what it costs, energy aside */
    int64_t energy_usd;       /* of owned nodes, on top of effective */
    int64_t energy_wh;        /* at the meter, PUE included, whoever pays */
    int64_t carbon_mg;
} CostRow;

typedef struct CommitmentRow {
    double bought_gpu_hours, used_gpu_hours, eligible_gpu_hours; /* in the run's time; of a spend
                                                                  * commitment: at its own prices */
    int64_t used, unused;    /* micro-USD, amortised: they sum to what it cost in that time */
    int64_t on_demand;       /* what the covered hours would have cost at the contracted price */
    int64_t upfront;         /* billed when the term begins, if that is within the run */
    int64_t recurring;       /* billed hour by hour */
} CommitmentRow;

/* Costs of a run, or the means over the replications of a variant. In integers, to the micro-USD:
 * sum of rows' effective + energy_usd, of commitments' unused and of overheads = total. */
typedef struct CostBook {
    int32_t period_count;
    int64_t *period_begin_ms; /* [period_count + 1] the last is the end of the run */
    int32_t tenant_count;
    const char **tenant_name;
    int32_t row_count;
    CostRow *rows;            /* by period, type, tenant, account, commitment */
    int32_t commitment_count;
    CommitmentRow *commitments;        /* of the whole run: the sums of those of its periods */
    CommitmentRow *commitment_periods; /* [period_count * commitment_count] by period */
    int32_t overhead_count;
    const char **overhead_name; /* "staff", "cpu nodes" and those of the scenario */
    int64_t *overhead;        /* [overhead_count] micro-USD: sums of those of the periods */
    int64_t *overhead_periods; /* [period_count * overhead_count] by period */
    int64_t total;            /* micro-USD */
    int64_t energy_wh, carbon_mg; /* with nodes without GPUs */
} CostBook;

/* Beside the ledger, for who pays: rows [tenant * type_count + type], in milli-GPU ms ppm. Tenants
 * as in the ledger; of quota_idle also queues above others, which are numbered alike. */
typedef struct UsageMemo {
    int32_t type_count, tenant_count;
    Int128 *cards;      /* devices that it had a part of, each as a whole one */
    Int128 *over_use;   /* used beyond what was asked for, as long as it held GPUs */
    Int128 *quota_idle; /* idle while so much of its quota was not used; NULL: no queue has one */
} UsageMemo;

typedef struct ShowbackLine {
    const char *name;
    double requested_gpu_hours;  /* held, as the ledger charges it: fractions as fractions */
    double used_gpu_hours;       /* less what it left idle, and what it used beyond */
    double productive_gpu_hours;
    double gpu_hours_as_cards;   /* held, a part of a card as a whole one: a known error */
    int64_t direct;              /* micro-USD: of its own accounts, and of over-use */
    int64_t over_use;            /* ... of which beyond what it asked for */
    int64_t workload_idle;       /* ... of which held and not used */
    int64_t idle;                /* its part of idle cost */
    int64_t unused_quota;        /* ... of which behind its own quota */
    int64_t shared;
    int64_t total;               /* direct + idle + shared */
} ShowbackLine;

/* Lines of one grouping; they sum to CostBook.total to the micro-USD. */
typedef struct Showback {
    int32_t unit_count; /* lines of somebody come first */
    int32_t count;      /* then, where they are not empty: __idle__, __unallocated__, __platform__ */
    ShowbackLine *lines;
    int64_t total;
} Showback;

typedef struct ShowbackSet {
    ShowbackBy by;
    Showback of[SHOWBACK_BY_COUNT]; /* lines NULL: not told apart from the one before */
} ShowbackSet;

typedef struct ReplicationResult {
    uint32_t replication;
    Status status;
    uint64_t fact_hash;
    double metric[METRIC_COUNT]; /* NAN: does not apply; INFINITY: beyond the end of the run */
    Ledger ledger;
    const char **tenant_name;    /* [ledger.tenant_count] queues; NULL: not known */
    LoadCurve curve;
    JobColumns *jobs;            /* NULL: not kept */
    SeriesColumns *series;       /* NULL: not kept */
    IntervalColumns *intervals;  /* NULL: not kept */
    AttemptColumns *attempts;    /* NULL: not kept */
    int32_t service_count;
    ServiceSummary *services;    /* [service_count] */
    FaultColumns *faults;        /* NULL: not kept, or nothing fails */
    NodeStateColumns *states;    /* likewise */
    HitColumns *hits;            /* likewise */
    OverTimeColumns *over_time;  /* NULL: not kept */
    int32_t component_count;
    ComponentRow *components;    /* [component_count] */
    int32_t size_count;
    SizeRow *sizes;              /* [size_count] ascending */
    SeenValue *seen;             /* [expectations of the experiment]; NULL: there are none */
    CostBook *costs;             /* NULL: nothing has a price */
    UsageMemo *memo;             /* NULL: nothing has a price */
    struct CostSums *cost_sums;  /* the same before rounding: sim/experiment/cost_sums.h */
    AllocationSeries allocation;
    uint64_t workload_hash;      /* sim/experiment/workload_hash.h */
} ReplicationResult;

/* Mean, deviation and 95 % t interval over replications; sd = 0 is deterministic: the interval is the mean. */
typedef struct MetricSummary {
    double mean, sd, ci_low, ci_high;
    int32_t count;
} MetricSummary;

typedef struct LedgerAmount {
    double gpu_hours, usd;
} LedgerAmount;

typedef struct TenantSummary {
    const char *name;
    LedgerAmount account[ACCOUNT_COUNT];
} TenantSummary;

/* Means of the replications' ledgers; NAN where there is no replication. */
typedef struct LedgerSummary {
    double capacity_gpu_hours;
    LedgerAmount account[ACCOUNT_COUNT];
    LedgerAmount sub[ACCOUNT_COUNT][LEDGER_SUBS];
    int32_t tenant_count;        /* queues that the first replication met */
    TenantSummary *tenants;
} LedgerSummary;

typedef struct VariantResult {
    const char *name;
    const Scenario *scenario;
    int32_t replication_count;
    ReplicationResult *replications;
    MetricSummary metric[METRIC_COUNT];
    LoadCurve mean_curve, sd_curve;
    LedgerSummary ledger;
    MserAdvice mser;
    CostBook *costs; /* NULL: nothing has a price */
    ShowbackSet *showback; /* NULL: nothing has a price */
} VariantResult;

typedef struct ExpectOutcome {
    const char *text;
    const char *variant;
    bool passed;
    double found;
    const char *found_text;
} ExpectOutcome;

/* Replications until an interval was narrow enough; sim/experiment/half_width.h. */
typedef struct HalfWidthStop {
    bool asked;
    MetricId metric;
    int64_t target_ppm;    /* largest 95 % half-width, of the mean */
    bool reached;
    double worst;          /* the half-width of the widest variant, of its mean; NAN: the metric
                            * does not apply */
    int32_t replications;  /* that were run */
} HalfWidthStop;

typedef struct ExperimentResult {
    const ScenarioSet *set;
    int32_t variant_count;
    VariantResult *variants;
    int32_t expect_count;
    ExpectOutcome *expects;
    HalfWidthStop until;
    const char *plan_json;       /* of a run of a planned fleet: how it was found; NULL: none */
} ExperimentResult;

#endif
