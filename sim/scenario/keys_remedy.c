/* keys_remedy.c - `policy.remedy`: what is noticed, believed and done after a fault. */
#include "core/remedy.h"
#include "sim/policies/registry.h"
#include "sim/scenario/keys_rows.h"
#include "sim/scenario/spec.h"

static const char *remedy_name(int index)
{
    return REMEDY_PRESETS[index] == NULL ? NULL : REMEDY_PRESETS[index]->name;
}

#define PRESETS_OWN "the remedy's"

#define SPAN(key, field, an_example, what)                                                         \
    {                                                                                              \
        .name = (key), .kind = KEY_QUANTITY, .unit = UNIT_DURATION_MS, .rounding = ROUND_EXACT,    \
        .min = 0, .max = TIME_MS_MAX, AT(RemedySpec, field), .example = (an_example),              \
        .absent = PRESETS_OWN, .summary = (what)                                                   \
    }
#define SHARE(key, field, an_example, what)                                                        \
    {                                                                                              \
        .name = (key), .kind = KEY_QUANTITY, .unit = UNIT_RATIO_PPM, .rounding = ROUND_EXACT,      \
        .min = 0, .max = GP_PPM, AT(RemedySpec, field), .example = (an_example),                   \
        .absent = PRESETS_OWN, .summary = (what)                                                   \
    }
#define COUNT(key, field, most, an_example, what)                                                  \
    {                                                                                              \
        .name = (key), .kind = KEY_QUANTITY, .min = 0, .max = (most), AT(RemedySpec, field),       \
        .example = (an_example), .absent = PRESETS_OWN, .summary = (what)                          \
    }
#define YES(key, field, missing, what)                                                             \
    {                                                                                              \
        .name = (key), .kind = KEY_BOOL, AT(RemedySpec, field), .example = "true",                 \
        .absent = (missing), .summary = (what)                                                     \
    }
#define CHOICE(key, of_choices, field, an_example, missing, what)                                  \
    {                                                                                              \
        .name = (key), .kind = KEY_CHOICE, .choices = (of_choices), AT(RemedySpec, field),         \
        .example = (an_example), .absent = (missing), .summary = (what)                            \
    }

/* In the order of the codes of core/remedy.h. */
static const char *const SIGNALS[] = {"none", "gpu", "all", NULL};
static const char *const DRAINS[] = {"immediate", "completion", "timeout", NULL};
static const char *const LOSSES[] = {"stops", "waits", "stale", "replaces", NULL};
static const char *const MOVES[] = {"now", "checkpoint", "wait", NULL};

static const KeyRow BAN[] = {
    {.name = "faults",
     .kind = KEY_QUANTITY,
     .min = 0,
     .max = REMEDY_BAN_FAULTS_MAX,
     .shorthand = true,
     AT(BanSpec, faults),
     .example = "3",
     .absent = PRESETS_OWN,
     .summary = "noticed on a node ban it; 0: never"},
    {.name = "within",
     .kind = KEY_QUANTITY,
     .unit = UNIT_DURATION_MS,
     .rounding = ROUND_EXACT,
     .min = 1,
     .max = TIME_MS_MAX,
     AT(BanSpec, within_ms),
     .example = "7d",
     .absent = "the remedy's, else 7d",
     .summary = "so many within this time"},
    {0},
};
static const KeyObject KEYS_BAN = {"policy.remedy.ban", BAN, sizeof(BanSpec)};

static const KeyRow SHIFT[] = {
    {.name = "begin",
     .kind = KEY_TEXT,
     .fallback = "00:00",
     AT(ShiftSpec, begin),
     .example = "\"08:00\"",
     .summary = "of the day, hours and minutes, in the time of `start`"},
    {.name = "length",
     .kind = KEY_QUANTITY,
     .unit = UNIT_DURATION_MS,
     .rounding = ROUND_EXACT,
     .min = 1,
     .max = INT64_C(86400000),
     .required = true,
     AT(ShiftSpec, length_ms),
     .example = "8h",
     .summary = "how long they work"},
    {.name = "days",
     .kind = KEY_TEXTS,
     AT(ShiftSpec, days),
     .example = "mon-fri",
     .absent = "every day",
     .summary = "days or ranges of them: mon tue wed thu fri sat sun"},
    {0},
};
const KeyObject KEYS_SHIFT = {"policy.remedy.shift", SHIFT, sizeof(ShiftSpec)};

static const KeyRow REMEDY[] = {
    {.name = "preset",
     .kind = KEY_CHOICE,
     .choice_at = remedy_name,
     .shorthand = true,
     .renews = true,
     AT(RemedySpec, preset),
     .example = "agent",
     .absent = "the scheduler's",
     .summary = "a named remedy; the keys below override its row"},
    CHOICE(
        "signals", SIGNALS, signals, "gpu", PRESETS_OWN,
        "what it can see beside nodes that fall silent: nothing, what GPUs report, or data paths "
        "too"),
    SPAN("detect", detect_ms, "60s", "from the start of a fault to its signal"),
    SPAN("silent", silent_ms, "50s", "without a heartbeat until a node is not ready"),
    SPAN("tolerate", tolerate_ms, "300s", "from then until its tasks are evicted"),
    SPAN("evict_every", evict_every_ms, "10s",
         "one silent node is given up so often in a zone; 0s: no limit"),
    SPAN("evict_every_slow", evict_every_slow_ms, "100s", "the same in a large unhealthy zone"),
    SHARE("brake", brake_ppm, "55%",
          "a zone is unhealthy when this share of it is not ready; 0%: none is"),
    COUNT("brake_nodes", brake_nodes, GP_NODES_MAX, "3", "and at least so many nodes"),
    COUNT("small_zone", small_zone, GP_NODES_MAX, "50",
          "an unhealthy zone of so many nodes and fewer gives up none"),
    CHOICE(
        "drain", DRAINS, drain, "timeout", PRESETS_OWN,
        "who still works on what is to be mended: stops, ends, or ends unless it takes too long"),
    SPAN("drain_grace", drain_grace_ms, "60s", "a task's own grace is cut to this"),
    SPAN("drain_timeout", drain_timeout_ms, "60m",
         "of drain: timeout, from the start of the fault"),
    YES("partial", partial, PRESETS_OWN,
        "where a reset is enough, only the faulty GPU's tasks leave the node"),
    SPAN("reset", reset_ms, "2m", "how long the reset of a GPU takes"),
    SPAN("reboot", reboot_ms, "30m", "how long the reboot of a node takes"),
    SHARE("breaker", breaker_ppm, "50%",
          "no node is cordoned while more than this share was lately; 0%: always"),
    SPAN("breaker_window", breaker_window_ms, "5m", "lately"),
    CHOICE("gang_loss", LOSSES, gang_loss, "waits", "the scheduler's",
           "the rest of a gang that lost a member: stops, waits for another, waits for `stale` at "
           "most, or gets one attempt to replace it"),
    SPAN("stale", stale_ms, "60s", "of gang_loss: stale"),
    SPAN("backoff", backoff_ms, "10s",
         "until a failed task is tried again, doubled each time; 0s: at once"),
    SPAN("backoff_max", backoff_max_ms, "600s", "at most"),
    {.name = "backoff_limit",
     .kind = KEY_QUANTITY,
     .min = 0,
     .max = 1000000,
     .words = (const KeyWord[]){{"never", -1}, {0}},
     AT(RemedySpec, backoff_limit),
     .example = "6",
     .absent = PRESETS_OWN,
     .summary = "failures beyond it fail the job"},
    YES("evictions_fail", evictions_fail, "false",
        "a task that is evicted counts as failed and waits as long, as pods of a Kubernetes Job"),
    YES("losses_fail", losses_fail, "the scheduler's",
        "of gang_loss: stops: a gang that stops for a lost member has failed once more"),
    YES("restart_in_place", restart_in_place, PRESETS_OWN,
        "tasks of a node that comes back before they were evicted go on there"),
    YES("counts_capacity", counts_capacity, PRESETS_OWN,
        "a GPU that is out lowers the node's count while its task still counts"),
    YES("shrink", shrink, "the scheduler's",
        "an elastic job goes on without members that it lost, and grows again"),
    YES("return_to_service", return_to_service, "true",
        "a node that comes back by itself after it was given up takes jobs again"),
    SHARE("score", score_ppm, "50%",
          "below this health score jobs leave a node (agent), or it is drained (nvsentinel)"),
    CHOICE("move", MOVES, move, "checkpoint", PRESETS_OWN,
           "they leave now, as soon as their next checkpoint is durable, or when they end"),
    {.name = "ban",
     .kind = KEY_OBJECT,
     .object = &KEYS_BAN,
     AT(RemedySpec, ban),
     .example = "{faults: 3, within: 7d}",
     .absent = PRESETS_OWN,
     .summary = "nodes that fail too often stay out for good"},
    YES("derate", derate, PRESETS_OWN,
        "the scheduler is told what is left of a node's lanes, in place of closing it"),
    {.name = "spares",
     .kind = KEY_QUANTITY,
     .unit = UNIT_RATIO_PPM,
     .rounding = ROUND_EXACT,
     .min = 0,
     .max = (int64_t)GP_NODES_MAX * GP_PPM,
     AT(RemedySpec, spares),
     .example = "2",
     .fallback = "0",
     .summary = "nodes held back, or a share of each type (5%); one takes the place of a node that "
                "is known to be down"},
    {.name = "spare_start",
     .kind = KEY_QUANTITY,
     .unit = UNIT_DURATION_MS,
     .rounding = ROUND_EXACT,
     .min = 0,
     .max = TIME_MS_MAX,
     AT(RemedySpec, spare_start_ms),
     .example = "60s",
     .fallback = "0s",
     .summary = "until a spare is in service"},
    {.name = "technicians",
     .kind = KEY_QUANTITY,
     .min = 0,
     .max = 1000000,
     AT(RemedySpec, technicians),
     .example = "3",
     .fallback = "0",
     .summary = "who work at the same time; 0: as many as it takes"},
    {.name = "shift",
     .kind = KEY_OBJECT,
     .object = &KEYS_SHIFT,
     AT(RemedySpec, shift),
     .example = "{begin: \"08:00\", length: 8h, days: mon-fri}",
     .absent = "round the clock",
     .summary = "when technicians work"},
    {.name = "technician_cost",
     .kind = KEY_QUANTITY,
     .unit = UNIT_USD_MICRO_H,
     .rounding = ROUND_EXACT,
     .min = 0,
     .max = INT64_C(1000000000000),
     AT(RemedySpec, technician_cost),
     .example = "55 USD/h",
     .fallback = "0 USD/h",
     .summary = "of a technician's paid hour"},
    {0},
};
const KeyObject KEYS_REMEDY = {"policy.remedy", REMEDY, sizeof(RemedySpec)};
