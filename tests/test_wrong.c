/* test_wrong.c - what went wrong, as results tell it: faults, states of nodes, which fault stopped
 * which job, ETTR, and GPUs over time. Expected values are worked out by hand or come from the
 * ledger.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/world.h"
#include "sim/experiment/node_state.h"
#include "sim/experiment/run_one.h"
#include "tests/loaded.h"
#include "tests/suite.h"

const char *const SUITE = "wrong";

#define HOUR_MS INT64_C(3600000)
#define CLOSE(found, expected) CU_ASSERT_DOUBLE_EQUAL((found), (expected), 1e-9)

typedef struct Kept {
    Loaded loaded;
    ReplicationResult result;
} Kept;

static void keep(Kept *kept, const char *text)
{
    RunOptions options = {.keep_jobs = true, .audit = true};
    loaded_text(&kept->loaded, text);
    diagnostics_print(&kept->loaded.diagnostics, stdout, false);
    CU_ASSERT_EQUAL_FATAL(kept->loaded.status, STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(run_one(&kept->loaded.set.variants[0], &options, &kept->loaded.arena,
                                  &kept->loaded.diagnostics, &kept->result),
                          STATUS_OK);
}

static void kept_free(Kept *kept)
{
    loaded_free(&kept->loaded);
}

#define NODES(count)                                                                               \
    "gpuplan: 1\ncluster: {types: {t: {gpus: {count: 4, model: H100}}}, "                          \
    "nodes: [{name: n, type: t, count: " #count "}]}\n"

/* Goal: ETTR, with and without the queue, and the time between interruptions, by size. Method: one
 * node of 4 GPUs. A wants all for 48 h; the node dies at 12 h and is back at 18 h, so A holds its
 * GPUs for 12 + 48 = 60 h, over a wall time of 66 h: 0.8, and 48 / 66. B runs before for less than
 * a day and is interrupted, too: it counts in mtti_h alone: (60 + 3) / 2. A waits for B's end at 3
 * h.
 */
static void training_time(void)
{
    Kept kept;
    keep(&kept, NODES(1) "workload: [{jobs: ["
                         "{id: B, submit: 0s, duration: 2h, gpus: 2},"
                         "{id: A, submit: 3h, duration: 48h, gpus: 4}]}]\n"
                         "inject: [{at: 1h, nodes: [n-0], for: 1ms, cause: blip},"
                         "         {at: 15h, nodes: [n-0], for: 6h, cause: psu}]\n"
                         "policy: {preset: fifo}\nhorizon: 80h\n");
    const double *metric = kept.result.metric;
    CU_ASSERT_DOUBLE_EQUAL(metric[METRIC_ettr], 48.0 / 60.0, 1e-6);
    double wall = 66.0 + 1.0 / HOUR_MS; /* B's second start was one millisecond late, and its end */
    CU_ASSERT_DOUBLE_EQUAL(metric[METRIC_ettr_with_queue], 48.0 / wall, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(metric[METRIC_mtti_h], 63.0 / 2.0, 1e-6);
    CLOSE(metric[METRIC_interruptions], 2.0);
    CLOSE(metric[METRIC_faults_offered], 2.0);
    CU_ASSERT_EQUAL_FATAL(kept.result.size_count, 1);
    CU_ASSERT_EQUAL(kept.result.sizes[0].gpus, 4);
    CLOSE(kept.result.sizes[0].interruptions, 1.0);
    CLOSE(kept.result.sizes[0].productive_gpu_hours, 4 * 48.0);
    kept_free(&kept);
}

/* Goal: a job that leaves a part of its GPUs idle is not charged for it. Method: 30 h at 60 %,
 * start-up 10 h: 30 of 40 hours. */
static void use_is_not_counted(void)
{
    Kept kept;
    keep(&kept, NODES(1) "workload: [{jobs: [{id: A, submit: 0s, duration: 30h, gpus: 4, "
                         "utilisation: 60%, startup: 10h}]}]\npolicy: {preset: fifo}\n");
    CLOSE(kept.result.metric[METRIC_ettr], 0.75);
    kept_free(&kept);
}

static bool state_is(const NodeStateColumns *states, int32_t row, int64_t from_h, int64_t to_h,
                     NodeState state, const char *component)
{
    const NodeStateRow *at = &states->rows[row];
    const char *name = at->kind >= 0 ? states->kind_name[at->kind] : "";
    bool same = at->from_ms == from_h * HOUR_MS && at->to_ms == to_h * HOUR_MS &&
                at->state == state && strcmp(name, component) == 0;
    if (!same) {
        printf("row %d: %lld to %lld ms, %s %s by `%s`\n", (int)row, (long long)at->from_ms,
               (long long)at->to_ms, node_state_name(at->state),
               at->stage > 0 ? down_stage_name(at->stage - 1) : "", name);
    }
    return same;
}

/* Goal: faults, states of nodes, and what was hit, as they happened. Method: n-0 is out from 1 h to
 * 3 h under A's two members (n-0, n-1); n-1 is slow from 2 h to 6 h; A, moved, loses one hour of 8
 * GPUs, and nothing hangs since a node that is out is seen at once. */
static void tables(void)
{
    Kept kept;
    keep(&kept, NODES(3) "workload: [{jobs: [{id: A, submit: 0s, duration: 4h, tasks: 2, gpus: 4, "
                         "gang: all}]}]\n"
                         "inject: [{at: 1h, nodes: [n-0], for: 2h, cause: psu},"
                         "         {at: 2h, gpus: [n-1/1], for: 4h, speed: 50%, cause: hot}]\n"
                         "policy: {preset: fifo}\nhorizon: 10h\n");
    const FaultColumns *faults = kept.result.faults;
    CU_ASSERT_EQUAL_FATAL(faults->count, 2);
    CU_ASSERT_STRING_EQUAL(faults->kind_name[faults->rows[0].kind], "psu");
    CU_ASSERT_EQUAL(faults->rows[0].at_ms, HOUR_MS);
    CU_ASSERT_EQUAL(faults->rows[0].noticed_ms, HOUR_MS);
    CU_ASSERT_EQUAL(faults->rows[0].over_ms, 3 * HOUR_MS);
    CU_ASSERT_EQUAL(faults->rows[0].node, 0);
    CU_ASSERT_EQUAL(faults->rows[0].masked, 0);
    CU_ASSERT_EQUAL(faults->rows[1].devices, 2);
    const NodeStateColumns *states = kept.result.states;
    CU_ASSERT_EQUAL_FATAL(states->count, 2);
    CU_ASSERT(state_is(states, 0, 1, 3, NODE_STATE_DOWN, "psu"));
    CU_ASSERT(state_is(states, 1, 2, 6, NODE_STATE_DEGRADED, "hot"));
    const HitColumns *hits = kept.result.hits;
    CU_ASSERT_EQUAL_FATAL(hits->count, 1);
    CU_ASSERT_EQUAL(hits->rows[0].at_ms, HOUR_MS);
    CU_ASSERT_EQUAL(hits->rows[0].node, 0);
    CLOSE(hits->rows[0].lost_gpu_s, 8 * 3600.0);
    CLOSE(hits->rows[0].hung_gpu_s, 0.0);
    CU_ASSERT_EQUAL_FATAL(kept.result.component_count, 2);
    CLOSE(kept.result.components[0].lost_gpu_hours, 8.0);
    CLOSE(kept.result.components[0].out_gpu_hours, 8.0);
    CLOSE(kept.result.components[1].out_gpu_hours, 0.0);
    kept_free(&kept);
}

/* What a series sums up to, in GPU-hours. */
static double series_sum(const ReplicationResult *result, OverSeries series, int64_t end_ms,
                         double gpus)
{
    const OverTimeColumns *over = result->over_time;
    double sum = 0.0;
    for (int32_t step = 0; step < over->count; step++) {
        int64_t begin = step * over->step_ms;
        int64_t length = begin + over->step_ms > end_ms ? end_ms - begin : over->step_ms;
        sum += over->pct[series][step] / 100.0 * gpus * (double)length / (double)HOUR_MS;
    }
    return sum;
}

static double account_hours(const ReplicationResult *result, Account account)
{
    return ledger_gpu_hours(ledger_sum(&result->ledger, -1, -2, account, -1));
}

static double allocated_hours(const ReplicationResult *result)
{
    double sum = 0.0;
    for (int account = 0; account < ACCOUNT_COUNT; account++) {
        sum += account_group((Account)account) == GROUP_ALLOCATED
                   ? account_hours(result, (Account)account)
                   : 0.0;
    }
    return sum;
}

/* What idle GPUs are put down to sums up to the books, cause by cause. */
static void idle_check(const ReplicationResult *result, int64_t end_ms, double gpus)
{
    const OverTimeColumns *over = result->over_time;
    double idle = 0.0;
    for (int32_t s = 0; s < over->idle_count; s++) {
        double sum = 0.0;
        for (int32_t step = 0; step < over->count; step++) {
            int64_t begin = step * over->step_ms;
            int64_t length = begin + over->step_ms > end_ms ? end_ms - begin : over->step_ms;
            sum += over->idle_pct[s][step] / 100.0 * gpus * (double)length / (double)HOUR_MS;
        }
        idle += sum;
        CU_ASSERT(sum > 0.0);
        for (int a = ACCOUNT_BLOCKED; a <= ACCOUNT_NO_DEMAND; a++) {
            size_t length = strlen(account_name((Account)a));
            const char *dot = over->idle_name[s] + length;
            bool of_it = strncmp(over->idle_name[s], account_name((Account)a), length) == 0;
            for (int sub = 0; of_it && *dot == '.' && sub < account_sub_count((Account)a); sub++) {
                if (strcmp(dot + 1, account_sub_name((Account)a, sub)) == 0) {
                    Int128 amount = ledger_sum(&result->ledger, -1, -2, (Account)a, sub);
                    CU_ASSERT_DOUBLE_EQUAL(sum, ledger_gpu_hours(amount), 1e-6);
                }
            }
        }
    }
    CU_ASSERT_DOUBLE_EQUAL(
        idle,
        account_hours(result, ACCOUNT_BLOCKED) + account_hours(result, ACCOUNT_FRAGMENTED) +
            account_hours(result, ACCOUNT_SHORT) + account_hours(result, ACCOUNT_NO_DEMAND),
        1e-6);
}

/* The rows of hits and of components sum up alike: every unit that lost or hung was hit. */
static void hits_check(const ReplicationResult *result)
{
    double lost = 0.0, hung = 0.0, components_lost = 0.0, components_hung = 0.0;
    double interruptions = 0.0, out = 0.0;
    for (int32_t i = 0; i < result->hits->count; i++) {
        lost += result->hits->rows[i].lost_gpu_s / 3600.0;
        hung += result->hits->rows[i].hung_gpu_s / 3600.0;
    }
    for (int32_t i = 0; i < result->component_count; i++) {
        components_lost += result->components[i].lost_gpu_hours;
        components_hung += result->components[i].hung_gpu_hours;
        interruptions += result->components[i].interruptions;
        out += result->components[i].out_gpu_hours;
    }
    CU_ASSERT_DOUBLE_EQUAL(lost, components_lost, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(hung, components_hung, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(components_hung, account_hours(result, ACCOUNT_HUNG), 1e-6);
    CU_ASSERT(components_lost <= account_hours(result, ACCOUNT_LOST) + 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(out, account_hours(result, ACCOUNT_DOWN), 1e-6);
    CLOSE(interruptions, result->metric[METRIC_interruptions]);
}

/* A node stands in one way at a time, and is down as long as the availability says. */
static void states_check(const ReplicationResult *result, int32_t nodes, int64_t end_ms)
{
    const NodeStateColumns *states = result->states;
    int64_t last_ms[8] = {0};
    int64_t down_ms = 0;
    for (int32_t i = 0; i < states->count; i++) {
        const NodeStateRow *row = &states->rows[i];
        CU_ASSERT(row->from_ms >= last_ms[row->node] && row->to_ms > row->from_ms);
        last_ms[row->node] = row->to_ms;
        bool out = row->state == NODE_STATE_DOWN && row->stage > 0;
        down_ms += out ? row->to_ms - row->from_ms : 0;
    }
    CLOSE(result->metric[METRIC_node_availability],
          1.0 - (double)down_ms / ((double)end_ms * nodes));
}

#define CHURN(seed, end)                                                                           \
    NODES(6)                                                                                       \
    "seed: " #seed "\n"                                                                            \
    "workload: [{jobs: ["                                                                          \
    "{id: A, submit: 0s, duration: 40h, tasks: 3, gpus: 4, gang: all, checkpoint: {every: 2h, "    \
    "cost: 5m}},"                                                                                  \
    "{id: B, submit: 1h, duration: 30h, tasks: 4, gpus: 1, grace: 10m, startup: 10m},"             \
    "{id: C, submit: 2h, duration: 20h, tasks: 2, gpus: 2, gang: all, utilisation: 70%}]}]\n"      \
    "models: {failures: {components: ["                                                            \
    "{name: host, mtbf: 30h, out: {distribution: exponential, mean: 3h}},"                         \
    "{name: gpu, per: gpu, mtbf: 100h, out: 1h},"                                                  \
    "{name: slow, per: gpu, mtbf: 60h, speed: 40%, out: 5h},"                                      \
    "{name: board, mtbf: 90h, repair: {diagnosis: 1h, hands_on: 2h, burn_in: 1h}}]}}\n"            \
    "policy: {preset: fifo, remedy: {preset: kubernetes, gang_loss: waits}}\n" end

/* Goal: GPUs over time sum up to the ledger; what was hit to what components cost; down nodes to
 * the availability. Method: eight seeds of three jobs under four components, with a horizon and
 * without (there steps double). Work that is lost is taken off within the steps where it had been,
 * so that only sums are equal. */
static void sums(void)
{
    static const char *const TEXTS[] = {CHURN(1, "horizon: 100h\n"),
                                        CHURN(2, "horizon: 100h\n"),
                                        CHURN(3, "horizon: 61h\n"),
                                        CHURN(4, "horizon: 90m\n"),
                                        CHURN(5, ""),
                                        CHURN(6, ""),
                                        CHURN(7, "horizon: 333h\n"),
                                        CHURN(8, "")};
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        Kept kept;
        keep(&kept, TEXTS[i]);
        const ReplicationResult *result = &kept.result;
        double gpus = 24.0;
        int64_t end_ms = llround(result->metric[METRIC_capacity_gpu_hours] / gpus * HOUR_MS);
        CU_ASSERT_PTR_NOT_NULL_FATAL(result->over_time);
        idle_check(result, end_ms, gpus);
        CU_ASSERT_DOUBLE_EQUAL(series_sum(result, OVER_ALLOCATED, end_ms, gpus),
                               allocated_hours(result), 1e-6);
        CU_ASSERT_DOUBLE_EQUAL(series_sum(result, OVER_DOWN, end_ms, gpus),
                               account_hours(result, ACCOUNT_DOWN), 1e-6);
        CU_ASSERT_DOUBLE_EQUAL(series_sum(result, OVER_DRAINED, end_ms, gpus),
                               account_hours(result, ACCOUNT_DRAINED), 1e-6);
        CU_ASSERT_DOUBLE_EQUAL(series_sum(result, OVER_BUSY_LOW, end_ms, gpus) / gpus * HOUR_MS,
                               result->metric[METRIC_busy_share_low] * (double)end_ms, 1.0);
        CU_ASSERT_DOUBLE_EQUAL(series_sum(result, OVER_PRODUCTIVE, end_ms, gpus),
                               account_hours(result, ACCOUNT_PRODUCTIVE), 1e-6);
        hits_check(result);
        states_check(result, 6, end_ms);
        kept_free(&kept);
    }
}

const TestCase CASES[] = {
    {"training time", training_time},
    {"use is not counted", use_is_not_counted},
    {"tables", tables},
    {"sums", sums},
    {NULL, NULL},
};
