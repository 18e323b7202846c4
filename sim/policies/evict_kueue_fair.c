/* evict_kueue_fair.c - Kueue's fair sharing: the queue with the highest share of its cohort gives
 * way.
 *
 * First rule: the asker's share with its job is at most the victim's without its own. Who is left
 * is looked at once a queue more: the asker's share with its job is below the victim's as it is. A
 * queue that stays within its own quota takes from borrowers whatever the shares. Shares are
 * compared unrounded, where the two queues meet in the tree. Source: docs/eviction.md.
 */
#include "sim/policies/evict_kueue.h"

/* Candidates by queue, each queue's in the order in which they give way. */
typedef struct QueueLines {
    Search *search;
    JobId *jobs;
    int32_t *next; /* [queue] into jobs */
    int32_t *end;  /* [queue] */
    JobId *again;  /* [queue] the first that the first rule refused; -1: none */
    QueueId own;   /* the asker's */
    int32_t flavor;
    int64_t gain[GP_AXES]; /* what the asker wants */
} QueueLines;

static void lines_find(QueueLines *lines)
{
    Search *search = lines->search;
    const World *world = search->world;
    int32_t queues = world->queue_count;
    int32_t begin = 0;
    KueueMemo memo = kueue_memo(search);
    lines->jobs = search->plan->jobs;
    lines->next = search->plan->queues;
    lines->end = lines->next + queues;
    lines->again = lines->end + queues;
    for (QueueId queue = 0; queue < queues; queue++) {
        lines->end[queue] = 0;
        lines->again[queue] = -1;
    }
    for (int32_t i = 0; i < world->running_count; i++) {
        lines->end[job_tenant(world->jobs, world->running[i])] +=
            kueue_candidate(search, &memo, world->running[i]);
    }
    for (QueueId queue = 0; queue < queues; queue++) {
        lines->next[queue] = begin;
        begin += lines->end[queue];
        lines->end[queue] = lines->next[queue];
    }
    for (int32_t i = 0; i < world->running_count; i++) {
        if (kueue_candidate(search, &memo, world->running[i])) {
            QueueId queue = job_tenant(world->jobs, world->running[i]);
            lines->jobs[lines->end[queue]++] = world->running[i];
        }
    }
    for (QueueId queue = 0; queue < queues; queue++) {
        victims_sort(world, kueue_yields_before, lines->jobs + lines->next[queue],
                     lines->end[queue] - lines->next[queue]);
    }
}

/* ---- shares ---- */

/* Share of the queue, where it meets `other`; the asker counts as if its job ran. */
static Ratio share_against(const QueueLines *lines, QueueId queue, QueueId other)
{
    const World *world = lines->search->world;
    Books books = books_of(world);
    BookChange gain = {lines->own, lines->flavor, lines->gain, 1};
    QueueId side = queue_side(world, queue, other);
    bool is_asker = queue_ancestor(world->queues, lines->own, world->queues[side].depth) == side;
    return quota_cohort_share(&books, side, is_asker ? &gain : NULL);
}

/* Share of the job's queue without it, where it meets the asker's. */
static Ratio share_without(const QueueLines *lines, JobId job)
{
    const World *world = lines->search->world;
    Books books = books_of(world);
    QueueId queue = job_tenant(world->jobs, job);
    int64_t lanes[GP_AXES];
    world_task_lanes(world, job, lanes);
    BookChange loss = {queue, world->job_flavor[job] >= 0 ? world->job_flavor[job] : 0, lanes,
                       -world->job_quota[job]};
    return quota_cohort_share(&books, queue_side(world, queue, lines->own), &loss);
}

static bool keeps_to_own(const QueueLines *lines)
{
    Books books = books_of(lines->search->world);
    return quota_fits_own(&books, lines->own, lines->flavor, lines->gain);
}

/* ---- queues ---- */

static bool are_siblings(const World *world, QueueId a, QueueId b)
{
    return world->queues[a].parent == world->queues[b].parent;
}

/* The queue whose turn it is to give way, of those with candidates (again: with one that the first
 * rule refused): the one with the highest share. -1: none. */
static QueueId queue_next(const QueueLines *lines, bool again)
{
    const Search *search = lines->search;
    const World *world = search->world;
    QueueId best = -1;
    QueueId compared = -1; /* with whom best_share is the best one's share */
    Ratio best_share = {0, 1};
    for (QueueId queue = 0; queue < world->queue_count; queue++) {
        bool has = again ? lines->again[queue] >= 0 : lines->next[queue] < lines->end[queue];
        if (!has) {
            continue;
        }
        JobId job = again ? lines->again[queue] : lines->jobs[lines->next[queue]];
        if (queue != lines->own && !kueue_borrows(search, job)) {
            continue;
        }
        if (best < 0) {
            best = queue;
            continue;
        }
        Ratio share = share_against(lines, queue, best);
        if (compared < 0 || !are_siblings(world, compared, queue) ||
            !are_siblings(world, best, queue)) {
            best_share = share_against(lines, best, queue);
        }
        compared = queue;
        if (ratio_compare(share, best_share) > 0) {
            compared = best;
            best = queue;
            best_share = share;
        }
    }
    return best;
}

/* Does the job's loss equal that of the one before it? Then so does the answer. */
static bool same_loss(const World *world, JobId a, JobId b)
{
    return a >= 0 && job_shape(world->jobs, a) == job_shape(world->jobs, b) &&
           world->job_quota[a] == world->job_quota[b] &&
           world->job_flavor[a] == world->job_flavor[b];
}

/* Takes the queue's next candidate that the rule lets go; true if the asker fits then. */
static bool queue_gives_way(QueueLines *lines, QueueId queue)
{
    Search *search = lines->search;
    bool any_goes = queue == lines->own || keeps_to_own(lines);
    Ratio own_share = any_goes ? (Ratio){0, 1} : share_against(lines, lines->own, queue);
    JobId refused = -1;
    while (lines->next[queue] < lines->end[queue]) {
        JobId job = lines->jobs[lines->next[queue]++];
        bool goes = any_goes || (!same_loss(search->world, refused, job) &&
                                 ratio_compare(own_share, share_without(lines, job)) <= 0);
        if (!goes) {
            refused = job;
            lines->again[queue] = lines->again[queue] < 0 ? job : lines->again[queue];
        } else if (search_take_unit(search, job)) {
            return search_fits(search);
        }
    }
    return false;
}

/* The second rule: one more of a queue that has the higher share as it is. */
static bool queue_gives_one(QueueLines *lines, QueueId queue)
{
    Search *search = lines->search;
    JobId job = lines->again[queue];
    lines->again[queue] = -1;
    return ratio_compare(share_against(lines, lines->own, queue),
                         share_against(lines, queue, lines->own)) < 0 &&
           search_take_unit(search, job) && search_fits(search);
}

bool kueue_fair_attempt(Search *search)
{
    const EvictAsk *ask = search->ask;
    QueueLines lines = {.search = search,
                        .own = job_tenant(search->world->jobs, ask->job),
                        .flavor = ask->admission.flavor > 0 ? ask->admission.flavor : 0};
    bool fits = false;
    search_lanes(search, lines.gain);
    lines_find(&lines);
    for (int pass = 0; pass < 2 && !fits; pass++) {
        bool again = pass == 1;
        QueueId queue;
        while (!fits && (queue = queue_next(&lines, again)) >= 0) {
            fits = again ? queue_gives_one(&lines, queue) : queue_gives_way(&lines, queue);
        }
    }
    if (fits) {
        search_spare(search);
    }
    return fits;
}
