/* repair.c - stages of repairs, and the crew that does them. */
#include "sim/engine/repair.h"

#include "sim/engine/faults.h"

bool repair_init(Engine *engine, Arena *arena)
{
    (void)engine;
    return !arena->failed;
}

void repair_begin(Engine *engine, int32_t slot)
{
    (void)engine;
    (void)slot;
}

void repair_stage(Engine *engine, int32_t slot)
{
    fault_over(engine, slot);
}
