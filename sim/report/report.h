/* report.h - what an experiment found, for terminals, programs and files. Layouts: docs/results.md.
 *
 * The summary (a JSON document) is made once from the results; every printed form is rendered from
 * it, so `gpuplan report RUN.h5` prints what `gpuplan run` printed.
 */
#ifndef SIM_REPORT_REPORT_H
#define SIM_REPORT_REPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "core/diagnostic.h"
#include "core/status.h"
#include "sim/experiment/result.h"

typedef enum ReportFormat {
    REPORT_FORMAT_TABLE,
    REPORT_FORMAT_JSON,
    REPORT_FORMAT_CSV,
    REPORT_FORMAT_MARKDOWN,
    REPORT_FORMAT_COUNT
} ReportFormat;

typedef struct ReportFormatInfo {
    const char *name, *summary;
} ReportFormatInfo;
extern const ReportFormatInfo REPORT_FORMATS[REPORT_FORMAT_COUNT];

/* False if there is no such format; *format is then left alone. */
bool report_format_parse(const char *name, ReportFormat *format);

/* The whole summary; a new reference, NULL if memory ran out. */
json_t *summary_json(const ExperimentResult *result);

/* STATUS_FAILED if the stream refused or memory ran out; says nothing itself. */
Status report_print(const json_t *summary, ReportFormat format, bool colour, bool verbose,
                    FILE *stream);

/* Is `path` a place where a result file can be created? To be asked before a long run: a directory,
 * a missing or unwritable folder are recorded in diagnostics and give STATUS_FAILED. `-` is fine
 * where stdout will do. */
Status result_target_check(const char *path, Diagnostics *diagnostics);

/* Do both name one file, by whatever path? Of what is not there yet: is it the same text? */
bool is_same_file(const char *a, const char *b);

/* How the columns of a result file are stored: deflated, or as they are (six times as large, sooner
 * written). */
typedef enum Compression { COMPRESSION_ZLIB, COMPRESSION_NONE } Compression;

/* Each writes beside the target and renames at the end: no half-written file is ever left.
 * STATUS_FAILED with a diagnostic on failure. The CSV writers take `-` for stdout. */
Status hdf5_write(const ExperimentResult *result, const char *path, Compression compression,
                  Diagnostics *diagnostics);
Status jobs_csv_write(const ExperimentResult *result, const char *path, Diagnostics *diagnostics);
Status series_csv_write(const ExperimentResult *result, const char *path, Diagnostics *diagnostics);

/* The summary of a result file; a new reference in *summary. STATUS_FAILED if the file cannot be
 * read, STATUS_BAD_INPUT if it is no result file of ours. */
Status hdf5_read_summary(const char *path, json_t **summary, Diagnostics *diagnostics);

/* Is it a file that can be opened? Else STATUS_FAILED with a diagnostic. */
Status result_file_readable(const char *path, Diagnostics *diagnostics);

/* `report --csv DIR` and `report --plots DIR`. A missing gnuplot is a note on stderr and not a
 * failure. */
Status report_csv_folder(const json_t *summary, const char *folder, Diagnostics *diagnostics);
Status report_plots(const char *path, const json_t *summary, const char *folder,
                    Diagnostics *diagnostics);

#endif
