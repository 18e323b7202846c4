/* event_queue.c - an indexed heap in which each (kind, entity) knows its place, so a pending event
 * moves in place; kinds of one entity beside it. */
#include "core/event_queue.h"

#include <assert.h>

/* Kind and entity in one word, so that the total order costs two comparisons. */
static uint64_t order_key(const Event *event)
{
    return (uint64_t)(uint32_t)event->kind << 32 | (uint32_t)event->entity;
}

static bool event_before(const Event *a, const Event *b)
{
    return a->time_ms != b->time_ms ? a->time_ms < b->time_ms : order_key(a) < order_key(b);
}

static int32_t event_slot(const EventQueue *queue, int32_t kind, int32_t entity)
{
    assert(kind >= 0 && kind < EVENT_KIND_COUNT);
    assert(entity >= 0 && entity < queue->base[kind + 1] - queue->base[kind]);
    return queue->base[kind] + entity;
}

/* ---- kinds of one entity ---- */

static bool is_single(const EventQueue *queue, int32_t kind)
{
    return (queue->single_kinds >> kind & 1) != 0;
}

/* Of equal times the lower kind comes first, and it is met first. */
static void singles_sort(EventQueue *queue)
{
    queue->single_first = -1;
    for (uint32_t left = queue->single_pending; left != 0; left &= left - 1) {
        int32_t kind = __builtin_ctz(left);
        if (queue->single_first < 0 ||
            queue->single_ms[kind] < queue->single_ms[queue->single_first]) {
            queue->single_first = kind;
        }
    }
}

static void single_set(EventQueue *queue, int32_t kind, int64_t time_ms)
{
    queue->count += (queue->single_pending >> kind & 1) == 0;
    queue->single_pending |= 1u << kind;
    queue->single_ms[kind] = time_ms;
    singles_sort(queue);
}

static void single_remove(EventQueue *queue, int32_t kind)
{
    queue->count -= (queue->single_pending >> kind & 1) != 0;
    queue->single_pending &= ~(1u << kind);
    singles_sort(queue);
}

static Event single_event(const EventQueue *queue, int32_t kind)
{
    return (Event){.time_ms = queue->single_ms[kind], .kind = kind};
}

/* ---- the heap ---- */

#define FAN 4

static void heap_put(EventQueue *queue, int32_t at, Event event)
{
    queue->heap[at] = event;
    queue->position[queue->base[event.kind] + event.entity] = at + 1;
}

/* Both sifts carry the event in hand and write it once, where it comes to rest. */
static void sift_up(EventQueue *queue, int32_t at, Event event)
{
    while (at > 0) {
        int32_t parent = (at - 1) / FAN;
        if (!event_before(&event, &queue->heap[parent])) {
            break;
        }
        heap_put(queue, at, queue->heap[parent]);
        at = parent;
    }
    heap_put(queue, at, event);
}

/* The first of the events below a place, or -1. */
static int32_t first_below(const EventQueue *queue, int32_t at)
{
    int32_t begin = FAN * at + 1;
    int32_t end = begin + FAN < queue->heap_count ? begin + FAN : queue->heap_count;
    int32_t first = begin < end ? begin : -1;
    for (int32_t child = begin + 1; child < end; child++) {
        first = event_before(&queue->heap[child], &queue->heap[first]) ? child : first;
    }
    return first;
}

static void sift_down(EventQueue *queue, int32_t at, Event event)
{
    for (int32_t child = first_below(queue, at);
         child >= 0 && event_before(&queue->heap[child], &event); child = first_below(queue, at)) {
        heap_put(queue, at, queue->heap[child]);
        at = child;
    }
    heap_put(queue, at, event);
}

static void heap_settle(EventQueue *queue, int32_t at, Event event)
{
    if (at > 0 && event_before(&event, &queue->heap[(at - 1) / FAN])) {
        sift_up(queue, at, event);
    } else {
        sift_down(queue, at, event);
    }
}

static void heap_remove(EventQueue *queue, int32_t at)
{
    Event gone = queue->heap[at];
    queue->position[queue->base[gone.kind] + gone.entity] = 0;
    queue->count--;
    queue->heap_count--;
    if (at < queue->heap_count) {
        heap_settle(queue, at, queue->heap[queue->heap_count]);
    }
}

/* Place of a pending event in the heap, or -1. */
static int32_t heap_find(const EventQueue *queue, EventKind kind, int32_t entity)
{
    return queue->position[event_slot(queue, (int32_t)kind, entity)] - 1;
}

/* ---- both ---- */

bool event_queue_init(EventQueue *queue, Arena *arena, const int32_t entity_count[EVENT_KIND_COUNT])
{
    *queue = (EventQueue){.single_first = -1};
    int64_t total = 0;
    for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        assert(entity_count[kind] >= 0);
        queue->base[kind] = (int32_t)total;
        queue->single_kinds |= (entity_count[kind] == 1 ? 1u : 0u) << kind;
        total += entity_count[kind];
        if (total > INT32_MAX) {
            arena->failed = true;
            return false;
        }
    }
    queue->base[EVENT_KIND_COUNT] = (int32_t)total;
    queue->capacity = (int32_t)total;
    /* The arena's large arrays begin a cache line: so do the four below each place. */
    queue->heap = ARENA_ARRAY(arena, Event, total + FAN - 1);
    queue->position = ARENA_ARRAY(arena, int32_t, total);
    if (queue->heap == NULL || queue->position == NULL) {
        return false;
    }
    queue->heap += FAN - 1;
    return true;
}

void event_queue_set(EventQueue *queue, EventKind kind, int32_t entity, int64_t time_ms)
{
    if (is_single(queue, (int32_t)kind)) {
        single_set(queue, (int32_t)kind, time_ms);
        return;
    }
    int32_t at = heap_find(queue, kind, entity);
    Event event = {.time_ms = time_ms, .kind = (int32_t)kind, .entity = entity};
    if (at < 0) {
        queue->count++;
        sift_up(queue, queue->heap_count++, event);
    } else {
        heap_settle(queue, at, event);
    }
}

void event_queue_cancel(EventQueue *queue, EventKind kind, int32_t entity)
{
    if (is_single(queue, (int32_t)kind)) {
        single_remove(queue, (int32_t)kind);
        return;
    }
    int32_t at = heap_find(queue, kind, entity);
    if (at >= 0) {
        heap_remove(queue, at);
    }
}

bool event_queue_find(const EventQueue *queue, EventKind kind, int32_t entity, Event *found)
{
    if (is_single(queue, (int32_t)kind)) {
        *found = single_event(queue, (int32_t)kind);
        return (queue->single_pending >> kind & 1) != 0;
    }
    int32_t at = heap_find(queue, kind, entity);
    if (at < 0) {
        return false;
    }
    *found = queue->heap[at];
    return true;
}

bool event_queue_peek(const EventQueue *queue, Event *next)
{
    if (queue->single_first >= 0) {
        *next = single_event(queue, queue->single_first);
        if (queue->heap_count > 0 && event_before(&queue->heap[0], next)) {
            *next = queue->heap[0];
        }
        return true;
    }
    if (queue->heap_count > 0) {
        *next = queue->heap[0];
    }
    return queue->heap_count > 0;
}

bool event_queue_pop_due(EventQueue *queue, int64_t now_ms, Event *next)
{
    if (!event_queue_peek(queue, next) || next->time_ms > now_ms) {
        return false;
    }
    if (is_single(queue, next->kind)) {
        single_remove(queue, next->kind);
    } else {
        heap_remove(queue, 0);
    }
    return true;
}

bool event_queue_pop(EventQueue *queue, Event *next)
{
    return event_queue_pop_due(queue, INT64_MAX, next);
}
