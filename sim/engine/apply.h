/* apply.h - the only functions that change a World. */
#ifndef SIM_ENGINE_APPLY_H
#define SIM_ENGINE_APPLY_H

#include "core/decision.h"
#include "sim/engine/engine.h"

void fact_emit(Engine *engine, Fact fact);

/* The next job of the table arrives; the one after it is scheduled. */
void job_submit(Engine *engine);

/* A running task has come to its end and gives back what it holds; with its last task the job ends.
 */
void task_end(Engine *engine, TaskId task);

/* A policy's decision becomes so. */
void decision_apply(Engine *engine, const Decision *decision);

/* Writes down why a job does not run. */
void job_reason_set(Engine *engine, JobId job, JobReason reason, int dimension);

#endif
