/* faults.h - what breaks, and what is whole again: the truth, whatever anybody knows of it. */
#ifndef SIM_ENGINE_FAULTS_H
#define SIM_ENGINE_FAULTS_H

#include "sim/engine/engine.h"

/* Sets the first offered fault on the calendar. */
void faults_begin(Engine *engine);

/* EVENT_FAULT: the next offered fault is there; it is masked, or it begins. */
void fault_offered(Engine *engine);

/* EVENT_FAULT_END: it is over, or, where it was announced, it takes effect. */
void fault_time(Engine *engine, int32_t slot);

/* The fault is over: time, a reset, a reboot or a repair has cured it. */
void fault_over(Engine *engine, int32_t slot);

/* It was repaired in vain: it is over, and begins again at once, as if it had not been noticed. */
void fault_returns(Engine *engine, int32_t slot);

/* Its repair stands at another stage now. */
void fault_stage(Engine *engine, int32_t slot, DownStage stage);

/* A task was given a place that does not work, whatever is believed of it: it is dead at once,
 * until somebody sees it or the place works again. False: the place works. */
bool task_placed_in_vain(Engine *engine, TaskId task);

/* A task's own process fails: it is tried again after a back-off, or its job has failed. */
void task_fails(Engine *engine, TaskId task, int32_t fault_kind);

/* Is the task dead although its devices work? The caller knows that its node does. A process that
 * hangs is not meant. */
bool task_is_left_dead(const World *world, TaskId task);

/* Dead tasks of a node or device that works again go on in their places, from their last
 * checkpoint, after a restart. */
void tasks_revive(Engine *engine, int32_t node);

#endif
