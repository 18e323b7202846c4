/* html_write.h - markup with everything from outside escaped, tables out of grids, and the page's
 * state.
 *
 * Text that a scenario or a result file brought goes through html_text or html_name, never through
 * html_put. A failure to write or to find memory sticks in `failed`.
 */
#ifndef SIM_REPORT_HTML_WRITE_H
#define SIM_REPORT_HTML_WRITE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "core/diagnostic.h"
#include "sim/report/grid.h"

typedef struct Html {
    FILE *stream;
    const char *folder; /* where figures put their files, and gnuplot runs */
    bool for_page;      /* figures go into the page; else SVG and PNG files stay in the folder */
    bool no_gnuplot;    /* it is not installed */
    bool failed;        /* memory ran out, or something was said in diagnostics */
    int figure_count;
    Diagnostics *diagnostics;
} Html;

/* Markup that the program wrote itself; arguments are numbers and fixed words. */
void html_put(Html *html, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Text for an element or a quoted attribute: & < > " ' are escaped, control characters are shown
 * as pictures, bytes that are no UTF-8 as U+FFFD. */
void html_text(Html *html, const char *text);
void html_escape(const char *text, FILE *stream);

/* The same in an element of its own, whose direction of writing does not leak: for names. */
void html_name(Html *html, const char *name);

/* JSON for a script element that is not run: nothing in it can end the element. */
void html_json(Html *html, const json_t *value);

/* bytes as base64. */
void html_base64(Html *html, const char *bytes, size_t size);

/* A link that downloads `bytes` as a file with the name, which is fixed words. */
void html_download(Html *html, const char *name, const char *bytes, size_t size);

#define HTML_ROWS_MAX 200 /* of a table; the CSV has all of them */

/* The grid as a table: row 0 names the columns, column 0 the rows. `caption` may hold text of a
 * scenario; file: the name of its CSV without ".csv", fixed words; NULL: no link. */
void html_table(Html *html, const Grid *grid, const char *caption, const char *file);

/* The same folded behind "Table". */
void html_table_folded(Html *html, const Grid *grid, const char *caption, const char *file);

/* A section of the page and its heading. The id is a fixed word. */
void html_section_begin(Html *html, const char *id, const char *title);
void html_section_end(Html *html);

#endif
