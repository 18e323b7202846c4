/* test_usage_memo.c - what is kept beside the ledger for showback: cards, use beyond the request,
 * idle quota. */
#include <string.h>

#include "sim/experiment/run_one.h"
#include "tests/loaded.h"
#include "tests/suite.h"

const char *const SUITE = "usage_memo";

#define HEAD                                                                                       \
    "gpuplan: 1\nname: m\nhorizon: 10h\npolicy: {preset: fifo}\n"                                  \
    "cluster:\n"                                                                                   \
    "  types: {t: {gpus: {count: 8, model: H100}, price: {on_demand: 1 USD/gpu-h}}}\n"

typedef struct Ran {
    Loaded loaded;
    Arena arena;
    ReplicationResult result;
} Ran;

static void run(Ran *ran, const char *text)
{
    loaded_text(&ran->loaded, text);
    CU_ASSERT_EQUAL_FATAL(ran->loaded.status, STATUS_OK);
    arena_init(&ran->arena);
    RunOptions options = {.audit = true};
    CU_ASSERT_EQUAL_FATAL(run_one(&ran->loaded.set.variants[0], &options, &ran->arena,
                                  &ran->loaded.diagnostics, &ran->result),
                          STATUS_OK);
    CU_ASSERT_PTR_NOT_NULL_FATAL(ran->result.memo);
}

static void ran_free(Ran *ran)
{
    arena_free(&ran->arena);
    loaded_free(&ran->loaded);
}

static int32_t tenant(const Ran *ran, const char *name)
{
    for (int32_t i = 0; i < ran->result.ledger.tenant_count; i++) {
        if (strcmp(ran->result.tenant_name[i], name) == 0) {
            return i;
        }
    }
    CU_FAIL_FATAL("no such tenant");
    return 0;
}

/* GPU-hours of a column, of the only node type. */
static double hours(const Ran *ran, const Int128 *column, const char *name)
{
    return ledger_gpu_hours(column[tenant(ran, name)]);
}

static double held(const Ran *ran, const char *name)
{
    double sum = 0;
    for (int account = 0; account < ACCOUNT_COUNT; account++) {
        if (account_group((Account)account) == GROUP_ALLOCATED) {
            sum += ledger_gpu_hours(
                ledger_sum(&ran->result.ledger, -1, tenant(ran, name), (Account)account, -1));
        }
    }
    return sum;
}

/* Goal: four quarters of a card for an hour are 1 GPU-hour in the ledger and 4 as cards (OC-4); a
 * gang of two tasks with 2 GPUs each for 30 min is 2 in both. */
static void cards(void)
{
    Ran ran;
    run(&ran, HEAD "  nodes: [{name: n, type: t}]\n"
                   "workload:\n"
                   "  - jobs:\n"
                   "      - {id: a, queue: q, gpus: 1, gpu_milli: 250, duration: 1h}\n"
                   "      - {id: b, queue: q, gpus: 1, gpu_milli: 250, duration: 1h}\n"
                   "      - {id: c, queue: q, gpus: 1, gpu_milli: 250, duration: 1h}\n"
                   "      - {id: d, queue: q, gpus: 1, gpu_milli: 250, duration: 1h}\n"
                   "      - {id: e, queue: r, tasks: 2, gpus: 2, gang: all, duration: 30m}\n");
    CU_ASSERT_DOUBLE_EQUAL(held(&ran, "q"), 1, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(hours(&ran, ran.result.memo->cards, "q"), 4, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(held(&ran, "r"), 2, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(hours(&ran, ran.result.memo->cards, "r"), 2, 1e-12);
    ran_free(&ran);
}

/* Goal: what a job uses beyond its request is a memo; the ledger is as if it used all it asked for.
 * Method: 1 GPU at 200 % for 10 h: 10 GPU-hours held and productive, 10 beyond; half a GPU at 150 %
 * for 4 h: 2 held, 1 beyond. */
static void over_use(void)
{
    Ran ran;
    run(&ran,
        HEAD "  nodes: [{name: n, type: t}]\n"
             "workload:\n"
             "  - jobs:\n"
             "      - {id: b, queue: B, gpus: 1, duration: 10h, utilisation: 200%}\n"
             "      - {id: h, queue: H, gpus: 1, gpu_milli: 500, duration: 4h, utilisation: 150%}\n"
             "      - {id: a, queue: A, gpus: 4, duration: 10h, utilisation: 25%}\n");
    CU_ASSERT_DOUBLE_EQUAL(held(&ran, "B"), 10, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(hours(&ran, ran.result.memo->over_use, "B"), 10, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(hours(&ran, ran.result.memo->over_use, "H"), 1, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(hours(&ran, ran.result.memo->over_use, "A"), 0, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(
        ledger_gpu_hours(ledger_sum(&ran.result.ledger, -1, -2, ACCOUNT_HELD_IDLE, -1)), 30, 1e-9);
    ran_free(&ran);
}

/* Goal: GPUs that idle behind unused quotas are put down to their owners, no more than idle and no
 * more than unused. Method: 16 GPUs, quotas 4 (A), 2 (B) and 4 (C, which is above D with 3: only
 * D's counts). A holds 2 for 10 h: A leaves 2, B 2, D 3, and 14 idle: 20, 20 and 30 GPU-hours. On 8
 * GPUs with a job of 6 in a queue without a quota 2 are idle for the 9 that A (4), B (2) and D (3)
 * leave: 20 GPU-hours in these parts. */
static void idle_quota(void)
{
    static const char QUEUES[] =
        "queues:\n"
        "  - {name: A, quota: {gpus: 4}}\n  - {name: B, quota: {gpus: 2}}\n"
        "  - {name: C, quota: {gpus: 4}}\n  - {name: D, parent: C, quota: {gpus: 3}}\n  - {name: "
        "E}\n";
    char text[2000];
    Ran ran;
    snprintf(text, sizeof text, "%s%s%s%s", HEAD, "  nodes: [{name: n, type: t, count: 2}]\n",
             QUEUES, "workload: [{jobs: [{id: a, queue: A, gpus: 2, duration: 10h}]}]\n");
    run(&ran, text);
    const Int128 *idle = ran.result.memo->quota_idle;
    CU_ASSERT_PTR_NOT_NULL_FATAL(idle);
    CU_ASSERT_DOUBLE_EQUAL(hours(&ran, idle, "A"), 20, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(hours(&ran, idle, "B"), 20, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(hours(&ran, idle, "C"), 0, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(hours(&ran, idle, "D"), 30, 1e-9);
    ran_free(&ran);
    snprintf(text, sizeof text, "%s%s%s%s", HEAD, "  nodes: [{name: n, type: t}]\n", QUEUES,
             "workload: [{jobs: [{id: e, queue: E, gpus: 6, duration: 10h}]}]\n");
    run(&ran, text);
    idle = ran.result.memo->quota_idle;
    CU_ASSERT_DOUBLE_EQUAL(hours(&ran, idle, "A"), 20.0 * 4 / 9, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(hours(&ran, idle, "B"), 20.0 * 2 / 9, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(hours(&ran, idle, "D"), 20.0 * 3 / 9, 1e-9);
    ran_free(&ran);
}

/* Goal: a twin without quotas leaves none unused. */
static void relaxed_quota(void)
{
    Ran ran;
    run(&ran, HEAD "  nodes: [{name: n, type: t}]\n"
                   "relax: quota\n"
                   "queues: [{name: B, quota: {gpus: 3}}]\n"
                   "workload: [{jobs: [{id: b, queue: B, gpus: 1, duration: 1h}]}]\n");
    CU_ASSERT_PTR_NULL(ran.result.memo->quota_idle);
    ran_free(&ran);
}

/* Goal: what was before the warm-up's end is not counted, as in the ledger. Method: 10 h with a
 * warm-up of 4 h. */
static void warm_up(void)
{
    Ran ran;
    run(&ran, HEAD
        "  nodes: [{name: n, type: t}]\n"
        "warmup: 4h\n"
        "queues: [{name: B, quota: {gpus: 3}}]\n"
        "workload: [{jobs: [{id: b, queue: B, gpus: 1, duration: 10h, utilisation: 300%}]}]\n");
    CU_ASSERT_DOUBLE_EQUAL(held(&ran, "B"), 6, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(hours(&ran, ran.result.memo->cards, "B"), 6, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(hours(&ran, ran.result.memo->over_use, "B"), 12, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(hours(&ran, ran.result.memo->quota_idle, "B"), 12, 1e-12);
    ran_free(&ran);
}

const TestCase CASES[] = {
    {"parts of cards as cards", cards},
    {"use beyond the request", over_use},
    {"idle quota", idle_quota},
    {"a twin without quotas", relaxed_quota},
    {"warm-up", warm_up},
    {NULL, NULL},
};
