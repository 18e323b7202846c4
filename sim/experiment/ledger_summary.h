/* ledger_summary.h - what the books of a variant say on average over its replications. */
#ifndef SIM_EXPERIMENT_LEDGER_SUMMARY_H
#define SIM_EXPERIMENT_LEDGER_SUMMARY_H

#include "sim/experiment/result.h"

/* Fills variant->ledger from its replications, which are all complete. False if memory ran out. */
bool ledger_summary_of_variant(VariantResult *variant, Arena *arena);

#endif
