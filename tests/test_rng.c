/* test_rng.c - draws by address: the published numbers, and GSL's view of them. */
#include "tests/suite.h"

#include "core/rng.h"
#include "models/gsl_philox.h"

static DrawAddress address_of(uint64_t seed, uint32_t replication, uint32_t purpose,
                              uint32_t entity)
{
    return (DrawAddress){
        .seed = seed, .replication = replication, .purpose = purpose, .entity = entity};
}

/* Goal: it is Philox 4x32-10 as published. Method: the three known answers of the Random123
 * distribution (kat_vectors: counter and key all zeros, all ones, and the first hexadecimal digits
 * of pi). */
static void test_known_answers(void)
{
    uint32_t out[4];
    rng_block(address_of(0, 0, 0, 0), 0, out);
    CU_ASSERT_EQUAL(out[0], 0x6627e8d5u);
    CU_ASSERT_EQUAL(out[1], 0xe169c58du);
    CU_ASSERT_EQUAL(out[2], 0xbc57ac4cu);
    CU_ASSERT_EQUAL(out[3], 0x9b00dbd8u);
    rng_block(address_of(UINT64_MAX, 0xffffffffu, 0xffffffffu, 0xffffffffu), 0xffffffffu, out);
    CU_ASSERT_EQUAL(out[0], 0x408f276du);
    CU_ASSERT_EQUAL(out[1], 0x41c83b0eu);
    CU_ASSERT_EQUAL(out[2], 0xa20bc7c6u);
    CU_ASSERT_EQUAL(out[3], 0x6d5451fdu);
    rng_block(address_of(0x299f31d0a4093822u, 0x13198a2eu, 0x03707344u, 0x85a308d3u), 0x243f6a88u,
              out);
    CU_ASSERT_EQUAL(out[0], 0xd16cfe09u);
    CU_ASSERT_EQUAL(out[1], 0x94fdccebu);
    CU_ASSERT_EQUAL(out[2], 0x5001e420u);
    CU_ASSERT_EQUAL(out[3], 0x24126ea1u);
}

/* Goal: the 64-bit word is the block's first two, low word first. Method: the known answer for
 * zeros. */
static void test_u64(void)
{
    CU_ASSERT_EQUAL(rng_u64(address_of(0, 0, 0, 0), 0), 0xe169c58d6627e8d5u);
}

/* Goal: every part of the address matters, and nothing else. Method: change one part at a time. */
static void test_address(void)
{
    DrawAddress home = address_of(42, 3, PURPOSE_TEST, 7);
    uint64_t draw = rng_u64(home, 5);
    CU_ASSERT_EQUAL(rng_u64(home, 5), draw);
    CU_ASSERT_NOT_EQUAL(rng_u64(home, 6), draw);
    CU_ASSERT_NOT_EQUAL(rng_u64(address_of(43, 3, PURPOSE_TEST, 7), 5), draw);
    CU_ASSERT_NOT_EQUAL(rng_u64(address_of(42 | UINT64_C(1) << 40, 3, PURPOSE_TEST, 7), 5), draw);
    CU_ASSERT_NOT_EQUAL(rng_u64(address_of(42, 4, PURPOSE_TEST, 7), 5), draw);
    CU_ASSERT_NOT_EQUAL(rng_u64(address_of(42, 3, PURPOSE_PICK, 7), 5), draw);
    CU_ASSERT_NOT_EQUAL(rng_u64(address_of(42, 3, PURPOSE_TEST, 8), 5), draw);
}

/* Goal: GSL sees the words of blocks 0, 1, 2 ... in order, and its reals lie in [0, 1). Method:
 * compare with rng_block; a real is its word / 2^32. */
static void test_gsl_words(void)
{
    DrawAddress home = address_of(1, 2, PURPOSE_TEST, 3);
    PhiloxState state;
    gsl_rng rng = gsl_philox_at(&state, home);
    for (uint32_t n = 0; n < 5; n++) {
        uint32_t block[4];
        rng_block(home, n, block);
        for (int i = 0; i < 4; i++) {
            CU_ASSERT_EQUAL(gsl_rng_get(&rng), block[i]);
        }
    }
    gsl_philox_set(&rng, home);
    uint32_t block[4];
    rng_block(home, 0, block);
    CU_ASSERT_EQUAL(gsl_rng_uniform(&rng), (double)block[0] / 4294967296.0);
    CU_ASSERT_EQUAL(gsl_rng_min(&rng), 0);
    CU_ASSERT_EQUAL(gsl_rng_max(&rng), 0xffffffffUL);
    CU_ASSERT_STRING_EQUAL(gsl_rng_name(&rng), "philox4x32-10, addressed");
}

/* Goal: an allocated GSL generator works the same way. Method: allocate, set, compare the first
 * word. */
static void test_gsl_allocated(void)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_philox);
    CU_ASSERT_PTR_NOT_NULL_FATAL(rng);
    gsl_philox_set(rng, address_of(0, 0, 0, 0));
    CU_ASSERT_EQUAL(gsl_rng_get(rng), 0x6627e8d5u);
    gsl_rng_free(rng);
}

/* Goal: small ranges are uniform. Method: 60,000 draws of 0..5 with a fixed seed; each count is
 * binomial with mean 10,000 and deviation 91, so all lie within 5 deviations. */
static void test_uniform(void)
{
    PhiloxState state;
    gsl_rng rng = gsl_philox_at(&state, address_of(9, 0, PURPOSE_TEST, 0));
    int count[6] = {0};
    for (int i = 0; i < 60000; i++) {
        count[gsl_rng_uniform_int(&rng, 6)]++;
    }
    for (int i = 0; i < 6; i++) {
        CU_ASSERT(count[i] > 10000 - 456 && count[i] < 10000 + 456);
    }
}

const char *const SUITE = "rng";
const TestCase CASES[] = {
    {"known answers", test_known_answers},
    {"64-bit draws", test_u64},
    {"every part of the address matters", test_address},
    {"GSL reads the blocks in order", test_gsl_words},
    {"GSL allocates it", test_gsl_allocated},
    {"small ranges are uniform", test_uniform},
    {NULL, NULL},
};
