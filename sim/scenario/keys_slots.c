/* keys_slots.c - the slots of `policy:` that take a rule and its options; rules come from the
 * registry. */
#include "core/queue.h"
#include "sim/policies/registry.h"
#include "sim/scenario/keys_rows.h"
#include "sim/scenario/spec.h"

/* The registry's arrays end with NULL and are asked from 0 upwards. */
#define NAMES_OF(function, ARRAY)                                                                  \
    static const char *function(int index)                                                         \
    {                                                                                              \
        return (ARRAY)[index] == NULL ? NULL : (ARRAY)[index]->name;                               \
    }

NAMES_OF(order_name, ORDER_POLICIES)
NAMES_OF(share_name, SHARE_POLICIES)
NAMES_OF(admit_name, ADMIT_POLICIES)
NAMES_OF(scan_name, SCAN_POLICIES)
NAMES_OF(evict_name, EVICT_POLICIES)

/* Another rule begins anew: options of the one before mean nothing to it. */
#define RULE_ROW(Struct, names, an_example, what)                                                  \
    {                                                                                              \
        .name = "rule", .kind = KEY_CHOICE, .choice_at = (names), .shorthand = true,               \
        .renews = true, AT(Struct, rule), .example = (an_example), .absent = "the preset's",       \
        .summary = (what)                                                                          \
    }
#define SPAN_ROW(key, of_rules, least, Struct, field, an_example, missing, what)                   \
    {                                                                                              \
        .name = (key), .kind = KEY_QUANTITY, .unit = UNIT_DURATION_MS, .rounding = ROUND_EXACT,    \
        .min = (least), .max = TIME_MS_MAX, .rules = (of_rules), AT(Struct, field),                \
        .example = (an_example), .absent = (missing), .summary = (what)                            \
    }
#define COUNT_ROW(key, of_rules, least, most, Struct, field, an_example, missing, what)            \
    {                                                                                              \
        .name = (key), .kind = KEY_QUANTITY, .min = (least), .max = (most), .rules = (of_rules),   \
        AT(Struct, field), .example = (an_example), .absent = (missing), .summary = (what)         \
    }
#define YES_ROW(key, of_rules, Struct, field, missing, what)                                       \
    {                                                                                              \
        .name = (key), .kind = KEY_BOOL, .rules = (of_rules), AT(Struct, field),                   \
        .example = "true", .absent = (missing), .summary = (what)                                  \
    }

/* ---- order ---- */

static const char *const AGED[] = {"fifo",         "priority",    "shortest", "smallest", "largest",
                                   "least-served", "multifactor", "kai",      "kueue",    NULL};
static const char *const MULTIFACTOR[] = {"multifactor", NULL};
/* In the order of the codes of core/scenario.h. */
static const char *const AGE_FROM[] = {"submit", "queued", NULL};
#define WEIGHT_MAX INT64_C(1000000000)

static const KeyRow ORDER[] = {
    RULE_ROW(OrderSpec, order_name, "fifo", "which job next"),
    {.name = "age_from",
     .kind = KEY_CHOICE,
     .choices = AGE_FROM,
     .rules = AGED,
     AT(OrderSpec, age_from),
     .example = "queued",
     .absent = "the preset's, else submit",
     .summary = "a job is as old as its submission, or as its last return to the queue"},
    COUNT_ROW("age", MULTIFACTOR, 0, WEIGHT_MAX, OrderSpec, age, "1000", "the preset's, else 0",
              "weight of its age"),
    COUNT_ROW("fairshare", MULTIFACTOR, 0, WEIGHT_MAX, OrderSpec, fairshare, "5000",
              "the preset's, else 0", "weight of what its user and queue had too little of"),
    COUNT_ROW("size", MULTIFACTOR, 0, WEIGHT_MAX, OrderSpec, size, "1000", "the preset's, else 0",
              "weight of its size"),
    COUNT_ROW("queue", MULTIFACTOR, 0, WEIGHT_MAX, OrderSpec, queue, "1000", "the preset's, else 0",
              "weight of its queue's priority"),
    SPAN_ROW("age_max", MULTIFACTOR, 1, OrderSpec, age_max_ms, "7d", "the preset's, else 7d",
             "age that counts in full"),
    SPAN_ROW("half_life", MULTIFACTOR, 0, OrderSpec, half_life_ms, "7d", "the preset's, else 7d",
             "past use counts half after so long; 0s: it never fades"),
    SPAN_ROW("recompute", MULTIFACTOR, 1, OrderSpec, recompute_ms, "5m", "the preset's, else 5m",
             "time between two looks at priorities that drift"),
    {0},
};
const KeyObject KEYS_ORDER = {"policy.order", ORDER, sizeof(OrderSpec)};

/* ---- share ---- */

static const char *const KAI[] = {"kai", NULL};

static const KeyRow SHARE[] = {
    RULE_ROW(ShareSpec, share_name, "cohort", "what each queue is due"),
    {.name = "usage_weight",
     .kind = KEY_QUANTITY,
     .unit = UNIT_RATIO_PPM,
     .rounding = ROUND_EXACT,
     .min = 0,
     .max = INT64_C(1000000000),
     .rules = KAI,
     AT(ShareSpec, usage_weight_ppm),
     .example = "0.5",
     .absent = "the preset's, else 0",
     .summary = "how much past use lowers a queue's weight; 0: not at all"},
    SPAN_ROW("window", KAI, 1, ShareSpec, window_ms, "7d", "the preset's, else 7d", "of that use"),
    SPAN_ROW("half_life", KAI, 0, ShareSpec, half_life_ms, "2d", "the preset's, else 0s",
             "that use counts half after so long; 0s: it does not fade inside the window"),
    {0},
};
const KeyObject KEYS_SHARE = {"policy.share", SHARE, sizeof(ShareSpec)};

/* ---- admit ---- */

static const char *const ENQUEUE[] = {"enqueue", NULL};
static const char *const COHORT[] = {"cohort", NULL};

static const KeyRow ADMIT[] = {
    RULE_ROW(AdmitSpec, admit_name, "none", "may it start now, as far as rules go"),
    {.name = "overcommit",
     .kind = KEY_QUANTITY,
     .unit = UNIT_RATIO_PPM,
     .rounding = ROUND_EXACT,
     .min = 0,
     .max = INT64_C(100000000),
     .rules = ENQUEUE,
     AT(AdmitSpec, overcommit_ppm),
     .example = "120%",
     .absent = "the preset's, else 120%",
     .summary = "of the fleet may be held by jobs in use and let in; 0%: no such gate"},
    YES_ROW("queue_limit", ENQUEUE, AdmitSpec, queue_limit, "the preset's, else true",
            "each queue's limit counts jobs that were let in, too"),
    YES_ROW("borrow_first", COHORT, AdmitSpec, borrow_first, "the preset's, else true",
            "borrow in a flavor before the next one is tried"),
    YES_ROW("nonpreemptible_in_quota", KAI, AdmitSpec, nonpreemptible_in_quota,
            "the preset's, else true", "jobs that cannot be stopped must fit their queue's quota"),
    {0},
};
const KeyObject KEYS_ADMIT = {"policy.admit", ADMIT, sizeof(AdmitSpec)};

/* ---- scan ---- */

static const char *const PLANNERS[] = {"easy", "conservative", NULL};

static const KeyRow SCAN[] = {
    RULE_ROW(ScanSpec, scan_name, "skip", "what happens behind a job that cannot start"),
    YES_ROW("per_queue", NULL, ScanSpec, per_queue, "the preset's, else false",
            "a job that cannot start stands in the way of its own queue only"),
    COUNT_ROW("depth", NULL, 0, INT32_MAX, ScanSpec, depth, "100", "the preset's, else 0",
              "jobs looked at in a pass; 0: all"),
    COUNT_ROW("plan_depth", PLANNERS, 0, INT32_MAX, ScanSpec, plan_depth, "500",
              "the preset's, else 0", "jobs tested in a pass that plans; 0: all"),
    SPAN_ROW("window", PLANNERS, 0, ScanSpec, window_ms, "1440m", "the preset's, else 0s",
             "how far plans look ahead; 0s: without end"),
    SPAN_ROW("resolution", PLANNERS, 0, ScanSpec, resolution_ms, "60s", "the preset's, else 0s",
             "planned ends are rounded up to it; 0s: exact"),
    {0},
};
const KeyObject KEYS_SCAN = {"policy.scan", SCAN, sizeof(ScanSpec)};

/* ---- evict ---- */

static const char *const KUEUE[] = {"kueue", NULL};
static const char *const PRIORITY[] = {"priority", NULL};
static const char *const RECLAIMS[] = {"reclaim", NULL};
static const char *const STOPPERS[] = {"priority", "tier", "qos", "kueue", "reclaim", "kai", NULL};
static const char *const BY_QUEUE[] = {"kueue", "reclaim", "kai", NULL};
static const char *const MOVERS[] = {"kai", "consolidation", NULL};
/* In the order of the codes of core/policy.h and core/queue.h. */
static const char *const MODE[] = {"requeue", "cancel", "suspend", NULL};
static const char *const PREEMPT[] = {"never", "lower-priority", "lower-or-newer", NULL};
static const char *const RECLAIM[] = {"never", "lower-priority", "any", NULL};

static const KeyRow EVICT[] = {
    RULE_ROW(EvictSpec, evict_name, "none", "whose place may it take"),
    {.name = "mode",
     .kind = KEY_CHOICE,
     .rules = STOPPERS,
     .choices = MODE,
     AT(EvictSpec, mode),
     .example = "requeue",
     .absent = "the preset's, else requeue",
     .summary = "who is stopped waits again from its beginning, ends, or goes on later"},
    {.name = "preempt",
     .kind = KEY_CHOICE,
     .rules = BY_QUEUE,
     .choices = PREEMPT,
     AT(EvictSpec, preempt),
     .example = "lower-priority",
     .absent = "the preset's, else the rule's own",
     .summary = "whom a job may stop in its own queue, where the queue does not say"},
    {.name = "reclaim",
     .kind = KEY_CHOICE,
     .rules = BY_QUEUE,
     .choices = RECLAIM,
     AT(EvictSpec, reclaim),
     .example = "any",
     .absent = "the preset's, else the rule's own",
     .summary = "from whom a queue takes back what is its own, where the queue does not say"},
    YES_ROW("by_queue_priority", PRIORITY, EvictSpec, by_queue_priority, "the preset's, else false",
            "the queue's priority decides, not the job's"),
    {.name = "borrow_priority",
     .kind = KEY_QUANTITY,
     .rules = KUEUE,
     .min = -1000000000,
     .max = 1000000000,
     AT(EvictSpec, borrow_priority),
     .example = "10",
     .absent = "the preset's, else off",
     .summary = "who borrows may stop jobs of others up to this priority"},
    COUNT_ROW("moves_max", MOVERS, 0, 1000000, EvictSpec, moves_max, "16", "the preset's, else 16",
              "jobs moved at most to make room"),
    YES_ROW("consolidate", KAI, EvictSpec, consolidate, "the preset's, else true",
            "moves jobs together before it stops any"),
    YES_ROW("fair", KUEUE, EvictSpec, fair, "the preset's, else false",
            "who holds the largest share of the cohort gives way first"),
    YES_ROW("break_gangs", RECLAIMS, EvictSpec, break_gangs, "the preset's, else false",
            "a gang's last tasks may be stopped too, and with them the gang"),
    YES_ROW("drf", RECLAIMS, EvictSpec, drf, "the preset's, else false",
            "where no lower priority gives way in a queue, the larger dominant share does"),
    {.name = "preemptible_below",
     .kind = KEY_QUANTITY,
     .min = -1000000000,
     .max = 1000000000,
     AT(EvictSpec, preemptible_below),
     .example = "100",
     .absent = "the preset's, else all can",
     .summary = "jobs of this priority and more cannot be stopped, unless they say so"},
    {0},
};
const KeyObject KEYS_EVICT = {"policy.evict", EVICT, sizeof(EvictSpec)};

/* ---- estimates ---- */

/* In the order of the codes of core/scenario.h. */
static const char *const ESTIMATES[] = {"limit", "exact", NULL};
static const KeyRow ESTIMATE_ROWS[] = {
    {.name = "rule",
     .kind = KEY_CHOICE,
     .choices = ESTIMATES,
     .shorthand = true,
     .renews = true,
     AT(EstimatesSpec, rule),
     .example = "limit",
     .absent = "the preset's",
     .summary = "the estimate or time limit that a job gives, or how long it really runs"},
    {.name = "factor",
     .kind = KEY_QUANTITY,
     .unit = UNIT_RATIO_PPM,
     .rounding = ROUND_EXACT,
     .min = 1,
     .max = INT64_C(1000000000),
     .renews = true,
     AT(EstimatesSpec, factor_ppm),
     .example = "3",
     .absent = "none",
     .summary = "in place of a rule: so many times how long it really runs"},
    {0},
};
const KeyObject KEYS_ESTIMATES = {"policy.estimates", ESTIMATE_ROWS, sizeof(EstimatesSpec)};
