/* test_typical.c - which requests of a workload are typical, and what it asks for on average. */
#include "tests/suite.h"

#include <math.h>

#include "models/typical.h"
#include "traces/readers.h"

typedef struct Fixture {
    Arena arena;
    Diagnostics diagnostics;
    GpNodeType type;
    NodeTypeInfo info;
    Cluster cluster;
} Fixture;

static void fixture_open(Fixture *fixture)
{
    *fixture = (Fixture){0};
    arena_init(&fixture->arena);
    diagnostics_init(&fixture->diagnostics);
    fixture->type = (GpNodeType){.size = sizeof(GpNodeType), .device_count = 8};
    fixture->type.capacity[GP_AXIS_GPU] = 8000;
    fixture->type.capacity[GP_AXIS_CPU] = 128000;
    fixture->type.capacity[GP_AXIS_MEMORY] = 1048576;
    fixture->cluster =
        (Cluster){.type_count = 1, .types = &fixture->type, .type_info = &fixture->info};
}

static void fixture_close(Fixture *fixture)
{
    arena_free(&fixture->arena);
    diagnostics_free(&fixture->diagnostics);
}

static Request row_of(int32_t gpus, int32_t milli, int64_t cpu, int64_t memory, int64_t count)
{
    return (Request){.gpu_count = gpus,
                     .gpu_milli = milli,
                     .cpu_milli = cpu,
                     .memory_mib = memory,
                     .model_text = "",
                     .count = count,
                     .task_count = 1,
                     .duration_ms = TIME_NEVER};
}

/* Goal: the published default workload. Method: the classes of it that travel with the program; the
 * study's check values (35 typical of 91 groups, and weights to six decimals) are its authors'. */
static void test_published(void)
{
    Fixture fixture;
    fixture_open(&fixture);
    RequestList list = {0};
    CU_ASSERT_EQUAL_FATAL(classes_read("scenarios/openb-2023-classes.csv", &fixture.arena,
                                       &fixture.diagnostics, &fixture.cluster, &list),
                          STATUS_OK);
    CU_ASSERT_EQUAL(list.count, 151);
    int64_t requests = 0;
    int64_t demand = 0;
    for (int32_t i = 0; i < list.count; i++) {
        requests += list.rows[i].count;
        demand += list.rows[i].count * list.rows[i].gpu_count * list.rows[i].gpu_milli;
    }
    CU_ASSERT_EQUAL(requests, 8152);
    CU_ASSERT_EQUAL(demand, 6086800);
    GpConstants constants;
    CU_ASSERT_TRUE_FATAL(typical_tasks(&list, 1, &fixture.cluster, &fixture.arena, &constants));
    CU_ASSERT_EQUAL_FATAL(constants.typical_count, 35);
    const struct {
        int at;
        int64_t cpu;
        int32_t milli;
        double weight;
    } known[] = {{0, 3152, 810, 0.134818},
                 {1, 11300, 1000, 0.112542},
                 {2, 11400, 1000, 0.077131},
                 {3, 3152, 1000, 0.060520},
                 {34, 4152, 810, 0.003992}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const GpTypical *typical = &constants.typical[known[i].at];
        CU_ASSERT_EQUAL(typical->shape.request[GP_AXIS_CPU], known[i].cpu);
        CU_ASSERT_EQUAL(typical->shape.device_milli, known[i].milli);
        CU_ASSERT_EQUAL(typical->shape.device_count, 1);
        CU_ASSERT_DOUBLE_EQUAL(typical->weight, known[i].weight, 5e-7);
    }
    fixture_close(&fixture);
}

/* Goal: the table holds the 91 groups that the study finds. Method: distinct (cpu, milli, gpus) are
 * counted here, row against row; the default list names no models. */
static void test_group_count(void)
{
    Fixture fixture;
    fixture_open(&fixture);
    RequestList list = {0};
    CU_ASSERT_EQUAL_FATAL(classes_read("scenarios/openb-2023-classes.csv", &fixture.arena,
                                       &fixture.diagnostics, &fixture.cluster, &list),
                          STATUS_OK);
    int32_t groups = 0;
    for (int32_t i = 0; i < list.count; i++) {
        bool first = true;
        for (int32_t j = 0; first && j < i; j++) {
            first = list.rows[i].cpu_milli != list.rows[j].cpu_milli ||
                    list.rows[i].gpu_milli != list.rows[j].gpu_milli ||
                    list.rows[i].gpu_count != list.rows[j].gpu_count;
        }
        groups += first;
    }
    CU_ASSERT_EQUAL(groups, 91);
    fixture_close(&fixture);
}

/* Goal: groups are taken until 95 % are covered, the one that crosses the line included, and ties
 * fall as the study says. Method: 100 requests: 60, 20, 14, then 1 each of six; 94 < 95, so one of
 * the singles is in: the one with most CPU, among equals most milli, then the greatest text.
 * Weights are count / 95. */
static void test_cover_and_ties(void)
{
    Fixture fixture;
    fixture_open(&fixture);
    Request rows[] = {
        row_of(1, 100, 10, 0, 1),  row_of(1, 200, 20, 0, 1), row_of(0, 0, 5, 0, 14),
        row_of(1, 200, 20, 0, 1),  row_of(1, 100, 20, 0, 1), row_of(1, 500, 7, 0, 20),
        row_of(1, 1000, 7, 0, 60), row_of(1, 200, 20, 0, 1), row_of(2, 1000, 10, 0, 1),
    };
    rows[1].model_text = "A";
    rows[1].model_set = 1;
    rows[3].model_text = "B|A";
    rows[3].model_set = 3;
    rows[7].model_text = "A|B";
    rows[7].model_set = 3;
    RequestList list = {rows, 9};
    GpConstants constants;
    CU_ASSERT_TRUE_FATAL(typical_tasks(&list, 1, &fixture.cluster, &fixture.arena, &constants));
    CU_ASSERT_EQUAL_FATAL(constants.typical_count, 4);
    CU_ASSERT_EQUAL(constants.typical[0].shape.device_milli, 1000);
    CU_ASSERT_DOUBLE_EQUAL(constants.typical[0].weight, 60.0 / 95.0, 1e-15);
    CU_ASSERT_EQUAL(constants.typical[1].shape.device_milli, 500);
    CU_ASSERT_EQUAL(constants.typical[2].shape.device_count, 0);
    CU_ASSERT_EQUAL(constants.typical[3].shape.request[GP_AXIS_CPU], 20);
    CU_ASSERT_EQUAL(constants.typical[3].shape.device_milli, 200);
    CU_ASSERT_EQUAL(constants.typical[3].shape.model_set, 3); /* "B|A" is the greatest text */
    fixture_close(&fixture);
}

/* Goal: memory makes no group, but a typical task carries the commonest one; lists pool; tasks
 * count. Method: one key with 100 MiB (3 requests) and 200 MiB (one job of 4 tasks) in two lists.
 */
static void test_pool_and_memory(void)
{
    Fixture fixture;
    fixture_open(&fixture);
    Request first[] = {row_of(1, 1000, 64000, 100, 3)};
    Request second[] = {row_of(1, 1000, 64000, 200, 1)};
    second[0].task_count = 4;
    RequestList lists[] = {{first, 1}, {second, 1}};
    GpConstants constants;
    CU_ASSERT_TRUE_FATAL(typical_tasks(lists, 2, &fixture.cluster, &fixture.arena, &constants));
    CU_ASSERT_EQUAL_FATAL(constants.typical_count, 1);
    CU_ASSERT_EQUAL(constants.typical[0].weight, 1.0);
    CU_ASSERT_EQUAL(constants.typical[0].shape.request[GP_AXIS_MEMORY], 200);
    /* all ask 1 of 8 GPUs and 64 of 128 cores; memory (3 x 100 + 4 x 200) / 7 of 1 TiB is below the
     * floor */
    CU_ASSERT_DOUBLE_EQUAL(constants.mix[GP_AXIS_GPU], 0.125, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(constants.mix[GP_AXIS_CPU], 0.5, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(constants.mix[GP_AXIS_MEMORY], 0.001, 0.0);
    CU_ASSERT_DOUBLE_EQUAL(constants.mix[GP_AXIS_NETWORK], 0.001, 0.0); /* no node has any */
    CU_ASSERT_EQUAL(constants.scale[GP_AXIS_MEMORY], 1048576);
    fixture_close(&fixture);
}

/* Goal: the mean is over all requests, not over the typical ones. Method: 96 of 100 ask 1 GPU, 4
 * ask 8: typical is one group, the mean is (96 + 32) / 100 GPUs of 8. */
static void test_mix_of_all(void)
{
    Fixture fixture;
    fixture_open(&fixture);
    Request rows[] = {row_of(1, 1000, 1000, 0, 96), row_of(8, 1000, 1000, 0, 4)};
    RequestList list = {rows, 2};
    GpConstants constants;
    CU_ASSERT_TRUE_FATAL(typical_tasks(&list, 1, &fixture.cluster, &fixture.arena, &constants));
    CU_ASSERT_EQUAL(constants.typical_count, 1);
    CU_ASSERT_DOUBLE_EQUAL(constants.mix[GP_AXIS_GPU], 1.28 / 8.0, 1e-15);
    fixture_close(&fixture);
}

/* Goal: no requests is no crash. Method: an empty list. */
static void test_nothing(void)
{
    Fixture fixture;
    fixture_open(&fixture);
    RequestList list = {NULL, 0};
    GpConstants constants;
    CU_ASSERT_TRUE_FATAL(typical_tasks(&list, 1, &fixture.cluster, &fixture.arena, &constants));
    CU_ASSERT_EQUAL(constants.typical_count, 0);
    CU_ASSERT_EQUAL(constants.scale[GP_AXIS_GPU], 8000);
    CU_ASSERT_TRUE(isfinite(constants.mix[GP_AXIS_GPU]));
    fixture_close(&fixture);
}

const char *const SUITE = "typical";
const TestCase CASES[] = {
    {"the published workload", test_published},
    {"its groups", test_group_count},
    {"covering 95 %, and ties", test_cover_and_ties},
    {"memory is no key; lists pool", test_pool_and_memory},
    {"the mean is over all requests", test_mix_of_all},
    {"no requests", test_nothing},
    {NULL, NULL},
};
