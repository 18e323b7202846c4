/* test_experiment.c - whole runs: the books by hand, job tables, and results that no thread count
 * changes. */
#include <math.h>
#include <string.h>

#include "core/world.h"
#include "sim/experiment/experiment.h"
#include "sim/experiment/run_one.h"
#include "tests/small_scenario.h"

const char *const SUITE = "experiment";

/* Two nodes of 8 GPUs. Fillers x and y take 4 GPUs and 40 cores each, so one a node, for 10 s. Then
 * wait, in order: A 8 GPUs on one node, B 2 GPUs, C 2 x 8 GPUs; each runs 10 s. The scan is strict:
 * nobody passes A. */
static void ledger_story(SmallScenario *small)
{
    small_open(small, 2, 8, "strict", "first-fit");
    small_job(small, "x", 0, 10, 1, 4)->cpu_milli = 40000;
    small_job(small, "y", 0, 10, 1, 4)->cpu_milli = 40000;
    small_job(small, "A", 0, 10, 1, 8);
    small_job(small, "B", 0, 10, 1, 2);
    small_job(small, "C", 0, 10, 2, 8);
}

static ReplicationResult story_run(SmallScenario *small)
{
    Diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    ReplicationResult result;
    RunOptions options = {.keep_jobs = true, .keep_series = true};
    CU_ASSERT_EQUAL_FATAL(run_one(&small->scenario, &options, &small->arena, &diagnostics, &result),
                          STATUS_OK);
    diagnostics_free(&diagnostics);
    return result;
}

static double gpu_s(const ReplicationResult *result, Account account, int sub)
{
    return ledger_gpu_hours(ledger_sum(&result->ledger, -1, -2, account, sub)) * 3600.0;
}

#define CLOSE(found, expected) CU_ASSERT_DOUBLE_EQUAL((found), (expected), 1e-9)

/* Goal: the ledger's worked example through the engine. Method: 0..10 s: 8 GPUs are free as 4 + 4.
 * A fits in sum only: fragmented; B fits and waits behind A: blocked.head_of_line 2; A gets the
 * other 6; C wants 16: nothing left. 10..20 s: A on n0, B on n1, 6 free, C wants 16:
 * short.gpu 6. 20..30 s: C has all. In GPU-seconds: productive 80 + 80 + 20 + 160 = 340, blocked
 * 20, fragmented 60, short 60; capacity 16 x 30 = 480, at 2 USD/h. */
static void books_of_a_whole_run(void)
{
    SmallScenario small;
    ledger_story(&small);
    ReplicationResult result = story_run(&small);
    CLOSE(gpu_s(&result, ACCOUNT_PRODUCTIVE, PRODUCTIVE_COMPLETED), 340.0);
    CLOSE(gpu_s(&result, ACCOUNT_PRODUCTIVE, -1), 340.0);
    CLOSE(gpu_s(&result, ACCOUNT_BLOCKED, BLOCK_HEAD_OF_LINE), 20.0);
    CLOSE(gpu_s(&result, ACCOUNT_FRAGMENTED, GP_DIMENSION_GPU), 60.0);
    CLOSE(gpu_s(&result, ACCOUNT_SHORT, GP_DIMENSION_GPU), 60.0);
    CLOSE(gpu_s(&result, ACCOUNT_NO_DEMAND, -1), 0.0);
    CU_ASSERT(ledger_balances(&result.ledger));
    const double *metric = result.metric;
    CLOSE(metric[METRIC_capacity_gpu_hours] * 3600.0, 480.0);
    CLOSE(metric[METRIC_productive_share], 340.0 / 480.0);
    CLOSE(metric[METRIC_runtime_goodput], 1.0);
    CLOSE(metric[METRIC_total_usd], 480.0 / 3600.0 * 2.0);
    CLOSE(metric[METRIC_idle_usd], 140.0 / 3600.0 * 2.0);
    CLOSE(metric[METRIC_unproductive_usd], 140.0 / 3600.0 * 2.0);
    CLOSE(metric[METRIC_usd_per_productive_gpu_hour], 2.0 * 480.0 / 340.0);
    CLOSE(metric[METRIC_wait_mean_s], (0.0 + 0.0 + 10.0 + 10.0 + 20.0) / 5.0);
    CLOSE(metric[METRIC_wait_p50_s], 10.0); /* 0 0 10 10 20 */
    CLOSE(metric[METRIC_wait_p95_s], 20.0);
    CLOSE(metric[METRIC_jct_mean_s], (10.0 + 10.0 + 20.0 + 20.0 + 30.0) / 5.0);
    CLOSE(metric[METRIC_slowdown_mean], (1.0 + 1.0 + 2.0 + 2.0 + 3.0) / 5.0);
    CLOSE(metric[METRIC_workload_idle_usd], 0.0);
    CLOSE(metric[METRIC_makespan_s], 30.0);
    CLOSE(metric[METRIC_jobs_completed], 5.0);
    small_close(&small);
}

/* Goal: the horizon cuts jobs without losing their time. Method: the same until 15 s: x and y have
 * completed (80), A and B run since 10 s (10 GPUs x 5 s = 50), C never started. */
static void horizon_keeps_what_runs(void)
{
    SmallScenario small;
    ledger_story(&small);
    small.scenario.horizon_ms = 15000;
    ReplicationResult result = story_run(&small);
    CLOSE(gpu_s(&result, ACCOUNT_PRODUCTIVE, PRODUCTIVE_COMPLETED), 80.0);
    CLOSE(gpu_s(&result, ACCOUNT_PRODUCTIVE, PRODUCTIVE_RUNNING), 50.0);
    CLOSE(gpu_s(&result, ACCOUNT_SHORT, GP_DIMENSION_GPU), 30.0);
    CLOSE(result.metric[METRIC_capacity_gpu_hours] * 3600.0, 240.0);
    CLOSE(result.metric[METRIC_jobs_running], 2.0);
    CLOSE(result.metric[METRIC_jobs_unstarted], 1.0);
    CLOSE(result.metric[METRIC_makespan_s], 15.0);
    CLOSE(result.metric[METRIC_wait_p50_s], 10.0); /* C is one of five, at risk until 15 s */
    CU_ASSERT(isinf(result.metric[METRIC_wait_p95_s]));
    CLOSE(result.metric[METRIC_jct_mean_s], 10.0); /* x and y; the others have not ended */
    CLOSE(result.metric[METRIC_allocation_at_end], 10.0 / 16.0);
    small_close(&small);
}

/* Goal: an idle cluster with nobody waiting has no_demand, and without a price there is no money.
 * Method: one GPU of 4 in use for 10 s until a horizon of 20 s: 10 productive, 70 of no demand. */
static void nobody_waits(void)
{
    SmallScenario small;
    small_open(&small, 1, 4, "skip", "first-fit");
    small.info[0].price_micro_usd_per_gpu_hour = 0;
    small_job(&small, "a", 0, 10, 1, 1);
    small.scenario.horizon_ms = 20000;
    ReplicationResult result = story_run(&small);
    CLOSE(gpu_s(&result, ACCOUNT_PRODUCTIVE, -1), 10.0);
    CLOSE(gpu_s(&result, ACCOUNT_NO_DEMAND, -1), 70.0);
    CU_ASSERT(isnan(result.metric[METRIC_total_usd]));
    CU_ASSERT(isnan(result.metric[METRIC_usd_per_productive_gpu_hour]));
    small_close(&small);
}

/* Goal: the job table tells where, when and why not. Method: the story until 15 s. C is two tasks
 * of 8: at 15 s it waits at the head, and 6 GPUs are free of 16 wanted. */
static void job_table(void)
{
    SmallScenario small;
    ledger_story(&small);
    small.scenario.horizon_ms = 15000;
    ReplicationResult result = story_run(&small);
    const JobColumns *jobs = result.jobs;
    CU_ASSERT_PTR_NOT_NULL_FATAL(jobs);
    CU_ASSERT_EQUAL_FATAL(jobs->count, 5);
    CU_ASSERT_STRING_EQUAL(jobs->job[1], "y");
    CU_ASSERT_STRING_EQUAL(jobs->nodes[1], "n1");
    CU_ASSERT_STRING_EQUAL(jobs->devices[1], "n1/0;n1/1;n1/2;n1/3");
    CU_ASSERT_STRING_EQUAL(jobs->queue[1], "default");
    CU_ASSERT_EQUAL(jobs->start_ms[2], 10000);
    CU_ASSERT_EQUAL(jobs->end_ms[0], 10000);
    CU_ASSERT_EQUAL(jobs->end_ms[2], TIME_NEVER);
    CU_ASSERT_EQUAL(jobs->state[2], JOB_RUNNING);
    CU_ASSERT_EQUAL(jobs->attempts[2], 1);
    CLOSE(jobs->productive_gpu_s[2], 40.0);
    CU_ASSERT_STRING_EQUAL(jobs->reason[0], "");
    CU_ASSERT_EQUAL(jobs->state[4], JOB_PENDING);
    CU_ASSERT_EQUAL(jobs->gpu_milli[4], 16000);
    CU_ASSERT_STRING_EQUAL(jobs->nodes[4], "");
    CU_ASSERT_STRING_EQUAL(jobs->reason[4], "short.gpu");
    CU_ASSERT(result.series->count > 0 && result.series->jobs_waiting[0] == 3);
    small_close(&small);
}

/* Goal: a slice pays for the memory it keeps from others, and a card never costs more than itself.
 * Method: one card of 80,000 MiB. a: 250 milli and 40,000 MiB (half), 0..10 s. b: 600 milli and
 * 35,000 MiB (437.5 -> 438, so its own 600 count), 5..15 s. 0..5 s: a is charged 500. 5..10 s: own
 * 250 + 600, 150 are left for a's memory: a 400, b 600. 10..15 s: b 600. So a 2.5 + 2.0 = 4.5
 * GPU-s, b 6.0; capacity 15, no demand 4.5. c, 1 milli with all the memory, waits from 5 s until 15
 * s and runs 2 s: it is charged the whole card. */
static void memory_is_charged(void)
{
    SmallScenario small;
    small_open(&small, 1, 1, "skip", "first-fit");
    small.types[0].device_memory_mib = 80000;
    small.types[0].capacity[GP_AXIS_GPU_MEMORY] = 80000;
    static const struct {
        const char *name;
        int64_t submit_s, duration_s;
        int32_t milli, mib;
    } ROWS[] = {{"a", 0, 10, 250, 40000}, {"b", 5, 10, 600, 35000}, {"c", 5, 2, 1, 80000}};
    for (int i = 0; i < 3; i++) {
        Request *row = small_job(&small, ROWS[i].name, ROWS[i].submit_s, ROWS[i].duration_s, 1, 1);
        row->gpu_milli = ROWS[i].milli;
        row->gpu_memory_mib = ROWS[i].mib;
    }
    ReplicationResult result = story_run(&small);
    CLOSE(result.jobs->productive_gpu_s[0], 4.5);
    CLOSE(result.jobs->productive_gpu_s[1], 6.0);
    CLOSE(result.jobs->productive_gpu_s[2], 2.0);
    CLOSE(gpu_s(&result, ACCOUNT_PRODUCTIVE, -1), 12.5);
    CLOSE(result.metric[METRIC_capacity_gpu_hours] * 3600.0, 17.0);
    /* c asks for a milli-GPU: that much of the idle time is its; from 10 s on 400 milli are idle */
    CLOSE(gpu_s(&result, ACCOUNT_SHORT, GP_DIMENSION_GPU_MEMORY), 0.001 * 5);
    CLOSE(gpu_s(&result, ACCOUNT_NO_DEMAND, -1), 2.5 + 0.399 * 5);
    CU_ASSERT(ledger_balances(&result.ledger));
    small_close(&small);
}

/* ---- many ---- */

/* Two variants of drawn classes at 130 % load, random ties; one also places at random. */
static ScenarioSet drawn_set(SmallScenario *small, Scenario *variants)
{
    small_open(small, 16, 8, "drop", "best-fit");
    small_job(small, NULL, 0, -1, 1, 1)->gpu_milli = 300;
    small_job(small, NULL, 0, -1, 1, 1);
    small_job(small, NULL, 0, -1, 1, 4);
    small_job(small, NULL, 0, -1, 1, 0)->cpu_milli = 8000;
    for (int row = 0; row < 4; row++) {
        small->rows[row].count = 20 - 4 * row;
        small->rows[row].cpu_milli += 2000;
    }
    small->source.kind = SOURCE_CLASSES;
    small->source.load_ppm = 1300000;
    small->source.interval_ms = 1;
    small->scenario.replications = 6;
    small->scenario.policy.ties = TIES_RANDOM;
    variants[0] = small->scenario;
    variants[1] = small->scenario;
    variants[1].variant = "random";
    variants[1].policy.pack_name = "random";
    CU_ASSERT_TRUE_FATAL(pack_policy_fill(pack_policy("random"), &variants[1].policy.pack));
    return (ScenarioSet){.variant_count = 2, .variants = variants, .text = ""};
}

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* Goal: the number of threads changes nothing. Method: 2 variants x 6 replications with 1, 2, 4 and
 * 8 threads; all hashes and all metrics, bit for bit. Replications differ from each other. */
static void threads_do_not_matter(void)
{
    static const int32_t THREADS[] = {1, 2, 4, 8};
    SmallScenario small;
    Scenario variants[2];
    ScenarioSet set = drawn_set(&small, variants);
    ExperimentResult results[4];
    Diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    for (int i = 0; i < 4; i++) {
        ExperimentOptions options = {.threads = THREADS[i]};
        CU_ASSERT_EQUAL_FATAL(
            experiment_run(&set, &options, &small.arena, &diagnostics, &results[i]), STATUS_OK);
    }
    for (int v = 0; v < 2; v++) {
        const VariantResult *first = &results[0].variants[v];
        CU_ASSERT_EQUAL_FATAL(first->replication_count, 6);
        CU_ASSERT_NOT_EQUAL(first->replications[0].fact_hash, first->replications[1].fact_hash);
        CU_ASSERT_PTR_NOT_NULL(first->replications[0].jobs);
        CU_ASSERT_PTR_NULL(first->replications[1].jobs);
        for (int i = 1; i < 4; i++) {
            const VariantResult *other = &results[i].variants[v];
            for (int r = 0; r < 6; r++) {
                CU_ASSERT_EQUAL(other->replications[r].fact_hash, first->replications[r].fact_hash);
                for (int m = 0; m < METRIC_COUNT; m++) {
                    CU_ASSERT(same(other->replications[r].metric[m],
                                   first->replications[r].metric[m]));
                }
            }
            for (int m = 0; m < METRIC_COUNT; m++) {
                CU_ASSERT(same(other->metric[m].mean, first->metric[m].mean));
                CU_ASSERT(same(other->metric[m].ci_high, first->metric[m].ci_high));
            }
        }
    }
    CU_ASSERT_NOT_EQUAL(results[0].variants[0].replications[0].fact_hash,
                        results[0].variants[1].replications[0].fact_hash);
    diagnostics_free(&diagnostics);
    small_close(&small);
}

/* Goal: index and scan are the same run. Method: equal hashes for both variants and three
 * replications. */
static void index_and_scan_agree(void)
{
    SmallScenario small;
    Scenario variants[2];
    drawn_set(&small, variants);
    Diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    for (int v = 0; v < 2; v++) {
        for (uint32_t r = 0; r < 3; r++) {
            uint64_t hash[2] = {0, 1};
            for (int scan = 0; scan < 2; scan++) {
                LoadCurve curve;
                RunOptions options = {.replication = r, .scan_only = scan == 1};
                CU_ASSERT_EQUAL_FATAL(run_light(&variants[v], &options, &small.arena, &diagnostics,
                                                &curve, &hash[scan]),
                                      STATUS_OK);
            }
            CU_ASSERT_EQUAL(hash[0], hash[1]);
        }
    }
    diagnostics_free(&diagnostics);
    small_close(&small);
}

/* Goal: what fails is left out and said once; the rest counts. Method: ranks recorded for seeds 1
 * and 2 only, four replications: two are complete, the status is partial. */
static void some_replications_fail(void)
{
    static int32_t rank[SMALL_NODES_MAX] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    static const char *names[2] = {"seed1", "seed2"};
    static int32_t length[2] = {16, 16};
    static int32_t *value[2] = {rank, rank};
    static const RecordedColumns ranks = {2, names, length, value};
    SmallScenario small;
    Scenario variants[2];
    ScenarioSet set = drawn_set(&small, variants);
    set.variant_count = 1;
    variants[0].replications = 4;
    variants[0].policy.ties = TIES_RECORDED;
    variants[0].policy.ranks = &ranks;
    Diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    ExperimentResult result;
    ExperimentOptions options = {.threads = 2};
    CU_ASSERT_EQUAL(experiment_run(&set, &options, &small.arena, &diagnostics, &result),
                    STATUS_PARTIAL);
    CU_ASSERT_EQUAL(result.variants[0].replication_count, 2);
    CU_ASSERT_EQUAL(result.variants[0].replications[1].replication, 1);
    CU_ASSERT_EQUAL(result.variants[0].metric[METRIC_jobs_submitted].count, 2);
    CU_ASSERT_EQUAL(diagnostics.error_count, 1);
    diagnostics_free(&diagnostics);
    small_close(&small);
}

const TestCase CASES[] = {
    {"the ledger's example through the engine", books_of_a_whole_run},
    {"the horizon keeps what runs", horizon_keeps_what_runs},
    {"nobody waits: no_demand, and no price no money", nobody_waits},
    {"the job table", job_table},
    {"memory is charged", memory_is_charged},
    {"threads do not matter", threads_do_not_matter},
    {"index and scan agree", index_and_scan_agree},
    {"some replications fail", some_replications_fail},
    {NULL, NULL},
};
