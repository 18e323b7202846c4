/* test_plan_promises.c - whoever is first in line starts when it was promised, on small fleets and
 * large ones. */
#include <stdio.h>

#include "tests/plan_stage.h"

const char *const SUITE = "plan_promises";

/* After each pass: what is the first in line promised? */
static void promise_note(void *self, const World *world, const Fact *fact)
{
    Stage *stage = self;
    const Plan *plan = stage->engine.plan;
    JobId first = 0;
    while (first < stage->job_count && !waiting_has(&world->waiting, first)) {
        first++;
    }
    if (fact->kind != FACT_PASS_DONE || first == stage->job_count) {
        return;
    }
    int64_t start_ms = plan_next_start_ms(plan);
    if (plan->books) {
        const Reservation *made = &plan->book.made[plan->book.order[0]];
        start_ms = plan->book.order_count > 0 && made->job == first ? made->start_ms : TIME_NEVER;
    }
    if (start_ms < stage->promise_ms[first]) {
        stage->promise_ms[first] = start_ms;
    }
}

/* Nodes of up to four cards with memory, slices and two NUMA parts, in two racks; requests of every
 * kind; a pack that scores. */
static void mixed_draw(Stage *stage, uint32_t seed)
{
    static const char *const PACKS[] = {"first-fit", "best-fit", "most-allocated", "fgd"};
    static const int32_t MILLI[] = {1000, 1000, 500, 250, 300};
    static const JobTraits SAME_PART = {.sync = -1, .required_level = TOPOLOGY_NUMA};
    static const JobTraits SAME_RACK = {.sync = -1, .required_level = TOPOLOGY_RACK};
    static int32_t racks[NODES_DRAWN] = {0, 1, 0, 1};
    uint32_t n = 0;
    int32_t gpus[NODES_DRAWN];
    int32_t nodes = 2 + draw(seed, &n, NODES_DRAWN - 1);
    for (int32_t node = 0; node < nodes; node++) {
        gpus[node] = 1 + draw(seed, &n, 4);
    }
    stage_open(stage, nodes, gpus, 8000);
    PolicySet *policy = &stage->scenario.policy;
    CU_ASSERT_TRUE_FATAL(pack_policy_fill(pack_policy(PACKS[draw(seed, &n, 4)]), &policy->pack));
    policy->place.topology = TOPOLOGY_TIGHTEST;
    stage->scenario.cluster.node_rack = racks;
    stage->scenario.cluster.rack_count = 2;
    for (int32_t node = 0; node < nodes; node++) {
        stage->types[node].mig_geometry = GP_MIG_GEOMETRY_SEVEN;
        stage->types[node].numa_count = 2;
        stage->types[node].device_split = 3;
    }
    int64_t submit_ms = 0;
    int32_t jobs = 6 + draw(seed, &n, JOBS_DRAWN - 6);
    for (int32_t i = 0; i < jobs; i++) {
        submit_ms += draw(seed, &n, 4);
        Request *row = stage_job(stage, submit_ms, 1 + draw(seed, &n, 20), 1, 1);
        row->cpu_milli = 1000 * draw(seed, &n, 3);
        int32_t kind = draw(seed, &n, 4);
        if (kind == 0) {
            row->mig_profile = GP_MIG_PROFILE_1G + draw(seed, &n, GP_MIG_PROFILE_7G);
        } else {
            row->gpu_count = 1 + draw(seed, &n, 2);
            row->gpu_milli = MILLI[draw(seed, &n, 5)];
            row->gpu_memory_mib = 10000 * draw(seed, &n, 5);
            row->traits = kind == 1 ? &SAME_PART : NULL;
        }
        if (kind == 2) { /* the engine's own count is of the best choice of cards: one each */
            row->gpu_count = row->gpu_milli < 1000 ? 1 : row->gpu_count;
            row->task_count = 1 + draw(seed, &n, 4);
            row->traits = &SAME_RACK;
        }
    }
}

/* Goal: whoever is first in line starts when it was promised, whatever others ask for: nobody who
 * was let in before it takes what it waits for. Method: random requests of shares, card memory, MIG
 * instances, cards of one NUMA part and gangs of one rack under four packs, exact estimates; after
 * each pass the promise is noted, and it must be kept. */
static void promises_to_the_first_are_kept(void)
{
    static const char *const SCANS[] = {"easy", "conservative"};
    for (uint32_t seed = 1; seed <= 2000; seed++) {
        static Stage stage;
        mixed_draw(&stage, seed);
        stage.watcher = (Observer){.self = &stage, .fact = promise_note};
        stage.watchers = 1;
        for (JobId job = 0; job < JOBS_MAX; job++) {
            stage.promise_ms[job] = TIME_NEVER;
        }
        stage_run(&stage, SCANS[seed % 2]);
        bool kept = true;
        for (JobId job = 0; job < stage.job_count; job++) {
            kept = kept && (stage.world->job_start_ms[job] <= stage.promise_ms[job] ||
                            stage.world->job_state[job] == JOB_REJECTED);
        }
        CU_ASSERT_TRUE(kept);
        if (!kept) {
            printf("\n%s, seed %u: a promise was broken\n", SCANS[seed % 2], seed);
        }
        stage_close(&stage);
    }
}

/* ---- many nodes ---- */

/* When does a node have so many whole GPUs free, if all tasks end as they should? */
static int64_t node_free_ms(const World *world, int32_t node, int32_t gpus)
{
    int32_t free = 0;
    for (int32_t device = world->fleet.device_begin[node];
         device < world->fleet.device_begin[node + 1]; device++) {
        free += world->fleet.device_tasks[device] == 0;
    }
    int64_t now_ms = PLAN_NOW;
    while (free < gpus) {
        int64_t next_ms = TIME_NEVER;
        int32_t given = 0;
        for (TaskId task = world->node_first[node]; task >= 0; task = world->task_next[task]) {
            int64_t end_ms = world_planned_end_ms(world, task);
            int32_t count = job_request(world->jobs, world->jobs->task_job[task])->device_count;
            if (end_ms > now_ms && end_ms <= next_ms) {
                given = end_ms == next_ms ? given + count : count;
                next_ms = end_ms;
            }
        }
        if (next_ms == TIME_NEVER) {
            return TIME_NEVER;
        }
        free += given;
        now_ms = next_ms;
    }
    return now_ms;
}

static void head_check(void *self, const World *world, const Fact *fact)
{
    Stage *stage = self;
    JobId first = 0;
    while (first < stage->job_count && !waiting_has(&world->waiting, first)) {
        first++;
    }
    if (fact->kind != FACT_PASS_DONE || first == stage->job_count) {
        return;
    }
    int64_t expected_ms = TIME_NEVER;
    for (int32_t node = 0; node < world->fleet.node_count; node++) {
        int64_t at_ms = node_free_ms(world, node, job_request(world->jobs, first)->device_count);
        expected_ms = at_ms < expected_ms ? at_ms : expected_ms;
    }
    if (expected_ms > world->now_ms + 1) { /* else the plan says nothing of its start */
        CU_ASSERT_EQUAL(plan_next_start_ms(stage->engine.plan), expected_ms);
        stage->checked++;
    }
}

/* Goal: on a fleet too large to be looked through at every pass the head's start is the lowest over
 * all nodes. Method: 150 nodes of 1 to 8 GPUs, kept full; after each pass all nodes are asked. */
static void the_head_of_a_large_fleet_starts_at_the_first_node(void)
{
    static Stage stage;
    uint32_t n = 0;
    int32_t gpus[NODES_MAX];
    for (int32_t node = 0; node < 150; node++) {
        gpus[node] = 1 + draw(9, &n, 8);
    }
    stage_open(&stage, 150, gpus, 64000);
    for (int32_t i = 0; i < JOBS_MAX; i++) {
        stage_job(&stage, i, 100 + draw(9, &n, 400), 1, 1 + draw(9, &n, 8));
    }
    stage.watcher = (Observer){.self = &stage, .fact = head_check};
    stage.watchers = 1;
    stage_run(&stage, "easy");
    CU_ASSERT_TRUE(stage.checked > 100);
    stage_close(&stage);
}

const TestCase CASES[] = {
    {"promises to the first in line are kept", promises_to_the_first_are_kept},
    {"the head of a large fleet starts at the first node",
     the_head_of_a_large_fleet_starts_at_the_first_node},
    {NULL, NULL},
};
