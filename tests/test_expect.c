/* test_expect.c - expectations: what may be written, what is refused and where, and what is judged
 * how. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/experiment/expect.h"
#include "sim/experiment/experiment.h"
#include "tests/small_scenario.h"

const char *const SUITE = "expect";

/* Two variants of: one node of 4 GPUs; a takes 3 for 10 s from 0 s, b takes 2 for 10 s from 1 s and
 * waits until 10 s; c wants 9 and is rejected. In variant `wide.fleet` the node has 8 GPUs, so b
 * starts at 1 s and c is still too big. */
typedef struct Stage {
    SmallScenario small, wide;
    Scenario variants[2];
    ScenarioSet set;
    ExpectLine lines[24];
    Diagnostics diagnostics;
} Stage;

static void jobs_add(SmallScenario *small)
{
    small_job(small, "a", 0, 10, 1, 3)->priority = 7;
    small_job(small, "b.1", 1, 10, 1, 2);
    small_job(small, "c", 2, 10, 1, 9);
}

static void stage_open(Stage *stage)
{
    memset(stage, 0, sizeof *stage);
    small_open(&stage->small, 1, 4, "skip", "best-fit");
    small_open(&stage->wide, 1, 8, "skip", "best-fit");
    jobs_add(&stage->small);
    jobs_add(&stage->wide);
    stage->variants[0] = stage->small.scenario;
    stage->variants[1] = stage->wide.scenario;
    stage->variants[1].variant = "wide.fleet";
    stage->set = (ScenarioSet){
        .variant_count = 2, .variants = stage->variants, .expects = stage->lines, .text = ""};
    diagnostics_init(&stage->diagnostics);
}

static void stage_close(Stage *stage)
{
    diagnostics_free(&stage->diagnostics);
    small_close(&stage->small);
    small_close(&stage->wide);
}

static void line_add(Stage *stage, const char *text)
{
    int32_t at = stage->set.expect_count++;
    stage->lines[at] =
        (ExpectLine){.text = text, .place = {.file = "s.yaml", .line = at + 1, .column = 5}};
}

/* ---- judged ---- */

/* Runs both variants and returns how many outcomes there are; *failed counts those that failed. */
static int32_t judge(Stage *stage, ExperimentResult *result, int *failed)
{
    ExpectList list;
    Arena *arena = &stage->small.arena;
    CU_ASSERT_EQUAL_FATAL(expect_parse(&stage->set, arena, &stage->diagnostics, &list), STATUS_OK);
    ExperimentOptions options = {.threads = 1, .expects = &list};
    CU_ASSERT_EQUAL_FATAL(experiment_run(&stage->set, &options, arena, &stage->diagnostics, result),
                          STATUS_OK);
    Status status = expect_judge(&list, result, arena, &stage->diagnostics);
    *failed = 0;
    for (int32_t i = 0; i < result->expect_count; i++) {
        *failed += !result->expects[i].passed;
    }
    CU_ASSERT_EQUAL(status, *failed > 0 ? STATUS_UNEXPECTED : STATUS_OK);
    return result->expect_count;
}

/* Goal: each kind of path is judged. Method: facts of the scenario worked out above; in the first
 * variant the run ends at 20 s, so 4 x 20 = 80 GPU-s are paid and 3 x 10 + 2 x 10 = 50 used. In the
 * second it ends at 11 s: 88 paid. best-fit on an empty node of 8 GPUs and 64 cores for 2 GPUs: s =
 * 64/128 x 0.5 + (8 - 2)/8 x 0.5 = 0.625, score = truncate(37.5) = 37. */
static void every_kind_of_path(void)
{
    Stage stage;
    stage_open(&stage);
    line_add(&stage, "job.a.start == 0s");
    line_add(&stage, "job.a.end==10s");
    line_add(&stage, "job.c.start == never");
    line_add(&stage, "job.c.state == rejected");
    line_add(&stage, "job.c.reason == too_large.gpu");
    line_add(&stage, "job.a.priority == 7");
    line_add(&stage, "job.a.devices == n0/0;n0/1;n0/2");
    line_add(&stage, "job.a.nodes != n1");
    line_add(&stage, "variant.baseline.job.b.1.start[1] == 10s");
    line_add(&stage, "variant.wide.fleet.job.b.1.start == 500ms +- 500ms");
    line_add(&stage, "variant.baseline.productive_share == 62.5%");
    line_add(&stage, "variant.wide.fleet.capacity_gpu_hours == 0.0244 GPU-hours +- 0.0001");
    line_add(&stage, "variant.baseline.makespan_s <= 20s");
    line_add(&stage, "account.productive.completed > 0.0138");
    line_add(&stage, "variant.wide.fleet.score.best-fit.n0.b.1 == 37");
    ExperimentResult result;
    int failed = 0;
    CU_ASSERT_EQUAL(judge(&stage, &result, &failed), 9 + 8 + 0 + 7);
    CU_ASSERT_EQUAL(failed, 0);
    for (int32_t i = 0; i < result.expect_count && failed > 0; i++) {
        if (!result.expects[i].passed) {
            printf("failed: %s in %s, found %s\n", result.expects[i].text,
                   result.expects[i].variant, result.expects[i].found_text);
        }
    }
    stage_close(&stage);
}

/* Goal: values at instants are those that the last pass of that instant left behind, books
 * included. Method: the first variant. At 0 s a holds 3 of 4 GPUs; from 1 s on b waits, since 1 is
 * free, and claims it; at 10 s b has 2. Books at 7 s: a has advanced 21 GPU-s, 1 of no demand in
 * the first second and 6 short; at 15 s a's 30 are completed, b's 10 under way. 1 GPU-s is 1/3600
 * h. */
static void values_at_instants(void)
{
    Stage stage;
    stage_open(&stage);
    line_add(&stage, "variant.baseline.job.b.1.state == pending @ 9999ms");
    line_add(&stage, "variant.baseline.job.b.1.state == running @ 10s");
    line_add(&stage, "variant.baseline.job.b.1.reason == short.gpu @ 5s");
    line_add(&stage, "variant.baseline.job.a.nodes == none @ 10s");
    line_add(&stage, "variant.baseline.job.a.devices == n0/0;n0/1;n0/2 @ 0s");
    line_add(&stage, "variant.baseline.job.b.1.task[1].start == 10s");
    line_add(&stage, "variant.baseline.job.b.1.task[1].end == 20s");
    line_add(&stage, "variant.baseline.job.b.1.task[1].node == n0 @ 12s");
    line_add(&stage, "variant.baseline.job.b.1.task[1].devices == n0/0;n0/1");
    line_add(&stage, "variant.baseline.job.b.1.start[2] == never");
    line_add(&stage, "variant.baseline.node.n0.free_gpus == 1 @ 3s");
    line_add(&stage, "variant.baseline.node.n0.free_gpus == 2 GPUs @ 10s");
    line_add(&stage, "variant.baseline.account.productive.running == 0.0058333333 @ 7s");
    line_add(&stage, "variant.baseline.account.short.gpu == 0.0016666667 @ 7s");
    line_add(&stage, "variant.baseline.account.productive.completed == 0.0083333333 @ 15s");
    line_add(&stage, "variant.baseline.queue.default.allocated == 2 @ 12s");
    ExperimentResult result;
    int failed = 0;
    CU_ASSERT_EQUAL(judge(&stage, &result, &failed), 16);
    for (int32_t i = 0; i < result.expect_count; i++) {
        CU_ASSERT(result.expects[i].passed);
        if (!result.expects[i].passed) {
            printf("failed: %s, found %s\n", result.expects[i].text, result.expects[i].found_text);
        }
    }
    stage_close(&stage);
}

/* Goal: instants beyond the end see the end, and what does not exist is said. Method: the run ends
 * at 20 s; b has one task; no shares are computed. */
static void what_cannot_be_seen(void)
{
    Stage stage;
    stage_open(&stage);
    line_add(&stage, "variant.baseline.job.a.state == completed @ 1h");
    line_add(&stage, "variant.baseline.account.productive > 0.0138 @ 1h");
    line_add(&stage, "variant.baseline.job.b.1.task[2].node == n0");
    line_add(&stage, "variant.baseline.queue.default.share == 0");
    ExperimentResult result;
    int failed = 0;
    CU_ASSERT_EQUAL(judge(&stage, &result, &failed), 4);
    CU_ASSERT_EQUAL(failed, 2);
    CU_ASSERT_STRING_EQUAL(result.expects[2].found_text, "no such task");
    CU_ASSERT_STRING_EQUAL(result.expects[3].found_text, "this policy computes no shares");
    stage_close(&stage);
}

/* Goal: what fails says what was found, for the variant in which it failed. */
static void failures_say_what_was_found(void)
{
    Stage stage;
    stage_open(&stage);
    line_add(&stage, "job.b.1.start == 1s");
    line_add(&stage, "makespan_s < 20");
    line_add(&stage, "allocation_at_full_load >= 0");
    line_add(&stage, "job.a.state == running");
    ExperimentResult result;
    int failed = 0;
    CU_ASSERT_EQUAL(judge(&stage, &result, &failed), 8);
    CU_ASSERT_EQUAL(failed, 1 + 1 + 0 + 2);
    CU_ASSERT(!result.expects[0].passed && result.expects[1].passed);
    CU_ASSERT_STRING_EQUAL(result.expects[0].variant, "baseline");
    CU_ASSERT_STRING_EQUAL(result.expects[0].found_text, "10s");
    CU_ASSERT_EQUAL(result.expects[0].found, 10.0);
    CU_ASSERT_STRING_EQUAL(result.expects[2].found_text, "20 s");
    CU_ASSERT_STRING_EQUAL(result.expects[6].found_text, "completed");
    stage_close(&stage);
}

/* Goal: operators and tolerances mean what they say. Method: the function alone, at the edges. */
static void operators(void)
{
    static const struct {
        ExpectOp op;
        double value, tolerance, found;
        bool holds;
    } CASES_OF[] = {
        {EXPECT_EQ, 0.3, 0, 0.1 + 0.2, true},
        {EXPECT_EQ, 5, 1, 6, true},
        {EXPECT_EQ, 5, 1, 6.1, false},
        {EXPECT_NE, 5, 1, 6.1, true},
        {EXPECT_NE, 5, 0, 5, false},
        {EXPECT_LE, 5, 0, 5, true},
        {EXPECT_LE, 5, 0, 5.1, false},
        {EXPECT_LE, 5, 0.2, 5.1, true},
        {EXPECT_GE, 5, 0, 4.9, false},
        {EXPECT_GE, 5, 0.2, 4.9, true},
        {EXPECT_LT, 5, 0, 5, false},
        {EXPECT_LT, 5, 0, 4.9, true},
        {EXPECT_GT, 5, 0, 5, false},
        {EXPECT_GT, 5, 0, 5.1, true},
        {EXPECT_GE, 5, 0, INFINITY, true},
        {EXPECT_EQ, 5, 0, INFINITY, false},
        {EXPECT_EQ, INFINITY, 0, INFINITY, true},
        {EXPECT_LE, 5, 0, INFINITY, false},
        {EXPECT_NE, 5, 0, NAN, false},
        {EXPECT_LE, 5, 0, NAN, false},
    };
    for (size_t i = 0; i < sizeof CASES_OF / sizeof CASES_OF[0]; i++) {
        Expectation expected = {
            .op = CASES_OF[i].op, .value = CASES_OF[i].value, .tolerance = CASES_OF[i].tolerance};
        CU_ASSERT_EQUAL(expect_holds(&expected, CASES_OF[i].found), CASES_OF[i].holds);
    }
}

/* ---- refused ---- */

/* Goal: every mistake is found before the clock starts, all at once, each with its place and a way
 * out. */
static void mistakes(void)
{
    static const struct {
        const char *line, *message, *help; /* NULL: any */
    } MISTAKES[] = {
        {"productive_shar >= 1", "unknown path or metric 'productive_shar'",
         "did you mean productive_share?"},
        {"node.n0.reclaimed == 1", "node.N.reclaimed is not there yet", NULL},
        {"node.n9.state == up", "no node is called 'n9'", NULL},
        {"node.n0.free == 1", "a node has no field 'free'", "fields are free_gpus, state"},
        {"node.n0.state == upp", "no node is ever in state 'upp'", "did you mean up?"},
        {"node.n0 == 1", "node path 'n0' has no field", NULL},
        {"queue.q.sharre == 1", "a queue has no field 'sharre'", "did you mean share?"},
        {"queue.q.deserved == 4h", "'4h' is no value for this path", "expected a number in GPUs"},
        {"job.a.task[0].node == n0", "'task[0]' has no number in its brackets", NULL},
        {"job.a.task[x].node == n0", "'task[x]' has no number in its brackets", NULL},
        {"job.a.task[1].gpu == n0", "a task has no field 'gpu'", NULL},
        {"job.a.start[0] == 1s", "'start[0]' has no number in its brackets", NULL},
        {"job.a.start[1 == 1s", "'start[1' has no number in its brackets", NULL},
        {"job.a.end[2] == 1s", "end takes no number in brackets", NULL},
        {"jobs_completed == 3 @ 5s", "jobs_completed has no value at an instant", NULL},
        {"job.a.start == 0s @ 5s", "start has no value at an instant", NULL},
        {"job.a.state == running @ 5", "'5' is no time", NULL},
        {"job.a.state == running @", "'' is no time", NULL},
        {"job.zz.start == 1s", "no job is called 'zz'", NULL},
        {"job.a.begin == 1s", "a job has no field 'begin'", NULL},
        {"job.a.start == 4", "'4' is no time", NULL},
        {"job.a.state < running", "state is a text", "compare texts with == or !="},
        {"job.a.state == runing", "no job is ever in state 'runing'", "did you mean running?"},
        {"account.blocked.quotas > 0", "unknown sub-account 'quotas'", "did you mean quota?"},
        {"account.no_demand.gpu > 0", "account no_demand has no sub-accounts", NULL},
        {"score.best-fti.n0.a == 1", "unknown packing term 'best-fti'", "did you mean best-fit?"},
        {"score.best-fit.n7.a == 1", "'n7.a' does not begin with the name of a node", NULL},
        {"variant.wid.makespan_s > 0", "no variant is called 'wid'", NULL},
        {"makespan_s", "'makespan_s' has no operator (== != < <= > >=)", NULL},
        {"makespan_s >=", "'makespan_s >=' is not complete", NULL},
        {"makespan_s >= 5GB", "'5GB' is no value for this path", "expected a number in s"},
        {"productive_share >= x", "'x' is no value for this path",
         "expected a number such as 0.8 or 80%"},
        {"makespan_s == 5 +- -1", "tolerance '-1' is negative", NULL},
        {"showback.q.total == 1", "a showback has no field 'total'", NULL},
        {"showback.q.shared_us == 1", "a showback has no field 'shared_us'",
         "did you mean shared_usd?"},
        {"showback.q == 1", "showback path 'q' has no field", NULL},
        {"showback.q.total_usd == 4h", "'4h' is no value for this path",
         "expected a number in USD"},
        {"showback.q.total_usd == 4 @ 1s", "total_usd has no value at an instant", NULL},
        {"makespan_s == inf", "'inf' is no value for this path", NULL},
    };
    for (size_t i = 0; i < sizeof MISTAKES / sizeof MISTAKES[0]; i++) {
        Stage stage;
        stage_open(&stage);
        line_add(&stage, "jobs_completed == 2");
        line_add(&stage, MISTAKES[i].line);
        ExpectList list;
        CU_ASSERT_EQUAL(expect_parse(&stage.set, &stage.small.arena, &stage.diagnostics, &list),
                        STATUS_BAD_INPUT);
        CU_ASSERT_EQUAL_FATAL(stage.diagnostics.count, 1);
        const Diagnostic *item = &stage.diagnostics.items[0];
        CU_ASSERT_STRING_EQUAL(item->message, MISTAKES[i].message);
        CU_ASSERT_EQUAL(item->line, 2);
        if (MISTAKES[i].help != NULL) {
            CU_ASSERT_STRING_EQUAL(item->help, MISTAKES[i].help);
        }
        stage_close(&stage);
    }
}

/* Goal: all mistakes come at once. */
static void all_at_once(void)
{
    Stage stage;
    stage_open(&stage);
    line_add(&stage, "x == 1");
    line_add(&stage, "makespan_s >= 1");
    line_add(&stage, "y");
    ExpectList list;
    CU_ASSERT_EQUAL(expect_parse(&stage.set, &stage.small.arena, &stage.diagnostics, &list),
                    STATUS_BAD_INPUT);
    CU_ASSERT_EQUAL(stage.diagnostics.error_count, 2);
    stage_close(&stage);
}

const TestCase CASES[] = {
    {"every kind of path is judged", every_kind_of_path},
    {"values at instants", values_at_instants},
    {"what cannot be seen is said", what_cannot_be_seen},
    {"failures say what was found", failures_say_what_was_found},
    {"operators and tolerances", operators},
    {"mistakes are refused with their place", mistakes},
    {"all mistakes at once", all_at_once},
    {NULL, NULL},
};
