/* job_log.c - what became of each job: times, places, GPU-seconds, and why it does not run. */
#include "sim/experiment/job_log.h"

#include "sim/experiment/job_text.h"

static double gpu_seconds(Int128 milli_ms_ppm)
{
    return (double)milli_ms_ppm / (1e6 * GP_PPM);
}

static void row_write(const World *world, const TaskBooks *books, const WaitLog *waits, JobId job,
                      Arena *arena, JobColumns *columns, const char *const *queues)
{
    const JobTable *jobs = world->jobs;
    const GpShape *shape = &jobs->shapes.shapes[job_shape(jobs, job)];
    bool started = world->job_start_ms[job] != TIME_NEVER;
    columns->job[job] = job_label(world, job, arena);
    columns->queue[job] = queues[job_tenant(jobs, job)];
    const char *user = jobs->job_user != NULL ? jobs->job_user[job] : NULL;
    columns->user[job] = user != NULL ? arena_strdup(arena, user) : "";
    columns->nodes[job] = nodes_text(world, job_tasks(world, job, false), arena);
    columns->devices[job] = devices_text(world, job_tasks(world, job, false), arena);
    columns->submit_ms[job] = jobs->job_submit_ms[job];
    columns->start_ms[job] = world->job_start_ms[job];
    columns->end_ms[job] = world->job_end_ms[job];
    columns->state[job] = world->job_state[job];
    columns->attempts[job] = started ? world->job_attempts[job] : 0;
    columns->priority[job] = jobs->job_priority[job];
    columns->job_class[job] = jobs->job_class[job];
    columns->first_fit_ms[job] = waits->job_first_fit_ms[job];
    columns->tasks[job] = job_class(jobs, job)->task_count;
    columns->gpu_milli[job] = shape->request[GP_AXIS_GPU] * job_class(jobs, job)->task_count;
    columns->productive_gpu_s[job] = gpu_seconds(task_books_advance(books, world, job));
    columns->lost_gpu_s[job] = books->lost != NULL ? gpu_seconds(books->lost[job]) : 0.0;
    columns->reason[job] = why_text(wait_log_why(waits, world, job), arena);
}

static const char **queue_names(const JobTable *jobs, Arena *arena)
{
    const char **names = ARENA_ARRAY(arena, const char *, jobs->tenant_count);
    for (int32_t tenant = 0; names != NULL && tenant < jobs->tenant_count; tenant++) {
        names[tenant] = arena_strdup(arena, jobs->tenant_name[tenant]);
    }
    return names;
}

JobColumns *job_log(const World *world, const TaskBooks *books, const WaitLog *waits, Arena *arena)
{
    int32_t count = world->jobs->job_count;
    JobColumns *columns = ARENA_NEW(arena, JobColumns);
    const char **queues = queue_names(world->jobs, arena);
    if (columns == NULL || queues == NULL) {
        return NULL;
    }
    *columns = (JobColumns){
        .count = count,
        .job = ARENA_ARRAY(arena, const char *, count),
        .queue = ARENA_ARRAY(arena, const char *, count),
        .user = ARENA_ARRAY(arena, const char *, count),
        .nodes = ARENA_ARRAY(arena, const char *, count),
        .submit_ms = ARENA_ARRAY(arena, int64_t, count),
        .start_ms = ARENA_ARRAY(arena, int64_t, count),
        .end_ms = ARENA_ARRAY(arena, int64_t, count),
        .state = ARENA_ARRAY(arena, uint8_t, count),
        .attempts = ARENA_ARRAY(arena, int32_t, count),
        .gpu_milli = ARENA_ARRAY(arena, int64_t, count),
        .productive_gpu_s = ARENA_ARRAY(arena, double, count),
        .lost_gpu_s = ARENA_ARRAY(arena, double, count),
        .reason = ARENA_ARRAY(arena, const char *, count),
        .devices = ARENA_ARRAY(arena, const char *, count),
        .priority = ARENA_ARRAY(arena, int32_t, count),
        .job_class = ARENA_ARRAY(arena, int32_t, count),
        .first_fit_ms = ARENA_ARRAY(arena, int64_t, count),
        .tasks = ARENA_ARRAY(arena, int32_t, count),
    };
    if (arena->failed) {
        return NULL;
    }
    for (JobId job = 0; job < count; job++) {
        row_write(world, books, waits, job, arena, columns, queues);
    }
    return arena->failed ? NULL : columns;
}
