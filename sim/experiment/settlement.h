/* settlement.h - what a task did with what it was charged since it was last settled. */
#ifndef SIM_EXPERIMENT_SETTLEMENT_H
#define SIM_EXPERIMENT_SETTLEMENT_H

#include "sim/experiment/task_books.h"

typedef enum TaskPhase {
    PHASE_NONE = 0,   /* holds nothing */
    PHASE_STARTUP,    /* from its placement until its start-up is over, if it has one */
    PHASE_ASSEMBLING, /* ready, or paused: it waits for other members */
    PHASE_RUNNING,
    PHASE_GRACE,  /* told to stop */
    PHASE_DEAD,   /* its node, its devices or its process are gone */
    PHASE_RESTART /* as PHASE_STARTUP, of one that was dead */
} TaskPhase;

/* What a charge is made of. */
typedef struct Settlement {
    Account account; /* of the whole, where the task does not run */
    Int128 whole;
    Int128 advance, held_idle, cause, straggler; /* where it does */
    Account cause_account;
    int cause_sub;
    Int128 checkpoint; /* where a checkpoint is written */
} Settlement;

/* Of `charged` milli-GPU ms. */
Settlement settlement_of(const TaskBooks *books, const World *world, TaskId task, int64_t charged,
                         int64_t now_ms);

/* What of a running millisecond of it is advance now. */
int32_t settlement_advance_ppm(const TaskBooks *books, const World *world, TaskId task);

#endif
