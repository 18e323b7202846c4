/* gnuplot.h - the embedded gnuplot scripts: into a folder, and run there. */
#ifndef SIM_REPORT_GNUPLOT_H
#define SIM_REPORT_GNUPLOT_H

#include <stdio.h>

#include "core/diagnostic.h"

#define GNUPLOT_MISSING 127

/* Copies the embedded script plots/NAME into the folder. STATUS_FAILED with a diagnostic if it
 * cannot be written. */
Status gnuplot_script_put(const char *folder, const char *name, Diagnostics *diagnostics);

/* The exit code of gnuplot in the folder; GNUPLOT_MISSING: not installed; -1: it could not be run
 * or was killed. `settings` are commands before the script, fixed words; NULL: none. */
int gnuplot_run(const char *folder, const char *settings, const char *script);

/* One line of text for a file that scripts read by line: line ends and control characters become
 * blanks. */
void gnuplot_text(const char *text, FILE *stream);

/* The same as a CSV cell, at most `width` characters wide; what is longer ends with "…". gnuplot
 * cannot read a double quote within a cell: it becomes a single one. */
void gnuplot_cell(const char *text, int width, FILE *stream);

#endif
