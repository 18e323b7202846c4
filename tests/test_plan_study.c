/* test_plan_study.c - the cheapest fleet of real simulations: against running every fleet, whatever
 * the threads, after a stop; and what `plan:` and `targets:` refuse. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/experiment/plan_study.h"
#include "sim/report/plan_report.h"
#include "sim/scenario/fleet.h"
#include "tests/loaded.h"
#include "tests/suite.h"
#include "traces/draw.h"

static const char FLEET[] =
    "horizon: 6h\n"
    "seed: %d\n"
    "cluster:\n"
    "  types:\n"
    "    h: {gpus: {count: 8, model: H}, price: {on_demand: 3 USD/gpu-h}}\n"
    "    l: {gpus: {count: 4, model: L}, speed: %d%%, price: {on_demand: 1.%d USD/gpu-h}}\n"
    "  nodes: [{name: a, type: h, count: 2}, {name: b, type: l, count: 2}]\n"
    "workload:\n"
    "  - synthetic:\n"
    "      arrivals: {process: poisson, rate: %d/h}\n"
    "      gpus: {1: 60%%, 2: 20%%, 4: 20%%}\n"
    "      duration: {distribution: lognormal, median: 40m, sigma: 1}\n"
    "policy: {preset: fifo, scan: easy, pack: %s}\n"
    "targets: {wait_p95_s: \"<= %dm\"}\n"
    "plan: {nodes: {a: {max: 6}, b: {max: 6}}, replications: 6, %s}\n";
#define ALL_THE_REST "confirm: 4, sensitivity: {demand: 20%, price: 20%}, months: 2, growth: 5%"

static void fleet_text(int which, const char *rest, char *text, size_t size)
{
    static const char *const PACKS[] = {"first-fit", "best-fit"};
    snprintf(text, size, FLEET, which, 50 + which % 5 * 10, which % 8 + 1, 8 + which % 7 * 2,
             PACKS[which % 2], 10 + which % 3 * 20, rest);
}

typedef struct Study {
    Loaded loaded;
    PlanEvaluator evaluator;
    PlanResult result;
    Status status;
} Study;

static void study_open(Study *study, const char *text)
{
    loaded_text(&study->loaded, text);
    CU_ASSERT_EQUAL_FATAL(study->loaded.status, STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(plan_evaluator_init(&study->evaluator, &study->loaded.set,
                                              &study->loaded.arena, &study->loaded.diagnostics),
                          STATUS_OK);
}

static void study_run(Study *study, int threads)
{
    study->evaluator.threads = threads;
    study->status = plan_study(&study->evaluator, &study->loaded.arena, &study->result);
}

static void study_close(Study *study)
{
    plan_evaluator_free(&study->evaluator);
    loaded_free(&study->loaded);
}

/* Sums of all replications of one fleet; false: some target is missed. */
static bool fleet_is_enough(Study *study, const int64_t *count, double *usd)
{
    PlanEvaluator *evaluator = &study->evaluator;
    double values[6][PLANNER_VALUES_MAX], sum[PLANNER_VALUES_MAX] = {0};
    PlanRun runs[6];
    for (int i = 0; i < 6; i++) {
        runs[i] =
            (PlanRun){.key = {.count = {count[0], count[1]}, .replication = i}, .value = values[i]};
    }
    CU_ASSERT_EQUAL(plan_evaluate(evaluator, runs, 6), STATUS_OK);
    bool met = true;
    for (int32_t v = 0; v < evaluator->value_count; v++) {
        for (int i = 0; i < 6; i++) {
            sum[v] += values[i][v];
        }
    }
    for (int32_t t = 0; t < evaluator->target_count; t++) {
        met = met && planner_meets(&evaluator->targets[t], sum[1 + t] / 6);
    }
    *usd = sum[0] / 6;
    return met;
}

/* Goal: the sample optimum of real simulations, and floors that are floors. Method: every fleet of
 * 12 small plans is run. */
static void test_exhaustive(void)
{
    int found = 0, none = 0;
    double dearest = 1.0;
    int64_t runs = 0, all = 0;
    for (int which = 1; which <= 12; which++) {
        char text[2048];
        Study study;
        fleet_text(which, "confirm: 0", text, sizeof text);
        study_open(&study, text);
        study_run(&study, 0);
        double best = (double)INFINITY;
        for (int64_t a = 0; a <= 6; a++) {
            for (int64_t b = a == 0; b <= 6; b++) {
                const int64_t count[PLAN_LINES_MAX] = {a, b};
                double usd;
                bool enough = fleet_is_enough(&study, count, &usd);
                best = enough && usd < best ? usd : best;
                CU_ASSERT(plan_floor(&study.evaluator, count) <= usd);
            }
        }
        double usd = study.result.winner.mean[0];
        none += !study.result.found && isinf(best);
        found += study.result.found ? usd <= best * (1 + 1e-9) : isinf(best);
        dearest = study.result.found && usd / best > dearest ? usd / best : dearest;
        runs += study.result.search_runs;
        all += 48 * 6;
        study_close(&study);
    }
    printf("\n    real simulations: optimum in %d of 12 (%d without one), at worst %.2f %% dearer, "
           "runs %.1f %% of exhaustive\n",
           found, none, 100 * (dearest - 1), 100.0 * (double)runs / (double)all);
    CU_ASSERT(found == 12);
    CU_ASSERT(dearest <= 1.02);
    CU_ASSERT(none < 6);
}

/* Goal: a budget below the cheapest fleet is said to be too small, and takes no search: at most the
 * fleets below it run. Method: nothing for less than one l node, 6 h x 4 x 1.60 USD. */
static void test_budget(void)
{
    char text[2048];
    Study study;
    fleet_text(5, ALL_THE_REST, text, sizeof text);
    char *targets = strstr(text, "targets: {");
    CU_ASSERT_PTR_NOT_NULL_FATAL(targets);
    char with[4096];
    snprintf(with, sizeof with, "%.*stargets: {cost_usd: \"<= 38\", %s", (int)(targets - text),
             text, targets + strlen("targets: {"));
    study_open(&study, with);
    study_run(&study, 0);
    CU_ASSERT_EQUAL(study.status, STATUS_UNEXPECTED);
    CU_ASSERT_FALSE(study.result.found);
    CU_ASSERT_EQUAL(study.result.search_runs, 6); /* the largest, for its rejections */
    study_close(&study);
}

static char *document(const Study *study)
{
    json_t *json = plan_json(&study->result);
    char *text = json != NULL ? json_dumps(json, JSON_INDENT(1)) : NULL;
    json_decref(json);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    return text;
}

/* Goal: the same document for any number of threads, and after going on from a file that holds a
 * part of the runs, or all of them: then nothing is simulated. */
static void test_same_again(void)
{
    char text[2048], path[] = "/tmp/gpuplan-plan-XXXXXX";
    int file = mkstemp(path);
    CU_ASSERT_FATAL(file >= 0);
    close(file);
    fleet_text(5, ALL_THE_REST, text, sizeof text);
    Study one, two, three;
    study_open(&one, text);
    study_run(&one, 1);
    char *first = document(&one);
    study_open(&two, text);
    study_run(&two, 3);
    char *second = document(&two);
    CU_ASSERT_STRING_EQUAL(first, second);
    CU_ASSERT_EQUAL(plan_cache_write(&one.evaluator, path, &one.loaded.diagnostics), STATUS_OK);
    study_open(&three, text);
    CU_ASSERT_EQUAL(plan_cache_read(&three.evaluator, path, &three.loaded.diagnostics), STATUS_OK);
    CU_ASSERT_EQUAL(three.evaluator.cache.count, one.evaluator.cache.count);
    study_run(&three, 2);
    CU_ASSERT_EQUAL(three.evaluator.simulated, 0);
    char *third = document(&three);
    CU_ASSERT_STRING_EQUAL(first, third);
    free(first);
    free(second);
    free(third);
    study_close(&one);
    study_close(&two);
    study_close(&three);
    remove(path);
}

static void cache_refused(const char *content, const char *what)
{
    char text[2048], path[] = "/tmp/gpuplan-plan-XXXXXX";
    int file = mkstemp(path);
    CU_ASSERT_FATAL(file >= 0);
    FILE *stream = fdopen(file, "w");
    Study study;
    fleet_text(5, ALL_THE_REST, text, sizeof text);
    study_open(&study, text);
    if (stream != NULL) {
        const char *sha = strstr(content, "SHA");
        fprintf(stream, "%.*s%s%s", sha != NULL ? (int)(sha - content) : (int)strlen(content),
                content, sha != NULL ? study.loaded.set.sha256 : "", sha != NULL ? sha + 3 : "");
        fclose(stream);
    }
    CU_ASSERT_EQUAL(plan_cache_read(&study.evaluator, path, &study.loaded.diagnostics),
                    STATUS_BAD_INPUT);
    CU_ASSERT(loaded_says(&study.loaded, "cache", what));
    study_close(&study);
    remove(path);
}

#define HEAD                                                                                       \
    "gpuplan-plan-cache 1\nversion 0.1.0\nscenario SHA\nvalues cost_usd wait_p95_s jobs_rejected " \
    "wait_p95_s productive_share\nlines a b\n"

/* Goal: a cache that is damaged or another plan's is refused, with what is wrong. */
static void test_bad_caches(void)
{
    cache_refused("", "is no cache");
    cache_refused("gpuplan-plan-cache 2\n", "is no cache");
    cache_refused("gpuplan-plan-cache 1\nversion 9\n", "another version");
    cache_refused("gpuplan-plan-cache 1\nversion 0.1.0\nscenario 12\n", "another scenario");
    cache_refused("gpuplan-plan-cache 1\nversion 0.1.0\nscenario SHA\nvalues x\n", "other targets");
    cache_refused(HEAD "rans 1\n", "expected `runs`");
    cache_refused(HEAD "runs -1\n", "expected `runs`");
    cache_refused(HEAD "runs 1\n1 2 0 0 0\n", "is damaged");
    cache_refused(HEAD "runs 1\n1 2 0 0 0 0 0x1p+1 inf nan 1 1 1\nend\n", "is damaged");
    cache_refused(HEAD "runs 1\n-1 2 0 0 0 0 0x1p+1 inf nan 1 1\nend\n", "is damaged");
    cache_refused(HEAD "runs 1\n1 2 0 0 0 0 0x1p+1 inf nan 1 1\n", "does not end");
}

/* ---- fleets ---- */

static int32_t jobs_of(const Scenario *scenario, uint32_t replication)
{
    Arena arena;
    Diagnostics diagnostics;
    JobTable jobs = {0};
    arena_init(&arena);
    diagnostics_init(&diagnostics);
    CU_ASSERT_EQUAL(workload_draw(scenario, replication, &arena, &diagnostics, &jobs), STATUS_OK);
    int32_t count = jobs.job_count;
    arena_free(&arena);
    diagnostics_free(&diagnostics);
    return count;
}

static int32_t jobs_of_fleet(const Loaded *loaded, const FleetChange *change)
{
    Arena arena;
    Diagnostics diagnostics;
    Scenario fleet;
    arena_init(&arena);
    diagnostics_init(&diagnostics);
    CU_ASSERT_EQUAL_FATAL(fleet_build(&loaded->set, change, &arena, &diagnostics, &fleet),
                          STATUS_OK);
    int32_t count = jobs_of(&fleet, 1);
    arena_free(&arena);
    diagnostics_free(&diagnostics);
    return count;
}

/* Goal: demand is what the written fleet is offered, whatever is bought, and follows its factor.
 * Method: a load of 80 %, and 400 jobs written out, each left out or repeated by a draw: counts are
 * within 4 binomial deviations of 0.8 x 400, 1.2 x 400 and 2.5 x 400. */
static void test_demand(void)
{
    Loaded loaded;
    loaded_text(&loaded, "horizon: 10d\n" CLUSTER
                         "workload: [{synthetic: {arrivals: {load: 80%}, duration: 1h}}]\n"
                         "plan: {nodes: {a: {max: 40}}}\n");
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    const int64_t small[] = {1}, large[] = {40};
    FleetChange one = {.count = small}, many = {.count = large};
    int32_t jobs = jobs_of_fleet(&loaded, &one);
    CU_ASSERT_EQUAL(jobs, jobs_of_fleet(&loaded, &many));
    many.demand_ppm = 1200000;
    double more = (double)jobs_of_fleet(&loaded, &many) / jobs;
    CU_ASSERT(more > 1.15 && more < 1.25);
    loaded_free(&loaded);

    char *text = malloc(64 * 1024);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    size_t used = (size_t)sprintf(text, "horizon: 10d\n" CLUSTER "workload: [{jobs: [");
    for (int i = 0; i < 400; i++) {
        used +=
            (size_t)sprintf(text + used, "{id: j%d, submit: %dm, duration: 1h, gpus: 1},", i, i);
    }
    sprintf(text + used - 1, "]}]\nplan: {nodes: {a: {max: 40}}}\n");
    loaded_text(&loaded, text);
    free(text);
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    FleetChange turned = {.demand_ppm = 800000};
    CU_ASSERT(fabs(jobs_of_fleet(&loaded, &turned) - 320.0) < 4 * sqrt(400 * 0.2 * 0.8));
    turned.demand_ppm = 1200000;
    CU_ASSERT(fabs(jobs_of_fleet(&loaded, &turned) - 480.0) < 4 * sqrt(400 * 0.2 * 0.8));
    turned.demand_ppm = 2500000;
    CU_ASSERT(fabs(jobs_of_fleet(&loaded, &turned) - 1000.0) < 4 * sqrt(400 * 0.25));
    turned.demand_ppm = 1000000;
    CU_ASSERT_EQUAL(jobs_of_fleet(&loaded, &turned), 400);
    loaded_free(&loaded);
}

/* The mean of the first target's metric over 40 replications of the fleet as written. */
static double mean_turned(const char *text, PlanKey key)
{
    Study study;
    double sum = 0.0;
    study_open(&study, text);
    for (int i = 0; i < study.loaded.set.plan->line_count; i++) {
        key.count[i] = 2;
    }
    for (int r = 0; r < 40; r++) {
        double value[PLANNER_VALUES_MAX];
        PlanRun run = {.key = key, .value = value};
        run.key.replication = r;
        CU_ASSERT_EQUAL(plan_evaluate(&study.evaluator, &run, 1), STATUS_OK);
        sum += value[1];
    }
    study_close(&study);
    return sum / 40;
}

/* Goal: what is turned changes as much as it is turned. Method: faults of 2 nodes in 100 days at
 * one in 5 days are 40, and 80 at twice the rate, within 4 Poisson deviations of 40 such means; a
 * job that needs 1.5 GB/s of a disk of 1 GB/s takes 1.5 x 10 h, of twice that 3 x 10 h, of half 10
 * h. */
static void test_turned(void)
{
    static const char FAULTS[] =
        "horizon: 100d\n" SMALL
        "models: {failures: {components: [{name: n, per: node, mtbf: 5d, effect: node-out, out: "
        "1m}]}}\ntargets: {faults_offered: \"<= 1\"}\nplan: {nodes: {a: {max: 4}}}\n";
    double as_written = mean_turned(FAULTS, (PlanKey){0});
    double twice = mean_turned(FAULTS, (PlanKey){.failures_ppm = 2000000});
    CU_ASSERT(fabs(as_written - 40.0) < 4.0 * sqrt(40.0 / 40));
    CU_ASSERT(fabs(twice - 80.0) < 4.0 * sqrt(80.0 / 40));
    static const char NEEDS[] =
        "horizon: 100h\n"
        "cluster: {types: {h: {gpus: 1, storage_bandwidth: 1GB/s}}, nodes: [{name: a, type: h, "
        "count: "
        "1}]}\n"
        "workload: [{jobs: [{id: A, duration: 10h, gpus: 1}]}]\n"
        "models: {needs: [{name: all, source: ours, need: {storage_bandwidth: 1.5GB/s}}]}\n"
        "targets: {makespan_s: \"<= 1\"}\nplan: {nodes: {a: {max: 4}}}\n";
    CU_ASSERT_DOUBLE_EQUAL(mean_turned(NEEDS, (PlanKey){0}), 54000.0, 1.0);
    CU_ASSERT_DOUBLE_EQUAL(mean_turned(NEEDS, (PlanKey){.needs_ppm = 2000000}), 108000.0, 1.0);
    CU_ASSERT_DOUBLE_EQUAL(mean_turned(NEEDS, (PlanKey){.needs_ppm = 500000}), 36000.0, 1.0);
}

static bool month_is(const PlanMonth *month, int64_t a, int64_t b, int32_t orders)
{
    return month->found && month->fleet.count[0] == a && month->fleet.count[1] == b &&
           month->order_count == orders;
}

/* Goal: the fleet of each month, and its orders. Method: a job of 4 GPUs and an hour every 15
 * minutes, half as many again each month: 4, 6, 9 and 13.5 jobs at a time are 2, 3, 4.5 and 7 nodes
 * of 8 GPUs. Owned nodes are cheap, there are 4 at most, and they take 60 days to come; the rest is
 * rented. A month has 365 / 12 days. */
static void test_growth(void)
{
    Study study;
    study_open(
        &study,
        "horizon: 12h\n"
        "cluster: {types: {h: {gpus: 8, price: {on_demand: 2 USD/gpu-h, owned: {capex: 100000 "
        "USD, life: 4y}}}}, nodes: [{name: a, type: h, count: 1, purchase: owned}, {name: b, "
        "type: h, count: 1}]}\n"
        "workload: [{synthetic: {arrivals: {process: regular, rate: 4/h}, gpus: {4: 100%}, "
        "duration: 1h}}]\n"
        "targets: {wait_p95_s: \"<= 1m\"}\n"
        "plan: {nodes: {a: {max: 4, lead: 60d}, b: {max: 8}}, replications: 1, confirm: 0, "
        "months: 3, growth: 50%}\n");
    study_run(&study, 1);
    CU_ASSERT_EQUAL_FATAL(study.status, STATUS_OK);
    const PlanMonth *months = study.result.months;
    CU_ASSERT_EQUAL_FATAL(study.result.month_count, 4);
    CU_ASSERT(month_is(&months[0], 2, 0, 1));
    CU_ASSERT(month_is(&months[1], 3, 0, 1));
    CU_ASSERT(month_is(&months[2], 4, 1, 2));
    CU_ASSERT(month_is(&months[3], 4, 3, 1));
    CU_ASSERT_EQUAL(months[3].demand_ppm, 3375000);
    CU_ASSERT_DOUBLE_EQUAL(months[1].orders[0].order_day, 365.0 / 12 - 60, 0.01);
    CU_ASSERT_DOUBLE_EQUAL(months[2].orders[0].order_day, 365.0 / 6 - 60, 0.01);
    CU_ASSERT_EQUAL(months[3].orders[0].line, 1);
    CU_ASSERT_EQUAL(months[3].orders[0].change, 2);
    /* 2 nodes at 100,000 USD over 4 years of 8,760 h, for 730 h */
    CU_ASSERT_DOUBLE_EQUAL(months[0].usd_per_month, 2 * 100000.0 / 35040 * 730, 5.0);
    study_close(&study);
}

/* Goal: jobs that no fleet can hold are in nobody's way, however many of them come. Method: one
 * job in ten wants more than the largest fleet has; other luck, more demand and growth bring
 * other numbers of them, and a fleet is found each time; one node alone rejects jobs that two
 * take. */
static void test_too_large_for_all(void)
{
    Study study;
    study_open(&study, "horizon: 6h\n"
                       "cluster:\n"
                       "  types: {h: {gpus: {count: 8}, price: {on_demand: 3 USD/gpu-h}}}\n"
                       "  nodes: [{name: a, type: h, count: 2}]\n"
                       "workload:\n"
                       "  - synthetic:\n"
                       "      arrivals: {process: poisson, rate: 12/h}\n"
                       "      gpus: {1: 80%, 16: 10%, 64: 10%}\n"
                       "      duration: 20m\n"
                       "targets: {wait_p50_s: \"<= 30m\"}\n"
                       "plan: {nodes: {a: {max: 6}}, replications: 4, confirm: 8, sensitivity: "
                       "{demand: 20%}, months: 3, growth: 10%}\n");
    study_run(&study, 0);
    const PlanResult *result = &study.result;
    CU_ASSERT_EQUAL(study.status, STATUS_OK);
    CU_ASSERT_FATAL(result->found && result->month_count == 4);
    CU_ASSERT(result->winner.count[0] == 3 && result->winner.meets);
    CU_ASSERT(result->frontier_count >= 1 && result->fleets[result->frontier[0]].count[0] >= 2);
    CU_ASSERT(result->less[0].possible && !result->less[0].fleet.meets);
    CU_ASSERT(result->confirm.confirmed && result->confirm.met == 8);
    CU_ASSERT(result->sensitivity[0].end[0].winner.meets);
    CU_ASSERT(result->sensitivity[0].end[1].winner.meets);
    for (int32_t m = 0; m < result->month_count; m++) {
        CU_ASSERT(result->months[m].found);
    }
    study_close(&study);
}

/* Goal: where both too few and too many nodes miss a target, the turned ends find what is between.
 * Method: 60 jobs of an hour and a GPU at a time are 8 nodes of 8 GPUs; of 70 % and 130 % of them,
 * 42 and 78, at least three quarters of 6 and 10 nodes are in use. */
static void test_window(void)
{
    Study study;
    study_open(&study,
               "horizon: 48h\nwarmup: 6h\n"
               "cluster: {types: {h: {gpus: 8, price: {on_demand: 3 USD/gpu-h}}}, nodes: "
               "[{name: a, type: h, count: 1}]}\n"
               "workload: [{synthetic: {arrivals: {process: regular, rate: 60/h}, gpus: {1: 100%}, "
               "duration: 1h}}]\n"
               "targets: {wait_p95_s: \"<= 1m\", productive_share: \">= 75%\"}\n"
               "plan: {nodes: {a: {max: 16}}, replications: 1, confirm: 0, sensitivity: {demand: "
               "30%}}\n");
    study_run(&study, 0);
    CU_ASSERT_FATAL(study.result.found && study.result.sensitivity_count == 1);
    const PlanEnd *end = study.result.sensitivity[0].end;
    CU_ASSERT_EQUAL(study.result.winner.count[0], 8);
    CU_ASSERT(!end[0].winner.meets && end[0].found && end[0].then.count[0] == 6);
    CU_ASSERT(!end[1].winner.meets && end[1].found && end[1].then.count[0] == 10);
    study_close(&study);
}

/* Goal: what prices turned change. Method: 8 GPUs for 10 h at 3 USD are 240; money committed covers
 * 10 / (1 - 50 %) x 10 = 200 of it, so a fifth more is 48 and a fifth less the 40 that are left.
 * Spot nodes are away half of the time (4 times a day, for 6 h of every 12): 8 x 10 / 2 at 1 USD.
 */
static void test_prices_turned(void)
{
    Study study;
    study_open(
        &study,
        "horizon: 10h\n"
        "cluster: {types: {h: {gpus: 8, price: {on_demand: 3 USD/gpu-h, spot: 1 USD/gpu-h}}},"
        " nodes: [{name: a, type: h, count: 1}, {name: b, type: h, count: 1, purchase: spot, "
        "interruptions: {rate: 4/d, notice: 0s, out: 6h}}]}\n"
        "costs: {commitments: [{name: m, spend: 10 USD/h, discount: 50%, term: 1y}]}\n"
        "workload: [{jobs: [{id: A, duration: 4s, gpus: 2}]}]\n"
        "targets: {wait_p95_s: \"<= 1m\"}\n"
        "plan: {nodes: {a: {max: 4}, b: {max: 4}}}\n");
    const int64_t count[PLAN_LINES_MAX] = {1, 1};
    CU_ASSERT_DOUBLE_EQUAL(plan_price_change(&study.evaluator, count, 0, 1.2), 48.0, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(plan_price_change(&study.evaluator, count, 0, 0.8), -40.0, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(plan_price_change(&study.evaluator, count, 1, 1.2), 8.0, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(plan_price_change(&study.evaluator, count, 1, 0.8), -8.0, 1e-6);
    study_close(&study);
}

/* ---- mistakes ---- */

#define PLAN_OF(targets, plan) "horizon: 1h\n" SMALL "targets: {" targets "}\nplan: {" plan "}\n"

static void test_refused_lines(void)
{
    CU_ASSERT(refused_for(PLAN_OF("", "nodes: {b: {max: 4}}"), "name", "no entry `b`"));
    CU_ASSERT(refused_for(PLAN_OF("", "nodes: {a: {}}"), "missing", "`max` is missing"));
    CU_ASSERT(refused_for(PLAN_OF("", "nodes: {a: {min: 5, max: 4}}"), "range", "expected min"));
    CU_ASSERT(refused_for(PLAN_OF("", "nodes: {a: {max: 1000000}}"), "limit", "more than 1000000"));
    CU_ASSERT(refused_for(PLAN_OF("", "commitments: {x: {max: 8}}"), "name", "costs.commitments"));
    CU_ASSERT(refused_for(PLAN_OF("", "growth: -3%"), "range", "`plan.growth`"));
    CU_ASSERT(accepted(PLAN_OF("wait_p95_s: \"<= 900\"", "nodes: {a: {max: 4}}")));
}

/* Is it refused when somebody wants to plan? */
static bool plan_refused(const char *text, const char *code, const char *what)
{
    Loaded loaded;
    PlanEvaluator evaluator;
    loaded_text(&loaded, text);
    bool refused = loaded.status == STATUS_OK &&
                   plan_evaluator_init(&evaluator, &loaded.set, &loaded.arena,
                                       &loaded.diagnostics) == STATUS_BAD_INPUT &&
                   loaded_says(&loaded, code, what);
    loaded_free(&loaded);
    return refused;
}

static void test_refused_plans(void)
{
#define A "nodes: {a: {max: 4}}"
    CU_ASSERT(plan_refused(SMALL, "plan", "which fleets may be bought"));
    CU_ASSERT(plan_refused(PLAN_OF("", A), "plan", "without `targets`"));
    CU_ASSERT(plan_refused(SMALL "targets: {wait_p95_s: \"<= 9\"}\nplan: {" A "}\n", "plan",
                           "needs a `horizon`"));
    CU_ASSERT(plan_refused(PLAN_OF("wait_p95_s: \"== 9\"", A), "targets", "no bound on a metric"));
    CU_ASSERT(plan_refused(PLAN_OF("wait_p95: \"<= 9\"", A), "expect", "wait_p95"));
    CU_ASSERT(plan_refused(PLAN_OF("wait_p95_s: \"<= 9 apples\"", A), "expect", "apples"));
    CU_ASSERT(plan_refused(PLAN_OF("job.A.start: \"<= 9s\"", A), "targets", "no bound"));
    Study study;
    study_open(&study, PLAN_OF("wait_p95_s: \"<= 9\"", A));
    study_run(&study, 1);
    CU_ASSERT(study.status == STATUS_BAD_INPUT &&
              loaded_says(&study.loaded, "plan", "nothing has a price"));
    study_close(&study);
}

const char *const SUITE = "plan_study";
const TestCase CASES[] = {
    {"against every fleet", test_exhaustive},
    {"a budget", test_budget},
    {"the same again", test_same_again},
    {"bad caches", test_bad_caches},
    {"growth", test_growth},
    {"demand", test_demand},
    {"turned up and down", test_turned},
    {"too large for all", test_too_large_for_all},
    {"prices turned", test_prices_turned},
    {"a window", test_window},

    {"refused lines", test_refused_lines},
    {"refused plans", test_refused_plans},
    {NULL, NULL},
};
