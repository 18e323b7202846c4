/* saves.h - units that save their state: their work clocks, and what of it needs events.
 *
 * Only checkpoints that contend for a storage pool, and those that somebody waits for, are events;
 * all others are worked out when the clock is asked (models/checkpoint.h).
 */
#ifndef SIM_ENGINE_SAVES_H
#define SIM_ENGINE_SAVES_H

#include "sim/engine/engine.h"

/* Brings the work of a unit that saves up to now. */
void saves_advance(World *world, const JobCheckpoint *saves, TaskId unit);

/* When `work` will be done at the present speed; TIME_NEVER: not before something changes. */
int64_t saves_when(const World *world, const JobCheckpoint *saves, TaskId unit, int64_t work);

/* The unit's speed has changed: so has what comes next. One that stands still writes nothing on. */
void saves_schedule(Engine *engine, const JobCheckpoint *saves, TaskId unit);

/* What a unit that stops or dies can lose: work beyond its last durable checkpoint. */
bool saves_at_stake(const World *world, JobId job, TaskId unit);

/* Back to what is durable, or all that is done is saved. The unit stands still. */
void saves_roll_back(Engine *engine, TaskId unit);
void saves_keep(Engine *engine, TaskId unit);

/* A member dies in its grace. True: the checkpoint that was being written there is not durable, and
 * the unit has work to lose again. */
bool saves_stop_fails(World *world, TaskId unit);

/* Is the job's state saved by one that is told to stop for this cause, within so long? */
bool saves_on_stop(const World *world, JobId job, StopCause cause, int64_t grace_ms);

/* The task's start-up is over. True: it has to read the checkpoint first, and will be ready then.
 */
bool saves_restore(Engine *engine, TaskId task);

/* EVENT_CHECKPOINT. */
void saves_event(Engine *engine, TaskId unit);

#endif
