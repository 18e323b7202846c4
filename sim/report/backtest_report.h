/* backtest_report.h - a backtest for terminals, programs and files. */
#ifndef SIM_REPORT_BACKTEST_REPORT_H
#define SIM_REPORT_BACKTEST_REPORT_H

#include <stdio.h>

#include "sim/experiment/backtest.h"
#include "sim/report/report.h"

typedef struct BacktestTitle {
    const char *log, *scenario, *variant, *preset;
    int64_t rows_read; /* of the log; the reader dropped rows_read - jobs */
} BacktestTitle;

/* STATUS_FAILED if the stream refused or memory ran out; says nothing itself. */
Status backtest_print(const Backtest *backtest, const BacktestTitle *title, ReportFormat format,
                      bool colour, FILE *stream);

/* How far to trust the simulation, in one or two plain sentences without a line end. */
void backtest_verdict(const Backtest *backtest, FILE *stream);

#endif
