/* audit.h - is the World what its tasks say? Everything that is kept current step by step is worked
 * out anew after every policy pass: slow, exact, for tests and for `gpuplan run --audit`. */
#ifndef SIM_EXPERIMENT_AUDIT_H
#define SIM_EXPERIMENT_AUDIT_H

#include "core/fact.h"
#include "core/world.h"
#include "sim/experiment/audit_rates.h"

typedef struct Audit {
    GpFleet fleet;    /* columns of its own: an empty fleet on which all tasks are placed again */
    int64_t *queues;  /* [queue * GP_AXES + lane] */
    int32_t *holding; /* [job] tasks that hold devices */
    AuditRates rates;
} Audit;

/* False if memory ran out. */
bool audit_init(Audit *audit, Arena *arena, const World *world);

/* Ends the program with a message where something does not add up: devices booked twice, amounts
 * that nobody holds, a job that neither waits nor runs nor is over, a task that is faster or slower
 * than its causes let it be. */
Observer audit_observer(Audit *audit);

#endif
