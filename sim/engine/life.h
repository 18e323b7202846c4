/* life.h - what happens to jobs and tasks between submission and end. */
#ifndef SIM_ENGINE_LIFE_H
#define SIM_ENGINE_LIFE_H

#include "core/policy.h"
#include "sim/engine/engine.h"

/* The next job of the table arrives; the one after it is scheduled. */
void job_submit(Engine *engine);

/* The job joins those that wait, or stays there with a new key. */
void job_enqueue(Engine *engine, JobId job);
void job_dequeue(Engine *engine, JobId job);
void job_eligible(Engine *engine, JobId job);

/* Has as many tasks in place as progress needs: it starts, once an attempt. */
void job_start_check(Engine *engine, JobId job);

/* The unit (task, or synchronous job) has done its work. */
void unit_end(Engine *engine, TaskId unit);

/* Tells a task that holds devices to stop; what becomes of it is in cause and mode. */
void task_stop(Engine *engine, TaskId task, StopCause cause, EvictMode mode);
void task_stopped(Engine *engine, TaskId task); /* its grace is over */
void job_limit(Engine *engine, JobId job);      /* its time is over */

/* All that is left of the job stops for good; `end` is how it ends. */
void job_stop(Engine *engine, JobId job, StopCause cause, JobEnd end);

void limit_schedule(Engine *engine, JobId job); /* sets or moves that event */

/* How high a job stands among those who may stop each other. */
int64_t suspension_rank(const World *world, JobId job);

/* Suspended jobs of this rank and more whose places are free go on. True if one did. */
bool suspended_resume(Engine *engine, int64_t rank);

/* What works no longer takes with it the work of those who are suspended there: on these devices of
 * the node, 0: all of it. When the place is given up they wait in the queue. */
void suspended_die(Engine *engine, int32_t node, uint32_t devices);
void suspended_leave(Engine *engine, int32_t node, uint32_t devices);

/* What is not placed of the job leaves for good. */
void tasks_drop(Engine *engine, JobId job);

#endif
