/* not_yet.c - commands that have a name and a meaning, and no code: they say so instead of
 * guessing. */
#include <stdio.h>
#include <string.h>

#include "sim/commands/commands.h"

static Status not_yet(int argc, char **argv, const char *will, const char *instead)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            printf("gpuplan %s is not there yet. It will %s.\nToday: %s\n", argv[0], will, instead);
            return STATUS_OK;
        }
    }
    fprintf(stderr, "gpuplan %s: not there yet. It will %s.\nToday: %s\n", argv[0], will, instead);
    return STATUS_USAGE;
}

Status command_plan(int argc, char **argv)
{
    return not_yet(
        argc, argv, "search the cheapest fleet that meets `targets:`",
        "`gpuplan run --set cluster.nodes.NAME.count=N` for the fleets you have in mind");
}
