/* gang_loss.c - a gang has lost members to a fault or a drain: the rest stops, waits for others,
 * waits only so long, or gets one attempt to replace them.
 *
 * Sources: Slurm and Volcano's restart-job (stops), Kubernetes Jobs (waits), KAI Scheduler's stale
 * gangs, Kueue's replacement of failed nodes (docs/remedies.md).
 */
#include "sim/engine/apply.h"
#include "sim/engine/life.h"
#include "sim/engine/remedy_state.h"
#include "sim/engine/retry.h"

static bool is_placed(const World *world, TaskId task)
{
    uint8_t state = world->task_state[task];
    return state == TASK_RUNNING || state == TASK_HELD || state == TASK_DEAD;
}

static int32_t tasks_in(const World *world, JobId job, TaskState state)
{
    int32_t count = 0;
    for (TaskId task = world->jobs->job_first_task[job];
         task < world->jobs->job_first_task[job + 1]; task++) {
        count += world->task_state[task] == state;
    }
    return count;
}

static int32_t placed_count(const World *world, JobId job)
{
    return tasks_in(world, job, TASK_RUNNING) + tasks_in(world, job, TASK_HELD) +
           tasks_in(world, job, TASK_DEAD);
}

/* The least that can go on. */
static int32_t members_least(const World *world, JobId job)
{
    const JobClass *class_of = job_class(world->jobs, job);
    int32_t least = class_of->traits->min_tasks;
    return least > 0 && least < class_of->task_count ? least : class_of->task_count;
}

/* Members that wait get no place while the others are on their way out: it waits whole afterwards.
 */
static void rest_stops(Engine *engine, JobId job)
{
    const World *world = engine->world;
    if (placed_count(world, job) > 0 && waiting_has(&world->waiting, job)) {
        job_dequeue(engine, job);
    }
    for (TaskId task = world->jobs->job_first_task[job];
         task < world->jobs->job_first_task[job + 1]; task++) {
        if (is_placed(world, task)) {
            task_stop(engine, task, STOP_GANG, EVICT_REQUEUE);
        }
    }
}

/* Where admission is a step of its own the job is in, and keeps its quota for who is replaced. */
static void quota_keep(Engine *engine, JobId job)
{
    World *world = engine->world;
    int32_t missing = world->job_holding[job] + world->job_waiting[job] +
                      tasks_in(world, job, TASK_BACKOFF) - world->job_quota[job];
    if (world->scenario->policy.admit->stages && world->job_quota[job] > 0 && missing > 0) {
        quota_hold(world, job, missing);
        world->demand_count++;
    }
}

/* Tasks that lost their places wait for others beside those that keep theirs. */
static void rest_waits(Engine *engine, JobId job)
{
    const World *world = engine->world;
    quota_keep(engine, job);
    if (world->job_waiting[job] > 0 && world->job_holding[job] > 0 &&
        !waiting_has(&world->waiting, job)) {
        job_enqueue(engine, job);
    }
}

/* Never once a member has ended well. The clock begins when it falls below. */
static void stale_schedule(Engine *engine, JobId job, int32_t lost)
{
    World *world = engine->world;
    int32_t least = members_least(world, job);
    int32_t left = placed_count(world, job);
    if (left < least && left + lost >= least && tasks_in(world, job, TASK_ENDED) == 0) {
        event_queue_set(&world->events, EVENT_GANG, job,
                        world->now_ms + remedy_options(engine)->stale_ms);
    }
}

void remedy_gang_stale(Engine *engine, JobId job)
{
    const World *world = engine->world;
    if (placed_count(world, job) < members_least(world, job) &&
        tasks_in(world, job, TASK_ENDED) == 0) {
        rest_stops(engine, job);
    } else if (tasks_in(world, job, TASK_BACKOFF) > 0 && failed_for_good(world, job)) {
        job_fails(engine, job); /* others have ended well in the meantime: it is never stale */
    }
}

bool gang_needs(const World *world, TaskId member)
{
    JobId job = world->jobs->task_job[member];
    int32_t left = placed_count(world, job) - is_placed(world, member);
    return left > 0 && left < members_least(world, job) && tasks_in(world, job, TASK_ENDED) == 0;
}

/* ---- one attempt to replace ---- */

/* The nodes that a replacement may use: in the rack or zone that the job must stay in. */
static int32_t domain_list(const Engine *engine, JobId job)
{
    const World *world = engine->world;
    const Cluster *cluster = &world->scenario->cluster;
    int32_t level = job_class(world->jobs, job)->traits->required_level;
    TaskId member = world->jobs->job_first_task[job];
    int32_t count = 0;
    while (!is_placed(world, member)) {
        member++;
    }
    int32_t home = world->task_node[member];
    for (int32_t node = 0; node < cluster->node_count; node++) {
        bool inside =
            (level != TOPOLOGY_RACK || cluster->node_rack[node] == cluster->node_rack[home]) &&
            (level != TOPOLOGY_ZONE || cluster->node_zone[node] == cluster->node_zone[home]) &&
            (level != TOPOLOGY_NODE || node == home);
        if (inside && world->fleet.node_present[node] != 0) {
            engine->remedy->list[count++] = node;
        }
    }
    return count;
}

static bool one_replaced(Engine *engine, JobId job, int32_t nodes)
{
    World *world = engine->world;
    const Scenario *scenario = world->scenario;
    GpDraw draw = {0};
    world->placements[0].size = sizeof(GpPlacement);
    if (gp_pick_among(&world->fleet, &scenario->policy.pack, &scenario->constants,
                      job_request(world->jobs, job), &draw, nodes, engine->remedy->list,
                      &world->placements[0]) != GP_OK) {
        return false;
    }
    decision_apply(engine, &(Decision){.kind = DECISION_PLACE,
                                       .job = job,
                                       .flavor = world->job_flavor[job],
                                       .placement_count = 1,
                                       .placements = world->placements});
    return true;
}

/* Once those that leave are gone; a second failure meanwhile is one too many. */
static void members_replace(Engine *engine, JobId job)
{
    const World *world = engine->world;
    if (tasks_in(world, job, TASK_STOPPING) > 0) {
        return;
    }
    bool whole = tasks_in(world, job, TASK_DEAD) == 0;
    int32_t nodes = whole && world->job_waiting[job] > 0 ? domain_list(engine, job) : 0;
    while (whole && world->job_waiting[job] > 0) {
        whole = one_replaced(engine, job, nodes);
    }
    if (!whole) {
        rest_stops(engine, job);
    } else if (waiting_has(&world->waiting, job)) {
        job_dequeue(engine, job);
    }
}

/* ---- the rest ---- */

static bool stops_whole(const Engine *engine, JobId job)
{
    const RemedyOptions *options = remedy_options(engine);
    return options->gang_loss == GANG_LOSS_STOPS &&
           (!options->shrinks ||
            placed_count(engine->world, job) < members_least(engine->world, job));
}

static void rest_settle(Engine *engine, JobId job, int32_t lost)
{
    const World *world = engine->world;
    const JobClass *class_of = job_class(world->jobs, job);
    bool is_gang = class_of->gang != GANG_NONE || class_of->sync;
    if ((is_gang && stops_whole(engine, job) && loss_fails_job(engine, job)) ||
        placed_count(world, job) == 0) {
        return;
    }
    if (!is_gang) { /* the others have no part in it */
        rest_waits(engine, job);
        return;
    }
    switch ((GangLoss)remedy_options(engine)->gang_loss) {
    case GANG_LOSS_STOPS:
        if (stops_whole(engine, job)) {
            rest_stops(engine, job);
        } else {
            rest_waits(engine, job);
        }
        break;
    case GANG_LOSS_STALE:
        stale_schedule(engine, job, lost);
        rest_waits(engine, job);
        break;
    case GANG_LOSS_WAITS:
        rest_waits(engine, job);
        break;
    case GANG_LOSS_REPLACES:
        members_replace(engine, job);
        break;
    }
}

/* No node has failed: its place is as good as it was. */
void remedy_member_failed(Engine *engine, JobId job)
{
    World *world = engine->world;
    Event stale;
    if (engine->remedy == NULL || placed_count(world, job) == 0) {
        return;
    }
    if (remedy_options(engine)->gang_loss == GANG_LOSS_STALE &&
        !event_queue_find(&world->events, EVENT_GANG, job, &stale)) {
        stale_schedule(engine, job, members_least(world, job));
    }
    rest_waits(engine, job);
    remedy_member_again(engine, job);
}

void remedy_member_again(Engine *engine, JobId job)
{
    const World *world = engine->world;
    if (engine->remedy != NULL && remedy_options(engine)->gang_loss == GANG_LOSS_REPLACES &&
        world->job_waiting[job] > 0) {
        remedy_member_lost(engine, job);
    }
}

void losses_begin(Engine *engine)
{
    engine->remedy->settles_later++;
}

void lost_add(Engine *engine, JobId job)
{
    Remedy *remedy = engine->remedy;
    if (remedy->job_lost[job]++ == 0) {
        remedy->lost_jobs[remedy->lost_count++] = job;
    }
}

/* Stopping the rest of one gang takes members from no other. */
void losses_settle(Engine *engine)
{
    Remedy *remedy = engine->remedy;
    if (--remedy->settles_later > 0) {
        return;
    }
    remedy->settles_later++; /* what leaves now is the rest, and nobody's loss */
    for (int32_t i = 0; i < remedy->lost_count; i++) {
        JobId job = remedy->lost_jobs[i];
        rest_settle(engine, job, remedy->job_lost[job]);
        remedy->job_lost[job] = 0;
    }
    remedy->lost_count = 0;
    remedy->settles_later--;
}

void remedy_member_lost(Engine *engine, JobId job)
{
    if (engine->remedy == NULL || engine->remedy->settles_later > 0) {
        return;
    }
    losses_begin(engine);
    lost_add(engine, job);
    losses_settle(engine);
}
