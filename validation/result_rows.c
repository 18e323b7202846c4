/* result_rows.c - rows of validation/results.csv, written whole. */
#include "validation/result_rows.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    results->failed += !passed && strcmp(row->kind, "missed") != 0;
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

/* The texts of a line, cut at its tabs; false if there are not as many. */
static bool line_cut(char *line, char *parts[], int count)
{
    line[strcspn(line, "\r\n")] = '\0';
    for (int i = 0; i < count; i++) {
        if (line == NULL) {
            return false;
        }
        parts[i] = line;
        line = strchr(line, '\t');
        if (line != NULL) {
            *line++ = '\0';
        }
    }
    return line == NULL;
}

Status rows_read(ResultRows *results, const char *path)
{
    enum { QUANTITY, KIND, SOURCE, EXPECTED, MEASURED, TOLERANCE, PARTS };
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t size = 0;
    int rows = 0;
    while (file != NULL && getline(&line, &size, file) >= 0) {
        char *parts[PARTS];
        char *kept = strdup(line); /* kind and source stay in use */
        if (kept == NULL || !line_cut(kept, parts, PARTS)) {
            fprintf(stderr, "%s:%d: expected %d texts between tabs\n", path, rows + 1, (int)PARTS);
            free(kept);
            rows = 0;
            break;
        }
        result_add(results, parts[KIND], parts[SOURCE], strtod(parts[EXPECTED], NULL),
                   strtod(parts[MEASURED], NULL), strtod(parts[TOLERANCE], NULL), "%s",
                   parts[QUANTITY]);
        rows++;
    }
    free(line);
    if (file == NULL) {
        perror(path);
    } else {
        fclose(file);
    }
    return rows > 0 ? STATUS_OK : STATUS_BAD_INPUT;
}

const char *result_verdict(const ResultRow *row)
{
    bool known = strcmp(row->kind, "missed") == 0;
    return row->passed ? "pass" : known ? "miss" : "FAIL";
}

static void rows_print(const ResultRows *results, FILE *stream)
{
    fputs("quantity,kind,expected,source,measured,tolerance,verdict\n", stream);
    for (int i = 0; i < results->count; i++) {
        const ResultRow *row = &results->rows[i];
        fprintf(stream, "\"%s\",%s,%.6g,\"%s\",%.6g,%.6g,%s\n", row->quantity, row->kind,
                row->expected, row->source, row->measured, row->tolerance, result_verdict(row));
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
