/* evict_search.c - victims are lifted in a trial until the asker fits; who was not needed stays. */
#include "sim/policies/evict_search.h"

#include "sim/policies/evict_common.h"

/* ---- begin and end ---- */

static const int32_t *domain_column(const World *world, int32_t level)
{
    const Cluster *cluster = &world->scenario->cluster;
    return level == TOPOLOGY_RACK ? cluster->node_rack : cluster->node_zone;
}

static int32_t domain_count(const World *world, int32_t level)
{
    const Cluster *cluster = &world->scenario->cluster;
    return level == TOPOLOGY_NONE   ? 1
           : level == TOPOLOGY_NODE ? cluster->node_count
           : level == TOPOLOGY_RACK ? cluster->rack_count
                                    : cluster->zone_count;
}

bool search_covers(const Search *search, int32_t node)
{
    int32_t level = search->domain_level;
    return level == TOPOLOGY_NONE ||
           search->domain ==
               (level == TOPOLOGY_NODE ? node : domain_column(search->world, level)[node]);
}

void search_seat_on(Search *search, int32_t node)
{
    const World *world = search->world;
    const GpPolicy *pack = &world->scenario->policy.pack;
    if (!search->asks_places || !search_covers(search, node)) {
        return;
    }
    while (search->seated < search->ask->task_count &&
           gp_fits(&world->fleet, node, &search->shape, pack->sees)) {
        GpPlacement *place = &search->plan->places[search->seated];
        *place = (GpPlacement){.size = sizeof(GpPlacement), .node = node};
        if (gp_choose_devices(&world->fleet, pack, &world->scenario->constants, node,
                              &search->shape, 0, place) != GP_OK ||
            trial_take(search->trial, job_shape(world->jobs, search->ask->job), place) != GP_OK) {
            return;
        }
        search->seated++;
    }
}

bool search_fits(const Search *search)
{
    const World *world = search->world;
    const EvictAsk *ask = search->ask;
    if (search->asks_places && search->seated < ask->task_count) {
        return false;
    }
    if (!search->asks_rules && !search->borrows_not) {
        return true;
    }
    Admission admission =
        world->scenario->policy.admit->admits(world, ask->job, search->rule_tasks);
    return admission.block == BLOCK_NONE && !(search->borrows_not && admission.borrows);
}

/* `tasks` more of the job (fewer) in what its queues hold. */
static void queues_count(World *world, JobId job, int32_t tasks)
{
    int32_t flavor = world->job_flavor[job] >= 0 ? world->job_flavor[job] : 0;
    int64_t lanes[GP_AXES];
    world_task_lanes(world, job, lanes);
    for (QueueId queue = job_tenant(world->jobs, job); queue >= 0;
         queue = world->queues[queue].parent) {
        size_t row = ((size_t)queue * (size_t)world->flavor_count + (size_t)flavor) * GP_AXES;
        for (int lane = 0; lane < GP_AXES; lane++) {
            world->queue_used[row + (size_t)lane] += tasks * lanes[lane];
            world->queue_allocated[(size_t)queue * GP_AXES + (size_t)lane] += tasks * lanes[lane];
        }
    }
}

/* Tasks that have been told to stop still count in their queues, and those that they stop for do
 * not yet: while victims are sought both are counted as they will be (sign 1), and back (-1). */
static void pending_count(World *world, int32_t sign)
{
    for (int32_t i = 0; world->nominee_count > 0 && i < world->running_count; i++) {
        JobId job = world->running[i];
        int32_t stopping = world->job_holding[job] - job_staying(world, job);
        if (stopping > 0) {
            queues_count(world, job, -sign * stopping);
        }
    }
    for (int32_t i = 0; i < world->nominee_count; i++) {
        JobId job = world->nominees[i].job;
        int32_t places = world->nominees[i].place_count;
        queues_count(world, job, sign * (places > 0 ? places : world_together(world, job)));
    }
}

void search_open(Search *search, const World *world, Trial *trial, const EvictAsk *ask,
                 EvictPlan *plan)
{
    JobId job = ask->job;
    uint64_t groups = flavor_groups(world, world->job_quota[job] > 0 ? world->job_flavor[job]
                                                                     : ask->admission.flavor);
    int32_t level = job_class(world->jobs, job)->traits->required_level;
    bool keeps_level = world->scenario->policy.place.topology != TOPOLOGY_IGNORED &&
                       level > TOPOLOGY_NUMA &&
                       ask->task_count > 1; /* a single task is in one domain wherever it is */
    /* Of the whole job, where admission takes its quota; of what comes now, where placing does. */
    const AdmitPolicy *admit = world->scenario->policy.admit;
    bool whole = admit->stages && admit->starts == NULL;
    *search = (Search){.world = world,
                       .trial = trial,
                       .ask = ask,
                       .plan = plan,
                       .shape = *job_request(world->jobs, job),
                       .asks_rules = ask->admission.block != BLOCK_NONE,
                       .asks_places = true,
                       .rule_tasks =
                           whole ? world->job_open[job] - world->job_quota[job] : ask->task_count,
                       .domain_level = keeps_level ? level : TOPOLOGY_NONE};
    if (groups != 0) {
        uint64_t both = search->shape.group_set & groups;
        search->shape.group_set = search->shape.group_set == 0 ? groups : both;
        search->cannot_fit = search->shape.group_set == 0;
    }
    search->groups = groups;
    pending_count(trial->world, 1);
}

void search_close(Search *search)
{
    pending_count(search->trial->world, -1);
}

void search_lanes(const Search *search, int64_t lanes[GP_AXES])
{
    world_task_lanes(search->world, search->ask->job, lanes);
    for (int lane = 0; lane < GP_AXES; lane++) {
        lanes[lane] *= search->rule_tasks;
    }
}

void search_restart(Search *search)
{
    int32_t nodes = search->world->fleet.node_count;
    trial_rollback_to(search->trial, 0);
    search->plan->victim_count = 0;
    search->seated = 0;
    if (search->ask->task_count == 1 && !search->asks_rules) {
        return; /* it asks because no node has room for it */
    }
    if (search->domain_level == TOPOLOGY_NODE) {
        search_seat_on(search, search->domain);
        return;
    }
    for (int32_t node = 0;
         search->asks_places && node < nodes && search->seated < search->ask->task_count; node++) {
        search_seat_on(search, node);
    }
}

/* Where the pack policy puts the asker once the victims are gone. */
static bool places_choose(Search *search)
{
    Trial *trial = search->trial;
    EvictPlan *plan = search->plan;
    int32_t cursor = trial->world->candidate_cursor;
    GpStatus status = GP_OK;
    for (int32_t i = 0; i < plan->victim_count && status == GP_OK; i++) {
        status = trial_release_task(trial, plan->victims[i]);
    }
    for (int32_t i = 0; i < search->ask->task_count && status == GP_OK; i++) {
        status = job_seat(trial, search->ask->job, search->groups, &plan->places[i]);
    }
    trial_rollback_to(trial, 0);
    trial->world->candidate_cursor = cursor;
    return status == GP_OK;
}

/* What the search found becomes the plan: in a domain the seats found are the places, since the
 * pack policy alone would not keep to it. */
static bool plan_settle(Search *search)
{
    if (!search->asks_places) {
        return true;
    }
    search->plan->place_count = search->ask->task_count;
    return search->domain_level != TOPOLOGY_NONE || places_choose(search);
}

bool search_run(Search *search, SearchAttempt attempt)
{
    EvictPlan *plan = search->plan;
    int32_t domains = search->asks_places ? domain_count(search->world, search->domain_level) : 1;
    bool found = false;
    bool fits = search->cannot_fit;
    search->trial->quiet = true;
    for (int32_t domain = 0; domain < domains && !found && !fits; domain++) {
        search->domain = domain;
        search_restart(search);
        fits = search_fits(search); /* nobody need give way */
        found = !fits && attempt(search) && plan->victim_count > 0;
    }
    trial_rollback_to(search->trial, 0);
    search->trial->quiet = false;
    plan->place_count = 0;
    if (!found || !plan_settle(search)) {
        plan->victim_count = 0;
        plan->place_count = 0;
        return false;
    }
    return true;
}

/* ---- victims ---- */

/* Beside each victim: does a unit begin with it? Nobody is moved while victims are sought. */
static int32_t *unit_marks(const Search *search)
{
    return search->plan->moved;
}

static bool victim_add(Search *search, TaskId task, bool begins)
{
    EvictPlan *plan = search->plan;
    if (trial_release_task(search->trial, task) != GP_OK) {
        return false;
    }
    unit_marks(search)[plan->victim_count] = begins;
    plan->victims[plan->victim_count++] = task;
    return true;
}

static void seat_where(Search *search, int32_t from)
{
    const EvictPlan *plan = search->plan;
    for (int32_t i = from; i < plan->victim_count && search->seated < search->ask->task_count;
         i++) {
        search_seat_on(search, search->world->task_node[plan->victims[i]]);
    }
}

bool search_take_task(Search *search, TaskId task)
{
    int32_t from = search->plan->victim_count;
    if (!world_evictable(search->world, task, &search->plan->wake_ms) ||
        !victim_add(search, task, true)) {
        return false;
    }
    seat_where(search, from);
    return true;
}

bool search_take_job(Search *search, JobId job)
{
    const World *world = search->world;
    EvictPlan *plan = search->plan;
    int32_t from = plan->victim_count;
    int32_t mark = search->trial->count;
    if (!job_evictable(world, job, &plan->wake_ms)) {
        return false;
    }
    for (TaskId task = world->jobs->job_first_task[job]; world->job_holding[job] > 0; task++) {
        if (task_state_holds(world->task_state[task]) &&
            !victim_add(search, task, plan->victim_count == from)) {
            trial_rollback_to(search->trial, mark);
            plan->victim_count = from;
            return false;
        }
    }
    seat_where(search, from);
    return true;
}

bool search_take_unit(Search *search, JobId job)
{
    const World *world = search->world;
    const EvictPlan *plan = search->plan;
    if (search->whole_jobs || job_spare_tasks(world, job) == 0) {
        return search_take_job(search, job);
    }
    TaskId task = world->jobs->job_first_task[job + 1];
    if (plan->victim_count > 0 &&
        world->jobs->task_job[plan->victims[plan->victim_count - 1]] == job) {
        task = plan->victims[plan->victim_count - 1]; /* those behind it have been looked at */
    }
    while (--task >= world->jobs->job_first_task[job]) {
        if (task_state_holds(world->task_state[task]) && search_take_task(search, task)) {
            return true;
        }
    }
    return false;
}

/* ---- who stays after all ---- */

static bool unit_on_node(const Search *search, int32_t from, int32_t to, int32_t node)
{
    for (int32_t i = from; i < to; i++) {
        if (search->world->task_node[search->plan->victims[i]] == node) {
            return true;
        }
    }
    return false;
}

/* The asker's tasks on the unit's nodes stand up; their places end up behind those that stay. */
static int32_t stand_up(Search *search, int32_t from, int32_t to)
{
    GpPlacement *places = search->plan->places;
    int32_t stood = 0;
    for (int32_t i = search->seated - 1; i >= 0; i--) {
        if (unit_on_node(search, from, to, places[i].node)) {
            GpPlacement place = places[i];
            if (trial_release(search->trial, job_shape(search->world->jobs, search->ask->job),
                              &place) != GP_OK) {
                break;
            }
            places[i] = places[--search->seated];
            places[search->seated] = place;
            stood++;
        }
    }
    return stood;
}

static bool unit_restore(Search *search, int32_t from, int32_t to)
{
    for (int32_t i = from; i < to; i++) {
        if (trial_restore_task(search->trial, search->plan->victims[i]) != GP_OK) {
            return false;
        }
    }
    return true;
}

/* Puts the unit back if the asker still fits beside it. */
static bool unit_stays(Search *search, int32_t from, int32_t to)
{
    const EvictPlan *plan = search->plan;
    int32_t mark = search->trial->count;
    int32_t stood = stand_up(search, from, to);
    bool stays = unit_restore(search, from, to);
    for (int32_t i = 0; stays && i < plan->victim_count && search->seated < search->ask->task_count;
         i++) {
        search_seat_on(search, search->world->task_node[plan->victims[i]]);
    }
    if (stays && search_fits(search)) {
        return true;
    }
    /* The log remembers who sat where, the last to stand up nearest to those that stayed. */
    int32_t kept = search->ask->task_count - stood;
    for (int32_t i = 0; search->asks_places && i < stood; i++) {
        plan->places[kept + i] = search->trial->steps[mark + stood - 1 - i].placement;
    }
    trial_rollback_to(search->trial, mark);
    search->seated = search->asks_places ? search->ask->task_count : 0;
    return false;
}

/* A spare task cannot stay where what its gang needs was taken after it. */
static bool unit_may_stay(const Search *search, int32_t from, int32_t to)
{
    const World *world = search->world;
    const EvictPlan *plan = search->plan;
    JobId job = world->jobs->task_job[plan->victims[from]];
    bool core_gone = false;
    for (int32_t i = to;
         job_is_gang(world, job) && world->job_holding[job] == 0 && i < plan->victim_count; i++) {
        core_gone = core_gone || world->jobs->task_job[plan->victims[i]] == job;
    }
    return !core_gone;
}

static void unit_forget(Search *search, int32_t from, int32_t to)
{
    EvictPlan *plan = search->plan;
    int32_t *marks = unit_marks(search);
    for (int32_t i = to; i < plan->victim_count; i++) {
        plan->victims[from + i - to] = plan->victims[i];
        marks[from + i - to] = marks[i];
    }
    plan->victim_count -= to - from;
}

void search_spare(Search *search)
{
    const int32_t *marks = unit_marks(search);
    bool last = true;
    for (int32_t to = search->plan->victim_count; to > 0;) {
        int32_t from = to - 1;
        while (!marks[from]) {
            from--;
        }
        /* Without the last one taken it did not fit. */
        if (!last && unit_may_stay(search, from, to) && unit_stays(search, from, to)) {
            unit_forget(search, from, to);
        }
        last = false;
        to = from;
    }
}

/* ---- one after the other ---- */

bool search_from_heap(Search *search, VictimHeap *heap, VictimCheck may)
{
    while (heap->count > 0) {
        JobId job = heap->ids[0];
        if ((may != NULL && !may(search, job)) || !search_take_unit(search, job)) {
            victim_heap_pop(heap);
            continue;
        }
        if (search_fits(search)) {
            search_spare(search);
            return true;
        }
        if (search->world->job_holding[job] == 0) {
            victim_heap_pop(heap);
        } else {
            victim_heap_sink(heap);
        }
    }
    return false;
}
