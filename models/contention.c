/* contention.c - levels of resources by bounds that close in on each other. */
#include "models/contention.h"

__extension__ typedef __int128 Wide;

#define MICRO 1000000

/* Rounds in which the bounds come nearer; then rounds of halving. */
#define BOUND_ROUNDS 64
#define HALVING_ROUNDS 64

int32_t contention_limit_ppm(int64_t level, int64_t need)
{
    int64_t limit_ppm = level == LEVEL_FREE ? INT32_MAX : level / need;
    return limit_ppm < INT32_MAX ? (int32_t)limit_ppm : INT32_MAX;
}

/* Which levels a round starts from. */
typedef enum LevelsFrom { FROM_NOTHING, FROM_LOWER, FROM_UPPER, FROM_LEVEL } LevelsFrom;

static int64_t level_of(const Resource *resource, LevelsFrom from)
{
    switch (from) {
    case FROM_NOTHING:
        break;
    case FROM_LOWER:
        return resource->lower;
    case FROM_UPPER:
        return resource->upper;
    case FROM_LEVEL:
        return resource->level;
    }
    return LEVEL_FREE;
}

/* order: the uses of each resource one after another. */
static void uses_sort(Contention *contention)
{
    for (int32_t at = 0; at < contention->resource_count; at++) {
        contention->resources[at].use_last = 0;
    }
    for (int32_t use = 0; use < contention->use_count; use++) {
        contention->resources[contention->uses[use].resource].use_last++;
    }
    int32_t first = 0;
    for (int32_t at = 0; at < contention->resource_count; at++) {
        Resource *resource = &contention->resources[at];
        int32_t count = resource->use_last;
        resource->use_first = resource->use_last = first;
        first += count;
    }
    for (int32_t use = 0; use < contention->use_count; use++) {
        contention->order[contention->resources[contention->uses[use].resource].use_last++] = use;
    }
}

/* Each flow's lowest limit, and the lowest of its other resources. */
static void limits_find(Contention *contention, LevelsFrom from)
{
    for (int32_t at = 0; at < contention->flow_count; at++) {
        Flow *flow = &contention->flows[at];
        flow->lowest_ppm = flow->next_ppm = INT32_MAX;
        flow->lowest_at = -1;
    }
    for (int32_t at = 0; at < contention->use_count; at++) {
        const FlowUse *use = &contention->uses[at];
        Flow *flow = &contention->flows[use->flow];
        int32_t limit_ppm =
            contention_limit_ppm(level_of(&contention->resources[use->resource], from), use->need);
        if (limit_ppm < flow->lowest_ppm) {
            flow->next_ppm = flow->lowest_ppm;
            flow->lowest_ppm = limit_ppm;
            flow->lowest_at = use->resource;
        } else if (limit_ppm < flow->next_ppm) {
            flow->next_ppm = limit_ppm;
        }
    }
}

#define NOBODY (-1)

/* What one member would draw here if only the other resources held it back, in millionths. With
 * paces known and a flow `alone`: all that it needs, and what the others draw. */
static int64_t wanted(const Contention *contention, const FlowUse *use, int32_t alone)
{
    const Flow *flow = &contention->flows[use->flow];
    if (alone != NOBODY) {
        return use->need * (use->flow == alone ? MICRO : flow->rate_ppm);
    }
    int32_t pace_ppm = flow->lowest_at == use->resource ? flow->next_ppm : flow->lowest_ppm;
    return use->need * (pace_ppm < flow->cap_ppm ? pace_ppm : flow->cap_ppm);
}

/* The level at which the resource is full: the equal part of those who want more than that; where
 * all can have what they want and nothing is left over, the most that one wants. */
static int64_t level_fill(const Contention *contention, const Resource *resource, int32_t alone)
{
    Wide capacity = (Wide)resource->capacity * MICRO;
    int64_t level = -1; /* who wants no more than this is served */
    for (;;) {
        Wide left = capacity;
        int64_t members = 0;
        int64_t most = -1;
        for (int32_t at = resource->use_first; at < resource->use_last; at++) {
            const FlowUse *use = &contention->uses[contention->order[at]];
            int64_t want = wanted(contention, use, alone);
            most = want > most ? want : most;
            if (want <= level) {
                left -= (Wide)want * use->members;
            } else {
                members += use->members;
            }
        }
        if (members == 0) {
            return left > 0 || most < 0 ? LEVEL_FREE : most;
        }
        int64_t next = (int64_t)(left / members);
        if (next <= level) {
            return level;
        }
        level = next;
    }
}

/* One round for all resources. True if some upper (or lower) bound has moved. */
static bool bounds_move(Contention *contention, LevelsFrom from, bool to_upper)
{
    bool moved = false;
    limits_find(contention, from);
    for (int32_t at = 0; at < contention->resource_count; at++) {
        Resource *resource = &contention->resources[at];
        int64_t *bound = to_upper ? &resource->upper : &resource->lower;
        int64_t level = level_fill(contention, resource, NOBODY);
        moved = moved || *bound != level;
        *bound = level;
    }
    return moved;
}

static bool bounds_meet(const Contention *contention)
{
    for (int32_t at = 0; at < contention->resource_count; at++) {
        if (contention->resources[at].lower != contention->resources[at].upper) {
            return false;
        }
    }
    return true;
}

static int64_t middle(int64_t a, int64_t b)
{
    return a / 2 + b / 2 + (a & b & 1);
}

/* Level and what would be full there come half way to each other, again and again; then the lower
 * of both is safe: lower levels mean less demand elsewhere. */
static void levels_halve(Contention *contention)
{
    for (int32_t at = 0; at < contention->resource_count; at++) {
        Resource *resource = &contention->resources[at];
        resource->level = resource->lower;
    }
    for (int round = 0; round < HALVING_ROUNDS; round++) {
        bounds_move(contention, FROM_LEVEL, true);
        for (int32_t at = 0; at < contention->resource_count; at++) {
            Resource *resource = &contention->resources[at];
            resource->level =
                resource->upper == LEVEL_FREE
                    ? LEVEL_FREE
                    : middle(resource->level == LEVEL_FREE ? resource->upper : resource->level,
                             resource->upper);
        }
    }
    bounds_move(contention, FROM_LEVEL, true);
    for (int32_t at = 0; at < contention->resource_count; at++) {
        Resource *resource = &contention->resources[at];
        if (resource->upper < resource->level) {
            resource->level = resource->upper;
        }
    }
}

void contention_share(Contention *contention)
{
    uses_sort(contention);
    bounds_move(contention, FROM_NOTHING, false);
    bool meet = false;
    bool moves = true;
    for (int round = 0; round < BOUND_ROUNDS && moves && !meet; round++) {
        bounds_move(contention, FROM_LOWER, true);
        meet = bounds_meet(contention);
        moves = !meet && bounds_move(contention, FROM_UPPER, false);
    }
    for (int32_t at = 0; at < contention->resource_count; at++) {
        contention->resources[at].level = contention->resources[at].lower;
        contention->resources[at].alone_flow = NOBODY;
    }
    if (!meet) {
        levels_halve(contention);
    }
    limits_find(contention, FROM_LEVEL);
    for (int32_t at = 0; at < contention->flow_count; at++) {
        Flow *flow = &contention->flows[at];
        flow->rate_ppm = flow->lowest_ppm < flow->cap_ppm ? flow->lowest_ppm : flow->cap_ppm;
    }
}

int64_t contention_level_alone(Contention *contention, int32_t flow, int32_t resource)
{
    Resource *at = &contention->resources[resource];
    if (at->alone_flow != flow) {
        at->alone_flow = flow;
        at->alone_level = level_fill(contention, at, flow);
    }
    return at->alone_level;
}
