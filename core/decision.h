/* decision.h - what policies ask of the engine: the only thing that goes in. */
#ifndef CORE_DECISION_H
#define CORE_DECISION_H

#include "core/policy.h"

typedef enum DecisionKind {
    DECISION_PLACE = 1,   /* place the job's next waiting tasks as `placements` say */
    DECISION_DROP = 2,    /* what is not placed of the job leaves for good */
    DECISION_ADMIT = 3,   /* the job holds its quota from now on (admit policies with stages) */
    DECISION_EVICT = 4,   /* the tasks stop: mode says what becomes of them */
    DECISION_MOVE = 5,    /* the tasks stop and start again at `placements` */
    DECISION_RESUME = 6,  /* a suspended job goes on where it was */
    DECISION_NOMINATE = 7 /* the job will go to `placements` when its victims are gone */
} DecisionKind;

typedef struct Decision {
    DecisionKind kind;
    JobId job; /* whom it is for: DECISION_EVICT and DECISION_MOVE: who asked */
    int32_t flavor;
    EvictMode mode;
    int32_t placement_count;
    const GpPlacement *placements; /* [placement_count], one a task */
    int32_t task_count;
    const TaskId *tasks; /* [task_count] of DECISION_EVICT and DECISION_MOVE */
} Decision;

#endif
