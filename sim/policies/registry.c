/* registry.c - the arrays of policies by slot, and look-ups by name. Packs and presets list
 * themselves. */
#include <string.h>

#include "sim/policies/policies.h"
#include "sim/policies/registry.h"

const OrderPolicy *const ORDER_POLICIES[] = {&order_fifo,
                                             &order_priority,
                                             &order_shortest,
                                             &order_smallest,
                                             &order_largest,
                                             &order_least_served,
                                             &order_multifactor,
                                             &order_kai,
                                             &order_volcano,
                                             &order_kueue,
                                             NULL};
const SharePolicy *const SHARE_POLICIES[] = {
    &share_none, &share_proportion, &share_capacity, &share_cohort, &share_drf, &share_kai, NULL};
const AdmitPolicy *const ADMIT_POLICIES[] = {
    &admit_none,     &admit_quota,   &admit_cohort, &admit_cohort_placed,
    &admit_deserved, &admit_enqueue, &admit_kai,    NULL};
const ScanPolicy *const SCAN_POLICIES[] = {&scan_strict, &scan_skip,         &scan_drop,
                                           &scan_easy,   &scan_conservative, NULL};
const EvictPolicy *const EVICT_POLICIES[] = {&evict_none, &evict_priority,      &evict_tier,
                                             &evict_qos,  &evict_kueue,         &evict_reclaim,
                                             &evict_kai,  &evict_consolidation, NULL};

const RemedyPolicy *const REMEDY_POLICIES[] = {&remedy_none,       &remedy_kubernetes, &remedy_slurm,
                                               &remedy_nvsentinel, &remedy_agent,      NULL};

/* One look-up for each array: every row has a name, and NULL ends the array. */
#define LOOK_UP(function, Type, ARRAY)                                                             \
    const Type *function(const char *name)                                                         \
    {                                                                                              \
        for (const Type *const *row = ARRAY; *row != NULL; row++) {                                \
            if (strcmp((*row)->name, name) == 0) {                                                 \
                return *row;                                                                       \
            }                                                                                      \
        }                                                                                          \
        return NULL;                                                                               \
    }

LOOK_UP(order_policy, OrderPolicy, ORDER_POLICIES)
LOOK_UP(share_policy, SharePolicy, SHARE_POLICIES)
LOOK_UP(admit_policy, AdmitPolicy, ADMIT_POLICIES)
LOOK_UP(scan_policy, ScanPolicy, SCAN_POLICIES)
LOOK_UP(evict_policy, EvictPolicy, EVICT_POLICIES)
LOOK_UP(remedy_policy, RemedyPolicy, REMEDY_POLICIES)
LOOK_UP(remedy_preset, RemedyPreset, REMEDY_PRESETS)
LOOK_UP(pack_policy, PackPolicy, PACK_POLICIES)
LOOK_UP(preset, Preset, PRESETS)
