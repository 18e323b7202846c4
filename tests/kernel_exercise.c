/* kernel_exercise.c - see the header. */
#include "tests/kernel_exercise.h"

#include <stdbool.h>
#include <string.h>

#define TYPES 5
#define TYPICALS 6

int32_t number_below(NumberSource source, int32_t count)
{
    return (int32_t)(source.next(source.self) % (uint64_t)count);
}

static int64_t amount(NumberSource source, int32_t steps, int64_t step)
{
    return number_below(source, steps + 1) * step;
}

static void types_make(GpNodeType *types, NumberSource source)
{
    static const int32_t devices[TYPES] = {0, 1, 2, 4, 8};
    for (int32_t i = 0; i < TYPES; i++) {
        GpNodeType *type = &types[i];
        type->size = sizeof(GpNodeType);
        type->device_count = devices[i];
        type->model = devices[i] == 0 ? -1 : number_below(source, 4);
        type->device_memory_mib = devices[i] == 0 ? 0 : 20480 * (1 + number_below(source, 4));
        type->device_split = i == 2 ? 3 : 0;
        type->mig_geometry = devices[i] == 0 ? 0 : number_below(source, 3);
        type->group = number_below(source, 2) == 0 ? number_below(source, 3) : GP_GROUPS_MAX - 1;
        type->numa_count = number_below(source, 5);
        type->capacity[GP_AXIS_GPU] = devices[i] * GP_DEVICE_MILLI;
        type->capacity[GP_AXIS_GPU_MEMORY] = (int64_t)devices[i] * type->device_memory_mib;
        type->capacity[GP_AXIS_CPU] = 4000 + amount(source, 60, 2000);
        type->capacity[GP_AXIS_MEMORY] = 8192 + amount(source, 60, 8192);
        type->capacity[GP_AXIS_STORAGE_BANDWIDTH] = amount(source, 12, 1000);
        type->capacity[GP_AXIS_IO_CPU] = amount(source, 8, 2000);
        type->capacity[GP_AXIS_NETWORK] = amount(source, 8, 50000);
    }
}

static void shape_make(GpShape *shape, NumberSource source)
{
    static const int32_t counts[] = {1, 1, 2, 4, 8};
    *shape = (GpShape){.size = sizeof(GpShape), .kind = -1};
    int32_t sort = number_below(source, 8);
    if (sort == 0) {
        shape->device_count = 0;
    } else if (sort < 4) { /* a share of one device, sometimes of two */
        shape->device_count = 1 + (number_below(source, 6) == 0);
        shape->device_milli = 50 * (1 + number_below(source, 19));
        shape->device_memory_mib = (int32_t)amount(source, 8, 2560);
        if (number_below(source, 5) == 0) { /* memory alone */
            shape->device_milli = 0;
            shape->device_memory_mib += 1;
        }
        shape->kind = 0;
    } else if (sort < 7) {
        shape->device_count = counts[number_below(source, 5)];
        shape->device_milli = GP_DEVICE_MILLI;
        shape->kind = 1 + (shape->device_count > 1);
    } else {
        shape->device_count = 1;
        shape->mig_profile = 1 + number_below(source, GP_MIG_PROFILE_COUNT - 1);
        shape->device_memory_mib = (int32_t)amount(source, 4, 5120);
        shape->kind = 0;
    }
    shape->model_set = number_below(source, 3) == 0 ? (uint64_t)(1 + number_below(source, 15)) : 0;
    if (number_below(source, 4) == 0) {
        shape->group_set = (uint64_t)number_below(source, 8) | (uint64_t)1 << (GP_GROUPS_MAX - 1);
    }
    shape->numa = number_below(source, 3) == 0;
    shape->request[GP_AXIS_CPU] = amount(source, 16, 500);
    shape->request[GP_AXIS_MEMORY] = amount(source, 16, 1024);
    shape->request[GP_AXIS_STORAGE_BANDWIDTH] = amount(source, 3, 250);
    shape->request[GP_AXIS_IO_CPU] = amount(source, 2, 500);
    shape->request[GP_AXIS_NETWORK] = amount(source, 2, 5000);
}

static bool columns_make(GpFleet *fleet, Arena *arena, NumberSource source, int32_t nodes)
{
    int32_t *type = ARENA_ARRAY(arena, int32_t, nodes);
    int32_t *rank = ARENA_ARRAY(arena, int32_t, nodes);
    int32_t *begin = ARENA_ARRAY(arena, int32_t, nodes + 1);
    if (arena->failed) {
        return false;
    }
    for (int32_t node = 0; node < nodes; node++) {
        type[node] = number_below(source, TYPES);
        begin[node + 1] = begin[node] + fleet->types[type[node]].device_count;
        rank[node] = node;
    }
    for (int32_t left = nodes; left > 1; left--) {
        int32_t other = number_below(source, left);
        int32_t held = rank[left - 1];
        rank[left - 1] = rank[other];
        rank[other] = held;
    }
    int32_t devices = begin[nodes];
    fleet->size = sizeof(GpFleet);
    fleet->node_count = nodes;
    fleet->type_count = TYPES;
    fleet->kind_count = 3;
    fleet->node_type = type;
    fleet->node_rank = rank;
    fleet->device_begin = begin;
    fleet->node_present = ARENA_ARRAY(arena, uint8_t, nodes);
    fleet->node_free = arena_alloc(arena, (size_t)nodes, sizeof(int64_t[GP_AXES]));
    fleet->node_health_ppm = arena_alloc(arena, (size_t)nodes, sizeof(int32_t[GP_AXES]));
    fleet->node_kind_tasks = ARENA_ARRAY(arena, uint16_t, 3 * nodes);
    fleet->device_free_milli = ARENA_ARRAY(arena, int32_t, devices);
    fleet->device_free_mib = ARENA_ARRAY(arena, int32_t, devices);
    fleet->device_tasks = ARENA_ARRAY(arena, uint16_t, devices);
    fleet->device_health = ARENA_ARRAY(arena, uint8_t, devices);
    fleet->device_mig = ARENA_ARRAY(arena, uint8_t, devices);
    return !arena->failed && gp_fleet_reset(fleet) == GP_OK;
}

int random_fleet_make(RandomFleet *random, NumberSource source, int32_t nodes, int32_t shapes)
{
    memset(random, 0, sizeof(*random));
    arena_init(&random->arena);
    GpNodeType *types = ARENA_ARRAY(&random->arena, GpNodeType, TYPES);
    GpTypical *typical = ARENA_ARRAY(&random->arena, GpTypical, TYPICALS);
    int32_t *thresholds = ARENA_ARRAY(&random->arena, int32_t, TYPICALS);
    random->shapes = ARENA_ARRAY(&random->arena, GpShape, shapes);
    random->shape_count = shapes;
    if (random->arena.failed) {
        return 0;
    }
    types_make(types, source);
    random->fleet.types = types;
    for (int32_t i = 0; i < shapes; i++) {
        shape_make(&random->shapes[i], source);
        if (gp_shape_finish(&random->shapes[i]) != GP_OK) {
            return 0;
        }
    }
    gp_constants_init(&random->constants);
    for (int32_t i = 0; i < TYPICALS; i++) {
        typical[i].shape = random->shapes[number_below(source, shapes)];
        typical[i].size = sizeof(GpTypical);
        typical[i].weight = 1.0 / TYPICALS;
    }
    random->constants.typical = typical;
    random->constants.thresholds = thresholds;
    random->constants.typical_count = TYPICALS;
    return columns_make(&random->fleet, &random->arena, source, nodes) &&
           gp_constants_finish(&random->constants, &random->fleet) == GP_OK;
}

void random_fleet_free(RandomFleet *random)
{
    arena_free(&random->arena);
}

void random_policy(GpPolicy *policy, NumberSource source)
{
    gp_policy_init(policy);
    for (int32_t terms = number_below(source, 5); terms > 0; terms--) {
        const GpTerm *term = gp_term_at(number_below(source, gp_term_count()));
        gp_policy_add(policy, term, 1 + number_below(source, 20), NULL);
    }
    policy->pick = number_below(source, 6) == 0 ? GP_PICK_RANDOM : GP_PICK_BEST;
    policy->device_rule = number_below(source, GP_DEVICE_HAMI_SPREAD + 1);
    policy->mig_rule = number_below(source, 2);
    policy->sees = number_below(source, 4) == 0
                       ? 1u | (uint32_t)number_below(source, GP_SEES_ALL + 1)
                       : GP_SEES_ALL;
}

#define HELD_MAX 512

typedef struct Exercise {
    RandomFleet *random;
    const GpPolicy *policy;
    GpIndex *index;
    NumberSource source;
    GpPlacement held[HELD_MAX];
    int32_t held_shape[HELD_MAX];
    int32_t held_count;
} Exercise;

static const char *pick_and_place(Exercise *exercise)
{
    GpFleet *fleet = &exercise->random->fleet;
    int32_t id = number_below(exercise->source, exercise->random->shape_count);
    const GpShape *shape = &exercise->random->shapes[id];
    GpDraw draw = {.node = exercise->source.next(exercise->source.self),
                   .device = exercise->source.next(exercise->source.self)};
    GpPlacement by_scan = {.size = sizeof(GpPlacement)};
    GpPlacement by_index = {.size = sizeof(GpPlacement)};
    GpStatus scan =
        gp_scan_pick(fleet, exercise->policy, &exercise->random->constants, shape, &draw, &by_scan);
    GpStatus index = gp_index_pick(exercise->index, id, &draw, &by_index);
    if (scan != index) {
        return "scan and index disagree whether the shape fits";
    }
    GpVerdict verdict = {.size = sizeof(GpVerdict)};
    gp_explain(fleet, shape, exercise->policy->sees, &verdict);
    if ((scan == GP_OK) != (verdict.feasible > 0)) {
        return "explain disagrees with the scan whether the shape fits";
    }
    if ((scan == GP_OK) != (verdict.binding == GP_DIMENSION_NONE)) {
        return "a binding dimension for a shape that fits, or none for one that does not";
    }
    if (scan != GP_OK) {
        return NULL;
    }
    if (by_scan.node != by_index.node || by_scan.device_mask != by_index.device_mask ||
        by_scan.mig_start != by_index.mig_start) {
        return "scan and index place differently";
    }
    if (__builtin_popcount(by_scan.device_mask) != shape->device_count) {
        return "wrong number of devices";
    }
    const GpNodeType *type = &fleet->types[fleet->node_type[by_scan.node]];
    if (shape->group_set != 0 && (shape->group_set >> type->group & 1) == 0) {
        return "a node of a group that will not do";
    }
    if (!gp_holds(fleet, shape, &by_scan, exercise->policy->sees)) {
        return "the chosen place does not hold the task";
    }
    if (exercise->held_count < HELD_MAX) {
        gp_place(fleet, shape, &by_scan);
        gp_index_touch(exercise->index, by_scan.node);
        exercise->held_shape[exercise->held_count] = id;
        exercise->held[exercise->held_count++] = by_scan;
    }
    return NULL;
}

static void release_one(Exercise *exercise)
{
    if (exercise->held_count == 0) {
        return;
    }
    int32_t at = number_below(exercise->source, exercise->held_count);
    gp_release(&exercise->random->fleet, &exercise->random->shapes[exercise->held_shape[at]],
               &exercise->held[at]);
    gp_index_touch(exercise->index, exercise->held[at].node);
    exercise->held_count--;
    exercise->held[at] = exercise->held[exercise->held_count];
    exercise->held_shape[at] = exercise->held_shape[exercise->held_count];
}

/* What the caller of the kernel does: health, head-room and presence are its columns too. */
static void fleet_disturb(Exercise *exercise)
{
    GpFleet *fleet = &exercise->random->fleet;
    int32_t node = number_below(exercise->source, fleet->node_count);
    int32_t first = fleet->device_begin[node];
    int32_t devices = fleet->device_begin[node + 1] - first;
    switch (number_below(exercise->source, 3)) {
    case 0:
        fleet->node_present[node] ^= 1;
        break;
    case 1: {
        int32_t axis = GP_AXIS_CPU + number_below(exercise->source, GP_AXIS_COUNT - GP_AXIS_CPU);
        int32_t ppm = number_below(exercise->source, GP_PPM + 1);
        int64_t nominal = fleet->types[fleet->node_type[node]].capacity[axis];
        int64_t change = nominal * (ppm - fleet->node_health_ppm[node][axis]) / GP_PPM;
        fleet->node_free[node][axis] += change; /* may go below zero: over-committed */
        fleet->node_health_ppm[node][axis] = ppm;
        break;
    }
    default:
        if (devices > 0) {
            int32_t device = first + number_below(exercise->source, devices);
            int sign = fleet->device_health[device] != 0 ? -1 : 1;
            fleet->device_health[device] ^= 1;
            fleet->node_free[node][GP_AXIS_GPU] += sign * fleet->device_free_milli[device];
            fleet->node_free[node][GP_AXIS_GPU_MEMORY] += sign * fleet->device_free_mib[device];
        }
        break;
    }
    gp_index_touch(exercise->index, node);
}

/* After everything is released each device must be whole again, whatever happened between. */
static const char *all_is_returned(const Exercise *exercise)
{
    const GpFleet *fleet = &exercise->random->fleet;
    for (int32_t node = 0; node < fleet->node_count; node++) {
        const GpNodeType *type = &fleet->types[fleet->node_type[node]];
        for (int32_t device = fleet->device_begin[node]; device < fleet->device_begin[node + 1];
             device++) {
            if (fleet->device_free_milli[device] != GP_DEVICE_MILLI ||
                fleet->device_free_mib[device] != type->device_memory_mib ||
                fleet->device_tasks[device] != 0 || fleet->device_mig[device] != 0) {
                return "a device is not whole after everything was released";
            }
        }
        for (int32_t kind = 0; kind < fleet->kind_count; kind++) {
            if (fleet->node_kind_tasks[node * fleet->kind_count + kind] != 0) {
                return "a kind's count is not zero after everything was released";
            }
        }
    }
    return NULL;
}

const char *kernel_exercise(RandomFleet *random, const GpPolicy *policy, NumberSource source,
                            int32_t steps)
{
    Exercise exercise = {.random = random, .policy = policy, .source = source};
    size_t bytes = gp_index_bytes(policy, random->fleet.node_count, random->shape_count);
    void *memory = arena_alloc(&random->arena, bytes + ARENA_ALIGN_LARGE, 1);
    if (memory == NULL ||
        gp_index_init(&exercise.index, memory, bytes, &random->fleet, policy, &random->constants,
                      random->shapes, random->shape_count) != GP_OK) {
        return "no index";
    }
    const char *wrong = NULL;
    for (int32_t step = 0; step < steps && wrong == NULL; step++) {
        int32_t what = number_below(source, 11);
        if (what < 6) {
            wrong = pick_and_place(&exercise);
        } else if (what == 10) {
            wrong = choice_exercise(random, policy, exercise.index, source);
        } else if (what < 9) {
            release_one(&exercise);
        } else {
            fleet_disturb(&exercise);
        }
    }
    while (exercise.held_count > 0) {
        release_one(&exercise);
    }
    return wrong != NULL ? wrong : all_is_returned(&exercise);
}
