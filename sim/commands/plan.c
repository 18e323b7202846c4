/* plan.c - `gpuplan plan SCENARIO`: the cheapest fleet that meets the targets. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "sim/commands/commands.h"
#include "sim/commands/options.h"
#include "sim/commands/show.h"
#include "sim/experiment/experiment.h"
#include "sim/experiment/interrupts.h"
#include "sim/experiment/plan_study.h"
#include "sim/report/json_help.h"
#include "sim/report/plan_report.h"
#include "sim/report/report.h"
#include "sim/scenario/fleet.h"

static const char HELP[] =
    "gpuplan plan - the cheapest fleet that meets the targets\n"
    "\n"
    "Examples\n"
    "  gpuplan plan my.yaml                         `targets:` and `plan:` say what is asked\n"
    "  gpuplan plan my.yaml -o plan.json            keep everything, as JSON\n"
    "  gpuplan plan my.yaml -o plan.h5              and a run of the winner, for `gpuplan report`\n"
    "  gpuplan plan my.yaml --resume plan.cache     go on where a search was stopped\n"
    "  gpuplan plan my.yaml --set plan.replications=20\n"
    "\n"
    "Usage: gpuplan plan SCENARIO [OPTIONS]\n"
    "\n"
    "Runs fleets with the counts that `plan:` allows, all under the same luck, and prints the "
    "cheapest that\n"
    "meets `targets:`, what binds it, how it does on fresh replications, and how cost trades "
    "against waiting.\n"
    "docs/plan.md says how it searches.\n"
    "\n"
    "Ends with 0; 3 if the scenario is wrong; 4 if no fleet is enough; 5 if the winner did not "
    "meet the targets\n"
    "on fresh replications; 130 after Ctrl-C, when what has run is kept in the --resume file.\n";

enum {
    OPTION_OUTPUT = OPTION_FIRST,
    OPTION_RESUME,
    OPTION_FORMAT,
    OPTION_SET,
    OPTION_SEED,
    OPTION_THREADS
};

static const OptionSpec OPTIONS[] = {
    {"output", 'o', "FILE", "write the plan: FILE.json, or FILE.h5 with a run of the winner",
     OPTION_OUTPUT},
    {"resume", 0, "FILE",
     "keep what has run there as it goes, and begin with what it holds; default with -o: "
     "FILE.cache",
     OPTION_RESUME},
    FORMAT_OPTION(OPTION_FORMAT),
    {"set", 0, "KEY=VALUE", "override one key of the scenario; may be repeated", OPTION_SET},
    {"seed", 0, "N", "instead of the scenario's", OPTION_SEED},
    {"threads", 0, "N", "results do not depend on it; default: one a core", OPTION_THREADS},
    {NULL, 0, NULL, NULL, 0},
};

typedef struct PlanCommand {
    LoadOptions load;
    ReportFormat format;
    int32_t threads;
    const char *output, *resume; /* NULL: not given */
    bool resume_named;           /* by the user */
    const GlobalOptions *global;
} PlanCommand;

/* ---- the command line ---- */

static bool option_take(OptionParser *parser, int id, PlanCommand *plan, const char **sets)
{
    int64_t number = 0;
    switch (id) {
    case OPTION_OUTPUT:
        plan->output = parser->argument;
        return true;
    case OPTION_RESUME:
        plan->resume = parser->argument;
        plan->resume_named = true;
        return true;
    case OPTION_FORMAT:
        return option_format(parser, &plan->format);
    case OPTION_SET:
        sets[plan->load.set_count++] = parser->argument;
        return true;
    case OPTION_SEED:
        plan->load.seed = parser->argument;
        return true;
    default: /* OPTION_THREADS */
        if (option_integer(parser, "--threads", 1, 4096, &number)) {
            plan->threads = (int32_t)number;
            return true;
        }
        return false;
    }
}

static Status operands_check(const OptionParser *parser, const PlanCommand *plan)
{
    if (parser->operand_count != 1) {
        return usage_error("plan", "expected one scenario, found %d", parser->operand_count);
    }
    if (plan->output != NULL && strcmp(plan->output, "-") != 0 &&
        !text_ends_with(plan->output, ".json") && !text_ends_with(plan->output, ".h5")) {
        return usage_error("plan", "-o %s: expected a name that ends in .json or .h5",
                           plan->output);
    }
    bool piped = plan->output != NULL && strcmp(plan->output, "-") == 0; /* stdin to stdout */
    bool clash = plan->output != NULL && !piped && is_same_file(plan->output, parser->operands[0]);
    clash = clash || (plan->resume != NULL && is_same_file(plan->resume, parser->operands[0]));
    if (clash) {
        return usage_error("plan", "an output would overwrite the scenario %s",
                           parser->operands[0]);
    }
    if (plan->output != NULL && plan->resume != NULL && is_same_file(plan->output, plan->resume)) {
        return usage_error("plan", "-o and --resume both name %s", plan->output);
    }
    return STATUS_OK;
}

/* ---- the plan ---- */

typedef struct Saving {
    const PlanEvaluator *evaluator;
    const char *path;
    Diagnostics *diagnostics;
    Status status;
} Saving;

static void cache_save(void *self)
{
    Saving *saving = self;
    if (saving->status == STATUS_OK) { /* once is enough to say that a disk is full */
        saving->status = plan_cache_write(saving->evaluator, saving->path, saving->diagnostics);
    }
}

/* The winner's run, as `gpuplan run` would write it, with the plan beside. */
static Status winner_write(const PlanCommand *plan, const PlanResult *result, const json_t *json,
                           Arena *arena, Diagnostics *diagnostics)
{
    Scenario *winner = ARENA_NEW(arena, Scenario);
    char *text = json_document(json);
    if (winner == NULL || text == NULL) {
        free(text);
        return diagnostics_no_memory(diagnostics);
    }
    FleetChange change = {.count = result->winner.count};
    ScenarioSet set = *result->set;
    Status status = fleet_build(result->set, &change, arena, diagnostics, winner);
    winner->replications = result->plan->replications;
    set.variant_count = 1;
    set.variants = winner;
    set.expect_count = 0;
    ExperimentOptions options = {.threads = plan->threads};
    ExperimentResult run;
    if (status == STATUS_OK) {
        status = experiment_run(&set, &options, arena, diagnostics, &run);
    }
    if (status == STATUS_OK) {
        run.plan_json = text;
        status = hdf5_write(&run, plan->output, COMPRESSION_ZLIB, diagnostics);
    }
    free(text);
    return status;
}

static Status plan_show(const PlanCommand *plan, const PlanResult *result, Arena *arena,
                        Diagnostics *diagnostics)
{
    json_t *json = plan_json(result);
    if (json == NULL) {
        return diagnostics_no_memory(diagnostics);
    }
    Status status = STATUS_OK;
    if (plan->output != NULL && text_ends_with(plan->output, ".h5")) {
        status = winner_write(plan, result, json, arena, diagnostics);
    } else if (plan->output != NULL) {
        status = plan_json_write(json, plan->output, diagnostics);
    }
    bool taken = plan->output != NULL && strcmp(plan->output, "-") == 0;
    if (!taken &&
        plan_print(json, plan->format, colour_wanted(plan->global, stdout), stdout) != STATUS_OK) {
        diagnostics_error(diagnostics, (Place){.file = "stdout"}, "io", NULL,
                          "cannot write the plan");
        status = STATUS_FAILED;
    }
    json_decref(json);
    return status;
}

static Status set_plan(const PlanCommand *plan, const ScenarioSet *set, Arena *arena,
                       Diagnostics *diagnostics)
{
    PlanEvaluator evaluator;
    PlanResult *result = ARENA_NEW(arena, PlanResult);
    if (result == NULL) {
        return diagnostics_no_memory(diagnostics);
    }
    Status status = plan_evaluator_init(&evaluator, set, arena, diagnostics);
    evaluator.threads = plan->threads;
    evaluator.progress = !plan->global->quiet;
    Saving saving = {&evaluator, plan->resume, diagnostics, STATUS_OK};
    if (status == STATUS_OK && plan->resume != NULL) {
        evaluator.save = cache_save;
        evaluator.save_self = &saving;
        status = plan_cache_read(&evaluator, plan->resume, diagnostics);
    }
    bool began = status == STATUS_OK;
    if (began) {
        status = plan_study(&evaluator, arena, result);
    }
    plan_progress_end(&evaluator);
    bool whole =
        status == STATUS_OK || status == STATUS_UNEXPECTED || status == STATUS_INCONCLUSIVE;
    if (began && plan->resume != NULL && (plan->resume_named || !whole)) {
        cache_save(&saving);
    }
    if (whole) {
        Status shown = plan_show(plan, result, arena, diagnostics);
        status = shown != STATUS_OK ? shown : status;
        if (shown == STATUS_OK && plan->resume != NULL && !plan->resume_named) {
            remove(plan->resume); /* the plan is complete */
        }
    }
    if (status == STATUS_INTERRUPTED) {
        fprintf(
            stderr, "gpuplan: interrupted after %lld runs; %s%s\n", (long long)evaluator.simulated,
            plan->resume != NULL ? "go on with --resume " : "--resume FILE would have kept them",
            plan->resume != NULL ? plan->resume : "");
    }
    plan_evaluator_free(&evaluator);
    return saving.status != STATUS_OK ? saving.status : status;
}

/* FILE.cache beside the output, unless the user names another. */
static bool resume_default(PlanCommand *plan, Arena *arena)
{
    if (plan->resume != NULL || plan->output == NULL || strcmp(plan->output, "-") == 0) {
        return true;
    }
    size_t size = strlen(plan->output) + sizeof ".cache";
    char *path = arena_alloc(arena, size, 1);
    if (path != NULL) {
        snprintf(path, size, "%s.cache", plan->output);
    }
    plan->resume = path;
    return path != NULL;
}

static Status scenario_plan(PlanCommand *plan, const char *path)
{
    Arena arena;
    Diagnostics diagnostics;
    ScenarioSet set = {0};
    arena_init(&arena);
    diagnostics_init(&diagnostics);
    Status status = STATUS_OK;
    if (!resume_default(plan, &arena)) {
        status = diagnostics_no_memory(&diagnostics);
    }
    if (status == STATUS_OK && plan->output != NULL && strcmp(plan->output, "-") != 0) {
        status = result_target_check(plan->output, &diagnostics);
    }
    if (status == STATUS_OK && plan->resume != NULL) {
        status = result_target_check(plan->resume, &diagnostics);
    }
    if (status == STATUS_OK) {
        status = scenario_load(path, &plan->load, &arena, &diagnostics, &set);
    }
    if (status == STATUS_OK) {
        interrupts_catch();
        status = set_plan(plan, &set, &arena, &diagnostics);
        interrupts_release();
    }
    diagnostics_show(&diagnostics, plan->global);
    diagnostics_free(&diagnostics);
    arena_free(&arena);
    return status;
}

Status command_plan(int argc, char **argv)
{
    Arena arena;
    arena_init(&arena);
    const char **sets = ARENA_ARRAY(&arena, const char *, argc);
    if (sets == NULL) {
        fputs("gpuplan: out of memory\n", stderr);
        return STATUS_FAILED;
    }
    OptionParser parser;
    PlanCommand plan = {.format = REPORT_FORMAT_TABLE, .global = &parser.global};
    plan.load.sets = sets;
    options_begin(&parser, argc, argv, OPTIONS, HELP);
    Status status = STATUS_OK;
    int id;
    while (status == STATUS_OK && (id = options_next(&parser)) != OPTION_DONE) {
        if (id == OPTION_STOP) {
            arena_free(&arena);
            return parser.status;
        }
        status = option_take(&parser, id, &plan, sets) ? STATUS_OK : STATUS_USAGE;
    }
    plan.load.data_dir = parser.global.data_dir;
    if (status == STATUS_OK) {
        status = operands_check(&parser, &plan);
    }
    if (status == STATUS_OK) {
        status = scenario_plan(&plan, parser.operands[0]);
    }
    arena_free(&arena);
    return status;
}
