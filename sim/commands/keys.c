/* keys.c - `gpuplan keys`: every scenario key with unit, bounds, default and example. */
#include <stdio.h>
#include <string.h>

#include "sim/commands/commands.h"
#include "sim/commands/options.h"
#include "sim/scenario/keys.h"

static const char HELP[] =
    "gpuplan keys [KEY] - what may stand in a scenario\n"
    "\n"
    "  gpuplan keys                             every key, one line each\n"
    "  gpuplan keys cluster.types.h100x8.gpus   one key: unit, bounds, default, example\n"
    "  gpuplan keys gpu_milli                   the end of a key will do\n"
    "  gpuplan keys --format markdown           the reference, docs/keys.md\n";

enum { OPTION_FORMAT = OPTION_FIRST };

static const OptionSpec OPTIONS[] = {
    {"format", 'f', "FORMAT", "table (default) or markdown; for all keys", OPTION_FORMAT},
    {NULL, 0, NULL, NULL, 0},
};

Status command_keys(int argc, char **argv)
{
    KeysFormat format = KEYS_TABLE;
    OptionParser parser;
    options_begin(&parser, argc, argv, OPTIONS, HELP);
    for (int id; (id = options_next(&parser)) != OPTION_DONE;) {
        if (id == OPTION_STOP) {
            return parser.status;
        }
        if (strcmp(parser.argument, "markdown") != 0 && strcmp(parser.argument, "table") != 0) {
            return usage_error(argv[0], "--format %s: expected table or markdown", parser.argument);
        }
        format = strcmp(parser.argument, "markdown") == 0 ? KEYS_MARKDOWN : KEYS_TABLE;
    }
    if (parser.operand_count > 1) {
        return usage_error(argv[0], "expected one key, found %d", parser.operand_count);
    }
    if (parser.operand_count == 1) {
        return keys_print_one(stdout, stderr, parser.operands[0]);
    }
    keys_print_all(stdout, format);
    return STATUS_OK;
}
