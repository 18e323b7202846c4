/* plan_replay.c - reservations of the last pass that still stand are not searched for again.
 *
 * A plan made anew would find for each job what it found before, as long as nothing changed that
 * the job could see: running tasks, and reservations of those before it. So jobs are gone through
 * in their order, and nodes are told apart that changed for those still to come. A reservation
 * whose own nodes did not change, or still hold it, can only be bettered on nodes that gained room.
 * Where that does not answer it, the job is searched for as if it were new.
 */
#include "core/plan_parts.h"

bool plan_replay_init(Plan *plan, Arena *arena, const World *world)
{
    PlanBook *book = &plan->book;
    int32_t nodes = world->fleet.node_count;
    int32_t jobs = world->jobs->job_count;
    book->made = ARENA_ARRAY(arena, Reservation, 2 * (size_t)book->made_capacity);
    book->spare_made = ARENA_ARRAY(arena, Reservation, 2 * (size_t)book->made_capacity);
    book->places = ARENA_ARRAY(arena, PlanPlace, 2 * (size_t)book->place_capacity);
    book->spare_places = ARENA_ARRAY(arena, PlanPlace, 2 * (size_t)book->place_capacity);
    book->order = ARENA_ARRAY(arena, int32_t, book->made_capacity);
    book->job_made = ARENA_ARRAY(arena, int32_t, jobs);
    book->node_places = ARENA_ARRAY(arena, int32_t, nodes);
    book->node_state = ARENA_ARRAY(arena, uint8_t, nodes);
    book->changed = ARENA_ARRAY(arena, int32_t, nodes);
    book->gained = ARENA_ARRAY(arena, int32_t, nodes);
    book->node_touched = ARENA_ARRAY(arena, uint8_t, nodes);
    book->touched = ARENA_ARRAY(arena, int32_t, nodes);
    book->next_start_ms = TIME_NEVER;
    for (JobId job = 0; !arena->failed && job < jobs; job++) {
        book->job_made[job] = -1;
    }
    for (int32_t node = 0; !arena->failed && node < nodes; node++) {
        book->node_places[node] = -1;
    }
    return !arena->failed;
}

/* ---- nodes ---- */

void plan_replay_enter(Plan *plan, int32_t node, bool gains)
{
    PlanBook *book = &plan->book;
    uint8_t *state = &book->node_state[node];
    if ((*state & NODE_CHANGED) == 0) {
        *state |= NODE_CHANGED;
        book->changed[book->changed_count++] = node;
        plan_spans_drop(plan, node);
    }
    if (gains && (*state & NODE_GAINED) == 0) {
        *state |= NODE_GAINED;
        book->gained[book->gained_count++] = node;
    }
}

void plan_replay_touch(Plan *plan, int32_t node, bool gains)
{
    PlanBook *book = &plan->book;
    if (book->node_touched[node] == 0) {
        book->touched[book->touched_count++] = node;
    }
    book->node_touched[node] |= (uint8_t)(NODE_CHANGED | (gains ? NODE_GAINED : 0));
    plan_spans_drop(plan, node);
    plan_replay_enter(plan, node, gains);
    if (gains) {
        plan_book_forget_bounds(plan);
    }
}

/* ---- from pass to pass ---- */

/* Reservations that were not confirmed go; of nodes that still show them the spans go too. */
static void unconfirmed_drop(Plan *plan)
{
    PlanBook *book = &plan->book;
    for (int32_t made = 0; made < book->made_count; made++) {
        const Reservation *old = &book->made[made];
        if (!old->confirmed) {
            book->job_made[old->job] = -1;
        }
        for (int32_t i = 0; old->reserved && i < old->count; i++) {
            int32_t node = book->places[old->first_place + i].placement.node;
            book->node_places[node] = -1;
            if (!old->confirmed && (book->node_state[node] & NODE_CHANGED) == 0) {
                plan_spans_drop(plan, node);
            }
        }
    }
}

static void confirmed_copy(PlanBook *book)
{
    int32_t place_count = 0;
    for (int32_t i = 0; i < book->order_count; i++) {
        Reservation *to = &book->spare_made[i];
        *to = book->made[book->order[i]];
        const PlanPlace *from = &book->places[to->first_place];
        to->first_place = place_count;
        to->confirmed = false;
        book->job_made[to->job] = i;
        for (int32_t k = 0; to->reserved && k < to->count; k++) {
            PlanPlace *place = &book->spare_places[place_count];
            *place = (PlanPlace){.placement = from[k].placement,
                                 .made = i,
                                 .next = book->node_places[from[k].placement.node]};
            book->node_places[place->placement.node] = place_count++;
        }
    }
    Reservation *made = book->made;
    PlanPlace *places = book->places;
    book->made = book->spare_made;
    book->places = book->spare_places;
    book->spare_made = made;
    book->spare_places = places;
    book->old_count = book->order_count;
    book->made_count = book->order_count;
    book->place_count = place_count;
}

/* Which nodes differ from what was seen in the last pass: those touched since it began, and those
 * whose tasks do not end as they should. */
static void states_begin(Plan *plan, const World *world)
{
    PlanBook *book = &plan->book;
    const PlanSpans *spans = &book->spans;
    for (int32_t i = 0; i < book->changed_count; i++) {
        book->node_state[book->changed[i]] = 0;
    }
    book->changed_count = 0;
    book->gained_count = 0;
    for (int32_t i = 0; i < book->touched_count; i++) {
        int32_t node = book->touched[i];
        plan_replay_enter(plan, node, (book->node_touched[node] & NODE_GAINED) != 0);
        book->node_touched[node] = 0;
    }
    book->touched_count = 0;
    for (int32_t node = 0; node < plan->fleet.node_count; node++) {
        bool late = spans->node_until_ms[node] <= world->now_ms &&
                    spans->node_soonest_ms[node] != plan->soonest_ms;
        if (!spans->node_built[node] || late) {
            plan_replay_enter(plan, node, false);
        }
    }
}

void plan_replay_begin(Plan *plan, const World *world)
{
    PlanBook *book = &plan->book;
    unconfirmed_drop(plan);
    confirmed_copy(book);
    states_begin(plan, world);
    book->old_at = 0;
    book->pass++;
    book->rest_hidden = false;
    book->order_count = 0;
    book->order_places = 0;
    book->next_start_ms = TIME_NEVER;
    plan_book_forget_bounds(plan);
}

/* ---- one job after the other ---- */

/* Do the tasks of a job that runs hold what was reserved for it? */
static bool runs_as_planned(Plan *plan, const World *world, const Reservation *old)
{
    int32_t *balance = plan->node_seen;
    bool same = world->job_holding[old->job] == old->count;
    for (TaskId task = world->jobs->job_first_task[old->job];
         same && task < world->jobs->job_first_task[old->job + 1]; task++) {
        if (task_state_holds(world->task_state[task])) {
            balance[world->task_node[task]]++;
            same = plan_round(plan, world_planned_end_ms(world, task)) == old->end_ms;
        }
    }
    const PlanPlace *places = &plan->book.places[old->first_place];
    for (int32_t i = 0; i < old->count; i++) {
        same = same && balance[places[i].placement.node]-- > 0;
    }
    for (int32_t i = 0; i < old->count; i++) {
        balance[places[i].placement.node] = 0;
    }
    for (TaskId task = world->jobs->job_first_task[old->job];
         task < world->jobs->job_first_task[old->job + 1]; task++) {
        if (task_state_holds(world->task_state[task])) {
            balance[world->task_node[task]] = 0;
        }
    }
    return same;
}

/* What it held is free for those behind it, unless the job runs there. */
static void old_leaves(Plan *plan, const World *world, int32_t made)
{
    PlanBook *book = &plan->book;
    const Reservation *old = &book->made[made];
    book->job_made[old->job] = -1;
    if (!old->reserved) {
        return;
    }
    bool gains = !runs_as_planned(plan, world, old);
    for (int32_t i = 0; i < old->count; i++) {
        plan_replay_enter(plan, book->places[old->first_place + i].placement.node, gains);
    }
}

/* Somebody has to be searched for among confirmed reservations only: those of the jobs still to
 * come are taken off all nodes, until it is their turn. */
static void rest_hide(Plan *plan)
{
    PlanBook *book = &plan->book;
    for (int32_t made = book->old_at; !book->rest_hidden && made < book->old_count; made++) {
        const Reservation *old = &book->made[made];
        for (int32_t i = 0; old->reserved && i < old->count; i++) {
            plan_replay_enter(plan, book->places[old->first_place + i].placement.node, false);
        }
    }
    book->rest_hidden = true;
}

/* One task. True: it has what it had, or something better. */
static bool single_keep(Plan *plan, const World *world, int32_t made)
{
    Reservation *old = &plan->book.made[made];
    int64_t start_ms = plan_search_better(plan, world, old);
    if (!old->reserved) { /* a lower bound of its start, as long as that is far */
        old->start_ms = start_ms < old->start_ms ? start_ms : old->start_ms;
        if (old->start_ms != TIME_NEVER && old->start_ms - world->now_ms <= plan->window_ms) {
            return false;
        }
    } else if (start_ms != TIME_NEVER) {
        JobId job = old->job;
        old_leaves(plan, world, made);
        plan_book_make(plan, world, job, 1, start_ms, true);
        return true;
    }
    plan_book_confirm(plan, world, made);
    return true;
}

static bool gang_keep(Plan *plan, const World *world, int32_t made)
{
    const Reservation *old = &plan->book.made[made];
    bool far = old->start_ms == TIME_NEVER || old->start_ms - world->now_ms > plan->window_ms;
    if (plan->book.gained_count > 0 || (!old->reserved && !far)) {
        return false;
    }
    plan_book_confirm(plan, world, made);
    return true;
}

/* The job's place among the old ones, past those who are gone; -1: it has none. */
static int32_t old_find(Plan *plan, const World *world, JobId job, int32_t task_count)
{
    PlanBook *book = &plan->book;
    int32_t made = book->job_made[job];
    if (made >= book->old_at && made < book->old_count) {
        while (book->old_at <= made) {
            int32_t passed = book->old_at++;
            if (passed < made || book->made[made].count != task_count) {
                old_leaves(plan, world, passed);
            }
        }
        return book->made[made].count == task_count ? made : -1;
    }
    while (book->old_at < book->old_count &&
           !waiting_has(&world->waiting, book->made[book->old_at].job)) {
        old_leaves(plan, world, book->old_at++);
    }
    return -1;
}

int32_t plan_replay_try(Plan *plan, const World *world, JobId job, int32_t task_count)
{
    PlanBook *book = &plan->book;
    int32_t made = old_find(plan, world, job, task_count);
    if (made >= 0) {
        const Reservation *old = &book->made[made];
        bool stands = !plan_joins(world, job) && old->start_ms > world->now_ms &&
                      (!old->reserved || plan_search_holds(plan, world, old));
        if (stands &&
            (task_count == 1 ? single_keep(plan, world, made) : gang_keep(plan, world, made))) {
            return book->order[book->order_count - 1];
        }
        old_leaves(plan, world, made);
    }
    rest_hide(plan);
    return -1;
}
