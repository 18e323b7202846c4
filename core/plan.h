/* plan.h - what the scheduler believes of the future: when running jobs end, and who starts then.
 *
 * Reservations of EASY and conservative backfilling (Mu'alem and Feitelson, IEEE TPDS 2001), exact
 * with respect to nodes, devices and lanes: docs/backfilling.md. All times are beliefs
 * (world_planned_end_ms), never what a job's record says. The plan has node columns of its own.
 *
 * A pass that plans walks the waiting jobs in order:
 *   plan_begin
 *   a job that finds places     plan_allows; if refused, plan_narrow and look for others, as often
 *                               as it answers true; plan_widen
 *   a job that cannot start     plan_reserve: who may have a reservation gets one: EASY the first
 *                               that asks (of each queue, with per_queue), conservative everybody
 */
#ifndef CORE_PLAN_H
#define CORE_PLAN_H

#include "core/world.h"

/* A plan holds so many reservations of so many tasks, or as many as the run has or its depth
 * allows, if that is less. Who comes later gets none: TIME_NEVER. */
#define PLAN_JOBS_MAX 16384
#define PLAN_TASKS_MAX 65536

/* Memory for the plans of a run; NULL if memory ran out. The scan policy says which kind. */
Plan *plan_new(Arena *arena, const World *world);

/* The engine tells of every task that takes a place (after) and gives one back (before). */
void plan_task_placed(Plan *plan, const World *world, TaskId task);
void plan_task_released(Plan *plan, const World *world, TaskId task);

/* A task that stays where it is will end at another time: it was told to stop, or its gang is
 * complete at last. */
void plan_task_retimed(Plan *plan, const World *world, TaskId task);

/* The node was closed or opened, or a device or lane of it is believed to be another. */
void plan_node_changed(Plan *plan, const World *world, int32_t node);

/* Starts a planning pass at world->now_ms. */
void plan_begin(Plan *plan, const World *world);

/* The job cannot start now: finds the earliest instant after now at which its next `task_count`
 * tasks could start without delaying any reservation made before in this pass, and reserves their
 * places for its believed run time. TIME_NEVER: none within the window. */
int64_t plan_reserve(Plan *plan, const World *world, JobId job, int32_t task_count);

/* May `task_count` tasks of the job start now at these places, delaying no reservation? If so the
 * engine starts them. */
bool plan_allows(Plan *plan, const World *world, JobId job, int32_t task_count,
                 const GpPlacement *placements);

/* After plan_allows refused: takes from the World's columns, until plan_widen, what the job may not
 * have because of reservations, so that other places are found if there are any. False: no other
 * places will do. That a shape fits nowhere in between is forgotten again. */
bool plan_narrow(Plan *plan, World *world);
void plan_widen(Plan *plan, World *world);

/* After a refusal that is final: jobs of the same class that are believed to run longer than this
 * are refused in this pass too. -1: nothing is known of them. */
int64_t plan_refused_above_ms(const Plan *plan);

/* When the earliest reservation of the plan begins, of those that do not wait for tasks that should
 * have ended already; TIME_NEVER: there is none. */
int64_t plan_next_start_ms(const Plan *plan);

#endif
