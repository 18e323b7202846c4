/* keys_queues.c - `queues:`: a tree among which the fleet is shared. */
#include "core/queue.h"
#include "sim/scenario/keys_rows.h"
#include "sim/scenario/spec.h"

#define GPU_MILLI_MAX INT64_C(1000000000000) /* a thousand million GPUs: no fleet is larger */

static const KeyWord UNLIMITED[] = {{"unlimited", QUEUE_UNLIMITED}, {0}};

#define AMOUNT(key, of_unit, most, field, an_example, what)                                        \
    {                                                                                              \
        .name = (key), .kind = KEY_QUANTITY, .unit = (of_unit), .rounding = ROUND_DOWN, .min = 0,  \
        .max = (most), .words = UNLIMITED, AT(AmountsSpec, field), .example = (an_example),        \
        .absent = "not said", .summary = (what)                                                    \
    }
static const KeyRow AMOUNTS[] = {
    {.name = "gpus",
     .kind = KEY_QUANTITY,
     .unit = UNIT_GPUS_MILLI,
     .rounding = ROUND_DOWN,
     .min = 0,
     .max = GPU_MILLI_MAX,
     .words = UNLIMITED,
     .shorthand = true,
     AT(AmountsSpec, gpu_milli),
     .example = "400",
     .absent = "not said",
     .summary = "GPUs; 0.5 is half of one"},
    AMOUNT("cpu", UNIT_CPU_MILLI, CPU_MILLI_MAX * 1000, cpu_milli, "1000", "cores"),
    AMOUNT("memory", UNIT_MEMORY_MIB, MEMORY_MIB_MAX * 1000, memory_mib, "16Ti", "host memory"),
    {0},
};
static const KeyObject KEYS_AMOUNTS = {"amounts of a queue", AMOUNTS, sizeof(AmountsSpec)};

#define AMOUNTS_ROW(key, Struct, field, an_example, missing, what)                                 \
    {                                                                                              \
        .name = (key), .kind = KEY_OBJECT, .object = &KEYS_AMOUNTS, AT(Struct, field),             \
        .example = (an_example), .absent = (missing), .summary = (what)                            \
    }

static const KeyRow FLAVOR[] = {
    {.name = "name",
     .kind = KEY_TEXT,
     .required = true,
     .shorthand = true,
     AT(QueueFlavorSpec, name),
     .example = "spot",
     .summary = "a flavor of cluster.nodes"},
    AMOUNTS_ROW("quota", QueueFlavorSpec, quota, "{gpus: 2}", "unlimited",
                "its own amount of this flavor"),
    AMOUNTS_ROW("borrow", QueueFlavorSpec, borrow, "{gpus: 1}", "what the others lend",
                "most above quota"),
    AMOUNTS_ROW("lend", QueueFlavorSpec, lend, "{gpus: 1}", "all of it",
                "most that others may use of quota"),
    {0},
};
static const KeyObject KEYS_FLAVOR = {"an entry of a queue's flavors", FLAVOR,
                                      sizeof(QueueFlavorSpec)};

/* In the order of the codes of core/queue.h. */
static const char *const RECLAIM[] = {"never", "lower-priority", "any", NULL};
static const char *const PREEMPT[] = {"never", "lower-priority", "lower-or-newer", NULL};
static const char *const SCAN[] = {"skip", "strict", NULL};

static const KeyRow QUEUE[] = {
    {.name = "name",
     .kind = KEY_TEXT,
     .required = true,
     AT(QueueSpec, name),
     .example = "research",
     .summary = "what jobs call it"},
    {.name = "parent",
     .kind = KEY_TEXT,
     AT(QueueSpec, parent),
     .example = "all",
     .absent = "as cohort says; without one: none",
     .summary = "the queue above; it need not be listed"},
    {.name = "cohort",
     .kind = KEY_TEXT,
     AT(QueueSpec, cohort),
     .example = "all",
     .absent = "as parent says",
     .summary = "with whom it lends and borrows: another word for parent"},
    {.name = "team",
     .kind = KEY_TEXT,
     AT(QueueSpec, team),
     .example = "vision",
     .absent = "the nearest team above; without one: the queue itself",
     .summary = "whose costs it has; of showback and exports"},
    {.name = "tenant",
     .kind = KEY_TEXT,
     AT(QueueSpec, tenant),
     .example = "university",
     .absent = "the nearest tenant above; without one: the root of the queue",
     .summary = "whose costs it has; of showback and exports"},
    AMOUNTS_ROW("quota", QueueSpec, quota, "{gpus: 400}", "unlimited",
                "what it may use by right: nominal quota, deserved amount"),
    AMOUNTS_ROW("guarantee", QueueSpec, guarantee, "{gpus: 100}", "nothing",
                "what nobody may borrow, where shares look at it (Volcano's)"),
    AMOUNTS_ROW("limit", QueueSpec, limit, "{gpus: 600}", "unlimited", "most it may ever use"),
    AMOUNTS_ROW("borrow", QueueSpec, borrow, "100", "what the others lend",
                "most that it may use above quota"),
    AMOUNTS_ROW("lend", QueueSpec, lend, "50", "all of it", "most that others may use of quota"),
    {.name = "weight",
     .kind = KEY_QUANTITY,
     .unit = UNIT_RATIO_PPM,
     .rounding = ROUND_EXACT,
     .min = 0,
     .max = INT64_C(1000000000000),
     .fallback = "1",
     AT(QueueSpec, weight_ppm),
     .example = "2",
     .summary = "its part of what is left over, among queues of one parent"},
    {.name = "priority",
     .kind = KEY_QUANTITY,
     .min = -1000000000,
     .max = 1000000000,
     .fallback = "0",
     AT(QueueSpec, priority),
     .example = "50",
     .summary = "before other queues; a partition's tier"},
    {.name = "reclaim",
     .kind = KEY_CHOICE,
     .choices = RECLAIM,
     AT(QueueSpec, reclaim),
     .example = "any",
     .absent = "as policy.evict says",
     .summary = "from whom it takes back what is its own"},
    {.name = "preempt",
     .kind = KEY_CHOICE,
     .choices = PREEMPT,
     AT(QueueSpec, preempt),
     .example = "lower-priority",
     .absent = "as policy.evict says",
     .summary = "whom its jobs may stop in the queue itself"},
    {.name = "min_run",
     .kind = KEY_QUANTITY,
     .unit = UNIT_DURATION_MS,
     .rounding = ROUND_EXACT,
     .min = 0,
     .max = TIME_MS_MAX,
     .fallback = "0s",
     AT(QueueSpec, min_run_ms),
     .example = "10m",
     .summary = "its jobs are not stopped before they ran so long"},
    {.name = "default_limit",
     .kind = KEY_QUANTITY,
     .unit = UNIT_DURATION_MS,
     .rounding = ROUND_EXACT,
     .min = 1,
     .max = TIME_MS_MAX,
     AT(QueueSpec, default_limit_ms),
     .example = "24h",
     .absent = "none",
     .summary = "run time believed of its jobs that give no time_limit"},
    {.name = "scan",
     .kind = KEY_CHOICE,
     .choices = SCAN,
     AT(QueueSpec, scan),
     .example = "strict",
     .absent = "as policy.scan says",
     .summary = "does its first job, when it cannot start, block the queue?"},
    {.name = "nodes",
     .kind = KEY_PAIRS,
     AT(QueueSpec, nodes),
     .example = "{pool: train}",
     .absent = "any",
     .summary = "labels of the nodes that its jobs keep to, whose taints they tolerate"},
    {.name = "flavors",
     .kind = KEY_OBJECT_LIST,
     .object = &KEYS_FLAVOR,
     AT(QueueSpec, flavors),
     .example = "[{name: spot, quota: {gpus: 2}}, {name: on-demand, quota: {gpus: 4}}]",
     .absent = "one quota for all nodes",
     .summary = "quotas by kind of node, tried in this order"},
    {0},
};
const KeyObject KEYS_QUEUE = {"a queue", QUEUE, sizeof(QueueSpec)};
