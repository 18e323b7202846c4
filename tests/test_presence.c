/* test_presence.c - nodes that come, go and are taken back: what is paid for, and what is refused.
 * Runs worked out by hand are in validation/micro/away-*.yaml.
 */
#include "sim/experiment/run_one.h"
#include "tests/loaded.h"
#include "tests/suite.h"

const char *const SUITE = "presence";

#define FLEET(nodes) "cluster: {types: {h: {gpus: {count: 8, model: H100}}}, nodes: [" nodes "]}\n"

static ReplicationResult ran(Loaded *loaded, const char *text)
{
    ReplicationResult result = {0};
    RunOptions options = {.audit = true};
    loaded_text(loaded, text);
    CU_ASSERT_EQUAL_FATAL(loaded->status, STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(
        run_one(&loaded->set.variants[0], &options, &loaded->arena, &loaded->diagnostics, &result),
        STATUS_OK);
    return result;
}

/* Goal: only what is there is paid for, on average too. Method: 500 nodes of 8 GPUs for T = 100
 * days, each taken back once in 4 days while it is there, for a day (both exponential). A two-state
 * Markov chain that begins there is there for 0.8 T + 0.2 / 1.25 = 80.16 days on average. Its
 * asymptotic variance is 2 x 4^2 x 1^2 / 5^3 x T = 25.6, so the mean of 500 has a deviation of
 * 0.226 days. */
static void paid_while_there(void)
{
    Loaded loaded;
    ReplicationResult result = ran(
        &loaded, FLEET("{name: s, type: h, count: 500, interruptions: {rate: 0.25/d, notice: "
                       "0s, out: {distribution: exponential, mean: 1d}}}") "horizon: 100d\n" JOB);
    double days = result.metric[METRIC_capacity_gpu_hours] / 8 / 24 / 500;
    CU_ASSERT_DOUBLE_EQUAL(days, 80.16, 0.8);
    CU_ASSERT_DOUBLE_EQUAL(result.metric[METRIC_node_availability], 1.0, 1e-12);
    loaded_free(&loaded);
}

/* Goal: `relax: failures` heals what is broken and brings nobody back who is not there. Method: one
 * node that comes at 10 s and one that breaks at 10 s, 40 s of 8 GPUs each: 8 x (30 + 40) GPU-s. */
static void relaxed(void)
{
    Loaded loaded;
    ReplicationResult result = ran(
        &loaded,
        FLEET("{name: a, type: h, from: 10s}, {name: b, type: h}") "horizon: 40s\n" JOB
                                                                   "inject: [{at: 10s, nodes: [b], "
                                                                   "for: 20s}]\nrelax: failures\n");
    CU_ASSERT_DOUBLE_EQUAL(result.metric[METRIC_capacity_gpu_hours] * 3600, 560.0, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(result.metric[METRIC_down_gpu_hours], 0.0, 1e-12);
    loaded_free(&loaded);
}

/* Goal: what cannot be is refused, with its place. */
static void mistakes(void)
{
    CU_ASSERT_TRUE(refused_for(FLEET("{name: a, type: h, from: 2h, until: 1h}") JOB, "range",
                               "given back before they come"));
    CU_ASSERT_TRUE(refused_for(
        FLEET("{name: a, type: h, interruptions: {notice: 0s, out: 1h}}") JOB, "missing", "rate"));
    CU_ASSERT_TRUE(refused_for(SMALL "inject: [{at: 1h, gpus: [a-0/1], for: 1h, away: true}]\n",
                               "conflict", "only whole nodes"));
    CU_ASSERT_TRUE(refused_for(SMALL "inject: [{at: 1h, nodes: [a-0], for: 1h, notice: 2m}]\n",
                               "conflict", "`notice` is of whole nodes"));
    CU_ASSERT_TRUE(refused_for(SMALL
                               "inject: [{at: 1h, nodes: [a-0], away: true, planned: true}]\n",
                               "conflict", "not paid for"));
}

const TestCase CASES[] = {
    {"paid while there", paid_while_there},
    {"relaxed", relaxed},
    {"mistakes", mistakes},
    {NULL, NULL},
};
