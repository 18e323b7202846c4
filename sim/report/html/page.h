/* page.h - one HTML file that says everything a result file holds. */
#ifndef SIM_REPORT_HTML_PAGE_H
#define SIM_REPORT_HTML_PAGE_H

#include <jansson.h>
#include <stdbool.h>

#include "core/diagnostic.h"

/* Writes the report of the result file, whose summary was read already, to `target` ("-": stdout).
 * Without gnuplot, or a folder for its files, figures are left out, with a warning.
 * STATUS_BAD_INPUT if a table of the file is damaged. */
Status report_html(const char *path, const json_t *summary, const char *target,
                   Diagnostics *diagnostics);

/* The report's figures as SVG and PNG, with their data and scripts, into a folder that is there.
 * *made counts them; *no_gnuplot: it is known not to be there, or found so. */
Status report_html_figures(const char *path, const json_t *summary, const char *folder, int *made,
                           bool *no_gnuplot, Diagnostics *diagnostics);

#endif
