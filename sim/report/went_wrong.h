/* went_wrong.h - what faults cost: by component, and by size of job. */
#ifndef SIM_REPORT_WENT_WRONG_H
#define SIM_REPORT_WENT_WRONG_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "sim/experiment/result.h"
#include "sim/report/overview.h"

/* Of the summary: means over the replications that are complete; null where nothing can fail. */
json_t *went_wrong_json(const VariantResult *variant);

/* What GPUs did over time in the first replication that kept it; null where none did. */
json_t *over_time_json(const VariantResult *variant);

/* Calls `print` for each table of each variant that has one: `what` is its heading. Up to the first
 * for which memory ran out: then false. */
typedef void WrongPrint(const char *what, const char *variant, const Grid *grid, bool colour,
                        FILE *stream);
bool went_wrong_tables(const json_t *summary, WrongPrint *print, bool colour, FILE *stream);

/* A line behind `prefix` for each variant in which something fails or a data path is modelled: what
 * a device counter would show beside what was produced, ETTR, availability, staff; an empty line
 * behind them. `name` writes a variant's name. */
void went_wrong_lines(const json_t *summary, const char *prefix,
                      void (*name)(const char *text, FILE *stream), FILE *stream);

/* The same as flat tables. */
void components_csv_print(const json_t *summary, FILE *stream);
void sizes_csv_print(const json_t *summary, FILE *stream);
void over_time_csv_print(const json_t *summary, FILE *stream);

#endif
