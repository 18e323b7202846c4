/* test_books.c - what each phase of a task's life is posted as, in whole runs worked out by hand.
 */
#include <math.h>
#include <string.h>

#include "core/world.h"
#include "sim/experiment/run_one.h"
#include "tests/small_scenario.h"

const char *const SUITE = "books";

static ReplicationResult run(SmallScenario *small)
{
    Diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    ReplicationResult result;
    RunOptions options = {.keep_jobs = true};
    CU_ASSERT_EQUAL_FATAL(run_one(&small->scenario, &options, &small->arena, &diagnostics, &result),
                          STATUS_OK);
    diagnostics_free(&diagnostics);
    CU_ASSERT(ledger_balances(&result.ledger));
    return result;
}

static double gpu_s(const ReplicationResult *result, Account account, int sub)
{
    return ledger_gpu_hours(ledger_sum(&result->ledger, -1, -2, account, sub)) * 3600.0;
}

#define CLOSE(found, expected) CU_ASSERT_DOUBLE_EQUAL((found), (expected), 1e-6)

/* Goal: the split of a running millisecond. Method: the function alone. 60 % used and at full
 * speed: 40 % held idle. Alone at half speed: what is lost is the device's. A gang at 0.25 with
 * this member at 0.5: productive 0.25, device 0.5, straggler 0.25. Thirds: floors, the last takes
 * the rest. */
static void split_of_a_millisecond(void)
{
    static const struct {
        int32_t usage, own, gang;
        RunSplit expected;
    } ROWS[] = {
        {GP_PPM, GP_PPM, GP_PPM, {0, GP_PPM, 0, 0}},
        {600000, GP_PPM, GP_PPM, {400000, 600000, 0, 0}},
        {GP_PPM, 500000, 500000, {0, 500000, 500000, 0}},
        {GP_PPM, 500000, 250000, {0, 250000, 500000, 250000}},
        {GP_PPM, GP_PPM, 250000, {0, 250000, 0, 750000}},
        {333333, 333333, 333333, {666667, 111110, 222223, 0}},
        {333333, 666666, 333333, {666667, 111110, 111111, 111112}},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        RunSplit found = run_split(ROWS[i].usage, ROWS[i].own, ROWS[i].gang);
        CU_ASSERT_EQUAL(memcmp(&found, &ROWS[i].expected, sizeof found), 0);
        CU_ASSERT_EQUAL(found.held_idle_ppm + found.productive_ppm + found.cause_ppm +
                            found.straggler_ppm,
                        GP_PPM);
    }
}

/* Goal: start-up is no advance, and how the log says a job ended is its sub-account. Method: one
 * GPU; a starts up 30 s and runs 100 s; b fails after 20 s, c is cancelled after 10 s. */
static void startup_and_ends(void)
{
    SmallScenario small;
    small_open(&small, 1, 1, "skip", "first-fit");
    JobTraits slow_start = JOB_TRAITS_DEFAULT;
    slow_start.startup_ms = 30000;
    small_job(&small, "a", 0, 100, 1, 1)->traits = &slow_start;
    small_job(&small, "b", 0, 20, 1, 1)->end = JOB_END_FAILED;
    small_job(&small, "c", 0, 10, 1, 1)->end = JOB_END_CANCELLED;
    ReplicationResult result = run(&small);
    CLOSE(gpu_s(&result, ACCOUNT_STARTUP, -1), 30.0);
    CLOSE(gpu_s(&result, ACCOUNT_ASSEMBLING, -1), 0.0);
    CLOSE(gpu_s(&result, ACCOUNT_PRODUCTIVE, PRODUCTIVE_COMPLETED), 100.0);
    CLOSE(gpu_s(&result, ACCOUNT_PRODUCTIVE, PRODUCTIVE_FAILED), 20.0);
    CLOSE(gpu_s(&result, ACCOUNT_PRODUCTIVE, PRODUCTIVE_CANCELLED), 10.0);
    CU_ASSERT_EQUAL(result.jobs->state[1], JOB_FAILED);
    CU_ASSERT_EQUAL(result.jobs->state[2], JOB_CANCELLED);
    small_close(&small);
}

/* Goal: a job stopped at its limit has lost what it did, its grace included (SLU-7). Method: 100 s
 * of work, limit 60 s, grace 30 s: 90 GPU-s lost, the GPU is free at 90 s for the next job. */
static void time_limit(void)
{
    SmallScenario small;
    small_open(&small, 1, 1, "skip", "first-fit");
    JobTraits stubborn = JOB_TRAITS_DEFAULT;
    stubborn.grace_ms = 30000;
    Request *row = small_job(&small, "J", 0, 100, 1, 1);
    row->traits = &stubborn;
    row->time_limit_ms = 60000;
    small_job(&small, "next", 0, 10, 1, 1);
    ReplicationResult result = run(&small);
    CLOSE(gpu_s(&result, ACCOUNT_LOST, -1), 90.0);
    CLOSE(gpu_s(&result, ACCOUNT_PRODUCTIVE, -1), 10.0);
    CLOSE(result.jobs->lost_gpu_s[0], 90.0);
    CLOSE(result.jobs->productive_gpu_s[0], 0.0);
    CU_ASSERT_EQUAL(result.jobs->state[0], JOB_TIMEOUT);
    CU_ASSERT_EQUAL(result.jobs->start_ms[1], 90000);
    small_close(&small);
}

/* Goal: what is held and not used is held_idle. Method: two GPUs used at 60 % for 10 s: 12 and 8;
 * one used at 90 % for 5 s, then at 10 % for 5 s: 5 and 5. */
static void usage(void)
{
    SmallScenario small;
    small_open(&small, 1, 4, "skip", "first-fit");
    static const UsageStep STEPS[] = {{0, 900000}, {5000, 100000}};
    JobTraits lazy = JOB_TRAITS_DEFAULT;
    lazy.utilisation_ppm = 600000;
    JobTraits fading = JOB_TRAITS_DEFAULT;
    fading.usage_count = 2;
    fading.usage = STEPS;
    small_job(&small, "lazy", 0, 10, 1, 2)->traits = &lazy;
    small_job(&small, "fading", 0, 10, 1, 1)->traits = &fading;
    ReplicationResult result = run(&small);
    CLOSE(gpu_s(&result, ACCOUNT_PRODUCTIVE, -1), 12.0 + 5.0);
    CLOSE(gpu_s(&result, ACCOUNT_HELD_IDLE, -1), 8.0 + 5.0);
    CLOSE(gpu_s(&result, ACCOUNT_NO_DEMAND, -1), 10.0);
    small_close(&small);
}

static Request *share_job(SmallScenario *small, const char *name, int64_t duration_s, int32_t tasks,
                          int32_t milli)
{
    Request *row = small_job(small, name, 0, duration_s, tasks, 1);
    row->gpu_milli = milli;
    return row;
}

/* Goal: a shared card slows its tenants, and one slow member holds up its gang. Method: two cards,
 * shares are not enforced. A gang of two 600-milli tasks, one a card; K takes 400 of the first.
 * There two tenants want 100 % each: 0.5 each. 10 s of work take 20 s, for K and, since its first
 * member is slow, for the gang. Member 0: 12 GPU-s = 6 productive + 6 slow; member 1: 6 productive
 * + 6 straggler; K: 8 = 4 + 4; 400 milli x 20 s stay free. */
static void shared_card(void)
{
    SmallScenario small;
    small_open(&small, 2, 1, "skip", "first-fit");
    small.info[0].card_uncapped = true;
    share_job(&small, "gang", 10, 2, 600);
    share_job(&small, "K", 10, 1, 400);
    ReplicationResult result = run(&small);
    CU_ASSERT_EQUAL(result.jobs->end_ms[0], 20000);
    CLOSE(gpu_s(&result, ACCOUNT_PRODUCTIVE, -1), 6.0 + 6.0 + 4.0);
    CLOSE(gpu_s(&result, ACCOUNT_SLOW_DEVICE, -1), 6.0 + 4.0);
    CLOSE(gpu_s(&result, ACCOUNT_STRAGGLER, -1), 6.0);
    CLOSE(gpu_s(&result, ACCOUNT_NO_DEMAND, -1), 8.0);
    small_close(&small);
}

/* Goal: speeds that change on the way are posted as they were. Method: one card, not enforced; a
 * has 500 milli and 10 s of work, b 500 milli and 2 s, both at 0 s. Together they go at 0.5: b ends
 * at 4 s; a has 8 s of work left and runs alone: ends at 12 s. a: 2 productive + 2 slow in 4 s (of
 * 500 milli: 1 + 1), then 8 s x 0.5 = 4; b: 1 + 1. */
static void speed_changes(void)
{
    SmallScenario small;
    small_open(&small, 1, 1, "skip", "first-fit");
    small.info[0].card_uncapped = true;
    share_job(&small, "a", 10, 1, 500);
    share_job(&small, "b", 2, 1, 500);
    ReplicationResult result = run(&small);
    CU_ASSERT_EQUAL(result.jobs->end_ms[1], 4000);
    CU_ASSERT_EQUAL(result.jobs->end_ms[0], 12000);
    CLOSE(gpu_s(&result, ACCOUNT_PRODUCTIVE, -1), 1.0 + 4.0 + 1.0);
    CLOSE(gpu_s(&result, ACCOUNT_SLOW_DEVICE, -1), 2.0);
    CLOSE(result.jobs->productive_gpu_s[0], 5.0);
    small_close(&small);
}

/* Goal: a gang placed task by task holds what it gets: assembling. Method: two GPUs; a runs on one
 * for 10 s; the gang of two gets the other at 0 s and runs 5 s from 10 s on: 2 x 15 = 10 held + 20
 * used. */
static void assembling(void)
{
    SmallScenario small;
    small_open(&small, 1, 2, "skip", "first-fit");
    small.scenario.policy.place.gangs = GANGS_TASK_BY_TASK;
    small_job(&small, "a", 0, 10, 1, 1);
    small_job(&small, "gang", 0, 5, 2, 1);
    ReplicationResult result = run(&small);
    CU_ASSERT_EQUAL(result.jobs->end_ms[1], 15000);
    CLOSE(gpu_s(&result, ACCOUNT_ASSEMBLING, -1), 10.0);
    CLOSE(gpu_s(&result, ACCOUNT_PRODUCTIVE, -1), 20.0);
    CLOSE(gpu_s(&result, ACCOUNT_NO_DEMAND, -1), 0.0);
    small_close(&small);
}

/* Goal: start-up ends for each member by itself; who is ready first waits: assembling. Method: as
 * before with 5 s of start-up: the first member starts up 0..5 s, waits until the second, placed at
 * 10 s, is ready at 15 s; both run until 20 s. Start-up 5 + 5, assembling 10, used 10 + 10. */
static void startup_then_assembling(void)
{
    SmallScenario small;
    small_open(&small, 1, 2, "skip", "first-fit");
    small.scenario.policy.place.gangs = GANGS_TASK_BY_TASK;
    JobTraits slow_start = JOB_TRAITS_DEFAULT;
    slow_start.startup_ms = 5000;
    small_job(&small, "a", 0, 10, 1, 1);
    small_job(&small, "gang", 0, 5, 2, 1)->traits = &slow_start;
    ReplicationResult result = run(&small);
    CU_ASSERT_EQUAL(result.jobs->end_ms[1], 20000);
    CLOSE(gpu_s(&result, ACCOUNT_STARTUP, -1), 10.0);
    CLOSE(gpu_s(&result, ACCOUNT_ASSEMBLING, -1), 10.0);
    CLOSE(gpu_s(&result, ACCOUNT_PRODUCTIVE, -1), 20.0);
    CLOSE(result.metric[METRIC_busy_share_low], 20.0 / 40.0);
    small_close(&small);
}

/* Goal: stranded GPU is what no typical task and nothing that waits can use. Method: two nodes of 4
 * GPUs and 64 cores. On n0 a job takes 1 GPU and 60 cores, on n1 another 1 GPU and 8 cores.
 * Nobody wants less than 8 cores: n0's 3 GPUs are stranded for the 10 s that it runs. */
static void stranded(void)
{
    SmallScenario small;
    small_open(&small, 2, 4, "skip", "first-fit");
    small_job(&small, "hog", 0, 10, 1, 1)->cpu_milli = 60000;
    small_job(&small, "b", 0, 20, 1, 1)->cpu_milli = 8000;
    ReplicationResult result = run(&small);
    CLOSE(result.metric[METRIC_stranded_gpu_hours] * 3600.0, 30.0);
    small_close(&small);
}

/* Goal: an elastic job below its nominal size is slower, but no member is slowed. Method: four
 * tasks, two at least, on three GPUs: 30 s of work take 40 s, all of it productive. */
static void elastic(void)
{
    SmallScenario small;
    small_open(&small, 1, 3, "skip", "first-fit");
    JobTraits some = JOB_TRAITS_DEFAULT;
    some.min_tasks = 2;
    Request *row = small_job(&small, "grows", 0, 30, 4, 1);
    row->traits = &some;
    row->gang = GANG_MIN;
    ReplicationResult result = run(&small);
    CU_ASSERT_EQUAL(result.jobs->end_ms[0], 40000);
    CLOSE(gpu_s(&result, ACCOUNT_PRODUCTIVE, -1), 120.0);
    CLOSE(gpu_s(&result, ACCOUNT_STRAGGLER, -1), 0.0);
    CLOSE(gpu_s(&result, ACCOUNT_ASSEMBLING, -1), 0.0);
    small_close(&small);
}

const TestCase CASES[] = {
    {"the split of a running millisecond", split_of_a_millisecond},
    {"start-up, and ends by name", startup_and_ends},
    {"a job stopped at its limit has lost all", time_limit},
    {"held and not used", usage},
    {"a shared card, a straggling gang", shared_card},
    {"speeds that change on the way", speed_changes},
    {"a gang that waits for members", assembling},
    {"start-up, then assembling", startup_then_assembling},
    {"stranded GPUs", stranded},
    {"an elastic job is not slowed", elastic},
    {NULL, NULL},
};
