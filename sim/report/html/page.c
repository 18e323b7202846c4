/* page.c - the frame of the report and the order of its sections. */
#include "sim/report/html/page.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/embedded.h"
#include "sim/report/atomic_file.h"
#include "sim/report/hdf5_read_columns.h"
#include "sim/report/html/sections.h"
#include "sim/report/json_help.h"
#include "sim/report/overview.h"

/* ---- what is in which order -------------------------------------------------------------------
 */

typedef struct Part {
    const char *id, *title; /* as in the list of contents; title NULL: not listed */
    Section *write;
} Part;

static const Part PARTS[] = {
    {"plan", "The cheapest fleet", section_plan},
    {"savings", "What it saves", section_savings},
    {"cards", "Key figures", section_cards},
    {"where", "Where GPU-hours went", section_where},
    {"usage", "Busy and productive", section_usage},
    {"idle", "Why GPUs idled", section_idle},
    {"nodes", "Nodes over time", section_nodes},
    {"waits", "Queue and waits", section_waits},
    {"costs", "What it costs", section_costs},
    {"compare", "Against the first variant", section_compare},
    {"showback", "Who pays", section_showback},
    {"variants", "Variants side by side", section_variants},
    {"faults", "What went wrong", section_faults},
    {"checks", "Expectations", section_checks},
    {"assumptions", "Assumptions", section_assumptions},
};
#define PART_COUNT ((int)(sizeof PARTS / sizeof PARTS[0]))

void each_variant(Html *html, const Page *page,
                  void (*one)(Html *html, const Page *page, const json_t *variant, int number))
{
    const json_t *variant;
    size_t i;
    json_array_foreach (page->variants, i, variant) {
        if (i == VARIANTS_SHOWN) {
            html_put(html, "<details class=\"more\"><summary>%d more variant%s</summary>\n",
                     page->variant_count - VARIANTS_SHOWN,
                     page->variant_count > VARIANTS_SHOWN + 1 ? "s" : "");
        }
        if (i < VARIANTS_DRAWN) {
            one(html, page, variant, (int)i + 1);
        }
    }
    if (page->variant_count > VARIANTS_DRAWN) {
        html_put(html, "<p class=\"note\">The first %d of %d variants have figures.</p>\n",
                 VARIANTS_DRAWN, page->variant_count);
    }
    html_put(html, page->variant_count > VARIANTS_SHOWN ? "</details>\n" : "");
}

static bool ran_alike(const json_t *one, const json_t *other)
{
    const json_t *hash = json_array_get(json_object_get(one, "fact_hash"), 0);
    return hash != NULL &&
           json_equal(hash, json_array_get(json_object_get(other, "fact_hash"), 0)) &&
           json_equal(json_object_get(one, "over_time"), json_object_get(other, "over_time"));
}

bool told_before(Html *html, const Page *page, const json_t *variant)
{
    const json_t *earlier;
    size_t i;
    json_array_foreach (page->variants, i, earlier) {
        if (earlier == variant) {
            return false;
        }
        if (ran_alike(earlier, variant)) {
            html_put(html, "<p class=\"note\">");
            html_name(html, json_text_at(variant, "name"));
            html_put(html, " ran exactly as ");
            html_name(html, json_text_at(earlier, "name"));
            html_put(html, ": the same figure.</p>\n");
            return true;
        }
    }
    return false;
}

const char *plain_words(const char *name, char text[80])
{
    snprintf(text, 80, "%s", name != NULL ? name : "");
    for (char *at = text; *at != '\0'; at++) {
        *at = *at == '_' ? ' ' : *at;
    }
    return text;
}

const char *duration_text(double seconds, char buffer[NUMBER_TEXT_MAX])
{
    static const struct {
        double least, unit, smaller;
        const char *name, *smaller_name;
    } UNITS[] = {{2 * 86400.0, 86400, 3600, "d", "h"},
                 {3600, 3600, 60, "h", "min"},
                 {60, 60, 1, "min", "s"}};
    for (size_t i = 0; i < sizeof UNITS / sizeof UNITS[0]; i++) {
        double smaller = (double)(long long)(seconds / UNITS[i].smaller + 0.5);
        double ratio = UNITS[i].unit / UNITS[i].smaller;
        if (seconds >= UNITS[i].least && seconds < 1e12) {
            long long whole = (long long)(smaller / ratio);
            long long rest = (long long)(smaller - (double)whole * ratio);
            if (rest > 0) {
                snprintf(buffer, NUMBER_TEXT_MAX, "%lld %s %lld %s", whole, UNITS[i].name, rest,
                         UNITS[i].smaller_name);
            } else {
                snprintf(buffer, NUMBER_TEXT_MAX, "%lld %s", whole, UNITS[i].name);
            }
            return buffer;
        }
    }
    char number[NUMBER_TEXT_MAX];
    snprintf(buffer, NUMBER_TEXT_MAX, "%.40s s", number_text(seconds, 1, number));
    return buffer;
}

/* ---- head and foot ----------------------------------------------------------------------------
 */

static void embedded_put(Html *html, const char *path)
{
    for (const EmbeddedFile *file = EMBEDDED_FILES; file->path != NULL; file++) {
        if (strcmp(file->path, path) == 0) {
            fwrite(file->text, 1, file->size, html->stream);
        }
    }
}

static void head_put(Html *html, const Page *page)
{
    html_put(html, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                   "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                   "style-src 'unsafe-inline'; img-src data:; script-src 'unsafe-inline'; "
                   "base-uri 'none'; form-action 'none'\">\n"
                   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                   "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    html_text(html, json_text_at(json_object_get(page->summary, "scenario"), "name"));
    html_put(html, " - gpuplan report</title>\n<style>\n");
    embedded_put(html, "sim/report/html/report.css");
    html_put(html,
             "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">To the report</a>\n");
}

static void foot_put(Html *html, const Page *page)
{
    html_put(html, "</main>\n<footer>\n<p>Written by gpuplan ");
    html_text(html, json_text_at(page->summary, "gpuplan"));
    html_put(html, ". Everything here comes from one result file; the file holds no date, and "
                   "equal inputs give equal bytes. The figures' data and the summary are within "
                   "this page.</p>\n</footer>\n<script type=\"application/json\" "
                   "id=\"gpuplan-summary\">");
    json_t *slim = json_deep_copy(page->summary);
    json_t *variant;
    size_t i;
    json_array_foreach (json_object_get(slim, "variants"), i, variant) {
        json_object_del(variant, "load_curve"); /* the figures' CSVs have curves and series */
        json_object_del(variant, "over_time");
    }
    html->failed = html->failed || slim == NULL;
    if (slim != NULL) {
        html_json(html, slim);
    }
    json_decref(slim);
    html_put(html, "</script>\n<script>\n");
    embedded_put(html, "sim/report/html/report.js");
    html_put(html, "</script>\n</body>\n</html>\n");
}

/* ---- the page ---------------------------------------------------------------------------------
 */

/* Each part as text of its own, so that the list of contents names only those that are there. */
typedef struct PartText {
    char *text;
    size_t size;
} PartText;

static void part_write(Html *html, const Page *page, const Part *part, PartText *into)
{
    Html own = *html;
    own.stream = open_memstream(&into->text, &into->size);
    if (own.stream == NULL) {
        html->failed = true;
        return;
    }
    part->write(&own, page);
    own.failed = fclose(own.stream) != 0 || into->text == NULL || own.failed;
    own.stream = html->stream;
    *html = own;
}

static void body_put(Html *html, const Page *page)
{
    PartText parts[PART_COUNT] = {{0}};
    for (int i = 0; i < PART_COUNT; i++) {
        part_write(html, page, &PARTS[i], &parts[i]);
    }
    section_headline(html, page);
    html_put(html, "<nav aria-label=\"Contents\"><ol>\n");
    for (int i = 0; i < PART_COUNT; i++) {
        if (parts[i].size > 0 && PARTS[i].title != NULL) {
            html_put(html, "<li><a href=\"#%s\">%s</a></li>\n", PARTS[i].id, PARTS[i].title);
        }
    }
    html_put(html, "</ol></nav>\n<main id=\"main\">\n");
    if (html->no_gnuplot) {
        html_put(html, "<p class=\"note\" role=\"note\">gnuplot was not there when this was "
                       "written: tables stand where figures would.</p>\n");
    }
    for (int i = 0; i < PART_COUNT; i++) {
        if (parts[i].size > 0) {
            fwrite(parts[i].text, 1, parts[i].size, html->stream);
        }
        free(parts[i].text);
    }
}

/* ---- files ------------------------------------------------------------------------------------
 */

/* A new folder for gnuplot's files; free with folder_drop. NULL: none can be made. */
static char *folder_new(void)
{
    const char *base = getenv("TMPDIR");
    char *path = NULL;
    if (asprintf(&path, "%s/gpuplan-XXXXXX", base != NULL && base[0] == '/' ? base : "/tmp") < 0) {
        return NULL;
    }
    if (mkdtemp(path) == NULL) {
        free(path);
        return NULL;
    }
    return path;
}

static void folder_drop(char *folder)
{
    DIR *files = folder != NULL ? opendir(folder) : NULL;
    for (struct dirent *file; files != NULL && (file = readdir(files)) != NULL;) {
        unlinkat(dirfd(files), file->d_name, 0); /* refuses . and .. */
    }
    if (files != NULL) {
        closedir(files);
        rmdir(folder);
    }
    free(folder);
}

/* The document of `gpuplan plan`, if the file has one. */
static Status plan_read(const char *path, json_t **plan, Diagnostics *diagnostics)
{
    char *text;
    json_error_t error;
    *plan = NULL;
    Status status = result_file_text(path, "plan_json", &text, diagnostics);
    if (status == STATUS_OK && text != NULL) {
        *plan = json_loads(text, 0, &error);
        if (*plan == NULL) {
            status = json_error_code(&error) == json_error_out_of_memory
                         ? diagnostics_no_memory(diagnostics)
                         : diagnostics_error(diagnostics, (Place){.file = path}, "result-file",
                                             "write it again with `gpuplan plan -o FILE`",
                                             "its plan is damaged");
        }
    }
    free(text);
    return status;
}

static Page page_of(const char *path, const json_t *summary)
{
    Page page = {.path = path, .summary = summary};
    page.variants = json_object_get(summary, "variants");
    page.variant_count = (int)json_array_size(page.variants);
    page.best = overview_best(summary, NULL);
    return page;
}

static Status ended(const Html *html)
{
    Status said = diagnostics_status(html->diagnostics);
    return !html->failed       ? STATUS_OK
           : said != STATUS_OK ? said
                               : diagnostics_no_memory(html->diagnostics);
}

static void no_figures_warn(const Html *html, const char *target)
{
    if (html->folder == NULL) {
        diagnostics_warning(html->diagnostics, (Place){.file = target}, "io", "set TMPDIR",
                            "no folder can be made for figures: the report has tables only");
    } else if (html->no_gnuplot) {
        diagnostics_warning(html->diagnostics, (Place){.file = target}, "gnuplot",
                            "apt-get install gnuplot-nox",
                            "gnuplot is not installed: the report has tables and no figures");
    }
}

Status report_html(const char *path, const json_t *summary, const char *target,
                   Diagnostics *diagnostics)
{
    AtomicFile file;
    Status status = atomic_file_open(&file, target, diagnostics);
    if (status != STATUS_OK) {
        return status;
    }
    char *folder = folder_new();
    Html html = {.stream = file.stream,
                 .folder = folder,
                 .for_page = true,
                 .no_gnuplot = folder == NULL,
                 .diagnostics = diagnostics};
    Page page = page_of(path, summary);
    status = result_file_text(path, "scenario", &page.scenario, diagnostics);
    status = status == STATUS_OK ? plan_read(path, &page.plan, diagnostics) : status;
    if (status == STATUS_OK) {
        head_put(&html, &page);
        body_put(&html, &page);
        foot_put(&html, &page);
        status = ended(&html);
        no_figures_warn(&html, target);
    }
    free(page.scenario);
    json_decref(page.plan);
    folder_drop(folder);
    if (status != STATUS_OK) {
        atomic_file_abandon(&file);
        return status;
    }
    return atomic_file_commit(&file, diagnostics);
}

Status report_html_figures(const char *path, const json_t *summary, const char *folder, int *made,
                           bool *no_gnuplot, Diagnostics *diagnostics)
{
    PartText dropped = {0};
    Html html = {.folder = folder, .no_gnuplot = *no_gnuplot, .diagnostics = diagnostics};
    html.stream = open_memstream(&dropped.text, &dropped.size);
    if (html.stream == NULL) {
        return diagnostics_no_memory(diagnostics);
    }
    Page page = page_of(path, summary);
    Status status = plan_read(path, &page.plan, diagnostics);
    for (int i = 0; i < PART_COUNT && status == STATUS_OK; i++) {
        PARTS[i].write(&html, &page);
    }
    json_decref(page.plan);
    html.failed = fclose(html.stream) != 0 || html.failed;
    free(dropped.text);
    *made = html.figure_count;
    *no_gnuplot = html.no_gnuplot;
    return status == STATUS_OK ? ended(&html) : status;
}
