/* hdf5_charges.c - tables of the cost book: columns are fields of its rows. */
#include "sim/report/hdf5_charges.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "sim/experiment/cost_rates.h"
#include "sim/experiment/cost_sums.h"
#include "sim/report/charge_columns.h"

/* ---- what a bill needs beside the book ---- */

static const char *text_or(const char *text, const char *otherwise)
{
    return text != NULL ? text : otherwise;
}

static const ChargeType *types_of(const Cluster *cluster, const CostModel *model, Arena *arena)
{
    ChargeType *types = ARENA_ARRAY(arena, ChargeType, cluster->type_count);
    for (int32_t type = 0; types != NULL && type < cluster->type_count; type++) {
        const NodeTypeInfo *info = &cluster->type_info[type];
        const TypeCost *cost = &model->types[type];
        bool spot = cost->purchase == PURCHASE_SPOT;
        types[type] = (ChargeType){.name = text_or(info->name, ""),
                                   .model = text_or(info->model, ""),
                                   .source = text_or(cost->source, ""),
                                   .purchase = cost->purchase,
                                   .gpus = cluster->types[type].device_count,
                                   .list = spot ? cost->list : cost_list(cost, 0),
                                   .contracted = spot ? 0 : cost_contracted(cost, 0)};
    }
    return types;
}

static const ChargeCommitment *commitments_of(const CostModel *model, Arena *arena)
{
    ChargeCommitment *rows = ARENA_ARRAY(arena, ChargeCommitment, model->commitment_count);
    for (int32_t c = 0; rows != NULL && c < model->commitment_count; c++) {
        const Commitment *from = &model->commitments[c];
        rows[c] = (ChargeCommitment){.name = from->name,
                                     .kind = from->kind,
                                     .nano_usd_per_gpu_hour = from->nano_usd_per_gpu_hour,
                                     .micro_usd_per_hour = from->micro_usd_per_hour,
                                     .discount_ppm = from->discount_ppm,
                                     .gpu_milli = from->gpu_milli,
                                     .from_ms = from->from_ms,
                                     .to_ms = from->to_ms,
                                     .upfront_ppm = from->upfront_ppm};
    }
    return rows;
}

static const char *const *sources_of(const CostBook *book, const CostModel *model, Arena *arena)
{
    const char **sources = ARENA_ARRAY(arena, const char *, book->overhead_count);
    int32_t own = book->overhead_count - model->overhead_count; /* staff, nodes without GPUs */
    for (int32_t line = 0; sources != NULL && line < book->overhead_count; line++) {
        sources[line] = line < own ? "" : text_or(model->overheads[line - own].source, "");
    }
    return sources;
}

static Billing billing_of(const Scenario *scenario, const CostModel *model, Arena *arena)
{
    Billing billing = model->billing;
    if (billing.account_id == NULL) {
        size_t size = strlen(scenario->name) + sizeof "sim:";
        char *id = arena_alloc(arena, size, 1);
        if (id != NULL) {
            memcpy(id, "sim:", 4);
            memcpy(id + 4, scenario->name, size - 4);
        }
        billing.account_id = id;
    }
    billing.account_name = text_or(billing.account_name, scenario->name);
    billing.provider = text_or(billing.provider, "internal");
    billing.publisher = text_or(billing.publisher, "internal");
    billing.issuer = text_or(billing.issuer, "internal");
    billing.host = text_or(billing.host, "internal");
    billing.region = text_or(billing.region, "");
    return billing;
}

static const CostSums *first_sums(const VariantResult *variant)
{
    for (int32_t r = 0; r < variant->replication_count; r++) {
        if (variant->replications[r].cost_sums != NULL) {
            return variant->replications[r].cost_sums;
        }
    }
    return NULL;
}

const Charges *charges_of_variant(const VariantResult *variant, Arena *arena)
{
    const CostSums *sums = first_sums(variant);
    Charges *charges = ARENA_NEW(arena, Charges);
    if (charges == NULL || sums == NULL || variant->costs == NULL) {
        return NULL;
    }
    const CostModel *model = sums->model;
    *charges = (Charges){.variant = variant->name,
                         .start_unix_ms = variant->scenario->start_unix_ms,
                         .replications = variant->replication_count,
                         .book = variant->costs,
                         .type_count = variant->scenario->cluster.type_count,
                         .types = types_of(&variant->scenario->cluster, model, arena),
                         .commitments = commitments_of(model, arena),
                         .overhead_source = sources_of(variant->costs, model, arena),
                         .billing = billing_of(variant->scenario, model, arena)};
    return arena->failed ? NULL : charges;
}

/* ---- writing ---- */

/* Columns of a table, made from its rows one at a time. */
typedef struct Scratch {
    int64_t *integers;
    double *reals;
    const char **texts;
    uint8_t *codes;
} Scratch;

static bool scratch_init(Scratch *scratch, int64_t count)
{
    size_t most = (size_t)count + 1;
    *scratch = (Scratch){calloc(most, sizeof(int64_t)), calloc(most, sizeof(double)),
                         calloc(most, sizeof(char *)), calloc(most, 1)};
    return scratch->integers != NULL && scratch->reals != NULL && scratch->texts != NULL &&
           scratch->codes != NULL;
}

static void scratch_free(Scratch *scratch)
{
    free(scratch->integers);
    free(scratch->reals);
    free(scratch->texts);
    free(scratch->codes);
}

typedef struct Table {
    H5Group group;
    int64_t count;
    Scratch scratch;
    bool ok;
} Table;

static Table table_new(H5Group parent, const char *name, int64_t count)
{
    Table table = {.group = h5_group(parent, name), .count = count};
    table.ok = scratch_init(&table.scratch, count) && table.group.id >= 0;
    return table;
}

static bool table_end(Table *table)
{
    scratch_free(&table->scratch);
    if (table->group.id >= 0) {
        H5Gclose(table->group.id);
    }
    return table->ok;
}

static H5Column column(const Table *table, const char *name, const char *units, const char *about)
{
    return (H5Column){table->group, name, units, about, (size_t)table->count};
}

#define FILL(table, array, expression)                                                             \
    for (int32_t i = 0; (table)->ok && i < (table)->count; i++) {                                  \
        (table)->scratch.array[i] = (expression);                                                  \
    }

static void integers(Table *table, const char *name, const char *units, const char *about)
{
    table->ok =
        table->ok && h5_integers(column(table, name, units, about), table->scratch.integers);
}

static void texts(Table *table, const char *name, const char *about)
{
    table->ok = table->ok && h5_texts(column(table, name, NULL, about), table->scratch.texts);
}

/* Fields of rows that lie `size` apart. */
static void fields(Table *table, const void *rows, size_t size, const ChargeColumn *columns,
                   size_t count)
{
    for (size_t c = 0; c < count; c++) {
        const ChargeColumn *of = &columns[c];
        for (int64_t i = 0; table->ok && i < table->count; i++) {
            const char *at = (const char *)rows + (size_t)i * size + of->offset;
            if (of->real) {
                memcpy(&table->scratch.reals[i], at, sizeof(double));
            } else {
                memcpy(&table->scratch.integers[i], at, sizeof(int64_t));
            }
        }
        H5Column to = column(table, of->name, of->units, of->about);
        table->ok = table->ok && (of->real ? h5_reals(to, table->scratch.reals)
                                           : h5_integers(to, table->scratch.integers));
    }
}

static bool charges_table(H5Group parent, const Charges *charges)
{
    const CostBook *book = charges->book;
    const CostRow *rows = book->rows;
    Table table = table_new(parent, "charges", book->row_count);
    FILL(&table, integers, rows[i].period)
    integers(&table, "period", "1", "row in charge_periods");
    FILL(&table, integers, rows[i].type)
    integers(&table, "type", "1", "row in prices");
    FILL(&table, texts, charges->types[rows[i].type].name)
    texts(&table, "node_type", "its name");
    FILL(&table, integers, rows[i].tenant)
    integers(&table, "tenant", "1", "queue, by number; -1: nobody's");
    FILL(&table, texts, rows[i].tenant >= 0 ? book->tenant_name[rows[i].tenant] : "")
    texts(&table, "queue", "its name");
    FILL(&table, texts, account_name(rows[i].account))
    texts(&table, "account", "account of the ledger");
    FILL(&table, integers, rows[i].commitment)
    integers(&table, "commitment", "1", "that covers it, by number; -1: none does");
    fields(&table, rows, sizeof *rows, CHARGE_COLUMNS, CHARGE_COLUMN_COUNT);
    return table_end(&table);
}

static bool periods_table(H5Group parent, const CostBook *book)
{
    Table table = table_new(parent, "charge_periods", book->period_count);
    FILL(&table, integers, book->period_begin_ms[i])
    integers(&table, "begin_ms", "ms", "since the start");
    FILL(&table, integers, book->period_begin_ms[i + 1])
    integers(&table, "end_ms", "ms", "since the start");
    return table_end(&table);
}

static bool commitments_table(H5Group parent, const Charges *charges)
{
    const CostBook *book = charges->book;
    int32_t of = book->commitment_count > 0 ? book->commitment_count : 1;
    Table table =
        table_new(parent, "commitments", (int64_t)book->period_count * book->commitment_count);
    FILL(&table, integers, i / of)
    integers(&table, "period", "1", "row in charge_periods");
    FILL(&table, integers, i % of)
    integers(&table, "commitment", "1", "its number");
    FILL(&table, texts, charges->commitments[i % of].name)
    texts(&table, "name", "its name");
    fields(&table, book->commitment_periods, sizeof(CommitmentRow), COMMITMENT_COLUMNS,
           COMMITMENT_COLUMN_COUNT);
    return table_end(&table);
}

static bool terms_table(H5Group parent, const Charges *charges)
{
    const ChargeCommitment *rows = charges->commitments;
    Table table = table_new(parent, "commitment_terms", charges->book->commitment_count);
    FILL(&table, texts, rows[i].name)
    texts(&table, "name", "its name");
    FILL(&table, codes, (uint8_t)rows[i].kind)
    table.ok = table.ok && h5_codes(column(&table, "kind", NULL, "what is promised"),
                                    table.scratch.codes, "gpu_hours money");
    fields(&table, rows, sizeof *rows, TERM_COLUMNS, TERM_COLUMN_COUNT);
    return table_end(&table);
}

static bool overheads_table(H5Group parent, const Charges *charges)
{
    const CostBook *book = charges->book;
    int32_t of = book->overhead_count > 0 ? book->overhead_count : 1;
    Table table =
        table_new(parent, "overheads", (int64_t)book->period_count * book->overhead_count);
    FILL(&table, integers, i / of)
    integers(&table, "period", "1", "row in charge_periods");
    FILL(&table, integers, i % of)
    integers(&table, "line", "1", "its number");
    FILL(&table, texts, book->overhead_name[i % of])
    texts(&table, "name", "its name");
    FILL(&table, integers, book->overhead_periods[i])
    integers(&table, "cost", "1e-6 USD", "what it cost");
    FILL(&table, texts, charges->overhead_source[i % of])
    texts(&table, "source", "whose figure it is");
    return table_end(&table);
}

static bool prices_table(H5Group parent, const Charges *charges)
{
    const ChargeType *rows = charges->types;
    Table table = table_new(parent, "prices", charges->type_count);
    FILL(&table, texts, rows[i].name)
    texts(&table, "node_type", "its name");
    FILL(&table, texts, rows[i].model)
    texts(&table, "gpu_model", "of its GPUs; empty: it has none");
    FILL(&table, texts, rows[i].source)
    texts(&table, "source", "whose prices these are");
    FILL(&table, codes, (uint8_t)rows[i].purchase)
    table.ok = table.ok && h5_codes(column(&table, "purchase", NULL, "how it is bought"),
                                    table.scratch.codes, "on_demand spot owned");
    FILL(&table, integers, rows[i].gpus)
    integers(&table, "gpus", "1", "of a node");
    fields(&table, rows, sizeof *rows, PRICE_COLUMNS, PRICE_COLUMN_COUNT);
    return table_end(&table);
}

static bool billing_table(H5Group parent, const Charges *charges)
{
    const CostBook *book = charges->book;
    const int64_t numbers[BILLING_NUMBERS] = {charges->start_unix_ms, charges->replications,
                                              book->total, book->energy_wh, book->carbon_mg};
    Table table = table_new(parent, "billing", 1);
    for (int n = 0; n < BILLING_NUMBERS; n++) {
        FILL(&table, integers, numbers[n])
        integers(&table, BILLING_NUMBER_NAMES[n].name, BILLING_NUMBER_NAMES[n].units,
                 BILLING_NUMBER_NAMES[n].about);
    }
    for (int t = 0; t < BILLING_TEXTS; t++) {
        const char *text = *billing_text(&charges->billing, t);
        FILL(&table, texts, text)
        texts(&table, BILLING_TEXT_NAMES[t], "as the scenario says");
    }
    return table_end(&table);
}

bool charges_tables(H5Group parent, const VariantResult *variant)
{
    Arena arena;
    arena_init(&arena);
    const Charges *charges = charges_of_variant(variant, &arena);
    bool ok = charges != NULL && charges_table(parent, charges) &&
              periods_table(parent, charges->book) && commitments_table(parent, charges) &&
              terms_table(parent, charges) && overheads_table(parent, charges) &&
              prices_table(parent, charges) && billing_table(parent, charges);
    arena_free(&arena);
    return ok;
}
