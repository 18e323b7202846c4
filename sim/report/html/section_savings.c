/* section_savings.c - what a change saves, as three numbers that are never added. */
#include <math.h>

#include "sim/report/amounts.h"
#include "sim/report/compare_grids.h"
#include "sim/report/html/sections.h"
#include "sim/report/json_help.h"
#include "sim/report/overview.h"

static double units_at(const json_t *row, const char *key)
{
    const json_t *value = json_object_get(row, key);
    return json_is_integer(value) ? (double)json_integer_value(value) / MICRO : (double)NAN;
}

static const json_t *savings_of(const json_t *variant)
{
    return json_object_get(json_object_get(variant, "against_baseline"), "savings");
}

/* ---- the three cards --------------------------------------------------------------------------
 */

/* In the reader's direction: what is taken has the interval of what is taken. */
static void sure_put(Html *html, const json_t *row, double hours)
{
    char low[NUMBER_TEXT_MAX], high[NUMBER_TEXT_MAX];
    double from = json_number_at(row, hours < 0 ? "ci_high" : "ci_low");
    double to = json_number_at(row, hours < 0 ? "ci_low" : "ci_high");
    double sign = hours < 0 ? -1 : 1;
    int decimals = fabs(hours) < 1e5 ? 1 : 0; /* as the figure itself */
    if (json_is_true(json_object_get(row, "deterministic"))) {
        html_put(html, "<span class=\"ci\">exact</span>");
    } else if (isfinite(from) && isfinite(to)) {
        html_put(html, "<span class=\"ci\">95 %%: %s to %s</span>",
                 number_text(sign * from, decimals, low), number_text(sign * to, decimals, high));
    } else {
        html_put(html, "<span class=\"ci\">one replication, no interval</span>");
    }
}

static void cash_put(Html *html, const json_t *cash)
{
    char text[NUMBER_TEXT_MAX];
    double less = units_at(cash, "usd_micro"), back = units_at(cash, "gpu_hours_micro");
    html_put(html, "<li class=\"card\"><h4>Cash</h4>");
    if (isnan(less)) {
        html_put(html, "<p class=\"big\">–</p><p class=\"who\">nothing has a price");
    } else {
        html_put(html,
                 "<p class=\"big\">%s%s USD</p><p class=\"who\"><span class=\"change "
                 "%s\">%s</span> ",
                 less > 0   ? "−" /* what is paid, new less old, as the words beside it say */
                 : less < 0 ? "+"
                            : "",
                 number_text(fabs(less), fabs(less) < 1000 ? 2 : 0, text),
                 less > 0   ? "good"
                 : less < 0 ? "bad"
                            : "same",
                 less > 0   ? "▼ less is paid"
                 : less < 0 ? "▲ more is paid"
                            : "as much is paid as before");
    }
    if (!isnan(less) && json_is_true(json_object_get(cash, "over_new_run"))) {
        html_put(html, "in the time that the new run takes%s", fabs(back) > 0 ? "; " : "");
    }
    if (fabs(back) > 0) {
        html_put(html, "nodes of %s GPU-hours are %s", number_text(fabs(back), 1, text),
                 back > 0 ? "given back" : "added");
    }
    html_put(html, "</p></li>\n");
}

static void freed_put(Html *html, const json_t *freed)
{
    char text[NUMBER_TEXT_MAX], price[NUMBER_TEXT_MAX];
    double hours = units_at(freed, "gpu_hours_micro"), usd = units_at(freed, "usd_micro");
    html_put(
        html,
        "<li class=\"card\"><h4>Capacity %s</h4><p class=\"big\">%s GPU-h</p><p class=\"who\">",
        hours < 0 ? "taken" : "freed", number_text(fabs(hours), fabs(hours) < 1e5 ? 1 : 0, text));
    if (hours == 0) {
        html_put(html, "neither freed nor taken ");
    } else if (isfinite(usd)) {
        html_put(html, "%s USD at %s USD a GPU-hour to replace it ",
                 number_text(fabs(usd), 0, text),
                 number_text(json_number_at(freed, "replacement_usd_per_gpu_hour"), 2, price));
    } else {
        html_put(html, "what they are worth is not said: <code>costs.replacement</code> ");
    }
    sure_put(html, freed, hours);
    html_put(html, "</p></li>\n");
}

static void words_put(Html *html, const json_t *names)
{
    const json_t *name;
    size_t i;
    char text[80];
    json_array_foreach (names, i, name) {
        html_put(html, i == 0 ? "" : ", ");
        html_text(html, plain_words(json_string_value(name), text));
    }
}

static void neither_put(Html *html, const json_t *neither)
{
    char text[NUMBER_TEXT_MAX];
    double hours = units_at(neither, "gpu_hours_micro");
    html_put(html,
             "<li class=\"card\"><h4>Neither</h4><p class=\"big\">%s GPU-h</p><p class=\"who\">",
             number_text(fabs(hours), fabs(hours) < 1e5 ? 1 : 0, text));
    if (fabs(hours) > 0) {
        html_put(html, "only wasted elsewhere now: less of ");
        words_put(html, json_object_get(neither, "fell"));
        html_put(html, "; more of ");
        words_put(html, json_object_get(neither, "rose"));
    } else {
        html_put(html, "nothing went from one kind of waste to another");
    }
    html_put(html, "</p></li>\n");
}

static void savings_put(Html *html, const json_t *variant)
{
    const json_t *savings = savings_of(variant);
    if (!json_is_object(savings)) {
        return;
    }
    html_put(html, "<h3>");
    html_name(html, json_text_at(variant, "name"));
    html_put(html, "</h3>\n<ul class=\"three\">\n");
    cash_put(html, json_object_get(savings, "cash"));
    freed_put(html, json_object_get(savings, "capacity_freed"));
    neither_put(html, json_object_get(savings, "neither"));
    html_put(html, "</ul>\n");
}

/* The first is what they are compared with; the one that the head speaks of has been put. */
static void savings_one(Html *html, const Page *page, const json_t *variant, int number)
{
    if (number > 1 && variant != overview_best(page->summary, NULL)) {
        savings_put(html, variant);
    }
}

/* ---- all of them as a table -------------------------------------------------------------------
 */

static bool cell(Grid *grid, int row, int column, double value, int decimals)
{
    char text[NUMBER_TEXT_MAX];
    return grid_set(grid, row, column, "%s",
                    isfinite(value) ? number_text(value, decimals, text) : "");
}

static bool savings_grid(const Page *page, Grid *grid)
{
    static const char *const TITLES[] = {
        "variant",         "cash, USD less paid",       "GPU-hours given back",
        "GPU-hours freed", "worth USD, at replacement", "GPU-hours that are neither"};
    bool ok = grid_init(grid, 6, page->variant_count);
    for (int c = 0; ok && c < 6; c++) {
        ok = grid_set(grid, 0, c, "%s", TITLES[c]);
    }
    for (int i = 1; ok && i < page->variant_count; i++) {
        const json_t *variant = json_array_get(page->variants, (size_t)i);
        const json_t *cash = json_object_get(savings_of(variant), "cash");
        const json_t *freed = json_object_get(savings_of(variant), "capacity_freed");
        const json_t *neither = json_object_get(savings_of(variant), "neither");
        ok = grid_set(grid, i, 0, "%s", json_text_at(variant, "name")) &&
             cell(grid, i, 1, units_at(cash, "usd_micro"), 2) &&
             cell(grid, i, 2, units_at(cash, "gpu_hours_micro"), 3) &&
             cell(grid, i, 3, units_at(freed, "gpu_hours_micro"), 3) &&
             cell(grid, i, 4, units_at(freed, "usd_micro"), 2) &&
             cell(grid, i, 5, units_at(neither, "gpu_hours_micro"), 3);
    }
    return ok;
}

void section_savings(Html *html, const Page *page)
{
    bool any = false;
    for (int i = 1; i < page->variant_count; i++) {
        any = any || json_is_object(savings_of(json_array_get(page->variants, (size_t)i)));
    }
    if (!any || overview_is_filling(page->summary)) {
        return; /* a fleet that is filled once tells of places, not of what is paid in time */
    }
    Grid grid;
    html_section_begin(html, "savings", "What a change saves");
    html_put(html, "<p class=\"about\">Three numbers that are never added: cash is what no longer "
                   "has to be paid; freed "
                   "capacity is worth its replacement only to who would buy it; what is neither "
                   "went from one kind of "
                   "waste to another. Against ");
    html_name(html, json_text_at(json_array_get(page->variants, 0), "name"));
    html_put(html, ".</p>\n");
    savings_put(html, overview_best(page->summary, NULL));
    each_variant(html, page, savings_one);
    bool ok = savings_grid(page, &grid);
    if (ok) {
        html_table_folded(html, &grid, "Savings of all variants", "savings");
    }
    html->failed = html->failed || !ok;
    grid_free(&grid);
    html_section_end(html);
}
