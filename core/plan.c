/* plan.c - the plan's clock, its memory of what changed, and what it hides from a job for a while.
 */
#include "core/plan_parts.h"

#define CHANGES_MIN 64

static bool changes_init(Plan *plan, Arena *arena, int32_t nodes)
{
    uint64_t size = CHANGES_MIN;
    while (size < (uint64_t)nodes) {
        size *= 2;
    }
    plan->change_mask = size - 1;
    plan->changed = ARENA_ARRAY(arena, int32_t, size);
    plan->node_seen = ARENA_ARRAY(arena, int32_t, nodes);
    plan->refused_node = ARENA_ARRAY(arena, int32_t, nodes);
    plan->narrowed = ARENA_ARRAY(arena, int32_t, nodes);
    plan->narrow_state = ARENA_ARRAY(arena, uint8_t, nodes);
    plan->refused = -1;
    return !arena->failed;
}

/* What only one kind of plan needs. */
static bool kind_init(Plan *plan, Arena *arena, const World *world)
{
    if (!plan->books) {
        return plan_head_init(plan, arena, world);
    }
    return plan_fleet_init(&plan->kept, arena, &world->fleet) && plan_book_init(plan, arena, world);
}

Plan *plan_new(Arena *arena, const World *world)
{
    const PolicySet *policy = &world->scenario->policy;
    const ScanOptions *options = &policy->scan_options;
    Plan *plan = ARENA_NEW(arena, Plan);
    if (plan == NULL) {
        return NULL;
    }
    plan->resolution_ms = options->resolution_ms > 0 ? options->resolution_ms : 1;
    plan->window_ms = options->window_ms > 0 ? options->window_ms : TIME_NEVER;
    plan->sees = policy->pack.sees;
    plan->books_heads = policy->scan->behind == SCAN_HEAD_RESERVES && options->per_queue;
    plan->books = policy->scan->behind == SCAN_EVERYBODY_RESERVES || plan->books_heads;
    plan->knows_levels = policy->place.topology != TOPOLOGY_IGNORED;
    return changes_init(plan, arena, world->fleet.node_count) &&
                   plan_rows_init(plan, arena, world) && kind_init(plan, arena, world)
               ? plan
               : NULL;
}

/* ---- times ---- */

int64_t plan_round(const Plan *plan, int64_t time_ms)
{
    int64_t step_ms = plan->resolution_ms;
    if (step_ms == 1 || time_ms == TIME_NEVER) {
        return time_ms;
    }
    int64_t over_ms = time_ms % step_ms;
    if (over_ms == 0) {
        return time_ms;
    }
    return time_ms < TIME_NEVER - step_ms ? time_ms - over_ms + step_ms : TIME_NEVER;
}

int64_t plan_run_ms(const World *world, JobId job)
{
    int64_t startup_ms = job_class(world->jobs, job)->traits->startup_ms;
    int64_t belief_ms = world->job_belief_ms[job];
    return belief_ms >= TIME_NEVER - startup_ms ? TIME_NEVER : belief_ms + startup_ms;
}

bool plan_joins(const World *world, JobId job)
{
    return job_class(world->jobs, job)->sync && world->job_state[job] == JOB_RUNNING;
}

int64_t plan_end_ms(const Plan *plan, const World *world, JobId job, int64_t start_ms)
{
    int64_t run_ms = plan_run_ms(world, job);
    if (plan_joins(world, job)) {
        start_ms = world->job_attempt_ms[job];
    }
    return run_ms >= TIME_NEVER - start_ms ? TIME_NEVER : plan_round(plan, start_ms + run_ms);
}

bool plan_class_alike(const World *world, JobId job)
{
    const JobClass *class_of = job_class(world->jobs, job);
    return class_of->gang != GANG_MIN && class_of->max_tasks == class_of->task_count;
}

/* ---- changes ---- */

static void node_changed(Plan *plan, int32_t node, bool gains)
{
    if (plan->books) {
        plan_replay_touch(plan, node, gains);
        return;
    }
    bool unread = plan->change_count > plan->read_count;
    if (!unread || plan->changed[(plan->change_count - 1) & plan->change_mask] != node) {
        plan->changed[plan->change_count++ & plan->change_mask] = node;
    }
}

int64_t plan_changes_since(Plan *plan, uint64_t synced)
{
    plan->read_count = plan->change_count;
    if (synced > plan->change_count || plan->change_count - synced > plan->change_mask + 1) {
        return -1;
    }
    return (int64_t)(plan->change_count - synced);
}

/* The plan's rows are copies, and who is closed is no part of them. */
void plan_node_changed(Plan *plan, const World *world, int32_t node)
{
    plan->fleet.node_present[node] = world->health.node_mode[node] == NODE_IN_SERVICE;
    node_changed(plan, node, true);
}

void plan_task_placed(Plan *plan, const World *world, TaskId task)
{
    node_changed(plan, world->task_node[task], false);
}

/* Room is gained only if the task goes earlier than the plan has it. */
void plan_task_released(Plan *plan, const World *world, TaskId task)
{
    int64_t end_ms = plan_round(plan, world_planned_end_ms(world, task));
    node_changed(plan, world->task_node[task], end_ms > plan_round(plan, world->now_ms + 1));
}

/* What was placed in this very instant has given nothing back. */
void plan_task_retimed(Plan *plan, const World *world, TaskId task)
{
    node_changed(plan, world->task_node[task], world->task_start_ms[task] != world->now_ms);
}

bool plan_node_list(Plan *plan, int32_t node)
{
    if (plan->node_seen[node] != 0) {
        return false;
    }
    plan->node_seen[node] = 1;
    plan->refused_node[plan->refused_count++] = node;
    return true;
}

void plan_node_list_end(Plan *plan)
{
    for (int32_t i = 0; i < plan->refused_count; i++) {
        plan->node_seen[plan->refused_node[i]] = 0;
    }
}

/* ---- levels ---- */

int32_t plan_level(const Plan *plan, const World *world, JobId job, int32_t task_count)
{
    int32_t level = job_class(world->jobs, job)->traits->required_level;
    return plan->knows_levels && task_count > 1 && level > TOPOLOGY_NUMA ? level : TOPOLOGY_NONE;
}

int32_t plan_domain(const World *world, int32_t level, int32_t node)
{
    const Cluster *cluster = &world->scenario->cluster;
    if (level == TOPOLOGY_RACK && cluster->node_rack != NULL) {
        return cluster->node_rack[node];
    }
    if (level == TOPOLOGY_ZONE && cluster->node_zone != NULL) {
        return cluster->node_zone[node];
    }
    return level == TOPOLOGY_NODE ? node : 0;
}

/* ---- a pass ---- */

void plan_begin(Plan *plan, const World *world)
{
    plan->soonest_ms = plan_round(plan, world->now_ms + 1);
    plan->head.job = -1;
    plan->refused = -1;
    plan->refused_above_ms = -1;
    if (plan->books) {
        plan_replay_begin(plan, world);
    }
}

int64_t plan_reserve(Plan *plan, const World *world, JobId job, int32_t task_count)
{
    return plan->books ? plan_book_reserve(plan, world, job, task_count)
                       : plan_head_reserve(plan, world, job, task_count);
}

bool plan_allows(Plan *plan, const World *world, JobId job, int32_t task_count,
                 const GpPlacement *placements)
{
    plan->refused_above_ms = -1;
    bool allowed = plan->books ? plan_book_allows(plan, world, job, task_count, placements)
                               : plan_head_allows(plan, world, job, task_count, placements);
    if (!allowed && plan->books_heads &&
        plan_class_alike(world, job)) { /* who runs longer needs as much room for longer */
        plan->refused_above_ms = world->job_belief_ms[job];
    }
    plan->refused = allowed ? -1 : job;
    plan->refused_tasks = task_count;
    return allowed;
}

int64_t plan_refused_above_ms(const Plan *plan)
{
    return plan->refused >= 0 ? plan->refused_above_ms : -1;
}

int64_t plan_next_start_ms(const Plan *plan)
{
    if (plan->books) {
        return plan->book.next_start_ms;
    }
    return plan->head.job >= 0 && !plan->head.awaited ? plan->head.start_ms : TIME_NEVER;
}

/* ---- what a job may not have ---- */

static void world_touch(World *world, int32_t node)
{
    if (world->index != NULL) {
        gp_index_touch(world->index, node);
    }
}

/* EASY closes the node. A conservative plan knows what is left there all along; the node is closed
 * only if that does not help. */
static bool node_narrow(Plan *plan, World *world, int32_t node)
{
    uint8_t *state = &plan->narrow_state[node];
    if (world->fleet.node_present[node] == 0) {
        return false;
    }
    if (*state == 0) {
        plan->narrowed[plan->narrowed_count++] = node;
    }
    if (plan->books && *state == 0) {
        plan_row_copy(&plan->kept, &world->fleet, node);
        plan_window(plan, world, node, world->now_ms, plan->refused_end_ms, plan->refused_devices);
        plan_row_copy(&world->fleet, &plan->fleet, node);
        *state |= NARROW_ROW;
    } else {
        world->fleet.node_present[node] = 0;
        *state |= NARROW_CLOSED;
    }
    world_touch(world, node);
    return true;
}

bool plan_narrow(Plan *plan, World *world)
{
    bool narrowed = false;
    JobId job = plan->refused;
    if (job >= 0 && plan->narrowed_count == 0) {
        plan->narrowed_for = job;
        plan->memo_shape = world->shape_failed_at[job_shape(world->jobs, job)];
        plan->memo_class = world->class_failed_at[world->jobs->job_class[job]];
    }
    for (int32_t i = 0; job >= 0 && i < plan->refused_count; i++) {
        narrowed = node_narrow(plan, world, plan->refused_node[i]) || narrowed;
    }
    return narrowed;
}

void plan_widen(Plan *plan, World *world)
{
    JobId job = plan->narrowed_for;
    if (plan->narrowed_count == 0) {
        return;
    }
    while (plan->narrowed_count > 0) {
        int32_t node = plan->narrowed[--plan->narrowed_count];
        if ((plan->narrow_state[node] & NARROW_ROW) != 0) {
            plan_row_copy(&world->fleet, &plan->kept, node);
        }
        if ((plan->narrow_state[node] & NARROW_CLOSED) != 0) {
            world->fleet.node_present[node] = 1;
        }
        plan->narrow_state[node] = 0;
        world_touch(world, node);
    }
    world->shape_failed_at[job_shape(world->jobs, job)] = plan->memo_shape;
    world->class_failed_at[world->jobs->job_class[job]] = plan->memo_class;
    if (plan->refused >= 0 && !plan->books) {
        plan_head_refused(plan, world);
    }
}
