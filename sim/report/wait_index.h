/* wait_index.h - what a job waited for in a span of time: rows of its class, found by time. */
#ifndef SIM_REPORT_WAIT_INDEX_H
#define SIM_REPORT_WAIT_INDEX_H

#include "sim/report/run_tables.h"

/* The rows of intervals that are about classes, class by class in order of time. */
typedef struct WaitIndex {
    const RunTables *tables;
    int64_t *begin; /* [class + 1] into rows */
    int64_t *rows;
} WaitIndex;

bool wait_index_init(WaitIndex *index, const RunTables *tables); /* false if memory ran out */
void wait_index_free(WaitIndex *index);

/* The first of the class's positions in index->rows that ends after from_ms, or the class's end. */
int64_t wait_index_find(const WaitIndex *index, int32_t job_class, int64_t from_ms);

/* A reason by code. */
typedef struct Cause {
    int32_t reason; /* JobReason; REASON_NONE: not recorded */
    int32_t detail; /* as in the table: counted from 1 */
} Cause;

/* What kept a job back while its class row holds: a rule that the job itself met last, as its own
 * row tells it, is closer than the one that the first of its class met. */
Cause wait_cause(const RunTables *tables, int64_t class_row, bool is_last, Cause own);

#endif
