/* overview.c - which figures a reader of this scenario wants to see in one row. */
#include "core/units.h"
#include "sim/report/overview.h"

#include <math.h>
#include <string.h>

#include "sim/report/json_help.h"

typedef struct ColumnSpec {
    const char *title, *metric;
    double scale;
    int decimals;
    const char *suffix;
    bool hide_zero; /* a column of nothing but zeros says nothing */
} ColumnSpec;

static const ColumnSpec FILLING_COLUMNS[] = {
    {"allocated", "allocation_at_full_load", 100, 2, " %", false},
    {"fragmented of idle", "fragmentation_ratio_at_full_load", 100, 1, " %", false},
    {"idle GPUs", "idle_gpus_at_full_load", 1, 1, "", false},
    {"idle USD/year", "idle_usd_per_year_at_full_load", 1, 0, "", false},
};
static const ColumnSpec JOB_COLUMNS[] = {
    {"productive", "productive_share", 100, 2, " %", false},
    {"allocated", "allocated_share", 100, 2, " %", false},
    {"fragmented GPU-h", "fragmented_gpu_hours", 1, 2, "", true},
    {"USD/productive GPU-h", "usd_per_productive_gpu_hour", 1, 3, "", false},
    {"completed", "jobs_completed", 1, 0, "", false},
    {"running", "jobs_running", 1, 0, "", true},
    {"waiting", "jobs_unstarted", 1, 0, "", true},
    {"rejected", "jobs_rejected", 1, 0, "", true},
    {"mean wait", "wait_mean_s", 1, 1, " s", false},
    {"latency", "service_latency_mean_ms", 1, 2, " ms", true},
    {"x idle", "service_latency_ratio", 1, 3, "", true},
    {"unserved", "service_unserved_share", 100, 2, " %", true},
};
static const ColumnSpec BUSY_COLUMNS[] = {
    {"busy at least", "busy_share_low", 100, 2, " %", false},
    {"at most", "busy_share_high", 100, 2, " %", false},
    {"productive", "productive_share", 100, 2, " %", false},
    {"productive GPU-h", "productive_gpu_hours", 1, 1, "", false},
    {"stalled GPU-h", "io_stall_gpu_hours", 1, 1, "", true},
    {"hung GPU-h", "hung_gpu_hours", 1, 1, "", true},
    {"lost GPU-h", "lost_gpu_hours", 1, 1, "", true},
};
static const ColumnSpec UPTIME_COLUMNS[] = {
    {"faults", "faults_began", 1, 0, "", true},
    {"interruptions", "interruptions", 1, 1, "", false},
    {"run hours between", "mtti_h", 1, 1, "", false},
    {"ETTR", "ettr", 100, 2, " %", false},
    {"with queue", "ettr_with_queue", 100, 2, " %", false},
    {"nodes up", "node_availability", 100, 2, " %", false},
    {"technician h", "technician_hours", 1, 1, "", true},
    {"staff USD", "staff_usd", 1, 0, "", true},
};
#define COUNT_OF(array) ((int)(sizeof(array) / sizeof(array)[0]))

bool overview_jobs_stay(const json_t *summary)
{
    const json_t *variant;
    size_t i;
    json_array_foreach (json_object_get(summary, "variants"), i, variant) {
        if (json_metric(variant, "jobs_completed", "mean") > 0) {
            return false;
        }
    }
    return true;
}

bool overview_is_filling(const json_t *summary)
{
    const json_t *variant;
    size_t i;
    if (overview_nothing_ran(summary)) {
        return false;
    }
    json_array_foreach (json_object_get(summary, "variants"), i, variant) {
        if (isfinite(json_metric(variant, "service_overload_share", "mean")) ||
            json_metric(variant, "faults_began", "mean") > 0) {
            return false; /* requests, or nodes, come and go, whoever stays */
        }
        if (isfinite(json_metric(variant, "idle_gpus_at_full_load", "mean"))) {
            return overview_jobs_stay(summary);
        }
    }
    return false;
}

static bool column_shown(const json_t *variants, const ColumnSpec *column)
{
    const json_t *variant;
    size_t i;
    json_array_foreach (variants, i, variant) {
        double mean = json_metric(variant, column->metric, "mean");
        if (isfinite(mean) && !(column->hide_zero && fabs(mean) == 0)) {
            return true;
        }
    }
    return false;
}

static bool cell_fill(Grid *grid, int row, int at, const json_t *metric, const ColumnSpec *column)
{
    char mean[NUMBER_TEXT_MAX], half[NUMBER_TEXT_MAX];
    double value = json_number_at(metric, "mean");
    if (!isfinite(value)) {
        return grid_set(grid, row, at, "-");
    }
    number_text(value * column->scale, column->decimals, mean);
    double low = json_number_at(metric, "ci_low"), high = json_number_at(metric, "ci_high");
    if (json_number_at(metric, "n") > 1 && high > low) {
        number_text((high - low) / 2 * column->scale, column->decimals, half);
        return grid_set(grid, row, at, "%s ± %s%s", mean, half, column->suffix);
    }
    return grid_set(grid, row, at, "%s%s", mean, column->suffix);
}

/* The paired difference that the headline is about, for every variant. */
static bool against_fill(Grid *grid, int at, const json_t *variants, const ColumnSpec *column)
{
    const json_t *variant;
    size_t i;
    bool ok = grid_set(grid, 0, at, "%s against %s", column->title,
                       json_text_at(json_array_get(variants, 0), "name"));
    json_array_foreach (variants, i, variant) {
        const json_t *difference =
            json_object_get(json_object_get(variant, "against_baseline"), "difference");
        ok = cell_fill(grid, (int)i + 1, at, json_object_get(difference, column->metric), column) &&
             ok;
    }
    return ok;
}

/* A row a variant; room for `more` columns behind those of `specs` that say something. How many
 * those are, the names counted; 0 if memory ran out. */
static int columns_grid(const json_t *variants, const ColumnSpec *specs, int spec_count, int more,
                        Grid *grid)
{
    const ColumnSpec *shown[GRID_COLUMNS_MAX];
    int count = 1;
    for (int i = 0; i < spec_count; i++) {
        if (column_shown(variants, &specs[i])) {
            shown[count++] = &specs[i];
        }
    }
    if (!grid_init(grid, count + more, 1 + (int)json_array_size(variants))) {
        return 0;
    }
    bool ok = grid_set(grid, 0, 0, "variant");
    const json_t *variant;
    size_t row;
    json_array_foreach (variants, row, variant) {
        const json_t *metrics = json_object_get(variant, "metrics");
        ok = grid_set(grid, (int)row + 1, 0, "%s", json_text_at(variant, "name")) && ok;
        for (int c = 1; c < count; c++) {
            const json_t *metric = json_object_get(metrics, shown[c]->metric);
            ok = cell_fill(grid, (int)row + 1, c, metric, shown[c]) && ok;
        }
    }
    for (int c = 1; c < count; c++) {
        ok = grid_set(grid, 0, c, "%s", shown[c]->title) && ok;
    }
    return ok ? count : 0;
}

bool overview_grid(const json_t *summary, Grid *grid)
{
    const json_t *variants = json_object_get(summary, "variants");
    bool filling = overview_is_filling(summary);
    bool compared = filling && json_array_size(variants) > 1;
    int count =
        filling ? columns_grid(variants, FILLING_COLUMNS, COUNT_OF(FILLING_COLUMNS), compared, grid)
                : columns_grid(variants, JOB_COLUMNS, COUNT_OF(JOB_COLUMNS), 0, grid);
    return count > 0 && (!compared || against_fill(grid, count, variants, &FILLING_COLUMNS[2]));
}

/* Does something fail there, or does work wait for data? */
static bool is_about_faults(const json_t *summary)
{
    const json_t *variant;
    size_t i;
    json_array_foreach (json_object_get(summary, "variants"), i, variant) {
        if (json_is_object(json_object_get(variant, "failures")) ||
            json_metric(variant, "io_stall_gpu_hours", "mean") > 0) {
            return true;
        }
    }
    return false;
}

bool overview_faults(const json_t *summary, OverviewPrint *print, bool colour, FILE *stream)
{
    static const struct {
        const char *about;
        const ColumnSpec *specs;
        int count;
    } TABLES[] = {{"What device counters would show as busy, and what was produced", BUSY_COLUMNS,
                   COUNT_OF(BUSY_COLUMNS)},
                  {"How often work was interrupted, and who mended it", UPTIME_COLUMNS,
                   COUNT_OF(UPTIME_COLUMNS)}};
    const json_t *variants = json_object_get(summary, "variants");
    bool ok = true;
    for (int t = 0; is_about_faults(summary) && ok && t < COUNT_OF(TABLES); t++) {
        Grid grid;
        ok = columns_grid(variants, TABLES[t].specs, TABLES[t].count, 0, &grid) > 0;
        if (ok) {
            print(TABLES[t].about, &grid, colour, stream);
        }
        grid_free(&grid);
    }
    return ok;
}

/* Is it drawn in some variant? */
static bool is_drawn(const json_t *variants, const char *what)
{
    const json_t *variant, *word;
    size_t i, k;
    json_array_foreach (variants, i, variant) {
        json_array_foreach (json_object_get(variant, "vary"), k, word) {
            if (strcmp(json_string_value(word), what) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* The words of `vary`, joined; how many there were. stream NULL: only count. */
static int drawn_say(const json_t *variants, FILE *stream)
{
    static const char *const WORDS[] = {"arrivals", "ties", "placement", "faults", "workload"};
    int count = 0;
    for (int i = 0; i < COUNT_OF(WORDS); i++) {
        if (is_drawn(variants, WORDS[i])) {
            if (stream != NULL) {
                fprintf(stream, "%s%s", count > 0 ? ", " : "", WORDS[i]);
            }
            count++;
        }
    }
    return count;
}

static char *duration_text(double seconds, char *text, int size)
{
    return quantity_print((int64_t)(seconds * 1e3 + 0.5), UNIT_DURATION_MS, text, size);
}

void overview_setting(const json_t *summary, FILE *stream)
{
    const json_t *variants = json_object_get(summary, "variants");
    const json_t *variant = json_array_get(variants, 0);
    const json_t *cluster = json_object_get(variant, "cluster");
    char nodes[NUMBER_TEXT_MAX], gpus[NUMBER_TEXT_MAX];
    double gpu_count = json_number_at(cluster, "gpus");
    number_text(json_number_at(cluster, "nodes"), 0, nodes);
    number_text(gpu_count, fabs(gpu_count - floor(gpu_count)) > 0 ? 3 : 0, gpus);
    double replications = json_number_at(variant, "completed");
    fprintf(stream, "%s node%s, %s GPUs; %s%.0f replication%s", nodes,
            strcmp(nodes, "1") == 0 ? "" : "s", gpus, replications > 1 ? "mean of " : "",
            replications, replications > 1 ? "s" : "");
    double warmup_s = json_number_at(variant, "warmup_s");
    if (warmup_s > 0) {
        char text[32];
        fprintf(stream, "; the first %s do not count", duration_text(warmup_s, text, sizeof text));
    }
    if (drawn_say(variants, NULL) == 0) {
        fputs("; nothing is drawn", stream);
        return;
    }
    fputs("; drawn: ", stream);
    drawn_say(variants, stream);
}

void overview_interval_note(const json_t *summary, FILE *stream)
{
    const json_t *variants = json_object_get(summary, "variants");
    if (drawn_say(variants, NULL) > 0) {
        fputs(json_number_at(json_array_get(variants, 0), "completed") > 1
                  ? "; ± is the 95 % interval of the mean"
                  : "; one draw has no interval (try --replications 10)",
              stream);
    }
}

bool overview_until(const json_t *summary, FILE *stream)
{
    const json_t *until = json_object_get(summary, "until_halfwidth");
    if (until == NULL) {
        return false;
    }
    double half_width = json_number_at(until, "half_width");
    bool reached = json_is_true(json_object_get(until, "reached"));
    fprintf(stream, "%s: 95 %% half-width of %s at most %g %% of the mean",
            reached ? "stopped by half-width; not for tests" : "half-width not reached",
            json_text_at(until, "metric"), 100 * json_number_at(until, "target"));
    if (isfinite(half_width)) {
        fprintf(stream, ", found %.2g %%", 100 * half_width);
    }
    return true;
}

void overview_advice(const json_t *summary, const char *prefix,
                     void (*name)(const char *text, FILE *stream), FILE *stream)
{
    const json_t *variants = json_object_get(summary, "variants"), *variant;
    size_t i;
    fprintf(stream, "%sWarm-up by MSER-5 (advice, not applied):", prefix);
    json_array_foreach (variants, i, variant) {
        const json_t *mser = json_object_get(json_object_get(variant, "advice"), "mser5");
        double warmup_s = json_number_at(mser, "warmup_s");
        char text[32];
        fputs(i > 0 ? "; " : " ", stream);
        name(json_text_at(variant, "name"), stream);
        fprintf(stream, " %s",
                warmup_s > 0    ? duration_text(warmup_s, text, sizeof text)
                : warmup_s >= 0 ? "none needed"
                                : "the run is too short to tell");
    }
    fputs(".\n\n", stream);
}

/* A study whose arrivals are a millisecond apart lasts for seconds. */
int ledger_decimals(double capacity)
{
    int decimals = 3;
    for (double shown = 10; capacity > 0 && capacity < shown && decimals < 9; shown /= 10) {
        decimals++;
    }
    return decimals;
}

static bool ledger_row(Grid *grid, int row, const char *name, const char *indent,
                       const json_t *amount, double capacity)
{
    int decimals = ledger_decimals(capacity);
    char hours[NUMBER_TEXT_MAX], share[NUMBER_TEXT_MAX], usd[NUMBER_TEXT_MAX];
    double gpu_hours = json_number_at(amount, "gpu_hours");
    number_text(gpu_hours, decimals, hours);
    number_text(capacity > 0 ? 100 * gpu_hours / capacity : NAN, 2, share);
    number_text(json_number_at(amount, "usd"), decimals - 1, usd);
    bool ok = grid_set(grid, row, 0, "%s%s", indent, name);
    ok = grid_set(grid, row, 1, "%s", hours) && ok;
    ok = grid_set(grid, row, 2, "%s %%", share) && ok;
    return grid_set(grid, row, 3, "%s", usd) && ok;
}

/* The accounts of one variant that hold something. False if memory ran out. */
static bool ledger_grid(const json_t *variant, Grid *grid)
{
    json_t *ledger = json_object_get(variant, "ledger");
    json_t *accounts = json_object_get(ledger, "accounts"), *account, *part;
    double capacity = json_number_at(ledger, "capacity_gpu_hours");
    const char *name, *sub;
    int rows = 1;
    json_object_foreach (accounts, name, account) {
        rows += json_number_at(account, "gpu_hours") > 0
                    ? 1 + (int)json_object_size(json_object_get(account, "by"))
                    : 0;
    }
    if (!grid_init(grid, 4, rows)) {
        return false;
    }
    bool ok = grid_set(grid, 0, 0, "account");
    ok = grid_set(grid, 0, 1, "GPU-hours") && ok;
    ok = grid_set(grid, 0, 2, "share") && ok;
    ok = grid_set(grid, 0, 3, "USD") && ok;
    int row = 1;
    json_object_foreach (accounts, name, account) {
        if (!(json_number_at(account, "gpu_hours") > 0)) {
            continue;
        }
        ok = ledger_row(grid, row++, name, "", account, capacity) && ok;
        json_object_foreach (json_object_get(account, "by"), sub, part) {
            ok = ledger_row(grid, row++, sub, "  ", part, capacity) && ok;
        }
    }
    return ok;
}

bool overview_ledgers(const json_t *summary, OverviewPrint *print, bool colour, FILE *stream)
{
    const json_t *variant;
    size_t i;
    bool ok = true;
    json_array_foreach (json_object_get(summary, "variants"), i, variant) {
        Grid grid;
        ok = ledger_grid(variant, &grid);
        if (ok) {
            print(json_text_at(variant, "name"), &grid, colour, stream);
        }
        grid_free(&grid);
        if (!ok) {
            break;
        }
    }
    return ok;
}
