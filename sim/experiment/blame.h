/* blame.h - what each kind of fault costs: GPU time out of service, hung and lost, and how often it
 * interrupts work.
 *
 * Work that is lost, and GPUs that hang, are put down to the fault that killed the first task of
 * that unit of work, or made a remedy move it, from then until the unit runs again. A device that
 * several faults keep out is put down to the first of them by slot, as its stage is.
 */
#ifndef SIM_EXPERIMENT_BLAME_H
#define SIM_EXPERIMENT_BLAME_H

#include "core/fact.h"
#include "core/ledger.h"
#include "core/world.h"
#include "sim/experiment/result.h"

typedef struct KindBlame {
    int64_t offered, began;
    int64_t interruptions;  /* of units of work: a synchronous job, or a task */
    Int128 lost, hung, out; /* milli-GPU ms ppm; out: in `down`, or in `drained` if planned */
} KindBlame;

typedef struct Blame {
    int32_t kind_count;
    KindBlame *kinds;   /* [kind_count + 1]; the last one: nobody knows. NULL: nothing fails */
    int32_t *unit_kind; /* [task] of a unit that has not run since; -1 */
    uint8_t *task_anew; /* [task] placed since its unit was stopped, and not running yet */
    Int128 *pending;    /* [task] of a unit, lost in this instant, and to what comes later */
    int32_t *node_kind; /* [node] the last one that began or was noticed there; -1 */
    int32_t *job_interruptions; /* [job] */
    Arena *arena;               /* of the hits */
    HitColumns *hits;           /* NULL: nobody asks */
    int32_t *unit_hit;          /* [task] the unit's row there, while unit_kind is set; -1 */
    int64_t interruptions;
    int32_t fault_kind; /* that began in this instant last; -1 */
    int64_t fault_ms;
} Blame;

/* False if memory ran out. */
bool blame_init(Blame *blame, Arena *arena, const World *world);

/* Keeps a row of each unit that is hit, in the arena of the result. False if memory ran out. */
bool blame_keep_hits(Blame *blame, Arena *run_arena, Arena *result_arena, const World *world);

/* To be told of every fact, after the books. */
void blame_fact(Blame *blame, const World *world, const Fact *fact);

/* The warm-up is over: what faults cost until now counts no more. Who was hit stays hit. */
void blame_cut(Blame *blame);

/* The books post to `lost` or `hung` for a task. */
void blame_post(Blame *blame, const World *world, TaskId task, Account account, Int128 amount);

/* The result's components, kinds of one name in one row. False if memory ran out. */
bool blame_rows(const Blame *blame, const World *world, Arena *arena, ReplicationResult *result);

#endif
