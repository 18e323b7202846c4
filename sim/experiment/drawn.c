/* drawn.c - what there is to draw, less what all replications have in common. */
#include "sim/experiment/drawn.h"

#include "models/failure.h"

int32_t scenario_drawn(const Scenario *scenario)
{
    int32_t drawn = 0;
    for (int32_t i = 0; i < scenario->source_count; i++) {
        const WorkloadSource *source = &scenario->sources[i];
        drawn |= source->kind != SOURCE_JOBS ? VARY_ARRIVALS : 0;
        drawn |= source->resampled ? VARY_WORKLOAD : 0;
    }
    const FailureModel *failures = scenario->failures;
    for (int32_t kind = 0; failures != NULL && kind < failures->kind_count; kind++) {
        drawn |= failures->rows[kind].drawn ? VARY_FAULTS : 0;
    }
    const PolicySet *policy = &scenario->policy;
    bool random =
        policy->pack.pick == GP_PICK_RANDOM || policy->pack.device_rule == GP_DEVICE_RANDOM;
    drawn |= random ? VARY_PLACEMENT : 0;
    drawn |= policy->ties != TIES_INDEX ? VARY_TIES : 0;
    return drawn & ~scenario->fixed;
}
