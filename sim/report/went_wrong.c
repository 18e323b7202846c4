/* went_wrong.c - rows of components and of sizes: into the summary, and out of it. */
#include "sim/report/went_wrong.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/report/json_help.h"
#include "sim/report/printers.h"

/* ---- into the summary ------------------------------------------------------------------------ */

static const ComponentRow *component_of(const ReplicationResult *one, const char *name)
{
    for (int32_t i = 0; i < one->component_count; i++) {
        if (strcmp(one->components[i].name, name) == 0) {
            return &one->components[i];
        }
    }
    return NULL;
}

static json_t *component_json(const VariantResult *variant, const ComponentRow *first)
{
    ComponentRow sum = {0};
    double n = 0;
    for (int32_t r = 0; r < variant->replication_count; r++) {
        const ReplicationResult *one = &variant->replications[r];
        const ComponentRow *row = one->status == STATUS_OK ? component_of(one, first->name) : NULL;
        n += one->status == STATUS_OK;
        if (row != NULL) {
            sum.offered += row->offered;
            sum.began += row->began;
            sum.interruptions += row->interruptions;
            sum.lost_gpu_hours += row->lost_gpu_hours;
            sum.hung_gpu_hours += row->hung_gpu_hours;
            sum.out_gpu_hours += row->out_gpu_hours;
        }
    }
    json_t *line = json_object();
    bool ok = json_put(line, "component", json_string(first->name));
    ok = json_put(line, "source", json_string(first->source)) && ok;
    ok = json_put(line, "offered", json_number(sum.offered / n)) && ok;
    ok = json_put(line, "masked", json_number((sum.offered - sum.began) / n)) && ok;
    ok = json_put(line, "interruptions", json_number(sum.interruptions / n)) && ok;
    ok = json_put(line, "lost_gpu_hours", json_number(sum.lost_gpu_hours / n)) && ok;
    ok = json_put(line, "hung_gpu_hours", json_number(sum.hung_gpu_hours / n)) && ok;
    ok = json_put(line, "out_gpu_hours", json_number(sum.out_gpu_hours / n)) && ok;
    return json_checked(line, ok);
}

/* Those that this replication met and none before it. */
static bool components_push(json_t *rows, const VariantResult *variant, int32_t replication)
{
    const ReplicationResult *one = &variant->replications[replication];
    bool ok = true;
    for (int32_t i = 0; one->status == STATUS_OK && i < one->component_count; i++) {
        bool known = false;
        for (int32_t r = 0; r < replication; r++) {
            known = known || component_of(&variant->replications[r], one->components[i].name);
        }
        if (!known) {
            ok = json_push(rows, component_json(variant, &one->components[i])) && ok;
        }
    }
    return ok;
}

/* Sums over replications: a ratio of sums, so that large jobs count for more there too. */
static SizeRow size_sum(const VariantResult *variant, int64_t gpus)
{
    SizeRow sum = {.gpus = gpus};
    for (int32_t r = 0; r < variant->replication_count; r++) {
        const ReplicationResult *one = &variant->replications[r];
        for (int32_t i = 0; one->status == STATUS_OK && i < one->size_count; i++) {
            const SizeRow *row = &one->sizes[i];
            if (row->gpus == gpus) {
                sum.jobs += row->jobs;
                sum.interruptions += row->interruptions;
                sum.run_hours += row->run_hours;
                sum.productive_gpu_hours += row->productive_gpu_hours;
                sum.held_gpu_hours += row->held_gpu_hours;
                sum.wall_gpu_hours += row->wall_gpu_hours;
            }
        }
    }
    return sum;
}

static json_t *size_json(const SizeRow *sum, double n)
{
    json_t *line = json_object();
    bool ok = json_put(line, "gpus", json_integer(sum->gpus));
    ok = json_put(line, "jobs", json_number(sum->jobs / n)) && ok;
    ok = json_put(line, "run_hours", json_number(sum->run_hours / n)) && ok;
    ok = json_put(line, "interruptions", json_number(sum->interruptions / n)) && ok;
    ok = json_put(line, "mtti_h",
                  json_number(sum->interruptions > 0 ? sum->run_hours / sum->interruptions
                                                     : (double)NAN)) &&
         ok;
    ok = json_put(line, "ettr", json_number(sum->productive_gpu_hours / sum->held_gpu_hours)) && ok;
    ok = json_put(line, "ettr_with_queue",
                  json_number(sum->productive_gpu_hours / sum->wall_gpu_hours)) &&
         ok;
    return json_checked(line, ok);
}

json_t *went_wrong_json(const VariantResult *variant)
{
    json_t *about = json_object();
    json_t *components = json_array();
    json_t *sizes = json_array();
    double n = 0;
    bool ok = components != NULL && sizes != NULL;
    for (int32_t r = 0; r < variant->replication_count; r++) {
        n += variant->replications[r].status == STATUS_OK;
        ok = components_push(components, variant, r) && ok;
    }
    for (int size = 0; size < SIZE_ROWS_MAX; size++) {
        SizeRow sum = size_sum(variant, (int64_t)1 << size);
        if (sum.jobs > 0) {
            ok = json_push(sizes, size_json(&sum, n)) && ok;
        }
    }
    bool nothing = json_array_size(components) == 0;
    ok = json_put(about, "components", components) && ok;
    ok = json_put(about, "sizes", sizes) && ok;
    if (ok && nothing) {
        json_decref(about);
        return json_null();
    }
    return json_checked(about, ok);
}

/* Per cent of capacity, to a millionth of it: a figure shows no more. */
static json_t *series_json(const double *values, int32_t count)
{
    json_t *series = json_array();
    bool ok = series != NULL;
    for (int32_t step = 0; step < count; step++) {
        ok = json_push(series, json_number(round(values[step] * 1e4) / 1e4)) && ok;
    }
    return json_checked(series, ok);
}

static json_t *idle_series_json(const OverTimeColumns *columns)
{
    json_t *about = json_object();
    bool ok = about != NULL;
    for (int32_t s = 0; s < columns->idle_count; s++) {
        ok = json_put(about, columns->idle_name[s],
                      series_json(columns->idle_pct[s], columns->count)) &&
             ok;
    }
    return json_checked(about, ok);
}

json_t *over_time_json(const VariantResult *variant)
{
    const OverTimeColumns *columns = NULL;
    for (int32_t r = 0; columns == NULL && r < variant->replication_count; r++) {
        columns = variant->replications[r].over_time;
    }
    if (columns == NULL) {
        return json_null();
    }
    json_t *about = json_object();
    bool ok = json_put(about, "step_s", json_number((double)columns->step_ms / 1e3));
    for (int s = 0; s < OVER_SERIES_COUNT; s++) {
        ok = json_put(about, OVER_SERIES_NAMES[s], series_json(columns->pct[s], columns->count)) &&
             ok;
    }
    ok = json_put(about, "idle_pct", idle_series_json(columns)) && ok;
    return json_checked(about, ok);
}

/* ---- out of it ------------------------------------------------------------------------------- */

typedef struct WrongColumn {
    const char *title, *key;
    int decimals;
    double scale;
} WrongColumn;

#define DECIMALS_OF_BOOKS 99 /* as many as the ledger shows */

static const WrongColumn COMPONENT_COLUMNS[] = {
    {"component", "component", -1, 1},
    {"faults", "offered", 1, 1},
    {"masked", "masked", 1, 1},
    {"interruptions", "interruptions", 1, 1},
    {"lost GPU-h", "lost_gpu_hours", DECIMALS_OF_BOOKS, 1},
    {"hung GPU-h", "hung_gpu_hours", DECIMALS_OF_BOOKS, 1},
    {"out GPU-h", "out_gpu_hours", DECIMALS_OF_BOOKS, 1},
};
static const WrongColumn SIZE_COLUMNS[] = {
    {"GPUs from", "gpus", 0, 1},
    {"jobs", "jobs", 1, 1},
    {"run hours", "run_hours", 1, 1},
    {"interruptions", "interruptions", 1, 1},
    {"hours between", "mtti_h", 1, 1},
    {"ETTR", "ettr", 2, 100},
    {"with queue", "ettr_with_queue", 2, 100},
};
/* A single service is in the overview already. */
static const WrongColumn SERVICE_COLUMNS[] = {
    {"service", "job", -1, 1},
    {"requests", "requests", 0, 1},
    {"latency ms", "latency_mean_ms", 2, 1},
    {"x idle", "latency_ratio", 3, 1},
    {"in overload", "overload_share", 2, 100},
    {"unserved", "unserved_share", 2, 100},
};
#define COUNT_OF(array) ((int)(sizeof(array) / sizeof(array)[0]))

static bool cell_fill(Grid *grid, int row, int at, const json_t *from, const WrongColumn *column,
                      double capacity)
{
    char text[NUMBER_TEXT_MAX];
    double value = json_number_at(from, column->key);
    if (column->decimals < 0) {
        return grid_set(grid, row, at, "%s", json_text_at(from, column->key));
    }
    if (!isfinite(value)) {
        return grid_set(grid, row, at, "-");
    }
    double scaled = value * column->scale;
    int decimals = fabs(scaled - floor(scaled)) > 0 ? column->decimals : 0;
    if (column->decimals == DECIMALS_OF_BOOKS) {
        decimals = ledger_decimals(capacity);
    }
    return grid_set(grid, row, at, "%s%s", number_text(scaled, decimals, text),
                    column->scale > 1 ? " %" : "");
}

/* Not a component without a fault. */
static bool row_says_something(const json_t *row)
{
    static const char *const AMOUNTS[] = {"offered", "interruptions", "lost_gpu_hours",
                                          "hung_gpu_hours", "out_gpu_hours"};
    bool something = json_object_get(row, "component") == NULL;
    for (int i = 0; i < COUNT_OF(AMOUNTS); i++) {
        something = something || json_number_at(row, AMOUNTS[i]) > 0;
    }
    return something;
}

static int rows_shown(const json_t *rows)
{
    const json_t *row;
    size_t i;
    int count = 0;
    json_array_foreach (rows, i, row) {
        count += row_says_something(row);
    }
    return count;
}

static bool rows_grid(const json_t *rows, const WrongColumn *columns, int count, double capacity,
                      Grid *grid)
{
    if (!grid_init(grid, count, 1 + rows_shown(rows))) {
        return false;
    }
    bool ok = true;
    const json_t *row;
    size_t i;
    int at = 1;
    for (int c = 0; c < count; c++) {
        ok = grid_set(grid, 0, c, "%s", columns[c].title) && ok;
    }
    json_array_foreach (rows, i, row) {
        for (int c = 0; row_says_something(row) && c < count; c++) {
            ok = cell_fill(grid, at, c, row, &columns[c], capacity) && ok;
        }
        at += row_says_something(row);
    }
    return ok;
}

typedef struct WrongTable {
    const char *what, *key; /* heading, key of the summary */
    const WrongColumn *columns;
    int count;
    bool of_faults; /* a part of "failures" there */
    size_t least;   /* rows */
} WrongTable;

static const json_t *table_rows(const json_t *variant, const WrongTable *table)
{
    const json_t *from = table->of_faults ? json_object_get(variant, "failures") : variant;
    return json_object_get(from, table->key);
}

/* "What went wrong: a, b (12 components without a fault are left out)": all variants from this one
 * on that have the same rows. NULL if memory ran out; free with free(). */
static char *table_about(const json_t *variants, size_t from, const WrongTable *table)
{
    char *text = NULL;
    size_t size = 0;
    const json_t *rows = table_rows(json_array_get(variants, from), table);
    int left_out = (int)json_array_size(rows) - rows_shown(rows);
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL) {
        return NULL;
    }
    for (size_t i = from; i < json_array_size(variants); i++) {
        const json_t *variant = json_array_get(variants, i);
        if (json_equal(table_rows(variant, table), rows)) {
            fprintf(stream, "%s%s", i == from ? table->what : ", ", json_text_at(variant, "name"));
        }
    }
    if (left_out > 0) {
        fprintf(stream, " (%d component%s without a fault %s left out)", left_out,
                left_out > 1 ? "s" : "", left_out > 1 ? "are" : "is");
    }
    bool failed = ferror(stream) != 0;
    if (fclose(stream) != 0 || failed) {
        free(text);
        return NULL;
    }
    return text;
}

/* Has a variant before this one the same rows? */
static bool told_before(const json_t *variants, size_t at, const WrongTable *table)
{
    const json_t *rows = table_rows(json_array_get(variants, at), table);
    for (size_t i = 0; i < at; i++) {
        if (json_equal(table_rows(json_array_get(variants, i), table), rows)) {
            return true;
        }
    }
    return false;
}

bool went_wrong_tables(const json_t *summary, OverviewPrint *print, bool colour, FILE *stream)
{
    static const WrongTable TABLES[] = {
        {"What went wrong: ", "components", COMPONENT_COLUMNS, COUNT_OF(COMPONENT_COLUMNS), true,
         1},
        {"Jobs of a day and more: ", "sizes", SIZE_COLUMNS, COUNT_OF(SIZE_COLUMNS), true, 1},
        {"Services: ", "services", SERVICE_COLUMNS, COUNT_OF(SERVICE_COLUMNS), false, 2}};
    const json_t *variants = json_object_get(summary, "variants"), *variant;
    size_t i;
    bool ok = true;
    for (int t = 0; t < COUNT_OF(TABLES); t++) {
        json_array_foreach (variants, i, variant) {
            const json_t *rows = table_rows(variant, &TABLES[t]);
            if (!ok || json_array_size(rows) < TABLES[t].least ||
                told_before(variants, i, &TABLES[t])) {
                continue;
            }
            double capacity =
                json_number_at(json_object_get(variant, "ledger"), "capacity_gpu_hours");
            Grid grid = {0};
            char *about = table_about(variants, i, &TABLES[t]);
            ok = about != NULL &&
                 rows_grid(rows, TABLES[t].columns, TABLES[t].count, capacity, &grid);
            if (ok) {
                print(about, grid.row_count > 1 ? &grid : NULL, colour, stream);
            }
            grid_free(&grid);
            free(about);
        }
    }
    return ok;
}

/* ---- CSV ------------------------------------------------------------------------------------- */

static void rows_csv(const json_t *summary, const char *key, const WrongColumn *columns, int count,
                     FILE *stream)
{
    const json_t *variant, *row;
    size_t i, r;
    fputs("variant", stream);
    for (int c = 0; c < count; c++) {
        fprintf(stream, ",%s", columns[c].key);
    }
    fputc('\n', stream);
    json_array_foreach (json_object_get(summary, "variants"), i, variant) {
        json_array_foreach (json_object_get(json_object_get(variant, "failures"), key), r, row) {
            csv_field(json_text_at(variant, "name"), stream);
            for (int c = 0; c < count; c++) {
                fputc(',', stream);
                if (columns[c].decimals < 0) {
                    csv_field(json_text_at(row, columns[c].key), stream);
                } else {
                    csv_number(json_number_at(row, columns[c].key), stream);
                }
            }
            fputc('\n', stream);
        }
    }
}

void components_csv_print(const json_t *summary, FILE *stream)
{
    rows_csv(summary, "components", COMPONENT_COLUMNS, COUNT_OF(COMPONENT_COLUMNS), stream);
}

void sizes_csv_print(const json_t *summary, FILE *stream)
{
    rows_csv(summary, "sizes", SIZE_COLUMNS, COUNT_OF(SIZE_COLUMNS), stream);
}

void over_time_csv_print(const json_t *summary, FILE *stream)
{
    const json_t *variant, *value;
    size_t i, step;
    fputs("variant,from_s", stream);
    for (int s = 0; s < OVER_SERIES_COUNT; s++) {
        fprintf(stream, ",%s", OVER_SERIES_NAMES[s]);
    }
    fputc('\n', stream);
    json_array_foreach (json_object_get(summary, "variants"), i, variant) {
        const json_t *over = json_object_get(variant, "over_time");
        double step_s = json_number_at(over, "step_s");
        json_array_foreach (json_object_get(over, OVER_SERIES_NAMES[0]), step, value) {
            csv_field(json_text_at(variant, "name"), stream);
            fputc(',', stream);
            csv_number((double)step * step_s, stream);
            for (int s = 0; s < OVER_SERIES_COUNT; s++) {
                const json_t *series = json_object_get(over, OVER_SERIES_NAMES[s]);
                fputc(',', stream);
                csv_number(json_number_value(json_array_get(series, step)), stream);
            }
            fputc('\n', stream);
        }
    }
}
