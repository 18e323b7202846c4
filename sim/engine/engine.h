/* engine.h - the loop: applies events, asks policies, applies decisions, emits facts. */
#ifndef SIM_ENGINE_ENGINE_H
#define SIM_ENGINE_ENGINE_H

#include "core/fact.h"
#include "core/trial.h"
#include "core/world.h"

typedef struct Engine {
    World *world;
    Trial trial;
    Observer observers[OBSERVERS_MAX];
    int32_t observer_count;
} Engine;

/* All memory that the run needs. False if memory ran out. observer_count <= OBSERVERS_MAX. */
bool engine_init(Engine *engine, Arena *arena, World *world, const Observer *observers,
                 int32_t observer_count);

/* Runs to the horizon, or until no event is left. Nothing in it can fail. */
void engine_run(Engine *engine);

#endif
