/* test_warmup.c - what is cut off at the front is nowhere, and what comes after is all there. */
#include <math.h>
#include <string.h>

#include "sim/experiment/run_one.h"
#include "tests/loaded.h"
#include "tests/small_scenario.h"

const char *const SUITE = "warmup";

#define CLOSE(found, expected) CU_ASSERT_DOUBLE_EQUAL((found), (expected), 1e-9)

static ReplicationResult run(const Scenario *scenario, uint32_t replication, Arena *arena)
{
    Diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    ReplicationResult result;
    RunOptions options = {.keep_jobs = true, .replication = replication, .audit = true};
    CU_ASSERT_EQUAL_FATAL(run_one(scenario, &options, arena, &diagnostics, &result), STATUS_OK);
    diagnostics_free(&diagnostics);
    return result;
}

static double gpu_s(const ReplicationResult *result, Account account, int sub)
{
    return ledger_gpu_hours(ledger_sum(&result->ledger, -1, -2, account, sub)) * 3600.0;
}

/* Goal: books, waits, counts and money of the window, by hand. Method: 16 GPUs in two nodes,
 * strict. At 0 s come x and y (4 GPUs each, one a node, 10 s), A (8 GPUs), B (2) and C (2 x 8),
 * each 10 s; at 16 s comes D, 2 x 8 GPUs for 5 s. 10..20 s: A and B; 20..30: C; 30..35: D. The cut
 * is at 15 s. 15..20: 10 GPUs productive = 50, 6 free, for which C is short = 30; then 160 and 80.
 * In all 16 x 20 = 320 GPU-s at 2 USD an hour. Only D was submitted after the cut: it waits 14 s,
 * and is done 19 s after it came. */
static void window_by_hand(void)
{
    SmallScenario small;
    small_open(&small, 2, 8, "strict", "first-fit");
    small_job(&small, "x", 0, 10, 1, 4)->cpu_milli = 40000;
    small_job(&small, "y", 0, 10, 1, 4)->cpu_milli = 40000;
    small_job(&small, "A", 0, 10, 1, 8);
    small_job(&small, "B", 0, 10, 1, 2);
    small_job(&small, "C", 0, 10, 2, 8);
    small_job(&small, "D", 16, 5, 2, 8);
    small.scenario.warmup_ms = 15000;
    ReplicationResult result = run(&small.scenario, 0, &small.arena);
    CLOSE(gpu_s(&result, ACCOUNT_PRODUCTIVE, PRODUCTIVE_COMPLETED), 290.0);
    CLOSE(gpu_s(&result, ACCOUNT_SHORT, GP_DIMENSION_GPU), 30.0);
    CU_ASSERT(ledger_balances(&result.ledger));
    const double *metric = result.metric;
    CLOSE(metric[METRIC_capacity_gpu_hours] * 3600.0, 320.0);
    CLOSE(metric[METRIC_productive_share], 290.0 / 320.0);
    CLOSE(metric[METRIC_total_usd], 320.0 / 3600.0 * 2.0);
    CLOSE(metric[METRIC_jobs_submitted], 1.0);
    CLOSE(metric[METRIC_jobs_completed], 1.0);
    CLOSE(metric[METRIC_wait_mean_s], 14.0);
    CLOSE(metric[METRIC_wait_p95_s], 14.0);
    CLOSE(metric[METRIC_jct_mean_s], 19.0);
    CLOSE(metric[METRIC_makespan_s], 20.0);
    CLOSE(metric[METRIC_productive_compute] * 3600.0, 290.0);
    CLOSE(metric[METRIC_node_availability], 1.0);
    small_close(&small);
}

/* Goal: a job submitted in the very instant of the cut counts, and so does what happens then.
 * Method: one GPU; a runs 0..10, b comes at 10 and runs 10..14; the cut is at 10 s. */
static void the_instant_of_the_cut(void)
{
    SmallScenario small;
    small_open(&small, 1, 1, "strict", "first-fit");
    small_job(&small, "a", 0, 10, 1, 1);
    small_job(&small, "b", 10, 4, 1, 1);
    small.scenario.warmup_ms = 10000;
    ReplicationResult result = run(&small.scenario, 0, &small.arena);
    CLOSE(gpu_s(&result, ACCOUNT_PRODUCTIVE, -1), 4.0);
    CLOSE(result.metric[METRIC_capacity_gpu_hours] * 3600.0, 4.0);
    CLOSE(result.metric[METRIC_jobs_submitted], 1.0);
    CLOSE(result.metric[METRIC_wait_mean_s], 0.0);
    small_close(&small);
}

/* Goal: only GPU time of the window can be lost in it. Method: one GPU; a job of 40 s that saves
 * its state after each 10 s of work without being blocked, and is stopped at its limit of 28 s.
 * What it did after 20 s is lost. Cut at 15 s: 5 s are kept, 8 s are lost. Cut at 22 s: 6 s are
 * lost, and the 2 s before are in no account. Without saves, cut at 15 s: 13 s are lost. */
static void lost_in_the_window(void)
{
    static const struct {
        bool saves;
        int64_t cut_s;
        double productive, lost;
    } CASE[] = {{true, 15, 5.0, 8.0}, {true, 22, 0.0, 6.0}, {false, 15, 0.0, 13.0}};
    for (size_t i = 0; i < sizeof CASE / sizeof CASE[0]; i++) {
        char text[600];
        snprintf(text, sizeof text,
                 "name: lost\nwarmup: %ds\ncluster: {types: {t: {gpus: {count: 1, model: A}}}, "
                 "nodes: [{name: n, type: t}]}\n"
                 "workload: [{jobs: [{id: a, duration: 40s, gpus: 1, sync: true, time_limit: 28s%s}"
                 "]}]\n",
                 (int)CASE[i].cut_s, CASE[i].saves ? ", checkpoint: {every: 10s, cost: 0s}" : "");
        Loaded loaded;
        loaded_text(&loaded, text);
        CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
        Arena arena;
        arena_init(&arena);
        ReplicationResult result = run(&loaded.set.variants[0], 0, &arena);
        CLOSE(gpu_s(&result, ACCOUNT_PRODUCTIVE, -1), CASE[i].productive);
        CLOSE(gpu_s(&result, ACCOUNT_LOST, -1), CASE[i].lost);
        CLOSE(result.metric[METRIC_capacity_gpu_hours] * 3600.0, 28.0 - (double)CASE[i].cut_s);
        CLOSE(result.jobs->lost_gpu_s[0], CASE[i].lost);
        arena_free(&arena);
        loaded_free(&loaded);
    }
}

/* Goal: front and window are the whole, account by account, to the last unit. Method: six remedies
 * meet failures, checkpoints, elastic jobs and short data paths for four days; cut at 45 h. The run
 * whose horizon is 45 h has the front. Work that was done before the cut and lost after it is
 * productive in the front, lost in the whole and nowhere in the window: the two are added up. */
static void front_and_window_are_the_whole(void)
{
    Loaded loaded;
    loaded_file(&loaded, "tests/data/determinism-failures.yaml", NULL);
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    for (int32_t v = 0; v < loaded.set.variant_count; v++) {
        Arena arena;
        arena_init(&arena);
        Scenario part = loaded.set.variants[v];
        ReplicationResult whole = run(&part, 0, &arena);
        part.warmup_ms = INT64_C(45) * 3600000;
        ReplicationResult window = run(&part, 0, &arena);
        part.warmup_ms = 0;
        part.horizon_ms = INT64_C(45) * 3600000;
        ReplicationResult front = run(&part, 0, &arena);
        CU_ASSERT_EQUAL(whole.fact_hash, window.fact_hash);
        for (int32_t type = 0; type < whole.ledger.type_count; type++) {
            CU_ASSERT(front.ledger.capacity[type] + window.ledger.capacity[type] ==
                      whole.ledger.capacity[type]);
            Int128 advanced[2] = {0, 0};
            for (int account = 0; account < ACCOUNT_COUNT; account++) {
                Int128 parts = ledger_sum(&front.ledger, type, -2, (Account)account, -1) +
                               ledger_sum(&window.ledger, type, -2, (Account)account, -1);
                Int128 sum = ledger_sum(&whole.ledger, type, -2, (Account)account, -1);
                CU_ASSERT(ledger_sum(&window.ledger, type, -2, (Account)account, -1) >= 0);
                if (account == ACCOUNT_PRODUCTIVE || account == ACCOUNT_LOST) {
                    advanced[0] += parts;
                    advanced[1] += sum;
                } else {
                    CU_ASSERT(parts == sum);
                }
            }
            CU_ASSERT(advanced[0] == advanced[1]);
        }
        static const MetricId COUNTED[] = {
            METRIC_interruptions, METRIC_faults_offered,   METRIC_faults_began,
            METRIC_faults_masked, METRIC_preemptions,      METRIC_migrations,
            METRIC_restarts,      METRIC_technician_hours, METRIC_stranded_gpu_hours};
        for (size_t i = 0; i < sizeof COUNTED / sizeof COUNTED[0]; i++) {
            MetricId id = COUNTED[i];
            CU_ASSERT_DOUBLE_EQUAL(front.metric[id] + window.metric[id], whole.metric[id], 1e-6);
        }
        arena_free(&arena);
    }
    loaded_free(&loaded);
}

/* Goal: services are metered in the window only. Method: one replica serves 2 requests a second
 * from 0 to 100 s, and the cut is at 75 s: 50 requests. */
static void services_in_the_window(void)
{
    Loaded loaded;
    loaded_text(&loaded,
                "name: s\nhorizon: 100s\nwarmup: 75s\n"
                "cluster: {types: {t: {gpus: {count: 1, model: A}}}, nodes: [{name: n, type: "
                "t}]}\n"
                "workload: [{jobs: [{id: s, gpus: 1, kind: service, service: {demand: [{at: "
                "0s, rate: 2/s}], work: 100ms}}]}]\n");
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    Arena arena;
    arena_init(&arena);
    ReplicationResult result = run(&loaded.set.variants[0], 0, &arena);
    CU_ASSERT_EQUAL_FATAL(result.service_count, 1);
    CLOSE(result.services[0].requests, 50.0);
    arena_free(&arena);
    loaded_free(&loaded);
}

/* Goal: money is of the window. Method: 4 GPUs from 1.5 h to 10 h are 34 GPU-hours at 3 USD; a
 * commitment covers 2 of them at 1 USD: 17 + 51 = 68 USD. Storage at 730 USD a month is 1 USD an
 * hour: 8.50. a runs until its limit of 4 h, and what it did is lost: 2.5 h of 2 GPUs in the
 * window. Charge periods of an hour, so the first is cut short. */
static void money_of_the_window(void)
{
    Loaded loaded;
    loaded_text(
        &loaded,
        "name: cost\nwarmup: 90m\nhorizon: 10h\n"
        "cluster: {types: {t: {gpus: {count: 4, model: A}, price: {on_demand: 3 USD/gpu-h, "
        "source: t}}}, nodes: [{name: n, type: t}]}\n"
        "costs: {period: 1h, source: t, commitments: [{name: c, gpus: 2, rate: 1 USD/gpu-h, "
        "term: 1y, bought: 0d, source: t}], overheads: [{name: storage, cost: 730 USD/month, "
        "source: t}]}\n"
        "workload: [{jobs: [{id: a, duration: 5h, gpus: 2, time_limit: 4h}, {id: b, "
        "submit: 5h, duration: 1h, gpus: 1}]}]\n");
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    Arena arena;
    arena_init(&arena);
    ReplicationResult result = run(&loaded.set.variants[0], 0, &arena);
    const double *metric = result.metric;
    CLOSE(metric[METRIC_capacity_gpu_hours], 34.0);
    CLOSE(metric[METRIC_total_usd], 68.0);
    CLOSE(metric[METRIC_overhead_usd], 8.5);
    CLOSE(metric[METRIC_cost_usd], 76.5);
    CLOSE(metric[METRIC_lost_gpu_hours], 5.0);
    CLOSE(metric[METRIC_productive_gpu_hours], 1.0);
    arena_free(&arena);
    loaded_free(&loaded);
}

/* Goal: a run that ends in its warm-up says so, and has no figures. */
static void over_before_the_cut(void)
{
    SmallScenario small;
    small_open(&small, 1, 1, "strict", "first-fit");
    small_job(&small, "a", 0, 10, 1, 1);
    small.scenario.warmup_ms = 20000;
    Diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    ReplicationResult result;
    RunOptions options = {0};
    CU_ASSERT_EQUAL_FATAL(run_one(&small.scenario, &options, &small.arena, &diagnostics, &result),
                          STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(diagnostics.warning_count, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(diagnostics.items[0].message, "before its warm-up of 20s"));
    CLOSE(result.metric[METRIC_capacity_gpu_hours], 0.0);
    CU_ASSERT(isnan(result.metric[METRIC_productive_share]));
    CLOSE(result.metric[METRIC_makespan_s], 0.0);
    diagnostics_free(&diagnostics);
    small_close(&small);
}

static void mistakes(void)
{
    CU_ASSERT(refused_for(SMALL "horizon: 1h\nwarmup: 1h\n", "range", "as long as the run"));
    CU_ASSERT(refused_for(SMALL "warmup: 1h\nvariants: {a: {}, b: {warmup: 2h}}\n", "conflict",
                          "the warm-up of variant `b` differs from that of `a`"));
    CU_ASSERT(refused_for(SMALL "warmup: -1h\n", "range", "`warmup` is `-1h`"));
    CU_ASSERT(accepted(SMALL "warmup: 1h\nvariants: {a: {}, b: {policy.preset: fifo}}\n"));
}

const TestCase CASES[] = {
    {"window by hand", window_by_hand},
    {"the instant of the cut", the_instant_of_the_cut},
    {"lost in the window", lost_in_the_window},
    {"front and window are the whole", front_and_window_are_the_whole},
    {"services in the window", services_in_the_window},
    {"money of the window", money_of_the_window},
    {"over before the cut", over_before_the_cut},
    {"mistakes", mistakes},
    {NULL, NULL},
};
