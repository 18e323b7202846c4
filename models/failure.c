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
