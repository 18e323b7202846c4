/* trace_fit.c - `gpuplan trace fit`: a log as figures for the generator, and how good they are. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sim/commands/trace.h"
#include "sim/commands/trace_faults.h"
#include "sim/commands/trace_fit_table.h"
#include "sim/report/atomic_file.h"
#include "traces/fit.h"

#define WEEK_MS INT64_C(604800000)
#define MONDAY_MS (4 * INT64_C(86400000)) /* 1970-01-05 */

static const char HELP[] =
    "gpuplan trace fit - fit the synthetic generator to a log (docs/synthetic.md), or a failure "
    "model "
    "to a fault log\n"
    "(docs/fault-logs.md)\n"
    "\n"
    "Examples\n"
    "  gpuplan trace fit jobs.csv.gz                      figures and how good they are\n"
    "  gpuplan trace fit jobs.csv.gz -o like-jobs.yaml    and a workload that scenarios extend\n"
    "  gpuplan trace fit jobs.csv --durations family      a formula even where it is far off\n"
    "  gpuplan trace fit jobs.csv --timezone=-08:00       hours of the day as people lived them\n"
    "  gpuplan trace fit fault_trace.json --nodes 400 -o failures.yaml    what fails, for "
    "models.failures\n"
    "\n"
    "Usage: gpuplan trace fit LOG [-o FILE] [OPTIONS]\n";

enum { OPTION_OUTPUT = OPTION_FIRST, OPTION_DURATIONS, OPTION_SEED, OPTION_NODES };

static const OptionSpec OPTIONS[] = {
    {"output", 'o', "FILE", "write the workload as YAML; - is stdout", OPTION_OUTPUT},
    {"durations", 0, "HOW",
     "auto (default): a family of distributions where one is near, else quantiles; family; "
     "quantiles",
     OPTION_DURATIONS},
    {"seed", 0, "N", "of the sample that is drawn to compare (default 1)", OPTION_SEED},
    TRACE_NODES_OPTION(OPTION_NODES),
    TRACE_LOG_OPTIONS,
    {NULL, 0, NULL, NULL, 0},
};

typedef struct FitCommand {
    TraceLog log;
    FitOptions options;
    const char *output;  /* NULL: none */
    const char *of_jobs; /* an option that only a log of jobs has; NULL: none given */
    int64_t nodes;       /* 0: not given */
} FitCommand;

static Status yaml_write(const TraceFit *fit, const TraceLog *log, const char *path,
                         Diagnostics *diagnostics)
{
    const char *slash = strrchr(log->options.path, '/');
    AtomicFile file;
    Status status = atomic_file_open(&file, path, diagnostics);
    if (status != STATUS_OK) {
        return status;
    }
    if (!fit_yaml_write(fit, slash != NULL ? slash + 1 : log->options.path, file.stream)) {
        file.error = errno;
    }
    return atomic_file_commit(&file, diagnostics);
}

static Status log_fit(FitCommand *command, Diagnostics *diagnostics)
{
    Arena arena;
    Cluster cluster = {0};
    RequestList requests = {0};
    TraceStats stats = {0};
    TraceFit fit;
    const TraceOptions *options = &command->log.options;
    arena_init(&arena);
    Status status = trace_read(options, &arena, diagnostics, &cluster, &requests, &stats);
    if (status == STATUS_OK) {
        int64_t zero_ms = stats.origin_unix_ms + options->timezone_ms - MONDAY_MS;
        command->options.has_calendar = stats.has_calendar;
        command->options.week_offset_ms = (zero_ms % WEEK_MS + WEEK_MS) % WEEK_MS;
        status = trace_fit(&requests, &command->options, &arena, diagnostics, &fit);
    }
    if (status == STATUS_OK) {
        bool to_stdout = command->output != NULL && strcmp(command->output, "-") == 0;
        fit_table_print(&fit, options, to_stdout ? stderr : stdout);
        if (command->output != NULL) {
            status = yaml_write(&fit, &command->log, command->output, diagnostics);
        }
    }
    arena_free(&arena);
    return status;
}

static bool durations_take(OptionParser *parser, FitOptions *options)
{
    static const char *const NAMES[] = {"auto", "family", "quantiles"};
    for (int i = 0; i < 3; i++) {
        if (strcmp(parser->argument, NAMES[i]) == 0) {
            options->durations = (FitDurations)i;
            return true;
        }
    }
    parser->status = usage_error(parser->argv[0],
                                 "--durations %s: expected auto, family or "
                                 "quantiles",
                                 parser->argument);
    return false;
}

static bool option_take(FitCommand *command, OptionParser *parser, int id)
{
    int64_t seed = 0;
    switch (id) {
    case OPTION_OUTPUT:
        command->output = parser->argument;
        return true;
    case OPTION_DURATIONS:
        command->of_jobs = "--durations";
        return durations_take(parser, &command->options);
    case OPTION_NODES:
        parser->status = STATUS_USAGE;
        return option_integer(parser, "--nodes", 1, TRACE_NODES_MAX, &command->nodes);
    case OPTION_SEED:
        command->of_jobs = "--seed";
        parser->status = STATUS_USAGE;
        if (!option_integer(parser, "--seed", 0, INT64_MAX - 1, &seed)) {
            return false;
        }
        command->options.seed = (uint64_t)seed;
        return true;
    default:
        return trace_log_option(&command->log, parser, id);
    }
}

static Status command_run_on(FitCommand *command, const char *operand, const OptionParser *parser)
{
    Diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    Status status = trace_log_find(&command->log, operand, &parser->global, &diagnostics);
    if (status == STATUS_OK && command->log.fault_format != NULL) {
        TraceLog *log = &command->log;
        log->only_for_jobs = log->only_for_jobs != NULL ? log->only_for_jobs : command->of_jobs;
        status = trace_faults_fit(log, command->nodes, command->output, &diagnostics);
    } else if (status == STATUS_OK) {
        const char *option = command->nodes > 0 ? "--nodes" : NULL;
        bool good = trace_log_is_of_jobs(&command->log, option, &diagnostics);
        status = good ? log_fit(command, &diagnostics) : STATUS_BAD_INPUT;
    }
    diagnostics_print(&diagnostics, stderr, colour_wanted(&parser->global, stderr));
    diagnostics_free(&diagnostics);
    trace_log_free(&command->log);
    return status;
}

Status trace_command_fit(int argc, char **argv)
{
    OptionParser parser;
    FitCommand command = {.options = {.seed = 1}};
    trace_log_init(&command.log);
    options_begin(&parser, argc, argv, OPTIONS, HELP);
    int id;
    while ((id = options_next(&parser)) >= 0) {
        if (!option_take(&command, &parser, id)) {
            return parser.status;
        }
    }
    if (id == OPTION_STOP) {
        return parser.status;
    }
    if (parser.operand_count != 1) {
        return usage_error(argv[0], parser.operand_count == 0 ? "which log?" : "expected one log");
    }
    return command_run_on(&command, parser.operands[0], &parser);
}
