/* test_mig.c - MIG geometry against an enumeration from the published start tables. */
#include <stdbool.h>
#include <string.h>

#include "core/packing/mig_choice.h"
#include "tests/hand_view.h"
#include "tests/suite.h"

const char *const SUITE = "mig";

/* The table again, as NVIDIA's driver lists it, written apart from the code's: A100 and H100. */
typedef struct Placement {
    int profile;
    int start;
    int width;
    int compute;
} Placement;

static const Placement SEVEN[] = {
    {GP_MIG_PROFILE_1G, 0, 1, 1},        {GP_MIG_PROFILE_1G, 1, 1, 1},
    {GP_MIG_PROFILE_1G, 2, 1, 1},        {GP_MIG_PROFILE_1G, 3, 1, 1},
    {GP_MIG_PROFILE_1G, 4, 1, 1},        {GP_MIG_PROFILE_1G, 5, 1, 1},
    {GP_MIG_PROFILE_1G, 6, 1, 1},        {GP_MIG_PROFILE_2G, 0, 2, 2},
    {GP_MIG_PROFILE_2G, 2, 2, 2},        {GP_MIG_PROFILE_2G, 4, 2, 2},
    {GP_MIG_PROFILE_3G, 0, 4, 3},        {GP_MIG_PROFILE_3G, 4, 4, 3},
    {GP_MIG_PROFILE_4G, 0, 4, 4},        {GP_MIG_PROFILE_7G, 0, 8, 7},
    {GP_MIG_PROFILE_1G_DOUBLE, 0, 2, 1}, {GP_MIG_PROFILE_1G_DOUBLE, 2, 2, 1},
    {GP_MIG_PROFILE_1G_DOUBLE, 4, 2, 1}, {GP_MIG_PROFILE_1G_DOUBLE, 6, 2, 1},
};
#define SEVEN_COUNT 18
#define SEVEN_PLAIN 14 /* without the double-memory 1g */

static uint8_t slices_of(Placement placement)
{
    return (uint8_t)(((1u << placement.width) - 1u) << placement.start);
}

typedef struct Census {
    int states;
    int maximal;
    int most_compute;
    bool reached[256];
} Census;

/* Every set of placements that do not overlap, each once: sets are built in ascending order of
 * placement. */
static void enumerate(Census *census, int count, int first, uint8_t occupied, int compute)
{
    census->states++;
    census->reached[occupied] = true;
    census->most_compute = compute > census->most_compute ? compute : census->most_compute;
    bool can_grow = false;
    for (int i = 0; i < count; i++) {
        can_grow = can_grow || (occupied & slices_of(SEVEN[i])) == 0;
    }
    census->maximal += !can_grow;
    for (int i = first; i < count; i++) {
        if ((occupied & slices_of(SEVEN[i])) == 0) {
            enumerate(census, count, i + 1, (uint8_t)(occupied | slices_of(SEVEN[i])),
                      compute + SEVEN[i].compute);
        }
    }
}

/* Goal: the table is the published geometry. Method: count legal states and maximal states by
 * enumeration; both counts, with and without the double-memory profile, are known (298 and 19, 723
 * and 78). In none are more than the seven compute slices in use. */
static void test_census(void)
{
    Census plain = {0};
    enumerate(&plain, SEVEN_PLAIN, 0, 0, 0);
    CU_ASSERT_EQUAL(plain.states, 298);
    CU_ASSERT_EQUAL(plain.maximal, 19);
    CU_ASSERT_EQUAL(plain.most_compute, 7);
    Census all = {0};
    enumerate(&all, SEVEN_COUNT, 0, 0, 0);
    CU_ASSERT_EQUAL(all.states, 723);
    CU_ASSERT_EQUAL(all.maximal, 78);
    CU_ASSERT_EQUAL(all.most_compute, 7);
    int reached = 0;
    for (int byte = 0; byte < 256; byte++) {
        reached += all.reached[byte];
    }
    CU_ASSERT_EQUAL(reached, 192);
}

/* Goal: the kernel's free starts are those of the table, for every byte. Method: try each
 * placement. */
static void test_free_starts(void)
{
    int placements = 0;
    for (int profile = GP_MIG_PROFILE_1G; profile < GP_MIG_PROFILE_COUNT; profile++) {
        placements += __builtin_popcount(gp_mig_starts(GP_MIG_GEOMETRY_SEVEN, profile));
        for (int byte = 0; byte < 256; byte++) {
            uint32_t expected = 0;
            for (int i = 0; i < SEVEN_COUNT; i++) {
                if (SEVEN[i].profile == profile && (byte & slices_of(SEVEN[i])) == 0) {
                    expected |= 1u << SEVEN[i].start;
                }
            }
            CU_ASSERT_EQUAL(gp_mig_free_starts(GP_MIG_GEOMETRY_SEVEN, profile, (uint8_t)byte),
                            expected);
        }
    }
    CU_ASSERT_EQUAL(placements, SEVEN_COUNT);
    for (int i = 0; i < SEVEN_COUNT; i++) {
        CU_ASSERT_EQUAL(gp_mig_width(GP_MIG_GEOMETRY_SEVEN, SEVEN[i].profile), SEVEN[i].width);
    }
}

/* Goal: both metrics are what their definitions say, for every byte. Method: compute them from the
 * list above, without the double-memory profile. */
static void test_metrics_by_definition(void)
{
    int largest = 0;
    for (int byte = 0; byte < 256; byte++) {
        int capability = 0;
        int fragmentation = 0;
        int free = 8 - __builtin_popcount((unsigned)byte);
        for (int i = 0; i < SEVEN_PLAIN; i++) {
            bool blocked = (byte & slices_of(SEVEN[i])) != 0;
            capability += !blocked;
            fragmentation += blocked && SEVEN[i].width <= free ? SEVEN[i].width : 0;
        }
        CU_ASSERT_EQUAL(gp_mig_capability(GP_MIG_GEOMETRY_SEVEN, (uint8_t)byte), capability);
        CU_ASSERT_EQUAL(gp_mig_fragmentation(GP_MIG_GEOMETRY_SEVEN, (uint8_t)byte), fragmentation);
        largest = fragmentation > largest ? fragmentation : largest;
    }
    CU_ASSERT_EQUAL(gp_mig_fragmentation_max(GP_MIG_GEOMETRY_SEVEN), largest);
}

static void assert_first(Placement placement, int capability, int fragmentation)
{
    uint8_t byte = slices_of(placement);
    CU_ASSERT_EQUAL(gp_mig_capability(GP_MIG_GEOMETRY_SEVEN, byte), capability);
    CU_ASSERT_EQUAL(gp_mig_fragmentation(GP_MIG_GEOMETRY_SEVEN, byte), fragmentation);
}

/* Values worked out by hand for one instance on an empty card: capability, then fragmentation. */
static void test_metrics_of_one_instance(void)
{
    CU_ASSERT_EQUAL(gp_mig_capability(GP_MIG_GEOMETRY_SEVEN, 0), 14);
    CU_ASSERT_EQUAL(gp_mig_fragmentation(GP_MIG_GEOMETRY_SEVEN, 0), 0);
    for (int start = 0; start < 4; start++) {
        assert_first((Placement){.start = start, .width = 1}, 9, 11);
    }
    assert_first((Placement){.start = 4, .width = 1}, 10, 7);
    assert_first((Placement){.start = 5, .width = 1}, 10, 7);
    assert_first((Placement){.start = 6, .width = 1}, 11, 5);
    assert_first((Placement){.start = 0, .width = 2}, 8, 12);
    assert_first((Placement){.start = 2, .width = 2}, 8, 12);
    assert_first((Placement){.start = 4, .width = 2}, 9, 8);
    assert_first((Placement){.start = 0, .width = 4}, 5, 16);
    assert_first((Placement){.start = 4, .width = 4}, 8, 9);
    CU_ASSERT_EQUAL(gp_mig_capability(GP_MIG_GEOMETRY_SEVEN, 0xff), 0);
    CU_ASSERT_EQUAL(gp_mig_fragmentation(GP_MIG_GEOMETRY_SEVEN, 0xff), 0);
}

/* Four-slice cards (A30): 1g at 0..3, 2g at 0 and 2, 4g at 0: seven placements. Upper bits of the
 * byte mean nothing. With 1g at 0: 1g 1,2,3 and 2g at 2 stay: 4; blocked: 1g (1), 2g at 0 (2); 4g
 * is wider than the three free: 3. */
static void test_four_slices(void)
{
    CU_ASSERT_EQUAL(gp_mig_starts(GP_MIG_GEOMETRY_FOUR, GP_MIG_PROFILE_1G), 0x0f);
    CU_ASSERT_EQUAL(gp_mig_starts(GP_MIG_GEOMETRY_FOUR, GP_MIG_PROFILE_2G), 0x05);
    CU_ASSERT_EQUAL(gp_mig_starts(GP_MIG_GEOMETRY_FOUR, GP_MIG_PROFILE_4G), 0x01);
    CU_ASSERT_EQUAL(gp_mig_capability(GP_MIG_GEOMETRY_FOUR, 0), 7);
    CU_ASSERT_EQUAL(gp_mig_capability(GP_MIG_GEOMETRY_FOUR, 1), 4);
    CU_ASSERT_EQUAL(gp_mig_fragmentation(GP_MIG_GEOMETRY_FOUR, 1), 3);
    CU_ASSERT_EQUAL(gp_mig_capability(GP_MIG_GEOMETRY_FOUR, 0xf0), 7);
    CU_ASSERT_EQUAL(gp_mig_free_starts(GP_MIG_GEOMETRY_FOUR, GP_MIG_PROFILE_2G, 0x01), 0x04);
    CU_ASSERT_EQUAL(gp_mig_free_starts(GP_MIG_GEOMETRY_FOUR, GP_MIG_PROFILE_4G, 0xf0), 0x01);
    CU_ASSERT_EQUAL(gp_mig_free_starts(GP_MIG_GEOMETRY_FOUR, GP_MIG_PROFILE_3G, 0), 0);
    int largest = 0;
    for (int byte = 0; byte < 16; byte++) {
        int fragmentation = gp_mig_fragmentation(GP_MIG_GEOMETRY_FOUR, (uint8_t)byte);
        largest = fragmentation > largest ? fragmentation : largest;
    }
    CU_ASSERT_EQUAL(gp_mig_fragmentation_max(GP_MIG_GEOMETRY_FOUR), largest);
}

/* Goal: codes outside the tables are harmless. */
static void test_unknown_codes(void)
{
    CU_ASSERT_EQUAL(gp_mig_width(GP_MIG_GEOMETRY_NONE, GP_MIG_PROFILE_1G), 0);
    CU_ASSERT_EQUAL(gp_mig_width(GP_MIG_GEOMETRY_SEVEN, GP_MIG_PROFILE_NONE), 0);
    CU_ASSERT_EQUAL(gp_mig_width(GP_MIG_GEOMETRY_SEVEN, GP_MIG_PROFILE_COUNT), 0);
    CU_ASSERT_EQUAL(gp_mig_width(99, -1), 0);
    CU_ASSERT_EQUAL(gp_mig_starts(-1, GP_MIG_PROFILE_1G), 0);
    CU_ASSERT_EQUAL(gp_mig_free_starts(3, GP_MIG_PROFILE_1G, 0), 0);
    CU_ASSERT_EQUAL(gp_mig_capability(0, 0), 0);
    CU_ASSERT_EQUAL(gp_mig_fragmentation(-5, 0), 0);
    CU_ASSERT_EQUAL(gp_mig_fragmentation_max(0), 0);
    CU_ASSERT_EQUAL(gp_mig_slice_milli(GP_MIG_GEOMETRY_SEVEN), 125);
    CU_ASSERT_EQUAL(gp_mig_slice_milli(GP_MIG_GEOMETRY_FOUR), 250);
    CU_ASSERT_EQUAL(gp_mig_slice_milli(GP_MIG_GEOMETRY_NONE), 0);
}

static void ask_instance(HandNode *node, int profile)
{
    node->shape.mig_profile = profile;
    hand_task(node, 1, 0, 0, 0, 0);
}

/* Goal: the choice is the least costly place. Method: on an empty card both measures agree on 1g at
 * 6, 2g at 4 and 3g at 4 (values above): growth 5, 8, 9 and loss 14 - 11, 14 - 9, 14 - 8. */
static void test_choice_on_empty_card(void)
{
    static const int expected[][4] = {{GP_MIG_PROFILE_1G, 6, 5, 3},
                                      {GP_MIG_PROFILE_2G, 4, 8, 5},
                                      {GP_MIG_PROFILE_3G, 4, 9, 6},
                                      {GP_MIG_PROFILE_7G, 0, 0, 14}};
    for (int i = 0; i < 4; i++) {
        HandNode node;
        hand_node(&node, 1, 0, 0, 0);
        ask_instance(&node, expected[i][0]);
        GpMigChoice choice;
        gp_mig_choose(&node.view, GP_MIG_MEASURE_FRAGMENTATION, &choice);
        CU_ASSERT_EQUAL(choice.device, 0);
        CU_ASSERT_EQUAL(choice.start, expected[i][1]);
        CU_ASSERT_EQUAL(choice.cost, expected[i][2]);
        gp_mig_choose(&node.view, GP_MIG_MEASURE_CAPABILITY, &choice);
        CU_ASSERT_EQUAL(choice.start, expected[i][1]);
        CU_ASSERT_EQUAL(choice.cost, expected[i][3]);
        CU_ASSERT_EQUAL(hand_score(&node, "mig-fragmentation"), -expected[i][2] * GP_SCORE_ONE);
        CU_ASSERT_EQUAL(hand_score(&node, "mig-capability"), -expected[i][3] * GP_SCORE_ONE);
    }
}

/* Goal: among cards the cheaper one, then the fuller one, then the lowest-numbered. Method: 4g
 * needs slices 0..3. On an empty card it makes F 16; beside a 3g at 4 (F 9) it fills the card: F 0,
 * growth -9. */
static void test_choice_among_cards(void)
{
    HandNode node;
    hand_node(&node, 3, 0, 0, 0);
    ask_instance(&node, GP_MIG_PROFILE_4G);
    GpMigChoice choice;
    gp_mig_choose(&node.view, GP_MIG_MEASURE_FRAGMENTATION, &choice);
    CU_ASSERT_EQUAL(choice.device, 0);
    CU_ASSERT_EQUAL(choice.cost, 16);
    node.device_mig[1] = 0xf0;
    node.device_tasks[1] = 1;
    node.device_free_milli[1] = 500;
    gp_mig_choose(&node.view, GP_MIG_MEASURE_FRAGMENTATION, &choice);
    CU_ASSERT_EQUAL(choice.device, 1);
    CU_ASSERT_EQUAL(choice.cost, -9);
    node.device_mig[2] = 0xf0;
    node.device_tasks[2] = 1;
    node.device_free_milli[2] = 400;
    gp_mig_choose(&node.view, GP_MIG_MEASURE_FRAGMENTATION, &choice);
    CU_ASSERT_EQUAL(choice.device, 2);
    node.device_health[2] = 0;
    gp_mig_choose(&node.view, GP_MIG_MEASURE_FRAGMENTATION, &choice);
    CU_ASSERT_EQUAL(choice.device, 1);
}

/* A task that asks for no instance is nothing to these terms. */
static void test_other_shapes_score_nothing(void)
{
    HandNode node;
    hand_node(&node, 2, 0, 0, 0);
    hand_task(&node, 1, 500, 0, 0, 0);
    CU_ASSERT_EQUAL(hand_score(&node, "mig-fragmentation"), 0);
    CU_ASSERT_EQUAL(hand_score(&node, "mig-capability"), 0);
}

const TestCase CASES[] = {
    {"legal and maximal states", test_census},
    {"free starts for every byte", test_free_starts},
    {"metrics by their definitions", test_metrics_by_definition},
    {"metrics of one instance", test_metrics_of_one_instance},
    {"four-slice cards", test_four_slices},
    {"unknown codes", test_unknown_codes},
    {"choice on an empty card", test_choice_on_empty_card},
    {"choice among cards", test_choice_among_cards},
    {"other shapes", test_other_shapes_score_nothing},
    {NULL, NULL},
};
