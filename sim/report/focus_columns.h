/* focus_columns.h - the columns of the dataset: one table for all versions. */
#ifndef SIM_REPORT_FOCUS_COLUMNS_H
#define SIM_REPORT_FOCUS_COLUMNS_H

#include <stdio.h>

#include "sim/report/focus.h"

typedef enum FocusType {
    FOCUS_STRING,
    FOCUS_MONEY,    /* a decimal of 6 places */
    FOCUS_QUANTITY, /* a decimal of 12 places: quantities and unit prices */
    FOCUS_TIME,
    FOCUS_JSON
} FocusType;

typedef struct FocusOut {
    const Charges *charges;
    const FocusAbout *about;
    FILE *stream;
    bool out_of_memory;
} FocusOut;

typedef struct FocusColumn {
    const char *name;
    FocusType type;
    bool nullable;
    int first, last;                                 /* FocusVersion */
    void (*put)(FocusOut *out, const FocusRow *row); /* one field, without its comma */
    const char *summary;
} FocusColumn;

extern const FocusColumn FOCUS_COLUMNS[]; /* ends with name NULL; our own, x_, come last */

#endif
