/* waiting.h - the jobs that wait, in order, class by class.
 *
 * Each class of jobs has its own sorted tree (a treap whose heap order is a hash of the job's id,
 * so it needs no luck), and each line of classes has a heap by their first jobs. So the next job
 * costs a logarithm, and a pass that learns that one job of a class cannot start need not look at
 * the others of that class.
 */
#ifndef CORE_WAITING_H
#define CORE_WAITING_H

#include "core/arena.h"
#include "core/policy.h"

typedef struct Waiting {
    int32_t count; /* jobs that wait */
    int32_t class_count;
    int32_t line_count; /* lines: one for all, or one a queue */
    /* [job] */
    OrderKey *key;
    int32_t *round;           /* tasks placed before, where tasks take turns; else 0 */
    JobId *left, *right, *up; /* -1: none; up is -2 where the job does not wait */
    /* [class] */
    JobId *root; /* -1: nobody of the class waits */
    JobId *first;
    int32_t *class_waiting;
    const int32_t *class_line;
    int32_t *heap_at; /* place in its line's heap, -1: not there */
    /* [line] */
    ClassId *heap;         /* the lines' heaps one after another, by their first job */
    int32_t *line_begin;   /* [line + 1] */
    int32_t *line_classes; /* classes in the heap now */
    const ClassId *job_class;
    /* [job] NULL unless waiting_keep_runs was called */
    const int64_t *run_ms;
    int64_t *least_run_ms;   /* of the job and those below it in its tree */
} Waiting;

/* class_line[class] in 0..line_count-1. False if memory ran out. */
bool waiting_init(Waiting *waiting, Arena *arena, int32_t job_count, const ClassId *job_class,
                  int32_t class_count, const int32_t *class_line, int32_t line_count);

/* From now on waiting_walk_skip works; nobody waits yet. run_ms[job] does not change while a job
 * waits. False if memory ran out. */
bool waiting_keep_runs(Waiting *waiting, Arena *arena, int32_t job_count, const int64_t *run_ms);

void waiting_insert(Waiting *waiting, JobId job, OrderKey key, int32_t round);
void waiting_remove(Waiting *waiting, JobId job);
bool waiting_has(const Waiting *waiting, JobId job);

/* The first waiting job of a class, and the one behind a job in its class; -1: none. */
JobId waiting_first(const Waiting *waiting, ClassId class_id);
JobId waiting_next(const Waiting *waiting, JobId job);

/* Is a before b? By key, round, id. */
bool waiting_before(const Waiting *waiting, JobId a, JobId b);

/* The first job of all classes of a line; -1: nobody waits there. */
JobId waiting_head(const Waiting *waiting, int32_t line);

/* ---- a walk over the classes of some lines, in order of their jobs ---- */

typedef struct WaitingWalk {
    const Waiting *waiting;
    int32_t count;
    JobId *heap; /* [class_count] the next job of each class that is still walked */
} WaitingWalk;

/* heap: memory of class_count jobs. line -1: all lines together. */
void waiting_walk(WaitingWalk *walk, const Waiting *waiting, int32_t line, JobId *heap);
JobId waiting_walk_peek(const WaitingWalk *walk); /* -1: the end */
void waiting_walk_step(WaitingWalk *walk);        /* past this job, to the next of its class */
void waiting_walk_replace(WaitingWalk *walk, JobId next); /* to this job of its class; -1: close */
void waiting_walk_close(WaitingWalk *walk); /* past all other jobs of this job's class */

/* Past this job and those of its class behind it that run longer than so. Costs a logarithm. */
void waiting_walk_skip(WaitingWalk *walk, int64_t longest_ms);

#endif
