/* test_setting.c - the report's first lines: scheduler, beliefs, what is seen against what is
 * asked.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/report/json_help.h"
#include "sim/report/setting.h"
#include "tests/loaded.h"
#include "tests/suite.h"

/* The lines of a scenario, whose variants are put into a summary as summary_json does; free(). */
static char *lines_of(const char *text)
{
    Loaded loaded;
    loaded_text(&loaded, text);
    diagnostics_print(&loaded.diagnostics, stdout, false);
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    json_t *summary = json_object();
    json_t *variants = json_array();
    for (int32_t i = 0; i < loaded.set.variant_count; i++) {
        const Scenario *scenario = &loaded.set.variants[i];
        json_t *row = json_object();
        bool ok = json_put(row, "name", json_string(scenario->variant));
        ok = json_put(row, "policy", setting_policy(scenario)) && ok;
        ok = json_put(row, "models", setting_models(scenario)) && ok;
        ok = json_put(row, "prices", setting_prices(scenario)) && ok;
        ok = json_put(row, "asked", setting_asked(scenario)) && ok;
        CU_ASSERT(ok && json_push(variants, row));
    }
    CU_ASSERT(json_put(summary, "variants", variants));
    char *lines = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&lines, &size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    CU_ASSERT(setting_print(summary, "", stream));
    fclose(stream);
    json_decref(summary);
    loaded_free(&loaded);
    return lines;
}

static void assert_lines(const char *text, const char *wanted)
{
    char *lines = lines_of(text);
    CU_ASSERT_STRING_EQUAL(lines, wanted);
    if (strcmp(lines, wanted) != 0) {
        printf("found:\n%s", lines);
    }
    free(lines);
}

#define JOBS(policy, jobs)                                                                         \
    CLUSTER policy "queues: [{name: q, default_limit: 1h}, {name: r}]\nworkload: [{jobs: [" jobs   \
                   "]}]\n"

/* Goal: of whom nothing is said is counted by hand. Method: five jobs: a limit, an estimate, a
 * queue's limit, and two of which nothing is said. */
static void test_beliefs(void)
{
#define FIVE                                                                                       \
    "{id: A, duration: 1s, gpus: 1, queue: r, time_limit: 1h},"                                    \
    "{id: B, duration: 1s, gpus: 1, queue: r, estimate: 1h},"                                      \
    "{id: C, duration: 1s, gpus: 1, queue: q},"                                                    \
    "{id: D, duration: 1s, gpus: 1, queue: r},"                                                    \
    "{id: E, duration: 1s, gpus: 1}"
    assert_lines(JOBS("policy: {estimates: limit}\n", FIVE),
                 "scheduler: fifo; estimates: time limits; 2 of 5 jobs have none: exact; "
                 "it sees all that jobs ask for: gpu\n");
    assert_lines(JOBS("policy: {estimates: {factor: 1.5}}\n", FIVE),
                 "scheduler: fifo; estimates: 1.5 times the run time; 1 of 5 jobs state their own; "
                 "it sees all that jobs ask for: gpu\n");
    assert_lines(
        JOBS("policy: {estimates: exact}\n", FIVE),
        "scheduler: fifo; estimates: exact run times; it sees all that jobs ask for: gpu\n");
}

/* What the scheduler leaves out and some job asks for is said. */
static void test_unseen(void)
{
    assert_lines(
        JOBS("policy: {preset: kube-default}\n",
             "{id: A, duration: 1s, gpus: 1, cpu: 4, network: 10Gb/s},"
             "{id: B, duration: 1s, gpus: 1, io_cpu: 2}"),
        "scheduler: kube-default; estimates: exact run times; it sees gpu, gpu_memory, cpu, "
        "memory; jobs also ask for io_cpu, network\n");
}

/* Each scheduler once, with its variants; what differs in packing alone is no other scheduler. */
static void test_variants(void)
{
    assert_lines(SMALL
                 "policy: {preset: slurm}\n"
                 "variants: {a: {}, b: {policy.pack: fgd}, c: {policy.scan: easy, relax: quota}}\n",
                 "a, b: scheduler: slurm; estimates: time limits; 1 of 1 jobs have none: exact; it "
                 "sees all that jobs ask for: gpu\n"
                 "c: scheduler: slurm with admit none, scan easy; pretended away: quota; "
                 "estimates: time limits; "
                 "1 of 1 jobs have none: exact; it sees all that jobs ask for: gpu\n");
}

/* Drawn jobs have limits only where a generator gives them some. */
static void test_drawn(void)
{
#define DRAWN(keys)                                                                                \
    "horizon: 1d\n" CLUSTER "policy: {estimates: limit}\n"                                         \
    "workload: [{synthetic: {arrivals: {rate: 40/h}, gpus: {1: 1}, duration: 1h" keys "}}]\n"
    assert_lines(DRAWN(""),
                 "scheduler: fifo; estimates: time limits; drawn jobs have none: exact; it "
                 "sees all that jobs ask for: gpu\n");
    assert_lines(DRAWN(", time_limit: {factor: 3}"),
                 "scheduler: fifo; estimates: time limits; it sees all that jobs ask for: gpu\n");
}

/* Goal: a queue holds what those below it hold. Method: two queues below a third, with 3 and 4
 * GPU-hours by hand, of 14; idle hours are nobody's. */
static void test_queues(void)
{
    Loaded loaded;
    loaded_text(&loaded,
                SMALL "queues: [{name: a, parent: c, quota: 2.5}, {name: b, parent: c}]\n");
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    TenantSummary tenants[] = {{.name = "a"}, {.name = "b"}, {.name = "elsewhere"}};
    tenants[0].account[ACCOUNT_PRODUCTIVE].gpu_hours = 2;
    tenants[0].account[ACCOUNT_LOST].gpu_hours = 1;
    tenants[0].account[ACCOUNT_BLOCKED].gpu_hours = 100;
    tenants[1].account[ACCOUNT_HELD_IDLE].gpu_hours = 4;
    tenants[2].account[ACCOUNT_PRODUCTIVE].gpu_hours = 50;
    LedgerSummary ledger = {.capacity_gpu_hours = 14, .tenant_count = 3, .tenants = tenants};
    json_t *rows = queues_json(&loaded.set.variants[0], &ledger);
    static const struct {
        const char *name, *parent;
        double held;
    } WANTED[] = {{"default", "", 0}, {"a", "c", 3}, {"b", "c", 4}, {"c", "", 7}};
    CU_ASSERT_EQUAL_FATAL(json_array_size(rows), 4);
    for (size_t i = 0; i < 4; i++) {
        const json_t *row = json_array_get(rows, i);
        CU_ASSERT_STRING_EQUAL(json_text_at(row, "name"), WANTED[i].name);
        CU_ASSERT_STRING_EQUAL(json_text_at(row, "parent"), WANTED[i].parent);
        CU_ASSERT_EQUAL(json_number_at(row, "allocated_gpu_hours"), WANTED[i].held);
    }
    CU_ASSERT_EQUAL(json_number_at(json_array_get(rows, 3), "allocated_share"), 0.5);
    CU_ASSERT_EQUAL(json_number_at(json_array_get(rows, 1), "quota_gpus"), 2.5);
    CU_ASSERT(json_is_null(json_object_get(json_array_get(rows, 2), "quota_gpus")));
    json_decref(rows);
    loaded_free(&loaded);
}

const char *const SUITE = "setting";
/* Goal: what a run assumes of the world is said with its source: failures, who mends them and what
 * they see, checkpoints, data paths, noise; where nothing is assumed no line is. Method: a line
 * each, written here by hand. */
static void test_assumptions(void)
{
#define WORLD(rest)                                                                                \
    "gpuplan: 1\nhorizon: 1h\ncluster: {types: {t: {gpus: {count: 4, model: H100}, "               \
    "storage_bandwidth: 2GB/s}}, nodes: [{name: n, type: t, count: 2}]}\n"                         \
    "workload: [{jobs: [{id: A, duration: 10m, gpus: 4}]}]\n" rest
    static const char SCHEDULER[] = "scheduler: fifo; estimates: exact run times; it sees all that "
                                    "jobs ask for: gpu\n";
    static const struct {
        const char *text, *line;
    } ROWS[] = {
        {WORLD(""), ""},
        {WORLD("inject: [{at: 1m, nodes: [n-0], for: 1m}]\n"),
         "failures: 1 fault written down\n"
         "remedy: none; a node that is out is seen at once, nothing else is\n"},
        {WORLD("models: {failures: {components: [{name: nic, mtbf: 250d, out: 1h}]}}\n"
               "policy: {remedy: {preset: agent, detect: 90s, technicians: 3, spares: 1}}\n"),
         "failures: 1 component\n"
         "remedy: agent; it sees all dimensions after 1m30s, nodes that are silent after 50s; "
         "3 technicians; 1 spare\n"},
        {WORLD("inject: [{at: 1m, nodes: [n-0], for: 1m}, {at: 2m, nodes: [n-1], for: 1m}]\n"
               "policy: {remedy: {preset: slurm, silent: 5m, spares: 50%}}\n"),
         "failures: 2 faults written down\n"
         "remedy: slurm; it sees nodes that are silent after 5m; 50 % spares\n"},
        {WORLD("models: {checkpoint: {default: daly, cost: 60s, mttf: 250d}, needs: [{name: llm, "
               "need: {storage_bandwidth: 4GB/s}, source: our profiler}]}\n"),
         "checkpoints of jobs that say nothing: daly, from an estimated MTTF of 250d a node; "
         "assumed: what full speed takes of the data path: llm (our profiler)\n"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        char wanted[1024];
        snprintf(wanted, sizeof wanted, "%s%s", SCHEDULER, ROWS[i].line);
        assert_lines(ROWS[i].text, wanted);
    }
}

#define PRICED(price, nodes)                                                                       \
    "cluster:\n  types:\n    h: {gpus: {count: 8, power: {idle: 75W, max: 700W}}, power: {idle: "  \
    "1kW, max: 2kW}, price: {" price                                                               \
    "}}\n    c: {cpu: 8, price: {node: 2 USD/node-h}}\n  nodes: [" nodes                           \
    "]\nworkload: [{jobs: [{id: A, duration: 1s, gpus: 1}]}]\n"
#define SCHEDULER                                                                                  \
    "scheduler: fifo; estimates: exact run times; it sees all that jobs ask for: gpu\n"

/* Goal: what things cost is said where it is more than list prices on demand. Method: such a price;
 * nodes bought in two ways, entries that labels set apart being one; energy, overheads, a
 * commitment. 280,320 USD by 8 GPUs and four years are a dollar an hour; 730 USD a month as well.
 */
static void test_prices(void)
{
    assert_lines(PRICED("on_demand: 3 USD/gpu-h, source: ours", "{name: a, type: h}"), SCHEDULER);
    assert_lines(PRICED("on_demand: 3 USD/gpu-h, contracted: 2.5 USD/gpu-h", "{name: a, type: h}"),
                 SCHEDULER "prices: h on demand at 2.500 USD/GPU-h\n");
    assert_lines(
        PRICED("spot: {steps: {0h: 1.2 USD/gpu-h, 5h: 2 USD/gpu-h}}, owned: {capex: "
               "280320 USD, life: 4y}",
               "{name: a, type: h, purchase: owned}, {name: b, type: h, purchase: owned, "
               "labels: {pool: b}}, {name: s, type: h, purchase: spot}, {name: c, type: "
               "c}") "costs: {pue: 1.5, tariff: 0.085 USD/kWh, overheads: [{name: store, cost: 730 "
                     "USD/month}]}\n",
        SCHEDULER "prices: h owned at 1.000 USD/GPU-h and its energy, h spot, first at "
                  "1.200 USD/GPU-h; energy 0.085 USD/kWh; PUE 1.5; store 1.00 USD/h\n");
    assert_lines(PRICED("on_demand: 3 USD/gpu-h",
                        "{name: a, type: h}") "costs: {carbon: {steps: {0h: 381 g/kWh, 5h: 100 "
                                              "g/kWh}}, commitments: [{name: "
                                              "x, gpus: 4, rate: 2 USD/gpu-h, term: 1y}]}\n",
                 SCHEDULER "prices: h on demand at 3.000 USD/GPU-h; x: 8 USD/h committed; carbon "
                           "over time, first 381 g/kWh\n");
}

/* Goal: every source that a scenario can give is beside its figure. Method: each key once. */
static void test_sources(void)
{
    Loaded loaded;
    loaded_text(&loaded,
                PRICED("on_demand: 3 USD/gpu-h, source: of-type",
                       "{name: a, type: h}") "costs: {source: of-costs, tariff: {value: 0.1 "
                                             "USD/kWh, source: of-tariff}, overheads: [{name: s, "
                                             "cost: 1 USD/h, source: of-line}], commitments: "
                                             "[{name: x, gpus: 4, rate: 2 USD/gpu-h, term: 1y, "
                                             "source: of-terms}]}\n");
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    json_t *prices = setting_prices(&loaded.set.variants[0]);
    char *text = json_dumps(prices, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    static const char *const SOURCES[] = {"of-type", "of-costs", "of-tariff", "of-line",
                                          "of-terms"};
    for (size_t i = 0; i < sizeof SOURCES / sizeof SOURCES[0]; i++) {
        CU_ASSERT_PTR_NOT_NULL(strstr(text, SOURCES[i]));
    }
    free(text);
    json_decref(prices);
    loaded_free(&loaded);
}

const TestCase CASES[] = {
    {"beliefs", test_beliefs}, {"unseen", test_unseen},   {"variants", test_variants},
    {"drawn", test_drawn},     {"queues", test_queues},   {"assumptions", test_assumptions},
    {"prices", test_prices},   {"sources", test_sources}, {NULL, NULL}};
