/* evict_consolidation.c - KAI's consolidation: jobs move elsewhere, so that the asker fits.
 *
 * Only for an asker that could be preempted itself, and only if everyone moved finds a new place at
 * once. Node by node: tasks are lifted in the reverse of the order in which jobs are served until
 * one more task of the asker fits; the node where that takes the first of that order is tried
 * first. A moved job starts again from its beginning. Source: docs/eviction.md.
 */
#include "sim/policies/evict_consolidation.h"

#include "sim/policies/evict_common.h"
#include "sim/policies/evict_search.h"
#include "sim/policies/policies.h"

/* Tasks of a node that may move, first to move first, in the memory for victims. */
typedef struct Movable {
    TaskId *tasks;
    int32_t count;
} Movable;

static bool task_moves_before(const World *world, int32_t a, int32_t b)
{
    JobId a_job = world->jobs->task_job[a];
    JobId b_job = world->jobs->task_job[b];
    return a_job != b_job ? job_yields_before(world, a_job, b_job) : a > b;
}

static bool moves_whole(const World *world, JobId job)
{
    return job_is_gang(world, job) && job_spare_tasks(world, job) == 0;
}

/* Jobs whose tasks must share a rack stay where they are: nobody looks for another rack for them.
 */
static bool job_movable(const Search *search, JobId job)
{
    const World *world = search->world;
    return job != search->ask->job &&
           (world->scenario->policy.place.topology == TOPOLOGY_IGNORED ||
            job_class(world->jobs, job)->traits->required_level <= TOPOLOGY_NUMA) &&
           (!moves_whole(world, job) || job_evictable(world, job, &search->plan->wake_ms));
}

static Movable movable_find(const Search *search, int32_t node)
{
    const World *world = search->world;
    Movable movable = {.tasks = search->plan->victims};
    for (TaskId task = world->node_first[node]; task >= 0; task = world->task_next[task]) {
        if (task_state_holds(world->task_state[task]) &&
            world_evictable(world, task, &search->plan->wake_ms) &&
            job_movable(search, world->jobs->task_job[task])) {
            movable.tasks[movable.count++] = task;
        }
    }
    victims_sort(world, task_moves_before, movable.tasks, movable.count);
    return movable;
}

static bool asker_fits(const Search *search, int32_t node)
{
    return gp_fits(&search->world->fleet, node, &search->shape,
                   search->world->scenario->policy.pack.sees) != 0;
}

/* ---- which node? ---- */

/* The last job that must move before the asker fits on the node; -1: it never does. */
static JobId node_last_mover(const Search *search, int32_t node)
{
    const World *world = search->world;
    const GpFleet *fleet = &world->fleet;
    int32_t mark = search->trial->count;
    JobId last = -1;
    if (fleet->node_present[node] == 0 ||
        !gp_type_allowed(&fleet->types[fleet->node_type[node]], &search->shape)) {
        return -1;
    }
    Movable movable = movable_find(search, node);
    for (int32_t i = 0; i < movable.count && last < 0; i++) {
        if (trial_release_task(search->trial, movable.tasks[i]) != GP_OK) {
            break;
        }
        if (asker_fits(search, node)) {
            last = world->jobs->task_job[movable.tasks[i]];
        }
    }
    trial_rollback_to(search->trial, mark);
    return last;
}

static void nodes_rate(const Search *search)
{
    search->trial->quiet = true;
    for (int32_t node = 0; node < search->world->fleet.node_count; node++) {
        search->plan->nodes[node] = node_last_mover(search, node);
    }
    search->trial->quiet = false;
}

static int32_t node_first_rated(const Search *search)
{
    const JobId *last = search->plan->nodes;
    int32_t best = -1;
    for (int32_t node = 0; node < search->world->fleet.node_count; node++) {
        if (last[node] >= 0 &&
            (best < 0 || job_yields_before(search->world, last[node], last[best]))) {
            best = node;
        }
    }
    return best;
}

/* ---- who moves, and where to ---- */

static bool lift(const Search *search, TaskId task)
{
    EvictPlan *plan = search->plan;
    if (trial_release_task(search->trial, task) != GP_OK) {
        return false;
    }
    plan->moved[plan->move_count++] = task;
    return true;
}

/* A gang that has no task to spare, or none any more, moves whole or not at all. */
static bool lift_unit(const Search *search, TaskId task)
{
    const World *world = search->world;
    JobId job = world->jobs->task_job[task];
    if (!moves_whole(world, job)) {
        return lift(search, task);
    }
    if (!job_evictable(world, job, &search->plan->wake_ms)) {
        return true;
    }
    for (TaskId member = world->jobs->job_first_task[job]; world->job_holding[job] > 0; member++) {
        if (task_state_holds(world->task_state[member]) && !lift(search, member)) {
            return false;
        }
    }
    return true;
}

static bool node_lift(const Search *search, int32_t node)
{
    Movable movable = movable_find(search, node);
    for (int32_t i = 0; i < movable.count && !asker_fits(search, node); i++) {
        bool gone = !task_state_holds(search->world->task_state[movable.tasks[i]]);
        if (!gone && !lift_unit(search, movable.tasks[i])) {
            return false;
        }
    }
    return asker_fits(search, node);
}

/* Tasks from `from` on that belong to one gang moved as a whole, or one task. */
static int32_t moved_unit_end(const Search *search, int32_t from)
{
    const World *world = search->world;
    const EvictPlan *plan = search->plan;
    JobId job = world->jobs->task_job[plan->moved[from]];
    int32_t to = from + 1;
    while (job_is_gang(world, job) && world->job_holding[job] == 0 && to < plan->move_count &&
           world->jobs->task_job[plan->moved[to]] == job) {
        to++;
    }
    return to;
}

/* Whoever was lifted in vain stays: all but the last to be lifted are put back on trial. */
static void unneeded_stay(const Search *search, int32_t node, int32_t from)
{
    EvictPlan *plan = search->plan;
    Trial *trial = search->trial;
    for (int32_t at = from; at < plan->move_count;) {
        int32_t to = moved_unit_end(search, at);
        int32_t mark = trial->count;
        bool back = to < plan->move_count;
        for (int32_t i = at; back && i < to; i++) {
            back = trial_restore_task(trial, plan->moved[i]) == GP_OK;
        }
        if (!back || !asker_fits(search, node)) {
            trial_rollback_to(trial, mark);
            at = to;
            continue;
        }
        for (int32_t i = to; i < plan->move_count; i++) {
            plan->moved[at + i - to] = plan->moved[i];
        }
        plan->move_count -= to - at;
    }
}

/* The most important first: it has the first choice. */
static bool moved_seat(const Search *search, int32_t from)
{
    const World *world = search->world;
    EvictPlan *plan = search->plan;
    for (int32_t i = plan->move_count - 1; i >= from; i--) {
        JobId job = world->jobs->task_job[plan->moved[i]];
        uint64_t groups = flavor_groups(world, world->job_flavor[job]);
        if (job_seat(search->trial, job, groups, &plan->move_to[i]) != GP_OK) {
            return false;
        }
    }
    return true;
}

static int32_t jobs_moved(const Search *search)
{
    const EvictPlan *plan = search->plan;
    const JobId *task_job = search->world->jobs->task_job;
    int32_t count = 0;
    for (int32_t i = 0; i < plan->move_count; i++) {
        int32_t first = 0;
        while (task_job[plan->moved[first]] != task_job[plan->moved[i]]) {
            first++;
        }
        count += first == i;
    }
    return count;
}

/* One more task of the asker sits on the node, and everybody who made way sits elsewhere. */
static bool node_clear(Search *search, int32_t node)
{
    EvictPlan *plan = search->plan;
    int32_t mark = search->trial->count;
    int32_t moves = plan->move_count;
    int32_t seated = search->seated;
    if (node_lift(search, node)) {
        unneeded_stay(search, node, moves);
        search_seat_on(search, node);
        if (search->seated > seated && moved_seat(search, moves) &&
            jobs_moved(search) <= search->world->scenario->policy.evict_options.moves_max) {
            return true;
        }
    }
    trial_rollback_to(search->trial, mark);
    plan->move_count = moves;
    search->seated = seated;
    return false;
}

/* Some node is cleared; so many are tried. */
static bool any_node_clear(Search *search)
{
    int32_t tries = search->world->scenario->policy.evict_options.moves_max;
    nodes_rate(search);
    while (tries-- > 0) {
        int32_t node = node_first_rated(search);
        if (node < 0) {
            return false;
        }
        if (node_clear(search, node)) {
            return true;
        }
        search->plan->nodes[node] = -1;
    }
    return false;
}

/* ---- is it worth looking? ---- */

/* Moves give nothing back: what the asker wants must be free already, in sum. */
static bool enough_free(const Search *search)
{
    const GpFleet *fleet = &search->world->fleet;
    for (int lane = 0; lane < GP_AXIS_COUNT; lane++) {
        int64_t wanted = search->shape.request[lane] * search->ask->task_count;
        if ((search->world->scenario->policy.pack.sees >> lane & 1) == 0) {
            continue;
        }
        for (int32_t node = 0; node < fleet->node_count && wanted > 0; node++) {
            wanted -= fleet->node_present[node] && fleet->node_free[node][lane] > 0
                          ? fleet->node_free[node][lane]
                          : 0;
        }
        if (wanted > 0) {
            return false;
        }
    }
    return true;
}

/* Tasks of the asker that fit as it is sit down first, where the index hears of it. */
static bool seats_taken(Search *search)
{
    search->trial->quiet = true;
    search_restart(search);
    int32_t seated = search->seated;
    trial_rollback_to(search->trial, 0);
    search->trial->quiet = false;
    for (int32_t i = 0; i < seated; i++) {
        if (trial_take(search->trial, job_shape(search->world->jobs, search->ask->job),
                       &search->plan->places[i]) != GP_OK) {
            return false;
        }
    }
    return seated < search->ask->task_count;
}

/* Clears nodes until everybody of the asker sits. */
static bool nodes_clear(Search *search)
{
    if (search->asks_rules || search->cannot_fit ||
        !world_preemptible(search->world, search->ask->job) || !enough_free(search) ||
        search->domain_level != TOPOLOGY_NONE) {
        return false;
    }
    bool clears = seats_taken(search);
    while (clears && search->seated < search->ask->task_count) {
        clears = any_node_clear(search);
    }
    trial_rollback_to(search->trial, 0);
    return clears;
}

bool consolidate(const World *world, Trial *trial, const EvictAsk *ask, EvictPlan *plan)
{
    Search search;
    int32_t cursor = world->candidate_cursor;
    plan->move_count = 0;
    search_open(&search, world, trial, ask, plan);
    bool clears = nodes_clear(&search);
    search_close(&search);
    trial->world->candidate_cursor = cursor;
    plan->victim_count = 0;
    plan->place_count = clears ? ask->task_count : 0;
    plan->move_count = clears ? plan->move_count : 0;
    return clears;
}

static bool consolidation_propose(const World *world, Trial *trial, const EvictAsk *ask,
                                  EvictPlan *plan)
{
    return asker_may_evict(world, ask, plan) && consolidate(world, trial, ask, plan);
}

const EvictPolicy evict_consolidation = {
    .name = "consolidation",
    .summary = "others move elsewhere, if each finds a place at once; nobody is sent away",
    .propose = consolidation_propose,
    .pipelines = true,
};
