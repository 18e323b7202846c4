/* test_report.c - summary, printed forms and CSV of an experiment written by hand. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sim/report/atomic_file.h"
#include "sim/report/grid.h"
#include "sim/report/json_help.h"
#include "sim/report/report.h"
#include "sim/report/twins.h"
#include "tests/hand_result.h"
#include "tests/suite.h"

const char *const SUITE = "report";

static const json_t *member(const json_t *root, const char *path)
{
    char copy[200];
    snprintf(copy, sizeof copy, "%s", path);
    for (char *at = strtok(copy, " "); at != NULL; at = strtok(NULL, " ")) {
        root = json_is_array(root) ? json_array_get(root, (size_t)atoi(at))
                                   : json_object_get(root, at);
    }
    return root;
}

static double number(const json_t *root, const char *path)
{
    const json_t *found = member(root, path);
    return json_is_number(found) ? json_number_value(found) : (double)NAN;
}

static char *printed(const json_t *summary, ReportFormat format, bool verbose)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    CU_ASSERT_EQUAL(report_print(summary, format, false, verbose, stream), STATUS_OK);
    fclose(stream);
    return text;
}

/* Goal: the JSON has the agreed layout and the hand's figures. Method: see tests/hand_result.h; 4
 * GPU-hours at 2 USD; mean idle (2 + 3 + 5) / 3. */
static void test_summary(void)
{
    HandResult hand;
    hand_result(&hand);
    json_t *root = summary_json(&hand.result);
    CU_ASSERT_PTR_NOT_NULL_FATAL(root);
    CU_ASSERT_EQUAL(number(root, "format"), 1);
    CU_ASSERT_STRING_EQUAL(json_text_at(member(root, "scenario"), "name"), "hand-made");
    CU_ASSERT_EQUAL(json_array_size(member(root, "variants")), 2);
    CU_ASSERT_EQUAL(number(root, "variants 0 replications"), 3);
    CU_ASSERT_STRING_EQUAL(json_string_value(member(root, "variants 0 fact_hash 1")),
                           "abcdef012345678a");
    CU_ASSERT_STRING_EQUAL(json_string_value(member(root, "variants 0 vary 0")), "arrivals");
    CU_ASSERT_STRING_EQUAL(json_string_value(member(root, "variants 0 vary 1")), "ties");
    CU_ASSERT_DOUBLE_EQUAL(number(root, "variants 0 metrics idle_gpus_at_full_load mean"), 10.0 / 3,
                           1e-12);
    CU_ASSERT_EQUAL(number(root, "variants 0 metrics idle_gpus_at_full_load values 2"), 5);
    CU_ASSERT_TRUE(json_is_null(member(root, "variants 0 metrics wait_mean_s mean")));
    CU_ASSERT_STRING_EQUAL(json_text_at(member(root, "variants 0 metrics wait_mean_s"), "unit"),
                           "s");
    CU_ASSERT_TRUE(json_is_true(member(root, "variants 0 metrics productive_share deterministic")));
    CU_ASSERT_PTR_NULL(member(root, "variants 0 metrics idle_gpus_at_full_load deterministic"));
    const json_t *ledger = member(root, "variants 0 ledger");
    CU_ASSERT_EQUAL(number(ledger, "capacity_gpu_hours"), 4);
    CU_ASSERT_EQUAL(number(ledger, "accounts productive gpu_hours"), 2);
    CU_ASSERT_EQUAL(number(ledger, "accounts productive share"), 0.5);
    CU_ASSERT_EQUAL(number(ledger, "accounts productive usd"), 4);
    CU_ASSERT_EQUAL(number(ledger, "accounts productive by running usd"), 4);
    CU_ASSERT_EQUAL(number(ledger, "accounts fragmented by gpu gpu_hours"), 1);
    CU_ASSERT_EQUAL(json_object_size(member(ledger, "accounts")), ACCOUNT_COUNT);
    CU_ASSERT_EQUAL(number(root, "variants 0 load_curve idle_gpus 0"), 4);
    CU_ASSERT_EQUAL(json_array_size(member(root, "variants 1 load_curve arrived_pct")), 2);
    CU_ASSERT_TRUE(json_is_false(member(root, "expect 1 passed")));
    json_decref(root);
    arena_free(&hand.arena);
}

/* Goal: variants are compared replication by replication. Method: differences -1, -2, -3 and
 * the 97.5 % point of Student's t with 2 degrees of freedom, 4.302653 (any table). */
static void test_paired(void)
{
    HandResult hand;
    hand_result(&hand);
    json_t *root = summary_json(&hand.result);
    const json_t *difference =
        member(root, "variants 1 against_baseline difference idle_gpus_at_full_load");
    CU_ASSERT_DOUBLE_EQUAL(number(difference, "mean"), -2, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(number(difference, "sd"), 1, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(number(difference, "ci_low"), -2 - 2.484138, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(number(difference, "ci_high"), -2 + 2.484138, 1e-6);
    CU_ASSERT_PTR_NULL(member(root, "variants 0 against_baseline"));
    json_decref(root);
    /* A replication that failed on one side has no partner. */
    hand.replication[0][1].status = STATUS_FAILED;
    root = summary_json(&hand.result);
    CU_ASSERT_EQUAL(number(root, "variants 1 against_baseline difference idle_gpus_at_full_load n"),
                    2);
    CU_ASSERT_EQUAL(number(root, "variants 0 completed"), 2);
    CU_ASSERT_TRUE(
        json_is_null(member(root, "variants 0 metrics idle_gpus_at_full_load values 1")));
    json_decref(root);
    arena_free(&hand.arena);
}

/* Goal: a table that says the right thing last, and claims nothing that its interval does not
 * carry. Method: the interval -4.5 to 0.5 holds 0. */
static void test_table(void)
{
    HandResult hand;
    hand_result(&hand);
    json_t *root = summary_json(&hand.result);
    char *text = printed(root, REPORT_FORMAT_TABLE, true);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "hand-made: 1 node, 4 GPUs; mean of 3 replications; drawn: arrivals, ties"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "3.3 ± 3.8")); /* sd 1.527525 x 4.302653 / sqrt(3) = 3.7946 */
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "✓ productive_share >= 0.4  [first]\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "✗ job.A.start == 0s  [first]  found 250ms\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "Where the GPU time of first went\n"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "No variant is clearly better than the baseline; closest: b/c leaves 2.0 "
                     "fewer GPUs idle than first when 100 % of capacity has arrived (95 % interval "
                     "-0.5 to 4.5, paired over 3 replications): 35,040 USD a year less (-8,482 to "
                     "78,562) in idle GPUs. 4 replications would settle it.\n"));
    free(text);
    text = printed(root, REPORT_FORMAT_MARKDOWN, false);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "### hand-made\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "| --- | ---: |"));
    free(text);
    text = printed(root, REPORT_FORMAT_CSV, false);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "variant,metric,unit,mean,sd,n,ci_low,ci_high\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nb/c,productive_share,1,0.75,0,3,0.75,0.75\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nfirst,wait_mean_s,s,,,0,,\n"));
    free(text);
    json_decref(root);
    arena_free(&hand.arena);
}

/* Goal: a part is not shown as the whole. Method: five replications were asked for, as the
 * experiment leaves it: the three complete ones are kept. */
static void test_partial(void)
{
    HandResult hand;
    hand_result(&hand);
    hand.scenario[0].replications = 5;
    json_t *root = summary_json(&hand.result);
    CU_ASSERT_EQUAL(number(root, "variants 0 replications"), 5);
    CU_ASSERT_EQUAL(number(root, "variants 0 completed"), 3);
    char *text = printed(root, REPORT_FORMAT_TABLE, false);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "mean of 3 replications"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "first: only 3 of 5 replications are complete\n"));
    free(text);
    json_decref(root);
    arena_free(&hand.arena);
}

/* Goal: a wait that nobody lives to see the end of is no number in any format. Method: INFINITY as
 * wait_p95_s of one replication of three. */
static void test_beyond(void)
{
    HandResult hand;
    hand_result(&hand);
    double values[] = {1, INFINITY, 3};
    hand.replication[1][1].metric[METRIC_wait_p95_s] = INFINITY;
    hand.variant[1].metric[METRIC_wait_p95_s] = statistics_summary(values, 3);
    json_t *root = summary_json(&hand.result);
    CU_ASSERT_TRUE(json_is_null(member(root, "variants 1 metrics wait_p95_s mean")));
    CU_ASSERT_TRUE(json_is_null(member(root, "variants 1 metrics wait_p95_s values 1")));
    CU_ASSERT_EQUAL(number(root, "variants 1 metrics wait_p95_s n"), 3);
    CU_ASSERT_PTR_NULL(member(root, "variants 1 metrics wait_p95_s deterministic"));
    CU_ASSERT_PTR_NULL(member(root, "variants 1 against_baseline difference wait_p95_s"));
    char *text = printed(root, REPORT_FORMAT_CSV, false);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nb/c,wait_p95_s,s,,,3,,\n"));
    free(text);
    json_decref(root);
    arena_free(&hand.arena);
}

/* Goal: `report` prints what `run` printed. Method: through text and back, every format is the
 * same. */
static void test_through_text(void)
{
    HandResult hand;
    hand_result(&hand);
    json_t *root = summary_json(&hand.result);
    char *document = json_document(root);
    json_t *again = json_loads(document, JSON_REJECT_DUPLICATES, NULL);
    CU_ASSERT_TRUE(json_equal(root, again));
    for (int format = 0; format < REPORT_FORMAT_COUNT; format++) {
        char *before = printed(root, (ReportFormat)format, true),
             *after = printed(again, (ReportFormat)format, true);
        CU_ASSERT_STRING_EQUAL(before, after);
        free(before);
        free(after);
    }
    free(document);
    json_decref(again);
    json_decref(root);
    arena_free(&hand.arena);
}

static void test_grid(void)
{
    char text[NUMBER_TEXT_MAX];
    CU_ASSERT_STRING_EQUAL(number_text(1234567.891, 1, text), "1,234,567.9");
    CU_ASSERT_STRING_EQUAL(number_text(999.9, 0, text), "1,000");
    CU_ASSERT_STRING_EQUAL(number_text(-1000, 0, text), "-1,000");
    CU_ASSERT_STRING_EQUAL(number_text(-0.0001, 2, text), "0.00");
    CU_ASSERT_STRING_EQUAL(number_text((double)NAN, 2, text), "-");
    CU_ASSERT_EQUAL(text_width("café"), 4);         /* two bytes, one column */
    CU_ASSERT_EQUAL(text_width("cafe\xCC\x81"), 4); /* a combining accent takes none */
    CU_ASSERT_EQUAL(text_width("集群"), 4);         /* wide: two columns each */
    CU_ASSERT_EQUAL(text_width("\xFF"), 1); /* no UTF-8: still one place, no reading past the end */
    CU_ASSERT_EQUAL(text_width("\xE9"), 1);
}

static char *file_text(const char *path)
{
    FILE *stream = fopen(path, "rb");
    char *text = calloc(1, 4096);
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT(fread(text, 1, 4095, stream) > 0);
    fclose(stream);
    return text;
}

/* Goal: both CSV exports, to the byte. */
static void test_exports(void)
{
    HandResult hand;
    Diagnostics diagnostics;
    char path[] = "/tmp/gpuplan-test-XXXXXX";
    hand_result(&hand);
    diagnostics_init(&diagnostics);
    int fd = mkstemp(path);
    CU_ASSERT_FATAL(fd >= 0);
    close(fd);
    CU_ASSERT_EQUAL(jobs_csv_write(&hand.result, path, &diagnostics), STATUS_OK);
    char *text = file_text(path);
    CU_ASSERT_STRING_EQUAL(
        text, "job,queue,user,submit_s,start_s,end_s,state,attempts,gpus,nodes,wait_s,"
              "productive_gpu_s,lost_gpu_s,reason\n"
              "A,default,,0,0.25,4.25,completed,1,2.5,n-0;n-1,0.25,10,0,\n"
              "\"B, \"\"the big one\"\"\",q,,1.5,,,pending,0,8,,,0,0,fragmented.gpu\n");
    free(text);
    CU_ASSERT_EQUAL(series_csv_write(&hand.result, path, &diagnostics), STATUS_OK);
    text = file_text(path);
    CU_ASSERT_STRING_EQUAL(text,
                           "time_s,arrived_gpus,used_gpus,idle_gpus,fragmented_gpus,jobs_waiting\n"
                           "0,2.5,0,4,0,1\n0.25,10.5,2.5,1.5,0.75,1\n");
    free(text);
    /* Two tables in one file: each line says where it is from. */
    hand.replication[1][0].jobs = &hand.jobs;
    CU_ASSERT_EQUAL(jobs_csv_write(&hand.result, path, &diagnostics), STATUS_OK);
    text = file_text(path);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, ",reason,variant,replication\nA,default"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, ",10,0,,b/c,0\n"));
    free(text);
    unlink(path);
    diagnostics_free(&diagnostics);
    arena_free(&hand.arena);
}

/* Goal: every allocation of the summary may fail; nothing leaks, nothing crashes. Method: jansson's
 * allocator is ours and refuses the n-th call, for every n, until one run has needed fewer. */
static long allocations_left, blocks_alive;
static bool fails_once; /* the n-th alone; else every later one too */

static void *counted_malloc(size_t size)
{
    if (allocations_left == 0) {
        allocations_left = fails_once ? LONG_MAX : 0;
        return NULL;
    }
    allocations_left--;
    void *block = malloc(size);
    blocks_alive += block != NULL;
    return block;
}

static void counted_free(void *block)
{
    blocks_alive -= block != NULL;
    free(block);
}

static void summaries_fail(const ExperimentResult *result, const char *whole)
{
    json_t *root = NULL;
    long n = 0;
    bool done = false;
    for (; !done && n < 20000; n++) {
        blocks_alive = 0;
        allocations_left = n;
        root = summary_json(result);
        done = allocations_left > 0 && allocations_left < LONG_MAX / 2;
        if (root != NULL) {
            allocations_left = LONG_MAX;
            char *text = json_document(root);
            CU_ASSERT(text != NULL && strcmp(text, whole) == 0);
            free(text);
        }
        json_decref(root);
        if (blocks_alive != 0) {
            CU_FAIL("blocks of a failed summary were not given back");
            return;
        }
    }
    CU_ASSERT(n > 500);
}

static void texts_fail(const json_t *root, const char *whole)
{
    bool done = false;
    for (long n = 0; !done && n < 20000; n++) {
        allocations_left = n;
        char *text = json_document(root);
        done = allocations_left > 0 && allocations_left < LONG_MAX / 2;
        if (text != NULL && strcmp(text, whole) != 0) {
            printf("allocation %ld: cut or changed text\n", n);
            CU_FAIL("a summary was printed in part");
        }
        free(text);
    }
}

static void test_no_memory(void)
{
    HandResult hand;
    hand_result(&hand);
    json_set_alloc_funcs(counted_malloc, counted_free);
    allocations_left = LONG_MAX;
    json_t *root = summary_json(&hand.result);
    char *whole = json_document(root);
    CU_ASSERT_PTR_NOT_NULL_FATAL(whole);
    for (int once = 0; once < 2; once++) {
        fails_once = once == 1;
        summaries_fail(&hand.result, whole);
        texts_fail(root, whole);
    }
    fails_once = false;
    allocations_left = LONG_MAX;
    free(whole);
    json_decref(root);
    json_set_alloc_funcs(malloc, free);
    arena_free(&hand.arena);
}

/* Goal: a target that cannot be written is refused with its name, and a failed write leaves nothing
 * behind. Method: a folder, a missing folder, a full device, and a limit on the size of files. */
static void test_targets(void)
{
    Diagnostics diagnostics;
    AtomicFile file;
    char folder[] = "/tmp/gpuplan-test-XXXXXX", path[64];
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/out.csv", folder);
    diagnostics_init(&diagnostics);
    CU_ASSERT_EQUAL(result_target_check(path, &diagnostics), STATUS_OK);
    CU_ASSERT_NOT_EQUAL(access(path, F_OK), 0); /* asking leaves no file */
    CU_ASSERT_EQUAL(result_target_check("-", &diagnostics), STATUS_OK);
    CU_ASSERT_EQUAL(diagnostics.error_count, 0);
    CU_ASSERT_EQUAL(result_target_check(folder, &diagnostics), STATUS_FAILED);
    CU_ASSERT_EQUAL(result_target_check("/nonexistent/x.h5", &diagnostics), STATUS_FAILED);
    CU_ASSERT_EQUAL(result_target_check("", &diagnostics), STATUS_FAILED);
    CU_ASSERT_EQUAL(diagnostics.error_count, 3);
    CU_ASSERT_EQUAL(atomic_file_open(&file, "/dev/full", &diagnostics), STATUS_OK);
    fputs("text", file.stream);
    CU_ASSERT_EQUAL(atomic_file_commit(&file, &diagnostics), STATUS_FAILED);
    CU_ASSERT_EQUAL(atomic_file_open(&file, path, &diagnostics), STATUS_OK);
    fputs("text", file.stream);
    atomic_file_abandon(&file);
    CU_ASSERT_EQUAL(rmdir(folder), 0); /* it is empty: nothing was left */
    diagnostics_free(&diagnostics);
}

static void name_as_it_is(const char *text, FILE *stream)
{
    fputs(text, stream);
}

/* Goal: beside what idle time is put down to stands what its twin recovers. Method: 100 GPU-hours,
 * 60 productive, 20 blocked by quota, 10 fragmented. Without quota 75 are productive, paired
 * interval 14 to 16: 15 recovered of at most 20. Without shapes 110 are paid and 72 productive: 40
 * - 38 = 2, and no interval, since the runs were not equally long. A variant that lifts both is no
 * twin of one. */
static void twins(void)
{
    json_t *summary = json_pack(
        "{s:[{s:s, s:{s:{s:f}, s:{s:f}}, s:{s:{s:{s:f}, s:{s:{s:{s:f}}}}}},"
        "    {s:s, s:{s:[s]}, s:{s:{s:f}, s:{s:f}}, s:{s:{s:{s:f, s:f}}}},"
        "    {s:s, s:{s:[s]}, s:{s:{s:f}, s:{s:f}}, s:{s:{s:{s:f, s:f}}}},"
        "    {s:s, s:{s:[s, s]}}]}",
        "variants", "name", "base", "metrics", "capacity_gpu_hours", "mean", 100.0,
        "productive_gpu_hours", "mean", 60.0, "ledger", "accounts", "fragmented", "gpu_hours", 10.0,
        "blocked", "by", "quota", "gpu_hours", 20.0, "name", "open", "policy", "relax", "quota",
        "metrics", "capacity_gpu_hours", "mean", 100.0, "productive_gpu_hours", "mean", 75.0,
        "against_baseline", "difference", "productive_gpu_hours", "ci_low", 14.0, "ci_high", 16.0,
        "name", "cut", "policy", "relax", "shape", "metrics", "capacity_gpu_hours", "mean", 110.0,
        "productive_gpu_hours", "mean", 72.0, "against_baseline", "difference",
        "productive_gpu_hours", "ci_low", 11.0, "ci_high", 13.0, "name", "both", "policy", "relax",
        "quota", "shape");
    CU_ASSERT_PTR_NOT_NULL_FATAL(summary);
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    twins_print(summary, "- ", name_as_it_is, stream);
    fclose(stream);
    CU_ASSERT_STRING_EQUAL(
        text, "- base puts at most 20.000 idle GPU-hours down to quota; without it, open recovers "
              "15.000 (95 % interval 14.000 to 16.000).\n"
              "- base puts at most 10.000 idle GPU-hours down to shape; without it, cut recovers "
              "2.000.\n\n");
    free(text);
    json_decref(summary);
}

/* What the variants' jobs did, in every replication. */
static void hand_waits(HandResult *hand, double first_s, double second_s, double rejected)
{
    for (int v = 0; v < 2; v++) {
        double wait[] = {v == 0 ? first_s : second_s}, left[] = {rejected}, none[] = {0}, done[] = {5};
        hand->variant[v].metric[METRIC_wait_mean_s] = statistics_summary(wait, 1);
        hand->variant[v].metric[METRIC_jobs_rejected] = statistics_summary(left, 1);
        hand->variant[v].metric[METRIC_jobs_unstarted] = statistics_summary(none, 1);
        hand->variant[v].metric[METRIC_jobs_completed] = statistics_summary(done, 1);
    }
}

/* Goal: a comparison of schedulers in which nobody waits does not pass for one. Method: packing
 * random against fgd, mean waits around 1 s; jobs end, so it is no study of a filling cluster. */
static void test_not_discriminating(void)
{
    static const char MARK[] =
        "\ndoes not discriminate: nothing waits (mean wait under 1 s in every variant)\n";
    static const struct {
        double first_s, second_s, rejected;
        const char *second_pack;
        bool marked;
    } ROWS[] = {{0.0, 0.999, 0, "fgd", true},
                 {0.0, 1.0, 0, "fgd", false},
                 {0.0, 0.5, 0, "random", false}, /* the same policy twice: about something else */
                 {0.0, 0.5, 1, "fgd", false},    /* jobs left for good */
                 {0.0, INFINITY, 0, "fgd", false}};
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        HandResult hand;
        hand_result(&hand);
        hand_waits(&hand, ROWS[i].first_s, ROWS[i].second_s, ROWS[i].rejected);
        hand.scenario[1].policy.pack_name = ROWS[i].second_pack;
        json_t *root = summary_json(&hand.result);
        for (int format = 0; format < REPORT_FORMAT_COUNT; format++) {
            bool shown = format == REPORT_FORMAT_TABLE || format == REPORT_FORMAT_MARKDOWN;
            char *text = printed(root, (ReportFormat)format, false);
            const char *mark = strstr(text, MARK);
            CU_ASSERT_EQUAL(mark != NULL, ROWS[i].marked && shown);
            if (mark != NULL && format == REPORT_FORMAT_TABLE) { /* the last line but one */
                const char *last = mark + strlen(MARK);
                CU_ASSERT_PTR_EQUAL(strchr(last, '\n') + 1, text + strlen(text));
            }
            free(text);
        }
        json_decref(root);
        arena_free(&hand.arena);
    }
}

const TestCase CASES[] = {
    {"twins beside the attribution", twins},
    {"summary layout and figures", test_summary},
    {"paired differences", test_paired},
    {"printed forms", test_table},
    {"part of the replications", test_partial},
    {"waits beyond the end of the run", test_beyond},
    {"a comparison in which nothing waits", test_not_discriminating},
    {"through text and back", test_through_text},
    {"grids, widths, numbers", test_grid},
    {"jobs and series CSV", test_exports},
    {"allocation failures", test_no_memory},
    {"targets that cannot be written", test_targets},
    {NULL, NULL},
};
