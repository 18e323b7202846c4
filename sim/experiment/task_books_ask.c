/* task_books_ask.c - what the books of tasks hold that is not posted yet. */
#include "sim/experiment/task_books.h"

#include "sim/experiment/settlement.h"

static int32_t task_type(const World *world, TaskId task)
{
    return world->fleet.node_type[world->task_node[task]];
}

static bool job_is_over(const World *world, JobId job)
{
    return world->job_end_ms[job] != TIME_NEVER;
}

Int128 task_books_open(const TaskBooks *books, const World *world, int32_t type, int64_t now_ms)
{
    const JobTable *jobs = world->jobs;
    Int128 sum = 0;
    for (TaskId task = 0; task < jobs->task_count; task++) {
        JobId job = jobs->task_job[task];
        if (world->task_node[task] < 0 || task_type(world, task) != type) {
            continue;
        }
        if (books->phase[task] != PHASE_NONE) {
            sum += (Int128)charge_open(&books->charge, task, now_ms) * GP_PPM;
        }
        sum += job_is_over(world, job) ? 0 : books->advance[task];
    }
    for (JobId job = 0; books->stray != NULL && job < jobs->job_count; job++) {
        size_t row = (size_t)job * (size_t)books->ledger->type_count;
        sum += job_is_over(world, job) ? 0 : books->stray[row + (size_t)type];
    }
    for (JobId job = 0; books->saves.rows != NULL && job < jobs->job_count; job++) {
        sum += job_is_over(world, job) ? 0 : *save_books_kept(&books->saves, job, type);
    }
    return sum;
}

Int128 task_books_advance(const TaskBooks *books, const World *world, JobId job)
{
    const JobTable *jobs = world->jobs;
    Int128 sum = 0;
    for (TaskId task = jobs->job_first_task[job]; task < jobs->job_first_task[job + 1]; task++) {
        sum += books->advance[task];
    }
    for (int32_t type = 0; books->stray != NULL && type < books->ledger->type_count; type++) {
        sum += books->stray[(size_t)job * (size_t)books->ledger->type_count + (size_t)type];
    }
    for (int32_t type = 0; books->saves.rows != NULL && type < books->ledger->type_count; type++) {
        sum += *save_books_kept(&books->saves, job, type);
    }
    return sum;
}

Int128 task_books_would_post(const TaskBooks *books, const World *world, Account account, int sub,
                             int64_t now_ms)
{
    const JobTable *jobs = world->jobs;
    if (books->closed) {
        return 0;
    }
    bool advances = account == ACCOUNT_PRODUCTIVE && (sub < 0 || sub == PRODUCTIVE_RUNNING);
    Int128 sum = 0;
    for (TaskId task = 0; task < jobs->task_count; task++) {
        Settlement settlement = {0};
        if (books->phase[task] != PHASE_NONE) {
            settlement = settlement_of(books, world, task,
                                       charge_open(&books->charge, task, now_ms), now_ms);
        }
        if (advances && !job_is_over(world, jobs->task_job[task])) {
            sum += settlement.advance + books->advance[task];
        }
        sum += account == settlement.account ? settlement.whole : 0;
        sum += account == ACCOUNT_HELD_IDLE    ? settlement.held_idle
               : account == ACCOUNT_STRAGGLER  ? settlement.straggler
               : account == ACCOUNT_CHECKPOINT ? settlement.checkpoint
                                               : 0;
        if (account == settlement.cause_account && (sub < 0 || sub == settlement.cause_sub)) {
            sum += settlement.cause;
        }
    }
    for (JobId job = 0; advances && books->saves.rows != NULL && job < jobs->job_count; job++) {
        for (int32_t type = 0; type < books->ledger->type_count; type++) {
            sum += job_is_over(world, job) ? 0 : *save_books_kept(&books->saves, job, type);
        }
    }
    size_t strays = (size_t)jobs->job_count * (size_t)books->ledger->type_count;
    for (size_t at = 0; advances && books->stray != NULL && at < strays; at++) {
        JobId job = (JobId)(at / (size_t)books->ledger->type_count);
        sum += job_is_over(world, job) ? 0 : books->stray[at];
    }
    return sum;
}

/* ---- by row ---- */

static void settlement_add(Int128 *row, const Settlement *settlement)
{
    row[settlement->account] += settlement->whole;
    row[ACCOUNT_PRODUCTIVE] += settlement->advance;
    row[ACCOUNT_HELD_IDLE] += settlement->held_idle;
    row[settlement->cause_account] += settlement->cause;
    row[ACCOUNT_STRAGGLER] += settlement->straggler;
    row[ACCOUNT_CHECKPOINT] += settlement->checkpoint;
}

bool task_books_open_rows(const TaskBooks *books, const World *world, JobId job, int64_t now_ms,
                          Int128 *amount, uint8_t *touched)
{
    const JobTable *jobs = world->jobs;
    const Ledger *ledger = books->ledger;
    bool over = job_is_over(world, job);
    bool holds = false;
    if (books->closed) {
        return false;
    }
    int32_t tenant = job_tenant(jobs, job) < 0 ? ledger->tenant_count : job_tenant(jobs, job);
    for (TaskId task = jobs->job_first_task[job]; task < jobs->job_first_task[job + 1]; task++) {
        if (world->task_node[task] < 0) {
            continue;
        }
        size_t row = (size_t)task_type(world, task) * (size_t)(ledger->tenant_count + 1);
        row += (size_t)tenant;
        if (books->phase[task] != PHASE_NONE) {
            int64_t charged = charge_open(&books->charge, task, now_ms);
            Settlement settlement = settlement_of(books, world, task, charged, now_ms);
            settlement_add(&amount[row * ACCOUNT_COUNT], &settlement);
            touched[row] = 1;
            holds = true;
        }
        if (!over && books->advance[task] != 0) {
            amount[row * ACCOUNT_COUNT + ACCOUNT_PRODUCTIVE] += books->advance[task];
            touched[row] = 1;
        }
    }
    for (int32_t type = 0; !over && type < ledger->type_count; type++) {
        Int128 kept = books->saves.rows != NULL ? *save_books_kept(&books->saves, job, type) : 0;
        kept += books->stray != NULL
                    ? books->stray[(size_t)job * (size_t)ledger->type_count + (size_t)type]
                    : 0;
        size_t row = (size_t)type * (size_t)(ledger->tenant_count + 1) + (size_t)tenant;
        if (kept != 0) {
            amount[row * ACCOUNT_COUNT + ACCOUNT_PRODUCTIVE] += kept;
            touched[row] = 1;
        }
    }
    return holds || !over;
}
