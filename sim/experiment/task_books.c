/* task_books.c - phases of tasks, settled fact by fact. */
#include "sim/experiment/task_books.h"

#include "sim/experiment/settlement.h"

/* Do some jobs go on without members that they had? */
static bool any_goes_on(const World *world)
{
    const JobTable *jobs = world->jobs;
    for (ClassId id = 0; id < jobs->class_count; id++) {
        const JobClass *class_of = &jobs->classes[id];
        int32_t least = class_of->traits->min_tasks;
        if (class_of->traits->service != NULL ||
            (class_of->sync && (class_of->max_tasks > class_of->task_count ||
                                (least > 0 && least < class_of->task_count)))) {
            return true;
        }
    }
    return false;
}

static void usage_reset(TaskBooks *books, const World *world)
{
    const JobTable *jobs = world->jobs;
    for (TaskId task = 0; books->usage_ppm != NULL && task < jobs->task_count; task++) {
        books->usage_ppm[task] = world->task_usage_ppm[task];
    }
}

bool task_books_init(TaskBooks *books, Arena *arena, const World *world, Ledger *ledger,
                     Blame *blame, bool counts_lost)
{
    size_t tasks = (size_t)world->jobs->task_count;
    size_t jobs = (size_t)world->jobs->job_count;
    *books = (TaskBooks){.ledger = ledger,
                         .blame = blame,
                         .phase = ARENA_ARRAY(arena, uint8_t, tasks),
                         .advance = ARENA_ARRAY(arena, Int128, tasks)};
    if (any_goes_on(world)) {
        books->stray = ARENA_ARRAY(arena, Int128, jobs * (size_t)ledger->type_count);
    }
    if (counts_lost) {
        books->lost = ARENA_ARRAY(arena, Int128, jobs);
    }
    if (world->task_usage_ppm != NULL) {
        books->usage_ppm = ARENA_ARRAY(arena, int32_t, tasks);
    }
    if (world->health.any) {
        books->broken = ARENA_ARRAY(arena, uint8_t, jobs);
    }
    if (arena->failed || !charge_init(&books->charge, arena, world) ||
        !gang_speeds_init(&books->speeds, arena, world) ||
        !save_books_init(&books->saves, arena, world)) {
        return false;
    }
    usage_reset(books, world);
    return true;
}

bool task_books_over_time(TaskBooks *books, Arena *arena, const World *world, OverTime *over)
{
    books->over = over;
    books->settled_ms = ARENA_ARRAY(arena, int64_t, world->jobs->task_count);
    return books->settled_ms != NULL;
}

/* ---- posting ---- */

static int32_t task_type(const World *world, TaskId task)
{
    return world->fleet.node_type[world->task_node[task]];
}

static void task_post(TaskBooks *books, const World *world, TaskId task, Account account,
                      Int128 amount)
{
    JobId job = world->jobs->task_job[task];
    if (amount != 0) {
        ledger_post(books->ledger, task_type(world, task), job_tenant(world->jobs, job), account, 0,
                    amount);
    }
    if (account == ACCOUNT_LOST && books->lost != NULL) {
        books->lost[job] += amount;
    }
    if (account == ACCOUNT_LOST || account == ACCOUNT_HUNG) {
        blame_post(books->blame, world, task, account, amount);
    }
}

/* Most jobs use what they have, on cards of their own. */
static bool all_is_advance(const TaskBooks *books, const World *world, TaskId task)
{
    return books->phase[task] == PHASE_RUNNING && books->usage_ppm == NULL &&
           books->speeds.own_ppm == NULL && books->saves.rows == NULL &&
           job_class(world->jobs, world->jobs->task_job[task])->traits->utilisation_ppm == GP_PPM;
}

/* When all of that was. */
static void settlement_show(const TaskBooks *books, TaskId task, int64_t now_ms,
                            const Settlement *settlement)
{
    if (books->settled_ms == NULL) {
        return;
    }
    int64_t from_ms = books->settled_ms[task];
    over_time_settle(books->over, from_ms, now_ms, ACCOUNT_PRODUCTIVE, settlement->advance);
    over_time_settle(books->over, from_ms, now_ms, settlement->account, settlement->whole);
    over_time_settle(books->over, from_ms, now_ms, ACCOUNT_HELD_IDLE, settlement->held_idle);
    over_time_settle(books->over, from_ms, now_ms, settlement->cause_account, settlement->cause);
    over_time_settle(books->over, from_ms, now_ms, ACCOUNT_STRAGGLER, settlement->straggler);
    over_time_settle(books->over, from_ms, now_ms, ACCOUNT_CHECKPOINT, settlement->checkpoint);
    books->settled_ms[task] = now_ms;
}

/* Posts what the task was charged since it was last settled. */
static void task_settle(TaskBooks *books, const World *world, TaskId task, int64_t now_ms)
{
    int64_t charged = charge_take(&books->charge, task, now_ms);
    bool saves = save_books_watch(&books->saves, world, task);
    if (charged == 0 && !saves) {
        return;
    }
    if (all_is_advance(books, world, task)) {
        Settlement all = {.advance = (Int128)charged * GP_PPM};
        books->advance[task] += all.advance;
        settlement_show(books, task, now_ms, &all);
        return;
    }
    Settlement settlement = settlement_of(books, world, task, charged, now_ms);
    task_post(books, world, task, settlement.account, settlement.whole);
    task_post(books, world, task, ACCOUNT_HELD_IDLE, settlement.held_idle);
    if (settlement.cause != 0) {
        ledger_post(books->ledger, task_type(world, task),
                    job_tenant(world->jobs, world->jobs->task_job[task]), settlement.cause_account,
                    settlement.cause_sub, settlement.cause);
    }
    task_post(books, world, task, ACCOUNT_STRAGGLER, settlement.straggler);
    task_post(books, world, task, ACCOUNT_CHECKPOINT, settlement.checkpoint);
    if (saves) {
        save_books_settled(&books->saves, world, task, now_ms, books->advance[task],
                           settlement.advance);
    }
    books->advance[task] += settlement.advance;
    settlement_show(books, task, now_ms, &settlement);
}

/* ---- what becomes of an advance ---- */

/* It had been made at the speed of the moment, as far as anybody remembers. */
static void loss_show(const TaskBooks *books, const World *world, TaskId task, Int128 amount)
{
    if (books->settled_ms != NULL) {
        int64_t milli = world_task_milli(world, world->jobs->task_job[task]);
        over_time_lose(books->over, world->now_ms,
                       milli * settlement_advance_ppm(books, world, task), amount);
    }
}

/* All of it that is not saved. What a service has answered is answered. */
static void advance_lose(TaskBooks *books, const World *world, TaskId task)
{
    if (job_class(world->jobs, world->jobs->task_job[task])->traits->service != NULL) {
        return;
    }
    Int128 kept = 0;
    if (save_books_watch(&books->saves, world, task)) {
        kept = books->saves.rows[task].at_durable;
        save_books_lost(&books->saves, task, world->now_ms);
    }
    if (books->advance[task] != kept) {
        loss_show(books, world, task, books->advance[task] - kept);
        task_post(books, world, task, ACCOUNT_LOST, books->advance[task] - kept);
        books->advance[task] = kept;
    }
}

/* Advance that is kept; counted too in time of GPUs at relative speed 1. */
static void productive_post(TaskBooks *books, const World *world, JobId job, int32_t type, int how,
                            Int128 advance)
{
    if (advance != 0) {
        ledger_post(books->ledger, type, job_tenant(world->jobs, job), ACCOUNT_PRODUCTIVE, how,
                    advance);
        books->compute += advance * gang_speeds_relative(world, job, type, GP_PPM);
    }
}

/* Posts what former members of a job advanced. */
static void stray_post(TaskBooks *books, const World *world, JobId job, Account account, int sub)
{
    int32_t types = books->ledger->type_count;
    for (int32_t type = 0; books->stray != NULL && type < types; type++) {
        Int128 *stray = &books->stray[(size_t)job * (size_t)types + (size_t)type];
        if (account == ACCOUNT_PRODUCTIVE) {
            productive_post(books, world, job, type, sub, *stray);
            continue;
        }
        if (*stray != 0) {
            ledger_post(books->ledger, type, job_tenant(world->jobs, job), account, sub, *stray);
        }
        if (account == ACCOUNT_LOST) {
            if (books->lost != NULL) {
                books->lost[job] += *stray;
            }
            blame_post(books->blame, world, world->jobs->job_first_task[job], account, *stray);
            loss_show(books, world, world->jobs->job_first_task[job], *stray);
            *stray = 0;
        }
    }
}

/* What members took with them that is saved by now is the job's for good. */
static void stray_save(TaskBooks *books, const World *world, JobId job)
{
    int32_t types = books->ledger->type_count;
    if (books->stray == NULL ||
        !save_books_watch(&books->saves, world, world->jobs->job_first_task[job]) ||
        !save_books_secure(&books->saves, world, job)) {
        return;
    }
    for (int32_t type = 0; type < types; type++) {
        Int128 *stray = &books->stray[(size_t)job * (size_t)types + (size_t)type];
        *save_books_kept(&books->saves, job, type) += *stray;
        *stray = 0;
    }
}

static void kept_post(TaskBooks *books, const World *world, JobId job, ProductiveSub how)
{
    for (int32_t type = 0; books->saves.rows != NULL && type < books->ledger->type_count; type++) {
        productive_post(books, world, job, type, (int)how,
                        *save_books_kept(&books->saves, job, type));
    }
}

/* A synchronous job goes back to its last durable checkpoint, or to its beginning. */
static void job_loses(TaskBooks *books, const World *world, JobId job, int64_t now_ms)
{
    const JobTable *jobs = world->jobs;
    for (TaskId task = jobs->job_first_task[job]; task < jobs->job_first_task[job + 1]; task++) {
        if (world->task_node[task] >= 0) {
            task_settle(books, world, task, now_ms);
            advance_lose(books, world, task);
        }
    }
    stray_save(books, world, job);
    stray_post(books, world, job, ACCOUNT_LOST, 0);
}

static void task_loses(TaskBooks *books, const World *world, TaskId task, int64_t now_ms)
{
    task_settle(books, world, task, now_ms);
    advance_lose(books, world, task);
}

/* The advance stays with the tasks, for who asks what the job did. */
static void job_keeps(TaskBooks *books, const World *world, JobId job, ProductiveSub how)
{
    const JobTable *jobs = world->jobs;
    for (TaskId task = jobs->job_first_task[job]; task < jobs->job_first_task[job + 1]; task++) {
        if (books->advance[task] != 0) {
            productive_post(books, world, job, task_type(world, task), (int)how,
                            books->advance[task]);
        }
    }
    stray_post(books, world, job, ACCOUNT_PRODUCTIVE, (int)how);
    kept_post(books, world, job, how);
}

/* What single tasks of a job had finished before its time was over counts as failed. */
static ProductiveSub how_it_ended(const World *world, JobId job)
{
    switch ((JobState)world->job_state[job]) {
    case JOB_CANCELLED:
        return PRODUCTIVE_CANCELLED;
    case JOB_FAILED:
    case JOB_TIMEOUT:
        return PRODUCTIVE_FAILED;
    default:
        return PRODUCTIVE_COMPLETED;
    }
}

static void job_ended(TaskBooks *books, const World *world, JobId job)
{
    if (world->job_state[job] == JOB_TIMEOUT && job_class(world->jobs, job)->sync) {
        stray_save(books, world, job);
        stray_post(books, world, job, ACCOUNT_LOST, 0); /* nothing of it has ended by itself */
    }
    job_keeps(books, world, job, how_it_ended(world, job));
}

static bool job_is_over(const World *world, JobId job)
{
    return world->job_end_ms[job] != TIME_NEVER;
}

static void run_ended(TaskBooks *books, const World *world)
{
    const JobTable *jobs = world->jobs;
    for (TaskId task = 0; task < jobs->task_count; task++) {
        if (books->phase[task] != PHASE_NONE) {
            task_settle(books, world, task, world->now_ms);
        }
    }
    for (JobId job = 0; job < jobs->job_count; job++) {
        if (!job_is_over(world, job)) {
            job_keeps(books, world, job, PRODUCTIVE_RUNNING);
        }
    }
    books->closed = true;
}

void task_books_cut(TaskBooks *books, const World *world, int64_t now_ms)
{
    const JobTable *jobs = world->jobs;
    for (TaskId task = 0; task < jobs->task_count; task++) {
        if (books->phase[task] != PHASE_NONE) {
            task_settle(books, world, task, now_ms);
        }
        books->advance[task] = 0;
    }
    size_t strays = (size_t)jobs->job_count * (size_t)books->ledger->type_count;
    for (size_t at = 0; books->stray != NULL && at < strays; at++) {
        books->stray[at] = 0;
    }
    for (JobId job = 0; books->lost != NULL && job < jobs->job_count; job++) {
        books->lost[job] = 0;
    }
    save_books_cut(&books->saves, world);
    books->compute = 0;
}

/* ---- speeds of gangs ---- */

static bool task_is_running(const void *self, TaskId task)
{
    const TaskBooks *books = self;
    return books->phase[task] == PHASE_RUNNING;
}

/* A member's own speed has changed, or the member came or went: where that changes the pace of the
 * gang, all its members are settled at the old one. */
static void gang_update(TaskBooks *books, const World *world, JobId job, int64_t now_ms)
{
    const JobTable *jobs = world->jobs;
    if (books->speeds.own_ppm == NULL || !job_class(jobs, job)->sync) {
        return;
    }
    int32_t pace_ppm = gang_speeds_pace(&books->speeds, world, job);
    if (pace_ppm == books->speeds.pace_ppm[job]) {
        return;
    }
    for (TaskId task = jobs->job_first_task[job]; task < jobs->job_first_task[job + 1]; task++) {
        if (books->phase[task] == PHASE_RUNNING) {
            task_settle(books, world, task, now_ms);
        }
    }
    books->speeds.pace_ppm[job] = pace_ppm;
}

/* An elastic job that saves its state goes at another speed: its work is even only in between. */
static void members_settle(TaskBooks *books, const World *world, JobId job, int64_t now_ms)
{
    const JobTable *jobs = world->jobs;
    if (!save_books_watch(&books->saves, world, jobs->job_first_task[job])) {
        return;
    }
    for (TaskId task = jobs->job_first_task[job]; task < jobs->job_first_task[job + 1]; task++) {
        if (books->phase[task] == PHASE_RUNNING) {
            task_settle(books, world, task, now_ms);
        }
    }
}

static void task_rate(TaskBooks *books, const World *world, const Fact *fact)
{
    task_settle(books, world, fact->task, fact->time_ms);
    gang_speeds_set(&books->speeds, world, fact->task, fact->value, world->task_limit[fact->task],
                    task_is_running, books);
    gang_update(books, world, fact->job, fact->time_ms);
}

/* ---- gangs that lost a member ---- */

/* Until now its members that wait had waited for other reasons. */
static void broken_set(TaskBooks *books, const World *world, const Fact *fact, bool broken)
{
    const JobTable *jobs = world->jobs;
    if (books->broken == NULL || books->broken[fact->job] == broken ||
        !job_class(jobs, fact->job)->sync) {
        return;
    }
    for (TaskId task = jobs->job_first_task[fact->job]; task < jobs->job_first_task[fact->job + 1];
         task++) {
        uint8_t phase = books->phase[task];
        if (phase == PHASE_STARTUP || phase == PHASE_ASSEMBLING || phase == PHASE_RESTART) {
            task_settle(books, world, task, fact->time_ms);
        }
    }
    books->broken[fact->job] = broken;
}

/* Somebody left: for a fault, so that the others wait for a replacement, or as the last one. */
static void broken_check(TaskBooks *books, const World *world, const Fact *fact)
{
    bool by_fault = fact->kind == FACT_TASK_EVICTED &&
                    (fact->value == STOP_NODE_FAILED || fact->value == STOP_DRAINED ||
                     fact->value == STOP_FAILED);
    if (world->job_holding[fact->job] == 0) {
        broken_set(books, world, fact, false);
    } else if (by_fault && world->unit_rate_ppm[world->jobs->job_first_task[fact->job]] == 0) {
        broken_set(books, world, fact, true);
    }
}

/* ---- facts ---- */

static void phase_set(TaskBooks *books, const World *world, const Fact *fact, TaskPhase phase)
{
    TaskId task = fact->task;
    bool ran = books->phase[task] == PHASE_RUNNING;
    task_settle(books, world, task, fact->time_ms);
    books->phase[task] = (uint8_t)phase;
    if (ran != (phase == PHASE_RUNNING)) {
        gang_speeds_member(&books->speeds, world, task, ran ? -1 : 1, task_is_running, books);
        gang_update(books, world, fact->job, fact->time_ms);
    }
}

static void task_begins(TaskBooks *books, const World *world, const Fact *fact)
{
    TaskId task = fact->task;
    charge_begins(&books->charge, world, fact);
    if (books->settled_ms != NULL) {
        books->settled_ms[task] = fact->time_ms;
    }
    books->phase[task] = fact->kind == FACT_TASK_PLACED ? PHASE_STARTUP : PHASE_ASSEMBLING;
    if (fact->kind == FACT_TASK_PLACED && save_books_watch(&books->saves, world, task)) {
        save_books_begins(&books->saves, world, task, fact->time_ms);
    }
}

/* A member that an elastic job goes on without: it may come back on a node of another type, so its
 * advance is set apart. */
static void advance_set_apart(TaskBooks *books, const World *world, const Fact *fact)
{
    if (books->stray != NULL && books->advance[fact->task] != 0) {
        size_t row = (size_t)fact->job * (size_t)books->ledger->type_count;
        books->stray[row + (size_t)world->fleet.node_type[fact->node]] +=
            books->advance[fact->task];
        books->advance[fact->task] = 0;
    }
}

static void task_leaves(TaskBooks *books, const World *world, const Fact *fact)
{
    charge_ends(&books->charge, world, fact);
    phase_set(books, world, fact, PHASE_NONE);
    broken_check(books, world, fact);
    if (fact->kind != FACT_TASK_EVICTED) {
        return;
    }
    if (save_books_watch(&books->saves, world, fact->task)) {
        Int128 saved = books->saves.rows[fact->task].at_durable;
        save_books_keep(&books->saves, fact->job, fact->task, world->fleet.node_type[fact->node]);
        books->advance[fact->task] -= saved;
    }
    if (!job_class(world->jobs, fact->job)->sync || fact->value == STOP_LIMIT) {
        advance_lose(books, world, fact->task);
    }
    advance_set_apart(books, world, fact);
}

/* One that waits for no other and saves nothing has lost its work, whether it is placed again or
 * goes on in its place. Of the others a fact of their own tells. */
static void task_dies(TaskBooks *books, const World *world, const Fact *fact)
{
    if (!job_class(world->jobs, fact->job)->sync &&
        !save_books_watch(&books->saves, world, fact->task)) {
        advance_lose(books, world, fact->task);
    }
}

void task_books_fact(TaskBooks *books, const World *world, const Fact *fact)
{
    switch ((FactKind)fact->kind) {
    case FACT_TASK_PLACED:
    case FACT_TASK_RESUMED:
        task_begins(books, world, fact);
        break;
    case FACT_TASK_READY:
    case FACT_TASK_PAUSED:
        phase_set(books, world, fact, PHASE_ASSEMBLING);
        break;
    case FACT_TASK_STARTED:
        broken_set(books, world, fact, false);
        phase_set(books, world, fact, PHASE_RUNNING);
        break;
    case FACT_TASK_DIED:
        phase_set(books, world, fact, PHASE_DEAD);
        broken_set(books, world, fact,
                   world->unit_rate_ppm[job_unit(world->jobs, fact->task)] == 0);
        task_dies(books, world, fact);
        break;
    case FACT_TASK_REVIVED:
        phase_set(books, world, fact, PHASE_RESTART);
        break;
    case FACT_TASK_STOPPING:
        phase_set(books, world, fact, PHASE_GRACE);
        if (save_books_watch(&books->saves, world, fact->task)) {
            save_books_stopping(&books->saves, world, fact->task, fact->time_ms);
        }
        break;
    case FACT_TASK_ENDED:
    case FACT_TASK_EVICTED:
    case FACT_TASK_SUSPENDED:
        task_leaves(books, world, fact);
        break;
    case FACT_TASK_RATE:
        task_rate(books, world, fact);
        break;
    case FACT_TASK_USAGE:
        task_settle(books, world, fact->task, fact->time_ms);
        books->usage_ppm[fact->task] = fact->value;
        break;
    case FACT_JOB_LOST:
        job_loses(books, world, fact->job, fact->time_ms);
        break;
    case FACT_TASK_LOST:
        task_loses(books, world, fact->task, fact->time_ms);
        break;
    case FACT_JOB_RATE:
        members_settle(books, world, fact->job, fact->time_ms);
        break;
    case FACT_JOB_ENDED:
        job_ended(books, world, fact->job);
        break;
    case FACT_RUN_ENDED:
        run_ended(books, world);
        break;
    default:
        break;
    }
}
