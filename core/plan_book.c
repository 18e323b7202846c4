/* plan_book.c - a reservation for each job that cannot start, in order: conservative backfilling.
 */
#include "core/plan_parts.h"

static int32_t least(int64_t a, int64_t b)
{
    return (int32_t)(a < b ? a : b);
}

/* Jobs that one pass plans at most. */
static int32_t jobs_planned(const World *world)
{
    const ScanOptions *options = &world->scenario->policy.scan_options;
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
    book->made_capacity = jobs_planned(world);
    book->place_capacity = least(least(world->jobs->task_count, PLAN_TASKS_MAX),
                                 (int64_t)book->made_capacity * world->largest_gang);
    book->made = ARENA_ARRAY(arena, Reservation, book->made_capacity);
    book->places = ARENA_ARRAY(arena, PlanPlace, book->place_capacity);
    book->bounds = ARENA_ARRAY(arena, PlanBound, book->made_capacity);
    book->bound_shapes = ARENA_ARRAY(arena, ShapeId, book->made_capacity);
    book->shape_bounds = ARENA_ARRAY(arena, int32_t, shapes);
    book->node_places = ARENA_ARRAY(arena, int32_t, nodes);
    book->found = ARENA_ARRAY(arena, GpPlacement, world->largest_gang);
    book->node_room = ARENA_ARRAY(arena, int32_t, nodes);
    book->domain_room = ARENA_ARRAY(arena, int64_t, nodes);
    book->candidates = ARENA_ARRAY(arena, int32_t, nodes);
    plan->node_ends.moments = ARENA_ARRAY(arena, PlanMoment, nodes);
    for (ShapeId shape = 0; !arena->failed && shape < shapes; shape++) {
        book->shape_bounds[shape] = -1;
    }
    for (int32_t node = 0; !arena->failed && node < nodes; node++) {
        book->node_places[node] = -1;
    }
    book->next_start_ms = TIME_NEVER;
    return !arena->failed && plan_spans_init(plan, arena, world, book->place_capacity);
}

void plan_book_begin(Plan *plan)
{
    PlanBook *book = &plan->book;
    for (int32_t i = 0; i < book->place_count; i++) {
        int32_t node = book->places[i].placement.node;
        if (book->node_places[node] >= 0) {
            book->node_places[node] = -1;
            plan_spans_drop(plan, node);
        }
    }
    book->made_count = 0;
    book->place_count = 0;
    book->next_start_ms = TIME_NEVER;
    plan_book_forget_bounds(plan);
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
    if (book->bound_count == book->made_capacity || plan_joins(world, job)) {
        return;
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

static void places_book(Plan *plan, const World *world, JobId job, int32_t task_count,
                        int64_t start_ms)
{
    PlanBook *book = &plan->book;
    bool floats = plan_shape_floats(job_request(world->jobs, job));
    int64_t end_ms = plan_end_ms(plan, world, job, start_ms);
    int32_t made = book->made_count++;
    book->made[made] = (Reservation){
        .job = job, .start_ms = start_ms, .end_ms = end_ms > start_ms ? end_ms : start_ms + 1};
    for (int32_t i = 0; i < task_count; i++) {
        PlanPlace *place = &book->places[book->place_count];
        *place = (PlanPlace){.placement = book->found[i], .made = made};
        if (floats) {
            place->placement.device_mask = 0;
        }
        plan_spans_take(plan, world, place);
        place->next = book->node_places[place->placement.node];
        book->node_places[place->placement.node] = book->place_count++;
    }
    if (start_ms > plan->soonest_ms && start_ms < book->next_start_ms) {
        book->next_start_ms = start_ms;
    }
}

int64_t plan_book_reserve(Plan *plan, const World *world, JobId job, int32_t task_count)
{
    PlanBook *book = &plan->book;
    if (book->made_count == book->made_capacity ||
        book->place_capacity - book->place_count < task_count) {
        return TIME_NEVER;
    }
    int64_t from_ms = bound_ms(plan, world, job, task_count);
    int64_t start_ms =
        from_ms == TIME_NEVER ? TIME_NEVER : plan_search(plan, world, job, task_count, from_ms);
    if (plan_level(plan, world, job, task_count) == TOPOLOGY_NONE && start_ms != from_ms) {
        bound_add(plan, world, job, task_count, start_ms);
    }
    if (start_ms != TIME_NEVER) {
        places_book(plan, world, job, task_count, start_ms);
    }
    return start_ms;
}

/* ---- may it go before them? ---- */

/* Do the tasks on one of the listed nodes leave all reservations there what they need? */
static bool node_allows(Plan *plan, const World *world, int32_t node, JobId job, int32_t task_count,
                        const GpPlacement *placements)
{
    const GpShape *shape = job_request(world->jobs, job);
    bool floats = plan_shape_floats(shape);
    int32_t tasks = 0;
    if (plan->book.node_places[node] < 0) {
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
           gp_room(&plan->fleet, node, shape, plan->sees, tasks) == tasks;
}

bool plan_book_allows(Plan *plan, const World *world, JobId job, int32_t task_count,
                      const GpPlacement *placements)
{
    const GpShape *shape = job_request(world->jobs, job);
    int64_t end_ms = plan_end_ms(plan, world, job, world->now_ms);
    plan->refused_count = 0;
    if (plan->book.made_count == 0) {
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
