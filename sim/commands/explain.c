/* explain.c - `gpuplan explain RUN.h5`: why a job waited, or what waiting cost; nothing simulated.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/commands/commands.h"
#include "sim/commands/options.h"
#include "sim/commands/show.h"
#include "sim/report/explain.h"
#include "sim/report/json_help.h"

static const char HELP[] =
    "gpuplan explain - why jobs waited, from a result file\n"
    "\n"
    "Examples\n"
    "  gpuplan explain run.h5                       the reasons that cost most GPU-hours\n"
    "  gpuplan explain run.h5 --job train-7         one job: when it waited, why, where it ran\n"
    "  gpuplan explain run.h5 --job train-7 --variant fgd\n"
    "  gpuplan explain run.h5 --format json | jq .  for programs; layout in docs/results.md\n"
    "\n"
    "Usage: gpuplan explain RUN.h5 [--job ID] [OPTIONS]\n";

enum { OPTION_JOB = OPTION_FIRST, OPTION_VARIANT, OPTION_FORMAT };

static const OptionSpec OPTIONS[] = {
    {"job", 0, "ID", "the job to explain; without: the whole cluster", OPTION_JOB},
    {"variant", 0, "NAME", "which variant (default: the first)", OPTION_VARIANT},
    FORMAT_OPTION(OPTION_FORMAT),
    {NULL, 0, NULL, NULL, 0},
};

typedef struct ExplainOptions {
    const char *path, *job, *variant;
    ReportFormat format;
} ExplainOptions;

/* OPTION_DONE, or OPTION_STOP with parser->status. */
static int options_parse(OptionParser *parser, ExplainOptions *options)
{
    int id;
    while ((id = options_next(parser)) >= 0) {
        if (id == OPTION_JOB) {
            options->job = parser->argument;
        } else if (id == OPTION_VARIANT) {
            options->variant = parser->argument;
        } else if (!option_format(parser, &options->format)) {
            parser->status = STATUS_USAGE;
            return OPTION_STOP;
        }
    }
    return id;
}

/* "no job `x`", with the nearest name of those there are. */
static Status name_unknown(const ExplainOptions *options, const char *what, const char *name,
                           const char *const *names, int count, Diagnostics *diagnostics)
{
    char help[512];
    const char *nearest = nearest_name(name, names, count);
    if (nearest != NULL) {
        snprintf(help, sizeof help, "did you mean `%.200s`?", nearest);
    } else if (count > 0) {
        snprintf(help, sizeof help, "it has %d, from `%.100s` to `%.100s`", count, names[0],
                 names[count - 1]);
    } else {
        snprintf(help, sizeof help, "it has none");
    }
    return diagnostics_error(diagnostics, (Place){.file = options->path}, "unknown-name", help,
                             "has no %s `%s`", what, name);
}

/* The variant's name in the summary, or NULL with a diagnostic. */
static const char *variant_pick(const json_t *summary, const ExplainOptions *options,
                                Diagnostics *diagnostics)
{
    const json_t *variants = json_object_get(summary, "variants"), *variant;
    int count = (int)json_array_size(variants);
    const char **names = calloc((size_t)count + 1, sizeof *names);
    const char *found = NULL;
    size_t i;
    if (names == NULL) {
        diagnostics_no_memory(diagnostics);
        return NULL;
    }
    json_array_foreach (variants, i, variant) {
        names[i] = json_text_at(variant, "name");
        bool wanted = options->variant == NULL ? i == 0 : strcmp(names[i], options->variant) == 0;
        found = wanted ? names[i] : found;
    }
    if (found == NULL) {
        name_unknown(options, "variant", options->variant != NULL ? options->variant : "", names,
                     count, diagnostics);
    }
    free(names);
    return found;
}

static Status explanation_show(const json_t *explanation, const ExplainOptions *options,
                               const GlobalOptions *global, Diagnostics *diagnostics)
{
    if (explanation == NULL) {
        return diagnostics_no_memory(diagnostics);
    }
    if (explain_print(explanation, options->format, colour_wanted(global, stdout), stdout) !=
        STATUS_OK) {
        diagnostics_error(diagnostics, (Place){.file = "stdout"}, "io", NULL,
                          "cannot write the explanation");
        return STATUS_FAILED;
    }
    return STATUS_OK;
}

static Status tables_explain(const RunTables *tables, const char *variant,
                             const ExplainOptions *options, const GlobalOptions *global,
                             Diagnostics *diagnostics)
{
    int64_t job = options->job != NULL ? explain_find(tables, options->job) : -1;
    if (options->job != NULL && job < 0) {
        return name_unknown(options, "job", options->job, (const char *const *)tables->jobs.job,
                            (int)tables->jobs.count, diagnostics);
    }
    WaitIndex index;
    if (!wait_index_init(&index, tables)) {
        return diagnostics_no_memory(diagnostics);
    }
    json_t *explanation =
        options->job != NULL ? explain_job(&index, variant, job) : explain_cluster(&index, variant);
    Status status = explanation_show(explanation, options, global, diagnostics);
    json_decref(explanation);
    wait_index_free(&index);
    return status;
}

static Status file_explain(const ExplainOptions *options, const GlobalOptions *global,
                           Diagnostics *diagnostics)
{
    json_t *summary = NULL;
    Status status = hdf5_read_summary(options->path, &summary, diagnostics);
    if (status != STATUS_OK) {
        return status;
    }
    const char *variant = variant_pick(summary, options, diagnostics);
    status = diagnostics_status(diagnostics);
    if (variant != NULL) {
        RunTables tables;
        status = run_tables_read(&tables, options->path, variant, diagnostics);
        if (status == STATUS_OK) {
            status = tables_explain(&tables, variant, options, global, diagnostics);
        }
        run_tables_free(&tables);
    }
    json_decref(summary);
    return status;
}

Status command_explain(int argc, char **argv)
{
    OptionParser parser;
    ExplainOptions options = {.format = REPORT_FORMAT_TABLE};
    options_begin(&parser, argc, argv, OPTIONS, HELP);
    if (options_parse(&parser, &options) == OPTION_STOP) {
        return parser.status;
    }
    if (parser.operand_count != 1) {
        return usage_error("explain", parser.operand_count == 0 ? "which result file?"
                                                                : "expected one result file");
    }
    options.path = parser.operands[0];
    Diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    Status status = file_explain(&options, &parser.global, &diagnostics);
    diagnostics_print(&diagnostics, stderr, colour_wanted(&parser.global, stderr));
    diagnostics_free(&diagnostics);
    return status;
}
