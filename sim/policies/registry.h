/* registry.h - every policy by name: plain arrays, ended by NULL. */
#ifndef SIM_POLICIES_REGISTRY_H
#define SIM_POLICIES_REGISTRY_H

#include "core/packing/gpupack.h"
#include "core/policy.h"
#include "core/scenario.h"

extern const OrderPolicy *const ORDER_POLICIES[];
extern const SharePolicy *const SHARE_POLICIES[];
extern const AdmitPolicy *const ADMIT_POLICIES[];
extern const ScanPolicy *const SCAN_POLICIES[];
extern const EvictPolicy *const EVICT_POLICIES[];
extern const RemedyPolicy *const REMEDY_POLICIES[];

/* A named packing rule: kernel terms with weights, a pick and a device rule. */
typedef struct PackTerm {
    const char *term;
    int64_t weight;
    int32_t variant;
    double coefficient[GP_COEFFICIENTS]; /* used where coefficients_given */
    int coefficients_given;
} PackTerm;

typedef struct PackPolicy {
    const char *name;
    const char *summary;
    const char *fidelity; /* what is modelled, approximated, left out, and the version it follows */
    PackTerm terms[GP_TERMS_MAX]; /* ended by a NULL term */
    GpPick pick;
    GpDeviceRule device_rule;
    GpMigRule mig_rule;
    uint32_t blind; /* lanes not looked at */
} PackPolicy;

extern const PackPolicy *const PACK_POLICIES[];

/* Fills the kernel's policy from a row. False if a row names a term that does not exist (a
 * programmer's error, caught by a test). */
int pack_policy_fill(const PackPolicy *row, GpPolicy *policy);

/* A named remedy: a policy with all its options. What becomes of a gang that lost a member is the
 * scheduler's (Preset.gangs). */
typedef struct RemedyPreset {
    const char *name;
    const char *summary;
    const char *version; /* what it follows; NULL: no product */
    const char *modelled;
    const char *approximated; /* NULL: nothing */
    const char *left_out;     /* NULL: nothing */
    const RemedyPolicy *policy;
    RemedyOptions options;
} RemedyPreset;

extern const RemedyPreset *const REMEDY_PRESETS[];

/* A gang that has lost a member, under a scheduler. */
typedef struct GangLossRow {
    int32_t rule; /* GangLoss */
    int64_t stale_ms;
    bool shrinks;
    int32_t
        max_retry; /* the job fails with the so many-th; none waits. 0: as Jobs' controllers do */
} GangLossRow;

/* A named scheduler: one row fills every slot and every option. */
typedef struct Preset {
    const char *name;
    const char *summary;
    const char *version; /* what it follows; NULL: no product */
    const char *modelled;
    const char *approximated; /* NULL: nothing */
    const char *left_out;     /* NULL: nothing */
    const char *order, *share, *admit, *scan, *pack, *evict;
    const char *ties;   /* index or random */
    const char *remedy; /* a RemedyPreset */
    GangLossRow gang_loss;
    OrderOptions order_options;
    ShareOptions share_options;
    AdmitOptions admit_options;
    ScanOptions scan_options;
    EvictOptions evict_options;
    PlaceOptions place;
    int32_t estimates; /* EstimateRule */
    int64_t cycle_ms, requeue_delay_ms, limit_check_ms;
    uint32_t sees; /* lanes; 0: what the pack sees */
} Preset;

extern const Preset *const PRESETS[];

/* What a rule does that is not the preset's, where the scenario does not say. */
extern const OrderOptions ORDER_OPTIONS_DEFAULT;
extern const ShareOptions SHARE_OPTIONS_DEFAULT;
extern const AdmitOptions ADMIT_OPTIONS_DEFAULT;
extern const ScanOptions SCAN_OPTIONS_DEFAULT;
extern const EvictOptions EVICT_OPTIONS_DEFAULT;

/* Look-ups; NULL if there is none. */
const OrderPolicy *order_policy(const char *name);
const SharePolicy *share_policy(const char *name);
const AdmitPolicy *admit_policy(const char *name);
const ScanPolicy *scan_policy(const char *name);
const EvictPolicy *evict_policy(const char *name);
const RemedyPolicy *remedy_policy(const char *name);
const RemedyPreset *remedy_preset(const char *name);
const PackPolicy *pack_policy(const char *name);
const Preset *preset(const char *name);

#endif
