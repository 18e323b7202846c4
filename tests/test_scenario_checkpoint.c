/* test_scenario_checkpoint.c - how jobs save their state, from the words of a scenario: what is
 * read, what is resolved, and what is refused. */
#include <stdio.h>

#include "models/checkpoint.h"
#include "tests/loaded.h"
#include "tests/suite.h"

const char *const SUITE = "scenario_checkpoint";

/* A job with these keys, on a cluster with a file system. */
static const char *scenario(const char *job, const char *more)
{
    static char text[2048];
    snprintf(text, sizeof text,
             "cluster:\n"
             "  storage: [{name: fs, bandwidth: 10GB/s, write: 4GB/s}]\n"
             "  types: {h: {gpus: {count: 8, model: H100}, cpu: 64, storage: fs}}\n"
             "  nodes: [{name: a, type: h, count: 4}]\n"
             "workload: [{jobs: [{id: A, duration: 4h, tasks: 2, gang: all, gpus: 8%s}]}]\n"
             "policy: {preset: fifo}\n%s",
             job, more);
    return text;
}

static const JobTraits *traits_of(const Loaded *loaded)
{
    diagnostics_print(&loaded->diagnostics, stdout, false);
    CU_ASSERT_EQUAL_FATAL(loaded->status, STATUS_OK);
    return loaded->set.variants[0].sources[0].requests.rows[0].traits;
}

/* Goal: every key arrives. */
static void every_key(void)
{
    Loaded loaded;
    loaded_text(&loaded, scenario(", grace: 60s, restart: 90s, restart_per_task: 1%, checkpoint: "
                                  "{every: 30m, cost: 40s, flush: 20s, on_stop: true}",
                                  ""));
    const JobTraits *traits = traits_of(&loaded);
    CU_ASSERT_EQUAL(traits->restart_scale, 10000);
    CU_ASSERT_EQUAL(traits->checkpoint.rule, CHECKPOINT_FIXED);
    CU_ASSERT_EQUAL(traits->checkpoint.every_ms, 1800000);
    CU_ASSERT_EQUAL(traits->checkpoint.cost_ms, 40000);
    CU_ASSERT_EQUAL(traits->checkpoint.flush_ms, 20000);
    CU_ASSERT_TRUE(traits->checkpoint.on_stop);
    loaded_free(&loaded);
    loaded_text(&loaded, scenario(", checkpoint: {rule: daly, size: 40Gi, async: true, cost: 5s, "
                                  "mttf: 100d}",
                                  ""));
    traits = traits_of(&loaded);
    CU_ASSERT_EQUAL(traits->checkpoint.rule, CHECKPOINT_DALY);
    CU_ASSERT_EQUAL(traits->checkpoint.size_mib, 40960);
    CU_ASSERT_TRUE(traits->checkpoint.async);
    CU_ASSERT_EQUAL(traits->checkpoint.mttf_ms, INT64_C(8640000000));
    loaded_free(&loaded);
    loaded_text(&loaded, scenario(", checkpoint: 1h", ""));
    CU_ASSERT_EQUAL(traits_of(&loaded)->checkpoint.every_ms, 3600000);
    loaded_free(&loaded);
}

static JobCheckpoint resolved(const char *job, const char *models)
{
    Loaded loaded;
    JobTable jobs;
    int32_t first = 0;
    loaded_text(&loaded, scenario(job, models));
    traits_of(&loaded);
    const Scenario *loaded_scenario = &loaded.set.variants[0];
    CU_ASSERT_TRUE_FATAL(job_table_build(&jobs, &loaded.arena,
                                         &loaded_scenario->sources[0].requests, (TenantNames){0},
                                         &first, 1, 0));
    JobCheckpoint checkpoint = checkpoint_of_class(loaded_scenario, &jobs, &jobs.classes[0]);
    loaded_free(&loaded);
    return checkpoint;
}

#define EVERY_MS(checkpoint) ((checkpoint).plan.every / GP_PPM)

/* Goal: rules become intervals. Method: two nodes that fail every 250 d each by default, so M is
 * 10,800,000 s; w 60 s: Young sqrt(2 x 60 x 10,800,000) = 36,000 s; 40 GiB x 2 at 4 GB/s take
 * 21.475 s, Young sqrt(2 x 21.475 x 10,800,000) = 21,537.4 s. Daly for 60 s: 36,000 (1 +
 * sqrt(60 / 21,600,000) / 3 + 60 / 194,400,000) - 60 = 35,960.011 s. */
static void rules_resolve(void)
{
    const char *young = ", checkpoint: {rule: young, cost: 60s}";
    CU_ASSERT_EQUAL(EVERY_MS(resolved(young, "")), 36000000);
    CU_ASSERT_EQUAL(EVERY_MS(resolved(young, "models: {checkpoint: {mttf: 1000d}}\n")), 72000000);
    CU_ASSERT_EQUAL(EVERY_MS(resolved(", checkpoint: {rule: young, size: 40Gi}", "")) / 100,
                    215374);
    CU_ASSERT_EQUAL(EVERY_MS(resolved(", checkpoint: {rule: daly, cost: 60s}", "")), 35960011);
    const char *models = "models: {checkpoint: {default: young, cost: 60s}}\n";
    CU_ASSERT_EQUAL(EVERY_MS(resolved("", models)), 36000000);
    CU_ASSERT_EQUAL(resolved("", models).min_ms, 3600000);
    CU_ASSERT_EQUAL(EVERY_MS(resolved(", checkpoint: {cost: 15s}", models)), 18000000);
    CU_ASSERT_EQUAL(EVERY_MS(resolved(", checkpoint: {rule: none}", models)), 0);
    CU_ASSERT_EQUAL(EVERY_MS(resolved("", "")), 0);
    CU_ASSERT_EQUAL(EVERY_MS(resolved("", "models: {checkpoint: 3h}\n")), 10800000);
    CU_ASSERT_EQUAL(EVERY_MS(resolved("", "models: {checkpoint: {default: 3h, min_nodes: 3}}\n")),
                    0);
    JobCheckpoint asked = resolved(", grace: 5s, checkpoint: {on_stop: true, cost: 3s}", "");
    CU_ASSERT_TRUE(asked.on_stop);
    CU_ASSERT_EQUAL(asked.stop_ms, 3000);
}

/* Goal: what contradicts itself is refused, once, with a word on what to do. */
static void mistakes(void)
{
    static const struct {
        const char *job, *models, *code, *fragment;
    } ROWS[] = {
        {", checkpoint: {every: 30m, rule: young, cost: 60s}", "", "conflict", "`every`, and rule"},
        {", checkpoint: {rule: fixed, cost: 60s}", "", "missing", "do not say how often"},
        {", checkpoint: {rule: daly}", "", "missing", "cost nothing"},
        {", checkpoint: {every: 30m, mttf: 9d}", "", "conflict", "do not come by a formula"},
        {", checkpoint: {every: 30m, size: 1Gi, flush: 9s}", "", "conflict", "`size` and `flush`"},
        {", checkpoint: {every: 30m, size: 1Gi, cost: 9s}", "", "conflict", "`size` and `cost`"},
        {", checkpoint: {every: 30m, async: true}", "", "missing", "have no `size`"},
        {", checkpoint: {every: 30m, on_stop: true}", "", "missing", "no grace"},
        {", checkpoint: {every: 30ms}", "", "range", "every"},
        {", checkpoint: {every: 30m, sometimes: true}", "", "unknown-key", "sometimes"},
        {", restart_per_task: 1%", "", "missing", "no restart"},
        {"", "models: {checkpoint: {default: daly}}\n", "missing", "cost nothing"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        bool refused =
            refused_for(scenario(ROWS[i].job, ROWS[i].models), ROWS[i].code, ROWS[i].fragment);
        CU_ASSERT_TRUE(refused);
        if (!refused) {
            printf("not refused as it should be: %s %s\n", ROWS[i].job, ROWS[i].models);
        }
    }
    CU_ASSERT_TRUE(refused_for(CLUSTER "workload: [{jobs: [{id: A, duration: 4s, gpus: 2, "
                                       "checkpoint: {every: 1s, size: 1Gi}}]}]\n",
                               "missing", "no node has storage"));
}

const TestCase CASES[] = {
    {"every key", every_key},
    {"rules resolve", rules_resolve},
    {"mistakes", mistakes},
    {NULL, NULL},
};
