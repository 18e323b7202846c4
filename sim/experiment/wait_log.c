/* wait_log.c - one row when a reason ends; lists of jobs that have not fitted yet, class by class.
 */
#include "sim/experiment/wait_log.h"

#include <string.h>

#include "sim/experiment/job_text.h"

#define INTERVALS_MAX (1 << 20)

bool wait_log_init(WaitLog *log, Arena *run_arena, Arena *result_arena, const World *world,
                   IdleClaims *claims)
{
    const JobTable *jobs = world->jobs;
    *log = (WaitLog){
        .claims = claims,
        .arena = result_arena,
        .columns = ARENA_NEW(result_arena, IntervalColumns),
        .attempts = ARENA_NEW(result_arena, AttemptColumns),
        .classes = ARENA_ARRAY(run_arena, ClassWait, jobs->class_count),
        .open = ARENA_ARRAY(run_arena, ClassId, jobs->class_count),
        .job_why = ARENA_ARRAY(run_arena, Why, jobs->job_count),
        .job_first_fit_ms = ARENA_ARRAY(run_arena, int64_t, jobs->job_count),
        .job_next_unfit = ARENA_ARRAY(run_arena, JobId, jobs->job_count),
        .job_since_ms = ARENA_ARRAY(run_arena, int64_t, jobs->job_count),
        .job_was_suspended = ARENA_ARRAY(run_arena, uint8_t, jobs->job_count),
        .last_submit_ms = -1,
        .seen_changes = UINT64_MAX,
    };
    if (run_arena->failed || result_arena->failed) {
        return false;
    }
    for (ClassId id = 0; id < jobs->class_count; id++) {
        log->classes[id].unfit = -1;
    }
    for (JobId job = 0; job < jobs->job_count; job++) {
        log->job_first_fit_ms[job] = TIME_NEVER;
    }
    return true;
}

/* ---- rows ---- */

static bool column_grow(Arena *arena, void *column, int32_t count, int32_t capacity, size_t size)
{
    void **old = column;
    void *more = arena_alloc(arena, (size_t)capacity, size);
    if (more == NULL) {
        return false;
    }
    if (count > 0) {
        memcpy(more, *old, (size_t)count * size);
    }
    *old = more;
    return true;
}

/* Twice as many rows; the old columns stay in the arena. */
static bool columns_grow(Arena *arena, IntervalColumns *columns)
{
    int32_t n = columns->count;
    int32_t capacity = n > 0 ? 2 * n : 1024;
    bool grown = column_grow(arena, &columns->job, n, capacity, sizeof(int32_t)) &&
                 column_grow(arena, &columns->job_class, n, capacity, sizeof(int32_t)) &&
                 column_grow(arena, &columns->from_ms, n, capacity, sizeof(int64_t)) &&
                 column_grow(arena, &columns->to_ms, n, capacity, sizeof(int64_t)) &&
                 column_grow(arena, &columns->state, n, capacity, sizeof(uint8_t)) &&
                 column_grow(arena, &columns->reason, n, capacity, sizeof(uint8_t)) &&
                 column_grow(arena, &columns->detail, n, capacity, sizeof(uint8_t)) &&
                 column_grow(arena, &columns->free_milli, n, capacity, sizeof(int64_t));
    for (int d = 0; grown && d < GP_DIMENSION_COUNT; d++) {
        grown = column_grow(arena, &columns->excluded[d], n, capacity, sizeof(int32_t));
    }
    columns->capacity = grown ? capacity : columns->capacity;
    return grown;
}

typedef struct Row {
    JobId job; /* -1: all of the class that wait */
    ClassId job_class;
    int64_t from_ms, to_ms;
    IntervalState state;
    int reason, detail;
    const int32_t *excluded; /* [GP_DIMENSION_COUNT]; NULL: not looked at */
    int64_t free_milli;
} Row;

static void row_add(WaitLog *log, const Row *row)
{
    IntervalColumns *columns = log->columns;
    if (row->to_ms <= row->from_ms) {
        return;
    }
    if (columns->count == INTERVALS_MAX) {
        columns->left_out++;
        return;
    }
    if (columns->count == columns->capacity && !columns_grow(log->arena, columns)) {
        log->out_of_memory = true;
        return;
    }
    int32_t at = columns->count++;
    columns->job[at] = row->job;
    columns->job_class[at] = row->job_class;
    columns->from_ms[at] = row->from_ms;
    columns->to_ms[at] = row->to_ms;
    columns->state[at] = (uint8_t)row->state;
    columns->reason[at] = (uint8_t)row->reason;
    columns->detail[at] = (uint8_t)(row->detail + 1); /* -1: none */
    columns->free_milli[at] = row->free_milli;
    for (int d = 0; d < GP_DIMENSION_COUNT; d++) {
        columns->excluded[d][at] = row->excluded != NULL ? row->excluded[d] : 0;
    }
}

static bool attempts_grow(Arena *arena, AttemptColumns *attempts)
{
    int32_t n = attempts->count;
    int32_t capacity = n > 0 ? 2 * n : 64;
    bool grown = column_grow(arena, &attempts->job, n, capacity, sizeof(int32_t)) &&
                 column_grow(arena, &attempts->from_ms, n, capacity, sizeof(int64_t)) &&
                 column_grow(arena, &attempts->to_ms, n, capacity, sizeof(int64_t)) &&
                 column_grow(arena, &attempts->nodes, n, capacity, sizeof(char *)) &&
                 column_grow(arena, &attempts->devices, n, capacity, sizeof(char *));
    attempts->capacity = grown ? capacity : attempts->capacity;
    return grown;
}

/* Where the job ran since its present state began. Names are kept with the results: the world may
 * go. */
static void attempt_add(WaitLog *log, const World *world, JobId job)
{
    AttemptColumns *attempts = log->attempts;
    if (world->now_ms <= log->job_since_ms[job] || attempts->count == INTERVALS_MAX) {
        return;
    }
    if (attempts->count == attempts->capacity && !attempts_grow(log->arena, attempts)) {
        log->out_of_memory = true;
        return;
    }
    TaskRange tasks = job_tasks(world, job, false);
    int32_t at = attempts->count++;
    attempts->job[at] = job;
    attempts->from_ms[at] = log->job_since_ms[job];
    attempts->to_ms[at] = world->now_ms;
    attempts->nodes[at] = nodes_text(world, tasks, log->arena);
    attempts->devices[at] = devices_text(world, tasks, log->arena);
    log->out_of_memory =
        log->out_of_memory || attempts->nodes[at] == NULL || attempts->devices[at] == NULL;
}

/* The job's present state ends now. */
static void job_row(WaitLog *log, const World *world, JobId job, IntervalState state, Why why)
{
    if (state == INTERVAL_RUNNING) {
        attempt_add(log, world, job);
    }
    row_add(log, &(Row){.job = job,
                        .job_class = world->jobs->job_class[job],
                        .from_ms = log->job_since_ms[job],
                        .to_ms = world->now_ms,
                        .state = state,
                        .reason = why.reason,
                        .detail = why.detail});
    log->job_since_ms[job] = world->now_ms;
}

/* Of a running interval the detail is the cause that ended it, if it did not end by itself. */
static Why cause_why(int32_t cause)
{
    return (Why){REASON_NONE, (int8_t)(cause - 1)};
}

/* ---- first fits ---- */

static void fit_set(WaitLog *log, JobId job, int64_t now_ms)
{
    if (log->job_first_fit_ms[job] == TIME_NEVER) {
        log->job_first_fit_ms[job] = now_ms;
    }
}

/* All of the class that have waited for it could start now, each if it were alone. */
static void class_fits(WaitLog *log, ClassId id, int64_t now_ms)
{
    for (JobId job = log->classes[id].unfit; job >= 0; job = log->job_next_unfit[job]) {
        fit_set(log, job, now_ms);
    }
    log->classes[id].unfit = -1;
}

/* Alone means alone: room that others take in the same instant was there. Jobs that find it at once
 * need no question, and where nobody waits and nobody came in this instant the pass will tell. */
static void job_arrives(WaitLog *log, const World *world, JobId job)
{
    bool others = world->waiting.count > 0 || log->last_submit_ms == world->now_ms;
    ClassId id = world->jobs->job_class[job];
    log->last_submit_ms = world->now_ms;
    log->job_since_ms[job] = world->now_ms;
    if (others && idle_verdict(log->claims, world, job).kind == VERDICT_FITS) {
        fit_set(log, job, world->now_ms);
        return;
    }
    log->job_next_unfit[job] = log->classes[id].unfit;
    log->classes[id].unfit = job;
}

/* Devices were given back: who would fit before others take them? */
static void room_gained(WaitLog *log, const World *world)
{
    const Waiting *waiting = &world->waiting;
    for (int32_t i = 0; i < log->open_count; i++) {
        ClassId id = log->open[i];
        JobId first = waiting_first(waiting, id);
        if (first >= 0 && log->classes[id].unfit >= 0 &&
            idle_verdict(log->claims, world, first).kind == VERDICT_FITS) {
            class_fits(log, id, world->now_ms);
        }
    }
}

/* ---- classes ---- */

static void class_close(WaitLog *log, ClassId id, int64_t now_ms)
{
    const ClassWait *wait = &log->classes[id];
    row_add(log, &(Row){.job = -1,
                        .job_class = id,
                        .from_ms = wait->since_ms,
                        .to_ms = now_ms,
                        .state = INTERVAL_WAITING,
                        .reason = wait->why.reason,
                        .detail = wait->why.detail,
                        .excluded = wait->excluded,
                        .free_milli = wait->free_milli});
}

static void class_look(WaitLog *log, const World *world, ClassId id)
{
    ClassWait *wait = &log->classes[id];
    Why why = idle_why(log->claims, world, waiting_first(&world->waiting, id));
    if (why.reason == REASON_BLOCKED && wait->unfit >= 0) { /* it fits: only a rule is in the way */
        class_fits(log, id, world->now_ms);
    }
    if (wait->is_open && wait->why.reason == why.reason && wait->why.detail == why.detail) {
        return;
    }
    if (wait->is_open) {
        class_close(log, id, world->now_ms);
    } else {
        log->open[log->open_count++] = id;
    }
    const NodeCount *excluded = judge_excluded(log->claims->judge, world->jobs->classes[id].shape);
    wait->is_open = true;
    wait->why = why;
    wait->since_ms = world->now_ms;
    memcpy(wait->excluded, excluded->alone, sizeof wait->excluded);
    wait->free_milli = judge_free_milli(log->claims->judge, world->jobs->classes[id].shape);
}

static void classes_forget(WaitLog *log, const World *world)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < log->open_count; i++) {
        ClassId id = log->open[i];
        if (world->waiting.class_waiting[id] > 0) {
            log->open[kept++] = id;
        } else {
            class_close(log, id, world->now_ms);
            log->classes[id].is_open = false;
        }
    }
    log->open_count = kept;
}

static bool nothing_new(WaitLog *log, const World *world)
{
    bool same = log->seen_changes == world->change_count && log->seen_pass == world->pass &&
                log->seen_waiting == world->waiting.count && log->seen_next_job == world->next_job;
    log->seen_changes = world->change_count;
    log->seen_pass = world->pass;
    log->seen_waiting = world->waiting.count;
    log->seen_next_job = world->next_job;
    return same;
}

static void wait_interval(void *self, const World *world, int64_t from_ms, int64_t to_ms)
{
    WaitLog *log = self;
    (void)from_ms;
    (void)to_ms;
    if (nothing_new(log, world)) {
        return;
    }
    if (log->open_count > 0) {
        classes_forget(log, world);
    }
    const Waiting *waiting = &world->waiting;
    for (int32_t line = 0; waiting->count > 0 && line < waiting->line_count; line++) {
        for (int32_t i = 0; i < waiting->line_classes[line]; i++) {
            class_look(log, world, waiting->heap[waiting->line_begin[line] + i]);
        }
    }
}

/* ---- facts ---- */

/* The first task of a job that waited takes its place: what was last said of it? */
static void waited_for(WaitLog *log, const World *world, JobId job)
{
    const ClassWait *wait = &log->classes[world->jobs->job_class[job]];
    bool waited =
        wait->is_open && wait->since_ms < world->now_ms && log->job_since_ms[job] < world->now_ms;
    if (world->job_holding[job] != 1 || world->job_state[job] != JOB_PENDING || !waited) {
        return;
    }
    log->job_why[job] = wait->why;
    bool told_apart = wait->why.reason == REASON_BLOCKED &&
                      world->job_why[job].reason == REASON_BLOCKED &&
                      world->job_why_pass[job] + 1 >= world->pass;
    if (told_apart) {
        log->job_why[job] = world->job_why[job];
    }
}

static void job_requeued(WaitLog *log, const World *world, JobId job)
{
    bool ran = world->job_attempt_ms[job] != TIME_NEVER &&
               world->job_attempt_ms[job] >= log->job_since_ms[job];
    job_row(log, world, job, ran ? INTERVAL_RUNNING : INTERVAL_WAITING, cause_why(log->last_cause));
}

static void job_over(WaitLog *log, const World *world, JobId job)
{
    bool told_before = world->job_attempts[job] > 1 || log->job_was_suspended[job];
    if (told_before) { /* a single run from start to end is in the table of jobs */
        job_row(log, world, job, INTERVAL_RUNNING, cause_why(0));
    }
}

static void run_over(WaitLog *log, const World *world)
{
    for (int32_t i = 0; i < log->open_count; i++) {
        class_close(log, log->open[i], world->now_ms);
    }
    for (JobId job = 0; job < world->jobs->job_count; job++) {
        JobState state = (JobState)world->job_state[job];
        if (state == JOB_PENDING || state == JOB_SUSPENDED) {
            log->job_why[job] = idle_why(log->claims, world, job);
            bool delayed = state == JOB_PENDING && !waiting_has(&world->waiting, job) &&
                           world->job_holding[job] == 0;
            job_row(log, world, job,
                    state == JOB_SUSPENDED ? INTERVAL_SUSPENDED
                    : delayed              ? INTERVAL_DELAYED
                                           : INTERVAL_WAITING,
                    log->job_why[job]);
        } else if (state == JOB_RUNNING) {
            job_over(log, world, job);
        }
    }
}

static void job_fact(WaitLog *log, const World *world, const Fact *fact)
{
    static const Why TOO_EARLY = {REASON_BLOCKED, BLOCK_WINDOW};
    JobId job = fact->job;
    switch ((FactKind)fact->kind) {
    case FACT_JOB_SUBMITTED:
        job_arrives(log, world, job);
        break;
    case FACT_JOB_REJECTED:
        log->job_why[job] = world->job_why[job];
        break;
    case FACT_JOB_DROPPED:
        log->job_why[job] = idle_why(log->claims, world, job);
        break;
    case FACT_JOB_STARTED:
        fit_set(log, job, world->now_ms);
        job_row(log, world, job, INTERVAL_WAITING, log->job_why[job]);
        break;
    case FACT_JOB_REQUEUED:
        job_requeued(log, world, job);
        break;
    case FACT_JOB_ELIGIBLE:
        job_row(log, world, job, INTERVAL_DELAYED, TOO_EARLY);
        break;
    case FACT_JOB_ENDED:
        job_over(log, world, job);
        if (job_class(world->jobs, job)->sync) {
            room_gained(log, world);
        }
        break;
    default:
        break;
    }
}

static void task_fact(WaitLog *log, const World *world, const Fact *fact)
{
    static const Why STOPPED = {REASON_BLOCKED, BLOCK_QUOTA};
    JobId job = fact->job;
    switch ((FactKind)fact->kind) {
    case FACT_TASK_PLACED:
        waited_for(log, world, job);
        break;
    case FACT_TASK_ENDED:
        if (!job_class(world->jobs, job)->sync) {
            room_gained(log, world);
        }
        break;
    case FACT_TASK_EVICTED:
        log->last_cause = fact->value;
        break;
    case FACT_TASK_SUSPENDED:
        log->job_was_suspended[job] = 1;
        job_row(log, world, job, INTERVAL_RUNNING, cause_why(fact->value));
        break;
    case FACT_TASK_RESUMED:
        job_row(log, world, job, INTERVAL_SUSPENDED, STOPPED);
        break;
    default:
        break;
    }
}

static void wait_fact(void *self, const World *world, const Fact *fact)
{
    WaitLog *log = self;
    if (fact->kind == FACT_RUN_ENDED) {
        run_over(log, world);
    } else if (fact->task >= 0) {
        task_fact(log, world, fact);
    } else if (fact->job >= 0) {
        job_fact(log, world, fact);
    }
}

Observer wait_log_observer(WaitLog *log)
{
    return (Observer){.self = log, .fact = wait_fact, .interval = wait_interval};
}

Why wait_log_why(const WaitLog *log, const World *world, JobId job)
{
    JobState state = (JobState)world->job_state[job];
    bool waits = state == JOB_PENDING || state == JOB_SUSPENDED;
    return waits ? idle_why(log->claims, world, job) : log->job_why[job];
}
