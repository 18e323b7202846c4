/* sections.h - the sections of the HTML report, each in a file of its own; page.c puts them in
 * order.
 *
 * A section whose data is not there writes nothing. What a section says comes from the summary and,
 * for what happened when, from the tables of the first replication.
 */
#ifndef SIM_REPORT_HTML_SECTIONS_H
#define SIM_REPORT_HTML_SECTIONS_H

#include <jansson.h>
#include <stdbool.h>

#include "sim/report/html/html_figure.h"
#include "sim/report/html/html_write.h"

#define VARIANTS_SHOWN 4  /* whose figures are open; others are folded */
#define VARIANTS_DRAWN 12 /* who has figures at all */

typedef struct Page {
    const char *path; /* the result file */
    const json_t *summary, *variants;
    const json_t *best; /* whom the headline is about; the first variant: nobody is better */
    int variant_count;
    json_t *plan;   /* what `gpuplan plan` found; NULL: the file is of `gpuplan run` */
    char *scenario; /* its text; NULL: not in the file */
} Page;

typedef void Section(Html *html, const Page *page);

Section section_headline, section_cards, section_savings, section_variants, section_where,
    section_usage, section_idle, section_nodes, section_waits, section_faults, section_checks,
    section_assumptions, section_compare, section_showback, section_costs, section_plan;

/* Writes `one` for each variant that has figures; those behind the first few are folded. */
void each_variant(Html *html, const Page *page,
                  void (*one)(Html *html, const Page *page, const json_t *variant, int number));

/* Where a variant ran exactly as an earlier one: says so, instead of the same figure again. */
bool told_before(Html *html, const Page *page, const json_t *variant);

/* An OverviewPrint whose stream is that of a page. */
void grid_to_page(const char *about, const Grid *grid, bool colour, FILE *stream);

/* "held_idle" as people write it; NULL is "". Returns text. */
const char *plain_words(const char *name, char text[80]);

/* "1 h 3 min", "12.5 s". Returns buffer. */
const char *duration_text(double seconds, char buffer[NUMBER_TEXT_MAX]);

#endif
