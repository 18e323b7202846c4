/* drawn.h - what differs between the replications of a scenario: an interval without that means
 * nothing. */
#ifndef SIM_EXPERIMENT_DRAWN_H
#define SIM_EXPERIMENT_DRAWN_H

#include "core/scenario.h"

/* VaryWhat, bits: what the scenario draws, and each replication anew. 0: one replication says all.
 */
int32_t scenario_drawn(const Scenario *scenario);

#endif
