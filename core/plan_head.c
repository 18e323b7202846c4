/* plan_head.c - one reservation, of the first job that cannot start: EASY backfilling.
 *
 * Nobody is placed: what is known is when enough room is free for the first time as running tasks
 * end, and how many tasks more than needed it holds then. A later job may start if it ends by then,
 * or if what it takes leaves enough. Room is counted node by node through the kernel, and again
 * only on nodes where something changed; so a reservation outlives passes for as long as it is
 * true.
 */
#include "core/plan_parts.h"

bool plan_head_init(Plan *plan, Arena *arena, const World *world)
{
    int32_t nodes = world->fleet.node_count;
    int32_t shapes = world->jobs->shapes.count;
    GangRoom *gang = &plan->gang;
    plan->head.job = -1;
    plan->first_count = shapes < PLAN_SHAPES_MAX ? shapes : PLAN_SHAPES_MAX;
    plan->first = ARENA_ARRAY(arena, FirstRoom, plan->first_count);
    plan->shape_first = ARENA_ARRAY(arena, int16_t, shapes);
    gang->shape = -1;
    gang->node_at = ARENA_ARRAY(arena, int32_t, nodes);
    gang->node_before = ARENA_ARRAY(arena, int32_t, nodes);
    gang->domain_at = ARENA_ARRAY(arena, int64_t, nodes);
    gang->domain_before = ARENA_ARRAY(arena, int64_t, nodes);
    plan->node_ends.moments = ARENA_ARRAY(arena, PlanMoment, nodes);
    plan->group = ARENA_ARRAY(arena, int32_t, nodes);
    plan->group_room = ARENA_ARRAY(arena, int32_t, nodes);
    plan->refusals = ARENA_ARRAY(arena, PlanRefusal, world->jobs->class_count);
    for (ClassId id = 0; !arena->failed && id < world->jobs->class_count; id++) {
        plan->refusals[id].head = -1;
    }
    for (int32_t i = 0; !arena->failed && i < plan->first_count; i++) {
        plan->first[i].shape = -1;
        plan->first[i].room_ms = ARENA_ARRAY(arena, int64_t, nodes);
        plan->first[i].block_ms = ARENA_ARRAY(arena, int64_t, nodes / FIRST_BLOCK + 1);
    }
    for (ShapeId shape = 0; !arena->failed && shape < shapes; shape++) {
        plan->shape_first[shape] = -1;
    }
    return !arena->failed;
}

/* ---- one task: when does each node have room? ---- */

static int64_t room_ms(Plan *plan, const World *world, int32_t node, const GpShape *shape)
{
    if (!gp_type_allowed(&plan->fleet.types[plan->fleet.node_type[node]], shape)) {
        return TIME_NEVER;
    }
    plan_row_now(plan, world, node);
    if (gp_fits(&plan->fleet, node, shape, plan->sees)) {
        return PLAN_NOW;
    }
    plan_ends_collect(plan, world, node);
    while (plan->ends.count > 0) {
        PlanMoment end = plan_heap_pop(&plan->ends);
        plan_row_release(plan, world, end.id);
        if (gp_fits(&plan->fleet, node, shape, plan->sees)) {
            return end.at_ms;
        }
    }
    return TIME_NEVER;
}

/* The first node of the block with the lowest time. */
static int32_t block_lowest(const FirstRoom *first, int32_t block, int32_t node_count)
{
    int32_t node = block * FIRST_BLOCK;
    int32_t end = node + FIRST_BLOCK < node_count ? node + FIRST_BLOCK : node_count;
    int32_t best = node;
    for (; node < end; node++) {
        best = first->room_ms[node] < first->room_ms[best] ? node : best;
    }
    return best;
}

static void block_set(FirstRoom *first, int32_t block, int32_t node_count)
{
    first->block_ms[block] = first->room_ms[block_lowest(first, block, node_count)];
}

static void room_set(FirstRoom *first, int32_t node, int64_t at_ms, int32_t node_count)
{
    int64_t was_ms = first->room_ms[node];
    int64_t *block_ms = &first->block_ms[node / FIRST_BLOCK];
    first->room_ms[node] = at_ms;
    if (at_ms < *block_ms) {
        *block_ms = at_ms;
    } else if (at_ms > was_ms && was_ms == *block_ms) {
        block_set(first, node / FIRST_BLOCK, node_count);
    }
    if (first->within >= 0) {
        first->within += (at_ms <= first->limit_ms) - (was_ms <= first->limit_ms);
    }
}

static FirstRoom *first_of(Plan *plan, ShapeId shape)
{
    if (plan->shape_first[shape] < 0) {
        FirstRoom *given = &plan->first[plan->first_next];
        if (given->shape >= 0) {
            plan->shape_first[given->shape] = -1;
        }
        given->shape = shape;
        given->synced = UINT64_MAX;
        given->within = -1;
        plan->shape_first[shape] = (int16_t)plan->first_next;
        plan->first_next = (plan->first_next + 1) % plan->first_count;
    }
    return &plan->first[plan->shape_first[shape]];
}

/* The shape's row, brought up to date. */
static FirstRoom *first_sync(Plan *plan, const World *world, ShapeId id)
{
    const GpShape *shape = &world->jobs->shapes.shapes[id];
    int32_t nodes = plan->fleet.node_count;
    FirstRoom *first = first_of(plan, id);
    int64_t changes = plan_changes_since(plan, first->synced);
    for (int32_t node = 0; changes < 0 && node < nodes; node++) {
        first->room_ms[node] = room_ms(plan, world, node, shape);
        first->within = -1;
    }
    for (int32_t block = 0; changes < 0 && block * FIRST_BLOCK < nodes; block++) {
        block_set(first, block, nodes);
    }
    for (int64_t i = 0; i < changes; i++) {
        int32_t node = plan->changed[(first->synced + (uint64_t)i) & plan->change_mask];
        room_set(first, node, room_ms(plan, world, node, shape), nodes);
    }
    first->synced = plan->change_count;
    return first;
}

/* When a node has room for the first time. */
static int64_t first_ms(const Plan *plan, const FirstRoom *first)
{
    int64_t lowest_ms = TIME_NEVER;
    for (int32_t block = 0; block * FIRST_BLOCK < plan->fleet.node_count; block++) {
        int64_t block_ms = first->block_ms[block];
        lowest_ms = block_ms < lowest_ms ? block_ms : lowest_ms;
    }
    return lowest_ms;
}

/* Nodes with room at an instant or before. */
static int32_t first_within(const Plan *plan, FirstRoom *first, int64_t limit_ms)
{
    int32_t nodes = plan->fleet.node_count;
    if (first->within >= 0 && first->limit_ms == limit_ms) {
        return first->within;
    }
    first->limit_ms = limit_ms;
    first->within = 0;
    for (int32_t block = 0; block * FIRST_BLOCK < nodes; block++) {
        int32_t node = block * FIRST_BLOCK;
        int32_t end = first->block_ms[block] > limit_ms ? node : node + FIRST_BLOCK;
        for (end = end < nodes ? end : nodes; node < end; node++) {
            first->within += first->room_ms[node] <= limit_ms;
        }
    }
    return first->within;
}

/* ---- a gang: how much room is there at an instant, and just before? ---- */

static int32_t room_now(Plan *plan, const World *world, int32_t node)
{
    const GangRoom *gang = &plan->gang;
    return plan_room(plan, world, node, &world->jobs->shapes.shapes[gang->shape], gang->count);
}

static void domain_add(const GangRoom *gang, int64_t *sums, int32_t *good, int32_t domain,
                       int32_t tasks)
{
    *good -= sums[domain] >= gang->count;
    sums[domain] += tasks;
    *good += sums[domain] >= gang->count;
}

static void node_at_set(Plan *plan, const World *world, int32_t node, int32_t tasks)
{
    GangRoom *gang = &plan->gang;
    domain_add(gang, gang->domain_at, &gang->good_at, plan_domain(world, gang->level, node),
               tasks - gang->node_at[node]);
    gang->node_at[node] = tasks;
}

static void node_before_set(Plan *plan, const World *world, int32_t node, int32_t tasks)
{
    GangRoom *gang = &plan->gang;
    domain_add(gang, gang->domain_before, &gang->good_before, plan_domain(world, gang->level, node),
               tasks - gang->node_before[node]);
    gang->node_before[node] = tasks;
}

/* The next end on the node after an instant. */
static int64_t node_next_end(const Plan *plan, const World *world, int32_t node, int64_t after_ms)
{
    int64_t next_ms = TIME_NEVER;
    for (TaskId task = world->node_first[node]; task >= 0; task = world->task_next[task]) {
        int64_t end_ms = plan_expected_ms(plan, world, task);
        if (end_ms > after_ms && end_ms < next_ms) {
            next_ms = end_ms;
        }
    }
    return next_ms;
}

static void node_ends_push(Plan *plan, const World *world, int32_t node, int64_t after_ms)
{
    int64_t next_ms = node_next_end(plan, world, node, after_ms);
    if (next_ms != TIME_NEVER) {
        plan_heap_push(&plan->node_ends, next_ms, node);
    }
}

/* As now: nothing is there before. */
static void gang_from_now(Plan *plan, const World *world)
{
    GangRoom *gang = &plan->gang;
    gang->good_at = 0;
    gang->good_before = 0;
    plan->node_ends.count = 0;
    plan->group_count = 0;
    for (int32_t node = 0; node < plan->fleet.node_count; node++) {
        gang->node_at[node] = 0;
        gang->node_before[node] = 0;
        gang->domain_at[node] = 0;
        gang->domain_before[node] = 0;
    }
    for (int32_t node = 0; node < plan->fleet.node_count; node++) {
        plan_row_now(plan, world, node);
        node_at_set(plan, world, node, room_now(plan, world, node));
        node_ends_push(plan, world, node, PLAN_NOW);
    }
}

/* Lets everything end that ends at the next instant; returns the instant. What the nodes had before
 * is kept in group_room. */
static int64_t gang_step(Plan *plan, const World *world)
{
    int64_t at_ms = plan->node_ends.moments[0].at_ms;
    plan->group_count = 0;
    while (plan->node_ends.count > 0 && plan->node_ends.moments[0].at_ms == at_ms) {
        int32_t node = plan_heap_pop(&plan->node_ends).id;
        for (TaskId task = world->node_first[node]; task >= 0; task = world->task_next[task]) {
            if (plan_expected_ms(plan, world, task) == at_ms) {
                plan_row_release(plan, world, task);
            }
        }
        plan->group_room[plan->group_count] = plan->gang.node_at[node];
        plan->group[plan->group_count++] = node;
        node_at_set(plan, world, node, room_now(plan, world, node));
    }
    for (int32_t i = 0; i < plan->group_count; i++) {
        node_ends_push(plan, world, plan->group[i], at_ms);
    }
    return at_ms;
}

/* From scratch: the first instant with enough room in one domain. */
static void gang_find(Plan *plan, const World *world)
{
    GangRoom *gang = &plan->gang;
    gang_from_now(plan, world);
    if (gang->good_at > 0) {
        gang->start_ms = PLAN_NOW;
        return;
    }
    gang->start_ms = TIME_NEVER;
    while (gang->good_at == 0 && plan->node_ends.count > 0) {
        int64_t at_ms = gang_step(plan, world);
        gang->start_ms = gang->good_at > 0 ? at_ms : TIME_NEVER;
    }
    for (int32_t node = 0; node < plan->fleet.node_count; node++) {
        node_before_set(plan, world, node, gang->node_at[node]);
    }
    for (int32_t i = 0; i < plan->group_count; i++) {
        node_before_set(plan, world, plan->group[i], plan->group_room[i]);
    }
}

static void gang_recount(Plan *plan, const World *world, int32_t node)
{
    GangRoom *gang = &plan->gang;
    int64_t start_ms = gang->start_ms;
    if (start_ms == PLAN_NOW) {
        plan_row_now(plan, world, node);
        node_at_set(plan, world, node, room_now(plan, world, node));
        return;
    }
    plan_row_at(plan, world, node, start_ms - 1);
    node_before_set(plan, world, node, room_now(plan, world, node));
    plan_row_at(plan, world, node, start_ms < TIME_NEVER ? start_ms : TIME_NEVER - 1);
    node_at_set(plan, world, node, room_now(plan, world, node));
}

/* Is it still the first instant with enough room? */
static bool gang_stands(const Plan *plan)
{
    const GangRoom *gang = &plan->gang;
    if (gang->start_ms == TIME_NEVER) {
        return gang->good_at == 0;
    }
    bool past = gang->start_ms != PLAN_NOW && gang->start_ms < plan->soonest_ms;
    return !past && gang->good_at > 0 && gang->good_before == 0;
}

static void gang_sync(Plan *plan, const World *world, ShapeId shape, int32_t count, int32_t level)
{
    GangRoom *gang = &plan->gang;
    bool same = gang->shape == shape && gang->count == count && gang->level == level;
    uint64_t from = gang->synced;
    int64_t changes = plan_changes_since(plan, same ? from : UINT64_MAX);
    gang->shape = shape;
    gang->count = count;
    gang->level = level;
    gang->synced = plan->change_count;
    for (int64_t i = 0; i < changes; i++) {
        gang_recount(plan, world, plan->changed[(from + (uint64_t)i) & plan->change_mask]);
    }
    if (changes < 0 || !gang_stands(plan)) {
        gang_find(plan, world);
    }
}

/* ---- the reservation ---- */

/* Finds the head's start anew, as far as something changed. */
static void head_sync(Plan *plan, const World *world)
{
    PlanHead *head = &plan->head;
    ShapeId shape = job_shape(world->jobs, head->job);
    int64_t start_ms;
    if (head->count == 1) {
        start_ms = first_ms(plan, first_sync(plan, world, shape));
    } else {
        gang_sync(plan, world, shape, head->count, plan_level(plan, world, head->job, head->count));
        start_ms = plan->gang.start_ms;
    }
    head->awaited = start_ms <= plan->soonest_ms;
    head->start_ms = start_ms > plan->soonest_ms ? start_ms : plan->soonest_ms;
    if (head->start_ms != TIME_NEVER && head->start_ms - world->now_ms > plan->window_ms) {
        head->start_ms = TIME_NEVER;
    }
}

int64_t plan_head_reserve(Plan *plan, const World *world, JobId job, int32_t task_count)
{
    PlanHead *head = &plan->head;
    if (head->job >= 0) {
        return TIME_NEVER; /* only the first has one */
    }
    *head = (PlanHead){.job = job, .count = task_count};
    head_sync(plan, world);
    return head->start_ms;
}

/* ---- who may go before it ---- */

/* Rows of the nodes of these places, at the head's start, with them taken. Each node is listed
 * once, in plan->refused_node. */
static void rows_with(Plan *plan, const World *world, JobId job, int32_t task_count,
                      const GpPlacement *placements)
{
    const GpShape *shape = job_request(world->jobs, job);
    plan->refused_count = 0;
    for (int32_t i = 0; i < task_count; i++) {
        if (plan_node_list(plan, placements[i].node)) {
            plan_row_at(plan, world, placements[i].node, plan->head.start_ms);
        }
        gp_place(&plan->fleet, shape, &placements[i]);
    }
    plan_node_list_end(plan);
}

/* Keeps those listed nodes on which the head has less room now: group_room says how much less. */
static void harmed_keep(Plan *plan)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < plan->refused_count; i++) {
        if (plan->group_room[i] > 0) {
            plan->refused_node[kept++] = plan->refused_node[i];
        }
    }
    plan->refused_count = kept;
}

static bool single_stays_free(Plan *plan, const World *world)
{
    FirstRoom *first = first_sync(plan, world, job_shape(world->jobs, plan->head.job));
    const GpShape *shape = job_request(world->jobs, plan->head.job);
    int32_t lost = 0;
    for (int32_t i = 0; i < plan->refused_count; i++) {
        int32_t node = plan->refused_node[i];
        plan->group_room[i] = first->room_ms[node] <= plan->head.start_ms &&
                              !gp_fits(&plan->fleet, node, shape, plan->sees);
        lost += plan->group_room[i];
    }
    harmed_keep(plan);
    /* is there a node that the places do not spoil? */
    return first_within(plan, first, plan->head.start_ms) > lost;
}

static bool gang_stays_free(Plan *plan, const World *world)
{
    GangRoom *gang = &plan->gang;
    for (int32_t i = 0; i < plan->refused_count; i++) {
        int32_t node = plan->refused_node[i];
        int32_t lost = gang->node_at[node] - room_now(plan, world, node);
        plan->group_room[i] = lost;
        domain_add(gang, gang->domain_at, &gang->good_at, plan_domain(world, gang->level, node),
                   -lost);
    }
    bool stays = gang->good_at > 0;
    for (int32_t i = 0; i < plan->refused_count; i++) {
        domain_add(gang, gang->domain_at, &gang->good_at,
                   plan_domain(world, gang->level, plan->refused_node[i]), plan->group_room[i]);
    }
    harmed_keep(plan);
    return stays;
}

/* ---- long jobs that found nothing are not asked again ---- */

/* Tasks that the head has room for beyond its own; -1: that depends on where. */
static int64_t head_slack(Plan *plan, const World *world)
{
    const PlanHead *head = &plan->head;
    if (head->count == 1) {
        FirstRoom *first = first_sync(plan, world, job_shape(world->jobs, head->job));
        return first_within(plan, first, head->start_ms) - 1;
    }
    return plan->gang.level == TOPOLOGY_NONE ? plan->gang.domain_at[0] - head->count : -1;
}

/* Could one task of the job start on the node now, leaving the head enough room? */
static bool node_spares(Plan *plan, const World *world, int32_t node, JobId job, int64_t slack)
{
    const Scenario *scenario = world->scenario;
    const GpShape *shape = job_request(world->jobs, job);
    const GpShape *head = job_request(world->jobs, plan->head.job);
    GpPlacement placement = {.size = sizeof(GpPlacement)};
    if (!gp_fits(&world->fleet, node, shape, plan->sees) ||
        gp_choose_devices(&world->fleet, &scenario->policy.pack, &scenario->constants, node, shape,
                          0, &placement) != GP_OK) {
        return false;
    }
    plan_row_at(plan, world, node, plan->head.start_ms);
    int32_t before = plan_room(plan, world, node, head, plan->head.count);
    gp_place(&plan->fleet, shape, &placement);
    return before - plan_room(plan, world, node, head, plan->head.count) <= slack;
}

/* Is it known that no places will do? Only nodes that changed since need a look. */
static bool refusal_stands(Plan *plan, const World *world, JobId job)
{
    PlanRefusal *refusal = &plan->refusals[world->jobs->job_class[job]];
    int64_t slack = head_slack(plan, world);
    if (refusal->head != plan->head.job || refusal->start_ms != plan->head.start_ms || slack < 0 ||
        slack > refusal->slack || plan->narrowed_count > 0) {
        return false;
    }
    int64_t changes = plan_changes_since(plan, refusal->synced);
    for (int64_t i = 0; i < changes; i++) {
        int32_t node = plan->changed[(refusal->synced + (uint64_t)i) & plan->change_mask];
        if (node_spares(plan, world, node, job, slack)) {
            refusal->head = -1;
            return false;
        }
    }
    refusal->synced = plan->change_count;
    return changes >= 0;
}

void plan_head_refused(Plan *plan, const World *world)
{
    PlanRefusal *refusal = &plan->refusals[world->jobs->job_class[plan->refused]];
    if (plan->refused_tasks == 1 && world->nominee_count == 0) {
        plan_changes_since(plan, plan->change_count);
        *refusal = (PlanRefusal){.head = plan->head.job,
                                 .start_ms = plan->head.start_ms,
                                 .slack = head_slack(plan, world),
                                 .synced = plan->change_count};
    }
}

/* Jobs of the class that end by the head's start may go. */
static void refused_above_set(Plan *plan, const World *world, JobId job)
{
    int64_t startup_ms = job_class(world->jobs, job)->traits->startup_ms;
    int64_t left_ms = plan->head.start_ms - world->now_ms - startup_ms;
    plan->refused_above_ms = !plan_class_alike(world, job) ? -1 : left_ms > 0 ? left_ms : 0;
}

bool plan_head_allows(Plan *plan, const World *world, JobId job, int32_t task_count,
                      const GpPlacement *placements)
{
    PlanHead *head = &plan->head;
    if (head->job < 0 || head->start_ms == TIME_NEVER ||
        plan_end_ms(plan, world, job, world->now_ms) <= head->start_ms) {
        return true;
    }
    head_sync(plan, world);
    if (head->start_ms == TIME_NEVER) {
        return true;
    }
    plan->refused_count = 0;
    if (task_count == 1 && refusal_stands(plan, world, job)) {
        refused_above_set(plan, world, job);
        return false;
    }
    rows_with(plan, world, job, task_count, placements);
    bool allowed = head->count == 1 ? single_stays_free(plan, world) : gang_stays_free(plan, world);
    if (!allowed) {
        refused_above_set(plan, world, job);
    }
    return allowed;
}
