/* hand_costs.h - a variant with a ledger, a memo and a cost book written by hand: GPU time is
 * posted with its price, and ledger and book agree.
 */
#ifndef TESTS_HAND_COSTS_H
#define TESTS_HAND_COSTS_H

#include <string.h>

#include "core/world.h"
#include "sim/experiment/result.h"
#include "tests/suite.h"

#define HAND_GPU_HOUR ((Int128)1000 * 3600000 * 1000000) /* in milli-GPU ms ppm */
#define HAND_TENANTS 6
#define HAND_TYPES 3
#define HAND_ROWS 4096
#define HAND_PICO INT64_C(1000000000000)

typedef struct HandCosts {
    Arena arena;
    Scenario scenario;
    CostModel costs;
    TypeCost types[HAND_TYPES];
    GpNodeType kernel[HAND_TYPES];
    NodeTypeInfo info[HAND_TYPES];
    Queue queues[HAND_TENANTS];
    const char *names[HAND_TENANTS];
    CostRow rows[HAND_ROWS];
    CommitmentRow commitments[4];
    int64_t overhead[4];
    const char *overhead_name[4];
    int64_t periods[64];
    CostBook book;
    UsageMemo memo;
    ReplicationResult replication;
    VariantResult variant;
} HandCosts;

/* Queues `default`, `A`, `B`, `C` ..., in this order, none above another. */
static inline void hand_costs_open(HandCosts *hand, int32_t types, int32_t tenants)
{
    static const char *const NAMES[HAND_TENANTS] = {"default", "A", "B", "C", "D", "E"};
    static const char *const TYPES[HAND_TYPES] = {"t", "u", "v"};
    memset(hand, 0, sizeof *hand);
    arena_init(&hand->arena);
    size_t cells = (size_t)types * (size_t)tenants;
    hand->costs = (CostModel){.types = hand->types,
                              .pue_ppm = GP_PPM,
                              .period_ms = 86400000,
                              .showback = SHOWBACK_DEFAULT};
    for (int32_t i = 0; i < tenants; i++) {
        hand->queues[i] = queue_default(NAMES[i]);
        hand->names[i] = NAMES[i];
    }
    for (int32_t i = 0; i < types; i++) {
        hand->info[i] = (NodeTypeInfo){.name = TYPES[i], .model = "H100", .node_count = 1};
        hand->kernel[i] = (GpNodeType){.size = sizeof(GpNodeType), .device_count = 8};
    }
    queues_link(hand->queues, tenants);
    hand->scenario = (Scenario){
        .name = "hand",
        .variant = "baseline",
        .start_unix_ms = INT64_C(1772323200000), /* 2026-03-01T00:00:00Z */
        .costs = &hand->costs,
        .replications = 1,
        .cluster = {.type_count = types, .types = hand->kernel, .type_info = hand->info},
        .queues = {
            .count = tenants, .queues = hand->queues, .names = hand->names, .declared = true}};
    hand->memo = (UsageMemo){.type_count = types,
                             .tenant_count = tenants,
                             .cards = ARENA_ARRAY(&hand->arena, Int128, cells),
                             .over_use = ARENA_ARRAY(&hand->arena, Int128, cells),
                             .quota_idle = ARENA_ARRAY(&hand->arena, Int128, cells)};
    CU_ASSERT_TRUE_FATAL(ledger_init(&hand->replication.ledger, &hand->arena, types, tenants));
    hand->replication.tenant_name = hand->names;
    hand->replication.memo = &hand->memo;
    hand->periods[1] = 86400000;
    hand->book = (CostBook){.period_count = 1,
                            .period_begin_ms = hand->periods,
                            .tenant_count = tenants,
                            .tenant_name = hand->names,
                            .rows = hand->rows,
                            .commitments = hand->commitments,
                            .overhead = hand->overhead,
                            .overhead_name = hand->overhead_name};
    hand->variant = (VariantResult){.name = "baseline",
                                    .scenario = &hand->scenario,
                                    .replication_count = 1,
                                    .replications = &hand->replication,
                                    .costs = &hand->book};
}

static inline void hand_costs_close(HandCosts *hand)
{
    arena_free(&hand->arena);
}

/* So many thousandths of a GPU-hour of a tenant (-1: nobody) and what they cost, in micro-USD. */
static inline CostRow *hand_post(HandCosts *hand, int32_t type, int32_t tenant, Account account,
                                 int64_t milli_hours, int64_t cost)
{
    CU_ASSERT_FATAL(hand->book.row_count < HAND_ROWS);
    ledger_post(&hand->replication.ledger, type, tenant, account, 0,
                HAND_GPU_HOUR / 1000 * milli_hours);
    CostRow *row = &hand->rows[hand->book.row_count++];
    *row = (CostRow){.type = type,
                     .tenant = tenant,
                     .commitment = -1,
                     .account = account,
                     .gpu_hours = milli_hours / 1000,
                     .gpu_hours_pico = milli_hours % 1000 * (HAND_PICO / 1000),
                     .list = cost,
                     .contracted = cost,
                     .billed = cost,
                     .effective = cost};
    hand->book.total += cost;
    return row;
}

static inline void hand_overhead(HandCosts *hand, const char *name, int64_t cost)
{
    hand->overhead_name[hand->book.overhead_count] = name;
    hand->overhead[hand->book.overhead_count++] = cost;
    hand->book.total += cost;
}

#endif
