/* fact.h - what happened: the only thing that leaves the engine.
 *
 * Facts are records of plain integers in the order in which they happened. Observers (the hash, the
 * ledger, the meters, the job log) read them and the constant World; none can steer the run.
 */
#ifndef CORE_FACT_H
#define CORE_FACT_H

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
    FACT_RUN_ENDED = 9
} FactKind;

typedef struct Fact {
    int64_t time_ms;
    int32_t kind; /* FactKind */
    JobId job;    /* -1: none */
    TaskId task;  /* -1: none */
    int32_t node; /* -1: none */
    uint32_t devices;
    int32_t value;
} Fact;

/* Either function may be NULL. `interval` is called before the clock moves: the World was like this
 * from from_ms to to_ms. */
typedef struct Observer {
    void *self;
    void (*fact)(void *self, const World *world, const Fact *fact);
    void (*interval)(void *self, const World *world, int64_t from_ms, int64_t to_ms);
} Observer;

#define OBSERVERS_MAX 8

/* A 64-bit XXH64 over all facts, little-endian, in order. */
typedef struct FactHash {
    void *state;
} FactHash;

int fact_hash_init(FactHash *hash); /* 0 if memory ran out */
Observer fact_hash_observer(FactHash *hash);
uint64_t fact_hash_finish(FactHash *hash); /* also frees */

#endif
