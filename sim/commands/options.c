/* options.c - getopt_long with global options, nearest names, and help that is made from the option
 * tables. */
#include "sim/commands/options.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/diagnostic.h"

/* What getopt_long returns for the first long option; letters are below. 0 would mean "unknown". */
#define LONG_FIRST 256

enum {
    GLOBAL_HELP = 1000,
    GLOBAL_COLOUR,
    GLOBAL_NO_COLOUR,
    GLOBAL_QUIET,
    GLOBAL_VERBOSE,
    GLOBAL_DATA
};

const OptionSpec GLOBAL_OPTIONS[] = {
    {"data", 0, "DIR", "where relative data paths are looked up (else $GPUPLAN_DATA)", GLOBAL_DATA},
    {"color", 0, "WHEN", "auto, always or never; also $NO_COLOR", GLOBAL_COLOUR},
    {"no-color", 0, NULL, "the same as --color=never", GLOBAL_NO_COLOUR},
    {"quiet", 'q', NULL, "no progress, no notes", GLOBAL_QUIET},
    {"verbose", 0, NULL, "more tables", GLOBAL_VERBOSE},
    {"help", 'h', NULL, "this text", GLOBAL_HELP},
    {NULL, 0, NULL, NULL, 0},
};

Status usage_error(const char *command, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "gpuplan%s%s: ", command[0] != '\0' ? " " : "", command);
    vfprintf(stderr, format, args);
    fprintf(stderr, "\nSee: gpuplan%s%s --help\n", command[0] != '\0' ? " " : "", command);
    va_end(args);
    return STATUS_USAGE;
}

const OptionSpec *global_option(const char *text, bool *separate)
{
    *separate = false;
    for (const OptionSpec *spec = GLOBAL_OPTIONS; spec->name != NULL; spec++) {
        size_t length = strlen(spec->name);
        if (strncmp(text, "--", 2) == 0 && strncmp(text + 2, spec->name, length) == 0) {
            char after = text[2 + length];
            if (after == '\0' || after == '=') {
                *separate = spec->argument != NULL && after == '\0';
                return spec;
            }
        }
        if (spec->letter != 0 && text[0] == '-' && text[1] == spec->letter && text[2] == '\0') {
            return spec;
        }
    }
    return NULL;
}

static void parser_add(OptionParser *parser, const OptionSpec *spec, size_t *letter_count)
{
    if (parser->count == OPTIONS_MAX) {
        abort(); /* a programmer's error: raise OPTIONS_MAX */
    }
    parser->all[parser->count] = spec;
    parser->longs[parser->count] =
        (struct option){spec->name, spec->argument != NULL ? required_argument : no_argument, NULL,
                        LONG_FIRST + parser->count};
    parser->count++;
    if (spec->letter != 0) {
        parser->letters[(*letter_count)++] = spec->letter;
        if (spec->argument != NULL) {
            parser->letters[(*letter_count)++] = ':';
        }
    }
}

void options_begin(OptionParser *parser, int argc, char **argv, const OptionSpec *specs,
                   const char *help)
{
    *parser = (OptionParser){.argc = argc, .argv = argv, .specs = specs, .help = help};
    size_t letter_count = 0;
    parser->letters[letter_count++] = ':'; /* tell a missing argument from an unknown option */
    for (const OptionSpec *spec = specs; spec->name != NULL; spec++) {
        parser_add(parser, spec, &letter_count);
    }
    for (const OptionSpec *spec = GLOBAL_OPTIONS; spec->name != NULL; spec++) {
        parser_add(parser, spec, &letter_count);
    }
    opterr = 0;
    optind = 0; /* glibc: start afresh */
}

static void print_specs(const OptionSpec *specs)
{
    for (const OptionSpec *spec = specs; spec->name != NULL; spec++) {
        char left[64];
        snprintf(left, sizeof left, "%s%c%s --%s%s%s", spec->letter != 0 ? "-" : " ",
                 spec->letter != 0 ? spec->letter : ' ', spec->letter != 0 ? "," : " ", spec->name,
                 spec->argument != NULL ? "=" : "", spec->argument != NULL ? spec->argument : "");
        printf("  %-28s %s\n", left, spec->summary);
    }
}

static Status help_print(const OptionParser *parser)
{
    fputs(parser->help, stdout);
    if (parser->specs[0].name != NULL) {
        printf("\nOptions\n");
        print_specs(parser->specs);
    }
    printf("\nEverywhere (before or after the command)\n");
    print_specs(GLOBAL_OPTIONS);
    return STATUS_OK;
}

/* Options that people look for in another command than the one that has them. */
static const char *const OWNERS[][2] = {
    {"plots", "report"},
    {"csv", "report"},
    {"html", "report"},
    {"focus", "report"},
    {"set", "run"},
    {"output", "run"},
    {"jobs-csv", "run"},
    {"series-csv", "run"},
    {"replications", "run"},
    {"threads", "run"},
    {"seed", "run"},
    {"keep-jobs", "run"},
    {"compression", "run"},
    {"until-halfwidth", "run"},
    {"max-replications", "run"},
    {"focus-version", "report"},
    {"candidate", "compare"},
    {"against", "gate"},
    {"junit", "gate"},
    {"update", "gate"},
    {"resume", "plan"},
};

static const char *option_owner(const char *name)
{
    for (size_t i = 0; i < sizeof OWNERS / sizeof OWNERS[0]; i++) {
        if (strcmp(OWNERS[i][0], name) == 0) {
            return OWNERS[i][1];
        }
    }
    return NULL;
}

static Status wrong_option(const OptionParser *parser)
{
    const char *command = parser->argv[0];
    const char *word = parser->argv[optind > 0 ? optind - 1 : 0];
    if (optopt != 0) {
        if (strncmp(word, "--", 2) == 0) {
            return usage_error(command, "%.*s takes no value", (int)strcspn(word, "="), word);
        }
        return usage_error(command, "unknown option -%c", optopt);
    }
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word + 2, "="), word + 2);
    const char *candidates[OPTIONS_MAX];
    int starts_with = 0;
    for (int i = 0; i < parser->count; i++) {
        candidates[i] = parser->all[i]->name;
        starts_with += strncmp(candidates[i], name, strlen(name)) == 0;
    }
    if (starts_with > 1) {
        return usage_error(command, "--%s could mean more than one option; write it in full", name);
    }
    const char *owner = option_owner(name);
    if (owner != NULL && strcmp(owner, command) != 0) {
        return usage_error(command, "--%s belongs to `gpuplan %s`%s", name, owner,
                           strcmp(owner, "report") == 0
                               ? ", which reads the file that `gpuplan run -o RUN.h5` writes"
                               : "");
    }
    const char *nearest = nearest_name(name, candidates, parser->count);
    return nearest != NULL
               ? usage_error(command, "unknown option --%s; did you mean --%s?", name, nearest)
               : usage_error(command, "unknown option --%s", name);
}

static Status missing_argument(const OptionParser *parser)
{
    const char *word = parser->argv[optind - 1];
    const char *takes = "a value";
    for (int i = 0; i < parser->count; i++) {
        const OptionSpec *spec = parser->all[i];
        if (strncmp(word, "--", 2) == 0 ? strncmp(spec->name, word + 2, strlen(word + 2)) == 0
                                        : spec->letter == optopt) {
            takes = spec->argument != NULL ? spec->argument : takes;
        }
    }
    return usage_error(parser->argv[0], "%s needs %s after it", word, takes);
}

/* False where the parser must stop: parser->status says why. */
static bool global_apply(OptionParser *parser, int id, const char *argument)
{
    static const char *const WHEN[] = {"auto", "always", "never"};
    switch (id) {
    case GLOBAL_HELP:
        parser->status = help_print(parser);
        return false;
    case GLOBAL_COLOUR:
        for (int i = 0; i < 3; i++) {
            if (strcmp(argument, WHEN[i]) == 0) {
                parser->global.colour = (ColourMode)i;
                return true;
            }
        }
        parser->status =
            usage_error(parser->argv[0], "--color=%s: expected auto, always or never", argument);
        return false;
    case GLOBAL_NO_COLOUR:
        parser->global.colour = COLOUR_NEVER;
        return true;
    case GLOBAL_QUIET:
        parser->global.quiet = true;
        return true;
    case GLOBAL_VERBOSE:
        parser->global.verbose = true;
        return true;
    default:
        parser->global.data_dir = argument;
        return true;
    }
}

int options_next(OptionParser *parser)
{
    for (;;) {
        int found = getopt_long(parser->argc, parser->argv, parser->letters, parser->longs, NULL);
        if (found == -1) {
            parser->operands = parser->argv + optind;
            parser->operand_count = parser->argc - optind;
            return OPTION_DONE;
        }
        if (found == '?' || found == ':') {
            parser->status = found == '?' ? wrong_option(parser) : missing_argument(parser);
            return OPTION_STOP;
        }
        int index = found - LONG_FIRST;
        for (int i = 0; found < LONG_FIRST && i < parser->count; i++) {
            if (parser->all[i]->letter == found) {
                index = i;
            }
        }
        int id = parser->all[index]->id;
        if (id < GLOBAL_HELP) {
            parser->argument = optarg;
            return id;
        }
        if (!global_apply(parser, id, optarg)) {
            return OPTION_STOP;
        }
    }
}

bool option_integer(const OptionParser *parser, const char *option, int64_t lowest, int64_t highest,
                    int64_t *value)
{
    const char *text = parser->argument;
    int64_t sum = 0;
    bool good = text[0] != '\0';
    for (const char *c = text; good && *c != '\0'; c++) {
        good = *c >= '0' && *c <= '9' && sum <= (INT64_MAX - 9) / 10;
        sum = good ? sum * 10 + (*c - '0') : sum;
    }
    if (!good || sum < lowest || sum > highest) {
        usage_error(parser->argv[0], "%s %s: expected a whole number from %lld to %lld", option,
                    text, (long long)lowest, (long long)highest);
        return false;
    }
    *value = sum;
    return true;
}

bool colour_wanted(const GlobalOptions *global, FILE *stream)
{
    if (global->colour != COLOUR_AUTO) {
        return global->colour == COLOUR_ALWAYS;
    }
    const char *no_colour = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    if ((no_colour != NULL && no_colour[0] != '\0') || terminal == NULL ||
        strcmp(terminal, "dumb") == 0) {
        return false;
    }
    return isatty(fileno(stream)) == 1;
}

void diagnostics_show(const Diagnostics *diagnostics, const GlobalOptions *global)
{
    if (!global->quiet || diagnostics->error_count > 0 || diagnostics->out_of_memory) {
        fflush(stdout);
        diagnostics_print(diagnostics, stderr, colour_wanted(global, stderr));
    }
}
