/* evict_tier.c - Slurm's preemption: whole jobs give way, the lowest tier first, wherever they are.
 *
 * Two policies: `tier` goes by the priority of the queue (a partition's tier), `qos` by that of the
 * job. What becomes of the victims is the option `mode`. Source: docs/eviction.md. The price: a
 * long job's work can be lost for a short one's haste; nothing is weighed but the tier and the age.
 */
#include "sim/policies/evict_common.h"
#include "sim/policies/evict_search.h"
#include "sim/policies/policies.h"

static int64_t tier_of(const World *world, JobId job)
{
    return world->queues[job_tenant(world->jobs, job)].priority;
}

static int64_t priority_of(const World *world, JobId job)
{
    return world->jobs->job_priority[job];
}

/* Lowest priority, then youngest. */
static bool qos_yields_before(const World *world, int32_t a, int32_t b)
{
    if (priority_of(world, a) != priority_of(world, b)) {
        return priority_of(world, a) < priority_of(world, b);
    }
    if (world->job_attempt_ms[a] != world->job_attempt_ms[b]) {
        return world->job_attempt_ms[a] > world->job_attempt_ms[b];
    }
    return a > b;
}

/* Lowest tier, then as above. */
static bool tier_yields_before(const World *world, int32_t a, int32_t b)
{
    int64_t a_tier = tier_of(world, a);
    int64_t b_tier = tier_of(world, b);
    return a_tier != b_tier ? a_tier < b_tier : qos_yields_before(world, a, b);
}

static bool lower_give_way(Search *search, int64_t (*rank)(const World *, JobId),
                           YieldsBefore before)
{
    const World *world = search->world;
    int64_t own = rank(world, search->ask->job);
    VictimHeap heap = {.world = world, .before = before, .ids = search->plan->jobs};
    for (int32_t i = 0; i < world->running_count; i++) {
        if (rank(world, world->running[i]) < own) {
            heap.ids[heap.count++] = world->running[i];
        }
    }
    victim_heap_build(&heap);
    return search_from_heap(search, &heap, NULL);
}

static bool lower_tiers_give_way(Search *search)
{
    return lower_give_way(search, tier_of, tier_yields_before);
}

static bool lower_qos_gives_way(Search *search)
{
    return lower_give_way(search, priority_of, qos_yields_before);
}

typedef int64_t (*RankOf)(const World *world, JobId job);

static bool anybody_below(const World *world, RankOf rank, JobId asker)
{
    for (int32_t i = 0; i < world->running_count; i++) {
        if (rank(world, world->running[i]) < rank(world, asker)) {
            return true;
        }
    }
    return false;
}

static bool whole_jobs_propose(const World *world, Trial *trial, const EvictAsk *ask,
                               EvictPlan *plan, RankOf rank, SearchAttempt attempt)
{
    Search search;
    if (ask->admission.block != BLOCK_NONE || !asker_may_evict(world, ask, plan) ||
        !anybody_below(world, rank, ask->job)) {
        return false;
    }
    search_open(&search, world, trial, ask, plan);
    search.whole_jobs = true;
    bool found = search_run(&search, attempt);
    search_close(&search);
    return found;
}

static bool tier_propose(const World *world, Trial *trial, const EvictAsk *ask, EvictPlan *plan)
{
    return whole_jobs_propose(world, trial, ask, plan, tier_of, lower_tiers_give_way);
}

static bool qos_propose(const World *world, Trial *trial, const EvictAsk *ask, EvictPlan *plan)
{
    return whole_jobs_propose(world, trial, ask, plan, priority_of, lower_qos_gives_way);
}

const EvictPolicy evict_tier = {
    .name = "tier",
    .summary = "whole jobs of queues of lower priority give way, the youngest first",
    .propose = tier_propose,
    .pipelines = true, /* who can preempt goes first */
    .whole_jobs = true,
    .rank = tier_of,
};

const EvictPolicy evict_qos = {
    .name = "qos",
    .summary = "whole jobs of lower priority give way, the youngest first",
    .propose = qos_propose,
    .pipelines = true, /* who can preempt goes first */
    .whole_jobs = true,
    .rank = priority_of,
};
