/* victim_order.h - jobs or tasks in the order in which they give way. */
#ifndef SIM_POLICIES_VICTIM_ORDER_H
#define SIM_POLICIES_VICTIM_ORDER_H

#include "core/world.h"

/* a gives way before b. */
typedef bool (*YieldsBefore)(const World *world, int32_t a, int32_t b);

/* Ids of jobs or tasks as a binary heap: the first to give way on top. */
typedef struct VictimHeap {
    const World *world;
    YieldsBefore before;
    int32_t *ids;
    int32_t count;
} VictimHeap;

void victim_heap_build(VictimHeap *heap);
void victim_heap_sink(VictimHeap *heap); /* the top now gives way later than it did */
void victim_heap_pop(VictimHeap *heap);  /* it stands behind the end afterwards */

/* Sorts: first to give way first. */
void victims_sort(const World *world, YieldsBefore before, int32_t *ids, int32_t count);

#endif
