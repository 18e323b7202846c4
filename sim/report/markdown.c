/* markdown.c - the report for a pull request or a job summary. */
#include "sim/report/costs_table.h"
#include "sim/report/json_help.h"
#include "sim/report/printers.h"
#include "sim/report/setting.h"
#include "sim/report/showback.h"
#include "sim/report/twins.h"
#include "sim/report/went_wrong.h"

static void expects_print(const json_t *expects, FILE *stream)
{
    const json_t *row;
    size_t i;
    json_array_foreach (expects, i, row) {
        bool passed = json_is_true(json_object_get(row, "passed"));
        const char *variant = json_text_at(row, "variant");
        fprintf(stream, "- %s ", passed ? "✓" : "✗");
        markdown_text(json_text_at(row, "text"), stream);
        fputs(variant[0] != '\0' ? ", variant " : "", stream);
        markdown_text(variant, stream);
        if (!passed) {
            fputs(": found ", stream);
            markdown_text(json_text_at(row, "found_text"), stream);
        }
        fputc('\n', stream);
    }
    fputs(i > 0 ? "\n" : "", stream);
}

static void ledger_print(const char *variant, const Grid *grid, bool colour, FILE *stream)
{
    (void)colour;
    fputs("#### Where the GPU time of ", stream);
    markdown_text(variant, stream);
    fputs(" went\n\n", stream);
    grid_print_markdown(grid, stream);
    fputc('\n', stream);
}

static void about_print(const char *about, const Grid *grid, bool colour, FILE *stream)
{
    (void)colour;
    fputs("#### ", stream);
    markdown_text(about, stream);
    fputs("\n\n", stream);
    if (grid != NULL) {
        grid_print_markdown(grid, stream);
        fputc('\n', stream);
    }
}

bool markdown_print(const json_t *summary, bool verbose, FILE *stream)
{
    Grid grid = {0};
    fputs("### ", stream);
    markdown_text(json_text_at(json_object_get(summary, "scenario"), "name"), stream);
    fputs("\n\n", stream);
    overview_setting(summary, stream);
    overview_interval_note(summary, stream);
    fputs(".\n\n", stream);
    bool ok = setting_print(summary, "- ", stream);
    fputs(overview_is_filling(summary)
              ? "\nWhen 100 % of the cluster's GPU capacity has arrived:\n\n"
              : "\n",
          stream);
    ok = ok && overview_grid(summary, &grid);
    if (ok) {
        grid_print_markdown(&grid, stream);
        fputc('\n', stream);
    }
    grid_free(&grid);
    if (ok && verbose) {
        ok = overview_ledgers(summary, ledger_print, false, stream) &&
             showback_tables(summary, about_print, false, stream);
        overview_advice(summary, "- ", markdown_text, stream);
    }
    ok = ok && costs_tables(summary, about_print, false, stream);
    ok = ok && overview_faults(summary, about_print, false, stream);
    ok = ok && went_wrong_tables(summary, about_print, false, stream);
    twins_print(summary, "- ", markdown_text, stream);
    expects_print(json_object_get(summary, "expect"), stream);
    if (overview_until(summary, stream)) {
        fputs("\n\n", stream);
    }
    if (overview_not_discriminating(summary, stream)) {
        fputs("\n\n", stream);
    }
    if (overview_times_differ(summary, stream)) {
        fputs("\n\n", stream);
    }
    overview_headline(summary, stream);
    fputc('\n', stream);
    return ok;
}
