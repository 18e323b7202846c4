/* gate_junit.c - a gate as JUnit XML: the subset that CI servers agree on. */
#include <math.h>
#include <string.h>

#include "sim/report/atomic_file.h"
#include "sim/report/gate_report.h"

/* Attribute and element text; what XML 1.0 cannot hold becomes a question mark. */
static void xml_text(const char *text, FILE *stream)
{
    for (const char *at = text; *at != '\0'; at++) {
        unsigned char c = (unsigned char)*at;
        switch (c) {
        case '&':
            fputs("&amp;", stream);
            break;
        case '<':
            fputs("&lt;", stream);
            break;
        case '>':
            fputs("&gt;", stream);
            break;
        case '"':
            fputs("&quot;", stream);
            break;
        case '\n':
        case '\t':
        case '\r':
            fprintf(stream, "&#%d;", c);
            break;
        default:
            fputc(c < 0x20 ? '?' : c, stream);
        }
    }
}

static void attribute(const char *name, const char *text, FILE *stream)
{
    fprintf(stream, " %s=\"", name);
    xml_text(text, stream);
    fputc('"', stream);
}

static void property(const char *name, double value, FILE *stream)
{
    if (isfinite(value)) {
        fprintf(stream, "      <property name=\"%s\" value=\"%.15g\"/>\n", name, value);
    }
}

static void case_open(const GateScenario *scenario, const char *variant, const char *name,
                      FILE *stream)
{
    fputs("    <testcase", stream);
    attribute("classname", scenario->name, stream);
    fputs(" name=\"", stream);
    xml_text(variant, stream);
    fputs(": ", stream);
    xml_text(name, stream);
    fputs("\"", stream);
    attribute("file", scenario->path, stream);
    fputs(">\n", stream);
}

static void outcome_write(const char *element, const char *type, const char *message, FILE *stream)
{
    fprintf(stream, "      <%s", element);
    if (type != NULL) {
        attribute("type", type, stream);
    }
    attribute("message", message, stream);
    fputs("/>\n", stream);
}

static void row_write(const GateReport *report, const GateScenario *scenario, const char *variant,
                      const GateRow *row, FILE *stream)
{
    char sentence[GATE_TEXT];
    gate_row_sentence(row, scenario->rules, sentence);
    case_open(scenario, variant, METRICS[row->rule->metric].name, stream);
    fputs("      <properties>\n", stream);
    property("baseline", row->baseline, stream);
    property("candidate", row->candidate, stream);
    property("worse", row->worse, stream);
    property("low", row->low, stream);
    property("high", row->high, stream);
    property("margin", row->margin, stream);
    property("pairs", row->count, stream);
    property("power_equal", row->power_same, stream);
    property("power_twice", row->power_twice, stream);
    fputs("      </properties>\n", stream);
    if (row->verdict == EVIDENCE_FAIL) {
        outcome_write("failure", "worse", sentence, stream);
    } else if (row->verdict == EVIDENCE_OPEN && report->open_passes) {
        outcome_write("skipped", NULL, sentence, stream);
    } else if (row->verdict == EVIDENCE_OPEN) {
        outcome_write("failure", "inconclusive", sentence, stream);
    }
    fputs("    </testcase>\n", stream);
}

static void expect_write(const GateScenario *scenario, const ExpectOutcome *outcome, FILE *stream)
{
    char message[GATE_TEXT];
    case_open(scenario, outcome->variant, outcome->text, stream);
    if (!outcome->passed) {
        if (outcome->found_text != NULL && outcome->found_text[0] != '\0') {
            snprintf(message, sizeof message, "found %.200s", outcome->found_text);
        } else {
            snprintf(message, sizeof message, "found %.9g", outcome->found);
        }
        outcome_write("failure", "expectation", message, stream);
    }
    fputs("    </testcase>\n", stream);
}

typedef struct SuiteCount {
    int tests, failures, skipped;
} SuiteCount;

static SuiteCount scenario_count(const GateReport *report, const GateScenario *scenario)
{
    SuiteCount count = {gate_row_count(scenario) + scenario->expect_count, 0, 0};
    for (int32_t i = 0; i < gate_row_count(scenario); i++) {
        EvidenceVerdict verdict = scenario->rows[i].verdict;
        bool open = verdict == EVIDENCE_OPEN;
        count.skipped += open && report->open_passes;
        count.failures += verdict == EVIDENCE_FAIL || (open && !report->open_passes);
    }
    for (int32_t i = 0; i < scenario->expect_count; i++) {
        count.failures += !scenario->expects[i].passed;
    }
    return count;
}

static void counts_write(SuiteCount count, FILE *stream)
{
    fprintf(stream, " tests=\"%d\" failures=\"%d\" errors=\"0\" skipped=\"%d\">\n", count.tests,
            count.failures, count.skipped);
}

static void report_write(const GateReport *report, FILE *stream)
{
    SuiteCount all = {0};
    for (int32_t s = 0; s < report->count; s++) {
        SuiteCount one = scenario_count(report, &report->scenarios[s]);
        all.tests += one.tests;
        all.failures += one.failures;
        all.skipped += one.skipped;
    }
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"gpuplan gate\"", stream);
    counts_write(all, stream);
    for (int32_t s = 0; s < report->count; s++) {
        const GateScenario *scenario = &report->scenarios[s];
        fputs("  <testsuite", stream);
        attribute("name", scenario->name, stream);
        counts_write(scenario_count(report, scenario), stream);
        for (int32_t i = 0; i < gate_row_count(scenario); i++) {
            row_write(report, scenario, scenario->variant[i / scenario->rules->count],
                      &scenario->rows[i], stream);
        }
        for (int32_t i = 0; i < scenario->expect_count; i++) {
            expect_write(scenario, &scenario->expects[i], stream);
        }
        fputs("  </testsuite>\n", stream);
    }
    fputs("</testsuites>\n", stream);
}

Status gate_junit_write(const GateReport *report, const char *path, Diagnostics *diagnostics)
{
    AtomicFile file;
    Status status = atomic_file_open(&file, path, diagnostics);
    if (status != STATUS_OK) {
        return status;
    }
    report_write(report, file.stream);
    return atomic_file_commit(&file, diagnostics);
}
