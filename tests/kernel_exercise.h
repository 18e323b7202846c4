/* kernel_exercise.h - random fleets, shapes and policies on which the index must answer as the scan
 * does.
 *
 * One source of numbers drives everything, so the unit test (addressed draws) and the fuzzer
 * (bytes) share the same exercise.
 */
#ifndef TESTS_KERNEL_EXERCISE_H
#define TESTS_KERNEL_EXERCISE_H

#include "core/arena.h"
#include "core/packing/gpupack.h"

typedef struct NumberSource {
    uint64_t (*next)(void *self);
    void *self;
} NumberSource;

/* Uniform enough for tests: next() modulo count. */
int32_t number_below(NumberSource source, int32_t count);

typedef struct RandomFleet {
    Arena arena;
    GpFleet fleet;
    GpConstants constants;
    GpShape *shapes;
    int32_t shape_count;
} RandomFleet;

/* A fleet of five types over all seven lanes (MIG of both geometries, split limits, groups, NUMA
 * parts, a type without GPUs), ranks shuffled, and shapes of every sort. Returns 0 if memory ran
 * out. */
int random_fleet_make(RandomFleet *random, NumberSource source, int32_t nodes, int32_t shapes);
void random_fleet_free(RandomFleet *random);

/* A weighted list of up to four terms out of all, any pick, device rule, MIG rule and view. */
void random_policy(GpPolicy *policy, NumberSource source);

/* One random shape: exact places, picks among some nodes and from a cursor, and rooms, each against
 * another way to the answer; the picks also by the index. The fleet is afterwards as before. NULL,
 * or what differed. */
const char *choice_exercise(RandomFleet *random, const GpPolicy *policy, GpIndex *index,
                            NumberSource source);

/* A gang over random domains: all its tasks within the rooms, or none. NULL, or what is wrong. */
const char *domains_exercise(NumberSource source);

/* `steps` random operations: pick (index against scan) and place, release, derate, fail and repair
 * devices, cordon; and choice_exercise. Every placement is released at the end. Returns NULL, or a
 * sentence that says what differed. */
const char *kernel_exercise(RandomFleet *random, const GpPolicy *policy, NumberSource source,
                            int32_t steps);

#endif
