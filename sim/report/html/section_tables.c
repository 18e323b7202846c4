/* section_tables.c - what the printed report has as tables: variants side by side, what went wrong,
 * expectations. */
#include <stdlib.h>

#include "sim/report/html/sections.h"
#include "sim/report/json_help.h"
#include "sim/report/overview.h"
#include "sim/report/went_wrong.h"

void grid_to_page(const char *about, const Grid *grid, bool colour, FILE *stream)
{
    Html html = {.stream = stream};
    (void)colour;
    if (grid != NULL) {
        html_table(&html, grid, about, "table");
    }
}

void section_variants(Html *html, const Page *page)
{
    Grid grid;
    html_section_begin(html, "variants", "Variants side by side");
    bool ok = overview_grid(page->summary, &grid);
    if (ok) {
        html_table(html, &grid, "Each variant's means, with half the width of their 95 % interval",
                   "variants");
    }
    grid_free(&grid);
    ok = ok && overview_faults(page->summary, grid_to_page, false, html->stream);
    html->failed = html->failed || !ok;
    html_section_end(html);
}

void section_faults(Html *html, const Page *page)
{
    const json_t *variant;
    size_t i;
    bool any = false;
    json_array_foreach (page->variants, i, variant) {
        any = any || json_is_object(json_object_get(variant, "failures"));
    }
    if (any) {
        html_section_begin(html, "faults", "What went wrong, and what it cost");
        bool ok = went_wrong_tables(page->summary, grid_to_page, false, html->stream);
        html->failed = html->failed || !ok;
        html_section_end(html);
    }
}

void section_checks(Html *html, const Page *page)
{
    const json_t *expects = json_object_get(page->summary, "expect"), *expect;
    size_t i;
    Grid grid;
    if (json_array_size(expects) == 0) {
        return;
    }
    bool ok = grid_init(&grid, 4, (int)json_array_size(expects) + 1) &&
              grid_set(&grid, 0, 0, "expectation") && grid_set(&grid, 0, 1, "variant") &&
              grid_set(&grid, 0, 2, "found") && grid_set(&grid, 0, 3, "holds");
    json_array_foreach (expects, i, expect) {
        bool passed = json_is_true(json_object_get(expect, "passed"));
        ok = ok && grid_set(&grid, (int)i + 1, 0, "%s", json_text_at(expect, "text")) &&
             grid_set(&grid, (int)i + 1, 1, "%s", json_text_at(expect, "variant")) &&
             grid_set(&grid, (int)i + 1, 2, "%s", json_text_at(expect, "found_text")) &&
             grid_set(&grid, (int)i + 1, 3, "%s", passed ? "✓ yes" : "✗ no");
    }
    html_section_begin(html, "checks", "Expectations of the scenario");
    if (ok) {
        grid.left[1] = grid.left[3] = true;
        html_table(html, &grid, "What the scenario expects, and what was found", "expectations");
    }
    html->failed = html->failed || !ok;
    html_section_end(html);
    grid_free(&grid);
}
