/* evict_kueue.c - Kueue's preemption: whole jobs give back quota until the asker's fits.
 *
 * Inside a queue lower priorities give way (`preempt`), in the cohort those that borrow
 * (`reclaim`), as long as the asker's queue is under its own quota or borrow_priority lets it
 * borrow at the cost of low priorities. Taken greedily: others' queues first, lowest priority,
 * newest admission; then walked back, letting stay who is not needed. With `fair` the queue with
 * the highest share of the cohort gives way (evict_kueue_fair.c). Source: docs/eviction.md.
 */
#include "sim/policies/evict_kueue.h"

#include "sim/policies/flavors.h"
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

/* Lanes of one task of the job that the asker wants too: what it could give. False: there are none.
 */
static bool shared_lanes(const Search *search, JobId job, int64_t lanes[GP_AXES])
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
 * its own of some of these lanes. A queue outside the cohort shares nothing. */
static bool path_borrows(const Search *search, JobId job, const int64_t lanes[GP_AXES])
{
    const World *world = search->world;
    const Queue *queues = world->queues;
    Books books = books_of(world);
    QueueId side =
        queue_side(world, job_tenant(world->jobs, job), job_tenant(world->jobs, search->ask->job));
    if (queues[side].parent < 0) {
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

bool kueue_borrows(const Search *search, JobId job)
{
    int64_t lanes[GP_AXES];
    return shared_lanes(search, job, lanes) && path_borrows(search, job, lanes);
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

/* What was last found of a queue: jobs of one flavor that want the same lanes share the answer. */
static bool borrows_known(const Search *search, KueueMemo *memo, JobId job)
{
    QueueId queue = job_tenant(search->world->jobs, job);
    int64_t lanes[GP_AXES];
    int32_t key = flavor_of(search->world, job) + 1;
    shared_lanes(search, job, lanes);
    for (int lane = 0; lane < GP_AXES; lane++) {
        key = 2 * key + (lanes[lane] > 0);
    }
    if (memo->key[queue] != key) {
        memo->key[queue] = key;
        memo->borrows[queue] = kueue_borrows(search, job);
    }
    return memo->borrows[queue] != 0;
}

KueueMemo kueue_memo(const Search *search)
{
    int32_t queues = search->world->queue_count;
    /* Behind the rows of those who sort candidates by queue. */
    KueueMemo memo = {.key = search->plan->queues + 3 * queues,
                      .borrows = search->plan->queues + 4 * queues};
    for (QueueId queue = 0; queue < queues; queue++) {
        memo.key[queue] = 0;
    }
    return memo;
}

static bool cohort_candidate(const Search *search, KueueMemo *memo, JobId job)
{
    const World *world = search->world;
    JobId asker = search->ask->job;
    int32_t rule = queue_reclaim_rule(world, job_tenant(world->jobs, asker), RECLAIM_NEVER);
    return (rule == RECLAIM_ANY ||
            (rule == RECLAIM_LOWER_PRIORITY &&
             world->jobs->job_priority[job] < world->jobs->job_priority[asker])) &&
           borrows_known(search, memo, job);
}

/* Quota of another flavor is of no use to the asker. */
static bool same_flavor(const Search *search, JobId job)
{
    int32_t asked = search->ask->admission.flavor;
    return flavor_of(search->world, job) == (asked > 0 ? asked : 0);
}

bool kueue_candidate(const Search *search, KueueMemo *memo, JobId job)
{
    if (job == search->ask->job || !same_flavor(search, job)) {
        return false;
    }
    return kueue_same_queue(search, job) ? own_candidate(search, job)
                                         : cohort_candidate(search, memo, job);
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

/* Candidates of other queues, or of the asker's own, behind those found before. */
static VictimHeap candidates_find(Search *search, bool own, int32_t behind)
{
    const World *world = search->world;
    KueueMemo memo = kueue_memo(search);
    VictimHeap heap = {
        .world = world, .before = kueue_yields_before, .ids = search->plan->jobs + behind};
    for (int32_t i = 0; i < world->running_count; i++) {
        JobId job = world->running[i];
        if (kueue_same_queue(search, job) == own && kueue_candidate(search, &memo, job)) {
            heap.ids[heap.count++] = job;
        }
    }
    victim_heap_build(&heap);
    return heap;
}

static bool heap_gives_way(Search *search, VictimHeap heap)
{
    while (heap.count > 0) {
        JobId job = heap.ids[0];
        victim_heap_pop(&heap);
        if (may_take(search, job) && search_take_unit(search, job) && search_fits(search)) {
            search_spare(search);
            return true;
        }
    }
    return false;
}

/* Who borrows itself may only take from low priorities. */
static void keep_below(VictimHeap *heap, int64_t threshold)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < heap->count; i++) {
        if (heap->world->jobs->job_priority[heap->ids[i]] < threshold) {
            heap->ids[kept++] = heap->ids[i];
        }
    }
    heap->count = kept;
    victim_heap_build(heap);
}

static bool both_give_way(Search *search, VictimHeap others)
{
    search_restart(search);
    bool found = heap_gives_way(search, others) ||
                 heap_gives_way(search, candidates_find(search, true, others.count));
    search->borrows_not = false;
    return found;
}

/* Others' queues first. */
static bool classic_attempt(Search *search)
{
    bool by_priority = borrows_by_priority(search);
    bool nominal = under_nominal(search);
    if (by_priority || nominal) {
        VictimHeap others = candidates_find(search, false, 0);
        if (others.count > 0) {
            if (by_priority && !nominal) {
                keep_below(&others, borrow_threshold(search));
            }
            search->borrows_not = !by_priority;
            bool found = both_give_way(search, others);
            if (found || by_priority) {
                return found;
            }
        }
    }
    search_restart(search);
    return heap_gives_way(search, candidates_find(search, true, 0));
}

/* Fair sharing is one switch upstream: with shares, they also decide who gives way. */
static bool fair_sharing(const PolicySet *policy)
{
    return policy->evict_options.fair || (policy->share != NULL && policy->share->compute != NULL);
}

static bool flavor_propose(const World *world, Trial *trial, const EvictAsk *ask, EvictPlan *plan)
{
    const PolicySet *policy = &world->scenario->policy;
    Search search;
    search_open(&search, world, trial, ask, plan);
    search.whole_jobs = true;
    /* Where admission is a step of its own, nodes are the business of another scheduler. */
    search.asks_places = !policy->admit->stages || policy->place.topology != TOPOLOGY_IGNORED;
    bool found = search_run(&search, fair_sharing(policy) ? kueue_fair_attempt : classic_attempt);
    search_close(&search);
    return found;
}

/* In the flavor that admission hopes for, else in the others in their order. */
static bool kueue_propose(const World *world, Trial *trial, const EvictAsk *ask, EvictPlan *plan)
{
    int32_t flavors[FLAVORS_MAX];
    int32_t count = flavors_of(world, ask->job, flavors);
    if (!asker_may_evict(world, ask, plan)) {
        return false;
    }
    bool found = flavor_propose(world, trial, ask, plan);
    for (int32_t i = 0; !found && ask->admission.block != BLOCK_NONE && i < count; i++) {
        EvictAsk other = *ask;
        other.admission.flavor = flavors[i];
        found = flavors[i] != ask->admission.flavor && flavor_propose(world, trial, &other, plan);
    }
    return found;
}

const EvictPolicy evict_kueue = {
    .name = "kueue",
    .summary = "borrowers and lower priorities give back quota, whole jobs, the newest first",
    .propose = kueue_propose,
    .pipelines = true, /* who preempts is at the head of its queue until it is admitted */
    .whole_jobs = true,
};
