/* show.c - a summary on stdout, in the format that was asked for. */
#include "sim/commands/show.h"

bool option_format(const OptionParser *parser, ReportFormat *format)
{
    if (report_format_parse(parser->argument, format)) {
        return true;
    }
    usage_error(parser->argv[0], "--format %s: expected table, json, csv or markdown",
                parser->argument);
    return false;
}

Status summary_show(const json_t *summary, ReportFormat format, const GlobalOptions *global,
                    Diagnostics *diagnostics)
{
    Status status =
        report_print(summary, format, colour_wanted(global, stdout), global->verbose, stdout);
    if (status != STATUS_OK) {
        diagnostics_error(diagnostics, (Place){.file = "stdout"}, "io", NULL,
                          "cannot write the report");
    }
    return status;
}
