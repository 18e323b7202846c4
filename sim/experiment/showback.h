/* showback.h - who pays: the costs of a variant by queue, team and tenant, in OpenCost's words.
 *
 * Direct cost is that of a unit's own accounts; idle cost is what nobody used, a line of its own
 * (__idle__) or in proportion to direct cost; shared cost is everybody's. What is charged to nobody
 * is the platform's (__platform__), what has no owner is __unallocated__. All amounts are parts by
 * largest remainder (core/apportion.h), so that the lines sum to the cost book to the micro-USD.
 * Rules and their reasons: docs/showback.md.
 */
#ifndef SIM_EXPERIMENT_SHOWBACK_H
#define SIM_EXPERIMENT_SHOWBACK_H

#include "core/arena.h"
#include "sim/experiment/result.h"

#define SHOWBACK_IDLE "__idle__"
#define SHOWBACK_UNALLOCATED "__unallocated__"
#define SHOWBACK_PLATFORM "__platform__"

/* Fills variant->showback from its cost book, the ledgers of its replications and their memos;
 * leaves it NULL where nothing has a price. False if memory ran out. */
bool showback_of_variant(VariantResult *variant, Arena *arena);

/* Who a queue is to that grouping: itself, its team, its tenant. */
const char *showback_unit(const QueueTree *tree, const char *queue, ShowbackBy by);

/* The line of that name; NULL: there is none. */
const ShowbackLine *showback_line(const Showback *showback, const char *name);

/* Used of requested GPU-hours: 1 where nothing was requested and something used, NAN where nothing
 * was either. */
double showback_efficiency(const ShowbackLine *line);

/* The fields of a line, for `expect:` and reports. */
typedef enum ShowbackField {
    SHOWBACK_REQUESTED,
    SHOWBACK_USED,
    SHOWBACK_PRODUCTIVE,
    SHOWBACK_AS_CARDS,
    SHOWBACK_EFFICIENCY,
    SHOWBACK_DIRECT,
    SHOWBACK_OVER_USE,
    SHOWBACK_WORKLOAD_IDLE,
    SHOWBACK_IDLE_USD,
    SHOWBACK_UNUSED_QUOTA,
    SHOWBACK_SHARED,
    SHOWBACK_TOTAL,
    SHOWBACK_PER_GPU_HOUR,
    SHOWBACK_PER_PRODUCTIVE_GPU_HOUR,
    SHOWBACK_FIELD_COUNT
} ShowbackField;

typedef struct ShowbackFieldInfo {
    const char *name, *unit, *summary;
} ShowbackFieldInfo;
extern const ShowbackFieldInfo SHOWBACK_FIELDS[SHOWBACK_FIELD_COUNT];

/* NAN: does not apply. */
double showback_value(const ShowbackLine *line, ShowbackField field);

#endif
