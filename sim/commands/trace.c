/* trace.c - `gpuplan trace`: finds the subcommand and hands it its part of the line. */
#include "sim/commands/trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/commands/commands.h"

static const Command TRACE_COMMANDS[] = {
    {"stats", "what was kept, dropped and why; sizes, run times, waits, arrivals",
     trace_command_stats},
    {"convert", "write a log as our own CSV", trace_command_convert},
    {"backtest", "recorded waits and allocation against those of a simulated cluster",
     trace_command_backtest},
    {"fit", "fit the generator, or a failure model, to a log, and say how well", trace_command_fit},
    {"synth", "draw a synthetic workload and write it as our own CSV", trace_command_synth},
    {NULL, NULL, NULL},
};

#define NAMES_MAX 16
#define LABEL_BYTES 32

static Status help_print(void)
{
    fputs(
        "gpuplan trace - look at a log of jobs or faults, convert it, fit a model to it, make one\n"
        "\n"
        "Examples\n"
        "  gpuplan trace stats jobs.csv.gz               formats are told by their looks\n"
        "  gpuplan trace stats pods.csv --from 115d      from there on, running jobs carried over\n"
        "  gpuplan trace convert jobs.txt --format sacct -o jobs.csv\n"
        "  gpuplan trace backtest jobs.csv cluster.yaml  how far to trust the simulation of it\n"
        "  gpuplan trace fit jobs.csv -o like-jobs.yaml\n"
        "  gpuplan trace synth scenario.yaml -o made.csv\n"
        "\n"
        "Usage: gpuplan trace SUBCOMMAND LOG [OPTIONS]\n"
        "\n"
        "Subcommands\n",
        stdout);
    for (const Command *command = TRACE_COMMANDS; command->name != NULL; command++) {
        printf("  %-10s %s\n", command->name, command->summary);
    }
    fputs("\ngpuplan trace SUBCOMMAND --help tells more about each.\n", stdout);
    return STATUS_OK;
}

static const Command *command_find(const char *name)
{
    for (const Command *command = TRACE_COMMANDS; command->name != NULL; command++) {
        if (strcmp(command->name, name) == 0) {
            return command;
        }
    }
    return NULL;
}

static Status command_unknown(const char *name)
{
    const char *names[NAMES_MAX];
    int count = 0;
    for (const Command *command = TRACE_COMMANDS; command->name != NULL && count < NAMES_MAX;
         command++) {
        names[count++] = command->name;
    }
    const char *nearest = nearest_name(name, names, count);
    return nearest != NULL
               ? usage_error("trace", "unknown subcommand '%s'; did you mean '%s'?", name, nearest)
               : usage_error("trace", "unknown subcommand '%s'", name);
}

/* The subcommand gets argv[0] = "trace NAME" and everything else, global options before its name
 * included. */
static Status command_call(int argc, char **argv, int name_at)
{
    const Command *command = command_find(argv[name_at]);
    if (command == NULL) {
        return command_unknown(argv[name_at]);
    }
    char label[LABEL_BYTES];
    snprintf(label, sizeof label, "trace %s", command->name);
    char **line = malloc(((size_t)argc + 1) * sizeof *line);
    if (line == NULL) {
        fputs("gpuplan: out of memory\n", stderr);
        return STATUS_FAILED;
    }
    int count = 0;
    line[count++] = label;
    for (int i = 1; i < argc; i++) {
        if (i != name_at) {
            line[count++] = argv[i];
        }
    }
    line[count] = NULL;
    Status status = command->run(count, line);
    free(line);
    return status;
}

Status command_trace(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] != '-') {
            return command_call(argc, argv, i);
        }
        bool separate = false;
        const OptionSpec *spec = global_option(argv[i], &separate);
        if (spec == NULL) {
            return usage_error("trace", "expected a subcommand before %s", argv[i]);
        }
        if (strcmp(spec->name, "help") == 0) {
            return help_print();
        }
        i += separate;
    }
    return usage_error("trace", "which subcommand? stats, convert, backtest, fit, synth");
}
