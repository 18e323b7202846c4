/* test_scenario_synthetic.c - `synthetic:` in a scenario: what it becomes, and what is refused. */
#include <math.h>
#include <string.h>

#include "tests/loaded.h"
#include "tests/suite.h"
#include "traces/synthetic.h"

#define WORK(text) CLUSTER "horizon: 1d\nworkload: [{synthetic: {" text "}}]\n"
#define DURATION(text) WORK("arrivals: 1/h, duration: {" text "}")

static const SyntheticSpec *spec_of(const Loaded *loaded)
{
    CU_ASSERT_EQUAL_FATAL(loaded->status, STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(loaded->set.variants[0].sources[0].kind, SOURCE_SYNTHETIC);
    return loaded->set.variants[0].sources[0].synthetic;
}

/* Goal: M/M/c as it is written. Method: 16 GPUs, 80 %, 15 min: 0.8 x 16 x 4 = 51.2 jobs an hour, in
 * 10^6 weeks 51.2 x 168 x 10^6. */
static void test_queueing_system(void)
{
    Loaded loaded;
    loaded_text(&loaded,
                WORK("arrivals: {load: 80%}, duration: {distribution: exponential, mean: 15m}"));
    const SyntheticSpec *spec = spec_of(&loaded);
    CU_ASSERT(spec->arrivals.process == ARRIVAL_POISSON && spec->arrivals.rate == 0);
    CU_ASSERT_EQUAL(synthetic_rate_for_load(spec, spec->arrivals.load_ppm, 16000),
                    INT64_C(8601600000));
    CU_ASSERT(spec->size_count == 1 && spec->sizes[0].gpu_count == 1);
    CU_ASSERT_EQUAL(spec->sizes[0].duration.scale, 900000.0);
    loaded_free(&loaded);
}

/* Goal: every key arrives. Method: one generator with all of them. 12 GPUs on nodes of 8: two tasks
 * of 6. The rest of the ends completes. 2026-03-04 is a Wednesday: 48 h into the week. */
static void test_keys(void)
{
    Loaded loaded;
    loaded_text(
        &loaded, CLUSTER
        "start: 2026-03-04T06:00:00Z\n"
        "queues: [{name: a}, {name: b}]\n"
        "workload:\n"
        "- synthetic:\n"
        "    arrivals:\n"
        "      {process: renewal, gaps: lognormal, cv: 2, rate: 2/m,\n"
        "       day_of_week: [1, 1, 1, 1, 1, 0, 0],\n"
        "       burst: {probability: 20%, size: 4, spacing: 3s, alike: 75%, same_duration: 50%}}\n"
        "    count: 77\n"
        "    gpus: {12: 0.25, 0.5: 75%}\n"
        "    cpu_per_gpu: 4\n"
        "    memory_per_gpu: 2Gi\n"
        "    duration_by_gpus:\n"
        "      0.5: 1m\n"
        "      8: {distribution: empirical, quantiles: {0%: 1s, 50%: 20m, 100%: 3d}, max: 1d}\n"
        "    end_by_gpus: {0.1: {failed: 30%}, 12: {cancelled: 40%, failed: 50%}}\n"
        "    queues: {a: 10%, b: 0.9}\n"
        "    users: {count: 3, zipf: 0.5}\n"
        "    time_limit: {factor: 1.5, sigma: 0.5, usual: [1h, 1d]}\n"
        "    priority: 5\n"
        "    kind: notebook\n"
        "    preemptible: false\n"
        "    startup: 30s\n");
    const SyntheticSpec *spec = spec_of(&loaded);
    const ArrivalSpec *arrivals = &spec->arrivals;
    CU_ASSERT(arrivals->process == ARRIVAL_RENEWAL && arrivals->gap.family == FAMILY_LOGNORMAL);
    CU_ASSERT_EQUAL(arrivals->rate, 120 * INT64_C(168000000));
    CU_ASSERT_EQUAL(arrivals->week_offset_ms, INT64_C(54) * 3600000);
    CU_ASSERT(arrivals->hour_weight[0] == 1400000 && arrivals->hour_weight[167] == 0);
    CU_ASSERT(arrivals->burst.probability_ppm == 200000 && arrivals->burst.size == 4.0);
    CU_ASSERT(arrivals->burst.spacing_ms == 3000 && arrivals->burst.alike_ppm == 750000);
    CU_ASSERT_EQUAL(arrivals->burst.correlation_ppm, 500000);
    CU_ASSERT_EQUAL(spec->count, 77);
    CU_ASSERT_EQUAL_FATAL(spec->size_count, 2);
    const SizeSpec *half = &spec->sizes[0];
    const SizeSpec *twelve = &spec->sizes[1];
    CU_ASSERT(half->gpu_milli == 500 && half->share_ppm == 750000);
    CU_ASSERT(half->duration.family == FAMILY_CONSTANT && half->duration.scale == 60000.0);
    CU_ASSERT(half->end_ppm[JOB_END_COMPLETED] == 700000);
    CU_ASSERT(twelve->task_count == 2 && twelve->gpu_count == 6);
    CU_ASSERT(twelve->duration.point_count == 3 && twelve->duration.most == 86400000.0);
    CU_ASSERT(twelve->end_ppm[JOB_END_COMPLETED] == 100000);
    CU_ASSERT_EQUAL_FATAL(spec->queue_count, 2);
    CU_ASSERT_EQUAL(spec->queues[1].share_ppm, 900000);
    CU_ASSERT_STRING_EQUAL(spec->queues[1].users[2], "b-3");
    CU_ASSERT_EQUAL(spec->user_zipf, 0.5);
    CU_ASSERT(spec->limit.factor_ppm == 1500000 && spec->limit.usual_ms[1] == 86400000);
    CU_ASSERT(spec->cpu_milli_per_gpu == 4000 && spec->memory_mib_per_gpu == 2048);
    CU_ASSERT(spec->traits->kind == KIND_NOTEBOOK && spec->traits->preemptible == 0);
    CU_ASSERT(spec->traits->startup_ms == 30000 && spec->priority == 5);
    const RequestList *typical = &loaded.set.variants[0].sources[0].requests;
    CU_ASSERT(typical->count == 2 && typical->rows[1].count == 250000);
    loaded_free(&loaded);
}

/* Goal: a mean instead of a scale. Method: by hand: lognormal with mean 1 h and sigma 1.5 has the
 * median 1 h x exp(-1.125); gamma with shape 4 the scale 15 min. */
static void test_means(void)
{
    Loaded loaded;
    loaded_text(&loaded, DURATION("distribution: lognormal, mean: 1h, sigma: 1.5"));
    CU_ASSERT_DOUBLE_EQUAL(spec_of(&loaded)->sizes[0].duration.scale, 3600000.0 * exp(-1.125),
                           1e-6);
    loaded_free(&loaded);
    loaded_text(&loaded, DURATION("distribution: gamma, mean: 1h, shape: 4"));
    CU_ASSERT_DOUBLE_EQUAL(spec_of(&loaded)->sizes[0].duration.scale, 900000.0, 1e-6);
    loaded_free(&loaded);
}

static void test_arrival_mistakes(void)
{
    CU_ASSERT(refused_for(WORK("duration: 1h"), "missing", "`arrivals` is missing"));
    CU_ASSERT(refused_for(WORK("arrivals: 0/h, duration: 1h"), "range", "`0/h`"));
    CU_ASSERT(refused_for(WORK("arrivals: 40, duration: 1h"), "unit", "how many a s, m, h"));
    CU_ASSERT(refused_for(WORK("arrivals: {rate: 1/h, load: 90%}, duration: 1h"), "conflict",
                          "found both"));
    CU_ASSERT(
        refused_for(WORK("arrivals: {process: poisson}, duration: 1h"), "missing", "found none"));
    CU_ASSERT(refused_for(WORK("arrivals: {rate: 1/h, cv: 2}, duration: 1h"), "conflict",
                          "`cv` means nothing to the rule `poisson`"));
    CU_ASSERT(refused_for(WORK("arrivals: {rate: 1/h, process: renewal}, duration: 1h"), "missing",
                          "needs `cv`"));
    CU_ASSERT(refused_for(
        WORK("arrivals: {rate: 1/h, process: renewal, gaps: hyperexponential, cv: 0.5}, "
             "duration: 1h"),
        "range", "cannot have this cv"));
    CU_ASSERT(refused_for(WORK("arrivals: {rate: 1/h, hour_of_day: [1, 2]}, duration: 1h"), "range",
                          "2 weights; expected 24"));
    CU_ASSERT(
        refused_for(WORK("arrivals: {rate: 1/h, day_of_week: [0, 0, 0, 0, 0, 0, 0]}, duration: 1h"),
                    "range", "0 everywhere"));
    CU_ASSERT(refused_for(
        WORK("arrivals: {rate: 1/h, day_of_week: [-1, 1, 1, 1, 1, 1, 1]}, duration: 1h"), "unit",
        "expected 0 to"));
    CU_ASSERT(refused_for(WORK("arrivals: {rate: 1/h, burst: {size: 1}}, duration: 1h"), "range",
                          "expected 2 to"));
    CU_ASSERT(refused_for(CLUSTER "workload: [{synthetic: {arrivals: 1/h, duration: 1h}}]\n",
                          "missing", "would never end"));
    CU_ASSERT(refused_for("cluster: {types: {h: {cpu: 8}}, nodes: [{name: a, type: h}]}\n"
                          "horizon: 1d\n"
                          "workload: [{synthetic: {arrivals: {load: 90%}, duration: 1h}}]\n",
                          "conflict", "but it has none"));
}

static void test_duration_mistakes(void)
{
    CU_ASSERT(refused_for(WORK("arrivals: 1/h"), "missing", "one of duration, duration_by_gpus"));
    CU_ASSERT(refused_for(WORK("arrivals: 1/h, duration: 0s"), "range", "expected 1ms"));
    CU_ASSERT(refused_for(WORK("arrivals: 1/h, duration: 1h, duration_by_gpus: {1: 1h}"),
                          "conflict", "found both"));
    CU_ASSERT(
        refused_for(DURATION("distribution: lognormal, median: 1h"), "missing", "needs `sigma`"));
    CU_ASSERT(
        refused_for(DURATION("distribution: lognormal, median: 1h, sigma: -1"), "range", "`-1`"));
    CU_ASSERT(refused_for(DURATION("distribution: lognormal, median: 1h, mean: 2h, sigma: 1"),
                          "conflict", "has both of median, mean"));
    CU_ASSERT(refused_for(DURATION("distribution: exponential, mean: 1h, sigma: 1"), "conflict",
                          "`sigma` means nothing to the rule `exponential`"));
    CU_ASSERT(refused_for(DURATION("distribution: exponential, mean: 1h, max: 1s"), "range",
                          "cuts off more than 99 %"));
    CU_ASSERT(refused_for(DURATION("distribution: pareto, min: 1m, shape: 0.9"), "range",
                          "no finite mean"));
    CU_ASSERT(refused_for(DURATION("distribution: empirical"), "missing", "needs `quantiles`"));
    CU_ASSERT(refused_for(DURATION("distribution: empirical, quantiles: {0%: 1s, 90%: 1h}"),
                          "range", "the last at 1"));
    CU_ASSERT(refused_for(DURATION("distribution: empirical, quantiles: {0%: 9, 100%: 1h}"), "unit",
                          "the quantile at 0% is `9`"));
    CU_ASSERT(
        refused_for(DURATION("distribution: weibul, scale: 1h, shape: 1"), "choice", "`weibul`"));
    CU_ASSERT(refused_for(WORK("arrivals: 1/h, duration_by_gpus: {8: 1h}"), "missing",
                          "says nothing of jobs of 1 GPUs"));
    CU_ASSERT(refused_for(WORK("arrivals: 1/h, duration_by_gpus: {}"), "missing", "holds nothing"));
}

static void test_share_mistakes(void)
{
    CU_ASSERT(refused_for(WORK("arrivals: 1/h, duration: 1h, gpus: {1: 70%, 8: 20%}"), "range",
                          "sum to 90%"));
    CU_ASSERT(refused_for(WORK("arrivals: 1/h, duration: 1h, gpus: {1: 70%, 1.0: 30%}"),
                          "duplicate", "two shares for jobs of 1 GPUs"));
    CU_ASSERT(refused_for(WORK("arrivals: 1/h, duration: 1h, gpus: {1.5: 1}"), "unit",
                          "expected whole GPUs"));
    CU_ASSERT(refused_for(WORK("arrivals: 1/h, duration: 1h, gpus: {0: 1}"), "unit",
                          "expected more than 0"));
    CU_ASSERT(refused_for(WORK("arrivals: 1/h, duration: 1h, gpus: {1: 2}"), "unit",
                          "expected 0% to 100%"));
    CU_ASSERT(refused_for(WORK("arrivals: 1/h, duration: 1h, gpus: {}"), "range", "sum to 0%"));
    CU_ASSERT(refused_for(WORK("arrivals: 1/h, duration: 1h, end: {failed: 70%, cancelled: 40%}"),
                          "range", "sum to 110%"));
    CU_ASSERT(refused_for(
        "queues: [{name: a}]\n" WORK("arrivals: 1/h, duration: 1h, queues: {a: 50%, c: 50%}"),
        "name", "no queue `c`"));
    CU_ASSERT(refused_for(WORK("arrivals: 1/h, duration: 1h, users: 0"), "range",
                          "expected 1 to 100000"));
    CU_ASSERT(
        refused_for(WORK("arrivals: 1/h, duration: 1h, time_limit: {factor: 2, usual: [2h, 1h]}"),
                    "unit", "ascending"));
    CU_ASSERT(accepted(WORK("arrivals: 1/h, duration: 1h, gpus: {1: 0.33333, 2: 0.33333, 4: "
                            "0.33333}"))); /* rounded by hand */
}

const char *const SUITE = "scenario_synthetic";
const TestCase CASES[] = {
    {"a queueing system", test_queueing_system},
    {"every key", test_keys},
    {"means", test_means},
    {"mistakes: arrivals", test_arrival_mistakes},
    {"mistakes: durations", test_duration_mistakes},
    {"mistakes: shares", test_share_mistakes},
    {NULL, NULL},
};
