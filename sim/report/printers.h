/* printers.h - one function a printed format. False: memory ran out; the stream keeps its own
 * errors. */
#ifndef SIM_REPORT_PRINTERS_H
#define SIM_REPORT_PRINTERS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "sim/report/overview.h"

bool table_print(const json_t *summary, bool colour, bool verbose, FILE *stream);
bool markdown_print(const json_t *summary, bool verbose, FILE *stream);
void metrics_csv_print(const json_t *summary, FILE *stream);
void ledger_csv_print(const json_t *summary, FILE *stream);
void load_curve_csv_print(const json_t *summary, FILE *stream);
void expect_csv_print(const json_t *summary, FILE *stream);

/* A number of the summary as CSV and JSON hold it: 15 digits; empty if it is null. */
void csv_number(double value, FILE *stream);

#endif
