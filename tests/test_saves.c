/* test_saves.c - jobs that save their state, through whole runs: random lives against a clock that
 * ticks, and cases worked out by hand. */
#include "core/rng.h"
#include "models/failure_draft.h"
#include "sim/experiment/run_one.h"
#include "tests/small_scenario.h"
#include "tests/suite.h"

const char *const SUITE = "saves";

static ReplicationResult run(SmallScenario *small)
{
    Diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    ReplicationResult result;
    RunOptions options = {.keep_jobs = true, .audit = true};
    small->scenario.policy.remedy = remedy_policy("none");
    small->scenario.policy.remedy_options = remedy_preset("none")->options;
    CU_ASSERT_EQUAL_FATAL(run_one(&small->scenario, &options, &small->arena, &diagnostics, &result),
                          STATUS_OK);
    diagnostics_free(&diagnostics);
    CU_ASSERT(ledger_balances(&result.ledger));
    return result;
}

/* In ms x ppm of whole GPUs. */
static int64_t gpu_ms_ppm(const ReplicationResult *result, Account account)
{
    Int128 amount = ledger_sum(&result->ledger, -1, -2, account, -1);
    CU_ASSERT_EQUAL(amount % 1000, 0);
    return (int64_t)(amount / 1000);
}

/* ---- random lives ---- */

typedef struct Draws {
    uint32_t count;
} Draws;

static int64_t below(Draws *draws, int64_t bound)
{
    DrawAddress address = {.seed = 45, .purpose = PURPOSE_TEST, .entity = 2};
    return (int64_t)(rng_u64(address, draws->count++) % (uint64_t)bound);
}

#define KILLS_MAX 6
#define SLOWS_MAX 4

/* For so long a node goes at that speed. */
typedef struct Slow {
    int64_t from_ms, to_ms;
    int32_t ppm;
} Slow;

/* A job of equal tasks on one node each; every task of it is stopped at those times, and all go at
 * the speed of the slowest. */
typedef struct Life {
    int32_t tasks;
    int64_t duration_ms, every_ms, block_ms, flush_ms, startup_ms, restart_ms;
    int32_t restart_scale;
    int kill_count;
    int64_t kill_ms[KILLS_MAX]; /* ascending */
    int slow_count;
    Slow slow[SLOWS_MAX]; /* ascending, one after another */
} Life;

/* What must come out, of one task. */
typedef struct Fate {
    int64_t end_ms, blocked_ms, startup_ms;
    int64_t done, lost; /* ms x ppm */
} Fate;

static int64_t speed_at(const Life *life, int64_t now_ms)
{
    for (int i = 0; i < life->slow_count; i++) {
        if (now_ms >= life->slow[i].from_ms && now_ms < life->slow[i].to_ms) {
            return life->slow[i].ppm;
        }
    }
    return GP_PPM;
}

/* Milliseconds one after another: a start-up, or a checkpoint, or work. */
static Fate fate_of(const Life *life)
{
    Fate fate = {0};
    int64_t done = 0, mark = 0, durable = 0, block_left = 0, flushed_at = -1;
    int64_t startup_left = life->startup_ms;
    int next = 0;
    for (int64_t now = 0;; now++) {
        if (done >= life->duration_ms * GP_PPM) {
            fate.end_ms = now;
            fate.done = done;
            return fate;
        }
        if (flushed_at >= 0 && now >= flushed_at) {
            durable = mark;
            flushed_at = -1;
        }
        if (startup_left == 0 && block_left == 0 && done > mark && flushed_at < 0 &&
            done - mark >= life->every_ms * GP_PPM) {
            mark = done;
            block_left = life->block_ms;
            flushed_at = block_left == 0 ? now + life->flush_ms : -1;
            durable = flushed_at == now ? mark : durable;
            flushed_at = flushed_at == now ? -1 : flushed_at;
        }
        if (next < life->kill_count && life->kill_ms[next] == now) {
            next++;
            fate.lost += done - durable;
            done = mark = durable;
            block_left = 0;
            flushed_at = -1;
            startup_left =
                life->restart_ms + life->restart_ms * life->restart_scale * life->tasks / GP_PPM;
        }
        if (startup_left > 0) {
            startup_left--;
            fate.startup_ms++;
        } else if (block_left > 0) {
            block_left--;
            fate.blocked_ms++;
            flushed_at = block_left == 0 ? now + 1 + life->flush_ms : -1;
            if (flushed_at == now + 1) { /* durable as soon as it is written */
                durable = mark;
                flushed_at = -1;
            }
        } else {
            done += speed_at(life, now);
        }
    }
}

/* One draw a statement: compilers order those of one expression as they like. */
static Life life_draw(Draws *draws)
{
    Life life = {.tasks = 1 + (int32_t)below(draws, 4)};
    life.duration_ms = 1 + below(draws, 20000);
    bool often = below(draws, 2) == 0;
    life.every_ms = 1 + below(draws, often ? 300 : 5000);
    bool blocks = below(draws, 3) != 0;
    life.block_ms = blocks ? below(draws, 200) : 0;
    bool flushes = below(draws, 2) == 0;
    life.flush_ms = flushes ? below(draws, 2000) : 0;
    bool starts_up = below(draws, 2) == 0;
    life.startup_ms = starts_up ? below(draws, 100) : 0;
    life.restart_ms = below(draws, 400);
    bool grows = below(draws, 2) == 0;
    life.restart_scale = grows ? (int32_t)below(draws, 200000) : 0;
    life.kill_count = (int)below(draws, KILLS_MAX + 1);
    int64_t at_ms = 0;
    for (int i = 0; i < life.kill_count; i++) {
        at_ms += 1 + below(draws, below(draws, 3) == 0 ? 50 : 8000);
        life.kill_ms[i] = at_ms;
    }
    static const int32_t SPEEDS[] = {250000, 333333, 999999, 700000};
    life.slow_count = (int)below(draws, SLOWS_MAX + 1);
    at_ms = 0;
    for (int i = 0; i < life.slow_count; i++) {
        life.slow[i].from_ms = at_ms + below(draws, 6000);
        life.slow[i].to_ms = life.slow[i].from_ms + 1 + below(draws, 6000);
        life.slow[i].ppm = SPEEDS[below(draws, 4)];
        at_ms = life.slow[i].to_ms;
    }
    return life;
}

/* A recorded fault of one node kills the process there; a gang goes with its member, and there is
 * room for it at once. */
static void faults_add(SmallScenario *small, const Life *life)
{
    FailureDraft draft = failure_draft(&small->arena);
    FaultKind kind = fault_kind("crash", EFFECT_JOB_DIES, SCOPE_NODE);
    kind.detect_ms = 0;
    int32_t number = failure_draft_kind(&draft, &kind, NULL);
    CU_ASSERT_FATAL(number >= 0);
    for (int i = 0; i < life->kill_count; i++) {
        Fault fault = {
            .at_ms = life->kill_ms[i], .kind = number, .target = i % life->tasks, .recorded = true};
        CU_ASSERT_FATAL(failure_draft_fault(&draft, fault));
    }
    for (int i = 0; i < life->slow_count; i++) {
        FaultKind slow = fault_kind("slow", EFFECT_DEVICE_SLOW, SCOPE_NODE);
        slow.speed_ppm = life->slow[i].ppm;
        Fault fault = {.at_ms = life->slow[i].from_ms,
                       .out_ms = life->slow[i].to_ms - life->slow[i].from_ms,
                       .kind = failure_draft_kind(&draft, &slow, NULL),
                       .target = (i + 1) % life->tasks,
                       .recorded = true};
        CU_ASSERT_FATAL(failure_draft_fault(&draft, fault));
    }
    small->scenario.failures = failure_draft_finish(&draft);
    CU_ASSERT_PTR_NOT_NULL_FATAL(small->scenario.failures);
}

static void traits_fill(const Life *life, JobTraits *traits)
{
    *traits = JOB_TRAITS_DEFAULT;
    traits->startup_ms = life->startup_ms;
    traits->restart_ms = life->restart_ms;
    traits->restart_scale = life->restart_scale;
    traits->retries = INT32_MAX;
    traits->checkpoint = (CheckpointOptions){.rule = CHECKPOINT_FIXED,
                                             .every_ms = life->every_ms,
                                             .cost_ms = life->block_ms,
                                             .flush_ms = life->flush_ms};
}

static void life_lives(const Life *life)
{
    SmallScenario small;
    JobTraits traits;
    Fate fate = fate_of(life);
    small_open(&small, life->tasks, 1, "skip", "first-fit");
    traits_fill(life, &traits);
    Request *row = small_job(&small, "J", 0, 0, life->tasks, 1);
    row->duration_ms = life->duration_ms;
    row->traits = &traits;
    if (life->kill_count + life->slow_count > 0) {
        faults_add(&small, life);
    }
    ReplicationResult result = run(&small);
    CU_ASSERT_EQUAL(result.jobs->end_ms[0], fate.end_ms);
    CU_ASSERT_EQUAL(gpu_ms_ppm(&result, ACCOUNT_PRODUCTIVE), life->tasks * fate.done);
    CU_ASSERT_EQUAL(gpu_ms_ppm(&result, ACCOUNT_LOST), life->tasks * fate.lost);
    CU_ASSERT_EQUAL(gpu_ms_ppm(&result, ACCOUNT_CHECKPOINT),
                    life->tasks * fate.blocked_ms * GP_PPM);
    CU_ASSERT_EQUAL(gpu_ms_ppm(&result, ACCOUNT_STARTUP), life->tasks * fate.startup_ms * GP_PPM);
    small_close(&small);
}

/* Goal: no work is lost twice, and none is kept that was not durable; books and ends agree with a
 * clock that ticks. Method: 2,000 random jobs of one to four tasks, killed up to six times, while
 * they start up, work, write or flush, on nodes that are slow now and then. */
static void random_lives(void)
{
    Draws draws = {0};
    for (int i = 0; i < 2000; i++) {
        Life life = life_draw(&draws);
        life_lives(&life);
    }
}

const TestCase CASES[] = {
    {"random lives against a clock that ticks", random_lives},
    {NULL, NULL},
};
