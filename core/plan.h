/* plan.h - what the scheduler believes of the future: when running jobs end, and who starts then.
 *
 * Reservations of EASY and conservative backfilling (Mu'alem and Feitelson, IEEE TPDS 2001). All
 * times are beliefs (world_planned_end_ms), never what a job's record says. The plan has node
 * columns of its own; the World's are not touched.
 */
#ifndef CORE_PLAN_H
#define CORE_PLAN_H

#include "core/world.h"

/* Memory for the plans of a run; NULL if memory ran out. */
Plan *plan_new(Arena *arena, const World *world);

/* The engine tells of every task that takes a place (after) and gives one back (before). */
void plan_task_placed(Plan *plan, const World *world, TaskId task);
void plan_task_released(Plan *plan, const World *world, TaskId task);

/* Starts a planning pass at world->now_ms. */
void plan_begin(Plan *plan, const World *world);

/* The job cannot start now: finds the earliest instant at which its next `task_count` tasks could
 * start without delaying any reservation made before, and reserves their places for its believed
 * run time. TIME_NEVER: none within the window. */
int64_t plan_reserve(Plan *plan, const World *world, JobId job, int32_t task_count);

/* May `task_count` tasks of the job start now at these places, delaying no reservation? If so they
 * are counted as running from now on. */
bool plan_allows(Plan *plan, const World *world, JobId job, int32_t task_count,
                 const GpPlacement *placements);

/* When the earliest reservation of the plan begins; TIME_NEVER: there is none. */
int64_t plan_next_start_ms(const Plan *plan);

#endif
