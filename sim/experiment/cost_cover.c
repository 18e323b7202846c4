/* cost_cover.c - promises set against capacity, and money against what it buys. */
#include "sim/experiment/cost_cover.h"

#include <string.h>

#include "sim/experiment/cost_rates.h"

#define HOUR_MS 3600000

bool cost_cover_init(CostCover *cover, Arena *arena, const Scenario *scenario,
                     const CostModel *model, bool hourly)
{
    int32_t type_count = scenario->cluster.type_count;
    size_t types = (size_t)type_count;
    size_t commitments = (size_t)model->commitment_count;
    *cover = (CostCover){.model = model,
                         .type_count = type_count,
                         .order = ARENA_ARRAY(arena, int32_t, types),
                         .hourly = hourly,
                         .hour_shift_ms = scenario->start_unix_ms % HOUR_MS,
                         .end_ms = scenario->horizon_ms,
                         .seen = ARENA_ARRAY(arena, Int128, types),
                         .fresh = ARENA_ARRAY(arena, Int128, types),
                         .capacity = ARENA_ARRAY(arena, Int128, types),
                         .cover = ARENA_ARRAY(arena, Int128, types * (commitments + 1)),
                         .budget = ARENA_ARRAY(arena, Int128, commitments),
                         .hour = ARENA_ARRAY(arena, int64_t, commitments)};
    if (arena->failed) {
        return false;
    }
    for (size_t c = 0; c < commitments; c++) {
        cover->hour[c] = -1;
    }
    for (int32_t type = 0; type < type_count; type++) { /* equal ones stay in their order */
        int32_t at = type;
        for (; at > 0; at--) {
            if (model->types[cover->order[at - 1]].contracted >= model->types[type].contracted) {
                break;
            }
            cover->order[at] = cover->order[at - 1];
        }
        cover->order[at] = type;
    }
    return true;
}

static Int128 *cover_of(const CostCover *cover, int32_t type, int32_t commitment)
{
    size_t row = (size_t)type * (size_t)(cover->model->commitment_count + 1);
    return &cover->cover[row + (size_t)commitment];
}

void cost_cover_begin(CostCover *cover, const Ledger *ledger, int64_t at_ms)
{
    size_t types = (size_t)cover->type_count;
    size_t cells = types * (size_t)(cover->model->commitment_count + 1);
    cover->from_ms = cover->seen_ms = at_ms;
    memcpy(cover->seen, ledger->capacity, types * sizeof(Int128));
    memset(cover->capacity, 0, types * sizeof(Int128));
    memset(cover->cover, 0, cells * sizeof(Int128));
}

static bool is_on(const Commitment *commitment, int64_t at_ms)
{
    return commitment->from_ms <= at_ms && at_ms < commitment->to_ms;
}

static Int128 least(Int128 a, Int128 b)
{
    return a < b ? a : b;
}

/* ---- GPU-hours ---- */

void cost_cover_advance(CostCover *cover, const Ledger *ledger, int64_t at_ms)
{
    const CostModel *model = cover->model;
    int64_t duration_ms = at_ms - cover->seen_ms;
    if (duration_ms <= 0) {
        return;
    }
    for (int32_t type = 0; type < cover->type_count; type++) {
        cover->fresh[type] = ledger->capacity[type] - cover->seen[type];
        cover->capacity[type] += cover->fresh[type];
        cover->seen[type] = ledger->capacity[type];
    }
    for (int32_t c = 0; c < model->commitment_count; c++) {
        const Commitment *commitment = &model->commitments[c];
        if (commitment->kind != COMMITMENT_USAGE || !is_on(commitment, cover->seen_ms)) {
            continue;
        }
        Int128 left = (Int128)commitment->gpu_milli * duration_ms * GP_PPM;
        for (int32_t i = 0; i < cover->type_count && left > 0; i++) {
            int32_t type = cover->order[i];
            if (cost_in_scope(commitment, model, type)) {
                Int128 part = least(left, cover->fresh[type]);
                *cover_of(cover, type, c) += part;
                cover->fresh[type] -= part;
                left -= part;
            }
        }
    }
    cover->seen_ms = at_ms;
}

/* ---- money ---- */

/* The money of the stretch is at hand, and where capacity changes, at the first stretch of an hour
 * that of all of it: what cuts the hour, a tariff's step for instance, moves no money. */
static void budget_open(CostCover *cover, int32_t c, int64_t duration_ms)
{
    const Commitment *commitment = &cover->model->commitments[c];
    int64_t calendar_ms = cover->from_ms + cover->hour_shift_ms;
    int64_t hour = calendar_ms >= 0 ? calendar_ms / HOUR_MS : (calendar_ms - HOUR_MS + 1) / HOUR_MS;
    bool fresh = hour != cover->hour[c];
    if (fresh) {
        cover->hour[c] = hour;
        cover->budget[c] = 0;
    }
    if (cover->hourly && cover->end_ms != TIME_NEVER) {
        int64_t to_ms = (hour + 1) * HOUR_MS - cover->hour_shift_ms;
        to_ms = commitment->to_ms < to_ms ? commitment->to_ms : to_ms;
        to_ms = cover->end_ms < to_ms ? cover->end_ms : to_ms;
        duration_ms = fresh ? to_ms - cover->from_ms : 0;
    }
    cover->budget[c] += (Int128)commitment->micro_usd_per_hour * 1000 * duration_ms * COST_MS;
}

static void money_spend(CostCover *cover, int32_t c, int64_t duration_ms)
{
    const CostModel *model = cover->model;
    const Commitment *commitment = &model->commitments[c];
    budget_open(cover, c, duration_ms);
    for (int32_t i = 0; i < cover->type_count; i++) {
        int32_t type = cover->order[i];
        int64_t nano = cost_committed(commitment, &model->types[type]);
        if (nano <= 0 || !cost_in_scope(commitment, model, type)) {
            continue;
        }
        Int128 *bare = cover_of(cover, type, model->commitment_count);
        Int128 part = least(*bare, cover->budget[c] / nano);
        *cover_of(cover, type, c) += part;
        *bare -= part;
        cover->budget[c] -= part * nano;
    }
}

/* ---- both ---- */

static Int128 upfront_of(const Commitment *commitment)
{
    if (commitment->to_ms == TIME_NEVER || commitment->upfront_ppm == 0) {
        return 0;
    }
    Int128 term = (Int128)(commitment->to_ms - commitment->from_ms) * commitment->upfront_ppm;
    return commitment->kind == COMMITMENT_USAGE
               ? term * commitment->gpu_milli * commitment->nano_usd_per_gpu_hour
               : term * GP_DEVICE_MILLI * commitment->micro_usd_per_hour * 1000;
}

static void commitment_count(const CostCover *cover, int32_t c, int64_t duration_ms,
                             CommitmentSum *sum)
{
    const CostModel *model = cover->model;
    const Commitment *commitment = &model->commitments[c];
    if (commitment->kind == COMMITMENT_USAGE) {
        Int128 bought = (Int128)commitment->gpu_milli * duration_ms * GP_PPM;
        sum->bought += bought;
        sum->cost += bought * commitment->nano_usd_per_gpu_hour;
    } else {
        sum->cost += (Int128)commitment->micro_usd_per_hour * 1000 * duration_ms * COST_MS;
    }
    for (int32_t type = 0; type < cover->type_count; type++) {
        if (cost_in_scope(commitment, model, type)) {
            const TypeCost *cost = &model->types[type];
            sum->eligible += cover->capacity[type];
            sum->eligible_usd += cover->capacity[type] * cost->contracted;
            sum->eligible_own += cover->capacity[type] * cost_committed(commitment, cost);
        }
    }
    if (commitment->from_ms == cover->from_ms) {
        sum->upfront += upfront_of(commitment);
    }
}

void cost_cover_end(CostCover *cover, int64_t at_ms, CommitmentSum *sums)
{
    const CostModel *model = cover->model;
    int64_t duration_ms = at_ms - cover->from_ms;
    for (int32_t type = 0; type < cover->type_count; type++) {
        Int128 bare = cover->capacity[type];
        for (int32_t c = 0; c < model->commitment_count; c++) {
            bare -= *cover_of(cover, type, c);
        }
        *cover_of(cover, type, model->commitment_count) = bare;
    }
    for (int32_t c = 0; duration_ms > 0 && c < model->commitment_count; c++) {
        if (is_on(&model->commitments[c], cover->from_ms)) {
            commitment_count(cover, c, duration_ms, &sums[c]);
            if (model->commitments[c].kind == COMMITMENT_SPEND) {
                money_spend(cover, c, duration_ms);
            }
        }
    }
}

int64_t cost_cover_next(const CostCover *cover, int64_t at_ms)
{
    int64_t next_ms = TIME_NEVER;
    for (int32_t c = 0; c < cover->model->commitment_count; c++) {
        const Commitment *commitment = &cover->model->commitments[c];
        int64_t change_ms = TIME_NEVER;
        if (at_ms < commitment->from_ms) {
            change_ms = commitment->from_ms;
        } else if (at_ms < commitment->to_ms) {
            change_ms = commitment->to_ms;
            if (cover->hourly) {
                int64_t calendar_ms = at_ms + cover->hour_shift_ms;
                int64_t in_hour = (calendar_ms % HOUR_MS + HOUR_MS) % HOUR_MS;
                int64_t hour_ms = at_ms - in_hour + HOUR_MS;
                change_ms = hour_ms < change_ms ? hour_ms : change_ms;
            }
        }
        next_ms = change_ms < next_ms ? change_ms : next_ms;
    }
    return next_ms;
}
