/* event_queue.c - an indexed binary heap: each (kind, entity) knows its place, so a pending event
 * moves in place. */
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

static void heap_put(EventQueue *queue, int32_t at, Event event)
{
    queue->heap[at] = event;
    queue->position[queue->base[event.kind] + event.entity] = at;
}

/* Both sifts carry the event in hand and write it once, where it comes to rest. */
static void sift_up(EventQueue *queue, int32_t at, Event event)
{
    while (at > 0) {
        int32_t parent = (at - 1) / 2;
        if (!event_before(&event, &queue->heap[parent])) {
            break;
        }
        heap_put(queue, at, queue->heap[parent]);
        at = parent;
    }
    heap_put(queue, at, event);
}

static void sift_down(EventQueue *queue, int32_t at, Event event)
{
    for (;;) {
        int32_t child = 2 * at + 1;
        if (child >= queue->count) {
            break;
        }
        if (child + 1 < queue->count &&
            event_before(&queue->heap[child + 1], &queue->heap[child])) {
            child++;
        }
        if (!event_before(&queue->heap[child], &event)) {
            break;
        }
        heap_put(queue, at, queue->heap[child]);
        at = child;
    }
    heap_put(queue, at, event);
}

static void heap_settle(EventQueue *queue, int32_t at, Event event)
{
    if (at > 0 && event_before(&event, &queue->heap[(at - 1) / 2])) {
        sift_up(queue, at, event);
    } else {
        sift_down(queue, at, event);
    }
}

static void heap_remove(EventQueue *queue, int32_t at)
{
    Event gone = queue->heap[at];
    queue->position[queue->base[gone.kind] + gone.entity] = -1;
    queue->count--;
    if (at < queue->count) {
        heap_settle(queue, at, queue->heap[queue->count]);
    }
}

bool event_queue_init(EventQueue *queue, Arena *arena, const int32_t entity_count[EVENT_KIND_COUNT])
{
    *queue = (EventQueue){0};
    int64_t total = 0;
    for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        assert(entity_count[kind] >= 0);
        queue->base[kind] = (int32_t)total;
        total += entity_count[kind];
        if (total > INT32_MAX) {
            arena->failed = true;
            return false;
        }
    }
    queue->base[EVENT_KIND_COUNT] = (int32_t)total;
    queue->capacity = (int32_t)total;
    queue->heap = ARENA_ARRAY(arena, Event, total);
    queue->position = ARENA_ARRAY(arena, int32_t, total);
    if (queue->heap == NULL || queue->position == NULL) {
        return false;
    }
    for (int32_t slot = 0; slot < queue->capacity; slot++) {
        queue->position[slot] = -1;
    }
    return true;
}

void event_queue_set(EventQueue *queue, EventKind kind, int32_t entity, int64_t time_ms)
{
    int32_t at = queue->position[event_slot(queue, (int32_t)kind, entity)];
    Event event = {.time_ms = time_ms, .kind = (int32_t)kind, .entity = entity};
    if (at < 0) {
        sift_up(queue, queue->count++, event);
    } else {
        heap_settle(queue, at, event);
    }
}

void event_queue_cancel(EventQueue *queue, EventKind kind, int32_t entity)
{
    int32_t at = queue->position[event_slot(queue, (int32_t)kind, entity)];
    if (at >= 0) {
        heap_remove(queue, at);
    }
}

bool event_queue_find(const EventQueue *queue, EventKind kind, int32_t entity, Event *found)
{
    int32_t at = queue->position[event_slot(queue, (int32_t)kind, entity)];
    if (at < 0) {
        return false;
    }
    *found = queue->heap[at];
    return true;
}

bool event_queue_peek(const EventQueue *queue, Event *next)
{
    if (queue->count == 0) {
        return false;
    }
    *next = queue->heap[0];
    return true;
}

bool event_queue_pop(EventQueue *queue, Event *next)
{
    if (queue->count == 0) {
        return false;
    }
    *next = queue->heap[0];
    heap_remove(queue, 0);
    return true;
}
