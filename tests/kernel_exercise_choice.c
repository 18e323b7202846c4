/* kernel_exercise_choice.c - narrower questions to the kernel, each answered another way too.
 *
 * The other ways hide what must not be chosen (nodes by presence, devices by health) and then ask
 * the plain scan, so they share none of the narrower code.
 */
#include <stdbool.h>
#include <string.h>

#include "tests/kernel_exercise.h"

#define NODES_MOST 4096
#define ROOM_MOST 24

typedef struct Choice {
    RandomFleet *random;
    const GpPolicy *policy;
    GpIndex *index;
    int32_t shape_id;
    const GpShape *shape;
    NumberSource source;
    GpDraw draw;
    int32_t nodes[NODES_MOST];
    int32_t count;
} Choice;

static bool places_equal(GpStatus status_a, const GpPlacement *a, GpStatus status_b,
                         const GpPlacement *b)
{
    return status_a == status_b &&
           (status_a != GP_OK || (a->node == b->node && a->device_mask == b->device_mask &&
                                  a->mig_start == b->mig_start));
}

/* The scan over the listed nodes, by hiding the others. */
static GpStatus scan_listed(Choice *choice, GpPlacement *placement)
{
    GpFleet fleet = choice->random->fleet;
    uint8_t present[NODES_MOST] = {0};
    for (int32_t i = 0; i < choice->count; i++) {
        present[choice->nodes[i]] = fleet.node_present[choice->nodes[i]];
    }
    fleet.node_present = present;
    return gp_scan_pick(&fleet, choice->policy, &choice->random->constants, choice->shape,
                        &choice->draw, placement);
}

static const char *among_check(Choice *choice)
{
    const GpFleet *fleet = &choice->random->fleet;
    int32_t one_in = 1 + number_below(choice->source, 4);
    choice->count = 0;
    for (int32_t node = fleet->node_count - 1; node >= 0; node--) { /* any order will do */
        if (number_below(choice->source, one_in) == 0) {
            choice->nodes[choice->count++] = node;
        }
    }
    GpPlacement listed = {.size = sizeof listed};
    GpPlacement kept = {.size = sizeof kept};
    GpPlacement hidden = {.size = sizeof hidden};
    GpStatus expected = scan_listed(choice, &hidden);
    GpStatus among = gp_pick_among(fleet, choice->policy, &choice->random->constants, choice->shape,
                                   &choice->draw, choice->count, choice->nodes, &listed);
    if (!places_equal(among, &listed, expected, &hidden)) {
        return "a pick among listed nodes is not the scan's with the others hidden";
    }
    among = gp_index_pick_among(choice->index, choice->shape_id, &choice->draw, choice->count,
                                choice->nodes, &kept);
    return places_equal(among, &kept, expected, &hidden)
               ? NULL
               : "the index picks otherwise among listed nodes";
}

static const char *cursor_check(Choice *choice)
{
    const GpFleet *fleet = &choice->random->fleet;
    int32_t candidates = 1 + number_below(choice->source, fleet->node_count + 2);
    int32_t first = number_below(choice->source, fleet->node_count);
    int32_t found = 0;
    choice->count = 0;
    while (choice->count < fleet->node_count && found < candidates) {
        int32_t node = (first + choice->count) % fleet->node_count;
        found += gp_failing(fleet, node, choice->shape, choice->policy->sees) == 0;
        choice->nodes[choice->count++] = node;
    }
    int32_t cursor = first;
    int32_t index_cursor = first;
    GpPlacement rotated = {.size = sizeof rotated};
    GpPlacement kept = {.size = sizeof kept};
    GpPlacement hidden = {.size = sizeof hidden};
    GpStatus expected = scan_listed(choice, &hidden);
    GpStatus status = gp_pick_from(fleet, choice->policy, &choice->random->constants, choice->shape,
                                   &choice->draw, candidates, &cursor, &rotated);
    if (cursor != (first + choice->count) % fleet->node_count) {
        return "the cursor is not behind the last node looked at";
    }
    if (!places_equal(status, &rotated, expected, &hidden)) {
        return "a pick from a cursor is not the scan's over the nodes it looked at";
    }
    status = gp_index_pick_from(choice->index, choice->shape_id, &choice->draw, candidates,
                                &index_cursor, &kept);
    return places_equal(status, &kept, expected, &hidden) && index_cursor == cursor
               ? NULL
               : "the index picks otherwise from a cursor";
}

/* A node whose other devices are out holds the shape exactly if these devices do. */
static bool holds_alone(Choice *choice, const GpPlacement *placement)
{
    GpFleet *fleet = &choice->random->fleet;
    int32_t first = fleet->device_begin[placement->node];
    int32_t count = fleet->device_begin[placement->node + 1] - first;
    uint8_t health[GP_DEVICES_MAX];
    memcpy(health, fleet->device_health + first, (size_t)count);
    for (int32_t device = 0; device < count; device++) {
        if ((placement->device_mask >> device & 1) == 0) {
            fleet->device_health[first + device] = 0;
        }
    }
    bool fits = gp_fits(fleet, placement->node, choice->shape, choice->policy->sees);
    memcpy(fleet->device_health + first, health, (size_t)count);
    return fits;
}

static const char *place_check(Choice *choice)
{
    const GpFleet *fleet = &choice->random->fleet;
    const GpShape *shape = choice->shape;
    int32_t node = number_below(choice->source, fleet->node_count);
    const GpNodeType *type = &fleet->types[fleet->node_type[node]];
    GpPlacement place = {.size = sizeof place, .node = node, .mig_start = -1};
    int32_t missing = type->device_count < shape->device_count ? 0 : shape->device_count;
    while (missing > 0) {
        uint32_t bit = 1u << number_below(choice->source, type->device_count);
        missing -= (place.device_mask & bit) == 0;
        place.device_mask |= bit;
    }
    bool expected =
        __builtin_popcount(place.device_mask) == shape->device_count && holds_alone(choice, &place);
    if (shape->mig_profile != GP_MIG_PROFILE_NONE) {
        place.mig_start = number_below(choice->source, 10) - 1;
        int32_t device = fleet->device_begin[node] + __builtin_ctz(place.device_mask | 1u << 31);
        uint32_t starts = expected ? gp_mig_free_starts(type->mig_geometry, shape->mig_profile,
                                                        fleet->device_mig[device])
                                   : 0;
        expected = place.mig_start >= 0 && (starts >> place.mig_start & 1) != 0;
    }
    if (gp_holds(fleet, shape, &place, choice->policy->sees) != expected) {
        return "an exact place is judged otherwise than a node that has only those devices";
    }
    place.node = fleet->node_count;
    return gp_holds(fleet, shape, &place, choice->policy->sees) ? "a node beyond the fleet" : NULL;
}

/* Fills one node task by task and empties it again; returns how many it took. */
static int32_t node_fill(Choice *choice, int32_t node)
{
    GpFleet *fleet = &choice->random->fleet;
    GpPlacement placed[ROOM_MOST];
    int32_t count = 0;
    while (count < ROOM_MOST && gp_fits(fleet, node, choice->shape, choice->policy->sees)) {
        placed[count].size = sizeof(GpPlacement);
        if (gp_choose_devices(fleet, choice->policy, &choice->random->constants, node,
                              choice->shape, choice->draw.device, &placed[count]) != GP_OK) {
            break;
        }
        gp_place(fleet, choice->shape, &placed[count++]);
    }
    for (int32_t i = count; i > 0; i--) {
        gp_release(fleet, choice->shape, &placed[i - 1]);
    }
    return count;
}

static const char *room_check(Choice *choice)
{
    const GpFleet *fleet = &choice->random->fleet;
    const GpShape *shape = choice->shape;
    uint32_t sees = choice->policy->sees;
    int32_t node = number_below(choice->source, fleet->node_count);
    int32_t filled = node_fill(choice, node);
    int32_t room = gp_room(fleet, node, shape, sees, ROOM_MOST);
    bool is_share = shape->device_count > 1 && shape->device_milli < GP_DEVICE_MILLI;
    bool is_exact = shape->mig_profile == GP_MIG_PROFILE_NONE && !is_share;
    if ((room > 0) != (filled > 0) || (is_exact && room != filled) || (is_share && room < filled)) {
        return "a node holds another number of tasks than its room says";
    }
    if (gp_room(fleet, node, shape, sees, 1) != (filled > 0) ||
        gp_room(fleet, node, shape, sees, 0) != 0) {
        return "a room is not counted up to the limit";
    }
    return NULL;
}

const char *choice_exercise(RandomFleet *random, const GpPolicy *policy, GpIndex *index,
                            NumberSource source)
{
    Choice choice = {.random = random, .policy = policy, .index = index, .source = source};
    if (random->fleet.node_count > NODES_MOST) {
        return "the exercise is for smaller fleets";
    }
    choice.shape_id = number_below(source, random->shape_count);
    choice.shape = &random->shapes[choice.shape_id];
    choice.draw.node = source.next(source.self);
    choice.draw.device = source.next(source.self);
    switch (number_below(source, 4)) {
    case 0:
        return among_check(&choice);
    case 1:
        return cursor_check(&choice);
    case 2:
        return place_check(&choice);
    default:
        return room_check(&choice);
    }
}

const char *domains_exercise(NumberSource source)
{
    enum { DOMAINS_MOST = 12 };
    int32_t rooms[DOMAINS_MOST];
    int32_t counts[DOMAINS_MOST];
    int32_t domain_count = number_below(source, DOMAINS_MOST + 1);
    int32_t rule = number_below(source, GP_DOMAINS_TIGHTEST + 1);
    int32_t tasks = 1 + number_below(source, 30);
    int32_t sum = 0;
    int32_t largest = 0;
    for (int32_t i = 0; i < domain_count; i++) {
        rooms[i] = number_below(source, 9);
        sum += rooms[i];
        largest = rooms[i] > largest ? rooms[i] : largest;
    }
    GpStatus status = gp_domains_fill(rule, domain_count, rooms, tasks, counts);
    int32_t placed = 0;
    int32_t domains_used = 0;
    for (int32_t i = 0; i < domain_count; i++) {
        if (counts[i] < 0 || counts[i] > rooms[i]) {
            return "a domain gets more tasks than it has room for";
        }
        placed += counts[i];
        domains_used += counts[i] > 0;
    }
    if ((status == GP_OK) != ((rule == GP_DOMAINS_TIGHTEST ? largest : sum) >= tasks)) {
        return "a gang is refused that fits, or taken that does not";
    }
    if (placed != (status == GP_OK ? tasks : 0)) {
        return "a gang is spread in part";
    }
    return status == GP_OK && largest >= tasks && domains_used > 1
               ? "a gang is split though one domain holds it"
               : NULL;
}
