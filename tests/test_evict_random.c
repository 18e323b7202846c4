/* test_evict_random.c - what every plan must keep to, whoever made it, on fleets and jobs drawn at
 * random.
 *
 * The policy under test is wrapped: each plan is checked by counting on a copy of the fleet's
 * columns what would fit without the victims, in a way of its own (node by node, no trial, no
 * index). */
#include <stdlib.h>
#include <string.h>

#include "core/rng.h"
#include "sim/policies/registry.h"
#include "tests/suite.h"
#include "tests/text_run.h"

const char *const SUITE = "evict_random";

#define SCENARIOS 60
#define HELD_MAX 512

/* What CUnit would say thousands of times is said once, at the end. */
typedef struct Findings {
    int asks, plans, moves;
    int unfit, needless, not_evictable, twice, own, fitted_before, left_traces, bad_place;
    int too_many_moves, too_high, below_due;
} Findings;

static Findings found;
static const EvictPolicy *inner;

/* ---- a copy of the fleet ---- */

typedef struct Copy {
    GpFleet fleet;
    int64_t (*node_free)[GP_AXES];
    int32_t *milli, *mib;
    uint16_t *tasks, *kinds;
    uint8_t *mig;
} Copy;

static void *copy_of(const void *from, size_t bytes)
{
    void *copy = malloc(bytes > 0 ? bytes : 1);
    if (copy == NULL) {
        abort();
    }
    memcpy(copy, from, bytes);
    return copy;
}

static void copy_open(Copy *copy, const World *world)
{
    const GpFleet *fleet = &world->fleet;
    size_t nodes = (size_t)fleet->node_count;
    size_t devices = (size_t)fleet->device_begin[fleet->node_count];
    copy->fleet = *fleet;
    copy->node_free = copy_of(fleet->node_free, nodes * sizeof *copy->node_free);
    copy->milli = copy_of(fleet->device_free_milli, devices * sizeof *copy->milli);
    copy->mib = copy_of(fleet->device_free_mib, devices * sizeof *copy->mib);
    copy->tasks = copy_of(fleet->device_tasks, devices * sizeof *copy->tasks);
    copy->mig = copy_of(fleet->device_mig, devices);
    copy->kinds =
        copy_of(fleet->node_kind_tasks, nodes * (size_t)fleet->kind_count * sizeof *copy->kinds);
    copy->fleet.node_free = copy->node_free;
    copy->fleet.device_free_milli = copy->milli;
    copy->fleet.device_free_mib = copy->mib;
    copy->fleet.device_tasks = copy->tasks;
    copy->fleet.device_mig = copy->mig;
    copy->fleet.node_kind_tasks = copy->kinds;
}

static void copy_close(Copy *copy)
{
    free(copy->node_free);
    free(copy->milli);
    free(copy->mib);
    free(copy->tasks);
    free(copy->mig);
    free(copy->kinds);
}

static bool copies_equal(const Copy *a, const Copy *b)
{
    size_t nodes = (size_t)a->fleet.node_count;
    size_t devices = (size_t)a->fleet.device_begin[a->fleet.node_count];
    return memcmp(a->node_free, b->node_free, nodes * sizeof *a->node_free) == 0 &&
           memcmp(a->milli, b->milli, devices * sizeof *a->milli) == 0 &&
           memcmp(a->tasks, b->tasks, devices * sizeof *a->tasks) == 0;
}

static void copy_release(Copy *copy, const World *world, TaskId task)
{
    GpPlacement placement = world_placement(world, task);
    gp_release(&copy->fleet, job_request(world->jobs, world->jobs->task_job[task]), &placement);
}

/* How many tasks of the job the copy holds; they are placed there. */
static int32_t copy_fill(Copy *copy, const World *world, JobId job, int32_t most)
{
    const GpShape *shape = job_request(world->jobs, job);
    const PolicySet *policy = &world->scenario->policy;
    int32_t count = 0;
    for (int32_t node = 0; node < copy->fleet.node_count && count < most; node++) {
        while (count < most && gp_fits(&copy->fleet, node, shape, policy->pack.sees)) {
            GpPlacement place = {.size = sizeof(GpPlacement), .node = node};
            if (gp_choose_devices(&copy->fleet, &policy->pack, &world->scenario->constants, node,
                                  shape, 0, &place) != GP_OK) {
                break;
            }
            gp_place(&copy->fleet, shape, &place);
            count++;
        }
    }
    return count;
}

static bool fits_without(const World *world, const EvictAsk *ask, const TaskId *gone, int32_t count,
                         JobId but)
{
    Copy copy;
    copy_open(&copy, world);
    for (int32_t i = 0; i < count; i++) {
        if (world->jobs->task_job[gone[i]] != but) {
            copy_release(&copy, world, gone[i]);
        }
    }
    bool fits = copy_fill(&copy, world, ask->job, ask->task_count) == ask->task_count;
    copy_close(&copy);
    return fits;
}

/* ---- the checks ---- */

static bool takes(Copy *copy, const World *world, JobId job, const GpPlacement *place)
{
    const GpShape *shape = job_request(world->jobs, job);
    if (!gp_holds(&copy->fleet, shape, place, world->scenario->policy.pack.sees)) {
        return false;
    }
    gp_place(&copy->fleet, shape, place);
    return true;
}

/* Everybody has left; then the asker sits where the plan says, and those that moved do too. */
static void places_check(const World *world, const EvictAsk *ask, const EvictPlan *plan)
{
    Copy copy;
    copy_open(&copy, world);
    bool good = true;
    for (int32_t i = 0; i < plan->victim_count; i++) {
        copy_release(&copy, world, plan->victims[i]);
    }
    for (int32_t i = 0; i < plan->move_count; i++) {
        copy_release(&copy, world, plan->moved[i]);
    }
    for (int32_t i = 0; i < plan->place_count; i++) {
        good = good && takes(&copy, world, ask->job, &plan->places[i]);
    }
    for (int32_t i = 0; i < plan->move_count; i++) {
        good =
            good && takes(&copy, world, world->jobs->task_job[plan->moved[i]], &plan->move_to[i]);
    }
    found.bad_place += !good || (plan->place_count != 0 && plan->place_count != ask->task_count);
    copy_close(&copy);
}

static void victims_check(const World *world, const EvictAsk *ask, const TaskId *tasks,
                          int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        int64_t wake_ms = TIME_NEVER;
        found.not_evictable += !world_evictable(world, tasks[i], &wake_ms);
        found.own += world->jobs->task_job[tasks[i]] == ask->job;
        for (int32_t k = 0; k < i; k++) {
            found.twice += tasks[k] == tasks[i];
        }
    }
}

static bool is(const char *name)
{
    return strcmp(inner->name, name) == 0;
}

/* Nobody is stopped whose place is not needed; where places alone are the matter. */
static void needs_check(const World *world, const EvictAsk *ask, const EvictPlan *plan)
{
    if (ask->admission.block != BLOCK_NONE || is("reclaim") || is("priority") || is("kueue")) {
        return; /* Volcano stops whom it meets on the way; the others: one node or one rule at a
                   time */
    }
    for (int32_t i = 0; i < plan->victim_count; i++) {
        JobId job = world->jobs->task_job[plan->victims[i]];
        found.needless += fits_without(world, ask, plan->victims, plan->victim_count, job);
    }
}

/* On one node, for one task, kube-scheduler's reprieve leaves nobody needless either. */
static void node_needs_check(const World *world, const EvictAsk *ask, const EvictPlan *plan)
{
    if (is("priority") && ask->task_count == 1) {
        for (int32_t i = 0; i < plan->victim_count; i++) {
            JobId job = world->jobs->task_job[plan->victims[i]];
            found.needless += fits_without(world, ask, plan->victims, plan->victim_count, job);
        }
    }
}

static void order_check(const World *world, const EvictAsk *ask, const EvictPlan *plan)
{
    const JobTable *jobs = world->jobs;
    for (int32_t i = 0; i < plan->victim_count; i++) {
        JobId job = jobs->task_job[plan->victims[i]];
        bool own_queue = job_tenant(jobs, job) == job_tenant(jobs, ask->job);
        bool below = jobs->job_priority[job] < jobs->job_priority[ask->job];
        if (is("tier")) {
            found.too_high += world->queues[job_tenant(jobs, job)].priority >=
                              world->queues[job_tenant(jobs, ask->job)].priority;
        } else {
            found.too_high += (own_queue || is("priority") || is("qos")) && !below;
        }
    }
}

/* Volcano: other queues still hold what they are due, in some lane that the asker wants. What is on
 * its way while victims are in their grace counts there too, and not here. */
static void due_check(const World *world, const EvictAsk *ask, const EvictPlan *plan)
{
    const GpShape *wanted = job_request(world->jobs, ask->job);
    bool asks_here = is("reclaim") && world->nominee_count == 0;
    for (QueueId queue = 0; asks_here && queue < world->queue_count; queue++) {
        bool lost = false;
        bool above = false;
        for (int lane = 0; lane < GP_AXES; lane++) {
            size_t at = (size_t)queue * GP_AXES + (size_t)lane;
            int64_t left = world->queue_allocated[at];
            for (int32_t i = 0; i < plan->victim_count; i++) {
                JobId job = world->jobs->task_job[plan->victims[i]];
                bool here = job_tenant(world->jobs, job) == queue;
                left -= here ? job_request(world->jobs, job)->request[lane] : 0;
                lost = lost || here;
            }
            above = above || (wanted->request[lane] > 0 && left >= world->share.deserved[at]);
        }
        found.below_due += lost && !above && queue != job_tenant(world->jobs, ask->job);
    }
}

static void moves_check(const World *world, const EvictPlan *plan)
{
    int32_t jobs = 0;
    for (int32_t i = 0; i < plan->move_count; i++) {
        int32_t first = 0;
        while (world->jobs->task_job[plan->moved[first]] != world->jobs->task_job[plan->moved[i]]) {
            first++;
        }
        jobs += first == i;
    }
    found.moves += jobs;
    found.too_many_moves += jobs > world->scenario->policy.evict_options.moves_max;
}

static void plan_check(const World *world, const EvictAsk *ask, const EvictPlan *plan)
{
    found.plans++;
    if (ask->admission.block == BLOCK_NONE) {
        found.fitted_before += fits_without(world, ask, NULL, 0, -1);
        found.unfit += plan->move_count == 0 &&
                       !fits_without(world, ask, plan->victims, plan->victim_count, -1);
    }
    found.unfit += plan->victim_count + plan->move_count == 0;
    victims_check(world, ask, plan->victims, plan->victim_count);
    victims_check(world, ask, plan->moved, plan->move_count);
    places_check(world, ask, plan);
    needs_check(world, ask, plan);
    node_needs_check(world, ask, plan);
    order_check(world, ask, plan);
    due_check(world, ask, plan);
    moves_check(world, plan);
}

static uint64_t sums_of(const World *world)
{
    uint64_t sum = (uint64_t)world->candidate_cursor;
    for (JobId job = 0; job < world->jobs->job_count; job++) {
        sum = sum * 31 + (uint64_t)(world->job_holding[job] * 7 + world->job_quota[job]);
    }
    for (int32_t i = 0; i < world->queue_count * GP_AXES; i++) {
        sum = sum * 31 + (uint64_t)world->queue_allocated[i];
    }
    for (int32_t i = 0; i < world->queue_count * world->flavor_count * GP_AXES; i++) {
        sum = sum * 31 + (uint64_t)world->queue_used[i];
    }
    for (TaskId task = 0; task < world->jobs->task_count; task++) {
        sum = sum * 31 + world->task_state[task];
    }
    return sum;
}

static bool checked_propose(const World *world, Trial *trial, const EvictAsk *ask, EvictPlan *plan)
{
    Copy before, after;
    copy_open(&before, world);
    uint64_t sums = sums_of(world);
    bool proposed = inner->propose(world, trial, ask, plan);
    trial_rollback(trial);
    copy_open(&after, world);
    found.left_traces += !copies_equal(&before, &after) || sums != sums_of(world) || trial->quiet;
    found.asks++;
    if (proposed) {
        plan_check(world, ask, plan);
    }
    copy_close(&before);
    copy_close(&after);
    return proposed;
}

/* ---- scenarios ---- */

typedef struct Luck {
    uint32_t scenario, draws;
} Luck;

static int draw(Luck *luck, int below)
{
    DrawAddress address = {
        .seed = 3, .replication = luck->scenario, .purpose = PURPOSE_TEST, .entity = 4};
    return (int)(rng_u64(address, luck->draws++) % (uint64_t)below);
}

static void job_write(char *text, size_t size, Luck *luck, int index)
{
    static const char *const GPUS[] = {"gpus: 1",
                                       "gpus: 1",
                                       "gpus: 2",
                                       "gpus: 4",
                                       "gpus: 1, gpu_milli: 500",
                                       "gpus: 1, gpu_milli: 300"};
    static const char *const GANGS[] = {"",
                                        "",
                                        "",
                                        ", tasks: 2",
                                        ", tasks: 3, gang: all",
                                        ", tasks: 3, gang: all, sync: true",
                                        ", tasks: 4, min_tasks: 2, gang: min",
                                        ", tasks: 4, min_tasks: 1, gang: min, sync: true"};
    static const char *const MORE[] = {"",
                                       "",
                                       "",
                                       ", grace: 20s",
                                       ", preemptible: false",
                                       ", preempt_delay: 30s",
                                       ", startup: 5s"};
    int submit = draw(luck, 400);
    int duration = 20 + draw(luck, 300);
    const char *gpus = GPUS[draw(luck, 6)];
    int cpu = 1 + draw(luck, 4);
    int queue = draw(luck, 3);
    int priority = draw(luck, 4);
    const char *gang = GANGS[draw(luck, 8)];
    snprintf(text, size,
             "%s{id: j%d, submit: %ds, duration: %ds, %s, cpu: %d, queue: q%d, priority: %d%s%s}",
             index > 0 ? ",\n  " : "", index, submit, duration, gpus, cpu, queue, priority, gang,
             MORE[draw(luck, 7)]);
}

static void scenario_write(char *text, size_t size, Luck *luck, const char *policy)
{
    int gpus = 4 + 4 * draw(luck, 2);
    int cpu = 16 + draw(luck, 32);
    int nodes = 1 + draw(luck, 4);
    int quota[3] = {1 + draw(luck, 8)};
    quota[1] = 1 + draw(luck, 8);
    quota[2] = 1 + draw(luck, 8);
    int at = snprintf(text, size,
                      "cluster:\n  types: {t: {gpus: {count: %d, model: H100}, cpu: %d}}\n"
                      "  nodes: [{name: n, type: t, count: %d}]\nhorizon: 900s\n"
                      "queues:\n"
                      "  - {name: q0, cohort: all, priority: 1, quota: {gpus: %d}%s}\n"
                      "  - {name: q1, cohort: all, priority: 2, quota: {gpus: %d}}\n"
                      "  - {name: q2, cohort: all, priority: 3, quota: {gpus: %d}}\n"
                      "%sworkload: [{jobs: [",
                      gpus, cpu, nodes, quota[0], draw(luck, 3) == 0 ? ", min_run: 30s" : "",
                      quota[1], quota[2], policy);
    for (int job = 0; job < 40; job++) {
        char row[256];
        job_write(row, sizeof row, luck, job);
        at += snprintf(text + at, size - (size_t)at, "%s", row);
    }
    snprintf(text + at, size - (size_t)at, "]}]\n");
}

static void policy_run(const char *name, const char *slots)
{
    found = (Findings){0};
    for (uint32_t scenario = 0; scenario < SCENARIOS; scenario++) {
        static char text[16384];
        Luck luck = {.scenario = scenario};
        scenario_write(text, sizeof text, &luck, slots);
        TextRun run;
        inner = evict_policy(name);
        EvictPolicy checked = *inner;
        checked.propose = checked_propose;
        CU_ASSERT_TRUE_FATAL(text_run(&run, text, &checked));
        text_run_free(&run);
    }
    CU_ASSERT_TRUE(found.plans >= 10); /* else nothing was tested */
    CU_ASSERT_EQUAL(found.left_traces, 0);
    CU_ASSERT_EQUAL(found.unfit, 0);
    CU_ASSERT_EQUAL(found.fitted_before, 0);
    CU_ASSERT_EQUAL(found.not_evictable, 0);
    CU_ASSERT_EQUAL(found.twice, 0);
    CU_ASSERT_EQUAL(found.own, 0);
    CU_ASSERT_EQUAL(found.bad_place, 0);
    CU_ASSERT_EQUAL(found.needless, 0);
    CU_ASSERT_EQUAL(found.too_high, 0);
    CU_ASSERT_EQUAL(found.below_due, 0);
    CU_ASSERT_EQUAL(found.too_many_moves, 0);
    if (getenv("EVICT_VERBOSE") != NULL) {
        printf("%s: %d asks, %d plans, %d jobs moved\n", name, found.asks, found.plans,
               found.moves);
    }
}

static void priority_keeps_to_it(void)
{
    policy_run("priority",
               "policy: {order: priority, scan: skip, pack: best-fit, evict: priority}\n");
}

static void priority_task_by_task_keeps_to_it(void)
{
    policy_run("priority", "policy: {order: priority, scan: skip, pack: best-fit, evict: priority, "
                           "gangs: task-by-task}\n");
}

static void tier_keeps_to_it(void)
{
    policy_run("tier", "policy: {order: multifactor, scan: skip, pack: best-fit, evict: tier}\n");
}

static void qos_keeps_to_it(void)
{
    policy_run("qos", "policy: {order: priority, scan: skip, pack: best-fit, "
                      "evict: {rule: qos, mode: suspend}}\n");
}

static void kueue_keeps_to_it(void)
{
    policy_run("kueue", "policy: {order: kueue, share: none, admit: cohort, scan: skip, "
                        "pack: best-fit, evict: {rule: kueue, reclaim: any, preempt: "
                        "lower-priority, borrow_priority: 1}}\n");
}

static void kueue_fair_keeps_to_it(void)
{
    policy_run("kueue",
               "policy: {order: kueue, share: cohort, admit: cohort, scan: skip, "
               "pack: best-fit, evict: {rule: kueue, reclaim: any, preempt: lower-priority}}\n");
}

static void reclaim_keeps_to_it(void)
{
    policy_run("reclaim", "policy: {order: volcano, share: proportion, scan: skip, pack: best-fit, "
                          "evict: reclaim}\n");
}

static void kai_keeps_to_it(void)
{
    policy_run("kai",
               "policy: {order: kai, share: kai, scan: skip, pack: kai-binpack, evict: kai}\n");
}

static void consolidation_keeps_to_it(void)
{
    policy_run("consolidation",
               "policy: {order: fifo, scan: skip, pack: kai-spread, evict: consolidation}\n");
}

const TestCase CASES[] = {
    {"priority", priority_keeps_to_it},
    {"priority, task by task", priority_task_by_task_keeps_to_it},
    {"tier", tier_keeps_to_it},
    {"qos", qos_keeps_to_it},
    {"kueue", kueue_keeps_to_it},
    {"kueue, fair", kueue_fair_keeps_to_it},
    {"reclaim", reclaim_keeps_to_it},
    {"kai", kai_keeps_to_it},
    {"consolidation", consolidation_keeps_to_it},
    {0},
};
