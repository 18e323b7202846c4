/* keys_policy.c - `policy:`: a scheduler as a whole; keys_slots.c has the slots with options. */
#include <string.h>

#include "sim/policies/registry.h"
#include "sim/scenario/keys_rows.h"
#include "sim/scenario/spec.h"

static const char *preset_name(int index)
{
    return PRESETS[index] == NULL ? NULL : PRESETS[index]->name;
}

/* Named packs first, then the kernel's terms that no pack is called after. */
static const char *pack_name(int index)
{
    int count = 0;
    while (PACK_POLICIES[count] != NULL) {
        if (count == index) {
            return PACK_POLICIES[count]->name;
        }
        count++;
    }
    for (int32_t code = 0; code < gp_term_count(); code++) {
        const char *name = gp_term_at(code)->name;
        if (pack_policy(name) == NULL && count++ == index) {
            return name;
        }
    }
    return NULL;
}

#define LANE_ROW(key, axis)                                                                        \
    {                                                                                              \
        .name = (key), .kind = KEY_QUANTITY, .min = 0, .max = 1000, .fallback = "0",               \
        AT(LanesSpec, weight[axis]), .example = "1", .summary = "its weight in the term's mean"    \
    }

static const KeyRow LANES[] = {
    LANE_ROW("gpu", GP_AXIS_GPU),
    LANE_ROW("gpu_memory", GP_AXIS_GPU_MEMORY),
    LANE_ROW("cpu", GP_AXIS_CPU),
    LANE_ROW("memory", GP_AXIS_MEMORY),
    LANE_ROW("storage_bandwidth", GP_AXIS_STORAGE_BANDWIDTH),
    LANE_ROW("io_cpu", GP_AXIS_IO_CPU),
    LANE_ROW("network", GP_AXIS_NETWORK),
    {0},
};
static const KeyObject KEYS_LANES = {"the lanes of a term", LANES, sizeof(LanesSpec)};

static const KeyRow PACK[] = {
    {.name = "term",
     .kind = KEY_CHOICE,
     .choice_at = pack_name,
     .required = true,
     .shorthand = true,
     AT(PackSpec, term),
     .example = "fgd",
     .summary = "a named packing policy when alone, else a term of the kernel"},
    {.name = "weight",
     .kind = KEY_QUANTITY,
     .min = 1,
     .max = 1000000,
     .fallback = "1",
     AT(PackSpec, weight),
     .example = "1",
     .summary = "what its score counts in the sum"},
    {.name = "variant",
     .kind = KEY_QUANTITY,
     .min = 0,
     .max = 1000,
     AT(PackSpec, variant),
     .example = "0",
     .absent = "the term's own",
     .summary = "which published form; docs/packing-terms.md"},
    {.name = "lanes",
     .kind = KEY_OBJECT,
     .object = &KEYS_LANES,
     AT(PackSpec, lanes),
     .example = "{gpu: 10, cpu: 1}",
     .absent = "the term's own",
     .summary = "weights of the resources that it scores; those not named count nothing"},
    {0},
};
static const KeyObject KEYS_PACK = {"an entry of policy.pack", PACK, sizeof(PackSpec)};

static const char *const TIES[] = {"index", "random", NULL};
static const KeyRow TIES_ROWS[] = {
    {.name = "rule",
     .kind = KEY_CHOICE,
     .choices = TIES,
     .shorthand = true,
     AT(TiesSpec, rule),
     .example = "random",
     .absent = "the preset's",
     .summary = "equal scores: the lowest index, or a rank drawn once a run"},
    {.name = "ranks",
     .kind = KEY_PATH,
     AT(TiesSpec, ranks),
     .example = "ranks.csv",
     .absent = "none",
     .summary = "recorded ranks in place of a rule, a column seedN for each seed"},
    {0},
};
static const KeyObject KEYS_TIES = {"policy.ties", TIES_ROWS, sizeof(TiesSpec)};

static const char *const SEES[] = {"gpu",    "gpu_memory", "cpu", "memory", "storage_bandwidth",
                                   "io_cpu", "network",    NULL};
static const char *const DEVICES[] = {"tightest",     "first",       "random", "term",
                                      "hami-binpack", "hami-spread", NULL};

static const KeyWord EVENT[] = {{"event", 0}, {0}};
static const KeyWord ALWAYS[] = {{"always", 0}, {0}};
static const KeyWord CANDIDATES[] = {{"all", 0}, {"kube", -1}, {0}};

/* In the order of the codes of core/scenario.h. */
static const char *const GANGS[] = {"together", "task-by-task", NULL};
static const char *const TOPOLOGY[] = {"ignored", "best-fit", "tightest", NULL};

#define SLOT(key, an_object, an_example, what)                                                     \
    {                                                                                              \
        .name = #key, .kind = KEY_OBJECT, .object = &(an_object), AT(PolicySpec, key),             \
        .example = (an_example), .absent = "the preset's", .summary = (what)                       \
    }

static const KeyRow POLICY[] = {
    {.name = "preset",
     .kind = KEY_CHOICE,
     .choice_at = preset_name,
     .fallback = "fifo",
     AT(PolicySpec, preset),
     .example = "fifo",
     .summary = "a named scheduler; the keys below override its row"},
    SLOT(order, KEYS_ORDER, "priority", "which job next"),
    SLOT(share, KEYS_SHARE, "cohort", "what each queue is due"),
    SLOT(admit, KEYS_ADMIT, "none", "may it start now, as far as rules go"),
    SLOT(scan, KEYS_SCAN, "skip", "what happens behind a job that cannot start"),
    {.name = "pack",
     .kind = KEY_OBJECT_LIST,
     .object = &KEYS_PACK,
     AT(PolicySpec, pack),
     .example = "[{term: ragp, weight: 1}, {term: fgd, weight: 1}]",
     .absent = "the preset's",
     .summary = "where: one name, or a weighted list of terms"},
    SLOT(evict, KEYS_EVICT, "none", "whose place may it take"),
    {.name = "sees",
     .kind = KEY_TEXTS,
     .choices = SEES,
     AT(PolicySpec, sees),
     .example = "[gpu, cpu, memory]",
     .absent = "what the pack sees",
     .summary = "what the scheduler looks at; the cluster consumes everything"},
    {.name = "devices",
     .kind = KEY_CHOICE,
     .choices = DEVICES,
     AT(PolicySpec, devices),
     .example = "tightest",
     .absent = "the pack's",
     .summary = "which devices of the node a shared request takes"},
    {.name = "ties",
     .kind = KEY_OBJECT,
     .object = &KEYS_TIES,
     AT(PolicySpec, ties),
     .example = "random",
     .summary = "which of the nodes with the best score"},
    SLOT(estimates, KEYS_ESTIMATES, "{factor: 3}",
         "what run times the scheduler believes: limit, exact, or {factor: 3}"),
    {.name = "cycle",
     .kind = KEY_QUANTITY,
     .unit = UNIT_DURATION_MS,
     .rounding = ROUND_EXACT,
     .min = 1,
     .max = INT64_C(86400000),
     .words = EVENT,
     AT(PolicySpec, cycle_ms),
     .example = "1s",
     .absent = "the preset's",
     .summary = "passes happen at its multiples; event: whenever something changed"},
    {.name = "backfill_every",
     .kind = KEY_QUANTITY,
     .unit = UNIT_DURATION_MS,
     .rounding = ROUND_EXACT,
     .min = 1,
     .max = INT64_C(86400000),
     .words = ALWAYS,
     AT(PolicySpec, backfill_every_ms),
     .example = "30s",
     .absent = "the preset's",
     .summary = "easy and conservative plan at its multiples, and are strict between"},
    {.name = "requeue_delay",
     .kind = KEY_QUANTITY,
     .unit = UNIT_DURATION_MS,
     .rounding = ROUND_EXACT,
     .min = 0,
     .max = TIME_MS_MAX,
     AT(PolicySpec, requeue_delay_ms),
     .example = "121s",
     .absent = "the preset's",
     .summary = "who was stopped may not start again before"},
    {.name = "limit_check",
     .kind = KEY_QUANTITY,
     .unit = UNIT_DURATION_MS,
     .rounding = ROUND_EXACT,
     .min = 0,
     .max = INT64_C(86400000),
     AT(PolicySpec, limit_check_ms),
     .example = "30s",
     .absent = "the preset's",
     .summary = "time limits are looked at so often; 0s: at once"},
    {.name = "gangs",
     .kind = KEY_CHOICE,
     .choices = GANGS,
     AT(PolicySpec, gangs),
     .example = "together",
     .absent = "the preset's",
     .summary = "gangs are placed whole or not at all, or the scheduler knows none"},
    {.name = "topology",
     .kind = KEY_CHOICE,
     .choices = TOPOLOGY,
     AT(PolicySpec, topology),
     .example = "best-fit",
     .absent = "the preset's",
     .summary = "how a job's tasks are spread over racks and zones"},
    {.name = "candidates",
     .kind = KEY_QUANTITY,
     .min = 1,
     .max = GP_NODES_MAX,
     .words = CANDIDATES,
     AT(PolicySpec, candidates),
     .example = "100",
     .absent = "the preset's",
     .summary = "how many nodes that fit are scored, from where the last search ended; kube: as "
                "kube-scheduler counts them"},
    SLOT(remedy, KEYS_REMEDY, "{preset: agent, detect: 60s}", "what happens after a fault"),
    {.name = "import",
     .kind = KEY_OBJECT,
     .object = &KEYS_IMPORT,
     AT(PolicySpec, import),
     .absent = "nothing",
     .example = "{kueue: kueue.yaml}",
     .summary = "queues and options as a scheduler is configured; the scenario's own keys win"},
    LATER("provision", KEY_TEXT, "fixed", "how many nodes of which kind"),
    LATER("plugin", KEY_PATH, "./my_policy.so", "a policy from a shared library"),
    {0},
};
const KeyObject KEYS_POLICY = {"policy", POLICY, sizeof(PolicySpec)};
