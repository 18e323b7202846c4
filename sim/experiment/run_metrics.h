/* run_metrics.h - what metrics.def lists, computed at the end of a run. */
#ifndef SIM_EXPERIMENT_RUN_METRICS_H
#define SIM_EXPERIMENT_RUN_METRICS_H

#include "core/world.h"
#include "sim/experiment/ledger_observer.h"
#include "sim/experiment/life_log.h"
#include "sim/experiment/load_curve.h"
#include "sim/experiment/result.h"
#include "sim/experiment/service_meter.h"
#include "sim/experiment/stranded.h"

/* What was measured on the way. */
typedef struct RunMeters {
    const LoadMeter *load;
    const LedgerMeter *books;
    const LifeLog *life;
    const StrandedMeter *stranded;
    const ServiceMeter *services;
} RunMeters;

/* Fills result->metric; its ledger and curve are complete. What is not assigned stays NAN, "does
 * not apply". False if memory ran out. */
bool run_metrics(const World *world, const RunMeters *meters, Arena *scratch,
                 ReplicationResult *result);

#endif
