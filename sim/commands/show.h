/* show.h - how `run` and `report` print a summary: the option and what it does. */
#ifndef SIM_COMMANDS_SHOW_H
#define SIM_COMMANDS_SHOW_H

#include "sim/commands/options.h"
#include "sim/report/report.h"

/* The row of --format in a table of options. */
#define FORMAT_OPTION(id) {"format", 0, "FORMAT", "table (default), json, csv or markdown", (id)}

/* The argument of --format, or a usage error (returns false). */
bool option_format(const OptionParser *parser, ReportFormat *format);

/* On stdout; a failure is recorded in diagnostics. */
Status summary_show(const json_t *summary, ReportFormat format, const GlobalOptions *global,
                    Diagnostics *diagnostics);

#endif
