/* test_engine.c - the loop on scenarios small enough to be worked out by hand. */
#include <string.h>

#include "sim/policies/registry.h"
#include "tests/stage.h"
#include "tests/suite.h"

const char *const SUITE = "engine";

/* Goal: the three scans differ as their names say. Method: 4 GPUs; A takes 2 for 10 s, B wants 4, C
 * wants 1 for 2 s. strict: B waits for A, C waits behind B (B@10, C@20). skip: C passes (C@2) and
 * is gone at 4, B@10. drop: B leaves for good, C@2. */
static void scans_differ(void)
{
    static const struct {
        const char *scan;
        int64_t b, c;
    } expected[] = {{"strict", 10, 20}, {"skip", 10, 2}, {"drop", -1, 2}};
    for (int i = 0; i < 3; i++) {
        Stage stage;
        stage_open(&stage, 1, 4, expected[i].scan);
        stage.rows[0] = stage_job(0, 10, 1, 2);
        stage.rows[1] = stage_job(1, 10, 1, 4);
        stage.rows[2] = stage_job(2, 2, 1, 1);
        stage_run(&stage, 3);
        CU_ASSERT_EQUAL(stage_start_s(&stage, 0), 0);
        CU_ASSERT_EQUAL(stage_start_s(&stage, 1), expected[i].b);
        CU_ASSERT_EQUAL(stage_start_s(&stage, 2), expected[i].c);
        stage_close(&stage);
    }
}

/* Goal: tasks that are no gang start and end one by one, and the job with its first and last.
 * Method: 2 GPUs; A holds one for 10 s; at 1 s comes B with two tasks of one GPU and 5 s, then C
 * that wants one for 1 s. B's first task runs 1..6, its second 6..11. Behind B: strict, C waits
 * until all of B is placed and A is gone (10); skip, C finds nothing before 10 either, since B's
 * second task takes the GPU at 6. drop: B keeps only its first task and ends at 6; C is dropped. */
static void tasks_that_are_no_gang_start_apart(void)
{
    static const struct {
        const char *scan;
        int64_t b_end_ms, c;
    } expected[] = {{"strict", 11000, 10}, {"skip", 11000, 10}, {"drop", 6000, -1}};
    for (int i = 0; i < 3; i++) {
        Stage stage;
        stage_open(&stage, 1, 2, expected[i].scan);
        stage.rows[0] = stage_job(0, 10, 1, 1);
        stage.rows[1] = stage_job(1, 5, 2, 1);
        stage.rows[1].gang = GANG_NONE;
        stage.rows[2] = stage_job(2, 1, 1, 1);
        stage_run(&stage, 3);
        CU_ASSERT_EQUAL(stage_start_s(&stage, 1), 1);
        CU_ASSERT_EQUAL(stage.world->job_end_ms[1], expected[i].b_end_ms);
        CU_ASSERT_EQUAL(stage.world->job_state[1], JOB_COMPLETED);
        CU_ASSERT_EQUAL(stage_start_s(&stage, 2), expected[i].c);
        CU_ASSERT_EQUAL(stage.world->used_milli, 0);
        stage_close(&stage);
    }
}

/* Goal: only what one task asks can be too large for tasks that are no gang. Method: three tasks of
 * 2 GPUs on a node of 2 run one after another; as a gang they are rejected. */
static void tasks_that_are_no_gang_need_no_room_together(void)
{
    Stage stage;
    stage_open(&stage, 1, 2, "strict");
    stage.rows[0] = stage_job(0, 5, 3, 2);
    stage.rows[0].gang = GANG_NONE;
    stage.rows[1] = stage_job(0, 5, 3, 2);
    stage_run(&stage, 2);
    CU_ASSERT_EQUAL(stage.world->job_end_ms[0], 15000);
    CU_ASSERT_EQUAL(stage.world->job_state[1], JOB_REJECTED);
    stage_close(&stage);
}

/* Goal: priority goes before age, and age decides among equals. Method: one GPU busy until 5; L
 * (0), H (7) and K (7) arrive in that order: H@5, K@6, L@7. */
static void priority_goes_before_age(void)
{
    Stage stage;
    stage_open(&stage, 1, 1, "strict");
    stage.scenario.policy.order = order_policy("priority");
    stage.rows[0] = stage_job(0, 5, 1, 1);
    stage.rows[1] = stage_job(1, 1, 1, 1);
    stage.rows[2] = stage_job(2, 1, 1, 1);
    stage.rows[3] = stage_job(3, 1, 1, 1);
    stage.rows[2].priority = 7;
    stage.rows[3].priority = 7;
    stage_run(&stage, 4);
    CU_ASSERT_EQUAL(stage_start_s(&stage, 2), 5);
    CU_ASSERT_EQUAL(stage_start_s(&stage, 3), 6);
    CU_ASSERT_EQUAL(stage_start_s(&stage, 1), 7);
    stage_close(&stage);
}

/* Goal: within one instant ends come before arrivals, and a pass follows both. Method: one GPU; A
 * runs 0..5, B arrives at 5 and must start at 5. */
static void an_end_frees_for_an_arrival_of_the_same_instant(void)
{
    Stage stage;
    stage_open(&stage, 1, 1, "drop");
    stage.rows[0] = stage_job(0, 5, 1, 1);
    stage.rows[1] = stage_job(5, 5, 1, 1);
    stage_run(&stage, 2);
    CU_ASSERT_EQUAL(stage_start_s(&stage, 1), 5);
    CU_ASSERT_EQUAL(stage.world->job_end_ms[1], 10000);
    stage_close(&stage);
}

/* Goal: the order of facts in an instant is pinned. Method: the run above, kinds in order. */
static void facts_come_in_their_order(void)
{
    static const FactKind expected[] = {
        FACT_JOB_SUBMITTED, FACT_TASK_PLACED, FACT_JOB_STARTED,
        FACT_TASK_STARTED,  FACT_PASS_DONE,                       /* 0 s */
        FACT_TASK_ENDED,    FACT_JOB_ENDED,   FACT_JOB_SUBMITTED, /* 5 s */
        FACT_TASK_PLACED,   FACT_JOB_STARTED, FACT_TASK_STARTED,
        FACT_PASS_DONE,     FACT_TASK_ENDED,  FACT_JOB_ENDED, /* 10 s */
        FACT_PASS_DONE,     FACT_RUN_ENDED};
    Stage stage;
    stage_open(&stage, 1, 1, "strict");
    stage.rows[0] = stage_job(0, 5, 1, 1);
    stage.rows[1] = stage_job(5, 5, 1, 1);
    stage_run(&stage, 2);
    CU_ASSERT_EQUAL_FATAL(stage.fact_count, (int)(sizeof(expected) / sizeof(expected[0])));
    for (int i = 0; i < stage.fact_count; i++) {
        CU_ASSERT_EQUAL(stage.facts[i].kind, (int32_t)expected[i]);
    }
    stage_close(&stage);
}

/* A gang that fits only in part must place nothing. Goal: no half-started job can exist, and what
 * it tried leaves no trace. Method: two nodes of 2 GPUs; A holds 1 for 4 s; G wants two tasks of 2;
 * S wants 1 and may pass. At 4 s G would fit but S (until 12) holds one: G@12. */
static void a_gang_starts_whole(void)
{
    Stage stage;
    stage_open(&stage, 2, 2, "skip");
    stage.rows[0] = stage_job(0, 4, 1, 1);
    stage.rows[1] = stage_job(1, 5, 2, 2);
    stage.rows[2] = stage_job(2, 10, 1, 1);
    stage_run(&stage, 3);
    CU_ASSERT_EQUAL(stage_start_s(&stage, 2), 2);
    CU_ASSERT_EQUAL(stage_start_s(&stage, 1), 12);
    CU_ASSERT_EQUAL(stage.world->used_milli, 0);
    CU_ASSERT_EQUAL(stage.world->fleet.node_free[0][GP_AXIS_GPU], 2000);
    stage_close(&stage);
}

/* Goal: what can never run is told at submission, with its dimension, and holds nobody up. Method:
 * a task of 3 GPUs on nodes of 2; a gang of three tasks of 2 on two such nodes; then a job that
 * fits. */
static void the_too_large_are_rejected(void)
{
    Stage stage;
    stage_open(&stage, 2, 2, "strict");
    stage.rows[0] = stage_job(0, 5, 1, 3);
    stage.rows[1] = stage_job(0, 5, 3, 2);
    stage.rows[2] = stage_job(0, 5, 2, 2);
    stage_run(&stage, 3);
    for (JobId id = 0; id < 2; id++) {
        CU_ASSERT_EQUAL(stage.world->job_state[id], JOB_REJECTED);
        CU_ASSERT_EQUAL(world_why(stage.world, id).reason, REASON_TOO_LARGE);
        CU_ASSERT_EQUAL(world_why(stage.world, id).detail, GP_DIMENSION_GPU);
    }
    CU_ASSERT_EQUAL(stage_start_s(&stage, 2), 0);
    stage_close(&stage);
}

/* Goal: a dropped job says why. Method: 2 nodes of 4 GPUs with 3 taken on each: one of 2 is
 * fragmented (2 free in sum), one of 3 is short. */
static void a_drop_has_its_reason(void)
{
    Stage stage;
    stage_open(&stage, 2, 4, "drop");
    stage.rows[0] = stage_job(0, 50, 1, 3);
    stage.rows[1] = stage_job(0, 50, 1, 3);
    stage.rows[2] = stage_job(1, 5, 1, 2);
    stage.rows[3] = stage_job(2, 5, 1, 3);
    stage_run(&stage, 4);
    CU_ASSERT_EQUAL(world_why(stage.world, 2).reason, REASON_FRAGMENTED);
    CU_ASSERT_EQUAL(world_why(stage.world, 3).reason, REASON_SHORT);
    CU_ASSERT_EQUAL(world_why(stage.world, 2).detail, GP_DIMENSION_GPU);
    CU_ASSERT_EQUAL(world_why(stage.world, 3).detail, GP_DIMENSION_GPU);
    stage_close(&stage);
}

/* Goal: the horizon cuts: what runs keeps running, nothing starts after. Method: horizon at 5 s,
 * ends at 5 count. */
static void the_horizon_cuts(void)
{
    Stage stage;
    stage_open(&stage, 1, 1, "strict");
    stage.scenario.horizon_ms = 5000;
    stage.rows[0] = stage_job(0, 5, 1, 1);
    stage.rows[1] = stage_job(1, 5, 1, 1);
    stage_run(&stage, 2);
    CU_ASSERT_EQUAL(stage.world->job_state[0], JOB_COMPLETED);
    CU_ASSERT_EQUAL(stage.world->job_state[1], JOB_PENDING);
    CU_ASSERT_EQUAL(stage.world->now_ms, 5000);
    stage_close(&stage);
}

/* Goal: a trial leaves no trace, bit for bit. Method: place two tasks and release a running one in
 * a trial, then compare the columns with a copy. */
static void a_trial_leaves_no_trace(void)
{
    Stage stage;
    stage_open(&stage, 2, 4, "strict");
    stage.scenario.horizon_ms = 1000;
    stage.rows[0] = stage_job(0, 50, 1, 3);
    stage_run(&stage, 1);
    World *world = stage.world;
    int64_t free_before[2][GP_AXES];
    int32_t milli_before[8];
    memcpy(free_before, world->fleet.node_free, sizeof(free_before));
    memcpy(milli_before, world->fleet.device_free_milli, sizeof(milli_before));
    Trial trial;
    GpPlacement placement;
    GpPlacement running = {.size = sizeof(GpPlacement),
                           .node = world->task_node[0],
                           .device_mask = world->task_devices[0],
                           .mig_start = -1};
    CU_ASSERT_TRUE_FATAL(trial_init(&trial, &stage.arena, world, 3));
    CU_ASSERT_EQUAL(trial_place(&trial, 0, NULL, &placement), GP_OK);
    CU_ASSERT_EQUAL(placement.node, 1);
    CU_ASSERT_EQUAL(trial_release(&trial, 0, &running), GP_OK);
    CU_ASSERT_EQUAL(trial_place(&trial, 0, NULL, &placement), GP_OK);
    CU_ASSERT_EQUAL(placement.node, 0); /* there is room again */
    CU_ASSERT_EQUAL(trial_release(&trial, 0, &running), GP_TOO_SMALL);
    trial_rollback(&trial);
    CU_ASSERT_EQUAL(memcmp(free_before, world->fleet.node_free, sizeof(free_before)), 0);
    CU_ASSERT_EQUAL(memcmp(milli_before, world->fleet.device_free_milli, sizeof(milli_before)), 0);
    stage_close(&stage);
}

/* Goal: the ledger never blames a rule that no longer holds. Method: 4 GPUs; A has them until 10, B
 * (until 20) waits, C waits behind B. At 10 B starts and C, looked at, does not fit: nothing blocks
 * it, whether or not drops are judged. */
static void a_reason_ends_with_its_rule(void)
{
    for (int forgets = 0; forgets < 2; forgets++) {
        Stage stage;
        stage_open(&stage, 1, 4, "strict");
        stage.forgets_reasons = forgets != 0;
        stage.scenario.horizon_ms = 15000;
        stage.rows[0] = stage_job(0, 10, 1, 4);
        stage.rows[1] = stage_job(1, 10, 1, 4);
        stage.rows[2] = stage_job(2, 10, 1, 4);
        stage_run(&stage, 3);
        CU_ASSERT_EQUAL(stage_start_s(&stage, 1), 10);
        CU_ASSERT_EQUAL(stage.world->job_state[2], JOB_PENDING);
        CU_ASSERT_EQUAL(world_why(stage.world, 2).reason,
                        forgets != 0 ? REASON_NO_ROOM : REASON_SHORT);
        stage_close(&stage);
    }
}

/* Goal: jobs of no length and jobs of one instant need no special care. Method: two nodes of
 * one GPU, strict. Gangs A, B, C of two GPUs arrive at 3 in this order; A and B last 0 s, C 2 s.
 * Each ends in its instant, and the pass that follows starts the next: all start at 3, C ends at 5.
 * A gang of two CPU tasks, 40 of 64 cores each, takes one node each; at the horizon, 5, ends count,
 * arrivals wait. */
static void nothing_lasts_no_time(void)
{
    Stage stage;
    stage_open(&stage, 2, 1, "strict");
    stage.scenario.horizon_ms = 5000;
    stage.rows[0] = stage_job(3, 0, 2, 1);
    stage.rows[1] = stage_job(3, 0, 2, 1);
    stage.rows[2] = stage_job(3, 2, 2, 1);
    stage.rows[3] = stage_job(3, 9, 2, 0);
    stage.rows[3].cpu_milli = 40000;
    stage.rows[4] = stage_job(5, 0, 1, 1);
    stage_run(&stage, 5);
    for (JobId id = 0; id < 4; id++) {
        CU_ASSERT_EQUAL(stage_start_s(&stage, id), 3);
    }
    CU_ASSERT_EQUAL(stage.world->job_end_ms[0], 3000);
    CU_ASSERT_EQUAL(stage.world->job_end_ms[1], 3000);
    CU_ASSERT_EQUAL(stage.world->job_end_ms[2], 5000);
    CU_ASSERT_EQUAL(stage.world->job_state[3], JOB_RUNNING);
    CU_ASSERT_NOT_EQUAL(stage.world->task_node[6], stage.world->task_node[7]);
    CU_ASSERT_EQUAL(stage.world->task_devices[6], 0);
    CU_ASSERT_EQUAL(stage.world->fleet.node_free[0][GP_AXIS_CPU], 24000);
    CU_ASSERT_EQUAL(stage.world->job_state[4], JOB_PENDING);
    CU_ASSERT_EQUAL(stage.world->arrived_milli, 7000);
    stage_close(&stage);
}

/* Goal: the memo of what fits nowhere is dropped by a release and by nothing else, gangs included.
 * Method: two nodes of 2 GPUs, skip. A: 2 GPUs until 6; G: gang of three tasks of one, fits its
 * first two only, so its shape is not hopeless; S: one task of that shape, must pass at 2 although
 * G failed at 1. At 6 four devices less S's one are free: G@6. */
static void a_failed_gang_dooms_no_single_task(void)
{
    Stage stage;
    stage_open(&stage, 2, 2, "skip");
    stage.rows[0] = stage_job(0, 6, 1, 2);
    stage.rows[1] = stage_job(1, 5, 3, 1);
    stage.rows[2] = stage_job(2, 9, 1, 1);
    stage_run(&stage, 3);
    CU_ASSERT_EQUAL(stage_start_s(&stage, 2), 2);
    CU_ASSERT_EQUAL(stage_start_s(&stage, 1), 6);
    CU_ASSERT_EQUAL(stage.world->used_milli, 0);
    stage_close(&stage);
}

const TestCase CASES[] = {
    {"scans differ", scans_differ},
    {"tasks that are no gang start apart", tasks_that_are_no_gang_start_apart},
    {"tasks that are no gang need no room together", tasks_that_are_no_gang_need_no_room_together},
    {"priority goes before age", priority_goes_before_age},
    {"an end frees for an arrival of the same instant",
     an_end_frees_for_an_arrival_of_the_same_instant},
    {"facts come in their order", facts_come_in_their_order},
    {"a gang starts whole", a_gang_starts_whole},
    {"the too large are rejected", the_too_large_are_rejected},
    {"a drop has its reason", a_drop_has_its_reason},
    {"the horizon cuts", the_horizon_cuts},
    {"a trial leaves no trace", a_trial_leaves_no_trace},
    {"a reason ends with its rule", a_reason_ends_with_its_rule},
    {"nothing lasts no time", nothing_lasts_no_time},
    {"a failed gang dooms no single task", a_failed_gang_dooms_no_single_task},
    {NULL, NULL},
};
