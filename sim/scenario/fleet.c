/* fleet.c - the baseline's scenario with other counts, and with demand, failures and needs turned
 * up or down. */
#include "sim/scenario/fleet.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "models/failure.h"
#include "sim/scenario/build.h"

/* `part` of `amount`, in ppm. */
static int64_t scaled(int64_t amount, int64_t ppm)
{
    __extension__ typedef __int128 Wide;
    return (int64_t)((Wide)amount * ppm / GP_PPM);
}

/* ---- counts ---- */

/* A count as if it had been written so. */
static bool count_write(Loader *loader, int64_t value, SpecNumber *count)
{
    Node *node = ARENA_NEW(loader->arena, Node);
    char *text = arena_alloc(loader->arena, 24, 1);
    if (node == NULL || text == NULL) {
        return no_memory(loader);
    }
    *node = *count->node;
    snprintf(text, 24, "%" PRId64, value);
    node->text = text;
    *count = (SpecNumber){value, node};
    return true;
}

static bool counts_write(Loader *loader, const FleetPlan *plan, const int64_t *count,
                         ScenarioSpec *spec)
{
    size_t size = (size_t)spec->cluster.nodes.count * sizeof(NodesSpec);
    NodesSpec *entries = arena_alloc(loader->arena, size, 1);
    if (entries == NULL) {
        return no_memory(loader);
    }
    if (size > 0) {
        memcpy(entries, spec->cluster.nodes.items, size);
    }
    spec->cluster.nodes.items = entries;
    for (int32_t i = 0; i < plan->line_count; i++) {
        const PlanLine *line = &plan->lines[i];
        if (line->kind == PLAN_NODES &&
            !count_write(loader, count[i], &entries[line->entry].count)) {
            return false;
        }
    }
    return true;
}

/* Commitments to as many GPUs; those to none are not made. */
static bool commitments_write(Loader *loader, const FleetPlan *plan, const int64_t *count,
                              ScenarioSpec *spec)
{
    SpecObjects *list = &spec->costs.commitments;
    CommitmentSpec *entries = ARENA_ARRAY(loader->arena, CommitmentSpec, list->count);
    if (entries == NULL) {
        return no_memory(loader);
    }
    int32_t kept = 0;
    for (int32_t k = 0; k < list->count; k++) {
        CommitmentSpec *entry = &entries[kept++];
        *entry = ((const CommitmentSpec *)list->items)[k];
        for (int32_t i = 0; i < plan->line_count; i++) {
            if (plan->lines[i].kind == PLAN_COMMITMENT && plan->lines[i].entry == k) {
                entry->gpus.value = count[i] * GP_DEVICE_MILLI;
                kept -= count[i] == 0;
            }
        }
    }
    list->items = entries;
    list->count = kept;
    return true;
}

/* ---- the rest ---- */

/* The workload of the baseline, whose loads are shares of the baseline's fleet. */
static bool workload_share(Loader *loader, const Scenario *baseline, int64_t demand_ppm,
                           Scenario *fleet)
{
    fleet->source_count = baseline->source_count;
    fleet->sources = ARENA_ARRAY(loader->arena, WorkloadSource, baseline->source_count);
    if (fleet->sources == NULL) {
        return no_memory(loader);
    }
    for (int32_t i = 0; i < baseline->source_count; i++) {
        fleet->sources[i] = baseline->sources[i];
        fleet->sources[i].load_gpu_milli = baseline->cluster.gpu_milli;
        fleet->sources[i].demand_ppm = demand_ppm;
    }
    fleet->constants = baseline->constants;
    fleet->asked = baseline->asked;
    fleet->start_unix_ms = baseline->start_unix_ms;
    fleet->cluster.model_count = baseline->cluster.model_count;
    memcpy(fleet->cluster.model_name, baseline->cluster.model_name,
           sizeof fleet->cluster.model_name);
    return true;
}

/* Gaps so many times as long. */
static bool gap_stretch(Loader *loader, double factor, Distribution *gap)
{
    gap->scale *= factor;
    gap->most *= factor;
    if (gap->point_count == 0) {
        return true;
    }
    QuantilePoint *points = ARENA_ARRAY(loader->arena, QuantilePoint, gap->point_count);
    if (points == NULL) {
        return no_memory(loader);
    }
    for (int32_t i = 0; i < gap->point_count; i++) {
        points[i] = (QuantilePoint){gap->points[i].p, gap->points[i].value * factor};
    }
    gap->points = points;
    return true;
}

static bool failures_scale(Loader *loader, int64_t ppm, Scenario *fleet)
{
    if (fleet->failures == NULL || ppm == 0 || ppm == GP_PPM) {
        return true;
    }
    FailureModel *model = ARENA_NEW(loader->arena, FailureModel);
    FaultRow *rows = ARENA_ARRAY(loader->arena, FaultRow, fleet->failures->kind_count);
    if (model == NULL || rows == NULL) {
        return no_memory(loader);
    }
    *model = *fleet->failures;
    double often = (double)ppm / GP_PPM;
    for (int32_t i = 0; i < model->kind_count; i++) {
        rows[i] = fleet->failures->rows[i];
        rows[i].per_gpu_hour *= often;
        if (!gap_stretch(loader, 1.0 / often, &rows[i].gap)) {
            return false;
        }
    }
    model->rows = rows;
    fleet->failures = model;
    return true;
}

static bool needs_scale(Loader *loader, int64_t ppm, Scenario *fleet)
{
    if (fleet->models.need_count == 0 || ppm == 0 || ppm == GP_PPM) {
        return true;
    }
    NeedProfile *needs = ARENA_ARRAY(loader->arena, NeedProfile, fleet->models.need_count);
    if (needs == NULL) {
        return no_memory(loader);
    }
    for (int32_t i = 0; i < fleet->models.need_count; i++) {
        needs[i] = fleet->models.needs[i];
        for (int lane = 0; lane < GP_AXES; lane++) {
            needs[i].need[lane] = scaled(needs[i].need[lane], ppm);
        }
    }
    fleet->models.needs = needs;
    return true;
}

static bool fleet_fill(Loader *loader, const ScenarioSet *set, const FleetChange *change,
                       Scenario *fleet)
{
    const Scenario *baseline = &set->variants[0];
    ScenarioSpec spec = *set->spec;
    NodeGroups groups = {0};
    if (change->count != NULL && (!counts_write(loader, set->plan, change->count, &spec) ||
                                  !commitments_write(loader, set->plan, change->count, &spec))) {
        return false;
    }
    *fleet = *baseline;
    fleet->cluster = (Cluster){0};
    fleet->models = (RunModels){0};
    fleet->costs = NULL;
    fleet->failures = NULL;
    return build_cluster(loader, &spec.cluster, &fleet->cluster, &groups) &&
           workload_share(loader, baseline, change->demand_ppm, fleet) &&
           build_rest(loader, &spec, true, true, true, fleet) &&
           failures_scale(loader, change->failures_ppm, fleet) &&
           needs_scale(loader, change->needs_ppm, fleet);
}

Status fleet_build(const ScenarioSet *set, const FleetChange *change, Arena *arena,
                   Diagnostics *diagnostics, Scenario *fleet)
{
    Loader loader = {.arena = arena,
                     .diagnostics = diagnostics,
                     .data_dir = set->data_dir,
                     .endless = set->variants[0].horizon_ms == TIME_NEVER};
    bool good = fleet_fill(&loader, set, change, fleet);
    Status status = diagnostics_status(diagnostics);
    if (arena->failed) {
        return diagnostics_no_memory(diagnostics);
    }
    return status == STATUS_OK && !good ? STATUS_FAILED : status;
}
