/* test_trace.c - job logs of every format, with the quirks of each, against values worked out by
 * hand.
 *
 * The samples in tests/data are made up; what is expected of them is worked out beside each test.
 */
#include "tests/suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "traces/native.h"
#include "traces/trace.h"

/* ---- reading a sample ------------------------------------------------------------------------ */

typedef struct Reading {
    Arena arena;
    Diagnostics diagnostics;
    Cluster cluster;
    RequestList requests;
    TraceStats stats;
    TraceOptions options;
    Status status;
} Reading;

static void reading_begin(Reading *reading, const char *format, const char *path)
{
    *reading = (Reading){0};
    arena_init(&reading->arena);
    diagnostics_init(&reading->diagnostics);
    trace_options_init(&reading->options);
    reading->options.format = format;
    reading->options.path = path;
}

static void reading_read(Reading *reading)
{
    reading->status = trace_read(&reading->options, &reading->arena, &reading->diagnostics,
                                 &reading->cluster, &reading->requests, &reading->stats);
    if (reading->status != STATUS_OK) {
        diagnostics_print(&reading->diagnostics, stderr, false);
    }
}

static void reading_open(Reading *reading, const char *format, const char *path)
{
    reading_begin(reading, format, path);
    reading_read(reading);
    CU_ASSERT_EQUAL_FATAL(reading->status, STATUS_OK);
}

static void reading_close(Reading *reading)
{
    diagnostics_free(&reading->diagnostics);
    arena_free(&reading->arena);
}

/* A job as expected: times in ms; start -1: none recorded. */
typedef struct Job {
    const char *name; /* NULL: none */
    int64_t submit_ms, start_ms, duration_ms;
    int tasks, gpus; /* of a task */
    JobEnd end;
    bool censored, carried;
} Job;

static bool job_as_expected(const Request *row, const Job *job)
{
    bool named = job->name == NULL ? row->name == NULL
                                   : row->name != NULL && strcmp(row->name, job->name) == 0;
    return named && row->submit_ms == job->submit_ms && row->duration_ms == job->duration_ms &&
           row->has_start == (job->start_ms >= 0) &&
           (!row->has_start || row->recorded_start_ms == job->start_ms) &&
           row->task_count == job->tasks && row->gpu_count == job->gpus &&
           row->gang == (job->tasks > 1 ? GANG_ALL : GANG_NONE) && row->end == job->end &&
           row->censored == job->censored && row->carried == job->carried;
}

static void expect_jobs(const Reading *reading, const Job *jobs, int count)
{
    CU_ASSERT_EQUAL_FATAL(reading->requests.count, count);
    CU_ASSERT_EQUAL(reading->stats.rows_kept, count);
    for (int i = 0; i < count; i++) {
        const Request *row = &reading->requests.rows[i];
        bool good = job_as_expected(row, &jobs[i]);
        CU_ASSERT_TRUE(good);
        if (!good) {
            fprintf(
                stderr,
                "\njob %d is %s: submit %lld start %lld/%d duration %lld, %d x %d GPUs, gang %d, "
                "end %d, censored %d, carried %d\n",
                i, row->name != NULL ? row->name : "(none)", (long long)row->submit_ms,
                (long long)row->recorded_start_ms, row->has_start, (long long)row->duration_ms,
                (int)row->task_count, (int)row->gpu_count, (int)row->gang, row->end, row->censored,
                row->carried);
        }
    }
}

typedef struct Reason {
    const char *text; /* the beginning */
    int64_t count;
    int32_t first_line;
} Reason;

/* These reasons and no others, in any order. */
static void expect_reasons(const TraceStats *stats, const Reason *reasons, int count)
{
    CU_ASSERT_EQUAL(stats->reason_count, count);
    for (int i = 0; i < count; i++) {
        bool found = false;
        for (int k = 0; k < stats->reason_count; k++) {
            const TraceReason *reason = &stats->reasons[k];
            found =
                found ||
                (strncmp(reason->text, reasons[i].text, strlen(reasons[i].text)) == 0 &&
                 reason->count == reasons[i].count && reason->first_line == reasons[i].first_line);
        }
        CU_ASSERT_TRUE(found);
        if (!found) {
            fprintf(stderr, "\nnot said: %s, %lld times, first in line %d\n", reasons[i].text,
                    (long long)reasons[i].count, (int)reasons[i].first_line);
        }
    }
}

#define COUNT_OF(array) ((int)(sizeof(array) / sizeof((array)[0])))

static bool near(double found, double expected)
{
    return fabs(found - expected) < 1e-9 * fabs(expected) + 1e-12;
}

/* ---- SWF ------------------------------------------------------------------------------------- */

/* Goal: fields, sentinels and quirks of SWF. Method: the sample's rows by hand; the first job kept
 * is submitted at 100 s, which is time 0. GPU-seconds: 8 x 7200 + 12 + 12 x 100 + 0 + 2 x 300 + 17
 * x 50
 * + 20 = 60282. */
static void test_swf(void)
{
    static const Job jobs[] = {
        {"1", 0, 35000, 7200000, 1, 8, JOB_END_COMPLETED, false, false},
        {"3", 7235000, 7235000, 12000, 1, 1, JOB_END_COMPLETED, false, false},
        {"4", 7300000, 7310000, 100000, 2, 6, JOB_END_FAILED, false, false}, /* 12 = 2 x 6 */
        {"5", 7400000, -1, 0, 1, 1, JOB_END_COMPLETED, false, false},
        {"8", 7700000, 7700000, 300000, 1, 2, JOB_END_COMPLETED, false, false},
        {"9", 7800000, 7802500, 50000, 17, 1, JOB_END_CANCELLED, false, false}, /* 17 is prime */
        {"3#19", 7900000, 7900000, 20000, 1, 1, JOB_END_COMPLETED, false, false},
    };
    static const Reason reasons[] = {
        {"never ran", 1, 8},
        {"no size", 1, 13},
        {"no run time", 1, 14},
        {"burst of a job", 2, 16},
        {"zero duration", 1, 12},
        {"id used before", 1, 19},
        {"allocated and requested size differ", 1, 11},
        {"larger than a node", 2, 11},
        {"waited for another job", 1, 9},
    };
    Reading reading;
    reading_open(&reading, "swf", "tests/data/trace-swf.txt");
    expect_jobs(&reading, jobs, COUNT_OF(jobs));
    expect_reasons(&reading.stats, reasons, COUNT_OF(reasons));
    CU_ASSERT_EQUAL(reading.stats.rows_read, 12);
    CU_ASSERT_TRUE(near(reading.stats.gpu_hours_read, 60282.0 / 3600.0));
    CU_ASSERT_TRUE(reading.stats.has_calendar);
    CU_ASSERT_EQUAL(reading.stats.origin_unix_ms, INT64_C(1772409700000));
    const Request *first = &reading.requests.rows[0];
    CU_ASSERT_EQUAL(first->estimate_ms, 10800000);
    CU_ASSERT_EQUAL(first->time_limit_ms, 0);
    CU_ASSERT_STRING_EQUAL(first->queue, "1");
    CU_ASSERT_STRING_EQUAL(first->user, "3");
    CU_ASSERT_PTR_NULL(reading.requests.rows[5].queue);
    CU_ASSERT_PTR_NULL(reading.requests.rows[5].user);
    reading_close(&reading);
}

/* Goal: `as: cpu` asks for cores and no GPUs, in tasks that fit the largest node. Method: the same
 * file beside nodes of 10 cores; 17 cores are 17 x 1, 12 are 2 x 6. */
static void test_swf_as_cpu(void)
{
    GpNodeType type = {.size = sizeof(GpNodeType), .model = -1};
    type.capacity[GP_AXIS_CPU] = 10000;
    Reading reading;
    reading_begin(&reading, "swf", "tests/data/trace-swf.txt");
    reading.cluster = (Cluster){.type_count = 1, .types = &type};
    reading.options.as = TRACE_AS_CPU;
    reading_read(&reading);
    CU_ASSERT_EQUAL_FATAL(reading.status, STATUS_OK);
    CU_ASSERT_EQUAL(reading.diagnostics.warning_count, 0);
    CU_ASSERT_EQUAL(reading.stats.rows_without_gpus, 7);
    const struct {
        int row, tasks;
        int64_t cpu_milli;
    } expected[] = {{0, 1, 8000}, {2, 2, 6000}, {5, 17, 1000}};
    for (int i = 0; i < COUNT_OF(expected); i++) {
        const Request *row = &reading.requests.rows[expected[i].row];
        CU_ASSERT_EQUAL(row->gpu_count, 0);
        CU_ASSERT_EQUAL(row->task_count, expected[i].tasks);
        CU_ASSERT_EQUAL(row->cpu_milli, expected[i].cpu_milli);
    }
    reading_close(&reading);
}

/* ---- Slurm ----------------------------------------------------------------------------------- */

/* Goal: attempts, arrays, steps, states and lists of Slurm. Method: the sample's rows by hand. Time
 * 0 is 09:05, when job 100 became eligible. Job 105 has two attempts of which the second counts; in
 * September its number comes again. Job 110 runs until the log's last moment, 2026-09-02 12:01:45:
 * 184 days less 59 m 15 s. GPU-seconds: 16 x 21600 + 1800 + 8 x 1830 + 4 x (3600 + 7200) + 3600 +
 * 3 x 100 = 409140 read. */
static void test_sacct(void)
{
    static const Job jobs[] = {
        {"100", 0, 900000, 21600000, 2, 8, JOB_END_COMPLETED, false, false},
        {"101_1", 3300000, 3301000, 1800000, 1, 1, JOB_END_FAILED, false, false},
        {"104+0", 7060000, 7200000, 1830000, 1, 8, JOB_END_CANCELLED, false, false},
        {"105", 10500000, 11100000, 7200000, 1, 4, JOB_END_COMPLETED, false, false},
        {"106", 12300000, 12900000, 3600000, 1, 1, JOB_END_FAILED, false, false},
        {"108", 13800000, 13810000, 100000, 3, 0, JOB_END_FAILED, false, false},
        {"110", 14100000, 14160000, INT64_C(15894045000), 1, 1, JOB_END_COMPLETED, true, false},
        {"105#15", INT64_C(15908100000), INT64_C(15908105000), 100000, 1, 3, JOB_END_FAILED, false,
         false},
    };
    static const Reason reasons[] = {
        {"step of a job", 1, 3},
        {"array remainder", 1, 4},
        {"never ran", 1, 6},
        {"still waiting", 1, 7},
        {"requeue of an earlier row", 1, 10},
        {"exported twice", 1, 12},
        {"end before start", 1, 13},
        {"run by another cluster", 1, 16},
        {"zero GPUs", 1, 14},
        {"still running", 1, 17},
        {"id used before", 1, 15},
        {"part of a heterogeneous job", 1, 8},
        {"stopped at its time limit", 1, 5},
        {"ended by a fault of the machine", 2, 13},
        {"stated run time", 2, 13},
        {"eligible before submission", 1, 17},
    };
    Reading reading;
    reading_open(&reading, "sacct", "tests/data/trace-sacct.txt");
    expect_jobs(&reading, jobs, COUNT_OF(jobs));
    expect_reasons(&reading.stats, reasons, COUNT_OF(reasons));
    CU_ASSERT_EQUAL(reading.stats.rows_read, 16);
    CU_ASSERT_TRUE(near(reading.stats.gpu_hours_read, 409140.0 / 3600.0));
    const Request *rows = reading.requests.rows;
    CU_ASSERT_EQUAL(rows[0].cpu_milli, 96000);
    CU_ASSERT_EQUAL(rows[0].memory_mib, 524288);
    CU_ASSERT_EQUAL(rows[0].time_limit_ms, 43200000);
    CU_ASSERT_STRING_EQUAL(rows[0].queue, "h100");
    CU_ASSERT_STRING_EQUAL(rows[0].user, "ada");
    CU_ASSERT_EQUAL(rows[1].memory_mib, 1536);
    CU_ASSERT_EQUAL(rows[1].time_limit_ms, 1800000);
    CU_ASSERT_EQUAL(rows[2].memory_mib, 257650);
    CU_ASSERT_EQUAL(rows[2].time_limit_ms, 0);
    CU_ASSERT_EQUAL(rows[5].cpu_milli, 4000);
    CU_ASSERT_EQUAL(rows[5].memory_mib, 8192);
    reading_close(&reading);
}

/* Goal: a typed request is a constraint where a node has that model, and none elsewhere. Method:
 * the sample beside nodes with H100; only job 104+0 asked for a type. */
static void test_sacct_models(void)
{
    GpNodeType type = {.size = sizeof(GpNodeType), .device_count = 8, .model = 1};
    Reading reading;
    reading_begin(&reading, "sacct", "tests/data/trace-sacct.txt");
    reading.cluster = (Cluster){
        .type_count = 1, .types = &type, .model_count = 2, .model_name = {"A100", "H100"}};
    reading_read(&reading);
    CU_ASSERT_EQUAL_FATAL(reading.status, STATUS_OK);
    for (int i = 0; i < reading.requests.count; i++) {
        CU_ASSERT_EQUAL(reading.requests.rows[i].model_set, i == 2 ? 2 : 0);
    }
    reading_close(&reading);
}

/* ---- Philly ---------------------------------------------------------------------------------- */

/* Goal: the reduced table. Method: rows by hand; time 0 is 07:58:12. Without ids equal times keep
 * the file's order. GPU-seconds: 10800 + 61 + 61 + 1382400 + 0 + 178.5. */
static void test_philly(void)
{
    static const Job jobs[] = {
        {NULL, 0, -1, 61000, 1, 1, JOB_END_COMPLETED, false, false},
        {NULL, 0, -1, 61000, 1, 1, JOB_END_COMPLETED, false, false},
        {NULL, 108000, -1, 5400000, 1, 2, JOB_END_COMPLETED, false, false},
        {NULL, 108000, -1, 0, 2, 6, JOB_END_COMPLETED, false, false},
        {NULL, 109000, -1, 10500, 17, 1, JOB_END_COMPLETED, false, false},
        {NULL, 127953000, -1, 86400000, 2, 8, JOB_END_COMPLETED, false, false},
    };
    static const Reason reasons[] = {
        {"asks for nothing", 1, 8},
        {"exact duplicate", 1, 5},
        {"zero duration", 1, 6},
        {"larger than a node", 3, 4},
    };
    Reading reading;
    reading_open(&reading, "philly", "tests/data/trace-philly.csv");
    expect_jobs(&reading, jobs, COUNT_OF(jobs));
    expect_reasons(&reading.stats, reasons, COUNT_OF(reasons));
    CU_ASSERT_EQUAL(reading.stats.rows_read, 7);
    CU_ASSERT_TRUE(near(reading.stats.gpu_hours_read, 1393500.5 / 3600.0));
    CU_ASSERT_STRING_EQUAL(reading.requests.rows[0].queue, "d4e5f6");
    CU_ASSERT_EQUAL(reading.stats.origin_unix_ms, INT64_C(1507708692000));
    reading_close(&reading);
}

/* Goal: nodes decide how jobs are cut into tasks: by option, else by the largest node. Method: the
 * same file with 16 GPUs a node: 16 and 12 fit, 17 is prime. */
static void test_gpus_per_node(void)
{
    GpNodeType types[2] = {{.size = sizeof(GpNodeType), .device_count = 4},
                           {.size = sizeof(GpNodeType), .device_count = 16}};
    for (int by_option = 0; by_option < 2; by_option++) {
        Reading reading;
        reading_begin(&reading, "philly", "tests/data/trace-philly.csv");
        if (by_option) {
            reading.options.gpus_per_node = 16;
        } else {
            reading.cluster = (Cluster){.type_count = 2, .types = types};
        }
        reading_read(&reading);
        CU_ASSERT_EQUAL_FATAL(reading.status, STATUS_OK);
        CU_ASSERT_EQUAL(reading.stats.gpus_per_node, 16);
        CU_ASSERT_EQUAL(reading.requests.rows[3].gpu_count, 12);
        CU_ASSERT_EQUAL(reading.requests.rows[4].gpu_count, 1);
        CU_ASSERT_EQUAL(reading.requests.rows[4].task_count, 17);
        CU_ASSERT_EQUAL(reading.requests.rows[5].gpu_count, 16);
        reading_close(&reading);
    }
}

/* Goal: the log as published, with attempts. Method: rows by hand; time 0 is 08:00:00. Job 8 still
 * runs at the log's last moment, 2017-11-05 02:10 (job 11 ends there: clocks were set back at
 * 02:00), 25 days less 5 h 57 m 30 s after its second start. GPU-seconds: 2 x 5400 + 60 + 12 x (600
 * + 300) + 1200 = 22860. */
static void test_philly_json(void)
{
    static const Job jobs[] = {
        {"application_1506000000000_0007", 0, 130000, 5400000, 1, 2, JOB_END_COMPLETED, false,
         false},
        {"application_1506000000000_0008", 250000, 300000, INT64_C(2138550000), 1, 1,
         JOB_END_FAILED, true, false},
        {"application_1506000000000_0010", 3540000, 3600000, 300000, 2, 6, JOB_END_FAILED, false,
         false},
        {"application_1506000000000_0011", INT64_C(2137500000), INT64_C(2137800000), 1200000, 1, 1,
         JOB_END_CANCELLED, false, false},
    };
    static const Reason reasons[] = {
        {"never ran", 1, 3},          {"end before start", 1, 6},
        {"still running", 1, 2},      {"clocks were set back", 1, 5},
        {"several attempts", 2, 2},   {"an attempt without", 1, 4},
        {"larger than a node", 1, 4},
    };
    Reading reading;
    reading_open(&reading, "philly-json", "tests/data/trace-philly.json");
    expect_jobs(&reading, jobs, COUNT_OF(jobs));
    expect_reasons(&reading.stats, reasons, COUNT_OF(reasons));
    CU_ASSERT_EQUAL(reading.stats.rows_read, 6);
    CU_ASSERT_TRUE(near(reading.stats.gpu_hours_read, 22860.0 / 3600.0));
    CU_ASSERT_STRING_EQUAL(reading.requests.rows[0].queue, "a1b2c3");
    CU_ASSERT_STRING_EQUAL(reading.requests.rows[0].user, "0f0f0f");
    reading_close(&reading);
}

/* Goal: local times are moved by the zone that is given, and by nothing else. Method: Philly's
 * first job at -08:00 lies eight hours later in UTC. */
static void test_timezone(void)
{
    Reading reading;
    reading_begin(&reading, "philly", "tests/data/trace-philly.csv");
    CU_ASSERT_PTR_NULL(trace_timezone_parse("-08:00", &reading.options.timezone_ms));
    reading_read(&reading);
    CU_ASSERT_EQUAL(reading.stats.origin_unix_ms, INT64_C(1507708692000) + 8 * 3600000);
    CU_ASSERT_EQUAL(reading.requests.rows[2].submit_ms, 108000);
    reading_close(&reading);
}

/* ---- openb ----------------------------------------------------------------------------------- */

/* Goal: openb's times, and a cut in the middle of them. Method: rows by hand. Uncut, time 0 is 1000
 * s; cut at 4000 s, pods 1, 2 and 5 run on with the rest of their time, pod 4 waits, pod 6 comes;
 * the log ends at 9000 s, when pod 2 is deleted. */
static void test_openb(void)
{
    static const Job whole[] = {
        {"pod-1", 0, 4000, 3996000, 1, 1, JOB_END_COMPLETED, false, false},
        {"pod-2", 1000000, 1000000, 7000000, 1, 8, JOB_END_COMPLETED, true, false},
        {"pod-5", 2000000, 2100000, 1000000, 1, 1, JOB_END_COMPLETED, false, false},
        {"pod-4", 2500000, 3500000, 2000000, 1, 0, JOB_END_FAILED, false, false},
        {"pod-6", 5000000, 5100000, 900000, 1, 1, JOB_END_COMPLETED, false, false},
    };
    static const Job cut[] = {
        {"pod-1", 0, 0, 1000000, 1, 1, JOB_END_COMPLETED, false, true},
        {"pod-2", 0, 0, 5000000, 1, 8, JOB_END_COMPLETED, true, true},
        {"pod-4", 0, 500000, 2000000, 1, 0, JOB_END_FAILED, false, false},
        {"pod-5", 0, 0, 100000, 1, 1, JOB_END_COMPLETED, false, true},
        {"pod-6", 2000000, 2100000, 900000, 1, 1, JOB_END_COMPLETED, false, false},
    };
    static const Reason reasons[] = {
        {"never scheduled", 1, 4},   {"zero GPUs", 1, 5},         {"still running", 1, 3},
        {"running at `from`", 3, 2}, {"waiting at `from`", 1, 5},
    };
    Reading reading;
    reading_open(&reading, "openb", "tests/data/trace-openb.csv");
    expect_jobs(&reading, whole, COUNT_OF(whole));
    CU_ASSERT_EQUAL(reading.requests.rows[0].gpu_milli, 330);
    CU_ASSERT_EQUAL(__builtin_popcountll(reading.requests.rows[1].model_set), 2);
    CU_ASSERT_EQUAL(reading.stats.recorded_starts, 5);
    reading_close(&reading);

    reading_begin(&reading, "openb", "tests/data/trace-openb.csv");
    CU_ASSERT_PTR_NULL(trace_moment_parse("4000s", &reading.options.from));
    reading_read(&reading);
    expect_jobs(&reading, cut, COUNT_OF(cut));
    expect_reasons(&reading.stats, reasons, COUNT_OF(reasons));
    CU_ASSERT_EQUAL(reading.stats.recorded_starts, 2);
    CU_ASSERT_EQUAL(reading.stats.origin_unix_ms, 4000000);
    reading_close(&reading);

    /* At 4100 s pod 5 has just ended; at 6000 s pod 6 is too late. */
    static const Reason short_reasons[] = {
        {"never scheduled", 1, 4},   {"ended before `from`", 1, 6}, {"submitted at `to`", 1, 7},
        {"zero GPUs", 1, 5},         {"still running", 1, 3},       {"running at `from`", 2, 2},
        {"waiting at `from`", 1, 5},
    };
    reading_begin(&reading, "openb", "tests/data/trace-openb.csv");
    CU_ASSERT_PTR_NULL(trace_moment_parse("4100s", &reading.options.from));
    CU_ASSERT_PTR_NULL(trace_moment_parse("6000s", &reading.options.to));
    reading_read(&reading);
    CU_ASSERT_EQUAL(reading.requests.count, 3);
    expect_reasons(&reading.stats, short_reasons, COUNT_OF(short_reasons));
    reading_close(&reading);
}

/* Goal: without times the list is what it was for the study. Method: all six pods, by name, for
 * ever. */
static void test_openb_list(void)
{
    Reading reading;
    reading_begin(&reading, "openb", "tests/data/trace-openb.csv");
    reading.options.times = TRACE_TIMES_IGNORED;
    reading_read(&reading);
    CU_ASSERT_EQUAL_FATAL(reading.status, STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(reading.requests.count, 6);
    CU_ASSERT_STRING_EQUAL(reading.requests.rows[2].name, "pod-3");
    CU_ASSERT_EQUAL(reading.requests.rows[2].duration_ms, TIME_NEVER);
    CU_ASSERT_EQUAL(reading.stats.rows_kept, 6);
    reading_close(&reading);
}

/* ---- options and looks ----------------------------------------------------------------------- */

/* Goal: dates, offsets and zones as people write them, and nothing else. Method: 2017-10-09 is day
 * 17448 of 1970, x 86400 s. */
static void test_moments(void)
{
    TraceMoment moment;
    CU_ASSERT_PTR_NULL(trace_moment_parse("2017-10-09", &moment));
    CU_ASSERT_EQUAL(moment.kind, TRACE_MOMENT_CALENDAR);
    CU_ASSERT_EQUAL(moment.ms, INT64_C(1507507200000));
    CU_ASSERT_PTR_NULL(trace_moment_parse("1d1h", &moment));
    CU_ASSERT_EQUAL(moment.kind, TRACE_MOMENT_OFFSET);
    CU_ASSERT_EQUAL(moment.ms, 90000000);
    const char *const bad_moments[] = {"", "7", "-1d", "2017-13-09", "2017-10-09 08:00", "36526d"};
    for (int i = 0; i < COUNT_OF(bad_moments); i++) {
        CU_ASSERT_PTR_NOT_NULL(trace_moment_parse(bad_moments[i], &moment));
    }
    int64_t zone = 0;
    CU_ASSERT_PTR_NULL(trace_timezone_parse("+05:30", &zone));
    CU_ASSERT_EQUAL(zone, 19800000);
    CU_ASSERT_PTR_NULL(trace_timezone_parse("UTC", &zone));
    CU_ASSERT_EQUAL(zone, 0);
    const char *const bad_zones[] = {"", "PST", "8", "+8:00", "+15:00", "+08:60", "+08:00x"};
    for (int i = 0; i < COUNT_OF(bad_zones); i++) {
        CU_ASSERT_PTR_NOT_NULL(trace_timezone_parse(bad_zones[i], &zone));
    }
}

/* Goal: a log is recognised by its looks. Method: every sample. */
static void test_looks(void)
{
    static const char *const samples[][2] = {
        {"tests/data/trace-native.csv", "native"},       {"tests/data/trace-openb.csv", "openb"},
        {"tests/data/trace-philly.csv", "philly"},       {"tests/data/trace-swf.txt", "swf"},
        {"tests/data/trace-philly.json", "philly-json"}, {"tests/data/trace-sacct.txt", "sacct"},
    };
    Diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    for (int i = 0; i < COUNT_OF(samples); i++) {
        const TraceFormat *format = trace_format_guess(samples[i][0], &diagnostics);
        CU_ASSERT_PTR_NOT_NULL_FATAL(format);
        CU_ASSERT_STRING_EQUAL(format->name, samples[i][1]);
    }
    diagnostics_free(&diagnostics);
}

const char *const SUITE = "trace";
const TestCase CASES[] = {
    {"swf", test_swf},
    {"swf as cpu", test_swf_as_cpu},
    {"sacct", test_sacct},
    {"sacct, models", test_sacct_models},
    {"philly", test_philly},
    {"gpus per node", test_gpus_per_node},
    {"philly json", test_philly_json},
    {"time zone", test_timezone},
    {"openb with times", test_openb},
    {"openb as a list", test_openb_list},
    {"moments", test_moments},
    {"looks", test_looks},
    {NULL, NULL},
};
