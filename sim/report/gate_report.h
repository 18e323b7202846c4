/* gate_report.h - what a gate found, for terminals, programs, CI servers and the next run. Formats:
 * docs/gate.md. */
#ifndef SIM_REPORT_GATE_REPORT_H
#define SIM_REPORT_GATE_REPORT_H

#include <stdio.h>

#include "sim/experiment/gate.h"
#include "sim/report/report.h"

#define GATE_JSON_VERSION 1     /* of `gate --format json` */
#define GATE_BASELINE_VERSION 1 /* of the baseline file */

/* One scenario of a suite, judged. */
typedef struct GateScenario {
    const char *path, *name;
    const char
        *against; /* the file that its baseline came from; NULL: there is nothing to compare */
    const GateRules *rules;
    int32_t variant_count;
    const char **variant; /* [variant_count] */
    GateRow *rows;        /* [variant_count * rules->count] variant by variant */
    int32_t replications;
    int32_t expect_count;
    const ExpectOutcome *expects;
} GateScenario;

typedef struct GateReport {
    int32_t count;
    GateScenario *scenarios; /* [count] */
    EvidenceVerdict verdict; /* of all rows and expectations */
    bool open_passes;        /* --inconclusive=pass */
} GateReport;

int32_t gate_row_count(const GateScenario *scenario);

/* Rows and expectations by verdict. */
typedef struct GateTally {
    int32_t passed, failed, open, expects_failed;
} GateTally;
GateTally gate_tally(const GateReport *report);

/* Each returns STATUS_FAILED if the stream refused or memory ran out, and says nothing itself. */
Status gate_print(const GateReport *report, ReportFormat format, bool colour, FILE *stream);
Status gate_print_markdown(const GateReport *report, bool failures_only, FILE *stream);
Status gate_print_json(const GateReport *report, FILE *stream);

/* Sentences that several formats share; buffer of GATE_TEXT bytes, returned. */
#define GATE_TEXT 320
const char *gate_row_sentence(const GateRow *row, const GateRules *rules, char buffer[GATE_TEXT]);
const char *gate_closing(const GateReport *report, char buffer[GATE_TEXT]);
/* "Some metric regressed ..." over all rows, Holm-adjusted; "" where none did. */
const char *gate_regressed(const GateReport *report, char buffer[GATE_TEXT]);
/* "0.43 %", "12 s": an amount of the row in the unit of its margin. */
#define GATE_AMOUNT 64
const char *gate_amount(const GateRow *row, double amount, bool sign, char buffer[GATE_AMOUNT]);

/* JUnit XML: a test case a scenario, variant and metric, and one an expectation. */
Status gate_junit_write(const GateReport *report, const char *path, Diagnostics *diagnostics);

/* GitHub: annotations, ten of a kind at most; and the Markdown table appended to the file of
 * GITHUB_STEP_SUMMARY, which must not grow past a MiB. */
Status gate_github_annotate(const GateReport *report, FILE *stream);
Status gate_github_summary(const GateReport *report, const char *path, Diagnostics *diagnostics);

/* ---- the baseline (gate_baseline.c, gate_baseline_read.c) ---- */

/* "facts 0123456789ab, metrics 1": changes when a run's facts or metrics do. */
#define GATE_MODEL_TEXT 64
const char *gate_model(char buffer[GATE_MODEL_TEXT]);

typedef struct GateBaseline {
    bool exists;
    bool known;        /* of this version, of this model */
    int32_t format;    /* GATE_BASELINE_VERSION of the program that wrote it */
    const char *model; /* as the file has it */
    int32_t count;
    GateRecord *records; /* [count]; NULL where it is not known */
} GateBaseline;

/* A file that is not there is no mistake: exists is false. Every mistake is recorded. */
Status gate_baseline_read(const char *path, Arena *arena, Diagnostics *diagnostics,
                          GateBaseline *baseline);

/* By the names of the scenarios; equal records give equal bytes. */
Status gate_baseline_write(const char *path, const GateRecord *records, int32_t count,
                           Diagnostics *diagnostics);

#endif
