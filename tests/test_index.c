/* test_index.c - the index answers as the scan does, on every term, lane, rule and disturbance. */
#include <stdio.h>
#include <stdlib.h>

#include "core/rng.h"
#include "tests/hand_fleet.h"
#include "tests/kernel_exercise.h"
#include "tests/suite.h"

const char *const SUITE = "index";

typedef struct Counter {
    DrawAddress address;
    uint32_t n;
} Counter;

static uint64_t counter_next(void *self)
{
    Counter *counter = self;
    return rng_u64(counter->address, counter->n++);
}

static void exercise_run(uint32_t round, const GpPolicy *fixed, int32_t nodes, int32_t shapes,
                         int32_t steps)
{
    Counter counter = {.address = {.seed = 7, .replication = round, .purpose = PURPOSE_TEST}};
    NumberSource source = {.next = counter_next, .self = &counter};
    RandomFleet random;
    GpPolicy drawn;
    CU_ASSERT_TRUE_FATAL(random_fleet_make(&random, source, nodes, shapes));
    random_policy(&drawn, source);
    const char *wrong = kernel_exercise(&random, fixed == NULL ? &drawn : fixed, source, steps);
    if (wrong != NULL) {
        printf("\n  round %u: %s\n", round, wrong);
    }
    CU_ASSERT_PTR_NULL(wrong);
    random_fleet_free(&random);
}

/* Goal: no policy, however composed, separates index from scan. Method: 300 random policies on
 * random fleets of 1 to 73 nodes over all seven lanes, with releases, derating, failures and
 * cordons in between. */
static void random_policies_agree(void)
{
    for (uint32_t round = 0; round < 300; round++) {
        exercise_run(round, NULL, 1 + (int32_t)(round % 73), 1 + (int32_t)(round % 29), 250);
    }
}

/* Goal: each term alone, since a list may hide a wrong one behind a heavier one. */
static void each_term_agrees(void)
{
    for (int32_t code = 0; code < gp_term_count(); code++) {
        GpPolicy policy;
        gp_policy_init(&policy);
        CU_ASSERT_EQUAL_FATAL(gp_policy_add(&policy, gp_term_at(code), 1, NULL), GP_OK);
        policy.device_rule = GP_DEVICE_TERM;
        for (uint32_t round = 0; round < 8; round++) {
            exercise_run(1000 + round, &policy, 40, 20, 250);
        }
    }
}

/* Goal: a shape that asks again after more changes than the log holds is rebuilt, not half-updated.
 * Method: many steps on few shapes and a fleet smaller than the log's 64 places. */
static void a_long_absence_is_survived(void)
{
    for (uint32_t round = 0; round < 6; round++) {
        exercise_run(2000 + round, NULL, 9, 40, 3000);
    }
}

/* Goal: sizes at the tree's block edges. Method: node counts around powers of the fan-out, one to
 * three levels. */
static void block_edges_agree(void)
{
    static const int32_t sizes[] = {1, 7, 8, 9, 63, 64, 65, 511, 512, 513};
    for (uint32_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        exercise_run(3000 + i, NULL, sizes[i], 5, 200);
    }
}

/* Goal: a gang over domains is placed whole and within their rooms, or not at all, and in one
 * domain where one holds it. Method: 6,000 random sets of rooms, one rule each. */
static void domains_are_filled_within_their_rooms(void)
{
    Counter counter = {.address = {.seed = 7, .replication = 4000, .purpose = PURPOSE_TEST}};
    NumberSource source = {.next = counter_next, .self = &counter};
    for (int round = 0; round < 6000; round++) {
        CU_ASSERT_PTR_NULL(domains_exercise(source));
    }
}

/* A gang that fits only in part must place nothing. Goal: no half-started job can exist. Method:
 * two nodes with one whole GPU each, three tasks that want a whole GPU; with two tasks it fits. */
static void a_gang_is_placed_whole_or_not_at_all(void)
{
    GpNodeType type = {.size = sizeof(GpNodeType),
                       .device_count = 1,
                       .model = 0,
                       .capacity = {[GP_AXIS_GPU] = 1000, [GP_AXIS_CPU] = 8000}};
    int32_t node_type[2] = {0, 0};
    int32_t rank[2] = {1, 0};
    int32_t begin[3] = {0, 1, 2};
    uint8_t present[2];
    int64_t free[2][GP_AXES];
    int32_t milli[2], mib[2];
    uint16_t tasks[2];
    uint8_t health[2], mig[2];
    GpFleet fleet = {.size = sizeof(GpFleet),
                     .node_count = 2,
                     .type_count = 1,
                     .types = &type,
                     .node_type = node_type,
                     .node_rank = rank,
                     .device_begin = begin,
                     .node_present = present,
                     .node_free = free,
                     .device_free_milli = milli,
                     .device_free_mib = mib,
                     .device_tasks = tasks,
                     .device_health = health,
                     .device_mig = mig};
    uint8_t scratch[2];
    CU_ASSERT_EQUAL_FATAL(gp_fleet_reset(&fleet), GP_OK);
    CU_ASSERT_EQUAL_FATAL(gp_fleet_check(&fleet, scratch), GP_OK);
    GpShape shape = {.size = sizeof(GpShape), .kind = -1, .device_count = 1, .device_milli = 1000};
    CU_ASSERT_EQUAL_FATAL(gp_shape_finish(&shape), GP_OK);
    GpPolicy policy;
    GpConstants constants;
    GpPlacement placements[3];
    gp_policy_init(&policy);
    gp_constants_init(&constants);
    CU_ASSERT_EQUAL(
        gp_place_gang(&fleet, &policy, &constants, NULL, 0, &shape, 3, NULL, placements),
        GP_NO_FIT);
    CU_ASSERT_EQUAL(milli[0], 1000);
    CU_ASSERT_EQUAL(milli[1], 1000);
    CU_ASSERT_EQUAL(tasks[0] + tasks[1], 0);
    CU_ASSERT_EQUAL(
        gp_place_gang(&fleet, &policy, &constants, NULL, 0, &shape, 2, NULL, placements), GP_OK);
    CU_ASSERT_EQUAL(placements[0].node, 1); /* the lower rank first */
    CU_ASSERT_EQUAL(placements[1].node, 0);
    rank[0] = 0; /* two nodes of one rank: refused */
    CU_ASSERT_EQUAL(gp_fleet_check(&fleet, scratch), GP_BAD_ARGUMENT);
}

/* Goal: what the kernel could not work with is refused before it is used. Method: one field wrong
 * at a time: a column missing, a shape of an unknown size, a normaliser of 0, a typical share above
 * a whole device (terms keep a row for each share, so it would pass their end). */
static void what_cannot_be_worked_with_is_refused(void)
{
    HandFleet hand;
    uint8_t scratch[HAND_NODES];
    CU_ASSERT_EQUAL_FATAL(hand_fleet(&hand, 2, 4, 0, 8000, 0), GP_OK);
    CU_ASSERT_EQUAL(gp_fleet_check(&hand.fleet, scratch), GP_OK);
    hand.fleet.device_tasks = NULL;
    CU_ASSERT_EQUAL(gp_fleet_check(&hand.fleet, scratch), GP_BAD_ARGUMENT);
    hand.fleet.device_tasks = hand.tasks;
    hand.fleet.kind_count = 3; /* and no column for kinds */
    CU_ASSERT_EQUAL(gp_fleet_check(&hand.fleet, scratch), GP_BAD_ARGUMENT);
    hand.fleet.kind_count = 0;

    GpShape shapes[2] = {hand_shape(1, 500, 0, 0, 0, 0), hand_shape(1, 1000, 0, 0, 0, 0)};
    GpPolicy policy;
    gp_policy_init(&policy);
    size_t bytes = gp_index_bytes(&policy, 2, 2);
    void *memory = aligned_alloc(64, bytes);
    GpIndex *index = NULL;
    CU_ASSERT_PTR_NOT_NULL_FATAL(memory);
    CU_ASSERT_EQUAL(
        gp_index_init(&index, memory, bytes, &hand.fleet, &policy, &hand.constants, shapes, 2),
        GP_OK);
    shapes[1].size = 4;
    CU_ASSERT_EQUAL(
        gp_index_init(&index, memory, bytes, &hand.fleet, &policy, &hand.constants, shapes, 2),
        GP_BAD_ARGUMENT);
    free(memory);

    int32_t thresholds[1];
    GpTypical typical = {.size = sizeof(GpTypical), .shape = shapes[0], .weight = 1.0};
    hand.constants.typical = &typical;
    hand.constants.thresholds = thresholds;
    hand.constants.typical_count = 1;
    CU_ASSERT_EQUAL(gp_constants_finish(&hand.constants, &hand.fleet), GP_OK);
    hand.constants.max_spec_gpu_milli = 0;
    CU_ASSERT_EQUAL(gp_constants_finish(&hand.constants, &hand.fleet), GP_BAD_ARGUMENT);
    hand.constants.max_spec_gpu_milli = 8000;
    typical.shape.device_milli = GP_DEVICE_MILLI + 1;
    CU_ASSERT_EQUAL(gp_constants_finish(&hand.constants, &hand.fleet), GP_BAD_ARGUMENT);
}

const TestCase CASES[] = {
    {"random policies agree", random_policies_agree},
    {"each term agrees", each_term_agrees},
    {"a long absence is survived", a_long_absence_is_survived},
    {"block edges agree", block_edges_agree},
    {"domains are filled within their rooms", domains_are_filled_within_their_rooms},
    {"a gang is placed whole or not at all", a_gang_is_placed_whole_or_not_at_all},
    {"what cannot be worked with is refused", what_cannot_be_worked_with_is_refused},
    {NULL, NULL},
};
