/* evict_priority.c - kube-scheduler's preemption: the node where giving way hurts least.
 *
 * Node by node all lower priorities are lifted; if the asker fits, they return one by one, the most
 * important first, and those that no longer fit are the node's victims. The node is chosen by its
 * victims. Source: docs/eviction.md. The price: it looks at one node at a time, so it never sees
 * that two nodes together would give way more cheaply.
 */
#include "core/rng.h"
#include "sim/policies/evict_common.h"
#include "sim/policies/evict_search.h"
#include "sim/policies/policies.h"

#define PRIORITY_OFFSET (INT64_C(1) << 31) /* so that more victims always weigh more */
#define SAMPLE_MIN 100                     /* candidate nodes */
#define SAMPLE_PERCENT 10

/* What speaks for taking a node: less is better, but for the start. */
typedef struct NodeCost {
    int64_t top_rank;
    int64_t rank_sum;
    int64_t victims;
    int64_t top_start_ms; /* earliest start among the victims of the top rank: later is better */
} NodeCost;

/* The tasks of one node that may have to give way; behind the victims found so far. */
typedef struct NodeTasks {
    Search *search;
    int32_t node;
    TaskId *tasks;
    int32_t count;
} NodeTasks;

static bool cost_below(const NodeCost *a, const NodeCost *b)
{
    if (a->top_rank != b->top_rank) {
        return a->top_rank < b->top_rank;
    }
    if (a->rank_sum != b->rank_sum) {
        return a->rank_sum < b->rank_sum;
    }
    if (a->victims != b->victims) {
        return a->victims < b->victims;
    }
    return a->top_start_ms > b->top_start_ms;
}

/* ---- the tasks of a node ---- */

/* Tasks of a gang with none to spare come and go together. */
static bool goes_whole(const NodeTasks *at, JobId job)
{
    const World *world = at->search->world;
    int32_t here = 0;
    if (!job_is_gang(world, job)) {
        return false;
    }
    for (int32_t i = 0; i < at->count; i++) {
        here += world->jobs->task_job[at->tasks[i]] == job;
    }
    return here > job_spare_tasks(world, job);
}

static int64_t unit_start_ms(const World *world, TaskId task)
{
    JobId job = world->jobs->task_job[task];
    return job_is_gang(world, job) ? world->job_attempt_ms[job] : world->task_start_ms[task];
}

/* Higher priority, then earlier start: returns first. Tasks of a gang stand side by side. */
static bool more_important(const World *world, TaskId a, TaskId b)
{
    JobId a_job = world->jobs->task_job[a];
    JobId b_job = world->jobs->task_job[b];
    int64_t a_rank = victim_rank(world, a_job);
    int64_t b_rank = victim_rank(world, b_job);
    int64_t a_start_ms = unit_start_ms(world, a);
    int64_t b_start_ms = unit_start_ms(world, b);
    if (a_rank != b_rank) {
        return a_rank > b_rank;
    }
    if (a_start_ms != b_start_ms) {
        return a_start_ms < b_start_ms;
    }
    return a < b;
}

static void node_tasks_find(NodeTasks *at)
{
    const Search *search = at->search;
    const World *world = search->world;
    int64_t rank = victim_rank(world, search->ask->job);
    JobId last_gang = -1; /* tasks of a gang mostly stand side by side */
    bool last_evictable = false;
    at->tasks = &search->plan->victims[search->plan->victim_count];
    at->count = 0;
    for (TaskId task = world->node_first[at->node]; task >= 0; task = world->task_next[task]) {
        JobId job = world->jobs->task_job[task];
        if (victim_rank(world, job) >= rank || job == search->ask->job ||
            !task_state_holds(world->task_state[task]) ||
            !world_evictable(world, task, &search->plan->wake_ms)) {
            continue;
        }
        if (job_is_gang(world, job) && job != last_gang) {
            last_gang = job;
            last_evictable = job_evictable(world, job, &search->plan->wake_ms);
        }
        if (job != last_gang || last_evictable) {
            at->tasks[at->count++] = task;
        }
    }
}

static bool asker_fits(const NodeTasks *at)
{
    const Search *search = at->search;
    return gp_fits(&search->world->fleet, at->node, &search->shape,
                   search->world->scenario->policy.pack.sees) != 0;
}

/* The next of the sorted tasks, with those of its gang that must return with it: where they end. */
static int32_t group_end(const NodeTasks *at, int32_t from)
{
    const World *world = at->search->world;
    JobId job = world->jobs->task_job[at->tasks[from]];
    int32_t to = from + 1;
    if (goes_whole(at, job)) {
        while (to < at->count && world->jobs->task_job[at->tasks[to]] == job) {
            to++;
        }
    }
    return to;
}

/* Lets return who can; the others move to the front. How many they are. */
static int32_t reprieve(const NodeTasks *at)
{
    Trial *trial = at->search->trial;
    int32_t victims = 0;
    for (int32_t from = 0; from < at->count;) {
        int32_t to = group_end(at, from);
        int32_t mark = trial->count;
        for (int32_t i = from; i < to; i++) {
            trial_restore_task(trial, at->tasks[i]);
        }
        if (!asker_fits(at)) {
            trial_rollback_to(trial, mark);
            for (int32_t i = from; i < to; i++) {
                TaskId task = at->tasks[i];
                at->tasks[i] = at->tasks[victims];
                at->tasks[victims++] = task;
            }
        }
        from = to;
    }
    return victims;
}

/* Lifts who need not stay away for good; false if the asker does not fit here even so. Afterwards
 * the first `count` tasks are the node's victims, and the trial is as it was. */
static bool node_victims_find(NodeTasks *at)
{
    Trial *trial = at->search->trial;
    int32_t mark = trial->count;
    bool helps = at->search->world->fleet.node_present[at->node] != 0;
    if (helps) {
        node_tasks_find(at);
        helps = at->count > 0;
    }
    for (int32_t i = 0; helps && i < at->count; i++) {
        helps = trial_release_task(trial, at->tasks[i]) == GP_OK;
    }
    helps = helps && asker_fits(at);
    if (helps) {
        victims_sort(at->search->world, more_important, at->tasks, at->count);
        at->count = reprieve(at);
    }
    trial_rollback_to(trial, mark);
    return helps && at->count > 0;
}

/* ---- the choice of a node ---- */

static NodeCost node_cost(const NodeTasks *at)
{
    const World *world = at->search->world;
    NodeCost cost = {.top_rank = INT64_MIN, .top_start_ms = TIME_NEVER};
    for (int32_t from = 0; from < at->count;) {
        JobId job = world->jobs->task_job[at->tasks[from]];
        int32_t to = group_end(at, from);
        bool whole = goes_whole(at, job);
        int64_t rank = victim_rank(world, job);
        int64_t tasks = whole ? job_staying(world, job) : 1;
        int64_t start_ms = unit_start_ms(world, at->tasks[from]);
        if (rank > cost.top_rank) {
            cost.top_rank = rank;
            cost.top_start_ms = TIME_NEVER;
        }
        if (rank == cost.top_rank && start_ms < cost.top_start_ms) {
            cost.top_start_ms = start_ms;
        }
        cost.rank_sum += tasks * (rank + PRIORITY_OFFSET);
        cost.victims += tasks;
        from = to;
    }
    return cost;
}

/* Small clusters are looked at from their first node; in larger ones, where not all candidates are
 * weighed, each job begins at a node of its own. */
static int32_t first_node(const World *world, JobId job)
{
    int32_t nodes = world->fleet.node_count;
    if (nodes <= SAMPLE_MIN) {
        return 0;
    }
    DrawAddress address = {.seed = world->scenario->seed,
                           .replication = world->replication,
                           .purpose = PURPOSE_EVICT_OFFSET,
                           .entity = (uint32_t)job};
    return (int32_t)(rng_u64(address, 0) % (uint64_t)nodes);
}

static int32_t best_node(Search *search)
{
    const World *world = search->world;
    int32_t nodes = world->fleet.node_count;
    int32_t sample = nodes * SAMPLE_PERCENT / 100;
    int32_t offset = first_node(world, search->ask->job);
    int32_t best = -1;
    NodeCost best_cost = {0};
    sample = sample > SAMPLE_MIN ? sample : SAMPLE_MIN;
    for (int32_t i = 0; i < nodes && sample > 0; i++) {
        NodeTasks at = {.search = search, .node = (offset + i) % nodes};
        if (!search_covers(search, at.node) || !node_victims_find(&at)) {
            continue;
        }
        NodeCost cost = node_cost(&at);
        sample--;
        if (best < 0 || cost_below(&cost, &best_cost)) {
            best = at.node;
            best_cost = cost;
        }
    }
    return best;
}

static bool holds_id(const int32_t *ids, int32_t count, int32_t id)
{
    for (int32_t i = 0; i < count; i++) {
        if (ids[i] == id) {
            return true;
        }
    }
    return false;
}

/* The list stands where victims are written, so single tasks go first, which never overtake what is
 * still to be read; then the gangs, whose tasks may be anywhere. */
static bool node_take(Search *search, int32_t node)
{
    const World *world = search->world;
    NodeTasks at = {.search = search, .node = node};
    JobId *wholes = search->plan->jobs;
    int32_t whole_count = 0;
    int32_t singles = 0;
    if (!node_victims_find(&at)) {
        return false;
    }
    for (int32_t i = 0; i < at.count; i++) {
        JobId job = world->jobs->task_job[at.tasks[i]];
        if (goes_whole(&at, job) && !holds_id(wholes, whole_count, job)) {
            wholes[whole_count++] = job;
        }
    }
    for (int32_t i = 0; i < at.count; i++) {
        if (!holds_id(wholes, whole_count, world->jobs->task_job[at.tasks[i]])) {
            at.tasks[singles++] = at.tasks[i];
        }
    }
    bool taken = true;
    for (int32_t i = 0; taken && i < singles; i++) {
        taken = search_take_task(search, at.tasks[i]);
    }
    for (int32_t i = 0; taken && i < whole_count; i++) {
        taken = search_take_job(search, wholes[i]);
    }
    return taken;
}

/* Tasks of a gang are given room one by one. */
static bool nodes_give_way(Search *search)
{
    while (!search_fits(search)) {
        int32_t node = best_node(search);
        if (node < 0 || !node_take(search, node)) {
            return false;
        }
    }
    return true;
}

static bool anybody_below(const World *world, int64_t rank)
{
    for (int32_t i = 0; i < world->running_count; i++) {
        if (victim_rank(world, world->running[i]) < rank) {
            return true;
        }
    }
    return false;
}

static bool priority_propose(const World *world, Trial *trial, const EvictAsk *ask, EvictPlan *plan)
{
    Search search;
    if (ask->admission.block != BLOCK_NONE || !asker_may_evict(world, ask, plan) ||
        !anybody_below(world, victim_rank(world, ask->job))) {
        return false;
    }
    search_open(&search, world, trial, ask, plan);
    bool found = search_run(&search, nodes_give_way);
    search_close(&search);
    return found;
}

const EvictPolicy evict_priority = {
    .name = "priority",
    .summary = "lower priorities give way, on the node where it hurts least",
    .propose = priority_propose,
};
