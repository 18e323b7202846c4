/* went_wrong.c - rows of components and of sizes: into the summary, and out of it. */
#include "sim/report/went_wrong.h"

#include <math.h>
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
        json_t *values = json_array();
        bool good = values != NULL;
        for (int32_t step = 0; step < columns->count; step++) {
            good = json_push(values, json_number(columns->pct[s][step])) && good;
        }
        ok = json_put(about, OVER_SERIES_NAMES[s], json_checked(values, good)) && ok;
    }
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

static bool rows_grid(const json_t *rows, const WrongColumn *columns, int count, double capacity,
                      Grid *grid)
{
    if (!grid_init(grid, count, 1 + (int)json_array_size(rows))) {
        return false;
    }
    bool ok = true;
    const json_t *row;
    size_t i;
    for (int c = 0; c < count; c++) {
        ok = grid_set(grid, 0, c, "%s", columns[c].title) && ok;
    }
    json_array_foreach (rows, i, row) {
        for (int c = 0; c < count; c++) {
            ok = cell_fill(grid, (int)i + 1, c, row, &columns[c], capacity) && ok;
        }
    }
    return ok;
}

bool went_wrong_tables(const json_t *summary, WrongPrint *print, bool colour, FILE *stream)
{
    static const struct {
        const char *what, *key;
        const WrongColumn *columns;
        int count;
        size_t least; /* rows */
    } TABLES[] = {
        {"What went wrong", "components", COMPONENT_COLUMNS, COUNT_OF(COMPONENT_COLUMNS), 1},
        {"Jobs of a day and more", "sizes", SIZE_COLUMNS, COUNT_OF(SIZE_COLUMNS), 1},
        {"Services", "services", SERVICE_COLUMNS, COUNT_OF(SERVICE_COLUMNS), 2}};
    const json_t *variant;
    size_t i;
    bool ok = true;
    json_array_foreach (json_object_get(summary, "variants"), i, variant) {
        const json_t *failures = json_object_get(variant, "failures");
        for (int t = 0; ok && t < COUNT_OF(TABLES); t++) {
            const json_t *rows = json_object_get(t < 2 ? failures : variant, TABLES[t].key);
            if (json_array_size(rows) < TABLES[t].least) {
                continue;
            }
            Grid grid;
            double capacity =
                json_number_at(json_object_get(variant, "ledger"), "capacity_gpu_hours");
            ok = rows_grid(rows, TABLES[t].columns, TABLES[t].count, capacity, &grid);
            if (ok) {
                print(TABLES[t].what, json_text_at(variant, "name"), &grid, colour, stream);
            }
            grid_free(&grid);
        }
    }
    return ok;
}

/* "12.34"; of shares in per cent. */
static const char *metric_text(const json_t *variant, const char *metric, double scale,
                               int decimals, char text[NUMBER_TEXT_MAX])
{
    return number_text(json_metric(variant, metric, "mean") * scale, decimals, text);
}

static bool metric_is_there(const json_t *variant, const char *metric)
{
    double mean = json_metric(variant, metric, "mean");
    return isfinite(mean) && fabs(mean) > 0;
}

static void line_print(const json_t *variant, FILE *stream)
{
    char a[NUMBER_TEXT_MAX], b[NUMBER_TEXT_MAX], c[NUMBER_TEXT_MAX];
    fprintf(stream, ": device counters would show %s to %s %% as busy; %s %% was productive",
            metric_text(variant, "busy_share_low", 100, 2, a),
            metric_text(variant, "busy_share_high", 100, 2, b),
            metric_text(variant, "productive_share", 100, 2, c));
    if (metric_is_there(variant, "ettr")) {
        fprintf(stream, "; ETTR %s %%, with the queue %s %%",
                metric_text(variant, "ettr", 100, 2, a),
                metric_text(variant, "ettr_with_queue", 100, 2, b));
    }
    if (metric_is_there(variant, "mtti_h")) {
        fprintf(stream, "; %s run hours between interruptions",
                metric_text(variant, "mtti_h", 1, 1, a));
    }
    if (metric_is_there(variant, "faults_began")) {
        fprintf(stream, "; nodes could work %s %% of the time",
                metric_text(variant, "node_availability", 100, 2, a));
    }
    if (metric_is_there(variant, "technician_hours")) {
        fprintf(stream, "; technicians worked %s h",
                metric_text(variant, "technician_hours", 1, 1, a));
    }
    if (metric_is_there(variant, "staff_usd")) {
        fprintf(stream, " and were paid %s USD", metric_text(variant, "staff_usd", 1, 0, a));
    }
    fputs(".\n", stream);
}

void went_wrong_lines(const json_t *summary, const char *prefix,
                      void (*name)(const char *text, FILE *stream), FILE *stream)
{
    const json_t *variant;
    size_t i;
    int printed = 0;
    json_array_foreach (json_object_get(summary, "variants"), i, variant) {
        if (json_is_object(json_object_get(variant, "failures")) ||
            json_is_object(json_object_get(variant, "over_time"))) {
            fputs(prefix, stream);
            name(json_text_at(variant, "name"), stream);
            line_print(variant, stream);
            printed++;
        }
    }
    fputs(printed > 0 ? "\n" : "", stream);
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
