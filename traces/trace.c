/* trace.c - the table of log formats, what can be asked of them, and how one is told by its looks.
 */
#include "traces/trace.h"

#include <string.h>

#include "core/units.h"
#include "traces/readers.h"
#include "traces/stream.h"
#include "traces/trace_reader.h"

const TraceFormat *const TRACE_FORMATS[] = {
    &trace_native, &trace_openb, &trace_philly, &trace_philly_json, &trace_swf, &trace_sacct, NULL,
};

const TraceFormat *trace_format_named(const char *name)
{
    for (int i = 0; TRACE_FORMATS[i] != NULL; i++) {
        if (strcmp(TRACE_FORMATS[i]->name, name) == 0) {
            return TRACE_FORMATS[i];
        }
    }
    return NULL;
}

/* ---- options --------------------------------------------------------------------------------- */

void trace_options_init(TraceOptions *options)
{
    *options = (TraceOptions){.format = trace_native.name};
}

const char *trace_moment_parse(const char *text, TraceMoment *moment)
{
    int64_t ms = 0;
    if (timestamp_parse(text, &ms) == NULL) {
        *moment = (TraceMoment){.kind = TRACE_MOMENT_CALENDAR, .ms = ms};
        return NULL;
    }
    if (quantity_parse(text, UNIT_DURATION_MS, ROUND_EXACT, &ms) == NULL && ms >= 0 &&
        ms <= TRACE_TIME_MS_MAX) {
        *moment = (TraceMoment){.kind = TRACE_MOMENT_OFFSET, .ms = ms};
        return NULL;
    }
    return "expected a date such as 2017-10-09, a UTC time such as 2017-10-09T08:00:00Z, or a time "
           "since the log's zero such as 115d";
}

static bool two_digits(const char *text, int *value)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9') {
        return false;
    }
    *value = (text[0] - '0') * 10 + text[1] - '0';
    return true;
}

const char *trace_timezone_parse(const char *text, int64_t *timezone_ms)
{
    int hours = 0;
    int minutes = 0;
    if (strcmp(text, "UTC") == 0 || strcmp(text, "Z") == 0) {
        *timezone_ms = 0;
        return NULL;
    }
    if ((text[0] != '+' && text[0] != '-') || !two_digits(text + 1, &hours) || text[3] != ':' ||
        !two_digits(text + 4, &minutes) || text[6] != '\0' || hours > 14 || minutes > 59) {
        return "expected UTC or an offset such as +01:00 or -08:00";
    }
    int64_t ms = ((int64_t)hours * 60 + minutes) * 60000;
    *timezone_ms = text[0] == '-' ? -ms : ms;
    return NULL;
}

/* ---- looks ----------------------------------------------------------------------------------- */

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* Is the first line of `text` a header with this column? */
static bool header_has(const char *text, const char *column, char delimiter)
{
    size_t length = strlen(column);
    size_t line = strcspn(text, "\r\n");
    for (const char *at = text; at + length <= text + line; at++) {
        bool starts = at == text || at[-1] == delimiter || at[-1] == '"';
        char after = at[length];
        if (starts && memcmp(at, column, length) == 0 &&
            (after == delimiter || after == '"' || at + length == text + line)) {
            return true;
        }
    }
    return false;
}

/* Eighteen numbers between blanks. */
static bool looks_like_swf_row(const char *text)
{
    size_t line = strcspn(text, "\r\n");
    int fields = 0;
    for (size_t at = 0; at < line;) {
        at += strspn(text + at, " \t");
        size_t field = strspn(text + at, "-+.0123456789");
        if (field == 0) {
            break;
        }
        fields++;
        at += field;
        if (at < line && text[at] != ' ' && text[at] != '\t') {
            return false;
        }
    }
    return fields == 18;
}

const TraceFormat *trace_format_of(const char *text)
{
    text += starts_with(text, "\xef\xbb\xbf") ? 3 : 0;
    text += strspn(text, " \t\r\n");
    if (text[0] == '[') {
        return &trace_philly_json;
    }
    if (text[0] == ';' || looks_like_swf_row(text)) {
        return &trace_swf;
    }
    if (header_has(text, "JobID", '|') || header_has(text, "JobIDRaw", '|')) {
        return &trace_sacct;
    }
    if (header_has(text, "gpu_time", ',') && header_has(text, "num_gpus", ',')) {
        return &trace_philly;
    }
    return header_has(text, "num_gpu", ',') ? &trace_openb : &trace_native;
}

bool trace_look(const char *path, char text[TRACE_LOOK_BYTES], Diagnostics *diagnostics)
{
    Stream *stream = stream_open(path, diagnostics);
    if (stream == NULL) {
        return false;
    }
    size_t used = 0;
    size_t got = 0;
    StreamRead read = STREAM_READ;
    while (used + 1 < TRACE_LOOK_BYTES && read == STREAM_READ) {
        read = stream_read(stream, text + used, TRACE_LOOK_BYTES - 1 - used, &got);
        used += got;
    }
    stream_close(stream);
    text[used] = '\0';
    return read != STREAM_FAILED;
}

const TraceFormat *trace_format_guess(const char *path, Diagnostics *diagnostics)
{
    char text[TRACE_LOOK_BYTES];
    return trace_look(path, text, diagnostics) ? trace_format_of(text) : NULL;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* Only the list counts: what replays of the openb study want. */
static Status list_read(const TraceOptions *options, Arena *arena, Diagnostics *diagnostics,
                        Cluster *cluster, RequestList *requests, TraceStats *stats)
{
    Place place = {.file = options->path};
    if (strcmp(options->format, trace_openb.name) != 0) {
        return diagnostics_error(diagnostics, place, "conflict", "remove `times: ignored`",
                                 "only logs of format openb are read without their times, not %s",
                                 options->format);
    }
    if (options->from.kind != TRACE_MOMENT_NONE || options->to.kind != TRACE_MOMENT_NONE ||
        options->origin.kind != TRACE_MOMENT_NONE) {
        return diagnostics_error(diagnostics, place, "conflict", "remove one of the two",
                                 "`from`, `to` and `origin` need times, and `times` is ignored");
    }
    Status status = openb_pods_read(options->path, arena, diagnostics, cluster, requests);
    if (status == STATUS_OK) {
        stats->rows_read = stats->rows_kept = requests->count;
        for (int32_t i = 0; i < requests->count; i++) {
            stats->rows_without_gpus += requests->rows[i].gpu_count == 0;
        }
    }
    return status;
}

static void warn_without_gpus(const TraceReader *reader)
{
    const TraceStats *stats = reader->stats;
    if (stats->rows_without_gpus == stats->rows_kept && reader->options->as != TRACE_AS_CPU) {
        diagnostics_warning(reader->diagnostics, (Place){.file = reader->options->path}, "no-gpus",
                            "does whoever wrote the log keep account of GPUs?",
                            "none of the %lld jobs wants a GPU", (long long)stats->rows_kept);
    }
}

Status trace_read(const TraceOptions *options, Arena *arena, Diagnostics *diagnostics,
                  Cluster *cluster, RequestList *requests, TraceStats *stats)
{
    TraceStats own;
    stats = stats != NULL ? stats : &own;
    *stats = (TraceStats){0};
    *requests = (RequestList){0};
    const TraceFormat *format = trace_format_named(options->format);
    if (format == NULL) {
        return diagnostics_error(diagnostics, (Place){.file = options->path}, "format",
                                 "gpuplan list formats", "there is no log format '%s'",
                                 options->format);
    }
    if (options->times == TRACE_TIMES_IGNORED) {
        return list_read(options, arena, diagnostics, cluster, requests, stats);
    }
    TraceReader reader;
    trace_reader_init(&reader, options, arena, diagnostics, cluster, stats);
    Status status = format->read(&reader);
    if (status == STATUS_OK) {
        status = trace_reader_finish(&reader, requests);
    }
    if (status == STATUS_OK) {
        warn_without_gpus(&reader);
    }
    trace_reader_free(&reader);
    return diagnostics->out_of_memory ? STATUS_FAILED : status;
}
