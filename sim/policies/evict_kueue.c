/* evict_kueue.c - Kueue's preemption: whole jobs give back quota until the asker's fits.
 *
 * Inside a queue lower priorities give way (`preempt`), in the cohort those that borrow
 * (`reclaim`), as long as the asker's queue is under its own quota or borrow_priority lets it
 * borrow at the cost of low priorities. Taken greedily: others' queues first, lowest priority,
 * newest admission; then walked back, letting stay who is not needed. With `fair` the queue with
 * the highest share of the cohort gives way (evict_kueue_fair.c). Source: docs/eviction.md.
 */
#include "sim/policies/evict_kueue.h"

#include "sim/policies/policies.h"

static int64_t admitted_ms(const World *world, JobId job)
{
    int64_t at_ms = world->job_admitted_ms != NULL ? world->job_admitted_ms[job] : TIME_NEVER;
    return at_ms != TIME_NEVER ? at_ms : world->job_attempt_ms[job];
}

bool kueue_yields_before(const World *world, int32_t a, int32_t b)
{
    if (world->jobs->job_priority[a] != world->jobs->job_priority[b]) {
        return world->jobs->job_priority[a] < world->jobs->job_priority[b];
    }
    if (admitted_ms(world, a) != admitted_ms(world, b)) {
        return admitted_ms(world, a) > admitted_ms(world, b);
    }
    return a > b;
}

static int32_t flavor_of(const World *world, JobId job)
{
    return world->job_flavor[job] >= 0 ? world->job_flavor[job] : 0;
}

/* The lanes of one task of the job that the asker wants too: what it could give. */
bool kueue_lanes(const Search *search, JobId job, int64_t lanes[GP_AXES])
{
    bool any = false;
    world_task_lanes(search->world, job, lanes);
    for (int lane = 0; lane < GP_AXES; lane++) {
        lanes[lane] = search->shape.request[lane] > 0 ? lanes[lane] : 0;
        any = any || lanes[lane] > 0;
    }
    return any;
}

/* Each queue from the victim's up to below the cohort that it shares with the asker holds more than
 * its own. A queue outside the cohort shares nothing. */
bool kueue_borrows(const Search *search, JobId job)
{
    const World *world = search->world;
    const Queue *queues = world->queues;
    Books books = books_of(world);
    int64_t lanes[GP_AXES];
    QueueId side =
        queue_side(world, job_tenant(world->jobs, job), job_tenant(world->jobs, search->ask->job));
    if (queues[side].parent < 0 || !kueue_lanes(search, job, lanes)) {
        return false;
    }
    BookChange nothing = {.flavor = flavor_of(world, job), .lanes = lanes, .times = 0};
    for (QueueId queue = job_tenant(world->jobs, job);; queue = queues[queue].parent) {
        nothing.queue = queue;
        if (!quota_borrows(&books, queue, &nothing)) {
            return false;
        }
        if (queue == side) {
            return true;
        }
    }
}

bool kueue_same_queue(const Search *search, JobId job)
{
    const JobTable *jobs = search->world->jobs;
    return job_tenant(jobs, job) == job_tenant(jobs, search->ask->job);
}

/* May the rules let this job of the asker's own queue stop? */
static bool own_candidate(const Search *search, JobId job)
{
    const World *world = search->world;
    JobId asker = search->ask->job;
    int32_t priority = world->jobs->job_priority[job];
    int32_t own = world->jobs->job_priority[asker];
    int32_t rule = queue_preempt_rule(world, job_tenant(world->jobs, asker), PREEMPT_NEVER);
    return (rule >= PREEMPT_LOWER_PRIORITY && priority < own) ||
           (rule == PREEMPT_LOWER_OR_NEWER_EQUAL && priority == own &&
            world->job_queued_ms[asker] < world->job_queued_ms[job]);
}

static bool cohort_candidate(const Search *search, JobId job)
{
    const World *world = search->world;
    JobId asker = search->ask->job;
    int32_t rule = queue_reclaim_rule(world, job_tenant(world->jobs, asker), RECLAIM_NEVER);
    return (rule == RECLAIM_ANY ||
            (rule == RECLAIM_LOWER_PRIORITY &&
             world->jobs->job_priority[job] < world->jobs->job_priority[asker])) &&
           kueue_borrows(search, job);
}

bool kueue_candidate(const Search *search, JobId job)
{
    return job != search->ask->job &&
           (kueue_same_queue(search, job) ? own_candidate(search, job)
                                          : cohort_candidate(search, job));
}

/* ---- who may borrow at whose cost ---- */

/* The asker's queue has some of its own quota left in every lane in which it does not fit. */
static bool under_nominal(const Search *search)
{
    const World *world = search->world;
    Books books = books_of(world);
    QueueId queue = job_tenant(world->jobs, search->ask->job);
    int32_t flavor = search->ask->admission.flavor > 0 ? search->ask->admission.flavor : 0;
    int64_t lanes[GP_AXES];
    search_lanes(search, lanes);
    for (int lane = 0; lane < GP_AXES; lane++) {
        if (lanes[lane] > quota_room_cohort(&books, queue, flavor, lane) &&
            quota_room_own(&books, queue, flavor, lane) <= 0) {
            return false;
        }
    }
    return true;
}

/* Victims elsewhere must have a lower priority than this, if the asker is to borrow. */
static int64_t borrow_threshold(const Search *search)
{
    int64_t highest = search->world->scenario->policy.evict_options.borrow_priority;
    int64_t own = search->world->jobs->job_priority[search->ask->job];
    return highest < own ? highest + 1 : own;
}

static bool borrows_by_priority(const Search *search)
{
    return search->world->scenario->policy.evict_options.borrow_priority != INT64_MIN;
}

/* Its queue borrows still. Who takes from higher priorities must not borrow itself. */
static bool may_take(Search *search, JobId job)
{
    if (kueue_same_queue(search, job)) {
        return true;
    }
    if (!kueue_borrows(search, job)) {
        return false;
    }
    if (borrows_by_priority(search) &&
        search->world->jobs->job_priority[job] >= borrow_threshold(search)) {
        search->borrows_not = true;
    }
    return true;
}

/* ---- the search ---- */

/* Others' queues first. */
typedef struct Line {
    JobId *jobs;
    int32_t others;
    int32_t count;
} Line;

static Line candidates_find(Search *search)
{
    const World *world = search->world;
    Line line = {.jobs = search->plan->jobs};
    for (int32_t i = 0; i < world->running_count; i++) {
        JobId job = world->running[i];
        if (kueue_candidate(search, job)) {
            line.jobs[line.count++] = job;
            if (!kueue_same_queue(search, job)) {
                line.jobs[line.count - 1] = line.jobs[line.others];
                line.jobs[line.others++] = job;
            }
        }
    }
    victims_sort(world, kueue_yields_before, line.jobs, line.others);
    victims_sort(world, kueue_yields_before, line.jobs + line.others, line.count - line.others);
    return line;
}

static bool line_gives_way(Search *search, const JobId *jobs, int32_t count)
{
    search_restart(search);
    for (int32_t i = 0; i < count; i++) {
        if (may_take(search, jobs[i]) && search_take_unit(search, jobs[i]) && search_fits(search)) {
            search_spare(search);
            return true;
        }
    }
    return false;
}

/* Who borrows itself may only take from low priorities. */
static int32_t keep_below(Search *search, Line *line, int64_t threshold)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < line->count; i++) {
        JobId job = line->jobs[i];
        if (i >= line->others || search->world->jobs->job_priority[job] < threshold) {
            line->jobs[kept++] = job;
        }
    }
    return kept;
}

static bool classic_attempt(Search *search)
{
    Line line = candidates_find(search);
    if (line.others > 0 && borrows_by_priority(search)) {
        if (!under_nominal(search)) {
            line.count = keep_below(search, &line, borrow_threshold(search));
        }
        bool found = line_gives_way(search, line.jobs, line.count);
        search->borrows_not = false;
        return found;
    }
    if (line.others > 0 && under_nominal(search)) {
        search->borrows_not = true;
        bool found = line_gives_way(search, line.jobs, line.count);
        search->borrows_not = false;
        if (found) {
            return true;
        }
    }
    return line_gives_way(search, line.jobs + line.others, line.count - line.others);
}

/* Fair sharing is one switch upstream: with shares, they also decide who gives way. */
static bool fair_sharing(const PolicySet *policy)
{
    return policy->evict_options.fair || (policy->share != NULL && policy->share->compute != NULL);
}

static bool kueue_propose(const World *world, Trial *trial, const EvictAsk *ask, EvictPlan *plan)
{
    const PolicySet *policy = &world->scenario->policy;
    Search search;
    if (!asker_may_evict(world, ask, plan)) {
        return false;
    }
    search_open(&search, world, trial, ask, plan);
    search.whole_jobs = true;
    /* Where admission is a step of its own, nodes are the business of another scheduler. */
    search.asks_places = !policy->admit->stages || policy->place.topology != TOPOLOGY_IGNORED;
    return search_run(&search, fair_sharing(policy) ? kueue_fair_attempt : classic_attempt);
}

const EvictPolicy evict_kueue = {
    .name = "kueue",
    .summary = "borrowers and lower priorities give back quota, whole jobs, the newest first",
    .propose = kueue_propose,
    .whole_jobs = true,
};
