/* section_compare.c - each variant against the first: metrics with verdicts, the ledger bridge, the
 * jobs that moved. */
#include <math.h>
#include <stdlib.h>

#include "sim/report/amounts.h"
#include "sim/report/compare_grids.h"
#include "sim/report/compare_json.h"
#include "sim/report/gnuplot.h"
#include "sim/report/html/sections.h"
#include "sim/report/json_help.h"

static double millionths(const json_t *row, const char *unit, const char *side)
{
    const json_t *value = json_object_get(json_object_get(row, unit), side);
    return (double)json_integer_value(value) / MICRO;
}

/* ---- the bridge as a figure -------------------------------------------------------------------
 */

/* Kinds of plots/waterfall.gp: what was there before and what is now, more and less. */
enum { KIND_BEFORE = 0, KIND_LESS = 1, KIND_MORE = 2, KIND_NOW = 4 };

typedef struct Bridge {
    Figure *figure;
    double at;   /* productive so far */
    double like; /* numbers of that size */
} Bridge;

static void whole_put(Bridge *bridge, const char *what, double value, int kind)
{
    char number[NUMBER_TEXT_MAX], label[2 * NUMBER_TEXT_MAX];
    snprintf(label, sizeof label, "%s GPU-h", sized_text(value, bridge->like, number));
    fprintf(bridge->figure->data, "%s,0,%.6f,%d", what, value, kind);
    figure_bar_label(bridge->figure, label);
}

/* `sign` -1: more of it is less that is productive. */
static void step_put(Bridge *bridge, const char *what, const json_t *row, int sign, bool priced)
{
    char hours[NUMBER_TEXT_MAX], usd[NUMBER_TEXT_MAX], label[3 * NUMBER_TEXT_MAX];
    double change = sign * millionths(row, "gpu_hours_micro", "change");
    double money = sign * millionths(row, "usd_micro", "change");
    if (fabs(change) < bridge->like * 1e-7) {
        return;
    }
    sized_text(change, bridge->like, hours);
    number_text(money, 0, usd);
    int size = snprintf(label, sizeof label, "%s%s GPU-h", change > 0 ? "+" : "", hours);
    if (priced && size > 0 && (size_t)size < sizeof label) {
        snprintf(label + size, sizeof label - (size_t)size, "  %s%s USD", money > 0 ? "+" : "",
                 usd);
    }
    fprintf(bridge->figure->data, "%s,%.6f,%.6f,%d", what, bridge->at, bridge->at + change,
            change > 0 ? KIND_MORE : KIND_LESS);
    figure_bar_label(bridge->figure, label);
    bridge->at += change;
}

static void bridge_put(Figure *figure, const json_t *against)
{
    const json_t *bridge = json_object_get(against, "bridge"), *row;
    const json_t *productive = json_object_get(bridge, "productive");
    const json_t *paid = json_object_get(bridge, "paid");
    bool priced = json_is_object(json_object_get(paid, "usd_micro"));
    Bridge at = {.figure = figure,
                 .at = millionths(productive, "gpu_hours_micro", "from"),
                 .like = fmax(millionths(paid, "gpu_hours_micro", "from"), 1)};
    size_t i;
    fputs("name,from,to,kind,label,width\n", figure->data);
    whole_put(&at, "productive before", at.at, KIND_BEFORE);
    bool more = millionths(paid, "gpu_hours_micro", "change") > 0;
    if (more) { /* so that nothing falls below 0 on the way */
        step_put(&at, "more is paid for", paid, 1, priced);
    }
    json_array_foreach (json_object_get(bridge, "rows"), i, row) {
        char name[80];
        step_put(&at, plain_words(json_text_at(row, "account"), name), row, -1, priced);
    }
    if (!more) {
        step_put(&at, "less is paid for", paid, 1, priced);
    }
    whole_put(&at, "productive now", millionths(productive, "gpu_hours_micro", "to"), KIND_NOW);
}

static bool anything_changed(const json_t *bridge)
{
    const json_t *row;
    size_t i;
    bool any = fabs(millionths(json_object_get(bridge, "paid"), "gpu_hours_micro", "change")) > 0;
    json_array_foreach (json_object_get(bridge, "rows"), i, row) {
        any = any || fabs(millionths(row, "gpu_hours_micro", "change")) > 0;
    }
    return any;
}

static void bridge_figure(Html *html, const Page *page, const json_t *variant, int number,
                          const json_t *comparison)
{
    const json_t *against = json_object_get(variant, "against_baseline");
    Figure figure;
    Grid grid = {0};
    bool ok = bridge_grid(comparison, true, &grid);
    ok = figure_begin(html, &figure, "bridge", number,
                      "From what was productive before, account by account, to what is now: to the "
                      "right where less idles or waits or more is paid for, to the left where it "
                      "is the other way round.",
                      "From %s to %s, in GPU-hours",
                      json_text_at(json_array_get(page->variants, 0), "name"),
                      json_text_at(variant, "name")) &&
         ok;
    figure.says_about = number == 2; /* the first variant has none */
    if (ok) {
        figure.script = "waterfall";
        figure.settings = "BRIDGE=1; ";
        fputs("GPU-hours\n", figure.labels);
        bridge_put(&figure, against);
    }
    html->failed = html->failed || !ok;
    figure_end(html, &figure, ok ? &grid : NULL);
    grid_free(&grid);
}

/* ---- what else is said of the two -------------------------------------------------------------
 */

static void verdicts_put(Html *html, const json_t *comparison)
{
    VerdictCounts counts = verdict_counts(comparison);
    html_put(html,
             "<ul class=\"badges\" aria-label=\"Metrics\"><li class=\"badge good\"><span "
             "aria-hidden=\"true\">✓"
             "</span> %d better</li><li class=\"badge bad\"><span aria-hidden=\"true\">✗</span> %d "
             "worse</li><li "
             "class=\"badge open\"><span aria-hidden=\"true\">≈</span> %d open</li><li "
             "class=\"badge quiet\">%d as "
             "before, or better neither way</li></ul>\n",
             counts.better, counts.worse, counts.open, counts.same + counts.changed);
}

static void metrics_put(Html *html, const json_t *comparison, const char *caption)
{
    Grid grid = {0};
    bool ok = metrics_grid(comparison, false, &grid);
    if (ok && grid.row_count > 1) {
        html_table_folded(html, &grid, caption, "metrics");
    }
    html->failed = html->failed || !ok;
    grid_free(&grid);
}

static void moved_put(Html *html, const json_t *against)
{
    Grid grid = {0};
    bool ok = moved_grid(against, &grid);
    if (ok && grid.row_count > 1) {
        html_table_folded(html, &grid, "Jobs that moved most, replication 0", "moved-jobs");
    }
    html->failed = html->failed || !ok;
    grid_free(&grid);
}

static void compare_one(Html *html, const Page *page, const json_t *variant, int number)
{
    const json_t *first = json_array_get(page->variants, 0);
    const json_t *against = json_object_get(variant, "against_baseline");
    if (number == 1 || !json_is_object(against)) {
        return;
    }
    CompareSide from = {.summary = page->summary, .variant = first};
    CompareSide to = {.summary = page->summary, .variant = variant};
    json_t *comparison = compare_json(&from, &to);
    if (comparison == NULL) {
        html->failed = true;
        return;
    }
    html_put(html, "<h3>");
    html_name(html, json_text_at(variant, "name"));
    html_put(html, " against ");
    html_name(html, json_text_at(first, "name"));
    html_put(html, "</h3>\n");
    verdicts_put(html, comparison);
    if (anything_changed(json_object_get(against, "bridge"))) {
        bridge_figure(html, page, variant, number, comparison);
    }
    metrics_put(html, comparison, "Metrics that differ, with intervals and verdicts");
    moved_put(html, against);
    json_decref(comparison);
}

void section_compare(Html *html, const Page *page)
{
    if (page->variant_count < 2) {
        return;
    }
    html_section_begin(html, "compare", "Against the first variant");
    html_put(html, "<p class=\"about\">Replication by replication under the same luck. An open "
                   "metric is one whose 95 %% "
                   "interval holds 0; an exact one has no interval since nothing is drawn.</p>\n");
    each_variant(html, page, compare_one);
    html_section_end(html);
}
