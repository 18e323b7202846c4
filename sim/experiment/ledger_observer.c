/* ledger_observer.c - productive time is posted when a task ends, idle time interval by interval.
 *
 * How a job ends decides the sub-account of all its productive time, so an advance waits with its
 * job. In between, the identity holds with what is under way: accounts + advance of running tasks =
 * capacity.
 */
#include "sim/experiment/ledger_observer.h"

#include <stdio.h>
#include <stdlib.h>

bool ledger_meter_init(LedgerMeter *meter, Ledger *ledger, Arena *ledger_arena, Arena *run_arena,
                       const World *world)
{
    const Cluster *cluster = &world->scenario->cluster;
    const JobTable *jobs = world->jobs;
    *meter = (LedgerMeter){
        .ledger = ledger,
        .type_capacity_milli = ARENA_ARRAY(run_arena, int64_t, cluster->type_count),
        .free_milli = ARENA_ARRAY(run_arena, int64_t, cluster->type_count),
        .walk_heap = ARENA_ARRAY(run_arena, JobId, jobs->class_count + 1),
        .claims = ARENA_ARRAY(run_arena, Claim, jobs->job_count),
        .shape_judged_at = ARENA_ARRAY(run_arena, uint64_t, jobs->shapes.count),
        .shape_judged_tasks = ARENA_ARRAY(run_arena, int32_t, jobs->shapes.count),
        .shape_verdict = ARENA_ARRAY(run_arena, Verdict, jobs->shapes.count),
    };
    if (run_arena->failed || !charge_init(&meter->charge, run_arena, world) ||
        !ledger_init(ledger, ledger_arena, cluster->type_count, jobs->tenant_count)) {
        return false;
    }
    for (int32_t type = 0; type < cluster->type_count; type++) {
        meter->type_capacity_milli[type] = (int64_t)cluster->type_info[type].node_count *
                                           cluster->types[type].capacity[GP_AXIS_GPU];
    }
    return true;
}

/* ---- what is allocated ---- */

static void advance_post(LedgerMeter *meter, const World *world, JobId job, TaskId task,
                         ProductiveSub how)
{
    int32_t type = world->fleet.node_type[world->task_node[task]];
    ledger_post(meter->ledger, type, job_tenant(world->jobs, job), ACCOUNT_PRODUCTIVE, (int)how,
                charge_so_far(&meter->charge, task, world->now_ms) * GP_PPM);
}

static void task_ended(LedgerMeter *meter, const World *world, const Fact *fact)
{
    charge_ended(&meter->charge, world, fact);
    advance_post(meter, world, fact->job, fact->task, PRODUCTIVE_COMPLETED);
}

static void run_ended(LedgerMeter *meter, const World *world)
{
    const JobTable *jobs = world->jobs;
    for (JobId job = 0; job < jobs->job_count; job++) {
        for (TaskId task = jobs->job_first_task[job]; task < jobs->job_first_task[job + 1];
             task++) {
            if (task_state_holds(world->task_state[task])) {
                advance_post(meter, world, job, task, PRODUCTIVE_RUNNING);
            }
        }
    }
    if (!ledger_balances(meter->ledger)) { /* a report from such books would be worse than none */
        fputs("gpuplan: internal error: the ledger does not balance; please report this scenario\n",
              stderr);
        abort();
    }
}

/* ---- what is idle ---- */

static Verdict shape_verdict(LedgerMeter *meter, const World *world, JobId job)
{
    ShapeId id = job_shape(world->jobs, job);
    int32_t tasks = world_together(world, job);
    uint64_t version = world->change_count + 1;
    if (meter->shape_judged_at[id] != version || meter->shape_judged_tasks[id] != tasks) {
        const GpShape *shape = &world->jobs->shapes.shapes[id];
        bool fits = verdict_room(&world->fleet, shape, tasks) >= tasks;
        meter->shape_verdict[id] = verdict_judge(&world->fleet, shape, tasks, fits);
        meter->shape_judged_at[id] = version;
        meter->shape_judged_tasks[id] = tasks;
    }
    return meter->shape_verdict[id];
}

static int32_t claims_fill(LedgerMeter *meter, const World *world)
{
    int32_t count = 0;
    WaitingWalk walk;
    waiting_walk(&walk, &world->waiting, -1, meter->walk_heap);
    for (JobId job = waiting_walk_peek(&walk); job >= 0; job = waiting_walk_peek(&walk)) {
        const GpShape *shape = job_request(world->jobs, job);
        Why why = world_why(world, job);
        waiting_walk_step(&walk);
        if (shape->request[GP_AXIS_GPU] == 0) {
            continue; /* claims no GPU */
        }
        meter->claims[count++] = (Claim){
            .verdict = shape_verdict(meter, world, job),
            .reason = why.reason == REASON_BLOCKED ? (BlockReason)why.detail : BLOCK_NOT_YET_RUN,
            .demand_milli = cluster_task_milli(&world->scenario->cluster, shape) *
                            world->job_waiting[job],
            .model_set = shape->model_set,
            .tenant = job_tenant(world->jobs, job),
        };
    }
    return count;
}

/* Debug builds read all books at every event; others once, at the end. */
#if defined(GPUPLAN_DEBUG) || !defined(__OPTIMIZE__)
#define CHECK_EVERY_EVENT 1
#else
#define CHECK_EVERY_EVENT 0
#endif

/* The identity with the advance of running tasks. */
static void books_check(const LedgerMeter *meter, const World *world, int64_t now_ms)
{
    const JobTable *jobs = world->jobs;
    for (int32_t type = 0; type < meter->ledger->type_count; type++) {
        Int128 sum = 0;
        for (int account = 0; account < ACCOUNT_COUNT; account++) {
            sum += ledger_sum(meter->ledger, type, -2, (Account)account, -1);
        }
        for (TaskId task = 0; task < jobs->task_count; task++) {
            if (task_state_holds(world->task_state[task]) &&
                world->fleet.node_type[world->task_node[task]] == type) {
                sum += charge_so_far(&meter->charge, task, now_ms) * GP_PPM;
            }
        }
        if (sum != meter->ledger->capacity[type]) {
            fprintf(stderr, "gpuplan: internal error: the ledger does not balance at %lld ms\n",
                    (long long)now_ms);
            abort();
        }
    }
}

static void ledger_interval(void *self, const World *world, int64_t from_ms, int64_t to_ms)
{
    LedgerMeter *meter = self;
    int64_t duration_ms = to_ms - from_ms;
    int64_t free_milli = 0;
    for (int32_t type = 0; type < meter->ledger->type_count; type++) {
        meter->ledger->capacity[type] +=
            (Int128)meter->type_capacity_milli[type] * duration_ms * GP_PPM;
        meter->free_milli[type] = meter->type_capacity_milli[type] - meter->charge.type_milli[type];
        free_milli += meter->free_milli[type];
    }
    int32_t claim_count = free_milli > 0 ? claims_fill(meter, world) : 0;
    ledger_attribute_idle(meter->ledger, &world->scenario->cluster, meter->claims, claim_count,
                          meter->free_milli, duration_ms);
    if (CHECK_EVERY_EVENT) {
        books_check(meter, world, to_ms);
    }
}

static void ledger_fact(void *self, const World *world, const Fact *fact)
{
    LedgerMeter *meter = self;
    switch ((FactKind)fact->kind) {
    case FACT_TASK_PLACED:
        charge_placed(&meter->charge, world, fact);
        break;
    case FACT_TASK_ENDED:
        task_ended(meter, world, fact);
        break;
    case FACT_RUN_ENDED:
        run_ended(meter, world);
        break;
    default:
        break;
    }
}

Observer ledger_meter_observer(LedgerMeter *meter)
{
    return (Observer){.self = meter, .fact = ledger_fact, .interval = ledger_interval};
}
