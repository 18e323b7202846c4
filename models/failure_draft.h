/* failure_draft.h - a failure model in the making: kinds and recorded faults are added one by one,
 * by presets, components, injections and fault logs. */
#ifndef MODELS_FAILURE_DRAFT_H
#define MODELS_FAILURE_DRAFT_H

#include "models/failure.h"

typedef struct FailureDraft {
    Arena *arena;
    FaultKind *kinds;
    FaultRow *rows;
    int32_t kind_count, kind_capacity;
    Fault *recorded;
    int32_t recorded_count, recorded_capacity;
    JobFault *job_faults;
    int32_t job_fault_count, job_fault_capacity;
} FailureDraft;

FailureDraft failure_draft(Arena *arena);

/* A kind in which nothing is special: it passes with time, its signal is seen as the remedy says,
 * all lanes and speeds are whole. */
FaultKind fault_kind(const char *name, FaultEffect effect, FaultScope scope);

/* The number of the new kind; row NULL: it is never drawn. -1 if memory ran out. */
int32_t failure_draft_kind(FailureDraft *draft, const FaultKind *kind, const FaultRow *row);

/* The same in place of the kind of that name, if there is one. */
int32_t failure_draft_put(FailureDraft *draft, const FaultKind *kind, const FaultRow *row);

/* The kind of that name, or -1. */
int32_t failure_draft_find(const FailureDraft *draft, const char *name);

/* Something that was written down: at_ms, out_ms, kind, target and devices count; in any order of
 * time. False if memory ran out. */
bool failure_draft_fault(FailureDraft *draft, Fault fault);
bool failure_draft_job_fault(FailureDraft *draft, JobFault fault);

/* NULL if memory ran out, too. Equal times keep the order in which they were added. */
FailureModel *failure_draft_finish(FailureDraft *draft);

#endif
