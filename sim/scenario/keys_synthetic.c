/* keys_synthetic.c - `workload: - synthetic:`: what a generator is told. Model: docs/synthetic.md.
 */
#include "sim/scenario/keys_rows.h"
#include "sim/scenario/spec.h"
#include "traces/arrivals.h"
#include "traces/synthetic.h"

#define NUMBER_MOST INT64_C(1000000000) /* 1,000 */
#define LOAD_MOST INT64_C(100000000)    /* 100 times the fleet */
#define USERS_MOST 100000

#define SPAN(key, Struct, field, least, of_rules, an_example, missing, what)                       \
    {                                                                                              \
        .name = (key), .kind = KEY_QUANTITY, .unit = UNIT_DURATION_MS, .rounding = ROUND_EXACT,    \
        .min = (least), .max = TIME_MS_MAX, .rules = (of_rules), AT(Struct, field),                \
        .example = (an_example), .absent = (missing), .summary = (what)                            \
    }
#define NUMBER(key, Struct, field, least, most, of_rules, an_example, missing, what)               \
    {                                                                                              \
        .name = (key), .kind = KEY_QUANTITY, .unit = UNIT_NUMBER_MICRO, .rounding = ROUND_EXACT,   \
        .min = (least), .max = (most), .rules = (of_rules), AT(Struct, field),                     \
        .example = (an_example), .absent = (missing), .summary = (what)                            \
    }
#define SHARE(key, Struct, field, an_example, missing, what)                                       \
    {                                                                                              \
        .name = (key), .kind = KEY_QUANTITY, .unit = UNIT_RATIO_PPM, .rounding = ROUND_EXACT,      \
        .min = 0, .max = GP_PPM, AT(Struct, field), .example = (an_example), .absent = (missing),  \
        .summary = (what)                                                                          \
    }

/* ---- durations ------------------------------------------------------------------------------- */

/* In the order of Family of models/distribution.h. */
static const char *const FAMILIES[] = {"constant",         "exponential", "lognormal",
                                       "weibull",          "gamma",       "pareto",
                                       "hyperexponential", "empirical",   NULL};
static const char *const CONSTANT[] = {"constant", NULL};
static const char *const WITH_MEAN[] = {"exponential", "lognormal",        "weibull",
                                        "gamma",       "hyperexponential", NULL};
static const char *const LOGNORMAL[] = {"lognormal", NULL};
static const char *const WITH_SCALE[] = {"weibull", "gamma", NULL};
static const char *const WITH_SHAPE[] = {"weibull", "gamma", "pareto", NULL};
static const char *const PARETO[] = {"pareto", NULL};
static const char *const HYPEREXPONENTIAL[] = {"hyperexponential", NULL};
static const char *const EMPIRICAL[] = {"empirical", NULL};
static const char *const RANDOM[] = {"exponential", "lognormal",        "weibull",   "gamma",
                                     "pareto",      "hyperexponential", "empirical", NULL};

static const KeyRow DURATION[] = {
    {.name = "distribution",
     .kind = KEY_CHOICE,
     .choices = FAMILIES,
     .renews = true,
     AT(DurationSpec, distribution),
     .example = "lognormal",
     .absent = "constant",
     .summary = "its family"},
    {.name = "value",
     .kind = KEY_QUANTITY,
     .unit = UNIT_DURATION_MS,
     .rounding = ROUND_EXACT,
     .min = 1,
     .max = TIME_MS_MAX,
     .shorthand = true,
     .renews = true,
     .rules = CONSTANT,
     AT(DurationSpec, value_ms),
     .example = "1h",
     .absent = "none",
     .summary = "always the same"},
    SPAN("mean", DurationSpec, mean_ms, 1, WITH_MEAN, "2h", "none", "its mean, before the cut"),
    SPAN("median", DurationSpec, median_ms, 1, LOGNORMAL, "1h", "none",
         "half of them are shorter; instead of the mean"),
    NUMBER("sigma", DurationSpec, sigma_micro, 1, INT64_C(20000000), LOGNORMAL, "1.5", "none",
           "standard deviation of the natural logarithm"),
    SPAN("scale", DurationSpec, scale_ms, 1, WITH_SCALE, "40m", "none",
         "63 % are shorter (weibull), mean / shape (gamma); instead of the mean"),
    NUMBER("shape", DurationSpec, shape_micro, 1000, NUMBER_MOST, WITH_SHAPE, "0.6", "none",
           "below 1: many short ones and a long tail; of a pareto: the exponent of its tail"),
    SPAN("min", DurationSpec, min_ms, 1, PARETO, "1m", "none", "the shortest"),
    NUMBER("cv", DurationSpec, cv_micro, 1000000, NUMBER_MOST, HYPEREXPONENTIAL, "3", "none",
           "standard deviation / mean, two exponentials with balanced means"),
    {.name = "quantiles",
     .kind = KEY_PAIRS,
     .rules = EMPIRICAL,
     AT(DurationSpec, quantiles),
     .example = "{0%: 1s, 50%: 20m, 90%: 3h, 100%: 30d}",
     .absent = "none",
     .summary = "so many are shorter; between two the logarithm is linear"},
    SPAN("max", DurationSpec, max_ms, 1, RANDOM, "30d", "no cut",
         "longer ones are drawn again: the distribution is cut off"),
    {0},
};
const KeyObject KEYS_DURATION = {"a distribution of durations", DURATION, sizeof(DurationSpec)};

/* ---- arrivals -------------------------------------------------------------------------------- */

static const KeyRow BURST[] = {
    SHARE("probability", BurstKeysSpec, probability_ppm, "20%", "0%",
          "so many arrivals bring others with them"),
    NUMBER("size", BurstKeysSpec, size_micro, 2000000, (int64_t)SYNTHETIC_BURST_MAX * 1000000, NULL,
           "5", "2", "jobs of such an arrival on average, itself included; geometric"),
    {.name = "spacing",
     .kind = KEY_QUANTITY,
     .unit = UNIT_DURATION_MS,
     .rounding = ROUND_EXACT,
     .min = 0,
     .max = TIME_MS_MAX,
     .fallback = "1s",
     AT(BurstKeysSpec, spacing_ms),
     .example = "2s",
     .summary = "mean time between two of them; exponential"},
    {.name = "alike",
     .kind = KEY_QUANTITY,
     .unit = UNIT_RATIO_PPM,
     .rounding = ROUND_EXACT,
     .min = 0,
     .max = GP_PPM,
     .fallback = "100%",
     AT(BurstKeysSpec, alike_ppm),
     .example = "90%",
     .summary = "so many of them take over queue, user and GPUs of the first"},
    SHARE("same_duration", BurstKeysSpec, same_duration_ppm, "80%", "0%",
          "correlation of their durations with the first's, as normal scores"),
    {0},
};
static const KeyObject KEYS_BURST = {"bursts of arrivals", BURST, sizeof(BurstKeysSpec)};

/* In the order of ArrivalProcess of traces/synthetic.h. */
static const char *const PROCESSES[] = {"poisson", "regular", "renewal", NULL};
static const char *const GAPS[] = {"gamma", "weibull", "lognormal", "hyperexponential", NULL};
static const char *const RENEWAL[] = {"renewal", NULL};

static const KeyRow ARRIVALS[] = {
    {.name = "process",
     .kind = KEY_CHOICE,
     .choices = PROCESSES,
     .fallback = "poisson",
     AT(ArrivalsSpec, process),
     .example = "poisson",
     .summary = "how arrivals are spaced; poisson with a profile is nonhomogeneous"},
    {.name = "rate",
     .kind = KEY_QUANTITY,
     .unit = UNIT_RATE,
     .rounding = ROUND_DOWN,
     .min = 1,
     .max = SYNTHETIC_RATE_MAX,
     .shorthand = true,
     AT(ArrivalsSpec, rate),
     .example = "40/h",
     .absent = "as load says",
     .summary = "jobs a second, minute, hour, day or week on average, those of bursts included"},
    {.name = "load",
     .kind = KEY_QUANTITY,
     .unit = UNIT_RATIO_PPM,
     .rounding = ROUND_EXACT,
     .min = 1,
     .max = LOAD_MOST,
     AT(ArrivalsSpec, load_ppm),
     .example = "90%",
     .absent = "as rate says",
     .summary = "GPU time asked for, of the fleet's: rate x mean GPU time of a job / GPUs"},
    {.name = "gaps",
     .kind = KEY_CHOICE,
     .choices = GAPS,
     .rules = RENEWAL,
     AT(ArrivalsSpec, gaps),
     .example = "gamma",
     .absent = "gamma",
     .summary = "distribution of the time between arrivals"},
    NUMBER("cv", ArrivalsSpec, cv_micro, 50000, INT64_C(20000000), RENEWAL, "2.5", "required",
           "standard deviation / mean of these times; 1 is as a Poisson process has it"),
    {.name = "hour_of_day",
     .kind = KEY_TEXTS,
     AT(ArrivalsSpec, hour_of_day),
     .example = "[1, 1, 1, 1, 1, 1, 2, 3, 5, 6, 6, 6, 5, 6, 6, 6, 5, 4, 3, 2, 2, 1, 1, 1]",
     .absent = "all alike",
     .summary = "24 weights from midnight on (of `start`); only their ratios count"},
    {.name = "day_of_week",
     .kind = KEY_TEXTS,
     AT(ArrivalsSpec, day_of_week),
     .example = "[5, 5, 5, 5, 5, 1, 1]",
     .absent = "all alike",
     .summary = "7 weights from Monday on (time 0 without a `start`)"},
    NUMBER("day_cv", ArrivalsSpec, day_cv_micro, 50000, INT64_C(20000000), NULL, "0.5", "0",
           "some days are busier than others: cv of a factor of mean 1 (gamma) on each day's rate"),
    {.name = "burst",
     .kind = KEY_OBJECT,
     .object = &KEYS_BURST,
     AT(ArrivalsSpec, burst),
     .example = "{probability: 20%, size: 5, spacing: 2s}",
     .absent = "none",
     .summary = "arrivals that bring several jobs"},
    {0},
};
const KeyObject KEYS_ARRIVALS = {"arrivals", ARRIVALS, sizeof(ArrivalsSpec)};

/* ---- jobs ------------------------------------------------------------------------------------ */

static const KeyRow END[] = {
    SHARE("completed", EndSpec, completed_ppm, "60%", "the rest", "come to a good end"),
    SHARE("cancelled", EndSpec, cancelled_ppm, "10%", "0%", "are stopped by their user"),
    SHARE("failed", EndSpec, failed_ppm, "30%", "0%", "fail by themselves"),
    {0},
};
static const KeyObject KEYS_END = {"how jobs end", END, sizeof(EndSpec)};

static const KeyRow USERS[] = {
    {.name = "count",
     .kind = KEY_QUANTITY,
     .min = 1,
     .max = USERS_MOST,
     .required = true,
     .shorthand = true,
     AT(UsersSpec, count),
     .example = "20",
     .summary = "of each queue"},
    {.name = "zipf",
     .kind = KEY_QUANTITY,
     .unit = UNIT_NUMBER_MICRO,
     .rounding = ROUND_EXACT,
     .min = 0,
     .max = 10000000,
     .fallback = "1",
     AT(UsersSpec, zipf_micro),
     .example = "1.1",
     .summary = "user k submits in proportion to k^-zipf; 0: all alike"},
    {0},
};
static const KeyObject KEYS_USERS = {"users", USERS, sizeof(UsersSpec)};

static const KeyRow TIME_LIMIT[] = {
    {.name = "factor",
     .kind = KEY_QUANTITY,
     .unit = UNIT_NUMBER_MICRO,
     .rounding = ROUND_EXACT,
     .min = 1000,
     .max = INT64_C(1000000000),
     .required = true,
     .shorthand = true,
     AT(TimeLimitSpec, factor_ppm),
     .example = "3",
     .summary = "limit / duration; below 1 it stops the job"},
    NUMBER("sigma", TimeLimitSpec, sigma_micro, 0, 10000000, NULL, "0.5", "0",
           "standard deviation of the factor's logarithm: users guess differently"),
    {.name = "usual",
     .kind = KEY_TEXTS,
     AT(TimeLimitSpec, usual),
     .example = "[1h, 4h, 12h, 1d, 3d, 7d]",
     .absent = "any",
     .summary = "what people write: limits are rounded up to the next of these"},
    {0},
};
static const KeyObject KEYS_TIME_LIMIT = {"time limits", TIME_LIMIT, sizeof(TimeLimitSpec)};

static const char *const KIND[] = {"batch", "notebook", NULL};

static const KeyRow SYNTHETIC[] = {
    {.name = "arrivals",
     .kind = KEY_OBJECT,
     .object = &KEYS_ARRIVALS,
     .required = true,
     AT(GeneratorSpec, arrivals),
     .example = "{process: poisson, rate: 40/h}",
     .summary = "when jobs are submitted"},
    {.name = "count",
     .kind = KEY_QUANTITY,
     .min = 1,
     .max = JOBS_MAX,
     AT(GeneratorSpec, count),
     .example = "10000",
     .absent = "until the horizon",
     .summary = "how many jobs"},
    {.name = "gpus",
     .kind = KEY_PAIRS,
     AT(GeneratorSpec, gpus),
     .example = "{1: 70%, 8: 30%}",
     .absent = "{1: 100%}",
     .summary = "shares by GPUs of a job (0.5: half of one); more than the largest node has: a "
                "gang of equal tasks, the fewest that fit a node"},
    {.name = "cpu_per_gpu",
     REQUEST(UNIT_CPU_MILLI, CPU_MILLI_MAX),
     AT(GeneratorSpec, cpu_milli_per_gpu),
     .example = "4",
     .summary = "cores"},
    {.name = "memory_per_gpu",
     REQUEST(UNIT_MEMORY_MIB, MEMORY_MIB_MAX),
     AT(GeneratorSpec, memory_mib_per_gpu),
     .example = "32Gi",
     .summary = "host memory"},
    {.name = "duration",
     .kind = KEY_OBJECT,
     .object = &KEYS_DURATION,
     AT(GeneratorSpec, duration),
     .example = "{distribution: lognormal, median: 1h, sigma: 1.5}",
     .absent = "as duration_by_gpus says",
     .summary = "how long jobs run"},
    {.name = "duration_by_gpus",
     .kind = KEY_OBJECT_MAP,
     .object = &KEYS_DURATION,
     AT(GeneratorSpec, duration_by_gpus),
     .example = "{1: 10m, 8: {distribution: lognormal, median: 1h, sigma: 1.5}}",
     .absent = "as duration says",
     .summary = "the same for jobs of so many GPUs and more, up to the next"},
    {.name = "end",
     .kind = KEY_OBJECT,
     .object = &KEYS_END,
     AT(GeneratorSpec, end),
     .example = "{failed: 30%, cancelled: 10%}",
     .absent = "all complete",
     .summary = "how jobs end that come to their end"},
    {.name = "end_by_gpus",
     .kind = KEY_OBJECT_MAP,
     .object = &KEYS_END,
     AT(GeneratorSpec, end_by_gpus),
     .example = "{1: {failed: 30%}, 8: {failed: 50%}}",
     .absent = "as end says",
     .summary = "the same for jobs of so many GPUs and more, up to the next"},
    {.name = "queues",
     .kind = KEY_PAIRS,
     AT(GeneratorSpec, queues),
     .example = "{vision: 50%, speech: 50%}",
     .absent = "{default: 100%}",
     .summary = "shares by queue"},
    {.name = "users",
     .kind = KEY_OBJECT,
     .object = &KEYS_USERS,
     AT(GeneratorSpec, users),
     .example = "{count: 20, zipf: 1.1}",
     .absent = "nobody is named",
     .summary = "who submits"},
    {.name = "time_limit",
     .kind = KEY_OBJECT,
     .object = &KEYS_TIME_LIMIT,
     AT(GeneratorSpec, time_limit),
     .example = "{factor: 3, sigma: 0.5, usual: [1h, 4h, 12h, 1d]}",
     .absent = "none",
     .summary = "stopped after this long; what schedulers believe of run times"},
    {.name = "kind",
     .kind = KEY_CHOICE,
     .choices = KIND,
     .fallback = "batch",
     AT(GeneratorSpec, kind),
     .example = "batch",
     .summary = "what kind of work"},
    {.name = "priority",
     .kind = KEY_QUANTITY,
     .min = -1000000000,
     .max = 1000000000,
     .fallback = "0",
     AT(GeneratorSpec, priority),
     .example = "10",
     .summary = "higher goes first, where the order looks at it"},
    {.name = "preemptible",
     .kind = KEY_BOOL,
     AT(GeneratorSpec, preemptible),
     .example = "false",
     .absent = "as the policy says",
     .summary = "may be stopped for others"},
    SPAN("startup", GeneratorSpec, startup_ms, 0, NULL, "30s", "0s",
         "from placement until it can work"),
    SPAN("restart", GeneratorSpec, restart_ms, 0, NULL, "90s", "as startup",
         "the same after it was stopped"),
    {.name = "retries",
     .kind = KEY_QUANTITY,
     .max = 1000000,
     AT(GeneratorSpec, retries),
     .example = "6",
     .absent = "as policy.remedy.backoff_limit says",
     .summary = "failures of its own processes that it survives"},
    SPAN("grace", GeneratorSpec, grace_ms, 0, NULL, "30s", "0s",
         "it holds its GPUs so long after it was told to stop"),
    {0},
};
const KeyObject KEYS_SYNTHETIC = {"a synthetic workload", SYNTHETIC, sizeof(GeneratorSpec)};
