/* engine.c - the clock: the events of one instant in their order, then passes until nothing
 * changes. */
#include "sim/engine/engine.h"

#include "sim/engine/apply.h"
#include "sim/engine/pass.h"

bool engine_init(Engine *engine, Arena *arena, World *world, const Observer *observers,
                 int32_t observer_count)
{
    engine->world = world;
    engine->observer_count = observer_count;
    for (int32_t i = 0; i < observer_count; i++) {
        engine->observers[i] = observers[i];
    }
    if (world->jobs->job_count > 0) {
        event_queue_set(&world->events, EVENT_JOB_ARRIVAL, 0, world->jobs->job_submit_ms[0]);
    }
    if (world->scenario->horizon_ms != TIME_NEVER) {
        event_queue_set(&world->events, EVENT_HORIZON, 0, world->scenario->horizon_ms);
    }
    return trial_init(&engine->trial, arena, world, world->largest_gang);
}

static void clock_advance(Engine *engine, int64_t to_ms)
{
    World *world = engine->world;
    if (to_ms == world->now_ms) {
        return;
    }
    for (int32_t i = 0; i < engine->observer_count; i++) {
        const Observer *observer = &engine->observers[i];
        if (observer->interval != NULL) {
            observer->interval(observer->self, world, world->now_ms, to_ms);
        }
    }
    world->now_ms = to_ms;
}

/* Applies the events of this instant. Returns false when the horizon is reached. */
static bool instant_apply(Engine *engine)
{
    World *world = engine->world;
    Event event;
    while (event_queue_peek(&world->events, &event) && event.time_ms == world->now_ms) {
        event_queue_pop(&world->events, &event);
        switch ((EventKind)event.kind) {
        case EVENT_TASK_END:
            task_end(engine, event.entity);
            break;
        case EVENT_JOB_ARRIVAL:
            job_submit(engine);
            break;
        case EVENT_HORIZON:
        case EVENT_KIND_COUNT:
            return false;
        }
    }
    return true;
}

void engine_run(Engine *engine)
{
    World *world = engine->world;
    Event next;
    while (event_queue_peek(&world->events, &next)) {
        clock_advance(engine, next.time_ms);
        if (!instant_apply(engine)) {
            break;
        }
        policy_pass(engine);
    }
    fact_emit(engine, (Fact){.kind = FACT_RUN_ENDED, .job = -1, .task = -1, .node = -1});
}
