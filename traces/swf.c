/* swf.c - Standard Workload Format 2.2: eighteen numbers a line, comments behind semicolons.
 *
 * -1 means unknown in every field. A line with status 2, 3 or 4 is a burst of a job that has a
 * summary line too. The format knows no GPUs: a processor is a GPU, or a core (`as: cpu`).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/units.h"
#include "traces/line_reader.h"
#include "traces/readers.h"
#include "traces/trace_reader.h"

enum {
    SWF_JOB,
    SWF_SUBMIT,
    SWF_WAIT,
    SWF_RUN,
    SWF_PROCESSORS,
    SWF_CPU_TIME,
    SWF_MEMORY,
    SWF_PROCESSORS_REQUESTED,
    SWF_TIME_REQUESTED,
    SWF_MEMORY_REQUESTED,
    SWF_STATUS,
    SWF_USER,
    SWF_GROUP,
    SWF_EXECUTABLE,
    SWF_QUEUE,
    SWF_PARTITION,
    SWF_PRECEDING,
    SWF_THINK,
    SWF_FIELDS
};

static const char *const FIELD_NAMES[SWF_FIELDS] = {
    "job number",
    "submit time",
    "wait time",
    "run time",
    "allocated processors",
    "average CPU time",
    "used memory",
    "requested processors",
    "requested time",
    "requested memory",
    "status",
    "user",
    "group",
    "executable",
    "queue",
    "partition",
    "preceding job",
    "think time",
};

enum {
    STATUS_SWF_FAILED = 0,
    STATUS_SWF_COMPLETED = 1,
    STATUS_SWF_BURST_FIRST = 2,
    STATUS_SWF_BURST_LAST = 4,
    STATUS_SWF_CANCELLED = 5
};

#define SWF_VALUE_MAX (TRACE_TIME_MS_MAX / 1000)

typedef struct SwfReader {
    TraceReader *trace;
    LineReader *lines;
    int64_t start_unix_ms; /* of time 0 */
} SwfReader;

static Place field_place(const SwfReader *reader, const char *line, size_t at, size_t length)
{
    return (Place){.file = reader->lines->path,
                   .line = reader->lines->line_number,
                   .column = (int)at + 1, /* fields are ASCII */
                   .length = (int)length,
                   .source = line};
}

/* ---- comments -------------------------------------------------------------------------------- */

/* `; UnixStartTime: 1772409600` gives the log a calendar; what it does not know it leaves out. */
static void comment_read(SwfReader *reader, const char *line)
{
    static const char NAME[] = "UnixStartTime:";
    const char *at = line + strspn(line, "; \t");
    if (strncmp(at, NAME, sizeof NAME - 1) != 0 || reader->trace->stats->rows_read > 0) {
        return; /* it stands above the jobs */
    }
    at += sizeof NAME - 1;
    at += strspn(at, " \t");
    int64_t seconds = 0;
    size_t digits = strspn(at, "0123456789");
    if (digits == 0 || digits > 11 || at[digits + strspn(at + digits, " \t")] != '\0') {
        return; /* `UNKNOWN` */
    }
    for (size_t i = 0; i < digits; i++) {
        seconds = seconds * 10 + (at[i] - '0');
    }
    reader->trace->has_calendar = true;
    reader->start_unix_ms = seconds * 1000;
}

/* ---- fields ---------------------------------------------------------------------------------- */

/* A number, in thousandths: times and averages may have a fraction. False: it is none. */
static bool number_read(const char *text, size_t length, int64_t *thousandths)
{
    size_t at = text[0] == '-' || text[0] == '+';
    int64_t sum = 0;
    size_t digits = 0;
    for (; at < length && text[at] >= '0' && text[at] <= '9'; at++, digits++) {
        if (sum > SWF_VALUE_MAX) {
            return false;
        }
        sum = sum * 10 + (text[at] - '0');
    }
    sum *= 1000;
    if (at < length && text[at] == '.') {
        int scale = 100;
        for (at++; at < length && text[at] >= '0' && text[at] <= '9'; at++, digits++, scale /= 10) {
            sum += (int64_t)(text[at] - '0') * scale;
        }
    }
    *thousandths = text[0] == '-' ? -sum : sum;
    return at == length && digits > 0 && sum <= SWF_VALUE_MAX * 1000;
}

static bool fields_refuse_count(const SwfReader *reader, const char *line, int count)
{
    Place place = field_place(reader, line, 0, 1);
    bool cut = reader->lines->last_line_cut && count < SWF_FIELDS;
    diagnostics_error(reader->trace->diagnostics, place, "swf",
                      cut ? "the file seems to be cut off here; get it again" : NULL,
                      "the line has %d fields; expected %d numbers between blanks", count,
                      SWF_FIELDS);
    return false;
}

static bool fields_read(const SwfReader *reader, const char *line, int64_t value[SWF_FIELDS])
{
    int count = 0;
    bool good = true;
    for (size_t at = strspn(line, " \t"); line[at] != '\0'; at += strspn(line + at, " \t")) {
        size_t length = strcspn(line + at, " \t");
        if (count < SWF_FIELDS && !number_read(line + at, length, &value[count])) {
            diagnostics_error(reader->trace->diagnostics, field_place(reader, line, at, length),
                              "swf", "-1 stands for unknown",
                              "%s is '%.*s'; expected a number, -1 to %lld", FIELD_NAMES[count],
                              (int)(length < 40 ? length : 40), line + at,
                              (long long)SWF_VALUE_MAX);
            good = false;
        }
        count++;
        at += length;
    }
    return count == SWF_FIELDS ? good : fields_refuse_count(reader, line, count);
}

/* ---- jobs ------------------------------------------------------------------------------------ */

/* Processors become GPUs or cores, in equal tasks that fit a node. */
static void size_fill(TraceReader *trace, int64_t processors, int line, Request *size)
{
    if (trace->options->as != TRACE_AS_CPU) {
        trace_split_gpus(trace, processors, line, size);
        return;
    }
    int64_t node = trace->node_cpu_milli / 1000;
    int64_t part = node > 0 && processors > node ? node : processors;
    while (part > 1 && processors % part != 0) {
        part--;
    }
    size->cpu_milli = part * 1000;
    size->task_count = (int32_t)(part > 0 ? processors / part : 1);
    size->gang = size->task_count > 1 ? GANG_ALL : GANG_NONE;
    if (size->task_count > 1) {
        trace_count(trace, TRACE_SPLIT, line);
    }
}

/* The number in a field as a text; none where it is unknown. False if memory ran out. */
static bool number_text(TraceReader *trace, int64_t thousandths, bool shared, const char **made)
{
    char text[24];
    if (thousandths < 0) {
        return true;
    }
    int length = snprintf(text, sizeof text, "%lld", (long long)(thousandths / 1000));
    *made =
        shared ? trace_text(trace, text, (size_t)length) : trace_name(trace, text, (size_t)length);
    return *made != NULL;
}

/* Rows that are not jobs, or never ran. */
static bool row_is_left_out(TraceReader *trace, const int64_t value[SWF_FIELDS], int line)
{
    int64_t status = value[SWF_STATUS] / 1000;
    if (status >= STATUS_SWF_BURST_FIRST && status <= STATUS_SWF_BURST_LAST) {
        trace_count(trace, TRACE_BURST, line);
        return true;
    }
    if (status == STATUS_SWF_CANCELLED && value[SWF_RUN] <= 0) {
        trace_count(trace, TRACE_NEVER_RAN, line);
        return true;
    }
    if (value[SWF_PROCESSORS] <= 0 && value[SWF_PROCESSORS_REQUESTED] <= 0) {
        trace_count(trace, TRACE_NO_SIZE, line);
        return true;
    }
    if (value[SWF_RUN] < 0 || value[SWF_SUBMIT] < 0) {
        trace_count(trace, TRACE_NO_DURATION, line);
        return true;
    }
    return false;
}

static bool job_take(SwfReader *reader, const int64_t value[SWF_FIELDS])
{
    TraceReader *trace = reader->trace;
    int line = reader->lines->line_number;
    if (row_is_left_out(trace, value, line)) {
        return true;
    }
    int64_t allocated = value[SWF_PROCESSORS] / 1000;
    int64_t requested = value[SWF_PROCESSORS_REQUESTED] / 1000;
    int64_t processors = allocated > 0 ? allocated : requested;
    int64_t status = value[SWF_STATUS] / 1000;
    if (processors > TRACE_GPUS_MAX) {
        trace_count(trace, TRACE_TOO_LARGE, line);
        return true;
    }
    if (allocated > 0 && requested > 0 && allocated != requested) {
        trace_count(trace, TRACE_SIZE_DIFFERS, line);
    }
    if (value[SWF_PRECEDING] > 0) {
        trace_count(trace, TRACE_DEPENDS, line);
    }
    TraceRow row = {.submit_ms = reader->start_unix_ms + value[SWF_SUBMIT],
                    .start_ms = TRACE_UNKNOWN,
                    .duration_ms = value[SWF_RUN],
                    .estimate_ms = value[SWF_TIME_REQUESTED] > 0 ? value[SWF_TIME_REQUESTED] : 0,
                    .line = line};
    if (value[SWF_WAIT] >= 0) {
        row.start_ms = row.submit_ms + value[SWF_WAIT];
    }
    row.end = status == STATUS_SWF_CANCELLED ? JOB_END_CANCELLED
              : status == STATUS_SWF_FAILED  ? JOB_END_FAILED
                                             : JOB_END_COMPLETED;
    Request size = {0};
    size_fill(trace, processors, line, &size);
    return number_text(trace, value[SWF_JOB], false, &row.name) &&
           number_text(trace, value[SWF_QUEUE], true, &row.queue) &&
           number_text(trace, value[SWF_USER], true, &row.user) && trace_job(trace, row, &size);
}

static bool line_take(SwfReader *reader, char *line, size_t length)
{
    int64_t value[SWF_FIELDS] = {0};
    line[length] = '\0';
    if (line_is_blank(line, length)) {
        return true;
    }
    if (line[strspn(line, " \t")] == ';') {
        comment_read(reader, line);
        return true;
    }
    reader->trace->stats->rows_read++;
    if (!line_is_text(reader->lines, line, length) || !fields_read(reader, line, value)) {
        return true;
    }
    return job_take(reader, value);
}

static Status swf_read(TraceReader *trace)
{
    int errors_before = trace->diagnostics->error_count;
    SwfReader reader = {.trace = trace};
    reader.lines = line_reader_open(trace->options->path, "an SWF file", trace->diagnostics);
    if (reader.lines == NULL) {
        return diagnostics_status(trace->diagnostics);
    }
    char *line = NULL;
    size_t length = 0;
    bool good = true;
    LineRead read = LINE_NONE;
    while (good && (read = line_next(reader.lines, &line, &length)) == LINE_READ) {
        good = line_take(&reader, line, length);
    }
    if (read == LINE_NONE && trace->stats->rows_read == 0) {
        diagnostics_error(trace->diagnostics, (Place){.file = trace->options->path}, "swf", NULL,
                          "the file has no jobs; expected lines of %d numbers", SWF_FIELDS);
    }
    line_reader_close(reader.lines);
    if (!good || trace->diagnostics->out_of_memory) {
        return diagnostics_no_memory(trace->diagnostics);
    }
    return trace->diagnostics->error_count > errors_before ? STATUS_BAD_INPUT : STATUS_OK;
}

const TraceFormat trace_swf = {
    .name = "swf",
    .summary = "Standard Workload Format 2.2; a processor is a GPU (`as: cpu`: a core)",
    .read = swf_read,
};
