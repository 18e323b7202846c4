/* bridge.h - the ledger bridge: from what one variant pays for and produces to what another does,
 * account by account. */
#ifndef SIM_REPORT_BRIDGE_H
#define SIM_REPORT_BRIDGE_H

#include "sim/report/difference.h"

/* The bridge as JSON (docs/results.md); null where a side has no ledger. In whole millionths:
 *   paid = productive + sum of rows and cost = paid + overhead, in from, to and change, exactly.
 * NULL: memory ran out. */
json_t *bridge_json(const VariantPair *pair);

/* The three numbers (docs/evidence.md): cash, capacity freed, and what is neither. null as above.
 */
json_t *savings_json(const VariantPair *pair);

#endif
