/* micro_rows.h - one row for each micro-scenario: how many of its expectations hold. */
#ifndef VALIDATION_MICRO_ROWS_H
#define VALIDATION_MICRO_ROWS_H

#include "core/status.h"
#include "validation/result_rows.h"

/* `path` is what `gpuplan run --format json` wrote of a file in validation/micro/. */
Status micro_row_add(ResultRows *results, const char *path);

#endif
