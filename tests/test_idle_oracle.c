/* test_idle_oracle.c - idle time attributed class by class is that of a walk over every single job.
 *
 * The oracle looks at each waiting job by itself, judges it by a look at every node, and lets it
 * claim in queue order, three rounds, without stopping early. Drawn workloads of several queues,
 * sizes, gangs and GPU models run under rules that keep jobs back in every way.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/engine/engine.h"
#include "sim/experiment/ledger_observer.h"
#include "sim/scenario/load.h"
#include "tests/suite.h"
#include "traces/draw.h"

const char *const SUITE = "idle_oracle";

typedef struct Oracle {
    Ledger ledger;
    int64_t *free_milli;
    JobId *waiting;
    const LedgerMeter *meter; /* what tasks are charged is not in question here */
} Oracle;

static Verdict judge_alone(const World *world, JobId job)
{
    int32_t tasks = world_together(world, job);
    const GpShape *shape = job_request(world->jobs, job);
    bool fits = verdict_room(&world->fleet, shape, tasks) >= tasks;
    return verdict_judge(&world->fleet, shape, tasks, fits);
}

static int32_t waiting_list(const Oracle *oracle, const World *world)
{
    int32_t count = 0;
    for (JobId job = 0; job < world->jobs->job_count; job++) {
        if (!waiting_has(&world->waiting, job)) {
            continue;
        }
        int32_t at = count++;
        for (; at > 0 && waiting_before(&world->waiting, job, oracle->waiting[at - 1]); at--) {
            oracle->waiting[at] = oracle->waiting[at - 1];
        }
        oracle->waiting[at] = job;
    }
    return count;
}

static void claim_alone(const World *world, IdleBooks *idle, JobId job, VerdictKind kind)
{
    const GpShape *shape = job_request(world->jobs, job);
    Verdict verdict = judge_alone(world, job);
    if (shape->device_count == 0 || verdict.kind != kind) {
        return;
    }
    Why why = world_why(world, job);
    int64_t milli = cluster_task_milli(&world->scenario->cluster, shape);
    Claim claim = {.verdict = verdict,
                   .reason =
                       why.reason == REASON_BLOCKED ? (BlockReason)why.detail : BLOCK_NOT_YET_RUN,
                   .demand_milli = milli * world->job_waiting[job],
                   .model_set = shape->model_set,
                   .group_set = shape->group_set,
                   .tenant = job_tenant(world->jobs, job)};
    idle_claim(idle, &claim);
}

static void oracle_interval(void *self, const World *world, int64_t from_ms, int64_t to_ms)
{
    static const VerdictKind ROUNDS[] = {VERDICT_FITS, VERDICT_FRAGMENTED, VERDICT_SHORT};
    Oracle *oracle = self;
    for (int32_t type = 0; type < oracle->ledger.type_count; type++) {
        oracle->free_milli[type] =
            oracle->meter->type_capacity_milli[type] - oracle->meter->tasks.charge.type_milli[type];
    }
    IdleBooks idle =
        idle_open(&oracle->ledger, &world->scenario->cluster, oracle->free_milli, to_ms - from_ms);
    int32_t count = waiting_list(oracle, world);
    for (int round = 0; round < 3; round++) {
        for (int32_t i = 0; i < count; i++) {
            claim_alone(world, &idle, oracle->waiting[i], ROUNDS[round]);
        }
    }
    idle_close(&idle);
}

/* ---- scenarios ---- */

static uint32_t next_word(uint32_t *state, uint32_t below)
{
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) % below;
}

static const char *one_of(uint32_t *state, const char *const *words, uint32_t count)
{
    return words[next_word(state, count)];
}

#define JOBS 60

static void text_draw(uint32_t seed, char *text, size_t size)
{
    static const char *const ORDERS[] = {"fifo", "priority", "smallest", "kueue"};
    static const char *const SCANS[] = {"strict", "skip", "easy", "conservative",
                                        "{rule: strict, per_queue: true}"};
    static const char *const ADMITS[] = {"none", "quota", "cohort"};
    static const char *const GANGS[] = {"together", "task-by-task"};
    static const char *const SIZES[] = {
        "gpus: 1",
        "gpus: 2",
        "gpus: 4, cpu: 20",
        "gpus: 1, gpu_milli: 400",
        "gpus: 2, tasks: 3, gang: all",
        "gpus: 1, tasks: 6, gang: min, min_tasks: 2",
        "gpus: 3, gpu_model: [B]",
        "cpu: 12",
    };
    uint32_t state = seed;
    const char *scan = one_of(&state, SCANS, 5);
    int length = snprintf(
        text, size,
        "gpuplan: 1\nname: drawn\nseed: 1\nhorizon: 300s\n"
        "cluster:\n"
        "  types:\n"
        "    a: {gpus: {count: 4, model: A}, cpu: 32}\n"
        "    b: {gpus: {count: 8, model: B}, cpu: 48}\n"
        "  nodes: [{name: x, type: a, count: 2}, {name: y, type: b}]\n"
        "queues:\n"
        "  - {name: q0, cohort: all, quota: {gpus: 4}}\n"
        "  - {name: q1, cohort: all, quota: {gpus: 8}, borrow: 2}\n"
        "policy: {preset: fifo, order: %s, scan: %s, admit: %s, gangs: %s, estimates: exact}\n"
        "workload:\n  - jobs:\n",
        one_of(&state, ORDERS, 4), scan, one_of(&state, ADMITS, 3), one_of(&state, GANGS, 2));
    for (int job = 0; job < JOBS; job++) {
        length +=
            snprintf(text + length, size - (size_t)length,
                     "      - {id: j%d, submit: %us, duration: %us, queue: q%u, priority: %u, "
                     "%s}\n",
                     job, next_word(&state, 120), 1 + next_word(&state, 40), next_word(&state, 2),
                     next_word(&state, 3), one_of(&state, SIZES, sizeof SIZES / sizeof SIZES[0]));
    }
}

typedef struct Stage {
    Arena arena;
    Diagnostics diagnostics;
    ScenarioSet set;
    JobTable jobs;
    World *world;
    Ledger ledger;
    LedgerMeter meter;
    Oracle oracle;
    Engine engine;
} Stage;

static bool stage_run(Stage *stage, const char *text)
{
    LoadOptions load = {0};
    int32_t *rank = NULL;
    Arena *arena = &stage->arena;
    if (scenario_load_text("drawn.yaml", text, strlen(text), &load, arena, &stage->diagnostics,
                           &stage->set) != STATUS_OK) {
        diagnostics_print(&stage->diagnostics, stderr, false);
        return false;
    }
    const Scenario *scenario = stage->set.variants;
    if (workload_draw(scenario, 0, arena, &stage->diagnostics, &stage->jobs) != STATUS_OK ||
        node_ranks(scenario, 0, arena, &stage->diagnostics, &rank) != STATUS_OK) {
        return false;
    }
    stage->world = world_new(arena, scenario, &stage->jobs, rank, &(WorldOptions){0});
    if (stage->world == NULL ||
        !ledger_meter_init(&stage->meter, &stage->ledger, arena, arena, stage->world, false)) {
        return false;
    }
    stage->oracle = (Oracle){.meter = &stage->meter,
                             .free_milli = ARENA_ARRAY(arena, int64_t, 8),
                             .waiting = ARENA_ARRAY(arena, JobId, JOBS)};
    if (!ledger_init(&stage->oracle.ledger, arena, scenario->cluster.type_count,
                     stage->jobs.tenant_count)) {
        return false;
    }
    Observer observers[] = {
        ledger_meter_observer(&stage->meter),
        {.self = &stage->oracle, .interval = oracle_interval},
    };
    if (!engine_init(&stage->engine, arena, stage->world, observers, 2)) {
        return false;
    }
    engine_run(&stage->engine);
    return true;
}

/* Exactly the same in every account, type and tenant. */
static int differences(const Stage *stage)
{
    int count = 0;
    for (int32_t type = 0; type < stage->ledger.type_count; type++) {
        for (int32_t tenant = -1; tenant < stage->ledger.tenant_count; tenant++) {
            for (int account = ACCOUNT_BLOCKED; account <= ACCOUNT_NO_DEMAND; account++) {
                for (int sub = 0; sub < LEDGER_SUBS; sub++) {
                    count += ledger_sum(&stage->ledger, type, tenant, (Account)account, sub) !=
                             ledger_sum(&stage->oracle.ledger, type, tenant, (Account)account, sub);
                }
            }
        }
    }
    return count;
}

static void as_job_by_job(void)
{
    static char text[16384];
    bool met[4] = {false, false, false, false};
    for (uint32_t seed = 1; seed <= 150; seed++) {
        Stage stage = {0};
        arena_init(&stage.arena);
        diagnostics_init(&stage.diagnostics);
        text_draw(seed, text, sizeof text);
        CU_ASSERT_TRUE_FATAL(stage_run(&stage, text));
        int found = differences(&stage);
        CU_ASSERT_EQUAL(found, 0);
        if (found > 0) {
            printf("seed %u: %d accounts differ\n%s", seed, found, text);
        }
        for (int i = 0; i < 4; i++) {
            met[i] =
                met[i] || ledger_sum(&stage.ledger, -1, -2, (Account)(ACCOUNT_BLOCKED + i), -1) > 0;
        }
        diagnostics_free(&stage.diagnostics);
        arena_free(&stage.arena);
    }
    CU_ASSERT(met[0] && met[1] && met[2] && met[3]);
}

const TestCase CASES[] = {
    {"150 drawn runs: as a walk over every job", as_job_by_job},
    {NULL, NULL},
};
