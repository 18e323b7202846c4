/* compare_json.h - one variant against another, of one run or of two result files. */
#ifndef SIM_REPORT_COMPARE_JSON_H
#define SIM_REPORT_COMPARE_JSON_H

#include "core/diagnostic.h"
#include "sim/report/difference.h"
#include "sim/report/moved_jobs.h"
#include "sim/report/report.h"

/* {"baseline", "difference", "bridge", "savings", "moved_jobs"}: what the summary of a run says of
 * a variant against the first one. Views NULL: no tables of jobs were kept, moved_jobs is null. New
 * references here and below; NULL if memory ran out. Layouts: docs/results.md. */
json_t *against_json(const VariantPair *pair, const JobView *from, const JobView *to);

typedef struct CompareSide {
    const json_t *summary;
    const json_t *variant; /* a row of it */
    const JobView *jobs;   /* of replication 0; NULL: not kept */
} CompareSide;

/* Why two sides cannot be paired, in words; NULL: they can. The text is constant. */
const char *pairing_refused(const CompareSide *from, const CompareSide *to);

/* One of the comparisons of `gpuplan compare`, and the document that holds them all (which it takes
 * over). */
json_t *compare_json(const CompareSide *from, const CompareSide *to);
json_t *comparisons_json(json_t *comparisons);

/* STATUS_FAILED if the stream refused or memory ran out; says nothing itself. */
Status compare_print(const json_t *document, ReportFormat format, bool colour, bool verbose,
                     FILE *stream);

#endif
