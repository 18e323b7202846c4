/* gate_table.c - a gate on a terminal, in Markdown and as CSV. */
#include <math.h>
#include <string.h>

#include "sim/report/gate_report.h"
#include "sim/report/grid.h"

static const char *const MARKS[] = {"✓", "✗", "~"};
static const char *const WORDS[] = {"pass", "fail", "inconclusive"};

/* Which rows a table shows. */
static bool shows(const GateRow *row, bool failures_only)
{
    return !failures_only || row->verdict != EVIDENCE_PASS;
}

static int rows_shown(const GateReport *report, bool failures_only)
{
    int count = 0;
    for (int32_t s = 0; s < report->count; s++) {
        for (int32_t i = 0; i < gate_row_count(&report->scenarios[s]); i++) {
            count += shows(&report->scenarios[s].rows[i], failures_only);
        }
    }
    return count;
}

/* ---- cells ---- */

static const char *value_text(double value, char buffer[NUMBER_TEXT_MAX])
{
    double size = fabs(value);
    return isnan(value)   ? "-"
           : isinf(value) ? "beyond the end"
                          : number_text(value,
                                        size >= 1000 ? 0
                                        : size >= 10 ? 2
                                                     : 4,
                                        buffer);
}

static bool bounds_set(Grid *grid, int at, int column, const GateRow *row)
{
    char low[GATE_AMOUNT], high[GATE_AMOUNT];
    if (row->deterministic) {
        return grid_set(grid, at, column, row->same ? "the same" : "exact");
    }
    if (isnan(row->low)) {
        return true;
    }
    return grid_set(grid, at, column, "%s to %s", gate_amount(row, row->low, true, low),
                    gate_amount(row, row->high, true, high));
}

static bool power_set(Grid *grid, int at, int column, double power)
{
    return isnan(power) || grid_set(grid, at, column, "%.0f %%", 100 * power);
}

static bool row_set(Grid *grid, int at, const GateScenario *scenario, const char *variant,
                    const GateRow *row)
{
    char text[NUMBER_TEXT_MAX], amount[GATE_AMOUNT];
    bool ok = grid_set(grid, at, 0, "%s", MARKS[row->verdict]);
    ok = grid_set(grid, at, 1, "%s", scenario->name) && ok;
    ok = grid_set(grid, at, 2, "%s", variant) && ok;
    ok = grid_set(grid, at, 3, "%s", METRICS[row->rule->metric].name) && ok;
    ok = grid_set(grid, at, 4, "%s", value_text(row->baseline, text)) && ok;
    ok = grid_set(grid, at, 5, "%s", value_text(row->candidate, text)) && ok;
    ok = grid_set(grid, at, 6, "%s", gate_amount(row, row->worse, true, amount)) && ok;
    ok = bounds_set(grid, at, 7, row) && ok;
    ok = grid_set(grid, at, 8, "%s", gate_amount(row, row->margin, false, amount)) && ok;
    ok = grid_set(grid, at, 9, "%d", (int)row->count) && ok;
    ok = power_set(grid, at, 10, row->power_same) && ok;
    return power_set(grid, at, 11, row->power_twice) && ok;
}

#define COLUMNS 12

static bool grid_fill(Grid *grid, const GateReport *report, bool failures_only)
{
    static const char *const HEADS[COLUMNS] = {
        "",         "scenario", "variant",         "metric",
        "baseline", "now",      "worse by",        "bounds",
        "margin",   "n",        "passes if equal", "if twice the margin worse"};
    bool ok = true;
    for (int c = 0; c < COLUMNS; c++) {
        grid->left[c] = c < 4;
        ok = grid_set(grid, 0, c, "%s", HEADS[c]) && ok;
    }
    int at = 1;
    for (int32_t s = 0; s < report->count; s++) {
        const GateScenario *scenario = &report->scenarios[s];
        for (int32_t i = 0; i < gate_row_count(scenario); i++) {
            const GateRow *row = &scenario->rows[i];
            if (shows(row, failures_only)) {
                ok = row_set(grid, at++, scenario, scenario->variant[i / scenario->rules->count],
                             row) &&
                     ok;
            }
        }
    }
    return ok;
}

/* ---- what stands below the table ---- */

static void line_print(const char *text, bool markdown, FILE *stream)
{
    if (markdown) {
        fputs("\n", stream);
        markdown_text(text, stream);
        fputs("\n", stream);
    } else {
        fprintf(stream, "%s\n", text);
    }
}

static void scenario_lines(const GateScenario *scenario, bool markdown, FILE *stream)
{
    char sentence[GATE_TEXT], text[2 * GATE_TEXT];
    for (int32_t i = 0; i < gate_row_count(scenario); i++) {
        const GateRow *row = &scenario->rows[i];
        if (row->verdict == EVIDENCE_PASS) {
            continue;
        }
        snprintf(text, sizeof text, "%s %.100s, %.64s: %s", MARKS[row->verdict], scenario->name,
                 scenario->variant[i / scenario->rules->count],
                 gate_row_sentence(row, scenario->rules, sentence));
        line_print(text, markdown, stream);
    }
    for (int32_t i = 0; i < scenario->expect_count; i++) {
        const ExpectOutcome *outcome = &scenario->expects[i];
        if (outcome->passed) {
            continue;
        }
        const char *found = outcome->found_text != NULL ? outcome->found_text : "";
        snprintf(text, sizeof text, "%s %.100s, %.64s: expected %.160s", MARKS[EVIDENCE_FAIL],
                 scenario->name, outcome->variant, outcome->text);
        size_t used = strlen(text);
        if (found[0] != '\0') {
            snprintf(text + used, sizeof text - used, ", found %.100s", found);
        } else {
            snprintf(text + used, sizeof text - used, ", found %.9g", outcome->found);
        }
        line_print(text, markdown, stream);
    }
}

static Status tables_print(const GateReport *report, bool markdown, bool failures_only, bool colour,
                           FILE *stream)
{
    int count = rows_shown(report, failures_only);
    Grid grid;
    if (!grid_init(&grid, COLUMNS, count + 1)) {
        return STATUS_FAILED;
    }
    bool ok = grid_fill(&grid, report, failures_only);
    if (ok && count > 0 && markdown) {
        grid_print_markdown(&grid, stream);
    } else if (ok && count > 0) {
        grid_print_text(&grid, colour, stream);
    }
    grid_free(&grid);
    for (int32_t s = 0; s < report->count; s++) {
        scenario_lines(&report->scenarios[s], markdown, stream);
    }
    char text[GATE_TEXT];
    if (gate_regressed(report, text)[0] != '\0') {
        line_print(text, markdown, stream);
    }
    line_print(gate_closing(report, text), markdown, stream);
    return ok && ferror(stream) == 0 ? STATUS_OK : STATUS_FAILED;
}

Status gate_print_markdown(const GateReport *report, bool failures_only, FILE *stream)
{
    fprintf(stream, "### gpuplan gate: %s\n\n", WORDS[report->verdict]);
    return tables_print(report, true, failures_only, false, stream);
}

/* ---- CSV ---- */

static void csv_number(double value, FILE *stream)
{
    if (isfinite(value)) {
        fprintf(stream, ",%.15g", value);
    } else {
        fputs(isnan(value) ? "," : ",beyond", stream);
    }
}

static Status csv_print(const GateReport *report, FILE *stream)
{
    fputs("scenario,variant,metric,unit,verdict,baseline,candidate,worse,low,high,margin,pairs,"
          "settle_count,power_equal,power_twice\n",
          stream);
    for (int32_t s = 0; s < report->count; s++) {
        const GateScenario *scenario = &report->scenarios[s];
        for (int32_t i = 0; i < gate_row_count(scenario); i++) {
            const GateRow *row = &scenario->rows[i];
            const MetricInfo *metric = &METRICS[row->rule->metric];
            csv_field(scenario->name, stream);
            fputc(',', stream);
            csv_field(scenario->variant[i / scenario->rules->count], stream);
            fprintf(stream, ",%s,%s,%s", metric->name, metric->unit, WORDS[row->verdict]);
            const double numbers[] = {row->baseline, row->candidate, row->worse,
                                      row->low,      row->high,      row->margin};
            for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; k++) {
                csv_number(numbers[k], stream);
            }
            fprintf(stream, ",%d,%d", (int)row->count, (int)row->settle_count);
            csv_number(row->power_same, stream);
            csv_number(row->power_twice, stream);
            fputc('\n', stream);
        }
    }
    return ferror(stream) == 0 ? STATUS_OK : STATUS_FAILED;
}

Status gate_print(const GateReport *report, ReportFormat format, bool colour, FILE *stream)
{
    switch (format) {
    case REPORT_FORMAT_JSON:
        return gate_print_json(report, stream);
    case REPORT_FORMAT_CSV:
        return csv_print(report, stream);
    case REPORT_FORMAT_MARKDOWN:
        return gate_print_markdown(report, false, stream);
    default:
        return tables_print(report, false, false, colour, stream);
    }
}
