/* keys_checkpoint.c - how a job saves its state. */
#include "core/job.h"
#include "sim/scenario/keys_rows.h"
#include "sim/scenario/spec.h"

/* From fixed on in the order of CheckpointRule of core/job.h. */
static const char *const RULES[] = {"none", "fixed", "young", "daly", NULL};

#define SPAN(key, least, field, an_example, missing, what)                                         \
    {                                                                                              \
        .name = (key), .kind = KEY_QUANTITY, .unit = UNIT_DURATION_MS, .rounding = ROUND_EXACT,    \
        .min = (least), .max = TIME_MS_MAX, AT(CheckpointSpec, field), .example = (an_example),    \
        .absent = (missing), .summary = (what)                                                     \
    }

static const KeyRow CHECKPOINT[] = {
    {.name = "every",
     .kind = KEY_QUANTITY,
     .unit = UNIT_DURATION_MS,
     .rounding = ROUND_EXACT,
     .min = 1000,
     .max = TIME_MS_MAX,
     .shorthand = true,
     AT(CheckpointSpec, every_ms),
     .example = "30m",
     .absent = "as rule says",
     .summary = "of its own progress at full speed, between two"},
    {.name = "rule",
     .kind = KEY_CHOICE,
     .choices = RULES,
     AT(CheckpointSpec, rule),
     .example = "young",
     .absent = "fixed with every, else as models.checkpoint",
     .summary = "how often: never, every so much progress, or by a formula from cost and mttf"},
    SPAN("cost", 0, cost_ms, "40s", "0s", "it stands still so long while one is written"),
    SPAN("flush", 0, flush_ms, "20s", "0s",
         "and goes on, but only after so long it can be gone back to"),
    {.name = "size",
     .kind = KEY_QUANTITY,
     .unit = UNIT_MEMORY_MIB,
     .rounding = ROUND_UP,
     .min = 1,
     .max = INT64_C(1) << 30,
     AT(CheckpointSpec, size_mib),
     .example = "40Gi",
     .absent = "time does not depend on storage",
     .summary =
         "of each task; written to, and after a restart read from, its nodes' shared storage "
         "at the speed that it gets there"},
    {.name = "async",
     .kind = KEY_BOOL,
     AT(CheckpointSpec, async),
     .example = "true",
     .absent = "false: it stands still until size is written",
     .summary = "it stands still for cost only, and writes size beside its progress"},
    {.name = "on_stop",
     .kind = KEY_BOOL,
     AT(CheckpointSpec, on_stop),
     .example = "true",
     .absent = "false",
     .summary = "one is written in its grace when it is told to stop, if grace is long enough"},
    SPAN("mttf", 1000, mttf_ms, "250d", "as models.checkpoint.mttf",
         "time between failures of one node, as its user estimates it; for young and daly"),
    {0},
};
const KeyObject KEYS_JOB_CHECKPOINT = {"a job's checkpoints", CHECKPOINT, sizeof(CheckpointSpec)};

static const KeyWord RULE_WORDS[] = {
    {"none", 0}, {"young", CHECKPOINT_EVERY_YOUNG}, {"daly", CHECKPOINT_EVERY_DALY}, {0}};

#define DEFAULT_SPAN(key, least, field, missing, an_example, what)                                 \
    {                                                                                              \
        .name = (key), .kind = KEY_QUANTITY, .unit = UNIT_DURATION_MS, .rounding = ROUND_EXACT,    \
        .min = (least), .max = TIME_MS_MAX, AT(CheckpointModelSpec, field), .fallback = (missing), \
        .example = (an_example), .summary = (what)                                                 \
    }

static const KeyRow MODEL[] = {
    {.name = "default",
     .kind = KEY_QUANTITY,
     .unit = UNIT_DURATION_MS,
     .rounding = ROUND_EXACT,
     .min = 1000,
     .max = TIME_MS_MAX,
     .words = RULE_WORDS,
     .absent = "none",
     .shorthand = true,
     AT(CheckpointModelSpec, every_ms),
     .example = "3h",
     .summary = "progress between two checkpoints of batch jobs that say nothing: an interval, or "
                "young or daly, by a formula"},
    DEFAULT_SPAN("cost", 0, cost_ms, "0s", "60s", "they stand still so long while one is written"),
    DEFAULT_SPAN("flush", 0, flush_ms, "0s", "20s",
                 "and go on, but only after so long it can be gone back to"),
    DEFAULT_SPAN("mttf", 1000, mttf_ms, "250d", "250d",
                 "time between failures of one node, as people estimate it; 250d: 4 failures in "
                 "1,000 node-days"),
    DEFAULT_SPAN("min_duration", 0, min_duration_ms, "1h", "1h",
                 "shorter jobs that say nothing save nothing"),
    {.name = "min_nodes",
     .kind = KEY_QUANTITY,
     .min = 1,
     .max = 1000000,
     .fallback = "2",
     AT(CheckpointModelSpec, min_nodes),
     .example = "2",
     .summary = "nor do those on fewer nodes"},
    {0},
};
const KeyObject KEYS_CHECKPOINT = {"models.checkpoint", MODEL, sizeof(CheckpointModelSpec)};
