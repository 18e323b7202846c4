/* trace.h - what the subcommands of `gpuplan trace` share: the table of them, and how a log and its
 * options are named on the command line.
 */
#ifndef SIM_COMMANDS_TRACE_H
#define SIM_COMMANDS_TRACE_H

#include "core/diagnostic.h"
#include "sim/commands/options.h"
#include "traces/trace.h"

/* argv[0] is "trace NAME". */
Status trace_command_stats(int argc, char **argv);
Status trace_command_convert(int argc, char **argv);
Status trace_command_backtest(int argc, char **argv);
Status trace_command_fit(int argc, char **argv);
Status trace_command_synth(int argc, char **argv);

/* A log as named by a command line. */
typedef struct TraceLog {
    TraceOptions options;      /* format NULL: by its looks */
    const char *fault_format;  /* set: it is a fault log of that format */
    const char *only_for_jobs; /* an option that was given and means nothing to a fault log */
    char *path;                /* owned: where it was found */
} TraceLog;

/* Rows of a table of options; ids from TRACE_LOG_FIRST on. */
enum {
    TRACE_LOG_FIRST = OPTION_FIRST + 100,
    TRACE_LOG_FORMAT = TRACE_LOG_FIRST,
    TRACE_LOG_FROM,
    TRACE_LOG_TO,
    TRACE_LOG_ORIGIN,
    TRACE_LOG_TIMEZONE,
    TRACE_LOG_GPUS_PER_NODE,
    TRACE_LOG_AS
};
#define TRACE_LOG_OPTIONS                                                                          \
    {"format", 0, "NAME", "of the log (`gpuplan list formats`); else by its looks",                \
     TRACE_LOG_FORMAT},                                                                            \
        {"from", 0, "TIME",                                                                        \
         "a date, or a time since the log's zero; running jobs are carried over", TRACE_LOG_FROM}, \
        {"to", 0, "TIME", "leave out jobs submitted then or later", TRACE_LOG_TO},                 \
        {"origin", 0, "TIME", "time 0 of the run (else --from, else the first submission)",        \
         TRACE_LOG_ORIGIN},                                                                        \
        {"timezone", 0, "ZONE", "of times without one: UTC (default), -08:00",                     \
         TRACE_LOG_TIMEZONE},                                                                      \
        {"gpus-per-node", 0, "N", "larger jobs become gangs (default 8)",                          \
         TRACE_LOG_GPUS_PER_NODE},                                                                 \
    {                                                                                              \
        "as", 0, "WHAT", "SWF: a processor is a gpu (default) or a cpu", TRACE_LOG_AS              \
    }

void trace_log_init(TraceLog *log);
void trace_log_free(TraceLog *log);

/* Takes the option just returned. False: a usage error (parser->status). */
bool trace_log_option(TraceLog *log, OptionParser *parser, int id);

/* The operand becomes the path, below --data or $GPUPLAN_DATA if it is not there as it is; a format
 * that was not given is found by its looks, fault logs included. */
Status trace_log_find(TraceLog *log, const char *operand, const GlobalOptions *global,
                      Diagnostics *diagnostics);

/* False, and recorded, if it is a fault log, or `option` (NULL: none) was given, which is for
 * those.
 */
bool trace_log_is_of_jobs(const TraceLog *log, const char *option, Diagnostics *diagnostics);

/* A path as it is, or, if nothing is there, below --data or $GPUPLAN_DATA; free with free(). NULL
 * if memory ran out. */
char *trace_path(const char *operand, const GlobalOptions *global);

/* "1 row", "7 rows" ... into a buffer of at least 32 bytes. */
const char *trace_rows(int64_t count, char *buffer);

#endif
