/* study_curves.c - reads and finds points of the FGD study's curves. */
#include "validation/study_curves.h"

#include <stdlib.h>
#include <string.h>

#include "traces/csv_table.h"

typedef struct CurveReader {
    StudyCurves *curves;
} CurveReader;

static bool room_make(StudyCurves *curves)
{
    if (curves->count < curves->capacity) {
        return true;
    }
    int capacity = curves->capacity == 0 ? 1024 : 2 * curves->capacity;
    CurvePoint *points = realloc(curves->points, (size_t)capacity * sizeof(CurvePoint));
    if (points == NULL) {
        return false;
    }
    curves->points = points;
    curves->capacity = capacity;
    return true;
}

static void number_take(const CsvRow *row, int column, double *value)
{
    char *end;
    *value = strtod(row->cells[column].text, &end);
    if (end == row->cells[column].text || *end != '\0') {
        diagnostics_error(row->diagnostics, csv_place(row, column), "csv", NULL,
                          "expected a number, found '%s'", row->cells[column].text);
    }
}

static bool curve_row(void *self, const CsvRow *row)
{
    StudyCurves *curves = ((CurveReader *)self)->curves;
    int64_t seed;
    int64_t arrived;
    if (!csv_integer(row, 2, 0, INT32_MAX, &seed) || !csv_integer(row, 3, 0, 1000, &arrived)) {
        return true;
    }
    if (!room_make(curves)) {
        return false;
    }
    CurvePoint *point = &curves->points[curves->count++];
    *point = (CurvePoint){.workload = arena_strdup(&curves->arena, row->cells[0].text),
                          .policy = arena_strdup(&curves->arena, row->cells[1].text),
                          .seed = (long)seed,
                          .arrived_pct = (int)arrived};
    for (int column = 0; column < CURVE_COLUMNS; column++) {
        number_take(row, 4 + column, &point->value[column]);
    }
    return !curves->arena.failed;
}

Status curves_read(StudyCurves *curves, const char *path, Diagnostics *diagnostics)
{
    static const CsvColumn columns[] = {{.name = "workload"},      {.name = "policy"},
                                        {.name = "seed"},          {.name = "arrived_pct"},
                                        {.name = "alloc_pct"},     {.name = "frag_amount_pct"},
                                        {.name = "frag_ratio_pct"}};
    CurveReader reader = {.curves = curves};
    CsvHandler handler = {.columns = columns, .column_count = 7, .row = curve_row, .self = &reader};
    return csv_read(path, &handler, diagnostics);
}

static int point_compare(const void *a, const void *b)
{
    const CurvePoint *x = a;
    const CurvePoint *y = b;
    int order = strcmp(x->workload, y->workload);
    order = order != 0 ? order : strcmp(x->policy, y->policy);
    order = order != 0 ? order : (x->seed > y->seed) - (x->seed < y->seed);
    return order != 0 ? order : x->arrived_pct - y->arrived_pct;
}

void curves_sort(StudyCurves *curves)
{
    qsort(curves->points, (size_t)curves->count, sizeof(CurvePoint), point_compare);
}

const CurvePoint *curves_find(const StudyCurves *curves, const CurvePoint *wanted)
{
    return curves->count == 0 ? NULL
                              : bsearch(wanted, curves->points, (size_t)curves->count,
                                        sizeof(CurvePoint), point_compare);
}

void curves_free(StudyCurves *curves)
{
    free(curves->points);
    arena_free(&curves->arena);
}
