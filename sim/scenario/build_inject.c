/* build_inject.c - `inject:` becomes recorded faults: what each entry does, and to whom. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "models/xid.h"
#include "sim/scenario/build_failures.h"

/* Whom an entry can be about. */
typedef enum Whom {
    WHOM_NODES,
    WHOM_GPUS,
    WHOM_RACKS,
    WHOM_ZONES,
    WHOM_STORAGE,
    WHOM_JOBS,
    WHOM_COUNT
} Whom;

static const char *const WHOM_NAMES[WHOM_COUNT] = {"nodes", "gpus",    "racks",
                                                   "zones", "storage", "jobs"};
static const FaultScope SCOPES[WHOM_COUNT] = {SCOPE_NODE, SCOPE_DEVICE, SCOPE_RACK,
                                              SCOPE_ZONE, SCOPE_POOL,   SCOPE_JOB};

/* An entry of which it is clear what it does. */
typedef struct Injection {
    const InjectionSpec *spec;
    Whom whom;
    const SpecTexts *names;
    int32_t kind;   /* in the draft */
    Fault fault;    /* but for its target */
    bool all_of_it; /* a device's fault takes its node */
} Injection;

static const SpecTexts *names_of(const InjectionSpec *spec, Whom whom)
{
    switch (whom) {
    case WHOM_NODES:
        return &spec->nodes;
    case WHOM_GPUS:
        return &spec->gpus;
    case WHOM_RACKS:
        return &spec->racks;
    case WHOM_ZONES:
        return &spec->zones;
    case WHOM_STORAGE:
        return &spec->storage;
    case WHOM_JOBS:
    case WHOM_COUNT:
    default:
        return &spec->jobs;
    }
}

/* ---- which keys go together ---- */

static bool whom_find(Loader *loader, Injection *injection)
{
    const InjectionSpec *spec = injection->spec;
    injection->whom = WHOM_COUNT;
    for (int whom = 0; whom < WHOM_COUNT; whom++) {
        const SpecTexts *names = names_of(spec, (Whom)whom);
        if (names->node == NULL) {
            continue;
        }
        if (injection->whom != WHOM_COUNT) {
            REPORT_KEY(loader, names->node, "conflict", "make it two entries",
                       "an entry of inject is about `%s` or `%s`, not both",
                       WHOM_NAMES[injection->whom], WHOM_NAMES[whom]);
            return false;
        }
        injection->whom = (Whom)whom;
        injection->names = names;
    }
    if (injection->whom == WHOM_COUNT) {
        REPORT(loader, spec->node, "missing", "for example: nodes: [a-7]",
               "an entry of inject needs one of nodes, gpus, racks, zones, storage, jobs, trace");
        return false;
    }
    if (injection->names->count == 0 && injection->names->node->count == 0 &&
        injection->names->node->kind == NODE_LIST) {
        REPORT(loader, injection->names->node, "missing", "name at least one", "`%s` is empty",
               WHOM_NAMES[injection->whom]);
        return false;
    }
    return injection->names->count > 0;
}

static bool refuse(Loader *loader, const Node *node, const char *key, const char *why)
{
    if (node == NULL) {
        return true;
    }
    REPORT_KEY(loader, node, "conflict", "remove it", "`%s` means nothing %s", key, why);
    return false;
}

static bool require(Loader *loader, const InjectionSpec *spec, const Node *node, const char *key,
                    const char *help)
{
    if (node != NULL) {
        return true;
    }
    REPORT(loader, spec->node, "missing", help, "an entry of inject needs `%s`", key);
    return false;
}

static bool times_belong(Loader *loader, const Injection *injection)
{
    const InjectionSpec *spec = injection->spec;
    if (injection->whom == WHOM_JOBS) {
        const char *why = "for jobs: they fail after so much of their own work";
        bool good = require(loader, spec, spec->after_ms.node, "after", "for example: after: 5s");
        good = refuse(loader, spec->at_ms.node, "at", why) && good;
        good = refuse(loader, spec->for_ms.node, "for", "for jobs: they are tried again") && good;
        good = refuse(loader, spec->scale.node, "scale", "for jobs") && good;
        good = refuse(loader, spec->speed_ppm.node, "speed", "for jobs") && good;
        good = refuse(loader, spec->away.node, "away", "for jobs") && good;
        good = refuse(loader, spec->notice_ms.node, "notice", "for jobs") && good;
        return refuse(loader, spec->planned.node, "planned", "for jobs") && good;
    }
    const char *why = "without jobs";
    bool good = require(loader, spec, spec->at_ms.node, "at", "for example: at: 26h");
    good = refuse(loader, spec->after_ms.node, "after", why) && good;
    return refuse(loader, spec->times.node, "times", why) && good;
}

/* ---- what it does ---- */

static FaultEffect effect_usual(const Injection *injection)
{
    if (injection->spec->scale.node != NULL || injection->whom == WHOM_STORAGE) {
        return EFFECT_DERATED;
    }
    if (injection->spec->speed_ppm.node != NULL) {
        return EFFECT_DEVICE_SLOW;
    }
    switch (injection->whom) {
    case WHOM_GPUS:
        return EFFECT_GPU_OUT;
    case WHOM_RACKS:
    case WHOM_ZONES:
        return EFFECT_DOMAIN_OUT;
    case WHOM_JOBS:
        return EFFECT_JOB_DIES;
    case WHOM_NODES:
    case WHOM_STORAGE:
    case WHOM_COUNT:
    default:
        return EFFECT_NODE_OUT;
    }
}

static bool effect_fits(Loader *loader, const Injection *injection, FaultEffect effect,
                        const Node *node)
{
    static const uint32_t POSSIBLE[WHOM_COUNT] = {
        [WHOM_NODES] = 1u << EFFECT_JOB_DIES | 1u << EFFECT_GPU_OUT | 1u << EFFECT_NODE_OUT |
                       1u << EFFECT_DERATED | 1u << EFFECT_DEVICE_SLOW,
        [WHOM_GPUS] = 1u << EFFECT_JOB_DIES | 1u << EFFECT_GPU_OUT | 1u << EFFECT_NODE_OUT |
                      1u << EFFECT_DERATED | 1u << EFFECT_DEVICE_SLOW,
        [WHOM_RACKS] = 1u << EFFECT_DOMAIN_OUT | 1u << EFFECT_DERATED | 1u << EFFECT_DEVICE_SLOW,
        [WHOM_ZONES] = 1u << EFFECT_DOMAIN_OUT | 1u << EFFECT_DERATED | 1u << EFFECT_DEVICE_SLOW,
        [WHOM_STORAGE] = 1u << EFFECT_DERATED,
        [WHOM_JOBS] = 1u << EFFECT_JOB_DIES,
    };
    if ((POSSIBLE[injection->whom] >> effect & 1) != 0) {
        return true;
    }
    REPORT(loader, node, "conflict", "see `gpuplan keys inject.effect`",
           "`%s` cannot be the effect on %s",
           key_choice(key_row(&KEYS_INJECTION, "effect"), effect), WHOM_NAMES[injection->whom]);
    return false;
}

/* Keys that only one effect reads. */
static bool effect_keys_belong(Loader *loader, const Injection *injection, FaultEffect effect)
{
    const InjectionSpec *spec = injection->spec;
    bool derated = effect == EFFECT_DERATED;
    bool slow = effect == EFFECT_DEVICE_SLOW;
    bool good = derated || refuse(loader, spec->scale.node, "scale", "but for `effect: derated`");
    good =
        (slow || refuse(loader, spec->speed_ppm.node, "speed", "but for `effect: slow`")) && good;
    if (slow) {
        good =
            require(loader, spec, spec->speed_ppm.node, "speed", "for example: speed: 25%") && good;
    }
    if (derated && injection->whom != WHOM_STORAGE) {
        good = require(loader, spec, spec->scale.node, "scale",
                       "for example: scale: {storage_bandwidth: 35%}") &&
               good;
    }
    for (int lane = 0; injection->whom == WHOM_STORAGE && lane < KEPT_COUNT; lane++) {
        if (lane != KEPT_STORAGE_BANDWIDTH) {
            good = refuse(loader, spec->scale.ppm[lane].node, "scale",
                          "for storage, but for storage_bandwidth") &&
                   good;
        }
    }
    return good;
}

/* What the cause says of the fault; false: it says nothing. */
static bool cause_known(Loader *loader, const FailuresBuild *build, const SpecText *cause,
                        FaultKind *kind, FaultRow *row, bool *good)
{
    if (cause->node == NULL) {
        return false;
    }
    int32_t component = failure_draft_find(&build->draft, cause->value);
    if (component >= 0 && component < build->component_count) {
        *kind = build->draft.kinds[component];
        *row = build->draft.rows[component];
        row->drawn = false;
        return true;
    }
    const XidRow *xid = xid_named(cause->value);
    if (xid != NULL) {
        *kind = xid_kind(cause->value, xid);
        return true;
    }
    if (strncasecmp(cause->value, "xid", 3) == 0) { /* others are words of the user's own */
        REPORT(loader, cause->node, "name",
               "they are written xid-79; `gpuplan list models` lists those that are known",
               "no Xid `%s` is known", cause->value);
        *good = false;
    }
    return false;
}

static void kind_written(const InjectionSpec *spec, FaultKind *kind)
{
    if (spec->scale.node != NULL) {
        failures_keep(&spec->scale, kind);
        kind->class_of = kind->xid > 0 ? kind->class_of : FAULT_CLASS_LANE;
    }
    if (spec->speed_ppm.node != NULL) {
        kind->speed_ppm = (int32_t)spec->speed_ppm.value;
        kind->class_of = kind->xid > 0 ? kind->class_of : FAULT_CLASS_SLOW;
    }
    kind->planned = kind->planned || spec->planned.value != 0;
    kind->away = spec->away.value != 0;
    kind->notice_ms = spec->notice_ms.value;
}

/* Only whole nodes go away, and only what is planned or goes away is announced. */
static bool absence_fits(Loader *loader, const InjectionSpec *spec, const FaultKind *kind)
{
    bool good = true;
    bool whole = kind->effect == EFFECT_NODE_OUT && kind->scope == SCOPE_NODE;
    if (kind->away && !whole) {
        REPORT_KEY(loader, spec->away.node, "conflict", "name whole nodes under `nodes`",
                   "only whole nodes go away");
        good = false;
    }
    if (kind->away && kind->planned) {
        REPORT_KEY(loader, spec->away.node, "conflict", "keep one of the two",
                   "what is away is not paid for; planned maintenance is");
        good = false;
    }
    if (kind->notice_ms > 0 && (!whole || !(kind->away || kind->planned))) {
        REPORT_KEY(loader, spec->notice_ms.node, "conflict", "add `away: true` or `planned: true`",
                   "`notice` is of whole nodes that go away or are planned to be out");
        good = false;
    }
    return good;
}

/* The kind of the entry's faults, and how long they last. */
static bool kind_add(Loader *loader, FailuresBuild *build, Injection *injection)
{
    const InjectionSpec *spec = injection->spec;
    FaultKind kind = fault_kind(NULL, effect_usual(injection), SCOPES[injection->whom]);
    FaultRow row = {.drawn = false};
    bool good = true;
    bool known = cause_known(loader, build, &spec->cause, &kind, &row, &good);
    if (known && (spec->scale.node != NULL || spec->speed_ppm.node != NULL)) {
        kind.effect = (uint8_t)effect_usual(injection);
    }
    if (spec->effect.value != NULL) {
        kind.effect =
            (uint8_t)key_choice_index(key_row(&KEYS_INJECTION, "effect"), spec->effect.value);
    }
    if (kind.effect == EFFECT_NODE_OUT &&
        (injection->whom == WHOM_RACKS || injection->whom == WHOM_ZONES)) {
        kind.effect = EFFECT_DOMAIN_OUT;
    }
    FaultEffect effect = (FaultEffect)kind.effect;
    const Node *place = spec->effect.value != NULL ? spec->effect.node
                        : spec->cause.node != NULL ? spec->cause.node
                                                   : spec->node;
    good = effect_fits(loader, injection, effect, place) && good;
    good = good && (known || effect_keys_belong(loader, injection, effect));
    if (!good) {
        return false;
    }
    kind.name = spec->cause.node != NULL ? spec->cause.value
                                         : key_choice(key_row(&KEYS_INJECTION, "effect"), effect);
    injection->all_of_it = effect == EFFECT_NODE_OUT || spec->scale.node != NULL;
    kind.scope =
        (uint8_t)(injection->whom == WHOM_GPUS && injection->all_of_it ? SCOPE_NODE
                                                                       : SCOPES[injection->whom]);
    kind_written(spec, &kind);
    if (!absence_fits(loader, spec, &kind)) {
        return false;
    }
    if (injection->whom != WHOM_STORAGE) {
        failures_keep_warn(loader, &spec->scale, build);
    }
    if (injection->whom == WHOM_STORAGE && spec->scale.node == NULL) {
        kind.keep_ppm[GP_AXIS_STORAGE_BANDWIDTH] = 0;
        kind.class_of = FAULT_CLASS_LANE;
    }
    if (spec->for_ms.node != NULL) {
        kind.cure = CURE_TIME;
    }
    injection->kind = failure_draft_kind(&build->draft, &kind, &row);
    bool at_once = effect == EFFECT_JOB_DIES && kind.cure == CURE_TIME;
    injection->fault = (Fault){.at_ms = spec->at_ms.value,
                               .out_ms = spec->for_ms.node != NULL ? spec->for_ms.value
                                         : at_once                 ? 0
                                                                   : TIME_NEVER,
                               .kind = injection->kind};
    return injection->kind >= 0 || no_memory(loader);
}

/* ---- whom it is done to ---- */

static bool fault_add(Loader *loader, FailuresBuild *build, const Injection *injection,
                      int32_t target, uint32_t devices)
{
    Fault fault = injection->fault;
    fault.target = target;
    fault.devices = devices;
    return failure_draft_fault(&build->draft, fault) || no_memory(loader);
}

static int32_t entry_size(const NodesSpec *entry)
{
    return entry->count.node == NULL ? 1 : (int32_t)entry->count.value;
}

/* The first node of the entry that says so of its name, rack or zone; its size. -1: none says it.
 */
static int32_t entry_find(const FailuresBuild *build, const char *name, size_t member,
                          int32_t *size)
{
    const NodesSpec *entries = build->spec->nodes.items;
    int32_t first = 0;
    for (int32_t i = 0; i < build->spec->nodes.count; i++) {
        const SpecText *text = (const SpecText *)((const char *)&entries[i] + member);
        *size = entry_size(&entries[i]);
        if (text->value != NULL && strcmp(text->value, name) == 0 && *size > 0) {
            return first;
        }
        first += *size;
    }
    return -1;
}

static bool mistake_name(Loader *loader, const FailuresBuild *build, const SpecText *name,
                         const char *what)
{
    const Cluster *cluster = &build->scenario->cluster;
    int32_t count = cluster->node_count < MAP_KEYS_MAX ? cluster->node_count : MAP_KEYS_MAX;
    const char *nearest = nearest_name(name->value, cluster->node_name, count);
    char help[160];
    snprintf(help, sizeof(help), "did you mean `%.100s`?", nearest == NULL ? "" : nearest);
    if (nearest == NULL) {
        snprintf(help, sizeof(help), "nodes are called `%.60s` ... `%.60s`", cluster->node_name[0],
                 cluster->node_name[cluster->node_count - 1]);
    }
    REPORT(loader, name->node, "name", help, "no %s `%.100s`", what, name->value);
    return false;
}

static bool at_nodes(Loader *loader, FailuresBuild *build, const Injection *injection,
                     const SpecText *name)
{
    int32_t size = 1;
    int32_t first = failures_node(build, name->value);
    if (first < 0) {
        first = entry_find(build, name->value, offsetof(NodesSpec, name), &size);
    }
    if (first < 0 && strcmp(name->value, "all") == 0) {
        first = 0;
        size = build->scenario->cluster.node_count;
    }
    if (first < 0) {
        return mistake_name(loader, build, name, "node");
    }
    bool good = true;
    for (int32_t node = first; good && node < first + size; node++) {
        good = fault_add(loader, build, injection, node, 0);
    }
    return good;
}

static bool at_gpu(Loader *loader, FailuresBuild *build, const Injection *injection,
                   const SpecText *name)
{
    const Cluster *cluster = &build->scenario->cluster;
    const char *slash = strrchr(name->value, '/');
    const char *digits = slash == NULL ? "" : slash + 1;
    size_t length = strspn(digits, "0123456789");
    if (length == 0 || length > 4 || digits[length] != '\0') {
        REPORT(loader, name->node, "type", "for example: a-3/0",
               "`%.100s` is no GPU; expected node/number", name->value);
        return false;
    }
    char *node_name = arena_strndup(loader->arena, name->value, (size_t)(slash - name->value));
    if (node_name == NULL) {
        return no_memory(loader);
    }
    SpecText at = {node_name, name->node};
    int32_t node = failures_node(build, node_name);
    if (node < 0) {
        return mistake_name(loader, build, &at, "node");
    }
    long device = strtol(digits, NULL, 10);
    int32_t count = cluster->device_begin[node + 1] - cluster->device_begin[node];
    if (device >= count) {
        REPORT(loader, name->node, "range", "they count from 0",
               "node `%s` has %" PRId32 " GPUs; there is no number %ld", node_name, count, device);
        return false;
    }
    return fault_add(loader, build, injection, node,
                     injection->all_of_it ? 0 : 1u << (uint32_t)device);
}

static bool at_domain(Loader *loader, FailuresBuild *build, const Injection *injection,
                      const SpecText *name)
{
    bool rack = injection->whom == WHOM_RACKS;
    const Cluster *cluster = &build->scenario->cluster;
    int32_t size = 0;
    int32_t node = entry_find(build, name->value,
                              rack ? offsetof(NodesSpec, rack) : offsetof(NodesSpec, zone), &size);
    if (node < 0) {
        node = failures_node(build, name->value);
    }
    if (node < 0) {
        return mistake_name(loader, build, name, rack ? "rack or node" : "zone or node");
    }
    return fault_add(loader, build, injection,
                     rack ? cluster->node_rack[node] : cluster->node_zone[node], 0);
}

static bool at_pool(Loader *loader, FailuresBuild *build, const Injection *injection,
                    const SpecText *name)
{
    const Cluster *cluster = &build->scenario->cluster;
    for (int32_t pool = 0; pool < cluster->pool_count; pool++) {
        if (strcmp(cluster->pools[pool].name, name->value) == 0) {
            return fault_add(loader, build, injection, pool, 0);
        }
    }
    REPORT(loader, name->node, "name", "file systems are declared under cluster.storage",
           "no file system `%.100s`", name->value);
    return false;
}

static bool job_is_there(const FailuresBuild *build, const char *name)
{
    for (int32_t i = 0; i < build->scenario->source_count; i++) {
        const RequestList *list = &build->scenario->sources[i].requests;
        for (int32_t row = 0; row < list->count; row++) {
            if (list->rows[row].name != NULL && strcmp(list->rows[row].name, name) == 0) {
                return true;
            }
        }
    }
    return false;
}

static bool at_job(Loader *loader, FailuresBuild *build, const Injection *injection,
                   const SpecText *name)
{
    if (build->jobs_known && !job_is_there(build, name->value)) {
        REPORT(loader, name->node, "name", "its id, as the workload gives it", "no job `%.100s`",
               name->value);
        return false;
    }
    JobFault fault = {.job = name->value,
                      .kind = injection->kind,
                      .attempts = (int32_t)injection->spec->times.value,
                      .after_ms = injection->spec->after_ms.value};
    return failure_draft_job_fault(&build->draft, fault) || no_memory(loader);
}

/* A log says all of it: whom, when, what, how long. */
static bool log_alone(Loader *loader, const InjectionSpec *spec)
{
    const char *why = "beside a fault log, which says all of it";
    bool good = true;
    for (int whom = 0; whom < WHOM_COUNT; whom++) {
        good = refuse(loader, names_of(spec, (Whom)whom)->node, WHOM_NAMES[whom], why) && good;
    }
    good = refuse(loader, spec->at_ms.node, "at", why) && good;
    good = refuse(loader, spec->for_ms.node, "for", why) && good;
    good = refuse(loader, spec->after_ms.node, "after", why) && good;
    good = refuse(loader, spec->times.node, "times", why) && good;
    good = refuse(loader, spec->cause.node, "cause", why) && good;
    good = refuse(loader, spec->effect.node, "effect", why) && good;
    good = refuse(loader, spec->scale.node, "scale", why) && good;
    good = refuse(loader, spec->speed_ppm.node, "speed", why) && good;
    return good;
}

static bool injection_build(Loader *loader, FailuresBuild *build, const InjectionSpec *spec)
{
    typedef bool At(Loader *, FailuresBuild *, const Injection *, const SpecText *);
    static At *const AT_WHOM[WHOM_COUNT] = {at_nodes,  at_gpu,  at_domain,
                                            at_domain, at_pool, at_job};
    Injection injection = {.spec = spec, .kind = -1};
    if (spec->trace.node != NULL) {
        return log_alone(loader, spec) && build_fault_log(loader, &spec->trace, build);
    }
    if (spec->node->kind != NODE_MAP || !whom_find(loader, &injection)) {
        return false;
    }
    bool good = times_belong(loader, &injection);
    good = kind_add(loader, build, &injection) && good;
    for (int32_t i = 0; injection.kind >= 0 && i < injection.names->count; i++) {
        good =
            AT_WHOM[injection.whom](loader, build, &injection, &injection.names->items[i]) && good;
    }
    return good;
}

bool build_injections(Loader *loader, const SpecObjects *inject, FailuresBuild *build)
{
    const InjectionSpec *specs = inject->items;
    bool good = true;
    for (int32_t i = 0; i < inject->count; i++) {
        good = injection_build(loader, build, &specs[i]) && good;
    }
    return good;
}
