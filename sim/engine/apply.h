/* apply.h - decisions become so: what tasks take and give back. With life.c and progress.c the only
 * functions that change a World. */
#ifndef SIM_ENGINE_APPLY_H
#define SIM_ENGINE_APPLY_H

#include "core/decision.h"
#include "sim/engine/engine.h"

/* Tells the observers; the time is filled in. */
void fact_emit(Engine *engine, Fact *fact);
void job_fact(Engine *engine, FactKind kind, JobId job, int32_t value);
void task_fact(Engine *engine, FactKind kind, TaskId task, int32_t value);

/* A policy's decision becomes so. */
void decision_apply(Engine *engine, const Decision *decision);

/* Takes the task's place on the columns, or gives it back, with all that is summed over them. */
void place_take(Engine *engine, TaskId task, const GpPlacement *placement);
void place_give(Engine *engine, TaskId task);

/* `tasks` more (or fewer) of the job hold quota of its flavor; demand is what it still wants. */
void quota_hold(World *world, JobId job, int32_t tasks);
void demand_add(World *world, JobId job, int32_t tasks);

#endif
