/* cost_cells.h - the cells of a cost meter, and the work in them that may yet be lost.
 *
 * Work that is lost was paid for when it was done. It is taken off the most recent productive time
 * of its tenant and node type: an attribution, which leaves every period's amounts positive and
 * their sum as it was. Rule: docs/costs.md.
 */
#ifndef SIM_EXPERIMENT_COST_CELLS_H
#define SIM_EXPERIMENT_COST_CELLS_H

#include "sim/experiment/cost_sums.h"

/* A stretch of time without a change of prices, and how commitments covered each node type in it.
 */
typedef struct CostSpan {
    int64_t at_ms;       /* any instant of it: prices are those of then */
    const Int128 *cover; /* [type][commitment_count + 1] amounts, the last is what none covers;
                          * NULL: there are no commitments */
} CostSpan;

/* Productive time of one tenant and type in one span of one period. */
typedef struct CostEntry {
    int32_t span, period;
    int32_t below; /* the entry before it; -1: none */
    Int128 amount;
} CostEntry;

typedef struct CostCells {
    const CostModel *model;
    Arena *arena;
    int32_t type_count, tenant_count, commitment_count;
    int32_t count, capacity;
    CostCell *cells;
    int32_t *newest; /* [type][tenant_count + 1][ACCOUNT_COUNT][commitment_count + 1] of the latest
                      * period; -1: none */
    int32_t span_count, span_capacity;
    CostSpan *spans;
    bool keeps_entries; /* the run is cut */
    int32_t entry_count, entry_capacity, entry_free;
    CostEntry *entries;
    int32_t *top; /* [type][tenant_count + 1] latest entry; -1: none */
    bool out_of_memory;
} CostCells;

bool cost_cells_init(CostCells *cells, Arena *arena, const CostModel *model, int32_t type_count,
                     int32_t tenant_count, bool keeps_entries);

/* The span that starts there; the last one goes on if nothing has changed. `cover` as in CostSpan,
 * copied. */
int32_t cost_cells_span(CostCells *cells, int64_t at_ms, const Int128 *cover);

/* GPU time of an account in the latest span and period; `part` [commitment_count + 1] says which
 * commitments cover it. */
void cost_cells_add(CostCells *cells, int32_t span, int32_t period, int32_t type, int32_t tenant,
                    Account account, const Int128 *part);

/* So much that had been posted to `from` belongs to `to`: taken off the most recent time. Returns
 * what could not be found: it had been before the books began. */
Int128 cost_cells_move(CostCells *cells, int32_t type, int32_t tenant, Account from, Account to,
                       Int128 amount);

/* Splits whole >= 0 over shares that sum to `sum`, each its part rounded down and what is left in
 * their order; takes the parts off the shares. part[i] <= share[i]. */
void cost_split(Int128 whole, Int128 sum, Int128 *share, Int128 *part, int32_t count);

#endif
