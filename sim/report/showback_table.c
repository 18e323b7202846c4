/* showback_table.c - who pays, line by line, with a sum that is the variant's cost. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/experiment/showback.h"
#include "sim/report/json_help.h"
#include "sim/report/printers.h"
#include "sim/report/showback.h"

typedef struct Column {
    const char *title, *key;
    bool money, adds; /* adds: the last row has its sum */
} Column;
static const Column COLUMNS[] = {
    {"requested GPU-h", "requested_gpu_hours", false, true},
    {"used", "used_gpu_hours", false, true},
    {"productive", "productive_gpu_hours", false, true},
    {"as cards", "gpu_hours_as_cards", false, true},
    {"efficiency", "efficiency", false, false},
    {"direct USD", "direct_usd", true, true},
    {"idle USD", "idle_usd", true, true},
    {"shared USD", "shared_usd", true, true},
    {"total USD", "total_usd", true, true},
    {"USD/GPU-h", "usd_per_gpu_hour", true, false},
    {"change USD", "change_usd", true, true},
};
#define COLUMN_COUNT ((int)(sizeof(COLUMNS) / sizeof(COLUMNS)[0]))

/* The lines that people see. */
static const json_t *lines_of(const json_t *variant, const char **by)
{
    const json_t *showback = json_object_get(variant, "showback");
    *by = json_text_at(showback, "by");
    return json_object_get(json_object_get(showback, *by), "lines");
}

static double sum_of(const json_t *lines, const char *key)
{
    const json_t *line;
    size_t i;
    double sum = 0;
    json_array_foreach (lines, i, line) {
        double value = json_number_at(line, key);
        sum += isfinite(value) ? value : 0;
    }
    return sum;
}

/* Parts of cards make a difference here, and somebody may count them as cards elsewhere. */
static bool cards_differ(const json_t *lines)
{
    double cards = sum_of(lines, "gpu_hours_as_cards");
    double hours = sum_of(lines, "requested_gpu_hours");
    return fabs(cards - hours) > 1e-9 * fmax(1.0, hours);
}

static bool change_known(const json_t *lines)
{
    return isfinite(json_number_at(json_array_get(lines, 0), "change_usd"));
}

static bool column_shown(const Column *column, const json_t *lines)
{
    return (strcmp(column->key, "gpu_hours_as_cards") != 0 || cards_differ(lines)) &&
           (strcmp(column->key, "change_usd") != 0 || change_known(lines));
}

static bool cell_set(Grid *grid, int row, int at, const Column *column, double value, double whole)
{
    char text[NUMBER_TEXT_MAX];
    if (!isfinite(value)) {
        return grid_set(grid, row, at, "-");
    }
    if (strcmp(column->key, "efficiency") == 0) {
        return grid_set(grid, row, at, "%s %%", number_text(value * 100, 1, text));
    }
    int decimals = column->money ? (fabs(whole) < 1e5 ? 2 : 0) : ledger_decimals(whole);
    if (strcmp(column->key, "usd_per_gpu_hour") == 0) {
        decimals = 3;
    }
    return grid_set(grid, row, at, "%s", number_text(value, decimals, text));
}

static bool sum_row(Grid *grid, int row, const json_t *lines)
{
    bool ok = grid_set(grid, row, 0, "all");
    int at = 1;
    for (int c = 0; c < COLUMN_COUNT; c++) {
        if (column_shown(&COLUMNS[c], lines)) {
            double sum = sum_of(lines, COLUMNS[c].key);
            ok = cell_set(grid, row, at++, &COLUMNS[c], COLUMNS[c].adds ? sum : NAN, sum) && ok;
        }
    }
    return ok;
}

static bool lines_grid(const json_t *lines, const char *by, Grid *grid)
{
    int columns = 1;
    for (int c = 0; c < COLUMN_COUNT; c++) {
        columns += column_shown(&COLUMNS[c], lines);
    }
    int rows = (int)json_array_size(lines);
    if (!grid_init(grid, columns, rows + 2)) {
        return false;
    }
    bool ok = grid_set(grid, 0, 0, "%s", by);
    grid->left[0] = true;
    for (int row = 1; row <= rows; row++) {
        ok = grid_set(grid, row, 0, "%s",
                      json_text_at(json_array_get(lines, (size_t)row - 1), "name")) &&
             ok;
    }
    int at = 1;
    for (int c = 0; c < COLUMN_COUNT; c++) {
        if (!column_shown(&COLUMNS[c], lines)) {
            continue;
        }
        double whole = sum_of(lines, COLUMNS[c].key);
        ok = grid_set(grid, 0, at, "%s", COLUMNS[c].title) && ok;
        for (int row = 1; row <= rows; row++) {
            const json_t *line = json_array_get(lines, (size_t)row - 1);
            ok =
                cell_set(grid, row, at, &COLUMNS[c], json_number_at(line, COLUMNS[c].key), whole) &&
                ok;
        }
        at++;
    }
    return sum_row(grid, rows + 1, lines) && ok;
}

/* ---- commitments: what was promised, and what became of it ---- */

typedef struct CommitmentColumn {
    const char *title, *key;
    bool share;
} CommitmentColumn;
static const CommitmentColumn COMMITMENT_COLUMNS[] = {
    {"utilisation", "utilisation", true},        {"coverage", "coverage", true},
    {"break-even", "break_even", true},          {"cost USD", "cost_usd", false},
    {"unused USD", "unused_usd", false},         {"on demand USD", "on_demand_usd", false},
    {"net saving USD", "net_saving_usd", false},
};
#define COMMITMENT_COLUMN_COUNT ((int)(sizeof(COMMITMENT_COLUMNS) / sizeof(COMMITMENT_COLUMNS)[0]))

static bool commitment_cell(Grid *grid, int row, int at, const json_t *line)
{
    char text[NUMBER_TEXT_MAX];
    const CommitmentColumn *column = &COMMITMENT_COLUMNS[at - 1];
    double value = json_number_at(line, column->key);
    if (!isfinite(value)) {
        return grid_set(grid, row, at, "-");
    }
    return column->share ? grid_set(grid, row, at, "%s %%", number_text(value * 100, 1, text))
                         : grid_set(grid, row, at, "%s", number_text(value, 2, text));
}

static bool commitments_grid(const json_t *lines, Grid *grid)
{
    int rows = (int)json_array_size(lines);
    if (!grid_init(grid, 1 + COMMITMENT_COLUMN_COUNT, 1 + rows)) {
        return false;
    }
    bool ok = grid_set(grid, 0, 0, "commitment");
    grid->left[0] = true;
    for (int at = 1; at <= COMMITMENT_COLUMN_COUNT; at++) {
        ok = grid_set(grid, 0, at, "%s", COMMITMENT_COLUMNS[at - 1].title) && ok;
    }
    for (int row = 1; row <= rows; row++) {
        const json_t *line = json_array_get(lines, (size_t)row - 1);
        ok = grid_set(grid, row, 0, "%s", json_text_at(line, "name")) && ok;
        for (int at = 1; at <= COMMITMENT_COLUMN_COUNT; at++) {
            ok = commitment_cell(grid, row, at, line) && ok;
        }
    }
    return ok;
}

static bool commitments_table(const json_t *variant, OverviewPrint *print, bool colour,
                              FILE *stream)
{
    const json_t *lines = json_object_get(json_object_get(variant, "costs"), "commitments");
    char *about = NULL;
    Grid grid = {0};
    if (json_array_size(lines) == 0) {
        return true;
    }
    if (asprintf(&about, "What commitments were used for: %s", json_text_at(variant, "name")) < 0) {
        return false;
    }
    bool ok = commitments_grid(lines, &grid);
    if (ok) {
        print(about, &grid, colour, stream);
    }
    grid_free(&grid);
    free(about);
    return ok;
}

bool showback_tables(const json_t *summary, OverviewPrint *print, bool colour, FILE *stream)
{
    const json_t *variants = json_object_get(summary, "variants"), *variant;
    size_t i;
    bool ok = true;
    json_array_foreach (variants, i, variant) {
        const char *by;
        const json_t *lines = lines_of(variant, &by);
        if (!ok || json_array_size(lines) == 0) {
            continue;
        }
        char *about = NULL;
        Grid grid = {0};
        const char *cards = cards_differ(lines)
                                ? " (as cards: each part of a card counted as a whole card, a "
                                  "known error of tools that count devices)"
                                : "";
        if (asprintf(&about, "Who pays, by %s: %s%s", by, json_text_at(variant, "name"), cards) <
            0) {
            return false;
        }
        ok = lines_grid(lines, by, &grid);
        if (ok) {
            print(about, &grid, colour, stream);
        }
        grid_free(&grid);
        free(about);
        ok = ok && commitments_table(variant, print, colour, stream);
    }
    return ok;
}

void showback_csv_print(const json_t *summary, FILE *stream)
{
    const json_t *variants = json_object_get(summary, "variants"), *variant, *line;
    size_t i, at;
    fputs("variant,by,name", stream);
    for (int field = 0; field < SHOWBACK_FIELD_COUNT; field++) {
        fprintf(stream, ",%s", SHOWBACK_FIELDS[field].name);
    }
    fputs(",change_usd\n", stream);
    json_array_foreach (variants, i, variant) {
        const json_t *showback = json_object_get(variant, "showback");
        for (int by = 0; by < SHOWBACK_BY_COUNT; by++) {
            const json_t *of = json_object_get(showback, SHOWBACK_BY_NAMES[by]);
            json_array_foreach (json_object_get(of, "lines"), at, line) {
                csv_field(json_text_at(variant, "name"), stream);
                fprintf(stream, ",%s,", SHOWBACK_BY_NAMES[by]);
                csv_field(json_text_at(line, "name"), stream);
                for (int field = 0; field < SHOWBACK_FIELD_COUNT; field++) {
                    fputc(',', stream);
                    csv_number(json_number_at(line, SHOWBACK_FIELDS[field].name), stream);
                }
                fputc(',', stream);
                csv_number(json_number_at(line, "change_usd"), stream);
                fputc('\n', stream);
            }
        }
    }
}
