/* compare_sources.h - what is compared: a scenario that is run, or a result file. */
#ifndef SIM_COMMANDS_COMPARE_SOURCES_H
#define SIM_COMMANDS_COMPARE_SOURCES_H

#include "sim/experiment/experiment.h"
#include "sim/report/compare_json.h"

typedef struct CompareRun {
    LoadOptions load;
    int32_t threads;
    bool progress;
} CompareRun;

typedef struct CompareSource {
    const char *path;
    bool is_file; /* a result file; else it was run */
    Arena arena;
    ScenarioSet set;
    ExperimentResult result;
    json_t *summary; /* NULL: none */
} CompareSource;

/* STATUS_OK; STATUS_PARTIAL: some replications failed, the others can be compared. Close it in any
 * case. */
Status compare_source_open(CompareSource *source, const char *path, const CompareRun *run,
                           Diagnostics *diagnostics);
void compare_source_close(CompareSource *source);

/* The row of a variant; NULL: there is none of that name. */
const json_t *compare_variant(const json_t *summary, const char *name);

/* name NULL: the first. STATUS_BAD_INPUT with a diagnostic where it is not there. */
Status compare_pick(const CompareSource *source, const char *name, const json_t **variant,
                    Diagnostics *diagnostics);

/* One side of a comparison; `tables` (to be freed) and `view` hold its jobs. */
Status compare_side(const CompareSource *source, const json_t *variant, RunTables *tables,
                    JobView *view, CompareSide *side, Diagnostics *diagnostics);

#endif
