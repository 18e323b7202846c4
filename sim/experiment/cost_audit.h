/* cost_audit.h - are the costs of a run those of its books, to the last unit? */
#ifndef SIM_EXPERIMENT_COST_AUDIT_H
#define SIM_EXPERIMENT_COST_AUDIT_H

#include "sim/experiment/cost_sums.h"

/* What is wrong, in a few words; NULL: nothing. Every account of every tenant and node type has the
 * time that the ledger has, nothing is negative, and what commitments cost is used or unused. */
const char *cost_sums_wrong(const CostSums *sums, const Ledger *ledger);

/* Rows, unused commitments and overheads sum to the total, periods to the whole, and no amount is
 * negative. */
const char *cost_book_wrong(const CostBook *book);

#endif
