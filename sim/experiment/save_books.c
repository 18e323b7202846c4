/* save_books.c - what tasks had advanced when a checkpoint was begun. */
#include "sim/experiment/save_books.h"

#include "models/checkpoint.h"

bool save_books_init(SaveBooks *books, Arena *arena, const World *world)
{
    size_t jobs = (size_t)world->jobs->job_count;
    *books = (SaveBooks){.type_count = world->scenario->cluster.type_count};
    if (world->class_checkpoint == NULL) {
        return true;
    }
    books->rows = ARENA_ARRAY(arena, SavedRow, world->jobs->task_count);
    books->kept = ARENA_ARRAY(arena, Int128, jobs * (size_t)books->type_count);
    books->stray_level = ARENA_ARRAY(arena, int64_t, jobs);
    return !arena->failed;
}

bool save_books_watch(const SaveBooks *books, const World *world, TaskId task)
{
    return books->rows != NULL && world_checkpoint(world, world->jobs->task_job[task]) != NULL;
}

static WorkClock clock_at(const World *world, TaskId task, int64_t now_ms)
{
    const JobCheckpoint *saves = world_checkpoint(world, world->jobs->task_job[task]);
    WorkClock clock = world_work_clock(world, job_unit(world->jobs, task));
    if (now_ms > clock.since_ms) {
        work_clock_advance(&saves->plan, &clock, now_ms);
    }
    return clock;
}

static void row_take(SavedRow *row, const WorkClock *clock, int64_t now_ms)
{
    row->settled_ms = now_ms;
    row->done = clock->done;
    row->mark = clock->save.mark;
    row->durable = clock->save.durable;
    row->blocked_ms = clock->save.blocked_ms;
}

void save_books_begins(SaveBooks *books, const World *world, TaskId task, int64_t now_ms)
{
    WorkClock clock = clock_at(world, task, now_ms);
    books->rows[task] = (SavedRow){.lost_ms = TIME_NEVER};
    row_take(&books->rows[task], &clock, now_ms);
}

/* amount x part / whole, rounded down; part <= whole. */
static Int128 share_of(Int128 amount, int64_t part, int64_t whole)
{
    return amount / whole * part + amount % whole * part / whole;
}

int64_t save_books_blocked(const SaveBooks *books, const World *world, TaskId task, int64_t charged,
                           int64_t now_ms)
{
    const SavedRow *row = &books->rows[task];
    WorkClock clock = clock_at(world, task, now_ms);
    int64_t blocked_ms = clock.save.blocked_ms - row->blocked_ms;
    int64_t span_ms = now_ms - row->settled_ms;
    return blocked_ms <= 0 || span_ms == 0 ? 0 : (int64_t)share_of(charged, blocked_ms, span_ms);
}

int64_t save_books_grace(const SaveBooks *books, TaskId task, int64_t charged, int64_t now_ms)
{
    const SavedRow *row = &books->rows[task];
    int64_t span_ms = now_ms - row->settled_ms;
    return row->stop_left_ms >= span_ms || span_ms == 0
               ? charged
               : (int64_t)share_of(charged, row->stop_left_ms, span_ms);
}

/* What the task had advanced when its unit's work was at `work`. */
static Int128 advance_at(const SavedRow *row, int64_t work, int64_t done, Int128 before,
                         Int128 gained)
{
    if (work == row->durable) {
        return row->at_durable;
    }
    if (row->stop_ms > 0 && work == row->before_stop) {
        return row->at_before_stop;
    }
    if (work == row->mark) {
        return row->at_mark;
    }
    if (work <= row->done) { /* only where the unit's work went back unheard of */
        return row->at_durable;
    }
    return before + (work >= done ? gained : share_of(gained, work - row->done, done - row->done));
}

void save_books_settled(SaveBooks *books, const World *world, TaskId task, int64_t now_ms,
                        Int128 before, Int128 gained)
{
    SavedRow *row = &books->rows[task];
    WorkClock clock = clock_at(world, task, now_ms);
    int64_t grace_ms = now_ms - row->settled_ms;
    if (clock.save.stop_ms > row->stop_ms) {
        row->at_before_stop = advance_at(row, clock.save.before_stop, clock.done, before, gained);
        row->before_stop = clock.save.before_stop;
        row->stop_ms = clock.save.stop_ms;
    }
    Int128 at_mark = advance_at(row, clock.save.mark, clock.done, before, gained);
    row->at_durable = advance_at(row, clock.save.durable, clock.done, before, gained);
    row->at_mark = at_mark;
    row->stop_left_ms = row->stop_left_ms > grace_ms ? row->stop_left_ms - grace_ms : 0;
    row_take(row, &clock, now_ms);
}

void save_books_lost(SaveBooks *books, TaskId task, int64_t now_ms)
{
    SavedRow *row = &books->rows[task];
    row->done = row->durable;
    row->mark = row->durable;
    row->at_mark = row->at_durable;
    row->lost_ms = now_ms;
}

void save_books_stopping(SaveBooks *books, const World *world, TaskId task, int64_t now_ms)
{
    SavedRow *row = &books->rows[task];
    const JobCheckpoint *saves = world_checkpoint(world, world->jobs->task_job[task]);
    bool saved = saves->on_stop && row->lost_ms != now_ms && row->done == row->durable;
    row->stop_left_ms = saved ? saves->stop_ms : 0;
}

void save_books_cut(SaveBooks *books, const World *world)
{
    size_t tasks = (size_t)world->jobs->task_count;
    size_t kept = (size_t)world->jobs->job_count * (size_t)books->type_count;
    for (size_t task = 0; books->rows != NULL && task < tasks; task++) {
        SavedRow *row = &books->rows[task];
        row->at_mark = row->at_durable = row->at_before_stop = 0;
    }
    for (size_t at = 0; books->rows != NULL && at < kept; at++) {
        books->kept[at] = 0;
    }
}

Int128 *save_books_kept(const SaveBooks *books, JobId job, int32_t type)
{
    return &books->kept[(size_t)job * (size_t)books->type_count + (size_t)type];
}

void save_books_keep(SaveBooks *books, JobId job, TaskId task, int32_t type)
{
    SavedRow *row = &books->rows[task];
    *save_books_kept(books, job, type) += row->at_durable;
    if (row->done > row->durable && row->done > books->stray_level[job]) {
        books->stray_level[job] = row->done;
    }
    row->at_mark = row->at_durable = row->at_before_stop = 0; /* the rest is set apart, or lost */
}

bool save_books_secure(const SaveBooks *books, const World *world, JobId job)
{
    WorkClock clock = clock_at(world, world->jobs->job_first_task[job], world->now_ms);
    return clock.save.durable >= books->stray_level[job];
}
