/* test_synthetic.c - what a generator draws: rates, profiles, bursts, shares, loads, addresses. */
#include "tests/suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "traces/synthetic.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)
#define PER_HOUR INT64_C(168000000) /* UNIT_RATE of 1/h */

typedef struct Drawn {
    Arena arena;
    Diagnostics diagnostics;
    SyntheticSpec *spec;
    SyntheticDraw draw;
    RequestList jobs;
    Status status;
} Drawn;

static SyntheticSpec *drawn_open(Drawn *drawn, int32_t sizes, int32_t queues)
{
    *drawn = (Drawn){.draw = {.seed = 42, .horizon_ms = TIME_NEVER}};
    arena_init(&drawn->arena);
    diagnostics_init(&drawn->diagnostics);
    drawn->spec = synthetic_new(&drawn->arena, sizes, queues);
    CU_ASSERT_PTR_NOT_NULL_FATAL(drawn->spec);
    return drawn->spec;
}

static const RequestList *drawn_again(Drawn *drawn)
{
    free(drawn->jobs.rows);
    drawn->status = synthetic_draw(drawn->spec, &drawn->draw, &drawn->diagnostics, &drawn->jobs);
    CU_ASSERT_EQUAL_FATAL(drawn->status, STATUS_OK);
    for (int32_t i = 1; i < drawn->jobs.count; i++) {
        CU_ASSERT(drawn->jobs.rows[i].submit_ms >= drawn->jobs.rows[i - 1].submit_ms);
    }
    return &drawn->jobs;
}

static void drawn_close(Drawn *drawn)
{
    free(drawn->jobs.rows);
    arena_free(&drawn->arena);
    diagnostics_free(&drawn->diagnostics);
}

/* ---- arrivals -------------------------------------------------------------------------------- */

/* Goal: a Poisson process. Method: 40/h for 10 h, 2,000 replications: counts have mean 400 and
 * variance 400; mean within 4 sqrt(400 / 2000) = 1.79, variance within 4 sqrt(2/2000) = 12.6 %. */
static void test_poisson(void)
{
    Drawn drawn;
    SyntheticSpec *spec = drawn_open(&drawn, 1, 0);
    spec->arrivals.rate = 40 * PER_HOUR;
    drawn.draw.horizon_ms = 10 * HOUR_MS;
    double sum = 0.0;
    double squares = 0.0;
    for (uint32_t replication = 0; replication < 2000; replication++) {
        drawn.draw.replication = replication;
        double count = drawn_again(&drawn)->count;
        sum += count;
        squares += count * count;
    }
    double mean = sum / 2000;
    double variance = squares / 2000 - mean * mean;
    CU_ASSERT(fabs(mean - 400) < 1.79);
    CU_ASSERT(fabs(variance - 400) < 0.126 * 400);
    drawn_close(&drawn);
}

/* Goal: regular arrivals to the ms. Method: 7/h from a Wednesday 12:30: job i at i x 3,600,000 / 7,
 * rounded down, the truncation of the clock included (1 ms). */
static void test_regular(void)
{
    Drawn drawn;
    SyntheticSpec *spec = drawn_open(&drawn, 1, 0);
    spec->arrivals.process = ARRIVAL_REGULAR;
    spec->arrivals.rate = 7 * PER_HOUR;
    spec->arrivals.week_offset_ms = 60 * HOUR_MS + HOUR_MS / 2;
    spec->count = 5000;
    const RequestList *jobs = drawn_again(&drawn);
    CU_ASSERT_EQUAL_FATAL(jobs->count, 5000);
    for (int32_t i = 0; i < jobs->count; i++) {
        int64_t expected = i * HOUR_MS / 7;
        CU_ASSERT(llabs(jobs->rows[i].submit_ms - expected) <= 1);
    }
    drawn_close(&drawn);
}

/* Goal: gaps with a coefficient of variation of their own. Method: 50,000 gamma gaps with cv 2:
 * mean within 4 standard errors (2 / sqrt(n)), cv within 5 %. */
static void test_renewal(void)
{
    Drawn drawn;
    SyntheticSpec *spec = drawn_open(&drawn, 1, 0);
    spec->arrivals.process = ARRIVAL_RENEWAL;
    CU_ASSERT_FATAL(distribution_unit_mean(FAMILY_GAMMA, 2.0, &spec->arrivals.gap));
    spec->arrivals.rate = 60 * PER_HOUR;
    spec->count = 50000;
    const RequestList *jobs = drawn_again(&drawn);
    double sum = 0.0;
    double squares = 0.0;
    for (int32_t i = 1; i < jobs->count; i++) {
        double gap = (double)(jobs->rows[i].submit_ms - jobs->rows[i - 1].submit_ms) / 60000.0;
        sum += gap;
        squares += gap * gap;
    }
    double mean = sum / 49999;
    double cv = sqrt(squares / 49999 - mean * mean) / mean;
    CU_ASSERT(fabs(mean - 1.0) < 4 * 2.0 / sqrt(49999));
    CU_ASSERT(fabs(cv - 2.0) < 0.1);
    drawn_close(&drawn);
}

/* Goal: hours and days have their shares, the week its rate. Method: 100/h; 9:00 counts 3 times,
 * Sundays nothing; 100 weeks from a Saturday. Expected a week: 16,800; of each day's jobs the share
 * of 9:00 is 3 / 26; the same by eye: none on a Sunday. */
static void test_profile(void)
{
    Drawn drawn;
    SyntheticSpec *spec = drawn_open(&drawn, 1, 0);
    spec->arrivals.rate = 100 * PER_HOUR;
    spec->arrivals.week_offset_ms = 5 * DAY_MS;
    for (int hour = 0; hour < HOURS_OF_WEEK; hour++) {
        spec->arrivals.hour_weight[hour] = hour / 24 == 6 ? 0 : hour % 24 == 9 ? 3000 : 1000;
    }
    drawn.draw.horizon_ms = 700 * DAY_MS;
    const RequestList *jobs = drawn_again(&drawn);
    int64_t at_nine = 0;
    for (int32_t i = 0; i < jobs->count; i++) {
        int64_t week_ms = (jobs->rows[i].submit_ms + 5 * DAY_MS) % (7 * DAY_MS);
        CU_ASSERT(week_ms < 6 * DAY_MS);
        at_nine += week_ms % DAY_MS / HOUR_MS == 9;
    }
    double expected = 100 * 16800.0;
    CU_ASSERT(fabs(jobs->count - expected) < 4 * sqrt(expected));
    double share = (double)at_nine / jobs->count;
    CU_ASSERT(fabs(share - 3.0 / 26) < 4 * sqrt(3.0 / 26 * 23 / 26 / expected));
    drawn_close(&drawn);
}

/* Goal: bursts add no jobs to the rate, and their members are alike. Method: 60/h, 30 % of the
 * arrivals bring 5 jobs in all, 1 ms apart on average: 60 / (1 + 0.3 x 4) = 27.27 arrivals an hour.
 * Gaps of at most 20 ms are bursts (an arrival of its own comes so soon with probability 1.5e-4).
 * The counts' variance is that of a compound Poisson process: rate x E[N^2] / E[N], and N is 1 + B
 * G with G geometric of mean 4 and second moment 28: E[N] = 2.2, E[N^2] = 1 + 0.6 x 4 + 0.3 x 28 =
 * 11.8, so the index of dispersion is 5.3636. */
static void test_bursts(void)
{
    Drawn drawn;
    SyntheticSpec *spec = drawn_open(&drawn, 2, 2);
    spec->sizes[0].share_ppm = spec->sizes[1].share_ppm = 500000;
    spec->queues[0] = (QueueShare){.share_ppm = 500000, .name = "a"};
    spec->queues[1] = (QueueShare){.share_ppm = 500000, .name = "b"};
    spec->arrivals.rate = 60 * PER_HOUR;
    spec->arrivals.burst =
        (BurstSpec){.probability_ppm = 300000, .size = 5.0, .spacing_ms = 1, .alike_ppm = 800000};
    drawn.draw.horizon_ms = 20000 * HOUR_MS;
    const RequestList *jobs = drawn_again(&drawn);
    double expected = 60.0 * 20000;
    CU_ASSERT(fabs(jobs->count - expected) < 4 * sqrt(5.3636 * expected));
    int64_t close = 0;
    int64_t same = 0;
    int64_t hour_count = 0;
    double squares = 0.0;
    int32_t first = 0;
    for (int32_t i = 1; i < jobs->count; i++) {
        const Request *row = &jobs->rows[i];
        const Request *before = row - 1;
        if (row->submit_ms / HOUR_MS != before->submit_ms / HOUR_MS) {
            squares += (double)(i - first) * (i - first);
            first = i;
            hour_count++;
        }
        if (row->submit_ms - before->submit_ms <= 20) {
            close++;
            same += row->queue == before->queue && row->gpu_count == before->gpu_count;
        }
    }
    CU_ASSERT(fabs((double)close / jobs->count - 1.2 / 2.2) < 0.01);
    /* Neighbours are both alike the first (0.64 among followers, 0.8 for the second), else equal by
     * chance in 1 of 4: at least 0.64 + 0.36 / 4 = 0.73, at most 0.85. */
    CU_ASSERT((double)same / (double)close > 0.72 && (double)same / (double)close < 0.86);
    double dispersion = (squares / (double)hour_count - 3600.0) / 60.0;
    CU_ASSERT(fabs(dispersion - 5.3636) < 4 * 5.3636 * sqrt(2.5 / 20000));
    drawn_close(&drawn);
}

/* Goal: durations inside a burst resemble each other, and their distribution stays as given.
 * Method: every arrival is a burst of 10, correlation 0.8; lognormal of median 60 s, sigma 1.
 * Spearman or not, the logarithm is normal: correlation of neighbours is 0.64 (0.8 x 0.8) or 0.8
 * for the second; mean of ln d is ln 60000. */
static void test_correlation(void)
{
    Drawn drawn;
    SyntheticSpec *spec = drawn_open(&drawn, 1, 0);
    spec->sizes[0].duration =
        (Distribution){.family = FAMILY_LOGNORMAL, .scale = 60000.0, .shape = 1.0};
    spec->arrivals.rate = PER_HOUR;
    spec->arrivals.burst = (BurstSpec){.probability_ppm = GP_PPM,
                                       .size = 10.0,
                                       .spacing_ms = 1,
                                       .alike_ppm = GP_PPM,
                                       .correlation_ppm = 800000};
    spec->count = 100000;
    const RequestList *jobs = drawn_again(&drawn);
    double sum = 0.0;
    double squares = 0.0;
    double products = 0.0;
    int64_t pairs = 0;
    for (int32_t i = 0; i < jobs->count; i++) {
        double z = log((double)jobs->rows[i].duration_ms / 60000.0);
        sum += z;
        squares += z * z;
        if (i > 0 && jobs->rows[i].submit_ms - jobs->rows[i - 1].submit_ms < 100) {
            products += z * log((double)jobs->rows[i - 1].duration_ms / 60000.0);
            pairs++;
        }
    }
    /* About 10,000 bursts are independent: 4 standard errors of a mean are below 0.04. */
    CU_ASSERT(fabs(sum / jobs->count) < 0.04);
    CU_ASSERT(fabs(squares / jobs->count - 1.0) < 0.06);
    double correlation = products / (double)pairs;
    CU_ASSERT(correlation > 0.62 && correlation < 0.72);
    drawn_close(&drawn);
}

/* ---- jobs ------------------------------------------------------------------------------------ */

/* Goal: shares of sizes, queues, users and ends. Method: 100,000 jobs; each share within 4 standard
 * errors. Users by Zipf with exponent 1, three of them: 6/11, 3/11, 2/11. */
static void test_shares(void)
{
    Drawn drawn;
    SyntheticSpec *spec = drawn_open(&drawn, 2, 2);
    static const char *users[2][3] = {{"a1", "a2", "a3"}, {"b1", "b2", "b3"}};
    spec->sizes[0].share_ppm = 700000;
    spec->sizes[1].share_ppm = 300000;
    spec->sizes[1].gpu_milli_total = 16000;
    size_split(&spec->sizes[1], 8);
    memcpy(spec->sizes[1].end_ppm, (int32_t[]){600000, 100000, 300000}, sizeof(int32_t[3]));
    spec->queues[0] = (QueueShare){.share_ppm = 250000, .name = "a", .users = users[0]};
    spec->queues[1] = (QueueShare){.share_ppm = 750000, .name = "b", .users = users[1]};
    spec->user_count = 3;
    spec->user_zipf = 1.0;
    spec->count = 100000;
    const RequestList *jobs = drawn_again(&drawn);
    double large = 0;
    double queue_b = 0;
    double user[3] = {0};
    double end[3] = {0};
    for (int32_t i = 0; i < jobs->count; i++) {
        const Request *row = &jobs->rows[i];
        large += row->task_count == 2 && row->gpu_count == 8 && row->gang == GANG_ALL;
        queue_b += row->queue[0] == 'b';
        CU_ASSERT_EQUAL(row->user[0], row->queue[0]);
        user[row->user[1] - '1']++;
        if (row->task_count == 2) {
            end[row->end]++;
        } else {
            CU_ASSERT_EQUAL(row->end, JOB_END_COMPLETED);
        }
    }
    CU_ASSERT(fabs(large / 1e5 - 0.3) < 4 * sqrt(0.21 / 1e5));
    CU_ASSERT(fabs(queue_b / 1e5 - 0.75) < 4 * sqrt(0.1875 / 1e5));
    CU_ASSERT(fabs(user[0] / 1e5 - 6.0 / 11) < 4 * sqrt(0.25 / 1e5));
    CU_ASSERT(fabs(user[2] / 1e5 - 2.0 / 11) < 4 * sqrt(0.15 / 1e5));
    CU_ASSERT(fabs(end[JOB_END_COMPLETED] / large - 0.6) < 4 * sqrt(0.24 / large));
    CU_ASSERT(fabs(end[JOB_END_CANCELLED] / large - 0.1) < 4 * sqrt(0.09 / large));
    drawn_close(&drawn);
}

/* Goal: above a node's GPUs, the fewest equal tasks. Method: by hand, nodes of 8 and of 4. */
static void test_split(void)
{
    static const int32_t EXPECTED[][4] = {/* GPUs, node, tasks, GPUs of a task */
                                          {1, 8, 1, 1},    {8, 8, 1, 8},   {12, 8, 2, 6},
                                          {9, 8, 3, 3},    {11, 8, 11, 1}, {16, 8, 2, 8},
                                          {128, 8, 16, 8}, {8, 4, 2, 4},   {6, 4, 2, 3}};
    for (size_t i = 0; i < sizeof EXPECTED / sizeof EXPECTED[0]; i++) {
        SizeSpec size = {.gpu_milli_total = EXPECTED[i][0] * 1000};
        size_split(&size, EXPECTED[i][1]);
        CU_ASSERT_EQUAL(size.task_count, EXPECTED[i][2]);
        CU_ASSERT_EQUAL(size.gpu_count, EXPECTED[i][3]);
        CU_ASSERT_EQUAL(size.gpu_milli, 1000);
    }
    SizeSpec half = {.gpu_milli_total = 500};
    size_split(&half, 8);
    CU_ASSERT(half.task_count == 1 && half.gpu_count == 1 && half.gpu_milli == 500);
}

/* Goal: limits cover the duration and are what people type. Method: always 90 min, factor 2:
 * 3 h, rounded up to 4 h; with a largest limit of 2 h: 4 h as its multiple. */
static void test_limits(void)
{
    static const int64_t USUAL[] = {HOUR_MS, 2 * HOUR_MS, 4 * HOUR_MS};
    Drawn drawn;
    SyntheticSpec *spec = drawn_open(&drawn, 1, 0);
    spec->sizes[0].duration = (Distribution){.family = FAMILY_CONSTANT, .scale = 5400000.0};
    spec->limit = (LimitSpec){.factor_ppm = 2000000, .usual_count = 3, .usual_ms = USUAL};
    spec->count = 2;
    CU_ASSERT_EQUAL(drawn_again(&drawn)->rows[0].time_limit_ms, 4 * HOUR_MS);
    spec->limit.usual_count = 2;
    CU_ASSERT_EQUAL(drawn_again(&drawn)->rows[1].time_limit_ms, 4 * HOUR_MS);
    spec->limit.usual_count = 0;
    CU_ASSERT_EQUAL(drawn_again(&drawn)->rows[1].time_limit_ms, 3 * HOUR_MS);
    drawn_close(&drawn);
}

/* Goal: a load is arithmetic. Method: by hand: 40 GPUs at 90 % are 36 GPUs; half the jobs take 8
 * GPUs for 1 h, half 1 GPU for 2 h: 5 GPU-h a job; 7.2 jobs an hour. Then M/M/c: c servers of 1
 * GPU, exponential service of 15 min, load 80 %: 0.8 x c x 4 an hour. */
static void test_load(void)
{
    Drawn drawn;
    SyntheticSpec *spec = drawn_open(&drawn, 2, 0);
    spec->sizes[0].share_ppm = spec->sizes[1].share_ppm = 500000;
    spec->sizes[0].duration = (Distribution){.family = FAMILY_CONSTANT, .scale = 7200000.0};
    spec->sizes[1].gpu_milli_total = 8000;
    CU_ASSERT_DOUBLE_EQUAL(synthetic_work_gpu_ms(spec), 5.0 * 3600000.0, 1e-3);
    CU_ASSERT_EQUAL(synthetic_rate_for_load(spec, 900000, 40000), INT64_C(1209600000));
    spec->sizes[0].share_ppm = GP_PPM;
    spec->sizes[1].share_ppm = 0;
    spec->sizes[0].duration = (Distribution){.family = FAMILY_EXPONENTIAL, .scale = 900000.0};
    CU_ASSERT_EQUAL(synthetic_rate_for_load(spec, 800000, 10000), 32 * PER_HOUR);
    CU_ASSERT_EQUAL(synthetic_rate_for_load(spec, 800000, 0), 0);

    spec->arrivals.rate = 0; /* the same through a draw: 32/h for 1,000 h */
    spec->arrivals.load_ppm = 800000;
    drawn.draw.fleet_gpu_milli = 10000;
    drawn.draw.horizon_ms = 1000 * HOUR_MS;
    double count = drawn_again(&drawn)->count;
    CU_ASSERT(fabs(count - 32000.0) < 4 * sqrt(32000.0));
    drawn_close(&drawn);
}

/* ---- addresses ------------------------------------------------------------------------------- */

/* Goal: the same luck for variants that change something else. Method: other durations, other
 * sizes, fewer jobs: times, and what did not change, stay. Another source or replication: not. */
static void test_addresses(void)
{
    Drawn one;
    Drawn two;
    drawn_open(&one, 2, 2);
    SyntheticSpec *spec = drawn_open(&two, 2, 2);
    for (int i = 0; i < 2; i++) {
        SyntheticSpec *each = i == 0 ? one.spec : two.spec;
        each->count = 1000;
        each->sizes[0].share_ppm = each->sizes[1].share_ppm = 500000;
        each->queues[0].share_ppm = each->queues[1].share_ppm = 500000;
        each->queues[1].name = "other";
        each->arrivals.burst = (BurstSpec){
            .probability_ppm = 200000, .size = 3.0, .spacing_ms = 10, .alike_ppm = 500000};
    }
    spec->sizes[0].duration = spec->sizes[1].duration =
        (Distribution){.family = FAMILY_GAMMA, .scale = 1000.0, .shape = 2.0};
    spec->count = 900;
    const RequestList *a = drawn_again(&one);
    const RequestList *b = drawn_again(&two);
    CU_ASSERT_EQUAL_FATAL(b->count, 900);
    int32_t other_durations = 0;
    for (int32_t i = 0; i < 800; i++) { /* the end differs where the count cuts a burst */
        CU_ASSERT_EQUAL(a->rows[i].submit_ms, b->rows[i].submit_ms);
        CU_ASSERT_EQUAL(a->rows[i].gpu_count, b->rows[i].gpu_count);
        CU_ASSERT_STRING_EQUAL(a->rows[i].queue, b->rows[i].queue);
        other_durations += a->rows[i].duration_ms != b->rows[i].duration_ms;
    }
    CU_ASSERT(other_durations > 790);
    two.draw.source = 1;
    CU_ASSERT_NOT_EQUAL(drawn_again(&two)->rows[0].submit_ms, a->rows[0].submit_ms);
    two.draw.source = 0;
    two.draw.replication = 1;
    CU_ASSERT_NOT_EQUAL(drawn_again(&two)->rows[0].submit_ms, a->rows[0].submit_ms);
    drawn_close(&one);
    drawn_close(&two);
}

static uint64_t jobs_hash(const RequestList *jobs)
{
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a, word by word */
    for (int32_t i = 0; i < jobs->count; i++) {
        const Request *row = &jobs->rows[i];
        int64_t words[] = {row->submit_ms, row->duration_ms, row->gpu_count, row->end,
                           row->queue[0]};
        for (size_t k = 0; k < sizeof words / sizeof words[0]; k++) {
            hash = (hash ^ (uint64_t)words[k]) * UINT64_C(1099511628211);
        }
    }
    return hash;
}

/* Goal: draws do not depend on who draws when. Method: 16 replications drawn one after the other
 * and by 8 threads at once. */
static void test_threads(void)
{
    Drawn drawn;
    SyntheticSpec *spec = drawn_open(&drawn, 2, 1);
    spec->sizes[0].share_ppm = spec->sizes[1].share_ppm = 500000;
    spec->count = 2000;
    uint64_t alone[16];
    uint64_t together[16];
    for (uint32_t i = 0; i < 16; i++) {
        drawn.draw.replication = i;
        alone[i] = jobs_hash(drawn_again(&drawn));
    }
#pragma omp parallel for num_threads(8) schedule(dynamic)
    for (uint32_t i = 0; i < 16; i++) {
        SyntheticDraw draw = drawn.draw;
        Diagnostics diagnostics;
        RequestList jobs;
        draw.replication = i;
        diagnostics_init(&diagnostics);
        together[i] =
            synthetic_draw(spec, &draw, &diagnostics, &jobs) == STATUS_OK ? jobs_hash(&jobs) : 0;
        free(jobs.rows);
        diagnostics_free(&diagnostics);
    }
    CU_ASSERT_EQUAL(memcmp(alone, together, sizeof alone), 0);
    CU_ASSERT_NOT_EQUAL(alone[0], alone[1]);
    drawn_close(&drawn);
}

/* ---- mistakes -------------------------------------------------------------------------------- */

static Status drawn_status(Drawn *drawn)
{
    free(drawn->jobs.rows);
    return synthetic_draw(drawn->spec, &drawn->draw, &drawn->diagnostics, &drawn->jobs);
}

/* Goal: what cannot be drawn is said. Method: no end; a load on no fleet; 10 jobs, one in 100
 * years. */
static void test_mistakes(void)
{
    Drawn drawn;
    SyntheticSpec *spec = drawn_open(&drawn, 1, 0);
    CU_ASSERT_EQUAL(drawn_status(&drawn), STATUS_BAD_INPUT);
    spec->count = 10;
    spec->arrivals.rate = 0;
    spec->arrivals.load_ppm = 900000;
    CU_ASSERT_EQUAL(drawn_status(&drawn), STATUS_BAD_INPUT);
    spec->arrivals.rate = 192; /* 10^6 weeks are 19,165 years */
    CU_ASSERT_EQUAL(drawn_status(&drawn), STATUS_BAD_INPUT);
    drawn.draw.horizon_ms = HOUR_MS; /* with a horizon it is simply empty */
    CU_ASSERT_EQUAL(drawn_status(&drawn), STATUS_OK);
    CU_ASSERT_EQUAL(drawn.jobs.count, 0);
    CU_ASSERT_EQUAL(drawn.diagnostics.error_count, 3);
    drawn_close(&drawn);
}

const char *const SUITE = "synthetic";
const TestCase CASES[] = {
    {"poisson", test_poisson},     {"regular", test_regular},
    {"renewal", test_renewal},     {"profile", test_profile},
    {"bursts", test_bursts},       {"correlated durations", test_correlation},
    {"shares", test_shares},       {"gangs", test_split},
    {"limits", test_limits},       {"load", test_load},
    {"addresses", test_addresses}, {"threads", test_threads},
    {"mistakes", test_mistakes},   {NULL, NULL},
};
