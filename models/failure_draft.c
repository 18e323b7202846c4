/* failure_draft.c - lists that grow in an arena, and the model that becomes of them. */
#include "models/failure_draft.h"

#include <stdlib.h>
#include <string.h>

#define CAPACITY_FIRST 16

FailureDraft failure_draft(Arena *arena)
{
    return (FailureDraft){.arena = arena};
}

FaultKind fault_kind(const char *name, FaultEffect effect, FaultScope scope)
{
    FaultKind kind = {.name = name,
                      .effect = (uint8_t)effect,
                      .scope = (uint8_t)scope,
                      .cure = CURE_TIME,
                      .speed_ppm = GP_PPM,
                      .detect_ms = -1};
    for (int axis = 0; axis < GP_AXES; axis++) {
        kind.keep_ppm[axis] = GP_PPM;
    }
    return kind;
}

/* The list with room for one more. NULL if memory ran out. */
static void *with_room(Arena *arena, void *list, int32_t count, int32_t capacity, int32_t wanted,
                       size_t size)
{
    if (count < capacity) {
        return list;
    }
    void *larger = arena_alloc(arena, (size_t)wanted, size);
    if (larger != NULL && count > 0) {
        memcpy(larger, list, (size_t)count * size);
        arena_give_back(arena, list);
    }
    return larger;
}

static int32_t capacity_for(int32_t count, int32_t capacity)
{
    if (count < capacity) {
        return capacity;
    }
    return capacity == 0 ? CAPACITY_FIRST : 2 * capacity;
}

int32_t failure_draft_kind(FailureDraft *draft, const FaultKind *kind, const FaultRow *row)
{
    int32_t count = draft->kind_count;
    int32_t wanted = capacity_for(count, draft->kind_capacity);
    draft->kinds = with_room(draft->arena, draft->kinds, count, draft->kind_capacity, wanted,
                             sizeof(FaultKind));
    draft->rows =
        with_room(draft->arena, draft->rows, count, draft->kind_capacity, wanted, sizeof(FaultRow));
    if (draft->arena->failed) {
        return -1;
    }
    draft->kind_capacity = wanted;
    draft->kinds[count] = *kind;
    draft->rows[count] = row != NULL ? *row : (FaultRow){.drawn = false};
    return draft->kind_count++;
}

int32_t failure_draft_find(const FailureDraft *draft, const char *name)
{
    for (int32_t kind = 0; kind < draft->kind_count; kind++) {
        if (strcmp(draft->kinds[kind].name, name) == 0) {
            return kind;
        }
    }
    return -1;
}

int32_t failure_draft_put(FailureDraft *draft, const FaultKind *kind, const FaultRow *row)
{
    int32_t known = failure_draft_find(draft, kind->name);
    if (known < 0) {
        return failure_draft_kind(draft, kind, row);
    }
    draft->kinds[known] = *kind;
    draft->rows[known] = *row;
    return known;
}

bool failure_draft_fault(FailureDraft *draft, Fault fault)
{
    int32_t count = draft->recorded_count;
    int32_t wanted = capacity_for(count, draft->recorded_capacity);
    draft->recorded = with_room(draft->arena, draft->recorded, count, draft->recorded_capacity,
                                wanted, sizeof(Fault));
    if (draft->arena->failed) {
        return false;
    }
    draft->recorded_capacity = wanted;
    fault.recorded = true;
    fault.slot = -1;
    fault.number = (uint32_t)count;
    draft->recorded[draft->recorded_count++] = fault;
    return true;
}

bool failure_draft_job_fault(FailureDraft *draft, JobFault fault)
{
    int32_t count = draft->job_fault_count;
    int32_t wanted = capacity_for(count, draft->job_fault_capacity);
    draft->job_faults = with_room(draft->arena, draft->job_faults, count, draft->job_fault_capacity,
                                  wanted, sizeof(JobFault));
    if (draft->arena->failed) {
        return false;
    }
    draft->job_fault_capacity = wanted;
    draft->job_faults[draft->job_fault_count++] = fault;
    return true;
}

static int by_time(const void *left, const void *right)
{
    const Fault *a = left;
    const Fault *b = right;
    if (a->at_ms != b->at_ms) {
        return a->at_ms < b->at_ms ? -1 : 1;
    }
    return a->number < b->number ? -1 : a->number > b->number;
}

FailureModel *failure_draft_finish(FailureDraft *draft)
{
    FailureModel *model = ARENA_NEW(draft->arena, FailureModel);
    if (draft->arena->failed) {
        return NULL;
    }
    if (draft->recorded_count > 0) {
        qsort(draft->recorded, (size_t)draft->recorded_count, sizeof(Fault), by_time);
    }
    *model = (FailureModel){.kind_count = draft->kind_count,
                            .kinds = draft->kinds,
                            .rows = draft->rows,
                            .recorded_count = draft->recorded_count,
                            .recorded = draft->recorded,
                            .job_fault_count = draft->job_fault_count,
                            .job_faults = draft->job_faults};
    return model;
}
