/* repair.h - staged repairs: diagnosis, technician, part, hands on, burn-in. */
#ifndef SIM_ENGINE_REPAIR_H
#define SIM_ENGINE_REPAIR_H

#include "sim/engine/engine.h"

/* The crew at rest. False if memory ran out. */
bool repair_init(Engine *engine, Arena *arena);

/* The fault is known and nothing runs there any more: its repair begins. */
void repair_begin(Engine *engine, int32_t slot);

/* EVENT_REPAIR: a stage is over. */
void repair_stage(Engine *engine, int32_t slot);

/* The run ends: what the crew has done and cost until now. */
void repair_finish(Engine *engine);

#endif
