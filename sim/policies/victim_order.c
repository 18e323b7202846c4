/* victim_order.c - a binary heap, whose top can change its mind. */
#include "sim/policies/victim_order.h"

static void sink(const VictimHeap *heap, int32_t at)
{
    int32_t *ids = heap->ids;
    int32_t id = ids[at];
    for (;;) {
        int32_t below = 2 * at + 1;
        if (below + 1 < heap->count && heap->before(heap->world, ids[below + 1], ids[below])) {
            below++;
        }
        if (below >= heap->count || !heap->before(heap->world, ids[below], id)) {
            break;
        }
        ids[at] = ids[below];
        at = below;
    }
    ids[at] = id;
}

void victim_heap_build(VictimHeap *heap)
{
    for (int32_t at = heap->count / 2 - 1; at >= 0; at--) {
        sink(heap, at);
    }
}

void victim_heap_sink(VictimHeap *heap)
{
    if (heap->count > 0) {
        sink(heap, 0);
    }
}

void victim_heap_pop(VictimHeap *heap)
{
    int32_t top = heap->ids[0];
    heap->ids[0] = heap->ids[--heap->count];
    heap->ids[heap->count] = top;
    victim_heap_sink(heap);
}

void victims_sort(const World *world, YieldsBefore before, int32_t *ids, int32_t count)
{
    VictimHeap heap = {.world = world, .before = before, .ids = ids, .count = count};
    victim_heap_build(&heap);
    while (heap.count > 0) { /* each goes behind the end of the heap: the first ends up last */
        victim_heap_pop(&heap);
    }
    for (int32_t i = 0; i < count / 2; i++) {
        int32_t id = ids[i];
        ids[i] = ids[count - 1 - i];
        ids[count - 1 - i] = id;
    }
}
