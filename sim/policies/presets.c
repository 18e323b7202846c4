/* presets.c - named schedulers: one row fills every slot and every option. A preset that needs an
 * if needs a slot option instead. */
#include <stddef.h>

#include "sim/policies/registry.h"

#define DAY_MS INT64_C(86400000)

#define ORDER_PLAIN                                                                                \
    {                                                                                              \
        .age_from = AGE_FROM_SUBMIT, .recompute_ms = 300000, .age_max_ms = 7 * DAY_MS,             \
        .half_life_ms = 7 * DAY_MS                                                                 \
    }
#define SHARE_PLAIN                                                                                \
    {                                                                                              \
        .window_ms = 7 * DAY_MS                                                                    \
    }
#define ADMIT_PLAIN                                                                                \
    {                                                                                              \
        .overcommit_ppm = 1200000, .queue_gate = true, .borrow_first = true,                       \
        .nonpreemptible_in_quota = true                                                            \
    }
#define EVICT_PLAIN                                                                                \
    {                                                                                              \
        .mode = EVICT_REQUEUE, .within_queue = PREEMPT_LOWER_PRIORITY, .reclaim = RECLAIM_ANY,     \
        .borrow_priority = INT64_MIN, .moves_max = 16, .consolidates = true,                      \
        .preemptible_below = INT64_MAX              \
    }

const OrderOptions ORDER_OPTIONS_DEFAULT = ORDER_PLAIN;
const ShareOptions SHARE_OPTIONS_DEFAULT = SHARE_PLAIN;
const AdmitOptions ADMIT_OPTIONS_DEFAULT = ADMIT_PLAIN;
const ScanOptions SCAN_OPTIONS_DEFAULT = {0};
const EvictOptions EVICT_OPTIONS_DEFAULT = EVICT_PLAIN;

static const Preset FIFO = {
    .name = "fifo",
    .summary = "first come first served, strictly; the first node that fits",
    .modelled = "A plain reference scheduler, no product's. Head-of-line blocking is on purpose.",
    .order = "fifo",
    .share = "none",
    .admit = "none",
    .scan = "strict",
    .pack = "first-fit",
    .evict = "none",
    .ties = "index",
    .order_options = ORDER_PLAIN,
    .share_options = SHARE_PLAIN,
    .admit_options = ADMIT_PLAIN,
    .evict_options = EVICT_PLAIN,
    .estimates = ESTIMATE_EXACT,
};

static const Preset OPENB_STUDY = {
    .name = "openb-study",
    .summary = "the published packing study: arrivals fill the fleet, what does not fit is dropped",
    .version = "Weng et al., USENIX ATC 2023, and its simulator",
    .modelled = "As that simulator computes it: tasks stay, nothing is queued, retried or moved.",
    .approximated = "Ties go to a rank drawn once a replication; the published ranks are recorded: "
                    "ties: {ranks: FILE}.",
    .order = "fifo",
    .share = "none",
    .admit = "none",
    .scan = "drop",
    .pack = "fgd",
    .evict = "none",
    .ties = "random",
    .order_options = ORDER_PLAIN,
    .share_options = SHARE_PLAIN,
    .admit_options = ADMIT_PLAIN,
    .evict_options = EVICT_PLAIN,
    .estimates = ESTIMATE_EXACT,
};

const Preset *const PRESETS[] = {&FIFO, &OPENB_STUDY, NULL};
