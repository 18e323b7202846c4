/* plan_rows.c - node columns of the plan's own, filled from the World's row by row. */
#include <string.h>

#include "core/plan_parts.h"

static bool moment_before(PlanMoment a, PlanMoment b)
{
    return a.at_ms != b.at_ms ? a.at_ms < b.at_ms : a.id < b.id;
}

void plan_heap_push(PlanHeap *heap, int64_t at_ms, int32_t id)
{
    PlanMoment moment = {.at_ms = at_ms, .id = id};
    int32_t at = heap->count++;
    while (at > 0 && moment_before(moment, heap->moments[(at - 1) / 2])) {
        heap->moments[at] = heap->moments[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap->moments[at] = moment;
}

PlanMoment plan_heap_pop(PlanHeap *heap)
{
    PlanMoment first = heap->moments[0];
    PlanMoment last = heap->moments[--heap->count];
    int32_t at = 0;
    for (int32_t child = 1; child < heap->count; child = 2 * at + 1) {
        if (child + 1 < heap->count &&
            moment_before(heap->moments[child + 1], heap->moments[child])) {
            child++;
        }
        if (!moment_before(heap->moments[child], last)) {
            break;
        }
        heap->moments[at] = heap->moments[child];
        at = child;
    }
    heap->moments[at] = last;
    return first;
}

bool plan_fleet_init(GpFleet *fleet, Arena *arena, const GpFleet *like)
{
    int32_t nodes = like->node_count;
    int32_t devices = like->device_begin[nodes];
    *fleet = *like;
    fleet->kind_count = 0;
    fleet->node_kind_tasks = NULL;
    fleet->node_health_ppm = NULL; /* not to be reset */
    fleet->node_present = ARENA_ARRAY(arena, uint8_t, nodes);
    fleet->node_free = arena_alloc(arena, (size_t)nodes, sizeof(int64_t[GP_AXES]));
    fleet->device_free_milli = ARENA_ARRAY(arena, int32_t, devices);
    fleet->device_free_mib = ARENA_ARRAY(arena, int32_t, devices);
    fleet->device_tasks = ARENA_ARRAY(arena, uint16_t, devices);
    fleet->device_health = ARENA_ARRAY(arena, uint8_t, devices);
    fleet->device_mig = ARENA_ARRAY(arena, uint8_t, devices);
    if (arena->failed || gp_fleet_reset(fleet) != GP_OK) {
        return false;
    }
    fleet->node_health_ppm = like->node_health_ppm;
    return true;
}

bool plan_rows_init(Plan *plan, Arena *arena, const World *world)
{
    int32_t tasks = world->jobs->task_count;
    plan->ends.moments =
        ARENA_ARRAY(arena, PlanMoment, tasks < PLAN_NODE_TASKS_MAX ? tasks : PLAN_NODE_TASKS_MAX);
    plan->room_masks = ARENA_ARRAY(arena, uint32_t, world->largest_gang);
    return !arena->failed && plan_fleet_init(&plan->fleet, arena, &world->fleet);
}

void plan_row_copy(GpFleet *to, const GpFleet *from, int32_t node)
{
    int32_t first = from->device_begin[node];
    size_t count = (size_t)(from->device_begin[node + 1] - first);
    memcpy(to->node_free[node], from->node_free[node], sizeof(int64_t[GP_AXES]));
    memcpy(&to->device_free_milli[first], &from->device_free_milli[first], count * sizeof(int32_t));
    memcpy(&to->device_free_mib[first], &from->device_free_mib[first], count * sizeof(int32_t));
    memcpy(&to->device_tasks[first], &from->device_tasks[first], count * sizeof(uint16_t));
    memcpy(&to->device_health[first], &from->device_health[first], count);
    memcpy(&to->device_mig[first], &from->device_mig[first], count);
}

const GpFleet *plan_columns(const Plan *plan, const World *world, int32_t node)
{
    return (plan->narrow_state[node] & NARROW_ROW) != 0 ? &plan->kept : &world->fleet;
}

void plan_row_now(Plan *plan, const World *world, int32_t node)
{
    plan_row_copy(&plan->fleet, plan_columns(plan, world, node), node);
}

int64_t plan_expected_ms(const Plan *plan, const World *world, TaskId task)
{
    int64_t end_ms = plan_round(plan, world_planned_end_ms(world, task));
    return end_ms > plan->soonest_ms ? end_ms : plan->soonest_ms;
}

void plan_ends_collect(Plan *plan, const World *world, int32_t node)
{
    plan->ends.count = 0;
    for (TaskId task = world->node_first[node]; task >= 0 && plan->ends.count < PLAN_NODE_TASKS_MAX;
         task = world->task_next[task]) {
        int64_t end_ms = plan_round(plan, world_planned_end_ms(world, task));
        if (end_ms != TIME_NEVER) {
            plan_heap_push(&plan->ends, end_ms, task);
        }
    }
}

void plan_row_release(Plan *plan, const World *world, TaskId task)
{
    GpPlacement placement = world_placement(world, task);
    gp_release(&plan->fleet, job_request(world->jobs, world->jobs->task_job[task]), &placement);
}

static int32_t room_by_placing(Plan *plan, const World *world, int32_t node, const GpShape *shape,
                               int32_t limit)
{
    const Scenario *scenario = world->scenario;
    GpPlacement placement = {.size = sizeof(GpPlacement)};
    int32_t count = 0;
    while (count < limit && gp_fits(&plan->fleet, node, shape, plan->sees) &&
           gp_choose_devices(&plan->fleet, &scenario->policy.pack, &scenario->constants, node,
                             shape, 0, &placement) == GP_OK) {
        plan->room_masks[count++] = placement.device_mask;
        gp_place(&plan->fleet, shape, &placement);
    }
    for (int32_t i = 0; i < count; i++) {
        placement.device_mask = plan->room_masks[i];
        gp_release(&plan->fleet, shape, &placement);
    }
    return count;
}

int32_t plan_room(Plan *plan, const World *world, int32_t node, const GpShape *shape, int32_t limit)
{
    bool choosy = shape->device_count > 1 && shape->device_milli < GP_DEVICE_MILLI;
    return choosy && limit > 1 ? room_by_placing(plan, world, node, shape, limit)
                               : gp_room(&plan->fleet, node, shape, plan->sees, limit);
}

void plan_row_at(Plan *plan, const World *world, int32_t node, int64_t time_ms)
{
    plan_row_now(plan, world, node);
    for (TaskId task = world->node_first[node]; task >= 0; task = world->task_next[task]) {
        if (plan_expected_ms(plan, world, task) <= time_ms) {
            plan_row_release(plan, world, task);
        }
    }
}
