/* gang_speeds.c - the slowest running member of each gang, kept current member by member. */
#include "sim/experiment/gang_speeds.h"

#include "core/pace.h"

bool gang_speeds_init(GangSpeeds *speeds, Arena *arena, const World *world)
{
    const JobTable *jobs = world->jobs;
    *speeds = (GangSpeeds){0};
    if (world->task_rate_ppm == NULL) {
        return true;
    }
    speeds->own_ppm = ARENA_ARRAY(arena, int32_t, jobs->task_count);
    speeds->limit = ARENA_ARRAY(arena, int8_t, jobs->task_count);
    speeds->pace_ppm = ARENA_ARRAY(arena, int32_t, jobs->job_count);
    speeds->slowest_ppm = ARENA_ARRAY(arena, int32_t, jobs->job_count);
    speeds->slowest = ARENA_ARRAY(arena, int32_t, jobs->job_count);
    speeds->running = ARENA_ARRAY(arena, int32_t, jobs->job_count);
    if (arena->failed) {
        return false;
    }
    for (TaskId task = 0; task < jobs->task_count; task++) {
        speeds->own_ppm[task] = GP_PPM;
        speeds->limit[task] = LIMIT_NONE;
    }
    for (JobId job = 0; job < jobs->job_count; job++) {
        speeds->slowest_ppm[job] = PACE_MAX_PPM;
        speeds->pace_ppm[job] = GP_PPM;
    }
    return true;
}

int32_t gang_speeds_relative(const World *world, JobId job, int32_t type, int32_t own_ppm)
{
    return pace_times(own_ppm, pace_relative_ppm(&world->scenario->cluster,
                                                 job_class(world->jobs, job)->traits, type));
}

static int32_t relative(const GangSpeeds *speeds, const World *world, TaskId task)
{
    return gang_speeds_relative(world, world->jobs->task_job[task],
                                world->fleet.node_type[world->task_node[task]],
                                speeds->own_ppm[task]);
}

static void slowest_join(GangSpeeds *speeds, JobId job, int32_t ppm)
{
    if (ppm < speeds->slowest_ppm[job]) {
        speeds->slowest_ppm[job] = ppm;
        speeds->slowest[job] = 1;
    } else if (ppm == speeds->slowest_ppm[job]) {
        speeds->slowest[job]++;
    }
}

/* Only when the last of the slowest goes are the others looked at. */
static void slowest_leave(GangSpeeds *speeds, const World *world, TaskId task, int32_t ppm,
                          IsRunning is_running, const void *self)
{
    JobId job = world->jobs->task_job[task];
    if (ppm != speeds->slowest_ppm[job] || --speeds->slowest[job] > 0) {
        return;
    }
    speeds->slowest_ppm[job] = PACE_MAX_PPM;
    for (TaskId other = world->jobs->job_first_task[job];
         other < world->jobs->job_first_task[job + 1]; other++) {
        if (other != task && is_running(self, other)) {
            slowest_join(speeds, job, relative(speeds, world, other));
        }
    }
}

static bool is_gang(const World *world, TaskId task)
{
    return job_class(world->jobs, world->jobs->task_job[task])->sync;
}

void gang_speeds_member(GangSpeeds *speeds, const World *world, TaskId task, int sign,
                        IsRunning is_running, const void *self)
{
    JobId job = world->jobs->task_job[task];
    if (speeds->own_ppm == NULL) {
        return;
    }
    if (is_gang(world, task)) {
        speeds->running[job] += sign;
        if (sign > 0) {
            slowest_join(speeds, job, relative(speeds, world, task));
        } else {
            slowest_leave(speeds, world, task, relative(speeds, world, task), is_running, self);
        }
    }
    speeds->own_ppm[task] = GP_PPM;
    speeds->limit[task] = LIMIT_NONE;
}

void gang_speeds_set(GangSpeeds *speeds, const World *world, TaskId task, int32_t own_ppm,
                     int8_t limit, IsRunning is_running, const void *self)
{
    int32_t before_ppm = relative(speeds, world, task);
    speeds->own_ppm[task] = own_ppm;
    speeds->limit[task] = limit;
    int32_t ppm = relative(speeds, world, task);
    if (is_gang(world, task) && ppm != before_ppm) {
        slowest_leave(speeds, world, task, before_ppm, is_running, self);
        slowest_join(speeds, world->jobs->task_job[task], ppm);
    }
}

int32_t gang_speeds_pace(const GangSpeeds *speeds, const World *world, JobId job)
{
    return pace_times(speeds->slowest_ppm[job],
                      pace_noise_ppm(&world->scenario->models, speeds->running[job]));
}

int32_t gang_speeds_advance(const GangSpeeds *speeds, const World *world, TaskId task)
{
    JobId job = world->jobs->task_job[task];
    if (speeds->own_ppm == NULL || !is_gang(world, task)) {
        return speeds->own_ppm != NULL ? speeds->own_ppm[task] : GP_PPM;
    }
    int32_t full_ppm =
        gang_speeds_relative(world, job, world->fleet.node_type[world->task_node[task]], GP_PPM);
    int64_t ppm = speeds->pace_ppm[job];
    ppm = full_ppm == GP_PPM ? ppm : ppm * GP_PPM / full_ppm;
    return ppm < speeds->own_ppm[task] ? (int32_t)ppm : speeds->own_ppm[task];
}
