/* keys_workload.c - `workload:`: logs, classes, and jobs written by hand. */
#include "core/job.h"
#include "sim/scenario/keys_rows.h"
#include "sim/scenario/spec.h"

#define LOAD_PPM_MAX INT64_C(4000000) /* as far as results have rows: 400 % */

static const KeyRow NEED[] = {
    LATER_QUANTITY("storage_bandwidth", UNIT_BYTES_MB_S, "2GB/s",
                   "what full speed takes, if not what is asked for"),
    {0},
};
static const KeyObject KEYS_NEED = {"a job's need", NEED, sizeof(Node *)};
static const KeyRow CHECKPOINT[] = {
    LATER_QUANTITY("every", UNIT_DURATION_MS, "30m", "time between two"),
    LATER_QUANTITY("cost", UNIT_DURATION_MS, "40s", "time that one takes"),
    {0},
};
static const KeyObject KEYS_CHECKPOINT = {"a job's checkpoints", CHECKPOINT, sizeof(Node *)};
static const KeyRow TOPOLOGY[] = {
    LATER("same", KEY_TEXT, "rack", "what all tasks must share"),
    {0},
};
static const KeyObject KEYS_TOPOLOGY = {"a job's topology", TOPOLOGY, sizeof(Node *)};

static const char *const GANG[] = {"none", "all", NULL};
static const char *const GANG_LATER[] = {"min", NULL};
static const char *const KIND[] = {"batch", NULL};
static const char *const KIND_LATER[] = {"service", "notebook", NULL};

static const KeyRow JOB[] = {
    {.name = "id",
     .kind = KEY_TEXT,
     .required = true,
     AT(JobSpec, id),
     .example = "A",
     .summary = "unique"},
    {.name = "submit",
     .kind = KEY_QUANTITY,
     .unit = UNIT_DURATION_MS,
     .rounding = ROUND_EXACT,
     .min = 0,
     .max = TIME_MS_MAX,
     .fallback = "0s",
     AT(JobSpec, submit_ms),
     .example = "1s",
     .summary = "when it arrives, from the start of the run"},
    {.name = "duration",
     .kind = KEY_QUANTITY,
     .unit = UNIT_DURATION_MS,
     .rounding = ROUND_EXACT,
     .min = 0,
     .max = TIME_MS_MAX,
     .word = "never",
     .word_value = TIME_NEVER,
     .required = true,
     AT(JobSpec, duration_ms),
     .example = "4s",
     .summary = "how long it runs at full speed; never: it stays"},
    {.name = "tasks",
     .kind = KEY_QUANTITY,
     .min = 1,
     .max = 1000000,
     .fallback = "1",
     AT(JobSpec, tasks),
     .example = "4",
     .summary = "equal parts, each placed on one node"},
    {.name = "gang",
     .kind = KEY_CHOICE,
     .choices = GANG,
     .later = GANG_LATER,
     .fallback = "none",
     AT(JobSpec, gang),
     .example = "all",
     .summary = "which tasks must start together"},
    {.name = "gpus",
     .kind = KEY_QUANTITY,
     .min = 0,
     .max = GP_DEVICES_MAX,
     AT(JobSpec, gpus),
     .example = "2",
     .absent = "0; 1 with gpu_milli or mig",
     .summary = "devices of each task"},
    {.name = "gpu_milli",
     .kind = KEY_QUANTITY,
     .unit = UNIT_GPU_MILLI,
     .rounding = ROUND_UP,
     .min = 1,
     .max = GP_DEVICE_MILLI,
     .fallback = "1000",
     AT(JobSpec, gpu_milli),
     .example = "500",
     .summary = "of each device; less than 1000 shares it"},
    {.name = "gpu_memory",
     REQUEST(UNIT_MEMORY_MIB, DEVICE_MEMORY_MIB_MAX),
     AT(JobSpec, gpu_memory_mib),
     .example = "40Gi",
     .summary = "of each device"},
    {.name = "mig",
     .kind = KEY_TEXT,
     AT(JobSpec, mig),
     .example = "3g.40gb",
     .absent = "none",
     .summary = "one MIG instance of this profile"},
    {.name = "cpu",
     REQUEST(UNIT_CPU_MILLI, CPU_MILLI_MAX),
     AT(JobSpec, cpu_milli),
     .example = "8",
     .summary = "cores of each task"},
    {.name = "memory",
     REQUEST(UNIT_MEMORY_MIB, MEMORY_MIB_MAX),
     AT(JobSpec, memory_mib),
     .example = "64Gi",
     .summary = "host memory of each task"},
    {.name = "storage_bandwidth",
     REQUEST(UNIT_BYTES_MB_S, BANDWIDTH_MAX),
     AT(JobSpec, storage_bandwidth_mb_s),
     .example = "1GB/s",
     .summary = "of each task"},
    {.name = "io_cpu",
     REQUEST(UNIT_CPU_MILLI, CPU_MILLI_MAX),
     AT(JobSpec, io_cpu_milli),
     .example = "2",
     .summary = "cores of the data path of each task"},
    {.name = "network",
     REQUEST(UNIT_BITS_MB_S, BANDWIDTH_MAX),
     AT(JobSpec, network_mb_s),
     .example = "50Gb/s",
     .summary = "of each task"},
    {.name = "gpu_model",
     .kind = KEY_TEXTS,
     AT(JobSpec, gpu_model),
     .example = "[H100, A100]",
     .absent = "any",
     .summary = "models that will do"},
    {.name = "priority",
     .kind = KEY_QUANTITY,
     .min = -1000000000,
     .max = 1000000000,
     .fallback = "0",
     AT(JobSpec, priority),
     .example = "10",
     .summary = "higher goes first, where the order looks at it"},
    {.name = "queue",
     .kind = KEY_TEXT,
     AT(JobSpec, queue),
     .example = "research",
     .absent = "default",
     .summary = "whose share it uses"},
    {.name = "user",
     .kind = KEY_TEXT,
     AT(JobSpec, user),
     .example = "ann",
     .absent = "none",
     .summary = "who submitted it"},
    {.name = "kind",
     .kind = KEY_CHOICE,
     .choices = KIND,
     .later = KIND_LATER,
     .fallback = "batch",
     AT(JobSpec, kind),
     .example = "batch",
     .summary = "what kind of work"},
    LATER("sync", KEY_BOOL, "true", "progress needs all tasks"),
    LATER_QUANTITY("min_tasks", UNIT_NONE, "2", "fewest tasks of an elastic job"),
    LATER_QUANTITY("max_tasks", UNIT_NONE, "8", "most tasks of an elastic job"),
    LATER("preemptible", KEY_BOOL, "true", "may be stopped for others"),
    LATER_QUANTITY("time_limit", UNIT_DURATION_MS, "10s", "stopped after this long"),
    LATER_QUANTITY("estimate", UNIT_DURATION_MS, "5s", "run time that the scheduler believes"),
    LATER_QUANTITY("grace", UNIT_DURATION_MS, "30s", "time to save state when stopped"),
    LATER_QUANTITY("gpu_cores", UNIT_RATIO_PPM, "50%", "share of a device's cores"),
    LATER_OBJECT("topology", KEY_OBJECT, &KEYS_TOPOLOGY, "{same: rack}",
                 "where tasks must be together"),
    LATER_QUANTITY("utilisation", UNIT_RATIO_PPM, "60%", "how busy it keeps its GPUs"),
    LATER_OBJECT("need", KEY_OBJECT, &KEYS_NEED, "{storage_bandwidth: 2GB/s}",
                 "what full speed takes"),
    LATER_OBJECT("checkpoint", KEY_OBJECT, &KEYS_CHECKPOINT, "{every: 30m, cost: 40s}",
                 "how it saves its state"),
    LATER_QUANTITY("restart", UNIT_DURATION_MS, "90s", "time to start again"),
    LATER_QUANTITY("deadline", UNIT_DURATION_MS, "4h", "when its result loses its worth"),
    {0},
};
static const KeyObject KEYS_JOB = {"a job", JOB, sizeof(JobSpec)};

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

static const char *const LOG_FORMATS[] = {"openb", NULL};
static const char *const LOG_FORMATS_LATER[] = {"philly", "helios", NULL};
static const KeyRow TRACE[] = {
    {.name = "format",
     .kind = KEY_CHOICE,
     .choices = LOG_FORMATS,
     .later = LOG_FORMATS_LATER,
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
    LATER("from", KEY_TIME, "2017-10-09", "first day used"),
    LATER("to", KEY_TIME, "2017-10-23", "day after the last one used"),
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

static const KeyRow ARRIVALS[] = {
    LATER("process", KEY_TEXT, "poisson", "how arrivals are spaced"),
    LATER("rate", KEY_TEXT, "40/h", "how many"),
    {0},
};
static const KeyObject KEYS_ARRIVALS = {"arrivals", ARRIVALS, sizeof(Node *)};
static const KeyRow DURATION[] = {
    LATER("distribution", KEY_TEXT, "lognormal", "its family"),
    LATER_QUANTITY("median", UNIT_DURATION_MS, "1h", "its median"),
    LATER("sigma", KEY_TEXT, "1.5", "its spread"),
    {0},
};
static const KeyObject KEYS_DURATION = {"a distribution of durations", DURATION, sizeof(Node *)};
static const KeyRow SYNTHETIC[] = {
    LATER_OBJECT("arrivals", KEY_OBJECT, &KEYS_ARRIVALS, "{process: poisson, rate: 40/h}",
                 "when jobs arrive"),
    LATER("gpus", KEY_RAW, "{1: 0.7, 8: 0.3}", "shares by GPU count"),
    LATER_OBJECT("duration", KEY_OBJECT, &KEYS_DURATION,
                 "{distribution: lognormal, median: 1h, sigma: 1.5}", "how long jobs run"),
    {0},
};
static const KeyObject KEYS_SYNTHETIC = {"a synthetic workload", SYNTHETIC, sizeof(Node *)};

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
     .example = "{format: openb, path: pods.csv, load: 130%}",
     .summary = "a recorded log"},
    LATER_OBJECT("synthetic", KEY_OBJECT, &KEYS_SYNTHETIC,
                 "{arrivals: {process: poisson, rate: 40/h}}", "made by a generator"),
    {0},
};
const KeyObject KEYS_WORKLOAD_SOURCE = {"an entry of workload", SOURCE, sizeof(SourceSpec)};
