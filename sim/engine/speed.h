/* speed.h - how fast tasks and units could go: cards and their company, the data path, models,
 * noisy steps. */
#ifndef SIM_ENGINE_SPEED_H
#define SIM_ENGINE_SPEED_H

#include "sim/engine/engine.h"

/* False if memory ran out. tasks_max: that run at the same time. */
bool speed_init(Engine *engine, Arena *arena, int32_t tasks_max);

/* The task begins to run, at full speed as far as is known yet; or it no longer runs. */
void speed_begins(Engine *engine, TaskId task);
void speed_ends(Engine *engine, TaskId task);

/* The pace of a unit whose running members go at their own speeds. */
int32_t speed_of_unit(const Engine *engine, JobId job, TaskId unit);

/* The same if the data path fed them all, and without what an elastic job misses. */
int32_t speed_unfed(const Engine *engine, JobId job, TaskId unit, int32_t *members);

/* The task's own speed is worked out anew from its causes. True if it, or its limit, changed. */
bool speed_update(Engine *engine, TaskId task);

/* The cards of these tasks are slower or faster, or have other company: their own speeds follow,
 * and the pace of their units. */
void speed_devices(Engine *engine, int32_t node, uint32_t devices);

#endif
