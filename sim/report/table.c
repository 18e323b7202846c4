/* table.c - the report for a terminal; the most important line is the last. */
#include "sim/report/costs_table.h"
#include "sim/report/json_help.h"
#include "sim/report/printers.h"
#include "sim/report/setting.h"
#include "sim/report/showback.h"
#include "sim/report/twins.h"
#include "sim/report/went_wrong.h"

#define BOLD "\033[1m"
#define GREEN "\033[32m"
#define RED "\033[31m"
#define PLAIN "\033[0m"

static void partial_warn(const json_t *variants, FILE *stream)
{
    const json_t *variant;
    size_t i;
    json_array_foreach (variants, i, variant) {
        double all = json_number_at(variant, "replications"),
               done = json_number_at(variant, "completed");
        if (done < all) {
            fprintf(stream, "%s: only %.0f of %.0f replications are complete\n",
                    json_text_at(variant, "name"), done, all);
        }
    }
}

static void expects_print(const json_t *expects, bool colour, FILE *stream)
{
    const json_t *row;
    size_t i;
    json_array_foreach (expects, i, row) {
        bool passed = json_is_true(json_object_get(row, "passed"));
        const char *variant = json_text_at(row, "variant");
        fprintf(stream, "%s%s%s %s%s%s%s", colour ? passed ? GREEN : RED : "", passed ? "✓" : "✗",
                colour ? PLAIN : "", json_text_at(row, "text"), variant[0] != '\0' ? "  [" : "",
                variant, variant[0] != '\0' ? "]" : "");
        if (!passed) {
            fprintf(stream, "  found %s", json_text_at(row, "found_text"));
        }
        fputc('\n', stream);
    }
    fputs(i > 0 ? "\n" : "", stream);
}

static void ledger_print(const char *variant, const Grid *grid, bool colour, FILE *stream)
{
    fprintf(stream, "Where the GPU time of %s went\n", variant);
    grid_print_text(grid, colour, stream);
    fputc('\n', stream);
}

static void about_print(const char *about, const Grid *grid, bool colour, FILE *stream)
{
    fprintf(stream, "%s\n", about);
    if (grid != NULL) {
        grid_print_text(grid, colour, stream);
    }
    fputc('\n', stream);
}

static void name_print(const char *text, FILE *stream)
{
    fputs(text, stream);
}

bool table_print(const json_t *summary, bool colour, bool verbose, FILE *stream)
{
    Grid grid = {0};
    fprintf(stream, "%s%s%s: ", colour ? BOLD : "",
            json_text_at(json_object_get(summary, "scenario"), "name"), colour ? PLAIN : "");
    overview_setting(summary, stream);
    overview_interval_note(summary, stream);
    fputc('\n', stream);
    bool ok = setting_print(summary, "", stream);
    fputs(overview_is_filling(summary)
              ? "\nWhen 100 % of the cluster's GPU capacity has arrived:\n\n"
              : "\n",
          stream);
    ok = ok && overview_grid(summary, &grid);
    if (ok) {
        grid_print_text(&grid, colour, stream);
        fputc('\n', stream);
    }
    grid_free(&grid);
    if (ok && verbose) {
        ok = overview_ledgers(summary, ledger_print, colour, stream) &&
             showback_tables(summary, about_print, colour, stream);
        overview_advice(summary, "", name_print, stream);
    }
    ok = ok && costs_tables(summary, about_print, colour, stream);
    ok = ok && overview_faults(summary, about_print, colour, stream);
    ok = ok && went_wrong_tables(summary, about_print, colour, stream);
    twins_print(summary, "", name_print, stream);
    partial_warn(json_object_get(summary, "variants"), stream);
    if (overview_until(summary, stream)) {
        fputc('\n', stream);
    }
    expects_print(json_object_get(summary, "expect"), colour, stream);
    if (overview_not_discriminating(summary, stream)) {
        fputc('\n', stream);
    }
    if (overview_times_differ(summary, stream)) {
        fputc('\n', stream);
    }
    fputs(colour ? BOLD : "", stream);
    overview_headline(summary, stream);
    fprintf(stream, "%s\n", colour ? PLAIN : "");
    return ok;
}
