/* plan_report.h - what `gpuplan plan` found, as a document and as tables; layout: docs/results.md.
 */
#ifndef SIM_REPORT_PLAN_REPORT_H
#define SIM_REPORT_PLAN_REPORT_H

#include <jansson.h>
#include <stdio.h>

#include "core/diagnostic.h"
#include "sim/experiment/plan_study.h"
#include "sim/report/overview.h"
#include "sim/report/report.h"

/* A new reference; NULL if memory ran out. */
json_t *plan_json(const PlanResult *result);

/* In any format, from the document alone. STATUS_FAILED if the stream refused or memory ran out. */
Status plan_print(const json_t *plan, ReportFormat format, bool colour, FILE *stream);

/* Its tables alone, to whom takes them; false if memory ran out. The answer and how it was searched
 * are lines of text. */
bool plan_tables(const json_t *plan, OverviewPrint *print, FILE *stream);
void plan_answer(const json_t *plan, FILE *stream);
void plan_effort(const json_t *plan, FILE *stream);

#define FLEET_TEXT_MAX 400
/* "4 h100 + 8 spot" of a fleet of the document. */
char *plan_fleet_text(const json_t *fleet, char text[FLEET_TEXT_MAX]);

/* The document beside, then renamed; `-` is stdout. */
Status plan_json_write(const json_t *plan, const char *path, Diagnostics *diagnostics);

/* What has run so far, so that a search can go on where it was stopped: text, a run a line. */
Status plan_cache_write(const PlanEvaluator *evaluator, const char *path, Diagnostics *diagnostics);

/* Into the evaluator's cache. A file that is not there is an empty one. STATUS_BAD_INPUT: it is
 * none of ours, is damaged, or is of another scenario. */
Status plan_cache_read(PlanEvaluator *evaluator, const char *path, Diagnostics *diagnostics);

#endif
