/* job_text.h - where a job is or was, and why it does not run, in words. */
#ifndef SIM_EXPERIMENT_JOB_TEXT_H
#define SIM_EXPERIMENT_JOB_TEXT_H

#include "core/world.h"

/* Which tasks of a job a text is about. */
typedef struct TaskRange {
    TaskId from, to;   /* to: the one behind the last */
    bool only_holding; /* those that hold devices now; else where they were last, too */
} TaskRange;

TaskRange job_tasks(const World *world, JobId job, bool only_holding);

/* The distinct nodes of the tasks in their order, joined by ';'; "" if there are none. Arena
 * memory, or the cluster's own; NULL if memory ran out. */
const char *nodes_text(const World *world, TaskRange tasks, Arena *arena);

/* Every device of every task, as node/index, joined by ';'. */
const char *devices_text(const World *world, TaskRange tasks, Arena *arena);

/* "", or e.g. "too_large.gpu", "fragmented.cpu", "blocked.quota". NULL if memory ran out. */
const char *why_text(Why why, Arena *arena);

/* The job's name, or its number where it has none. NULL if memory ran out. */
const char *job_label(const World *world, JobId job, Arena *arena);

#endif
