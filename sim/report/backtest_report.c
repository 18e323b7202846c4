/* backtest_report.c - the tables of a backtest in four formats, and what they amount to. */
#include "sim/report/backtest_report.h"

#include <math.h>
#include <stdlib.h>

#include "core/units.h"
#include "sim/report/grid.h"
#include "sim/report/json_help.h"
#include "sim/report/printers.h"

#define QUEUES_SHOWN 16 /* in tables for people; JSON and CSV hold all */

/* ---- words ----------------------------------------------------------------------------------- */

/* From when on a skill is called something; docs/backtest.md. */
#define SKILL_NONE 0.05
#define SKILL_GOOD 0.5
/* Of the GPUs: below it a wait for one is a rarity. */
#define LOAD_LOW_PCT 20.0

/* -0.00 is 0.00. */
static double skill_shown(double skill)
{
    return fabs(skill) < 0.005 ? 0.0 : skill;
}

static void skill_say(const char *what, const char *naive, double skill, FILE *stream)
{
    double shown = skill_shown(skill);
    if (skill < -SKILL_NONE) {
        fprintf(stream, "Do not trust %s: worse than assuming that %s (skill %.2f).", what, naive,
                shown);
    } else if (skill < SKILL_NONE) {
        fprintf(stream, "Do not rely on %s: no better than assuming that %s (skill %.2f).", what,
                naive, shown);
    } else if (skill < SKILL_GOOD) {
        fprintf(stream,
                "Trust %s with care: better than assuming that %s, but most of its error is left "
                "(skill %.2f).",
                what, naive, shown);
    } else {
        fprintf(stream,
                "Trust %s: at most half of the error of assuming that %s is left (skill %.2f).",
                what, naive, shown);
    }
}

/* The waits, which matter most. */
static void waits_say(const Backtest *backtest, FILE *stream)
{
    const BacktestWaits *all = &backtest->all;
    if (isfinite(all->skill)) {
        skill_say("simulated waits of this cluster", "nothing waits", all->skill, stream);
    } else if (all->jobs == 0 && backtest->rejected > 0) {
        fputs("No wait can be compared: the simulated cluster holds none of the jobs. Do its node "
              "types say all that the log asks for (cpu, memory, models)?",
              stream);
    } else if (all->jobs == 0) {
        fputs("The log says nothing about waits.", stream);
    } else if (all->mean_error > 0.0) {
        fputs("Do not trust simulated waits of this cluster: nothing waited in the log, but jobs "
              "wait in the simulation.",
              stream);
    } else {
        fputs("Nothing waited in the log and nothing waits in the simulation: this log cannot "
              "tell how good simulated waits are.",
              stream);
    }
}

void backtest_verdict(const Backtest *backtest, FILE *stream)
{
    bool nodes = backtest->nodes.steps > 0;
    if (backtest->allocation.steps > 0 && isfinite(backtest->allocation.skill)) {
        skill_say("simulated GPUs in use", "everything starts at once", backtest->allocation.skill,
                  stream);
        fputc('\n', stream);
    }
    if (nodes && backtest->all.jobs == 0) {
        waits_say(backtest, stream);
        fputc('\n', stream);
    }
    if (nodes && isfinite(backtest->nodes.skill)) {
        skill_say("simulated nodes with a job", "everything starts at once, tightly packed",
                  backtest->nodes.skill, stream);
    }
    if (!nodes || backtest->all.jobs > 0) {
        fputs(nodes && isfinite(backtest->nodes.skill) ? "\n" : "", stream);
        waits_say(backtest, stream);
    }
}

/* ---- grids ----------------------------------------------------------------------------------- */

static bool cell_number(Grid *grid, int row, int column, double value, int decimals)
{
    char text[NUMBER_TEXT_MAX];
    return grid_set(grid, row, column, "%s",
                    isfinite(value) ? number_text(value, decimals, text) : "-");
}

static bool header_fill(Grid *grid, const char *const *names)
{
    bool ok = true;
    for (int c = 0; c < grid->column_count; c++) {
        ok = grid_set(grid, 0, c, "%s", names[c]) && ok;
    }
    grid->left[0] = true;
    return ok;
}

static bool waits_row(Grid *grid, int at, const char *kind, const BacktestWaits *row)
{
    const double seconds[] = {row->recorded.median,  row->recorded.p90,  row->recorded.mean,
                              row->simulated.median, row->simulated.p90, row->simulated.mean,
                              row->median_error,     row->mean_error};
    bool ok = grid_set(grid, at, 0, "%s%s", kind, row->name);
    ok = cell_number(grid, at, 1, row->jobs, 0) && ok;
    for (int i = 0; i < 8; i++) {
        ok = cell_number(grid, at, 2 + i, seconds[i], 1) && ok;
    }
    ok = cell_number(grid, at, 10, row->correlation, 2) && ok;
    return cell_number(grid, at, 11, skill_shown(row->skill), 2) && ok;
}

/* False if memory ran out. */
static bool waits_grid(const Backtest *backtest, Grid *grid)
{
    static const char *const NAMES[] = {"wait, s",    "jobs",           "recorded 50 %", "90 %",
                                        "mean",       "simulated 50 %", "90 %",          "mean",
                                        "error 50 %", "mean error",     "rank corr.",    "skill"};
    int queues = backtest->queue_count < QUEUES_SHOWN ? backtest->queue_count : QUEUES_SHOWN;
    int rows = 2;
    queues = backtest->queue_count > 1 ? queues : 0;
    for (int size = 0; size < BACKTEST_SIZES; size++) {
        rows += backtest->sizes[size].jobs > 0;
    }
    if (!grid_init(grid, 12, rows + queues)) {
        return false;
    }
    bool ok = header_fill(grid, NAMES) && waits_row(grid, 1, "", &backtest->all);
    int at = 2;
    for (int size = 0; size < BACKTEST_SIZES; size++) {
        if (backtest->sizes[size].jobs > 0) {
            ok = waits_row(grid, at++, "", &backtest->sizes[size]) && ok;
        }
    }
    for (int i = 0; i < queues; i++) {
        ok = waits_row(grid, at++, "queue ", &backtest->queues[i]) && ok;
    }
    return ok;
}

static bool series_row(Grid *grid, int at, const char *name, const BacktestSeries *series)
{
    const double values[] = {series->recorded, series->simulated, series->naive, series->error,
                             series->naive_error};
    bool ok = grid_set(grid, at, 0, "%s", name);
    ok = cell_number(grid, at, 1, series->steps, 0) && ok;
    for (int i = 0; i < 5; i++) {
        ok = cell_number(grid, at, 2 + i, values[i], 2) && ok;
    }
    ok = cell_number(grid, at, 7, series->correlation, 4) && ok;
    ok = cell_number(grid, at, 8, series->naive_correlation, 4) && ok;
    return cell_number(grid, at, 9, skill_shown(series->skill), 2) && ok;
}

static bool series_grid(const Backtest *backtest, Grid *grid)
{
    static const char *const NAMES[] = {
        "means over steps", "steps",       "recorded",    "simulated",   "naive",
        "mean error",       "naive error", "correlation", "naive corr.", "skill"};
    int allocation = backtest->allocation.steps > 0, nodes = backtest->nodes.steps > 0;
    if (!grid_init(grid, 10, 1 + allocation + nodes)) {
        return false;
    }
    bool ok = header_fill(grid, NAMES);
    if (allocation) {
        ok = series_row(grid, 1, "GPUs in use", &backtest->allocation) && ok;
    }
    if (nodes) {
        ok = series_row(grid, 1 + allocation, "nodes with a job", &backtest->nodes) && ok;
    }
    return ok;
}

/* ---- for people ------------------------------------------------------------------------------ */

static void count_say(int64_t count, const char *what, const char *bullet, FILE *stream)
{
    char text[NUMBER_TEXT_MAX];
    if (count > 0) {
        fprintf(stream, "%s%s %s\n", bullet, number_text((double)count, 0, text), what);
    }
}

static void counts_say(const Backtest *backtest, const BacktestTitle *title, const char *bullet,
                       FILE *stream)
{
    count_say(title->rows_read - backtest->jobs,
              "rows dropped by the reader (gpuplan trace stats says why)", bullet, stream);
    count_say(backtest->carried, "left out: ran already when the log was cut", bullet, stream);
    count_say(backtest->censored, "left out: still ran when the log ended", bullet, stream);
    count_say(backtest->no_start, "left out: no start is recorded", bullet, stream);
    count_say(backtest->rejected, "left out: too large for the simulated cluster, or dropped",
              bullet, stream);
    count_say(backtest->all.unstarted,
              "never started in the simulation: they count as waiting until its end", bullet,
              stream);
    count_say(backtest->queue_count > QUEUES_SHOWN ? backtest->queue_count - QUEUES_SHOWN : 0,
              "smaller queues are not shown (--format-out csv shows them)", bullet, stream);
}

/* Waits for anything but room are not simulated: so how full was it? */
static void load_say(const Backtest *backtest, FILE *stream)
{
    char used[NUMBER_TEXT_MAX], gpus[NUMBER_TEXT_MAX];
    if (backtest->allocation.steps > 0 && backtest->gpus > 0.0) {
        double share = 100.0 * backtest->allocation.recorded / backtest->gpus;
        fprintf(stream,
                "The log keeps %s of the %s GPUs of the cluster busy on average (%.1f %%)%s\n",
                number_text(backtest->allocation.recorded, 1, used),
                number_text(backtest->gpus, 0, gpus), share,
                share < LOAD_LOW_PCT ? ": recorded waits can hardly have been for GPUs, and a "
                                       "simulation knows no others."
                                     : ".");
    }
}

static void grid_show(const Grid *grid, bool markdown, bool colour, FILE *stream)
{
    if (markdown) {
        grid_print_markdown(grid, stream);
    } else {
        grid_print_text(grid, colour, stream);
    }
    fputc('\n', stream);
}

static bool people_print(const Backtest *backtest, const BacktestTitle *title, bool markdown,
                         bool colour, FILE *stream)
{
    char jobs[NUMBER_TEXT_MAX], compared[NUMBER_TEXT_MAX], step[NUMBER_TEXT_MAX];
    Grid waits = {0}, series = {0};
    fprintf(stream, "%s%s against %s%s%s, preset %s: %s jobs, waits of %s compared\n",
            markdown ? "### " : "", title->log, title->scenario, title->variant[0] ? ", " : "",
            title->variant, title->preset, number_text(backtest->jobs, 0, jobs),
            number_text(backtest->compared, 0, compared));
    fputs(markdown ? "\n" : "", stream);
    counts_say(backtest, title, markdown ? "- " : "  ", stream);
    fputc('\n', stream);
    bool ok = waits_grid(backtest, &waits) && series_grid(backtest, &series);
    if (ok && backtest->compared > 0) {
        grid_show(&waits, markdown, colour, stream);
    }
    if (ok && series.row_count > 1) {
        fprintf(stream, "steps of %s; naive: everything starts when it is submitted\n%s",
                quantity_print(backtest->step_ms, UNIT_DURATION_MS, step, sizeof step),
                markdown ? "\n" : "");
        grid_show(&series, markdown, colour, stream);
    }
    grid_free(&waits);
    grid_free(&series);
    load_say(backtest, stream);
    backtest_verdict(backtest, stream);
    fputc('\n', stream);
    return ok;
}

/* ---- for programs ---------------------------------------------------------------------------- */

typedef struct Named {
    const char *name;
    double value;
} Named;

#define WAIT_VALUES 13
static void waits_values(const BacktestWaits *row, Named values[WAIT_VALUES])
{
    const Named all[WAIT_VALUES] = {
        {"jobs", row->jobs},
        {"unstarted", row->unstarted},
        {"recorded_median_s", row->recorded.median},
        {"recorded_p90_s", row->recorded.p90},
        {"recorded_mean_s", row->recorded.mean},
        {"simulated_median_s", row->simulated.median},
        {"simulated_p90_s", row->simulated.p90},
        {"simulated_mean_s", row->simulated.mean},
        {"median_absolute_error_s", row->median_error},
        {"mean_absolute_error_s", row->mean_error},
        {"naive_mean_absolute_error_s", row->naive_error},
        {"spearman", row->correlation},
        {"skill", row->skill},
    };
    for (int i = 0; i < WAIT_VALUES; i++) {
        values[i] = all[i];
    }
}

#define SERIES_VALUES 9
static void series_values(const BacktestSeries *series, Named values[SERIES_VALUES])
{
    const Named all[SERIES_VALUES] = {
        {"steps", series->steps},
        {"recorded_mean", series->recorded},
        {"simulated_mean", series->simulated},
        {"naive_mean", series->naive},
        {"mean_absolute_error", series->error},
        {"naive_mean_absolute_error", series->naive_error},
        {"correlation", series->correlation},
        {"naive_correlation", series->naive_correlation},
        {"skill", series->skill},
    };
    for (int i = 0; i < SERIES_VALUES; i++) {
        values[i] = all[i];
    }
}

#define COUNT_VALUES 8
static void count_values(const Backtest *backtest, const BacktestTitle *title,
                         Named values[COUNT_VALUES])
{
    const Named all[COUNT_VALUES] = {
        {"rows_dropped_by_reader", (double)(title->rows_read - backtest->jobs)},
        {"jobs", backtest->jobs},
        {"compared", backtest->compared},
        {"carried", backtest->carried},
        {"censored", backtest->censored},
        {"no_start", backtest->no_start},
        {"rejected", backtest->rejected},
        {"cluster_gpus", backtest->gpus},
    };
    for (int i = 0; i < COUNT_VALUES; i++) {
        values[i] = all[i];
    }
}

static bool values_put(json_t *object, const Named *values, int count)
{
    bool ok = object != NULL;
    for (int i = 0; i < count; i++) {
        ok = json_put(object, values[i].name, json_number(values[i].value)) && ok;
    }
    return ok;
}

static json_t *waits_json(const BacktestWaits *row)
{
    Named values[WAIT_VALUES];
    waits_values(row, values);
    json_t *object = json_object();
    bool ok = json_put(object, "name", json_string(row->name));
    return json_checked(object, values_put(object, values, WAIT_VALUES) && ok);
}

/* Those with jobs. */
static json_t *rows_json(const BacktestWaits *rows, int32_t count)
{
    json_t *array = json_array();
    bool ok = array != NULL;
    for (int32_t i = 0; i < count; i++) {
        ok = (rows[i].jobs == 0 || json_push(array, waits_json(&rows[i]))) && ok;
    }
    return json_checked(array, ok);
}

static json_t *series_json(const BacktestSeries *series)
{
    Named values[SERIES_VALUES];
    series_values(series, values);
    json_t *object = series->steps > 0 ? json_object() : json_null();
    return series->steps > 0 ? json_checked(object, values_put(object, values, SERIES_VALUES))
                             : object;
}

static json_t *verdict_json(const Backtest *backtest)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL) {
        return NULL;
    }
    backtest_verdict(backtest, stream);
    bool ok = fclose(stream) == 0;
    json_t *verdict = ok ? json_string(text) : NULL;
    free(text);
    return verdict;
}

static bool json_print(const Backtest *backtest, const BacktestTitle *title, FILE *stream)
{
    Named counts[COUNT_VALUES];
    count_values(backtest, title, counts);
    json_t *root = json_object();
    bool ok = json_put(root, "log", json_string(title->log));
    ok = json_put(root, "scenario", json_string(title->scenario)) && ok;
    ok = json_put(root, "variant", json_string(title->variant)) && ok;
    ok = json_put(root, "preset", json_string(title->preset)) && ok;
    ok = json_put(root, "step_s", json_number((double)backtest->step_ms / 1e3)) && ok;
    ok = values_put(root, counts, COUNT_VALUES) && ok;
    json_t *waits = json_object();
    bool filled = json_put(waits, "all", waits_json(&backtest->all));
    filled = json_put(waits, "sizes", rows_json(backtest->sizes, BACKTEST_SIZES)) && filled;
    filled =
        json_put(waits, "queues", rows_json(backtest->queues, backtest->queue_count)) && filled;
    ok = json_put(root, "waits", json_checked(waits, filled)) && ok;
    ok = json_put(root, "gpus_in_use", series_json(&backtest->allocation)) && ok;
    ok = json_put(root, "nodes_with_a_job", series_json(&backtest->nodes)) && ok;
    ok = json_put(root, "verdict", verdict_json(backtest)) && ok;
    char *text = ok ? json_document(root) : NULL;
    json_decref(root);
    if (text == NULL) {
        return false;
    }
    fputs(text, stream);
    free(text);
    return true;
}

static void csv_rows(const char *kind, const char *name, const Named *values, int count,
                     FILE *stream)
{
    for (int i = 0; i < count; i++) {
        fprintf(stream, "%s,", kind);
        csv_field(name, stream);
        fprintf(stream, ",%s,", values[i].name);
        csv_number(values[i].value, stream);
        fputc('\n', stream);
    }
}

static void waits_csv(const char *kind, const BacktestWaits *row, FILE *stream)
{
    Named values[WAIT_VALUES];
    waits_values(row, values);
    csv_rows(kind, row->name, values, row->jobs > 0 ? WAIT_VALUES : 0, stream);
}

static void csv_print(const Backtest *backtest, const BacktestTitle *title, FILE *stream)
{
    Named counts[COUNT_VALUES], values[SERIES_VALUES];
    count_values(backtest, title, counts);
    fputs("kind,name,figure,value\n", stream);
    csv_rows("log", "all", counts, COUNT_VALUES, stream);
    waits_csv("wait", &backtest->all, stream);
    for (int size = 0; size < BACKTEST_SIZES; size++) {
        waits_csv("wait_by_size", &backtest->sizes[size], stream);
    }
    for (int32_t i = 0; i < backtest->queue_count; i++) {
        waits_csv("wait_by_queue", &backtest->queues[i], stream);
    }
    series_values(&backtest->allocation, values);
    csv_rows("series", "gpus_in_use", values, backtest->allocation.steps > 0 ? SERIES_VALUES : 0,
             stream);
    series_values(&backtest->nodes, values);
    csv_rows("series", "nodes_with_a_job", values, backtest->nodes.steps > 0 ? SERIES_VALUES : 0,
             stream);
}

Status backtest_print(const Backtest *backtest, const BacktestTitle *title, ReportFormat format,
                      bool colour, FILE *stream)
{
    bool ok = true;
    if (format == REPORT_FORMAT_JSON) {
        ok = json_print(backtest, title, stream);
    } else if (format == REPORT_FORMAT_CSV) {
        csv_print(backtest, title, stream);
    } else {
        ok = people_print(backtest, title, format == REPORT_FORMAT_MARKDOWN, colour, stream);
    }
    return ok && fflush(stream) == 0 && !ferror(stream) ? STATUS_OK : STATUS_FAILED;
}
