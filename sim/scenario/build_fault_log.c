/* build_fault_log.c - a fault log becomes recorded faults: each of its components a kind, each of
 * its nodes one of the cluster's. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "models/xid.h"
#include "sim/scenario/build_failures.h"
#include "sim/scenario/resolve.h"
#include "traces/fault_log.h"

/* ---- which nodes are meant ---- */

/* Names that the cluster has are its nodes; the others go, in order, to the nodes that the log does
 * not name. *strangers: how many others there are. False if memory ran out. */
static bool nodes_match(const FailuresBuild *build, const FaultLog *log, Arena *arena,
                        int32_t **node_of, int32_t *strangers)
{
    int32_t count = build->scenario->cluster.node_count;
    int32_t *found = ARENA_ARRAY(arena, int32_t, log->node_count);
    char *named = calloc((size_t)count + 1, 1);
    bool enough = found != NULL && named != NULL;
    *node_of = found;
    *strangers = 0;
    for (int32_t i = 0; enough && i < log->node_count; i++) {
        found[i] = failures_node(build, log->node_name[i]);
        if (found[i] >= 0) {
            named[found[i]] = 1;
        } else {
            ++*strangers;
        }
    }
    int32_t next = 0;
    for (int32_t i = 0; enough && i < log->node_count; i++) {
        while (found[i] < 0 && next < count && named[next] != 0) {
            next++;
        }
        if (found[i] < 0 && next < count) {
            found[i] = next++;
        }
    }
    free(named);
    return enough;
}

static bool nodes_suffice(Loader *loader, const FaultLogSpec *spec, const FaultLog *log,
                          const FailuresBuild *build, int32_t strangers)
{
    int32_t count = build->scenario->cluster.node_count;
    if (log->node_count > count) {
        REPORT(loader, spec->path.node, "range",
               "the cluster must have as many nodes as were watched, those without a fault too",
               "the log names %" PRId32 " nodes, %" PRId32
               " of them not by a name of the cluster, which has %" PRId32,
               log->node_count, strangers, count);
        return false;
    }
    if (strangers > 0 && strangers < log->node_count) {
        Place place = node_place(spec->path.node);
        diagnostics_warning(loader->diagnostics, place, "name",
                            "give the cluster's names to all of them, or to none",
                            "%" PRId32 " of the log's %" PRId32
                            " nodes have no name of the cluster; they are put on nodes that the "
                            "log does not name",
                            strangers, log->node_count);
    }
    return true;
}

/* ---- what its components do ---- */

/* False: no such Xid is known (reported). */
static bool kind_of(Loader *loader, const FaultLogSpec *spec, const FaultLogComponent *component,
                    FaultKind *kind)
{
    FaultScope scope = component->of_devices ? SCOPE_DEVICE : SCOPE_NODE;
    const XidRow *xid = NULL;
    switch (component->effect) {
    case FAULT_LOG_XID:
        xid = xid_row(component->xid);
        if (xid == NULL) {
            REPORT(loader, spec->path.node, "name",
                   "`gpuplan list models` lists those that are known",
                   "the log names Xid %" PRId32 ", of which nothing is known", component->xid);
            return false;
        }
        *kind = xid_kind(component->name, xid);
        break;
    case FAULT_LOG_LANE:
        *kind = fault_kind(component->name, EFFECT_DERATED, SCOPE_NODE);
        kind->keep_ppm[component->axis] = component->left_ppm;
        kind->class_of = FAULT_CLASS_LANE;
        break;
    case FAULT_LOG_SLOW:
        *kind = fault_kind(component->name, EFFECT_DEVICE_SLOW, scope);
        kind->speed_ppm = component->left_ppm;
        kind->class_of = FAULT_CLASS_SLOW;
        break;
    case FAULT_LOG_DOWN:
    default:
        *kind = fault_kind(component->name,
                           component->of_devices ? EFFECT_GPU_OUT : EFFECT_NODE_OUT, scope);
        break;
    }
    kind->scope = (uint8_t)(kind->effect == EFFECT_NODE_OUT ? SCOPE_NODE : scope);
    kind->cure = CURE_TIME; /* the log says when it was over */
    kind->operator_ = component->by_operator;
    return true;
}

/* The kind of each component, in the draft. */
static bool kinds_add(Loader *loader, const FaultLogSpec *spec, const FaultLog *log,
                      FailuresBuild *build, int32_t *kinds)
{
    bool good = true;
    for (int32_t i = 0; i < log->component_count; i++) {
        FaultKind kind;
        if (log->components[i].count == 0) {
            continue;
        }
        if (!kind_of(loader, spec, &log->components[i], &kind)) {
            good = false;
            continue;
        }
        kinds[i] = failure_draft_kind(&build->draft, &kind, NULL);
        if (kinds[i] < 0) {
            return no_memory(loader);
        }
    }
    return good;
}

/* ---- faults ---- */

static bool devices_exist(Loader *loader, const FaultLogSpec *spec, const FaultLog *log,
                          const FaultLogRow *row, const Cluster *cluster, int32_t node)
{
    int32_t count = cluster->device_begin[node + 1] - cluster->device_begin[node];
    if (count >= GP_DEVICES_MAX || row->devices >> count == 0) {
        return true;
    }
    Place place = {.file = resolve_path(loader, &spec->path), .line = row->line};
    diagnostics_error(loader->diagnostics, place, "range", "they count from 0",
                      "%s has no such GPU: node `%s` has %" PRId32, log->node_name[row->node],
                      cluster->node_name[node], count);
    return false;
}

static bool faults_add(Loader *loader, const FaultLogSpec *spec, const FaultLog *log,
                       FailuresBuild *build, const int32_t *node_of, const int32_t *kinds)
{
    bool good = true;
    for (int32_t i = 0; i < log->count; i++) {
        const FaultLogRow *row = &log->rows[i];
        int32_t node = node_of[row->node];
        if (!devices_exist(loader, spec, log, row, &build->scenario->cluster, node)) {
            good = false;
            continue;
        }
        const FaultKind *kind = &build->draft.kinds[kinds[row->component]];
        bool at_once = kind->effect == EFFECT_JOB_DIES; /* a process dies, the GPU is sound */
        bool of_node = kind->effect == EFFECT_NODE_OUT || kind->effect == EFFECT_DERATED;
        Fault fault = {.at_ms = row->start_ms,
                       .out_ms = at_once                     ? 0
                                 : row->end_ms == TIME_NEVER ? TIME_NEVER
                                                             : row->end_ms - row->start_ms,
                       .kind = kinds[row->component],
                       .target = node,
                       .devices = of_node ? 0 : row->devices};
        if (!failure_draft_fault(&build->draft, fault)) {
            return no_memory(loader);
        }
    }
    return good;
}

bool build_fault_log(Loader *loader, const FaultLogSpec *spec, FailuresBuild *build)
{
    if (spec->format.value == NULL || spec->path.value == NULL) {
        return false; /* reported when it was bound */
    }
    FaultLogOptions options;
    FaultLog log;
    fault_log_options_init(&options);
    options.format = spec->format.value;
    options.path = resolve_path(loader, &spec->path);
    options.from_ms = spec->from_ms.value;
    options.to_ms = spec->to_ms.node != NULL ? spec->to_ms.value : TIME_NEVER;
    if (options.path == NULL ||
        fault_log_read(&options, loader->arena, loader->diagnostics, &log) != STATUS_OK) {
        return false;
    }
    int32_t *node_of = NULL;
    int32_t strangers = 0;
    int32_t *kinds = ARENA_ARRAY(loader->arena, int32_t, log.component_count);
    if (kinds == NULL || !nodes_match(build, &log, loader->arena, &node_of, &strangers)) {
        return no_memory(loader);
    }
    bool good = nodes_suffice(loader, spec, &log, build, strangers);
    good = kinds_add(loader, spec, &log, build, kinds) && good;
    return good && faults_add(loader, spec, &log, build, node_of, kinds);
}
