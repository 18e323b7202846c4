/* faults_open.c - a source of faults for one run. */
#include "sim/experiment/faults_open.h"

#include "models/failure.h"

bool faults_open(Arena *arena, const Scenario *scenario, const JobTable *jobs,
                 WorldOptions *options)
{
    const FailureModel *model = scenario->failures;
    if (model == NULL) {
        return true;
    }
    options->faults =
        fault_source_new(arena, model, &scenario->cluster, scenario->seed,
                         drawn_replication(scenario, VARY_FAULTS, options->replication));
    if (options->faults == NULL || !fault_source_jobs(options->faults, arena, jobs)) {
        return false;
    }
    options->fault_slots = fault_source_slots(options->faults);
    options->fault_kinds = model->kinds;
    options->fault_kind_count = model->kind_count;
    return true;
}
