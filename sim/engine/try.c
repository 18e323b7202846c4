/* try.c - may it, does it fit, does it delay a reservation, and if not, who gives way? */
#include "sim/engine/try.h"

#include "core/rng.h"
#include "sim/engine/apply.h"
#include "sim/engine/holds.h"

/* ---- places ---- */

/* A task's own luck: it does not depend on what was drawn for others. */
static GpDraw task_draw(const World *world, TaskId task)
{
    uint32_t words[4];
    rng_block((DrawAddress){.seed = world->scenario->seed,
                            .replication = world->replication,
                            .purpose = PURPOSE_PICK,
                            .entity = (uint32_t)task},
              0, words);
    return (GpDraw){.node = (uint64_t)words[0] << 32 | words[1],
                    .device = (uint64_t)words[2] << 32 | words[3]};
}

/* Nodes that the job's flavor leaves it; 0: all that its request allows. */
static uint64_t flavor_groups(const World *world, JobId job, int32_t flavor)
{
    const QueueTree *tree = &world->scenario->queues;
    int32_t held = world->job_quota[job] > 0 ? world->job_flavor[job] : flavor;
    return held >= 0 && held < tree->flavor_count ? tree->flavors[held].group_set : 0;
}

/* Some quota belongs to one kind of node only: the request is narrowed to it, and scanned for. */
static GpStatus pick_in_groups(const World *world, ShapeId id, uint64_t groups, const GpDraw *draw,
                               GpPlacement *placement)
{
    const PolicySet *policy = &world->scenario->policy;
    GpShape shape = world->jobs->shapes.shapes[id];
    shape.group_set = shape.group_set != 0 ? shape.group_set & groups : groups;
    placement->size = sizeof(GpPlacement);
    return shape.group_set == 0
               ? GP_NO_FIT
               : gp_scan_pick(&world->fleet, &policy->pack, &world->scenario->constants, &shape,
                              draw, placement);
}

static bool places_among(Engine *engine, JobId job, int32_t count, int32_t flavor)
{
    World *world = engine->world;
    const GpPolicy *pack = &world->scenario->policy.pack;
    ShapeId shape = job_shape(world->jobs, job);
    uint64_t groups = flavor_groups(world, job, flavor);
    bool draws = pack->pick == GP_PICK_RANDOM || pack->device_rule == GP_DEVICE_RANDOM;
    GpStatus status = GP_OK;
    if (topology_rules(world, job, count)) {
        return topology_places(&engine->topology, &engine->trial, job, count, groups,
                               world->placements);
    }
    for (int32_t i = 0; i < count && status == GP_OK; i++) {
        GpDraw draw = {0};
        if (draws) {
            draw = task_draw(world, world->job_hint[job] + i);
        }
        status = groups != 0 ? pick_in_groups(world, shape, groups, &draw, &world->placements[i])
                             : world_pick(world, shape, &draw, &world->placements[i]);
        if (status == GP_OK && count > 1) {
            status = trial_take(&engine->trial, shape, &world->placements[i]);
        }
        if (status == GP_NO_FIT && i == 0 && groups == 0) {
            world->shape_failed_at[shape] = world->room_count + 1;
        }
    }
    trial_rollback(&engine->trial);
    if (status != GP_OK && count > 1 && groups == 0) {
        world->class_failed_at[world->jobs->job_class[job]] = world->room_count + 1;
    }
    return status == GP_OK;
}

/* Finds places for `count` tasks of the job beside what nominees hold, or says that there are none.
 * The columns are left as they were. */
static bool places_find(Engine *engine, JobId job, int32_t count, int32_t flavor)
{
    holds_take(engine);
    bool found = places_among(engine, job, count, flavor);
    holds_give(engine);
    return found;
}

/* Placements only take: what fitted nowhere does not fit until something is given back. */
static bool fits_nowhere(const World *world, JobId job, int32_t count)
{
    ClassId id = world->jobs->job_class[job];
    return world->shape_failed_at[job_shape(world->jobs, job)] == world->room_count + 1 ||
           (count > 1 && world->class_failed_at[id] == world->room_count + 1);
}

/* Do the places delay a reservation? If so others are looked for among what is left to the job. */
static bool places_allowed(Engine *engine, JobId job, int32_t count, int32_t flavor)
{
    World *world = engine->world;
    bool allowed = plan_allows(engine->plan, world, job, count, world->placements);
    while (!allowed && plan_narrow(engine->plan, world) &&
           places_find(engine, job, count, flavor)) {
        allowed = plan_allows(engine->plan, world, job, count, world->placements);
    }
    plan_widen(engine->plan, world);
    return allowed;
}

/* ---- who gives way ---- */

/* Are its victims on their way out? */
static bool is_nominee(const World *world, JobId job)
{
    for (int32_t i = 0; i < world->nominee_count; i++) {
        if (world->nominees[i].job == job) {
            return true;
        }
    }
    return false;
}

static bool ask_is_pointless(const World *world, JobId job)
{
    ClassId id = world->jobs->job_class[job];
    return is_nominee(world, job) ||
           (world->class_asked_at[id] == world->change_count + world->demand_count + 1 &&
            world->class_ask_ms[id] > world->now_ms);
}

static void ask_apply(Engine *engine, JobId job)
{
    const EvictPlan *plan = &engine->evict;
    if (plan->move_count > 0) {
        decision_apply(engine, &(Decision){.kind = DECISION_MOVE,
                                           .job = job,
                                           .task_count = plan->move_count,
                                           .tasks = plan->moved,
                                           .placement_count = plan->move_count,
                                           .placements = plan->move_to});
    }
    decision_apply(engine, &(Decision){.kind = DECISION_EVICT,
                                       .job = job,
                                       .mode = plan->mode,
                                       .task_count = plan->victim_count,
                                       .tasks = plan->victims});
    decision_apply(engine, &(Decision){.kind = DECISION_NOMINATE,
                                       .job = job,
                                       .task_count = plan->move_count > 0 ? plan->move_count
                                                                          : plan->victim_count,
                                       .tasks = plan->move_count > 0 ? plan->moved : plan->victims,
                                       .placement_count = plan->place_count,
                                       .placements = plan->places});
}

/* True if somebody gives way. */
static bool others_asked(Engine *engine, JobId job, int32_t count, Admission admission)
{
    World *world = engine->world;
    const EvictPolicy *evict = world->scenario->policy.evict;
    ClassId id = world->jobs->job_class[job];
    if (evict->propose == NULL || ask_is_pointless(world, job)) {
        return false;
    }
    EvictAsk ask = {.job = job, .task_count = count, .admission = admission};
    EvictPlan *plan = &engine->evict;
    plan->victim_count = plan->move_count = plan->place_count = 0;
    plan->mode = (EvictMode)world->scenario->policy.evict_options.mode;
    plan->wake_ms = TIME_NEVER;
    holds_close(engine);
    bool proposed = evict->propose(world, &engine->trial, &ask, plan);
    trial_rollback(&engine->trial);
    holds_open(engine);
    if (!proposed) {
        world->class_asked_at[id] = world->change_count + world->demand_count + 1;
        world->class_ask_ms[id] = plan->wake_ms;
        engine->wake_ms = plan->wake_ms < engine->wake_ms ? plan->wake_ms : engine->wake_ms;
        return false;
    }
    ask_apply(engine, job);
    return true;
}

/* ---- the turn ---- */

static void class_note(World *world, JobId job, JobReason reason, int detail)
{
    ClassId id = world->jobs->job_class[job];
    world->class_why[id] = (Why){(uint8_t)reason, (int8_t)detail};
    world->class_why_pass[id] = world->pass;
}

static void job_note(World *world, JobId job, JobReason reason, int detail)
{
    world->job_why[job] = (Why){(uint8_t)reason, (int8_t)detail};
    world->job_why_pass[job] = world->pass;
}

/* Nothing more of the job can be placed now. Who has a part already is told apart. */
static Outcome stays_without_room(Engine *engine, JobId job, int32_t count, TryOptions options)
{
    World *world = engine->world;
    if (options.evicts && others_asked(engine, job, count, (Admission){.block = BLOCK_NONE})) {
        return TRY_MADE_ROOM;
    }
    Why why = {REASON_NO_ROOM, GP_DIMENSION_NONE};
    if (world->judges_waits) {
        holds_take(engine);
        Verdict verdict = world_verdict(world, job_shape(world->jobs, job), count);
        holds_give(engine);
        why = (Why){verdict.kind == VERDICT_SHORT ? REASON_SHORT : REASON_FRAGMENTED,
                    (int8_t)verdict.dimension};
    }
    if (options.plans) {
        plan_reserve(engine->plan, world, job, count);
    }
    bool whole = world->job_holding[job] == 0;
    job_note(world, job, (JobReason)why.reason, why.detail);
    if (whole) {
        class_note(world, job, (JobReason)why.reason, why.detail);
    }
    return whole && !is_nominee(world, job) ? TRY_CLASS_STAYS : TRY_STAYS;
}

static Outcome stays_by_rule(Engine *engine, JobId job, int32_t count, Admission admission,
                             TryOptions options)
{
    World *world = engine->world;
    if (options.evicts && others_asked(engine, job, count, admission)) {
        return TRY_MADE_ROOM;
    }
    job_note(world, job, REASON_BLOCKED, admission.block);
    class_note(world, job, REASON_BLOCKED, admission.block);
    bool whole = world->job_holding[job] == 0;
    return whole && !is_nominee(world, job) ? TRY_CLASS_STAYS : TRY_STAYS;
}

static Outcome stays_for_reservation(Engine *engine, JobId job, int32_t count)
{
    World *world = engine->world;
    bool others_too = plan_refused_above_ms(engine->plan) >= 0;
    plan_reserve(engine->plan, world, job, count);
    job_note(world, job, REASON_BLOCKED, BLOCK_RESERVATION);
    if (others_too) {
        class_note(world, job, REASON_BLOCKED, BLOCK_RESERVATION);
    }
    return TRY_REFUSED;
}

static void nominee_remove(World *world, JobId job)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < world->nominee_count; i++) {
        Nominee nominee = world->nominees[i];
        if (nominee.job != job) {
            Nominee spare = world->nominees[kept];
            world->nominees[kept++] = nominee;
            world->nominees[i] = spare; /* rows keep their memory */
        }
    }
    world->nominee_count = kept;
}

/* Admission as a step of its own: for all of the job that is open. */
static Admission stage_enter(Engine *engine, JobId job)
{
    World *world = engine->world;
    int32_t asked = world->job_open[job] - world->job_quota[job];
    Admission admission = world->scenario->policy.admit->admits(world, job, asked);
    if (admission.block == BLOCK_NONE) {
        decision_apply(engine,
                       &(Decision){.kind = DECISION_ADMIT, .job = job, .flavor = admission.flavor});
    }
    return admission;
}

/* The rules' answer for the next `count` tasks; admits where that is a step of its own. */
static Admission admission_ask(Engine *engine, JobId job, int32_t count)
{
    World *world = engine->world;
    const AdmitPolicy *admit = world->scenario->policy.admit;
    if (world->job_quota[job] >= world->job_holding[job] + count) {
        return admit->starts != NULL
                   ? admit->starts(world, job, count)
                   : (Admission){.block = BLOCK_NONE, .flavor = world->job_flavor[job]};
    }
    if (!admit->stages) {
        return admit->admits(world, job, count);
    }
    Admission admission = stage_enter(engine, job);
    return admission.block == BLOCK_NONE && admit->starts != NULL ? admit->starts(world, job, count)
                                                                  : admission;
}

bool job_let_in(Engine *engine, JobId job)
{
    return engine->world->job_quota[job] > 0 || stage_enter(engine, job).block == BLOCK_NONE;
}

Outcome job_try(Engine *engine, JobId job, TryOptions options)
{
    World *world = engine->world;
    const PolicySet *policy = &world->scenario->policy;
    bool takes_turns = policy->place.gangs == GANGS_TASK_BY_TASK || policy->order->by_turns;
    while (world->job_waiting[job] > 0) {
        int32_t count = world_together(world, job);
        Admission admission = admission_ask(engine, job, count);
        if (admission.block != BLOCK_NONE) {
            return stays_by_rule(engine, job, count, admission, options);
        }
        if (fits_nowhere(world, job, count) || !places_find(engine, job, count, admission.flavor)) {
            return stays_without_room(engine, job, count, options);
        }
        if (options.plans && !places_allowed(engine, job, count, admission.flavor)) {
            return stays_for_reservation(engine, job, count);
        }
        nominee_remove(world, job);
        decision_apply(engine, &(Decision){.kind = DECISION_PLACE,
                                           .job = job,
                                           .flavor = admission.flavor,
                                           .placement_count = count,
                                           .placements = world->placements});
        if (takes_turns && world->job_waiting[job] > 0) {
            return TRY_TURN;
        }
    }
    return TRY_DONE;
}

/* ---- nominees ---- */

bool nominee_place(Engine *engine, const Nominee *nominee)
{
    World *world = engine->world;
    JobId job = nominee->job;
    int32_t count = nominee->place_count;
    if (count == 0 || count > world->job_waiting[job]) {
        return job_try(engine, job, (TryOptions){0}) == TRY_DONE;
    }
    Admission admission = admission_ask(engine, job, count);
    bool free = admission.block == BLOCK_NONE;
    for (int32_t i = 0; free && i < count; i++) {
        world->placements[i] = nominee->places[i];
        free =
            trial_take(&engine->trial, job_shape(world->jobs, job), &nominee->places[i]) == GP_OK;
    }
    trial_rollback(&engine->trial);
    if (free) {
        nominee_remove(world, job);
        decision_apply(engine, &(Decision){.kind = DECISION_PLACE,
                                           .job = job,
                                           .flavor = admission.flavor,
                                           .placement_count = count,
                                           .placements = world->placements});
    }
    return free && world->job_waiting[job] == 0;
}

/* ---- growing ---- */

/* Has it fewer members than it starts with, since the others are on their way out? */
static bool is_breaking_up(const World *world, JobId job)
{
    int32_t staying = 0;
    for (TaskId task = world->jobs->job_first_task[job];
         task < world->jobs->job_first_task[job + 1]; task++) {
        staying +=
            task_state_holds(world->task_state[task]) && world->task_state[task] != TASK_STOPPING;
    }
    return staying < job_class(world->jobs, job)->min_tasks;
}

bool job_grow(Engine *engine, JobId job)
{
    World *world = engine->world;
    const JobClass *class_of = job_class(world->jobs, job);
    TaskId first = world->jobs->job_first_task[job];
    TaskId task = first + class_of->task_count;
    while (task < first + class_of->max_tasks && world->task_state[task] != TASK_SPARE) {
        task++;
    }
    if (task == first + class_of->max_tasks || world->job_state[job] != JOB_RUNNING ||
        world->job_waiting[job] > 0 || is_breaking_up(world, job) ||
        world->scenario->policy.admit->admits(world, job, 1).block != BLOCK_NONE ||
        fits_nowhere(world, job, 1) || !places_find(engine, job, 1, world->job_flavor[job])) {
        return false;
    }
    world->task_state[task] = TASK_WAITING;
    world->job_waiting[job]++;
    world->job_open[job]++;
    world->job_hint[job] = task;
    demand_add(world, job, 1);
    decision_apply(engine, &(Decision){.kind = DECISION_PLACE,
                                       .job = job,
                                       .flavor = world->job_flavor[job],
                                       .placement_count = 1,
                                       .placements = world->placements});
    return true;
}
