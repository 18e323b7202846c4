/* html_figure.h - one figure: its data and labels into files, gnuplot over them, the drawing into
 * the page.
 */
#ifndef SIM_REPORT_HTML_FIGURE_H
#define SIM_REPORT_HTML_FIGURE_H

#include <stdbool.h>
#include <stdio.h>

#include "sim/report/html/html_write.h"

typedef struct Figure {
    char name[48];        /* of its files: NAME.csv, NAME-labels.txt, NAME.svg ... */
    int number;           /* of the variant, from 1; 0: the script's only figure */
    const char *script;   /* plots/SCRIPT.gp */
    const char *settings; /* gnuplot commands before it, fixed words; "" : none */
    char *title;          /* what is shown, names of the scenario included */
    const char *about;    /* how to read it: fixed words */
    bool says_about;      /* below the figure, too: once for all variants, by the first */
    FILE *data, *labels;  /* NULL: memory ran out */
    char *data_text, *label_text;
    size_t data_size, label_size;
} Figure;

/* number 0: the script's only figure. `title` is printf's. Data goes to figure->data (CSV, one row
 * of names first), lines from the third on to figure->labels; gnuplot.h has what may be written
 * there. False if memory ran out, which html remembers. */
bool figure_begin(Html *html, Figure *figure, const char *script, int number, const char *about,
                  const char *format, ...) __attribute__((format(printf, 6, 7)));

/* Draws and writes it, with the grid as the table under it (NULL: its data as CSV is all). */
void figure_end(Html *html, Figure *figure, const Grid *grid);

/* The last two cells of a row of plots/waterfall.gp: what stands behind the bar, and its width. */
void figure_bar_label(Figure *figure, const char *text);

/* A line of labels: text of a scenario, at most so wide. */
void figure_label(Figure *figure, const char *text);

#endif
