/* division.h - a fleet divided down the tree of queues, lane by lane, level by level. */
#ifndef SIM_POLICIES_DIVISION_H
#define SIM_POLICIES_DIVISION_H

#include "core/world.h"

/* Fills owned, cap and whatever else the division reads of a row; queue, weight, priority and
 * request are set. amount: what is divided among the row's siblings. */
typedef void (*RowFill)(const World *world, int lane, int64_t amount, ShareRow *row);

/* Sets the rows' shares. */
typedef void (*RowsDivide)(const World *world, int lane, int64_t amount, ShareRow *rows,
                           int32_t count);

/* table->deserved: the fleet among the roots, then what each queue is due among those below it.
 * Lanes that do not count (share_counts) are QUEUE_UNLIMITED. */
void fleet_divide(const World *world, ShareTable *table, RowFill fill, RowsDivide divide);

/* What a queue may hold at most of `amount`: its limit, and what the guarantees of its siblings
 * leave (Volcano: real capability). */
int64_t capability_of(const World *world, QueueId queue, int lane, int64_t amount);

/* What the queue wants: of its submitted jobs, or, where admission is a step, of the admitted. */
int64_t queue_request(const World *world, QueueId queue, int lane);

#endif
