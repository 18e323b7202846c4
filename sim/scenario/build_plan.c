/* build_plan.c - `plan:` and `targets:` as written become the fleets that may be bought. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/fleet_plan.h"
#include "sim/scenario/build.h"

/* ---- lines ---- */

static int32_t entry_find(const ClusterSpec *cluster, const char *name)
{
    const NodesSpec *entries = cluster->nodes.items;
    for (int32_t i = 0; i < cluster->nodes.count; i++) {
        if (entries[i].name.value != NULL && strcmp(entries[i].name.value, name) == 0) {
            return i;
        }
    }
    return -1;
}

static bool entry_missing(Loader *loader, const ClusterSpec *cluster, const Node *line)
{
    const NodesSpec *entries = cluster->nodes.items;
    const char *names[MAP_KEYS_MAX];
    int32_t count = 0;
    for (int32_t i = 0; i < cluster->nodes.count && count < MAP_KEYS_MAX; i++) {
        if (entries[i].name.value != NULL) {
            names[count++] = entries[i].name.value;
        }
    }
    const char *nearest = nearest_name(line->key, names, count);
    char help[160];
    snprintf(help, sizeof(help), "did you mean `%.100s`?", nearest == NULL ? "" : nearest);
    REPORT_KEY(loader, line, "name",
               nearest == NULL ? "declare it under cluster.nodes, with a count" : help,
               "no entry `%s` of cluster.nodes", line->key);
    return false;
}

static bool line_fill(Loader *loader, const PlanLineSpec *spec, PlanLineKind kind, PlanLine *line)
{
    *line = (PlanLine){.name = spec->node->key,
                       .kind = kind,
                       .least = spec->least.value,
                       .most = spec->most.value,
                       .lot = spec->lot.value > 0 ? spec->lot.value : 1,
                       .lead_ms = spec->lead_ms.value,
                       .place = node_key_place(spec->node)};
    if (spec->node->kind != NODE_MAP) {
        return false; /* reported when it was bound */
    }
    if (line->least > line->most) {
        REPORT(loader, spec->most.node, "range", NULL,
               "`max` of `%s` is %" PRId64 "; expected min (%" PRId64 ") or more", line->name,
               line->most, line->least);
        return false;
    }
    return true;
}

static bool nodes_line(Loader *loader, const ClusterSpec *cluster, const PlanLineSpec *spec,
                       PlanLine *line)
{
    bool good = line_fill(loader, spec, PLAN_NODES, line);
    line->entry = entry_find(cluster, line->name);
    if (line->entry < 0) {
        return entry_missing(loader, cluster, spec->node);
    }
    const NodesSpec *entry = (const NodesSpec *)cluster->nodes.items + line->entry;
    if (entry->count.node == NULL) {
        REPORT_KEY(loader, spec->node, "missing", "give the entry of cluster.nodes a `count`",
                   "`%s` is one node without a count, so it cannot be planned", line->name);
        return false;
    }
    return good;
}

static bool commitment_line(Loader *loader, const SpecObjects *commitments,
                            const PlanLineSpec *spec, PlanLine *line)
{
    bool good = line_fill(loader, spec, PLAN_COMMITMENT, line);
    const CommitmentSpec *entries = commitments->items;
    const char *names[MAP_KEYS_MAX];
    int32_t count = 0;
    for (int32_t i = 0; i < commitments->count && count < MAP_KEYS_MAX; i++) {
        names[count] = entries[i].name.value;
        if (names[count] != NULL && strcmp(names[count], line->name) == 0) {
            line->entry = i;
            if (entries[i].gpus.node != NULL) {
                return good;
            }
            REPORT_KEY(loader, spec->node, "conflict", "give it `gpus` and a `rate`",
                       "commitment `%s` is of money; only GPUs can be planned", line->name);
            return false;
        }
        count += names[count] != NULL;
    }
    const char *nearest = nearest_name(line->name, names, count);
    char help[160];
    snprintf(help, sizeof(help), "did you mean `%.100s`?", nearest == NULL ? "" : nearest);
    REPORT_KEY(loader, spec->node, "name",
               nearest == NULL ? "declare it under costs.commitments" : help,
               "no entry `%s` of costs.commitments", line->name);
    return false;
}

static bool lines_fit(Loader *loader, const FleetPlan *plan, const Node *place)
{
    int64_t fleets = 1;
    for (int32_t i = 0; i < plan->line_count; i++) {
        int64_t steps = plan_line_steps(&plan->lines[i]);
        fleets = fleets > PLAN_FLEETS_MAX / steps ? PLAN_FLEETS_MAX + 1 : fleets * steps;
    }
    if (fleets > PLAN_FLEETS_MAX) {
        REPORT_KEY(loader, place, "limit", "use larger lots or narrower bounds",
                   "the plan has more than %" PRId64 " fleets to choose from", PLAN_FLEETS_MAX);
        return false;
    }
    return true;
}

static bool lines_build(Loader *loader, const ScenarioSpec *spec, FleetPlan *plan)
{
    const PlanSpec *from = &spec->plan;
    int32_t count = from->nodes.count + from->commitments.count;
    plan->lines = ARENA_ARRAY(loader->arena, PlanLine, count);
    if (plan->lines == NULL) {
        return no_memory(loader);
    }
    if (count > PLAN_LINES_MAX) {
        REPORT_KEY(loader, from->node, "limit", "plan the others one after the other",
                   "%" PRId32 " lines to plan; at most %d are possible", count, PLAN_LINES_MAX);
        return false;
    }
    const PlanLineSpec *lines = from->nodes.items;
    bool good = !from->nodes.mistaken && !from->commitments.mistaken;
    for (int32_t i = 0; i < from->nodes.count; i++) {
        good =
            nodes_line(loader, &spec->cluster, &lines[i], &plan->lines[plan->line_count++]) && good;
    }
    const PlanLineSpec *promises = from->commitments.items;
    for (int32_t i = 0; i < from->commitments.count; i++) {
        good = commitment_line(loader, &spec->costs.commitments, &promises[i],
                               &plan->lines[plan->line_count++]) &&
               good;
    }
    return good && lines_fit(loader, plan, from->node);
}

/* ---- targets ---- */

static bool targets_build(Loader *loader, const SpecPairs *from, FleetPlan *plan)
{
    plan->targets = ARENA_ARRAY(loader->arena, PlanTarget, from->count);
    if (plan->targets == NULL) {
        return no_memory(loader);
    }
    for (int32_t i = 0; i < from->count; i++) {
        const SpecPair *pair = &from->items[i];
        size_t size = strlen(pair->name) + strlen(pair->value) + 2;
        char *text = arena_alloc(loader->arena, size, 1);
        if (text == NULL) {
            return no_memory(loader);
        }
        snprintf(text, size, "%s %s", pair->name, pair->value);
        plan->targets[plan->target_count++] = (PlanTarget){text, node_place(pair->node)};
    }
    return true;
}

bool build_plan(Loader *loader, const ScenarioSpec *spec, const FleetPlan **plan)
{
    *plan = NULL;
    const PlanSpec *from = &spec->plan;
    if (from->node == NULL && spec->targets.node == NULL) {
        return true;
    }
    FleetPlan *built = ARENA_NEW(loader->arena, FleetPlan);
    if (built == NULL) {
        return no_memory(loader);
    }
    const PlanSensitivitySpec *sensitivity = &from->sensitivity;
    *built = (FleetPlan){
        .months = (int32_t)from->months.value,
        .growth_ppm = from->growth_ppm.value,
        .replications = (int32_t)from->replications.value,
        .confirm = (int32_t)from->confirm.value,
        .confidence_ppm = from->confidence_ppm.value,
        .indifference_ppm = from->indifference_ppm.value,
        .demand_ppm = sensitivity->demand_ppm.value,
        .price_ppm = sensitivity->price_ppm.value,
        .failures_ppm = sensitivity->failures_ppm.value,
        .needs_ppm = sensitivity->needs_ppm.value,
    };
    if (from->node != NULL) {
        built->place = node_key_place(from->node);
    }
    *plan = built;
    bool good = lines_build(loader, spec, built);
    return targets_build(loader, &spec->targets, built) && good;
}
