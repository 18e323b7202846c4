/* test_prices.c - prices, power and `costs:` as written become the cost record; mistakes are
 * refused. */
#include <stdio.h>
#include <string.h>

#include "models/ownership.h"
#include "tests/loaded.h"
#include "tests/suite.h"

const char *const SUITE = "prices";

#define FLEET(type, nodes)                                                                         \
    "cluster:\n  types:\n    h: {gpus: {count: 8, model: H100}, " type "}\n"                       \
    "    c: {cpu: 8}\n  nodes: [" nodes "]\n" JOB
#define PRICED FLEET("price: 3 USD/gpu-h", "{name: a, type: h}")
#define START "start: 2026-03-02T06:00:00Z\n" /* a Monday */
#define HOUR INT64_C(3600000)

/* Goal: nothing is priced unless somebody says so. */
static void nothing(void)
{
    Loaded loaded;
    loaded_text(&loaded, SMALL);
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    CU_ASSERT_PTR_NULL(loaded.set.variants[0].costs);
    loaded_free(&loaded);
    loaded_text(&loaded, PRICED);
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    const CostModel *costs = loaded.set.variants[0].costs;
    CU_ASSERT_PTR_NOT_NULL_FATAL(costs);
    CU_ASSERT_EQUAL(costs->tariff.count + costs->carbon.count, 0);
    CU_ASSERT_EQUAL(costs->overhead_count + costs->commitment_count, 0);
    CU_ASSERT_EQUAL(costs->replacement_nano_usd, 0);
    CU_ASSERT_EQUAL(costs->pue_ppm, 1000000);
    CU_ASSERT_FALSE(costs->types[0].power_known);
    loaded_free(&loaded);
}

#define ALL_PRICES                                                                                 \
    "price: {on_demand: 3 USD/gpu-h, contracted: 2.5 USD/gpu-h, spot: 1.2 USD/gpu-h, "             \
    "owned: {capex: 280320 USD, life: 4y}, source: ours}"

/* Goal: each purchase has its price, and is a kernel type of its own under the same name. Method:
 * three entries of one type; 280,320 USD over 4 years by 8 GPUs are a dollar an hour. */
static void purchases(void)
{
    static const struct {
        Purchase purchase;
        int64_t seen;
    } EXPECTED[] = {
        {PURCHASE_ON_DEMAND, 2500000}, {PURCHASE_SPOT, 1200000}, {PURCHASE_OWNED, 1000000}};
    Loaded loaded;
    loaded_text(&loaded,
                FLEET(ALL_PRICES, "{name: a, type: h}, {name: b, type: h, purchase: spot}, "
                                  "{name: o, type: h, purchase: owned, count: 2}"));
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    const Scenario *scenario = &loaded.set.variants[0];
    const Cluster *cluster = &scenario->cluster;
    CU_ASSERT_EQUAL_FATAL(cluster->node_count, 4);
    for (int32_t i = 0; i < 3; i++) {
        int32_t type = cluster->node_type[i];
        const TypeCost *cost = &scenario->costs->types[type];
        CU_ASSERT_STRING_EQUAL(cluster->type_info[type].name, "h");
        CU_ASSERT_STRING_EQUAL(cost->source, "ours");
        CU_ASSERT_EQUAL(cost->purchase, EXPECTED[i].purchase);
        CU_ASSERT_EQUAL(cluster->type_info[type].price_micro_usd_per_gpu_hour, EXPECTED[i].seen);
        CU_ASSERT_EQUAL(cost->list, INT64_C(3000000000));
        CU_ASSERT_EQUAL(cost->contracted, INT64_C(2500000000));
        CU_ASSERT_EQUAL(cost->spot.count, EXPECTED[i].purchase == PURCHASE_SPOT ? 1 : 0);
    }
    CU_ASSERT_EQUAL(cluster->node_type[2], cluster->node_type[3]);
    CU_ASSERT_EQUAL(cluster->types[0].group, cluster->types[cluster->node_type[2]].group);
    loaded_free(&loaded);
}

/* Goal: nodes without GPUs are priced by the node, with the cluster's price too. Goal: a year has
 * twelve months and 8760 hours. Method: 730 USD a month are a dollar an hour. */
static void around(void)
{
    Loaded loaded;
    loaded_text(&loaded, "cluster:\n  price: {on_demand: 3 USD/gpu-h, node: 2 USD/node-h}\n"
                         "  types: {h: {gpus: 8}, c: {cpu: 8, power: {idle: 100W, max: 500W}}}\n"
                         "  nodes: [{name: a, type: h}, {name: s, type: c}]\n" JOB
                         "costs:\n  pue: 125%\n  replacement: 4 USD/gpu-h\n  period: 1h\n"
                         "  overheads: [{name: store, cost: 730 USD/month, source: ours}, "
                         "{name: people, cost: 55 USD/h}]\n");
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    const CostModel *costs = loaded.set.variants[0].costs;
    CU_ASSERT_EQUAL(costs->types[0].list, INT64_C(3000000000));
    CU_ASSERT_EQUAL(costs->types[0].node_nano_usd_per_hour, 0);
    CU_ASSERT_EQUAL(costs->types[1].node_nano_usd_per_hour, INT64_C(2000000000));
    CU_ASSERT_EQUAL(costs->types[1].list, 0);
    CU_ASSERT_EQUAL(costs->types[1].node_power_milliwatt, 500000);
    CU_ASSERT_EQUAL(costs->pue_ppm, 1250000);
    CU_ASSERT_EQUAL(costs->period_ms, HOUR);
    CU_ASSERT_EQUAL(costs->replacement_nano_usd, INT64_C(4000000000));
    CU_ASSERT_EQUAL_FATAL(costs->overhead_count, 2);
    CU_ASSERT_EQUAL(costs->overheads[0].nano_usd_per_hour, 1000000000);
    CU_ASSERT_STRING_EQUAL(costs->overheads[0].source, "ours");
    CU_ASSERT_EQUAL(costs->overheads[1].nano_usd_per_hour, INT64_C(55000000000));
    loaded_free(&loaded);
}

/* The tariff of a scenario with that start and `tariff:`, at an hour of the run. */
static int64_t tariff_at(const char *text, int64_t at_ms)
{
    Loaded loaded;
    int64_t value = -1;
    loaded_text(&loaded, text);
    CU_ASSERT_EQUAL(loaded.status, STATUS_OK);
    if (loaded.status == STATUS_OK) {
        value = step_series_at(&loaded.set.variants[0].costs->tariff, at_ms);
    }
    loaded_free(&loaded);
    return value;
}

#define STEPS "steps: {0h: 0.06 USD/kWh, 7h: 0.11 USD/kWh, 22h: 70 USD/MWh}"
#define WEEK "steps: {0h: 0.11 USD/kWh, 5d: 0.05 USD/kWh}, repeat: 7d, timezone: UTC"

/* Goal: steps at simulated and at calendar times. Method: the run starts on a Monday at 6:00 UTC.
 * Without a zone 7h is the seventh hour of the run; in UTC it is its first; at +01:00 it is when
 * the run starts, and 22:00 there is its fifteenth hour. A week begins on Monday. */
static void steps(void)
{
    const char *simulated = START PRICED "costs: {tariff: {" STEPS ", repeat: 24h}}\n";
    CU_ASSERT_EQUAL(tariff_at(simulated, 0), 60000);
    CU_ASSERT_EQUAL(tariff_at(simulated, 7 * HOUR), 110000);
    CU_ASSERT_EQUAL(tariff_at(simulated, 23 * HOUR), 70000);
    CU_ASSERT_EQUAL(tariff_at(simulated, 24 * HOUR), 60000);
    const char *utc = START PRICED "costs: {tariff: {" STEPS ", repeat: 24h, timezone: UTC}}\n";
    CU_ASSERT_EQUAL(tariff_at(utc, 0), 60000);
    CU_ASSERT_EQUAL(tariff_at(utc, HOUR), 110000);
    CU_ASSERT_EQUAL(tariff_at(utc, 16 * HOUR), 70000);
    CU_ASSERT_EQUAL(tariff_at(utc, 18 * HOUR), 60000);
    const char *east =
        START PRICED "costs: {tariff: {" STEPS ", repeat: 24h, timezone: \"+01:00\"}}\n";
    CU_ASSERT_EQUAL(tariff_at(east, 0), 110000);
    CU_ASSERT_EQUAL(tariff_at(east, 15 * HOUR - 1), 110000);
    CU_ASSERT_EQUAL(tariff_at(east, 15 * HOUR), 70000);
    const char *once = START PRICED "costs: {tariff: {" STEPS ", timezone: UTC}}\n";
    CU_ASSERT_EQUAL(tariff_at(once, HOUR), 110000);
    CU_ASSERT_EQUAL(tariff_at(once, 40 * HOUR), 70000);
    const char *weekly = START PRICED "costs: {tariff: {" WEEK "}}\n";
    CU_ASSERT_EQUAL(tariff_at(weekly, 0), 110000);
    CU_ASSERT_EQUAL(tariff_at(weekly, 113 * HOUR), 110000); /* Friday, 23:00 */
    CU_ASSERT_EQUAL(tariff_at(weekly, 114 * HOUR), 50000);
    CU_ASSERT_EQUAL(tariff_at(weekly, 162 * HOUR), 110000); /* Monday again */
}

/* Goal: files with dates and with seconds. Method: hourly values from midnight, the run from 6:00;
 * 381 g/kWh; six digits; a file that says a zone, or does not. */
static void files(void)
{
    Folder folder;
    folder_make(&folder);
    folder_file(&folder, "tariff.csv",
                "time,value\n2026-03-02 05:00,0.05\n2026-03-02 07:00,0.07\n"
                "2026-03-02T08:00:00Z,0.0800001\n");
    folder_file(&folder, "carbon.csv", "value,note,time\n381,a,0\n250.5,b,3600\n100,c,7200\n");
    const char *path =
        folder_file(&folder, "s.yaml",
                    START PRICED "costs: {tariff: {path: tariff.csv, timezone: \"+01:00\"}, "
                                 "carbon: {path: carbon.csv, repeat: 3h, source: ours}}\n");
    Loaded loaded;
    loaded_file(&loaded, path, NULL);
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    const CostModel *costs = loaded.set.variants[0].costs;
    /* 05:00 and 07:00 at +01:00 are 04:00 and 06:00 UTC */
    CU_ASSERT_EQUAL(step_series_at(&costs->tariff, -1), 50000);
    CU_ASSERT_EQUAL(step_series_at(&costs->tariff, 0), 70000);
    CU_ASSERT_EQUAL(step_series_at(&costs->tariff, 2 * HOUR - 1), 70000);
    CU_ASSERT_EQUAL(step_series_at(&costs->tariff, 2 * HOUR), 80000);
    CU_ASSERT_EQUAL(step_series_at(&costs->carbon, 0), 381000);
    CU_ASSERT_EQUAL(step_series_at(&costs->carbon, HOUR), 250500);
    CU_ASSERT_EQUAL(step_series_at(&costs->carbon, 8 * HOUR), 100000); /* the third of the three */
    CU_ASSERT_STRING_EQUAL(costs->carbon.source, "ours");
    loaded_free(&loaded);
    folder_remove(&folder);
}

/* Is a file of that content refused for this? */
static bool file_refused(const char *head, const char *content, const char *code,
                         const char *fragment)
{
    Folder folder;
    char text[512];
    Loaded loaded;
    folder_make(&folder);
    folder_file(&folder, "t.csv", content);
    snprintf(text, sizeof(text), "%s%s", head, PRICED "costs: {tariff: {path: t.csv}}\n");
    loaded_file(&loaded, folder_file(&folder, "s.yaml", text), NULL);
    bool refused = loaded.status == STATUS_BAD_INPUT && loaded_says(&loaded, code, fragment);
    loaded_free(&loaded);
    folder_remove(&folder);
    return refused;
}

static void bad_files(void)
{
    CU_ASSERT(file_refused("", "time,value\n0,abc\n", "csv", "a number from 0"));
    CU_ASSERT(file_refused("", "time,value\n0,-0.01\n", "csv", "a number from 0"));
    CU_ASSERT(file_refused("", "time,value\n0,1e-2\n", "csv", "a number from 0"));
    CU_ASSERT(file_refused("", "time,value\n0,1000000000.1\n", "csv", "a number from 0"));
    CU_ASSERT(file_refused("", "time,value\n0,1001\n", "range", "at most 1000.00 USD/kWh"));
    CU_ASSERT(file_refused("", "time,value\n10,1\n10,2\n", "csv", "a later time"));
    CU_ASSERT(file_refused("", "time,value\n2026-01-01,1\n5,2\n", "csv", "expected a date"));
    CU_ASSERT(file_refused("", "time,value\n5,1\n2026-01-01,2\n", "csv", "expected seconds"));
    CU_ASSERT(file_refused("", "time,price\n0,1\n", "csv", "value"));
    CU_ASSERT(file_refused("", "time,value\n2026-01-01,1\n", "missing", "needs `start`"));
    CU_ASSERT(file_refused(START, "time,value\n", "csv", ""));
}

/* Goal: a commitment's term, kind and scope. Method: one of GPUs that is half over, one of money
 * for a type; of the cluster's types only what is bought on demand is covered. */
static void commitments(void)
{
    Loaded loaded;
    loaded_text(&loaded,
                FLEET(ALL_PRICES,
                      "{name: a, type: h}, {name: b, type: h, purchase: spot}, "
                      "{name: s, type: c}") "costs:\n  commitments:\n"
                                            "    - {name: a, gpus: 0.5, rate: 2 USD/gpu-h, term: "
                                            "1y, before: 100d, upfront: 50%}\n"
                                            "    - {name: b, spend: 10 USD/h, discount: 28%, term: "
                                            "3y, bought: 2d, types: h}\n");
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    const Scenario *scenario = &loaded.set.variants[0];
    CU_ASSERT_EQUAL_FATAL(scenario->costs->commitment_count, 2);
    const Commitment *a = &scenario->costs->commitments[0];
    const Commitment *b = &scenario->costs->commitments[1];
    CU_ASSERT_EQUAL(a->kind, COMMITMENT_USAGE);
    CU_ASSERT_EQUAL(a->gpu_milli, 500);
    CU_ASSERT_EQUAL(a->nano_usd_per_gpu_hour, INT64_C(2000000000));
    CU_ASSERT_EQUAL(a->from_ms, -100 * 24 * HOUR);
    CU_ASSERT_EQUAL(a->to_ms, 265 * 24 * HOUR);
    CU_ASSERT_EQUAL(a->upfront_ppm, 500000);
    CU_ASSERT_EQUAL(b->kind, COMMITMENT_SPEND);
    CU_ASSERT_EQUAL(b->micro_usd_per_hour, 10000000);
    CU_ASSERT_EQUAL(b->discount_ppm, 280000);
    CU_ASSERT_EQUAL(b->from_ms, 2 * 24 * HOUR);
    CU_ASSERT_EQUAL(b->to_ms, b->from_ms + 3 * YEAR_MS);
    int32_t on_demand = scenario->cluster.node_type[0];
    CU_ASSERT_EQUAL(a->types[0], UINT64_C(1) << on_demand);
    CU_ASSERT_EQUAL(b->types[0], UINT64_C(1) << on_demand);
    loaded_free(&loaded);
}

#define ONE "{name: a, type: h}"
#define COSTS(what) PRICED "costs: {" what "}\n"
#define COMMITTED(what) COSTS("commitments: [{name: x, term: 1y, " what "}]")

static void bad_prices(void)
{
    CU_ASSERT(refused_for(FLEET("price: {}", ONE), "missing", "says nothing"));
    CU_ASSERT(refused_for(FLEET("price: {spot: 1 USD/gpu-h}", ONE), "missing",
                          "`on_demand`, for which there is no price"));
    CU_ASSERT(refused_for(FLEET("price: 3 USD/gpu-h", "{name: a, type: h, purchase: spot}"),
                          "missing", "`spot`, for which there is no price"));
    CU_ASSERT(refused_for(FLEET("price: 3 USD/gpu-h", "{name: a, type: h, purchase: owned}"),
                          "missing", "`owned`, for which there is no price"));
    CU_ASSERT(refused_for(FLEET("price: 3 USD/gpu-h", "{name: a, type: h, purchase: rented}"),
                          "choice", "on_demand, spot, owned"));
    CU_ASSERT(refused_for(FLEET("price: {on_demand: 3 USD/gpu-h, node: 2 USD/node-h}", ONE),
                          "conflict", "priced by GPU-hour"));
    CU_ASSERT(refused_for("cluster: {types: {c: {cpu: 8, price: 3 USD/gpu-h}}, nodes: [{name: a, "
                          "type: c}]}\n"
                          "workload: [{jobs: [{id: A, duration: 4s, cpu: 1}]}]\n",
                          "conflict", "priced by node-hour"));
    CU_ASSERT(refused_for(FLEET("price: {owned: {capex: 1 USD}}", "{name: a, type: c}"), "missing",
                          "`life` is missing"));
    CU_ASSERT(
        refused_for(FLEET("price: {owned: {capex: 1 USD, life: 1y, colocation: 180 USD/kW-month}}",
                          "{name: a, type: h, purchase: owned}"),
                    "missing", "the power of node type `h` is not said"));
    CU_ASSERT(refused_for(FLEET("price: 3.00", ONE), "unit", "3.00 USD/gpu-h"));
    CU_ASSERT(refused_for(FLEET("power: {idle: 1kW, max: 3kW}", ONE), "missing",
                          "and its GPUs have none"));
    CU_ASSERT(refused_for("cluster: {types: {h: {gpus: {count: 8, power: {idle: 75W, held: 60W, "
                          "max: 700W}}}}, nodes: [" ONE "]}\n" JOB,
                          "range", "falls from idle to max"));
    Loaded loaded;
    loaded_text(&loaded,
                "cluster: {types: {g: {gpus: 8, price: 3 USD/gpu-h}, h: {gpus: 8}}, nodes: "
                "[{name: b, type: g}, " ONE "]}\n" JOB);
    CU_ASSERT_EQUAL(loaded.status, STATUS_OK);
    CU_ASSERT_EQUAL(loaded.diagnostics.warning_count, 1);
    loaded_free(&loaded);
}

static void bad_costs(void)
{
    CU_ASSERT(refused_for(COSTS("pue: 0.9"), "range", "`costs.pue`"));
    CU_ASSERT(refused_for(COSTS("tariff: 0.085"), "unit", "0.085 USD/kWh"));
    CU_ASSERT(refused_for(COSTS("tariff: {path: [a]}"), "type", "expected file"));
    CU_ASSERT(refused_for(COSTS("tariff: {value: [a]}"), "type", "`costs.tariff.value` is a list"));
    CU_ASSERT(refused_for(COSTS("tariff: {steps: 5}"), "type", "a map of names"));
    CU_ASSERT(refused_for(COSTS("tariff: {}"), "missing", "has none of `value`"));
    CU_ASSERT(refused_for(COSTS("tariff: {value: 1 USD/kWh, path: t.csv}"), "conflict",
                          "more than one of `value`"));
    CU_ASSERT(refused_for(COSTS("tariff: {value: 1 USD/kWh, repeat: 1d}"), "conflict",
                          "`repeat` has no effect"));
    CU_ASSERT(refused_for(COSTS("tariff: {path: nowhere.csv}"), "io", "nowhere.csv"));
    CU_ASSERT(refused_for(COSTS("tariff: {steps: {}}"), "missing", "has no steps"));
    CU_ASSERT(refused_for(COSTS("tariff: {steps: {7h: 1 USD/kWh, 5h: 2 USD/kWh}}"), "order",
                          "go back in time at `5h`"));
    CU_ASSERT(refused_for(COSTS("tariff: {steps: {07h: 1 USD/kWh}}"), "unit", "begins at `07h`"));
    CU_ASSERT(refused_for(COSTS("tariff: {steps: {0h: -1 USD/kWh}}"), "unit", "negative"));
    CU_ASSERT(refused_for(COSTS("carbon: {steps: {0h: 1 USD/kWh}}"), "unit", "381 g/kWh"));
    CU_ASSERT(refused_for(COSTS("tariff: {steps: {0h: 1 USD/kWh, 30h: 2 USD/kWh}, repeat: 24h}"),
                          "conflict", "after it has begun again"));
    CU_ASSERT(refused_for(COSTS("tariff: {steps: {0h: 1 USD/kWh}, timezone: UTC}"), "missing",
                          "needs `start`"));
    CU_ASSERT(refused_for(START COSTS("tariff: {steps: {0h: 1 USD/kWh}, timezone: Berlin}"), "unit",
                          "expected UTC or an offset"));
    CU_ASSERT(
        refused_for(START COSTS("tariff: {steps: {0h: 1 USD/kWh}, repeat: 5h, timezone: UTC}"),
                    "conflict", "after whole days"));
    CU_ASSERT(refused_for(COSTS("overheads: [{name: staff, cost: 1 USD/h}]"), "name", "`staff`"));
    CU_ASSERT(refused_for(COSTS("overheads: [{name: a, cost: 1 USD/h}, {name: a, cost: 2 USD/h}]"),
                          "duplicate", "declared twice"));
    CU_ASSERT(refused_for(COSTS("overheads: [{name: a, cost: 500 USD}]"), "unit", "500 USD/month"));
}

static void bad_commitments(void)
{
    CU_ASSERT(refused_for(COMMITTED("gpus: 8"), "missing", "needs `gpus` and `rate`"));
    CU_ASSERT(refused_for(COMMITTED("types: [h]"), "missing", "needs `gpus` and `rate`"));
    CU_ASSERT(refused_for(COMMITTED("gpus: 8, rate: 2 USD/gpu-h, spend: 1 USD/h"), "conflict",
                          "not both"));
    CU_ASSERT(refused_for(COMMITTED("gpus: 0, rate: 2 USD/gpu-h"), "range", "is of nothing"));
    CU_ASSERT(refused_for(COMMITTED("gpus: 8, rate: 2 USD/gpu-h, bought: 1d, before: 1d"),
                          "conflict", "not both"));
    CU_ASSERT(refused_for(COMMITTED("gpus: 8, rate: 2 USD/gpu-h, before: 365d"), "range",
                          "over before the run starts"));
    CU_ASSERT(refused_for(COMMITTED("gpus: 8, rate: 2 USD/gpu-h, types: [hh]"), "name",
                          "no node type `hh`"));
    CU_ASSERT(refused_for(COMMITTED("spend: 8 USD/h, discount: 100%"), "range", "discount"));
    CU_ASSERT(refused_for("cluster: {types: {h: {gpus: 8}}, nodes: [" ONE "]}\n" JOB
                          "costs: {commitments: [{name: x, term: 1y, spend: 1 USD/h, discount: "
                          "10%}]}\n",
                          "missing", "which has none"));
    CU_ASSERT(refused_for(COSTS("commitments: [{name: x, term: 1y, gpus: 1, rate: 2 USD/gpu-h}, "
                                "{name: x, term: 1y, gpus: 1, rate: 2 USD/gpu-h}]"),
                          "duplicate", "declared twice"));
    Loaded loaded;
    loaded_text(
        &loaded,
        FLEET(ALL_PRICES,
              "{name: a, type: h, purchase: owned}") "costs: {commitments: [{name: x, term: 1y, "
                                                     "gpus: 1, rate: 2 USD/gpu-h}]}\n");
    CU_ASSERT_EQUAL(loaded.status, STATUS_OK);
    CU_ASSERT_EQUAL(loaded.diagnostics.warning_count, 1);
    loaded_free(&loaded);
}

/* Goal: a variant's price, tariff or purchase replaces what is there, whatever form it has. */
static void overrides(void)
{
    Loaded loaded;
    loaded_text(&loaded,
                START FLEET(ALL_PRICES,
                            ONE) "costs: {tariff: {" STEPS ", repeat: 24h}}\n"
                                 "variants:\n  base: {}\n  flat: {costs.tariff: 0.2 USD/kWh}\n"
                                 "  owned: {cluster.nodes.a.purchase: owned}\n"
                                 "  dear: {cluster.types.h.price.contracted: 2.75 USD/gpu-h}\n");
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    const Scenario *variants = loaded.set.variants;
    CU_ASSERT_EQUAL(variants[0].costs->tariff.count, 3);
    CU_ASSERT_EQUAL(variants[1].costs->tariff.count, 1);
    CU_ASSERT_EQUAL(step_series_at(&variants[1].costs->tariff, HOUR), 200000);
    CU_ASSERT_EQUAL(variants[2].costs->types[0].purchase, PURCHASE_OWNED);
    CU_ASSERT_EQUAL(variants[0].cluster.type_info[0].price_micro_usd_per_gpu_hour, 2500000);
    CU_ASSERT_EQUAL(variants[2].cluster.type_info[0].price_micro_usd_per_gpu_hour, 1000000);
    CU_ASSERT_EQUAL(variants[3].cluster.type_info[0].price_micro_usd_per_gpu_hour, 2750000);
    loaded_free(&loaded);
}

const TestCase CASES[] = {{"nothing said", nothing},
                          {"purchases", purchases},
                          {"around the GPUs", around},
                          {"steps", steps},
                          {"files", files},
                          {"bad files", bad_files},
                          {"commitments", commitments},
                          {"bad prices", bad_prices},
                          {"bad costs", bad_costs},
                          {"bad commitments", bad_commitments},
                          {"overrides", overrides},
                          {0}};
