/* explain.h - why one job waited, or which reasons cost a cluster most; from a result file alone.
 *
 * As with the summary, a JSON document is made first (layout: docs/results.md) and every printed
 * form is rendered from it.
 */
#ifndef SIM_REPORT_EXPLAIN_H
#define SIM_REPORT_EXPLAIN_H

#include "sim/report/report.h"
#include "sim/report/wait_index.h"

/* The row of a job of that name; -1: none. */
int64_t explain_find(const RunTables *tables, const char *job);

/* New references; NULL if memory ran out. */
json_t *explain_job(const WaitIndex *index, const char *variant, int64_t job);
json_t *explain_cluster(const WaitIndex *index, const char *variant);

/* STATUS_FAILED if the stream refused or memory ran out; says nothing itself. */
Status explain_print(const json_t *explanation, ReportFormat format, bool colour, FILE *stream);

/* A text of the file, which may hold any bytes. */
json_t *explain_text(const char *text);

#endif
