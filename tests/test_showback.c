/* test_showback.c - who pays, against hand calculations and OpenCost's example; sums to the
 * micro-dollar. */
#include <math.h>
#include <stdlib.h>

#include "core/apportion.h"
#include "sim/experiment/showback.h"
#include "tests/hand_costs.h"
#include "tests/loaded.h"
#include "tests/suite.h"

const char *const SUITE = "showback";

#define USD INT64_C(1000000)
enum { DEFAULT_QUEUE, A, B, C };

/* ---- largest remainders ---- */

/* Goal: Hamilton's method. Method: a textbook case, 10 seats for 43, 33, 24 votes:
 * quotas 4.3, 3.3, 2.4, so 4, 3, 2 and the last seat to 2.4; equal remainders go to the first; no
 * weight, no parts; a debt is parted as a credit. */
static void parts_by_largest_remainder(void)
{
    Int128 votes[3] = {43, 33, 24};
    int64_t part[3] = {0};
    CU_ASSERT_TRUE(apportion(10, votes, 3, part));
    CU_ASSERT(part[0] == 4 && part[1] == 3 && part[2] == 3);
    Int128 equal[3] = {1, 1, 1};
    int64_t even[3] = {0};
    CU_ASSERT_TRUE(apportion(11, equal, 3, even));
    CU_ASSERT(even[0] == 4 && even[1] == 4 && even[2] == 3);
    CU_ASSERT_TRUE(apportion(-11, equal, 3, even));
    CU_ASSERT(even[0] == 0 && even[1] == 0 && even[2] == 0);
    Int128 none[3] = {0};
    CU_ASSERT_FALSE(apportion(5, none, 3, even));
    CU_ASSERT(even[0] == 0);
}

/* Goal: parts sum to the whole and none is more than one unit off its share, also where weights
 * have 100 bits. Method: 2,000 random cases; the share is computed in long double. */
static void parts_sum(void)
{
    srand(7);
    for (int round = 0; round < 2000; round++) {
        Int128 weight[9];
        int64_t part[9] = {0};
        int count = 1 + rand() % 9;
        int shift = rand() % 70;
        long double all = 0;
        for (int i = 0; i < count; i++) {
            weight[i] = (Int128)(rand() % 1000) << shift;
            all += (long double)weight[i];
        }
        int64_t total = (int64_t)rand() * 1000 + rand();
        bool any = apportion(total, weight, count, part);
        CU_ASSERT_EQUAL(any, all > 0);
        int64_t sum = 0;
        for (int i = 0; i < count; i++) {
            sum += part[i];
            CU_ASSERT(!any ||
                      fabsl((long double)part[i] - total * ((long double)weight[i] / all)) < 1.01L);
        }
        CU_ASSERT_EQUAL(sum, any ? total : 0);
    }
}

/* ---- OC-1 ---- */

/* One node of 8 GPUs at 1 USD a GPU-hour for 10 h. A asks for 4 GPUs and uses 1; B asks for 1 and
 * uses 2. */
static void oc_1(HandCosts *hand, ChargeBasis basis, IdleShare idle)
{
    hand_costs_open(hand, 1, 3);
    hand->costs.showback.basis = basis;
    hand->costs.showback.idle = idle;
    hand_post(hand, 0, A, ACCOUNT_PRODUCTIVE, 10000, 10 * USD);
    hand_post(hand, 0, A, ACCOUNT_HELD_IDLE, 30000, 30 * USD);
    hand_post(hand, 0, B, ACCOUNT_PRODUCTIVE, 10000, 10 * USD);
    hand_post(hand, 0, -1, ACCOUNT_NO_DEMAND, 30000, 30 * USD);
    hand->memo.over_use[B] = 10 * HAND_GPU_HOUR;
    CU_ASSERT_TRUE_FATAL(showback_of_variant(&hand->variant, &hand->arena));
    CU_ASSERT_EQUAL(hand->variant.showback->of[SHOWBACK_BY_QUEUE].total, 80 * USD);
}

static int64_t total_of(const HandCosts *hand, const char *name)
{
    const ShowbackLine *line = showback_line(&hand->variant.showback->of[SHOWBACK_BY_QUEUE], name);
    return line != NULL ? line->total : 0;
}

/* Goal: OpenCost's charge of max(request, usage), and its implementation's charge by request; idle
 * cost by itself and shared. Method: example OC-1: A 40, B 20, idle 20; shared 53.33 and 26.67; by
 * request A 40, B 10, idle 30; shared 64 and 16. */
static void opencost_example(void)
{
    HandCosts hand;
    oc_1(&hand, CHARGE_MAX_OF_REQUEST_AND_USAGE, IDLE_SEPARATE);
    CU_ASSERT_EQUAL(total_of(&hand, "A"), 40 * USD);
    CU_ASSERT_EQUAL(total_of(&hand, "B"), 20 * USD);
    CU_ASSERT_EQUAL(total_of(&hand, SHOWBACK_IDLE), 20 * USD);
    const ShowbackLine *a = showback_line(&hand.variant.showback->of[0], "A");
    const ShowbackLine *b = showback_line(&hand.variant.showback->of[0], "B");
    CU_ASSERT_DOUBLE_EQUAL(a->requested_gpu_hours, 40, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(a->used_gpu_hours, 10, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(showback_efficiency(a), 0.25, 1e-12);
    CU_ASSERT_EQUAL(a->workload_idle, 30 * USD);
    CU_ASSERT_DOUBLE_EQUAL(b->used_gpu_hours, 20, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(showback_efficiency(b), 2.0, 1e-12);
    CU_ASSERT_EQUAL(b->over_use, 10 * USD);
    CU_ASSERT_DOUBLE_EQUAL(showback_value(b, SHOWBACK_PER_GPU_HOUR), 2.0, 1e-12);
    hand_costs_close(&hand);
    oc_1(&hand, CHARGE_MAX_OF_REQUEST_AND_USAGE, IDLE_BY_CLUSTER);
    CU_ASSERT_EQUAL(total_of(&hand, "A"), 53333333);
    CU_ASSERT_EQUAL(total_of(&hand, "B"), 26666667);
    CU_ASSERT_EQUAL(total_of(&hand, SHOWBACK_IDLE), 0);
    hand_costs_close(&hand);
    oc_1(&hand, CHARGE_REQUEST, IDLE_SEPARATE);
    CU_ASSERT_EQUAL(total_of(&hand, "A"), 40 * USD);
    CU_ASSERT_EQUAL(total_of(&hand, "B"), 10 * USD);
    CU_ASSERT_EQUAL(total_of(&hand, SHOWBACK_IDLE), 30 * USD);
    hand_costs_close(&hand);
    oc_1(&hand, CHARGE_REQUEST, IDLE_BY_NODE_TYPE);
    CU_ASSERT_EQUAL(total_of(&hand, "A"), 64 * USD);
    CU_ASSERT_EQUAL(total_of(&hand, "B"), 16 * USD);
    hand_costs_close(&hand);
}

/* Goal: more over-use than idle GPUs charges no more than the idle GPUs cost. Method: OC-1 with B's
 * use at 5 GPUs and A's at 6 (40 and 20 GPU-hours beyond, 30 idle): 30 USD are parted 2 to 1. */
static void over_use_ends_with_the_idle(void)
{
    HandCosts hand;
    hand_costs_open(&hand, 1, 3);
    hand_post(&hand, 0, A, ACCOUNT_PRODUCTIVE, 40000, 40 * USD);
    hand_post(&hand, 0, B, ACCOUNT_PRODUCTIVE, 10000, 10 * USD);
    hand_post(&hand, 0, -1, ACCOUNT_SHORT, 30000, 30 * USD);
    hand.memo.over_use[A] = 20 * HAND_GPU_HOUR;
    hand.memo.over_use[B] = 40 * HAND_GPU_HOUR;
    CU_ASSERT_TRUE_FATAL(showback_of_variant(&hand.variant, &hand.arena));
    CU_ASSERT_EQUAL(total_of(&hand, "A"), 50 * USD);
    CU_ASSERT_EQUAL(total_of(&hand, "B"), 30 * USD);
    CU_ASSERT_EQUAL(total_of(&hand, SHOWBACK_IDLE), 0);
    hand_costs_close(&hand);
}

/* ---- idle by node type, quotas ---- */

/* Goal: idle cost of a node type is shared by those who used that type; where nobody did it stays.
 * Method: A holds 1 USD on t, 3 on u; B 3 on t: idle 8 on t: 2 and 6; idle 5 on u: all A's; idle 7
 * on v: nobody's. */
static void idle_by_type(void)
{
    HandCosts hand;
    hand_costs_open(&hand, 3, 3);
    hand.costs.showback.idle = IDLE_BY_NODE_TYPE;
    hand_post(&hand, 0, A, ACCOUNT_PRODUCTIVE, 1000, 1 * USD);
    hand_post(&hand, 1, A, ACCOUNT_IO_STALL, 1000, 3 * USD);
    hand_post(&hand, 0, B, ACCOUNT_PRODUCTIVE, 3000, 3 * USD);
    hand_post(&hand, 0, -1, ACCOUNT_NO_DEMAND, 8000, 8 * USD);
    hand_post(&hand, 1, A, ACCOUNT_FRAGMENTED, 2000, 5 * USD);
    hand_post(&hand, 2, B, ACCOUNT_SHORT, 1000, 7 * USD);
    CU_ASSERT_TRUE_FATAL(showback_of_variant(&hand.variant, &hand.arena));
    CU_ASSERT_EQUAL(total_of(&hand, "A"), (1 + 3 + 2 + 5) * USD);
    CU_ASSERT_EQUAL(total_of(&hand, "B"), (3 + 6) * USD);
    CU_ASSERT_EQUAL(total_of(&hand, SHOWBACK_IDLE), 7 * USD);
    hand_costs_close(&hand);
}

/* Goal: GPUs that idle behind an unused quota are its owner's, the rest is idle. Method: 10
 * GPU-hours idle at 2 USD, 4 of them while C's quota was not used: 8 USD of C, which ran nothing;
 * not where the rule is off. */
static void unused_quota(void)
{
    for (int pays = 0; pays < 2; pays++) {
        HandCosts hand;
        hand_costs_open(&hand, 1, 4);
        hand.costs.showback.quota_owner_pays = pays != 0;
        hand_post(&hand, 0, A, ACCOUNT_PRODUCTIVE, 1000, 2 * USD);
        hand_post(&hand, 0, A, ACCOUNT_BLOCKED, 6000, 12 * USD);
        hand_post(&hand, 0, -1, ACCOUNT_NO_DEMAND, 4000, 8 * USD);
        hand.memo.quota_idle[C] = 4 * HAND_GPU_HOUR;
        CU_ASSERT_TRUE_FATAL(showback_of_variant(&hand.variant, &hand.arena));
        CU_ASSERT_EQUAL(total_of(&hand, "A"), 2 * USD);
        CU_ASSERT_EQUAL(total_of(&hand, "C"), pays ? 8 * USD : 0);
        CU_ASSERT_EQUAL(total_of(&hand, SHOWBACK_IDLE), pays ? 12 * USD : 20 * USD);
        hand_costs_close(&hand);
    }
}

/* ---- shared cost ---- */

static void shared_open(HandCosts *hand, SharedBy by)
{
    hand_costs_open(hand, 1, 4);
    hand->costs.showback.shared = by;
    hand->queues[A].weight_ppm = 3 * GP_PPM;
    hand_post(hand, 0, A, ACCOUNT_PRODUCTIVE, 1000, 1 * USD);
    hand_post(hand, 0, B, ACCOUNT_PRODUCTIVE, 4000, 4 * USD);
    hand_post(hand, 0, B, ACCOUNT_LOST, 2000, 2 * USD);
    hand_post(hand, 0, -1, ACCOUNT_DOWN, 1000, 1 * USD);
    hand_overhead(hand, "staff", 7 * USD);
    hand->book.commitment_count = 1;
    hand->commitments[0].unused = 10 * USD;
    hand->book.total += 10 * USD;
    CU_ASSERT_TRUE_FATAL(showback_of_variant(&hand->variant, &hand->arena));
    CU_ASSERT_EQUAL(hand->variant.showback->of[0].total, hand->book.total);
}

/* Goal: work lost to hardware, what is down, overheads and unused commitments are everybody's, by
 * the rule. Method: 2 + 1 + 7 + 10 = 20 USD shared. By cost (1 to 4): 4 and 16; evenly: 10 and 10,
 * C held nothing; by weight (3, 1, 1): 12, 4 and 4. */
static void shared_costs(void)
{
    static const int64_t WANT[3][3] = {{5, 20, 0}, {11, 14, 0}, {13, 8, 4}};
    for (int by = 0; by < 3; by++) {
        HandCosts hand;
        shared_open(&hand, (SharedBy)by);
        CU_ASSERT_EQUAL(total_of(&hand, "A"), WANT[by][0] * USD);
        CU_ASSERT_EQUAL(total_of(&hand, "B"), WANT[by][1] * USD);
        CU_ASSERT_EQUAL(total_of(&hand, "C"), WANT[by][2] * USD);
        hand_costs_close(&hand);
    }
}

/* Goal: what nobody is charged for is the platform's, what has no owner is a line of its own, and
 * shared cost with nobody to share it stays. Method: an idle fleet: 3 USD down for nobody, 2 USD
 * spare for its owner, of which there is none, 5 USD drained for all. */
static void nobody_pays(void)
{
    HandCosts hand;
    hand_costs_open(&hand, 1, 2);
    hand.costs.showback.to[ACCOUNT_DOWN] = CHARGE_NOBODY;
    hand.costs.showback.to[ACCOUNT_SPARE] = CHARGE_OWNER;
    hand_post(&hand, 0, -1, ACCOUNT_DOWN, 3000, 3 * USD);
    hand_post(&hand, 0, -1, ACCOUNT_SPARE, 2000, 2 * USD);
    hand_post(&hand, 0, -1, ACCOUNT_DRAINED, 5000, 5 * USD);
    CU_ASSERT_TRUE_FATAL(showback_of_variant(&hand.variant, &hand.arena));
    const Showback *showback = &hand.variant.showback->of[0];
    CU_ASSERT_EQUAL(showback->unit_count, 0);
    CU_ASSERT_EQUAL(showback->count, 2);
    CU_ASSERT_EQUAL(total_of(&hand, SHOWBACK_PLATFORM), 8 * USD);
    CU_ASSERT_EQUAL(total_of(&hand, SHOWBACK_UNALLOCATED), 2 * USD);
    hand_costs_close(&hand);
}

/* ---- groupings ---- */

/* Goal: a team is the queues that name it, or the nearest above; a tenant is the root where nobody
 * says otherwise. Method: B and C are below A, which is of team X; C is of team Y and tenant Z; D
 * stands alone. */
static void groupings(void)
{
    HandCosts hand;
    hand_costs_open(&hand, 1, 5);
    hand.queues[B].parent = A;
    hand.queues[C].parent = A;
    hand.queues[A].team = "X";
    hand.queues[C].team = "Y";
    hand.queues[C].tenant = "Z";
    hand.queues[A].child_count = 2;
    hand.costs.showback.by = SHOWBACK_BY_TEAM;
    hand_post(&hand, 0, B, ACCOUNT_PRODUCTIVE, 1000, 1 * USD);
    hand_post(&hand, 0, C, ACCOUNT_PRODUCTIVE, 2000, 2 * USD);
    hand_post(&hand, 0, 4, ACCOUNT_PRODUCTIVE, 4000, 4 * USD);
    CU_ASSERT_TRUE_FATAL(showback_of_variant(&hand.variant, &hand.arena));
    static const char *const WANT[3][3] = {{"B", "C", "D"}, {"X", "Y", "D"}, {"A", "Z", "D"}};
    for (int by = 0; by < SHOWBACK_BY_COUNT; by++) {
        const Showback *showback = &hand.variant.showback->of[by];
        CU_ASSERT_EQUAL(showback->count, 3);
        CU_ASSERT_EQUAL(showback->total, 7 * USD);
        for (int i = 0; i < 3; i++) {
            const ShowbackLine *line = showback_line(showback, WANT[by][i]);
            CU_ASSERT_PTR_NOT_NULL_FATAL(line);
            CU_ASSERT_EQUAL(line->total, (1 << i) * USD);
        }
    }
    CU_ASSERT_EQUAL(hand.variant.showback->by, SHOWBACK_BY_TEAM);
    hand_costs_close(&hand);
}

/* ---- many books ---- */

static void random_book(HandCosts *hand)
{
    ShowbackRules *rules = &hand->costs.showback;
    rules->idle = (IdleShare)(rand() % 3);
    rules->shared = (SharedBy)(rand() % 3);
    rules->basis = (ChargeBasis)(rand() % 2);
    rules->quota_owner_pays = rand() % 2 != 0;
    for (int account = 0; account < ACCOUNT_COUNT; account++) {
        if (rand() % 4 == 0) {
            rules->to[account] = (ChargeTo)(rand() % 4);
        }
    }
    int rows = rand() % 200;
    for (int i = 0; i < rows; i++) {
        CostRow *row =
            hand_post(hand, rand() % 3, rand() % 7 - 1, (Account)(rand() % ACCOUNT_COUNT),
                      rand() % 100000, rand() % 1000000);
        row->energy_usd = rand() % 1000;
        hand->book.total += row->energy_usd;
    }
    for (int i = 0; i < 3 * HAND_TENANTS; i++) {
        hand->memo.over_use[i] = rand() % 3 == 0 ? HAND_GPU_HOUR / 7 * (rand() % 1000) : 0;
        hand->memo.quota_idle[i] = rand() % 3 == 0 ? HAND_GPU_HOUR / 13 * (rand() % 1000) : 0;
    }
    hand_overhead(hand, "staff", rand());
    hand_overhead(hand, "storage", rand());
    hand->book.commitment_count = 1;
    hand->commitments[0].unused = rand();
    hand->book.total += hand->commitments[0].unused;
}

/* Goal: whatever the rules, lines sum to the book to the micro-dollar, in every grouping, and
 * nobody is paid. Method: 500 random books under random rules. */
static void lines_reconcile(void)
{
    srand(11);
    for (int round = 0; round < 500; round++) {
        HandCosts hand;
        hand_costs_open(&hand, 3, HAND_TENANTS);
        hand.queues[A].team = hand.queues[B].team = "X";
        hand.queues[C].tenant = "Y";
        random_book(&hand);
        CU_ASSERT_TRUE_FATAL(showback_of_variant(&hand.variant, &hand.arena));
        for (int by = 0; by < SHOWBACK_BY_COUNT; by++) {
            const Showback *showback = &hand.variant.showback->of[by];
            CU_ASSERT_PTR_NOT_NULL_FATAL(showback->lines);
            CU_ASSERT_EQUAL(showback->total, hand.book.total);
            for (int32_t i = 0; i < showback->count; i++) {
                const ShowbackLine *line = &showback->lines[i];
                CU_ASSERT(line->direct >= 0 && line->idle >= 0 && line->shared >= 0);
                CU_ASSERT(line->over_use <= line->direct && line->unused_quota <= line->idle);
            }
        }
        hand_costs_close(&hand);
    }
}

/* ---- keys ---- */

#define PRICED                                                                                     \
    "gpuplan: 1\nname: p\nhorizon: 1h\n"                                                           \
    "cluster:\n"                                                                                   \
    "  types: {h: {gpus: {count: 8, model: H100}, price: {on_demand: 1 USD/gpu-h}}}\n"             \
    "  nodes: [{name: a, type: h}]\n"                                                              \
    "workload: [{jobs: [{id: A, duration: 4s, gpus: 2}]}]\n"

/* Goal: rules are read, and those that are not written are SHOWBACK_DEFAULT. Method: a scenario
 * without `costs`, one with some of each. */
static void rules_are_read(void)
{
    Loaded loaded;
    loaded_text(&loaded, PRICED);
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    const ShowbackRules *rules = &loaded.set.variants[0].costs->showback;
    CU_ASSERT_EQUAL(rules->idle, IDLE_SEPARATE);
    CU_ASSERT_EQUAL(rules->basis, CHARGE_MAX_OF_REQUEST_AND_USAGE);
    CU_ASSERT_TRUE(rules->quota_owner_pays);
    for (int account = 0; account < ACCOUNT_COUNT; account++) {
        CU_ASSERT_EQUAL(rules->to[account], SHOWBACK_DEFAULT.to[account]);
    }
    CU_ASSERT_STRING_EQUAL(loaded.set.variants[0].costs->billing.account_id, "sim:p");
    CU_ASSERT_STRING_EQUAL(loaded.set.variants[0].costs->billing.host, "internal");
    loaded_free(&loaded);
    loaded_text(&loaded,
                PRICED "queues: [{name: q, team: X, tenant: Y, weight: 2}]\n"
                       "costs: {charge: {lost: owner, no_demand: nobody},\n"
                       "  showback: {by: team, idle: node_type, shared: weight, basis: request,\n"
                       "             quota_owner_pays: false},\n"
                       "  billing: {account: a-1, provider: P, region: r}}\n");
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    rules = &loaded.set.variants[0].costs->showback;
    CU_ASSERT(rules->by == SHOWBACK_BY_TEAM && rules->idle == IDLE_BY_NODE_TYPE);
    CU_ASSERT(rules->shared == SHARED_BY_WEIGHT && rules->basis == CHARGE_REQUEST);
    CU_ASSERT_FALSE(rules->quota_owner_pays);
    CU_ASSERT_EQUAL(rules->to[ACCOUNT_LOST], CHARGE_OWNER);
    CU_ASSERT_EQUAL(rules->to[ACCOUNT_NO_DEMAND], CHARGE_NOBODY);
    CU_ASSERT_EQUAL(rules->to[ACCOUNT_DOWN], CHARGE_SHARED);
    CU_ASSERT_EQUAL(rules->tenant_weight_ppm[1], 2 * GP_PPM);
    CU_ASSERT_STRING_EQUAL(loaded.set.variants[0].queues.queues[1].team, "X");
    CU_ASSERT_STRING_EQUAL(loaded.set.variants[0].costs->billing.issuer, "P");
    loaded_free(&loaded);
}

/* Goal: bad rules are refused with what was expected. */
static void rules_are_checked(void)
{
    CU_ASSERT_TRUE(refused_for(PRICED "costs: {charge: {lost: me}}\n", "choice", "owner, shared"));
    CU_ASSERT_TRUE(refused_for(PRICED "costs: {showback: {by: user}}\n", "choice", "queue, team"));
    CU_ASSERT_TRUE(
        refused_for(PRICED "costs: {showback: {shared: weight}}\n", "missing", "weight"));
    CU_ASSERT_TRUE(refused_for(PRICED "queues: [{name: __idle__}]\n", "name", "showback"));
    CU_ASSERT_TRUE(
        refused_for(PRICED "queues: [{name: q, team: __platform__}]\n", "name", "showback"));
}

const TestCase CASES[] = {
    {"parts by largest remainder", parts_by_largest_remainder},
    {"parts sum", parts_sum},
    {"OpenCost's example", opencost_example},
    {"over-use ends with the idle GPUs", over_use_ends_with_the_idle},
    {"idle by node type", idle_by_type},
    {"unused quota", unused_quota},
    {"shared costs", shared_costs},
    {"nobody pays", nobody_pays},
    {"groupings", groupings},
    {"lines reconcile", lines_reconcile},
    {"rules are read", rules_are_read},
    {"rules are checked", rules_are_checked},
    {NULL, NULL},
};
