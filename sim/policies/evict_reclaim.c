/* evict_reclaim.c - Volcano's reclaim and preempt: queues take back what they are due; inside a
 * queue the higher priority goes first.
 *
 * Each task of the asker takes the first node on which victims, in the reverse of the queues' and
 * jobs' order, leave it room; all tasks find one, or nobody gives way. A task is a victim if every
 * rule says so: its gang lives on without it, and its queue stays at what it is due (reclaim), or
 * its job has a lower priority (preempt). Where priority finds nobody, dominant shares decide, if
 * asked for (drf). Source: docs/eviction.md.
 */
#include "sim/policies/evict_common.h"
#include "sim/policies/evict_search.h"
#include "sim/policies/policies.h"
#include "sim/policies/ratio.h"

/* Whom a rule lets stop for the asker, and in which order. */
typedef bool (*TaskRule)(const Search *search, TaskId task);

/* Reverse of the order in which they would be served: queue, priority, newest. */
static bool serves_after(const World *world, int32_t a, int32_t b)
{
    const JobTable *jobs = world->jobs;
    JobId a_job = jobs->task_job[a];
    JobId b_job = jobs->task_job[b];
    QueueId a_queue = job_tenant(jobs, a_job);
    QueueId b_queue = job_tenant(jobs, b_job);
    if (a_queue != b_queue) {
        return queue_yields_before(world, a_queue, b_queue);
    }
    if (jobs->job_priority[a_job] != jobs->job_priority[b_job]) {
        return jobs->job_priority[a_job] < jobs->job_priority[b_job];
    }
    if (jobs->job_submit_ms[a_job] != jobs->job_submit_ms[b_job]) {
        return jobs->job_submit_ms[a_job] > jobs->job_submit_ms[b_job];
    }
    return a > b;
}

/* ---- rules ---- */

/* The gang lives on without the task: only what is above its minimum may go. */
static bool gang_spares(const World *world, JobId job)
{
    return job_staying(world, job) > job_class(world->jobs, job)->min_tasks ||
           world->scenario->policy.evict_options.breaks_gangs;
}

/* Without the task the queue still has what it is due, in some lane that both want. */
static bool queue_spares(const Search *search, JobId job)
{
    const World *world = search->world;
    const int64_t *wanted = search->shape.request;
    int64_t lanes[GP_AXES];
    world_task_lanes(world, job, lanes);
    QueueId queue =
        queue_side(world, job_tenant(world->jobs, job), job_tenant(world->jobs, search->ask->job));
    for (int lane = 0; lane < GP_AXES; lane++) {
        int64_t due = queue_due(world, queue, lane);
        if (wanted[lane] > 0 && lanes[lane] > 0 && due != QUEUE_UNLIMITED &&
            queue_holds(world, queue, lane) - lanes[lane] >= due) {
            return true;
        }
    }
    return false;
}

static bool reclaim_rule(const Search *search, TaskId task)
{
    const World *world = search->world;
    JobId job = world->jobs->task_job[task];
    QueueId queue = job_tenant(world->jobs, search->ask->job);
    bool lower_only = queue_reclaim_rule(world, queue, RECLAIM_ANY) == RECLAIM_LOWER_PRIORITY;
    return job_tenant(world->jobs, job) != queue &&
           (!lower_only ||
            world->jobs->job_priority[job] < world->jobs->job_priority[search->ask->job]) &&
           gang_spares(world, job) && queue_spares(search, job);
}

static bool same_queue(const Search *search, JobId job)
{
    const JobTable *jobs = search->world->jobs;
    return job_tenant(jobs, job) == job_tenant(jobs, search->ask->job) && job != search->ask->job;
}

static bool preempt_rule(const Search *search, TaskId task)
{
    const World *world = search->world;
    JobId job = world->jobs->task_job[task];
    return same_queue(search, job) &&
           victim_rank(world, job) < victim_rank(world, search->ask->job) &&
           gang_spares(world, job);
}

static int64_t fleet_capacity(const World *world, int lane)
{
    const Cluster *cluster = &world->scenario->cluster;
    int64_t sum = 0;
    for (int32_t type = 0; type < cluster->type_count; type++) {
        sum += cluster->type_info[type].node_count * cluster->types[type].capacity[lane];
    }
    return sum;
}

/* The job's largest share of the fleet over the lanes, with so many tasks. */
static Ratio dominant_share(const World *world, JobId job, int32_t tasks)
{
    int64_t lanes[GP_AXES];
    Ratio share = {0, 1};
    world_task_lanes(world, job, lanes);
    for (int lane = 0; lane < GP_AXES; lane++) {
        int64_t capacity = fleet_capacity(world, lane);
        if (capacity > 0) {
            share = ratio_larger(share, (Ratio){lanes[lane] * tasks, capacity});
        }
    }
    return share;
}

/* The asker with its tasks is not above the victim's job without the task. */
static bool drf_rule(const Search *search, TaskId task)
{
    const World *world = search->world;
    const EvictAsk *ask = search->ask;
    JobId job = world->jobs->task_job[task];
    return same_queue(search, job) &&
           ratio_compare(
               dominant_share(world, ask->job, world->job_holding[ask->job] + ask->task_count),
               dominant_share(world, job, job_staying(world, job) - 1)) <= 0;
}

/* ---- nodes ---- */

/* Tasks of the node that the rule lets stop, first to give way first, at the far end of the memory
 * for victims: who is taken is read before it is written over. */
static TaskId *node_candidates(Search *search, int32_t node, TaskRule rule, int32_t *count)
{
    const World *world = search->world;
    TaskId *end = search->plan->victims + search->plan->capacity;
    TaskId *tasks = end;
    for (TaskId task = world->node_first[node]; task >= 0; task = world->task_next[task]) {
        if (task_state_holds(world->task_state[task]) && rule(search, task) &&
            world_evictable(world, task, &search->plan->wake_ms)) {
            *--tasks = task;
        }
    }
    *count = (int32_t)(end - tasks);
    victims_sort(world, serves_after, tasks, *count);
    return tasks;
}

/* Lets tasks of the node give way until one more task of the asker fits there. */
static bool node_gives_way(Search *search, int32_t node, TaskRule rule)
{
    const World *world = search->world;
    EvictPlan *plan = search->plan;
    int32_t before = plan->victim_count;
    int32_t mark = search->trial->count;
    int32_t seated = search->seated;
    int32_t count;
    const TaskId *tasks = node_candidates(search, node, rule, &count);
    for (int32_t i = 0; i < count && search->seated == seated; i++) {
        JobId job = world->jobs->task_job[tasks[i]];
        /* What went before it may have changed the answer. */
        if (!task_state_holds(world->task_state[tasks[i]]) || !rule(search, tasks[i])) {
            continue;
        }
        if (job_is_gang(world, job) && job_spare_tasks(world, job) == 0) {
            search_take_job(search, job);
        } else {
            search_take_task(search, tasks[i]);
        }
    }
    if (search->seated == seated) {
        trial_rollback_to(search->trial, mark);
        plan->victim_count = before;
        return false;
    }
    return true;
}

static bool nodes_give_way(Search *search, TaskRule rule)
{
    const GpFleet *fleet = &search->world->fleet;
    while (!search_fits(search)) {
        int32_t node = 0;
        while (node < fleet->node_count &&
               (fleet->node_present[node] == 0 || !search_covers(search, node) ||
                !gp_type_allowed(&fleet->types[fleet->node_type[node]], &search->shape) ||
                !node_gives_way(search, node, rule))) {
            node++;
        }
        if (node == fleet->node_count) {
            return false;
        }
    }
    return true;
}

/* With all its tasks the asker's queue would still not have more than it is due. */
static bool within_due(const Search *search)
{
    const World *world = search->world;
    QueueId queue = job_tenant(world->jobs, search->ask->job);
    int64_t lanes[GP_AXES];
    search_lanes(search, lanes);
    for (int lane = 0; lane < GP_AXES; lane++) {
        int64_t due = queue_due(world, queue, lane);
        if (lanes[lane] > 0 && due != QUEUE_UNLIMITED &&
            queue_holds(world, queue, lane) + lanes[lane] > due) {
            return false;
        }
    }
    return true;
}

/* Some other queue holds more than it is due, of what the asker wants. */
static bool any_queue_above(const Search *search)
{
    const World *world = search->world;
    QueueId own = job_tenant(world->jobs, search->ask->job);
    for (QueueId queue = 0; queue < world->queue_count; queue++) {
        for (int lane = 0; queue != own && lane < GP_AXES; lane++) {
            if (search->shape.request[lane] > 0 &&
                queue_holds(world, queue, lane) > queue_due(world, queue, lane)) {
                return true;
            }
        }
    }
    return false;
}

static bool any_job_below(const Search *search)
{
    const World *world = search->world;
    for (int32_t i = 0; i < world->running_count; i++) {
        JobId job = world->running[i];
        if (victim_rank(world, job) < victim_rank(world, search->ask->job) &&
            same_queue(search, job)) {
            return true;
        }
    }
    return false;
}

static bool reclaim_attempt(Search *search)
{
    return nodes_give_way(search, reclaim_rule);
}

static bool preempt_attempt(Search *search)
{
    if (nodes_give_way(search, preempt_rule)) {
        return true;
    }
    search_restart(search);
    return search->world->scenario->policy.evict_options.drf && nodes_give_way(search, drf_rule);
}

static bool reclaim_propose(const World *world, Trial *trial, const EvictAsk *ask, EvictPlan *plan)
{
    QueueId queue = job_tenant(world->jobs, ask->job);
    bool blocked = ask->admission.block != BLOCK_NONE;
    /* Not let in: it is not seen. Who is in, and stopped by what its queue deserves, may preempt.
     */
    bool pending =
        blocked && world->scenario->policy.admit->stages && world->job_quota[ask->job] == 0;
    Search search;
    if (pending || !asker_may_evict(world, ask, plan)) {
        return false;
    }
    search_open(&search, world, trial, ask, plan);
    bool found = !blocked && queue_reclaim_rule(world, queue, RECLAIM_ANY) != RECLAIM_NEVER &&
                 within_due(&search) && any_queue_above(&search) &&
                 search_run(&search, reclaim_attempt);
    found = found || (queue_preempt_rule(world, queue, PREEMPT_LOWER_PRIORITY) != PREEMPT_NEVER &&
                      (any_job_below(&search) || world->scenario->policy.evict_options.drf) &&
                      search_run(&search, preempt_attempt));
    search_close(&search);
    return found;
}

const EvictPolicy evict_reclaim = {
    .name = "reclaim",
    .summary = "queues take back what they are due; inside a queue lower priorities give way",
    .propose = reclaim_propose,
    .pipelines = true,
};
