/* decision.h - what policies ask of the engine: the only thing that goes in. */
#ifndef CORE_DECISION_H
#define CORE_DECISION_H

#include "core/job.h"

typedef enum DecisionKind {
    DECISION_START = 1, /* place all tasks of the job as `placements` say */
    DECISION_DROP = 2   /* the job leaves for good */
} DecisionKind;

typedef struct Decision {
    DecisionKind kind;
    JobId job;
    int32_t placement_count;
    const GpPlacement *placements; /* [placement_count], one a task */
} Decision;

#endif
