/* stranded.h - free GPU on nodes that hold no typical task and nothing that waits. */
#ifndef SIM_EXPERIMENT_STRANDED_H
#define SIM_EXPERIMENT_STRANDED_H

#include "core/fact.h"
#include "core/judge.h"
#include "core/ledger.h"
#include "core/world.h"

typedef struct StrandedMeter {
    Judge *judge;
    int32_t typical_count;
    GpShape *typical; /* [typical_count] typical tasks that want a GPU, smallest first; where none
                       * are known, every request of the run */
    uint8_t *is_rare; /* [class] wants a GPU and is no typical task */
    ClassId *fitting; /* [class] memory: rare ones that wait and fit somewhere */
    /* nodes with free GPU that hold no typical task */
    int32_t count;
    int32_t *node;       /* [count] */
    int32_t *place;      /* [node] in `node`; -1 */
    int64_t *free_milli; /* [node] of those */
    int64_t sum_milli;
    /* changed since they were last looked at */
    int32_t touched_count;
    int32_t *touched;
    uint8_t *is_touched;  /* [node] */
    Int128 stranded_milli_ms;
} StrandedMeter;

/* The judge is kept current by an observer that comes before this one. False if memory ran out. */
bool stranded_init(StrandedMeter *meter, Arena *arena, const World *world, Judge *judge);
Observer stranded_observer(StrandedMeter *meter);
double stranded_gpu_hours(const StrandedMeter *meter);

#endif
