/* section_assumptions.c - what the numbers rest on, and how to get them again. */
#include <stdlib.h>
#include <string.h>

#include "sim/report/html/sections.h"
#include "sim/report/json_help.h"
#include "sim/report/setting.h"

/* ---- what was assumed, as the printed report says it ------------------------------------------
 */

static void setting_put(Html *html, const Page *page)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    bool ok = stream != NULL && setting_print(page->summary, "", stream);
    ok = stream != NULL && fclose(stream) == 0 && ok && text != NULL;
    html->failed = html->failed || !ok;
    if (ok && text[0] != '\0') {
        html_put(html, "<h3>The setting</h3>\n<ul class=\"plain\">\n");
        for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
            html_put(html, "<li>");
            html_text(html, line);
            html_put(html, "</li>\n");
        }
        html_put(html, "</ul>\n");
    }
    free(text);
}

/* ---- whose figures these are ------------------------------------------------------------------
 */

#define SOURCE_KEY "source:"

/* Lines of the scenario that name a source, each once, with the line that they stand in. */
static void sources_put(Html *html, const char *scenario)
{
    bool any = false;
    int number = 1;
    for (const char *line = scenario; line != NULL && *line != '\0'; number++) {
        size_t size = strcspn(line, "\n");
        char *copy = strndup(line, size);
        if (copy == NULL) {
            html->failed = true;
            break;
        }
        char *source = strstr(copy, SOURCE_KEY);
        if (source != NULL && (source == copy || source[-1] == ' ' || source[-1] == '{')) {
            html_put(html,
                     any ? "" : "<h3>Sources that the scenario names</h3>\n<ul class=\"plain\">\n");
            html_put(html, "<li>Line %d: ", number);
            html_text(html, source + strlen(SOURCE_KEY) + strspn(source + strlen(SOURCE_KEY), " "));
            html_put(html, "</li>\n");
            any = true;
        }
        free(copy);
        line += size + (line[size] == '\n');
    }
    html_put(html, any ? "</ul>\n" : "");
}

/* ---- provenance -------------------------------------------------------------------------------
 */

static void fact(Html *html, const char *name, const char *value)
{
    if (value[0] != '\0') {
        html_put(html, "<dt>%s</dt><dd>", name);
        html_text(html, value);
        html_put(html, "</dd>\n");
    }
}

static void vary_text(const json_t *variant, char *text, size_t size)
{
    const json_t *word;
    size_t i, at = 0;
    text[0] = '\0';
    json_array_foreach (json_object_get(variant, "vary"), i, word) {
        int more = snprintf(text + at, size - at, "%s%s", i > 0 ? ", " : "",
                            json_string_value(word) != NULL ? json_string_value(word) : "");
        at = more > 0 && (size_t)more < size - at ? at + (size_t)more : size - 1;
    }
}

static void provenance_put(Html *html, const Page *page)
{
    const json_t *scenario = json_object_get(page->summary, "scenario");
    const json_t *first = json_array_get(page->variants, 0);
    char text[200];
    html_put(html, "<h3>Provenance</h3>\n<dl class=\"facts\">\n");
    fact(html, "Scenario", json_text_at(scenario, "name"));
    fact(html, "SHA-256 of the scenario", json_text_at(scenario, "sha256"));
    fact(html, "gpuplan", json_text_at(page->summary, "gpuplan"));
    snprintf(text, sizeof text, "%.0f", json_number_at(page->summary, "format"));
    fact(html, "Result format", text);
    snprintf(text, sizeof text, "%.0f", json_number_at(first, "seed"));
    fact(html, "Seed", text);
    snprintf(text, sizeof text, "%.0f, of which %.0f are complete",
             json_number_at(first, "replications"), json_number_at(first, "completed"));
    fact(html, "Replications", text);
    vary_text(first, text, sizeof text);
    fact(html, "Drawn anew in each", text[0] != '\0' ? text : "nothing: every run is the same");
    fact(html, "Calendar", json_text_at(first, "start"));
    html_put(html, "</dl>\n");
}

/* Equal hashes: equal histories, event by event. */
static void hashes_put(Html *html, const Page *page)
{
    const json_t *variant;
    size_t i;
    Grid grid;
    bool ok = grid_init(&grid, 3, page->variant_count + 1) && grid_set(&grid, 0, 0, "variant") &&
              grid_set(&grid, 0, 1, "replications") &&
              grid_set(&grid, 0, 2, "hash of all that happened, replication 0");
    json_array_foreach (page->variants, i, variant) {
        const json_t *hash = json_array_get(json_object_get(variant, "fact_hash"), 0);
        ok = ok && grid_set(&grid, (int)i + 1, 0, "%s", json_text_at(variant, "name")) &&
             grid_set(&grid, (int)i + 1, 1, "%.0f", json_number_at(variant, "replications")) &&
             grid_set(&grid, (int)i + 1, 2, "%s",
                      json_is_string(hash) ? json_string_value(hash) : "");
    }
    if (ok) {
        grid.left[2] = true;
        html_table_folded(html, &grid, "What happened, as hashes", "hashes");
    }
    html->failed = html->failed || !ok;
    grid_free(&grid);
}

void section_assumptions(Html *html, const Page *page)
{
    html_section_begin(html, "assumptions", "Assumptions and provenance");
    setting_put(html, page);
    provenance_put(html, page);
    hashes_put(html, page);
    if (page->scenario != NULL) {
        sources_put(html, page->scenario);
        html_put(html, "<details class=\"data\"><summary>The scenario as it was "
                       "run</summary>\n<pre tabindex=\"0\" "
                       "aria-label=\"Scenario\"><code>");
        html_text(html, page->scenario);
        html_put(html, "</code></pre></details>\n");
    }
    html_section_end(html);
}
