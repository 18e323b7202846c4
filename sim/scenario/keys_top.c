/* keys_top.c - the top level of a scenario. */
#include "core/scenario.h"
#include "sim/scenario/keys_rows.h"
#include "sim/scenario/spec.h"

static const char *const UNTIL[] = {"workload-done", NULL};

static const KeyRow REPLICATIONS[] = {
    {.name = "count", .kind = KEY_QUANTITY, .min = 1, .max = 100000, .fallback = "1", .shorthand = true,
     AT(ReplicationsSpec, count), .example = "30", .summary = "runs that differ only in what is drawn"},
    LATER("vary", KEY_TEXTS, "[faults, arrivals]", "what replications draw anew; today: all that is drawn"),
    {0},
};
static const KeyObject KEYS_REPLICATIONS = {"replications", REPLICATIONS, sizeof(ReplicationsSpec)};

static const KeyRow SCENARIO[] = {
    {.name = "gpuplan", .kind = KEY_QUANTITY, .min = 1, .max = 1, .fallback = "1", AT(ScenarioSpec, version),
     .example = "1", .summary = "version of this language"},
    {.name = "extends", .kind = KEY_TEXTS, AT(ScenarioSpec, extends), .example = "base.yaml",
     .absent = "none", .summary = "scenario files that this one changes: maps are merged, lists and values replaced"},
    {.name = "name", .kind = KEY_TEXT, AT(ScenarioSpec, name), .example = "raid-rebuild-at-2am",
     .absent = "the file's name", .summary = "what reports call the scenario"},
    {.name = "description", .kind = KEY_TEXT, AT(ScenarioSpec, description), .fallback = "",
     .example = "What this shows.", .summary = "a sentence for reports"},
    {.name = "start", .kind = KEY_TIME, AT(ScenarioSpec, start_unix_ms), .example = "2026-03-01T00:00:00Z",
     .absent = "no calendar", .summary = "calendar origin of simulated time"},
    {.name = "horizon", .kind = KEY_QUANTITY, .unit = UNIT_DURATION_MS, .rounding = ROUND_EXACT, .min = 1,
     .max = TIME_MS_MAX, AT(ScenarioSpec, horizon_ms), .example = "7d", .absent = "until: workload-done",
     .summary = "when the run ends"},
    {.name = "until", .kind = KEY_CHOICE, .choices = UNTIL, AT(ScenarioSpec, until), .example = "workload-done",
     .absent = "as horizon says", .summary = "in place of a horizon: the run ends when nothing is left to happen"},
    {.name = "seed", .kind = KEY_QUANTITY, .min = 0, .max = INT64_MAX - 1, .fallback = "42",
     AT(ScenarioSpec, seed), .example = "42", .summary = "of everything that is drawn"},
    {.name = "replications", .kind = KEY_OBJECT, .object = &KEYS_REPLICATIONS, AT(ScenarioSpec, replications),
     .example = "30", .summary = "how often, and what is drawn anew"},
    {.name = "cluster", .kind = KEY_OBJECT, .object = &KEYS_CLUSTER, .required = true, AT(ScenarioSpec, cluster),
     .example = "{types: {...}, nodes: [...]}", .summary = "the nodes and what they are made of"},
    {.name = "workload", .kind = KEY_OBJECT_LIST, .object = &KEYS_WORKLOAD_SOURCE, .required = true,
     AT(ScenarioSpec, workload), .example = "[{jobs: [...]}]", .summary = "where jobs come from; merged in time order"},
    {.name = "policy", .kind = KEY_OBJECT, .object = &KEYS_POLICY, AT(ScenarioSpec, policy),
     .example = "{preset: fifo}", .summary = "the scheduler"},
    {.name = "variants", .kind = KEY_RAW, AT(ScenarioSpec, variants), .absent = "one, named baseline",
     .example = "{baseline: {}, spread: {policy.devices: first}}",
     .summary = "what-if: each overrides the above by dotted keys or nested maps; the first is the baseline"},
    {.name = "expect", .kind = KEY_TEXTS, AT(ScenarioSpec, expect), .example = "[productive_share >= 0.80]",
     .absent = "none", .summary = "PATH OP VALUE[unit] [+- tolerance]: checked after the run, exit 4 if one fails"},
    {.name = "queues", .kind = KEY_OBJECT_LIST, .object = &KEYS_QUEUE, .status = KEY_NOT_YET,
     .example = "[{name: research, quota: {gpus: 400}}]", .summary = "shares of the fleet by queue"},
    {.name = "models", .kind = KEY_OBJECT, .object = &KEYS_MODELS, .status = KEY_NOT_YET,
     .example = "{failures: {preset: llama3}}", .summary = "how hardware fails and jobs save their state"},
    {.name = "inject", .kind = KEY_OBJECT_LIST, .object = &KEYS_INJECTION, .status = KEY_NOT_YET,
     .example = "[{at: 26h, nodes: [a-7], for: 9h}]", .summary = "exact faults, or a recorded fault log"},
    {.name = "targets", .kind = KEY_RAW, .status = KEY_NOT_YET, .example = "{wait_p95_s: \"<= 900\"}",
     .summary = "what a planned fleet must meet"},
    {.name = "relax", .kind = KEY_TEXTS, .status = KEY_NOT_YET, .example = "quota",
     .summary = "a rule that a variant lifts"},
    {0},
};
const KeyObject KEYS_SCENARIO = {"the scenario", SCENARIO, sizeof(ScenarioSpec)};
