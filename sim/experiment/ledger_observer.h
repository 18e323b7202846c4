/* ledger_observer.h - keeps the books of a run from its facts and intervals. Rules: docs/ledger.md.
 */
#ifndef SIM_EXPERIMENT_LEDGER_OBSERVER_H
#define SIM_EXPERIMENT_LEDGER_OBSERVER_H

#include "core/ledger.h"
#include "core/world.h"
#include "sim/experiment/charge.h"

typedef struct LedgerMeter {
    Ledger *ledger;
    ChargeMeter charge;
    int64_t *type_capacity_milli; /* [type] */
    int64_t *free_milli;          /* [type] for the attribution */
    JobId *walk_heap;
    Claim *claims;                /* [job] at most */
    /* one verdict a shape, for the task count it was last asked for */
    uint64_t *shape_judged_at;   /* [shape] change_count + 1; 0: never */
    int32_t *shape_judged_tasks; /* [shape] */
    Verdict *shape_verdict;      /* [shape] */
} LedgerMeter;

/* Opens books for a world as the run finds it: empty. `ledger` and `arena` outlive the run. False
 * if memory ran out. */
bool ledger_meter_init(LedgerMeter *meter, Ledger *ledger, Arena *ledger_arena, Arena *run_arena,
                       const World *world);
Observer ledger_meter_observer(LedgerMeter *meter);

#endif
