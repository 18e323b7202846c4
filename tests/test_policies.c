/* test_policies.c - the registry is whole, and packs do what the systems they are named after do.
 */
#include "core/world.h"
#include "sim/policies/registry.h"
#include "tests/hand_fleet.h"
#include "tests/suite.h"

const char *const SUITE = "policies";

static void assert_text(const char *text)
{
    CU_ASSERT(text != NULL && text[0] != '\0');
}

/* Goal: what `gpuplan list` prints is complete and every name leads to its own row. Method: each
 * array, each row; a look-up that gives back the row also shows that no earlier one has its name.
 */
static void test_every_row_is_complete(void)
{
    for (int i = 0; ORDER_POLICIES[i] != NULL; i++) {
        assert_text(ORDER_POLICIES[i]->summary);
        CU_ASSERT_PTR_NOT_NULL(ORDER_POLICIES[i]->key);
        CU_ASSERT_PTR_EQUAL(order_policy(ORDER_POLICIES[i]->name), ORDER_POLICIES[i]);
    }
    for (int i = 0; SHARE_POLICIES[i] != NULL; i++) {
        assert_text(SHARE_POLICIES[i]->summary);
        CU_ASSERT_PTR_EQUAL(share_policy(SHARE_POLICIES[i]->name), SHARE_POLICIES[i]);
    }
    for (int i = 0; ADMIT_POLICIES[i] != NULL; i++) {
        assert_text(ADMIT_POLICIES[i]->summary);
        CU_ASSERT_PTR_NOT_NULL(ADMIT_POLICIES[i]->admits);
        CU_ASSERT_PTR_EQUAL(admit_policy(ADMIT_POLICIES[i]->name), ADMIT_POLICIES[i]);
    }
    for (int i = 0; SCAN_POLICIES[i] != NULL; i++) {
        assert_text(SCAN_POLICIES[i]->summary);
        CU_ASSERT_PTR_EQUAL(scan_policy(SCAN_POLICIES[i]->name), SCAN_POLICIES[i]);
    }
    for (int i = 0; EVICT_POLICIES[i] != NULL; i++) {
        assert_text(EVICT_POLICIES[i]->summary);
        CU_ASSERT_PTR_EQUAL(evict_policy(EVICT_POLICIES[i]->name), EVICT_POLICIES[i]);
    }
    for (int i = 0; PACK_POLICIES[i] != NULL; i++) {
        assert_text(PACK_POLICIES[i]->summary);
        assert_text(PACK_POLICIES[i]->fidelity);
        CU_ASSERT_PTR_EQUAL(pack_policy(PACK_POLICIES[i]->name), PACK_POLICIES[i]);
    }
    for (int i = 0; PRESETS[i] != NULL; i++) {
        assert_text(PRESETS[i]->summary);
        assert_text(PRESETS[i]->modelled);
        CU_ASSERT_PTR_EQUAL(preset(PRESETS[i]->name), PRESETS[i]);
    }
}

/* A preset that names a policy that is not there would fail only when somebody uses it. */
static void test_presets_name_what_exists(void)
{
    for (int i = 0; PRESETS[i] != NULL; i++) {
        CU_ASSERT_PTR_NOT_NULL(order_policy(PRESETS[i]->order));
        CU_ASSERT_PTR_NOT_NULL(share_policy(PRESETS[i]->share));
        CU_ASSERT_PTR_NOT_NULL(admit_policy(PRESETS[i]->admit));
        CU_ASSERT_PTR_NOT_NULL(scan_policy(PRESETS[i]->scan));
        CU_ASSERT_PTR_NOT_NULL(pack_policy(PRESETS[i]->pack));
        CU_ASSERT_PTR_NOT_NULL(evict_policy(PRESETS[i]->evict));
    }
    static const char *const PROMISED[] = {"fifo",  "kube-default",   "hami", "volcano",
                                           "kueue", "kueue-topology", "kai",  "slurm"};
    for (size_t i = 0; i < sizeof PROMISED / sizeof PROMISED[0]; i++) {
        CU_ASSERT_PTR_NOT_NULL_FATAL(preset(PROMISED[i]));
        CU_ASSERT(i == 0 || preset(PROMISED[i])->version != NULL);
        CU_ASSERT(i == 0 || preset(PROMISED[i])->left_out != NULL);
    }
    CU_ASSERT_PTR_NOT_NULL(preset("openb-study"));
}

/* Names that users may have written down already. */
static void test_promised_names_exist(void)
{
    static const char *const packs[] = {"first-fit",
                                        "random",
                                        "best-fit",
                                        "dot-product",
                                        "gpu-packing",
                                        "gpu-clustering",
                                        "fgd",
                                        "tetris",
                                        "l2-norm",
                                        "cosine",
                                        "least-allocated",
                                        "most-allocated",
                                        "requested-to-capacity-ratio",
                                        "balanced-allocation",
                                        "volcano-binpack",
                                        "hami",
                                        "hami-binpack",
                                        "hami-spread",
                                        "kai",
                                        "kai-binpack",
                                        "kai-spread",
                                        "mig-fragmentation",
                                        "ragp",
                                        "ragp-public",
                                        "ragp-io-blind"};
    for (size_t i = 0; i < sizeof packs / sizeof packs[0]; i++) {
        CU_ASSERT_PTR_NOT_NULL(pack_policy(packs[i]));
    }
    CU_ASSERT_PTR_NOT_NULL(scan_policy("strict"));
    CU_ASSERT_PTR_NOT_NULL(scan_policy("skip"));
    CU_ASSERT_PTR_NOT_NULL(scan_policy("drop"));
    CU_ASSERT_PTR_NULL(order_policy("FIFO"));
    CU_ASSERT_PTR_NULL(admit_policy(""));
    CU_ASSERT_PTR_NULL(evict_policy("nothing"));
    CU_ASSERT_PTR_NULL(pack_policy("best"));
    CU_ASSERT_PTR_NULL(preset("kube"));
}

/* Every row becomes a kernel policy; a row that names no term of the kernel does not. */
static void test_every_pack_fills(void)
{
    GpPolicy policy;
    for (int i = 0; PACK_POLICIES[i] != NULL; i++) {
        const PackPolicy *row = PACK_POLICIES[i];
        CU_ASSERT_FATAL(pack_policy_fill(row, &policy));
        int count = 0;
        while (count < GP_TERMS_MAX && row->terms[count].term != NULL) {
            CU_ASSERT_STRING_EQUAL(policy.terms[count].term->name, row->terms[count].term);
            CU_ASSERT_EQUAL(policy.terms[count].options.variant, row->terms[count].variant);
            count++;
        }
        CU_ASSERT_EQUAL(policy.term_count, count);
        CU_ASSERT_EQUAL(policy.pick, (int32_t)row->pick);
        CU_ASSERT_EQUAL(policy.device_rule, (int32_t)row->device_rule);
        CU_ASSERT_EQUAL(policy.mig_rule, (int32_t)row->mig_rule);
        CU_ASSERT_EQUAL(policy.sees & row->blind, 0);
        CU_ASSERT_EQUAL(policy.sees | row->blind, GP_SEES_ALL);
    }
    PackPolicy wrong = {.name = "wrong", .terms = {{.term = "no-such-term", .weight = 1}}};
    CU_ASSERT_FALSE(pack_policy_fill(&wrong, &policy));
}

/* Coefficients of a row replace the term's defaults only where the row says so. */
static void test_coefficients(void)
{
    GpPolicy policy;
    CU_ASSERT_FATAL(pack_policy_fill(pack_policy("ragp"), &policy));
    CU_ASSERT_EQUAL(policy.terms[0].options.coefficient[0], 0.25);
    CU_ASSERT_EQUAL(policy.terms[0].options.coefficient[1], 1.0);
    CU_ASSERT_FATAL(pack_policy_fill(pack_policy("ragp-public"), &policy));
    CU_ASSERT_EQUAL(policy.terms[0].options.coefficient[0], 1.0);
    for (int i = 1; i < GP_COEFFICIENTS; i++) {
        CU_ASSERT_EQUAL(policy.terms[0].options.coefficient[i], 0.0);
    }
}

/* fifo orders by submission; `none` blocks nothing. */
static void test_fifo_and_none(void)
{
    int64_t submit_ms[] = {700, 20, 700};
    JobTable jobs = {.job_count = 3, .job_submit_ms = submit_ms};
    Scenario scenario = {0};
    World world = {.jobs = &jobs, .scenario = &scenario, .flavor_count = 1};
    const OrderPolicy *fifo = order_policy("fifo");
    OrderKey key[3];
    for (JobId job = 0; job < 3; job++) {
        key[job] = fifo->key(&world, job);
    }
    CU_ASSERT(key[1].major < key[0].major);
    CU_ASSERT(key[0].major == key[2].major && key[0].minor == key[2].minor);
    CU_ASSERT_EQUAL(admit_policy("none")->admits(&world, 0, 1).block, BLOCK_NONE);
    CU_ASSERT_EQUAL(scan_policy("strict")->behind, SCAN_BEHIND_WAITS);
    CU_ASSERT_EQUAL(scan_policy("skip")->behind, SCAN_BEHIND_TRIES);
    CU_ASSERT_EQUAL(scan_policy("drop")->behind, SCAN_BLOCKED_LEAVES);
}

/* Two nodes of 4 GPUs, 8 cores, 32 GiB; two tasks of 1 GPU, 2 cores, 8 GiB. first-fit puts both on
 * the first node; the Kubernetes default spreads (75 against 50); most-allocated stays. */
static void test_kubernetes_spreads(void)
{
    static const struct {
        const char *pack;
        int32_t second;
    } expected[] = {{"first-fit", 0},       {"least-allocated", 1},
                    {"most-allocated", 0},  {"requested-to-capacity-ratio", 0},
                    {"volcano-binpack", 0}, {"kai", 0},
                    {"kai-binpack", 0},     {"kai-spread", 1},
                    {"best-fit", 0},        {"ragp", 0}};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        HandFleet hand;
        GpPolicy policy;
        GpPlacement placement;
        CU_ASSERT_EQUAL_FATAL(hand_fleet(&hand, 2, 4, 0, 8000, 32768), GP_OK);
        CU_ASSERT_FATAL(pack_policy_fill(pack_policy(expected[i].pack), &policy));
        GpShape shape = hand_shape(1, 1000, 0, GP_MIG_PROFILE_NONE, 2000, 8192);
        CU_ASSERT_EQUAL(hand_place(&hand, &policy, &shape, &placement), 0);
        CU_ASSERT_EQUAL(hand_place(&hand, &policy, &shape, &placement), expected[i].second);
    }
}

/* KAI: shares go to a shared card before node placement is asked. Node 0 has 1.5 idle GPUs, its
 * first card shared; node 1 has 1 idle GPU, its first card taken whole: fuller. A share of 400 goes
 * to the shared card; one of 600 fits no shared card, so the fuller node takes it. */
static void test_kai_shares_first(void)
{
    static const struct {
        const char *pack;
        int32_t milli, node;
        uint32_t device_mask;
    } expected[] = {{"kai", 400, 0, 1}, {"kai", 600, 1, 2}, {"kai-binpack", 400, 1, 2}};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        HandFleet hand;
        GpPolicy policy;
        GpPlacement placement = {.size = sizeof placement, .device_mask = 1, .mig_start = -1};
        CU_ASSERT_EQUAL_FATAL(hand_fleet(&hand, 2, 2, 0, 8000, 0), GP_OK);
        CU_ASSERT_FATAL(pack_policy_fill(pack_policy(expected[i].pack), &policy));
        GpShape half = hand_shape(1, 500, 0, GP_MIG_PROFILE_NONE, 0, 0);
        GpShape whole = hand_shape(1, 1000, 0, GP_MIG_PROFILE_NONE, 0, 0);
        GpShape shape = hand_shape(1, expected[i].milli, 0, GP_MIG_PROFILE_NONE, 0, 0);
        gp_place(&hand.fleet, &half, &placement);
        placement.node = 1;
        gp_place(&hand.fleet, &whole, &placement);
        CU_ASSERT_EQUAL(hand_place(&hand, &policy, &shape, &placement), expected[i].node);
        CU_ASSERT_EQUAL(placement.device_mask, expected[i].device_mask);
    }
}

/* Two nodes with two cards of 16 GiB; two tasks of 4 GiB and a quarter of the cores. As installed,
 * HAMi fills the node and spreads over its cards; set to pack, it shares the card; set to spread,
 * it takes the other node. */
static void test_hami_nodes_and_cards(void)
{
    static const struct {
        const char *pack;
        int32_t node;
        uint32_t device_mask;
    } expected[] = {{"hami", 0, 2}, {"hami-binpack", 0, 1}, {"hami-spread", 1, 1}};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        HandFleet hand;
        GpPolicy policy;
        GpPlacement placement;
        CU_ASSERT_EQUAL_FATAL(hand_fleet(&hand, 2, 2, 16384, 8000, 32768), GP_OK);
        CU_ASSERT_FATAL(pack_policy_fill(pack_policy(expected[i].pack), &policy));
        GpShape shape = hand_shape(1, 250, 4096, GP_MIG_PROFILE_NONE, 2000, 8192);
        CU_ASSERT_EQUAL(hand_place(&hand, &policy, &shape, &placement), 0);
        CU_ASSERT_EQUAL(hand_place(&hand, &policy, &shape, &placement), expected[i].node);
        CU_ASSERT_EQUAL(placement.device_mask, expected[i].device_mask);
    }
}

/* One card of 40 GB in MIG mode under HAMi. 2g, 2g, 3g go to 0, 2 and 4, all fit. Three times 3g:
 * 4, then 0, and the third does not fit. */
static void test_hami_mig_order(void)
{
    HandFleet hand;
    GpPolicy policy;
    GpPlacement placement;
    CU_ASSERT_FATAL(pack_policy_fill(pack_policy("hami"), &policy));
    GpShape two = hand_shape(1, 0, 0, GP_MIG_PROFILE_2G, 0, 0);
    GpShape three = hand_shape(1, 0, 0, GP_MIG_PROFILE_3G, 0, 0);
    CU_ASSERT_EQUAL_FATAL(hand_fleet(&hand, 1, 1, 0, 8000, 32768), GP_OK);
    CU_ASSERT_EQUAL(hand_place(&hand, &policy, &two, &placement), 0);
    CU_ASSERT_EQUAL(placement.mig_start, 0);
    CU_ASSERT_EQUAL(hand_place(&hand, &policy, &two, &placement), 0);
    CU_ASSERT_EQUAL(placement.mig_start, 2);
    CU_ASSERT_EQUAL(hand_place(&hand, &policy, &three, &placement), 0);
    CU_ASSERT_EQUAL(placement.mig_start, 4);
    CU_ASSERT_EQUAL_FATAL(hand_fleet(&hand, 1, 1, 0, 8000, 32768), GP_OK);
    CU_ASSERT_EQUAL(hand_place(&hand, &policy, &three, &placement), 0);
    CU_ASSERT_EQUAL(placement.mig_start, 4);
    CU_ASSERT_EQUAL(hand_place(&hand, &policy, &three, &placement), 0);
    CU_ASSERT_EQUAL(placement.mig_start, 0);
    CU_ASSERT_EQUAL(hand_place(&hand, &policy, &three, &placement), -1);
}

/* By least fragmentation: a 3g goes to slice 4 of a card, a 4g then to 0 beside it and not to the
 * empty card of the node with the lower rank; a second 4g takes the empty one. */
static void test_mig_fragmentation_pairs(void)
{
    HandFleet hand;
    GpPolicy policy;
    GpPlacement placement;
    CU_ASSERT_FATAL(pack_policy_fill(pack_policy("mig-fragmentation"), &policy));
    CU_ASSERT_EQUAL_FATAL(hand_fleet(&hand, 2, 1, 0, 8000, 32768), GP_OK);
    hand.node_rank[0] = 1; /* the second node would win every tie */
    hand.node_rank[1] = 0;
    GpShape three = hand_shape(1, 0, 0, GP_MIG_PROFILE_3G, 0, 0);
    GpShape four = hand_shape(1, 0, 0, GP_MIG_PROFILE_4G, 0, 0);
    CU_ASSERT_EQUAL(hand_place(&hand, &policy, &three, &placement), 1);
    CU_ASSERT_EQUAL(placement.mig_start, 4);
    hand.node_rank[0] = 0;
    hand.node_rank[1] = 1; /* and now the first */
    CU_ASSERT_EQUAL(hand_place(&hand, &policy, &four, &placement), 1);
    CU_ASSERT_EQUAL(placement.mig_start, 0);
    CU_ASSERT_EQUAL(hand_place(&hand, &policy, &four, &placement), 0);
}

/* Idle GPUs 1, 3, 4 on three nodes of 4: KAI takes the fullest. */
static void test_kai_takes_the_fullest(void)
{
    HandFleet hand;
    GpPolicy policy;
    GpPlacement placement;
    CU_ASSERT_EQUAL_FATAL(hand_fleet(&hand, 3, 4, 0, 8000, 32768), GP_OK);
    GpShape three = hand_shape(3, 1000, 0, GP_MIG_PROFILE_NONE, 0, 0);
    GpShape one = hand_shape(1, 1000, 0, GP_MIG_PROFILE_NONE, 0, 0);
    GpPlacement on_last = {
        .size = sizeof(GpPlacement), .node = 2, .device_mask = 7, .mig_start = -1};
    GpPlacement on_middle = {
        .size = sizeof(GpPlacement), .node = 1, .device_mask = 1, .mig_start = -1};
    gp_place(&hand.fleet, &three, &on_last);
    gp_place(&hand.fleet, &one, &on_middle);
    CU_ASSERT_FATAL(pack_policy_fill(pack_policy("kai-binpack"), &policy));
    CU_ASSERT_EQUAL(hand_place(&hand, &policy, &one, &placement), 2);
    CU_ASSERT_EQUAL(hand_place(&hand, &policy, &one, &placement), 1);
}

/* A node without storage bandwidth left: ragp leaves it alone, the blind one goes there. */
static void test_io_blind_ignores_io(void)
{
    HandFleet hand;
    GpPolicy policy;
    GpPlacement placement;
    CU_ASSERT_EQUAL_FATAL(hand_fleet(&hand, 2, 4, 0, 8000, 32768), GP_OK);
    hand.type.capacity[GP_AXIS_STORAGE_BANDWIDTH] = 1000;
    hand.free[1][GP_AXIS_STORAGE_BANDWIDTH] = 1000;
    CU_ASSERT_EQUAL_FATAL(gp_constants_finish(&hand.constants, &hand.fleet), GP_OK);
    GpShape shape = hand_shape(1, 1000, 0, GP_MIG_PROFILE_NONE, 2000, 8192);
    shape.request[GP_AXIS_STORAGE_BANDWIDTH] = 100;
    CU_ASSERT_FATAL(pack_policy_fill(pack_policy("ragp"), &policy));
    CU_ASSERT_EQUAL(hand_place(&hand, &policy, &shape, &placement), 1);
    gp_release(&hand.fleet, &shape, &placement);
    CU_ASSERT_FATAL(pack_policy_fill(pack_policy("ragp-io-blind"), &policy));
    CU_ASSERT_EQUAL(hand_place(&hand, &policy, &shape, &placement), 0);
}

const TestCase CASES[] = {
    {"every row is complete", test_every_row_is_complete},
    {"presets name what exists", test_presets_name_what_exists},
    {"promised names exist", test_promised_names_exist},
    {"every pack fills", test_every_pack_fills},
    {"coefficients", test_coefficients},
    {"fifo and none", test_fifo_and_none},
    {"Kubernetes spreads", test_kubernetes_spreads},
    {"KAI: shares first", test_kai_shares_first},
    {"HAMi nodes and cards", test_hami_nodes_and_cards},
    {"HAMi MIG order", test_hami_mig_order},
    {"MIG by least fragmentation", test_mig_fragmentation_pairs},
    {"KAI takes the fullest", test_kai_takes_the_fullest},
    {"blind to I/O", test_io_blind_ignores_io},
    {NULL, NULL},
};
