/* test_places.c - which nodes and devices a shape may have: groups, NUMA parts, card memory alone,
 * exact places, rooms, picks among some nodes, and gangs over domains. */
#include "tests/hand_fleet.h"
#include "tests/suite.h"

const char *const SUITE = "places";

#define BIT(dimension) (1u << (dimension))

/* A task that holds these devices of a node whole. */
static GpPlacement hold(HandFleet *hand, int32_t node, uint32_t devices)
{
    GpShape shape = hand_shape(__builtin_popcount(devices), 1000, 0, 0, 0, 0);
    GpPlacement placement = {
        .size = sizeof placement, .node = node, .device_mask = devices, .mig_start = -1};
    gp_place(&hand->fleet, &shape, &placement);
    return placement;
}

static uint32_t failing(const HandFleet *hand, int32_t node, const GpShape *shape)
{
    return gp_failing(&hand->fleet, node, shape, GP_SEES_ALL);
}

/* The devices that first fit takes on node 0. */
static uint32_t devices_taken(const HandFleet *hand, const GpShape *shape, int32_t rule)
{
    GpPolicy policy;
    gp_policy_init(&policy);
    policy.device_rule = rule;
    GpPlacement placement = {.size = sizeof placement};
    GpStatus status =
        gp_choose_devices(&hand->fleet, &policy, &hand->constants, 0, shape, 77, &placement);
    return status == GP_OK ? placement.device_mask : 0;
}

/* ---- groups ---- */

/* Goal: only nodes of a named group are used, by tasks with and without GPUs, and the dimension is
 * topology. Method: nodes 0 and 1 alike but for their groups, 3 and the last possible one. */
static void groups_keep_a_shape_off(void)
{
    HandFleet hand;
    uint8_t scratch[HAND_NODES];
    CU_ASSERT_EQUAL_FATAL(hand_fleet(&hand, 2, 4, 0, 8000, 0), GP_OK);
    GpNodeType types[2] = {hand.type, hand.type};
    types[0].group = 3;
    types[1].group = GP_GROUPS_MAX - 1;
    hand.fleet.types = types;
    hand.fleet.type_count = 2;
    hand.node_type[1] = 1;
    CU_ASSERT_EQUAL(gp_fleet_check(&hand.fleet, scratch), GP_OK);
    GpShape shapes[2] = {hand_shape(4, 1000, 0, 0, 0, 0), hand_shape(0, 0, 0, 0, 1000, 0)};
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL(failing(&hand, 0, &shapes[i]), 0);
        shapes[i].group_set = (uint64_t)1 << (GP_GROUPS_MAX - 1);
        CU_ASSERT_EQUAL(failing(&hand, 0, &shapes[i]), BIT(GP_DIMENSION_TOPOLOGY));
        CU_ASSERT_EQUAL(failing(&hand, 1, &shapes[i]), 0);
        shapes[i].group_set = 1u << 3 | 1u << 5;
        CU_ASSERT_EQUAL(failing(&hand, 0, &shapes[i]), 0);
        CU_ASSERT_EQUAL(failing(&hand, 1, &shapes[i]), BIT(GP_DIMENSION_TOPOLOGY));
    }
    hold(&hand, 0, 1);
    GpVerdict verdict = {.size = sizeof verdict};
    gp_explain(&hand.fleet, &shapes[0], GP_SEES_ALL, &verdict);
    CU_ASSERT_EQUAL(verdict.feasible, 0);
    CU_ASSERT_EQUAL(verdict.alone[GP_DIMENSION_GPU], 1);
    CU_ASSERT_EQUAL(verdict.alone[GP_DIMENSION_TOPOLOGY], 1);
    CU_ASSERT_EQUAL(verdict.binding, GP_DIMENSION_GPU); /* the first in order */
    types[0].group = GP_GROUPS_MAX;
    CU_ASSERT_EQUAL(gp_fleet_check(&hand.fleet, scratch), GP_BAD_ARGUMENT);
    types[0].group = -1;
    CU_ASSERT_EQUAL(gp_fleet_check(&hand.fleet, scratch), GP_BAD_ARGUMENT);
}

/* ---- NUMA ---- */

/* Goal: devices of one part; the part with fewest open ones that holds the shape; topology where
 * only the parts stand in the way. Method: 8 devices in 2 parts of 4. */
static void devices_of_one_numa_part(void)
{
    HandFleet hand;
    CU_ASSERT_EQUAL_FATAL(hand_fleet(&hand, 1, 8, 0, 8000, 0), GP_OK);
    hand.type.numa_count = 2;
    GpShape two = hand_shape(2, 1000, 0, 0, 0, 0);
    GpShape three = hand_shape(3, 1000, 0, 0, 0, 0);
    GpShape five = hand_shape(5, 1000, 0, 0, 0, 0);
    two.numa = three.numa = five.numa = 1;
    CU_ASSERT_EQUAL(failing(&hand, 0, &five), BIT(GP_DIMENSION_TOPOLOGY));
    GpPlacement held = hold(&hand, 0, 0x30); /* part 1 has 6 and 7 left */
    CU_ASSERT_EQUAL(devices_taken(&hand, &two, GP_DEVICE_TIGHTEST), 0xc0);
    CU_ASSERT_EQUAL(devices_taken(&hand, &three, GP_DEVICE_TIGHTEST), 0x07);
    GpShape pair = hand_shape(2, 1000, 0, 0, 0, 0);
    CU_ASSERT_EQUAL(devices_taken(&hand, &pair, GP_DEVICE_TIGHTEST), 0x03);
    hold(&hand, 0, 0x05); /* 2 left in each part */
    CU_ASSERT_EQUAL(failing(&hand, 0, &three), BIT(GP_DIMENSION_TOPOLOGY));
    CU_ASSERT_EQUAL(failing(&hand, 0, &five), BIT(GP_DIMENSION_GPU));
    held.device_mask = 0x41; /* of both parts, wherever there is room */
    CU_ASSERT_FALSE(gp_holds(&hand.fleet, &two, &held, GP_SEES_ALL));
    held.device_mask = 0x42;
    CU_ASSERT_FALSE(gp_holds(&hand.fleet, &two, &held, GP_SEES_ALL));
    CU_ASSERT_TRUE(gp_holds(&hand.fleet, &pair, &held, GP_SEES_ALL));
    held.device_mask = 0xc0;
    CU_ASSERT_TRUE(gp_holds(&hand.fleet, &two, &held, GP_SEES_ALL));
}

/* Goal: parts are equal and the last takes the rest; more parts than devices are as many as there
 * are devices. Method: 4 devices of one part only fit the last of 8 devices in 3 parts (2, 2, 4);
 * 2 devices in 5 parts are 1 and 1. */
static void uneven_numa_parts(void)
{
    HandFleet hand;
    uint8_t scratch[HAND_NODES];
    CU_ASSERT_EQUAL_FATAL(hand_fleet(&hand, 1, 8, 0, 8000, 0), GP_OK);
    GpShape four = hand_shape(4, 1000, 0, 0, 0, 0);
    four.numa = 1;
    hand.type.numa_count = 3;
    CU_ASSERT_EQUAL(devices_taken(&hand, &four, GP_DEVICE_TIGHTEST), 0xf0);
    hand.type.numa_count = 0;
    CU_ASSERT_EQUAL(devices_taken(&hand, &four, GP_DEVICE_TIGHTEST), 0x0f);
    CU_ASSERT_EQUAL_FATAL(hand_fleet(&hand, 1, 2, 0, 8000, 0), GP_OK);
    hand.type.numa_count = 5;
    GpShape shape = hand_shape(2, 1000, 0, 0, 0, 0);
    shape.numa = 1;
    CU_ASSERT_EQUAL(failing(&hand, 0, &shape), BIT(GP_DIMENSION_TOPOLOGY));
    shape.device_count = 1;
    CU_ASSERT_EQUAL(failing(&hand, 0, &shape), 0);
    CU_ASSERT_EQUAL(gp_fleet_check(&hand.fleet, scratch), GP_OK);
    hand.type.numa_count = GP_DEVICES_MAX + 1;
    CU_ASSERT_EQUAL(gp_fleet_check(&hand.fleet, scratch), GP_BAD_ARGUMENT);
    hand.type.numa_count = -1;
    CU_ASSERT_EQUAL(gp_fleet_check(&hand.fleet, scratch), GP_BAD_ARGUMENT);
}

/* Goal: shares of several devices keep to one part under every device rule; a share of one device
 * goes where the rule says. Method: 4 devices in 2 parts; device 0 has 300 left, device 2 has 600:
 * two shares of 400 are open on 1, 2, 3, so part 1 is the one that holds them. */
static void shares_of_one_numa_part(void)
{
    HandFleet hand;
    CU_ASSERT_EQUAL_FATAL(hand_fleet(&hand, 1, 4, 0, 8000, 0), GP_OK);
    hand.type.numa_count = 2;
    GpShape most = hand_shape(1, 700, 0, 0, 0, 0);
    GpShape some = hand_shape(1, 400, 0, 0, 0, 0);
    GpPlacement place = {.size = sizeof place, .node = 0, .device_mask = 1u << 0, .mig_start = -1};
    gp_place(&hand.fleet, &most, &place);
    place.device_mask = 1u << 2;
    gp_place(&hand.fleet, &some, &place);
    GpShape shares = hand_shape(2, 400, 0, 0, 0, 0);
    shares.numa = 1;
    for (int32_t rule = GP_DEVICE_TIGHTEST; rule <= GP_DEVICE_HAMI_SPREAD; rule++) {
        CU_ASSERT_EQUAL(devices_taken(&hand, &shares, rule), 0x0c);
    }
    shares.numa = 0;
    CU_ASSERT_EQUAL(devices_taken(&hand, &shares, GP_DEVICE_TIGHTEST), 0x06);
    some.numa = 1;
    CU_ASSERT_EQUAL(devices_taken(&hand, &some, GP_DEVICE_TIGHTEST), 0x04);
    CU_ASSERT_EQUAL(devices_taken(&hand, &some, GP_DEVICE_FIRST), 0x02);
}

/* ---- memory alone ---- */

/* HAMI-4: one card of 16 GiB; J1 4 GiB and 25 cores, J2 4 GiB and 100 cores, J3 4 GiB and 0 cores.
 * Goal: J2 waits although memory fits, J3 starts beside J1; also when J3 is left alone on the card,
 * whose compute is then all free. */
static void zero_cores_as_in_hami(void)
{
    HandFleet hand;
    CU_ASSERT_EQUAL_FATAL(hand_fleet(&hand, 1, 1, 16384, 8000, 0), GP_OK);
    GpPolicy policy;
    gp_policy_init(&policy);
    GpShape j1 = hand_shape(1, 250, 4096, 0, 0, 0);
    GpShape j2 = hand_shape(1, 1000, 4096, 0, 0, 0);
    GpShape j3 = hand_shape(1, 0, 4096, 0, 0, 0);
    GpPlacement one;
    GpPlacement three;
    CU_ASSERT_EQUAL(hand_place(&hand, &policy, &j1, &one), 0);
    CU_ASSERT_EQUAL(failing(&hand, 0, &j2), BIT(GP_DIMENSION_GPU));
    CU_ASSERT_EQUAL(hand_place(&hand, &policy, &j3, &three), 0);
    CU_ASSERT_EQUAL(hand.tasks[0], 2);
    CU_ASSERT_EQUAL(hand.milli[0], 750);
    CU_ASSERT_EQUAL(hand.mib[0], 8192);
    gp_release(&hand.fleet, &j1, &one);
    CU_ASSERT_EQUAL(hand.milli[0], 1000);
    CU_ASSERT_EQUAL(failing(&hand, 0, &j2), BIT(GP_DIMENSION_GPU));
    GpShape instance = hand_shape(1, 0, 0, GP_MIG_PROFILE_1G, 0, 0);
    CU_ASSERT_EQUAL(failing(&hand, 0, &instance), BIT(GP_DIMENSION_MIG));
    gp_release(&hand.fleet, &j3, &three);
    CU_ASSERT_EQUAL(failing(&hand, 0, &j2), 0);
}

/* Goal: memory alone is refused where all compute is taken, where memory or places are short, and
 * where it is not stated at all. Method: a card of 16 GiB with 10 places. */
static void zero_cores_are_refused(void)
{
    HandFleet hand;
    CU_ASSERT_EQUAL_FATAL(hand_fleet(&hand, 1, 1, 16384, 8000, 0), GP_OK);
    GpShape memory = hand_shape(1, 0, 1024, 0, 0, 0);
    GpShape most = hand_shape(1, 0, 16384 - 9 * 1024 + 1, 0, 0, 0);
    GpPlacement place = hold(&hand, 0, 1);
    CU_ASSERT_EQUAL(failing(&hand, 0, &memory), BIT(GP_DIMENSION_GPU));
    CU_ASSERT_FALSE(gp_holds(&hand.fleet, &memory, &place, GP_SEES_ALL));
    GpShape whole = hand_shape(1, 1000, 0, 0, 0, 0);
    gp_release(&hand.fleet, &whole, &place);
    CU_ASSERT_EQUAL(gp_room(&hand.fleet, 0, &memory, GP_SEES_ALL, 100), 10);
    for (int i = 0; i < 9; i++) {
        gp_place(&hand.fleet, &memory, &place);
    }
    CU_ASSERT_EQUAL(failing(&hand, 0, &most), BIT(GP_DIMENSION_GPU_MEMORY));
    CU_ASSERT_EQUAL(failing(&hand, 0, &memory), 0);
    gp_place(&hand.fleet, &memory, &place);
    CU_ASSERT_EQUAL(failing(&hand, 0, &memory), BIT(GP_DIMENSION_GPU));
    GpShape nothing = {.size = sizeof nothing, .kind = -1, .device_count = 1};
    CU_ASSERT_EQUAL(gp_shape_finish(&nothing), GP_BAD_ARGUMENT);
    nothing.device_milli = -1;
    nothing.device_memory_mib = 1024;
    CU_ASSERT_EQUAL(gp_shape_finish(&nothing), GP_BAD_ARGUMENT);
}

/* Goal: no term divides by the compute that was not asked for. Method: a memory-only task that is
 * also a typical task, on an empty node, a used one, one that lacks all other lanes; a score at a
 * term's bounds (32,768 points) would be an infinity or no number. */
static void every_term_scores_memory_alone(void)
{
    HandFleet hand;
    int32_t thresholds[2];
    GpTypical typical[2] = {{.size = sizeof(GpTypical), .weight = 0.5},
                            {.size = sizeof(GpTypical), .weight = 0.5}};
    GpShape memory = hand_shape(1, 0, 4096, 0, 0, 0);
    typical[0].shape = memory;
    typical[1].shape = hand_shape(1, 1000, 0, 0, 0, 0);
    for (int32_t code = 0; code < gp_term_count(); code++) {
        CU_ASSERT_EQUAL_FATAL(hand_fleet(&hand, 2, 2, 16384, 0, 0), GP_OK);
        hand.constants.typical = typical;
        hand.constants.thresholds = thresholds;
        hand.constants.typical_count = 2;
        CU_ASSERT_EQUAL_FATAL(gp_constants_finish(&hand.constants, &hand.fleet), GP_OK);
        GpPolicy policy;
        gp_policy_init(&policy);
        CU_ASSERT_EQUAL_FATAL(gp_policy_add(&policy, gp_term_at(code), 1, NULL), GP_OK);
        GpPlacement placement;
        CU_ASSERT(hand_place(&hand, &policy, &memory, &placement) >= 0);
        for (int32_t node = 0; node < 2; node++) {
            int64_t score =
                gp_score(&hand.fleet, &policy, &hand.constants, node, &memory) / GP_SCORE_ONE;
            CU_ASSERT(score > -32768 && score < 32768);
        }
    }
}

/* Goal: a card held for its memory is fragmented for whole-card tasks. Method: one card, typical
 * tasks half memory alone, half a whole card: F goes from 0 to half of what is idle, of which the
 * last milli-GPU is no whole card's. */
static void memory_alone_takes_a_whole_card(void)
{
    HandFleet hand;
    int32_t thresholds[2];
    GpTypical typical[2] = {{.size = sizeof(GpTypical), .weight = 0.5},
                            {.size = sizeof(GpTypical), .weight = 0.5}};
    GpShape memory = hand_shape(1, 0, 4096, 0, 0, 0);
    typical[0].shape = memory;
    typical[1].shape = hand_shape(1, 1000, 0, 0, 0, 0);
    CU_ASSERT_EQUAL_FATAL(hand_fleet(&hand, 1, 1, 16384, 8000, 0), GP_OK);
    hand.constants.typical = typical;
    hand.constants.thresholds = thresholds;
    hand.constants.typical_count = 2;
    CU_ASSERT_EQUAL_FATAL(gp_constants_finish(&hand.constants, &hand.fleet), GP_OK);
    const GpTerm *fgd = gp_term_find("fgd");
    CU_ASSERT_EQUAL(gp_node_value(&hand.fleet, fgd, &hand.constants, 0), 0.0);
    GpPolicy policy;
    gp_policy_init(&policy);
    CU_ASSERT_EQUAL_FATAL(gp_policy_add(&policy, fgd, 1, NULL), GP_OK);
    /* 100 / (1 + exp(999 * 0.5 / 1000)) = 37.8 */
    CU_ASSERT_EQUAL(gp_score(&hand.fleet, &policy, &hand.constants, 0, &memory), 37 * GP_SCORE_ONE);
    GpPlacement placement;
    CU_ASSERT_EQUAL(hand_place(&hand, &policy, &memory, &placement), 0);
    CU_ASSERT_EQUAL(gp_node_value(&hand.fleet, fgd, &hand.constants, 0), 999 * 0.5);
}

/* Goal: what is idle in a group that a typical task will not do with is fragmented for it. Method:
 * two idle GPUs in group 1; the typical tasks, half each, take any group and group 0. */
static void typical_tasks_of_other_groups(void)
{
    HandFleet hand;
    int32_t thresholds[2];
    GpTypical typical[2] = {{.size = sizeof(GpTypical), .weight = 0.5},
                            {.size = sizeof(GpTypical), .weight = 0.5}};
    typical[0].shape = typical[1].shape = hand_shape(1, 1000, 0, 0, 0, 0);
    typical[1].shape.group_set = 1;
    CU_ASSERT_EQUAL_FATAL(hand_fleet(&hand, 1, 2, 0, 8000, 0), GP_OK);
    hand.type.group = 1;
    hand.constants.typical = typical;
    hand.constants.thresholds = thresholds;
    hand.constants.typical_count = 2;
    CU_ASSERT_EQUAL_FATAL(gp_constants_finish(&hand.constants, &hand.fleet), GP_OK);
    const GpTerm *fgd = gp_term_find("fgd");
    CU_ASSERT_EQUAL(gp_node_value(&hand.fleet, fgd, &hand.constants, 0), 2000 * 0.5);
    hand.type.group = 0;
    CU_ASSERT_EQUAL(gp_node_value(&hand.fleet, fgd, &hand.constants, 0), 0.0);
}

/* ---- exact places ---- */

/* Goal: a place is free exactly while its devices, slices and lanes are. Method: a task that was
 * suspended on devices 1 and 2; then each thing in its way, one at a time. */
static void an_exact_place(void)
{
    HandFleet hand;
    CU_ASSERT_EQUAL_FATAL(hand_fleet(&hand, 2, 4, 16384, 8000, 0), GP_OK);
    GpShape shape = hand_shape(2, 1000, 8192, 0, 4000, 0);
    GpPlacement place = {.size = sizeof place, .node = 1, .device_mask = 6, .mig_start = -1};
    CU_ASSERT_TRUE(gp_holds(&hand.fleet, &shape, &place, GP_SEES_ALL));
    GpShape whole = hand_shape(1, 1000, 0, 0, 0, 0);
    GpPlacement other = hold(&hand, 1, 1u << 2);
    CU_ASSERT_FALSE(gp_holds(&hand.fleet, &shape, &place, GP_SEES_ALL));
    CU_ASSERT_TRUE(gp_fits(&hand.fleet, 1, &shape, GP_SEES_ALL)); /* elsewhere on the node */
    gp_release(&hand.fleet, &whole, &other);
    hand.health[4 + 1] = 0;
    CU_ASSERT_FALSE(gp_holds(&hand.fleet, &shape, &place, GP_SEES_ALL));
    hand.health[4 + 1] = 1;
    hand.present[1] = 0;
    CU_ASSERT_FALSE(gp_holds(&hand.fleet, &shape, &place, GP_SEES_ALL));
    hand.present[1] = 1;
    hand.free[1][GP_AXIS_CPU] = 3999;
    CU_ASSERT_FALSE(gp_holds(&hand.fleet, &shape, &place, GP_SEES_ALL));
    CU_ASSERT_TRUE(gp_holds(&hand.fleet, &shape, &place, GP_SEES_ALL & ~(1u << GP_AXIS_CPU)));
    hand.free[1][GP_AXIS_CPU] = 8000;
    CU_ASSERT_TRUE(gp_holds(&hand.fleet, &shape, &place, GP_SEES_ALL));
    place.device_mask = 7; /* one device too many, then one that the node has not, then a start */
    CU_ASSERT_FALSE(gp_holds(&hand.fleet, &shape, &place, GP_SEES_ALL));
    place.node = 0;
    place.device_mask = 0x12; /* node 1's first device is free, but not node 0's */
    CU_ASSERT_FALSE(gp_holds(&hand.fleet, &shape, &place, GP_SEES_ALL));
    place.node = 1;
    place.device_mask = 6;
    place.mig_start = 0;
    CU_ASSERT_FALSE(gp_holds(&hand.fleet, &shape, &place, GP_SEES_ALL));
    GpShape cpu = hand_shape(0, 0, 0, 0, 1000, 0);
    place.mig_start = -1;
    CU_ASSERT_FALSE(gp_holds(&hand.fleet, &cpu, &place, GP_SEES_ALL));
    place.device_mask = 0;
    CU_ASSERT_TRUE(gp_holds(&hand.fleet, &cpu, &place, GP_SEES_ALL));
}

/* Goal: a MIG instance goes back to its own slices or not at all. Method: 2g at 2 of a card whose
 * slices 4 and 5 are taken, then 3; start 3 is not legal, start 4 not free. */
static void an_exact_mig_start(void)
{
    HandFleet hand;
    CU_ASSERT_EQUAL_FATAL(hand_fleet(&hand, 1, 1, 0, 8000, 0), GP_OK);
    GpShape two = hand_shape(1, 0, 0, GP_MIG_PROFILE_2G, 0, 0);
    GpShape one = hand_shape(1, 0, 0, GP_MIG_PROFILE_1G, 0, 0);
    GpPlacement place = {.size = sizeof place, .device_mask = 1, .mig_start = 4};
    gp_place(&hand.fleet, &two, &place);
    static const int free_at[] = {0, 2};
    for (int32_t start = -1; start < 10; start++) {
        place.mig_start = start;
        CU_ASSERT_EQUAL(gp_holds(&hand.fleet, &two, &place, GP_SEES_ALL) != 0,
                        start == free_at[0] || start == free_at[1]);
    }
    place.mig_start = 3;
    gp_place(&hand.fleet, &one, &place);
    place.mig_start = 2;
    CU_ASSERT_FALSE(gp_holds(&hand.fleet, &two, &place, GP_SEES_ALL));
}

/* ---- rooms ---- */

/* Goal: rooms as counted by hand. Method: 8 devices of 16 GiB, 10 places each, 2 NUMA parts, 64
 * cores. Whole pairs 4; shares of 300 milli 3 a device, 24; 7 GiB 2 a device, 16; CPU 64 / 5 = 12;
 * 1g 7 a card. */
static void rooms_by_hand(void)
{
    HandFleet hand;
    CU_ASSERT_EQUAL_FATAL(hand_fleet(&hand, 1, 8, 16384, 64000, 0), GP_OK);
    hand.type.numa_count = 2;
    GpShape pair = hand_shape(2, 1000, 0, 0, 0, 0);
    GpShape share = hand_shape(1, 300, 0, 0, 0, 0);
    GpShape share_memory = hand_shape(1, 300, 7168, 0, 0, 0);
    GpShape share_cpu = hand_shape(1, 300, 7168, 0, 5000, 0);
    GpShape slice = hand_shape(1, 0, 0, GP_MIG_PROFILE_1G, 0, 0);
    const GpFleet *fleet = &hand.fleet;
    CU_ASSERT_EQUAL(gp_room(fleet, 0, &pair, GP_SEES_ALL, 100), 4);
    CU_ASSERT_EQUAL(gp_room(fleet, 0, &pair, GP_SEES_ALL, 3), 3);
    CU_ASSERT_EQUAL(gp_room(fleet, 0, &pair, GP_SEES_ALL, 0), 0);
    CU_ASSERT_EQUAL(gp_room(fleet, 0, &share, GP_SEES_ALL, 100), 24);
    CU_ASSERT_EQUAL(gp_room(fleet, 0, &share_memory, GP_SEES_ALL, 100), 16);
    CU_ASSERT_EQUAL(gp_room(fleet, 0, &share_memory, 1u << GP_AXIS_CPU, 100), 24);
    CU_ASSERT_EQUAL(gp_room(fleet, 0, &share_cpu, GP_SEES_ALL, 100), 12);
    CU_ASSERT_EQUAL(gp_room(fleet, 0, &slice, GP_SEES_ALL, 100), 56);
    hold(&hand, 0, 0x11); /* 3 left in each part */
    GpRoom room = {.size = sizeof room};
    gp_room_of(fleet, 0, &pair, GP_SEES_ALL, &room);
    CU_ASSERT_EQUAL(room.all, 3);
    CU_ASSERT_EQUAL(room.tasks[GP_DIMENSION_GPU], 3);
    CU_ASSERT_EQUAL(room.tasks[GP_DIMENSION_TOPOLOGY], GP_ROOM_UNLIMITED);
    pair.numa = 1;
    gp_room_of(fleet, 0, &pair, GP_SEES_ALL, &room);
    CU_ASSERT_EQUAL(room.all, 2);
    CU_ASSERT_EQUAL(room.tasks[GP_DIMENSION_GPU], 3);
    CU_ASSERT_EQUAL(room.tasks[GP_DIMENSION_TOPOLOGY], 2);
    pair.group_set = 2;
    CU_ASSERT_EQUAL(gp_room(fleet, 0, &pair, GP_SEES_ALL, 100), 0);
}

/* ---- picks among some ---- */

/* The table of kube-scheduler's cut-off, and its edges: 109 nodes would be content with 54. */
static void kube_candidates(void)
{
    static const int32_t table[][2] = {{1, 1},      {99, 99},    {100, 100},
                                       {109, 100},  {500, 230},  {1000, 420},
                                       {5000, 500}, {6000, 300}, {100000, 5000}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        CU_ASSERT_EQUAL(gp_kube_candidates(table[i][0]), table[i][1]);
    }
}

/* Goal: the search goes on where it stopped, and ties go to the lowest rank among those looked at.
 * Method: 4 equal nodes ranked 3, 2, 1, 0, first fit: with one candidate the nodes take turns, with
 * two the second of each pair wins; node 1 is full and is passed over. */
static void a_rotating_cut_off(void)
{
    HandFleet hand;
    CU_ASSERT_EQUAL_FATAL(hand_fleet(&hand, 4, 1, 0, 8000, 0), GP_OK);
    for (int32_t node = 0; node < 4; node++) {
        hand.node_rank[node] = 3 - node;
    }
    GpPolicy policy;
    gp_policy_init(&policy);
    GpShape shape = hand_shape(1, 100, 0, 0, 0, 0);
    GpPlacement place = {.size = sizeof place};
    int32_t cursor = 3;
    static const int32_t by_one[] = {3, 0, 1, 2, 3};
    for (int i = 0; i < 5; i++) {
        CU_ASSERT_EQUAL(
            gp_pick_from(&hand.fleet, &policy, &hand.constants, &shape, NULL, 1, &cursor, &place),
            GP_OK);
        CU_ASSERT_EQUAL(place.node, by_one[i]);
    }
    CU_ASSERT_EQUAL(cursor, 0);
    hold(&hand, 1, 1);
    static const int32_t by_two[] = {2, 3, 3, 2}; /* looks at 0 1 2, 3 0, 1 2 3, 0 1 2 */
    static const int32_t behind[] = {3, 1, 0, 3};
    for (int i = 0; i < 4; i++) {
        CU_ASSERT_EQUAL(
            gp_pick_from(&hand.fleet, &policy, &hand.constants, &shape, NULL, 2, &cursor, &place),
            GP_OK);
        CU_ASSERT_EQUAL(place.node, by_two[i]);
        CU_ASSERT_EQUAL(cursor, behind[i]);
    }
    GpShape large = hand_shape(2, 1000, 0, 0, 0, 0);
    CU_ASSERT_EQUAL(
        gp_pick_from(&hand.fleet, &policy, &hand.constants, &large, NULL, 2, &cursor, &place),
        GP_NO_FIT);
    CU_ASSERT_EQUAL(cursor, 3);
    CU_ASSERT_EQUAL(
        gp_pick_from(&hand.fleet, &policy, &hand.constants, &shape, NULL, 0, &cursor, &place),
        GP_BAD_ARGUMENT);
    cursor = 4;
    CU_ASSERT_EQUAL(
        gp_pick_from(&hand.fleet, &policy, &hand.constants, &shape, NULL, 1, &cursor, &place),
        GP_BAD_ARGUMENT);
}

/* Goal: the best of the listed nodes, no other, and second steps look at these alone. Method: three
 * nodes with 1, 3 and 4 of 4 GPUs idle. KAI's binpack prefers the fullest; the fullest of nodes 2
 * and 1 is 1. */
static void a_pick_among_listed_nodes(void)
{
    HandFleet hand;
    CU_ASSERT_EQUAL_FATAL(hand_fleet(&hand, 3, 4, 0, 8000, 0), GP_OK);
    hold(&hand, 0, 7);
    hold(&hand, 1, 1);
    GpPolicy policy;
    gp_policy_init(&policy);
    gp_policy_add(&policy, gp_term_find("kai-binpack"), 1, NULL);
    GpShape shape = hand_shape(1, 1000, 0, 0, 0, 0);
    GpPlacement place = {.size = sizeof place};
    static const int32_t all[] = {2, 1, 0};
    CU_ASSERT_EQUAL(
        gp_pick_among(&hand.fleet, &policy, &hand.constants, &shape, NULL, 3, all, &place), GP_OK);
    CU_ASSERT_EQUAL(place.node, 0);
    CU_ASSERT_EQUAL(
        gp_pick_among(&hand.fleet, &policy, &hand.constants, &shape, NULL, 2, all, &place), GP_OK);
    CU_ASSERT_EQUAL(place.node, 1);
    CU_ASSERT_EQUAL(
        gp_pick_among(&hand.fleet, &policy, &hand.constants, &shape, NULL, 0, NULL, &place),
        GP_NO_FIT);
    static const int32_t beyond[] = {0, 3};
    CU_ASSERT_EQUAL(
        gp_pick_among(&hand.fleet, &policy, &hand.constants, &shape, NULL, 2, beyond, &place),
        GP_BAD_ARGUMENT);
    CU_ASSERT_EQUAL(
        gp_pick_among(&hand.fleet, &policy, &hand.constants, &shape, NULL, -1, all, &place),
        GP_BAD_ARGUMENT);
}

/* ---- domains ---- */

typedef struct Spread {
    int32_t rule;
    int32_t tasks;
    int32_t rooms[4];
    int32_t counts[4];
} Spread;

/* KUE-6: rooms 3, 3, 2, 1 and 7 pods: best fit 3, 3, 0, 1; least free capacity 3, 1, 2, 1. The
 * others by the same rules: one domain that holds all is taken, the tightest, lowest first; KAI
 * takes that or nothing. */
static void gangs_over_domains(void)
{
    static const Spread spreads[] = {
        {GP_DOMAINS_BEST_FIT, 7, {3, 3, 2, 1}, {3, 3, 0, 1}},
        {GP_DOMAINS_LEAST_FREE, 7, {3, 3, 2, 1}, {3, 1, 2, 1}},
        {GP_DOMAINS_BEST_FIT, 2, {3, 2, 9, 2}, {0, 2, 0, 0}},
        {GP_DOMAINS_LEAST_FREE, 2, {3, 2, 9, 2}, {0, 2, 0, 0}},
        {GP_DOMAINS_TIGHTEST, 3, {9, 4, 2, 4}, {0, 3, 0, 0}},
        {GP_DOMAINS_BEST_FIT, 8, {0, 5, 4, 4}, {0, 5, 3, 0}},
        {GP_DOMAINS_LEAST_FREE, 8, {0, 5, 4, 4}, {0, 0, 4, 4}},
        {GP_DOMAINS_BEST_FIT, 9, {3, 3, 2, 1}, {3, 3, 2, 1}},
        {GP_DOMAINS_LEAST_FREE, 9, {3, 3, 2, 1}, {3, 3, 2, 1}},
    };
    int32_t counts[4];
    for (size_t i = 0; i < sizeof spreads / sizeof spreads[0]; i++) {
        const Spread *spread = &spreads[i];
        CU_ASSERT_EQUAL(gp_domains_fill(spread->rule, 4, spread->rooms, spread->tasks, counts),
                        GP_OK);
        CU_ASSERT_EQUAL(memcmp(counts, spread->counts, sizeof counts), 0);
    }
    CU_ASSERT_EQUAL(gp_domains_fill(GP_DOMAINS_BEST_FIT, 4, spreads[0].rooms, 10, counts),
                    GP_NO_FIT);
    CU_ASSERT_EQUAL(counts[0] + counts[1] + counts[2] + counts[3], 0);
    CU_ASSERT_EQUAL(gp_domains_fill(GP_DOMAINS_TIGHTEST, 4, spreads[0].rooms, 4, counts),
                    GP_NO_FIT);
    CU_ASSERT_EQUAL(counts[0] + counts[1] + counts[2] + counts[3], 0);
    CU_ASSERT_EQUAL(gp_domains_fill(GP_DOMAINS_BEST_FIT, 0, NULL, 1, NULL), GP_NO_FIT);
    static const int32_t negative[] = {3, -1};
    CU_ASSERT_EQUAL(gp_domains_fill(GP_DOMAINS_BEST_FIT, 2, negative, 1, counts), GP_BAD_ARGUMENT);
    CU_ASSERT_EQUAL(gp_domains_fill(GP_DOMAINS_BEST_FIT, 4, spreads[0].rooms, 0, counts),
                    GP_BAD_ARGUMENT);
    CU_ASSERT_EQUAL(gp_domains_fill(3, 4, spreads[0].rooms, 1, counts), GP_BAD_ARGUMENT);
}

const TestCase CASES[] = {
    {"groups keep a shape off", groups_keep_a_shape_off},
    {"devices of one NUMA part", devices_of_one_numa_part},
    {"uneven NUMA parts", uneven_numa_parts},
    {"shares of one NUMA part", shares_of_one_numa_part},
    {"zero cores as in HAMi", zero_cores_as_in_hami},
    {"zero cores are refused", zero_cores_are_refused},
    {"every term scores memory alone", every_term_scores_memory_alone},
    {"memory alone takes a whole card", memory_alone_takes_a_whole_card},
    {"typical tasks of other groups", typical_tasks_of_other_groups},
    {"an exact place", an_exact_place},
    {"an exact MIG start", an_exact_mig_start},
    {"rooms by hand", rooms_by_hand},
    {"kube-scheduler's candidates", kube_candidates},
    {"a rotating cut-off", a_rotating_cut_off},
    {"a pick among listed nodes", a_pick_among_listed_nodes},
    {"gangs over domains", gangs_over_domains},
    {NULL, NULL},
};
