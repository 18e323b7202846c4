/* cost_cover.h - which part of the capacity on demand commitments cover, node type by node type.
 *
 * GPU-hours cover up to their promise at every instant, money what it can buy in its hour; what is
 * not used then is lost. Those of GPU-hours are consumed before those of money, each kind in the
 * scenario's order; of the node types the dearest is covered first. Rules: docs/costs.md.
 */
#ifndef SIM_EXPERIMENT_COST_COVER_H
#define SIM_EXPERIMENT_COST_COVER_H

#include "core/ledger.h"
#include "sim/experiment/cost_sums.h"

typedef struct CostCover {
    const CostModel *model;
    int32_t type_count;
    int32_t *order;        /* [type] node types, the dearest first */
    bool hourly;           /* capacity may change: every hour is a stretch of its own */
    int64_t hour_shift_ms; /* of calendar hours against simulated time */
    int64_t end_ms;        /* of the run; TIME_NEVER: not known */
    int64_t from_ms;       /* begin of the stretch */
    int64_t seen_ms;       /* capacity has been looked at up to then */
    Int128 *seen;          /* [type] capacity by then */
    Int128 *fresh;         /* [type] scratch: capacity since, not covered yet */
    Int128 *capacity;      /* [type] of the stretch */
    Int128 *cover;         /* [type][commitment_count + 1] of the stretch, as CostSpan */
    Int128 *budget;        /* [commitment] money of this hour that is left */
    int64_t *hour;         /* [commitment] which hour that is; -1: none yet */
} CostCover;

/* hourly: capacity may change. False if memory ran out. */
bool cost_cover_init(CostCover *cover, Arena *arena, const Scenario *scenario,
                     const CostModel *model, bool hourly);

/* A stretch begins. */
void cost_cover_begin(CostCover *cover, const Ledger *ledger, int64_t at_ms);

/* The capacity has been one and the same since this was last called, or the stretch began. */
void cost_cover_advance(CostCover *cover, const Ledger *ledger, int64_t at_ms);

/* The stretch ends, after cost_cover_advance: fills `cover`, and adds to sums[commitment]. */
void cost_cover_end(CostCover *cover, int64_t at_ms, CommitmentSum *sums);

/* When the coverage may change by itself, after at_ms; TIME_NEVER: not any more. */
int64_t cost_cover_next(const CostCover *cover, int64_t at_ms);

#endif
