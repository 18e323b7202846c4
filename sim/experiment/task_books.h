/* task_books.h - the allocated side of the books: what each task did with the GPUs that it held.
 *
 * A task is settled when its phase or its speed changes: what it was charged since then is posted.
 * What it advanced is not posted yet but kept with the task: an eviction or a time limit may still
 * take it, and how the job ends decides its sub-account. The rules: docs/ledger.md.
 */
#ifndef SIM_EXPERIMENT_TASK_BOOKS_H
#define SIM_EXPERIMENT_TASK_BOOKS_H

#include "sim/experiment/blame.h"
#include "sim/experiment/charge.h"
#include "sim/experiment/over_time.h"
#include "sim/experiment/gang_speeds.h"
#include "sim/experiment/save_books.h"

typedef struct TaskBooks {
    Ledger *ledger;
    ChargeMeter charge;
    Blame *blame;        /* who is told what is lost and what hangs */
    OverTime *over;      /* who is told when it was */
    int64_t *settled_ms; /* [task] when it was last settled; NULL: nobody asks */
    uint8_t *phase;      /* [task] TaskPhase */
    Int128 *advance;     /* [task] milli-GPU ms ppm; posted when its job ends */
    Int128 *stray;   /* [job * types] that of members an elastic job goes on without; NULL: none is
                      * elastic */
    SaveBooks saves; /* of jobs that save their state */
    Int128 *lost;    /* [job] milli-GPU ms ppm; NULL: nobody asks */
    int32_t *usage_ppm; /* [task] as last heard; NULL: no job's changes */
    GangSpeeds speeds;
    uint8_t *broken; /* [job] a member is dead or was lost, and the job has not run since; NULL:
                      * nothing fails */
    bool closed;     /* the run has ended: all is posted */
    Int128 compute;  /* productive, by relative speed: milli-GPU ms ppm x ppm */
} TaskBooks;

/* The world must be empty. False if memory ran out. */
bool task_books_init(TaskBooks *books, Arena *arena, const World *world, Ledger *ledger,
                     Blame *blame, bool counts_lost);

/* From now on `over` is told when what was settled had been. False if memory ran out. */
bool task_books_over_time(TaskBooks *books, Arena *arena, const World *world, OverTime *over);

/* To be told of every fact. */
void task_books_fact(TaskBooks *books, const World *world, const Fact *fact);

/* Posts what tasks did until now, all of it; from now on their advance begins at nothing: what they
 * had advanced is in no account, and cannot be lost any more. The ledger is the caller's to clear.
 */
void task_books_cut(TaskBooks *books, const World *world, int64_t now_ms);

/* What is not posted yet of nodes of that type, in milli-GPU ms ppm. */
Int128 task_books_open(const TaskBooks *books, const World *world, int32_t type, int64_t now_ms);

/* What would be posted to the account, over all node types, if the run ended now. */
Int128 task_books_would_post(const TaskBooks *books, const World *world, Account account, int sub,
                             int64_t now_ms);

/* Adds what the job's posts would be if the run ended now: rows [type][tenant_count + 1] as in the
 * ledger, of ACCOUNT_COUNT amounts each; marks those rows. False: it holds nothing and is over. */
bool task_books_open_rows(const TaskBooks *books, const World *world, JobId job, int64_t now_ms,
                          Int128 *amount, uint8_t *touched);

/* What the job has advanced and kept so far, until it was last settled. */
Int128 task_books_advance(const TaskBooks *books, const World *world, JobId job);

#endif
