/* job_text.c - lists of nodes and devices, names of reasons. */
#include "sim/experiment/job_text.h"

#include <stdio.h>
#include <string.h>

#include "core/ledger.h"

TaskRange job_tasks(const World *world, JobId job, bool only_holding)
{
    const JobTable *jobs = world->jobs;
    return (TaskRange){jobs->job_first_task[job], jobs->job_first_task[job + 1], only_holding};
}

/* The task's node, or -1 where the text is not about it. */
static int32_t node_of(const World *world, TaskRange tasks, TaskId task)
{
    bool counts = !tasks.only_holding || task_state_holds(world->task_state[task]);
    return counts ? world->task_node[task] : -1;
}

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

/* "/0" to "/31". */
static void pen_device(Pen *pen, int device)
{
    char text[3] = {'/', (char)('0' + device / 10), (char)('0' + device % 10)};
    pen_write(pen, text, 1);
    pen_write(pen, device < 10 ? text + 2 : text + 1, device < 10 ? 1 : 2);
}

/* Equal neighbours are the usual case. */
static bool node_is_new(const World *world, TaskRange tasks, TaskId task)
{
    int32_t node = node_of(world, tasks, task);
    bool is_new = node >= 0;
    for (TaskId other = task; is_new && other > tasks.from; other--) {
        is_new = node_of(world, tasks, other - 1) != node;
    }
    return is_new;
}

static void nodes_write(const World *world, TaskRange tasks, Pen *pen)
{
    for (TaskId task = tasks.from; task < tasks.to; task++) {
        if (node_is_new(world, tasks, task)) {
            pen_item(pen, world->scenario->cluster.node_name[world->task_node[task]]);
        }
    }
}

static void devices_write(const World *world, TaskRange tasks, Pen *pen)
{
    for (TaskId task = tasks.from; task < tasks.to; task++) {
        int32_t node = node_of(world, tasks, task);
        uint32_t devices = node >= 0 ? world->task_devices[task] : 0;
        for (int device = 0; device < GP_DEVICES_MAX; device++) {
            if ((devices >> device & 1) != 0) {
                pen_item(pen, world->scenario->cluster.node_name[node]);
                pen_device(pen, device);
            }
        }
    }
}

static const char *text_make(const World *world, TaskRange tasks, Arena *arena,
                             void (*write)(const World *world, TaskRange tasks, Pen *pen))
{
    Pen pen = {NULL, 0};
    write(world, tasks, &pen);
    if (pen.length == 0) {
        return "";
    }
    pen = (Pen){arena_alloc(arena, pen.length + 1, 1), 0};
    if (pen.text != NULL) {
        write(world, tasks, &pen);
    }
    return pen.text;
}

const char *nodes_text(const World *world, TaskRange tasks, Arena *arena)
{
    if (tasks.to == tasks.from + 1) { /* most jobs are one task */
        int32_t node = node_of(world, tasks, tasks.from);
        return node >= 0 ? world->scenario->cluster.node_name[node] : "";
    }
    return text_make(world, tasks, arena, nodes_write);
}

const char *devices_text(const World *world, TaskRange tasks, Arena *arena)
{
    return text_make(world, tasks, arena, devices_write);
}

const char *why_text(Why why, Arena *arena)
{
    static const char *const REASONS[] = {[REASON_NONE] = "",
                                          [REASON_TOO_LARGE] = "too_large",
                                          [REASON_FRAGMENTED] = "fragmented",
                                          [REASON_SHORT] = "short",
                                          [REASON_BLOCKED] = "blocked",
                                          [REASON_NO_ROOM] = "no_room"};
    if (why.reason == REASON_NONE || why.detail < 0) {
        return REASONS[why.reason];
    }
    char text[64];
    snprintf(text, sizeof text, "%s.%s", REASONS[why.reason],
             why.reason == REASON_BLOCKED ? account_sub_name(ACCOUNT_BLOCKED, why.detail)
                                          : dimension_name((GpDimension)why.detail));
    return arena_strdup(arena, text);
}

const char *job_label(const World *world, JobId job, Arena *arena)
{
    const char *name = world->jobs->job_name != NULL ? world->jobs->job_name[job] : NULL;
    if (name != NULL) {
        return arena_strdup(arena, name);
    }
    char number[16];
    snprintf(number, sizeof number, "%d", (int)job);
    return arena_strdup(arena, number);
}
