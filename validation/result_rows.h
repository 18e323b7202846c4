/* result_rows.h - the table that validation leaves behind: validation/results.csv, kept in git. */
#ifndef VALIDATION_RESULT_ROWS_H
#define VALIDATION_RESULT_ROWS_H

#include <stdbool.h>

#include "core/diagnostic.h"

#define RESULT_ROWS_MAX 1024

typedef struct ResultRow {
    char quantity[160];
    const char *kind; /* identity, published, closed form, calibrated, predicted, missed */
    const char *source;
    double expected, measured, tolerance;
    bool passed;
} ResultRow;

typedef struct ResultRows {
    int count;
    int failed;
    ResultRow rows[RESULT_ROWS_MAX];
} ResultRows;

/* |measured - expected| <= tolerance decides. Returns whether it passed. */
bool result_add(ResultRows *results, const char *kind, const char *source, double expected,
                double measured, double tolerance, const char *format, ...) PRINTF_LIKE(7, 8);

/* At least `expected` decides. */
bool result_add_at_least(ResultRows *results, const char *kind, const char *source, double expected,
                         double measured, const char *format, ...) PRINTF_LIKE(6, 7);

/* Adds the rows of a tab-separated file: quantity, kind, source, expected, measured, tolerance. The
 * texts are kept until the program ends. */
Status rows_read(ResultRows *results, const char *path);

Status results_write(const ResultRows *results, const char *path, Diagnostics *diagnostics);

/* "pass", "FAIL", or "miss": what is known to be missed is said, and stops nobody. */
const char *result_verdict(const ResultRow *row);

#endif
