/* remedy.h - something degraded or failed: what now, when, who does it?
 *
 * A remedy policy is a pure function from a notice to an action; the engine carries it out
 * (sim/engine/remedy.c) and does the timing. Options are plain fields; a preset is a row.
 */
#ifndef CORE_REMEDY_H
#define CORE_REMEDY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/fault.h"

typedef struct World World;

/* What a remedy can see. A node that does not answer is always seen, after silent_ms. */
typedef enum Signals {
    SIGNALS_NONE = 0, /* silence only */
    SIGNALS_GPU = 1,  /* Xids, clocks: what DCGM says */
    SIGNALS_ALL = 2   /* storage, network and cores too */
} Signals;

typedef enum NoticeKind {
    NOTICE_FAULT = 0, /* a fault's signal is seen, or its node has been silent for silent_ms */
    NOTICE_TIMER = 1  /* the fault is still there: after_ms have passed, or a cure did not help */
} NoticeKind;

/* All that a remedy is told. */
typedef struct Notice {
    int32_t kind;     /* NoticeKind */
    int32_t slot;     /* of World.health */
    int32_t node;     /* -1: a pool */
    uint32_t devices; /* of the node; 0: all of it */
    const FaultKind *fault;
    bool silent_only;    /* its node fell silent: what is wrong with it is not known yet */
    int32_t score_ppm;   /* what is left of the node: the least of its lanes and devices; 0: out */
    int32_t node_faults; /* noticed on this node in ban_window_ms, this one counted */
    int32_t same_class;  /* of these, of this class */
    int32_t timers;      /* cures of this fault that did not help so far */
} Notice;

typedef enum ActionWhom { WHOM_NOBODY = 0, WHOM_DEVICES = 1, WHOM_NODE = 2 } ActionWhom;

typedef enum ActionWhen {
    WHEN_NOW = 0,
    WHEN_CHECKPOINT = 1, /* as soon as the job's next checkpoint is durable */
    WHEN_ENDED = 2       /* when they end by themselves */
} ActionWhen;

/* What to do. Zero: nothing. */
typedef struct RemedyAction {
    uint8_t cordon;      /* ActionWhom: takes nothing new from now on */
    uint8_t evict;       /* ActionWhom: whose tasks stop */
    uint8_t when;        /* ActionWhen */
    bool limited;        /* the eviction waits for its turn in the zone (eviction rate, brake) */
    bool derate;         /* the packer is told what is left of the lanes */
    bool needs_room;     /* who still works stops only if a place for it is free elsewhere */
    bool ban;            /* the node does not come back when it is mended */
    uint8_t cure;        /* FaultCure to try once nothing runs there; CURE_TIME: none */
    int64_t grace_ms;    /* a task's own grace is cut to it; TIME_NEVER: its own */
    int64_t deadline_ms; /* from the fault's start: who is still there stops then; TIME_NEVER */
    int64_t after_ms;    /* tell me again after so long if the fault is still there; 0: no */
} RemedyAction;

/* What the rest of a gang does that has lost a member. */
typedef enum GangLoss {
    GANG_LOSS_STOPS = 0,   /* all of it goes back to the queue at once */
    GANG_LOSS_WAITS = 1,   /* it keeps its devices while the member is replaced (Kubernetes Job) */
    GANG_LOSS_STALE = 2,   /* it waits, and is stopped if short of its minimum for stale_ms (KAI) */
    GANG_LOSS_REPLACES = 3 /* one attempt to replace the member at once, else all stop (Kueue) */
} GangLoss;

/* Faults of one node are remembered up to so many: a ban cannot ask for more. */
#define REMEDY_BAN_FAULTS_MAX 16

typedef enum DrainMode { DRAIN_IMMEDIATE, DRAIN_COMPLETION, DRAIN_TIMEOUT } DrainMode;

typedef struct RemedyOptions {
    int32_t signals;     /* Signals */
    int64_t detect_ms;   /* from the start of a fault to its signal */
    int64_t silent_ms;   /* from the last heartbeat until a node counts as not ready */
    int64_t tolerate_ms; /* from then until its tasks are evicted */
    /* zone brake; evict_every_ms 0: no limit */
    int64_t evict_every_ms, evict_every_slow_ms;
    int32_t brake_ppm;       /* share of a zone's nodes that are not ready; 0: no brake */
    int32_t brake_nodes_min; /* ... and at least so many */
    int32_t small_zone;      /* zones of at most so many nodes stop evicting altogether */
    /* drains */
    int32_t drain; /* DrainMode */
    int64_t drain_grace_ms, drain_timeout_ms;
    bool partial; /* only the faulty GPU's tasks, where a reset is enough */
    int64_t reset_ms, reboot_ms;
    int32_t breaker_ppm;       /* no more cordons while this share of the fleet was cordoned ... */
    int64_t breaker_window_ms; /* ... within so long; breaker_ppm 0: none */
    /* gangs and retries */
    int32_t gang_loss; /* GangLoss */
    int64_t stale_ms;
    int64_t backoff_ms, backoff_max_ms; /* of a task that failed: doubles; 0: at once */
    int32_t backoff_limit;              /* failures beyond it fail the job; -1: no limit */
    bool evictions_fail;                /* a task that is evicted has failed, and waits as long */
    bool losses_fail;       /* a gang that stops for a lost member has failed, once for all of it */
    bool restarts_in_place; /* tasks of a node that comes back before they were evicted go on there
                             */
    bool
        counts_capacity; /* an out device lowers the count, its task still counts (device plugin) */
    bool shrinks;        /* an elastic job goes on without the members it lost */
    bool stays_down;     /* a node that comes back by itself after it was given up stays out */
    /* agent */
    int32_t score_min_ppm; /* below it a node's tasks are moved */
    int32_t move_when;     /* ActionWhen */
    int32_t ban_faults;    /* so many within ban_window_ms ban a node; 0: never */
    int64_t ban_window_ms;
    bool derates;
    /* people and reserves */
    int32_t spares;                  /* nodes held back */
    int32_t spares_ppm;              /* or this share of each pool of nodes */
    int64_t spare_start_ms;          /* from the decision until a spare is in service */
    int32_t technicians;             /* at the same time; 0: as many as it takes */
    int64_t shift_begin_ms;          /* of the day */
    int64_t shift_length_ms;         /* 0: round the clock */
    int32_t shift_days;              /* bits: Monday is 1 */
    int64_t cost_micro_usd_per_hour; /* of a technician's paid hour */
} RemedyOptions;

typedef struct RemedyPolicy {
    const char *name;
    const char *summary;
    bool reads_nodes; /* signals of faults that take a node out; else it only falls silent */
    RemedyAction (*react)(const World *world, const Notice *notice);
} RemedyPolicy;

#endif
