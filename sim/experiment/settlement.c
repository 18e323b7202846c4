/* settlement.c - a charge by what the task did: the rules of docs/ledger.md. */
#include "sim/experiment/settlement.h"

/* Does it start up, or read its checkpoint? */
static bool starts_up(const World *world, TaskId task, bool again)
{
    JobId job = world->jobs->task_job[task];
    const JobCheckpoint *saves = world_checkpoint(world, job);
    bool reads = saves != NULL && saves->size_mib > 0 &&
                 world->unit_save[job_unit(world->jobs, task)].durable > 0;
    return reads || world_startup_ms(world, job, again || world->job_attempts[job] > 1) > 0;
}

static RunSplit split_of(const TaskBooks *books, const World *world, TaskId task)
{
    JobId job = world->jobs->task_job[task];
    const JobClass *class_of = job_class(world->jobs, job);
    int32_t usage_ppm =
        books->usage_ppm != NULL ? books->usage_ppm[task] : class_of->traits->utilisation_ppm;
    int32_t own_ppm = books->speeds.own_ppm != NULL ? books->speeds.own_ppm[task] : GP_PPM;
    return run_split(usage_ppm, own_ppm, gang_speeds_advance(&books->speeds, world, task));
}

Settlement settlement_of(const TaskBooks *books, const World *world, TaskId task, int64_t charged,
                         int64_t now_ms)
{
    bool saves = save_books_watch(&books->saves, world, task);
    int64_t writes = 0;
    Int128 whole = (Int128)charged * GP_PPM;
    JobId job = world->jobs->task_job[task];
    bool broken = books->broken != NULL && books->broken[job];
    Account waits = broken ? ACCOUNT_HUNG : ACCOUNT_ASSEMBLING;
    switch ((TaskPhase)books->phase[task]) {
    case PHASE_STARTUP:
    case PHASE_RESTART:
        return (Settlement){.account = starts_up(world, task, books->phase[task] == PHASE_RESTART)
                                           ? ACCOUNT_STARTUP
                                           : waits,
                            .whole = whole};
    case PHASE_ASSEMBLING:
        return (Settlement){.account = waits, .whole = whole};
    case PHASE_DEAD:
        return (Settlement){.account = ACCOUNT_HUNG, .whole = whole};
    case PHASE_RUNNING:
        break;
    case PHASE_GRACE:
    case PHASE_NONE:
        writes = saves ? save_books_grace(&books->saves, task, charged, now_ms) : 0;
        return (Settlement){.account = ACCOUNT_LOST,
                            .whole = whole - (Int128)writes * GP_PPM,
                            .checkpoint = (Int128)writes * GP_PPM};
    }
    if (saves) {
        writes = save_books_blocked(&books->saves, world, task, charged, now_ms);
        charged -= writes;
    }
    RunSplit split = split_of(books, world, task);
    int8_t limit = books->speeds.limit != NULL ? books->speeds.limit[task] : LIMIT_NONE;
    bool by_path = limit >= 0 && limit < GP_DIMENSION_COUNT;
    return (Settlement){.advance = (Int128)charged * split.productive_ppm,
                        .held_idle = (Int128)charged * split.held_idle_ppm,
                        .cause = (Int128)charged * split.cause_ppm,
                        .cause_account = by_path ? ACCOUNT_IO_STALL : ACCOUNT_SLOW_DEVICE,
                        .cause_sub = by_path ? limit : 0,
                        .straggler = (Int128)charged * split.straggler_ppm,
                        .checkpoint = (Int128)writes * GP_PPM};
}

int32_t settlement_advance_ppm(const TaskBooks *books, const World *world, TaskId task)
{
    return split_of(books, world, task).productive_ppm;
}
