/* plan_search.c - the earliest start of a job among running tasks and reservations.
 *
 * Room is only gained when a span begins, so only those instants are looked at. A single task is
 * searched for node by node; a gang by letting time go on and counting again the nodes on which
 * something begins, or would begin before the gang ends.
 */
#include "core/plan_parts.h"

/* Who is searched for. */
typedef struct Wanted {
    const GpShape *shape;
    int32_t count;
    int32_t level;
    int32_t bound_devices; /* see plan_window */
    int64_t run_ms;        /* TIME_NEVER: it stays */
    int64_t end_ms;        /* whenever it starts; TIME_NEVER: run_ms says when it ends */
    int64_t latest_ms;
} Wanted;

static int64_t until_ms(const Wanted *wanted, int64_t start_ms)
{
    if (wanted->end_ms != TIME_NEVER) {
        return wanted->end_ms > start_ms ? wanted->end_ms : start_ms + 1;
    }
    if (wanted->run_ms >= TIME_NEVER - start_ms) {
        return TIME_NEVER;
    }
    return start_ms + (wanted->run_ms > 0 ? wanted->run_ms : 1);
}

/* ---- one task ---- */

/* The first span, of those from this one on, after which the task would find no span too small
 * until its end; -1: none. start_ms: when it could start there. */
static int32_t spans_scan(const Plan *plan, const Wanted *wanted, int32_t span, int64_t *start_ms)
{
    const Span *spans = plan->book.spans.spans;
    int64_t end_ms = until_ms(wanted, *start_ms);
    for (int32_t at = span; at >= 0 && spans[at].begin_ms < end_ms; at = spans[at].next) {
        if (plan_span_may_hold(plan, at, wanted->shape)) {
            continue;
        }
        span = spans[at].next;
        if (span < 0 || spans[span].begin_ms > wanted->latest_ms) {
            return -1;
        }
        *start_ms = spans[span].begin_ms;
        end_ms = until_ms(wanted, *start_ms);
    }
    return span;
}

/* When the node can take the task from an instant on. TIME_NEVER: not by latest_ms. */
static int64_t node_start(Plan *plan, const World *world, const Wanted *wanted, int32_t node,
                          int64_t from_ms)
{
    const Span *spans = plan->book.spans.spans;
    plan_spans_sync(plan, world, node);
    int32_t span = plan_span_at(plan, node, from_ms > world->now_ms ? from_ms : world->now_ms);
    int64_t start_ms = from_ms;
    if (from_ms <= world->now_ms) { /* it could not start now: something must begin */
        span = spans[span].next;
        start_ms = span >= 0 ? spans[span].begin_ms : TIME_NEVER;
    }
    while (span >= 0 && start_ms <= wanted->latest_ms) {
        span = spans_scan(plan, wanted, span, &start_ms);
        if (span < 0) {
            break;
        }
        if (plan_spans_suffice(plan, node, wanted->shape)) {
            return start_ms;
        }
        plan_window(plan, world, node, start_ms, until_ms(wanted, start_ms), wanted->bound_devices);
        if (gp_fits(&plan->fleet, node, wanted->shape, plan->sees)) {
            return start_ms;
        }
        span = spans[span].next;
        start_ms = span >= 0 ? spans[span].begin_ms : TIME_NEVER;
    }
    return TIME_NEVER;
}

static GpStatus pick(Plan *plan, const World *world, const Wanted *wanted, int32_t candidates,
                     GpPlacement *placement)
{
    const GpDraw draw = {0};
    placement->size = sizeof(GpPlacement);
    return gp_pick_among(&plan->fleet, &world->scenario->policy.pack, &world->scenario->constants,
                         wanted->shape, &draw, candidates, plan->book.candidates, placement);
}

/* May the shape use nodes of this type, and have their devices the memory? */
static bool type_allowed(const Plan *plan, const Wanted *wanted, int32_t node)
{
    const GpNodeType *type = &plan->fleet.types[plan->fleet.node_type[node]];
    bool sees_memory = (plan->sees >> GP_AXIS_GPU_MEMORY & 1u) != 0;
    return gp_type_allowed(type, wanted->shape) != 0 &&
           (!sees_memory || wanted->shape->device_memory_mib <= type->device_memory_mib);
}

/* The best of the listed nodes, over the time of the task. */
static GpStatus pick_over(Plan *plan, const World *world, const Wanted *wanted, int32_t count,
                          int64_t start_ms)
{
    for (int32_t i = 0; i < count; i++) {
        plan_window(plan, world, plan->book.candidates[i], start_ms, until_ms(wanted, start_ms),
                    wanted->bound_devices);
    }
    return pick(plan, world, wanted, count, &plan->book.found[0]);
}

static int64_t single_search(Plan *plan, const World *world, Wanted wanted, int64_t from_ms)
{
    PlanBook *book = &plan->book;
    int32_t count = 0;
    for (int32_t node = 0; node < plan->fleet.node_count; node++) {
        int64_t start_ms = type_allowed(plan, &wanted, node)
                               ? node_start(plan, world, &wanted, node, from_ms)
                               : TIME_NEVER;
        if (start_ms == TIME_NEVER) {
            continue;
        }
        count = count > 0 && start_ms == wanted.latest_ms ? count : 0;
        book->candidates[count++] = node;
        wanted.latest_ms = start_ms;
    }
    return count > 0 && pick_over(plan, world, &wanted, count, wanted.latest_ms) == GP_OK
               ? wanted.latest_ms
               : TIME_NEVER;
}

/* ---- gangs ---- */

/* Counts the node's room for tasks that start at an instant, and says when to count again. */
static void room_count(Plan *plan, const World *world, const Wanted *wanted, int32_t node,
                       int64_t start_ms)
{
    PlanBook *book = &plan->book;
    const Span *spans = book->spans.spans;
    int32_t span = plan_span_at(plan, node, start_ms);
    int64_t end_ms = until_ms(wanted, start_ms);
    int32_t room = 0;
    if (plan_span_may_hold(plan, span, wanted->shape)) {
        plan_window(plan, world, node, start_ms, end_ms, wanted->bound_devices);
        room = plan_room(plan, world, node, wanted->shape, wanted->count);
    }
    book->domain_room[plan_domain(world, wanted->level, node)] += room - book->node_room[node];
    book->node_room[node] = room;
    int32_t next = spans[span].next;
    if (next < 0) {
        return;
    }
    int64_t again_ms = spans[next].begin_ms;
    while (next >= 0 && spans[next].begin_ms < end_ms) {
        next = spans[next].next;
    }
    if (next >= 0 && wanted->end_ms == TIME_NEVER) { /* who starts later meets this span too */
        int64_t enters_ms = spans[next].begin_ms - wanted->run_ms + 1;
        enters_ms = enters_ms > start_ms ? enters_ms : start_ms + 1;
        again_ms = enters_ms < again_ms ? enters_ms : again_ms;
    }
    plan_heap_push(&plan->node_ends, again_ms, node);
}

/* The domain that holds the gang, the first of several; -1: none. */
static int32_t domain_found(const Plan *plan, const Wanted *wanted)
{
    int32_t domains = wanted->level == TOPOLOGY_NONE ? 1 : plan->fleet.node_count;
    for (int32_t domain = 0; domain < domains; domain++) {
        if (plan->book.domain_room[domain] >= wanted->count) {
            return domain;
        }
    }
    return -1;
}

static bool gang_pick(Plan *plan, const World *world, const Wanted *wanted, int32_t domain,
                      int64_t start_ms)
{
    PlanBook *book = &plan->book;
    int64_t end_ms = until_ms(wanted, start_ms);
    int32_t count = 0;
    for (int32_t node = 0; node < plan->fleet.node_count; node++) {
        if (book->node_room[node] > 0 && plan_domain(world, wanted->level, node) == domain) {
            plan_window(plan, world, node, start_ms, end_ms, wanted->bound_devices);
            book->candidates[count++] = node;
        }
    }
    for (int32_t i = 0; i < wanted->count; i++) {
        if (pick(plan, world, wanted, count, &book->found[i]) != GP_OK) {
            return false;
        }
        gp_place(&plan->fleet, wanted->shape, &book->found[i]);
    }
    return true;
}

static int64_t gang_search(Plan *plan, const World *world, const Wanted *wanted, int64_t from_ms)
{
    PlanBook *book = &plan->book;
    PlanHeap *moments = &plan->node_ends;
    int64_t now_ms = from_ms > world->now_ms ? from_ms : world->now_ms;
    moments->count = 0;
    for (int32_t node = 0; node < plan->fleet.node_count; node++) {
        book->node_room[node] = 0;
        book->domain_room[node] = 0;
    }
    for (int32_t node = 0; node < plan->fleet.node_count; node++) {
        if (type_allowed(plan, wanted, node)) {
            plan_spans_sync(plan, world, node);
            room_count(plan, world, wanted, node, now_ms);
        }
    }
    for (;;) {
        int32_t domain = now_ms > world->now_ms ? domain_found(plan, wanted) : -1;
        if (domain >= 0 && gang_pick(plan, world, wanted, domain, now_ms)) {
            return now_ms;
        }
        if (moments->count == 0 || moments->moments[0].at_ms > wanted->latest_ms) {
            return TIME_NEVER;
        }
        now_ms = moments->moments[0].at_ms;
        while (moments->count > 0 && moments->moments[0].at_ms == now_ms) {
            room_count(plan, world, wanted, plan_heap_pop(moments).id, now_ms);
        }
    }
}

/* ---- the questions ---- */

static Wanted wanted_of(const Plan *plan, const World *world, JobId job, int32_t task_count)
{
    const GpShape *shape = job_request(world->jobs, job);
    return (Wanted){
        .shape = shape,
        .count = task_count,
        .level = plan_level(plan, world, job, task_count),
        .bound_devices = plan_shape_floats(shape) ? 0 : task_count * shape->device_count,
        .run_ms = plan_round(plan, plan_run_ms(world, job)),
        .end_ms = plan_joins(world, job) ? plan_end_ms(plan, world, job, 0) : TIME_NEVER,
        .latest_ms = TIME_NEVER - 1};
}

int64_t plan_search(Plan *plan, const World *world, JobId job, int32_t task_count, int64_t from_ms)
{
    Wanted wanted = wanted_of(plan, world, job, task_count);
    return task_count == 1 ? single_search(plan, world, wanted, from_ms)
                           : gang_search(plan, world, &wanted, from_ms);
}

/* Its own node is a candidate beside those that gained and offer the same start. */
static int32_t own_add(Plan *plan, const World *world, const Reservation *made, int32_t count)
{
    PlanBook *book = &plan->book;
    int32_t node = book->places[made->first_place].placement.node;
    for (int32_t i = 0; i < count; i++) {
        if (book->candidates[i] == node) {
            return count;
        }
    }
    plan_replay_enter(plan, node, false);
    plan_spans_sync(plan, world, node);
    book->candidates[count] = node;
    return count + 1;
}

int64_t plan_search_better(Plan *plan, const World *world, const Reservation *made)
{
    PlanBook *book = &plan->book;
    Wanted wanted = wanted_of(plan, world, made->job, 1);
    int32_t count = 0;
    wanted.latest_ms = made->start_ms < wanted.latest_ms ? made->start_ms : wanted.latest_ms;
    for (int32_t i = 0; i < book->gained_count; i++) {
        int32_t node = book->gained[i];
        int64_t start_ms = type_allowed(plan, &wanted, node)
                               ? node_start(plan, world, &wanted, node, PLAN_NOW)
                               : TIME_NEVER;
        if (start_ms == TIME_NEVER) {
            continue;
        }
        count = count > 0 && start_ms == wanted.latest_ms ? count : 0;
        book->candidates[count++] = node;
        wanted.latest_ms = start_ms;
    }
    bool tie = count > 0 && wanted.latest_ms == made->start_ms;
    if (count == 0 || (tie && !made->reserved)) {
        return TIME_NEVER;
    }
    if (tie) {
        count = own_add(plan, world, made, count);
    }
    if (pick_over(plan, world, &wanted, count, wanted.latest_ms) != GP_OK) {
        return TIME_NEVER;
    }
    bool same = tie && book->found[0].node == book->places[made->first_place].placement.node;
    return same ? TIME_NEVER : wanted.latest_ms;
}

/* One task, on a node where the spans say it all. */
static bool spans_hold(Plan *plan, const World *world, const Reservation *made, int32_t node)
{
    const Span *spans = plan->book.spans.spans;
    const GpShape *shape = job_request(world->jobs, made->job);
    int32_t span = plan_span_at(plan, node, made->start_ms);
    while (span >= 0 && spans[span].begin_ms < made->end_ms) {
        if (!plan_span_may_hold(plan, span, shape)) {
            return false;
        }
        span = spans[span].next;
    }
    return true;
}

bool plan_search_holds(Plan *plan, const World *world, const Reservation *made)
{
    const GpShape *shape = job_request(world->jobs, made->job);
    bool floats = plan_shape_floats(shape);
    int32_t devices = floats ? 0 : made->count * shape->device_count;
    const PlanPlace *places = &plan->book.places[made->first_place];
    bool holds = true;
    int32_t first = places[0].placement.node;
    if (made->count == 1 && (plan->book.node_state[first] & NODE_CHANGED) == 0) {
        return true;
    }
    if (made->count == 1) {
        plan_spans_sync(plan, world, first);
    }
    if (made->count == 1 && plan_spans_suffice(plan, first, shape)) {
        return spans_hold(plan, world, made, first);
    }
    plan->refused_count = 0;
    for (int32_t i = 0; i < made->count; i++) {
        int32_t node = places[i].placement.node;
        if ((plan->book.node_state[node] & NODE_CHANGED) != 0 && plan_node_list(plan, node)) {
            plan_spans_sync(plan, world, node);
            plan_window(plan, world, node, made->start_ms, made->end_ms, devices);
        }
    }
    plan_node_list_end(plan);
    for (int32_t i = 0; holds && i < made->count; i++) {
        GpPlacement placement = places[i].placement;
        if ((plan->book.node_state[placement.node] & NODE_CHANGED) == 0) {
            continue;
        }
        if (floats) { /* any devices will do */
            holds = gp_fits(&plan->fleet, placement.node, shape, plan->sees) != 0 &&
                    gp_choose_devices(&plan->fleet, &world->scenario->policy.pack,
                                      &world->scenario->constants, placement.node, shape, 0,
                                      &placement) == GP_OK;
        } else {
            holds = gp_holds(&plan->fleet, shape, &placement, plan->sees) != 0;
        }
        if (holds) {
            gp_place(&plan->fleet, shape, &placement);
        }
    }
    return holds;
}
