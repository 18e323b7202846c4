/* made_fleets.h - fleets that are made up, so that a search can be compared with looking at all.
 *
 * A wait falls as capacity grows; all fleets share some luck and have some of their own; some are
 * worse than smaller ones, at random or in a pattern. Exhaustive search looks at the same
 * replications, so its optimum is the sample optimum and the comparison is exact.
 */
#ifndef TESTS_MADE_FLEETS_H
#define TESTS_MADE_FLEETS_H

#include "sim/experiment/planner.h"

#define MADE_REPLICATIONS 20

/* What 200 searches came to. */
typedef struct MadeScore {
    int32_t cases, found, none; /* none: no fleet is enough, and none was found */
    int32_t wrong;              /* a fleet is enough and none was found, or the other way round */
    int32_t violations;
    double dearest;   /* cost / cheapest cost, the worst */
    double share_sum; /* runs / runs of exhaustive search */
    double share_most;
} MadeScore;

/* The cases that docs/plan.md speaks of. */
typedef enum MadeKind {
    MADE_TWO_TYPES,   /* two types by 40 nodes */
    MADE_THREE_TYPES, /* three types by 7 */
    MADE_BAND,        /* two types by 12, and a use that more nodes hurt */
    MADE_PROMISES,    /* two types by 12 and a line that only costs, beyond what floors know */
    MADE_KIND_COUNT
} MadeKind;
extern const char *const MADE_NAMES[MADE_KIND_COUNT];

/* One random case, searched both ways. False if memory ran out, or the runs were miscounted. */
bool made_compare(MadeKind kind, uint64_t seed, MadeScore *score);

#endif
