/* keys_inject.c - `inject:`: exact faults, and recorded fault logs. */
#include "core/packing/gpupack.h"
#include "sim/scenario/keys_rows.h"
#include "sim/scenario/spec.h"
#include "traces/fault_log.h"

#define KEPT(key, lane, what)                                                                      \
    {                                                                                              \
        .name = (key), .kind = KEY_QUANTITY, .unit = UNIT_RATIO_PPM, .rounding = ROUND_EXACT,      \
        .min = 0, .max = GP_PPM, .offset = offsetof(KeepSpec, ppm) + (lane) * sizeof(SpecNumber),  \
        .example = "35%", .absent = "100%", .summary = (what)                                      \
    }
static const KeyRow KEEP[] = {
    KEPT("storage_bandwidth", KEPT_STORAGE_BANDWIDTH, "of the node's own storage, or of the pool"),
    KEPT("network", KEPT_NETWORK, "of the node's uplink"),
    KEPT("io_cpu", KEPT_IO_CPU, "of the cores kept for the data path"),
    KEPT("cpu", KEPT_CPU, "of the cores for jobs"),
    {0},
};
const KeyObject KEYS_KEEP = {"what is left of a node", KEEP, sizeof(KeepSpec)};

static const char *format_name(int index)
{
    return FAULT_LOG_FORMATS[index] == NULL ? NULL : FAULT_LOG_FORMATS[index]->name;
}

static const KeyRow FAULT_LOG[] = {
    {.name = "format",
     .kind = KEY_CHOICE,
     .choice_at = format_name,
     .required = true,
     AT(FaultLogSpec, format),
     .example = "infinitehbd",
     .summary = "how the log is written; `gpuplan list formats`"},
    {.name = "path",
     .kind = KEY_PATH,
     .required = true,
     AT(FaultLogSpec, path),
     .example = "fault_trace.json",
     .summary = "looked up beside this file, then under --data"},
    {.name = "from",
     .kind = KEY_QUANTITY,
     .unit = UNIT_DURATION_MS,
     .rounding = ROUND_EXACT,
     .min = 0,
     .max = TIME_MS_MAX,
     .fallback = "0s",
     AT(FaultLogSpec, from_ms),
     .example = "115d",
     .summary = "time 0 of the run on the log's clock; of faults that last then, the rest"},
    {.name = "to",
     .kind = KEY_QUANTITY,
     .unit = UNIT_DURATION_MS,
     .rounding = ROUND_EXACT,
     .min = 1,
     .max = TIME_MS_MAX,
     AT(FaultLogSpec, to_ms),
     .absent = "the log's end",
     .example = "145d",
     .summary = "faults that begin then and later are left out"},
    {0},
};
static const KeyObject KEYS_FAULT_LOG = {"a fault log", FAULT_LOG, sizeof(FaultLogSpec)};

/* In the order of FaultEffect. */
const char *const FAULT_EFFECT_NAMES[] = {"job-dies", "gpu-out", "node-out", "domain-out",
                                          "derated",  "slow",    NULL};

#define NAMES(key, field, an_example, what)                                                        \
    {                                                                                              \
        .name = (key), .kind = KEY_TEXTS, AT(InjectionSpec, field), .absent = "none",              \
        .example = (an_example), .summary = (what)                                                 \
    }
static const KeyRow INJECTION[] = {
    {.name = "at",
     .kind = KEY_QUANTITY,
     .unit = UNIT_DURATION_MS,
     .rounding = ROUND_EXACT,
     .min = 0,
     .max = TIME_MS_MAX,
     AT(InjectionSpec, at_ms),
     .absent = "required, but for jobs",
     .example = "26h",
     .summary = "when it begins"},
    {.name = "for",
     .kind = KEY_QUANTITY,
     .unit = UNIT_DURATION_MS,
     .rounding = ROUND_EXACT,
     .min = 1,
     .max = TIME_MS_MAX,
     AT(InjectionSpec, for_ms),
     .absent = "until somebody cures it, where its cause says what helps; else for good",
     .example = "9h",
     .summary = "how long it lasts, whatever anybody does"},
    NAMES("nodes", nodes, "[a-7, a-8]",
          "which nodes: names, an entry of cluster.nodes for all of its nodes, or all"),
    NAMES("gpus", gpus, "[a-3/0]", "which devices: node/number"),
    NAMES("racks", racks, "[r1]", "which racks: their names, or a node's for the rack it is in"),
    NAMES("zones", zones, "[east]", "which zones, likewise"),
    NAMES("storage", storage, "[lustre-a]", "which file systems of cluster.storage"),
    NAMES("jobs", jobs, "[J]", "whose own process fails; with after"),
    {.name = "after",
     .kind = KEY_QUANTITY,
     .unit = UNIT_DURATION_MS,
     .rounding = ROUND_EXACT,
     .min = 1, /* at no work at all it would fail for ever within one instant */
     .max = TIME_MS_MAX,
     AT(InjectionSpec, after_ms),
     .absent = "required with jobs",
     .example = "5s",
     .summary = "of jobs: work of each attempt after which it fails"},
    {.name = "times",
     .kind = KEY_QUANTITY,
     .min = 1,
     .max = 1000000,
     AT(InjectionSpec, times),
     .absent = "always",
     .example = "2",
     .summary = "of jobs: so many attempts fail, the next one does not"},
    {.name = "cause",
     .kind = KEY_TEXT,
     AT(InjectionSpec, cause),
     .absent = "the effect's name",
     .example = "raid-rebuild",
     .summary = "what reports call it; xid-79 and its like, and components of models.failures, say "
                "what it does and what cures it"},
    {.name = "effect",
     .kind = KEY_CHOICE,
     .choices = FAULT_EFFECT_NAMES,
     AT(InjectionSpec, effect),
     .absent = "derated with scale, slow with speed, as the cause says, else they are out",
     .example = "gpu-out",
     .summary = "what it does"},
    {.name = "scale",
     .kind = KEY_OBJECT,
     .object = &KEYS_KEEP,
     AT(InjectionSpec, scale),
     .absent = "all of it",
     .example = "{storage_bandwidth: 35%}",
     .summary = "what is left of a capacity"},
    {.name = "speed",
     .kind = KEY_QUANTITY,
     .unit = UNIT_RATIO_PPM,
     .rounding = ROUND_EXACT,
     .min = 0,
     .max = GP_PPM,
     AT(InjectionSpec, speed_ppm),
     .absent = "100%",
     .example = "25%",
     .summary = "at which the devices run"},
    {.name = "planned",
     .kind = KEY_BOOL,
     .fallback = "false",
     AT(InjectionSpec, planned),
     .example = "true",
     .summary = "maintenance: known beforehand, booked as drained"},
    {.name = "away",
     .kind = KEY_BOOL,
     .fallback = "false",
     AT(InjectionSpec, away),
     .example = "true",
     .summary =
         "nodes are not there at all, and not paid for, as spot capacity that is taken back"},
    {.name = "notice",
     .kind = KEY_QUANTITY,
     .unit = UNIT_DURATION_MS,
     .rounding = ROUND_EXACT,
     .min = 0,
     .max = TIME_MS_MAX,
     .fallback = "0s",
     AT(InjectionSpec, notice_ms),
     .example = "2m",
     .summary = "with away or planned: announced at `at`, there so long after; no node takes new "
                "work in between, and of one that goes away tasks are told to stop at once"},
    {.name = "trace",
     .kind = KEY_OBJECT,
     .object = &KEYS_FAULT_LOG,
     AT(InjectionSpec, trace),
     .absent = "none",
     .example = "{format: infinitehbd, path: fault_trace.json}",
     .summary = "a recorded fault log, in place of everything else; docs/fault-logs.md"},
    {0},
};
const KeyObject KEYS_INJECTION = {"an entry of inject", INJECTION, sizeof(InjectionSpec)};
