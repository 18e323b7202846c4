/* cost_meter.h - what a run costs: cuts its books where prices change, and multiplies out.
 *
 * Between two cuts every price, tariff and intensity is constant, and so is the part of each node
 * type that commitments cover. A run in which nothing changes is not cut at all: it is multiplied
 * out once, at its end. Rules: docs/costs.md.
 */
#ifndef SIM_EXPERIMENT_COST_METER_H
#define SIM_EXPERIMENT_COST_METER_H

#include "sim/experiment/cost_cells.h"
#include "sim/experiment/cost_cover.h"
#include "sim/experiment/ledger_observer.h"

typedef struct CostPeriod {
    int64_t begin_ms;
    CommitmentSum *commitments; /* [commitment_count] */
    Int128 *overhead;           /* [overhead_count] */
} CostPeriod;

typedef struct CostMeter {
    const CostModel *model; /* NULL: nothing has a price */
    LedgerMeter *books;
    Arena *arena, *result_arena;
    CostCells cells;
    CostCover cover;
    bool keeps_periods;
    bool begun;       /* what the warm-up of the run cost is left out */
    int64_t begin_ms; /* of the books */
    int64_t cut_ms;   /* the last cut */
    Int128 *before;   /* [type][tenant_count + 1][ACCOUNT_COUNT] what the books held then */
    Int128 *open;     /* likewise, what was under way at this cut; all 0 between cuts */
    uint8_t *is_open; /* [type][tenant_count + 1] something was under way at the last cut */
    int32_t live_count;
    JobId *live; /* [job] that were placed and are not over; NULL: the run is not cut */
    uint8_t *is_live;
    Int128 *share; /* [commitment_count + 1] scratch */
    Int128 *part;
    int32_t period_count, period_capacity;
    CostPeriod *periods;
    int32_t overhead_count;
    const char **overhead_name;
    int32_t staff_line, nodes_line, first_line; /* rows of overhead; -1: there is none */
    int32_t *standing;                          /* [type] nodes without GPUs that are there */
    int64_t *standing_ms;                       /* [type] summed over them, since the last cut */
    int64_t stood_ms;
    bool standing_changed;
    Int128 nodes_energy, nodes_carbon;
} CostMeter;

/* keeps_periods: charge periods are told apart. Adds a mark to `books` where the run is cut. False
 * if memory ran out. */
bool cost_meter_init(CostMeter *meter, Arena *run_arena, Arena *result_arena, const World *world,
                     LedgerMeter *books, bool keeps_periods);

/* Does it watch the run? Then its observer must come after that of the books. */
bool cost_meter_watches(const CostMeter *meter);
Observer cost_meter_observer(CostMeter *meter);

/* After the run. NULL if memory ran out. */
CostSums *cost_meter_finish(CostMeter *meter, const World *world);

#endif
