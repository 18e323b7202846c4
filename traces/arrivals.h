/* arrivals.h - the order in which one source's requests arrive, drawn or recorded. For draw.c. */
#ifndef TRACES_ARRIVALS_H
#define TRACES_ARRIVALS_H

#include "core/diagnostic.h"
#include "core/rng.h"
#include "core/scenario.h"

#define JOBS_MAX 100000000 /* jobs of one run */

/* Rows in the order of arrival, in memory of its own. */
typedef struct Arrivals {
    int32_t *row; /* [count] */
    int32_t count;
    int32_t capacity;
} Arrivals;

void arrivals_free(Arrivals *arrivals);

/* The arrivals of source `index` of the scenario. Other than with STATUS_OK nothing is kept. */
Status arrivals_draw(const Scenario *scenario, int32_t index, uint32_t replication,
                     Diagnostics *diagnostics, Arrivals *arrivals);

/* The column "seed<seed + replication>"; NULL (recorded) if there is none. `what` names the table
 * in the message. */
const int32_t *recorded_column(const RecordedColumns *columns, const Scenario *scenario,
                               uint32_t replication, const char *what, Diagnostics *diagnostics,
                               int32_t *length);

#endif
