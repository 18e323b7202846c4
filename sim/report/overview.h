/* overview.h - the parts of a printed report, picked from the summary; table.c and markdown.c
 * arrange them. */
#ifndef SIM_REPORT_OVERVIEW_H
#define SIM_REPORT_OVERVIEW_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "sim/report/grid.h"

/* No job ended in any variant: then "arrived" is what the cluster was asked to hold, and a curve
 * over it means something. */
bool overview_jobs_stay(const json_t *summary);

/* A study of a filling cluster (jobs stay, and 100 % of capacity has arrived), or one of jobs that
 * come and go? */
bool overview_is_filling(const json_t *summary);

/* One line: cluster, replications, what is drawn anew for each. No line end. */
void overview_setting(const json_t *summary, FILE *stream);

/* What ± means in the table, or why there is none; goes on after overview_setting. */
void overview_interval_note(const json_t *summary, FILE *stream);

/* One row a variant with the columns that matter for this kind of study. False if memory ran out.
 */
bool overview_grid(const json_t *summary, Grid *grid);

/* Decimals of GPU-hours that still show a ten-thousandth of the capacity, the smallest share shown.
 */
int ledger_decimals(double capacity_gpu_hours);

/* Prints a table in the format of a report, below what it is about; grid NULL: only that. */
typedef void OverviewPrint(const char *about, const Grid *grid, bool colour, FILE *stream);

/* Where something fails or a data path is modelled: what device counters would show beside what was
 * produced; interruptions, ETTR, availability, staff. A row a variant. False if memory ran out. */
bool overview_faults(const json_t *summary, OverviewPrint *print, bool colour, FILE *stream);

/* Each variant's ledger, about its name: the accounts that hold something. Up to the first for
 * which memory ran out: then false. */
bool overview_ledgers(const json_t *summary, OverviewPrint *print, bool colour, FILE *stream);

/* Was the run stopped by a half-width, or should it have been? Then says so, and that it is nothing
 * to test with; no line end. False: there is nothing to say. */
bool overview_until(const json_t *summary, FILE *stream);

/* What MSER-5 says of each variant's warm-up, behind `prefix`: advice, which nothing follows. */
void overview_advice(const json_t *summary, const char *prefix,
                     void (*name)(const char *text, FILE *stream), FILE *stream);

/* Variants differ in their policy, but nothing waits in any of them: then says so, before the
 * headline; no line end. False: there is nothing to say. */
bool overview_not_discriminating(const json_t *summary, FILE *stream);

/* Was every job of every variant rejected, while the fleet was paid for? (run_ends.c) */
bool overview_nothing_ran(const json_t *summary);

/* Variants without a horizon that end at different times: then says so, since their bills are of
 * different times; no line end. False: there is nothing to say. (run_ends.c) */
bool overview_times_differ(const json_t *summary, FILE *stream);

/* The variant that the headline is about, the first if none is better, and by which metric
 * (*metric, unless NULL). NULL: there is no variant. */
const json_t *overview_best(const json_t *summary, const char **metric);

/* The sentence that matters most: who is best, by how much against the first variant. No line end.
 */
void overview_headline(const json_t *summary, FILE *stream);

#endif
