/* progress.h - how fast work advances: start-up, gangs that wait for members, shared cards.
 *
 * Rates change only when something changes; ends are then rescheduled in place, and the work done
 * is kept exactly, in ms x ppm.
 */
#ifndef SIM_ENGINE_PROGRESS_H
#define SIM_ENGINE_PROGRESS_H

#include "sim/engine/engine.h"

/* A task was placed or resumed; it goes on in its place after it was dead; EVENT_TASK_READY: its
 * start-up is over, or it has read its checkpoint; it is ready. */
void progress_placed(Engine *engine, TaskId task);
void progress_revived(Engine *engine, TaskId task);
void progress_started_up(Engine *engine, TaskId task);
void progress_ready(Engine *engine, TaskId task);

/* A task gives up its place, or is told to stop: the unit goes on without it, or waits. */
void progress_leaves(Engine *engine, TaskId task);

/* A synchronous job stops as a whole: no member waits for another. */
void progress_halt(Engine *engine, JobId job);

/* Work of the unit's attempt is gone, but for what is durable. */
void progress_lost(Engine *engine, JobId job, TaskId unit, int32_t cause);

/* What ends this attempt of the unit now: is it its own process's death (of this kind), or is all
 * its work done? Both at the same work: it is done. */
bool progress_died(const World *world, TaskId unit, int32_t *kind);

/* The utilisation of a task takes its next step. */
void progress_usage(Engine *engine, TaskId task);

/* When the unit's next checkpoint becomes durable if nothing changes until then; TIME_NEVER: that
 * is not known, or never. */
int64_t progress_next_durable_ms(const World *world, TaskId unit);

/* remedy_checkpointed will be called once, in the instant in which the unit's next checkpoint
 * becomes durable; not if it loses its work before. False: it saves nothing. */
bool progress_watch_checkpoint(Engine *engine, TaskId unit);

/* Something else than the unit's speed changed when its work will be done. */
void progress_reschedule(Engine *engine, TaskId unit);

/* The task's process is gone: it holds its devices and does nothing; a synchronous job stands still
 * and goes back to its last durable checkpoint, unless it can go on without this member. */
void progress_dies(Engine *engine, TaskId task, int32_t cause);

/* The own speeds of the unit's running tasks have changed: it goes on at its new pace. */
void progress_pace(Engine *engine, TaskId unit);

/* What the node, its devices or its storage pool can do has changed. */
void progress_node_changed(Engine *engine, int32_t node);
void progress_pool_changed(Engine *engine, int32_t pool);

/* The tasks on these devices of a node have other company now. */
void progress_company(Engine *engine, int32_t node, uint32_t devices);

#endif
