/* hand_charges.h - a bill's worth of charges drawn at random, with books that reconcile as a run's
 * do: on-demand, spot and owned nodes, commitments of both kinds, energy and overheads, over
 * several days.
 */
#ifndef TESTS_HAND_CHARGES_H
#define TESTS_HAND_CHARGES_H

#include <stdlib.h>

#include "sim/report/focus.h"
#include "tests/hand_costs.h"

#define HAND_DAY_MS INT64_C(86400000)
#define HAND_COMMITMENTS 2
#define HAND_OVERHEADS 2

typedef struct HandCharges {
    HandCosts costs;
    ChargeType types[HAND_TYPES];
    ChargeCommitment commitments[HAND_COMMITMENTS];
    CommitmentRow periods[64 * HAND_COMMITMENTS];
    int64_t overheads[64 * HAND_OVERHEADS];
    const char *sources[HAND_OVERHEADS];
    Charges charges;
} HandCharges;

/* micro-USD of an amount at a price, rounded down or up as chance has it: what a largest remainder
 * may give. */
static inline int64_t hand_cost(int64_t nano, int64_t hours, int64_t pico)
{
    Int128 cost = (Int128)nano * ((Int128)hours * HAND_PICO + pico);
    Int128 unit = (Int128)HAND_PICO * 1000;
    return (int64_t)(cost / unit) + (cost % unit != 0 && rand() % 2 != 0);
}

static inline void hand_charges_usage(HandCharges *hand, int32_t period, int32_t commitment)
{
    int32_t kind = rand() % HAND_TYPES;
    const ChargeType *type = &hand->types[commitment >= 0 ? 0 : kind];
    CostRow *row = hand_post(&hand->costs, commitment >= 0 ? 0 : kind, rand() % 4 - 1,
                             (Account)(rand() % ACCOUNT_COUNT), 0, 0);
    row->period = period;
    row->commitment = commitment;
    row->gpu_hours = rand() % 3 == 0 ? 0 : rand() % 40;
    row->gpu_hours_pico = (int64_t)rand() * 465 % HAND_PICO;
    row->contracted = hand_cost(type->contracted, row->gpu_hours, row->gpu_hours_pico);
    row->list = hand_cost(type->list, row->gpu_hours, row->gpu_hours_pico);
    row->effective = row->contracted;
    row->billed = type->purchase == PURCHASE_OWNED ? 0 : row->effective;
    if (type->purchase == PURCHASE_SPOT) {
        row->effective = row->billed = row->contracted = row->list / (2 + rand() % 3);
    } else if (type->purchase == PURCHASE_OWNED) {
        row->energy_usd = rand() % 1000000;
        row->energy_wh = rand() % 4 == 0 ? 0 : rand() % 10000; /* 0: less than half of one */
        row->list = row->contracted;
    }
    row->carbon_mg = rand();
    if (commitment >= 0) {
        row->billed = 0;
        row->effective = row->contracted / 2;
    }
    hand->costs.book.total += row->effective + row->energy_usd;
}

/* What the term costs is what its rows use and leave, of which some part is paid in advance. */
static inline void hand_charges_commitment(HandCharges *hand, int32_t period, int32_t index,
                                           int64_t *fees)
{
    CommitmentRow *of = &hand->periods[period * HAND_COMMITMENTS + index];
    for (int32_t i = 0; i < hand->costs.book.row_count; i++) {
        const CostRow *row = &hand->costs.rows[i];
        of->used += row->period == period && row->commitment == index ? row->effective : 0;
    }
    of->unused = rand() % 3 == 0 ? 0 : rand() % 1000000;
    *fees += of->used + of->unused;
    hand->costs.book.total += of->unused;
}

static inline void hand_charges_pay(HandCharges *hand, int32_t index, int64_t fees)
{
    int32_t days = hand->costs.book.period_count;
    int64_t upfront = (int64_t)((Int128)fees * hand->commitments[index].upfront_ppm / GP_PPM);
    int64_t left = fees - upfront;
    hand->periods[index].upfront = upfront;
    for (int32_t period = 0; period < days; period++) {
        int64_t part = period == days - 1 ? left : left / (days - period);
        hand->periods[period * HAND_COMMITMENTS + index].recurring = part;
        left -= part;
    }
}

static inline void hand_charges_fill(HandCharges *hand, int32_t days)
{
    int64_t fees[HAND_COMMITMENTS] = {0};
    CostBook *book = &hand->costs.book;
    for (int32_t period = 0; period < days; period++) {
        book->period_begin_ms[period + 1] = (period + 1) * HAND_DAY_MS;
        int first = book->row_count;
        for (int i = rand() % 12; i > 0; i--) {
            hand_charges_usage(hand, period, rand() % 4 == 0 ? rand() % HAND_COMMITMENTS : -1);
        }
        (void)first;
        for (int32_t i = 0; i < HAND_COMMITMENTS; i++) {
            hand_charges_commitment(hand, period, i, &fees[i]);
        }
        for (int32_t i = 0; i < HAND_OVERHEADS; i++) {
            int64_t cost = rand() % 3 == 0 ? 0 : rand();
            hand->overheads[period * HAND_OVERHEADS + i] = cost;
            book->overhead[i] += cost;
            book->total += cost;
        }
    }
    for (int32_t i = 0; i < HAND_COMMITMENTS; i++) {
        hand_charges_pay(hand, i, fees[i]);
    }
}

/* The terms of both commitments are the whole run. */
static inline void hand_charges_open(HandCharges *hand, int32_t days)
{
    hand_costs_open(&hand->costs, HAND_TYPES, 3);
    CostBook *book = &hand->costs.book;
    memset(hand->periods, 0, sizeof hand->periods);
    memset(hand->overheads, 0, sizeof hand->overheads);
    book->period_count = days;
    book->commitment_count = HAND_COMMITMENTS;
    book->commitment_periods = hand->periods;
    book->overhead_count = HAND_OVERHEADS;
    book->overhead_periods = hand->overheads;
    hand->costs.overhead_name[0] = "staff";
    hand->costs.overhead_name[1] = "storage, \"hot\"";
    hand->types[0] = (ChargeType){"t",
                                  "H100",
                                  "a price list, 2026",
                                  PURCHASE_ON_DEMAND,
                                  8,
                                  INT64_C(3000000000),
                                  INT64_C(2500000001)};
    hand->types[1] = (ChargeType){"u", "A100", "", PURCHASE_SPOT, 4, INT64_C(1500000000), 0};
    hand->types[2] = (ChargeType){
        "v", "H100", "our books", PURCHASE_OWNED, 8, INT64_C(1234567891), INT64_C(1234567891)};
    hand->commitments[0] = (ChargeCommitment){.name = "three-years",
                                              .kind = COMMITMENT_USAGE,
                                              .nano_usd_per_gpu_hour = INT64_C(1250000000),
                                              .gpu_milli = 16000,
                                              .to_ms = days * HAND_DAY_MS,
                                              .upfront_ppm = rand() % 3 * GP_PPM / 2};
    hand->commitments[1] = (ChargeCommitment){.name = "flex",
                                              .kind = COMMITMENT_SPEND,
                                              .micro_usd_per_hour = 400 * INT64_C(1000000),
                                              .discount_ppm = 280000,
                                              .to_ms = days * HAND_DAY_MS,
                                              .upfront_ppm = rand() % 3 * GP_PPM / 2};
    hand->sources[0] = "";
    hand->sources[1] = "an invoice";
    hand_charges_fill(hand, days);
    hand->charges = (Charges){.variant = "baseline",
                              .start_unix_ms = hand->costs.scenario.start_unix_ms,
                              .replications = 1,
                              .book = book,
                              .type_count = HAND_TYPES,
                              .types = hand->types,
                              .commitments = hand->commitments,
                              .overhead_source = hand->sources,
                              .billing = {.account_id = "sim:hand",
                                          .account_name = "Hand, made",
                                          .provider = "internal",
                                          .publisher = "internal",
                                          .issuer = "internal",
                                          .host = "internal"}};
}

#endif
