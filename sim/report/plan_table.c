/* plan_table.c - the plan for people: terminal, Markdown and CSV; the answer is the last line. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/report/grid.h"
#include "sim/report/json_help.h"
#include "sim/report/plan_report.h"
#include "sim/report/printers.h"

#define ROWS_SHOWN 12 /* of a long table */

typedef struct PlanPage {
    const json_t *plan;
    bool markdown, colour;
    FILE *stream;
    bool ok;
    OverviewPrint *print; /* takes the tables; NULL: they are printed here */
} PlanPage;

/* ---- words ---- */

/* "4 h100 + 8 spot", "nothing". */
static char *fleet_text(const json_t *counts, char text[FLEET_TEXT_MAX])
{
    const char *name;
    json_t *count;
    size_t used = 0;
    text[0] = '\0';
    json_object_foreach ((json_t *)counts, name, count) {
        long long many = json_integer_value(count);
        if (many == 0 || used >= FLEET_TEXT_MAX - 1) {
            continue;
        }
        int written = snprintf(text + used, FLEET_TEXT_MAX - used, "%s%lld %.60s",
                               used > 0 ? " + " : "", many, name);
        used += written < 0 ? 0 : (size_t)written;
    }
    if (used == 0) {
        snprintf(text, FLEET_TEXT_MAX, "nothing");
    }
    return text;
}

static const char *fleet_of(const json_t *row, char text[FLEET_TEXT_MAX])
{
    return fleet_text(json_object_get(row, "counts"), text);
}

/* A value of a metric, with as many decimals as it needs. */
static char *value_text(double value, const char *unit, char text[NUMBER_TEXT_MAX])
{
    if (isnan(value)) {
        snprintf(text, NUMBER_TEXT_MAX, "beyond end");
        return text;
    }
    double size = fabs(value);
    int decimals = strcmp(unit, "USD") == 0 ? 0 : size >= 1000 ? 0 : size >= 10 ? 1 : 3;
    return number_text(value, decimals, text);
}

/* Metrics that are null in the document are beyond the end of the run, or do not apply. */
static char *metric_text(const json_t *row, const char *metric, const char *unit,
                         char text[NUMBER_TEXT_MAX])
{
    return value_text(json_number_at(row, metric), unit, text);
}

static const char *yes_no(const json_t *row)
{
    return json_is_null(json_object_get(row, "meets"))       ? "not known"
           : json_is_true(json_object_get(row, "meets"))     ? "yes"
           : json_is_true(json_object_get(row, "discarded")) ? "no (given up early)"
                                                             : "no";
}

/* ---- tables ---- */

static bool table_begin(PlanPage *page, Grid *grid, size_t rows, const char *const *header,
                        int columns)
{
    page->ok = page->ok && grid_init(grid, columns, (int)rows + 1);
    for (int i = 0; page->ok && i < columns; i++) {
        page->ok = grid_set(grid, 0, i, "%s", header[i]);
    }
    if (page->ok) {
        grid->left[0] = true;
    }
    return page->ok;
}

static void table_end(PlanPage *page, const char *about, Grid *grid)
{
    if (page->print != NULL) {
        if (page->ok && grid->row_count > 1) {
            page->print(about, grid, page->colour, page->stream);
        }
        grid_free(grid);
        return;
    }
    if (page->ok && page->markdown) {
        fputs("#### ", page->stream);
        markdown_text(about, page->stream);
        fputs("\n\n", page->stream);
        grid_print_markdown(grid, page->stream);
    } else if (page->ok) {
        fprintf(page->stream, "%s\n", about);
        grid_print_text(grid, page->colour, page->stream);
    }
    fputc('\n', page->stream);
    grid_free(grid);
}

static void targets_table(PlanPage *page)
{
    static const char *const HEADER[] = {"target", "", "search", "fresh", "95 %", "unit"};
    const json_t *targets = json_object_get(page->plan, "targets");
    const json_t *fleet = json_object_get(page->plan, "winner");
    fleet = fleet != NULL ? fleet : json_object_get(page->plan, "nearest");
    const json_t *confirm = json_object_get(json_object_get(page->plan, "confirm"), "metrics");
    Grid grid = {0};
    if (!table_begin(page, &grid, json_array_size(targets), HEADER, 6)) {
        grid_free(&grid);
        return;
    }
    const json_t *row;
    size_t i;
    json_array_foreach (targets, i, row) {
        const char *metric = json_text_at(row, "metric"), *unit = json_text_at(row, "unit");
        const json_t *fresh = json_object_get(confirm, metric);
        char a[NUMBER_TEXT_MAX], b[NUMBER_TEXT_MAX], c[NUMBER_TEXT_MAX], d[NUMBER_TEXT_MAX];
        int at = (int)i + 1;
        bool implied = json_is_true(json_object_get(row, "implied"));
        page->ok = grid_set(&grid, at, 0, "%s%s", metric, implied ? " (implied)" : "") &&
                   grid_set(&grid, at, 1, "%s %s", json_text_at(row, "op"),
                            metric_text(row, "bound", unit, a)) &&
                   grid_set(&grid, at, 2, "%s",
                            metric_text(json_object_get(fleet, "metrics"), metric, unit, b)) &&
                   grid_set(&grid, at, 5, "%s", strcmp(unit, "1") == 0 ? "" : unit) && page->ok;
        if (fresh != NULL) {
            page->ok = grid_set(&grid, at, 3, "%s", metric_text(fresh, "mean", unit, b)) &&
                       grid_set(&grid, at, 4, "%s .. %s", metric_text(fresh, "ci_low", unit, c),
                                metric_text(fresh, "ci_high", unit, d)) &&
                       page->ok;
        }
    }
    table_end(page, "What is asked, and what the fleet does", &grid);
}

static void fleet_cells(PlanPage *page, Grid *grid, int at, int column, const json_t *fleet)
{
    char a[NUMBER_TEXT_MAX], b[NUMBER_TEXT_MAX];
    page->ok = grid_set(grid, at, column, "%s", metric_text(fleet, "usd", "USD", a)) &&
               grid_set(grid, at, column + 1, "%s", metric_text(fleet, "wait_p95_s", "s", b)) &&
               grid_set(grid, at, column + 2, "%s", yes_no(fleet)) && page->ok;
    if (json_is_false(json_object_get(fleet, "meets"))) {
        page->ok = grid_set(grid, at, column + 3, "%s", json_text_at(fleet, "binds")) && page->ok;
    }
}

static void fleets_table(PlanPage *page, const char *key, const char *about)
{
    static const char *const HEADER[] = {"fleet", "USD", "wait p95 s", "meets", "misses"};
    const json_t *fleets = json_object_get(page->plan, key);
    size_t count = json_array_size(fleets);
    size_t shown = count < ROWS_SHOWN ? count : ROWS_SHOWN;
    Grid grid = {0};
    if (count == 0 || !table_begin(page, &grid, shown, HEADER, 5)) {
        grid_free(&grid);
        return;
    }
    for (size_t i = 0; i < shown; i++) {
        /* of a long frontier every so many, its ends included */
        size_t from = shown > 1 ? i * (count - 1) / (shown - 1) : 0;
        const json_t *fleet = json_array_get(fleets, from);
        char text[FLEET_TEXT_MAX];
        page->ok = grid_set(&grid, (int)i + 1, 0, "%s", fleet_of(fleet, text)) && page->ok;
        fleet_cells(page, &grid, (int)i + 1, 1, fleet);
    }
    table_end(page, about, &grid);
}

static void less_table(PlanPage *page)
{
    static const char *const HEADER[] = {"one lot less of", "USD", "wait p95 s", "meets", "misses"};
    const json_t *less = json_object_get(page->plan, "less"), *row;
    size_t i;
    Grid grid = {0};
    if (json_array_size(less) == 0 || !table_begin(page, &grid, json_array_size(less), HEADER, 5)) {
        grid_free(&grid);
        return;
    }
    json_array_foreach (less, i, row) {
        page->ok = grid_set(&grid, (int)i + 1, 0, "%s", json_text_at(row, "line")) && page->ok;
        if (json_is_true(json_object_get(row, "possible"))) {
            fleet_cells(page, &grid, (int)i + 1, 1, json_object_get(row, "fleet"));
        } else {
            page->ok = grid_set(&grid, (int)i + 1, 3, "there is no less") && page->ok;
        }
    }
    table_end(page, "What binds", &grid);
}

static void sensitivity_row(PlanPage *page, Grid *grid, int at, const json_t *row, const char *key)
{
    const json_t *end = json_object_get(row, key), *then = json_object_get(end, "then");
    const char *line = json_text_at(row, "line");
    char text[FLEET_TEXT_MAX], usd[NUMBER_TEXT_MAX];
    page->ok = grid_set(grid, at, 0, "%s%s%s %+.0f %%", json_text_at(row, "what"),
                        line[0] != '\0' ? " of " : "", line,
                        100.0 * (json_number_at(end, "factor") - 1.0)) &&
               page->ok;
    fleet_cells(page, grid, at, 1, json_object_get(end, "winner"));
    bool found = json_is_object(then);
    page->ok = grid_set(grid, at, 5, "%s", found ? fleet_of(then, text) : "none by one line") &&
               grid_set(grid, at, 6, "%s", found ? metric_text(then, "usd", "USD", usd) : "") &&
               page->ok;
}

static void sensitivity_table(PlanPage *page)
{
    static const char *const HEADER[] = {"if",     "USD",         "wait p95 s", "meets",
                                         "misses", "enough then", "USD"};
    const json_t *rows = json_object_get(page->plan, "sensitivity"), *row;
    size_t i;
    Grid grid = {0};
    if (json_array_size(rows) == 0 ||
        !table_begin(page, &grid, 2 * json_array_size(rows), HEADER, 7)) {
        grid_free(&grid);
        return;
    }
    grid.left[5] = true;
    json_array_foreach (rows, i, row) {
        sensitivity_row(page, &grid, 2 * (int)i + 1, row, "low");
        sensitivity_row(page, &grid, 2 * (int)i + 2, row, "high");
    }
    table_end(page, "The same fleet, if things turn out otherwise", &grid);
}

static void months_table(PlanPage *page)
{
    static const char *const HEADER[] = {"month", "demand", "fleet", "USD a month", "order"};
    const json_t *months = json_object_get(page->plan, "months"), *row;
    size_t i;
    Grid grid = {0};
    if (json_array_size(months) == 0 ||
        !table_begin(page, &grid, json_array_size(months), HEADER, 5)) {
        grid_free(&grid);
        return;
    }
    grid.left[2] = grid.left[4] = true;
    json_array_foreach (months, i, row) {
        char text[FLEET_TEXT_MAX], usd[NUMBER_TEXT_MAX], orders[FLEET_TEXT_MAX] = "";
        const json_t *order;
        size_t k, used = 0;
        json_array_foreach (json_object_get(row, "orders"), k, order) {
            double day = json_number_at(order, "order_day");
            int written =
                used >= sizeof orders
                    ? 0
                    : snprintf(orders + used, sizeof orders - used, "%s%+.0f %.60s day %.0f%s",
                               used > 0 ? ", " : "", json_number_at(order, "change"),
                               json_text_at(order, "line"), day, day < 0.0 ? " (late)" : "");
            used += written < 0 ? 0 : (size_t)written;
        }
        bool found = json_is_true(json_object_get(row, "found"));
        int at = (int)i + 1;
        page->ok = grid_set(&grid, at, 0, "%.0f", json_number_at(row, "month")) &&
                   grid_set(&grid, at, 1, "%.3f", json_number_at(row, "demand")) &&
                   grid_set(&grid, at, 2, "%s",
                            found ? fleet_of(json_object_get(row, "fleet"), text)
                                  : "no fleet is enough") &&
                   grid_set(&grid, at, 3, "%s",
                            found ? metric_text(row, "usd_per_month", "USD", usd) : "") &&
                   grid_set(&grid, at, 4, "%s", orders) && page->ok;
    }
    table_end(page, "Month by month", &grid);
}

/* ---- lines ---- */

static void search_line(const PlanPage *page)
{
    const json_t *search = json_object_get(page->plan, "search");
    double runs = json_number_at(search, "runs"), all = json_number_at(search, "exhaustive_runs");
    double odd = json_number_at(search, "violations");
    char a[NUMBER_TEXT_MAX], b[NUMBER_TEXT_MAX], c[NUMBER_TEXT_MAX];
    fprintf(page->stream,
            "Searched %s fleets with %s simulations, %.1f %% of an exhaustive search; %.0f fleets "
            "that were presumed too small (or too large) were run to check, ",
            number_text(json_number_at(search, "fleets"), 0, a), number_text(runs, 0, b),
            all > 0 ? 100.0 * runs / all : 100.0, json_number_at(search, "probes"));
    if (odd > 0) {
        fprintf(page->stream, "%s times a fleet did better than one with more.\n",
                number_text(odd, 0, c));
    } else {
        fputs("and the presumption held.\n", page->stream);
    }
}

static void implied_line(const PlanPage *page)
{
    const json_t *targets = json_object_get(page->plan, "targets"), *row;
    size_t i;
    json_array_foreach (targets, i, row) {
        if (json_is_true(json_object_get(row, "implied"))) {
            fputs("Implied: no more jobs are rejected as too large than by the largest fleet.\n",
                  page->stream);
        }
    }
}

static void answer_line(const PlanPage *page)
{
    const char *verdict = json_text_at(page->plan, "verdict");
    const json_t *objective = json_object_get(page->plan, "objective");
    bool none = strcmp(verdict, "none") == 0;
    const json_t *fleet = json_object_get(page->plan, none ? "nearest" : "winner");
    const json_t *confirm = json_object_get(page->plan, "confirm");
    char text[FLEET_TEXT_MAX], usd[NUMBER_TEXT_MAX];
    fleet_of(fleet, text);
    metric_text(fleet, "usd", "USD", usd);
    if (none) {
        fprintf(page->stream,
                "No fleet meets the targets. %s comes nearest, for %s USD; %s binds, by %.1f %%.\n",
                text, usd, json_text_at(fleet, "binds"), -100.0 * json_number_at(fleet, "room"));
        return;
    }
    fprintf(page->stream, "%s: %s USD (%s) in %.0f hours, the cheapest that meets the targets",
            text, usd, json_text_at(objective, "metric"), json_number_at(objective, "hours"));
    if (json_is_false(json_object_get(page->plan, "drawn"))) {
        fputs("; exact for this workload: nothing is drawn, so nothing says how safe it is with "
              "another "
              "(`resample` of a log draws others like it).\n",
              page->stream);
        return;
    }
    if (!json_is_object(confirm)) {
        fputs("; not confirmed on fresh replications (plan.confirm: 0).\n", page->stream);
        return;
    }
    fprintf(page->stream, "; on %.0f fresh replications it met them in %.0f (%.0f .. %.0f %%)%s\n",
            json_number_at(confirm, "replications"), json_number_at(confirm, "met"),
            100.0 * json_number_at(confirm, "ci_low"), 100.0 * json_number_at(confirm, "ci_high"),
            strcmp(verdict, "found") == 0
                ? "."
                : ", and NOT on average: raise plan.replications, or give the target more room.");
}

/* ---- forms ---- */

static bool page_print(PlanPage *page)
{
    const json_t *scenario = json_object_get(page->plan, "scenario");
    const char *name = json_text_at(scenario, "name");
    if (page->markdown) {
        fputs("### ", page->stream);
        markdown_text(name, page->stream);
        fputs("\n\n", page->stream);
    } else {
        fprintf(page->stream, "%s\n\n", name);
    }
    targets_table(page);
    less_table(page);
    fleets_table(page, "ties", "As good: fleets within the zone of indifference");
    fleets_table(page, "frontier",
                 "Cost against wait: no other fleet that ran is cheaper and waits "
                 "less");
    sensitivity_table(page);
    months_table(page);
    search_line(page);
    implied_line(page);
    fputs(page->markdown ? "\n**" : "\n", page->stream);
    answer_line(page);
    fputs(page->markdown ? "**\n" : "", page->stream);
    return page->ok;
}

bool plan_tables(const json_t *plan, OverviewPrint *print, FILE *stream)
{
    PlanPage page = {.plan = plan, .stream = stream, .ok = true, .print = print};
    targets_table(&page);
    less_table(&page);
    fleets_table(&page, "ties", "As good: fleets within the zone of indifference");
    fleets_table(&page, "frontier",
                 "Cost against wait: no other fleet that ran is cheaper and waits less");
    sensitivity_table(&page);
    months_table(&page);
    return page.ok;
}

void plan_answer(const json_t *plan, FILE *stream)
{
    answer_line(&(PlanPage){.plan = plan, .stream = stream, .ok = true});
}

void plan_effort(const json_t *plan, FILE *stream)
{
    PlanPage page = {.plan = plan, .stream = stream, .ok = true};
    search_line(&page);
    implied_line(&page);
}

char *plan_fleet_text(const json_t *fleet, char text[FLEET_TEXT_MAX])
{
    return fleet_text(json_object_get(fleet, "counts"), text);
}

static void csv_fleets(const json_t *plan, FILE *stream)
{
    const json_t *lines = json_object_get(plan, "lines"), *fleets = json_object_get(plan, "fleets");
    const json_t *line, *fleet;
    size_t i, k;
    json_array_foreach (lines, i, line) {
        csv_field(json_text_at(line, "name"), stream);
        fputc(',', stream);
    }
    fputs("replications,usd,wait_p95_s,productive_share,meets,binds,room\n", stream);
    json_array_foreach (fleets, i, fleet) {
        json_array_foreach (lines, k, line) {
            csv_number(json_number_at(json_object_get(fleet, "counts"), json_text_at(line, "name")),
                       stream);
            fputc(',', stream);
        }
        fprintf(stream, "%.0f,", json_number_at(fleet, "replications"));
        csv_number(json_number_at(fleet, "usd"), stream);
        fputc(',', stream);
        csv_number(json_number_at(fleet, "wait_p95_s"), stream);
        fputc(',', stream);
        csv_number(json_number_at(fleet, "productive_share"), stream);
        fprintf(stream, ",%s,%s,",
                json_is_null(json_object_get(fleet, "meets"))   ? ""
                : json_is_true(json_object_get(fleet, "meets")) ? "true"
                                                                : "false",
                json_text_at(fleet, "binds"));
        csv_number(json_number_at(fleet, "room"), stream);
        fputc('\n', stream);
    }
}

Status plan_print(const json_t *plan, ReportFormat format, bool colour, FILE *stream)
{
    PlanPage page = {.plan = plan,
                     .markdown = format == REPORT_FORMAT_MARKDOWN,
                     .colour = colour,
                     .stream = stream,
                     .ok = true};
    bool ok = true;
    if (format == REPORT_FORMAT_JSON) {
        char *text = json_document(plan);
        ok = text != NULL && fputs(text, stream) >= 0;
        free(text);
    } else if (format == REPORT_FORMAT_CSV) {
        csv_fleets(plan, stream);
    } else {
        ok = page_print(&page);
    }
    return ok && fflush(stream) == 0 && ferror(stream) == 0 ? STATUS_OK : STATUS_FAILED;
}
