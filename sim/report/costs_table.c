/* costs_table.c - what each variant cost, line by line, down to its sum: lines below each other, a
 * column a variant. */
#include "sim/report/costs_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/report/json_help.h"
#include "sim/report/setting.h"

#define VARIANTS_A_TABLE 6 /* more do not fit a terminal */
#define LINES_MAX 64       /* further ones are in the sum */

/* Lines in the order in which they are first met. */
typedef struct CostLines {
    const char *name[LINES_MAX];
    int count;
} CostLines;

static void line_add(CostLines *lines, const char *name)
{
    for (int i = 0; i < lines->count; i++) {
        if (strcmp(lines->name[i], name) == 0) {
            return;
        }
    }
    if (lines->count < LINES_MAX) {
        lines->name[lines->count++] = name;
    }
}

static const char ON_DEMAND[] = "on_demand"; /* as parts are called */
static const char COMMITTED[] = "commitments, used";
static const char UNUSED_COMMITMENTS[] = "commitments, unused";
static const char ENERGY[] = "energy";

static const json_t *costs_of(const json_t *variant)
{
    return json_object_get(variant, "costs");
}

/* What commitments cover is bought on demand in the books of types. */
static double committed(const json_t *variant)
{
    const json_t *row;
    size_t k;
    double used = 0.0;
    json_array_foreach (json_object_get(costs_of(variant), "commitments"), k, row) {
        used += json_number_at(row, "used_usd");
    }
    return used;
}

/* Parts of GPU time, their energy last; then what is beside it. */
static void lines_find(const json_t *variants, CostLines *lines)
{
    const json_t *variant, *row;
    const char *part;
    size_t i, k;
    bool energy = false;
    bool promised = false;
    json_array_foreach (variants, i, variant) {
        json_array_foreach (json_object_get(costs_of(variant), "types"), k, row) {
            const json_t *value;
            json_object_foreach (json_object_get(row, "parts"), part, value) {
                energy = energy || strcmp(part, ENERGY) == 0;
                if (strcmp(part, ENERGY) != 0 && json_number_value(value) > 0) {
                    line_add(lines, part);
                }
            }
        }
        promised =
            promised || json_array_size(json_object_get(costs_of(variant), "commitments")) > 0;
    }
    if (promised) {
        line_add(lines, COMMITTED);
    }
    if (energy) {
        line_add(lines, ENERGY);
    }
    if (promised) {
        line_add(lines, UNUSED_COMMITMENTS);
    }
    json_array_foreach (variants, i, variant) {
        json_array_foreach (json_object_get(costs_of(variant), "overheads"), k, row) {
            line_add(lines, json_text_at(row, "name"));
        }
    }
}

/* NAN: the variant has no such line. An overhead may be called as a part is. */
static double line_value(const json_t *variant, const char *name)
{
    const json_t *row, *part;
    size_t k;
    double sum = NAN;
    if (name == UNUSED_COMMITMENTS) {
        return json_number_at(costs_of(variant), "unused_commitments_usd");
    }
    if (name == COMMITTED) {
        return committed(variant);
    }
    json_array_foreach (json_object_get(costs_of(variant), "types"), k, row) {
        part = json_object_get(json_object_get(row, "parts"), name);
        sum = part == NULL ? sum : (isnan(sum) ? 0.0 : sum) + json_number_value(part);
    }
    json_array_foreach (json_object_get(costs_of(variant), "overheads"), k, row) {
        if (strcmp(json_text_at(row, "name"), name) == 0) {
            sum = (isnan(sum) ? 0.0 : sum) + json_number_at(row, "usd");
        }
    }
    return strcmp(name, ON_DEMAND) == 0 ? sum - committed(variant) : sum;
}

static bool cell_set(Grid *grid, int row, int column, double value, int decimals)
{
    char text[NUMBER_TEXT_MAX];
    return isfinite(value) ? grid_set(grid, row, column, "%s", number_text(value, decimals, text))
                           : grid_set(grid, row, column, "-");
}

/* Below the sum: a metric a row, where some variant has it. */
static const struct {
    const char *title, *metric;
    int decimals;
} BELOW[] = {
    {"USD/productive GPU-h", "usd_per_productive_gpu_hour", 3},
    {"USD/completed job", "usd_per_completed_job", 2},
    {"owned: USD/delivered GPU-h", "owned_usd_per_delivered_gpu_hour", 3},
    {"energy, kWh", "energy_kwh", 0},
    {"carbon, kg", "carbon_kg", 0},
};
#define BELOW_COUNT ((int)(sizeof(BELOW) / sizeof(BELOW)[0]))

static bool below_shown(const json_t *variants, int below)
{
    const json_t *variant;
    size_t i;
    bool shown = false;
    json_array_foreach (variants, i, variant) {
        shown = shown || isfinite(json_metric(variant, BELOW[below].metric, "mean"));
    }
    return shown;
}

static bool variant_column(Grid *grid, int column, const json_t *variant, const json_t *variants,
                           const CostLines *lines, int decimals)
{
    bool ok = grid_set(grid, 0, column, "%s", json_text_at(variant, "name"));
    for (int i = 0; i < lines->count; i++) {
        ok = cell_set(grid, i + 1, column, line_value(variant, lines->name[i]), decimals) && ok;
    }
    int row = lines->count + 1;
    ok = cell_set(grid, row++, column, json_number_at(costs_of(variant), "cost_usd"), decimals) &&
         ok;
    for (int below = 0; below < BELOW_COUNT; below++) {
        if (below_shown(variants, below)) {
            ok = cell_set(grid, row++, column, json_metric(variant, BELOW[below].metric, "mean"),
                          BELOW[below].decimals) &&
                 ok;
        }
    }
    return ok;
}

static bool titles_set(Grid *grid, const json_t *variants, const CostLines *lines)
{
    bool ok = grid_set(grid, 0, 0, "USD");
    int row = 1;
    grid->left[0] = true;
    for (int i = 0; i < lines->count; i++) {
        bool on_demand = strcmp(lines->name[i], ON_DEMAND) == 0;
        ok = grid_set(grid, row++, 0, "%s", on_demand ? "on demand" : lines->name[i]) && ok;
    }
    ok = grid_set(grid, row++, 0, "all") && ok;
    for (int below = 0; below < BELOW_COUNT; below++) {
        if (below_shown(variants, below)) {
            ok = grid_set(grid, row++, 0, "%s", BELOW[below].title) && ok;
        }
    }
    return ok;
}

static bool table_from(const json_t *variants, size_t from, const CostLines *lines, int decimals,
                       OverviewPrint *print, bool colour, FILE *stream)
{
    size_t left = json_array_size(variants) - from;
    int columns = left < VARIANTS_A_TABLE ? (int)left : VARIANTS_A_TABLE;
    int rows = lines->count + 2;
    for (int below = 0; below < BELOW_COUNT; below++) {
        rows += below_shown(variants, below);
    }
    Grid grid = {0};
    bool ok = grid_init(&grid, columns + 1, rows) && titles_set(&grid, variants, lines);
    for (int i = 0; ok && i < columns; i++) {
        const json_t *variant = json_array_get(variants, from + (size_t)i);
        ok = variant_column(&grid, i + 1, variant, variants, lines, decimals);
    }
    if (ok) {
        print("What it cost", &grid, colour, stream);
    }
    grid_free(&grid);
    return ok;
}

/* Some variant pays for more than GPU time on demand at list prices. 1: so it is; -1: memory ran
 * out. */
static int tables_matter(const json_t *variants)
{
    const json_t *variant;
    size_t i;
    int matter = 0;
    json_array_foreach (variants, i, variant) {
        char *sentence = setting_prices_sentence(variant);
        if (sentence == NULL) {
            return -1;
        }
        bool costs = json_number_at(costs_of(variant), "cost_usd") > 0;
        bool more = sentence[0] != '\0' || json_number_at(costs_of(variant), "overhead_usd") > 0;
        matter = matter != 0 || (costs && more);
        free(sentence);
    }
    return matter;
}

bool costs_tables(const json_t *summary, OverviewPrint *print, bool colour, FILE *stream)
{
    const json_t *variants = json_object_get(summary, "variants"), *variant;
    CostLines lines = {0};
    size_t i;
    double most = 0.0;
    int matter = tables_matter(variants);
    if (matter <= 0) {
        return matter == 0;
    }
    json_array_foreach (variants, i, variant) {
        most = fmax(most, json_number_at(costs_of(variant), "cost_usd"));
    }
    lines_find(variants, &lines);
    bool ok = true;
    for (size_t from = 0; ok && from < json_array_size(variants); from += VARIANTS_A_TABLE) {
        ok = table_from(variants, from, &lines, most < 1e5 ? 2 : 0, print, colour, stream);
    }
    return ok;
}
