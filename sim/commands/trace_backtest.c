/* trace_backtest.c - `gpuplan trace backtest`: a log replayed on a scenario's cluster under its
 * policy, and what came of it beside what the log recorded. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/units.h"
#include "sim/commands/trace.h"
#include "sim/experiment/backtest.h"
#include "sim/report/backtest_report.h"
#include "sim/scenario/load.h"
#include "traces/clock.h"

static const char HELP[] =
    "gpuplan trace backtest - recorded waits and allocation against those of a simulated cluster\n"
    "\n"
    "Examples\n"
    "  gpuplan trace backtest jobs.csv cluster.yaml\n"
    "  gpuplan trace backtest jobs.csv cluster.yaml --set policy.preset=volcano\n"
    "  gpuplan trace backtest accounting.txt cluster.yaml --from 2026-03-01 --format-out json\n"
    "  gpuplan trace backtest jobs.csv cluster.yaml --nodes-series nodes.csv --step 1m\n"
    "\n"
    "Takes the cluster, the queues and the policy of the scenario, and the log in place of its "
    "workload. The last line\n"
    "says how far to trust simulated waits of this cluster; docs/backtest.md says what each figure "
    "is.\n"
    "\n"
    "Usage: gpuplan trace backtest LOG SCENARIO [OPTIONS]\n";

enum { OPTION_SET = OPTION_FIRST, OPTION_VARIANT, OPTION_STEP, OPTION_NODES, OPTION_FORMAT_OUT };

static const OptionSpec OPTIONS[] = {
    {"set", 0, "KEY=VALUE", "override one key of the scenario; may be repeated", OPTION_SET},
    {"variant", 0, "NAME", "of the scenario; else its first", OPTION_VARIANT},
    {"step", 0, "DURATION", "of the series that are compared; default 1h", OPTION_STEP},
    {"nodes-series", 0, "FILE", "recorded nodes with a job: a CSV with columns time, active",
     OPTION_NODES},
    {"format-out", 0, "FORMAT", "table (default), json, csv or markdown", OPTION_FORMAT_OUT},
    TRACE_LOG_OPTIONS,
    {NULL, 0, NULL, NULL, 0},
};

#define STEP_DEFAULT_MS INT64_C(3600000)
#define STEP_MAX_MS (INT64_C(30) * 24 * 3600000)

#define OURS 2 /* settings of our own: workload, start */

typedef struct BacktestCommand {
    TraceLog log;
    const char *from, *to, *timezone, *as; /* as written */
    const char **sets;                     /* [set_count + OURS] the first ones are ours */
    int32_t set_count;
    const char *variant, *nodes_path, *scenario;
    int64_t step_ms;
    ReportFormat format;
    const GlobalOptions *global;
} BacktestCommand;

/* ---- the command line ------------------------------------------------------------------------ */

static bool step_take(OptionParser *parser, int64_t *step_ms)
{
    const char *wrong = quantity_parse(parser->argument, UNIT_DURATION_MS, ROUND_EXACT, step_ms);
    if (wrong == NULL && (*step_ms < 1000 || *step_ms > STEP_MAX_MS)) {
        wrong = "expected 1s to 30d";
    }
    if (wrong != NULL) {
        parser->status = usage_error(parser->argv[0], "--step %s: %s", parser->argument, wrong);
    }
    return wrong == NULL;
}

static void written_keep(BacktestCommand *command, int id, const char *text)
{
    switch (id) {
    case TRACE_LOG_FROM:
        command->from = text;
        break;
    case TRACE_LOG_TO:
        command->to = text;
        break;
    case TRACE_LOG_TIMEZONE:
        command->timezone = text;
        break;
    case TRACE_LOG_AS:
        command->as = text;
        break;
    default:
        break;
    }
}

static bool option_take(BacktestCommand *command, OptionParser *parser, int id)
{
    switch (id) {
    case OPTION_SET:
        command->sets[OURS + command->set_count++] = parser->argument;
        return true;
    case OPTION_VARIANT:
        command->variant = parser->argument;
        return true;
    case OPTION_STEP:
        return step_take(parser, &command->step_ms);
    case OPTION_NODES:
        command->nodes_path = parser->argument;
        return true;
    case OPTION_FORMAT_OUT:
        if (!report_format_parse(parser->argument, &command->format)) {
            parser->status = usage_error(parser->argv[0],
                                         "--format-out %s: expected table, json, csv or markdown",
                                         parser->argument);
            return false;
        }
        return true;
    case TRACE_LOG_ORIGIN:
        parser->status = usage_error(parser->argv[0], "--origin means nothing here: a backtest "
                                                      "starts at --from or the first submission");
        return false;
    default:
        written_keep(command, id, parser->argument);
        return trace_log_option(&command->log, parser, id);
    }
}

/* ---- the log in place of the workload -------------------------------------------------------- */

/* ", key: 'text'"; quotes are doubled, as YAML has it. */
static void key_add(FILE *text, const char *key, const char *value)
{
    if (value == NULL) {
        return;
    }
    fprintf(text, ", %s: '", key);
    for (const char *at = value; *at != '\0'; at++) {
        fputs(*at == '\'' ? "'" : "", text);
        fputc(*at, text);
    }
    fputc('\'', text);
}

/* `workload=[{trace: {...}}]`, the log as the command line describes it. */
static void workload_write(const BacktestCommand *command, FILE *text)
{
    const TraceOptions *options = &command->log.options;
    fprintf(text, "workload=[{trace: {format: %s", options->format);
    key_add(text, "path", options->path);
    key_add(text, "from", command->from);
    key_add(text, "to", command->to);
    key_add(text, "timezone", command->timezone);
    key_add(text, "as", command->as);
    if (options->gpus_per_node > 0) {
        fprintf(text, ", gpus_per_node: %d", (int)options->gpus_per_node);
    }
    fputs(strcmp(options->format, "openb") == 0 ? ", times: recorded}}]" : "}}]", text);
}

/* The text; NULL if memory ran out. Free with free(). */
static char *workload_text(const BacktestCommand *command)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL) {
        return NULL;
    }
    workload_write(command, stream);
    if (fclose(stream) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

/* Before anything is simulated: can the log be read, is there something to compare, when does it
 * begin? */
static Status log_look(const BacktestCommand *command, Diagnostics *diagnostics, TraceStats *stats)
{
    Arena arena;
    Cluster cluster = {0};
    RequestList requests = {0};
    arena_init(&arena);
    Status status =
        trace_read(&command->log.options, &arena, diagnostics, &cluster, &requests, stats);
    arena_free(&arena);
    if (status == STATUS_OK && stats->recorded_starts == 0 && command->nodes_path == NULL) {
        Place place = {.file = command->log.options.path};
        return diagnostics_error(diagnostics, place, "missing",
                                 "compare nodes with a job instead: --nodes-series FILE",
                                 "no job of the log has a recorded start, so there is nothing to "
                                 "hold simulated waits against");
    }
    return status;
}

/* The scenario with the log in place of its workload, and its clock in place of its own. */
static Status scenario_take(const BacktestCommand *command, const TraceStats *stats, Arena *arena,
                            Diagnostics *diagnostics, ScenarioSet *set)
{
    char start[CLOCK_BYTES + 8];
    char date[CLOCK_BYTES];
    char *workload = workload_text(command);
    if (workload == NULL) {
        return diagnostics_no_memory(diagnostics);
    }
    int64_t whole_s = stats->origin_unix_ms - (stats->origin_unix_ms % 1000 + 1000) % 1000;
    snprintf(start, sizeof start, "start=%s", clock_print(whole_s, date));
    command->sets[0] = workload;
    command->sets[1] = start;
    /* Ours go first; without dates there is no start to set. */
    int32_t ours = stats->has_calendar ? OURS : OURS - 1;
    memmove(&command->sets[ours], &command->sets[OURS],
            (size_t)command->set_count * sizeof *command->sets);
    LoadOptions options = {.data_dir = command->global->data_dir,
                           .sets = command->sets,
                           .set_count = command->set_count + ours,
                           .replications = "1",
                           .endless = true}; /* the log says when it is over */
    Status status = scenario_load(command->scenario, &options, arena, diagnostics, set);
    free(workload);
    return status;
}

static Status variant_find(const BacktestCommand *command, const ScenarioSet *set,
                           Diagnostics *diagnostics, Scenario **found)
{
    for (int32_t i = 0; i < set->variant_count; i++) {
        const char *name = set->variants[i].variant;
        if (command->variant == NULL || (name != NULL && strcmp(name, command->variant) == 0)) {
            *found = &set->variants[i];
            return STATUS_OK;
        }
    }
    return diagnostics_error(diagnostics, (Place){.file = command->scenario}, "name",
                             "see its `variants:`", "it has no variant %s", command->variant);
}

/* ---- all of it ------------------------------------------------------------------------------- */

static Status nodes_take(const BacktestCommand *command, const TraceStats *stats, Arena *arena,
                         Diagnostics *diagnostics, NodesSeries *nodes)
{
    char *path = trace_path(command->nodes_path, command->global);
    const char *kept = path != NULL ? arena_strdup(arena, path) : NULL;
    free(path);
    if (kept == NULL) {
        return diagnostics_no_memory(diagnostics);
    }
    Status status =
        nodes_series_read(kept, command->log.options.timezone_ms, arena, diagnostics, nodes);
    if (status == STATUS_OK && nodes->has_calendar != stats->has_calendar) {
        return diagnostics_error(diagnostics, (Place){.file = kept}, "conflict", NULL,
                                 "its times are %s, those of the log %s",
                                 nodes->has_calendar ? "dates" : "seconds",
                                 stats->has_calendar ? "dates" : "seconds");
    }
    return status;
}

static Status backtest_show(const BacktestCommand *command, const Scenario *scenario,
                            const TraceStats *stats, const BacktestOptions *options, Arena *arena,
                            Diagnostics *diagnostics)
{
    Backtest backtest;
    Status status = backtest_run(scenario, options, arena, diagnostics, &backtest);
    if (status != STATUS_OK) {
        return status;
    }
    BacktestTitle title = {
        .log = command->log.options.path,
        .scenario = scenario->name != NULL ? scenario->name : command->scenario,
        .variant = scenario->variant != NULL ? scenario->variant : "",
        .preset = scenario->policy.preset != NULL ? scenario->policy.preset : "none",
        .rows_read = stats->rows_read,
    };
    status = backtest_print(&backtest, &title, command->format,
                            colour_wanted(command->global, stdout), stdout);
    if (status != STATUS_OK) {
        diagnostics_error(diagnostics, (Place){.file = "stdout"}, "io", NULL,
                          "cannot write the report");
    }
    return status;
}

static Status backtest(BacktestCommand *command, Arena *arena, Diagnostics *diagnostics)
{
    TraceStats stats = {0};
    ScenarioSet set = {0};
    Scenario *scenario = NULL;
    NodesSeries nodes;
    Status status = log_look(command, diagnostics, &stats);
    Status loaded =
        status == STATUS_OK ? scenario_take(command, &stats, arena, diagnostics, &set) : status;
    if (loaded == STATUS_OK) {
        loaded = variant_find(command, &set, diagnostics, &scenario);
    }
    if (status == STATUS_OK && command->nodes_path != NULL) {
        status = nodes_take(command, &stats, arena, diagnostics, &nodes);
    }
    if (status != STATUS_OK || loaded != STATUS_OK) {
        return status != STATUS_OK ? status : loaded;
    }
    BacktestOptions options = {.step_ms = command->step_ms,
                               .nodes = command->nodes_path != NULL ? &nodes : NULL};
    return backtest_show(command, scenario, &stats, &options, arena, diagnostics);
}

static Status command_run_on(BacktestCommand *command, char **operands, Arena *arena)
{
    Diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    command->scenario = operands[1];
    Status status = trace_log_find(&command->log, operands[0], command->global, &diagnostics);
    if (status == STATUS_OK && !trace_log_is_of_jobs(&command->log, NULL, &diagnostics)) {
        status = STATUS_BAD_INPUT;
    }
    if (status == STATUS_OK) {
        status = backtest(command, arena, &diagnostics);
    }
    diagnostics_show(&diagnostics, command->global);
    diagnostics_free(&diagnostics);
    trace_log_free(&command->log);
    return status;
}

static Status command_parse(BacktestCommand *command, OptionParser *parser, Arena *arena)
{
    int id;
    while ((id = options_next(parser)) >= 0) {
        if (!option_take(command, parser, id)) {
            return parser->status;
        }
    }
    if (id == OPTION_STOP) {
        return parser->status;
    }
    if (parser->operand_count != 2) {
        return usage_error(parser->argv[0], parser->operand_count == 0   ? "which log?"
                                            : parser->operand_count == 1 ? "which scenario?"
                                                                         : "expected one log and "
                                                                           "one scenario");
    }
    return command_run_on(command, parser->operands, arena);
}

Status trace_command_backtest(int argc, char **argv)
{
    OptionParser parser;
    Arena arena;
    arena_init(&arena);
    BacktestCommand command = {.step_ms = STEP_DEFAULT_MS,
                               .format = REPORT_FORMAT_TABLE,
                               .sets = ARENA_ARRAY(&arena, const char *, argc + OURS),
                               .global = &parser.global};
    if (command.sets == NULL) {
        fputs("gpuplan: out of memory\n", stderr);
        return STATUS_FAILED;
    }
    trace_log_init(&command.log);
    options_begin(&parser, argc, argv, OPTIONS, HELP);
    Status status = command_parse(&command, &parser, &arena);
    arena_free(&arena);
    return status;
}
