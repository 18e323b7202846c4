/* test_pairs.c - two variants as documents: three numbers of savings, pairs and no pairs, jobs that
 * moved. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/report/amounts.h"
#include "sim/report/bridge.h"
#include "sim/report/compare_json.h"
#include "sim/report/json_help.h"
#include "tests/json_at.h"
#include "tests/suite.h"

const char *const SUITE = "pairs";

/* ---- savings where nothing was run ---- */

static json_t *fleet(double gpus, bool by_workload, double productive, double no_demand,
                     double blocked, double fragmented)
{
    json_t *row = json_pack(
        "{s:{s:f}, s:o, s:{s:{s:{s:f, s:f}, s:{s:f, s:f}, s:{s:f, s:f}, s:{s:f, s:f}}}}", "cluster",
        "gpus", gpus, "horizon_s", by_workload ? json_null() : json_real(36000), "ledger",
        "accounts", "productive", "gpu_hours", productive, "usd", 2 * productive, "no_demand",
        "gpu_hours", no_demand, "usd", 2 * no_demand, "blocked", "gpu_hours", blocked, "usd",
        2 * blocked, "fragmented", "gpu_hours", fragmented, "usd", 2 * fragmented);
    CU_ASSERT_PTR_NOT_NULL_FATAL(row);
    return row;
}

/* Cash in dollars, GPU-hours freed, GPU-hours that are neither. */
static void saves(json_t *from, json_t *to, double cash, double freed, double neither)
{
    VariantPair pair = {.from = from, .to = to, .paired = true};
    json_t *savings = savings_json(&pair);
    CU_ASSERT_DOUBLE_EQUAL(number(savings, "cash usd_micro"), cash * MICRO, 0.5);
    CU_ASSERT_DOUBLE_EQUAL(number(savings, "capacity_freed gpu_hours_micro"), freed * MICRO, 0.5);
    CU_ASSERT_DOUBLE_EQUAL(number(savings, "neither gpu_hours_micro"), neither * MICRO, 0.5);
    json_decref(savings);
    json_decref(from);
    json_decref(to);
}

/* Goal: no GPU-hour is counted twice. Method: 2 USD a GPU-hour, in order of productive, no demand,
 * blocked, fragmented. */
static void three_numbers(void)
{
    /* what was blocked is fragmented now: nobody has gained */
    saves(fleet(10, false, 60, 20, 20, 0), fleet(10, false, 60, 20, 0, 20), 0, 0, 20);
    /* half of it is */
    saves(fleet(10, false, 60, 20, 20, 0), fleet(10, false, 60, 30, 0, 10), 0, 10, 10);
    /* nodes that nobody wanted are given back: cash alone */
    saves(fleet(10, false, 60, 40, 0, 0), fleet(8, false, 60, 20, 0, 0), 40, 0, 0);
    /* what was wasted is given back: cash alone, not capacity too */
    saves(fleet(10, false, 60, 20, 20, 0), fleet(8, false, 60, 20, 0, 0), 40, 0, 0);
    /* 30 wasted less, 20 of them given back */
    saves(fleet(10, false, 60, 10, 30, 0), fleet(8, false, 60, 20, 0, 0), 40, 10, 0);
    /* a run that ends with its work and is over sooner gives no node back: 10 less wasted */
    saves(fleet(10, true, 60, 20, 20, 0), fleet(10, true, 60, 10, 10, 0), 0, 10, 0);
    /* ... and one with two nodes of ten less, 100 to 80 GPU-hours in 10 hours each: 40 USD */
    saves(fleet(10, true, 60, 20, 20, 0), fleet(8, true, 60, 0, 20, 0), 40, 0, 0);
}

/* ---- pairs ---- */

/* A variant of one metric, with ids of replications and what they met. */
static json_t *metric_variant(int seed, const char *luck, json_t *ids, json_t *hashes,
                              json_t *values)
{
    json_t *row =
        json_pack("{s:i, s:[s], s:o, s:O, s:o, s:{s:{s:s, s:f, s:i, s:o}}}", "seed", seed, "vary",
                  luck, "replication_ids", ids, "workload_hash", hashes, "fact_hash", hashes,
                  "metrics", "wait_mean_s", "unit", "s", "mean", 1.0, "n", 1, "values", values);
    CU_ASSERT_PTR_NOT_NULL_FATAL(row);
    return row;
}

static json_t *base_variant(void)
{
    return metric_variant(1, "arrivals", json_pack("[iiii]", 0, 1, 2, 3),
                          json_pack("[ssss]", "a", "b", "c", "d"),
                          json_pack("[ffff]", 10.0, 20.0, 30.0, 40.0));
}

/* Goal: replications are matched by their numbers. Method: of the other side only 1 and 3 are
 * complete: 23 - 20 = 3 and 45 - 40 = 5, mean 4, deviation sqrt(2). */
static void pairs_by_number(void)
{
    json_t *from = base_variant();
    json_t *to =
        metric_variant(1, "arrivals", json_pack("[ini]", 1, 3), json_pack("[sss]", "b", "x", "d"),
                       json_pack("[fff]", 23.0, 99.0, 45.0));
    CompareSide old = {.summary = from, .variant = from};
    CompareSide new = {.summary = to, .variant = to};
    CU_ASSERT_PTR_NULL(pairing_refused(&old, &new));
    json_t *comparison = compare_json(&old, &new);
    const json_t *row = at(comparison, "difference wait_mean_s");
    CU_ASSERT_EQUAL(number(row, "n"), 2);
    CU_ASSERT_DOUBLE_EQUAL(number(row, "mean"), 4, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(number(row, "sd"), sqrt(2), 1e-12);
    CU_ASSERT_TRUE(json_is_true(at(comparison, "pairing paired")));
    CU_ASSERT_TRUE(json_is_null(at(comparison, "bridge")) &&
                   json_is_null(at(comparison, "savings")));
    json_decref(comparison);
    json_decref(from);
    json_decref(to);
}

static void refused(json_t *to, const char *why)
{
    json_t *from = base_variant();
    CompareSide old = {.summary = from, .variant = from};
    CompareSide new = {.summary = to, .variant = to};
    const char *found = pairing_refused(&old, &new);
    CU_ASSERT_PTR_NOT_NULL_FATAL(found);
    CU_ASSERT_PTR_NOT_NULL(strstr(found, why));
    json_t *comparison = compare_json(&old, &new);
    CU_ASSERT_TRUE(json_is_false(at(comparison, "pairing paired")));
    json_decref(comparison);
    json_decref(from);
    json_decref(to);
}

static json_t *ids(void)
{
    return json_pack("[ii]", 0, 1);
}

static json_t *values(void)
{
    return json_pack("[ff]", 12.0, 15.0);
}

/* Goal: what did not meet the same is not paired. */
static void no_pairs(void)
{
    refused(metric_variant(2, "arrivals", ids(), json_pack("[ss]", "a", "b"), values()), "seeds");
    refused(metric_variant(1, "faults", ids(), json_pack("[ss]", "a", "b"), values()), "varies");
    refused(metric_variant(1, "arrivals", ids(), json_pack("[ss]", "a", "x"), values()), "jobs");
    refused(metric_variant(1, "arrivals", json_pack("[ii]", 7, 8), json_pack("[ss]", "a", "b"),
                           values()),
            "in common");
}

/* Goal: amounts that no run writes overflow nothing. Method: the largest and the smallest integers,
 * and doubles beyond them. */
static void odd_amounts(void)
{
    json_t *odd = fleet(8, false, 1e300, 0, 0, 0);
    json_t *ledger = json_object_get(odd, "ledger");
    json_object_set_new(ledger, "overhead",
                        json_pack("[{s:I}, {s:I}]", "usd_micro", (json_int_t)INT64_MIN, "usd_micro",
                                  (json_int_t)INT64_MAX));
    VariantPair pair = {.from = odd, .to = odd, .paired = true};
    json_t *bridge = bridge_json(&pair);
    CU_ASSERT_TRUE(json_is_null(bridge));
    CU_ASSERT_EQUAL(overhead_read(odd, NULL), 0);
    json_decref(bridge);
    json_decref(odd);
}

/* Goal: a document that is not ours does no harm. */
static void odd_documents(void)
{
    json_t *empty = json_object();
    json_t *odd =
        json_pack("{s:s, s:i, s:[i], s:{s:{s:i}}, s:{s:[]}}", "replication_ids", "x", "vary", 3,
                  "fact_hash", 1, "metrics", "wait_mean_s", "values", 5, "ledger", "accounts");
    CompareSide sides[] = {{.summary = empty, .variant = empty}, {.summary = odd, .variant = odd}};
    for (int i = 0; i < 4; i++) {
        json_t *comparison = compare_json(&sides[i / 2], &sides[i % 2]);
        CU_ASSERT_PTR_NOT_NULL(comparison);
        json_decref(comparison);
    }
    json_decref(empty);
    json_decref(odd);
}

/* Goal: a metric that is beyond every number on one side has no difference. */
static void beyond(void)
{
    json_t *from = base_variant();
    json_t *to = base_variant();
    json_object_set_new(json_object_get(json_object_get(to, "metrics"), "wait_mean_s"), "mean",
                        json_null());
    VariantPair pair = {.from = from, .to = to, .paired = true};
    json_t *difference = difference_json(&pair);
    CU_ASSERT_EQUAL(json_object_size(difference), 0);
    json_decref(difference);
    json_decref(from);
    json_decref(to);
}

/* ---- jobs ---- */

/* Goal: jobs of one name are matched in order, those of one side counted, ten of many kept. Method:
 * "x" three times, each 1, 2, 3 s later; n jobs of one name each, job i later by i s. */
static void matching(void)
{
    enum { MANY = 40 };
    static char names[MANY][16];
    const char *job[MANY], *empty[MANY];
    int64_t submit[MANY], old_start[MANY], new_start[MANY], end[MANY], milli[MANY];
    double lost[MANY];
    uint8_t state[MANY];
    for (int i = 0; i < MANY; i++) {
        snprintf(names[i], sizeof names[i], "j%d", i);
        job[i] = i < 3 ? "x" : names[i];
        empty[i] = "";
        submit[i] = 0;
        old_start[i] = 1000;
        new_start[i] = 1000 + 1000 * (i + 1);
        end[i] = 900000;
        milli[i] = 2000;
        lost[i] = 0;
        state[i] = 3;
    }
    JobView from = {.count = MANY,
                    .job = job,
                    .queue = empty,
                    .reason = empty,
                    .submit_ms = submit,
                    .start_ms = old_start,
                    .end_ms = end,
                    .gpu_milli = milli,
                    .lost_gpu_s = lost,
                    .state = state,
                    .over_ms = 1000000};
    JobView to = from;
    to.start_ms = new_start;
    json_t *moved = moved_jobs_json(&from, &to);
    CU_ASSERT_EQUAL(number(moved, "moved"), MANY);
    CU_ASSERT_EQUAL(json_array_size(at(moved, "most")), MOVED_JOBS_MAX);
    CU_ASSERT_TRUE(is_text(moved, "most 0 job", "j39"));
    CU_ASSERT_EQUAL(number(moved, "most 0 later_gpu_s"), 80);
    CU_ASSERT_EQUAL(number(moved, "most 9 later_gpu_s"), 62);
    json_decref(moved);
    from.count = 5;
    to.count = 2; /* x and x; the third x, j3 and j4 are alone */
    moved = moved_jobs_json(&from, &to);
    CU_ASSERT_EQUAL(number(moved, "jobs"), 2);
    CU_ASSERT_EQUAL(number(moved, "only_from"), 3);
    CU_ASSERT_EQUAL(number(moved, "most 0 later_gpu_s"), 4);
    CU_ASSERT_EQUAL(number(moved, "most 1 later_gpu_s"), 2);
    json_decref(moved);
}

const TestCase CASES[] = {
    {"three numbers", three_numbers}, {"pairs by number", pairs_by_number},
    {"no pairs", no_pairs},           {"odd documents", odd_documents},
    {"odd amounts", odd_amounts},     {"beyond", beyond},
    {"matching", matching},           {NULL, NULL},
};
