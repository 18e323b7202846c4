/* gate_github.c - a gate for GitHub: annotations at the lines of the margins, and a step summary.
 *
 * Only ten annotations of a kind are shown for a step, and a summary of more than a MiB is dropped
 * whole, so both are kept below.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/report/gate_report.h"

#define ANNOTATIONS_MAX 10
#define SUMMARY_BYTES_MAX ((size_t)1000 << 10) /* below the MiB that the step has */

/* ---- annotations ---- */

/* Text after `::`; in a property also what ends one. */
static void command_text(const char *text, bool in_property, FILE *stream)
{
    for (const char *at = text; *at != '\0'; at++) {
        bool escaped =
            *at == '%' || *at == '\r' || *at == '\n' || (in_property && (*at == ':' || *at == ','));
        if (escaped) {
            fprintf(stream, "%%%02X", (unsigned char)*at);
        } else {
            fputc(*at, stream);
        }
    }
}

typedef struct Annotation {
    const char *kind, *file;
    int line, column; /* 0: not known */
    const char *title, *text;
} Annotation;

static void annotation_print(const Annotation *annotation, FILE *stream)
{
    fprintf(stream, "::%s file=", annotation->kind);
    command_text(annotation->file, true, stream);
    if (annotation->line > 0) {
        fprintf(stream, ",line=%d,col=%d", annotation->line,
                annotation->column > 0 ? annotation->column : 1);
    }
    fputs(",title=", stream);
    command_text(annotation->title, true, stream);
    fputs("::", stream);
    command_text(annotation->text, false, stream);
    fputc('\n', stream);
}

static void row_annotate(const GateReport *report, const GateScenario *scenario, int32_t i,
                         EvidenceVerdict verdict, FILE *stream)
{
    const GateRow *row = &scenario->rows[i];
    char sentence[GATE_TEXT], title[GATE_TEXT];
    snprintf(title, sizeof title, "%.100s, %.64s: %s %s", scenario->name,
             scenario->variant[i / scenario->rules->count], METRICS[row->rule->metric].name,
             verdict == EVIDENCE_FAIL ? "got worse" : "is open");
    const Place *place = &row->rule->line->text_place;
    bool error = verdict == EVIDENCE_FAIL || !report->open_passes;
    Annotation annotation = {error ? "error" : "warning",
                             place->file != NULL ? place->file : scenario->path,
                             place->line,
                             place->column,
                             title,
                             gate_row_sentence(row, scenario->rules, sentence)};
    annotation_print(&annotation, stream);
}

static int expects_annotate(const GateScenario *scenario, int room, FILE *stream)
{
    int said = 0;
    for (int32_t i = 0; i < scenario->expect_count; i++) {
        const ExpectOutcome *outcome = &scenario->expects[i];
        if (outcome->passed || said++ >= room) {
            continue;
        }
        char title[GATE_TEXT];
        snprintf(title, sizeof title, "%.100s, %.64s: an expectation failed", scenario->name,
                 outcome->variant);
        Annotation annotation = {"error", scenario->path, 0, 0, title, outcome->text};
        annotation_print(&annotation, stream);
    }
    return said;
}

/* Failures first: where there are more than GitHub shows, they are those to see. */
Status gate_github_annotate(const GateReport *report, FILE *stream)
{
    static const EvidenceVerdict ORDER[] = {EVIDENCE_FAIL, EVIDENCE_OPEN};
    int room = ANNOTATIONS_MAX - 1; /* the last one counts those that are left out */
    int said = 0;
    for (int k = 0; k < 2; k++) {
        for (int32_t s = 0; s < report->count; s++) {
            const GateScenario *scenario = &report->scenarios[s];
            for (int32_t i = 0; i < gate_row_count(scenario); i++) {
                if (scenario->rows[i].verdict == ORDER[k] && said++ < room) {
                    row_annotate(report, scenario, i, ORDER[k], stream);
                }
            }
            if (ORDER[k] == EVIDENCE_FAIL) {
                said += expects_annotate(scenario, said < room ? room - said : 0, stream);
            }
        }
    }
    if (said > room) {
        fprintf(stream, "::error title=gpuplan gate::%d more; the step summary has all\n",
                said - room);
    }
    return ferror(stream) == 0 ? STATUS_OK : STATUS_FAILED;
}

/* ---- the step summary ---- */

static char *summary_text(const GateReport *report, bool failures_only, size_t *size)
{
    char *text = NULL;
    FILE *stream = open_memstream(&text, size);
    if (stream == NULL) {
        return NULL;
    }
    Status status = gate_print_markdown(report, failures_only, stream);
    bool ok = fclose(stream) == 0 && status == STATUS_OK;
    if (!ok) {
        free(text);
        return NULL;
    }
    return text;
}

/* Cuts at the end of a line and says so. */
static void summary_cut(char *text, size_t *size, size_t room)
{
    static const char NOTE[] = "\n\n(cut: a step summary ends at 1 MiB)\n";
    if (*size <= room) {
        return;
    }
    size_t end = room > sizeof NOTE ? room - sizeof NOTE : 0;
    while (end > 0 && text[end - 1] != '\n') {
        end--;
    }
    memcpy(text + end, NOTE, sizeof NOTE);
    *size = room > sizeof NOTE ? end + sizeof NOTE - 1 : 0;
}

Status gate_github_summary(const GateReport *report, const char *path, Diagnostics *diagnostics)
{
    struct stat about;
    size_t taken = stat(path, &about) == 0 && about.st_size > 0 ? (size_t)about.st_size : 0;
    size_t room = taken < SUMMARY_BYTES_MAX ? SUMMARY_BYTES_MAX - taken : 0;
    size_t size = 0;
    char *text = summary_text(report, false, &size);
    if (text != NULL && size > room) {
        free(text);
        text = summary_text(report, true, &size);
    }
    if (text == NULL) {
        return diagnostics_no_memory(diagnostics);
    }
    summary_cut(text, &size, room);
    FILE *stream = fopen(path, "a");
    bool ok = stream != NULL && fwrite(text, 1, size, stream) == size;
    ok = stream != NULL && fclose(stream) == 0 && ok;
    free(text);
    if (!ok) {
        diagnostics_error(diagnostics, (Place){.file = path}, "io",
                          "GITHUB_STEP_SUMMARY names it; unset it to go without",
                          "cannot append the summary: %s", strerror(errno));
        return STATUS_FAILED;
    }
    return STATUS_OK;
}
