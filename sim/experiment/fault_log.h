/* fault_log.h - the faults of a run, one row each, and how nodes stood, one row an interval. */
#ifndef SIM_EXPERIMENT_FAULT_LOG_H
#define SIM_EXPERIMENT_FAULT_LOG_H

#include "core/fact.h"
#include "core/world.h"
#include "sim/experiment/node_state.h"
#include "sim/experiment/result.h"

typedef struct FaultLog {
    Arena *arena; /* of the rows */
    FaultColumns *faults;
    NodeStateColumns *states;
    int32_t *slot_row;      /* [slot] the row of its active fault; -1 */
    NodeStanding *standing; /* [node] as last seen */
    int64_t *since_ms;      /* [node] */
    int32_t touched_count;
    int32_t *touched; /* [node] changed since; is_touched [node] */
    uint8_t *is_touched;
    bool out_of_memory; /* rows are missing: the run must not be reported */
} FaultLog;

/* Rows go to `result_arena`. Not to be called for a run without faults. False if memory ran out. */
bool fault_log_init(FaultLog *log, Arena *run_arena, Arena *result_arena, const World *world);
Observer fault_log_observer(FaultLog *log);

#endif
