/* section_showback.c - who pays: a bar for each team, tenant or queue, and the lines below it. */
#include <math.h>

#include "sim/report/gnuplot.h"
#include "sim/report/html/sections.h"
#include "sim/report/json_help.h"
#include "sim/report/showback.h"

#define LINES_SHOWN 20
#define NAME_WIDTH 22

static const json_t *lines_of(const json_t *variant)
{
    const json_t *showback = json_object_get(variant, "showback");
    const json_t *by = json_object_get(showback, json_text_at(showback, "by"));
    return json_object_get(by, "lines");
}

static double amount(const json_t *line, const char *key)
{
    double value = json_number_at(line, key);
    return isfinite(value) ? value : 0;
}

static void showback_one(Html *html, const Page *page, const json_t *variant, int number)
{
    const json_t *lines = lines_of(variant), *line;
    (void)page;
    Figure figure;
    size_t i;
    if (json_array_size(lines) == 0) {
        return;
    }
    bool ok = figure_begin(html, &figure, "showback", number,
                           "What each used, its part of what idled, and of what all share.",
                           "Who pays with %s, in USD%s", json_text_at(variant, "name"),
                           json_array_size(lines) > LINES_SHOWN ? "; the first lines" : "");
    figure.script = "bars";
    if (ok) {
        fputs("direct\nidle\nshared\n", figure.labels);
        fputs("name,total,width,label,direct,idle,shared\n", figure.data);
    }
    json_array_foreach (lines, i, line) {
        char usd[NUMBER_TEXT_MAX], label[2 * NUMBER_TEXT_MAX];
        if (!ok || i >= LINES_SHOWN) {
            break;
        }
        gnuplot_cell(json_text_at(line, "name"), NAME_WIDTH, figure.data);
        snprintf(label, sizeof label, "%s USD", number_text(amount(line, "total_usd"), 2, usd));
        fprintf(figure.data, ",%.6f,%d,\"%s\",%.6f,%.6f,%.6f\n", amount(line, "total_usd"),
                text_width(label), label, amount(line, "direct_usd"), amount(line, "idle_usd"),
                amount(line, "shared_usd"));
    }
    html->failed = html->failed || !ok;
    figure_end(html, &figure, NULL);
}

void section_showback(Html *html, const Page *page)
{
    const json_t *variant;
    size_t i;
    bool any = false;
    json_array_foreach (page->variants, i, variant) {
        any = any || json_array_size(lines_of(variant)) > 0;
    }
    if (!any) {
        return;
    }
    html_section_begin(html, "showback", "Who pays");
    html_put(html, "<p class=\"about\">Showback in OpenCost's words. Each account of the ledger "
                   "goes to whom the scenario "
                   "charges; the lines sum to what the variant costs.</p>\n");
    each_variant(html, page, showback_one);
    bool folded = page->variant_count > 2;
    html_put(html,
             folded
                 ? "<details class=\"data\"><summary>Tables: the lines of each variant</summary>\n"
                 : "");
    bool ok = showback_tables(page->summary, grid_to_page, false, html->stream);
    html_put(html, folded ? "</details>\n" : "");
    html->failed = html->failed || !ok;
    html_section_end(html);
}
