/* report.c - `gpuplan report RUN.h5`: everything from the result file, nothing simulated. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/commands/commands.h"
#include "sim/commands/options.h"
#include "sim/commands/show.h"
#include "sim/report/focus.h"
#include "sim/report/html/page.h"
#include "sim/report/hdf5_read_columns.h"
#include "sim/report/plan_report.h"
#include "sim/report/report.h"

static const char HELP[] =
    "gpuplan report - a result file as tables, one HTML page, figures, CSV, a bill\n"
    "\n"
    "Examples\n"
    "  gpuplan report run.h5                        the table that `gpuplan run` printed\n"
    "  gpuplan report run.h5 --verbose              and where the GPU time of each variant went\n"
    "  gpuplan report run.h5 --format json | jq .   for programs; layout in docs/results.md\n"
    "  gpuplan report run.h5 --html report.html     one page: what it says, where the money went, "
    "how sure that is\n"
    "  gpuplan report run.h5 --focus bill.csv       the charges for a cost tool (FOCUS), "
    "docs/focus.md\n"
    "  gpuplan report run.h5 --plots figures        SVG and PNG figures, with gnuplot\n"
    "\n"
    "Usage: gpuplan report RUN.h5 [OPTIONS]\n";

enum {
    OPTION_CSV = OPTION_FIRST,
    OPTION_PLOTS,
    OPTION_FORMAT,
    OPTION_HTML,
    OPTION_FOCUS,
    OPTION_FOCUS_VERSION,
    OPTION_VARIANT
};

static const OptionSpec OPTIONS[] = {
    FORMAT_OPTION(OPTION_FORMAT),
    {"csv", 0, "DIR", "write metrics, ledger, load curve and expectations as CSV", OPTION_CSV},
    {"plots", 0, "DIR", "write figures, their data and their gnuplot scripts", OPTION_PLOTS},
    {"html", 0, "FILE", "write one page with everything, to open in a browser", OPTION_HTML},
    {"focus", 0, "FILE", "write the charges as a FOCUS dataset, and FILE.metadata.json",
     OPTION_FOCUS},
    {"focus-version", 0, "VERSION", "of --focus: 1.2 (default), 1.3 or 1.4", OPTION_FOCUS_VERSION},
    {"variant", 0, "NAME", "of --focus: whose charges (default: the first variant's)",
     OPTION_VARIANT},
    {NULL, 0, NULL, NULL, 0},
};

typedef struct ReportOptions {
    const char *csv_dir, *plots_dir, *html, *focus, *variant;
    FocusVersion focus_version;
    bool focus_detail; /* --variant or --focus-version was given */
    ReportFormat format;
} ReportOptions;

static bool option_focus_version(const char *text, FocusVersion *version)
{
    for (int i = 0; i < FOCUS_VERSION_COUNT; i++) {
        if (strcmp(text, FOCUS_VERSION_NAMES[i]) == 0) {
            *version = (FocusVersion)i;
            return true;
        }
    }
    usage_error("report", "--focus-version needs 1.2, 1.3 or 1.4");
    return false;
}

/* OPTION_DONE, or OPTION_STOP with parser->status. */
static int options_parse(OptionParser *parser, ReportOptions *options)
{
    int id;
    while ((id = options_next(parser)) >= 0) {
        switch (id) {
        case OPTION_CSV:
            options->csv_dir = parser->argument;
            break;
        case OPTION_PLOTS:
            options->plots_dir = parser->argument;
            break;
        case OPTION_HTML:
            options->html = parser->argument;
            break;
        case OPTION_FORMAT:
            if (!option_format(parser, &options->format)) {
                parser->status = STATUS_USAGE;
                return OPTION_STOP;
            }
            break;
        case OPTION_FOCUS:
            options->focus = parser->argument;
            break;
        case OPTION_VARIANT:
            options->variant = parser->argument;
            options->focus_detail = true;
            break;
        case OPTION_FOCUS_VERSION:
            options->focus_detail = true;
            if (!option_focus_version(parser->argument, &options->focus_version)) {
                parser->status = STATUS_USAGE;
                return OPTION_STOP;
            }
            break;
        default:
            return OPTION_STOP;
        }
    }
    return id;
}

/* Of a run that `gpuplan plan` wrote: how its fleet was found, below what it does. */
static Status plan_show(const char *path, ReportFormat format, const GlobalOptions *global,
                        Diagnostics *diagnostics)
{
    bool read = format == REPORT_FORMAT_TABLE || format == REPORT_FORMAT_MARKDOWN;
    char *text = NULL;
    Status status = read ? result_file_text(path, "plan_json", &text, diagnostics) : STATUS_OK;
    json_t *plan = text != NULL ? json_loads(text, 0, NULL) : NULL;
    if (plan != NULL) {
        fputc('\n', stdout);
        status = plan_print(plan, format, colour_wanted(global, stdout), stdout);
    } else if (text != NULL) {
        status =
            diagnostics_error(diagnostics, (Place){.file = path}, "result-file",
                              "write it again with `gpuplan plan -o FILE`", "its plan is damaged");
    }
    json_decref(plan);
    free(text);
    return status;
}

static Status result_show(const char *path, const json_t *summary, ReportFormat format,
                          const GlobalOptions *global, Diagnostics *diagnostics)
{
    Status status = summary_show(summary, format, global, diagnostics);
    return status == STATUS_OK ? plan_show(path, format, global, diagnostics) : status;
}

static Status report_all(const char *path, const json_t *summary, const ReportOptions *options,
                         const GlobalOptions *global, Diagnostics *diagnostics)
{
    Status status = STATUS_OK;
    if (options->csv_dir != NULL) {
        status = report_csv_folder(summary, options->csv_dir, diagnostics);
    }
    if (status == STATUS_OK && options->plots_dir != NULL) {
        status = report_plots(path, summary, options->plots_dir, diagnostics);
    }
    if (status == STATUS_OK && options->focus != NULL) {
        status = report_focus(path, summary, options->variant, options->focus_version,
                              options->focus, diagnostics);
    }
    if (status == STATUS_OK && options->focus != NULL && strcmp(options->focus, "-") == 0) {
        return status;
    }
    if (status == STATUS_OK && options->html != NULL) {
        status = report_html(path, summary, options->html, diagnostics);
        bool to_stdout = strcmp(options->html, "-") == 0;
        return to_stdout ? status
               : status == STATUS_OK
                   ? result_show(path, summary, options->format, global, diagnostics)
                   : status;
    }
    return status == STATUS_OK ? result_show(path, summary, options->format, global, diagnostics)
                               : status;
}

Status command_report(int argc, char **argv)
{
    OptionParser parser;
    ReportOptions options = {.format = REPORT_FORMAT_TABLE};
    options_begin(&parser, argc, argv, OPTIONS, HELP);
    if (options_parse(&parser, &options) == OPTION_STOP) {
        return parser.status;
    }
    if (parser.operand_count != 1) {
        return usage_error("report", parser.operand_count == 0 ? "which result file?"
                                                               : "expected one result file");
    }
    if (options.focus_detail && options.focus == NULL) {
        return usage_error("report", "--variant and --focus-version belong to --focus");
    }
    Diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    json_t *summary = NULL;
    Status status = hdf5_read_summary(parser.operands[0], &summary, &diagnostics);
    if (status == STATUS_OK) {
        status = report_all(parser.operands[0], summary, &options, &parser.global, &diagnostics);
    }
    json_decref(summary);
    diagnostics_print(&diagnostics, stderr, colour_wanted(&parser.global, stderr));
    diagnostics_free(&diagnostics);
    return status;
}
