/* section_plan.c - of a result of `gpuplan plan`: the answer, its frontier, what it hangs on. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/report/gnuplot.h"
#include "sim/report/hdf5_read_columns.h"
#include "sim/report/html/sections.h"
#include "sim/report/json_help.h"
#include "sim/report/plan_report.h"

#define NAME_WIDTH 22

static void effort_put(Html *html, const json_t *plan)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (stream != NULL) {
        plan_effort(plan, stream);
    }
    bool ok = stream != NULL && fclose(stream) == 0 && text != NULL;
    html_put(html, "<p class=\"about\">");
    html_text(html, ok ? text : "");
    html_put(html, "</p>\n");
    html->failed = html->failed || !ok;
    free(text);
}

/* ---- frontier ---------------------------------------------------------------------------------
 */

enum { KIND_RAN, KIND_FRONTIER, KIND_WINNER };

static void fleet_put(Figure *figure, const json_t *fleet, int kind)
{
    char text[FLEET_TEXT_MAX];
    double usd = json_number_at(fleet, "usd"), wait = json_number_at(fleet, "wait_p95_s");
    if (isfinite(usd) && isfinite(wait)) {
        fprintf(figure->data, "%.2f,%.3f,%d,", usd, wait, kind);
        gnuplot_cell(plan_fleet_text(fleet, text), FLEET_TEXT_MAX, figure->data);
        fputc('\n', figure->data);
    }
}

static double wait_target(const json_t *plan)
{
    const json_t *target;
    size_t i;
    json_array_foreach (json_object_get(plan, "targets"), i, target) {
        if (strcmp(json_text_at(target, "metric"), "wait_p95_s") == 0) {
            return json_number_at(target, "bound");
        }
    }
    return 0;
}

static void frontier_put(Html *html, const json_t *plan)
{
    const json_t *frontier = json_object_get(plan, "frontier"), *fleet;
    Figure figure;
    size_t i;
    if (json_array_size(frontier) == 0) {
        return;
    }
    bool ok = figure_begin(html, &figure, "frontier", 0,
                           "Each mark is a fleet that ran. Those on the line are neither dearer "
                           "nor slower than any other; "
                           "below the dashed line the target of the wait is met.",
                           "What fleets cost, and within what time 95 %% of the jobs start");
    if (ok) {
        fprintf(figure.labels, "%.3f\n", wait_target(plan));
        fputs("usd,wait_p95_s,kind,fleet\n", figure.data);
        json_array_foreach (json_object_get(plan, "fleets"), i, fleet) {
            fleet_put(&figure, fleet, KIND_RAN);
        }
        json_array_foreach (frontier, i, fleet) {
            fleet_put(&figure, fleet, KIND_FRONTIER);
        }
        fleet_put(&figure, json_object_get(plan, "winner"), KIND_WINNER);
    }
    figure_end(html, &figure, NULL);
}

/* ---- tornado ----------------------------------------------------------------------------------
 */

typedef struct Turn {
    const json_t *row;
    double low, high, reach;
    int place;
} Turn;

static int widest_first(const void *va, const void *vb)
{
    const Turn *a = va, *b = vb;
    return a->reach != b->reach ? (a->reach > b->reach ? -1 : 1) : a->place - b->place;
}

/* What it costs then: of the fleet that is enough; of the winner where none is. */
static double end_usd(const json_t *end)
{
    const json_t *then = json_object_get(end, "then");
    return json_number_at(json_is_object(then) ? then : json_object_get(end, "winner"), "usd");
}

static int turns_read(const json_t *sensitivity, double middle, Turn *turns)
{
    const json_t *row;
    size_t i;
    int count = 0;
    json_array_foreach (sensitivity, i, row) {
        double low = end_usd(json_object_get(row, "low")),
               high = end_usd(json_object_get(row, "high"));
        if (isfinite(low) && isfinite(high)) {
            double reach = fmax(fmax(low, high), middle) - fmin(fmin(low, high), middle);
            turns[count++] = (Turn){row, low, high, reach, (int)i};
        }
    }
    qsort(turns, (size_t)count, sizeof *turns, widest_first);
    return count;
}

static void tornado_put(Html *html, const json_t *plan)
{
    const json_t *sensitivity = json_object_get(plan, "sensitivity");
    double middle = json_number_at(json_object_get(plan, "winner"), "usd");
    Turn *turns = calloc(json_array_size(sensitivity) + 1, sizeof *turns);
    Figure figure;
    html->failed = html->failed || turns == NULL;
    int count = turns != NULL && isfinite(middle) ? turns_read(sensitivity, middle, turns) : 0;
    if (count > 0 &&
        figure_begin(html, &figure, "tornado", 0,
                     "The dashed line is what the chosen fleet costs. Each bar: what the cheapest "
                     "fleet costs that is enough "
                     "if this alone is less, or more, than assumed, as the table says.",
                     "What the answer hangs on")) {
        fprintf(figure.labels, "%.2f\n", middle);
        fputs("what,usd_if_less,usd_if_more\n", figure.data);
        for (int i = 0; i < count; i++) {
            char name[160];
            const char *line = json_text_at(turns[i].row, "line");
            snprintf(name, sizeof name, "%.60s%s%.80s", json_text_at(turns[i].row, "what"),
                     line[0] != '\0' ? " of " : "", line);
            gnuplot_cell(name, NAME_WIDTH, figure.data);
            fprintf(figure.data, ",%.2f,%.2f\n", turns[i].low, turns[i].high);
        }
        figure_end(html, &figure, NULL);
    }
    free(turns);
}

/* ---- the section ------------------------------------------------------------------------------
 */

void section_plan(Html *html, const Page *page)
{
    if (page->plan == NULL) {
        return;
    }
    html_section_begin(html, "plan", "The cheapest fleet that is enough");
    html_put(html,
             "<p class=\"about\">The sections below are about the fleet that was chosen.</p>\n");
    frontier_put(html, page->plan);
    tornado_put(html, page->plan);
    bool ok = plan_tables(page->plan, grid_to_page, html->stream);
    html->failed = html->failed || !ok;
    effort_put(html, page->plan);
    html_section_end(html);
}
