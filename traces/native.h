/* native.h - the columns of our own job log; docs/trace-format.md is what users read. */
#ifndef TRACES_NATIVE_H
#define TRACES_NATIVE_H

#include <stdio.h>

#include "core/job.h"
#include "core/units.h"
#include "traces/csv_table.h"

enum {
    NATIVE_ID,
    NATIVE_SUBMIT,
    NATIVE_DURATION,
    NATIVE_TASKS,
    NATIVE_GANG,
    NATIVE_GPUS,
    NATIVE_GPU_MILLI,
    NATIVE_GPU_MEMORY,
    NATIVE_GPU_CORES,
    NATIVE_MIG,
    NATIVE_CPU,
    NATIVE_MEMORY,
    NATIVE_STORAGE_BANDWIDTH,
    NATIVE_IO_CPU,
    NATIVE_NETWORK,
    NATIVE_GPU_MODEL,
    NATIVE_QUEUE,
    NATIVE_USER,
    NATIVE_PRIORITY,
    NATIVE_PREEMPTIBLE,
    NATIVE_TIME_LIMIT,
    NATIVE_ESTIMATE,
    NATIVE_KIND,
    NATIVE_END,
    NATIVE_START,
    NATIVE_CARRIED,
    NATIVE_MIN_TASKS,
    NATIVE_MAX_TASKS,
    NATIVE_SYNC,
    NATIVE_CHECKPOINT_EVERY,
    NATIVE_CHECKPOINT_COST,
    NATIVE_NEED_STORAGE_BANDWIDTH,
    NATIVE_NEED_IO_CPU,
    NATIVE_NEED_NETWORK,
    NATIVE_NEED_CPU,
    NATIVE_COLUMNS
};

extern const char *const NATIVE_NAMES[NATIVE_COLUMNS];

typedef enum CellKind { CELL_TEXT, CELL_AMOUNT, CELL_TIME, CELL_WORD } CellKind;

typedef struct NativeCell {
    CellKind kind;
    Unit unit;                /* CELL_AMOUNT */
    const char *suffix;       /* what a plain number stands for */
    int64_t scale;            /* a plain whole number in the base unit */
    int64_t low, high;        /* CELL_AMOUNT */
    int64_t empty;            /* the value of an empty cell or a column that is not there */
    const char *const *words; /* CELL_WORD */
    const char *expected;     /* a sentence's end */
} NativeCell;

extern const NativeCell NATIVE_CELLS[NATIVE_COLUMNS];

/* Times are seconds from the start of the run, or dates: one of them in the whole file. */
typedef struct NativeClock {
    int64_t timezone_ms; /* of dates without a zone: east of UTC */
    bool known;          /* a time was read: the others must be of its kind */
    bool has_calendar;
} NativeClock;

/* The value of a cell that is not empty; texts are left to the caller. False: a mistake (recorded).
 */
bool native_cell_read(NativeClock *clock, const CsvRow *row, int column, int64_t *value);

/* Words of the columns gang, kind and end, by Gang, JobKind and JobEnd; each list ends with NULL.
 */
extern const char *const NATIVE_GANGS[];
extern const char *const NATIVE_KINDS[];
extern const char *const NATIVE_ENDS[];
#define NATIVE_END_RUNNING 3 /* of NATIVE_ENDS: a job that was running when the log ended */

/* What a row needs on a lane of the data path where it does not say so: what it asks for; of cores
 * nothing. */
int64_t native_need(const Request *row, int axis);

/* Writes a list as a native CSV with the columns that any row needs. Times are seconds of the run;
 * with has_calendar they are dates, where origin_unix_ms is the run's zero. MIG profiles have no
 * name without their cards and must not occur. False: writing failed (errno) or memory ran out. */
bool native_write(const RequestList *requests, bool has_calendar, int64_t origin_unix_ms,
                  FILE *file);

#endif
