/* life_log.h - what the World forgets of jobs and tasks: when tasks ended, when later attempts
 * began, how often somebody gave way. */
#ifndef SIM_EXPERIMENT_LIFE_LOG_H
#define SIM_EXPERIMENT_LIFE_LOG_H

#include "core/fact.h"
#include "core/world.h"

/* Any attempt but a job's first. */
typedef struct AttemptStart {
    JobId job;
    int32_t attempt; /* from 2 */
    int64_t start_ms;
} AttemptStart;

typedef struct LifeLog {
    int64_t
        *task_end_ms; /* [task] when it last gave back its devices; TIME_NEVER; NULL: not asked */
    AttemptStart *later; /* [later_count] in order of time; grows */
    int32_t later_count, later_capacity;
    bool out_of_memory;       /* later attempts are missing: the run must not be reported */
    int64_t *job_gave_way_ms; /* [job] when it last did; NULL: nobody evicts in this run */
    int64_t *job_moved_ms;    /* [job] likewise */
    int64_t warmup_ms;        /* what happens before is not counted */
    int64_t preemptions;      /* jobs told to give way to others, once an instant */
    int64_t migrations;       /* jobs moved, once an instant */
    int64_t restarts;         /* attempts after the first */
} LifeLog;

/* keeps_times: of tasks and attempts, too. False if memory ran out. */
bool life_log_init(LifeLog *log, Arena *arena, const World *world, bool keeps_times);
void life_log_free(LifeLog *log);
Observer life_log_observer(LifeLog *log);

/* When the job's k-th attempt began, from 1; TIME_NEVER: it did not. */
int64_t life_log_start_ms(const LifeLog *log, const World *world, JobId job, int32_t attempt);

#endif
