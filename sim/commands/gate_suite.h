/* gate_suite.h - the scenarios that operands of `gpuplan gate` mean. */
#ifndef SIM_COMMANDS_GATE_SUITE_H
#define SIM_COMMANDS_GATE_SUITE_H

#include <stdint.h>

#include "core/arena.h"
#include "core/diagnostic.h"

#define SUITE_SCENARIOS_MAX 1000

typedef struct GateSuite {
    int32_t count;
    const char *path[SUITE_SCENARIOS_MAX];
} GateSuite;

/* Adds a scenario file (`.yaml`, `.yml`, `-`), the scenarios of a folder (in the order of their
 * names, subfolders left out), or those that a list names, a line each, beside the list. Mistakes
 * are recorded. */
Status gate_suite_add(GateSuite *suite, const char *operand, Arena *arena,
                      Diagnostics *diagnostics);

/* `path` itself, or in a folder the file that is called as `scenario` is. NULL if memory ran out.
 */
const char *gate_suite_other(const char *path, const char *scenario, Arena *arena);

#endif
