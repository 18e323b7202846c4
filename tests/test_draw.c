/* test_draw.c - one replication's arrivals and ranks: the study's rules, and the same luck for
 * everybody. */
#include "tests/suite.h"

#include <string.h>

#include "traces/draw.h"
#include "traces/readers.h"

static Request row_of(int32_t gpus, int32_t milli, int64_t count, int64_t submit_ms)
{
    return (Request){.gpu_count = gpus,
                     .gpu_milli = milli,
                     .cpu_milli = 1000 + gpus,
                     .model_text = "",
                     .count = count,
                     .submit_ms = submit_ms,
                     .task_count = 1,
                     .duration_ms = TIME_NEVER};
}

typedef struct Draw {
    Arena arena;
    Diagnostics diagnostics;
    JobTable jobs;
    Status status;
} Draw;

static void draw_open(Draw *draw, const Scenario *scenario, uint32_t replication)
{
    *draw = (Draw){0};
    arena_init(&draw->arena);
    diagnostics_init(&draw->diagnostics);
    draw->status =
        workload_draw(scenario, replication, &draw->arena, &draw->diagnostics, &draw->jobs);
}

static void draw_close(Draw *draw)
{
    arena_free(&draw->arena);
    diagnostics_free(&draw->diagnostics);
}

static int64_t job_milli(const JobTable *jobs, JobId job)
{
    return jobs->shapes.shapes[job_shape(jobs, job)].request[GP_AXIS_GPU];
}

static int64_t jobs_milli(const JobTable *jobs, JobId first, JobId end)
{
    int64_t sum = 0;
    for (JobId job = first; job < end; job++) {
        sum += job_milli(jobs, job);
    }
    return sum;
}

/* Goal: the list comes first, shuffled, then copies up to the load. Method: 3 kinds of request, 100
 * in all, of 54,000 milli; a cluster of 100 GPUs at 130 %. The first 100 jobs hold exactly the
 * list; the demand ends in (130,000 - 1 GPU .. 130,000 + 7 GPUs], since the study's stop test looks
 * at one GPU of a request. */
static void test_copies(void)
{
    Request rows[] = {row_of(1, 500, 60, 0), row_of(0, 0, 37, 0), row_of(8, 1000, 3, 0)};
    rows[0].name = "share";
    rows[1].name = "cpu";
    rows[2].name = "eight";
    WorkloadSource source = {
        .kind = SOURCE_CLASSES, .requests = {rows, 3}, .load_ppm = 1300000, .interval_ms = 1};
    Scenario scenario = {
        .seed = 42, .cluster = {.gpu_milli = 100000}, .source_count = 1, .sources = &source};
    for (uint32_t replication = 0; replication < 20; replication++) {
        Draw draw;
        draw_open(&draw, &scenario, replication);
        CU_ASSERT_EQUAL_FATAL(draw.status, STATUS_OK);
        int seen[3] = {0};
        for (JobId job = 0; job < 100; job++) {
            seen[0] += draw.jobs.job_name[job] == rows[0].name;
            seen[1] += draw.jobs.job_name[job] == rows[1].name;
            seen[2] += draw.jobs.job_name[job] == rows[2].name;
        }
        CU_ASSERT_EQUAL(seen[0], 60);
        CU_ASSERT_EQUAL(seen[1], 37);
        CU_ASSERT_EQUAL(seen[2], 3);
        CU_ASSERT_EQUAL(jobs_milli(&draw.jobs, 0, 100), 54000);
        int64_t demand = jobs_milli(&draw.jobs, 0, draw.jobs.job_count);
        CU_ASSERT(demand > 130000 - 1000 && demand <= 130000 + 7000);
        CU_ASSERT_EQUAL(draw.jobs.job_submit_ms[draw.jobs.job_count - 1], draw.jobs.job_count - 1);
        draw_close(&draw);
    }
}

/* Goal: the shares among copies are those of the list. Method: the case above at a load of 200
 * times the cluster: about n = 37,000 copies, of which 60 % ask a share; the deviation is sqrt(.6 x
 * .4 / n) = 0.25 %, five of them are 1.3 %. */
static void test_copy_shares(void)
{
    Request rows[] = {row_of(1, 500, 60, 0), row_of(0, 0, 37, 0), row_of(8, 1000, 3, 0)};
    WorkloadSource source = {
        .kind = SOURCE_CLASSES, .requests = {rows, 3}, .load_ppm = 200000000, .interval_ms = 1};
    Scenario scenario = {
        .seed = 7, .cluster = {.gpu_milli = 100000}, .source_count = 1, .sources = &source};
    Draw draw;
    draw_open(&draw, &scenario, 0);
    CU_ASSERT_EQUAL_FATAL(draw.status, STATUS_OK);
    int32_t copies = draw.jobs.job_count - 100;
    int32_t shares = 0;
    for (JobId job = 100; job < draw.jobs.job_count; job++) {
        shares += job_milli(&draw.jobs, job) == 500;
    }
    CU_ASSERT(copies > 36000 && copies < 38000); /* (20,000,000 - 54,000) / 540 a copy = 36,937 */
    CU_ASSERT_DOUBLE_EQUAL((double)shares / copies, 0.6, 0.013);
    draw_close(&draw);
}

/* Goal: too much demand loses requests until it is at most the load, and no more than needed.
 * Method: 200 whole GPUs and 100 CPU-only requests against 100 GPUs at 50 %: exactly 50 GPUs
 * remain, and of the CPU-only ones about a quarter. */
static void test_removal(void)
{
    Request rows[] = {row_of(1, 1000, 200, 0), row_of(0, 0, 100, 0)};
    WorkloadSource source = {
        .kind = SOURCE_LOG_ORDER, .requests = {rows, 2}, .load_ppm = 500000, .interval_ms = 1};
    Scenario scenario = {
        .seed = 3, .cluster = {.gpu_milli = 100000}, .source_count = 1, .sources = &source};
    int64_t cpu_only = 0;
    for (uint32_t replication = 0; replication < 40; replication++) {
        Draw draw;
        draw_open(&draw, &scenario, replication);
        CU_ASSERT_EQUAL_FATAL(draw.status, STATUS_OK);
        CU_ASSERT_EQUAL(jobs_milli(&draw.jobs, 0, draw.jobs.job_count), 50000);
        cpu_only += draw.jobs.job_count - 50;
        draw_close(&draw);
    }
    /* 40 runs of 100 CPU-only requests: of 300 in random order, what stands before the 51st GPU
     * request. Mean of one run 100 x 51 / 201 = 25.4, deviation about 5; of 40 runs 0.8, five of
     * them 4. */
    CU_ASSERT_DOUBLE_EQUAL((double)cpu_only / 40, 25.4, 4.0);
}

/* Goal: no load, no copies; and the list's order is a uniform permutation. Method: 3 rows over
 * 6,000 replications: each of the 6 orders about 1,000 times (deviation 29, five of them 145). */
static void test_shuffle(void)
{
    Request rows[] = {row_of(1, 100, 1, 0), row_of(1, 200, 1, 0), row_of(1, 300, 1, 0)};
    WorkloadSource source = {.kind = SOURCE_LOG_ORDER, .requests = {rows, 3}, .interval_ms = 1};
    Scenario scenario = {
        .seed = 11, .cluster = {.gpu_milli = 1000}, .source_count = 1, .sources = &source};
    int seen[4][4] = {{0}};
    for (uint32_t replication = 0; replication < 6000; replication++) {
        Draw draw;
        draw_open(&draw, &scenario, replication);
        CU_ASSERT_EQUAL_FATAL(draw.jobs.job_count, 3);
        seen[job_milli(&draw.jobs, 0) / 100][job_milli(&draw.jobs, 1) / 100]++;
        draw_close(&draw);
    }
    for (int first = 1; first <= 3; first++) {
        for (int second = 1; second <= 3; second++) {
            CU_ASSERT(first == second || (seen[first][second] > 855 && seen[first][second] < 1145));
        }
    }
}

/* Goal: the same address gives the same jobs, another replication others. Method: draw twice, and
 * once more. */
static void test_same_luck(void)
{
    Request rows[] = {row_of(1, 100, 50, 0), row_of(1, 200, 50, 0)};
    WorkloadSource source = {
        .kind = SOURCE_CLASSES, .requests = {rows, 2}, .load_ppm = 900000, .interval_ms = 1};
    Scenario scenario = {
        .seed = 5, .cluster = {.gpu_milli = 100000}, .source_count = 1, .sources = &source};
    Draw one;
    Draw two;
    Draw other;
    draw_open(&one, &scenario, 1);
    draw_open(&two, &scenario, 1);
    draw_open(&other, &scenario, 2);
    CU_ASSERT_EQUAL_FATAL(one.jobs.job_count, two.jobs.job_count);
    int differ = 0;
    for (JobId job = 0; job < one.jobs.job_count; job++) {
        CU_ASSERT_EQUAL(job_milli(&one.jobs, job), job_milli(&two.jobs, job));
        differ +=
            job < other.jobs.job_count && job_milli(&one.jobs, job) != job_milli(&other.jobs, job);
    }
    CU_ASSERT(differ > 0);
    draw_close(&one);
    draw_close(&two);
    draw_close(&other);
}

/* Goal: jobs with times keep them, counts are expanded, several sources merge in time order, equal
 * times in the order of the sources. Method: by hand. */
static void test_merge(void)
{
    Request first[] = {row_of(1, 100, 1, 20), row_of(1, 200, 2, 0)};
    Request second[] = {row_of(1, 300, 3, 0)};
    WorkloadSource sources[] = {
        {.kind = SOURCE_JOBS, .requests = {first, 2}},
        {.kind = SOURCE_CLASSES, .requests = {second, 1}, .interval_ms = 10},
    };
    Scenario scenario = {
        .seed = 1, .cluster = {.gpu_milli = 8000}, .source_count = 2, .sources = sources};
    Draw draw;
    draw_open(&draw, &scenario, 0);
    CU_ASSERT_EQUAL_FATAL(draw.status, STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(draw.jobs.job_count, 6);
    const int64_t milli[] = {200, 200, 300, 300, 100, 300};
    const int64_t submit[] = {0, 0, 0, 10, 20, 20};
    for (JobId job = 0; job < 6; job++) {
        CU_ASSERT_EQUAL(job_milli(&draw.jobs, job), milli[job]);
        CU_ASSERT_EQUAL(draw.jobs.job_submit_ms[job], submit[job]);
    }
    draw_close(&draw);
}

/* Goal: a recorded order is followed to the letter, by the column of the seed. Method: two columns
 * of different length; then a replication that has none. */
static void test_recorded_order(void)
{
    Request rows[] = {row_of(1, 100, 1, 0), row_of(1, 200, 1, 0)};
    const char *names[] = {"seed42", "seed43"};
    int32_t lengths[] = {3, 1};
    int32_t column0[] = {1, 0, 1};
    int32_t column1[] = {0};
    int32_t *values[] = {column0, column1};
    RecordedColumns order = {2, names, lengths, values};
    WorkloadSource source = {.kind = SOURCE_LOG_ORDER,
                             .requests = {rows, 2},
                             .load_ppm = 1300000,
                             .interval_ms = 1,
                             .order = &order};
    Scenario scenario = {
        .seed = 42, .cluster = {.gpu_milli = 1000}, .source_count = 1, .sources = &source};
    Draw draw;
    draw_open(&draw, &scenario, 0);
    CU_ASSERT_EQUAL_FATAL(draw.status, STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(draw.jobs.job_count, 3);
    CU_ASSERT_EQUAL(job_milli(&draw.jobs, 0), 200);
    CU_ASSERT_EQUAL(job_milli(&draw.jobs, 1), 100);
    CU_ASSERT_EQUAL(job_milli(&draw.jobs, 2), 200);
    draw_close(&draw);
    draw_open(&draw, &scenario, 1);
    CU_ASSERT_EQUAL(draw.jobs.job_count, 1);
    draw_close(&draw);
    draw_open(&draw, &scenario, 2);
    CU_ASSERT_EQUAL(draw.status, STATUS_BAD_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(draw.diagnostics.items[0].message, "no column 'seed44'"));
    CU_ASSERT_PTR_NOT_NULL(strstr(draw.diagnostics.items[0].message, "seed42, seed43"));
    draw_close(&draw);
    column0[1] = 2;
    draw_open(&draw, &scenario, 0);
    CU_ASSERT_EQUAL(draw.status, STATUS_BAD_INPUT);
    draw_close(&draw);
}

/* Goal: what cannot end is refused. Method: a load for CPU-only requests; arrivals behind the end
 * of time; a request that no kernel takes. */
static void test_refused(void)
{
    Request rows[] = {row_of(0, 0, 5, 0)};
    WorkloadSource source = {
        .kind = SOURCE_CLASSES, .requests = {rows, 1}, .load_ppm = 1300000, .interval_ms = 1};
    Scenario scenario = {
        .seed = 1, .cluster = {.gpu_milli = 1000}, .source_count = 1, .sources = &source};
    Draw draw;
    draw_open(&draw, &scenario, 0);
    CU_ASSERT_EQUAL(draw.status, STATUS_BAD_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(draw.diagnostics.items[0].message, "no request asks for a GPU"));
    draw_close(&draw);
    source.load_ppm = 0;
    source.interval_ms = INT64_MAX / 3;
    draw_open(&draw, &scenario, 0);
    CU_ASSERT_EQUAL(draw.status, STATUS_BAD_INPUT);
    draw_close(&draw);
    rows[0] = row_of(1, 1001, 1, 0);
    draw_open(&draw, &scenario, 0);
    CU_ASSERT_EQUAL(draw.status, STATUS_BAD_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(draw.diagnostics.items[0].message, "request 1"));
    draw_close(&draw);
}

/* ---- ranks ----------------------------------------------------------------------------------- */

/* Goal: ranks are the identity, a drawn permutation, or the recorded one. Method: 100 nodes each
 * way; a permutation has every rank once. */
static void test_ranks(void)
{
    int32_t column[100];
    for (int i = 0; i < 100; i++) {
        column[i] = 99 - i;
    }
    const char *names[] = {"seed9"};
    int32_t lengths[] = {100};
    int32_t *values[] = {column};
    RecordedColumns recorded = {1, names, lengths, values};
    Scenario scenario = {.seed = 9, .cluster = {.node_count = 100}, .policy = {.ranks = &recorded}};
    Arena arena;
    Diagnostics diagnostics;
    arena_init(&arena);
    diagnostics_init(&diagnostics);
    int32_t *rank = NULL;
    CU_ASSERT_EQUAL_FATAL(node_ranks(&scenario, 0, &arena, &diagnostics, &rank), STATUS_OK);
    for (int i = 0; i < 100; i++) {
        CU_ASSERT_EQUAL(rank[i], i);
    }
    scenario.policy.ties = TIES_RANDOM;
    CU_ASSERT_EQUAL_FATAL(node_ranks(&scenario, 0, &arena, &diagnostics, &rank), STATUS_OK);
    int seen[100] = {0};
    int moved = 0;
    for (int i = 0; i < 100; i++) {
        seen[rank[i]]++;
        moved += rank[i] != i;
    }
    for (int i = 0; i < 100; i++) {
        CU_ASSERT_EQUAL(seen[i], 1);
    }
    CU_ASSERT(moved > 80);
    scenario.policy.ties = TIES_RECORDED;
    CU_ASSERT_EQUAL_FATAL(node_ranks(&scenario, 0, &arena, &diagnostics, &rank), STATUS_OK);
    CU_ASSERT_EQUAL(rank[0], 99);
    CU_ASSERT_EQUAL(node_ranks(&scenario, 1, &arena, &diagnostics, &rank),
                    STATUS_BAD_INPUT); /* no seed10 */
    column[0] = 0;
    CU_ASSERT_EQUAL(node_ranks(&scenario, 0, &arena, &diagnostics, &rank),
                    STATUS_BAD_INPUT); /* 0 twice */
    arena_free(&arena);
    diagnostics_free(&diagnostics);
}

const char *const SUITE = "draw";
/* ---- the twin without shapes ---- */

/* Goal: `relax: shape` cuts tasks into pieces of one GPU, keeps what runs together together, and
 * rounds the rest up. Method: a single task of 4 GPUs and 10 milli-cores: a gang of 4 that advances
 * as one, 3 milli-cores each. A gang of 3 x 2 GPUs, of which 2 are enough: 6, of which 4. Two
 * independent tasks of 2 GPUs: 4 independent ones. A slice and a task without GPUs stay whole. */
static void shapes_cut_up(void)
{
    JobTraits some = JOB_TRAITS_DEFAULT;
    some.min_tasks = 2;
    some.required_level = TOPOLOGY_RACK;
    Request rows[5];
    for (int i = 0; i < 5; i++) {
        rows[i] = row_of(1, 1000, 1, i);
    }
    rows[0].gpu_count = 4;
    rows[0].cpu_milli = 10;
    rows[1].gpu_count = 2;
    rows[1].task_count = 3;
    rows[1].gang = GANG_MIN;
    rows[1].traits = &some;
    rows[2].gpu_count = 2;
    rows[2].task_count = 2;
    rows[3].gpu_milli = 300;
    rows[4].gpu_count = 0;
    rows[4].gpu_milli = 0;
    WorkloadSource source = {.kind = SOURCE_JOBS, .requests = {rows, 5}};
    Scenario scenario = {.source_count = 1, .sources = &source, .relax = RELAX_SHAPE};
    Draw draw;
    draw_open(&draw, &scenario, 0);
    CU_ASSERT_EQUAL_FATAL(draw.status, STATUS_OK);
    static const struct {
        int32_t tasks, least, sync, gpus;
        int64_t cpu_milli;
    } EXPECTED[5] = {{4, 4, 1, 1, 3},
                     {6, 4, 1, 1, 501},
                     {4, 1, 0, 1, 501},
                     {1, 1, 0, 1, 1001},
                     {1, 1, 0, 0, 1001}};
    for (JobId job = 0; job < 5; job++) {
        const JobClass *class_of = job_class(&draw.jobs, job);
        const GpShape *shape = job_request(&draw.jobs, job);
        CU_ASSERT_EQUAL(class_of->task_count, EXPECTED[job].tasks);
        CU_ASSERT_EQUAL(class_of->min_tasks, EXPECTED[job].least);
        CU_ASSERT_EQUAL(class_of->sync, EXPECTED[job].sync);
        CU_ASSERT_EQUAL(class_of->traits->required_level, TOPOLOGY_NONE);
        CU_ASSERT_EQUAL(shape->device_count, EXPECTED[job].gpus);
        CU_ASSERT_EQUAL(shape->request[GP_AXIS_CPU], EXPECTED[job].cpu_milli);
    }
    CU_ASSERT_EQUAL(job_request(&draw.jobs, 3)->device_milli, 300);
    draw_close(&draw);
}

const TestCase CASES[] = {
    {"shapes cut up", shapes_cut_up},
    {"copies up to the load", test_copies},
    {"shares among copies", test_copy_shares},
    {"removal down to the load", test_removal},
    {"the shuffle is uniform", test_shuffle},
    {"same address, same jobs", test_same_luck},
    {"several sources", test_merge},
    {"a recorded order", test_recorded_order},
    {"what is refused", test_refused},
    {"ranks", test_ranks},
    {NULL, NULL},
};
