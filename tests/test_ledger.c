/* test_ledger.c - every GPU-millisecond in exactly one account, idle time by what would have
 * recovered it. */
#include <string.h>

#include "core/ledger.h"
#include "tests/suite.h"

const char *const SUITE = "ledger";

#define HOUR_MS 3600000
#define ONE_GPU_HOUR ((Int128)1000 * HOUR_MS * GP_PPM)

/* Two types: model 0 and model 1, in this order. */
static GpNodeType types[2] = {{.size = sizeof(GpNodeType), .device_count = 8, .model = 0},
                              {.size = sizeof(GpNodeType), .device_count = 8, .model = 1}};

static Cluster cluster_of(int32_t type_count)
{
    return (Cluster){.type_count = type_count, .types = types};
}

static void post_capacity(Ledger *ledger, const int64_t *free_milli, int64_t duration_ms)
{
    for (int32_t type = 0; type < ledger->type_count; type++) {
        ledger->capacity[type] += (Int128)free_milli[type] * duration_ms * GP_PPM;
    }
}

/* Three rounds over a list, as the observer walks the queue. */
static void attribute(Ledger *ledger, const Cluster *cluster, const Claim *claims, int claim_count,
                      int64_t *free_milli, int64_t duration_ms)
{
    static const VerdictKind ROUNDS[] = {VERDICT_FITS, VERDICT_FRAGMENTED, VERDICT_SHORT};
    IdleBooks idle = idle_open(ledger, cluster, free_milli, duration_ms);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < claim_count; i++) {
            if (claims[i].verdict.kind == ROUNDS[round]) {
                idle_claim(&idle, &claims[i]);
            }
        }
    }
    idle_close(&idle);
}

static double hours(const Ledger *ledger, int32_t type, int32_t tenant, Account account, int sub)
{
    return ledger_gpu_hours(ledger_sum(ledger, type, tenant, account, sub));
}

/* Goal: the worked example. Method: 8 free GPUs (as 4 + 4); A needs 8 on one node: 8 are free in
 * sum, no node holds it: fragmented.gpu. B needs 2, fits, and its queue is out of quota. C needs
 * 16: short. Blocked claims first: B 2; then fragmented: A min(8, 6) = 6; nothing is left for C. */
static void worked_example(void)
{
    Arena arena;
    arena_init(&arena);
    Ledger ledger;
    Cluster cluster = cluster_of(1);
    CU_ASSERT_FATAL(ledger_init(&ledger, &arena, 1, 3));
    Claim claims[3] = {
        {.verdict = {VERDICT_FRAGMENTED, GP_DIMENSION_GPU},
         .reason = BLOCK_NONE,
         .demand_milli = 8000,
         .tenant = 0},
        {.verdict = {VERDICT_FITS, GP_DIMENSION_NONE},
         .reason = BLOCK_QUOTA,
         .demand_milli = 2000,
         .tenant = 1},
        {.verdict = {VERDICT_SHORT, GP_DIMENSION_GPU},
         .reason = BLOCK_NONE,
         .demand_milli = 16000,
         .tenant = 2},
    };
    int64_t free_milli[1] = {8000};
    post_capacity(&ledger, free_milli, HOUR_MS);
    attribute(&ledger, &cluster, claims, 3, free_milli, HOUR_MS);
    CU_ASSERT_EQUAL(free_milli[0], 0);
    CU_ASSERT_EQUAL(hours(&ledger, 0, 1, ACCOUNT_BLOCKED, BLOCK_QUOTA), 2.0);
    CU_ASSERT_EQUAL(hours(&ledger, 0, 0, ACCOUNT_FRAGMENTED, GP_DIMENSION_GPU), 6.0);
    CU_ASSERT_EQUAL(hours(&ledger, 0, 2, ACCOUNT_SHORT, -1), 0.0);
    CU_ASSERT_EQUAL(hours(&ledger, 0, -2, ACCOUNT_NO_DEMAND, -1), 0.0);
    CU_ASSERT(ledger_balances(&ledger));
    arena_free(&arena);
}

/* Goal: types are used in scenario order and only those that a job may use; what nobody claims is
 * no_demand without tenant. Method: 3 free on type 0, 4 on type 1; P takes any model and wants 4 (3
 * + 1); Q wants 2 of model 0 only, and none is left. */
static void types_in_order(void)
{
    Arena arena;
    arena_init(&arena);
    Ledger ledger;
    Cluster cluster = cluster_of(2);
    CU_ASSERT_FATAL(ledger_init(&ledger, &arena, 2, 2));
    Claim claims[2] = {
        {.verdict = {VERDICT_FRAGMENTED, GP_DIMENSION_CPU},
         .reason = BLOCK_NONE,
         .demand_milli = 4000,
         .tenant = 0},
        {.verdict = {VERDICT_SHORT, GP_DIMENSION_GPU},
         .reason = BLOCK_NONE,
         .demand_milli = 2000,
         .model_set = 1,
         .tenant = 1},
    };
    int64_t free_milli[2] = {3000, 4000};
    post_capacity(&ledger, free_milli, HOUR_MS);
    attribute(&ledger, &cluster, claims, 2, free_milli, HOUR_MS);
    CU_ASSERT_EQUAL(hours(&ledger, 0, 0, ACCOUNT_FRAGMENTED, GP_DIMENSION_CPU), 3.0);
    CU_ASSERT_EQUAL(hours(&ledger, 1, 0, ACCOUNT_FRAGMENTED, GP_DIMENSION_CPU), 1.0);
    CU_ASSERT_EQUAL(hours(&ledger, -1, 1, ACCOUNT_SHORT, -1), 0.0);
    CU_ASSERT_EQUAL(hours(&ledger, 1, -1, ACCOUNT_NO_DEMAND, -1), 3.0);
    CU_ASSERT(ledger_balances(&ledger));
    arena_free(&arena);
}

/* Goal: free GPUs of a wrong model are short.gpu_model. Method: 1 free of the right model, 5 of
 * another; the job wants 4 of the right one: it claims 1 and then 3 of the others, all under
 * gpu_model. */
static void wrong_model(void)
{
    Arena arena;
    arena_init(&arena);
    Ledger ledger;
    Cluster cluster = cluster_of(2);
    CU_ASSERT_FATAL(ledger_init(&ledger, &arena, 2, 1));
    Claim claim = {.verdict = {VERDICT_SHORT, GP_DIMENSION_GPU_MODEL},
                   .reason = BLOCK_NONE,
                   .demand_milli = 4000,
                   .model_set = 2,
                   .tenant = 0};
    int64_t free_milli[2] = {5000, 1000};
    post_capacity(&ledger, free_milli, HOUR_MS);
    attribute(&ledger, &cluster, &claim, 1, free_milli, HOUR_MS);
    CU_ASSERT_EQUAL(hours(&ledger, 1, 0, ACCOUNT_SHORT, GP_DIMENSION_GPU_MODEL), 1.0);
    CU_ASSERT_EQUAL(hours(&ledger, 0, 0, ACCOUNT_SHORT, GP_DIMENSION_GPU_MODEL), 3.0);
    CU_ASSERT_EQUAL(hours(&ledger, 0, -1, ACCOUNT_NO_DEMAND, -1), 2.0);
    CU_ASSERT(ledger_balances(&ledger));
    arena_free(&arena);
}

/* Goal: free GPUs on nodes of another group are what a job idles them for that lacks its own group,
 * and nobody else's. Method: 1 free in group 0, 5 in group 1. A job of group 0 that wants 4 and is
 * short of topology claims 1 + 3; one of group 0 that is short of CPU claims nothing of the 2 left.
 */
static void wrong_group(void)
{
    Arena arena;
    arena_init(&arena);
    Ledger ledger;
    Cluster cluster = cluster_of(2);
    types[1].group = 1;
    CU_ASSERT_FATAL(ledger_init(&ledger, &arena, 2, 1));
    Claim claims[2] = {{.verdict = {VERDICT_SHORT, GP_DIMENSION_TOPOLOGY},
                        .demand_milli = 4000,
                        .group_set = 1,
                        .tenant = 0},
                       {.verdict = {VERDICT_SHORT, GP_DIMENSION_CPU},
                        .demand_milli = 4000,
                        .group_set = 1,
                        .tenant = 0}};
    int64_t free_milli[2] = {1000, 5000};
    post_capacity(&ledger, free_milli, HOUR_MS);
    attribute(&ledger, &cluster, claims, 2, free_milli, HOUR_MS);
    CU_ASSERT_EQUAL(hours(&ledger, 0, 0, ACCOUNT_SHORT, GP_DIMENSION_TOPOLOGY), 1.0);
    CU_ASSERT_EQUAL(hours(&ledger, 1, 0, ACCOUNT_SHORT, GP_DIMENSION_TOPOLOGY), 3.0);
    CU_ASSERT_EQUAL(hours(&ledger, 1, -1, ACCOUNT_NO_DEMAND, -1), 2.0);
    CU_ASSERT(ledger_balances(&ledger));
    types[1].group = 0;
    arena_free(&arena);
}

/* Goal: a job that fits and that no rule stops has simply not been looked at since. */
static void not_yet_run(void)
{
    Arena arena;
    arena_init(&arena);
    Ledger ledger;
    Cluster cluster = cluster_of(1);
    CU_ASSERT_FATAL(ledger_init(&ledger, &arena, 1, 1));
    Claim claim = {
        .verdict = {VERDICT_FITS, GP_DIMENSION_NONE}, .reason = BLOCK_NONE, .demand_milli = 500};
    int64_t free_milli[1] = {1000};
    attribute(&ledger, &cluster, &claim, 1, free_milli, 2 * HOUR_MS);
    CU_ASSERT_EQUAL(hours(&ledger, 0, 0, ACCOUNT_BLOCKED, BLOCK_NOT_YET_RUN), 1.0);
    CU_ASSERT_EQUAL(hours(&ledger, 0, -1, ACCOUNT_NO_DEMAND, -1), 1.0);
    arena_free(&arena);
}

/* Goal: the identity is exact, and books of ten years of 10^6 GPUs neither overflow nor lose a
 * unit. Method: 10^6 GPUs x 1000 milli x 10 years in ms x 10^6 ppm = 3.15e26 is beyond 64 bits
 * (9.2e18); one ppm of one milli-GPU-ms is then missing. */
static void identity_is_exact(void)
{
    Arena arena;
    arena_init(&arena);
    Ledger ledger;
    CU_ASSERT_FATAL(ledger_init(&ledger, &arena, 1, 1));
    Int128 big = (Int128)1000000 * 1000 * INT64_C(315360000000) * GP_PPM;
    ledger.capacity[0] = big + 1;
    ledger_post(&ledger, 0, 0, ACCOUNT_PRODUCTIVE, PRODUCTIVE_COMPLETED, big);
    CU_ASSERT(!ledger_balances(&ledger));
    ledger_post(&ledger, 0, -1, ACCOUNT_NO_DEMAND, 0, 1);
    CU_ASSERT(ledger_balances(&ledger));
    CU_ASSERT(ledger_sum(&ledger, -1, -2, ACCOUNT_PRODUCTIVE, -1) == big);
    CU_ASSERT_EQUAL(ledger_gpu_hours(big), 1e6 * 87600.0);
    CU_ASSERT_EQUAL(ledger_gpu_hours(-ONE_GPU_HOUR / 2), -0.5);
    arena_free(&arena);
}

/* Goal: the names in results are those of the ledger's definition. */
static void names(void)
{
    CU_ASSERT_STRING_EQUAL(account_name(ACCOUNT_PRODUCTIVE), "productive");
    CU_ASSERT_STRING_EQUAL(account_name(ACCOUNT_SPARE), "spare");
    CU_ASSERT_STRING_EQUAL(account_sub_name(ACCOUNT_BLOCKED, BLOCK_HEAD_OF_LINE), "head_of_line");
    CU_ASSERT_STRING_EQUAL(account_sub_name(ACCOUNT_SHORT, GP_DIMENSION_GPU_MODEL), "gpu_model");
    CU_ASSERT_STRING_EQUAL(account_sub_name(ACCOUNT_NO_DEMAND, 0), "");
    CU_ASSERT_EQUAL(account_group(ACCOUNT_HELD_IDLE), GROUP_ALLOCATED);
    CU_ASSERT_EQUAL(account_group(ACCOUNT_NO_DEMAND), GROUP_IDLE);
    CU_ASSERT_EQUAL(account_group(ACCOUNT_DOWN), GROUP_UNAVAILABLE);
    for (int account = 0; account < ACCOUNT_COUNT; account++) {
        CU_ASSERT(account_sub_count((Account)account) <= LEDGER_SUBS);
        CU_ASSERT(strlen(account_name((Account)account)) > 0);
    }
}

const TestCase CASES[] = {
    {"worked example: blocked.quota 2, fragmented.gpu 6", worked_example},
    {"types in scenario order, only those a job may use", types_in_order},
    {"free GPUs of a wrong model are short.gpu_model", wrong_model},
    {"free GPUs of another group", wrong_group},
    {"fits and nothing stops it: not yet run", not_yet_run},
    {"the identity is exact beyond 64 bits", identity_is_exact},
    {"names of accounts and sub-accounts", names},
    {NULL, NULL},
};
