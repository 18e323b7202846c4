/* test_event_queue.c - the pending events come out in one total order, whatever happened to them
 * before. */
#include "core/event_queue.h"
#include "core/rng.h"
#include "tests/suite.h"

const char *const SUITE = "event_queue";

#define JOBS 40

/* Kinds of many entities, of one, of none. */
static const int32_t COUNTS[EVENT_KIND_COUNT] = {[EVENT_TASK_END] = JOBS,
                                                 [EVENT_TASK_STOPPED] = 7,
                                                 [EVENT_JOB_ARRIVAL] = 1,
                                                 [EVENT_TICK] = 1,
                                                 [EVENT_HORIZON] = 1};
#define ENTITIES (JOBS + 7 + 3)

/* The oracle: an unsorted list, searched for its smallest (time, kind, entity) each time. */
typedef struct Naive {
    int64_t time_ms[EVENT_KIND_COUNT][JOBS];
    bool pending[EVENT_KIND_COUNT][JOBS];
} Naive;

static bool naive_first(const Naive *naive, Event *first)
{
    bool any = false;
    for (int32_t kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        for (int32_t entity = 0; entity < COUNTS[kind]; entity++) {
            if (naive->pending[kind][entity] &&
                (!any || naive->time_ms[kind][entity] < first->time_ms)) {
                *first = (Event){naive->time_ms[kind][entity], kind, entity};
                any = true;
            }
        }
    }
    return any;
}

static int32_t naive_count(const Naive *naive)
{
    int32_t count = 0;
    for (int32_t kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        for (int32_t entity = 0; entity < COUNTS[kind]; entity++) {
            count += naive->pending[kind][entity] ? 1 : 0;
        }
    }
    return count;
}

static void check_pop(EventQueue *queue, Naive *naive)
{
    Event expected = {0, -1, -1};
    Event peeked = {0, -1, -1};
    Event popped = {0, -1, -1};
    bool any = naive_first(naive, &expected);
    CU_ASSERT_EQUAL(event_queue_peek(queue, &peeked), any);
    CU_ASSERT_EQUAL(event_queue_pop(queue, &popped), any);
    if (any) {
        CU_ASSERT(popped.time_ms == expected.time_ms && popped.kind == expected.kind &&
                  popped.entity == expected.entity);
        CU_ASSERT(peeked.time_ms == popped.time_ms && peeked.kind == popped.kind &&
                  peeked.entity == popped.entity);
        naive->pending[popped.kind][popped.entity] = false;
    }
}

/* Goal: set, move, cancel and pop in any mixture keep the order. Method: 20,000 random operations
 * with few distinct times (so that ties are common) beside a naive list. */
static void agrees_with_a_naive_list(void)
{
    Arena arena;
    arena_init(&arena);
    EventQueue queue;
    CU_ASSERT_FATAL(event_queue_init(&queue, &arena, COUNTS));
    CU_ASSERT_EQUAL(queue.capacity, ENTITIES);
    Naive naive = {0};
    DrawAddress address = {.seed = 7, .purpose = PURPOSE_TEST};
    for (uint32_t n = 0; n < 20000; n++) {
        uint64_t word = rng_u64(address, n);
        static const EventKind KINDS[] = {EVENT_JOB_ARRIVAL,  EVENT_HORIZON,  EVENT_TICK,
                                          EVENT_TASK_STOPPED, EVENT_TASK_END, EVENT_TASK_END,
                                          EVENT_TASK_END,     EVENT_TASK_END};
        EventKind kind = KINDS[word % 8];
        int32_t entity = (int32_t)((word >> 8) % (uint64_t)COUNTS[kind]);
        switch ((word >> 32) % 5) {
        case 0:
            check_pop(&queue, &naive);
            break;
        case 1:
            event_queue_cancel(&queue, kind, entity);
            naive.pending[kind][entity] = false;
            break;
        default:
            naive.time_ms[kind][entity] = (int64_t)((word >> 40) % 50);
            naive.pending[kind][entity] = true;
            event_queue_set(&queue, kind, entity, naive.time_ms[kind][entity]);
        }
        Event found = {0, -1, -1};
        bool pending = naive.pending[kind][entity];
        CU_ASSERT_EQUAL(queue.count, naive_count(&naive));
        CU_ASSERT_EQUAL(event_queue_find(&queue, kind, entity, &found), pending);
        CU_ASSERT(!pending || found.time_ms == naive.time_ms[kind][entity]);
    }
    while (queue.count > 0) {
        check_pop(&queue, &naive);
    }
    check_pop(&queue, &naive);
    arena_free(&arena);
}

/* Goal: the order inside one instant is what event_queue.h says; it is a hidden policy. Method: the
 * codes themselves, and all kinds set for one instant, the last of each kind and entity first. */
static void order_inside_one_instant(void)
{
    static const EventKind IN_ORDER[EVENT_KIND_COUNT] = {
        EVENT_TASK_END,   EVENT_TASK_STOPPED, EVENT_JOB_LIMIT,    EVENT_TASK_READY,
        EVENT_TASK_USAGE, EVENT_CHECKPOINT,   EVENT_FAULT_END,    EVENT_REPAIR,
        EVENT_FAULT,      EVENT_NOTICE,       EVENT_FAULT_TIMER,  EVENT_DRAIN,
        EVENT_GANG,       EVENT_SPARE,        EVENT_JOB_ELIGIBLE, EVENT_JOB_ARRIVAL,
        EVENT_WAKE,       EVENT_RECOMPUTE,    EVENT_TICK,         EVENT_PLAN_TICK,
        EVENT_HORIZON};
    int32_t counts[EVENT_KIND_COUNT];
    Arena arena;
    arena_init(&arena);
    EventQueue queue;
    for (int32_t kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        CU_ASSERT_EQUAL((int32_t)IN_ORDER[kind], kind);
        counts[kind] = kind < (int32_t)EVENT_JOB_ARRIVAL ? 3 : 1;
    }
    CU_ASSERT_FATAL(event_queue_init(&queue, &arena, counts));
    for (int32_t kind = EVENT_KIND_COUNT - 1; kind >= 0; kind--) {
        for (int32_t entity = counts[kind] - 1; entity >= 0; entity--) {
            event_queue_set(&queue, (EventKind)kind, entity, 5);
        }
    }
    event_queue_set(&queue, EVENT_TASK_END, 2, 4); /* an earlier instant comes first */
    Event event = {0, 0, 0};
    CU_ASSERT(event_queue_pop(&queue, &event));
    CU_ASSERT(event.time_ms == 4 && event.kind == EVENT_TASK_END && event.entity == 2);
    for (int32_t kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        for (int32_t entity = 0; entity < counts[kind] - (kind == EVENT_TASK_END); entity++) {
            CU_ASSERT(event_queue_pop(&queue, &event));
            CU_ASSERT(event.time_ms == 5 && event.kind == kind && event.entity == entity);
        }
    }
    CU_ASSERT_EQUAL(queue.count, 0);
    arena_free(&arena);
}

/* Goal: an entity has one pending event, so the queue's bound holds. Method: set the same one again
 * and again. */
static void setting_again_moves(void)
{
    Arena arena;
    arena_init(&arena);
    EventQueue queue;
    CU_ASSERT_FATAL(event_queue_init(&queue, &arena, COUNTS));
    event_queue_set(&queue, EVENT_TASK_END, 1, 100);
    for (int64_t time_ms = 200; time_ms > 10; time_ms--) {
        event_queue_set(&queue, EVENT_TASK_END, 0, time_ms);
        CU_ASSERT_EQUAL(queue.count, 2);
    }
    Event event = {0};
    CU_ASSERT(event_queue_pop(&queue, &event));
    CU_ASSERT_EQUAL(event.time_ms, 11);
    event_queue_cancel(&queue, EVENT_TASK_END, 0); /* not pending: nothing happens */
    CU_ASSERT_EQUAL(queue.count, 1);
    arena_free(&arena);
}

/* Goal: more entities than an int32_t can number are refused, not wrapped. */
static void too_many_entities(void)
{
    Arena arena;
    arena_init(&arena);
    EventQueue queue;
    const int32_t counts[EVENT_KIND_COUNT] = {INT32_MAX, 1, 1};
    CU_ASSERT(!event_queue_init(&queue, &arena, counts));
    CU_ASSERT(arena.failed);
    arena_free(&arena);
}

const TestCase CASES[] = {
    {"agrees with a naive list over random operations", agrees_with_a_naive_list},
    {"order inside one instant: by kind, then entity", order_inside_one_instant},
    {"setting a pending event moves it", setting_again_moves},
    {"too many entities are refused", too_many_entities},
    {NULL, NULL},
};
