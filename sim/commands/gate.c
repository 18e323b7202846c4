/* gate.c - `gpuplan gate SUITE...`: a change of policy passes, fails or is open, in CI. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/commands/commands.h"
#include "sim/commands/gate_run.h"
#include "sim/commands/options.h"
#include "sim/commands/show.h"

static const char HELP[] =
    "gpuplan gate - pass or fail a change of policy in CI\n"
    "\n"
    "Examples\n"
    "  gpuplan gate gate/ --baseline gate/baseline.json --update   store what holds today\n"
    "  gpuplan gate gate/ --baseline gate/baseline.json            is the change no worse?\n"
    "  gpuplan gate new.yaml --against old.yaml                    two files, the same program\n"
    "  gpuplan gate gate/ --against ../main/gate --junit gate.xml  a branch against another\n"
    "\n"
    "Usage: gpuplan gate SUITE... [OPTIONS]\n"
    "\n"
    "A SUITE is a scenario with `gate:` or `expect:`, a folder of them, or a list of them. Each "
    "metric of\n"
    "`gate.margins` must be no worse than its margin, replication by replication on the same "
    "workload,\n"
    "fleet and faults; docs/gate.md says how sure that is.\n"
    "\n"
    "Ends with 0; 3 if something cannot be compared; 4 if a metric got worse or an expectation "
    "failed; 5 if\n"
    "nobody can tell yet; 130 after Ctrl-C, when no file has been touched.\n";

enum {
    OPTION_BASELINE = OPTION_FIRST,
    OPTION_AGAINST,
    OPTION_UPDATE,
    OPTION_JUNIT,
    OPTION_GITHUB,
    OPTION_INCONCLUSIVE,
    OPTION_FORMAT,
    OPTION_JSON,
    OPTION_SET,
    OPTION_THREADS
};

static const OptionSpec OPTIONS[] = {
    {"baseline", 'b', "FILE", "compare with what this file stores", OPTION_BASELINE},
    {"against", 0, "SCENARIO", "compare with this scenario, or folder of them, run now",
     OPTION_AGAINST},
    {"update", 0, NULL, "write the baseline anew instead of comparing", OPTION_UPDATE},
    {"junit", 0, "FILE", "write JUnit XML", OPTION_JUNIT},
    {"github", 0, NULL, "annotations and step summary; by itself in GitHub Actions", OPTION_GITHUB},
    {"inconclusive", 0, "WHAT", "`fail` (default: exit 5) or `pass`", OPTION_INCONCLUSIVE},
    FORMAT_OPTION(OPTION_FORMAT),
    {"json", 0, NULL, "the same as --format json", OPTION_JSON},
    {"set", 0, "KEY=VALUE", "override one key of every scenario of the suite; may be repeated", OPTION_SET},
    {"threads", 0, "N", "results do not depend on it; default: one a core", OPTION_THREADS},
    {NULL, 0, NULL, NULL, 0},
};

/* ---- the command line ---- */

static bool option_take(OptionParser *parser, int id, GateCommand *gate, const char **sets)
{
    int64_t number = 0;
    switch (id) {
    case OPTION_BASELINE:
        gate->baseline = parser->argument;
        return true;
    case OPTION_AGAINST:
        gate->against = parser->argument;
        return true;
    case OPTION_UPDATE:
        gate->update = true;
        return true;
    case OPTION_JUNIT:
        gate->junit = parser->argument;
        return true;
    case OPTION_GITHUB:
        gate->github = true;
        return true;
    case OPTION_INCONCLUSIVE:
        gate->open_passes = strcmp(parser->argument, "pass") == 0;
        if (gate->open_passes || strcmp(parser->argument, "fail") == 0) {
            return true;
        }
        usage_error("gate", "--inconclusive %s: expected fail or pass", parser->argument);
        return false;
    case OPTION_FORMAT:
        return option_format(parser, &gate->format);
    case OPTION_JSON:
        gate->format = REPORT_FORMAT_JSON;
        return true;
    case OPTION_SET:
        sets[gate->load.set_count++] = parser->argument;
        return true;
    default: /* OPTION_THREADS */
        if (option_integer(parser, "--threads", 1, 4096, &number)) {
            gate->threads = (int32_t)number;
            return true;
        }
        return false;
    }
}

static Status options_check(const OptionParser *parser, const GateCommand *gate)
{
    if (parser->operand_count == 0) {
        return usage_error("gate", "which suite? a scenario, a folder of them, or a list of them");
    }
    if (gate->baseline != NULL && gate->against != NULL) {
        return usage_error("gate", "--baseline or --against, not both");
    }
    if (gate->update && gate->baseline == NULL) {
        return usage_error("gate", "--update needs --baseline FILE: what is to be written");
    }
    if (gate->update && gate->junit != NULL) {
        return usage_error("gate", "--update judges nothing, so there is nothing for --junit");
    }
    return STATUS_OK;
}

static Status options_parse(OptionParser *parser, GateCommand *gate, const char **sets, bool *stop)
{
    *stop = true;
    int id;
    while ((id = options_next(parser)) != OPTION_DONE) {
        if (id == OPTION_STOP) {
            return parser->status;
        }
        if (!option_take(parser, id, gate, sets)) {
            return STATUS_USAGE;
        }
    }
    Status status = options_check(parser, gate);
    *stop = status != STATUS_OK;
    return status;
}

Status command_gate(int argc, char **argv)
{
    Arena arena;
    Diagnostics diagnostics;
    arena_init(&arena);
    diagnostics_init(&diagnostics);
    const char **sets = ARENA_ARRAY(&arena, const char *, argc);
    if (sets == NULL) {
        fputs("gpuplan: out of memory\n", stderr);
        return STATUS_FAILED;
    }
    OptionParser parser;
    GateCommand gate = {.format = REPORT_FORMAT_TABLE, .global = &parser.global};
    gate.load.sets = sets;
    options_begin(&parser, argc, argv, OPTIONS, HELP);
    bool stop;
    Status status = options_parse(&parser, &gate, sets, &stop);
    gate.load.data_dir = parser.global.data_dir;
    const char *actions = getenv("GITHUB_ACTIONS");
    gate.github = gate.github || (actions != NULL && strcmp(actions, "true") == 0);
    if (!stop) {
        status = gate_run(&gate, parser.operands, parser.operand_count, &arena, &diagnostics);
    }
    if (status == STATUS_INTERRUPTED) {
        fputs("gpuplan: interrupted; nothing was judged, no file was touched\n", stderr);
    }
    diagnostics_show(&diagnostics, &parser.global);
    diagnostics_free(&diagnostics);
    arena_free(&arena);
    return status;
}
