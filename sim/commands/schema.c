/* schema.c - `gpuplan schema`: the JSON Schema of a scenario, for editors. */
#include <stdio.h>
#include <stdlib.h>

#include "sim/commands/commands.h"
#include "sim/commands/options.h"
#include "sim/scenario/keys.h"

static const char HELP[] =
    "gpuplan schema - print the JSON Schema (draft-07) of a scenario\n"
    "\n"
    "  gpuplan schema > scenario.schema.json\n"
    "\n"
    "Put this into the first line of a scenario, and editors complete and check as you type:\n"
    "  # yaml-language-server: $schema=./scenario.schema.json\n";

static const OptionSpec OPTIONS[] = {{NULL, 0, NULL, NULL, 0}};

Status command_schema(int argc, char **argv)
{
    OptionParser parser;
    options_begin(&parser, argc, argv, OPTIONS, HELP);
    if (options_next(&parser) == OPTION_STOP) {
        return parser.status;
    }
    if (parser.operand_count > 0) {
        return usage_error(argv[0], "takes no operand, found %s", parser.operands[0]);
    }
    char *text = schema_text();
    if (text == NULL) {
        fputs("gpuplan schema: out of memory\n", stderr);
        return STATUS_FAILED;
    }
    puts(text);
    free(text);
    return STATUS_OK;
}
