/* keys_workload.c - `workload:`: where jobs come from; jobs written by hand are in keys_jobs.c. */
#include "sim/scenario/keys_rows.h"
#include "sim/scenario/spec.h"
#include "traces/trace.h"

#define LOAD_PPM_MAX INT64_C(4000000) /* as far as results have rows: 400 % */

#define LOAD_ROW                                                                                   \
    {                                                                                              \
        .name = "load", .kind = KEY_QUANTITY, .unit = UNIT_RATIO_PPM, .rounding = ROUND_EXACT,     \
        .min = 1, .max = LOAD_PPM_MAX, AT(LogSpec, load_ppm), .example = "130%",                   \
        .absent = "as listed",                                                                     \
        .summary =                                                                                 \
            "GPU demand that arrives, of the fleet's capacity: rows are drawn again, or left out"  \
    }
#define INTERVAL_ROW                                                                               \
    {                                                                                              \
        .name = "interval", .kind = KEY_QUANTITY, .unit = UNIT_DURATION_MS,                        \
        .rounding = ROUND_EXACT, .min = 1, .max = INT64_C(86400000), .fallback = "1ms",            \
        AT(LogSpec, interval_ms), .example = "1ms", .summary = "time between two arrivals"         \
    }

static const char *format_name(int index)
{
    return TRACE_FORMATS[index] == NULL ? NULL : TRACE_FORMATS[index]->name;
}

/* In the order of the codes of traces/trace.h. */
static const char *const AS[] = {"gpu", "cpu", NULL};
static const char *const RESAMPLE[] = {"user-week", NULL};
static const char *const TIMES[] = {"recorded", "ignored", NULL};
static const char *const FORMATS_LATER[] = {"helios", NULL};
static const KeyRow TRACE[] = {
    {.name = "format",
     .kind = KEY_CHOICE,
     .choice_at = format_name,
     .later = FORMATS_LATER,
     .required = true,
     AT(LogSpec, format),
     .example = "openb",
     .summary = "how the log is written; `gpuplan list formats`"},
    {.name = "path",
     .kind = KEY_PATH,
     .required = true,
     AT(LogSpec, path),
     .example = "pods.csv",
     .summary = "looked up beside this file, then under --data"},
    LOAD_ROW,
    INTERVAL_ROW,
    {.name = "order",
     .kind = KEY_PATH,
     AT(LogSpec, order),
     .example = "arrivals.csv",
     .absent = "drawn",
     .summary = "recorded arrival orders, a column seedN for each seed"},
    {.name = "from",
     .kind = KEY_TEXT,
     AT(LogSpec, from),
     .example = "2017-10-09",
     .absent = "the first job",
     .summary = "date, or time since the log's zero (115d); what runs then is carried over"},
    {.name = "to",
     .kind = KEY_TEXT,
     AT(LogSpec, to),
     .example = "2017-10-23",
     .absent = "the last job",
     .summary = "jobs submitted then and later are left out"},
    {.name = "times",
     .kind = KEY_CHOICE,
     .choices = TIMES,
     AT(LogSpec, times),
     .example = "recorded",
     .absent = "recorded; ignored with load, interval or order",
     .summary = "jobs come and end as recorded, or only the list counts (openb)"},
    {.name = "timezone",
     .kind = KEY_TEXT,
     AT(LogSpec, timezone),
     .example = "-08:00",
     .absent = "UTC",
     .summary = "of times that name no zone"},
    {.name = "gpus_per_node",
     .kind = KEY_QUANTITY,
     .min = 1,
     .max = GP_DEVICES_MAX,
     AT(LogSpec, gpus_per_node),
     .example = "8",
     .absent = "the cluster's largest node",
     .summary = "larger jobs become gangs of equal tasks, the fewest that fit"},
    {.name = "as",
     .kind = KEY_CHOICE,
     .choices = AS,
     AT(LogSpec, as),
     .example = "gpu",
     .absent = "gpu",
     .summary = "what a processor of an SWF log stands for"},
    {.name = "queue",
     .kind = KEY_TEXT,
     AT(LogSpec, queue),
     .example = "research",
     .absent = "default",
     .summary = "of jobs whose row names none"},
    {.name = "resample",
     .kind = KEY_CHOICE,
     .choices = RESAMPLE,
     AT(LogSpec, resample),
     .example = "user-week",
     .absent = "the log as it is",
     .summary = "each replication draws, with replacement, which of a user's weeks happen when"},
    {0},
};
static const KeyObject KEYS_TRACE = {"a log", TRACE, sizeof(LogSpec)};

static const KeyRow CLASSES[] = {
    {.name = "path",
     .kind = KEY_PATH,
     .required = true,
     .shorthand = true,
     AT(LogSpec, path),
     .example = "classes.csv",
     .summary = "columns cpu_milli, memory_mib, num_gpu, gpu_milli, gpu_spec, count"},
    LOAD_ROW,
    INTERVAL_ROW,
    {0},
};
static const KeyObject KEYS_CLASSES = {"classes", CLASSES, sizeof(LogSpec)};

static const KeyRow SOURCE[] = {
    {.name = "jobs",
     .kind = KEY_OBJECT_LIST,
     .object = &KEYS_JOB,
     AT(SourceSpec, jobs),
     .absent = "none",
     .example = "[{id: A, submit: 0s, duration: 4s, gpus: 2}]",
     .summary = "written out by hand; gpus, cpu, memory ... are per task"},
    {.name = "classes",
     .kind = KEY_OBJECT,
     .object = &KEYS_CLASSES,
     AT(SourceSpec, classes),
     .absent = "none",
     .example = "{path: classes.csv, load: 130%}",
     .summary = "drawn from a table of request classes with counts"},
    {.name = "trace",
     .kind = KEY_OBJECT,
     .object = &KEYS_TRACE,
     AT(SourceSpec, trace),
     .absent = "none",
     .example = "{format: philly, path: jobs.csv.gz}",
     .summary = "a recorded log"},
    {.name = "synthetic",
     .kind = KEY_OBJECT,
     .object = &KEYS_SYNTHETIC,
     AT(SourceSpec, synthetic),
     .absent = "none",
     .example = "{arrivals: {rate: 40/h}, gpus: {1: 70%, 8: 30%}, duration: 1h}",
     .summary = "made by a generator; `gpuplan trace fit` writes one that is like a log"},
    {0},
};
const KeyObject KEYS_WORKLOAD_SOURCE = {"an entry of workload", SOURCE, sizeof(SourceSpec)};
