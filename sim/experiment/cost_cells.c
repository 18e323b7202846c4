/* cost_cells.c - cells in chains from the latest period to the first, found by what they are of. */
#include "sim/experiment/cost_cells.h"

#include <string.h>

#include "sim/experiment/cost_rates.h"

static size_t row_of(const CostCells *cells, int32_t type, int32_t tenant)
{
    return (size_t)type * (size_t)(cells->tenant_count + 1) + (size_t)tenant;
}

bool cost_cells_init(CostCells *cells, Arena *arena, const CostModel *model, int32_t type_count,
                     int32_t tenant_count, bool keeps_entries)
{
    size_t rows = (size_t)type_count * ((size_t)tenant_count + 1);
    size_t heads = rows * ACCOUNT_COUNT * ((size_t)model->commitment_count + 1);
    *cells = (CostCells){.model = model,
                         .arena = arena,
                         .type_count = type_count,
                         .tenant_count = tenant_count,
                         .commitment_count = model->commitment_count,
                         .newest = ARENA_ARRAY(arena, int32_t, heads),
                         .keeps_entries = keeps_entries,
                         .entry_free = -1,
                         .top = ARENA_ARRAY(arena, int32_t, rows)};
    if (cells->newest == NULL || cells->top == NULL) {
        return false;
    }
    memset(cells->newest, 0xff, heads * sizeof(int32_t));
    memset(cells->top, 0xff, rows * sizeof(int32_t));
    return true;
}

/* Room for one more of `count`; what was there before stays with the arena. */
static void *grown(CostCells *cells, void *rows, int32_t count, int32_t *capacity, size_t size)
{
    if (count < *capacity) {
        return rows;
    }
    int32_t more = *capacity > 0 ? *capacity : 64;
    void *larger = *capacity <= INT32_MAX - more
                       ? arena_alloc(cells->arena, (size_t)*capacity + (size_t)more, size)
                       : NULL;
    if (larger == NULL) {
        cells->out_of_memory = true;
        return NULL;
    }
    if (rows != NULL) {
        memcpy(larger, rows, (size_t)count * size);
    }
    *capacity += more;
    return larger;
}

/* ---- cells ---- */

static int32_t *newest_of(const CostCells *cells, int32_t type, int32_t tenant, Account account,
                          int32_t commitment)
{
    size_t at = row_of(cells, type, tenant) * ACCOUNT_COUNT + (size_t)account;
    return &cells->newest[at * (size_t)(cells->commitment_count + 1) + (size_t)commitment];
}

/* The cell of that kind, made if there is none; NULL if memory ran out. */
static CostCell *cell_at(CostCells *cells, int32_t period, int32_t type, int32_t tenant,
                         Account account, int32_t commitment)
{
    int32_t *head = newest_of(cells, type, tenant, account, commitment);
    int32_t after = -1;
    int32_t at = *head;
    while (at >= 0 && cells->cells[at].period > period) {
        after = at;
        at = cells->cells[at].older;
    }
    if (at >= 0 && cells->cells[at].period == period) {
        return &cells->cells[at];
    }
    void *rows = grown(cells, cells->cells, cells->count, &cells->capacity, sizeof(CostCell));
    if (rows == NULL) {
        return NULL;
    }
    cells->cells = rows;
    int32_t made = cells->count++;
    cells->cells[made] = (CostCell){.period = period,
                                    .type = type,
                                    .tenant = tenant,
                                    .account = (int32_t)account,
                                    .commitment = commitment,
                                    .older = at};
    *(after >= 0 ? &cells->cells[after].older : head) = made;
    return &cells->cells[made];
}

/* What so much of an account costs and emits at an instant, where that changes with time. */
static CostCell priced(const CostModel *model, int32_t type, Account account, int64_t at_ms,
                       Int128 amount)
{
    const TypeCost *cost = &model->types[type];
    int64_t microwatt = cost_microwatt(model, type, account);
    int64_t carbon = cost_carbon_micrograms(microwatt, step_series_at(&model->carbon, at_ms));
    CostCell cell = {.amount = amount, .carbon = amount * carbon};
    if (cost->purchase == PURCHASE_SPOT) {
        cell.spot = amount * cost_contracted(cost, at_ms);
    } else if (cost->purchase == PURCHASE_OWNED) {
        cell.energy = amount * cost_energy_nano(microwatt, step_series_at(&model->tariff, at_ms));
    }
    return cell;
}

static void cell_add(CostCell *cell, const CostCell *more)
{
    cell->amount += more->amount;
    cell->spot += more->spot;
    cell->energy += more->energy;
    cell->carbon += more->carbon;
}

static Int128 least(Int128 a, Int128 b)
{
    return a < b ? a : b;
}

/* Leaves nothing below 0, which only a last digit would be. */
static void cell_take(CostCell *cell, const CostCell *less)
{
    cell->amount -= least(less->amount, cell->amount);
    cell->spot -= least(less->spot, cell->spot);
    cell->energy -= least(less->energy, cell->energy);
    cell->carbon -= least(less->carbon, cell->carbon);
}

/* ---- spans, entries ---- */

static bool span_goes_on(const CostCells *cells, int64_t at_ms, const Int128 *cover)
{
    if (cells->span_count == 0) {
        return false;
    }
    const CostModel *model = cells->model;
    const CostSpan *last = &cells->spans[cells->span_count - 1];
    size_t size = (size_t)cells->type_count * ((size_t)cells->commitment_count + 1);
    bool same =
        step_series_at(&model->tariff, at_ms) == step_series_at(&model->tariff, last->at_ms) &&
        step_series_at(&model->carbon, at_ms) == step_series_at(&model->carbon, last->at_ms) &&
        (cover == NULL || memcmp(cover, last->cover, size * sizeof(Int128)) == 0);
    for (int32_t type = 0; same && type < cells->type_count; type++) {
        const StepSeries *spot = &model->types[type].spot;
        same = step_series_at(spot, at_ms) == step_series_at(spot, last->at_ms);
    }
    return same;
}

int32_t cost_cells_span(CostCells *cells, int64_t at_ms, const Int128 *cover)
{
    if (span_goes_on(cells, at_ms, cover)) {
        return cells->span_count - 1;
    }
    void *rows =
        grown(cells, cells->spans, cells->span_count, &cells->span_capacity, sizeof(CostSpan));
    size_t size = (size_t)cells->type_count * ((size_t)cells->commitment_count + 1);
    Int128 *copy = cover != NULL ? ARENA_ARRAY(cells->arena, Int128, size) : NULL;
    if (rows == NULL || (cover != NULL && copy == NULL)) {
        cells->out_of_memory = true;
        return -1;
    }
    if (copy != NULL) {
        memcpy(copy, cover, size * sizeof(Int128));
    }
    cells->spans = rows;
    cells->spans[cells->span_count] = (CostSpan){at_ms, copy};
    return cells->span_count++;
}

static void entry_push(CostCells *cells, size_t row, int32_t span, int32_t period, Int128 amount)
{
    int32_t top = cells->top[row];
    if (top >= 0 && cells->entries[top].span == span && cells->entries[top].period == period) {
        cells->entries[top].amount += amount;
        return;
    }
    int32_t made = cells->entry_free;
    if (made >= 0) {
        cells->entry_free = cells->entries[made].below;
    } else {
        void *rows = grown(cells, cells->entries, cells->entry_count, &cells->entry_capacity,
                           sizeof(CostEntry));
        if (rows == NULL) {
            return;
        }
        cells->entries = rows;
        made = cells->entry_count++;
    }
    cells->entries[made] =
        (CostEntry){.span = span, .period = period, .below = top, .amount = amount};
    cells->top[row] = made;
}

void cost_cells_add(CostCells *cells, int32_t span, int32_t period, int32_t type, int32_t tenant,
                    Account account, const Int128 *part)
{
    if (cells->out_of_memory) {
        return;
    }
    Int128 whole = 0;
    for (int32_t c = 0; c <= cells->commitment_count; c++) {
        CostCell *cell = part[c] != 0 ? cell_at(cells, period, type, tenant, account, c) : NULL;
        if (cell != NULL) {
            CostCell more = priced(cells->model, type, account, cells->spans[span].at_ms, part[c]);
            cell_add(cell, &more);
        }
        whole += part[c];
    }
    if (cells->keeps_entries && account == ACCOUNT_PRODUCTIVE && whole > 0) {
        entry_push(cells, row_of(cells, type, tenant), span, period, whole);
    }
}

/* ---- what is lost ---- */

void cost_split(Int128 whole, Int128 sum, Int128 *share, Int128 *part, int32_t count)
{
    Int128 left = whole;
    for (int32_t i = 0; i < count; i++) {
        part[i] = sum > 0 ? cost_share(whole, share[i], sum) : 0;
        share[i] -= part[i];
        left -= part[i];
    }
    for (int32_t i = 0; i < count && left > 0; i++) {
        Int128 more = least(left, share[i]);
        part[i] += more;
        share[i] -= more;
        left -= more;
    }
}

/* Moves so much of a span's time, as the commitments covered it then, as far as there is some. */
static Int128 entry_move(CostCells *cells, const CostEntry *entry, int32_t type, int32_t tenant,
                         Account to, Int128 amount)
{
    int32_t none = cells->commitment_count;
    const CostSpan *span = &cells->spans[entry->span];
    const Int128 *cover =
        span->cover != NULL ? &span->cover[(size_t)type * ((size_t)none + 1)] : NULL;
    Int128 sum = 0;
    for (int32_t c = 0; cover != NULL && c <= none; c++) {
        sum += cover[c];
    }
    int64_t at_ms = span->at_ms;
    Int128 left = amount;
    /* By their shares first, then whatever the last digits have left where there is some. */
    for (int32_t step = 0; step < 2; step++) {
        for (int32_t c = none; c >= 0 && left > 0; c--) {
            Int128 due = cover == NULL || step == 1 ? left : cost_share(amount, cover[c], sum);
            CostCell *from = cell_at(cells, entry->period, type, tenant, ACCOUNT_PRODUCTIVE, c);
            Int128 part = from != NULL ? least(least(due, left), from->amount) : 0;
            if (part <= 0) {
                continue;
            }
            CostCell less = priced(cells->model, type, ACCOUNT_PRODUCTIVE, at_ms, part);
            CostCell more = priced(cells->model, type, to, at_ms, part);
            cell_take(from, &less);
            CostCell *into = cell_at(cells, entry->period, type, tenant, to, c);
            if (into != NULL) {
                cell_add(into, &more);
            }
            left -= part;
        }
    }
    return amount - left;
}

static Int128 productive_move(CostCells *cells, int32_t type, int32_t tenant, Account to,
                              Int128 amount)
{
    size_t row = row_of(cells, type, tenant);
    Int128 left = amount;
    while (left > 0 && cells->top[row] >= 0 && !cells->out_of_memory) {
        int32_t at = cells->top[row];
        Int128 part = least(left, cells->entries[at].amount);
        CostEntry entry = cells->entries[at];
        entry_move(cells, &entry, type, tenant, to, part);
        left -= part;
        cells->entries[at].amount -= part;
        if (cells->entries[at].amount == 0) {
            cells->top[row] = entry.below;
            cells->entries[at].below = cells->entry_free;
            cells->entry_free = at;
        }
    }
    return left;
}

/* At the mean price of the period: nothing else is remembered of other accounts. */
static Int128 cell_move(CostCells *cells, int32_t at, Account to, Int128 amount)
{
    CostCell from = cells->cells[at];
    Int128 part = least(amount, from.amount);
    CostCell moved = {.amount = part,
                      .spot = cost_share(from.spot, part, from.amount),
                      .energy = cost_share(from.energy, part, from.amount),
                      .carbon = cost_share(from.carbon, part, from.amount)};
    cell_take(&cells->cells[at], &moved);
    CostCell *into = cell_at(cells, from.period, from.type, from.tenant, to, from.commitment);
    if (into != NULL) {
        cell_add(into, &moved);
    }
    if (to == ACCOUNT_PRODUCTIVE && cells->keeps_entries) {
        entry_push(cells, row_of(cells, from.type, from.tenant), cells->span_count - 1, from.period,
                   part);
    }
    return part;
}

Int128 cost_cells_move(CostCells *cells, int32_t type, int32_t tenant, Account from, Account to,
                       Int128 amount)
{
    if (from == ACCOUNT_PRODUCTIVE) {
        return productive_move(cells, type, tenant, to, amount);
    }
    Int128 left = amount;
    for (int32_t c = cells->commitment_count; c >= 0; c--) {
        int32_t at = *newest_of(cells, type, tenant, from, c);
        for (; at >= 0 && left > 0; at = cells->cells[at].older) {
            left -= cells->cells[at].amount > 0 ? cell_move(cells, at, to, left) : 0;
        }
    }
    return left;
}
