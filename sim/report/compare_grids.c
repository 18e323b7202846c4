/* compare_grids.c - metrics, books and jobs of a comparison as cells of text. */
#include "sim/report/compare_grids.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/apportion.h"
#include "sim/report/amounts.h"
#include "sim/report/json_help.h"
#include "sim/report/overview.h"

#define DIGITS 5 /* of a number, about */
#define DECIMALS_MAX 6
#define METRIC_COLUMNS 8
#define BESIDE_MAX 64 /* lines of overhead that are printed */

char *sized_text(double value, double like, char buffer[NUMBER_TEXT_MAX])
{
    if (!isfinite(value)) {
        return strcpy(buffer, "-");
    }
    double size = fabs(like);
    int decimals = size > 0 ? DIGITS - 1 - (int)floor(log10(size)) : 0;
    decimals = decimals < 0 ? 0 : decimals > DECIMALS_MAX ? DECIMALS_MAX : decimals;
    return number_text(value, decimals, buffer);
}

/* ---- metrics ---- */

static const json_t *difference_of(const json_t *comparison, const char *name)
{
    return json_object_get(json_object_get(comparison, "difference"), name);
}

static const char *verdict_of(const json_t *comparison, const char *name)
{
    const json_t *difference = difference_of(comparison, name);
    return difference != NULL ? json_text_at(difference, "verdict") : "";
}

VerdictCounts verdict_counts(const json_t *comparison)
{
    VerdictCounts counts = {0};
    const char *name;
    json_t *metric;
    json_object_foreach (json_object_get(comparison, "metrics"), name, metric) {
        const char *verdict = verdict_of(comparison, name);
        counts.better += strcmp(verdict, "better") == 0;
        counts.worse += strcmp(verdict, "worse") == 0;
        counts.open += strcmp(verdict, "~") == 0;
        counts.same += strcmp(verdict, "=") == 0;
        counts.changed += strcmp(verdict, "changed") == 0;
    }
    return counts;
}

static bool is_shown(const json_t *comparison, const char *name, bool all)
{
    const char *verdict = verdict_of(comparison, name);
    return all || (strcmp(verdict, "=") != 0 && strcmp(verdict, "changed") != 0);
}

static bool interval_set(Grid *grid, int row, int column, const json_t *difference, double like)
{
    char low[NUMBER_TEXT_MAX], high[NUMBER_TEXT_MAX];
    if (difference == NULL) {
        return grid_set(grid, row, column, "-");
    }
    if (json_is_true(json_object_get(difference, "deterministic"))) {
        return grid_set(grid, row, column, "exact");
    }
    if (isnan(json_number_at(difference, "ci_low"))) {
        return grid_set(grid, row, column, "one replication");
    }
    return grid_set(grid, row, column, "%s to %s",
                    sized_text(json_number_at(difference, "ci_low"), like, low),
                    sized_text(json_number_at(difference, "ci_high"), like, high));
}

/* How many replications, and how many it would take where nobody can tell. */
static bool count_set(Grid *grid, int row, int column, const json_t *difference)
{
    double count = json_number_at(difference, "n");
    double settles = json_number_at(difference, "settle_count");
    if (difference == NULL) {
        return grid_set(grid, row, column, "-");
    }
    return settles > 0 ? grid_set(grid, row, column, "%.0f (%.0f)", count, settles)
                       : grid_set(grid, row, column, "%.0f", count);
}

/* Beyond every number: a wait that was not over within the run. */
static bool mean_set(Grid *grid, int row, int column, const json_t *metric, const char *side,
                     double like)
{
    char text[NUMBER_TEXT_MAX], key[8];
    snprintf(key, sizeof key, "%s_n", side);
    bool beyond = isnan(json_number_at(metric, side)) && json_number_at(metric, key) > 0;
    return grid_set(grid, row, column, "%s",
                    beyond ? "beyond the run"
                           : sized_text(json_number_at(metric, side), like, text));
}

/* Of the old value; "-" where that is 0. */
static bool percent_set(Grid *grid, int row, int column, double mean, double from)
{
    char text[NUMBER_TEXT_MAX];
    double percent = 100 * mean / fabs(from);
    if (!isfinite(percent)) {
        return grid_set(grid, row, column, "-");
    }
    return grid_set(grid, row, column, "%s%s %%", percent > 0 ? "+" : "",
                    number_text(percent, 1, text));
}

static bool metric_row(Grid *grid, int row, const json_t *comparison, const char *name,
                       const json_t *metric)
{
    const json_t *difference = difference_of(comparison, name);
    double mean = json_number_at(difference, "mean");
    double like = fmax(fabs(json_number_at(metric, "from")), fabs(json_number_at(metric, "to")));
    double fine = fabs(mean) > 0 ? fmin(like, 100 * fabs(mean)) : like;
    char text[NUMBER_TEXT_MAX];
    const char *unit = json_text_at(metric, "unit");
    bool plain = strcmp(unit, "1") == 0;
    bool ok = grid_set(grid, row, 0, "%s%s%s%s", name, plain ? "" : " (", plain ? "" : unit,
                       plain ? "" : ")");
    ok = mean_set(grid, row, 1, metric, "from", fine) && ok;
    ok = mean_set(grid, row, 2, metric, "to", fine) && ok;
    ok = grid_set(grid, row, 3, "%s%s", mean > 0 ? "+" : "", sized_text(mean, fine, text)) && ok;
    ok = percent_set(grid, row, 4, mean, json_number_at(metric, "from")) && ok;
    ok = interval_set(grid, row, 5, difference, fine) && ok;
    ok =
        grid_set(grid, row, 6, "%s", difference != NULL ? verdict_of(comparison, name) : "-") && ok;
    return count_set(grid, row, 7, difference) && ok;
}

bool metrics_grid(const json_t *comparison, bool all, Grid *grid)
{
    static const char *const TITLES[METRIC_COLUMNS] = {
        "metric", "old",           "new",     "difference",
        "of old", "95 % interval", "verdict", "n (to settle)"};
    json_t *metrics = json_object_get(comparison, "metrics"), *metric;
    const char *name;
    int rows = 1;
    json_object_foreach (metrics, name, metric) {
        rows += is_shown(comparison, name, all);
    }
    if (!grid_init(grid, METRIC_COLUMNS, rows)) {
        return false;
    }
    bool ok = true;
    for (int c = 0; c < METRIC_COLUMNS; c++) {
        ok = grid_set(grid, 0, c, "%s", TITLES[c]) && ok;
    }
    int row = 1;
    json_object_foreach (metrics, name, metric) {
        if (is_shown(comparison, name, all)) {
            ok = metric_row(grid, row++, comparison, name, metric) && ok;
        }
    }
    return ok;
}

/* ---- the bridge ---- */

static int64_t micro_at(const json_t *row, const char *unit, const char *side)
{
    return json_integer_value(json_object_get(json_object_get(row, unit), side));
}

/* Row or, for the productive time, the row of its own; NULL: the account holds nothing. */
static const json_t *bridge_row(const json_t *bridge, int account)
{
    if (account == ACCOUNT_PRODUCTIVE) {
        return json_object_get(bridge, "productive");
    }
    const json_t *row;
    size_t i;
    json_array_foreach (json_object_get(bridge, "rows"), i, row) {
        if (strcmp(json_text_at(row, "account"), account_name((Account)account)) == 0) {
            return row;
        }
    }
    return NULL;
}

static const json_t *sub_row(const json_t *row, int account, int sub)
{
    const json_t *part;
    size_t i;
    json_array_foreach (json_object_get(row, "by"), i, part) {
        if (strcmp(json_text_at(part, "sub_account"), account_sub_name((Account)account, sub)) ==
            0) {
            return part;
        }
    }
    return NULL;
}

/* How many millionths the last printed digit is. */
static int64_t step_of(int decimals)
{
    int64_t step = 1;
    for (int i = decimals; i < DECIMALS_MAX; i++) {
        step *= 10;
    }
    return step;
}

/* One side of the bridge in steps of what is printed, so that the column adds up as it stands. */
static void side_round(const json_t *bridge, const char *unit, const char *side, int decimals,
                       Amounts *rounded)
{
    Amounts exact = {.total = micro_at(json_object_get(bridge, "paid"), unit, side)};
    for (int a = 0; a < ACCOUNT_COUNT; a++) {
        const json_t *row = bridge_row(bridge, a);
        exact.account[a] = micro_at(row, unit, side);
        for (int s = 0; s < account_sub_count((Account)a); s++) {
            exact.sub[a][s] = micro_at(sub_row(row, a, s), unit, side);
        }
    }
    amounts_round(&exact, step_of(decimals), rounded);
}

typedef struct Column {
    const char *unit;
    int decimals;
    Amounts from, to, change;
} Column;

static int64_t amount_of(const Amounts *amounts, int account, int sub)
{
    return account < 0 ? amounts->total
           : sub < 0   ? amounts->account[account]
                       : amounts->sub[account][sub];
}

static bool amount_set(Grid *grid, int row, int at, const Column *column, int account, int sub)
{
    const Amounts *const all[] = {&column->from, &column->to, &column->change};
    double scale = pow(10.0, column->decimals);
    bool ok = true;
    for (int i = 0; i < 3; i++) {
        char text[NUMBER_TEXT_MAX];
        int64_t steps = amount_of(all[i], account, sub);
        ok = grid_set(grid, row, at + i, "%s%s", i == 2 && steps > 0 ? "+" : "",
                      number_text((double)steps / scale, column->decimals, text)) &&
             ok;
    }
    return ok;
}

typedef struct BridgeTable {
    Grid *grid;
    const json_t *bridge, *paid; /* paid: its difference */
    Column columns[2];
    int column_count; /* 1: nothing has a price */
    int row;
    bool ok;
} BridgeTable;

static void line_add(BridgeTable *table, const char *prefix, const char *name, int account, int sub)
{
    Grid *grid = table->grid;
    int row = table->row++;
    bool ok = grid_set(grid, row, 0, "%s%s", prefix, name);
    for (int c = 0; c < table->column_count; c++) {
        ok = amount_set(grid, row, 1 + 3 * c, &table->columns[c], account, sub) && ok;
    }
    if (sub < 0) {
        const json_t *from = account < 0 ? table->paid : bridge_row(table->bridge, account);
        double like = json_number_at(from, "ci_high") - json_number_at(from, "ci_low");
        ok = interval_set(grid, row, 1 + 3 * table->column_count, from, like) && ok;
    }
    table->ok = table->ok && ok;
}

/* Dollars beside GPU time, in steps of what is printed: the lines, then their sum. */
typedef struct Beside {
    int64_t from[BESIDE_MAX + 1], to[BESIDE_MAX + 1];
} Beside;

static void beside_round(const json_t *overhead, const char *side, int64_t step, int64_t *steps,
                         int count)
{
    Int128 weight[BESIDE_MAX];
    int64_t total = micro_at(overhead, "usd_micro", side);
    for (int i = 0; i < count; i++) {
        const json_t *line = json_array_get(json_object_get(overhead, "by"), (size_t)i);
        int64_t usd = micro_at(line, "usd_micro", side);
        weight[i] = usd > 0 ? usd : 0;
        steps[i] = 0;
    }
    steps[count] = (total + step / 2) / step;
    apportion(steps[count], weight, count, steps);
}

/* A line of dollars alone. */
static void dollars_add(BridgeTable *table, const char *prefix, const char *name, int64_t from,
                        int64_t to)
{
    const int64_t steps[] = {from, to, to - from};
    int decimals = table->columns[1].decimals;
    int at = table->row++;
    table->ok = grid_set(table->grid, at, 0, "%s%s", prefix, name) && table->ok;
    for (int i = 0; i < 3; i++) {
        char text[NUMBER_TEXT_MAX];
        number_text((double)steps[i] / pow(10.0, decimals), decimals, text);
        table->ok =
            grid_set(table->grid, at, 4 + i, "%s%s", i == 2 && steps[i] > 0 ? "+" : "", text) &&
            table->ok;
    }
}

static bool has_overhead(const json_t *bridge)
{
    const json_t *overhead = json_object_get(bridge, "overhead");
    return json_is_object(json_object_get(bridge, "cost")) &&
           (micro_at(overhead, "usd_micro", "from") != 0 ||
            micro_at(overhead, "usd_micro", "to") != 0);
}

static int beside_count(const json_t *bridge)
{
    size_t lines = json_array_size(json_object_get(json_object_get(bridge, "overhead"), "by"));
    return lines < BESIDE_MAX ? (int)lines : BESIDE_MAX;
}

static void overhead_add(BridgeTable *table, bool all)
{
    const json_t *overhead = json_object_get(table->bridge, "overhead");
    const Column *column = &table->columns[1];
    int count = beside_count(table->bridge);
    Beside beside;
    beside_round(overhead, "from", step_of(column->decimals), beside.from, count);
    beside_round(overhead, "to", step_of(column->decimals), beside.to, count);
    int64_t from = beside.from[count];
    int64_t to = beside.to[count];
    dollars_add(table, "", "beside GPU time", from, to);
    for (int i = 0; all && i < count; i++) {
        const json_t *line = json_array_get(json_object_get(overhead, "by"), (size_t)i);
        dollars_add(table, "    ", json_text_at(line, "name"), beside.from[i], beside.to[i]);
    }
    dollars_add(table, "", "all that is paid", column->from.total + from, column->to.total + to);
}

static void account_add(BridgeTable *table, int account, bool all)
{
    const json_t *row = bridge_row(table->bridge, account);
    bool productive = account == ACCOUNT_PRODUCTIVE;
    line_add(table, productive ? "= " : "- ", account_name((Account)account), account, -1);
    for (int s = 0; all && s < account_sub_count((Account)account); s++) {
        if (sub_row(row, account, s) != NULL) {
            line_add(table, "    ", account_sub_name((Account)account, s), account, s);
        }
    }
}

static int bridge_rows(const json_t *bridge, bool all)
{
    int rows = 3; /* titles, paid, productive */
    const json_t *row;
    size_t i;
    json_array_foreach (json_object_get(bridge, "rows"), i, row) {
        rows += 1 + (all ? (int)json_array_size(json_object_get(row, "by")) : 0);
    }
    const json_t *productive = json_object_get(bridge, "productive");
    if (has_overhead(bridge)) {
        rows += 2 + (all ? beside_count(bridge) : 0);
    }
    return rows + (all ? (int)json_array_size(json_object_get(productive, "by")) : 0);
}

static bool titles_set(const BridgeTable *table)
{
    static const char *const TITLES[2][3] = {{"old GPU-hours", "new GPU-hours", "change"},
                                             {"old USD", "new USD", "change USD"}};
    bool ok = true;
    for (int c = 0; c < table->column_count; c++) {
        for (int i = 0; i < 3; i++) {
            ok = grid_set(table->grid, 0, 1 + 3 * c + i, "%s", TITLES[c][i]) && ok;
        }
    }
    return grid_set(table->grid, 0, 1 + 3 * table->column_count, "95 %% interval, GPU-hours") && ok;
}

bool bridge_grid(const json_t *comparison, bool all, Grid *grid)
{
    const json_t *bridge = json_object_get(comparison, "bridge");
    const json_t *paid = json_object_get(bridge, "paid");
    double most = fmax((double)micro_at(paid, "gpu_hours_micro", "from"),
                       (double)micro_at(paid, "gpu_hours_micro", "to"));
    int decimals = ledger_decimals(most / MICRO);
    decimals = decimals > DECIMALS_MAX ? DECIMALS_MAX : decimals;
    BridgeTable table = {.grid = grid,
                         .bridge = bridge,
                         .paid = difference_of(comparison, "capacity_gpu_hours"),
                         .columns = {{.unit = "gpu_hours_micro", .decimals = decimals},
                                     {.unit = "usd_micro", .decimals = decimals - 1}},
                         .row = 1};
    bool priced =
        micro_at(paid, "usd_micro", "from") != 0 || micro_at(paid, "usd_micro", "to") != 0;
    table.column_count = priced ? 2 : 1;
    if (!grid_init(grid, 2 + 3 * table.column_count, bridge_rows(bridge, all))) {
        return false;
    }
    for (int c = 0; c < table.column_count; c++) {
        Column *column = &table.columns[c];
        side_round(bridge, column->unit, "from", column->decimals, &column->from);
        side_round(bridge, column->unit, "to", column->decimals, &column->to);
        amounts_less(&column->to, &column->from, &column->change);
    }
    grid->left[grid->column_count - 1] = true;
    table.ok = titles_set(&table);
    line_add(&table, "", "paid", -1, -1);
    for (int a = 0; a < ACCOUNT_COUNT; a++) {
        if (a != ACCOUNT_PRODUCTIVE && bridge_row(bridge, a) != NULL) {
            account_add(&table, a, all);
        }
    }
    account_add(&table, ACCOUNT_PRODUCTIVE, all);
    if (has_overhead(bridge)) {
        overhead_add(&table, all);
    }
    return table.ok;
}

/* ---- jobs ---- */

static bool seconds_set(Grid *grid, int row, int column, const json_t *side, const char *key)
{
    char text[NUMBER_TEXT_MAX];
    double value = json_number_at(side, key);
    return grid_set(grid, row, column, "%s",
                    isfinite(value) ? number_text(value, 0, text) : "never");
}

static bool moved_row(Grid *grid, int row, const json_t *moved)
{
    static const char *const KEYS[] = {"start_s", "end_s", "lost_gpu_s"};
    const json_t *from = json_object_get(moved, "from");
    const json_t *to = json_object_get(moved, "to");
    char text[NUMBER_TEXT_MAX];
    double later = json_number_at(moved, "later_gpu_s");
    bool ok = grid_set(grid, row, 0, "%s", json_text_at(moved, "job"));
    ok = grid_set(grid, row, 1, "%g", json_number_at(moved, "gpus")) && ok;
    for (int k = 0; k < 3; k++) {
        ok = seconds_set(grid, row, 2 + 2 * k, from, KEYS[k]) && ok;
        ok = seconds_set(grid, row, 3 + 2 * k, to, KEYS[k]) && ok;
    }
    ok = grid_set(grid, row, 8, "%s%s", later > 0 ? "+" : "", number_text(later, 0, text)) && ok;
    const char *old = json_text_at(from, "reason");
    const char *new = json_text_at(to, "reason");
    bool told = old[0] != '\0' || new[0] != '\0';
    return grid_set(grid, row, 9, told ? "%s > %s" : "%s%s", old[0] != '\0' || !told ? old : "none",
                    new[0] != '\0' || !told ? new : "none") &&
           ok;
}

bool moved_grid(const json_t *comparison, Grid *grid)
{
    static const char *const TITLES[] = {
        "job", "GPUs",           "old start s", "new", "old end s", "new", "old lost GPU-s",
        "new", "later by GPU-s", "last reason"};
    const json_t *most = json_object_get(json_object_get(comparison, "moved_jobs"), "most");
    if (!grid_init(grid, 10, 1 + (int)json_array_size(most))) {
        return false;
    }
    grid->left[9] = true;
    bool ok = true;
    for (int c = 0; c < 10; c++) {
        ok = grid_set(grid, 0, c, "%s", TITLES[c]) && ok;
    }
    const json_t *row;
    size_t i;
    json_array_foreach (most, i, row) {
        ok = moved_row(grid, 1 + (int)i, row) && ok;
    }
    return ok;
}
