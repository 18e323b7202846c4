/* compare_grids.h - the tables of a comparison; compare_print.c arranges them. */
#ifndef SIM_REPORT_COMPARE_GRIDS_H
#define SIM_REPORT_COMPARE_GRIDS_H

#include <jansson.h>
#include <stdbool.h>

#include "sim/report/grid.h"

/* Each makes a grid to be freed, also after a failure; false if memory ran out. `all`: also metrics
 * that are exactly the same or better neither way, and sub-accounts. No rows: row_count is 1. */
bool metrics_grid(const json_t *comparison, bool all, Grid *grid);
bool bridge_grid(const json_t *comparison, bool all, Grid *grid);
bool moved_grid(const json_t *comparison, Grid *grid);

/* How many metrics got each verdict. */
typedef struct VerdictCounts {
    int better, worse, open, same, changed;
} VerdictCounts;
VerdictCounts verdict_counts(const json_t *comparison);

/* "12.5", with as many decimals as a reader of numbers of the size of `like` wants. */
char *sized_text(double value, double like, char buffer[NUMBER_TEXT_MAX]);

#endif
