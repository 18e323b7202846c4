/* contention.h - fair shares of storage pools, links and cores among flows that need several.
 *
 * A flow is something that goes at one pace: a task, or a synchronous gang. It has members, and
 * each use says how many of them draw on a resource and what one of them needs there at full pace.
 * A resource that is asked for more than it has gives each member the same at most, its *level*:
 * a member draws min(need x pace, level), and what slower ones leave goes to the others. So the
 * pace is the least of level / need over the flow's resources, at most its cap.
 *
 * This is max-min fairness where a member needs the same of all its resources (Bertsekas and
 * Gallager, Data Networks, 6.5.2), bottleneck max fairness where it does not (Bonald and Roberts,
 * SIGMETRICS 2015): who goes below its cap has a resource that is full and draws the most there.
 *
 * How it is found: higher levels elsewhere mean more demand, so lower levels here. So levels worked
 * out from nobody held back elsewhere are lower bounds, those worked out from them upper bounds,
 * and so on. Where members need the same everywhere the bounds meet, after as many rounds as there
 * are distinct levels. Else what is left between them is halved towards the fixed point, and the
 * last bit is given up rather than more handed out than there is. Integers only; the result does
 * not depend on the order of flows, uses or resources, nor on other flows that share nothing with
 * these.
 */
#ifndef MODELS_CONTENTION_H
#define MODELS_CONTENTION_H

#include <stdbool.h>
#include <stdint.h>

#define LEVEL_FREE INT64_MAX /* the resource holds nobody back */

typedef struct Flow {
    int32_t cap_ppm;  /* its pace from other causes */
    int32_t rate_ppm; /* out: its pace */
    /* scratch: the lowest limits by two different resources */
    int32_t lowest_ppm, next_ppm, lowest_at;
} Flow;

/* At most one for each flow and resource. */
typedef struct FlowUse {
    int32_t flow, resource;
    int32_t members; /* >= 1 */
    int64_t need;    /* of one of them at full pace, in the resource's unit: 1 to 10^9 */
} FlowUse;

typedef struct Resource {
    int64_t capacity;            /* 0 to 10^12, in its own unit */
    int64_t level;               /* out: millionths of its unit, or LEVEL_FREE */
    int64_t lower, upper;        /* scratch */
    int32_t use_first, use_last; /* scratch */
    int64_t alone_level;         /* scratch of contention_level_alone: of that flow */
    int32_t alone_flow;
} Resource;

typedef struct Contention {
    Flow *flows;
    int32_t flow_count;
    Resource *resources;
    int32_t resource_count;
    const FlowUse *uses;
    int32_t use_count;
    int32_t *order; /* scratch [use_count] */
} Contention;

/* Fills in levels and paces. At most some 200 rounds of O(uses) each; as a rule two or three. */
void contention_share(Contention *contention);

/* After contention_share: the level that the flow's members would have at the resource if nothing
 * else held their flow back, while all others go on at their paces. It is `level` where the
 * resource is what holds the flow back; LEVEL_FREE where there is as much as they need. O(uses
 * there), once for each flow in a row. */
int64_t contention_level_alone(Contention *contention, int32_t flow, int32_t resource);

/* The pace that a level allows a member of that need, in ppm; INT32_MAX: any. */
int32_t contention_limit_ppm(int64_t level, int64_t need);

#endif
