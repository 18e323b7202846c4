/* section_headline.c - the top of the page: what it is about, the sentence that matters most, how
 * sure it is. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/report/html/sections.h"
#include "sim/report/json_help.h"
#include "sim/report/overview.h"
#include "sim/report/plan_report.h"

#define PAYERS_SHOWN 5 /* in the head; all of them are in their section */

/* What a printer of the overview writes, as text. */
static void printed(Html *html, const json_t *summary,
                    void (*print)(const json_t *summary, FILE *stream))
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL) {
        html->failed = true;
        return;
    }
    print(summary, stream);
    if (fclose(stream) == 0 && text != NULL) {
        html_text(html, text);
    } else {
        html->failed = true;
    }
    free(text);
}

static void badge(Html *html, const char *kind, const char *mark, const char *text)
{
    html_put(html, "<li class=\"badge %s\"><span aria-hidden=\"true\">%s</span> %s</li>\n", kind,
             mark, text);
}

/* How sure is the difference that the headline is about? */
static void verdict(Html *html, const Page *page)
{
    const char *metric = "";
    const json_t *best = overview_best(page->summary, &metric);
    const json_t *difference = json_object_get(
        json_object_get(json_object_get(best, "against_baseline"), "difference"), metric);
    double low = json_number_at(difference, "ci_low"), high = json_number_at(difference, "ci_high");
    bool exact = json_is_true(json_object_get(difference, "deterministic"));
    if (page->variant_count < 2) {
        badge(html, "quiet", "●", "One variant: nothing to compare");
    } else if (best == json_array_get(page->variants, 0)) {
        badge(html, "open", "≈", "No variant is better than the first");
    } else if (exact) {
        badge(html, "good", "✓", "Exact for this workload: nothing is drawn by chance");
    } else if (!isfinite(low) || !isfinite(high)) {
        badge(html, "open", "≈", "Open: one replication has no interval");
    } else if (low <= 0 && high >= 0) {
        badge(html, "open", "≈", "Open: the interval holds 0");
    } else {
        badge(html, "good", "✓", "Settled: not chance; the 95 % interval is on one side of 0");
    }
}

static void plan_verdict(Html *html, const json_t *plan)
{
    const char *found = json_text_at(plan, "verdict");
    if (strcmp(found, "found") == 0) {
        badge(html, "good", "✓", "Found: a fleet that meets the targets");
    } else if (strcmp(found, "not_confirmed") == 0) {
        badge(html, "open", "≈", "Open: fresh replications do not meet the targets on average");
    } else {
        badge(html, "bad", "✗", "No fleet within the bounds meets the targets");
    }
}

static void expectations(Html *html, const json_t *expects)
{
    size_t passed = 0, count = json_array_size(expects), i;
    const json_t *expect;
    char text[80];
    json_array_foreach (expects, i, expect) {
        passed += json_is_true(json_object_get(expect, "passed"));
    }
    snprintf(text, sizeof text, "%zu of %zu expectations hold", passed, count);
    if (count > 0) {
        badge(html, passed == count ? "good" : "bad", passed == count ? "✓" : "✗", text);
    }
}

static void incomplete(Html *html, const Page *page)
{
    const json_t *variant;
    size_t i;
    double planned = 0, completed = 0;
    char text[80];
    json_array_foreach (page->variants, i, variant) {
        planned += json_number_at(variant, "replications");
        completed += json_number_at(variant, "completed");
    }
    snprintf(text, sizeof text, "Partial: %.0f of %.0f replications are complete", completed,
             planned);
    if (completed < planned) {
        badge(html, "bad", "✗", text);
    }
}

static void setting_put(const json_t *summary, FILE *stream)
{
    overview_setting(summary, stream);
    overview_interval_note(summary, stream);
}

static void cautions_put(const json_t *summary, FILE *stream)
{
    if (overview_not_discriminating(summary, stream)) {
        fputc(' ', stream);
    }
    overview_times_differ(summary, stream);
}

/* Who pays the most under the variant that the headline is about, and how that changes. */
static void payers(Html *html, const Page *page)
{
    const json_t *best = overview_best(page->summary, NULL), *line;
    const json_t *showback = json_object_get(best, "showback");
    const char *by = json_text_at(showback, "by");
    const json_t *lines = json_object_get(json_object_get(showback, by), "lines");
    char usd[NUMBER_TEXT_MAX];
    size_t i, count = json_array_size(lines);
    if (page->plan != NULL || count < 2 || overview_is_filling(page->summary)) {
        return;
    }
    html_put(html, "<p class=\"setting\">Who pays, by %s, with ", by);
    html_name(html, json_text_at(best, "name"));
    json_array_foreach (lines, i, line) {
        double change = json_number_at(line, "change_usd");
        if (i < PAYERS_SHOWN) {
            html_put(html, i == 0 ? ": " : "; ");
            html_name(html, json_text_at(line, "name"));
            html_put(html, " %s USD", number_text(json_number_at(line, "total_usd"), 0, usd));
            if (isfinite(change) && fabs(change) >= 0.5) {
                html_put(html, " (%s %s)", number_text(fabs(change), 0, usd),
                         change < 0 ? "less" : "more");
            }
        }
    }
    if (count > PAYERS_SHOWN) {
        html_put(html, "; %zu more below", count - PAYERS_SHOWN);
    }
    html_put(html, ".</p>\n");
}

void section_headline(Html *html, const Page *page)
{
    const json_t *scenario = json_object_get(page->summary, "scenario");
    html_put(html, "<header>\n<div class=\"top\">\n<p class=\"brand\">gpuplan report</p>\n<h1>");
    html_name(html, json_text_at(scenario, "name"));
    html_put(html, "</h1>\n<p class=\"lead\">");
    html_text(html, json_text_at(scenario, "description"));
    html_put(html, "</p>\n<ul class=\"badges\" aria-label=\"Verdicts\">\n");
    if (page->plan != NULL) {
        plan_verdict(html, page->plan);
    } else {
        verdict(html, page);
    }
    expectations(html, json_object_get(page->summary, "expect"));
    incomplete(html, page);
    html_put(html, "</ul>\n<p class=\"headline\">");
    printed(html, page->plan != NULL ? page->plan : page->summary,
            page->plan != NULL ? plan_answer : overview_headline);
    html_put(html, "</p>\n<p class=\"setting\">");
    printed(html, page->summary, setting_put);
    html_put(html, " ");
    printed(html, page->summary, cautions_put);
    html_put(html, "</p>\n");
    payers(html, page);
    html_put(html, "</div>\n</header>\n");
}
