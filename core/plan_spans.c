/* plan_spans.c - for each node a list of spans: what is free from when to when.
 *
 * Running tasks hold certain devices and only give back, so whoever starts on whole devices finds
 * at its start any that are free then, and keeps them. Reserved whole devices are therefore counted
 * and not named: naming them early would refuse jobs that delay nobody. Shares of devices and MIG
 * instances are reserved on certain devices.
 */
#include <string.h>

#include "core/plan_parts.h"

static int32_t bits_set(uint32_t mask)
{
    return __builtin_popcount(mask);
}

static int32_t devices_most(const GpFleet *fleet)
{
    int32_t most = 1;
    for (int32_t node = 0; node < fleet->node_count; node++) {
        int32_t count = fleet->device_begin[node + 1] - fleet->device_begin[node];
        most = count > most ? count : most;
    }
    return most;
}

bool plan_spans_init(Plan *plan, Arena *arena, const World *world, int32_t reserved_tasks)
{
    PlanSpans *spans = &plan->book.spans;
    const GpFleet *fleet = &world->fleet;
    size_t devices = (size_t)devices_most(fleet);
    int64_t running = 2 * (int64_t)fleet->device_begin[fleet->node_count] + fleet->node_count;
    int64_t tasks = world->jobs->task_count;
    int64_t wanted =
        fleet->node_count + (tasks < running ? tasks : running) + 2 * (int64_t)reserved_tasks + 2;
    spans->capacity = wanted < INT32_MAX ? (int32_t)wanted : INT32_MAX;
    spans->row_bytes = GP_AXES * sizeof(int64_t) +
                       devices * (2 * sizeof(int32_t) + sizeof(uint16_t) + sizeof(uint8_t));
    spans->row_bytes = (spans->row_bytes + 7) & ~(size_t)7;
    spans->spans = ARENA_ARRAY(arena, Span, spans->capacity);
    spans->rows = arena_alloc(arena, (size_t)spans->capacity, spans->row_bytes);
    spans->node_built = ARENA_ARRAY(arena, uint8_t, fleet->node_count);
    spans->node_until_ms = ARENA_ARRAY(arena, int64_t, fleet->node_count);
    spans->node_soonest_ms = ARENA_ARRAY(arena, int64_t, fleet->node_count);
    spans->node_bound = ARENA_ARRAY(arena, int32_t, fleet->node_count);
    spans->node_hint = ARENA_ARRAY(arena, int32_t, fleet->node_count);
    if (arena->failed) {
        return false;
    }
    for (int32_t i = 0; i < spans->capacity; i++) {
        spans->spans[i].next = i + 1 < spans->capacity ? i + 1 : -1;
    }
    spans->spare = fleet->node_count; /* before that: the first of each node */
    return true;
}

/* ---- rows ---- */

/* The parts of a span's row, for a node of so many devices. */
typedef struct Row {
    int64_t *lanes;
    int32_t *milli, *mib;
    uint16_t *tasks;
    uint8_t *mig;
    int32_t devices;
} Row;

static Row row_of(const Plan *plan, int32_t node, int32_t span)
{
    const PlanSpans *spans = &plan->book.spans;
    int32_t devices = plan->fleet.device_begin[node + 1] - plan->fleet.device_begin[node];
    char *at = spans->rows + (size_t)span * spans->row_bytes;
    Row row = {.lanes = (int64_t *)(void *)at, .devices = devices};
    at += GP_AXES * sizeof(int64_t);
    row.milli = (int32_t *)(void *)at;
    row.mib = row.milli + devices;
    row.tasks = (uint16_t *)(void *)(row.mib + devices);
    row.mig = (uint8_t *)(void *)(row.tasks + devices);
    return row;
}

static bool device_is_whole(const GpFleet *fleet, int32_t device)
{
    return fleet->device_health[device] != 0 && fleet->device_mig[device] == 0 &&
           fleet->device_tasks[device] == 0 && fleet->device_free_milli[device] >= GP_DEVICE_MILLI;
}

/* Keeps the plan's row of the node as the span's. */
static void span_store(Plan *plan, int32_t node, int32_t span)
{
    const GpFleet *fleet = &plan->fleet;
    Row row = row_of(plan, node, span);
    int32_t first = fleet->device_begin[node];
    size_t devices = (size_t)row.devices;
    memcpy(row.lanes, fleet->node_free[node], sizeof(int64_t[GP_AXES]));
    memcpy(row.milli, &fleet->device_free_milli[first], devices * sizeof(int32_t));
    memcpy(row.mib, &fleet->device_free_mib[first], devices * sizeof(int32_t));
    memcpy(row.tasks, &fleet->device_tasks[first], devices * sizeof(uint16_t));
    memcpy(row.mig, &fleet->device_mig[first], devices);
    uint32_t whole = 0;
    for (int32_t device = 0; device < row.devices; device++) {
        whole |= (uint32_t)device_is_whole(fleet, first + device) << device;
    }
    Span *kept = &plan->book.spans.spans[span];
    kept->whole = whole;
    kept->left = bits_set(whole) - kept->floating;
}

static void span_load(Plan *plan, const World *world, int32_t node, int32_t span)
{
    GpFleet *fleet = &plan->fleet;
    Row row = row_of(plan, node, span);
    int32_t first = fleet->device_begin[node];
    size_t devices = (size_t)row.devices;
    memcpy(fleet->node_free[node], row.lanes, sizeof(int64_t[GP_AXES]));
    memcpy(&fleet->device_free_milli[first], row.milli, devices * sizeof(int32_t));
    memcpy(&fleet->device_free_mib[first], row.mib, devices * sizeof(int32_t));
    memcpy(&fleet->device_tasks[first], row.tasks, devices * sizeof(uint16_t));
    memcpy(&fleet->device_mig[first], row.mig, devices);
    memcpy(&fleet->device_health[first], &plan_columns(plan, world, node)->device_health[first],
           devices);
}

/* ---- lists ---- */

static int32_t span_new(PlanSpans *spans, int64_t begin_ms)
{
    int32_t span = spans->spare;
    if (span >= 0) {
        spans->spare = spans->spans[span].next;
        spans->spans[span] = (Span){.begin_ms = begin_ms, .next = -1};
    }
    return span;
}

void plan_spans_drop(Plan *plan, int32_t node)
{
    PlanSpans *spans = &plan->book.spans;
    int32_t first = spans->node_built[node] ? spans->spans[node].next : -1;
    spans->node_built[node] = 0;
    if (first < 0) {
        return;
    }
    int32_t last = first;
    while (spans->spans[last].next >= 0) {
        last = spans->spans[last].next;
    }
    spans->spans[last].next = spans->spare;
    spans->spare = first;
}

/* The running tasks alone. Where memory for spans ends, the later ones stay for ever. */
static void spans_build(Plan *plan, const World *world, int32_t node)
{
    PlanSpans *spans = &plan->book.spans;
    PlanHeap *ends = &plan->ends;
    int32_t last = node;
    spans->spans[node] = (Span){.begin_ms = PLAN_NOW, .next = -1};
    spans->node_built[node] = 1;
    spans->node_hint[node] = node;
    spans->node_soonest_ms[node] = plan->soonest_ms;
    spans->node_bound[node] = 0;
    plan_ends_collect(plan, world, node);
    spans->node_until_ms[node] = ends->count > 0 ? ends->moments[0].at_ms : TIME_NEVER;
    plan_row_now(plan, world, node);
    span_store(plan, node, last);
    while (ends->count > 0) {
        int64_t end_ms = ends->moments[0].at_ms;
        int64_t at_ms = end_ms > plan->soonest_ms ? end_ms : plan->soonest_ms;
        int32_t span = spans->spans[last].begin_ms == at_ms ? last : span_new(spans, at_ms);
        if (span < 0) {
            break;
        }
        if (span != last) {
            spans->spans[last].next = span;
            last = span;
        }
        while (ends->count > 0 && ends->moments[0].at_ms == end_ms) {
            plan_row_release(plan, world, plan_heap_pop(ends).id);
        }
        span_store(plan, node, last);
    }
}

void plan_spans_sync(Plan *plan, const World *world, int32_t node)
{
    PlanSpans *spans = &plan->book.spans;
    bool past = spans->node_until_ms[node] <= world->now_ms &&
                spans->node_soonest_ms[node] != plan->soonest_ms;
    if (spans->node_built[node] && !past) {
        return;
    }
    plan_spans_drop(plan, node);
    spans_build(plan, world, node);
    const PlanBook *book = &plan->book;
    bool all = (book->node_state[node] & NODE_CHANGED) == 0;
    for (int32_t i = book->node_places[node]; i >= 0; i = book->places[i].next) {
        if (all || book->made[book->places[i].made].confirmed) {
            plan_spans_take(plan, world, &book->places[i]);
        }
    }
}

int32_t plan_span_at(Plan *plan, int32_t node, int64_t time_ms)
{
    const Span *spans = plan->book.spans.spans;
    int32_t *hint = &plan->book.spans.node_hint[node];
    int32_t span = spans[*hint].begin_ms <= time_ms ? *hint : node;
    for (int32_t next = spans[span].next; next >= 0 && spans[next].begin_ms <= time_ms;
         next = spans[span].next) {
        span = next;
    }
    *hint = span;
    return span;
}

/* Makes a span begin at the instant and returns it; without memory, the one in which it lies. */
static int32_t span_split(Plan *plan, int32_t node, int64_t time_ms)
{
    PlanSpans *spans = &plan->book.spans;
    int32_t span = plan_span_at(plan, node, time_ms);
    if (spans->spans[span].begin_ms == time_ms) {
        return span;
    }
    int32_t added = span_new(spans, time_ms);
    if (added < 0) {
        return span;
    }
    Span *before = &spans->spans[span];
    Span *after = &spans->spans[added];
    after->next = before->next;
    after->floating = before->floating;
    after->left = before->left;
    after->whole = before->whole;
    before->next = added;
    memcpy(spans->rows + (size_t)added * spans->row_bytes,
           spans->rows + (size_t)span * spans->row_bytes, spans->row_bytes);
    return added;
}

bool plan_shape_floats(const GpShape *shape)
{
    return shape->device_count == 0 ||
           (shape->device_milli == GP_DEVICE_MILLI && shape->numa == 0 &&
            shape->mig_profile == GP_MIG_PROFILE_NONE);
}

static void span_take(Plan *plan, const World *world, int32_t span, const PlanPlace *place,
                      const GpShape *shape)
{
    int32_t node = place->placement.node;
    if (place->placement.device_mask != 0) {
        span_load(plan, world, node, span);
        gp_place(&plan->fleet, shape, &place->placement);
        span_store(plan, node, span);
        return;
    }
    Row row = row_of(plan, node, span);
    for (int axis = GP_AXIS_CPU; axis < GP_AXIS_COUNT; axis++) {
        row.lanes[axis] -= shape->request[axis];
    }
    plan->book.spans.spans[span].floating += shape->device_count;
    plan->book.spans.spans[span].left -= shape->device_count;
}

void plan_spans_take(Plan *plan, const World *world, const PlanPlace *place)
{
    PlanSpans *spans = &plan->book.spans;
    const Reservation *made = &plan->book.made[place->made];
    int32_t node = place->placement.node;
    if (!spans->node_built[node]) {
        return;
    }
    const GpShape *shape = job_request(world->jobs, made->job);
    int32_t span = span_split(plan, node, made->start_ms);
    if (made->end_ms != TIME_NEVER) {
        span_split(plan, node, made->end_ms);
    }
    for (; span >= 0 && spans->spans[span].begin_ms < made->end_ms;
         span = spans->spans[span].next) {
        span_take(plan, world, span, place, shape);
    }
    spans->node_bound[node] += place->placement.device_mask != 0;
}

/* ---- windows ---- */

bool plan_span_may_hold(const Plan *plan, int32_t span, const GpShape *shape)
{
    const PlanSpans *spans = &plan->book.spans;
    const Span *at = &spans->spans[span];
    if (at->left < shape->device_count && plan_shape_floats(shape)) {
        return false;
    }
    const int64_t *lanes =
        (const int64_t *)(const void *)(spans->rows + (size_t)span * spans->row_bytes);
    for (int axis = GP_AXIS_CPU; axis < GP_AXIS_COUNT; axis++) {
        if (shape->request[axis] > 0 && lanes[axis] < shape->request[axis] &&
            (plan->sees >> axis & 1u) != 0) {
            return false;
        }
    }
    return true;
}

bool plan_spans_suffice(const Plan *plan, int32_t node, const GpShape *shape)
{
    return plan->book.spans.node_bound[node] == 0 && plan_shape_floats(shape);
}

/* Lowers the plan's row to what the span has free too. */
static void row_lower(Plan *plan, int32_t node, int32_t span)
{
    GpFleet *fleet = &plan->fleet;
    Row row = row_of(plan, node, span);
    int32_t first = fleet->device_begin[node];
    int64_t *lanes = fleet->node_free[node];
    for (int axis = 0; axis < GP_AXES; axis++) {
        lanes[axis] = row.lanes[axis] < lanes[axis] ? row.lanes[axis] : lanes[axis];
    }
    for (int32_t i = 0; i < row.devices; i++) {
        int32_t device = first + i;
        bool shared = fleet->device_tasks[device] > 0 && fleet->device_mig[device] == 0;
        bool is_shared = row.tasks[i] > 0 && row.mig[i] == 0;
        if ((shared && row.mig[i] != 0) || (is_shared && fleet->device_mig[device] != 0)) {
            fleet->device_health[device] = 0; /* cut in slices at one time, not at another */
        }
        if (row.milli[i] < fleet->device_free_milli[device]) {
            fleet->device_free_milli[device] = row.milli[i];
        }
        if (row.mib[i] < fleet->device_free_mib[device]) {
            fleet->device_free_mib[device] = row.mib[i];
        }
        if (row.tasks[i] > fleet->device_tasks[device]) {
            fleet->device_tasks[device] = row.tasks[i];
        }
        fleet->device_mig[device] |= row.mig[i];
    }
}

/* Takes the highest of these devices off the plan's row. */
static void devices_hide(Plan *plan, int32_t node, uint32_t whole, int32_t count)
{
    GpFleet *fleet = &plan->fleet;
    for (; count > 0 && whole != 0; count--) {
        int32_t highest = 31 - __builtin_clz(whole);
        int32_t device = fleet->device_begin[node] + highest;
        whole &= ~(1u << highest);
        fleet->node_free[node][GP_AXIS_GPU] -= GP_DEVICE_MILLI;
        fleet->node_free[node][GP_AXIS_GPU_MEMORY] -= fleet->device_free_mib[device];
        fleet->device_free_milli[device] = 0;
        fleet->device_free_mib[device] = 0;
        fleet->device_tasks[device] = 1;
    }
}

/* What the spans of a window say of whole devices. */
typedef struct WholeDevices {
    uint32_t always; /* free all along */
    uint32_t needed; /* free at some time when others have reserved any */
    int32_t left;    /* fewest that are free and not reserved */
    int32_t most;    /* most that are reserved */
    int32_t slack;   /* fewest left when any are reserved */
} WholeDevices;

static void whole_count(WholeDevices *sum, const Span *span)
{
    int32_t left = span->left;
    sum->always &= span->whole;
    sum->left = left < sum->left ? left : sum->left;
    if (span->floating > 0) {
        sum->needed |= span->whole;
        sum->slack = left < sum->slack ? left : sum->slack;
        sum->most = span->floating > sum->most ? span->floating : sum->most;
    }
}

void plan_window(Plan *plan, const World *world, int32_t node, int64_t from_ms, int64_t until_ms,
                 int32_t bound_devices)
{
    const PlanSpans *spans = &plan->book.spans;
    WholeDevices sum = {.always = ~0u, .left = INT32_MAX, .slack = INT32_MAX};
    int32_t span = plan_span_at(plan, node, from_ms);
    span_load(plan, world, node, span);
    whole_count(&sum, &spans->spans[span]);
    for (span = spans->spans[span].next; span >= 0 && spans->spans[span].begin_ms < until_ms;
         span = spans->spans[span].next) {
        row_lower(plan, node, span);
        whole_count(&sum, &spans->spans[span]);
    }
    if (bound_devices == 0) {
        int32_t hidden = bits_set(sum.always) - sum.left;
        if (spans->node_bound[node] > 0 && hidden < sum.most) {
            hidden = sum.most;
        }
        devices_hide(plan, node, sum.always, hidden);
        return;
    }
    if (sum.slack >= bound_devices) {
        return;
    }
    for (uint32_t rest = sum.needed; rest != 0; rest &= rest - 1) {
        plan->fleet.device_health[plan->fleet.device_begin[node] + __builtin_ctz(rest)] = 0;
    }
}
