/* costs_table.h - what each variant cost, line by line, down to its sum. */
#ifndef SIM_REPORT_COSTS_TABLE_H
#define SIM_REPORT_COSTS_TABLE_H

#include "sim/report/overview.h"

/* Where more is paid for than GPU time on demand at list prices; else prints nothing. False: memory
 * ran out. */
bool costs_tables(const json_t *summary, OverviewPrint *print, bool colour, FILE *stream);

#endif
