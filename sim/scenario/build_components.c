/* build_components.c - `models.failures`: a preset's components and those written down. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "models/failure_presets.h"
#include "models/raid.h"
#include "models/xid.h"
#include "sim/scenario/build_failures.h"
#include "sim/scenario/keys_rows.h"

#define MICRO 1e6
#define MS_PER_HOUR 3600000.0

/* In the order of the choices of `per`. */
static const FaultScope SCOPES[] = {SCOPE_JOB,  SCOPE_JOB,  SCOPE_DEVICE,     SCOPE_NODE,
                                    SCOPE_RACK, SCOPE_ZONE, SCOPE_NEIGHBOURS, SCOPE_POOL};
#define PER_JOB_GPU 1 /* also there: the rate is of each GPU */

/* A component in the making. */
typedef struct Component {
    const ComponentSpec *spec;
    FaultKind kind;
    FaultRow row;
} Component;

static int choice_of(const char *const *choices, const char *text)
{
    int index = 0;
    while (choices[index] != NULL && strcmp(choices[index], text) != 0) {
        index++;
    }
    return index;
}

static bool mistake(Loader *loader, const Node *node, const char *code, const char *help,
                    const char *text)
{
    REPORT(loader, node, code, help, "%s", text);
    return false;
}

/* ---- what a fault does ---- */

static FaultEffect effect_usual(const ComponentSpec *spec, FaultScope scope)
{
    if (spec->keep.node != NULL || spec->raid.node != NULL) {
        return EFFECT_DERATED;
    }
    if (spec->speed_ppm.node != NULL) {
        return EFFECT_DEVICE_SLOW;
    }
    switch (scope) {
    case SCOPE_JOB:
        return EFFECT_JOB_DIES;
    case SCOPE_DEVICE:
        return EFFECT_GPU_OUT;
    case SCOPE_NODE:
        return EFFECT_NODE_OUT;
    case SCOPE_POOL:
        return EFFECT_DERATED;
    case SCOPE_RACK:
    case SCOPE_ZONE:
    case SCOPE_NEIGHBOURS:
        break;
    }
    return EFFECT_DOMAIN_OUT;
}

static bool effect_possible(FaultScope scope, FaultEffect effect)
{
    bool here = scope == SCOPE_DEVICE || scope == SCOPE_NODE;
    switch (effect) {
    case EFFECT_JOB_DIES:
        return here || scope == SCOPE_JOB;
    case EFFECT_GPU_OUT:
    case EFFECT_NODE_OUT:
        return here;
    case EFFECT_DOMAIN_OUT:
        return !here && scope != SCOPE_JOB && scope != SCOPE_POOL;
    case EFFECT_DERATED:
        return scope != SCOPE_JOB;
    case EFFECT_DEVICE_SLOW:
        return scope != SCOPE_JOB && scope != SCOPE_POOL;
    case EFFECT_COUNT:
        break;
    }
    return false;
}

static bool xid_take(Loader *loader, Component *component, FaultScope scope)
{
    const ComponentSpec *spec = component->spec;
    if (spec->xid.node == NULL) {
        return true;
    }
    const XidRow *row = xid_row((int32_t)spec->xid.value);
    if (row == NULL) {
        REPORT(loader, spec->xid.node, "name", "`gpuplan list models` lists those that are known",
               "no Xid %s is known", spec->xid.node->text != NULL ? spec->xid.node->text : "so");
        return false;
    }
    component->kind = xid_kind(spec->name.value, row);
    component->kind.scope = (uint8_t)scope;
    return true;
}

static bool effect_take(Loader *loader, Component *component, FaultScope scope)
{
    const ComponentSpec *spec = component->spec;
    FaultKind *kind = &component->kind;
    if (spec->xid.node == NULL || spec->keep.node != NULL || spec->speed_ppm.node != NULL) {
        kind->effect = (uint8_t)effect_usual(spec, scope);
    }
    const Node *place = spec->node;
    if (spec->effect.value != NULL) {
        kind->effect = (uint8_t)choice_of(FAULT_EFFECT_NAMES, spec->effect.value);
        place = spec->effect.node;
    }
    if (!effect_possible(scope, (FaultEffect)kind->effect)) {
        REPORT(loader, place, "conflict", "see `gpuplan keys components.per`",
               "`%s` cannot be what `per: %s` does", FAULT_EFFECT_NAMES[kind->effect],
               spec->per.value);
        return false;
    }
    bool good = true;
    if (spec->keep.node != NULL && kind->effect != EFFECT_DERATED) {
        good = mistake(loader, spec->keep.node, "conflict", "remove it",
                       "`keep` means nothing but for `effect: derated`");
    }
    if (spec->speed_ppm.node != NULL && kind->effect != EFFECT_DEVICE_SLOW) {
        good = mistake(loader, spec->speed_ppm.node, "conflict", "remove it",
                       "`speed` means nothing but for `effect: slow`");
    }
    if (kind->effect == EFFECT_DERATED && scope != SCOPE_POOL && spec->keep.node == NULL &&
        spec->raid.node == NULL) {
        good = mistake(loader, spec->node, "missing", "for example: keep: {storage_bandwidth: 35%}",
                       "a component that derates needs `keep`: what is left?");
    }
    if (kind->effect == EFFECT_DEVICE_SLOW && spec->speed_ppm.node == NULL) {
        good = mistake(loader, spec->node, "missing", "for example: speed: 50%",
                       "a component that slows devices needs `speed`");
    }
    return good;
}

static void class_take(const ComponentSpec *spec, FaultKind *kind)
{
    if (kind->effect == EFFECT_DERATED && spec->keep.node != NULL) {
        kind->class_of = FAULT_CLASS_LANE;
    }
    if (kind->effect == EFFECT_DEVICE_SLOW) {
        kind->class_of = FAULT_CLASS_SLOW;
    }
    if (spec->class_of.value != NULL) {
        kind->class_of = (uint8_t)choice_of(FAULT_CLASS_NAMES, spec->class_of.value);
    }
}

/* ---- how often ---- */

static bool gap_by_cv(Loader *loader, const ComponentSpec *spec, Family family, Distribution *gap)
{
    double cv = (double)spec->cv_micro.value / MICRO;
    if (distribution_unit_mean(family, cv, gap)) {
        gap->scale *= (double)spec->mtbf_ms.value;
        return true;
    }
    REPORT(loader, spec->cv_micro.node, "range", NULL, "`%s` has no member with cv %g",
           spec->distribution.value, cv);
    return false;
}

static bool gap_by_family(Loader *loader, const ComponentSpec *spec, Distribution *gap)
{
    Family family = FAMILY_EXPONENTIAL;
    for (int i = 0; i < FAMILY_COUNT; i++) {
        if (strcmp(family_name((Family)i), spec->distribution.value) == 0) {
            family = (Family)i;
        }
    }
    bool shaped = family == FAMILY_WEIBULL || family == FAMILY_GAMMA;
    if (spec->shape_micro.node != NULL && !shaped) {
        return mistake(loader, spec->shape_micro.node, "conflict", "give `cv`",
                       "`shape` is of weibull and gamma");
    }
    if (spec->cv_micro.node != NULL &&
        (spec->shape_micro.node != NULL || family == FAMILY_EXPONENTIAL)) {
        return mistake(loader, spec->cv_micro.node, "conflict", "remove it",
                       "`cv` follows from the other keys already");
    }
    double mtbf = (double)spec->mtbf_ms.value;
    if (family == FAMILY_EXPONENTIAL) {
        *gap = (Distribution){.family = family, .scale = mtbf};
        return true;
    }
    if (spec->cv_micro.node != NULL) {
        return gap_by_cv(loader, spec, family, gap);
    }
    if (spec->shape_micro.node == NULL) {
        return mistake(loader, spec->node, "missing", "for example: shape: 0.7",
                       shaped ? "this distribution needs `shape` or `cv`"
                              : "this distribution needs `cv`");
    }
    Distribution unit = {
        .family = family, .scale = 1.0, .shape = (double)spec->shape_micro.value / MICRO};
    unit.scale = mtbf / distribution_moment(&unit, 1);
    *gap = unit;
    return true;
}

static bool gap_in_full(Loader *loader, const ComponentSpec *spec, Distribution *gap)
{
    const Node *extra = spec->mtbf_ms.node != NULL        ? spec->mtbf_ms.node
                        : spec->distribution.node != NULL ? spec->distribution.node
                        : spec->shape_micro.node != NULL  ? spec->shape_micro.node
                                                          : spec->cv_micro.node;
    if (extra != NULL) {
        return mistake(loader, extra, "conflict", "keep one of the two",
                       "`gap` gives the time between faults already");
    }
    if (!build_distribution(loader, &spec->gap, gap)) {
        return false;
    }
    if (!isfinite(distribution_moment(gap, 1))) {
        return mistake(loader, spec->gap.node, "range", "cut it off with max",
                       "the time between faults has no mean");
    }
    return true;
}

static bool how_often(Loader *loader, Component *component, int per)
{
    const ComponentSpec *spec = component->spec;
    if (spec->gap.node == NULL && spec->mtbf_ms.node == NULL) {
        return mistake(loader, spec->node, "missing", "for example: mtbf: 250d",
                       "a component needs `mtbf` or `gap`");
    }
    if (per != PER_JOB_GPU && spec->gpus_most.node != NULL) {
        return mistake(loader, spec->gpus_most.node, "conflict", "remove it",
                       "`gpus_most` is of `per: job-gpu`");
    }
    bool never = spec->gap.node == NULL && spec->mtbf_ms.value == 0;
    component->row.drawn = !never;
    if (never) {
        return true;
    }
    Distribution *gap = &component->row.gap;
    bool good =
        spec->gap.node != NULL ? gap_in_full(loader, spec, gap) : gap_by_family(loader, spec, gap);
    if (good && per == PER_JOB_GPU) {
        if (gap->family != FAMILY_EXPONENTIAL) {
            return mistake(loader, spec->node, "conflict", "use per: job",
                           "`per: job-gpu` is for exponential times between faults");
        }
        component->row.per_gpu_hour = MS_PER_HOUR / gap->scale;
        component->row.gpus_most = (int32_t)spec->gpus_most.value;
    }
    return good;
}

static bool who_often(Loader *loader, Component *component, FaultScope scope)
{
    const ComponentSpec *spec = component->spec;
    bool of_nodes = scope == SCOPE_DEVICE || scope == SCOPE_NODE;
    const Node *nodes =
        spec->frailty_micro.node != NULL ? spec->frailty_micro.node : spec->lemons.node;
    if (nodes != NULL && !of_nodes) {
        return mistake(loader, nodes, "conflict", "remove it",
                       "nodes differ only where a fault is of a node or a GPU");
    }
    component->row.frailty_cv = (double)spec->frailty_micro.value / MICRO;
    if (spec->lemons.node != NULL) {
        component->row.lemon_share = (double)spec->lemons.share_ppm.value / MICRO;
        component->row.lemon_factor = (double)spec->lemons.factor_micro.value / MICRO;
    }
    if (scope == SCOPE_NEIGHBOURS && spec->nodes.node == NULL) {
        return mistake(loader, spec->node, "missing", "for example: nodes: 8",
                       "`per: neighbours` needs `nodes`");
    }
    if (scope != SCOPE_NEIGHBOURS && spec->nodes.node != NULL) {
        return mistake(loader, spec->nodes.node, "conflict", "remove it",
                       "`nodes` is of `per: neighbours`");
    }
    component->kind.domain_nodes = (int32_t)spec->nodes.value;
    return true;
}

/* ---- for how long ---- */

/* NULL: none is written. */
static const Distribution *times_take(Loader *loader, const DurationSpec *spec, bool *good)
{
    if (spec->node == NULL) {
        return NULL;
    }
    Distribution *times = ARENA_NEW(loader->arena, Distribution);
    if (times == NULL) {
        *good = no_memory(loader);
        return NULL;
    }
    *good = build_distribution(loader, spec, times) && *good;
    return times;
}

static bool repair_take(Loader *loader, const RepairSpec *spec, Component *component)
{
    RepairStages *stages = ARENA_NEW(loader->arena, RepairStages);
    if (stages == NULL) {
        return no_memory(loader);
    }
    bool good = true;
    stages->diagnosis = times_take(loader, &spec->diagnosis, &good);
    stages->part = times_take(loader, &spec->part, &good);
    stages->hands_on = times_take(loader, &spec->hands_on, &good);
    stages->burn_in = times_take(loader, &spec->burn_in, &good);
    stages->part_probability = (double)spec->part_probability_ppm.value / MICRO;
    stages->no_fault_found = (double)spec->no_fault_found_ppm.value / MICRO;
    stages->technician = spec->technician.value != 0;
    if (spec->no_fault_found_ppm.value >= GP_PPM) {
        good = mistake(loader, spec->no_fault_found_ppm.node, "range", NULL,
                       "a repair that never finds the fault never ends");
    }
    if (stages->part_probability > 0.0 && stages->part == NULL) {
        good = mistake(loader, spec->part_probability_ppm.node, "missing", "for example: part: 24h",
                       "`part_probability` needs `part`: how long does one take?");
    }
    component->row.stages = stages;
    component->kind.cure = CURE_STAGES;
    return good;
}

static bool how_long(Loader *loader, Component *component)
{
    const ComponentSpec *spec = component->spec;
    const Node *ways[] = {spec->out.node, spec->cure.node, spec->repair.node};
    const Node *second = NULL;
    int count = 0;
    for (int i = 0; i < 3; i++) {
        second = ways[i] != NULL && count > 0 && second == NULL ? ways[i] : second;
        count += ways[i] != NULL;
    }
    if (second != NULL) {
        REPORT_KEY(loader, second, "conflict", "keep one of them",
                   "a fault ends by `out`, `cure` or `repair`: more than one is given");
        return false;
    }
    const Node *way = spec->out.node != NULL    ? spec->out.node
                      : spec->cure.node != NULL ? spec->cure.node
                                                : spec->repair.node;
    if (way != NULL && component->kind.scope == SCOPE_JOB) {
        REPORT_KEY(loader, way, "conflict", "remove it",
                   "jobs that fail are tried again: nothing is out of service");
        return false;
    }
    bool good = true;
    if (spec->out.node != NULL) {
        component->row.out = times_take(loader, &spec->out, &good);
        component->kind.cure = CURE_TIME;
    } else if (spec->repair.node != NULL) {
        good = repair_take(loader, &spec->repair, component);
    } else if (spec->cure.value != NULL) {
        component->kind.cure = strcmp(spec->cure.value, "reset") == 0 ? CURE_RESET : CURE_REBOOT;
    } else if (component->kind.cure == CURE_TIME && component->kind.effect != EFFECT_JOB_DIES &&
               spec->xid.node == NULL) {
        good = mistake(loader, spec->node, "missing", "for example: out: 20h",
                       "a component needs `out`, `cure` or `repair`: how does its fault end?");
    }
    return good;
}

/* A rebuild says itself what is left, and for how long. */
static bool raid_take(Loader *loader, Component *component)
{
    const ComponentSpec *spec = component->spec;
    const Node *others[] = {spec->keep.node, spec->out.node, spec->effect.node, spec->repair.node,
                            spec->cure.node};
    const Node *other = NULL;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        other = other == NULL ? others[i] : other;
    }
    if (other != NULL) {
        REPORT_KEY(loader, other, "conflict", "remove it",
                   "`raid` says what is left of the storage, and for how long");
        return false;
    }
    if (spec->raid.level.value == NULL || spec->raid.disks.node == NULL ||
        spec->raid.size_mib.node == NULL || spec->raid.speed_mb_s.node == NULL) {
        return false; /* reported when it was bound */
    }
    Raid raid = {.level = (RaidLevel)choice_of(RAID_LEVEL_NAMES, spec->raid.level.value),
                 .disks = (int32_t)spec->raid.disks.value,
                 .size_mib = spec->raid.size_mib.value,
                 .speed_mb_s = spec->raid.speed_mb_s.value,
                 .priority_ppm = (int32_t)spec->raid.priority_ppm.value};
    const char *wrong = raid_mistake(&raid);
    Distribution *out = ARENA_NEW(loader->arena, Distribution);
    if (wrong != NULL) {
        return mistake(loader, spec->raid.disks.node, "range", NULL, wrong);
    }
    if (out == NULL) {
        return no_memory(loader);
    }
    *out = (Distribution){.family = FAMILY_CONSTANT, .scale = (double)raid_rebuild_ms(&raid)};
    component->row.out = out;
    component->kind.class_of = FAULT_CLASS_LANE;
    component->kind.keep_ppm[GP_AXIS_STORAGE_BANDWIDTH] = raid_keep_ppm(&raid);
    return true;
}

/* ---- components ---- */

static bool component_build(Loader *loader, const ComponentSpec *spec, FailureDraft *draft)
{
    if (spec->node->kind != NODE_MAP || spec->name.value == NULL || spec->per.value == NULL ||
        spec->distribution.value == NULL) {
        return false; /* reported when it was bound */
    }
    int per = choice_of(FAULT_PER_NAMES, spec->per.value);
    FaultScope scope = SCOPES[per];
    Component component = {.spec = spec,
                           .kind = fault_kind(spec->name.value, EFFECT_NODE_OUT, scope)};
    bool good = build_name(loader, &spec->name);
    good = xid_take(loader, &component, scope) && good;
    good = good && effect_take(loader, &component, scope);
    good = how_often(loader, &component, per) && good;
    good = who_often(loader, &component, scope) && good;
    good =
        (spec->raid.node != NULL ? raid_take(loader, &component) : how_long(loader, &component)) &&
        good;
    class_take(spec, &component.kind);
    failures_keep(&spec->keep, &component.kind);
    if (scope == SCOPE_POOL && spec->keep.node == NULL && spec->raid.node == NULL) {
        component.kind.keep_ppm[GP_AXIS_STORAGE_BANDWIDTH] = 0;
    }
    component.kind.speed_ppm =
        spec->speed_ppm.node != NULL ? (int32_t)spec->speed_ppm.value : GP_PPM;
    component.kind.detect_ms = spec->detect_ms.node != NULL ? spec->detect_ms.value : -1;
    component.kind.planned = spec->planned.value != 0;
    component.kind.source = spec->source.value;
    if (!good) {
        return false;
    }
    return failure_draft_put(draft, &component.kind, &component.row) >= 0 || no_memory(loader);
}

static bool names_differ(Loader *loader, const SpecObjects *components)
{
    const ComponentSpec *specs = components->items;
    bool good = true;
    for (int32_t i = 0; i < components->count; i++) {
        for (int32_t k = 0; k < i && specs[i].name.value != NULL; k++) {
            if (specs[k].name.value != NULL &&
                strcmp(specs[i].name.value, specs[k].name.value) == 0) {
                REPORT(loader, specs[i].name.node, "duplicate", "give one of them another name",
                       "component `%s` is given twice", specs[i].name.value);
                good = false;
            }
        }
    }
    return good;
}

static void gap_stretch(FailureDraft *draft, FaultRow *row, double factor)
{
    QuantilePoint *points = ARENA_ARRAY(draft->arena, QuantilePoint, row->gap.point_count);
    for (int32_t i = 0; points != NULL && i < row->gap.point_count; i++) {
        points[i] = (QuantilePoint){row->gap.points[i].p, row->gap.points[i].value * factor};
    }
    row->gap.points = points;
    row->gap.scale *= factor;
    row->gap.most *= factor;
}

/* Everything fails so many times as often. False if memory ran out. */
static bool scale_all(FailureDraft *draft, double factor)
{
    for (int32_t kind = 0; kind < draft->kind_count; kind++) {
        FaultRow *row = &draft->rows[kind];
        row->drawn = row->drawn && factor > 0.0;
        if (row->drawn) {
            row->per_gpu_hour *= factor;
            gap_stretch(draft, row, 1.0 / factor);
        }
    }
    return !draft->arena->failed;
}

/* What is left are the others, which fail more seldom than the mean. */
static void lemons_remove(FailureDraft *draft)
{
    for (int32_t kind = 0; kind < draft->kind_count; kind++) {
        FaultRow *row = &draft->rows[kind];
        if (row->drawn && row->lemon_share > 0.0) {
            gap_stretch(draft, row, 1.0 + row->lemon_share * (row->lemon_factor - 1.0));
            row->lemon_share = 0.0;
        }
    }
}

bool build_components(Loader *loader, const FailuresSpec *spec, FailuresBuild *build)
{
    if (spec->node == NULL) {
        return true;
    }
    if (spec->preset.value != NULL && !failure_preset_add(&build->draft, spec->preset.value)) {
        return no_memory(loader);
    }
    const ComponentSpec *components = spec->components.items;
    bool good = names_differ(loader, &spec->components);
    for (int32_t i = 0; i < spec->components.count; i++) {
        good = component_build(loader, &components[i], &build->draft) && good;
        if (components[i].per.value == NULL || strcmp(components[i].per.value, "storage") != 0) {
            failures_keep_warn(loader, &components[i].keep, build);
        }
    }
    build->component_count = build->draft.kind_count;
    if (spec->lemons.value != NULL && strcmp(spec->lemons.value, "removed") == 0) {
        lemons_remove(&build->draft);
    }
    return scale_all(&build->draft, (double)spec->scale_ppm.value / MICRO) ? good
                                                                           : no_memory(loader);
}
