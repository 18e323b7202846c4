/* draw.h - one replication's jobs and node ranks, drawn or recorded.
 *
 * The order of arrivals of SOURCE_CLASSES and SOURCE_LOG_ORDER follows the FGD study: the list shuffled; then
 * copies drawn with replacement up to the load (or entries removed at random down to it).
 */
#ifndef TRACES_DRAW_H
#define TRACES_DRAW_H

#include "core/arena.h"
#include "core/diagnostic.h"
#include "core/scenario.h"

/* Jobs of one replication, in arena memory; what `vary` keeps is drawn as in the first one. */
Status workload_draw(const Scenario *scenario, uint32_t replication, Arena *arena, Diagnostics *diagnostics,
                     JobTable *jobs);

/* rank[node] of one replication: the identity, drawn, or recorded. */
Status node_ranks(const Scenario *scenario, uint32_t replication, Arena *arena, Diagnostics *diagnostics,
                  int32_t **rank);

#endif
