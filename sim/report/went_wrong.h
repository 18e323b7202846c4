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

/* What faults did by component, what jobs met by size, services where there are several: each table
 * once, about the variants that have it. Components without a fault are left out and counted. Up to
 * the first for which memory ran out: then false. */
bool went_wrong_tables(const json_t *summary, OverviewPrint *print, bool colour, FILE *stream);

/* The same as flat tables. */
void components_csv_print(const json_t *summary, FILE *stream);
void sizes_csv_print(const json_t *summary, FILE *stream);
void over_time_csv_print(const json_t *summary, FILE *stream);

#endif
