/* queue.h - the tree of queues among which a fleet is shared: constant for a run.
 *
 * Jobs belong to leaves; what a queue holds counts for all queues above it. A cohort is a queue
 * above others. Amounts are in the kernel's lanes (milli-GPU, milli-core, MiB, ...).
 */
#ifndef CORE_QUEUE_H
#define CORE_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/packing/gpupack.h"

typedef int32_t QueueId;

#define QUEUE_UNLIMITED INT64_MAX
#define QUEUES_MAX 4096
#define FLAVORS_MAX 16

/* From whom a queue takes back what is its own; whom its jobs may stop in the queue itself. */
typedef enum ReclaimFrom {
    RECLAIM_POLICY = -1, /* as the evict policy says */
    RECLAIM_NEVER = 0,
    RECLAIM_LOWER_PRIORITY = 1,
    RECLAIM_ANY = 2
} ReclaimFrom;
typedef enum PreemptWithin {
    PREEMPT_POLICY = -1,
    PREEMPT_NEVER = 0,
    PREEMPT_LOWER_PRIORITY = 1,
    PREEMPT_LOWER_OR_NEWER_EQUAL = 2
} PreemptWithin;

/* Amounts of one flavor, or of the whole queue. */
typedef struct QueueQuota {
    int64_t nominal[GP_AXES]; /* its own; QUEUE_UNLIMITED: no quota is set */
    int64_t borrow[GP_AXES];  /* most above nominal; QUEUE_UNLIMITED: what the others lend */
    int64_t lend[GP_AXES];    /* most that others may use of nominal; QUEUE_UNLIMITED: all */
} QueueQuota;

typedef struct Queue {
    const char *name;
    const char *team, *tenant; /* whose costs it has; NULL: its own name, its root's */
    QueueId parent;            /* -1: a root */
    int32_t depth;             /* 0: a root */
    int32_t child_count;
    QueueId first_child, next_sibling; /* in order of their ids; -1: none (queues_link) */
    QueueQuota quota;                  /* over all flavors */
    int64_t guarantee[GP_AXES];        /* never lent; 0: none */
    int64_t limit[GP_AXES];            /* never exceeded; QUEUE_UNLIMITED: none */
    int64_t weight_ppm;          /* of what is left over, among siblings; 1000000 by default */
    int32_t priority;            /* before other queues; a partition's tier */
    int32_t reclaim;             /* ReclaimFrom */
    int32_t preempt;             /* PreemptWithin */
    int64_t min_run_ms;          /* its jobs are not evicted before */
    int64_t default_limit_ms;    /* believed run time of jobs without a time limit; 0: none */
    int32_t strict;              /* 1: its head blocks it, 0: not, -1: as the scan policy says */
    uint64_t group_set;          /* nodes that its jobs may use (dedicated nodes); 0: all */
    int32_t flavor_count;        /* 0: one quota over all nodes */
    int32_t flavor[FLAVORS_MAX]; /* in the order in which they are tried: flavor ids */
    QueueQuota flavor_quota[FLAVORS_MAX]; /* beside flavor[] */
} Queue;

/* A kind of node with quotas of its own (Kueue's ResourceFlavor). */
typedef struct Flavor {
    const char *name;
    uint64_t group_set; /* nodes; 0: all */
} Flavor;

typedef struct QueueTree {
    int32_t count;      /* at least 1 */
    Queue *queues;      /* [count]; [0] is "default", then those declared, then those only named as
                           parents */
    const char **names; /* [count] of the same, for job_table_build */
    bool declared;      /* `queues:` is given */
    int32_t flavor_count; /* at least 1: flavor 0 of a scenario without flavors is every node */
    Flavor *flavors;
} QueueTree;

/* A queue with no quota, no limit, weight 1. */
Queue queue_default(const char *name);

/* Fills depth, child_count and the links from the parents, which form no cycle. */
void queues_link(Queue *queues, int32_t count);

/* Queue by name, or -1. */
QueueId queue_find(const QueueTree *tree, const char *name);

#endif
