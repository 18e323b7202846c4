/* remedy.h - what is noticed, what is believed from then on, and what is done: actions of the
 * remedy policy become so.
 */
#ifndef SIM_ENGINE_REMEDY_H
#define SIM_ENGINE_REMEDY_H

#include "core/remedy.h"
#include "sim/engine/engine.h"

/* Memory, and spares that are held back from the start. False if memory ran out. */
bool remedy_init(Engine *engine, Arena *arena);

/* A fault has begun: when will it be noticed? */
void remedy_fault_began(Engine *engine, int32_t slot);

/* A node is announced to go away, or to be out: it takes nothing new. Who is there is told to stop
 * within the notice if it goes away, and may go on until it is over if it will be out. It is away:
 * whoever still is there leaves at once. No policy is asked: the node is taken off the cluster. */
void remedy_announced(Engine *engine, int32_t slot);
void remedy_node_away(Engine *engine, int32_t slot);

/* EVENT_NOTICE and EVENT_FAULT_TIMER: the policy is asked, its action carried out. */
void remedy_notice(Engine *engine, int32_t slot);
void remedy_timer(Engine *engine, int32_t slot);

/* EVENT_DRAIN: a drain's deadline, or the node's turn to be evicted. */
void remedy_drain(Engine *engine, int32_t node);

/* The fault is over (the truth has changed already): belief follows, dead tasks go on or leave. */
void remedy_over(Engine *engine, int32_t slot);

/* A task has given back its place on the node: a reset or reboot may begin. */
void remedy_node_left(Engine *engine, int32_t node);

/* EVENT_GANG: a gang was short of members for too long. A member of the job is gone: what does the
 * rest do? */
void remedy_gang_stale(Engine *engine, JobId job);
void remedy_member_lost(Engine *engine, JobId job);

/* A member's own process has failed, and only it: it is gone, and is tried again after its
 * back-off, which is over; can the gang not go on without this member, and stop as stale without
 * it? */
void remedy_member_failed(Engine *engine, JobId job);
void remedy_member_again(Engine *engine, JobId job);
bool gang_needs(const World *world, TaskId member);

/* EVENT_SPARE: a spare is in service. */
void remedy_spare(Engine *engine, int32_t node);

/* A checkpoint of the unit is durable: tasks that were to move after it stop now. */
void remedy_checkpointed(Engine *engine, TaskId unit);

#endif
