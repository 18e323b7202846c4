/* trace_log.c - the options that say which log is meant and how it is read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/commands/trace.h"
#include "traces/fault_log.h"

void trace_log_init(TraceLog *log)
{
    *log = (TraceLog){0};
    trace_options_init(&log->options);
    log->options.format = NULL;
}

void trace_log_free(TraceLog *log)
{
    free(log->path);
    log->path = NULL;
}

/* ---- options --------------------------------------------------------------------------------- */

static bool refuse(OptionParser *parser, const char *option, const char *expected)
{
    parser->status = usage_error(parser->argv[0], "%s %s: %s", option, parser->argument, expected);
    return false;
}

static bool moment_take(OptionParser *parser, const char *option, TraceMoment *moment)
{
    const char *expected = trace_moment_parse(parser->argument, moment);
    return expected == NULL || refuse(parser, option, expected);
}

static bool format_take(OptionParser *parser, TraceLog *log)
{
    const char *names[32];
    int count = 0;
    for (; TRACE_FORMATS[count] != NULL && count < 24; count++) {
        names[count] = TRACE_FORMATS[count]->name;
    }
    for (int i = 0; FAULT_LOG_FORMATS[i] != NULL && count < 32; i++) {
        names[count++] = FAULT_LOG_FORMATS[i]->name;
    }
    const TraceFormat *format = trace_format_named(parser->argument);
    const FaultLogFormat *faults = fault_log_format_named(parser->argument);
    log->options.format = format != NULL ? format->name : NULL;
    log->fault_format = faults != NULL ? faults->name : NULL;
    if (format != NULL || faults != NULL) {
        return true;
    }
    const char *nearest = nearest_name(parser->argument, names, count);
    char expected[96] = "expected a name of `gpuplan list formats`";
    if (nearest != NULL) {
        snprintf(expected, sizeof expected, "did you mean %s?", nearest);
    }
    return refuse(parser, "--format", expected);
}

bool trace_log_option(TraceLog *log, OptionParser *parser, int id)
{
    TraceOptions *options = &log->options;
    const char *expected = NULL;
    int64_t gpus = 0;
    switch (id) {
    case TRACE_LOG_FORMAT:
        return format_take(parser, log);
    case TRACE_LOG_FROM:
        return moment_take(parser, "--from", &options->from);
    case TRACE_LOG_TO:
        return moment_take(parser, "--to", &options->to);
    case TRACE_LOG_ORIGIN:
        log->only_for_jobs = "--origin";
        return moment_take(parser, "--origin", &options->origin);
    case TRACE_LOG_TIMEZONE:
        log->only_for_jobs = "--timezone";
        expected = trace_timezone_parse(parser->argument, &options->timezone_ms);
        return expected == NULL || refuse(parser, "--timezone", expected);
    case TRACE_LOG_GPUS_PER_NODE:
        if (!option_integer(parser, "--gpus-per-node", 1, GP_DEVICES_MAX, &gpus)) {
            parser->status = STATUS_USAGE;
            return false;
        }
        options->gpus_per_node = (int32_t)gpus;
        return true;
    case TRACE_LOG_AS:
    default:
        log->only_for_jobs = "--as";
        options->as = strcmp(parser->argument, "cpu") == 0 ? TRACE_AS_CPU : TRACE_AS_GPU;
        return options->as == TRACE_AS_CPU || strcmp(parser->argument, "gpu") == 0 ||
               refuse(parser, "--as", "expected gpu or cpu");
    }
}

/* ---- the file -------------------------------------------------------------------------------- */

char *trace_path(const char *operand, const GlobalOptions *global)
{
    const char *folder = global->data_dir != NULL ? global->data_dir : getenv("GPUPLAN_DATA");
    if (folder == NULL || folder[0] == '\0' || operand[0] == '/' || access(operand, F_OK) == 0) {
        return strdup(operand);
    }
    char *joined = NULL;
    if (asprintf(&joined, "%s/%s", folder, operand) < 0) {
        return NULL;
    }
    if (access(joined, F_OK) == 0) {
        return joined;
    }
    free(joined);
    return strdup(operand);
}

Status trace_log_find(TraceLog *log, const char *operand, const GlobalOptions *global,
                      Diagnostics *diagnostics)
{
    log->path = trace_path(operand, global);
    if (log->path == NULL) {
        return diagnostics_no_memory(diagnostics);
    }
    log->options.path = log->path;
    if (log->options.format != NULL || log->fault_format != NULL) {
        return STATUS_OK;
    }
    struct stat status;
    const char *path = log->options.path;
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) {
        return diagnostics_error(diagnostics, (Place){.file = path}, "format",
                                 "name it: --format NAME; see gpuplan list formats",
                                 "this is no ordinary file, so its format cannot be looked at");
    }
    char text[TRACE_LOOK_BYTES];
    if (!trace_look(path, text, diagnostics)) {
        return diagnostics_status(diagnostics);
    }
    const FaultLogFormat *faults = fault_log_format_of(text);
    log->fault_format = faults != NULL ? faults->name : NULL;
    log->options.format = faults != NULL ? NULL : trace_format_of(text)->name;
    return STATUS_OK;
}

bool trace_log_is_of_jobs(const TraceLog *log, const char *option, Diagnostics *diagnostics)
{
    Place place = {.file = log->path};
    if (log->fault_format != NULL) {
        diagnostics_error(diagnostics, place, "format", "expected a log of jobs",
                          "this is a fault log (%s)", log->fault_format);
    } else if (option != NULL) {
        diagnostics_error(diagnostics, place, "conflict", "remove it",
                          "%s is for fault logs, and this is a log of jobs (%s)", option,
                          log->options.format);
    }
    return log->fault_format == NULL && option == NULL;
}

const char *trace_rows(int64_t count, char *buffer)
{
    snprintf(buffer, 32, "%lld row%s", (long long)count, count == 1 ? "" : "s");
    return buffer;
}
