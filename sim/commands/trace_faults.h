/* trace_faults.h - the subcommands of `gpuplan trace` on a fault log. */
#ifndef SIM_COMMANDS_TRACE_FAULTS_H
#define SIM_COMMANDS_TRACE_FAULTS_H

#include "sim/commands/trace.h"
#include "traces/fault_log.h"

#define TRACE_NODES_MAX INT64_C(100000000)
#define TRACE_NODES_OPTION(id)                                                                     \
    {                                                                                              \
        "nodes", 0, "N", "fault logs: how many were watched (default: those in the log)", id       \
    }

/* Reads the log; `nodes`, 0: not given, must not be fewer than appear in it. */
Status trace_faults_read(const TraceLog *log, int64_t nodes, Arena *arena, Diagnostics *diagnostics,
                         FaultLog *faults);

/* Rows that were dropped, and those that were kept although odd; nothing if there are none. */
void trace_faults_reasons(const FaultLog *faults, FILE *file);

Status trace_faults_stats(const TraceLog *log, int64_t nodes, Diagnostics *diagnostics);
Status trace_faults_convert(const TraceLog *log, const char *output, bool quiet,
                            Diagnostics *diagnostics);
Status trace_faults_fit(const TraceLog *log, int64_t nodes, const char *output,
                        Diagnostics *diagnostics);

#endif
