/* test_resample.c - other logs like a log: what is expected of them, and what stays. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/experiment/drawn.h"
#include "tests/loaded.h"
#include "tests/suite.h"
#include "traces/draw.h"
#include "traces/resample.h"

const char *const SUITE = "resample";

#define HOUR INT64_C(3600000)
#define DAY (24 * HOUR)
#define WEEK (7 * DAY)
#define ROWS_MAX 64

typedef struct Log {
    Request rows[ROWS_MAX];
    char names[ROWS_MAX][8];
    RequestList list;
} Log;

static Request *job_add(Log *log, const char *user, int64_t submit_ms, int32_t gpus)
{
    int32_t at = log->list.count++;
    snprintf(log->names[at], sizeof log->names[at], "j%d", (int)at);
    log->rows[at] = (Request){.name = log->names[at],
                              .user = user,
                              .submit_ms = submit_ms,
                              .gpu_count = gpus,
                              .gpu_milli = 1000,
                              .model_text = "",
                              .count = 1,
                              .task_count = 1,
                              .duration_ms = gpus * HOUR};
    log->list.rows = log->rows;
    return &log->rows[at];
}

/* Three weeks and two days. Ann works on the second morning of her first, third and last week, Bob
 * on the fifth day of the first two and at the very end, and one job names nobody. */
static void log_open(Log *log)
{
    *log = (Log){0};
    job_add(log, "ann", 0, 1); /* the log's beginning */
    for (int64_t week = 0; week < 4; week += week == 0 ? 2 : 1) {
        for (int i = 0; i <= week; i++) {
            job_add(log, "ann", week * WEEK + DAY + (9 + i) * HOUR, 1 + i);
        }
    }
    job_add(log, "bob", 4 * DAY, 4);
    job_add(log, "bob", WEEK + 4 * DAY + HOUR, 8);
    job_add(log, NULL, WEEK + 6 * DAY, 2);
    job_add(log, "bob", 3 * WEEK + 2 * DAY - 1, 1);
}

static RequestList drawn(const Log *log, uint32_t replication, Arena *arena)
{
    Diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    RequestList list;
    ResampleDraw draw = {.seed = 7, .replication = replication};
    CU_ASSERT_EQUAL_FATAL(requests_resample(&log->list, draw, arena, &diagnostics, &list),
                          STATUS_OK);
    diagnostics_free(&diagnostics);
    return list;
}

/* Which row of the log it is, by the beginning of its name. */
static int32_t origin_of(const Request *row)
{
    return (int32_t)strtol(row->name + 1, NULL, 10);
}

/* Goal: each job of the log occurs once in expectation, so jobs and GPU-hours are the log's in the
 * mean. Method: 4000 draws. A job of the first two days of its week is drawn for each of 4 slots
 * with probability 1/4: variance 1 - 1/4; one of a later day for each of 3 slots with 1/4 + 1/4 x
 * 1/3 = 1/3 (its own week, or its week in place of the one that lacks that day): variance 1 - 1/3.
 * Means lie within five standard errors. The sum of GPU-hours: by user, slots are independent, and
 * within a slot a user's jobs of one week come together; five times an upper bound of its error, as
 * if all jobs of a user came together: (sum over users of their GPU-hours squared) x 4 slots / 4.
 */
static void every_job_once_in_the_mean(void)
{
    enum { DRAWS = 4000 };
    Log log;
    log_open(&log);
    double count[ROWS_MAX] = {0};
    double jobs = 0.0, gpu_hours = 0.0, expected_hours = 0.0;
    for (int32_t i = 0; i < log.list.count; i++) {
        expected_hours += (double)log.rows[i].gpu_count * (double)log.rows[i].gpu_count;
    }
    for (uint32_t r = 0; r < DRAWS; r++) {
        Arena arena;
        arena_init(&arena);
        RequestList list = drawn(&log, r, &arena);
        for (int32_t i = 0; i < list.count; i++) {
            const Request *row = &list.rows[i];
            count[origin_of(row)] += 1.0;
            gpu_hours += (double)row->gpu_count * (double)row->duration_ms / (double)HOUR;
        }
        jobs += list.count;
        free(list.rows);
        arena_free(&arena);
    }
    for (int32_t i = 0; i < log.list.count; i++) {
        bool early = log.rows[i].submit_ms % WEEK < 2 * DAY;
        double sd = sqrt(early ? 3.0 / 4.0 : 2.0 / 3.0);
        CU_ASSERT_DOUBLE_EQUAL(count[i] / DRAWS, 1.0, 5.0 * sd / sqrt(DRAWS));
    }
    CU_ASSERT_DOUBLE_EQUAL(jobs / DRAWS, log.list.count, 5.0 * log.list.count / sqrt(DRAWS));
    CU_ASSERT_DOUBLE_EQUAL(gpu_hours / DRAWS, expected_hours, 5.0 * expected_hours / sqrt(DRAWS));
}

/* Goal: the sum has the variance of independent draws of whole weeks. Method: one user, four whole
 * weeks with 8, 0, 4 and 0 jobs: a slot has mean 3 and variance (64 + 16) / 4 - 9 = 11, four slots
 * 12 and 44. Over 4000 draws: mean within five standard errors, variance within 10 %. */
static void weeks_come_whole(void)
{
    enum { DRAWS = 4000 };
    Log log = {0};
    for (int i = 0; i < 8; i++) {
        job_add(&log, "ann", i * HOUR, 1);
    }
    for (int i = 0; i < 4; i++) {
        job_add(&log, "ann", 2 * WEEK + i * DAY, 1);
    }
    job_add(&log, "bob", 4 * WEEK - 1, 1); /* the last week is a whole one */
    double sum = 0.0, squares = 0.0;
    for (uint32_t r = 0; r < DRAWS; r++) {
        Arena arena;
        arena_init(&arena);
        RequestList list = drawn(&log, r, &arena);
        double anns = 0.0;
        for (int32_t i = 0; i < list.count; i++) {
            anns += strcmp(list.rows[i].user, "ann") == 0;
        }
        sum += anns;
        squares += anns * anns;
        CU_ASSERT(fmod(anns, 4.0) == 0.0);
        free(list.rows);
        arena_free(&arena);
    }
    double mean = sum / DRAWS;
    CU_ASSERT_DOUBLE_EQUAL(mean, 12.0, 5.0 * sqrt(44.0 / DRAWS));
    CU_ASSERT_DOUBLE_EQUAL(squares / DRAWS - mean * mean, 44.0, 4.4);
}

/* Goal: day and hour, user and demand stay; nothing comes before the log's first or after its last
 * submission; rows are in order of time; ids are unique, whatever the log's look like. Method: 200
 * draws of the log, one of whose ids is like that of a copy. */
static void what_stays(void)
{
    Log log;
    log_open(&log);
    log.rows[2].name = "j0~2"; /* read as row 0 below: only its id is of interest */
    for (uint32_t r = 0; r < 200; r++) {
        Arena arena;
        arena_init(&arena);
        RequestList list = drawn(&log, r, &arena);
        for (int32_t i = 0; i < list.count; i++) {
            const Request *row = &list.rows[i];
            const Request *from = &log.rows[origin_of(row)];
            bool renamed = strncmp(row->name, "j0~2", 4) == 0;
            CU_ASSERT(i == 0 || list.rows[i - 1].submit_ms <= row->submit_ms);
            CU_ASSERT(row->submit_ms >= 0 && row->submit_ms <= 3 * WEEK + 2 * DAY - 1);
            CU_ASSERT(renamed || (row->submit_ms - from->submit_ms) % WEEK == 0);
            CU_ASSERT(renamed || (row->gpu_count == from->gpu_count && row->user == from->user));
            for (int32_t k = 0; k < i; k++) {
                CU_ASSERT_STRING_NOT_EQUAL(list.rows[k].name, row->name);
            }
        }
        free(list.rows);
        arena_free(&arena);
    }
}

/* Goal: jobs that ran when the log was cut are where they were, and a recorded start moves with its
 * submission. Method: one of each. */
static void carried_jobs_stay(void)
{
    Log log;
    log_open(&log);
    job_add(&log, "cat", 0, 3)->carried = 1;
    for (int32_t i = 0; i < log.list.count; i++) {
        log.rows[i].has_start = 1;
        log.rows[i].recorded_start_ms = log.rows[i].submit_ms + 5;
    }
    Arena arena;
    arena_init(&arena);
    RequestList list = drawn(&log, 3, &arena);
    int carried = 0;
    for (int32_t i = 0; i < list.count; i++) {
        carried += list.rows[i].carried;
        CU_ASSERT_EQUAL(list.rows[i].recorded_start_ms, list.rows[i].submit_ms + 5);
    }
    CU_ASSERT_EQUAL(carried, 1);
    CU_ASSERT_EQUAL(list.rows[0].carried, 1);
    free(list.rows);
    arena_free(&arena);
}

static void nothing_to_draw(void)
{
    Log log = {0};
    CU_ASSERT_EQUAL(resample_weeks(&log.list), 0);
    Arena arena;
    arena_init(&arena);
    RequestList list = drawn(&log, 0, &arena);
    CU_ASSERT_EQUAL(list.count, 0);
    free(list.rows);
    job_add(&log, "ann", 5, 1);
    CU_ASSERT_EQUAL(resample_weeks(&log.list), 1);
    list = drawn(&log, 0, &arena);
    CU_ASSERT_EQUAL(list.count, 1);
    free(list.rows);
    arena_free(&arena);
    job_add(&log, "ann", WEEK + 4, 1);
    CU_ASSERT_EQUAL(resample_weeks(&log.list), 1);
    job_add(&log, "ann", WEEK + 5, 1);
    CU_ASSERT_EQUAL(resample_weeks(&log.list), 2);
}

/* ---- through a scenario ---- */

#define CSV                                                                                        \
    "id,submit,duration,gpus,user\n"                                                               \
    "a,0,3600,1,ann\nb,100,3600,2,bob\nc,604900,3600,3,ann\nd,700000,3600,4,bob\n"                 \
    "e,1209700,3600,5,ann\nf,1300000,3600,6,bob\n"

#define SCENARIO(vary, resample)                                                                   \
    "name: resampled\nseed: 3\n" CLUSTER "replications: {count: 6" vary "}\n"                      \
    "workload: [{trace: {format: native, path: log.csv" resample "}}]\n"                           \
    "variants: {a: {policy.preset: fifo}, b: {policy.preset: kube-default}}\n"

static void scenario_open(Loaded *loaded, Folder *folder, const char *text)
{
    folder_make(folder);
    folder_file(folder, "log.csv", CSV);
    loaded_file(loaded, folder_file(folder, "s.yaml", text), NULL);
}

static JobTable jobs_of(const Scenario *scenario, uint32_t replication, Arena *arena)
{
    Diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    JobTable jobs = {0};
    CU_ASSERT_EQUAL_FATAL(workload_draw(scenario, replication, arena, &diagnostics, &jobs),
                          STATUS_OK);
    diagnostics_free(&diagnostics);
    return jobs;
}

static bool same_jobs(const JobTable *a, const JobTable *b)
{
    bool same = a->job_count == b->job_count;
    for (JobId job = 0; same && job < a->job_count; job++) {
        same = a->job_submit_ms[job] == b->job_submit_ms[job] &&
               strcmp(a->job_name[job], b->job_name[job]) == 0;
    }
    return same;
}

/* Goal: every policy meets the same log in a replication, and replications meet different ones.
 * Method: two variants, six replications. */
static void same_luck_for_everybody(void)
{
    Loaded loaded;
    Folder folder;
    scenario_open(&loaded, &folder, SCENARIO("", ", resample: user-week"));
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    Arena arena;
    arena_init(&arena);
    JobTable first = jobs_of(&loaded.set.variants[0], 0, &arena);
    CU_ASSERT_EQUAL(scenario_drawn(&loaded.set.variants[0]), VARY_WORKLOAD);
    int different = 0;
    for (uint32_t r = 0; r < 6; r++) {
        JobTable a = jobs_of(&loaded.set.variants[0], r, &arena);
        JobTable b = jobs_of(&loaded.set.variants[1], r, &arena);
        CU_ASSERT(same_jobs(&a, &b));
        different += !same_jobs(&a, &first);
    }
    CU_ASSERT(different >= 3);
    arena_free(&arena);
    loaded_free(&loaded);
    folder_remove(&folder);
}

/* Goal: where the workload is not among what varies, the log itself is replayed. Method: six jobs,
 * as listed, in each replication. */
static void not_varied_is_the_log(void)
{
    Loaded loaded;
    Folder folder;
    scenario_open(&loaded, &folder, SCENARIO(", vary: [faults]", ", resample: user-week"));
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    Arena arena;
    arena_init(&arena);
    CU_ASSERT_EQUAL(scenario_drawn(&loaded.set.variants[0]), 0);
    for (uint32_t r = 0; r < 3; r++) {
        JobTable jobs = jobs_of(&loaded.set.variants[0], r, &arena);
        CU_ASSERT_EQUAL_FATAL(jobs.job_count, 6);
        CU_ASSERT_STRING_EQUAL(jobs.job_name[4], "e");
    }
    arena_free(&arena);
    loaded_free(&loaded);
    folder_remove(&folder);
}

static void mistakes(void)
{
    Loaded loaded;
    Folder folder;
    scenario_open(&loaded, &folder, SCENARIO(", vary: [workload]", ""));
    CU_ASSERT(loaded_says(&loaded, "conflict", "no log is resampled"));
    loaded_free(&loaded);
    folder_remove(&folder);
    scenario_open(&loaded, &folder, SCENARIO("", ", to: 5d, resample: user-week"));
    CU_ASSERT(loaded_says(&loaded, "range", "holds one week of submissions at most"));
    loaded_free(&loaded);
    folder_remove(&folder);
    scenario_open(&loaded, &folder, SCENARIO("", ", resample: user-month"));
    CU_ASSERT(loaded_says(&loaded, "choice", "expected one of: user-week"));
    loaded_free(&loaded);
    folder_remove(&folder);
    scenario_open(&loaded, &folder,
                  CLUSTER "workload: [{trace: {format: openb, path: log.csv, load: 50%, resample: "
                          "user-week}}]\n");
    CU_ASSERT(loaded_says(&loaded, "conflict", "`resample` is about the times of the log"));
    loaded_free(&loaded);
    folder_remove(&folder);
}

const TestCase CASES[] = {
    {"every job once in the mean", every_job_once_in_the_mean},
    {"weeks come whole", weeks_come_whole},
    {"what stays", what_stays},
    {"carried jobs stay", carried_jobs_stay},
    {"nothing to draw", nothing_to_draw},
    {"same luck for everybody", same_luck_for_everybody},
    {"not varied is the log", not_varied_is_the_log},
    {"mistakes", mistakes},
    {NULL, NULL},
};
