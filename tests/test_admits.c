/* test_admits.c - who may start, as far as rules go: the systems' micro-scenarios that need nobody
 * to give way, and the rules' corners. Expected starts are those of the micro-scenarios (KUE, VOL,
 * KAI) or worked out beside them. */
#include "sim/policies/quota.h"
#include "sim/policies/registry.h"
#include "tests/play.h"
#include "tests/suite.h"

const char *const SUITE = "admits";

static Request one_task(int64_t submit_s, int64_t duration_s, int32_t gpus, const char *queue)
{
    Request request = stage_job(submit_s, duration_s, 1, gpus);
    request.queue = queue;
    return request;
}

static void join(Play *play, QueueId queue, QueueId parent)
{
    play->queues[queue].parent = parent;
}

/* Goal: a quota holds though nodes are free, and so do the quotas above; the limit too. Method: 32
 * GPUs; a (2) and b (4) below c (4). At 0: a gets 2 of three one-GPU jobs, then b gets 2 of three
 * of them before c is full. */
static void quotas_hold_at_every_level(void)
{
    Play play;
    play_open(&play, 32, 3);
    play_policy(&play, NULL, NULL, "quota");
    join(&play, 1, 3);
    join(&play, 2, 3);
    play_quota(&play, 1, 2);
    play_quota(&play, 2, 4);
    play_quota(&play, 3, 4);
    for (int i = 0; i < 6; i++) {
        play.stage.rows[i] = one_task(0, 10, 1, i < 3 ? "a" : "b");
    }
    play_run(&play, 6);
    static const int64_t START[] = {0, 0, 10, 0, 0, 10};
    for (JobId job = 0; job < 6; job++) {
        CU_ASSERT_EQUAL(stage_start_s(&play.stage, job), START[job]);
    }
    CU_ASSERT_EQUAL(play.stage.world->queue_used[3 * GP_AXES + GP_AXIS_GPU], 0);
    play_close(&play);
}

/* Goal: KUE-1. Method: quota 4; R(0,100,2) A(1,50,4) B(2,10,2). BestEffortFIFO: B@2, A@100; a
 * strict queue: A@100, B@150. */
static void a_strict_queue_waits_for_its_head(void)
{
    for (int strict = 0; strict < 2; strict++) {
        Play play;
        play_open(&play, 32, 1);
        play_policy(&play, "kueue", NULL, "cohort");
        play_quota(&play, 1, 4);
        play.queues[1].strict = strict;
        play.stage.rows[0] = one_task(0, 100, 2, "a");
        play.stage.rows[1] = one_task(1, 50, 4, "a");
        play.stage.rows[2] = one_task(2, 10, 2, "a");
        play_run(&play, 3);
        CU_ASSERT_EQUAL(stage_start_s(&play.stage, 1), 100);
        CU_ASSERT_EQUAL(stage_start_s(&play.stage, 2), strict ? 150 : 2);
        play_close(&play);
    }
}

/* Goal: KUE-2. Method: cohort c of a and b, 4 each; W wants 6 in a: at once by borrowing; never
 * with borrowing limit 1 on a or lending limit 1 on b. */
static void borrowing_has_two_limits(void)
{
    for (int variant = 0; variant < 3; variant++) {
        Play play;
        play_open(&play, 32, 3);
        play_policy(&play, "kueue", NULL, "cohort");
        join(&play, 1, 3);
        join(&play, 2, 3);
        play_quota(&play, 1, 4);
        play_quota(&play, 2, 4);
        if (variant == 1) {
            play.queues[1].quota.borrow[GP_AXIS_GPU] = GPU(1);
        } else if (variant == 2) {
            play.queues[2].quota.lend[GP_AXIS_GPU] = GPU(1);
        }
        play.stage.scenario.horizon_ms = 3600000;
        play.stage.rows[0] = one_task(0, 100, 6, "a");
        play_run(&play, 1);
        CU_ASSERT_EQUAL(stage_start_s(&play.stage, 0), variant == 0 ? 0 : -1);
        if (variant != 0) {
            CU_ASSERT_EQUAL(world_why(play.stage.world, 0).reason, REASON_BLOCKED);
            CU_ASSERT_EQUAL(world_why(play.stage.world, 0).detail, BLOCK_QUOTA);
        }
        play_close(&play);
    }
}

/* Goal: KUE-8. Method: flavors spot 2, on-demand 4, tried in this order. Without a cohort a 3-GPU
 * job goes to on-demand, a 2-GPU job to spot. In a cohort whose other queue has 2 spot idle the
 * 3-GPU job borrows spot (borrow_first), or takes on-demand (TryNextFlavor). */
static void flavors_are_tried_in_order(void)
{
    static const struct {
        bool cohort, borrow_first;
        int32_t gpus, flavor;
    } CASES_OF[] = {
        {false, true, 3, 1}, {false, true, 2, 0}, {true, true, 3, 0}, {true, false, 3, 1}};
    for (size_t i = 0; i < sizeof(CASES_OF) / sizeof(CASES_OF[0]); i++) {
        Play play;
        play_open(&play, 32, 3);
        play_policy(&play, "kueue", NULL, "cohort");
        play.stage.scenario.queues.flavor_count = 2;
        play.stage.scenario.policy.admit_options.borrow_first = CASES_OF[i].borrow_first;
        QueueQuota none = play.queues[0].quota;
        for (QueueId queue = 1; queue <= 2; queue++) {
            play.queues[queue].flavor_count = queue == 1 ? 2 : 1;
            play.queues[queue].parent = CASES_OF[i].cohort ? 3 : -1;
            for (int32_t flavor = 0; flavor < 2; flavor++) {
                play.queues[queue].flavor[flavor] = flavor;
                play.queues[queue].flavor_quota[flavor] = none;
                play.queues[queue].flavor_quota[flavor].nominal[GP_AXIS_GPU] =
                    flavor == 0 ? GPU(2) : GPU(4);
            }
        }
        play.stage.scenario.horizon_ms = 5000;
        play.stage.rows[0] = one_task(0, 10, CASES_OF[i].gpus, "a");
        play_run(&play, 1);
        CU_ASSERT_EQUAL(stage_start_s(&play.stage, 0), 0);
        CU_ASSERT_EQUAL(play.stage.world->job_flavor[0], CASES_OF[i].flavor);
        play_close(&play);
    }
}

/* Goal: Kueue holds quota for all pods of an admitted job though they find no places; with topology
 * it does not. Method: a node of 4, quota 8; A (0,100,4); B (1,10) wants 4: admitted, no room; C
 * (2,10) wants 1 of another queue's quota in the same cohort of 8: cohort: A and B hold all 8,
 * C@100 (with B). cohort-placed: C has quota but the node is full: C@100 as well, and B holds
 * nothing. */
static void admitted_jobs_hold_quota(void)
{
    for (int placed = 0; placed < 2; placed++) {
        Play play;
        play_open(&play, 4, 3);
        play_policy(&play, "kueue", NULL, placed ? "cohort-placed" : "cohort");
        join(&play, 1, 3);
        join(&play, 2, 3);
        play_quota(&play, 1, 8);
        play_quota(&play, 2, 0);
        play.stage.scenario.horizon_ms = 50000;
        play.stage.rows[0] = one_task(0, 100, 4, "a");
        play.stage.rows[1] = one_task(1, 10, 4, "a");
        play.stage.rows[2] = one_task(2, 10, 1, "b");
        play_run(&play, 3);
        CU_ASSERT_EQUAL(play.stage.world->queue_used[3 * GP_AXES + GP_AXIS_GPU],
                        placed ? GPU(4) : GPU(8));
        CU_ASSERT_EQUAL(world_why(play.stage.world, 2).reason,
                        placed ? REASON_SHORT : REASON_BLOCKED);
        play_close(&play);
    }
}

/* ---- Volcano ---- */

static Request elastic(int64_t submit_s, int32_t tasks, const char *queue, const JobTraits *traits)
{
    Request request = play_job(submit_s, 100, tasks, queue);
    request.gang = GANG_MIN;
    request.traits = traits;
    return request;
}

/* Goal: VOL-3. Method: 10 GPUs, minima 5, 5, 2, 1 at 0, d 100. Overcommit 1.2 as the only gate: the
 * third is let in and finds no room, the fourth is not. With the queue's own limit (10) the third
 * is not let in either. Starts 0, 0, 100, 100 both times. */
static void the_gate_counts_minima(void)
{
    for (int gated = 0; gated < 2; gated++) {
        Play play;
        static const int32_t TASKS[] = {5, 5, 2, 1};
        play_open(&play, 10, 0);
        play_policy(&play, "volcano", gated ? "proportion" : "none", "enqueue");
        play.stage.scenario.policy.admit_options =
            (AdmitOptions){.overcommit_ppm = 1200000, .queue_gate = gated != 0};
        for (int i = 0; i < 4; i++) {
            play.stage.rows[i] = play_job(0, 100, TASKS[i], NULL);
        }
        play_run(&play, 4);
        for (JobId job = 0; job < 4; job++) {
            CU_ASSERT_EQUAL(stage_start_s(&play.stage, job), job < 2 ? 0 : 100);
        }
        CU_ASSERT_EQUAL(stage_fact_s(&play.stage, FACT_JOB_ADMITTED, 2, 0), gated ? 100 : 0);
        CU_ASSERT_EQUAL(stage_fact_s(&play.stage, FACT_JOB_ADMITTED, 3, 0), 100);
        CU_ASSERT_EQUAL(play.stage.world->queue_minimum[GP_AXIS_GPU], 0);
        CU_ASSERT_EQUAL(play.stage.world->queue_missing[GP_AXIS_GPU], 0);
        play_close(&play);
    }
}

/* Goal: what runs above a minimum does not count at the queue's gate, but does at the fleet's
 * (VOL-6). Method: 8 GPUs, capacity 4/4; a runs one job of 8 tasks, minimum 4. b submits 4, minimum
 * 4, at 10. With overcommit it is not let in (4 > 8 x 1.2 - 8); without it is, and finds no room.
 */
static void the_gate_and_elastic_jobs(void)
{
    JobTraits traits = JOB_TRAITS_DEFAULT;
    traits.min_tasks = 4;
    for (int overcommit = 0; overcommit < 2; overcommit++) {
        Play play;
        play_open(&play, 8, 2);
        play_policy(&play, "volcano", "capacity", "enqueue");
        play_quota(&play, 1, 4);
        play_quota(&play, 2, 4);
        play.stage.scenario.policy.admit_options =
            (AdmitOptions){.overcommit_ppm = overcommit ? 1200000 : 0, .queue_gate = true};
        play.stage.scenario.horizon_ms = 20000;
        play.stage.rows[0] = elastic(0, 8, "a", &traits);
        play.stage.rows[1] = elastic(10, 4, "b", &traits);
        play_run(&play, 2);
        const World *world = play.stage.world;
        CU_ASSERT_EQUAL(play_placed(&play, 1), GPU(8));
        CU_ASSERT_EQUAL(world->queue_minimum[1 * GP_AXES + GP_AXIS_GPU], GPU(4));
        CU_ASSERT_EQUAL(world->queue_missing[1 * GP_AXES + GP_AXIS_GPU], 0);
        CU_ASSERT_EQUAL(stage_fact_s(&play.stage, FACT_JOB_ADMITTED, 1, 0), overcommit ? -1 : 10);
        CU_ASSERT_EQUAL(world_why(world, 1).reason, overcommit ? REASON_BLOCKED : REASON_SHORT);
        CU_ASSERT_EQUAL(world->queue_missing[2 * GP_AXES + GP_AXIS_GPU], overcommit ? 0 : GPU(4));
        play_close(&play);
    }
}

/* Goal: behind the gate a queue with what it deserves still waits. Method: 8 GPUs, proportion,
 * equal weights. a has them all with one-GPU jobs, 6 of which end at 10; it asks 6 more at 1, b
 * asks 6 at 2. From then on each deserves 4: at 10 b starts 4, and a, which has 2 left, 2. */
static void a_queue_with_what_it_deserves_waits(void)
{
    Play play;
    play_open(&play, 8, 2);
    play_policy(&play, "volcano", "proportion", "enqueue");
    play.stage.scenario.policy.admit_options = (AdmitOptions){0};
    play.stage.scenario.horizon_ms = 50000;
    int32_t count = 0;
    for (int i = 0; i < 8; i++) { /* a alone: all 8 */
        play.stage.rows[count++] = one_task(0, i < 6 ? 10 : 100, 1, "a");
    }
    for (int i = 0; i < 6; i++) {
        play.stage.rows[count++] = one_task(1, 100, 1, "a");
    }
    for (int i = 0; i < 6; i++) {
        play.stage.rows[count++] = one_task(2, 100, 1, "b");
    }
    play_run(&play, count);
    CU_ASSERT_EQUAL(play_deserved(&play, 1), GPU(4));
    CU_ASSERT_EQUAL(play_deserved(&play, 2), GPU(4));
    CU_ASSERT_EQUAL(play_placed(&play, 1), GPU(4));
    CU_ASSERT_EQUAL(play_placed(&play, 2), GPU(4));
    CU_ASSERT_EQUAL(stage_start_s(&play.stage, 14), 10);
    play_close(&play);
}

/* ---- KAI ---- */

/* Goal: KAI-6, and the column behind it. Method: 4 GPUs, quota 2; priorities of 100 and more cannot
 * be preempted. A job of 3 at priority 100 waits, at 50 it starts. What preemptible jobs hold does
 * not count against the quota of the others: beside 2 of them a job of 2 at 100 starts. A limit of
 * 2 keeps the job of 3 back at any priority. */
static void kai_keeps_fixed_jobs_in_quota(void)
{
    static const struct {
        int32_t priority, gpus, beside;
        int64_t limit, start;
    } CASES_OF[] = {{100, 3, 0, 4, -1}, {50, 3, 0, 4, 1}, {100, 2, 2, 4, 1}, {50, 3, 0, 2, -1}};
    for (size_t i = 0; i < sizeof(CASES_OF) / sizeof(CASES_OF[0]); i++) {
        Play play;
        play_open(&play, 4, 1);
        play_policy(&play, "kai", "kai", "kai");
        play_quota(&play, 1, 2);
        play.queues[1].limit[GP_AXIS_GPU] = GPU(CASES_OF[i].limit);
        play.stage.scenario.policy.admit_options.nonpreemptible_in_quota = true;
        play.stage.scenario.policy.evict_options.preemptible_below = 100;
        play.stage.scenario.horizon_ms = 10000;
        play.stage.rows[0] = one_task(0, 100, CASES_OF[i].beside, "a");
        play.stage.rows[0].priority = 50;
        play.stage.rows[1] = one_task(1, 100, CASES_OF[i].gpus, "a");
        play.stage.rows[1].priority = CASES_OF[i].priority;
        play_run(&play, 2);
        CU_ASSERT_EQUAL(stage_start_s(&play.stage, 1), CASES_OF[i].start);
        bool fixed = CASES_OF[i].priority >= 100 && CASES_OF[i].start >= 0;
        CU_ASSERT_EQUAL(play.stage.world->queue_fixed[1 * GP_AXES + GP_AXIS_GPU],
                        fixed ? GPU(2) : 0);
        play_close(&play);
    }
}

/* Goal: without rules no flavor is meant, and no node is closed. Method: two flavors declared,
 * policy none: the answer names no flavor. */
static void none_names_no_flavor(void)
{
    Play play;
    play_open(&play, 4, 1);
    play.stage.scenario.queues.flavor_count = 2;
    play.stage.rows[0] = one_task(0, 10, 1, "a");
    play_run(&play, 1);
    CU_ASSERT_EQUAL(admit_policy("none")->admits(play.stage.world, 0, 1).flavor, FLAVOR_ALL);
    CU_ASSERT_EQUAL(stage_start_s(&play.stage, 0), 0);
    play_close(&play);
}

const TestCase CASES[] = {
    {"quotas hold at every level", quotas_hold_at_every_level},
    {"a strict queue waits for its head", a_strict_queue_waits_for_its_head},
    {"borrowing has two limits", borrowing_has_two_limits},
    {"flavors are tried in order", flavors_are_tried_in_order},
    {"admitted jobs hold quota", admitted_jobs_hold_quota},
    {"the gate counts minima", the_gate_counts_minima},
    {"the gate and elastic jobs", the_gate_and_elastic_jobs},
    {"a queue with what it deserves waits", a_queue_with_what_it_deserves_waits},
    {"kai keeps fixed jobs in quota", kai_keeps_fixed_jobs_in_quota},
    {"none names no flavor", none_names_no_flavor},
    {NULL, NULL},
};
