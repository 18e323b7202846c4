/* result_rows.c - rows of validation/results.csv, written whole. */
#include "validation/result_rows.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "sim/report/atomic_file.h"

static ResultRow *row_new(ResultRows *results, const char *kind, const char *source,
                          double expected, double measured, const char *format, va_list arguments)
{
    if (results->count == RESULT_ROWS_MAX) {
        results->failed++;
        return NULL;
    }
    ResultRow *row = &results->rows[results->count++];
    *row = (ResultRow){.kind = kind, .source = source, .expected = expected, .measured = measured};
    vsnprintf(row->quantity, sizeof(row->quantity), format, arguments);
    return row;
}

static bool row_judge(ResultRows *results, ResultRow *row, bool passed)
{
    if (row == NULL) {
        return false;
    }
    row->passed = passed;
    results->failed += !passed;
    return passed;
}

bool result_add(ResultRows *results, const char *kind, const char *source, double expected,
                double measured, double tolerance, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    ResultRow *row = row_new(results, kind, source, expected, measured, format, arguments);
    va_end(arguments);
    if (row != NULL) {
        row->tolerance = tolerance;
    }
    return row_judge(results, row, fabs(measured - expected) <= tolerance);
}

bool result_add_at_least(ResultRows *results, const char *kind, const char *source, double expected,
                         double measured, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    ResultRow *row = row_new(results, kind, source, expected, measured, format, arguments);
    va_end(arguments);
    return row_judge(results, row, measured >= expected);
}

static void rows_print(const ResultRows *results, FILE *stream)
{
    fputs("quantity,kind,expected,source,measured,tolerance,verdict\n", stream);
    for (int i = 0; i < results->count; i++) {
        const ResultRow *row = &results->rows[i];
        fprintf(stream, "\"%s\",%s,%.6g,\"%s\",%.6g,%.6g,%s\n", row->quantity, row->kind,
                row->expected, row->source, row->measured, row->tolerance,
                row->passed ? "pass" : "FAIL");
    }
}

Status results_write(const ResultRows *results, const char *path, Diagnostics *diagnostics)
{
    AtomicFile file;
    Status status = atomic_file_open(&file, path, diagnostics);
    if (status != STATUS_OK) {
        return status;
    }
    rows_print(results, file.stream);
    return atomic_file_commit(&file, diagnostics);
}
