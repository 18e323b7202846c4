/* evict_kai.c - KAI Scheduler: consolidate, else reclaim from other queues, else preempt in its
 * own.
 *
 * Victims are tried in the reverse of the order in which jobs are served. Reclaim asks before each
 * victim whether the asker's queue stays within its fair share and the victim's is above its own,
 * or whether quotas say so. Source: docs/eviction.md.
 */
#include "sim/policies/evict_common.h"
#include "sim/policies/evict_consolidation.h"
#include "sim/policies/evict_search.h"
#include "sim/policies/policies.h"

/* Candidates by queue: a heap for each. */
typedef struct QueueHeaps {
    JobId *jobs;
    int32_t *begin; /* [queue] into jobs */
    int32_t *count; /* [queue] */
    int32_t *gives; /* [queue] it may have to give way at all */
} QueueHeaps;

/* ---- may it reclaim? ---- */

/* Does the queue hold, with `gain` more, at most its fair share (its quota) in each lane of the
 * gain?
 */
static bool stays_within(const World *world, QueueId queue, const int64_t gain[GP_AXES], bool quota)
{
    for (int lane = 0; lane < GP_AXES; lane++) {
        int64_t most =
            quota ? world->queues[queue].quota.nominal[lane] : queue_due(world, queue, lane);
        if (gain[lane] > 0 && most != QUEUE_UNLIMITED &&
            queue_holds(world, queue, lane) + gain[lane] > most) {
            return false;
        }
    }
    return true;
}

/* Does the queue hold more than its fair share (its quota) in some lane of the gain? */
static bool is_above(const World *world, QueueId queue, const int64_t gain[GP_AXES], bool quota)
{
    for (int lane = 0; lane < GP_AXES; lane++) {
        int64_t most =
            quota ? world->queues[queue].quota.nominal[lane] : queue_due(world, queue, lane);
        if (gain[lane] > 0 && most != QUEUE_UNLIMITED && queue_holds(world, queue, lane) > most) {
            return true;
        }
    }
    return false;
}

/* Asked before each victim, where the two queues meet in the tree. That the asker's queue then does
 * not stand above its sibling follows: it stays within its fair share. */
static bool may_reclaim(const Search *search, QueueId others)
{
    const World *world = search->world;
    QueueId own = job_tenant(world->jobs, search->ask->job);
    QueueId own_side = queue_side(world, own, others);
    QueueId victim_side = queue_side(world, others, own);
    int64_t gain[GP_AXES];
    search_lanes(search, gain);
    return stays_within(world, own, gain, false) && stays_within(world, own_side, gain, false) &&
           (is_above(world, victim_side, gain, false) ||
            (stays_within(world, own_side, gain, true) &&
             is_above(world, victim_side, gain, true)));
}

/* ---- reclaim ---- */

static bool reclaim_candidate(const Search *search, JobId job, bool lower_only)
{
    const World *world = search->world;
    const JobTable *jobs = world->jobs;
    return world_preemptible(world, job) &&
           (!lower_only || jobs->job_priority[job] < jobs->job_priority[search->ask->job]);
}

static VictimHeap queue_heap(const World *world, const QueueHeaps *heaps, QueueId queue)
{
    return (VictimHeap){.world = world,
                        .before = job_yields_before,
                        .ids = heaps->jobs + heaps->begin[queue],
                        .count = heaps->count[queue]};
}

static QueueHeaps heaps_at(const Search *search)
{
    int32_t queues = search->world->queue_count;
    return (QueueHeaps){.jobs = search->plan->jobs,
                        .begin = search->plan->queues,
                        .count = search->plan->queues + queues,
                        .gives = search->plan->queues + 2 * queues};
}

/* Queues lose the duty to give way as they do so, and never gain it: who has none is left out. */
static bool any_queue_gives(const Search *search)
{
    const World *world = search->world;
    QueueHeaps heaps = heaps_at(search);
    QueueId own = job_tenant(world->jobs, search->ask->job);
    int64_t gain[GP_AXES];
    bool any = false;
    search_lanes(search, gain);
    if (!stays_within(world, own, gain, false)) {
        return false;
    }
    for (QueueId queue = 0; queue < world->queue_count; queue++) {
        heaps.gives[queue] = queue != own && may_reclaim(search, queue);
        any = any || heaps.gives[queue];
    }
    return any;
}

static QueueHeaps heaps_build(const Search *search)
{
    const World *world = search->world;
    int32_t queues = world->queue_count;
    int32_t begin = 0;
    QueueHeaps heaps = heaps_at(search);
    QueueId own = job_tenant(world->jobs, search->ask->job);
    bool lower_only = queue_reclaim_rule(world, own, RECLAIM_ANY) == RECLAIM_LOWER_PRIORITY;
    for (QueueId queue = 0; queue < queues; queue++) {
        heaps.count[queue] = 0;
    }
    for (int32_t i = 0; i < world->running_count; i++) {
        heaps.count[job_tenant(world->jobs, world->running[i])]++;
    }
    for (QueueId queue = 0; queue < queues; queue++) {
        heaps.begin[queue] = begin;
        begin += heaps.count[queue];
        heaps.count[queue] = 0;
    }
    for (int32_t i = 0; i < world->running_count; i++) {
        JobId job = world->running[i];
        QueueId queue = job_tenant(world->jobs, job);
        if (heaps.gives[queue] && reclaim_candidate(search, job, lower_only)) {
            heaps.jobs[heaps.begin[queue] + heaps.count[queue]++] = job;
        }
    }
    for (QueueId queue = 0; queue < queues; queue++) {
        VictimHeap heap = queue_heap(world, &heaps, queue);
        victim_heap_build(&heap);
    }
    return heaps;
}

/* The queue whose turn it is to give way; -1: none may any more. */
static QueueId queue_next(const Search *search, const QueueHeaps *heaps)
{
    const World *world = search->world;
    QueueId best = -1;
    for (QueueId queue = 0; queue < world->queue_count; queue++) {
        if (heaps->count[queue] > 0 && may_reclaim(search, queue) &&
            (best < 0 || queue_yields_before(world, queue, best))) {
            best = queue;
        }
    }
    return best;
}

static bool reclaim_attempt(Search *search)
{
    const World *world = search->world;
    QueueHeaps heaps = heaps_build(search);
    QueueId queue;
    while ((queue = queue_next(search, &heaps)) >= 0) {
        VictimHeap heap = queue_heap(world, &heaps, queue);
        JobId job = heap.ids[0];
        bool taken = search_take_unit(search, job);
        if (taken && search_fits(search)) {
            search_spare(search);
            return true;
        }
        if (!taken || world->job_holding[job] == 0) {
            victim_heap_pop(&heap);
        } else {
            victim_heap_sink(&heap);
        }
        heaps.count[queue] = heap.count;
    }
    return false;
}

/* ---- preempt ---- */

static bool preempt_candidate(const Search *search, JobId job)
{
    const JobTable *jobs = search->world->jobs;
    JobId asker = search->ask->job;
    return jobs->job_priority[job] < jobs->job_priority[asker] &&
           job_tenant(jobs, job) == job_tenant(jobs, asker);
}

static bool any_job_below(const Search *search)
{
    const World *world = search->world;
    for (int32_t i = 0; i < world->running_count; i++) {
        if (preempt_candidate(search, world->running[i])) {
            return true;
        }
    }
    return false;
}

static bool preempt_attempt(Search *search)
{
    const World *world = search->world;
    VictimHeap heap = {.world = world, .before = job_yields_before, .ids = search->plan->jobs};
    for (int32_t i = 0; i < world->running_count; i++) {
        if (preempt_candidate(search, world->running[i])) {
            heap.ids[heap.count++] = world->running[i];
        }
    }
    victim_heap_build(&heap);
    return search_from_heap(search, &heap, NULL);
}

static bool kai_propose(const World *world, Trial *trial, const EvictAsk *ask, EvictPlan *plan)
{
    QueueId queue = job_tenant(world->jobs, ask->job);
    bool blocked = ask->admission.block != BLOCK_NONE;
    Search search;
    if (!asker_may_evict(world, ask, plan)) {
        return false;
    }
    if (!blocked && world->scenario->policy.evict_options.consolidates &&
        consolidate(world, trial, ask, plan)) {
        return true;
    }
    search_open(&search, world, trial, ask, plan);
    bool found = !blocked && queue_reclaim_rule(world, queue, RECLAIM_ANY) != RECLAIM_NEVER &&
                 any_queue_gives(&search) && search_run(&search, reclaim_attempt);
    found = found || (queue_preempt_rule(world, queue, PREEMPT_LOWER_PRIORITY) != PREEMPT_NEVER &&
                      any_job_below(&search) && search_run(&search, preempt_attempt));
    search_close(&search);
    return found;
}

const EvictPolicy evict_kai = {
    .name = "kai",
    .summary = "consolidate, else reclaim down to fair shares, else preempt lower priorities",
    .propose = kai_propose,
    .pipelines = true,
};
