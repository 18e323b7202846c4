/* remedy.c - notices, belief, actions. */
#include "sim/engine/remedy.h"

bool remedy_init(Engine *engine, Arena *arena)
{
    (void)engine;
    return !arena->failed;
}

void remedy_fault_began(Engine *engine, int32_t slot)
{
    event_queue_set(&engine->world->events, EVENT_NOTICE, slot, engine->world->now_ms);
}

void remedy_notice(Engine *engine, int32_t slot)
{
    (void)engine;
    (void)slot;
}

void remedy_timer(Engine *engine, int32_t slot)
{
    (void)engine;
    (void)slot;
}

void remedy_drain(Engine *engine, int32_t node)
{
    (void)engine;
    (void)node;
}

void remedy_over(Engine *engine, int32_t slot)
{
    (void)engine;
    (void)slot;
}

void remedy_node_left(Engine *engine, int32_t node)
{
    (void)engine;
    (void)node;
}

void remedy_gang_stale(Engine *engine, JobId job)
{
    (void)engine;
    (void)job;
}

void remedy_member_lost(Engine *engine, JobId job)
{
    (void)engine;
    (void)job;
}

void remedy_spare(Engine *engine, int32_t node)
{
    (void)engine;
    (void)node;
}

void remedy_checkpointed(Engine *engine, TaskId unit)
{
    (void)engine;
    (void)unit;
}
