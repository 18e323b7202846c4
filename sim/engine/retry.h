/* retry.h - jobs whose own processes fail: tried again after a back-off, or failed for good. */
#ifndef SIM_ENGINE_RETRY_H
#define SIM_ENGINE_RETRY_H

#include "sim/engine/engine.h"

/* The task by which a unit that works is known: of a synchronous job, its first that does. */
TaskId unit_member(const World *world, TaskId unit);

/* Is the task dead by its own process, and nobody has seen it yet? */
bool process_hangs(const World *world, TaskId task);

/* EVENT_TASK_STOPPED of a process that hung: now it is seen that it has failed. */
void hang_seen(Engine *engine, TaskId task);

/* How long a task that stops for this cause may not start again; TIME_NEVER: it is not replaced. */
int64_t retry_delay_ms(const World *world, JobId job, StopCause cause);

/* The job has failed too often, and its scheduler does not care: members that fail are not
 * replaced, and it is tried again as a whole once the rest has been stopped as stale. */
bool failed_for_good(const World *world, JobId job);

/* An eviction counts as a failure where the remedy says so. True: as one too many. */
bool eviction_fails_job(Engine *engine, JobId job, StopCause cause);

/* The gang stops since it lost a member: a failure where the remedy says so. True: it was one too
 * many, and the job has failed. */
bool loss_fails_job(Engine *engine, JobId job);

/* The job has failed for good: all that is left of it stops. */
void job_fails(Engine *engine, JobId job);

/* A task that gave back its place waits, at once or after its back-off. */
void task_waits(World *world, TaskId task, int64_t backoff_ms);

/* The job is whole again: no task of it holds a place, so those that back off wait with the others.
 * Returns how long they still would have; backoff_ms if that is longer. */
int64_t retries_join(World *world, JobId job, int64_t backoff_ms);

/* Back-offs of the job are over. */
void retries_due(World *world, JobId job);

#endif
