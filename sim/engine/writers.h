/* writers.h - checkpoints that are written to, and read from, storage that many share.
 *
 * All streams of one direction on one pool have equal shares of its bandwidth: max-min fairness
 * where nothing but the pool holds a stream back. A pool without a write bandwidth of its own is
 * shared by both directions; so is the storage of a node that uses no pool.
 */
#ifndef SIM_ENGINE_WRITERS_H
#define SIM_ENGINE_WRITERS_H

#include "core/world.h"

/* What the tasks of a unit on one pool (or node) write, or what one task reads; its row is that of
 * the task (of the first such task). */
typedef struct Stream {
    int32_t weight;    /* equal streams that it stands for; 0: there is none */
    int32_t channel;   /* pool and direction */
    int64_t left;      /* of each, thousandths of a byte */
    TaskId next, prev; /* on its channel */
    TaskId beside;     /* the unit's next stream; -1 */
    bool reads;
} Stream;

typedef struct Channel {
    TaskId first; /* -1: none */
    int64_t weight;
    int64_t since_ms;
    int64_t rate;        /* of each stream, thousandths of a byte a millisecond */
    TaskId last, stream; /* scratch: a unit, and its stream here */
} Channel;

typedef struct Writers {
    int32_t channel_count; /* 0: nobody writes to a pool */
    Channel *channels;
    Stream
        *streams; /* [task] whose unit writes, then [task] that reads: its unit may still write */
    TaskId read_first;
    TaskId *unit_first; /* [task] of a unit: the first of its streams that write; -1: none */
} Writers;

/* False if memory ran out. */
bool writers_init(Writers *writers, Arena *arena, const World *world);

/* Each task of the unit that holds devices begins to write size_mib to its node's pool. False:
 * none of them is on a pool, nothing is to be waited for. */
bool writers_begin(Writers *writers, World *world, TaskId unit, int64_t size_mib);

/* The unit has written all that is due by now: its streams that are done leave. False: some are
 * left. */
bool writers_settle(Writers *writers, World *world, TaskId unit);

/* It stops writing, finished or not. */
void writers_stop(Writers *writers, World *world, TaskId unit);

/* Does the unit write, and when is the first of its streams done? TIME_NEVER: at no known time. */
bool writers_has(const Writers *writers, TaskId unit);
int64_t writers_next_ms(const Writers *writers, TaskId unit);

/* A task begins to read. False: it is on no pool. Its next EVENT_TASK_READY says when it has. */
bool readers_begin(Writers *writers, World *world, TaskId task, int64_t size_mib);
bool readers_has(const Writers *writers, TaskId task); /* it reads */
void readers_stop(Writers *writers, World *world, TaskId task);

/* The bandwidth of the pool, or of the node's own storage, has changed. */
void writers_pool_changed(Writers *writers, World *world, int32_t pool);
void writers_node_changed(Writers *writers, World *world, int32_t node);

#endif
