/* check.c - `gpuplan check`: all mistakes of a scenario at once, without running it. */
#include <inttypes.h>
#include <stdio.h>

#include "sim/commands/commands.h"
#include "sim/commands/options.h"
#include "sim/experiment/expect.h"
#include "sim/experiment/plan_evaluate.h"
#include "sim/experiment/gate.h"
#include "sim/scenario/load.h"

static const char HELP[] =
    "gpuplan check SCENARIO... - show all mistakes at once, with place, caret and what to do\n"
    "\n"
    "  gpuplan check my.yaml\n"
    "  gpuplan check --set cluster.nodes.a.count=200 my.yaml\n"
    "\n"
    "Exit code 3 if there are mistakes. Nothing is simulated.\n";

enum { OPTION_SET = OPTION_FIRST };

static const OptionSpec OPTIONS[] = {
    {"set", 0, "KEY=VALUE", "override a key of the scenario; may be given again", OPTION_SET},
    {NULL, 0, NULL, NULL, 0},
};

/* Those that are known before anything is drawn. */
static int64_t job_count(const Scenario *scenario)
{
    int64_t count = 0;
    for (int32_t i = 0; i < scenario->source_count; i++) {
        if (scenario->sources[i].kind == SOURCE_SYNTHETIC) {
            continue;
        }
        const RequestList *rows = &scenario->sources[i].requests;
        for (int32_t row = 0; row < rows->count; row++) {
            count += rows->rows[row].count;
        }
    }
    return count;
}

static bool has_generator(const Scenario *scenario)
{
    bool found = false;
    for (int32_t i = 0; i < scenario->source_count; i++) {
        found = found || scenario->sources[i].kind == SOURCE_SYNTHETIC;
    }
    return found;
}

static void summary_print(const char *path, const ScenarioSet *set)
{
    const Scenario *first = &set->variants[0];
    char jobs[64] = "jobs drawn";
    if (job_count(first) > 0 || !has_generator(first)) {
        snprintf(jobs, sizeof(jobs), "%" PRId64 " jobs listed%s", job_count(first),
                 has_generator(first) ? " and others drawn" : "");
    }
    printf("%s: ok (%" PRId32 " variant%s, %" PRId32 " nodes, %" PRId64 " GPUs, %s, %" PRId32
           " replication%s, %" PRId32 " expectation%s)\n",
           path, set->variant_count, set->variant_count == 1 ? "" : "s", first->cluster.node_count,
           first->cluster.gpu_milli / GP_DEVICE_MILLI, jobs, first->replications,
           first->replications == 1 ? "" : "s", set->expect_count,
           set->expect_count == 1 ? "" : "s");
}

static Status check_one(const char *path, const LoadOptions *options, const GlobalOptions *global)
{
    Arena arena;
    Diagnostics diagnostics;
    ScenarioSet set;
    arena_init(&arena);
    diagnostics_init(&diagnostics);
    Status status = scenario_load(path, options, &arena, &diagnostics, &set);
    if (status == STATUS_OK || set.mistaken) {
        ExpectList expects;
        Status expected = expect_parse(&set, &arena, &diagnostics, &expects);
        status = expected != STATUS_OK ? expected : status;
        expected = set.mistaken ? STATUS_OK : plan_targets_check(&set, &arena, &diagnostics);
        status = expected != STATUS_OK ? expected : status;
        GateRules rules;
        Status gated = gate_parse(&set, &arena, &diagnostics, &rules);
        status = gated != STATUS_OK ? gated : status;
    }
    diagnostics_print(&diagnostics, stderr, colour_wanted(global, stderr));
    if (status == STATUS_OK) {
        summary_print(path, &set);
    } else if (status == STATUS_BAD_INPUT) {
        fprintf(stderr, "%s: %d mistake%s\n", path, diagnostics.error_count,
                diagnostics.error_count == 1 ? "" : "s");
    }
    diagnostics_free(&diagnostics);
    arena_free(&arena);
    return status;
}

Status command_check(int argc, char **argv)
{
    const char *sets[256];
    LoadOptions options = {.sets = sets};
    OptionParser parser;
    options_begin(&parser, argc, argv, OPTIONS, HELP);
    for (int id; (id = options_next(&parser)) != OPTION_DONE;) {
        if (id == OPTION_STOP) {
            return parser.status;
        }
        if (options.set_count == (int32_t)(sizeof(sets) / sizeof(sets[0]))) {
            return usage_error(argv[0], "more than 256 times --set");
        }
        sets[options.set_count++] = parser.argument;
    }
    if (parser.operand_count == 0) {
        return usage_error(argv[0], "name at least one scenario file");
    }
    options.data_dir = parser.global.data_dir;
    Status worst = STATUS_OK;
    for (int i = 0; i < parser.operand_count; i++) {
        Status status = check_one(parser.operands[i], &options, &parser.global);
        /* A file that could not be read says more than one that is wrong. */
        worst = worst == STATUS_OK || status == STATUS_FAILED ? status : worst;
    }
    return worst;
}
