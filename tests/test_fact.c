/* test_fact.c - the fact hash is XXH64 over the little-endian facts, and nothing else. */
#include <xxhash.h>

#include "core/fact.h"
#include "tests/suite.h"

const char *const SUITE = "fact";

static uint64_t hash_of(const Fact *facts, int count)
{
    FactHash hash;
    CU_ASSERT_FATAL(fact_hash_init(&hash) != 0);
    Observer observer = fact_hash_observer(&hash);
    CU_ASSERT_PTR_NULL(observer.interval);
    for (int i = 0; i < count; i++) {
        observer.fact(observer.self, NULL, &facts[i]);
    }
    return fact_hash_finish(&hash);
}

/* Goal: no facts give the published XXH64 of nothing with seed 0, so stored hashes can be checked
 * elsewhere. Method: the value from the xxHash specification's test vectors. */
static void empty_run(void)
{
    CU_ASSERT_EQUAL(hash_of(NULL, 0), UINT64_C(0xEF46DB3751D8E999));
}

/* Goal: the layout is fixed: time, kind, job, task, node, devices, value, little-endian. Method:
 * the 32 bytes written out by hand, hashed by the library in one call. */
static void layout_is_pinned(void)
{
    static const unsigned char BYTES[32] = {
        8, 7, 6, 5,    4,    3,    2,    1,    /* time */
        4, 0, 0, 0,    0xff, 0xff, 0xff, 0xff, /* kind, job -1 */
        3, 2, 0, 0,    0xfe, 0xff, 0xff, 0xff, /* task, node -2 */
        1, 0, 0, 0x80, 9,    0,    0,    0,    /* devices, value */
    };
    Fact fact = {.time_ms = 0x0102030405060708,
                 .kind = FACT_TASK_PLACED,
                 .job = -1,
                 .task = 0x0203,
                 .node = -2,
                 .devices = 0x80000001u,
                 .value = 9};
    CU_ASSERT_EQUAL(hash_of(&fact, 1), (uint64_t)XXH64(BYTES, sizeof BYTES, 0));
}

/* Goal: batching changes nothing. Method: 1000 facts through the observer against one call over all
 * bytes. */
static void batches_do_not_show(void)
{
    static Fact facts[1000];
    static unsigned char bytes[1000 * 32];
    for (int i = 0; i < 1000; i++) {
        facts[i] = (Fact){.time_ms = i, .kind = FACT_JOB_SUBMITTED};
        bytes[32 * i] = (unsigned char)(i & 255);
        bytes[32 * i + 1] = (unsigned char)(i >> 8);
        bytes[32 * i + 8] = FACT_JOB_SUBMITTED;
    }
    CU_ASSERT_EQUAL(hash_of(facts, 1000), (uint64_t)XXH64(bytes, sizeof bytes, 0));
    CU_ASSERT_EQUAL(hash_of(facts, 128), (uint64_t)XXH64(bytes, 128 * 32, 0));
}

/* Goal: two runs with the same facts in another order differ. */
static void order_matters(void)
{
    Fact facts[2] = {{.time_ms = 1, .kind = FACT_JOB_SUBMITTED},
                     {.time_ms = 2, .kind = FACT_JOB_SUBMITTED}};
    Fact swapped[2] = {facts[1], facts[0]};
    CU_ASSERT_NOT_EQUAL(hash_of(facts, 2), hash_of(swapped, 2));
}

const TestCase CASES[] = {
    {"no facts: XXH64 of nothing", empty_run},
    {"layout of a fact is pinned", layout_is_pinned},
    {"batches do not show", batches_do_not_show},
    {"order matters", order_matters},
    {NULL, NULL},
};
