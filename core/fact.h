/* fact.h - what happened: the only thing that leaves the engine.
 *
 * Facts are records of plain integers in the order in which they happened. Observers (the hash, the
 * ledger, the meters, the job log) read them and the constant World; none can steer the run.
 */
#ifndef CORE_FACT_H
#define CORE_FACT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/job.h"

typedef struct World World;

/* Codes are part of the fact hash: append only. */
typedef enum FactKind {
    FACT_JOB_SUBMITTED = 1,
    FACT_JOB_REJECTED = 2, /* larger than the fleet: value = GpDimension */
    FACT_JOB_DROPPED = 3,  /* did not fit and the scan drops; value = tasks that run all the same */
    FACT_TASK_PLACED = 4,  /* node, devices, value = MIG start */
    FACT_JOB_STARTED = 5,
    FACT_TASK_ENDED = 6, /* node, devices */
    FACT_JOB_ENDED = 7,
    FACT_PASS_DONE = 8, /* a policy pass ended; value = jobs started in it */
    FACT_RUN_ENDED = 9,
    FACT_JOB_ADMITTED = 10, /* value = flavor */
    FACT_TASK_STARTED = 11, /* it makes progress from now on: start-up and assembling are over */
    FACT_TASK_PAUSED = 12,  /* it holds its devices and makes no progress: its gang lost a member */
    FACT_TASK_RATE = 13,    /* own speed changed (shared card); value = ppm */
    FACT_JOB_RATE = 14,     /* the job's speed changed (slowest member, elastic); value = ppm */
    FACT_TASK_USAGE = 15,   /* value = utilisation in ppm */
    FACT_TASK_READY = 16,   /* its start-up is over */
    FACT_TASK_STOPPING = 17,  /* told to stop, in its grace; value = StopCause */
    FACT_TASK_EVICTED = 18,   /* gave back what it held before its end; value = StopCause */
    FACT_TASK_SUSPENDED = 19, /* gave back its devices, keeps its work */
    FACT_TASK_RESUMED = 20,   /* node, devices */
    FACT_JOB_REQUEUED = 21,   /* waits again; value = attempts so far */
    FACT_JOB_ELIGIBLE = 22,   /* its requeue delay is over */
    FACT_TASK_MOVED = 23,     /* evicted and placed elsewhere in this instant: both facts precede */
    FACT_JOB_LOST = 24, /* a synchronous job goes back to its last durable checkpoint, or to its
                         * beginning; value = StopCause */
    /* Of faults: node and devices (0: all); of a domain or pool node = -1, devices = which one */
    FACT_FAULT_OFFERED = 25, /* value = fault kind; job = -1. Masked or not */
    FACT_FAULT_BEGAN = 26,   /* the same, not masked; task = slot */
    FACT_FAULT_NOTICED = 27, /* task = slot */
    FACT_FAULT_STAGE = 28,   /* task = slot, value = DownStage */
    FACT_FAULT_OVER = 29,    /* task = slot */
    FACT_NODE_STATE = 30,    /* what is known of the node or of some device of it, or its lanes or
                              * speeds, changed; value = NodeMode */
    FACT_TASK_DIED = 31,     /* it holds its devices and is dead; value = fault kind */
    FACT_TASK_REVIVED = 32,  /* its node is back before anybody gave up: it goes on in its place */
    FACT_CHECKPOINT_BEGAN = 33, /* of a unit whose checkpoints contend; task = unit */
    FACT_CHECKPOINT_DONE = 34,
    FACT_TASK_LOST = 35,      /* FACT_JOB_LOST of a unit of one task */
    FACT_JOB_RETRY = 36,      /* a task failed and is tried again; value = failures so far */
    FACT_POOL_STATE = 37,     /* node = pool: what is left of it changed; value = ppm */
    FACT_FAULT_RETURNED = 38, /* task = slot: its repair changed nothing. It was over in this
                               * instant and is there again, not noticed yet; value = fault kind */
    FACT_TASK_FAILED = 39     /* its own process fails and is seen to at once; value = fault kind */
} FactKind;

/* Why a task stops before its end. */
typedef enum StopCause {
    STOP_PREEMPTED = 1,    /* for a job of its own queue */
    STOP_RECLAIMED = 2,    /* for a job of another queue */
    STOP_CONSOLIDATED = 3, /* moved, so that another fits */
    STOP_LIMIT = 4,        /* its time limit */
    STOP_GANG = 5,         /* its gang lost another member */
    STOP_NODE_FAILED = 6,  /* its node or GPU is out */
    STOP_DRAINED = 7,      /* moved away from what a remedy does not trust */
    STOP_FAILED = 8        /* its own process failed */
} StopCause;

typedef struct Fact {
    int64_t time_ms;
    int32_t kind; /* FactKind */
    JobId job;    /* -1: none */
    TaskId task;  /* -1: none */
    int32_t node; /* -1: none */
    uint32_t devices;
    int32_t value;
} Fact;

#define FACT_KINDS_MAX 64 /* codes are below */

/* Facts of one kind, as a set. */
#define FACT_SET(kind) (UINT64_C(1) << (kind))

/* What a node holds is another after them. */
#define FACTS_OF_PLACES                                                                            \
    (FACT_SET(FACT_TASK_PLACED) | FACT_SET(FACT_TASK_RESUMED) | FACT_SET(FACT_TASK_ENDED) |        \
     FACT_SET(FACT_TASK_EVICTED) | FACT_SET(FACT_TASK_SUSPENDED))

static inline bool fact_is_of(const Fact *fact, uint64_t set)
{
    return (set >> fact->kind & 1) != 0;
}

/* Either function may be NULL. `interval` is called before the clock moves: the World was like this
 * from from_ms to to_ms. */
typedef struct Observer {
    void *self;
    void (*fact)(void *self, const World *world, const Fact *fact);
    void (*interval)(void *self, const World *world, int64_t from_ms, int64_t to_ms);
    uint64_t hears; /* the facts that it is told of, as a set; 0: all */
} Observer;

#define OBSERVERS_MAX 16

/* A 64-bit XXH64 over all facts, little-endian, in order. */
typedef struct FactHash {
    void *state;
} FactHash;

int fact_hash_init(FactHash *hash); /* 0 if memory ran out */
Observer fact_hash_observer(FactHash *hash);
uint64_t fact_hash_finish(FactHash *hash); /* also frees */

#endif
