/* plan.c - reservations: until a scan policy plans, nothing is reserved. */
#include "core/plan.h"

struct Plan {
    int64_t next_start_ms;
};

Plan *plan_new(Arena *arena, const World *world)
{
    (void)world;
    return ARENA_NEW(arena, Plan);
}

void plan_task_placed(Plan *plan, const World *world, TaskId task)
{
    (void)plan;
    (void)world;
    (void)task;
}

void plan_task_released(Plan *plan, const World *world, TaskId task)
{
    (void)plan;
    (void)world;
    (void)task;
}

void plan_begin(Plan *plan, const World *world)
{
    (void)world;
    plan->next_start_ms = TIME_NEVER;
}

int64_t plan_reserve(Plan *plan, const World *world, JobId job, int32_t task_count)
{
    (void)world;
    (void)job;
    (void)task_count;
    return plan->next_start_ms;
}

bool plan_allows(Plan *plan, const World *world, JobId job, int32_t task_count,
                 const GpPlacement *placements)
{
    (void)plan;
    (void)world;
    (void)job;
    (void)task_count;
    (void)placements;
    return true;
}

int64_t plan_next_start_ms(const Plan *plan)
{
    return plan->next_start_ms;
}
