/* explain_print.c - an explanation as a table, JSON, CSV or Markdown. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/report/explain.h"
#include "sim/report/explain_words.h"
#include "sim/report/grid.h"
#include "sim/report/json_help.h"
#include "sim/report/printers.h"

#define LIST_SHOWN 8 /* names of a long list; JSON and CSV have all */

/* How texts and tables appear. */
typedef struct Style {
    FILE *stream;
    bool markdown, colour;
} Style;

static void put_text(const Style *style, const char *text)
{
    if (style->markdown) {
        markdown_text(text, style->stream);
        return;
    }
    for (; *text != '\0'; text++) { /* control characters must not reach a terminal */
        unsigned char byte = (unsigned char)*text;
        fputc(byte < 0x20 || byte == 0x7F ? '?' : byte, style->stream);
    }
}

static void put_grid(const Style *style, const Grid *grid)
{
    if (style->markdown) {
        grid_print_markdown(grid, style->stream);
    } else {
        grid_print_text(grid, style->colour, style->stream);
    }
    fputc('\n', style->stream);
}

static bool is_known(const json_t *object, const char *key)
{
    return isfinite(json_number_at(object, key));
}

/* A time in seconds, as words. */
static const char *span_at(const json_t *object, const char *key, char buffer[WORDS_MAX])
{
    double at = json_number_at(object, key);
    return isfinite(at) && fabs(at) < 1e15 ? span_words((int64_t)llround(at * 1000), buffer) : "-";
}

/* "a; b; ... and 7 more" */
static const char *list_short(const char *list, char buffer[WORDS_MAX])
{
    int more = 0, shown = 0;
    size_t length = strlen(list), keep = length;
    for (size_t i = 0; i < length; i++) {
        if (list[i] == ';' && ++shown == LIST_SHOWN) {
            keep = i;
        }
        more += i >= keep && list[i] == ';';
    }
    keep = keep < WORDS_MAX / 2 ? keep : WORDS_MAX / 2;
    snprintf(buffer, WORDS_MAX, "%.*s", (int)keep, list);
    if (keep < length) {
        size_t at = strlen(buffer);
        snprintf(buffer + at, WORDS_MAX - at, more > 0 ? " and %d more" : " ...", more);
    }
    return buffer;
}

static void rows_left_out_print(const json_t *root, const Style *style)
{
    double left_out = json_number_at(root, "rows_left_out");
    if (left_out > 0) {
        char count[NUMBER_TEXT_MAX];
        fprintf(style->stream, "The file left out %s rows of intervals: what follows is a part.\n",
                number_text(left_out, 0, count));
    }
}

/* ---- a job ---- */

static const char *excluded_words(const json_t *row, char buffer[WORDS_MAX])
{
    json_t *excluded = json_object_get(row, "excluded"), *nodes;
    const char *name;
    size_t at = 0;
    buffer[0] = '\0';
    json_object_foreach (excluded, name, nodes) {
        if (at < WORDS_MAX - 64) {
            at += (size_t)snprintf(buffer + at, WORDS_MAX - at, "%s%.40s %lld", at > 0 ? ", " : "",
                                   name, (long long)json_integer_value(nodes));
        }
    }
    return buffer;
}

static bool job_grid(const json_t *intervals, Grid *grid)
{
    static const char *const HEADS[] = {
        "from", "to", "for", "state", "nodes excluded alone by", "why, or where"};
    const json_t *row;
    size_t i;
    bool ok = grid_init(grid, 6, (int)json_array_size(intervals) + 1);
    for (int c = 0; ok && c < 6; c++) {
        grid->left[c] = c >= 3;
        ok = grid_set(grid, 0, c, "%s", HEADS[c]);
    }
    grid->left[0] = false;
    json_array_foreach (intervals, i, row) {
        char a[WORDS_MAX], b[WORDS_MAX], c[WORDS_MAX], where[WORDS_MAX], excluded[WORDS_MAX];
        int at = (int)i + 1;
        bool ends = is_known(row, "to_s"), runs = json_object_get(row, "nodes") != NULL;
        double span = json_number_at(row, "to_s") - json_number_at(row, "from_s");
        const char *text = json_text_at(row, "text");
        ok = ok && grid_set(grid, at, 0, "%s", span_at(row, "from_s", a)) &&
             grid_set(grid, at, 1, "%s", ends ? span_at(row, "to_s", b) : "the end") &&
             grid_set(grid, at, 2, "%s",
                      ends ? span_words((int64_t)llround(span * 1000), c) : "-") &&
             grid_set(grid, at, 3, "%s", json_text_at(row, "state"));
        if (runs) {
            const char *list = list_short(json_text_at(row, "nodes"), where);
            ok = ok && grid_set(grid, at, 5, "on %s%s%s", list, text[0] != '\0' ? ", " : "", text);
        } else {
            ok = ok && grid_set(grid, at, 5, "%s", text) &&
                 grid_set(grid, at, 4, "%s", excluded_words(row, excluded));
        }
    }
    return ok;
}

/* To a thousandth: more is the books' own, and JSON has it. */
static double to_ms(double seconds)
{
    return round(seconds * 1e3) / 1e3;
}

static void job_facts(const json_t *root, const Style *style)
{
    const json_t *job = json_object_get(root, "job");
    char a[WORDS_MAX];
    const char *line = style->markdown ? "- " : "";
    FILE *stream = style->stream;
    double tasks = json_number_at(job, "tasks"), attempts = json_number_at(job, "attempts");
    fprintf(stream, "%squeue ", line);
    put_text(style, json_text_at(job, "queue"));
    if (json_text_at(job, "user")[0] != '\0') {
        fputs(", user ", stream);
        put_text(style, json_text_at(job, "user"));
    }
    fprintf(stream, ", priority %.0f; %.15g GPU%s", json_number_at(job, "priority"),
            json_number_at(job, "gpus"), json_number_at(job, "gpus") == 1 ? "" : "s");
    if (tasks > 1) {
        fprintf(stream, " in %.0f tasks", tasks);
    }
    fprintf(stream, "\n%ssubmitted at %s", line, span_at(job, "submit_s", a));
    if (is_known(job, "start_s")) {
        fprintf(stream, ", started at %s", span_at(job, "start_s", a));
    } else {
        fputs(", never started", stream);
    }
    fprintf(stream, ", %s", json_text_at(job, "state"));
    if (is_known(job, "end_s")) {
        fprintf(stream, " at %s", span_at(job, "end_s", a));
    }
    fprintf(stream, "; waited %s\n", span_at(job, "waited_s", a));
    fprintf(stream, "%sran %.0f time%s", line, attempts, attempts == 1 ? "" : "s");
    if (json_text_at(job, "devices")[0] != '\0') {
        fputs(", last on ", stream);
        put_text(style, list_short(json_text_at(job, "devices"), a));
    }
    fprintf(stream, "; %.15g GPU-s productive, %.15g GPU-s lost\n",
            to_ms(json_number_at(job, "productive_gpu_s")),
            to_ms(json_number_at(job, "lost_gpu_s")));
    if (is_known(job, "first_fit_s")) {
        fprintf(stream, "%salone in the queue it could have started at %s\n", line,
                span_at(job, "first_fit_s", a));
    } else {
        fprintf(stream, "%salone in the queue it could not have started either\n", line);
    }
}

/* So many rows from `from` on are alike: tasks that one fault stopped. */
static size_t alike_from(const json_t *faults, size_t from)
{
    size_t end = from + 1;
    while (end < json_array_size(faults) &&
           json_equal(json_array_get(faults, from), json_array_get(faults, end))) {
        end++;
    }
    return end - from;
}

/* The faults that stopped it, and what they cost it each time. */
static bool faults_print(const json_t *faults, const Style *style)
{
    static const char *const HEADS[] = {"at",         "component",  "node",
                                        "lost GPU-s", "hung GPU-s", "tasks"};
    size_t count = json_array_size(faults), rows = 1, alike;
    Grid grid;
    if (count == 0) {
        return true;
    }
    for (size_t i = 0; i < count; i += alike_from(faults, i)) {
        rows++;
    }
    int columns = rows <= count ? 6 : 5;
    bool ok = grid_init(&grid, columns, (int)rows);
    for (int c = 0; ok && c < columns; c++) {
        grid.left[c] = c == 1 || c == 2;
        ok = grid_set(&grid, 0, c, "%s", HEADS[c]);
    }
    int at = 1;
    for (size_t i = 0; ok && i < count; i += alike, at++) {
        const json_t *row = json_array_get(faults, i);
        char when[WORDS_MAX], lost[NUMBER_TEXT_MAX], hung[NUMBER_TEXT_MAX];
        const char *component = json_text_at(row, "component");
        alike = alike_from(faults, i);
        ok =
            grid_set(&grid, at, 0, "%s", span_at(row, "at_s", when)) &&
            grid_set(&grid, at, 1, "%s", component[0] != '\0' ? component : "unknown") &&
            grid_set(&grid, at, 2, "%s", json_text_at(row, "node")) &&
            grid_set(&grid, at, 3, "%s", number_text(json_number_at(row, "lost_gpu_s"), 1, lost)) &&
            grid_set(&grid, at, 4, "%s", number_text(json_number_at(row, "hung_gpu_s"), 1, hung)) &&
            (columns == 5 || grid_set(&grid, at, 5, "%zu", alike));
    }
    if (ok) {
        fprintf(style->stream, "Faults that stopped it%s:\n%s",
                columns > 5 ? ", and what each of its tasks lost" : "",
                style->markdown ? "\n" : "");
        put_grid(style, &grid);
    }
    grid_free(&grid);
    return ok;
}

static bool job_print(const json_t *root, const Style *style)
{
    Grid grid = {0};
    fputs(style->markdown ? "### Job " : "Job ", style->stream);
    put_text(style, json_text_at(json_object_get(root, "job"), "name"));
    fputs(" of variant ", style->stream);
    put_text(style, json_text_at(root, "variant"));
    fputs(style->markdown ? "\n\n" : "\n", style->stream);
    job_facts(root, style);
    rows_left_out_print(root, style);
    fputc('\n', style->stream);
    const json_t *intervals = json_object_get(root, "intervals");
    bool ok = true;
    if (json_array_size(intervals) > 0) {
        ok = job_grid(intervals, &grid);
        if (ok) {
            put_grid(style, &grid);
        }
        grid_free(&grid);
    }
    ok = ok && faults_print(json_object_get(root, "faults"), style);
    fputs("What would have let it start earlier: ", style->stream);
    put_text(style, json_text_at(json_object_get(root, "remedy"), "text"));
    fputs(".\n", style->stream);
    return ok;
}

static void job_csv(const json_t *root, FILE *stream)
{
    const json_t *row;
    size_t i;
    fputs("variant,job,from_s,to_s,state,reason,text,free_gpus,excluded,nodes,devices\n", stream);
    json_array_foreach (json_object_get(root, "intervals"), i, row) {
        char words[WORDS_MAX];
        csv_field(json_text_at(root, "variant"), stream);
        fputc(',', stream);
        csv_field(json_text_at(json_object_get(root, "job"), "name"), stream);
        fputc(',', stream);
        csv_number(json_number_at(row, "from_s"), stream);
        fputc(',', stream);
        csv_number(json_number_at(row, "to_s"), stream);
        fprintf(stream, ",%s,%s,", json_text_at(row, "state"), json_text_at(row, "reason"));
        csv_field(json_text_at(row, "text"), stream);
        fputc(',', stream);
        csv_number(json_number_at(row, "free_gpus"), stream);
        fputc(',', stream);
        csv_field(excluded_words(row, words), stream);
        fputc(',', stream);
        csv_field(json_text_at(row, "nodes"), stream);
        fputc(',', stream);
        csv_field(json_text_at(row, "devices"), stream);
        fputc('\n', stream);
    }
}

/* ---- a cluster ---- */

/* decimals: of GPU-hours. */
static bool cluster_grid(const json_t *reasons, double no_demand, int decimals, Grid *grid)
{
    static const char *const HEADS[] = {"reason", "waiting GPU-hours", "share", "waiting job-hours",
                                        "idle GPU-hours"};
    const json_t *row;
    size_t i;
    char a[NUMBER_TEXT_MAX], b[NUMBER_TEXT_MAX], c[NUMBER_TEXT_MAX], d[NUMBER_TEXT_MAX];
    int count = (int)json_array_size(reasons);
    bool ok = grid_init(grid, 5, count + 2);
    for (int column = 0; ok && column < 5; column++) {
        ok = grid_set(grid, 0, column, "%s", HEADS[column]);
    }
    json_array_foreach (reasons, i, row) {
        int at = (int)i + 1;
        double share = json_number_at(row, "share");
        const char *reason = json_text_at(row, "reason");
        ok = ok && grid_set(grid, at, 0, "%s", reason[0] != '\0' ? reason : "not recorded") &&
             grid_set(grid, at, 1, "%s",
                      number_text(json_number_at(row, "waiting_gpu_hours"), decimals, a)) &&
             grid_set(grid, at, 2, "%s%s", number_text(100 * share, 1, b),
                      isfinite(share) ? " %" : "") &&
             grid_set(grid, at, 3, "%s",
                      number_text(json_number_at(row, "waiting_job_hours"), decimals, c)) &&
             grid_set(grid, at, 4, "%s",
                      number_text(json_number_at(row, "idle_gpu_hours"), decimals, d));
    }
    return ok && grid_set(grid, count + 1, 0, "no_demand") &&
           grid_set(grid, count + 1, 4, "%s", number_text(no_demand, decimals, a));
}

static bool cluster_print(const json_t *root, const Style *style)
{
    Grid grid = {0};
    char jobs[NUMBER_TEXT_MAX], waited[NUMBER_TEXT_MAX];
    fputs(style->markdown ? "### Why jobs of " : "Why jobs of variant ", style->stream);
    put_text(style, json_text_at(root, "variant"));
    fputs(style->markdown ? " waited\n\n" : " waited\n", style->stream);
    fprintf(style->stream, "%s of %s jobs waited\n",
            number_text(json_number_at(root, "jobs_waited"), 0, waited),
            number_text(json_number_at(root, "jobs"), 0, jobs));
    rows_left_out_print(root, style);
    fputc('\n', style->stream);
    bool ok =
        cluster_grid(json_object_get(root, "reasons"), json_number_at(root, "no_demand_gpu_hours"),
                     ledger_decimals(json_number_at(root, "waiting_gpu_hours")), &grid);
    if (ok) {
        put_grid(style, &grid);
    }
    grid_free(&grid);
    put_text(style, json_text_at(root, "headline"));
    fputc('\n', style->stream);
    return ok;
}

static void cluster_csv(const json_t *root, FILE *stream)
{
    static const char *const NUMBERS[] = {"waiting_gpu_hours", "share", "waiting_job_hours",
                                          "idle_gpu_hours"};
    const json_t *row;
    size_t i;
    fputs("variant,reason,waiting_gpu_hours,share,waiting_job_hours,idle_gpu_hours\n", stream);
    json_array_foreach (json_object_get(root, "reasons"), i, row) {
        csv_field(json_text_at(root, "variant"), stream);
        fprintf(stream, ",%s", json_text_at(row, "reason"));
        for (int n = 0; n < 4; n++) {
            fputc(',', stream);
            csv_number(json_number_at(row, NUMBERS[n]), stream);
        }
        fputc('\n', stream);
    }
    csv_field(json_text_at(root, "variant"), stream);
    fputs(",no_demand,,,,", stream);
    csv_number(json_number_at(root, "no_demand_gpu_hours"), stream);
    fputc('\n', stream);
}

Status explain_print(const json_t *explanation, ReportFormat format, bool colour, FILE *stream)
{
    bool is_job = strcmp(json_text_at(explanation, "explain"), "job") == 0;
    bool ok = true;
    if (format == REPORT_FORMAT_JSON) {
        char *text = json_document(explanation);
        ok = text != NULL && fputs(text, stream) >= 0;
        free(text);
    } else if (format == REPORT_FORMAT_CSV) {
        (is_job ? job_csv : cluster_csv)(explanation, stream);
    } else {
        Style style = {stream, format == REPORT_FORMAT_MARKDOWN, colour};
        ok = (is_job ? job_print : cluster_print)(explanation, &style);
    }
    return ok && fflush(stream) == 0 && !ferror(stream) ? STATUS_OK : STATUS_FAILED;
}
