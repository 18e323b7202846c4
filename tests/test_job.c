/* test_job.c - rows become jobs: shapes, kinds, tenants, tasks, order of submission. */
#include "tests/suite.h"

#include "core/alike.h"
#include "core/cluster.h"
#include "core/intern.h"
#include "core/job.h"

static Request row_of(int32_t gpus, int32_t milli, int64_t cpu, int64_t memory)
{
    return (Request){.gpu_count = gpus,
                     .gpu_milli = milli,
                     .cpu_milli = cpu,
                     .memory_mib = memory,
                     .model_text = "",
                     .count = 1,
                     .duration_ms = TIME_NEVER,
                     .task_count = 1};
}

/* Goal: equal requests share one shape, and memory alone makes another. Method: five rows, three of
 * them distinct, one used twice and one not at all. */
static void test_shapes(void)
{
    Request rows[] = {row_of(1, 500, 2000, 100), row_of(1, 500, 2000, 100),
                      row_of(1, 500, 2000, 200), row_of(0, 0, 2000, 100),
                      row_of(8, 1000, 2000, 100)};
    RequestList list = {rows, 5};
    int32_t order[] = {3, 0, 1, 2, 0};
    Arena arena;
    arena_init(&arena);
    JobTable jobs;
    CU_ASSERT_TRUE_FATAL(job_table_build(&jobs, &arena, &list, (TenantNames){0}, order, 5, 1));
    CU_ASSERT_EQUAL(jobs.shapes.count, 3);
    ShapeId expected[] = {0, 1, 1, 2, 1};
    for (int i = 0; i < 5; i++) {
        CU_ASSERT_EQUAL(job_shape(&jobs, i), expected[i]);
        CU_ASSERT_EQUAL(jobs.job_submit_ms[i], i);
        CU_ASSERT_EQUAL(jobs.job_duration_ms[i], TIME_NEVER);
        CU_ASSERT_EQUAL(jobs.task_job[i], i);
        CU_ASSERT_EQUAL(jobs.job_first_task[i], i);
    }
    CU_ASSERT_EQUAL(jobs.job_first_task[5], 5);
    CU_ASSERT_EQUAL(jobs.shapes.shapes[1].request[GP_AXIS_GPU], 500);
    CU_ASSERT_EQUAL(jobs.shapes.shapes[2].request[GP_AXIS_MEMORY], 200);
    arena_free(&arena);
}

/* Goal: kinds are "a share" and each number of whole devices; CPU-only has none. Method: two sizes
 * of share, 1 and 8 whole, CPU-only: three kinds. */
static void test_kinds(void)
{
    Request rows[] = {row_of(0, 0, 1, 1),   row_of(1, 500, 1, 1),  row_of(8, 1000, 1, 1),
                      row_of(1, 250, 1, 1), row_of(1, 1000, 1, 1), row_of(8, 1000, 2, 1)};
    RequestList list = {rows, 6};
    int32_t order[] = {0, 1, 2, 3, 4, 5};
    int32_t expected[] = {-1, 0, 1, 0, 2, 1};
    Arena arena;
    arena_init(&arena);
    JobTable jobs;
    CU_ASSERT_TRUE_FATAL(job_table_build(&jobs, &arena, &list, (TenantNames){0}, order, 6, 1));
    CU_ASSERT_EQUAL(jobs.shapes.kind_count, 3);
    for (int i = 0; i < 6; i++) {
        CU_ASSERT_EQUAL(jobs.shapes.shapes[job_shape(&jobs, i)].kind, expected[i]);
    }
    arena_free(&arena);
}

/* Goal: jobs stand in order of their time, equal times as listed. Method: times 5 3 5 0 3. */
static void test_submit_order(void)
{
    Request rows[5];
    const int64_t times[] = {5, 3, 5, 0, 3};
    const char *names[] = {"a", "b", "c", "d", "e"};
    for (int i = 0; i < 5; i++) {
        rows[i] = row_of(1, 1000, 1, 1);
        rows[i].submit_ms = times[i];
        rows[i].name = names[i];
    }
    RequestList list = {rows, 5};
    int32_t order[] = {0, 1, 2, 3, 4};
    Arena arena;
    arena_init(&arena);
    JobTable jobs;
    CU_ASSERT_TRUE_FATAL(job_table_build(&jobs, &arena, &list, (TenantNames){0}, order, 5, 0));
    const char *expected[] = {"d", "b", "e", "a", "c"};
    const int64_t expected_ms[] = {0, 3, 3, 5, 5};
    for (int i = 0; i < 5; i++) {
        CU_ASSERT_STRING_EQUAL(jobs.job_name[i], expected[i]);
        CU_ASSERT_EQUAL(jobs.job_submit_ms[i], expected_ms[i]);
    }
    int64_t reversed[] = {4, 3, 2, 1, 0};
    CU_ASSERT_TRUE_FATAL(
        job_table_build_timed(&jobs, &arena, &list, (TenantNames){0}, order, reversed, 5));
    CU_ASSERT_STRING_EQUAL(jobs.job_name[0], "e");
    CU_ASSERT_STRING_EQUAL(jobs.job_name[4], "a");
    arena_free(&arena);
}

/* Goal: tasks and tenants are numbered through. Method: jobs of 2, 1 and 3 tasks in queues
 * research, none, research. */
static void test_tasks_and_tenants(void)
{
    Request rows[] = {row_of(1, 1000, 1, 1), row_of(1, 1000, 1, 1), row_of(1, 1000, 1, 1)};
    char other_copy[] = "research";
    rows[0].task_count = 2;
    rows[0].queue = "research";
    rows[0].gang = GANG_ALL;
    rows[0].priority = 7;
    rows[2].task_count = 3;
    rows[2].queue = other_copy;
    RequestList list = {rows, 3};
    int32_t order[] = {0, 1, 2};
    Arena arena;
    arena_init(&arena);
    JobTable jobs;
    CU_ASSERT_TRUE_FATAL(job_table_build(&jobs, &arena, &list, (TenantNames){0}, order, 3, 10));
    CU_ASSERT_EQUAL(jobs.task_count, 6);
    JobId task_job[] = {0, 0, 1, 2, 2, 2};
    for (int i = 0; i < 6; i++) {
        CU_ASSERT_EQUAL(jobs.task_job[i], task_job[i]);
    }
    CU_ASSERT_EQUAL(jobs.job_first_task[2], 3);
    CU_ASSERT_EQUAL(jobs.job_first_task[3], 6);
    CU_ASSERT_EQUAL(job_class(&jobs, 0)->gang, GANG_ALL);
    CU_ASSERT_EQUAL(jobs.job_priority[0], 7);
    CU_ASSERT_EQUAL(jobs.tenant_count, 2);
    CU_ASSERT_STRING_EQUAL(jobs.tenant_name[0], "default");
    CU_ASSERT_STRING_EQUAL(jobs.tenant_name[1], "research");
    CU_ASSERT_EQUAL(job_tenant(&jobs, 0), 1);
    CU_ASSERT_EQUAL(job_tenant(&jobs, 1), 0);
    CU_ASSERT_EQUAL(job_tenant(&jobs, 2), 1);
    arena_free(&arena);
}

/* Goal: an empty run is legal. Method: no jobs. */
static void test_no_jobs(void)
{
    RequestList list = {NULL, 0};
    Arena arena;
    arena_init(&arena);
    JobTable jobs;
    CU_ASSERT_TRUE_FATAL(job_table_build(&jobs, &arena, &list, (TenantNames){0}, NULL, 0, 1));
    CU_ASSERT_EQUAL(jobs.job_count + jobs.task_count + jobs.shapes.count + jobs.shapes.kind_count,
                    0);
    CU_ASSERT_EQUAL(jobs.tenant_count, 1);
    arena_free(&arena);
}

/* Goal: the cluster's columns are sums of its parts. Method: nodes of 2, 0 and 4 devices. */
static void test_cluster(void)
{
    GpNodeType types[] = {
        {.size = sizeof(GpNodeType), .device_count = 2, .capacity = {[GP_AXIS_GPU] = 2000}},
        {.size = sizeof(GpNodeType), .device_count = 0, .model = -1},
        {.size = sizeof(GpNodeType), .device_count = 4, .capacity = {[GP_AXIS_GPU] = 4000}},
    };
    NodeTypeInfo info[3] = {{0}};
    int32_t node_type[] = {0, 1, 2, 0};
    const char *names[] = {"a", "b", "c", "d"};
    Cluster cluster = {.type_count = 3,
                       .types = types,
                       .type_info = info,
                       .node_count = 4,
                       .node_type = node_type,
                       .node_name = names};
    Arena arena;
    arena_init(&arena);
    CU_ASSERT_TRUE_FATAL(cluster_finish(&cluster, &arena));
    int32_t begin[] = {0, 2, 2, 6, 8};
    for (int i = 0; i < 5; i++) {
        CU_ASSERT_EQUAL(cluster.device_begin[i], begin[i]);
    }
    CU_ASSERT_EQUAL(cluster.gpu_milli, 8000);
    CU_ASSERT_EQUAL(info[0].node_count, 2);
    CU_ASSERT_EQUAL(info[1].node_count, 1);
    CU_ASSERT_EQUAL(cluster_node(&cluster, "c"), 2);
    CU_ASSERT_EQUAL(cluster_node(&cluster, "e"), -1);
    CU_ASSERT_EQUAL(cluster_model(&cluster, &arena, "A100", 4), 0);
    /* only the first letters count */
    CU_ASSERT_EQUAL(cluster_model(&cluster, &arena, "A100|A10", 3), 1);
    CU_ASSERT_EQUAL(cluster_model(&cluster, &arena, "A100", 4), 0);
    CU_ASSERT_STRING_EQUAL(cluster.model_name[1], "A10");
    char name[] = "M00";
    for (int i = 2; i < GP_MODELS_MAX; i++) {
        name[1] = (char)('0' + i / 10);
        name[2] = (char)('0' + i % 10);
        CU_ASSERT_EQUAL(cluster_model(&cluster, &arena, name, 3), i);
    }
    CU_ASSERT_EQUAL(cluster_model(&cluster, &arena, "one more", 8), -1);
    CU_ASSERT_FALSE(arena.failed);
    arena_free(&arena);
}

static bool number_same(const void *context, int32_t id)
{
    return *(const int32_t *)context == id;
}

/* Goal: the table finds all it was given, across growth, even where hashes collide. Method: 10,000
 * ids under only 100 hashes. */
static void test_intern(void)
{
    Intern table;
    intern_init(&table);
    for (int32_t id = 0; id < 10000; id++) {
        uint64_t hash = intern_mix(0, (uint64_t)(id % 100));
        CU_ASSERT_EQUAL(intern_find(&table, hash, number_same, &id), -1);
        CU_ASSERT_TRUE_FATAL(intern_add(&table, hash, id));
    }
    for (int32_t id = 0; id < 10000; id += 37) {
        uint64_t hash = intern_mix(0, (uint64_t)(id % 100));
        CU_ASSERT_EQUAL(intern_find(&table, hash, number_same, &id), id);
    }
    CU_ASSERT_NOT_EQUAL(intern_text(0, "ab", 2), intern_text(0, "ab\0", 3));
    CU_ASSERT_EQUAL(intern_text(0, "abcdefghij", 10), intern_text(0, "abcdefghijk", 10));
    intern_free(&table);
}

const char *const SUITE = "job";
/* Fields in which alike rows may differ, and what the compiler leaves empty. */
static bool may_differ(size_t at)
{
#define FIELD(name)                                                                                \
    {                                                                                              \
        offsetof(Request, name), offsetof(Request, name) + sizeof((Request *)0)->name              \
    }
    static const struct {
        size_t from, to;
    } FREE[] = {
        FIELD(name),
        FIELD(count),
        FIELD(submit_ms),
        FIELD(duration_ms),
        FIELD(time_limit_ms),
        FIELD(estimate_ms),
        FIELD(recorded_start_ms),
        FIELD(end),
        FIELD(has_start),
        FIELD(carried),
        FIELD(censored),
        FIELD(user),
        {offsetof(Request, cores_unsaid) + 1, offsetof(Request, queue)},
    };
#undef FIELD
    for (size_t i = 0; i < sizeof FREE / sizeof FREE[0]; i++) {
        if (at >= FREE[i].from && at < FREE[i].to) {
            return true;
        }
    }
    return false;
}

/* Goal: rows are alike only if they ask the same; a field that is added to a request later is
 * compared, or named above. Method: each byte of a row is changed in turn. */
static void test_alikes(void)
{
    Alikes alikes;
    Request row = {
        .gpu_count = 1, .gpu_milli = 1000, .model_text = "", .count = 1, .task_count = 1};
    Request changed[sizeof row];
    alikes_init(&alikes);
    CU_ASSERT_EQUAL_FATAL(alikes_number(&alikes, &row), 0);
    int32_t numbers = 1;
    for (size_t at = 0; at < sizeof row; at++) {
        changed[at] = row;
        ((unsigned char *)&changed[at])[at] ^= 1;
        int32_t number = alikes_number(&alikes, &changed[at]);
        CU_ASSERT_EQUAL(number, may_differ(at) ? 0 : numbers);
        numbers += !may_differ(at);
        CU_ASSERT_EQUAL(alikes_number(&alikes, &changed[at]), number);
    }
    CU_ASSERT_EQUAL(alikes.count, numbers);
    CU_ASSERT_EQUAL(alikes_number(&alikes, &row), 0);
    alikes_free(&alikes);
}

const TestCase CASES[] = {
    {"equal requests share a shape", test_shapes},
    {"kinds", test_kinds},
    {"order of submission", test_submit_order},
    {"tasks and tenants", test_tasks_and_tenants},
    {"no jobs", test_no_jobs},
    {"cluster columns and models", test_cluster},
    {"interning", test_intern},
    {"rows that ask the same share a number, others do not", test_alikes},
    {NULL, NULL},
};
