/* test_orders.c - who goes first: plain orders, Slurm's sum of factors, and the queue orders of
 * Volcano, KAI and Kueue. Expected figures are those of the micro-scenarios (SLU, KUE) or worked
 * out beside them. */
#include "sim/policies/multifactor.h"
#include "sim/policies/registry.h"
#include "tests/play.h"
#include "tests/suite.h"

const char *const SUITE = "orders";

/* ---- plain orders ---- */

/* Goal: each plain order sorts by what its name says, then by age. Method: one node of 4, strict,
 * busy until 10. A (1): 2 GPUs, 5 s; B (2): 1 GPU, 9 s; C (3): 3 GPUs, 1 s; D (4): as B. fifo: A
 * and B at 10, C when A is gone, D behind C. shortest: C, then all others at 11. smallest: B, D, A
 * at 10, C when B and D are gone. largest: C, then A, B, D at 11. */
static void plain_orders(void)
{
    static const struct {
        const char *order;
        int64_t start[4];
    } EXPECTED[] = {{"fifo", {10, 10, 15, 16}},
                    {"shortest", {11, 11, 10, 11}},
                    {"smallest", {10, 10, 19, 10}},
                    {"largest", {11, 11, 10, 11}}};
    for (size_t i = 0; i < sizeof(EXPECTED) / sizeof(EXPECTED[0]); i++) {
        Stage stage;
        stage_open(&stage, 1, 4, "strict");
        stage.scenario.policy.order = order_policy(EXPECTED[i].order);
        stage.scenario.policy.estimates = ESTIMATE_EXACT;
        stage.rows[0] = stage_job(0, 10, 1, 4);
        stage.rows[1] = stage_job(1, 5, 1, 2);
        stage.rows[2] = stage_job(2, 9, 1, 1);
        stage.rows[3] = stage_job(3, 1, 1, 3);
        stage.rows[4] = stage_job(4, 9, 1, 1);
        stage_run(&stage, 5);
        for (JobId job = 1; job <= 4; job++) {
            CU_ASSERT_EQUAL(stage_start_s(&stage, job), EXPECTED[i].start[job - 1]);
        }
        stage_close(&stage);
    }
}

/* Goal: least-served counts GPU time. Method: a job of two one-GPU tasks and 10 s has had 20,000
 * milli-GPU s when it ends; one that never started nothing. */
static void least_served_counts_gpu_time(void)
{
    Stage stage;
    stage_open(&stage, 1, 2, "strict");
    stage.scenario.policy.order = order_policy("least-served");
    stage.scenario.horizon_ms = 12000;
    stage.rows[0] = stage_job(0, 10, 2, 1);
    stage.rows[1] = stage_job(11, 10, 2, 1);
    stage_run(&stage, 2);
    const OrderPolicy *order = stage.scenario.policy.order;
    CU_ASSERT_EQUAL(order->key(stage.world, 0).major, 20000000);
    CU_ASSERT_EQUAL(order->key(stage.world, 1).major, 2000000); /* it runs since 11 */
    stage_close(&stage);
}

/* ---- multifactor ---- */

/* Goal: SLU-2, and a sum that is rounded once. Method: weights age 1000, fair 5000, size 1000 (in
 * thousandths). 24 h of 7 d, 1/4, 1/10: 142.857 + 1250 + 100 = 1492; 1 h, 3/4, 1/20: 5.952 + 3750 +
 * 50 = 3805. 1000/3 + 2000/3 is 1000, not 999. Fractions count at most 1. */
static void factors_are_summed_exactly(void)
{
    const int64_t week_s = 604800;
    Factor j1[] = {{1000000, 86400, week_s}, {5000000, 1, 4}, {1000000, 10, 100}};
    Factor j2[] = {{1000000, 3600, week_s}, {5000000, 3, 4}, {1000000, 5, 100}};
    Factor thirds[] = {{1000000, 1, 3}, {1000000, 2, 3}};
    Factor old[] = {{1000000, 2 * week_s, week_s}, {5000, 7, 0}};
    Factor sevenths[] = {{1000, 1, 2147483629}, {1000, 1, 2147483587}, {1000, 1, 7}, {857, 1, 1}};
    CU_ASSERT_EQUAL(factors_points(j1, 3), 1492);
    CU_ASSERT_EQUAL(factors_points(j2, 3), 3805);
    CU_ASSERT_EQUAL(factors_points(thirds, 2), 1000);
    CU_ASSERT_EQUAL(factors_points(old, 2), 1000);
    CU_ASSERT_EQUAL(factors_points(sevenths, 4), 0); /* 142.857... + 857 < 1000 */
    sevenths[3].weight = 858;
    CU_ASSERT_EQUAL(factors_points(sevenths, 4), 1);
    CU_ASSERT_EQUAL(factors_points(NULL, 0), 0);
}

static Request user_job(int64_t submit_h, int64_t duration_min, int32_t tasks, const char *user)
{
    Request request = stage_job(submit_h * 3600, duration_min * 60, tasks, 1);
    request.user = user;
    return request;
}

/* Goal: SLU-2 in a run, fair-share factors from usage included. Method: 5 nodes of 20 GPUs. By 26 h
 * u1 has used 1 GPU-hour, u2 10, u3 20, u4 2500 and goes on: ranks 4, 3, 2, 1 of 4. J1 of u4, 10
 * GPUs, since 2 h: 1492. J2 of u2, 5 GPUs, since 25 h: 3805. J2 is first in line though newer. */
static void multifactor_in_a_run(void)
{
    Stage stage;
    stage_open(&stage, 5, 20, "strict");
    PolicySet *policy = &stage.scenario.policy;
    policy->order = order_policy("multifactor");
    policy->order_options = (OrderOptions){.recompute_ms = 300000,
                                           .age_weight = 1000000,
                                           .fairshare_weight = 5000000,
                                           .size_weight = 1000000,
                                           .age_max_ms = 604800000,
                                           .half_life_ms = 604800000};
    stage.scenario.horizon_ms = INT64_C(26) * 3600000;
    stage.rows[0] = user_job(0, 60, 1, "u1");
    stage.rows[1] = user_job(0, 60, 10, "u2");
    stage.rows[2] = user_job(0, 60, 20, "u3");
    stage.rows[3] = user_job(1, 28 * 60, 100, "u4");
    stage.rows[4] = user_job(2, 10, 10, "u4");
    stage.rows[5] = user_job(25, 10, 5, "u2");
    stage_run(&stage, 6);
    CU_ASSERT_EQUAL(stage.world->usage->user_count, 4);
    CU_ASSERT_EQUAL(usage_rank(stage.world->usage, 4), 1);
    CU_ASSERT_EQUAL(usage_rank(stage.world->usage, 5), 3);
    CU_ASSERT_EQUAL(multifactor_points(stage.world, 4), 1492);
    CU_ASSERT_EQUAL(multifactor_points(stage.world, 5), 3805);
    CU_ASSERT_EQUAL(waiting_head(&stage.world->waiting, 0), 5);
    stage_close(&stage);
}

/* Goal: a higher tier goes before any sum; queue priority is a factor too. Method: two queues of
 * priority 2 and 8 (the highest): with weight 1000 for the queue 250 and 1000 points. One GPU, busy
 * until 5: b's job goes first though newer and though age counts for more. */
static void tiers_go_first(void)
{
    Play play;
    play_open(&play, 1, 2);
    play_policy(&play, "multifactor", NULL, NULL);
    play.queues[1].priority = 2;
    play.queues[2].priority = 8;
    play.stage.scenario.policy.order_options =
        (OrderOptions){.age_weight = 90000000, .queue_weight = 1000000, .age_max_ms = 4000};
    play.stage.rows[0] = play_job(0, 5, 1, "a");
    play.stage.rows[1] = play_job(0, 5, 1, "a");
    play.stage.rows[2] = play_job(4, 5, 1, "b");
    play_run(&play, 3);
    CU_ASSERT_EQUAL(stage_start_s(&play.stage, 2), 5);
    CU_ASSERT_EQUAL(stage_start_s(&play.stage, 1), 10);
    CU_ASSERT_EQUAL(multifactor_points(play.stage.world, 2), 91000);
    play.stage.world->now_ms = 4000;
    CU_ASSERT_EQUAL(multifactor_points(play.stage.world, 2), 1000);
    CU_ASSERT_EQUAL(multifactor_points(play.stage.world, 1), 90250);
    play_close(&play);
}

/* ---- queue orders ---- */

static void many_jobs(Play *play, int32_t from, int32_t count, const char *queue)
{
    for (int32_t i = 0; i < count; i++) {
        play->stage.rows[from + i] = play_job(0, 100, 1, queue);
    }
}

/* Goal: Volcano's queues: higher priority, then lower placed / deserved, then older. Method:
 * capacity with a 4, b 2; 4 GPUs; each asks 4 one-GPU jobs. 0/4 = 0/2: a; 1/4 > 0: b; 1/4 < 1/2: a;
 * 2/4 = 1/2: a: 3 and 1. With priority b gets all 4. */
static void volcano_queues(void)
{
    for (int priority = 0; priority < 2; priority++) {
        Play play;
        play_open(&play, 4, 2);
        play_policy(&play, "volcano", "capacity", NULL);
        play_quota(&play, 1, 4);
        play_quota(&play, 2, 2);
        play.queues[2].priority = priority;
        play.stage.scenario.horizon_ms = 10000;
        many_jobs(&play, 0, 4, "a");
        many_jobs(&play, 4, 4, "b");
        play_run(&play, 8);
        CU_ASSERT_EQUAL(play_placed(&play, 1), priority ? 0 : GPU(3));
        CU_ASSERT_EQUAL(play_placed(&play, 2), priority ? GPU(4) : GPU(1));
        play_close(&play);
    }
}

/* Goal: gangs that are not ready go before ready ones, in Volcano and KAI. Method: one queue, 6
 * GPUs. E (elastic, minimum 2 of 6) comes first, then G (gang of 4): E gets its 2, G its 4, E no
 * more. By fifo E takes all 6. */
static void minima_go_first(void)
{
    static const char *const ORDERS[] = {"volcano", "kai", "fifo"};
    JobTraits traits = JOB_TRAITS_DEFAULT;
    traits.min_tasks = 2;
    for (int i = 0; i < 3; i++) {
        Play play;
        play_open(&play, 6, 1);
        play_policy(&play, ORDERS[i], i == 1 ? "kai" : "proportion", NULL);
        play.stage.scenario.horizon_ms = 10000;
        play.stage.rows[0] = play_job(0, 100, 6, "a");
        play.stage.rows[0].gang = GANG_MIN;
        play.stage.rows[0].traits = &traits;
        play.stage.rows[1] = play_job(0, 100, 4, "a");
        play_run(&play, 2);
        CU_ASSERT_EQUAL(play.stage.world->job_holding[0], i < 2 ? 2 : 6);
        CU_ASSERT_EQUAL(play.stage.world->job_holding[1], i < 2 ? 4 : 0);
        play_close(&play);
    }
}

/* Goal: KAI's queues. Method: 4 GPUs, a and b ask 4 each. Without quota they take turns by dominant
 * share: 2 and 2. Quota a 1, b 3: within quota goes first: 1 and 3. Higher priority of b, no quota:
 * its fair share is all 4, so a, which has none, comes last. */
static void kai_queues(void)
{
    static const struct {
        int64_t quota[2], placed[2];
        int32_t priority;
    } EXPECTED[] = {{{0, 0}, {2, 2}, 0}, {{1, 3}, {1, 3}, 0}, {{0, 0}, {0, 4}, 1}};
    for (size_t i = 0; i < sizeof(EXPECTED) / sizeof(EXPECTED[0]); i++) {
        Play play;
        play_open(&play, 4, 2);
        play_policy(&play, "kai", "kai", "kai");
        play_quota(&play, 1, EXPECTED[i].quota[0]);
        play_quota(&play, 2, EXPECTED[i].quota[1]);
        play.queues[2].priority = EXPECTED[i].priority;
        play.stage.scenario.horizon_ms = 10000;
        many_jobs(&play, 0, 4, "a");
        many_jobs(&play, 4, 4, "b");
        play_run(&play, 8);
        CU_ASSERT_EQUAL(play_placed(&play, 1), GPU(EXPECTED[i].placed[0]));
        CU_ASSERT_EQUAL(play_placed(&play, 2), GPU(EXPECTED[i].placed[1]));
        play_close(&play);
    }
}

static void cohort(Play *play, QueueId queue, int64_t quota)
{
    play->queues[queue].parent = 3;
    play_quota(play, queue, quota);
}

/* Goal: KUE-5. Method: a owns 0, b 4. R(0,100,4) of a borrows all. X(1,10,4) of a needs to borrow,
 * has priority 100 and is older than Y(2,10,4) of b, which does not: Y@100, X@110. */
static void kueue_heads(void)
{
    Play play;
    play_open(&play, 32, 3);
    play_policy(&play, "kueue", NULL, "cohort");
    cohort(&play, 1, 0);
    cohort(&play, 2, 4);
    play.stage.rows[0] = play_job(0, 100, 4, "a");
    play.stage.rows[1] = play_job(1, 10, 4, "a");
    play.stage.rows[1].priority = 100;
    play.stage.rows[2] = play_job(2, 10, 4, "b");
    play_run(&play, 3);
    CU_ASSERT_EQUAL(stage_start_s(&play.stage, 0), 0);
    CU_ASSERT_EQUAL(stage_start_s(&play.stage, 2), 100);
    CU_ASSERT_EQUAL(stage_start_s(&play.stage, 1), 110);
    play_close(&play);
}

/* Goal: with fair sharing the lower share goes first. Method: a cohort that owns 6 (as c), a and b
 * own nothing; a's six one-GPU jobs are older than b's. By age a gets all; by share 3 and 3; with
 * weight 2 for a: shares 1/2 against 1 a job: 4 and 2. */
static void kueue_fair_sharing(void)
{
    static const struct {
        const char *share;
        int64_t weight, a, b;
    } EXPECTED[] = {{"none", 1, 6, 0}, {"cohort", 1, 3, 3}, {"cohort", 2, 4, 2}};
    for (size_t i = 0; i < sizeof(EXPECTED) / sizeof(EXPECTED[0]); i++) {
        Play play;
        play_open(&play, 32, 3);
        play_policy(&play, "kueue", EXPECTED[i].share, "cohort");
        cohort(&play, 1, 0);
        cohort(&play, 2, 0);
        play_quota(&play, 3, 6);
        play.queues[1].weight_ppm = EXPECTED[i].weight * GP_PPM;
        play.stage.scenario.horizon_ms = 10000;
        many_jobs(&play, 0, 6, "a");
        many_jobs(&play, 6, 6, "b");
        play_run(&play, 12);
        CU_ASSERT_EQUAL(play_placed(&play, 1), GPU(EXPECTED[i].a));
        CU_ASSERT_EQUAL(play_placed(&play, 2), GPU(EXPECTED[i].b));
        play_close(&play);
    }
}

const TestCase CASES[] = {
    {"plain orders", plain_orders},
    {"least-served counts GPU time", least_served_counts_gpu_time},
    {"factors are summed exactly", factors_are_summed_exactly},
    {"multifactor in a run", multifactor_in_a_run},
    {"tiers go first", tiers_go_first},
    {"volcano: queues", volcano_queues},
    {"minima go first", minima_go_first},
    {"kai: queues", kai_queues},
    {"kueue: heads", kueue_heads},
    {"kueue: fair sharing", kueue_fair_sharing},
    {NULL, NULL},
};
