/* evict_common.c - questions about askers, queues and possible victims. */
#include "sim/policies/evict_common.h"

#include "sim/policies/ratio.h"

/* ---- who asks ---- */

bool asker_may_evict(const World *world, const EvictAsk *ask, EvictPlan *plan)
{
    int64_t delay_ms = job_class(world->jobs, ask->job)->traits->preempt_delay_ms;
    int64_t from_ms = world->job_queued_ms[ask->job] + delay_ms;
    if (from_ms > world->now_ms) {
        plan->wake_ms = from_ms < plan->wake_ms ? from_ms : plan->wake_ms;
        return false;
    }
    return true;
}

int64_t victim_rank(const World *world, JobId job)
{
    return world->scenario->policy.evict_options.by_queue_priority
               ? world->queues[job_tenant(world->jobs, job)].priority
               : world->jobs->job_priority[job];
}

int32_t queue_reclaim_rule(const World *world, QueueId queue, int32_t usual)
{
    int32_t said = world->queues[queue].reclaim;
    int32_t option = world->scenario->policy.evict_options.reclaim;
    return said != RECLAIM_POLICY ? said : option != RECLAIM_POLICY ? option : usual;
}

int32_t queue_preempt_rule(const World *world, QueueId queue, int32_t usual)
{
    int32_t said = world->queues[queue].preempt;
    int32_t option = world->scenario->policy.evict_options.within_queue;
    return said != PREEMPT_POLICY ? said : option != PREEMPT_POLICY ? option : usual;
}

/* ---- what queues hold and are due ---- */

int64_t queue_holds(const World *world, QueueId queue, int lane)
{
    return world->queue_allocated[(size_t)queue * GP_AXES + (size_t)lane];
}

int64_t queue_due(const World *world, QueueId queue, int lane)
{
    return world->share.deserved != NULL
               ? world->share.deserved[(size_t)queue * GP_AXES + (size_t)lane]
               : world->queues[queue].quota.nominal[lane];
}

QueueId queue_side(const World *world, QueueId queue, QueueId other)
{
    const Queue *queues = world->queues;
    QueueId side = queue;
    while (queues[queue].depth > queues[other].depth) {
        side = queue;
        queue = queues[queue].parent;
    }
    while (queues[other].depth > queues[queue].depth) {
        other = queues[other].parent;
    }
    while (queue != other) {
        side = queue;
        queue = queues[queue].parent;
        other = queues[other].parent;
    }
    return side;
}

/* The largest of held / due over the lanes. */
static Ratio queue_fullness(const World *world, QueueId queue)
{
    Ratio fullness = {0, 1};
    for (int lane = 0; lane < GP_AXES; lane++) {
        int64_t due = queue_due(world, queue, lane);
        if (due != QUEUE_UNLIMITED) {
            fullness = ratio_larger(fullness, (Ratio){queue_holds(world, queue, lane), due});
        }
    }
    return fullness;
}

bool queue_yields_before(const World *world, QueueId a, QueueId b)
{
    static const Ratio ONE = {1, 1};
    Ratio a_full = queue_fullness(world, a);
    Ratio b_full = queue_fullness(world, b);
    bool a_above = ratio_compare(a_full, ONE) > 0;
    bool b_above = ratio_compare(b_full, ONE) > 0;
    if (a_above != b_above) {
        return a_above;
    }
    if (world->queues[a].priority != world->queues[b].priority) {
        return world->queues[a].priority < world->queues[b].priority;
    }
    int order = ratio_compare(a_full, b_full);
    return order != 0 ? order > 0 : a > b;
}

/* ---- who may be a victim ---- */

bool job_is_gang(const World *world, JobId job)
{
    return job_class(world->jobs, job)->gang != GANG_NONE &&
           world->scenario->policy.place.gangs == GANGS_TOGETHER;
}

int32_t job_staying(const World *world, JobId job)
{
    const JobTable *jobs = world->jobs;
    int32_t staying = world->job_holding[job];
    if (job_class(jobs, job)->traits->grace_ms == 0) { /* nothing stops slowly */
        return staying;
    }
    for (TaskId task = jobs->job_first_task[job]; task < jobs->job_first_task[job + 1]; task++) {
        staying -= world->task_state[task] == TASK_STOPPING;
    }
    return staying;
}

int32_t job_spare_tasks(const World *world, JobId job)
{
    int32_t staying = job_staying(world, job);
    int32_t least = job_is_gang(world, job) ? job_class(world->jobs, job)->min_tasks : 0;
    return staying > least ? staying - least : 0;
}

bool job_above_minimum(const World *world, JobId job)
{
    return job_staying(world, job) > job_class(world->jobs, job)->min_tasks;
}

bool job_evictable(const World *world, JobId job, int64_t *wake_ms)
{
    const JobTable *jobs = world->jobs;
    int32_t left = world->job_holding[job];
    for (TaskId task = jobs->job_first_task[job]; left > 0; task++) {
        if (!task_state_holds(world->task_state[task])) {
            continue;
        }
        if (!world_evictable(world, task, wake_ms)) {
            return false;
        }
        left--;
    }
    return world->job_holding[job] > 0;
}

bool job_yields_before(const World *world, int32_t a, int32_t b)
{
    const JobTable *jobs = world->jobs;
    if (jobs->job_priority[a] != jobs->job_priority[b]) {
        return jobs->job_priority[a] < jobs->job_priority[b];
    }
    bool a_above = job_above_minimum(world, a);
    if (a_above != job_above_minimum(world, b)) {
        return a_above;
    }
    if (jobs->job_submit_ms[a] != jobs->job_submit_ms[b]) {
        return jobs->job_submit_ms[a] > jobs->job_submit_ms[b];
    }
    return a > b;
}

/* ---- places ---- */

uint64_t flavor_groups(const World *world, int32_t flavor)
{
    const QueueTree *tree = &world->scenario->queues;
    return flavor >= 0 && flavor < tree->flavor_count ? tree->flavors[flavor].group_set : 0;
}

GpStatus job_seat(Trial *trial, JobId job, uint64_t groups, GpPlacement *place)
{
    static const GpDraw FIRST = {0, 0};
    World *world = trial->world;
    const PolicySet *policy = &world->scenario->policy;
    ShapeId id = job_shape(world->jobs, job);
    GpStatus status;
    place->size = sizeof(GpPlacement);
    if (groups == 0) {
        status = world_pick(world, id, &FIRST, place);
    } else {
        GpShape shape = *job_request(world->jobs, job);
        shape.group_set = shape.group_set != 0 ? shape.group_set & groups : groups;
        status = shape.group_set == 0
                     ? GP_NO_FIT
                     : gp_scan_pick(&world->fleet, &policy->pack, &world->scenario->constants,
                                    &shape, &FIRST, place);
    }
    return status == GP_OK ? trial_take(trial, id, place) : status;
}
