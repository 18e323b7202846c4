/* spec_models.h - `models:` and `inject:` as written. See spec.h. */
#ifndef SIM_SCENARIO_SPEC_MODELS_H
#define SIM_SCENARIO_SPEC_MODELS_H

#include "sim/scenario/spec_values.h"

/* Lanes of which less may be left. */
typedef enum KeptLane {
    KEPT_STORAGE_BANDWIDTH,
    KEPT_NETWORK,
    KEPT_IO_CPU,
    KEPT_CPU,
    KEPT_COUNT
} KeptLane;

typedef struct KeepSpec {
    const Node *node;
    SpecNumber ppm[KEPT_COUNT]; /* [KeptLane] */
} KeepSpec;

typedef struct LemonsSpec {
    const Node *node;
    SpecNumber share_ppm;
    SpecNumber factor_micro;
} LemonsSpec;

typedef struct RepairSpec {
    const Node *node;
    DurationSpec diagnosis, part, hands_on, burn_in;
    SpecNumber part_probability_ppm;
    SpecNumber no_fault_found_ppm;
    SpecNumber technician;
} RepairSpec;

typedef struct RaidSpec {
    const Node *node;
    SpecText level;
    SpecNumber disks;
    SpecNumber size_mib;
    SpecNumber speed_mb_s;
    SpecNumber priority_ppm;
} RaidSpec;

typedef struct ComponentSpec {
    const Node *node;
    SpecText name;
    SpecText effect;
    SpecText per;
    SpecNumber nodes;     /* of neighbours */
    SpecNumber gpus_most; /* of job-gpu */
    SpecNumber mtbf_ms;
    SpecText distribution;
    SpecNumber shape_micro, cv_micro;
    DurationSpec gap; /* in place of the four above */
    SpecNumber frailty_micro;
    LemonsSpec lemons;
    SpecNumber xid;
    SpecText class_of;
    SpecNumber detect_ms;
    SpecText cure;
    DurationSpec out;
    RepairSpec repair;
    KeepSpec keep;
    RaidSpec raid; /* in place of keep and out */
    SpecNumber speed_ppm;
    SpecNumber planned;
    SpecText source;
} ComponentSpec;

typedef struct FailuresSpec {
    const Node *node;
    SpecText preset;
    SpecNumber scale_ppm;
    SpecText lemons;
    SpecObjects components; /* ComponentSpec */
} FailuresSpec;

typedef struct CheckpointModelSpec {
    const Node *node;
    SpecNumber every_ms; /* or CHECKPOINT_EVERY_... */
    SpecNumber cost_ms, flush_ms;
    SpecNumber mttf_ms;
    SpecNumber min_duration_ms;
    SpecNumber min_nodes;
} CheckpointModelSpec;

/* Words in place of an interval. */
enum { CHECKPOINT_EVERY_YOUNG = -2, CHECKPOINT_EVERY_DALY = -3 };

/* Lanes that a job streams through. */
enum { NEED_STORAGE_BANDWIDTH, NEED_IO_CPU, NEED_NETWORK, NEED_CPU, NEED_COUNT };
typedef struct NeedSpec {
    const Node *node;
    SpecNumber lane[NEED_COUNT];
} NeedSpec;

typedef struct CheckpointSpec {
    const Node *node;
    SpecNumber every_ms;
    SpecText rule;
    SpecNumber cost_ms, flush_ms;
    SpecNumber size_mib;
    SpecNumber async, on_stop;
    SpecNumber mttf_ms;
} CheckpointSpec;

typedef struct NeedProfileSpec {
    const Node *node;
    SpecText name;
    SpecText gpus;
    SpecText queue;
    SpecText kind;
    SpecText per;
    NeedSpec need;
    SpecPairs speed;
    SpecText source;
} NeedProfileSpec;

typedef struct ModelsSpec {
    const Node *node;
    FailuresSpec failures;
    CheckpointModelSpec checkpoint;
    SpecObjects needs; /* NeedProfileSpec */
    SpecText step_noise;
} ModelsSpec;

typedef struct FaultLogSpec {
    const Node *node;
    SpecText format;
    SpecText path;
    SpecNumber from_ms, to_ms;
} FaultLogSpec;

typedef struct InjectionSpec {
    const Node *node;
    SpecNumber at_ms;
    SpecNumber for_ms;
    SpecNumber after_ms; /* of jobs */
    SpecNumber times;    /* likewise */
    SpecTexts nodes, gpus, jobs, racks, zones, storage;
    SpecText cause;
    SpecText effect;
    KeepSpec scale;
    SpecNumber speed_ppm;
    SpecNumber planned;
    SpecNumber away;
    SpecNumber notice_ms;
    FaultLogSpec trace;
} InjectionSpec;

#endif
