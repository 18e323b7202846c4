/* report.c - the printed formats by name. */
#include "sim/report/report.h"

#include <stdlib.h>
#include <string.h>

#include "sim/report/json_help.h"
#include "sim/report/printers.h"

const ReportFormatInfo REPORT_FORMATS[REPORT_FORMAT_COUNT] = {
    [REPORT_FORMAT_TABLE] = {"table", "for people; not stable between versions"},
    [REPORT_FORMAT_JSON] = {"json", "everything; stable, see docs/results.md"},
    [REPORT_FORMAT_CSV] = {"csv", "one row for each variant and metric"},
    [REPORT_FORMAT_MARKDOWN] = {"markdown", "the table for a pull request or a wiki"},
};

bool report_format_parse(const char *name, ReportFormat *format)
{
    for (int i = 0; i < REPORT_FORMAT_COUNT; i++) {
        if (strcmp(REPORT_FORMATS[i].name, name) == 0) {
            *format = (ReportFormat)i;
            return true;
        }
    }
    return false;
}

static bool json_print(const json_t *summary, FILE *stream)
{
    char *text = json_document(summary);
    if (text == NULL) {
        return false;
    }
    fputs(text, stream);
    free(text);
    return true;
}

Status report_print(const json_t *summary, ReportFormat format, bool colour, bool verbose,
                    FILE *stream)
{
    bool ok = true;
    switch (format) {
    case REPORT_FORMAT_JSON:
        ok = json_print(summary, stream);
        break;
    case REPORT_FORMAT_CSV:
        metrics_csv_print(summary, stream);
        break;
    case REPORT_FORMAT_MARKDOWN:
        ok = markdown_print(summary, verbose, stream);
        break;
    default:
        ok = table_print(summary, colour, verbose, stream);
        break;
    }
    return ok && fflush(stream) == 0 && !ferror(stream) ? STATUS_OK : STATUS_FAILED;
}
