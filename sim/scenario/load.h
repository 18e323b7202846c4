/* load.h - a scenario file becomes checked, constant Scenarios, one for each variant.
 *
 * All mistakes are collected and shown at once. After a mistake the set holds nothing but the
 * `expect:` lines, `gate:` and the variants' names, so that the lines' own mistakes can be shown
 * too; after any other error it is empty.
 */
#ifndef SIM_SCENARIO_LOAD_H
#define SIM_SCENARIO_LOAD_H

#include "core/arena.h"
#include "core/diagnostic.h"
#include "core/scenario.h"
#include "sim/scenario/inputs.h"

/* One line of `expect:` as written, with its place; sim/experiment/expect.h gives it a meaning. */
typedef struct ExpectLine {
    const char *text;
    Place place;
} ExpectLine;

/* One margin of `gate:` as written; sim/experiment/gate.h gives it a meaning. */
typedef struct GateLine {
    const char *metric, *text;
    Place metric_place, text_place;
} GateLine;

typedef struct ScenarioSet {
    int32_t variant_count;
    Scenario *variants; /* [variant_count]; the first is the baseline */
    int32_t expect_count;
    ExpectLine *expects;
    bool gated; /* there is a `gate:` */
    int32_t margin_count;
    GateLine *margins;
    int64_t gate_alpha_ppm;
    ScenarioInputs inputs; /* with LoadOptions.inputs; files are not hashed yet */
    const char *text;      /* the resolved scenario as canonical YAML: extends and --set applied */
    char sha256[65];       /* of `text`, hex */
    const struct FleetPlan *plan;    /* core/fleet_plan.h; NULL: neither `plan` nor `targets` */
    const struct ScenarioSpec *spec; /* of the first variant, for other fleets: fleet.h */
    const char *data_dir;            /* as it was when this was loaded; NULL: none */
    bool mistaken; /* there were mistakes: look at expects, margins, variants[].variant only */
} ScenarioSet;

typedef struct LoadOptions {
    const char *data_dir;    /* NULL: $GPUPLAN_DATA, or none */
    const char *const *sets; /* "a.b=c" */
    int32_t set_count;
    const char *seed;         /* text of --seed, or NULL */
    const char *replications; /* text of --replications, or NULL */
    bool inputs;              /* fingerprints are wanted */
    bool endless; /* `horizon` and `until` are passed over: the workload is run to its end */
} LoadOptions;

/* path "-" is standard input; relative paths then start in the current folder. */
Status scenario_load(const char *path, const LoadOptions *options, Arena *arena,
                     Diagnostics *diagnostics, ScenarioSet *set);

/* The same from memory; `name` stands for the path, and relative paths start in the current folder.
 */
Status scenario_load_text(const char *name, const char *text, size_t size,
                          const LoadOptions *options, Arena *arena, Diagnostics *diagnostics,
                          ScenarioSet *set);

#endif
