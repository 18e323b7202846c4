/* engine.h - the loop: applies events, asks policies, applies decisions, emits facts. */
#ifndef SIM_ENGINE_ENGINE_H
#define SIM_ENGINE_ENGINE_H

#include "core/fact.h"
#include "core/plan.h"
#include "core/trial.h"
#include "core/world.h"
#include "models/crew.h"
#include "sim/engine/topology.h"
#include "sim/engine/writers.h"

/* A queue's key, as long as nothing was placed, given back or let in and its head is the same. */
typedef struct QueueMemo {
    uint32_t pass; /* 0: never */
    uint64_t version;
    JobId head;
    int64_t key[QUEUE_KEY_PARTS];
} QueueMemo;

typedef struct Engine {
    World *world;
    Trial trial;
    Plan *plan; /* NULL: the scan policy plans nothing */
    Observer observers[OBSERVERS_MAX];
    int32_t observer_count;
    uint16_t hearers[FACT_KINDS_MAX]; /* [FactKind] bits: the observers that are told of it */
    /* memory of one pass */
    JobId *walk_heap;      /* [class] the walks' heaps, line after line */
    WaitingWalk *walks;    /* [line] */
    QueueMemo *queue_memo; /* [queue] */
    EvictPlan evict;
    Crew crew;
    Topology topology;
    Writers writers; /* checkpoints on storage that many share */
    TaskId *batch;   /* [largest_gang] tasks that are being placed */
    struct Hold *holds; /* [largest_gang x NOMINEES_MAX] holds.h, of this pass */
    int32_t hold_count;
    JobId *rekeyed;        /* [job] those that wait, while their keys are asked anew; NULL: never */
    int32_t *device_ppm;   /* [task] what its cards allow; NULL: they are all as they should be */
    struct Flows *flows;   /* NULL: nobody streams */
    JobId halted;          /* its members stop one after another, and none waits for them; -1 */
    bool only_head;        /* behind a blocked job everybody waits, in every queue */
    struct Remedy *remedy; /* remedy_state.h; NULL: nothing fails */
    int64_t grace_most_ms; /* graces are cut to it for now; TIME_NEVER: none is */
    int64_t wake_ms;       /* the earliest instant at which a policy wants to be asked again */
} Engine;

/* All memory that the run needs. False if memory ran out. observer_count <= OBSERVERS_MAX. */
bool engine_init(Engine *engine, Arena *arena, World *world, const Observer *observers,
                 int32_t observer_count);

/* Runs to the horizon, or until no event is left. Nothing in it can fail. */
void engine_run(Engine *engine);

#endif
