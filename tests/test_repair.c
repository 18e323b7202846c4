/* test_repair.c - staged repairs and the crew, each case worked out by hand. */
#include <CUnit/CUnit.h>

#include "models/failure_draft.h"
#include "sim/policies/registry.h"
#include "tests/stage.h"
#include "tests/suite.h"

const char *const SUITE = "repair";

#define HOUR INT64_C(3600)
#define DAY (24 * HOUR)

/* Times of the stages in hours, 0: none; who repairs; and the nodes that break. */
typedef struct Plan {
    Distribution diagnosis, part, hands_on, burn_in;
    RepairStages stages;
    FailureDraft draft;
    int32_t kind;
} Plan;

static Distribution hours(double h)
{
    return (Distribution){.family = FAMILY_CONSTANT, .scale = h * 3600000.0};
}

static void plan_open(Plan *plan, Stage *stage, double diagnosis, double part, double hands_on,
                      double burn_in)
{
    plan->diagnosis = hours(diagnosis);
    plan->part = hours(part);
    plan->hands_on = hours(hands_on);
    plan->burn_in = hours(burn_in);
    plan->stages = (RepairStages){.diagnosis = diagnosis > 0.0 ? &plan->diagnosis : NULL,
                                  .part = part > 0.0 ? &plan->part : NULL,
                                  .hands_on = hands_on > 0.0 ? &plan->hands_on : NULL,
                                  .burn_in = burn_in > 0.0 ? &plan->burn_in : NULL,
                                  .part_probability = part > 0.0 ? 1.0 : 0.0,
                                  .technician = true};
    plan->draft = failure_draft(&stage->arena);
    FaultKind kind = fault_kind("board", EFFECT_NODE_OUT, SCOPE_NODE);
    kind.cure = CURE_STAGES;
    kind.detect_ms = 0;
    FaultRow row = {.stages = &plan->stages};
    plan->kind = failure_draft_kind(&plan->draft, &kind, &row);
    CU_ASSERT_TRUE_FATAL(plan->kind >= 0);
    stage->scenario.policy.remedy_options = remedy_preset("none")->options;
}

/* 08:00 to 16:00, Monday to Friday; the run begins on a Monday at midnight. */
static void office_hours(Stage *stage, int32_t technicians)
{
    RemedyOptions *options = &stage->scenario.policy.remedy_options;
    options->technicians = technicians;
    options->shift_begin_ms = 8 * HOUR * 1000;
    options->shift_length_ms = 8 * HOUR * 1000;
    options->shift_days = 0x1f;
}

static void node_breaks(Plan *plan, int32_t node, int64_t at_s)
{
    Fault fault = {.at_ms = at_s * 1000, .kind = plan->kind, .target = node, .recorded = true};
    CU_ASSERT_TRUE_FATAL(failure_draft_fault(&plan->draft, fault));
}

static void plan_run(Plan *plan, Stage *stage, int64_t horizon_s, int32_t jobs)
{
    stage->scenario.failures = failure_draft_finish(&plan->draft);
    CU_ASSERT_PTR_NOT_NULL_FATAL(stage->scenario.failures);
    stage->scenario.horizon_ms = horizon_s * 1000;
    stage_run(stage, jobs);
}

/* When the fault of that slot came to this stage for the n-th time; -1: never. */
static int64_t at_stage(const Stage *stage, int32_t slot, DownStage at, int n)
{
    for (int i = 0; i < stage->fact_count; i++) {
        const Fact *fact = &stage->facts[i];
        if (fact->kind == FACT_FAULT_STAGE && fact->task == slot && fact->value == (int32_t)at &&
            n-- == 0) {
            return fact->time_ms / 1000;
        }
    }
    return -1;
}

static int64_t over_s(const Stage *stage, int32_t slot, int n)
{
    for (int i = 0; i < stage->fact_count; i++) {
        const Fact *fact = &stage->facts[i];
        if (fact->kind == FACT_FAULT_OVER && fact->task == slot && n-- == 0) {
            return fact->time_ms / 1000;
        }
    }
    return -1;
}

/* Goal: one technician, two broken nodes, a weekend. Method: diagnosis 1 h, hands on 3 h, burn-in 4
 * h. Node 0 breaks on Friday (day 4) at 12:00, node 1 at 12:30. Node 0 is worked on from 13:00 to
 * 16:00 and back at 20:00; node 1 is diagnosed at 13:30, waits until Monday 08:00 and is back at
 * 15:00. Two weeks of one person are 80 h paid, 6 h worked. */
static void two_nodes_one_technician(void)
{
    Stage stage;
    Plan plan;
    stage_open(&stage, 2, 1, "skip");
    plan_open(&plan, &stage, 1, 0, 3, 4);
    office_hours(&stage, 1);
    node_breaks(&plan, 0, 4 * DAY + 12 * HOUR);
    node_breaks(&plan, 1, 4 * DAY + 12 * HOUR + HOUR / 2);
    plan_run(&plan, &stage, 14 * DAY, 0);
    CU_ASSERT_EQUAL(at_stage(&stage, 0, STAGE_REPAIR, 0), 4 * DAY + 13 * HOUR);
    CU_ASSERT_EQUAL(at_stage(&stage, 0, STAGE_BURN_IN, 0), 4 * DAY + 16 * HOUR);
    CU_ASSERT_EQUAL(over_s(&stage, 0, 0), 4 * DAY + 20 * HOUR);
    CU_ASSERT_EQUAL(at_stage(&stage, 1, STAGE_TECHNICIAN, 0), 4 * DAY + 13 * HOUR + HOUR / 2);
    CU_ASSERT_EQUAL(at_stage(&stage, 1, STAGE_REPAIR, 0), 7 * DAY + 8 * HOUR);
    CU_ASSERT_EQUAL(over_s(&stage, 1, 0), 7 * DAY + 15 * HOUR);
    CU_ASSERT_EQUAL(stage.world->health.technician_worked_ms, 6 * HOUR * 1000);
    CU_ASSERT_EQUAL(stage.world->health.technician_paid_ms, 80 * HOUR * 1000);
    CU_ASSERT_EQUAL(stage.world->health.repaired, 2);
    stage_close(&stage);
}

/* Goal: nobody waits for a part beside an open machine, and work pauses at night. Method: the part
 * takes 30 h, hands on 10 h, one technician, office hours. Node 0 breaks on Monday 10:00: the part
 * is there on Tuesday 16:00, work begins on Wednesday 08:00, pauses from 16:00 and ends on Thursday
 * 10:00. Node 1, which needs nothing else, breaks on Monday 12:00 too: with a part of its own it
 * waits until Tuesday 18:00, then for node 0: from Thursday 10:00, six hours, and four on Friday:
 * 12:00. */
static void parts_come_before_people(void)
{
    Stage stage;
    Plan plan;
    stage_open(&stage, 2, 1, "skip");
    plan_open(&plan, &stage, 0, 30, 10, 0);
    office_hours(&stage, 1);
    node_breaks(&plan, 0, 10 * HOUR);
    node_breaks(&plan, 1, 12 * HOUR);
    plan_run(&plan, &stage, 14 * DAY, 0);
    CU_ASSERT_EQUAL(at_stage(&stage, 0, STAGE_PART, 0), 10 * HOUR);
    CU_ASSERT_EQUAL(at_stage(&stage, 0, STAGE_TECHNICIAN, 0), DAY + 16 * HOUR);
    CU_ASSERT_EQUAL(at_stage(&stage, 0, STAGE_REPAIR, 0), 2 * DAY + 8 * HOUR);
    CU_ASSERT_EQUAL(over_s(&stage, 0, 0), 3 * DAY + 10 * HOUR);
    CU_ASSERT_EQUAL(at_stage(&stage, 1, STAGE_REPAIR, 0), 3 * DAY + 10 * HOUR);
    CU_ASSERT_EQUAL(over_s(&stage, 1, 0), 4 * DAY + 12 * HOUR);
    CU_ASSERT_EQUAL(stage.world->health.technician_worked_ms, 20 * HOUR * 1000);
    stage_close(&stage);
}

/* Goal: what is not finished at the end counts as far as it is. Method: hands on 10 h from Monday
 * 10:00; the run ends on Tuesday 09:00: 6 + 1 h worked. With as many people as it takes, who are
 * paid by the hour, as much is paid. */
static void the_run_ends_in_between(void)
{
    Stage stage;
    Plan plan;
    stage_open(&stage, 1, 1, "skip");
    plan_open(&plan, &stage, 0, 0, 10, 0);
    office_hours(&stage, 0);
    node_breaks(&plan, 0, 10 * HOUR);
    plan_run(&plan, &stage, DAY + 9 * HOUR, 0);
    CU_ASSERT_EQUAL(over_s(&stage, 0, 0), -1);
    CU_ASSERT_EQUAL(stage.world->health.technician_worked_ms, 7 * HOUR * 1000);
    CU_ASSERT_EQUAL(stage.world->health.technician_paid_ms, 7 * HOUR * 1000);
    stage_close(&stage);
}

/* Goal: a repair in vain changes nothing. Method: hands on 2 h, burn-in 1 h, no fault is ever
 * found: the node breaks at 0 and is back, for no time at all, every 3 h. In 10 h: over at 3, 6 and
 * 9; four times begun, offered once; 2 x 3 + 1 h worked. A job that needs it never gets anywhere.
 */
static void no_fault_found(void)
{
    Stage stage;
    Plan plan;
    stage_open(&stage, 1, 1, "skip");
    plan_open(&plan, &stage, 0, 0, 2, 1);
    plan.stages.no_fault_found = 1.0;
    node_breaks(&plan, 0, 0);
    stage.rows[0] = stage_job(0, 100, 1, 1);
    plan_run(&plan, &stage, 10 * HOUR, 1);
    const Health *health = &stage.world->health;
    for (int n = 0; n < 3; n++) {
        CU_ASSERT_EQUAL(over_s(&stage, 0, n), (n + 1) * 3 * HOUR);
        CU_ASSERT_EQUAL(at_stage(&stage, 0, STAGE_REPAIR, n), n * 3 * HOUR);
    }
    CU_ASSERT_EQUAL(over_s(&stage, 0, 3), -1);
    CU_ASSERT_EQUAL(health->offered, 1);
    CU_ASSERT_EQUAL(health->began, 1);
    CU_ASSERT_EQUAL(health->repaired, 3);
    CU_ASSERT_EQUAL(health->no_fault_found, 3);
    CU_ASSERT_EQUAL(health->technician_worked_ms, 7 * HOUR * 1000);
    CU_ASSERT_EQUAL(stage_end_s(&stage, 0), -1);
    stage_close(&stage);
}

/* Goal: how often a repair is in vain. Method: probability 1/2, 16 nodes that break once: the
 * number of repairs of each is geometric with mean 2; over 16 x 60 seeds, mean 2 within 4 x sqrt(2
 * / 960). */
static void every_second_repair_in_vain(void)
{
    int64_t repairs = 0;
    for (uint64_t seed = 0; seed < 60; seed++) {
        Stage stage;
        Plan plan;
        stage_open(&stage, 16, 1, "skip");
        stage.scenario.seed = seed;
        plan_open(&plan, &stage, 0, 0, 1, 0);
        plan.stages.no_fault_found = 0.5;
        for (int32_t node = 0; node < 16; node++) {
            node_breaks(&plan, node, node);
        }
        plan_run(&plan, &stage, 100 * HOUR, 0);
        repairs += stage.world->health.repaired;
        CU_ASSERT_EQUAL(stage.world->health.repaired - stage.world->health.no_fault_found, 16);
        stage_close(&stage);
    }
    CU_ASSERT_DOUBLE_EQUAL((double)repairs / 960.0, 2.0, 4.0 * 0.0456);
}

/* Goal: a node that breaks again in its burn-in comes back when both are mended. Method: hands on 2
 * h, burn-in 4 h; broken at 0 and, recorded, at 3 h: the first is over at 6, the second at 9 h. A
 * job that waits from 1 h on starts then. */
static void broken_in_its_burn_in(void)
{
    Stage stage;
    Plan plan;
    stage_open(&stage, 1, 1, "skip");
    plan_open(&plan, &stage, 0, 0, 2, 4);
    node_breaks(&plan, 0, 0);
    node_breaks(&plan, 0, 3 * HOUR);
    stage.rows[0] = stage_job(HOUR, 100, 1, 1);
    plan_run(&plan, &stage, 20 * HOUR, 1);
    CU_ASSERT_EQUAL(over_s(&stage, 0, 0), 6 * HOUR);
    CU_ASSERT_EQUAL(over_s(&stage, 1, 0), 9 * HOUR);
    CU_ASSERT_EQUAL(stage_start_s(&stage, 0), 9 * HOUR);
    stage_close(&stage);
}

/* Goal: all nodes down, then back one by one as one technician gets to them. Method: four nodes
 * break at 0, hands on 2 h: back at 2, 4, 6 and 8 h; four jobs of one node each start then. */
static void all_nodes_down(void)
{
    Stage stage;
    Plan plan;
    stage_open(&stage, 4, 1, "skip");
    plan_open(&plan, &stage, 0, 0, 2, 0);
    stage.scenario.policy.remedy_options.technicians = 1;
    for (int32_t node = 0; node < 4; node++) {
        node_breaks(&plan, node, 0);
        stage.rows[node] = stage_job(1, 24 * HOUR, 1, 1);
    }
    plan_run(&plan, &stage, 10 * HOUR, 4);
    for (JobId job = 0; job < 4; job++) {
        CU_ASSERT_EQUAL(stage_start_s(&stage, job), (job + 1) * 2 * HOUR);
        CU_ASSERT_EQUAL(stage.world->task_node[job], job);
    }
    stage_close(&stage);
}

/* Goal: without people or work there is nothing to wait for. Method: no stage takes any time: over
 * at the instant of the notice. Work that needs no technician goes on at night and is not his. */
static void nothing_to_do(void)
{
    for (int stages = 0; stages < 2; stages++) {
        Stage stage;
        Plan plan;
        stage_open(&stage, 1, 1, "skip");
        plan_open(&plan, &stage, 0, 0, stages, 0);
        plan.stages.technician = false;
        office_hours(&stage, 1);
        node_breaks(&plan, 0, HOUR);
        plan_run(&plan, &stage, 20 * HOUR, 0);
        CU_ASSERT_EQUAL(over_s(&stage, 0, 0), (stages + 1) * HOUR);
        CU_ASSERT_EQUAL(stage.world->health.technician_worked_ms, 0);
        stage_close(&stage);
    }
}

const TestCase CASES[] = {
    {"two nodes, one technician", two_nodes_one_technician},
    {"parts come before people", parts_come_before_people},
    {"the run ends in between", the_run_ends_in_between},
    {"no fault found", no_fault_found},
    {"every second repair in vain", every_second_repair_in_vain},
    {"broken in its burn-in", broken_in_its_burn_in},
    {"all nodes down", all_nodes_down},
    {"nothing to do", nothing_to_do},
    {NULL, NULL},
};
