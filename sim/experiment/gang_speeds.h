/* gang_speeds.h - own speeds of running tasks as facts tell them, and the pace of their gangs. */
#ifndef SIM_EXPERIMENT_GANG_SPEEDS_H
#define SIM_EXPERIMENT_GANG_SPEEDS_H

#include "core/fact.h"
#include "core/world.h"

typedef struct GangSpeeds {
    int32_t *own_ppm;     /* [task] as last heard; NULL: all tasks of the run go at full speed */
    int8_t *limit;        /* [task] what holds it there: GpDimension, LIMIT_DEVICE or LIMIT_NONE */
    int32_t *pace_ppm;    /* [job] of a synchronous one, as it has been since it was last settled */
    int32_t *slowest_ppm; /* [job] its slowest running member, in the job's own measure */
    int32_t *slowest;     /* [job] so many members are that slow */
    int32_t *running;     /* [job] members that run */
} GangSpeeds;

/* False if memory ran out. */
bool gang_speeds_init(GangSpeeds *speeds, Arena *arena, const World *world);

/* Who runs, apart from the task that the call is about. */
typedef bool (*IsRunning)(const void *self, TaskId task);

/* A task begins to run, at full speed (sign 1), or runs no longer (-1). */
void gang_speeds_member(GangSpeeds *speeds, const World *world, TaskId task, int sign,
                        IsRunning is_running, const void *self);

/* The running task's own speed is another now. */
void gang_speeds_set(GangSpeeds *speeds, const World *world, TaskId task, int32_t own_ppm,
                     int8_t limit, IsRunning is_running, const void *self);

/* The pace of the synchronous job now: where it differs from pace_ppm, its members have to be
 * settled first. */
int32_t gang_speeds_pace(const GangSpeeds *speeds, const World *world, JobId job);

/* What the task advances, of its own speed: all of it outside gangs. */
int32_t gang_speeds_advance(const GangSpeeds *speeds, const World *world, TaskId task);

/* The task's speed in the job's own measure: relative to what durations are given for. */
int32_t gang_speeds_relative(const World *world, JobId job, int32_t type, int32_t own_ppm);

#endif
