/* job_log.c - what became of each job: times, places, GPU-seconds, and why it does not run. */
#include "sim/experiment/job_log.h"

#include <stdio.h>
#include <string.h>

/* Text that grows in an arena is written twice: once to measure, once to keep. */
typedef struct Pen {
    char *text; /* NULL: only measure */
    size_t length;
} Pen;

static void pen_write(Pen *pen, const char *text, size_t length)
{
    if (pen->text != NULL) {
        memcpy(pen->text + pen->length, text, length);
    }
    pen->length += length;
}

static void pen_item(Pen *pen, const char *text)
{
    if (pen->length > 0) {
        pen_write(pen, ";", 1);
    }
    pen_write(pen, text, strlen(text));
}

/* The distinct nodes of a job in the order of its tasks. Equal neighbours are the usual case. */
static void nodes_write(const World *world, JobId job, Pen *pen)
{
    const JobTable *jobs = world->jobs;
    int32_t before = -1;
    for (TaskId task = jobs->job_first_task[job]; task < jobs->job_first_task[job + 1]; task++) {
        int32_t node = world->task_node[task];
        bool seen = node < 0 || node == before;
        for (TaskId other = jobs->job_first_task[job]; other < task && !seen; other++) {
            seen = world->task_node[other] == node;
        }
        if (!seen) {
            pen_item(pen, world->scenario->cluster.node_name[node]);
        }
        before = node;
    }
}

/* Every device of every task, as node/index. */
static void devices_write(const World *world, JobId job, Pen *pen)
{
    const JobTable *jobs = world->jobs;
    for (TaskId task = jobs->job_first_task[job]; task < jobs->job_first_task[job + 1]; task++) {
        if (world->task_node[task] < 0) {
            continue;
        }
        const char *node = world->scenario->cluster.node_name[world->task_node[task]];
        for (int device = 0; device < GP_DEVICES_MAX; device++) {
            if ((world->task_devices[task] >> device & 1) != 0) {
                char index[16];
                snprintf(index, sizeof index, "/%d", device);
                pen_item(pen, node);
                pen_write(pen, index, strlen(index));
            }
        }
    }
}

static const char *text_make(const World *world, JobId job, Arena *arena,
                             void (*write)(const World *world, JobId job, Pen *pen))
{
    Pen pen = {NULL, 0};
    write(world, job, &pen);
    if (pen.length == 0) {
        return "";
    }
    pen = (Pen){arena_alloc(arena, pen.length + 1, 1), 0};
    if (pen.text != NULL) {
        write(world, job, &pen);
    }
    return pen.text;
}

static const char *job_label(const World *world, JobId job, Arena *arena)
{
    const char *name = world->jobs->job_name != NULL ? world->jobs->job_name[job] : NULL;
    if (name != NULL) {
        return arena_strdup(arena, name);
    }
    char number[16];
    snprintf(number, sizeof number, "%d", (int)job);
    return arena_strdup(arena, number);
}

/* "", or why the job is not running: "too_large.gpu", "fragmented.cpu", "blocked.quota". */
static const char *reason_text(const World *world, LedgerMeter *books, JobId job, Arena *arena)
{
    static const char *const REASONS[] = {[REASON_NONE] = "",
                                          [REASON_TOO_LARGE] = "too_large",
                                          [REASON_FRAGMENTED] = "fragmented",
                                          [REASON_SHORT] = "short",
                                          [REASON_BLOCKED] = "blocked"};
    bool waits = world->job_state[job] == JOB_PENDING || world->job_state[job] == JOB_SUSPENDED;
    Why why = waits ? idle_why(&books->claims, world, job) : world_why(world, job);
    int reason = why.reason;
    int detail = why.detail;
    if (reason == REASON_NONE || detail < 0) {
        return REASONS[reason];
    }
    char text[64];
    snprintf(text, sizeof text, "%s.%s", REASONS[reason],
             reason == REASON_BLOCKED ? account_sub_name(ACCOUNT_BLOCKED, detail)
                                      : dimension_name((GpDimension)detail));
    return arena_strdup(arena, text);
}

static double gpu_seconds(Int128 milli_ms_ppm)
{
    return (double)milli_ms_ppm / (1e6 * GP_PPM);
}

static void row_write(const World *world, LedgerMeter *books, JobId job, Arena *arena,
                      JobColumns *columns, const char *const *queues)
{
    const JobTable *jobs = world->jobs;
    const GpShape *shape = &jobs->shapes.shapes[job_shape(jobs, job)];
    bool started = world->job_start_ms[job] != TIME_NEVER;
    columns->job[job] = job_label(world, job, arena);
    columns->queue[job] = queues[job_tenant(jobs, job)];
    const char *user = jobs->job_user != NULL ? jobs->job_user[job] : NULL;
    columns->user[job] = user != NULL ? arena_strdup(arena, user) : "";
    columns->nodes[job] = text_make(world, job, arena, nodes_write);
    columns->devices[job] = text_make(world, job, arena, devices_write);
    columns->submit_ms[job] = jobs->job_submit_ms[job];
    columns->start_ms[job] = world->job_start_ms[job];
    columns->end_ms[job] = world->job_end_ms[job];
    columns->state[job] = world->job_state[job];
    columns->attempts[job] = started ? world->job_attempts[job] : 0;
    columns->priority[job] = jobs->job_priority[job];
    columns->gpu_milli[job] = shape->request[GP_AXIS_GPU] * job_class(jobs, job)->task_count;
    columns->productive_gpu_s[job] = gpu_seconds(task_books_advance(&books->tasks, world, job));
    columns->lost_gpu_s[job] =
        books->tasks.lost != NULL ? gpu_seconds(books->tasks.lost[job]) : 0.0;
    columns->reason[job] = reason_text(world, books, job, arena);
}

static const char **queue_names(const JobTable *jobs, Arena *arena)
{
    const char **names = ARENA_ARRAY(arena, const char *, jobs->tenant_count);
    for (int32_t tenant = 0; names != NULL && tenant < jobs->tenant_count; tenant++) {
        names[tenant] = arena_strdup(arena, jobs->tenant_name[tenant]);
    }
    return names;
}

JobColumns *job_log(const World *world, LedgerMeter *books, Arena *arena)
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
    };
    if (arena->failed) {
        return NULL;
    }
    for (JobId job = 0; job < count; job++) {
        row_write(world, books, job, arena, columns, queues);
    }
    return arena->failed ? NULL : columns;
}
