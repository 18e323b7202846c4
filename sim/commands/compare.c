/* compare.c - `gpuplan compare`: what a change does, and how sure that is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/commands/commands.h"
#include "sim/commands/compare_sources.h"
#include "sim/commands/options.h"
#include "sim/commands/show.h"
#include "sim/experiment/experiment.h"
#include "sim/report/compare_json.h"
#include "sim/report/json_help.h"

static const char HELP[] =
    "gpuplan compare - what a change does, and how sure that is\n"
    "\n"
    "Examples\n"
    "  gpuplan compare my.yaml                             its other variants with the first\n"
    "  gpuplan compare my.yaml --baseline a --candidate b  two of them\n"
    "  gpuplan compare old.h5 new.h5                       two result files\n"
    "  gpuplan compare old.yaml new.yaml --format markdown two scenarios, for a pull request\n"
    "\n"
    "Usage: gpuplan compare OLD [NEW] [OPTIONS]\n"
    "\n"
    "OLD and NEW are scenarios, which are run, or result files of `gpuplan run -o`. Without NEW, "
    "variants of\n"
    "OLD are compared; with it, variants of one name, else the first ones. Printed are the metrics "
    "with their\n"
    "intervals, the ledger from what is paid for to what is productive, the jobs that moved most, "
    "and what is\n"
    "saved. docs/evidence.md says what the words mean.\n";

enum {
    OPTION_BASELINE = OPTION_FIRST,
    OPTION_CANDIDATE,
    OPTION_FORMAT,
    OPTION_SET,
    OPTION_SEED,
    OPTION_REPLICATIONS,
    OPTION_THREADS
};

static const OptionSpec OPTIONS[] = {
    {"baseline", 0, "NAME", "the old variant; default: the first", OPTION_BASELINE},
    {"candidate", 0, "NAME", "the new variant; default: each of the others", OPTION_CANDIDATE},
    FORMAT_OPTION(OPTION_FORMAT),
    {"set", 0, "KEY=VALUE", "override one key of the scenarios; may be repeated", OPTION_SET},
    {"seed", 0, "N", "instead of the scenarios'", OPTION_SEED},
    {"replications", 0, "N", "instead of the scenarios'", OPTION_REPLICATIONS},
    {"threads", 0, "N", "results do not depend on it; default: one a core", OPTION_THREADS},
    {NULL, 0, NULL, NULL, 0},
};

typedef struct CompareCommand {
    CompareRun run;
    const char *baseline, *candidate; /* NULL: not given */
    ReportFormat format;
    const GlobalOptions *global;
} CompareCommand;

static bool option_take(OptionParser *parser, int id, CompareCommand *compare, const char **sets)
{
    int64_t number = 0;
    switch (id) {
    case OPTION_BASELINE:
        compare->baseline = parser->argument;
        return true;
    case OPTION_CANDIDATE:
        compare->candidate = parser->argument;
        return true;
    case OPTION_FORMAT:
        return option_format(parser, &compare->format);
    case OPTION_SET:
        sets[compare->run.load.set_count++] = parser->argument;
        return true;
    case OPTION_SEED:
        compare->run.load.seed = parser->argument;
        return true;
    case OPTION_REPLICATIONS:
        compare->run.load.replications = parser->argument;
        return true;
    default: /* OPTION_THREADS */
        if (!option_integer(parser, "--threads", 1, 4096, &number)) {
            return false;
        }
        compare->run.threads = (int32_t)number;
        return true;
    }
}

static Status options_parse(OptionParser *parser, CompareCommand *compare, const char **sets,
                            bool *stop)
{
    *stop = true;
    int id;
    while ((id = options_next(parser)) != OPTION_DONE) {
        if (id == OPTION_STOP) {
            return parser->status;
        }
        if (!option_take(parser, id, compare, sets)) {
            return STATUS_USAGE;
        }
    }
    if (parser->operand_count == 0) {
        return usage_error("compare",
                           "compare what? A scenario with variants, or two result files");
    }
    if (parser->operand_count > 2) {
        return usage_error("compare", "expected one or two scenarios or result files, there are %d",
                           parser->operand_count);
    }
    *stop = false;
    return STATUS_OK;
}

/* ---- which with which ---- */

typedef struct Pairs {
    const CompareCommand *command;
    CompareSource *from, *to; /* the same one where there is one operand */
    Diagnostics *diagnostics;
    json_t *comparisons;
} Pairs;

static Status pair_add(Pairs *pairs, const json_t *from, const json_t *to)
{
    CompareSide old, new;
    RunTables old_tables = {0};
    RunTables new_tables = {0};
    JobView old_view, new_view;
    Status status =
        compare_side(pairs->from, from, &old_tables, &old_view, &old, pairs->diagnostics);
    if (status == STATUS_OK) {
        status = compare_side(pairs->to, to, &new_tables, &new_view, &new, pairs->diagnostics);
    }
    if (status == STATUS_OK && !json_push(pairs->comparisons, compare_json(&old, &new))) {
        status = diagnostics_no_memory(pairs->diagnostics);
    }
    run_tables_free(&old_tables);
    run_tables_free(&new_tables);
    return status;
}

/* All variants of one source but the baseline, with it. */
static Status pairs_of_one(Pairs *pairs, const json_t *baseline)
{
    const json_t *variants = json_object_get(pairs->to->summary, "variants"), *variant;
    Status status = STATUS_OK;
    size_t i;
    json_array_foreach (variants, i, variant) {
        if (variant != baseline && status == STATUS_OK) {
            status = pair_add(pairs, baseline, variant);
        }
    }
    if (json_array_size(pairs->comparisons) == 0 && status == STATUS_OK) {
        status =
            diagnostics_error(pairs->diagnostics, (Place){.file = pairs->from->path}, "compare",
                              "add `variants:`, or name a second scenario or result file",
                              "has one variant: there is nothing to compare it with");
    }
    return status;
}

/* Variants of one name; none: the first ones. */
static Status pairs_of_two(Pairs *pairs, const json_t *baseline)
{
    const json_t *variants = json_object_get(pairs->to->summary, "variants"), *variant;
    Status status = STATUS_OK;
    size_t i;
    json_array_foreach (variants, i, variant) {
        const json_t *same = compare_variant(pairs->from->summary, json_text_at(variant, "name"));
        same = pairs->command->baseline != NULL ? baseline : same;
        if (same != NULL && status == STATUS_OK) {
            status = pair_add(pairs, same, variant);
        }
    }
    bool none = json_array_size(pairs->comparisons) == 0 && status == STATUS_OK;
    return none ? pair_add(pairs, baseline, json_array_get(variants, 0)) : status;
}

static Status pairs_add(Pairs *pairs)
{
    const CompareCommand *command = pairs->command;
    const json_t *baseline = NULL;
    const json_t *candidate = NULL;
    Status status = compare_pick(pairs->from, command->baseline, &baseline, pairs->diagnostics);
    if (command->candidate != NULL) {
        Status other = compare_pick(pairs->to, command->candidate, &candidate, pairs->diagnostics);
        status = status != STATUS_OK ? status : other;
    }
    if (status != STATUS_OK) {
        return status;
    }
    bool one = pairs->from == pairs->to;
    if (candidate == NULL) {
        return one ? pairs_of_one(pairs, baseline) : pairs_of_two(pairs, baseline);
    }
    if (!one && command->baseline == NULL) { /* the old one of its name */
        const json_t *same = compare_variant(pairs->from->summary, command->candidate);
        baseline = same != NULL ? same : baseline;
    }
    if (baseline == candidate) {
        return diagnostics_error(pairs->diagnostics, (Place){.file = pairs->from->path}, "compare",
                                 "--baseline and --candidate name two variants",
                                 "variant `%s` cannot be compared with itself",
                                 json_text_at(candidate, "name"));
    }
    return pair_add(pairs, baseline, candidate);
}

/* ---- the command ---- */

static Status document_print(const CompareCommand *compare, json_t *comparisons,
                             Diagnostics *diagnostics)
{
    json_t *document = comparisons_json(comparisons);
    if (document == NULL) {
        return diagnostics_no_memory(diagnostics);
    }
    Status status = compare_print(document, compare->format, colour_wanted(compare->global, stdout),
                                  compare->global->verbose, stdout);
    if (status != STATUS_OK) {
        diagnostics_error(diagnostics, (Place){.file = "stdout"}, "io", NULL,
                          "cannot write the comparison");
    }
    json_decref(document);
    return status;
}

static Status sources_compare(const CompareCommand *compare, CompareSource *sources, int count,
                              Diagnostics *diagnostics)
{
    Pairs pairs = {.command = compare,
                   .from = &sources[0],
                   .to = &sources[count - 1],
                   .diagnostics = diagnostics,
                   .comparisons = json_array()};
    if (pairs.comparisons == NULL) {
        return diagnostics_no_memory(diagnostics);
    }
    Status status = pairs_add(&pairs);
    if (status != STATUS_OK) {
        json_decref(pairs.comparisons);
        return status;
    }
    return document_print(compare, pairs.comparisons, diagnostics);
}

/* What changes a run changes nothing where all has run. */
static Status options_apply(const CompareCommand *compare, const CompareSource *sources, int count)
{
    const LoadOptions *load = &compare->run.load;
    bool any = load->set_count > 0 || load->seed != NULL || load->replications != NULL;
    for (int i = 0; i < count; i++) {
        any = any && sources[i].is_file;
    }
    return any ? usage_error("compare", "--set, --seed and --replications are of scenarios, and "
                                        "result files have run")
               : STATUS_OK;
}

static Status compare_all(const CompareCommand *compare, char **paths, int count,
                          Diagnostics *diagnostics)
{
    CompareSource sources[2];
    Status status = STATUS_OK;
    Status partial = STATUS_OK;
    int opened = 0;
    while (opened < count && status != STATUS_INTERRUPTED) {
        Status one =
            compare_source_open(&sources[opened], paths[opened], &compare->run, diagnostics);
        opened++;
        bool some = one == STATUS_PARTIAL;
        partial = some ? one : partial;
        status = one == STATUS_OK || some || status != STATUS_OK ? status : one;
    }
    if (status == STATUS_OK) {
        status = options_apply(compare, sources, count);
    }
    if (status == STATUS_OK) {
        status = sources_compare(compare, sources, count, diagnostics);
    }
    for (int i = 0; i < opened; i++) {
        compare_source_close(&sources[i]);
    }
    if (status == STATUS_INTERRUPTED) {
        fputs("gpuplan: interrupted; nothing was compared\n", stderr);
    }
    return status != STATUS_OK ? status : partial;
}

Status command_compare(int argc, char **argv)
{
    const char **sets = calloc((size_t)argc, sizeof *sets);
    if (sets == NULL) {
        fputs("gpuplan: out of memory\n", stderr);
        return STATUS_FAILED;
    }
    OptionParser parser;
    CompareCommand compare = {.format = REPORT_FORMAT_TABLE, .global = &parser.global};
    compare.run.load.sets = sets;
    options_begin(&parser, argc, argv, OPTIONS, HELP);
    bool stop;
    Status status = options_parse(&parser, &compare, sets, &stop);
    compare.run.load.data_dir = parser.global.data_dir;
    compare.run.progress = !parser.global.quiet;
    if (!stop) {
        Diagnostics diagnostics;
        diagnostics_init(&diagnostics);
        interrupts_catch();
        status = compare_all(&compare, parser.operands, parser.operand_count, &diagnostics);
        interrupts_release();
        diagnostics_show(&diagnostics, &parser.global);
        diagnostics_free(&diagnostics);
    }
    free(sets);
    return status;
}
