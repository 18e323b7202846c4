/* cost_book.c - cells of replications are merged by what they are of, summed, and rounded together.
 */
#include "sim/experiment/cost_book.h"

#include <stdlib.h>
#include <string.h>

#include "sim/experiment/cost_rates.h"

#define PICO_HOUR 3600 /* ledger units in 1e-12 GPU-hours */

/* ---- largest remainder ---- */

/* core/apportion.h parts one total by weights and looks for each remainder anew; here the parts
 * bring their exact amounts, and there may be 100,000 of them: remainders are sorted. */

typedef struct Part {
    Int128 exact; /* >= 0 */
    int64_t *to;
    Int128 rest;
    int32_t at;
} Part;

typedef struct Parts {
    int32_t count;
    Part *rows;
} Parts;

static void part_add(Parts *parts, Int128 exact, int64_t *to)
{
    parts->rows[parts->count] = (Part){.exact = exact, .to = to, .at = parts->count};
    parts->count++;
}

/* The largest remainders first, of equals the first. */
static int part_order(const void *a, const void *b)
{
    const Part *one = a;
    const Part *other = b;
    if (one->rest != other->rest) {
        return one->rest > other->rest ? -1 : 1;
    }
    return one->at < other->at ? -1 : one->at > other->at;
}

/* Each in units of `unit`, with a sum that is the rounded sum; returns that. */
static int64_t parts_round(Parts *parts, Int128 unit)
{
    Int128 sum = 0;
    int64_t whole = 0;
    for (int32_t i = 0; i < parts->count; i++) {
        Part *part = &parts->rows[i];
        sum += part->exact;
        *part->to = (int64_t)(part->exact / unit);
        part->rest = part->exact % unit;
        whole += *part->to;
    }
    int64_t total = (int64_t)((sum + unit / 2) / unit);
    if (parts->count > 0) {
        qsort(parts->rows, (size_t)parts->count, sizeof *parts->rows, part_order);
    }
    for (int32_t i = 0; i < parts->count && whole < total; i++, whole++) {
        ++*parts->rows[i].to;
    }
    parts->count = 0;
    return total;
}

static int64_t rounded(Int128 exact, Int128 unit)
{
    return (int64_t)((exact + unit / 2) / unit);
}

/* ---- merging ---- */

/* What a commitment covered in one period. */
typedef struct Served {
    Int128 used, used_usd, on_demand;
    int64_t micro_usd; /* used_usd as its rows are rounded */
} Served;

typedef struct Merge {
    const CostSums *first; /* model, lines and types are those of all */
    int32_t count;
    const char **tenant_name;
    int32_t tenant_count;
    CostSums all;   /* sums over the replications, tenants by tenant_name */
    Served *served; /* [period][commitment] */
} Merge;

static int32_t tenant_named(Merge *merge, const char *name)
{
    for (int32_t i = 0; i < merge->tenant_count; i++) {
        if (strcmp(merge->tenant_name[i], name) == 0) {
            return i;
        }
    }
    merge->tenant_name[merge->tenant_count] = name;
    return merge->tenant_count++;
}

static void cells_merge(CostSums *all)
{
    int32_t kept = 0;
    if (all->cell_count > 0) {
        qsort(all->cells, (size_t)all->cell_count, sizeof *all->cells, cost_cell_order);
    }
    for (int32_t i = 0; i < all->cell_count; i++) {
        CostCell *last = kept > 0 ? &all->cells[kept - 1] : NULL;
        if (last != NULL && cost_cell_order(last, &all->cells[i]) == 0) {
            last->amount += all->cells[i].amount;
            last->spot += all->cells[i].spot;
            last->energy += all->cells[i].energy;
            last->carbon += all->cells[i].carbon;
        } else {
            all->cells[kept++] = all->cells[i];
        }
    }
    all->cell_count = kept;
}

/* Of a cell that a commitment covers; NULL: none does. */
static Served *served_of(const Merge *merge, const CostCell *cell)
{
    int32_t commitments = merge->all.model->commitment_count;
    return cell->commitment < commitments
               ? &merge->served[cell->period * commitments + cell->commitment]
               : NULL;
}

static void served_count(const Merge *merge)
{
    for (int32_t i = 0; i < merge->all.cell_count; i++) {
        const CostCell *cell = &merge->all.cells[i];
        Served *served = served_of(merge, cell);
        if (served != NULL) {
            served->used += cell->amount;
            served->used_usd += cost_cell_effective(&merge->all, cell);
            served->on_demand += cost_cell_contracted(&merge->all, cell);
        }
    }
}

static void commitment_sum_add(CommitmentSum *sum, const CommitmentSum *more)
{
    sum->cost += more->cost;
    sum->bought += more->bought;
    sum->eligible += more->eligible;
    sum->eligible_usd += more->eligible_usd;
    sum->eligible_own += more->eligible_own;
    sum->upfront += more->upfront;
}

/* Replications may end at different times: the book reaches to the last end. */
static void periods_merge(Merge *merge, const CostSums *one)
{
    CostSums *all = &merge->all;
    int32_t commitments = one->model->commitment_count;
    for (int32_t p = 0; p <= one->period_count; p++) {
        int64_t *begin_ms = &all->period_begin_ms[p];
        *begin_ms = one->period_begin_ms[p] > *begin_ms ? one->period_begin_ms[p] : *begin_ms;
    }
    for (int32_t i = 0; i < one->period_count * commitments; i++) {
        commitment_sum_add(&all->commitments[i], &one->commitments[i]);
    }
    for (int32_t i = 0; i < one->period_count * one->overhead_count; i++) {
        all->overhead[i] += one->overhead[i];
    }
    all->nodes_energy += one->nodes_energy;
    all->nodes_carbon += one->nodes_carbon;
}

static void one_merge(Merge *merge, const CostSums *one)
{
    CostSums *all = &merge->all;
    int32_t from = all->cell_count;
    memcpy(&all->cells[from], one->cells, (size_t)one->cell_count * sizeof *one->cells);
    all->cell_count += one->cell_count;
    for (int32_t i = from; i < all->cell_count; i++) {
        CostCell *cell = &all->cells[i];
        cell->tenant = cell->tenant < one->tenant_count
                           ? tenant_named(merge, one->tenant_name[cell->tenant])
                           : INT32_MAX;
    }
    periods_merge(merge, one);
}

static bool merge_init(Merge *merge, const CostSums *const *sums, int32_t count, Arena *arena)
{
    size_t cells = 0;
    size_t tenants = 0;
    size_t periods = 0;
    size_t commitments = (size_t)sums[0]->model->commitment_count;
    size_t lines = (size_t)sums[0]->overhead_count;
    for (int32_t i = 0; i < count; i++) {
        cells += (size_t)sums[i]->cell_count;
        tenants += (size_t)sums[i]->tenant_count;
        periods = (size_t)sums[i]->period_count > periods ? (size_t)sums[i]->period_count : periods;
    }
    *merge = (Merge){
        .first = sums[0], .count = count, .tenant_name = ARENA_ARRAY(arena, const char *, tenants)};
    merge->all = *sums[0];
    merge->all.period_count = (int32_t)periods;
    merge->all.cell_count = 0;
    merge->all.nodes_energy = merge->all.nodes_carbon = 0;
    merge->all.cells = ARENA_ARRAY(arena, CostCell, cells);
    merge->all.period_begin_ms = ARENA_ARRAY(arena, int64_t, periods + 1);
    merge->all.commitments = ARENA_ARRAY(arena, CommitmentSum, periods * commitments);
    merge->all.overhead = ARENA_ARRAY(arena, Int128, periods * lines);
    merge->served = ARENA_ARRAY(arena, Served, periods * commitments);
    return !arena->failed;
}

/* ---- the book ---- */

static void row_fill(const Merge *merge, const CostCell *cell, CostRow *row)
{
    const CostSums *all = &merge->all;
    bool covered = cell->commitment < all->model->commitment_count;
    *row = (CostRow){.period = cell->period,
                     .type = cell->type,
                     .tenant = cell->tenant == INT32_MAX ? -1 : cell->tenant,
                     .commitment = covered ? cell->commitment : -1,
                     .account = (Account)cell->account};
}

/* What follows from the rounded amounts, and prices that nobody sums. */
static void row_finish(const Merge *merge, const CostCell *cell, CostRow *row)
{
    const CostSums *all = &merge->all;
    Int128 unit = COST_HOUR * 1000 * merge->count;
    Int128 contracted = cost_cell_contracted(all, cell);
    Int128 list = cost_cell_list(all, cell);
    bool owned = all->model->types[cell->type].purchase == PURCHASE_OWNED;
    row->contracted = row->commitment < 0 ? row->effective : rounded(contracted, unit);
    row->list = list == contracted ? row->contracted : rounded(list, unit);
    row->billed = owned || row->commitment >= 0 ? 0 : row->effective;
}

typedef struct Rounding {
    const Merge *merge;
    CostBook *book;
    Parts parts;
} Rounding;

static void hours_round(Rounding *rounding)
{
    const CostSums *all = &rounding->merge->all;
    Int128 unit = (Int128)PICO_HOUR * rounding->merge->count;
    for (int32_t i = 0; i < all->cell_count; i++) {
        CostRow *row = &rounding->book->rows[i];
        row->gpu_hours = (int64_t)(all->cells[i].amount / (unit * PICO));
        part_add(&rounding->parts, all->cells[i].amount % (unit * PICO), &row->gpu_hours_pico);
    }
    parts_round(&rounding->parts, unit);
    for (int32_t i = 0; i < all->cell_count; i++) {
        CostRow *row = &rounding->book->rows[i];
        row->gpu_hours += row->gpu_hours_pico / PICO;
        row->gpu_hours_pico %= PICO;
    }
}

static void money_round(Rounding *rounding)
{
    const CostSums *all = &rounding->merge->all;
    CostBook *book = rounding->book;
    int32_t commitments = all->model->commitment_count;
    for (int32_t i = 0; i < all->cell_count; i++) {
        part_add(&rounding->parts, cost_cell_effective(all, &all->cells[i]),
                 &book->rows[i].effective);
        part_add(&rounding->parts, all->cells[i].energy, &book->rows[i].energy_usd);
    }
    for (int32_t i = 0; i < all->period_count * commitments; i++) {
        Int128 unused = all->commitments[i].cost - rounding->merge->served[i].used_usd;
        part_add(&rounding->parts, unused, &book->commitment_periods[i].unused);
    }
    for (int32_t i = 0; i < all->period_count * all->overhead_count; i++) {
        part_add(&rounding->parts, all->overhead[i], &book->overhead_periods[i]);
    }
    book->total = parts_round(&rounding->parts, COST_HOUR * 1000 * rounding->merge->count);
}

/* Energy in Wh: the ledger's amounts are in microwatt-hours. Carbon in mg, from micrograms. */
static void energy_round(Rounding *rounding)
{
    const CostSums *all = &rounding->merge->all;
    Int128 unit = COST_HOUR * 1000000 * rounding->merge->count;
    int64_t nodes = 0;
    for (int32_t i = 0; i < all->cell_count; i++) {
        part_add(&rounding->parts, cost_cell_energy(all, &all->cells[i]),
                 &rounding->book->rows[i].energy_wh);
    }
    part_add(&rounding->parts, all->nodes_energy, &nodes);
    rounding->book->energy_wh = parts_round(&rounding->parts, unit);
    for (int32_t i = 0; i < all->cell_count; i++) {
        part_add(&rounding->parts, all->cells[i].carbon, &rounding->book->rows[i].carbon_mg);
    }
    part_add(&rounding->parts, all->nodes_carbon, &nodes);
    rounding->book->carbon_mg = parts_round(&rounding->parts, unit / 1000);
}

static double hours_of(Int128 amount, int32_t count)
{
    return cost_ratio(amount, COST_HOUR * count);
}

static void commitment_fill(const Merge *merge, CostBook *book, int32_t period, int32_t c)
{
    const CostSums *all = &merge->all;
    const Commitment *commitment = &all->model->commitments[c];
    int32_t at = period * all->model->commitment_count + c;
    const CommitmentSum *sum = &all->commitments[at];
    CommitmentRow *row = &book->commitment_periods[at];
    const Served *served = &merge->served[at];
    row->used = served->micro_usd;
    Int128 unit = COST_HOUR * 1000 * merge->count;
    row->on_demand = rounded(served->on_demand, unit);
    row->upfront = rounded(sum->upfront, unit);
    row->recurring =
        row->used + row->unused - rounded(sum->cost / GP_PPM * commitment->upfront_ppm, unit);
    row->used_gpu_hours = hours_of(served->used, merge->count);
    row->eligible_gpu_hours = hours_of(sum->eligible, merge->count);
    row->bought_gpu_hours = hours_of(sum->bought, merge->count);
    if (commitment->kind == COMMITMENT_SPEND) {
        row->bought_gpu_hours = sum->eligible_own > 0 ? cost_ratio(sum->cost, sum->eligible_own) *
                                                            row->eligible_gpu_hours
                                                      : 0.0;
    }
}

void commitment_row_add(CommitmentRow *sum, const CommitmentRow *more)
{
    sum->bought_gpu_hours += more->bought_gpu_hours;
    sum->used_gpu_hours += more->used_gpu_hours;
    sum->eligible_gpu_hours += more->eligible_gpu_hours;
    sum->used += more->used;
    sum->unused += more->unused;
    sum->on_demand += more->on_demand;
    sum->upfront += more->upfront;
    sum->recurring += more->recurring;
}

static void periods_fill(const Merge *merge, CostBook *book)
{
    const CostSums *all = &merge->all;
    for (int32_t p = 0; p < all->period_count; p++) {
        for (int32_t c = 0; c < book->commitment_count; c++) {
            commitment_fill(merge, book, p, c);
            commitment_row_add(&book->commitments[c],
                               &book->commitment_periods[p * book->commitment_count + c]);
        }
        for (int32_t line = 0; line < book->overhead_count; line++) {
            book->overhead[line] += book->overhead_periods[p * book->overhead_count + line];
        }
    }
}

static CostBook *book_new(const Merge *merge, Arena *arena)
{
    const CostSums *all = &merge->all;
    size_t commitments = (size_t)all->model->commitment_count;
    size_t lines = (size_t)all->overhead_count;
    size_t periods = (size_t)all->period_count;
    CostBook *book = ARENA_NEW(arena, CostBook);
    if (book == NULL) {
        return NULL;
    }
    *book =
        (CostBook){.period_count = all->period_count,
                   .period_begin_ms = all->period_begin_ms,
                   .tenant_count = merge->tenant_count,
                   .tenant_name = merge->tenant_name,
                   .row_count = all->cell_count,
                   .rows = ARENA_ARRAY(arena, CostRow, all->cell_count),
                   .commitment_count = all->model->commitment_count,
                   .commitments = ARENA_ARRAY(arena, CommitmentRow, commitments),
                   .commitment_periods = ARENA_ARRAY(arena, CommitmentRow, periods * commitments),
                   .overhead_count = all->overhead_count,
                   .overhead_name = all->overhead_name,
                   .overhead = ARENA_ARRAY(arena, int64_t, lines),
                   .overhead_periods = ARENA_ARRAY(arena, int64_t, periods * lines)};
    return arena->failed ? NULL : book;
}

CostBook *cost_book_of(const CostSums *const *sums, int32_t count, Arena *arena)
{
    Merge merge;
    if (!merge_init(&merge, sums, count, arena)) {
        return NULL;
    }
    for (int32_t i = 0; i < count; i++) {
        one_merge(&merge, sums[i]);
    }
    cells_merge(&merge.all);
    served_count(&merge);
    CostBook *book = book_new(&merge, arena);
    size_t parts = 2 * (size_t)merge.all.cell_count + 1 +
                   (size_t)merge.all.period_count *
                       (size_t)(merge.all.model->commitment_count + merge.all.overhead_count);
    Rounding rounding = {&merge, book, {0, calloc(parts, sizeof(Part))}};
    if (book == NULL || rounding.parts.rows == NULL) {
        free(rounding.parts.rows);
        return NULL;
    }
    for (int32_t i = 0; i < book->row_count; i++) {
        row_fill(&merge, &merge.all.cells[i], &book->rows[i]);
    }
    hours_round(&rounding);
    money_round(&rounding);
    energy_round(&rounding);
    free(rounding.parts.rows);
    for (int32_t i = 0; i < book->row_count; i++) {
        Served *served = served_of(&merge, &merge.all.cells[i]);
        row_finish(&merge, &merge.all.cells[i], &book->rows[i]);
        if (served != NULL) {
            served->micro_usd += book->rows[i].effective;
        }
    }
    periods_fill(&merge, book);
    return book;
}

bool cost_book_of_variant(VariantResult *variant, Arena *arena)
{
    int32_t count = 0;
    const CostSums **sums = ARENA_ARRAY(arena, const CostSums *, variant->replication_count);
    for (int32_t r = 0; sums != NULL && r < variant->replication_count; r++) {
        if (variant->replications[r].cost_sums != NULL) {
            sums[count++] = variant->replications[r].cost_sums;
        }
    }
    if (count > 0) {
        variant->costs = cost_book_of(sums, count, arena);
    }
    return sums != NULL && (count == 0 || variant->costs != NULL);
}
