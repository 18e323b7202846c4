/* costs_json.h - the cost book of a variant in the summary. */
#ifndef SIM_REPORT_COSTS_JSON_H
#define SIM_REPORT_COSTS_JSON_H

#include <jansson.h>

#include "sim/experiment/result.h"

/* null where nothing has a price; NULL if memory ran out. Layout: docs/results.md. */
json_t *costs_json(const VariantResult *variant);

#endif
