/* test_life.c - what happens to jobs between submission and end, each case worked out by hand. */
#include <CUnit/CUnit.h>

#include "core/decision.h"
#include "sim/policies/registry.h"
#include "tests/stage.h"
#include "tests/suite.h"

const char *const SUITE = "life";

/* ---- a policy that evicts at a given time, whatever the asker ---- */

/* Every task that may stop, of jobs of lower priority than the asker's. */
static bool lower_propose(const World *world, Trial *trial, const EvictAsk *ask, EvictPlan *plan)
{
    (void)trial;
    for (int32_t i = 0; i < world->running_count; i++) {
        JobId job = world->running[i];
        for (TaskId task = world->jobs->job_first_task[job];
             task < world->jobs->job_first_task[job + 1]; task++) {
            if (world->jobs->job_priority[job] < world->jobs->job_priority[ask->job] &&
                world_evictable(world, task, &plan->wake_ms)) {
                plan->victims[plan->victim_count++] = task;
            }
        }
    }
    return plan->victim_count > 0;
}

static const EvictPolicy LOWER = {
    .name = "lower", .summary = "all of lower priority", .propose = lower_propose};

static void stage_evicts(Stage *stage, EvictMode mode)
{
    stage->scenario.policy.order = order_policy("priority");
    stage->scenario.policy.evict = &LOWER;
    stage->scenario.policy.evict_options.mode = (int32_t)mode;
}

/* ---- start-up and gangs that assemble ---- */

/* Goal: start-up comes before progress. Method: 10 s of work, 3 s of start-up, at 0: ends at 13. */
static void start_up_delays_the_end(void)
{
    JobTraits traits = JOB_TRAITS_DEFAULT;
    Stage stage;
    traits.startup_ms = 3000;
    stage_open(&stage, 1, 1, "strict");
    stage.rows[0] = stage_job(0, 10, 1, 1);
    stage.rows[0].traits = &traits;
    stage_run(&stage, 1);
    CU_ASSERT_EQUAL(stage_start_s(&stage, 0), 0);
    CU_ASSERT_EQUAL(stage_fact_s(&stage, FACT_TASK_STARTED, 0, 0), 3);
    CU_ASSERT_EQUAL(stage_end_s(&stage, 0), 13);
    stage_close(&stage);
}

/* VOL-1 of the Volcano rules. Goal: a scheduler without gangs can dead-lock two of them. Method:
 * two nodes of 2 GPUs, jobs A and B of four one-GPU tasks each. Task by task A1 and B1 get n1, A2
 * and B2 n2, and nothing ever ends; together A runs at 0 and B at 10. */
static void gangs_placed_task_by_task_can_lock(void)
{
    for (int together = 0; together < 2; together++) {
        Stage stage;
        stage_open(&stage, 2, 2, "skip");
        stage.scenario.policy.place.gangs = together ? GANGS_TOGETHER : GANGS_TASK_BY_TASK;
        stage.rows[0] = stage_job(0, 10, 4, 1);
        stage.rows[1] = stage_job(0, 10, 4, 1);
        stage_run(&stage, 2);
        CU_ASSERT_EQUAL(stage_end_s(&stage, 0), together ? 10 : -1);
        CU_ASSERT_EQUAL(stage_end_s(&stage, 1), together ? 20 : -1);
        if (!together) { /* tasks 0, 1 are A's; 4, 5 are B's */
            CU_ASSERT_EQUAL(stage.world->task_node[0], 0);
            CU_ASSERT_EQUAL(stage.world->task_node[4], 0);
            CU_ASSERT_EQUAL(stage.world->task_node[1], 1);
            CU_ASSERT_EQUAL(stage.world->task_node[5], 1);
            CU_ASSERT_EQUAL(stage.world->job_state[0], JOB_PENDING);
        }
        stage_close(&stage);
    }
}

/* ---- stops ---- */

/* SLU-7. Goal: a job is stopped at its limit, after its grace if it ignores the signal, and a
 * scheduler that looks every 30 s sees it late. Method: 100 s of work, limit 60: ends at 60; with a
 * grace of 30 at 90; with limit 45 and looks every 30 s at 60. */
static void limits_stop(void)
{
    static const struct {
        int64_t limit_s, grace_s, check_s, end_s;
    } cases[] = {{60, 0, 0, 60}, {60, 30, 0, 90}, {45, 0, 30, 60}, {100, 0, 0, 100}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        JobTraits traits = JOB_TRAITS_DEFAULT;
        Stage stage;
        traits.grace_ms = cases[i].grace_s * 1000;
        stage_open(&stage, 1, 1, "strict");
        stage.scenario.policy.limit_check_ms = cases[i].check_s * 1000;
        stage.rows[0] = stage_job(0, 100, 1, 1);
        stage.rows[0].traits = &traits;
        stage.rows[0].time_limit_ms = cases[i].limit_s * 1000;
        stage.rows[1] = stage_job(0, 5, 1, 1);
        stage_run(&stage, 2);
        CU_ASSERT_EQUAL(stage_end_s(&stage, 0), cases[i].end_s);
        CU_ASSERT_EQUAL(stage_start_s(&stage, 1), cases[i].end_s);
        CU_ASSERT_EQUAL(stage.world->job_state[0],
                        cases[i].limit_s == 100 ? JOB_COMPLETED : JOB_TIMEOUT);
        stage_close(&stage);
    }
}

/* SLU-5. Goal: what becomes of a victim. Method: 4 GPUs; L has them from 0 for 100 s; H, of higher
 * priority, comes at 10 for 20 s. cancel: H@10, L is gone. requeue: L again at 30, ends 130; with a
 * delay of 121 s it starts at 131 and ends 231. suspend: L goes on at 30, ends 120. cancel with a
 * grace of 5: H@15. */
static void victims_requeue_suspend_or_leave(void)
{
    static const struct {
        EvictMode mode;
        int64_t delay_s, grace_s, h_start_s, l_end_s;
        int32_t l_attempts;
        JobState state;
    } cases[] = {{EVICT_CANCEL, 0, 0, 10, 10, 1, JOB_CANCELLED},
                 {EVICT_REQUEUE, 0, 0, 10, 130, 2, JOB_COMPLETED},
                 {EVICT_REQUEUE, 121, 0, 10, 231, 2, JOB_COMPLETED},
                 {EVICT_SUSPEND, 0, 0, 10, 120, 1, JOB_COMPLETED},
                 {EVICT_CANCEL, 0, 5, 15, 15, 1, JOB_CANCELLED},
                 {EVICT_REQUEUE, 0, 5, 15, 135, 2, JOB_COMPLETED}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        JobTraits traits = JOB_TRAITS_DEFAULT;
        Stage stage;
        traits.grace_ms = cases[i].grace_s * 1000;
        stage_open(&stage, 1, 4, "strict");
        stage_evicts(&stage, cases[i].mode);
        stage.scenario.policy.requeue_delay_ms = cases[i].delay_s * 1000;
        stage.rows[0] = stage_job(0, 100, 1, 4);
        stage.rows[0].traits = &traits;
        stage.rows[1] = stage_job(10, 20, 1, 4);
        stage.rows[1].priority = 1;
        stage_run(&stage, 2);
        CU_ASSERT_EQUAL(stage_start_s(&stage, 1), cases[i].h_start_s);
        CU_ASSERT_EQUAL(stage_end_s(&stage, 0), cases[i].l_end_s);
        CU_ASSERT_EQUAL(stage.world->job_attempts[0], cases[i].l_attempts);
        CU_ASSERT_EQUAL(stage.world->job_state[0], cases[i].state);
        stage_close(&stage);
    }
}

/* Goal: a gang that loses a member is evicted whole, and starts again whole. Method: 2 nodes of 2
 * GPUs; G is a gang of 4 tasks from 0 for 50 s. P (priority 1) wants one GPU at 10 for 5 s. All of
 * G stops at 10, P runs 10..15, G again 15..65. */
static void a_gang_stops_whole(void)
{
    Stage stage;
    stage_open(&stage, 2, 2, "skip");
    stage_evicts(&stage, EVICT_REQUEUE);
    stage.rows[0] = stage_job(0, 50, 4, 1);
    stage.rows[1] = stage_job(10, 5, 1, 1);
    stage.rows[1].priority = 1;
    stage_run(&stage, 2);
    CU_ASSERT_EQUAL(stage_start_s(&stage, 1), 10);
    CU_ASSERT_EQUAL(stage_facts(&stage, FACT_TASK_EVICTED, 0), 4);
    CU_ASSERT_EQUAL(stage_fact_s(&stage, FACT_JOB_STARTED, 0, 1), 15);
    CU_ASSERT_EQUAL(stage_end_s(&stage, 0), 65);
    stage_close(&stage);
}

/* ---- elastic jobs ---- */

/* Goal: work is conserved when an elastic job shrinks and grows. Method: one node of 4 GPUs. E has
 * 4 one-GPU tasks (at least 2), 40 s of work at full size, hence 160 GPU-s. F holds 2 GPUs from 0
 * to 10, first in line. E starts at 0 with 2: 20 GPU-s until 10; then with 4: 140 / 4 = 35 s more:
 * ends at 45. */
static void elastic_work_is_conserved(void)
{
    JobTraits traits = JOB_TRAITS_DEFAULT;
    Stage stage;
    traits.min_tasks = 2;
    stage_open(&stage, 1, 4, "skip");
    stage.rows[0] = stage_job(0, 10, 1, 2);
    stage.rows[1] = stage_job(0, 40, 4, 1);
    stage.rows[1].gang = GANG_MIN;
    stage.rows[1].traits = &traits;
    stage_run(&stage, 2);
    CU_ASSERT_EQUAL(stage_start_s(&stage, 1), 0);
    CU_ASSERT_EQUAL(stage_end_s(&stage, 1), 45);
    stage_close(&stage);
}

/* Goal: an elastic job takes what nobody wants, up to its maximum. Method: one node of 4 GPUs, E of
 * 2 tasks, at most 4, 40 s of work at 2 tasks = 80 GPU-s; alone it runs on 4: ends at 20. */
static void elastic_jobs_grow(void)
{
    JobTraits traits = JOB_TRAITS_DEFAULT;
    Stage stage;
    traits.max_tasks = 4;
    stage_open(&stage, 1, 4, "skip");
    stage.rows[0] = stage_job(0, 40, 2, 1);
    stage.rows[0].traits = &traits;
    stage_run(&stage, 1);
    CU_ASSERT_EQUAL(stage_end_s(&stage, 0), 20);
    CU_ASSERT_EQUAL(stage.world->used_milli, 0);
    stage_close(&stage);
}

/* ---- shared cards ---- */

/* Goal: co-tenants of a card that is not capped share its time. Method: one card, A and B ask half
 * of it each, and would keep it busy for 80 % and 70 %: together 150 %, so both run at 1 / 1.5 =
 * 666,666 ppm, less 10 % overhead: 599,999 ppm (both floored). A has 60 s of work from 0, B 30 s
 * from 0. B ends at 30 / 0.599999 = 50.000083.. s = 50,001 ms (rounded up to a millisecond). A has
 * done 30.0005.. s then, and the rest alone: 60 - 50.001 x 0.599999 = 29.999450 s: ends
 * at 80.000450.. = 80,001 ms. */
static void shared_cards_slow_down(void)
{
    JobTraits traits[2] = {JOB_TRAITS_DEFAULT, JOB_TRAITS_DEFAULT};
    Stage stage;
    traits[0].utilisation_ppm = 800000;
    traits[1].utilisation_ppm = 700000;
    stage_open(&stage, 1, 1, "skip");
    stage.info[0].card_uncapped = true;
    stage.info[0].card_overhead_ppm = 100000;
    for (int i = 0; i < 2; i++) {
        stage.rows[i] = stage_job(0, i == 0 ? 60 : 30, 1, 1);
        stage.rows[i].gpu_milli = 500;
        stage.rows[i].traits = &traits[i];
    }
    stage_run(&stage, 2);
    CU_ASSERT_EQUAL(stage.world->job_end_ms[1], 50001);
    CU_ASSERT_EQUAL(stage.world->job_end_ms[0], 80001);
    stage_close(&stage);
}

/* ---- periodic schedulers ---- */

/* Goal: a scheduler with a cycle starts jobs at its ticks only. Method: cycle 10 s, jobs at 1 and
 * 10 s: started at 10 both (the tick comes after the arrivals of its instant); one that comes at
 * 11, at 20. */
static void cycles_start_at_ticks(void)
{
    static const int64_t starts[] = {10, 10, 20};
    Stage stage;
    stage_open(&stage, 1, 4, "skip");
    stage.scenario.policy.cycle_ms = 10000;
    stage.rows[0] = stage_job(1, 5, 1, 1);
    stage.rows[1] = stage_job(10, 5, 1, 1);
    stage.rows[2] = stage_job(11, 5, 1, 1);
    stage_run(&stage, 3);
    for (JobId id = 0; id < 3; id++) {
        CU_ASSERT_EQUAL(stage_start_s(&stage, id), starts[id]);
    }
    stage_close(&stage);
}

/* Goal: a cycle and planning passes that fall on one instant do not wait for each other for ever.
 * Method: cycle 3 s, plans every 30 s; 4 GPUs; A takes 2 until 40, B wants 4 and is reserved, C of
 * 10 s comes at 31: the pass at 60 would be too late for it, but A ends at 40, and at the tick at
 * 42 B starts; C after it at 54 (52, next tick). */
static void cycles_and_plans_share_instants(void)
{
    static const int64_t starts[] = {0, 42, 54};
    Stage stage;
    stage_open(&stage, 1, 4, "conservative");
    stage.scenario.policy.cycle_ms = 3000;
    stage.scenario.policy.scan_options.every_ms = 30000;
    stage.rows[0] = stage_job(0, 40, 1, 2);
    stage.rows[1] = stage_job(0, 10, 1, 4);
    stage.rows[2] = stage_job(31, 20, 1, 2);
    stage_run(&stage, 3);
    for (JobId id = 0; id < 3; id++) {
        CU_ASSERT_EQUAL(stage_start_s(&stage, id), starts[id]);
    }
    stage_close(&stage);
}

/* ---- after all of it ---- */

/* Goal: whatever was taken is given back, and no queue keeps what it held. Method: the cases above
 * with evictions, gangs and growth; then every sum is zero. */
static void nothing_is_left(void)
{
    Stage stage;
    stage_open(&stage, 2, 4, "skip");
    stage_evicts(&stage, EVICT_REQUEUE);
    for (int i = 0; i < 20; i++) {
        stage.rows[i] = stage_job(i, 7 + i % 5, 1 + i % 4, 1 + i % 2);
        stage.rows[i].priority = i % 3;
        stage.rows[i].gang = i % 2 == 0 ? GANG_ALL : GANG_NONE;
    }
    stage_run(&stage, 20);
    for (JobId id = 0; id < 20; id++) {
        CU_ASSERT_EQUAL(stage.world->job_state[id], JOB_COMPLETED);
        CU_ASSERT_EQUAL(stage.world->job_quota[id], 0);
        CU_ASSERT_EQUAL(stage.world->job_holding[id], 0);
        CU_ASSERT_EQUAL(stage.world->job_ready[id], 0);
    }
    CU_ASSERT_EQUAL(stage.world->used_milli, 0);
    CU_ASSERT_EQUAL(stage.world->running_count, 0);
    CU_ASSERT_EQUAL(stage.world->waiting.count, 0);
    for (int axis = 0; axis < GP_AXES; axis++) {
        CU_ASSERT_EQUAL(stage.world->queue_used[axis], 0);
        CU_ASSERT_EQUAL(stage.world->queue_allocated[axis], 0);
        CU_ASSERT_EQUAL(stage.world->queue_demand[axis], 0);
    }
    CU_ASSERT_EQUAL(stage.world->queue_jobs[0], 0);
    stage_close(&stage);
}

/* Goal: suspended jobs go on by rank, and after those who wait and are higher. Method: 4 GPUs, all
 * jobs want them all. At 10 and 20 A and B are suspended by B and C, with 90 s and 40 s left; D, as
 * high as C, waits since 25, E, as low as A, since 26. C ends at 40: D until 60, B until 100, A
 * until 190, E until 200. */
static void suspended_jobs_go_on_by_rank(void)
{
    static const int priority[] = {1, 2, 3, 3, 1};
    static const int ends[] = {190, 100, 40, 60, 200};
    Stage stage;
    stage_open(&stage, 1, 4, "strict");
    stage.scenario.policy.order = order_policy("priority");
    stage.scenario.policy.evict = evict_policy("qos");
    stage.scenario.policy.evict_options.mode = EVICT_SUSPEND;
    stage.rows[0] = stage_job(0, 100, 1, 4);
    stage.rows[1] = stage_job(10, 50, 1, 4);
    stage.rows[2] = stage_job(20, 20, 1, 4);
    stage.rows[3] = stage_job(25, 20, 1, 4);
    stage.rows[4] = stage_job(26, 10, 1, 4);
    for (int i = 0; i < 5; i++) {
        stage.rows[i].priority = priority[i];
    }
    stage_run(&stage, 5);
    for (JobId id = 0; id < 5; id++) {
        CU_ASSERT_EQUAL(stage_end_s(&stage, id), ends[id]);
    }
    stage_close(&stage);
}

/* ---- how far a pass looks ---- */

/* Goal: a depth counts jobs, those refused like the one before them too. Method: 4 GPUs; A has 3
 * until 20, B and C want all, D two, E one for 2 s. All looked at, E starts when it comes, at 4. Of
 * three it is the fourth until B is gone, at 30 it is in sight but C has the node: 40, beside D. */
static void a_depth_counts_jobs(void)
{
    for (int depth = 0; depth <= 3; depth += 3) {
        Stage stage;
        stage_open(&stage, 1, 4, "easy");
        stage.scenario.policy.scan_options.depth = depth;
        stage.rows[0] = stage_job(0, 20, 1, 3);
        stage.rows[1] = stage_job(1, 10, 1, 4);
        stage.rows[2] = stage_job(2, 10, 1, 4);
        stage.rows[3] = stage_job(3, 10, 1, 2);
        stage.rows[4] = stage_job(4, 2, 1, 1);
        stage_run(&stage, 5);
        CU_ASSERT_EQUAL(stage_start_s(&stage, 2), 30);
        CU_ASSERT_EQUAL(stage_start_s(&stage, 3), 40);
        CU_ASSERT_EQUAL(stage_start_s(&stage, 4), depth == 0 ? 4 : 40);
        stage_close(&stage);
    }
}

const TestCase CASES[] = {
    {"start-up delays the end", start_up_delays_the_end},
    {"gangs placed task by task can lock", gangs_placed_task_by_task_can_lock},
    {"limits stop", limits_stop},
    {"victims requeue, suspend or leave", victims_requeue_suspend_or_leave},
    {"a gang stops whole", a_gang_stops_whole},
    {"elastic work is conserved", elastic_work_is_conserved},
    {"elastic jobs grow", elastic_jobs_grow},
    {"shared cards slow down", shared_cards_slow_down},
    {"cycles start at ticks", cycles_start_at_ticks},
    {"cycles and plans share instants", cycles_and_plans_share_instants},
    {"suspended jobs go on by rank", suspended_jobs_go_on_by_rank},
    {"a depth counts jobs", a_depth_counts_jobs},
    {"nothing is left", nothing_is_left},
    {NULL, NULL},
};
