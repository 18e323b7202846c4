/* commands.h - the subcommands: one file each, listed in main.c.
 *
 * A command gets argv[0] = its own name and the rest of the line, global options included wherever
 * the user wrote them; it parses with options.h. What it returns is the exit code.
 */
#ifndef SIM_COMMANDS_COMMANDS_H
#define SIM_COMMANDS_COMMANDS_H

#include "core/status.h"

typedef struct Command {
    const char *name;
    const char *summary;
    Status (*run)(int argc, char **argv);
} Command;

extern const Command COMMANDS[]; /* in the order in which they are shown; ended by a NULL name */

Status command_run(int argc, char **argv);
Status command_check(int argc, char **argv);
Status command_report(int argc, char **argv);
Status command_list(int argc, char **argv);
Status command_keys(int argc, char **argv);
Status command_schema(int argc, char **argv);
Status command_new(int argc, char **argv);
Status command_compare(int argc, char **argv);
Status command_gate(int argc, char **argv);
Status command_plan(int argc, char **argv);
Status command_explain(int argc, char **argv);
Status command_trace(int argc, char **argv);

#endif
