/* audit_rates.h - are tasks and units as fast as they should be? All causes are worked out anew
 * from the World, for the whole fleet at once, and compared. */
#ifndef SIM_EXPERIMENT_AUDIT_RATES_H
#define SIM_EXPERIMENT_AUDIT_RATES_H

#include "core/arena.h"
#include "core/world.h"
#include "models/contention.h"

typedef struct AuditRates {
    bool applies;
    bool streams;       /* some job draws on the data path */
    int32_t *card_ppm;  /* [task] */
    int32_t *unit_flow; /* [task] of a unit: its flow; -1 */
    FlowUse *uses;
    Contention share;
    int64_t *asked; /* [resource] if nothing but their models held tasks back */
} AuditRates;

/* False if memory ran out. */
bool audit_rates_init(AuditRates *rates, Arena *arena, const World *world);

/* NULL: all is well; else what is not, with the task in *which. */
const char *audit_rates_check(AuditRates *rates, const World *world, TaskId *which);

#endif
