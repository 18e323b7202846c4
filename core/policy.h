/* policy.h - the slots of a scheduler, one contract each.
 *
 * A policy is a const struct of functions with its name and one-line summary. It reads the World,
 * asks what-if questions in the trial, and returns what it wants; only the engine changes the
 * World. Slots that are not here yet: remedy, provision.
 */
#ifndef CORE_POLICY_H
#define CORE_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/job.h"
#include "core/queue.h"

typedef struct World World;
typedef struct Trial Trial;
typedef struct Plan Plan;

/* Why a rule keeps a job back that would fit; names are the ledger's sub-accounts of `blocked`. */
typedef enum BlockReason {
    BLOCK_NONE = -1,
    BLOCK_QUOTA = 0,
    BLOCK_TENANCY = 1,
    BLOCK_HEAD_OF_LINE = 2,
    BLOCK_RESERVATION = 3,
    BLOCK_GANG_ASSEMBLY = 4,
    BLOCK_WINDOW = 5,
    BLOCK_NOT_YET_RUN = 6,
    BLOCK_REASON_COUNT = 7
} BlockReason;

/* ---- order: which queue, then which job inside it? ---- */

/* Lowest first: major, then minor, then (for tasks that are placed one by one) the number of tasks
 * placed, then the job's id. */
typedef struct OrderKey {
    int64_t major, minor;
} OrderKey;

#define QUEUE_KEY_PARTS 8

typedef struct OrderPolicy {
    const char *name;
    const char *summary;
    OrderKey (*key)(const World *world, JobId job);
    /* Keys change while jobs wait: they are asked anew every OrderOptions.recompute_ms. Otherwise a
     * key changes only by the job's own events. */
    bool drifts;
    /* Which queue next, among siblings: the lexicographically lowest key, then the lowest id. head
     * is the job that would be next of it. NULL: there is one line of all jobs. */
    void (*queue_key)(const World *world, QueueId queue, JobId head, int64_t key[QUEUE_KEY_PARTS]);
    /* The job's priority as the source words it, at world->now_ms. NULL: its own number. */
    int64_t (*points)(const World *world, JobId job);
    /* Whoever has got a part goes back to the line with a new key before it gets more. */
    bool by_turns;
} OrderPolicy;

/* ---- share: what is each queue due? ---- */

/* One of several siblings among which an amount of one lane is divided. */
typedef struct ShareRow {
    QueueId queue;
    int32_t priority;
    int64_t weight;
    int64_t request; /* what it wants */
    int64_t owned;   /* quota or guarantee */
    int64_t cap;     /* never more */
    int64_t usage;   /* of late, USAGE_SHARE_ONE: the whole fleet */
    int64_t share;   /* the answer */
    int64_t rest;    /* memory of the division */
    bool done;
} ShareRow;

typedef struct ShareTable {
    int64_t *deserved; /* [queue * GP_AXES + lane] in the lane's unit; QUEUE_UNLIMITED: all */
    /* [queue] its present share as the source words it, x 1e6 (docs/shares.md) */
    int64_t *share_ppm;
    ShareRow *rows; /* [queue] memory of compute */
} ShareTable;

typedef struct SharePolicy {
    const char *name;
    const char *summary;
    /* Fills the whole table from the World's queue columns. NULL: no shares are computed. */
    void (*compute)(const World *world, ShareTable *table);
    bool drifts; /* depends on time too (decayed usage) */
    bool caps;   /* a queue at or above what it deserves starts nothing (admit: deserved) */
} SharePolicy;

/* ---- admit: may it start now, as far as rules go? ---- */

typedef struct Admission {
    BlockReason block; /* BLOCK_NONE: it may */
    int32_t flavor;    /* whose quota it uses */
    bool borrows;      /* from others in the cohort */
} Admission;

typedef struct AdmitPolicy {
    const char *name;
    const char *summary;
    /* May so many more tasks of the job start? The answer holds for all jobs of its class with the
     * same priority until something changes. */
    Admission (*admits)(const World *world, JobId job, int32_t task_count);
    /* Admission is a step of its own: an admitted job holds its quota while it waits for places.
     * task_count is then all that is open of it. */
    bool stages;
    /* Where it is: may so many tasks of an admitted job be placed now? NULL: they may. */
    Admission (*starts)(const World *world, JobId job, int32_t task_count);
    /* Where it is: everybody who waits is asked, in order, before shares are worked out and before
     * anybody is placed. */
    bool gates;
    bool counts_fixed; /* reads World.queue_fixed */
} AdmitPolicy;

/* ---- scan: what happens behind a job that cannot start? ---- */

typedef enum ScanBehind {
    SCAN_BEHIND_WAITS,      /* strict: everybody behind it waits */
    SCAN_BEHIND_TRIES,      /* skip: the next one is tried */
    SCAN_BLOCKED_LEAVES,    /* drop: the blocked job itself is dropped for good */
    SCAN_HEAD_RESERVES,     /* EASY: the first blocked job gets a reservation */
    SCAN_EVERYBODY_RESERVES /* conservative: each blocked job gets one */
} ScanBehind;

typedef struct ScanPolicy {
    const char *name;
    const char *summary;
    ScanBehind behind;
} ScanPolicy;

/* ---- evict: whose place may it take, what may be moved? ---- */

typedef enum EvictMode {
    EVICT_REQUEUE = 0, /* back to the queue, from its beginning */
    EVICT_CANCEL = 1,  /* ends as cancelled */
    EVICT_SUSPEND = 2  /* keeps its work and its place, gives back its devices for a while */
} EvictMode;

/* Who asks for room. */
typedef struct EvictAsk {
    JobId job;
    int32_t task_count;  /* that must be placed together */
    Admission admission; /* block != BLOCK_NONE: rules refuse it; else it fits nowhere */
} EvictAsk;

/* Who gives way. Victims stop after their grace; moved tasks stop and start again at their new
 * place in the same instant. Memory is the engine's. */
typedef struct EvictPlan {
    int32_t victim_count;
    TaskId *victims; /* [<= tasks that hold devices] */
    int32_t move_count;
    TaskId *moved;        /* likewise */
    GpPlacement *move_to; /* beside moved */
    int32_t place_count;  /* where the asker will go; 0: wherever it finds a place then */
    GpPlacement *places;  /* [world->largest_gang] */
    EvictMode mode;
    int64_t wake_ms; /* nobody now: ask again then; TIME_NEVER: no need */
    int32_t capacity; /* of victims and moved: so many tasks can hold devices at once */
    /* scratch of the policy */
    JobId *jobs;     /* [capacity] */
    int32_t *nodes;  /* [node] */
    int32_t *queues; /* [EVICT_QUEUE_ROWS * queue] */
} EvictPlan;

#define EVICT_QUEUE_ROWS 5

typedef struct EvictPolicy {
    const char *name;
    const char *summary;
    /* True if the plan makes room for the asker. The trial is rolled back by the caller. */
    bool (*propose)(const World *world, Trial *trial, const EvictAsk *ask, EvictPlan *plan);
    /* The asker goes to its places as soon as they are free, before anybody else (pipelined); else
     * it waits for its turn, its nodes closed to those behind it. */
    bool pipelines;
    bool whole_jobs; /* victims are whole jobs, so they may also be suspended */
    /* Who is higher may stop who is lower; a suspended job goes on before those who wait and are
     * not higher. NULL: all are equal. */
    int64_t (*rank)(const World *world, JobId job);
} EvictPolicy;

#endif
