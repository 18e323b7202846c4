/* build_failures.c - `models.failures` and `inject` become one constant model of what fails. */
#include "sim/scenario/build_failures.h"

#include <string.h>

#include "core/verdict.h"
#include "models/failure_presets.h"

/* ---- names ---- */

typedef struct NodeQuery {
    const Cluster *cluster;
    const char *name;
} NodeQuery;

static bool node_is_wanted(const void *context, int32_t id)
{
    const NodeQuery *query = context;
    return strcmp(query->cluster->node_name[id], query->name) == 0;
}

int32_t failures_node(const FailuresBuild *build, const char *name)
{
    NodeQuery query = {&build->scenario->cluster, name};
    return intern_find(&build->nodes, intern_text(0, name, strlen(name)), node_is_wanted, &query);
}

static bool nodes_number(FailuresBuild *build)
{
    const Cluster *cluster = &build->scenario->cluster;
    for (int32_t node = 0; node < cluster->node_count; node++) {
        const char *name = cluster->node_name[node];
        if (!intern_add(&build->nodes, intern_text(0, name, strlen(name)), node)) {
            return false;
        }
    }
    return true;
}

static const GpAxis AXES[KEPT_COUNT] = {[KEPT_STORAGE_BANDWIDTH] = GP_AXIS_STORAGE_BANDWIDTH,
                                        [KEPT_NETWORK] = GP_AXIS_NETWORK,
                                        [KEPT_IO_CPU] = GP_AXIS_IO_CPU,
                                        [KEPT_CPU] = GP_AXIS_CPU};

void failures_keep(const KeepSpec *spec, FaultKind *kind)
{
    for (int lane = 0; lane < KEPT_COUNT; lane++) {
        if (spec->ppm[lane].node != NULL) {
            kind->keep_ppm[AXES[lane]] = (int32_t)spec->ppm[lane].value;
        }
    }
}

void failures_keep_warn(Loader *loader, const KeepSpec *spec, const FailuresBuild *build)
{
    for (int lane = 0; lane < KEPT_COUNT; lane++) {
        const Node *node = spec->ppm[lane].node;
        if (node != NULL && !build_lane_declared(&build->scenario->cluster, AXES[lane])) {
            diagnostics_warning(loader->diagnostics, node_place(node), "keep",
                                "say how much of it a node has, or leave it out",
                                "less of `%s` slows nobody down: no node type declares it",
                                lane_name(AXES[lane]));
        }
    }
}

/* ---- the whole ---- */

/* They are no mistake, but perhaps not what was meant. */
static void late_count(Loader *loader, const FailureDraft *draft, const ScenarioSpec *spec,
                       const Scenario *scenario)
{
    long long late = 0;
    for (int32_t i = 0; i < draft->recorded_count; i++) {
        late += draft->recorded[i].at_ms >= scenario->horizon_ms;
    }
    if (late > 0) {
        diagnostics_warning(loader->diagnostics, node_place(spec->horizon_ms.node), "horizon",
                            "they have no effect; a longer horizon would hold them",
                            "%lld of %lld faults of `inject` begin when the run is over", late,
                            (long long)draft->recorded_count);
    }
}

static bool model_finish(Loader *loader, const FailuresSpec *spec, FailuresBuild *build,
                         Scenario *scenario)
{
    if (build->draft.kind_count == 0) {
        return true; /* nothing fails */
    }
    FailureModel *model = failure_draft_finish(&build->draft);
    if (model == NULL) {
        return no_memory(loader);
    }
    bool named =
        spec->preset.value != NULL && strcmp(spec->preset.value, failure_preset_name(0)) != 0;
    model->preset = named ? spec->preset.value : NULL;
    model->source = named ? failure_preset_source(spec->preset.value) : NULL;
    scenario->failures = model;
    return true;
}

/* Nothing fails, but nodes that are away stay away: that is no failure, and they are not paid for.
 * Kinds keep their numbers where nodes come and go: a twin draws the same absences. */
static void failures_lift(FailureDraft *draft, const ClusterSpec *cluster)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < draft->recorded_count; i++) {
        if (draft->kinds[draft->recorded[i].kind].away) {
            draft->recorded[kept++] = draft->recorded[i];
        }
    }
    draft->recorded_count = kept;
    draft->job_fault_count = 0;
    for (int32_t kind = 0; kind < draft->kind_count; kind++) {
        draft->rows[kind].drawn = false;
    }
    if (kept == 0 && !has_presence(cluster)) {
        *draft = failure_draft(draft->arena);
    }
}

bool build_failures(Loader *loader, const ScenarioSpec *spec, bool jobs_known, Scenario *scenario)
{
    FailuresBuild build = {.draft = failure_draft(loader->arena),
                           .spec = &spec->cluster,
                           .scenario = scenario,
                           .jobs_known = jobs_known};
    if (spec->inject.count == 0 && spec->models.failures.node == NULL &&
        !has_presence(&spec->cluster)) {
        return true;
    }
    intern_init(&build.nodes);
    bool good = nodes_number(&build) || no_memory(loader);
    good = good && build_components(loader, &spec->models.failures, &build);
    good = build_injections(loader, &spec->inject, &build) && good;
    if (good && spec->horizon_ms.node != NULL) {
        late_count(loader, &build.draft, spec, scenario);
    }
    if ((scenario->relax & RELAX_FAILURES) != 0) {
        failures_lift(&build.draft, &spec->cluster);
    }
    good = build_presence(loader, &spec->cluster, &build.draft) && good;
    good = good && model_finish(loader, &spec->models.failures, &build, scenario);
    intern_free(&build.nodes);
    return good;
}
