/* study_curves.h - curves of the FGD study by (workload, policy, seed, arrived per cent), published
 * or our own. */
#ifndef VALIDATION_STUDY_CURVES_H
#define VALIDATION_STUDY_CURVES_H

#include "core/arena.h"
#include "core/diagnostic.h"

typedef enum CurveColumn { CURVE_ALLOC, CURVE_AMOUNT, CURVE_RATIO, CURVE_COLUMNS } CurveColumn;

typedef struct CurvePoint {
    const char *workload, *policy;
    long seed;
    int arrived_pct;
    double value[CURVE_COLUMNS];
} CurvePoint;

typedef struct StudyCurves {
    Arena arena;
    CurvePoint *points; /* sorted by workload, policy, seed, per cent */
    int count;
    int capacity;
} StudyCurves;

/* Adds the rows of a file in the study's format; call curves_sort after the last one. */
Status curves_read(StudyCurves *curves, const char *path, Diagnostics *diagnostics);
void curves_sort(StudyCurves *curves);
void curves_free(StudyCurves *curves);

/* NULL if there is no such point. */
const CurvePoint *curves_find(const StudyCurves *curves, const CurvePoint *wanted);

#endif
