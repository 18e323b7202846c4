/* test_units.c - quantities: exact values, roundings, refusals. Expected values are worked out by
 * hand beside them. */
#include <stdint.h>

#include "core/units.h"
#include "tests/suite.h"

typedef struct Row {
    const char *text;
    Unit unit;
    Rounding rounding;
    int64_t value;
} Row;

static const Row GOOD[] = {
    {"8", UNIT_NONE, ROUND_EXACT, 8},
    {"-3", UNIT_NONE, ROUND_EXACT, -3},
    {"0", UNIT_NONE, ROUND_EXACT, 0},
    {"4s", UNIT_DURATION_MS, ROUND_EXACT, 4000},
    {"1h30m", UNIT_DURATION_MS, ROUND_EXACT, 5400000},
    {"7d", UNIT_DURATION_MS, ROUND_EXACT, INT64_C(604800000)},
    {"1w", UNIT_DURATION_MS, ROUND_EXACT, INT64_C(604800000)},
    {"1.5h", UNIT_DURATION_MS, ROUND_EXACT, 5400000},
    {"1m0.25s", UNIT_DURATION_MS, ROUND_EXACT, 60250},
    {"0.1ms", UNIT_DURATION_MS, ROUND_UP, 1},
    {"0.9ms", UNIT_DURATION_MS, ROUND_DOWN, 0},
    {"8", UNIT_CPU_MILLI, ROUND_EXACT, 8000},
    {"250m", UNIT_CPU_MILLI, ROUND_EXACT, 250},
    {"0.5", UNIT_CPU_MILLI, ROUND_EXACT, 500},
    {"0.0001", UNIT_CPU_MILLI, ROUND_UP, 1},
    {"0.0001", UNIT_CPU_MILLI, ROUND_DOWN, 0},
    {"500", UNIT_GPU_MILLI, ROUND_EXACT, 500},
    {"80Gi", UNIT_MEMORY_MIB, ROUND_EXACT, 81920},
    {"2Ti", UNIT_MEMORY_MIB, ROUND_EXACT, 2097152},
    {"1G", UNIT_MEMORY_MIB, ROUND_DOWN, 953}, /* 10^9 / 2^20 = 953.67 */
    {"1GB", UNIT_MEMORY_MIB, ROUND_UP, 954},
    {"1025Ki", UNIT_MEMORY_MIB, ROUND_UP, 2},
    {"1.5GiB", UNIT_MEMORY_MIB, ROUND_EXACT, 1536},
    {"12GB/s", UNIT_BYTES_MB_S, ROUND_EXACT, 12000},
    {"1GiB/s", UNIT_BYTES_MB_S, ROUND_DOWN, 1073}, /* 1073.74 */
    {"1GiB/s", UNIT_BYTES_MB_S, ROUND_UP, 1074},
    {"400Gb/s", UNIT_BITS_MB_S, ROUND_EXACT, 400000},
    {"400 Gb/s", UNIT_BITS_MB_S, ROUND_EXACT, 400000},
    {"35%", UNIT_RATIO_PPM, ROUND_EXACT, 350000},
    {"0.35", UNIT_RATIO_PPM, ROUND_EXACT, 350000},
    {"130%", UNIT_RATIO_PPM, ROUND_EXACT, 1300000},
    {"3.00 USD/gpu-h", UNIT_USD_MICRO_GPU_H, ROUND_EXACT, 3000000},
    {"2.1USD/gpu-h", UNIT_USD_MICRO_GPU_H, ROUND_EXACT, 2100000},
    {"75W", UNIT_POWER_MW, ROUND_EXACT, 75000},
    {"10.2kW", UNIT_POWER_MW, ROUND_EXACT, 10200000},
    {"40/h", UNIT_RATE, ROUND_EXACT, INT64_C(6720000000)}, /* 40 x 168 x 10^6 a 10^6 weeks */
    {"0.5/s", UNIT_RATE, ROUND_EXACT, INT64_C(302400000000)},
    {"1/d", UNIT_RATE, ROUND_EXACT, 7000000},
    {"0.000001/w", UNIT_RATE, ROUND_EXACT, 1},
    {"1.5", UNIT_NUMBER_MICRO, ROUND_EXACT, 1500000},
    {"4y", UNIT_DURATION_MS, ROUND_EXACT, INT64_C(126144000000)},  /* 4 x 8760 h */
    {"1y2w", UNIT_DURATION_MS, ROUND_EXACT, INT64_C(32745600000)}, /* 365 + 14 days */
    {"250000 USD", UNIT_USD_MICRO, ROUND_EXACT, INT64_C(250000000000)},
    {"500 USD/month", UNIT_USD_MICRO_Y, ROUND_EXACT, INT64_C(6000000000)}, /* twelve of them */
    {"2 USD/h", UNIT_USD_MICRO_Y, ROUND_EXACT, INT64_C(17520000000)},      /* 8760 of them */
    {"1 USD/d", UNIT_USD_MICRO_Y, ROUND_EXACT, 365000000},
    {"4500 USD/gpu-y", UNIT_USD_MICRO_GPU_Y, ROUND_EXACT, INT64_C(4500000000)},
    {"0.5 USD/gpu-h", UNIT_USD_MICRO_GPU_Y, ROUND_EXACT, INT64_C(4380000000)},
    {"180 USD/kW-month", UNIT_USD_MICRO_KW_Y, ROUND_EXACT, INT64_C(2160000000)},
    {"2 USD/node-h", UNIT_USD_MICRO_NODE_H, ROUND_EXACT, 2000000},
    {"0.085 USD/kWh", UNIT_USD_MICRO_KWH, ROUND_EXACT, 85000},
    {"85 USD/MWh", UNIT_USD_MICRO_KWH, ROUND_EXACT, 85000}, /* a thousand kWh */
    {"381 g/kWh", UNIT_CARBON_MG_KWH, ROUND_EXACT, 381000},
    {"0.381 kg/MWh", UNIT_CARBON_MG_KWH, ROUND_EXACT, 381}, /* g/kWh by another name */
    {"-0.5", UNIT_CPU_MILLI, ROUND_EXACT, -500},
    {"-0.0001", UNIT_CPU_MILLI, ROUND_UP, 0}, /* up is towards +infinity */
    {"-0.0001", UNIT_CPU_MILLI, ROUND_DOWN, -1},
    {"9223372036854775.806", UNIT_CPU_MILLI, ROUND_EXACT, INT64_MAX - 1},
};

static void test_good(void)
{
    for (size_t i = 0; i < sizeof(GOOD) / sizeof(GOOD[0]); i++) {
        int64_t value = -99;
        const char *wrong = quantity_parse(GOOD[i].text, GOOD[i].unit, GOOD[i].rounding, &value);
        if (wrong != NULL || value != GOOD[i].value) {
            printf("%s: %s, %lld\n", GOOD[i].text, wrong == NULL ? "ok" : wrong, (long long)value);
        }
        CU_ASSERT_PTR_NULL(wrong);
        CU_ASSERT_EQUAL(value, GOOD[i].value);
    }
}

/* Refused, value untouched: missing units, bits for bytes, exponents, octal look, signs, overflow.
 */
static void test_bad(void)
{
    static const Row BAD[] = {
        {"", UNIT_NONE, ROUND_EXACT, 0},
        {"1e3", UNIT_NONE, ROUND_EXACT, 0},
        {"012", UNIT_NONE, ROUND_EXACT, 0},
        {"0x10", UNIT_NONE, ROUND_EXACT, 0},
        {"1.0", UNIT_NONE, ROUND_EXACT, 0},
        {"+1", UNIT_NONE, ROUND_EXACT, 0},
        {" 1", UNIT_NONE, ROUND_EXACT, 0},
        {"1 ", UNIT_NONE, ROUND_EXACT, 0},
        {"--1", UNIT_NONE, ROUND_EXACT, 0},
        {"1_000", UNIT_NONE, ROUND_EXACT, 0},
        {"90", UNIT_DURATION_MS, ROUND_UP, 0},
        {"30m1h", UNIT_DURATION_MS, ROUND_UP, 0},
        {"1h1h", UNIT_DURATION_MS, ROUND_UP, 0},
        {"1.5h30m", UNIT_DURATION_MS, ROUND_UP, 0},
        {"1H", UNIT_DURATION_MS, ROUND_UP, 0},
        {"s", UNIT_DURATION_MS, ROUND_UP, 0},
        {"80", UNIT_MEMORY_MIB, ROUND_UP, 0},
        {"80gi", UNIT_MEMORY_MIB, ROUND_UP, 0},
        {"12Gb/s", UNIT_BYTES_MB_S, ROUND_UP, 0},
        {"12GB/s", UNIT_BITS_MB_S, ROUND_UP, 0},
        {"3.00", UNIT_USD_MICRO_GPU_H, ROUND_EXACT, 0},
        {"3 EUR/gpu-h", UNIT_USD_MICRO_GPU_H, ROUND_EXACT, 0},
        {"0.0000001 USD/gpu-h", UNIT_USD_MICRO_GPU_H, ROUND_EXACT, 0},
        {"1w1y", UNIT_DURATION_MS, ROUND_UP, 0},
        {"250000", UNIT_USD_MICRO, ROUND_EXACT, 0},
        {"500 USD", UNIT_USD_MICRO_Y, ROUND_EXACT, 0},
        {"500 USD/m", UNIT_USD_MICRO_Y, ROUND_EXACT, 0}, /* minutes are m, months are not */
        {"0.085 USD/kW", UNIT_USD_MICRO_KWH, ROUND_EXACT, 0},
        {"0.085", UNIT_USD_MICRO_KWH, ROUND_EXACT, 0},
        {"2 USD/gpu-h", UNIT_USD_MICRO_NODE_H, ROUND_EXACT, 0},
        {"381", UNIT_CARBON_MG_KWH, ROUND_EXACT, 0},
        {".5", UNIT_CPU_MILLI, ROUND_UP, 0},
        {"5.", UNIT_CPU_MILLI, ROUND_UP, 0},
        {"99999999999Pi", UNIT_MEMORY_MIB, ROUND_UP, 0},
        {"nan", UNIT_CPU_MILLI, ROUND_UP, 0},
        {"9223372036854775807", UNIT_NONE, ROUND_EXACT, 0},
        {"999999999999999999w", UNIT_DURATION_MS, ROUND_UP, 0},
        {"0.1234567890123456789", UNIT_CPU_MILLI, ROUND_UP, 0},
    };
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        int64_t value = -99;
        const char *wrong = quantity_parse(BAD[i].text, BAD[i].unit, BAD[i].rounding, &value);
        if (wrong == NULL) {
            printf("accepted: %s\n", BAD[i].text);
        }
        CU_ASSERT_PTR_NOT_NULL(wrong);
        CU_ASSERT_EQUAL(value, -99);
    }
}

/* Goal: what is printed reads back as the same amount. Method: awkward values of every unit there
 * and back. */
static void test_print_round_trip(void)
{
    static const int64_t VALUES[] = {0,        1,         999,           1000, 1024, 1048576,
                                     90061001, 123456789, INT64_MAX - 1, -5,   -1000};
    for (int unit = UNIT_NONE; unit <= UNIT_CARBON_MG_KWH; unit++) {
        for (size_t i = 0; i < sizeof(VALUES) / sizeof(VALUES[0]); i++) {
            char text[32];
            int64_t back = -1;
            const char *wrong =
                quantity_parse(quantity_print(VALUES[i], (Unit)unit, text, sizeof(text)),
                               (Unit)unit, ROUND_EXACT, &back);
            CU_ASSERT_PTR_NULL(wrong);
            CU_ASSERT_EQUAL(back, VALUES[i]);
        }
    }
    char text[32];
    CU_ASSERT_STRING_EQUAL(quantity_print(5400000, UNIT_DURATION_MS, text, 32), "1h30m");
    CU_ASSERT_STRING_EQUAL(quantity_print(81920, UNIT_MEMORY_MIB, text, 32), "80Gi");
    CU_ASSERT_STRING_EQUAL(quantity_print(3000000, UNIT_USD_MICRO_GPU_H, text, 32),
                           "3.00 USD/gpu-h");
    CU_ASSERT_STRING_EQUAL(quantity_print(355000, UNIT_RATIO_PPM, text, 32), "35.5%");
    CU_ASSERT_STRING_EQUAL(quantity_print(250, UNIT_CPU_MILLI, text, 32), "250m");
}

/* Expected from `date -u -d ... +%s`. */
static void test_timestamps(void)
{
    int64_t ms = 0;
    CU_ASSERT_PTR_NULL(timestamp_parse("1970-01-01", &ms));
    CU_ASSERT_EQUAL(ms, 0);
    CU_ASSERT_PTR_NULL(timestamp_parse("2026-03-01T00:00:00Z", &ms));
    CU_ASSERT_EQUAL(ms, INT64_C(1772323200000));
    CU_ASSERT_PTR_NULL(timestamp_parse("2000-02-29T23:59:59Z", &ms));
    CU_ASSERT_EQUAL(ms, INT64_C(951868799000));
    CU_ASSERT_PTR_NULL(timestamp_parse("1969-12-31T23:59:59Z", &ms));
    CU_ASSERT_EQUAL(ms, -1000);
    static const char *const BAD[] = {"",
                                      "2026",
                                      "2026-3-1",
                                      "2026-02-29",
                                      "2026-13-01",
                                      "2026-03-01T24:00:00Z",
                                      "2026-03-01T00:00:00",
                                      "2026-03-01 00:00:00Z",
                                      "2026-03-01T00:00:00+01:00",
                                      "2026-00-01",
                                      "2026-03-00",
                                      "x"};
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        CU_ASSERT_PTR_NOT_NULL(timestamp_parse(BAD[i], &ms));
    }
}

const char *const SUITE = "units";
const TestCase CASES[] = {{"good", test_good},
                          {"bad", test_bad},
                          {"print and read back", test_print_round_trip},
                          {"timestamps", test_timestamps},
                          {NULL, NULL}};
