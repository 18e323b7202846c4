/* gate_pool.h - many gates' worth of real paired replications of one small scenario, for the test
 * of the gate and for its rows of the validation table.
 *
 * Gate g is the scenario with seed g: a Poisson stream of jobs on four nodes, its replications
 * under `fifo` with and without jobs that step aside. Differences of productive share are real,
 * paired, and not zero; what their mean is over the whole pool is known, so shifting them by it
 * gives candidates whose true mean is exact: it is the mean over the pool that gates are drawn
 * from.
 */
#ifndef VALIDATION_GATE_POOL_H
#define VALIDATION_GATE_POOL_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/experiment/experiment.h"
#include "sim/experiment/gate.h"

#define POOL_PAIRS 12 /* replications of a gate */

static const char POOL_SCENARIO[] =
    "gpuplan: 1\nname: pool\nhorizon: 100m\nreplications: 12\n"
    "cluster:\n"
    "  types: {h: {gpus: {count: 4}, cpu: 64, memory: 1Ti, price: {on_demand: 1 USD/gpu-h}}}\n"
    "  nodes: [{name: a, type: h, count: 2}]\n"
    "workload:\n"
    "  - synthetic: {arrivals: {process: poisson, rate: 18/h}, gpus: {1: 0.6, 2: 0.2, 4: 0.2},\n"
    "                duration: {distribution: lognormal, median: 15m, sigma: 0.8}}\n"
    "policy: {preset: fifo}\n"
    "variants: {strict: {}, the-same: {}, aside: {policy.scan: skip}}\n"
    "gate: {margins: {productive_share: 0.01}}\n";

typedef struct GatePool {
    int32_t gates;
    double *before, *after; /* [gates * POOL_PAIRS] productive shares, strict and aside */
    int32_t identical;      /* gates where `the-same` passed in every metric that has a direction */
    double mean_before;     /* over the pool */
    double mean, sd;        /* of worse = before - after */
} GatePool;

static inline void pool_die(const char *what)
{
    fprintf(stderr, "gate pool: %s\n", what);
    exit(EXIT_FAILURE);
}

static inline void pool_vector(const VariantResult *variant, int metric, double *values)
{
    for (int32_t r = 0; r < POOL_PAIRS; r++) {
        values[r] = variant->replications[r].metric[metric];
    }
}

/* Every metric with a direction, at a margin of nothing at all. */
static inline bool pool_identical(const VariantResult *a, const VariantResult *b)
{
    bool passed = true;
    for (int metric = 0; metric < METRIC_COUNT; metric++) {
        double before[POOL_PAIRS], after[POOL_PAIRS], scratch[POOL_PAIRS];
        GateRule rule = {.metric = (MetricId)metric, .relative = metric % 2 == 0, .margin = 0};
        if (METRIC_DIRECTIONS[metric] != DIRECTION_NONE) {
            pool_vector(a, metric, before);
            pool_vector(b, metric, after);
            GateRow row = gate_judge(&rule, after, before, POOL_PAIRS, true, 0.05, scratch);
            passed = passed && row.verdict == EVIDENCE_PASS;
        }
    }
    return passed;
}

static inline void pool_gate(GatePool *pool, int32_t gate)
{
    Arena arena;
    Diagnostics diagnostics;
    ScenarioSet set;
    ExperimentResult result;
    char seed[16];
    arena_init(&arena);
    diagnostics_init(&diagnostics);
    snprintf(seed, sizeof seed, "%d", (int)gate + 1);
    LoadOptions load = {.seed = seed};
    ExperimentOptions options = {.no_tables = true, .threads = 1};
    if (scenario_load_text("pool.yaml", POOL_SCENARIO, strlen(POOL_SCENARIO), &load, &arena,
                           &diagnostics, &set) != STATUS_OK ||
        experiment_run(&set, &options, &arena, &diagnostics, &result) != STATUS_OK) {
        diagnostics_print(&diagnostics, stderr, false);
        pool_die("the scenario did not run");
    }
    pool_vector(&result.variants[0], METRIC_productive_share, pool->before + gate * POOL_PAIRS);
    pool_vector(&result.variants[2], METRIC_productive_share, pool->after + gate * POOL_PAIRS);
    pool->identical += pool_identical(&result.variants[0], &result.variants[1]);
    diagnostics_free(&diagnostics);
    arena_free(&arena);
}

static inline GatePool pool_open(int32_t gates)
{
    int32_t count = gates * POOL_PAIRS;
    GatePool pool = {.gates = gates,
                     .before = calloc((size_t)count, sizeof(double)),
                     .after = calloc((size_t)count, sizeof(double))};
    if (pool.before == NULL || pool.after == NULL) {
        pool_die("out of memory");
    }
    for (int32_t gate = 0; gate < gates; gate++) {
        pool_gate(&pool, gate);
    }
    for (int32_t i = 0; i < count; i++) {
        pool.mean += (pool.before[i] - pool.after[i]) / count;
        pool.mean_before += pool.before[i] / count;
    }
    for (int32_t i = 0; i < count; i++) {
        double d = pool.before[i] - pool.after[i] - pool.mean;
        pool.sd += d * d / (count - 1);
    }
    pool.sd = sqrt(pool.sd);
    return pool;
}

static inline void pool_close(GatePool *pool)
{
    free(pool->before);
    free(pool->after);
}

/* How many gates pass whose candidates are worse by `worse` on the mean of the pool. */
static inline int32_t pool_passes(const GatePool *pool, const GateRule *rule, double worse)
{
    int32_t passed = 0;
    for (int32_t gate = 0; gate < pool->gates; gate++) {
        double after[POOL_PAIRS], scratch[POOL_PAIRS];
        const double *before = pool->before + gate * POOL_PAIRS;
        for (int32_t r = 0; r < POOL_PAIRS; r++) {
            after[r] = pool->after[gate * POOL_PAIRS + r] + pool->mean - worse;
        }
        GateRow row = gate_judge(rule, after, before, POOL_PAIRS, true, 0.05, scratch);
        passed += row.verdict == EVIDENCE_PASS;
    }
    return passed;
}

/* Three standard deviations of a count of `gates` that happens at this rate. */
static inline double pool_3sd(const GatePool *pool, double rate)
{
    return 3 * sqrt(pool->gates * rate * (1 - rate));
}

#endif
