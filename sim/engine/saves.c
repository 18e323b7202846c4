/* saves.c - work clocks of units that save their state. */
#include "sim/engine/saves.h"

#include "models/checkpoint.h"
#include "sim/engine/apply.h"
#include "sim/engine/progress.h"
#include "sim/engine/remedy.h"

static void clock_store(World *world, TaskId unit, const WorkClock *clock)
{
    world->unit_done[unit] = clock->done;
    world->unit_since_ms[unit] = clock->since_ms;
    world->unit_save[unit] = clock->save;
}

void saves_advance(World *world, const JobCheckpoint *saves, TaskId unit)
{
    WorkClock clock = world_work_clock(world, unit);
    work_clock_advance(&saves->plan, &clock, world->now_ms);
    clock_store(world, unit, &clock);
}

int64_t saves_when(const World *world, const JobCheckpoint *saves, TaskId unit, int64_t work)
{
    WorkClock clock = world_work_clock(world, unit);
    return work_clock_when(&saves->plan, &clock, work);
}

bool saves_at_stake(const World *world, JobId job, TaskId unit)
{
    int64_t durable = world_checkpoint(world, job) != NULL ? world->unit_save[unit].durable : 0;
    return world->unit_done[unit] > durable || world->unit_rate_ppm[unit] > 0;
}

/* ---- events ---- */

static bool is_open(int64_t span_ms)
{
    return span_ms != TIME_NEVER && span_ms >= CHECKPOINT_OPEN / 2;
}

static void event_at(World *world, TaskId unit, int64_t at_ms)
{
    if (at_ms == TIME_NEVER) {
        event_queue_cancel(&world->events, EVENT_CHECKPOINT, unit);
    } else {
        event_queue_set(&world->events, EVENT_CHECKPOINT, unit, at_ms);
    }
}

/* What was being written by a unit that stands still is gone. */
static void writing_abort(Engine *engine, TaskId unit)
{
    WorkSave *save = &engine->world->unit_save[unit];
    writers_stop(&engine->writers, engine->world, unit);
    save->mark = save->durable;
    save->block_left_ms = 0;
    save->flushed_ms = TIME_NEVER;
}

/* What comes next of a checkpoint that contends: it begins, or its block is over and it is written
 * beside the progress. While it is written its streams say when. */
static int64_t contended_next_ms(const World *world, const JobCheckpoint *saves, TaskId unit)
{
    WorkClock clock = world_work_clock(world, unit);
    if (clock.save.block_left_ms > 0) {
        return clock.since_ms + clock.save.block_left_ms;
    }
    return work_clock_next_begin(&saves->plan, &clock);
}

void saves_schedule(Engine *engine, const JobCheckpoint *saves, TaskId unit)
{
    World *world = engine->world;
    if (saves->size_mib > 0 && world->unit_rate_ppm[unit] == 0) {
        writing_abort(engine, unit);
        event_at(world, unit, TIME_NEVER);
    } else if (saves->size_mib > 0) {
        if (!writers_has(&engine->writers, unit)) {
            event_at(world, unit, contended_next_ms(world, saves, unit));
        }
    } else if (world->unit_watch != NULL && world->unit_watch[unit]) {
        WorkClock clock = world_work_clock(world, unit);
        event_at(world, unit, work_clock_next_durable(&saves->plan, &clock));
    }
}

static void watcher_tell(Engine *engine, TaskId unit)
{
    World *world = engine->world;
    if (world->unit_watch != NULL && world->unit_watch[unit]) {
        world->unit_watch[unit] = 0;
        remedy_checkpointed(engine, unit);
    }
}

/* Its last stream is done: it is durable, and the next one may begin at once. */
static void written(Engine *engine, const JobCheckpoint *saves, TaskId unit)
{
    World *world = engine->world;
    WorkClock clock = world_work_clock(world, unit);
    work_clock_written(&clock);
    clock_store(world, unit, &clock);
    task_fact(engine, FACT_CHECKPOINT_DONE, unit, 0);
    saves_advance(world, saves, unit);
    progress_reschedule(engine, unit);
    watcher_tell(engine, unit);
}

/* Has one begun that is to be written as long as that takes? */
static bool write_is_due(const World *world, TaskId unit)
{
    const WorkSave *save = &world->unit_save[unit];
    bool flushes = save->block_left_ms == 0 && save->flushed_ms != TIME_NEVER;
    return is_open(save->block_left_ms) || (flushes && is_open(save->flushed_ms - world->now_ms));
}

static void contended_event(Engine *engine, const JobCheckpoint *saves, TaskId unit)
{
    World *world = engine->world;
    if (writers_has(&engine->writers, unit)) {
        if (!writers_settle(&engine->writers, world, unit)) {
            event_at(world, unit, writers_next_ms(&engine->writers, unit));
            return;
        }
        written(engine, saves, unit);
    }
    while (world->unit_rate_ppm[unit] > 0 && write_is_due(world, unit)) {
        task_fact(engine, FACT_CHECKPOINT_BEGAN, unit, 0);
        if (writers_begin(&engine->writers, world, unit, saves->size_mib)) {
            return;
        }
        written(engine, saves, unit);
    }
    if (world->unit_rate_ppm[unit] > 0) { /* else who waited for it has stopped it */
        event_at(world, unit, contended_next_ms(world, saves, unit));
    }
}

void saves_event(Engine *engine, TaskId unit)
{
    World *world = engine->world;
    const JobCheckpoint *saves = world_checkpoint(world, world->jobs->task_job[unit]);
    if (saves == NULL) {
        return;
    }
    saves_advance(world, saves, unit);
    if (saves->size_mib > 0) {
        contended_event(engine, saves, unit);
    } else {
        watcher_tell(engine, unit);
    }
}

bool progress_watch_checkpoint(Engine *engine, TaskId unit)
{
    World *world = engine->world;
    const JobCheckpoint *saves = world_checkpoint(world, world->jobs->task_job[unit]);
    if (saves == NULL || saves->plan.every == 0 || world->unit_watch == NULL) {
        return false;
    }
    world->unit_watch[unit] = 1;
    saves_advance(world, saves, unit);
    saves_schedule(engine, saves, unit);
    return true;
}

int64_t progress_next_durable_ms(const World *world, TaskId unit)
{
    const JobCheckpoint *saves = world_checkpoint(world, world->jobs->task_job[unit]);
    if (saves == NULL) {
        return TIME_NEVER;
    }
    WorkClock clock = world_work_clock(world, unit);
    work_clock_advance(&saves->plan, &clock, world->now_ms);
    return work_clock_next_durable(&saves->plan, &clock);
}

/* ---- stops and restarts ---- */

static void watcher_forget(World *world, TaskId unit)
{
    if (world->unit_watch != NULL && world->unit_watch[unit]) {
        world->unit_watch[unit] = 0;
        event_queue_cancel(&world->events, EVENT_CHECKPOINT, unit);
    }
}

void saves_roll_back(Engine *engine, TaskId unit)
{
    WorkClock clock = world_work_clock(engine->world, unit);
    work_clock_roll_back(&clock);
    clock_store(engine->world, unit, &clock);
    watcher_forget(engine->world, unit);
}

void saves_keep(Engine *engine, TaskId unit)
{
    WorkClock clock = world_work_clock(engine->world, unit);
    const JobCheckpoint *saves =
        world_checkpoint(engine->world, engine->world->jobs->task_job[unit]);
    clock.save.before_stop = clock.save.durable;
    clock.save.stop_ms = engine->world->now_ms + saves->stop_ms;
    work_clock_keep(&clock);
    clock_store(engine->world, unit, &clock);
    watcher_forget(engine->world, unit);
}

bool saves_stop_fails(World *world, TaskId unit)
{
    WorkSave *save = world->unit_save != NULL ? &world->unit_save[unit] : NULL;
    if (save == NULL || world->now_ms >= save->stop_ms) {
        return false;
    }
    save->durable = save->mark = save->before_stop;
    save->stop_ms = 0;
    return world->unit_done[unit] > save->durable;
}

bool saves_on_stop(const World *world, JobId job, StopCause cause, int64_t grace_ms)
{
    const JobCheckpoint *saves = world_checkpoint(world, job);
    return saves != NULL && saves->on_stop && cause != STOP_NODE_FAILED && cause != STOP_FAILED &&
           grace_ms >= saves->stop_ms;
}

bool saves_restore(Engine *engine, TaskId task)
{
    World *world = engine->world;
    JobId job = world->jobs->task_job[task];
    const JobCheckpoint *saves = world_checkpoint(world, job);
    if (saves == NULL || saves->size_mib == 0) {
        return false;
    }
    if (readers_has(&engine->writers, task)) {
        readers_stop(&engine->writers, world, task);
        return false;
    }
    return world->unit_save[job_unit(world->jobs, task)].durable > 0 &&
           readers_begin(&engine->writers, world, task, saves->size_mib);
}
