/* main.c - finds the command, hands it its part of the line, turns its answer into the exit code.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/diagnostic.h"
#include "core/packing/gpupack.h"
#include "core/text.h"
#include "models/gsl_errors.h"
#include "sim/commands/commands.h"
#include "sim/commands/options.h"
#include "sim/experiment/interrupts.h"
#include "sim/report/version.h"

#ifndef GPUPLAN_COMMIT
#define GPUPLAN_COMMIT "unknown"
#endif
#ifndef GPUPLAN_LIBRARIES
#define GPUPLAN_LIBRARIES "" /* ", name version" of those that cannot be asked */
#endif

const Command COMMANDS[] = {
    {"run", "simulate a scenario, print what it found", command_run},
    {"check", "show all mistakes in a scenario", command_check},
    {"report", "a result file as tables, one HTML page, figures, CSV, a bill", command_report},
    {"explain", "why a job waited, or what waiting cost", command_explain},
    {"new", "write a commented scenario to start from", command_new},
    {"list", "policies, presets, terms, models, formats, metrics", command_list},
    {"keys", "every scenario key with unit, bounds and default", command_keys},
    {"schema", "JSON Schema of a scenario, for editors", command_schema},
    {"compare", "what a change does: metrics, books, jobs, savings", command_compare},
    {"gate", "pass or fail a change of policy in CI", command_gate},
    {"plan", "the cheapest fleet that meets the targets", command_plan},
    {"trace", "look at a log of jobs or faults, convert it, fit a model to it", command_trace},
    {NULL, NULL, NULL},
};

static void help_short(FILE *stream)
{
    fputs("gpuplan - simulate a GPU cluster and see where its GPU hours and dollars go\n"
          "\n"
          "  gpuplan run SCENARIO     simulate and print the result\n"
          "  gpuplan new              write a scenario to start from\n"
          "  gpuplan --help           all commands, with examples\n",
          stream);
}

static Status help_long(void)
{
    fputs("Examples\n"
          "  gpuplan new > my.yaml                      a commented scenario to start from\n"
          "  gpuplan check my.yaml                      all mistakes at once\n"
          "  gpuplan run my.yaml -o run.h5              simulate every variant, keep the results\n"
          "  gpuplan report run.h5 --html run.html      one page to send, nothing simulated\n"
          "  gpuplan compare my.yaml                    what a change does, saves, and how sure "
          "that is\n"
          "  gpuplan gate my.yaml --baseline base.json  fail a build where a policy got worse\n"
          "  gpuplan plan my.yaml                       the cheapest fleet that meets the targets\n"
          "  gpuplan explain run.h5 --job train-7       why a job waited, what would have helped\n"
          "  gpuplan run my.yaml --set cluster.nodes.a.count=100 --format json\n"
          "\n"
          "Usage: gpuplan COMMAND [OPTIONS]\n"
          "\n"
          "Commands\n",
          stdout);
    for (const Command *command = COMMANDS; command->name != NULL; command++) {
        printf("  %-10s %s\n", command->name, command->summary);
    }
    fputs("\nEverywhere (before or after the command)\n", stdout);
    for (const OptionSpec *spec = GLOBAL_OPTIONS; spec->name != NULL; spec++) {
        printf("  --%s%s%-*s %s\n", spec->name, spec->argument != NULL ? "=" : "",
               (int)(16 - strlen(spec->name) - (spec->argument != NULL)),
               spec->argument != NULL ? spec->argument : "", spec->summary);
    }
    fputs("  --version          version, commit, libraries\n"
          "\n"
          "Exit codes: 0 ok, 1 runtime failure, 2 wrong usage, 3 invalid input,\n"
          "            4 an expectation, gate or target failed, 5 inconclusive, 6 partial, 130 "
          "interrupted\n"
          "\n"
          "gpuplan COMMAND --help tells more about each.\n",
          stdout);
    return STATUS_OK;
}

static Status version_print(void)
{
    char libraries[REPORT_LIBRARIES_MAX];
    report_libraries(libraries);
    printf("gpuplan %s (commit %s)\nlibgpupack ABI %d, %s%s\n", GPUPLAN_VERSION, GPUPLAN_COMMIT,
           GP_ABI_VERSION, libraries, GPUPLAN_LIBRARIES);
    return STATUS_OK;
}

static const Command *command_find(const char *name)
{
    for (const Command *command = COMMANDS; command->name != NULL; command++) {
        if (strcmp(command->name, name) == 0) {
            return command;
        }
    }
    return NULL;
}

/* Somebody gave a file and no command: the one that reads such files, or NULL. */
static const char *command_for_file(const char *name)
{
    return text_ends_with(name, ".yaml") || text_ends_with(name, ".yml") ? "run"
           : text_ends_with(name, ".h5")                                 ? "report"
                                                                         : NULL;
}

static Status command_unknown(const char *name)
{
    const char *reader = command_for_file(name);
    if (reader != NULL) {
        return usage_error("", "'%s' is a file, not a command; did you mean 'gpuplan %s %s'?", name,
                           reader, name);
    }
    const char *names[64];
    int count = 0;
    for (const Command *command = COMMANDS; command->name != NULL && count < 64; command++) {
        names[count++] = command->name;
    }
    const char *nearest = nearest_name(name, names, count);
    return nearest != NULL
               ? usage_error("", "unknown command '%s'; did you mean '%s'?", name, nearest)
               : usage_error("", "unknown command '%s'", name);
}

static Status option_unknown(const char *text)
{
    char name[64];
    const char *start = text + strspn(text, "-");
    snprintf(name, sizeof name, "%.*s", (int)strcspn(start, "="), start);
    const char *names[OPTIONS_MAX] = {"version"};
    int count = 1;
    for (const OptionSpec *spec = GLOBAL_OPTIONS; spec->name != NULL; spec++) {
        names[count++] = spec->name;
    }
    const char *nearest = nearest_name(name, names, count);
    return nearest != NULL
               ? usage_error("", "unknown option %s; did you mean --%s?", text, nearest)
               : usage_error(
                     "", "unknown option %s before the command; options of a command come after it",
                     text);
}

/* Runs `name` with the global options that stood before it put behind it, so that commands parse
 * one line. */
static Status command_call(int argc, char **argv, int name_at)
{
    bool help = strcmp(argv[name_at], "help") == 0;
    if (help && name_at + 1 == argc) {
        return help_long();
    }
    const char *name = argv[name_at + (help ? 1 : 0)];
    const Command *command = command_find(name);
    if (command == NULL) {
        return command_unknown(name);
    }
    char **line = malloc(((size_t)argc + 2) * sizeof *line);
    if (line == NULL) {
        fputs("gpuplan: out of memory\n", stderr);
        return STATUS_FAILED;
    }
    static char help_option[] = "--help";
    int count = 0;
    line[count++] = argv[name_at + (help ? 1 : 0)];
    for (int i = 1; i < name_at; i++) {
        line[count++] = argv[i];
    }
    if (help) {
        line[count++] = help_option;
    }
    for (int i = name_at + (help ? 2 : 1); i < argc; i++) {
        line[count++] = argv[i];
    }
    line[count] = NULL;
    Status status = command->run(count, line);
    free(line);
    return status;
}

static Status dispatch(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--version") == 0) {
            return version_print();
        }
        if (argv[i][0] != '-') {
            return command_call(argc, argv, i);
        }
        bool separate = false;
        const OptionSpec *spec = global_option(argv[i], &separate);
        if (spec == NULL) {
            return option_unknown(argv[i]);
        }
        if (strcmp(spec->name, "help") == 0) {
            return help_long();
        }
        i += separate;
    }
    help_short(stderr);
    return STATUS_USAGE;
}

/* A standard stream that came closed would lend its number to the next file that is opened, and
 * what is meant for the terminal would land in a result. Opened the wrong way round it only fails.
 */
static void streams_hold(void)
{
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) < 0) {
            return;
        }
    }
}

int main(int argc, char **argv)
{
    streams_hold();
    gsl_errors_return();
    signal(SIGXFSZ, SIG_IGN); /* a file-size limit is then an error like a full disk, not the end */
    Status status = dispatch(argc, argv);
    if ((fflush(stdout) != 0 || ferror(stdout)) && status == STATUS_OK) {
        fprintf(stderr, "gpuplan: cannot write to stdout: %s\n", strerror(errno));
        status = STATUS_FAILED;
    }
    return status == STATUS_INTERRUPTED ? interrupts_exit_code() : (int)status;
}
