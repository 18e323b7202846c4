/* options.h - one way to parse a command line, the same for every command.
 *
 *     static const OptionSpec OPTIONS[] = {
 *         {"output", 'o', "FILE", "write the result file", OPTION_FIRST},
 *         {0}};
 *     OptionParser parser;
 *     options_begin(&parser, argc, argv, OPTIONS, HELP);
 *     for (int id; (id = options_next(&parser)) != OPTION_DONE;) {
 *         switch (id) {
 *         case OPTION_STOP: return parser.status;    // --help was printed, or a mistake was
 * explained case OPTION_FIRST: path = parser.argument; break;
 *         }
 *     }
 *     parser.operands[0 .. parser.operand_count - 1]
 *
 * The global options (--color, --no-color, --quiet, --verbose, --data, --help) are handled here.
 */
#ifndef SIM_COMMANDS_OPTIONS_H
#define SIM_COMMANDS_OPTIONS_H

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/diagnostic.h"
#include "core/status.h"

#define OPTIONS_MAX 32 /* of one command, global ones included */

enum { OPTION_DONE = -1, OPTION_STOP = -2, OPTION_FIRST = 1 };

typedef struct OptionSpec {
    const char *name;     /* long name; NULL ends the list */
    char letter;          /* short name; 0: none */
    const char *argument; /* what it takes, for messages; NULL: nothing */
    const char *summary;
    int id; /* OPTION_FIRST or more; the command's own */
} OptionSpec;

typedef enum ColourMode { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER } ColourMode;

typedef struct GlobalOptions {
    ColourMode colour;
    bool quiet;
    bool verbose;
    const char *data_dir; /* --data; NULL: not given */
} GlobalOptions;

typedef struct OptionParser {
    GlobalOptions global;
    const char *argument; /* of the option just returned */
    int operand_count;    /* valid after OPTION_DONE */
    char **operands;
    Status status; /* valid after OPTION_STOP */
    /* inside */
    int argc;
    char **argv;
    const OptionSpec *specs;
    const char *help;
    int count;
    const OptionSpec *all[OPTIONS_MAX];
    struct option longs[OPTIONS_MAX + 1];
    char letters[3 * OPTIONS_MAX + 2];
} OptionParser;

extern const OptionSpec GLOBAL_OPTIONS[]; /* ended by a NULL name */

/* `help` is what --help prints: a usage line, examples first, then options. The table of options is
 * appended. */
void options_begin(OptionParser *parser, int argc, char **argv, const OptionSpec *specs,
                   const char *help);
int options_next(OptionParser *parser);

/* The global option `text` ("--color", "--color=always", "-q"), or NULL. *separate: its argument is
 * the next word. */
const OptionSpec *global_option(const char *text, bool *separate);

/* Prints `gpuplan COMMAND: message` and where to find help on stderr; returns STATUS_USAGE. */
Status usage_error(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A whole number in lowest..highest, or a usage error (returns false). */
bool option_integer(const OptionParser *parser, const char *option, int64_t lowest, int64_t highest,
                    int64_t *value);

/* Colour on this stream? Per stream: NO_COLOR, TERM=dumb, --color and whether it is a terminal. */
bool colour_wanted(const GlobalOptions *global, FILE *stream);

/* On stderr, behind what stdout has; with --quiet only where there are errors. */
void diagnostics_show(const Diagnostics *diagnostics, const GlobalOptions *global);

#endif
