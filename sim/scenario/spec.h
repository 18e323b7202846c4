/* spec.h - a scenario as written: plain structs that the key table fills, before anything is built
 * from them.
 *
 * Every value remembers its node, so that whoever builds from it can name the place of a mistake. A
 * NULL node means: not written, the value is the key's default.
 */
#ifndef SIM_SCENARIO_SPEC_H
#define SIM_SCENARIO_SPEC_H

#include <stdint.h>

#include "sim/scenario/keys.h"
#include "sim/scenario/tree.h"

typedef struct SpecText {
    const char *value; /* NULL: not written and no default */
    const Node *node;
} SpecText;

typedef struct SpecNumber {
    int64_t value;
    const Node *node;
} SpecNumber;

typedef struct SpecTexts {
    SpecText *items;
    int32_t count;
    const Node *node;
} SpecTexts;

typedef struct SpecObjects {
    void *items; /* [count] structs of the row's object; each begins with its node */
    int32_t count;
    const Node *node;
    bool mistaken; /* something inside was refused */
} SpecObjects;

typedef struct SpecRaw {
    const Node *node;
} SpecRaw;

/* ---- cluster ---- */

typedef struct PriceSpec {
    const Node *node;
    SpecNumber on_demand; /* micro-USD a GPU-hour */
    SpecText source;
} PriceSpec;

typedef struct TypeGpusSpec {
    const Node *node;
    SpecNumber count;
    SpecText model;
    SpecNumber memory_mib;
    SpecNumber mig;
    SpecNumber split;
} TypeGpusSpec;

typedef struct TypeSpec {
    const Node *node; /* its key is the type's name */
    TypeGpusSpec gpus;
    SpecNumber cpu_milli;
    SpecNumber io_cpu_milli;
    SpecNumber memory_mib;
    SpecNumber storage_bandwidth_mb_s;
    SpecNumber network_mb_s;
    PriceSpec price;
} TypeSpec;

typedef struct NodesSpec {
    const Node *node;
    SpecText name;
    SpecText type;
    SpecNumber count; /* no node: one, with the name itself */
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
    PriceSpec price; /* of types that give none */
} ClusterSpec;

/* ---- workload ---- */

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
} JobSpec;

typedef struct LogSpec {
    const Node *node;
    SpecText format; /* of `trace:` only */
    SpecText path;
    SpecNumber load_ppm;
    SpecNumber interval_ms;
    SpecText order; /* of `trace:` only */
} LogSpec;

typedef struct SourceSpec {
    const Node *node;
    LogSpec trace;
    LogSpec classes;
    SpecObjects jobs; /* JobSpec */
} SourceSpec;

/* ---- policy ---- */

typedef struct PackSpec {
    const Node *node;
    SpecText term;
    SpecNumber weight;
    SpecNumber variant;
} PackSpec;

typedef struct TiesSpec {
    const Node *node;
    SpecText rule;
    SpecText ranks;
} TiesSpec;

typedef struct PolicySpec {
    const Node *node;
    SpecText preset, order, admit, scan, evict;
    SpecObjects pack; /* PackSpec */
    SpecTexts sees;
    SpecText devices;
    TiesSpec ties;
} PolicySpec;

/* ---- the whole ---- */

typedef struct ReplicationsSpec {
    const Node *node;
    SpecNumber count;
} ReplicationsSpec;

typedef struct ScenarioSpec {
    const Node *node;
    SpecNumber version;
    SpecText name;
    SpecText description;
    SpecTexts extends;
    SpecNumber start_unix_ms;
    SpecNumber horizon_ms;
    SpecText until;
    SpecNumber seed;
    ReplicationsSpec replications;
    ClusterSpec cluster;
    SpecObjects workload; /* SourceSpec */
    PolicySpec policy;
    SpecRaw variants;
    SpecTexts expect;
} ScenarioSpec;

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
