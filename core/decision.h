/* decision.h - what policies ask of the engine: the only thing that goes in. */
#ifndef CORE_DECISION_H
#define CORE_DECISION_H

#include "core/job.h"

typedef enum DecisionKind {
    DECISION_PLACE = 1, /* place the job's next tasks as `placements` say */
    DECISION_DROP = 2   /* what is not placed of the job leaves for good */
} DecisionKind;

typedef struct Decision {
    DecisionKind kind;
    JobId job;
    int32_t placement_count;
    const GpPlacement *placements; /* [placement_count], one a task */
} Decision;

#endif
