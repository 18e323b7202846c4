/* showback.h - who pays, as part of the summary, as tables and as CSV. Rules: docs/showback.md. */
#ifndef SIM_REPORT_SHOWBACK_H
#define SIM_REPORT_SHOWBACK_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "sim/experiment/result.h"
#include "sim/report/overview.h"

/* Lines of each grouping that is told apart; null where nothing has a price. `baseline` gives each
 * line its change; NULL: the variant is the baseline. */
json_t *showback_json(const VariantResult *variant, const VariantResult *baseline);

/* One table for each variant: the grouping that the scenario shows; then its commitments. Up to the first for which
 * memory ran out: then false. */
bool showback_tables(const json_t *summary, OverviewPrint *print, bool colour, FILE *stream);

/* Every line of every grouping. */
void showback_csv_print(const json_t *summary, FILE *stream);

#endif
