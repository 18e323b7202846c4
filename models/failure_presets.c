/* failure_presets.c - published fleets as rows: counts over an exposure, and what mends each.
 * Sources, what is calibrated on what, and what is assumed: docs/failures.md. */
#include "models/failure_presets.h"

#include <string.h>

#define HOUR 3600000.0
#define MINUTE 60000.0
#define GPUS_PER_NODE 8 /* of all these fleets */

/* ---- how faults end ---- */

typedef enum Mending {
    AT_ONCE,  /* nothing is left to mend */
    RESTART,  /* reset or reboot by itself: 10 to 30 min */
    REIMAGE,  /* taken out, set up and tested anew: 2 to 24 h */
    SWAP,     /* a technician, now and then a part, burn-in */
    CABLE,    /* a technician reseats or replaces it */
    LOGNORMAL /* a single time out of service */
} Mending;

/* Lognormal between two quantiles of 5 % and 95 %: sigma = ln(high / low) / (2 x 1.645). */
static const Distribution RESTART_MS = {
    .family = FAMILY_LOGNORMAL, .scale = 17.3 * MINUTE, .shape = 0.334};
static const Distribution REIMAGE_MS = {
    .family = FAMILY_LOGNORMAL, .scale = 6.93 * HOUR, .shape = 0.755};
static const Distribution DIAGNOSIS_MS = {.family = FAMILY_CONSTANT, .scale = 30 * MINUTE};
static const Distribution HANDS_ON_MS = {
    .family = FAMILY_LOGNORMAL, .scale = 2.83 * HOUR, .shape = 0.211};
static const Distribution CABLE_MS = {.family = FAMILY_CONSTANT, .scale = HOUR};
static const Distribution PART_MS = {.family = FAMILY_LOGNORMAL, .scale = 24 * HOUR, .shape = 1.0};

static const RepairStages SWAP_STAGES = {.diagnosis = &DIAGNOSIS_MS,
                                         .part = &PART_MS,
                                         .hands_on = &HANDS_ON_MS,
                                         .burn_in = &REIMAGE_MS,
                                         .part_probability = 0.25,
                                         .technician = true};
static const RepairStages CABLE_STAGES = {
    .diagnosis = &DIAGNOSIS_MS, .hands_on = &CABLE_MS, .technician = true};

/* ---- rows ---- */

typedef struct PresetRow {
    const char *name;
    double count; /* over the preset's exposure */
    uint8_t scope, effect, class_of, mending;
    bool operator_;
    bool planned;
    int32_t detect_s; /* a process that hangs so long before anybody knows */
    int32_t gpus_most;
    double scale_h, sigma; /* LOGNORMAL, cut off at LOGGED_MOST_H */
} PresetRow;

typedef struct Preset {
    const char *name;
    const char *source;
    double node_days; /* exposure: node-days of nodes with GPUS_PER_NODE */
    double frailty_cv, lemon_share, lemon_factor;
    int32_t row_count;
    const PresetRow *rows;
} Preset;

#define OTHER FAULT_CLASS_OTHER
#define JOB .scope = SCOPE_JOB, .effect = EFFECT_JOB_DIES, .class_of = OTHER, .mending = AT_ONCE
#define GPU(class, how)                                                                            \
    .scope = SCOPE_DEVICE, .effect = EFFECT_GPU_OUT, .class_of = (class), .mending = (how)
#define NODE(class, how)                                                                           \
    .scope = SCOPE_NODE, .effect = EFFECT_NODE_OUT, .class_of = (class), .mending = (how)

/* Causes and counts: 419 unexpected and 47 planned interruptions. What each does and what mends it
 * is assumed. */
static const PresetRow LLAMA3[] = {
    {.name = "gpu", .count = 148, GPU(FAULT_CLASS_UNCONTAINED, SWAP)},
    {.name = "gpu-memory", .count = 72, GPU(FAULT_CLASS_UNCONTAINED, RESTART)},
    {.name = "software", .count = 54, JOB},
    {.name = "network", .count = 35, NODE(OTHER, CABLE)},
    {.name = "host-maintenance", .count = 32, NODE(OTHER, REIMAGE)},
    {.name = "gpu-sram", .count = 19, GPU(FAULT_CLASS_UNCONTAINED, RESTART)},
    {.name = "gpu-system-processor", .count = 17, GPU(FAULT_CLASS_DRIVER, RESTART)},
    {.name = "nic", .count = 7, NODE(OTHER, SWAP)},
    {.name = "nccl-watchdog", .count = 7, JOB, .detect_s = 600},
    {.name = "silent-data-corruption", .count = 6, GPU(OTHER, SWAP)},
    {.name = "gpu-thermal", .count = 6, GPU(OTHER, SWAP)},
    {.name = "ssd", .count = 3, NODE(OTHER, SWAP)},
    {.name = "power-supply", .count = 3, NODE(OTHER, SWAP)},
    {.name = "chassis", .count = 2, NODE(OTHER, SWAP)},
    {.name = "io-board", .count = 2, NODE(OTHER, SWAP)},
    {.name = "dependency", .count = 2, JOB},
    {.name = "cpu", .count = 2, NODE(OTHER, SWAP)},
    {.name = "dram", .count = 2, NODE(OTHER, SWAP)},
    {.name = "planned", .count = 47, NODE(OTHER, REIMAGE), .planned = true, .operator_ = true},
};

/* Top contributors are known by name, not by share: equal parts of the node rate. */
#define RSC_ROWS(each)                                                                             \
    {.name = "infiniband", .count = (each), NODE(OTHER, CABLE)},                                   \
        {.name = "filesystem-mount", .count = (each), NODE(OTHER, RESTART)},                       \
        {.name = "gpu-memory", .count = (each), GPU(FAULT_CLASS_UNCONTAINED, RESTART)},            \
        {.name = "pcie", .count = (each), NODE(FAULT_CLASS_BUS, SWAP)},                            \
    {                                                                                              \
        .name = "host", .count = (each), NODE(OTHER, SWAP)                                         \
    }
static const PresetRow RSC1[] = {
    RSC_ROWS(1.176),
    {.name = "job", .count = 16.4, JOB, .gpus_most = 1024},
};
/* The other reading of the same figures: the nodes that are no lemons fail 6.50 times in 1,000
 * node-days, and lemons make up the rest; they come back at once, to fail again. The mean is 6.50 x
 * (1
 * + 0.012 x (factor - 1)). */
#define RSC1_LEMON_FACTOR 206.0
#define RSC1_LEMON_ROW (1.3 * (1.0 + 0.012 * (RSC1_LEMON_FACTOR - 1.0)))
static const PresetRow RSC1_LEMONS[] = {
    {.name = "infiniband", .count = RSC1_LEMON_ROW, NODE(OTHER, RESTART)},
    {.name = "filesystem-mount", .count = RSC1_LEMON_ROW, NODE(OTHER, RESTART)},
    {.name = "gpu-memory", .count = RSC1_LEMON_ROW, GPU(FAULT_CLASS_UNCONTAINED, RESTART)},
    {.name = "pcie", .count = RSC1_LEMON_ROW, NODE(FAULT_CLASS_BUS, RESTART)},
    {.name = "host", .count = RSC1_LEMON_ROW, NODE(OTHER, RESTART)},
};
static const PresetRow RSC2[] = {RSC_ROWS(0.468)};

/* Counts by class of the log. Times: the lognormal, cut off at the log's longest, with the median
 * and the mean of the class. */
#define LOGGED_MOST_H 3143.0
#define LOGGED NODE(OTHER, LOGNORMAL)
static const PresetRow INFINITEHBD[] = {
    {.name = "gpu",
     .count = 158,
     NODE(FAULT_CLASS_UNCONTAINED, LOGNORMAL),
     .scale_h = 18.52,
     .sigma = 2.707},
    {.name = "unknown", .count = 144, LOGGED, .scale_h = 16.09, .sigma = 2.276},
    {.name = "stress-test",
     .count = 97,
     LOGGED,
     .operator_ = true,
     .scale_h = 14.41,
     .sigma = 1.321},
    {.name = "cable", .count = 40, LOGGED, .scale_h = 47.50, .sigma = 1.398},
    {.name = "fan", .count = 33, LOGGED, .scale_h = 75.37, .sigma = 1.652},
    {.name = "nic", .count = 30, LOGGED, .scale_h = 62.71, .sigma = 5.505},
    {.name = "power-supply", .count = 26, LOGGED, .scale_h = 351.27, .sigma = 0.675},
    {.name = "software", .count = 24, LOGGED, .scale_h = 19.11, .sigma = 1.380},
    {.name = "troubleshooting",
     .count = 14,
     LOGGED,
     .operator_ = true,
     .scale_h = 16.53,
     .sigma = 0.955},
    {.name = "other", .count = 9, LOGGED, .scale_h = 19.46, .sigma = 1.286},
    {.name = "motherboard", .count = 6, LOGGED, .scale_h = 42.80, .sigma = 0.756},
    {.name = "cpu", .count = 3, LOGGED, .scale_h = 20.49, .sigma = 1.662},
};

#define ROWS(list) .row_count = (int32_t)(sizeof(list) / sizeof((list)[0])), .rows = (list)
static const Preset PRESETS[] = {
    {.name = "none", .source = "nothing fails by itself", .node_days = 1.0},
    {.name = "rsc-1",
     .source = "Kokolis et al., HPCA 2025 (arXiv 2410.21680), RSC-1: 16k A100, MTTF by job size",
     .node_days = 1000.0,
     .lemon_share = 0.012,
     .lemon_factor = 20.0,
     ROWS(RSC1)},
    {.name = "rsc-1-lemons",
     .source = "Kokolis et al., HPCA 2025 (arXiv 2410.21680), RSC-1: the same figures, lemons in "
               "place of jobs' own faults",
     .node_days = 1000.0,
     .lemon_share = 0.012,
     .lemon_factor = RSC1_LEMON_FACTOR,
     ROWS(RSC1_LEMONS)},
    {.name = "rsc-2",
     .source = "Kokolis et al., HPCA 2025 (arXiv 2410.21680), RSC-2: 8k A100, 2.34 per 1,000 "
               "node-days",
     .node_days = 1000.0,
     .lemon_share = 0.012,
     .lemon_factor = 20.0,
     ROWS(RSC2)},
    {.name = "llama3",
     .source = "The Llama 3 Herd of Models, 2024: 466 interruptions of 16,384 H100 in 54 days",
     .node_days = 2048.0 * 54.0,
     ROWS(LLAMA3)},
    {.name = "infinitehbd",
     .source = "Shou et al., SIGCOMM 2025, fault trace: 584 faults of 400 servers in 348 days",
     .node_days = 400.0 * 348.0,
     .frailty_cv = 1.06,
     ROWS(INFINITEHBD)},
};
#define PRESET_COUNT ((int)(sizeof(PRESETS) / sizeof(PRESETS[0])))

/* ---- from rows to kinds ---- */

static const Preset *preset_find(const char *name)
{
    for (int i = 0; i < PRESET_COUNT; i++) {
        if (strcmp(PRESETS[i].name, name) == 0) {
            return &PRESETS[i];
        }
    }
    return NULL;
}

const char *failure_preset_name(int index)
{
    return index >= 0 && index < PRESET_COUNT ? PRESETS[index].name : NULL;
}

const char *failure_preset_source(const char *name)
{
    const Preset *preset = preset_find(name);
    return preset == NULL ? NULL : preset->source;
}

static const Distribution *logged(Arena *arena, double scale_h, double sigma)
{
    Distribution *times = ARENA_NEW(arena, Distribution);
    if (times != NULL) {
        *times = (Distribution){.family = FAMILY_LOGNORMAL,
                                .scale = scale_h * HOUR,
                                .shape = sigma,
                                .most = LOGGED_MOST_H * HOUR};
    }
    return times;
}

static void mending_fill(Arena *arena, const PresetRow *from, FaultKind *kind, FaultRow *row)
{
    switch ((Mending)from->mending) {
    case AT_ONCE:
        break;
    case RESTART:
        row->out = &RESTART_MS;
        break;
    case REIMAGE:
        row->out = &REIMAGE_MS;
        break;
    case SWAP:
        kind->cure = CURE_STAGES;
        row->stages = &SWAP_STAGES;
        break;
    case CABLE:
        kind->cure = CURE_STAGES;
        row->stages = &CABLE_STAGES;
        break;
    case LOGNORMAL:
        row->out = logged(arena, from->scale_h, from->sigma);
        break;
    }
}

static bool row_add(FailureDraft *draft, const Preset *preset, const PresetRow *from)
{
    FaultKind kind = fault_kind(from->name, (FaultEffect)from->effect, (FaultScope)from->scope);
    kind.source = preset->source;
    kind.class_of = from->class_of;
    kind.planned = from->planned;
    kind.operator_ = from->operator_;
    kind.detect_ms = from->detect_s > 0 ? from->detect_s * INT64_C(1000) : -1;
    FaultRow row = {.drawn = true};
    bool of_nodes = from->scope == SCOPE_NODE;
    double targets = of_nodes ? preset->node_days : preset->node_days * GPUS_PER_NODE;
    row.gap =
        (Distribution){.family = FAMILY_EXPONENTIAL, .scale = targets * 24.0 * HOUR / from->count};
    if (from->scope == SCOPE_JOB) {
        row.per_gpu_hour = from->count / (targets * 24.0);
        row.gpus_most = from->gpus_most;
    } else {
        row.frailty_cv = preset->frailty_cv;
        row.lemon_share = preset->lemon_share;
        row.lemon_factor = preset->lemon_factor;
    }
    mending_fill(draft->arena, from, &kind, &row);
    return failure_draft_put(draft, &kind, &row) >= 0;
}

bool failure_preset_add(FailureDraft *draft, const char *name)
{
    const Preset *preset = preset_find(name);
    for (int32_t i = 0; preset != NULL && i < preset->row_count; i++) {
        if (!row_add(draft, preset, &preset->rows[i])) {
            return false;
        }
    }
    return true;
}
