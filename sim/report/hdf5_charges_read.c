/* hdf5_charges_read.c - the cost book of a variant out of a result file. A file may be damaged:
 * every number that is an index is checked. */
#include <stdlib.h>
#include <string.h>

#include "sim/experiment/cost_book.h"
#include "sim/report/charge_columns.h"

typedef struct Reading {
    const ResultFile *file;
    hid_t variant;
    Arena *arena;
    Diagnostics *diagnostics;
    Status status;
    Charges *charges;
    CostBook *book;
} Reading;

/* Of one table, whose first column says how many rows there are. */
typedef struct Source {
    Reading *reading;
    TableReader table;
    int32_t count;
} Source;

static void no_memory(Reading *reading)
{
    if (reading->status == STATUS_OK) {
        reading->status = diagnostics_no_memory(reading->diagnostics);
    }
}

static Source source_open(Reading *reading, const char *name)
{
    Source source = {.reading = reading};
    if (reading->status == STATUS_OK &&
        !table_open(&source.table, reading->file, reading->variant, name, reading->diagnostics)) {
        table_damaged(&source.table, name, "is not there");
    }
    return source;
}

static void source_close(Source *source)
{
    Reading *reading = source->reading;
    if (reading->status == STATUS_OK) {
        reading->status = source->table.status;
    }
    if (source->table.group >= 0 && source->table.diagnostics != NULL) {
        table_close(&source->table);
    }
}

static bool is_good(const Source *source)
{
    return source->reading->status == STATUS_OK && source->table.status == STATUS_OK;
}

/* Columns, in the arena. NULL after a mistake. */
static int64_t *integers(Source *source, const char *name)
{
    int64_t *values = is_good(source) ? table_integers(&source->table, name) : NULL;
    source->count = source->table.rows > 0 ? (int32_t)source->table.rows : 0;
    int64_t *kept = ARENA_ARRAY(source->reading->arena, int64_t, source->count);
    if (values != NULL && kept != NULL) {
        memcpy(kept, values, (size_t)source->count * sizeof *kept);
    } else if (kept == NULL) {
        no_memory(source->reading);
    }
    free(values);
    return is_good(source) ? kept : NULL;
}

static const char **texts(Source *source, const char *name)
{
    char **values = is_good(source) ? table_texts(&source->table, name) : NULL;
    source->count = source->table.rows > 0 ? (int32_t)source->table.rows : 0;
    const char **kept = ARENA_ARRAY(source->reading->arena, const char *, source->count);
    for (int32_t i = 0; values != NULL && kept != NULL && i < source->count; i++) {
        kept[i] = arena_strdup(source->reading->arena, values[i]);
    }
    if (source->reading->arena->failed) {
        no_memory(source->reading);
    }
    free(values);
    return is_good(source) ? kept : NULL;
}

/* All within [low, high)? */
static void bounded(Source *source, const char *name, const int64_t *values, int64_t low,
                    int64_t high)
{
    for (int32_t i = 0; values != NULL && is_good(source) && i < source->count; i++) {
        if (values[i] < low || values[i] >= high) {
            table_damaged(&source->table, name, "is beyond what there is");
        }
    }
}

/* Puts columns into the fields of rows that lie `size` apart. */
static void fields(Source *source, void *rows, size_t size, const ChargeColumn *columns,
                   size_t count)
{
    for (size_t c = 0; rows != NULL && c < count; c++) {
        const ChargeColumn *of = &columns[c];
        int64_t *whole =
            !of->real && is_good(source) ? table_integers(&source->table, of->name) : NULL;
        double *real = of->real && is_good(source) ? table_reals(&source->table, of->name) : NULL;
        for (int32_t i = 0; is_good(source) && i < source->count; i++) {
            char *at = (char *)rows + (size_t)i * size + of->offset;
            if (real != NULL) {
                memcpy(at, &real[i], sizeof *real);
            } else if (whole != NULL) {
                memcpy(at, &whole[i], sizeof *whole);
            }
        }
        free(whole);
        free(real);
    }
}

/* ---- tables ---- */

static void periods_read(Reading *reading)
{
    Source source = source_open(reading, "charge_periods");
    int64_t *begin = integers(&source, "begin_ms");
    int64_t *end = integers(&source, "end_ms");
    int32_t count = source.count;
    int64_t *all = ARENA_ARRAY(reading->arena, int64_t, count + 1);
    if (all == NULL) {
        no_memory(reading);
    } else if (begin != NULL && end != NULL) {
        for (int32_t p = 0; p < count; p++) {
            all[p] = begin[p];
            if (end[p] < begin[p] || (p > 0 && end[p - 1] != begin[p])) {
                table_damaged(&source.table, "begin_ms", "does not follow the period before");
            }
        }
        all[count] = count > 0 ? end[count - 1] : 0;
    }
    reading->book->period_count = count;
    reading->book->period_begin_ms = all;
    source_close(&source);
}

static void prices_read(Reading *reading)
{
    Source source = source_open(reading, "prices");
    const char **name = texts(&source, "node_type");
    const char **model = texts(&source, "gpu_model");
    const char **from = texts(&source, "source");
    int64_t *purchase = integers(&source, "purchase");
    int64_t *gpus = integers(&source, "gpus");
    ChargeType *types = ARENA_ARRAY(reading->arena, ChargeType, source.count);
    bounded(&source, "purchase", purchase, 0, PURCHASE_COUNT);
    bounded(&source, "gpus", gpus, 0, INT32_MAX);
    fields(&source, types, sizeof *types, PRICE_COLUMNS, PRICE_COLUMN_COUNT);
    for (int32_t i = 0; types != NULL && is_good(&source) && i < source.count; i++) {
        types[i].name = name[i];
        types[i].model = model[i];
        types[i].source = from[i];
        types[i].purchase = (Purchase)purchase[i];
        types[i].gpus = (int32_t)gpus[i];
    }
    reading->charges->types = types;
    reading->charges->type_count = source.count;
    source_close(&source);
}

static void terms_read(Reading *reading)
{
    Source source = source_open(reading, "commitment_terms");
    const char **name = texts(&source, "name");
    int64_t *kind = integers(&source, "kind");
    ChargeCommitment *rows = ARENA_ARRAY(reading->arena, ChargeCommitment, source.count);
    bounded(&source, "kind", kind, 0, COMMITMENT_SPEND + 1);
    fields(&source, rows, sizeof *rows, TERM_COLUMNS, TERM_COLUMN_COUNT);
    for (int32_t i = 0; rows != NULL && is_good(&source) && i < source.count; i++) {
        rows[i].name = name[i];
        rows[i].kind = (CommitmentKind)kind[i];
    }
    reading->charges->commitments = rows;
    reading->book->commitment_count = source.count;
    source_close(&source);
}

static void commitments_read(Reading *reading)
{
    CostBook *book = reading->book;
    Source source = source_open(reading, "commitments");
    int64_t *which = integers(&source, "commitment");
    int64_t wanted = (int64_t)book->period_count * book->commitment_count;
    if (is_good(&source) && source.count != wanted) {
        table_damaged(&source.table, "commitment", "has not one row for each period");
    }
    bounded(&source, "commitment", which, 0, book->commitment_count);
    book->commitments = ARENA_ARRAY(reading->arena, CommitmentRow, book->commitment_count);
    book->commitment_periods = ARENA_ARRAY(reading->arena, CommitmentRow, source.count);
    fields(&source, book->commitment_periods, sizeof(CommitmentRow), COMMITMENT_COLUMNS,
           COMMITMENT_COLUMN_COUNT);
    for (int32_t i = 0; book->commitments != NULL && is_good(&source) && i < source.count; i++) {
        commitment_row_add(&book->commitments[which[i]], &book->commitment_periods[i]);
    }
    source_close(&source);
}

/* Lines come period by period, each time all of them. */
static void overheads_read(Reading *reading)
{
    CostBook *book = reading->book;
    Source source = source_open(reading, "overheads");
    int64_t *line = integers(&source, "line");
    const char **name = texts(&source, "name");
    const char **from = texts(&source, "source");
    book->overhead_periods = integers(&source, "cost");
    int32_t lines = book->period_count > 0 ? source.count / book->period_count : 0;
    if (is_good(&source) && source.count != book->period_count * lines) {
        table_damaged(&source.table, "line", "has not one row for each period");
    }
    bounded(&source, "line", line, 0, lines);
    book->overhead_count = lines;
    book->overhead = ARENA_ARRAY(reading->arena, int64_t, lines);
    book->overhead_name = name;
    reading->charges->overhead_source = from;
    for (int32_t i = 0; book->overhead != NULL && is_good(&source) && i < source.count; i++) {
        book->overhead[line[i]] += book->overhead_periods[i];
    }
    source_close(&source);
}

static Account account_named(Source *source, const char *name)
{
    for (int account = 0; account < ACCOUNT_COUNT; account++) {
        if (strcmp(account_name((Account)account), name) == 0) {
            return (Account)account;
        }
    }
    table_damaged(&source->table, "account", "is no account");
    return ACCOUNT_PRODUCTIVE;
}

static void tenants_read(Source *source, const int64_t *tenant, const char *const *queue)
{
    CostBook *book = source->reading->book;
    for (int32_t i = 0; is_good(source) && i < source->count; i++) {
        book->tenant_count =
            tenant[i] >= book->tenant_count ? (int32_t)tenant[i] + 1 : book->tenant_count;
    }
    book->tenant_name = ARENA_ARRAY(source->reading->arena, const char *, book->tenant_count);
    for (int32_t t = 0; book->tenant_name != NULL && t < book->tenant_count; t++) {
        book->tenant_name[t] = "";
    }
    for (int32_t i = 0; book->tenant_name != NULL && is_good(source) && i < source->count; i++) {
        if (tenant[i] >= 0) {
            book->tenant_name[tenant[i]] = queue[i];
        }
    }
}

static void charges_table_read(Reading *reading)
{
    CostBook *book = reading->book;
    Source source = source_open(reading, "charges");
    int64_t *period = integers(&source, "period");
    int64_t *type = integers(&source, "type");
    int64_t *tenant = integers(&source, "tenant");
    int64_t *commitment = integers(&source, "commitment");
    const char **queue = texts(&source, "queue");
    const char **account = texts(&source, "account");
    bounded(&source, "period", period, 0, book->period_count);
    bounded(&source, "type", type, 0, reading->charges->type_count);
    bounded(&source, "tenant", tenant, -1, (int64_t)1 << 24); /* the most queues there can be */
    bounded(&source, "commitment", commitment, -1, book->commitment_count);
    book->row_count = source.count;
    book->rows = ARENA_ARRAY(reading->arena, CostRow, source.count);
    fields(&source, book->rows, sizeof(CostRow), CHARGE_COLUMNS, CHARGE_COLUMN_COUNT);
    tenants_read(&source, tenant, queue);
    for (int32_t i = 0; book->rows != NULL && is_good(&source) && i < source.count; i++) {
        CostRow *row = &book->rows[i];
        row->period = (int32_t)period[i];
        row->type = (int32_t)type[i];
        row->tenant = (int32_t)tenant[i];
        row->commitment = (int32_t)commitment[i];
        row->account = account_named(&source, account[i]);
    }
    source_close(&source);
}

static void billing_read(Reading *reading)
{
    Charges *charges = reading->charges;
    Source source = source_open(reading, "billing");
    int64_t numbers[BILLING_NUMBERS] = {0};
    const char *words[BILLING_TEXTS] = {NULL};
    for (int n = 0; n < BILLING_NUMBERS; n++) {
        int64_t *value = integers(&source, BILLING_NUMBER_NAMES[n].name);
        numbers[n] = value != NULL && source.count == 1 ? value[0] : 0;
    }
    for (int t = 0; t < BILLING_TEXTS; t++) {
        const char **value = texts(&source, BILLING_TEXT_NAMES[t]);
        words[t] = value != NULL && source.count == 1 ? value[0] : "";
    }
    if (is_good(&source) && source.count != 1) {
        table_damaged(&source.table, "account_id", "has not one row");
    }
    charges->start_unix_ms = numbers[0];
    charges->replications = (int32_t)numbers[1];
    reading->book->total = numbers[2];
    reading->book->energy_wh = numbers[3];
    reading->book->carbon_mg = numbers[4];
    charges->billing = (Billing){.account_id = words[0],
                                 .account_name = words[1],
                                 .provider = words[2],
                                 .publisher = words[3],
                                 .issuer = words[4],
                                 .host = words[5],
                                 .region = words[6]};
    source_close(&source);
}

static hid_t variant_group(const ResultFile *file, const char *variant)
{
    hid_t all = H5Lexists(file->file, "variants", H5P_DEFAULT) > 0
                    ? H5Gopen2(file->file, "variants", H5P_DEFAULT)
                    : -1;
    char *link = hdf5_link_name(variant);
    hid_t group = all >= 0 && link != NULL && H5Lexists(all, link, H5P_DEFAULT) > 0
                      ? H5Gopen2(all, link, H5P_DEFAULT)
                      : -1;
    free(link);
    if (all >= 0) {
        H5Gclose(all);
    }
    return group;
}

Status charges_read(const ResultFile *file, const char *variant, Arena *arena,
                    Diagnostics *diagnostics, const Charges **charges)
{
    *charges = NULL;
    Reading reading = {.file = file,
                       .variant = variant_group(file, variant),
                       .arena = arena,
                       .diagnostics = diagnostics,
                       .charges = ARENA_NEW(arena, Charges),
                       .book = ARENA_NEW(arena, CostBook)};
    if (reading.charges == NULL || reading.book == NULL) {
        no_memory(&reading);
    } else if (reading.variant >= 0 && H5Lexists(reading.variant, "charges", H5P_DEFAULT) > 0) {
        reading.charges->book = reading.book;
        reading.charges->variant = arena_strdup(arena, variant);
        billing_read(&reading);
        periods_read(&reading);
        prices_read(&reading);
        terms_read(&reading);
        commitments_read(&reading);
        overheads_read(&reading);
        charges_table_read(&reading);
        if (arena->failed) {
            no_memory(&reading);
        }
        *charges = reading.status == STATUS_OK ? reading.charges : NULL;
    }
    if (reading.variant >= 0) {
        H5Gclose(reading.variant);
    }
    return reading.status;
}
