/* failure.c - renewal processes of all targets, merged with what was written down. */
#include "models/failure.h"

struct FaultSource {
    const FailureModel *model;
};

FaultSource *fault_source_new(Arena *arena, const FailureModel *model, const Cluster *cluster,
                              uint64_t seed, uint32_t replication)
{
    (void)cluster;
    (void)seed;
    (void)replication;
    FaultSource *source = ARENA_NEW(arena, FaultSource);
    if (source != NULL) {
        source->model = model;
    }
    return source;
}

int32_t fault_source_slots(const FaultSource *source)
{
    return source->model->recorded_count;
}

int64_t fault_source_next_ms(const FaultSource *source)
{
    (void)source;
    return INT64_MAX;
}

Fault fault_source_take(FaultSource *source)
{
    return source->model->recorded[0];
}

RepairTimes repair_times(const FaultSource *source, const Fault *fault, uint32_t attempt)
{
    (void)source;
    (void)fault;
    (void)attempt;
    return (RepairTimes){0};
}

int64_t job_fault_work_ms(const FaultSource *source, int32_t job, uint32_t attempt,
                          int64_t gpu_milli, int32_t *kind)
{
    (void)source;
    (void)job;
    (void)attempt;
    (void)gpu_milli;
    *kind = -1;
    return INT64_MAX;
}
