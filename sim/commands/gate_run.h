/* gate_run.h - what `gpuplan gate` was asked for, and the doing of it. */
#ifndef SIM_COMMANDS_GATE_RUN_H
#define SIM_COMMANDS_GATE_RUN_H

#include "sim/commands/options.h"
#include "sim/report/gate_report.h"

typedef struct GateCommand {
    LoadOptions load;
    const char *baseline, *against, *junit; /* NULL: not given */
    bool update, github, open_passes;
    int32_t threads;
    ReportFormat format;
    const GlobalOptions *global;
} GateCommand;

/* Loads all, shows all mistakes at once, runs, judges, reports. Mistakes are left in diagnostics;
 * what the scenarios need lives in the arena. */
Status gate_run(const GateCommand *gate, char **operands, int operand_count, Arena *arena,
                Diagnostics *diagnostics);

#endif
