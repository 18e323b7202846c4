/* keys_policy.c - `policy:`: the slots of a scheduler; names come from the registry. */
#include <string.h>

#include "sim/policies/registry.h"
#include "sim/scenario/keys_rows.h"
#include "sim/scenario/spec.h"

/* The registry's arrays end with NULL and are asked from 0 upwards. */
#define NAMES_OF(function, ARRAY)                                                                  \
    static const char *function(int index)                                                         \
    {                                                                                              \
        return (ARRAY)[index] == NULL ? NULL : (ARRAY)[index]->name;                               \
    }

NAMES_OF(preset_name, PRESETS)
NAMES_OF(order_name, ORDER_POLICIES)
NAMES_OF(admit_name, ADMIT_POLICIES)
NAMES_OF(scan_name, SCAN_POLICIES)
NAMES_OF(evict_name, EVICT_POLICIES)

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

static const KeyRow REMEDY[] = {
    LATER("preset", KEY_TEXT, "agent", "who repairs"),
    LATER_QUANTITY("detect", UNIT_DURATION_MS, "60s", "time until a fault is seen"),
    LATER_QUANTITY("spares", UNIT_NONE, "2", "nodes kept in reserve"),
    LATER_QUANTITY("technicians", UNIT_NONE, "3", "repairs at the same time"),
    {0},
};
static const KeyObject KEYS_REMEDY = {"policy.remedy", REMEDY, sizeof(Node *)};

static const char *const SEES[] = {"gpu",    "gpu_memory", "cpu", "memory", "storage_bandwidth",
                                   "io_cpu", "network",    NULL};
static const char *const DEVICES[] = {"tightest",     "first",       "random", "term",
                                      "hami-binpack", "hami-spread", NULL};

/* Names with a meaning and no code yet. */
static const char *const PRESETS_LATER[] = {"kube-default", "kueue", "kueue-topology", "volcano",
                                            "hami",         "kai",   "slurm",          NULL};
static const char *const ORDERS_LATER[] = {"shortest", "least-served", "multifactor", NULL};
static const char *const ADMITS_LATER[] = {"quota", NULL};
static const char *const SCANS_LATER[] = {"easy", "conservative", NULL};
static const char *const EVICTS_LATER[] = {"priority", "reclaim", "consolidation", NULL};

static const KeyRow POLICY[] = {
    {.name = "preset",
     .kind = KEY_CHOICE,
     .choice_at = preset_name,
     .later = PRESETS_LATER,
     .fallback = "fifo",
     AT(PolicySpec, preset),
     .example = "fifo",
     .summary = "a named scheduler; the keys below override its row"},
    {.name = "order",
     .kind = KEY_CHOICE,
     .choice_at = order_name,
     .later = ORDERS_LATER,
     AT(PolicySpec, order),
     .example = "fifo",
     .absent = "the preset's",
     .summary = "which job next"},
    {.name = "admit",
     .kind = KEY_CHOICE,
     .choice_at = admit_name,
     .later = ADMITS_LATER,
     AT(PolicySpec, admit),
     .example = "none",
     .absent = "the preset's",
     .summary = "may it start now, as far as rules go"},
    {.name = "scan",
     .kind = KEY_CHOICE,
     .choice_at = scan_name,
     .later = SCANS_LATER,
     AT(PolicySpec, scan),
     .example = "skip",
     .absent = "the preset's",
     .summary = "what happens behind a job that cannot start"},
    {.name = "pack",
     .kind = KEY_OBJECT_LIST,
     .object = &KEYS_PACK,
     AT(PolicySpec, pack),
     .example = "[{term: ragp, weight: 1}, {term: fgd, weight: 1}]",
     .absent = "the preset's",
     .summary = "where: one name, or a weighted list of terms"},
    {.name = "evict",
     .kind = KEY_CHOICE,
     .choice_at = evict_name,
     .later = EVICTS_LATER,
     AT(PolicySpec, evict),
     .example = "none",
     .absent = "the preset's",
     .summary = "whose place may it take"},
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
    LATER("share", KEY_TEXT, "cohort", "how queues share the fleet"),
    LATER("estimates", KEY_TEXT, "limit", "what run times the scheduler believes"),
    LATER("cycle", KEY_TEXT, "1s", "time between two passes, or event"),
    LATER_QUANTITY("backfill_every", UNIT_DURATION_MS, "30s", "time between two backfill passes"),
    LATER_OBJECT("remedy", KEY_OBJECT, &KEYS_REMEDY, "{preset: agent}",
                 "what happens after a fault"),
    LATER("provision", KEY_TEXT, "fixed", "how many nodes of which kind"),
    LATER("plugin", KEY_PATH, "./my_policy.so", "a policy from a shared library"),
    {0},
};
const KeyObject KEYS_POLICY = {"policy", POLICY, sizeof(PolicySpec)};
