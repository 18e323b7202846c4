/* idle_claims.h - the idle side of the books: who claims the GPUs that nobody holds.
 *
 * An interval in which nothing waits costs a few additions. Otherwise the classes of jobs that wait
 * are walked in queue order, once for each kind of verdict, until nothing is left to claim: the
 * cost is that of classes and claims, not of jobs. Rules: docs/ledger.md, "Who gets an idle
 * GPU-millisecond".
 */
#ifndef SIM_EXPERIMENT_IDLE_CLAIMS_H
#define SIM_EXPERIMENT_IDLE_CLAIMS_H

#include "core/fact.h"
#include "core/judge.h"
#include "core/ledger.h"
#include "core/world.h"

/* What holds for the jobs of a class that wait for so many tasks at once. */
typedef struct ClassVerdict {
    uint64_t version; /* change_count + 1; 0: never judged */
    int32_t task_count;
    bool tenancy; /* it fits, but for the nodes that its queue is bound to */
    Verdict verdict;
} ClassVerdict;

typedef struct IdleClaims {
    Judge *judge;
    JobId *heap;                 /* [class] of walks */
    ClassVerdict *class_verdict; /* [class] */
    int64_t *shape_milli;        /* [shape] milli-GPU that a claim of one task asks for */
    /* jobs in their requeue delay, first come first; some may be over already */
    int32_t delayed_count;
    JobId *delayed;      /* NULL: this run has no such delay */
    uint8_t *is_delayed; /* [job] */
} IdleClaims;

/* The judge is current whenever it is asked: an observer before this one tells it what changed.
 * False if memory ran out. */
bool idle_claims_init(IdleClaims *claims, Arena *arena, const World *world, Judge *judge);

/* To be told of every fact. */
void idle_claims_fact(IdleClaims *claims, const World *world, const Fact *fact);

/* Posts what is free in an interval. */
void idle_claims_post(IdleClaims *claims, const World *world, IdleBooks *idle);

/* Why the job, which waits, is delayed or is suspended, does not run: a rule, or the verdict on its
 * shape. */
Why idle_why(IdleClaims *claims, const World *world, JobId job);

/* The verdict on the next tasks of the job that must find places together. */
Verdict idle_verdict(IdleClaims *claims, const World *world, JobId job);

#endif
