/* run.c - `gpuplan run SCENARIO...`: simulate, judge the expectations, report. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/units.h"
#include "sim/commands/commands.h"
#include "sim/commands/options.h"
#include "sim/commands/show.h"
#include "sim/experiment/expect.h"
#include "sim/experiment/experiment.h"
#include "sim/report/report.h"
#include "sim/scenario/load.h"

static const char HELP[] =
    "gpuplan run - simulate a scenario, print what it found\n"
    "\n"
    "Examples\n"
    "  gpuplan run my.yaml                                   every variant, every replication\n"
    "  gpuplan run my.yaml -o run.h5                         keep everything for `gpuplan report`\n"
    "  gpuplan run my.yaml --set cluster.nodes.a.count=100   with one thing changed\n"
    "  gpuplan run my.yaml --replications 30 --format json   for programs\n"
    "  gpuplan run my.yaml --until-halfwidth 1%              as many as that takes, at most 200\n"
    "  gpuplan run scenarios/*.yaml --quiet                  all their `expect:` lines\n"
    "\n"
    "Usage: gpuplan run SCENARIO... [OPTIONS]\n"
    "\n"
    "Ends with 0; 3 if a scenario is wrong; 4 if an expectation failed; 6 if some replications "
    "failed; 130 after\n"
    "Ctrl-C and 143 after SIGTERM, with the report of what was complete.\n";

enum {
    OPTION_SET = OPTION_FIRST,
    OPTION_OUTPUT,
    OPTION_JOBS,
    OPTION_SERIES,
    OPTION_FORMAT,
    OPTION_SEED,
    OPTION_REPLICATIONS,
    OPTION_THREADS,
    OPTION_KEEP,
    OPTION_COMPRESSION,
    OPTION_AUDIT,
    OPTION_HALF_WIDTH,
    OPTION_MAX
};

#define REPLICATIONS_CAP "200" /* of --until-halfwidth */

static const OptionSpec OPTIONS[] = {
    {"set", 0, "KEY=VALUE", "override one key of the scenario; may be repeated", OPTION_SET},
    {"output", 'o', "FILE", "write the result file (HDF5)", OPTION_OUTPUT},
    {"jobs-csv", 0, "FILE", "write one row a job; - for stdout", OPTION_JOBS},
    {"series-csv", 0, "FILE", "write one row a policy pass; - for stdout", OPTION_SERIES},
    FORMAT_OPTION(OPTION_FORMAT),
    {"seed", 0, "N", "instead of the scenario's", OPTION_SEED},
    {"replications", 0, "N", "instead of the scenario's", OPTION_REPLICATIONS},
    {"threads", 0, "N", "results do not depend on it; default: one a core", OPTION_THREADS},
    {"keep-jobs", 0, "WHICH", "job tables of the `first` replication (default) or of `all`",
     OPTION_KEEP},
    {"compression", 0, "HOW",
     "of the result file: `zlib` (default) or `none`: larger, sooner there", OPTION_COMPRESSION},
    {"until-halfwidth", 0, "P[:METRIC]",
     "replications until the 95 % interval is the mean +- P (1%); of productive_share; no tests",
     OPTION_HALF_WIDTH},
    {"max-replications", 0, "N", "of --until-halfwidth; default: " REPLICATIONS_CAP, OPTION_MAX},
    {"audit", 0, NULL, "check devices, queues, jobs and books after every step: slow",
     OPTION_AUDIT},
    {NULL, 0, NULL, NULL, 0},
};

typedef struct RunCommand {
    LoadOptions load;
    ExperimentOptions experiment;
    ReportFormat format;
    Compression compression;
    const char *output, *jobs_csv, *series_csv;
    const char *max_replications;
    const GlobalOptions *global;
} RunCommand;

/* ---- the command line ---- */

static bool option_compression(const OptionParser *parser, Compression *compression)
{
    *compression = strcmp(parser->argument, "none") == 0 ? COMPRESSION_NONE : COMPRESSION_ZLIB;
    if (*compression == COMPRESSION_NONE || strcmp(parser->argument, "zlib") == 0) {
        return true;
    }
    usage_error("run", "--compression %s: expected zlib or none", parser->argument);
    return false;
}

static bool metric_named(const char *name, MetricId *metric)
{
    *metric = metric_find(name);
    if (*metric != METRIC_COUNT) {
        return true;
    }
    const char *nearest = metric_nearest(name);
    usage_error("run", "--until-halfwidth: no metric is called %s; %s%s%s", name,
                nearest != NULL ? "did you mean " : "`gpuplan list metrics` has all of them",
                nearest != NULL ? nearest : "", nearest != NULL ? "?" : "");
    return false;
}

/* `1%`, `0.5%:wait_mean_s`. */
static bool option_half_width(const OptionParser *parser, HalfWidthStop *until)
{
    const char *colon = strchr(parser->argument, ':');
    char width[32];
    snprintf(width, sizeof width, "%.*s", (int)strcspn(parser->argument, ":"), parser->argument);
    *until = (HalfWidthStop){.asked = true, .metric = METRIC_productive_share};
    const char *wrong = quantity_parse(width, UNIT_RATIO_PPM, ROUND_DOWN, &until->target_ppm);
    if (wrong != NULL || until->target_ppm < 1 || until->target_ppm > GP_PPM) {
        usage_error("run", "--until-halfwidth %s: %s", parser->argument,
                    wrong != NULL ? wrong : "expected more than 0 and at most 100%, such as 1%");
        return false;
    }
    return colon == NULL || metric_named(colon + 1, &until->metric);
}

static bool option_take(OptionParser *parser, int id, RunCommand *run, const char **sets)
{
    int64_t number = 0;
    switch (id) {
    case OPTION_SET:
        sets[run->load.set_count++] = parser->argument;
        return true;
    case OPTION_OUTPUT:
        run->output = parser->argument;
        return true;
    case OPTION_JOBS:
        run->jobs_csv = parser->argument;
        return true;
    case OPTION_SERIES:
        run->series_csv = parser->argument;
        return true;
    case OPTION_SEED:
        run->load.seed = parser->argument;
        return true;
    case OPTION_REPLICATIONS:
        run->load.replications = parser->argument;
        return true;
    case OPTION_FORMAT:
        return option_format(parser, &run->format);
    case OPTION_THREADS:
        if (option_integer(parser, "--threads", 1, 4096, &number)) {
            run->experiment.threads = (int32_t)number;
            return true;
        }
        return false;
    case OPTION_AUDIT:
        run->experiment.audit = true;
        return true;
    case OPTION_HALF_WIDTH:
        return option_half_width(parser, &run->experiment.until);
    case OPTION_MAX:
        run->max_replications = parser->argument;
        return option_integer(parser, "--max-replications", 2, 100000, &number);
    case OPTION_COMPRESSION:
        return option_compression(parser, &run->compression);
    default: /* OPTION_KEEP */
        run->experiment.keep_all_jobs = strcmp(parser->argument, "all") == 0;
        if (run->experiment.keep_all_jobs || strcmp(parser->argument, "first") == 0) {
            return true;
        }
        usage_error("run", "--keep-jobs %s: expected first or all", parser->argument);
        return false;
    }
}

static Status options_parse(OptionParser *parser, RunCommand *run, const char **sets, bool *stop)
{
    *stop = true;
    int id;
    while ((id = options_next(parser)) != OPTION_DONE) {
        if (id == OPTION_STOP) {
            return parser->status;
        }
        if (!option_take(parser, id, run, sets)) {
            return STATUS_USAGE;
        }
    }
    if (parser->operand_count == 0) {
        return usage_error("run", "which scenario? `gpuplan new` writes one to start from");
    }
    if (parser->operand_count > 1 &&
        (run->output != NULL || run->jobs_csv != NULL || run->series_csv != NULL)) {
        return usage_error("run", "-o, --jobs-csv and --series-csv take one scenario, there are %d",
                           parser->operand_count);
    }
    if (run->experiment.until.asked && run->load.replications != NULL) {
        return usage_error("run", "--until-halfwidth finds the number that --replications gives; "
                                  "--max-replications limits it");
    }
    if (!run->experiment.until.asked && run->max_replications != NULL) {
        return usage_error("run", "--max-replications belongs to --until-halfwidth");
    }
    if (run->experiment.until.asked) {
        run->load.replications =
            run->max_replications != NULL ? run->max_replications : REPLICATIONS_CAP;
    }
    *stop = false;
    return STATUS_OK;
}

/* ---- one scenario ---- */

/* An output over the scenario itself, or two outputs into one file, would lose something. */
static Status targets_compare(const RunCommand *run, const char *scenario)
{
    const char *const targets[] = {scenario, run->output, run->jobs_csv, run->series_csv};
    static const char *const OPTION[] = {"", "-o", "--jobs-csv", "--series-csv"};
    for (int i = 1; i < 4; i++) {
        for (int k = 0; k < i && targets[i] != NULL; k++) {
            bool input = k == 0 && strcmp(targets[i], "-") == 0; /* from stdin to stdout */
            if (targets[k] == NULL || input || !is_same_file(targets[i], targets[k])) {
                continue;
            }
            return k == 0 ? usage_error("run", "%s %s would overwrite the scenario", OPTION[i],
                                        targets[i])
                          : usage_error("run", "%s and %s both name %s", OPTION[k], OPTION[i],
                                        targets[i]);
        }
    }
    return STATUS_OK;
}

static Status targets_check(const RunCommand *run, Diagnostics *diagnostics)
{
    const char *const targets[] = {run->output, run->jobs_csv, run->series_csv};
    Status worst = STATUS_OK;
    for (int i = 0; i < 3; i++) {
        if (targets[i] != NULL && (i == 0 || strcmp(targets[i], "-") != 0)) {
            Status status = result_target_check(targets[i], diagnostics);
            worst = status != STATUS_OK ? status : worst;
        }
    }
    return worst;
}

static Status files_write(const RunCommand *run, const ExperimentResult *result,
                          Diagnostics *diagnostics)
{
    Status status = STATUS_OK;
    if (run->output != NULL) {
        status = hdf5_write(result, run->output, run->compression, diagnostics);
    }
    if (status == STATUS_OK && run->jobs_csv != NULL) {
        status = jobs_csv_write(result, run->jobs_csv, diagnostics);
    }
    if (status == STATUS_OK && run->series_csv != NULL) {
        status = series_csv_write(result, run->series_csv, diagnostics);
    }
    return status;
}

static bool is_stdout(const char *path)
{
    return path != NULL && strcmp(path, "-") == 0;
}

static Status summary_print(const RunCommand *run, const ExperimentResult *result,
                            Diagnostics *diagnostics)
{
    if (is_stdout(run->jobs_csv) || is_stdout(run->series_csv)) {
        return STATUS_OK; /* stdout holds a table already */
    }
    json_t *summary = summary_json(result);
    if (summary == NULL) {
        return diagnostics_no_memory(diagnostics);
    }
    Status status = summary_show(summary, run->format, run->global, diagnostics);
    json_decref(summary);
    return status;
}

/* Which of two outcomes the exit code tells. */
static Status status_worse(Status a, Status b)
{
    static const Status ORDER[] = {STATUS_INTERRUPTED, STATUS_FAILED,  STATUS_USAGE,
                                   STATUS_BAD_INPUT,   STATUS_PARTIAL, STATUS_UNEXPECTED};
    for (size_t i = 0; i < sizeof ORDER / sizeof ORDER[0]; i++) {
        if (a == ORDER[i] || b == ORDER[i]) {
            return ORDER[i];
        }
    }
    return STATUS_OK;
}

/* Whoever stops when an interval looks good must not test with it. */
static void until_tell(const ExperimentResult *result, int32_t expects)
{
    if (expects > 0) {
        fprintf(
            stderr,
            "gpuplan: expect: %d line%s not judged: the data chose the number of replications\n",
            (int)expects, expects == 1 ? "" : "s");
    }
    if (isnan(result->until.worst)) {
        fprintf(stderr, "gpuplan: %s does not apply to some variant: no half-width to wait for\n",
                METRICS[result->until.metric].name);
    }
}

/* All variants have the same replications; of how many, the longest says. */
static void interruption_tell(const ExperimentResult *result)
{
    int32_t complete = 0;
    int32_t wanted = 0;
    for (int32_t v = 0; v < result->variant_count; v++) {
        const VariantResult *variant = &result->variants[v];
        if (variant->scenario->replications > wanted) {
            complete = variant->replication_count;
            wanted = variant->scenario->replications;
        }
    }
    fprintf(stderr,
            "gpuplan: interrupted; only complete replications count: %d of %d in all variants\n",
            (int)complete, (int)wanted);
}

static Status set_run(const RunCommand *run, const ScenarioSet *set, Arena *arena,
                      Diagnostics *diagnostics)
{
    ExpectList expects;
    Status status = expect_parse(set, arena, diagnostics, &expects);
    if (status != STATUS_OK) {
        return status;
    }
    ExperimentOptions options = run->experiment;
    options.progress = !run->global->quiet;
    options.uses_up = true;
    options.expects = &expects;
    options.no_tables = run->output == NULL && run->jobs_csv == NULL && run->series_csv == NULL;
    ExperimentResult result;
    status = experiment_run(set, &options, arena, diagnostics, &result);
    if (status != STATUS_OK && status != STATUS_PARTIAL && status != STATUS_INTERRUPTED) {
        return status;
    }
    if (result.until.asked) {
        until_tell(&result, expects.count);
    } else {
        status = status_worse(status, expect_judge(&expects, &result, arena, diagnostics));
    }
    if (status == STATUS_INTERRUPTED) {
        interruption_tell(&result);
    }
    Status written = files_write(run, &result, diagnostics);
    Status printed = summary_print(run, &result, diagnostics);
    return status_worse(status, status_worse(written, printed));
}

static Status scenario_run(const RunCommand *run, const char *path)
{
    Arena arena;
    Diagnostics diagnostics;
    arena_init(&arena);
    diagnostics_init(&diagnostics);
    ScenarioSet set = {0};
    Status status = targets_compare(run, path);
    if (status == STATUS_OK) {
        status = targets_check(run, &diagnostics);
    }
    if (status == STATUS_OK) {
        status = scenario_load(path, &run->load, &arena, &diagnostics, &set);
    }
    if (set.mistaken) {
        ExpectList expects;
        status = status_worse(status, expect_parse(&set, &arena, &diagnostics, &expects));
    }
    if (status == STATUS_OK) {
        interrupts_catch(); /* until the files are written: the first Ctrl-C leaves no part of one
                             */
        status = set_run(run, &set, &arena, &diagnostics);
        interrupts_release();
    }
    diagnostics_show(&diagnostics, run->global);
    diagnostics_free(&diagnostics);
    arena_free(&arena);
    return status;
}

Status command_run(int argc, char **argv)
{
    Arena arena;
    arena_init(&arena);
    const char **sets = ARENA_ARRAY(&arena, const char *, argc);
    if (sets == NULL) {
        fputs("gpuplan: out of memory\n", stderr);
        return STATUS_FAILED;
    }
    OptionParser parser;
    RunCommand run = {.format = REPORT_FORMAT_TABLE, .global = &parser.global};
    run.load.sets = sets;
    options_begin(&parser, argc, argv, OPTIONS, HELP);
    bool stop;
    Status status = options_parse(&parser, &run, sets, &stop);
    run.load.data_dir = parser.global.data_dir;
    for (int i = 0; !stop && i < parser.operand_count && status != STATUS_INTERRUPTED; i++) {
        if (parser.operand_count > 1 && run.format == REPORT_FORMAT_TABLE) {
            printf("%s%s:\n", i > 0 ? "\n" : "", parser.operands[i]);
        }
        status = status_worse(status, scenario_run(&run, parser.operands[i]));
    }
    arena_free(&arena);
    return status;
}
