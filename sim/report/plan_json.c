/* plan_json.c - the plan as one JSON document; every other form is rendered from it. */
#include <stdlib.h>

#include "sim/report/atomic_file.h"
#include "sim/report/json_help.h"
#include "sim/report/plan_report.h"
#include "sim/report/version.h"
#include "sim/scenario/spec.h"

#define DAY_MS 86400000.0

static const char *metric_name(const PlanResult *result, int32_t value)
{
    return METRICS[result->values[value]].name;
}

static json_t *counts_json(const PlanResult *result, const int64_t *count)
{
    json_t *out = json_object();
    bool ok = out != NULL;
    for (int32_t i = 0; i < result->plan->line_count; i++) {
        ok = json_put(out, result->plan->lines[i].name, json_integer(count[i])) && ok;
    }
    return json_checked(out, ok);
}

static json_t *fleet_json(const PlanResult *result, const PlanFleet *fleet)
{
    json_t *out = json_object(), *metrics = json_object();
    bool ok = out != NULL && metrics != NULL;
    for (int32_t i = 0; i < result->value_count; i++) {
        ok = json_put(metrics, metric_name(result, i), json_number(fleet->mean[i])) && ok;
    }
    ok = json_put(out, "counts", counts_json(result, fleet->count)) && ok;
    ok = json_put(out, "replications", json_integer(fleet->runs)) && ok;
    ok = json_put(out, "usd", json_number(fleet->mean[PLAN_VALUE_COST])) && ok;
    ok = json_put(out, "wait_p95_s", json_number(fleet->mean[result->value_wait])) && ok;
    ok = json_put(out, "productive_share", json_number(fleet->mean[result->value_share])) && ok;
    ok = json_put(out, "meets", fleet->dearer ? json_null() : json_boolean(fleet->meets)) && ok;
    ok = json_put(out, "discarded", json_boolean(fleet->discarded)) && ok;
    ok = json_put(out, "binds", json_string(metric_name(result, 1 + fleet->binds))) && ok;
    ok = json_put(out, "room", json_number(-fleet->miss)) && ok;
    ok = json_put(out, "metrics", metrics) && ok;
    return json_checked(out, ok);
}

static json_t *fleets_json(const PlanResult *result, const PlanFleet *fleets, int32_t count)
{
    json_t *out = json_array();
    bool ok = out != NULL;
    for (int32_t i = 0; i < count; i++) {
        ok = json_push(out, fleet_json(result, &fleets[i])) && ok;
    }
    return json_checked(out, ok);
}

static json_t *frontier_json(const PlanResult *result)
{
    json_t *out = json_array();
    bool ok = out != NULL;
    for (int32_t i = 0; i < result->frontier_count; i++) {
        ok = json_push(out, fleet_json(result, &result->fleets[result->frontier[i]])) && ok;
    }
    return json_checked(out, ok);
}

/* ---- what was asked ---- */

static const char *purchase_of(const PlanResult *result, const PlanLine *line)
{
    const NodesSpec *entries = result->set->spec->cluster.nodes.items;
    const char *purchase =
        line->kind == PLAN_NODES ? entries[line->entry].purchase.value : "commitment";
    return purchase != NULL ? purchase : PURCHASE_NAMES[PURCHASE_ON_DEMAND];
}

static json_t *lines_json(const PlanResult *result)
{
    json_t *out = json_array();
    bool ok = out != NULL;
    for (int32_t i = 0; i < result->plan->line_count; i++) {
        const PlanLine *line = &result->plan->lines[i];
        json_t *row = json_object();
        ok = json_put(row, "name", json_string(line->name)) && ok;
        ok =
            json_put(row, "kind", json_string(line->kind == PLAN_NODES ? "nodes" : "commitment")) &&
            ok;
        ok = json_put(row, "purchase", json_string(purchase_of(result, line))) && ok;
        ok = json_put(row, "unit", json_string(line->kind == PLAN_NODES ? "nodes" : "GPUs")) && ok;
        ok = json_put(row, "min", json_integer(line->least)) && ok;
        ok = json_put(row, "max", json_integer(line->most)) && ok;
        ok = json_put(row, "lot", json_integer(line->lot)) && ok;
        ok = json_put(row, "lead_days", json_number((double)line->lead_ms / DAY_MS)) && ok;
        ok = json_push(out, row) && ok;
    }
    return json_checked(out, ok);
}

static json_t *targets_json(const PlanResult *result)
{
    json_t *out = json_array();
    bool ok = out != NULL;
    for (int32_t t = 0; t < result->target_count; t++) {
        json_t *row = json_object();
        ok = json_put(row, "metric", json_string(metric_name(result, 1 + t))) && ok;
        ok = json_put(row, "op", json_string(result->bounds[t].op)) && ok;
        ok = json_put(row, "bound", json_number(result->targets[t].bound)) && ok;
        ok = json_put(row, "unit", json_string(METRICS[result->values[1 + t]].unit)) && ok;
        ok = json_put(row, "implied", json_boolean(result->bounds[t].text == NULL)) && ok;
        ok = json_push(out, row) && ok;
    }
    return json_checked(out, ok);
}

/* ---- what was found ---- */

static json_t *less_json(const PlanResult *result)
{
    json_t *out = json_array();
    bool ok = out != NULL;
    for (int32_t i = 0; i < result->less_count; i++) {
        const PlanLess *less = &result->less[i];
        json_t *row = json_object();
        ok = json_put(row, "line", json_string(result->plan->lines[less->line].name)) && ok;
        ok = json_put(row, "possible", json_boolean(less->possible)) && ok;
        ok = json_put(row, "fleet",
                      less->possible ? fleet_json(result, &less->fleet) : json_null()) &&
             ok;
        ok = json_push(out, row) && ok;
    }
    return json_checked(out, ok);
}

static json_t *confirm_json(const PlanResult *result)
{
    const PlanConfirm *confirm = &result->confirm;
    if (confirm->runs == 0) {
        return json_null();
    }
    json_t *out = json_object(), *metrics = json_object();
    bool ok = out != NULL && metrics != NULL;
    for (int32_t i = 0; i < result->value_count; i++) {
        const MetricSummary *value = &confirm->value[i];
        json_t *row = json_object();
        ok = json_put(row, "mean", json_number(value->mean)) && ok;
        ok = json_put(row, "sd", json_number(value->sd)) && ok;
        ok = json_put(row, "ci_low", json_number(value->ci_low)) && ok;
        ok = json_put(row, "ci_high", json_number(value->ci_high)) && ok;
        ok = json_put(metrics, metric_name(result, i), row) && ok;
    }
    ok = json_put(out, "replications", json_integer(confirm->runs)) && ok;
    ok = json_put(out, "met", json_integer(confirm->met)) && ok;
    ok = json_put(out, "probability", json_number(confirm->probability)) && ok;
    ok = json_put(out, "ci_low", json_number(confirm->low)) && ok;
    ok = json_put(out, "ci_high", json_number(confirm->high)) && ok;
    ok = json_put(out, "confirmed", json_boolean(confirm->confirmed)) && ok;
    ok = json_put(out, "metrics", metrics) && ok;
    return json_checked(out, ok);
}

static json_t *end_json(const PlanResult *result, const PlanEnd *end)
{
    json_t *out = json_object();
    bool ok = json_put(out, "factor", json_number((double)end->ppm / GP_PPM));
    ok = json_put(out, "winner", fleet_json(result, &end->winner)) && ok;
    ok = json_put(out, "then", end->found ? fleet_json(result, &end->then) : json_null()) && ok;
    return json_checked(out, ok);
}

static json_t *sensitivity_json(const PlanResult *result)
{
    json_t *out = json_array();
    bool ok = out != NULL;
    for (int32_t i = 0; i < result->sensitivity_count; i++) {
        const PlanSensitivity *from = &result->sensitivity[i];
        json_t *row = json_object();
        ok = json_put(row, "what", json_string(PLAN_TURN_NAMES[from->turn])) && ok;
        ok = json_put(row, "line",
                      from->line >= 0 ? json_string(result->plan->lines[from->line].name)
                                      : json_null()) &&
             ok;
        ok = json_put(row, "low", end_json(result, &from->end[0])) && ok;
        ok = json_put(row, "high", end_json(result, &from->end[1])) && ok;
        ok = json_push(out, row) && ok;
    }
    return json_checked(out, ok);
}

static json_t *orders_json(const PlanResult *result, const PlanMonth *month)
{
    json_t *out = json_array();
    bool ok = out != NULL;
    for (int32_t i = 0; i < month->order_count; i++) {
        const PlanOrder *order = &month->orders[i];
        json_t *row = json_object();
        ok = json_put(row, "line", json_string(result->plan->lines[order->line].name)) && ok;
        ok = json_put(row, "change", json_integer(order->change)) && ok;
        ok = json_put(row, "order_day", json_number(order->order_day)) && ok;
        ok = json_put(row, "late", json_boolean(order->order_day < 0.0)) && ok;
        ok = json_push(out, row) && ok;
    }
    return json_checked(out, ok);
}

static json_t *months_json(const PlanResult *result)
{
    json_t *out = json_array();
    bool ok = out != NULL;
    for (int32_t i = 0; i < result->month_count; i++) {
        const PlanMonth *month = &result->months[i];
        json_t *row = json_object();
        ok = json_put(row, "month", json_integer(month->month)) && ok;
        ok = json_put(row, "demand", json_number((double)month->demand_ppm / GP_PPM)) && ok;
        ok = json_put(row, "found", json_boolean(month->found)) && ok;
        ok = json_put(row, "fleet", fleet_json(result, &month->fleet)) && ok;
        ok = json_put(row, "usd_per_month", json_number(month->usd_per_month)) && ok;
        ok = json_put(row, "orders", orders_json(result, month)) && ok;
        ok = json_push(out, row) && ok;
    }
    return json_checked(out, ok);
}

static json_t *search_json(const PlanResult *result)
{
    json_t *out = json_object(), *odd = json_array();
    bool ok = out != NULL && odd != NULL;
    for (int32_t i = 0; i < result->oddity_count; i++) {
        const PlanOddity *from = &result->oddities[i];
        json_t *row = json_object();
        ok = json_put(row, "meets", counts_json(result, from->passes)) && ok;
        ok = json_put(row, "misses", counts_json(result, from->fails)) && ok;
        ok = json_put(row, "target", json_string(metric_name(result, 1 + from->target))) && ok;
        ok = json_push(odd, row) && ok;
    }
    ok = json_put(out, "fleets", json_integer(result->grid)) && ok;
    ok = json_put(out, "evaluated", json_integer(result->fleet_count)) && ok;
    ok = json_put(out, "replications", json_integer(result->plan->replications)) && ok;
    ok = json_put(out, "runs", json_integer(result->search_runs)) && ok;
    ok =
        json_put(out, "exhaustive_runs", json_integer(result->grid * result->plan->replications)) &&
        ok;
    ok = json_put(out, "all_runs", json_integer(result->all_runs)) && ok;
    ok = json_put(out, "probes", json_integer(result->probes)) && ok;
    ok = json_put(out, "violations", json_integer(result->violation_count)) && ok;
    ok = json_put(out, "kept", odd) && ok;
    return json_checked(out, ok);
}

static json_t *head_json(const PlanResult *result)
{
    json_t *out = json_object(), *scenario = json_object(), *objective = json_object();
    bool ok = out != NULL && scenario != NULL && objective != NULL;
    bool open = result->confirm.runs > 0 && !result->confirm.confirmed;
    ok = json_put(scenario, "name", json_string(result->set->variants[0].name)) && ok;
    ok = json_put(scenario, "sha256", json_string(result->set->sha256)) && ok;
    ok = json_put(objective, "metric", json_string(metric_name(result, PLAN_VALUE_COST))) && ok;
    ok = json_put(objective, "unit", json_string("USD")) && ok;
    ok = json_put(objective, "hours", json_number(result->hours)) && ok;
    ok = json_put(out, "gpuplan", json_string(GPUPLAN_VERSION)) && ok;
    ok = json_put(out, "format", json_integer(SUMMARY_FORMAT)) && ok;
    ok = json_put(out, "kind", json_string("plan")) && ok;
    ok = json_put(out, "scenario", scenario) && ok;
    ok = json_put(out, "verdict",
                  json_string(!result->found ? "none"
                              : open         ? "not_confirmed"
                                             : "found")) &&
         ok;
    ok = json_put(out, "objective", objective) && ok;
    return json_checked(out, ok);
}

json_t *plan_json(const PlanResult *result)
{
    json_t *out = head_json(result);
    bool ok = out != NULL;
    const FleetPlan *plan = result->plan;
    ok = json_put(out, "lines", lines_json(result)) && ok;
    ok = json_put(out, "targets", targets_json(result)) && ok;
    ok = json_put(out, "confidence",
                  plan->confidence_ppm > 0 ? json_number((double)plan->confidence_ppm / GP_PPM)
                                           : json_null()) &&
         ok;
    ok = json_put(out, "indifference", json_number((double)plan->indifference_ppm / GP_PPM)) && ok;
    ok = json_put(out, result->found ? "winner" : "nearest", fleet_json(result, &result->winner)) &&
         ok;
    ok = json_put(out, "less", less_json(result)) && ok;
    ok = json_put(out, "ties", fleets_json(result, result->ties, result->tie_count)) && ok;
    ok = json_put(out, "confirm", confirm_json(result)) && ok;
    ok = json_put(out, "drawn", json_boolean(!result->plan->exact)) && ok;
    ok = json_put(out, "fleets", fleets_json(result, result->fleets, result->fleet_count)) && ok;
    ok = json_put(out, "frontier", frontier_json(result)) && ok;
    ok = json_put(out, "sensitivity", sensitivity_json(result)) && ok;
    ok = json_put(out, "months", months_json(result)) && ok;
    ok = json_put(out, "search", search_json(result)) && ok;
    return json_checked(out, ok);
}

Status plan_json_write(const json_t *plan, const char *path, Diagnostics *diagnostics)
{
    char *text = json_document(plan);
    if (text == NULL) {
        return diagnostics_no_memory(diagnostics);
    }
    AtomicFile file;
    Status status = atomic_file_open(&file, path, diagnostics);
    if (status == STATUS_OK) {
        fputs(text, file.stream);
        status = atomic_file_commit(&file, diagnostics);
    }
    free(text);
    return status;
}
