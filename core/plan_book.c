/* plan_book.c - a reservation for each job that cannot start, in order: conservative backfilling.
 */
#include "core/plan_parts.h"

static int32_t least(int64_t a, int64_t b)
{
    return (int32_t)(a < b ? a : b);
}

/* Jobs that one pass plans at most. */
static int32_t jobs_planned(const Plan *plan, const World *world)
{
    const ScanOptions *options = &world->scenario->policy.scan_options;
    if (plan->books_heads) {
        return least(world->queue_count, PLAN_JOBS_MAX);
    }
    int32_t depth =
        options->every_ms > 0 && options->plan_depth > 0 ? options->plan_depth : options->depth;
    int32_t most = least(world->jobs->job_count, PLAN_JOBS_MAX);
    return depth > 0 ? least(depth, most) : most;
}

bool plan_book_init(Plan *plan, Arena *arena, const World *world)
{
    PlanBook *book = &plan->book;
    int32_t nodes = world->fleet.node_count;
    int32_t shapes = world->jobs->shapes.count;
    book->made_capacity = jobs_planned(plan, world);
    book->place_capacity = least(least(world->jobs->task_count, PLAN_TASKS_MAX),
                                 (int64_t)book->made_capacity * world->largest_gang);
    book->bounds = ARENA_ARRAY(arena, PlanBound, book->made_capacity);
    book->bound_shapes = ARENA_ARRAY(arena, ShapeId, book->made_capacity);
    book->shape_bounds = ARENA_ARRAY(arena, int32_t, shapes);
    book->found = ARENA_ARRAY(arena, GpPlacement, world->largest_gang);
    book->node_room = ARENA_ARRAY(arena, int32_t, nodes);
    book->domain_room = ARENA_ARRAY(arena, int64_t, nodes);
    book->candidates = ARENA_ARRAY(arena, int32_t, nodes);
    plan->node_ends.moments = ARENA_ARRAY(arena, PlanMoment, nodes);
    for (ShapeId shape = 0; !arena->failed && shape < shapes; shape++) {
        book->shape_bounds[shape] = -1;
    }
    if (plan->books_heads) {
        book->queue_pass = ARENA_ARRAY(arena, uint32_t, world->queue_count);
    }
    return plan_replay_init(plan, arena, world) &&
           plan_spans_init(plan, arena, world, 2 * book->place_capacity);
}

/* ---- bounds: who comes later in a pass finds less ---- */

void plan_book_forget_bounds(Plan *plan)
{
    PlanBook *book = &plan->book;
    for (int32_t i = 0; i < book->bound_shape_count; i++) {
        book->shape_bounds[book->bound_shapes[i]] = -1;
    }
    book->bound_shape_count = 0;
    book->bound_count = 0;
}

/* No start before this one is possible: those before it in this pass found none. */
static int64_t bound_ms(const Plan *plan, const World *world, JobId job, int32_t task_count)
{
    const PlanBook *book = &plan->book;
    int64_t time_ms = PLAN_NOW;
    int64_t run = plan_run_ms(world, job);
    if (plan_joins(world, job)) {
        return time_ms;
    }
    for (int32_t i = book->shape_bounds[job_shape(world->jobs, job)]; i >= 0;
         i = book->bounds[i].next) {
        const PlanBound *bound = &book->bounds[i];
        if (bound->count <= task_count && bound->run_ms <= run && bound->start_ms > time_ms) {
            time_ms = bound->start_ms;
        }
    }
    return time_ms;
}

/* Keeps what was found, and strikes out what follows from it. */
static void bound_add(Plan *plan, const World *world, JobId job, int32_t task_count,
                      int64_t start_ms)
{
    PlanBook *book = &plan->book;
    ShapeId shape = job_shape(world->jobs, job);
    PlanBound added = {
        .count = task_count, .run_ms = plan_run_ms(world, job), .start_ms = start_ms, .next = -1};
    if (book->bound_count == book->made_capacity || plan_joins(world, job) ||
        start_ms <= bound_ms(plan, world, job, task_count)) {
        return; /* no room, or no news */
    }
    if (book->shape_bounds[shape] < 0) {
        book->bound_shapes[book->bound_shape_count++] = shape;
    }
    int32_t *link = &book->shape_bounds[shape];
    while (*link >= 0) {
        PlanBound *bound = &book->bounds[*link];
        if (added.count <= bound->count && added.run_ms <= bound->run_ms &&
            added.start_ms >= bound->start_ms) {
            *link = bound->next;
        } else {
            link = &bound->next;
        }
    }
    book->bounds[book->bound_count] = added;
    *link = book->bound_count++;
}

/* ---- reservations ---- */

void plan_book_confirm(Plan *plan, const World *world, int32_t made)
{
    PlanBook *book = &plan->book;
    Reservation *reservation = &book->made[made];
    reservation->confirmed = true;
    book->order[book->order_count++] = made;
    if (plan_level(plan, world, reservation->job, reservation->count) == TOPOLOGY_NONE) {
        bound_add(plan, world, reservation->job, reservation->count, reservation->start_ms);
    }
    if (!reservation->reserved) {
        return;
    }
    book->order_places += reservation->count;
    for (int32_t i = 0; i < reservation->count; i++) {
        const PlanPlace *place = &book->places[reservation->first_place + i];
        if ((book->node_state[place->placement.node] & NODE_CHANGED) != 0) {
            plan_spans_take(plan, world, place);
        }
    }
    if (reservation->start_ms > plan->soonest_ms && reservation->start_ms < book->next_start_ms) {
        book->next_start_ms = reservation->start_ms;
    }
}

void plan_book_make(Plan *plan, const World *world, JobId job, int32_t task_count, int64_t start_ms,
                    bool reserved)
{
    PlanBook *book = &plan->book;
    bool floats = plan_shape_floats(job_request(world->jobs, job));
    int64_t end_ms = reserved ? plan_end_ms(plan, world, job, start_ms) : TIME_NEVER;
    int32_t made = book->made_count++;
    book->made[made] = (Reservation){.job = job,
                                     .count = task_count,
                                     .first_place = book->place_count,
                                     .reserved = reserved,
                                     .start_ms = start_ms,
                                     .end_ms = reserved && end_ms <= start_ms ? start_ms + 1 : end_ms};
    for (int32_t i = 0; reserved && i < task_count; i++) {
        PlanPlace *place = &book->places[book->place_count];
        int32_t node = book->found[i].node;
        *place =
            (PlanPlace){.placement = book->found[i], .made = made, .next = book->node_places[node]};
        if (floats) {
            place->placement.device_mask = 0;
        }
        book->node_places[node] = book->place_count++;
        if ((book->node_state[node] & NODE_CHANGED) == 0) {
            plan_spans_take(plan, world, place);
        }
    }
    plan_book_confirm(plan, world, made);
}

/* Where only heads have reservations: is the job not the first of its queue that asks? */
static bool behind_head(PlanBook *book, const World *world, JobId job)
{
    uint32_t *asked = &book->queue_pass[job_tenant(world->jobs, job)];
    bool behind = *asked == book->pass;
    *asked = book->pass;
    return behind;
}

int64_t plan_book_reserve(Plan *plan, const World *world, JobId job, int32_t task_count)
{
    PlanBook *book = &plan->book;
    if (plan->books_heads && behind_head(book, world, job)) {
        return TIME_NEVER;
    }
    if (book->order_count == book->made_capacity ||
        book->place_capacity - book->order_places < task_count) {
        return TIME_NEVER;
    }
    int32_t kept = plan_replay_try(plan, world, job, task_count);
    if (kept >= 0) {
        return book->made[kept].reserved ? book->made[kept].start_ms : TIME_NEVER;
    }
    int64_t from_ms = bound_ms(plan, world, job, task_count);
    bool far = from_ms != PLAN_NOW && from_ms - world->now_ms > plan->window_ms;
    int64_t start_ms = far ? from_ms : plan_search(plan, world, job, task_count, from_ms);
    bool reserved = start_ms != TIME_NEVER && start_ms - world->now_ms <= plan->window_ms;
    plan_book_make(plan, world, job, task_count, start_ms, reserved);
    return reserved ? start_ms : TIME_NEVER;
}

/* ---- may it go before them? ---- */

/* Has anybody who is before the job reserved something on the node? If others have, the node is
 * told apart from now on. */
static bool node_has_confirmed(Plan *plan, int32_t node)
{
    const PlanBook *book = &plan->book;
    bool any = false;
    bool others = false;
    for (int32_t i = book->node_places[node]; i >= 0; i = book->places[i].next) {
        any = any || book->made[book->places[i].made].confirmed;
        others = others || !book->made[book->places[i].made].confirmed;
    }
    if (any && others) {
        plan_replay_enter(plan, node, false);
    }
    return any;
}

/* Do the tasks on one of the listed nodes leave all reservations there what they need? */
static bool node_allows(Plan *plan, const World *world, int32_t node, JobId job, int32_t task_count,
                        const GpPlacement *placements)
{
    const GpShape *shape = job_request(world->jobs, job);
    bool floats = plan_shape_floats(shape);
    int32_t tasks = 0;
    if (!node_has_confirmed(plan, node)) {
        return true;
    }
    plan_spans_sync(plan, world, node);
    plan_window(plan, world, node, world->now_ms, plan->refused_end_ms, plan->refused_devices);
    for (int32_t i = 0; i < task_count; i++) {
        if (placements[i].node != node) {
            continue;
        }
        tasks++;
        if (floats && plan->book.spans.node_bound[node] == 0) {
            continue;
        }
        if (!gp_holds(&plan->fleet, shape, &placements[i], plan->sees)) {
            return false;
        }
        gp_place(&plan->fleet, shape, &placements[i]);
    }
    return !floats || plan->book.spans.node_bound[node] > 0 ||
           plan_room(plan, world, node, shape, tasks) == tasks;
}

bool plan_book_allows(Plan *plan, const World *world, JobId job, int32_t task_count,
                      const GpPlacement *placements)
{
    const GpShape *shape = job_request(world->jobs, job);
    int64_t end_ms = plan_end_ms(plan, world, job, world->now_ms);
    plan->refused_count = 0;
    if (plan->book.order_count == 0) {
        return true;
    }
    if (bound_ms(plan, world, job, task_count) > world->now_ms) {
        return false;
    }
    plan->refused_end_ms = end_ms > world->now_ms ? end_ms : plan->soonest_ms;
    plan->refused_devices = plan_shape_floats(shape) ? 0 : task_count * shape->device_count;
    for (int32_t i = 0; i < task_count; i++) {
        plan_node_list(plan, placements[i].node);
    }
    plan_node_list_end(plan);
    int32_t kept = 0;
    for (int32_t i = 0; i < plan->refused_count; i++) {
        if (!node_allows(plan, world, plan->refused_node[i], job, task_count, placements)) {
            plan->refused_node[kept++] = plan->refused_node[i];
        }
    }
    plan->refused_count = kept;
    return kept == 0;
}
