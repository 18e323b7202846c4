/* html_figure.c - figures by gnuplot, in the page or beside it. */
#include "sim/report/html/html_figure.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sim/report/atomic_file.h"
#include "sim/report/gnuplot.h"
#include "sim/report/html/svg_inline.h"

bool figure_begin(Html *html, Figure *figure, const char *script, int number, const char *about,
                  const char *format, ...)
{
    *figure = (Figure){.script = script,
                       .number = number,
                       .settings = "",
                       .about = about,
                       .says_about = number <= 1};
    if (number > 0) {
        snprintf(figure->name, sizeof figure->name, "%s-%d", script, number);
    } else {
        snprintf(figure->name, sizeof figure->name, "%s", script);
    }
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&figure->title, format, arguments) < 0) {
        figure->title = NULL;
    }
    va_end(arguments);
    figure->data = open_memstream(&figure->data_text, &figure->data_size);
    figure->labels = open_memstream(&figure->label_text, &figure->label_size);
    if (figure->title == NULL || figure->data == NULL || figure->labels == NULL) {
        html->failed = true;
        return false;
    }
    figure_label(figure, figure->title);
    figure_label(figure, figure->about);
    return true;
}

void figure_label(Figure *figure, const char *text)
{
    gnuplot_text(text, figure->labels);
    fputc('\n', figure->labels);
}

void figure_bar_label(Figure *figure, const char *text)
{
    fprintf(figure->data, ",\"%s\",%d\n", text, text_width(text));
}

static bool file_put(Html *html, const Figure *figure, const char *suffix, const char *bytes,
                     size_t size)
{
    char *path = NULL;
    AtomicFile file;
    if (asprintf(&path, "%s/%s%s", html->folder, figure->name, suffix) < 0) {
        html->failed = true;
        return false;
    }
    bool ok = atomic_file_open(&file, path, html->diagnostics) == STATUS_OK;
    if (ok) {
        fwrite(bytes, 1, size, file.stream);
        ok = atomic_file_commit(&file, html->diagnostics) == STATUS_OK;
    }
    free(path);
    html->failed = html->failed || !ok;
    return ok;
}

/* The script and what it loads, once. */
static bool scripts_put(Html *html, const Figure *figure)
{
    char name[64];
    snprintf(name, sizeof name, "%s.gp", figure->script);
    const char *const NEEDED[] = {name, "palette.gp", "page.gp", "terminal.gp"};
    for (size_t i = 0; i < sizeof NEEDED / sizeof NEEDED[0]; i++) {
        if (gnuplot_script_put(html->folder, NEEDED[i], html->diagnostics) != STATUS_OK) {
            html->failed = true;
            return false;
        }
    }
    return true;
}

/* Draws; false if there is no drawing. */
static bool draw(Html *html, const Figure *figure)
{
    char settings[256], script[64];
    if (html->folder == NULL ||
        !file_put(html, figure, ".csv", figure->data_text, figure->data_size) ||
        !file_put(html, figure, "-labels.txt", figure->label_text, figure->label_size) ||
        !scripts_put(html, figure) || html->no_gnuplot) {
        return false;
    }
    snprintf(settings, sizeof settings, "FIGURE='%s'; PAGE=%d; %s", figure->name, html->for_page,
             figure->settings);
    snprintf(script, sizeof script, "%s.gp", figure->script);
    int code = gnuplot_run(html->folder, settings, script);
    html->no_gnuplot = code == GNUPLOT_MISSING;
    if (code != 0 && !html->no_gnuplot) {
        diagnostics_warning(html->diagnostics, (Place){.file = figure->name}, "gnuplot",
                            "gnuplot 5.4 with the svg and pngcairo terminals is needed",
                            "gnuplot failed: the figure is left out");
    }
    return code == 0;
}

/* What gnuplot wrote; free with free(). NULL: nothing that can be read. */
static char *drawing_read(const Html *html, const Figure *figure)
{
    char *path = NULL, *text = NULL;
    size_t size = 0;
    if (asprintf(&path, "%s/%s.page", html->folder, figure->name) < 0) {
        return NULL;
    }
    FILE *from = fopen(path, "rb");
    FILE *to = from != NULL ? open_memstream(&text, &size) : NULL;
    char block[8192];
    for (size_t n = 1; to != NULL && (n = fread(block, 1, sizeof block, from)) > 0;) {
        fwrite(block, 1, n, to);
    }
    if (to != NULL) {
        fclose(to);
    }
    if (from != NULL) {
        fclose(from);
    }
    free(path);
    return text;
}

static void drawing_put(Html *html, const Figure *figure)
{
    char *svg = drawing_read(html, figure);
    char prefix[24];
    TextBuffer inlined = {0};
    double width = 0, height = 0;
    int id = html->figure_count;
    snprintf(prefix, sizeof prefix, "f%d-", id);
    if (svg != NULL && svg_inline(svg, prefix, &inlined, &width, &height) &&
        text_append("", 0, &inlined) == 0 && inlined.text != NULL) {
        html_put(html,
                 "<div class=\"scroll plot\" tabindex=\"0\" role=\"group\" "
                 "aria-label=\"Figure %d\"><svg viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" "
                 "height=\"%.0f\" role=\"img\" aria-labelledby=\"f%d-t f%d-d\"><title "
                 "id=\"f%d-t\">",
                 id, width, height, width, height, id, id, id);
        html_text(html, figure->title);
        html_put(html, "</title><desc id=\"f%d-d\">", id);
        html_text(html, figure->about);
        html_put(html, "</desc>");
        fwrite(inlined.text, 1, inlined.length, html->stream);
        html_put(html, "</svg></div>\n");
    }
    html->failed = html->failed || inlined.failed;
    free(inlined.text);
    free(svg);
}

void figure_end(Html *html, Figure *figure, const Grid *grid)
{
    bool ok = figure->data != NULL && fclose(figure->data) == 0;
    ok = figure->labels != NULL && fclose(figure->labels) == 0 && ok;
    ok = ok && figure->data_text != NULL && figure->label_text != NULL && figure->title != NULL;
    html->failed = html->failed || !ok;
    if (ok) {
        html->figure_count++;
        bool drawn = draw(html, figure);
        html_put(html, "<figure>\n");
        if (drawn && html->for_page) {
            drawing_put(html, figure);
        }
        html_put(html, "<figcaption><strong>Figure %d.</strong> ", html->figure_count);
        html_text(html, figure->title);
        html_put(html, ". ");
        if (figure->says_about) {
            html_put(html, "<span class=\"about\">");
            html_text(html, figure->about);
            html_put(html, "</span> ");
        }
        html_download(html, figure->name, figure->data_text, figure->data_size);
        html_put(html, "</figcaption>\n</figure>\n");
        if (grid != NULL) {
            html_table_folded(html, grid, figure->title, NULL);
        }
    }
    free(figure->title);
    free(figure->data_text);
    free(figure->label_text);
    *figure = (Figure){0};
}
