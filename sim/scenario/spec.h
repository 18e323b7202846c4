/* spec.h - a scenario as written: plain structs that the key table fills, before anything is built
 * from them.
 *
 * Every value remembers its node, so that whoever builds from it can name the place of a mistake. A
 * NULL node means: not written, the value is the key's default.
 */
#ifndef SIM_SCENARIO_SPEC_H
#define SIM_SCENARIO_SPEC_H

#include <stdint.h>

#include "core/packing/gpupack.h"
#include "sim/scenario/keys.h"
#include "sim/scenario/spec_costs.h"
#include "sim/scenario/spec_models.h"
#include "sim/scenario/spec_plan.h"
#include "sim/scenario/spec_values.h"
#include "sim/scenario/tree.h"

/* ---- cluster ---- */

typedef struct TypeGpusSpec {
    const Node *node;
    SpecNumber count;
    SpecText model;
    SpecNumber memory_mib;
    SpecNumber mig;
    SpecNumber split;
    SpecText sharing;
    SpecNumber sharing_overhead_ppm;
    GpuPowerSpec power;
} TypeGpusSpec;

typedef struct TypeSpec {
    const Node *node; /* its key is the type's name */
    TypeGpusSpec gpus;
    SpecNumber cpu_milli;
    SpecNumber io_cpu_milli;
    SpecNumber memory_mib;
    SpecNumber storage_bandwidth_mb_s;
    SpecNumber network_mb_s;
    SpecNumber numa;
    PriceSpec price;
    SpecText storage;
    SpecNumber rack_uplink_mb_s;
    SpecNumber speed_ppm;
    NodePowerSpec power;
} TypeSpec;

/* Storage that many nodes share. */
typedef struct StorageSpec {
    const Node *node;
    SpecText name;
    SpecNumber bandwidth_mb_s;
    SpecNumber write_mb_s;
} StorageSpec;

/* Nodes that their owner may take back. */
typedef struct InterruptionsSpec {
    const Node *node;
    SpecNumber rate; /* UNIT_RATE */
    SpecNumber notice_ms;
    DurationSpec out;
} InterruptionsSpec;

typedef struct NodesSpec {
    const Node *node;
    SpecText name;
    SpecText type;
    SpecNumber count; /* no node: one, with the name itself */
    SpecNumber nodes_per_rack;
    SpecText rack;
    SpecText zone;
    SpecPairs labels;
    SpecTexts taints;
    SpecText flavor;
    SpecNumber from_ms, until_ms;
    InterruptionsSpec interruptions;
    SpecText purchase;
} NodesSpec;

typedef struct ClusterFileSpec {
    const Node *node;
    SpecText format;
    SpecText path;
} ClusterFileSpec;

typedef struct ClusterSpec {
    const Node *node;
    SpecObjects types; /* TypeSpec */
    SpecObjects nodes; /* NodesSpec */
    ClusterFileSpec file;
    PriceSpec price;     /* of types that give none */
    SpecObjects storage; /* StorageSpec */
} ClusterSpec;

/* ---- workload ---- */

typedef struct UsageSpec {
    const Node *node;
    SpecNumber at_ms;
    SpecNumber share_ppm;
} UsageSpec;

typedef struct TopologySpec {
    const Node *node;
    SpecText same;
    SpecText prefer;
} TopologySpec;

typedef struct DemandSpec {
    const Node *node;
    SpecNumber at_ms;
    SpecNumber rate; /* UNIT_RATE */
} DemandSpec;

typedef struct ServiceSpec {
    const Node *node;
    SpecObjects demand; /* DemandSpec */
    SpecNumber repeat_ms;
    SpecNumber work_ms;
    SpecNumber slots;
} ServiceSpec;

typedef struct JobSpec {
    const Node *node;
    SpecText id;
    SpecNumber submit_ms;
    SpecNumber duration_ms;
    SpecNumber tasks;
    SpecText gang;
    SpecNumber gpus;
    SpecNumber gpu_milli;
    SpecNumber gpu_memory_mib;
    SpecText mig;
    SpecNumber cpu_milli;
    SpecNumber memory_mib;
    SpecNumber storage_bandwidth_mb_s;
    SpecNumber io_cpu_milli;
    SpecNumber network_mb_s;
    SpecTexts gpu_model;
    SpecNumber priority;
    SpecText queue;
    SpecText user;
    SpecText kind;
    SpecNumber gpu_cores_ppm;
    SpecNumber sync;
    SpecNumber min_tasks;
    SpecNumber max_tasks;
    SpecNumber preemptible;
    SpecNumber preempt_delay_ms;
    SpecNumber deadline_ms;
    SpecNumber time_limit_ms;
    SpecNumber estimate_ms;
    SpecNumber startup_ms;
    SpecNumber restart_ms;
    SpecNumber restart_per_task_ppm;
    SpecNumber retries;
    SpecNumber grace_ms;
    SpecObjects utilisation; /* UsageSpec */
    TopologySpec topology;
    SpecPairs labels;
    SpecTexts tolerations;
    SpecText end;
    ServiceSpec service;
    NeedSpec need;
    SpecPairs speed;
    CheckpointSpec checkpoint;
} JobSpec;

typedef struct LogSpec {
    const Node *node;
    SpecText format; /* of `trace:` only */
    SpecText path;
    SpecNumber load_ppm;
    SpecNumber interval_ms;
    /* of `trace:` only */
    SpecText order;
    SpecText from, to, timezone;
    SpecText times;
    SpecText as;
    SpecNumber gpus_per_node;
    SpecText queue;
    SpecText resample;
} LogSpec;

/* ---- workload: a generator ---- */

typedef struct EndSpec {
    const Node *node; /* as above */
    SpecNumber completed_ppm, cancelled_ppm, failed_ppm;
} EndSpec;

typedef struct BurstKeysSpec {
    const Node *node;
    SpecNumber probability_ppm;
    SpecNumber size_micro;
    SpecNumber spacing_ms;
    SpecNumber alike_ppm;
    SpecNumber same_duration_ppm;
} BurstKeysSpec;

typedef struct ArrivalsSpec {
    const Node *node;
    SpecText process;
    SpecNumber rate;
    SpecNumber load_ppm;
    SpecText gaps;
    SpecNumber cv_micro;
    SpecTexts hour_of_day;
    SpecTexts day_of_week;
    SpecNumber day_cv_micro;
    BurstKeysSpec burst;
} ArrivalsSpec;

typedef struct UsersSpec {
    const Node *node;
    SpecNumber count;
    SpecNumber zipf_micro;
} UsersSpec;

typedef struct TimeLimitSpec {
    const Node *node;
    SpecNumber factor_ppm;
    SpecNumber sigma_micro;
    SpecTexts usual;
} TimeLimitSpec;

typedef struct GeneratorSpec {
    const Node *node;
    ArrivalsSpec arrivals;
    SpecNumber count;
    SpecPairs gpus;
    SpecNumber cpu_milli_per_gpu;
    SpecNumber memory_mib_per_gpu;
    DurationSpec duration;
    SpecObjects duration_by_gpus; /* DurationSpec */
    EndSpec end;
    SpecObjects end_by_gpus; /* EndSpec */
    SpecPairs queues;
    UsersSpec users;
    TimeLimitSpec time_limit;
    SpecText kind;
    SpecNumber priority;
    SpecNumber preemptible;
    SpecNumber startup_ms, restart_ms, retries, grace_ms;
} GeneratorSpec;

typedef struct SourceSpec {
    const Node *node;
    LogSpec trace;
    LogSpec classes;
    GeneratorSpec synthetic;
    SpecObjects jobs; /* JobSpec */
} SourceSpec;

/* ---- queues ---- */

typedef struct AmountsSpec {
    const Node *node;
    SpecNumber gpu_milli;
    SpecNumber cpu_milli;
    SpecNumber memory_mib;
} AmountsSpec;

typedef struct QueueFlavorSpec {
    const Node *node;
    SpecText name;
    AmountsSpec quota, borrow, lend;
} QueueFlavorSpec;

typedef struct QueueSpec {
    const Node *node;
    SpecText name;
    SpecText parent;
    SpecText cohort;
    SpecText team, tenant;
    AmountsSpec quota, borrow, lend, guarantee, limit;
    SpecNumber weight_ppm;
    SpecNumber priority;
    SpecText reclaim;
    SpecText preempt;
    SpecNumber min_run_ms;
    SpecNumber default_limit_ms;
    SpecText scan;
    SpecPairs nodes;
    SpecObjects flavors; /* QueueFlavorSpec */
} QueueSpec;

/* ---- policy ---- */

typedef struct OrderSpec {
    const Node *node;
    SpecText rule;
    SpecText age_from;
    SpecNumber recompute_ms;
    SpecNumber age, fairshare, size, queue; /* weights */
    SpecNumber age_max_ms;
    SpecNumber half_life_ms;
} OrderSpec;

typedef struct ShareSpec {
    const Node *node;
    SpecText rule;
    SpecNumber usage_weight_ppm;
    SpecNumber window_ms;
    SpecNumber half_life_ms;
} ShareSpec;

typedef struct AdmitSpec {
    const Node *node;
    SpecText rule;
    SpecNumber overcommit_ppm;
    SpecNumber queue_limit;
    SpecNumber borrow_first;
    SpecNumber nonpreemptible_in_quota;
} AdmitSpec;

typedef struct ScanSpec {
    const Node *node;
    SpecText rule;
    SpecNumber per_queue;
    SpecNumber depth;
    SpecNumber plan_depth;
    SpecNumber window_ms;
    SpecNumber resolution_ms;
} ScanSpec;

typedef struct EvictSpec {
    const Node *node;
    SpecText rule;
    SpecText mode;
    SpecText preempt;
    SpecText reclaim;
    SpecNumber by_queue_priority;
    SpecNumber borrow_priority;
    SpecNumber moves_max;
    SpecNumber consolidate;
    SpecNumber preemptible_below;
    SpecNumber fair;
    SpecNumber break_gangs;
    SpecNumber drf;
} EvictSpec;

typedef struct EstimatesSpec {
    const Node *node;
    SpecText rule;
    SpecNumber factor_ppm;
} EstimatesSpec;

/* Weights of a term's lanes; those that are not written count nothing. */
typedef struct LanesSpec {
    const Node *node;
    SpecNumber weight[GP_AXIS_COUNT];
} LanesSpec;

typedef struct PackSpec {
    const Node *node;
    SpecText term;
    SpecNumber weight;
    SpecNumber variant;
    LanesSpec lanes;
} PackSpec;

typedef struct TiesSpec {
    const Node *node;
    SpecText rule;
    SpecText ranks;
} TiesSpec;

typedef struct BanSpec {
    const Node *node;
    SpecNumber faults;
    SpecNumber within_ms;
} BanSpec;

typedef struct ShiftSpec {
    const Node *node;
    SpecText begin;
    SpecNumber length_ms;
    SpecTexts days;
} ShiftSpec;

typedef struct RemedySpec {
    const Node *node;
    SpecText preset;
    SpecText signals;
    SpecNumber detect_ms, silent_ms, tolerate_ms, evict_every_ms, evict_every_slow_ms;
    SpecNumber brake_ppm, brake_nodes, small_zone;
    SpecText drain;
    SpecNumber drain_grace_ms, drain_timeout_ms, partial;
    SpecNumber reset_ms, reboot_ms, breaker_ppm, breaker_window_ms;
    SpecText gang_loss;
    SpecNumber stale_ms, backoff_ms, backoff_max_ms, backoff_limit;
    SpecNumber evictions_fail, losses_fail, restart_in_place, counts_capacity, shrink,
        return_to_service;
    SpecNumber score_ppm;
    SpecText move;
    BanSpec ban;
    SpecNumber derate;
    SpecNumber spares; /* a count x 10^6, or a share in ppm: its text says which */
    SpecNumber spare_start_ms, technicians, technician_cost;
    ShiftSpec shift;
} RemedySpec;

typedef struct ImportSpec {
    const Node *node;
    SpecText kueue, slurm, qos;
} ImportSpec;

typedef struct PolicySpec {
    const Node *node;
    SpecText preset;
    OrderSpec order;
    ShareSpec share;
    AdmitSpec admit;
    ScanSpec scan;
    EvictSpec evict;
    SpecObjects pack; /* PackSpec */
    SpecTexts sees;
    SpecText devices;
    TiesSpec ties;
    EstimatesSpec estimates;
    SpecNumber cycle_ms;
    SpecNumber backfill_every_ms;
    SpecNumber requeue_delay_ms;
    SpecNumber limit_check_ms;
    SpecText gangs;
    SpecText topology;
    SpecNumber candidates;
    RemedySpec remedy;
    ImportSpec import;
} PolicySpec;

/* ---- the whole ---- */

typedef struct ReplicationsSpec {
    const Node *node;
    SpecNumber count;
    SpecTexts vary;
} ReplicationsSpec;

typedef struct GateSpec {
    const Node *node;
    SpecPairs margins;
    SpecNumber alpha_ppm;
} GateSpec;

struct ScenarioSpec {
    const Node *node;
    SpecNumber version;
    SpecText name;
    SpecText description;
    SpecTexts extends;
    SpecNumber start_unix_ms;
    SpecNumber horizon_ms;
    SpecText until;
    SpecNumber seed;
    SpecNumber warmup_ms;
    ReplicationsSpec replications;
    ClusterSpec cluster;
    SpecObjects workload; /* SourceSpec */
    SpecObjects queues;   /* QueueSpec */
    PolicySpec policy;
    ModelsSpec models;
    SpecObjects inject; /* InjectionSpec */
    SpecTexts relax;
    CostsSpec costs;
    SpecRaw variants;
    SpecTexts expect;
    GateSpec gate;
    SpecPairs targets;
    PlanSpec plan;
};
typedef struct ScenarioSpec ScenarioSpec;

/* Fills `spec` (of object->size bytes) from a normalised tree. Every mistake is reported; false if
 * there was one. row_failed[i] tells of mistakes below the object's i-th key. After a mistake the
 * spec can still be looked at, to find more: numbers are within their bounds, texts and choices may
 * be NULL. */
bool spec_bind(Loader *loader, const Node *node, const KeyObject *object, void *spec,
               bool row_failed[KEYS_PER_OBJECT_MAX]);

/* Writes shorthands out in full (`replications: 30` is `replications: {count: 30}`), so that what
 * overrides and what is overridden have one form. NULL if memory ran out. */
Node *spec_normalise(Loader *loader, const Node *node, const KeyObject *object);

#endif
