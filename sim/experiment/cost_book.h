/* cost_book.h - exact costs as whole micro-dollars that still sum to their total.
 *
 * Rounded once, by largest remainder: of one replication for its own book, of the exact mean for
 * that of a variant. Rules: docs/costs.md.
 */
#ifndef SIM_EXPERIMENT_COST_BOOK_H
#define SIM_EXPERIMENT_COST_BOOK_H

#include "sim/experiment/cost_sums.h"

/* The mean of so many replications of one variant; tenants go by their names. NULL if memory ran
 * out. */
CostBook *cost_book_of(const CostSums *const *sums, int32_t count, Arena *arena);

/* Of the replications of a variant that have costs: variant->costs, which stays NULL if none has.
 * False if memory ran out. */
bool cost_book_of_variant(VariantResult *variant, Arena *arena);

/* What a commitment came to in one period more. */
void commitment_row_add(CommitmentRow *sum, const CommitmentRow *more);

#endif
