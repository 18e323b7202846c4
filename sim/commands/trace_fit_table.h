/* trace_fit_table.h - a fit for the terminal. */
#ifndef SIM_COMMANDS_TRACE_FIT_TABLE_H
#define SIM_COMMANDS_TRACE_FIT_TABLE_H

#include <stdio.h>

#include "traces/fit.h"
#include "traces/trace.h"

void fit_table_print(const TraceFit *fit, const TraceOptions *log, FILE *stream);

#endif
