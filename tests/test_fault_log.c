/* test_fault_log.c - fault logs with their quirks, against values worked out by hand. */
#include "tests/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "traces/fault_log.h"
#include "traces/fault_stats.h"

#define DAY INT64_C(86400000)

typedef struct Reading {
    Arena arena;
    Diagnostics diagnostics;
    FaultLogOptions options;
    FaultLog log;
    Status status;
} Reading;

static void reading_open(Reading *reading, const char *format, const char *path, int64_t from_ms,
                         int64_t to_ms)
{
    *reading = (Reading){0};
    arena_init(&reading->arena);
    diagnostics_init(&reading->diagnostics);
    fault_log_options_init(&reading->options);
    reading->options.format = format;
    reading->options.path = path;
    reading->options.from_ms = from_ms;
    reading->options.to_ms = to_ms;
    reading->status =
        fault_log_read(&reading->options, &reading->arena, &reading->diagnostics, &reading->log);
}

static void reading_close(Reading *reading)
{
    diagnostics_free(&reading->diagnostics);
    arena_free(&reading->arena);
}

static int64_t reason(const FaultLog *log, const char *text)
{
    for (int i = 0; i < log->reason_count; i++) {
        if (strstr(log->reasons[i].text, text) != NULL) {
            return log->reasons[i].count;
        }
    }
    return 0;
}

static void check_row(const FaultLog *log, int32_t row, const char *node, const char *component,
                      int64_t start_ms, int64_t end_ms)
{
    const FaultLogRow *found = &log->rows[row];
    CU_ASSERT_STRING_EQUAL(log->node_name[found->node], node);
    CU_ASSERT_STRING_EQUAL(log->components[found->component].name, component);
    CU_ASSERT_EQUAL(found->start_ms, start_ms);
    CU_ASSERT_EQUAL(found->end_ms, end_ms);
}

/* ---- infinitehbd ----------------------------------------------------------------------------- */

/* Goal: a fault is a start and the next end of the same node and type. Method: the sample's fifteen
 * events; the end of n-b at 2.5 names another type, 2.5001 days are 216,008,640 ms; of the two
 * starts on n-c one is closed, the first; the last end has no start. */
static void pairs_follow_node_and_type(void)
{
    Reading reading;
    reading_open(&reading, "infinitehbd", "tests/data/faults.json", 0, TIME_NEVER);
    const FaultLog *log = &reading.log;
    CU_ASSERT_EQUAL_FATAL(reading.status, STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(log->count, 7);
    check_row(log, 0, "n-b", "gpu", DAY * 3 / 2, INT64_C(216008640));
    check_row(log, 1, "n-a", "nic", DAY * 3 / 2, DAY * 9 / 4);
    check_row(log, 2, "n-a", "gpu", DAY * 2, DAY * 3);
    check_row(log, 3, "n-c", "stress-test-failure", DAY * 4, DAY * 4);
    check_row(log, 4, "n-c", "hardware-failure-other-failures", DAY * 5, DAY * 7);
    check_row(log, 5, "n-c", "hardware-failure-other-failures", DAY * 6, TIME_NEVER);
    check_row(log, 6, "n-d", "software-failure-other-failures", DAY * 8, DAY * 9);
    CU_ASSERT_EQUAL(log->node_count, 4);
    CU_ASSERT_STRING_EQUAL(log->node_name[0], "n-b");
    CU_ASSERT_EQUAL(reason(log, "without a start"), 2);
    CU_ASSERT_EQUAL(reason(log, "no length"), 1);
    CU_ASSERT_EQUAL(reason(log, "another fault of its node"), 2);
    CU_ASSERT_EQUAL(reason(log, "starts again"), 1);
    CU_ASSERT_EQUAL(reason(log, "without an end"), 1);
    CU_ASSERT_TRUE(log->components[log->rows[3].component].by_operator);
    CU_ASSERT_FALSE(log->components[log->rows[0].component].by_operator);
    reading_close(&reading);
}

/* Goal: a cut keeps what lasts into it, and drops what is over or comes later. Method: 2.25 to 8
 * days: the NIC's fault ends as the cut begins; the two GPU faults are carried over. */
static void a_cut_carries_faults_over(void)
{
    Reading reading;
    reading_open(&reading, "infinitehbd", "tests/data/faults.json", DAY * 9 / 4, DAY * 8);
    const FaultLog *log = &reading.log;
    CU_ASSERT_EQUAL_FATAL(reading.status, STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(log->count, 5);
    check_row(log, 0, "n-b", "gpu", 0, INT64_C(216008640) - DAY * 9 / 4);
    check_row(log, 1, "n-a", "gpu", 0, DAY * 3 / 4);
    check_row(log, 3, "n-c", "hardware-failure-other-failures", DAY * 11 / 4, DAY * 19 / 4);
    CU_ASSERT_TRUE(log->rows[0].carried && log->rows[1].carried && !log->rows[2].carried);
    CU_ASSERT_EQUAL(reason(log, "over before"), 1);
    CU_ASSERT_EQUAL(reason(log, "at --to or later"), 1);
    CU_ASSERT_EQUAL(log->window_ms, DAY * 23 / 4);
    reading_close(&reading);
}

/* Goal: node-days down count overlaps once. Method: 10 nodes over the log's 10 days. n-b 1.0001
 * days, n-a 1.5 to 3, n-c 5 to the log's end at 10, n-d 1: 8.5001 days = 734,408,640 ms, of 100.
 * Repaired: 0.75, 1, 1.0001, 0, 2, 1 days; the median is 1. */
static void statistics_count_overlaps_once(void)
{
    Reading reading;
    FaultStats stats;
    reading_open(&reading, "infinitehbd", "tests/data/faults.json", 0, TIME_NEVER);
    CU_ASSERT_EQUAL_FATAL(reading.status, STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(
        fault_stats(&reading.log, 10, &reading.arena, &reading.diagnostics, &stats), STATUS_OK);
    CU_ASSERT_EQUAL(stats.node_down_ms, INT64_C(734408640));
    CU_ASSERT_DOUBLE_EQUAL(stats.node_days, 100.0, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(stats.all.per_1000_node_days, 70.0, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(stats.all.median_h, 24.0, 1e-9);
    CU_ASSERT_EQUAL(stats.all.unrepaired, 1);
    CU_ASSERT_EQUAL(stats.nodes_seen, 4);
    CU_ASSERT_EQUAL(stats.worst_node_faults, 3);
    CU_ASSERT_STRING_EQUAL(stats.worst_node, "n-c");
    CU_ASSERT_EQUAL(stats.nodes_down_max, 2);
    CU_ASSERT_EQUAL(stats.burst_largest, 2);
    CU_ASSERT_EQUAL(stats.by_operator, 1);
    CU_ASSERT_EQUAL(stats.month_count, 1);
    reading_close(&reading);
}

/* ---- faults-csv ------------------------------------------------------------------------------ */

/* Goal: every effect is read. Method: the sample, one row of each. */
static void csv_reads_every_effect(void)
{
    Reading reading;
    reading_open(&reading, "faults-csv", "tests/data/faults.csv", 0, TIME_NEVER);
    const FaultLog *log = &reading.log;
    CU_ASSERT_EQUAL_FATAL(reading.status, STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(log->count, 6);
    check_row(log, 0, "a-1", "raid", 0, 3600000);
    check_row(log, 1, "rack 7", "maintenance", 50500, 60000);
    check_row(log, 2, "a-2", "gpu xid:79 of a GPU", 100000, 700250);
    check_row(log, 3, "a-2", "gpu down of a GPU", 200000, 500000);
    check_row(log, 4, "a-3", "fan", 300000, TIME_NEVER);
    check_row(log, 5, "a-1", "nic", 1800000, 1800000);
    const FaultLogComponent *raid = &log->components[log->rows[0].component];
    const FaultLogComponent *fan = &log->components[log->rows[4].component];
    CU_ASSERT_EQUAL(raid->effect, FAULT_LOG_LANE);
    CU_ASSERT_EQUAL(raid->axis, GP_AXIS_STORAGE_BANDWIDTH);
    CU_ASSERT_EQUAL(raid->left_ppm, 350000);
    CU_ASSERT_EQUAL(fan->effect, FAULT_LOG_SLOW);
    CU_ASSERT_EQUAL(fan->left_ppm, 800000);
    CU_ASSERT_EQUAL(log->components[log->rows[2].component].xid, 79);
    CU_ASSERT_EQUAL(log->rows[2].devices, 8);
    CU_ASSERT_EQUAL(log->rows[3].devices, 3);
    CU_ASSERT_TRUE(log->components[log->rows[1].component].by_operator);
    CU_ASSERT_EQUAL(reason(log, "ends before it starts"), 1);
    CU_ASSERT_EQUAL(log->rows_read, 7);
    reading_close(&reading);
}

/* Goal: what is written is read again as the same faults. Method: both samples, there and back. */
static void what_is_written_comes_back(void)
{
    static const char *const SAMPLES[][2] = {{"infinitehbd", "tests/data/faults.json"},
                                             {"faults-csv", "tests/data/faults.csv"}};
    for (int i = 0; i < 2; i++) {
        char path[] = "/tmp/gpuplan-faults-XXXXXX";
        int number = mkstemp(path);
        FILE *file = number >= 0 ? fdopen(number, "w") : NULL;
        CU_ASSERT_PTR_NOT_NULL_FATAL(file);
        Reading first;
        Reading again;
        reading_open(&first, SAMPLES[i][0], SAMPLES[i][1], 0, TIME_NEVER);
        CU_ASSERT_TRUE(faults_csv_write(&first.log, file));
        fclose(file);
        reading_open(&again, "faults-csv", path, 0, TIME_NEVER);
        CU_ASSERT_EQUAL_FATAL(again.status, STATUS_OK);
        CU_ASSERT_EQUAL_FATAL(again.log.count, first.log.count);
        for (int32_t row = 0; row < again.log.count; row++) {
            const FaultLogRow *a = &first.log.rows[row];
            const FaultLogRow *b = &again.log.rows[row];
            check_row(&again.log, row, first.log.node_name[a->node],
                      first.log.components[a->component].name, a->start_ms, a->end_ms);
            CU_ASSERT_EQUAL(a->devices, b->devices);
        }
        reading_close(&again);
        reading_close(&first);
        unlink(path);
    }
}

/* ---- effects and looks ----------------------------------------------------------------------- */

static void effects_are_parsed_or_refused(void)
{
    static const char *const GOOD[] = {"down",      "xid:13",       "xid:999",
                                       "slow=80%",  "io_cpu=0%",    "network=12.5%",
                                       "cpu=99.9%", "slow=0.0001%", "storage_bandwidth=35%"};
    static const char *const BAD[] = {
        "",          "Down",         "down ",   "xid:",        "xid:0",       "xid:1000", "xid:7x",
        "xid:-1",    "slow=100%",    "slow=0%", "slow",        "slow=",       "slow=-5%", "gpu=35%",
        "memory=1%", "network=101%", "=35%",    "storage=35%", "network=1e-1"};
    FaultLogComponent component;
    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) {
        char text[FAULT_EFFECT_BYTES];
        component = (FaultLogComponent){0};
        CU_ASSERT_PTR_NULL(fault_effect_parse(GOOD[i], &component));
        CU_ASSERT_STRING_EQUAL(fault_effect_print(&component, text), GOOD[i]);
    }
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        CU_ASSERT_PTR_NOT_NULL(fault_effect_parse(BAD[i], &component));
    }
}

static void fault_logs_are_told_by_their_looks(void)
{
    CU_ASSERT_STRING_EQUAL(fault_log_format_of("\n [{\"node_id\":\"a\",\"fault_type\":{}}]")->name,
                           "infinitehbd");
    CU_ASSERT_STRING_EQUAL(fault_log_format_of("effect,\"node\",x,start_s\n")->name, "faults-csv");
    CU_ASSERT_PTR_NULL(fault_log_format_of("[{\"jobid\":1}]"));
    CU_ASSERT_STRING_EQUAL(fault_log_format_of("node,start_s\n")->name, "faults-csv");
    CU_ASSERT_PTR_NULL(fault_log_format_of("node,submit\neffect"));
    CU_ASSERT_PTR_NULL(fault_log_format_of(""));
}

const char *const SUITE = "faultlog";
const TestCase CASES[] = {
    {"pairs follow node and type", pairs_follow_node_and_type},
    {"a cut carries faults over", a_cut_carries_faults_over},
    {"statistics count overlaps once", statistics_count_overlaps_once},
    {"CSV reads every effect", csv_reads_every_effect},
    {"what is written comes back", what_is_written_comes_back},
    {"effects are parsed or refused", effects_are_parsed_or_refused},
    {"fault logs are told by their looks", fault_logs_are_told_by_their_looks},
    {NULL, NULL},
};
