/* test_retry.c - jobs whose own processes fail, each case worked out by hand. */
#include <CUnit/CUnit.h>

#include "models/failure_draft.h"
#include "sim/policies/registry.h"
#include "tests/stage.h"
#include "tests/suite.h"

const char *const SUITE = "retry";

/* Kubernetes Jobs: 10 s doubling, at most 600 s, six failures are survived. */
static void kubernetes(Stage *stage)
{
    stage->scenario.policy.remedy_options.backoff_ms = 10000;
    stage->scenario.policy.remedy_options.backoff_max_ms = 600000;
    stage->scenario.policy.remedy_options.backoff_limit = 6;
}

/* Job J dies after so much work of each of its first `times` attempts (0: all); seen after hang_s.
 */
static void stage_kills(Stage *stage, const char *job, int64_t after_s, int32_t times,
                        int64_t hang_s)
{
    FailureDraft draft = failure_draft(&stage->arena);
    FaultKind kind = fault_kind("bug", EFFECT_JOB_DIES, SCOPE_JOB);
    kind.detect_ms = hang_s * 1000;
    JobFault fault = {.job = job, .attempts = times, .after_ms = after_s * 1000};
    fault.kind = failure_draft_kind(&draft, &kind, NULL);
    CU_ASSERT_TRUE_FATAL(fault.kind >= 0 && failure_draft_job_fault(&draft, fault));
    stage->scenario.failures = failure_draft_finish(&draft);
    CU_ASSERT_PTR_NOT_NULL_FATAL(stage->scenario.failures);
}

/* Whatever runs on the first device of node 0 loses its process then. */
static void stage_kills_device(Stage *stage, int64_t at_s)
{
    FailureDraft draft = failure_draft(&stage->arena);
    FaultKind kind = fault_kind("xid-31", EFFECT_JOB_DIES, SCOPE_DEVICE);
    Fault fault = {.at_ms = at_s * 1000, .devices = 1, .recorded = true};
    fault.kind = failure_draft_kind(&draft, &kind, NULL);
    CU_ASSERT_TRUE_FATAL(fault.kind >= 0 && failure_draft_fault(&draft, fault));
    stage->scenario.failures = failure_draft_finish(&draft);
    CU_ASSERT_PTR_NOT_NULL_FATAL(stage->scenario.failures);
}

static Request named(const char *name, Request row)
{
    row.name = name;
    return row;
}

static void starts_are(const Stage *stage, JobId job, const int64_t *starts, int count)
{
    CU_ASSERT_EQUAL(stage_facts(stage, FACT_JOB_STARTED, job), count);
    for (int i = 0; i < count; i++) {
        CU_ASSERT_EQUAL(stage_fact_s(stage, FACT_JOB_STARTED, job, i), starts[i]);
    }
}

static void nothing_held(const Stage *stage, int32_t jobs)
{
    CU_ASSERT_EQUAL(stage->world->used_milli, 0);
    CU_ASSERT_EQUAL(stage->world->running_count, 0);
    CU_ASSERT_EQUAL(stage->world->waiting.count, 0);
    for (JobId job = 0; job < jobs; job++) {
        CU_ASSERT_EQUAL(stage->world->job_open[job], 0);
        CU_ASSERT_EQUAL(stage->world->job_waiting[job], 0);
        CU_ASSERT_EQUAL(stage->world->job_ready[job], 0);
        CU_ASSERT_EQUAL(stage->world->job_quota[job], 0);
    }
}

/* K8S-8. Goal: back-offs double from the failure on, and one failure more than the limit fails the
 * job. Method: it dies 5 s after each start: 0, 5 + 10, 20 + 20, 45 + 40, 90 + 80, 175 + 160, 340 +
 * 320, failed at 665. */
static void back_offs_double(void)
{
    static const int64_t starts[] = {0, 15, 40, 85, 170, 335, 660};
    Stage stage;
    stage_open(&stage, 1, 1, "strict");
    kubernetes(&stage);
    stage_kills(&stage, "J", 5, 0, 0);
    stage.rows[0] = named("J", stage_job(0, 100, 1, 1));
    stage_run(&stage, 1);
    starts_are(&stage, 0, starts, 7);
    CU_ASSERT_EQUAL(stage_facts(&stage, FACT_JOB_RETRY, 0), 6);
    CU_ASSERT_EQUAL(stage_end_s(&stage, 0), 665);
    CU_ASSERT_EQUAL(stage.world->job_state[0], JOB_FAILED);
    CU_ASSERT_EQUAL(stage.world->job_failures[0], 7);
    nothing_held(&stage, 1);
    stage_close(&stage);
}

/* Goal: limits, caps and how many attempts fail. Method: as above, 100 s of work. No retries:
 * failed at 5. Two attempts fail, retries 2: 0, 15, 40, done at 140. At most 15 s: 0, 15, 20 + 15.
 * No back-off and no limit: 0, 5, 10, done at 110. */
static void limits_and_caps(void)
{
    static const struct {
        int32_t times, retries, limit;
        int64_t backoff_s, most_s, end_s;
        JobState state;
    } cases[] = {{0, 0, 6, 10, 600, 5, JOB_FAILED},     {2, 2, 0, 10, 600, 140, JOB_COMPLETED},
                 {2, 1, 6, 10, 600, 20, JOB_FAILED},    {2, -1, 6, 10, 15, 135, JOB_COMPLETED},
                 {2, -1, -1, 0, 0, 110, JOB_COMPLETED}, {2, -1, 1, 0, 0, 10, JOB_FAILED}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        JobTraits traits = JOB_TRAITS_DEFAULT;
        Stage stage;
        stage_open(&stage, 1, 1, "strict");
        traits.retries = cases[i].retries;
        stage.scenario.policy.remedy_options.backoff_ms = cases[i].backoff_s * 1000;
        stage.scenario.policy.remedy_options.backoff_max_ms = cases[i].most_s * 1000;
        stage.scenario.policy.remedy_options.backoff_limit = cases[i].limit;
        stage_kills(&stage, "J", 5, cases[i].times, 0);
        stage.rows[0] = named("J", stage_job(0, 100, 1, 1));
        stage.rows[0].traits = &traits;
        stage_run(&stage, 1);
        CU_ASSERT_EQUAL(stage_end_s(&stage, 0), cases[i].end_s);
        CU_ASSERT_EQUAL(stage.world->job_state[0], cases[i].state);
        nothing_held(&stage, 1);
        stage_close(&stage);
    }
}

/* Goal: what is done at the instant of death is done. Method: 5 s of work, death after 5 s:
 * completed; after 6 s as well. */
static void done_is_done(void)
{
    for (int64_t after_s = 5; after_s < 7; after_s++) {
        Stage stage;
        stage_open(&stage, 1, 1, "strict");
        kubernetes(&stage);
        stage_kills(&stage, "J", after_s, 0, 0);
        stage.rows[0] = named("J", stage_job(0, 5, 1, 1));
        stage_run(&stage, 1);
        CU_ASSERT_EQUAL(stage_end_s(&stage, 0), 5);
        CU_ASSERT_EQUAL(stage.world->job_state[0], JOB_COMPLETED);
        CU_ASSERT_EQUAL(stage.world->job_failures[0], 0);
        stage_close(&stage);
    }
}

/* Goal: a process that hangs keeps its GPU until somebody sees it. Method: dead at 5, seen at 35,
 * the back-off runs from then: again at 45, done at 65. K, behind it, has the GPU from 35 to 42. */
static void hangs_hold_devices(void)
{
    static const int64_t starts[] = {0, 45};
    Stage stage;
    stage_open(&stage, 1, 1, "skip");
    kubernetes(&stage);
    stage_kills(&stage, "J", 5, 1, 30);
    stage.rows[0] = named("J", stage_job(0, 20, 1, 1));
    stage.rows[1] = stage_job(1, 7, 1, 1);
    stage_run(&stage, 2);
    CU_ASSERT_EQUAL(stage_fact_s(&stage, FACT_TASK_DIED, 0, 0), 5);
    CU_ASSERT_EQUAL(stage_start_s(&stage, 1), 35);
    starts_are(&stage, 0, starts, 2);
    CU_ASSERT_EQUAL(stage_end_s(&stage, 0), 65);
    nothing_held(&stage, 2);
    stage_close(&stage);
}

/* Goal: a gang fails as one. Method: four tasks on two nodes of 2 GPUs, dead after 5 s of its first
 * attempt, hung for 0 or 3 s: four evictions, one failure, together again 10 s later. */
static void gangs_fail_whole(void)
{
    for (int64_t hang_s = 0; hang_s < 6; hang_s += 3) {
        Stage stage;
        stage_open(&stage, 2, 2, "skip");
        kubernetes(&stage);
        stage_kills(&stage, "G", 5, 1, hang_s);
        stage.rows[0] = named("G", stage_job(0, 20, 4, 1));
        stage_run(&stage, 1);
        CU_ASSERT_EQUAL(stage_facts(&stage, FACT_TASK_EVICTED, 0), 4);
        CU_ASSERT_EQUAL(stage_facts(&stage, FACT_JOB_LOST, 0), 1);
        CU_ASSERT_EQUAL(stage.world->job_failures[0], 1);
        CU_ASSERT_EQUAL(stage_end_s(&stage, 0), 5 + hang_s + 10 + 20);
        nothing_held(&stage, 1);
        stage_close(&stage);
    }
}

/* Goal: a task on its own fails on its own. Method: two tasks of 30 s on a node of 2 GPUs, placed
 * one by one. Xid 31 on the first GPU at 10: its task is dead, and back at 20 until 50; the other
 * ends at
 * 30. With no retries the job fails at 10, and its other task stops. */
static void tasks_fail_alone(void)
{
    for (int32_t retries = -1; retries < 1; retries++) {
        JobTraits traits = JOB_TRAITS_DEFAULT;
        Stage stage;
        traits.retries = retries;
        stage_open(&stage, 1, 2, "skip");
        kubernetes(&stage);
        stage_kills_device(&stage, 10);
        stage.rows[0] = stage_job(0, 30, 2, 1);
        stage.rows[0].gang = GANG_NONE;
        stage.rows[0].traits = &traits;
        stage_run(&stage, 1);
        CU_ASSERT_EQUAL(stage_facts(&stage, FACT_TASK_EVICTED, 0), retries < 0 ? 1 : 2);
        CU_ASSERT_EQUAL(stage_end_s(&stage, 0), retries < 0 ? 50 : 10);
        CU_ASSERT_EQUAL(stage.world->job_state[0], retries < 0 ? JOB_COMPLETED : JOB_FAILED);
        nothing_held(&stage, 1);
        stage_close(&stage);
    }
}

/* Goal: while one task backs off, others of its job wait for a place as before. Method: one GPU,
 * two tasks of 20 s, the first attempt of each dies after 5 s. The first fails at 5, the second has
 * the GPU at once and fails at 10: the second failure of the job, 20 s of back-off: at 30 both may
 * start again; one after the other they end at 50 and 70. */
static void others_do_not_back_off(void)
{
    Stage stage;
    stage_open(&stage, 1, 1, "skip");
    kubernetes(&stage);
    stage_kills(&stage, "J", 5, 1, 0);
    stage.rows[0] = named("J", stage_job(0, 20, 2, 1));
    stage.rows[0].gang = GANG_NONE;
    stage_run(&stage, 1);
    CU_ASSERT_EQUAL(stage_fact_s(&stage, FACT_TASK_PLACED, 0, 1), 5);
    CU_ASSERT_EQUAL(stage_fact_s(&stage, FACT_TASK_PLACED, 0, 2), 30);
    CU_ASSERT_EQUAL(stage_fact_s(&stage, FACT_TASK_PLACED, 0, 3), 50);
    CU_ASSERT_EQUAL(stage_end_s(&stage, 0), 70);
    nothing_held(&stage, 1);
    stage_close(&stage);
}

/* Goal: Slurm's requeue delay and a back-off do not add up. Method: delay 121 s, back-off 10 s:
 * dead at 5, again at 126. */
static void the_longer_delay_counts(void)
{
    static const int64_t starts[] = {0, 126};
    Stage stage;
    stage_open(&stage, 1, 1, "skip");
    kubernetes(&stage);
    stage.scenario.policy.requeue_delay_ms = 121000;
    stage_kills(&stage, "J", 5, 1, 0);
    stage.rows[0] = named("J", stage_job(0, 20, 1, 1));
    stage_run(&stage, 1);
    starts_are(&stage, 0, starts, 2);
    stage_close(&stage);
}

/* ---- evictions ---- */

/* Every task that may stop, of jobs of lower priority than the asker's. */
static bool lower_propose(const World *world, Trial *trial, const EvictAsk *ask, EvictPlan *plan)
{
    (void)trial;
    for (int32_t i = 0; i < world->running_count; i++) {
        JobId job = world->running[i];
        TaskId task = world->jobs->job_first_task[job];
        if (world->jobs->job_priority[job] < world->jobs->job_priority[ask->job] &&
            world_evictable(world, task, &plan->wake_ms)) {
            plan->victims[plan->victim_count++] = task;
        }
    }
    return plan->victim_count > 0;
}

static const EvictPolicy LOWER = {
    .name = "lower", .summary = "all of lower priority", .propose = lower_propose};

/* Goal: an attempt that was cut short does not count, and an eviction is a failure only where the
 * remedy says so. Method: L dies after 8 s of each attempt and has 10 s of work; H evicts it at 5
 * and runs until 7. L again at 7 (with back-off: at 15), dead at 15 (23) for the first (second)
 * time: again at 25 (43). */
static void evictions_may_fail(void)
{
    for (int fail = 0; fail < 2; fail++) {
        const int64_t starts[] = {0, fail ? 15 : 7, fail ? 43 : 25};
        Stage stage;
        stage_open(&stage, 1, 1, "skip");
        kubernetes(&stage);
        stage.scenario.horizon_ms = 50000;
        stage.scenario.policy.order = order_policy("priority");
        stage.scenario.policy.evict = &LOWER;
        stage.scenario.policy.remedy_options.evictions_fail = fail != 0;
        stage_kills(&stage, "L", 8, 0, 0);
        stage.rows[0] = named("L", stage_job(0, 10, 1, 1));
        stage.rows[1] = stage_job(5, 2, 1, 1);
        stage.rows[1].priority = 1;
        stage_run(&stage, 2);
        for (int i = 0; i < 3; i++) {
            CU_ASSERT_EQUAL(stage_fact_s(&stage, FACT_JOB_STARTED, 0, i), starts[i]);
        }
        stage_close(&stage);
    }
}

/* Goal: one eviction too many fails the job. Method: no failure is survived; H evicts L at 5. */
static void one_eviction_too_many(void)
{
    Stage stage;
    stage_open(&stage, 1, 2, "skip");
    stage.scenario.policy.order = order_policy("priority");
    stage.scenario.policy.evict = &LOWER;
    stage.scenario.policy.remedy_options.evictions_fail = true;
    stage.rows[0] = stage_job(0, 10, 2, 1);
    stage.rows[0].gang = GANG_NONE;
    stage.rows[1] = stage_job(5, 2, 1, 1);
    stage.rows[1].priority = 1;
    stage_run(&stage, 2);
    CU_ASSERT_EQUAL(stage_end_s(&stage, 0), 5);
    CU_ASSERT_EQUAL(stage.world->job_state[0], JOB_FAILED);
    CU_ASSERT_EQUAL(stage_end_s(&stage, 1), 7);
    nothing_held(&stage, 2);
    stage_close(&stage);
}

/* Goal: many jobs that fail again and again leave nothing behind. Method: 30 jobs of all kinds on
 * three nodes, the first two attempts die, some hang; all are completed in the end. */
static void nothing_is_left(void)
{
    for (int64_t hang_s = 0; hang_s < 8; hang_s += 4) {
        Stage stage;
        stage_open(&stage, 3, 4, "skip");
        stage.scenario.policy.remedy_options.backoff_ms = 3000;
        stage.scenario.policy.remedy_options.backoff_limit = -1;
        stage_kills(&stage, "J", 3, 2, hang_s);
        for (int i = 0; i < 30; i++) {
            stage.rows[i] = named(i % 3 == 0 ? "J" : "K", stage_job(i, 5 + i % 7, 1 + i % 5, 1));
            stage.rows[i].gang = i % 2 == 0 ? GANG_ALL : GANG_NONE;
        }
        stage_run(&stage, 30);
        for (JobId id = 0; id < 30; id++) {
            CU_ASSERT_EQUAL(stage.world->job_state[id], JOB_COMPLETED);
        }
        nothing_held(&stage, 30);
        stage_close(&stage);
    }
}

const TestCase CASES[] = {
    {"back-offs double", back_offs_double},
    {"limits and caps", limits_and_caps},
    {"done is done", done_is_done},
    {"hangs hold devices", hangs_hold_devices},
    {"gangs fail whole", gangs_fail_whole},
    {"tasks fail alone", tasks_fail_alone},
    {"others do not back off", others_do_not_back_off},
    {"the longer delay counts", the_longer_delay_counts},
    {"evictions may fail", evictions_may_fail},
    {"one eviction too many", one_eviction_too_many},
    {"nothing is left", nothing_is_left},
    {NULL, NULL},
};
