/* section_costs.c - what it costs: by part, by node type, beside GPU time, and what commitments are
 * worth. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/report/gnuplot.h"
#include "sim/report/html/sections.h"
#include "sim/report/json_help.h"

#define PARTS_MAX 8 /* colours of plots/bars.gp; the last one holds the others */
#define NAME_WIDTH 22

static const json_t *costs_of(const json_t *variant)
{
    return json_object_get(variant, "costs");
}

/* ---- parts, all variants in one figure --------------------------------------------------------
 */

typedef struct Part {
    const char *name;
    double usd; /* of all variants */
    int place;
} Part;

#define PARTS_KNOWN 64

typedef struct Parts {
    Part part[PARTS_KNOWN];
    int count; /* those that are shown; later the largest */
} Parts;

static int part_find(const Parts *parts, const char *name)
{
    for (int i = 0; i < parts->count; i++) {
        if (strcmp(parts->part[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

static void part_add(Parts *parts, const char *name, double usd)
{
    int at = part_find(parts, name);
    if (at < 0 && parts->count < PARTS_KNOWN && usd > 0) {
        at = parts->count++;
        parts->part[at] = (Part){.name = name, .place = at};
    }
    if (at >= 0) {
        parts->part[at].usd += usd;
    }
}

#define ON_DEMAND "on_demand" /* as parts are called */
#define USED "used commitments"
#define UNUSED "unused commitments"
#define OTHERS "others"

static int larger_first(const void *va, const void *vb)
{
    const Part *a = va, *b = vb;
    return a->usd != b->usd ? (a->usd > b->usd ? -1 : 1) : a->place - b->place;
}

static int first_met_first(const void *va, const void *vb)
{
    const Part *a = va, *b = vb;
    return a->place - b->place;
}

/* What commitments cover is bought on demand in the books of types; here it is a part of its own.
 */
static double committed(const json_t *costs)
{
    const json_t *line;
    size_t i;
    double used = 0;
    json_array_foreach (json_object_get(costs, "commitments"), i, line) {
        used += json_number_at(line, "used_usd");
    }
    return used;
}

/* The largest, in the order in which they were met. */
static Parts parts_of(const Page *page)
{
    Parts parts = {.count = 0};
    const json_t *variant, *type, *line;
    json_t *amount;
    const char *name;
    size_t i, t;
    json_array_foreach (page->variants, i, variant) {
        json_array_foreach (json_object_get(costs_of(variant), "types"), t, type) {
            json_object_foreach (json_object_get(type, "parts"), name, amount) {
                part_add(&parts, name, json_number_value(amount));
            }
        }
        part_add(&parts, ON_DEMAND, -committed(costs_of(variant)));
        part_add(&parts, USED, committed(costs_of(variant)));
    }
    json_array_foreach (page->variants, i, variant) {
        part_add(&parts, UNUSED, json_number_at(costs_of(variant), "unused_commitments_usd"));
        json_array_foreach (json_object_get(costs_of(variant), "overheads"), t, line) {
            part_add(&parts, json_text_at(line, "name"), json_number_at(line, "usd"));
        }
    }
    qsort(parts.part, (size_t)parts.count, sizeof *parts.part, larger_first);
    parts.count = parts.count < PARTS_MAX ? parts.count : PARTS_MAX - 1;
    qsort(parts.part, (size_t)parts.count, sizeof *parts.part, first_met_first);
    return parts;
}

/* What each part of a variant is; what has no part of its own is with the others. */
static void amounts_of(const json_t *costs, const Parts *parts, double usd[PARTS_MAX + 1])
{
    const json_t *type, *line;
    json_t *amount;
    const char *name;
    size_t t;
    double left = json_number_at(costs, "cost_usd");
    memset(usd, 0, (PARTS_MAX + 1) * sizeof *usd);
    json_array_foreach (json_object_get(costs, "types"), t, type) {
        json_object_foreach (json_object_get(type, "parts"), name, amount) {
            int part = part_find(parts, name);
            if (part >= 0) {
                usd[part] += json_number_value(amount);
            }
        }
    }
    json_array_foreach (json_object_get(costs, "overheads"), t, line) {
        int part = part_find(parts, json_text_at(line, "name"));
        if (part >= 0) {
            usd[part] += json_number_at(line, "usd");
        }
    }
    int on_demand = part_find(parts, ON_DEMAND);
    if (on_demand >= 0) {
        usd[on_demand] -= committed(costs);
    }
    int used = part_find(parts, USED);
    if (used >= 0) {
        usd[used] += committed(costs);
    }
    int unused = part_find(parts, UNUSED);
    if (unused >= 0) {
        usd[unused] += json_number_at(costs, "unused_commitments_usd");
    }
    for (int i = 0; i < parts->count; i++) {
        left -= usd[i];
    }
    usd[PARTS_MAX] = left;
}

static bool any_others(const Page *page, const Parts *parts)
{
    const json_t *variant;
    size_t i;
    json_array_foreach (page->variants, i, variant) {
        double usd[PARTS_MAX + 1];
        amounts_of(costs_of(variant), parts, usd);
        if (usd[PARTS_MAX] > 1e-6 * json_number_at(costs_of(variant), "cost_usd")) {
            return true;
        }
    }
    return false;
}

static bool parts_grid(const Page *page, const Parts *parts, bool others, Grid *grid)
{
    int columns = parts->count + others + 2;
    char text[NUMBER_TEXT_MAX], words[80];
    bool ok = grid_init(grid, columns, page->variant_count + 1) &&
              grid_set(grid, 0, 0, "variant") && grid_set(grid, 0, columns - 1, "all, USD");
    for (int p = 0; ok && p < parts->count + others; p++) {
        const char *name = p < parts->count ? parts->part[p].name : OTHERS;
        ok = grid_set(grid, 0, p + 1, "%s", plain_words(name, words));
    }
    for (int i = 0; ok && i < page->variant_count; i++) {
        const json_t *variant = json_array_get(page->variants, (size_t)i);
        double usd[PARTS_MAX + 1], all = json_number_at(costs_of(variant), "cost_usd");
        ok = grid_set(grid, i + 1, 0, "%s", json_text_at(variant, "name"));
        if (!isfinite(all)) {
            continue;
        }
        amounts_of(costs_of(variant), parts, usd);
        for (int p = 0; ok && p < parts->count + others; p++) {
            double amount = usd[p < parts->count ? p : PARTS_MAX];
            ok = grid_set(grid, i + 1, p + 1, "%s", number_text(amount, 2, text));
        }
        ok = ok && grid_set(grid, i + 1, columns - 1, "%s", number_text(all, 2, text));
    }
    return ok;
}

static void parts_figure(Html *html, const Page *page)
{
    Parts parts = parts_of(page);
    bool others = any_others(page, &parts);
    const json_t *variant;
    size_t i;
    Figure figure;
    Grid grid = {0};
    char words[80];
    bool ok = parts_grid(page, &parts, others, &grid);
    ok = figure_begin(html, &figure, "costs", 0,
                      "Each bar is all that a variant costs, by what the money goes to.",
                      "What each variant costs, in USD") &&
         ok;
    figure.script = "bars";
    if (ok) {
        fputs("variant,total,width,label", figure.data);
    }
    for (int p = 0; ok && p < parts.count + others; p++) {
        const char *name = p < parts.count ? parts.part[p].name : OTHERS;
        figure_label(&figure, plain_words(name, words));
        fputc(',', figure.data);
        gnuplot_cell(words, 80, figure.data);
    }
    if (ok) {
        fputc('\n', figure.data);
    }
    json_array_foreach (page->variants, i, variant) {
        double usd[PARTS_MAX + 1], all = json_number_at(costs_of(variant), "cost_usd");
        char text[NUMBER_TEXT_MAX];
        if (!ok || !isfinite(all)) {
            continue;
        }
        amounts_of(costs_of(variant), &parts, usd);
        number_text(all, 0, text);
        gnuplot_cell(json_text_at(variant, "name"), NAME_WIDTH, figure.data);
        fprintf(figure.data, ",%.2f,%d,\"%s USD\"", all, text_width(text) + 4, text);
        for (int p = 0; p < parts.count + others; p++) {
            fprintf(figure.data, ",%.2f", usd[p < parts.count ? p : PARTS_MAX]);
        }
        fputc('\n', figure.data);
    }
    html->failed = html->failed || !ok;
    figure_end(html, &figure, ok ? &grid : NULL);
    grid_free(&grid);
}

/* ---- tables -----------------------------------------------------------------------------------
 */

typedef struct Column {
    const char *title, *key;
    double scale;
    int decimals; /* -1: text */
} Column;

static const Column TYPES[] = {{"node type", "name", 1, -1},
                               {"bought", "purchase", 1, -1},
                               {"GPU-hours", "gpu_hours", 1, 1},
                               {"USD", "usd", 1, 2},
                               {"energy USD", "energy_usd", 1, 2},
                               {"USD per GPU-hour", "usd_per_gpu_hour", 1, 4},
                               {"USD per held GPU-hour", "usd_per_delivered_gpu_hour", 1, 4},
                               {"kWh", "energy_kwh", 1, 0},
                               {"kg CO2e", "carbon_kg", 1, 0}};
static const Column OVERHEADS[] = {
    {"beside GPU time", "name", 1, -1}, {"USD", "usd", 1, 2}, {"source", "source", 1, -1}};
static const Column COMMITMENTS[] = {{"commitment", "name", 1, -1},
                                     {"used, %", "utilisation", 100, 1},
                                     {"covers, %", "coverage", 100, 1},
                                     {"breaks even at, %", "break_even", 100, 1},
                                     {"bought GPU-h", "bought_gpu_hours", 1, 1},
                                     {"used GPU-h", "used_gpu_hours", 1, 1},
                                     {"costs USD", "cost_usd", 1, 2},
                                     {"unused USD", "unused_usd", 1, 2},
                                     {"on demand USD", "on_demand_usd", 1, 2},
                                     {"net saving USD", "net_saving_usd", 1, 2}};
#define COUNT_OF(array) ((int)(sizeof(array) / sizeof(array)[0]))

/* Does it say something in some line? Energy and carbon often do not. */
static bool column_shown(const Page *page, const char *key, const Column *column)
{
    const json_t *variant, *line;
    size_t i, k;
    json_array_foreach (page->variants, i, variant) {
        json_array_foreach (json_object_get(costs_of(variant), key), k, line) {
            bool text = column->decimals < 0 && json_text_at(line, column->key)[0] != '\0';
            if (text || fabs(json_number_at(line, column->key)) > 0) {
                return true;
            }
        }
    }
    return false;
}

static bool line_set(Grid *grid, int row, const json_t *line, const Column *const *columns,
                     int count)
{
    bool ok = true;
    for (int c = 0; ok && c < count; c++) {
        char text[NUMBER_TEXT_MAX];
        double value = json_number_at(line, columns[c]->key);
        if (columns[c]->decimals < 0) {
            ok = grid_set(grid, row, c + 1, "%s", json_text_at(line, columns[c]->key));
        } else if (isfinite(value)) {
            number_text(value * columns[c]->scale, columns[c]->decimals, text);
            ok = grid_set(grid, row, c + 1, "%s", text);
        }
    }
    return ok;
}

/* The lines of all variants under `key` as one table; nothing where there are none. */
static void lines_table(Html *html, const Page *page, const char *key, const Column *columns,
                        int column_count, const char *caption)
{
    const Column *shown[GRID_COLUMNS_MAX];
    const json_t *variant, *line;
    size_t i, k;
    int rows = 0, row = 1, count = 0;
    Grid grid;
    json_array_foreach (page->variants, i, variant) {
        rows += (int)json_array_size(json_object_get(costs_of(variant), key));
    }
    for (int c = 0; c < column_count; c++) {
        if (column_shown(page, key, &columns[c])) {
            shown[count++] = &columns[c];
        }
    }
    if (rows == 0) {
        return;
    }
    bool ok = grid_init(&grid, count + 1, rows + 1) && grid_set(&grid, 0, 0, "variant");
    for (int c = 0; ok && c < count; c++) {
        grid.left[c + 1] = shown[c]->decimals < 0;
        ok = grid_set(&grid, 0, c + 1, "%s", shown[c]->title);
    }
    json_array_foreach (page->variants, i, variant) {
        json_array_foreach (json_object_get(costs_of(variant), key), k, line) {
            ok = ok && grid_set(&grid, row, 0, "%s", json_text_at(variant, "name")) &&
                 line_set(&grid, row, line, shown, count);
            row++;
        }
    }
    if (ok) {
        html_table(html, &grid, caption, key);
    }
    html->failed = html->failed || !ok;
    grid_free(&grid);
}

void section_costs(Html *html, const Page *page)
{
    const json_t *variant;
    size_t i;
    bool any = false;
    json_array_foreach (page->variants, i, variant) {
        any = any || json_number_at(costs_of(variant), "cost_usd") > 0;
    }
    if (!any) {
        return;
    }
    html_section_begin(html, "costs", "What it costs");
    html_put(html, "<p class=\"about\">All node time is paid for, idle or not. Means over "
                   "replications; rows sum to the "
                   "total to the micro-dollar.</p>\n");
    parts_figure(html, page);
    lines_table(html, page, "types", TYPES, COUNT_OF(TYPES), "By node type, and how it is bought");
    lines_table(html, page, "commitments", COMMITMENTS, COUNT_OF(COMMITMENTS),
                "Commitments: how much of each was used, and what it saved");
    lines_table(html, page, "overheads", OVERHEADS, COUNT_OF(OVERHEADS), "Beside GPU time");
    html_section_end(html);
}
