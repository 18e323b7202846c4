/* event_queue.h - what is still to come, in a total order.
 *
 * An indexed heap, updated in place: at most one pending event for each (kind, entity), so its size
 * has a bound known before the run. Kinds of one entity (the next arrival, ticks) come and go all
 * the time and stand beside it. Order: time, then phase (kind), then entity. The order
 * inside one instant is a hidden policy, so it is written here once and pinned by a test:
 * completions first, then failures and repairs, node arrivals, job arrivals, ticks; a policy pass
 * follows when the instant is exhausted.
 */
#ifndef CORE_EVENT_QUEUE_H
#define CORE_EVENT_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"

/* The phase order within one instant. Codes are part of the order: never renumber. */
typedef enum EventKind {
    EVENT_TASK_END = 0,     /* entity = task; the first of a synchronous job stands for all */
    EVENT_TASK_STOPPED = 1, /* entity = task: its grace is over */
    EVENT_JOB_LIMIT = 2,    /* entity = job: its time limit */
    EVENT_TASK_READY = 3,   /* entity = task: its start-up is over */
    EVENT_TASK_USAGE = 4,   /* entity = task: its utilisation changes */
    EVENT_CHECKPOINT = 5,   /* entity = unit: a checkpoint that contends begins or is written */
    EVENT_FAULT_END = 6,    /* entity = fault slot: time has cured it */
    EVENT_REPAIR = 7,       /* entity = fault slot: a stage of its repair is over */
    EVENT_FAULT = 8,        /* entity = 0: the next offered fault */
    EVENT_NOTICE = 9,       /* entity = fault slot: its signal is seen */
    EVENT_FAULT_TIMER = 10, /* entity = fault slot: the remedy asked to be told again */
    EVENT_DRAIN = 11, /* entity = node: a drain's deadline, or an eviction's turn in the zone */
    EVENT_GANG = 12,  /* entity = job: its gang has been short of members for too long */
    EVENT_SPARE = 13, /* entity = node: a spare is in service */
    EVENT_JOB_ELIGIBLE = 14, /* entity = job: its requeue delay is over */
    EVENT_JOB_ARRIVAL = 15,  /* entity = 0: the next job of the table */
    EVENT_WAKE = 16,         /* entity = 0: some policy asked to be asked again */
    EVENT_RECOMPUTE = 17,    /* entity = 0: order keys and shares that drift */
    EVENT_TICK = 18,         /* entity = 0: a periodic scheduler's cycle */
    EVENT_PLAN_TICK = 19,    /* entity = 0: a planning (backfill) pass */
    EVENT_HORIZON = 20,      /* entity = 0 */
    EVENT_KIND_COUNT = 21
} EventKind;

typedef struct Event {
    int64_t time_ms;
    int32_t kind;
    int32_t entity;
} Event;

typedef struct EventQueue {
    int32_t count; /* pending events */
    int32_t capacity;
    int32_t base[EVENT_KIND_COUNT + 1]; /* first slot of each kind */
    int32_t heap_count;
    Event *heap;       /* [capacity] the four below place i stand at 4 i + 1 and after it */
    int32_t *position; /* [capacity] by slot: place in the heap + 1; 0: not there */
    /* kinds of one entity */
    uint32_t single_kinds;               /* bits (1 << EventKind) */
    uint32_t single_pending;             /* of these, the ones that are pending */
    int32_t single_first;                /* the one that comes first; -1: none is pending */
    int64_t single_ms[EVENT_KIND_COUNT]; /* when */
} EventQueue;

/* entity_count[k]: entities of kind k. False if memory ran out. */
bool event_queue_init(EventQueue *queue, Arena *arena,
                      const int32_t entity_count[EVENT_KIND_COUNT]);

/* Sets or moves the pending event of (kind, entity). */
void event_queue_set(EventQueue *queue, EventKind kind, int32_t entity, int64_t time_ms);
void event_queue_cancel(EventQueue *queue, EventKind kind, int32_t entity);
/* Can events of a kind with many entities occur in this run? Only then may they be asked for. */
static inline bool event_queue_knows(const EventQueue *queue, EventKind kind)
{
    return queue->base[kind + 1] > queue->base[kind];
}
/* Is there a pending event of (kind, entity), and when? */
bool event_queue_find(const EventQueue *queue, EventKind kind, int32_t entity, Event *found);
bool event_queue_peek(const EventQueue *queue, Event *next);
bool event_queue_pop(EventQueue *queue, Event *next);
/* The same if that event is due by then. */
bool event_queue_pop_due(EventQueue *queue, int64_t now_ms, Event *next);

#endif
