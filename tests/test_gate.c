/* test_gate.c - a gate's errors are what it says, its judgement at the edges, its rules and inputs.
 */
#include <math.h>
#include <string.h>

#include "sim/experiment/gate.h"
#include "tests/loaded.h"
#include "tests/suite.h"
#include "validation/gate_pool.h"

const char *const SUITE = "gate";

#define GATES 400

/* ---- errors ---- */

/* Does the pool pass as often as the noncentral t says, within 3 binomial deviations? */
static bool as_stated(const GatePool *pool, const GateRule *rule, double margin, double worse)
{
    double rate = non_inferiority_power(POOL_PAIRS, worse, pool->sd, margin, 0.05);
    int32_t passed = pool_passes(pool, rule, worse);
    printf("  margin %.2f sd, worse by %.2f sd: %d of %d passed, stated %.1f\n", margin / pool->sd,
           worse / pool->sd, (int)passed, (int)pool->gates, pool->gates * rate);
    return fabs(passed - pool->gates * rate) <= fmax(pool_3sd(pool, rate), 1);
}

/* Goal: the errors of the gate are those that it states. Method: 400 gates of 12 real paired
 * replications each. (1) The same policy again passes in all metrics at margin 0, every time.
 * (2) Worse by exactly the margin: at most 5 % pass, 3 binomial deviations aside. (3) No difference
 * in the mean, and (4) twice the margin worse: as many pass as the noncentral t says for that
 * spread, within 3 deviations. All that for a wide and a narrow margin, and for the same margins as
 * shares of a baseline that is itself only known from the replications. */
static void errors_are_as_stated(void)
{
    GatePool pool = pool_open(GATES);
    CU_ASSERT_EQUAL(pool.identical, GATES);
    CU_ASSERT(pool.sd > 0.001 && fabs(pool.mean) > 0.001); /* real, paired, not zero */
    for (int i = 0; i < 4; i++) {
        double margin = (i % 2 == 0 ? 0.6 : 0.3) * pool.sd;
        bool relative = i >= 2;
        GateRule rule = {.metric = METRIC_productive_share,
                         .relative = relative,
                         .margin = relative ? margin / pool.mean_before : margin};
        CU_ASSERT(pool_passes(&pool, &rule, margin) <= GATES * 0.05 + pool_3sd(&pool, 0.05));
        CU_ASSERT(as_stated(&pool, &rule, margin, 0));
        CU_ASSERT(as_stated(&pool, &rule, margin, 2 * margin));
    }
    pool_close(&pool);
}

/* ---- judgement at the edges ---- */

static GateRow judged(MetricId metric, bool relative, double margin, const double *after,
                      const double *before, int32_t count, bool drawn)
{
    static GateRule rule;
    double scratch[16];
    rule = (GateRule){.metric = metric, .relative = relative, .margin = margin};
    return gate_judge(&rule, after, before, count, drawn, 0.05, scratch);
}

/* Goal: a direction decides what is worse. Method: by hand; with sd 0 the mean itself is compared,
 * and exactly the margin still passes. */
static void direction_and_exactness(void)
{
    double a[] = {10, 10}, b[] = {12, 12};
    CU_ASSERT_EQUAL(judged(METRIC_wait_mean_s, false, 2, b, a, 2, true).verdict, EVIDENCE_PASS);
    CU_ASSERT_EQUAL(judged(METRIC_wait_mean_s, false, 1.9, b, a, 2, true).verdict, EVIDENCE_FAIL);
    CU_ASSERT_EQUAL(judged(METRIC_wait_mean_s, false, 0, a, b, 2, true).verdict, EVIDENCE_PASS);
    CU_ASSERT_EQUAL(judged(METRIC_jobs_completed, false, 1, b, a, 2, true).verdict, EVIDENCE_PASS);
    GateRow row = judged(METRIC_jobs_completed, false, 1, a, b, 2, true);
    CU_ASSERT(row.verdict == EVIDENCE_FAIL && row.deterministic && row.worse == 2);
    row = judged(METRIC_wait_mean_s, true, 0.25, b, a, 2, true); /* 2 of 10 is 20 % */
    CU_ASSERT(row.verdict == EVIDENCE_PASS && row.margin == 2.5);
    CU_ASSERT_EQUAL(judged(METRIC_wait_mean_s, true, 0.19, b, a, 2, true).verdict, EVIDENCE_FAIL);
    double sum[] = {0.1 + 0.2, 0.3, 0.3}, again[] = {0.3, 0.1 + 0.2, 0.3}; /* in another order */
    row = judged(METRIC_wait_mean_s, false, 0, sum, again, 3, true);
    CU_ASSERT(row.verdict == EVIDENCE_PASS && row.deterministic && row.worse == 0);
}

/* Goal: bounds are one-sided and Student's. Method: worse by 1, 2, 3, 4, 5: mean 3, sd 1.581139,
 * t(0.95; 4) = 2.131847: 3 +- 1.507444. A margin between the bounds is open. */
static void bounds_are_students(void)
{
    double before[] = {0, 0, 0, 0, 0}, after[] = {3, 1, 5, 2, 4};
    GateRow row = judged(METRIC_wait_mean_s, false, 4.6, after, before, 5, true);
    CU_ASSERT_DOUBLE_EQUAL(row.low, 3 - 1.507444, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(row.high, 3 + 1.507444, 1e-6);
    CU_ASSERT_EQUAL(row.verdict, EVIDENCE_PASS);
    row = judged(METRIC_wait_mean_s, false, 4.4, after, before, 5, true);
    CU_ASSERT(row.verdict == EVIDENCE_OPEN && row.settle_count > 5);
    CU_ASSERT_EQUAL(judged(METRIC_wait_mean_s, false, 1.4, after, before, 5, true).verdict,
                    EVIDENCE_FAIL);
}

/* Goal: values that are not numbers never pass for good ones. Method: a wait beyond the run's end
 * is INFINITY, a metric that does not apply NAN; the same on both sides is the same. */
static void not_numbers(void)
{
    double fine[] = {5, 5, 5}, one[] = {5, INFINITY, 5}, all[] = {INFINITY, INFINITY, INFINITY};
    double none[] = {NAN, NAN, NAN}, gap[] = {5, NAN, 5};
    CU_ASSERT_EQUAL(judged(METRIC_wait_p95_s, true, 0.1, one, one, 3, true).verdict, EVIDENCE_PASS);
    CU_ASSERT_EQUAL(judged(METRIC_wait_p95_s, true, 0.1, one, fine, 3, true).verdict,
                    EVIDENCE_OPEN);
    CU_ASSERT_EQUAL(judged(METRIC_wait_p95_s, true, 0.1, fine, one, 3, true).verdict,
                    EVIDENCE_OPEN);
    CU_ASSERT_EQUAL(judged(METRIC_wait_p95_s, true, 0.1, all, fine, 3, true).verdict,
                    EVIDENCE_FAIL);
    GateRow row = judged(METRIC_ettr, true, 0.1, none, none, 3, true);
    CU_ASSERT(row.verdict == EVIDENCE_PASS && row.why != NULL);
    CU_ASSERT_EQUAL(judged(METRIC_ettr, true, 0.1, gap, fine, 3, true).verdict, EVIDENCE_OPEN);
    CU_ASSERT_EQUAL(judged(METRIC_ettr, true, 0.1, gap, gap, 3, true).verdict, EVIDENCE_PASS);
    double other[] = {4.9, NAN, 4.9};
    row = judged(METRIC_ettr, true, 0.1, other, gap, 3, true);
    CU_ASSERT(row.verdict == EVIDENCE_PASS && row.count == 2);
}

/* Goal: one replication of something drawn says nothing, of something that is not drawn all. */
static void one_replication(void)
{
    double a[] = {10}, b[] = {10.5};
    CU_ASSERT_EQUAL(judged(METRIC_wait_mean_s, false, 1, b, a, 1, true).verdict, EVIDENCE_OPEN);
    CU_ASSERT_EQUAL(judged(METRIC_wait_mean_s, false, 1, b, a, 1, false).verdict, EVIDENCE_PASS);
    CU_ASSERT_EQUAL(judged(METRIC_wait_mean_s, false, 0.4, b, a, 1, false).verdict, EVIDENCE_FAIL);
    CU_ASSERT_EQUAL(judged(METRIC_wait_mean_s, false, 0, a, a, 1, true).verdict, EVIDENCE_PASS);
}

/* Goal: all must pass, one failure fails. */
static void verdicts_join(void)
{
    GateRow rows[3] = {{.verdict = EVIDENCE_PASS}, {.verdict = EVIDENCE_OPEN}, {0}};
    CU_ASSERT_EQUAL(gate_verdict(rows, 0), EVIDENCE_PASS);
    CU_ASSERT_EQUAL(gate_verdict(rows, 3), EVIDENCE_OPEN);
    rows[2].verdict = EVIDENCE_FAIL;
    CU_ASSERT_EQUAL(gate_verdict(rows, 3), EVIDENCE_FAIL);
}

/* ---- rules ---- */

typedef struct Margin {
    const char *metric, *text;
    bool relative;
    double margin; /* below 0: refused */
} Margin;

/* Goal: a margin is a share, or an amount with its unit. Method: by hand, each alone. */
static void margins_are_read(void)
{
    static const Margin MARGINS[] = {{"productive_share", "0.5%", true, 0.005},
                                     {"productive_share", "0.005", false, 0.005},
                                     {"wait_p95_s", "5m", false, 300},
                                     {"wait_p95_s", "5%", true, 0.05},
                                     {"wait_p95_s", "90 s", false, 90},
                                     {"wait_p95_s", "90", false, -1},
                                     {"mtti_h", "90m", false, 1.5},
                                     {"service_latency_mean_ms", "20ms", false, 20},
                                     {"total_usd", "100 USD", false, 100},
                                     {"total_usd", "100", false, -1},
                                     {"total_usd", "100 EUR", false, -1},
                                     {"jobs_failed", "3 jobs", false, 3},
                                     {"productive_share", "nan", false, -1},
                                     {"productive_share", "inf%", false, -1},
                                     {"productive_share", "0x1p-3", false, -1},
                                     {"productive_share", "-1%", false, -1},
                                     {"productive_share", "", false, -1},
                                     {"events", "1%", false, -1},
                                     {"jobs_submitted", "1%", false, -1},
                                     {"productive_shar", "1%", false, -1}};
    for (size_t i = 0; i < sizeof MARGINS / sizeof MARGINS[0]; i++) {
        GateLine line = {.metric = MARGINS[i].metric, .text = MARGINS[i].text};
        ScenarioSet set = {.margin_count = 1, .margins = &line, .gate_alpha_ppm = 50000};
        Arena arena;
        Diagnostics diagnostics;
        GateRules rules;
        arena_init(&arena);
        diagnostics_init(&diagnostics);
        Status status = gate_parse(&set, &arena, &diagnostics, &rules);
        bool refused = MARGINS[i].margin < 0;
        bool good = refused ? status == STATUS_BAD_INPUT && diagnostics.error_count == 1
                            : status == STATUS_OK && rules.count == 1 &&
                                  rules.rules[0].relative == MARGINS[i].relative &&
                                  fabs(rules.rules[0].margin - MARGINS[i].margin) < 1e-12;
        if (!good) {
            printf("%s: %s\n", line.metric, line.text);
        }
        CU_ASSERT(good);
        diagnostics_free(&diagnostics);
        arena_free(&arena);
    }
}

/* Goal: whatever is promised to be better one way is a metric, and those that are neither are few
 * and known. Method: the list of those without a direction, so that a new metric is looked at. */
static void every_metric_has_been_looked_at(void)
{
    static const char *const NEITHER[] = {"capacity_gpu_hours", "jobs_submitted",  "jobs_running",
                                          "busy_share_low",     "busy_share_high", "faults_offered",
                                          "faults_masked",      "faults_began",    "events",
                                          "commitment_coverage"};
    for (int id = 0; id < METRIC_COUNT; id++) {
        bool known = METRIC_DIRECTIONS[id] != DIRECTION_NONE;
        for (size_t i = 0; i < sizeof NEITHER / sizeof NEITHER[0]; i++) {
            known = known || strcmp(NEITHER[i], METRICS[id].name) == 0;
        }
        if (!known) {
            printf("%s: a row in metric_direction.def, or in this test\n", METRICS[id].name);
        }
        CU_ASSERT(known);
    }
}

/* ---- inputs ---- */

typedef struct Two {
    Loaded loaded[2];
    GateRecord record[2];
    Diagnostics diagnostics;
    GateRules rules;
} Two;

static void two_open(Two *two, const char *before, const char *after)
{
    const char *texts[] = {before, after};
    diagnostics_init(&two->diagnostics);
    two->rules = (GateRules){0};
    for (int i = 0; i < 2; i++) {
        Loaded *loaded = &two->loaded[i];
        LoadOptions options = {.inputs = true};
        arena_init(&loaded->arena);
        diagnostics_init(&loaded->diagnostics);
        loaded->status = scenario_load_text("t.yaml", texts[i], strlen(texts[i]), &options,
                                            &loaded->arena, &loaded->diagnostics, &loaded->set);
        CU_ASSERT_EQUAL_FATAL(loaded->status, STATUS_OK);
        CU_ASSERT_EQUAL(
            gate_record_begin(&loaded->set, &loaded->arena, &two->diagnostics, &two->record[i]),
            STATUS_OK);
    }
}

static void two_close(Two *two)
{
    loaded_free(&two->loaded[0]);
    loaded_free(&two->loaded[1]);
    diagnostics_free(&two->diagnostics);
}

/* How many differences there are between the inputs of two scenarios. */
static int differences(const char *before, const char *after, const char *says)
{
    Two two;
    two_open(&two, before, after);
    Status status = gate_record_compare(&two.record[1], &two.record[0], &two.rules, false, "b.json",
                                        "help", &two.diagnostics);
    int count = two.diagnostics.error_count;
    CU_ASSERT_EQUAL(status, count == 0 ? STATUS_OK : STATUS_BAD_INPUT);
    bool said = says == NULL;
    for (int i = 0; i < two.diagnostics.count && !said; i++) {
        said = strstr(two.diagnostics.items[i].message, says) != NULL;
    }
    CU_ASSERT(said);
    two_close(&two);
    return count;
}

#define TOP "gpuplan: 1\n"

/* Goal: what is under test may differ, what it is tested on may not. Method: a scenario against
 * itself with one thing changed. */
static void inputs_are_split(void)
{
    const char *base = TOP SMALL "queues: [{name: q}]\npolicy: {preset: fifo}\n";
    CU_ASSERT_EQUAL(differences(base, base, NULL), 0);
    CU_ASSERT_EQUAL(differences(base, TOP SMALL "policy: {preset: kai}\n", NULL), 0);
    CU_ASSERT_EQUAL(differences(base,
                                TOP "name: t\ndescription: other\nexpect: [jobs_failed == 0]\n"
                                    "gate: {margins: {productive_share: 1%}}\n" SMALL
                                    "queues: [{name: q, quota: {gpus: 1}}]\n",
                                NULL),
                    0);
    CU_ASSERT_EQUAL(differences(base, TOP SMALL "seed: 8\n", "seed"), 2); /* number and key */
    CU_ASSERT_EQUAL(differences(base, TOP SMALL "replications: 3\n", "replications"), 2);
    CU_ASSERT_EQUAL(differences(base, TOP SMALL "relax: quota\n", "`relax` is new"), 1);
    CU_ASSERT_EQUAL(differences(TOP SMALL "relax: quota\n", base, "`relax` is gone"), 1);
    CU_ASSERT_EQUAL(
        differences(base, TOP CLUSTER "workload: [{jobs: [{id: A, duration: 5s, gpus: 2}]}]\n",
                    "`workload` is not what"),
        1);
    CU_ASSERT_EQUAL(
        differences(base, TOP SMALL "variants: {other: {}, baseline: {}}\n", "no variant `other`"),
        1);
    CU_ASSERT_EQUAL(differences(TOP SMALL "variants: {baseline: {}, other: {}}\n", base,
                                "no longer has the variant `other`"),
                    1);
    CU_ASSERT_EQUAL(differences(base,
                                TOP SMALL "variants: {baseline: {cluster.nodes.a.count: 3}}\n",
                                "`cluster` is not what"),
                    1);
}

/* Goal: a data file's bytes count, and where it lies does not. */
static void files_are_inputs(void)
{
    Folder folder;
    folder_make(&folder);
    const char *classes = folder_file(&folder, "c.csv",
                                      "cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,count\n"
                                      "1000,1024,1,1000,,2\n");
    char text[512];
    snprintf(text, sizeof text,
             "gpuplan: 1\n" CLUSTER "workload: [{classes: {path: %s, load: 50%%}}]\n", classes);
    Two two;
    two_open(&two, text, text);
    CU_ASSERT_EQUAL(two.record[0].file_count, 1);
    CU_ASSERT_EQUAL(gate_record_compare(&two.record[1], &two.record[0], &two.rules, false, "b.json",
                                        "help", &two.diagnostics),
                    STATUS_OK);
    two.record[1].files[0].sha256[0] ^= 1;
    CU_ASSERT_EQUAL(gate_record_compare(&two.record[1], &two.record[0], &two.rules, false, "b.json",
                                        "help", &two.diagnostics),
                    STATUS_BAD_INPUT);
    two_close(&two);
    folder_remove(&folder);
}

/* Goal: fingerprints are SHA-256. Method: "abc", FIPS 180-4. */
static void fingerprints_are_sha256(void)
{
    char hex[SHA256_HEX];
    text_sha256("abc", 3, hex);
    CU_ASSERT_STRING_EQUAL(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

const TestCase CASES[] = {
    {"errors are as stated, over 400 seeds", errors_are_as_stated},
    {"directions, and differences without spread", direction_and_exactness},
    {"bounds are Student's", bounds_are_students},
    {"values that are not numbers", not_numbers},
    {"one replication", one_replication},
    {"verdicts join", verdicts_join},
    {"margins are read", margins_are_read},
    {"every metric has been looked at", every_metric_has_been_looked_at},
    {"inputs are split", inputs_are_split},
    {"files are inputs", files_are_inputs},
    {"fingerprints are SHA-256", fingerprints_are_sha256},
    {NULL, NULL},
};
