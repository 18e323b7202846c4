/* trace_convert.c - `gpuplan trace convert`: a log of any format as our own CSV. */
#include <errno.h>
#include <stdio.h>

#include "sim/commands/trace.h"
#include "sim/commands/trace_faults.h"
#include "sim/report/atomic_file.h"
#include "traces/native.h"

static const char HELP[] =
    "gpuplan trace convert - write a log as our own CSV (docs/trace-format.md)\n"
    "\n"
    "Examples\n"
    "  gpuplan trace convert philly_jobs.csv.gz -o philly.csv\n"
    "  gpuplan trace convert accounting.txt --from 2026-03-01 --to 2026-04-01 -o march.csv\n"
    "  gpuplan trace convert machine.swf --as cpu -o - | head\n"
    "  gpuplan trace convert fault_trace.json -o faults.csv   a fault log: docs/fault-logs.md\n"
    "\n"
    "What is dropped is counted on stderr; `gpuplan trace stats` says more.\n"
    "\n"
    "Usage: gpuplan trace convert LOG -o FILE [OPTIONS]\n";

enum { OPTION_OUTPUT = OPTION_FIRST };

static const OptionSpec OPTIONS[] = {
    {"output", 'o', "FILE", "the CSV to write; - is stdout", OPTION_OUTPUT},
    TRACE_LOG_OPTIONS,
    {NULL, 0, NULL, NULL, 0},
};

/* A profile's name needs the cards that it is on, and a converted log has none. */
static Status mig_refuse(const TraceLog *log, const RequestList *requests, Diagnostics *diagnostics)
{
    for (int32_t i = 0; i < requests->count; i++) {
        if (requests->rows[i].mig_profile != GP_MIG_PROFILE_NONE) {
            return diagnostics_error(diagnostics, (Place){.file = log->options.path}, "mig",
                                     "cut the file with other tools, or use it as it is",
                                     "a log with MIG instances cannot be written again");
        }
    }
    return STATUS_OK;
}

static Status list_write(const RequestList *requests, const TraceStats *stats, const char *path,
                         Diagnostics *diagnostics)
{
    AtomicFile file;
    Status status = atomic_file_open(&file, path, diagnostics);
    if (status != STATUS_OK) {
        return status;
    }
    if (!native_write(requests, stats->has_calendar, stats->origin_unix_ms, file.stream)) {
        file.error = errno;
    }
    return atomic_file_commit(&file, diagnostics);
}

static void summary_print(const TraceStats *stats, const char *path)
{
    char rows[32];
    fprintf(stderr, "%s: %lld jobs of %s\n", path, (long long)stats->rows_kept,
            trace_rows(stats->rows_read, rows));
    for (int i = 0; i < stats->reason_count; i++) {
        const TraceReason *reason = &stats->reasons[i];
        fprintf(stderr, "  %s %s: %s\n", reason->dropped ? "dropped" : "kept",
                trace_rows(reason->count, rows), reason->text);
    }
}

static Status convert(TraceLog *log, const char *output, bool quiet, Diagnostics *diagnostics)
{
    Arena arena;
    Cluster cluster = {0};
    RequestList requests = {0};
    TraceStats stats = {0};
    arena_init(&arena);
    Status status = trace_read(&log->options, &arena, diagnostics, &cluster, &requests, &stats);
    if (status == STATUS_OK) {
        status = mig_refuse(log, &requests, diagnostics);
    }
    if (status == STATUS_OK) {
        status = list_write(&requests, &stats, output, diagnostics);
    }
    if (status == STATUS_OK && !quiet) {
        summary_print(&stats, output);
    }
    arena_free(&arena);
    return status;
}

Status trace_command_convert(int argc, char **argv)
{
    OptionParser parser;
    TraceLog log;
    const char *output = NULL;
    trace_log_init(&log);
    options_begin(&parser, argc, argv, OPTIONS, HELP);
    int id;
    while ((id = options_next(&parser)) >= 0) {
        if (id == OPTION_OUTPUT) {
            output = parser.argument;
        } else if (!trace_log_option(&log, &parser, id)) {
            return parser.status;
        }
    }
    if (id == OPTION_STOP) {
        return parser.status;
    }
    if (parser.operand_count != 1) {
        return usage_error(argv[0], parser.operand_count == 0 ? "which log?" : "expected one log");
    }
    if (output == NULL) {
        return usage_error(argv[0], "where to? -o FILE (-o - is stdout)");
    }
    Diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    Status status = trace_log_find(&log, parser.operands[0], &parser.global, &diagnostics);
    if (status == STATUS_OK) {
        status = log.fault_format != NULL
                     ? trace_faults_convert(&log, output, parser.global.quiet, &diagnostics)
                     : convert(&log, output, parser.global.quiet, &diagnostics);
    }
    diagnostics_print(&diagnostics, stderr, colour_wanted(&parser.global, stderr));
    diagnostics_free(&diagnostics);
    trace_log_free(&log);
    return status;
}
