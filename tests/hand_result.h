/* hand_result.h - a small experiment written by hand: two variants, three replications, figures
 * that a reader can check in the head.
 *
 *   one node type, 1 node x 4 GPUs at 2 USD a GPU-hour, one hour: capacity 4 GPU-hours, 8 USD
 *   first:  productive 2, fragmented by GPU 1, no demand 1 GPU-hour;   idle GPUs at 100 %: 2, 3, 5
 *   "b/c":  productive 3, no demand 1 GPU-hour;                       idle GPUs at 100 %: 1, 1, 2
 *   so the paired differences are -1, -2, -3: mean -2, deviation 1, half interval 4.302653 x 1 /
 * sqrt(3) = 2.484138
 */
#ifndef TESTS_HAND_RESULT_H
#define TESTS_HAND_RESULT_H

#include <math.h>
#include <string.h>

#include "core/arena.h"
#include "core/world.h"
#include "sim/experiment/cost_book.h"
#include "sim/experiment/ledger_summary.h"
#include "sim/experiment/result.h"
#include "sim/experiment/statistics.h"
#include "sim/policies/registry.h"

#define HAND_REPLICATIONS 3
#define HAND_HOUR ((Int128)1000 * 3600000 * 1000000) /* one GPU-hour in milli-GPU ms ppm */

typedef struct HandResult {
    Arena arena;
    GpNodeType type;
    NodeTypeInfo info;
    TypeCost price;
    CostModel model;
    CostCell cells[2][3]; /* as the ledger, by variant */
    int64_t period[2];
    CostSums sums[2];
    Scenario scenario[2];
    ScenarioSet set;
    WorkloadSource source;
    ReplicationResult replication[2][HAND_REPLICATIONS];
    VariantResult variant[2];
    ExpectOutcome expect[2];
    ExperimentResult result;
    JobColumns jobs;
    SeriesColumns series;
} HandResult;

static inline void hand_curve(Arena *arena, LoadCurve *curve, double idle)
{
    *curve = (LoadCurve){.count = 2,
                         .passes = ARENA_ARRAY(arena, int64_t, 2),
                         .alloc_pct = ARENA_ARRAY(arena, double, 2),
                         .frag_amount_pct = ARENA_ARRAY(arena, double, 2),
                         .frag_ratio_pct = ARENA_ARRAY(arena, double, 2),
                         .idle_gpus = ARENA_ARRAY(arena, double, 2),
                         .idle_usd_per_hour = ARENA_ARRAY(arena, double, 2)};
    curve->passes[1] = 1;
    curve->alloc_pct[1] = 0.5;
    curve->idle_gpus[0] = 4;
    curve->idle_gpus[1] = idle;
}

/* 2 USD a GPU-hour on demand, and nothing else. */
static inline void hand_costs(HandResult *hand, int v)
{
    hand->price = (TypeCost){.list = 2000000000, .contracted = 2000000000};
    hand->model = (CostModel){.types = &hand->price, .pue_ppm = 1000000};
    hand->period[1] = 3600000;
    CostCell *cells = hand->cells[v];
    int32_t count = 0;
    cells[count++] =
        (CostCell){.account = ACCOUNT_PRODUCTIVE, .amount = (v == 0 ? 2 : 3) * HAND_HOUR};
    if (v == 0) {
        cells[count++] = (CostCell){.account = ACCOUNT_FRAGMENTED, .amount = HAND_HOUR};
    }
    cells[count++] = (CostCell){.account = ACCOUNT_NO_DEMAND, .amount = HAND_HOUR};
    hand->sums[v] = (CostSums){.model = &hand->model,
                               .cluster = &hand->scenario[v].cluster,
                               .period_count = 1,
                               .period_begin_ms = hand->period,
                               .cell_count = count,
                               .cells = cells};
}

static inline void hand_replication(HandResult *hand, int v, int r, double idle)
{
    ReplicationResult *one = &hand->replication[v][r];
    *one = (ReplicationResult){.replication = (uint32_t)r,
                               .fact_hash = 0xabcdef0123456789u + (uint64_t)r};
    for (int m = 0; m < METRIC_COUNT; m++) {
        one->metric[m] = (double)NAN;
    }
    one->metric[METRIC_idle_gpus_at_full_load] = idle;
    one->metric[METRIC_idle_usd_per_year_at_full_load] = idle * 2 * 8760;
    one->metric[METRIC_allocation_at_full_load] = 1 - idle / 4;
    one->metric[METRIC_jobs_completed] = 0;
    one->metric[METRIC_productive_share] = v == 0 ? 0.5 : 0.75;
    ledger_init(&one->ledger, &hand->arena, 1, 0);
    one->ledger.capacity[0] = 4 * HAND_HOUR;
    ledger_post(&one->ledger, 0, -1, ACCOUNT_PRODUCTIVE, PRODUCTIVE_RUNNING,
                (v == 0 ? 2 : 3) * HAND_HOUR);
    if (v == 0) {
        ledger_post(&one->ledger, 0, -1, ACCOUNT_FRAGMENTED, 0, HAND_HOUR);
    }
    ledger_post(&one->ledger, 0, -1, ACCOUNT_NO_DEMAND, 0, HAND_HOUR);
    one->cost_sums = &hand->sums[v];
    hand_curve(&hand->arena, &one->curve, idle);
}

/* Two jobs of the first variant's replication 0; the second one's name needs quoting and never ran.
 */
static inline void hand_jobs(HandResult *hand)
{
    static const char *names[] = {"A", "B, \"the big one\""}, *queues[] = {"default", "q"};
    static const char *nodes[] = {"n-0;n-1", ""}, *reasons[] = {"", "fragmented.gpu"};
    static const char *devices[] = {"n-0/0;n-0/1;n-1/0", ""};
    static int64_t submit[] = {0, 1500}, start[] = {250, TIME_NEVER}, end[] = {4250, TIME_NEVER},
                   gpus[] = {2500, 8000};
    static uint8_t state[] = {JOB_COMPLETED, JOB_PENDING};
    static int32_t attempts[] = {1, 0}, priority[] = {0, 7};
    static double productive[] = {10, 0}, lost[] = {0, 0};
    static int64_t time[] = {0, 250}, arrived[] = {2500, 10500}, used[] = {0, 2500},
                   idle[] = {4000, 1500};
    static double fragmented[] = {0, 750};
    static int32_t waiting[] = {1, 1};
    hand->jobs = (JobColumns){.count = 2,
                              .job = names,
                              .queue = queues,
                              .nodes = nodes,
                              .submit_ms = submit,
                              .start_ms = start,
                              .end_ms = end,
                              .state = state,
                              .attempts = attempts,
                              .gpu_milli = gpus,
                              .productive_gpu_s = productive,
                              .lost_gpu_s = lost,
                              .reason = reasons,
                              .devices = devices,
                              .priority = priority};
    hand->series = (SeriesColumns){.count = 2,
                                   .time_ms = time,
                                   .arrived_milli = arrived,
                                   .used_milli = used,
                                   .idle_milli = idle,
                                   .fragmented_milli = fragmented,
                                   .jobs_waiting = waiting};
    hand->replication[0][0].jobs = &hand->jobs;
    hand->replication[0][0].series = &hand->series;
}

static inline void hand_variant(HandResult *hand, int v, const char *name)
{
    static const double IDLE[2][HAND_REPLICATIONS] = {{2, 3, 5}, {1, 1, 2}};
    Scenario *scenario = &hand->scenario[v];
    *scenario = (Scenario){.name = "hand-made",
                           .description = "",
                           .variant = name,
                           .seed = 42,
                           .replications = HAND_REPLICATIONS,
                           .source_count = 1,
                           .sources = &hand->source};
    scenario->cluster = (Cluster){.type_count = 1,
                                  .types = &hand->type,
                                  .type_info = &hand->info,
                                  .node_count = 1,
                                  .gpu_milli = 4000};
    scenario->policy.pack_name = v == 0 ? "random" : "fgd";
    scenario->policy.ties = TIES_RANDOM;
    hand_costs(hand, v);
    for (int r = 0; r < HAND_REPLICATIONS; r++) {
        hand_replication(hand, v, r, IDLE[v][r]);
    }
    VariantResult *variant = &hand->variant[v];
    *variant = (VariantResult){.name = name,
                               .scenario = scenario,
                               .replication_count = HAND_REPLICATIONS,
                               .replications = hand->replication[v]};
    for (int m = 0; m < METRIC_COUNT; m++) {
        double values[HAND_REPLICATIONS];
        for (int r = 0; r < HAND_REPLICATIONS; r++) {
            values[r] = hand->replication[v][r].metric[m];
        }
        variant->metric[m] = statistics_summary(values, HAND_REPLICATIONS);
    }
    hand_curve(&hand->arena, &variant->mean_curve, v == 0 ? 10.0 / 3 : 4.0 / 3);
    hand_curve(&hand->arena, &variant->sd_curve, 1);
    ledger_summary_of_variant(variant, &hand->arena);
    cost_book_of_variant(variant, &hand->arena);
}

static inline void hand_result(HandResult *hand)
{
    *hand = (HandResult){.info = {.name = "t4x4",
                                  .model = "T4",
                                  .price_micro_usd_per_gpu_hour = 2000000,
                                  .node_count = 1}};
    arena_init(&hand->arena);
    hand->source = (WorkloadSource){.kind = SOURCE_CLASSES};
    hand_variant(hand, 0, "first");
    hand_variant(hand, 1, "b/c");
    hand_jobs(hand);
    hand->set = (ScenarioSet){
        .variant_count = 2, .variants = hand->scenario, .text = "gpuplan: 1\nname: hand-made\n"};
    memset(hand->set.sha256, '5', 64);
    hand->expect[0] = (ExpectOutcome){.text = "productive_share >= 0.4",
                                      .variant = "first",
                                      .passed = true,
                                      .found = 0.5,
                                      .found_text = "0.5"};
    hand->expect[1] = (ExpectOutcome){.text = "job.A.start == 0s",
                                      .variant = "first",
                                      .passed = false,
                                      .found = 0.25,
                                      .found_text = "250ms"};
    hand->result = (ExperimentResult){.set = &hand->set,
                                      .variant_count = 2,
                                      .variants = hand->variant,
                                      .expect_count = 2,
                                      .expects = hand->expect};
}

#endif
