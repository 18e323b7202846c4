/* plots.c - figures by gnuplot: data, labels and scripts go into a folder, and gnuplot runs there.
 *
 * The scripts are fixed text; names of variants and scenarios reach them through files only, so no
 * name can be code. The folder is complete in itself: change a script, run gnuplot again.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/report/atomic_file.h"
#include "sim/report/folder.h"
#include "sim/report/gnuplot.h"
#include "sim/report/html/page.h"
#include "sim/report/json_help.h"
#include "sim/report/overview.h"
#include "sim/report/printers.h"
#include "sim/report/report.h"

typedef struct Figure {
    const char *name;       /* of its files: NAME.gp, NAME.csv, NAME-labels.txt, ... */
    const char *question;   /* after the scenario's name in the title */
    const char *curve;      /* of the variant, in the summary */
    const char *columns[2]; /* of the curve; variants are listed by the first one's last value */
} Figure;

#define LOAD_CURVE "load_curve"
#define OVER_TIME "over_time"
#define LOOKS_SAME_PCT 0.01

static const Figure FIGURES[] = {
    {"allocation", "GPU in use while the cluster fills", LOAD_CURVE, {"alloc_pct", NULL}},
    {"fragmentation",
     "idle GPU that typical tasks cannot use",
     LOAD_CURVE,
     {"frag_amount_pct", "frag_ratio_pct"}},
    {"busy",
     "GPUs that look busy, and what is produced",
     OVER_TIME,
     {"busy_high_pct", "productive_pct"}},
    {"away", "GPUs out of service and drained", OVER_TIME, {"down_pct", "drained_pct"}},
};

typedef struct Line {
    const json_t *variant, *curve;
    int place; /* in the scenario, from 1: its colour */
    double last;
} Line;

typedef struct Lines {
    Line *line;
    int count;
    size_t row_count;
    double step_s; /* of over_time: that of the variant with the longest steps */
} Lines;

static double curve_at(const json_t *curve, const char *column, size_t row)
{
    const json_t *value = json_array_get(json_object_get(curve, column), row);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

/* Of a row of the figure: steps of variants that ran for less long are drawn together. */
static double line_at(const Lines *lines, const Line *line, const char *column, size_t row)
{
    double own_s = json_number_at(line->curve, "step_s");
    size_t joined = own_s > 0 ? (size_t)(lines->step_s / own_s + 0.5) : 1;
    double sum = 0.0;
    int count = 0;
    for (size_t i = row * joined; i < (row + 1) * joined; i++) {
        double value = curve_at(line->curve, column, i);
        sum += isfinite(value) ? value : 0.0;
        count += isfinite(value);
    }
    return count > 0 ? sum / count : NAN;
}

/* The highest end first, as the lines lie in the figure; equal ones in the scenario's order. */
static void lines_sort(Lines *lines, const char *column)
{
    for (int i = 0; i < lines->count; i++) {
        Line *line = &lines->line[i];
        size_t rows = json_array_size(json_object_get(line->curve, column));
        line->last = rows > 0 ? curve_at(line->curve, column, rows - 1) : NAN;
    }
    for (int i = 1; i < lines->count; i++) {
        Line moved = lines->line[i];
        int at = i;
        for (; at > 0 && lines->line[at - 1].last < moved.last; at--) {
            lines->line[at] = lines->line[at - 1];
        }
        lines->line[at] = moved;
    }
}

static bool lines_find(Lines *lines, const json_t *summary, const Figure *figure)
{
    const json_t *variants = json_object_get(summary, "variants"), *variant;
    size_t i;
    *lines = (Lines){.line = calloc(json_array_size(variants) + 1, sizeof(Line))};
    if (lines->line == NULL) {
        return false;
    }
    json_array_foreach (variants, i, variant) {
        const json_t *curve = json_object_get(variant, figure->curve);
        size_t rows = json_array_size(json_object_get(curve, figure->columns[0]));
        double step_s = json_number_at(curve, "step_s");
        if (rows > 0) {
            lines->line[lines->count++] =
                (Line){.variant = variant, .curve = curve, .place = (int)i + 1};
            lines->row_count = rows > lines->row_count ? rows : lines->row_count;
            lines->step_s = step_s > lines->step_s ? step_s : lines->step_s;
        }
    }
    return true;
}

static void data_put(const Figure *figure, const Lines *lines, const json_t *summary, FILE *stream)
{
    (void)summary;
    bool over_time = strcmp(figure->curve, OVER_TIME) == 0;
    fputs(over_time ? "from_h" : "arrived_pct", stream);
    for (int c = 0; c < 2 && figure->columns[c] != NULL; c++) {
        for (int i = 0; i < lines->count; i++) {
            fprintf(stream, ",%s ", figure->columns[c]);
            csv_field(json_text_at(lines->line[i].variant, "name"), stream);
        }
    }
    fputc('\n', stream);
    for (size_t row = 0; row < lines->row_count; row++) {
        if (over_time) {
            csv_number((double)row * lines->step_s / 3600.0, stream);
        } else {
            fprintf(stream, "%zu", row);
        }
        for (int c = 0; c < 2 && figure->columns[c] != NULL; c++) {
            for (int i = 0; i < lines->count; i++) {
                fputc(',', stream);
                csv_number(line_at(lines, &lines->line[i], figure->columns[c], row), stream);
            }
        }
        fputc('\n', stream);
    }
}

/* Long names would leave the figure: cut between characters. */
#define KEY_WIDTH 22

static void variants_put(const Figure *figure, const Lines *lines, const json_t *summary,
                         FILE *stream)
{
    (void)figure;
    (void)summary;
    for (int i = 0; i < lines->count; i++) {
        char name[4 * KEY_WIDTH + 8];
        snprintf(name, sizeof name, "%s", json_text_at(lines->line[i].variant, "name"));
        bool cut = text_width(name) > KEY_WIDTH;
        while (text_width(name) > KEY_WIDTH - cut) {
            size_t last = strlen(name) - 1;
            while (last > 0 && ((unsigned char)name[last] & 0xC0) == 0x80) {
                last--;
            }
            name[last] = '\0';
        }
        gnuplot_text(name, stream);
        fputs(cut ? "…\n" : "\n", stream);
    }
}

static void styles_put(const Figure *figure, const Lines *lines, const json_t *summary,
                       FILE *stream)
{
    (void)figure;
    (void)summary;
    for (int i = 0; i < lines->count; i++) {
        fprintf(stream, "%d\n", lines->line[i].place);
    }
}

static void labels_put(const Figure *figure, const Lines *lines, const json_t *summary,
                       FILE *stream)
{
    (void)lines;
    const json_t *scenario = json_object_get(summary, "scenario");
    gnuplot_text(json_text_at(scenario, "name"), stream);
    fprintf(stream, ": %s\n", figure->question);
    fprintf(stream, "gpuplan %s; scenario %.12s; ", json_text_at(summary, "gpuplan"),
            json_text_at(scenario, "sha256"));
    overview_setting(summary, stream);
    fputc('\n', stream);
}

typedef void Put(const Figure *figure, const Lines *lines, const json_t *summary, FILE *stream);

static Status file_put(const char *folder, const Figure *figure, const char *suffix, Put *put,
                       const Lines *lines, const json_t *summary, Diagnostics *diagnostics)
{
    char *path = NULL;
    AtomicFile file;
    if (asprintf(&path, "%s/%s%s", folder, figure->name, suffix) < 0) {
        return diagnostics_no_memory(diagnostics);
    }
    Status status = atomic_file_open(&file, path, diagnostics);
    if (status == STATUS_OK) {
        put(figure, lines, summary, file.stream);
        status = atomic_file_commit(&file, diagnostics);
    }
    free(path);
    return status;
}

/* What the figure's script is made of, into the folder. */
static Status scripts_put(const Figure *figure, const char *folder, Diagnostics *diagnostics)
{
    static const char *const SHARED[] = {"palette.gp", "common.gp", "over_time.gp"};
    char script[64];
    snprintf(script, sizeof script, "%s.gp", figure->name);
    Status status = gnuplot_script_put(folder, script, diagnostics);
    for (size_t i = 0; status == STATUS_OK && i < sizeof SHARED / sizeof SHARED[0]; i++) {
        status = gnuplot_script_put(folder, SHARED[i], diagnostics);
    }
    return status;
}

static Status figure_make(const Figure *figure, const char *folder, Lines *lines,
                          const json_t *summary, Diagnostics *diagnostics, bool *no_gnuplot)
{
    static const struct {
        const char *suffix;
        Put *put;
    } FILES[] = {{".csv", data_put},
                 {"-variants.txt", variants_put},
                 {"-styles.txt", styles_put},
                 {"-labels.txt", labels_put}};
    lines_sort(lines, figure->columns[0]);
    Status status = scripts_put(figure, folder, diagnostics);
    for (size_t i = 0; status == STATUS_OK && i < sizeof FILES / sizeof FILES[0]; i++) {
        status =
            file_put(folder, figure, FILES[i].suffix, FILES[i].put, lines, summary, diagnostics);
    }
    char script[64];
    snprintf(script, sizeof script, "%s.gp", figure->name);
    int code = status == STATUS_OK && !*no_gnuplot ? gnuplot_run(folder, NULL, script) : 0;
    *no_gnuplot = *no_gnuplot || code == GNUPLOT_MISSING;
    if (code != 0 && code != GNUPLOT_MISSING) {
        diagnostics_error(
            diagnostics, (Place){.file = folder}, "gnuplot",
            "gnuplot 5.4 with the svg and pngcairo terminals is needed; run it there to see why",
            "gnuplot %s failed", script);
        return STATUS_FAILED;
    }
    return status;
}

/* Is there more than nothing in one of the columns, or (`differ`) are they not the same? */
static bool shows_something(const Figure *figure, const Lines *lines, bool differ)
{
    for (int i = 0; i < lines->count; i++) {
        for (size_t row = 0; row < lines->row_count; row++) {
            double first = curve_at(lines->line[i].curve, figure->columns[0], row);
            double second = curve_at(lines->line[i].curve, figure->columns[1], row);
            if (differ ? fabs(first - second) > LOOKS_SAME_PCT : first > 0 || second > 0) {
                return true;
            }
        }
    }
    return false;
}

/* Has the figure anything to show? A load curve means something only where jobs stay. */
static bool is_wanted(const Figure *figure, const Lines *lines, const json_t *summary)
{
    bool load = strcmp(figure->curve, LOAD_CURVE) == 0;
    bool away = strcmp(figure->name, "away") == 0;
    return lines->count > 0 &&
           (load ? overview_jobs_stay(summary) : shows_something(figure, lines, !away));
}

/* Figures that were made are counted. */
static Status figures_make(const json_t *summary, const char *folder, Diagnostics *diagnostics,
                           bool *no_gnuplot, int *made)
{
    Status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < sizeof FIGURES / sizeof FIGURES[0]; i++) {
        Lines lines;
        if (!lines_find(&lines, summary, &FIGURES[i])) {
            return diagnostics_no_memory(diagnostics);
        }
        if (is_wanted(&FIGURES[i], &lines, summary)) {
            status = status == STATUS_OK ? figure_make(&FIGURES[i], folder, &lines, summary,
                                                       diagnostics, no_gnuplot)
                                         : status;
            (*made)++;
        }
        free(lines.line);
    }
    return status;
}

Status report_plots(const char *path, const json_t *summary, const char *folder,
                    Diagnostics *diagnostics)
{
    bool no_gnuplot = false;
    int made = 0, of_page = 0;
    Status status = folder_make(folder, diagnostics);
    status = status == STATUS_OK ? figures_make(summary, folder, diagnostics, &no_gnuplot, &made)
                                 : status;
    status = status == STATUS_OK
                 ? report_html_figures(path, summary, folder, &of_page, &no_gnuplot, diagnostics)
                 : status;
    if (status == STATUS_OK && made + of_page == 0) {
        diagnostics_warning(diagnostics, (Place){.file = folder}, "no-figure", NULL,
                            "jobs come and go here, and nothing fails: there is nothing to draw");
    }
    if (status == STATUS_OK && no_gnuplot) {
        diagnostics_warning(
            diagnostics, (Place){.file = folder}, "gnuplot",
            "apt-get install gnuplot-nox, then run gnuplot on the scripts there",
            "gnuplot is not installed: data and scripts are written, figures are not");
    }
    return status;
}
