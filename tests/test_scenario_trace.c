/* test_scenario_trace.c - logs with their times in a scenario: what is read, cut, moved to the
 * run's clock, and refused. */
#include <stdio.h>
#include <string.h>

#include "tests/loaded.h"
#include "tests/suite.h"

/* Three jobs on three days. */
#define LOG                                                                                        \
    "id,submit,duration,gpus,queue\n"                                                              \
    "a,2017-10-01T00:00:00Z,3600s,1,research\n"                                                    \
    "b,2017-10-02T00:00:00Z,3600s,1,\n"                                                            \
    "c,2017-10-03T00:00:00Z,3600s,1,research\n"
#define DAY_MS INT64_C(86400000)
#define OCTOBER_FIRST_MS INT64_C(1506816000000) /* date -u -d 2017-10-01 +%s */

typedef struct Logged {
    Folder folder;
    Loaded loaded;
} Logged;

/* `head` stands before the cluster, `keys` behind the path of the log. */
static void logged(Logged *all, const char *head, const char *keys)
{
    char text[2048];
    folder_make(&all->folder);
    folder_file(&all->folder, "jobs.csv", LOG);
    snprintf(text, sizeof(text),
             "%s" CLUSTER "workload: [{trace: {format: native, path: jobs.csv%s}}]\n", head, keys);
    loaded_file(&all->loaded, folder_file(&all->folder, "s.yaml", text), NULL);
}

static void logged_free(Logged *all)
{
    loaded_free(&all->loaded);
    folder_remove(&all->folder);
}

static const Scenario *scenario_of(const Logged *all)
{
    diagnostics_print(&all->loaded.diagnostics, stdout, false);
    CU_ASSERT_EQUAL_FATAL(all->loaded.status, STATUS_OK);
    return &all->loaded.set.variants[0];
}

/* Goal: rows become jobs with their times; the first is the run's zero, and its date the
 * calendar's. Method: three jobs a day apart; those of no queue go where the scenario says. */
static void test_replay(void)
{
    Logged all;
    logged(&all, "", ", queue: rest");
    const Scenario *scenario = scenario_of(&all);
    const WorkloadSource *source = &scenario->sources[0];
    CU_ASSERT_EQUAL(source->kind, SOURCE_JOBS);
    CU_ASSERT_EQUAL(source->rows_read, 3);
    CU_ASSERT_EQUAL_FATAL(source->requests.count, 3);
    CU_ASSERT_EQUAL(scenario->start_unix_ms, OCTOBER_FIRST_MS);
    for (int32_t i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(source->requests.rows[i].submit_ms, i * DAY_MS);
        CU_ASSERT_EQUAL(source->requests.rows[i].duration_ms, 3600000);
        CU_ASSERT_STRING_EQUAL(source->requests.rows[i].queue, i == 1 ? "rest" : "research");
    }
    logged_free(&all);
}

/* A start in September puts the log a day later on the run's clock; variants share it. */
static void test_start(void)
{
    Logged all;
    logged(&all, "start: 2017-09-30\nvariants: {a: {}, b: {policy.scan: skip}}\n", "");
    const Scenario *scenario = scenario_of(&all);
    CU_ASSERT_EQUAL(scenario->start_unix_ms, OCTOBER_FIRST_MS - DAY_MS);
    CU_ASSERT_EQUAL(scenario->sources[0].requests.rows[0].submit_ms, DAY_MS);
    CU_ASSERT_EQUAL(scenario[1].start_unix_ms, scenario->start_unix_ms);
    CU_ASSERT_PTR_EQUAL(scenario[1].sources, scenario->sources);
    logged_free(&all);
    logged(&all, "start: 2017-10-02\n", "");
    CU_ASSERT(loaded_says(&all.loaded, "range", "submitted before the run starts"));
    logged_free(&all);
}

/* The second day alone: b, from its first moment on. */
static void test_cut(void)
{
    Logged all;
    logged(&all, "", ", from: 2017-10-02, to: 2017-10-03");
    const Scenario *scenario = scenario_of(&all);
    CU_ASSERT_EQUAL_FATAL(scenario->sources[0].requests.count, 1);
    CU_ASSERT_STRING_EQUAL(scenario->sources[0].requests.rows[0].name, "b");
    CU_ASSERT_EQUAL(scenario->sources[0].requests.rows[0].submit_ms, 0);
    CU_ASSERT_EQUAL(scenario->start_unix_ms, OCTOBER_FIRST_MS + DAY_MS);
    logged_free(&all);
}

/* Goal: a log's jobs keep to their queue's nodes, and none is in a queue above others. */
static void test_queues(void)
{
    static const char POOLS[] =
        "cluster: {types: {h: {gpus: 8}}, nodes: [{name: a, type: h, labels: {p: x}, taints: [t]},"
        " {name: b, type: h}]}\n"
        "workload: [{trace: {format: native, path: jobs.csv}}]\n"
        "queues: [%s]\n";
    char text[1024];
    Logged all;
    folder_make(&all.folder);
    folder_file(&all.folder, "jobs.csv", LOG);
    snprintf(text, sizeof(text), POOLS, "{name: research, nodes: {p: x}}");
    loaded_file(&all.loaded, folder_file(&all.folder, "s.yaml", text), NULL);
    const RequestList *requests = &scenario_of(&all)->sources[0].requests;
    CU_ASSERT_EQUAL(requests->rows[0].group_set, 1);
    CU_ASSERT_EQUAL(requests->rows[1].group_set, 2);
    loaded_free(&all.loaded);
    snprintf(text, sizeof(text), POOLS, "{name: vision, parent: research}");
    loaded_file(&all.loaded, folder_file(&all.folder, "t.yaml", text), NULL);
    CU_ASSERT_EQUAL(all.loaded.diagnostics.error_count, 1);
    CU_ASSERT(loaded_says(&all.loaded, "name", "in the queue `research`, which has queues below"));
    logged_free(&all);
}

static void test_late(void)
{
    Logged all;
    logged(&all, "horizon: 1d\n", "");
    CU_ASSERT_EQUAL(all.loaded.status, STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(all.loaded.diagnostics.warning_count, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(all.loaded.diagnostics.items[0].message, "1 of 3 jobs"));
    logged_free(&all);
}

static void test_mistakes(void)
{
    static const struct {
        const char *keys, *code, *says;
    } ROWS[] = {
        {", from: yesterday", "unit", "`from` is `yesterday`; expected a date"},
        {", to: 7", "unit", "`to` is `7`"},
        {", from: 2018-01-01", "empty", "no job is left"},
        {", timezone: CET", "unit", "`timezone` is `CET`"},
        {", load: 90%", "conflict", "`load` replaces the times"},
        {", interval: 1s", "conflict", "`interval` replaces"},
        {", times: ignored", "conflict", "only logs of format openb"},
        {", as: cpu", "conflict", "`as` means nothing to logs of format native"},
        {", gpus_per_node: 0", "range", "expected 1 to 32"},
    };
    for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
        Logged all;
        logged(&all, "", ROWS[i].keys);
        CU_ASSERT_EQUAL(all.loaded.diagnostics.error_count, 1);
        CU_ASSERT(loaded_says(&all.loaded, ROWS[i].code, ROWS[i].says));
        logged_free(&all);
    }
    CU_ASSERT(refused_for(CLUSTER "workload: [{trace: {format: nativ, path: x}}]\n", "choice",
                          "native, openb, philly"));
}

const char *const SUITE = "scenario_trace";
const TestCase CASES[] = {{"replay", test_replay},
                          {"start", test_start},
                          {"cut", test_cut},
                          {"queues", test_queues},
                          {"late jobs", test_late},
                          {"mistakes", test_mistakes},
                          {NULL, NULL}};
