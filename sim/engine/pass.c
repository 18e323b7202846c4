/* pass.c - the lines are walked in order; what happens behind a job that cannot start is the scan
 * policy's word. */
#include "sim/engine/pass.h"

#include "sim/engine/apply.h"
#include "sim/engine/holds.h"
#include "sim/engine/life.h"
#include "sim/engine/try.h"

/* What one pass needs to know all along. */
typedef struct Pass {
    Engine *engine;
    World *world;
    ScanBehind behind;
    bool plans;     /* reservations are made and kept */
    bool per_queue; /* a blocked job closes its own queue only */
    int32_t looks;  /* jobs that may still be looked at */
    bool endless;   /* as many as there are */
    int32_t started;
    int64_t resumed_rank; /* suspended jobs of this rank and more have had their turn */
    bool again;
    bool stopped;
} Pass;

/* ---- nominees ---- */

static const Nominee *nominee_of(const World *world, JobId job)
{
    for (int32_t i = 0; i < world->nominee_count; i++) {
        if (world->nominees[i].job == job) {
            return &world->nominees[i];
        }
    }
    return NULL;
}

/* Nominees that need no place any more, or whose victims have gone without use, are struck out;
 * pipelined ones take theirs. */
static void nominees_serve(Pass *pass)
{
    World *world = pass->world;
    for (int32_t i = 0; i < world->nominee_count;) {
        Nominee *nominee = &world->nominees[i];
        JobId job = nominee->job;
        int32_t count = world->nominee_count;
        bool waits = waiting_has(&world->waiting, job) ||
                     (nominee->moves && nominee->until_ms > world->now_ms); /* or leaves */
        bool due = nominee->until_ms <= world->now_ms;
        if (waits && due && world->scenario->policy.evict->pipelines) {
            bool ran = world->job_state[job] == JOB_RUNNING;
            if (nominee_place(pass->engine, nominee)) {
                job_dequeue(pass->engine, job);
            }
            pass->started += !ran && world->job_state[job] == JOB_RUNNING;
        }
        if (world->nominee_count < count) {
            continue; /* it was served: the next one is in its row */
        }
        if (!waits || (due && nominee->until_ms < world->now_ms)) {
            Nominee gone = *nominee;
            for (int32_t k = i + 1; k < world->nominee_count; k++) {
                world->nominees[k - 1] = world->nominees[k];
            }
            world->nominees[--world->nominee_count] = gone; /* rows keep their memory */
        } else {
            i++;
        }
    }
}

/* Nobody else gets the places of those who wait until others have moved, or move themselves. */
static void movers_hold(Pass *pass)
{
    const World *world = pass->world;
    for (int32_t i = 0; i < world->nominee_count; i++) {
        if (world->nominees[i].moves && world->nominees[i].until_ms >= world->now_ms) {
            holds_add(pass->engine, &world->nominees[i]);
        }
    }
}

/* ---- what follows a job's turn ---- */

static void line_stop(Pass *pass, JobId job)
{
    World *world = pass->world;
    if (pass->per_queue || world->queues[job_tenant(world->jobs, job)].strict > 0) {
        world->queue_closed_pass[job_tenant(world->jobs, job)] = world->pass;
    } else {
        world->stopped_pass = world->pass;
        pass->stopped = true;
    }
}

static bool queue_stops(const Pass *pass, JobId job)
{
    int32_t strict = pass->world->queues[job_tenant(pass->world->jobs, job)].strict;
    return strict >= 0 ? strict != 0 : pass->behind == SCAN_BEHIND_WAITS;
}

/* The head of the walk could not start (further). Its like cannot either and are passed over, and
 * of a class that was refused for a reservation the longer jobs: where all jobs are looked at. A
 * depth counts them one by one. */
static void blocked_step(Pass *pass, WaitingWalk *walk, JobId job, Outcome outcome)
{
    const Nominee *nominee = nominee_of(pass->world, job);
    if (nominee != NULL && !pass->world->scenario->policy.evict->pipelines) {
        holds_add(pass->engine, nominee);
    }
    bool planned = pass->plans && pass->behind == SCAN_EVERYBODY_RESERVES;
    int64_t above_ms =
        outcome == TRY_REFUSED && pass->endless ? plan_refused_above_ms(pass->engine->plan) : -1;
    if (pass->behind == SCAN_BLOCKED_LEAVES) {
        waiting_walk_step(walk);
        decision_apply(pass->engine, &(Decision){.kind = DECISION_DROP, .job = job});
    } else if (queue_stops(pass, job)) {
        line_stop(pass, job);
        waiting_walk_close(walk);
    } else if (outcome == TRY_CLASS_STAYS && !planned && pass->endless) {
        waiting_walk_close(walk);
    } else if (above_ms >= 0) {
        waiting_walk_skip(walk, above_ms);
    } else {
        waiting_walk_step(walk);
    }
}

/* Some of the job was placed and the rest waits for its turn: it goes to where its key is now, task
 * by task behind those of the same key. */
static void turn_step(Pass *pass, WaitingWalk *walk, JobId job)
{
    Waiting *waiting = &pass->world->waiting;
    JobId next = waiting_next(waiting, job);
    const PolicySet *policy = &pass->world->scenario->policy;
    OrderKey key = policy->order->key(pass->world, job);
    int32_t placed = job_class(pass->world->jobs, job)->task_count - pass->world->job_waiting[job];
    int32_t round = policy->place.gangs == GANGS_TASK_BY_TASK ? placed : 0;
    waiting_remove(waiting, job);
    waiting_insert(waiting, job, key, round);
    waiting_walk_replace(walk, next < 0 || waiting_before(waiting, job, next) ? job : next);
}

/* Suspended jobs go on before those who wait and are not higher; after somebody's eviction nobody
 * does: whom it made room for has it. True if one went on. */
static bool suspended_serve(Pass *pass, int64_t rank)
{
    World *world = pass->world;
    if (world->suspended_count == 0 || world->nominee_count > 0 || rank >= pass->resumed_rank) {
        return false;
    }
    pass->resumed_rank = rank;
    return suspended_resume(pass->engine, rank);
}

static void head_try(Pass *pass, WaitingWalk *walk)
{
    World *world = pass->world;
    JobId job = waiting_walk_peek(walk);
    if (world->suspended_count > 0 && suspended_serve(pass, suspension_rank(world, job))) {
        pass->again = true; /* it may wait for tasks of its own now */
        return;
    }
    if (world->queue_closed_pass[job_tenant(world->jobs, job)] == world->pass) {
        waiting_walk_close(walk);
        return;
    }
    bool ran = world->job_state[job] == JOB_RUNNING;
    TryOptions options = {.plans = pass->plans, .evicts = pass->behind != SCAN_BLOCKED_LEAVES};
    Outcome outcome = job_try(pass->engine, job, options);
    pass->started += !ran && world->job_state[job] == JOB_RUNNING;
    pass->looks--;
    switch (outcome) {
    case TRY_DONE:
        waiting_walk_step(walk);
        job_dequeue(pass->engine, job);
        break;
    case TRY_TURN:
        turn_step(pass, walk, job);
        break;
    case TRY_MADE_ROOM:
        pass->again = true;
        break;
    case TRY_STAYS:
    case TRY_REFUSED:
    case TRY_CLASS_STAYS:
        blocked_step(pass, walk, job, outcome);
        break;
    }
}

/* ---- lines ---- */

static bool goes_on(const Pass *pass)
{
    return !pass->again && !pass->stopped && pass->looks > 0;
}

static void line_walk(Pass *pass)
{
    WaitingWalk walk;
    Waiting *waiting = &pass->world->waiting;
    if (pass->engine->only_head) {
        for (JobId job = waiting_head(waiting, 0); job >= 0 && goes_on(pass);
             job = waiting_head(waiting, 0)) {
            walk = (WaitingWalk){.waiting = waiting, .heap = pass->engine->walk_heap, .count = 1};
            walk.heap[0] = job;
            head_try(pass, &walk);
        }
        return;
    }
    waiting_walk(&walk, waiting, 0, pass->engine->walk_heap);
    while (goes_on(pass) && waiting_walk_peek(&walk) >= 0) {
        head_try(pass, &walk);
    }
}

static bool key_before(const int64_t a[QUEUE_KEY_PARTS], const int64_t b[QUEUE_KEY_PARTS])
{
    for (int part = 0; part < QUEUE_KEY_PARTS; part++) {
        if (a[part] != b[part]) {
            return a[part] < b[part];
        }
    }
    return false;
}

/* The job that is next of a queue, its own line's or its best child's, among the siblings from
 * `first` on. -1: none. */
static JobId queue_next(Pass *pass, QueueId first);

/* Roots are siblings too; queue 0, the default, is always one. */
static QueueId roots_first(const World *world)
{
    QueueId queue = 0;
    while (world->queues[queue].parent >= 0) {
        queue++;
    }
    return queue;
}

static JobId queue_candidate(Pass *pass, QueueId queue)
{
    World *world = pass->world;
    bool closed = world->queue_closed_pass[queue] == world->pass;
    JobId own = closed ? -1 : waiting_walk_peek(&pass->engine->walks[queue]);
    return own >= 0 || world->queues[queue].child_count == 0
               ? own
               : queue_next(pass, world->queues[queue].first_child);
}

static const int64_t *queue_key(Pass *pass, QueueId queue, JobId head)
{
    const World *world = pass->world;
    QueueMemo *memo = &pass->engine->queue_memo[queue];
    uint64_t version = world->change_count + world->demand_count;
    if (memo->pass != world->pass || memo->version != version || memo->head != head) {
        *memo = (QueueMemo){.pass = world->pass, .version = version, .head = head};
        world->scenario->policy.order->queue_key(world, queue, head, memo->key);
    }
    return memo->key;
}

static JobId queue_next(Pass *pass, QueueId first)
{
    World *world = pass->world;
    const int64_t *best = NULL;
    JobId chosen = -1;
    for (QueueId queue = first; queue >= 0; queue = world->queues[queue].next_sibling) {
        JobId head = world->queue_jobs[queue] > 0 ? queue_candidate(pass, queue) : -1;
        if (head < 0) {
            continue;
        }
        const int64_t *key = queue_key(pass, queue, head);
        if (chosen < 0 || key_before(key, best)) {
            chosen = head;
            best = key;
        }
    }
    return chosen;
}

static void queues_begin(Pass *pass)
{
    const Waiting *waiting = &pass->world->waiting;
    for (QueueId queue = 0; queue < pass->world->queue_count; queue++) {
        waiting_walk(&pass->engine->walks[queue], waiting, queue,
                     &pass->engine->walk_heap[waiting->line_begin[queue]]);
    }
}

static void queues_walk(Pass *pass)
{
    World *world = pass->world;
    queues_begin(pass);
    for (JobId job = queue_next(pass, roots_first(world)); job >= 0 && goes_on(pass);
         job = queue_next(pass, roots_first(world))) {
        head_try(pass, &pass->engine->walks[job_tenant(world->jobs, job)]);
    }
}

/* ---- the pass ---- */

static void share_compute(World *world)
{
    const SharePolicy *share = world->scenario->policy.share;
    if (share != NULL && share->compute != NULL) {
        share->compute(world, &world->share);
    }
}

/* True if the job is let in now. */
static bool gate_try(Pass *pass, WaitingWalk *walk, JobId job)
{
    bool was_in = pass->world->job_quota[job] > 0;
    bool in = job_let_in(pass->engine, job);
    if (in) {
        waiting_walk_step(walk);
    } else {
        waiting_walk_close(walk);
    }
    return in && !was_in;
}

/* Who waits before the gate is asked, in order, before anybody is placed. */
static void gate_walk(Pass *pass)
{
    World *world = pass->world;
    bool any = false;
    if (!world->scenario->policy.admit->gates) {
        return;
    }
    if (world->scenario->policy.order->queue_key != NULL) {
        queues_begin(pass);
        for (JobId job = queue_next(pass, roots_first(world)); job >= 0;
             job = queue_next(pass, roots_first(world))) {
            any |= gate_try(pass, &pass->engine->walks[job_tenant(world->jobs, job)], job);
        }
    } else {
        WaitingWalk walk;
        waiting_walk(&walk, &world->waiting, 0, pass->engine->walk_heap);
        for (JobId job = waiting_walk_peek(&walk); job >= 0; job = waiting_walk_peek(&walk)) {
            any |= gate_try(pass, &walk, job);
        }
    }
    if (any) { /* what they ask counts now */
        share_compute(world);
        world->demand_count++;
    }
}

static Pass pass_begin(Engine *engine, PassKind kind)
{
    World *world = engine->world;
    const PolicySet *policy = &world->scenario->policy;
    bool quick = kind == PASS_QUICK;
    int32_t depth = kind == PASS_PLAN && policy->scan_options.plan_depth > 0
                        ? policy->scan_options.plan_depth
                        : policy->scan_options.depth;
    world->pass++;
    world->pass_ms = world->now_ms;
    return (Pass){.engine = engine,
                  .world = world,
                  .behind = quick ? SCAN_BEHIND_WAITS : policy->scan->behind,
                  .plans = engine->plan != NULL && !quick,
                  .per_queue = policy->scan_options.per_queue,
                  .endless = depth <= 0,
                  .looks = depth > 0 ? depth : INT32_MAX,
                  .resumed_rank = INT64_MAX};
}

static void jobs_grow(Pass *pass)
{
    World *world = pass->world;
    for (int32_t i = 0; world->jobs->any_elastic && i < world->running_count; i++) {
        while (job_grow(pass->engine, world->running[i])) {
        }
    }
}

bool policy_pass(Engine *engine, PassKind kind)
{
    World *world = engine->world;
    Pass pass = pass_begin(engine, kind);
    bool any = world->waiting.count > 0 || world->suspended_count > 0;
    if (any) {
        share_compute(world);
        gate_walk(&pass);
        nominees_serve(&pass);
        movers_hold(&pass);
        if (pass.plans) {
            plan_begin(engine->plan, world);
        }
        if (world->scenario->policy.order->queue_key != NULL) {
            queues_walk(&pass);
        } else {
            line_walk(&pass);
        }
        holds_end(engine);
        if (!pass.again && suspended_serve(&pass, INT64_MIN)) {
            pass.again = true;
        }
    }
    if (!pass.again) {
        jobs_grow(&pass);
    }
    fact_emit(
        engine,
        &(Fact){.kind = FACT_PASS_DONE, .job = -1, .task = -1, .node = -1, .value = pass.started});
    return pass.again;
}

void carried_place(Engine *engine, JobId job)
{
    if (job_try(engine, job, (TryOptions){0}) == TRY_DONE) {
        job_dequeue(engine, job);
    }
}

void keys_recompute(Engine *engine)
{
    World *world = engine->world;
    Waiting *waiting = &world->waiting;
    int32_t count = 0;
    for (ClassId id = 0; id < world->jobs->class_count; id++) {
        for (JobId job = waiting_first(waiting, id); job >= 0; job = waiting_next(waiting, job)) {
            engine->rekeyed[count++] = job;
        }
    }
    for (int32_t i = 0; i < count; i++) {
        waiting_remove(waiting, engine->rekeyed[i]);
    }
    for (int32_t i = 0; i < count; i++) {
        JobId job = engine->rekeyed[i];
        waiting_insert(waiting, job, world->scenario->policy.order->key(world, job),
                       waiting->round[job]);
    }
}
