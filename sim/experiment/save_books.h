/* save_books.h - how much of what a task advanced is saved: by where its unit's work stood when the
 * last durable checkpoint was begun.
 *
 * Between two settlements of a task its advance grows as its unit's work does, so what it had
 * advanced at some work in between is their share of it, rounded down.
 */
#ifndef SIM_EXPERIMENT_SAVE_BOOKS_H
#define SIM_EXPERIMENT_SAVE_BOOKS_H

#include "core/ledger.h"
#include "core/world.h"

/* Of a task, as of its last settlement. */
typedef struct SavedRow {
    int64_t settled_ms;
    int64_t done, mark, durable; /* of its unit's work */
    int64_t blocked_ms;
    int64_t lost_ms;              /* when it last lost work; TIME_NEVER: never */
    int64_t stop_left_ms;         /* of its grace, in which it still writes a checkpoint */
    int64_t stop_ms, before_stop; /* of the unit's clock */
    Int128 at_before_stop;
    Int128 at_mark, at_durable; /* what it had advanced then, milli-GPU ms ppm */
} SavedRow;

typedef struct SaveBooks {
    int32_t type_count;
    SavedRow *rows;       /* [task] NULL: no job of this run saves anything */
    Int128 *kept;         /* [job * types] what tasks had saved that left their place */
    int64_t *stray_level; /* [job] the unit's work when the last of them left that took some with it
                           * that was not saved */
} SaveBooks;

/* False if memory ran out. */
bool save_books_init(SaveBooks *books, Arena *arena, const World *world);

/* Does the task's job save its state? */
bool save_books_watch(const SaveBooks *books, const World *world, TaskId task);

/* The rest is for tasks of such jobs. */

/* A task takes a place: what it has advanced before is with others' now. */
void save_books_begins(SaveBooks *books, const World *world, TaskId task, int64_t now_ms);

/* The part of a charge since the last settlement in which its unit was blocked by a checkpoint, or,
 * in its grace, wrote its last. */
int64_t save_books_blocked(const SaveBooks *books, const World *world, TaskId task, int64_t charged,
                           int64_t now_ms);
int64_t save_books_grace(const SaveBooks *books, TaskId task, int64_t charged, int64_t now_ms);

/* The task was settled: it had advanced so much before, and `gained` since. */
void save_books_settled(SaveBooks *books, const World *world, TaskId task, int64_t now_ms,
                        Int128 before, Int128 gained);

/* What is not saved is gone. */
void save_books_lost(SaveBooks *books, TaskId task, int64_t now_ms);

/* It is told to stop: does it write a checkpoint in its grace? */
void save_books_stopping(SaveBooks *books, const World *world, TaskId task, int64_t now_ms);

/* A task leaves: what it had saved stays with its job. `type` of its node. */
void save_books_keep(SaveBooks *books, JobId job, TaskId task, int32_t type);

/* Is all that members took with them saved by now? */
bool save_books_secure(const SaveBooks *books, const World *world, JobId job);

/* Books are opened anew: what has been saved and advanced until now counts no more. */
void save_books_cut(SaveBooks *books, const World *world);

Int128 *save_books_kept(const SaveBooks *books, JobId job, int32_t type);

#endif
