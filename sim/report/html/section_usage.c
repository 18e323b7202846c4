/* section_usage.c - over time: what looks busy against what was productive, and what idle GPUs
 * waited for. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/report/html/sections.h"
#include "sim/report/json_help.h"
#include "sim/report/printers.h"

#define STEPS_SHOWN 240 /* longer series are averaged in pairs */
#define CAUSES_SHOWN 6  /* and the others together */

typedef struct Series {
    const json_t *values[CAUSES_SHOWN + 2];
    int count;
    size_t steps, joined;
    double step_h;
} Series;

static Series series_of(const json_t *over)
{
    Series series = {.steps = json_array_size(json_object_get(over, "productive_pct")),
                     .step_h = json_number_at(over, "step_s") / 3600.0};
    series.joined = (series.steps + STEPS_SHOWN - 1) / STEPS_SHOWN;
    series.joined = series.joined > 0 ? series.joined : 1;
    return series;
}

static double mean_at(const Series *series, int column, size_t step)
{
    double sum = 0;
    size_t n = 0;
    for (; n < series->joined && step + n < series->steps; n++) {
        sum += json_number_value(json_array_get(series->values[column], step + n));
    }
    return n > 0 ? sum / (double)n : 0;
}

/* Rows at the begin and the end of each step; a stretch in which nothing changes has two rows. */
static void series_put(const Series *series, FILE *data)
{
    double last[CAUSES_SHOWN + 2] = {0};
    bool open = false;
    for (size_t step = 0; step < series->steps; step += series->joined) {
        bool same = open;
        double now[CAUSES_SHOWN + 2];
        for (int c = 0; c < series->count; c++) {
            now[c] = mean_at(series, c, step);
            same = same && fabs(now[c] - last[c]) < 0.005;
        }
        double at = (double)step * series->step_h;
        if (!same) {
            for (int side = open ? 0 : 1; side < 2; side++) {
                csv_number(at, data);
                for (int c = 0; c < series->count; c++) {
                    fprintf(data, ",%.2f", side == 0 ? last[c] : now[c]);
                }
                fputc('\n', data);
            }
            memcpy(last, now, sizeof last);
            open = true;
        }
    }
    csv_number((double)series->steps * series->step_h, data);
    for (int c = 0; c < series->count; c++) {
        fprintf(data, ",%.2f", last[c]);
    }
    fputc('\n', data);
}

/* ---- busy against productive ------------------------------------------------------------------
 */

static const char *const USAGE[][2] = {{"productive_pct", "productive"},
                                       {"busy_low_pct", "busy at least"},
                                       {"busy_high_pct", "busy at most"},
                                       {"allocated_pct", "held by jobs"},
                                       {"down_pct", "out of service"},
                                       {"drained_pct", "drained"},
                                       {"spare_pct", "spare"}};
#define USAGE_COUNT 7

static double mean_of(const json_t *values)
{
    const json_t *value;
    size_t i;
    double sum = 0;
    json_array_foreach (values, i, value) {
        sum += json_number_value(value);
    }
    return i > 0 ? sum / (double)i : NAN;
}

static double most_of(const json_t *values)
{
    const json_t *value;
    size_t i;
    double most = 0;
    json_array_foreach (values, i, value) {
        most = fmax(most, json_number_value(value));
    }
    return most;
}

/* Mean and highest of each series: what a table can say of a curve. */
static bool spread_grid(const json_t *const *values, const char *const *names, int count,
                        Grid *grid)
{
    char mean[NUMBER_TEXT_MAX], most[NUMBER_TEXT_MAX];
    bool ok = grid_init(grid, 3, count + 1);
    ok = ok && grid_set(grid, 0, 0, "series") && grid_set(grid, 0, 1, "mean, %% of capacity") &&
         grid_set(grid, 0, 2, "highest step, %%");
    for (int i = 0; ok && i < count; i++) {
        ok = grid_set(grid, i + 1, 0, "%s", names[i]) &&
             grid_set(grid, i + 1, 1, "%s", number_text(mean_of(values[i]), 2, mean)) &&
             grid_set(grid, i + 1, 2, "%s", number_text(most_of(values[i]), 2, most));
    }
    return ok;
}

static void usage_one(Html *html, const Page *page, const json_t *variant, int number)
{
    const json_t *over = json_object_get(variant, "over_time");
    const json_t *values[USAGE_COUNT];
    const char *names[USAGE_COUNT];
    Series series = series_of(over);
    Figure figure;
    Grid grid;
    if (series.steps == 0 || told_before(html, page, variant)) {
        return;
    }
    for (int i = 0; i < USAGE_COUNT; i++) {
        values[i] = json_object_get(over, USAGE[i][0]);
        names[i] = USAGE[i][1];
        series.values[i] = values[i];
    }
    series.count = USAGE_COUNT;
    bool ok = spread_grid(values, names, USAGE_COUNT, &grid);
    ok = figure_begin(html, &figure, "usage", number,
                      "The band is what a device counter would show, from at least to at most. The "
                      "distance to the "
                      "productive line is what such a dashboard hides.",
                      "Busy and productive GPUs of %s, per cent of capacity",
                      json_text_at(variant, "name")) &&
         ok;
    if (ok) {
        fputs("hours,productive,busy_at_least,busy_at_most,held,down,drained,spare\n", figure.data);
        series_put(&series, figure.data);
    }
    html->failed = html->failed || !ok;
    figure_end(html, &figure, ok ? &grid : NULL);
    grid_free(&grid);
}

static bool any_over_time(const Page *page)
{
    const json_t *variant;
    size_t i;
    json_array_foreach (page->variants, i, variant) {
        if (json_is_object(json_object_get(variant, "over_time"))) {
            return true;
        }
    }
    return false;
}

/* What is cut off at the front is drawn all the same. */
static void warmup_note(Html *html, const Page *page)
{
    char text[NUMBER_TEXT_MAX];
    double warmup_s = json_number_at(json_array_get(page->variants, 0), "warmup_s");
    if (warmup_s > 0) {
        html_put(html,
                 "<p class=\"note\">The first %s is drawn here, and counts nowhere else: it is "
                 "the scenario's warm-up.</p>\n",
                 duration_text(warmup_s, text));
    }
}

void section_usage(Html *html, const Page *page)
{
    if (!any_over_time(page)) {
        return;
    }
    html_section_begin(html, "usage", "Busy and productive, over time");
    html_put(html, "<p class=\"about\">A utilisation counter sees kernels, not progress: work that "
                   "waits for data, for a "
                   "slower member of its gang or on a slow device looks busy. Replication 0; work "
                   "that was lost is taken "
                   "off the time in which it had been done.</p>\n");
    warmup_note(html, page);
    each_variant(html, page, usage_one);
    html_section_end(html);
}

/* ---- idle by cause ----------------------------------------------------------------------------
 */

typedef struct Cause {
    const char *name;
    const json_t *values;
    double mean;
    int place;
} Cause;

static int larger_first(const void *va, const void *vb)
{
    const Cause *a = va, *b = vb;
    return a->mean != b->mean ? (a->mean > b->mean ? -1 : 1) : a->place - b->place;
}

/* The causes, largest first; no_demand, which nothing waits for, last. Free with free(). */
static Cause *causes_of(const json_t *idle, int *count)
{
    Cause *causes = calloc(json_object_size(idle) + 1, sizeof *causes);
    const char *name;
    const json_t *values;
    *count = 0;
    json_object_foreach ((json_t *)idle, name, values) {
        if (causes != NULL) {
            bool last = strcmp(name, "no_demand") == 0;
            causes[*count] = (Cause){name, values, last ? -1 : mean_of(values), *count};
            (*count)++;
        }
    }
    if (causes != NULL) {
        qsort(causes, (size_t)*count, sizeof *causes, larger_first);
    }
    return causes;
}

/* The sum of the causes behind those that are shown; a new reference. */
static json_t *others_of(const Cause *causes, int from, int count, size_t steps)
{
    json_t *sums = json_array();
    for (size_t step = 0; step < steps; step++) {
        double sum = 0;
        for (int i = from; i < count; i++) {
            sum += json_number_value(json_array_get(causes[i].values, step));
        }
        if (!json_push(sums, json_real(sum))) {
            json_decref(sums);
            return NULL;
        }
    }
    return sums;
}

/* The same cause has the same colour in the figures of all variants: counted as they are met. */
static int colour_of(const Page *page, const char *wanted)
{
    const json_t *variant, *earlier;
    json_t *values;
    const char *name;
    size_t i, k;
    int colour = 0;
    json_array_foreach (page->variants, i, variant) {
        const json_t *idle = json_object_get(json_object_get(variant, "over_time"), "idle_pct");
        json_object_foreach ((json_t *)idle, name, values) {
            bool met = strcmp(name, "no_demand") == 0;
            json_array_foreach (page->variants, k, earlier) {
                if (k >= i) {
                    break;
                }
                met = met || json_object_get(
                                 json_object_get(json_object_get(earlier, "over_time"), "idle_pct"),
                                 name) != NULL;
            }
            if (strcmp(name, wanted) == 0) {
                return colour;
            }
            colour += !met;
        }
    }
    return colour;
}

static bool causes_grid(const Cause *causes, int count, Grid *grid)
{
    const json_t **values = calloc((size_t)count + 1, sizeof(json_t *));
    const char **names = calloc((size_t)count + 1, sizeof(char *));
    bool ok = values != NULL && names != NULL;
    for (int i = 0; ok && i < count; i++) {
        values[i] = causes[i].values;
        names[i] = causes[i].name;
    }
    *grid = (Grid){0};
    ok = ok && spread_grid(values, names, count, grid);
    free(values);
    free(names);
    return ok;
}

/* Nothing ever waited: no figure says more than that. */
static void idle_unwanted(Html *html, const json_t *variant, const json_t *no_demand)
{
    char mean[NUMBER_TEXT_MAX];
    html_put(html, "<p class=\"note\">Nothing ever waited while GPUs of ");
    html_name(html, json_text_at(variant, "name"));
    html_put(html, " were idle: %s %% of its capacity had no demand.</p>\n",
             number_text(mean_of(no_demand), 1, mean));
}

static void idle_draw(Html *html, const Page *page, const json_t *variant, int number,
                      Series *series, const Cause *causes, int count)
{
    int waited = count - (strcmp(causes[count - 1].name, "no_demand") == 0);
    bool more = waited > CAUSES_SHOWN + 1;
    int shown = more ? CAUSES_SHOWN : waited;
    json_t *others = more ? others_of(causes, shown, waited, series->steps) : NULL;
    Figure figure;
    Grid grid;
    bool ok = causes_grid(causes, count, &grid) && (!more || others != NULL);
    ok = figure_begin(html, &figure, "idle", number,
                      "Stacked. fragmented: enough is free in sum, in no place that a waiting job "
                      "fits; short: not "
                      "enough in sum; blocked: a rule keeps it back. GPUs that nothing waited for "
                      "are not drawn.",
                      "Idle GPUs of %s while something waited, per cent of capacity",
                      json_text_at(variant, "name")) &&
         ok;
    if (ok) {
        fputs("hours", figure.data);
    }
    for (int i = 0; ok && i < shown + more; i++) {
        const char *name = i < shown ? causes[i].name : "others";
        series->values[i] = i < shown ? causes[i].values : others;
        fprintf(figure.data, ",%s", name);
        figure_label(&figure, name);
    }
    for (int i = 0; ok && i < shown + more; i++) {
        fprintf(figure.labels, "%d\n", i < shown ? colour_of(page, causes[i].name) : 6);
    }
    series->count = shown + more;
    if (ok) {
        fputc('\n', figure.data);
        series_put(series, figure.data);
    }
    html->failed = html->failed || !ok;
    figure_end(html, &figure, ok ? &grid : NULL);
    grid_free(&grid);
    json_decref(others);
}

static void idle_one(Html *html, const Page *page, const json_t *variant, int number)
{
    const json_t *over = json_object_get(variant, "over_time");
    Series series = series_of(over);
    int count;
    Cause *causes = causes_of(json_object_get(over, "idle_pct"), &count);
    html->failed = html->failed || causes == NULL;
    if (causes == NULL || count == 0 || series.steps == 0) {
        free(causes);
        return;
    }
    if (count == 1 && strcmp(causes[0].name, "no_demand") == 0) {
        idle_unwanted(html, variant, causes[0].values);
    } else if (!told_before(html, page, variant)) {
        idle_draw(html, page, variant, number, &series, causes, count);
    }
    free(causes);
}

void section_idle(Html *html, const Page *page)
{
    const json_t *variant;
    size_t i;
    bool any = false;
    json_array_foreach (page->variants, i, variant) {
        any = any || json_object_size(
                         json_object_get(json_object_get(variant, "over_time"), "idle_pct")) > 0;
    }
    if (!any) {
        return;
    }
    html_section_begin(html, "idle", "Why GPUs were idle, over time");
    html_put(html, "<p class=\"about\">Fragmentation by the dimension that binds: which resource "
                   "stood in the way while "
                   "GPUs were free. Replication 0.</p>\n");
    warmup_note(html, page);
    each_variant(html, page, idle_one);
    html_section_end(html);
}
